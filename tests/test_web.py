"""The served archive: its pages and its search, in front of a writer at work."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from shelf import DAYS, Reader, Shelf

from monitor import serve
from monitor.web import labels, render

#: What could run: data in a script element, which is JSON-LD, does not.
SCRIPT = '<script(?! type="application/ld\\+json">[^<]*</script>)'
EVIL = '<script>alert("x")</script> & "đậm" javascript:'


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "archive.db")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    datasette = serve.build(tmp_path)
    with serve.closing(datasette):
        yield Reader(datasette)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_without_an_archive_the_front_page_says_so_kindly_and_shows_it_once_it_is_there(
    tmp_path: Path, reader: Reader
) -> None:
    assert labels.TEXTS["vi"]["empty_title"] in reader.text("/")
    assert labels.TEXTS["en"]["empty_title"] in reader.text("/?lang=en")
    assert reader.get("/bai-viet/aaaaaaaaaaaaa").status_code == 404
    assert reader.get("/feeds/new.atom").status_code == 200
    assert reader.get("/tim-kiem?q=a").status_code == 200
    shelf = Shelf(tmp_path / "archive.db")
    shelf.article("Mở lớp bồi dưỡng", "Lớp học khai giảng sáng nay.")
    shelf.done()
    assert "Mở lớp bồi dưỡng" in reader.text("/")


def test_an_empty_file_is_an_empty_archive(tmp_path: Path) -> None:
    (tmp_path / "archive.db").touch()
    with serve.closing(serve.build(tmp_path)) as datasette:
        assert labels.TEXTS["vi"]["empty_title"] in Reader(datasette).text("/")


def test_the_front_page_shows_the_newest_by_date_the_announced_the_changed_the_missing_and_the_sites(
    shelf: Shelf, reader: Reader
) -> None:
    shelf.article("Bài cũ", "Một.", day="2019-05-06")
    shelf.article("Bài vừa đăng", "Hai.", day="2026-03-02T10:00:00+07:00")
    shelf.article("Bài không ngày, vừa thấy", "Ba.", day=None, new_at="2026-03-02T19:00:00.000000Z")
    shelf.article("Bài không ngày từ lần đầu", "Bốn.", day=None)
    shelf.article("Bài ghi nhầm năm", "Năm.", day="2206-03-02")
    shelf.article("Bài bị sửa", "Sáu có thêm.", edits=("Sáu.",), day="2020-01-01")
    shelf.article("Bài bị gỡ", "Bảy.", status="removed", day="2020-01-02")
    shelf.done()
    page = reader.text("/")
    newest = words(page.partition("</ol>")[0])
    assert newest.index("Bài không ngày, vừa thấy") < newest.index("Bài vừa đăng") < newest.index("Bài cũ")
    assert "từ lần đầu" not in newest
    assert "nhầm năm" not in newest
    rest = words(page.partition("</ol>")[2])
    assert "Bài bị sửa" in rest
    assert "+12" in rest
    assert "đã gỡ" in rest
    assert "Bài bị gỡ" in rest
    assert "Huyện ủy Vùng Núi 7 bài quét lúc 02/03/2026, 02:00" in rest
    assert "Ban Dân vận Tỉnh ủy Ven Biển 0 bài chưa quét lần nào" in rest
    assert 'type="application/atom+xml"' in page
    assert 'lang="vi"' in page
    english = reader.text("/?lang=en")
    assert "What changed" in words(english)
    assert '<html lang="en">' in english


def test_a_text_published_twice_is_listed_once_and_its_page_says_where_else(shelf: Shelf, reader: Reader) -> None:
    first = shelf.article("Thông báo chung", "Nội dung chung.")
    again = shelf.article("Thông báo chung", "Nội dung chung.", site="tinh_bien", same_text_as=first)
    shelf.done()
    assert reader.text("/").count("<h3>") == 1
    assert reader.text("/tim-kiem?q=chung").count("<h3><a") == 1
    assert reader.text("/feeds/new.atom").count("<entry>") == 1
    assert f"/bai-viet/{again}-" in reader.text(f"/bai-viet/{first}")
    assert f"/bai-viet/{first}-" in reader.text(f"/bai-viet/{again}")


def test_an_article_page_names_similar_articles_and_the_documents_it_cites(shelf: Shelf, reader: Reader) -> None:
    aid = shelf.article("Thông cáo", "Nội dung.", edits=("Nội dung cũ.",))
    near = shelf.article(f"Thông cáo {EVIL}", "Nội dung gần giống.", site="tinh_bien")
    again = shelf.article("Thông cáo", "Nội dung gần giống.", same_text_as=near)
    one, other = (shelf.db["articles"].get(i)["text_digest"] for i in (aid, near))
    shelf.similar(one, other, 0.9378)
    for position, number in enumerate(("21-CT/TW", "25-NQ/TW", "21-CT/TW", EVIL), 1):
        shelf.row("citations", article_id=aid, position=position, document=f"Chỉ thị {number}", kind="Chỉ thị",
                  number=number, text=f"Chỉ thị số {number}", site="huyen_nui", cited_on="2026-03-01")  # fmt: skip
    shelf.done()
    page = reader.text(f"/bai-viet/{aid}")
    assert "Bài tương tự" in page
    assert "giống 93%" in page
    assert f"/bai-viet/{near}-" in page
    assert f"/bai-viet/{again}" not in page, "each text once"
    assert "Văn bản được dẫn" in page
    assert page.count("Chỉ thị 21-CT/TW</a>") == 1
    assert 'href="/archive/citations?document=Ch%E1%BB%89%20th%E1%BB%8B%2021-CT/TW"' in page
    assert not re.search(SCRIPT, page)
    english = reader.text(f"/bai-viet/{aid}?lang=en")
    assert "Similar articles" in english
    assert "Documents cited" in english
    older = reader.text(f"/bai-viet/{aid}?memento={DAYS[0]}")
    assert "Bài tương tự" not in older, "they are what its text of today has in common with others"
    assert "Văn bản được dẫn" not in older


def test_who_cites_a_document_is_one_click(shelf: Shelf, reader: Reader) -> None:
    cites, other = shelf.article("Bài có dẫn", "Một."), shelf.article("Bài khác", "Hai.")
    for aid, number in ((cites, "21-CT/TW"), (other, f"5{EVIL}&_facet=x")):
        shelf.row("citations", article_id=aid, position=1, document=f"Chỉ thị {number}", kind="Chỉ thị",
                  number=number, text=number, site="huyen_nui", cited_on="2026-03-01")  # fmt: skip
    shelf.done()
    page = reader.text("/archive/documents_cited")
    assert "<script>alert" not in page
    links = re.findall(r'<a href="(/archive/citations\?document=[^"]+)">', page)
    assert len(links) == 2
    found = {link: reader.text(link.replace("&amp;", "&")) for link in links}
    (of_21,) = (shown for link, shown in found.items() if "21-CT" in link)
    assert "Bài có dẫn" in of_21
    assert "Bài khác" not in of_21
    (of_5,) = (shown for link, shown in found.items() if "21-CT" not in link)
    assert "Bài khác" in of_5
    assert "<script>alert" not in of_5


def test_similar_articles_are_a_table_whose_headlines_lead_to_both(shelf: Shelf, reader: Reader) -> None:
    one, other = shelf.article("Bài một", "Một."), shelf.article("Bài hai", "Hai.", site="tinh_bien")
    digests = [shelf.db["articles"].get(i)["text_digest"] for i in (one, other)]
    shelf.similar(*digests, 0.875)
    shelf.done()
    page = reader.text("/archive/similar_articles")
    assert f'<a href="/bai-viet/{one}">Bài một</a>' in page
    assert f'<a href="/bai-viet/{other}">Bài hai</a>' in page
    assert "0.875" in page


def test_an_archive_of_before_there_were_citations_is_shown_all_the_same(shelf: Shelf, reader: Reader) -> None:
    aid = shelf.article("Bài cũ", "Một.")
    shelf.db.executescript(
        "drop view documents_cited; drop view similar_articles; drop view similar_texts; drop table citations;"
    )
    shelf.done()
    assert "Bài cũ" in reader.text(f"/bai-viet/{aid}")


def test_an_article_page_shows_text_captions_files_evidence_addresses_and_revisions(
    shelf: Shelf, reader: Reader
) -> None:
    aid = shelf.article(
        "Hội nghị tổng kết", "Đoạn dẫn.\n\nẢnh: Quang cảnh.\n\nĐoạn cuối.", description="Đoạn dẫn.",
        edits=("Đoạn dẫn.\n\nĐoạn cuối chưa sửa.",), captions=["Ảnh: Quang cảnh."],
        images=[{"url": "http://huyen_nui/anh/quang%20c%E1%BA%A3nh.jpg", "alt": ""}],
        attachments=[{"url": "http://huyen_nui/f/1.doc", "name": "Kế hoạch.doc"}, {"url": "javascript:x", "name": "x"}],
    )  # fmt: skip
    shelf.row("attachments", id="f1", article_id=aid, kind="attachment", url="http://huyen_nui/f/1.doc", url_key="f1",
              name="Kế hoạch.doc", media_type="application/msword", content_length=45_200,
              payload_digest="sha1:F")  # fmt: skip
    shelf.done()
    page = reader.text(f"/bai-viet/{aid}-duoi-nao-cung-duoc")
    assert '<p class="lead">Đoạn dẫn.</p>' in page
    assert '<p class="caption">Ảnh: Quang cảnh.</p>' in page
    assert "<p>Đoạn cuối.</p>" in page
    text = words(page)
    for expected in (
        "Mai Lan", "Tin hoạt động", "Huyện ủy Vùng Núi", "01/03/2026, 08:15", "quang cảnh.jpg", "Kế hoạch.doc",
        "application/msword 45,2 kB", "sha1:DIGEST1", "luutin-1.warc.gz", "4712", "http://huyen_nui/tin/bai-1.html",
        "sửa trong khoảng từ 02/03/2026, 02:00 đến 03/03/2026, 02:00", "thêm 12 chữ",
    ):  # fmt: skip
        assert expected in text, expected
    assert "javascript:" not in page
    assert f'<link rel="canonical" href="http://localhost/bai-viet/{aid}-hoi-nghi-tong-ket">' in page
    older = reader.text(f"/bai-viet/{aid}?memento={DAYS[0]}")
    assert "Đoạn cuối chưa sửa." in older
    assert labels.TEXTS["vi"]["older_version"] in older
    assert reader.get(f"/bai-viet/{aid}?memento=2001-01-01").status_code == 404


@pytest.mark.parametrize("path", ["/bai-viet/%C4%90%E1%BA%A3ng", "/bai-viet/-", "/bai-viet/a'b--", "/bai-viet/x%00y"])
def test_an_unknown_article_is_a_kind_404(shelf: Shelf, reader: Reader, path: str) -> None:
    shelf.done()
    response = reader.get(path)
    assert response.status_code == 404
    assert labels.TEXTS["vi"]["not_found_title"] in response.text


@pytest.mark.parametrize("path", ["/da-g", "/archive/nothing", "/bai-viet/x.xml"])
def test_an_address_that_is_not_there_is_a_kind_404_that_leads_on(shelf: Shelf, reader: Reader, path: str) -> None:
    shelf.done()
    response, english = reader.get(path), reader.get(f"{path}?lang=en")
    assert (response.status_code, english.status_code) == (404, 404)
    assert labels.TEXTS["vi"]["no_page"] in response.text
    assert labels.TEXTS["en"]["no_page"] in english.text
    assert 'action="/tim-kiem"' in response.text
    assert reader.get("/archive/nothing.json").json()["status"] == 404, "programs are answered in JSON"


@pytest.mark.parametrize(
    "question",
    ["_sort=khong_co", "_sort_desc=%00", "_sort=id&_sort_desc=id", "_facet=%00", "_where=%00", "_search=%00"],
)
def test_a_question_that_makes_no_sense_is_no_mistake_of_the_program(
    shelf: Shelf, reader: Reader, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    shelf.done()
    for form in ("", ".json"):
        assert reader.get(f"/archive/articles{form}?{question}").status_code in (200, 400)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("path", ["/archive", "/archive/articles", "/"])
def test_a_method_that_nobody_knows_is_no_mistake_of_the_program(
    shelf: Shelf, reader: Reader, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    shelf.done()

    async def ask() -> int:
        await reader.datasette.invoke_startup()
        return (await reader.datasette.client.request("PROPFIND", path)).status_code

    assert asyncio.run(ask()) == 405
    assert "Traceback" not in capsys.readouterr().err


def test_what_one_night_announced_is_listed_by_the_publishers_dates(shelf: Shelf, reader: Reader) -> None:
    night = "2026-03-02T19:00:0{}.000000Z"
    shelf.article("Bài lúc chín giờ", "Một.", day="2026-03-02T09:00:00+07:00", new_at=night.format(3))
    shelf.article("Bài lúc mười bảy giờ", "Hai.", day="2026-03-02T17:00:00+07:00", new_at=night.format(1))
    shelf.article("Bài hôm trước", "Ba.", day="2026-03-01T12:00:00+07:00", new_at=night.format(5))
    shelf.done()
    newest = words(reader.text("/").partition("</ol>")[0])
    assert newest.index("mười bảy giờ") < newest.index("chín giờ") < newest.index("hôm trước")


def test_what_strangers_wrote_is_never_markup_and_no_page_runs_a_script(shelf: Shelf, reader: Reader) -> None:
    aid = shelf.article(EVIL, f"{EVIL}\n\n{EVIL}", description=EVIL, captions=[EVIL], url="http://huyen_nui/<b>")
    nameless = shelf.article(None, "", url="javascript:alert(1)")
    long = shelf.article("Rất dài " * 400, "Chữ" * 5000)
    shelf.done()
    for path in (
        "/",
        f"/bai-viet/{aid}",
        f"/bai-viet/{nameless}",
        f"/bai-viet/{long}",
        "/tim-kiem?q=<b>script",
        "/bai-viet/no",
    ):
        response = reader.get(path)
        assert not re.search(f"{SCRIPT}|<b>", response.text), path
        assert 'href="javascript' not in response.text, path
        assert response.headers["content-security-policy"] == render.POLICY
    for path in ("/archive/articles", "/archive/search?q=script"):
        assert "<script>alert" not in reader.text(path)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("đảng", ["Đảng bộ"]),
        ("dang", ["Đảng bộ", "Đang họp"]),
        ("DANG bo", ["Đảng bộ"]),
        ("uỷ ban", ["Ủy ban"]),
        ("ủy ban", ["Ủy ban"]),
        ("dang -hop", ["Đảng bộ"]),
        ('"kỷ luật nghiêm"', ["Đảng bộ"]),
        ("không đâu có", []),
        ("", []),
    ],
)
def test_search_finds_with_marks_exactly_and_without_marks_everything(
    shelf: Shelf, reader: Reader, query: str, found: list[str]
) -> None:
    shelf.article("Đảng bộ", "Giữ kỷ luật nghiêm.", day="2026-03-01")
    shelf.article("Đang họp", "Chưa xong.", day="2026-02-01")
    shelf.article("Ủy ban", "Ủy ban kiểm tra làm việc.", day="2026-01-01")
    shelf.done()
    own = httpx.URL("/tim-kiem", params={"q": query, "order": "newest"})
    assert re.findall(r"<h3><a [^>]*>([^<]*)</a>", reader.text(str(own))) == found
    table = httpx.URL(
        "/archive/articles.json", params={"_search": query, "_shape": "array", "_sort_desc": "date_published"}
    )
    rows = reader.get(str(table)).json()
    assert [row["headline"] for row in rows] == (found if query else ["Đảng bộ", "Đang họp", "Ủy ban"])
    canned = httpx.URL("/archive/search.json", params={"q": query, "_shape": "array"})
    assert [row["headline"] for row in reader.get(str(canned)).json()] == found


@pytest.mark.parametrize(
    "query", ['"', "AND", "a OR", "NEAR(", "exact:", "*", "-", "^x", "(", "'", "\x00", "🙂", '"" -""', "{a b} : c"]
)
def test_no_search_text_is_an_error(shelf: Shelf, reader: Reader, query: str) -> None:
    shelf.article("Một bài", "Một đoạn.")
    shelf.done()
    for path, name in (("/tim-kiem", "q"), ("/archive/articles", "_search"), ("/archive/search", "q")):
        assert reader.get(str(httpx.URL(path, params={name: query}))).status_code == 200


def test_filtering_the_table_with_an_empty_search_box_is_only_filtering(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Một bài", "Một đoạn.")
    shelf.article("Bài khác", "Hai đoạn.", site="tinh_bien")
    shelf.done()
    for query in ("_search=&site=tinh_bien", "site=tinh_bien&_search="):
        rows = reader.get(f"/archive/articles.json?{query}&_shape=array").json()
        assert [row["headline"] for row in rows] == ["Bài khác"]


def test_the_feed_is_sent_once(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Một bài", "Một đoạn.")
    shelf.done()
    first = reader.get("/feeds/new.atom")
    assert first.headers["content-type"] == "application/atom+xml; charset=utf-8"
    again = reader.get("/feeds/new.atom", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    later = reader.get("/feeds/new.atom", **{"If-Modified-Since": first.headers["last-modified"]})
    assert later.status_code == 304


def test_a_long_list_of_results_is_paged(shelf: Shelf, reader: Reader) -> None:
    for n in range(45):
        shelf.article(f"Tin số {n}", f"Nội dung {n}.", day=f"2026-01-{n % 28 + 1:02}")
    shelf.done()
    first, last = reader.text("/tim-kiem?q=tin&lang=en"), reader.text("/tim-kiem?q=tin&page=3")
    assert "45 articles found: tin" in words(first)
    assert "page=2&amp;lang=en" in first
    assert last.count("<h3>") == 5
    assert set(re.findall(r"page=\d", last)) - {"page=3"} == {"page=2"}
    for odd in ("0", "-1", "x", "99999999999", "²"):
        assert reader.get(str(httpx.URL("/tim-kiem", params={"q": "tin", "page": odd}))).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/archive?sql=selec",
        "/archive?sql=select+*+from+nothing",
        "/archive/articles?_where=nothing(",
        "/archive/articles?_sort=nothing",
        "/archive/nothing",
        "/-/nothing",
    ],
)
def test_a_visitors_mistake_leaves_no_traceback_in_the_log(
    shelf: Shelf, reader: Reader, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    shelf.done()
    assert reader.get(path).status_code >= 400
    out, err = capfd.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert err.count("\n") <= 1, "Datasette's one line about somebody's SQL"


def test_a_mistake_of_ours_is_logged(
    shelf: Shelf, reader: Reader, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.done()
    monkeypatch.setattr("monitor.web.front.front", lambda _: 1 / 0)
    assert reader.get("/").status_code == 500
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_the_metadata_that_everybody_may_read_name_no_place_of_this_machine(
    shelf: Shelf, reader: Reader, tmp_path: Path
) -> None:
    shelf.done()
    assert str(tmp_path) not in reader.text("/-/metadata.json")


def test_readers_see_what_a_writer_has_committed_and_nothing_else(shelf: Shelf, reader: Reader, tmp_path: Path) -> None:
    shelf.article("Đã xong", "Một.")
    shelf.db.conn.commit()
    assert "Đã xong" in reader.text("/")
    shelf.db.conn.execute("BEGIN IMMEDIATE")
    shelf.article("Chưa xong", "Hai.")
    assert "Chưa xong" not in reader.text("/")
    shelf.db.conn.commit()
    assert "Chưa xong" in reader.text("/")
    shelf.done()
    assert reader.get("/archive?sql=delete+from+articles").status_code == 400
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.datasette.get_database("archive").connect().execute("delete from sites")
