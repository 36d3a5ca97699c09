"""Who reads in ``bench_extraction.py``: ours in three ways, and the others, each by its best documented settings.

``python -m benchmarks.readers READER PAGES scored|timed`` reads so many pages of each set (0: all), or only those that
are timed, and prints for each set, as JSON, its timed pages, their seconds of CPU and the scores of all.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from benchmarks.gold import Page, Reading, score, sets, total
from crawler import extract
from crawler.cms import generic_site
from crawler.decode import decode
from crawler.site import Site

#: What any family's selectors could match; without it, structure and language must do.
NAMES = re.compile(rb"""\s(?:class|id)=(?:"[^"]*"|'[^']*')""", re.I)

#: Elements that begin a line, where a tool gives HTML: words on both sides of their borders are two words.
BLOCKS = (
    *("p", "div", "br", "pre", "blockquote", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("table", "tr", "td", "th", "li", "ul", "ol", "dl", "dt", "dd"),
)

#: Pages of each set that are read before any is timed: whatever is done only once in a process.
WARM_UP = 5

Read = Callable[[Page, Any], Reading]


@dataclass(frozen=True, slots=True)
class Reader:
    """``prepare`` makes what is read of a page, ``make`` what reads it; neither is timed.

    ``lacks``: columns that the tool has nothing for.
    """

    prepare: Callable[[Page], Any]
    make: Callable[[], Read]
    lacks: tuple[str, ...] = ()


# -- ours ---------------------------------------------------------------------------------------------------------


def as_sent(page: Page) -> bytes:
    """The page's bytes."""
    return page.payload


def nameless(page: Page) -> bytes:
    """The page's bytes without classes and ids."""
    return NAMES.sub(b"", page.payload)


def by_declaration(page: Page, payload: bytes) -> Reading:
    """As the page's site declares."""
    return _ours(page, payload, page.site)


def generic(page: Page, payload: bytes) -> Reading:
    """Given nothing but the host; families are recognised by their containers, if those still have names."""
    return _ours(page, payload, generic_site(urlsplit(page.url).hostname or ""))


def _ours(page: Page, payload: bytes, site: Site) -> Reading:
    article = extract.read(payload, page.url, site).article
    text = "\n".join((*article.paragraphs, article.author or ""))
    return Reading(article.headline, article.date_published, article.author, text)


# -- the others: their decoding of the page is not timed -----------------------------------------------------------


def as_text(page: Page) -> str:
    """The page decoded, which is part of what ours are timed for."""
    return decode(page.payload, None)


def _trafilatura(**options: bool) -> Callable[[], Read]:
    """With metadata and the page's address; comments are no part of an article."""

    def make() -> Read:
        from trafilatura import bare_extraction

        def read(page: Page, html: str) -> Reading:
            found = bare_extraction(html, url=page.url, with_metadata=True, include_comments=False, **options)
            return Reading(found.title, found.date, found.author, found.text or "") if found else NOTHING

        return read

    return make


def _newspaper4k() -> Read:
    """In Vietnamese; nothing is fetched."""
    from newspaper import Article

    def read(page: Page, html: str) -> Reading:
        article = Article(page.url, language="vi", fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return Reading(article.title, _iso(article.publish_date), ", ".join(article.authors), article.text)

    return read


def _iso(found: datetime | None) -> str | None:
    """A midnight is a day without a time, and a time without an offset is Vietnamese: to newspaper4k's advantage."""
    if found is None:
        return None
    if (found.hour, found.minute, found.second) == (0, 0, 0):
        return found.date().isoformat()
    return found.isoformat(timespec="seconds") + ("" if found.tzinfo else "+07:00")


def _readability() -> Read:
    """``short_title``, which finds more headlines than ``title``; text is what its HTML shows, line by line."""
    from lxml import html as lxml_html
    from readability import Document

    def read(page: Page, html: str) -> Reading:
        document = Document(html, url=page.url)
        headline, author = document.short_title(), document.author()
        tree = lxml_html.fromstring(document.summary(html_partial=True))
        for element in tree.iter(*BLOCKS):
            element.text, element.tail = f"\n{element.text or ''}", f"\n{element.tail or ''}"
        return Reading(headline, None, None if author == "[no-author]" else author, tree.text_content())

    return read


def _justext() -> Read:
    """With its Vietnamese stop words; without its rule for headings, which finds more furniture than text here."""
    from justext import get_stoplist, justext

    stop_words = get_stoplist("Vietnamese")

    def read(_page: Page, html: str) -> Reading:
        found = justext(html, stop_words, no_headings=True)
        return Reading(None, None, None, "\n".join(p.text for p in found if not p.is_boilerplate))

    return read


NOTHING = Reading(None, None, None, "")

READERS = {
    "declared": Reader(as_sent, lambda: by_declaration),
    "generic": Reader(as_sent, lambda: generic),
    "nameless": Reader(nameless, lambda: generic),
    "trafilatura": Reader(as_text, _trafilatura(), ("date",)),
    "trafilatura-precision": Reader(as_text, _trafilatura(favor_precision=True), ("date",)),
    "trafilatura-recall": Reader(as_text, _trafilatura(favor_recall=True), ("date",)),
    "newspaper4k": Reader(as_text, _newspaper4k),
    "readability": Reader(as_text, _readability, ("day", "date")),
    "justext": Reader(as_text, _justext, ("headline", "day", "date", "author")),
}


def thinned(pages: list[Page], at_most: int) -> list[Page]:
    """So many of them (0: all), evenly spread."""
    return pages[:: -(-len(pages) // at_most)] if at_most else pages


def measure(name: str, at_most: int, *, timed_only: bool) -> dict[str, Any]:
    """By set: how many pages were timed, their seconds of CPU, and what all that were read came to."""
    reader = READERS[name]
    read = reader.make()
    measured = {}
    for title, (pages, step) in sets().items():
        chosen = [(page, reader.prepare(page)) for page in thinned(pages[:: step if timed_only else 1], at_most)]
        for page, prepared in chosen[:WARM_UP]:
            read(page, prepared)
        gc.collect()
        scores, seconds = [], []
        for page, prepared in chosen:
            start = time.process_time()
            found = read(page, prepared)
            seconds.append(time.process_time() - start)
            scores.append(score(found, page.gold))
        timed = seconds[:: 1 if timed_only else step]
        lacking = dict.fromkeys(reader.lacks)
        measured[title] = {"pages": len(timed), "seconds": sum(timed), "scores": total(scores) | lacking}
    return measured


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), timed_only=sys.argv[3] == "timed")))
