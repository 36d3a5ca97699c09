"""Whether what the archive says of each capture's origin (``capture_sources``) is what the journal has of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from crawler.journaling import PREFIX, Change, changes_in

TABLE = "capture_sources"

_TOLD = "CREATE TEMP TABLE told (name TEXT PRIMARY KEY, seq INTEGER, origins TEXT) WITHOUT ROWID"
_TELL = (
    "INSERT INTO temp.told VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
    " SET seq = excluded.seq, origins = excluded.origins WHERE excluded.seq > seq"
)
# What waits to be written into the journal is newer than it. What is in no journal is of our own crawls, or came in
# before a rebuild that found none; the file then tells how.
_WRONG = f"""
SELECT id FROM (
    SELECT id, crawl_id, warc_file, (
        SELECT json_group_array(json_array(source, origin))
        FROM (SELECT source, origin FROM capture_sources WHERE capture_id = id ORDER BY source, origin)
    ) AS held, (SELECT origins FROM temp.told WHERE name = id) AS origins
    FROM captures
) WHERE held <> coalesce(origins, CASE WHEN crawl_id IS NOT NULL THEN '[["live",""]]'
    WHEN warc_file GLOB 'backfill-*' THEN '[["backfill",""]]' ELSE '[["import",""]]' END)
AND id NOT IN (SELECT name FROM _journal WHERE kept = '{TABLE}')
ORDER BY id
"""  # noqa: S608


def wrong(db: sqlite3.Connection, warc_dir: Path, moved: Callable[[str, int, int], None]) -> Iterator[str]:
    """The captures (ids) of which the archive says another origin than the journal does. Raises OSError."""
    db.execute(_TOLD)
    try:
        files = sorted(warc_dir.glob(f"{PREFIX}-*.warc.gz"))
        for n, path in enumerate(files, 1):
            db.executemany(_TELL, _told(path))
            moved("journal", n, len(files))
        yield from (identifier for (identifier,) in db.execute(_WRONG).fetchall())
    finally:
        db.execute("DROP TABLE temp.told")


def _told(path: Path) -> Iterator[tuple[str | int, int, str]]:
    for change in changes_in(path):
        if isinstance(change, Change) and change.table == TABLE:
            origins = sorted([row["source"], row["origin"]] for row in change.rows)
            yield change.name, change.seq, json.dumps(origins, ensure_ascii=False, separators=(",", ":"))
