"""A page as lines of text in reading order, each with what its markup says of it, and what a line looks like."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from crawler.landmarks import LONGEST, key
from crawler.text import fold

#: Ends of sentences in these texts; "./." closes official ones.
_TERMINAL = re.compile(r"[.!?…:;](?:[\"'”’»)\]/.]| )*$")

_ADDRESS = re.compile(r"\b(?:e-?mail|fax|điện thoại|đt|tel|địa chỉ|trụ sở|bản quyền|giấy phép)\b", re.IGNORECASE)

#: Furniture by the names that templates give it.
_FURNITURE = re.compile(
    r"(?<![a-z])(?:nav|navbar|menu\w*|sidebar|breadcrumbs?|footer|topbar|banner|related\w*|other\w*|(?<!elementor-)widget\w*|comments"
    r"|comment-?(?:form|list|box|area)|binh-?luan|rating|share|sharing|social\w*|copyright|marquee|poll|weblinks?|lienket"
    r"|tin-?(?:khac|lien-?quan|moi)|paging|pagination|hot-?news)(?![a-z])"
)

#: Words that cannot end a line of their own: what follows belongs to the same sentence.
_UNFINISHED = re.compile(
    r"(?:[,\-–(“]|\b(?:và|của|với|cho|các|những|là|tại|trong|về|do|để|theo|đến|từ|hoặc|cùng|ở|trên|có|được|bị|một|nhằm|qua))$"
)

#: A person's name as it is signed: two to five capitalised syllables, perhaps a degree before, initials.
_LETTERS = [chr(c) for c in (*range(0xC0, 0x250), *range(0x1EA0, 0x1EFA)) if chr(c).isalpha()]
_UPPER = "A-Z" + "".join(c for c in _LETTERS if c.isupper())
_LOWER = "a-z" + "".join(c for c in _LETTERS if c.islower())
_SYLLABLE = rf"(?:[{_UPPER}]{{2,6}}(?![{_LOWER}'’.])|[{_UPPER}](?:['’.][{_UPPER}])*[{_LOWER}]*\.?)"
_DEGREE = r"(?:(?:PGS|GS|TSKH|TS|Th\.? ?[Ss]|BS|CN|KS|NCS|LS)(?!\w)\.? ?|Đ/[cC]\.? )"
_TITLE = (
    r"(?:(?:(?:Đại|Thượng|Trung|Thiếu) (?:tướng|tá|[uú]y|uý)|Nhà (?:báo|giáo|văn|thơ)|Luật sư|Bác sĩ|Tiến sĩ|Thạc sĩ"
    r"|Phóng viên|Cộng tác viên) )"
)
# atomic, as a name is one thing: else a long line of capitals is taken apart in every way there is
_NAME = rf"(?>(?:{_TITLE}|{_DEGREE}){{0,4}}{_SYLLABLE}(?: (?:{_SYLLABLE}|thị|văn)){{0,4}})"
_OFFICE = (
    r"(?:Ban|BDV|BBT|Phòng|Văn phòng|VP|Trung tâm|TT\w*|Huyện|Quận|Tỉnh|Thành|Đảng|UBND|Ủy ban|Uỷ ban|UBMT\w*|MTTQ\w*"
    r"|Hội|Đoàn|LĐLĐ|Sở|Báo|Đài|Trường|Công an|Bộ|Phó|Trưởng|Chủ tịch|Bí thư|Ủy viên|Cán bộ|Chuyên viên)\b.{0,70}"
)
_IN_BRACKETS = re.compile(rf"\({_OFFICE}\)")
_AND = r"\s*(?:[-–,&/;+|]|và)\s*"
#: How the text came about, or for which body, behind the name.
_HOW = rf"(?:TH|ST|BT|(?i:t[/.]h|tổng hợp|sưu tầm|biên tập|lược ghi|ghi|thực hiện|theo .{{2,40}})|{_OFFICE})"
_COMPILED = rf"(?:\s*\(\s*{_HOW}\s*\)|\s+(?:tổng hợp|sưu tầm|lược ghi|st))?"
#: The photographer, told beside the author.
_WITH_CREDIT = rf"(?:\s*[-–,;.]?\s*(?i:ảnh|clip|video)\s*:\s*{_NAME}(?:\s*(?:[-–,&]|và)\s*{_NAME})*)?"
_CREDIT = re.compile(r"\(?(?:nguồn )?(?:ảnh|clip|video)(?: minh họa)?\s*[:：]\s*.{2,60}", re.IGNORECASE)
_SIGNATURE = re.compile(
    rf"{_NAME}(?:{_AND}(?:{_NAME}|tổng hợp|sưu tầm|ghi|st|t/h)){{0,6}}(?:{_AND}{_OFFICE})?{_COMPILED}{_WITH_CREDIT}"
)
_SMALL = rf"[{_LOWER}]{{1,7}}(?: [{_LOWER}]{{1,7}}){{1,3}}"
_LOWER_NAME = re.compile(rf"{_SMALL}(?: ?[-–,&] ?{_SMALL}(?: [{_LOWER}]{{1,7}}){{0,3}})*{_COMPILED}")
#: What stands in a right-aligned line that names somebody: no slogan capitalises two words one after the other.
_NAMING = re.compile(rf"(?<!\w)(?:{_SYLLABLE} {_SYLLABLE}|{_OFFICE})")
#: A label whose name is missing.
_UNNAMED = re.compile(r"(?:tác giả(?: bài viết)?|người (?:viết|đăng)|(?:bài )?đăng bởi|nguồn(?: tin)?)", re.IGNORECASE)
#: Place and day, where official letters have them.
_DAY = re.compile(r"ngày\s*\d|\d\s*[/.-]\s*\d|tháng\s*\d", re.IGNORECASE)
#: Slogans and closing words that stand where authors do, capitalised like names.
_SLOGAN = re.compile(
    r"(?:xin )?(?:dân vận|dân chủ|trân trọng|(?:chúc|chào|kính) mừng|mừng (?:đảng|xuân)|thông báo|c[ảá]m ơn|kết luận"
    r"|học tập|thi đua|đoàn kết [-–]|k[ỷỉ] cương|nêu gương|muôn năm|ý đảng|vì nhân dân|công tác|như trên"
    r"|(?-i:(?:Huyện|Tỉnh|Xã|Quận|Phường) [A-ZĐ])|(?:hồ chí minh|hà nội|hải phòng|đà nẵng|cần thơ)$)",
    re.IGNORECASE,
)
#: A body of which a line tells what it does has not signed it.
_DOES = r"(?:tổ chức|ra quân|tham gia|thực hiện|trao|tặng|thăm|kiểm tra|làm việc|phát (?:động|biểu)|triển khai|chúc)"
#: A body that signs: at the end of a text, after its last sentence.
_DESK = re.compile(
    r"(?:Ban Biên tập|Văn phòng|Phòng|Trung tâm|Ban (?:Dân vận|Tuyên giáo|Tổ chức|Nội chính)|Khối Dân vận|Huyện đoàn)"
    r"\b.{0,40}"
    r"|(?:(?:Ban )?Thường trực|BDV|VP) .{3,40}"
    rf"|(?:Hội|Đoàn|Liên đoàn|Công an|Chi bộ|Đảng [uủ][yỷ]|[UỦ][yỷ] ban)(?= [{_UPPER}])(?!.*{_DOES}).{{3,40}}"
    rf"|(?:Mặt trận Tổ quốc|Tổ (?:tuyên truyền|biên tập|dân vận))\b(?!.*{_DOES}).{{0,30}}"
    r"|Nhóm (?:PV|phóng viên|tác giả)|[A-ZĐ.]{2,6}"
)
_LABELLED = re.compile(
    r"(?P<open>\()?(?:tác giả(?: bài viết)?|t/?g|người (?:viết|thực hiện)|biên soạn|tổng hợp|sưu tầm|pv"
    r"|ảnh và bài|(?:tin|bài|tin bài|bài viết)"
    r"(?:(?:\s*(?:,|và|-|–|&|/|\+)\s*|\s+)(?:tin|bài|ảnh|clip|video)){0,4}|thực hiện|by|author"
    r"|(?P<second>nguồn(?: tin)?|biên tập|người đăng))"
    r"\s*[:：]\s*(?P<who>.{2,100}?)(?(open)\))",
    re.IGNORECASE,
)
_BORROWED = re.compile(
    r"(?P<open>\()?theo(?:\s*[:：]\s*|\s+)"
    r"(?P<who>(?!đó|dõi|kế hoạch|quy định|báo cáo|chương trình).{2,80}?)(?(open)\))",
    re.IGNORECASE,
)
#: A label of two words stands without its colon too.
_BARE_LABEL = re.compile(
    rf"(?i:(?:tin|bài|ảnh)(?:\s*(?:,|và|-|–|&|/|\+)\s*(?:tin|bài|ảnh))+)\s+(?P<who>{_NAME}(?:{_AND}{_NAME}){{0,4}}"
    rf"(?:{_AND}{_OFFICE})?)"
)
_NAMED = (
    (_LABELLED, "the name after a label"),
    (_BARE_LABEL, "the name after a label"),
    (_BORROWED, "whom the text is borrowed from"),
)
_DASHED = re.compile(r"^[-–*_. ]+|(?:[-–*_ ]|\./\.?)+$")

#: Accounts of the CMS, shown where an author should be.
_ACCOUNT_WORD = (
    r"(?:ad min|[\w.-]{0,30}admin[\w.-]*|super user|host|portal|webmaster|(?:ban )?quan ?tri(?: vien| mang| he thong)?"
    r"|(?:pho ban )?bien tap(?: vien)?|editor|user|test|[a-z]+_\w+|[a-z]{3,}(?=\d))\d*"
)
_ACCOUNT = re.compile(rf"{_ACCOUNT_WORD}(?:\s+{_ACCOUNT_WORD}){{0,3}}\s*")
#: A body whose name lost its marks, as accounts' names do: who signs writes them.
_UNMARKED = re.compile(
    r"(?:(?:to|ban|trung tam)(?: [a-z]+){2}|van phong|thu ky|toa soan)(?: [a-z]+){0,4}", re.IGNORECASE | re.ASCII
)


#: Documents, by the end of their name, which Liferay follows with an identifier.
FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|rar|zip|odt|ods|rtf)(?=$|[/?#])", re.IGNORECASE)


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
    tail: str = ""  # its end in brackets or in bold, where an element of its own holds that
    caption: bool = False  # marked up as a caption
    links: tuple[tuple[str, str], ...] = ()
    path: tuple[int, ...] = ()
    _key: str | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> str:
        """The line as landmarks are compared; empty for one too long to be a landmark."""
        if self._key is None:  # asked for three times a line
            self._key = key(self.text) if len(self.text) <= LONGEST else ""
        return self._key

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


def gives_address(text: str) -> bool:
    """Whether the text names what a page's foot does: an address, a telephone, a licence."""
    return _ADDRESS.search(text) is not None


def names_furniture(hint: str) -> bool:
    """Whether a template's names for an element are those of furniture."""
    return _FURNITURE.search(hint) is not None


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
    """Whether the text is the name of a CMS account ("admin admin", "Pho Ban bien tap", "To Thu Ky")."""
    if len(text) > 60:
        return False
    return _ACCOUNT.fullmatch(fold(text)) is not None or _UNMARKED.fullmatch(text) is not None


def names_nobody(text: str) -> bool:
    """Whether the text, in an author's place, is a label without a name, or a day."""
    return _UNNAMED.fullmatch(text) is not None or _DAY.search(text) is not None


def is_labelled(text: str) -> bool:
    """Whether the line is a byline with its label ("Tác giả: …", "Nguồn: …")."""
    return len(text) <= 120 and _LABELLED.fullmatch(text) is not None


def byline(text: str) -> str | None:
    """The author whom a line above the text names with a label; None for a source and for an account of the CMS."""
    found = signature(Line(text), before=".") if is_labelled(text) and not is_source(text) else None
    return None if found is None or is_account(found) else found


def is_source(text: str) -> bool:
    """Whether the line says where a text was taken from rather than who wrote it."""
    match = _LABELLED.fullmatch(text) if len(text) <= 120 else None
    return match is not None and match["second"] is not None


class Signed(NamedTuple):
    """An author's name, and by what it was known for one."""

    name: str
    rule: str


def is_borrowed(text: str) -> bool:
    """Whether the line says whom a text was borrowed from ("Theo …")."""
    return len(text) <= 120 and _BORROWED.fullmatch(text) is not None


def is_office(text: str) -> bool:
    """Whether the text is a body or an office in brackets, as below the name of who signs for it."""
    return _IN_BRACKETS.fullmatch(text) is not None


def is_credit(text: str) -> bool:
    """Whether the line says whose the images are, and no more."""
    return len(text) <= 120 and _CREDIT.fullmatch(text.rstrip(".")) is not None


def signature(line: Line, *, before: str) -> str | None:
    """The author that a closing line names, or None. ``before`` is the text of the line before it."""
    found = signed(line, before=before)
    return None if found is None else found.name


def signed(line: Line, *, before: str) -> Signed | None:
    """As ``signature``, with the rule that knew the name."""
    text = line.text
    if len(text) > 120 or not text or text.endswith((":", "?", "!", ";")) or is_credit(text):
        return None
    for labelled, rule in _NAMED:
        match = labelled.fullmatch(text.rstrip("."))
        if match:
            return Signed(match["who"].strip(), rule)
    bare = _DASHED.sub("", text).rstrip(".")
    if bare[:1] + bare[-1:] in ("()", "[]"):
        bare = bare[1:-1].strip()
    if (line.align == "center" and bare.isupper()) or _SLOGAN.match(bare) or _DAY.search(bare):
        return None
    set_apart = line.align == "right" or line.bold or (ends_sentence(before) and before[-1:] not in ";:")
    initials = "." in bare and ends_sentence(before)
    if _SIGNATURE.fullmatch(bare) and (" " in bare or "’" in bare or line.align == "right" or line.bold or initials):
        return Signed(bare, "names as they are signed")
    if set_apart and _DESK.fullmatch(bare):
        return Signed(bare, "a body that signs")
    if _LOWER_NAME.fullmatch(bare) and (ends_sentence(before) or line.align == "right"):
        return Signed(bare, "a name in lower case below a finished sentence")
    if line.align == "right" and len(bare) <= 80 and _NAMING.search(bare) and not ends_sentence(text):
        return Signed(bare, "a short right-aligned line")
    return None
