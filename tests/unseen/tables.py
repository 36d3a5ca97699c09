"""Pages of 2003 to 2012: tables in tables, fonts, capital tags, no paragraphs; and what Word leaves behind."""

from __future__ import annotations

import re
import unicodedata

from .articles import Item
from .chrome import FOOTER, OFFICE, body, e, footer, half, links, menu, page, sign, visitors, weekday

FONT = "<font face=Arial size=2>{}</font><br><br>"
PLAIN_LIST = ("", "- {}<br>", "<br>")


def fonts_2005(item: Item) -> str:
    text = body(
        item,
        lead="<font face=Arial size=2><b>{}</b></font><br><br>",
        p=FONT,
        sub="<font face=Arial size=2 color=navy><b>{}</b></font><br><br>",
        li=PLAIN_LIST,
        img="<center><img src=images/{n}.jpg width=300><br><font size=1 color=#666666><i>{}</i></font></center><br>",
    )
    return page(
        "<table width=780 border=0 cellspacing=0 cellpadding=0 align=center><tr><td colspan=5><img "
        "src=images/banner.gif></td>"
        f"</tr><tr><td>{menu('td')}</td></tr></table><table width=780 align=center><tr><td width=150 valign=top "
        f"bgcolor=#efefef>"
        f"<font size=2>{links(5, 2, '{}<br>')}</font></td><td width=10><img src=images/spacer.gif></td><td "
        f"width=460 valign=top>"
        f"<font face=Arial size=3 color=#CC0000><b>{e(item.headline)}</b></font><br><font size=1>"
        f"({item.when:%d-%m-%Y %H:%M})"
        f"</font><br><br>{text}<div align=right><font face=Arial size=2><b>{e(item.sign or '')}</b></font></div><br>"
        f"<hr><font"
        " size=2><b>Các tin đã đưa:</b></font><br>"
        f"{links(5, 3, '<font size=2>* {}</font><br>', ' ({}/12/2005)')}</td><td"
        f" width=150 valign=top>{visitors('{}<br>')}</td></tr></table><table width=780 align=center><tr><td "
        f"align=center><font"
        f" size=1>{footer('{}<br>')}</font></td></tr></table>",
        title=OFFICE,
    )


def caption_rows(item: Item) -> str:
    image = (
        '<table align="center" width="420" cellpadding="3"><tr><td><img src="/img/{n}.jpg" width="420"></td></tr>'
        "<tr><td"
        ' align="center"><font color="#0000ff" size="2">{}</font></td></tr></table>'
    )
    return page(
        f"<table width=1000><tr><td>{menu('td')}</td></tr><tr><td><table><tr><td class=tieude>"
        f"{e(item.headline)}</td></tr><tr><td"
        f" align=right><i>(Cập nhật ngày: {item.when:%d-%m-%Y %H:%M})</i></td></tr><tr><td>"
        f"{body(item, img=image)}</td></tr><tr>"
        f"<td align=right><b>{e(item.sign or '')}</b></td></tr><tr><td><b>Các bài đã đăng</b></td></tr><tr><td>"
        f"{links(4, 1, '<table><tr><td>›</td><td>{}</td></tr></table>')}</td></tr></table></td></tr><tr><td>"
        f"{footer('<p>{}</p>')}</td></tr></table>",
        title=OFFICE,
    )


def capitals(item: Item) -> str:
    html = page(
        f"<div>{menu('td')}</div><table><tr><td><div align=center><strong>{e(item.headline.upper())}</strong></div><div"
        f" align=center>Ngày {item.when.day} tháng {item.when.month} năm {item.when.year}</div>"
        f"{body(item)}{sign(item)}<hr>"
        f"<div>Tin tức khác:</div>{links(4, 0, '<div>{}</div>')}</td></tr></table><div>{footer('<div>{}</div>')}</div>",
        title=OFFICE,
    )
    return re.sub(r"</?[a-z]+\d?", lambda m: m[0].upper(), html)


def decomposed(item: Item) -> str:
    """Every letter and mark apart, as pages typed in windows-1258 come out of conversions."""
    return unicodedata.normalize(
        "NFD",
        page(
            f"<div>{menu()}</div><div><h3>{e(item.headline)}</h3><p>Đăng ngày {item.when:%d/%m/%Y}, "
            f"{item.when:%H}h{item.when:%M}</p>"
            f"{body(item)}{sign(item)}<p><b>Các tin khác:</b></p>{links(4, 0, '<p>- {}</p>')}</div><div>"
            f"{footer()}</div>",
            title=item.headline,
        ),
    )


def word_paste(item: Item) -> str:
    span = '<span lang="VI" style="font-size:14.0pt;font-family:&quot;Times New Roman&quot;">{}</span>'
    para = f'<p class="MsoNormal" style="text-align:justify;text-indent:36.0pt">{span}<o:p></o:p></p>'
    text = body(
        item,
        lead=para.replace("{}", "<b>{}</b>"),
        p=para,
        sub=para.replace("{}", "<b><i>{}</i></b>"),
        li=("", para.replace("{}", '<span style="mso-list:Ignore">-<span>&nbsp;&nbsp;</span></span>{}'), ""),
        img='<p class="MsoNormal" align="center"><!--[if gte vml 1]><v:shape id="_x0000_i1025"/><![endif]-->'
        "<![if !vml]><img"
        ' src="data:image/png;base64,iVBORw0KGgo="><![endif]></p><p class="MsoNormal" align="center"><i>{}</i><o:p>'
        "</o:p></p>",
    )
    right = para.replace("justify", "right").replace("{}", "<b>{}</b>")
    gap = '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
    style = "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->"
    style += "<style>p.MsoNormal{margin:0cm}</style>"
    return page(
        f"<div>{menu()}</div><div class=art><div class=hd>{e(item.headline)}</div><div>Thời gian đăng: "
        f"{item.when:%d/%m/%Y %H:%M:%S}</div>{style}{text}{gap}{sign(item, right)}{gap}<div>Tin"
        f" cùng thể loại</div><ul>{links(4)}</ul></div><div>{footer()}</div>",
        title="Tin hoạt động",
    )


def breaks(item: Item) -> str:
    """No paragraph at all: two line breaks end one."""
    text = body(
        item,
        lead="<b>{}</b><br/><br/>",
        p="{}<br/><br/>",
        sub="<b>{}</b><br/><br/>",
        li=("", "+ {}<br/>", "<br/>"),
        img="<img src=/i/{n}.jpg><br/><i>{}</i><br/><br/>",
        joint="",
    )
    return page(
        f"<div>{menu()}</div><div id=c><b>{e(item.headline)}</b><br/>{weekday(item)}, {item.when:%d.%m.%Y} "
        f"{item.when:%H:%M}"
        f"<br/><br/>{text}<div style='float:right'><i>{e(item.sign or '')}</i></div><br/><br/>Các tin khác<br/>"
        f"{links(4, 0, '- {}<br/>')}</div><div>{footer('{}<br/>')}</div>",
        title=item.headline,
    )


def spans(item: Item) -> str:
    """Each paragraph a span in one div, divided by breaks; the author behind spaces."""
    text = body(
        item,
        lead="<span><strong>{}</strong></span><br>",
        p="<span>{}</span><br>",
        sub="<span><u>{}</u></span><br>",
        li=("", "<span>* {}</span><br>", ""),
        img="<span><img src=/i/{n}.jpg></span><br><span><em>{}</em></span><br>",
    )
    pad = "&nbsp;" * 30
    named = f"<span>{pad}<strong>{item.sign}</strong></span><br>" if item.sign else ""
    return page(
        f"<div>{menu()}</div><div><div><h2>{e(item.headline)}</h2><em>{item.when:%d/%m/%Y} - {item.when:%H:%M}</em>"
        f"</div><div>"
        f"{text}{named}</div><div><b>Tin liên quan:</b>{links(3, 2, '<br>{}')}</div></div><div>"
        f"{footer('<span>{}</span><br>')}</div>",
        title=item.headline,
    )


def frames(item: Item) -> str:
    """The inner document of a frame: nothing but the text, a way back and one line of the office."""
    return (
        "<HTML><HEAD><META http-equiv=Content-Type content='text/html; charset=utf-8'></HEAD><BODY bgcolor=#ffffff><p"
        f" align=center><font color=blue size=4>{e(item.headline)}</font></p>{body(item)}{sign(item)}<p align=right>"
        f"<i>{FOOTER[0][18:]},"
        f" ngày {item.when.day} tháng {item.when.month} năm {item.when.year}</i></p><p align=center><a "
        f"href=tintuc.htm>&lt;&lt; Trở lại"
        "</a></p><p align=center><font size=1>Copyright © 2005 UBND huyện. Thiết kế: Trung tâm CNTT tỉnh</font></p>"
        "</BODY></HTML>"
    )


def print_view(item: Item) -> str:
    return page(
        f"<div>{OFFICE}</div><div>https://vinhloc.example/tin/{item.slug}-1207.html</div><div><a>In trang này</a> "
        f"<a>Đóng cửa sổ</a>"
        f"</div><h1>{e(item.headline)}</h1><div>{half(item)} | {item.when:%d/%m/%Y}</div>"
        f"{body(item)}{sign(item)}<hr><div>Nguồn tin:"
        f" {OFFICE.title()}</div><div>Địa chỉ bài viết: https://vinhloc.example/tin/{item.slug}-1207.html</div><div>"
        f"© Bản quyền"
        " thuộc Ủy ban nhân dân huyện Vĩnh Lộc</div>",
        title=item.headline,
    )


def footer_inside(item: Item) -> str:
    """The office's own lines as the last paragraphs of the element that holds the text."""
    return page(
        f"<div>{menu()}</div><div><p><b>{e(item.headline)}</b></p><p>{item.when:%d/%m/%Y %H:%M}</p>"
        f"{body(item)}{sign(item)}"
        f"{footer()}</div>",
        title=OFFICE,
    )
