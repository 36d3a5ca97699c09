"""The dates that these sites write into their pages, as ISO 8601 in the publisher's own time (Asia/Ho_Chi_Minh)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, Literal

#: Viet Nam has kept this offset, without summer time, since 1975: before there were web pages.
_VIET_NAM: Final = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date written in a line, and where: ``line[start:end]`` is all that belongs to it, labels included."""

    iso: str  # 2018-10-26T11:30:00+07:00, or 2016-07-20 where only a day is written
    start: int
    end: int
    has_time: bool
    has_weekday: bool
    labelled: bool  # words such as "Ngày đăng" or "Cập nhật lúc" stand before it
    revised: bool = False  # these words say when the page was last changed


_MONTHS: Final = {
    "một": 1,
    "giêng": 1,
    "hai": 2,
    "ba": 3,
    "tư": 4,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
    "mười một": 11,
    "mười hai": 12,
    "chạp": 12,
}
#: A portal whose editor's language was left at English.
_ENGLISH: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?!\w)"
)
_MONTH: Final = r"(?:0?[1-9]|1[0-2])(?!\d)|" + "|".join(
    name.replace(" ", r"\s+") for name in sorted(_MONTHS, key=len, reverse=True)
)
_YEAR: Final = r"(?:19|20)\d\d"
_DAY: Final = r"\d{1,2}"
_ISO_TIME: Final = r"\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?"

# Where a date may begin and end: "12/16/09/2023", "16/09/2023/NĐ-CP" and "1.2.2023.4" are numbers of documents.
# A letter may stand before: markup glues "Thứ Bảy" to its date.
_FORMS: Final = rf"""
      (?P<iso_year>{_YEAR})(?P<s1>[-/.])(?P<iso_month>\d{{1,2}})(?P=s1)(?P<iso_day>{_DAY})
        (?:(?:T|\s(?={_ISO_TIME}\s?(?:Z|[+-]\d\d:?\d\d)))(?P<h>\d\d):(?P<m>\d\d)(?::(?P<s>\d\d)(?:[.,]\d+)?)?
          (?:\s?(?P<zone>Z|[+-]\d\d:?\d\d))?)?
    | (?P<first>{_DAY})\s{{0,2}}(?P<s2>[/.-])\s{{0,2}}(?P<second>\d{{1,2}})\s{{0,2}}(?P=s2)\s{{0,2}}(?P<year>{_YEAR})
    | (?P<word_day>{_DAY})[\s,/.-]{{0,3}}(?:tháng|thg\.?|th\.?|t)\s{{0,2}}(?P<word_month>{_MONTH})
        [\s,/.-]{{0,3}}(?:năm\s{{0,2}})?(?P<word_year>{_YEAR})
    | tháng\s{{1,2}}(?P<lead_month>{_MONTH})\s{{1,2}}(?P<lead_day>{_DAY})(?:,\s{{0,2}}|\s{{1,2}})
        (?P<lead_year>{_YEAR})"""
_ENGLISH_FORMS: Final = rf"""
    | (?P<en_day>{_DAY})\s(?P<en_month>{_ENGLISH_MONTH})[.,]?\s(?P<en_year>{_YEAR})
    | (?<!\w)(?=[jfmasond])(?P<us_month>{_ENGLISH_MONTH})\.?\s(?P<us_day>{_DAY}),?\s(?P<us_year>{_YEAR})"""
_CORE, _CORE_OR_ENGLISH = (
    re.compile(rf"(?<![\d_/.])(?:{forms})(?!\d|/\w|\.\d)", re.IGNORECASE | re.VERBOSE)
    for forms in (_FORMS, _FORMS + _ENGLISH_FORMS)
)
# No sentence of these texts holds an English date, and looking for one in prose takes half as long again.
_SHORT: Final = 60

_WEEKDAY: Final = (
    r"(?:thứ\s{1,2}(?:hai|ba|tư|bốn|năm|sáu|bảy|bẩy|[2-7])|(?:chủ|chúa)\s{1,2}nhật|cn|t[2-7]"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?!\w)"
)
# 19:47, 11:30:00 SA, 08:05', 16h30, 16 giờ 30 phút, 16h. Not the day of a date that follows ("16h 17/9/2023").
# A counter may be glued to it ("11:30102 lượt xem").
_TIME: Final = (
    r"(?<![\d:.,])(?P<hour>[01]?\d|2[0-3])"
    r"(?:\s?:\s?(?P<minute>[0-5]\d)(?:\s?:\s?(?P<second>[0-5]\d)(?:\.\d+)?)?['’]?(?!\d(?!\d*\s(?:lượt|lần)))"
    r"|\s?(?:giờ|g|h)(?:\s?(?P<past>[0-5]?\d)(?!\d|\s{0,2}[/.-]\s{0,2}\d)(?:\s?(?:phút|p|'|’))?)?(?!\w))"
    r"(?:\s{0,2}(?P<half>[ap]\.?m\.?|sa|ch|(?-i:sáng|trưa|chiều|tối|đêm)"
    r"|(?:sáng|trưa|chiều|tối|đêm)(?=\s*(?:$|[,|)\]])))(?!\w))?"
)
# 16.45, which is a time only directly behind a date and at the end of what is said.
_DOTTED: Final = re.compile(
    r"\s{1,2}(?P<hour>[01]\d|2[0-3])\.(?P<minute>[0-5]\d)(?P<second>)(?P<past>)(?P<half>)(?=\s*(?:$|[,|)\]]))"
)
_REVISED: Final = re.compile(r"cập\snhật|updated|modified", re.IGNORECASE)
_LABEL: Final = (
    r"(?:ngày(?=\s?:)|ngày\s(?:đăng(?:\s(?:tin|bài|tải))?|gửi(?:\sbài)?|cập\snhật|xuất\sbản|đưa(?:\stin)?|tạo|viết)"
    r"|(?:thời\sgian|giờ)\s(?:đăng(?:\s(?:tin|bài|tải))?|cập\snhật|xuất\sbản)"
    r"|(?:(?:được\s)?đăng(?:\s(?:tin|bài|tải))?|cập\snhật(?:\s(?:lần\scuối|mới\snhất))?|xuất\sbản|đưa\stin)"
    r"|published(?:\son)?|post(?:ed)?\s(?:on|date)|posted|created(?:\son)?|(?:last\s)?(?:updated|modified)(?:\son)?)"
)
_ZONE: Final = r"[(\[]?(?:gmt|utc)\s?(?P<offset>[+-]\s?\d{1,2}(?::?\d\d)?)?[)\]]?"
_GAP: Final = r"[\s,|:;–—·•@(\[-]{0,8}"

# What belongs to a date on its left, up to the date. A label begins a word; the rest may follow in any order.
_LEFT: Final = re.compile(
    rf"(?P<label>(?<!\w){_LABEL}(?!\w){_GAP})?"
    rf"(?:(?:(?P<weekday>{_WEEKDAY})|(?P<time>{_TIME})|(?:{_ZONE})|(?:ngày|lúc|vào|hồi)(?!\w)){_GAP})*$",
    re.IGNORECASE,
)
_TIME_ALONE: Final = re.compile(_TIME, re.IGNORECASE)
_RIGHT_WEEKDAY: Final = re.compile(rf"\s?,?\s?(?:\({_WEEKDAY}\)|{_WEEKDAY})", re.IGNORECASE)
_RIGHT_TIME: Final = re.compile(rf"{_GAP}(?:(?:vào\s)?(?:lúc|hồi)\s{{0,2}})?{_TIME}", re.IGNORECASE)
_RIGHT_ZONE: Final = re.compile(rf"\s{{0,2}}{_ZONE}", re.IGNORECASE)

# The longest left side met, "Cập nhật lần cuối lúc 11 giờ 30 phút, Chủ Nhật, ngày", with its gaps, fits twice.
_REACH: Final = 120


def _day(core: re.Match[str], order: Literal["dmy", "mdy"]) -> tuple[int, int, int]:
    """Year, month and day as written; whether there is such a day is for `datetime` to say."""
    if core["iso_year"]:
        return int(core["iso_year"]), int(core["iso_month"]), int(core["iso_day"])
    for kind in ("word", "lead"):
        if core[f"{kind}_year"]:
            name = " ".join(core[f"{kind}_month"].lower().split())
            return int(core[f"{kind}_year"]), _MONTHS.get(name) or int(name), int(core[f"{kind}_day"])
    if not core["year"]:
        kind = "en" if core["en_year"] else "us"
        month = _ENGLISH.index(core[f"{kind}_month"][:3].lower()) + 1
        return int(core[f"{kind}_year"]), month, int(core[f"{kind}_day"])
    day, month = int(core["first"]), int(core["second"])
    if order == "mdy":
        day, month = month, day
    if month > 12:
        day, month = month, day
    return int(core["year"]), month, day


def _weekday(written: str) -> int:
    """The day of the week, Monday 0, that words of ``_WEEKDAY`` name."""
    name = written.lower().split()[-1].strip("()")
    if name in ("nhật", "cn") or name.startswith("sun"):
        return 6
    if name.endswith("day"):
        return next(n for n, begin in enumerate(("mon", "tue", "wed", "thu", "fri", "sat")) if name.startswith(begin))
    number = name.removeprefix("t") if name[-1].isdigit() else name
    return (int(number) if number.isdigit() else _MONTHS[number]) - 2


def _is_american(core: re.Match[str], time: re.Match[str] | None) -> bool:
    """Whether .NET wrote it for the United States, as its servers do unless told otherwise: 9/10/2022 7:55:00 AM.

    Whoever asks for AM and PM behind a day of ours asks for two digits too; Viet Nam's own form says SA and CH.
    """
    if time is None or core["s2"] != "/" or not time["second"] or (time["half"] or "").lower() not in ("am", "pm"):
        return False
    numbers = (core["first"], core["second"], time["hour"])
    return min(map(len, numbers)) == 1 and not any(n.startswith("0") for n in numbers)


def _order(core: re.Match[str], weekday: str, order: Literal["dmy", "mdy"]) -> Literal["dmy", "mdy"]:
    """The order of day and month: the other one where only it falls on the weekday written beside the date."""
    other: Literal["dmy", "mdy"] = "mdy" if order == "dmy" else "dmy"
    if not weekday or not core["year"] or max(int(core["first"]), int(core["second"])) > 12:
        return order
    meant = _weekday(weekday)
    falls = {o: datetime(*_day(core, o), tzinfo=_VIET_NAM).weekday() == meant for o in (order, other)}
    return other if falls[other] and not falls[order] else order


def _clock(time: re.Match[str]) -> tuple[int, int, int]:
    """Hour, minute and second of a day, 24-hour. An hour over 12 needs no half of the day and overrules one."""
    hour, half = int(time["hour"]), (time["half"] or "").lower().replace(".", "")
    if hour < 12 and (
        half in ("pm", "ch", "chiều", "tối") or (half == "trưa" and hour < 6) or (half == "đêm" and hour > 6)
    ):
        hour += 12
    elif half in ("am", "sa", "sáng", "đêm") and hour == 12:
        hour = 0
    return hour, int(time["minute"] or time["past"] or 0), int(time["second"] or 0)


def _offset(written: str | None) -> timezone:
    """``Z``, ``+07:00``, ``+7`` or ``-0500`` as an offset; Viet Nam's where none is written. Raises ValueError."""
    if not written:
        return _VIET_NAM
    if written in "Zz":
        return UTC
    digits = written[1:].strip().replace(":", "")
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    delta = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-delta if written[0] == "-" else delta)


def _moment(
    core: re.Match[str], time: re.Match[str] | None, offset: str | None, order: Literal["dmy", "mdy"]
) -> datetime:
    """The moment as Viet Nam's wall clock shows it. Raises ValueError where there is no such day or time."""
    year, month, day = _day(core, order)
    hour, minute, second = 0, 0, 0
    if core["h"]:
        hour, minute, second, offset = int(core["h"]), int(core["m"]), int(core["s"] or 0), core["zone"]
    elif time:
        hour, minute, second = _clock(time)
    else:
        return datetime(year, month, day, tzinfo=_VIET_NAM)
    moment = datetime(year, month, day, hour, minute, second, tzinfo=_offset(offset))
    return moment.astimezone(_VIET_NAM)


def _found(
    line: str, core: re.Match[str], floor: int, order: Literal["dmy", "mdy"], midnight_is_date_only: bool
) -> DateFound:
    """The date around ``core``, reaching left no further than ``floor``. Raises ValueError for an impossible one."""
    window = line[max(floor, core.start() - _REACH) : core.start()]
    left = _LEFT.search(window)
    if left is None:
        raise ValueError("no left side")  # not met: the pattern matches the empty end of any window
    time = _TIME_ALONE.match(left["time"]) if left["time"] else None
    end = core.end()
    weekday = left["weekday"] or ""
    if not weekday and (right := _RIGHT_WEEKDAY.match(line, end)):
        weekday, end = right[0].strip(" ,"), right.end()
    if time is None and not core["h"] and (right := _RIGHT_TIME.match(line, end) or _DOTTED.match(line, end)):
        time, end = right, right.end()
    zone = _RIGHT_ZONE.match(line, end)
    if zone:
        end = zone.end()
    written = "mdy" if not weekday and _is_american(core, time) else order
    moment = _moment(core, time, zone["offset"] if zone else None, _order(core, weekday, written))
    has_time = (time is not None or bool(core["h"])) and not (
        midnight_is_date_only and (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    )
    return DateFound(
        iso=moment.isoformat(timespec="seconds") if has_time else moment.date().isoformat(),
        start=core.start() - len(window) + left.start(),
        end=end,
        has_time=has_time,
        has_weekday=bool(weekday),
        labelled=bool(left["label"]),
        revised=bool(left["label"] and _REVISED.search(left["label"])),
    )


_HAS_YEAR: Final = re.compile(_YEAR)


def _dates(line: str, order: Literal["dmy", "mdy"], midnight_is_date_only: bool) -> Iterator[DateFound]:
    if not _HAS_YEAR.search(line):  # most lines of most pages: fifty times cheaper than looking for a date
        return
    floor = 0
    english = len(line) <= _SHORT
    for core in (_CORE_OR_ENGLISH if english else _CORE).finditer(line):
        if core.start() < floor:
            continue
        try:
            found = _found(line, core, floor, order, midnight_is_date_only)
        except ValueError:
            continue
        floor = found.end
        yield found


def find_dates(
    line: str, *, order: Literal["dmy", "mdy"] = "dmy", midnight_is_date_only: bool = False
) -> list[DateFound]:
    """Every date written in ``line`` (NFC), left to right, with the time and the words that belong to it.

    ``order`` decides where day and month can be read both ways. With ``midnight_is_date_only`` a time of 00:00 is a
    day without a time. Days and times that do not exist are not found; a time zone is reckoned into Viet Nam's time.
    """
    return list(_dates(line, order, midnight_is_date_only))


def is_time(line: str) -> bool:
    """Whether a line says a time of day and no more: 14:05, 2:05 chiều."""
    return len(line) <= 16 and _TIME_ALONE.fullmatch(line.strip()) is not None
