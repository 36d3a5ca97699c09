"""What a crawl promises, over real HTTP on loopback: everything listed is kept, nothing is lost, nobody is pestered."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from scrapy.cmdline import execute

from crawler.asking import in_turn
from crawler.warc import payload_digest, read_captures

Answer = tuple[int, dict[str, str], bytes]

PROSE = (
    "Ban Dân vận tổ chức buổi gặp mặt với bà con trong thôn để nghe ý kiến về con đường mới.",
    "Nhiều gia đình đề nghị sửa lại cầu treo trước mùa mưa và lắp thêm đèn ở hai đầu cầu.",
    "Sau buổi làm việc, các bên thống nhất ghi lại từng việc và hẹn trả lời trong tháng tới.",
)


def article(number: int, *, extra: str = "", text: str = "") -> bytes:
    """An article as mojoPortal shows it; every one says something of its own."""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in (*PROSE, text or f"Biên bản số {number}.") if sentence)
    return (
        f'<html><head><meta charset="utf-8"><title>Bài {number}</title></head><body>'
        f'<h2 class="articletitle">Gặp mặt bà con lần thứ {number}</h2>'
        f'<div class="left-article-more-container">Thứ Bảy 16/09/2023 19:{number % 60:02}</div>'
        f'<div id="article_text" class="articletext">{paragraphs}{extra}</div></body></html>'
    ).encode()


def listing(numbers: list[int], following: int | None) -> bytes:
    """A page of a listing, newest first."""
    items = "".join(
        f'<div class="article-item"><h3><a href="/tin-hoat-dong/gap-mat-{n}">Gặp mặt {n}</a></h3></div>'
        for n in numbers
    )
    pager = f'<a href="?page={following}">Sau</a>' if following else ""
    return f'<html><body>{items}<a href="?page=1">1</a>{pager}</body></html>'.encode()


@dataclass
class Web:
    """A site on loopback: listing pages made from ``articles``, and whatever ``pages`` says instead."""

    url: str
    articles: list[int] = field(default_factory=lambda: list(range(25, 0, -1)))
    pages: dict[str, Answer | Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    watch: Callable[[int], None] | None = None

    def answer(self, target: str, headers: dict[str, str]) -> Answer:
        self.asked.append(target)
        if self.watch:
            self.watch(len(self.asked))
        html = {"Content-Type": "text/html; charset=utf-8"}
        if target in self.pages:
            page = self.pages[target]
            return page(headers) if callable(page) else page
        path, _, query = target.partition("?")
        if path == "/tin-hoat-dong":
            number = int(query.removeprefix("page=") or 1)
            shown = self.articles[10 * (number - 1) : 10 * number]
            return 200, html, listing(shown, number + 1 if len(self.articles) > 10 * number else None)
        number_text = path.removeprefix("/tin-hoat-dong/gap-mat-")
        if number_text.isdecimal() and int(number_text) in self.articles:
            return 200, html, article(int(number_text))
        return 404, html, b"<title>404</title>"

    def take(self) -> list[str]:
        """What was asked for since the last time."""
        asked, self.asked[:] = list(self.asked), []
        return asked


@pytest.fixture
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet, or the kernel waits 40 ms between them

        def do_GET(self) -> None:
            status, headers, body = site.answer(self.path, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if status != 304 else b"")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Web(f"http://127.0.0.1:{server.server_port}/")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


def run_scrapy(arguments: list[str], directory: str, environment: dict[str, str], stderr: str) -> None:
    """What a process of its own does: the scrapy command, with that environment, in that directory."""
    os.environ.update(environment)
    os.chdir(directory)
    descriptor = os.open(stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 2)
    sys.argv = ["scrapy", *arguments]
    execute()


#: Processes are forked from one that has imported everything: importing Scrapy takes longer than the crawls here.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["tests.test_crawl", "scrapy.crawler", "scrapy.core.engine", "crawler.spider", "spiders"]
)


class Crawler:
    """``scrapy crawl`` as the CLI starts it: a process of its own, in a directory that is no project."""

    def __init__(self, directory: Path, url: str) -> None:
        self.directory, self.data = directory, directory / "data"
        self.config = {
            "network": "allow_private_addresses = true",
            "politeness": "delay_seconds = 0.0\nmax_retries = 1",
            "sites.hai_duong": f"home_url = '{url}'\nsections = [{{name = 'Tin', path = '/tin-hoat-dong'}}]",
        }
        self.environment: dict[str, str] = {}

    def start(self, *arguments: str) -> BaseProcess:
        config = self.directory / "luutin.toml"
        config.write_text("\n".join(f"[{table}]\n{keys}" for table, keys in self.config.items()), encoding="utf-8")
        environment = {
            "SCRAPY_SETTINGS_MODULE": "crawler.settings",
            "LUUTIN_CONFIG": str(config),
            "LUUTIN_DATA": str(self.data),
            **self.environment,
        }
        arguments = ("crawl", "hai_duong", *arguments)
        process = PROCESSES.Process(
            target=run_scrapy, args=(arguments, str(self.directory), environment, str(self.directory / "stderr"))
        )
        process.start()
        return process

    def crawl(self, *arguments: str) -> dict[str, Any]:
        """A whole crawl; its row in ``crawls``."""
        process = self.start(*arguments)
        process.join(120)
        stderr = (self.directory / "stderr").read_text()
        assert process.exitcode == 0, stderr
        assert "Traceback" not in stderr, stderr
        [row] = self.rows("SELECT * FROM crawls ORDER BY id DESC LIMIT 1")
        return {**row, "skipped": json.loads(row["skipped"])}

    def rows(self, query: str) -> list[sqlite3.Row]:
        connection = sqlite3.connect(self.data / "archive.db")
        connection.row_factory = sqlite3.Row
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]


@pytest.fixture
def crawler(tmp_path: Path, web: Web) -> Crawler:
    return Crawler(tmp_path, web.url)


HTML = {"Content-Type": "text/html; charset=utf-8"}


def test_everything_that_is_listed_is_kept_and_the_next_night_asks_for_listings_only(
    crawler: Crawler, web: Web
) -> None:
    first = crawler.crawl()
    assert (first["outcome"], first["listings"], first["articles_new"], first["errors"]) == ("complete", 3, 25, 0)
    assert first["requests"] == len(web.take()) == 1 + 3 + 25  # robots.txt, listings, articles
    assert first["bytes"] > 25 * 500
    assert first["skipped"] == {}, "listings and a robots.txt that is not there are no articles that were left out"
    assert crawler.one("SELECT count(*) FROM frontier") == 0
    assert crawler.one("SELECT count(*) FROM sightings") == 25
    assert crawler.one("SELECT count(*) FROM events WHERE NOT baseline") == 0

    second = crawler.crawl()
    assert (second["outcome"], second["articles_new"], second["revisions_new"]) == ("complete", 0, 0)
    assert web.take() == ["/robots.txt", "/tin-hoat-dong"]

    web.articles.insert(0, 26)
    third = crawler.crawl()
    assert third["articles_new"] == 1
    assert web.take() == ["/robots.txt", "/tin-hoat-dong", "/tin-hoat-dong?page=2", "/tin-hoat-dong/gap-mat-26"]
    assert crawler.one("SELECT count(*) FROM events WHERE NOT baseline") == 1

    assert crawler.crawl("-a", "full=1")["listings"] == 3


def test_every_response_is_a_record(crawler: Crawler, web: Web) -> None:
    crawler.crawl()
    [file] = (crawler.data / "warc").iterdir()
    captures = list(read_captures(file))
    assert len(captures) == len(web.asked)
    assert {c.url.removeprefix(web.url[:-1]) for c in captures} == set(web.asked)
    assert crawler.one("SELECT count(*) FROM captures") == len(web.asked)
    assert crawler.one("SELECT count(DISTINCT warc_offset) FROM captures") == len(web.asked)


def test_pages_are_kept_as_they_were_sent(crawler: Crawler, web: Web) -> None:
    body = gzip.compress(article(25))
    web.pages["/tin-hoat-dong/gap-mat-25"] = 200, {**HTML, "Content-Encoding": "gzip"}, body
    crawler.crawl()
    [file] = (crawler.data / "warc").iterdir()
    assert crawler.one("SELECT count(*) FROM articles") == 25
    assert payload_digest(body) in {capture.payload_digest for capture in read_captures(file)}


@pytest.mark.parametrize("moment", [1, 3, 9, 20])
def test_a_killed_crawl_goes_on_where_it_was(crawler: Crawler, web: Web, moment: int) -> None:
    process: list[BaseProcess] = []
    web.watch = lambda count: process[0].kill() if count == moment else None
    process.append(crawler.start())
    process[0].join(120)
    assert process[0].exitcode == -signal.SIGKILL
    web.watch = None
    assert crawler.crawl()["outcome"] == "complete"
    assert crawler.one("SELECT count(*) FROM articles") == 25
    assert crawler.one("SELECT count(*) FROM frontier") == 0
    assert crawler.one("PRAGMA integrity_check") == "ok"
    assert not crawler.rows("PRAGMA foreign_key_check")
    assert not list((crawler.data / "warc").glob("*.open"))
    if moment > 1:
        assert [row[0] for row in crawler.rows("SELECT outcome FROM crawls ORDER BY id")] == ["interrupted", "complete"]


def test_a_limited_crawl_is_limited_and_the_next_goes_on_down(crawler: Crawler) -> None:
    limited = crawler.crawl("-a", "limit=5")
    assert (limited["outcome"], limited["articles_new"], limited["listings"]) == ("limited", 5, 1)
    rest = crawler.crawl()
    assert (rest["outcome"], rest["articles_new"], rest["listings"]) == ("complete", 20, 3)


def test_the_budget_of_a_night_is_kept(crawler: Crawler, web: Web) -> None:
    crawler.config["budget"] = "requests_per_site = 12"
    night = crawler.crawl()
    assert night["outcome"] == "limited"
    assert len(web.take()) == 12
    crawler.config["budget"] = ""
    assert crawler.crawl()["outcome"] == "complete"
    assert crawler.one("SELECT count(*) FROM articles") == 25


@pytest.mark.parametrize("status", [503, 429])
def test_a_robots_txt_in_trouble_means_stay_away(crawler: Crawler, web: Web, status: int) -> None:
    web.pages["/robots.txt"] = status, {"Retry-After": "0"}, b""
    assert crawler.crawl()["outcome"] == "refused"
    assert set(web.asked) == {"/robots.txt"}


def test_another_host_in_trouble_is_left_alone_and_asked_again(crawler: Crawler, web: Web) -> None:
    crawler.config["sites.hai_duong"] += "\nallowed_hosts = ['127.0.0.1:9']"
    image = '<p><img src="http://127.0.0.1:9/anh.jpg"></p>'
    web.pages["/tin-hoat-dong/gap-mat-25"] = 200, HTML, article(25, extra=image)
    night = crawler.crawl()
    assert (night["outcome"], night["articles_new"]) == ("complete", 25)
    [row] = crawler.rows("SELECT reason, not_before FROM frontier")
    assert row["reason"] == "image"
    assert row["not_before"] is not None


def test_robots_txt_is_obeyed(crawler: Crawler, web: Web) -> None:
    web.pages["/robots.txt"] = (
        200,
        {"Content-Type": "text/plain"},
        b"User-agent: *\nDisallow: /*-25$\nCrawl-delay: 0.05",
    )
    night = crawler.crawl()
    assert (night["outcome"], night["articles_new"], night["skipped"]) == ("complete", 24, {"robots": 1})
    assert "/tin-hoat-dong/gap-mat-25" not in web.asked


def test_a_listing_that_fails_fails_the_crawl(crawler: Crawler, web: Web) -> None:
    web.pages["/tin-hoat-dong?page=2"] = 500, HTML, b"<p>Runtime Error"
    night = crawler.crawl()
    assert (night["outcome"], night["articles_new"]) == ("failed", 10)
    del web.pages["/tin-hoat-dong?page=2"]
    assert crawler.crawl()["outcome"] == "complete"
    assert crawler.one("SELECT count(*) FROM articles") == 25


def test_paging_that_does_not_work_is_not_taken_for_the_end(crawler: Crawler, web: Web) -> None:
    web.pages["/tin-hoat-dong?page=2"] = 200, HTML, listing(web.articles[:10], 3)
    assert crawler.crawl()["outcome"] == "failed"


def test_an_article_that_fails_is_tried_another_night(crawler: Crawler, web: Web) -> None:
    web.pages["/tin-hoat-dong/gap-mat-7"] = 503, {"Retry-After": "0"}, b""
    night = crawler.crawl()
    assert (night["outcome"], night["articles_new"], night["errors"]) == ("complete", 24, 1)
    assert night["skipped"] == {"error": 1}
    assert web.take().count("/tin-hoat-dong/gap-mat-7") == 2
    [row] = crawler.rows("SELECT * FROM frontier")
    assert (row["attempts"], row["leased_until"]) == (1, None)
    assert row["not_before"] is not None
    del web.pages["/tin-hoat-dong/gap-mat-7"]
    crawler.crawl()
    assert "/tin-hoat-dong/gap-mat-7" not in web.take()  # not yet
    crawler.environment["LUUTIN_NOW"] = "2099-01-01T02:00:00+07:00"
    crawler.crawl()
    assert crawler.one("SELECT count(*) FROM articles") == 25


def test_redirects_are_followed_on_the_site_only(crawler: Crawler, web: Web) -> None:
    web.pages["/tin-hoat-dong/gap-mat-25"] = 301, {"Location": "/tin-hoat-dong/gap-mat-99"}, b""
    web.pages["/tin-hoat-dong/gap-mat-99"] = 200, HTML, article(99)
    web.pages["/tin-hoat-dong/gap-mat-24"] = 302, {"Location": "http://169.254.169.254/tin-hoat-dong/gap-mat-24"}, b""
    web.pages["/tin-hoat-dong/gap-mat-23"] = 302, {"Location": "/tin-hoat-dong/gap-mat-23"}, b""
    night = crawler.crawl()
    assert (night["outcome"], night["articles_new"]) == ("complete", 23)
    assert web.asked.count("/tin-hoat-dong/gap-mat-99") == 1
    assert web.asked.count("/tin-hoat-dong/gap-mat-23") == 1
    assert crawler.one("SELECT count(*) FROM frontier") == 0


FILES = '<p><img src="/anh/cau-treo.jpg"></p><p><a href="/tep/ke-hoach.doc">File đính kèm</a></p>'


def test_images_and_attachments_are_kept_once(crawler: Crawler, web: Web) -> None:
    web.pages["/tin-hoat-dong/gap-mat-25"] = 200, HTML, article(25, extra=FILES)
    web.pages["/tin-hoat-dong/gap-mat-24"] = 200, HTML, article(24, extra=FILES)
    web.pages["/anh/cau-treo.jpg"] = 200, {"Content-Type": "image/jpeg"}, b"\xff\xd8\xff" + bytes(9000)
    web.pages["/tep/ke-hoach.doc"] = 200, {"Content-Type": "application/msword"}, b"\xd0\xcf\x11\xe0" + bytes(5000)
    night = crawler.crawl()
    assert (night["outcome"], night["articles_new"]) == ("complete", 25)
    assert [web.asked.count(path) for path in ("/anh/cau-treo.jpg", "/tep/ke-hoach.doc")] == [1, 1]
    kept = crawler.rows("SELECT kind, media_type, content_length FROM attachments WHERE capture_id IS NOT NULL")
    assert sorted(tuple(row) for row in kept) == [
        *[("attachment", "application/msword", 5004)] * 2,
        *[("image", "image/jpeg", 9003)] * 2,
    ]


def test_a_site_may_do_without_files(crawler: Crawler, web: Web) -> None:
    crawler.config["sites.hai_duong"] += "\nkeep_images = false\nkeep_attachments = false"
    web.pages["/tin-hoat-dong/gap-mat-25"] = 200, HTML, article(25, extra=FILES)
    assert crawler.crawl()["outcome"] == "complete"
    assert not {"/anh/cau-treo.jpg", "/tep/ke-hoach.doc"} & set(web.asked)


def test_a_file_that_is_too_large_is_left(crawler: Crawler, web: Web) -> None:
    crawler.config["budget"] = "image_bytes = 1000"
    web.pages["/tin-hoat-dong/gap-mat-25"] = 200, HTML, article(25, extra=FILES)
    web.pages["/anh/cau-treo.jpg"] = 200, {"Content-Type": "image/jpeg"}, bytes(9000)
    night = crawler.crawl()
    assert (night["outcome"], night["articles_new"], night["errors"]) == ("complete", 25, 1)
    assert night["skipped"] == {"image: too_large": 1, "attachment: not_found": 1}


def test_a_revisit_asks_whether_anything_changed_and_one_of_them_for_the_whole_page(crawler: Crawler, web: Web) -> None:
    paths = [f"/tin-hoat-dong/gap-mat-{n}" for n in (25, 24)]
    for path, n in zip(paths, (25, 24), strict=True):

        def page(headers: dict[str, str], n: int = n) -> Answer:
            if headers.get("if-none-match") == '"v1"':
                return 304, {"ETag": '"v1"'}, b""
            return 200, {**HTML, "ETag": '"v1"'}, article(n)

        web.pages[path] = page
    crawler.crawl()
    web.take()
    connection = sqlite3.connect(crawler.data / "archive.db")
    with connection:
        connection.executemany(
            "INSERT INTO frontier (url_key, site, url, reason, discovered)"
            " SELECT url_key, site, url, 'revisit', first_seen FROM articles WHERE url LIKE ?",
            [(f"%{path}",) for path in paths],
        )
    connection.close()
    night = crawler.crawl()
    assert (night["outcome"], night["unchanged"], night["revisions_new"]) == ("complete", 2, 0)
    assert web.take() == ["/robots.txt", "/tin-hoat-dong", *paths]
    key = str(crawler.one("SELECT url_key FROM articles WHERE url LIKE '%-24'"))
    in_full = 2 if in_turn(key, 1) else 1
    assert crawler.one("SELECT count(*) FROM captures WHERE status_code = 304") == 2 - in_full
    assert json.loads(night["validators"]) == {"in_full": in_full}


def test_private_addresses_are_refused_unless_allowed(crawler: Crawler, web: Web) -> None:
    crawler.config["network"] = ""
    night = crawler.crawl()
    setting = "a private address: set network.allow_private_addresses in luutin.toml if that is meant"
    assert (night["outcome"], night["skipped"]) == ("failed", {})
    assert night["outcome_reason"] == f"{web.url.split('/')[2]} is {setting}"
    crawler.config["sites.hai_duong"] = crawler.config["sites.hai_duong"].replace("127.0.0.1", "localhost")
    night = crawler.crawl()
    assert (night["outcome"], night["outcome_reason"]) == ("failed", f"localhost is at 127.0.0.1, {setting}")
    assert web.asked == []


def test_a_site_that_does_not_answer_is_said_to_fail(crawler: Crawler) -> None:
    crawler.config["sites.hai_duong"] = "home_url = 'http://127.0.0.1:9/'"
    assert crawler.crawl()["outcome"] == "refused"  # its robots.txt could not be read


def test_where_a_robots_txt_leads_that_is_not_the_sites_is_said(crawler: Crawler, web: Web) -> None:
    """As when a district's whole host is led to the new province's: the name to declare stands in the alert."""
    web.pages["/robots.txt"] = 301, {"Location": "http://moi.example.vn/robots.txt"}, b""
    night = crawler.crawl()
    assert (night["outcome"], night["outcome_reason"]) == (
        "refused",
        "robots.txt cannot be read (http://moi.example.vn/robots.txt is on a host that is not the site's)",
    )


def test_who_asks_is_said(crawler: Crawler, web: Web) -> None:
    seen: dict[str, str] = {}

    def robots(headers: dict[str, str]) -> Answer:
        seen.update(headers)
        return 404, {}, b""

    web.pages["/robots.txt"] = robots
    crawler.config["contact"] = "email = 'archive@example.org'"
    crawler.crawl("-a", "limit=1")
    assert "LuuTin/" in seen["user-agent"]
    assert "archive@example.org" in seen["user-agent"]
    assert seen["accept-encoding"] == "gzip"
