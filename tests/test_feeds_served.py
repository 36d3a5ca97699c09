"""Feeds as they are served: what is in each, under which name, on whatever server; the page that lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import feedparser
import pytest
from lxml import etree

from crawler.archive import Prepared
from crawler.journal import close_alert, open_alert
from monitor import feeds, serve
from tests.captures import SITE, Says, identity_of, missing, moment, page
from tests.feed_rules import ATOM, CHECKS
from tests.nights import Nights
from tests.shelf import Reader, Shelf

KINDS = ("new", "edits", "removals", "alerts")
TEXT = "Xã đã vận động {n} triệu đồng.\n\nLớp học khai giảng sáng nay."


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "archive.db")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with serve.closing(serve.build(tmp_path)) as datasette:
        yield Reader(datasette)


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nights]:
    """A site on which an article is edited on the second night, and another goes from the third on."""
    nights = Nights(tmp_path, monkeypatch)
    with closing(nights.archive):
        nights.night(1, (says(3), "/a"), (says(7), "/b"))
        nights.night(2, (says(5), "/a"), (says(7), "/b"))
        for day in (3, 4, 5):
            nights.night(day, (says(5), "/a"), (missing, "/b"))
        yield nights


def says(n: int) -> Any:
    def built(path: str, at: str) -> Prepared:
        return page(path, at, Says(headline=f"Tin {path}", body=TEXT.format(n=n), author="Mai Lan"))

    return built


def titles(reader: Reader, **arguments: str) -> list[str]:
    tree = CHECKS["atom"](reader.get(f"/feeds/new.atom?{urlencode(arguments)}").content)
    return [e.text for e in tree.iterfind("a:entry/a:title", ATOM)]


def test_every_feed_is_valid_sent_once_and_open_to_other_web_pages(nights: Nights, reader: Reader) -> None:
    with nights.archive.writing() as db:
        open_alert(db, SITE.slug, "errors", "No space left on /home/an/warc; ask an@huyen.vn", {})
    for form, kind in ((form, kind) for form in feeds.FORMS for kind in KINDS):
        first = reader.get(f"/feeds/{kind}.{form}")
        assert first.status_code == 200
        assert first.headers["content-type"] == f"{feeds.FORMS[form].media_type}; charset=utf-8"
        assert first.headers["access-control-allow-origin"] == "*"
        assert "sandbox" in first.headers["content-security-policy"]
        CHECKS[form](first.content)
        for header, validator in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
            again = reader.get(f"/feeds/{kind}.{form}", **{header: first.headers[validator]})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
            assert again.headers["access-control-allow-origin"] == "*"
        assert reader.get(f"/feeds/{kind}.{form}").content == first.content, "the same archive, the same bytes"
        short = reader.get(f"/feeds/{kind}.{form}?full=0")
        CHECKS[form](short.content)
        assert short.headers["etag"] != first.headers["etag"]


def test_without_an_archive_a_feed_is_empty_and_valid(reader: Reader) -> None:
    for form, kind in ((form, kind) for form in feeds.FORMS for kind in KINDS):
        CHECKS[form](reader.get(f"/feeds/{kind}.{form}").content)
    assert reader.get("/feeds/all.opml").status_code == 200
    assert reader.get("/nguon-tin").status_code == 200


@pytest.mark.parametrize("path", ["/feeds/other.atom", "/feeds/new.xml", "/feeds/new", "/feeds/x.opml"])
def test_what_is_no_feed_is_not_found(reader: Reader, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_a_feed_names_itself_by_the_public_address_and_its_entries_by_the_same_names_on_every_host(
    nights: Nights, reader: Reader, tmp_path: Path
) -> None:
    def names(body: bytes) -> list[str]:
        return [e.text for e in etree.fromstring(body).iterfind(".//a:id", ATOM)]

    with serve.closing(serve.build(tmp_path, base_url="https://tin.example/kho")) as datasette:
        elsewhere = Reader(datasette)
        for path in ("/feeds/new.atom", "/feeds/edits.atom?site=thu", "/feeds/removals.atom", "/feeds/alerts.atom"):
            here, there = reader.get(path).content, elsewhere.get(path).content
            assert names(here) == names(there)
            tree = CHECKS["atom"](there)
            assert tree.find("a:link[@rel='self']", ATOM).get("href") == f"https://tin.example/kho{path}"
            assert b"localhost" not in there
    assert names(reader.get("/feeds/new.atom").content)[0] == feeds.entry_id("feed:new")


def test_an_edit_is_told_with_its_difference_when_it_was_seen_under_the_name_of_its_event(
    nights: Nights, reader: Reader
) -> None:
    (event,) = nights.archive.connection.execute("SELECT id FROM events WHERE kind = 'edited'").fetchone()
    parsed = feedparser.parse(reader.get("/feeds/edits.atom").content)
    (entry,) = parsed.entries
    assert entry.id == f"urn:uuid:{event}"
    assert entry.title == "Được sửa: Tin /a"
    assert "<del>3</del> <ins>5</ins> triệu đồng" in entry.content[0].value
    assert "Lớp học khai giảng" in entry.content[0].value
    assert entry.summary == "3 thành 5 triệu đồng"
    assert entry.published_parsed[:3] == entry.updated_parsed[:3] == (2026, 3, 2)
    assert entry.link.endswith("?tu=2026-03-01T02%3A00%3A00.000000Z&den=2026-03-02T02%3A00%3A00.000000Z")
    assert "/so-sanh/" in entry.link
    assert reader.get(entry.link.removeprefix("http://localhost")).status_code == 200
    (via,) = (link for link in entry.links if link.rel == "via")
    assert via.href == "http://thu.example.vn/a"


def test_an_edit_that_was_only_our_reading_is_taken_back_under_the_same_name(nights: Nights, reader: Reader) -> None:
    (before,) = feedparser.parse(reader.get("/feeds/edits.atom").content).entries
    with nights.archive.writing() as db:
        event, revision = db.execute("SELECT id, revision_id FROM events WHERE kind = 'edited'").fetchone()
        db.execute(
            "INSERT INTO retracted_revisions SELECT id, article_id, memento_datetime, headline, text_digest,"
            " capture_id, 'same', '3', ? FROM revisions WHERE id = ?",
            (moment(9), revision),
        )
        db.execute("UPDATE events SET revision_id = NULL WHERE id = ?", (event,))
    (entry,) = feedparser.parse(reader.get("/feeds/edits.atom").content).entries
    assert entry.id == before.id
    assert entry.title == "Đã rút lại: Tin /a"
    assert "<del>" not in entry.content[0].value
    assert entry.published == before.published
    assert entry.updated_parsed[:3] == (2026, 3, 9)


def test_a_removal_is_told_with_its_evidence_and_the_last_text(nights: Nights, reader: Reader) -> None:
    (entry,) = feedparser.parse(reader.get("/feeds/removals.atom").content).entries
    assert entry.title == "Bị gỡ: Tin /b"
    said = entry.content[0].value
    assert said.count("404 not_found") >= 3
    assert "urn:uuid:" in said
    assert "Thấy lần cuối" in said
    assert "luutin" in said or "warc" in said
    assert "Xã đã vận động 7 triệu đồng." in said
    short = feedparser.parse(reader.get("/feeds/removals.atom?full=0").content).entries[0]
    assert "content" not in short
    assert short.summary.startswith("Thấy lần cuối: 02/03/2026, 09:00")
    nights.night(6, (says(5), "/a"), (says(7), "/b"))
    back, gone = feedparser.parse(reader.get("/feeds/removals.atom").content).entries
    assert back.title == "Đăng lại: Tin /b"
    assert gone.id == entry.id != back.id


def test_an_alert_stays_one_entry_when_it_is_over_and_tells_no_places(nights: Nights, reader: Reader) -> None:
    nights.at(7)
    with nights.archive.writing() as db:
        open_alert(db, SITE.slug, "storage", "No space left on /home/an/warc/x.gz; ask an@huyen.vn", {})
        open_alert(db, None, "storage", "The disk is full.", {})
    first = feedparser.parse(reader.get("/feeds/alerts.rss").content)
    assert {e.title for e in first.entries} == {"Huyện uỷ Thử: No space left on …; ask …@…", "The disk is full."}
    nights.at(8)
    with nights.archive.writing() as db:
        close_alert(db, SITE.slug, "storage")
    later = feedparser.parse(reader.get("/feeds/alerts.rss").content)
    assert {e.id for e in later.entries} == {e.id for e in first.entries}
    assert "Huyện uỷ Thử: No space left on …; ask …@… (đã hết)" in {e.title for e in later.entries}
    assert reader.get("/feeds/alerts.atom").text.count('xml:lang="en"') == 2
    only = feedparser.parse(reader.get(f"/feeds/alerts.atom?site={SITE.slug}").content)
    assert len(only.entries) == 1


def test_a_feed_is_narrowed_to_a_site_a_section_an_author_words_and_a_document(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Một", "Giữ kỷ luật Đảng.", section="Xây dựng Đảng", author="Mai Lan", day="2026-03-03")
    two = shelf.article("Hai", "Đang họp.", section="Dân vận", author="Mai Lan", day="2026-03-02")
    shelf.article("Ba", "Đảng bộ họp.", site="tinh_bien", section="Dân vận", author="Trần A", day="2026-03-01")
    shelf.article("Bốn", "Không ngày.", site="tinh_bien", section="Tin", author=None, day=None)
    for article, position in ((two, 1), (two, 2)):
        shelf.row("citations", article_id=article, position=position, document="Chỉ thị 05-CT/TW", kind="Chỉ thị",
                  number="05-CT/TW", text="Chỉ thị 05", site="huyen_nui", cited_on="2026-03-02")  # fmt: skip
    shelf.done()
    assert titles(reader, site="huyen_nui") == ["Một", "Hai"]
    assert titles(reader, site="tinh_bien") == ["Bốn", "Ba"], "whoever shows no dates is there all the same"
    assert titles(reader, section="Dân vận") == ["Hai", "Ba"]
    assert titles(reader, site="tinh_bien", section="Dân vận") == ["Ba"]
    assert titles(reader, author="Mai Lan") == ["Một", "Hai"]
    assert titles(reader, q="đảng") == ["Một", "Ba"]
    assert titles(reader, q="dang -hop") == ["Một"]
    assert titles(reader, q="họp", site="tinh_bien") == ["Ba"]
    assert titles(reader, document="Chỉ thị 05-CT/TW") == ["Hai"]
    assert titles(reader, document="Chỉ thị 05-CT/TW", site="tinh_bien") == []
    assert titles(reader, document="Chỉ thị 05-CT/TW", q="họp") == ["Hai"]
    for nothing in ({"site": "x"}, {"q": "-họp"}, {"q": '"'}, {"author": "x' or 1=1 --"}, {"section": "\x00"}):
        assert titles(reader, **nothing) == [] or nothing == {"section": "\x00"}
    whole = CHECKS["atom"](reader.get("/feeds/new.atom?site=tinh_bien&q=%C4%91%E1%BA%A3ng").content)
    assert whole.findtext("a:title", None, ATOM) == "Lưu Tin – Bài mới: Ban Dân vận Tỉnh ủy Ven Biển, “đảng”"
    assert whole.findtext("a:id", None, ATOM) == feeds.entry_id("feed:new?site=tinh_bien&q=%C4%91%E1%BA%A3ng")


def test_a_narrowed_feed_holds_what_was_announced_late_although_it_is_dated_back(
    shelf: Shelf, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.web.feed_entries.feeds.FEED_SIZE", 3)
    for day in range(1, 6):
        shelf.article(f"Ngày {day}", "Tin.", day=f"2026-03-0{day}")
    shelf.article("Đăng lùi ngày", "Tin.", day="2025-12-31", new_at="2026-03-06T19:00:00.000000Z")
    shelf.article("Đăng lùi ngày từ lâu", "Tin.", day="2025-12-31", new_at="2026-01-02T19:00:00.000000Z")
    shelf.done()
    assert titles(reader, site="huyen_nui")[:3] == ["Đăng lùi ngày", "Ngày 5", "Ngày 4"]


def test_each_text_comes_once_but_in_the_feed_of_a_site_that_has_its_own_copy(shelf: Shelf, reader: Reader) -> None:
    first = shelf.article("Thông báo", "Nội dung chung.")
    shelf.article("Thông báo", "Nội dung chung.", site="tinh_bien", same_text_as=first)
    shelf.article("Thông báo", "Nội dung chung.", same_text_as=first)
    shelf.done()
    assert titles(reader) == titles(reader, q="chung") == ["Thông báo"]
    assert titles(reader, site="tinh_bien") == ["Thông báo"]
    assert titles(reader, site="huyen_nui") == ["Thông báo"]
    assert "Cũng đăng ở: Ban Dân vận Tỉnh ủy Ven Biển" in reader.text("/feeds/new.atom")


def test_a_reprint_is_told_where_what_it_reprints_is_not(shelf: Shelf, reader: Reader) -> None:
    first = shelf.article("Thông báo", "Họp bàn.", author="An", section="Tin tỉnh")
    for n in (1, 2):
        shelf.article(f"Đăng lại {n}", "Họp bàn.", day=f"2026-01-0{n}", site="tinh_bien", author="Bình",
                      section="Tin huyện", same_text_as=first)  # fmt: skip
    for aid, day in [tuple(row.values()) for row in shelf.db.query("select id, date_published from articles")]:
        shelf.row("citations", article_id=aid, position=1, document="Chỉ thị 1", kind="Chỉ thị", number="1", text="x",
                  site="x", cited_on=day[:10])  # fmt: skip
    shelf.done()
    told = ["Thông báo"]
    assert titles(reader) == titles(reader, q="họp") == titles(reader, author="An") == told, "each text once"
    assert titles(reader, document="Chỉ thị 1") == titles(reader, document="Chỉ thị 1", q="họp") == told
    for narrowed in (
        *({"q": "đăng lại"}, {"author": "Bình"}, {"section": "Tin huyện"}, {"site": "tinh_bien"}),
        *({"author": "Bình", "document": "Chỉ thị 1"}, {"site": "tinh_bien", "q": "họp", "document": "Chỉ thị 1"}),
    ):
        assert titles(reader, **narrowed) == ["Đăng lại 1"], f"once, however often it is reprinted: {narrowed}"


def test_a_night_of_reprints_hides_nothing_that_is_new(
    shelf: Shelf, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.web.feed_entries.feeds.FEED_SIZE", 12)
    for n in range(20):
        day = f"2026-02-{n + 1:02}"
        first = shelf.article(f"Tỉnh {n}", f"Tin {n}.", day=day, site="tinh_bien", new_at=f"{day}T19:00:00.000000Z")
        new_at = f"2026-03-01T19:{n:02}:00.000000Z"
        shelf.article(f"Huyện {n}", f"Tin {n}.", day=day, same_text_as=first, new_at=new_at)
    shelf.done()
    newest = [f"Tỉnh {n}" for n in range(19, 7, -1)]
    assert titles(reader) == newest
    assert re.findall(r"<h3>.*?>(Tỉnh \d+)<", reader.text("/")) == newest


def test_the_page_of_feeds_lists_them_all_and_makes_any_other(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Một", "Tin.", section='Mục <"&"> 1')
    shelf.article("Hai", "Tin.", section="Mục 2", site="tinh_bien")
    shelf.done()
    text = reader.text("/nguon-tin")
    listed = {link.replace("&amp;", "&") for link in re.findall(r'href="(/feeds/[^"]+)"', text)}
    for link in listed:
        response = reader.get(link)
        assert response.status_code == 200, link
        if not link.endswith(".opml"):
            CHECKS[re.split(r"[.?]", link)[1]](response.content)
    assert {f"/feeds/{kind}.{form}" for kind in KINDS for form in feeds.FORMS} <= listed
    assert "/feeds/new.atom?site=tinh_bien&section=M%E1%BB%A5c+2" in listed
    assert "<script" not in text
    own = reader.text('/nguon-tin?site=tinh_bien&q="&author=<b>&full=0&lang=en')
    assert "/feeds/new.json?site=tinh_bien&amp;author=%3Cb%3E&amp;q=%22&amp;full=0" in own
    assert "&lt;b&gt;" in own
    assert "Feeds" in own
    outlines = etree.fromstring(reader.get("/feeds/all.opml").content).iterfind(".//outline[@xmlUrl]")
    atoms = {outline.get("xmlUrl").removeprefix("http://localhost") for outline in outlines}
    assert atoms == {link for link in listed if ".atom" in link and link.count("feeds")} - {""}


def test_every_page_names_a_feed_in_its_head(shelf: Shelf, reader: Reader) -> None:
    aid = shelf.article("Một", "Tin.")
    shelf.done()
    for path in ("/", "/nguon-tin", f"/bai-viet/{aid}", "/tim-kiem?q=tin", "/archive", "/archive/articles"):
        heads = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]+)"', reader.text(path))
        assert heads, path
        for link in heads:
            CHECKS["atom"](reader.get(link.replace("&amp;", "&")).content)


def test_an_edits_feed_of_an_archive_of_before_there_were_tombstones_is_empty(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Một", "Tin.")
    shelf.db.executescript("drop table retracted_revisions; drop view documents_cited; drop table citations;")
    shelf.done()
    assert reader.text("/feeds/edits.atom").count("<entry>") == 0
    assert titles(reader, document="Chỉ thị 05") == []
    assert titles(reader) == ["Một"]


def test_articles_of_two_archives_with_the_same_captures_have_the_same_feeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        nights = Nights(tmp_path / name, monkeypatch)
        with closing(nights.archive):
            nights.night(1, (says(3), "/a"), (says(4), "/b"))
            nights.night(2, (says(5), "/a"), (says(4), "/b"))
        with serve.closing(serve.build(tmp_path / name)) as datasette:
            reader = Reader(datasette)
            bodies.append([reader.get(f"/feeds/{kind}.{form}").content for kind in KINDS for form in feeds.FORMS])
    assert bodies[0] == bodies[1]
    assert feeds.entry_id(identity_of("/a")).encode() in bodies[0][0]
