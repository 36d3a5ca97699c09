"""Common Crawl: its indexes, and single records out of its WARC files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from crawler.errors import InputError
from crawler.urls import url_key
from crawler.warc import Capture
from crawler.warc_frames import GZIP, gzip_pieces, plain_pieces, records
from crawler.warc_record import MAX_RECORD, Record, Skipped, read_capture
from monitor import cdx
from monitor.backfill.service import Service, in_turn
from monitor.backfill.wayback import MOST_INDEX, decoded, listed
from monitor.period import Period

#: Where the indexes are listed, below their host; and how the path of one ends.
LIST, INDEX = "/collinfo.json", "-index"

HOST, DATA = "index.commoncrawl.org", "https://data.commoncrawl.org/"

#: Pages of one index for one host; a page has thousands of rows.
_MAX_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class CommonCrawl:
    """Where Common Crawl, or somebody who offers the same, is asked."""

    url: str  # of the list of indexes, or of one index
    data: str  # before the names of WARC files

    def rows(self, service: Service, host: str, period: Period) -> Iterator[cdx.Row]:
        """What the indexes list of a host, index by index."""
        asked = {"url": f"{host}/", "matchType": "prefix", "output": "json"}
        if period.since:
            asked["from"] = period.since.strftime("%Y%m%d%H%M%S")
        if period.until:
            asked["to"] = period.until.strftime("%Y%m%d%H%M%S")
        yield from in_turn(self._indexes(service), lambda index: self._listed(service, index, asked))

    def _listed(self, service: Service, index: str, asked: dict[str, str]) -> Iterator[cdx.Row]:
        for page in range(self._pages(service, index, asked)):
            answer = service.get(f"{index}?{urlencode({**asked, 'page': str(page)})}", most=MOST_INDEX)
            if answer.status == 404:  # so it says that it has nothing
                break
            try:
                yield from listed(answer).rows
            except cdx.NoIndexError:
                raise InputError(f"{answer.url} answered {answer.status} and no list of captures.") from None

    def _indexes(self, service: Service) -> list[str]:
        """The indexes, oldest first."""
        if urlsplit(self.url).path.endswith(INDEX):
            return [self.url]
        url = urljoin(self.url, LIST) if not self.url.endswith(LIST) else self.url
        answer = service.get(url, most=MOST_INDEX)
        said = _json(decoded(answer))
        found = [str(i["cdx-api"]) for i in said if isinstance(i, dict) and i.get("cdx-api")] if said else []
        if answer.status != 200 or not found:
            raise InputError(f"{url} answered {answer.status} and lists no indexes: give one with --from.")
        # Whatever host is written there, what is asked is the one that was named.
        return [urljoin(url, urlsplit(api).path) for api in reversed(found)]

    def _pages(self, service: Service, index: str, asked: dict[str, str]) -> int:
        answer = service.get(f"{index}?{urlencode({**asked, 'showNumPages': 'true'})}", most=MOST_INDEX)
        if answer.status == 404:
            return 0
        said = _json(decoded(answer))
        pages = said.get("pages") if isinstance(said, dict) else said
        return min(pages, _MAX_PAGES) if isinstance(pages, int) else 1

    def capture(self, service: Service, row: cdx.Row) -> Capture | str:
        """The record of a row, byte for byte; or why there is none."""
        if row.offset is None or not row.length or not row.filename:
            return "the index does not say where the record lies"
        if row.length > MAX_RECORD:
            return "too large"
        span = f"bytes={row.offset}-{row.offset + row.length - 1}"
        url = urljoin(self.data, row.filename)
        answer = service.get(url, headers={"Range": span, "Accept-Encoding": "identity"}, most=row.length)
        if answer.status != 206:
            return f"the archive answered {answer.status}"
        pieces = gzip_pieces if answer.body.startswith(GZIP) else plain_pieces
        found = next((r for r in records(pieces(BytesIO(answer.body)), seekable=False)), None)
        capture = read_capture(found, row.filename) if isinstance(found, Record) else found
        if isinstance(capture, Capture):
            return capture if _is_of(capture, row) else "the archive gave another capture"
        return capture.reason if isinstance(capture, Skipped) else "the record holds no capture"


def is_one(url: str) -> bool:
    """Whether an address is that of Common Crawl, or of an index or a list of indexes as it has them."""
    split = urlsplit(url)
    return split.hostname == HOST or split.path.endswith((LIST, INDEX))


def _is_of(capture: Capture, row: cdx.Row) -> bool:
    try:
        same = url_key(capture.url) == url_key(row.url)
    except ValueError:
        return False
    return same and capture.memento_datetime.replace(microsecond=0) == row.moment


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
