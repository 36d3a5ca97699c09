"""JSON Feed 1.1 (jsonfeed.org): the same entries for readers that know no XML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from crawler.text import clean
from monitor.feeds.entries import Entry, Head


def json_feed(head: Head, entries: Sequence[Entry]) -> bytes:
    """A JSON feed of ``entries`` in the order given; what the archive does not know is left out."""
    written = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(head.title),
        "home_page_url": head.home_url,
        "feed_url": head.feed_url,
        "description": clean(head.subtitle),
        "language": head.language,
        "authors": [{"name": "Lưu Tin"}],
        "_luutin": {"rights": head.rights},
        "items": [_item(entry, head.language) for entry in entries],
    }
    return json.dumps(written, ensure_ascii=False, indent=1).encode() + b"\n"


def _item(entry: Entry, language: str) -> dict[str, Any]:
    summary = clean(entry.summary or "")
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.page_url,
        "external_url": entry.original,
        "title": entry.shown_title,
        "content_html": entry.html,
        # an item without any content is not valid
        "content_text": "" if entry.html else summary or entry.shown_title,
        "summary": summary,
        "date_published": entry.published_at.isoformat() if entry.published_at else "",
        "date_modified": entry.updated_at.isoformat(),
        "authors": [{"name": entry.shown_author}] if entry.shown_author else [],
        "tags": entry.categories,
        "language": entry.language if entry.language != language else "",
    }
    return {key: value for key, value in item.items() if value}
