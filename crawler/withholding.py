"""Within one transaction: an article put under seal, with all that says what it said, and given back from there.

The captures keep their rows and records; what was derived from them goes, as if the article had never been met. What
the journal said of it goes too and stands in the journal's WARC files, from which it comes back. The records of its
site's other pages are kept back until it is known that they do not name it (crawler/sealing).
"""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.articles import Articles
from crawler.journal import EVENTS
from crawler.rereading import FIND_EVENTS
from crawler.sealing import WITHHELD, keep_back
from crawler.similar import Similar

TABLE = """
CREATE TABLE withheld (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL, site TEXT NOT NULL REFERENCES sites(slug), since TEXT NOT NULL,
    until TEXT, reason TEXT NOT NULL, by TEXT NOT NULL, lifted TEXT, lifted_by TEXT, journal_seq INTEGER NOT NULL
);
CREATE UNIQUE INDEX withheld_article_id ON withheld (article_id) WHERE lifted IS NULL;
CREATE INDEX withheld_site ON withheld (site);
CREATE INDEX withheld_since ON withheld (since);
CREATE INDEX withheld_until ON withheld (until);
CREATE INDEX withheld_lifted ON withheld (lifted)
"""

#: The journal's tables that tell of an article, in the order in which their rows can come back.
TOLD = ("events", "deliveries", "removals", "reviews", "retracted_revisions", "notes")

_SEAL = (
    f"UPDATE captures SET quality = '{WITHHELD}', quality_reason = ?1, article_id = NULL, reading_digest = NULL,"
    " content_digest = NULL, canonical_url = NULL, canonical_key = NULL, read_as = NULL"
)
_LISTED = "INSERT INTO _withheld_files SELECT DISTINCT url_key, article_id FROM attachments WHERE article_id = ?1"
_FORGET_READING = "DELETE FROM readings WHERE reading_digest = ?1 AND NOT EXISTS" + " AND NOT EXISTS".join(
    f" (SELECT 1 FROM {table} WHERE reading_digest = ?1)" for table in ("captures", "revisions")
)
_TEXTS = " UNION ".join(
    f"SELECT text_digest FROM {table} WHERE article_id = ?1" for table in ("revisions", "retracted_revisions")
)
_SAYING = ("readings", "articles", "revisions", "retracted_revisions")
_IS_SAID = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE text_digest = ?1" for table in _SAYING)
_UNSAID = "SELECT text_digest FROM texts" + "".join(f" EXCEPT SELECT text_digest FROM {table}" for table in _SAYING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """That an article is withheld. Times are ``clock.timestamp``; ``until`` is None where no end is known."""

    article_id: str
    site: str
    since: str
    until: str | None
    reason: str
    by: str

    @property
    def id(self) -> str:
        """The same for the same article and moment, also after a rebuild."""
        return str(uuid.uuid5(EVENTS, f"{self.article_id}/withheld/{self.since}"))


def _names_of(db: sqlite3.Connection, article_id: str) -> dict[str, list[str | int]]:
    """What names the rows of ``TOLD`` that tell of an article, by table (``journaling.JOURNALED``'s keys)."""
    of_article = {t: f"SELECT id FROM {t} WHERE article_id = ?" for t in TOLD if t != "deliveries"}
    of_article["deliveries"] = (
        "SELECT deliveries.rowid FROM deliveries JOIN events ON events.id = event_id WHERE article_id = ?"
    )
    return {table: [n for (n,) in db.execute(query, (article_id,))] for table, query in of_article.items()}


def withhold(db: sqlite3.Connection, what: Withholding) -> bool:
    """Puts an article under seal; False, with nothing done, while the journal has yet to be written of it.

    Raises KeyError where there is no such article.
    """
    row = db.execute("SELECT site FROM articles WHERE id = ?", (what.article_id,)).fetchone()
    if row is None:
        raise KeyError(what.article_id)
    names = _names_of(db, what.article_id)
    noted = {(table, str(name)) for table, name in db.execute("SELECT kept, name FROM _journal")}
    if any((table, str(name)) in noted for table, found in names.items() for name in found):
        return False
    (seq,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = '_journal'").fetchone()
    query = "SELECT DISTINCT reading_digest FROM captures WHERE article_id = ? AND reading_digest IS NOT NULL"
    readings = db.execute(query, (what.article_id,)).fetchall()
    texts = [digest for (digest,) in db.execute(_TEXTS, (what.article_id,))]
    _unsay(db, names)
    db.execute(f"{_SEAL} WHERE article_id = ?1 AND reading_digest IS NOT NULL", (what.article_id,))
    db.execute(_LISTED, (what.article_id,))
    db.execute("UPDATE captures SET article_id = NULL WHERE article_id = ?", (what.article_id,))
    articles = Articles(db, what.since)
    articles.settle(what.article_id, what.site, None)
    articles.close()
    db.executemany(_FORGET_READING, readings)
    forget_texts(db, texts)  # with the same stroke: a kill must not leave them without the article
    db.execute(
        "INSERT INTO withheld (id, article_id, site, since, until, reason, by, journal_seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (what.id, what.article_id, what.site, what.since, what.until, what.reason, what.by, seq),
    )
    keep_back(db, what.site)
    return True


def unsay(db: sqlite3.Connection, article_id: str) -> None:
    """Takes out what the journal's tables tell of an article that is under seal already."""
    texts = [digest for (digest,) in db.execute(_TEXTS, (article_id,))]
    _unsay(db, _names_of(db, article_id))
    forget_texts(db, texts)


def _unsay(db: sqlite3.Connection, names: Mapping[str, Iterable[str | int]]) -> None:
    db.executemany("DELETE FROM _outbox WHERE item = ?", [(event,) for event in names["events"]])
    for table in reversed(TOLD):
        key = "rowid" if table == "deliveries" else "id"
        db.executemany(f"DELETE FROM {table} WHERE {key} = ?", [(name,) for name in names[table]])


def unsaid(db: sqlite3.Connection) -> list[str]:
    """The digests of texts that nothing says any more, also of what older rules had read."""
    return [digest for (digest,) in db.execute(_UNSAID)]


def forget_texts(db: sqlite3.Connection, digests: Iterable[str]) -> None:
    """Deletes those of these texts that nothing says any more, and what was made of them."""
    similar = Similar(db, lambda _digest: frozenset())
    for digest in digests:
        if db.execute(_IS_SAID, (digest,)).fetchone() is None:
            similar.drop(digest)
            db.execute("DELETE FROM _unstudied WHERE text_digest = ?", (digest,))
            db.execute("DELETE FROM texts WHERE text_digest = ?", (digest,))


def give_back(db: sqlite3.Connection, article_id: str, site: str, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Puts back the journal's rows (table, row) of an article whose captures are read again; nothing is sent again."""
    there = _is_there(db, "articles", article_id)  # or its captures are another's by today's rules
    for table, row in rows:
        if not there and table != "events":
            continue
        if table == "retracted_revisions":
            text = (row["text_digest"], row.pop("body"), row.pop("word_count"))
            db.execute("INSERT OR IGNORE INTO texts (text_digest, body, word_count) VALUES (?, ?, ?)", text)
        if table == "events":
            row["article_id"] = article_id if there else None
            row["revision_id"] = row["revision_id"] if _is_there(db, "revisions", row["revision_id"]) else None
        marks = ", ".join("?" * len(row))
        db.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        if table == "events":
            db.execute("DELETE FROM _outbox WHERE item = ?", (row["id"],))
    db.execute(FIND_EVENTS).fetchall()
    articles = Articles(db, "")
    articles.settle(article_id, site, None)
    articles.close()


def _is_there(db: sqlite3.Connection, table: str, identifier: str | None) -> bool:
    return db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (identifier,)).fetchone() is not None
