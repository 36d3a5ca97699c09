"""``luutin run``: a crawl of all sites every night, and the served archive, until somebody ends it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from filelock import FileLock, Timeout

from crawler.archive import Archive
from crawler.clock import HO_CHI_MINH, now, timestamp
from crawler.config import Config, load
from crawler.errors import LockedError, LuutinError
from crawler.site import Site
from monitor.crawls import LONGEST, CrawlResult, Crawls, Order, run_lock
from monitor.serve import serving
from monitor.stopping import Stop
from spiders import registry

logger = logging.getLogger(__name__)

#: Seconds by which a night may be late (a machine that slept) and still take place; APScheduler allows one.
A_DAY = 24 * 60 * 60

#: What makes crawls of a night; tests put their own in its place.
Crawl = Callable[[Path, Config, str, list[Site], Stop], list[CrawlResult]]


class Log:
    """Tells in the log how crawls come along."""

    def started(self, site: str) -> None:
        """A crawl has begun."""
        logger.info("%s: crawl started", site)

    def moved(self, result: CrawlResult) -> None:
        """Nothing: a night has thousands of such moments."""

    def ended(self, result: CrawlResult) -> None:
        """A crawl is over."""
        logger.log(
            logging.INFO if result.good else logging.ERROR,
            "%s: %s; %d listings, %d new, %d changed, %d errors, %d requests in %.0f s%s",
            *(result.site, result.outcome, result.listings, result.new, result.changed, result.errors),
            *(result.requests, result.seconds, f" ({result.why})" if result.why else ""),
        )


def crawl(data: Path, config: Config, config_file: str, sites: list[Site], stop: Stop) -> list[CrawlResult]:
    """Crawls ``sites``, after a run that somebody started by hand. Raises LockedError, StorageError."""
    with run_lock(data, patience=LONGEST.total_seconds(), stop=stop) as lock:
        still = {site.slug for site in missing(data, config, registry(config), now())}  # another may have done it
        due = [site for site in sites if site.slug in still]
        return Crawls(lock, config, config_file, Log(), stop).run(Order(sites=due, reason="night")) if due else []


@dataclass(slots=True)
class Nights:
    """The nightly run of one archive. ``luutin.toml`` is read again each night."""

    data: Path
    config_file: str
    stop: Stop
    crawl: Crawl = crawl

    def night(self) -> None:
        """Crawls what tonight has not seen a crawl of. Never raises: the next night comes whatever happened in this."""
        try:
            config = load(self.config_file or None)
            due = missing(self.data, config, registry(config), now())
            logger.info("Night: %s", ", ".join(site.slug for site in due) or "nothing to crawl")
            if due:
                results = self.crawl(self.data, config, self.config_file, due, self.stop)
                logger.info("Night over: %d of %d crawls did their job", sum(r.good for r in results), len(results))
        except LockedError as error:
            logger.error("%s", "Stopped." if self.stop.is_set() else error)
        except LuutinError as error:
            logger.error("%s", error)
        except Exception:
            logger.exception("The night failed; the next one will be tried.")

    def scheduler(self, config: Config) -> BackgroundScheduler:
        """A scheduler with the nightly job, which begins at once where the last night did not take place."""
        scheduler = BackgroundScheduler(timezone=HO_CHI_MINH, executors={"default": ThreadPoolExecutor(1)})
        missed = missing(self.data, config, registry(config), now())
        if missed:
            logger.info("Making up for the last night: %s", ", ".join(site.slug for site in missed))
        hour, minute = config.night.at.split(":")
        scheduler.add_job(
            self.night,
            CronTrigger(hour=int(hour), minute=int(minute), timezone=HO_CHI_MINH),  # it does not ask the scheduler
            id="night",
            misfire_grace_time=A_DAY,
            coalesce=True,
            max_instances=1,
            **({"next_run_time": datetime.now(HO_CHI_MINH)} if missed else {}),
        )
        return scheduler


def last_night(at: str, moment: datetime) -> datetime:
    """The latest time not after ``moment`` at which a night was to begin. ``at``: HH:MM in Asia/Ho_Chi_Minh."""
    local = moment.astimezone(HO_CHI_MINH)
    begin = datetime.combine(local.date(), time.fromisoformat(at), HO_CHI_MINH)
    return begin if begin <= local else begin - timedelta(days=1)


def missing(data: Path, config: Config, sites: Mapping[str, Site], moment: datetime) -> list[Site]:
    """The sites that the last night should have crawled and, as ``crawls`` says, did not: none, or one cut short.

    A crawl that failed is not tried again before the next night; its site may be in trouble.
    """
    wanted = [site for site in sites.values() if config.crawlable(site)]
    if not (data / "archive.db").is_file():
        return wanted
    since = timestamp(last_night(config.night.at, moment))
    with Archive(data, read_only=True) as archive:
        done = {
            slug
            for (slug,) in archive.connection.execute(
                "SELECT site FROM crawls WHERE reason = 'night' AND started >= ? AND outcome != 'interrupted'", (since,)
            )
        }
    return [site for site in wanted if site.slug not in done]


def run(data: Path, config: Config, config_file: str, *, host: str, port: int, stop: Stop) -> None:
    """Serves the archive and crawls every night, until ``stop`` is set; then ends both within ten seconds.

    Raises InputError where the address cannot be listened on, StorageError where the archive cannot be made,
    LockedError where another one runs.
    """
    Archive(data).close()
    alone = FileLock(data / "nights.lock")
    try:
        alone.acquire(timeout=0)
    except Timeout:
        raise LockedError(f"Another luutin run is at work on {data}: one is enough; stop it first.") from None
    with alone:
        _run(data, config, config_file, host=host, port=port, stop=stop)


def _run(data: Path, config: Config, config_file: str, *, host: str, port: int, stop: Stop) -> None:
    scheduler = Nights(data, config_file, stop).scheduler(config)
    base_url = config.archive.public_base_url or ""
    with serving(data, host=host, port=port, base_url=base_url) as address:
        logger.info("Serving %s at %s", data, address)
        scheduler.start()
        logger.info("Next night: %s", scheduler.get_job("night").next_run_time.isoformat(timespec="minutes"))
        stop.wait()
        logger.info("Ending")
    # The crawls have been ending by themselves while the server did: both heard of the stop at the same moment.
    scheduler.shutdown(wait=True)
