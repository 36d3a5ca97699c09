"""``luutin import``: anybody's captures come in once, whole, to their own site, and the rest is counted."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from crawler.warc import Exchange, WarcWriter, read_captures
from monitor.cli import main
from monitor.demo.world import World

NOON = datetime(2024, 5, 1, 5, tzinfo=UTC)
HOST = "http://danvan.haiduong.org.vn"


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text("")
    monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))


def take(data: Path, *arguments: object) -> Run:
    result = CliRunner().invoke(main, ["import", *map(str, arguments), "--data", str(data), "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Run(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="module")
def world() -> World:
    return World(articles_per_site=30)


def page(url: str, body: bytes, *, kind: str = "text/html", status: int = 200, minute: int = 0) -> Exchange:
    at = NOON + timedelta(minutes=minute)
    return Exchange(url, at, status, "OK", (("Content-Type", kind), ("Content-Length", str(len(body)))), body)


def articles(world: World, count: int = 4, *, host: str = HOST) -> list[Exchange]:
    site = world.sites["hai_duong"]
    paths = [site.article_path(article) for article in site.newest()[:count]]
    return [page(host + path, site.get(path).body, minute=n) for n, path in enumerate(paths)]


def warc(directory: Path, exchanges: Sequence[Exchange]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    with WarcWriter(directory, prefix="theirs", software="somebody's tool") as writer:
        for exchange in exchanges:
            writer.write(exchange)
    return next(directory.glob("*.warc.gz"))


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(data / "archive.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def contents(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    tables = ("captures", "capture_sources", "articles", "revisions", "texts", "readings", "events", "article_urls")
    return {table: sorted(rows(data, f"SELECT * FROM {table}"), key=repr) for table in tables}


def test_captures_of_a_declared_site_become_its_articles(tmp_path: Path, world: World) -> None:
    run = take(tmp_path / "data", warc(tmp_path / "theirs", articles(world)))
    assert run.code == 0
    assert run.json["records"] == 4
    assert run.json["kept"] == {"new": 4}
    assert rows(tmp_path / "data", "SELECT DISTINCT site FROM articles") == [("hai_duong",)]
    assert rows(tmp_path / "data", "SELECT count(*) FROM events WHERE NOT baseline") == [(0,)]
    assert rows(tmp_path / "data", "SELECT DISTINCT source FROM capture_sources") == [("import",)]
    assert rows(tmp_path / "data", "SELECT count(*) FROM _unstudied") == [(0,)], "what follows from texts is made too"
    assert rows(tmp_path / "data", "SELECT count(*) FROM _sketches") == [(4,)]


def test_the_record_of_each_capture_lies_in_the_archives_own_files(tmp_path: Path, world: World) -> None:
    theirs = warc(tmp_path / "theirs", articles(world))
    take(tmp_path / "data", theirs)
    (ours,) = (tmp_path / "data" / "warc").glob("import-*.warc.gz")
    where = {
        (capture.url, capture.record_id, capture.location.offset, capture.payload_digest)
        for capture in read_captures(ours)
        if hasattr(capture, "payload")
    }
    assert where == set(rows(tmp_path / "data", "SELECT url, id, warc_offset, payload_digest FROM captures"))
    assert {row[1] for row in where} == {c.record_id for c in read_captures(theirs) if hasattr(c, "payload")}


def test_importing_twice_adds_nothing_and_copies_nothing(tmp_path: Path, world: World) -> None:
    theirs = warc(tmp_path / "theirs", articles(world))
    take(tmp_path / "data", theirs)
    before, files = contents(tmp_path / "data"), sorted((tmp_path / "data" / "warc").iterdir())
    run = take(tmp_path / "data", theirs, theirs)
    assert (run.code, run.json["kept"], run.json["skipped"]) == (0, {}, {"already in the archive": 8})
    assert contents(tmp_path / "data") == before
    assert sorted((tmp_path / "data" / "warc").iterdir()) == files


def test_what_a_file_holds_twice_is_taken_once(tmp_path: Path, world: World) -> None:
    run = take(tmp_path / "data", warc(tmp_path / "theirs", articles(world, 1) * 2))
    assert run.json["kept"] == {"new": 1}
    assert run.json["skipped"] == {"already in the archive": 1}


def test_other_hosts_are_counted_and_left_out(tmp_path: Path, world: World) -> None:
    foreign = articles(world, 3, host="http://tin.example.vn")
    run = take(tmp_path / "data", warc(tmp_path / "theirs", articles(world, 1) + foreign))
    assert run.code == 0
    assert run.json["kept"] == {"new": 1}
    assert run.json["skipped"] == {"of another host": 3}
    assert run.json["hosts"] == {"tin.example.vn": 3}


def test_with_any_host_they_are_read_under_a_site_named_after_the_host(tmp_path: Path, world: World) -> None:
    theirs = warc(tmp_path / "theirs", articles(world, 3, host="http://www.tin.example.vn"))
    run = take(tmp_path / "data", theirs, "--any-host")
    assert run.json["kept"] == {"new": 3}
    assert rows(tmp_path / "data", "SELECT slug, cms FROM sites") == [("tin_example_vn", "generic")]


def test_a_host_that_sounds_like_a_declared_site_is_not_taken_for_it(tmp_path: Path, world: World) -> None:
    take(tmp_path / "data", warc(tmp_path / "theirs", articles(world, 1, host="http://hai-duong")), "--any-host")
    assert rows(tmp_path / "data", "SELECT slug FROM sites") == [("host_hai_duong",)]


def test_hosts_that_luutin_toml_gives_a_site_are_its_own_and_so_is_the_declared_one(
    tmp_path: Path, world: World
) -> None:
    (tmp_path / "luutin.toml").write_text('[sites.hai_duong]\nhome_url = "http://moved.example.vn/"\n')
    moved = articles(world, 2, host="http://moved.example.vn")
    run = take(tmp_path / "data", warc(tmp_path / "theirs", articles(world, 3)[2:] + moved))
    assert run.json["kept"] == {"new": 3}


def test_style_sheets_scripts_and_fonts_are_left_out_and_images_and_documents_kept(
    tmp_path: Path, world: World
) -> None:
    files = [
        page(f"{HOST}/a.css", b"a{}", kind="text/css"),
        page(f"{HOST}/a.js", b"1", kind="application/javascript"),
        page(f"{HOST}/a.woff", b"\0\1", kind="font/woff"),
        page(f"{HOST}/b.bin", b"\0\1", kind="application/octet-stream"),
        page(f"{HOST}/a.png", b"\x89PNG", kind="image/png"),
        page(f"{HOST}/a.docx", b"PK", kind="application/octet-stream"),
        page(f"{HOST}/gone-12", b"", kind="text/html", status=404),
    ]
    run = take(tmp_path / "data", warc(tmp_path / "theirs", files))
    assert run.json["skipped"] == {"no page, image or attachment": 4}
    assert run.json["kept"] == {"file": 2, "skipped": 1}
    assert run.json["no_articles"] == {"not_found": 1}


def test_a_truncated_file_gives_what_it_still_holds_and_says_so(tmp_path: Path, world: World) -> None:
    theirs = warc(tmp_path / "theirs", articles(world))
    theirs.write_bytes(theirs.read_bytes()[:-200])
    run = take(tmp_path / "data", theirs)
    assert run.code == 7
    assert run.json["kept"] == {"new": 3}
    assert run.err.count("\n") == 1
    assert theirs.name in run.err


def test_a_text_file_is_refused_in_a_sentence_and_the_other_files_are_taken(tmp_path: Path, world: World) -> None:
    (tmp_path / "notes.txt").write_text("Không phải WARC.\n")
    run = take(tmp_path / "data", tmp_path / "notes.txt", tmp_path / "nothing", warc(tmp_path / "t", articles(world)))
    assert run.code == 2
    assert run.json["kept"] == {"new": 4}
    assert "notes.txt holds no whole WARC record" in run.err
    assert "nothing cannot be read (No such file or directory)" in run.err
    assert "Traceback" not in run.err


def test_standard_input_is_no_file_of_captures_and_that_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["import", "-", "--data", str(tmp_path / "data")])
    assert (result.exit_code, "cannot come on standard input" in result.stderr) == (2, True)
    assert not (tmp_path / "data").exists()


def test_a_wacz_is_read_too(tmp_path: Path, world: World) -> None:
    theirs = warc(tmp_path / "theirs", articles(world))
    with zipfile.ZipFile(tmp_path / "crawl.wacz", "w") as wacz:
        wacz.write(theirs, "archive/data.warc.gz", zipfile.ZIP_STORED)
    assert take(tmp_path / "data", tmp_path / "crawl.wacz").json["kept"] == {"new": 4}


def test_the_summary_is_for_people_unless_json_is_asked_for(tmp_path: Path, world: World) -> None:
    foreign = articles(world, 2, host="http://tin.example.vn")
    theirs = warc(tmp_path / "theirs", articles(world, 2) + foreign)
    result = CliRunner().invoke(main, ["import", str(theirs), "--data", str(tmp_path / "data")])
    assert result.stdout.splitlines() == [
        "Read: 4 captures",
        "Kept: 2 (new 2)",
        "Left out: 2 (of another host 2)",
        "Other hosts: tin.example.vn 2",
    ]


def test_an_import_of_which_nothing_was_of_use_says_so(tmp_path: Path) -> None:
    head = ("WARC/1.0", "WARC-Type: {}", "WARC-Date: {}", "WARC-Target-URI: http://a.vn/", "Content-Length: 0")
    told = "\r\n".join((*head, "", "", "", ""))
    (tmp_path / "undated.warc").write_text(told.format("response", "0000-00-00T00:00:00Z"), newline="")
    (tmp_path / "requests.warc").write_text(told.format("request", "2021-01-01T00:00:00Z"), newline="")
    for name, said in (
        ("undated", "Read: 0 captures\nLeft out: 1 (record without a readable date 1)\n"),
        ("requests", "Read: 0 captures\n"),
    ):
        result = CliRunner().invoke(main, ["import", str(tmp_path / f"{name}.warc"), "--data", str(tmp_path / "data")])
        assert (result.exit_code, result.stdout) == (0, said)


def test_what_was_read_before_ctrl_c_is_kept(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor import report

    def stop_at(_self: object, _offset: int, records: int) -> None:
        if records == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(report.FileProgress, "moved", stop_at)
    run = take(tmp_path / "data", warc(tmp_path / "theirs", articles(world)))
    assert run.code == 130
    assert rows(tmp_path / "data", "SELECT count(*) FROM articles") == [(2,)]


@pytest.mark.shared
def test_the_real_portals_section_comes_in_without_a_false_revision(tmp_path: Path, shared: Path) -> None:
    run = take(tmp_path, shared / "corpus" / "sotttt-hanoi-party.warc.gz")
    assert run.code == 0
    counts = "(SELECT count(*) FROM articles), (SELECT count(*) FROM texts), (SELECT count(*) FROM revisions)"
    assert rows(tmp_path, f"SELECT {counts}") == [(257, 246, 257)]
    assert run.json["no_articles"]["not_found"] >= 2
    urls = {urlsplit(url).path for (url,) in rows(tmp_path, "SELECT url FROM captures WHERE quality = 'article'")}
    assert len(urls) <= 525


def test_a_capture_that_cannot_have_been_made_yet_is_left_out_and_the_rest_comes_in(
    tmp_path: Path, world: World
) -> None:
    kept, *wrong = articles(world, 4)
    moments = ("9999-12-31T17:00:00Z", "2099-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00")
    theirs = gzip.decompress(warc(tmp_path / "theirs", [*wrong, kept]).read_bytes())
    for n, moment in enumerate(moments, 1):
        at = f"WARC-Date: {(NOON + timedelta(minutes=n)).isoformat().removesuffix('+00:00')}".encode()
        theirs, count = re.subn(at + rb"(?:\.0+)?Z", f"WARC-Date: {moment}".encode(), theirs)
        assert count
    (tmp_path / "theirs.warc").write_bytes(theirs)
    run = take(tmp_path / "data", tmp_path / "theirs.warc")
    assert (run.code, run.json["kept"]) == (0, {"new": 1}), run.err
    assert run.json["skipped"] == {"record without a readable date": 2, "dated in the future": 1}
    assert rows(tmp_path / "data", "SELECT DISTINCT memento_datetime FROM captures") == [
        ("2024-05-01T05:00:00.000000Z",)
    ]


def test_a_file_whose_name_is_no_text_comes_in_like_any_other(tmp_path: Path, world: World) -> None:
    theirs = warc(tmp_path / "theirs", articles(world, 1))
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xe1\xba\xa3n ch\xff.warc.gz"))
    theirs.rename(odd)
    assert take(tmp_path / "data", odd).json["kept"] == {"new": 1}
    assert rows(tmp_path / "data", "SELECT origin FROM capture_sources") == [("bản ch\ufffd.warc.gz",)]


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_an_empty_end_of_the_period_is_refused(tmp_path: Path, world: World, option: str) -> None:
    run = take(tmp_path / "data", warc(tmp_path / "theirs", articles(world, 1)), option, "")
    assert (run.code, f"{option} '' is not a time" in run.err) == (2, True), run.err
