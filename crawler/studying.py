"""What follows from texts alone and is made after a crawl: the documents that articles cite, the similar texts."""

from __future__ import annotations

import sqlite3
import time
from functools import lru_cache, partial
from itertools import groupby
from operator import itemgetter

from crawler.citations import Citation, find_citations
from crawler.similar import Similar
from crawler.text import shingles

#: By which rules texts are studied. To be raised with any change of what crawler/citations or crawler/similar (or
#: crawler.text.shingles) make of a text: an archive that was studied by others is then studied whole again.
STUDY_VERSION = 4

#: Rows of the queue that are prepared at once, outside of the transaction that writes what they come to.
BATCH = 32

#: Seconds after which a transaction takes up no further text: other writers wait no longer than twice that.
LONGEST = 0.025

#: Texts whose shingles are kept in memory, 50 kB each: those of a batch, and the models of many families.
_KEPT = 256

_QUEUE = "SELECT text_digest, docid FROM _unstudied ORDER BY text_digest, docid LIMIT ?"
_ARTICLE = (
    "SELECT articles.id, articles.headline, articles.text_digest, texts.body, articles.site,"
    " substr(coalesce(articles.date_published, articles.first_seen), 1, 10) AS day"
    " FROM articles JOIN texts USING (text_digest) WHERE docid = ?"
)

Queued = tuple[str, int]
"""A text, and the ``docid`` of an article that came to say it, ceased to, or says it on another day; 0 for none."""


class Study:
    """The studying of one archive: for as long as something is ``due``, ``prepare`` it, then ``write`` it.

    The rows that come of it are a function of the articles as they are now, in whatever order and batches it is done
    (but for pairs in families too large to pair whole: see ``Similar``).
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        # of the connection, not of this study: in a ring, all that is kept would outlast it until the collector comes
        self._shingles = lru_cache(_KEPT)(partial(_made, connection))
        self._similar = Similar(connection, self._shingles)
        self._citations_in = lru_cache(2 * BATCH)(_citations_in)

    def is_by_other_rules(self) -> bool:
        """Whether what has been studied may come out otherwise today."""
        version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
        return version != STUDY_VERSION

    def begin_anew(self) -> None:
        """Queues every article, in the transaction that is open. Citations stay until theirs are made again; sketches
        of two rules cannot be compared, so these go at once, and the pairs with them.
        """
        for table in ("_similar", "_sketch_hashes", "_sketches"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608
        self._db.execute("INSERT OR IGNORE INTO _unstudied SELECT text_digest, docid FROM articles")
        self._db.execute(f"PRAGMA user_version = {STUDY_VERSION}")

    def left(self) -> int:
        """How many rows wait in the queue."""
        count: int = self._db.execute("SELECT count(*) FROM _unstudied").fetchone()[0]
        return count

    def due(self) -> list[Queued]:
        """Some of the queue, sorted."""
        return [(digest, docid) for digest, docid in self._db.execute(_QUEUE, (BATCH,))]

    def prepare(self, due: list[Queued]) -> None:
        """Does what needs no lock, most of the work, unless it was done before and not written for want of time."""
        for digest, docid in due:
            self._shingles(digest)
            if (row := self._article(docid)) is not None:
                self._cited(row)

    def write(self, due: list[Queued]) -> int:
        """Writes, in the transaction that is open, what prepared rows come to; returns how many were done in time."""
        deadline = time.perf_counter() + LONGEST
        done = 0
        for digest, rows in groupby(due, itemgetter(0)):
            queued = list(rows)
            # first, since a look-up may queue the same text again
            self._db.executemany("DELETE FROM _unstudied WHERE text_digest = ? AND docid = ?", queued)
            for _, docid in queued:
                self._cite(docid)
            current = self._db.execute("SELECT 1 FROM articles WHERE text_digest = ? LIMIT 1", (digest,)).fetchone()
            (self._similar.keep if current else self._similar.drop)(digest)
            done += len(queued)
            if time.perf_counter() > deadline:
                break
        return done

    def _article(self, docid: int) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(_ARTICLE, (docid,)).fetchone()
        return row

    def _cited(self, article: sqlite3.Row) -> list[Citation]:
        return self._citations_in(article["headline"] or "", article["body"])

    def _cite(self, docid: int) -> None:
        """Makes the citations of an article those of its headline and text; those of one that is gone went with it."""
        article = self._article(docid)
        if article is None:
            return
        held, found = self._citations(article)
        if held != found:
            self._db.execute("DELETE FROM citations WHERE article_id = ?", (article["id"],))
            self._db.executemany("INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", found)

    def is_cited_rightly(self, docid: int) -> bool:
        """Whether the citations of an article are those of its headline and text, or wait to be made."""
        article = self._article(docid)
        if article is None:
            return True
        held, found = self._citations(article)
        waits = "SELECT 1 FROM _unstudied WHERE docid = ?"
        return held == found or self._db.execute(waits, (docid,)).fetchone() is not None

    def _citations(self, article: sqlite3.Row) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        """The rows that an article has, and those that follow from what it says."""
        found: list[tuple[object, ...]] = [
            (
                *(article["id"], position, c.document, c.kind, c.number, c.issuer, c.date, c.text),
                *(article["site"], article["day"]),
            )
            for position, c in enumerate(self._cited(article), 1)
        ]
        query = "SELECT * FROM citations WHERE article_id = ? ORDER BY position"
        return [tuple(row) for row in self._db.execute(query, (article["id"],))], found


def _made(connection: sqlite3.Connection, digest: str) -> frozenset[int]:
    return shingles(connection.execute("SELECT body FROM texts WHERE text_digest = ?", (digest,)).fetchone()[0])


def _citations_in(headline: str, body: str) -> list[Citation]:
    return find_citations("\n\n".join(filter(None, (headline, body))))
