"""One plain frame, and what else may stand between the text and its office's footer."""

from __future__ import annotations

from .articles import Item, P
from .chrome import body, e, footer, links, menu, page, sign, weekday


def _frame(
    item: Item, below: str, *, stamp: str | None = None, text: str | None = None, signed: str | None = None
) -> str:
    stamp = f"<p>{item.when:%d/%m/%Y %H:%M}</p>" if stamp is None else stamp
    text = body(item) if text is None else text
    signed = sign(item) if signed is None else signed
    return page(
        f"<div>{menu()}</div><div><div><h1>{e(item.headline)}</h1>{stamp}<div>{text}{signed}{below}</div></div>"
        f"</div><div>{footer()}</div>",
        title=item.headline,
    )


RELATED = f"<p><b>Tin liên quan</b></p><ul>{links(3, 5)}</ul>"


def author_and_source(item: Item) -> str:
    return _frame(item, f"<p style='text-align:right'><i>Nguồn: baotinh.example</i></p>{RELATED}")


def hashes(item: Item) -> str:
    return _frame(
        item,
        "<p>#danvan #nongthonmoi #vinhloc</p><p><a href=/the/dan-van>dân vận</a>, <a href=/the/ntm>nông thôn mới</a>"
        "</p>",
    )


def newsletter(item: Item) -> str:
    return _frame(
        item,
        "<div><h4>Đăng ký nhận bản tin</h4><p>Nhập email của bạn để nhận tin mới mỗi sáng</p><button>Gửi</button>"
        "</div>",
    )


def poll(item: Item) -> str:
    answers = "".join(
        f"<label><input type=radio name=p>{a}</label><br>" for a in ("Rất hài lòng", "Hài lòng", "Chưa hài lòng")
    )
    return _frame(
        item,
        f"<div><b>Thăm dò ý kiến</b><p>Bạn đánh giá thế nào về trang thông tin này?</p>{answers}<input type=submit "
        f"value='Bình chọn'></div>",
    )


def neighbours(item: Item) -> str:
    return _frame(
        item,
        f"<div>Bài trước: {links(1, 2, '{}')}</div><div>Bài sau: {links(1, 6, '{}')}</div><div>Quay về trang chủ</div>",
    )


def pictured_heading(item: Item) -> str:
    """The heading of the list is a picture."""
    return _frame(item, f"<p><img src=/images/cactinkhac.gif></p>{links(4, 1, '<p>{}</p>', ' ({}/03/2019)')}")


def hits(item: Item) -> str:
    return _frame(item, f"<p>[Số lần đọc: 213]</p><p>Điểm đánh giá: 0 - 0 phiếu</p>{RELATED}")


def same_paragraph(item: Item) -> str:
    """Who signs stands in the last paragraph, behind two line breaks."""
    text = body(item)
    if item.sign:
        text = text.removesuffix("</p>") + f"<br><br><b>{e(item.sign)}</b></p>"
    return _frame(item, RELATED, text=text, signed="")


def glued(item: Item) -> str:
    """Who signs stands in bold right behind the last sentence."""
    text = body(item)
    assert item.blocks[-1].kind == P
    if item.sign:
        text = text.removesuffix("</p>") + f"&nbsp; <strong>{e(item.sign)}</strong></p>"
    return _frame(item, RELATED, text=text, signed="")


def counted_below(item: Item) -> str:
    return _frame(
        item, f"<p>Lượt xem: 207 | Ngày đăng: {item.when:%d/%m/%Y} | Người đăng: Phạm Văn Linh</p>{RELATED}", stamp=""
    )


def shared_below(item: Item) -> str:
    return _frame(
        item,
        f"<div><a>Tweet</a> <a>Pin it</a> <a>Like</a> <a>Google+</a></div><div>Sao chép liên kết</div><div>Theo dõi "
        f"chúng tôi trên Zalo</div>{RELATED}",
    )


def posted_above(item: Item) -> str:
    """Posted by an account in the form of a name, and signed by nobody."""
    return _frame(item, RELATED, stamp=f"<p>Đăng bởi: Phạm Văn Linh | {item.when:%d/%m/%Y %H:%M}</p>", signed="")


def sent_above(item: Item) -> str:
    return _frame(
        item,
        RELATED,
        stamp=f"<div>Người gửi: To Thu Ky</div><div>{weekday(item)}, {item.when:%d/%m/%Y %H:%M}</div>",
        signed="",
    )


def two_days(item: Item) -> str:
    return _frame(
        item,
        RELATED,
        stamp=f"<div>Ngày tạo: {item.when:%d/%m/%Y} | "
        f"Ngày cập nhật: {item.when:%d/%m}/{item.when.year + 1} | Lượt xem: 9</div>",
    )


def links_between(item: Item) -> str:
    """Between the paragraphs, one line leads to another article."""
    first, rest = body(item).split("</p>\n", 1)
    return _frame(item, RELATED, text=f"{first}</p>\n<p><strong>Xem thêm:</strong> {links(1, 4, '{}')}</p>\n{rest}")
