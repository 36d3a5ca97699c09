"""A second copy of an archive: taken while everything runs, verified, brought up to date."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from crawler.errors import InputError, LockedError, StorageError
from crawler.warc_frames import gzip_pieces, records
from crawler.warc_read import OPEN
from crawler.warc_record import Record

#: The list of a backup's files with their SHA-256, as ``sha256sum -c`` takes it. The rest is no part of it.
SUMS = "SHA256SUMS"

#: Where what takes the place of something older waits until all of it is there. Once SUMS is in it, it holds.
NEW = ".new"

DATABASE, CONFIG = "archive.db", "luutin.toml"

#: What is kept besides these two: directories of the data directory.
TREES = ("warc", "attachments", "manifests")

#: Files that are never written again under this name, so that a second name for them is as good as a copy.
SEALED = ".warc.gz"

#: Pages of the database that are copied between two signs of life: 16 MB.
PAGES = 4000

#: Bytes that are copied and digested at a time.
CHUNK = 1 << 20

_PLACES = "SELECT 'warc/' || warc_file, max(warc_offset + warc_length) FROM captures GROUP BY warc_file ORDER BY 1"

Moved = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(slots=True)
class Copied:
    """What a backup, or bringing one back, came to."""

    files: int = 0  # in all
    new: int = 0  # of those, brought this time
    linked: int = 0  # of the new ones, given a second name on the same disk
    bytes: int = 0  # of the new ones
    troubles: list[str] = field(default_factory=list)  # what is not as it should be, in sentences


def backup(data: Path, to: Path, config_file: Path | None, moved: Moved = lambda _what, _done, _all: None) -> Copied:
    """Brings the backup in ``to`` up to date with the archive in ``data``, whatever is being written there.

    A snapshot of the database comes first, then the files that it points into: those only grow, and a record is on the
    disk before its row. What is there already is not copied again. Killed at any moment, the backup before it stays.
    Raises InputError where ``to`` is something else, LockedError, StorageError.
    """
    _check_place(data, to)
    with storing(to):
        to.mkdir(parents=True, exist_ok=True)
        with _alone(to):
            _settle(to)
            (to / NEW).mkdir()
            work = _Backup(to, moved)
            work.snapshot(data / DATABASE)
            files = _files(data)
            for n, path in enumerate(files, 1):
                work.take(path, path.relative_to(data).as_posix())
                moved("files", n, len(files))
            if config_file is not None:
                work.whatever(config_file, CONFIG)
            work.finish()
            _settle(to)
            return work.result


def _check_place(data: Path, to: Path) -> None:
    inside = to.resolve()
    if inside == data.resolve() or any(inside.is_relative_to((data / tree).resolve()) for tree in TREES):
        raise InputError(f"{to} is part of the archive itself: name a directory elsewhere, on another disk if you can.")
    if to.exists() and not to.is_dir():
        raise InputError(f"{to} is a file: name a directory for the backup.")
    begun = (NEW, CONFIG) if (to / NEW).is_dir() else ()  # what the first backup had brought when it was killed
    if to.is_dir() and not is_backup(to) and any(p.name not in (*begun, ".lock", *TREES) for p in to.iterdir()):
        raise InputError(f"{to} is not empty and no backup of Lưu Tin: name another directory.")


def is_backup(place: Path) -> bool:
    return (place / SUMS).is_file() or (place / NEW / SUMS).is_file()


class _Backup:
    """One backup while it is taken."""

    def __init__(self, to: Path, moved: Moved) -> None:
        self._to, self._moved = to, moved
        self._sums = read_sums(to)  # also of what the archive has lost since: a backup forgets nothing
        self._places: dict[str, int] = {}
        self.result = Copied()

    def snapshot(self, database: Path) -> None:
        """The database as it is at one moment. Raises StorageError where it is damaged: the backup before it stays."""
        target = self._to / NEW / DATABASE
        with closing(_read_only(database)) as source, closing(sqlite3.connect(target)) as copy:
            # A reading transaction holds the moment: without one, every foreign commit would begin the copy anew.
            source.execute("BEGIN")
            source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            source.backup(copy, pages=PAGES, progress=lambda _, left, total: self._moved("pages", total - left, total))
        self._places = check_database(target, database)
        with target.open("rb") as file:
            os.fsync(file.fileno())
        self._note(DATABASE, digest_of(target), target.stat().st_size)

    def take(self, source: Path, name: str) -> None:
        """Brings a file of the archive, where the backup has it not yet."""
        with suppress(FileNotFoundError):  # whether rows miss it is looked at in the end
            if name.endswith(SEALED + OPEN):
                with suppress(FileNotFoundError), source.open("rb") as file:  # sealing it only renames it
                    self._unsealed(file, name.removesuffix(OPEN))
                    return
                source, name = source.with_name(source.name.removesuffix(OPEN)), name.removesuffix(OPEN)
            if name.endswith(SEALED):
                self._sealed(source, name)
            else:
                self.whatever(source, name)

    def _sealed(self, source: Path, name: str) -> None:
        kept, size = self._to / name, source.stat().st_size
        has = kept.stat().st_size if kept.is_file() else -1
        if has > size and name in self._sums:
            self.result.troubles.append(f"{source} is shorter than its copy in the backup, which was kept.")
        elif has != size or name not in self._sums:
            self._put(source, name, link=True)
        self.result.files += 1

    def _unsealed(self, source: BinaryIO, name: str) -> None:
        """What is whole of a file that is being written: what the snapshot points at, and whole records beyond."""
        part = self._to / NEW / "part"
        with part.open("w+b") as copy:
            shutil.copyfileobj(source, copy, CHUNK)
            end = begin = self._places.get(name, 0)
            copy.seek(begin)
            for record in records(gzip_pieces(copy), seekable=False):
                if isinstance(record, Record) and record.length:
                    end = begin + record.offset + record.length
            copy.truncate(end)
        kept = self._to / name
        if end and not (name in self._sums and kept.is_file() and kept.stat().st_size >= end):
            self._put(part, name)
        part.unlink()
        self.result.files += bool(end)

    def whatever(self, source: Path, name: str) -> None:
        """Brings a file that may change under its name."""
        if digest_of(source) != self._sums.get(name) or not (self._to / name).is_file():
            self._put(source, name)
        self.result.files += 1

    def _put(self, source: Path, name: str, *, link: bool = False) -> None:
        """A file goes to its place at once where nothing is there that counts, else into NEW."""
        target = self._to / name if name not in self._sums else self._to / NEW / name
        if target.is_file() and _same(source, target):  # of a backup that was cut short
            self._sums[name] = digest_of(target)
            return
        digest, linked = put(source, target, link=link)
        self.result.linked += linked
        self._note(name, digest, target.stat().st_size)

    def _note(self, name: str, digest: str, size: int) -> None:
        self._sums[name] = digest
        self.result.new += 1
        self.result.bytes += size

    def finish(self) -> None:
        """Looks whether every record that a row names is there, and makes the new state the one that holds."""
        self.result.files += 1  # the database
        self.result.troubles += missing(self._places, lambda name: _waiting(self._to, name))
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._sums.items()))
        part = self._to / NEW / "sums"
        with part.open("w", encoding="utf-8") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._to / NEW / SUMS)
        _sync(self._to / NEW)


def _files(data: Path) -> list[Path]:
    found = [path for tree in TREES for path in (data / tree).rglob("*") if path.is_file()]
    # What is open comes first: sealed before its turn, it would be missed under either name.
    return sorted(found, key=lambda path: (not path.name.endswith(OPEN), path))


def _settle(to: Path) -> None:
    """Puts what waits in NEW to its place where it is complete, and takes it away where it is not."""
    new = to / NEW
    if (new / SUMS).is_file():
        for path in sorted(p for p in new.rglob("*") if p.is_file() and p != new / SUMS):
            target = to / path.relative_to(new)
            if target.name == DATABASE:  # what somebody's look at the backup left there belongs to the older one
                for left in ("-wal", "-shm"):
                    target.with_name(DATABASE + left).unlink(missing_ok=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        (new / SUMS).replace(to / SUMS)
        _sync(to)
    shutil.rmtree(new, ignore_errors=True)


def put(source: Path, target: Path, *, link: bool) -> tuple[str, bool]:
    """A copy of a file, or with ``link`` a second name on the same disk, verified; its SHA-256, and whether linked.

    The target appears when it is whole. Raises OSError, also where what was written does not read back the same.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    linked = link and _linked(source, part)
    digest = digest_of(source) if linked else _copy(source, part)
    target.unlink(missing_ok=True)
    part.rename(target)
    _sync(target.parent)
    return digest, linked


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no second names
        return False
    return True


def _copy(source: Path, target: Path) -> str:
    """Copies, with times and rights, onto the disk; the SHA-256 of what was read, which is that of what is there."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as write:
        while block := read.read(CHUNK):
            digest.update(block)
            write.write(block)
        write.flush()
        os.fsync(write.fileno())
    shutil.copystat(source, target)
    if digest_of(target) != digest.hexdigest():
        raise OSError(None, f"what was written to {target} reads back differently")
    return digest.hexdigest()


def check_database(path: Path, told_as: Path) -> dict[str, int]:
    """How far (bytes) the rows of a database point into each file of ``warc/``.

    Raises StorageError where SQLite finds it damaged.
    """
    try:
        with closing(_read_only(path, how="immutable=1")) as db:  # nobody writes there; no -wal is to be left behind
            said = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if said == "ok":
                return {str(name): int(end) for name, end in db.execute(_PLACES)}
    except sqlite3.DatabaseError as error:
        said = str(error)
    raise StorageError(f"{told_as} is damaged ({said}): look at the disk; luutin rebuild makes it anew from warc/.")


def missing(places: dict[str, int], find: Callable[[str], Path]) -> list[str]:
    """Which files are not there, or not as long as rows point into them, in sentences."""
    found = []
    for name, end in places.items():
        path = find(name)
        size = path.stat().st_size if path.is_file() else -1
        if size < end:
            state = "is missing" if size < 0 else f"has {size:,} bytes, and rows point at the {end:,}th"
            found.append(f"{name} {state}.")
    return found


def find(backup: Path, name: str) -> Path:
    """Where a backup has a file, also one whose last step was cut short."""
    return _waiting(backup, name) if (backup / NEW / SUMS).is_file() else backup / name


def _waiting(backup: Path, name: str) -> Path:
    return waiting if (waiting := backup / NEW / name).is_file() else backup / name


def read_sums(backup: Path) -> dict[str, str]:
    try:
        lines = find(backup, SUMS).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in sums):
        raise InputError(f"{backup / SUMS} names files outside of the backup: it is not one that Lưu Tin wrote.")
    return sums


def _read_only(path: Path, *, how: str = "mode=ro") -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and digest_of(one) == digest_of(other)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(directory: Path) -> None:
    """Makes new and changed names durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(to: Path) -> Iterator[None]:
    try:
        with FileLock(to / ".lock", timeout=0):
            yield
    except Timeout as error:
        raise LockedError(f"Another backup into {to} is under way.") from error


@contextmanager
def storing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{place} cannot be written ({error.strerror or error}): make room, or choose another directory."
        ) from error
    except sqlite3.DatabaseError as error:
        raise StorageError(
            f"{place}: the database cannot be copied ({error}): make room; or else the archive's own is damaged."
        ) from error
