"""Responsive and mobile themes, data for machines, and endings that no markup sets apart."""

from __future__ import annotations

import json
from datetime import timedelta

from .articles import OTHERS, Item
from .chrome import FOOTER, OFFICE, body, e, footer, half, links, menu, page, sign, teasers, weekday

FIGURE = "<figure><img src=/i/{n}.webp loading=lazy><figcaption>{}</figcaption></figure>"


def mobile(item: Item) -> str:
    return page(
        "<header><button>☰</button><a href=/>Vĩnh Lộc</a><button>Tìm kiếm</button></header><nav hidden>"
        + menu()
        + "</nav><section>"
        f"<a href=/dv>Dân vận</a><h1>{e(item.headline)}</h1><p>{item.when:%d/%m/%Y • %H:%M}</p><p>{e(item.lead)}</p>"
        f"{body(item, lead=None, img=FIGURE)}{sign(item, '<p><b>{}</b></p>')}</section><section><button>Thích "
        f"0</button><button>Chia sẻ"
        f"</button><button>Lưu</button></section><section><h2>Đọc tiếp</h2>{teasers(3, 2, 'h3')}</section><footer>"
        f"<p>Phiên bản đầy đủ"
        f"</p>{footer()}</footer>",
        title=item.headline,
    )


def mobile_app(item: Item) -> str:
    return page(
        "<div><div>Quay lại</div><div>Chế độ ban đêm</div><div>Nghe đọc bài</div><div>Cỡ chữ: Nhỏ Vừa Lớn</div>"
        "</div><div><div>"
        f"{e(item.headline)}</div><div><span>Tin trong huyện</span><span>{item.when:%H:%M %d/%m/%Y}</span></div>"
        f"<div>{e(item.lead)}"
        f"</div>{body(item, lead=None, p='<div>{}</div>', sub='<div><b>{}</b></div>', img=FIGURE)}"
        f"{sign(item, '<div style=text-align:right>{}</div>')}</div><div><div>Bạn thấy bài viết này thế nào?</div>"
        f"<div>Hài lòng</div><div>"
        f"Bình thường</div><div>Không hài lòng</div></div><div><div>Tin nổi bật</div>"
        f"{links(4, 0, '<div>{}</div>')}</div>"
        f"<div>{footer('<div>{}</div>', 3)}</div>",
        title="Vĩnh Lộc",
    )


def hashed(item: Item) -> str:
    """What a JavaScript framework rendered on the server: class names without meaning, headings by role."""
    text = body(
        item,
        p='<div class="jsx-91"><span>{}</span></div>',
        lead='<div class="jsx-7f"><span>{}</span></div>',
        img=FIGURE,
    )
    return page(
        f'<div class="jsx-1">{menu()}</div><div class="jsx-2"><div role="heading" aria-level="1" class="jsx-3">'
        f"{e(item.headline)}</div>"
        f'<div class="jsx-4"><time datetime="{item.when:%Y-%m-%dT%H:%M:%S+07:00}">{item.when:%d/%m/%Y %H:%M}</time>'
        f"<span>3 phút đọc"
        f'</span></div><div class="jsx-5">{text}{sign(item, "<div class=jsx-a><b>{}</b></div>")}</div></div><div '
        f'class="jsx-6">'
        f'<div>Khám phá thêm</div>{links(4, 2, "<div class=jsx-8>{}</div>")}</div><div class="jsx-9">'
        f"{footer('<div>{}</div>')}</div>"
        "<script>window.__DATA__={}</script>",
        title=item.headline,
    )


def microdata(item: Item) -> str:
    stamp = f"{item.when:%Y-%m-%dT%H:%M:%S+07:00}"
    return page(
        f"<header><div>Hôm nay, 21/11/2025</div>{menu()}</header><article itemscope "
        f'itemtype="http://schema.org/NewsArticle"><h1'
        f' itemprop="headline">{e(item.headline)}</h1><meta itemprop="datePublished" content="{stamp}"><meta '
        f'itemprop="author"'
        f' content="admin"><p itemprop="description">{e(item.lead)}</p><div itemprop="articleBody">'
        f"{body(item, lead=None, img=FIGURE)}"
        f"{sign(item)}</div></article><aside>{teasers()}</aside><footer>{footer()}</footer>",
        title=item.headline,
    )


def meta_only(item: Item) -> str:
    """The reader sees how long ago; when, only machines are told, in UTC."""
    at = item.when - timedelta(hours=7)
    head = (
        f'<meta property="og:title" content="{e(item.headline)}"><meta property="og:type" content="article"><meta'
        f' property="article:published_time" content="{at:%Y-%m-%dT%H:%M:%SZ}">'
    )
    return page(
        f"<nav>{menu()}</nav><main><h1>{e(item.headline)}</h1><div>2 ngày trước</div><div>"
        f"{body(item, img=FIGURE)}{sign(item)}</div></main>"
        f"<section><h2>Cùng chủ đề</h2>{teasers(3, 1)}</section><footer>{footer()}</footer>",
        title=item.headline,
        head=head,
    )


def json_ld(item: Item) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": item.headline,
            "datePublished": f"{item.when:%Y-%m-%dT%H:%M:%S+07:00}",
            "author": {"@type": "Person", "name": "quantri"}}  # fmt: skip
    head = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    return page(
        f"<nav>{menu()}</nav><main><h1>{e(item.headline)}</h1><div>{half(item)}, "
        f"{item.when.day}/{item.when.month}/{item.when.year}</div>"
        f"<div>{body(item, img=FIGURE)}{sign(item)}</div></main><section><h2>Tin đọc nhiều</h2>"
        f"{teasers(3, 1)}</section><footer>{footer()}"
        "</footer>",
        title=item.headline,
        head=head,
    )


def afternoon(item: Item) -> str:
    return page(
        f"<div>{menu()}</div><div><h1>{e(item.headline)}</h1><div>Ngày đăng: {item.when:%d/%m/%Y} {half(item)}</div>"
        f"<div>{body(item)}"
        f"{sign(item)}</div><div>Lượt truy cập: 61</div><div>Tin tiêu điểm</div>{teasers()}</div><div>{footer()}</div>",
        title=item.headline,
    )


def date_below(item: Item) -> str:
    return page(
        f"<div>{menu()}</div><div><h1>{e(item.headline)}</h1><div>{body(item)}{sign(item)}</div><div>Ngày đăng: "
        f"{item.when:%d/%m/%Y} - Lượt"
        f" xem: 32</div><div>In | Gửi mail | Lên trên</div><div>Tin khác</div><ul>{links(4)}</ul></div><div>"
        f"{footer()}</div>",
        title=item.headline,
    )


def comments(item: Item) -> str:
    said = (
        ("Nông Văn Thắng", "2 giờ trước", "Bài viết rất hay, mong tòa soạn có thêm nhiều bài như thế này về cơ sở."),
        ("Mai Lan", "hôm qua", "Quê tôi đấy, đọc mà nhớ nhà quá, cảm ơn tác giả đã viết về bà con."),
    )
    talk = "".join(
        f"<div><b>{who}</b><p>{what}</p><span>Trả lời</span> <span>Thích</span> <i>{when}</i></div>"
        for who, when, what in said
    )
    return page(
        f"<div>{menu()}</div><div><h1>{e(item.headline)}</h1><div>{weekday(item)}, {item.when:%H:%M %d/%m/%Y}</div>"
        f"<div>{body(item)}"
        f"{sign(item)}</div><div>Đánh giá: ★★★★☆ (4/5 của 3 lượt)</div><div>Bình luận</div>{talk}<div>Gửi bình luận "
        f"của bạn</div><textarea>"
        f"</textarea><div>Tin liên quan</div><ul>{links(3)}</ul></div><div>{footer()}</div>",
        title=item.headline,
    )


def plain_list(item: Item) -> str:
    """Other headlines as plain text behind a label, without links, in the paragraphs of the text."""
    others = "".join(f"<p>- {title} ({28 - n}/02)</p>" for n, title in enumerate(OTHERS[2:6]))
    return page(
        f"<div>{menu()}</div><div><h1>{e(item.headline)}</h1><p>{item.when:%d/%m/%Y %H:%M}</p>"
        f"{body(item)}{sign(item)}<p>Các tin đã"
        f" đưa:</p>{others}</div><div>{footer()}</div>",
        title=item.headline,
    )


def unlabelled(item: Item) -> str:
    """Links to others right below the text, which nothing announces."""
    return page(
        f"<div>{menu()}</div><div><h1>{e(item.headline)}</h1><div>({item.when:%d/%m/%Y})</div><div>"
        f"{body(item)}{sign(item)}</div><ul>"
        f"{links(5, 1)}</ul></div><div>{footer()}</div>",
        title=item.headline,
    )


def files(item: Item) -> str:
    listed = (
        "<p><b>Tài liệu kèm theo:</b></p><ul><li><a href=/u/mau-phieu.docx>Mẫu phiếu đăng ký.docx</a> <span>(24 "
        "KB)</span> <a href="
        "/u/mau-phieu.docx>Tải về</a></li><li><a href=/u/danh-sach.pdf>Danh sách.pdf</a> <span>(310 KB)</span></li>"
        "</ul>"
    )
    return page(
        f"<div>{menu()}</div><div><h1>{e(item.headline)}</h1><div>{item.when:%d/%m/%Y | %H:%M}</div><div>"
        f"{body(item)}{sign(item)}</div>"
        f"{listed}<div>Thông báo khác</div><ul>{links(4)}</ul></div><div>{footer()}</div>",
        title=item.headline,
    )


def credits(item: Item) -> str:
    """One label for text and pictures; the file of a photographer stays out of it."""
    signed = f"<p style='text-align: right'><strong>Tin, ảnh: {item.sign}</strong></p>" if item.sign else ""
    return page(
        f"<div>{menu()}</div><div><h1>{e(item.headline)}</h1><div>{item.when:%d/%m/%Y, %H:%M} (GMT+7)</div><div>"
        f"{body(item)}{signed}</div>"
        f"<div>Chia sẻ: Facebook Zalo Email</div><div>TIN BÀI KHÁC</div>{teasers(4, 0)}</div><div>{footer()}</div>",
        title=item.headline,
    )


def one_column(item: Item) -> str:
    """Everything in one element of plain lines: banner, text, others, footer."""
    rows = [OFFICE, "Trang chủ | Tin tức | Liên hệ", e(item.headline), f"{weekday(item)}, {item.when:%d/%m/%Y %H:%M}"]
    text = body(item, lead="<div>{}</div>", p="<div>{}</div>", sub="<div>{}</div>", li=("", "<div>- {}</div>", ""),
                img="<div><img src=/i/{n}.jpg></div><div><i>{}</i></div>")  # fmt: skip
    below = ["Tin cùng chuyên mục", *(part for part in links(4, 0, "{}\n").split("\n") if part), *FOOTER]
    lines = "".join(f"<div>{row}</div>" for row in rows)
    named = f"<div><b>{e(item.sign)}</b></div>" if item.sign else ""
    return page(f"<div>{lines}{text}{named}{''.join(f'<div>{row}</div>' for row in below)}</div>", title=OFFICE)


def table_of_all(item: Item) -> str:
    """A table in a table in a table, a row for each part, and the newest in the column before the text."""
    inner = (
        f"<table><tr><td><h4>{e(item.headline)}</h4></td></tr><tr><td>{item.when:%d/%m/%Y} {item.when:%H:%M:%S}</td>"
        f"</tr><tr><td><table><tr>"
        f"<td>{body(item)}{sign(item)}</td></tr></table></td></tr><tr><td><table><tr><td>Tin khác cùng mục</td></tr>"
        f"<tr><td>"
        f"{links(4, 1, '<div>{}</div>')}</td></tr></table></td></tr></table>"
    )
    column = f"<table><tr><td>TIN MỚI</td></tr><tr><td>{teasers(4, 0, 'b')}</td></tr></table>"
    return page(
        f"<table><tr><td colspan=2>{menu('td')}</td></tr><tr><td>{column}</td><td>{inner}</td></tr><tr><td "
        f"colspan=2>{footer('{}<br>')}"
        "</td></tr></table>",
        title=OFFICE,
    )
