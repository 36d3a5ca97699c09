"""Writes captures as WARC/1.1 records, finds them again by location, and mends the files of a killed process."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType

from crawler import clock
from crawler.errors import InputError, StorageError
from crawler.warc_compose import Compressed, Original, as_member, compress, member, one_line, record_id
from crawler.warc_frames import GZIP, gzip_pieces, plain_pieces, records
from crawler.warc_read import OPEN, read_captures
from crawler.warc_record import (
    MAX_RECORD,
    Capture,
    Exchange,
    Location,
    Record,
    Skipped,
    payload_digest,
    read_capture,
)

__all__ = [
    "Capture",
    "Compressed",
    "Exchange",
    "Location",
    "Original",
    "Repair",
    "Skipped",
    "WarcWriter",
    "compress",
    "load",
    "payload_digest",
    "read_captures",
    "repair",
]

_MAX_BYTES = 1 << 30  # what copies and uploads comfortably; the WARC standard's own advice

#: Attempts at a file name that a repair in another process does not take away in the same instant.
_MAX_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of one file that a process left open."""

    file: str  # its name now; "" where nothing whole was in it and it was removed
    records: int
    kept: int  # bytes
    cut: int  # bytes


class WarcWriter:
    """Appends records to WARC files of its own in a directory; one writer per process, any number of threads.

    A file is called ``….warc.gz.open`` and locked while it is written; it gets its name at the first record, is sealed
    when it is full and when the writer is closed, and is never opened for writing again. Every method that writes
    raises StorageError where the directory cannot take it; what was written before stays whole.
    """

    def __init__(
        self, directory: Path, *, prefix: str, software: str, operator: str = "", max_bytes: int = _MAX_BYTES
    ) -> None:
        self.directory, self.prefix, self.max_bytes = directory, prefix, max_bytes
        self._info = {"software": software, "operator": operator, "format": "WARC File Format 1.1"}
        self._lock = threading.Lock()
        self._file: int | None = None  # descriptor
        self._name, self._size, self._synced, self._serial, self._closed = "", 0, 0, 0, False

    def __enter__(self) -> WarcWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def part_of(self, name: str) -> None:
        """Lets the files to come say of which crawl their records are (``isPartOf``), for a rebuild of the archive."""
        self._info["isPartOf"] = name

    def write(self, exchange: Exchange, *, revisit_of: Original | None = None) -> Capture:
        """Appends request and answer, and returns the capture as a reader of the file will find it."""
        return self.append(compress(exchange, revisit_of=revisit_of))

    def append(self, compressed: Compressed) -> Capture:
        """Appends what ``compress`` made."""
        return replace(compressed.capture, location=self._append(compressed.answer, before=compressed.request))

    def copy(self, capture: Capture) -> Capture:
        """Appends somebody's record as it was read (and its request where that was no GET).

        Returns the capture, located here.
        """
        request = as_member(capture.raw_request) if capture.raw_request else b""
        location = self._append(as_member(capture.raw), before=request)
        return replace(capture, location=location, raw=b"", raw_request=b"")

    def write_metadata(
        self, target_uri: str, fields: bytes, content_type: str, concurrent_to: str | None = None
    ) -> Location:
        """Appends a ``metadata`` record: what was said or decided about ``target_uri``."""
        named = [
            ("WARC-Type", "metadata"),
            ("WARC-Record-ID", f"<{record_id()}>"),
            ("WARC-Date", clock.timestamp(clock.now())),
            ("WARC-Target-URI", target_uri),
        ]
        named += [("WARC-Concurrent-To", f"<{concurrent_to}>")] if concurrent_to else []
        return self._append(member([*named, ("Content-Type", content_type)], fields))

    def sync(self) -> None:
        """Returns when all that was written is on the disk."""
        with self._lock, self._storing():
            self._sync()

    def close(self) -> None:
        """Seals the file. Nothing can be written afterwards."""
        with self._lock, self._storing():
            self._closed = True
            self._seal()

    def _append(self, answer: bytes, *, before: bytes = b"") -> Location:
        with self._lock, self._storing():
            if self._closed:
                raise ValueError("This WarcWriter is closed.")
            if self._file is not None and self._size >= self.max_bytes:
                self._seal()
            if self._file is None:
                self._open()
            self._put(before + answer)
            return Location(self._name, self._size - len(answer), len(answer))

    def _put(self, data: bytes) -> None:
        """All of it or, as far as anybody who reads up to ``_size`` is concerned, nothing."""
        assert self._file is not None
        written = 0
        while written < len(data):
            written += os.pwrite(self._file, data[written:] if written else data, self._size + written)
        self._size += written

    def _open(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        for _ in range(_MAX_ATTEMPTS):
            now = clock.now()
            moment = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03}"
            name = f"{self.prefix}-{moment}-{self._serial:05}-{secrets.token_hex(4)}.warc.gz"
            path = self.directory / (name + OPEN)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_still(path, descriptor):
                break
            os.close(descriptor)  # a repair took the empty file for a dead writer's
        else:
            raise OSError(errno.EAGAIN, "its files disappear")
        self._file, self._name, self._size, self._synced = descriptor, name, 0, 0
        self._serial += 1
        try:
            self._put(self._warcinfo(now))
        except OSError:
            path.unlink()
            os.close(descriptor)
            self._file = None
            raise
        _sync_directory(self.directory)

    def _warcinfo(self, now: datetime) -> bytes:
        info = "".join(f"{key}: {one_line(value)}\r\n" for key, value in self._info.items() if value).encode()
        named = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", f"<{record_id()}>"),
            ("WARC-Date", clock.timestamp(now)),
            ("WARC-Filename", self._name),
            ("Content-Type", "application/warc-fields"),
        ]
        return member(named, info)

    def _sync(self) -> None:
        if self._file is not None and self._synced < self._size:
            os.fsync(self._file)
            self._synced = self._size

    def _seal(self) -> None:
        if self._file is None:
            return
        os.ftruncate(self._file, self._size)  # of a record that the disk did not take, nothing stays
        self._sync()
        (self.directory / (self._name + OPEN)).rename(self.directory / self._name)
        os.close(self._file)
        self._file = None
        _sync_directory(self.directory)

    @contextmanager
    def _storing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"{self.directory}: the WARC file cannot be written ({error.strerror or error}); "
                "make room, or choose another data directory."
            ) from error


def repair(directory: Path) -> list[Repair]:
    """Seals the files of writers that live no longer, each cut behind its last whole record; what is whole stays.

    A file without a whole record is removed. Raises StorageError where the directory cannot be written.
    """
    try:
        paths = sorted(directory.glob(f"*.warc.gz{OPEN}"))
        return [mended for path in paths if (mended := _repair_one(path))]
    except OSError as error:
        raise StorageError(
            f"{directory}: what a stopped crawl left open cannot be mended ({error.strerror or error})."
        ) from error


def abandoned(directory: Path) -> list[Path]:
    """The files that writers have left which live no longer: ``repair`` would seal them."""
    return [path for path in sorted(directory.glob(f"*.warc.gz{OPEN}")) if _is_abandoned(path)]


def _is_abandoned(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        return False
    return True


def _repair_one(path: Path) -> Repair | None:
    sealed = path.with_name(path.name.removesuffix(OPEN))
    try:
        file = path.open("r+b")
    except FileNotFoundError:  # sealed by its writer in this moment
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # its writer lives
            return None
        if not _is_still(path, file.fileno()) or sealed.exists():
            return None
        size, end, count = file.seek(0, os.SEEK_END), 0, 0
        file.seek(0)
        for record in records(gzip_pieces(file), seekable=False):
            if isinstance(record, Record) and record.length:
                end, count = record.offset + record.length, count + 1
        if count:
            file.truncate(end)
            os.fsync(file.fileno())
            path.rename(sealed)
        else:
            path.unlink()
        _sync_directory(path.parent)
        return Repair(sealed.name if count else "", count, end, size - end)


def load(directory: Path, location: Location) -> Capture:
    """The capture at a location. Its method is GET whatever the request was: that is another record.

    Raises InputError where the file is gone or holds no capture there.
    """
    if Path(location.file).is_absolute() or ".." in Path(location.file).parts:
        raise InputError(f"{location.file} is not a file of {directory}.")
    path = directory / location.file
    for look in (path, directory / (location.file + OPEN), path):  # it may be sealed between two looks
        with suppress(FileNotFoundError), look.open("rb") as file:
            file.seek(location.offset)
            stream = BytesIO(file.read(min(location.length, 2 * MAX_RECORD)))
            pieces = gzip_pieces if stream.getbuffer()[:3] == GZIP else plain_pieces
            found = next(records(pieces(stream), seekable=False), None)
            capture = read_capture(found, location.file) if isinstance(found, Record) else None
            if isinstance(capture, Capture):
                return replace(capture, location=location)
            raise InputError(f"{path} holds no capture at byte {location.offset}: the file is damaged or another one.")
    raise InputError(f"{path} is missing: bring the WARC file back to read what it holds.")


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _sync_directory(directory: Path) -> None:
    """Makes new and changed names durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
