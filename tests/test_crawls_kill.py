"""Runs that are started twice or killed: never two crawls of a site at a time, and every event once all the same."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.clock import FROZEN
from monitor.demo.world import World
from tests.runs import rows, settings, start

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
    "alerts": "SELECT site, kind, opened, closed FROM alerts ORDER BY 1, 2, 3",
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


def crawls_of(run: int) -> list[int]:
    """The processes that ``run`` has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
        except OSError:  # it has ended
            continue
        if int(parent) == run:
            found.append(int(stat.parent.name))
    return found


def asked(world: World) -> int:
    return sum(len(world.log(slug)) for slug in SITES)


def kill_somebody(run: subprocess.Popen[str], world: World, chance: random.Random) -> str:
    """Waits for some answers and a little more, then kills the run or one of its crawls; which."""
    until = asked(world) + chance.randrange(60)
    deadline = time.monotonic() + chance.uniform(2.5, 6)
    while run.poll() is None and asked(world) < until and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.3))
    children = crawls_of(run.pid)
    if run.poll() is not None:
        return "nobody"
    if children and chance.random() < 0.4:
        os.kill(chance.choice(children), signal.SIGKILL)
        return "crawl"
    run.kill()
    return "run"


@contextmanager
def a_night(world: World) -> Iterator[dict[str, str]]:
    yield {FROZEN: (world.tonight + timedelta(hours=3)).isoformat()}


def undisturbed(data: Path, config: Path, environment: dict[str, str]) -> dict[str, Any]:
    with start(data, config, "--json", **environment) as run:
        said, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    told: dict[str, Any] = json.loads(said)
    return told


def test_a_run_and_its_crawls_killed_at_random_over_many_nights_tell_what_undisturbed_ones_tell(
    tmp_path: Path,
) -> None:
    chance, killed = random.Random("nights"), {"run": 0, "crawl": 0, "nobody": 0}
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    with World(articles_per_site=60 if SOAK else 30) as world:
        config = settings(world, tmp_path / "luutin.toml", SITES)
        for night in range(NIGHTS):
            if night:
                world.next_night()
            with a_night(world) as environment:
                told = undisturbed(calm, config, environment)
                assert {crawl["outcome"] for crawl in told["crawls"]} == {"complete"}
                for _ in range(KILLS):
                    with start(disturbed, config, **environment) as run:
                        killed[kill_somebody(run, world, chance)] += 1
                        run.communicate(timeout=300)
                undisturbed(disturbed, config, environment)
                again = undisturbed(disturbed, config, environment)
                assert (again["crawls"], sorted(again["rested"])) == ([], sorted(SITES))
            for name, query in TOLD.items():
                assert rows(disturbed, query) == rows(calm, query), f"{name}, night {night + 1}; killed: {killed}"
    kinds = {kind for (kind,) in rows(calm, "SELECT kind FROM events WHERE NOT baseline")}
    assert {"new", "edited", "removed"} <= kinds
    assert min(killed["run"], killed["crawl"]) >= 1, killed
    assert rows(disturbed, "PRAGMA integrity_check") == [("ok",)]
    assert rows(disturbed, "PRAGMA foreign_key_check") == []
