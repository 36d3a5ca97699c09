"""hai_duong: a Vietnamese mojoPortal with today's date on top, hard 404s and a robots.txt."""

from __future__ import annotations

import re
from html import escape

from monitor.demo.hand import Hand
from monitor.demo.pages import chrome
from monitor.demo.pages.page import Parts, Request, Response
from monitor.demo.pages.replica import WEEKDAYS, Replica, number
from monitor.demo.truth import Article, FileLine, Picture

_ARTICLE = re.compile(r"/(?:tin-hoat-dong|dan-van-kheo)/.*-(\d{1,12})")
_CALENDAR = re.compile(r"/lich-cong-tac(?:/(\d{4})/(\d{1,2}))?")


class MojoPortal(Replica):
    sections = (("Tin hoạt động", "/tin-hoat-dong"), ("Dân vận khéo", "/dan-van-kheo"))
    per_page = 12

    def article_path(self, article: Article) -> str:
        return f"{self.sections[article.section][1]}/{article.slug}-{article.id}"

    def robots(self) -> str:
        return "User-agent: *\nCrawl-delay: 0\nDisallow: /lich-cong-tac\nDisallow: /dang-nhap\n"

    def route(self, request: Request) -> Response | None:
        path, query = request.path, request.query
        for index, (_, listing) in enumerate(self.sections):
            if path == listing:
                order = "sorted" if "sort" in query else ""
                return self.list_page(request, index, number(query.get("page", "")), order)
        if found := _ARTICLE.fullmatch(path):
            article = self.articles.get(int(found[1]))
            if article is not None and query.get("print") == "1":
                return self.page(("print", article.id), request.n, lambda: self.print_view(article))
            return self.article_page(request, int(found[1]))
        if found := _CALENDAR.fullmatch(path):
            return self.calendar(int(found[1] or 2024), int(found[2] or 3), request.n)
        return None

    def not_found(self, request: Request) -> Response:
        content = (
            "<div class='error'><h2>404</h2><p>Trang bạn yêu cầu không tồn tại.</p><a href='/'>Về trang chủ</a></div>"
        )
        body = self.page("404", request.n, lambda: self.whole("Không tìm thấy trang", content)).body
        return Response(body, 404)

    def style(self) -> str:
        return (
            '<meta name="viewport" content="width=device-width" />\n'
            '<link rel="stylesheet" href="/Data/style/csshandler.css" />\n'
            + chrome.style("mojo", 110)
            + chrome.script("mojoPortal", 40)
            + "</head>\n"
        )

    def top(self) -> str:
        sections = [("Trang chủ", "/"), *self.sections, ("Lịch công tác", "/lich-cong-tac")]
        return f"""<body class="pagebody"><form method="post" action="./" id="aspnetForm">
<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEPDwUKLTY1NDc5NjM3Nw9kFgJmD2QWAgIBD2QWBA==" />
<div id="wrapheader"><div class="topbar"><span class="today">{{{{today}}}}</span>
<a class="toplink" href="/dang-nhap" rel="nofollow">Đăng nhập</a></div>
<div class="banner"><a href="/"><img src="/Data/skin/banner.gif" alt="{escape(self.committee.name)}" /></a></div>
<div class="search"><input type="text" name="q" value="Tìm kiếm..." /><input type="submit" value="Tìm" /></div></div>
{chrome.menu("div", "mainmenu", sections)}
<div id="wrapcenter" class="row"><div id="center" class="center-rightmargin">
"""

    def bottom(self) -> str:
        return f"""</div><div id="right">
{chrome.box("Tin đọc nhiều", "<ul>{{hot}}</ul>")}{chrome.side()}
{chrome.box("Thống kê", "<p>Tổng lượt truy cập: {{visits}}</p><p>Đang trực tuyến: 12</p>")}
</div></div><div id="wrapfooter">{chrome.footer(self.committee.name)}</div></form></body></html>"""

    def other(self, article: Article) -> str:
        path = f"{self.article_path(article)}?t={article.id * 7919}"
        day = article.published.strftime("%d/%m/%Y")
        return f'<li><a href="{path}">{escape(article.headline)}</a> <span class="date">({day})</span></li>\n'

    def front(self) -> str:
        blocks = ""
        for index, (name, path) in enumerate(self.sections):
            items = "".join(self.item(a) for a in self.newest(index)[:6])
            blocks += f'<div class="home-block"><h2><a href="{path}">{name}</a></h2>{items}</div>'
        return blocks

    def item(self, article: Article) -> str:
        path, picture = self.article_path(article), next(iter(article.pictures), None)
        image = f'<a href="{path}"><img class="thumb" src="{picture.path}" alt="" /></a>' if picture else ""
        return f"""<div class="article-item">{image}<h3 class="article-title"><a href="{path}"
 title="{escape(article.headline)}">{escape(article.headline)}</a></h3>
<span class="article-date">{article.published.strftime("%d/%m/%Y %H:%M")}</span>
<div class="article-summary">{escape(article.first_text[:160])}...</div></div>
"""

    def listing(self, section: int, page: int, order: str) -> str:
        articles, pages = self.listed(section, page)
        if order:
            articles = sorted(self.newest(section), key=lambda a: (a.id % 97, a.id))[: self.per_page]
        name, path = self.sections[section]
        numbers = " ".join(
            f'<span class="SelectedPage">{p}</span>'
            if p == page
            else f'<a class="ModulePager" href="{path}?page={p}" title="Trang {p}">{p}</a>'
            for p in range(1, pages + 1)
        )
        following = f'<a class="ModulePager" href="{path}?page={page + 1}">&gt;</a>' if page < pages else ""
        return f"""<h2 class="moduletitle">{name}</h2><div class="sorting">Sắp xếp:
<a href="{path}?sort=views&amp;dir=desc">Xem nhiều</a> <a href="{path}?sort=date&amp;dir=asc">Cũ nhất</a></div>
<div class="article-list">{"".join(map(self.item, articles))}</div>
<div class="modulepager"><span class="PageInfo">Trang {page} / {pages}</span> {numbers} {following}</div>"""

    def body(self, article: Article, hand: Hand) -> str:
        html = hand.start()
        for block in article.body:
            match block:
                case Picture():
                    html += f'<p style="text-align: center;"><img alt="{escape(block.alt)}" src="{block.path}" /></p>\n'
                    if block.caption:
                        html += f'<p style="text-align: center;"><em>{hand.text(block.caption)}</em></p>\n'
                case FileLine():
                    html += hand.paragraph(hand.file_line(block))
                case str():
                    html += hand.paragraph(hand.text(block))
        return html

    def dated_line(self, article: Article) -> str:
        when = article.published
        return f"{WEEKDAYS[when.weekday()]} {when.strftime('%d/%m/%Y %H:%M')}"

    def article(self, article: Article, hand: Hand) -> str:
        path = self.article_path(article)
        lead = hand.text(article.first_text) if article.lead else ""
        return f"""<div class="article-detail"><h2 class="articletitle">{escape(article.headline)}</h2>
<div class="left-article-more-container"><span class="date">{self.dated_line(article)}</span></div>
<div class="right-article-more-container"><span class="texthit">Lượt xem: {{{{views}}}}</span>
<a class="print" href="{path}?print=1" rel="nofollow"><img src="/Data/skin/print.gif" alt="" /></a></div>
<div class="sapo"><span class="fontsize-label">Xem với cỡ chữ</span><a href="javascript:zoom(-1)"><img
 src="/Data/skin/minus.gif" alt="" /></a><a href="javascript:zoom(1)"><img src="/Data/skin/plus.gif" alt="" /></a>
{lead}</div>
<div id="article_text" class="articletext">
{self.body(article, hand)}</div>
<div class="article-author">{hand.right(f"<strong>{escape(article.author)}</strong>")}</div>
<div class="article-other"><h3>CÁC BÀI VIẾT KHÁC:</h3>
<ul class="other-list">{{{{other{article.section}}}}}</ul></div></div>"""

    def print_view(self, article: Article) -> Parts:
        hand = self.hand(article)
        html = (
            self.head(article.headline)
            + f"</head><body onload='window.print()'><h2>{escape(article.headline)}</h2>"
            + f"<p>{self.dated_line(article)}</p><p>{hand.text(article.first_text)}</p>{self.body(article, hand)}"
            + f"<p>{escape(article.author)}</p></body></html>"
        )
        return (html.encode(),)

    def calendar(self, year: int, month: int, n: int) -> Response:
        """A month of appointments, with links to the months before and after it, for ever."""
        before, after = year * 12 + month - 2, year * 12 + month
        rows = "".join(
            f"<tr><td>{d}/{month}</td><td>Giao ban cơ quan, phòng {d % 5 + 1}</td></tr>" for d in range(1, 29)
        )
        content = f"""<h2>Lịch công tác tháng {month}/{year}</h2><table>{rows}</table>
<a href="/lich-cong-tac/{before // 12:04}/{before % 12 + 1}">Tháng trước</a>
<a href="/lich-cong-tac/{after // 12:04}/{after % 12 + 1}">Tháng sau</a>"""
        return self.passing("Lịch công tác", content, n)
