"""What the W3C's feed validator demands of a feed, as checks that need no network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
from lxml import etree

ATOM = {"a": "http://www.w3.org/2005/Atom"}
RSS = {
    "a": ATOM["a"],
    "c": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).parent / "data" / "atom.rng"))
_RFC_822 = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|[+-]\d{4})")
#: What an item of RSS 2.0 may hold that is RSS's own.
_ITEM = {"title", "link", "description", "author", "category", "comments", "enclosure", "guid", "pubDate", "source"}
_HTML = re.compile(r"</?(?:p|dl|dt|dd|ul|li|ins|del|code|a(?: href=\"[^\"<>]*\")?)>")


def atom(body: bytes) -> Any:
    """The tree of a valid Atom feed: RFC 4287's grammar, and what no grammar can say."""
    tree = etree.fromstring(body)
    assert _GRAMMAR.validate(tree), _GRAMMAR.error_log.last_error
    assert not feedparser.parse(body).bozo
    ids = [e.text for e in tree.iterfind("a:entry/a:id", ATOM)]
    assert len(set(ids)) == len(ids), "no two entries with one id"
    selves = tree.findall("a:link[@rel='self']", ATOM)
    assert len(selves) == 1
    alternates = [(link.get("type"), link.get("hreflang")) for link in tree.findall("a:link[@rel='alternate']", ATOM)]
    assert len(set(alternates)) == len(alternates)
    times = [datetime.fromisoformat(e.text) for e in tree.iterfind("a:entry/a:updated", ATOM)]
    assert datetime.fromisoformat(tree.findtext("a:updated", None, ATOM)) == max(
        times, default=datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    )
    for content in tree.iterfind("a:entry/a:content", ATOM):
        html(content.text)
    return tree


def rss(body: bytes) -> Any:
    """The tree of a valid RSS 2.0 feed, by the RSS Advisory Board's specification and profile."""
    tree = etree.fromstring(body)
    assert (tree.tag, tree.get("version")) == ("rss", "2.0")
    (channel,) = tree
    for required in ("title", "link", "description"):
        assert len(channel.findall(required)) == 1
        assert channel.findtext(required)
    assert _RFC_822.fullmatch(channel.findtext("lastBuildDate"))
    (own,) = channel.findall("a:link", RSS)
    assert (own.get("rel"), own.get("type")) == ("self", "application/rss+xml")
    guids = []
    for item in channel.iterfind("item"):
        assert {child.tag for child in item if not child.tag.startswith("{")} <= _ITEM
        assert item.findtext("title")
        assert item.findtext("description")
        assert urlsplit(item.findtext("link")).scheme in ("http", "https")
        assert item.find("guid").get("isPermaLink") == "false"
        guids.append(item.findtext("guid"))
        for date in item.iterfind("pubDate"):
            assert _RFC_822.fullmatch(date.text)
            assert parsedate_to_datetime(date.text).strftime("%a") == date.text[:3]
        for content in item.iterfind("c:encoded", RSS):
            html(content.text)
    assert len(set(guids)) == len(guids)
    assert not feedparser.parse(body).bozo
    return tree


def json_feed(body: bytes) -> dict[str, Any]:
    """A valid JSON Feed 1.1."""
    feed: dict[str, Any] = json.loads(body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    for key in ("home_page_url", "feed_url"):
        assert urlsplit(feed[key]).scheme in ("http", "https")
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item.keys() & {"content_html", "content_text"}
        for key in ("date_published", "date_modified"):
            assert key not in item or datetime.fromisoformat(item[key]).tzinfo is not None
        assert all(author.keys() & {"name", "url", "avatar"} for author in item.get("authors", []))
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        html(item.get("content_html", ""))
    known = {"version", "title", "home_page_url", "feed_url", "description", "language", "authors", "items"}
    assert {key for key in feed if not key.startswith("_")} <= known
    return feed


def html(content: str) -> None:
    """Asserts that markup in an entry is ours alone."""
    left = _HTML.sub("", content)
    assert "<" not in left, left[max(0, left.find("<") - 40) :][:120]
    assert not re.search(r"&(?!(?:amp|lt|gt|quot|#x27);)", left)
    for address in re.findall(r'href="([^"]*)"', content):
        assert urlsplit(address).scheme in ("http", "https")


CHECKS: dict[str, Callable[[bytes], Any]] = {"atom": atom, "rss": rss, "json": json_feed}
