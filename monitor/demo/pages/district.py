"""lam_binh and tuyen_quang: the same addresses, no dates; one in clean divisions, one in layout tables and ``<br>``."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC
from email.utils import format_datetime
from html import escape

from monitor.demo.hand import Hand
from monitor.demo.pages import chrome
from monitor.demo.pages.page import Request, Response
from monitor.demo.pages.replica import Replica, number
from monitor.demo.truth import Article, FileLine, Picture

_ROOT = "/tin-tuc-su-kien"
_SECTIONS = ("hoat-dong-cua-huyen-uy", "cong-tac-dan-van")
_LISTING = re.compile(rf"{_ROOT}/({'|'.join(_SECTIONS)})(?:/trang-(\d+)\.html|/?)")
_ARTICLE = re.compile(rf"{_ROOT}/(?:{'|'.join(_SECTIONS)})/.*-(\d{{1,12}})\.html")


class District(Replica):
    """What the two share: addresses, paging, no dates."""

    sections = (
        ("Hoạt động của Huyện uỷ", f"{_ROOT}/{_SECTIONS[0]}/trang-1.html"),
        ("Công tác dân vận", f"{_ROOT}/{_SECTIONS[1]}/trang-1.html"),
    )
    per_page = 15
    dated = False

    def article_path(self, article: Article) -> str:
        return f"{_ROOT}/{_SECTIONS[article.section]}/{article.slug}-{article.id}.html"

    def route(self, request: Request) -> Response | None:
        if found := _LISTING.fullmatch(request.path):
            section, page = _SECTIONS.index(found[1]), number(found[2] or "")
            # Beyond the end: the last page once more.
            return self.list_page(request, section, min(page, self.listed(section, 1)[1]))
        if found := _ARTICLE.fullmatch(request.path):
            return self.article_page(request, int(found[1]))
        return None

    def menu(self, tag: str, class_name: str) -> str:
        return chrome.menu(tag, class_name, [("Trang chủ", "/"), *self.sections])


class LamBinh(District):
    """Divisions with honest class names, relative links, weak validators, a not-found page that forwards home."""

    server = "nginx"

    def validators(self, article: Article) -> tuple[tuple[str, str], ...]:
        """Weak, because the other articles listed below are others each time while this one has not changed."""
        state = repr((article.headline, article.author, article.blocks, article.files, article.hand)).encode()
        return (
            ("ETag", f'W/"{article.id:x}-{hashlib.blake2s(state, digest_size=8).hexdigest()}"'),
            ("Last-Modified", format_datetime(article.modified.astimezone(UTC), usegmt=True)),
        )

    def not_found(self, _request: Request) -> Response:
        html = (
            self.head("Thông báo", '<meta http-equiv="refresh" content="3;url=/" />')
            + """</head><body><div class="thong-bao" style="text-align:center;margin-top:100px"><h3>Thông báo</h3>
<p>Nội dung bạn tìm không tồn tại hoặc đã bị gỡ bỏ.</p><p>Hệ thống sẽ tự chuyển về trang chủ sau 3 giây.
<a href="/">Bấm vào đây</a> nếu không muốn chờ lâu.</p></div></body></html>"""
        )
        return Response(html.encode())

    def style(self) -> str:
        return chrome.style("lb", 100) + chrome.script("portal", 40) + "</head>\n"

    def top(self) -> str:
        return f"""<body><header class="dau-trang"><a href="/"><img src="/skin/banner.gif" alt="" /></a>
<div class="ten-don-vi">ĐẢNG BỘ TỈNH TUYÊN QUANG<br />{escape(self.committee.name.upper())}</div>
<a class="dang-nhap" href="/dang-nhap">Đăng nhập</a></header>{self.menu("nav", "menu-chinh")}
<main class="khung"><div class="cot-chinh">
"""

    def bottom(self) -> str:
        return f"""</div><aside class="cot-phai">{chrome.side("khoi")}</aside></main>
<footer class="chan-trang">{chrome.footer(self.committee.name)}</footer></body></html>"""

    def front(self) -> str:
        return "".join(
            f'<section class="khoi-tin"><h2><a href="{path}">{name}</a></h2>'
            f"<ul>{''.join(map(self.other, self.newest(index)[:8]))}</ul></section>"
            for index, (name, path) in enumerate(self.sections)
        )

    def listing(self, section: int, page: int, _order: str) -> str:
        articles, pages = self.listed(section, page)
        items = ""
        for article in articles:
            link = f"{article.slug}-{article.id}.html"  # relative to the listing
            picture = next(iter(article.pictures), None)
            image = f'<a class="anh" href="{link}"><img src="{picture.path}" alt="" /></a>' if picture else ""
            items += (
                f'<li>{image}<h3><a href="{link}">{escape(article.headline)}</a></h3>'
                f"<p class='trich'>{escape(article.first_text[:150])}…</p></li>\n"
            )
        numbers = "".join(
            f'<span class="hien-tai">{p}</span>' if p == page else f'<a href="trang-{p}.html">{p}</a>'
            for p in range(1, pages + 1)
        )
        following = f'<a class="sau" href="trang-{page + 1}.html">Trang sau</a>' if page < pages else ""
        return f"""<div class="tieu-de-muc">{self.sections[section][0]}</div><ul class="ds-tin">{items}</ul>
<div class="phan-trang">{numbers}{following}</div>"""

    def article(self, article: Article, hand: Hand) -> str:
        html = hand.start()
        for block in article.blocks:
            match block:
                case Picture():
                    html += f'<p align="center"><img src="{block.path}" alt="{escape(block.alt)}" width="480" /></p>\n'
                    if block.caption:
                        html += f'<p align="center"><i>{hand.text(block.caption)}</i></p>\n'
                case FileLine():
                    html += hand.paragraph(hand.file_line(block))
                case str():
                    html += hand.paragraph(hand.text(block))
        return f"""<article class="chi-tiet"><h1 class="tieu-de">{escape(article.headline)}</h1>
<div class="noi-dung">
{html}<p align="right"><b>{hand.right(escape(article.author))}</b></p></div></article>
<div class="lien-quan"><h4>Tin cùng chuyên mục</h4><ul>{{{{other{article.section}}}}}</ul></div>"""


class TuyenQuang(District):
    """Layout tables and line breaks; what it does not find, it answers with its home page."""

    server = "Microsoft-IIS/7.5"

    def not_found(self, request: Request) -> Response:
        return self.page("home", request.n, lambda: self.whole(self.committee.name, self.front()))

    def style(self) -> str:
        return chrome.style("tq", 80) + chrome.script("tqPortal", 60) + "</head>\n"

    def top(self) -> str:
        return f"""<body topmargin="0"><table width="1000" align="center" cellpadding="0" cellspacing="0">
<tr><td colspan="2"><img src="/images/top.gif" width="1000" height="140" alt="" /></td></tr>
<tr><td colspan="2" class="menu">{self.menu("div", "hmenu")}</td></tr>
<tr><td width="720" valign="top"><table width="100%"><tr><td>
"""

    def bottom(self) -> str:
        return f"""</td></tr></table></td><td width="280" valign="top">{chrome.side("hop")}
<table><tr><td>Số người truy cập:</td><td>{{{{visits}}}}</td></tr></table><a href="/dang-nhap">Đăng nhập</a></td></tr>
<tr><td colspan="2" class="footer">{chrome.footer(self.committee.name)}</td></tr></table></body></html>"""

    def front(self) -> str:
        return "".join(
            f'<table width="100%"><tr><td class="muc"><a href="{path}">{name}</a></td></tr>'
            f"{self.rows(index, 8)}</table>"
            for index, (name, path) in enumerate(self.sections)
        )

    def rows(self, section: int, count: int) -> str:
        return "".join(
            f'<tr><td><a href="{self.article_path(a)}">{escape(a.headline)}</a></td></tr>\n'
            for a in self.newest(section)[:count]
        )

    def other(self, article: Article) -> str:
        link = f'<a href="{self.article_path(article)}">{escape(article.headline)}</a>'
        return f'<img src="/images/dot.gif" alt="" /> {link}<br />\n'

    def listing(self, section: int, page: int, _order: str) -> str:
        articles, pages = self.listed(section, page)
        rows = ""
        for article in articles:
            path, picture = self.article_path(article), next(iter(article.pictures), None)
            image = f'<a href="{path}"><img src="{picture.path}" width="120" alt="" /></a>' if picture else "&nbsp;"
            rows += (
                f'<tr><td width="130">{image}</td><td><a class="tin" href="{path}">'
                f"<b>{escape(article.headline)}</b></a><br />"
                f"{escape(article.first_text[:140])}...</td></tr>\n"
            )
        base = f"{_ROOT}/{_SECTIONS[section]}"
        numbers = " | ".join(
            f"<b>{p}</b>" if p == page else f'<a href="{base}/trang-{p}.html">{p}</a>' for p in range(1, pages + 1)
        )
        return f"""<table width="100%"><tr><td class="muc">{self.sections[section][0]}</td></tr></table>
<table width="100%" cellpadding="4">{rows}</table>
<table width="100%"><tr><td align="right">{numbers}</td></tr></table>"""

    def article(self, article: Article, hand: Hand) -> str:
        html = hand.start()
        for block in article.blocks:
            match block:
                case Picture():
                    caption = f'<tr><td align="center">{hand.text(block.caption)}</td></tr>' if block.caption else ""
                    html += (
                        f'<table align="center" width="450"><tr><td><img src="{block.path}" alt="{escape(block.alt)}" '
                        f'width="440" /></td></tr>{caption}</table>\n'
                    )
                case FileLine():
                    html += f"{hand.file_line(block)}<br /><br />\n"
                case str():
                    ending = hand.chance.choice(("<br />", "<br /><br />", "<br />&nbsp;<br />", "<br>\n<br>"))
                    html += f"&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; {hand.text(block)}{ending}\n"
        return f"""<table width="100%" cellpadding="6">
<tr><td class="tieude"><b>{escape(article.headline)}</b></td></tr>
<tr><td class="noidung" style="text-align: justify">
{html}<div align="right"><b>{hand.right(escape(article.author))}</b></div></td></tr>
<tr><td class="muc">Tin cùng chuyên mục</td></tr><tr><td>{{{{other{article.section}}}}}</td></tr></table>"""
