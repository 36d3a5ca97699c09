"""Runs that are started twice or killed: never two crawls of a site at a time, and every event once all the same."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.clock import FROZEN
from monitor.demo.world import World
from tests.killing import Killer, delivered_once, webhook
from tests.runs import rows, settings, start
from tests.scripted import stage
from tests.scripted.stage import Stage
from tests.test_nights import ARTICLES, SCRIPT
from tests.test_nights import TOLD as TOLD_OF_SCRIPT

SOAK = bool(os.environ.get("LUUTIN_SOAK"))
#: How often two runs are started at once; ``make soak`` does it a hundred times.
TWICE = 100 if SOAK else 10
#: Nights, the kills in each, and the sites that are crawled meanwhile.
NIGHTS, KILLS = (14, 6) if SOAK else (4, 2)
SITES = ("hai_duong", "binh_thanh", *(("lam_binh", "quang_binh", "tuyen_quang") if SOAK else ()))

#: What there is to tell of an archive, and what it rests on, whenever and in however many attempts it was crawled.
TOLD = {
    "events": "SELECT id, site, article_id, kind, at, baseline, summary FROM events ORDER BY at, id",
    "articles": "SELECT id, status, revision_count, text_digest, last_changed FROM articles ORDER BY id",
    "revisions": "SELECT article_id, reading_digest, change FROM revisions ORDER BY 1, memento_datetime, 2",
    "removals": "SELECT article_id, first_missing, confirmed, restored FROM removals ORDER BY 1, 2",
    # that a site's crawls were killed one after the other is an alert, and rightly: over when one gets through
    "alerts": "SELECT site, kind, opened, closed FROM alerts WHERE site IS NOT NULL"
    " AND NOT (kind = 'crawl_failed' AND closed IS NOT NULL) ORDER BY 1, 2, 3",
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="crawls die with their run on Linux only")


# -- started twice ------------------------------------------------------------------------------------------------


class Probe:
    """Counts the visitors that a site has at the same time."""

    def __init__(self, world: World, slug: str) -> None:
        self.most, self._now, self._lock = 0, 0, threading.Lock()
        site = world.sites[slug]
        inside = site.respond

        def counted(*arguments: Any, **options: Any) -> Any:
            with self._lock:
                self._now += 1
                self.most = max(self.most, self._now)
            time.sleep(0.01)  # a visitor stays a moment
            try:
                return inside(*arguments, **options)
            finally:
                with self._lock:
                    self._now -= 1

        site.respond = counted  # type: ignore[method-assign]


def test_two_runs_started_at_once_never_crawl_a_site_at_the_same_time(tmp_path: Path) -> None:
    chance, waited = random.Random("twice"), 0
    with World(articles_per_site=30) as world:
        probe = Probe(world, "hai_duong")
        config = settings(world, tmp_path / "luutin.toml", ("hai_duong",))
        text = config.read_text(encoding="utf-8").replace("per_host = 2", "per_host = 1")
        config.write_text(f"{text}\n[budget]\nrequests_per_site = 25\n", encoding="utf-8")
        for attempt in range(TWICE):
            data = tmp_path / f"data-{attempt}"
            first = start(data, config)
            time.sleep(chance.choice((0, 0, chance.uniform(0, 3))))
            second = start(data, config)
            said = [run.communicate(timeout=120) for run in (first, second)]
            codes = sorted((first.returncode, second.returncode))
            assert codes in ([0, 0], [0, 6]), said
            waited += codes[1] == 6
            for run, (_, errors) in zip((first, second), said, strict=True):
                assert (run.returncode == 6) is ("Another luutin run is at work" in errors)
                assert "Traceback" not in errors
            crawls = rows(data, "SELECT started, finished FROM crawls WHERE site = 'hai_duong' ORDER BY started")
            assert len(crawls) == 1, "one night, one crawl"
            assert probe.most == 1, "one visitor with one connection"
    assert waited, "two runs never met: nothing was shown"


# -- killed -------------------------------------------------------------------------------------------------------


def asked(world: World) -> int:
    return sum(len(world.log(slug)) for slug in SITES)


@contextmanager
def a_night(world: World) -> Iterator[dict[str, str]]:
    yield {FROZEN: (world.tonight + timedelta(hours=3)).isoformat()}


def undisturbed(data: Path, config: Path, environment: dict[str, str], killer: Killer | None = None) -> dict[str, Any]:
    """A night that nobody kills; ``killer`` may kill whoever sends its messages."""
    with (
        start(data, config, "--json", **environment) as run,
        killer.watching(run, spares=True) if killer else nullcontext(),
    ):
        said, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    told: dict[str, Any] = json.loads(said)
    return told


def notify(data: Path, config: Path, environment: dict[str, str]) -> None:
    """Sends what waits for a later attempt, and then what comes of that: an alert of a channel that closes."""
    command = [sys.executable, "-m", "monitor.cli", "notify", "--data", str(data), "--config", str(config)]
    for _ in range(2):
        done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr


def test_run_crawls_and_notifier_killed_at_random_over_many_nights_tell_what_undisturbed_ones_tell_and_each_once(
    tmp_path: Path,
) -> None:
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    with World(articles_per_site=60 if SOAK else 30) as world, webhook() as hook:
        killer = Killer(random.Random("nights"), lambda: asked(world))
        hook.arriving = killer.arriving
        quiet = settings(world, tmp_path / "quiet.toml", SITES)
        config = settings(world, tmp_path / "luutin.toml", SITES, hook.settings())
        for night in range(NIGHTS):
            if night:
                world.next_night()
            with a_night(world) as environment:
                told = undisturbed(calm, quiet, environment)
                assert {crawl["outcome"] for crawl in told["crawls"]} == {"complete"}
                for _ in range(KILLS):
                    with start(disturbed, config, **environment) as run, killer.watching(run, spares=False):
                        killer.somebody(run)
                        run.communicate(timeout=300)
                undisturbed(disturbed, config, environment, killer)
                if SOAK or night == NIGHTS - 1:
                    again = undisturbed(disturbed, config, environment)
                    assert (again["crawls"], sorted(again["rested"])) == ([], sorted(SITES))
            for name, query in TOLD.items():
                assert rows(disturbed, query) == rows(calm, query), f"{name}, night {night + 1}; {killer.killed}"
        notify(disturbed, config, {FROZEN: (world.tonight + timedelta(days=1)).isoformat()})
        delivered_once(disturbed, hook)
    kinds = {kind for (kind,) in rows(calm, "SELECT kind FROM events WHERE NOT baseline")}
    assert {"new", "edited", "removed"} <= kinds
    assert min(killer.killed[who] for who in ("run", "crawl", "notifier")) >= 1, killer.killed
    assert rows(disturbed, "PRAGMA integrity_check") == [("ok",)]
    assert rows(disturbed, "PRAGMA foreign_key_check") == []


@pytest.mark.skipif(not SOAK, reason="half an hour: make soak; the nights above are its sample")
def test_thirty_scripted_nights_are_told_as_written_whoever_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World(articles_per_site=ARTICLES, reprints=False) as world, webhook() as hook:
        scene, data = Stage(world, tmp_path / "archive"), tmp_path / "archive"
        killer = Killer(random.Random("thirty"), lambda: sum(len(world.log(slug)) for slug in world.sites))
        hook.arriving = killer.arriving
        others = "\n[sites.sotttt_hanoi]\nenabled = false\n"
        scene.file.write_text(scene.file.read_text(encoding="utf-8") + others + hook.settings(), encoding="utf-8")

        def night() -> None:
            for _ in range(2):
                with start(data, scene.file) as run, killer.watching(run, spares=False):
                    killer.somebody(run)
                    run.communicate(timeout=300)
            with start(data, scene.file) as run, killer.watching(run, spares=True):
                run.communicate(timeout=300)

        # a declaration cannot close a site for a process of its own
        closing = [line for line in SCRIPT if line[3] is stage.closes]
        scene.play([line for line in SCRIPT if line not in closing], 30, monkeypatch, night)
        expected = {event for event in TOLD_OF_SCRIPT if event[3] != "site_closed"}
        told = scene.told()
        assert (sorted(told - expected), sorted(expected - told)) == ([], []), "(too many, missing)"
        notify(data, scene.file, {FROZEN: (world.tonight + timedelta(days=1)).isoformat()})
        delivered_once(data, hook)
    assert min(killer.killed[who] for who in ("run", "crawl", "notifier")) >= 5, killer.killed
    print(dict(killer.killed))
