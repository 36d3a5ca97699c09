"""Reading stored WARC files in processes of their own, part by part: what a rebuild stores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import cast

from crawler.archive import Prepared
from crawler.config import Config
from crawler.ingest import Source, prepare
from crawler.replaying import Place, Replay
from crawler.site import Site
from crawler.urls import host_key
from crawler.warc import Capture, Skipped
from crawler.warc_read import read_on
from monitor.child import begin_helping
from spiders import by_host, registry, undeclared

#: Captures that are read, and stored in one transaction, at once.
BATCH = 64


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file: from a record's offset on. ``crawl_id``, ``site``: of our own crawls' files."""

    file: str
    offset: int
    crawl_id: str | None
    site: str | None

    @property
    def source(self) -> Source:
        """Where its captures came from, as far as the file tells."""
        if self.crawl_id:
            return "live"
        return "backfill" if self.file.startswith("backfill-") else "import"

    def after(self, found: ReadPart) -> Part | None:
        """The part behind this one; None at the file's end."""
        return None if found.next is None else replace(self, offset=found.next)


@dataclass(slots=True)
class ReadPart:
    """What a part holds, and where the next one begins."""

    captures: list[Prepared] = field(default_factory=list)
    unreadable: Counter[str] = field(default_factory=Counter)
    next: int | None = None


class Reader:
    """What a reading process knows: how each site is read, whose each record is."""

    def __init__(self, directory: Path, journal: Path, config: Config) -> None:
        self.directory, self.replay = directory, Replay(journal)
        self.sites, self.hosts = registry(config), by_host(config)

    def read(self, part: Part) -> ReadPart:
        """Reads a part. Raises OSError."""
        found = ReadPart()
        upto = part.offset
        records = list(islice(read_on(self.directory / part.file, part.file, part.offset), BATCH))
        for record in records:
            if isinstance(record, Skipped):
                found.unreadable[record.reason] += 1
                upto = max(upto, record.offset + 1)
            elif not record.location.length:
                found.unreadable["a record without a gzip member of its own"] += 1
            else:
                upto = record.location.offset + record.location.length
                self._take(record, part, found)
        found.next = upto if len(records) == BATCH and upto > part.offset else None
        return found

    def _take(self, capture: Capture, part: Part, found: ReadPart) -> None:
        try:
            found.captures.append(self.prepared(capture, part))
        except ValueError:
            found.unreadable["no web address"] += 1

    def prepared(self, capture: Capture, part: Part) -> Prepared:
        """A capture of a part, read. Raises ValueError where its URL is no web address."""
        place = self.replay.place(part.file, capture.location.offset)
        if place is None:
            site = self.sites.get(part.site or "") or self._by_host(capture.url, part.site)
            place = Place(
                *(capture.record_id, site.slug, part.crawl_id, capture.payload_digest),
                *(part.source, ""),
            )
        capture = replace(capture, record_id=place.capture_id, payload_digest=place.payload_digest)
        p = prepare(
            capture,
            whose(self.sites, place.site, capture.url),
            source=cast(Source, place.source),
            crawl_id=place.crawl_id,
            origin=place.origin,
        )
        return replace(p, follow=())

    def _by_host(self, url: str, slug: str | None) -> Site:
        if slug is not None:
            return whose(self.sites, slug, url)
        return self.hosts.get(host_key(url)) or undeclared(url)


def whose(sites: Mapping[str, Site], slug: str, url: str) -> Site:
    """How a site's pages are read: as it is declared, or by the generic rules where nobody declares it any more."""
    return sites.get(slug) or replace(undeclared(url), slug=slug)


_reader: Reader | None = None


def prepare_reading(directory: Path, journal: Path, config: Config) -> None:
    """In a reading process: what it needs for each part."""
    global _reader
    begin_helping()
    _reader = Reader(directory, journal, config)


def read_part(part: Part) -> ReadPart:
    """Reads a part, in a process that was prepared."""
    assert _reader is not None
    return _reader.read(part)
