"""A real portal's Party section, read exactly: headline, date, lead and body of every article as in its gold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.cms import generic_site
from crawler.extract import Page, read
from crawler.quality import judge
from crawler.site import Site
from crawler.text import clean
from crawler.warc import Capture, read_captures
from spiders.sotttt_hanoi import SITE

pytestmark = pytest.mark.shared

#: The generic reading, given nothing but the host; it recognises the family by its containers.
UNDECLARED = generic_site("sotttt.hanoi.gov.vn")


@pytest.fixture(scope="module")
def pages(shared: Path) -> dict[str, Capture]:
    captures = read_captures(shared / "corpus" / "sotttt-hanoi-party.warc.gz")
    return {c.url: c for c in captures if isinstance(c, Capture)}


@pytest.fixture(scope="module")
def gold(shared: Path) -> list[dict[str, Any]]:
    lines = (shared / "corpus" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def bare(text: str | None) -> str:
    """Text without its spaces: gold's containers put spaces where markup does, not where words end."""
    return re.sub(r"\s", "", clean(text or ""))


def differences(page: Page, gold: dict[str, Any]) -> Iterator[str]:
    article = page.article
    if article.headline != clean(gold["headline"]):
        yield f"headline {article.headline!r}"
    if article.date_published != gold["date_published"]:
        yield f"date {article.date_published!r}"
    if bare(article.description) != bare(gold["description"]):
        yield f"lead {article.description!r}"
    said = " ".join([*article.paragraphs, article.author or ""])
    if bare(said) != bare(gold["description"]) + bare(gold["body_with_author"]):
        yield f"body … {said[-200:]!r}"


@pytest.mark.parametrize("site", [SITE, UNDECLARED], ids=["declared", "undeclared"])
def test_every_article_of_the_corpus_is_read_exactly(
    pages: dict[str, Capture], gold: list[dict[str, Any]], site: Site
) -> None:
    assert len(gold) == 525
    wrong = {g["url"]: found for g in gold if (found := list(differences(_read(pages[g["url"]], site), g)))}
    assert wrong == {}


def test_every_page_of_the_corpus_is_what_it_is(pages: dict[str, Capture], gold: list[dict[str, Any]]) -> None:
    articles = {g["url"] for g in gold}
    for url, capture in pages.items():
        quality = judge(_read(capture, SITE), status=capture.status, site=SITE, url=url).quality
        assert (quality == "article") == (url in articles), url
    missing = [u for u in pages if "/htx/" in u]
    assert [judge(_read(pages[u], SITE), status=200, site=SITE, url=u).quality for u in missing] == ["not_found"] * 2


def _read(capture: Capture, site: Site) -> Page:
    return read(capture.payload, capture.url, site)
