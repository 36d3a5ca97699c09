"""One archive, served by pywb as it lies, is the source of another's backfill: the same archive comes of it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

import spiders
from crawler.clock import timestamp
from crawler.warc import WarcWriter, read_captures
from monitor.cli import main
from monitor.demo.world import World
from tests import pywb
from tests.test_replay import pages

#: What differs: where records lie, what they are called, who gave them, and when that was written down.
OWN: dict[str, set[str]] = {
    "captures": {"id", "warc_file", "warc_offset", "warc_length", "crawl_id"},
    "articles": {"docid", "current_revision_id"},
    "revisions": {"id", "capture_id"},
    "attachments": {"id", "capture_id"},
    "events": {"id", "revision_id", "recorded_at", "evidence"},
    **{table: set() for table in ("article_urls", "texts", "readings", "citations", "similar_texts")},
}


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text(
        "[network]\nallow_private_addresses = true\n[politeness]\ndelay_seconds = 0\n"
    )
    monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))


def tables(data: Path) -> dict[str, list[str]]:
    connection = sqlite3.connect(data / "archive.db")
    found = {}
    for table, own in OWN.items():
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in own]
        found[table] = sorted(map(repr, connection.execute(f"SELECT {', '.join(columns)} FROM {table}")))
    connection.close()
    return found


def run(*arguments: Any) -> str:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def backfilled(ours: Path, theirs: Path, *slugs: str) -> None:
    with pywb.serving(theirs / "warc") as address:
        for slug in slugs:
            whole = ("--everything", "--every-capture")
            run("backfill", slug, "--from", f"{address}/luutin", "--data", ours, *whole)


def test_a_backfill_of_all_sites_is_equal_to_an_import_of_what_pywb_serves(tmp_path: Path) -> None:
    with WarcWriter(tmp_path / "x", prefix="x", software="x") as writer:
        for exchange in pages(World(articles_per_site=30), 5):
            writer.write(exchange)
    run("import", tmp_path / "x", "--data", tmp_path / "theirs")
    backfilled(tmp_path / "ours", tmp_path / "theirs", *(site.slug for site in spiders.declared()))
    assert tables(tmp_path / "ours") == tables(tmp_path / "theirs")
    assert len(tables(tmp_path / "ours")["captures"]) == 25


def test_its_timegate_leads_to_the_capture_nearest_to_the_moment_asked_for(tmp_path: Path) -> None:
    page = pages(World(articles_per_site=30), 1)[0]
    years = [replace(page, fetched=page.fetched.replace(year=year)) for year in (2015, 2019, 2023)]
    with WarcWriter(tmp_path / "x", prefix="x", software="x") as writer:
        for year, exchange in enumerate(years):
            writer.write(replace(exchange, body=exchange.body + b"<!-- %d -->" % year))
    run("import", tmp_path / "x", "--data", tmp_path / "data")
    with pywb.serving(tmp_path / "data" / "warc") as address:
        for exchange in years:
            asked = format_datetime(exchange.fetched + timedelta(days=300), usegmt=True)
            nearest = format_datetime(exchange.fetched, usegmt=True)
            for way in ("", "mp_/"):  # for a browser, in a frame; for a program
                question = Request(f"{address}/luutin/{way}{page.url}", headers={"Accept-Datetime": asked})
                with urlopen(question, timeout=30) as answer:
                    said = answer.headers
                assert said["Vary"] == "accept-datetime"
                assert 'rel="timegate"' in said["Link"]
                assert f'rel="memento"; datetime="{nearest}"' in said["Link"]
            assert said["Memento-Datetime"] == nearest
            assert f"/luutin/{exchange.fetched:%Y%m%d%H%M%S}mp_/{page.url}" in said["Content-Location"]


@pytest.mark.shared
def test_the_backfill_of_the_corpus_is_equal_to_its_import(tmp_path: Path, shared: Path) -> None:
    file = shared / "corpus" / "sotttt-hanoi-party.warc.gz"
    run("import", file, "--data", tmp_path / "theirs")
    backfilled(tmp_path / "ours", tmp_path / "theirs", "sotttt_hanoi")
    ours, theirs = tables(tmp_path / "ours"), tables(tmp_path / "theirs")
    assert {name: ours[name] == theirs[name] for name in ours} == dict.fromkeys(ours, True)
    moments = {timestamp(c.memento_datetime) for c in read_captures(file) if hasattr(c, "payload")}
    assert len(theirs["captures"]) == 585
    assert all(any(moment in row for row in ours["captures"]) for moment in moments)
