"""Selectors and landmarks that two articles of a site have in common, each tried out before it is proposed. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler import blocks, extract
from crawler.datelines import date_line
from crawler.extract import Article
from crawler.landmarks import key, vocabulary
from crawler.lines import Line
from crawler.site import Landmarks, Reading, Selectors, Site
from crawler.text import clean
from crawler.tree import first_of, is_inside, longest_of, parse, text_of
from monitor.fetch import Fetched

#: The fields that a proposal covers, in the order in which they are looked for: each builds on those before it.
FIELDS = ("body", "headline", "date", "author")
#: So many selectors of one field are tried; each costs two readings.
_TRIES, _LEADS = 24, 3
#: The text of every element is looked at: no page larger than this (bytes), nor more elements of one.
_LARGEST, _ELEMENTS = 1 << 20, 2000
#: So many lines behind the article are looked at, and so many of them proposed.
_BEHIND, _MOST = 12, 3
#: What follows an article is announced in fewer characters than this; longer ones are footers.
_ANNOUNCED = 35
_NAME = re.compile(r"[A-Za-z][\w-]{1,50}")
_BYLINE = re.compile(r"author|tac-?gia|byline|nguoi-?viet|but-?danh")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a site should declare beyond its family.

    ``how`` says of each field how it is found: by the "family", a proposed "selector", "structure", or "missing".
    """

    reading: Reading | None
    how: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Sample:
    page: Fetched
    tree: LexborHTMLParser
    article: Article
    bodies: list[LexborNode]  # containers by the family's selectors

    @classmethod
    def of(cls, page: Fetched, site: Site) -> _Sample:
        tree = parse(page.payload, page.charset)
        body = longest_of(tree, site.family.reading.selectors.body)
        return cls(page, tree, read(page, site).article, [] if body is None else [body])


def read(page: Fetched, site: Site) -> extract.Page:
    """The page as the site's declaration reads it."""
    return extract.read(page.payload, page.url, site, charset=page.charset)


def propose(articles: list[Fetched], site: Site) -> Proposal:
    """The reading of a site by two of its articles, as its family, structure and language read them.

    A selector is proposed only where the family's own finds nothing, and where all articles read the same with it.
    """
    samples = [_Sample.of(page, site) for page in articles]
    chosen, how = Selectors(), {}
    family = site.family.reading.selectors
    for field in FIELDS:
        if all(first_of(sample.tree, getattr(family, field)) is not None for sample in samples):
            how[field] = "family"
            continue
        found = next(_that_read_the_same(field, chosen, samples, site), None)
        chosen = found or chosen
        how[field] = "selector" if found else "structure" if _is_found(field, samples) else "missing"
    reading = Reading(selectors=chosen, landmarks=_landmarks(samples, site))
    if not _same(samples, replace(site, reading=reading)):  # a line that ends one article stands within the other
        reading = replace(reading, landmarks=Landmarks())
    return Proposal(reading if reading != Reading() else None, how)


def _is_found(field: str, samples: list[_Sample]) -> bool:
    attribute = {"body": "paragraphs", "date": "date_published"}.get(field, field)
    return all(getattr(sample.article, attribute) for sample in samples)


def _same(samples: list[_Sample], site: Site) -> bool:
    return all(read(sample.page, site).article == sample.article for sample in samples)


def _that_read_the_same(field: str, chosen: Selectors, samples: list[_Sample], site: Site) -> Iterator[Selectors]:
    """Selections, with a selector for one more field, by which every article is read as without it."""
    if not _is_found(field, samples) or any(len(sample.page.payload) > _LARGEST for sample in samples):
        return
    first, *others = samples
    for selector in _selectors(field, first, site)[:_TRIES]:
        if not all(_finds(field, selector, sample, site) for sample in others):
            continue
        more = replace(chosen, **{field: (selector,)})
        leads = _selectors("lead", first, site)[:_LEADS] if field == "body" else []
        for trial in (more, *(replace(more, lead=(lead,)) for lead in leads)):
            if _same(samples, replace(site, reading=Reading(selectors=trial))):
                yield trial


def _selectors(field: str, sample: _Sample, site: Site) -> list[str]:
    """Selectors of the elements that hold a field and as little else as possible, the innermost element first."""
    named = sample.tree.css("body [id], body [class], body h1")[:_ELEMENTS]
    nodes = [node for node in named if _holds(field, node, sample, site)]
    return list(dict.fromkeys(name for node in reversed(nodes) for name in _names(node)))


def _finds(field: str, selector: str, sample: _Sample, site: Site) -> bool:
    node = first_of(sample.tree, (selector,))
    return node is not None and _holds(field, node, sample, site)


def _holds(field: str, node: LexborNode, sample: _Sample, site: Site) -> bool:
    article = sample.article
    if field == "body":
        text = _SPACE.sub("", clean(node.text()))
        own = article.paragraphs[1:] if article.paragraphs[0] == article.description else article.paragraphs
        return bool(own) and all(_SPACE.sub("", p) in text for p in (own[0], own[-1]))
    if len(node.text()) > 400:
        return False
    text = text_of(node) or ""
    if field in ("headline", "lead"):
        return text == (article.headline if field == "headline" else article.description)
    if field == "author":
        # within the text it is an editor's markup, or one pasted from elsewhere: structure finds that line
        named = _BYLINE.search(" ".join(_names(node))) and not any(is_inside(node, body) for body in sample.bodies)
        return bool(named) and (article.author or "?") in text and len(text) <= len(article.author or "") + 30
    stated = date_line(text, site.reading_at(None), declared=True)
    return stated is not None and stated.found.iso == article.date_published


def _names(node: LexborNode) -> Iterator[str]:
    """Selectors of an element by its id, its classes, or by being a heading; generated names are no names."""
    identifier = node.attributes.get("id") or ""
    if _NAME.fullmatch(identifier) and not re.search(r"\d{2}", identifier):
        yield f"#{identifier}"
    for name in (node.attributes.get("class") or "").split():
        if _NAME.fullmatch(name) and not re.search(r"\d{3}", name):
            yield f"{node.tag}.{name}"
    if node.tag == "h1":
        yield "h1"


# -- landmarks ----------------------------------------------------------------------------------------------------


def _landmarks(samples: list[_Sample], site: Site) -> Landmarks:
    """The lines behind the end of every article that look like the beginning of something else."""
    vocab = vocabulary(site.family.reading.landmarks)
    own = {key(line) for line in site.family.reading.landmarks.closes}
    # where the family knows one of them, what follows is needed no more
    behind = [{line.key: line for line in takewhile(lambda line: line.key not in own, _behind(s))} for s in samples]
    common = [line for name, line in behind[0].items() if all(name in lines for lines in behind[1:])]
    closes = [line.text for line in common if _closes(line, vocab.ends, vocab.opens_attachments)]
    return Landmarks(closes=tuple(closes[:_MOST]))


def _closes(line: Line, *known: Callable[[str], bool]) -> bool:
    if any(knows(line.key) for knows in known):
        return True
    return len(line.text) > 5 and (line.heading > 0 or line.text.isupper() or line.text.endswith(":"))


def _behind(sample: _Sample) -> list[Line]:
    """The short lines behind the last paragraph, or the author's line, that are no links."""
    body = sample.tree.body
    lines = blocks.read(body.html or "" if body is not None else "").lines
    last = sample.article.paragraphs[-1]
    end = max((i for i, line in enumerate(lines) if line.text == last), default=None)
    if end is None:
        return []
    author = sample.article.author
    signed = (i for i in range(end + 1, min(len(lines), end + 4)) if author and author in lines[i].text)
    end = next(signed, end)
    following = [line for line in lines[end + 1 : end + 1 + _BEHIND] if not line.is_link and not line.item]
    return [line for line in following if line.key and len(line.text) <= _ANNOUNCED]
