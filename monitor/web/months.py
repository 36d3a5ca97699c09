"""How many articles each site published in each month: counted, remembered for a while, drawn small."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from weakref import WeakKeyDictionary

from datasette.database import Database, QueryInterrupted
from markupsafe import Markup, escape

from monitor.web.queries import rows, tomorrow

#: Months that are drawn: five years, which still fit side by side on a phone.
MONTHS = 60

#: Counting takes at most this share of the time: a count that took 0.2 s at a million articles is good for 20 s, one
#: that took a millisecond for a tenth of a second.
_SHARE = 0.01

#: The drawing's own units: a bar and its gap for each month, under the room for the tallest.
_BAR, _GAP, _HEIGHT = 4, 1, 44

#: Sites whose months are counted and drawn; those with the most articles.
CHARTED = 12

_TOTALS = "select site, count(*) as articles from articles group by site"

# Each is the end of an index; both asked for at once would be a walk over all of it.
_LATEST = "select max(date_published) as day from articles where date_published <= :tomorrow"
_EARLIEST = "select min(date_published) as day from articles where date_published >= :month"

# A walk over a short stretch of an index for each month; grouping a million rows by month would take twenty times that.
_MONTHS = """
select s.value as site, m.value as month,
       (select count(*) from articles where site = s.value
        and date_published >= m.value and date_published < m.value || '~') as articles
from json_each(:sites) s cross join json_each(:months) m
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Articles by site: all of them, and of the largest those of each of ``months`` (``2024-05``, none left out)."""

    totals: Mapping[str, int] = field(default_factory=dict)
    months: Sequence[str] = ()
    by_month: Mapping[str, Sequence[int]] = field(default_factory=dict)


_kept: WeakKeyDictionary[Database, tuple[float, Counts]] = WeakKeyDictionary()


async def counts(db: Database) -> Counts:
    """The counts as of now, or as of lately where counting takes long; empty where it takes longer than may be."""
    good_until, known = _kept.get(db, (0.0, Counts()))
    begun = monotonic()
    if begun < good_until:
        return known
    with suppress(QueryInterrupted):  # what was known stays: a page is worth more than its newest number
        known = await _counted(db)
    done = monotonic()
    _kept[db] = done + (done - begun) / _SHARE, known
    return known


async def _counted(db: Database) -> Counts:
    totals = {row["site"]: row["articles"] for row in await rows(db, _TOTALS)}
    latest = (await rows(db, _LATEST, tomorrow=tomorrow()))[0]["day"]  # later ones are typing errors
    if not latest or not _is_month(latest[:7]):
        return Counts(totals)
    last = _index(latest[:7])
    earliest = (await rows(db, _EARLIEST, month=_month(last - MONTHS + 1)))[0]["day"]
    first = _index(earliest[:7]) if _is_month(earliest[:7]) else last
    months = [_month(i) for i in range(first, last + 1)]
    charted = sorted(totals, key=lambda site: (-totals[site], site))[:CHARTED]
    by_month: dict[str, list[int]] = {site: [] for site in charted}
    for row in await rows(db, _MONTHS, sites=json.dumps(charted), months=json.dumps(months)):
        by_month[row["site"]].append(row["articles"])
    return Counts(totals, months, {site: numbers for site, numbers in by_month.items() if any(numbers)})


def drawn(values: Sequence[int], *, highest: int, name: str, title: str, description: str) -> Markup:
    """A bar for each number, from the oldest to the newest, as tall against ``highest`` as it is. Pure.

    ``name`` is what the drawing's parts are called in the page, ``title`` and ``description`` what is read aloud.
    What is not nothing is drawn at least one unit high.
    """
    width = max(1, len(values)) * (_BAR + _GAP) - _GAP
    bars = "".join(
        f'<rect x="{i * (_BAR + _GAP)}" y="{_HEIGHT - height}" width="{_BAR}" height="{height}"/>'
        for i, value in enumerate(values)
        if value > 0 and (height := max(1, min(_HEIGHT, round(_HEIGHT * value / max(1, highest)))))
    )
    name = str(escape(name))
    return Markup(  # noqa: S704 - numbers, and texts that are escaped
        f'<svg class="months" viewBox="0 0 {width} {_HEIGHT + 1}" preserveAspectRatio="none" role="img"'
        f' aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>{bars}'
        f'<path class="ground" d="M0 {_HEIGHT + 0.5}H{width}"/></svg>'
    )


def without_gaps(months: Iterable[str], most: int) -> list[str]:
    """From the first to the last of some months, also those between them: a silence is seen. The last ``most``."""
    known = sorted(_index(month) for month in months if _is_month(month))
    return [_month(i) for i in range(max(known[0], known[-1] - most + 1), known[-1] + 1)] if known else []


def _is_month(text: str) -> bool:
    year, dash, month = text.partition("-")
    digits = (year + month).isascii() and year.isdigit() and month.isdigit()
    return bool(dash) and digits and "01" <= month <= "12" and len(text) == 7


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month(index: int) -> str:
    return f"{index // 12:04}-{index % 12 + 1:02}"
