"""From a response to a row: the WARC record first, then batches of what was read, each on the disk before its rows.

No item pipeline in Scrapy's sense: robots.txt, redirects and retried answers are captures too, and never become items.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from crawler.archive import Archive
from crawler.frontier import REQUISITE, FrontierRow
from crawler.guard import Guard
from crawler.ingest import Ingest, prepare
from crawler.placing import Prepared
from crawler.site import Site
from crawler.tally import Tally
from crawler.warc import Capture, Compressed, Exchange, WarcWriter, compress, payload_digest

#: Captures per transaction: an fsync and a commit cost 5 to 20 ms, whatever the number. What a kill loses is fetched
#: again.
BATCH = 96

#: Seconds after which a batch is stored although it is not full: whoever watches a slow crawl sees it move.
PATIENCE = 5.0

#: Bodies below this (bytes) are compressed at once: for a page a hop into a thread and back costs a third of that.
SMALL = 256 * 1024

#: Records that may be in the making; more would only hold memory.
THREADS = 2

#: What is fetched as a file of an article, by the ending of its path; also from addresses without one, or from scripts
#: that hand files out (download.ashx?id=7).
ENDINGS = {
    "attachment": re.compile(r"\.(?:docx?|pdf|xlsx?|pptx?|rtf|od[tsp]|zip|rar|7z|ashx|aspx|php)|", re.I),
    "image": re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|tiff?|ashx|aspx|php)|", re.I),
}


#: Requisites met in one crawl; more are made up by a server that puts a number into each.
MOST_MET = 5000


class Requisites:
    """What one crawl still asks of a site for looks alone: each address once, within the night's budget."""

    def __init__(self, requests: int, size: int) -> None:
        """``size``: bytes of bodies, as transferred."""
        self._requests, self._size = requests, size
        self._met: set[str] = set()

    def is_new(self, url: str) -> bool:
        """True for what this crawl meets for the first time."""
        if url in self._met or len(self._met) >= MOST_MET:
            return False
        self._met.add(url)
        return True

    @property
    def left(self) -> int:
        """How many may still be asked for tonight."""
        return self._requests if self._size > 0 else 0

    def asked(self, reason: str) -> None:
        """An address is asked for, for whatever reason."""
        self._requests -= reason == REQUISITE

    def received(self, row: FrontierRow | None, size: int) -> None:
        """So many bytes came, of a row of the frontier or of something else."""
        if row is not None and row.reason == REQUISITE:
            self._size -= size


class Intake:
    """Where the captures of one crawl go."""

    def __init__(
        self, site: Site, guard: Guard, crawl_id: str, archive: Archive, writer: WarcWriter, requisites: Requisites
    ) -> None:
        self.archive, self.writer, self.tally, self.requisites = archive, writer, Tally(), requisites
        writer.part_of(crawl_id)
        self._site, self._guard, self._crawl_id = site, guard, crawl_id
        self._ingest = Ingest(
            archive, baseline=archive.is_first_crawl(site.slug), batch_size=2 * BATCH
        )  # flush() comes first
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="gzip")
        self._waiting, self._stored = 0, time.monotonic()
        self._told: Counter[str] = Counter()
        self._told_skipped: Counter[str] = Counter()

    async def record(self, exchange: Exchange, *, look: bool = False) -> Capture:
        """Writes request and answer as WARC records; a payload that is in the archive becomes a ``revisit``.

        So does the answer to a ``look`` at a known article that says the same in other bytes, where these are not kept.
        """
        digest = payload_digest(exchange.body)
        known = self.archive.known_payload(digest, self._site.slug) if exchange.status == 200 else None
        if look and known is None and exchange.status == 200 and not self._site.keep_unchanged:
            return self.writer.append(self._looked(exchange, digest))
        work = partial(compress, exchange, revisit_of=known, digest=digest)
        if len(exchange.body) < SMALL:
            return self.writer.append(work())
        return self.writer.append(await asyncio.get_running_loop().run_in_executor(self._threads, work))

    def _looked(self, exchange: Exchange, digest: str) -> Compressed:
        """The records of a look that brought other bytes: whole, or where they say the same, without them."""
        whole = compress(exchange, digest=digest)
        said = self.archive.said_already(prepare(whole.capture, self._site, source="live"))
        return whole if said is None else compress(exchange, revisit_of=said, digest=digest, same_reading=True)

    def add(self, capture: Capture) -> Prepared:
        """Reads a capture; what was read is stored with the batch that it fills."""
        prepared = prepare(capture, self._site, source="live", crawl_id=self._crawl_id)
        if prepared.follow:
            prepared = replace(prepared, follow=tuple(f for f in prepared.follow if self._wanted(f[0], f[2])))
        self._ingest.add(prepared)
        self._waiting += 1
        if self._waiting >= BATCH or time.monotonic() - self._stored >= PATIENCE:
            self.flush()
        return prepared

    def _wanted(self, url: str, kind: str) -> bool:
        """Whether what a page leads to may be fetched, and is a file of a kind that is kept."""
        if kind == REQUISITE and not self.requisites.is_new(url):
            return False
        reason: str | None = self._guard.refusal(url)
        if kind in ENDINGS and not ENDINGS[kind].fullmatch(PurePosixPath(urlsplit(url).path).suffix):
            reason = "other_type"
        if reason and kind in ENDINGS:
            self.tally.skipped[f"{kind}: {reason}"] += 1
        return reason is None

    def flush(self) -> None:
        """Stores what is waiting: the WARC file first, then rows and counts in one transaction."""
        self.writer.sync()
        with self.archive.writing():
            self._ingest.flush()
            self._tell()
        self._waiting, self._stored = 0, time.monotonic()

    def _tell(self) -> None:
        """Adds to the row of the crawl what has been counted since the last time."""
        counts = Counter({name: getattr(self.tally, name) for name in ("requests", "bytes", "listings", "errors")})
        new, skipped = counts - self._told, self.tally.skipped - self._told_skipped
        if new or skipped:
            self.archive.progress_crawl(self._crawl_id, skipped=skipped, **new)
        self._told, self._told_skipped = counts, self.tally.skipped.copy()

    def close(self) -> None:
        """Stores what is waiting and seals the WARC file."""
        try:
            self.flush()
        finally:
            self._threads.shutdown()
            self.writer.close()
