"""Every date form of these sites is read, in Viet Nam's time, with the words that belong to it and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import DateFound, find_dates


def only(line: str, **options: bool) -> DateFound:
    (found,) = find_dates(line, **options)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("Thứ Bảy 14/10/2023 19:47", "2023-10-14T19:47:00+07:00"),
        ("Thứ Bảy14/10/2023 19:47", "2023-10-14T19:47:00+07:00"),
        ("Chủ nhật, 15/10/2023 | 08:30", "2023-10-15T08:30:00+07:00"),
        ("21:15 19/11/2023", "2023-11-19T21:15:00+07:00"),
        ("09:47, 15/03/2021", "2021-03-15T09:47:00+07:00"),
        ("26 Tháng Mười 2018 11:30:00 SA", "2018-10-26T11:30:00+07:00"),
        ("26 Tháng Mười Một 2018 11:30:05 CH", "2018-11-26T23:30:05+07:00"),
        ("1 THÁNG MƯỜI HAI 2018", "2018-12-01"),
        ("5 Tháng Năm năm 2019", "2019-05-05"),
        ("5 tháng Tư, 2019 7:00", "2019-04-05T07:00:00+07:00"),
        ("Tháng Chín 16, 2023 4:05 CH", "2023-09-16T16:05:00+07:00"),
        ("26 tháng 10, 2018", "2018-10-26"),
        ("26 thg 10, 2018, 14:05", "2018-10-26T14:05:00+07:00"),
        ("26 T10 2018", "2018-10-26"),
        ("ngày 26 tháng 10 năm 2018", "2018-10-26"),
        ("20/07/2016 | 9:21 AM", "2016-07-20T09:21:00+07:00"),
        ("20/07/2016 | 12:05 PM", "2016-07-20T12:05:00+07:00"),
        ("20/07/2016 | 12:05 AM", "2016-07-20T00:05:00+07:00"),
        ("20/07/2016 16:37 CH", "2016-07-20T16:37:00+07:00"),
        ("08:05' 05/02/2024", "2024-02-05T08:05:00+07:00"),
        ("16:30 ngày 05-02-2024", "2024-02-05T16:30:00+07:00"),
        ("16h30 ngày 5/2/2024", "2024-02-05T16:30:00+07:00"),
        ("16 giờ 30 phút, thứ Hai, ngày 5.2.2024", "2024-02-05T16:30:00+07:00"),
        ("5/2/2024 lúc 16 giờ", "2024-02-05T16:00:00+07:00"),
        ("5/2/2024 - 16h05'", "2024-02-05T16:05:00+07:00"),
        ("5/2/2024, Thứ Hai", "2024-02-05"),
        ("Cập nhật lúc 08:05, Thứ Hai, 05/02/2024 (GMT+7)", "2024-02-05T08:05:00+07:00"),
        ("05/02/2024 01:05 GMT+0", "2024-02-05T08:05:00+07:00"),
        ("Ngày đăng: Thứ hai, 05/02/2024, 08:05", "2024-02-05T08:05:00+07:00"),
        ("Thời gian đăng tin 05/02/2024", "2024-02-05"),
        ("2023-09-16T19:47:00+07:00", "2023-09-16T19:47:00+07:00"),
        ("2023-09-16T19:47:00Z", "2023-09-17T02:47:00+07:00"),
        ("2023-09-16T19:47:00.123Z", "2023-09-17T02:47:00+07:00"),
        ("2023-09-16T19:47", "2023-09-16T19:47:00+07:00"),
        ("2023-09-16 12:47:00 +0000", "2023-09-16T19:47:00+07:00"),
        ("2023-09-16 19:47", "2023-09-16T19:47:00+07:00"),
        ("2023/09/16", "2023-09-16"),
    ],
)
def test_each_form_is_read_whole(line: str, iso: str) -> None:
    found = only(line)
    assert found.iso == iso
    assert line[found.start : found.end] == line
    assert found.has_time == ("T" in iso)


@pytest.mark.parametrize(
    ("line", "span"),
    [
        ("Ngày đăng 20/07/2016 | 9:21 AM | View count: 935", "Ngày đăng 20/07/2016 | 9:21 AM"),
        ("TIN HOẠT ĐỘNG 16/09/2023 - 7:05", "16/09/2023 - 7:05"),
        ("Thứ Bảy 16/09/2023 19:47Xem với cỡ chữ", "Thứ Bảy 16/09/2023 19:47"),
        ("(16/09/2023 | 9:21)", "16/09/2023 | 9:21"),
        ("Hải Dương, ngày 16 tháng 9 năm 2023", "ngày 16 tháng 9 năm 2023"),
        ("9:21 CHUYÊN MỤC 16/09/2023", "16/09/2023"),
        ("16/09/2023 9:21 CHUYÊN MỤC", "16/09/2023 9:21"),
        ("Lượt xem 1.935 16/09/2023", "16/09/2023"),
        ("25:10 16/09/2023 24:05", "16/09/2023"),
    ],
)
def test_what_does_not_belong_to_a_date_is_left(line: str, span: str) -> None:
    found = only(line)
    assert line[found.start : found.end] == span


@pytest.mark.parametrize(
    "line",
    [
        "31/02/2020",
        "29/02/2023",
        "32/01/2023",
        "13/13/2023",
        "00/05/2023",
        "2023-02-30",
        "2023-09-16T25:00:00Z",
        "26 tháng 13 năm 2018",
        "Quyết định số 12/03/2023/QĐ-UBND",
        "tháng 9 năm 2023",
        "192.168.1.2020",
        "1.2.2023.4",
        "Điện thoại 0220.3855.2020",
        "11:30 CH",
        "",
    ],
)
def test_what_is_no_date_is_none(line: str) -> None:
    assert find_dates(line) == []


def test_dates_are_found_left_to_right_and_share_nothing() -> None:
    line = "Kết luận ngày 14/11/2022, họp 8h 15/11/2022 16h 17/11/2022 và ngày 23 tháng 6 năm 2023."
    spans = [(found.iso, line[found.start : found.end]) for found in find_dates(line)]
    assert spans == [
        ("2022-11-14", "ngày 14/11/2022"),
        ("2022-11-15T08:00:00+07:00", "8h 15/11/2022"),
        ("2022-11-17T16:00:00+07:00", "16h 17/11/2022"),
        ("2023-06-23", "ngày 23 tháng 6 năm 2023"),
    ]


@pytest.mark.parametrize(
    ("line", "labelled", "weekday"),
    [
        ("Ngày đăng 20/07/2016", True, False),
        ("Đăng ngày 20/07/2016", True, False),
        ("CẬP NHẬT: 20/07/2016", True, False),
        ("Cập nhật lần cuối lúc 9:21, Thứ Tư, 20/07/2016", True, True),
        ("Ngày xuất bản: 20-07-2016", True, False),
        ("Thứ tư, ngày 20/07/2016", False, True),
        ("T4, 20/07/2016", False, True),
        ("ngày 20/07/2016", False, False),
        ("20/07/2016 (Thứ Tư)", False, True),
        ("Họp cập nhật nghị quyết ngày 20/07/2016", False, False),
        ("Phạm Thị Hòa đăng ngày 20/07/2016", True, False),
    ],
)
def test_labels_and_weekdays_are_told(line: str, labelled: bool, weekday: bool) -> None:
    found = only(line)
    assert (found.labelled, found.has_weekday) == (labelled, weekday)


def test_american_order_decides_only_where_both_can_be_read() -> None:
    assert find_dates("10/05/2018 9:00:00 AM", order="mdy")[0].iso == "2018-10-05T09:00:00+07:00"
    assert find_dates("10/05/2018 9:00:00 AM")[0].iso == "2018-05-10T09:00:00+07:00"
    assert find_dates("26/10/2018", order="mdy")[0].iso == "2018-10-26"
    assert find_dates("10/26/2018 11:30:00 PM")[0].iso == "2018-10-26T23:30:00+07:00"
    assert find_dates("ngày 5 tháng 10 năm 2018", order="mdy")[0].iso == "2018-10-05"
    assert find_dates("02/30/2018", order="mdy") == []


def test_midnight_is_a_time_unless_the_site_means_a_day_by_it() -> None:
    line = "20/07/2016 | 12:00 AM"
    assert only(line).iso == "2016-07-20T00:00:00+07:00"
    found = only(line, midnight_is_date_only=True)
    assert (found.iso, found.has_time, found.end) == ("2016-07-20", False, len(line))
    assert only("00:01 20/07/2016", midnight_is_date_only=True).has_time


VIET_NAM = timezone(timedelta(hours=7))
moments = st.integers(-600_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, VIET_NAM))  # 1950 to 2096
FORMS = ["%d/%m/%Y %H:%M:%S", "%H:%M:%S ngày %d-%m-%Y", "%d tháng %m năm %Y, %I:%M:%S %p", "%Y-%m-%dT%H:%M:%S"]


@given(moments, st.sampled_from(FORMS), st.text(max_size=30), st.text(max_size=30))
def test_a_moment_survives_being_written(moment: datetime, form: str, before: str, after: str) -> None:
    line = f"{before} § {moment.strftime(form)} § {after}"
    assert moment.isoformat() in [found.iso for found in find_dates(line)]


@given(moments)
def test_world_time_is_told_as_viet_nam_reads_it(moment: datetime) -> None:
    found = only(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert found.iso == moment.isoformat()


PIECES = [
    "0",
    "1",
    "12",
    "31",
    "2020",
    "/",
    "-",
    ".",
    ":",
    ",",
    "|",
    "(",
    "T",
    "Z",
    "+",
    "h",
    "giờ",
    "năm",
    "SA",
    "GMT",
]


@given(st.lists(st.sampled_from([*PIECES, "ngày", "tháng", "thứ", "hai", "đăng"])))
def test_garbage_gives_spans_that_lie_in_the_line(pieces: list[str]) -> None:
    line = " ".join(pieces).replace(" / ", "/").replace(" : ", ":")
    end = 0
    for found in find_dates(line):
        assert end <= found.start < found.end <= len(line)
        datetime.fromisoformat(found.iso)
        end = found.end
