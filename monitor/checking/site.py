"""``luutin check-site``: looks at a few pages of a site and says, field by field, how its declaration reads them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.config import Config
from crawler.errors import ConfigError, InputError
from crawler.links import NextPage
from crawler.site import Section, Site
from monitor.checking import listing as one_listing
from monitor.checking import page as one_page
from monitor.checking.across import compare
from monitor.checking.listing import ListingLook
from monitor.checking.moving import Moving
from monitor.checking.page import ArticleLook, Finding
from monitor.fetch import Fetched
from monitor.visit import SiteVisit

Heard = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A moving part that is not declared yet: for the site's ``drop``, or (``landmark``) for ``Landmarks.never``."""

    part: Moving
    pages: int  # on how many pages it moved


@dataclass(slots=True)
class Report:
    """All that was looked at, and what was found."""

    site: str
    home_url: str
    family: str
    listings: list[ListingLook] = field(default_factory=list)
    articles: list[ArticleLook] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)  # about the declaration as a whole
    proposals: list[Proposal] = field(default_factory=list)
    moving_params: dict[str, int] = field(default_factory=dict)  # in addresses of files, and on how many pages
    requests: int = 0

    @property
    def troubles(self) -> list[Finding]:
        """What asks for a person."""
        every = [*self.findings]
        every += [finding for listing in self.listings for finding in listing.findings]
        every += [finding for article in self.articles for finding in article.findings]
        return [finding for finding in every if finding.level != "note"]

    @property
    def good(self) -> bool:
        """Whether each article's page reads as an article, with headline, date and body, and nothing is suspicious."""
        return bool(self.articles) and not self.troubles

    def in_short(self) -> str:
        """What asks for a person, counted: ``headline 3, listing 1``."""
        if not self.articles and not self.troubles:
            return "no article was found to look at"
        counts = Counter(finding.field for finding in self.troubles)
        return ", ".join(f"{name} {n}" for name, n in counts.most_common())

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "site": self.site,
            "home_url": self.home_url,
            "family": self.family,
            "good": self.good,
            "requests": self.requests,
            "listings": [listing.as_json() for listing in self.listings],
            "articles": [article.as_json() for article in self.articles],
            "findings": [asdict(finding) for finding in self.findings],
            "moving_params": self.moving_params,
            "moving": [asdict(proposal.part) | {"pages": proposal.pages} for proposal in self.proposals],
        }


def check(
    site: Site,
    config: Config,
    *,
    pages: int = 3,
    urls: tuple[str, ...] = (),
    heard: Heard = lambda _: None,
    sleep: Callable[[float], object] = time.sleep,
) -> Report:
    """Looks at the listings of ``site`` and at ``pages`` articles of each section, or only at ``urls``.

    ``heard`` is told each request before it is made, as "GET http://…". Nothing is stored. Raises ConfigError for a
    selector that is none, InputError for one of ``urls`` that may not be asked.
    """
    _check_selectors(site)
    visit = SiteVisit(site, config, sleep)
    report = Report(site.slug, site.home_url, site.family.name)
    chosen = [("", url) for url in urls] or _listed(site, visit, report, pages, heard)
    first: list[tuple[str, Fetched]] = []
    for section, url in chosen:
        try:
            first.append((section, _get(visit, NextPage(url), heard)))
        except InputError as error:
            if urls:
                raise
            report.articles.append(_lost(url, section, error))
    # all of them once more afterwards: what moves slowly has had time to
    for section, once in first:
        try:
            again = _get(visit, NextPage(once.url), heard)
        except InputError as error:
            report.articles.append(_lost(once.url, section, error))
            continue
        report.articles.append(one_page.look(site, section, once, again))
    report.findings += compare(site, report.articles)
    report.proposals = _proposals(report.articles)
    report.moving_params = dict(Counter(name for look in report.articles for name in look.moving_params))
    report.requests = visit.requests
    return report


def _check_selectors(site: Site) -> None:
    """Raises ConfigError for a selector that is no CSS, which would end every reading."""
    tree, selectors = LexborHTMLParser("<p></p>"), site.reading_at(None).selectors
    for name, declared in asdict(selectors).items():
        for selector in declared:
            try:
                tree.css(selector)
            except SelectolaxError:
                raise ConfigError(f"{site.slug}: {selector!r}, a selector of {name}, is no CSS; correct it.") from None


def _get(visit: SiteVisit, page: NextPage, heard: Heard) -> Fetched:
    heard(f"{page.method} {page.url}")
    return visit.get(page)


def _lost(url: str, section: str, error: InputError) -> ArticleLook:
    look = ArticleLook(url, section)
    look.add("page", "wrong", str(error))
    return look


def _listed(site: Site, visit: SiteVisit, report: Report, pages: int, heard: Heard) -> list[tuple[str, str]]:
    """(section, URL) of the articles to look at: the newest of each section, each once."""
    chosen: dict[str, str] = {}
    for section in site.sections:
        listing = _listing(site, section, 1, NextPage(site.listing_url(section)), visit, heard, None)
        report.listings.append(listing)
        if listing.next is not None:
            report.listings.append(_listing(site, section, 2, listing.next, visit, heard, listing))
        new = [url for url in listing.urls if url not in chosen]
        chosen |= dict.fromkeys(new[:pages], section.name)
    return [(section, url) for url, section in chosen.items()]


def _listing(
    site: Site,
    section: Section,
    number: int,
    page: NextPage,
    visit: SiteVisit,
    heard: Heard,
    first: ListingLook | None,
) -> ListingLook:
    try:
        look = one_listing.look(site, section, number, _get(visit, page, heard), first)
        look.method = page.method
        return look
    except InputError as error:
        look = ListingLook(section.name, number, page.url, method=page.method)
        look.add("wrong", str(error))
        return look


def _proposals(looks: list[ArticleLook]) -> list[Proposal]:
    """What moves and is not declared: inside the article first, then what no landmark keeps out, then by pages."""
    parts: dict[str, Moving] = {}
    pages: dict[str, int] = {}
    for look in looks:
        for part in look.moving:
            if part.kept_out != "drop":
                kept = parts.setdefault(part.selector, part)
                parts[part.selector] = part if part.in_article and not kept.in_article else kept
                pages[part.selector] = pages.get(part.selector, 0) + 1
    found = [Proposal(part, pages[selector]) for selector, part in parts.items()]
    return sorted(found, key=lambda p: (not p.part.in_article, p.part.kept_out, -p.pages))
