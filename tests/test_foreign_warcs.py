"""WARC files of other people's tools, made here by those tools: wget, pywb's recorder, and one like Common Crawl's."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.warc import Skipped, payload_digest, read_captures
from crawler.warc_compose import member, record_id
from monitor.cli import main
from monitor.demo.world import World
from tests import pywb

HOST = "http://danvan.haiduong.org.vn"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Replica sites that are served, and declared at the addresses that they have."""
    with World(articles_per_site=30) as served:
        (tmp_path / "luutin.toml").write_text(served.config_toml(), encoding="utf-8")
        monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))
        yield served


def take(data: Path, *files: Path) -> Any:
    result = CliRunner().invoke(main, ["import", *map(str, files), "--data", str(data), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(data / "archive.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def truth(world: World, slug: str, count: int) -> tuple[list[str], set[str | None]]:
    """The addresses of some articles of a site, and the headlines that they have."""
    site = world.sites[slug]
    newest = site.newest()[:count]
    return [site.article_url(a.id) for a in newest], {a.headline for a in newest}


def test_what_wget_recorded_is_read_as_if_we_had_fetched_it(tmp_path: Path, world: World) -> None:
    wget = shutil.which("wget")
    if wget is None:
        if os.environ.get("CI"):
            pytest.fail("wget is missing: install Debian's package wget.")
        pytest.skip("wget is missing: install Debian's package wget.")
    urls, headlines = truth(world, "hai_duong", 5)
    command = [wget, "--quiet", "--tries=1", f"--warc-file={tmp_path / 'theirs'}", "--warc-cdx", "-O", os.devnull]
    subprocess.run([*command, *urls, urls[0]], check=True, timeout=60, cwd=tmp_path)
    told = take(tmp_path / "data", tmp_path / "theirs.warc.gz")
    assert told["kept"]["new"] == 5
    assert told["skipped"].keys() <= {"no page, image or attachment", "of another host"}
    assert {headline for (headline,) in rows(tmp_path / "data", "SELECT headline FROM articles")} == headlines


def test_what_pywb_recorded_is_read_as_if_we_had_fetched_it(tmp_path: Path, world: World) -> None:
    urls, headlines = truth(world, "quang_binh", 4)
    theirs = tmp_path / "pywb"
    theirs.mkdir()
    manager = pywb.installed() / "wb-manager"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run([manager, "init", "news"], cwd=theirs, check=True, capture_output=True, timeout=60, env=environment)
    (theirs / "config.yaml").write_text("recorder: live\ncollections:\n  live: $live\n")
    with pywb.serving(theirs, "--record", "--live") as address:
        for url in urls:
            assert pywb.get(f"{address}/news/record/mp_/{url}")[0] == 200
    files = list(theirs.rglob("*.warc.gz"))
    assert files, "the recorder wrote something"
    told = take(tmp_path / "data", *files)
    assert told["kept"]["new"] == 4
    assert {headline for (headline,) in rows(tmp_path / "data", "SELECT headline FROM articles")} == headlines


def test_records_as_common_crawl_has_them_truncated_and_revisited(tmp_path: Path, world: World) -> None:
    site = world.sites["hai_duong"]
    (tmp_path / "luutin.toml").write_text("")
    article, other = site.newest()[:2]
    bodies = [site.get(site.article_path(a)).body for a in (article, other)]
    urls = [HOST + site.article_path(a) for a in (article, other)]
    start = datetime(2019, 5, 1, tzinfo=UTC)

    def record(kind: str, n: int, url: str, body: bytes, **more: str) -> bytes:
        # Common Crawl undoes content and transfer codings and keeps what the server had said under other names.
        said = ("HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", "X-Crawler-Content-Encoding: gzip",
                "X-Crawler-Transfer-Encoding: chunked", f"Content-Length: {len(body)}")  # fmt: skip
        fields = [
            *(("WARC-Type", kind), ("WARC-Record-ID", f"<{record_id()}>"), ("WARC-Target-URI", url)),
            ("WARC-Date", (start + timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%SZ")),
            *((f"WARC-{name.replace('_', '-')}", value) for name, value in more.items()),
            ("Content-Type", "application/http; msgtype=response"),
        ]
        return member(fields, "\r\n".join(said).encode() + b"\r\n\r\n" + body)

    digest, cut = payload_digest(bodies[0]), bodies[1][: len(bodies[1]) // 2]
    revisit = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    (file := tmp_path / "CC-MAIN-20190501-00001.warc.gz").write_bytes(
        member(
            [("WARC-Type", "warcinfo"), ("Content-Type", "application/warc-fields")], b"isPartOf: CC-MAIN-2019-18\r\n"
        )
        + record("response", 0, urls[0], bodies[0], Payload_Digest=digest, Identified_Payload_Type="text/html")
        + record("response", 1, urls[1], cut, Payload_Digest=payload_digest(cut), Truncated="length")
        + record("revisit", 2, urls[0], b"", Payload_Digest=digest, Profile=revisit)
        + member([("WARC-Type", "metadata"), ("WARC-Target-URI", urls[0])], b"fetchTimeMs: 7\r\n")
    )
    assert not [found for found in read_captures(file) if isinstance(found, Skipped)]
    told = take(tmp_path / "data", file)
    assert (told["records"], told["kept"]) == (3, {"new": 1, "skipped": 1, "unchanged": 1})
    assert told["no_articles"] == {"unreadable": 1}
    assert rows(tmp_path / "data", "SELECT headline, first_seen, last_seen, revision_count FROM articles") == [
        (article.headline, "2019-05-01T00:00:00.000000Z", "2019-05-03T00:00:00.000000Z", 1)
    ]
