"""When it was published: the date that stands with the article, never the page's clock; none rather than a guess."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.cms import generic_site
from crawler.datelines import date_line
from crawler.extract import Article, read
from crawler.site import Reading
from tests.test_extract import FIRST, LEAD, SECOND, SITE, portal

HEADLINE = "Bình An hiến đất mở đường giao thông nông thôn"
END = "<p>Lê Minh</p><p>Tin cùng chuyên mục</p><ul><li><a href=/1>Một tin khác của huyện ủy</a> (28/02/2024)</li></ul>"
TODAY = "Thứ sáu, ngày 1/3/2024"


def generic(html: str) -> Article:
    return read(f"<html><body>{html}</body></html>".encode(), "", generic_site("la.example")).article


def below(date: str, today: str = TODAY) -> Article:
    """The date below the headline."""
    return generic(f"<p>{today}</p><h1>{HEADLINE}</h1><p>{date}</p><p>{LEAD}</p><p>{FIRST}</p><p>{SECOND}</p>{END}")


def above(date: str, today: str = TODAY) -> Article:
    """The date above the headline, where pages have their clock too."""
    top = f"<p>{today}</p><p>Trang chủ</p><p>{date}</p><h1>{HEADLINE}</h1>"
    return generic(f"{top}<p>{LEAD}</p><p>{FIRST}</p><p>{SECOND}</p>{END}")


def lines(date: str, today: str = TODAY) -> Article:
    """A page of nothing but lines."""
    return generic("<div>" + "<br>".join([today, HEADLINE, date, LEAD, FIRST, SECOND, "Lê Minh"]) + "</div>")


def declared(date: str) -> Article:
    """The date in the element that a site declares."""
    page = portal(f"<p>{FIRST}</p><p>{SECOND}</p>", date="@").decode().replace("Ngày đăng @", date)
    return read(page.encode(), "https://thu.example/tin/-/view_content/77-x", SITE).article


#: As the sites print it, and what it says.
FORMS = (
    ("Thứ Bảy 16/09/2023 19:47", "2023-09-16T19:47:00+07:00"),
    ("21:15 19/11/2023", "2023-11-19T21:15:00+07:00"),
    ("26 Tháng Mười 2018 11:30:00 SA", "2018-10-26T11:30:00+07:00"),
    ("26 Tháng Mười 2018 11:30:00 CH", "2018-10-26T23:30:00+07:00"),
    ("20/07/2016 | 9:21 AM", "2016-07-20T09:21:00+07:00"),
    ("Ngày đăng 20/07/2016 | 9:21 AM | View count: 935", "2016-07-20T09:21:00+07:00"),
    ("09:47, 15/03/2021", "2021-03-15T09:47:00+07:00"),
    ("Thứ Hai, 11/07/2022 16:37", "2022-07-11T16:37:00+07:00"),
    ("16:37' 11/07/2022", "2022-07-11T16:37:00+07:00"),
    ("16:37 ngày 11-07-2022", "2022-07-11T16:37:00+07:00"),
    ("Cập nhật lúc 08:05, Thứ Hai, 05/02/2024 (GMT+7)", "2024-02-05T08:05:00+07:00"),
    ("Thứ tư - 20/07/2016 08:05 | Đã xem: 102", "2016-07-20T08:05:00+07:00"),
    ("12/25/2016 3:05:00 PM", "2016-12-25T15:05:00+07:00"),  # possible in American order only
    ("Chủ nhật, 24/07/2016 - 20:05", "2016-07-24T20:05:00+07:00"),
    ("20h05 ngày 20/07/2016", "2016-07-20T20:05:00+07:00"),
    ("Ngày gửi: 20/07/2016", "2016-07-20"),
    ("Được đăng: 20 Tháng 7 2016", "2016-07-20"),
    ("Đăng ngày 20/07/2016", "2016-07-20"),
    ("Ngày đăng: 20.07.2016", "2016-07-20"),
    ("Post date: 20/07/2016", "2016-07-20"),
    ("Wednesday, 20 July 2016 09:21", "2016-07-20T09:21:00+07:00"),
    ("Created: July 20, 2016", "2016-07-20"),
)


@pytest.mark.parametrize("page", [below, above, lines, declared])
@pytest.mark.parametrize(("shown", "iso"), FORMS)
def test_the_date_that_stands_with_the_article_is_its_date(
    shown: str, iso: str, page: Callable[[str], Article]
) -> None:
    assert page(shown).date_published == iso


@pytest.mark.parametrize("page", [below, lines, declared])
@pytest.mark.parametrize("shown", ["20/07/2016", "2016-07-20", "Ngày 20 tháng 7 năm 2016", "July 20, 2016"])
def test_a_bare_day_counts_below_the_headline_and_stays_a_day(shown: str, page: Callable[[str], Article]) -> None:
    assert page(shown).date_published == "2016-07-20"


#: A clock that nothing tells from the article's own date where both stand above the headline.
BARE = "01/03/2024"
CLOCKS = (
    *("Thứ sáu, ngày 1/3/2024", "Thứ sáu, 01-03-2024", "Thứ 6, Ngày 01 Tháng 03 Năm 2024", "Friday, 01/03/2024"),
    *("Hôm nay: 01/03/2024 08:15:22", "Hôm nay, Thứ Sáu 1/3/2024", "Bây giờ là: 08:15 | 01/03/2024"),
    *("08:15:22 Thứ Sáu, ngày 01/03/2024", "Thứ Sáu, 01/03/2024, 08:15 (GMT+7)", "01/03/2024 08:15:22", BARE),
    *("Hà Nội, thứ sáu ngày 1 tháng 3 năm 2024", "Chào mừng bạn, hôm nay là Thứ Sáu, ngày 01 tháng 03 năm 2024"),
)


@pytest.mark.parametrize("clock", CLOCKS)
def test_todays_date_is_never_the_articles_wherever_it_stands(clock: str) -> None:
    text = f"<p>{LEAD}</p><p>{FIRST}</p><p>{SECOND}</p>"
    header = f'<div id="header"><span class="date">{clock}</span></div><div><h2>{HEADLINE}</h2>{text}</div>'
    footer = f"<h1>{HEADLINE}</h1>{text}{END}<p>{clock}</p>"
    for found in (below("", clock), lines("", clock), generic(header), generic(footer)):
        assert found.headline == HEADLINE
        assert found.date_published is None


@pytest.mark.parametrize(
    ("page", "clock"),
    [(page, clock) for page in (below, lines, above) for clock in CLOCKS if (page, clock) != (above, BARE)],
)
def test_the_articles_date_is_found_whatever_clock_the_page_has(
    clock: str, page: Callable[[str, str], Article]
) -> None:
    assert page("21:15 19/11/2023", clock).date_published == "2023-11-19T21:15:00+07:00"


def test_a_bare_date_above_the_headline_may_be_the_clock_itself() -> None:
    assert above("21:15 19/11/2023", BARE).date_published is None
    assert above("19/11/2023 21:15", "Trang thông tin").date_published is None
    assert above("Ngày đăng: 19/11/2023 21:15", "Trang thông tin").date_published == "2023-11-19T21:15:00+07:00"


@pytest.mark.parametrize(
    ("shown", "iso"),
    [
        ("03/04/2016 3:05:00 PM", "2016-03-04T15:05:00+07:00"),
        ("12/25/2016 3:05:00 PM", "2016-12-25T15:05:00+07:00"),
        ("25/12/2016 3:05:00 PM", "2016-12-25T15:05:00+07:00"),
    ],
)
def test_a_site_in_american_order_is_read_so_where_that_is_possible(shown: str, iso: str) -> None:
    found = date_line(shown, Reading(date_order="mdy"))
    assert found is not None
    assert found.found.iso == iso


@pytest.mark.parametrize(
    ("shown", "iso"),
    [
        ("3/4/2016 3:05:00 PM", "2016-03-04T15:05:00+07:00"),  # as .NET writes it unless told otherwise
        ("3/4/2016 11:05:00 AM", "2016-03-04T11:05:00+07:00"),
        ("03/04/2016 03:05:00 PM", "2016-04-03T15:05:00+07:00"),  # whoever pads has chosen the order too
        ("3/4/2016 3:05 PM", "2016-04-03T15:05:00+07:00"),
        ("3/4/2016 3:05:00 CH", "2016-04-03T15:05:00+07:00"),
        ("25/4/2016 3:05:00 PM", "2016-04-25T15:05:00+07:00"),
        ("Chủ nhật, 3/4/2016 3:05:00 PM", "2016-04-03T15:05:00+07:00"),
    ],
)
def test_the_american_order_is_known_by_the_form_in_which_servers_write_it(shown: str, iso: str) -> None:
    found = date_line(shown, Reading())
    assert found is not None
    assert found.found.iso == iso


@pytest.mark.parametrize(
    "line", ["Tác giả sinh ngày 12/3/1960 tại Hà Nội", "Bởi vì ngày 12/3/1960", "Do Lan viết 12/3/1960"]
)
def test_a_day_in_a_line_of_the_text_dates_nothing(line: str) -> None:
    assert date_line(line, Reading()) is None


@pytest.mark.parametrize("beside", ["08:15", "8:15 sáng", "8h15"])
def test_a_time_on_the_next_line_belongs_to_the_day(beside: str) -> None:
    assert below(f"19/11/2023</p><p>{beside}").date_published == "2023-11-19T08:15:00+07:00"


@pytest.mark.parametrize("page", [below, declared])
@pytest.mark.parametrize(
    ("before", "section"),
    [
        ("Tin hoạt động - ", "Tin hoạt động"),
        ("TIN HOẠT ĐỘNG | ", "TIN HOẠT ĐỘNG"),
        ("Tin tức » Dân vận » ", "Dân vận"),
        ("l - ", None),
        ("Viết bởi admin, ", None),
        ("Người đăng: admin - ", None),
        ("Phạm Văn Linh | ", None),
        ("To Thu Ky - ", None),
        ("Tác giả: Lê Minh | ", None),
        ("Nguồn: Báo tỉnh - ", None),
        ("Lượt xem: 102 | ", None),
        ("102 lượt xem ", None),
        ("Thời gian: ", None),
        ("Wed, ", None),
        ("A- A A+ ", None),
        ("Trang chủ | ", None),
        ("Hải Dương, ngày ", None),
    ],
)
def test_what_stands_before_a_date_is_the_section_only_where_it_can_be_one(
    before: str, section: str | None, page: Callable[[str], Article]
) -> None:
    found = page(f"{before}20/07/2016 20:05")
    assert found.date_published == "2016-07-20T20:05:00+07:00"
    assert found.section == section


def test_where_a_site_says_that_this_is_the_date_any_words_may_stand_before_it() -> None:
    found = declared("Ngày ban hành: 20/07/2016")
    assert (found.date_published, found.section) == ("2016-07-20", None)
