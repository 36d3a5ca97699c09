"""Frame pieces that several families share: the seed's own lines, link lists, side boxes, footer."""

from __future__ import annotations

from collections.abc import Callable

from .view import PARTNERS, POLL, RATES, RELATED, WEATHER, Teaser, View, esc

Wrap = Callable[[str], str]


def tag(name: str, attributes: str = "") -> Wrap:
    """A function that puts its text into ``<name attributes>``."""
    opening = f"<{name} {attributes}>" if attributes else f"<{name}>"
    return lambda text: f"{opening}{text}</{name.split()[0]}>"


P = tag("p")
DIV = tag("div")


def lines(texts: list[str], wrap: Wrap, joint: str = "\n") -> str:
    return joint.join(wrap(esc(text)) for text in texts)


def link(other: Teaser) -> str:
    return f'<a href="{other.href}" title="{other.title}">{other.title}</a>'


def dated(other: Teaser) -> str:
    return f"{link(other)} ({other.day:%d/%m/%Y})"


def related(view: View, count: int = 5, start: int = 0, item: Callable[[Teaser], str] = dated) -> str:
    return "<ul>" + "\n".join(f"<li>{item(other)}</li>" for other in view.others(count, start)) + "</ul>"


def menu(view: View) -> str:
    return (
        "<ul>"
        + "".join(f'<li><a href="/muc-{i}">{esc(t)}</a></li>' for i, t in enumerate(view.publisher.menu))
        + "</ul>"
    )


def tail(view: View, heading: Wrap, listing: Callable[[int], str], *, attachment: bool = True) -> str:
    """The seed's lines below the author: other articles under their headings, a file under "File đính kèm"."""
    parts = []
    for number, text in enumerate(view.tail):
        parts.append(heading(esc(text)))
        if RELATED.search(text):
            parts.append(listing(number))
        elif text == "File đính kèm" and attachment:
            parts.append('<a href="/documents/10180/khung-bao-cao-khao-sat.docx">khung-bao-cao-khao-sat.docx</a>')
        elif text.startswith("Xem theo ngày"):
            parts.append(calendar())
    return "\n".join(parts)


def calendar() -> str:
    days = "".join(f"<option value={d}>{d}</option>" for d in range(1, 32))
    years = "".join(f"<option value={y}>{y}</option>" for y in range(2015, 2025))
    return f"<select name=day>{days}</select><select name=year>{years}</select><input type=submit value=Xem>"


def weather(view: View) -> str:
    rows = "".join(f"<tr><td>{esc(c)}</td><td>{t + view.visit}°C</td></tr>" for c, t in WEATHER)
    rates = "".join(f"<tr><td>{c}</td><td>{r + 17 * view.visit:,}</td></tr>" for c, r in RATES)
    return f"<div>Thời tiết</div><table>{rows}</table><div>Tỷ giá ngoại tệ</div><table>{rates}</table>"


def poll(view: View) -> str:
    question, answers = POLL
    options = "".join(
        f'<label><input type="radio" name="poll" value="{i}" />{esc(a)}</label>' for i, a in enumerate(answers)
    )
    votes = f"<span>Tổng số phiếu: {310 + 11 * view.visit}</span>"
    button = '<input type="submit" value="Bình chọn" />'
    return f'<form action="/poll" method="post"><p>{esc(question)}</p>{options}{button}{votes}</form>'


def partners() -> str:
    return (
        "<select onchange='window.open(this.value)'>"
        + "".join(f"<option>{esc(p)}</option>" for p in PARTNERS)
        + "</select>"
    )


def teasers(view: View, count: int = 3, start: int = 5) -> str:
    """Other headlines with the beginning of their texts, as side columns show them."""
    return "\n".join(
        f'<div class="item"><h3>{link(o)}</h3><span class="time">{o.day:%d/%m/%Y %H:%M}</span><p>{o.text}</p></div>'
        for o in view.others(count, start)
    )


def attachments(label: str) -> str:
    """Files that come with the article, listed below it; a name may look like a sentence."""
    names = ("Kế hoạch tổ chức hội nghị.doc", "bieu-mau-so-3.xlsx")
    files = "".join(f'<li><a href="/uploads/{i}/{n}">{n}</a> (Tải về)</li>' for i, n in enumerate(names))
    return f'<div class="files"><strong>{label}</strong><ul>{files}</ul></div>'


def itself(view: View) -> str:
    """This very article, as the first of a list of the newest: its headline stands twice in the page."""
    return f'<div class="item"><h3><a href="{view.publisher.path}">{view.headline}</a></h3></div>'


def footer(view: View, wrap: Wrap = P) -> str:
    return "\n".join(wrap(esc(text)) for text in view.publisher.footer)


def visitors(view: View, wrap: Wrap = DIV) -> str:
    counts = (
        f"Đang truy cập: {3 + 4 * view.visit}",
        f"Hôm nay: {812 + 95 * view.visit}",
        f"Tổng lượt truy cập: {1204331 + 977 * view.visit:,}",
    )
    return "".join(wrap(text) for text in counts)


def comment_form(view: View) -> str:
    return (
        '<form class="comment-form" action="/binh-luan" method="post"><h4>Ý kiến bạn đọc</h4>'
        f'<input type="hidden" name="token" value="{view.token}" /><label>Họ và tên</label><input name="name" />'
        '<label>Nội dung</label><textarea name="text"></textarea><p>Bình luận sẽ được kiểm duyệt trước khi đăng.</p>'
        "<button>Gửi bình luận</button></form>"
    )
