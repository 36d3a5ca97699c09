"""What was said and decided, kept in WARC files beside the captures: which rows, how they wait, how they are written.

Events, alerts, deliveries, reviews, crawls and the like follow from no capture. Triggers note in ``_journal`` which of
their rows changed; ``Archive.write_journal`` appends these rows, as they are then, as ``metadata`` records to a WARC
file of its own, and takes the notes back once that is on the disk. So nothing is lost by a kill: what was noted waits.
It may be written twice, and is replayed once: of each row the change with the highest number holds (crawler/replaying).
"""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from crawler import __version__
from crawler.errors import LockedError, StorageError
from crawler.warc import WarcWriter
from crawler.warc_frames import CUT_OFF, gzip_pieces, records
from crawler.warc_read import OPEN
from crawler.warc_record import Record, Skipped

#: What the names of the journal's WARC files begin with.
PREFIX = "journal"

#: What the records are about, before the name of the table.
_URN = "urn:luutin:journal:"

CONTENT_TYPE = "application/json"

#: Seconds that another process's writing is waited for: it writes some thousand rows at a time.
PATIENCE = 60.0

#: Notes that are read, and taken back, at once: their rows are held in memory.
BATCH = 2_000

#: Characters of JSON in a record, and rows in one part of a change: a reader holds a record whole, 17 MB at most.
_RECORD, _PART = 2_000_000, 5_000


class Kept(NamedTuple):
    """How a table is kept: what names a row (or rows that are kept together), and how these are read by that name."""

    key: str
    rows: str
    noted: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")
    when: str = ""  # which insertions are noted
    columns: tuple[str, ...] = ()  # of whose changes updates are noted, where that is not all


def _by(key: str, table: str, **how: Any) -> Kept:
    return Kept(key, f"SELECT * FROM {table} WHERE {key} = ?", **how)


#: Every table of which a rebuild could not know the rows, in an order in which each row comes after what it refers to.
#: Whoever adds one adds it here, and a migration: triggers are made anew after each.
JOURNALED = {
    "sites": _by("slug", "sites"),
    "crawls": _by("id", "crawls"),
    # an article's number in the search index depends on the order in which captures of its day were stored
    "articles": Kept("id", "SELECT id, docid FROM articles WHERE id = ?", columns=("docid",)),
    # whose a record of somebody else's is, which no record says; of our own crawls' records their file tells
    "capture_sources": Kept(
        "capture_id",
        "SELECT capture_sources.*, site, crawl_id, payload_digest, warc_file, warc_offset FROM capture_sources"
        " JOIN captures ON captures.id = capture_id WHERE capture_id = ?",
        when="NEW.source <> 'live'",
    ),
    "events": _by("id", "events"),
    "alerts": _by("id", "alerts"),
    "deliveries": Kept("rowid", "SELECT rowid, * FROM deliveries WHERE rowid = ?"),
    "mass_removals": _by("id", "mass_removals"),
    "removals": _by("id", "removals"),
    "reviews": _by("id", "reviews"),
    "notes": _by("id", "notes"),
    "withheld": _by("id", "withheld"),
    # with the text, which no reading says any more
    "retracted_revisions": Kept(
        "id",
        "SELECT retracted_revisions.*, body, word_count FROM retracted_revisions JOIN texts USING (text_digest)"
        " WHERE id = ?",
    ),
    "not_fetched": _by("url_key", "not_fetched"),
    # these move with every page and listing of a crawl: noted when it is over, a crawl's and a site's together
    "sightings": Kept("crawl_id", "SELECT * FROM sightings WHERE crawl_id = ? ORDER BY rowid", ()),
    "frontier": Kept("site", "SELECT * FROM frontier WHERE site = ? ORDER BY rowid", ()),
    "_channels": _by("name", "_channels"),
    "_habits": _by("site", "_habits"),
    "_weighed": _by("site", "_weighed"),
    "_read_by": _by("site", "_read_by"),
}

TABLE = """
CREATE TABLE _journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, kept TEXT NOT NULL, name NOT NULL)
"""
_NOTE = "INSERT INTO _journal (kept, name)"
_CRAWL_OVER = (
    "CREATE TRIGGER _kept_crawl_over AFTER UPDATE OF outcome ON crawls WHEN OLD.outcome IS NULL AND NEW.outcome IS NOT"
    f" NULL BEGIN {_NOTE} VALUES ('sightings', NEW.id), ('frontier', NEW.site); END"
)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of rows that are kept under one name: as they are since change number ``seq``; none: they are gone.

    Rows too many for one record come in ``parts``, counted from 1.
    """

    seq: int
    table: str
    name: str | int
    rows: list[dict[str, Any]] = field(default_factory=list)
    part: int = 1
    parts: int = 1


class Journaling(ABC):
    """The writing of an archive's journal; Archive is one."""

    connection: sqlite3.Connection
    data_dir: Path
    warc_dir: Path

    @abstractmethod
    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction on the one writing connection."""

    def write_journal(self, *, unfinished: bool = False) -> int:
        """Writes what was said and decided since the last time into a WARC file of its own; returns how many changes.

        For the end of everything that writes; what a kill leaves waits for the next time. ``unfinished``: also what
        crawls that are not over saw so far. Raises StorageError, LockedError.
        """
        lock = FileLock(self.data_dir / "journal.lock", timeout=PATIENCE)
        try:
            lock.acquire()
        except Timeout:
            raise LockedError(
                f"Another process has been writing the journal of {self.data_dir} for a minute."
            ) from None
        try:
            if unfinished:
                with self.writing() as db:
                    note_unfinished(db)
            return self._write(*waiting(self.connection))
        finally:
            lock.release()

    def _write(self, changes: list[Change], upto: int) -> int:
        if not upto:
            return 0
        total = 0
        with WarcWriter(self.warc_dir, prefix=PREFIX, software=f"Lưu Tin {__version__}") as writer:
            while upto:
                for about, block in written(changes):
                    writer.write_metadata(about, block, CONTENT_TYPE)
                writer.sync()
                with self.writing() as db:
                    db.execute("DELETE FROM _journal WHERE seq <= ?", (upto,))
                total += len(changes)
                changes, upto = waiting(self.connection)
        return total


@contextmanager
def watching_anew(db: sqlite3.Connection) -> Iterator[None]:
    """Makes the triggers that note changes anew, for the columns that tables have when the block is over."""
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB '_kept_*'").fetchall()
    for (name,) in found:
        db.execute(f"DROP TRIGGER {name}")
    yield
    for table, kept in _there(db).items():
        for what in kept.noted:
            db.execute(_trigger(db, table, kept, what))
    db.execute(_CRAWL_OVER)


def _there(db: sqlite3.Connection) -> dict[str, Kept]:
    """``JOURNALED`` without tables that only a later migration makes."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {table: kept for table, kept in JOURNALED.items() if table in tables}


def _trigger(db: sqlite3.Connection, table: str, kept: Kept, what: str) -> str:
    head = f"CREATE TRIGGER _kept_{table}_{what.lower()} AFTER {what} ON {table}"
    if what == "INSERT":
        when = f" WHEN {kept.when}" if kept.when else ""
        return f"{head}{when} BEGIN {_NOTE} VALUES ('{table}', NEW.{kept.key}); END"
    old = f"{_NOTE} VALUES ('{table}', OLD.{kept.key});"
    if what == "DELETE":
        return f"{head} BEGIN {old} END"
    # a row that is written as it was has not changed: sites are, every night
    columns = kept.columns or [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    changed = " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in columns)
    new = f"{_NOTE} SELECT '{table}', NEW.{kept.key} WHERE NEW.{kept.key} IS NOT OLD.{kept.key};"
    of = f"UPDATE OF {', '.join(kept.columns)}" if kept.columns else "UPDATE"
    return f"CREATE TRIGGER _kept_{table}_update AFTER {of} ON {table} WHEN {changed} BEGIN {old} {new} END"


def note_everything(db: sqlite3.Connection) -> None:
    """Notes every row that there is: of an archive that kept no journal until now."""
    for table, kept in _there(db).items():
        db.execute(f"{_NOTE} SELECT DISTINCT '{table}', {kept.key} FROM {table}")


def note_unfinished(db: sqlite3.Connection) -> None:
    """Notes what else is only noted when a crawl is over: what unfinished ones saw, and what is still to be fetched."""
    db.execute(f"{_NOTE} SELECT 'sightings', id FROM crawls WHERE outcome IS NULL")
    db.execute(f"{_NOTE} SELECT DISTINCT 'frontier', site FROM frontier")


def waiting(db: sqlite3.Connection) -> tuple[list[Change], int]:
    """Changes that are noted and not written yet, the oldest ``BATCH`` notes, as rows are at one moment; and the last
    note's number, 0 where there is none.
    """
    db.execute("BEGIN")
    try:
        return _waiting(db)
    finally:
        db.execute("COMMIT")


def _waiting(db: sqlite3.Connection) -> tuple[list[Change], int]:
    notes = db.execute("SELECT seq, kept, name FROM _journal ORDER BY seq LIMIT ?", (BATCH,)).fetchall()
    last = {(table, name): seq for seq, table, name in notes}
    changes = []
    for (table, name), seq in last.items():
        rows = [dict(row) for row in db.execute(JOURNALED[table].rows, (name,))]
        parts = [rows[i : i + _PART] for i in range(0, len(rows), _PART)] or [[]]
        changes += [Change(seq, table, name, part, n, len(parts)) for n, part in enumerate(parts, 1)]
    return changes, notes[-1][0] if notes else 0


def written(changes: Iterable[Change]) -> Iterator[tuple[str, bytes]]:
    """Changes as ``metadata`` records: what each record is about, and its block (UTF-8 JSON)."""
    by_table: dict[str, list[Change]] = {}
    for change in changes:
        by_table.setdefault(change.table, []).append(change)
    for table, of_table in by_table.items():
        lines: list[str] = []
        size = 0
        for change in of_table:
            line = _line(change)
            if lines and size + len(line) > _RECORD:
                yield _block(table, lines)
                lines, size = [], 0
            lines.append(line)
            size += len(line)
        yield _block(table, lines)


def _line(change: Change) -> str:
    parts = {"part": change.part, "parts": change.parts} if change.parts > 1 else {}
    return json.dumps({"seq": change.seq, "name": change.name, **parts, "rows": change.rows}, ensure_ascii=False)


def _block(table: str, lines: Sequence[str]) -> tuple[str, bytes]:
    key = JOURNALED[table].key
    head = f'{{"table": {json.dumps(table)}, "named_by": {json.dumps(key)}, "changes": [\n'
    return _URN + table, (head + ",\n".join(lines) + "\n]}\n").encode("utf-8", "surrogatepass")


def changes_in(path: Path) -> Iterator[Change | Skipped]:
    """The changes that a WARC file holds, in its order, and a Skipped for what is damaged. Raises OSError.

    Half a record at the end of a file that is still open is none: what it was to hold waits to be written (again).
    """
    with path.open("rb") as stream:
        for record in records(gzip_pieces(stream), seekable=False):
            if isinstance(record, Record):
                yield from _read(record) if record.fields.get("warc-target-uri", "").startswith(_URN) else ()
            elif record.reason != CUT_OFF or not path.name.endswith(OPEN):
                yield record


def _read(record: Record) -> Iterator[Change]:
    try:
        said = json.loads(record.block.decode("utf-8", "surrogatepass"))
        table = str(said["table"])
        changes = [
            Change(int(c["seq"]), table, c["name"], list(c["rows"]), int(c.get("part", 1)), int(c.get("parts", 1)))
            for c in said["changes"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError):  # not a record of ours, whatever it calls itself
        return
    yield from changes


def not_lost(path: Path) -> None:
    """Raises StorageError where ``archive.db`` is gone and its journal is there.

    An empty one in its place would show what is withheld, and tell everything anew.
    """
    if not (path.exists() and path.stat().st_size) and any((path.parent / "warc").glob(f"{PREFIX}-*")):
        raise StorageError(
            f"{path} is gone, and warc/ has its journal: bring it back from a backup, or luutin rebuild makes it anew."
        )
