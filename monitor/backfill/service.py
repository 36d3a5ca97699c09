"""Asks one web archive: its declared hosts only, one request at a time, as slowly as it wants."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import TypeVar
from urllib.parse import urlsplit

from crawler import clock
from crawler.config import Config
from crawler.errors import CrawlFailedError, InputError
from crawler.guard import Guard, private
from crawler.middlewares import BACKOFF, LONGEST_WAIT, retry_after
from crawler.site import Family, Site
from crawler.tally import in_words
from monitor.fetch import ask

Part = TypeVar("Part")
Row = TypeVar("Row")

#: Answers of a server that has enough, or is unwell: asked again, after a while.
_LATER = frozenset({429, 500, 502, 503, 504})

#: Requests in a row that came to nothing after which nothing more is asked: the archive is down, or has had enough.
MOST_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, whatever its status."""

    url: str
    status: int
    headers: Message
    body: bytes

    @property
    def is_bounded(self) -> bool:
        """Whether its end was announced: where neither a length nor chunks did, what broke off looks whole."""
        return "Content-Length" in self.headers or "Transfer-Encoding" in self.headers

    @property
    def is_memento(self) -> bool:
        """Whether a site had answered so, once: whatever its status, it says nothing of the archive."""
        return "Memento-Datetime" in self.headers


class NoAnswerError(CrawlFailedError):
    """One request came to nothing; the next may not."""


class DownError(CrawlFailedError):
    """MOST_FAILURES requests in a row came to nothing, or more; ``reason``: the last of them."""

    def __init__(self, said: str, reason: str) -> None:
        super().__init__(said)
        self.reason = reason


class Service:
    """A web archive at some hosts. Never leaves them: a redirect is an answer like any other.

    Between two requests lie ``politeness.delay_seconds``; after a 429 or 5xx as long as Retry-After says, or a time
    that doubles. Raises InputError for an address that may not be asked, CrawlFailedError where the archive asks to be
    left alone, DownError where it fails MOST_FAILURES times in a row. ``sleep`` takes seconds.
    """

    def __init__(self, urls: Iterable[str], config: Config, sleep: Callable[[float], object] = time.sleep) -> None:
        home, *others = urls
        hosts = tuple(urlsplit(url).netloc for url in others)
        service = Site(
            slug="service",
            name="",
            committee="",
            province="",
            home_url=home,
            family=Family(name="web archive"),
            sections=(),
            allowed_hosts=hosts,
        )
        self.host = urlsplit(home).netloc
        self._guard = Guard(service, config)
        self._config, self._sleep = config, sleep
        self._delay = config.politeness.delay_seconds
        self._last: float | None = None
        self._failures = 0
        self.requests = 0

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, most: int | None = None) -> Answer:
        """The answer at ``url``, asked for again where the archive was too busy. Raises NoAnswerError where none is."""
        if reason := self._guard.refusal(url):
            said = f"{url} is not asked: it is {in_words(reason)}"
            if reason == "other_host":
                said = f"{url} is not asked: it is not at {self.host}, the archive that was named"
            raise InputError(f"{private(urlsplit(url).netloc) if reason == 'private_address' else said}.")
        said, wait = "", 0.0
        for attempt in range(self._config.politeness.max_retries + 1):
            if attempt:
                self._sleep(max(wait, min(BACKOFF[0] * 2 ** (attempt - 1), BACKOFF[1])))
            answer = self._ask(url, headers or {}, most)
            if isinstance(answer, Answer) and (answer.status not in _LATER or answer.is_memento):
                self._failures = 0
                return answer
            said = f"{url} answered {answer.status}" if isinstance(answer, Answer) else answer.rstrip(".")
            wait = self._asked_to_wait(answer) if isinstance(answer, Answer) else 0.0
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            raise DownError(
                f"{self.host} is not asked any further, because {MOST_FAILURES} requests in a row came to nothing"
                f" ({said}); what was fetched is kept: go on later with the same command.",
                said,
            )
        raise NoAnswerError(f"{said}.")

    def _ask(self, url: str, headers: Mapping[str, str], most: int | None) -> Answer | str:
        """An answer, or why there is none."""
        if self._last is not None and (rest := self._last + self._delay - time.monotonic()) > 0:
            self._sleep(rest)
        self._last = time.monotonic()
        self.requests += 1
        deadline = self._last + self._config.politeness.timeout_seconds
        try:
            return Answer(url, *ask(url, self._config, deadline=deadline, headers=headers, most=most))
        except InputError as error:
            return str(error)

    def _asked_to_wait(self, answer: Answer) -> float:
        """Seconds that an answer asks for; 0 for none."""
        said = answer.headers.get("Retry-After")
        seconds = retry_after(said.encode("latin-1", "replace") if said else None, clock.now()) or 0.0
        if seconds > LONGEST_WAIT:
            raise CrawlFailedError(
                f"{self.host} asks to come back in {seconds:.0f} seconds; what was fetched is kept: go on then with the"
                " same command."
            )
        return seconds


def in_turn(parts: Iterable[Part], rows: Callable[[Part], Iterator[Row]]) -> Iterator[Row]:
    """The rows of one part of an index after the other's. One that fails hides no other: that is raised at the end."""
    failed: InputError | NoAnswerError | None = None
    for part in parts:
        try:
            yield from rows(part)
        except (InputError, NoAnswerError) as error:
            failed = failed or error
    if failed is not None:
        raise failed
