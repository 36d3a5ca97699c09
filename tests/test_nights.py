"""Thirty nights over five sites, written down beforehand: what happens, what readers hear of it, what operators do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.demo.world import World
from tests.scripted import editing, stage
from tests.scripted.chance import play
from tests.scripted.stage import GONE, HOME, Line, Stage, back, edit, moves_to, publish, renamed, vanish

#: The long form: crawls are started as the command starts them, sites are larger, and listings have several pages.
SOAK = bool(os.environ.get("LUUTIN_SOAK"))
NIGHTS, ARTICLES = 30, 45 if SOAK else 12

HD, QB, LB, TQ, BT = "hai_duong", "quang_binh", "lam_binh", "tuyen_quang", "binh_thanh"

# Beside all this counters count, "today" moves and related lists rotate at every request, of every site.
SCRIPT: tuple[Line, ...] = (
    # --- Hải Dương: dates, a hard 404 for what is not there
    (2, HD, "a", edit(editing.letter)),
    (3, HD, "new", publish),
    (4, HD, "b", edit(editing.number)),
    (5, HD, "c", vanish),
    (8, HD, "d", GONE),
    (9, HD, "e", edit(editing.tones)),
    (10, HD, "e", edit(editing.spaces)),
    (11, HD, "f", HOME),
    (12, HD, "c", back),
    (14, HD, "", stage.off),  # an outage of a night
    (15, HD, "", stage.on),
    (16, HD, "", stage.wall),  # a sign-in form for every address, for three nights
    (17, HD, "new 2", publish),
    (19, HD, "", stage.usual),
    *((20, HD, name, GONE) for name in "abeghi"),  # much at once, for good
    (26, HD, "new 3", publish),
    (27, HD, "new 3", edit(editing.diacritic)),
    # --- Quảng Bình: soft 404s with status 200, sections, sessions in links
    (2, QB, "a", edit(editing.name)),
    (3, QB, "b", edit(editing.attachment)),
    (4, QB, "c", edit(editing.author)),
    (5, QB, "d", edit(editing.headline)),
    (6, QB, "e", vanish),
    *((night, QB, "f", edit(editing.flip)) for night in range(7, 16)),  # a page that flips between two states
    (12, QB, "a", edit(editing.punctuation)),
    (13, QB, "c", edit(editing.number)),
    (17, QB, "", stage.off),  # an outage of a week
    (20, QB, "new", publish),
    (24, QB, "", stage.on),
    (25, QB, "g", edit(editing.section)),
    (26, QB, "h", edit(editing.date)),
    (27, QB, "i", renamed),
    # --- Lâm Bình: validators that say when nothing changed, a page that forwards home for what is not there
    (2, LB, "a", edit(editing.diacritic)),
    (3, LB, "new", publish),
    (4, LB, "b", vanish),
    (7, LB, "c", edit(editing.decomposed)),
    (8, LB, "d", edit(editing.other_hand)),
    (9, LB, "e", moves_to("moved", redirects=True)),
    *((night, LB, "g", vanish if night % 2 else back) for night in range(11, 15)),  # there every other night
    (16, LB, "", stage.all_emptied),  # a template without texts, for two nights
    (18, LB, "", stage.all_filled),
    (20, LB, "", stage.articles_fail),
    (21, LB, "", stage.usual),
    (23, LB, "", stage.off),  # switched off
    (28, LB, "", stage.closes),
    # --- Tuyên Quang: no dates, the home page with status 200 for what is not there
    (2, TQ, "a", edit(editing.year)),
    (3, TQ, "new", publish),
    (4, TQ, "b", edit(editing.headline)),
    (5, TQ, "c", GONE),
    (8, TQ, "e", edit(editing.name)),
    (9, TQ, "e", edit(editing.no_stroke)),
    (10, TQ, "f", edit(editing.punctuation)),
    (12, TQ, "g", moves_to("moved", redirects=False)),
    (15, TQ, "h", edit(editing.attachment)),
    (18, TQ, "", stage.parked),  # one page for every address, for two nights
    (20, TQ, "", stage.usual),
    (22, TQ, "i", edit(editing.paragraph_removed)),
    (24, TQ, "d", vanish),
    (28, TQ, "", stage.redesign),
    # --- Bình Thạnh: forms and postbacks, an empty template for what is not there
    (2, BT, "new", publish),
    (3, BT, "a", edit(editing.date)),
    (4, BT, "b", edit(editing.paragraph_added)),
    (5, BT, "c", edit(editing.paragraph_removed)),
    (6, BT, "d", vanish),
    (9, BT, "", stage.fails),  # a night of errors
    (10, BT, "", stage.usual),
    (11, BT, "h", edit(editing.paragraphs_swapped)),
    (13, BT, "d", back),
    (15, BT, "", stage.redesign),  # for good
    (18, BT, "a", edit(editing.letter)),
    (20, BT, "i", vanish),  # for two nights only
    (22, BT, "i", back),
    *((24, BT, name, vanish) for name in "abcefg"),  # much at once, for a night
    *((25, BT, name, back) for name in "abcefg"),
    (28, BT, "new 2", publish),
)

#: What was removed and is listed again is looked at where a look at it is due, or else in the next night, which knows
#: the listing; among few articles it is due every night.
LISTED_AGAIN = 13 if SOAK else 12

#: What readers hear, and nothing else: night, site, article ("" where it is the site), kind.
TOLD = {
    (2, HD, "a", "edited"),
    (3, HD, "new", "new"),
    (4, HD, "b", "edited"),
    (7, HD, "c", "removed"),  # three looks over 48 hours
    (10, HD, "d", "removed"),
    (LISTED_AGAIN, HD, "c", "restored"),
    (13, HD, "f", "removed"),
    (19, HD, "new 2", "new"),  # published behind the sign-in form
    (20, HD, "", "site_missing"),
    *((23, HD, name, "removed") for name in "abeghi"),  # three nights in which all others answered
    (26, HD, "new 3", "new"),
    (27, HD, "new 3", "edited"),
    (2, QB, "a", "edited"),
    (3, QB, "b", "edited"),
    (4, QB, "c", "edited"),
    (5, QB, "d", "edited"),
    (8, QB, "e", "removed"),
    (7, QB, "f", "edited"),
    (8, QB, "f", "edited"),  # back to what it was: told once, then silence
    (13, QB, "c", "edited"),
    (19, QB, "", "site_missing"),  # the third night without connection
    (24, QB, "", "site_back"),
    (24, QB, "new", "new"),
    (25, QB, "g", "edited"),
    (26, QB, "h", "edited"),
    (2, LB, "a", "edited"),
    (3, LB, "new", "new"),
    (6, LB, "b", "removed"),
    (9, LB, "moved", "new"),
    (11, LB, "e", "moved"),
    (16, LB, "", "site_missing"),
    (18, LB, "", "site_back"),
    (25, LB, "", "site_missing"),
    (28, LB, "", "site_closed"),
    (2, TQ, "a", "edited"),
    (3, TQ, "new", "new"),
    (4, TQ, "b", "edited"),
    (7, TQ, "c", "removed"),
    (8, TQ, "e", "edited"),
    (9, TQ, "e", "edited"),
    (12, TQ, "moved", "new"),
    (14, TQ, "g", "moved"),
    (15, TQ, "h", "edited"),
    (18, TQ, "", "site_missing"),
    (20, TQ, "", "site_back"),
    (22, TQ, "i", "edited"),
    (26, TQ, "d", "removed"),
    (2, BT, "new", "new"),
    (3, BT, "a", "edited"),
    (4, BT, "b", "edited"),
    (5, BT, "c", "edited"),
    (8, BT, "d", "removed"),
    (11, BT, "h", "edited"),
    (13, BT, "d", "restored"),
    (18, BT, "a", "edited"),
    (24, BT, "", "site_missing"),
    (25, BT, "", "site_back"),
    (28, BT, "new 2", "new"),
}

#: What operators hear: site, kind, night opened, night closed.
ALERTS = {
    (HD, "crawl_failed", 14, 15),
    (HD, "login_wall", 16, 19),
    (QB, "crawl_failed", 17, 24),
    (LB, "crawl_failed", 20, 21),
    (LB, "crawl_failed", 23, 28),
    (TQ, "listing_empty", 18, 20),
    (BT, "crawl_failed", 9, 10),
}
#: Six of twelve are half of a section's list, which never comes back to its habit; that of a field takes twenty.
BY_SIZE = {(LB, "field_lost", 16, 18)} if SOAK else {(HD, "listing_empty", 20, None)}

#: Re-saves that change what is read and nothing that it says. Spaces, NFD and another editor's markup do not even that.
COSMETIC = {(9, HD, "e"), (12, QB, "a"), (10, TQ, "f")}


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    if not SOAK:
        stage.quick(monkeypatch)
    with World(articles_per_site=ARTICLES, reprints=False) as world:
        yield Stage(world, tmp_path / "archive")


def test_readers_and_operators_hear_of_thirty_nights_what_happened_and_nothing_else(
    scene: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.play(SCRIPT, NIGHTS, monkeypatch)
    told = scene.told()
    assert (sorted(told - TOLD), sorted(TOLD - told)) == ([], []), "(too many, missing)"
    assert scene.alerts() == ALERTS | BY_SIZE
    assert scene.recorded("cosmetic") == COSMETIC
    assert {name for name, status in scene.statuses(LB).items() if status != "live"} == {"b", "e"}, "it is closed"


def test_a_redesign_is_no_edit_of_every_article_nor_is_its_end_and_edits_of_these_nights_are_told(
    scene: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = (HD, QB, LB, TQ, BT)
    edits = (
        *((2, "a", editing.letter), (2, "b", editing.headline), (2, "c", editing.number), (2, "d", editing.name)),
        # what was edited is looked at again although listings are read as all links of a page
        *((3, "c", editing.letter), (4, "d", editing.number), (4, "a", editing.headline)),
    )
    redesigns = [(night, site, "", stage.redesign) for site in sites for night in (2, 4)]
    scene.play([*redesigns, *((n, s, name, edit(change)) for n, name, change in edits for s in sites)], 4, monkeypatch)
    assert scene.told() == {(night, site, name, "edited") for night, name, _ in edits for site in sites}


def test_an_edit_is_seen_in_the_first_night_after_three_behind_a_sign_in_form(
    scene: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = [(2, HD, "", stage.wall), (5, HD, "", stage.usual), (5, HD, "a", edit(editing.number))]
    scene.play(nights, 5, monkeypatch)
    assert scene.told() == {(5, HD, "a", "edited")}


def test_what_leads_elsewhere_is_told_as_what_it_is(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = stage.answers(302, ("Location", "/khong-tim-thay"))
    nights = [
        *[(2, HD, "a", nowhere), (2, HD, "b", stage.leads_to("k"))],
        *[(2, QB, "", stage.forwards(all_of_it=True)), (2, LB, "", stage.forwards(all_of_it=False))],
        *((2, TQ, name, stage.leads_to("k")) for name in "abcdef"),
    ]
    scene.play(nights, 4, monkeypatch)
    assert scene.told() == {
        *((2, site, "", "site_missing") for site in (QB, LB, TQ)),
        *((4, HD, name, "removed") for name in "ab"),
    }
    assert set(scene.statuses(LB).values()) == {"live"}
    assert {(QB, "crawl_failed", 2, None), (LB, "led_away", 2, None)} <= scene.alerts()


def test_a_sign_in_form_in_the_place_of_a_listing_lists_nothing(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.play([(2, HD, "", stage.wall)], 2, monkeypatch)
    assert scene.rows(
        f"SELECT count(*) FROM sightings WHERE crawl_id = (SELECT max(id) FROM crawls WHERE site = '{HD}')"
    ) == [(0,)]


def test_nights_that_chance_writes_are_told_as_a_small_model_says(
    scene: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = play(scene, 40 if SOAK else 8, seed=1, monkeypatch=monkeypatch)
    told, expected = scene.told(), {event for model in models for event in model.told}
    for model in models:
        for either in model.restored:
            assert len(told & either) == 1, f"one of {either}"
            expected |= told & either
    open_still = {event for model in models for nights in model.waiting for event in nights}
    assert (sorted(told - expected - open_still), sorted(expected - told)) == ([], []), "(too many, missing)"
    assert scene.alerts() == {alert for model in models for alert in model.alerts}
