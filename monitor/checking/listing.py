"""What one page of a listing shows: its articles, what found them, the way on, and what in it is suspicious."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from crawler.decode import decode
from crawler.links import MAX_LINKS, Listing, NextPage, listing_links
from crawler.site import Section, Site
from crawler.urls import canonical_url, is_article
from monitor.checking.page import Finding, Level
from monitor.fetch import Fetched

#: A link with this label beside one labelled 2 belongs to a calendar.
_LATE_DAY = "28"


@dataclass(slots=True)
class ListingLook:
    """A page of a section's listing, counted from 1."""

    section: str
    number: int
    url: str
    method: str = "GET"  # POST: a postback, whose address is that of the page before
    articles: int = 0
    selector: str | None = None  # what found them; None: all links of the page that look like articles
    has_next: bool = False
    total: int | None = None  # how many the listing says it has
    findings: list[Finding] = field(default_factory=list)
    urls: tuple[str, ...] = ()
    next: NextPage | None = None

    def add(self, level: Level, said: str) -> None:
        """Notes a finding."""
        self.findings.append(Finding("listing", level, said))

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {name: value for name, value in asdict(self).items() if name != "next"}


def look(site: Site, section: Section, number: int, page: Fetched, first: ListingLook | None = None) -> ListingLook:
    """Page ``number`` of a listing; ``first`` is the page before it."""
    result = ListingLook(section.name, number, page.url)
    if page.status != 200:
        result.add("wrong", f"the listing answers {page.status}")
        return result
    listing = listing_links(page.payload, page.url, site, section, number)
    result.articles, result.total = len(listing.items), listing.total
    result.urls = tuple(url for _, url, _ in listing.items)
    result.next, result.has_next = listing.next, listing.next is not None
    if listing.items:
        result.selector = _selector(site, page, set(result.urls))
        own = site.reading.selectors.item if site.reading else ()
        if result.selector is None and own:
            result.add("suspicious", f"{', '.join(own)} finds no article; all links of the page were taken")
        elif result.selector is None and site.family.reading.selectors.item:
            result.add("note", "no selector finds its articles; all links of the page that look like one were taken")
    else:
        result.add("wrong", f"no link matches the pattern of articles, {site.urls.article or 'of which there is none'}")
    _paging(result, site, page, listing, first)
    return result


def _selector(site: Site, page: Fetched, listed: set[str]) -> str | None:
    """The selector that gave the listing's articles, as ``listing_links`` chooses it: the first with any."""
    tree = LexborHTMLParser(decode(page.payload, page.charset))
    base = tree.css_first("base[href]")
    start = urljoin(page.url, base.attributes.get("href") or "") if base is not None else page.url
    for selector in site.reading_at(None).selectors.item:
        for node in tree.css(selector):
            try:
                url = canonical_url(node.attributes.get("href") or "", base=start, addresses=site.urls)
            except ValueError:
                continue
            if url in listed:
                return selector
    return None


def _pager(page: Fetched, site: Site) -> str:
    """The label of a link that looks like the way to page 2; a calendar's days do not."""
    tree = LexborHTMLParser(decode(page.payload, page.charset))
    labels = [" ".join(node.text().split()) for node in tree.css("a")[:MAX_LINKS]]
    wanted = ("2", "Trang 2", *(label for label in site.pages.next_labels if label.startswith("Trang")))
    return next((label for label in labels if label in wanted), "") if _LATE_DAY not in labels else ""


def _paging(result: ListingLook, site: Site, page: Fetched, listing: Listing, first: ListingLook | None) -> None:
    listings = [site.listing_url(section) for section in site.sections]
    listings += [listing.next.url] if listing.next is not None and listing.next.method == "GET" else []
    taken = [url for url in dict.fromkeys(listings) if is_article(url, site.urls)]
    if taken:
        result.add("suspicious", f"the pattern of articles also matches listings: {taken[0]}")
    if first is not None:
        if result.urls and set(result.urls) <= set(first.urls):
            result.add("suspicious", "the second page lists the articles of the first: paging leads nowhere")
    elif listing.next is None and (label := _pager(page, site)):
        result.add("suspicious", f"there is a link “{label}”, but the declared paging finds no way to page 2 in it")
    elif listing.next is None and listing.total is not None and listing.total > len(listing.items):
        result.add("suspicious", f"it says that it has {listing.total} articles, but no way to a second page was found")
