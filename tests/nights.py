"""Nights of a site told look by look, as its crawls would have stored them, and weighed: for tests of removals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.archive import Archive, CrawlOutcome, Prepared
from crawler.clock import FROZEN
from crawler.config import Config
from crawler.site import Site
from monitor.removals import weigh
from tests.captures import SITE, Says, everything, identity_of, moment, page

CONFIG = Config()
#: One that answers every night, so that the site is healthy.
STEADY = "/steady"


class Nights:
    """A site's archive, crawled on days of March 2026, each at the same hour."""

    def __init__(self, data: Path, monkeypatch: pytest.MonkeyPatch, site: Site = SITE) -> None:
        self.archive, self.site, self._patch = Archive(data), site, monkeypatch
        self.archive.upsert_sites([site])

    def at(self, day: int) -> None:
        """It is that day."""
        self._patch.setenv(FROZEN, moment(day))

    def crawl(self, day: int, *captures: Prepared, outcome: CrawlOutcome = "complete", requests: int = 1) -> str:
        """What a night's crawl stored; not weighed yet."""
        self.at(day)
        crawl_id = self.archive.start_crawl(self.site.slug, "night")
        self.archive.store([replace(capture, crawl_id=crawl_id) for capture in captures])
        self.archive.progress_crawl(crawl_id, requests=requests)
        self.archive.finish_crawl(crawl_id, outcome)
        return crawl_id

    def night(self, day: int, *looks: tuple[Callable[..., Prepared], str], steady: bool = True, **how: str) -> str:
        """A night that looked at these paths, each by a builder of tests/captures, and weighed what it saw."""
        good = [page(STEADY, moment(day, 59), Says(headline="Vẫn còn", body="Một bài vẫn còn."))] if steady else []
        captures = [build(path, moment(day, n)) for n, (build, path) in enumerate(looks)]
        crawl_id = self.crawl(day, *captures, *good, **how)  # type: ignore[arg-type]
        self.weigh(crawl_id)
        return crawl_id

    def weigh(self, crawl_id: str) -> None:
        weigh(self.archive, self.site, crawl_id, CONFIG)

    def told(self) -> list[str]:
        """What readers were told, in the order in which it was, but for what is new or edited or fills the archive."""
        rows = everything(
            self.archive,
            "SELECT kind, at, article_id FROM events WHERE kind NOT IN ('new', 'edited') AND NOT baseline"
            " ORDER BY rowid",
        )
        names = {identity_of(path): path for path in (STEADY, *PATHS)}
        return [f"{kind} {names.get(str(a), 'site')} {str(at)[8:10]}" for kind, at, a in rows]

    def evidence(self, kind: str) -> dict[str, object]:
        """That of the newest event of a kind."""
        (found,) = everything(self.archive, "SELECT evidence FROM events WHERE kind = ? ORDER BY rowid DESC", kind)[0]
        evidence: dict[str, object] = json.loads(str(found))
        return evidence

    def status(self, path: str) -> str:
        ((status,),) = everything(self.archive, "SELECT status FROM articles WHERE id = ?", identity_of(path))
        return str(status)


#: Paths that tests name.
PATHS = ("/a", "/b", *(f"/{n}" for n in range(40)))


def article(path: str, at: str) -> Prepared:
    """An article with a text of its own."""
    return page(path, at, Says(headline=f"Bài {path}", body=f"Bài ở {path} có nội dung của riêng nó."))


def good(*paths: str) -> list[tuple[Callable[..., Prepared], str]]:
    """Looks that find these articles."""
    return [(article, path) for path in paths]
