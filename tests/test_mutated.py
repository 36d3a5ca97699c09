"""Ten thousand broken pages through every reading: an article or a named reason each time, quickly, and no crash.

CI takes a sample; ``make soak`` takes them all.
"""

from __future__ import annotations

import os
import random
import time
from typing import get_args

import pytest

from crawler.cms import generic_site
from crawler.extract import read
from crawler.quality import Quality, judge
from crawler.site import Site
from monitor.demo.world import World
from spiders import declared

PAGES = 10_000 if os.environ.get("LUUTIN_SOAK") else 240
#: What one page may take at most, in seconds of CPU; a usual one takes two thousandths.
BOUND = 2.0

FRAGMENTS = (
    b"<div>",
    b"</div>",
    b"<table><tr><td>",
    b"</p></p>",
    b"<!--",
    b"<script>",
    b"<br>",
    b"<p>",
    b"&#0;",
    b"\xff",
)
ADDRESS = "http://127.0.0.1/tin-hoat-dong/bai-12"


@pytest.fixture(scope="module")
def pages() -> list[bytes]:
    """Two articles and the home page of each replica."""
    found: list[bytes] = []
    with World(articles_per_site=30) as world:
        for site in world.sites.values():
            targets = ["/", *(site.article_path(article) for article in site.newest()[:2])]
            found += [site.get(target).body for target in targets]
    return found


def mutated(chance: random.Random, page: bytes, others: list[bytes]) -> bytes:
    """The page, damaged up to six times."""
    body = bytearray(page)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(body) + 1)
        to = min(len(body), at + chance.randint(1, 4000))
        match chance.randrange(7):
            case 0:
                del body[at:to]
            case 1:
                body[at:at] = body[at:to] * chance.randint(1, 6)
            case 2:
                body[at:to] = chance.randbytes(to - at)
            case 3:
                body[at:at] = chance.choice(FRAGMENTS) * chance.randint(1, 600)
            case 4:
                body = body[:at]
            case 5:
                body[at:at] = chance.choice(others)[: chance.randint(0, 20_000)]
            case 6:
                body = bytearray(
                    bytes(body).decode("utf-8", "replace").encode(chance.choice(["utf-16", "cp1258"]), "replace")
                )
    return bytes(body)


def test_a_broken_page_is_an_article_or_has_a_named_reason(pages: list[bytes]) -> None:
    chance = random.Random(2018)
    sites: list[Site] = [*declared(), generic_site("la.example")]
    qualities = set(get_args(Quality))
    for number in range(PAGES):
        payload = mutated(chance, chance.choice(pages), pages)
        site = sites[number % len(sites)]
        started = time.process_time()
        page = read(payload, ADDRESS, site)
        verdict = judge(page, status=200, site=site, url=ADDRESS)
        assert time.process_time() - started < BOUND, number
        assert verdict.quality in qualities
        assert verdict.quality == "article" or verdict.reason, number
        assert verdict.quality != "article" or page.article.headline, number


@pytest.mark.parametrize(
    "unit", ["<div>", "<b>", "<table><tr><td>", "<p>1/1/2020", "<li><a href=x>y</a>", "<br>", "thu hà "]
)
def test_no_page_is_slow_for_being_deep_or_long(unit: str) -> None:
    payload = (unit * 20_000).encode()
    started = time.process_time()
    read(payload, ADDRESS, generic_site("la.example"))
    assert time.process_time() - started < BOUND
