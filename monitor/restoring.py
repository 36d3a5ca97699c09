"""A backup brought back: every file compared with its digest, nothing overwritten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from crawler.errors import InputError
from crawler.journaling import PREFIX, Change, changes_in
from monitor.backup import (
    DATABASE,
    SEALED,
    SUMS,
    TREES,
    Copied,
    Moved,
    check_database,
    find,
    is_backup,
    missing,
    read_sums,
    storing,
)
from monitor.copying import digest_of, put


def restore(source: Path, data: Path, moved: Moved = lambda _what, _done, _all: None) -> Copied:
    """Brings a backup back into ``data``, a directory without an archive; one that was cut short is taken up again.

    Every file is compared with its digest. What is damaged or missing is told, and all else comes back. Raises
    InputError where there is no backup, or where something would be overwritten; StorageError.
    """
    if not is_backup(source):
        raise InputError(f"{source} is no backup of Lưu Tin: it has no {SUMS}.")
    sums = read_sums(source)
    _check_empty(data, sums)
    result = Copied()
    with storing(data):
        data.mkdir(parents=True, exist_ok=True)
        for tree in TREES[:2]:
            (data / tree).mkdir(exist_ok=True)
        names = sorted(sums, key=lambda name: (name == DATABASE, name))  # the database last: it makes an archive of it
        for n, name in enumerate(names, 1):
            _bring(source, data, name, sums[name], result)
            moved("files", n, len(names))
        if (data / DATABASE).is_file():
            places = check_database(data / DATABASE, data / DATABASE)
            result.troubles += missing(places, lambda name: data / name)
            _count_on(data)
    return result


def _count_on(data: Path) -> None:
    """Lets the journal go on behind its files, which were copied after the database and may have gone further than it.

    Else what is decided from now on had the numbers of what was decided then, and a rebuild would take that for newer.
    """
    files = (data / "warc").glob(f"{PREFIX}-*.warc.gz")
    last = max((c.seq for path in files for c in changes_in(path) if isinstance(c, Change)), default=0)
    if not last:  # of before there was a journal
        return
    with closing(sqlite3.connect(data / DATABASE)) as db, db:
        db.execute("UPDATE sqlite_sequence SET seq = ?1 WHERE name = '_journal' AND seq < ?1", (last,))


def _check_empty(data: Path, sums: dict[str, str]) -> None:
    if (data / DATABASE).exists():
        raise InputError(f"{data} holds an archive already: name an empty directory with --data.")
    if data.exists() and not data.is_dir():
        raise InputError(f"{data} is a file: name an empty directory with --data.")
    there = [path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()] if data.exists() else []
    if other := next((name for name in there if name not in sums and not name.endswith(".part")), None):
        raise InputError(f"{data} is not empty (it has {other}): name an empty directory with --data.")


def _bring(source: Path, data: Path, name: str, digest: str, result: Copied) -> None:
    """One file of a backup; what is there with the right digest already stays."""
    target, found = data / name, find(source, name)
    result.files += 1
    if target.is_file() and digest_of(target) == digest:
        return
    if not found.is_file():
        result.troubles.append(f"{found} is missing from the backup.")
        return
    got, linked = put(found, target, link=name.endswith(SEALED))
    if got != digest:
        result.troubles.append(f"{found} is not what was backed up: its SHA-256 is another one.")
    result.new += 1
    result.linked += linked
    result.bytes += target.stat().st_size
