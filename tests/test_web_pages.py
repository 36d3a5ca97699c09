"""The pages of the reading room: an article with its files, evidence and forms; the front page; what was removed."""

from __future__ import annotations

import gzip
import json
import re
import struct
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from shelf import DAYS, NIGHT, Reader, Shelf
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import Known
from crawler.urls import url_key
from crawler.warc import Exchange, WarcWriter
from monitor import serve
from monitor.web import evidence, labels, marking, months, words

EVIL = "</script><script>alert(1)</script>\"&'<b>"


def png(width: int = 6, height: int = 4) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x55" * 3 * width) * height
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Room:
    """A shelf whose captures lie in WARC files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.shelf = Shelf(directory / "archive.db")
        self.files = 0

    def article(self, headline: str | None, body: str, **more: Any) -> str:
        return self.shelf.article(headline, body, **more)

    def capture(self, url: str, body: bytes, media_type: str, *, again: str | None = None, status: int = 200) -> str:
        """Writes a record and its row; ``again`` is an id whose payload it only refers to. Returns its id."""
        exchange = Exchange(url, datetime.fromisoformat(DAYS[1]), status, "OK", (("Content-Type", media_type),), body)
        with WarcWriter(self.directory / "warc", prefix="t", software="t") as writer:
            first = writer.write(exchange)
            if again:
                known = Known(again, url, datetime.fromisoformat(DAYS[0]), first.payload_digest)
                first = writer.write(exchange, revisit_of=known)
        place = first.location
        self.shelf.row(
            "captures", id=first.record_id, site="huyen_nui", url=url, url_key=url_key(url),
            memento_datetime=DAYS[2 if again else 1], record_type=first.record_type, status_code=status,
            media_type=media_type, payload_digest=first.payload_digest, quality="file", identity="x",
            warc_file=place.file, warc_offset=place.offset, warc_length=place.length, crawl_id="c1",
        )  # fmt: skip
        return first.record_id

    def file(self, article: str, url: str, body: bytes, media_type: str, kind: str = "attachment") -> str:
        """Keeps a file that an article names; returns its id."""
        self.files += 1
        capture, identifier = self.capture(url, body, media_type), f"{article}-{self.files:012x}"
        self.shelf.row("attachments", id=identifier, article_id=article, kind=kind, url=url, url_key=url_key(url),
                       media_type=media_type, content_length=len(body), payload_digest=f"sha1:{self.files}",
                       capture_id=capture)  # fmt: skip
        return identifier

    def done(self) -> None:
        self.shelf.done()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with serve.closing(serve.build(tmp_path, base_url="https://tin.example")) as datasette:
        yield Reader(datasette)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- an article: pictures and files


def test_pictures_and_files_of_an_article_come_from_the_archive(room: Room, reader: Reader) -> None:
    site = "http://huyen-nui.example"
    aid = room.article(
        "Có ảnh", "Mở đầu.\n\nQuang cảnh hội nghị.", captions=["Quang cảnh hội nghị."],
        images=[{"url": "/anh/1.png", "alt": "Hội nghị"}, {"url": "/anh/2.svg", "alt": "Hình vẽ"}],
        attachments=[{"url": "/f/Kế hoạch.doc", "name": "Kế hoạch số 5"}, {"url": "/f/khong-con.pdf", "name": "Mất"}],
        url=f"{site}/tin/1.html",
    )  # fmt: skip
    picture = room.file(aid, f"{site}/anh/1.png", png(), "image/png", "image")
    drawing = room.file(aid, f"{site}/anh/2.svg", b"<svg onload='alert(1)'/>", "image/svg+xml", "image")
    document = room.file(aid, f"{site}/f/Kế hoạch.doc", b"\xd0\xcf\x11\xe0", "application/msword")
    room.done()
    page = reader.text(f"/bai-viet/{aid}")
    assert f'<img src="/tep/{picture}/1.png" width="6" height="4" alt="Hội nghị"' in page
    assert "<img" not in page.partition("<img")[2], "an SVG is never drawn"
    assert f'href="/tep/{drawing}/2.svg" download' in page
    assert f'href="/tep/{document}/' in page
    assert "Mất chưa lưu được" in plain(page)
    shown = reader.get(f"/tep/{picture}/1.png")
    assert (shown.content, shown.headers["content-type"]) == (png(), "image/png")
    assert "content-disposition" not in shown.headers
    assert reader.get(f"/tep/{picture}/1.png", **{"If-None-Match": shown.headers["etag"]}).status_code == 304
    for identifier, kind in ((drawing, "application/octet-stream"), (document, "application/msword")):
        sent = reader.get(f"/tep/{identifier}/ten-gi-cung-duoc")
        assert sent.headers["content-type"] == kind
        assert sent.headers["content-disposition"].startswith("attachment; filename=")
        assert sent.headers["x-content-type-options"] == "nosniff"
        assert sent.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert (
        "filename=\"ke-hoach.doc\"; filename*=UTF-8''K%E1%BA%BF%20ho%E1%BA%A1ch.doc"
        in sent.headers["content-disposition"]
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (png(), "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<!DOCTYPE html><script>1</script>", None),
        (b"%PDF-1.4", None),
        (b"", None),
    ],
)
def test_only_what_begins_like_a_raster_picture_is_shown(body: bytes, kind: str | None) -> None:
    assert evidence.raster(body) == kind


def test_a_picture_of_garbage_or_whose_warc_file_is_gone_breaks_no_page(
    room: Room, reader: Reader, tmp_path: Path
) -> None:
    site = "http://huyen-nui.example"
    aid = room.article("Hỏng", "Một.", images=[{"url": "/1.png"}, {"url": "/2.png"}, {"url": "http://[::1"}, {"u": 1}],
                       url=f"{site}/1.html")  # fmt: skip
    room.file(aid, f"{site}/1.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 3, "image/png", "image")
    gone = room.file(aid, f"{site}/2.png", png(), "image/png", "image")
    room.done()
    for file in (tmp_path / "warc").iterdir():
        if png() in gzip.decompress(file.read_bytes()):
            file.unlink()
    assert "<img" not in reader.text(f"/bai-viet/{aid}")
    missing = reader.get(f"/tep/{gone}/2.png")
    assert missing.status_code == 404
    assert "warc/" in missing.text
    assert reader.get("/tep/khong-co/x").status_code == 404


def test_as_many_captions_as_pictures_stand_with_them_in_order() -> None:
    pictures = [{"path": "a"}, {"path": "b"}]
    named = ["Một.", "Hai."]
    text, rest = marking.shown(["Đoạn.", *named], description=None, captions=named, pictures=pictures)
    assert [(p.kind, p.picture) for p in text] == [("", None), ("caption", pictures[0]), ("caption", pictures[1])]
    assert rest == []
    text, rest = marking.shown(["Đoạn.", "Một."], description="Đoạn.", captions=["Một."], pictures=pictures)
    assert [(p.kind, p.picture) for p in text] == [("lead", None), ("caption", None)]
    assert rest == pictures


def test_a_citation_in_the_text_leads_to_all_that_cite_it(room: Room, reader: Reader) -> None:
    said = "Theo Chỉ thị số 21-CT/TW ngày 15/5/2016 và Nghị quyết số 18, 19-NQ/TW, <b>đơn vị</b> đã làm."
    aid = room.article("Có dẫn", said)
    room.done()
    page = reader.text(f"/bai-viet/{aid}")
    for document, shown in (
        ("Ch%E1%BB%89%20th%E1%BB%8B%2021-CT/TW", "Chỉ thị số 21-CT/TW"),
        ("Ngh%E1%BB%8B%20quy%E1%BA%BFt%2018-NQ/TW", "Nghị quyết số 18"),
        ("Ngh%E1%BB%8B%20quy%E1%BA%BFt%2019-NQ/TW", "19-NQ/TW"),
    ):
        assert re.search(rf'<a class="cites" href="/archive/citations\?document={document}">{shown}', page), shown
    assert "".join(text for text, _ in marking.linked(said)) == said
    assert "&lt;b&gt;đơn vị" in page


# --- an article: evidence and forms


def test_the_raw_record_is_the_very_member_of_the_warc_file(room: Room, reader: Reader, tmp_path: Path) -> None:
    identifier = room.capture("http://huyen-nui.example/x.html", b"<script>alert(1)</script>", "text/html")
    room.done()
    sent = reader.get(f"/{evidence.record_path(identifier)}")
    assert sent.headers["content-type"] == "application/warc"
    assert re.fullmatch(
        r'attachment; filename="huyen_nui-20260302-190000-[0-9a-f-]{36}\.warc\.gz"; .*',
        sent.headers["content-disposition"],
    )
    (file,) = (tmp_path / "warc").iterdir()
    assert file.read_bytes().endswith(sent.content)
    (record,) = ArchiveIterator(BytesIO(sent.content))
    assert record.rec_headers["WARC-Record-ID"] == f"<{identifier}>"
    assert reader.get("/ban-chup/khong-co.warc.gz").status_code == 404
    assert reader.get("/ban-chup/..%2F..%2Fetc.warc.gz").status_code == 404


def test_the_record_of_a_revisit_brings_the_record_that_holds_the_bytes(room: Room, reader: Reader) -> None:
    url = "http://huyen-nui.example/x.html"
    original = room.capture(url, b"A page.", "text/html")
    again = room.capture(url, b"A page.", "text/html", again=original)
    room.done()
    sent = reader.get(f"/{evidence.record_path(again)}")
    read = [(r.rec_type, r.rec_headers["WARC-Record-ID"]) for r in ArchiveIterator(BytesIO(sent.content))]
    assert read == [("response", f"<{original}>"), ("revisit", f"<{again}>")]


def test_what_is_withheld_says_so_and_nothing_of_it_can_be_downloaded(room: Room, reader: Reader) -> None:
    aid = room.article("Bài khác", "Một.", images=[{"url": "/1.png"}], url="http://huyen-nui.example/1.html")
    picture = room.file(aid, "http://huyen-nui.example/1.png", png(), "image/png", "image")
    page = room.capture("http://huyen-nui.example/2.html", b"Withheld.", "text/html")
    again = room.capture("http://huyen-nui.example/3.html", b"Withheld.", "text/html", again=page)
    gone = room.capture("http://huyen-nui.example/2.html", b"Gone.", "text/html")
    hidden = "aaaaaaaaaaazz"
    room.shelf.row("withheld", id="w", article_id=hidden, site="huyen_nui", since=NIGHT, reason="r", by="b",
                   journal_seq=0)  # fmt: skip
    room.shelf.db.execute("update captures set quality = 'withheld' where id not in (?, ?) and url not like '%/1.html'",
                          [again, gone])  # fmt: skip
    room.done()
    for path in (f"bai-viet/{hidden}", f"so-sanh/{hidden}", evidence.record_path(page), evidence.record_path(gone)):
        assert reader.get(f"/{path}").status_code == 451, path
    assert reader.get(f"/bai-viet/{hidden}.json").status_code == 451
    assert reader.get(f"/tep/{picture}/1.png").status_code == 404
    assert "<img" not in reader.text(f"/bai-viet/{aid}")
    assert len(list(ArchiveIterator(BytesIO(reader.get(f"/{evidence.record_path(again)}").content)))) == 1


def test_an_article_has_a_form_for_machines_by_the_end_of_its_address(room: Room, reader: Reader) -> None:
    aid = room.article("Hội nghị {tổng} kết & 100%", "Bản mới.", edits=("Bản cũ.",), day="2026-03-01")
    room.done()
    said = reader.get(f"/bai-viet/{aid}-hoi-nghi.json").json()
    address = f"https://tin.example/bai-viet/{aid}-hoi-nghi-tong-ket-100"
    assert said["url"] == address
    assert said["memento_url"] == f"{address}?memento={DAYS[1]}"
    assert (said["text"], said["date_published"], said["revision"]["change"]) == ("Bản mới.", "2026-03-01", "edited")
    assert said["revision"]["capture"]["record_url"].startswith("https://tin.example/ban-chup/")
    assert [r["memento_datetime"] for r in said["revisions"]] == DAYS[:2]
    older = reader.get(f"/bai-viet/{aid}.json?memento={DAYS[0]}").json()
    assert (older["text"], older["revision"]["is_current"]) == ("Bản cũ.", False)
    text = reader.text(f"/bai-viet/{aid}.txt")
    assert text.startswith("Hội nghị {tổng} kết & 100%\n\nHuyện ủy Vùng Núi · Tin hoạt động · Mai Lan · 2026-03-01\n\n")
    bibtex = reader.get(f"/bai-viet/{aid}.bib")
    assert r"title = {{Hội nghị \textbraceleft{}tổng\textbraceright{} kết \& 100\%}}" in bibtex.text
    (item,) = reader.get(f"/bai-viet/{aid}.csl.json").json()
    assert (item["author"], item["issued"]) == ([{"literal": "Mai Lan"}], {"date-parts": [[2026, 3, 1]]})
    timemap = reader.get(f"/bai-viet/{aid}.link")
    assert timemap.headers["content-type"].startswith("application/link-format")
    assert timemap.text.count('rel="memento"; datetime="') == 2
    for form in ("json", "txt", "bib", "csl.json", "link"):
        missing = reader.get(f"/bai-viet/aaaaaaaaaaazz.{form}")
        assert (missing.status_code, missing.json()["status"]) == (404, 404)
        assert reader.get(f"/bai-viet/{aid}.{form}").headers["access-control-allow-origin"] == "*"
    assert reader.get(f"/bai-viet/{aid}.html").status_code == 404


def test_a_version_says_of_when_it_is_and_the_newest_only_where_all_are_listed(room: Room, reader: Reader) -> None:
    aid = room.article("Bài", "Mới.", edits=("Cũ.",))
    room.done()
    now, then = reader.get(f"/bai-viet/{aid}"), reader.get(f"/bai-viet/{aid}?memento={DAYS[0]}")
    assert "memento-datetime" not in now.headers
    assert then.headers["memento-datetime"] == "Sun, 01 Mar 2026 19:00:00 GMT"
    for page in (now, then):
        assert f'<https://tin.example/bai-viet/{aid}-bai.link>; rel="timemap"' in page.headers["link"]
        assert '<http://huyen_nui/tin/bai-1.html>; rel="original"' in page.headers["link"]
        assert f'<link rel="canonical" href="https://tin.example/bai-viet/{aid}-bai">' in page.text


def test_an_article_is_a_news_article_to_search_engines_and_nothing_in_it_ends_the_script(
    room: Room, reader: Reader
) -> None:
    aid = room.article(EVIL, EVIL, description=EVIL, url=f"http://huyen-nui.example/{EVIL}")
    room.done()
    page = reader.text(f"/bai-viet/{aid}")
    (data,) = re.findall(r'<script type="application/ld\+json">([^<]*)</script>', page)
    assert page.count("<script") == 1
    said = json.loads(data)
    assert (said["@type"], said["headline"], said["author"]) == ("NewsArticle", EVIL, "Mai Lan")
    assert said["archivedAt"].startswith("https://tin.example/bai-viet/")


# --- the front page


def test_the_months_of_each_site_are_drawn_and_stand_in_a_table(room: Room, reader: Reader) -> None:
    for n, day in enumerate(("2025-12-01", "2026-02-03", "2026-02-09T10:00:00+07:00", "2206-01-01", "rác")):
        room.article(f"Bài {n}", f"Đoạn {n}.", day=day)
    room.article("Bài kia", "Khác.", day="2026-01-02", site="tinh_bien")
    room.done()
    page = reader.text("/")
    assert page.count("<svg") == page.count("</title><desc") == 2
    assert "Từ 12/2025 đến 02/2026: 3 bài; nhiều nhất là 2 bài, tháng 02/2026." in page
    assert re.findall(r'<time datetime="([\d-]+)">\d\d/\d{4}</time></th><td>(\d)</td><td>(\d)</td>', page) == [
        ("2026-02", "2", "0"), ("2026-01", "0", "1"), ("2025-12", "1", "0"),
    ]  # fmt: skip
    assert "style=" not in page


def test_a_drawing_is_as_tall_as_its_numbers_and_never_invisible() -> None:
    drawing = months.drawn([0, 1, 500, 1000], highest=1000, name="x", title="<b>", description='"')
    assert re.findall(r'height="(\d+)"/>', drawing) == ["1", "22", "44"]
    assert "<b>" not in drawing
    assert months.drawn([], highest=0, name="x", title="", description="").startswith("<svg")


def test_a_site_shows_that_it_is_closed_alarmed_or_lost_much(room: Room, reader: Reader) -> None:
    room.article("Bài", "Một.")
    room.shelf.db.execute("update sites set status = 'closed' where slug = 'tinh_bien'")
    room.shelf.row("alerts", id="a", site="huyen_nui", kind="silent", opened=NIGHT, message="m", evidence="{}")
    room.shelf.row("mass_removals", id="m", site="huyen_nui", cause="many", opened=NIGHT, looked=90, missing=60,
                   evidence="{}")  # fmt: skip
    room.done()
    page = plain(reader.text("/"))
    assert "Ban Dân vận Tỉnh ủy Ven Biển 0 bài · chưa quét lần nào đã đóng" in page.replace(" chưa", " · chưa")
    assert "mất nhiều bài cùng lúc" in page
    assert "1 cảnh báo" in page
    assert "60 trong 90 bài được tìm đều mất trong một đêm" in plain(reader.text("/da-go"))


# --- what was removed


def remove(room: Room, aid: str, n: int, **more: Any) -> str:
    look = room.capture(f"http://huyen-nui.example/404/{n}", b"Nothing", "text/html", status=404)
    room.shelf.db.execute("update captures set quality = 'not_found' where id = ?", [look])
    evidence_of = {"first": look, "missing": [{"at": DAYS[n], "capture": look}, {"capture": "urn:uuid:gone"}, 7]}
    room.shelf.row("removals", id=f"r{n}", article_id=aid, first_missing=DAYS[n], checks=3,
                   evidence=json.dumps(evidence_of), last_good_capture_id=look, **more)  # fmt: skip
    return look


def test_removed_articles_stand_with_their_evidence_and_their_last_text(room: Room, reader: Reader) -> None:
    gone = room.article("Bị gỡ", f"Lời cuối {EVIL}.", status="removed")
    look = remove(room, gone, 1, confirmed=DAYS[4])
    other = room.article("Ở trang kia", "Hai.", status="removed", site="tinh_bien")
    remove(room, other, 2, confirmed=DAYS[4])
    remove(room, room.article("Nghi ngờ", "Ba.", status="suspect"), 3)
    remove(room, room.article("Trở lại", "Bốn."), 4, confirmed=DAYS[4], restored=DAYS[5])
    remove(room, room.article("Dời chỗ", "Năm.", status="removed"), 5, confirmed=DAYS[4], moved_to=gone)
    room.done()
    page = reader.text("/da-go")
    shown = re.findall(r'lang="vi">([^<]+)</a> <span class="badge', page)
    assert shown == ["Ở trang kia", "Bị gỡ"]
    assert f'href="/{evidence.record_path(look)}"' in page
    assert "Máy chủ trả lời 404 , không tìm thấy" in plain(page)
    assert "Lời cuối &lt;/script&gt;" in page
    for state, headline in (("suspect", "Nghi ngờ"), ("restored", "Trở lại"), ("moved", "Dời chỗ")):
        found = re.findall(r'lang="vi">([^<]+)</a> <span class="badge', reader.text(f"/da-go?state={state}"))
        assert found == [headline]
    assert "Bị gỡ" in reader.text("/da-go?site=huyen_nui")
    assert "Ở trang kia" not in reader.text("/da-go?site=huyen_nui").partition("<ol")[2]
    article = reader.text(f"/bai-viet/{gone}")
    assert labels.TEXTS["vi"]["is_removed"] in article
    assert f'href="/{evidence.record_path(look)}"' in article
    (removal,) = reader.get(f"/bai-viet/{gone}.json").json()["removals"]
    assert (removal["state"], removal["looks"][0]["status_code"]) == ("removed", 404)


def test_many_removals_are_paged_and_odd_questions_answered(room: Room, reader: Reader) -> None:
    for n in range(23):
        aid = room.article(f"Bài {n}", "Một.", status="removed")
        room.shelf.row("removals", id=f"r{n}", article_id=aid, first_missing=DAYS[1], confirmed=DAYS[3],
                       evidence="[]" if n else "{", checks=3)  # fmt: skip
    room.done()
    pages = [reader.text(f"/da-go?page={n}&lang=en") for n in (1, 2, 3)]
    assert [page.count('class="entry removal"') for page in pages] == [10, 10, 3]
    assert "page=2&amp;lang=en" in pages[0]
    for odd in ("page=0", "page=x", "page=999999999", "state=<b>", "site=' or 1", "page=²"):
        assert reader.get(f"/da-go?{odd}").status_code == 200


# --- every page


def test_every_page_names_itself_its_feeds_its_language_and_begins_with_one_heading(room: Room, reader: Reader) -> None:
    aid = room.article("Bài", "Mới.", edits=("Cũ.",))
    room.done()
    for path in ("/", "/da-go", f"/bai-viet/{aid}", f"/so-sanh/{aid}", "/ghi-chu", "/tim-kiem?q=bai", "/nguon-tin"):
        for lang in ("vi", "en"):
            page = reader.text(f"{path}{'&' if '?' in path else '?'}lang={lang}")
            assert f'<html lang="{lang}">' in page, path
            assert page.count("<h1") == 1, path
            assert page.count('rel="canonical" href="https://tin.example/') == 1, path
            assert 'rel="alternate" type="application/atom+xml"' in page, path
            assert '<a class="skip" href="#content">' in page, path
            assert not re.search(r"\sstyle=|\son\w+=|<script(?! type=.application/ld)", page), path
            levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
            assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_no_two_pages_call_different_things_by_one_name() -> None:
    assert sum(len(page.PHRASES) for page in words._PAGES) == len(words.PHRASES)
