"""Nameless pages: no class, no id, no semantic element; only the order of lines and what they look like."""

# ruff: noqa: E501 - templates keep the lines of the pages they imitate

from __future__ import annotations

from . import parts
from .parts import tag
from .view import RELATED, WEEKDAYS, View, esc, spelled

SIZES = "Xem với cỡ chữ"


def _menu(view: View, joint: str) -> str:
    return joint.join(f"<a href=/muc-{i}>{esc(t)}</a>" for i, t in enumerate(view.publisher.menu))


def _widgets(view: View) -> list[str]:
    return [esc(line) for line in view.seed.widgets]


def _after(view: View, joint: str, count: int = 4) -> str:
    """The lines below the author, other articles with dates as plain lines among them."""
    out = []
    for number, text in enumerate(view.tail):
        out.append(esc(text))
        if RELATED.search(text):
            out += [parts.dated(o) for o in view.others(count, number)]
    return joint.join(out)


def _section_date(view: View) -> str:
    """As on the site whose seed shows a section: section and date in one line; elsewhere the date alone."""
    if view.seed.section:
        return f"{view.section} {view.when('%d Tháng {mon} %Y %-I:%M:%S {half}')}"
    return view.when("{wd} %d/%m/%Y %H:%M")


def div_br(view: View) -> str:
    """Only <div> and <br>: columns are divs, paragraphs end with <br><br>, side column with teasers before."""
    side = "".join(
        f"<div><a href='{o.href}'>{o.title}</a><br>{o.day:%d/%m/%Y}<br>{o.text}</div>" for o in view.others(3, 4)
    )

    def caption(text: str, n: int) -> str:
        return f"<img src='/anh/{n}.jpg'><br>{text}<br><br>"

    top = "<br>".join(map(esc, view.before))
    glued = "<br>".join([*_widgets(view), ""])
    return f"""<html><head><meta charset=utf-8><title>{view.headline} - {view.site}</title></head><body>
<div>{top}<br>{WEEKDAYS[view.today.weekday()]}, {view.today:%d/%m/%Y}</div><div>{_menu(view, "<br>")}</div>
<div><div>{side}</div><div><div>{view.headline}</div><div>{_section_date(view)}</div>
<div>{glued}{view.flow(lambda t: t + "<br><br>", caption, br="<br>")}{view.author}<br></div>
<div>{_after(view, "<br>")}</div></div></div>
<div>{parts.footer(view, lambda t: t + "<br>")}Lượt truy cập: {88001 + view.views}</div></body></html>"""


def one_cell(view: View) -> str:
    """Everything of the article in one td, upper-case tags without quotes, <BR><BR> between paragraphs."""

    def caption(text: str, n: int) -> str:
        return f"<IMG SRC=/anh/{n}.gif ALIGN=center><BR>{text}<BR><BR>"

    glued = "<BR>".join([SIZES, ""])
    date = _section_date(view)
    return f"""<HTML><HEAD><TITLE>{view.site} | {view.headline}</TITLE></HEAD><BODY BGCOLOR=#FFFFFF>
<TABLE WIDTH=100%><TR><TD>{_menu(view, " | ")}</TD></TR><TR><TD>{"<BR>".join(map(esc, view.before))}
Hôm nay: {view.today:%d/%m/%Y %H:%M:%S}</TD></TR>
<TR><TD>{view.headline}<BR>{date + "<BR>" if date else ""}{glued}{view.flow(lambda t: t + "<BR><BR>", caption, br="<BR>")}{view.author}<BR><BR>
{_after(view, "<BR>")}</TD></TR>
<TR><TD>{parts.footer(view, lambda t: t + "<BR>")}</TD></TR></TABLE></BODY></HTML>"""


def nested_font(view: View) -> str:
    """Tables in tables and <font>; headlines differ only in size; the title names only the site."""

    def font(text: str) -> str:
        return f"<tr><td align=justify><font face=Arial size=2>{text}</font></td></tr>\n"

    def caption(text: str, n: int) -> str:
        inner = f"<tr><td align=center><img src=/anh/{n}.jpg width=400></td></tr>"
        inner += f"<tr><td align=center><font face=Arial size=1><i>{text}</i></font></td></tr>"
        return f"<tr><td><table align=center>{inner}</table></td></tr>\n"

    side = "".join(
        f"<tr><td><font size=2><b><a href={o.href}>{o.title}</a></b></font><br><font size=1>{o.text}</font></td></tr>"
        for o in view.others(3, 4)
    )
    body = view.flow(font, caption, br="<br>")
    widgets = "".join(f"<tr><td><font size=1>{w}</font></td></tr>" for w in _widgets(view))
    return f"""<html><head><title>{view.site}</title><meta http-equiv=content-type content='text/html; charset=utf-8'></head><body>
<table width=990><tr><td colspan=2><font size=1 color=red>{WEEKDAYS[view.today.weekday()]}, {view.today:%d/%m/%Y}</font></td></tr>
<tr><td colspan=2>{_menu(view, "&nbsp;&nbsp;")}</td></tr>
<tr><td width=200><table>{"".join(f"<tr><td>{esc(line)}</td></tr>" for line in view.before)}{side}</table></td>
<td><table><tr><td><font size=4 color=#990000><b>{view.headline}</b></font></td></tr>
<tr><td><font size=1>{_section_date(view)}</font></td></tr>{widgets}
<tr><td><table width=100%>{body}<tr><td align=right><font face=Arial size=2><b>{"&nbsp;" * 12}{view.author}</b></font></td></tr></table></td></tr>
<tr><td>{_after(view, "<br>")}</td></tr></table></td></tr>
<tr><td colspan=2 align=center><font size=1>{parts.footer(view, lambda t: t + "<br>")}</font></td></tr></table></body></html>"""


def plain_p(view: View) -> str:
    """Only <p>: headline in bold, empty title, today's date with a clock, captions centred below their images."""

    def caption(text: str, n: int) -> str:
        return f"<p align=center><img src=/anh/{n}.jpg></p>\n<p align=center><i>{text}</i></p>"

    date = view.when("%H:%M %d/%m/%Y")
    head = f"<p><b>{view.headline}</b></p>"
    dated = f"<p>{_section_date(view)}</p>\n{head}" if view.seed.section else f"{head}\n<p>{date}</p>"
    related = "".join(f"<p>- {parts.dated(o)}</p>" for o in view.others(5, 2))
    return f"""<html><head><meta charset="utf-8"><title></title></head><body>
<p>{_menu(view, " - ")}</p><p>{spelled(view.today, "%H:%M:%S {wd}, ngày %d/%m/%Y")}</p>{parts.lines(view.before, tag("p"))}
{dated}{parts.lines(list(view.seed.widgets), tag("p"))}<p>&nbsp;</p>
{view.flow(tag("p"), caption, br="<br>")}
<p>{view.author}</p>
<p>{_after(view, "</p><p>")}</p><p>Các tin khác</p>{related}
{parts.footer(view)}</body></html>"""


def div_lines(view: View) -> str:
    """One <div> per line, nothing else: 'Headline' as title, other headlines with teasers after their heading."""

    def caption(text: str, n: int) -> str:
        return f'<div><img src="/anh/{n}.jpg" alt=""></div>\n<div>{text}</div>'

    rows = [f"<a href='/'>{esc(t)}</a>" for t in view.publisher.menu]
    rows += [esc(line) for line in view.before]
    dates = [_section_date(view)] if view.seed.published else []
    rows += [*dates, view.headline] if view.seed.section else [view.headline, *dates]
    rows += _widgets(view)
    article = "\n".join(f"<div>{row}</div>" for row in rows)
    after = [view.author, *_after(view, "\n").split("\n"), "Tin đọc nhiều"]
    for other in view.others(3, 5):
        after += [parts.link(other), f"{other.day:%d/%m/%Y %H:%M}", other.text]
    after += [f"Số người đang truy cập: {view.visit + 6}"]
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{view.headline}</title></head><body>
{article}
{view.flow(tag("div"), caption)}
{"".join(f"<div>{row}</div>" for row in after)}
{parts.footer(view, tag("div"))}</body></html>"""


def bare_body(view: View) -> str:
    """Text nodes directly in <body>, <br> between all lines; the title names only the site; no charset declared."""

    def caption(text: str, n: int) -> str:
        return f"<img src=/anh/{n}.jpg><br>\n{text}<br>\n"

    rows = [_menu(view, " | "), *map(esc, view.before), f"Hôm nay {spelled(view.today, '{wd}, %d/%m/%Y')}"]
    dates = [_section_date(view)] if view.seed.published else []
    rows += [*dates, view.headline] if view.seed.section else [view.headline, *dates]
    rows += _widgets(view)
    head = "<br>\n".join(rows)
    return f"""<html><head><title>{view.site}</title></head><body>
{head}<br>
{view.flow(lambda t: t + "<br>" + chr(10), caption, br=" ")}{view.author}<br>
{_after(view, "<br>" + chr(10))}<br>
{"<br>".join(map(esc, view.publisher.footer))}</body></html>"""


def text_as_is(view: View) -> str:
    """The seed's text file, escaped, each newline a <br>, inside <html><body>; only counters and today's date move."""
    lines = view.seed.text.split("\n")
    own = [line.strip(" ") for line in lines]
    at = 0
    for old, new in zip((*view.seed.before, *view.seed.tail), (*view.before, *view.tail), strict=True):
        at = own.index(old, at)
        lines[at] = lines[at].replace(old, new)
        at += 1
    return "<html><body>" + "<br>".join(esc(line) for line in lines) + "</body></html>"
