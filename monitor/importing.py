"""Other people's captures into the archive: whose each record is, whether it is wanted, its copy, its reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from crawler import __version__
from crawler.archive import Archive
from crawler.clock import now
from crawler.config import Config
from crawler.errors import CrawlFailedError, InputError
from crawler.garbage import spare_collector
from crawler.ingest import PAGES, VAGUE, Ingest, Source, prepare
from crawler.placing import Prepared
from crawler.site import Site
from crawler.text import named
from crawler.urls import canonical_url, host_key, url_key
from crawler.warc import Capture, Skipped, WarcWriter, read_captures, repair
from crawler.warc_frames import CUT_OFF, DAMAGED
from monitor.period import ALWAYS, Period
from monitor.readers import Readers, read_pages
from spiders import by_host, undeclared

#: Captures per transaction: the most that Archive.store calls a good batch, since nobody waits for a single row.
BATCH = 64

#: Bytes of payloads and records after which a batch is full before that: some are under way at once, in memory.
BATCH_BYTES = 4 * 1024 * 1024

#: Why a record is not taken over. What read_captures skips has its own reasons.
OTHER_HOST, OTHER_TYPE, KNOWN, NO_URL, OUTSIDE, FUTURE = (
    "of another host",
    "no page, image or attachment",
    "already in the archive",
    "no web address",
    "before --since or after --until",
    "dated in the future",
)

#: How far a clock elsewhere may be ahead of ours.
AHEAD = timedelta(days=1)

#: What is taken besides where a site's requisites are kept; layout images are images.
STYLE_SHEET = "text/css"

#: What of a directory is taken for a file of captures.
_ARCHIVE_NAME = re.compile(r"\.(?:w?arc(?:\.gz|\.zst)?|wacz)\Z", re.IGNORECASE)

#: Images, and what articles attach.
_FILE_TYPE = re.compile(
    r"image/|text/rtf|application/(?:pdf|msword|rtf|zip|x-zip|x-rar|rar|x-7z|vnd\.(?:ms-|openxml|oasis|rar))"
)
_FILE_NAME = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|rtf|od[ts]|zip|rar|7z|jpe?g|png|gif|webp)\Z", re.IGNORECASE)

#: What pages are made up with: never wanted, whatever a server calls it.
_FURNITURE = re.compile(r"\.(?:css|js|woff2?|ttf|eot|svg|map)(?:\?.*)?\Z", re.IGNORECASE)

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
    damaged: list[str] = field(default_factory=list)  # the files that could not be read in places


@dataclass(frozen=True, slots=True)
class _Taken:
    """A capture that is wanted and waits to be read or stored."""

    capture: Capture
    site: Site
    origin: str
    name: tuple[str, str, str]


class Importer:
    """Takes captures over into an archive, for as long as the context lasts: read in ``jobs`` processes, stored by one.

    What comes of it is the same however many processes there are. ``any_type``: whoever gives captures has chosen them
    already. ``source``: what ``capture_sources`` says of them.
    Raises StorageError, LockedError, and LuutinError where a process was killed; what was stored stays.
    """

    def __init__(
        self,
        archive: Archive,
        config: Config,
        *,
        any_host: bool = False,
        any_type: bool = False,
        period: Period = ALWAYS,
        jobs: int = 1,
        source: Source = "import",
    ) -> None:
        self._archive, self._any_host, self._any_type = archive, any_host, any_type
        self._period, self._source = period, source
        self._sites: dict[str, Site] = dict(by_host(config))
        self._met: set[str] = set()
        # Those on their way into the archive, which it cannot know yet, by their record types.
        self._under_way: dict[tuple[str, str, str], str] = {}
        self._batch: list[_Taken] = []
        self._held = 0  # bytes of the batch
        read = partial(read_pages, source=source)
        self._readers: Readers[list[tuple[Capture, Site]], list[Prepared], list[_Taken]] = Readers(
            read, jobs=jobs, doing="read pages"
        )
        repair(archive.warc_dir)
        self._writer = WarcWriter(
            archive.warc_dir, prefix=source, software=f"Lưu Tin {__version__}", operator=config.contact.name
        )
        spare_collector()
        self._ingest = Ingest(archive, baseline=True, batch_size=2 * BATCH, before_commit=self._writer.sync)
        self.result = Imported(kept=self._ingest.counts, no_articles=self._ingest.skipped)

    def __enter__(self) -> Self:
        self._readers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with closing(self._writer):
            try:
                if kind is None or issubclass(kind, KeyboardInterrupt | InputError | CrawlFailedError):
                    self.flush()
            finally:
                self._readers.__exit__(kind, error, trace)

    def add(self, path: Path, progress: Progress = lambda _bytes, _records: None) -> None:
        """Takes over what one file holds. Raises InputError where that is not a WARC or WACZ file at all."""
        for found in read_captures(path):
            if isinstance(found, Skipped):
                self.result.skipped[found.reason] += 1
                if found.reason in (DAMAGED, CUT_OFF) and str(path) not in self.result.damaged[-1:]:
                    self.result.damaged.append(str(path))
                continue
            progress(found.location.offset, self.result.records + 1)
            self.take(found, named(path.name))

    def take(self, capture: Capture, origin: str) -> None:
        """Takes over one capture that was read from somebody's file; ``origin`` says where it came from."""
        self.result.records += 1
        if reason := self._take(capture, origin):
            self.result.skipped[reason] += 1

    def flush(self) -> None:
        """Returns when all that was taken is stored."""
        self._send()
        for taken, prepared in self._readers.rest():
            self._store(taken, prepared)

    def _take(self, capture: Capture, origin: str) -> str:
        """Puts one capture on its way; or says why not."""
        if capture.memento_datetime not in self._period:
            return OUTSIDE
        if capture.memento_datetime > now() + AHEAD:  # and would be the newest of its article for ever
            return FUTURE
        try:
            host = host_key(capture.url)
            site = self._sites.get(host) or (undeclared(capture.url) if self._any_host else None)
        except ValueError:
            return NO_URL
        if site is None:
            self.result.hosts[urlsplit(capture.url).hostname or ""] += 1
            return OTHER_HOST
        if not (self._any_type or _wanted(capture) or (site.keep_requisites and capture.media_type == STYLE_SHEET)):
            return OTHER_TYPE
        key = url_key(canonical_url(capture.url, addresses=site.urls), method=capture.method, body=capture.request_body)
        name = (key, capture.memento_datetime.isoformat(), capture.payload_digest)
        if self._has(name, capture):
            return KNOWN
        self._sites[host] = site
        self._meet(site)
        self._under_way[name] = capture.record_type
        self._batch.append(_Taken(capture, site, origin, name))
        self._held += len(capture.payload) + len(capture.raw)
        if len(self._batch) == BATCH or self._held >= BATCH_BYTES:
            self._send()
        return ""

    def _has(self, name: tuple[str, str, str], capture: Capture) -> bool:
        under_way = self._under_way.get(name)
        if under_way is not None and (under_way != "revisit" or capture.record_type == "revisit"):
            return True
        key, _, digest = name
        return self._archive.has_capture(key, capture.memento_datetime, digest, capture.record_type)

    def _send(self) -> None:
        """Hands the batch to those who read, and stores what they have done."""
        batch, self._batch, self._held = self._batch, [], 0
        if not batch:
            return
        # Neither the record's own bytes nor files, of which nothing is read, are worth sending.
        pages = [(replace(t.capture, raw=b"", raw_request=b""), t.site) for t in batch if _is_read(t.capture)]
        for taken, prepared in self._readers.put(pages, batch):
            self._store(taken, prepared)

    def _store(self, batch: list[_Taken], read: list[Prepared]) -> None:
        """Copies the records of a batch and stores it, in one transaction."""
        pages = iter(read)
        for t in batch:
            prepared = next(pages) if _is_read(t.capture) else prepare(t.capture, t.site, source=self._source)
            at = self._writer.copy(t.capture).location
            self._ingest.add(
                replace(prepared, origin=t.origin, warc_file=at.file, warc_offset=at.offset, warc_length=at.length)
            )
        self._ingest.flush()
        for t in batch:
            self._under_way.pop(t.name, None)

    def _meet(self, site: Site) -> None:
        if site.slug not in self._met:
            self._met.add(site.slug)
            self._archive.upsert_sites([site])


def _is_read(capture: Capture) -> bool:
    return bool(capture.payload) and (capture.media_type in PAGES or capture.media_type in VAGUE)


def _wanted(capture: Capture) -> bool:
    """Whether a record is a page, an image or a document: no style sheet, script or font."""
    path = urlsplit(capture.url).path
    if capture.media_type not in VAGUE:
        return may_be_wanted(capture.media_type, path)
    start = capture.payload[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return not start or start.startswith(b"<") or _FILE_NAME.search(path) is not None


def may_be_wanted(media_type: str, url: str) -> bool:
    """The same, as far as a media type and an address tell."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind in PAGES or _FILE_TYPE.match(kind) is not None or (kind in VAGUE and not _FURNITURE.search(url))


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files that are meant: those named, and of directories all WARC, ARC and WACZ files below, by name.

    Raises InputError for a directory that holds none.
    """
    found: list[Path] = []
    for path in paths:
        below = (
            [f for f in path.rglob("*") if _ARCHIVE_NAME.search(f.name) and f.is_file()] if path.is_dir() else [path]
        )
        if not below:
            raise InputError(f"{path} holds no WARC, ARC or WACZ file: name the directory that does.")
        found += sorted(below)
    return found
