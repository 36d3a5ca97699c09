"""What a listing lists: the articles on a page, in order, and the way to the next page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.decode import decode
from crawler.site import Paging, Section, Site
from crawler.urls import canonical_url, is_article, is_denied, url_key

#: A page with more links than this is no listing; what comes behind is not looked at.
MAX_LINKS = 5000
#: A form with more fields than this is not sent: a view state has a handful, a calendar of drop-downs about fifty.
MAX_FIELDS = 500

#: ``__doPostBack('target','argument')`` and the long form that validators make of it.
_POSTBACK = re.compile(r"""(?:__doPostBack|PostBackOptions)\(\s*['"]([^'"]*)['"]\s*,\s*['"]([^'"]*)['"]""")
#: What the ASP.NET Calendar control sends: a day as days since 2000, or a month with a V. Never the way to a page.
_CALENDAR = re.compile(r"V?\d{3,5}")
#: "Hiển thị 1 - 20 of 2.952 kết quả"
_TOTAL = re.compile(
    r"(?:of|trong(?:\s+tổng)?(?:\s+số)?|/)\s*(\d[\d.,]{0,11})\s*(?:kết\s+quả|results|bài\s+viết)\Z", re.IGNORECASE
)
#: The ends of its last words, and so many characters before them. A search of whole pages for it takes a millisecond.
_TOTAL_ENDS, _TOTAL_WITHIN = ("quả", "QUẢ", "esults", "ESULTS", "viết", "VIẾT"), 60


@dataclass(frozen=True, slots=True)
class NextPage:
    """The request that leads to a listing's next page; ``body`` is a form, URL-encoded, for a postback."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing. ``items``: position on the page from 1, canonical URL, URL key."""

    items: tuple[tuple[int, str, str], ...]
    next: NextPage | None
    total: int | None  # how many articles the listing says it has
    paged: bool  # whether there is a pager at all: an empty page without one is no page of a listing


@dataclass(frozen=True, slots=True)
class _Link:
    node: LexborNode
    href: str
    base: str

    @property
    def url(self) -> str:
        """The address, absolute, as the page means it; empty where it is none. Few of a page's links are asked."""
        return "" if self.href[:11].lower() == "javascript:" else _joined(self.base, self.href)


def listing_links(payload: bytes, url: str, site: Site, section: Section, page_number: int) -> Listing:
    """Reads page ``page_number`` (from 1) of ``section``, as answered at ``url``. Garbage gives an empty Listing."""
    text = decode(payload)
    tree = LexborHTMLParser(text)
    base = url
    if (node := tree.css_first("base[href]")) is not None:
        base = _joined(url, node.attributes.get("href") or "") or url
    links = list(_links(tree, base))
    paging = site.pages
    if paging.kind == "link":
        following, paged = _linked(links, site, paging, page_number + 1)
    elif paging.kind == "postback":
        following, paged = _posted(links, url, base, paging, page_number + 1)
    else:
        following, paged = None, False
    return Listing(_items(tree, links, site, section), following, _total(text), paged)


def _links(tree: LexborHTMLParser, base: str) -> Iterator[_Link]:
    for node in tree.css("a[href]")[:MAX_LINKS]:
        href = (node.attributes.get("href") or "").strip()
        if href and not href.startswith("#"):
            yield _Link(node, href, base)


def _joined(base: str, href: str) -> str:
    try:
        return urldefrag(urljoin(base, href))[0]
    except ValueError:
        return ""


def _items(
    tree: LexborHTMLParser, links: list[_Link], site: Site, section: Section
) -> tuple[tuple[int, str, str], ...]:
    """The articles' links: those that the first selector with any article finds, or else all of the page."""
    by_node = {link.node.mem_id: link for link in links}
    for selector in site.reading_at(None).selectors.item:
        try:
            nodes = tree.css(selector)
        except SelectolaxError:
            continue
        items = _articles((by_node[node.mem_id] for node in nodes if node.mem_id in by_node), site, section)
        if items:
            return items
    return _articles(links, site, section)


def _articles(links: Iterator[_Link] | list[_Link], site: Site, section: Section) -> tuple[tuple[int, str, str], ...]:
    addresses, hosts, listing = site.urls, site.hosts, site.listing_url(section)
    found: dict[str, str] = {}
    seen = {listing}
    for link in links:
        address = link.url
        if not address or address in seen:
            continue
        seen.add(address)
        try:
            url = canonical_url(address, addresses=addresses)
            if urlsplit(url).netloc not in hosts or is_denied(url, addresses) or not is_article(url, addresses):
                continue
            found.setdefault(url_key(url), url)
        except ValueError:
            continue
    return tuple((position, url, key) for position, (key, url) in enumerate(found.items(), start=1))


def _linked(links: list[_Link], site: Site, paging: Paging, wanted: int) -> tuple[NextPage | None, bool]:
    """The first link that holds the number ``wanted`` where the paging's pattern has it."""
    pattern = re.compile(paging.pattern)
    paged = False
    for link in links:
        match = pattern.search(link.href)
        if match is None or urlsplit(link.url).netloc.lower() not in site.hosts:
            continue
        paged = True
        if match.group(1).isdecimal() and int(match.group(1)) == wanted and not is_denied(link.url, site.urls):
            return NextPage(link.url), True
    return None, paged


def _posted(links: list[_Link], url: str, base: str, paging: Paging, wanted: int) -> tuple[NextPage | None, bool]:
    """The postback link that is labelled with the number ``wanted``, or else with a word for "next"."""
    labels = {label.casefold() for label in paging.next_labels}
    by_number: tuple[LexborNode, str, str] | None = None
    by_label: tuple[LexborNode, str, str] | None = None
    paged = False
    for link in links:
        match = _POSTBACK.search(link.href) or _POSTBACK.search(link.node.attributes.get("onclick") or "")
        if match is None or _CALENDAR.fullmatch(match.group(2)):
            continue
        text = " ".join(link.node.text().split()).casefold()
        number, worded = text.isdecimal(), text in labels
        paged = paged or number or worded
        if number and int(text) == wanted:
            by_number = by_number or (link.node, match.group(1), match.group(2))
        elif worded:
            by_label = by_label or (link.node, match.group(1), match.group(2))
    chosen = by_number or by_label
    return (_postback(*chosen, url=url, base=base) if chosen else None), paged


def _postback(node: LexborNode, target: str, argument: str, *, url: str, base: str) -> NextPage | None:
    """What a browser sends when the link is clicked: the form around it, with target and argument."""
    form: LexborNode | None = node
    while form is not None and form.tag != "form":
        form = form.parent
    if form is None:
        return None
    fields = dict(_fields(form)) | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    if len(fields) > MAX_FIELDS:
        return None
    action = (form.attributes.get("action") or "").strip()
    return NextPage(_joined(base, action) if action else url, "POST", urlencode(fields).encode())


def _fields(form: LexborNode) -> Iterator[tuple[str, str]]:
    """A form's successful controls, without its buttons (HTML, "constructing the form data set")."""
    for node in form.css("input[name], select[name], textarea[name]"):
        attributes = node.attributes
        name = attributes.get("name") or ""
        kind = (attributes.get("type") or "text").lower()
        if not name or "disabled" in attributes:
            continue
        if node.tag == "select":
            option = node.css_first("option[selected]") or node.css_first("option")
            if option is not None:
                value = option.attributes.get("value")
                yield name, option.text().strip() if value is None else value
        elif node.tag == "textarea":
            yield name, node.text()
        elif kind in ("checkbox", "radio"):
            if "checked" in attributes:
                yield name, attributes.get("value") or "on"
        elif kind not in ("submit", "button", "image", "reset", "file"):
            yield name, attributes.get("value") or ""


def _total(text: str) -> int | None:
    for ending in _TOTAL_ENDS:
        at = text.find(ending)
        while at >= 0:
            match = _TOTAL.search(text, max(0, at - _TOTAL_WITHIN), at + len(ending))
            if match is not None:
                return int(re.sub(r"\D", "", match.group(1)))
            at = text.find(ending, at + 1)
    return None
