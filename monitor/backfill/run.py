"""A backfill of one site: what an index lists of it and the archive has not, fetched and taken in."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit

from crawler.archive import Archive
from crawler.clock import timestamp
from crawler.config import Config
from crawler.errors import CrawlFailedError, InputError
from crawler.site import Site
from crawler.urls import canonical_url, host_key, is_article, is_denied, url_key
from crawler.warc import Capture
from monitor import cdx
from monitor.backfill import common_crawl, wayback
from monitor.backfill.service import NoAnswerError, Service
from monitor.importing import STYLE_SHEET, Imported, Importer, may_be_wanted
from monitor.period import ALWAYS, Period
from spiders import declared

#: Seconds after which what was fetched is stored: no more than that is fetched again after a kill.
PATIENCE = 5.0

#: What the sentences about a request begin with.
_ADDRESS = re.compile(r"^https?://\S+ ")

#: Answers of a site that say something about a page. What was refused, or failed, says something about a moment.
_TELLING = frozenset({*range(200, 400), 404, 410})


class Source(Protocol):
    """A web archive's index and captures."""

    def rows(self, service: Service, host: str, period: Period) -> Iterator[cdx.Row]: ...
    def capture(self, service: Service, row: cdx.Row) -> Capture | str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a site is wanted: its articles, and perhaps more."""

    period: Period = ALWAYS
    sections: bool = False  # also its listings
    everything: bool = False  # also all other pages, pictures and documents
    every_capture: bool = False  # also those with the digest of the one before
    limit: int | None = None  # captures fetched at most


@dataclass(slots=True)
class Backfilled:
    """What a backfill came to, or how far it is."""

    listed: int = 0  # rows of the index
    known: int = 0  # of those that are wanted, already in the archive
    fetched: int = 0
    failed: Counter[str] = field(default_factory=Counter)  # captures that could not be had, by reason
    imported: Imported = field(default_factory=Imported)


Progress = Callable[[Backfilled], None]


def open_source(url: str, captures: str | None, site: Site, config: Config) -> tuple[Service, Source]:
    """The web archive at an address. Raises InputError where there is none that is understood."""
    for option, address in (("--from", url), ("--captures", captures)):
        split = urlsplit(address or "")
        if address is not None and (split.scheme not in ("http", "https") or not split.hostname):
            raise InputError(f"{option} {address} is not a web address: write it like https://web.archive.org/.")
    if common_crawl.is_one(url):
        data = captures or common_crawl.DATA
        return Service([url, data], config), common_crawl.CommonCrawl(url, data if data.endswith("/") else f"{data}/")
    service = Service([url, *([captures] if captures else [])], config)
    found = wayback.find(service, url, hosts(site)[0])
    return service, wayback.Wayback(found.index, captures) if captures else found


def hosts(site: Site) -> list[str]:
    """Every host at which a site is or was, the present one first, those that luutin.toml has replaced last."""
    was = (host for other in declared() if other.slug == site.slug for host in sorted(other.hosts))
    found: dict[str, str] = {}
    for host in (urlsplit(site.home_url).netloc.lower(), *sorted(site.hosts), *was):
        found.setdefault(host_key(f"http://{host}/"), host)
    return list(found.values())


class Backfill:
    """One run; what an earlier one has stored is not asked for again."""

    def __init__(self, archive: Archive, config: Config, site: Site, wanted: Wanted, *, origin: str) -> None:
        self._archive, self._config, self._site, self._wanted = archive, config, site, wanted
        self._origin = origin
        self._listings = {urlsplit(site.listing_url(s)).path.rstrip("/") for s in site.sections}
        self.result = Backfilled()

    def run(self, service: Service, source: Source, progress: Progress = lambda _: None) -> Backfilled:
        """Goes through the index of each host. Raises InputError, CrawlFailedError; what was fetched is kept."""
        result, stored = self.result, time.monotonic()
        with Importer(self._archive, self._config, period=self._wanted.period, source="backfill") as importer:
            result.imported = importer.result
            for row in self._explained(self._missing(service, source)):
                if self._wanted.limit is not None and result.fetched >= self._wanted.limit:
                    break
                try:
                    capture = source.capture(service, row)
                except (InputError, NoAnswerError) as error:
                    capture = _ADDRESS.sub("", str(error)).partition(": ")[0].rstrip(".")  # the same ones are counted
                result.fetched += 1
                if isinstance(capture, str):
                    result.failed[capture] += 1
                else:
                    importer.take(capture, self._origin)
                if time.monotonic() - stored >= PATIENCE:
                    importer.flush()
                    stored = time.monotonic()
                progress(result)
        return result

    def _explained(self, rows: Iterator[cdx.Row]) -> Iterator[cdx.Row]:
        """The rows; where the index answers no more, what to do about that."""
        try:
            yield from rows
        except NoAnswerError as error:
            raise CrawlFailedError(
                f"The index gives no more ({str(error).rstrip('.')}); what was fetched is kept: go on later with the"
                " same command."
            ) from error

    def _missing(self, service: Service, source: Source) -> Iterator[cdx.Row]:
        """What is wanted and not in the archive."""
        for host in hosts(self._site):
            rows = self._listed(source.rows(service, host, self._wanted.period))
            for row in rows if self._wanted.every_capture else cdx.without_repeats(rows):
                if self._is_known(row):
                    self.result.known += 1
                else:
                    yield row

    def _listed(self, rows: Iterator[cdx.Row]) -> Iterator[cdx.Row]:
        for row in rows:
            self.result.listed += 1
            if row.moment in self._wanted.period and self._is_wanted(row):
                yield row

    def _is_wanted(self, row: cdx.Row) -> bool:
        if row.status is not None and row.status not in _TELLING:
            return False
        try:
            url = canonical_url(row.url, addresses=self._site.urls)
        except ValueError:
            return False
        if self._wanted.everything:
            if self._site.keep_requisites and row.mime == STYLE_SHEET:
                return True
            return may_be_wanted("" if row.mime in ("warc/revisit", "unk") else row.mime, url)
        if is_denied(url, self._site.urls):
            return False
        is_listing = self._wanted.sections and urlsplit(url).path.rstrip("/") in self._listings
        return is_listing or is_article(url, self._site.urls)

    def _is_known(self, row: cdx.Row) -> bool:
        """Whether the archive has the capture, from whomever: our own times are finer than an index's seconds."""
        key = url_key(canonical_url(row.url, addresses=self._site.urls))
        query = (
            "SELECT 1 FROM captures WHERE url_key = ? AND memento_datetime >= ? AND memento_datetime < ?"
            " AND (?4 IS NULL OR status_code IS ?4 OR record_type = 'revisit')"
        )
        span: Sequence[str] = (timestamp(row.moment), timestamp(row.moment + timedelta(seconds=1)))
        return self._archive.connection.execute(query, (key, *span, row.status)).fetchone() is not None
