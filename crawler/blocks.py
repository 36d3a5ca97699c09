"""HTML of a container to lines of text in reading order; the one importer of bs4."""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.builder import ParserRejectedMarkup
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import NavigableString, PreformattedString, Tag
from lxml.etree import HTMLParser

from crawler.lines import Line
from crawler.segments import Segment, beside, joined
from crawler.text import clean

warnings.filterwarnings("ignore", category=MarkupResemblesLocatorWarning)
warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)

#: What holds no text of the page, or text that nobody reads.
DROPPED = [
    *("script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg", "math", "select"),
    *("button", "input", "textarea", "canvas", "audio", "video", "map", "xml", "head", "meta", "link"),
]

_DROPPED = frozenset(DROPPED)
_IMAGES = frozenset(("img", "amp-img"))
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
#: Elements whose single line breaks are typography, not the end of a paragraph.
_PARAGRAPHS = frozenset(("p", "li", "figcaption", "caption", "dt", "dd", "blockquote", *_HEADINGS))
_BLOCKS = _PARAGRAPHS | {
    *("html", "body", "div", "section", "article", "main", "header", "footer", "nav", "aside", "ul", "ol", "dl"),
    *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "center", "form", "fieldset", "figure", "address"),
    *("details", "summary", "hr", "pre", "legend"),
}
_CAPTIONS = re.compile(
    r"(?<![a-z])(?:caption|chu-?thich|comment|wp-caption-text|img-?(?:note|desc)|photo-?desc)(?![a-z]*s\b)"
)
_ALIGN = re.compile(r"text-align\s*:\s*(right|center)", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)
#: Space and empty paragraphs behind a paragraph: a third of the elements that editors leave, and nothing to read.
_EMPTY = re.compile(r"</p>(?:\s*<p(?: [^<>]*)?>(?:&nbsp;|\s)*</p>)*\s*")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_ICON_NAME = re.compile(
    r"(?:spacer|pixel|blank|icons?|bullet|arrow|btn|button|font|print|mail|share|rss|loading|transparent|zoom|plus|minus)"
    r"[\w-]*\.(?:gif|png|svg|ico)(?:$|\?)",
    re.IGNORECASE,
)

#: Cells longer than this are text laid out in a table, not data.
_CELL = 200
#: A table made for one picture holds no more text than its caption.
_PICTURE_TABLE = 600
#: An image of at most so many pixels in either direction is a button or a spacer.
_ICON = 40
#: Elements nested deeper than this are somebody's accident; their text is read as if it stood here.
_DEPTH = 200
#: Lines beyond this many are no article.
_LINES = 20_000


@dataclass(slots=True)
class Document:
    """Lines of text, and the images between them as (index of the line that follows, src, alt)."""

    lines: list[Line] = field(default_factory=list)
    images: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """What a block element adds to the lines inside it."""

    name: str = ""
    chrome: bool = False
    row: bool = False  # inside a row of data, where blocks are words of one line
    align: str = ""
    heading: int = 0
    item: bool = False
    paragraph: bool = False
    hints: tuple[str, ...] = ()
    path: tuple[int, ...] = ()
    table: int = 0
    pre: bool = False
    main: bool = False  # inside the element that the page marks as its article


#: An element that is being read: its children, the block it stands in, and what it adds to link, bold, italic, caption.
_Open = tuple[Iterator[object], _Block, tuple[int, int, int, int]]
_PLAIN = (0, 0, 0, 0)


class _TreeBuilder(LXMLTreeBuilder):
    """bs4's own over lxml, with a parser that is kept: making one costs a tenth of reading a page."""

    kept: HTMLParser | None = None

    def parser_for(self, encoding: str | None) -> HTMLParser:
        if self.kept is None:
            self.kept = HTMLParser(target=self, recover=True, encoding=encoding)
        return self.kept


class _Kept(threading.local):
    """One builder, with its parser, for each thread."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self.builder = _TreeBuilder(multi_valued_attributes=None)


_kept = _Kept()


def read(html: str, *, hidden: list[str] | None = None) -> Document:
    """The lines of a piece of HTML, in reading order: paragraphs, list items, headings, table rows.

    ``hidden``, where it is given, receives the texts that the markup hides.
    """
    builder = _Builder(hidden)
    try:
        soup = BeautifulSoup(_EMPTY.sub("</p>", html), builder=_kept.builder)
    except ParserRejectedMarkup:
        _kept.renew()  # who knows what state it is in
        return builder.document
    builder.walk(soup)
    return builder.document


class _Builder:
    def __init__(self, hidden: list[str] | None) -> None:
        self.document = Document()
        self.hidden = hidden
        self.segments: list[Segment] = []
        self.current = Segment()
        self.block = _Block()
        self.link, self.bold, self.italic, self.caption = _PLAIN  # how many such elements are open
        self.href = ""
        self.picture: _Block | None = None  # where an image stands that no line has followed yet
        self.picture_table = 0  # the small table around that image, if there is one
        self.ordinal = 0
        self.data_tables: dict[int, bool] = {}
        self.rows: set[int] = set()  # the ordinals of table rows

    def walk(self, root: Tag) -> None:
        stack: list[_Open] = [(iter(root.contents), self.block, _PLAIN)]
        while stack:
            children, outer, adds = stack[-1]
            node = next(children, None)
            if node is None or len(self.document.lines) > _LINES:
                stack.pop()
                if adds is not _PLAIN:
                    self.count(adds, -1)
                if self.block is not outer or not stack:
                    self.flush()
                    self.block = outer
            elif isinstance(node, Tag):
                self.enter(node, stack)
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                self.text(str(node))

    def enter(self, tag: Tag, stack: list[_Open]) -> None:
        name, outer = tag.name, self.block
        if name == "br":
            self.line_break()
        elif name in _IMAGES:
            self.image(tag)
        elif name not in _DROPPED and not _is_hidden(tag):
            attrs = tag.attrs
            hint = _hint(attrs) if attrs else ""
            style = str(attrs.get("style", "")) if attrs else ""
            adds = _added(name, hint, style, attrs)
            if adds is not _PLAIN:
                self.count(adds, 1)
                self.href = str(attrs.get("href") or "") if adds[0] else self.href
            if outer.row or name == "time":  # neighbours in a line are words of their own
                self.current.parts.append(" ")
            if not outer.row and name in _BLOCKS:
                self.flush()
                self.block = self.opened(tag, hint, style, outer)
            contents = iter(tag.contents) if len(stack) < _DEPTH else iter([NavigableString(tag.get_text(" "))])
            stack.append((contents, outer, adds))
        elif self.hidden is not None and name not in _DROPPED and tag.get_text().strip():
            self.hidden.append(tag.get_text(" "))

    def count(self, adds: tuple[int, int, int, int], sign: int) -> None:
        self.link += sign * adds[0]
        self.bold += sign * adds[1]
        self.italic += sign * adds[2]
        self.caption += sign * adds[3]

    def opened(self, tag: Tag, hint: str, style: str, outer: _Block) -> _Block:
        name = tag.name
        self.ordinal += 1
        chrome = name in ("nav", "footer", "aside") or (name == "header" and not outer.main)
        if name == "tr":
            self.rows.add(self.ordinal)
        return _Block(
            name=name,
            chrome=outer.chrome or chrome,
            row=name == "tr" and self.is_data(tag),
            align=_aligned(tag, hint, style, outer.align),
            heading=_HEADINGS.get(name, outer.heading),
            item=outer.item or name == "li",
            paragraph=name in _PARAGRAPHS,
            hints=(*outer.hints[-4:], f"{name} {hint}") if hint else outer.hints,
            path=(*outer.path, self.ordinal),
            table=id(tag) if name == "table" else outer.table,
            pre=outer.pre or name == "pre",
            main=outer.main or name in ("article", "main"),
        )

    def text(self, string: str) -> None:
        if self.block.pre and "\n" in string:
            first, *rest = string.split("\n")
            self.add(first)
            for part in rest:
                self.line_break()
                self.add(part)
        else:
            self.add(string)

    def add(self, string: str) -> None:
        current = self.current
        current.parts.append(string)
        if string.isspace() or not string:
            return
        size = len(string)
        current.size += size
        if self.link:
            current.link += size
            current.links.append((self.href, string))
        if self.bold:
            current.bold += size
            current.strong = string
        elif current.strong:
            current.strong = ""
        if self.italic:
            current.italic += size
        if self.picture is not None:
            block = self.block
            own_table = bool(block.table) and block.table == self.picture_table
            current.captioned = bool(self.caption) or (own_table and not self.is_across(self.picture.path, block.path))
            current.picture = current.captioned or beside(self.picture.path, block.path)

    def line_break(self) -> None:
        if self.current.size or self.current.parts:
            self.close_segment()
        self.current.breaks += 1

    def close_segment(self) -> None:
        text = "".join(self.current.parts)
        if text.strip():
            self.segments.append(self.current)
            self.picture = None
            self.current = Segment()
        else:
            self.current.parts.clear()
            self.current.size = 0

    def image(self, tag: Tag) -> None:
        if _is_icon(tag):
            return
        src = str(tag.get("src") or tag.get("data-src") or "")
        if not src or src.startswith("data:"):
            src = str(tag.get("data-src") or tag.get("data-original") or "")
        if src and not src.startswith("data:"):
            self.document.images.append(
                (len(self.document.lines) + bool(self.current.size), src, clean(str(tag.get("alt") or "")))
            )
        if self.current.size:
            self.line_break()
        self.picture, self.picture_table = self.block, self.block.table
        table = tag.find_parent("table") if self.block.table else None
        if table is not None and (len(table.get_text()) > _PICTURE_TABLE or _opens_with_text(table)):
            self.picture_table = 0  # a page laid out in tables, not a picture with its caption

    def flush(self) -> None:
        """The block has ended: its segments become lines."""
        self.close_segment()
        segments, self.segments, self.current = self.segments, [], Segment()
        if not segments:
            return
        for segment in joined(segments, paragraph=self.block.paragraph):
            line = self.line(segment)
            if line.text:
                self.document.lines.append(line)

    def line(self, segment: Segment) -> Line:
        block, size = self.block, segment.size or 1
        text = clean("".join(segment.parts))
        return Line(
            text=text,
            tail=segment.tail() if segment.strong or text.endswith(")") else "",
            link_share=segment.link / size,
            bold=segment.bold / size > 0.8,
            italic=segment.italic / size > 0.8,
            align=block.align,
            heading=block.heading,
            item=block.item,
            hint=" ".join(block.hints),
            chrome=block.chrome,
            picture=segment.picture,
            caption=block.name == "figcaption" or segment.captioned,
            links=tuple(segment.links),
            path=block.path,
        )

    def is_across(self, image: tuple[int, ...], text: tuple[int, ...]) -> bool:
        """Whether image and text stand in two cells of one row, as a lead does beside its thumbnail."""
        common = next((n for n, (a, b) in enumerate(zip(image, text, strict=False)) if a != b), 0)
        return common > 0 and image[common - 1] in self.rows

    def is_data(self, row: Tag) -> bool:
        """Whether the row belongs to a table of data: several rows of several short cells, no links, no images."""
        table = row.find_parent("table")
        if table is None:
            return False
        known = self.data_tables.get(id(table))
        if known is None:
            known = self.data_tables[id(table)] = _is_data_table(table)
        return known


def _is_data_table(table: Tag) -> bool:
    if table.find(["table", "img", "a", "form"]) is not None:
        return False
    rows = table.find_all("tr")
    if len(rows) < 2:
        return False
    several = 0
    for row in rows:
        cells = [len(c.get_text()) for c in row.find_all(["td", "th"])]
        if any(size > _CELL for size in cells):
            return False
        several += sum(size > 0 for size in cells) > 1
    return several > 1


def _opens_with_text(table: Tag) -> bool:
    """Whether text stands in a table before its first image: the page's layout, not a picture with its caption."""
    for node in table.descendants:
        if isinstance(node, Tag):
            if node.name == "img" and not _is_icon(node):
                return False
        elif isinstance(node, NavigableString) and node.strip():
            return True
    return False


def _hint(attrs: Mapping[str, object]) -> str:
    classes, ident = attrs.get("class"), attrs.get("id")
    return f"{classes or ''} {ident or ''}".strip().lower() if classes or ident else ""


def _is_hidden(tag: Tag) -> bool:
    style = tag.attrs.get("style")
    return "hidden" in tag.attrs or (isinstance(style, str) and _HIDDEN.search(style) is not None)


def _is_icon(tag: Tag) -> bool:
    """Whether an image is furniture: a button, a bullet, a spacer, by its declared size or its name."""
    sizes = [str(tag.get(side) or "").removesuffix("px") for side in ("width", "height")]
    if any(size.isdigit() and int(size) <= _ICON for size in sizes):
        return True
    return _ICON_NAME.search(str(tag.get("src") or "")) is not None


def _added(name: str, hint: str, style: str, attrs: Mapping[str, object]) -> tuple[int, int, int, int]:
    """What an element adds to the number of open links, bold, italic and caption elements."""
    link = name == "a" and bool(attrs.get("href"))
    bold = name in ("b", "strong") or bool(style and _BOLD.search(style))
    italic = name in ("i", "em") or bool(style and _ITALIC.search(style))
    caption = name == "figcaption" or bool(hint and _CAPTIONS.search(hint))
    return (int(link), int(bold), int(italic), int(caption)) if link or bold or italic or caption else _PLAIN


def _aligned(tag: Tag, hint: str, style: str, outer: str) -> str:
    """How an element aligns its text; a table begins anew, whatever it stands in."""
    declared = _ALIGN.search(style) if style else None
    aligned = (declared.group(1) if declared else str(tag.attrs.get("align", ""))).lower()
    if tag.name == "table":
        return ""
    if aligned in ("right", "center"):
        return aligned
    if tag.name == "center" or "text-center" in hint:
        return "center"
    if "text-right" in hint or "align-right" in hint:
        return "right"
    return "" if aligned else outer
