"""quang_binh: Liferay 6.2 with ``Sign In`` first, attachments, soft 404s and language links that nest for ever."""

from __future__ import annotations

import re
from html import escape

from monitor.demo.hand import Hand
from monitor.demo.pages import chrome
from monitor.demo.pages.page import Parts, Request, Response, compiled
from monitor.demo.pages.replica import Replica, number
from monitor.demo.truth import Article, FileLine, Picture

_LANGUAGES = re.compile(r"(?:/(?:vi|en))+$")
_ARTICLE = re.compile(
    r"(?:/(?:vi|en))*(/pop_up)?/(?:tin-hoat-dong|cong-tac-dan-van)/-/view_content/(\d{1,12})(?:-[^/]*)?"
)
_BLANK = "\n\t\n\n\t\t\n\n\n\t\n" * 60  # what the portal's empty templates leave behind
_PAGING = (
    "p_p_id=101&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&p_p_col_id=column-1&p_p_col_pos=1&p_p_col_count=2"
    "&_101_delta=10&_101_keywords=&_101_advancedSearch=false&_101_andOperator=true&p_r_p_564233524_resetCur=false"
    "&_101_cur="
)


class Liferay(Replica):
    sections = (("Tin hoạt động", "/tin-hoat-dong"), ("Công tác dân vận", "/cong-tac-dan-van"))
    per_page = 10
    shows_section = True
    server = "Apache-Coyote/1.1"
    chunked = True

    def article_path(self, article: Article) -> str:
        return f"{self.sections[article.section][1]}/-/view_content/{article.id}-{article.slug}"

    def cookie(self, n: int) -> tuple[tuple[str, str], ...]:
        return (("Set-Cookie", f"JSESSIONID={self.session(n)}; Path=/; HttpOnly"),)

    def session(self, n: int) -> str:
        return f"{n * 0x9E3779B97F4A7C15 % (1 << 64):016X}{n:08X}"

    def route(self, request: Request) -> Response | None:
        path, query = request.path, request.query
        if path == "/c/portal/login":
            return Response(b"", 302, headers=(("Location", "/dang-nhap"),))
        if found := _ARTICLE.fullmatch(path):
            article = self.articles.get(int(found[2]))
            if article is not None and (found[1] or query.get("_101_viewMode") == "print"):
                return self.page(("print", article.id), request.n, lambda: self.print_view(article))
            return self.article_page(request, int(found[2]))
        if _LANGUAGES.search(path):
            return self.nested(path, request.n)
        plain = re.sub(r"^(?:/(?:vi|en))+(?=/)", "", path)
        for index, (_, listing) in enumerate(self.sections):
            if plain == listing:
                order = "title" if "_101_orderByCol" in query else ""
                return self.list_page(request, index, number(query.get("_101_cur", "")), order)
        return None

    def not_found(self, request: Request) -> Response:
        content = f"""<section class="portlet" id="portlet_status">
<header class="portlet-topper"><h1 class="portlet-title">
<span class="portlet-title-text">Trạng thái</span></h1></header><div class="portlet-content">
<h3 class="alert alert-error"> Không tìm thấy </h3> Tài nguyên không được tìm thấy. <br /><br />
<code class="lfr-url-error">{escape(request.target)}</code><div class="separator"><!-- --></div>
<a href="javascript:history.go(-1);">&laquo; Quay lại</a></div></section>"""
        return self.passing(f"Trạng thái - {self.committee.name}", content.replace("{{", ""), request.n)

    def nested(self, path: str, n: int) -> Response:
        """The trap: whatever ends in a language is a listing, a little longer than the one it was reached from."""
        content = self.listing(0, 1, "")
        links = "".join(
            f'<a class="taglib-icon" href="{escape(path)}/{lang}">{lang.upper()}</a>\n' for lang in ("vi", "en")
        )
        trail = "".join(f"<span class='crumb'>{escape(step)}</span>\n" for step in path.split("/") if step)
        return self.passing(
            f"{self.sections[0][0]} - {self.committee.name}", (trail + links + content).replace("{{", ""), n
        )

    def style(self) -> str:
        return chrome.style("aui", 90) + _BLANK + chrome.script("Liferay", 70) + "</head>\n"

    def top(self) -> str:
        return f"""<body class="yui3-skin-sam controls-visible signed-out public-page site">
<div id="wrapper"><a id="sign-in" href="/c/portal/login?p_l_id=20184" rel="nofollow">Sign In</a>
<header id="banner" role="banner"><h1 class="site-title"><a class="logo" href="/">{escape(self.committee.name)}</a></h1>
<div class="language"><a href="/vi">Tiếng Việt</a> <a href="/en">English</a></div></header>
{chrome.menu("nav", "nav-menu", [("Trang chủ", "/"), *self.sections])}{_BLANK}
<div id="main"><div class="main-layout" id="main-content" role="main"><div class="portlet-layout row-fluid">
<div class="portlet-column span9" id="column-1">{_BLANK}
"""

    def bottom(self) -> str:
        return f"""{_BLANK}</div><div class="portlet-column span3" id="column-2">
{chrome.box("Tin nổi bật", "<ul>{{hot}}</ul>", "portlet")}{chrome.side("portlet")}{_BLANK}</div></div></div></div>
<footer id="footer" role="contentinfo">{chrome.footer(self.committee.name)}
<p>Lượt truy cập: {{{{visits}}}}</p></footer></div>{chrome.script("AUI", 30)}</body></html>"""

    def other(self, article: Article) -> str:
        """With a session, and with another tail of the slug than the listing's."""
        path = self.article_path(article)[:-3] + f";jsessionid={self.session(article.id)}"
        return f'<li><a href="{path}">{escape(article.headline)}</a></li>\n'

    def front(self) -> str:
        return "".join(
            f'<section class="portlet"><h1 class="portlet-title"><a href="{path}">{name}</a></h1>'
            f"{''.join(self.item(a) for a in self.newest(index)[:5])}</section>"
            for index, (name, path) in enumerate(self.sections)
        )

    def item(self, article: Article) -> str:
        path, picture = self.article_path(article), next(iter(article.pictures), None)
        stamp = int(article.published.timestamp() * 1000)
        image = (
            f'<div class="asset-image"><a href="{path}"><img src="{picture.path}?t={stamp}" alt=""/></a></div>'
            if picture
            else ""
        )
        return f"""<div class="asset-abstract "><div class="asset-content normal-news">{image}
<div class="asset-content-custom"><h3 class="asset-title"> <a href="{path}">{escape(article.headline)}</a> </h3>
<div class="assetPublishDate block_timer"> {article.published.strftime("%H:%M %d/%m/%Y")} </div>
<div class="asset-summary"> {escape(article.first_text[:180])}... </div></div></div>
<div class="asset-metadata"> </div></div>
"""

    def listing(self, section: int, page: int, order: str) -> str:
        articles, pages = self.listed(section, page)
        total = len(self.newest(section))
        if order:
            articles = sorted(self.newest(section), key=lambda a: a.slug)[: self.per_page]
        name, path = self.sections[section]

        def link(number: int, label: str) -> str:
            return f'<a href="{path}?{escape(_PAGING)}{number}" class="taglib-icon">{label}</a>'

        numbers = "".join(f'<li role="presentation">{link(p, str(p))}</li>' for p in range(1, pages + 1))
        first = (page - 1) * self.per_page
        return f"""<div class="dd_chuyenmuc"><span class="trangchu"><a href="/">Trang chủ</a></span>
<span class="tintuc"><p>{name}</p></span></div>
<div class="asset-order"><a href="{path}?_101_orderByCol=title">Tiêu đề</a></div>
{"".join(map(self.item, articles)) or '<div class="alert alert-info">Không có kết quả</div>'}
<div class="taglib-page-iterator"><div class="lfr-pagination"><ul class="dropdown-menu lfr-menu-list">{numbers}</ul>
<small class="search-results">Hiển thị {first + 1} - {first + len(articles)} of {total} kết quả.</small>
<ul class="pager lfr-pagination-buttons"><li>{link(1, "&larr; Đầu tiên")}</li>
<li>{link(min(page + 1, pages), "Tiếp theo")}</li><li>{link(pages, "Cuối &rarr;")}</li></ul></div></div>"""

    def body(self, article: Article, hand: Hand) -> str:
        stamp = int(article.published.timestamp() * 1000)
        html = hand.start()
        for block in article.body:
            match block:
                case Picture():
                    caption = f"\n<tr><td>\n{hand.text(block.caption)}</td></tr>" if block.caption else ""
                    html += (
                        '<table align="center" border="0" style="width: 500px;"><tbody><tr><td><img '
                        f'alt="{escape(block.alt)}" src="{block.path}?t={stamp}" /></td></tr>'
                        f"{caption}</tbody></table>\n"
                    )
                case FileLine():
                    html += hand.paragraph(hand.file_line(block))
                case str():
                    html += hand.paragraph(hand.text(block))
        return html + f'<p style="text-align: right;"><strong>{hand.right(escape(article.author))}</strong></p>\n'

    def article_head(self, article: Article) -> str:
        return (
            f'<meta name="description" content="{escape(article.first_text[:200])}" />\n'
            f'<link href="{self.article_path(article)}" rel="canonical" />'
        )

    def article(self, article: Article, hand: Hand) -> str:
        path = self.article_path(article)
        lead = hand.text(article.first_text) if article.lead else ""
        files = "".join(f'<li><a href="{f.path}">{escape(f.name)}</a></li>' for f in article.files)
        return f"""<div class="dd_chuyenmuc"><span class="trangchu"><a href="/">Trang chủ</a></span>
<span class="tintuc"><p>{self.sections[article.section][0]}</p></span></div>{_BLANK}
<div class="asset-full-content-title">{escape(article.headline)}</div>
<div class="assetPublishDate block_timer">
\t{article.published.strftime("%H:%M %d/%m/%Y")}
</div><div class="asset-full-content show-asset-title"><div class="asset-content" id="_101_{article.id}">
<div class="sapo-wrapper clearfix"><p class="sapo">
<strong>{lead}</strong></p></div>
<div class="journal-content-article">
{self.body(article, hand)}</div></div></div>
<div class="asset-tags"><span class="tag-label">Tag:</span></div>
<div class="asset-files"><div class="file-label">File đính kèm</div><ul>{files}</ul></div>
<div class="asset-control-detail"><span class="print-action"><a rel="nofollow" class="taglib-icon"
 href="/pop_up{path}?_101_viewMode=print"><span class="taglib-text">In trang</span></a></span>
<a href="{path}/vi">VI</a> <a href="{path}/en">EN</a> <a href="/en{path}">English</a></div>
<div class="related_asset"><div class="related_asset_title">Các tin khác</div>
<ul class="related_asset_list">{{{{other{article.section}}}}}</ul></div>"""

    def print_view(self, article: Article) -> Parts:
        return compiled(
            self.head(article.headline)
            + "</head><body class='portal-popup'>"
            + self.article(article, self.hand(article))
            + "</body></html>",
            self.slots | {"views": lambda _: b"0"},
        )
