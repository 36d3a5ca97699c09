"""ASP.NET WebForms: h1.detail-title, h2.sapo, and a list of other articles between lead and body."""

# ruff: noqa: E501 - templates keep the lines of the pages they imitate

from __future__ import annotations

from . import parts
from .parts import tag
from .view import View


def _form(view: View) -> str:
    return (
        '<script>function __doPostBack(t,a){document.forms[0].submit()}</script><form method="post" id="form1">'
        f'<input type="hidden" name="__VIEWSTATE" value="{view.viewstate}" />'
        f'<input type="hidden" name="__VIEWSTATEGENERATOR" value="{view.token[:8].upper()}" />'
    )


def detail(view: View) -> str:
    """'Headline'; right og:title; ul.list-concern before the body; captions in figcaption; .author after."""

    def caption(text: str, n: int) -> str:
        return f'<figure class="expNoEdit"><img src="/upload/{n}.jpg" /><figcaption><p>{text}</p></figcaption></figure>'

    date = view.when('<div class="date"><span class="txt">{wd}, %d/%m/%Y %H:%M</span></div>')
    concern = "".join(f"<li>{parts.link(o)}</li>" for o in view.others(3, 2))
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8" /><title>{view.headline}</title>
<meta property="og:title" content="{view.headline.replace('"', "&quot;")}" /><meta property="og:site_name" content="{view.site}" /></head>
<body>{_form(view)}<header><div class="top">{parts.lines(view.before, tag("span"))}<span class="now">{view.today:%H:%M %d/%m/%Y}</span></div>
<nav>{parts.menu(view)}</nav><div class="search"><input placeholder="Nhập từ khóa" /><a href="javascript:__doPostBack('ctl00$s','')">Tìm</a></div></header>
<main class="detail"><div class="cate"><a href="/tin">{view.section}</a></div><h1 class="detail-title">{view.headline}</h1>
{date}<div class="tools"><a>Chia sẻ</a><a>In</a><a>A+</a><a>A-</a></div>{parts.lines(list(view.seed.widgets), tag("p"))}
<h2 class="sapo">{view.lead}</h2>
<ul class="list-concern">{concern}</ul>
<div class="contents">{view.flow(tag("p"), caption, start=1)}</div>
<div class="author">{view.author}</div>
<div class="tail">{parts.tail(view, tag("div"), lambda n: parts.related(view, 3, n))}</div>
<div class="widget"><div class="widget-title">Tin cùng chuyên mục</div>{parts.teasers(view, 4, 1)}</div>{parts.comment_form(view)}</main>
<aside class="widget">{parts.teasers(view, 3, 6)}</aside><footer>{parts.footer(view)}{parts.visitors(view)}</footer></form></body></html>"""


def detail_updated(view: View) -> str:
    """'Headline | Site'; 'Cập nhật lúc HH:MM, weekday, date (GMT+7)'; author padded with nbsp inside the contents."""

    def caption(text: str, n: int) -> str:
        return (
            f'<table class="picture" align="center"><tr><td class="pic"><img src="/i/{n}.jpg" alt=""></td></tr>'
            f'<tr><td class="caption"><div class="caption">{text}</div></td></tr></table>'
        )

    date = view.when('<div class="date"><span class="txt">Cập nhật lúc %H:%M, {wd}, %d/%m/%Y (GMT+7)</span></div>')
    concern = "".join(
        f"<li><a href={o.href}>&raquo; {o.title}</a> <i>{o.day:%d/%m/%Y}</i></li>" for o in view.others(3)
    )
    return f"""<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=UTF-8">
<title>{view.headline} | {view.site}</title><meta name="og:title" content="{view.site}"></head><body>{_form(view)}
<div id="header"><div>Hôm nay, ngày {view.today:%d/%m/%Y}</div>{parts.menu(view)}</div>
<div id="left">{parts.lines(view.before, tag("div"))}{parts.poll(view)}{parts.weather(view)}</div>
<div id="content"><div class="breadcrumb">Trang chủ &rsaquo; {view.section}</div>
<h1 class="detail-title">{view.headline}</h1>{date}<div class="view">{view.views} lượt đọc</div>
<h2 class="sapo">{parts.lines(list(view.seed.widgets), tag("span"), "")}{"<br>" if view.seed.widgets else ""}{view.lead}</h2>
<div class="relate"><b>Tin liên quan:</b><ul class="list-concern">{concern}</ul></div>
<div class="contents">{view.flow(tag("div"), caption, start=1, br="<br>")}
<div>{"&nbsp;" * 60}<b><i>{view.author}</i></b></div><div>&nbsp;</div></div>
{parts.tail(view, tag("div", 'class="bar"'), lambda n: parts.related(view, 4, n))}
<div class="widget">{parts.teasers(view, 4, 3)}</div></div>
<div id="footer">{parts.footer(view, tag("div"))}{parts.partners()}</div></form></body></html>"""
