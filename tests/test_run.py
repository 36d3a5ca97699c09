"""``luutin run`` and ``luutin run --once``, the commands: what they do, tell and end with."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.archive import Archive
from crawler.clock import FROZEN
from crawler.config import Config, load
from crawler.errors import CrawlFailedError, LockedError
from crawler.turns import alone
from monitor import aftermath, crawls, health, removals, renewal, scheduler
from monitor.cli import main
from monitor.clocks import judge
from monitor.crawls import CrawlResult, run_lock
from monitor.demo.world import World
from monitor.scheduler import once
from monitor.stopping import Stop
from spiders import registry
from tests.captures import SITE, moment
from tests.nights import Nights, article
from tests.runs import rows, settings, start

# -- it ends ------------------------------------------------------------------------------------------------------


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


def hangs(place: Path, port: int, more: str = "") -> Path:
    """Settings of an archive whose one site is whatever listens on ``port``."""
    place.joinpath("luutin.toml").write_text(
        "[network]\nallow_private_addresses = true\n[politeness]\nmax_retries = 0\n[sites.sotttt_hanoi]\n"
        f'home_url = "http://127.0.0.1:{port}/"\n{more}'
    )
    return place / "luutin.toml"


def test_sigterm_ends_the_server_and_a_crawl_that_hangs_within_ten_seconds(
    tmp_path: Path, hanging: tuple[int, threading.Event]
) -> None:
    config = hangs(tmp_path, hanging[0])
    command = [sys.executable, "-m", "monitor.cli", "run", "--port", "0"]
    arguments = ["--data", str(tmp_path / "data"), "--config", str(config)]
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


def test_sigterm_ends_one_night_too_within_ten_seconds_as_the_signal_would_have(
    tmp_path: Path, hanging: tuple[int, threading.Event]
) -> None:
    with start(tmp_path / "data", hangs(tmp_path, hanging[0])) as run:
        assert hanging[1].wait(30)
        run.terminate()
        began = time.monotonic()
        said, errors = run.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert run.returncode == 143, errors
    assert "sotttt_hanoi: outcome interrupted" in said
    assert "Traceback" not in errors


@pytest.mark.parametrize("rebuilding", [False, True])
def test_a_run_that_waits_for_another_ends_at_once_when_it_is_told_to(tmp_path: Path, rebuilding: bool) -> None:
    config, data = hangs(tmp_path, 9), tmp_path / "data"
    with run_lock(data), alone(data) if rebuilding else contextlib.nullcontext(), start(data, config) as run:
        while not (data / "nights.lock").exists() and run.poll() is None:
            time.sleep(0.01)
        time.sleep(0.5)
        run.terminate()
        run.communicate(timeout=10)
    assert run.returncode == 143


def test_a_crawl_beyond_its_time_is_ended_and_reported(tmp_path: Path, hanging: tuple[int, threading.Event]) -> None:
    config = hangs(tmp_path, hanging[0], "[night]\nlongest_hours = 0.001\n")
    with start(tmp_path / "data", config, "--json") as run:
        said, errors = run.communicate(timeout=60)
    assert run.returncode == 4, errors
    (crawl,) = json.loads(said)["crawls"]
    assert (crawl["outcome"], crawl["why"]) == ("interrupted", "took longer than 0.001 hours")
    assert rows(tmp_path / "data", "SELECT outcome, outcome_reason FROM crawls") == [
        ("interrupted", "took longer than 0.001 hours")
    ]
    assert "ERROR sotttt_hanoi: interrupted" in errors


# -- one night ----------------------------------------------------------------------------------------------------


@pytest.fixture
def world() -> Iterator[World]:
    with World(articles_per_site=30) as world:
        yield world


def test_once_does_tonights_work_and_when_it_is_done_says_so(world: World, tmp_path: Path) -> None:
    data, config = tmp_path / "data", settings(world, tmp_path / "luutin.toml", ("lam_binh",))
    arguments = ["run", "--once", "--data", str(data), "--config", str(config)]
    first = CliRunner().invoke(main, [*arguments, "--json"])
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert [(crawl["site"], crawl["outcome"], crawl["new"]) for crawl in told["crawls"]] == [
        ("lam_binh", "complete", 30)
    ]
    assert (told["rested"], told["messages"]) == ([], [])
    asked = len(world.log("lam_binh"))
    second = CliRunner().invoke(main, arguments)
    assert (second.exit_code, second.stdout) == (
        0,
        "Nothing to crawl: tonight's work is done, or no site is nightly (see luutin sites).\n",
    )
    assert len(world.log("lam_binh")) == asked
    assert rows(data, "SELECT reason, outcome FROM crawls") == [("night", "complete")]


def test_a_site_that_does_not_answer_makes_the_night_exit_with_4(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = CliRunner().invoke(
        main, ["run", "--once", "--data", str(tmp_path / "data"), "--config", str(hangs(tmp_path, port))]
    )
    assert done.exit_code == 4
    assert "1 of 1 crawls did not do their job: sotttt_hanoi" in done.stderr


@pytest.mark.parametrize("options", [["--json"], ["--once", "--port", "0"], ["--once", "--host", "::"]])
def test_options_that_mean_nothing_together_are_refused(tmp_path: Path, options: list[str]) -> None:
    assert CliRunner().invoke(main, ["run", *options, "--data", str(tmp_path)]).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_the_log_tells_of_a_long_crawl_now_and_then(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    log, under_way = scheduler.Log(), CrawlResult(site="lam_binh", outcome="running", new=12, requests=40, seconds=700)
    with caplog.at_level(logging.INFO):
        log.started("lam_binh")
        log.moved(under_way)
        monkeypatch.setattr(scheduler, "TELL_EVERY", 0.0)
        log.moved(under_way)
        log.ended(replace(under_way, outcome="failed", why="no name"))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "lam_binh: crawl started"),
        ("INFO", "lam_binh: running; 0 listings, 12 new, 0 changed, 0 errors, 40 requests in 700 s"),
        ("ERROR", "lam_binh: failed; 0 listings, 12 new, 0 changed, 0 errors, 40 requests in 700 s (no name)"),
    ]


# -- older rules --------------------------------------------------------------------------------------------------


class Rereader:
    """A site that was crawled by an older program, and then edits an article."""

    def __init__(self, world: World, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.data, self._patch = world, place / "data", monkeypatch
        self.file = settings(world, place / "luutin.toml", ("lam_binh",))
        self.config: Config = load(self.file)
        self.night()
        with Archive(self.data) as archive, archive.writing() as db:
            db.execute("UPDATE captures SET extractor_version = '1-older'")
            db.execute("UPDATE revisions SET extractor_version = '1-older'")
            db.execute("DELETE FROM _read_by")
        world.next_night()

    def night(self) -> None:
        self._patch.setenv(FROZEN, (self.world.tonight + timedelta(hours=3)).isoformat())
        once(self.data, self.config, str(self.file), stop=Stop())

    def edited(self) -> int:
        ((count,),) = rows(self.data, "SELECT count(*) FROM events WHERE kind = 'edited' AND NOT baseline")
        return int(count)


@pytest.mark.parametrize("reads_again", [True, False])
def test_an_edit_is_told_in_the_first_night_after_an_update_because_that_reads_again_what_is_stored(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads_again: bool
) -> None:
    older = Rereader(world, tmp_path, monkeypatch)
    if not reads_again:
        monkeypatch.setattr(crawls, "renew", lambda *_: None)
    older.night()
    assert older.edited() == (1 if reads_again else 0)


def test_an_edit_is_told_by_a_crawl_by_hand_after_an_update_too(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = Rereader(world, tmp_path, monkeypatch)
    monkeypatch.setenv(FROZEN, (world.tonight + timedelta(hours=3)).isoformat())
    arguments = ["crawl", "lam_binh", "--data", str(older.data), "--config", str(older.file)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert older.edited() == 1


def test_reading_again_has_its_bound_goes_on_the_next_night_and_then_costs_one_look(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    older = Rereader(world, tmp_path, monkeypatch)
    site = registry(older.config)["lam_binh"]
    stale = "SELECT count(*) FROM captures WHERE extractor_version = '1-older'"
    with Archive(older.data) as archive:
        monkeypatch.setattr(renewal, "LONGEST", -1.0)
        with caplog.at_level(logging.WARNING):
            renewal.renew(archive, [site], Stop())
        assert "the next night goes on" in caplog.text
        assert archive.connection.execute(stale).fetchone()[0] > 0
        monkeypatch.setattr(renewal, "LONGEST", 60.0)
        renewal.renew(archive, [site], Stop())
        assert archive.connection.execute(stale).fetchone()[0] == 0
        monkeypatch.setattr(renewal, "Reextraction", None)
        renewal.renew(archive, [site], Stop())


# -- a clock that was wrong ---------------------------------------------------------------------------------------


def test_nothing_is_crawled_beside_a_crawl_from_the_future_and_without_its_files_all_is_as_before(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, file = tmp_path / "data", settings(world, tmp_path / "luutin.toml", ("lam_binh",))
    arguments = ["run", "--once", "--data", str(data), "--config", str(file)]

    def night(ahead: timedelta = timedelta()) -> Result:
        monkeypatch.setenv(FROZEN, (world.tonight + timedelta(hours=3) + ahead).isoformat())
        return CliRunner().invoke(main, arguments)

    night()
    world.next_night()
    assert night(timedelta(days=3653)).exit_code == 0
    refused = night()
    assert (refused.exit_code, "nothing is crawled before the clock is right" in refused.stderr) == (4, True)
    alerts = "SELECT kind, closed FROM alerts WHERE site IS NULL"
    assert rows(data, alerts) == [("clock", None)]
    wrong = [*(data / "warc").glob("*-2035*"), *(data / "manifests").glob("2035-*")]
    assert len(wrong) == 3
    for path in wrong:
        path.rename(tmp_path / path.name)
    (data / "archive.db").unlink()
    assert CliRunner().invoke(main, ["rebuild", "--data", str(data), "--config", str(file)]).exit_code == 0
    assert night().exit_code == 0
    ((edits,),) = rows(data, "SELECT count(*) FROM events WHERE kind = 'edited' AND NOT baseline")
    assert edits == 1
    assert CliRunner().invoke(main, ["verify", "--data", str(data), "--config", str(file)]).exit_code == 0
    assert [closed is not None for _, closed in rows(data, alerts)] == [True]


def test_a_clock_that_went_ahead_in_the_middle_of_a_crawl_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = Nights(tmp_path, monkeypatch)
    nights.crawl(1, article("/a", moment(20)))
    nights.at(2)
    with pytest.raises(CrawlFailedError, match="2026-03-20"):
        judge(nights.archive)
    nights.at(20)
    judge(nights.archive)


# -- what follows a crawl -----------------------------------------------------------------------------------------


def test_a_mistake_in_judging_one_site_costs_neither_its_other_judge_nor_the_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    judged: list[str] = []
    monkeypatch.setattr(removals, "weigh", lambda *_: 1 / 0)
    monkeypatch.setattr(health, "watch", lambda _archive, site, crawl_id, _config: judged.append(crawl_id))
    with Archive(tmp_path) as archive:
        archive.upsert_sites([SITE])
        done = archive.start_crawl(SITE.slug, "night")
        archive.finish_crawl(done, "complete")
        archive.start_crawl(SITE.slug, "night")  # under way, or killed
        aftermath.catch_up(archive, [SITE], Config())
    assert judged == [done]
    assert "thu: what the crawl brought could not be judged" in caplog.text


@pytest.mark.parametrize("error", [LockedError("busy"), ZeroDivisionError("ours")])
def test_messages_that_cannot_be_sent_are_no_failure_of_the_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(aftermath, "deliver", fail)
    with Archive(tmp_path) as archive:
        assert aftermath.tell(archive, Config(), Stop()) == []
        stopped = Stop()
        stopped.set()
        assert aftermath.tell(archive, Config(), stopped) == []
    assert len(caplog.records) == 1
