"""What leaves the archive for other people's tools: chosen articles with their records, in six formats."""

from __future__ import annotations

import io
import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from crawler.archive import Archive
from crawler.config import Config
from crawler.errors import InputError, StorageError
from crawler.text import named
from monitor.backup import TREES
from monitor.exporting.bags import bag
from monitor.exporting.described import Collection, collection
from monitor.exporting.records import Records
from monitor.exporting.selection import Choice, Selection, selected
from monitor.exporting.small import small_archive
from monitor.exporting.texts import Moved, about_sheet, json_lines, sheet
from monitor.exporting.warcs import wacz, warc
from monitor.exporting.whole import BAG, whole

__all__ = ["ENDINGS", "STREAMED", "Choice", "Exported", "export", "stream"]

#: What a format's files are called by; the first that a name ends with decides. A bag is a directory of any name.
ENDINGS = {
    ".warc.gz": "warc",
    ".wacz": "wacz",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".db": "sqlite",
    ".sqlite": "sqlite",
}

#: The formats that records go out in.
WITH_RECORDS = ("warc", "wacz", "bagit")

#: Formats that are one file, written from its beginning to its end.
STREAMED = ("warc", "jsonl", "csv")


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export came to."""

    articles: int
    captures: int  # chosen; of records in the export, those that could be read
    bytes: int
    kept_back: int  # records that are not in it because their pages name what is withheld
    lost: int  # records that could not be read
    damaged: tuple[str, ...]  # in which files, and why, in sentences


def export(
    archive: Archive,
    config: Config,
    out: Path,
    form: str,
    choice: Choice,
    *,
    versions: bool = False,
    force: bool = False,
    moved: Moved = lambda _what, _done, _all: None,
) -> Exported:
    """Writes what is chosen of an archive, open for reading, to ``out``: whole or not at all.

    ``form`` is one of warc, wacz, bagit, jsonl, csv, sqlite. ``versions``: what articles said before, too (a WARC, a
    WACZ and an SQLite file always have it). Raises InputError, StorageError.
    """
    _check_place(archive.data_dir.resolve(), out)
    with selected(archive, choice) as selection, whole(out, force=force) as part:
        records = Records(selection, archive.warc_dir)
        _write(selection, records, config, part, out, form, versions=versions, force=force, moved=moved)
        size = sum(p.stat().st_size for p in ([part] if part.is_file() else part.rglob("*")) if p.is_file())
        return _done(selection, records, size, form)


def _done(selection: Selection, records: Records, size: int, form: str) -> Exported:
    kept_back = selection.kept_back if form in WITH_RECORDS else 0
    return Exported(selection.articles, selection.captures, size, kept_back, records.lost, tuple(records.damaged))


def stream(
    archive: Archive,
    config: Config,
    out: IO[bytes],
    form: str,
    choice: Choice,
    *,
    versions: bool = False,
    moved: Moved = lambda _what, _done, _all: None,
) -> Exported:
    """As ``export``, into a stream: what breaks off leaves what was written until then, and raises.

    ``form`` is one of ``STREAMED``. Raises InputError, StorageError, BrokenPipeError where nobody reads on.
    """
    with selected(archive, choice) as selection:
        records, counted = Records(selection, archive.warc_dir), _Counted(out)
        said = collection(selection, config)
        try:
            _write_on(selection, records, said, cast(IO[bytes], counted), "", form, versions=versions, moved=moved)
            out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StorageError(
                f"What is exported cannot be written on ({error.strerror or error}): make room; what there is of it"
                " breaks off."
            ) from error
        return _done(selection, records, counted.size, form)


class _Counted(io.RawIOBase):
    """Somebody's stream, and how many bytes went into it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self.size = out, 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.size += len(data)
        return self._out.write(data)


def _check_place(data: Path, out: Path) -> None:
    place = out.resolve()
    its_own = [data / f"archive.db{ending}" for ending in ("", "-wal", "-shm")]
    if place in its_own or any(place.is_relative_to(data / tree) for tree in TREES):
        raise InputError(f"{out} is part of the archive itself: name another place.")
    if os.path.lexists(place) and place.is_relative_to(data) and not _is_export(place):  # its settings, its locks
        raise InputError(f"{out} is in the archive's directory and no export: name another place.")


def _is_export(place: Path) -> bool:
    return (place / BAG).is_file() if place.is_dir() else place.name.endswith(tuple(ENDINGS))


def _write(
    selection: Selection,
    records: Records,
    config: Config,
    part: Path,
    out: Path,
    form: str,
    *,
    versions: bool,
    force: bool,
    moved: Moved,
) -> None:
    said, name = collection(selection, config), named(out.name)
    if form == "wacz":
        wacz(selection, part, records, said, moved=moved)
    elif form == "bagit":
        bag(selection, part, records, said, name=name, versions=versions, moved=moved)
    elif form == "sqlite":
        small_archive(selection, part, said, moved=moved)
    else:
        with ExitStack() as stack:
            if form == "csv":
                about = stack.enter_context(whole(out.with_name(f"{out.name}-metadata.json"), force=force))
                about.write_bytes(about_sheet(said, name, versions=versions))
            file = stack.enter_context(part.open("xb"))
            _write_on(selection, records, said, file, name, form, versions=versions, moved=moved)


def _write_on(
    selection: Selection,
    records: Records,
    said: Collection,
    file: IO[bytes],
    name: str,
    form: str,
    *,
    versions: bool,
    moved: Moved,
) -> None:
    """One of the formats that are written from beginning to end."""
    if form == "warc":
        warc(selection, file, records, said, name=name, moved=moved)
    else:
        write = json_lines if form == "jsonl" else sheet
        write(selection, file, versions=versions, moved=moved)
