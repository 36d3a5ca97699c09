"""Which night it is: when the nights of an archive begin, and in which of them a crawl counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from apscheduler.triggers.cron import CronTrigger

from crawler.clock import HO_CHI_MINH
from crawler.config_tables import Night
from crawler.cron import trigger

_INSTANT = timedelta(microseconds=1)

#: Where nothing but a call begins a night (``luutin run --once``), two calls within this time mean the same night: half
#: of what lies between two nights, so that neither a late call nor an early one is taken for the other's.
ONE_NIGHT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Span:
    """In which a crawl of a site counts: for tonight from ``tonight`` on, for the nights it rests from ``since`` on;
    never from ``until`` on: what is dated later was crawled under a wrong clock."""

    since: datetime
    tonight: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Almanac:
    """The nights of an archive, each known by the moment that luutin.toml names, in Asia/Ho_Chi_Minh.

    A night starts up to ``jitter`` later, always as much later as it did when somebody asked before: by its name and by
    the archive's ``place``, not by chance.
    """

    times: CronTrigger
    jitter: timedelta
    place: str

    @classmethod
    def of(cls, night: Night, data: Path) -> Almanac:
        """That of the archive at ``data``."""
        hour, minute = night.at.split(":")
        times = trigger(night.cron or f"{int(minute)} {int(hour)} * * *")
        return cls(times, timedelta(minutes=night.jitter_minutes), str(data.resolve()))

    def after(self, moment: datetime) -> datetime:
        """The first night named later than ``moment``."""
        found: datetime | None = self.times.get_next_fire_time(None, moment + _INSTANT)
        assert found is not None  # crawler/cron has seen to it
        return found.astimezone(HO_CHI_MINH)

    def before(self, moment: datetime) -> datetime:
        """The last night named earlier than ``moment``."""
        back = timedelta(hours=1)
        while (found := self.after(moment - back)) >= moment:
            back *= 2
        while (later := self.after(found)) < moment:
            found = later
        return found

    def starts(self, night: datetime) -> datetime:
        """When a night starts; well before the next one, however large the jitter."""
        most = min(self.jitter, (self.after(night) - night) / 2)
        drawn = int.from_bytes(sha256(f"{self.place}\n{night.isoformat()}".encode()).digest()[:8]) / (1 << 64)
        return night + timedelta(seconds=int(most.total_seconds() * drawn))

    def last(self, moment: datetime) -> datetime:
        """The last night that has started by ``moment``."""
        night = self.before(moment + _INSTANT)
        return night if self.starts(night) <= moment else self.before(night)

    def span(self, moment: datetime, every: int) -> Span:
        """Where a crawl counts at ``moment`` for a site that is crawled every so many nights."""
        since = tonight = self.last(moment)
        for _ in range(every - 1):
            since = self.before(since)
        return Span(since, tonight, self.after(tonight))

    def gone_by(self, moment: datetime, night: datetime) -> int:
        """How many nights lie between ``moment`` and ``night``, at most a year's; neither's own."""
        count, between = 0, self.before(night)
        while between > moment and count < 366:
            count, between = count + 1, self.before(between)
        return count


def by_call(moment: datetime, every: int) -> Span:
    """Where a crawl counts when ``luutin run --once`` is called at ``moment``: whoever calls it names the night."""
    tonight = moment - ONE_NIGHT
    return Span(tonight - timedelta(days=every - 1), tonight, moment + ONE_NIGHT)
