"""A page as lines of text in reading order, each with what its markup says of it, and what a line looks like."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.landmarks import LONGEST, key

#: Ends of sentences in these texts; "./." closes official ones.
_TERMINAL = re.compile(r"[.!?…:;](?:[\"'”’»)\]/.]| )*$")

#: Words that cannot end a line of their own: what follows belongs to the same sentence.
_UNFINISHED = re.compile(
    r"(?:[,\-–(“]|\b(?:và|của|với|cho|các|những|là|tại|trong|về|do|để|theo|đến|từ|hoặc|cùng|ở|trên|có|được|bị|một|nhằm|qua))$"
)

#: A person's name as it is signed: two to five capitalised syllables, perhaps a degree before, initials.
_LETTERS = [chr(c) for c in (*range(0xC0, 0x250), *range(0x1EA0, 0x1EFA)) if chr(c).isalpha()]
_UPPER = "A-Z" + "".join(c for c in _LETTERS if c.isupper())
_LOWER = "a-z" + "".join(c for c in _LETTERS if c.islower())
_SYLLABLE = rf"(?:[{_UPPER}](?:['’][{_UPPER}])?[{_LOWER}]*\.?|[{_UPPER}]{{2,6}})"
_NAME = rf"(?:(?:PGS|GS|TS|ThS|BS|CN|KS)\.? ?)*{_SYLLABLE}(?: {_SYLLABLE}){{0,4}}"
_OFFICE = (
    r"(?:Ban|BDV|BBT|Phòng|Văn phòng|VP|Trung tâm|TT|Huyện|Quận|Tỉnh|Thành|Đảng|UBND|UBMT|MTTQ|Hội|Đoàn|LĐLĐ"
    r"|Sở|Báo|Đài|Trường|Công an|Bộ|Phó|Trưởng|Chủ tịch|Bí thư|Ủy viên|Cán bộ|Chuyên viên)\b.{0,70}"
)
_COMPILED = r"(?:\s*\((?:TH|ST|BT|T/h|tổng hợp|sưu tầm|biên tập)\))?"
_SIGNATURE = re.compile(
    rf"{_NAME}(?:\s*(?:[-–,&/;+]|và)\s*(?:{_NAME}|{_OFFICE}|(?:tổng hợp|sưu tầm|ghi|st|t/h)))*{_COMPILED}", re.UNICODE
)
_LOWER_NAME = re.compile(rf"[{_LOWER}]{{1,7}}(?: [{_LOWER}]{{1,7}}){{1,3}}")
#: A body that signs: at the end of a text, after its last sentence.
_DESK = re.compile(
    r"(?:Ban Biên tập|Văn phòng|Phòng|Trung tâm|Ban (?:Dân vận|Tuyên giáo|Tổ chức|Nội chính))\b.{0,40}|[A-ZĐ.]{2,6}"
)
_LABELLED = re.compile(
    r"\(?(?:tác giả(?: bài viết)?|người viết|(?:tin|bài|tin bài|bài viết)"
    r"(?:\s*(?:,|và|-|&|/)\s*(?:tin|bài|ảnh|clip))*|thực hiện|by|author|(?P<second>nguồn(?: tin)?|biên tập|người đăng))"
    r"\s*[:：]\s*(?P<who>.{2,100}?)\)?",
    re.IGNORECASE,
)
_BORROWED = re.compile(
    r"\(?theo\s+(?P<who>(?!đó|dõi|kế hoạch|quy định|báo cáo|chương trình).{2,80}?)\)?", re.IGNORECASE
)
_DASHED = re.compile(r"^[-–*_. ]+|(?:[-–*_ ]|\./\.?)+$")

#: Accounts of the CMS, shown where an author should be.
_ACCOUNT = re.compile(
    r"(?:(?:ad ?min|administrator|super user|quan ?tri(?: vien)?|(?:pho ban )?bien tap(?: vien)?|editor|user\d*|test)"
    r"\s*)+"
)


@dataclass(slots=True)
class Line:
    """One line of text. Shares are of its characters, 0 to 1; ``hint`` is the class and id names around it."""

    text: str
    link_share: float = 0.0
    bold: bool = False
    italic: bool = False
    align: str = ""
    heading: int = 0
    item: bool = False  # a list's item
    hint: str = ""
    chrome: bool = False  # inside nav, header, footer, aside or a form
    picture: bool = False  # an image stands between the line before and this one
    caption: bool = False  # marked up as a caption
    links: tuple[tuple[str, str], ...] = ()
    path: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """The line as landmarks are compared; empty for one too long to be a landmark."""
        return key(self.text) if len(self.text) <= LONGEST else ""

    @property
    def is_link(self) -> bool:
        """Whether the line is (nearly) nothing but links."""
        return self.link_share > 0.7

    @property
    def is_prose(self) -> bool:
        """Whether the line is running text: sentences, or longer than a headline ever is."""
        size = len(self.text)
        return self.link_share < 0.4 and (size >= 220 or (size >= 60 and ends_sentence(self.text)))


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence ends."""
    return _TERMINAL.search(text) is not None


def continues(before: str, after: str) -> bool:
    """Whether a single line break between two pieces of text is only a wrapped line."""
    if not before or not after:
        return False
    if _UNFINISHED.search(before):
        return True
    return after[0].islower() and not ends_sentence(before) and len(before) > 25


def is_caption(line: Line) -> bool:
    """Whether the line is the caption of an image, by its markup or by its place below one."""
    if line.caption:
        return len(line.text) <= 500
    if not line.picture or line.heading or line.links:
        return False
    if line.italic or line.align == "center":
        return len(line.text) <= 400
    return len(line.text) <= (60 if ends_sentence(line.text) else 200)


def is_account(text: str) -> bool:
    """Whether the text is the name of a CMS account ("admin admin", "Pho Ban bien tap")."""
    return _ACCOUNT.fullmatch(text.casefold()) is not None and text.isascii()


def is_labelled(text: str) -> bool:
    """Whether the line is a byline with its label ("Tác giả: …", "Nguồn: …")."""
    return len(text) <= 120 and _LABELLED.fullmatch(text) is not None


def is_source(text: str) -> bool:
    """Whether the line says where a text was taken from rather than who wrote it."""
    match = _LABELLED.fullmatch(text)
    return match is not None and match["second"] is not None


def signature(line: Line, *, before: str) -> str | None:
    """The author that a closing line names, or None. ``before`` is the text of the line before it."""
    text = line.text
    if len(text) > 120 or not text or text.endswith((":", "?", "!", ";")):
        return None
    for labelled in (_LABELLED, _BORROWED):
        match = labelled.fullmatch(text.rstrip("."))
        if match:
            return match["who"].strip()
    bare = _DASHED.sub("", text).rstrip(".")
    if bare[:1] + bare[-1:] in ("()", "[]"):
        bare = bare[1:-1].strip()
    set_apart = line.align == "right" or line.bold or ends_sentence(before)
    if _SIGNATURE.fullmatch(bare) and (" " in bare or line.align == "right" or line.bold):
        return bare
    if set_apart and _DESK.fullmatch(bare):
        return bare
    if _LOWER_NAME.fullmatch(bare) and ends_sentence(before):
        return bare
    return bare if line.align == "right" and 0 < len(bare) <= 80 and not ends_sentence(text) else None
