"""``warc/`` with its index is a collection for pywb as it lies: pages replay, and others may ask for what there is."""

from __future__ import annotations

import json
import random
import sqlite3
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import spiders
from crawler.archive import Archive
from crawler.warc import Capture, Exchange, Location, WarcWriter, compress, load
from monitor import replay
from monitor.cli import main
from monitor.demo.world import World
from tests import pywb

NOON = datetime(2024, 5, 1, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text("")
    monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))


@pytest.fixture(scope="module")
def world() -> World:
    return World(articles_per_site=30)


def pages(world: World, count: int = 6) -> list[Exchange]:
    """Articles of all five replica sites, at the addresses that are declared."""
    found = []
    homes = {site.slug: site.home_url.rstrip("/") for site in spiders.declared()}
    for slug, site in world.sites.items():
        for n, article in enumerate(site.newest()[:count]):
            body = site.get(site.article_path(article)).body
            headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))))
            url = homes[slug] + site.article_path(article)
            found.append(Exchange(url, NOON + timedelta(minutes=n), 200, "OK", headers, body))
    return found


def take(data: Path, exchanges: Sequence[Exchange]) -> None:
    """Imports them; every second time, as a bare record without its request."""
    theirs = data.parent / f"theirs-{len(list(data.parent.iterdir()))}"
    with WarcWriter(theirs, prefix="theirs", software="somebody's tool") as writer:
        for exchange in exchanges:
            writer.append(compress(exchange))
    done = CliRunner().invoke(main, ["import", str(theirs), "--data", str(data)])
    assert done.exit_code == 0, done.output


def lines(data: Path) -> list[str]:
    head, *rest = (data / "warc" / "index.cdxj").read_text(encoding="utf-8").splitlines()
    assert head.startswith("!luutin ")
    return rest


def record(data: Path, line: str) -> Capture:
    fields = json.loads(line.split(" ", 2)[2])
    return load(data / "warc", Location(fields["filename"], int(fields["offset"]), int(fields["length"])))


def test_an_import_leaves_an_index_in_which_every_line_leads_to_its_record(tmp_path: Path, world: World) -> None:
    data = tmp_path / "data"
    take(data, pages(world))
    found = lines(data)
    assert len(found) == 30
    assert (data / "warc" / "index.cdxj").read_bytes().splitlines() == sorted(
        (data / "warc" / "index.cdxj").read_bytes().splitlines()
    )
    for line in found:
        fields, capture = json.loads(line.split(" ", 2)[2]), record(data, line)
        assert (capture.url, capture.payload_digest) == (fields["url"], f"sha1:{fields['digest']}")


def test_what_comes_in_later_is_added_as_if_the_index_were_made_anew(tmp_path: Path, world: World) -> None:
    data = tmp_path / "data"
    everything = pages(world)
    random.Random(6).shuffle(everything)
    for portion in (everything[:1], everything[1:9], everything[9:], everything[:3]):
        take(data, portion)
    grown = (data / "warc" / "index.cdxj").read_bytes()
    with Archive(data) as archive:
        assert replay.update(archive) == 0
        assert replay.update(archive, anew=True) == 30
    assert (data / "warc" / "index.cdxj").read_bytes() == grown


def test_an_index_is_the_same_whether_made_at_once_or_in_portions(
    tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path, pages(world))
    at_once = (tmp_path / "warc" / "index.cdxj").read_bytes()
    for lines_in_memory in (1, 7, 30):
        monkeypatch.setattr(replay, "_SORTED", lines_in_memory)
        with Archive(tmp_path) as archive:
            assert replay.update(archive, anew=True) == 30
        assert (tmp_path / "warc" / "index.cdxj").read_bytes() == at_once


def test_the_memory_of_an_update_does_not_grow_with_the_index(tmp_path: Path, world: World) -> None:
    everything = pages(world)
    take(tmp_path, everything[:1])
    index = tmp_path / "warc" / "index.cdxj"
    with index.open("ab") as file:
        file.writelines(b"zz,%06d)/ 20200101000000 {%s}\n" % (n, b" " * 400) for n in range(20_000))
    tracemalloc.start()
    try:
        take(tmp_path, everything[1:2])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6_000_000 < index.stat().st_size
    assert [line.startswith(b"zz,") for line in index.read_bytes().splitlines()] == [False] * 3 + [True] * 20_000


def test_what_an_update_left_behind_that_was_killed_does_no_harm(tmp_path: Path, world: World) -> None:
    data = tmp_path / "data"
    take(data, pages(world)[:4])
    whole = (data / "warc" / "index.cdxj").read_bytes()
    (data / "warc" / ".index.cdxj.new").write_bytes(b"half a li")
    (data / "warc" / "index.cdxj").write_bytes(b"somebody's own index\n")
    assert CliRunner().invoke(main, ["index", "--data", str(data)]).exit_code == 0
    assert (data / "warc" / "index.cdxj").read_bytes() == whole


def test_what_is_withheld_is_left_out_with_the_pages_that_name_it_until_it_is_released(
    tmp_path: Path, world: World
) -> None:
    data = tmp_path / "data"
    take(data, pages(world)[:4])
    before = lines(data)
    url = json.loads(before[0].split(" ", 2)[2])["url"]
    connection = sqlite3.connect(data / "archive.db")
    query = (
        "SELECT articles.id, headline FROM captures JOIN articles ON articles.id = article_id WHERE captures.url = ?"
    )
    ((article, headline),) = connection.execute(query, (url,)).fetchall()
    connection.close()
    naming = [line for line in before if headline in record(data, line).payload.decode()]
    assert before[0] in naming
    assert 1 < len(naming) < len(before)
    for command, expected in (
        (["withhold", article, "--reason", "Theo yêu cầu"], [line for line in before if line not in naming]),
        (["release", article], before),
    ):
        done = CliRunner().invoke(main, [*command, "--data", str(data)])
        assert done.exit_code == 0, done.output
        assert lines(data) == expected


def test_a_304_and_the_answer_to_a_form_are_nothing_to_replay(tmp_path: Path, world: World) -> None:
    data = tmp_path / "data"
    first = pages(world)[0]
    nothing = Exchange(first.url, NOON + timedelta(days=1), 304, "Not Modified", (), b"")
    form = Exchange(
        first.url, NOON + timedelta(days=2), 200, "OK", first.headers, first.body, method="POST", request_body=b"a=1"
    )
    take(data, [first, nothing, form])
    assert [line.split(" ")[1] for line in lines(data)] == ["20240501050000"]


def test_what_somebody_changed_in_the_settings_for_pywb_stays(tmp_path: Path, world: World) -> None:
    data = tmp_path / "data"
    take(data, pages(world)[:1])
    (data / "warc" / "config.yaml").write_text("framed_replay: false\n")
    take(data, pages(world)[1:3])
    assert (data / "warc" / "config.yaml").read_text() == "framed_replay: false\n"


def test_without_an_archive_there_is_nothing_to_index(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["index", "--data", str(tmp_path)])
    assert (done.exit_code, done.output.count("\n")) == (2, 1)


def test_pywb_replays_a_page_of_each_site_and_answers_with_timemap_and_cdx(tmp_path: Path, world: World) -> None:
    data = tmp_path / "data"
    exchanges = pages(world, 2)
    later = {"fetched": NOON + timedelta(days=30), "headers": (("Content-Type", "text/html"),)}
    edited = [replace(e, body=e.body + b" ", **later) for e in exchanges[::2]]
    take(data, exchanges + edited)
    with pywb.serving(data / "warc") as address:
        for exchange in exchanges:
            when = exchange.fetched.strftime("%Y%m%d%H%M%S")
            status, text = pywb.get(f"{address}/luutin/{when}id_/{exchange.url}")
            assert (status, text) == (200, exchange.body.decode()), exchange.url
        url = exchanges[0].url
        status, replayed = pywb.get(f"{address}/luutin/20240501050000mp_/{url}")
        assert (status, "wombat" in replayed) == (200, True)
        status, timemap = pywb.get(f"{address}/luutin/timemap/link/{url}")
        assert (status, timemap.count('rel="memento"')) == (200, 2)
        status, listed = pywb.get(f"{address}/luutin/cdx?url={url}&output=json")
        assert [json.loads(line)["timestamp"] for line in listed.splitlines()] == ["20240501050000", "20240531050000"]
        assert pywb.get(f"{address}/luutin/20240501mp_/http://elsewhere.example.vn/")[0] == 404
