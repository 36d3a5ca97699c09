"""What is withheld and comes in under another address is withheld there, too, or named: it never slips in unheard."""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import spiders
from crawler.archive import Archive
from crawler.clock import now
from crawler.config import Config
from crawler.site import Site
from crawler.warc import Exchange, WarcWriter
from monitor.cli import main
from monitor.crawls import Crawls, Order, run_lock
from monitor.withheld_again import seal_again
from tests.kept import NORTH, SOUTH, Keeper, html, night
from tests.scripted.stage import Silent

HEADLINE = "Kỷ luật cán bộ địa chính xã Bản Mù"
PAGE = html(2, headline=HEADLINE)
SHORT = (
    "<!doctype html><html><body><h1>{}</h1><p class=ngay>09:47, 03/02/2024</p><div class=noi-dung>"
    "<p>Đề nghị các đồng chí xem tệp đính kèm và thực hiện: <a href=/tep/1.pdf>Tệp</a></p></div></body></html>"
)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text("")
    monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))
    monkeypatch.setattr(spiders, "declared", lambda: (NORTH, SOUTH))


def luutin(data: Path, *arguments: object) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments), "--data", str(data)])
    assert result.exit_code == 0, result.output
    return result


def article(data: Path, path: str, host: str = "bac") -> str:
    with closing(sqlite3.connect(data / "archive.db")) as db:
        query = "SELECT id FROM articles WHERE url = ?"
        row = db.execute(query, (f"http://{host}.example.vn{path}",)).fetchone()
    return str(row[0]) if row else ""


def kept(data: Path, path: str, page: bytes, of: Site = NORTH, at: int = 0) -> Path:
    """An archive with one more page."""
    with Keeper(data, of, at=at) as keeper:
        keeper.got(path, page)
    return data


def came_in(data: Path, tmp_path: Path, path: str, page: bytes, of: Site = NORTH) -> None:
    """An import of a page that somebody else captured."""
    theirs = kept(tmp_path / f"theirs{path.replace('/', '-')}{of.slug}", path, page, of, at=9)
    luutin(data, "import", theirs / "warc", "--jobs", "1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return kept(tmp_path / "data", "/tin/2", PAGE)


def test_what_a_killed_crawl_left_is_withheld_when_it_is_taken_in(data: Path) -> None:
    luutin(data, "withhold", article(data, "/tin/2"), "--reason", "Theo quyết định của toà")
    with WarcWriter(data / "warc", prefix="killed", software="Lưu Tin") as writer:
        kind = (("Content-Type", "text/html; charset=utf-8"),)
        page = html(2, headline="Tiêu đề khác hẳn", counter=3)
        writer.write(Exchange("http://bac.example.vn/tin/77", night(3), 200, "OK", kind, page))
    assert json.loads(luutin(data, "verify", "--repair", "--json").stdout)["indexed"] == 1
    with closing(sqlite3.connect(data / "archive.db")) as db:
        assert db.execute("SELECT quality FROM captures WHERE url LIKE '%/tin/77'").fetchone() == ("withheld",)
        assert db.execute("SELECT count(*) FROM _withheld_pages WHERE article_id = ''").fetchone() == (0,)


def test_its_text_at_another_address_of_its_site_is_withheld_at_once(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    two = article(data, "/tin/2")
    luutin(data, "withhold", two, "--reason", "Theo quyết định của toà", "--until", "2099-01-01")
    came_in(data, tmp_path, "/tin/77", html(2, headline="Tiêu đề khác hẳn", counter=3))
    assert article(data, "/tin/77") == ""
    with closing(sqlite3.connect(data / "archive.db")) as db:
        first, second = db.execute("SELECT article_id, reason, until, by FROM withheld ORDER BY since").fetchall()
        assert first[0] == two
        assert second[1:] == (*first[1:3], f"same text as {two}")
        assert db.execute("SELECT count(*) FROM texts").fetchone() == (0,)
    told = f"The text withheld as {two} came in from http://bac.example.vn/tin/77: it is withheld as {second[0]}, too"
    assert told in caplog.messages
    luutin(data, "rebuild", "--jobs", "1")
    assert article(data, "/tin/77") == ""
    luutin(data, "release", second[0])
    came_in(data, tmp_path, "/tin/9", html(9))
    assert article(data, "/tin/77") == second[0], "what a person released stays so"


def test_a_crawl_withholds_it_before_anybody_is_told(data: Path) -> None:
    luutin(data, "withhold", article(data, "/tin/2"), "--reason", "x")
    kept(data, "/tin/78", html(2, headline=HEADLINE, counter=1), at=2)
    assert article(data, "/tin/78")
    with run_lock(data) as lock:
        Crawls(lock, Config(), "", Silent()).run(Order(sites=()))
    assert article(data, "/tin/78") == ""
    with closing(sqlite3.connect(data / "archive.db")) as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM _outbox").fetchone() == (0,)


@pytest.mark.parametrize(
    ("path", "page", "of", "what"),
    [
        ("/tin/5", PAGE, SOUTH, "text"),
        ("/tin/5", html(5, headline=HEADLINE), NORTH, "headline"),
    ],
)
def test_what_may_be_the_same_is_named_once_and_left_to_a_person(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, path: str, page: bytes, of: Site, what: str
) -> None:
    two = article(data, "/tin/2")
    luutin(data, "withhold", two, "--reason", "x")
    came_in(data, tmp_path, path, page, of)
    found = article(data, path, of.slug)
    told = f"The {what} withheld as {two} came in from {of.home_url}tin/5: if it is the same article,"
    assert f"{told} luutin withhold {found}" in caplog.messages
    caplog.clear()
    came_in(data, tmp_path, "/tin/9", html(9))
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_what_was_there_before_and_what_only_says_see_the_file_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = kept(tmp_path / "data", "/tin/2", SHORT.format("Thông báo").encode())
    kept(data, "/tin/3", PAGE)
    kept(data, "/tin/4", html(2, headline=HEADLINE, counter=1))
    for path in ("/tin/2", "/tin/3"):
        luutin(data, "withhold", article(data, path), "--reason", "x")
    caplog.clear()
    came_in(data, tmp_path, "/tin/6", SHORT.format("Mời họp báo đầu năm").encode())
    assert article(data, "/tin/4")
    assert article(data, "/tin/6")
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []
    came_in(data, tmp_path, "/tin/7", SHORT.format("Thông báo").encode())
    assert article(data, "/tin/7") == "", "headline and text"


def test_where_nothing_is_withheld_nothing_is_done(data: Path) -> None:
    with Archive(data) as archive:
        assert seal_again(archive, Config(), now()) == []
