"""What is still to be fetched survives a kill, and a listing is left early only on knowledge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive import Archive
from crawler.derive import HOME
from crawler.frontier import LEASE
from crawler.placing import REDIRECT
from tests.captures import SITE, error, key_of, missing, moment, page, redirect

NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("LUUTIN_NOW", NOW.isoformat())
    with Archive(tmp_path) as opened:
        opened.upsert_sites([SITE])
        yield opened


def items(*paths: str) -> list[tuple[int, str, str]]:
    return [(n, f"http://thu.example.vn{path}", key_of(path)) for n, path in enumerate(paths)]


def leased(archive: Archive, limit: int = 9, now: datetime = NOW) -> list[str]:
    return [row.url_key.partition(")")[2] for row in archive.lease("thu", limit, now)]


def crawl(archive: Archive, *pages: tuple[str, ...], complete: bool = True, section: str = "Tin") -> list[list[bool]]:
    crawl_id = archive.start_crawl("thu", "test")
    known = [archive.discover("thu", crawl_id, section, items(*page)) for page in pages]
    if complete:
        archive.section_complete("thu", section, crawl_id)
        archive.finish_crawl(crawl_id, "complete")
    return known


def test_an_item_is_known_only_below_a_completed_crawl(archive: Archive) -> None:
    assert crawl(archive, ("/b", "/a"), complete=False) == [[False, False]]
    assert crawl(archive, ("/c", "/b", "/a")) == [[False, False, False]]
    assert crawl(archive, ("/d", "/c"), ("/b", "/a")) == [[False, True], [True, True]]


def test_what_a_crawl_sighted_that_was_cut_short_is_not_known_to_the_next(archive: Archive) -> None:
    crawl(archive, ("/a",))
    crawl(archive, ("/z", "/y"), complete=False)  # killed above /x and /b, which nobody saw
    assert crawl(archive, ("/z", "/y"), ("/x", "/b"), ("/a",)) == [[False, False], [False, False], [True]]
    assert crawl(archive, ("/z", "/y")) == [[True, True]]


def test_an_item_met_in_another_section_is_not_known_in_this_one(archive: Archive) -> None:
    crawl(archive, ("/a",), section="Khác")
    assert crawl(archive, ("/a",)) == [[False]]


def test_a_section_stays_complete_although_the_crawl_was_killed_in_another(archive: Archive) -> None:
    crawl_id = archive.start_crawl("thu", "test")
    archive.discover("thu", crawl_id, 'Tin "nóng"', items("/a"))
    archive.section_complete("thu", 'Tin "nóng"', crawl_id, key_of("/a"))
    assert crawl(archive, ("/a",), section='Tin "nóng"') == [[True]]
    row = archive.connection.execute("SELECT outcome, complete_down_to FROM crawls ORDER BY id").fetchone()
    assert tuple(row) == ("interrupted", '{"Tin \\"nóng\\"": "vn,example,thu)/a"}')


def test_listed_addresses_wait_until_they_are_stored(archive: Archive) -> None:
    crawl(archive, ("/b", "/a"))
    assert leased(archive, limit=1) == ["/b"]
    assert leased(archive) == ["/a"], "a leased address is not given out again"
    archive.start_crawl("thu", "after a kill")
    assert leased(archive) == ["/b", "/a"]
    archive.store([page("/b", moment(9))])
    assert archive.waiting("thu") == 1


def test_a_lease_ends_by_itself(archive: Archive) -> None:
    crawl(archive, ("/a",))
    assert leased(archive) == ["/a"]
    assert leased(archive, now=NOW + LEASE) == ["/a"]


def test_an_address_ever_answered_is_not_fetched_because_it_is_listed(archive: Archive) -> None:
    archive.store([page("/a", moment(1)), missing("/b", moment(1)), error("/c", moment(1))])
    crawl(archive, ("/a", "/b", "/c"))
    assert leased(archive) == ["/c"]


def test_an_error_leaves_the_address_in_the_frontier_for_later(archive: Archive) -> None:
    crawl(archive, ("/a",))
    leased(archive)
    archive.store([error("/a", moment(9))])
    archive.failed(key_of("/a"), not_before=NOW + timedelta(hours=12))
    assert leased(archive) == []
    (row,) = archive.lease("thu", 9, NOW + timedelta(hours=12))
    assert (row.attempts, row.section, row.reason) == (1, "Tin", "listed")


def test_revisits_come_after_what_is_new(archive: Archive) -> None:
    archive.store([page("/old", moment(1))])
    archive.schedule("thu", [("http://thu.example.vn/old", key_of("/old"))], "revisit")
    crawl(archive, ("/new",))
    assert leased(archive) == ["/new", "/old"]


def test_the_target_of_a_redirect_takes_its_place(archive: Archive) -> None:
    crawl(archive, ("/a",))
    archive.store([redirect("/a", moment(9), "/b")])
    (row,) = archive.lease("thu", 9, NOW)
    assert (row.url, row.section, row.reason) == ("http://thu.example.vn/b", "Tin", REDIRECT)


def test_a_redirect_that_nobody_waits_for_leads_nowhere(archive: Archive) -> None:
    archive.store([redirect("/tin", moment(9), "/b")])
    assert leased(archive) == []


def test_another_spelling_of_an_address_is_fetched_but_not_round_and_round(archive: Archive) -> None:
    crawl(archive, ("/a",))
    for second in range(10):
        there = "https" if second % 2 == 0 else "http"
        here = replace(
            redirect("/a", moment(9, second), "/a"),
            url=f"{'http' if there == 'https' else 'https'}://thu.example.vn/a",
            redirect_to=None,
            follow=((f"{there}://thu.example.vn/a", key_of("/a"), REDIRECT),),
        )
        if second < 4:
            (row,) = archive.lease("thu", 9, NOW)
            assert row.url == here.url
        archive.store([here])
    assert archive.waiting("thu") == 0


def test_files_of_a_new_article_are_fetched_once(archive: Archive) -> None:
    files = (("http://thu.example.vn/f.pdf", key_of("/f.pdf"), "attachment"),)
    archive.store([replace(page("/a", moment(1)), follow=files)])
    assert leased(archive) == ["/f.pdf"]
    archive.store([page("/f.pdf", moment(1)), replace(page("/a", moment(2)), follow=files)])
    assert leased(archive) == []


def test_what_may_never_be_fetched_is_discarded(archive: Archive) -> None:
    crawl(archive, ("/a", "/b"))
    archive.discard([key_of("/a")])
    assert leased(archive) == ["/b"]


def test_crawl_ids_sort_in_the_order_of_their_starts_although_the_clock_stands_still(archive: Archive) -> None:
    ids = [archive.start_crawl("thu", "test") for _ in range(40)]
    assert ids == sorted(set(ids))
    assert {len(i) for i in ids} == {16}


def test_a_crawl_counts_what_was_stored_and_what_it_is_told(archive: Archive) -> None:
    crawl_id = archive.start_crawl("thu", "test")
    assert archive.is_first_crawl("thu")
    archive.schedule("thu", [("http://thu.example.vn/b", key_of("/b"))], "revisit")
    captures = [page("/a", moment(1)), page("/a", moment(2)), missing("/b", moment(2)), missing("/c", moment(2))]
    archive.store([replace(c, crawl_id=crawl_id) for c in captures])
    archive.progress_crawl(crawl_id, requests=3, bytes=10, skipped={"robots": 2})
    archive.progress_crawl(crawl_id, requests=1, skipped={"robots": 1})
    with pytest.raises(TypeError, match="not captures"):
        archive.progress_crawl(crawl_id, captures=1)
    archive.finish_crawl(crawl_id, "complete")
    row = archive.connection.execute(
        "SELECT captures, articles_new, unchanged, requests, bytes, skipped, outcome FROM crawls"
    ).fetchone()
    assert tuple(row) == (4, 1, 1, 4, 10, '{"not_found": 1, "robots": 3}', "complete")
    assert not archive.is_first_crawl("thu")


def test_skipped_is_what_could_have_been_an_article_or_a_file_and_was_not(archive: Archive) -> None:
    crawl_id = archive.start_crawl("thu", "test")
    asked = {"/gone": "listed", "/moved": "listed", "/away": "revisit", "/home": "revisit", "/a.jpg": "image"}
    for path, reason in asked.items():
        archive.schedule("thu", [(f"http://thu.example.vn{path}", key_of(path))], reason)
    away = replace(redirect("/away", moment(1), "/elsewhere"), follow=())  # to another host
    home = replace(redirect("/home", moment(1), "/"), quality_reason=HOME, follow=())
    answers = [missing("/gone", moment(1)), redirect("/moved", moment(1), "/new"), away, home]
    answers += [missing("/a.jpg", moment(1)), missing("/robots.txt", moment(1)), page("/tin", moment(1))]
    archive.store([replace(answer, crawl_id=crawl_id) for answer in answers])
    [(skipped,)] = archive.connection.execute("SELECT skipped FROM crawls").fetchall()
    assert json.loads(skipped) == {"not_found": 1, "redirect": 1, "home": 1, "image: not_found": 1}
