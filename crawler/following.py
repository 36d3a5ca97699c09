"""Whether derived rows follow from the captures: derived once more, beside them, and compared; nothing is written."""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

from crawler.articles import EMPTY_TEXT, Articles

#: Said, in place of a table, of an article whose readings or texts are missing or no lists any more.
UNREAD = "readings"

#: What is derived again, each with the column that names its article; and tables that deriving only touches.
_DERIVED = {"articles": "id", "revisions": "article_id", "attachments": "article_id"}
_TOUCHED = ("events", "retracted_revisions")
#: What depends on other articles, or on the order in which captures came.
_ELSEWHERE = ("docid", "same_text_as")

# Whom each capture met where, as Placing claims it: at its own address, by its canonical link, and what led there.
_MET = """
WITH RECURSIVE claims (article_id, url_key, url, evidence, seen) AS (
    SELECT article_id, url_key, url, 'capture', memento_datetime FROM main.captures
    WHERE reading_digest IS NOT NULL AND article_id IN (SELECT value FROM json_each(?1))
    UNION SELECT article_id, canonical_key, canonical_url, 'canonical', memento_datetime FROM main.captures
    WHERE reading_digest IS NOT NULL AND canonical_key <> url_key AND article_id IN (SELECT value FROM json_each(?1))
    UNION SELECT claims.article_id, c.url_key, c.url, 'redirect', c.memento_datetime
    FROM claims JOIN main.captures AS c ON c.redirect_to = claims.url_key
), met AS (
    SELECT article_id, url_key, max(url), min(evidence), min(seen), max(seen) FROM claims GROUP BY article_id, url_key
), held AS (
    SELECT article_id, url_key, url, evidence, first_seen, last_seen FROM main.article_urls
    WHERE article_id IN (SELECT value FROM json_each(?1))
)
SELECT url_key FROM (SELECT * FROM met EXCEPT SELECT * FROM held)
UNION SELECT url_key FROM (SELECT * FROM held EXCEPT SELECT * FROM met) ORDER BY url_key
"""

_OPEN = "SELECT 1 FROM removals WHERE article_id = ? AND restored IS NULL"
_FIRST = "SELECT id FROM main.articles AS a WHERE a.text_digest = one.text_digest ORDER BY first_seen, id LIMIT 1"
_SAME_TEXT = (
    "SELECT id FROM main.articles AS one WHERE id IN (SELECT value FROM json_each(?))"
    f" AND text_digest <> '{EMPTY_TEXT}' AND same_text_as IS NOT NULLIF(({_FIRST}), one.id)"
)


def unfounded(db: sqlite3.Connection, articles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(table, id) of rows of these articles that are not what follows from their captures, or are missing.

    (``UNREAD``, article) where nothing can be derived, since what was read of it is damaged.
    Works on a connection for reading: temporary tables stand before the archive's own while rows are derived.
    """
    sites = _select(db, "SELECT id, site FROM main.articles WHERE id IN (SELECT value FROM json_each(?))", articles)
    for table in (*_DERIVED, *_TOUCHED):
        db.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table} WHERE 0")
        db.execute(f"CREATE UNIQUE INDEX temp.shadow_{table} ON {table} (id)")
    try:
        unread = {article_id for article_id, site in sites if not _derive(db, article_id, site)}
        yield from ((UNREAD, article_id) for article_id in sorted(unread))
        articles = [article_id for article_id in articles if article_id not in unread]
        for table, column in _DERIVED.items():
            yield from _differing(db, table, column, articles)
        for (article_id,) in _select(db, _SAME_TEXT, articles):
            yield "articles", article_id
        for (key,) in _select(db, _MET, articles):
            yield "article_urls", key
    finally:
        for table in (*_DERIVED, *_TOUCHED):
            db.execute(f"DROP TABLE temp.{table}")


def _derive(db: sqlite3.Connection, article_id: str, site: str) -> bool:
    work = Articles(db, "")
    try:
        work.settle(article_id, site, None)
        if db.execute(_OPEN, (article_id,)).fetchone() is not None:
            work.settle(article_id, site, None)  # its status is what was decided
    except (LookupError, ValueError, TypeError, AttributeError):  # what damaged rows and JSON give
        return False
    return True


def _select(db: sqlite3.Connection, query: str, articles: Sequence[str]) -> list[sqlite3.Row]:
    return db.execute(query, (json.dumps(articles),)).fetchall()


def _differing(db: sqlite3.Connection, table: str, column: str, articles: Sequence[str]) -> Iterator[tuple[str, str]]:
    columns = ", ".join(
        name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,)) if name not in _ELSEWHERE
    )
    held = f"SELECT {columns} FROM main.{table} WHERE {column} IN (SELECT value FROM json_each(?1))"
    derived = f"SELECT {columns} FROM temp.{table} WHERE {column} IN (SELECT value FROM json_each(?1))"
    query = f"SELECT id FROM ({held} EXCEPT {derived}) UNION SELECT id FROM ({derived} EXCEPT {held}) ORDER BY id"
    for (identifier,) in _select(db, query, articles):
        yield table, identifier
