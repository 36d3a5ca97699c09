"""Feeds of the archive: one list of entries as Atom, RSS 2.0 or JSON Feed 1.1, and a list of feeds as OPML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.feeds.entries import FEED_SIZE, NAMESPACE, NO_TITLE, Entry, Feed, Head, entry_id, etag, event_id, feed
from monitor.feeds.json_form import json_feed
from monitor.feeds.xml_forms import Outline, atom, opml, rss

__all__ = [
    "FEED_SIZE",
    "FORMS",
    "NAMESPACE",
    "NO_TITLE",
    "Entry",
    "Feed",
    "Form",
    "Head",
    "Outline",
    "entry_id",
    "etag",
    "event_id",
    "opml",
    "render",
]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a feed down."""

    name: str
    media_type: str
    write: Callable[[Head, Sequence[Entry]], bytes]


#: By the ending of a feed's address.
FORMS: dict[str, Form] = {
    "atom": Form("Atom", "application/atom+xml", atom),
    "rss": Form("RSS 2.0", "application/rss+xml", rss),
    "json": Form("JSON Feed", "application/feed+json", json_feed),
}


def render(form: str, head: Head, entries: Sequence[Entry]) -> Feed:
    """A feed of ``entries`` in the order given; the same entries give the same bytes."""
    return feed(FORMS[form].write(head, entries), entries)
