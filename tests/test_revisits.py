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
from crawler.config import Config
from crawler.config_tables import Budget
from monitor.looks import LONGEST
from monitor.revisits import HEAD, WORTH, head, schedule
from tests.captures import SITE, Says, identity_of, key_of, missing, page

TONIGHT = datetime(2026, 3, 10, 19, tzinfo=UTC)
CONFIG = Config()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as archive:
        archive.upsert_sites([SITE])
        yield archive


def known(
    archive: Archive,
    path: str,
    *,
    published: str | None,
    checked: float,
    baseline: bool = True,
    body: str = "",
    crawl: str | None = None,
) -> None:
    """An article published on a day and looked at last some nights ago, saying ``body`` then."""
    prepared = page(path, timestamp(TONIGHT - timedelta(days=checked)), Says(headline=path, body=body or path))
    assert prepared.reading is not None
    reading = replace(prepared.reading, date_published=published, reading_digest=f"r1:{path}{body}")
    archive.store([replace(prepared, reading=reading, crawl_id=crawl)], baseline=baseline)


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
        ("2026-03-10T23:00:00+07:00", 0.05, True),  # hours old: the first edits come within two days
        ("2026-02-10", 2, False),
        ("2026-02-10", 9, True),
        ("2025-03-10", 14, False),
        ("2025-03-10", 40, True),
        ("2016-07-20", 20, False),
        ("2016-07-20", LONGEST, True),  # never *never*
        ("2030-01-01", 1, True),  # a slip of the editor's
    ],
)
def test_age_decides_how_often_an_article_is_looked_at(
    archive: Archive, published: str, checked: float, looked_at: bool
) -> None:
    known(archive, "/a", published=published, checked=checked)
    assert due(archive) == (["/a"] if looked_at else [])


def test_what_a_clock_that_was_ahead_looked_at_is_looked_at_again(archive: Archive) -> None:
    known(archive, "/ahead", published="2016-07-20", checked=-365)
    known(archive, "/a", published="2016-07-20", checked=1)
    assert due(archive) == ["/ahead"]


def test_an_undated_article_is_as_old_as_our_first_sight_of_it_unless_that_was_the_baseline(archive: Archive) -> None:
    known(archive, "/new", published=None, checked=1, baseline=False)
    known(archive, "/baseline", published=None, checked=1)
    assert due(archive) == ["/new"]


def test_what_was_edited_before_is_looked_at_more_often(archive: Archive) -> None:
    for path, edits in (("/a", 3), ("/b", 0)):
        for n, nights in enumerate((200, 60, 30, 14)):
            known(archive, path, published="2025-06-01", checked=nights, body=f"Lần {min(n, edits)}")
    assert due(archive) == ["/a"]


def test_a_site_that_edits_much_is_looked_at_more_often(archive: Archive) -> None:
    known(archive, "/quiet", published="2025-12-01", checked=4)
    assert due(archive) == []
    crawl = archive.start_crawl(SITE.slug, "night")
    for n in range(40):
        known(archive, f"/{n}", published="2025-12-01", checked=60)
        known(archive, f"/{n}", published="2025-12-01", checked=1, body="Đã sửa", crawl=crawl)
    archive.finish_crawl(crawl, "complete")
    archive.connection.execute("UPDATE _looks SET due = ''")  # decided anew, as after its next look
    assert "/quiet" in due(archive)


def test_a_night_costs_what_is_due_not_what_is_known(archive: Archive) -> None:
    for n in range(30):
        known(archive, f"/old/{n}", published="2016-07-20", checked=1)
    known(archive, "/young", published="2026-03-08", checked=1)
    assert due(archive) == ["/young"]
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    archive.connection.set_progress_handler(count, 10)
    schedule(archive, SITE, CONFIG, TONIGHT)
    few, steps = steps, 0
    archive.connection.set_progress_handler(None, 0)
    for n in range(300):
        known(archive, f"/older/{n}", published="2015-07-20", checked=1)
    schedule(archive, SITE, CONFIG, TONIGHT)  # decides for the new ones, once
    archive.connection.set_progress_handler(count, 10)
    schedule(archive, SITE, CONFIG, TONIGHT)
    archive.connection.set_progress_handler(None, 0)
    assert steps < 2 * few + 50


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


def test_the_head_is_put_together_of_crawls_that_read_no_further_than_what_was_new(archive: Archive) -> None:
    paths = [f"/{n:02}" for n in range(HEAD + 5)]
    for path in paths:
        known(archive, path, published="2016-07-20", checked=1)
    for read in (paths, paths[:12], paths[:12]):
        crawl = archive.start_crawl(SITE.slug, "night")
        items = [(n, f"http://thu.example.vn{path}", key_of(path)) for n, path in enumerate(read, 1)]
        archive.discover(SITE.slug, crawl, "Tin", items)
    assert sorted(due(archive)) == paths[:HEAD]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=8), st.integers(1, 30), st.data())
def test_of_a_list_that_grows_at_its_top_the_first_are_found_however_far_each_night_reads(
    nights: list[tuple[int, int]], size: int, data: st.DataObject
) -> None:
    """A night reads at least as far as what is new, and a page of ten; what was taken down is not looked for."""
    standing = [f"a{n}" for n in range(size)]
    read = [list(standing)]
    for night, (new, gone) in enumerate(nights):
        standing = [f"b{night}-{n}" for n in range(new)] + standing
        for _ in range(min(gone, len(standing) - 1)):
            standing.remove(data.draw(st.sampled_from(standing[:10])))
        read.append(standing[: max(10, new)])
    found = head(reversed(read))
    assert found[: len(standing[:10])] == standing[:10]
    if not any(gone for _, gone in nights):
        assert found == standing[:HEAD]


def test_the_budget_bounds_a_night_and_the_most_overdue_come_first(archive: Archive) -> None:
    config = Config(budget=Budget(requests_per_site=4))
    for n in range(6):
        known(archive, f"/{n}", published="2026-03-08", checked=1 + n)
    assert due(archive, config) == ["/5", "/4"]
    assert due(archive, config) == ["/5", "/4"], "what still waits counts"


def test_a_budget_that_is_too_small_makes_looks_rarer_and_room_makes_them_as_frequent_again(archive: Archive) -> None:
    def worth() -> float:
        value: float = archive.connection.execute("SELECT worth FROM _habits").fetchone()[0]
        return value

    for n in range(6):
        known(archive, f"/{n}", published="2026-03-08", checked=1 + n)
    schedule(archive, SITE, Config(budget=Budget(requests_per_site=4)), TONIGHT)
    assert worth() > WORTH
    for _ in range(20):
        schedule(archive, SITE, CONFIG, TONIGHT)
    assert worth() == WORTH


def test_an_article_that_falls_out_of_its_listing_is_looked_at_at_once(archive: Archive) -> None:
    def crawl(*paths: str) -> str:
        crawl = archive.start_crawl(SITE.slug, "night")
        items = [(n, f"http://thu.example.vn{path}", key_of(path)) for n, path in enumerate(paths, 1)]
        archive.discover(SITE.slug, crawl, "Tin", items)
        archive.finish_crawl(crawl, "complete")
        return crawl

    for path in ("/a", "/b", "/c", "/d"):
        known(archive, path, published="2016-07-20", checked=1)
    first = crawl("/a", "/b", "/c", "/d")
    assert archive.dropped(SITE.slug, "Tin", first) == []
    tonight = crawl("/new", "/a", "/c")  # /d is only below where the crawl left the listing
    assert archive.dropped(SITE.slug, "Tin", tonight) == [("http://thu.example.vn/b", key_of("/b"))]


def test_what_was_removed_is_looked_at_when_it_is_listed_again(archive: Archive) -> None:
    for path in ("/a", "/b"):
        known(archive, path, published="2016-07-20", checked=1)
    archive.connection.execute("UPDATE articles SET status = 'removed'")
    crawl = archive.start_crawl(SITE.slug, "night")
    items = [(n, f"http://thu.example.vn/{n}", key_of(f"/{n}")) for n in range(1, HEAD + 1)]
    archive.discover(SITE.slug, crawl, "Tin", [*items, (HEAD + 1, "http://thu.example.vn/a", key_of("/a"))])
    archive.connection.execute("DELETE FROM frontier")
    assert due(archive) == ["/a"]


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
