"""Does a page name an article: by a link to one of its addresses, or by its headline in words? Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from urllib.parse import unquote

from crawler.decode import decode
from crawler.ingest import article_id
from crawler.site import Site
from crawler.text import fold
from crawler.urls import canonical_url, url_key

#: Shorter headlines ("Thông báo", "Lịch công tác") are words of every menu: only a link tells whose they are.
MIN_WORDS = 4

#: What scripts and JSON write for other characters; \/ is a slash.
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\/")
_QUOTED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_TAGS = re.compile(r"<[^>]*>")
_BETWEEN_WORDS = re.compile(r"[\W_]+")

_BASE = re.compile(r"<base\b[^>]*?\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
#: Attributes that hold an address, and what is one wherever it stands: in scripts, in feeds, in JSON.
_IN_ATTRIBUTES = re.compile(
    r"\b(?:href|action|content|value|data-[a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_ANYWHERE = (
    re.compile(r"(?=(https?://[^\s\"'<>()\\]+))", re.IGNORECASE),  # one may stand within another
    re.compile(r"(?<![\w/<.:])/[^\s\"'<>()\\/][^\s\"'<>()\\]*"),
)
_IS_ADDRESS = re.compile(r"[/?.=]")


@dataclass(frozen=True, slots=True)
class Marks:
    """All by which an article is known where another page names it: URL keys, and headlines as ``words`` has them."""

    article_id: str
    keys: frozenset[str]
    headlines: frozenset[str]

    @property
    def digest(self) -> str:
        """The same for the same marks."""
        return sha256(repr((sorted(self.keys), sorted(self.headlines))).encode()).hexdigest()


def words(text: str) -> str:
    """A text's words, folded, with a space around each."""
    return _spaced(fold(text))


def _spaced(folded: str) -> str:
    return f" {_BETWEEN_WORDS.sub(' ', folded).strip()} "


def marks(identifier: str, keys: Iterable[str], headlines: Iterable[str]) -> Marks:
    """What marks an article with these URL keys and headlines."""
    telling = frozenset(said for said in map(words, headlines) if len(said.split()) >= MIN_WORDS)
    return Marks(identifier, frozenset(keys), telling)


def named(payload: bytes, addresses: Sequence[str], site: Site, articles: Sequence[Marks]) -> set[str]:
    """The ids of those of the articles that a page names, whatever its format; ``addresses``: where it was met.

    A link counts as the crawler itself would take it: by its key, or by the identity that its address gives.
    """
    written = decode(payload)
    plain = _plain(written)
    folded = fold(plain)
    said = _spaced(folded), _spaced(_TAGS.sub(" ", folded))
    found = {a.article_id for a in articles if any(h in text for h in a.headlines for text in said)}
    links = {*_in_attributes(written), *(link for pattern in _ANYWHERE for link in pattern.findall(plain))}
    for address in addresses:
        found |= _linked(links, _base(written, address), site, articles)
    return found


def _plain(written: str) -> str:
    """A page's source with all that stands for a character as that character."""
    text = unescape(unescape(written)) if "&" in written else written
    text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else "/", text) if "\\" in text else text
    return _QUOTED.sub(lambda m: unquote(m[0]), text) if "%" in text else text


def _in_attributes(written: str) -> Iterator[str]:
    for match in _IN_ATTRIBUTES.finditer(written):
        value = match[1] or match[2] or match[3] or ""
        if _IS_ADDRESS.search(value):
            yield unescape(value).strip()


def _base(written: str, address: str) -> str:
    found = _BASE.search(written)
    try:
        return canonical_url(unescape(found[1]), base=address) if found else address
    except ValueError:
        return address


def _linked(links: Iterable[str], base: str, site: Site, articles: Sequence[Marks]) -> set[str]:
    found = set()
    for link in links:
        try:
            url = canonical_url(link, base=base, addresses=site.urls)
            key = url_key(url)
        except ValueError:
            continue
        identity = article_id(site, url, key)
        found |= {a.article_id for a in articles if key in a.keys or identity == a.article_id}
    return found
