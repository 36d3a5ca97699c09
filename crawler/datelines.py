"""Lines that say when: the date, what stands before it, and whether it is the page's clock instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.dates import DateFound, find_dates
from crawler.landmarks import key, vocabulary
from crawler.lines import Line, is_account, is_labelled
from crawler.site import Landmarks, Reading
from crawler.text import fold

#: A date line is a date and a little around it: a section's name, a counter.
_AROUND_DATE = 60
_PLACE_AND_DAY = re.compile(r"[^\W\d][^\d,]{1,30},\s*ngày\s", re.IGNORECASE)
#: Between the steps of a trail.
_STEPS = re.compile(r"[»›>|/]")
#: What stands before a date and names no section: who entered the text, labels of other kinds.
_NO_SECTION = re.compile(r"(?:viet|dang|gui|bien tap|nguoi|boi|by|ngay|thoi gian|luc|date|time)(?!\w)")
#: Who entered a text, before the day on which that was done.
_POSTED_BY = re.compile(r"(?:(?:duoc )?(?:dang|viet|gui) )?(?:boi|by)(?!\w)|nguoi (?:dang|viet|gui)(?!\w)")
#: A person's name, by its family's: whoever entered the text stands where a section does.
_PERSON = re.compile(
    r"(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Lương|Trịnh|Mai|Đào|Tạ|Nông|Lò|Ma)"
    r"(?: [^\W\d_]+){1,3}"
)
#: Words before the page's clock, and names of its element; names of the element that dates an article.
_TODAY = re.compile(
    r"hom nay|bay gio|hien tai|today|gio he thong|^(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat)[ ,]*$"
)
_CLOCK_HINT = re.compile(r"now|today|clock|header|top|current|hom-?nay")
DATE_HINT = re.compile(r"(?:date|time|ngay|publish|posted|meta|thoi-?gian)")


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that says when: the date, and the text before it (often the section, or who wrote)."""

    found: DateFound
    before: str
    section: str | None = None
    rest: str = ""  # the text behind, where the first paragraph is glued to the date
    in_words: bool = False  # the month is written in words, as no clock does


def date_line(text: str, reading: Reading, *, declared: bool = False) -> DateLine | None:
    """The date that a whole line states; None for prose that mentions one.

    ``declared``: the site says that this is the date, whatever stands before it.
    """
    if len(text) < 6:
        return None
    glued = len(text) > 160
    head = text[:160]
    found = find_dates(head, order=reading.date_order, midnight_is_date_only=reading.midnight_is_date_only)
    if not found:
        return None
    labelled = sorted((f for f in found if f.labelled), key=lambda f: f.revised)  # published before changed
    first = next(iter(labelled), next((f for f in found if f.has_time), found[0]))
    before = text[: first.start].strip(" |–-,:;•»(›>/[").strip()
    after = text[first.end :].strip(" |–-,:;•»)]").strip()
    if glued or len(after) > _AROUND_DATE:
        return DateLine(first, "", after) if not before and first.has_time and after[:1].isupper() else None
    if len(before) > _AROUND_DATE or len(before) + len(after) > 100 or _TODAY.search(fold(before)):
        return None
    bare = not before and (not after or not after[0].isalpha() or _is_counter(after))
    in_words = "tháng" in text[first.start : first.end].lower()
    if not (bare or first.has_time or first.labelled or declared or _says_who_posted(before, text, first)):
        return None
    return DateLine(first, before, _section(before, text, first) if before else None, in_words=in_words)


def _says_who_posted(before: str, text: str, found: DateFound) -> bool:
    """Whether a day closes a line that says who entered the text, behind a stroke."""
    parted = text[: found.start].rstrip()[-1:] in tuple("-–|,•·") and not text[found.end :].strip(" .|")
    return parted and _POSTED_BY.match(fold(before)) is not None


def closing_day(line: Line, reading: Reading) -> DateFound | None:
    """The day of a line that closes a text on the right with place and day ("Bình An, ngày 3 tháng 2, 2020")."""
    if line.align != "right" or len(line.text) > _AROUND_DATE or not _PLACE_AND_DAY.match(line.text):
        return None
    dated = date_line(line.text, reading, declared=True)
    return dated.found if dated is not None and line.text[dated.found.end :].strip(" .") == "" else None


def _section(before: str, text: str, found: DateFound) -> str | None:
    """The section that stands before a date: the last step of a trail; None for a label, a counter, a name, a place."""
    if text[: found.start].rstrip().endswith(",") and text[found.start :].lower().startswith("ngày"):
        return None
    named = _STEPS.split(before)[-1].strip(" -–,:;")
    folded = key(named)
    if len(named) < 4 or _NO_SECTION.match(folded) or is_labelled(before) or is_labelled(named):
        return None
    if is_account(named) or (_PERSON.fullmatch(named) and named.istitle()):
        return None
    general = vocabulary(Landmarks())
    return None if general.is_never(folded) or general.closing(folded) else named


def _is_counter(text: str) -> bool:
    return re.match(r"(?:lượt|view|số|đã|hits?|\(?gmt)", text, re.IGNORECASE) is not None


def is_today(dated: DateLine) -> bool:
    """Whether a date is the page's clock rather than the article's date: a weekday, no time, no label."""
    return dated.found.has_weekday and not dated.found.has_time and not dated.found.labelled


def is_clock(dated: DateLine, line: Line) -> bool:
    """Whether a date above the headline is the page's own: nothing says that it is the article's."""
    found = dated.found
    if found.labelled or found.has_weekday:
        return not found.labelled
    if dated.before or (found.has_time and dated.in_words):
        return False
    named = found.has_time and DATE_HINT.search(line.hint) and not _CLOCK_HINT.search(line.hint)
    return has_seconds(found) or not named


def has_clock_above(lines: list[Line], dates: dict[int, DateLine], i: int) -> bool:
    """Whether the page's clock stands further above, on another day than the date of this line: there is but one."""
    for j in range(i):
        if j in dates:
            found = [dates[j].found] if dates[j].found.has_weekday or has_seconds(dates[j].found) else []
        else:
            text = lines[j].text[:160]
            found = [f for f in find_dates(text)[:1] if f.has_weekday or _TODAY.search(fold(text))]
        if found and found[0].iso[:10] != dates[i].found.iso[:10]:
            return True
    return False


def names_clock(hint: str) -> bool:
    """Whether a template's names for an element are those of the page's clock."""
    return _CLOCK_HINT.search(hint) is not None


def has_seconds(found: DateFound) -> bool:
    """Whether the time goes down to a second: that of a clock, or of a machine."""
    return found.has_time and not found.iso.endswith(":00+07:00")
