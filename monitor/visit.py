"""A look at a declared site that stores nothing: through its guard and robots.txt, no faster than a crawl asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from scrapy.robotstxt import ProtegoRobotParser

from crawler.config import Config
from crawler.errors import InputError
from crawler.guard import Guard, private
from crawler.links import NextPage
from crawler.middlewares import LONGEST_WAIT, MAX_ROBOTS
from crawler.settings import ROBOTSTXT_USER_AGENT
from crawler.site import Site
from crawler.tally import in_words
from monitor.fetch import Fetched, fetch

#: Answers of a server that has enough: it is left alone for the rest of the visit.
_ENOUGH = frozenset({429, 503})


class SiteVisit:
    """Asks one site for pages, one at a time.

    Every address passes the guard and the robots.txt of its host (RFC 9309), those of redirects too; between two
    requests lie ``politeness.delay_seconds``, or the Crawl-delay where that is longer. ``requests`` counts what left,
    never more than ``budget.requests_per_site``. ``sleep`` takes seconds.
    """

    def __init__(self, site: Site, config: Config, sleep: Callable[[float], object] = time.sleep) -> None:
        self.requests = 0
        self._site, self._config, self._sleep = site, config, sleep
        self._guard = Guard(site, config)
        self._delay = config.politeness.delay_seconds
        self._last: float | None = None
        self._robots: dict[str, ProtegoRobotParser | str] = {}  # by scheme and host; a sentence where it forbids all
        self._cookies: dict[str, str] = {}
        self._over = ""

    def get(self, page: NextPage) -> Fetched:
        """The page, whatever its status. Raises InputError, with a sentence, for one that may not or cannot be had."""
        # the crawl keeps cookies for the same sites: a postback's state may be bound to a session
        keeps = self._site.pages.kind == "postback" and self._cookies
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())} if keeps else {}
        fetched = fetch(page.url, self._config, headers=cookies, form=page.body, before=self._may_ask)
        self._cookies |= dict(cookie.split("=", 1) for cookie in fetched.cookies)
        if fetched.status in _ENOUGH:
            self._over = f"{fetched.url} answered {fetched.status}, so nothing more was asked; try again later."
        return fetched

    def _may_ask(self, url: str) -> None:
        if self._over:
            raise InputError(self._over)
        self._guarded(url)
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        rules = self._robots[origin]
        if isinstance(rules, str):
            raise InputError(rules)
        if not rules.allowed(url, ROBOTSTXT_USER_AGENT):
            raise InputError(f"{url} is not asked: it is {in_words('robots')}.")
        self._wait()

    def _guarded(self, url: str) -> None:
        if reason := self._guard.refusal(url):
            if reason == "private_address":
                raise InputError(f"{private(urlsplit(url).netloc)}.")
            raise InputError(f"{url} is not asked: it is {in_words(reason)}.")

    def _read_robots(self, origin: str) -> ProtegoRobotParser | str:
        """The host's rules, or why nothing of it may be fetched, as a sentence."""

        def before(url: str) -> None:
            self._guarded(url)
            self._wait()

        try:
            answer = fetch(urljoin(origin, "/robots.txt"), self._config, before=before)
        except InputError as error:
            return f"Nothing of {origin} is asked, because its robots.txt cannot be read: {error}"
        if answer.status in _ENOUGH or answer.status >= 500:
            return f"Nothing of {origin} is asked, because its robots.txt answers {answer.status}; try again later."
        rules = ProtegoRobotParser(answer.payload[:MAX_ROBOTS] if 200 <= answer.status < 300 else b"", None)
        delay = rules.crawl_delay(ROBOTSTXT_USER_AGENT) or 0.0
        if delay > LONGEST_WAIT:
            return f"Nothing of {origin} is asked: its robots.txt wants {delay:.0f} seconds between two requests."
        self._delay = max(self._delay, delay)
        return rules

    def _wait(self) -> None:
        budget = self._config.budget.requests_per_site
        if self.requests >= budget:
            raise InputError(f"budget.requests_per_site ({budget}) is used up: look at fewer pages, or raise it.")
        if self._last is not None and (rest := self._last + self._delay - time.monotonic()) > 0:
            self._sleep(rest)
        self._last = time.monotonic()
        self.requests += 1
