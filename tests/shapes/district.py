"""The Tuyên Quang district portals, of which only the addresses are known: a tidy guess and a tables-and-<br> guess."""

# ruff: noqa: E501 - templates keep the lines of the pages they imitate

from __future__ import annotations

from . import parts
from .parts import tag
from .view import WEEKDAYS, View, esc


def tidy(view: View) -> str:
    """'Headline - Site'; classes that say what things are; author right-aligned in the body; others with dates."""

    def caption(text: str, n: int) -> str:
        return (
            f'<div style="text-align:center"><img src="/DataFiles/2022/10/News/{n}.JPG" /></div>'
            f'<div class="caption" style="text-align:center"><i>{text}</i></div>'
        )

    date = view.when('<div class="news-date">Ngày đăng: %d/%m/%Y %H:%M</div>')
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{view.headline} - {view.site}</title>
<meta property="og:title" content="{view.site}"></head><body><div class="banner">
<div class="today">{WEEKDAYS[view.today.weekday()]}, {view.today:%d/%m/%Y}</div>{parts.lines(view.before, tag("div"))}</div>
<div class="nav">{parts.menu(view)}</div><div class="wrap"><div class="col-left">
<div class="title-cate"><a href="/tin-tuc-su-kien">{view.section}</a></div>
<div class="news-detail"><h1 class="news-title">{view.headline}</h1>{date}{parts.lines(list(view.seed.widgets), tag("div"))}
<div class="news-content"><p><strong>{view.lead}</strong></p>
{view.flow(tag("p", 'style="text-align:justify"'), caption, start=1)}
<p style="text-align:right"><strong>{view.author}</strong></p></div>
<div class="share"><a href="#">Facebook</a> <a href="#">Zalo</a> <a href="#">In tin</a></div></div>
<div class="others">{parts.tail(view, tag("h3"), lambda n: parts.related(view, 6, n))}</div></div>
<div class="col-right"><h3>Tin nổi bật</h3>{parts.itself(view)}{parts.teasers(view)}<h3>Liên kết</h3>{parts.partners()}{parts.visitors(view)}</div></div>
<div class="footer">{parts.footer(view)}</div></body></html>"""


def tables(view: View) -> str:
    """Only the site's name as title; the body one cell of <br><br>; captions italic below their images."""

    def caption(text: str, n: int) -> str:
        return f"<center><img src=/DataFiles/{n}.jpg width=550></center><br><center><i>{text}</i></center><br>"

    links = " | ".join(f"<a href=/muc-{i}>{esc(t)}</a>" for i, t in enumerate(view.publisher.menu))
    date = view.when("%H:%M ngày %d-%m-%Y")
    others = "".join(f"<tr><td>&bull; {parts.link(o)} <i>({o.day:%d/%m})</i></td></tr>" for o in view.others(5))
    return f"""<html><head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><title>{view.site}</title></head><body>
<table width=980 align=center cellspacing=0><tr><td colspan=2><img src=/banner.jpg></td></tr><tr><td colspan=2>{links}</td></tr>
<tr><td colspan=2>{WEEKDAYS[view.today.weekday()]}, ngày {view.today:%d} tháng {view.today:%m} năm {view.today:%Y} {parts.lines(view.before, tag("div"))}</td></tr>
<tr><td valign=top width=700><table width=100%><tr><td><span class=tieude_tin>{view.headline}</span></td></tr>
<tr><td><i>{date}</i></td></tr>
<tr><td>{"<br>".join(map(esc, view.seed.widgets))}{"<br>" if view.seed.widgets else ""}{view.flow(lambda t: t + "<br><br>", caption, br="<br>")}
<div align=right><b>{view.author}</b></div></td></tr></table>
<table width=100%><tr><td>{parts.tail(view, tag("b"), lambda n: parts.related(view, 3, n + 4))}</td></tr>{others}</table></td>
<td valign=top width=280>{parts.teasers(view, 4, 2)}{parts.poll(view)}{parts.weather(view)}</td></tr>
<tr><td colspan=2 align=center>{parts.footer(view, lambda t: t + "<br>")}</td></tr></table></body></html>"""
