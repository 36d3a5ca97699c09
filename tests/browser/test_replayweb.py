"""An exported WACZ in ReplayWeb.page itself: it opens there; our articles are listed, found by their text, played."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.archive import Archive
from crawler.text import clean
from monitor.cli import main
from tests.browser.conftest import ROOT, Opened, wanted
from tests.browser.test_pages import picture

#: Where scripts/browser-tools puts its two scripts, ui.js and sw.js.
REPLAYWEB = ROOT / ".venv" / "browser" / "replayweb"
#: How docs/exchange.md says to embed it.
PAGE = """<!doctype html><meta charset=utf-8><script src="/replay/ui.js"></script>
<replay-web-page source="/x.wacz" url="{url}" ts="{ts}" embed="full" style="display: block; height: 95vh"
  config='{{"fuzzy": [["[?&]t=[0-9]+$", ""]]}}'></replay-web-page>"""
#: What the frame in that page shows. The service worker would make it up, if it were always there in time.
VIEWER = b'<!doctype html><meta charset=utf-8><script src="ui.js"></script><replay-app-main></replay-app-main>'

#: Resolved when the document has been read to its end.
LOADED = """() => new Promise(read => {
    if (document.readyState === 'complete') read(); else addEventListener('load', () => read());
})"""


class Shelf(ThreadingHTTPServer):
    """A web server for a page and a package, which is given out in ranges."""

    daemon_threads = True

    def __init__(self, files: dict[str, tuple[str, bytes]]) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files = files
        self.address = f"http://127.0.0.1:{self.server_port}/"


class Answer(BaseHTTPRequestHandler):
    server: Shelf

    def do_GET(self) -> None:
        media_type, body = self.server.files.get(self.path.partition("?")[0], ("", b""))
        size = len(body)
        if span := re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range") or ""):
            first, last = span.groups()
            start = int(first) if first else max(0, size - int(last))
            body = body[start : int(last) + 1 if first and last else None]
        self.send_response(206 if span else 200 if media_type else 404)
        if span:
            self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{size}")
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.command == "GET" else b"")

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def package(demo_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's archive as a WACZ."""
    out = tmp_path_factory.mktemp("wacz") / "x.wacz"
    done = CliRunner().invoke(main, ["export", str(out), "--data", str(demo_archive)])
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def pages(package: Path) -> list[dict[str, str]]:
    """The articles that the package lists."""
    with zipfile.ZipFile(package) as files:
        return [json.loads(line) for line in files.read("pages/pages.jsonl").splitlines()[1:]]


@pytest.fixture
def shelf(package: Path) -> Iterator[Shelf]:
    if not (REPLAYWEB / "sw.js").is_file():
        wanted(f"{REPLAYWEB} is missing: run scripts/browser-tools, which fetches ReplayWeb.page from npm.")
    scripts = {f"/replay/{name}": ("text/javascript", (REPLAYWEB / name).read_bytes()) for name in ("ui.js", "sw.js")}
    files = {"/replay/": ("text/html", VIEWER), "/x.wacz": ("application/wacz", package.read_bytes())}
    with Shelf(scripts | files) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def opened_at(open_page: Callable[..., Opened], shelf: Shelf, url: str, moment: str) -> tuple[Opened, Any]:
    """A page with the viewer in it, which is to play what was captured then or nearest to it; and the viewer."""
    digits = "".join(re.findall(r"\d", moment))[:14]
    shelf.files["/"] = ("text/html", PAGE.format(url=escape(url), ts=digits).encode())
    opened = open_page(shelf.address)
    opened.go("/")
    return opened, opened.page.frame_locator("replay-web-page iframe")


def shown(viewer: Any, page: dict[str, str]) -> None:
    """Waits until the viewer plays the page, and looks there for all that was read from it."""
    frame = viewer.frame_locator("wr-coll-replay iframe")
    frame.get_by_text(page["title"]).first.wait_for()
    frame.locator("body").evaluate(LOADED)
    text = clean(frame.locator("body").inner_text())
    assert not [paragraph for paragraph in page["text"].split("\n\n") if clean(paragraph) not in text]


def content(opened: Opened, viewer: Any) -> None:
    """Nothing is amiss but images that the demo does not keep, and nobody else was asked for anything."""
    assert viewer.locator("wr-loader .error").count() == 0
    assert [m for m in opened.heard.console if not m.startswith("Failed to load resource")] == []
    assert (opened.heard.dialogs, opened.heard.elsewhere) == ([], [])


def test_a_package_opens_in_replayweb_page_and_its_articles_are_found_and_read(
    open_page: Callable[..., Opened], shelf: Shelf, pages: list[dict[str, str]]
) -> None:
    first, *others = {page["url"].split("/")[2]: page for page in pages}.values()  # one of each site
    assert len(others) == 4
    opened, viewer = opened_at(open_page, shelf, first["url"], first["ts"])
    shown(viewer, first)
    viewer.get_by_title("Toggle Browse Contents").click()
    viewer.get_by_text(f"of {len(pages)} pages").wait_for()
    viewer.get_by_role("heading", name=": news, archived").first.wait_for(state="attached")
    for page in others:
        words = " ".join(page["text"].split()[:12])
        viewer.get_by_placeholder("Search by Page URL, Title, or Text").fill(words)
        viewer.locator(f'wr-page-entry .page-url [title="{page["url"]}"]').click()
        shown(viewer, page)
    picture(opened, "replayweb")
    content(opened, viewer)


@pytest.mark.parametrize("record", ["status_code = 304", "status_code = 200 AND record_type = 'revisit'"])
def test_a_page_is_shown_at_a_later_look_that_kept_no_body(
    open_page: Callable[..., Opened], shelf: Shelf, pages: list[dict[str, str]], demo_archive: Path, record: str
) -> None:
    with Archive(demo_archive, read_only=True) as archive:
        query = f"SELECT article_id, url FROM captures WHERE article_id IS NOT NULL AND {record} LIMIT 1"
        article, url = archive.connection.execute(query).fetchone()
    opened, viewer = opened_at(open_page, shelf, url, "2030-01-01T00:00:00Z")
    shown(viewer, next(page for page in pages if page["id"] == article))
    content(opened, viewer)


def test_images_are_found_that_a_page_asks_for_with_a_cache_buster(
    open_page: Callable[..., Opened], shelf: Shelf, pages: list[dict[str, str]], demo_archive: Path
) -> None:
    with Archive(demo_archive, read_only=True) as archive:
        query = "SELECT article_id FROM attachments JOIN articles ON articles.id = article_id WHERE kind = 'image'"
        liferay = {row[0] for row in archive.connection.execute(f"{query} AND site = 'quang_binh'")}
    page = next(page for page in pages if page["id"] in liferay)
    _, viewer = opened_at(open_page, shelf, page["url"], page["ts"])
    image = viewer.frame_locator("wr-coll-replay iframe").locator('img[src*="?t="]').first
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
