"""Search: what is found, in which order, how it is counted and narrowed, and that no input is an error."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf import Reader, Shelf

from crawler.search_index import day_of, first_of, free, in_order, place
from monitor import serve
from monitor.web import finding, labels, tables
from monitor.web.finding import Asked, Found, find

ODD = [
    '"',
    "*",
    "AND (",
    "NEAR(a b",
    "a" * 10_000,
    '"' * 10_000,
    "đ " * 5_000,
    "\x00",
    "🙂",
    "-",
    "-a",
    "về\u200b",
    "{a} : b",
]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "archive.db")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    datasette = serve.build(tmp_path)
    with serve.closing(datasette):
        yield Reader(datasette)


@pytest.fixture(scope="module")
def odd_reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    place_of = tmp_path_factory.mktemp("odd")
    shelf = Shelf(place_of / "archive.db")
    shelf.article("Một bài", "Một đoạn a b.")
    shelf.done()
    with serve.closing(serve.build(place_of)) as datasette:
        yield Reader(datasette)


def headlines(reader: Reader, **asked: str) -> list[str]:
    page = reader.text(str(httpx.URL("/tim-kiem", params=asked)))
    return re.findall(r"<h3><a [^>]*>([^<]*)</a>", page)


def found(reader: Reader, **asked: str) -> Found:
    async def ask() -> Found:
        await reader.datasette.invoke_startup()
        return await find(reader.datasette.get_database("archive"), Asked(**asked), limit_ms=5000)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("dan van", ["Dân vận khéo"]),
        ("Đảng", ["Chi bộ Đảng"]),
        ("đang", ["Đang họp"]),
        ("dang -họp", ["Chi bộ Đảng"]),
        ("huyen uy", ["Huyện uỷ báo cáo", "Huyện ủy thông báo"]),
        ("Huyện uỷ", ["Huyện uỷ báo cáo", "Huyện ủy thông báo"]),
        ("Huyện ủy", ["Huyện uỷ báo cáo", "Huyện ủy thông báo"]),
        (normalize("NFD", "Huyện ủy"), ["Huyện uỷ báo cáo", "Huyện ủy thông báo"]),
        ('"vận khéo"', ["Dân vận khéo"]),
        ('"khéo vận"', []),
        ("khéo vận", ["Dân vận khéo"]),
    ],
)
def test_words_are_found_with_marks_exactly_and_without_marks_by_their_letters(
    shelf: Shelf, reader: Reader, query: str, expected: list[str]
) -> None:
    for day, headline in enumerate(
        ("Dân vận khéo", "Chi bộ Đảng", "Đang họp", "Huyện ủy thông báo", "Huyện uỷ báo cáo"), 1
    ):
        shelf.article(headline, "Nội dung.", day=f"2026-02-{day:02}")
    shelf.done()
    assert headlines(reader, q=query, order="newest") == expected


def test_newest_means_by_date_in_whatever_order_articles_came_in(shelf: Shelf, reader: Reader) -> None:
    for day in ("2024-05-06", "2026-01-02T08:00:00+07:00", "1999-12-31", None, "2026-01-02", "2206-01-01"):
        shelf.article(f"Tin {day}", "Một đoạn.", day=day)
    shelf.done()
    assert headlines(reader, q="tin", order="newest") == [
        "Tin 2206-01-01",  # a typing error: as old as when it was first seen, as is what has no date
        "Tin None",
        "Tin 2026-01-02T08:00:00+07:00",
        "Tin 2026-01-02",
        "Tin 2024-05-06",
        "Tin 1999-12-31",
    ]


def test_a_search_is_narrowed_by_site_section_author_time_and_status(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Tin một", "Họp.", day="2024-05-06", author="An", section="Xây dựng Đảng")
    shelf.article("Tin hai", "Họp.", day="2025-05-31T23:30:00+07:00", site="tinh_bien", author="Bình")
    shelf.article("Tin ba", "Họp xong.", day="2025-06-01", author="an", section=None)
    shelf.article("Tin bốn", "Họp nữa.", day="2026-01-01", status="removed", author=None)
    shelf.done()
    of = {
        ("site", "tinh_bien"): ["Tin hai"],
        ("section", "Xây dựng Đảng"): ["Tin một"],
        ("author", "An"): ["Tin một"],
        ("status", "removed"): ["Tin bốn"],
        ("status", "live"): ["Tin ba", "Tin hai", "Tin một"],
        ("since", "2025"): ["Tin bốn", "Tin ba", "Tin hai"],
        ("since", "2025-06"): ["Tin bốn", "Tin ba"],
        ("until", "2025-05-31"): ["Tin hai", "Tin một"],
        ("until", "2024"): ["Tin một"],
        ("until", "nothing"): ["Tin bốn", "Tin ba", "Tin hai", "Tin một"],
        ("site", "nowhere"): [],
    }
    for (name, value), expected in of.items():
        assert headlines(reader, q="họp", order="newest", **{name: value}) == expected, (name, value)
        if value not in ("nothing", "live"):
            assert headlines(reader, **{name: value}) == expected, "without words too"


def test_facets_count_what_is_found_and_lead_there_and_back(shelf: Shelf, reader: Reader) -> None:
    for n in range(3):
        shelf.article(f"Họp {n}", "Bàn.", site="tinh_bien", author="Lê <b>", day=f"202{n}-01-01")
    shelf.article("Họp riêng", "Bàn.", day=None)
    shelf.done()
    facets = found(reader, q="họp").facets
    assert facets["site"] == [("tinh_bien", 3), ("huyen_nui", 1)]
    assert facets["year"] == [("2026", 1), ("2022", 1), ("2021", 1), ("2020", 1)]
    shown = found(reader, q="họp", since="2026", until="2026")
    assert shown.count == 1, "a click finds as many as it says, with those that show no date"
    page = reader.text("/tim-kiem?q=họp")
    assert "<b>" not in page
    assert re.search(r'href="/tim-kiem\?q=[^"]*&amp;site=tinh_bien"[^>]*>Ban Dân vận Tỉnh ủy Ven Biển</a>', page)
    narrowed = reader.text("/tim-kiem?q=họp&site=tinh_bien&since=2021&until=2021")
    assert re.search(r'href="/tim-kiem\?q=h%E1%BB%8Dp&amp;since=2021&amp;until=2021" aria-label', narrowed)
    assert "Tìm thấy 1 bài" in narrowed
    english = reader.text("/tim-kiem?q=họp&lang=en")
    assert "4 articles found" in english
    assert "Narrow down" in english


def test_a_reprint_is_found_where_what_it_reprints_is_not(shelf: Shelf, reader: Reader) -> None:
    first = shelf.article("Thông báo", "Họp bàn.", day="2025-01-01", author="An")
    for n, site in enumerate(("tinh_bien", "tinh_bien", "huyen_nui"), 1):
        shelf.article(f"Đăng lại {n}", "Họp bàn.", day=f"2026-01-0{n}", site=site, author="Bình", same_text_as=first,
                      status="removed" if n == 2 else "live")  # fmt: skip
    shelf.done()
    assert headlines(reader, q="họp") == headlines(reader, since="2025") == ["Thông báo"], "each text once"
    assert headlines(reader, q="đăng lại") == ["Đăng lại 3"], "by a headline of its own"
    assert headlines(reader, q="họp", site="tinh_bien") == headlines(reader, site="tinh_bien") == ["Đăng lại 2"]
    assert headlines(reader, q="họp", status="removed") == headlines(reader, status="removed") == ["Đăng lại 2"]
    for words in ("họp", ""):
        everything = found(reader, q=words, since="2025")
        assert everything.count == 1
        for name, values in everything.facets.items():
            for value, count in values:
                narrowed = {"since": value, "until": value} if name == "year" else {"since": "2025", name: value}
                assert found(reader, q=words, **narrowed).count == count, f"a click finds as many as it says: {value}"


@pytest.mark.parametrize("day", ["2026-02-30", "30/02/2026", "2026-13", "10000", "nothing"])
def test_a_day_that_is_none_is_not_said_to_narrow_anything(shelf: Shelf, reader: Reader, day: str) -> None:
    shelf.article("Họp", "Bàn.", day="2020-01-01")
    shelf.done()
    page = reader.text(str(httpx.URL("/tim-kiem", params={"q": "họp", "since": day})))
    assert "Tìm thấy 1 bài" in page
    assert 'class="chosen"' not in page
    assert "since=" not in page.partition("<main")[2]


def test_the_form_of_days_keeps_the_year_that_was_clicked(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Họp", "Bàn.", day="2020-01-01")
    shelf.done()
    page = reader.text("/tim-kiem?q=họp&since=2020&until=2020-02")
    assert 'name="since" value="2020-01-01"' in page
    assert 'name="until" value="2020-02-29"' in page
    assert 'name="until" value=""' in reader.text("/tim-kiem?q=họp&since=2020")


@pytest.mark.parametrize("day", ["9999", "9999-12", "9999-12-31"])
def test_the_last_days_that_there_are_can_be_asked_for(shelf: Shelf, reader: Reader, day: str) -> None:
    shelf.article("Họp", "Bàn.", day="2020-01-01")
    shelf.done()
    assert headlines(reader, q="họp", since=day) == []
    assert headlines(reader, q="họp", until=day) == ["Họp"]


def test_the_years_are_offered_without_holes_and_a_status_in_the_readers_language(shelf: Shelf, reader: Reader) -> None:
    for n in range(12):
        for m in range(1 if n == 5 else 2):
            shelf.article(f"Họp {n} {m}", "Bàn.", day=f"{2010 + n}-01-01", status="suspect" if n == 1 else "live")
    shelf.done()
    assert [year for year, _ in found(reader, q="họp").facets["year"]] == [str(2021 - n) for n in range(12)]
    assert (
        '<a href="/tim-kiem?q=h%E1%BB%8Dp&amp;status=suspect&amp;lang=en" rel="nofollow" lang="en">possibly removed<'
        in (reader.text("/tim-kiem?q=họp&lang=en"))
    )


def test_the_reader_is_told_the_order_and_can_choose(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Chuyện khác", "Bàn về dân vận.", day="2026-02-02")
    shelf.article("Dân vận", "Dân vận, dân vận.", day="2020-01-01")
    shelf.done()
    t = labels.TEXTS["vi"]
    by_itself = reader.text("/tim-kiem?q=dân+vận")
    assert t["order_closest"] in by_itself
    assert 'order=newest"' in by_itself
    assert headlines(reader, q="dân vận") == ["Dân vận", "Chuyện khác"]
    assert headlines(reader, q="dân vận", order="newest") == ["Chuyện khác", "Dân vận"]
    assert t["order_newest"] in reader.text("/tim-kiem?q=dân+vận&order=newest")


def test_of_very_many_matches_only_the_newest_are_counted_and_ranked_and_the_reader_is_told(
    shelf: Shelf, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "WINDOW", 25)
    monkeypatch.setattr("monitor.web.search.WINDOW", 25)
    for n in range(30):
        shelf.article(f"Họp {n}", f"Bàn việc {n}.", day=f"2026-01-{30 - n:02}")
    shelf.done()
    page = reader.text("/tim-kiem?q=họp")
    assert "Tìm thấy hơn 25 bài" in page
    assert labels.TEXTS["vi"]["order_newest"] in page
    assert "Đếm trong 25 bài mới nhất" in page
    assert "Sát nhất trước, trong 25 bài mới nhất" in reader.text("/tim-kiem?q=họp&order=closest")
    last = reader.text("/tim-kiem?q=họp&order=newest&page=2")
    older = re.search(r'href="([^"]*until=2026-01-06[^"]*)"', last)
    assert older, "and goes on where it stopped"
    rest = reader.text(older[1].replace("&amp;", "&"))
    assert re.findall(r"<h3><a [^>]*>([^<]*)</a>", rest)[0] == "Họp 24"


@pytest.mark.parametrize("query", ODD, ids=lambda q: q[:12])
def test_odd_input_gives_results_or_a_kind_sentence_everywhere(odd_reader: Reader, query: str) -> None:
    part = query[:1500]  # an address of more than 64 kB is no client's
    asked = [
        ("/tim-kiem", {"q": query}),
        ("/tim-kiem", {"site": part, "section": part, "author": part, "status": part, "since": part}),
        ("/archive/articles.json", {"_search": query}),
        ("/archive/articles", {"_search": query, "_searchmode": "raw"}),
        ("/archive/search.json", {"q": query}),
        ("/archive.json", {"sql": "select vi_query(:q), vi_snippet(:q, :q)", "q": part}),
        ("/hoi/removed_this_month", {"month": query}),
        ("/hoi/most_cited", {"site": part, "since": part}),
    ]
    for path, parameters in asked:
        response = odd_reader.get(str(httpx.URL(path, params=parameters)))
        assert response.status_code == 200, (path, response.text[:300])


@settings(max_examples=25, deadline=None)
@given(st.text(st.sampled_from("ađ\"'-*^:(){}+,. \x00\u0301_ANDORNEAT1") | st.characters(codec="utf-8"), max_size=60))
def test_no_query_is_an_error(odd_reader: Reader, query: str) -> None:
    assert found(odd_reader, q=query).count >= 0
    assert found(odd_reader, q="một", author=query, since=query, status=query).count >= 0


def test_what_asks_for_nothing_is_answered_kindly(shelf: Shelf, reader: Reader) -> None:
    shelf.article("Một bài", "Một đoạn.")
    shelf.done()
    assert labels.TEXTS["vi"]["asks_nothing"] in reader.text("/tim-kiem?q=-xin")
    assert "200 ký tự đầu" in reader.text("/tim-kiem?q=" + "bài " * 100)
    nothing = reader.text("/tim-kiem?q=Đậu")
    assert "Không tìm thấy bài nào: Đậu" in nothing
    assert 'href="/tim-kiem?q=dau"' in nothing, "and offered without marks"


def test_a_search_that_takes_too_long_says_so(shelf: Shelf, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = "with recursive n(i) as (select 1 union all select i + 1 from n) select i, 1, 1, 1, 1, 1 from n"
    monkeypatch.setattr(finding, "_MATCHING", slow)
    reader.datasette._settings["sql_time_limit_ms"] = 20
    shelf.article("Một bài", "Một đoạn.")
    shelf.done()
    assert labels.TEXTS["vi"]["too_slow"] in reader.text("/tim-kiem?q=bài")


def test_datasettes_table_finds_the_same_within_the_newest(
    shelf: Shelf, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "WINDOW", 2)
    for n, headline in enumerate(("Đảng bộ", "Đang họp", "Đảng viên", "Đảng ủy"), 1):
        shelf.article(headline, "Xong.", day=f"2026-01-{n:02}")
    shelf.done()
    rows = reader.get("/archive/articles.json?_search=đảng&_shape=array").json()
    assert [row["headline"] for row in rows] == ["Đảng ủy", "Đảng viên"]
    page = reader.text("/archive/articles?_search=đảng")
    assert "the newest 2" in page
    assert 'value="đảng"' in page


class TestNumbers:
    """The numbers of the search index count in the order of dates."""

    NIGHT = "2026-03-01T19:00:00.000000Z"

    def test_a_day_is_a_span_of_numbers(self) -> None:
        number = place("2024-05-06T23:59:00+07:00", self.NIGHT)
        assert first_of(day_of(number)) <= number < first_of(day_of(number)) + (1 << 16)
        assert str(day_of(number)) == "2024-05-06"

    @given(
        st.lists(st.tuples(st.none() | st.datetimes().map(lambda d: d.isoformat()[:19]) | st.text(), st.just(NIGHT)))
    )
    def test_any_date_has_a_number_and_no_two_articles_the_same(self, dated: list[tuple[str | None, str]]) -> None:
        db = sqlite3.connect(":memory:")
        db.execute("CREATE TABLE articles (docid INTEGER UNIQUE)")
        for published, seen in dated:
            db.execute("INSERT INTO articles VALUES (?)", (free(db, place(published, seen)),))
        places = sorted(place(published, seen) for published, seen in dated)
        numbers = list(in_order(places))
        assert numbers == sorted(set(numbers))
        assert all(number >= at for number, at in zip(numbers, places, strict=True))
        db.close()

    def test_more_articles_of_one_minute_and_one_day_than_there_are_numbers_spill_over(self) -> None:
        db = sqlite3.connect(":memory:")
        db.execute("CREATE TABLE articles (docid INTEGER UNIQUE)")
        at = place("2024-05-06", self.NIGHT)
        for _ in range(60):
            db.execute("INSERT INTO articles VALUES (?)", (free(db, at),))
        assert db.execute("SELECT count(*) FROM articles WHERE docid >= ? AND docid < ?", (at, at + 60)).fetchone() == (
            60,
        )
        db.execute("INSERT INTO articles VALUES (?)", (at + (1 << 16) - 1,))
        assert free(db, at) == at + (1 << 16), "the next day's"
        db.close()
