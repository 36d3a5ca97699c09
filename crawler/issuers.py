"""The names of those who issue documents, as they are written into running text, and where such a name ends."""

from __future__ import annotations

import re
from typing import Final

#: Names of several syllables of which not all are capitalised. A name is a row of these and of capitalised words.
_PARTS: Final = (
    # the Party, from the Centre down
    *("Ban Chấp hành", "Ban Bí thư", "Ban Thường vụ", "Ban Cán sự đảng", "Bộ Chính trị", "Trung ương", "Đảng ủy"),
    *("Đảng bộ", "Đảng đoàn", "Chi bộ", "Chi ủy", "Tỉnh ủy", "Thành ủy", "Huyện ủy", "Quận ủy", "Thị ủy", "Quân ủy"),
    *("Thường vụ", "Thường trực", "Bí thư", "Văn phòng", "Cấp ủy", "Hội nghị", "Hội đồng Lý luận", "Cộng sản"),
    *("Ban Tổ chức", "Ban Tuyên giáo", "Ban Dân vận", "Ban Nội chính", "Ban Kinh tế", "Ban Đối ngoại", "Ban Chỉ đạo"),
    *("Ban Tôn giáo", "Ban Dân tộc", "Ban Quản lý", "Ủy ban Kiểm tra", "Ủy ban", "Bộ trưởng", "Bộ Tư lệnh"),
    # the State
    *("Quốc hội", "Ủy ban Thường vụ Quốc hội", "Chủ tịch nước", "Chủ tịch", "Thủ tướng", "Phó Thủ tướng", "Chính phủ"),
    *("Ủy ban nhân dân", "Hội đồng nhân dân", "Nhân dân", "nhân dân", "Nhà nước", "Tòa án nhân dân", "Tổng cục"),
    *("Viện kiểm sát nhân dân", "Thanh tra", "Kiểm toán Nhà nước", "Bảo hiểm xã hội", "Giám đốc", "Quân khu"),
    # ministries and departments by what they are for
    *("Công an", "Quốc phòng", "Nội vụ", "Ngoại giao", "Ngoại vụ", "Tư pháp", "Tài chính", "Xây dựng", "Y tế"),
    *("Công Thương", "Công thương", "Giao thông vận tải", "Kế hoạch và Đầu tư", "Giáo dục và Đào tạo"),
    *("Khoa học và Công nghệ", "Thông tin và Truyền thông", "Văn hóa, Thể thao và Du lịch", "Du lịch"),
    *("Văn hóa và Thể thao", "Tài nguyên và Môi trường", "Nông nghiệp và Phát triển nông thôn", "Quy hoạch"),
    *("Lao động - Thương binh và Xã hội", "Lao động, Thương binh và Xã hội", "Dân tộc và Tôn giáo"),
    # the Front and the organisations
    *("Mặt trận Tổ quốc", "Liên đoàn Lao động", "Tổng Liên đoàn Lao động", "Công đoàn", "Công đoàn viên chức"),
    *("Đoàn Thanh niên", "Thanh niên", "Trung ương Đoàn", "Thành đoàn", "Tỉnh đoàn", "Hội Nông dân", "Nông dân"),
    *("Hội Liên hiệp Phụ nữ", "Liên hiệp", "Phụ nữ", "Cựu chiến binh", "Chữ thập đỏ", "Người cao tuổi"),
    # places
    *("tỉnh", "thành phố", "huyện", "quận", "thị xã", "thị trấn", "xã", "phường", "khối", "doanh nghiệp"),
    *("các cơ quan và doanh nghiệp", "các cơ quan", "cơ quan", "các cấp", "các tỉnh"),
)
#: In a name these stand for one another, whatever the tone placement; spaces have been made one already.
_VARIANTS: Final = {
    "ủy": "(?:ủy|uỷ)",
    "hóa": "(?:hóa|hoá)",
    "Tòa": "(?:Tòa|Toà)",
    "Ủy": "(?:Ủy|Uỷ|UỶ|ỦY)",
    " - ": r"\s[-\u2010-\u2015\u2212]\s",
}


def _pattern(part: str) -> str:
    for one, both in _VARIANTS.items():
        part = part.replace(one, both)
    return part


_UPPER: Final = "".join(c for c in map(chr, range(0x41, 0x1EFA)) if c.isupper() and (c < "\u01b1" or c > "\u1e9f"))
_KNOWN: Final = "|".join(map(_pattern, sorted(_PARTS, key=len, reverse=True)))
_ROMAN: Final = r"(?:[IVX]{1,5}|[0-9]{1,2})(?!\w)"
_TERM: Final = rf"[Kk]h(?:óa|oá)\s{_ROMAN}"
#: A capitalised word continues a name ("Hà Nội", "BTV", "TT&TT"), unless it begins what the document is about.
_CAPITALISED: Final = (
    rf"(?!(?:Về|Nghị quyết|Chỉ thị|Kết luận|Quyết định|Quy định|Kế hoạch|Hướng dẫn|Luật)(?!\w))[{_UPPER}][\w&.]*(?<!\.)"
)
_PART: Final = (
    rf"(?:(?i:{_KNOWN})(?!\w)|{_CAPITALISED}|(?<=[Bb]an [Cc]hỉ đạo )[0-9]{{2,3}}(?!\w)"
    rf"|lần thứ \w{{1,5}}|(?<=Trung ương )[0-9]{{1,2}}(?!\w))"
)
#: "Chủ tịch UBND thành phố Hà Nội" has six parts; twelve are more than any name met.
_NAME: Final = re.compile(
    rf"{_PART}(?:\s(?:[-\u2010-\u2015\u2212]\s)?{_PART}){{0,11}}(?:,?\s\(\s?{_TERM}\s?\)|,?\s{_TERM})?"
)
#: The longest name in 585 articles has 43 characters; what goes on for as many as this is no name.
_LONGEST: Final = 120
_OF: Final = re.compile(r"[\s,)]{0,3}của\s")


#: Whoever is below the Centre: "kế hoạch thực hiện Chỉ thị 05-CT/TW của Thành ủy" is the Thành ủy's plan.
_LOCAL: Final = re.compile(
    r"(?:Thành|Tỉnh|Huyện|Quận|Thị|Đảng)\s(?:ủy|uỷ)|UBND|[ỦU][yỷ] ban nhân dân|Đảng bộ|Chi bộ|Sở ", re.IGNORECASE
)


def issuer_at(text: str, at: int, *, of_the_centre: bool = False) -> tuple[str | None, int]:
    """The name behind "của" at ``at`` in ``text`` (clean), as written, with its term; and its end, else ``at``.

    With ``of_the_centre`` the document is the Central Committee's or its organs', and a local name is somebody else's.
    """
    of = _OF.match(text, at)
    name = _NAME.match(text, of.end(), of.end() + _LONGEST) if of else None
    if name is None or len(name[0]) == _LONGEST or (of_the_centre and _LOCAL.search(name[0])):
        return None, at
    return name[0], name.end()
