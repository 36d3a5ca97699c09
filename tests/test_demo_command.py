"""``luutin demo``: an archive that fills before one's eyes, twice in a row, and never over anything else."""

from __future__ import annotations

import functools
import json
import sqlite3
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor import cli, demonstration
from monitor.crawls import run_lock
from monitor.demo.world import World
from monitor.stopping import Stop


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demonstration, "World", functools.partial(World, articles_per_site=30))


def demo(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, ["demo", *map(str, arguments)])


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(data / "archive.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_two_nights_show_what_is_new_edited_and_removed_and_the_demo_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LUUTIN_DATA", raising=False)
    result = demo("--no-serve")
    assert result.exit_code == 0, result.output
    assert "Night 2 of 2" in result.stdout
    data = tmp_path / "demo-archive"
    assert rows(data, "SELECT count(*), count(DISTINCT site), min(outcome), max(outcome) FROM crawls") == [
        (10, 5, "complete", "complete")
    ]
    assert rows(data, "SELECT count(*) FROM events WHERE kind = 'new' AND NOT baseline") == [(15,)]
    edited = "SELECT count(DISTINCT site) FROM revisions JOIN articles ON articles.id = article_id"
    assert rows(data, f"{edited} WHERE change = 'edited'") == [(5,)]
    nights = rows(data, "SELECT DISTINCT substr(started, 1, 16) FROM crawls ORDER BY 1")
    assert nights == [("2025-01-06T19:00",), ("2025-01-07T19:00",)], "02:00 in Vietnam, night after night"

    (data / "warc" / "left-over").write_text("")
    again = demo("--no-serve", "--nights", "1")
    assert again.exit_code == 0, again.output
    assert rows(data, "SELECT count(*) FROM articles") == [(150,)]
    assert not (data / "warc" / "left-over").exists()


def test_a_directory_that_no_demo_made_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    result = demo("--no-serve", "--data", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == (
        f"luutin: {tmp_path} holds something else than a demo: name another directory with --data.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_demo_that_is_running_is_not_replaced(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    with run_lock(data):
        result = demo("--no-serve", "--data", data)
    assert result.exit_code == 6


def test_the_archive_is_served_until_the_demo_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demonstration, "_nights", lambda *_: [])
    seen: list[int] = []

    class Visitor(Stop):
        """Looks at the archive instead of waiting."""

        def wait(self, timeout: float | None = None) -> bool:
            address = capsys.readouterr().out.split("while you look at it: ")[1].split()[0]
            for page in ("", "archive.json", "feeds/new.atom"):
                with urllib.request.urlopen(address + page, timeout=20) as response:
                    seen.append(response.status)
                    if page.endswith("json"):
                        assert "articles" in json.dumps(json.load(response))
            return True

    demonstration.demonstrate(tmp_path / "demo", nights=1, port=0, serve=True, stop=Visitor())
    assert seen == [200, 200, 200]
