"""When a look is due: sooner where edits are likely, never *never*, and by the arithmetic of expected delay."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.looks import EDGES, LONGEST, PRIOR, REMOVALS, Habit, due, factor

ages = st.floats(0, 4000)
rates = st.lists(st.floats(1e-7, 2), min_size=len(EDGES), max_size=len(EDGES)).map(tuple)
worths = st.floats(1e-4, 1)


def waited(rates: tuple[float, ...], removals: float, age: float, until: float) -> float:
    """The delay (edits times days) that has piled up since a look at ``age``, between one step of age and the next."""
    borders = [age, *(edge for edge in EDGES if age < edge < until), until]
    delay = edits = 0.0
    for begin, end in pairwise(borders):
        rate = rates[sum(edge <= begin for edge in EDGES) - 1] + removals
        delay += edits * (end - begin) + rate * (end - begin) ** 2 / 2
        edits += rate * (end - begin)
    return delay


def test_every_age_has_a_starting_rate() -> None:
    assert len(PRIOR) == len(EDGES)
    assert sorted(PRIOR, reverse=True) == list(PRIOR)


@given(rates, ages, worths)
def test_a_look_is_due_when_what_has_waited_is_worth_it(rates: tuple[float, ...], age: float, worth: float) -> None:
    at = due(rates, 1.0, REMOVALS, age, worth)
    assert age < at <= age + LONGEST
    assume(at < age + LONGEST)
    assert waited(rates, REMOVALS, age, at) == pytest.approx(worth, rel=1e-6)


@given(rates, ages, worths, st.floats(1, 50))
def test_what_is_edited_more_is_looked_at_sooner(
    rates: tuple[float, ...], age: float, worth: float, more: float
) -> None:
    assert due(rates, more, REMOVALS, age, worth) <= due(rates, 1.0, REMOVALS, age, worth) + 1e-9


def test_intervals_go_with_the_square_root_of_a_constant_rate() -> None:
    flat = (0.01,) * len(EDGES)
    once, four_times = (due(flat, scale, 0.0, 0.0, 0.005) for scale in (1.0, 4.0))
    assert once == pytest.approx(2 * four_times)


def test_a_habit_is_what_was_seen_once_enough_was_seen() -> None:
    habit = Habit()
    assert habit.rates() == pytest.approx(PRIOR)
    for _ in range(5000):
        habit.saw(10.0, 14.0, edits=1)  # one edit in four days, at an age at which there should be none
    at = EDGES.index(7.0)
    assert habit.rates()[at] == pytest.approx(0.25, rel=0.05)
    assert habit.rates()[0] == pytest.approx(PRIOR[0])
    habit.saw(0.0, 1.0, removed=True)
    assert habit.removal_rate() > Habit().removal_rate() / 100


def test_an_article_that_was_edited_is_unlike_its_sites_others() -> None:
    rates = Habit().rates()
    assert factor(rates, 0.0, 0.0, 0) == 1.0
    assert factor(rates, 0.0, 30.0, 0) < 1.0 < factor(rates, 0.0, 30.0, 3)
