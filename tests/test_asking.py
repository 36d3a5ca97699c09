"""What answers tell of a site: how fast it is, and whether it can be believed that nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.asking import EVERY, LYING, in_turn
from crawler.site import Site
from crawler.tally import LEAST_ANSWERS, Tally
from monitor.demo.pages.page import Request, Response
from monitor.demo.world import World
from monitor.symptoms import TRUE, Trouble, lying
from tests.scripted import editing, stage
from tests.scripted.stage import Stage, edit

LB = "lam_binh"

# -- rules --------------------------------------------------------------------------------------------------------


@given(st.text(min_size=1), st.integers(0, 5_000))
def test_of_so_many_looks_at_an_address_one_asks_in_full(url_key: str, looks: int) -> None:
    assert sum(in_turn(url_key, n) for n in range(looks, looks + EVERY)) == 1


def test_addresses_take_turns() -> None:
    keys = [f"vn,example)/bai-{n}" for n in range(700)]
    assert all(60 < sum(in_turn(key, looks) for key in keys) < 140 for looks in range(EVERY))


def test_one_lie_is_proof_and_so_many_true_answers_in_a_row_end_it() -> None:
    lie: dict[str, Any] = {"in_full": 9, "lied": 1, "captures": ["a", "b"]}
    assert lying([{"in_full": 3, "honest": 1}, {}], is_open=False) is None
    assert lying([lie], is_open=False) == Trouble(LYING, {"lied": 1, "captures": ["a", "b"]})
    true = {"in_full": 9, "honest": 1}
    assert lying([true] * (TRUE - 1) + [lie] + [true] * TRUE, is_open=True) is None
    assert lying([true, {"in_full": 9}] * TRUE + [lie], is_open=True) == "over"
    assert isinstance(lying([{"honest": TRUE, "lied": 1}, lie], is_open=True), Trouble)


def test_how_long_answers_take_is_told_once_enough_have_come() -> None:
    tally = Tally()
    tally.answered_in.extend([0.25] * (LEAST_ANSWERS - 1))
    assert tally.response_times() == {}
    tally.answered_in.extend([0.5, *[0.25] * 9, 4.0])
    assert tally.response_times() == {"response_median": 0.25, "response_p95": 0.5}


# -- nights -------------------------------------------------------------------------------------------------------


class OneSite(Stage):
    """The one whose pages have validators."""

    @property
    def sites(self) -> list[Site]:
        return [site for site in super().sites if site.slug == LB]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage.quick(monkeypatch)
    with World(articles_per_site=12, reprints=False) as world:
        yield OneSite(world, tmp_path / "archive")


def lies(scene: Stage, slug: str, _: str) -> None:
    """Whoever names a copy, whichever, is told that it is still good."""
    site = scene.world.sites[slug]
    copies = ("if-none-match", "if-modified-since")
    paths = {site.article_path(article) for article in site.articles.values()}

    def answer(request: Request) -> Response | None:
        asked = request.target in paths and any(name in request.headers for name in copies)
        return Response(b"", 304) if asked else None

    site.everywhere = answer


def told(scene: Stage) -> set[tuple[int, str]]:
    return {(night, name) for night, slug, name, kind in scene.told() if kind == "edited" and slug == LB}


def learned(scene: Stage) -> list[str]:
    return [said for (said,) in scene.rows(f"SELECT validators FROM crawls WHERE site = '{LB}' ORDER BY id")]


def test_an_edit_that_a_lying_site_hides_is_found_within_a_week_and_after_that_none_is_hidden(
    scene: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each article is looked at every night here; the last is asked in full only when its turn comes."""
    nights = EVERY + 2
    script = [(2, LB, "", lies), (2, LB, "h", edit(editing.number)), (nights + 1, LB, "", stage.usual)]
    script += [(nights, LB, name, edit(editing.letter)) for name in "abc"]
    script += [(nights + 1, LB, name, edit(editing.name)) for name in "de"]
    script += [(nights + 2, LB, "f", edit(editing.name))]
    scene.play(script, nights + 3, monkeypatch)
    found = told(scene)
    (night,) = [night for night, name in found if name == "h"]
    assert 2 <= night <= 1 + EVERY
    expected = {(nights, name) for name in "abc"} | {(nights + 1, name) for name in "de"} | {(nights + 2, "f")}
    assert found - {(night, "h")} == expected, "asked in full, no edit waits"
    assert scene.alerts() == {(LB, LYING, night, nights + 2)}
    assert [said for said in learned(scene)[1 : night - 1] if "lied" in said] == []


def test_an_honest_site_is_asked_in_full_now_and_then_and_nothing_comes_of_it(
    scene: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.play([(n, LB, "a", edit(change)) for n, change in ((2, editing.number), (3, editing.letter))], 4, monkeypatch)
    assert told(scene) == {(2, "a"), (3, "a")}
    assert scene.alerts() == set()
    assert learned(scene)[0] == "{}", "nothing was known that could be asked for"
    times = scene.rows("SELECT response_median, response_p95 FROM crawls")
    assert all(0 < median <= p95 < 10 for median, p95 in times)
    assert all('"in_full"' in said and "lied" not in said for said in learned(scene)[1:])
    assert 304 in {status for *_, status in scene.world.log(LB)}, "most are only asked whether they changed"
