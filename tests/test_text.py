"""Two texts that read the same are the same, and a search finds them with and without marks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import is_normalized, normalize
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import text

# Letters, marks and spaces that these pages mix, besides whatever Hypothesis finds by itself.
vietnamese = (
    st.text(st.sampled_from("aàáoòóọeèéuùúủyỳýỷăâêôơưđĐÐHTQhtqn .\u00a0\u0300\u0301\u0323\u0309\u200b\n\t-"))
    | st.text()
)


class TestClean:
    @pytest.mark.parametrize(
        ("raw", "cleaned"),
        [
            ("\ufeffMu\u0323c  ti\u00eau\u00a0\u00a0moi\u200b", "Mục tiêu moi"),
            ("  một\r\n\thai\u2028ba\u3000", "một hai ba"),
            ("kế\u00adhoạch", "kếhoạch"),
            ("a\x00b\x0bc\x1bd\ud800e\uffff", "ab cde"),
            ("\u202eĐảng\u202c", "Đảng"),
            ("e\u200b\u0301", "é"),
            ("", ""),
            (" \u00a0 ", ""),
        ],
    )
    def test_takes_away_what_nobody_sees(self, raw: str, cleaned: str) -> None:
        assert text.clean(raw) == cleaned

    @given(vietnamese)
    def test_leaves_nothing_to_clean(self, s: str) -> None:
        cleaned = text.clean(s)
        assert text.clean(cleaned) == cleaned
        assert is_normalized("NFC", cleaned)
        assert cleaned == " ".join(cleaned.split())

    @given(vietnamese)
    def test_leaves_nothing_that_xml_forbids(self, s: str) -> None:
        cleaned = text.clean(s)
        element = ElementTree.Element("p")
        element.text = cleaned
        assert (ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8")).text or "") == cleaned

    def test_does_not_copy_what_is_clean(self) -> None:
        s = "Hội nghị lần thứ hai – “tổng kết” năm 2023…"
        assert text.clean(s) is s


class TestCanonical:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("hoà bình", "hòa bình"),
            ("khoẻ", "khỏe"),
            ("thuỷ lợi", "thủy lợi"),
            ("Tỉnh uỷ", "Tỉnh ủy"),
            ("UỶ BAN", "ỦY BAN"),
            ("Uỷ ban", "Ủy ban"),
            ("Hoá, loà; goá. xoè!", "Hóa, lòa; góa. xòe!"),
            ("tuỳ-nghi thuý tuý", "tùy-nghi thúy túy"),
            ("hoạ doạ toạ ngoạ nhuỵ truỵ", "họa dọa tọa ngọa nhụy trụy"),
            ("HOÀ HoÀ hOà", "HÒA HòA hÒa"),
        ],
    )
    def test_puts_the_tone_on_the_first_vowel_of_an_open_cluster(self, old: str, new: str) -> None:
        assert text.canonical(old) == new
        assert text.canonical(normalize("NFD", old)) == new

    @pytest.mark.parametrize(
        "words",
        [
            "quý quà quỳ Quỷ giá giò",  # qu and gi are onsets
            "hoàn toàn thuyền khuỷu khuýu xoài hoặc ngoằn",  # closed
            "thuở huệ khuya việc của mùa múa",  # other clusters
            "Noé cioè Chloé Zoé aloès Citroën",
        ],
    )
    def test_leaves_every_other_syllable_and_foreign_words(self, words: str) -> None:
        assert text.canonical(words) == words

    def test_takes_eth_for_what_old_fonts_meant_by_it(self) -> None:
        assert text.canonical("\u00d0ảng bộ") == "Đảng bộ"

    @given(vietnamese)
    def test_is_idempotent_and_clean(self, s: str) -> None:
        once = text.canonical(s)
        assert text.canonical(once) == once == text.clean(once)

    @given(vietnamese)
    def test_changes_no_letter_but_its_tone(self, s: str) -> None:
        assert text.fold(text.canonical(s)) == text.fold(s)


class TestFold:
    @pytest.mark.parametrize(
        ("s", "folded"),
        [
            ("Đảng ỦY", "dang uy"),
            ("NGƯỜI Ơ Ê Ă Ặ", "nguoi o e a a"),
            ("kỷ luật — 2023", "ky luat — 2023"),
            ("", ""),
            ("한국 İ", "한국 i"),
        ],
    )
    def test_is_what_one_types_without_vietnamese_keys(self, s: str, folded: str) -> None:
        assert text.fold(s) == folded

    @given(vietnamese)
    def test_is_idempotent(self, s: str) -> None:
        assert text.fold(text.fold(s)) == text.fold(s)


class TestSlugify:
    def test_reads_like_the_headline(self) -> None:
        assert text.slugify("Đảng uỷ xã Hoà Bình: “Tổng kết” năm 2023!") == "dang-uy-xa-hoa-binh-tong-ket-nam-2023"

    def test_is_cut_between_words(self) -> None:
        assert text.slugify("một hai ba", limit=9) == "mot-hai"
        assert text.slugify("một hai ba", limit=7) == "mot-hai"
        assert text.slugify("nghiêng", limit=4) == "nghi"

    @given(vietnamese, st.integers(1, 30))
    def test_is_safe_in_any_url(self, s: str, limit: int) -> None:
        slug = text.slugify(s, limit)
        assert len(slug) <= limit
        assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert not slug.startswith("-")
        assert not slug.endswith("-")


def test_words_are_counted_as_vietnamese_counts_them() -> None:
    assert text.word_count("Kết luận số 44-KL/TW – (ngày 14/11) …") == 6
    assert text.word_count("") == 0


@dataclass(frozen=True)
class Picture:
    url: str


class TestDigests:
    def test_a_text_is_named_by_its_bytes(self) -> None:
        assert text.text_digest("a").startswith("sha256:ca978112ca1bbdca")
        assert len(text.text_digest("Đảng")) == len("sha256:") + 64

    def test_content_is_the_same_whoever_saved_it(self) -> None:
        one = text.content_digest("Tỉnh uỷ họp", ["Hoà bình.", "Sức khoẻ là vàng."])
        assert one == text.content_digest("Tỉnh ủy  họp", [normalize("NFD", "Hoà bình. Sức khỏe"), "là\u00a0vàng."])
        assert one.startswith("c1:")

    @pytest.mark.parametrize(
        ("headline", "paragraphs"),
        [
            ("tỉnh uỷ họp", ["Hoà bình."]),
            ("Tỉnh uỷ họp", ["Hoà bình!"]),
            ("Tỉnh uỷ", ["họp", "Hoà bình."]),
            (None, ["Tỉnh uỷ họp", "Hoà bình."]),
        ],
    )
    def test_content_differs_when_a_word_or_the_headline_does(
        self, headline: str | None, paragraphs: list[str]
    ) -> None:
        assert text.content_digest(headline, paragraphs) != text.content_digest("Tỉnh uỷ họp", ["Hoà bình."])

    def test_a_reading_is_every_field_in_any_order(self) -> None:
        one = text.reading_digest({"author": "Hòa", "images": (Picture("a"),), "date": None})
        assert one == text.reading_digest({"date": None, "images": [{"url": "a"}], "author": "Hòa"})
        assert one != text.reading_digest({"author": "Hoà", "images": (Picture("a"),), "date": None})
        assert one.startswith("r1:")

    def test_a_reading_of_something_unwritable_is_refused(self) -> None:
        with pytest.raises(TypeError, match="no place in a reading digest"):
            text.reading_digest({"x": object()})


@given(st.text(max_size=200))
def test_word_by_word_the_search_forms_are_those_of_the_whole(s: str) -> None:
    assert text.search_forms(s) == (text.exact_form(s), text.folded_form(s))


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE f USING fts5(exact, folded, tokenize = 'unicode61 remove_diacritics 0')")
    for row, body in enumerate(("Đảng uỷ thi hành kỷ luật", "Việc đang làm, số 44-KL/TW", "Thủy lợi Hòa Bình"), 1):
        connection.execute(
            "INSERT INTO f(rowid, exact, folded) VALUES (?, ?, ?)", (row, text.exact_form(body), text.folded_form(body))
        )
    yield connection
    connection.close()


def matches(index: sqlite3.Connection, typed: str) -> list[int]:
    query = text.match_query(typed)
    return [row for (row,) in index.execute("SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid", (query,))]


class TestMatchQuery:
    @pytest.mark.parametrize(
        ("typed", "rows"),
        [
            ("dang", [1, 2]),
            ("Đảng", [1]),
            ("ĐANG", [2]),
            ("dang -Đảng", [2]),
            ('dang -"ky luat"', [2]),
            ("đảng ủy", [1]),
            ("thuỷ lợi", [3]),
            ("“hoà bình”", [3]),
            ('"bình hoà"', []),
            ("44-KL/TW", [2]),
            ("kl tw -44", []),
            (normalize("NFD", "kỷ"), [1]),
            ("kỷ* AND", []),
            ('"đảng', [1]),
        ],
    )
    def test_finds_what_was_meant(self, index: sqlite3.Connection, typed: str, rows: list[int]) -> None:
        assert matches(index, typed) == rows

    @pytest.mark.parametrize("typed", ["", " ", '"', '""""', "-", "--", "***", "-dang", '-"đảng"', "( ) ^ : + {}"])
    def test_is_empty_when_nothing_is_asked_for(self, typed: str) -> None:
        assert text.match_query(typed) == ""

    @given(st.text(st.sampled_from("ađ\"'-*^:(){}+,. \x00\u0301_ANDORNEAT")) | st.text())
    def test_is_never_a_syntax_error(self, index: sqlite3.Connection, typed: str) -> None:
        if text.match_query(typed):
            matches(index, typed)

    @pytest.mark.parametrize("piece", ["a ", "đ", '"', "-a ", '"a" ', "x-", "đa -", "\u0301a ", "w%d "])
    def test_survives_ten_thousand_characters(self, index: sqlite3.Connection, piece: str) -> None:
        typed = "".join(piece.replace("%d", str(i)) for i in range(10_000))
        if text.match_query(typed):
            matches(index, typed)


def test_shingles_are_the_same_numbers_on_every_machine() -> None:
    assert text.shingles("Một hai ba.") == {125458642778235}
    assert text.shingles("Một hai") == text.shingles("") == frozenset()
    assert len(text.shingles("một hai ba bốn một hai ba")) == 4
    assert all(0 <= n < 2**47 for n in text.shingles(" ".join(map(str, range(500)))))


def test_case_punctuation_and_the_place_of_tone_marks_are_no_difference_and_marks_are_one() -> None:
    one = text.shingles("Huyện uỷ họp,\n\nbàn “Dân vận khéo”; ký 05-CT/TW")
    assert one == text.shingles("HUYỆN ỦY HỌP BÀN\u00a0dân vận khéo – KÝ 05-CT/TW.")
    assert text.overlap(text.shingles("Đảng bộ huyện"), text.shingles("đang bộ huyện")) == 0


@given(st.text(), st.text())
def test_overlap_is_between_nothing_and_all_and_the_same_from_both_sides(one: str, other: str) -> None:
    a, b = text.shingles(one), text.shingles(other)
    assert 0 <= text.overlap(a, b) == text.overlap(b, a) <= 1
    assert text.overlap(a, a) == (1 if a else 0)
