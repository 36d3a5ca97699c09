"""Every document that an article cites by number is found, under one name, and none is invented."""

from __future__ import annotations

import json
import time
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import urls
from crawler.citations import LONGEST, MOST, Citation, find_citations
from crawler.extract import read
from crawler.text import clean
from crawler.warc import Capture, read_captures
from spiders.sotttt_hanoi import SITE

LABELS: dict[str, list[dict[str, str | None]]] = json.loads(
    (Path(__file__).parent / "data" / "citations.json").read_text(encoding="utf-8")
)


def documents(text: str) -> list[str]:
    return [citation.document for citation in find_citations(text)]


class TestOneCitation:
    def test_says_kind_number_day_and_issuer_as_written(self) -> None:
        said = "Nghị quyết số 25-NQ/TW ngày 03/6/2013 của Ban Chấp hành Trung ương khóa XI"
        assert find_citations(f"Tổng kết 10 năm thực hiện {said} về công tác dân vận.") == [
            Citation(
                document="Nghị quyết 25-NQ/TW",
                kind="Nghị quyết",
                number="25-NQ/TW",
                issuer="Ban Chấp hành Trung ương khóa XI",
                date="2013-06-03",
                text=said,
            )
        ]

    @pytest.mark.parametrize(
        ("text", "document"),
        [
            ("Kết luận số 43-KL/TW", "Kết luận 43-KL/TW"),
            ("triển khai Đề án 02 ở xã", "Đề án 02"),
            ("Kế hoạch số 29-KH/ĐUK", "Kế hoạch 29-KH/ĐUK"),
            ("NQ số 25-NQ/TW", "Nghị quyết 25-NQ/TW"),
            ("học tập Chỉ thị 05 gắn với nêu gương", "Chỉ thị 05"),
            ("chương trình 02 của Thành ủy", "Chương trình 02"),
            ("Chương trình hành động số 35-CTr/TU", "Chương trình 35-CTr/TU"),
            ("Nghị quyết 30a của Chính phủ", "Nghị quyết 30a"),
            ("Luật số 80/2015/QH13", "Luật 80/2015/QH13"),
            ("Luật Ban hành văn bản quy phạm pháp luật số 80/2015/QH13", "Luật 80/2015/QH13"),
            ("Nghị quyết số 15/2008/QH 12 của Quốc hội", "Nghị quyết 15/2008/QH12"),
            ("Nghị định 04/2015/NĐ-CP", "Nghị định 04/2015/NĐ-CP"),
            ("Nghị định 90/2013 quy định", "Nghị định 90/2013"),
            ("Công văn số 123/UBND-VX", "Công văn 123/UBND-VX"),
            ("Thông tư liên tịch số 03/2015/TTLT-BTP-BNV", "Thông tư liên tịch 03/2015/TTLT-BTP-BNV"),
            ("Hướng dẫn số 12a-HD/BTGTU", "Hướng dẫn 12a-HD/BTGTU"),
            ("Quy định số 98-QĐi/TU", "Quy định 98-QĐi/TU"),
            ("về công tác dân vận (số 25-NQ/TW)", "Nghị quyết 25-NQ/TW"),
            ("theo tinh thần 43-KL/TW", "Kết luận 43-KL/TW"),
            ("Bộ luật Lao động số 45/2019/QH14", "Bộ luật 45/2019/QH14"),
            ("Bộ Luật Dân sự số 91/2015/QH13", "Bộ luật 91/2015/QH13"),
            ("Thông báo kết luận số 160-TB/TW", "Thông báo 160-TB/TW"),
            ("Thông báo Kết luận số 43-KL/TW", "Kết luận 43-KL/TW"),
            ("Kết luận số 160-TB/TW của Ban Bí thư", "Thông báo 160-TB/TW"),
            ("Thông báo kết luận số 160 của Ban Bí thư", "Thông báo 160"),
        ],
    )
    def test_is_found_in_every_form_these_articles_use(self, text: str, document: str) -> None:
        assert documents(text) == [document]

    @pytest.mark.parametrize(
        "text",
        [
            *("Chỉ thị 21–CT/TW", "Chỉ thị số 21 — CT/TW", "chỉ thị số: 21-ct/tw", "CHỈ THỊ SỐ 21-CT/TW"),
            *("Chỉ thị 21- CT /TW", "Chỉ thị\u00a0số\u00a021-CT/TW", "Chỉ thị 21/CT-TW", "Chỉ thị 21-CT-TW"),
            *("CT 21-CT/TW", "Chỉ thị số 21-CT/TƯ", "Chỉ thị số 21-CT/T.Ư", "Chỉ thị 21 CT/TW", "Chỉ thị 21CT/TW"),
            *("Chỉ thị số 21 ndash; CT/TW", "Chỉ thị số 21-CT/TWcủa Ban Bí thư", "số 21-CT/TW"),
            *(f"chỉ thị số 21{dash}CT/TW" for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"),
            normalize("NFD", "Chỉ thị số 21-CT/TW"),
        ],
    )
    def test_has_one_name_however_it_is_written(self, text: str) -> None:
        assert documents(text) == ["Chỉ thị 21-CT/TW"]

    @pytest.mark.parametrize("text", ["Ðề án 5-ÐA/TU", "đề án số 05-ĐA/TU", "Đề án 05 – ĐA/TU"])
    def test_has_two_digits_and_a_stroke_through_its_d(self, text: str) -> None:
        assert documents(text) == ["Đề án 05-ĐA/TU"]

    @pytest.mark.parametrize(
        ("text", "date"),
        [
            ("Quyết định số 218-QĐ/TW, ngày 12/12/2013 của Bộ Chính trị", "2013-12-12"),
            ("Chỉ thị 05-CT/TW ngày 15 tháng 5 năm 2016 của Bộ Chính trị", "2016-05-15"),
            ("Kết luận 06-KL/TW (ngày 10-6-2021) của Ban Bí thư", "2021-06-10"),
            ("Kết luận 06-KL/TW ngày 10/6 của Ban Bí thư", None),
            ("Kết luận 06-KL/TW năm 2021 của Ban Bí thư", None),
            ("Kết luận 06-KL/TW ngày 31/02/2021 của Ban Bí thư", None),
            ("Kết luận 06-KL/TW ngày 5/13/2021 của Ban Bí thư", None),
            ("Kết luận 06-KL/TW ngày 13/5/2021 của Ban Bí thư", "2021-05-13"),
            ("Kết luận 06-KL/TW ngày 10\u20116\u20112021 của Ban Bí thư", "2021-06-10"),
            ("Kết luận 06-KL/TW được quán triệt ngày 12/12/2021", None),
        ],
    )
    def test_has_a_date_only_where_a_whole_day_stands_with_it(self, text: str, date: str | None) -> None:
        assert [citation.date for citation in find_citations(text)] == [date]

    @pytest.mark.parametrize(
        ("behind", "issuer"),
        [
            ("của Ban Bí thư về công tác dân vận", "Ban Bí thư"),
            ("của Bộ Chính trị (khoá IX) về tăng cường", "Bộ Chính trị (khoá IX)"),
            ("của Bộ Chính trị ( khoá X ) về tăng cường", "Bộ Chính trị ( khoá X )"),
            ("của BTV Huyện uỷ thực hiện", "BTV Huyện uỷ"),
            ("của Chủ tịch UBND thành phố Hà Nội về việc", "Chủ tịch UBND thành phố Hà Nội"),
            ("của Sở Lao động - Thương binh và Xã hội và các sở", "Sở Lao động - Thương binh và Xã hội"),
            ("của Đảng ủy khối các cơ quan Thành phố ban hành", "Đảng ủy khối các cơ quan Thành phố"),
            ("của Ban Chỉ đạo 35 Thành ủy", "Ban Chỉ đạo 35 Thành ủy"),
            ("của Thủ tướng Chính phủ phê duyệt", "Thủ tướng Chính phủ"),
            ("của Chính phủ và Chỉ thị", "Chính phủ"),
            ("của chúng ta", None),
            (f"của Ban {'A' * 400}", None),
            ("về công tác dân vận của Đảng", None),
        ],
    )
    def test_has_the_issuer_cut_where_the_name_ends(self, behind: str, issuer: str | None) -> None:
        [citation] = find_citations(f"Quyết định số 12 ngày 05/01/2020 {behind}")
        assert citation.issuer == issuer

    def test_of_the_centre_is_not_given_to_the_committee_that_carries_it_out(self) -> None:
        [citation] = find_citations("kế hoạch thực hiện Chỉ thị số 05-CT/TW của Tỉnh ủy Lâm Đồng")
        assert (citation.issuer, citation.text) == (None, "Chỉ thị số 05-CT/TW")

    @pytest.mark.parametrize("day", ["31/02/2021", "5/13/2021"])
    def test_keeps_its_issuer_behind_a_day_that_never_was(self, day: str) -> None:
        [citation] = find_citations(f"Kết luận 06-KL/TW ngày {day} của Ban Bí thư")
        assert citation.issuer == "Ban Bí thư"

    @pytest.mark.parametrize("text", ["Chỉ thị của Ban Bí thư số 21-CT/TW", "Chỉ thị của Ban Bí thư (số: 21-CT/TW"])
    def test_may_have_its_issuer_before_its_number(self, text: str) -> None:
        [citation] = find_citations(f"Thực hiện {text}.")
        assert (citation.document, citation.issuer, citation.text) == ("Chỉ thị 21-CT/TW", "Ban Bí thư", text)


class TestEnumerations:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("các Nghị quyết số 18-NQ/TW và 19-NQ/TW", ["Nghị quyết 18-NQ/TW", "Nghị quyết 19-NQ/TW"]),
            ("Quyết định 217 và 218", ["Quyết định 217", "Quyết định 218"]),
            ("Quy định số 217, 218 - QĐ/TW", ["Quy định 217-QĐ/TW", "Quy định 218-QĐ/TW"]),
            ("Chỉ thị số 10, số 11 và số 12", ["Chỉ thị 10", "Chỉ thị 11", "Chỉ thị 12"]),
            ("Chỉ thị 05, 15 đảng viên", ["Chỉ thị 05"]),
            ("Chỉ thị 05 và 03 Chương trình công tác", ["Chỉ thị 05"]),
            ("Kết luận số 43-KL/TW, 25-NQ/TW", ["Kết luận 43-KL/TW", "Nghị quyết 25-NQ/TW"]),
        ],
    )
    def test_are_each_document_by_itself(self, text: str, found: list[str]) -> None:
        assert documents(text) == found

    def test_share_their_issuer_but_no_date(self) -> None:
        text = "Nghị quyết số 18-NQ/TW và 19-NQ/TW ngày 25/10/2017 của Bộ Chính trị"
        found = find_citations(f"Thực hiện {text}.")
        assert [c.date for c in found] == [None, "2017-10-25"]
        assert {c.issuer for c in found} == {"Bộ Chính trị"}
        assert [c.text for c in found] == ["Nghị quyết số 18-NQ/TW", "19-NQ/TW ngày 25/10/2017 của Bộ Chính trị"]

    def test_of_any_length_leave_no_more_than_so_many_short_places(self) -> None:
        text = "Nghị quyết số " + ", ".join(f"{n}-NQ/TW" for n in range(1, 4000))
        found = find_citations(text)
        assert len(found) == MOST
        assert [c.text for c in found[:3]] == ["Nghị quyết số 1-NQ/TW", "2-NQ/TW", "3-NQ/TW"]
        assert len(find_citations(text.replace(", ", "; Nghị quyết "))) == MOST
        assert len(find_citations("Nghị quyết Trung ương 1, 2, 3 khóa X, XI, XII. " * 1000)) == MOST


class TestPlenums:
    @pytest.mark.parametrize(
        "text",
        [
            *("Nghị quyết Trung ương 4 khóa XII", "Nghị quyết Trung ương 4 (khoá XII)", "NQTW 4 (khóa 12)"),
            *(
                "Nghị quyết TW4 khóa XII",
                "nghị quyết Hội nghị Trung ương 4, khóa XII",
                "Nghị quyết Trung ương IV khóa XII",
            ),
            "Nghị quyết Hội nghị lần thứ tư Ban Chấp hành Trung ương Đảng (khóa XII)",
            "Nghị quyết Hội nghị lần thứ 4, Ban chấp hành Trung ương Đảng Khóa XII",
        ],
    )
    def test_go_by_their_number_and_term(self, text: str) -> None:
        assert documents(text) == ["Nghị quyết Trung ương 4 khóa XII"]

    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ("NQTW 4 (khóa XI, XII)", ["4 khóa XI", "4 khóa XII"]),
            ("Nghị quyết Trung ương 4 khóa XI, khóa XII", ["4 khóa XI", "4 khóa XII"]),
            ("Nghị quyết TW 3, TW 4 và TW 5 khóa XI", ["3 khóa XI", "4 khóa XI", "5 khóa XI"]),
            ("Nghị quyết 4, 5 Ban Chấp hành Trung ương (khóa XI)", ["4 khóa XI", "5 khóa XI"]),
            ("Nghị quyết Trung ương 6 và Trung ương 7 cho cán bộ", ["6", "7"]),
            ("kiểm điểm theo Nghị quyết Trung ương 4.", ["4"]),
        ],
    )
    def test_of_several_numbers_or_terms_are_several_documents(self, text: str, numbers: list[str]) -> None:
        assert documents(text) == [f"Nghị quyết Trung ương {n}" for n in numbers]

    @pytest.mark.parametrize(
        "text",
        [
            "Hội nghị Trung ương 4 khóa XII",
            "Nghị quyết Đại hội lần thứ XII của Đảng",
            "Nghị quyết Hội nghị lần thứ năm Công đoàn",
            "Nghị quyết Trung ương 5 năm qua",
        ],
    )
    def test_are_not_congresses_nor_meetings(self, text: str) -> None:
        assert documents(text) == []

    def test_have_no_local_issuer(self) -> None:
        [citation] = find_citations("kế hoạch thực hiện Nghị quyết Trung ương 4 (khóa XII) của Thành ủy")
        assert (citation.issuer, citation.text) == (None, "Nghị quyết Trung ương 4 (khóa XII)")


@pytest.mark.parametrize(
    "text",
    [
        *("họp ngày 3/6, ngày 12/12/2013", "năm 2018", "tỷ lệ 3/4", "giai đoạn 2020 - 2025", "Đề án 1 tỷ đồng"),
        *("Kế hoạch 5 năm 2021-2025", "KẾ HOẠCH 5 NĂM", "Kế hoạch 2018", "Kế hoạch 3/2019", "Kế hoạch 2016-2020"),
        *("Chương trình 135", "Chương trình 30a", "Luật 2013", "văn bản 3 trang", "Nghị quyết 2 tỷ", "đề án 1,5 triệu"),
        *("hướng dẫn 05 đơn vị", "Kết luận 05 nội dung", "thông báo số điện thoại 0912345678", "quyết định 3 vấn đề"),
        *("công văn số 0912345678", "gọi 024.3736.1234", "dịch Covid-19/TW", "Đoàn kiểm tra số 03 của Thành ủy", ""),
        *("Cụm thi đua số 2", "lương cơ bản số 05-A", "Quyết định\n\n217 của Bộ Chính trị", "Chương trình 12.000 suất"),
    ],
)
def test_dates_amounts_and_numbers_of_other_things_are_no_citations(text: str) -> None:
    assert documents(text) == []


def test_citations_come_in_the_order_of_the_text() -> None:
    text = "Kết luận 43-KL/TW\n\nNghị quyết 25-NQ/TW; Đề án 02.\n\nKết luận 43-KL/TW"
    assert documents(text) == ["Kết luận 43-KL/TW", "Nghị quyết 25-NQ/TW", "Đề án 02", "Kết luận 43-KL/TW"]


pieces = st.sampled_from(
    [
        *("Nghị quyết", "nghị quyết", "NQ", "NQTW", "Kết luận", "CHỈ THỊ", "Luật", "luật", "Quyết định", "số", "Số:"),
        *("4", "05", "25", "217", "2015", "/2015/", "/", "-", " – ", "NQ", "QH13", "TW", "TƯ", "T.Ư", "Trung ương"),
        *("lần thứ", "tư", "IIII", "XX", "IV", "khóa", "XII", "(khóa XI, XII)", ",", ";", "và", "của", "Bộ Chính trị"),
        *("Ban Chấp hành", "Hà Nội", "ngày", "12/12/2013", "31/2/2013", "(", ")", "\n\n", "\0", "\u00a0", "ſố", "haı"),
        *("Sắc lệnh", "ſắc lệnh", "ndash;", "về", "%", "tỷ"),
    ]
)
texts = st.lists(pieces | st.sampled_from(" "), max_size=40).map("".join) | st.text()
spaced = st.lists(pieces, max_size=30).map(" ".join)


@given(texts | spaced)
def test_what_is_found_stands_in_the_text(text: str) -> None:
    paragraphs = [clean(paragraph) for paragraph in text.split("\n\n")]
    for citation in find_citations(text):
        assert any(citation.text in paragraph for paragraph in paragraphs)
        assert citation.issuer is None or any(citation.issuer in paragraph for paragraph in paragraphs)
        assert len(citation.text) <= LONGEST
        assert citation.document == f"{citation.kind} {citation.number}"


@given(texts | spaced)
def test_decomposed_text_cites_the_same(text: str) -> None:
    assert find_citations(normalize("NFD", text)) == find_citations(normalize("NFC", text)) == find_citations(text)


@given(spaced)
def test_a_document_is_found_again_under_its_own_name(text: str) -> None:
    for citation in find_citations(text):
        if "/" in citation.number and citation.number[-1].isalpha():
            assert citation.document in documents(citation.document)


@pytest.mark.parametrize(
    "unit",
    [
        *("Nghị quyết ", "Nghị quyết 1, 2, ", "Nghị quyết Trung ương 4, 5, ", "lần thứ tư ", "NQTW 4 (khóa XI, XII, "),
        *("số 1-", "25-NQ/", "1-A", "1/2015/", "Luật ", "Luật a số 1/2015/QH", "của Ban Chấp hành ", "(", "1"),
        *("Nghị quyết số 25-NQ/TW của Ban Chấp hành Trung ương ", "Chỉ thị 05 ngày 12/12/2013, ", "\u0301a"),
        *("1-NQ/TW, ", "Chỉ thị của Ban Bí thư số 21-CT/", "Nghị quyết 1 của A", "kế hoạch 1, 2, ", "Bộ luật ", "A"),
        *("Bộ luật số 1/2015/QH", " của ", "số 1-NQ/TW của ", "Nghị quyết Trung ương 4, khóa XI, "),
    ],
)
def test_a_hostile_text_takes_no_longer_than_its_length(unit: str) -> None:
    text = (unit * (400_000 // len(unit) + 1))[:400_000]
    begun = time.thread_time()
    find_citations(text)
    assert time.thread_time() - begun < 2, "0.8 s on the machine it was written on"


@pytest.fixture(scope="module")
def corpus(shared: Path) -> dict[str, str]:
    """Headline and text of the labelled articles, by the id that the CMS gives them."""
    found: dict[str, str] = {}
    for capture in read_captures(shared / "corpus" / "sotttt-hanoi-party.warc.gz"):
        cms_id = isinstance(capture, Capture) and urls.cms_id(capture.url, SITE.urls)
        if isinstance(capture, Capture) and cms_id in LABELS and cms_id not in found:
            article = read(capture.payload, capture.url, SITE).article
            found[str(cms_id)] = "\n\n".join((article.headline or "", *article.paragraphs))
    return found


@pytest.mark.shared
def test_the_labelled_articles_are_read_as_somebody_read_them(corpus: dict[str, str]) -> None:
    """197 articles, 375 citations, labelled by reading before the finder had seen them.

    The rules were written after 170 of these had been read. On the next 123 they first had precision 0.98 and recall
    0.93, on the last 82, after mending, 0.98 and 0.96; then those were mended too.
    """
    assert set(LABELS) <= set(corpus)
    labelled = found = common = 0
    right: dict[str, int] = dict.fromkeys(("issuer", "date", "text"), 0)
    for cms_id, wanted in LABELS.items():
        citations = find_citations(corpus[cms_id])
        names = [f"{label['kind']} {label['number']}" for label in wanted]
        matcher = SequenceMatcher(None, names, [c.document for c in citations], autojunk=False)
        labelled, found = labelled + len(wanted), found + len(citations)
        for block in matcher.get_matching_blocks():
            common += block.size
            for i in range(block.size):
                label, citation = wanted[block.a + i], citations[block.b + i]
                for field in right:
                    right[field] += label[field] == getattr(citation, field)
    assert labelled >= 150
    assert common / found >= 0.97, f"precision: {common} of {found}"
    assert common / labelled >= 0.97, f"recall: {common} of {labelled}"
    assert all(count / common >= 0.97 for count in right.values()), right


BBT = "Ban Bí thư"
BTV = "Ban Thường vụ Tỉnh ủy"
SEEDS: dict[str, list[tuple[str, str | None, str | None]]] = {
    "hai_duong": [
        ("Kết luận 44-KL/TW", "Ban Bí thư Trung ương Đảng", "2022-11-14"),
        ("Chỉ thị 43-CT/TW", "Ban Bí thư khóa X", None),
        ("Kết luận 58-KL/TW", BBT, "2023-06-23"),
        ("Kết luận 54-KL/TW", BBT, "2023-05-09"),
        ("Quyết định 99-QĐ/TW", BBT, "2017-10-03"),
        ("Chỉ thị 21-CT/TW", "Ban Bí thư (khoá XII)", "2018-01-20"),
        ("Quyết định 218-QĐ/TW", "Bộ Chính trị khóa XI", "2013-12-12"),
        ("Nghị quyết 25-NQ/TW", "Ban Chấp hành Trung ương Đảng khóa XI", "2013-06-03"),
        ("Kết luận 43-KL/TW", BBT, "2019-01-07"),
        ("Nghị quyết 25-NQ/TW", None, None),
        ("Chỉ thị 29-CT/TU", BTV, "2018-05-31"),
        ("Quy chế 03-QC/TU", BTV, "2021-03-18"),
        ("Nghị quyết 09-NQ/TW", "Bộ Chính trị (khóa IX)", None),
        ("Quy chế 03-QC/TU", BTV, "2021-03-18"),
    ],
    "quang_binh": [
        ("Nghị quyết 25-NQ/TW", "Ban Chấp hành Trung ương khóa XI", "2013-06-03"),
        ("Kết luận 43-KL/TW", BBT, "2019-01-07"),
        ("Quyết định 218-QĐ/TW", None, None),
        ("Chỉ thị 21-CT/TW", BBT, "2018-01-20"),
        ("Nghị quyết 10-NQ/TU", BTV, "2020-04-09"),
    ],
    "lam_binh": [],
    "binh_thanh": [],
    "tuyen_quang": [
        ("Đề án 02", "BTV Tỉnh uỷ", "2021-05-23"),
        ("Kế hoạch 42", "BTV Huyện uỷ", "2021-07-07"),
        ("Đề án 02", "BTV Tỉnh uỷ", "2021-05-23"),
    ],
}


@pytest.mark.shared
@pytest.mark.parametrize("slug", SEEDS)
def test_a_seed_cites_these_documents_and_no_others(slug: str, shared: Path) -> None:
    seed: dict[str, Any] = json.loads((shared / "seeds" / "gold.json").read_text(encoding="utf-8"))[slug]
    found = find_citations("\n\n".join((seed["headline"], *seed["paragraphs"])))
    assert [(c.document, c.issuer, c.date) for c in found] == SEEDS[slug]
