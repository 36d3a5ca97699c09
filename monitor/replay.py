"""The CDXJ index beside the WARC files, with which ``warc/`` is a collection for pywb as it lies."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from heapq import merge
from itertools import islice
from pathlib import Path

from filelock import FileLock

from crawler.archive import Archive
from crawler.errors import StorageError
from crawler.sealing import IS_ITS_OWN, KEPT_BACK
from monitor import cdx

#: The index, and what pywb is told of it; both in the directory of the WARC files.
INDEX, SETTINGS = "index.cdxj", "config.yaml"

#: pywb looks for this file in the directory that it is started in (``wayback -d warc``).
_PYWB = f"""\
# For pywb: "wayback -d" and this directory. Written by Lưu Tin once; what you change here stays.
collections:
  luutin:
    index_paths: {INDEX}
    archive_paths: ./
"""

#: How the first line of the index begins, which says how far it goes. It sorts before every key.
_HEAD = b"!luutin "

#: The one place that says what is shown to others. A 304 holds nothing, the answer to a form has no address to ask for
#: it by, and what is withheld is withheld here too, with the pages that name it.
SHOWN = (
    "status_code IS NOT 304 AND payload_digest <> '' AND instr(url_key, '__wb_method=') = 0"
    f" AND NOT {IS_ITS_OWN} AND NOT {KEPT_BACK}"
)
_ROWS = (
    "SELECT rowid, url, memento_datetime, media_type, status_code, payload_digest, record_type, warc_file, warc_offset,"  # noqa: S608
    f" warc_length FROM captures WHERE rowid > ? AND {SHOWN} ORDER BY rowid"
)
#: What can change about captures that an index has already: a record whose payload came in later takes the place of a
#: revisit, captures are withheld or no longer, and a rebuild counts them in another order.
_STATE = (
    "SELECT max(rowid), coalesce(sum(rowid) FILTER (WHERE record_type = 'revisit'), 0),"  # noqa: S608
    f" coalesce(sum(rowid) FILTER (WHERE {IS_ITS_OWN} OR {KEPT_BACK}), 0),"
    " (SELECT id FROM captures WHERE rowid = ?1) FROM captures WHERE rowid <= ?1"
)

#: Lines that are sorted in memory at once, 500 bytes each: where more came in, the index is written so often.
_SORTED = 50_000


def update(archive: Archive, *, anew: bool = False) -> int:
    """Brings the index up to date with the archive; returns how many lines came in (with ``anew``, all of them).

    The index is replaced in one step, so that whoever replays reads the old one or the new one. Raises StorageError
    where the directory cannot be written.
    """
    try:
        return _update(archive, archive.warc_dir, anew=anew)
    except OSError as error:
        raise StorageError(
            f"{archive.warc_dir / INDEX} cannot be written ({error.strerror or error}): make room, or mend its rights."
        ) from error


def _update(archive: Archive, directory: Path, *, anew: bool) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    with FileLock(directory / f".{INDEX}.lock"):
        settings = directory / SETTINGS
        if not settings.exists():
            settings.write_text(_PYWB, encoding="utf-8")
        index = directory / INDEX
        since = 0 if anew else _reaches(index, archive.connection)
        added = 0
        last = archive.connection.execute("SELECT coalesce(max(rowid), 0) FROM captures").fetchone()[0]
        if since == last and index.exists():
            return 0
        for lines, done in _portions(archive.connection, since, last):
            _merge(index if since else None, lines, directory, _state(archive.connection, done))
            since, added = done, added + len(lines)
        return added


def _state(db: sqlite3.Connection, rowid: int) -> dict[str, int | str]:
    return dict(zip(("rowid", "revisits", "withheld", "id"), db.execute(_STATE, (rowid,)).fetchone(), strict=True))


def _reaches(index: Path, db: sqlite3.Connection) -> int:
    """Up to which row of ``captures`` the index goes; 0 where it is none of this archive as it is."""
    try:
        with index.open("rb") as file:
            head = file.readline(1024)
        state = json.loads(head.removeprefix(_HEAD)) if head.startswith(_HEAD) else {}
        rowid = state["rowid"] if isinstance(state, dict) and isinstance(state.get("rowid"), int) else 0
    except (OSError, ValueError, RecursionError):
        return 0
    return rowid if state == _state(db, rowid) else 0


def _portions(db: sqlite3.Connection, since: int, until: int) -> Iterator[tuple[list[bytes], int]]:
    """Sorted lines of the captures behind ``since``, some at a time, each with the last row that is in them."""
    lines: list[bytes] = []
    with closing(db.execute(_ROWS, (since,))) as rows:
        for row in rows:
            if row[0] > until:
                break
            lines.append(_line(*row[1:]))
            if len(lines) == _SORTED:
                lines.sort()
                yield lines, row[0]
                lines.clear()  # so that not two portions are in memory
    lines.sort()
    yield lines, until


def _line(
    url: str, moment: str, kind: str | None, status: int | None, digest: str, record: str, file: str, at: int, size: int
) -> bytes:
    row = cdx.Row(
        url=url,
        timestamp=moment[:19].translate({ord(c): None for c in "-T:"}),
        mime="warc/revisit" if record == "revisit" else kind or "unk",
        status=status,
        digest=digest.removeprefix("sha1:"),
        filename=file,
        offset=at,
        length=size,
    )
    return cdx.line(row).encode("utf-8")


def _merge(index: Path | None, lines: list[bytes], directory: Path, state: dict[str, int | str]) -> None:
    """Writes a new index of the old one's lines and ``lines``, and puts it into the old one's place."""
    fresh = directory / f".{INDEX}.new"
    with fresh.open("wb") as out, (index or Path(os.devnull)).open("rb") as old:
        out.write(_HEAD + json.dumps(state).encode() + b"\n")
        out.writelines(merge(islice(old, 1, None), lines))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(directory / INDEX)
