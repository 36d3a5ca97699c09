"""The replica sites as a script moves them, night by night, and the archive that hears of it: for tests of nights."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.cmdline import execute

from crawler.archive import Archive
from crawler.clock import FROZEN, timestamp
from crawler.config import load
from crawler.ingest import article_id
from crawler.site import Site
from crawler.urls import canonical_url, url_key
from monitor import crawls
from monitor.aftermath import catch_up
from monitor.crawls import CrawlResult, Crawls, Order, run_lock
from monitor.demo.pages.page import Request, Response
from monitor.demo.truth import Article
from monitor.demo.world import World
from spiders import registry
from tests.scripted.editing import Edit, emptied

#: From the sites' evening to the crawl.
UNTIL_CRAWL = timedelta(hours=3)

#: What happens: (stage, site, name of an article; "" where it happens to the site).
Act = Callable[["Stage", str, str], None]
#: One line of a script: night, site, article, what happens. The first night fills the archive.
Line = tuple[int, str, str, Act]


class Stage:
    """Five small replica sites, the names by which a script calls their articles, and the archive of their nights.

    The articles that a site begins with are called a, b, c, … z, 26, 27, … from the newest on.
    """

    def __init__(self, world: World, data: Path) -> None:
        self.world, self.data = world, data
        self.named: dict[tuple[str, str], Article] = {
            (slug, chr(ord("a") + place) if place < 26 else str(place)): article
            for slug, site in world.sites.items()
            for place, article in enumerate(site.newest())
        }
        self.closed: set[str] = set()
        self.file = data / "luutin.toml"
        data.mkdir(parents=True)
        self.file.write_text(world.config_toml() + "\n[night]\nsites_side_by_side = 5\n", encoding="utf-8")
        self.config = load(self.file)
        self._moments: list[str] = []
        self._ids: dict[str, str] = {}

    @property
    def sites(self) -> list[Site]:
        """The five, as declared tonight."""
        sites = [site for slug, site in registry(self.config).items() if slug in self.world.sites]
        return [replace(s, status="closed", successor="Tỉnh ủy") if s.slug in self.closed else s for s in sites]

    def article(self, slug: str, name: str) -> Article:
        """As it stands now, or stood last."""
        return self.world.sites[slug].articles.get(self.named[slug, name].id, self.named[slug, name])

    def put(self, slug: str, name: str, article: Article) -> None:
        self.named[slug, name] = article
        self.world.put(slug, article)

    # --- a night

    def night(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A night's run; sites that are closed are not crawled any more, only judged."""
        self.falls(monkeypatch)
        standing = [site for site in self.sites if site.status != "closed"]
        with run_lock(self.data) as lock:
            Crawls(lock, self.config, str(self.file), Silent()).run(Order(sites=standing, reason="night"))
        with Archive(self.data) as archive:
            catch_up(archive, [site for site in self.sites if site.status == "closed"], self.config)

    def falls(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is night, and articles are called what they are called tonight."""
        moment = self.world.tonight + UNTIL_CRAWL
        monkeypatch.setenv(FROZEN, moment.isoformat())
        self._moments.append(timestamp(moment))
        for (slug, name), article in self.named.items():
            self._ids[self._archived(slug, article)] = name

    def play(
        self,
        script: Iterable[Line],
        nights: int,
        monkeypatch: pytest.MonkeyPatch,
        run: Callable[[], None] | None = None,
    ) -> None:
        """The first so many nights of a script, what happens before what is seen. ``run`` crawls in another way."""
        for night in range(1, nights + 1):
            if night > 1:
                self.world.pass_day()
            for when, slug, name, act in script:
                if when == night:
                    act(self, slug, name)
            if run is None:
                self.night(monkeypatch)
            else:
                self.falls(monkeypatch)
                run()

    def _archived(self, slug: str, article: Article) -> str:
        """The id of an article in the archive."""
        site = registry(self.config)[slug]
        replica = self.world.sites[slug]
        url = canonical_url(replica.base_url + replica.article_path(article), addresses=site.urls)
        return article_id(site, url, url_key(url))

    # --- what was told

    def told(self) -> set[tuple[int, str, str, str]]:
        """All readers' events but those that fill the archive: (night, site, article or "", kind)."""
        rows = self.rows("SELECT recorded_at, site, article_id, kind FROM events WHERE NOT baseline")
        told = [(self._night(at), slug, self._ids.get(a, a) if a else "", kind) for at, slug, a, kind in rows]
        assert len(set(told)) == len(told), "nothing is told twice in a night"
        return set(told)

    def recorded(self, change: str) -> set[tuple[int, str, str]]:
        """Revisions of that kind: (night, site, article)."""
        revisions = "SELECT revisions.memento_datetime, site, article_id, change FROM revisions JOIN articles"
        rows = self.rows(f"{revisions} ON articles.id = article_id")
        return {(self._night(at), slug, self._ids[a]) for at, slug, a, kind in rows if kind == change}

    def statuses(self, slug: str) -> dict[str, str]:
        """The status of each of a site's articles."""
        rows = self.rows(f"SELECT id, status FROM articles WHERE site = '{slug}'")
        return {self._ids[identifier]: status for identifier, status in rows}

    def alerts(self) -> set[tuple[str, str, int, int | None]]:
        """(site, kind, night opened, night closed)."""
        rows = self.rows("SELECT site, kind, opened, closed FROM alerts")
        return {(slug, kind, self._night(o), self._night(c) if c else None) for slug, kind, o, c in rows}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.data / "archive.db")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def _night(self, moment: str) -> int:
        return self._moments.index(moment) + 1


class Silent:
    """Who hears how the crawls come along, and says nothing."""

    def started(self, site: str) -> None: ...
    def moved(self, result: CrawlResult) -> None: ...
    def ended(self, result: CrawlResult) -> None: ...
    def studied(self, done: int, of: int) -> None: ...


# --- what happens to an article


def edit(change: Edit) -> Act:
    """An editor changes it."""
    return lambda stage, slug, name: stage.put(slug, name, change(stage.article(slug, name)))


def publish(stage: Stage, slug: str, name: str) -> None:
    """It is new today."""
    stage.named[slug, name] = stage.world.publish(slug)


def vanish(stage: Stage, slug: str, name: str) -> None:
    """It is taken down: its address answers as the family answers for what is not there."""
    stage.named[slug, name] = stage.article(slug, name)
    stage.world.remove(slug, stage.named[slug, name].id)


def answers(status: int, *headers: tuple[str, str]) -> Act:
    """It is taken down, and its address answers so."""

    def act(stage: Stage, slug: str, name: str) -> None:
        stage.named[slug, name] = stage.article(slug, name)
        stage.world.remove(slug, stage.named[slug, name].id, Response(b"<h1>Gone</h1>", status, headers=headers))

    return act


def leads_to(other: str) -> Act:
    """Its address leads to another article from now on."""

    def act(stage: Stage, slug: str, name: str) -> None:
        path = stage.world.sites[slug].article_path(stage.named[slug, other])
        answers(302, ("Location", path))(stage, slug, name)

    return act


GONE, HOME = answers(410), answers(302, ("Location", "/"))


def back(stage: Stage, slug: str, name: str) -> None:
    """It is there again, as it was."""
    stage.world.put(slug, stage.named[slug, name])


def renamed(stage: Stage, slug: str, name: str) -> None:
    """Its address has other words in it, and the same number."""
    article = stage.article(slug, name)
    stage.put(slug, name, replace(article, slug=f"{article.slug}-moi"))


def moves_to(other: str, *, redirects: bool) -> Act:
    """Its text stands at another address from now on, under another number."""

    def act(stage: Stage, slug: str, name: str) -> None:
        here = stage.article(slug, name)
        stage.named[slug, other] = there = stage.world.publish(slug, like=here)
        path = stage.world.sites[slug].article_path(there)
        (answers(301, ("Location", path)) if redirects else GONE)(stage, slug, name)

    return act


# --- what happens to a site


def off(stage: Stage, slug: str, _: str = "") -> None:
    stage.world.disconnect(slug)


def on(stage: Stage, slug: str, _: str = "") -> None:
    stage.world.reconnect(slug)


def everywhere(answer: Callable[[Request], Response | None]) -> Act:
    """Every request is answered so."""

    def act(stage: Stage, slug: str, _: str) -> None:
        stage.world.sites[slug].everywhere = answer

    return act


def wall(stage: Stage, slug: str, _: str) -> None:
    """Every address asks the visitor to sign in."""
    stage.world.sites[slug].everywhere = stage.world.sites[slug].login_page


def forwards(*, all_of_it: bool) -> Act:
    """Its articles, or every address, forward to another site."""

    def act(stage: Stage, slug: str, _: str) -> None:
        site = stage.world.sites[slug]
        paths = {site.article_path(a) for a in site.articles.values()}
        away = Response(b"", 301, headers=(("Location", "http://moi.example.vn/"),))
        led = (lambda r: r.path != "/robots.txt") if all_of_it else (lambda r: r.target in paths)
        site.everywhere = lambda request: away if led(request) else None

    return act


usual = everywhere(lambda _: None)
fails = everywhere(lambda _: Response(b"<h1>Server Error</h1>", 500))
parked = everywhere(
    lambda request: (
        Response("<html><title>Bảo trì</title><body><p>Hệ thống đang được nâng cấp.</p>".encode())
        if request.path != "/robots.txt"
        else None
    )
)


def articles_fail(stage: Stage, slug: str, _: str) -> None:
    """Listings answer, articles do not."""
    paths = {stage.world.sites[slug].article_path(a) for a in stage.world.sites[slug].articles.values()}
    failed = Response(b"<h1>Server Error</h1>", 500)
    stage.world.sites[slug].everywhere = lambda request: failed if request.target in paths else None


def redesign(stage: Stage, slug: str, _: str) -> None:
    """The same words in other markup."""
    site = stage.world.sites[slug]
    site.redesigned = not site.redesigned
    site.put(site.articles)


def all_emptied(stage: Stage, slug: str, _: str) -> None:
    """The template of every article is there, and nothing in it."""
    for (site, name), article in stage.named.items():
        if site == slug and article.id in stage.world.sites[slug].articles:
            stage.named[site, name] = stage.article(site, name)
            stage.world.put(slug, emptied(article))


def all_filled(stage: Stage, slug: str, _: str) -> None:
    """Everything that a site had is there again."""
    for (site, name), article in stage.named.items():
        if site == slug and article.id in stage.world.sites[slug].articles:
            back(stage, site, name)


def closes(stage: Stage, slug: str, _: str) -> None:
    """Its declaration says that it is closed."""
    stage.closed.add(slug)


# --- crawls in processes that have imported everything


#: Importing Scrapy takes longer than a crawl here: processes are forked from one that has done it.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["tests.scripted.stage", "scrapy.crawler", "scrapy.core.engine", "crawler.spider", "spiders"]
)


def _scrapy(arguments: list[str], cwd: str, environment: Mapping[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.argv = ["scrapy", *arguments]
    execute()


class Forked:
    """Stands for ``subprocess.Popen`` where monitor/crawls starts a crawl."""

    def __init__(self, command: list[str], *, cwd: Path, env: Mapping[str, str], stdout: Any, **_: Any) -> None:
        assert command[1:4] == ["-m", "monitor.child", "crawl"]
        self._process = PROCESSES.Process(target=_scrapy, args=(command[3:], str(cwd), dict(env), stdout.name))
        self._process.start()
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("crawl", timeout or 0.0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        assert self.pid is not None
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crawls start as forks, and are looked at more often."""
    forking = SimpleNamespace(**{**vars(subprocess), "Popen": Forked})
    monkeypatch.setattr(crawls, "subprocess", forking)
    monkeypatch.setattr(crawls, "TICK", 0.02)
