"""What a feed says: its head, its entries, how they are named for ever, and when a feed is not sent again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import UUID, uuid5

from crawler.text import clean

#: uuid5 of NAMESPACE_DNS and "luutin". Every entry id ever published hangs on it: it never changes.
NAMESPACE = UUID("90dd8142-3058-5a74-b7c6-7e497a980bfc")

#: As many as a reader that looks in once a day can miss on the busiest day of six sites, and still below 300 kB.
FEED_SIZE = 50

#: RFC 4287 and RSS want a title of every entry.
NO_TITLE = "Không tiêu đề"

#: RFC 4287 wants a time even of an empty feed; this one keeps its bytes, and so its ETag, the same.
NEVER = datetime.fromtimestamp(0, UTC)

# What `urllib.parse.quote` leaves alone in an address: RFC 3986's reserved characters, and what is escaped already.
_RESERVED = ":/?@!$&'()*+,;=%"
_HOST = re.compile(r"[\w.-]+(?::\d{1,5})?")
_LOOSE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article, edit, removal or alert. Times are text as the archive stores them.

    ``published`` may be a plain day, or None: an entry of an article says what its publisher says, and no time is
    invented. ``html`` is made by ``monitor.feeds.content``, "" in a feed of summaries.
    """

    id: str  # urn:uuid:…
    title: str | None
    page_url: str  # ours, absolute
    updated: str
    published: str | None = None
    original_url: str = ""
    author: str | None = None
    site_name: str = ""
    section: str | None = None
    summary: str | None = None
    html: str = ""
    language: str = "vi"

    @property
    def updated_at(self) -> datetime:
        """When it last changed; the epoch where that is no time."""
        return moment(self.updated) or NEVER

    @property
    def published_at(self) -> datetime | None:
        """When the publisher says that it was published, where a time is given."""
        return moment(self.published) if self.published and "T" in self.published else None

    @property
    def shown_title(self) -> str:
        """Its title in one line, without what XML forbids."""
        return clean(self.title or "") or NO_TITLE

    @property
    def shown_author(self) -> str:
        """Whoever wrote it: a person, or the site."""
        return clean(self.author or "") or clean(self.site_name)

    @property
    def categories(self) -> list[str]:
        """The site and the section that it stands in."""
        return [name for name in (clean(self.site_name), clean(self.section or "")) if name]

    @property
    def original(self) -> str:
        """The publisher's address in a form that may stand in a link, "" where it may not."""
        return address(self.original_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a feed says of itself. ``name`` distinguishes it from others of the archive and never changes."""

    name: str
    title: str
    subtitle: str
    feed_url: str
    home_url: str
    rights: str
    language: str = "vi"

    @property
    def id(self) -> str:
        """The feed's own permanent name."""
        return entry_id(f"feed:{self.name}")


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


def feed(body: bytes, entries: Sequence[Entry]) -> Feed:
    """``body`` with its validators; as new as the newest of ``entries``."""
    latest = newest(entries)
    return Feed(body, etag(body), latest.replace(microsecond=0) if latest else None)


def etag(body: bytes) -> str:
    """The entity tag of ``body``: equal bytes, equal tag, on whatever server."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def newest(entries: Sequence[Entry]) -> datetime | None:
    """When the feed last changed: the newest ``updated``; None without entries."""
    return max((e.updated_at for e in entries), default=None)


def entry_id(name: str) -> str:
    """``urn:uuid:…``, version 5: of an article's id (an article that is new), or of whatever has no UUID of its own."""
    return uuid5(NAMESPACE, name).urn


def event_id(identifier: str) -> str:
    """``urn:uuid:…`` of an event or an alert, whose id in the archive is such a UUID already."""
    try:
        return UUID(identifier).urn
    except ValueError:
        return entry_id(f"event:{identifier}")


def moment(text: str | None) -> datetime | None:
    """A time of the archive, aware; None where it is none."""
    try:
        when = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return when.replace(tzinfo=UTC) if when and when.tzinfo is None else when


def address(url: str) -> str:
    """A stranger's ``url`` as an absolute URI of http or https, escaped as RFC 3986 wants it; "" if it is none."""
    url = clean(url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        return ""
    path, query, fragment = (
        quote(_LOOSE_PERCENT.sub("%25", part), safe=_RESERVED) for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme.lower(), quote(parts.netloc, safe=":"), path, query, fragment))


def _http_date(text: str | None) -> datetime | None:
    try:
        when = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return when.replace(tzinfo=UTC) if when and when.tzinfo is None else when
