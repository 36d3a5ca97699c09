"""Atom feeds of the archive: what an entry says of an article, how it is named for ever, when it is not sent again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from typing import Any
from uuid import UUID, uuid5

from feedgen.feed import FeedGenerator

from crawler import __version__
from crawler.text import clean

#: uuid5 of NAMESPACE_DNS and "luutin". Every entry id ever published hangs on it: it never changes.
NAMESPACE = UUID("90dd8142-3058-5a74-b7c6-7e497a980bfc")

#: As many as a reader that looks in once a day can miss on the busiest day of six sites, and still below 300 kB.
FEED_SIZE = 50

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article in a feed. Times are text as the archive stores them; ``published`` may be a plain day."""

    article_id: str
    headline: str | None
    page_url: str  # ours, absolute
    original_url: str
    site_name: str
    section: str | None
    author: str | None
    published: str | None
    updated: str
    summary: str | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """A rendered feed and its two validators; ``last_modified`` is None where nothing was ever archived."""

    body: bytes
    etag: str
    last_modified: datetime | None

    @property
    def headers(self) -> dict[str, str]:
        """The HTTP headers that belong to the body, both validators together."""
        headers = {"ETag": self.etag, "Cache-Control": "no-cache"}
        if self.last_modified is not None:
            headers["Last-Modified"] = format_datetime(self.last_modified, usegmt=True)
        return headers

    def is_known_to(self, request_headers: Mapping[str, str]) -> bool:
        """Whether the reader (header names in lower case) already has this feed: RFC 9110, section 13.2.2."""
        if (tags := request_headers.get("if-none-match")) is not None:
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return "*" in known or self.etag in known
        since = _http_date(request_headers.get("if-modified-since"))
        return since is not None and self.last_modified is not None and self.last_modified <= since


def entry_id(article_id: str) -> str:
    """``urn:uuid:…``, version 5, of an article's id: the same from every server and after every rebuild."""
    return uuid5(NAMESPACE, article_id).urn


def atom(entries: Sequence[Entry], *, name: str, title: str, subtitle: str, feed_url: str, home_url: str) -> Feed:
    """An Atom feed (RFC 4287) of ``entries`` in the order given.

    ``name`` distinguishes this feed from others of the archive and never changes. An article whose publisher shows only
    a day has no ``published``: RFC 4287 wants a time there, and none is invented.
    """
    latest = max((_moment(e.updated) for e in entries), default=None)
    feed = FeedGenerator()
    feed.id(entry_id(f"feed:{name}"))
    feed.title(title)
    feed.subtitle(subtitle)
    feed.language("vi")
    feed.generator("Lưu Tin", version=__version__)
    feed.author(name="Lưu Tin")
    feed.link(href=feed_url, rel="self", type="application/atom+xml")
    feed.link(href=home_url, rel="alternate", type="text/html")
    # RFC 4287 wants a time even of an empty feed; the epoch keeps its bytes, and so its ETag, the same.
    feed.updated(latest or datetime.fromtimestamp(0, UTC))
    for entry in entries:
        _add(feed.add_entry(order="append"), entry)
    body: bytes = feed.atom_str(pretty=True)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Feed(body, etag, latest.replace(microsecond=0) if latest else None)


def _add(item: Any, entry: Entry) -> None:
    item.id(entry_id(entry.article_id))
    item.title(clean(entry.headline or "") or "Không tiêu đề")
    # feedgen 1.0 loses an entry link's ``rel``: only an alternate, which is what no rel means, can be said that way.
    item.link(href=entry.page_url)
    item.author(name=clean(entry.author or "") or clean(entry.site_name))
    item.category(term=clean(entry.site_name))
    if section := clean(entry.section or ""):
        item.category(term=section)
    item.updated(_moment(entry.updated))
    if entry.published and "T" in entry.published:
        item.published(_moment(entry.published))
    if summary := clean(entry.summary or ""):
        item.summary(summary)
    item.content(_html(entry), type="html")


def _html(entry: Entry) -> str:
    text = "".join(f"<p>{escape(clean(p), quote=False)}</p>" for p in entry.paragraphs)
    original = clean(entry.original_url)
    if original.lower().startswith(("http://", "https://")):
        text += f'<p><a href="{escape(original)}">{escape(clean(entry.site_name), quote=False)}</a></p>'
    return text


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
