"""A simulated year of revisits at one budget: all in turn, NewsDiffs' age steps, ours, and knowing the true rates."""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from common import arguments, progress

from monitor.looks import REMOVAL_WEIGHT, Habit, due, factor

TITLE = "Revisits, a simulated year"

#: What issue 4 promises: of NewsDiffs' delays, and of those of the policy that knows the true rates.
EDIT, REMOVAL, KNOWING = 0.6, 0.5, 1.4

#: The year that is simulated (days), and how often requests are given out.
YEAR, SLOTS = 365.0, 24

# The truth: what no policy but the last is told. An article's edits are gamma-distributed around a mean; most come
# within two days of publication, the rest over a heavy tail (Lomax).
MEAN_EDITS, SHAPE = 0.6, 0.4
EARLY_SHARE, EARLY_MEAN = 0.75, 0.55
TAIL_ALPHA, TAIL_SCALE = 0.8, 4.0
REMOVED_A_YEAR = 0.03


@dataclass(slots=True)
class Article:
    """One article: when it was published, what will happen to it, and what a policy knows of it."""

    published: float
    propensity: float
    edits: list[float]
    removed: float
    first_look: float
    last_look: float = 0.0
    next_edit: int = 0  # index of the first edit that nobody has seen
    seen: int = 0
    last_change: float = -math.inf
    gone: bool = False


def world(articles: int, new_a_day: float, seed: int) -> list[Article]:
    """The articles of a year: those of eight years before it, and new ones every day."""
    draw = random.Random(seed)
    births = [-draw.random() * 8 * 365 for _ in range(articles)]
    births += [draw.random() * YEAR for _ in range(int(new_a_day * YEAR))]
    return [_article(draw, birth) for birth in births]


def _article(draw: random.Random, published: float) -> Article:
    propensity = draw.gammavariate(SHAPE, 1 / SHAPE)
    edits = sorted(published + _edit_age(draw) for _ in range(_poisson(draw, MEAN_EDITS * propensity)))
    removed = published + draw.expovariate(-math.log(1 - REMOVED_A_YEAR) / 365)
    if removed < 0:
        removed = math.inf  # what went before the archive began is not in it
    first = max(published, 0.0)
    article = Article(published, propensity, [e for e in edits if e < min(removed, YEAR)], removed, first, first)
    article.next_edit = sum(e <= first for e in article.edits)
    return article


def _edit_age(draw: random.Random) -> float:
    if draw.random() < EARLY_SHARE:
        return draw.expovariate(1 / EARLY_MEAN)
    return TAIL_SCALE * ((1 - draw.random()) ** (-1 / TAIL_ALPHA) - 1)


def _poisson(draw: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), draw.random(), 0
    while product > limit:
        product, count = product * draw.random(), count + 1
    return count


def true_rate(age: float) -> float:
    """Edits a day of an article of propensity 1 at that age."""
    early = EARLY_SHARE * math.exp(-age / EARLY_MEAN) / EARLY_MEAN
    tail = (1 - EARLY_SHARE) * TAIL_ALPHA / TAIL_SCALE * (1 + age / TAIL_SCALE) ** (-TAIL_ALPHA - 1)
    return MEAN_EDITS * (early + tail)


@dataclass(slots=True)
class Result:
    """What a policy came to; delays in days, what was never seen counts until the end of the year."""

    name: str
    requests: int = 0
    edit_delays: list[float] = field(default_factory=list)
    edits: int = 0
    removal_delays: list[float] = field(default_factory=list)

    @property
    def edit_delay(self) -> float:
        return sum(self.edit_delays) / len(self.edit_delays)

    @property
    def removal_delay(self) -> float:
        return sum(self.removal_delays) / len(self.removal_delays)

    @property
    def share_seen(self) -> float:
        return self.edits / len(self.edit_delays)


#: Where each policy's tightness begins: near where it settles, lest the first weeks decide.
START = {"uniform": 1.0, "NewsDiffs' age steps": 0.3, "Lưu Tin": 0.001, "knows the true rates": 0.001}

#: When an article is looked at next, after a look at that moment; ``tightness`` is what the budget sets.
Policy = Callable[[Article, float, float], float]


def simulate(
    name: str, articles: list[Article], policy: Policy, a_day: int, looked: Callable[[Article, float, int, bool], None]
) -> Result:
    """A year of hours with so many requests each: the most overdue article first.

    ``tightness``, by which policies stretch their intervals, follows the length of the queue: no policy may save
    requests, and none has more.
    """
    result, tightness = Result(name), START[name]
    budget = a_day / SLOTS
    queue: list[tuple[float, int]] = []
    born = sorted(range(len(articles)), key=lambda i: articles[i].first_look)
    waiting, credit = 0, 0.0
    for slot in range(int(YEAR * SLOTS)):
        now = (slot + 1) / SLOTS
        while waiting < len(born) and articles[born[waiting]].first_look <= now:
            article = articles[born[waiting]]
            heapq.heappush(queue, (policy(article, article.first_look, tightness), born[waiting]))
            waiting += 1
        credit += budget
        overdue = 0.0
        while credit >= 1 and queue:
            at, number = heapq.heappop(queue)
            credit -= 1
            overdue = now - at
            article = articles[number]
            result.requests += 1
            _look(article, now, result, looked)
            if not article.gone:
                heapq.heappush(queue, (policy(article, now, tightness), number))
        # the last one taken was due already: there is too much to do; it was due later: there is room
        tightness *= 1.002 if overdue > 0 else 0.998
    for article in articles:
        result.edit_delays += [YEAR - e for e in article.edits[article.next_edit :] if e >= article.first_look]
        if not article.gone and article.first_look <= article.removed < YEAR:
            result.removal_delays.append(YEAR - article.removed)
    return result


def _look(article: Article, now: float, result: Result, looked: Callable[[Article, float, int, bool], None]) -> None:
    made = 0
    while article.next_edit < len(article.edits) and article.edits[article.next_edit] <= now:
        if not article.removed <= now:
            result.edits += 1
            made += 1
        result.edit_delays.append(now - article.edits[article.next_edit])
        article.next_edit += 1
    article.gone = article.removed <= now
    if article.gone:
        result.removal_delays.append(now - article.removed)
    looked(article, now, made, article.gone)
    if made:
        article.last_change = now
    article.seen += made > 0
    article.last_look = now


def nothing(_article: Article, _now: float, _edits: int, _gone: bool) -> None:
    """For a policy that learns nothing."""


def uniform(_article: Article, now: float, tightness: float) -> float:
    """Everything in turn."""
    return now + tightness * 5


def newsdiffs(article: Article, now: float, tightness: float) -> float:
    """The steps of NewsDiffs' scraper, by the time since publication or the last change that was seen (minutes)."""
    minutes = (now - max(article.published, article.last_change)) * 1440
    if minutes < 180:
        delay = 15.0
    elif minutes < 1440:
        delay = 60.0
    elif minutes < 7 * 1440:
        delay = 180.0
    elif minutes < 30 * 1440:
        delay = 3 * 1440.0
    elif minutes < 360 * 1440:
        delay = 30 * 1440.0
    else:
        return now + 1e5  # it gives old articles up
    return now + tightness * delay / 1440


class Ours:
    """``monitor.looks``, told nothing but what its looks found."""

    def __init__(self) -> None:
        self.habit, self.rates, self.removals, self.count = Habit(), Habit().rates(), Habit().removal_rate(), 0

    def policy(self, article: Article, now: float, tightness: float) -> float:
        age = now - article.published
        scale = factor(self.rates, article.first_look - article.published, age, article.seen)
        return article.published + due(self.rates, scale, self.removals, age, tightness)

    def looked(self, article: Article, now: float, edits: int, gone: bool) -> None:
        since, until = article.last_look - article.published, now - article.published
        self.habit.saw(since, until, edits=min(edits, 1), removed=gone)  # a look shows that there was one, not how many
        self.count += 1
        if self.count % 2000 == 0:
            self.rates, self.removals = self.habit.rates(), self.habit.removal_rate()


def knowing(article: Article, now: float, tightness: float) -> float:
    """The same index with each article's true rate, by steps fine enough not to matter."""
    removals = REMOVAL_WEIGHT * -math.log(1 - REMOVED_A_YEAR) / 365
    age = now - article.published
    delay = expected = 0.0
    at = age
    while True:
        step = max(1 / 24, (at - age) / 8, at / 50)
        rate = article.propensity * true_rate(at + step / 2) + removals
        x = (math.sqrt(expected * expected + 2 * rate * (tightness - delay)) - expected) / rate
        if x <= step:
            return article.published + at + x
        delay += expected * step + rate * step * step / 2
        expected += rate * step
        at += step


def year(options: argparse.Namespace, seed: int) -> list[Result]:
    """One world, once for each policy."""
    ours = Ours()
    contests: list[tuple[str, Policy, Callable[[Article, float, int, bool], None]]] = [
        ("uniform", uniform, nothing),
        ("NewsDiffs' age steps", newsdiffs, nothing),
        ("Lưu Tin", ours.policy, ours.looked),
        ("knows the true rates", knowing, nothing),
    ]
    results = []
    for name, policy, looked in contests:
        articles = world(options.articles, options.new, seed)
        results.append(simulate(name, articles, policy, options.requests, looked))
        progress(f"revisits: world {seed}, {name}")
    return results


def main() -> None:
    options = arguments(
        __doc__,
        articles=(46_800, "articles when the year begins"),
        new=(40, "new articles a day"),
        requests=(9_600, "requests a day"),
        rounds=(3, "worlds, each with other articles, edits and removals"),
    )
    show([year(options, seed) for seed in range(1, options.rounds + 1)], as_json=options.json)


def show(years: list[list[Result]], *, as_json: bool) -> None:
    """Medians over the worlds, and what is promised of them."""
    _, steps, ours, true = zip(*years, strict=True)
    promised = [
        ("edit delay, Lưu Tin / NewsDiffs", "edit_delay", steps, EDIT),
        ("removal delay, Lưu Tin / NewsDiffs", "removal_delay", steps, REMOVAL),
        ("edit delay, Lưu Tin / knows the true rates", "edit_delay", true, KNOWING),
        ("removal delay, Lưu Tin / knows the true rates", "removal_delay", true, KNOWING),
    ]
    ratios = [
        (name, sorted(getattr(o, of) / getattr(b, of) for o, b in zip(ours, base, strict=True)), most)
        for name, of, base, most in promised
    ]
    policies = {
        results[0].name: {
            "requests": int(median(r.requests for r in results)),
            "edit_delay_days": round(median(r.edit_delay for r in results), 3),
            "share_of_edits_seen": round(median(r.share_seen for r in results), 4),
            "removal_delay_days": round(median(r.removal_delay for r in results), 3),
        }
        for results in zip(*years, strict=True)
    }
    if as_json:
        told = [
            {"name": name, "value": round(median(values), 3), "lowest": round(values[0], 3)}
            | {"highest": round(values[-1], 3), "promised_at_most": most, "kept": median(values) <= most}
            for name, values, most in ratios
        ]
        report = {"benchmark": TITLE, "rounds": len(years), "policies": policies, "ratios": told}
        print(json.dumps(report, ensure_ascii=False))
        return
    print(f"\n{TITLE}: worlds {len(years)}")
    print(f"  {'':<28}{'requests':>12}{'edit delay, d':>15}{'edits seen':>12}{'removal delay, d':>18}")
    for name, figures in policies.items():
        requests, edit, seen, removal = figures.values()
        print(f"  {name:<28}{requests:>12,}{edit:>15.2f}{seen:>12.1%}{removal:>18.2f}")
    for name, values, most in ratios:
        kept = "kept" if median(values) <= most else "NOT KEPT"
        print(f"  {name:<50}{median(values):>6.2f}  ({values[0]:.2f}–{values[-1]:.2f})  promised ≤ {most}: {kept}")


if __name__ == "__main__":
    main()
