"""A cron line as cron reads it, made a trigger of APScheduler, which numbers the days of a week otherwise."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from apscheduler.triggers.cron import CronTrigger

from crawler.clock import HO_CHI_MINH

#: cron's 0 and 7 are Sunday, APScheduler's 0 is Monday; both know the names.
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")

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
    weekday = re.sub(r"[0-7]", lambda digit: _DAYS[int(digit[0])], weekday)
    try:
        made = CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=HO_CHI_MINH)
    except ValueError as error:
        raise ValueError(f"is not a cron line ({error})") from None
    first = made.get_next_fire_time(None, _SOME_DAY)
    if first is None or first > _SOME_DAY + _FOUR_YEARS:
        raise ValueError("names a day that never comes")
    return made
