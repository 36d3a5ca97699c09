"""``luutin run``: a crawl of all sites every night, and the served archive, until somebody ends it; or one night alone.

What is due is a function of the clock and of the crawls in the archive, asked for again and again, and once more under
the lock: whatever clocks, sleep and kills do between two looks, a night is neither crawled twice nor forgotten.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from filelock import FileLock, Timeout

from crawler.archive import Archive
from crawler.clock import HO_CHI_MINH, now, timestamp
from crawler.config import Config, load
from crawler.errors import LockedError, LuutinError
from crawler.site import Site
from monitor import aftermath
from monitor.almanac import Almanac, Span, by_call
from monitor.clocks import ahead
from monitor.crawls import CrawlResult, Crawls, Observer, Order, run_lock
from monitor.custody import conclude
from monitor.leftover import studying
from monitor.notify import Delivered, next_attempt
from monitor.removals import close
from monitor.serve import serving
from monitor.stopping import Stop
from monitor.withholding import end_embargoes
from spiders import registry

logger = logging.getLogger(__name__)

#: Seconds between two looks at what is due. Short, for a machine that wakes up finds its night by the next look; the
#: look itself is a few rows read.
LOOK = 20

#: Seconds between two lines about a crawl that goes on.
TELL_EVERY = 600.0

_DONE = """
SELECT 1 FROM crawls WHERE site = :site AND reason = 'night' AND started < :until AND (
    (started >= :tonight AND outcome <> 'interrupted') OR (started >= :since AND outcome IN ('complete', 'limited')))
"""
_LATEST = "SELECT max(started) FROM crawls WHERE site = ? AND reason = 'night' AND started < ?"

Spans = Callable[[datetime, int], Span]
"""Where a crawl counts at a moment, for a site that is crawled every so many nights."""


class Log:
    """Tells in the log how crawls come along."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def started(self, site: str) -> None:
        """A crawl has begun."""
        self._told[site] = time.monotonic()
        logger.info("%s: crawl started", site)

    def moved(self, result: CrawlResult) -> None:
        """A crawl has come so far: a line now and then."""
        if time.monotonic() - self._told[result.site] >= TELL_EVERY:
            self._told[result.site] = time.monotonic()
            self._line(logging.INFO, result)

    def ended(self, result: CrawlResult) -> None:
        """A crawl is over."""
        self._line(logging.INFO if result.good else logging.ERROR, result)

    def studied(self, done: int, of: int) -> None:
        """So many changes of articles have been studied."""
        if done == of:
            logger.info("Citations and similar texts: %d articles studied", done)

    @staticmethod
    def _line(level: int, result: CrawlResult) -> None:
        logger.log(
            level,
            "%s: %s; %d listings, %d new, %d changed, %d errors, %d requests in %.0f s%s",
            *(result.site, result.outcome, result.listings, result.new, result.changed, result.errors),
            *(result.requests, result.seconds, f" ({result.why})" if result.why else ""),
        )


@dataclass(slots=True)
class Night:
    """What a night came to: a result for each site that was due, the sites that were not, and the messages."""

    results: list[CrawlResult] = field(default_factory=list)
    rested: list[str] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)


def missing(data: Path, config: Config, sites: Mapping[str, Site], moment: datetime, spans: Spans) -> list[Site]:
    """The sites that tonight should crawl and, as ``crawls`` says, did not: none, or one that was cut short.

    A crawl that failed is not tried again before the next night; its site may be in trouble.
    """
    wanted = [site for site in sites.values() if config.crawlable(site)]
    if not (data / "archive.db").is_file():
        return wanted
    with Archive(data, read_only=True) as archive:

        def done(site: Site) -> bool:
            span = spans(moment, config.every_nights(site))
            bounds = {name: timestamp(getattr(span, name)) for name in ("since", "tonight", "until")}
            return archive.connection.execute(_DONE, {"site": site.slug} | bounds).fetchone() is not None

        return [site for site in wanted if not done(site)]


def crawl(
    data: Path, config: Config, config_file: str, *, spans: Spans, stop: Stop, observer: Observer | None = None
) -> Night:
    """Crawls what is due, after a run that somebody started by hand, and tells what is to be told.

    Raises LockedError, StorageError, CrawlFailedError where a clock is wrong.
    """
    with run_lock(data, patience=3600 * config.night.longest_hours, stop=stop) as lock, Archive(data) as archive:
        sites = registry(config)
        due = missing(data, config, sites, now(), spans)
        rested = [s for s in sites.values() if config.crawlable(s) and s not in due]
        aftermath.catch_up(archive, rested, config)
        for site in sites.values():
            close(archive, site)
        end_embargoes(archive, sites)
        night = Night(rested=[site.slug for site in rested])
        logger.info("Tonight: %s", ", ".join(site.slug for site in due) or "nothing to crawl")
        if due and not stop.is_set():
            crawls = Crawls(lock, config, config_file, observer or Log(), stop)
            night.results = crawls.run(Order(sites=due, reason="night"))
            night.delivered = crawls.delivered
            logger.info("Night over: %d of %d crawls did their job", sum(r.good for r in night.results), len(due))
        else:
            night.delivered = aftermath.tell(archive, config, stop)
        if conclude(archive, config, sites, stop.is_set):
            night.delivered += aftermath.tell(archive, config, stop)
        return night


@dataclass(slots=True)
class Nights:
    """The nightly run of one archive. ``luutin.toml`` is read again each night, but for when nights begin."""

    data: Path
    config: Config
    config_file: str
    stop: Stop
    crawl: Callable[..., Night] = crawl
    times: Almanac = field(init=False)
    _tried: datetime | None = None

    def __post_init__(self) -> None:
        self.times = Almanac.of(self.config.night, self.data)

    def look(self) -> None:
        """Crawls if a night has begun that this process has not tried. Never raises: whatever happens, the next comes.

        Otherwise sends what waited for a later attempt.
        """
        with _logged():
            tonight = self.times.last(now())
            if tonight == self._tried:
                self._send_again()
                return
            self._tried = tonight  # whatever comes of it, another attempt is the next night's
            self._night(tonight)
        logger.info("Next night: %s", self.next_start().isoformat(timespec="minutes"))

    def next_start(self) -> datetime:
        """When the next night begins."""
        return self.times.starts(self.times.after(self.times.last(now())))

    def _night(self, tonight: datetime) -> None:
        self.config = load(self.config_file or None)
        self._warn(tonight)
        try:
            self.crawl(self.data, self.config, self.config_file, spans=self.times.span, stop=self.stop)
        except LockedError:
            if not self.stop.is_set():
                raise

    def _warn(self, tonight: datetime) -> None:
        """Says what must not go unsaid: nights that did not take place, and a clock that went back."""
        moment, gone = now(), 0
        with Archive(self.data, read_only=True) as archive:  # in nobody's way: a night waits for a rebuild
            db = archive.connection
            for site in missing(self.data, self.config, registry(self.config), moment, self.times.span):
                (latest,) = db.execute(_LATEST, (site.slug, timestamp(tonight))).fetchone()
                if latest is not None:
                    nights = self.times.gone_by(self.times.last(datetime.fromisoformat(latest)), tonight)
                    gone = max(gone, nights + 1 - self.config.every_nights(site))
            newest = ahead(db)
        if gone > 0:
            logger.warning("%d nights did not take place; they are made up for once, now", gone)
        if newest:
            logger.warning("It is %s, but a crawl began at %s: is the clock right?", timestamp(moment), newest)

    def _send_again(self) -> None:
        if not self.config.notify:
            return
        with Archive(self.data) as archive:
            due = next_attempt(archive)
            if due is not None and due <= now():
                aftermath.tell(archive, self.config, self.stop)
                archive.write_journal()

    def scheduler(self) -> BackgroundScheduler:
        """A scheduler that looks at once and then again and again, never twice at the same time."""
        scheduler = BackgroundScheduler(timezone=HO_CHI_MINH, executors={"default": ThreadPoolExecutor(1)})
        scheduler.add_job(
            self.look,
            "interval",
            seconds=LOOK,
            id="look",
            next_run_time=datetime.now(HO_CHI_MINH),
            misfire_grace_time=None,  # a look is never too late
            coalesce=True,
            max_instances=1,
        )
        return scheduler


@contextmanager
def _logged() -> Iterator[None]:
    try:
        yield
    except LuutinError as error:
        logger.error("%s", error)
    except Exception:
        logger.exception("The night failed; the next one will be tried.")


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Makes the archive where there is none, and keeps every other ``luutin run`` off it."""
    with suppress(LockedError):  # a rebuild makes it; a night waits for that
        Archive(data).close()
    lock = FileLock(data / "nights.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(f"Another luutin run is at work on {data}: one is enough; stop it first.") from None
    try:
        yield
    finally:
        lock.release()


def once(data: Path, config: Config, config_file: str, *, stop: Stop, observer: Observer | None = None) -> Night:
    """Crawls each site whose last nightly crawl is not of this night, and says what came of it.

    Raises LockedError where another ``luutin run`` is at work or a crawl takes too long, StorageError, CrawlFailedError
    where a clock is wrong.
    """
    with _alone(data):
        return crawl(data, config, config_file, spans=by_call, stop=stop, observer=observer)


def run(data: Path, config: Config, config_file: str, *, host: str, port: int, stop: Stop) -> None:
    """Serves the archive and crawls every night, until ``stop`` is set; then ends both within ten seconds.

    Raises InputError where the address cannot be listened on, StorageError where the archive cannot be made,
    LockedError where another one runs.
    """
    base_url = config.archive.public_base_url or ""
    with _alone(data):
        scheduler = Nights(data, config, config_file, stop).scheduler()
        curators = config.serve.passwords
        with (
            serving(
                data, host=host, port=port, base_url=base_url, curators=curators, custom_sql=config.serve.custom_sql
            ) as address,
            studying(data, stop),
        ):
            logger.info("Serving %s at %s", data, address)
            scheduler.start()
            stop.wait()
            logger.info("Ending")
        # The crawls have been ending by themselves while the server did: both heard of the stop at the same moment.
        scheduler.shutdown(wait=True)
