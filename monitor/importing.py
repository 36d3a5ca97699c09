"""Other people's captures into the archive: whose each record is, whether it is wanted, its copy, its reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from crawler import __version__
from crawler.archive import Archive
from crawler.config import Config
from crawler.garbage import spare_collector
from crawler.ingest import PAGES, VAGUE, Ingest, prepare
from crawler.site import Site
from crawler.urls import canonical_url, host_key, url_key
from crawler.warc import Capture, Skipped, WarcWriter, read_captures, repair
from crawler.warc_frames import CUT_OFF, DAMAGED
from spiders import by_host, undeclared

#: Captures per transaction: the most that Archive.store calls a good batch, since nobody waits for a single row.
BATCH = 64

#: Why a record is not taken over. What read_captures skips has its own reasons.
OTHER_HOST, OTHER_TYPE, KNOWN, NO_URL = (
    "of another host",
    "no page, image or attachment",
    "already in the archive",
    "no web address",
)

#: Images, and what articles attach.
_FILE_TYPE = re.compile(
    r"image/|text/rtf|application/(?:pdf|msword|rtf|zip|x-zip|x-rar|rar|x-7z|vnd\.(?:ms-|openxml|oasis|rar))"
)
_FILE_NAME = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|rtf|od[ts]|zip|rar|7z|jpe?g|png|gif|webp)\Z", re.IGNORECASE)

Progress = Callable[[int, int], None]
"""Called with the bytes of the file that were read and the records met so far."""


@dataclass(slots=True)
class Imported:
    """What an import came to."""

    records: int = 0  # captures met, wanted or not
    kept: Counter[str] = field(default_factory=Counter)  # by Outcome.kind
    no_articles: Counter[str] = field(default_factory=Counter)  # kept, but not read as articles: by quality
    skipped: Counter[str] = field(default_factory=Counter)  # not taken over: by reason
    hosts: Counter[str] = field(default_factory=Counter)  # of those, the other hosts

    @property
    def damaged(self) -> int:
        """How many stretches of the input could not be read."""
        return self.skipped[DAMAGED] + self.skipped[CUT_OFF]


class Importer:
    """Takes captures over into an archive, for as long as the context lasts. Raises StorageError, LockedError."""

    def __init__(self, archive: Archive, config: Config, *, any_host: bool = False) -> None:
        self._archive, self._any_host = archive, any_host
        self._sites: dict[str, Site] = dict(by_host(config))
        self._met: set[str] = set()
        self._waiting: set[tuple[str, str, str]] = set()  # those of the batch, which the archive cannot know yet
        repair(archive.warc_dir)
        self._writer = WarcWriter(
            archive.warc_dir, prefix="import", software=f"Lưu Tin {__version__}", operator=config.contact.name
        )
        spare_collector()
        self._ingest = Ingest(archive, baseline=True, batch_size=BATCH, before_commit=self._writer.sync)
        self.result = Imported(kept=self._ingest.counts, no_articles=self._ingest.skipped)

    def __enter__(self) -> Importer:
        return self

    def __exit__(self, *_: object) -> None:
        with closing(self._writer):
            self._ingest.flush()

    def add(self, path: Path, progress: Progress = lambda _bytes, _records: None) -> None:
        """Takes over what one file holds. Raises InputError where that is not a WARC or WACZ file at all."""
        for found in read_captures(path):
            if isinstance(found, Skipped):
                self.result.skipped[found.reason] += 1
                continue
            self.result.records += 1
            progress(found.location.offset, self.result.records)
            if reason := self._take(found, path.name):
                self.result.skipped[reason] += 1

    def _take(self, capture: Capture, origin: str) -> str:
        """Copies and reads one capture; or says why not."""
        try:
            host = host_key(capture.url)
            site = self._sites.get(host) or (undeclared(capture.url) if self._any_host else None)
        except ValueError:
            return NO_URL
        if site is None:
            self.result.hosts[urlsplit(capture.url).hostname or ""] += 1
            return OTHER_HOST
        if not _wanted(capture):
            return OTHER_TYPE
        key = url_key(canonical_url(capture.url, addresses=site.urls), method=capture.method, body=capture.request_body)
        name = (key, capture.memento_datetime.isoformat(), capture.payload_digest)
        if name in self._waiting or self._archive.has_capture(
            key, capture.memento_datetime, capture.payload_digest, capture.record_type
        ):
            return KNOWN
        self._sites[host] = site
        self._meet(site)
        self._waiting.add(name)
        self._ingest.add(prepare(self._writer.copy(capture), site, source="import", origin=origin))
        if len(self._waiting) == BATCH:
            self._waiting.clear()
        return ""

    def _meet(self, site: Site) -> None:
        if site.slug not in self._met:
            self._met.add(site.slug)
            self._archive.upsert_sites([site])


def _wanted(capture: Capture) -> bool:
    """Whether a record is a page, an image or a document: no style sheet, script or font."""
    kind = capture.media_type
    if kind in PAGES or _FILE_TYPE.match(kind):
        return True
    if kind not in VAGUE:
        return False
    start = capture.payload[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return not start or start.startswith(b"<") or _FILE_NAME.search(urlsplit(capture.url).path) is not None
