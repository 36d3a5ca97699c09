"""Liferay 6.2: the asset publisher with an unclosed world of portlets around it."""

# ruff: noqa: E501 - templates keep the lines of the pages they imitate

from __future__ import annotations

from . import parts
from .parts import tag
from .view import View, esc


def _portlet(name: str, inner: str, *, borderless: bool = True) -> str:
    topper = "" if borderless else f'<header class="portlet-topper"><h1 class="portlet-title">{name}</h1></header>'
    return (
        f'<div class="portlet-boundary portlet-static-end" id="p_p_id_{name.encode().hex()[:8]}_">\n\n\n{topper}'
        f'<div class="portlet-body">\n\n\n{inner}\n\n</div></div>'
    )


def _figure(text: str, n: int) -> str:
    return (
        f'<p style="text-align: center;"><img alt="" src="/documents/10180/5{n}/anh{n}.jpg?t=1700{n}" '
        f'style="width: 500px;" /></p>\n<p style="text-align: center;"><em>{text}</em></p>'
    )


def _body(view: View, author: str) -> str:
    body = view.flow(tag("p", 'style="text-align: justify;"'), _figure, start=1)
    return f"""<div class="sapo-wrapper clearfix"><p class="sapo">
        <strong>{view.lead}</strong></p></div>
<div class="journal-content-article">
{body}
{author}
<p style="text-align: right;">&nbsp;</p>
<p align="right" class="view-content-author"><strong><em>Pho Ban bien tap</em></strong></p>
</div>"""


def _side(view: View) -> str:
    notice = (
        '<div class="journal-content-article"><table><tbody><tr><td><a href="/phat-ngon"><img alt="" src="/pn.gif" /></a>'
        "</td></tr><tr><td>Lịch tiếp công dân của lãnh đạo Ban vào ngày mười lăm hằng tháng</td></tr></tbody></table></div>"
    )
    return (
        _portlet("Tin nổi bật", parts.teasers(view), borderless=False)
        + _portlet("Thông báo", notice)
        + _portlet("Bình chọn", parts.poll(view), borderless=False)
        + _portlet("Liên kết", parts.partners() + parts.visitors(view))
    )


def asset_publisher(view: View) -> str:
    """Title 'Headline - Section - Site'; date with a view count in one node; author padded with nbsp at the right."""
    date = view.when("Ngày đăng %d/%m/%Y | %-I:%M %p | ")
    pad = "&nbsp; " * 24
    author = f'<p style="text-align: right;">{pad}<strong>{view.author}{"&nbsp;" * 20}</strong></p>'
    others = "".join(f"<li>{parts.link(o)}</li>" for o in view.others(6))
    return f"""<!DOCTYPE html> <html class="aui ltr" dir="ltr" lang="vi-VN">
<head> <title>{view.headline} - {view.section} - {view.site}</title>
<meta content="text/html; charset=UTF-8" http-equiv="content-type" />
<meta content="{view.lead.replace('"', "&#034;")}" lang="vi-VN" name="description" />
<script type="text/javascript">var themeDisplay={{getLayoutId:function(){{return "52"}}}};Liferay.authToken="{
        view.token
    }";</script>
</head><body class="yui3-skin-sam signed-out public-page site"><a href="#main-content" id="skip-to-content">Skip to Content</a>
<div id="header"><div class="egov_date">{parts.lines(view.before, tag("span"))} Hôm nay: {
        view.today:%d/%m/%Y}</div></div>
<nav id="navigation">{
        parts.menu(view)
    }<div class="nav-search"><input type="text" value="  ---Nhập từ tìm kiếm---  " /></div></nav>
<div class"after_main"></div>
<div class="portlet-layout row-fluid"><div class="portlet-column span9" id="column-1">
{
        _portlet(
            "path",
            f'<div class="dd_chuyenmuc"><span class="trangchu"><a href="/">Trang chủ</a></span><span class="tintuc"><p>{view.section}</p></span></div>',
        )
    }
{
        _portlet(
            "101",
            f'''<div class="asset-full-content-title">{view.headline}</div>
<div class="assetPublishDate block_timer">


    {date}View count: {view.views}


</div>
{parts.lines(list(view.seed.widgets), tag("div"))}
<div class="asset-full-content  show-asset-title"><!--

 --><div class="asset-content" id="_101_218844">{_body(view, author)}</div></div>
<div class="asset-control-detail"><span class="print-action"><a href="javascript:_101_printPage_0();"><img alt="" src="/spacer.png" />
<span class="taglib-text ">Print</span></a></span><span class="mailto-action"><a href="mailto:"><span class="taglib-text">Send email</span></a></span></div>
{parts.tail(view, tag("div", 'class="tail"'), lambda n: parts.related(view, 4, n + 2))}
<div class="related_asset"><div class="related_asset_title">Các tin khác</div><ul class="related_asset_list">{others}</ul></div>''',
        )
    }
</div><div class="portlet-column span3" id="column-2">{_side(view)}</div></div>
<footer id="footer">{parts.footer(view)}</footer>
<script>Liferay.Portlet.onLoad({{refreshURL:"\\x2fc\\x3ft\\x3d{view.token}"}});</script></body></html>"""


def asset_publisher_rating(view: View) -> str:
    """Word markup, stray </p></p>, a rating box and wrong og: metadata; 'DD/MM/YYYY | h:mm AM' alone in its node."""
    date = view.when('<div class="assetPublishDate">%d/%m/%Y | %-I:%M %p</div>')

    def word(text: str) -> str:
        return (
            '<p class="MsoNormal" style="mso-margin-top-alt:auto;text-align:justify"><span lang="VI" '
            f'style="mso-ansi-language:VI">{text}<o:p></o:p></span></p></p>'
        )

    def table(text: str, n: int) -> str:
        return (
            '<table align="center" border="0"><tbody><tr><td>'
            f'<img src="/documents/10180/{n}.jpg" alt="image{n}" /></td></tr>'
            f'<tr><td style="text-align:center"><em>{text}</em></td></tr></tbody></table>'
        )

    stars = "".join(f'<a class="rating-element" title="{i} trên 5">&nbsp;</a>' for i in range(1, 6))
    return f"""<!DOCTYPE html><html class="aui ltr" lang="vi"><head><title>{view.headline} - {view.site}</title>
<meta charset="utf-8"><meta property="og:title" content="{view.site}"><meta property="og:type" content="website">
<meta property="og:description" content="Trang tin của {view.site}: tin tức, văn bản, hướng dẫn nghiệp vụ."></head>
<body class="signed-out"><div id="wrapper"><header id="banner">{parts.lines(view.before, tag("a", 'href="/c/portal/login"'))}
<div class="clock">{view.today:%H:%M:%S} - {view.today:%d/%m/%Y}</div>{parts.menu(view)}</header>
<div id="content"><div class="columns-2"><div class="portlet-column-first span3">{_side(view)}</div>
<div class="portlet-column-last span9"><ul class="breadcrumb"><li><a href="/">Trang chủ</a><span class="divider">/</span></li>
<li><a href="/tin">{view.section}</a></li></ul>
<div class="asset-full-content-title">
    {view.headline}
</div>{date}{parts.lines(list(view.seed.widgets), tag("span"))}
<div class="asset-content"><p class="sapo"></p><div class="journal-content-article">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
{view.flow(word, table)}
<p class="MsoNormal" align="right" style="text-align:right"><b><span lang="VI">{view.author}</span></b></p>
<p>&nbsp;</p></div></div>
<div class="taglib-ratings stars"><div class="liferay-rating-vote">Đánh giá của bạn ({view.visit} lượt)</div>{stars}
<div class="liferay-rating-score">Trung bình ({view.visit + 2} Bình chọn)</div></div>
{parts.tail(view, tag("h4"), lambda n: parts.related(view, 3, n))}
<div class="related_asset"><div class="related_asset_title">Tin liên quan</div>{parts.related(view, 5, 4)}</div>
{parts.comment_form(view)}</div></div></div>
<footer>{parts.footer(view, tag("div"))}{parts.visitors(view)}</footer></div>
<!-- rendered {esc(view.token)} --></body></html>"""
