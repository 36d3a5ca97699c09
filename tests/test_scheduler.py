"""``luutin run``: every night once, a missed one made up once, and an end in order within ten seconds."""

from __future__ import annotations

import itertools
import logging
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from crawler.archive import Archive, CrawlOutcome
from crawler.clock import FROZEN, HO_CHI_MINH, now
from crawler.config import Config, load
from crawler.config_tables import Night as NightSettings
from crawler.cron import trigger
from crawler.errors import ConfigError, LockedError, StorageError
from crawler.turns import alone
from monitor.almanac import Almanac, by_call
from monitor.crawls import CrawlResult
from monitor.scheduler import LOOK, Night, Nights, Spans, missing
from monitor.stopping import Stop
from spiders import registry

SETTINGS = """
[night]
at = "02:00"
jitter_minutes = 0
[sites.sotttt_hanoi]
enabled = false
[sites.hai_duong]
home_url = "http://hai-duong.example.vn/"
[sites.lam_binh]
home_url = "http://lam-binh.example.vn/"
"""
#: Nine in the morning after a night.
MORNING = datetime(2026, 3, 10, 9, tzinfo=HO_CHI_MINH)
NIGHT = datetime(2026, 3, 10, 2, tzinfo=HO_CHI_MINH)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "luutin.toml"
    file.write_text(SETTINGS)
    return file


@pytest.fixture
def config(settings: Path) -> Config:
    return load(settings)


def crawled(data: Path, slug: str, at: datetime, outcome: CrawlOutcome | None, reason: str = "night") -> None:
    os.environ["LUUTIN_NOW"] = at.isoformat()
    try:
        with Archive(data) as archive:
            archive.upsert_sites(registry(Config()).values())
            crawl = archive.start_crawl(slug, reason)
            if outcome:
                archive.finish_crawl(crawl, outcome)
    finally:
        del os.environ["LUUTIN_NOW"]


# -- which night it is --------------------------------------------------------------------------------------------


def almanac(data: Path = Path("/archive"), **night: object) -> Almanac:
    return Almanac.of(NightSettings.model_validate({"jitter_minutes": 0} | night), data)


def vietnam(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=HO_CHI_MINH)  # type: ignore[misc,arg-type]


@pytest.fixture(params=["UTC", "Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe"])
def host_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The host's own zone, summer time and all, which decides nothing."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("host_zone")
def test_a_night_begins_by_the_clock_of_vietnam_wherever_the_host_is() -> None:
    nights = almanac(at="02:00")
    assert nights.last(datetime(2026, 3, 9, 18, 59, 59, tzinfo=UTC)) == NIGHT - timedelta(days=1)
    assert nights.last(datetime(2026, 3, 9, 19, 0, tzinfo=UTC)) == NIGHT
    assert almanac(at="23:30").last(MORNING) == vietnam(2026, 3, 9, 23, 30)
    year = [nights.after(vietnam(2026, 1, 1) + timedelta(days=n)) for n in range(366)]
    assert {late - early for early, late in itertools.pairwise(year)} == {timedelta(days=1)}, "no summer time"


@pytest.mark.parametrize(
    ("cron", "moment", "last", "next_one"),
    [
        ("15 2 * * *", vietnam(2026, 3, 10, 2, 14), vietnam(2026, 3, 9, 2, 15), vietnam(2026, 3, 10, 2, 15)),
        ("0 1,13 * * *", MORNING, vietnam(2026, 3, 10, 1), vietnam(2026, 3, 10, 13)),
        # 2026-03-08 is a Sunday: 0 and 7 for cron
        ("0 1 * * 0", MORNING, vietnam(2026, 3, 8, 1), vietnam(2026, 3, 15, 1)),
        ("0 1 * * 7", MORNING, vietnam(2026, 3, 8, 1), vietnam(2026, 3, 15, 1)),
        ("0 1 * * 1-5", vietnam(2026, 3, 8, 12), vietnam(2026, 3, 6, 1), vietnam(2026, 3, 9, 1)),
        ("0 1 * * 0-4", vietnam(2026, 3, 6, 12), vietnam(2026, 3, 5, 1), vietnam(2026, 3, 8, 1)),
        ("0 1 * * 0-6", MORNING, vietnam(2026, 3, 10, 1), vietnam(2026, 3, 11, 1)),
        ("0 1 * * 1-7", MORNING, vietnam(2026, 3, 10, 1), vietnam(2026, 3, 11, 1)),
        ("0 1 * * 5-7,2", MORNING, vietnam(2026, 3, 10, 1), vietnam(2026, 3, 13, 1)),
        ("0 1 * * sun-tue", vietnam(2026, 3, 11, 12), vietnam(2026, 3, 10, 1), vietnam(2026, 3, 15, 1)),
        ("0 3 1 * *", MORNING, vietnam(2026, 3, 1, 3), vietnam(2026, 4, 1, 3)),
        ("0 3 29 2 *", MORNING, vietnam(2024, 2, 29, 3), vietnam(2028, 2, 29, 3)),
    ],
)
def test_nights_may_be_named_by_a_line_of_cron(cron: str, moment: datetime, last: datetime, next_one: datetime) -> None:
    nights = almanac(cron=cron)
    assert (nights.last(moment), nights.after(moment)) == (last, next_one)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("15 2 * *", "is not a cron line of five fields"),
        ("99 2 * * *", "is not a cron line"),
        ("0 2 30 2 *", "names a day that never comes"),
        ("0 2 1 * 1", "names days of the month and of the week"),
        ("0 2 * * */2", "has a step among the days of the week"),
    ],
)
def test_a_line_that_cron_would_read_otherwise_is_refused(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        trigger(line)


def test_a_time_and_a_cron_line_cannot_both_be_given(tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text('[night]\nat = "02:00"\ncron = "15 2 * * *"\n')
    with pytest.raises(ConfigError, match="has both at and cron; keep one of the two"):
        load(tmp_path / "luutin.toml")


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given there
LINES = st.sampled_from(("0 2 * * *", "30 23 * * *", "*/7 * * * *", "0 1,2 * * *", "0 4 * * sat", "0 0 31 * *"))


@given(MOMENTS, LINES, st.integers(0, 360), st.sampled_from(("/a", "/b")))
def test_every_moment_is_in_one_night_which_has_begun_and_whose_successor_has_not(
    moment: datetime, line: str, jitter: int, place: str
) -> None:
    nights = almanac(Path(place), cron=line, jitter_minutes=jitter)
    night = nights.last(moment)
    after = nights.after(night)
    assert nights.before(after) == night
    assert nights.starts(night) <= moment < nights.starts(after)
    assert timedelta(0) <= nights.starts(night) - night <= min(timedelta(minutes=jitter), (after - night) / 2)
    span = nights.span(moment, 3)
    assert (span.tonight, span.until) == (night, after)
    assert nights.gone_by(span.since, night) == 1


def test_the_jitter_is_another_each_night_and_the_same_whenever_it_is_asked_for() -> None:
    nights, others = (almanac(Path(place), jitter_minutes=60) for place in ("/a", "/b"))
    begins = [NIGHT + timedelta(days=n) for n in range(30)]
    late = [nights.starts(night) - night for night in begins]
    assert late == [almanac(Path("/a"), jitter_minutes=60).starts(night) - night for night in begins]
    assert late != [others.starts(night) - night for night in begins]
    assert len(set(late)) > 25
    assert max(late) > timedelta(minutes=40)
    assert min(late) < timedelta(minutes=20)


# -- what it has to crawl -----------------------------------------------------------------------------------------


def due(data: Path, config: Config, moment: datetime = MORNING, spans: Spans | None = None) -> list[str]:
    nights = Almanac.of(config.night, data).span
    return [site.slug for site in missing(data, config, registry(config), moment, spans or nights)]


def test_sites_without_a_confirmed_address_and_those_switched_off_are_left_alone(
    tmp_path: Path, config: Config
) -> None:
    assert due(tmp_path, config) == ["hai_duong", "lam_binh"]


@pytest.mark.parametrize(
    ("at", "outcome", "reason", "is_due"),
    [
        (NIGHT, "complete", "night", False),
        (NIGHT + timedelta(minutes=5), "failed", "night", False),
        (NIGHT, "limited", "night", False),
        (NIGHT, "interrupted", "night", True),
        (NIGHT, None, "night", True),  # killed: nobody closed it
        (NIGHT - timedelta(minutes=1), "complete", "night", True),
        (NIGHT, "complete", "manual", True),
        (NIGHT + timedelta(days=400), "complete", "night", True),  # by a clock that was a year ahead
    ],
)
def test_a_site_that_the_last_night_did_not_crawl_is_made_up_for(
    tmp_path: Path, config: Config, at: datetime, outcome: CrawlOutcome | None, reason: str, is_due: bool
) -> None:
    crawled(tmp_path, "lam_binh", NIGHT, "complete")
    crawled(tmp_path, "hai_duong", at, outcome, reason)
    assert due(tmp_path, config) == (["hai_duong"] if is_due else [])


@pytest.mark.parametrize(
    ("ago", "outcome", "is_due"),
    [
        (0, "complete", False),
        (2, "complete", False),
        (3, "complete", True),  # never for ever
        (1, "failed", True),  # a night that failed is no crawl
        (0, "failed", False),
        (1, "interrupted", True),
        (-400, "complete", True),
    ],
)
def test_a_site_may_be_crawled_every_third_night(
    tmp_path: Path, settings: Path, ago: int, outcome: CrawlOutcome, is_due: bool
) -> None:
    settings.write_text(SETTINGS.replace("[sites.hai_duong]\n", "[sites.hai_duong]\nevery_nights = 3\n"))
    crawled(tmp_path, "lam_binh", NIGHT, "complete")
    crawled(tmp_path, "hai_duong", NIGHT - timedelta(days=ago), outcome)
    config = load(settings)
    assert due(tmp_path, config) == (["hai_duong"] if is_due else [])
    called = due(tmp_path, config, NIGHT + timedelta(minutes=3), by_call)
    assert called == (["hai_duong"] if is_due else []), "and so it is where cron calls us"


@pytest.mark.parametrize(
    ("hours", "is_due"), [(-11, False), (0, False), (11, False), (13, True), (24, True), (-24, True)]
)
def test_who_calls_names_the_night_and_two_calls_within_half_a_day_are_one(
    tmp_path: Path, config: Config, hours: int, is_due: bool
) -> None:
    for slug in ("hai_duong", "lam_binh"):
        crawled(tmp_path, slug, MORNING, "complete")
    assert bool(due(tmp_path, config, MORNING + timedelta(hours=hours), by_call)) is is_due


# -- how it is run ------------------------------------------------------------------------------------------------


class Crawling:
    """Crawls nothing, but writes down what was due and leaves the rows of a good night."""

    def __init__(self, error: Exception | None = None) -> None:
        self.nights: list[list[str]] = []
        self.error = error

    def __call__(self, data: Path, config: Config, _file: str, *, spans: Spans, stop: Stop) -> Night:
        assert not stop.is_set()
        if self.error:
            raise self.error
        sites = missing(data, config, registry(config), now(), spans)
        self.nights.append([site.slug for site in sites])
        with Archive(data) as archive:
            archive.upsert_sites(sites)
            for site in sites:
                archive.finish_crawl(archive.start_crawl(site.slug, "night"), "complete")
        return Night([CrawlResult(site=site.slug, outcome="complete") for site in sites])

    @property
    def crawled(self) -> list[list[str]]:
        return [night for night in self.nights if night]


class Clock:
    """Looks at what is due at moments that a test names, in one process or in a new one."""

    def __init__(self, data: Path, settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._data, self._settings, self._patch, self.crawl = data, settings, monkeypatch, Crawling()
        Archive(data).close()
        self.restart()

    def restart(self) -> None:
        self.nights = Nights(self._data, load(self._settings), str(self._settings), Stop(), self.crawl)

    def look(self, moment: datetime) -> int:
        """How many nights took place at that look."""
        before = len(self.crawl.crawled)
        self._patch.setenv(FROZEN, moment.isoformat())
        self.nights.look()
        return len(self.crawl.crawled) - before


@pytest.fixture
def clock(tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "data", settings, monkeypatch)


def test_a_night_takes_place_once_however_often_is_looked_and_started(clock: Clock) -> None:
    assert clock.look(NIGHT) == 1
    for minutes in (0, 1, 60, 600, 1439):
        assert clock.look(NIGHT + timedelta(minutes=minutes)) == 0
        clock.restart()
        assert clock.look(NIGHT + timedelta(minutes=minutes)) == 0
    assert clock.look(NIGHT + timedelta(days=1)) == 1


def test_five_missed_nights_are_made_up_for_by_one_crawl_and_the_log_says_so(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert clock.look(NIGHT) == 1
    with caplog.at_level(logging.WARNING):
        assert clock.look(MORNING + timedelta(days=5)) == 1
        assert clock.look(MORNING + timedelta(days=5, minutes=1)) == 0
    assert caplog.messages == ["4 nights did not take place; they are made up for once, now"]
    assert clock.look(NIGHT + timedelta(days=6)) == 1


def test_a_clock_that_jumps_ahead_and_back_makes_no_night_twice_and_forgets_none(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    a_second, a_day = timedelta(seconds=1), timedelta(days=1)
    assert clock.look(NIGHT) == 1
    assert clock.look(NIGHT - a_second) == 1, "the night before had not taken place"
    assert clock.look(NIGHT) == 0, "and this one had"
    assert clock.look(NIGHT + 400 * a_day) == 1
    with caplog.at_level(logging.WARNING):
        assert clock.look(NIGHT + a_day) == 1, "that a year ahead there was a night keeps us from none"
    assert "is the clock right?" in caplog.text
    assert [clock.look(NIGHT + n * a_day) for n in range(2, 9)] == [1] * 7
    assert clock.look(NIGHT + 400 * a_day) == 0, "when the year is over, that night was"
    assert clock.look(NIGHT + 401 * a_day) == 1


@settings_of_hypothesis(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-3 * 24 * 60, 3 * 24 * 60), st.booleans()), max_size=25))
def test_whatever_the_clock_does_each_night_that_a_look_falls_in_takes_place_once(
    tmp_path_factory: pytest.TempPathFactory, settings: Path, jumps: list[tuple[int, bool]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock(tmp_path_factory.mktemp("data"), settings, patch)
        moment, seen, took_place = MORNING, set(), 0
        for minutes, restarted in jumps:
            moment += timedelta(minutes=minutes)
            if restarted:
                clock.restart()
            took_place += clock.look(moment)
            seen.add(clock.nights.times.last(moment))
            assert took_place == len(seen)


def test_a_night_is_not_given_up_because_of_a_rebuild_but_comes_to_where_it_waits_for_it(clock: Clock) -> None:
    waiting: list[Path] = []

    def crawl(data: Path, *_: object, **__: object) -> Night:
        waiting.append(data)  # from here on it waits for the lock that a rebuild holds
        return Night()

    clock.nights.crawl = crawl
    with alone(clock.nights.data):
        clock.look(NIGHT)
    assert waiting == [clock.nights.data]


def test_one_look_at_a_time_which_is_never_too_late(tmp_path: Path, config: Config, settings: Path) -> None:
    scheduler = Nights(tmp_path, config, str(settings), Stop(), Crawling()).scheduler()
    scheduler.start(paused=True)
    try:
        job = scheduler.get_job("look")
        assert (job.max_instances, job.coalesce, job.misfire_grace_time) == (1, True, None)
        assert job.trigger.interval == timedelta(seconds=LOOK)
        assert job.next_run_time <= datetime.now(UTC), "it looks at once"
    finally:
        scheduler.shutdown()


@pytest.mark.parametrize("error", [LockedError("busy"), StorageError("full"), ZeroDivisionError("ours")])
def test_whatever_happens_in_a_night_it_is_said_once_and_the_next_one_comes(
    clock: Clock, settings: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    clock.crawl.error = error
    with caplog.at_level(logging.ERROR):
        clock.look(NIGHT)
        clock.look(NIGHT + timedelta(minutes=1))
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    settings.write_text("[nihgt]\n")
    clock.look(NIGHT + timedelta(days=1))
    assert "nihgt is not a setting" in caplog.text
    settings.write_text(SETTINGS)
    clock.crawl.error = None
    assert clock.look(NIGHT + timedelta(days=2)) == 1
