"""Which words became which, and what of that a reader should hear first: names, offices, dates, figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crawler.dates import find_dates
from crawler.text import canonical, gist

Kind = Literal["headline", "body", "author", "date", "section", "description", "captions", "attachments", "images"]
Matter = Literal["name", "office", "date", "figure", "words"]

#: What is told first.
MATTERS: tuple[Matter, ...] = ("name", "office", "date", "figure", "words")

#: What counts things: a figure is told with it ("3 thành 5 triệu đồng").
_UNITS = frozenset(
    [
        *("triệu", "tỷ", "tỉ", "nghìn", "ngàn", "trăm", "đồng", "%", "phần", "ha", "hecta", "km", "m", "mét", "vuông"),
        *("km2", "m2", "tấn", "kg", "lít", "năm", "tháng", "ngày", "giờ", "người", "hộ", "đảng", "viên", "đại", "biểu"),
        *("độ", "chí", "bào"),
        *("lượt", "lần", "xã", "huyện", "tỉnh", "thôn", "lớp", "cuộc", "hội", "nghị", "mô", "hình", "công", "trình"),
    ]
)
#: Before an office these make it another one.
_LESSER = frozenset(("phó", "quyền", "nguyên", "cựu"))
_OFFICES = re.compile(
    r"\b(?:bí thư|chủ tịch|trưởng ban|phó ban|trưởng phòng|giám đốc|chánh|ủy viên|thường trực|chủ nhiệm|bộ trưởng|"
    r"thứ trưởng|tổng bí thư|thủ tướng|đại biểu quốc hội|trưởng đoàn|hiệu trưởng)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
#: A day, a month or a year that stands between others: "[15] tháng 3", "năm [2024]", "[3/2024]".
_OF_A_DATE = re.compile(
    r"\bnăm \[(?:19|20)\d\d\]|\[\d\d?\],? (?:tháng|năm) \d|\[\d\d?[-/.](?:19|20)\d\d\]", re.IGNORECASE
)
#: The same, unless it counts something: "ngày [15] họp", but "mỗi ngày [15] lượt"; "[15/3]", but "[3/4] đại biểu".
_MAYBE_OF_A_DATE = re.compile(
    r"\b(?:ngày|mùng|mồng|tháng) \[\d\d?\]|\[(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])\]", re.IGNORECASE
)
_ENDS = re.compile(r"[.!?…:][”\"')\]]*$")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stayed, came or went, as written."""

    op: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """A few words that became others. ``before`` or ``after`` is empty where something was only added or taken out."""

    matter: Matter
    before: str
    after: str
    unit: str = ""  # what both are counted in
    kind: Kind = "body"  # where


def replaced(runs: Sequence[Run]) -> list[Replacement]:
    """Each stretch of words that came or went; a name that changed in several places is one stretch."""
    found: list[Replacement] = []
    at = 0
    while at < len(runs):
        if runs[at].op == "same":
            at += 1
            continue
        end = at + 1
        while end < len(runs) and (runs[end].op != "same" or _within_a_name(runs, end)):
            end += 1
        before = " ".join(run.text for run in runs[at:end] if run.op != "added")
        after = " ".join(run.text for run in runs[at:end] if run.op != "removed")
        ahead = runs[end].text if end < len(runs) else ""
        behind = runs[at - 1].text if at else ""
        matter = _matter(before, after, ahead, begins=not behind or _ENDS.search(behind) is not None)
        unit = _unit(ahead, before or after) if matter == "figure" else ""
        before, after = before.strip(".,;:"), after.strip(".,;:")
        further = " ".join(run.text for run in runs[end : end + 3] if run.op != "removed")
        if matter == "figure" and any(_is_of_a_date(behind, text, further, unit) for text in (before, after)):
            matter, unit = "date", ""
        if gist(before) != gist(after) or not gist(before):
            found.append(Replacement(matter, before, after, unit))
        at = end
    return found


def _within_a_name(runs: Sequence[Run], at: int) -> bool:
    """Whether words that stayed stand between two changed parts of one name, as in Trần Văn An and Lê Văn Bình."""
    words = runs[at].text.split()
    return len(words) <= 2 and at + 1 < len(runs) and all(w[0].isupper() and w[-1].isalpha() for w in words)


def _matter(before: str, after: str, ahead: str, *, begins: bool) -> Matter:
    """What kind of thing was replaced, by what stands on either side."""
    both = (before, after)
    if any(find_dates(text) for text in both):
        return "date"
    lesser = any(text.split()[-1:] and text.split()[-1].lower() in _LESSER for text in both)
    following = " ".join(ahead.split()[:2]) if lesser else ""
    if any(_OFFICES.search(canonical(f"{text} {following}")) for text in both):
        return "office"
    if any(_DIGIT.search(text) for text in both):
        return "figure"
    words = [text.split() for text in both]
    if any(len(ws) <= 12 and any(w[:1].isupper() for w in ws[1 if begins else 0 :]) for ws in words):
        return "name"
    return "words"


def _is_of_a_date(behind: str, number: str, ahead: str, unit: str) -> bool:
    """Whether a number is a part of a date, by the words around it."""
    words = f"{behind.rpartition(' ')[2]} [{number}] {' '.join(ahead.split(maxsplit=2)[:2])}"
    counts = unit != "" and not unit.startswith("năm")
    return bool(_OF_A_DATE.search(words) or (not counts and _MAYBE_OF_A_DATE.search(words)))


def _unit(ahead: str, changed: str) -> str:
    """The words behind a figure that say what it counts."""
    if changed[-1:] in (".", ";", ","):
        return ""
    unit: list[str] = []
    for word in ahead.split()[:3]:
        bare = word.strip(".,;:")
        if bare.lower() not in _UNITS:
            break
        unit.append(bare)
        if bare != word:
            break
    return " ".join(unit)
