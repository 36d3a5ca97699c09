"""What is read of tests/unseen: 65 shapes of six invented articles, by an unknown site's reading; all of it exact."""

from __future__ import annotations

from hashlib import sha256
from itertools import groupby

import pytest

from benchmarks.gold import Gold, Reading, score
from benchmarks.readers import NAMES
from crawler.cms import generic_site
from crawler.extract import EXTRACTOR_VERSION, Article, read
from spiders import declared
from tests.test_sites import SITES, golden
from tests.unseen import Unseen, pages

SHAPES = {name: list(found) for name, found in groupby(pages(), lambda page: page.name.partition("-")[0])}
UNKNOWN = generic_site("vinhloc.example")

#: What the pages of tests/unseen and tests/sites come to, and by which version.
READ_BY, READINGS = "5", "a72486aef52de2d3"


def article(page: Unseen, *, names: bool = True) -> Article:
    """``names``: whether the classes and ids of the markup are left."""
    return read(page.payload if names else NAMES.sub(b"", page.payload), page.url, UNKNOWN).article


@pytest.mark.parametrize("names", [True, False], ids=["as sent", "nameless"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_of_an_unknown_site_is_read_word_for_word(shape: str, names: bool) -> None:
    for page in SHAPES[shape]:
        found = article(page, names=names)
        gold = Gold(page.headline, page.date_published, page.author, " ".join(page.paragraphs))
        text = "\n".join((*found.paragraphs, found.author or ""))
        right = score(Reading(found.headline, found.date_published, found.author, text), gold)
        assert (right.exact, right.headline, right.date) == (True, True, True), page.name
        assert found.author == page.author, page.name
        assert found.captions == page.captions, page.name


def told(found: Article) -> str:
    """What reading comes to, of every field but the page's own address."""
    return repr([getattr(found, name) for name in Article.__slots__ if name != "url"])


def test_what_changes_how_pages_are_read_raises_the_version_of_reading() -> None:
    """The archive marks a changed reading as ours only where the version says that the rules are others."""
    readings = sha256()
    for page in pages():
        for names in (True, False):
            readings.update(told(article(page, names=names)).encode())
    for site in declared():
        for held in golden(SITES / site.slug)["pages"] if (SITES / site.slug).is_dir() else ():
            payload = (SITES / site.slug / held["page"]).read_bytes()
            readings.update(told(read(payload, held["url"], site, charset=held["charset"]).article).encode())
    found = readings.hexdigest()[:16]
    assert (EXTRACTOR_VERSION, found) == (READ_BY, READINGS), (
        f"Pages are not read as when {READ_BY!r}, {READINGS!r} was pinned here. If any page now reads otherwise, raise"
        " EXTRACTOR_VERSION in crawler/extract.py, unless the committed one was raised for this already; then pin"
        f' READ_BY, READINGS = "{EXTRACTOR_VERSION}", "{found}".'
    )
