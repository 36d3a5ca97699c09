"""How well pages are read does not fall: our three readings over the corpus and over the seeds in page shapes.

Scores are those of ``benchmarks/gold.py``, which the benchmark of extraction prints beside other tools'. A change that
reads better raises what is pinned here.
"""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks.gold import SHARED_SETS, Gold, Page, Reading, f1, score, total, words
from benchmarks.readers import READERS

CORPUS, SEEDS = SHARED_SETS
#: F1 rounded down to three places, every other column the number of pages that are right, of 525 and of 105.
PINNED: dict[tuple[str, str], dict[str, float]] = {
    ("declared", CORPUS): {"f1": 0.999, "exact": 525, "headline": 525, "day": 525, "date": 525},
    ("generic", CORPUS): {"f1": 0.999, "exact": 525, "headline": 525, "day": 525, "date": 525},
    ("nameless", CORPUS): {"f1": 0.999, "exact": 513, "headline": 525, "day": 525, "date": 525},
    ("declared", SEEDS): {"f1": 1, "exact": 105, "headline": 105, "day": 105, "date": 105, "author": 105},
    ("generic", SEEDS): {"f1": 1, "exact": 105, "headline": 105, "day": 105, "date": 105, "author": 105},
    ("nameless", SEEDS): {"f1": 1, "exact": 105, "headline": 105, "day": 105, "date": 105, "author": 105},
}


@cache
def pages(title: str) -> list[Page]:
    return list(SHARED_SETS[title][0]())


@pytest.mark.shared
@pytest.mark.parametrize(("reader", "title"), PINNED)
def test_no_score_falls_below_what_was_reached(reader: str, title: str) -> None:
    ours = READERS[reader]
    read = ours.make()
    scores = {page.name: score(read(page, ours.prepare(page)), page.gold) for page in pages(title)}
    reached = total(list(scores.values()))
    fallen = {name: (reached[name], least) for name, least in PINNED[reader, title].items() if reached[name] < least}
    wrong = [name for name, s in scores.items() if not (s.exact and s.headline and s.date and s.author is not False)]
    assert not fallen, f"(reached, pinned): {fallen}; pages at fault, some of them before too: {wrong}"


GOLD = Gold("Hội nghị dân vận", "2018-10-26T11:30:00+07:00", "thu hà", "Sáng nay, hội nghị hoà giải đã họp.")


@pytest.mark.parametrize(
    "text",
    [
        "Sáng nay, hội nghị hòa giải đã họp.\nthu hà",
        "Sáng nay,\n\n- hội nghị hoà giải | đã họp",
        "Hội nghị dân vận\nSáng nay, hội nghị hoà giải đã h\u1ecdp",
        "S áng nay, hộinghị hoà giải đã họp. thu hà",
    ],
    ids=["tone placement", "signs, author left out", "headline first", "white space"],
)
def test_a_tool_pays_nothing_for_how_it_writes_the_words(text: str) -> None:
    assert score(Reading(None, None, None, text), GOLD).exact


def test_a_score_names_what_is_wrong() -> None:
    wrong = score(Reading("Hội nghị dân vận - Trang chủ", "2018-10-26", "Thu Hà", "Sáng nay họp, họp"), GOLD)
    assert not wrong.exact
    assert not wrong.headline
    assert (wrong.day, wrong.date) == (True, False)
    assert wrong.author
    assert wrong.f1 == pytest.approx(2 * 3 / (4 + 8))


def test_f1_is_of_bags_of_words() -> None:
    assert f1(words("a b b"), words("b, b c")) == pytest.approx(2 * 2 / 6)
    assert f1([], []) == 1
    assert f1(["a"], []) == 0
