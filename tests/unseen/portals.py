"""Portals of the state: VNPT, eGov, DotNetNuke, SharePoint, Liferay, NukeViet."""

from __future__ import annotations

from .articles import Item
from .chrome import OFFICE, body, e, footer, half, links, menu, page, sign, teasers, visitors, weekday

TODAY = "Thứ Sáu, ngày 21/11/2025 10:24:31"


def vnpt(item: Item) -> str:
    stars = (
        "<div class=danhgia><span>Đánh giá bài viết</span><span>★★★★★</span><span>Bạn chưa đánh giá</span>"
        "<span>Điểm trung bình: 0/5 (0 lượt đánh giá)</span></div>"
    )
    return page(
        f"<div class=top><span>{TODAY}</span><span>Tiếng Việt</span><span>English</span></div><div>{menu()}</div>"
        "<div class=breadcrumb><a>Trang chủ</a> / <a>Tin tức</a> / <a>Tin trong huyện</a></div><div class=detail>"
        f"<div class=title-detail>{e(item.headline)}</div><div class=info><span>Ngày đăng: "
        f"{item.when:%d/%m/%Y - %H:%M}</span>"
        "<span>Lượt xem: 207</span><span>Cỡ chữ: <a>A-</a> <a>A</a> <a>A+</a></span><span>Chế độ tương phản</span>"
        "</div>"
        f"<div class=sapo>{e(item.lead)}</div><div class=content-detail>{body(item, lead=None)}{sign(item)}</div>"
        f"{stars}"
        "<div class=more><div>Tin liên quan</div><ul>"
        f"{links(5, 1, '<li>{}</li>', ' <span>({}/02/2024)</span>')}</ul></div>"
        f"</div><div class=right>{teasers()}{visitors()}</div><div class=foot>{footer('<div>{}</div>')}</div>",
        title=OFFICE,
    )


def vnpt_speech(item: Item) -> str:
    listen = (
        "<div class=tts><button>Đọc bài viết</button><select><option>Giọng nữ miền Bắc</option><option>Giọng nam "
        "miền Nam"
        "</option></select><span>Tốc độ 1x</span></div>"
    )
    return page(
        f"<div>{menu()}</div><div class=container><div class=chitiet><div class=cm>Chi tiết tin</div><h3>"
        f"{e(item.headline)}</h3>"
        f"<p><i>{weekday(item)}, {item.when:%d/%m/%Y} | {item.when:%H:%M}</i></p>{listen}<div class=noidung>"
        f"{body(item)}"
        f"{sign(item, '<p style=text-align:right>{}</p>')}</div><div><a>Quay lại</a><a>In bài viết</a><a>Chia sẻ "
        f"Zalo</a></div>"
        "<div>Ý kiến của bạn</div><form><input placeholder='Họ tên'><textarea></textarea><span>Mã xác nhận</span>"
        f"<button>Gửi ý kiến</button></form><div>Tin đã đăng</div><ul>{links(6, 0)}</ul></div></div><div>"
        f"{footer()}</div>",
        title="Chi tiết tin",
    )


def egov_clock(item: Item) -> str:
    return page(
        f"<div id=header><div>{TODAY}</div>{menu()}</div><div id=main><div class=left>{visitors()}</div><div class=mid>"
        f"<p class=tt><b>{e(item.headline)}</b></p><p class=nd>{half(item)} {item.when:%d/%m/%Y}</p><p class=tomtat><b>"
        f"{e(item.lead)}</b></p>{body(item, lead=None)}{sign(item)}<p class=tb><b>CÁC TIN TỨC KHÁC</b></p>"
        f"{links(5, 2, '<p>» {}</p>', ' ({}/03/2024)')}<p>Trang: 1 2 3 4 5 ...</p></div></div><div id=footer>"
        f"{footer()}</div>",
        title=OFFICE,
    )


def dnn_poster(item: Item) -> str:
    row = (
        f"<div class=tinh><span>Người đăng tin: <b>Phạm Văn Linh</b></span> <span>Ngày đăng tin: <b>"
        f"{item.when:%d/%m/%Y}</b>"
        "</span> <span>Lượt xem: <b>123</b></span></div>"
    )
    return page(
        f"<form action=/Default.aspx?tabid=112&mid=503 method=post><div>{menu()}</div><div class=DnnModule><div "
        f"class=Head>"
        f"Tin tức - Sự kiện</div><div class=Normal><h2 class=title>{e(item.headline)}</h2>{row}<div class=desc><strong>"
        f"{e(item.lead)}</strong></div><div class=full>{body(item, lead=None)}{sign(item)}</div><div class=tool><a>"
        f"In trang</a> |"
        f" <a>Gửi email</a> | <a>Trở về</a></div><div class=cac>Các tin khác</div><ul>{links(5)}</ul></div></div>"
        f"</form>"
        f"<div>{footer()}</div><div>Terms Of Use | Privacy Statement | Login</div>",
        title="Tin tức - Sự kiện",
    )


def dnn_table(item: Item) -> str:
    return page(
        f'<form><table class="skin"><tr><td>{menu("td")}</td></tr><tr><td><table><tr><td><span '
        f'id="dnn_ctr401_lblTitle">'
        f'{e(item.headline)}</span></td></tr><tr><td><span id="dnn_ctr401_lblDate">{item.when:%d/%m/%Y} '
        f"{half(item, True)}"
        f'</span></td></tr><tr><td><span id="dnn_ctr401_lblSummary"><b>{e(item.lead)}</b></span></td></tr><tr><td>'
        f'<span id="dnn_ctr401_lblContent">{body(item, lead=None)}{sign(item)}</span></td></tr><tr><td><a '
        f'href="javascript:'
        "__doPostBack('back','')\">[ Trở về ]</a> <a>[ Lên đầu trang ]</a></td></tr><tr><td><span>Các tin đã đưa "
        "ngày:</span>"
        "<select><option>1</option><option>2</option></select><input type=submit value=Xem></td></tr><tr><td>"
        f"{links(5, 1, '<div>• {}</div>', ' <i>({}/11/2021)</i>')}</td></tr></table></td></tr></table></form>"
        f"<table><tr><td>{footer('{}<br>')}</td></tr></table>",
        title=f"{OFFICE} > Tin tức",
    )


def dnn_american(item: Item) -> str:
    w = item.when
    stamp = f"{w.month}/{w.day}/{w.year} {half(item, True, ('AM', 'PM'))}"
    return page(
        f"<div>{menu()}</div><div class=c><h1>{e(item.headline)}</h1><span>{stamp}</span><div>"
        f"{body(item)}{sign(item)}</div>"
        f"<div>Tin khác</div><ul>{links(4)}</ul></div><div>{footer()}</div>",
        title=item.headline,
    )


def sharepoint_2013(item: Item) -> str:
    return page(
        '<div id="s4-ribbonrow">Đăng nhập</div><div id="s4-bodyContainer"><div>Bạn đang ở: <a>Trang chủ</a> &gt; <a>'
        "Tin tức</a>"
        f'</div>{menu()}<div class="ms-webpart-zone"><div class="article article-left"><div class="tieude">'
        f"{e(item.headline)}"
        f'</div><div class="ngay">{item.when:%d/%m/%Y %H:%M}</div><div class="ms-rtestate-field">'
        f"{body(item)}{sign(item)}</div>"
        '<div class="like">Thích | Bình luận | Chia sẻ</div></div></div><div class="ms-webpart-zone"><h2 '
        'class="ms-webpart-title'
        f'Text">Bài viết cùng danh mục</h2>{links(5, 3, "<div class=dfwp-item>{}</div>")}</div></div>'
        f"<div id=footer>{footer('<div>{}</div>')}</div>",
        title="Pages - " + item.headline,
    )


def sharepoint_poster(item: Item) -> str:
    """The CMS's poster below the text: an account in the form of a name, and the date beside it."""
    return page(
        f"<div>{menu()}</div><table width=100%><tr><td valign=top>{links(6, 2, '<div>{}</div>')}</td><td valign=top>"
        f"<div>"
        f"<span class=t1>{e(item.headline)}</span></div><div>{body(item)}</div><div class=luot>Người đăng: Phạm Văn "
        f"Linh -"
        f" Ngày đăng: {item.when:%d/%m/%Y} - Số lần xem: 88</div><div><b>Tin cùng loại</b></div>"
        f"{links(4, 0, '<div>- {}</div>')}"
        f"</td></tr></table><div>{footer()}</div>",
        title=item.headline,
    )


def liferay_7(item: Item) -> str:
    ratings = (
        '<div class="taglib-ratings"><div>Your Rating</div><div>Average (0 Votes)</div><div>The average rating is '
        "0.0 stars out"
        " of 5.</div></div><div class=comments><span>0 Comments</span><div>No comments yet.</div><a>Please sign in "
        "to comment."
        "</a></div>"
    )
    return page(
        f'<nav>{menu()}</nav><div class="asset-full-content"><h4 class="component-title"><span class="asset-title">'
        f'{e(item.headline)}</span></h4><div class="autofit-row"><span class="sticker"></span><div '
        f'class="text-truncate-inline">'
        f"<span>Nguyen Quan Tri</span></div><div>đã đăng {item.when:%d/%m/%Y %H:%M}</div></div><div "
        f'class="journal-content'
        f'-article">{body(item)}{sign(item)}</div><div class="asset-details"><div>Thẻ: <a>nông thôn mới</a></div></div>'
        f"{ratings}</div><div class='related-assets'><h3>Nội dung liên quan</h3>{links(3)}</div><footer>"
        f"{footer()}</footer>",
        title=f"{item.headline} - Trang chủ - Huyện Vĩnh Lộc",
    )


def day_above(item: Item) -> str:
    """A bare day right above the headline, and nothing else that dates it."""
    return page(
        f"<div>{menu()}</div><div>8 0 2 1 1 4</div><div class=main><div class=d>{item.when:%d/%m/%Y}</div><div class=h>"
        f"{e(item.headline)}</div><div class=b>{body(item)}{sign(item)}</div><div>Số lượt người xem: 77</div><div>"
        f"TIN MỚI HƠN"
        f"</div>{links(3, 0, '<div>{}</div>', ' ({}/4)')}<div>TIN ĐÃ ĐƯA</div>"
        f"{links(3, 4, '<div>{}</div>', ' ({}/3)')}<div>Xem"
        f" tiếp</div><div>Xem theo ngày</div></div><div>{footer()}</div>",
        title="Tin tức",
    )


def nukeviet_4(item: Item) -> str:
    end = (
        "<div class='panel'><p>Tổng số điểm của bài viết là: 5 trong 1 đánh giá</p><p>Xếp hạng: 5 - 1 phiếu bầu</p>"
        "<p>Click để"
        " đánh giá bài viết</p></div>"
    )
    return page(
        f"<header>{menu()}</header><div class='news_column panel'><h1 class='title margin-bottom-lg'>"
        f"{e(item.headline)}</h1>"
        f"<div class='row'><span class='h5'>{weekday(item)} - {item.when:%d/%m/%Y %H:%M}</span><ul><li><a>In ra</a>"
        f"</li><li><a>"
        f"Gửi bài viết qua email</a></li><li><a>Lưu bài viết</a></li></ul></div><div class='hometext m-bottom'>"
        f"{e(item.lead)}"
        f"</div><div class='bodytext'>{body(item, lead=None)}</div>"
        + (f"<p class='h5 text-right'><strong>Tác giả bài viết: </strong>{item.sign}</p>" if item.sign else "")
        + f"{end}<div class='news_column'><p>"
        "Chú ý: Việc đăng lại bài viết trên ở website hoặc các phương tiện truyền thông khác"
        " mà không ghi rõ nguồn là vi phạm bản quyền</p></div><p class='h3'>Những tin mới hơn</p><ul class='related'>"
        f"{links(3, 0, '<li>{}</li>', ' <em>({}/05/2023)</em>')}</ul><p class='h3'>Những tin cũ hơn</p><ul "
        f"class='related'>"
        f"{links(3, 4, '<li>{}</li>', ' <em>({}/04/2023)</em>')}</ul></div><div>Bạn đã không sử dụng Site, <a>Bấm "
        f"vào đây để duy"
        f" trì trạng thái đăng nhập</a>. Thời gian chờ: 60 giây</div><footer>{footer()}</footer>",
        title=f"{item.headline} - Tin tức - {OFFICE}",
    )


def nukeviet_3(item: Item) -> str:
    return page(
        f"<div id=menu>{menu()}</div><div id=content><h1>{e(item.headline)}</h1><div class=date>Đăng lúc: "
        f"{weekday(item)} -"
        f" {item.when:%d/%m/%Y %H:%M} - Đã xem: 1033 - Người đăng bài viết: bantuyengiao</div><div id=hometext>"
        f"{e(item.lead)}</div>"
        f"<div id=bodytext>{body(item, lead=None)}</div>"
        + (f"<div class=aright><b>Tác giả bài viết:</b> {item.sign}</div>" if item.sign else "")
        + f"<div class=keywords>Từ khóa: <a>huyện ủy</a>, <a>dân vận</a></div><div>Đánh giá bài viết</div>"
        "<div>Tổng số điểm của"
        " bài viết là: 0 trong 0 đánh giá</div><div>Click để đánh giá bài viết</div><div>Ý kiến bạn đọc</div><div>"
        "Mã an toàn:"
        f"</div><div>Theo dòng sự kiện</div><ul>{links(3)}</ul><div>Những tin cũ hơn</div><ul>{links(4, 3)}</ul></div>"
        f"<div>{footer('<p>{}</p>')}</div>",
        title=item.headline,
    )


def source_line(item: Item) -> str:
    return page(
        f"<div>{menu()}</div><div><h1>{e(item.headline)}</h1><div>{item.when:%H:%M}, {weekday(item).lower()} ngày"
        f" {item.when:%d/%m/%Y}</div><div>{body(item)}<p align=right><i>Nguồn: baotinh.example</i></p></div><div>"
        f"Gửi cho bạn bè |"
        f" In bài này</div><div>Các tin cùng mục:</div>{links(5, 1, '<div>+ {}</div>')}</div><div>{footer()}</div>",
        title=item.headline,
    )


def borrowed(item: Item) -> str:
    return page(
        f"<div>{menu()}</div><div><h2>{e(item.headline)}</h2><div>Cập nhật lúc {item.when:%H:%M - %d/%m/%Y}</div>"
        f"<div>{body(item)}"
        f"<p style='text-align: right;'><em>(Theo Báo Tuyên Quang)</em></p></div><div>Tin cùng chuyên mục</div><ul>"
        f"{links(4)}</ul>"
        f"</div><div>{footer()}</div>",
        title=item.headline,
    )


def author_above(item: Item) -> str:
    named = f"<span>Tác giả: {item.sign}</span> | " if item.sign else ""
    return page(
        f"<div>{menu()}</div><div class=x><h1>{e(item.headline)}</h1><div>{named}<span>"
        f"{item.when:%d/%m/%Y %H:%M}</span></div>"
        f"<div>{body(item)}</div><div>Xem thêm các tin liên quan</div><ul>{links(4)}</ul></div><div>{footer()}</div>",
        title=item.headline,
    )
