"""A cron line as cron reads it, made a trigger of APScheduler, which numbers the days of a week otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

from apscheduler.triggers.cron import CronTrigger

from crawler.clock import HO_CHI_MINH

#: cron's 0 and 7 are Sunday, APScheduler's 0 is Monday, and its week ends on Sunday; both know the names.
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NUMBERS = {name: n for n, name in enumerate(_DAYS)} | {str(n): n for n in range(8)}

#: Some day on which to try a line; 29 February comes within four years.
_SOME_DAY, _FOUR_YEARS = datetime(2026, 1, 1, tzinfo=HO_CHI_MINH), timedelta(days=4 * 366)


def trigger(line: str) -> CronTrigger:
    """The moments that ``minute hour day month weekday`` names, in Asia/Ho_Chi_Minh.

    Raises ValueError, with what is wrong as the end of a sentence.
    """
    fields = line.split()
    if len(fields) != 5:
        raise ValueError("is not a cron line of five fields (minute hour day month weekday), like '15 2 * * *'")
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":  # cron means either, APScheduler both
        raise ValueError("names days of the month and of the week; leave one of the two '*'")
    if weekday != "*" and "/" in weekday:
        raise ValueError("has a step among the days of the week; name the days, like 'mon,wed,fri'")
    weekday = ",".join(_named(part) for part in weekday.lower().split(","))
    try:
        made = CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=HO_CHI_MINH)
    except ValueError as error:
        raise ValueError(f"is not a cron line ({error})") from None
    first = made.get_next_fire_time(None, _SOME_DAY)
    if first is None or first > _SOME_DAY + _FOUR_YEARS:
        raise ValueError("names a day that never comes")
    return made


def _named(days: str) -> str:
    """A day of the week, or each of a range of them, by name; anything else as it is, for APScheduler to judge."""
    first, dash, last = days.partition("-")
    begin, end = _NUMBERS.get(first), _NUMBERS.get(last if dash else first)
    if begin is None or end is None:
        return days
    end += 7 if end < begin else 0  # sat-sun
    return ",".join(dict.fromkeys(_DAYS[n % 7] for n in range(begin, end + 1)))
