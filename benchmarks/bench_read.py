"""Reading alone, ``crawler.extract.read``: by a site's declaration and without one, against trafilatura."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup
from common import CORPUS, Report, Series, arguments, progress
from replica import world
from trafilatura import bare_extraction

from crawler import extract
from crawler.cms import generic_site
from crawler.config import Config
from crawler.site import Site
from crawler.urls import host_key
from crawler.warc import Capture, read_captures
from spiders import by_host, declared

#: What any family's selectors could match; without it, structure and language must do.
NAMES = re.compile(rb"""\s(?:class|id)=(?:"[^"]*"|'[^']*')""", re.I)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and the same without names in its markup."""

    payload: bytes
    url: str
    site: Site
    nameless: bytes

    @classmethod
    def of(cls, payload: bytes, url: str, site: Site) -> Page:
        return cls(payload, url, site, NAMES.sub(b"", payload))


NOBODYS = generic_site("example.org")
WAYS: dict[str, Callable[[Page], object]] = {
    "trafilatura": lambda page: bare_extraction(page.payload, url=page.url, with_metadata=True),
    "BeautifulSoup alone (html.parser)": lambda page: BeautifulSoup(page.payload, "html.parser"),
    "read, site declared": lambda page: extract.read(page.payload, page.url, page.site),
    "read, no names left in the markup": lambda page: extract.read(page.nameless, page.url, NOBODYS),
}


def replicas(pages: int) -> list[Page]:
    """Articles of the five replica sites, in equal parts."""
    homes = {site.slug: site for site in declared()}
    found = []
    for slug, site in world(-(-pages // 5)).sites.items():
        for article in site.newest():
            found.append(Page.of(site.get(site.article_path(article)).body, site.article_url(article.id), homes[slug]))
    return found


def real(pages: int) -> list[Page]:
    """Articles of a real portal; none where the shared material is missing."""
    if not CORPUS.is_file():
        return []
    sites = by_host(Config())
    step = 3  # the file holds the same article under two addresses, one after the other
    captures = [c for c in read_captures(Path(CORPUS)) if isinstance(c, Capture) and "view_content" in c.url]
    return [Page.of(c.payload, c.url, sites[host_key(c.url)]) for c in captures[::step][:pages]]


def measure(name: str, pages: list[Page], rounds: int) -> Report:
    """Interleaved rounds of all ways over the same pages."""
    report = Report(f"Reading, {name}", {"pages": len(pages), "rounds": rounds})
    report.series = [Series(way, len(pages)) for way in WAYS]
    for page in pages[:5]:
        for read in WAYS.values():
            read(page)  # whatever is done only once in a process
    for _ in range(rounds):
        for series, read in zip(report.series, WAYS.values(), strict=True):
            gc.collect()
            start = time.process_time()
            for page in pages:
                read(page)
            series.rounds.append(time.process_time() - start)
    theirs, _soup, known, nameless = report.series
    report.ratio(theirs, known)
    report.ratio(theirs, nameless)
    return report


def main() -> None:
    options = arguments(__doc__, pages=(60, "pages of each kind"), rounds=(3, "rounds"))
    for name, pages in (("replica sites", replicas(options.pages)), ("a real portal", real(options.pages))):
        progress(f"read: {len(pages)} pages of {name}")
        if pages:
            measure(name, pages, options.rounds).show(as_json=options.json)


if __name__ == "__main__":
    main()
