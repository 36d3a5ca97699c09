"""Saved questions: each answered as table, chart, files and feed; how charts are drawn; the overview of tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from shelf import DAYS, Reader, Shelf

from monitor import serve
from monitor.web import charts, database, labels, questions
from monitor.web.charts import Series

PROJECT = Path(__file__).parent.parent
EVIL = '<script>alert(1)</script>&"'


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setenv("LUUTIN_NOW", "2026-03-20T03:00:00Z")
    return Shelf(tmp_path / "archive.db")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    datasette = serve.build(tmp_path)
    with serve.closing(datasette):
        yield Reader(datasette)


def answer(reader: Reader, name: str, **asked: str) -> list[dict[str, object]]:
    query = "&".join(f"{k}={v}" for k, v in asked.items())
    rows: list[dict[str, object]] = reader.get(f"/archive/{name}.json?_shape=array&{query}").json()
    return rows


def fill(shelf: Shelf) -> dict[str, str]:
    """Some articles by two sites, with whatever the questions ask for; gives their ids by headline."""
    ids = {
        "Một": shelf.article("Một", "Chung.", day="2024-01-05", author="Lan"),
        "Hai": shelf.article("Hai", "Hai.", day="2024-01-20T08:00:00+07:00", author="Lan"),
        EVIL: shelf.article(EVIL, "Ba sửa.", edits=("Ba.",), day="2024-05-01", author=EVIL),
        "Bốn": shelf.article("Bốn", "Bốn.", day="2026-03-01", status="removed", site="tinh_bien", author=None),
        "Năm": shelf.article("Năm", "Năm.", day="2206-01-01", site="tinh_bien"),
    }
    ids["Lại"] = shelf.article("Lại", "Chung.", day="2024-06-01", site="tinh_bien", same_text_as=ids["Một"])
    for n, (aid, document) in enumerate(((ids["Một"], "Chỉ thị 05"), (ids["Hai"], "Chỉ thị 05"), (ids["Một"], EVIL))):
        shelf.row("citations", article_id=aid, position=n, document=document, kind="Chỉ thị", number="05",
                  text=document, site="huyen_nui", cited_on=f"2024-01-1{n}")  # fmt: skip
    shelf.row("events", id="r1", site="tinh_bien", article_id=ids["Bốn"], kind="removed", at=DAYS[5],
              recorded_at=DAYS[5], baseline=0, evidence="{}")  # fmt: skip
    shelf.row("attachments", id="f1", article_id=ids["Một"], kind="attachment", url="http://x/1.doc", url_key="f",
              media_type="application/msword", content_length=9, payload_digest="sha1:F")  # fmt: skip
    shelf.row("captures", id="urn:x", site="huyen_nui", url="http://x/", url_key="x", memento_datetime=DAYS[0],
              record_type="response", payload_digest="sha1:X", quality="login", quality_reason=EVIL, identity="x",
              warc_file="w", warc_offset=0, warc_length=1)  # fmt: skip
    shelf.done()
    return ids


def test_the_questions_an_archivist_asks_are_answered(shelf: Shelf, reader: Reader) -> None:
    ids = fill(shelf)
    nui, bien = "Huyện ủy Vùng Núi", "Ban Dân vận Tỉnh ủy Ven Biển"
    months = [(row["month"], row["site"], row["articles"]) for row in answer(reader, "articles_per_month")]
    assert months == [("2026-03", bien, 1), ("2024-06", bien, 1), ("2024-05", nui, 1), ("2024-01", nui, 2)]
    assert len(answer(reader, "articles_per_month", site="tinh_bien")) == 2
    assert [(row["document"], row["articles"]) for row in answer(reader, "most_cited")] == [
        ("Chỉ thị 05", 2),
        (EVIL, 1),
    ]
    assert answer(reader, "most_cited", since="2024-01-12")[0]["document"] == EVIL
    writers = [(row["author"], row["articles"]) for row in answer(reader, "who_writes_most", site="huyen_nui")]
    assert writers == [("Lan", 2), (EVIL, 1)]
    assert [row["article_id"] for row in answer(reader, "edited")] == [ids[EVIL]]
    assert [row["headline"] for row in answer(reader, "removed_this_month")] == ["Bốn"]
    assert answer(reader, "removed_this_month", month="2026-02") == []
    silent = {row["site"]: (row["last_published"], row["days_silent"]) for row in answer(reader, "silent_sites")}
    assert silent == {nui: ("2024-05-01", 688), bien: ("2026-03-01", 19)}
    gaps = [(row["site"], row["silent_after"], row["days"]) for row in answer(reader, "longest_gaps")]
    assert gaps == [(bien, "2024-06-01", 638), (nui, "2024-01-20", 102)]
    (twice,) = answer(reader, "same_text")
    assert (twice["headline"], twice["publications"], twice["sites"]) == ("Một", 2, 2)
    assert [row["headline"] for row in answer(reader, "most_revised")] == [EVIL]
    assert answer(reader, "files")[0]["kept"] == 1
    assert answer(reader, "pages_not_read")[0]["quality"] == "login"


def test_a_month_is_vietnams(shelf: Shelf, reader: Reader) -> None:
    aid = shelf.article("Đêm đầu tháng", "Nội dung.", status="removed")
    for at in ("2026-02-27T19:00:00.000000Z", "2026-02-28T19:00:00.000000Z"):  # the second: 01/03, 02:00
        shelf.row("events", id=at, site="huyen_nui", article_id=aid, kind="removed", at=at, recorded_at=at, baseline=0,
                  evidence="{}")  # fmt: skip
    shelf.done()
    found = {month: [row["at"][:10] for row in answer(reader, "removed_this_month", month=month)]
             for month in ("2026-02", "2026-03", "2026", "")}  # fmt: skip
    assert found["2026-02"] == ["2026-02-27"]
    assert found["2026-03"] == found[""] == ["2026-02-28"]
    assert found["2026"] == ["2026-02-28", "2026-02-27"]


def test_each_is_a_page_with_table_chart_files_and_feeds_and_nothing_in_it_runs(shelf: Shelf, reader: Reader) -> None:
    fill(shelf)
    index = reader.text("/hoi?lang=en")
    names = re.findall(r'href="/hoi/([a-z_]+)\?lang=en"', index)
    saved = yaml.safe_load((PROJECT / "metadata.yaml").read_text(encoding="utf-8"))["databases"]["archive"]["queries"]
    assert set(names) == set(saved) - {"search", "where_is_it"}
    assert set(questions.CHARTS) == set(names)
    for name in names:
        page = reader.text(f"/hoi/{name}")
        assert "<table>" in page, name
        assert '<svg class="chart"' in page, name
        assert "<script" not in page, name
        assert not re.search(r"<[^>]* style=", page), name
        files = re.findall(r'<a href="([^"]*)">(CSV|JSON|Atom|RSS 2.0|JSON Feed)</a>', page)
        assert len(files) == 5, name
        for address, form in files:
            response = reader.get(address.replace("&amp;", "&"))
            assert response.status_code == 200, address
            assert response.content, address
            if form in ("Atom", "RSS 2.0"):
                assert not feedparser.parse(response.content).bozo, address


def test_the_files_hold_the_whole_answer_as_a_spreadsheet_wants_it(shelf: Shelf, reader: Reader) -> None:
    fill(shelf)
    saved = reader.datasette._metadata_local["databases"]["archive"]["queries"]
    whole = "select i, '=1+' || i as đ from n"
    long = f"with recursive n(i) as (select 1 union all select i + 1 from n where i < 1100) {whole}"
    saved["long"] = {"sql": long}
    links = re.findall(r'<a href="([^"]*)">(CSV|JSON)</a>', reader.text("/hoi/long"))
    files = {form: address for address, form in links}
    sheet = reader.get(files["CSV"])
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert sheet.headers["content-disposition"] == 'attachment; filename="long.csv"'
    assert sheet.content.startswith(b"\xef\xbb\xbf"), "a spreadsheet reads UTF-8 as such only behind this"
    lines = sheet.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "i,đ"
    assert lines[1100:] == ["1100,'=1+1100"], "no cell is a formula"
    assert reader.get(files["JSON"]).json()[1099:] == [{"i": 1100, "đ": "=1+1100"}]
    assert reader.get("/hoi/nothing.csv").status_code == 404
    assert "Huyện ủy Vùng Núi" in reader.get("/hoi/articles_per_month.csv?site=huyen_nui").text
    assert reader.get("/hoi/articles_per_month.csv?site=x").content.decode("utf-8-sig") == "month,site,articles\r\n"


def test_a_site_that_shows_no_dates_can_fall_silent_too(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Không ngày", "Một.", day=None, new_at="2026-03-01T19:00:00.000000Z")
    shelf.done()
    (silent,) = answer(reader, "silent_sites")
    assert (silent["last_published"], silent["last_found"], silent["days_silent"]) == (None, "2026-03-02", 18)


def test_a_question_is_explained_in_the_language_of_the_page(shelf: Shelf, reader: Reader) -> None:
    fill(shelf)
    said = {"vi": "Tác giả đúng như trang gốc ghi", "en": "Authors as the sites name them"}
    for path in ("/hoi", "/hoi/who_writes_most"):
        for language, other in (("vi", "en"), ("en", "vi")):
            page = reader.text(f"{path}?lang={language}")
            assert said[language] in page, (path, language)
            assert said[other] not in page, (path, language)
    saved = yaml.safe_load((PROJECT / "metadata.yaml").read_text(encoding="utf-8"))["databases"]["archive"]["queries"]
    assert all(query["description"].count(" · ") == 1 for query in saved.values())


def test_a_chart_shows_the_months_in_which_nothing_was_published(shelf: Shelf, reader: Reader) -> None:
    fill(shelf)
    for month in ("2024-02", "2025-12"):
        assert f"{month}:" not in reader.text("/hoi/articles_per_month"), "nothing to show"
    bars = re.findall(
        r'<rect class="s\d" x="([\d.]+)"[^>]*><title>(\d{4}-\d\d)', reader.text("/hoi/articles_per_month")
    )
    at = {month: float(x) for x, month in bars}
    a_month = (at["2024-06"] - at["2024-01"]) / 5
    assert at["2026-03"] - at["2024-01"] == pytest.approx(26 * a_month, abs=1)


def test_every_column_of_an_answer_has_a_name_in_both_languages(shelf: Shelf, reader: Reader) -> None:
    fill(shelf)
    for name in questions.CHARTS:
        for column in answer(reader, name)[0]:
            assert column in questions.words.questions.COLUMNS, (name, column)


def test_a_feed_has_an_entry_for_each_edit_and_one_for_each_new_answer(shelf: Shelf, reader: Reader) -> None:
    ids = fill(shelf)
    edited = feedparser.parse(reader.get("/hoi/edited.atom").content)
    assert [entry.link for entry in edited.entries] == [f"http://localhost/bai-viet/{ids[EVIL]}-script-alert-1-script"]
    cited = reader.get("/hoi/most_cited.atom")
    (entry,) = feedparser.parse(cited.content).entries
    assert "Chỉ thị 05" in entry.content[0].value
    (other,) = feedparser.parse(reader.get("/hoi/most_cited.atom?since=2024-01-12").content).entries
    assert other.id != entry.id
    again = reader.get("/hoi/most_cited.atom", **{"If-None-Match": cited.headers["etag"]})
    assert again.status_code == 304


def test_an_unknown_question_and_an_empty_archive_are_said_kindly(shelf: Shelf, reader: Reader) -> None:
    shelf.done()
    assert reader.get("/hoi/nothing").status_code == 404
    assert reader.get("/hoi/nothing.atom").status_code == 404
    for name in questions.CHARTS:
        assert labels.TEXTS["vi"]["no_answer"] in reader.text(f"/hoi/{name}")
        assert feedparser.parse(reader.get(f"/hoi/{name}.atom").content).entries == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select id as article_id, headline from articles where author = :author", "Một"),
        ("select 'nine' as rank from articles", "nine"),
    ],
)
def test_a_question_of_the_operators_own_is_a_page_with_what_it_asks_for(
    shelf: Shelf, reader: Reader, sql: str, said: str
) -> None:
    fill(shelf)
    saved = reader.datasette._metadata_local["databases"]["archive"]["queries"]
    saved["own"] = saved["most_cited"] = {"sql": sql}
    for name in ("own", "most_cited"):
        page = reader.text(f"/hoi/{name}?author=Lan")
        assert said in page
        assert ('name="author" value="Lan"' in page) is (":author" in sql)
        for form in ("atom", "csv", "rows.json"):
            assert said in reader.get(f"/hoi/{name}.{form}?author=Lan").text


def test_a_question_that_takes_too_long_says_so(shelf: Shelf, reader: Reader) -> None:
    fill(shelf)
    slow = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    reader.datasette._metadata_local["databases"]["archive"]["queries"]["files"]["sql"] = slow
    reader.datasette._settings["sql_time_limit_ms"] = 20
    assert labels.TEXTS["vi"]["question_too_slow"] in reader.text("/hoi/files")
    assert reader.get("/hoi/files.atom").status_code == 503
    assert reader.get("/hoi/files.csv").status_code == 503


def test_without_sql_of_their_own_readers_still_have_tables_search_and_questions(shelf: Shelf, tmp_path: Path) -> None:
    fill(shelf)
    with serve.closing(serve.build(tmp_path, custom_sql=False)) as datasette:
        asker = Reader(datasette)
        assert asker.get("/archive?sql=select+1").status_code == 403
        assert asker.get("/archive/articles?_where=1=1").status_code in (200, 403)
        assert "<textarea" not in asker.text("/archive")
        for path in ("/archive/articles", "/archive/articles?_search=hai", "/tim-kiem?q=hai", "/hoi/most_cited"):
            assert asker.get(path).status_code == 200, path
        assert asker.get("/archive/most_cited.csv").status_code == 200


def test_the_overview_of_tables_counts_no_table_whole(
    shelf: Shelf, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "COUNTED", 3)
    fill(shelf)
    counts = {table["name"]: table["count"] for table in reader.get("/archive.json").json()["tables"]}
    assert counts["articles"] == 6, "by its row numbers"
    assert counts["sites"] == 2
    assert counts["capture_sources"] == 0
    assert database.estimate(reader.datasette.get_database("archive").connect(), 'no "such" table') is None


def test_counts_that_take_long_are_remembered_for_a_while(
    shelf: Shelf, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "QUICK", -1)
    monkeypatch.setattr(database, "SHARE", 1e-9)
    shelf.article("Một", "Một.")
    shelf.db.conn.commit()
    table = "/archive/articles.json?_facet=site&_facet=section"
    first = reader.get(table).json()
    shelf.article("Hai", "Hai.")
    shelf.done()
    again = reader.get(table).json()
    assert len(again["rows"]) == 2, "rows are never remembered"
    assert again["filtered_table_rows_count"] == first["filtered_table_rows_count"] == 1
    assert again["facet_results"]["site"]["results"][0]["count"] == 1
    assert reader.get(f"{table}&site=huyen_nui").json()["filtered_table_rows_count"] == 2
    assert "2 bài" in reader.text("/"), "our own pages count for themselves"


def test_datasette_in_a_checkout_shows_the_same_pages(shelf: Shelf, tmp_path: Path) -> None:
    from datasette.app import Datasette

    ids = fill(shelf)
    for name in ("metadata.yaml", "settings.json"):
        (tmp_path / name).write_text((PROJECT / name).read_text(encoding="utf-8"), encoding="utf-8")
    datasette = Datasette([str(tmp_path / "archive.db")], config_dir=tmp_path)  # what ``datasette .`` makes
    with serve.closing(datasette):
        asker = Reader(datasette)
        for path in ("/", "/tim-kiem?q=hai", "/hoi/most_cited", "/archive", f"/bai-viet/{ids['Hai']}"):
            assert asker.get(path).status_code == 200, path
        assert asker.get("/archive/articles.json").json()["suggested_facets"] == []


class TestCharts:
    def test_what_is_drawn_is_well_formed_says_its_numbers_and_escapes_its_names(self) -> None:
        drawn = charts.bars(["2026-01", EVIL], [Series(EVIL, (3, None)), Series("b", (1, 2))], title=EVIL)
        root = ElementTree.fromstring(str(drawn))
        titles = [element.text for element in root.iter("title")]
        assert titles == [f"2026-01: {EVIL} 3", "2026-01: b 1", f"{EVIL}: b 2"]
        assert root.attrib["aria-label"] == EVIL
        assert root.attrib["role"] == "img"

    @given(st.lists(st.tuples(st.text(), st.none() | st.floats(-1e9, 1e12)), min_size=1, max_size=40))
    def test_any_numbers_are_drawn_within_the_frame(self, rows: list[tuple[str, float | None]]) -> None:
        names = [name.replace("\x00", "").encode("utf-8", "replace").decode() for name, _ in rows]
        names = [re.sub("[^ -~]", "?", name) for name in names]
        values = tuple(value for _, value in rows)
        ranked = [(name, value or 0) for name, value in zip(names, values, strict=True)]
        series = [Series("a", values), Series("b", values[::-1])]
        for drawn in (
            charts.bars(names, series, title="t"),
            charts.ranks(ranked, title="t"),
        ):
            if not drawn:
                continue
            root = ElementTree.fromstring(str(drawn))
            _, _, width, height = map(float, root.attrib["viewBox"].split())
            for element in root.iter("rect"):
                x, y, w, h = (float(element.attrib[a]) for a in ("x", "y", "width", "height"))
                assert x >= 0
                assert y >= -1
                assert w >= 0
                assert h >= 0
                assert x + w <= width + 1
                assert y + h <= height + 1

    def test_ticks_are_round_numbers_and_few(self) -> None:
        for highest in (0.4, 1, 3, 7, 99, 1234, 1e9):
            top, ticks = charts._scale(highest)
            assert top >= highest
            assert 2 <= len(ticks) <= 6
            assert all(json.dumps(tick).strip("0.").rstrip("0")[:1] in "12345678" for tick in ticks[1:])

    def test_nothing_is_drawn_of_nothing(self) -> None:
        assert charts.bars([], [], title="t") == ""
        assert charts.ranks([("a", 0)], title="t") == ""
        assert charts.legend(["one"]) == ""
