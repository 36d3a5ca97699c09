"""A period of time as somebody writes it on the command line: two ends, each a year, a month, a day or a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.errors import InputError

#: A year, a month or a day; anything longer is a moment.
_COARSE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?\Z")

_EMPTY = "''"


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` (included) until ``until`` (not included), aware; None: without that end."""

    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, moment: datetime) -> bool:
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)


#: All of time.
ALWAYS = Period()


def period(since: str | None, until: str | None) -> Period:
    """What ``--since`` and ``--until`` name, in UTC: ``--until 2019`` still has all of 2019.

    Raises InputError for what is no time, also for nothing, and for a period that ends before it begins.
    """
    begin = _ends("--since", since)[0] if since is not None else None
    found = Period(begin, _ends("--until", until)[1] if until is not None else None)
    if found.since is not None and found.until is not None and found.since >= found.until:
        raise InputError(f"--since {since} comes after --until {until}: nothing lies between them.")
    return found


def _ends(option: str, text: str) -> tuple[datetime, datetime]:
    """The beginning and the end (not included) of what is named."""
    try:
        if coarse := _COARSE.match(text):
            year, month, day = (int(part) if part else None for part in coarse.groups())
            begin = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
            if day:
                return begin, begin + timedelta(days=1)
            months = begin.year * 12 + begin.month - 1 + (1 if month else 12)
            return begin, begin.replace(year=months // 12, month=months % 12 + 1)
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment, moment + timedelta(microseconds=1)
    except (ValueError, OverflowError):
        raise InputError(
            f"{option} {text[:60] or _EMPTY} is not a time: write a year, a month or a day, such as 2019, 2019-05 or"
            " 2019-05-01."
        ) from None
