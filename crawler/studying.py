"""What follows from texts alone and is made after a crawl: the documents that articles cite, the similar texts."""

from __future__ import annotations

import sqlite3
import time
from collections import OrderedDict
from contextlib import closing, suppress
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

#: Characters of texts after which a batch is full before that.
BATCH_CHARACTERS = 500_000

#: Texts whose shingles are kept in memory, those of a batch and the models of many families: so many of common length,
#: 50 kB each, and of longer ones as many as together have so many shingles. A batch has no more: half its characters.
_KEPT, _SHINGLES_KEPT = 256, 250_000

_QUEUE = (
    "SELECT text_digest, docid, coalesce(length(body), 0) FROM _unstudied LEFT JOIN texts USING (text_digest)"
    " ORDER BY text_digest, docid LIMIT ?"
)
_ARTICLE = (
    "SELECT id, headline, text_digest, site, substr(coalesce(date_published, first_seen), 1, 10) AS day"
    " FROM articles WHERE docid = ?"
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
        self._shingles = _Shingles(connection)
        self._similar = Similar(connection, self._shingles)
        self._cited = lru_cache(2 * BATCH)(partial(_cited, connection))

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
        due: list[Queued] = []
        characters = 0
        with closing(self._db.execute(_QUEUE, (BATCH,))) as rows:
            for digest, docid, length in rows:
                due.append((digest, docid))
                characters += length
                if characters >= BATCH_CHARACTERS:
                    break
        return due

    def prepare(self, due: list[Queued]) -> None:
        """Does what needs no lock, most of the work, unless it was done before and not written for want of time."""
        for digest, docid in due:
            self._shingles(digest)
            if (row := self._article(docid)) is not None:
                with suppress(LookupError):
                    self._cited(row["headline"], row["text_digest"])

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
            for position, c in enumerate(self._cited(article["headline"], article["text_digest"]), 1)
        ]
        query = "SELECT * FROM citations WHERE article_id = ? ORDER BY position"
        return [tuple(row) for row in self._db.execute(query, (article["id"],))], found


class _Shingles:
    """The shingles of the texts of an archive, by digest; those asked for last stay in memory."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db, self._size = connection, 0
        self._kept: OrderedDict[str, frozenset[int]] = OrderedDict()

    def __call__(self, digest: str) -> frozenset[int]:
        if digest not in self._kept:
            found = _made(self._db, digest)
            if found is None:
                return frozenset()
            self._kept[digest] = found
            self._size += len(found)
        self._kept.move_to_end(digest)
        while len(self._kept) > (_KEPT if self._size <= _SHINGLES_KEPT else 1):
            self._size -= len(self._kept.popitem(last=False)[1])
        return self._kept[digest]


def _cited(connection: sqlite3.Connection, headline: str | None, digest: str) -> list[Citation]:
    """What an article cites; by its text's digest, lest whoever remembers it keep the text.

    Raises LookupError where the text is gone: withheld since the article was asked for.
    """
    row = connection.execute("SELECT body FROM texts WHERE text_digest = ?", (digest,)).fetchone()
    if row is None:
        raise LookupError(digest)
    return find_citations("\n\n".join(filter(None, (headline, row[0]))))


def _made(connection: sqlite3.Connection, digest: str) -> frozenset[int] | None:
    """None for a text that is gone: withheld since it was queued."""
    row = connection.execute("SELECT body FROM texts WHERE text_digest = ?", (digest,)).fetchone()
    return shingles(row[0]) if row is not None else None
