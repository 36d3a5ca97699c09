"""When an article deserves another look: expected edits times the time that they have waited; pure.

Each look costs one request; what it saves is the delay of the edits made since the last one. Looking where the expected
delay that has piled up, the integral of rate(s) (now - s) over s since the last look, is largest is the greedy policy
on estimated rates: for a constant rate it looks at intervals that go with the square root of it, which is what
minimises the mean delay at a fixed number of requests (Cho and Garcia-Molina, "Effective page refresh policies for web
crawlers", 2003; for changing rates Azar and others, "Tractable near-optimal policies for crawling", 2018).

Days are the unit of time here, and ages count from publication.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

#: Ages (days) at which the rate of edits may change; the last step has no end.
EDGES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 7.0, 14.0, 30.0, 60.0, 120.0, 240.0, 480.0)

#: Edits per article and day at those ages, before anything is known of a site: most within two days of publication,
#: then fewer and fewer, by about the power 1.6 of the age. And removals, which do not care for age.
PRIOR = (
    *(0.3, 0.25, 0.2, 0.15, 0.08, 0.05, 0.03, 0.015, 0.008, 0.003, 0.001, 0.0003, 0.0001, 0.00003, 0.00001, 0.000003),
)
REMOVALS = 0.0001

#: What a removal's delay counts beside an edit's: what the article said last is kept, but an edit that is edited again
#: before anybody looks is lost for ever.
REMOVAL_WEIGHT = 0.1

#: The weight of those starting values, in edits: after so many edits seen, a site's own habit counts for half.
_WEIGHT = 5.0
#: How different articles of one site are: the shape of the gamma distribution of what multiplies their rates. Few are
#: edited ever, and those again and again.
_SHAPE = 0.5
#: A look whose due time lies further away than this (days) is made then all the same: never *never*.
LONGEST = 120.0


@dataclass(slots=True)
class Habit:
    """How often articles of a site are edited at which age, as far as looks have told."""

    edits: list[float] = field(default_factory=lambda: [0.0] * len(EDGES))
    days: list[float] = field(default_factory=lambda: [0.0] * len(EDGES))  # article-days that looks have covered
    removals: float = 0.0

    def saw(self, since: float, until: float, *, edits: int = 0, removed: bool = False) -> None:
        """Learns from one look: between two ages of an article so many edits were made."""
        spans = list(_spans(since, until))
        expected = [PRIOR[step] * span for step, span in spans]
        total = sum(expected)
        for (step, span), share in zip(spans, expected, strict=True):
            self.days[step] += span
            self.edits[step] += edits * (share / total if total else 0.0)
        self.removals += removed

    def rates(self) -> tuple[float, ...]:
        """Edits per article and day by step of age: what was seen, with the starting values for what was not."""
        return tuple(
            (_WEIGHT * prior / max(PRIOR) + seen) / (_WEIGHT / max(PRIOR) + days)
            for prior, seen, days in zip(PRIOR, self.edits, self.days, strict=True)
        )

    def removal_rate(self) -> float:
        """Removals per article and day, by their weight."""
        return REMOVAL_WEIGHT * (REMOVALS * _REMOVAL_DAYS + self.removals) / (_REMOVAL_DAYS + sum(self.days))


#: The weight of the starting value of removals: that of a thousand articles over a month.
_REMOVAL_DAYS = 30_000.0


def _spans(since: float, until: float) -> list[tuple[int, float]]:
    """The steps of age between two ages, with the days spent in each."""
    found: list[tuple[int, float]] = []
    step = max(0, bisect_right(EDGES, since) - 1)
    while since < until:
        end = min(until, EDGES[step + 1] if step + 1 < len(EDGES) else math.inf)
        found.append((step, end - since))
        since, step = end, step + 1
    return found


def factor(rates: Sequence[float], watched_from: float, watched_until: float, edits: int) -> float:
    """How much more often than its site's others an article is edited: the mean of the gamma posterior.

    ``watched_from`` and ``watched_until`` are the ages between which looks have covered it.
    """
    expected = sum(rates[step] * span for step, span in _spans(watched_from, watched_until))
    return (_SHAPE + edits) / (_SHAPE + expected)


def due(rates: Sequence[float], scale: float, removal_rate: float, age: float, worth: float) -> float:
    """The age at which the delay that piles up since a look at ``age`` is ``worth`` a request, within ``LONGEST``."""
    delay = expected = 0.0
    at, step = age, max(0, bisect_right(EDGES, age) - 1)
    while True:
        rate = scale * rates[step] + removal_rate
        # delay + expected * x + rate * x * x / 2 = worth
        x = (math.sqrt(expected * expected + 2 * rate * (worth - delay)) - expected) / rate
        end = EDGES[step + 1] if step + 1 < len(EDGES) else math.inf
        if at + x <= end or at >= age + LONGEST:
            return min(at + x, age + LONGEST)
        span = end - at
        delay += expected * span + rate * span * span / 2
        expected += rate * span
        at, step = end, step + 1
