"""Captures in their places: which article each belongs to and what it says, whatever arrived first.

Three things about a capture may rest on another one: a ``revisit`` says what the payload with its digest says, a 304
what its address said last, and a redirect or a missing page belongs to whoever is met at that address. Each is looked
up when it arrives and again when something arrives on which it could rest.
"""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import sqlite3
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from crawler.derive import HOME, Fact
from crawler.reading import Reading

#: Qualities that ingest gives to captures whose payload is not read as a page; the rest come from crawler/quality.
ARTICLE, NOT_FOUND, REDIRECT, ERROR, FILE = "article", "not_found", "redirect", "error", "file"
NOT_MODIFIED = "not_modified"  # a 304: what the address said before
REVISIT = "revisit"  # a revisit record whose payload has not come in yet

#: A page of these qualities at an article's address speaks for its removal. A 5xx or a refusal never does.
MISSING = (NOT_FOUND, "home", "empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A capture as the archive takes it: its row, and the reading of its payload where that is an article.

    ``identity`` is the article id that the capture's own address gives, ``article_id`` the one that the page gives (by
    its canonical link, else the same), None where the page is no article. ``follow`` is what a crawl should fetch next
    because of it, unless it ever was: (canonical URL, url_key, reason), the reason being redirect, attachment or image.
    Times are ``clock.timestamp``.
    """

    capture_id: str
    site: str
    url: str
    url_key: str
    memento_datetime: str
    record_type: str
    payload_digest: str
    quality: str
    identity: str
    warc_file: str
    warc_offset: int
    warc_length: int
    source: str
    extractor_version: str
    origin: str = ""
    crawl_id: str | None = None
    article_id: str | None = None
    reading: Reading | None = None
    body: str = ""
    quality_reason: str | None = None
    status_code: int | None = None
    media_type: str | None = None
    content_length: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    redirect_to: str | None = None
    canonical_url: str | None = None
    canonical_key: str | None = None
    read_as: str | None = None
    follow: tuple[tuple[str, str, str], ...] = ()


class Placed(NamedTuple):
    """A row of ``captures``, as far as its place depends on it."""

    id: str
    site: str
    url: str
    url_key: str
    memento_datetime: str
    payload_digest: str
    identity: str
    article_id: str | None
    reading_digest: str | None
    content_digest: str | None
    content_length: int | None
    quality: str
    quality_reason: str | None
    redirect_to: str | None
    canonical_url: str | None
    canonical_key: str | None
    extractor_version: str  # by which what it says was read: of a revisit, those of its payload
    read_as: str | None  # by whose selectors that was found

    @property
    def fact(self) -> Fact | None:
        """What this capture says about its article; None where it says nothing, as an error does."""
        if self.reading_digest is None and not self.missing:
            return None
        return Fact(
            capture_id=self.id,
            memento_datetime=self.memento_datetime,
            payload_digest=self.payload_digest,
            url_key=self.url_key,
            address=self.canonical_url or self.url,
            address_key=self.canonical_key or self.url_key,
            reading_digest=self.reading_digest,
            extractor_version=self.extractor_version,
            read_as=self.read_as,
            not_modified=self.quality == NOT_MODIFIED,
        )

    @property
    def missing(self) -> bool:
        """True where the article should have been and was not."""
        return self.quality in MISSING or (self.quality == REDIRECT and self.quality_reason == HOME)


#: What a capture that rests on another one says as that one does.
_SAID = ("reading_digest", "content_digest", "canonical_url", "canonical_key", "extractor_version", "read_as")

PLACED = ", ".join(Placed._fields)
_COLUMNS = (
    *Placed._fields,
    *("crawl_id", "record_type", "status_code", "media_type", "etag", "last_modified"),
    *("warc_file", "warc_offset", "warc_length"),
)
_INSERT = (
    f"INSERT INTO captures ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT DO NOTHING"
)
_REPLACE = f"UPDATE captures SET {', '.join(f'{c} = ?' for c in _COLUMNS)} WHERE id = ?"
_RESOLVE = (
    "UPDATE captures SET article_id = :article_id, reading_digest = :reading_digest, content_digest = :content_digest,"
    " content_length = :content_length, quality = :quality, quality_reason = :quality_reason,"
    " canonical_url = :canonical_url, canonical_key = :canonical_key, extractor_version = :extractor_version,"
    " read_as = :read_as WHERE id = :id"
)
# A record whose payload may stand for another's: read as a page or a file, answered with success.
PAYLOAD = (
    # +: by the index on payloads; SQLite would take the one on sites.
    "payload_digest = ? AND record_type IN ('response', 'resource') AND +site = ?"
    f" AND quality NOT IN ('{REDIRECT}', '{ERROR}', '{NOT_MODIFIED}') AND coalesce(status_code, 200) < 300"
)
# Whether a file is under seal is decided by its own address, not by that of the record that has its payload.
_SEALED_FILE = "(url_key, quality_reason) IN (SELECT url_key, article_id FROM _withheld_files)"
_SAYING_FILE = f"iif({_SEALED_FILE}, '{FILE}', quality), iif({_SEALED_FILE}, NULL, quality_reason)"
_ITS_PAYLOAD = f"SELECT {PLACED.replace('quality, quality_reason', _SAYING_FILE)} FROM captures WHERE {PAYLOAD}"
_REFERENT_HERE = f"{_ITS_PAYLOAD} AND url_key = ? ORDER BY memento_datetime LIMIT 1"
_REFERENT = f"{_ITS_PAYLOAD} ORDER BY memento_datetime, url_key LIMIT 1"
REVISITS = (
    f"SELECT {PLACED} FROM captures WHERE payload_digest = ? AND record_type = 'revisit' AND site = ?"
    " AND coalesce(status_code, 200) < 300"
)
_SAID_BEFORE = (
    f"SELECT {PLACED} FROM captures WHERE url_key = ?1 AND memento_datetime <= ?2 AND reading_digest IS NOT NULL"
    f" AND (quality = '{ARTICLE}' OR memento_datetime < ?2) ORDER BY memento_datetime DESC, payload_digest DESC LIMIT 1"
)
NOT_MODIFIED_SINCE = (
    f"SELECT {PLACED} FROM captures WHERE url_key = ? AND memento_datetime >= ? AND quality = '{NOT_MODIFIED}'"
    " ORDER BY memento_datetime"  # each may rest on the one before
)
_CLAIM = (
    "INSERT INTO article_urls (url_key, article_id, url, evidence, first_seen, last_seen)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?5)"
    " ON CONFLICT DO UPDATE SET url = max(url, ?3), evidence = min(evidence, ?4), first_seen = min(first_seen, ?5),"
    " last_seen = max(last_seen, ?5)"
)
# Who was met at an address comes before whom it only led to; of several, any rule will do that is the same every time.
_OWNER = "SELECT article_id FROM article_urls WHERE url_key = ? ORDER BY evidence = 'redirect', article_id LIMIT 1"


def placed(p: Prepared) -> Placed:
    """The row of a capture as it was prepared, before anything is known of what it may rest on."""
    return Placed(
        id=p.capture_id,
        site=p.site,
        url=p.url,
        url_key=p.url_key,
        memento_datetime=p.memento_datetime,
        payload_digest=p.payload_digest,
        identity=p.identity,
        article_id=p.article_id,
        reading_digest=p.reading.reading_digest if p.reading else None,
        content_digest=p.reading.content_digest if p.reading else None,
        content_length=p.content_length,
        quality=p.quality,
        quality_reason=p.quality_reason,
        redirect_to=p.redirect_to,
        canonical_url=p.canonical_url,
        canonical_key=p.canonical_key,
        extractor_version=p.extractor_version,
        read_as=p.read_as,
    )


def _row(capture: Placed, p: Prepared) -> tuple[object, ...]:
    """``_COLUMNS``."""
    rest = (p.crawl_id, p.record_type, p.status_code, p.media_type, p.etag, p.last_modified)
    return (*capture, *rest, p.warc_file, p.warc_offset, p.warc_length)


def _unresolved(capture: Placed) -> Placed:
    """A revisit or a 304 as it was before anything was known of what it rests on."""
    return capture._replace(
        article_id=None,
        reading_digest=None,
        content_digest=None,
        content_length=None,
        quality=NOT_MODIFIED if capture.quality == NOT_MODIFIED else REVISIT,
        quality_reason=None,
        canonical_url=None,
        canonical_key=None,
        read_as=None,
    )


def _saying(capture: Placed, referent: Placed) -> Placed:
    """``capture`` with what ``referent`` says; a 304 stays one."""
    article_id = referent.article_id if referent.reading_digest else None
    if article_id and not referent.canonical_key and referent.url_key != capture.url_key:
        article_id = capture.identity
    read = capture._replace(article_id=article_id, **{name: getattr(referent, name) for name in _SAID})
    if capture.quality == NOT_MODIFIED:
        return read
    return read._replace(
        content_length=referent.content_length, quality=referent.quality, quality_reason=referent.quality_reason
    )


class Placing:
    """The places of captures within one transaction; ``touched`` collects the articles that they concern.

    A touched article's value is the one fact that was added to it, or None where more has moved than that.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self.touched: dict[str, Fact | None] = {}
        self.files: set[str] = set()  # the addresses of revisits that turn out to be files

    def put(self, p: Prepared) -> Placed | None:
        """Adds one capture and puts in place what rests on it; None if the archive has it already."""
        capture: Placed | None = placed(p)
        assert capture is not None
        if not self._db.execute(_INSERT, _row(capture, p)).rowcount and (capture := self._put_again(p)) is None:
            return None
        if (resolved := self._resolved(capture)) != capture:
            self._db.execute(_RESOLVE, resolved._asdict())
        capture = resolved
        self._take_place(capture)
        if capture.quality == ARTICLE:
            self._resolve_again(NOT_MODIFIED_SINCE, (capture.url_key, capture.memento_datetime))
        if p.record_type != "revisit":
            self._resolve_revisits(capture)
        return capture

    def _put_again(self, p: Prepared) -> Placed | None:
        """A capture whose id is taken, or that is there already: None unless only its payload was missing till now."""
        known = self._db.execute(
            f"SELECT record_type, {PLACED} FROM captures"
            " WHERE url_key = ? AND memento_datetime = ? AND payload_digest = ?",
            (p.url_key, p.memento_datetime, p.payload_digest),
        ).fetchone()
        if known is not None and (known[0] != "revisit" or p.record_type == "revisit"):
            return None
        before = Placed(*known[1:]) if known is not None else None
        identifier = p.capture_id if before and before.id == p.capture_id else self._free_id(p)
        if identifier is None:
            return None
        capture = placed(p)._replace(id=identifier)
        if before is None:
            self._db.execute(_INSERT, _row(capture, p))
        else:  # the record that has the payload takes its place
            self._db.execute(_REPLACE, (*_row(capture, p), before.id))
            self._leave(before, capture.article_id)
        return capture

    def _free_id(self, p: Prepared) -> str | None:
        """The record's id, or a new one where another record has it; None if this very record is here.

        Somebody's WARC may give one id to many records. Ours comes again under another URL key when rules of addresses
        have changed.
        """
        row = self._db.execute(
            "SELECT memento_datetime, payload_digest FROM captures WHERE id = ?", (p.capture_id,)
        ).fetchone()
        if row is None:
            return p.capture_id
        if tuple(row) == (p.memento_datetime, p.payload_digest):
            return None
        name = f"{p.capture_id} {p.memento_datetime} {p.payload_digest} {p.url_key}"
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"

    def _resolved(self, capture: Placed) -> Placed:
        """A revisit with what its payload says, a 304 with what its address said before; others as they are."""
        if capture.quality == REVISIT:
            here, ask = (capture.payload_digest, capture.site, capture.url_key), self._db.execute
            found = ask(_REFERENT_HERE, here).fetchone() or ask(_REFERENT, here[:2]).fetchone()
        elif capture.quality == NOT_MODIFIED:
            found = self._db.execute(_SAID_BEFORE, (capture.url_key, capture.memento_datetime)).fetchone()
        else:
            return capture
        return _saying(capture, Placed(*found)) if found else capture

    def _take_place(self, capture: Placed) -> None:
        if capture.reading_digest is not None and capture.article_id is not None:
            self._touch(capture.article_id, capture.fact)
            self._claim_addresses(capture.article_id, capture)
            return
        self._adopt(capture.url_key, [capture])
        if capture.redirect_to:
            for (article_id,) in self._db.execute(
                "SELECT article_id FROM article_urls WHERE url_key = ?", (capture.redirect_to,)
            ).fetchall():
                self._claim(article_id, capture.url_key, capture.url, "redirect", capture.memento_datetime)

    def _resolve_revisits(self, capture: Placed) -> None:
        """Those that rest on this payload, unless an earlier record of it at the same address serves them already."""
        payload = (capture.payload_digest, capture.site)
        if self._db.execute(REVISITS, payload).fetchone() is None:
            return
        here = self._db.execute(_REFERENT_HERE, (*payload, capture.url_key)).fetchone()
        if here is not None and here["id"] == capture.id:
            self._resolve_again(REVISITS, payload)

    def _resolve_again(self, query: str, parameters: tuple[str, ...]) -> None:
        for row in self._db.execute(query, parameters).fetchall():
            before = Placed(*row)
            now = self._resolved(_unresolved(before))
            if now._replace(article_id=before.article_id) == before and now.article_id in (None, before.article_id):
                continue
            self._db.execute(_RESOLVE, now._asdict())
            self.files |= {now.url_key} if now.quality == FILE else set()
            self._leave(before, now.article_id)
            self._take_place(now)
            if ARTICLE in (before.quality, now.quality):
                self._resolve_again(NOT_MODIFIED_SINCE, (now.url_key, now.memento_datetime))

    def _leave(self, before: Placed, article_id: str | None) -> None:
        """A capture that said something else, or of another article, until now."""
        if before.article_id is None or before.fact is None:
            return
        self._touch(before.article_id)
        if before.reading_digest is not None and before.article_id != article_id:
            self._reclaim(before.article_id)

    def _touch(self, article_id: str, fact: Fact | None = None) -> None:
        self.touched[article_id] = None if article_id in self.touched else fact

    # Addresses: an article is met at one, names one as canonical, or another address leads to one.

    def _claim_addresses(self, article_id: str, capture: Placed) -> None:
        self._claim(article_id, capture.url_key, capture.url, "capture", capture.memento_datetime)
        if capture.canonical_key and capture.canonical_url and capture.canonical_key != capture.url_key:
            self._claim(article_id, capture.canonical_key, capture.canonical_url, "canonical", capture.memento_datetime)

    def _claim(self, article_id: str, url_key: str, url: str, evidence: str, seen: str) -> None:
        """Notes an address of an article, and all addresses that lead there."""
        waiting = [(url_key, url, evidence, seen)]
        while waiting:
            url_key, url, evidence, seen = waiting.pop()
            known = self._db.execute(
                "SELECT evidence FROM article_urls WHERE url_key = ? AND article_id = ?", (url_key, article_id)
            ).fetchone()
            self._db.execute(_CLAIM, (url_key, article_id, url, evidence, seen))
            if known is None or evidence < known[0]:
                self._adopt(url_key)
            if known is None:
                waiting += self._db.execute(
                    "SELECT url_key, url, 'redirect', memento_datetime FROM captures WHERE redirect_to = ?", (url_key,)
                ).fetchall()

    def _adopt(self, url_key: str, captures: list[Placed] | None = None) -> None:
        """Gives the captures at an address that say nothing themselves to the article whose address it is."""
        if captures is None:
            silent = f"SELECT {PLACED} FROM captures WHERE url_key = ? AND reading_digest IS NULL"
            captures = [Placed(*row) for row in self._db.execute(silent, (url_key,)).fetchall()]
        if not captures:
            return
        owner = self._db.execute(_OWNER, (url_key,)).fetchone()
        article_id = owner[0] if owner else None
        for capture in captures:
            if capture.article_id == article_id:
                continue
            self._db.execute("UPDATE captures SET article_id = ? WHERE id = ?", (article_id, capture.id))
            if capture.fact is not None:
                if capture.article_id is not None:
                    self._touch(capture.article_id)
                if article_id is not None:
                    self._touch(article_id, capture.fact)

    def _reclaim(self, article_id: str) -> None:
        """Looks up the addresses of an article from the start, after a capture has left it for another."""
        left = self._db.execute("DELETE FROM article_urls WHERE article_id = ? RETURNING url_key", (article_id,))
        keys = [key for (key,) in left.fetchall()]
        for row in self._db.execute(
            f"SELECT {PLACED} FROM captures WHERE article_id = ? AND reading_digest IS NOT NULL", (article_id,)
        ).fetchall():
            self._claim_addresses(article_id, Placed(*row))
        for key in keys:
            self._adopt(key)
        self._touch(article_id)
