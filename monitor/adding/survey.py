"""What a site's pages tell of its build: menu, sections, the addresses of articles, the way to the next page. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from crawler.cms.generic import GENERIC
from crawler.lines import FILE
from crawler.links import MAX_LINKS, listing_links
from crawler.site import Addresses, Paging, Section, Site
from crawler.text import clean, fold
from crawler.tree import parse
from crawler.urls import canonical_url, cms_id, is_article, is_denied, url_key
from monitor.fetch import Fetched

#: The text of a link to an article is its headline: at least so many characters. Sections have shorter names.
HEADLINE = 25
SECTION = 50
#: A page that links to fewer articles of its own lists none.
FEWEST = 3
#: A pattern for addresses must hold for this share of the links to articles that were met.
SHARE = 0.6
#: Addresses without an identifier in more folders than this have nothing in common.
MOST_FOLDERS = 6

_NEWS = re.compile(
    r"\b(?:tin|tin tuc|su kien|hoat dong|dan van|dang|doan the|dang bo|tuyen giao|thoi su|chinh tri|van hoa|xa hoi"
    r"|kinh te|hoc tap|lam theo|noi chinh|kiem tra|mat tran|nghien cuu|trao doi|guong|phong trao|an ninh|news)\b"
)
_NO_NEWS = re.compile(
    r"\b(?:trang chu|gioi thieu|lien he|so do|dang nhap|rss|english|tieng viet|tim kiem|thu vien|video|anh|album"
    r"|hoi dap|gop y|lich|tuyen dung|van ban|danh ba|email|thu dien tu|duong day nong|co cau|chuc nang|lanh dao"
    r"|lich su|bieu mau|dich vu cong|cong bao|so tay|xem them|xem tiep|xem tat ca|view (?:all|more)|home|login"
    r"|sign in|sitemap|trang \d+)\b"
)
_MENU = re.compile(r"(?i)(?<![a-z])(?:main-?)?(?:nav|menu|navbar|hmenu|topnav)")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d|[0-3]\d(?:0[1-9]|1[0-2])(?:19|20)\d\d")
_ENDING = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page, canonical, to the page's own host."""

    url: str
    text: str
    rank: int = 0  # how much it looks like the way to a section


@dataclass(frozen=True, slots=True)
class Looked:
    """A page that was looked at: whether it may be a section's listing is decided when more of them are known."""

    name: str
    page: Fetched
    links: tuple[Link, ...]

    @property
    def headlines(self) -> dict[str, str]:
        """Links to what may be articles: URL by URL key."""
        return {url_key(link.url): link.url for link in self.links if len(link.text) >= HEADLINE}


def links_of(page: Fetched, site: Site) -> tuple[Link, ...]:
    """The links of a page that lead to pages of the site, with the longest text that each address is linked by."""
    tree = parse(page.payload, page.charset)
    node = tree.css_first("base[href]")
    base = _joined(page.url, (node.attributes.get("href") or "") if node is not None else "")
    found: dict[str, Link] = {}
    for anchor in tree.css("a[href]")[:MAX_LINKS]:
        url = _address(anchor.attributes.get("href") or "", base, site)
        if url is None:
            continue
        text = clean(anchor.text())[:300] or clean(anchor.attributes.get("title") or "")[:300]
        link, before = Link(url, text, _rank(anchor, text)), found.get(url)
        if before is None or (len(before.text) < HEADLINE and link.rank > before.rank):
            found[url] = link
        elif len(text) > len(before.text):
            found[url] = replace(before, text=text)
    return tuple(found.values())


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return base


def _address(href: str, base: str, site: Site) -> str | None:
    href = href.strip()
    if not href or href.startswith("#") or href[:11].lower() == "javascript:" or FILE.search(href):
        return None
    try:
        url = canonical_url(href, base=base, addresses=site.urls)
        if urlsplit(url).netloc not in site.hosts:
            return None
        return None if is_denied(url, site.urls) or is_denied(url, GENERIC.addresses) else url
    except ValueError:
        return None


def _rank(anchor: LexborNode, text: str) -> int:
    """How much a link looks like the way to a section: by its words, and by standing in a menu or a heading."""
    folded = fold(text)
    if not 3 <= len(text) <= SECTION or _NO_NEWS.search(folded) or not any(c.isalpha() for c in text):
        return 0
    rank = 3 if _NEWS.search(folded) else 0
    above: LexborNode | None = anchor.parent
    for depth in range(8):
        if above is None or above.tag == "body":
            break
        names = f"{above.attributes.get('class') or ''} {above.attributes.get('id') or ''}"
        if above.tag == "nav" or _MENU.search(names):
            return rank + 2
        if depth < 3 and above.tag in ("h1", "h2", "h3", "h4"):
            return rank + 2
        above = above.parent
    return rank + 1


def candidates(home: Fetched, site: Site) -> list[Link]:
    """The links of the home page that may lead to sections, the likeliest first."""
    links = links_of(home, site)
    own = article_pattern([link.url for link in links if len(link.text) >= HEADLINE]) or ""
    patterns = [site.urls.article if site.family is not GENERIC else "", own if "?P<id>" in own else ""]
    seen = {url_key(home.url)}
    found = []
    for link in sorted(links, key=lambda link: -link.rank):
        key = url_key(link.url)
        if link.rank > 1 and key not in seen and not any(holds(pattern, [link.url]) for pattern in patterns):
            seen.add(key)
            found.append(link)
    return found


def sections(home: Looked, looked: list[Looked], most: int) -> list[tuple[Looked, list[str]]]:
    """Of the pages that were looked at those that list articles, each with the addresses of its own articles.

    What most pages link to is a side column. A server that answers with its home page has nothing else to show.
    """
    fronts = set(home.headlines)
    pages = [page for page in looked if not _is_alike(set(page.headlines), fronts)]
    counts = Counter(key for page in pages for key in page.headlines)
    everywhere = {key for key, count in counts.items() if count > max(1, len(pages) / 2)}
    found: list[tuple[Looked, list[str]]] = []
    taken: list[set[str]] = []
    for page in pages:
        own = {key: url for key, url in page.headlines.items() if key not in everywhere}
        if len(own) >= FEWEST and not any(_is_alike(set(own), other) for other in taken) and len(found) < most:
            found.append((page, list(own.values())))
            taken.append(set(own))
    return found


def _is_alike(some: set[str], others: set[str]) -> bool:
    return bool(some) and len(some & others) >= 0.9 * len(some | others)


# -- the addresses of articles ------------------------------------------------------------------------------------


def holds(pattern: str, urls: Iterable[str]) -> int:
    """How many of the addresses a pattern for articles holds for."""
    addresses = Addresses(article=pattern)
    return sum(is_article(url, addresses) for url in urls)


def names_ids(addresses: Addresses, urls: list[str]) -> bool:
    """Whether the pattern for articles also tells the CMS's id of most of these addresses."""
    return sum(cms_id(url, addresses) is not None for url in urls) >= SHARE * len(urls)


def article_pattern(urls: list[str]) -> str | None:
    """A pattern that most of these addresses have in common, with the CMS's id where they show one; None without.

    A number is an id where every address has another and it is no day.
    """
    shapes = Counter(shape for url in urls if (shape := _shape(url)) is not None)
    shape, count = shapes.most_common(1)[0] if shapes else ("", 0)
    if not count or count < SHARE * len(urls):
        return _below(urls)
    found = {url: match["id"] for url in urls if (match := re.search(shape, _target(url))) is not None}
    # ids have grown; what has far fewer digits is the number of a page
    digits = rf"\d{{{max(1, min(map(len, found.values())) - 1)},}}"
    # what is no identifier must not be taken for one: it would make one article of several
    own = len(set(found.values())) == len(found) and not all(map(_DAY.fullmatch, found.values()))
    return shape.replace(r"(?P<id>\d+)", f"(?P<id>{digits})" if own else digits)


def _below(urls: list[str]) -> str | None:
    """A pattern for addresses without an identifier: everything below the folders that they are in."""
    places = Counter(_place(urlsplit(url).path) for url in urls)
    ending = places.most_common(1)[0][0][1] if places else ""
    folders = sorted(folder for folder, same in places if folder and same == ending)
    if not 0 < len(folders) <= MOST_FOLDERS or sum(places[f, ending] for f in folders) < SHARE * len(urls):
        return None
    return rf"^(?:{'|'.join(map(_literal, folders))})/[^/?]+{_literal(ending)}$"


def _literal(text: str) -> str:
    """The text as a pattern that people can still read."""
    return re.escape(text).replace(r"\-", "-")


def _place(path: str) -> tuple[str, str]:
    """The folder of a path, and how its name ends."""
    ending = _ENDING.search(path)
    return path.rpartition("/")[0], ending[0] if ending else ""


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _shape(url: str) -> str | None:
    """The address of one article as a pattern: its words replaced, its identifier named."""
    parts = urlsplit(url)
    for name, value in (pair.partition("=")[::2] for pair in parts.query.split("&")):
        if value.isdecimal() and re.fullmatch(r"(?i)\w*id", name):
            return rf"{_literal(parts.path)}\?(?:[^#]*&)?{_literal(name)}=(?P<id>\d+)"
    *above, last = parts.path.split("/")
    ending = _ENDING.search(last)
    stem = last[: ending.start()] if ending else last
    close = f"{_literal(ending[0])}$" if ending else "$"
    tail = re.search(r"([-_.][a-z]{0,4})\d{2,}$", stem)
    if tail and any(c.isalpha() for c in stem[: tail.start()]):
        return rf"/[^/?]+{_literal(tail[1])}(?P<id>\d+){close}"
    if re.match(r"\d{3,}[-_]", stem):
        return rf"/(?P<id>\d+)[-_][^/?]+{close}"
    if re.fullmatch(r"\d{2,}", stem):
        return rf"/(?P<id>\d+){close}"
    if above and re.fullmatch(r"\d{3,}", above[-1]):
        return rf"/(?P<id>\d+)/[^/?]+{close}"
    return None


# -- the next page ------------------------------------------------------------------------------------------------


def paging_of(page: Fetched, site: Site) -> Paging | None:
    """The way from a listing's first page to its second: the family's where it works; None where none was found."""
    section = Section(name="", path=page.url)
    for paging in (site.pages, Paging(kind="postback"), *_numbered(page)):
        try:
            listing = listing_links(page.payload, page.url, replace(site, paging=paging), section, 1)
        except re.error:
            continue
        if listing.next is not None:
            return paging
    return None


def _numbered(page: Fetched) -> Iterator[Paging]:
    """Patterns of links that are labelled 2 and hold a 2."""
    for anchor in parse(page.payload, page.charset).css("a[href]")[:MAX_LINKS]:
        if not re.fullmatch(r"(?:trang )?2", clean(anchor.text()).lower()):
            continue
        href = anchor.attributes.get("href") or ""
        if match := re.search(r"[?&]([\w.$-]{1,60})=2(?!\d)", href):
            yield Paging(kind="link", pattern=rf"[?&]{_literal(match[1])}=(\d+)")
        elif match := re.search(r"(?:^|/)([a-z_-]{0,20}/?)2(\.\w{2,5})?/?$", href, re.IGNORECASE):
            yield Paging(kind="link", pattern=rf"(?:^|/){_literal(match[1])}(\d+){_literal(match[2] or '')}(?:$|/)")
