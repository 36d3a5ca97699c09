"""What a page said, as the archive keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urljoin

from crawler.urls import url_key


class Listed(NamedTuple):
    """A file or picture that a page lists; ``kind`` is "attachment" or "image", ``name`` its text or description."""

    kind: str
    url: str
    url_key: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page said: one row of ``readings``, named by its digest.

    ``captions``, ``images`` and ``attachments`` are JSON lists; links to the page's own host are without it, so that a
    site that moves to another host says the same as before. The addresses of images are no part of the digest.
    """

    reading_digest: str
    content_digest: str
    text_digest: str
    headline: str | None
    description: str | None
    author: str | None
    section: str | None
    date_published: str | None
    word_count: int
    captions: str
    images: str
    attachments: str

    def files(self, address: str) -> Iterator[Listed]:
        """What it lists, by whole addresses; ``address``: that of the page."""
        for kind, listed in (("attachment", self.attachments), ("image", self.images)):
            for file in json.loads(listed):
                url = urljoin(address, file["url"])
                yield Listed(kind, url, url_key(url), file.get("name") or file.get("alt") or None)
