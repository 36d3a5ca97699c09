"""What stands between the spider and the wire: guard, robots.txt, politeness, redirects, and the WARC record."""

from __future__ import annotations

import logging
import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.logformatter import LogFormatter
from scrapy.robotstxt import RobotParser

from crawler import clock
from crawler.errors import ConfigError, LuutinError
from crawler.guard import PublicResolver, private
from crawler.tally import in_words
from crawler.warc import Exchange

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response
    from twisted.internet.defer import Deferred

    from crawler.spider import SiteSpider

logger = logging.getLogger(__name__)

#: A site that asks for longer than this (seconds) between two requests, or before the next, has asked to be left
#: alone tonight: waiting would hold up the other sites, not waiting would be rude.
LONGEST_WAIT = 300.0
#: After a 429 or 503 without Retry-After the delay doubles, from the first to at most the second (seconds).
BACKOFF = (1.0, 60.0)
#: Characters of an address that are told.
_TOLD = 200
#: RFC 9309 asks for at least 500 KiB; the rest of a longer robots.txt is not read.
MAX_ROBOTS = 512 * 1024

#: Where a request's meta holds the Capture of its response, and the Prepared that ``ingest`` made of it.
CAPTURE, PREPARED = "capture", "prepared"

_REASONS = {status.value: status.phrase for status in HTTPStatus}


class LaterError(IgnoreRequest):
    """A request that may not leave now, for a reason that passes."""


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        """What Scrapy calls."""
        return cls(crawler)

    @property
    def spider(self) -> SiteSpider:
        """The spider of this process."""
        return cast("SiteSpider", self.crawler.spider)


class GuardMiddleware(_Middleware):
    """Lets a request out or not: redirects and robots.txt pass here too."""

    def process_request(self, request: Request) -> None:
        """Raises IgnoreRequest for what may not leave this machine."""
        if reason := self.spider.guard.refusal(request.url):
            self.spider.skip(request.cb_kwargs.get("row"), reason)
            if reason == "private_address" and self.spider.is_home(request.url):
                self.spider.fail(ConfigError(private(urlsplit(request.url).netloc)))
            raise IgnoreRequest(f"{request.url[:_TOLD]} is {in_words(reason)}")


class _StayAway(RobotParser):
    """The robots.txt of a site that could not be read: nothing is allowed (RFC 9309, 2.3.1.4)."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> _StayAway:  # noqa: ARG003 - Scrapy's
        return cls()

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:  # noqa: ARG002 - Scrapy's
        return False


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, but a robots.txt that cannot be read forbids everything, and its Crawl-delay counts."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status == 429 or response.status >= 500:
            self._away(netloc, f"robots.txt answers {response.status}")
            return
        found = 200 <= response.status < 300  # 4xx: there is none, whatever page says so
        capture = response.request.meta[CAPTURE] if response.request is not None else None
        body = capture.payload[:MAX_ROBOTS] if found and capture is not None else b""
        await super()._parse_robots(response.replace(body=body), netloc, request)
        parser = cast("RobotParser", self._parsers[netloc])
        delay = parser.crawl_delay(self._robotstxt_useragent or self._default_useragent)
        if delay and delay > LONGEST_WAIT:
            self._spider.tally.refused = f"robots.txt asks for {delay:.0f} seconds between two requests"
        elif delay:
            slow_down(self.crawler, urlsplit(request.url).hostname or "", delay)

    def process_request_2(self, rp: Any, request: Request) -> None:
        """Raises IgnoreRequest for what robots.txt forbids, LaterError where it could not be read."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            away = isinstance(rp, _StayAway)
            self._spider.skip(request.cb_kwargs.get("row"), "robots_unreadable" if away else "robots")
            if away:
                raise LaterError("robots.txt cannot be read") from error
            raise

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        said = PublicResolver.refused.get(urlsplit(f"//{netloc}").hostname or "")
        if said and self._spider.is_home(f"//{netloc}"):
            self._spider.fail(ConfigError(said))
        self._away(netloc, f"robots.txt cannot be read ({exc or type(exc).__name__})")

    def _away(self, netloc: str, why: str) -> None:
        if self._spider.is_home(f"//{netloc}"):  # not for a host that only has files
            self._spider.tally.refused = why
        waiting = cast("Deferred[RobotParser | None]", self._parsers[netloc])
        self._parsers[netloc] = nothing = _StayAway()
        waiting.callback(nothing)

    @property
    def _spider(self) -> SiteSpider:
        return cast("SiteSpider", self.crawler.spider)


class PolitenessMiddleware(_Middleware):
    """Waits as long as an overloaded server asks, and longer between requests where it does not say how long."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Pauses the host after a 429 or 503."""
        if response.status not in (429, 503):
            return response
        host = request.meta.get("download_slot", "")
        seconds = retry_after(response.headers.get("Retry-After"), clock.now())
        if seconds is None:
            slot = self.crawler.engine.downloader.slots.get(host)
            slow_down(self.crawler, host, min(max(BACKOFF[0], 2 * slot.delay if slot else 0.0), BACKOFF[1]))
        elif seconds > LONGEST_WAIT:
            self.spider.tally.refused = f"the site asks to come back in {seconds:.0f} seconds"
        else:
            pause(self.crawler, host, seconds)
        return response


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, as seconds or as a date; None where it asks for nothing."""
    text = (value or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):  # no date, or one without a zone
        return None


def slow_down(crawler: Crawler, host: str, delay: float) -> None:
    """At least ``delay`` seconds between two requests to ``host`` from now on."""
    downloader = crawler.engine.downloader
    if (slot := downloader.slots.get(host)) is not None:
        slot.delay = delay = max(slot.delay, delay)
    # a slot that was idle for a minute is forgotten, and made anew from these settings
    downloader.per_slot_settings.setdefault(host, {})["delay"] = delay


def pause(crawler: Crawler, host: str, seconds: float) -> None:
    """No request to ``host`` for so many seconds, those included that wait in Scrapy's queue already."""
    if (slot := crawler.engine.downloader.slots.get(host)) is not None and seconds > 0:
        slot.delay = max(slot.delay, 0.001)  # a slot without a delay does not look at the time
        slot.lastseen = time.monotonic() + seconds


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Follows redirects of listings and of robots.txt. Those of articles go through the frontier, to survive a kill."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """No Referer is sent."""

    def _engine_started(self) -> None:
        """Scrapy's looks for the middleware that sends Referers."""


class CaptureMiddleware(_Middleware):
    """Counts what leaves, makes every response a WARC record and hands the capture on."""

    def process_request(self, request: Request) -> None:  # noqa: ARG002 - Scrapy's
        """The last word before the wire. Raises LaterError where nothing may leave any more."""
        if reason := self.spider.stopped():
            raise LaterError(reason)
        self.spider.tally.requests += 1

    async def process_response(self, request: Request, response: Response) -> Response:
        """Writes the record first; what is derived from it comes after."""
        spider = self.spider
        if (latency := request.meta.get("download_latency")) is not None:
            spider.tally.answered_in.append(latency)
        try:
            row = request.cb_kwargs.get("row")
            look = row is not None and row.reason == "revisit"
            capture = await spider.intake.record(exchange(request, response), look=look)
            spider.received(request, capture, len(response.body))
        except LuutinError as error:
            spider.fail(error)
            raise LaterError(str(error)) from error
        except Exception as error:  # a mistake of ours must not pass for a server's
            logger.exception("%s could not be taken into the archive", request.url)
            spider.fail(f"{request.url} could not be taken into the archive: {error!r}")
            raise LaterError(str(error)) from error
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Says what failed: no name, no connection, a bad certificate, too slow, too large."""
        if not isinstance(exception, IgnoreRequest):
            logger.info("No answer from %s: %s", request.url, str(exception) or type(exception).__name__)


def exchange(request: Request, response: Response) -> Exchange:
    """What went over the wire. Scrapy keeps header names in title case and no reason phrase."""
    return Exchange(
        url=request.url,
        fetched=clock.now(),
        status=response.status,
        reason=_REASONS.get(response.status, ""),
        headers=_pairs(response),
        body=response.body,
        method=request.method,
        request_headers=(("Host", urlsplit(request.url).netloc), *_pairs(request)),
        request_body=request.body,
        http_version=response.protocol or "HTTP/1.1",
        ip_address=str(response.ip_address) if response.ip_address else None,
    )


def _pairs(message: Request | Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
    )


class QuietFormatter(LogFormatter):
    """No line per response: that is what the WARC files and archive.db are for."""

    def crawled(self, *_: object) -> None:  # type: ignore[override]
        """Nothing."""

    def scraped(self, *_: object) -> None:  # type: ignore[override]
        """Nothing."""
