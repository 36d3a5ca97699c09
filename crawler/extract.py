"""Reads a page: bytes, URL and Site in, an Article out; pure, no network, no database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler import blocks, urls
from crawler.cms import FAMILIES
from crawler.decode import decode
from crawler.landmarks import Vocabulary, key, vocabulary
from crawler.lines import Line, is_account, signature
from crawler.parts import Body, collect, date_line, find_parts
from crawler.site import Reading, Site
from crawler.text import clean, fold

#: Changes whenever the rules of reading change; stored with every revision.
EXTRACTOR_VERSION = "1"

#: Pages beyond this many bytes are cut before they are parsed; the longest article seen has 0.6 MB with its images.
MAX_PAGE = 8 * 1024 * 1024

#: Parsing costs time with the square of the depth; no page has this many elements open at once.
_MAX_OPEN = 2000
#: Pages with fewer tags cannot be so deep that it matters.
_MANY_TAGS = 8000
_NESTING = re.compile(
    r"<(/?)(?!(?:br|hr|img|input|meta|link|wbr|p|li|t[rdh]|d[td]|option|area|col)\b)[a-z]", re.IGNORECASE
)

_FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|rar|zip|odt|ods|rtf)(?=$|[/?#])", re.IGNORECASE)
_TITLE_PARTS = re.compile(r"\s+[-–—|•»:]+\s+|\s*[|»]\s*|::")
_HOME = re.compile(r"trang chu|home(?: ?page)?|trang nhat|tin tuc|[»/>]+")
_SPACE = re.compile(r"\s+")
_STEP = re.compile(r"\s*[»›>/|→]+\s*")
_LEAD_HINT = re.compile(r"(?:sapo|(?<![a-z])lead(?![a-z])|summary|hometext|intro|mo-?ta|trich-?dan|teaser)")
#: Where templates name the section: the trail of links above the article.
_TRAIL = '[class*="breadcrumb" i], [id*="breadcrumb" i], [class*="chuyenmuc" i], .cate, .title-cate, .category'
#: How many elements above a link to a file may open with "File đính kèm".
_LIST_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    url: str
    name: str = ""


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
    how: str  # the CMS family whose selectors matched, or "generic"
    text_length: int  # characters of text on the whole page, furniture included
    teasers: int  # links to other articles between the paragraphs that were read
    has_password: bool
    refresh: str | None  # where a meta refresh sends the reader
    notice: str  # what the page says in place of an article: alerts, headings, the first lines


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


def read(payload: bytes, url: str, site: Site, *, charset: str | None = None, captured: date | None = None) -> Page:
    """The article on a page, read as ``site`` declares, and by structure and language where nothing declared matches.

    ``charset`` is what the HTTP header says; ``captured`` chooses among the site's older readings. Never raises for
    the contents of a page.
    """
    tree = LexborHTMLParser(_shallow(decode(payload[:MAX_PAGE], charset)))
    reading = site.reading_at(captured)
    vocab = vocabulary(reading.landmarks)
    base = _base(tree, url)
    around = _Surroundings.of(tree, base)
    titles = _titles(tree)
    found = _declared(tree, site, reading, vocab)
    if found.body is None or found.headline is None or found.date_published is None:
        _complete(found, tree, reading, vocab, titles)
    body = found.body or Body()
    within = [(src, alt) for at, src, alt in found.images if body.first <= at <= body.last]
    images = [Image(link, alt) for src, alt in within if (link := _link(base, src))]
    article = Article(
        url=urls.canonical_url(url, addresses=site.urls) if url else "",
        cms_id=urls.cms_id(url, site.urls) if url else None,
        headline=found.headline,
        description=" ".join(found.lead) or None,
        author=found.author or body.author,
        section=found.section or _trail(tree, found.headline),
        date_published=found.date_published,
        paragraphs=tuple(body.paragraphs),
        captions=tuple(body.captions),
        images=tuple(dict.fromkeys(images)),
        attachments=_attachments(tree, found, body, base, vocab),
    )
    opening = "" if article.paragraphs else around.text[:600]
    return Page(
        article=article,
        title=titles[0] if titles else "",
        canonical=around.canonical,
        how=found.how,
        text_length=len(around.text),
        teasers=body.links,
        has_password=around.has_password,
        refresh=around.refresh,
        notice=clean(f"{around.notices} {opening}")[:2000],
    )


def _shallow(html: str) -> str:
    """The page up to where it nests beyond reason."""
    if html.count("<") < _MANY_TAGS:
        return html
    depth = 0
    for tag in _NESTING.finditer(html):
        depth += -1 if tag[1] else 1
        if depth > _MAX_OPEN:
            return html[: tag.start()]
    return html


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What the page is like besides its article; taken before furniture is stripped from the tree."""

    canonical: str | None
    refresh: str | None
    has_password: bool
    text: str
    notices: str

    @classmethod
    def of(cls, tree: LexborHTMLParser, base: str) -> _Surroundings:
        canonical = _attribute(tree, 'link[rel="canonical"]', "href")
        shown = tree.css(".alert, .alert-error, .lfr-url-error, .error, .thongbao, h1, h2, h3")[:12]
        return cls(
            canonical=_link(base, canonical) if canonical else None,
            refresh=_attribute(tree, 'meta[http-equiv="refresh" i]', "content"),
            has_password=tree.css_first('input[type="password" i]') is not None,
            text=tree.body.text(separator=" ") if tree.body is not None else "",
            notices=" ".join(node.text() for node in shown),
        )


# -- what the site declares ---------------------------------------------------------------------------------------


def _declared(tree: LexborHTMLParser, site: Site, reading: Reading, vocab: Vocabulary) -> _Found:
    """The fields by the site's selectors, or by those of another family whose headline and body both match."""
    selectors = reading.selectors
    if _first(tree, selectors.body) is not None:
        found = _select(tree, site.family.name, reading, vocab)
        if found.body is not None:
            return found
    for family in FAMILIES.values():
        other = family.reading.selectors
        if other.body and _first(tree, other.headline) is not None and _first(tree, other.body) is not None:
            found = _select(tree, family.name, family.reading, vocab)
            if found.body is not None:
                return found
    return _Found(how="generic", headline=_text(_first(tree, selectors.headline)))


def _select(tree: LexborHTMLParser, how: str, reading: Reading, vocab: Vocabulary) -> _Found:
    selectors = reading.selectors
    found = _Found(how=how, headline=_text(_first(tree, selectors.headline)))
    found.section = _text(_last(tree, selectors.section))
    _date_of(found, tree, reading)
    author = _first(tree, selectors.author)
    if author is not None:
        found.author = _author(_text(author) or "")
    body = _longest(tree, selectors.body)
    lead = _first(tree, selectors.lead)
    fields = [author, *(_first(tree, s) for s in (selectors.headline, selectors.date))]
    inside = [n for n in fields if n is not None and body is not None and n.mem_id != body.mem_id and _inside(n, body)]
    for node in (*inside, *(n for s in selectors.drop for n in tree.css(s))):
        if body is None or not _inside(body, node):
            node.decompose()
    html = body.html or "" if body is not None else ""
    if lead is not None and not (body is not None and _inside(lead, body)):
        html = f"<div>{lead.html}</div>{html}"
    document = blocks.read(html)
    lines = document.lines
    text = collect(lines, vocab, 0, len(lines), known=True)
    files = any(_FILE.search(href) for line in lines for href, _ in line.links)
    if not text.paragraphs and not document.images and not files:
        return found
    found.body, found.lines, found.images = text, tuple(lines), tuple(document.images)
    found.lead = _lead_among(text.paragraphs, _text(lead) or "")
    return found


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


def _date_of(found: _Found, tree: LexborHTMLParser, reading: Reading) -> None:
    for selector in reading.selectors.date:
        for node in tree.css(selector)[:5]:
            stated = date_line(_text(node) or "", reading)
            if stated is not None:
                found.date_published = stated.found.iso
                found.section = found.section or stated.before or None
                return


def _author(text: str) -> str | None:
    name = signature(Line(text), before=".") or text.strip(" :.-–")
    return None if not name or is_account(name) or len(name) > 120 else name


# -- what structure and language tell -----------------------------------------------------------------------------


def _complete(found: _Found, tree: LexborHTMLParser, reading: Reading, vocab: Vocabulary, titles: list[str]) -> None:
    """Fills what no selector found from all lines of the page."""
    tree.strip_tags(list(blocks.DROPPED))
    document = blocks.read(tree.body.html or "" if tree.body is not None else "")
    parts = find_parts(document.lines, vocab, reading, titles, found.headline)
    found.headline = found.headline or parts.headline
    found.date_published = found.date_published or parts.date_published
    found.section = found.section or parts.section
    if found.body is None and parts.body.paragraphs:
        found.body, found.lines, found.images = parts.body, tuple(document.lines), tuple(document.images)
        opening = document.lines[parts.body.first : parts.body.first + 6]
        lead = next((line for line in opening if line.is_prose), None)
        if lead is not None and lead.text in parts.body.paragraphs and (lead.bold or _LEAD_HINT.search(lead.hint)):
            found.lead = (lead.text,)


def _trail(tree: LexborHTMLParser, headline: str | None) -> str | None:
    """The section by the trail of links above the article: its last step that is neither home page nor article."""
    for node in tree.css(_TRAIL)[:5]:
        linked = [clean(step.text()) for step in (node.css("a") or node.css("li"))[:12]]
        steps = linked if len(linked) > 1 else [clean(step) for step in _STEP.split(node.text()[:300])]
        named = [s for s in steps if 1 < len(s) <= 80 and s != headline and not _HOME.fullmatch(fold(s))]
        if named and len(steps) <= 6:
            return named[-1]
    return None


def _titles(tree: LexborHTMLParser) -> list[str]:
    """What the page calls itself: the title, its parts, og:title."""
    title = clean(_text(tree.css_first("title")) or "")[:500]
    social = clean(_attribute(tree, 'meta[property="og:title"]', "content") or "")[:500]
    parts = [p for t in (title, social) if t for p in (t, *_TITLE_PARTS.split(t))]
    return list(dict.fromkeys(p for p in parts if p)) if title else ["", *dict.fromkeys(p for p in parts if p)]


# -- attached files -----------------------------------------------------------------------------------------------


def _attachments(
    tree: LexborHTMLParser, found: _Found, body: Body, base: str, vocab: Vocabulary
) -> tuple[Attachment, ...]:
    """Links to documents within the article, and in lists headed "File đính kèm" wherever they stand."""
    links = [pair for line in found.lines[body.first : body.last] for pair in line.links]
    if body.attached < len(found.lines):
        for line in found.lines[body.attached : body.attached + 20]:
            if line.key and vocab.closing(line.key) and not vocab.opens_attachments(line.key):
                break
            links += line.links
    for node in tree.css("a[href]"):
        href = node.attributes.get("href") or ""
        if _FILE.search(href) and _listed_as_attachment(node, vocab):
            links.append((href, node.text()))
    files: dict[str, Attachment] = {}
    for href, name in links:
        link = _link(base, href) if _FILE.search(href) else None
        if link:
            files.setdefault(link, Attachment(link, clean(name)))
    return tuple(files.values())


def _listed_as_attachment(node: LexborNode, vocab: Vocabulary) -> bool:
    above = node.parent
    for _ in range(_LIST_DEPTH):
        if above is None or above.tag in ("body", "html"):
            return False
        opening = clean(above.text(separator="\n").strip().split("\n", 1)[0])[:80]
        if vocab.opens_attachments(key(opening)):
            return True
        above = above.parent
    return False


# -- small questions to the tree ----------------------------------------------------------------------------------


def _first(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> LexborNode | None:
    """The first node with text that the first matching selector gives."""
    for selector in selectors:
        for node in tree.css(selector)[:10]:
            if node.text().strip():
                return node
    return None


def _last(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> LexborNode | None:
    for selector in selectors:
        nodes = [n for n in tree.css(selector)[:20] if n.text().strip()]
        if nodes:
            return nodes[-1]
    return None


def _longest(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> LexborNode | None:
    for selector in selectors:
        nodes = tree.css(selector)[:20]
        if nodes:
            return max(nodes, key=lambda n: len(n.text()))
    return None


def _inside(node: LexborNode, outer: LexborNode) -> bool:
    above: LexborNode | None = node
    while above is not None:
        if above.mem_id == outer.mem_id:
            return True
        above = above.parent
    return False


def _text(node: LexborNode | None) -> str | None:
    if node is None:
        return None
    # a word may be split by inline elements, and never goes on behind a block or a line break
    apart = " " if node.css_first("br, p, div, li, td, h1, h2, h3") is not None else ""
    return clean(node.text(separator=apart)) or None


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    node = tree.css_first(selector)
    return node.attributes.get(name) if node is not None else None


def _base(tree: LexborHTMLParser, url: str) -> str:
    declared = _attribute(tree, "base[href]", "href")
    try:
        return urljoin(url, declared) if declared else url
    except ValueError:
        return url


def _link(base: str, href: str) -> str | None:
    """An absolute, canonical http(s) URL; None for anything else."""
    try:
        return urls.canonical_url(href.strip(), base=base)
    except ValueError:
        return None
