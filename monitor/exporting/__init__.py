"""What leaves the archive for other people's tools: chosen articles with their records, in six formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crawler.archive import Archive
from crawler.config import Config
from crawler.errors import InputError
from monitor.backup import TREES
from monitor.exporting.bags import bag
from monitor.exporting.described import collection
from monitor.exporting.records import Records
from monitor.exporting.selection import Choice, Selection, selected
from monitor.exporting.small import small_archive
from monitor.exporting.texts import Moved, about_sheet, json_lines, sheet
from monitor.exporting.warcs import wacz, warc
from monitor.exporting.whole import whole

__all__ = ["ENDINGS", "Choice", "Exported", "export"]

#: What a format's files are called by; the first that a name ends with decides. A bag is a directory of any name.
ENDINGS = {
    ".warc.gz": "warc",
    ".wacz": "wacz",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".db": "sqlite",
    ".sqlite": "sqlite",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export came to."""

    articles: int
    captures: int  # chosen; of records in the export, those that could be read
    bytes: int
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
        return Exported(selection.articles, selection.captures, size, records.lost, tuple(records.damaged))


def _check_place(data: Path, out: Path) -> None:
    place = out.resolve()
    its_own = [data / f"archive.db{ending}" for ending in ("", "-wal", "-shm")]
    if place in its_own or any(place.is_relative_to(data / tree) for tree in TREES):
        raise InputError(f"{out} is part of the archive itself: name another place.")


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
    said = collection(selection, config)
    if form == "warc":
        with part.open("xb") as file:
            warc(selection, file, records, said, name=out.name, moved=moved)
    elif form == "wacz":
        wacz(selection, part, records, said, moved=moved)
    elif form == "bagit":
        bag(selection, part, records, said, name=out.name, versions=versions, moved=moved)
    elif form == "jsonl":
        json_lines(selection, part, versions=versions, moved=moved)
    elif form == "csv":
        with whole(out.with_name(f"{out.name}-metadata.json"), force=force) as about:
            about.write_bytes(about_sheet(said, out.name, versions=versions))
            sheet(selection, part, versions=versions, moved=moved)
    else:
        small_archive(selection, part, said, moved=moved)
