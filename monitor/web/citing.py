"""How an article is cited and what it is to machines: a footnote, BibTeX, CSL-JSON, schema.org. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crawler.text import clean
from monitor.web import labels

#: What LaTeX takes for something else, in text.
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts a brace behind a backslash, too
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {mark: f"\\{mark}" for mark in "$&#%_"}
_SPECIAL = re.compile(r"[\\{}~^$&#%_]")

#: What would end a field of BibTeX inside an address, or is no part of one.
_NOT_IN_ADDRESS = re.compile(r"[\\{}\s\"<>^`|]")

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What a citation names. ``published`` is the publisher's day or moment, ``captured`` ours, as stored."""

    article_id: str
    headline: str | None
    author: str | None
    site: str  # slug
    site_name: str
    published: str | None
    captured: str
    original_url: str
    archived_url: str  # ours, of this very version, absolute


def plain(c: Cited, language: str = "vi") -> str:
    """As a footnote: author, title in quotes, site, day, address; then our copy of it."""
    t = labels.TEXTS[language]
    said = [f"“{clean(c.headline or '') or t['no_headline']}”", clean(c.site_name)]
    if author := clean(c.author or ""):
        said.insert(0, author)
    said.append(t["cite_day"].format(day=_day(c.published)) if c.published else t["cite_no_day"])
    copy = t["cite_copy"].format(moment=labels.moment(c.captured))
    return f"{', '.join(said)}, {c.original_url}. {copy}: {c.archived_url}"


def bibtex(c: Cited) -> str:
    """An entry ``@misc``, which every style knows; UTF-8, with a line at its end."""
    day = _DAY.match(c.published or "")
    captured = labels.moment(c.captured).partition(",")[0]
    fields = {
        "title": "{" + _latex(c.headline or "Không tiêu đề") + "}",  # doubled: titles keep their capitals
        "author": "{" + _latex(c.author) + "}" if clean(c.author or "") else "",
        "year": day[1] if day else "",
        "month": str(int(day[2])) if day else "",
        "day": str(int(day[3])) if day else "",
        "howpublished": _latex(c.site_name),
        "url": _address(c.original_url),
        "urldate": c.captured[:10],
        "note": f"Bản lưu ngày {captured}: \\url{{{_address(c.archived_url)}}}",
        "language": "vietnamese",
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{c.site}-{c.article_id},\n" + ",\n".join(lines) + "\n}\n"


def csl(c: Cited) -> dict[str, Any]:
    """An item of CSL-JSON 1.0, as Zotero and citeproc read it."""
    item: dict[str, Any] = {
        "id": f"{c.site}-{c.article_id}",
        "type": "webpage",
        "title": clean(c.headline or "") or "Không tiêu đề",
        "container-title": clean(c.site_name),
        "URL": c.original_url,
        "accessed": {"date-parts": [_parts(c.captured)]},
        "archive": "Lưu Tin",
        "archive_location": c.archived_url,
        "language": "vi",
    }
    if author := clean(c.author or ""):
        item["author"] = [{"literal": author}]
    if c.published and _DAY.match(c.published):
        item["issued"] = {"date-parts": [_parts(c.published)]}
    return item


def news_article(c: Cited, a: dict[str, Any], cited: Iterable[str], images: Iterable[str]) -> dict[str, Any]:
    """The article as schema.org's NewsArticle: the publisher's, of which ``archivedAt`` names our copy."""
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": c.article_id,
        "url": c.original_url if c.original_url.startswith(("http://", "https://")) else None,
        "archivedAt": c.archived_url,
        "headline": clean(c.headline or "") or None,
        "description": clean(a.get("description") or "") or None,
        "author": clean(c.author or "") or None,  # a person, a pen name or an office: pages do not say which
        "datePublished": c.published,
        "articleSection": clean(a.get("section") or "") or None,
        "wordCount": a.get("word_count"),
        "inLanguage": "vi",
        "publisher": {"@type": "Organization", "name": clean(c.site_name), "url": a.get("site_url")},
        "image": list(images) or None,
        "citation": list(cited) or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def for_a_page(value: object) -> str:
    """JSON that can stand in a ``script`` element: nothing in it can end the element or begin another."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _latex(text: str | None) -> str:
    return _SPECIAL.sub(lambda m: _LATEX[m[0]], clean(text or ""))


def _address(url: str) -> str:
    return _NOT_IN_ADDRESS.sub(lambda m: "".join(f"%{octet:02X}" for octet in m[0].encode()), clean(url))


def _day(moment: str | None) -> str:
    return labels.moment(moment).partition(",")[0]


def _parts(moment: str) -> list[int]:
    day = _DAY.match(moment)
    return [int(part) for part in day.groups()] if day else []
