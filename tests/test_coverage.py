"""Completeness: what the sites list against what the archive holds, and why the rest is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from captures import SITE, Says, error, everything, key_of, missing, moment, page, redirect, soft_missing
from click.testing import CliRunner

from crawler.archive import Archive
from crawler.frontier import FrontierRow
from crawler.journal import open_alert
from monitor import cli
from monitor.coverage import MISSING, coverage, in_words, percents

LATER = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("LUUTIN_NOW", "2026-03-01T02:00:00+00:00")
    with Archive(tmp_path) as archive:
        archive.upsert_sites([SITE])
        yield archive


def lists(archive: Archive, *paths: str, section: str = "Tin", total: int | None = None) -> str:
    """A crawl in which a section lists these paths, newest first."""
    crawl_id = archive.start_crawl("thu", "night")
    archive.section_listed(crawl_id, section, len(paths), total)
    items = [(n, f"http://thu.example.vn{path}", key_of(path)) for n, path in enumerate(paths)]
    archive.discover("thu", crawl_id, section, items)
    archive.finish_crawl(crawl_id, "complete")
    return crawl_id


def reasons(archive: Archive) -> dict[str, tuple[object, object]]:
    query = "SELECT url, reason, detail FROM missing_articles"
    return {str(url).removeprefix("http://thu.example.vn"): (r, d) for url, r, d in everything(archive, query)}


def row(path: str) -> FrontierRow:
    return FrontierRow(key_of(path), "thu", f"http://thu.example.vn{path}", "Tin", "listed", 0)


def dated(path: str, day: str | None) -> Any:
    made = page(path, moment(1, len(path)), Says(body=f"Bài {path}."))
    assert made.reading is not None
    return replace(made, reading=replace(made.reading, reading_digest=f"r1:{path}", date_published=day))


def test_each_section_is_counted_against_what_is_held_and_against_its_own_total(archive: Archive) -> None:
    lists(archive, "/a", "/b", "/c", total=20)
    lists(archive, "/a", "/d", section="Văn bản")
    archive.store([page("/a", moment(1)), page("/b", moment(1, 1), Says(body="B."))])
    told = everything(archive, "SELECT * FROM coverage")
    assert told == [("thu", "Tin", 3, 2, 1, 20, 17, 10.0), ("thu", "Văn bản", 2, 1, 1, None, 0, 50.0)]
    lists(archive, "/a", "/b")  # a page that gives no number takes the last one back from nobody
    assert everything(archive, "SELECT listing_total FROM coverage") == [(20,), (None,)]
    assert percents(archive.connection) == {"thu": 13.6}


def test_why_something_is_missing_is_told(archive: Archive) -> None:
    lists(archive, "/co", "/cho", "/hong", "/cam", "/to", "/mat", "/rong", "/khac", "/chuyen", "/la")
    away = "/dich"
    made = [page("/co", moment(1)), missing("/mat", moment(1)), soft_missing("/rong", moment(1, 1))]
    archive.store([*made, error("/khac", moment(1, 2)), redirect("/chuyen", moment(1, 3), away)])
    archive.not_fetched(row("/hong"), "no_answer")
    archive.failed(key_of("/hong"), not_before=LATER)
    archive.not_fetched(row("/cam"), "robots")
    archive.discard([key_of("/cam"), key_of("/la")])
    archive.not_fetched(row("/to"), "too_large")
    archive.failed(key_of("/to"), not_before=LATER)
    archive.failed(key_of("/khac"), not_before=LATER)
    assert reasons(archive) == {
        "/cho": ("waiting", None),
        "/hong": ("failed", "no_answer"),
        "/cam": ("refused", "robots"),
        "/to": ("refused", "too_large"),
        "/mat": ("gone", "not_found"),
        "/rong": ("gone", "not_found"),
        "/khac": ("failed", "error"),
        "/chuyen": ("waiting", None),
        "None": ("unknown", None),
    }
    archive.store([page("/cam", moment(2), Says(body="Được phép."))])
    assert "/cam" not in reasons(archive)
    assert {str(reason) for reason, _ in reasons(archive).values()} <= set(MISSING)


def test_a_page_that_was_fetched_since_is_no_longer_refused(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    lists(archive, "/a")
    archive.not_fetched(row("/a"), "robots")
    assert reasons(archive) == {"/a": ("refused", "robots")}
    archive.store([missing("/a", moment(5))])
    assert reasons(archive) == {"/a": ("gone", "not_found")}


def test_what_is_missing_is_dated_by_what_stands_above_it(archive: Archive) -> None:
    lists(archive, "/moi", "/a", "/thieu", "/b", "/khong-ngay", "/thieu-nua", "/c")
    days = {"/a": "2026-02-20T08:00:00+07:00", "/b": "2026-01-05", "/khong-ngay": None, "/c": "2025-12-30"}
    archive.store([dated(path, day) for path, day in days.items()])
    assert everything(archive, "SELECT month, listed, held, missing FROM coverage_by_month") == [
        ("2026-03", 1, 0, 1),  # at the top: the crawl's month
        ("2026-02", 2, 1, 1),
        ("2026-01", 3, 2, 1),
        ("2025-12", 1, 1, 0),
    ]


def test_the_views_read_each_listing_once_by_indexes(archive: Archive) -> None:
    for view in ("coverage", "coverage_by_month", "missing_articles"):
        plan = [str(step[3]) for step in archive.connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {view}")]
        scans = [step for step in plan if step.startswith("SCAN")]
        tables = ("captures", "articles", "article_urls", "frontier", "not_fetched", "crawls")
        assert not [step for step in scans if step.split()[1] in tables], plan
        assert "SCAN sightings USING COVERING INDEX sightings_url_key_section_crawl_id" in plan


def test_an_archive_of_an_older_version_is_shown_without_coverage(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.connection.execute("DROP VIEW coverage")
        assert percents(archive.connection) == {}
    result = luutin("status", "--coverage", "--data", tmp_path)
    assert result.exit_code == 2
    assert "was made by an older Lưu Tin: the next crawl brings it up to date" in result.stderr
    assert luutin("status", "--data", tmp_path).exit_code == 0


def test_reasons_are_told_in_words() -> None:
    assert in_words("waiting") == "not fetched yet"
    assert in_words("failed: no_answer") == "gave no answer so far (no answer)"
    assert in_words("refused: robots") == "may not be fetched (forbidden by robots.txt)"


# --- the command, and a crawl of a site that counts


def luutin(*arguments: object) -> Any:
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


def test_status_shows_open_alerts_with_their_age_suspects_and_coverage(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists(archive, "/a", "/b", "/c")
    archive.store([page("/a", moment(1)), page("/b", moment(1, 1), Says(body="B.")), missing("/b", moment(2))])
    with archive.writing() as db:
        open_alert(db, "thu", "site_silent", "Nothing new for 15 days.", {"days": 15})
    monkeypatch.setenv("LUUTIN_NOW", "2026-03-04T03:00:00+00:00")
    told = luutin("status", "thu", "--data", archive.data_dir).stdout.splitlines()
    line = next(s for s in told if s.startswith("thu"))
    assert "outcome complete; articles 2; texts 2; newest 2026-03-01; suspect 1; held 66.7 %; waiting 1" in line
    assert "Nothing new for 15 days. (since 2026-03-01, 3 days)" in line
    assert "\x1b" not in line
    (state,) = json.loads(luutin("status", "thu", "--json", "--data", archive.data_dir).stdout)["sites"]
    assert state["coverage_percent"] == 66.7
    assert (state["suspects"], state["removed"]) == (1, 0)
    (alert,) = state["alerts"]
    assert (alert["kind"], alert["days"], alert["evidence"]) == ("site_silent", 3, {"days": 15})
    result = luutin("status", "nowhere", "--data", archive.data_dir)
    assert result.exit_code == 2
    assert "There is no site called nowhere" in result.stderr


class _Portal(BaseHTTPRequestHandler):
    """A listing of four that says it has 2,952: one article, one not found, one error, one forbidden."""

    def do_GET(self) -> None:
        links = "".join(
            f'<li><a href="/tin/bai-{n}">Hội nghị tổng kết công tác dân vận {n}</a></li>' for n in range(1, 5)
        )
        body = "".join(f"<p>Sáng nay, hội nghị tổng kết công tác dân vận lần {n} đã diễn ra.</p>" for n in range(20))
        article = (
            f"<title>Hội nghị</title><h1>Hội nghị tổng kết</h1><p>Ngày 01/03/2026 08:00</p><article>{body}</article>"
        )
        status, answer = {
            "/robots.txt": (200, "User-agent: *\nDisallow: /tin/bai-4\n"),
            "/tin": (200, f"<html><ul>{links}</ul><p>Hiển thị 1 - 20 of 2.952 kết quả</p></html>"),
            "/tin/bai-1": (200, f"<html><body>{article}</body></html>"),
            "/tin/bai-3": (500, "lỗi"),
        }.get(self.path, (404, "không có"))
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if self.path == "/robots.txt" else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_crawl_notes_what_the_listing_says_and_why_the_rest_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))
    monkeypatch.setenv("LUUTIN_DATA", str(tmp_path / "data"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Portal)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        (tmp_path / "luutin.toml").write_text(
            "[network]\nallow_private_addresses = true\n[politeness]\ndelay_seconds = 0\nmax_retries = 0\n"
            f'[sites.cong]\nname = "Cổng"\ncms = "generic"\nhome_url = "http://127.0.0.1:{server.server_port}/"\n'
            'article = "^/tin/bai-\\\\d+$"\nsections = [{ name = "Tin", path = "/tin" }]\n',
            encoding="utf-8",
        )
        crawled = luutin("crawl", "cong", "--json")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert "Traceback" not in crawled.output
    (section,) = json.loads(luutin("status", "cong", "--coverage", "--json").stdout)["sections"]
    months = section.pop("months")
    assert section == {
        "site": "cong", "section": "Tin", "listed": 4, "held": 1, "missing": 3, "listing_total": 2952,
        "not_listed_yet": 2948, "percent": 0.0,
        "reasons": {"failed: error": 1, "gone: not_found": 1, "refused: robots": 1},
    }  # fmt: skip
    assert sum(month["missing"] for month in months) == 3
    said = luutin("status", "--coverage").stdout
    assert "cong, Tin: listed 4; held 1; missing 3; it says 2,952; not listed yet 2,948; covered 0 %" in said
    assert "may not be fetched (forbidden by robots.txt) 1" in said
    with Archive(tmp_path / "data", read_only=True) as archive:
        (listed,) = everything(archive, "SELECT listed FROM crawls")
        assert json.loads(str(listed[0])) == {"Tin": {"first_page": 4, "total": 2952}}
    assert coverage(tmp_path / "none") == []
