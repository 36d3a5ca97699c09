"""Small portals of the CMS families, written after what is known of each; served on loopback by path and query."""

# ruff: noqa: E501 - templates keep the lines of the pages they imitate

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECTIONS = (("Tin hoạt động", "tin-hoat-dong"), ("Dân vận khéo", "dan-van-kheo"))
PLACES = ("Tân Lập", "Hòa Sơn", "Phú Cường", "Minh Khai", "Đồng Tiến", "Yên Thịnh", "Long Hải", "Bình Minh")
AUTHORS = ("Nguyễn Thị Hạnh", "Lê Văn Bình", "Trần Thu Trang")
SLUGS = ("tan-lap", "hoa-son", "phu-cuong", "minh-khai", "dong-tien", "yen-thinh", "long-hai", "binh-minh")


@dataclass(frozen=True)
class Story:
    """An article of a portal; ``number`` counts from 1 over all sections."""

    number: int
    section: int

    @property
    def place(self) -> str:
        return PLACES[self.number % len(PLACES)]

    @property
    def slug(self) -> str:
        return f"to-dan-van-xa-{SLUGS[self.number % len(SLUGS)]}-sua-cau-thon-{self.number}"

    @property
    def id(self) -> int:
        return 4100 + 7 * self.number

    @property
    def headline(self) -> str:
        return f"Tổ dân vận xã {self.place} cùng bà con sửa cầu thôn {self.number}"

    @property
    def lead(self) -> str:
        return f"Cây cầu ở thôn {self.number}, xã {self.place} hỏng từ mùa lũ năm trước; tuần qua, bà con đã sửa xong."

    @property
    def paragraphs(self) -> tuple[str, str]:
        return (
            f"Có {20 + self.number} hộ góp công trong bốn ngày, phần ván do hợp tác xã cho mượn đến hết vụ gặt.",
            f"Trưởng thôn {self.number} cho biết đầu tháng tới sẽ họp dân để bàn việc lắp đèn ở hai đầu cầu.",
        )

    @property
    def author(self) -> str:
        return AUTHORS[self.number % len(AUTHORS)]

    @property
    def day(self) -> int:
        return self.number % 27 + 1

    @property
    def iso(self) -> str:
        return f"2023-10-{self.day:02}T08:{10 + self.number}:00+07:00"

    @property
    def body(self) -> str:
        return "".join(f"<p>{text}</p>\n" for text in self.paragraphs)


STORIES = [Story(n, n % 2) for n in range(1, 25)]
#: So many articles stand on a page of a listing.
PER_PAGE = 6


def of(section: int) -> list[Story]:
    return [story for story in STORIES if story.section == section]


@dataclass(frozen=True)
class Portal:
    """A family's way to build pages: addresses, and what they answer."""

    name: str
    recognised: str
    article: Callable[[Story], str]
    link: Callable[[Story], str]
    listing_path: Callable[[int, int], str]
    head: str = ""
    item: str = '<div class="item"><h3 class="title"><a href="{link}">{headline}</a></h3><p>{lead}</p></div>'
    pager: str = '<a href="{link}">{number}</a> '
    paging: str = "link"

    def pages(self) -> dict[str, str]:
        """Every page by its target."""
        found = {"/": self.front()}
        for section, (name, _) in enumerate(SECTIONS):
            stories = of(section)
            last = -(-len(stories) // PER_PAGE)
            for number in range(1, last + 1):
                shown = stories[(number - 1) * PER_PAGE : number * PER_PAGE]
                numbers = "".join(
                    self.pager.format(link=self.listing_path(section, n), number=n) for n in range(1, last + 1)
                )
                content = f"<div class='cate'>{name}</div>{self.items(shown)}<div class='pages'>{numbers}</div>"
                found[self.listing_path(section, number)] = self.page(name, content)
        return found | {self.link(story): self.page(story.headline, self.article(story)) for story in STORIES}

    def items(self, stories: list[Story]) -> str:
        return "".join(self.item.format(link=self.link(s), headline=s.headline, lead=s.lead) for s in stories)

    def front(self) -> str:
        return self.page("Trang chủ - Ban Dân vận Huyện ủy", self.items([*of(0)[:4], *of(1)[:4]]))

    def page(self, title: str, content: str) -> str:
        menu = "".join(
            f'<li><a href="{self.listing_path(n, 1)}">{name}</a></li>' for n, (name, _) in enumerate(SECTIONS)
        )
        return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>{self.head}</head>
<body><form method="post" id="aspnetForm"><div class="top">Thứ Sáu, ngày 21/11/2025 <a href="/dang-nhap">Đăng nhập</a></div>
<div class="main-menu"><ul><li><a href="/">Trang chủ</a></li><li><a href="/gioi-thieu/chuc-nang">Chức năng, nhiệm vụ</a></li>{menu}
<li><a href="https://khac.example/tin-hoat-dong">Tin hoạt động của tỉnh</a></li></ul></div><div id="content">{content}</div>
<div class="right"><b>Văn bản mới</b><ul><li><a href="/van-ban/so-15">Kế hoạch phối hợp tuyên truyền phòng, chống cháy nổ ở khu dân cư</a></li></ul></div>
<div class="footer">Bản quyền thuộc về Ban Dân vận Huyện ủy</div></form></body></html>"""


def _related(story: Story, portal_link: Callable[[Story], str]) -> str:
    others = [s for s in of(story.section) if s != story][:3]
    return "".join(f'<li><a href="{portal_link(s)}">{s.headline}</a></li>' for s in others)


def _by_folder(story: Story, ending: str = "") -> str:
    return f"/{SECTIONS[story.section][1]}/{story.slug}-{story.id}{ending}"


def _mojo(s: Story) -> str:
    return f"""<div class="article-detail"><h2 class="articletitle">{s.headline}</h2>
<div class="left-article-more-container">Thứ Ba {s.day:02}/10/2023 08:{10 + s.number}</div><span class="texthit">Lượt xem: {s.id}</span>
<div class="sapo">Xem với cỡ chữ {s.lead}</div><div id="article_text" class="articletext">{s.body}</div>
<div class="article-author">{s.author}</div><div class="article-other"><h3>CÁC BÀI VIẾT KHÁC:</h3><ul>{_related(s, _by_folder)}</ul></div></div>"""


def _nukeviet_link(s: Story) -> str:
    return _by_folder(s, ".html")


def _nukeviet(s: Story) -> str:
    return f"""<div class="news_column panel"><h1 class="title margin-bottom-lg">{s.headline}</h1><span class="h5">Thứ ba - {s.day:02}/10/2023 08:{10 + s.number}</span>
<div class="hometext m-bottom">{s.lead}</div><div id="news-bodyhtml" class="bodytext">{s.body}</div>
<p class="h5 text-right"><strong>Tác giả bài viết: </strong>{s.author}</p></div>
<p>Tổng số điểm của bài viết là: 5 trong 1 đánh giá</p><p class="h3">Những tin cũ hơn</p><ul class="related">{_related(s, _nukeviet_link)}</ul>"""


def _webforms_link(s: Story) -> str:
    return f"/{s.slug}-202310{s.day:02}{s.number:02}.htm"


def _webforms(s: Story) -> str:
    return f"""<h1 class="detail-title">{s.headline}</h1><div class="date"><span class="txt">Thứ Ba, {s.day:02}/10/2023 08:{10 + s.number}</span></div>
<h2 class="sapo">{s.lead}</h2><ul class="list-concern">{_related(s, _webforms_link)}</ul>
<div class="contents">{s.body}</div><div class="author">{s.author}</div><div class="widget">Tin liên quan</div>"""


def _tandan_link(s: Story) -> str:
    return f"/portal/Pages/{s.slug}-{s.id}.aspx"


def _tandan(s: Story) -> str:
    return f"""<p class="tandan-p-article-news-title">{s.headline}</p><span class="tandan-span-date-publish">Đăng ngày {s.day:02}-10-2023 08:{10 + s.number}</span>
<div class="tandan-p-article-news-summary">{s.lead}</div><div class="tandan-p-article-main"><div class="ms-rtestate-field">{s.body}
<p style="text-align:right"><strong>{s.author}</strong></p></div></div><div class="tandan-div-article-other"><div>Các tin khác</div><ul>{_related(s, _tandan_link)}</ul></div>"""


def _classic_link(s: Story) -> str:
    return f"/Pages/chi-tiet.aspx?ItemID={s.id}"


def _classic(s: Story) -> str:
    return f"""<table><tr><td class="ngaydang">{s.day:02}/10/2023 08:{10 + s.number}</td></tr><tr><td class="tieude"><b>{s.headline}</b></td></tr>
<tr><td class="noidungtin"><p>{s.lead}</p>{s.body}<p align="right"><b>{s.author}</b></p></td></tr></table>
<div><b>Xem tin tiếp theo…</b></div><ul>{_related(s, _classic_link)}</ul>"""


def _nameless_link(s: Story) -> str:
    return f"/doc-bao/{s.id}/{s.slug}.php"


def _nameless(s: Story) -> str:
    return f"""<div class="khung-bai"><h1 class="ten-bai">{s.headline}</h1><div class="gio-dang">08:{10 + s.number} {s.day:02}/10/2023</div>
<div class="tom-tat"><b>{s.lead}</b></div><div class="noi-dung-bai">{s.body}<p align="right"><b>{s.author}</b></p></div></div>
<h4>BẠN CÓ BIẾT</h4><ul>{_related(s, _nameless_link)}</ul>"""


_STATE = '<input type="hidden" name="__VIEWSTATE" value="/wEPDwUKLTY1NDc5NjM3Nw==" />'
_POSTBACK = "<a href=\"javascript:__doPostBack('ctl00$pager','{number}')\">{number}</a> "

PORTALS = {
    portal.name: portal
    for portal in (
        Portal(
            *("mojoportal", "mojoportal", _mojo, _by_folder),
            lambda section, page: f"/{SECTIONS[section][1]}" + (f"?pagenumber={page}" if page > 1 else ""),
            head=f'<link href="/Data/Sites/1/skins/x.css" rel="stylesheet">{_STATE}',
            item='<div class="article-item"><h3><a href="{link}">{headline}</a></h3><p>{lead}</p></div>',
        ),
        Portal(
            *("nukeviet", "nukeviet", _nukeviet, _nukeviet_link),
            lambda section, page: f"/{SECTIONS[section][1]}/" + (f"page-{page}/" if page > 1 else ""),
            head='<meta name="generator" content="NukeViet v4.5">',
        ),
        Portal(
            *("webforms", "webforms", _webforms, _webforms_link),
            lambda section, page: f"/{SECTIONS[section][1]}.htm" + (f"#{page}" if page > 1 else ""),
            *(_STATE, '<div class="item"><h3 class="title"><a href="{link}">{headline}</a></h3><p>{lead}</p></div>'),
            *(_POSTBACK, "postback"),
        ),
        Portal(
            *("sharepoint_modern", "sharepoint (modern)", _tandan, _tandan_link),
            lambda section, page: (
                f"/portal/Pages/{SECTIONS[section][1]}.aspx" + (f"?PageIndex={page}" if page > 1 else "")
            ),
            head='<meta name="GENERATOR" content="Microsoft SharePoint" />',
        ),
        Portal(
            *("sharepoint_classic", "sharepoint (classic)", _classic, _classic_link),
            lambda section, page: f"/Pages/{SECTIONS[section][1]}.aspx" + (f"?Page={page}" if page > 1 else ""),
            head='<script src="/_layouts/1033/init.js"></script>',
        ),
        Portal(
            *("nameless", "generic", _nameless, _nameless_link),
            lambda section, page: f"/muc/{SECTIONS[section][1]}" + (f"/to-{page}.php" if page > 1 else "/to-1.php"),
        ),
    )
}


@dataclass
class Served:
    """A site on loopback: what it answers by target, and what it was asked."""

    pages: dict[str, str | tuple[int, dict[str, str], str]]
    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def served(pages: dict[str, Any]) -> Iterator[Served]:
    """Serves pages by path and query; a page is its text, or status, headers and text."""
    site = Served(pages)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            answer = site.pages.get(self.path, (404, {}, "<title>404</title>"))
            status, headers, text = (200, {}, answer) if isinstance(answer, str) else answer
            body = text.encode()
            self.send_response(status)
            for name, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
