"""The journal read back: of each row the newest change that WARC files hold, put into an archive that is made anew."""

# ruff: noqa: S608 -- the SQL is put together from crawler/journaling's constants and from column names of our own

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from crawler.articles import Articles
from crawler.journaling import JOURNALED, Change, changes_in
from crawler.rereading import FIND_EVENTS, POINT_EVENT
from crawler.sealing import sealed
from crawler.warc_record import Skipped
from crawler.withholding import Withholding, forget_texts, unsaid, unsay, withhold

_SCHEMA = """
CREATE TABLE IF NOT EXISTS change (
    kept TEXT NOT NULL, name NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL,
    rows TEXT NOT NULL, PRIMARY KEY (kept, name, seq, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS docid (article_id TEXT PRIMARY KEY, docid INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place (
    warc_file TEXT NOT NULL, warc_offset INTEGER NOT NULL, capture_id TEXT NOT NULL, site TEXT NOT NULL, crawl_id TEXT,
    payload_digest TEXT NOT NULL, source TEXT NOT NULL, origin TEXT NOT NULL, PRIMARY KEY (warc_file, warc_offset)
) WITHOUT ROWID
"""
# A change of several parts of which one is missing was cut off by a kill; it was written again.
_NEWEST = """
DELETE FROM change WHERE (kept, name, seq) NOT IN (
    SELECT kept, name, max(seq) FROM (
        SELECT kept, name, seq FROM change GROUP BY kept, name, seq HAVING count(*) = max(parts)
    ) GROUP BY kept, name
)
"""
# What storing captures announced itself stays only where the journal knows nothing of the article.
_UNKNOWN = "kind = 'new' AND article_id NOT IN (SELECT article_id FROM replay.docid)"
_MISPLACED = """
UPDATE captures SET (warc_file, warc_offset) =
    (SELECT warc_file, warc_offset FROM replay.place WHERE capture_id = captures.id)
WHERE id IN (SELECT place.capture_id FROM replay.place JOIN captures ON captures.id = place.capture_id
             WHERE (captures.warc_file, captures.warc_offset) <> (place.warc_file, place.warc_offset))
"""
# Where an article that is under seal by now had the number when this one was stored.
_MISNUMBERED = (
    "SELECT id, numbered.docid FROM articles JOIN replay.docid AS numbered ON article_id = id"
    " WHERE articles.docid <> numbered.docid AND numbered.docid NOT IN (SELECT docid FROM articles)"
)
_OPEN = (
    "SELECT DISTINCT article_id, site FROM removals JOIN articles ON articles.id = article_id WHERE restored IS NULL"
)


class Place(NamedTuple):
    """Whose a record is, by the journal: the capture that it became."""

    capture_id: str
    site: str
    crawl_id: str | None
    payload_digest: str  # of the body that a revisit stands for, by which other record it may be known
    source: str
    origin: str


class Replay:
    """The journal of an archive, in a database of its own at ``path``, which is only scratch."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unreadable: Counter[str] = Counter()  # records of the files that were taken in, by why
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    def load(self, files: Iterable[Path]) -> None:
        """Takes in the journal's files, in any order and however often. Raises OSError."""
        self._db.execute("BEGIN")
        for file in files:
            self._db.executemany(
                "INSERT OR REPLACE INTO change VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (c.table, c.name, c.seq, c.part, c.parts, json.dumps(c.rows, ensure_ascii=False))
                    for c in self._changes(file)
                ),
            )
        self._db.execute(_NEWEST)
        docids = ((row["id"], row["docid"]) for row in self.rows("articles"))
        self._db.executemany("INSERT OR REPLACE INTO docid VALUES (?, ?)", docids)
        columns = ("warc_file", "warc_offset", "capture_id", "site", "crawl_id", "payload_digest", "source", "origin")
        places = (tuple(row[c] for c in columns) for row in self.rows("capture_sources"))
        self._db.executemany("INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)", places)
        self._db.execute("COMMIT")

    def _changes(self, file: Path) -> Iterator[Change]:
        for found in changes_in(file):
            if isinstance(found, Skipped):
                self.unreadable[found.reason] += 1
            else:
                yield found

    @property
    def last(self) -> int:
        """The highest number of a change, 0 where there is none."""
        highest: int = self._db.execute("SELECT coalesce(max(seq), 0) FROM change").fetchone()[0]
        return highest

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table as the journal has them."""
        for _, rows in self._named(table):
            yield from rows

    def _named(self, table: str) -> Iterator[tuple[str | int, list[dict[str, Any]]]]:
        query = "SELECT name, rows FROM change WHERE kept = ? ORDER BY name, part"
        for name, rows in self._db.execute(query, (table,)):
            yield name, json.loads(rows)

    def rows_of(self, table: str, name: str | int) -> list[dict[str, Any]]:
        """The rows that the journal has under one name."""
        query = "SELECT rows FROM change WHERE kept = ? AND name = ? ORDER BY part"
        return [row for (rows,) in self._db.execute(query, (table, name)) for row in json.loads(rows)]

    def docid(self, article_id: str) -> int | None:
        """The number that an article had in the search index."""
        row = self._db.execute("SELECT docid FROM docid WHERE article_id = ?", (article_id,)).fetchone()
        return row[0] if row else None

    @contextmanager
    def attached(self, db: sqlite3.Connection) -> Iterator[None]:
        """Makes this database known to a connection as ``replay``, and lets rows refer to what is still to come."""
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("ATTACH DATABASE ? AS replay", (str(self.path),))
        try:
            yield
        finally:
            db.execute("DETACH DATABASE replay")
            db.execute("PRAGMA foreign_keys = ON")

    def place(self, file: str, offset: int) -> Place | None:
        """Whose the record there is; None where the journal says nothing of it, as of our own crawls' records."""
        query = f"SELECT {', '.join(Place._fields)} FROM place WHERE warc_file = ? AND warc_offset = ?"
        row = self._db.execute(query, (file, offset)).fetchone()
        return Place(*row) if row else None

    def put(
        self, db: sqlite3.Connection, table: str, wanted: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> None:
        """Makes rows of a table what the journal says, within a transaction; ``attached``."""
        kept = JOURNALED[table]
        columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))]
        columns += ["rowid"] if kept.key == "rowid" else []
        replaced: set[str | int] = set()
        for name, rows in self._named(table):
            if name not in replaced and all(map(wanted, rows)):
                db.execute(f"DELETE FROM {table} WHERE {kept.key} = ?", (name,))
            replaced.add(name)  # its further parts follow
            for row in filter(wanted, rows):
                there = [c for c in columns if c in row]
                if table == "retracted_revisions":
                    text = (row["text_digest"], row["body"], row["word_count"])
                    db.execute("INSERT OR IGNORE INTO texts (text_digest, body, word_count) VALUES (?, ?, ?)", text)
                db.execute(
                    f"INSERT OR REPLACE INTO {table} ({', '.join(there)}) VALUES ({', '.join('?' * len(there))})",
                    [row[c] for c in there],
                )


def note_lost(db: sqlite3.Connection, replay: Replay) -> None:
    """Notes every row that a damaged journal does not have as it is. Within a transaction.

    What only the journal has stays as it says: the archive may be an older one, brought back, that knows no such seal.
    """
    for table, kept in JOURNALED.items():
        where = f"WHERE {kept.when.replace('NEW.', '')}" if kept.when else ""
        for (name,) in db.execute(f"SELECT DISTINCT {kept.key} FROM {table} {where}").fetchall():
            if [dict(row) for row in db.execute(kept.rows, (name,))] != replay.rows_of(table, name):
                db.execute("INSERT INTO _journal (kept, name) VALUES (?, ?)", (table, name))


def begin(db: sqlite3.Connection, replay: Replay) -> None:
    """What captures refer to, before any is stored: sites, crawls. Within a transaction; ``attached``."""
    for table in ("sites", "crawls"):
        replay.put(db, table)


def seal_again(db: sqlite3.Connection, replay: Replay) -> None:
    """Puts under seal what is withheld, once every capture is stored. Within a transaction.

    Not before: which files an article alone lists is known when all others are.
    """
    db.execute("DELETE FROM _journal")
    for row in replay.rows("withheld"):
        known = db.execute("SELECT 1 FROM articles WHERE id = ?", (row["article_id"],)).fetchone()
        if row["lifted"] is None and known is not None:
            said = {name: row[name] for name in ("article_id", "site", "since", "until", "reason", "by")}
            withhold(db, Withholding(**said))
            db.execute("DELETE FROM _journal")
    forget_texts(db, unsaid(db))


def finish(db: sqlite3.Connection, replay: Replay, at: str) -> dict[str, int]:
    """All of the journal, once every capture is stored, and what follows from it. Within a transaction; ``attached``.

    Rows that speak of captures or articles that are not there any more let go of them, or are left out where they
    cannot; how many of each table were left out is returned. Nothing waits to be told or written afterwards.
    """
    db.execute(f"DELETE FROM events WHERE NOT ({_UNKNOWN})")
    db.execute(_MISPLACED)
    first = [table for table in JOURNALED if table not in ("articles", "events")]
    for table in first:
        replay.put(db, table)
    db.execute("DELETE FROM retracted_revisions WHERE id IN (SELECT id FROM revisions)")
    articles = Articles(db, at)
    for article_id, site in db.execute(_OPEN).fetchall():
        articles.settle(article_id, site, None)  # its status is as was decided
    while misnumbered := db.execute(_MISNUMBERED).fetchone():  # each may leave another one's
        articles.renumber(*misnumbered)
    articles.close()
    replay.put(db, "events")
    for article_id in sealed(db):  # what took it out of the journal may be lost by damage
        unsay(db, article_id)
    left_out = let_go(db)
    db.execute("DELETE FROM _outbox")
    db.execute("DELETE FROM _journal")
    db.execute("DELETE FROM sqlite_sequence WHERE name = '_journal'")
    db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('_journal', ?)", (replay.last,))
    return left_out


def let_go(db: sqlite3.Connection) -> dict[str, int]:
    """Lets rows of the journal's tables refer to nothing that is not there; returns how many could not and are gone."""
    gone: dict[str, int] = {}
    moved = False
    for table in JOURNALED:
        nullable = {
            row["name"]: not row["notnull"] for row in db.execute("SELECT * FROM pragma_table_info(?)", (table,))
        }
        for fk in db.execute("SELECT * FROM pragma_foreign_key_list(?)", (table,)).fetchall():
            column = fk["from"]
            parent = f"SELECT 1 FROM {fk['table']} AS parent WHERE parent.{fk['to']} = {table}.{column}"
            dangling = f"{column} IS NOT NULL AND NOT EXISTS ({parent})"
            if nullable[column] and table != "deliveries":
                found = db.execute(f"UPDATE {table} SET {column} = NULL WHERE {dangling}").rowcount
                moved |= table == "events" and found > 0
            elif found := db.execute(f"DELETE FROM {table} WHERE {dangling}").rowcount:
                gone[table] = gone.get(table, 0) + found
    if moved:
        found_again = {event_id for (event_id,) in db.execute(FIND_EVENTS).fetchall()}
        unpointed = "SELECT id FROM events WHERE revision_id IS NULL AND article_id IS NOT NULL"
        for event_id in found_again | {event_id for (event_id,) in db.execute(unpointed)}:
            db.execute(POINT_EVENT, (event_id,))
    return gone
