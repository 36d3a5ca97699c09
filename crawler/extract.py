"""Reads a page: bytes, URL and Site in, an Article out; pure, no network, no database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler import blocks, urls
from crawler.attachments import Attachment, attachments_of, names_files
from crawler.cms import FAMILIES
from crawler.cms.generic import GENERIC, OWN
from crawler.collect import Body, collect
from crawler.datelines import date_line
from crawler.dates import find_dates
from crawler.landmarks import Vocabulary, vocabulary
from crawler.lines import FILE, Line, byline, is_account, names_nobody, signature
from crawler.parts import find_parts
from crawler.requisites import of_page
from crawler.site import Reading, Selectors, Site
from crawler.text import clean
from crawler.trace import FIELDS, Judged, Trace
from crawler.tree import (
    Head,
    Surroundings,
    absolute,
    base_of,
    first_of,
    is_inside,
    last_of,
    longest_of,
    parse,
    prune,
    text_of,
    titles_of,
    trail_of,
)

#: Changes whenever the rules of reading do; a capture keeps it, as part of ``ingest.extractor_version``.
EXTRACTOR_VERSION = "5"

#: Less text than this (characters) is no article by itself; notices ("Xem file đính kèm") come with a file.
SHORTEST = 40
#: How much of a page's text is shown to ``quality`` as its notice: of one without an article, or a very short one.
_OPENING, _SHORT = 600, 1500
_SPACE = re.compile(r"\s+")
_LEAD_HINT = re.compile(r"(?:sapo|(?<![a-z])lead(?![a-z])|summary|hometext|intro|mo-?ta|trich-?dan|teaser)")


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says, field by field, as published (NFC, white space collapsed); None or empty: not found."""

    url: str  # canonical
    cms_id: str | None
    headline: str | None
    description: str | None  # the lead, as the page marks it
    author: str | None
    section: str | None
    date_published: str | None  # 2018-10-26T11:30:00+07:00, or 2016-07-20 where only a day is shown
    paragraphs: tuple[str, ...]  # in reading order, lead and captions included
    captions: tuple[str, ...]
    images: tuple[Image, ...]
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """An Article, and what the page is like otherwise: what ``quality`` judges by."""

    article: Article
    title: str
    canonical: str | None  # rel=canonical, absolute
    how: str  # the CMS family whose selectors matched, OWN where a site of no family has its own, or "generic"
    text_length: int  # characters on the whole page, furniture included; 0 where a declaration found the article
    teasers: int  # links to other articles between the paragraphs that were read
    has_password: bool
    refresh: str | None  # where a meta refresh sends the reader
    notice: str  # what the page says in place of an article: alerts, headings, the first lines
    requisites: tuple[str, ...] = ()  # absolute; of sites alone whose requisites are kept


@dataclass(slots=True)
class _Found:
    """Fields as the selectors of one reading found them."""

    how: str
    headline: str | None = None
    lead: tuple[str, ...] = ()
    author: str | None = None
    section: str | None = None
    date_published: str | None = None
    body: Body | None = None
    lines: tuple[Line, ...] = ()
    images: tuple[tuple[int, str, str], ...] = ()


def read(
    payload: bytes,
    url: str,
    site: Site,
    *,
    charset: str | None = None,
    captured: date | None = None,
    trace: Trace | None = None,
) -> Page:
    """The article on a page, read as ``site`` declares, and by structure and language where nothing declared matches.

    ``charset`` is what the HTTP header says; ``captured`` chooses among the site's older readings; ``trace`` is told
    which rule took each field and which cut each line. Never raises for the contents of a page.
    """
    tree = parse(payload, charset)
    reading = site.reading_at(captured)
    vocab = vocabulary(reading.landmarks)
    head = Head.of(tree)
    base = base_of(head, url)
    requisites = of_page(tree, url, base) if site.keep_requisites else ()
    titles = titles_of(head)
    found = _declared(tree, site, reading, vocab, trace)
    text = sum(map(len, found.body.paragraphs)) if found.body is not None else 0
    read = text >= SHORTEST and found.headline is not None and found.date_published is not None
    around = Surroundings.of(tree, head, base, brief=read)
    if not read:
        _complete(found, tree, reading, vocab, titles, trace)
        found.date_published = _more_exact(found.date_published, around, trace)
    body = found.body or Body()
    within = [(src, alt) for at, src, alt in found.images if body.first <= at <= body.last]
    images = [Image(link, alt) for src, alt in within if (link := absolute(base, src))]
    article = Article(
        url=urls.canonical_url(url, addresses=site.urls) if url else "",
        cms_id=urls.cms_id(url, site.urls) if url else None,
        headline=found.headline,
        description=" ".join(found.lead) or None,
        author=found.author or body.author,
        section=found.section or trail_of(tree, found.headline),
        date_published=found.date_published,
        paragraphs=tuple(body.paragraphs),
        captions=tuple(body.captions),
        images=tuple(dict.fromkeys(images)),
        attachments=attachments_of(tree, found.lines, body, base, vocab, anywhere=names_files(payload)),
    )
    if trace is not None:
        trace.took("section", "the last step of the trail of links above the article", article.section)
        trace.finish({name for name in FIELDS if name == "body" or getattr(article, name)})
    return _page(article, around, titles, found.how, body.links, requisites)


def glance(payload: bytes, url: str, site: Site, *, charset: str | None = None) -> Page:
    """A page that is known by its address to be no article: what it says of itself, without reading it."""
    tree = parse(payload, charset)
    head = Head.of(tree)
    article = Article(urls.canonical_url(url, addresses=site.urls), None, None, None, None, None, None, (), (), (), ())
    base = base_of(head, url)
    requisites = of_page(tree, url, base) if site.keep_requisites else ()
    return _page(article, Surroundings.of(tree, head, base), titles_of(head), "", 0, requisites)


def _page(
    article: Article, around: Surroundings, titles: list[str], how: str, teasers: int, requisites: tuple[str, ...]
) -> Page:
    opening = around.text[:_OPENING] if not article.paragraphs or len(around.text) < _SHORT else ""
    return Page(
        article=article,
        title=titles[0] if titles else "",
        canonical=around.canonical,
        how=how,
        text_length=len(around.text),
        teasers=teasers,
        has_password=around.has_password,
        refresh=around.refresh,
        notice=clean(f"{around.notices} {opening}")[:2000],
        requisites=requisites,
    )


# -- what the site declares ---------------------------------------------------------------------------------------


def _declared(tree: LexborHTMLParser, site: Site, reading: Reading, vocab: Vocabulary, trace: Trace | None) -> _Found:
    """The fields by the site's selectors, or by those of another family whose headline and body both match."""
    found = _select(tree, OWN if site.family.name == GENERIC.name else site.family.name, reading, vocab, trace)
    if found.body is not None:
        return found
    headline = trace.fields.get("headline") if trace is not None else None
    for family in FAMILIES.values():
        other = family.reading.selectors
        if other.body and first_of(tree, other.headline) is not None:
            instead = _select(tree, family.name, family.reading, vocab, trace)
            if instead.body is not None:
                return instead
    if trace is not None:
        trace.begin("generic", tree, headline)
    return _Found(how="generic", headline=found.headline)


def _select(
    tree: LexborHTMLParser, how: str, reading: Reading, vocab: Vocabulary, trace: Trace | None = None
) -> _Found:
    selectors = reading.selectors
    headline = first_of(tree, selectors.headline)
    found = _Found(how=how, headline=text_of(headline))
    if trace is not None:
        trace.begin(how, tree)
        trace.selected("headline", selectors.headline, tree, headline, found.headline)
    body = longest_of(tree, selectors.body)
    if body is None:
        return found
    section, author = last_of(tree, selectors.section), first_of(tree, selectors.author)
    found.section = text_of(section)
    if trace is not None:
        trace.selected("section", selectors.section, tree, section, found.section)
    _date_of(found, tree, reading, trace)
    if author is not None:
        named = _author(text_of(author) or "")
        found.author = named or found.author
        if trace is not None:
            trace.selected("author" if named else "", selectors.author, tree, author, text_of(author))
    if trace is not None:
        trace.selected("body", selectors.body, tree, body, None)
    _drop(tree, body, selectors, trace)
    lead = first_of(tree, selectors.lead)
    html = body.html or ""
    if lead is not None and not is_inside(lead, body):
        html = f"<div>{lead.html}</div>{html}"
    hidden: list[str] | None = None if trace is None else []
    why = None if trace is None else Judged()
    document = blocks.read(html, hidden=hidden)
    lines = document.lines
    text = collect(lines, vocab, 0, len(lines), known=True, why=why)
    files = any(FILE.search(href) for line in lines for href, _ in line.links)
    if not text.paragraphs and not document.images and not files:
        return found
    found.body, found.lines, found.images = text, tuple(lines), tuple(document.images)
    found.lead = _lead_among(text.paragraphs, text_of(lead) or "")
    if trace is not None and why is not None:
        trace.selected("description", selectors.lead, tree, lead, text_of(lead))
        trace.settle(lines, why, text.captions, hidden or ())
        trace.rest(tree)
    return found


def _drop(tree: LexborHTMLParser, body: LexborNode, selectors: Selectors, trace: Trace | None) -> None:
    """Takes out what is never part of the article, and the fields that stand inside the body's element."""
    # from the last to the first: an element goes after those inside it
    for node in reversed(tree.css(", ".join(selectors.drop)) if selectors.drop else []):
        if not is_inside(body, node):
            if trace is not None:
                trace.gone(node, f"never part of the article: {trace.declared(selectors.drop, tree, node)}")
            node.decompose()
    for field in (selectors.author, selectors.headline, selectors.date):
        inner = first_of(tree, field)
        if inner is not None and is_inside(inner, body) and not is_inside(body, inner):
            if trace is not None:
                trace.gone(inner, f"a field of its own: {trace.declared(field, tree, inner)}")
            inner.decompose()


def _lead_among(paragraphs: list[str], lead: str) -> tuple[str, ...]:
    """The opening paragraphs that the lead's text consists of; a body that repeats its lead repeats it."""
    own: list[str] = []
    rest = _SPACE.sub("", lead)
    for paragraph in paragraphs:
        _, found, rest = rest.partition(_SPACE.sub("", paragraph))
        if not found:
            break
        own.append(paragraph)
    return tuple(own)


def _date_of(found: _Found, tree: LexborHTMLParser, reading: Reading, trace: Trace | None) -> None:
    for selector in reading.selectors.date:
        for node in tree.css(selector)[:5]:
            stated = date_line(text_of(node) or "", reading, declared=True)
            if stated is not None:
                found.date_published = stated.found.iso
                found.section = found.section or stated.section
                found.author = found.author or byline(stated.before)
                if trace is not None and found.author:
                    trace.took("author", "the name after a label, before the date", text_of(node))
                if trace is not None:
                    trace.selected("date_published", (selector,), tree, node, text_of(node))
                    if found.section:
                        trace.took("section", "the words before the date", text_of(node))
                return


def _author(text: str) -> str | None:
    name = signature(Line(text), before=".") or text.strip(" :.-–")
    return None if not name or is_account(name) or names_nobody(name) or len(name) > 120 else name


# -- what structure and language tell -----------------------------------------------------------------------------


def _complete(
    found: _Found,
    tree: LexborHTMLParser,
    reading: Reading,
    vocab: Vocabulary,
    titles: list[str],
    trace: Trace | None,
) -> None:
    """Fills what no selector found from all lines of the page."""
    hidden: list[str] | None = None if trace is None else []
    prune(tree, blocks.DROPPED, trace if found.body is None else None)
    document = blocks.read(tree.body.html or "" if tree.body is not None else "", hidden=hidden)
    parts = find_parts(document.lines, vocab, reading, titles, found.headline, trace)
    if trace is not None and found.body is None:
        trace.settle(document.lines, parts.judged or Judged(), parts.body.captions, hidden or ())
    if found.body is not None and found.headline is None:
        _without_repeats(found.body, parts.headline, reading, trace)
    found.headline = found.headline or parts.headline
    found.date_published = found.date_published or parts.date_published
    found.section = found.section or parts.section
    listed = document.lines[parts.body.first : parts.body.last] if not parts.body.paragraphs else ()
    if found.body is None and (parts.body.paragraphs or any(FILE.search(h) for line in listed for h, _ in line.links)):
        found.body, found.lines, found.images = parts.body, tuple(document.lines), tuple(document.images)
        opening = document.lines[parts.body.first : parts.body.first + 6]
        lead = next((line for line in opening if line.is_prose), None)
        if lead is not None and lead.text in parts.body.paragraphs and (lead.bold or _LEAD_HINT.search(lead.hint)):
            found.lead = (lead.text,)
            if trace is not None:
                rule = "bold" if lead.bold else "named so by its element"
                trace.took("description", f"the first paragraph, which is {rule}", lead.text)


def _more_exact(shown: str | None, around: Surroundings, trace: Trace | None) -> str | None:
    """The date that a page shows; the one that it tells machines where it shows none, or only the same day."""
    told = around.published
    dates = find_dates(told) if told and len(told) < 60 else []
    if not dates or (shown is not None and ("T" in shown or not dates[0].iso.startswith(shown))):
        return shown
    if trace is not None and dates[0].iso != shown:
        trace.fields.pop("date_published", None)
        trace.took("date_published", f"what the page tells machines: {around.published_by}", told)
    return dates[0].iso


def _without_repeats(body: Body, headline: str | None, reading: Reading, trace: Trace | None) -> None:
    """Takes headline and date off the beginning of a container that holds them too."""
    before = len(body.paragraphs)
    while body.paragraphs and (body.paragraphs[0] == headline or date_line(body.paragraphs[0], reading) is not None):
        del body.paragraphs[0]
    if trace is not None:
        trace.repeats(before - len(body.paragraphs), "repeats the headline or the date")
