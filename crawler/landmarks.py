"""The vocabulary of these sites: lines that end an article, and lines that are never part of one, as data.

Every pattern is matched against a line that was folded (lower case, no marks, ``đ`` as ``d``) and freed of the
punctuation around it; each stands with a line on which it was seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from crawler.site import Landmarks
from crawler.text import fold

Role = Literal["closes", "begins_closing", "passes", "never", "glued", "opens_attachments"]

_EDGES = " \t:.,;…»«›‹>|<-–—•*·▪■►▶→←+/()[]!\"'“”"


@dataclass(frozen=True, slots=True)
class Landmark:
    """A folded pattern (regular expression, whole line), what it means, and a line it was made for."""

    pattern: str
    role: Role
    example: str


#: A line of these and what follows it is not the article any more.
_CLOSING = (
    (r"(?:cac |nhung )?(?:tin|bai|bai viet|tin bai|tin tuc|thong tin|van ban)(?: \w+)? (?:cung|trong cung) "
     r"(?:chuyen muc|chu de|(?:the )?loai|muc|danh muc|nhom|su kien)", "Tin cùng chuyên mục"),
    (r"cung (?:chuyen muc|chu de|danh muc|su kien)", "Cùng chuyên mục"),
    (r"(?:cac |nhung )?(?:tin|bai|bai viet|tin bai|tin tuc|thong tin|bai dang) khac(?: \(\d+\))?",
     "CÁC BÀI VIẾT KHÁC:"),
    (r"(?:cac |nhung )?(?:tin|bai|bai viet|tin bai|tin tuc) (?:moi|cu)(?: hon| nhat)?(?: \w+)?", "TIN MỚI HƠN"),
    (r"(?:cac |nhung )?(?:tin|bai|bai viet|tin bai|tin tuc) (?:da (?:dua|dang)(?: ngay)?|truoc|tiep theo|truoc do)",
     "TIN ĐÃ ĐƯA"),
    (r"(?:cac |nhung )?(?:tin|bai|bai viet|tin bai|tin tuc|thong tin|noi dung)(?: \w+)? (?:lien quan|tham khao)",
     "Tin liên quan"),
    (r"(?:cac |nhung )?(?:tin|bai)(?: viet| tuc)? (?:doc nhieu|xem nhieu|noi bat|quan tam)(?: nhat)?", "Tin đọc nhiều"),
    (r"xem (?:tin )?tiep(?: theo)?", "Xem tin tiếp theo…"),
    (r"(?:xem|doc) them(?: tin)?|co the ban quan tam|tin van|tin theo ngay", "Xem thêm"),
    (r"(?:xem theo ngay ?)+", "Xem theo ngày Xem theo ngày"),
    (r"tin xem theo ngay.*", "Tin xem theo ngày"),
    (r"(?:other|related|latest|more) (?:news|articles?|posts?)", "Other News"),
    (r"(?:y kien|binh luan|phan hoi)(?: cua)?(?: ban doc| doc gia)? ?\(?[1-9]\d*\)?|[1-9]\d* (?:binh luan|phan hoi)",
     "Bình luận (2)"),
    (r"tham do (?:y kien|du luan)(?: ban doc)?", "Thăm dò ý kiến"),
    (r"dang ky (?:nhan )?(?:ban tin|tin(?: moi)?|email)(?: qua email)?", "Đăng ký nhận bản tin"),
    (r"(?:dia chi|duong dan|lien ket) (?:cua )?(?:bai viet|tin|trang)(?: nay)? ?: ?\S+",
     "Địa chỉ bài viết: https://huyen.example/tin/1.html"),
    (r"(?:bai(?: viet)? nay|this entry) (?:duoc|was) (?:gui|dang|posted) (?:vao|trong|in|on)\b.*",
     "Bài này được gửi vào mục Tin tức. Bạn có thể theo dõi các phản hồi cho bài này qua RSS 2.0."),
)  # fmt: skip

#: How to reach somebody: a page's foot, or the last line of a notice.
_CONTACT = r"(?:dia chi|tru so|dien thoai|dt|tel|fax|email|e-mail|hotline|so dien thoai|thu dien tu) ?: ?.{3,}"
#: Lines that begin so close the article too, but sentences begin so as well: what is behind them decides.
_BEGINS_CLOSING = (
    (r"(?:ban quyen|copyright|©|\(c\)|ghi ro nguon|giay phep|co quan chu quan|chiu trach nhiem|don vi chu quan"
     r"|truong ban bien tap|thiet ke(?: va phat trien)? boi|phat trien boi|designed by|powered by)\b.*",
     "Bản quyền thuộc về Ban Dân vận Tỉnh ủy"),
    (r"© ?.*", "© 2023 Huyện ủy"),
    (_CONTACT, "Địa chỉ: số 1 đường Lê Lợi"),
    (r"(?:xem|doc) them ?: ?.+", "Xem thêm: Kế hoạch phát triển giao thông"),
    (r"(?:thong ke|so luot) truy cap.*", "Thống kê truy cập"),
    (r"(?:dang (?:online|truy cap)|khach truc tuyen|tong (?:so )?(?:luot )?truy cap)\b.*", "Đang truy cập: 12"),
)  # fmt: skip
#: Of those, what goes on as a clause does where it is a sentence, and not where a page's foot names itself.
_CLAUSE = re.compile(
    r"(?:giay phep|co quan chu quan|chiu trach nhiem|don vi chu quan|truong ban bien tap"
    r"|(?:thong ke|so luot) truy cap|tong (?:so )?(?:luot )?truy cap)"
    r"(?! (?:so|noi dung|chinh|xuat ban|thiet lap|hoat dong|trang|website)(?!\w)) [^:]{20,}"
)
#: Furniture by itself that is also a cell, an item or a heading of somebody's text.
_AMBIGUOUS = re.compile(
    r"[\d .,]+|[ac]|nguon|tac gia|bien tap|lien he|gioi thieu|chi tiet|tiep theo|to|lon|nho|vua|go|tim"
)

#: Buttons and counters that templates put in one line with nothing between them.
_BUTTON = (
    r"(?:in(?: trang| bai| bai viet| tin)?|ban (?:de )?in|luu (?:bai(?: viet)?|tin|dang file)"
    r"|gui (?:tin|bai(?: viet)?)?(?: nay)? ?(?:qua )?e?mail|gui (?:cho ban be|phan hoi|binh luan)|thao luan|phan hoi"
    r"|(?:chia se|share|tweet|dang|gui)(?: (?:tren|qua|len|on))? (?:facebook|twitter|zalo|google\+?|linkedin|pinterest)"
    r"|chia se|share|tweet|like|pin it|pinterest|google\+?|linkedin|whatsapp|facebook|twitter|zalo|email|print"
    r"|(?:quay|tro) (?:lai|ve)|(?:ve |len )?dau trang"
    r"|(?:so )?(?:luot|lan)(?: nguoi)? (?:xem|doc|truy cap) ?:? ?[\d.,]+|(?:binh luan|y kien) ?:? ?\(?\d+\)?)"
)

#: Bars of counters, buttons and tags. They end the article, unless its text goes on behind them: some templates put
#: them between the lead and the rest.
_PASSING = (
    (r"(?:so )?(?:luot|lan)(?: nguoi)? (?:xem|doc|truy cap)(?: bai(?: viet| nay)*| tin)?(?: ?:? ?[\d.,]+(?: luot)?)",
     "Số lượt người xem: 102"),
    (r"(?:so )?(?:luot|lan)(?: nguoi)? (?:xem|doc)", "Lượt xem:"),
    (r"(?:xem|da (?:xem|doc)|view count|views?|hits?|luot doc|doc) ?:? ?[\d.,]+(?: (?:luot|lan)(?: \w+)?)?",
     "View count: 935"),
    (r"[\d.,]+ (?:luot|lan|nguoi)(?: (?:xem|doc|da xem))?", "1.024 lượt xem"),
    (r"da (?:xem|doc)|views?|view count|hits?", "Đã xem"),
    (r"(?:the )?(?:tags?|tu khoa)(?: bai viet)?(?: ?:.*)?|the ?: .*", "Tag:"),
    (r"(?:[\d.,]+ )?(?:y kien|binh luan|phan hoi|gop y)(?: cua)?(?: ban doc| doc gia| nguoi dung| ban)?"
     r"(?: ?:? ?\(?\d+\)?)?", "Ý kiến bạn đọc"),
    (r"(?:gui|viet|them|dang)(?: y kien| binh luan| phan hoi)(?: cua ban)?(?: ve bai viet)?.{0,40}", "Gửi bình luận"),
    (r"(?:add|leave a|post a) (?:comment|reply)|jcomments|(?:no|\d+) comments?", "Add comment"),
    (r"#[a-z]\w+(?:[ ,]+#[a-z]\w+)*", "#danvan #nongthonmoi"),
    (r"(?:chua co|khong co) (?:binh luan|y kien|phan hoi).{0,40}", "Chưa có bình luận nào"),
    (r"(?:tong so diem|danh gia bai viet|xep hang ?:|click de danh gia|cham diem|danh gia ?:)(?!\w).{0,80}",
     "Tổng số điểm của bài viết là: 5 trong 1 đánh giá"),
    (r"(?:xin )?vui long (?:binh chon|danh gia).{0,20}"
     r"|(?:binh chon|danh gia|xep hang) cua (?:nguoi (?:dung|doc)|ban doc)(?: ?:.{0,20})?|user rating ?:.{0,30}"
     r"|rate this item", "Bình chọn của người dùng: 5 / 5"),
    (r"danh gia|xep hang|binh chon|[\d/]* ?\(?[\d.,]+ (?:danh gia|binh chon|luot)|[★☆ ]+(?:[\d/.,]+)?", "(0 đánh giá)"),
    (r"(?:chia se|share|in(?: trang| bai| bai viet| tin)?|print|(?:gui|send) (?:e?mail|cho ban be))"
     r"(?: (?:bai viet|len|qua|facebook|zalo|twitter|bai|tin|nay|trang).{0,30})?", "Chia sẻ:"),
    (r"gui bai(?: viet)?(?: nay)?(?: qua| cho| bang) .{0,20}|ban in(?: gui mail)?|luu bai(?: viet)?(?: nay)?",
     "Gửi bài viết qua email"),
    (r"sao chep (?:lien ket|link)|copy link|trang (?:truoc|sau|tiep)|trang \d+/\d+", "Sao chép liên kết"),
    (r"(?:quay (?:lai|ve)|tro (?:lai|ve)|ve trang chu|(?:ve |len )?dau trang|back|go top|len dau)"
     r"(?: trang(?: truoc| chu)?)?", "Quay lại"),
    (r"(?:like|thich|share|tweet|chia se)(?: ?\d+)?(?: (?:like|thich|share|tweet|chia se)(?: ?\d+)?)*", "Like Share"),
    (rf"{_BUTTON}(?: ?{_BUTTON})+", "Bản để in Lưu dạng file Gửi tin qua email"),
    (r"theo doi (?:chung toi )?(?:tren|qua) .{3,30}", "Theo dõi trên Google News"),
    (r"(?:nghe|doc)(?: noi dung)? (?:bai(?: viet| doc)?|tin|audio).{0,10}|giong doc.{0,30}|nghe doc bai.*",
     "Nghe nội dung bài viết"),
    (r".{0,30}(?:khong ho tro|does not support) (?:the |the )?.{0,10}(?:audio|video).{0,20}",
     "Your browser does not support the audio element."),
    (r"ma (?:bao mat|xac nhan|kiem tra)", "Mã bảo mật"),
)  # fmt: skip

#: Attachments follow; the article has ended.
_ATTACHMENTS = (
    (r"(?:danh sach |cac )?(?:file|tep|tap tin|tai lieu|van ban|tep tin)(?: van ban)? (?:dinh kem|kem theo)(?: ?:.*)?",
     "File đính kèm"),
    (r"dinh kem|attachments?|download|tai ve|tai file.{0,30}", "Tải về"),
)  # fmt: skip

#: Lines that stand about an article, before it or inside, without ending it.
_NEVER = (
    (r"xem (?:voi )?co chu", "Xem với cỡ chữ"),
    (r"(?:co|kich co|kich thuoc|mau|font) chu(?: ?: ?.{0,40})?|(?:do )?tuong phan", "Cỡ chữ: A- A A+"),
    (r"(?:(?:decrease |increase |reset )?font size ?)+", "font size decrease font size increase font size"),
    (r"(?:(?:duoc )?(?:dang|viet|bien tap|cap nhat|gui)|quan tri) boi(?: ?:)? .{2,40}"
     r"|(?:posted|created|submitted) by(?: ?:)? .{2,40}"
     r"|(?:nguoi (?:dang|gui|nhap|tao|duyet|cap nhat)(?: tin| bai(?: viet)?)?|quan tri(?: vien)?) ?: .{2,40}",
     "Đăng bởi: admin"),
    (r"(?:bien tap|nguoi dang|dang boi|tac gia|nguoi viet|nguon)", "Tác giả:"),
    (r"(?:chuyen muc|danh muc|the loai|muc) ?: .{2,60}", "Chuyên mục: Dân vận"),
    (r"(?:tieng viet|english|vn|en|vi)(?: \|? ?(?:tieng viet|english|vn|en|vi))+", "Tiếng Việt | English"),
    (r"[ac] ?[+-]?", "A-"),
    (r"a(?: ?[+-]? ?a){1,3}", "A- A A+"),
    (r"(?:sign|log) ?(?:in|out)|dang (?:nhap|xuat|ky)(?: he thong| thanh vien)?", "Sign In"),
    (r"so luot truy cap|luot truy cap|tong luot truy cap", "SỐ LƯỢT TRUY CẬP"),
    (r"khong tieu de", "• Không tiêu đề"),
    (r"chi tiet(?: (?:tin|bai viet|tin tuc))?|details?", "Chi tiết"),
    (r"lui|tiep theo|prev(?:ious)?|next", "< Lùi"),
    (r"(?:google )?advertisements?|sponsored(?: links?)?|quang cao", "Advertisement"),
    (r"(?:tim kiem|search|tim|go)(?: nang cao)?", "Tìm kiếm"),
    (r"(?:nhap tu (?:khoa )?(?:tim kiem|can tim)).{0,20}", "---Nhập từ tìm kiếm---"),
    (r"(?:trang chu|home|gioi thieu|lien he|so do (?:cong|trang|website)|rss|english|tieng viet|menu|skip to .{3,30})",
     "Trang chủ"),
    (r"(?:doc|nghe) bai(?: viet)?|nghe doc bai.*|phat am thanh", "Nghe đọc bài"),
    (r"(?:facebook|zalo|twitter|google\+?|youtube|linkedin|pinterest|like|thich|tweet|email|pdf|share)", "Facebook"),
    (r"(?:font|co|kich)? ?(?:chu )?(?:nho|vua|to|lon)(?: (?:nho|vua|to|lon))*", "Nhỏ Vừa Lớn"),
    (r"(?:tang|giam) (?:co chu|kich thuoc).{0,20}", "Tăng cỡ chữ"),
    (r"(?:luot|lan) (?:xem|doc)", "lượt xem"),
    (r"(?:xem )?toan man hinh|phong to(?: anh)?|click vao anh de .{3,40}", "Phóng to ảnh"),
)  # fmt: skip

#: Beginnings of lines that these widgets glue to the first words of the article.
_GLUED = ((r"xem (?:voi )?co chu", "Xem với cỡ chữ Công tác dân vận …"),)

LANDMARKS: tuple[Landmark, ...] = (
    *(Landmark(p, "closes", e) for p, e in _CLOSING),
    *(Landmark(p, "begins_closing", e) for p, e in _BEGINS_CLOSING),
    *(Landmark(p, "passes", e) for p, e in _PASSING),
    *(Landmark(p, "opens_attachments", e) for p, e in _ATTACHMENTS),
    *(Landmark(p, "never", e) for p, e in _NEVER),
    *(Landmark(p, "glued", e) for p, e in _GLUED),
)

#: Between the parts of a bar.
_BAR = re.compile(r"[|•·]|\]\s*\[")

#: No landmark is longer than a line of a page's furniture; anything longer is prose and is not even folded.
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The landmarks that hold for one site, compiled."""

    closes: re.Pattern[str]
    begins_closing: re.Pattern[str]
    passes: re.Pattern[str]
    attachments: re.Pattern[str]
    never: re.Pattern[str]
    glued: re.Pattern[str]
    own: Landmarks  # what the site and its family declare

    def ends(self, folded: str) -> bool:
        """Whether a folded line ends the article, whatever follows."""
        return self.closes.fullmatch(folded) is not None or self.begins_closing.fullmatch(folded) is not None

    def only_begins(self, folded: str) -> bool:
        """Whether a folded line only begins like a landmark that ends the article: it may be a sentence."""
        return self.closes.fullmatch(folded) is None and self.begins_closing.fullmatch(folded) is not None

    def may_be_text(self, folded: str) -> bool:
        """Whether furniture, as a folded line, could as well be a cell, an item or a heading of the text."""
        return _AMBIGUOUS.fullmatch(folded) is not None and folded not in map(key, self.own.never)

    def closing(self, folded: str) -> bool:
        """Whether a folded line ends the article, unless its text goes on behind."""
        return self.ends(folded) or self._is_bar(folded) or self.opens_attachments(folded)

    def _is_bar(self, folded: str) -> bool:
        """Whether the line is a bar of counters and buttons: each of its parts is one, or furniture."""
        if self.passes.fullmatch(folded) is not None:
            return True
        parts = _BAR.split(folded)
        if len(parts) < 2:
            return False
        parts = [part.strip(_EDGES) for part in parts]
        return all(not p or self.passes.fullmatch(p) or self.never.fullmatch(p) for p in parts)

    def opens_attachments(self, folded: str) -> bool:
        """Whether what follows this folded line is a list of attached files."""
        return self.attachments.fullmatch(folded) is not None

    def is_never(self, folded: str) -> bool:
        """Whether a folded line is furniture: empty, a bare number, or in the vocabulary."""
        return not folded or folded.replace(" ", "").isdigit() or self.never.fullmatch(folded) is not None

    def named(self, folded: str) -> str:
        """The landmark that a folded line, or the first part of a bar, meets: by the line that it was made for."""
        parts = [folded, *(part.strip(_EDGES) for part in _BAR.split(folded))]
        for part in parts:
            own = next((line for line in (*self.own.closes, *self.own.never) if key(line) == part), None)
            if own is not None:
                return f"the declared landmark “{own}”"
            general = next((m for m in LANDMARKS if m.role != "glued" and re.fullmatch(m.pattern, part)), None)
            if general is not None:
                return f"the landmark “{general.example}”"
        return "a bare number" if folded else "an empty line"


def key(line: str) -> str:
    """A line as landmarks are compared: folded, without the punctuation and bullets around it."""
    return fold(line).strip(_EDGES)


def is_contact(folded: str) -> bool:
    """Whether a folded line says how to reach somebody."""
    return re.fullmatch(_CONTACT, folded) is not None


def is_clause(folded: str) -> bool:
    """Whether a folded line that begins like a landmark goes on as a sentence does."""
    return _CLAUSE.fullmatch(folded) is not None


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns) or r"(?!)")


@lru_cache(maxsize=256)
def vocabulary(site: Landmarks) -> Vocabulary:
    """The general vocabulary together with a site's own landmarks."""

    def of(role: Role) -> list[str]:
        return [m.pattern for m in LANDMARKS if m.role == role]

    own_never = [re.escape(key(line)) for line in site.never]
    return Vocabulary(
        passes=_any(of("passes")),
        closes=_any([*(re.escape(key(line)) for line in site.closes), *of("closes")]),
        begins_closing=_any(of("begins_closing")),
        attachments=_any(of("opens_attachments")),
        never=_any([*own_never, *of("never")]),
        glued=re.compile("|".join([*own_never, *of("glued")])),
        own=site,
    )
