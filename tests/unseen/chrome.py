"""What stands around articles: menus, lists of others, clocks, counters, footers."""

from __future__ import annotations

from html import escape

from .articles import ABSTRACTS, IMG, ITEM, OTHERS, ROW, SUB, Item

DAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
MONTHS = ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")
MENU = ("Trang chủ", "Giới thiệu", "Tin tức - Sự kiện", "Văn bản chỉ đạo", "Thủ tục hành chính", "Hỏi đáp", "Liên hệ")
OFFICE = "TRANG THÔNG TIN ĐIỆN TỬ HUYỆN VĨNH LỘC"
FOOTER = (
    "Cơ quan chủ quản: Ủy ban nhân dân huyện Vĩnh Lộc",
    "Chịu trách nhiệm chính: Ông Trần Quốc Việt - Phó Chủ tịch UBND huyện",
    "Địa chỉ: Số 18 đường 17 tháng 8, thị trấn Vĩnh Lộc; Điện thoại: 0207.3851.115; Fax: 0207.3851.116",
    "Giấy phép số 27/GP-TTĐT do Sở Thông tin và Truyền thông cấp ngày 14/8/2019",
    "Ghi rõ nguồn “vinhloc.example” khi phát hành lại thông tin từ trang này",
)


def e(text: str) -> str:
    return escape(text, quote=False)


def weekday(item: Item) -> str:
    return DAYS[item.when.weekday()]


def half(item: Item, seconds: bool = False, signs: tuple[str, str] = ("SA", "CH")) -> str:
    """The time by twelve hours: 2:05 CH."""
    when = item.when
    tail = f"{when:%M:%S}" if seconds else f"{when:%M}"
    return f"{(when.hour - 1) % 12 + 1}:{tail} {signs[when.hour >= 12]}"


def menu(tag: str = "ul") -> str:
    if tag == "td":
        return "<table><tr>" + "".join(f"<td><a href=/m{n}>{m}</a></td>" for n, m in enumerate(MENU)) + "</tr></table>"
    return "<ul>" + "".join(f"<li><a href='/m{n}'>{m}</a></li>" for n, m in enumerate(MENU)) + "</ul>"


def links(count: int = 4, start: int = 0, item: str = "<li>{}</li>", date: str = "") -> str:
    """Linked headlines of others, each in ``item``; ``date`` with its number in place of {}."""
    chosen = [OTHERS[(start + n) % len(OTHERS)] for n in range(count)]
    return "".join(
        item.format(f'<a href="/tin/{start + n}-khac.html">{title}</a>{date.format(28 - n)}')
        for n, title in enumerate(chosen)
    )


def teasers(count: int = 3, start: int = 3, head: str = "h4") -> str:
    return "".join(
        f"<div><{head}><a href=/tin/{start + n}>{OTHERS[(start + n) % len(OTHERS)]}</a></{head}>"
        f"<p>{ABSTRACTS[n % 3]}</p></div>"
        for n in range(count)
    )


def footer(item: str = "<p>{}</p>", count: int = 5) -> str:
    return "".join(item.format(line) for line in FOOTER[:count])


def visitors(item: str = "<div>{}</div>") -> str:
    return "".join(item.format(t) for t in ("Đang trực tuyến: 14", "Hôm nay: 812", "Tổng lượt truy cập: 2.481.903"))


def body(
    item: Item,
    *,
    lead: str | None = "<p><strong>{}</strong></p>",
    p: str = "<p>{}</p>",
    sub: str = "<p><strong>{}</strong></p>",
    li: tuple[str, str, str] = ("<ul>", "<li>{}</li>", "</ul>"),
    img: str = '<p style="text-align:center"><img src="/upload/{n}.jpg" alt=""></p>'
    '<p style="text-align:center"><em>{}</em></p>',
    joint: str = "\n",
) -> str:
    """The text, each kind of block in its own markup; ``lead``: None where the page shows it elsewhere."""
    parts = [] if lead is None else [lead.format(e(item.lead))]
    within = ""
    for n, block in enumerate(item.blocks):
        text = e(block.text)
        opened = block.kind if block.kind in (ITEM, ROW) else ""
        if within != opened:
            if within:
                parts.append(li[2] if within == ITEM else "</table>")
            if opened:
                parts.append(li[0] if opened == ITEM else "<table border=1>")
            within = opened
        if block.kind == ROW:
            parts.append("<tr>" + "".join(f"<td>{cell.strip()}</td>" for cell in text.split("|")) + "</tr>")
        else:
            shape = {SUB: sub, ITEM: li[1], IMG: img}.get(block.kind, p)
            parts.append(shape.replace("{n}", str(n)).format(text))
    if within:
        parts.append(li[2] if within == ITEM else "</table>")
    return joint.join(parts)


def sign(item: Item, shape: str = '<p style="text-align:right"><strong>{}</strong></p>') -> str:
    return shape.format(e(item.sign)) if item.sign else ""


def page(inside: str, *, title: str = "", head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>{e(title)}</title>{head}</head>'
        f"<body>{inside}</body></html>"
    )
