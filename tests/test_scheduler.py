"""``luutin run``: every night once, a missed one made up once, and an end in order within ten seconds."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive import Archive, CrawlOutcome
from crawler.clock import HO_CHI_MINH
from crawler.config import Config, load
from crawler.errors import LockedError, StorageError
from crawler.site import Site
from monitor.crawls import CrawlResult
from monitor.scheduler import A_DAY, Nights, last_night, missing
from monitor.stopping import Stop
from spiders import registry

SETTINGS = """
[night]
at = "02:00"
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


def slugs(sites: list[Site]) -> list[str]:
    return [site.slug for site in sites]


# -- which night it is --------------------------------------------------------------------------------------------


def test_a_night_begins_by_the_clock_of_vietnam() -> None:
    assert last_night("02:00", datetime(2026, 3, 9, 18, 59, tzinfo=UTC)) == NIGHT - timedelta(days=1)
    assert last_night("02:00", datetime(2026, 3, 9, 19, 0, tzinfo=UTC)) == NIGHT
    assert last_night("23:30", MORNING) == datetime(2026, 3, 9, 23, 30, tzinfo=HO_CHI_MINH)


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1900 < moment.year < 9999), st.times())
def test_the_last_night_is_never_ahead_and_never_more_than_a_day_ago(moment: datetime, at: object) -> None:
    begin = last_night(f"{at:%H:%M}", moment)
    assert timedelta(0) <= moment - begin < timedelta(days=1)


# -- what it has to crawl -----------------------------------------------------------------------------------------


def test_sites_without_a_confirmed_address_and_those_switched_off_are_left_alone(
    tmp_path: Path, config: Config
) -> None:
    assert slugs(missing(tmp_path, config, registry(config), MORNING)) == ["hai_duong", "lam_binh"]


@pytest.mark.parametrize(
    ("at", "outcome", "reason", "due"),
    [
        (NIGHT, "complete", "night", False),
        (NIGHT + timedelta(minutes=5), "failed", "night", False),
        (NIGHT, "limited", "night", False),
        (NIGHT, "interrupted", "night", True),
        (NIGHT, None, "night", True),  # killed: nobody closed it
        (NIGHT - timedelta(minutes=1), "complete", "night", True),
        (NIGHT, "complete", "manual", True),
    ],
)
def test_a_site_that_the_last_night_did_not_crawl_is_made_up_for(
    tmp_path: Path, config: Config, at: datetime, outcome: CrawlOutcome | None, reason: str, due: bool
) -> None:
    crawled(tmp_path, "lam_binh", NIGHT, "complete")
    crawled(tmp_path, "hai_duong", at, outcome, reason)
    assert slugs(missing(tmp_path, config, registry(config), MORNING)) == (["hai_duong"] if due else [])


# -- how it is run ------------------------------------------------------------------------------------------------


class Crawling:
    """Crawls nothing, but writes down what it was asked for and leaves the rows of a good night."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, data: Path, _config: Config, _file: str, sites: list[Site], _stop: Stop) -> list[CrawlResult]:
        self.asked.append(slugs(sites))
        with Archive(data) as archive:
            archive.upsert_sites(sites)
            for site in sites:
                archive.finish_crawl(archive.start_crawl(site.slug, "night"), "complete")
        return [CrawlResult(site=site.slug, outcome="complete") for site in sites]


def test_five_missed_nights_are_made_up_for_by_one_crawl(tmp_path: Path, settings: Path) -> None:
    for slug in ("hai_duong", "lam_binh"):
        crawled(tmp_path / "data", slug, datetime.now(UTC) - timedelta(days=5), "complete")
    crawl = Crawling()
    for _ in range(2):  # started twice
        nights = Nights(tmp_path / "data", str(settings), Stop(), crawl)
        scheduler = nights.scheduler(load(settings))
        scheduler.start()
        scheduler.shutdown(wait=True)
        if not crawl.asked:
            nights.night()  # what APScheduler had not begun before it was shut down
    assert crawl.asked == [["hai_duong", "lam_binh"]]


def test_the_nightly_job_is_one_at_a_time_in_vietnams_time_and_may_be_late(tmp_path: Path, settings: Path) -> None:
    crawl = Crawling()
    Nights(tmp_path, str(settings), Stop(), crawl).night()
    scheduler = Nights(tmp_path, str(settings), Stop(), crawl).scheduler(load(settings))
    scheduler.start(paused=True)
    try:
        job = scheduler.get_job("night")
        assert (job.max_instances, job.coalesce, job.misfire_grace_time) == (1, True, A_DAY)
        assert (job.next_run_time.hour, job.next_run_time.utcoffset()) == (2, timedelta(hours=7))
        assert job.next_run_time > datetime.now(UTC), "nothing was missed"
    finally:
        scheduler.shutdown()


@pytest.mark.parametrize("error", [LockedError("busy"), StorageError("full"), ZeroDivisionError("ours")])
def test_whatever_happens_in_a_night_the_next_one_comes(
    tmp_path: Path, settings: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> list[CrawlResult]:
        raise error

    with caplog.at_level(logging.ERROR):
        Nights(tmp_path, str(settings), Stop(), fail).night()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    settings.write_text("[nihgt]\n")
    Nights(tmp_path, str(settings), Stop(), fail).night()
    assert "nihgt is not a setting" in caplog.text


# -- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def hanging() -> Iterator[tuple[int, threading.Event]]:
    """A server that takes connections and never answers: its port, and what is set by the first connection."""
    asked, held = threading.Event(), []
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    held.append(listener.accept()[0])
                    asked.set()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1], asked
        listener.shutdown(socket.SHUT_RDWR)
    for connection in held:
        connection.close()


def test_sigterm_ends_the_server_and_a_crawl_that_hangs_within_ten_seconds(
    tmp_path: Path, hanging: tuple[int, threading.Event]
) -> None:
    (tmp_path / "luutin.toml").write_text(
        "[network]\nallow_private_addresses = true\n[sites.sotttt_hanoi]\n"
        f'home_url = "http://127.0.0.1:{hanging[0]}/"\n'
    )
    command = [sys.executable, "-m", "monitor.cli", "run", "--port", "0"]
    arguments = ["--data", str(tmp_path / "data"), "--config", str(tmp_path / "luutin.toml")]
    with subprocess.Popen([*command, *arguments], stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        said = ""
        for line in run.stderr:
            said += line
            if "crawl started" in line:
                break
        assert hanging[1].wait(30)
        address = re.search(r"http://\S+", said)
        assert address is not None, said
        with urllib.request.urlopen(address[0], timeout=20) as page:
            assert page.status == 200
        run.send_signal(signal.SIGTERM)
        began = time.monotonic()
        rest = run.communicate(timeout=30)[1]
        assert time.monotonic() - began < 10
    assert run.returncode == 0, said + rest
    assert "sotttt_hanoi: interrupted" in rest
    assert "Traceback" not in said + rest
