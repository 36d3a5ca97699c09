"""The party and state documents that a text cites: what each is called, its number, issuer and date, as written.

A citation is a kind and a number: "Chỉ thị số 21-CT/TW", "Đề án 02", "Luật số 80/2015/QH13". The resolution or
conclusion of a plenum of the Central Committee goes by the plenum's number and the term: "Nghị quyết Trung ương 4 (khóa
XI, XII)" cites two documents. Not cited by number, and so not found: resolutions of congresses ("Nghị quyết Đại hội
XII"), laws by their name, programmes that bear the number of the decision that founded them ("Chương trình 135").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import Final

from crawler.dates import find_dates
from crawler.document_numbers import (
    CODED,
    DASHES,
    HYPHENS,
    LAST_LETTERS,
    ONLY_NUMBERED,
    VERBS,
    Kind,
    Number,
    as_its_code_says,
    kind_before,
    kind_of_code,
    number_at,
)
from crawler.issuers import issuer_at
from crawler.text import clean

#: Characters of a citation that are kept: its kind (or the title of a law, 120), number, date and issuer fit.
LONGEST: Final = 200

#: Citations of a text that are kept. The most in 585 articles is 16, lists of ended documents have some hundreds;
#: somebody who writes thousands of numbers would fill the archive with them.
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Citation:
    """One document at one place of a text. Documents that are enumerated together share ``issuer``, not ``text``."""

    document: str  # the key by which citations are counted: kind and canonical number, "Chỉ thị 21-CT/TW"
    kind: str  # "Chỉ thị", "Nghị quyết", "Luật"…
    number: str  # "21-CT/TW", "02", "35/2021/QH15", "Trung ương 4 khóa XI"
    issuer: str | None  # as written after "của": "Ban Chấp hành Trung ương khóa XI"
    date: str | None  # ISO 8601, only where a whole date stands with this very number
    text: str  # this place as written, LONGEST characters at most; in an enumeration from its own number on


# A number that names a document is followed by a function word, a mark or somebody's name; one that counts, by what it
# counts: "Chỉ thị 05 gắn với", "kế hoạch 5 năm".
_FUNCTION_WORDS: Final = (
    "của|và|về|ngày|do|gắn|được|đã|đang|trong|tại|với|đến|tới|theo|cho|từ|là|có|nhằm|ở|bằng|mà|sẽ|phải|cũng|này|nói|vào"
    "|đối|như|giai|hay|hoặc|gồm|để|khi|sau|trước|còn|nêu|ra|thì|cùng|nhưng|vì|qua|giữa|khóa|khoá|năm (?:19|20)[0-9]{2}"
    "|yêu cầu|quy định|ban hành|đề ra|xác định|chỉ rõ"
)
_MARK: Final = rf"$|[\0;:!?)\]”\"»'’…]|[.,](?![0-9])|\s?[–—―]|\s[{HYPHENS}“\"(«&+]"
_FOLLOWS: Final = re.compile(rf"(?:{_MARK}|\s(?:{_FUNCTION_WORDS})(?!\w))", re.IGNORECASE)
_AMOUNT: Final = re.compile(rf"[{HYPHENS}.,/:]?[0-9]|\s?(?:%|tỷ|tỉ|triệu|nghìn|ngàn|đồng)(?!\w)")
_BARE_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")


def _may_be_bare(p: str, kind: Kind, number: Number) -> bool:
    """Whether a number without a code names a document of ``kind``."""
    if _AMOUNT.match(p, number.end):
        return False
    if kind.numbered:
        return True
    if kind.name in ONLY_NUMBERED or _BARE_YEAR.fullmatch(number.digits):
        return False
    if kind.name in VERBS and p.startswith(" năm ", number.end):
        return False  # so many years: "Kế hoạch 5 năm 2021-2025"
    if kind.name in VERBS and number.year and int(number.digits.rstrip("abcde")) <= 12:
        return False  # a month: "Kế hoạch 3/2019"
    if kind.name == "Chương trình" and len(number.digits) > 2:
        return False  # programmes of work are counted by term, from 01; 135 and 30a are others
    if _FOLLOWS.match(p, number.end) or _next(p, number, number.end):
        return True
    follower = p[number.end + 1 : number.end + 2]
    return follower.isupper() and not kind.written.isupper() and not kind.written.islower()


_JOIN: Final = re.compile(r"\s?(?:[,;]\s?(?:và\s)?|(?:và|hoặc|&)\s)(?P<numbered>số\s)?(?=[0-9])")


def _next(p: str, number: Number, at: int) -> Number | None:
    """The next number of an enumeration that goes on at ``at``, behind ``number``, without another kind."""
    join = _JOIN.match(p, at)
    following = number_at(p, join.end()) if join else None
    if join is None or following is None or _AMOUNT.match(p, following.end):
        return None
    if following.pieces:
        same = not number.pieces or following.pieces[1] == number.pieces[1]
        return following if same else None
    if join["numbered"] or (_FOLLOWS.match(p, following.end) and not _BARE_YEAR.fullmatch(following.digits)):
        return following
    return None


#: ", ngày 03 tháng 6 năm 2013" has 26 characters.
_DATE_REACH: Final = 40
_DATE_BEGINS: Final = re.compile(
    rf"[\s,(]{{1,3}}(?:(?:ký|ban hành)\s)?(?=(?:ngày\s?)?[0-9]{{1,2}}\s?[{HYPHENS}/.]|ngày\s)"
)
#: Elsewhere that is an American's date; nobody here dates a document so.
_NO_SUCH_MONTH: Final = re.compile(r"(?:ngày\s?)?[0-9]{1,2}\s{0,2}[-/.]\s{0,2}(?:1[3-9]|[2-9][0-9])(?![0-9])")
#: A day without its year, or that there never was, is no date, but the issuer may follow it.
_PART_OF_A_DATE: Final = re.compile(
    r"[\s,(]{1,3}(?:ngày(?:\s[0-9]{1,2}[-/.][0-9]{1,2}(?:[-/.][0-9]{4})?)?|(?:tháng\s[0-9]{1,2}/|năm\s)[0-9]{4})\)?".replace(
        "[-", f"[{HYPHENS}"
    )
)
_AS_HYPHENS: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2212"), "-")


def _date_at(p: str, at: int) -> tuple[str | None, int]:
    begins = _DATE_BEGINS.match(p, at)
    if begins is None:
        return None, at
    written = p[begins.end() : begins.end() + _DATE_REACH].translate(_AS_HYPHENS)
    found = find_dates(written)
    if not found or found[0].start or _NO_SUCH_MONTH.match(written):
        return None, at
    end = begins.end() + found[0].end
    closes = "(" in begins[0] and p[end : end + 1] == ")"
    return found[0].iso[:10], end + closes


def _numbered(p: str, at: int, floor: int) -> tuple[list[Citation], int] | None:
    """The documents cited by the number at ``at`` and those enumerated with it, and where that ends."""
    kind = kind_before(p, at, floor)
    if kind is None and not CODED.match(p, at):
        return None
    number = number_at(p, at)
    if number is None:
        return None
    issuer = None
    if kind is None and number.pieces:
        kind, issuer = _kind_and_issuer_before(p, at, floor, number)
    if number.pieces and (kind is None or kind.written == "luật"):  # the end of a title: "… văn bản quy phạm pháp luật"
        kind = kind_of_code(p, at, floor, number) or kind
    elif kind and not number.pieces and not _may_be_bare(p, kind, number):
        return None
    if kind is None:
        return None
    kind = as_its_code_says(kind, number)
    numbers: list[Number] = []
    dates, written, start = [], [], kind.start
    following: Number | None = number
    while following and len(numbers) < MOST:
        number = following
        date, end = _date_at(p, number.end)
        part = _PART_OF_A_DATE.match(p, end) if date is None else None
        name, behind = issuer_at(p, part.end() if part else end, of_the_centre=_of_the_centre(number))
        if name:
            issuer, end = name, behind
        numbers.append(number)
        dates.append(date)
        written.append(p[start:end][:LONGEST])
        following = _next(p, number, end)
        start = following.start if following else end
    if issuer is None and kind.written.islower() and kind.name in VERBS and not (kind.numbered or numbers[-1].pieces):
        return None
    return [
        Citation(f"{kind.name} {n}", kind.name, n, issuer, date, text)
        for n, date, text in zip(_with_shared_code(numbers), dates, written, strict=True)
    ], end


_NUMBERED: Final = re.compile(r"[\s,(]{1,3}số\s?:?\s?")


def _kind_and_issuer_before(p: str, at: int, floor: int, number: Number) -> tuple[Kind | None, str | None]:
    """The kind and the issuer where both stand before the number: "Chỉ thị của Ban Bí thư số 21-CT/TW"."""
    of = p.rfind(" của ", max(floor, at - LONGEST), at)
    kind = kind_before(p, of + 1, floor) if of >= 0 else None
    name, end = issuer_at(p, of, of_the_centre=_of_the_centre(number)) if kind else (None, of)
    return (kind, name) if name and _NUMBERED.fullmatch(p, end, at) else (None, None)


def _of_the_centre(number: Number) -> bool:
    return number.pieces[2:] == ("/", "TW")


def _with_shared_code(numbers: list[Number]) -> list[str]:
    """Numbers as written in one spelling; "18, 19-NQ/TW" are 18-NQ/TW and 19-NQ/TW."""
    whole = numbers[-1]
    written = []
    for number in reversed(numbers):
        if number.pieces:
            whole = number
        elif whole.pieces:
            number = number._replace(pieces=whole.pieces, year=number.year or whole.year)
        written.append(str(number))
    return written[::-1]


_ORDINALS: Final = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI")
_IN_WORDS: Final = rf"(?:{'|'.join((*_ORDINALS, *map(str.upper, _ORDINALS), *_ROMAN))})(?!\w)"
_IN_ROMAN: Final = rf"(?:{'|'.join(_ROMAN)})(?!\w)"
_CENTRE: Final = r"(?:t\s?rung ương|tw|t\.?ư)"  # "T rung": split as published
_COMMITTEE: Final = rf"(?:ban chấp hành|bch)\s?{_CENTRE}(?:\sđảng)?(?:\scộng sản việt nam)?"
_COUNT: Final = rf"(?:[0-9]{{1,2}}(?![0-9/%]|[.,][0-9])|(?-i:{_IN_ROMAN}))"
_NTH: Final = rf"(?:{_COUNT}|(?-i:{_IN_WORDS}))"
_TERM: Final = rf"(?:(?-i:{_IN_ROMAN})|[0-9]{{1,2}}(?!\w))"
_TERMS: Final = rf"kh(?:óa|oá)\s?{_TERM}(?:\s?(?:,|và|[{DASHES}])\s?(?:kh(?:óa|oá)\s)?{_TERM}){{0,4}}"
_ALSO: Final = r"\s?(?:,|và)\s?"
_PLENUM: Final = re.compile(
    r"(?P<kind>nghị quyết|kết luận|nq|kl)\s?(?:của\s)?(?:"
    # Trung ương 4, Hội nghị Trung ương lần thứ tư, Trung ương 4, 5 và Trung ương 6
    rf"(?:hội nghị\s)?(?:{_COMMITTEE}|{_CENTRE})(?:\sđảng)?\s?(?:lần\s(?:thứ\s)?(?P<nth>{_NTH})|(?P<n>{_COUNT}))"
    rf"(?P<more>(?:{_ALSO}(?:{_CENTRE}\s?)?[0-9]{{1,2}}){{1,6}}(?=[\s,(]{{1,3}}kh[oó])|(?:{_ALSO}{_CENTRE}\s?{_COUNT}){{1,6}})?"
    # Hội nghị lần thứ tư Ban Chấp hành Trung ương Đảng
    rf"|hội nghị\s(?:toàn thể\s)?lần\s(?:thứ\s)?(?P<of>{_NTH}),?\s(?:của\s)?{_COMMITTEE}"
    # 4, 5 Ban Chấp hành Trung ương (khóa XI): as many plenums as a term has had, or it is the number of a document
    rf"|(?P<list>(?:(?:0?[1-9]|1[0-5]){_ALSO}){{0,6}}(?:0?[1-9]|1[0-5]))\s{_COMMITTEE}(?=[\s,(]{{1,3}}kh[oó]))"
    rf"(?P<terms>[{HYPHENS}\s,–]{{0,3}}(?:\(\s?{_TERMS}\s?\)|{_TERMS}))?",
    re.IGNORECASE,
)
_PLENUM_ENDINGS: Final = ("quyết ", "ương ", "tw", "tw ", "ư", "ư ", "thứ ", "lần ")
#: "Nghị quyết Hội nghị Ban Chấp hành Trung ương Đảng lần thứ " has 58 characters.
_PLENUM_REACH: Final = 64


def _plenum(p: str, at: int, floor: int) -> tuple[list[Citation], int] | None:
    """The resolutions or conclusions of plenums that are cited by the plenum's number at ``at``."""
    begin = max(floor, at - _PLENUM_REACH)
    window = p[begin:at].lower()
    start = begin + max(map(window.rfind, ("nghị quyết", "kết luận", "nq", "kl")))
    m = _PLENUM.match(p, start) if start >= begin else None
    if m is None or m.end() <= at or p[max(0, start - 1) : start].isalnum():
        return None
    if not m["terms"] and not _FOLLOWS.match(p, m.end()) and not p[m.end() + 1 : m.end() + 2].isupper():
        return None
    kind = "Nghị quyết" if m["kind"][0] in "Nn" else "Kết luận"
    first = m["nth"] or m["n"] or m["of"]
    counts = [*([first] if first else []), *re.findall(r"[0-9]+|[IVX]+(?!\w)", m["list"] or m["more"] or "")]
    terms = re.findall("[IVX]+|[0-9]+", m["terms"] or "") or [""]
    date, end = _date_at(p, m.end())
    issuer, end = issuer_at(p, end, of_the_centre=True)
    numbers = [f"Trung ương {_arabic(n)}" + (f" khóa {_roman(t)}" if t else "") for t, n in product(terms, counts)]
    return [Citation(f"{kind} {n}", kind, n, issuer, date, p[start:end][:LONGEST]) for n in numbers], end


def _arabic(count: str) -> int:
    if count.isdigit():
        return int(count)
    return (_ROMAN.index(count) if count in _ROMAN else _ORDINALS.index(count.lower())) + 1


def _roman(term: str) -> str:
    return _ROMAN[int(term) - 1] if term.isdigit() and 0 < int(term) <= len(_ROMAN) else term


#: Where a citation can be noticed: at digits, a whole date being one token…
_DIGITS: Final = re.compile(f"[0-9]+(?:[{HYPHENS}/.:][0-9]+)*")
#: …or at the ordinal or Roman number of a plenum; that search takes longer, so only where a text has one of these.
_PLENUM_IN_WORDS: Final = ("ghị lần thứ ", "ương lần thứ ", "ương Đảng lần thứ ", "ương I", "ương V", "ương X")
_DIGITS_OR_WORDS: Final = re.compile(rf"{_DIGITS.pattern}|[ứỨ] {_IN_WORDS}|ơng {_IN_ROMAN}")
_NUMBER_AND_YEAR: Final = re.compile("[0-9]{1,5}(?:/(?:19|20)[0-9]{2})?")

#: Digits behind these are the rest of something: of a code, a decimal, a range.
_JOINED: Final = frozenset("/-\u2010\u2011\u2012\u2013\u2212.,")
#: The last two letters before a number that can name a document: most numbers of a text are passed by here.
_ENDINGS: Final = LAST_LETTERS | {ending.strip()[-2:] for ending in _PLENUM_ENDINGS} | {"tư", ".ư"}
_NUL: Final = "\0"


def _found_at(p: str, anchor: re.Match[str], floor: int) -> tuple[list[Citation], int] | None:
    """The documents cited at ``anchor``, and where the citation ends; nothing before ``floor`` belongs to it."""
    start, end = anchor.span()
    before = p[max(floor, start - 6) : start]
    worded = not "0" <= p[start] <= "9"
    if not worded and before[-5:].strip(" :.(").lower()[-2:] not in _ENDINGS and not CODED.match(p, start):
        return None
    if (worded or before.lower().endswith(_PLENUM_ENDINGS)) and (found := _plenum(p, start, floor)):
        return found
    if worded or before[-1:].isalnum() or before[-1:] in _JOINED or not _NUMBER_AND_YEAR.fullmatch(p, start, end):
        return None
    return _numbered(p, start, floor)


def find_citations(text: str) -> list[Citation]:
    """The citations in ``text`` (paragraphs joined by empty lines, which no citation spans) in order of appearance.

    All of them, or the first MOST. Pure, and in time linear in the text's length, whatever the text.
    """
    # NUL stands in no clean text, is neither space nor letter, and so ends whatever a pattern here can match.
    p = _NUL.join(map(clean, text.split("\n\n")))
    anchors = _DIGITS_OR_WORDS if any(map(p.__contains__, _PLENUM_IN_WORDS)) else _DIGITS
    citations: list[Citation] = []
    at = floor = 0
    while len(citations) < MOST and (anchor := anchors.search(p, at)):
        at = anchor.end()
        if found := _found_at(p, anchor, floor):
            citations += found[0]
            at = floor = found[1]
    return citations[:MOST]
