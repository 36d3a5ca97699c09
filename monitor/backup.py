"""A second copy of an archive: taken while everything runs, verified, brought up to date."""

from __future__ import annotations

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
from monitor import fixity
from monitor.copying import CHUNK, digest_of, is_unreadable, put, same, sync
from monitor.manifest import entries, line

#: The list of a backup's files with their SHA-256, as ``sha256sum -c`` takes it. The rest is no part of it.
SUMS = "SHA256SUMS"

#: Where what takes the place of something older waits until all of it is there. Once SUMS is in it, it holds.
NEW = ".new"

DATABASE, CONFIG = "archive.db", "luutin.toml"

#: What is kept besides these two: directories of the data directory.
TREES = ("warc", "attachments", "manifests")

#: Files that are never written again under this name, so that a second name for them is as good as a copy.
WARC, MANIFEST = ".warc.gz", ".sha256"
SEALED = (WARC, MANIFEST)

#: Pages of the database that are copied between two signs of life: 16 MB.
PAGES = 4000

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


@dataclass(slots=True)
class BackedUp(Copied):
    """What a backup came to."""

    verified: int = 0  # of the files that it had before, how many were compared with their digests
    mended: list[str] = field(default_factory=list)  # which of them were damaged, and are whole again, in sentences


def backup(
    data: Path,
    to: Path,
    config_file: Path | None,
    moved: Moved = lambda _what, _done, _all: None,
    *,
    verify: int | None = None,
) -> BackedUp:
    """Brings the backup in ``to`` up to date with the archive in ``data``, whatever is being written there.

    A snapshot of the database comes first, then the files that it points into: those only grow, and a record is on the
    disk before its row. What is there already is not copied again, but compared with its digest, in turn, ``verify``
    bytes of it or everything. Killed at any moment, the backup before it stays.
    Raises InputError where ``to`` is something else, LockedError, StorageError.
    """
    _check_place(data, to)
    with storing(to):
        to.mkdir(parents=True, exist_ok=True)
        with _alone(to):
            _settle(to)
            _check_archive(data, to)
            with _beginning(to):
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
            work.verify(data, verify)
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


def _check_archive(data: Path, to: Path) -> None:
    """Raises InputError where the backup is another archive's: the two have no WARC file in common."""
    held = {name for name in read_sums(to) if name.startswith("warc/") and name.endswith(WARC)}
    there = {path.relative_to(data).as_posix().removesuffix(OPEN) for path in (data / "warc").glob(f"*{WARC}*")}
    if held and there and held.isdisjoint(there):
        raise InputError(
            f"{to} is the backup of another archive than {data}: name a directory of its own for this one."
        )


@contextmanager
def _beginning(to: Path) -> Iterator[None]:
    """NEW while it fills; where that fails, all of it goes, and the disk has its room back."""
    (to / NEW).mkdir()
    try:
        yield
    except (Exception, KeyboardInterrupt):
        if not is_backup(to):
            (to / CONFIG).unlink(missing_ok=True)  # without NEW, the next one would take it for somebody's
        if not (to / NEW / SUMS).is_file():
            shutil.rmtree(to / NEW, ignore_errors=True)
        raise


class _Backup:
    """One backup while it is taken."""

    def __init__(self, to: Path, moved: Moved) -> None:
        self._to, self._moved = to, moved
        self._sums = read_sums(to)  # also of what the archive has lost since: a backup forgets nothing
        self._places: dict[str, int] = {}
        self._fresh = {DATABASE}  # what need not be compared with its digest: that was just done
        self._suspect: set[str] = set()
        self.result = BackedUp()

    def snapshot(self, database: Path) -> None:
        """The database as it is at one moment. Raises StorageError where it is damaged: the backup before it stays."""
        target = self._to / NEW / DATABASE
        with _at_one_moment(database) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy, pages=PAGES, progress=lambda _, left, total: self._moved("pages", total - left, total))
        self._places = check_database(target, database)
        with target.open("rb") as file:
            os.fsync(file.fileno())
        self._note(DATABASE, digest_of(target), target.stat().st_size)

    def take(self, source: Path, name: str) -> None:
        """Brings a file of the archive, where the backup has it not yet; tells of one that its disk cannot read."""
        try:
            self._take(source, name)
        except FileNotFoundError:  # whether rows miss it is looked at in the end
            return
        except OSError as error:
            if not is_unreadable(source):  # then it is the backup's own disk
                raise
            self.result.troubles.append(f"{source} cannot be read ({error.strerror or error}): look at that disk.")

    def _take(self, source: Path, name: str) -> None:
        if name.endswith(WARC + OPEN):
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
        has = kept.stat().st_size if kept.is_file() else 0
        if name not in self._sums or not has or (has < size and digest_of(source, has) == self._sums[name]):
            self._put(source, name, link=True)
        elif has != size:
            self._suspect.add(name)
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
        if end and (name not in self._sums or _size(self._to / name) < end):
            self._put(part, name)
        elif end:
            self._look(part, name)
        part.unlink()
        self.result.files += bool(end)

    def whatever(self, source: Path, name: str) -> None:
        """Brings a file that may change under its name."""
        if digest_of(source) != self._sums.get(name) or not (self._to / name).is_file():
            self._put(source, name)
        else:
            self._look(source, name)
        self.result.files += 1

    def _look(self, source: Path, name: str) -> None:
        """Looks whether a copy is as it was made, and makes it anew where it is not."""
        self._fresh.add(name)
        if digest_of(self._to / name) != self._sums[name]:
            self._put(source, name)
            self.result.mended.append(fixity.MENDED.format(kept=self._to / name))

    def _put(self, source: Path, name: str, *, link: bool = False) -> None:
        """A file goes to its place at once where nothing is there that counts, else into NEW."""
        target = self._to / name if name not in self._sums else self._to / NEW / name
        self._fresh.add(name)
        if target.is_file() and same(source, target):  # of a backup that was cut short
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
        lines = "".join(line(digest, name) for name, digest in sorted(self._sums.items()))
        part = self._to / NEW / "sums"
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._to / NEW / SUMS)
        sync(self._to / NEW)

    def verify(self, data: Path, size: int | None) -> None:
        """Compares what the backup had before with its digests, and mends it where the archive has it whole."""
        held = {name: digest for name, digest in self._sums.items() if name not in self._fresh}
        found = fixity.verify(self._to, data, held, first=self._suspect, size=size, moved=self._moved)
        self.result.verified = found.files
        self.result.mended += found.mended
        self.result.troubles += found.troubles


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
        sync(to)
    shutil.rmtree(new, ignore_errors=True)


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
        sums = {name: digest for digest, name in entries(find(backup, SUMS)) if name}
    except FileNotFoundError:
        return {}
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in sums):
        raise InputError(f"{backup / SUMS} names files outside of the backup: it is not one that Lưu Tin wrote.")
    return sums


@contextmanager
def _at_one_moment(database: Path) -> Iterator[sqlite3.Connection]:
    """The archive's database for reading, held as it is; also where SQLite cannot put its own files beside it.

    Raises StorageError where part of it cannot be read there.
    """
    wal, before = database.with_name(DATABASE + "-wal"), database.stat()
    # what SQLite cannot lock is read as a file that nobody writes; whether nobody did is looked at behind it
    alone = not os.access(database.parent, os.W_OK) and not _size(wal)
    with closing(_read_only(database, how="immutable=1" if alone else "mode=ro")) as source:
        try:
            # A reading transaction holds the moment: without one, every foreign commit would begin the copy anew.
            source.execute("BEGIN")
            source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_CANTOPEN:
                raise
            raise StorageError(
                f"{database.parent} cannot be written, and what came last into {DATABASE} waits in {wal.name}, which"
                " SQLite reads only where it can write: copy the directory to a place that can be written, and back"
                " that up with --data."
            ) from error
        yield source
    after = database.stat()
    if alone and (_size(wal) or (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size)):
        raise StorageError(
            f"{database} was written while it was copied, by somebody whose lock cannot be seen from here, where"
            f" {database.parent} is read-only: back it up where it is written, or while nobody writes."
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _read_only(path: Path, *, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)


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
