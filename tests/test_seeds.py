"""Each seed, put into every page shape, is read back exactly, by its own site's reading and by the generic one."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.shapes import SHAPES
from tests.shapes.check import READINGS, check
from tests.shapes.seeds import Seed, load
from tests.shapes.view import PUBLISHERS

pytestmark = pytest.mark.shared


@cache
def _seeds(directory: Path) -> dict[str, Seed]:
    return load(directory)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("slug", sorted(PUBLISHERS))
def test_a_seed_in_a_shape_is_read_back_exactly(slug: str, shape: str, reading: str, shared: Path) -> None:
    result = check(_seeds(shared)[slug], SHAPES[shape], reading)
    assert not result.failures, "\n".join(map(str, result.failures))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("slug", sorted(PUBLISHERS))
def test_a_page_shows_the_whole_article_in_order(slug: str, shape: str, shared: Path) -> None:
    """No shape asks for what its page does not show."""
    seed = _seeds(shared)[slug]
    page = BeautifulSoup(SHAPES[shape].render(seed), "lxml", from_encoding="utf-8")
    text = _letters(page.get_text())
    assert _letters(seed.gold["headline"]) in text
    at = 0
    for line in (*seed.gold["paragraphs"], seed.gold["author"]):
        assert (at := text.find(_letters(line), at)) >= 0, line[:80]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_moves_between_visits(shape: str, shared: Path) -> None:
    seed = _seeds(shared)["binh_thanh"]
    assert SHAPES[shape].render(seed, 1) != SHAPES[shape].render(seed, 2)
    assert SHAPES[shape].render(seed, 1) == SHAPES[shape].render(seed, 1)


def _letters(text: str) -> str:
    """NFC without any white space or zero-width space."""
    return "".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())
