"""NukeViet eGov: h1.title, span.h5, #news-bodyhtml, and lists of newer and older articles."""

# ruff: noqa: E501 - templates keep the lines of the pages they imitate

from __future__ import annotations

import unicodedata

from . import parts
from .parts import tag
from .view import WEEKDAYS, View

TONES = "\u0300\u0301\u0303\u0309\u0323"


def _lists(view: View) -> str:
    newer = parts.related(view, 3, 1, lambda o: f"{parts.link(o)} <em>({o.day:%d/%m/%Y})</em>")
    older = parts.related(view, 4, 5, lambda o: f"{parts.link(o)} <em>({o.day:%d/%m/%Y})</em>")
    return (
        f'<p class="h3"><strong>Những tin mới hơn</strong></p>{newer.replace("<ul>", "<ul class=related>")}'
        f'<p class="h3"><strong>Những tin cũ hơn</strong></p>{older.replace("<ul>", "<ul class=related>")}'
    )


def _rating(view: View) -> str:
    return (
        f'<form id="form3B"><div class="h5">Tổng số điểm của bài viết là: {5 * view.visit} trong {view.visit} đánh giá</div>'
        f'<div id="star">Xếp hạng: {view.visit} - {view.visit + 1} phiếu bầu</div>'
        "<span>Click để đánh giá bài viết</span></form>"
    )


def _half_decomposed(text: str) -> str:
    """Base vowels precomposed, tone marks combining: neither NFC nor NFD, as editors on some systems type."""
    out = []
    for char in text:
        letters = unicodedata.normalize("NFD", char)
        tones = [c for c in letters if c in TONES]
        rest = "".join(c for c in letters if c not in TONES)
        out.append(unicodedata.normalize("NFC", rest) + "".join(tones))
    return "".join(out)


def egov(view: View) -> str:
    """'Headline - Section - Site' with right og: metadata; lead in .hometext; body typed with combining tone marks."""

    def caption(text: str, n: int) -> str:
        return (
            f'<figure class="image" style="display:table"><img alt="{text.replace(chr(34), "&quot;")}" height="400" '
            f'src="/uploads/news/2023_09/{n}.jpg" width="600" /><figcaption>{text}</figcaption></figure>'
        )

    date = view.when("{wd} - %d/%m/%Y %H:%M")
    body = _half_decomposed(view.flow(tag("div", 'style="text-align: justify;"'), caption, start=1))
    return f"""<!DOCTYPE html>
<html lang="vi" xmlns="http://www.w3.org/1999/xhtml" prefix="og: http://ogp.me/ns#"><head>
<title>{view.headline} - {view.section} - {view.site}</title><meta name="generator" content="NukeViet v4.5" />
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><meta property="og:type" content="article" />
<meta property="og:title" content="{view.headline.replace('"', "&quot;")}" /></head><body>
<div class="header-nav"><span class="current-time">{WEEKDAYS[view.today.weekday()]}, {view.today:%d/%m/%Y, %H:%M}</span>
{parts.lines(view.before, tag("span"))}</div><nav id="menusite">{parts.menu(view)}</nav>
<div class="row"><div class="col-sm-16 col-md-18"><ul class="breadcrumbs list-none"><li><a href="/"><span>Trang nhất</span></a></li>
<li><a href="/tin/"><span>{view.section}</span></a></li></ul>
<div class="news_column panel panel-default"><div class="panel-body"><h1 class="title margin-bottom-lg">{view.headline}</h1>
<div class="row margin-bottom-lg"><div class="col-md-12"><span class="h5">{date}</span></div>
<div class="col-md-12"><ul class="list-inline text-right"><li><a class="dimgray" title="Gửi bài viết qua email" href="/sendmail">
<em class="fa fa-envelope"></em></a></li><li><a title="In ra" href="/print">In ra</a></li></ul></div></div>
<div class="clearfix">{parts.lines(list(view.seed.widgets), tag("span"))}<div class="hometext m-bottom">{view.lead}</div></div>
<div id="news-bodyhtml" class="bodytext margin-bottom-lg">{body}</div>
<div class="margin-bottom-lg"><p class="h5 text-right"><strong>Tác giả bài viết: </strong>{view.author}</p></div></div></div>
<div class="news_column panel"><div class="panel-body">{_rating(view)}</div></div>
<div class="tail">{parts.tail(view, tag("div", 'class="h5"'), lambda n: parts.related(view, 3, n))}</div>
<div class="news_column others">{_lists(view)}</div>{parts.comment_form(view)}</div>
<div class="col-md-6"><div class="panel-heading">Tin xem nhiều</div>{parts.teasers(view)}{parts.poll(view)}{parts.partners()}</div></div>
<footer id="footer">{parts.footer(view)}<div>{parts.visitors(view)}</div></footer></body></html>"""


def egov_hits(view: View) -> str:
    """Only the site's name as title and og:title; hits and comments in the date's line; lead inside the body in bold."""

    def caption(text: str, n: int) -> str:
        image = f'<img alt="" src="/uploads/{n}.jpg" /><br /><em>{text}</em>'
        return f'<div style="text-align: center;">{image}</div>'

    def paragraph(text: str) -> str:
        bold = f"<strong>{text}</strong>" if text == view.lead else text
        return f"<p>{bold}</p>\n<p>&nbsp;</p>"

    date = view.when("{wd} - %d/%m/%Y %H:%M")
    return f"""<!DOCTYPE html><html lang="vi"><head><title>{view.site}</title><meta charset="utf-8">
<meta property="og:title" content="{view.site}"><meta property="og:description" content="{view.site}"></head><body>
<noscript><div class="alert">Trình duyệt của bạn đã tắt chức năng hỗ trợ JavaScript.</div></noscript>
<header>{parts.menu(view)}<form action="/seek"><input name="q" placeholder="Tìm kiếm..."></form>{parts.lines(view.before, tag("div"))}</header>
<section class="main"><div class="news_column"><h1 class="title">{view.headline}</h1>
<div class="pull-left"><span class="h5">{date}</span> <span class="h5">Đã xem: {view.views}</span> <span class="h5">Phản hồi: {view.visit}</span></div>
{parts.lines(list(view.seed.widgets), tag("div"))}
<div id="news-bodyhtml" class="bodytext">{view.flow(paragraph, caption)}</div>
<p class="h5 text-right"><strong>Tác giả bài viết:</strong> {view.author}</p>
{parts.attachments("File đính kèm:")}<div class="keywords"><em class="fa fa-tags"></em><strong>Từ khóa: </strong><a href="/tag/dan-van">dân vận</a>, <a href="/tag/co-so">cơ sở</a></div>
{parts.tail(view, tag("p", 'class="h3"'), lambda n: parts.related(view, 4, n))}{_rating(view)}{_lists(view)}</div></section>
<aside>{parts.teasers(view, 4, 2)}{parts.weather(view)}</aside><footer>{parts.footer(view)}{parts.visitors(view)}</footer></body></html>"""
