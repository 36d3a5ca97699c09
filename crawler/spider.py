"""SiteSpider: a site's listings, its articles, their files and revisits, as Scrapy requests."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.exceptions import DontCloseSpider, DownloadCancelledError, IgnoreRequest

from crawler import __version__, clock
from crawler.archive import Archive
from crawler.asking import Asking, Held, edited
from crawler.config import Config, load
from crawler.content_coding import TooLargeError, decode
from crawler.errors import InputError, LuutinError, or_exit
from crawler.frontier import END, FILES, PASSING, FrontierRow, dumps, skipped_as
from crawler.garbage import spare_collector
from crawler.guard import Guard
from crawler.links import Listing, NextPage, listing_links
from crawler.middlewares import CAPTURE, PREPARED, LaterError
from crawler.pipelines import Intake, Requisites
from crawler.placing import Prepared
from crawler.site import Section, Site
from crawler.tally import Walk
from crawler.warc import Capture, WarcWriter, repair

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

T = TypeVar("T")

logger = logging.getLogger(__name__)

#: Loggers of Scrapy that list components and settings at each start, or tell with a traceback what is told without.
LOUD = dict.fromkeys(("addons", "core.engine", "crawler", "middleware", "utils.log"), logging.WARNING)
LOUD["downloadermiddlewares.robotstxt"] = logging.CRITICAL

#: Frontier rows asked for at a time, and the number of unanswered ones at which more are asked for.
LEASE, LOW = 64, 16

#: Listings come before what they list: what was published last is then known before anything is fetched.
LISTING, ARTICLE = 100, 0

#: When an article that failed is tried again: twice as long after each attempt, from the first to at most the second.
AGAIN = (timedelta(hours=12), timedelta(days=30))

#: An address that still stands in the frontier after so many answers in one night goes round in circles.
MOST_TIMES = 4


class SiteSpider(scrapy.Spider):
    """The spider of a site: subclasses declare ``name`` and ``site``, nothing else.

    Arguments (``-a``): ``full=1`` walks the listings to their ends, ``limit=N`` fetches at most N articles,
    ``reason`` is noted with the crawl.
    """

    site: Site
    #: How the process of a crawl that failed by our own fault should end; Scrapy's own is 0 whatever happened.
    exit_code: ClassVar[int] = 0

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """What luutin.toml says of every crawl. Ends the process with a sentence where it says nonsense."""
        super().update_settings(settings)
        config = or_exit(lambda: load(settings.get("LUUTIN_CONFIG")))
        polite, budget = config.politeness, config.budget
        for key, value in {
            "USER_AGENT": config.user_agent,
            "DOWNLOAD_DELAY": polite.delay_seconds,
            "DOWNLOAD_TIMEOUT": polite.timeout_seconds,
            "DOWNLOAD_MAXSIZE": budget.page_bytes,
            # Both: without a delay Scrapy 2.19 starts all that waits for a host before it counts what it has started.
            "CONCURRENT_REQUESTS": polite.concurrent_requests_per_host,
            "CONCURRENT_REQUESTS_PER_DOMAIN": polite.concurrent_requests_per_host,
            "RETRY_TIMES": polite.max_retries,
        }.items():
            settings.set(key, value, priority="spider")
        if cls.site.pages.kind == "postback":  # which may need a session
            settings["DOWNLOADER_MIDDLEWARES"].set("scrapy.downloadermiddlewares.cookies.CookiesMiddleware", 700)
            _keep_cookies_offline()
        for name, level in LOUD.items():
            logging.getLogger(f"scrapy.{name}").setLevel(level)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SiteSpider:
        """Opens the archive and begins a crawl. Ends the process with a sentence where that is impossible."""
        spider: SiteSpider = super().from_crawler(crawler, *args, **kwargs)
        config = load(crawler.settings.get("LUUTIN_CONFIG"))
        or_exit(lambda: spider.begin(config, Path(crawler.settings["LUUTIN_DATA"])))
        crawler.signals.connect(spider.idle, signals.spider_idle)
        crawler.signals.connect(spider.end, signals.spider_closed)
        return spider

    def __init__(self, *args: Any, full: str = "", limit: str = "", reason: str = "manual", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.full = full.lower() in ("1", "true", "yes")
        self.limit, self.reason = or_exit(lambda: _number(limit)), reason
        self.asked = 0  # articles requested
        self.waiting: set[str] = set()  # url_keys leased and not answered yet
        self.times: Counter[str] = Counter()  # how often each url_key was asked for

    def begin(self, config: Config, data: Path) -> None:
        """Opens everything that a crawl needs. Raises StorageError, ConfigError."""
        if refused := config.skipped(self.site):
            raise InputError(refused)
        self.config, self.site = config, config.apply(self.site)
        self.guard = Guard(self.site, config)
        archive = Archive(data)
        warc = data / "warc"
        for mended in repair(warc) if warc.is_dir() else []:
            logger.info("Sealed %s after a crawl that was stopped: %s records.", mended.file, mended.records)
        archive.upsert_sites([self.site])
        self.crawl_id = archive.start_crawl(self.site.slug, self.reason)
        writer = WarcWriter(
            warc, prefix=self.site.slug, software=f"Lưu Tin {__version__}", operator=config.contact.name
        )
        requisites = Requisites(config.budget.requisite_requests, config.budget.requisite_bytes)
        self.intake = Intake(self.site, self.guard, self.crawl_id, archive, writer, requisites)
        self.tally, self.asking = self.intake.tally, Asking(archive, self.site.slug)
        spare_collector()

    async def start(self) -> AsyncIterator[Request]:
        """The first page of every section; the frontier follows when no listing is left."""
        for section in self.site.sections:
            walk = self.tally.walks[section.name] = Walk(section.name)
            yield self._listing(section, walk, NextPage(self.site.listing_url(section)))

    def stopped(self) -> str:
        """Why no further request may leave; empty while they may."""
        if self.tally.failed:
            return "failed"
        if self.tally.refused:
            return "refused"
        if self.tally.requests >= self.config.budget.requests_per_site:
            self.tally.limited = f"the night's {self.config.budget.requests_per_site} requests are used up"
            return "budget"
        return ""

    def is_home(self, url: str) -> bool:
        """Whether a URL is on the host of the site's home page."""
        return urlsplit(url).netloc == urlsplit(self.site.home_url).netloc

    def skip(self, row: FrontierRow | None, reason: str) -> None:
        """Counts what could have been an article or a file of one, and was not; listings and robots.txt have no row."""
        if row is not None:
            self.tally.skipped[skipped_as(row.reason, reason)] += 1
            if row.reason in ("listed", "redirect"):
                self._guarded(lambda: self.intake.archive.not_fetched(row, reason))

    def fail(self, error: Exception | str) -> None:
        """Something of our own went wrong (a full disk): nothing more is fetched."""
        if not self.tally.failed:
            self.tally.failed = why = str(error)
            SiteSpider.exit_code = error.exit_code if isinstance(error, LuutinError) else LuutinError.exit_code
            logger.critical("%s", why)

    # --- listings

    def _listing(self, section: Section, walk: Walk, page: NextPage) -> Request:
        return scrapy.Request(
            page.url,
            method=page.method,
            body=page.body,
            headers={"Content-Type": "application/x-www-form-urlencoded"} if page.method == "POST" else None,
            callback=self.parse_listing,
            errback=self.lost_listing,
            cb_kwargs={"section": section, "walk": walk},
            priority=LISTING,
            dont_filter=True,
        )

    def parse_listing(self, response: Response, section: Section, walk: Walk) -> Iterator[Request]:
        """Writes what is listed into the frontier and goes on to the next page, if there is anything to find there."""
        capture: Capture = response.meta[CAPTURE]
        if capture.status != 200 or response.meta[PREPARED].quality in PASSING:  # a sign-in form has links, too
            said = capture.status if capture.status != 200 else f"with a {response.meta[PREPARED].quality} page"
            walk.end("failed", f"the listing answers {said}")
            self.tally.errors += 1
            return
        listing = listing_links(_payload(capture, response), response.url, self.site, section, walk.pages + 1)
        self.tally.listings += 1
        following = self._guarded(lambda: self._walk_on(section, walk, listing))
        if following is not None:
            yield self._listing(section, walk, following)

    def _walk_on(self, section: Section, walk: Walk, listing: Listing) -> NextPage | None:
        """Takes in what a page lists; the next page to fetch, or None where the walk ends."""
        archive, known = self.intake.archive, False
        if not walk.pages:
            archive.section_listed(self.crawl_id, section.name, len(listing.items), listing.total)
        if walk.judge(tuple(key for _, _, key in listing.items), paged=listing.paged):
            items = [(walk.listed + position, url, key) for position, url, key in listing.items]
            already = archive.discover(self.site.slug, self.crawl_id, section.name, items)
            walk.listed += len(items)
            self.tally.found += already.count(False)
            known = all(already) and not self.full
            if listing.next is None or known:
                walk.end("complete")
            elif reason := self._enough(walk):
                self.tally.limited = reason
                walk.end("cut", reason)
        if walk.state == "complete":
            down_to = listing.items[0][2] if known and listing.next is not None else END
            archive.section_complete(self.site.slug, section.name, self.crawl_id, down_to)
            # at once: whatever fell out of the list may have been taken down
            dropped = archive.dropped(self.site.slug, section.name, self.crawl_id)
            archive.schedule(self.site.slug, dropped, "revisit")
        elif walk.state == "failed":
            self.tally.errors += 1
        return listing.next if walk.state == "walking" else None

    def _enough(self, walk: Walk) -> str:
        pages = self.config.budget.listing_pages_per_section
        if self.limit and self.tally.found >= self.limit:
            return f"only {self.limit} articles were asked for"
        return f"{walk.section} has more than {pages} pages" if walk.pages >= pages else ""

    def lost_listing(self, failure: Failure) -> None:
        """A listing that did not answer, or may not be asked."""
        walk: Walk = failure.request.cb_kwargs["walk"]  # type: ignore[attr-defined]
        if isinstance(failure.value, IgnoreRequest) and self.stopped() == "budget":
            walk.end("cut", self.tally.limited)
            return
        walk.end("failed", f"the listing could not be fetched ({failure.getErrorMessage()})")
        self.tally.errors += 1

    # --- the frontier

    def idle(self) -> None:
        """Nothing is on its way: stores what has come, then goes on with what is in the frontier."""
        self._guarded(self.intake.flush)
        self._guarded(lambda: self.intake.archive.release_leases(self.site.slug))
        if self._guarded(self._lease):
            raise DontCloseSpider

    def _lease(self) -> int:
        """Takes rows from the frontier, newest first, and requests them; the number taken."""
        room = LEASE - len(self.waiting)
        if self.limit:
            room = min(room, self.limit - self.asked)
        if room <= 0 or self.stopped():
            return 0
        leased = 0
        extra = self.intake.requisites
        for row in self.intake.archive.lease(self.site.slug, room, clock.now(), requisites=extra.left):
            extra.asked(row.reason)
            if row.url_key in self.waiting:  # a lease that ran out while a slow host kept it waiting
                continue
            self.times[row.url_key] += 1
            if self.times[row.url_key] > MOST_TIMES:
                self.intake.archive.failed(row.url_key, not_before=clock.now() + AGAIN[0])
                continue
            self.waiting.add(row.url_key)
            self.asked += row.reason not in FILES
            self.crawler.engine.crawl(self._request(row))
            leased += 1
        return leased

    def _request(self, row: FrontierRow) -> Request:
        budget = self.config.budget
        limits = {"image": budget.image_bytes, "attachment": budget.attachment_bytes}
        headers, known = self.asking.ask(row)
        return scrapy.Request(
            row.url,
            headers=headers,
            callback=self.parse_row,
            errback=self.lost_row,
            cb_kwargs={"row": row, "known": known},
            meta={
                "dont_redirect": True,  # the target is fetched from the frontier, where a kill cannot lose it
                "download_maxsize": limits.get(row.reason, budget.page_bytes),
            },
            priority=ARTICLE,
            dont_filter=True,
        )

    def parse_row(self, response: Response, row: FrontierRow, known: Held | None) -> list[Request]:
        """The last answer to a row's request: its capture is on its way into the archive.

        A page that was asked in full and was edited is asked again, whether it changed since it was ``known``.
        """
        prepared: Prepared = response.meta[PREPARED]
        if failed := prepared.quality in PASSING:
            self.skip(row, prepared.quality)
        self._answered(row, failed=failed)
        return [self._question(known, prepared)] if known is not None and edited(known, prepared) else []

    def _question(self, known: Held, before: Prepared) -> Request:
        return scrapy.Request(
            before.url,
            headers=known.headers,
            callback=self.parse_question,
            errback=self.lost_question,
            cb_kwargs={"before": before},
            meta={"dont_redirect": True},
            priority=ARTICLE,
            dont_filter=True,
        )

    def parse_question(self, response: Response, before: Prepared) -> None:
        """Whether the site says that a page did not change that did."""
        self.asking.judge(before, response.meta[PREPARED])

    def lost_question(self, failure: Failure) -> None:
        """No answer: nothing is learned."""

    def lost_row(self, failure: Failure) -> None:
        """No answer, or none allowed."""
        row: FrontierRow = failure.request.cb_kwargs["row"]  # type: ignore[attr-defined]
        if not isinstance(failure.value, IgnoreRequest):
            self.skip(row, "too_large" if isinstance(failure.value, DownloadCancelledError) else "no_answer")
            self._answered(row, failed=True)
            return
        self.waiting.discard(row.url_key)
        if not isinstance(failure.value, LaterError):
            self._guarded(lambda: self.intake.archive.discard([row.url_key]))
        elif not self.stopped():
            self._guarded(lambda: self.intake.archive.failed(row.url_key, not_before=clock.now() + AGAIN[0]))

    def _answered(self, row: FrontierRow, *, failed: bool) -> None:
        self.waiting.discard(row.url_key)
        article = row.reason not in FILES
        self.tally.articles += article
        if failed:
            self.tally.errors += 1
            self.tally.article_errors += article
            self._guarded(lambda: self._put_off(row))
        if len(self.waiting) < LOW:
            self._guarded(self._lease)

    def _put_off(self, row: FrontierRow) -> None:
        """What has never been seen is tried again later; whether a known article is, the next night decides anew."""
        if row.reason == "revisit":
            return self.intake.archive.discard([row.url_key])
        again = min(AGAIN[0] * 2 ** min(row.attempts, 10), AGAIN[1])
        return self.intake.archive.failed(row.url_key, not_before=clock.now() + again)

    # --- what every response goes through

    def received(self, request: Request, capture: Capture, size: int) -> None:
        """Takes a capture in, whatever it answers (called for each response, before Scrapy does anything with it)."""
        self.tally.bytes += size
        self.intake.requisites.received(request.cb_kwargs.get("row"), size)
        request.meta[CAPTURE] = capture
        request.meta[PREPARED] = self.intake.add(capture)

    def _guarded(self, work: Callable[[], T]) -> T | None:
        """What ``work`` gives; None, and the end of fetching, where our own storage fails."""
        try:
            return work()
        except LuutinError as error:
            self.fail(error)
            return None

    def end(self, reason: str) -> None:
        """Stores what is waiting and writes down how the crawl ended."""
        archive = self.intake.archive
        self._guarded(self.intake.close)
        self._guarded(lambda: archive.release_leases(self.site.slug))  # or what follows would not see them
        left = bool(self._guarded(lambda: archive.lease(self.site.slug, 1, clock.now())))
        outcome, why = self.tally.outcome(reason, left=left)
        logger.info("%s: %s%s", self.site.slug, outcome, f" ({why})" if why else "")
        learned = {**self.tally.response_times(), "validators": dumps(self.asking.learned)}
        self._guarded(lambda: archive.finish_crawl(self.crawl_id, outcome, outcome_reason=why, learned=learned))
        archive.close()


def _payload(capture: Capture, response: Response) -> bytes:
    """A page's bytes, also where its record is a ``revisit``, which holds none."""
    if capture.record_type != "revisit":
        return capture.payload
    try:
        return decode(response.body, capture.header("Content-Encoding") or "")[0]
    except TooLargeError:
        return b""


def _number(text: str) -> int:
    if text.isdecimal() or not text:
        return int(text or 0)
    raise InputError(f"limit={text} is not a number of articles; write it like -a limit=50.")


def _keep_cookies_offline() -> None:
    """Scrapy's cookies ask tldextract for public suffixes, which would fetch their list; the packaged one does."""
    from scrapy.downloadermiddlewares import cookies
    from tldextract import TLDExtract

    cookies._split_domain = TLDExtract(suffix_list_urls=(), include_psl_private_domains=True)
