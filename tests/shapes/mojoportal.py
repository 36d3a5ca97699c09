"""The Vietnamese mojoPortal fork: .sapo, #article_text, and the font-size widget glued to the lead."""

# ruff: noqa: E501 - templates keep the lines of the pages they imitate

from __future__ import annotations

from . import parts
from .parts import tag
from .view import WEEKDAYS, View

SIZES = "Xem với cỡ chữ"


def _top(view: View) -> str:
    """Header with today's date: the seed's own line where it has one."""
    if any("ngày" in line for line in view.before):
        return parts.lines(view.before, tag("div"))
    today = view.today
    own = parts.lines(view.before, tag("span"))
    return f"<div>{WEEKDAYS[today.weekday()].capitalize()}, ngày {today:%-d/%-m/%Y}</div>{own}"


def news_detail(view: View) -> str:
    """'Headline - Site'; author in .article-author; other articles come by AJAX, so their heading stands empty."""

    def caption(text: str, n: int) -> str:
        return (
            f'<p style="text-align:center"><img alt="" src="/Data/Sites/1/media/{n}.jpg" style="width:600px" /></p>\n'
            f'<p style="text-align:center"><em>{text}</em></p>'
        )

    date = view.when("<span class='article-date'>{wd} %d/%m/%Y %H:%M</span>")
    return f"""<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="vi-VN"><head id="Head1"><title>{view.headline} - {view.site}</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" /><meta property="og:title" content="{view.headline.replace('"', "&quot;")}" />
<meta property="og:site_name" content="{view.site}" /></head><body class="pagebody">
<form method="post" action=".{view.publisher.path}" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="{view.viewstate}" />
<div class="topbar">{_top(view)}<a href="/Secure/Login.aspx">Đăng nhập</a></div>
<div class="menu">{parts.menu(view)}</div>
<div class="main"><div class="center"><div class="breadcrumbs"><a href="/">Trang chủ</a> &gt; <a href="/tin-hoat-dong">{view.section}</a></div>
<div class="article-detail"><h2 class="articletitle">
   {view.headline}</h2>
<div class="left-article-more-container">{date}<span class="texthit">{view.views} lượt xem</span></div>
<div class="fontsize"><span>{SIZES}</span><a class="dec" href="#"></a><a class="inc" href="#"></a></div>
<div class="sapo">{view.lead}</div>
<div id="article_text" class="articletext">{view.flow(tag("p"), caption, start=1)}
<p>&nbsp;</p></div>
<div class="article-author">{view.author}</div>
<div class="social"><a>Chia sẻ</a><a>In bài viết</a><a>Gửi email</a></div>
{parts.tail(view, tag("div", 'class="other-title"'), lambda _: '<div class="other-articles" id="ajax"></div>')}
</div></div><div class="right"><h3>Tin đọc nhiều</h3>{parts.teasers(view)}{parts.weather(view)}{parts.partners()}</div></div>
<div class="footer">{parts.footer(view)}{parts.visitors(view)}</div>
<input type="hidden" name="__EVENTVALIDATION" value="{view.viewstate[:90]}" /></form></body></html>"""


def news_detail_glued(view: View) -> str:
    """'Site | Headline'; the widget is a text node in the lead's own cell; author in bold; others with dates."""

    def caption(text: str, n: int) -> str:
        return f'<figure class="image"><img src="/media/{n}.png" alt="" /><figcaption>{text}</figcaption></figure>'

    date = view.when("{wd} %d/%m/%Y %H:%M")
    widgets = parts.lines(view.before, tag("div", 'class="cnt"'))
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{view.site} | {view.headline}</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" /></head><body>
<div id="wrapheader"><div class="date-now">{WEEKDAYS[view.today.weekday()]}, {view.today:%d/%m/%Y %H:%M:%S}</div>{parts.menu(view)}{widgets}</div>
<div id="wrapcenter"><div class="leftside"><h3>Tin mới nhất</h3>{parts.itself(view)}{parts.teasers(view, 3, 1)}{parts.poll(view)}</div>
<div class="centercontent"><h2 class="articletitle">{view.headline}</h2>
<div class="left-article-more-container"><div class="article-date">{date}</div></div>
<div class="article-content"><div class="sapo">{SIZES}<br />
{view.lead}</div>
<div id="article_text" class="articletext"><div>{view.flow(tag("p", 'style="text-align:justify"'), caption, start=1)}</div>
<div style="text-align:right"><strong>{view.author}</strong></div></div></div>
{parts.tail(view, tag("h4"), lambda n: parts.related(view, 5, n))}
<div class="article-rating">Đánh giá: {view.visit}/5 ({view.visit * 3} lượt)</div></div></div>
<div id="wrapfooter">{parts.footer(view, tag("div"))}</div></body></html>"""
