"""Atom (RFC 4287), RSS 2.0 and OPML 2.0, written with lxml: the same entries give the same bytes.

feedgen wrote the Atom feed until there were edits to tell of. It drops the ``rel`` of an entry's links (so an entry
could not name the publisher's page beside ours), knows neither ``xml:lang`` of an entry nor ``dc:date``, and puts the
time of writing into RSS, so that no two RSS feeds of one archive are equal. What is left of the work is this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from crawler import __version__
from crawler.text import clean
from monitor.feeds.entries import NEVER, Entry, Head, newest

ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_HTML = "text/html"


def atom(head: Head, entries: Sequence[Entry]) -> bytes:
    """An Atom feed of ``entries`` in the order given."""
    root = etree.Element("feed", {_LANG: head.language}, nsmap={None: ATOM})
    _put(root, "id", head.id)
    _put(root, "title", clean(head.title))
    _put(root, "subtitle", clean(head.subtitle))
    _put(root, "updated", _rfc3339(newest(entries) or NEVER))
    _put(root, "rights", head.rights)
    _put(root, "generator", "Lưu Tin", version=__version__)
    _put(_put(root, "author"), "name", "Lưu Tin")
    _put(root, "link", rel="self", type="application/atom+xml", href=head.feed_url)
    _put(root, "link", rel="alternate", type=_HTML, href=head.home_url)
    for entry in entries:
        _atom_entry(_put(root, "entry"), entry, head.language)
    return _bytes(root)


def _atom_entry(item: etree._Element, entry: Entry, language: str) -> None:
    if entry.language != language:
        item.set(_LANG, entry.language)
    _put(item, "id", entry.id)
    _put(item, "title", entry.shown_title)
    _put(item, "link", rel="alternate", type=_HTML, href=entry.page_url)
    if entry.original:
        _put(item, "link", rel="via", type=_HTML, href=entry.original)
    _put(_put(item, "author"), "name", entry.shown_author or "Lưu Tin")
    for name in entry.categories:
        _put(item, "category", term=name)
    if entry.published_at:
        _put(item, "published", _rfc3339(entry.published_at))
    _put(item, "updated", _rfc3339(entry.updated_at))
    if summary := clean(entry.summary or ""):
        _put(item, "summary", summary)
    if entry.html:
        _put(item, "content", entry.html, type="html")


def rss(head: Head, entries: Sequence[Entry]) -> bytes:
    """An RSS 2.0 feed of ``entries`` in the order given, by the RSS Advisory Board's specification and profile.

    The publisher's time is ``pubDate``, a day without a time is ``dc:date``, which may be one.
    """
    root = etree.Element("rss", version="2.0", nsmap={"atom": ATOM, "content": _CONTENT, "dc": _DC})
    channel = _put(root, "channel")
    _put(channel, "title", clean(head.title))
    _put(channel, "link", head.home_url)
    _put(channel, "description", clean(head.subtitle))
    _put(channel, "language", head.language)
    _put(channel, "copyright", head.rights)
    _put(channel, "lastBuildDate", _rfc822(newest(entries) or NEVER))
    _put(channel, "generator", f"Lưu Tin {__version__}")
    _put(channel, f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=head.feed_url)
    for entry in entries:
        _rss_item(_put(channel, "item"), entry)
    return _bytes(root)


def _rss_item(item: etree._Element, entry: Entry) -> None:
    _put(item, "title", entry.shown_title)
    _put(item, "link", entry.page_url)
    _put(item, "guid", entry.id, isPermaLink="false")
    if entry.shown_author:
        _put(item, f"{{{_DC}}}creator", entry.shown_author)  # ``author`` would have to be an e-mail address
    for name in entry.categories:
        _put(item, "category", name)
    if entry.published_at:
        _put(item, "pubDate", _rfc822(entry.published_at))
    elif entry.published:
        _put(item, f"{{{_DC}}}date", clean(entry.published))
    _put(item, f"{{{ATOM}}}updated", _rfc3339(entry.updated_at))
    # of RSS readers know that a description is HTML; so "<" is written for them twice
    _put(item, "description", _escaped(clean(entry.summary or "") or entry.shown_title))
    if entry.html:
        _put(item, f"{{{_CONTENT}}}encoded", entry.html)


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list of feeds, or (without ``feed_url``) a heading over others."""

    title: str
    feed_url: str = ""
    home_url: str = ""
    outlines: list[Outline] = field(default_factory=list)


def opml(title: str, outlines: Sequence[Outline]) -> bytes:
    """A list of feeds (OPML 2.0) that a reader imports at once."""
    root = etree.Element("opml", version="2.0")
    _put(_put(root, "head"), "title", clean(title))
    _outlines(_put(root, "body"), outlines)
    return _bytes(root)


def _outlines(parent: etree._Element, outlines: Sequence[Outline]) -> None:
    for outline in outlines:
        title = clean(outline.title)
        item = _put(parent, "outline", text=title, title=title)
        if outline.feed_url:
            # "rss" is what OPML calls any feed
            item.attrib.update({"type": "rss", "xmlUrl": outline.feed_url, "htmlUrl": outline.home_url})
        _outlines(item, outline.outlines)


def _put(parent: etree._Element, tag: str, text: str = "", /, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, tag, attributes)
    if text:
        element.text = text
    return element


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat()


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _bytes(root: etree._Element) -> bytes:
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written
