"""What a site may declare: who publishes, where its articles are listed, how its pages are read."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Status = Literal["verified", "unverified", "closed"]
DateOrder = Literal["dmy", "mdy"]


D = TypeVar("D", bound="DataclassInstance")


def _merged(own: D | None, inherited: D) -> D:
    """``own`` over ``inherited``: tuples one after the other, nested declarations merged, what is unset inherited."""
    if own is None:
        return inherited
    merged: dict[str, Any] = {}
    for f in fields(own):
        mine, theirs = getattr(own, f.name), getattr(inherited, f.name)
        if isinstance(mine, tuple):
            merged[f.name] = mine + tuple(t for t in theirs if t not in mine)
        elif is_dataclass(mine) and not isinstance(mine, type):
            merged[f.name] = _merged(mine, theirs)
        else:
            merged[f.name] = theirs if mine == f.default else mine
    return type(own)(**merged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One listing of a site. ``path`` is resolved against the site's home URL."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a listing leads to its next page.

    ``link``: among the page's links, the one whose href holds the next number where ``pattern`` (one group) has it;
    never put together by hand, because mirrors and rewritten portals name their pages as they like.
    ``postback``: an ASP.NET ``__doPostBack`` link labelled with the next number or with one of ``next_labels``.
    """

    kind: Literal["link", "postback", "none"] = "none"
    pattern: str = ""
    next_labels: tuple[str, ...] = ("Trang sau", "Tiếp theo", "Tiếp", "Sau", "Next", ">", "»", "›")


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmarks:
    """Lines of text that decide where an article begins and ends, whatever the markup around them.

    Compared without regard to case, marks, spaces and a closing colon, so ``Tin cùng chuyên mục`` also meets
    ``TIN CÙNG CHUYÊN MỤC:``.
    """

    closes: tuple[str, ...] = ()  # the article has ended before this line
    never: tuple[str, ...] = ()  # lines (or the beginnings of lines) that are never part of an article


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors per field, several each, first match wins. They narrow; they are never required to match."""

    headline: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()  # never part of the article, wherever they stand
    item: tuple[str, ...] = ()  # on a listing: the link of each article, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How pages of a site are read, and until when the site looked like that."""

    selectors: Selectors = Selectors()
    landmarks: Landmarks = Landmarks()
    date_order: DateOrder = "dmy"
    midnight_is_date_only: bool = False  # 12:00 AM is what the CMS shows when only a day was entered
    valid_until: date | None = None  # pages captured after this day are read by a newer Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Which URLs are articles, and what in a URL means nothing. Patterns are searched in path and query."""

    article: str = ""  # regex; a group named ``id`` is the CMS's own identifier of the article
    rewrite: tuple[tuple[str, str], ...] = ()  # (regex, replacement) on path and query, before comparison
    drop_params: tuple[str, ...] = ()  # besides those that crawler/urls.py always drops
    deny: tuple[str, ...] = ()  # regex; never fetched: calendars, sign-in, sort orders, print views


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a site must show to be well; what is not declared is learned from the archive (monitor/health)."""

    least_per_listing: int = 0  # articles on the first page of each section; 0: half of what is usual
    fields: tuple[str, ...] = ()  # of every article: date_published, author, description; none: those that are usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A content management system: what all sites built on it share. A site's own declaration comes first."""

    name: str
    reading: Reading = Reading()
    paging: Paging = Paging()
    addresses: Addresses = Addresses()


@dataclass(frozen=True, kw_only=True)  # no slots: what is merged is merged once
class Site:
    """One publisher's site, as ``spiders/`` and ``luutin.toml`` declare it."""

    slug: str
    name: str
    committee: str
    province: str
    home_url: str
    family: Family
    sections: tuple[Section, ...]
    status: Status = "unverified"
    successor: str = ""
    description: str = ""
    allowed_hosts: tuple[str, ...] = ()  # besides the host of ``home_url``
    reading: Reading | None = None  # merged over the family's
    paging: Paging | None = None
    addresses: Addresses | None = None
    older_readings: tuple[Reading, ...] = ()
    keep_images: bool = True
    keep_attachments: bool = True
    keep_unchanged: bool = False  # the bytes of a look that found nothing new but a counter's turn
    keep_requisites: bool = False  # style sheets and layout images, for replay: requests that no reading needs
    expects: Expectations = Expectations()
    declared_in: str = "spiders"

    @property
    def hosts(self) -> frozenset[str]:
        """Every host (lower case, with a port where one is declared) that this site may be fetched from."""
        return frozenset(h.lower() for h in (urlsplit(self.home_url).netloc, *self.allowed_hosts) if h)

    @property
    def pages(self) -> Paging:
        """How this site's listings page: its own declaration, or else its family's."""
        return self.paging or self.family.paging

    @cached_property
    def urls(self) -> Addresses:
        """The site's addresses over its family's: its own article pattern first, all rewrites, all denials."""
        return _merged(self.addresses, self.family.addresses)

    def reading_at(self, day: date | None) -> Reading:
        """How a page captured on ``day`` is read (None: today's reading), the family's reading below the site's."""
        for older in sorted(self.older_readings, key=lambda r: r.valid_until or date.max):
            if day is not None and older.valid_until is not None and day <= older.valid_until:
                return _merged(older, self.family.reading)
        return self._reading

    @cached_property
    def _reading(self) -> Reading:
        return _merged(self.reading, self.family.reading)

    @cached_property
    def rules(self) -> str:
        """Eight hex digits of all that is declared about reading this site's pages, its older readings included."""
        said = (self.family.name, self.family.reading, self.reading, self.older_readings, self.urls)
        return sha256(repr(said).encode()).hexdigest()[:8]

    def listing_url(self, section: Section) -> str:
        """The absolute URL of a section's first listing page."""
        return urljoin(self.home_url, section.path)
