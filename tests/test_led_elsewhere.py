"""Addresses that lead elsewhere: to another site, to nothing, to another article, to a form; none passes in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.archive import Prepared
from crawler.journal import open_alert
from monitor.missing import LOOKS
from monitor.review import decide, waiting
from tests.captures import Says, error, everything, identity_of, moment, one, page, redirect, soft_missing, sound
from tests.nights import Nights, article, good

MANY = tuple(f"/{n}" for n in range(12))
Build = Callable[[str, str], Prepared]


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nights]:
    nights = Nights(tmp_path, monkeypatch)
    yield nights
    sound(nights.archive)
    nights.archive.close()


def off(path: str, at: str, to: str = "vn,example,moi)") -> Prepared:
    """A redirect to a host that is not the site's."""
    return replace(redirect(path, at, f"/moi{path}"), redirect_to=f"{to}{path}", follow=())


def to(target: str) -> Build:
    return lambda path, at: redirect(path, at, target)


def of(quality: str) -> Build:
    return lambda path, at: replace(soft_missing(path, at), quality=quality)


def each(build: Build, *paths: str) -> list[tuple[Callable[..., Prepared], str]]:
    return [(build, path) for path in paths]


def listed(nights: Nights) -> list[str]:
    return [f"{case.target}: {case.why}" for case in waiting(nights.archive.connection)]


# --- off the site


def test_three_nights_in_which_all_of_it_leads_to_another_host_are_told(nights: Nights) -> None:
    """Its robots.txt, too: so that no article may be asked where it leads."""
    nights.night(1, *good("/a"))
    for day in range(2, 6):
        nights.night(day, *each(off, "/robots.txt"), steady=False, outcome="refused")
        assert nights.told() == (["site_missing site 04"] if day >= 4 else [])
    assert (nights.status("/a"), nights.evidence("site_missing")["cause"]) == ("live", "no_answer")
    nights.night(6, *good("/a"))
    assert nights.told() == ["site_missing site 04", "site_back site 06"]


@pytest.mark.parametrize("steady", [True, False])
def test_articles_led_to_another_site_are_one_event_of_the_same_night_and_stay_as_they_are(
    nights: Nights, steady: bool
) -> None:
    nights.night(1, *good(*MANY))
    for day in range(2, 8):
        nights.night(day, *each(off, *MANY), steady=steady, outcome="complete" if steady else "failed")
        assert nights.told() == ["site_missing site 02"]
    evidence = nights.evidence("site_missing")
    assert (evidence["cause"], evidence["missing"]) == ("led_off", 12)
    assert {nights.status(path) for path in MANY} == {"live"}
    (case,) = waiting(nights.archive.connection)
    assert case.why == f"the addresses of 12 of the {12 + steady} articles looked at lead to another site now"
    nights.night(8, *good(*MANY))
    assert nights.told() == ["site_missing site 02", "site_back site 08"]
    assert nights.evidence("site_back")["back"] == 12


def test_half_of_a_site_led_off_it_stands_until_most_of_that_is_back(nights: Nights) -> None:
    rest = [f"/{n}" for n in range(12, 30)]
    nights.night(1, *good(*MANY, *rest))
    for day in (2, 3, 4):
        nights.night(day, *each(off, *MANY[:7]), *good(*MANY[7:], *rest))
    nights.night(5, *good(*rest))  # none of them was looked at
    assert nights.told() == ["site_missing site 02"]
    nights.night(6, *good(*MANY, *rest))
    assert nights.told() == ["site_missing site 02", "site_back site 06"]


def test_few_articles_led_off_their_site_are_nothing_to_tell_readers_nor_is_a_sign_in_form_there(
    nights: Nights,
) -> None:
    nights.night(1, *good(*MANY))
    for day in (2, 3, 4, 5):
        nights.night(day, *each(off, "/0", "/1"), *good(*MANY[2:]))
    for day in (6, 7, 8, 9):
        nights.night(day, *each(lambda path, at: off(path, at, "vn,example,sso)/login?to="), *MANY), steady=False)
    assert nights.told() == []
    assert everything(nights.archive, "SELECT * FROM removals") == []


def test_other_names_of_the_site_are_the_site(nights: Nights) -> None:
    nights.site = replace(nights.site, allowed_hosts=("moi.example.vn",))
    nights.night(1, *good(*MANY))
    for day in (2, 3):
        nights.night(day, *each(off, *MANY), steady=False)
    assert nights.told() == []


# --- to where nothing is


@pytest.mark.parametrize(("target", "told"), [("not_found", ["removed /a 04"]), ("empty", []), ("unreadable", [])])
def test_a_redirect_to_a_page_that_says_not_found_is_evidence(nights: Nights, target: str, told: list[str]) -> None:
    nights.night(1, *good("/a"))
    nights.night(2, (to("/khong"), "/a"), (of(target), "/khong"))
    assert nights.status("/a") == ("suspect" if told else "live")
    for day in (3, 4):  # the page that it leads to is fetched once
        nights.night(day, (to("/khong"), "/a"))
    assert nights.told() == told


# --- to another article


def long(path: str, at: str) -> Prepared:
    words = " ".join(f"Đoạn{path[1:]} câu thứ {n} nói{path[1:]}." for n in range(20))
    return page(path, at, Says(headline=f"Bài {path}", body=words))


def test_a_redirect_to_another_article_that_says_something_else_is_a_removal_with_that_as_evidence(
    nights: Nights,
) -> None:
    nights.night(1, (long, "/a"), (long, "/b"))
    for day in (2, 3, 4):
        nights.night(day, (to("/b"), "/a"), (long, "/b"))
    assert nights.told() == ["removed /a 04"]
    assert nights.evidence("removed")["redirect"] == identity_of("/b")
    assert one(nights.archive, "SELECT moved_to FROM removals") == (None,)


def test_a_redirect_to_it_is_a_move_although_a_word_of_it_changed(nights: Nights) -> None:
    def changed(path: str, at: str) -> Prepared:
        said = long("/a", at)
        return page(path, at, Says(headline="Bài /a", body=said.body.replace("câu thứ 7 ", "câu thứ bảy ")))

    nights.night(1, (long, "/a"))
    for day in (2, 3, 4):
        nights.night(day, (to("/b"), "/a"), (changed, "/b"))
    assert nights.told() == ["moved /a 04"]


def test_many_articles_led_to_one_article_are_lost_together(nights: Nights) -> None:
    nights.night(1, *good(*MANY))
    nights.night(2, *each(to("/11"), *MANY[:6]), *good(*MANY[6:]))
    assert nights.told() == ["site_missing site 02"]
    assert nights.evidence("site_missing")["cause"] == "many"
    for day in (3, 4, 5):
        nights.night(day, *each(to("/11"), *MANY[:6]), *good(*MANY[6:]))
    assert nights.told()[1:] == [f"removed {path} 05" for path in MANY[:6]]


# --- what nothing proves


@pytest.mark.parametrize("build", [error, off, to("/tin"), of("listing"), of("login")])
def test_what_no_look_finds_for_two_weeks_without_evidence_waits_for_a_person(nights: Nights, build: Build) -> None:
    nights.night(1, *good("/a", "/b"))
    for day in range(2, 18):
        nights.night(day, (build, "/a"), (of("listing"), "/tin"), *good("/b"))
        assert bool(listed(nights)) == (day >= 16), day
    assert nights.told() == []
    (case,) = waiting(nights.archive.connection)
    assert (case.target, case.since) == (identity_of("/a"), moment(2))
    assert case.why.startswith("not seen since, though nothing says that it is gone (days: 16; first: ")
    assert case.evidence == (article("/a", moment(1)).capture_id, build("/a", moment(2)).capture_id)
    nights.night(18, *good("/a"))
    assert listed(nights) == []


@pytest.mark.parametrize("decision", ["removed", "still_there", "wait"])
def test_a_person_decides_about_what_nothing_proves(nights: Nights, decision: str) -> None:
    nights.night(1, *good("/a"))
    for day in range(2, 18):
        nights.night(day, (error, "/a"))
    decide(nights.archive, identity_of("/a"), decision, note="", by="lan")  # type: ignore[arg-type]
    nights.night(18, (error, "/a"))
    assert nights.told() == (["removed /a 17"] if decision == "removed" else [])
    assert listed(nights) == ([f"{identity_of('/a')}: put off by a person"] if decision == "wait" else [])


def test_one_look_that_was_led_elsewhere_is_enough_and_another_of_its_addresses_is_none(nights: Nights) -> None:
    nights.night(1, *good("/a", "/b"))
    nights.night(2, (to("/tin"), "/a"), (to("/b"), "/cu"), *good("/c"))
    nights.night(16)
    assert [case.target for case in waiting(nights.archive.connection)] == [identity_of("/a")]


def test_few_looks_wait_for_nobody_nor_does_a_site_whose_trouble_is_told(nights: Nights) -> None:
    nights.night(1, *good("/a", "/b"))
    for day in (2, *range(20, 20 + LOOKS - 2)):
        nights.night(day, (error, "/a"), *good("/b"))
    assert listed(nights) == []
    nights.night(25, (error, "/a"), *good("/b"))
    assert len(listed(nights)) == 1
    with nights.archive.writing() as db:
        open_alert(db, nights.site.slug, "login_wall", "", {})
    assert listed(nights) == []
