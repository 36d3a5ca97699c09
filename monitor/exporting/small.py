"""An export that is an archive itself, only smaller: the chosen articles with all that refers to them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from crawler.articles import EMPTY_TEXT
from crawler.errors import InputError, StorageError
from crawler.migrations import migrations
from crawler.sealing import ADDRESSES
from crawler.search_index import forms
from monitor.exporting.described import Collection
from monitor.exporting.selection import Selection
from monitor.exporting.texts import Moved

_ARTICLE = "IN (SELECT id FROM temp.chosen_articles)"
_CAPTURE = "IN (SELECT id FROM temp.chosen_captures)"
_SITE = "IN (SELECT slug FROM temp.chosen_sites)"
_OF_ARTICLE = f"article_id {_ARTICLE}"
_REVISION = f"IN (SELECT id FROM revisions WHERE article_id {_ARTICLE})"  # noqa: S608
_READING = f"""IN (SELECT reading_digest FROM captures WHERE id {_CAPTURE} AND reading_digest IS NOT NULL
                   UNION SELECT reading_digest FROM revisions WHERE {_OF_ARTICLE})"""  # noqa: S608
_TEXT = f"""IN (SELECT text_digest FROM articles WHERE id {_ARTICLE}
                UNION SELECT text_digest FROM readings WHERE reading_digest {_READING}
                UNION SELECT text_digest FROM revisions WHERE {_OF_ARTICLE}
                UNION SELECT text_digest FROM retracted_revisions WHERE {_OF_ARTICLE} AND capture_id {_CAPTURE})"""  # noqa: S608
_SAID = f"(article_id IS NULL AND :whole AND site {_SITE}) OR {_OF_ARTICLE}"

#: Which rows go out with the chosen ones, table by table, in an order in which each finds what it refers to.
COPIED = {
    "sites": f"slug {_SITE} OR slug IN (SELECT site FROM captures WHERE id {_CAPTURE})",  # noqa: S608
    "crawls": f"id IN (SELECT crawl_id FROM captures WHERE id {_CAPTURE}) OR (:whole AND site {_SITE})",  # noqa: S608
    "texts": f"text_digest {_TEXT}",
    "readings": f"reading_digest {_READING}",
    "captures": f"id {_CAPTURE}",
    "capture_sources": f"capture_id {_CAPTURE}",
    "articles": f"id {_ARTICLE}",
    "article_urls": _OF_ARTICLE,
    "revisions": _OF_ARTICLE,
    "retracted_revisions": f"{_OF_ARTICLE} AND capture_id {_CAPTURE}",
    "attachments": _OF_ARTICLE,
    "citations": _OF_ARTICLE,
    "sightings": f"""crawl_id IN (SELECT id FROM crawls WHERE site {_SITE})
        AND url_key NOT IN ({ADDRESSES}) AND (:whole OR (
        url_key IN (SELECT url_key FROM article_urls WHERE {_OF_ARTICLE})
        AND crawl_id IN (SELECT crawl_id FROM captures WHERE id {_CAPTURE})))""",  # noqa: S608
    "mass_removals": f"""(:whole AND site {_SITE})
        OR id IN (SELECT mass_id FROM removals WHERE {_OF_ARTICLE})""",  # noqa: S608
    "removals": _OF_ARTICLE,
    "reviews": _SAID,
    "events": _SAID,
    "notes": f"(article_id IS NULL AND :whole AND (site IS NULL OR site {_SITE})) OR {_OF_ARTICLE}",
}
#: Tables whose rows stay: what waits to be done, the operator's own affairs. Similar texts are another archive's where
#: other texts are beside them: the first command that writes finds them, since nothing says that these were studied.
LEFT_OUT = frozenset({"frontier", "not_fetched", "alerts", "deliveries", "articles_fts", "withheld"})

#: References to what was not chosen. The first with the same text is looked for among the chosen ones.
_MENDED = (
    f"UPDATE articles SET same_text_as = CASE WHEN text_digest <> '{EMPTY_TEXT}' THEN nullif((SELECT first.id FROM"  # noqa: S608
    " articles AS first WHERE first.text_digest = articles.text_digest ORDER BY first_seen, id LIMIT 1), id) END",
    "UPDATE removals SET moved_to = NULL WHERE moved_to NOT IN (SELECT id FROM articles)",
    "UPDATE captures SET article_id = NULL WHERE article_id NOT IN (SELECT id FROM articles)",
)

_WORDS = (
    "SELECT docid, coalesce(headline, ''), body, site, section, author FROM articles JOIN texts USING (text_digest)"
    " ORDER BY docid"
)


def small_archive(selection: Selection, out: Path, said: Collection, *, moved: Moved) -> None:
    """Writes the archive. Raises InputError where the archive at hand waits for its migration, StorageError."""
    _check(selection.db)
    try:
        with closing(sqlite3.connect(out, isolation_level=None)) as target:
            target.row_factory = sqlite3.Row
            _fill(selection, target, moved)
            _describe(target, said)
            target.execute("PRAGMA journal_mode = DELETE")
            target.execute("VACUUM")
    except sqlite3.OperationalError as error:
        raise StorageError(f"{out.name} cannot be written ({error}): make room, or choose another place.") from error


def _check(db: sqlite3.Connection) -> None:
    if migrations.pending(Database(db, execute_plugins=False)):
        raise InputError(
            "The archive was made by an older Lưu Tin: let a command that writes (luutin crawl, luutin serve) renew it."
        )


def _fill(selection: Selection, target: sqlite3.Connection, moved: Moved) -> None:
    target.execute("PRAGMA synchronous = OFF")  # nobody sees the file before it is whole
    target.execute("PRAGMA journal_mode = OFF")
    migrations.apply(Database(target, execute_plugins=False))
    target.execute("PRAGMA foreign_keys = OFF")
    for n, (table, condition) in enumerate(COPIED.items(), 1):
        target.execute("BEGIN")
        _copy(selection, target, table, condition)
        target.execute("COMMIT")
        moved("tables", n, len(COPIED))
    target.execute("BEGIN")
    for statement in _MENDED:
        target.execute(statement)
    target.execute("DELETE FROM _outbox")  # what is old news here is none where the export is opened
    words = ((docid, *forms(*said)) for docid, *said in target.execute(_WORDS))
    target.executemany("INSERT INTO articles_fts (rowid, exact, folded, about) VALUES (?, ?, ?, ?)", words)
    target.execute("COMMIT")
    broken = target.execute("PRAGMA foreign_key_check").fetchone()
    assert broken is None, f"a row of {broken[0]} refers to a row of {broken[2]} that was not chosen"


def _copy(selection: Selection, target: sqlite3.Connection, table: str, condition: str) -> None:
    columns = [row["name"] for row in selection.db.execute(f"PRAGMA table_info({table})")]
    rows = selection.db.execute(
        f"SELECT {', '.join(columns)} FROM {table} WHERE {condition}",  # noqa: S608
        {"whole": selection.choice.of_whole_sites} if ":whole" in condition else {},
    )
    target.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608
        (tuple(row) for row in rows),
    )


def _describe(target: sqlite3.Connection, said: Collection) -> None:
    """What this file is, in a table of its own: Dublin Core, a line for each element, and schema.org."""
    target.execute("CREATE TABLE about (term TEXT NOT NULL, value TEXT NOT NULL)")
    rows = [(f"dc:{element}", value) for element, value in said.dublin_core()]
    rows.append(("schema.org", json.dumps(said.schema_org(), ensure_ascii=False)))
    target.executemany("INSERT INTO about VALUES (?, ?)", rows)
