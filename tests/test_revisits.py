"""Which articles are looked at again: the young often, the old ever more rarely, never *never*, within the budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive import Archive
from crawler.clock import timestamp
from crawler.config import Budget, Config
from monitor.revisits import HEAD, RARELY, every, schedule
from tests.captures import SITE, Says, identity_of, key_of, missing, page

TONIGHT = datetime(2026, 3, 10, 19, tzinfo=UTC)
CONFIG = Config()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as archive:
        archive.upsert_sites([SITE])
        yield archive


def known(archive: Archive, path: str, *, published: str | None, checked: float, baseline: bool = True) -> None:
    """An article published on a day and looked at last some nights ago."""
    prepared = page(path, timestamp(TONIGHT - timedelta(days=checked)), Says(headline=path))
    assert prepared.reading is not None
    reading = replace(prepared.reading, date_published=published, reading_digest=f"r1:{path}")
    archive.store([replace(prepared, reading=reading)], baseline=baseline)


def due(archive: Archive, config: Config = CONFIG) -> list[str]:
    """What is put into the frontier tonight, in order."""
    schedule(archive, SITE, config, TONIGHT)
    return [
        key.partition(")")[2] for (key,) in archive.connection.execute("SELECT url_key FROM frontier ORDER BY rowid")
    ]


@pytest.mark.parametrize(
    ("published", "checked", "looked_at"),
    [
        ("2026-03-08", 1, True),
        ("2026-03-08T09:00:00+07:00", 0.8, True),  # a night that begins a little earlier is a night
        ("2026-03-08", 0.1, False),
        ("2026-02-20", 2, False),
        ("2026-02-20", 3, True),
        ("2025-11-20", 13, False),
        ("2025-11-20", 14, True),
        ("2016-07-20", 59, False),
        ("2016-07-20", 60, True),
        ("2030-01-01", 1, True),  # a slip of the editor's
    ],
)
def test_age_decides_how_often_an_article_is_looked_at(
    archive: Archive, published: str, checked: float, looked_at: bool
) -> None:
    known(archive, "/a", published=published, checked=checked)
    assert due(archive) == (["/a"] if looked_at else [])


@given(st.timedeltas(timedelta(days=-400), timedelta(days=40_000)))
def test_no_age_is_never_looked_at_again(age: timedelta) -> None:
    assert 1 <= every(age) <= RARELY
    assert every(age) <= every(age + timedelta(days=1))


def test_an_undated_article_is_as_old_as_our_first_sight_of_it_unless_that_was_the_baseline(archive: Archive) -> None:
    known(archive, "/new", published=None, checked=1, baseline=False)
    known(archive, "/baseline", published=None, checked=1)
    assert due(archive) == ["/new"]


def test_an_edited_article_is_young_again(archive: Archive) -> None:
    known(archive, "/a", published="2016-07-20", checked=10)
    known(archive, "/b", published="2016-07-20", checked=10)
    archive.store([page("/a", timestamp(TONIGHT - timedelta(days=1)), Says(body="Đã sửa."))])
    assert due(archive) == ["/a"]


def test_suspects_are_looked_at_always_and_first(archive: Archive) -> None:
    known(archive, "/young", published="2026-03-08", checked=5)
    known(archive, "/gone", published="2016-07-20", checked=2)
    archive.store([missing("/gone", timestamp(TONIGHT - timedelta(hours=1)))])
    assert due(archive) == ["/gone", "/young"]


def test_what_stands_at_the_head_of_a_listing_is_looked_at_every_night(archive: Archive) -> None:
    crawl = archive.start_crawl(SITE.slug, "night")
    paths = [f"/{n:02}" for n in range(HEAD + 5)]
    for path in paths:
        known(archive, path, published="2016-07-20", checked=1)
    items = [(n, f"http://thu.example.vn{path}", key_of(path)) for n, path in enumerate(paths, 1)]
    archive.discover(SITE.slug, crawl, "Tin", items)
    assert sorted(due(archive)) == paths[:HEAD]


def test_the_budget_bounds_a_night_and_the_most_overdue_come_first(archive: Archive) -> None:
    config = Config(budget=Budget(requests_per_site=4))
    for n in range(6):
        known(archive, f"/{n}", published="2026-03-08", checked=1 + n)
    assert due(archive, config) == ["/5", "/4"]
    assert due(archive, config) == ["/5", "/4"], "what still waits counts"


def test_an_address_that_is_not_the_sites_today_is_left_alone(archive: Archive) -> None:
    known(archive, "/a", published="2026-03-08", checked=1)
    moved = replace(SITE, home_url="http://moved.example.vn/")
    assert schedule(archive, moved, CONFIG, TONIGHT) == 0


def test_a_revisit_is_fetched_although_the_article_is_known(archive: Archive) -> None:
    known(archive, "/a", published="2026-03-08", checked=1)
    assert schedule(archive, SITE, CONFIG, TONIGHT) == 1
    (row,) = archive.lease(SITE.slug, 10, TONIGHT)
    assert (row.url, row.reason) == ("http://thu.example.vn/a", "revisit")
    assert identity_of("/a") in {r[0] for r in archive.connection.execute("SELECT id FROM articles")}
