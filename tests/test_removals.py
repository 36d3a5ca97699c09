"""Removals are told once, late enough to be sure, with their captures; what says nothing about a page removes none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.archive import Prepared
from crawler.clock import timestamp
from monitor.missing import LONG_ENOUGH, LOOKS, Removal, step
from monitor.nights import Look
from monitor.removals import FEW, close, is_mass, weigh
from tests.captures import (
    SITE,
    Says,
    error,
    everything,
    identity_of,
    key_of,
    missing,
    moment,
    not_modified,
    one,
    page,
    redirect,
    soft_missing,
    sound,
)
from tests.nights import CONFIG, STEADY, Nights, article, good


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nights]:
    nights = Nights(tmp_path, monkeypatch)
    yield nights
    sound(nights.archive)
    nights.archive.close()


def gone(*paths: str) -> list[tuple[Callable[..., Prepared], str]]:
    return [(missing, path) for path in paths]


def home(path: str, at: str) -> Prepared:
    return redirect(path, at, "/")


def quality(name: str) -> Callable[[str, str], Prepared]:
    """A page that was answered with 200 and is something else."""
    return lambda path, at: replace(soft_missing(path, at), quality=name)


# --- one article


def test_three_looks_over_two_days_remove_an_article_with_its_captures_as_evidence(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for day in (2, 3):
        nights.night(day, *gone("/a"))
        assert (nights.status("/a"), nights.told()) == ("suspect", [])
    nights.night(4, *gone("/a"))
    assert (nights.status("/a"), nights.told()) == ("removed", ["removed /a 04"])
    evidence = nights.evidence("removed")
    assert evidence["capture"] == article("/a", moment(1)).capture_id, "the last good one"
    assert evidence["missing"] == [missing("/a", moment(day)).capture_id for day in (2, 3, 4)]
    columns = "first_missing, confirmed, restored, checks, last_good_capture_id"
    assert one(nights.archive, f"SELECT {columns} FROM removals") == (
        *(moment(2), moment(4), None, 3),
        evidence["capture"],
    )
    assert one(nights.archive, "SELECT removals_new FROM crawls ORDER BY id DESC") == (1,)


@pytest.mark.parametrize("build", [soft_missing, home, quality("empty")])
def test_a_polite_not_found_page_a_redirect_to_the_home_page_and_an_emptied_template_are_evidence_too(
    nights: Nights, build: Callable[..., Prepared]
) -> None:
    nights.night(1, *good("/a"))
    for day in (2, 3, 4):
        nights.night(day, (build, "/a"))
    assert nights.told() == ["removed /a 04"]


@pytest.mark.parametrize("build", [error, quality("login"), quality("challenge")])
def test_an_error_a_sign_in_form_and_a_browser_check_never_are(nights: Nights, build: Callable[..., Prepared]) -> None:
    nights.night(1, *good("/a"))
    for day in range(2, 9):
        nights.night(day, (build, "/a"))
    assert (nights.status("/a"), nights.told()) == ("live", [])
    assert everything(nights.archive, "SELECT * FROM removals") == []


def test_three_looks_in_one_day_are_not_enough(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for _ in range(LOOKS + 1):
        nights.night(2, *gone("/a"))
    nights.night(3, *gone("/a"))
    assert nights.told() == []
    nights.night(4, *gone("/a"))
    assert nights.told() == ["removed /a 04"]


def test_nights_in_which_nothing_known_answers_count_for_nothing(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for day in range(2, 6):
        nights.night(day, *gone("/a"), steady=False)
    assert (nights.status("/a"), nights.told()) == ("suspect", [])
    for day in (6, 7, 8):
        nights.night(day, *gone("/a"))
    assert nights.told() == ["removed /a 08"]


def test_a_304_and_a_new_article_show_that_a_site_is_healthy(nights: Nights) -> None:
    nights.night(1, *good("/a", "/b"))
    nights.night(2, *gone("/a"), (not_modified, "/b"), steady=False)
    nights.night(3, *gone("/a"), *good("/3"), steady=False)
    nights.night(4, *gone("/a"), (not_modified, "/b"), steady=False)
    assert nights.told() == ["removed /a 04"]


def test_a_removed_article_stays_removed_while_it_is_missed_and_nobody_hears_of_it_again(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for day in range(2, 9):
        nights.night(day, *gone("/a"))
    assert (nights.status("/a"), nights.told()) == ("removed", ["removed /a 04"])
    assert one(nights.archive, "SELECT checks FROM removals") == (7,)
    nights.archive.store([article("/a", "2026-02-01T02:00:00.000000Z")])  # folded from the start
    assert nights.status("/a") == "removed"


def test_a_removed_article_that_is_good_again_is_restored_and_can_be_removed_again(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for day in (2, 3, 4):
        nights.night(day, *gone("/a"))
    nights.night(5, *good("/a"))
    assert (nights.status("/a"), nights.told()) == ("live", ["removed /a 04", "restored /a 05"])
    assert nights.evidence("restored")["capture"] == article("/a", moment(5)).capture_id
    for day in (6, 7, 8):
        nights.night(day, *gone("/a"))
    assert nights.told() == ["removed /a 04", "restored /a 05", "removed /a 08"]


def test_a_suspect_that_is_good_again_is_nothing_to_tell(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for day in (2, 3):
        nights.night(day, *gone("/a"))
    nights.night(4, *good("/a"))
    for day in (5, 6):
        nights.night(day, *gone("/a"))
    assert nights.told() == []
    assert everything(nights.archive, "SELECT first_missing, restored FROM removals ORDER BY first_missing") == [
        (moment(2), moment(4)),
        (moment(5), None),
    ]


def test_an_article_that_is_met_at_another_of_its_addresses_that_night_is_there(nights: Nights) -> None:
    def elsewhere(path: str, at: str) -> Prepared:
        return replace(article(path, at), url=f"http://thu.example.vn{path}-2", url_key=key_of(f"{path}-2"))

    nights.night(1, *good("/a"))
    for day in (2, 3, 4):
        nights.night(day, (elsewhere, "/a"), *gone("/a"))
    assert nights.told() == []


# --- moved


def long(path: str, at: str) -> Prepared:
    return page(path, at, Says(headline=path, body="Cùng một văn bản dài. " * 10))


def test_the_same_text_at_another_address_is_a_move(nights: Nights) -> None:
    nights.night(1, (long, "/a"))
    nights.night(2, *gone("/a"), (long, "/b"))
    for day in (3, 4):
        nights.night(day, *gone("/a"), (long, "/b"))
    assert (nights.status("/a"), nights.told()) == ("removed", ["moved /a 04"])
    evidence = nights.evidence("moved")
    assert (evidence["moved_to"], evidence["url"]) == (identity_of("/b"), "http://thu.example.vn/b")
    nights.night(5, (long, "/a"))
    assert nights.told() == ["moved /a 04", "restored /a 05"]


def test_a_short_notice_that_says_the_same_under_another_headline_is_no_move(nights: Nights) -> None:
    def notice(path: str, at: str) -> Prepared:
        return page(path, at, Says(headline=path, body="Xem file đính kèm."))

    nights.night(1, (notice, "/a"), (notice, "/b"))
    for day in (2, 3, 4):
        nights.night(day, *gone("/a"), (notice, "/b"))
    assert nights.told() == ["removed /a 04"]


def test_a_redirect_to_another_article_is_a_move_and_to_a_sign_in_form_nothing(nights: Nights) -> None:
    def to_b(path: str, at: str) -> Prepared:
        return redirect(path, at, "/b")

    def to_login(path: str, at: str) -> Prepared:
        return redirect(path, at, "/login")

    def edited(path: str, at: str) -> Prepared:
        return page(path, at, Says(headline=path, body="Cùng một văn bản dài. " * 10 + "Và một câu."))

    nights.night(1, (long, "/a"), *good("/1"))
    for day in (2, 3):
        nights.night(day, (to_b, "/a"), (long, "/b"), (to_login, "/1"), (quality("login"), "/login"))
        assert (nights.status("/a"), nights.status("/1"), nights.told()) == ("suspect", "live", [])
    nights.night(4, (to_b, "/a"), (edited, "/b"), (to_login, "/1"), (quality("login"), "/login"))
    assert (nights.status("/a"), nights.status("/1"), nights.told()) == ("removed", "live", ["moved /a 04"])
    assert nights.evidence("moved")["moved_to"] == identity_of("/b")


# --- once, in any order


def test_weighing_again_or_late_tells_the_same_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    for again, late in ((1, False), (3, False), (2, True)):
        nights = Nights(tmp_path / f"{again}{late}", monkeypatch)
        crawls = [nights.crawl(1, article("/a", moment(1)), article(STEADY, moment(1, 1)))]
        for day in (2, 3, 4, 5):
            crawls.append(nights.crawl(day, missing("/a", moment(day)), article(STEADY, moment(day, 1))))
            for _ in range(0 if late else again):
                nights.weigh(crawls[-1])
        crawls.append(nights.crawl(6, article("/a", moment(6))))
        for _ in range(again):
            nights.weigh(crawls[-1])
        events = "SELECT id, kind, at, evidence FROM events WHERE kind <> 'new' ORDER BY id"
        rows = everything(nights.archive, events)
        told.append([(*row[:3], json.loads(str(row[3])) | {"crawl": None}) for row in rows])
        told[-1].append(everything(nights.archive, "SELECT * FROM removals"))  # type: ignore[arg-type]
        assert nights.told() == ["removed /a 04", "restored /a 06"]
        nights.archive.close()
    assert told[0] == told[1] == told[2]


def test_a_kill_in_the_middle_of_a_weighing_leaves_nothing_of_it(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> Removal:
        raise KeyboardInterrupt

    nights.night(1, *good("/a", "/b"))
    for day in (2, 3):
        nights.night(day, *gone("/a", "/b"))
    with monkeypatch.context() as patch:
        patch.setattr("monitor.removals.tell_removed", killed)
        with pytest.raises(KeyboardInterrupt):
            nights.night(4, *gone("/a", "/b"))
    assert nights.told() == []
    nights.night(5, *good("/a"), *gone("/b"))
    assert sorted(nights.told()) == ["removed /a 04", "removed /b 04", "restored /a 05"]


def test_imported_captures_remove_nothing(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for day in (2, 3, 4, 5):
        nights.archive.store([missing("/a", moment(day), source="import")])
        nights.night(day)
    assert (nights.status("/a"), nights.told()) == ("suspect", [])
    assert everything(nights.archive, "SELECT * FROM removals") == []


def test_an_article_that_was_gone_before_we_came_is_removed_without_news(nights: Nights) -> None:
    nights.archive.store([article("/a", moment(1))])  # somebody's, of an import
    for n in range(20):
        nights.archive.store([article(f"/{n}", moment(1, n))])
    for day in (2, 3, 4):
        nights.night(day, *gone("/a", *(f"/{n}" for n in range(20))))
    assert (nights.status("/a"), nights.told()) == ("removed", [])
    assert one(nights.archive, "SELECT count(*), min(baseline) FROM events WHERE kind = 'removed'") == (21, 1)


def test_an_import_that_shows_a_suspect_in_between_begins_the_count_anew(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for day in (2, 3):
        nights.night(day, *gone("/a"))
    nights.archive.store([article("/a", moment(3, 30))])
    for day in (4, 5):
        nights.night(day, *gone("/a"))
    assert nights.told() == []
    nights.night(6, *gone("/a"))
    assert nights.told() == ["removed /a 06"]


# --- a whole site

MANY = tuple(f"/{n}" for n in range(20))


def test_more_than_five_and_than_three_in_a_hundred_are_a_mass_event() -> None:
    assert [is_mass(n, 20) for n in (FEW, FEW + 1)] == [False, True]
    assert [is_mass(n, 1000) for n in (30, 31)] == [False, True]


def test_a_site_that_loses_much_at_once_is_told_the_same_night_once(nights: Nights) -> None:
    nights.night(1, *good(*MANY))
    nights.night(2, *gone(*MANY[:10]), *good(*MANY[10:]))
    assert nights.told() == ["site_missing site 02"]
    evidence = nights.evidence("site_missing")
    assert (evidence["cause"], evidence["looked"], evidence["missing"]) == ("many", 21, 10)
    assert evidence["captures"] == [missing(path, moment(2, n)).capture_id for n, path in enumerate(MANY[:10])]
    nights.night(3, *gone(*MANY[:10]), *gone(*MANY[10:17]))
    assert nights.told() == ["site_missing site 02"], "more of the same"


def test_what_went_with_a_mass_is_removed_one_by_one_when_the_rest_goes_on_answering(nights: Nights) -> None:
    nights.night(1, *good(*MANY))
    for day in (2, 3, 4):
        nights.night(day, *gone(*MANY[:10]), *good(*MANY[10:]))
        assert nights.told() == ["site_missing site 02"]
    nights.night(5, *gone(*MANY[:10]), *good(*MANY[10:]))
    assert nights.told()[1:] == [f"removed {path} 05" for path in MANY[:10]]
    assert one(nights.archive, "SELECT outcome FROM mass_removals") == ("removed",)


def test_a_site_that_comes_back_closes_the_provisional_event(nights: Nights) -> None:
    nights.night(1, *good(*MANY))
    nights.night(2, *gone(*MANY))
    nights.night(3, *gone(*MANY), steady=False)
    nights.night(4, *good(*MANY))
    assert nights.told() == ["site_missing site 02", "site_back site 04"]
    assert {nights.status(path) for path in MANY} == {"live"}
    assert nights.evidence("site_back")["back"] == 20
    nights.night(5, *gone(*MANY))
    assert nights.told()[2:] == ["site_missing site 05"]


def test_the_few_that_do_not_come_back_with_their_site_are_judged_by_themselves(nights: Nights) -> None:
    nights.night(1, *good(*MANY))
    nights.night(2, *gone(*MANY))
    for day in (3, 4, 5):
        nights.night(day, *good(*MANY[1:]), *gone(MANY[0]))
    assert nights.told() == ["site_missing site 02", "site_back site 03", "removed /0 05"]


def test_new_articles_alone_do_not_show_that_the_rest_of_a_lost_site_is_well(nights: Nights) -> None:
    nights.night(1, *good(*MANY))
    for day in range(2, 9):
        nights.night(day, *gone(*MANY), *good(f"/{20 + day}"), steady=False)
    assert nights.told() == ["site_missing site 02"]


@pytest.mark.parametrize("name", ["unreadable", "listing", "article"])
def test_a_site_whose_pages_all_turn_into_the_same_page_is_told_once(nights: Nights, name: str) -> None:
    def parked(path: str, at: str) -> Prepared:
        if name == "article":
            return page(path, at, Says(headline="Tên miền này đang được bán", body="Hãy liên hệ."))
        return quality(name)(path, at)

    nights.night(1, *good("/a", "/b", "/1"))
    for day in (2, 3):
        nights.night(day, *((parked, path) for path in ("/a", "/b", "/1", STEADY)), steady=False)
    assert nights.told() == ["site_missing site 02"]
    assert nights.evidence("site_missing")["cause"] == "same_page"
    nights.night(4, *good("/a", "/b", "/1"))
    assert nights.told() == ["site_missing site 02", "site_back site 04"]


def test_a_sign_in_form_for_every_address_is_no_event(nights: Nights) -> None:
    nights.night(1, *good(*MANY))
    for day in range(2, 9):
        nights.night(day, *((quality("login"), path) for path in MANY), steady=False)
    assert nights.told() == []


def test_three_nights_without_any_answer_are_told_once_and_so_is_the_return(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for day in range(2, 7):
        nights.night(day, steady=False, outcome="refused")
        assert nights.told() == (["site_missing site 04"] if day >= 4 else [])
    nights.night(7, *good("/a"))
    assert nights.told() == ["site_missing site 04", "site_back site 07"]
    assert (nights.status("/a"), nights.evidence("site_missing")["cause"]) == ("live", "no_answer")


def test_three_crawls_of_one_night_are_one_night(nights: Nights) -> None:
    nights.night(1, *good("/a"))
    for day in (2, 2, 2, 3):
        nights.night(day, steady=False, outcome="failed")
    assert nights.told() == []


def test_when_no_other_site_answers_either_it_is_our_own_connection(nights: Nights) -> None:
    other = replace(SITE, slug="khac", home_url="http://khac.example.vn/")
    nights.archive.upsert_sites([other])
    nights.night(1, *good("/a"))
    for day in range(2, 7):
        nights.night(day, steady=False, outcome="failed")
        theirs = nights.archive.start_crawl(other.slug, "night")
        nights.archive.progress_crawl(theirs, requests=1)
        nights.archive.finish_crawl(theirs, "failed")
    assert nights.told() == []


CLOSED = replace(SITE, status="closed", successor="Tỉnh uỷ Thử")


def test_a_closed_site_is_told_once_and_its_articles_stay_as_they_are(nights: Nights) -> None:
    nights.night(1, *good("/a", "/b"))
    nights.night(2, *gone("/a"))
    nights.site = CLOSED
    for day in range(3, 8):
        nights.night(day, *gone("/a", "/b"))
    assert nights.told() == ["site_closed site 03"]
    assert nights.evidence("site_closed")["successor"] == "Tỉnh uỷ Thử"
    assert everything(nights.archive, "SELECT checks FROM removals") == [(1,)]
    close(nights.archive, CLOSED)
    assert nights.told() == ["site_closed site 03"]


def test_closing_ends_what_was_provisional_and_is_no_news_of_a_site_that_was_never_crawled(nights: Nights) -> None:
    nights.night(1, *good(*MANY))
    nights.night(2, *gone(*MANY))
    close(nights.archive, CLOSED)
    assert nights.told() == ["site_missing site 02", "site_closed site 02"]
    imported = replace(CLOSED, slug="cu", home_url="http://cu.example.vn/")
    close(nights.archive, imported)  # nothing is known of it
    nights.archive.upsert_sites([imported])
    close(nights.archive, imported)
    assert one(nights.archive, "SELECT count(*), max(baseline) FROM events WHERE site = 'cu'") == (1, 1)


# --- properties

LOOK = st.tuples(
    st.sampled_from(("good", "missing", "redirected")),
    st.booleans(),  # a healthy night
    st.integers(1, 60),  # hours since the look before
    st.booleans(),  # an import shows it in between
)


@given(st.lists(LOOK, max_size=40))
def test_any_looks_remove_and_restore_in_turn_each_with_its_evidence(looks: list[tuple[str, bool, int, bool]]) -> None:
    at, row, good_at = datetime(2026, 3, 1, tzinfo=UTC), None, timestamp(datetime(2026, 2, 1, tzinfo=UTC))
    told: list[tuple[str, str]] = []
    for n, (seen, healthy, hours, shown) in enumerate(looks):
        if shown:
            good_at = timestamp(at + timedelta(minutes=30))
        at += timedelta(hours=hours)
        look = Look(article_id="a", capture_id=str(n), at=timestamp(at), seen=seen, last_good_at=good_at)  # type: ignore[arg-type]
        before = row
        for after in step(row, look, counts=healthy):
            if after.restored and after.confirmed:
                told.append(("restored", after.restored))
            if after.confirmed and not (before and before.confirmed and before.id == after.id):
                told.append(("removed", after.confirmed))
                times = [datetime.fromisoformat(t) for _, t in after.missing]
                assert len(times) >= LOOKS
                assert times[-1] - times[0] >= LONG_ENOUGH
            row = None if after.restored else after
        if seen == "good":
            good_at = look.at
            assert row is None
    assert [kind for kind, _ in told] == ["removed", "restored"] * (len(told) // 2) + ["removed"] * (len(told) % 2)
    assert [moment for _, moment in told] == sorted(moment for _, moment in told)


SEEN = {"good": article, "gone": missing, "home": home, "error": error, "login": quality("login")}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=st.lists(st.tuples(st.sampled_from(sorted(SEEN)), st.booleans(), st.integers(1, 2)), max_size=12))
def test_any_nights_leave_the_archive_sound_and_its_statuses_true(
    looks: list[tuple[str, bool, int]], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = Nights(tmp_path_factory.mktemp("nights"), monkeypatch)
    nights.night(1, *good("/a"))
    for day, (seen, steady, times) in enumerate(looks, 2):
        crawl_id = nights.night(day, (SEEN[seen], "/a"), steady=steady)
        for _ in range(times - 1):
            weigh(nights.archive, SITE, crawl_id, CONFIG)
    kinds = [told.split()[0] for told in nights.told()]
    assert kinds == ["removed", "restored"] * (len(kinds) // 2) + ["removed"] * (len(kinds) % 2)
    telling = [seen for seen, _, _ in looks if seen not in ("error", "login")]
    expected = "live" if not telling or telling[-1] == "good" else "removed" if len(kinds) % 2 else "suspect"
    assert nights.status("/a") == expected
    sound(nights.archive)
    nights.archive.close()


def test_an_archive_that_is_migrated_is_weighed_from_its_first_crawl_on(nights: Nights) -> None:
    nights.crawl(1, article("/a", moment(1)), article(STEADY, moment(1)))
    for day in (2, 3, 4):
        last = nights.crawl(day, missing("/a", moment(day)), article(STEADY, moment(day)))
    nights.weigh(last)
    assert nights.told() == ["removed /a 04"]
