"""Stored captures read again by today's rules, within one transaction: what follows from what they say now.

What changes by this is ours and not the publisher's: it makes no event, and a revision that only our older reading had
made leaves a tombstone in ``retracted_revisions``.
"""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import NamedTuple

from crawler.articles import Articles
from crawler.derive import fuller_images
from crawler.placing import (
    ARTICLE,
    NOT_MODIFIED,
    NOT_MODIFIED_SINCE,
    PLACED,
    REVISITS,
    Placed,
    Placing,
    Prepared,
    placed,
)
from crawler.reading import Reading
from crawler.sealing import WITHHELD

#: Columns of ``readings`` in which another reading can differ, and what reports call them.
FIELDS = {
    "headline": "headline",
    "description": "description",
    "author": "author",
    "section": "section",
    "date_published": "date_published",
    "text_digest": "body",
    "captions": "captions",
    "images": "images",
    "attachments": "attachments",
}


class Stored(NamedTuple):
    """A capture that the archive has, as far as it takes to find its record and to read that again."""

    id: str
    url: str
    url_key: str
    memento_datetime: str
    record_type: str
    status_code: int | None
    media_type: str | None
    content_length: int | None
    payload_digest: str
    quality: str
    warc_file: str
    warc_offset: int
    warc_length: int
    extractor_version: str


_STORED = ", ".join(Stored._fields)
# Not the answers to forms: these are listings by any rules, and what was asked stands in another record. Nor what is
# under seal.
_CHOSEN = (
    f"SELECT {_STORED}, coalesce(article_id, identity) AS owner FROM captures WHERE site = ?"
    f" AND quality <> '{WITHHELD}' AND url_key NOT LIKE '%\\_\\_wb\\_method=%' ESCAPE '\\'"
)
# What a revisit says follows from a payload; where that is another article's, both are read again at once.
_SHARED = (
    "SELECT DISTINCT coalesce(r.article_id, r.identity), coalesce(c.article_id, c.identity)"
    " FROM captures AS r JOIN captures AS c ON c.payload_digest = r.payload_digest AND c.record_type <> 'revisit'"
    " WHERE r.site = ?1 AND c.site = ?1 AND r.record_type = 'revisit' AND r.payload_digest <> ''"
    " AND coalesce(r.article_id, r.identity) <> coalesce(c.article_id, c.identity)"
)
_UPDATE = f"UPDATE captures SET {', '.join(f'{c} = :{c}' for c in Placed._fields[1:])} WHERE id = :id"
_IS_TAKEN = "SELECT 1 FROM captures WHERE url_key = ? AND memento_datetime = ? AND payload_digest = ? AND id <> ?"
_REVISIONS = "SELECT id, memento_datetime, headline, text_digest, capture_id FROM revisions WHERE article_id = ?"
_TOMBSTONE = (
    "INSERT OR REPLACE INTO retracted_revisions (id, article_id, memento_datetime, headline, text_digest, capture_id,"
    " reason, extractor_version, retracted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
# The evidence of an event names the capture that it rests on, and so the article, whatever that is called now.
FIND_EVENTS = (
    "UPDATE events SET article_id = (SELECT article_id FROM captures WHERE id = json_extract(evidence, '$.capture'))"
    " WHERE article_id IS NULL AND json_extract(evidence, '$.capture') IS NOT NULL RETURNING id"
)
POINT_EVENT = (
    "UPDATE events SET revision_id = (SELECT id FROM revisions WHERE revisions.article_id = events.article_id"
    " AND revisions.memento_datetime <= events.at ORDER BY memento_datetime DESC, id DESC LIMIT 1) WHERE id = ?"
)
_FORGET = (
    "DELETE FROM readings WHERE reading_digest = ?1"
    " AND NOT EXISTS (SELECT 1 FROM captures WHERE reading_digest = ?1)"
    " AND NOT EXISTS (SELECT 1 FROM revisions WHERE reading_digest = ?1)"
)

ReadAgain = Callable[[Stored], Prepared | None]
"""A capture as today's rules read it; None where its record cannot be read."""


@dataclass(slots=True)
class Changes:
    """What reading a site's captures again came to. Articles and revisions by their ids: each counts once."""

    captures: int = 0  # read again
    now_articles: int = 0  # of those, pages that were taken for something else
    no_articles: int = 0  # and pages that are no article any more
    fields: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # articles, by FIELDS
    new: set[str] = field(default_factory=set)  # articles that there were not
    gone: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)  # revisions that there were not
    retracted: set[str] = field(default_factory=set)

    @property
    def articles(self) -> set[str]:
        """The articles that changed in any field."""
        return set().union(*self.fields.values())


def groups(db: sqlite3.Connection, site: str, wanted: Callable[[Stored], bool]) -> list[list[str]]:
    """The ids of a site's captures to be read again, in groups that hang together: those of an article.

    A group is stored in one transaction, or readers would meanwhile see revisions that nobody made.
    """
    leads: dict[str, str] = {}

    def root(name: str) -> str:
        while name in leads:
            name = leads[name]
        return name

    for one, other in db.execute(_SHARED, (site,)):
        if root(one) != root(other):
            leads[root(one)] = root(other)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in db.execute(_CHOSEN, (site,)):
        if wanted(stored := Stored(*row[:-1])):
            found[root(row["owner"])].append(stored.id)
    return list(found.values())


def stored(db: sqlite3.Connection, ids: Sequence[str]) -> list[Stored]:
    """Captures by their ids, each before those that rest on it; what is gone meanwhile is left out."""
    query = f"SELECT {_STORED} FROM captures WHERE id = ?"
    rows = [row for i in ids if (row := db.execute(query, (i,)).fetchone()) is not None]
    return sorted((Stored(*row) for row in rows), key=_rests_on_what_comes_before)


def _rests_on_what_comes_before(capture: Stored) -> tuple[bool, bool, str, str]:
    is_revisit, is_304 = capture.record_type == "revisit", capture.quality == NOT_MODIFIED
    return is_revisit, is_304, capture.memento_datetime, capture.id


class _Moving(Placing):
    """Puts captures that have a place already into the one that their new reading gives them."""

    def move(self, before: Placed, p: Prepared) -> Placed:
        """Makes a capture what it was prepared as; returns it as it is now, in its place."""
        same = placed(p)._replace(
            id=before.id, memento_datetime=before.memento_datetime, payload_digest=before.payload_digest
        )
        after = self._resolved(same)
        if after.reading_digest is None:
            after = after._replace(article_id=before.article_id)  # until its address says otherwise
        self._db.execute(_UPDATE, after._asdict())
        if after._replace(extractor_version=before.extractor_version) == before:
            return after
        if before.article_id is not None:
            self._touch(before.article_id)
            if _claims(before) != _claims(after):
                self._reclaim(before.article_id)
        for article_id in self._led_to(before) if _leads(before) != _leads(after) else ():
            self._reclaim(article_id)
        if after.reading_digest is None:
            self._db.execute("UPDATE captures SET article_id = NULL WHERE id = ?", (after.id,))
            after = after._replace(article_id=None)
        self._take_place(after)
        for key in {before.url_key, after.url_key}:
            self._resolve_again(NOT_MODIFIED_SINCE, (key, before.memento_datetime))
        self._resolve_again(REVISITS, (before.payload_digest, before.site))
        return after

    def _led_to(self, redirect: Placed) -> list[str]:
        rows = self._db.execute("SELECT article_id FROM article_urls WHERE url_key = ?", (redirect.url_key,))
        return [article_id for (article_id,) in rows.fetchall()]


class Rereading:
    """One transaction: ``take`` captures that hang together, then ``close``; what changed is told to ``changes``.

    ``read_again`` is for the few captures beyond them whose pictures' addresses decide which ones a reading keeps.
    """

    def __init__(self, db: sqlite3.Connection, site: str, at: str, read_again: ReadAgain, changes: Changes) -> None:
        self._db, self._site, self._at, self._read_again, self._changes = db, site, at, read_again, changes
        self._articles, self._moving = Articles(db, at), _Moving(db)
        self._images: dict[str, tuple[str, str]] = {}  # by capture: its reading, and the list it was found with
        self._left: set[str] = set()  # readings that captures had and have no more
        self._met: set[str] = set()  # readings whose pictures may be known by other addresses now
        self._touched: set[str] = set()

    def take(self, capture: Stored, p: Prepared) -> None:
        """Gives a stored capture what it was read as now, unless another record has taken its place meanwhile."""
        query = f"SELECT {PLACED}, warc_file, warc_offset FROM captures WHERE id = ?"
        row = self._db.execute(query, (capture.id,)).fetchone()
        if row is None or tuple(row)[-2:] != (capture.warc_file, capture.warc_offset):
            return
        before = Placed(*tuple(row)[:-2])
        if p.reading is not None:
            self._keep(before.id, p.reading, p.body)
        after = self._moving.move(before, self._addressed(before, p))
        if before.reading_digest is not None and before.reading_digest != after.reading_digest:
            self._left.add(before.reading_digest)
        self._db.execute(
            "UPDATE revisions SET extractor_version = ? WHERE capture_id = ?", (after.extractor_version, after.id)
        )
        self._count(before, after)

    def _keep(self, capture_id: str, reading: Reading, body: str) -> None:
        self._told("images", self._articles.keep(reading, body))
        self._images[capture_id] = (reading.reading_digest, reading.images)
        held = self._articles.held(reading.reading_digest)
        if held is not None and held.images != reading.images:
            self._met.add(reading.reading_digest)

    def _addressed(self, before: Placed, p: Prepared) -> Prepared:
        """``p``, but under its old address where another capture of that moment has the new one."""
        name = (p.url_key, before.memento_datetime, before.payload_digest, before.id)
        if p.url_key == before.url_key or self._db.execute(_IS_TAKEN, name).fetchone() is None:
            return p
        return replace(p, url=before.url, url_key=before.url_key, identity=before.identity)

    def _count(self, before: Placed, after: Placed) -> None:
        self._changes.captures += 1
        self._changes.now_articles += before.quality != ARTICLE == after.quality
        self._changes.no_articles += before.quality == ARTICLE != after.quality
        article_id = after.article_id
        if not (before.reading_digest and after.reading_digest and article_id):
            return
        one, other = (self._articles.held(d) for d in (before.reading_digest, after.reading_digest))
        if one is None or other is None or one is other:
            return
        for column, name in FIELDS.items():
            if getattr(one, column) != getattr(other, column):
                self._changes.fields[name].add(article_id)

    def close(self) -> None:
        """Derives what follows from the captures as they are read now."""
        for digest in self._met | self._left:
            self._mend_images(digest)
        settled = [self._settle(article_id) for article_id in sorted(self._touched | self._moving.touched.keys())]
        if not all(settled):
            for (event_id,) in self._db.execute(FIND_EVENTS).fetchall():
                self._db.execute(POINT_EVENT, (event_id,))
        self._articles.close()
        self._db.executemany(_FORGET, [(digest,) for digest in sorted(self._left)])

    def _told(self, name: str, articles: Iterable[str]) -> None:
        for article_id in articles:
            self._touched.add(article_id)
            self._changes.fields[name].add(article_id)

    def _mend_images(self, digest: str) -> None:
        """Takes back addresses of pictures that only older rules found, once no capture is read by these any more."""
        held = self._articles.held(digest)
        query = f"SELECT {_STORED} FROM captures WHERE reading_digest = ? AND record_type <> 'revisit'"
        holders = [Stored(*row) for row in self._db.execute(query, (digest,)).fetchall()]
        if held is None or (digest, held.images) in (self._images.get(h.id) for h in holders):
            return
        lists = []
        for holder in holders:
            known = self._images.get(holder.id)
            if known is None:
                p = self._read_again(holder)
                if p is None or p.reading is None or p.extractor_version != holder.extractor_version:
                    return
                known = p.reading.reading_digest, p.reading.images
            lists += [known[1]] if known[0] == digest else []
        if lists and (images := reduce(fuller_images, lists)) != held.images:
            self._told("images", self._articles.show(held, images))

    def _settle(self, article_id: str) -> bool:
        """Whether the article was there before, and is."""
        was = {row["id"]: row for row in self._db.execute(_REVISIONS, (article_id,))}
        self._articles.settle(article_id, self._site, None)
        now = {row["id"] for row in self._db.execute(_REVISIONS, (article_id,))}
        _move(self._changes.new, self._changes.gone, {article_id} if now and not was else set())
        _move(self._changes.gone, self._changes.new, {article_id} if was and not now else set())
        _move(self._changes.found, self._changes.retracted, now - was.keys())
        _move(self._changes.retracted, self._changes.found, was.keys() - now)
        for row in (was[i] for i in was.keys() - now):
            reason, version = self._why(article_id, row["capture_id"])
            self._db.execute(_TOMBSTONE, (row[0], article_id, *tuple(row)[1:], reason, version, self._at))
        return bool(was) and bool(now)

    def _why(self, article_id: str, capture_id: str) -> tuple[str, str]:
        """Why the revision that a capture began is none, and by which rules."""
        query = "SELECT article_id, reading_digest, extractor_version FROM captures WHERE id = ?"
        owner, reading, version = self._db.execute(query, (capture_id,)).fetchone()
        return "no_article" if reading is None else "same" if owner == article_id else "other_article", version


def _move(into: set[str], out_of: set[str], names: Iterable[str]) -> None:
    """What came and went again within one run has not changed."""
    for name in names:
        (out_of.discard if name in out_of else into.add)(name)


def _claims(capture: Placed) -> tuple[str | None, ...] | None:
    """By what a capture gives addresses to an article."""
    if capture.reading_digest is None:
        return None
    return capture.article_id, capture.url_key, capture.url, capture.canonical_key, capture.canonical_url


def _leads(capture: Placed) -> tuple[str, ...] | None:
    return (capture.redirect_to, capture.url_key, capture.url) if capture.redirect_to else None
