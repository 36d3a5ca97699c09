"""Pages whose articles are known word by word, and how right a reading of one is.

How a reading is scored:

- **Words** are the runs of letters and digits in a text that is in NFC with canonical tone placement (hoà is hòa).
  White space and punctuation count for nothing: the corpus's gold has spaces where its markup has them, and tools write
  lists with dashes and tables with bars. Case counts.
- The **gold body** is lead, paragraphs and captions in reading order, and the author's line. A reading may begin with
  the headline, and may leave the author out of its text where gold knows it apart; neither costs anything.
- **Body F1** of a page is 2·c / (a + b): a words read, b words of gold, c words in both, each as often as it stands in
  both (bags of words). A set's F1 is the mean of its pages'.
- **Exact** is a page whose words are all there in order and nothing else: the same letters and digits in a row.
- **Headline**: the same words. **Author**, where gold has one apart: the same words, in whatever case, however several
  names are joined. **Date and time**: as gold has it, to the minute where a minute is published, without one where only
  a day is, none where there is none. **Day**: the same day, or none where there is none.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from crawler.site import Site
from crawler.text import canonical
from crawler.warc import Capture, read_captures
from spiders import declared, sotttt_hanoi
from tests.shapes import SHAPES
from tests.shapes.check import site_for, url_of
from tests.shapes.seeds import load, shared_directory

_WORD = re.compile(r"\w+")

#: Articles a site where the shared material is missing: the fewest of which a demo's world can be made.
REPLICAS = 30


@dataclass(frozen=True)
class Gold:
    """``author``: None where it is not known apart from the body; ``body`` is without it otherwise."""

    headline: str
    date_published: str | None
    author: str | None
    body: str

    @cached_property
    def bodies(self) -> tuple[list[str], ...]:
        """The words of the body, and with the author's line."""
        body = words(self.body)
        return (body, body + words(self.author)) if self.author else (body,)


@dataclass(frozen=True, slots=True)
class Page:
    """``site`` is the declared one."""

    name: str
    payload: bytes
    url: str
    site: Site
    gold: Gold


@dataclass(frozen=True, slots=True)
class Reading:
    """What a tool made of a page; dates in ISO 8601, ``text`` with the author's line or without."""

    headline: str | None
    date_published: str | None
    author: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """``author`` is None where gold has none."""

    f1: float
    exact: bool
    headline: bool
    day: bool
    date: bool
    author: bool | None


def words(text: str | None) -> list[str]:
    """The runs of letters and digits, in NFC and with canonical tone placement."""
    return _WORD.findall(canonical(text or ""))


def score(reading: Reading, gold: Gold) -> Score:
    """How right it is, as the module's docstring has it."""
    text, headline = words(reading.text), words(gold.headline)
    texts = [text, text[len(headline) :]] if text[: len(headline)] == headline else [text]
    pairs = [(t, g) for t in texts for g in gold.bodies]
    date = reading.date_published or ""
    return Score(
        f1=max(f1(t, g) for t, g in pairs),
        exact=any("".join(t) == "".join(g) for t, g in pairs),
        headline=words(reading.headline) == headline,
        day=date[:10] == (gold.date_published or "")[:10],
        date=date == (gold.date_published or ""),
        author=_name(reading.author) == _name(gold.author) if gold.author else None,
    )


def f1(read: Sequence[str], gold: Sequence[str]) -> float:
    """Of two bags of words; 1 for two empty ones."""
    common = (Counter(read) & Counter(gold)).total()
    return 2 * common / (len(read) + len(gold)) if read or gold else 1.0


def _name(author: str | None) -> list[str]:
    return words((author or "").lower())


def total(scores: Sequence[Score]) -> dict[str, float]:
    """A set's mean F1, and the number of its pages that are right in each of the other columns, of how many."""
    counted = {
        name: sum(getattr(s, name) is True for s in scores) for name in ("exact", "headline", "day", "date", "author")
    }
    return {
        "pages": len(scores),
        "authors": sum(s.author is not None for s in scores),
        "f1": sum(s.f1 for s in scores) / len(scores),
    } | counted


# -- the sets -----------------------------------------------------------------------------------------------------


def corpus() -> Iterator[Page]:
    """Every article address of a real portal's section; gold is of the portal's own containers."""
    directory = shared_directory() / "corpus"
    captures = read_captures(directory / "sotttt-hanoi-party.warc.gz")
    payloads = {c.url: c.payload for c in captures if isinstance(c, Capture)}
    for line in (directory / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        g = json.loads(line)
        gold = Gold(g["headline"], g["date_published"], None, f"{g['description'] or ''} {g['body_with_author']}")
        yield Page(g["url"], payloads[g["url"]], g["url"], sotttt_hanoi.SITE, gold)


def seeds() -> Iterator[Page]:
    """Each seed article in each of our page shapes."""
    for slug, seed in load(shared_directory()).items():
        site = site_for(seed, "known")
        g = seed.gold
        gold = Gold(g["headline"], g["date_published"], g["author"], " ".join(g["paragraphs"]))
        for shape in SHAPES.values():
            yield Page(f"{shape.name} {slug}", shape.render(seed), url_of(seed, site), site, gold)


def replicas() -> Iterator[Page]:
    """Articles of the five replica sites."""
    from monitor.demo.world import World

    homes = {site.slug: site for site in declared()}
    for slug, replica in World(articles_per_site=REPLICAS).sites.items():
        for article in replica.newest():
            g = replica.gold(article.id)
            gold = Gold(g["headline"], g["date_published"], g["author"], " ".join(g["paragraphs"]))
            payload = replica.get(replica.article_path(article)).body
            yield Page(f"{slug} {article.id}", payload, replica.article_url(article.id), homes[slug], gold)


#: Name -> its pages, and every which of them is timed: the corpus holds each article under two addresses and more, one
#: after the other.
SHARED_SETS = {"the corpus": (corpus, 3), "seeds in page shapes": (seeds, 1)}
REPLICA_SETS = {"replica sites": (replicas, 1)}


def sets() -> dict[str, tuple[list[Page], int]]:
    """What there is to read: the shared material, the replica sites where that is missing."""
    chosen = SHARED_SETS if (shared_directory() / "corpus").is_dir() else REPLICA_SETS
    return {name: (list(pages()), step) for name, (pages, step) in chosen.items()}
