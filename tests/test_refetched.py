"""A thousand times the same pages, of which everything moves that moves: no revision. Sixty real edits: all told."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest

from crawler.archive import Archive
from crawler.config import Config
from crawler.ingest import prepare
from crawler.placing import Prepared
from crawler.site import Site
from crawler.warc import payload_digest
from crawler.warc_record import Capture, Location
from monitor.demo.pages.replica import Replica
from monitor.demo.truth import Article
from monitor.demo.world import World
from spiders import registry
from tests.scripted.editing import COSMETIC, REAL, Edit

SOAK = bool(os.environ.get("LUUTIN_SOAK"))
REFETCHES = 20_000 if SOAK else 1_000
#: Articles of each site that every kind of edit is tried on.
EACH = 20 if SOAK else 1
BATCH = 50

WORLD = World(articles_per_site=30)
SLUGS = tuple(WORLD.sites)


class Reader:
    """One replica's pages, read without a network and stored, each a minute after the one before."""

    def __init__(self, data: Path, slug: str) -> None:
        self.replica: Replica = WORLD.sites[slug]
        self.site: Site = replace(registry(Config())[slug], home_url=f"{self.replica.base_url}/")
        self.archive = Archive(data)
        self.archive.upsert_sites([self.site])
        self._count = 0

    def page(self, article: Article) -> Prepared:
        """A visit to an article's page."""
        self._count += 1
        path = self.replica.article_path(article)
        answer = self.replica.get(path)
        capture = Capture(
            record_id=f"urn:uuid:{self._count:032x}",
            record_type="response",
            url=self.replica.base_url + path,
            method="GET",
            request_body_digest=None,
            memento_datetime=WORLD.tonight + timedelta(minutes=self._count),
            status=answer.status,
            headers=(("Content-Type", answer.content_type), *answer.headers),
            media_type="text/html",
            payload=answer.body,
            payload_digest=payload_digest(answer.body),
            location=Location("none.warc.gz", self._count, 1),
        )
        return prepare(capture, self.site, source="live")

    def store(self, pages: list[Prepared]) -> None:
        for start in range(0, len(pages), BATCH):
            self.archive.store(pages[start : start + BATCH])

    def put(self, article: Article) -> None:
        self.replica.put(self.replica.articles | {article.id: article})

    def count(self, query: str) -> int:
        found: int = self.archive.connection.execute(f"SELECT count(*) FROM {query}").fetchone()[0]
        return found


@pytest.mark.parametrize("slug", SLUGS)
def test_pages_of_which_everything_moves_that_moves_never_make_a_revision(tmp_path: Path, slug: str) -> None:
    reader = Reader(tmp_path, slug)
    articles = reader.replica.newest()
    visits = len(articles) + REFETCHES // len(SLUGS)
    reader.store([reader.page(article) for article in islice(cycle(articles), visits)])
    assert reader.count("captures") == visits
    assert reader.count("(SELECT DISTINCT payload_digest FROM captures)") > len(articles), "bytes move"
    assert reader.count("revisions") == reader.count("articles") == len(articles)
    assert reader.count("events WHERE kind <> 'new'") == 0


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("name", [*REAL, *COSMETIC])
def test_every_real_edit_is_told_and_no_other_save(tmp_path: Path, slug: str, name: str) -> None:
    edit = (REAL | COSMETIC)[name]
    reader = Reader(tmp_path, slug)
    edited = _edited(reader.replica.newest(), edit)
    assert edited, "there was something to edit"
    before = reader.replica.articles
    reader.store([reader.page(article) for article, _ in edited])
    for _, after in edited:
        reader.put(after)
    reader.store([reader.page(after) for _, after in edited])
    reader.replica.put(before)
    assert reader.count("events WHERE kind = 'edited'") == (len(edited) if name in REAL else 0)
    assert reader.count("articles") == len(edited)


def _edited(articles: list[Article], edit: Edit) -> list[tuple[Article, Article]]:
    """The first articles that have what is edited, as they were and as they are."""
    found: list[tuple[Article, Article]] = []
    for article in articles:
        with suppress(AssertionError, StopIteration, IndexError, ValueError):
            found.append((article, edit(article)))
        if len(found) == EACH:
            break
    return found
