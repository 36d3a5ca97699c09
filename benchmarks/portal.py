"""A real portal's pages, several times over, served on loopback: the Vietnamese pages of the shared corpus."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

from replica import serve

from crawler.warc import Capture, read_captures
from monitor.demo.pages.page import Response
from monitor.demo.pages.replica import Replica

_SECTION = "/hoat-ong-ang-oan-the"
_ARTICLE = "/-/view_content/"
_NUMBER = re.compile(rb'(?:/-/view_content/|href=")(?=\d)')  # before it; articles link to their neighbours by it alone
_BODY = b'<div class="journal-content-article">'

#: The section's first page where it has no articles: what is left of a crawl is its start-up.
_NOTHING = "<!DOCTYPE html><html lang=vi><title>Hoạt động</title><body><p>Chưa có tin.</p></body></html>".encode()

_COPY = re.compile(r"/k([1-9])(/.*)")  # one digit, or two articles' numbers could become equal


class Portal:
    """Copy N of the pages lies below /kN/, its articles with other numbers and other texts.

    Their links are relative, so that each copy is a section of its own. The server takes it for a site of the demo.
    """

    slug, server, chunked = "portal", "Apache-Coyote/1.1", False

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages = pages
        self.log: list[tuple[str, str, int]] = []
        self.base_url = ""

    def respond(self, method: str, target: str, _headers: dict[str, str], _body: bytes = b"") -> Response:
        """By path alone: the mirror that the pages come from has put the query into it."""
        page = self._page(unquote(urlsplit(target).path))
        response = Response(b"", 404) if page is None else Response(page)
        self.log.append((method, target, response.status))
        return response

    def _page(self, path: str) -> bytes | None:
        match = _COPY.fullmatch(path)
        if match is None:
            return None
        copy = match[1]
        page = self.pages.get(match[2].replace(_ARTICLE + copy, _ARTICLE, 1))
        if page is None:
            return None
        page = _NUMBER.sub(rb"\g<0>" + copy.encode(), page)
        return page.replace(_BODY, _BODY + f"<p>Bản sao {copy}.</p>".encode())

    def http_date(self) -> str:
        """Now."""
        return format_datetime(datetime.now(UTC), usegmt=True)


def vietnamese(file: Path) -> dict[str, bytes]:
    """The section's pages by path. They are there in English and once more as /vi/ too, which nobody shall fetch."""
    captures = (capture for capture in read_captures(file) if isinstance(capture, Capture))
    pages = {unquote(urlsplit(capture.url).path): capture.payload for capture in captures}
    return {path: page for path, page in pages.items() if path.startswith(_SECTION)}


if __name__ == "__main__":
    full, empty = Portal(vietnamese(Path(sys.argv[1]))), Portal({f"{_SECTION}.html": _NOTHING})
    articles = sum(_ARTICLE in path for path in full.pages) * int(sys.argv[2])
    serve(cast(Replica, full), cast(Replica, empty), articles=articles)
