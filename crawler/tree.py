"""A page's tree: parsed once, within bounds, and the small questions that reading asks of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler import urls
from crawler.decode import utf8
from crawler.lines import FILE
from crawler.text import clean, fold
from crawler.trace import Trace

#: Pages beyond this many bytes are cut before they are parsed; the longest article seen has 0.6 MB with its images.
MAX_PAGE = 8 * 1024 * 1024

#: Parsing costs time with the square of the depth; no page has this many elements open at once.
_MAX_OPEN = 2000
#: Pages with fewer tags cannot be so deep that it matters.
_MANY_TAGS = 8000
_NESTING = re.compile(
    rb"<(/?)(?!(?:br|hr|img|input|meta|link|wbr|p|li|t[rdh]|d[td]|option|area|col)\b)[a-z]", re.IGNORECASE
)

_TITLE_PARTS = re.compile(r"\s+[-–—|•»:]+\s+|\s*[|»]\s*|::")
_HOME = re.compile(r"trang chu|home(?: ?page)?|trang nhat|tin tuc|[»/>]+")
_STEP = re.compile(r"\s*[»›>/|→]+\s*")
#: The home page before the section where nothing but a picture stands between them.
_FIRST_STEP = re.compile(r"Trang (?:chủ|nhất)\s+", re.IGNORECASE)
#: Elements that menus are made of, the last two where they hold no other: so many links, and no more characters
#: than these beside them, for "Tag:" is a landmark.
_MENUS = "ul, ol, dl, table, td, div"
_MENU_LINKS = 4
_MENU_ELSE = 3
_INNER = "div, p, table, ul, ol"

#: Where pages tell machines when they were published: (selector, attribute).
_PUBLISHED = (
    ('meta[property="article:published_time"]', "content"),
    ('[itemprop="datePublished"][content]', "content"),
    ('[itemprop="datePublished"][datetime]', "datetime"),
    ("time.published[datetime], time.entry-date[datetime], .entry-meta time[datetime]", "datetime"),
)
#: Linked data; found without parsing it, as templates write JSON that is none.
_LINKED_DATA = 'script[type="application/ld+json" i]'
_DATE_PUBLISHED = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"\\]{8,40})"')
#: What a page says of itself, and where: the field of ``Head``, and the attribute or ("") the text.
_HEAD = 'title, meta[property="og:title"], base[href], link[rel="canonical"]'
_HEAD_FIELDS = {
    "title": ("title", ""),
    "meta": ("social", "content"),
    "base": ("base", "href"),
    "link": ("canonical", "href"),
}

_TAG = re.compile(rb"</?[a-zA-Z!]")

#: Where templates name the section: the trail of links above the article.
_TRAIL = '[class*="breadcrumb" i], [id*="breadcrumb" i], [class*="chuyenmuc" i], .cate, .title-cate, .category'


def parse(payload: bytes, charset: str | None) -> LexborHTMLParser:
    """The tree of a page, whatever its bytes; cut where it is too long or nests beyond reason.

    Text without any markup is a page of lines.
    """
    html = utf8(payload[:MAX_PAGE], charset)
    return LexborHTMLParser(_shallow(html) if _TAG.search(html) else f"<pre>{escape(html.decode())}</pre>")


def _shallow(html: bytes) -> bytes:
    """The page up to where it nests beyond reason."""
    if html.count(b"<") < _MANY_TAGS:
        return html
    depth = 0
    for tag in _NESTING.finditer(html):
        depth += -1 if tag[1] else 1
        if depth > _MAX_OPEN:
            return html[: tag.start()]
    return html


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself to machines, as written; None where it does not."""

    title: str | None = None
    social: str | None = None  # og:title
    base: str | None = None
    canonical: str | None = None

    @classmethod
    def of(cls, tree: LexborHTMLParser) -> Head:
        """The first of each; in the page's head, or anywhere where the head is not whole.

        A head ends where something stands in it that does not belong there, such as stray text; what was behind that
        is found at the top of the body. To look for all four everywhere takes ten times as long.
        """
        nodes = tree.head.css(_HEAD) if tree.head is not None else []
        top = tree.body.iter() if tree.body is not None else ()
        if not any(node.tag == "title" for node in nodes) or any(node.tag in ("base", "link", "meta") for node in top):
            nodes = tree.css(_HEAD)
        said: dict[str, str | None] = {}
        for node in nodes:
            name, attribute = _HEAD_FIELDS[node.tag or ""]
            said.setdefault(name, node.attributes.get(attribute) if attribute else text_of(node))
        return cls(**said)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page is like besides its article; taken before furniture is stripped from the tree.

    Of a page on which a declaration found its article (``brief``) only the canonical link matters.
    """

    canonical: str | None
    refresh: str | None
    has_password: bool
    text: str
    notices: str
    published: str | None  # when it was published, as it says to machines
    published_by: str  # the selector that gave it

    @classmethod
    def of(cls, tree: LexborHTMLParser, head: Head, base: str, *, brief: bool = False) -> Surroundings:
        canonical = absolute(base, head.canonical) if head.canonical else None
        if brief:
            return cls(canonical, None, False, "", "", None, "")
        shown = tree.css(".alert, .alert-error, .lfr-url-error, .error, .thongbao, h1, h2, h3")[:12]
        published, by = _told_to_machines(tree)
        return cls(
            canonical=canonical,
            refresh=attribute(tree, 'meta[http-equiv="refresh" i]', "content"),
            has_password=tree.css_first('input[type="password" i]') is not None,
            text=tree.body.text(separator=" ") if tree.body is not None else "",
            notices=" ".join(node.text() for node in shown),
            published=published,
            published_by=by,
        )


def _told_to_machines(tree: LexborHTMLParser) -> tuple[str | None, str]:
    """When a page says to machines that it was published, and the selector that gave it."""
    for selector, name in _PUBLISHED:
        if value := attribute(tree, selector, name):
            return value, selector
    for node in tree.css(_LINKED_DATA)[:5]:
        if stated := _DATE_PUBLISHED.search(node.text()):
            return stated[1], _LINKED_DATA
    times = tree.css("time[datetime]")
    return (times[0].attributes.get("datetime"), "time[datetime]") if len(times) == 1 else (None, "")


def titles_of(head: Head) -> list[str]:
    """What the page calls itself: the title, its parts, og:title."""
    title, social = clean(head.title or "")[:500], clean(head.social or "")[:500]
    parts = [p for t in (title, social) if t for p in (t, *_TITLE_PARTS.split(t))]
    return list(dict.fromkeys(p for p in parts if p)) if title else ["", *dict.fromkeys(p for p in parts if p)]


def trail_of(tree: LexborHTMLParser, headline: str | None) -> str | None:
    """The section by the trail of links above the article: its last step that is neither home page nor article."""
    for node in tree.css(_TRAIL)[:5]:
        linked = [clean(step.text()) for step in (node.css("a") or node.css("li"))[:12]]
        steps = linked if len(linked) > 1 else [_FIRST_STEP.sub("", clean(s)) for s in _STEP.split(node.text()[:300])]
        named = [s for s in steps if 1 < len(s) <= 80 and s != headline and not _HOME.fullmatch(fold(s))]
        if named and len(steps) <= 6:
            return named[-1]
    return None


def prune(tree: LexborHTMLParser, dropped: list[str], trace: Trace | None = None) -> None:
    """Takes out what holds no text, and menus: elements of links and nothing else.

    Most elements of a page stand in its menus; without them, reading all of it costs a third.
    """
    tree.strip_tags(dropped)
    skip = 0
    for node in tree.css(_MENUS):
        if skip:  # inside an element that is gone
            skip -= 1
        elif _is_menu(node):
            skip = len([n for n in node.css(_MENUS) if n.mem_id != node.mem_id])
            if trace is not None:
                trace.gone(node, "a menu: an element of links and nothing else")
            node.decompose()


def _is_menu(node: LexborNode) -> bool:
    if node.tag in ("div", "td") and node.css_first(_INNER) is not None:
        return False
    links = node.css("a")
    if len(links) < _MENU_LINKS or any(FILE.search(a.attributes.get("href") or "") for a in links):
        return False
    linked = sum(len(a.text(strip=True)) for a in links)
    return len(node.text(strip=True)) - linked <= _MENU_ELSE


def first_of(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> LexborNode | None:
    """The first node with text that the first matching selector gives."""
    for selector in selectors:
        for node in tree.css(selector)[:10]:
            if node.text().strip():
                return node
    return None


def last_of(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> LexborNode | None:
    for selector in selectors:
        nodes = [n for n in tree.css(selector)[:20] if n.text().strip()]
        if nodes:
            return nodes[-1]
    return None


def longest_of(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> LexborNode | None:
    for selector in selectors:
        nodes = tree.css(selector)[:20]
        if nodes:
            return nodes[0] if len(nodes) == 1 else max(nodes, key=lambda n: len(n.text()))
    return None


def is_inside(node: LexborNode, outer: LexborNode) -> bool:
    above: LexborNode | None = node
    while above is not None:
        if above.mem_id == outer.mem_id:
            return True
        above = above.parent
    return False


def text_of(node: LexborNode | None) -> str | None:
    if node is None:
        return None
    # a word may be split by inline elements, and never goes on behind a block or a line break
    apart = " " if node.css_first("br, p, div, li, td, h1, h2, h3") is not None else ""
    return clean(node.text(separator=apart)) or None


def attribute(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    node = tree.css_first(selector)
    return node.attributes.get(name) if node is not None else None


def base_of(head: Head, url: str) -> str:
    """The address that the page's links are relative to."""
    try:
        return urljoin(url, head.base) if head.base else url
    except ValueError:
        return url


def absolute(base: str, href: str) -> str | None:
    """An absolute, canonical http(s) URL; None for anything else."""
    try:
        return urls.canonical_url(href.strip(), base=base)
    except ValueError:
        return None
