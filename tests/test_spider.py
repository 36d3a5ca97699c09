"""What a crawl promises without a network: its outcome is honest, its settings safe, its waits bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse, Request

from crawler import middlewares, settings
from crawler.middlewares import PolitenessMiddleware, exchange, retry_after
from crawler.tally import Tally, Walk

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def tally(*states: str, **counts: Any) -> Tally:
    walks = {str(n): Walk(str(n), state=state, why="why") for n, state in enumerate(states)}  # type: ignore[arg-type]
    return Tally(walks=walks, **counts)


@pytest.mark.parametrize(
    ("done", "reason", "left", "outcome"),
    [
        (tally("complete", "complete"), "finished", False, "complete"),
        (tally("complete", articles=100, article_errors=3, errors=3), "finished", False, "complete"),
        (tally("complete", articles=10, article_errors=6), "finished", False, "failed"),
        (tally("complete", "failed"), "finished", False, "failed"),
        (tally("complete", "walking"), "finished", False, "failed"),
        (tally("complete", "cut", limited="limit"), "finished", True, "limited"),
        (tally("complete"), "finished", True, "limited"),
        (tally("complete"), "shutdown", False, "interrupted"),
        (tally("complete"), "start_error", False, "failed"),
        (tally("failed", refused="robots.txt answers 503"), "finished", False, "refused"),
        (tally("complete", failed="the disk is full"), "finished", True, "failed"),
    ],
)
def test_the_outcome_is_what_happened(done: Tally, reason: str, left: bool, outcome: str) -> None:
    assert done.outcome(reason, left=left)[0] == outcome


def walked(*pages: Iterable[str], paged: bool = True) -> Walk:
    walk = Walk("News")
    for page in pages:
        walk.judge(tuple(page), paged=paged)
    return walk


@pytest.mark.parametrize(
    ("pages", "paged", "state"),
    [
        (["ab"], True, "walking"),
        ([""], True, "failed"),  # nothing at all
        (["ab", ""], True, "complete"),  # behind the last page
        (["ab", ""], False, "failed"),  # an error page with status 200
        (["ab", "ab"], True, "failed"),  # paging does not work
        (["ab", "cd", "cd"], True, "complete"),  # the last page, whatever number is asked for
    ],
)
def test_a_listing_ends_where_it_ends(pages: list[str], paged: bool, state: str) -> None:
    assert walked(*pages, paged=paged).state == state


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 0 ", 0.0),
        (b"Sun, 01 Mar 2026 02:01:30 GMT", 90.0),
        (b"Sun, 01 Mar 2026 01:00:00 GMT", 0.0),
        (b"soon", None),
        (b"", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: bytes | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.binary())
def test_no_retry_after_crashes(value: bytes) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def crawler_with(slot: SimpleNamespace) -> Any:
    downloader = SimpleNamespace(slots={"host": slot}, per_slot_settings={})
    spider = SimpleNamespace(tally=Tally())
    return SimpleNamespace(engine=SimpleNamespace(downloader=downloader), spider=spider)


def answer(status: int, **headers: str) -> HtmlResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return HtmlResponse("http://host/", status=status, headers=names, body=b"<p>x")


def test_a_host_that_asks_for_time_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middlewares, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    slot = SimpleNamespace(delay=0.0, lastseen=0.0)
    crawler = crawler_with(slot)
    request = Request("http://host/", meta={"download_slot": "host"})
    middleware = PolitenessMiddleware(crawler)
    middleware.process_response(request, answer(503, Retry_After="30"))
    assert slot.lastseen == 1030.0
    assert slot.delay > 0  # Scrapy looks at the time only for slots with a delay
    middleware.process_response(request, answer(429))
    middleware.process_response(request, answer(429))
    assert slot.delay == 2.0
    assert not crawler.spider.tally.refused
    middleware.process_response(request, answer(503, Retry_After="86400"))
    assert "86400 seconds" in crawler.spider.tally.refused


def test_the_record_holds_what_went_over_the_wire() -> None:
    request = Request("http://host:8080/a?b=1", headers={"Accept-Encoding": "gzip"})
    response = answer(299, Content_Type="text/html")
    made = exchange(request, response)
    assert made.url == "http://host:8080/a?b=1"
    assert made.request_headers == (("Host", "host:8080"), ("Accept-Encoding", "gzip"))
    assert (made.status, made.reason, made.body) == (299, "", b"<p>x")
    assert made.headers == (("Content-Type", "text/html"),)


def test_nothing_that_runs_code_or_leaves_the_web_is_on() -> None:
    assert settings.ROBOTSTXT_OBEY
    assert settings.DOWNLOAD_VERIFY_CERTIFICATES
    assert not settings.TELNETCONSOLE_ENABLED
    assert not settings.REMOTE_CONTROL_ENABLED
    assert all(settings.DOWNLOAD_HANDLERS[scheme] is None for scheme in ("file", "s3", "ftp", "data"))
    assert settings.DOWNLOAD_MAXSIZE == 16 * 1024 * 1024


def test_cookies_fetch_no_list_of_suffixes_from_the_web() -> None:
    from scrapy.downloadermiddlewares import cookies
    from scrapy.settings import Settings

    from spiders.binh_thanh import BinhThanhSpider

    BinhThanhSpider.update_settings(Settings())
    assert list(cookies._split_domain.suffix_list_urls) == []
    assert cookies._is_public_domain("gov.vn")


def scrapy(*arguments: str, tmp_path: Path, config: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The scrapy command from a directory that is no project, with the settings module named as the CLI does."""
    (tmp_path / "luutin.toml").write_text(config, encoding="utf-8")
    environment = {
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        "LUUTIN_CONFIG": str(tmp_path / "luutin.toml"),
        "LUUTIN_DATA": str(tmp_path / "data"),
        **environment,
    }
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_scrapy_lists_all_sites_those_without_python_too(tmp_path: Path) -> None:
    config = (
        "[sites.quan_1]\nname = 'Quận 1'\ncms = 'liferay'\nhome_url = 'https://q1.example/'\n"
        "sections = [{name = 'Tin', path = '/tin'}]\n"
    )
    listed = scrapy("list", tmp_path=tmp_path, config=config).stdout.split()
    assert {"hai_duong", "quang_binh", "lam_binh", "tuyen_quang", "binh_thanh", "sotttt_hanoi", "quan_1"} <= set(listed)


@pytest.mark.parametrize(
    ("arguments", "config", "code", "sentence"),
    [
        (("-a", "limit=many"), "", 2, "limit=many is not a number of articles"),
        ((), "", 2, "hai_duong is skipped because its address could not be verified"),
        ((), "[politness]\n", 3, "politness is not a setting of Lưu Tin (did you mean politeness?)."),
    ],
)
def test_a_crawl_that_cannot_begin_says_so_in_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], config: str, code: int, sentence: str
) -> None:
    ended = scrapy("crawl", "hai_duong", *arguments, tmp_path=tmp_path, config=config)
    assert ended.returncode == code
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_data_directory_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a directory")
    known = "[sites.hai_duong]\nhome_url = 'http://127.0.0.1:9/'\n"
    ended = scrapy("crawl", "hai_duong", tmp_path=tmp_path, config=known)
    assert ended.returncode == 5
    assert str(tmp_path / "data") in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_session_is_kept_where_paging_is_a_postback_and_nowhere_else() -> None:
    from scrapy.settings import Settings

    from spiders.binh_thanh import BinhThanhSpider
    from spiders.hai_duong import HaiDuongSpider

    def between(spider: Any) -> set[str]:
        ours = Settings()
        ours.setmodule(settings)
        spider.update_settings(ours)
        names = ours.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
        return {str(name).rpartition(".")[2] for name in names}

    assert between(BinhThanhSpider) - between(HaiDuongSpider) == {"CookiesMiddleware"}
    assert "RetryMiddleware" in between(HaiDuongSpider)
