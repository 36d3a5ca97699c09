"""Runs crawls: each site's in a process of its own, several side by side, one run at a time on an archive."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Literal, Protocol

from crawler.archive import Archive
from crawler.clock import now
from crawler.config import VARIABLE, Config
from crawler.errors import CrawlFailedError, LockedError, StorageError
from crawler.site import Site
from crawler.tally import GOOD
from monitor import aftermath, replay, revisits
from monitor.clocks import judge
from monitor.notify import Delivered
from monitor.renewal import renew
from monitor.withheld_again import seal_again
from monitor.withheld_pages import look

PROJECT = Path(__file__).resolve().parent.parent

#: Seconds between two looks at the running crawls.
TICK = 0.2

#: Seconds that a crawl may take to end when it is told to: it finishes the page it reads and stores its batch. A
#: message under way is given five before it, the server's own grace is beside it: ``luutin run`` is gone within ten.
GRACE = 4.0

#: Seconds that a run waits for the one before: the crawls of a killed run die with it, but not in the same instant.
PATIENCE = 5.0

Reason = Literal["manual", "night", "demo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlResult:
    """What a crawl came to, as its row in ``crawls`` says; or how far it is, while ``outcome`` is ``running``."""

    site: str
    outcome: str
    why: str = ""
    crawl_id: str | None = None
    listings: int = 0
    captures: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    errors: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    exit_code: int = 0  # of its process: StorageError's where the disk was full

    @property
    def good(self) -> bool:
        """Whether the crawl did its job."""
        return self.outcome in GOOD


class Observer(Protocol):
    """Who wants to know how crawls come along."""

    def started(self, site: str) -> None: ...
    def moved(self, result: CrawlResult) -> None: ...
    def ended(self, result: CrawlResult) -> None: ...
    def studied(self, done: int, of: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be crawled, and how."""

    sites: Sequence[Site]
    reason: Reason = "manual"
    full: bool = False
    limit: int | None = None  # articles a site


@dataclass(frozen=True, slots=True)
class RunLock:
    """Held by the one run that may crawl into an archive, and by its crawls: it ends with the last of them."""

    data: Path
    descriptor: int


@contextmanager
def run_lock(data: Path, *, patience: float = PATIENCE, stop: Event | None = None) -> Iterator[RunLock]:
    """The right to crawl into the archive at ``data``.

    Raises LockedError where another run keeps it too long, StorageError where the directory cannot be written.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StorageError(f"{data} cannot be written ({error.strerror}): choose another data directory.") from error
    deadline = time.monotonic() + patience
    stop = stop or Event()
    try:
        while not _locked(descriptor):
            if time.monotonic() >= deadline or stop.wait(TICK):
                raise LockedError(f"Another run is crawling into {data}: wait until it is over, or stop it first.")
        yield RunLock(data, descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@dataclass(slots=True)
class _Running:
    site: Site
    process: subprocess.Popen[bytes]
    log: Path
    began: float  # time.monotonic
    last_before: str  # the site's newest crawl before this one
    why: str = ""


class Crawls:
    """The crawls of one run."""

    def __init__(
        self, lock: RunLock, config: Config, config_file: str, observer: Observer, stop: Event | None = None
    ) -> None:
        self._lock, self._config, self._observer, self._stop = lock, config, observer, stop or Event()
        self._environment = os.environ | {"LUUTIN_DATA": str(lock.data), "LUUTIN_PARENT": str(os.getpid())}
        if config_file:
            self._environment[VARIABLE] = config_file
        self._running: list[_Running] = []
        self.delivered: list[Delivered] = []

    def run(self, order: Order) -> list[CrawlResult]:
        """Crawls the sites of an order, studies what is new, and returns what each crawl came to, in the order's order.

        What each was missing is weighed when it is over, and messages go out at the end (``delivered``).
        Ends early, with ``interrupted`` crawls, where ``stop`` is set. Raises StorageError where the archive cannot be
        written, LockedError, CrawlFailedError where a clock is wrong; a crawl that fails is a result.
        """
        results: dict[str, CrawlResult] = {}
        waiting, begun = list(order.sites), now()
        with Archive(self._lock.data) as archive:
            archive.upsert_sites(order.sites)
            try:
                judge(archive)
            except CrawlFailedError:
                aftermath.tell(archive, self._config, self._stop)
                archive.write_journal()
                raise
            renew(archive, order.sites, self._stop)
            try:
                while self._running or (waiting and not self._stop.is_set()):
                    while waiting and len(self._running) < self._config.night.sites_side_by_side:
                        self._running.append(self._start(waiting.pop(0), order, archive))
                    self._stop.wait(TICK)
                    if self._stop.is_set():
                        self._end_all()
                    for crawl in list(self._running):
                        if result := self._look(crawl, archive):
                            results[crawl.site.slug] = result
            finally:
                self._end_all()
            archive.study(self._observer.studied, self._stop.is_set)
            seal_again(archive, self._config, begun)
            look(archive, self._config, stop=self._stop.is_set)
            replay.update(archive)
            self.delivered = aftermath.tell(archive, self._config, self._stop)
            archive.write_journal()
        for site in waiting:
            results[site.slug] = CrawlResult(site=site.slug, outcome="interrupted", why="stopped before it began")
        return [results[site.slug] for site in order.sites]

    def _start(self, site: Site, order: Order, archive: Archive) -> _Running:
        revisits.schedule(archive, site, self._config, now())
        arguments = ["-a", f"reason={order.reason}"]
        arguments += ["-a", "full=1"] if order.full else []
        arguments += ["-a", f"limit={order.limit}"] if order.limit else []
        log = self._lock.data / "logs" / f"{site.slug}.log"
        log.parent.mkdir(exist_ok=True)
        last = archive.connection.execute("SELECT max(id) FROM crawls WHERE site = ?", (site.slug,)).fetchone()[0]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "monitor.child", "crawl", site.slug, *arguments],
                cwd=PROJECT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(self._lock.descriptor,),
                start_new_session=True,  # Ctrl-C is for us, who then end them one by one
            )
        self._observer.started(site.slug)
        return _Running(site, process, log, time.monotonic(), last or "")

    def _look(self, crawl: _Running, archive: Archive) -> CrawlResult | None:
        """Tells how a crawl comes along; its result once its process is gone."""
        over = crawl.process.poll() is not None
        if not over and time.monotonic() - crawl.began > 3600 * self._config.night.longest_hours:
            crawl.why = f"took longer than {self._config.night.longest_hours:g} hours"
            _end([crawl])
            over = True
        result = _result(crawl, _row(archive.connection, crawl), over=over)
        if not over:
            self._observer.moved(result)
            return None
        self._running.remove(crawl)
        if result.crawl_id and result.outcome == "interrupted":  # what was killed could not say so itself
            archive.finish_crawl(result.crawl_id, "interrupted", outcome_reason=result.why)
        if result.crawl_id and not self._stop.is_set():
            aftermath.follow(archive, crawl.site, result.crawl_id, self._config)
            aftermath.tell(archive, self._config, self._stop, digests=False)
        self._observer.ended(result)
        return result

    def _end_all(self) -> None:
        for crawl in self._running:
            crawl.why = crawl.why or "stopped"
        _end(self._running)


def _end(crawls: Sequence[_Running]) -> None:
    """Tells crawls to end, and kills those that do not: they lose nothing that is stored."""
    for crawl in crawls:
        with suppress(ProcessLookupError):
            crawl.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    for crawl in crawls:
        try:
            crawl.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            crawl.process.kill()
            crawl.process.wait()


def _row(connection: sqlite3.Connection, crawl: _Running) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM crawls WHERE site = ? AND id > ? ORDER BY id DESC LIMIT 1", (crawl.site.slug, crawl.last_before)
    ).fetchone()
    return row


def _result(crawl: _Running, row: sqlite3.Row | None, *, over: bool) -> CrawlResult:
    """What the row says. The process's exit code is no witness of success: Scrapy's is 0 when everything failed."""
    seconds = round(time.monotonic() - crawl.began, 1)
    if row is None:
        why = crawl.why or f"{_last_line(crawl.log)} (see {crawl.log})"
        outcome = "running" if not over else "interrupted" if crawl.why else "failed"
        code = (crawl.process.returncode or 0) if over else 0
        why = why if over else ""
        return CrawlResult(site=crawl.site.slug, outcome=outcome, why=why, seconds=seconds, exit_code=code)
    why = row["outcome_reason"] or ""
    if over and row["outcome"] in (None, "interrupted"):
        why = crawl.why or why or f"its process died: {_last_line(crawl.log)} (see {crawl.log})"
    return CrawlResult(
        site=crawl.site.slug,
        outcome=row["outcome"] or ("interrupted" if over else "running"),
        why=why,
        crawl_id=row["id"],
        listings=row["listings"],
        captures=row["captures"],
        new=row["articles_new"],
        changed=row["revisions_new"],
        unchanged=row["unchanged"],
        skipped=json.loads(row["skipped"]),
        errors=row["errors"],
        requests=row["requests"],
        bytes=row["bytes"],
        seconds=seconds,
        exit_code=(crawl.process.returncode or 0) if over else 0,
    )


def _last_line(log: Path) -> str:
    """The last thing that a crawl said: where it could not begin, the sentence that says why."""
    with suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
        if lines:
            return lines[-1].strip()
    return "it said nothing"
