"""SharePoint in two dresses: Tân Dân's article web part, and a 2010 portal of own web parts in layout tables."""

# ruff: noqa: E501 - templates keep the lines of the pages they imitate

from __future__ import annotations

from . import parts
from .parts import tag
from .view import WEEKDAYS, View, esc


def _hidden(view: View) -> str:
    return (
        f'<input type="hidden" name="__REQUESTDIGEST" value="0x{view.token.upper()},{view.today:%d %b %Y %H:%M:%S} -0000" />'
        f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{view.viewstate}" />'
    )


def tandan(view: View) -> str:
    """'Đăng ngày …', summary and main part; title with SharePoint's line breaks; others with their dates."""

    def caption(text: str, n: int) -> str:
        return (
            f'<p style="text-align:center"><img src="/portal/PublishingImages/{n}.jpg" alt="" /></p>'
            f'<p style="text-align:center"><span style="font-style:italic">{text}</span></p>'
        )

    date = view.when('<span class="tandan-span-date-publish">Đăng ngày %d-%m-%Y %H:%M</span>')
    body = view.flow(tag("p"), caption, start=1)
    others = parts.related(view, 5, 3, lambda o: f"{parts.link(o)} <span class='d'>({o.day:%d-%m-%Y})</span>")
    return f"""\ufeff<!DOCTYPE html><html dir="ltr" lang="vi-VN"><head><meta http-equiv="X-UA-Compatible" content="IE=10" />
<meta name="GENERATOR" content="Microsoft SharePoint" /><meta http-equiv="Content-type" content="text/html; charset=utf-8" />
<title>
\t
\t{view.headline}

</title></head><body onload="_spBodyOnLoadWrapper();"><form id="aspnetForm" method="post">{_hidden(view)}
<div id="s4-ribbonrow">{parts.lines(view.before, tag("a", 'class="ms-signInLink" href="/_layouts/15/Authenticate.aspx"'))}</div>
<div class="tandan-header"><span>{WEEKDAYS[view.today.weekday()]}, {view.today:%d/%m/%Y}</span>{parts.menu(view)}
<input title="Tìm kiếm..." value="Tìm kiếm..." /></div>
<div class="tandan-breadcrumb"><a href="/portal">Trang chủ</a> » <a href="/portal/Pages/tin.aspx">{view.section}</a></div>
<div class="tandan-main"><div class="tandan-div-article"><p class="tandan-p-article-news-title">{view.headline}</p>
{date}<span class="tandan-span-view">Lượt xem: {view.views}</span>{parts.lines(list(view.seed.widgets), tag("span"))}
<div class="tandan-p-article-news-summary">{view.lead}</div>
<div class="tandan-p-article-main"><div class="ms-rtestate-field">{body}
<p style="text-align:right"><strong>{view.author}</strong></p><p>\u200b</p></div></div>
{parts.attachments("Tệp đính kèm")}<div class="tandan-share"><a>Chia sẻ Facebook</a> <a>Zalo</a> <a>In trang</a></div></div>
{parts.tail(view, tag("div", 'class="tandan-title"'), lambda n: parts.related(view, 4, n))}
<div class="tandan-div-article-other"><div>Các tin khác</div>{others}</div></div>
<div class="tandan-right">{parts.teasers(view)}{parts.weather(view)}</div>
<div class="tandan-footer">{parts.footer(view)}{parts.visitors(view)}</div></form></body></html>"""


def tandan_american(view: View) -> str:
    """American date order, the page's own name as title, everything in one rich-text field with SharePoint's divs."""

    def caption(text: str, n: int) -> str:
        return (
            f'<div style="text-align:center"><img src="/portal/SiteAssets/{n}.jpg" alt="" style="margin:5px" /><br/></div>'
            f'<div style="text-align:center"><em>{text}</em><br/></div>'
        )

    date = view.when('<span class="tandan-span-date-publish">%-m/%-d/%Y %-I:%M:%S %p</span>')
    body = view.flow(tag("div", 'style="text-align:justify"'), caption)
    return f"""<!DOCTYPE html><html lang="vi-VN"><head><meta charset="utf-8" /><title>Chi tiết tin bài</title>
<meta property="og:title" content="Chi tiết tin bài" /><script>var _spPageContextInfo={{"formDigestValue":"0x{view.token}"}};</script></head>
<body><form id="aspnetForm">{_hidden(view)}<div class="top">{parts.menu(view)}<a href="/_layouts/login">Sign In</a></div>
<div class="tandan-right">{parts.lines(view.before, tag("div"))}{parts.teasers(view, 2, 2)}</div>
<div class="tandan-div-article"><h1 class="tandan-p-article-news-title">{view.headline}</h1><div>{date}</div>
{parts.lines(list(view.seed.widgets), tag("div"))}
<div class="tandan-p-article-news-summary"></div><div class="tandan-p-article-main"><div class="ms-rtestate-field" style="display:inline">{body}
<div style="text-align:right">\u200b<b>{view.author}</b></div><div><br/></div></div></div></div>
<div class="after">{parts.tail(view, tag("h3"), lambda n: parts.related(view, 3, n))}</div>
<div class="tandan-div-article-other"><h3>Bài viết liên quan</h3>{parts.related(view, 4, 5)}</div>
<div class="foot">{parts.footer(view)}</div></form></body></html>"""


def _section_line(view: View) -> str:
    """'Section 26 Tháng Mười 2018 11:30:00 SA' in one line, the section alone where the seed has no date."""
    date = view.when("%d Tháng {mon} %Y %-I:%M:%S {half}")
    return f"{view.section} {date}" if date else ""


def web_parts_2010(view: View) -> str:
    """Upper-case layout tables; section and date in one cell above the headline; the title names only the site."""

    def caption(text: str, n: int) -> str:
        return (
            "<TABLE align=center border=0 cellpadding=0><TBODY><TR><TD><IMG border=0 src='/PublishingImages/a"
            f"{n}.JPG' width=450></TD></TR><TR><TD class=comment align=middle>{text}</TD></TR></TBODY></TABLE>"
        )

    digits = parts.lines(view.before, tag("TD"), "</TR><TR>")
    return f"""<HTML dir=ltr><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=utf-8">
<TITLE>{view.site}</TITLE></HEAD><BODY><FORM name=aspnetForm method=post action="chi-tiet.aspx?ItemID=2733">{_hidden(view)}
<TABLE width=1000 align=center><TR><TD colspan=3><IMG src=/banner.jpg></TD></TR>
<TR><TD colspan=3><TABLE><TR>{"".join(f"<TD class=m><A href=/Pages/{i}.aspx>{esc(t)}</A></TD>" for i, t in enumerate(view.publisher.menu))}</TR></TABLE></TD></TR>
<TR><TD width=200 valign=top><TABLE class=box><TR>{digits}</TR></TABLE>{parts.poll(view)}{parts.teasers(view, 2, 4)}</TD>
<TD valign=top><TABLE width=100%><TR><TD class=ngaydang>{_section_line(view)}</TD></TR>
<TR><TD class=tieude><B>{view.headline}</B></TD></TR>
<TR><TD>{"<BR>".join(map(esc, view.seed.widgets))}</TD></TR>
<TR><TD class=noidung>&nbsp;<DIV>{view.flow(tag("P align=justify"), caption, br="<BR>")}</DIV>
<P align=right><STRONG>{view.author}</STRONG></P></TD></TR>
<TR><TD>{parts.tail(view, tag("DIV"), lambda n: parts.related(view, 4, n))}</TD></TR>
<TR><TD>Xem tin tiếp theo…</TD></TR></TABLE></TD>
<TD width=200 valign=top>{parts.weather(view)}{parts.partners()}</TD></TR>
<TR><TD colspan=3 align=center>{parts.footer(view, tag("DIV"))}</TD></TR></TABLE></FORM></BODY></HTML>"""


def web_parts_2010_nested(view: View) -> str:
    """Tables inside unclosed paragraphs, numeric entities instead of letters, no title at all."""

    def paragraph(text: str) -> str:
        return f"<P class=MsoNormal style='TEXT-ALIGN: justify'><FONT face=Arial size=2>{text}</FONT>"

    def caption(text: str, n: int) -> str:
        return (
            f"<P><TABLE class=ms-rteTable-default align=center><TBODY><TR><TD><P align=center><IMG src=/i/{n}.jpg></P></TD></TR>"
            f"<TR><TD><P class=comment align=center><EM>{text}</EM></P></TD></TR></TBODY></TABLE></P>"
        )

    body = view.flow(paragraph, caption, br="<BR>")
    page = f"""<html><head><title></title><meta http-equiv=Content-Type content="text/html; charset=utf-8"></head>
<body><form id=aspnetForm>{_hidden(view)}<table class=layout><tr><td>{parts.lines(view.before, tag("div"))}</td>
<td>{WEEKDAYS[view.today.weekday()]}, {view.today:%d/%m/%Y} {view.today:%H:%M}</td></tr></table>{parts.menu(view)}
<table class=layout><tr><td id=MSOZoneCell_WebPartWPQ2><table><tr><td><table><tr><td class=title>{view.headline}</td></tr>
<tr><td class=date>{_section_line(view)}</td></tr></table>
{"".join(f"<table><tr><td>{esc(w)}</td></tr></table>" for w in view.seed.widgets)}
<table><tr><td><div class=ms-WPBody>{body}<P align=right><B>{"&nbsp; " * 30}{view.author}</B></P></div></td></tr></table>
</td></tr></table></td></tr><tr><td>{parts.tail(view, tag("b"), lambda n: parts.related(view, 3, n))}</td></tr></table>
<table class=layout><tr><td>{parts.teasers(view)}</td></tr><tr><td>{parts.visitors(view)}</td></tr></table>
<table class=layout><tr><td align=center>{parts.footer(view)}</td></tr></table></form></body></html>"""
    return "".join(c if ord(c) < 128 else f"&#{ord(c)};" for c in page)
