"""Processes that read beside one writer: in order, and with one sentence where one of them dies."""

from __future__ import annotations

import os
import time

import pytest

from crawler.errors import LuutinError
from monitor.readers import Readers


def squared(number: int) -> int:
    time.sleep(0.01 * (number % 3))  # later work may be done first
    return number * number


def dying(number: int) -> int:
    if number == 5:
        os._exit(9)
    return number


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_put_in_comes_back_in_order_with_what_was_kept_of_it(jobs: int) -> None:
    with Readers[int, int, str](squared, jobs=jobs, doing="squared numbers") as readers:
        found = [done for n in range(20) for done in readers.put(n, f"kept {n}")]
        found += readers.rest()
    assert found == [(f"kept {n}", n * n) for n in range(20)]


def test_a_process_that_was_killed_is_told_in_one_sentence() -> None:
    with Readers[int, int, None](dying, jobs=2, doing="counted") as readers:

        def count() -> None:
            for n in range(20):
                list(readers.put(n, None))
            list(readers.rest())

        with pytest.raises(LuutinError, match=r"^A process that counted was killed.*fewer --jobs\.$"):
            count()
        assert list(readers.rest()) == []
