"""Faults that a fresh reviewer found in the reading of pages: each is a promise, on a small page of our own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.cms import generic_site
from crawler.cms.generic import GENERIC
from crawler.datelines import date_line
from crawler.dates import find_dates
from crawler.extract import Article, read
from crawler.site import Reading, Selectors, Site

HEADLINE = "Xã Nà Khoang hoàn thành sửa nhà cho hộ nghèo trước mùa mưa"
ONE = "Chiều 4/3, xã Nà Khoang tổng kết đợt sửa nhà cho bốn mươi lăm hộ nghèo ở sáu thôn dọc bờ suối Cái."
TWO = "Mỗi tổ thợ do một đảng viên phụ trách, vật liệu được chở vào thôn từ tháng Giêng bằng xe của hợp tác xã."
THREE = "Bà Lò Thị Pánh, thôn Huổi Sưa, cho biết gia đình đã dọn về nhà mới và không còn lo nước tràn vào bếp."
FOOT = ["Chịu trách nhiệm nội dung: Lò Văn Tướng", "Địa chỉ: số 1 phố Chợ; Điện thoại: 0200 111 222"]
LIKE_LANDMARKS = [
    "Chịu trách nhiệm trước Ban Thường vụ về kết quả công tác.",
    "Cơ quan chủ quản có trách nhiệm bố trí đủ vật liệu cho các tổ thợ.",
    "Giấy phép xây dựng được cấp cho 45 hộ.",
    "Bản quyền tác phẩm thuộc về người dự thi.",
    "Địa chỉ: nhà văn hóa thôn Huổi Sưa",
    "Điện thoại: 0200 333 444",
    "Xem thêm: phụ lục ở cuối báo cáo",
    "Tổng truy cập vào chuyên trang của xã tăng gấp đôi.",
]


def declared() -> Site:
    site = generic_site("nakhoang.example")
    reading = Reading(selectors=Selectors(headline=("h1",), date=(".date",), body=(".body",)))
    return replace(site, family=GENERIC, reading=reading)


def article(
    *paragraphs: str, known: bool = True, behind: str = "", head: str = "", date: str = "05/03/2024"
) -> Article:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    inside = f"<h1>{HEADLINE}</h1><p class=date>{date}</p><div class=body>{body}{behind}</div>"
    page = f"<html><head><meta charset=utf-8>{head}</head><body><p>Trang chủ</p><div>{inside}</div></body></html>"
    site = declared() if known else generic_site("nakhoang.example")
    return read(page.encode(), "http://nakhoang.example/tin/7.html", site).article


@pytest.mark.parametrize("known", [True, False], ids=["declared", "nameless"])
@pytest.mark.parametrize("line", LIKE_LANDMARKS)
def test_a_paragraph_that_begins_like_a_landmark_ends_no_article(line: str, known: bool) -> None:
    assert article(ONE, line, TWO, THREE, known=known).paragraphs == (ONE, line, TWO, THREE)


@pytest.mark.parametrize("line", LIKE_LANDMARKS[:3])
def test_a_clause_that_begins_like_a_landmark_may_be_the_last_paragraph(line: str) -> None:
    assert article(ONE, TWO, line).paragraphs == (ONE, TWO, line)


@pytest.mark.parametrize("known", [True, False], ids=["declared", "nameless"])
def test_a_pages_foot_still_ends_the_article(known: bool) -> None:
    foot = [*FOOT, "Bản quyền thuộc về Đảng ủy xã Nà Khoang", "Tổng truy cập: 20.114"]
    assert article(ONE, TWO, *foot, known=known).paragraphs == (ONE, TWO)
    assert article(ONE, TWO, *foot[1:], known=known).paragraphs == (ONE, TWO)


def test_a_line_of_links_to_other_articles_still_ends_it() -> None:
    more = "<p>Xem thêm: <a href=/8>Huyện đoàn trồng ba nghìn cây keo đầu xuân</a></p>"
    assert article(ONE, TWO, behind=more).paragraphs == (ONE, TWO)


def test_whom_to_call_closes_a_notice_in_its_declared_container() -> None:
    contact = "Điện thoại: 0200 333 444; Email: vanphong@nakhoang.example"
    assert article(ONE, TWO, contact).paragraphs == (ONE, TWO, contact)
    signed = article(ONE, TWO, contact, "<b>Thu Trang</b>")
    assert (signed.author, signed.paragraphs) == ("Thu Trang", (ONE, TWO, contact))


def test_behind_the_author_an_address_is_the_pages_foot() -> None:
    signed = article(ONE, TWO, "<b>Thu Trang</b>", FOOT[1])
    assert (signed.author, signed.paragraphs) == ("Thu Trang", (ONE, TWO))


def test_a_foot_in_a_box_of_its_own_ends_the_article_whatever_it_tells() -> None:
    assert article(ONE, TWO, behind=f"<div><p>{FOOT[0]}</p><p>{THREE}</p></div>").paragraphs == (ONE, TWO)


@pytest.mark.parametrize("line", ["2023", "+ 12", "a", "Nguồn", "Liên hệ"])
def test_a_short_line_among_the_paragraphs_of_a_declared_body_is_text(line: str) -> None:
    assert article(ONE, line, TWO).paragraphs == (ONE, line, TWO)
    assert article(ONE, TWO, line).paragraphs == (ONE, TWO)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("5 Tháng Hai, 2024 lúc 3:04 chiều", "2024-02-05T15:04:00+07:00"),
        ("05/02/2024 3:04 CH", "2024-02-05T15:04:00+07:00"),
        ("05/02/2024 9:04 SA", "2024-02-05T09:04:00+07:00"),
        ("8 giờ tối 05/02/2024", "2024-02-05T20:00:00+07:00"),
        ("12:10 trưa 05/02/2024", "2024-02-05T12:10:00+07:00"),
        ("23-06-2020 16.45", "2020-06-23T16:45:00+07:00"),
        ("05/02/2024 08:15 Chiều 4/2, xã họp", "2024-02-05T08:15:00+07:00"),
    ],
)
def test_the_half_of_the_day_is_read(written: str, iso: str) -> None:
    assert find_dates(written)[0].iso == iso


def test_the_day_of_publishing_comes_before_that_of_a_change() -> None:
    dated = date_line("Ngày cập nhật: 14/12/2023 10:00 | Ngày đăng: 13/12/2023 08:00", Reading())
    assert dated is not None
    assert dated.found.iso == "2023-12-13T08:00:00+07:00"


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("Thứ Hai, 02/05/2024", "2024-02-05"),
        ("Thứ Năm, 02/05/2024", "2024-05-02"),
        ("Chủ nhật, 03/05/2024", "2024-05-03"),
        ("05/02/2024 (Thứ 2)", "2024-02-05"),
    ],
)
def test_a_weekday_decides_the_order_of_day_and_month_where_it_can(written: str, iso: str) -> None:
    assert find_dates(written)[0].iso == iso


def test_a_name_above_its_office_in_brackets_is_the_author_with_the_office() -> None:
    signed = article(ONE, TWO, "<b>Thu Trang</b>", "(Văn phòng Huyện ủy)")
    assert (signed.author, signed.paragraphs) == ("Thu Trang (Văn phòng Huyện ủy)", (ONE, TWO))


def test_a_place_on_the_right_is_no_author() -> None:
    assert article(ONE, TWO, behind="<p align=right>Hà Nội</p>").author is None


LINKED = (
    '<script type="application/ld+json">{"@type": "Article", "datePublished": "2024-03-05T07:45:00+07:00"}</script>'
)


def test_the_date_that_a_page_tells_machines_is_read_where_it_shows_none() -> None:
    assert article(ONE, TWO, THREE, head=LINKED, date="").date_published == "2024-03-05T07:45:00+07:00"
    timed = '<time datetime="2024-03-05T07:45:00+07:00">Hôm qua</time>'
    assert article(ONE, TWO, THREE, date=timed, known=False).date_published == "2024-03-05T07:45:00+07:00"


def test_the_time_of_another_article_dates_nothing() -> None:
    others = "<time datetime=2024-03-01>Bài một</time><time datetime=2024-03-02>Bài hai</time>"
    assert article(ONE, TWO, THREE, date=others).date_published is None
