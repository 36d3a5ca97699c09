"""``luutin import`` of much: directories, periods, several processes, and whatever stops it."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import spiders
from crawler.warc import Exchange, WarcWriter
from monitor import beside
from monitor.cli import main
from monitor.demo.world import World
from monitor.readers import Readers

NOON = datetime(2024, 5, 1, 5, tzinfo=UTC)
HOMES = {site.slug: site.home_url.rstrip("/") for site in spiders.declared()}

#: What an archive says of itself, but for where its records lie.
SAYS = {
    "captures": "SELECT id, site, article_id, url_key, memento_datetime, record_type, quality FROM captures",
    "articles": "SELECT id, headline, first_seen, last_seen, revision_count, status, same_text_as, docid FROM articles",
    "revisions": "SELECT id, article_id, capture_id, memento_datetime, reading_digest, change FROM revisions",
    "texts": "SELECT * FROM texts",
    "article_urls": "SELECT * FROM article_urls",
    "attachments": "SELECT article_id, kind, url, capture_id FROM attachments",
    "events": "SELECT id, article_id, kind, at, baseline, summary FROM events",
    "citations": "SELECT * FROM citations",
    "similar_texts": "SELECT * FROM similar_texts",
    "capture_sources": "SELECT * FROM capture_sources",
}


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text("")
    monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))


@pytest.fixture(scope="module")
def world() -> World:
    return World(articles_per_site=30)


def says(data: Path) -> dict[str, list[Any]]:
    connection = sqlite3.connect(data / "archive.db")
    try:
        return {name: sorted(connection.execute(query).fetchall(), key=repr) for name, query in SAYS.items()}
    finally:
        connection.close()


def page(url: str, body: bytes, at: datetime, kind: str = "text/html; charset=utf-8") -> Exchange:
    return Exchange(url, at, 200, "OK", (("Content-Type", kind), ("Content-Length", str(len(body)))), body)


def everything(world: World) -> list[Exchange]:
    """Articles of all sites, some edited, some seen again, some pictures, one answer to a form."""
    found = []
    for slug, site in world.sites.items():
        for n, article in enumerate(site.newest()):
            url, body = HOMES[slug] + site.article_path(article), site.get(site.article_path(article)).body
            at = NOON + timedelta(minutes=n)
            found.append(page(url, body, at))
            if n % 5 == 0:
                found.append(page(url, body.replace(b"</p>", " Thêm một câu.</p>".encode(), 1), at + timedelta(days=9)))
            if n % 7 == 0:
                found.append(page(url, body, at + timedelta(days=20)))
            if n % 9 == 0:
                found.append(page(f"{HOMES[slug]}/{n}.png", b"\x89PNG%d" % n, at, "image/png"))
        found.append(replace(found[-1], method="POST", request_body=b"a=1"))
    return found


def warc(directory: Path, exchanges: Sequence[Exchange], *, revisits: bool = False) -> Path:
    with WarcWriter(directory, prefix="theirs", software="somebody's tool") as writer:
        known: dict[bytes, Any] = {}
        for exchange in exchanges:
            capture = writer.write(exchange, revisit_of=known.get(exchange.body) if revisits else None)
            known.setdefault(exchange.body, capture)
    return directory


def take(data: Path, *arguments: object, code: int = 0) -> Any:
    result = CliRunner().invoke(main, ["import", *map(str, arguments), "--data", str(data), "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.stderr
    return json.loads(result.stdout) if result.stdout else result.stderr


def test_several_processes_make_what_one_makes(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUUTIN_NOW", "2026-03-01T02:00:00+07:00")
    exchanges = everything(world)
    random.Random(1).shuffle(exchanges)
    theirs = warc(tmp_path / "theirs", exchanges, revisits=True)
    alone = take(tmp_path / "alone", theirs, "--jobs", 1)
    together = take(tmp_path / "together", theirs, "--jobs", 2)
    assert alone == together
    assert says(tmp_path / "alone") == says(tmp_path / "together")


def test_a_directory_is_searched_to_its_depths(tmp_path: Path, world: World) -> None:
    exchanges = everything(world)[:30]
    warc(tmp_path / "theirs" / "2019" / "a", exchanges[:10])
    warc(tmp_path / "theirs" / "2020", exchanges[10:])
    (tmp_path / "theirs" / "notes.txt").write_text("not a WARC")
    (tmp_path / "theirs" / "index.cdxj").write_text("nor this")
    assert take(tmp_path / "data", tmp_path / "theirs")["records"] == 30
    (tmp_path / "empty").mkdir()
    assert "empty holds no WARC, ARC or WACZ file" in take(tmp_path / "data", tmp_path / "empty", code=2)


def test_what_lies_outside_the_period_is_left_out(tmp_path: Path, world: World) -> None:
    body = everything(world)[0]
    moments = [datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC) for year in (2017, 2018, 2019, 2020)]
    theirs = warc(tmp_path / "theirs", [replace(body, fetched=moment) for moment in moments])
    told = take(tmp_path / "a", theirs, "--since", "2018", "--until", "2019")
    assert told["skipped"] == {"before --since or after --until": 2}
    assert sorted(row[4][:4] for row in says(tmp_path / "a")["captures"]) == ["2018", "2019"]
    assert take(tmp_path / "b", theirs, "--since", "2018-12-31T23:59:59Z", "--until", "2018-12-31")["kept"] == {
        "new": 1
    }
    for wrong in (("--since", "May"), ("--until", "2019-13"), ("--since", "2020", "--until", "2019")):
        assert take(tmp_path / "c", theirs, *wrong, code=2).count("\n") == 1


def test_three_captures_of_an_article_give_the_same_revisions_in_whatever_order_they_come(
    tmp_path: Path, world: World
) -> None:
    first = everything(world)[0]
    said = (first.body, first.body.replace(b"</p>", b" A.</p>", 1), first.body.replace(b"</p>", b" B.</p>", 2))
    files = [
        warc(tmp_path / str(n), [replace(first, body=body, fetched=NOON + timedelta(days=n))])
        for n, body in enumerate(said)
    ]
    found = []
    for n, order in enumerate(itertools.permutations(files)):
        take(tmp_path / f"data-{n}", *order)
        told = says(tmp_path / f"data-{n}")
        found.append({name: told[name] for name in ("captures", "articles", "revisions", "texts", "article_urls")})
    assert [change for *_, change in found[0]["revisions"]].count("edited") == 2
    assert all(other == found[0] for other in found)


def test_a_revisit_and_then_its_payload_at_the_same_moment_leave_the_payload(tmp_path: Path, world: World) -> None:
    first = everything(world)[0]
    with WarcWriter(tmp_path / "x", prefix="x", software="x") as writer:
        original = writer.write(replace(first, url=f"{first.url}?elsewhere"))
    with WarcWriter(tmp_path / "theirs", prefix="theirs", software="x") as writer:
        writer.write(first, revisit_of=original)
        writer.write(first)
    told = take(tmp_path / "data", tmp_path / "theirs")
    assert (told["records"], told["skipped"]) == (2, {})
    assert [(row[5], row[6]) for row in says(tmp_path / "data")["captures"]] == [("response", "article")]


def _hears(_: int) -> bool:
    return signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_reading_process_hears_no_ctrl_c_from_its_first_moment_on() -> None:
    with Readers[int, bool, int](_hears, jobs=2, doing="listened") as readers:
        assert list(readers.put(1, 1)) + list(readers.rest()) == [(1, False)]
    assert _hears(0)


def _tells(data: Path, _over: object) -> None:
    (data / "hears").write_text(str(_hears(0)))


def test_who_studies_beside_hears_none_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_study", _tells)
    with beside.StudyBeside(tmp_path):
        pass
    assert (tmp_path / "hears").read_text() == "False"
    assert _hears(0)


_KILLED = """
import os, signal, sys
from functools import partial
from pathlib import Path
from monitor.beside import StudyBeside
from monitor.readers import Readers, read_pages

if __name__ == "__main__":
    with StudyBeside(Path(sys.argv[1])), Readers(partial(read_pages, source="import"), jobs=2, doing="read") as readers:
        list(readers.put([], 1))
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nobody_goes_on_for_an_import_that_was_killed_before_its_helpers_had_begun(tmp_path: Path) -> None:
    (tmp_path / "killed.py").write_text(_KILLED)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, str(tmp_path / "killed.py"), str(tmp_path / "data")]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    process.communicate(timeout=60)  # its end is heard when the last helper has let go of it
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_stopped_loses_nothing_and_goes_on(tmp_path: Path, world: World, number: int) -> None:
    exchanges = [replace(e, fetched=e.fetched + timedelta(seconds=n)) for n in range(2) for e in everything(world)]
    theirs = warc(tmp_path / "theirs", exchanges)
    whole = tmp_path / "whole"
    take(whole, theirs, "--jobs", 1)
    data = tmp_path / "data"
    command = [sys.executable, "-m", "monitor.cli", "import", str(theirs), "--jobs", "2", "--data", str(data)]
    process = subprocess.Popen(command, env=os.environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    stored = 0
    while stored < 64 and process.poll() is None:
        time.sleep(0.02)  # until it is in the middle
        if (data / "archive.db").exists():
            connection = sqlite3.connect(f"file:{data / 'archive.db'}?mode=ro", uri=True)
            try:
                (stored,) = connection.execute("SELECT count(*) FROM captures").fetchone()
            except sqlite3.OperationalError:
                stored = 0
            finally:
                connection.close()
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    if number == signal.SIGINT:
        assert (process.returncode, said.decode().count("\n")) == (130, 1)
    half = len(says(data)["captures"])
    assert 64 <= half < len(says(whole)["captures"])
    take(data, theirs, "--jobs", 1)
    ours, expected = says(data), says(whole)
    for name in ("captures", "revisions", "texts", "article_urls", "attachments", "citations", "capture_sources"):
        assert ours[name] == expected[name], name
