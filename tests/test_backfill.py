"""``luutin backfill``: what other web archives hold of a site becomes its past, politely, once, and from them alone."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import spiders
from crawler.archive import Archive
from crawler.config import load
from crawler.errors import CrawlFailedError, InputError
from crawler.warc import Exchange, WarcWriter, read_captures
from monitor.backfill import run, wayback
from monitor.backfill.service import Service
from monitor.cli import main
from monitor.demo.world import World
from tests.web_archives import Answer, CommonCrawl, Held, WebArchive

HOST = "http://danvan.haiduong.org.vn"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "luutin.toml"
    file.write_text("[network]\nallow_private_addresses = true\n[politeness]\ndelay_seconds = 0\nmax_retries = 0\n")
    monkeypatch.setenv("LUUTIN_CONFIG", str(file))
    return file


@pytest.fixture(scope="module")
def bodies() -> dict[str, bytes]:
    """Articles of a replica site, by path."""
    site = World(articles_per_site=30).sites["hai_duong"]
    paths = [site.article_path(article) for article in site.newest()[:6]]
    return {path: site.get(path).body for path in paths}


@pytest.fixture
def held(bodies: dict[str, bytes]) -> list[Held]:
    return [Held(HOST + path, f"2019050{n}120000", body) for n, (path, body) in enumerate(bodies.items(), 1)]


def fill(data: Path, url: str, *arguments: object, code: int = 0) -> Any:
    command = ["backfill", "hai_duong", "--from", url, "--data", str(data), "--json", *map(str, arguments)]
    result = CliRunner().invoke(main, command)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.stderr
    return json.loads(result.stdout) if result.stdout else result.stderr


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(data / "archive.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("as_json", [False, True])
def test_a_wayback_machine_gives_a_site_its_past(tmp_path: Path, held: list[Held], as_json: bool) -> None:
    with WebArchive(held, as_json=as_json) as archive:
        told = fill(tmp_path, archive.url)
    assert (told["listed"], told["fetched"], told["kept"], told["failed"]) == (6, 6, {"new": 6}, {})
    assert rows(tmp_path, "SELECT DISTINCT source, origin FROM capture_sources") == [("backfill", archive.url)]
    times = [h.moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") for h in held]
    assert rows(tmp_path, "SELECT memento_datetime FROM captures ORDER BY 1") == [(t,) for t in times]
    assert rows(tmp_path, "SELECT first_seen FROM articles ORDER BY 1") == [(t,) for t in times]
    assert rows(tmp_path, "SELECT count(*) FROM events WHERE NOT baseline") == [(0,)]


def test_what_is_withheld_does_not_come_in_under_another_address(tmp_path: Path, held: list[Held]) -> None:
    first, other = held[0], replace(held[1], body=held[0].body + b"<!-- moved -->")
    with WebArchive([first]) as archive:
        fill(tmp_path, archive.url)
    ((article,),) = rows(tmp_path, "SELECT id FROM articles")
    done = CliRunner().invoke(main, ["withhold", article, "--reason", "x", "--data", str(tmp_path)])
    assert done.exit_code == 0, done.output
    with WebArchive([first, other]) as archive:
        assert fill(tmp_path, archive.url)["kept"]["new"] == 1
    assert rows(tmp_path, "SELECT 1 FROM articles") == []
    assert rows(tmp_path, "SELECT by FROM withheld ORDER BY since DESC LIMIT 1") == [(f"same text as {article}",)]


def test_the_record_is_of_its_own_time_and_says_where_it_came_from(tmp_path: Path, held: list[Held]) -> None:
    told = replace(
        held[0], headers=(("ETag", '"7"'), ("Server", "Microsoft-IIS/7.5"), ("Transfer-Encoding", "chunked"))
    )
    with WebArchive([told]) as archive:
        fill(tmp_path, archive.url)
    (file,) = (tmp_path / "warc").glob("backfill-*.warc.gz")
    (capture,) = (c for c in read_captures(file) if hasattr(c, "payload"))
    assert (capture.url, capture.memento_datetime, capture.payload) == (told.url, told.moment, told.body)
    assert {"ETag": '"7"', "Server": "Microsoft-IIS/7.5", "Content-Type": "text/html"}.items() <= dict(
        capture.headers
    ).items()
    assert not {"Memento-Datetime", "Link", "X-Archive-Src", "Date"} & dict(capture.headers).keys()
    record = gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
    assert f"WARC-Source-URI: {archive.url}/web/{told.timestamp}id_/{told.url}\r\n" in record
    assert "WARC-Type: request" not in record, "nobody asked the site"


def test_an_index_is_read_in_portions_and_to_its_end(
    tmp_path: Path, held: list[Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wayback, "ROWS", 2)
    with WebArchive(held) as archive:
        assert fill(tmp_path / "a", archive.url)["kept"] == {"new": 6}
        assert sum("resumeKey=" in path for path in archive.asked) == 2
    with WebArchive(held) as bare:  # one that knows no keys, as pywb does
        bare.before = lambda path: bare.answer(path.replace("showResumeKey", "x"), None)
        assert fill(tmp_path / "b", bare.url)["kept"] == {"new": 6}


def test_what_is_there_already_is_not_fetched_again(tmp_path: Path, held: list[Held]) -> None:
    with WebArchive(held) as archive:
        assert fill(tmp_path, archive.url, "--limit", 2)["fetched"] == 2
        told = fill(tmp_path, archive.url)
        assert (told["known"], told["fetched"]) == (2, 4)
        asked = archive.fetched()
        assert len(asked) == len(set(asked)) == 6
        assert fill(tmp_path, archive.url)["fetched"] == 0


def test_an_article_known_live_gains_a_past_and_no_double(tmp_path: Path, held: list[Held]) -> None:
    now, path = held[0], tmp_path / "live"
    with WarcWriter(path, prefix="x", software="x") as writer:
        headers = (("Content-Type", "text/html"),)
        edited = now.body.replace(b"</p>", b" Th\xc3\xaam.</p>", 1)
        writer.write(Exchange(now.url, replace(now, timestamp="20260101000000").moment, 200, "OK", headers, edited))
    data = tmp_path / "data"
    assert CliRunner().invoke(main, ["import", str(path), "--data", str(data)]).exit_code == 0
    with WebArchive([now, replace(now, timestamp="20200501120000")]) as archive:
        fill(data, archive.url, "--every-capture")
    assert rows(data, "SELECT count(*), first_seen, last_seen, revision_count FROM articles") == [
        (1, "2019-05-01T12:00:00.000000Z", "2026-01-01T00:00:00.000000Z", 2)
    ]
    assert [change for (change,) in rows(data, "SELECT change FROM revisions ORDER BY memento_datetime")] == [
        "first",
        "edited",
    ]


def test_repeats_are_left_out_unless_every_capture_is_wanted(tmp_path: Path, held: list[Held]) -> None:
    again = [replace(held[0], timestamp=f"20190{n}01120000") for n in range(6, 9)]
    with WebArchive([held[0], *again]) as archive:
        assert fill(tmp_path / "a", archive.url)["fetched"] == 1
        told = fill(tmp_path / "b", archive.url, "--every-capture")
    assert (told["fetched"], told["kept"]) == (4, {"new": 1, "unchanged": 3})


def test_only_the_period_that_was_asked_for_is_listed_and_fetched(tmp_path: Path, held: list[Held]) -> None:
    with WebArchive(held) as archive:
        assert fill(tmp_path, archive.url, "--since", "2019-05-02", "--until", "2019-05-04")["fetched"] == 3
        assert all("from=20190502000000" in path for path in archive.asked if "showResumeKey" in path)


def test_listings_and_all_the_rest_are_fetched_where_they_are_wanted(
    tmp_path: Path, held: list[Held], settings: Path
) -> None:
    declared = next(site for site in spiders.declared() if site.slug == "hai_duong")
    listing = Held(declared.listing_url(declared.sections[0]), "20190501120000", b"<html><p>Danh s\xc3\xa1ch</p>")
    more = [
        listing,
        Held(f"{HOST}/lien-he", "20190501120000", b"<html><p>x</p>"),
        Held(f"{HOST}/a.png", "20190501120000", b"\x89PNG", mime="image/png"),
        Held(f"{HOST}/a.css", "20190501120000", b"a{}", mime="text/css"),
        Held(f"{HOST}/busy-1", "20190501120000", b"<html>", status=503),
    ]
    with WebArchive([*held[:1], *more]) as archive:
        assert fill(tmp_path, archive.url)["fetched"] == 1
        assert fill(tmp_path, archive.url, "--sections")["fetched"] == 1
        told = fill(tmp_path, archive.url, "--everything")
        assert (told["fetched"], told["known"], told["kept"]) == (2, 2, {"skipped": 1, "file": 1})
        settings.write_text(settings.read_text() + "[sites.hai_duong]\nkeep_requisites = true\n")
        assert fill(tmp_path, archive.url, "--everything")["kept"] == {"file": 1}, "the style sheet, for replay"


def test_former_hosts_are_asked_for_too(tmp_path: Path, held: list[Held], settings: Path) -> None:
    settings.write_text(settings.read_text() + '[sites.hai_duong]\nhome_url = "http://moved.example.vn/"\n')
    moved = replace(held[1], url=held[1].url.replace(HOST, "http://moved.example.vn"))
    with WebArchive([held[0], moved]) as archive:
        assert fill(tmp_path, archive.url)["kept"] == {"new": 2}


def test_common_crawl_gives_its_records_as_they_are(tmp_path: Path, held: list[Held]) -> None:
    with CommonCrawl(held) as archive:
        told = fill(tmp_path, f"{archive.url}/collinfo.json", "--captures", archive.url)
        assert (told["fetched"], told["kept"]) == (6, {"new": 6})
        ids = {id_ for (id_,) in rows(tmp_path, "SELECT id FROM captures")}
        (tmp_path / "theirs.warc.gz").write_bytes(archive.file)
        again = fill(tmp_path, f"{archive.url}/CC-2-index", "--captures", archive.url)
    assert again["fetched"] == 0
    theirs = [c for c in read_captures(tmp_path / "theirs.warc.gz") if hasattr(c, "payload")]
    assert ids == {c.record_id for c in theirs}


# --- politeness, and what may be asked


def refusing(times: int, status: int, headers: dict[str, str]) -> Iterator[Answer | None]:
    yield from [(status, headers, b"")] * times
    while True:
        yield None


def test_who_has_enough_is_waited_for_as_long_as_it_says(settings: Path) -> None:
    settings.write_text(settings.read_text().replace("max_retries = 0", "max_retries = 3"))
    waited: list[float] = []
    answers = refusing(2, 429, {"Retry-After": "7"})
    with WebArchive([], before=lambda _: next(answers)) as archive:
        service = Service([archive.url], load(), waited.append)
        assert service.get(f"{archive.url}/cdx/search/cdx?url=x.vn").status == 200
    assert [s for s in waited if s > 0.5] == [7.0, 7.0]


def test_between_two_requests_lies_the_delay(settings: Path) -> None:
    settings.write_text(settings.read_text().replace("delay_seconds = 0", "delay_seconds = 2.5"))
    waited: list[float] = []
    with WebArchive([]) as archive:
        service = Service([archive.url], load(), waited.append)
        for _ in range(3):
            service.get(f"{archive.url}/cdx/search/cdx?url=x.vn")
    assert len(waited) == 2
    assert all(2 < seconds <= 2.5 for seconds in waited)


def test_an_archive_that_asks_for_an_hour_or_answers_nothing_is_left_alone(tmp_path: Path, held: list[Held]) -> None:
    def away(path: str) -> Answer | None:
        return (503, {"Retry-After": "3600"}, b"") if "/web/" in path else None

    with WebArchive(held, before=away) as archive:
        assert (
            "asks to come back in 3600 seconds"
            in CliRunner()
            .invoke(main, ["backfill", "hai_duong", "--from", archive.url, "--data", str(tmp_path)])
            .stderr
        )
        assert len(archive.fetched()) == 1
        archive.before = lambda path: (502, {}, b"") if "/web/" in path else None
        with pytest.raises(CrawlFailedError, match="5 requests in a row"):
            work(tmp_path, archive)
        assert len(archive.fetched()) == 1 + 5 + 1, "another one, before it is given up"


def test_an_index_that_breaks_off_ends_the_backfill_with_what_was_fetched(
    tmp_path: Path, held: list[Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wayback, "ROWS", 2)
    with WebArchive(held, before=lambda path: (500, {}, b"") if "resumeKey=4" in path else None) as archive:
        command = ["backfill", "hai_duong", "--from", archive.url, "--data", str(tmp_path), "--json"]
        result = CliRunner().invoke(main, command)
    assert (result.exit_code, json.loads(result.stdout)["kept"]) == (4, {"new": 4})
    assert (result.stderr.count("\n"), "The index gives no more" in result.stderr) == (1, True)


@pytest.mark.parametrize(("part", "told"), [("/cdx", "broke off before its end"), ("/web/", None)])
def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(
    tmp_path: Path, held: list[Held], part: str, told: str | None
) -> None:
    archive = WebArchive(held[:2])

    def cut(path: str) -> Answer | None:
        if not path.startswith(part):
            return None
        status, headers, body = archive.answer(path, None)
        return status, headers | {"Content-Length": str(len(body) + 9)}, body

    archive.before = cut
    with archive:
        said = fill(tmp_path, archive.url, code=7 if told is None else 4)
    if told is None:
        assert (said["kept"], said["failed"]) == ({}, {"broke off before its end": 2})
    else:
        assert told in said


def work(data: Path, archive: WebArchive) -> None:
    site = next(site for site in spiders.declared() if site.slug == "hai_duong")
    service, source = run.open_source(archive.url, None, site, load())
    with Archive(data) as ours:
        run.Backfill(ours, load(), site, run.Wanted(), origin=archive.url).run(service, source)


def test_nobody_is_asked_but_the_archive_that_was_named(tmp_path: Path, held: list[Held]) -> None:
    with WebArchive([]) as other:
        astray = other.url

        def elsewhere(path: str) -> Answer | None:
            return (302, {"Location": f"{astray}{path}"}, b"") if "/web/" in path else None

        with WebArchive(held[:2], before=elsewhere) as archive:
            told = fill(tmp_path, archive.url, code=7)
            assert told["failed"] == {"the archive answered 302": 2}
            with pytest.raises(InputError, match="the archive that was named"):
                Service([archive.url], load()).get(f"{astray}/web/x")
        assert other.asked == []


def test_a_private_address_is_asked_only_where_that_is_allowed(tmp_path: Path, settings: Path) -> None:
    settings.write_text("")
    said = fill(tmp_path, "http://127.0.0.1:9/", code=2)
    assert "is a private address" in said


@pytest.mark.parametrize("url", ["ftp://web.archive.org/", "web.archive.org", "file:///etc/passwd"])
def test_what_is_no_web_address_is_refused_in_a_sentence(tmp_path: Path, url: str) -> None:
    said = fill(tmp_path, url, code=2)
    assert said.count("\n") == 1
    assert "is not a web address" in said


def test_an_address_without_a_cdx_api_is_refused_in_a_sentence(tmp_path: Path) -> None:
    page: Answer = (200, {"Content-Type": "text/html"}, b"<html><p>Welcome</p></html>")
    with WebArchive([], before=lambda _: page) as archive:
        said = fill(tmp_path, archive.url, code=2)
    assert (said.count("\n"), "No CDX API was found" in said) == (1, True)


def test_an_answer_that_is_no_capture_of_that_moment_is_counted_and_not_taken(tmp_path: Path, held: list[Held]) -> None:
    other: Answer = (200, {"Memento-Datetime": "Wed, 01 May 2013 12:00:00 GMT"}, b"<html>")
    unsaid: Answer = (200, {"Content-Type": "text/html"}, b"<html>Sorry, robots</html>")
    answers = iter([other, unsaid])
    with WebArchive(held[:2], before=lambda path: next(answers) if "/web/" in path else None) as archive:
        told = fill(tmp_path, archive.url, code=7)
    assert told["failed"] == {"the archive gave another capture": 1, "the archive answered 200": 1}
    assert rows(tmp_path, "SELECT count(*) FROM captures") == [(0,)]


# --- being stopped


def test_a_backfill_that_is_killed_goes_on_where_it_was(tmp_path: Path, held: list[Held]) -> None:
    many = [replace(h, timestamp=f"2019{n:02}01120000") for n in range(1, 13) for h in held]
    code = "import monitor.backfill.run as r; r.PATIENCE = 0.0; from monitor.cli import main; main()"
    with WebArchive(many) as archive:
        command = [sys.executable, "-c", code, "backfill", "hai_duong", "--from", archive.url, "--data", str(tmp_path)]
        process = subprocess.Popen([*command, "--every-capture"], env=os.environ, stderr=subprocess.DEVNULL)
        while len(archive.fetched()) < 20 and process.poll() is None:
            time.sleep(0.005)  # until it is in the middle
        process.send_signal(signal.SIGKILL)
        process.wait()
        first = archive.fetched()
        told = fill(tmp_path, archive.url, "--every-capture")
        assert told["known"] >= len(first) - 2
        assert told["known"] + told["fetched"] == 72
    assert rows(tmp_path, "SELECT count(*) FROM captures") == [(72,)]


def test_a_closed_site_is_not_crawled_but_backfilled_and_read(tmp_path: Path, held: list[Held], settings: Path) -> None:
    settings.write_text(settings.read_text() + f'[sites.hai_duong]\nhome_url = "{HOST}/"\nclosed = true\n')
    refused = CliRunner().invoke(main, ["crawl", "hai_duong", "--data", str(tmp_path)])
    assert (refused.exit_code, "hai_duong is closed" in refused.stderr) == (2, True)
    with WebArchive(held) as archive:
        assert fill(tmp_path, archive.url)["kept"] == {"new": 6}
    assert rows(tmp_path, "SELECT status FROM sites") == [("closed",)]
    shown = CliRunner().invoke(main, ["status", "hai_duong", "--data", str(tmp_path)])
    assert (shown.exit_code, "hai_duong" in shown.stdout) == (0, True)
