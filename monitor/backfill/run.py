"""A backfill of one site: what an index lists of it and the archive has not, fetched and taken in."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Protocol
from urllib.parse import urlsplit

from crawler.archive import Archive
from crawler.clock import now, timestamp
from crawler.config import Config
from crawler.errors import CrawlFailedError, InputError
from crawler.site import Site
from crawler.urls import canonical_url, host_key, is_article, is_denied, url_key
from crawler.warc import Capture
from monitor import cdx
from monitor.backfill import common_crawl, wayback
from monitor.backfill.service import DownError, NoAnswerError, Service, in_turn
from monitor.importing import AHEAD, STYLE_SHEET, Imported, Importer, may_be_wanted
from monitor.period import ALWAYS, Period
from spiders import declared

#: Seconds after which what was fetched is stored: no more than that is fetched again after a kill.
PATIENCE = 5.0

#: Rows of which one is tried where an archive seems to be down and none is known that it has given.
_FURTHER = 1000

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
    limit: int | None = None  # captures taken at most


@dataclass(slots=True)
class Backfilled:
    """What a backfill came to, or how far it is."""

    listed: int = 0  # rows of the index
    known: int = 0  # of those that are wanted, already in the archive
    fetched: int = 0
    failed: Counter[str] = field(default_factory=Counter)  # captures that could not be had, by reason
    imported: Imported = field(default_factory=Imported)

    @property
    def taken(self) -> int:
        """Captures that were had."""
        return self.fetched - self.failed.total()


Progress = Callable[[Backfilled], None]


def open_source(url: str, captures: str | None, site: Site, config: Config) -> tuple[Service, Source]:
    """The web archive at an address. Raises InputError where there is none that is understood."""
    for option, address in (("--from", url), ("--captures", captures)):
        if address is not None and not _is_web(address):
            raise InputError(f"{option} {address} is not a web address: write it like https://web.archive.org/.")
    if common_crawl.is_one(url):
        data = captures or common_crawl.DATA
        return Service([url, data], config), common_crawl.CommonCrawl(url, data if data.endswith("/") else f"{data}/")
    service = Service([url, *([captures] if captures else [])], config)
    found = wayback.find(service, url, hosts(site)[0])
    return service, wayback.Wayback(found.index, captures) if captures else found


def _is_web(address: str) -> bool:
    try:
        return bool(canonical_url(address)) and urlsplit(address).username is None
    except ValueError:
        return False


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
        self._hosts = {host: host_key(f"http://{host}/") for host in hosts(site)}
        self._rows: Iterator[cdx.Row] = iter(())
        self._had: cdx.Row | None = None  # the last that the archive is known to have given, to somebody
        self._missed: set[cdx.Row] = set()
        self.result = Backfilled()

    def run(self, service: Service, source: Source, progress: Progress = lambda _: None) -> Backfilled:
        """Goes through the index of each host. Raises InputError, CrawlFailedError; what was fetched is kept."""
        result, stored = self.result, time.monotonic()
        period = self._wanted.period
        # Of any type: what turns out to be of another than the index said, and is not kept, each run would fetch again.
        with Importer(self._archive, self._config, any_type=True, period=period, source="backfill") as importer:
            result.imported = importer.result
            self._rows = self._explained(self._missing(service, source))
            while self._wanted.limit is None or result.taken < self._wanted.limit:
                if (row := next(self._rows, None)) is None:
                    break
                capture = self._capture(service, source, row)
                result.fetched += 1
                if isinstance(capture, str):
                    result.failed[capture] += 1
                    self._missed.add(row)
                else:
                    importer.take(capture, self._origin)
                    self._had = row
                if time.monotonic() - stored >= PATIENCE:
                    importer.flush()
                    stored = time.monotonic()
                progress(result)
        return result

    def _capture(self, service: Service, source: Source, row: cdx.Row) -> Capture | str:
        """The capture of a row, or why there is none. Raises CrawlFailedError where the archive gives none at all."""
        try:
            return source.capture(service, row)
        except DownError as error:
            if not self._gives_others(service, source):
                raise
            said = error.reason
        except (InputError, NoAnswerError) as error:
            said = str(error)
        return _ADDRESS.sub("", said).partition(": ")[0].rstrip(".")  # the same ones are counted

    def _gives_others(self, service: Service, source: Source) -> bool:
        """Whether the archive still gives what it gave before: then it is not down, but lacks what it lists.

        Where it gave nothing yet, one of those that follow is tried, another one in each run; where none does, no
        harm is in going on.
        """
        if self._had is None:
            further = list(islice(self._rows, _FURTHER))
            self._rows = chain(further, self._rows)
            if not further:
                return True
            other = random.choice(further)  # noqa: S311 - no secret
        else:
            other = self._had
        try:
            source.capture(service, other)
        except (InputError, NoAnswerError, DownError):
            return False
        self._had = other
        return True

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
        rows = self._listed(in_turn(self._hosts, lambda host: source.rows(service, host, self._wanted.period)))
        for row in rows if self._wanted.every_capture else cdx.without_repeats(rows, self._missed):
            if self._is_known(row):
                self.result.known += 1
                self._had = row
            else:
                yield row

    def _listed(self, rows: Iterator[cdx.Row]) -> Iterator[cdx.Row]:
        latest = now() + AHEAD
        for row in rows:
            self.result.listed += 1
            if row.moment in self._wanted.period and row.moment <= latest and self._is_wanted(row):
                yield row

    def _is_wanted(self, row: cdx.Row) -> bool:
        if row.status is not None and row.status not in _TELLING:
            return False
        try:
            url = canonical_url(row.url, addresses=self._site.urls)
            host = host_key(url)
        except ValueError:
            return False
        if host not in self._hosts.values():
            return False
        if self._wanted.everything and self._site.keep_requisites and row.mime == STYLE_SHEET:
            return True
        # "unk" and the like are no types; what a revisit is of, its row does not say.
        if not may_be_wanted("" if "/" not in row.mime or row.mime == cdx.REVISIT else row.mime, url):
            return False
        if self._wanted.everything:
            return True
        if is_denied(url, self._site.urls):
            return False
        is_listing = self._wanted.sections and urlsplit(url).path.rstrip("/") in self._listings
        return is_listing or is_article(url, self._site.urls)

    def _is_known(self, row: cdx.Row) -> bool:
        """Whether the archive has the capture, from whomever: our own times are finer than an index's seconds."""
        key = url_key(canonical_url(row.url, addresses=self._site.urls))
        query = (
            "SELECT 1 FROM captures WHERE url_key = ? AND memento_datetime BETWEEN ? AND ?"
            " AND (?4 IS NULL OR status_code IS ?4 OR record_type = 'revisit')"
        )
        span = (timestamp(row.moment), timestamp(row.moment.replace(microsecond=999_999)))
        return self._archive.connection.execute(query, (key, *span, row.status)).fetchone() is not None
