"""What pages are made up with, so that they look like themselves when replayed: style sheets, layout images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

#: Requisites of one page, or of one style sheet; a portal's template has about fifty.
MOST = 200

_NAMED = (
    'link[rel][href], img[src], input[type="image"][src], style,'
    " body[background], table[background], tr[background], td[background]"
)
_KINDS = frozenset({"stylesheet", "icon"})
#: How a style sheet names a file, and the words that this begins with, which are found ten times as fast.
_NAMES = {
    "url(": re.compile(r"""url\(\s*['"]?([^'")\s][^'")]{0,2000})['"]?\s*\)""", re.IGNORECASE),
    "@import": re.compile(r"""@import\s+['"]([^'"]{1,2000})['"]""", re.IGNORECASE),
}


def of_page(tree: LexborHTMLParser, url: str, base: str) -> tuple[str, ...]:
    """The absolute addresses of a page's requisites on its own host, each once; its links are seen from ``base``."""
    return _own(_named(tree), url, base)


def of_style_sheet(payload: bytes, url: str) -> tuple[str, ...]:
    """The same of a style sheet: what it imports, and its images and fonts."""
    return _own(_in_css(payload.decode("utf-8", "replace")), url, url)


def _named(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css(_NAMED):
        attributes = node.attributes
        if node.tag == "style":
            yield from _in_css(node.text())
        elif node.tag != "link":
            yield attributes.get("src") or attributes.get("background") or ""
        elif _KINDS & set((attributes.get("rel") or "").lower().split()):
            yield attributes.get("href") or ""


def _in_css(text: str) -> Iterator[str]:
    lower = text.lower()
    for word, name in _NAMES.items():
        at = lower.find(word)
        while at >= 0:
            if match := name.match(text, at):
                yield match[1]
            at = lower.find(word, at + len(word))


def _own(links: Iterator[str], page: str, base: str) -> tuple[str, ...]:
    try:
        parts, own = urlsplit(base), f"//{urlsplit(page).netloc}/"
        origin, directory = f"{parts.scheme}://{parts.netloc}", urljoin(base, ".")
    except ValueError:  # what a page's base may say
        return ()
    found: dict[str, None] = {}
    for link in dict.fromkeys(links):
        link = link.strip()
        if link.startswith("/") and not link.startswith("//"):
            url = origin + link
        elif link.startswith(("http://", "https://")):
            url = link
        else:
            url = _joined(directory, link)
        if url.partition(":")[2].startswith(own):
            found[url.partition("#")[0]] = None
        if len(found) == MOST:
            break
    return tuple(found)


@lru_cache(maxsize=1024)
def _joined(directory: str, link: str) -> str:
    """A relative link, of which a template writes the same on all pages; empty where it is none."""
    try:
        return urljoin(directory, link) if link and not link.startswith(("data:", "#")) else ""
    except ValueError:
        return ""
