"""Replays stored captures through today's rules: their records are read in parallel, one writer takes what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from crawler.archive import Archive, Prepared
from crawler.errors import InputError
from crawler.garbage import spare_collector
from crawler.ingest import extractor_version, prepare
from crawler.placing import FILE
from crawler.rereading import Changes, Stored, groups, stored
from crawler.site import Site
from crawler.warc import Capture, Location, load
from monitor.readers import Readers
from spiders import undeclared

#: Captures that are read, and stored in one transaction, at once; an article's are never divided.
BATCH = 64

Progress = Callable[[str, int, int], None]
"""Called with a site, how many of its captures were read, and how many are to be."""

Work = Sequence[tuple[Stored, Site]]


@dataclass(slots=True)
class Reread:
    """What reading the captures of one site again came to."""

    site: str
    wanted: int = 0  # captures that were read by other rules than today's, or all
    changes: Changes = field(default_factory=Changes)
    unreadable: Counter[str] = field(default_factory=Counter)  # captures that stay as they are, by why
    undeclared: bool = False  # nobody says any more how it is read


class Reextraction:
    """Reads captures of an archive again, for as long as the context lasts; with ``jobs`` processes.

    Raises StorageError, LockedError. What was stored before something went wrong stays, and is not read a second time.
    """

    def __init__(
        self,
        archive: Archive,
        sites: Mapping[str, Site],
        *,
        jobs: int,
        everything: bool = False,
        dry_run: bool = False,
    ) -> None:
        self._archive, self._sites = archive, sites
        self._everything, self._dry_run = everything, dry_run
        read = partial(read_again, archive.warc_dir)
        self._readers: Readers[Work, list[Prepared | str], Work] = Readers(read, jobs=jobs, doing="read pages again")
        spare_collector()

    def __enter__(self) -> Reextraction:
        self._readers.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._readers.__exit__(*error)

    def read(self, slug: str, progress: Progress = lambda _site, _done, _all: None) -> Reread:
        """Reads a site's captures again, those alone that were read by other rules than today's."""
        result = Reread(slug)
        found = groups(self._archive.connection, slug, self._wanted(result))
        result.wanted = sum(map(len, found))
        done = 0
        progress(slug, done, result.wanted)
        for work, read in self._prepared(self._batches(slug, found)):
            self._store(result, work, read)
            done += len(work)
            progress(slug, done, result.wanted)
        return result

    def _wanted(self, result: Reread) -> Callable[[Stored], bool]:
        def wanted(capture: Stored) -> bool:
            site = declared(self._sites, result.site, capture.url)
            result.undeclared |= site is None
            return site is not None and (self._everything or capture.extractor_version != extractor_version(site))

        return wanted

    def _batches(self, slug: str, found: list[list[str]]) -> Iterator[Work]:
        waiting: list[str] = []
        for n, group in enumerate(found, 1):
            waiting += group
            if len(waiting) >= BATCH or n == len(found):
                rows = stored(self._archive.connection, waiting)
                yield [(row, site) for row in rows if (site := declared(self._sites, slug, row.url)) is not None]
                waiting = []

    def _prepared(self, batches: Iterator[Work]) -> Iterator[tuple[Work, list[Prepared | str]]]:
        """Each batch with what its captures are read as, in order, while later ones are being read."""
        for work in batches:
            yield from self._readers.put(work, work)
        yield from self._readers.rest()

    def _store(self, result: Reread, work: Work, read: list[Prepared | str]) -> None:
        captures = []
        for (capture, _), prepared in zip(work, read, strict=True):
            if isinstance(prepared, str):
                result.unreadable[prepared] += 1
            else:
                captures.append((capture, prepared))
        self._archive.reread(result.site, captures, result.changes, read_again=self._one_again, dry_run=self._dry_run)

    def _one_again(self, capture: Stored) -> Prepared | None:
        query = "SELECT site FROM captures WHERE id = ?"
        (slug,) = self._archive.connection.execute(query, (capture.id,)).fetchone()
        site = declared(self._sites, slug, capture.url)
        read = read_again(self._archive.warc_dir, [(capture, site)])[0] if site is not None else ""
        return None if isinstance(read, str) else read


def declared(sites: Mapping[str, Site], slug: str, url: str) -> Site | None:
    """How a capture is read: as its site is declared, or by the generic rules where it never was; None: no more."""
    site = sites.get(slug) or _generic(urlsplit(url).netloc)
    return site if site.slug == slug else None


@lru_cache(maxsize=4096)
def _generic(host: str) -> Site:
    return undeclared(f"http://{host}/")


def read_again(directory: Path, work: Work) -> list[Prepared | str]:
    """Captures as their sites' declarations read them today; a sentence for each whose record cannot be read. Pure."""
    read: list[Prepared | str] = []
    for capture, site in work:
        try:
            read.append(_prepared(directory, capture, site))
        except (InputError, ValueError) as error:
            read.append(str(error))
    return read


def _prepared(directory: Path, capture: Stored, site: Site) -> Prepared:
    if capture.quality == FILE and capture.record_type != "revisit":
        # Nothing in a picture or document is read, and they are most of an archive's bytes: the row says enough.
        return replace(prepare(_file(capture), site, source="import"), content_length=capture.content_length)
    found = load(directory, Location(capture.warc_file, capture.warc_offset, capture.warc_length))
    # An import may have known by another record what a digest in another algorithm stands for.
    return prepare(replace(found, payload_digest=capture.payload_digest), site, source="import")


def _file(capture: Stored) -> Capture:
    return Capture(
        record_id=capture.id,
        record_type=capture.record_type,
        url=capture.url,
        method="GET",
        request_body_digest=None,
        memento_datetime=datetime.fromisoformat(capture.memento_datetime),
        status=capture.status_code,
        headers=(),
        media_type=capture.media_type or "",
        payload=b"-",
        payload_digest=capture.payload_digest,
        location=Location(capture.warc_file, capture.warc_offset, capture.warc_length),
    )
