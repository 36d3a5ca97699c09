"""The kinds of documents and their numbers: which words name a kind, which letters make a code, in one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

#: Nouns: "nghị quyết 39 về" names a document in lower case too.
_NOUNS: Final = (
    *("Nghị quyết liên tịch", "Thông tư liên tịch", "Nghị quyết", "Chỉ thị", "Nghị định", "Thông tư", "Thông tri"),
    *("Đề án", "Công văn", "Pháp lệnh", "Tờ trình"),
)
#: Verbs or common words as well ("hướng dẫn 05 đơn vị", "kế hoạch 5 năm"): in lower case a bare number needs an issuer.
VERBS: Final = (
    *("Kết luận", "Quyết định", "Quy định", "Hướng dẫn", "Thông báo", "Kế hoạch", "Chương trình", "Báo cáo"),
    "Quy chế",
)
#: A number without "số" or a code behind these is no document's: "Luật 2013", "văn bản 3 trang".
ONLY_NUMBERED: Final = ("Bộ luật", "Luật", "Văn bản", "Công điện", "Sắc lệnh", "Lệnh", "Giấy mời")
_KINDS: Final = {name.lower(): name for name in (*_NOUNS, *VERBS, *ONLY_NUMBERED)} | {"thông báo kết luận": "Thông báo"}
_ABBREVIATED: Final = {
    "NQ": "Nghị quyết",
    "CT": "Chỉ thị",
    "KL": "Kết luận",
    "QĐ": "Quyết định",
    "NĐ": "Nghị định",
    "KH": "Kế hoạch",
    "CV": "Công văn",
}
#: The letters of a number tell its kind where no word before it does ("… về công tác dân vận, số 25-NQ/TW").
_KIND_OF_CODE: Final = _ABBREVIATED | {
    "QĐi": "Quy định",
    "HD": "Hướng dẫn",
    "TB": "Thông báo",
    "CTr": "Chương trình",
    "ĐA": "Đề án",
    "BC": "Báo cáo",
    "TTr": "Tờ trình",
    "QC": "Quy chế",
}
#: One spelling for what is written in several: case, letters without their stroke, the old signs of the Centre.
_SPELLED: Final = {code.upper(): code for code in (*_KIND_OF_CODE, "TT", "PL", "CĐ", "NQLT", "TTLT", "TTg")} | {
    "QD": "QĐ",
    "QDI": "QĐi",
    "ND": "NĐ",
    "DA": "ĐA",
    "DU": "ĐU",
    "DUK": "ĐUK",
    "TƯ": "TW",
    "T.Ư": "TW",
}
_SIGNS: Final = frozenset(_SPELLED.values())
#: Committees of the Party write 25-NQ/TW, the Government 11/NQ-CP; a page that has 25/NQ-TW means the same document.
_SEPARATORS: Final = dict.fromkeys(("TW", "TU", "ĐU", "ĐUK", "HU", "QU"), ("-", "/")) | dict.fromkeys(
    ("CP", "TTg"), ("/", "-")
)
#: Organs whose signs are met in lower case; elsewhere lower case is a word.
_ORGANS: Final = frozenset({"TW", "TU", "ĐU", "ĐUK", "HU", "QU", "CP", "TTg", "UBND", "HĐND"})


def _any(words: Iterable[str]) -> str:
    """A pattern for any of ``words``, the longest first. Eth stands for Đ in old fonts."""
    return "|".join(sorted(words, key=len, reverse=True)).replace("Đ", "[ĐÐ]").replace("đ", "[đð]")


#: What stands for a hyphen, for the beginning of a character class: typesetters keep numbers together with U+2011.
HYPHENS: Final = "-\u2010-\u2012\u2212"
#: …and what may, where a code goes on behind it.
DASHES: Final = "-\u2010-\u2015\u2212"
_ETH: Final = str.maketrans("Ðð", "Đđ")
_QUALIFIERS: Final = (
    *("liên tịch", "liên ngành", "hành động", "công tác", "phối hợp", "phê duyệt", "thực hiện", "chuyên đề", "hỏa tốc"),
    *("khẩn", "toàn khóa"),
)
_BEFORE: Final = re.compile(
    rf"(?<!\w)(?:(?P<word>(?i:{_any(_KINDS)}))(?:\s(?i:{_any(_QUALIFIERS)}))?|(?P<short>{_any(_ABBREVIATED)}))"
    r"(?P<numbered>[\s(,]{0,3}(?i:số))?[\s:.(]{0,3}$"
)
#: The last syllables before a document's number, without an initial đ: a look at them spares most numbers the search.
_LAST_SYLLABLES: Final = tuple(
    {w.lower().split()[-1].lstrip("đ") for w in (*_KINDS, *_ABBREVIATED, *_QUALIFIERS, "số")}
)
#: …and these few letters at their end spare most of that look.
LAST_LETTERS: Final = frozenset(syllable[-2:] for syllable in _LAST_SYLLABLES)
#: The longest of these is "quyết"; spaces and "(:" may follow it.
_LAST_REACH: Final = 9
#: How far before its number a kind can begin: "nghị quyết liên tịch chuyên đề (số: ", with room.
_REACH: Final = 48
_LAWS: Final = re.compile(r"(?<!\w)(?:[Bb]ộ [Ll]uật|Luật|Pháp lệnh)(?= )")
#: The longest titles of laws stand between "Luật" and their number.
_LAW_REACH: Final = 120


class Kind(NamedTuple):
    """What kind of document a number belongs to, and where the citation begins."""

    name: str
    start: int
    written: str  # as the text has it; "" where only the number's letters tell
    numbered: bool  # "số" stands before the number


def kind_before(p: str, at: int, floor: int) -> Kind | None:
    """The kind of the document whose number begins at ``at``, where the words before it (from ``floor``) say so."""
    if not p[max(floor, at - _LAST_REACH) : at].rstrip(" :.(").lower().endswith(_LAST_SYLLABLES):
        return None
    begin = max(floor, at - _REACH)
    m = _BEFORE.search(p[begin:at])
    if m is None:
        return None
    written = (m["word"] or m["short"]).translate(_ETH)
    name = _KINDS.get(written.lower()) if m["word"] else _ABBREVIATED[written]
    # A dotless i or a long s is an i or an s to a pattern, but no Vietnamese letter.
    return Kind(name, begin + m.start(), written, bool(m["numbered"])) if name else None


def kind_of_code(p: str, at: int, floor: int, number: Number) -> Kind | None:
    """The kind that a number's own letters tell; the title of a law may stand between "Luật" and the number."""
    if len(number.pieces) == 4 and number.pieces[1] in _KIND_OF_CODE:
        said = p[max(floor, at - 3) : at].lower() == "số "
        return Kind(_KIND_OF_CODE[number.pieces[1]], at - 3 if said else at, "", said)
    begin = max(floor, at - _LAW_REACH)
    title = p[begin:at]
    law = max(_LAWS.finditer(title), key=re.Match.start, default=None)
    if law and "QH" in str(number) and not re.search(r'[\0.;:"“”()]', title[law.start() :]):
        return Kind(law[0].capitalize(), begin + law.start(), "", True)
    return None


def as_its_code_says(kind: Kind, number: Number) -> Kind:
    """What is a notice of a conclusion is one or the other, which its letters tell: "Thông báo kết luận 160-TB/TW"."""
    said = {"TB": "Thông báo", "KL": "Kết luận"}.get(number.pieces[1]) if len(number.pieces) == 4 else None
    return kind._replace(name=said) if said and kind.name in ("Thông báo", "Kết luận") else kind


_NUMBER: Final = re.compile(
    r"(?P<digits>[0-9]{1,5}(?:[a-e](?!\w))?)(?![0-9])(?:\s?/\s?(?P<year>(?:19|20)[0-9]{2})(?![0-9]))?"
)
_PIECE: Final = re.compile(
    rf"(\s?)([{DASHES}/_.]|[nm]dash;|)(\s?)(T\.Ư|QH\s[0-9]{{1,2}}|[A-Za-zĐÐđðƯư&]{{1,15}}[0-9]{{0,3}})"
)
#: Most numbers of a text count something: only behind these few characters a code can begin.
_CODE_BEGINS: Final = re.compile(rf"\s?(?:[{DASHES}/_]|[nm]dash;)\s?[A-Za-zĐÐđð]|\s?[A-ZĐÐ]{{2}}[A-Za-zĐÐ]{{0,2}}/")
#: A number with the beginning of a code, wherever it stands.
CODED: Final = re.compile(rf"[0-9]{{1,5}}[a-e]?(?:\s?/\s?[0-9]{{4}})?(?:{_CODE_BEGINS.pattern})")
#: Separators and letters of the longest codes: 403/2017/NQLT-CP-MTTQ-TLĐ.
_MOST_PIECES: Final = 8


class Number(NamedTuple):
    """A document's number in one spelling, and where it ends in the text."""

    digits: str
    year: str
    pieces: tuple[str, ...]  # the code with its separators, ("-", "NQ", "/", "TW"); empty for a bare number
    start: int
    end: int

    def __str__(self) -> str:
        return self.digits + (f"/{self.year}" if self.year else "") + "".join(self.pieces)


def number_at(p: str, at: int) -> Number | None:
    """The number that begins at ``at`` with its code, in one spelling: two digits at least, dashes, case, no spaces."""
    m = _NUMBER.match(p, at)
    if m is None:
        return None
    digits = m["digits"] if len(m["digits"].rstrip("abcde")) > 1 else "0" + m["digits"]
    pieces, end = _code_at(p, m.end())
    if len(pieces) == 4 and pieces[3] in _SEPARATORS and not m["year"]:
        pieces[0], pieces[2] = _SEPARATORS[pieces[3]]
    return Number(digits, m["year"] or "", tuple(pieces), at, end)


def _code_at(p: str, at: int) -> tuple[list[str], int]:
    """The code behind the digits of a number, and its end; nothing where what follows is no code."""
    pieces: list[str] = []
    if not _CODE_BEGINS.match(p, at):
        return pieces, at
    while len(pieces) < _MOST_PIECES and (m := _PIECE.match(p, at)):
        letters, end = m[4], m.end()
        if p[end : end + 1].isalnum() and letters[:2] in ("TW", "TU", "TƯ"):  # a word is glued to it: "25-NQ/TWcủa"
            letters, end = letters[:2], end - len(letters) + 2
        elif p[end : end + 1].isalnum():
            break
        spelled = _spelled(letters)
        if not _is_piece(m, letters, spelled, first=not pieces, slash=p[end : end + 2].strip()[:1] == "/"):
            break
        pieces += ["-" if m[2] != "/" and m[2] != "." else m[2], spelled]
        at = end
    return pieces, at


def _spelled(letters: str) -> str:
    upper = letters.upper().replace(" ", "").translate(_ETH)
    return _SPELLED.get(upper, upper)


def _is_piece(m: re.Match[str], letters: str, spelled: str, *, first: bool, slash: bool) -> bool:
    """Whether what `_PIECE` matched belongs to a code: a known sign, or capitals without a space before them."""
    before, separator, after, _ = m.groups()
    known, capitals = spelled in _SIGNS, sum(map(str.isupper, letters)) > 1
    if first:
        if before or after or not separator:
            return known and (slash or (capitals and bool(separator)))
        return capitals or (known and slash)
    if not separator or ((before or after) and separator != "/"):
        return False
    return capitals or spelled in _ORGANS
