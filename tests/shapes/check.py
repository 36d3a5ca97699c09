"""Compares what the reader made of a shaped seed with gold, field by field."""

from __future__ import annotations

import importlib
import time
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from . import Shape
from .seeds import Seed, squeezed
from .view import PUBLISHERS, View

if TYPE_CHECKING:
    from crawler.extract import Article
    from crawler.site import Site

READINGS = ("known", "generic")

#: The letters of the table, in its order; B: nothing but the article, V: the same content digest on both visits.
FIELDS = {
    "H": "headline",
    "D": "date_published",
    "A": "author",
    "P": "paragraphs",
    "C": "captions",
    "S": "section",
    "B": "boilerplate",
    "V": "visit",
}

#: The fields that are compared with gold; the rest are compared with the page itself.
READ = ("headline", "date_published", "author", "paragraphs", "captions", "section")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that was not read as gold has it."""

    field: str
    expected: object
    found: object

    def __str__(self) -> str:
        if isinstance(self.expected, tuple) and isinstance(self.found, tuple):
            return f"{self.field}: {_first_difference(self.expected, self.found)}"
        return f"{self.field}: expected {self.expected!r}\n{' ' * len(self.field)}  found    {self.found!r}"


def _first_difference(expected: tuple[str, ...], found: tuple[str, ...]) -> str:
    """Where two sequences of lines part: the index, and both lines from a little before their first difference."""
    for i, pair in enumerate(zip(expected, found, strict=False)):
        a, b = pair
        if a != b:
            at = max(
                0, next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))) - 25
            )
            lengths = f"{len(expected)} expected, {len(found)} found; first differ at [{i}], character {at}"
            return f"{lengths}\n    expected …{a[at : at + 110]!r}\n    found    …{b[at : at + 110]!r}"
    longer, name = (expected, "missing") if len(expected) > len(found) else (found, "too much")
    rest = [line[:100] for line in longer[min(len(expected), len(found)) :]]
    return f"{len(expected)} expected, {len(found)} found; {name}: {rest}"


@dataclass(frozen=True, slots=True)
class Result:
    seed: str
    shape: str
    reading: str
    asserted: frozenset[str]  # the fields that this shape shows, and that must therefore be right
    differences: tuple[Difference, ...]
    seconds: float

    @property
    def failures(self) -> tuple[Difference, ...]:
        return tuple(d for d in self.differences if d.field in self.asserted)


def url_of(seed: Seed, site: Site) -> str:
    """An article's address on the seed's site."""
    return urljoin(site.home_url, PUBLISHERS[seed.slug].path)


def site_for(seed: Seed, reading: str) -> Site:
    """The declared site of the seed, or the generic one of its host."""
    if reading == "known":
        declared: Site = importlib.import_module(f"spiders.{seed.slug}").SITE
        return declared
    generic: Site = importlib.import_module("crawler.cms").generic_site(PUBLISHERS[seed.slug].host)
    return generic


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _said(article: Article) -> str:
    """The content digest of what was read."""
    from crawler.text import content_digest

    return content_digest(article.headline or "", article.paragraphs)


def _boilerplate(seed: Seed, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """Paragraphs that are a boilerplate line of gold's, or say something that gold's text does not."""
    never = {squeezed(line) for line in (*seed.gold["boilerplate"], *View(seed, 1).before, *View(seed, 1).tail)}
    whole = " ".join(seed.gold["paragraphs"])
    return tuple(p for p in paragraphs if p in never or unicodedata.normalize("NFC", p) not in whole)


def asserted(seed: Seed, shape: Shape) -> frozenset[str]:
    """Which fields a page of this seed in this shape must yield."""
    fields = set(FIELDS.values())
    if not shape.captions:
        fields.discard("captions")
    if not shape.section or seed.section is None:
        fields.discard("section")
    return frozenset(fields)


def check(seed: Seed, shape: Shape, reading: str) -> Result:
    """Reads two visits of the page and compares the first with gold, and the second's content with the first's."""
    from crawler import extract

    site = site_for(seed, reading)
    url = url_of(seed, site)
    pages = [shape.render(seed, visit) for visit in (1, 2)]
    started = time.perf_counter()
    first, second = (extract.read(page, url, site).article for page in pages)
    seconds = (time.perf_counter() - started) / len(pages)
    wanted: dict[str, Any] = {name: _frozen(seed.gold[name]) for name in READ}
    found: dict[str, Any] = {name: getattr(first, name) for name in READ}
    wanted |= {"boilerplate": (), "visit": _said(first)}
    found |= {"boilerplate": _boilerplate(seed, first.paragraphs), "visit": _said(second)}
    fields = asserted(seed, shape)
    differences = tuple(
        Difference(name, wanted[name], found[name])
        for name in FIELDS.values()
        if wanted[name] != found[name] and (name != "section" or name in fields)
    )
    return Result(seed.slug, shape.name, reading, fields, differences, seconds)
