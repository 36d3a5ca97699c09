"""WordPress and Joomla, whose themes most small offices and unions use."""

from __future__ import annotations

from .articles import Item
from .chrome import MONTHS, OFFICE, body, e, footer, half, links, menu, page, sign, teasers, visitors, weekday

FIGURE = (
    '<figure class="wp-caption aligncenter"><img src="/wp-content/uploads/{n}.jpg"><figcaption>{}</figcaption></figure>'
)


def _side() -> str:
    return (
        f"<aside><section><h2>Bài viết mới</h2><ul>{links(5, 2)}</ul></section><section><h2>Phản hồi gần đây</h2>"
        "<ul><li>Hà Linh trong <a href=/x>Chi bộ thôn Nà Khà sinh hoạt</a></li></ul></section></aside>"
    )


def wp_classic(item: Item) -> str:
    meta = (
        f'<div class="entry-meta"><span class="posted-on">Posted on <a href="#"><time class="entry-date published"'
        f' datetime="{item.when:%Y-%m-%dT%H:%M:%S}+07:00">{item.when:%d/%m/%Y}</time></a></span>'
        '<span class="byline"> by <span class="author vcard"><a href=/author/admin>admin</a></span></span></div>'
    )
    return page(
        f'<header><h1 class="site-title"><a href=/>{OFFICE.title()}</a></h1>{menu()}</header><main><article '
        f'class="post">'
        f'<header class="entry-header"><h1 class="entry-title">{e(item.headline)}</h1>{meta}</header>'
        f'<div class="entry-content">{body(item, img=FIGURE)}{sign(item)}</div>'
        '<footer class="entry-footer"><span>Posted in <a href=/c>Tin tức</a></span> <span>Leave a comment</span>'
        "</footer>"
        f'</article><nav class="navigation"><h2>Post navigation</h2>{links(2, 1, "<div>{}</div>")}</nav></main>'
        f"{_side()}"
        f"<footer>{footer()}<p>Proudly powered by WordPress</p></footer>",
        title=f"{item.headline} – {OFFICE.title()}",
    )


def wp_flatsome(item: Item) -> str:
    day = f"{item.when.day} Tháng {MONTHS[item.when.month - 1]}, {item.when.year}".upper()
    comments = (
        '<div id="comments"><h3>Trả lời <small><a>Hủy</a></small></h3><p>Email của bạn sẽ không được hiển thị công '
        "khai."
        " Các trường bắt buộc được đánh dấu *</p><label>Bình luận *</label><textarea></textarea><label>Tên *</label>"
        "<input><p><input type=checkbox> Lưu tên của tôi, email, và trang web trong trình duyệt này cho lần bình luận"
        " kế tiếp của tôi.</p><button>Phản hồi</button></div>"
    )
    return page(
        f"<header>{menu()}</header><div class=row><div class='large-9 col'><article><div class='article-inner'>"
        f"<header class=entry-header><h6 class='entry-category is-xsmall'><a href=/tin-tuc>Tin tức</a></h6>"
        f"<h1 class=entry-title>{e(item.headline)}</h1><div class='entry-divider is-divider small'></div>"
        f"<div class='entry-meta uppercase is-xsmall'><span>Đăng vào <a><time>{day}</time></a></span> <span>bởi "
        "<span class='meta-author vcard'><a>Phạm Văn Linh</a></span></span></div></header>"
        f"<div class='badge'><span>{item.when:%d}</span><br><span>Th{item.when.month}</span></div>"
        f"<div class='entry-content single-page'>{body(item, img=FIGURE)}{sign(item)}"
        "<div class='blog-share text-center'><div class='social-icons'><a>Facebook</a><a>Zalo</a></div></div></div>"
        "<footer class='entry-meta text-center'>Bài viết này được đăng trong <a>Tin tức</a> và được gắn thẻ <a>dân "
        "vận</a>."
        f"</footer></div></article>{comments}</div>{_side()}</div><footer>{footer()}</footer>",
        title=item.headline,
    )


def wp_newspaper(item: Item) -> str:
    blocks = "".join(
        f"<div class=td_module><h3><a href=/k{n}>{t}</a></h3><div>{item.when:%d/%m/%Y}</div></div>"
        for n, t in enumerate(("Ngày hội của bản làng", "Đường mới về Khau Tinh", "Chợ phiên đầu năm"))
    )
    return page(
        f"<div class=td-header>{menu()}<div>Thứ Sáu, Tháng Mười Một 21, 2025</div></div><div class=td-crumb>"
        "<a>Trang chủ</a> › <a>Tin tức</a> › <a>Hoạt động cơ sở</a></div><article><div class=td-post-header>"
        f"<ul class=td-category><li><a>Hoạt động cơ sở</a></li></ul><h1>{e(item.headline)}</h1>"
        f"<div>Bởi <b>To Thu Ky</b> - <time>{item.when:%d/%m/%Y}</time></div><div>1024 lượt xem</div><div>0 bình "
        f"luận</div>"
        "</div><div class=share><span>Chia sẻ</span><a>Facebook</a><a>Twitter</a><a>Pinterest</a><a>WhatsApp</a></div>"
        f"<div class=td-post-content>{body(item, img=FIGURE)}{sign(item, '<p><strong>{}</strong></p>')}</div>"
        f"</article><div><span>Bài trước</span>{links(1, 1, '<b>{}</b>')}</div><div><span>Bài tiếp theo</span>"
        f"{links(1, 2, '<b>{}</b>')}</div><div><h4>BÀI VIẾT LIÊN QUAN</h4><h4>XEM THÊM TỪ TÁC GIẢ</h4>{blocks}</div>"
        f"<footer>{footer()}<div>VỀ CHÚNG TÔI</div><div>THEO DÕI CHÚNG TÔI</div></footer>",
        title=item.headline,
    )


def wp_gutenberg(item: Item) -> str:
    figure = '<figure class="wp-block-image"><img src="/u/{n}.jpg" alt=""/><figcaption>{}</figcaption></figure>'
    text = body(item, lead='<p class="has-drop-cap">{}</p>', sub='<h3 class="wp-block-heading">{}</h3>', img=figure)
    return page(
        f"<header>{menu()}</header><main><h1 class=wp-block-post-title>{e(item.headline)}</h1><div "
        f"class=wp-block-post-date>"
        f'<time datetime="{item.when:%Y-%m-%dT%H:%M:%S+07:00}">{item.when.day} Tháng {item.when.month}, '
        f"{item.when.year}"
        f"</time></div><div class=entry-content>{text}{sign(item, '<p class=has-text-align-right><em>{}</em></p>')}"
        f"<hr class=wp-block-separator><p><strong>Xem thêm:</strong></p><ul>{links(3, 5)}</ul></div></main>"
        f"<footer>{footer('<p>{}</p>', 3)}</footer>",
        title=f"{item.headline} | Hội Nông dân huyện",
    )


def wp_elementor(item: Item) -> str:
    box = (
        '<div class="elementor-author-box"><h4>Về tác giả</h4><p>Ban Tuyên giáo là cơ quan tham mưu của Huyện ủy về '
        "công tác"
        " tuyên truyền, có mười hai cán bộ và hai mươi cộng tác viên ở các xã.</p></div>"
    )
    return page(
        f'<div class="elementor-widget">{menu()}</div><section class="elementor-section"><div '
        f'class="elementor-widget-heading">'
        f'<h2 class="elementor-heading-title">{e(item.headline)}</h2></div><ul class="elementor-icon-list-items">'
        f"<li><i></i><span>{item.when:%d/%m/%Y}</span></li><li><i></i><span>"
        f"{half(item, signs=('sáng', 'chiều'))}</span></li>"
        "<li><i></i><span>Không có phản hồi</span></li></ul></section><section><div "
        'class="elementor-widget-theme-post-content">'
        f'<div class="elementor-widget-container">{body(item, img=FIGURE)}{sign(item)}</div></div></section>{box}'
        f"<section><h3>Có thể bạn quan tâm</h3>{teasers(3, 4, 'h3')}</section><section>{footer()}</section>",
        title=item.headline,
    )


def wp_amp(item: Item) -> str:
    image = '<amp-img src="/u/{n}.jpg" width=600 height=400></amp-img><p class="amp-wp-caption-text">{}</p>'
    return page(
        f'<header class="amp-wp-header"><a href=/>Đoàn Thanh niên huyện</a></header><article class="amp-wp-article">'
        f'<header><h1 class="amp-wp-title">{e(item.headline)}</h1><div class="amp-wp-meta"><time>{item.when:%d/%m/%Y}'
        f' lúc {item.when:%H:%M}</time></div></header><div class="amp-wp-article-content">{body(item, img=image)}'
        f"{sign(item, '<p>{}</p>')}</div><footer><div>Chuyên mục: <a>Tin hoạt động</a></div><div>Thẻ: <a>thiện "
        f"nguyện</a>,"
        ' <a>vùng cao</a></div><div><a href="#respond">Để lại một bình luận</a></div></footer></article>'
        '<footer class="amp-wp-footer"><p>Đoàn Thanh niên huyện</p><a href="#top">Lên đầu trang</a></footer>',
        title=item.headline,
    )


def joomla_15(item: Item) -> str:
    stamp = f"{weekday(item)}, {item.when:%d} Tháng {item.when.month} {item.when:%Y %H:%M}"
    return page(
        f"<table width=980><tr><td colspan=3>{menu()}</td></tr><tr><td width=180>{visitors()}</td><td>"
        f'<table class="contentpaneopen"><tr><td class="contentheading" width="100%">{e(item.headline)}</td>'
        '<td class="buttonheading"><a><img alt="In" src=p.png></a></td><td><a><img alt="Email" src=e.png></a></td></tr>'
        '</table><table class="contentpaneopen"><tr><td><span class="small">Viết bởi Administrator</span>'
        "&nbsp;&nbsp;</td></tr>"
        f'<tr><td class="createdate">{stamp}</td></tr><tr><td valign=top>{body(item)}{sign(item)}</td></tr>'
        f'<tr><td class="modifydate">Lần cập nhật cuối ({weekday(item)}, {item.when:%d} Tháng {item.when.month} '
        f"{item.when:%Y}"
        " 21:17)</td></tr></table><span class=article_separator>&nbsp;</span><div><strong>Tin mới hơn:</strong></div>"
        f"<ul>{links(3, 1, '<li>{}</li>', ' - {}/06/2024 03:12')}</ul><div><strong>Tin cũ hơn:</strong></div>"
        f"<ul>{links(3, 5, '<li>{}</li>', ' - {}/01/2020 02:47')}</ul><table align=center class=pagenav><tr>"
        "<td>&lt;&nbsp;Lùi</td><td>Tiếp&nbsp;&gt;</td></tr></table></td></tr></table>"
        f"<div>{footer('<div>{}</div>')}</div>",
        title=item.headline,
    )


def joomla_3(item: Item) -> str:
    info = (
        '<dl class="article-info muted"><dt class="article-info-term">Chi tiết</dt><dd class="createdby">Viết bởi: '
        '<span>Super User</span></dd><dd class="category-name">Chuyên mục: <a>Tin trong huyện</a></dd>'
        f'<dd class="published">Được đăng: {item.when:%d} Tháng {item.when.month} {item.when:%Y}</dd>'
        '<dd class="hits">Lượt xem: 512</dd></dl>'
    )
    return page(
        f'<div class="navigation">{menu()}</div><div class="item-page"><div class="page-header"><h2>'
        f"{e(item.headline)}</h2>"
        f'</div><div class="icons"><a>In</a> <a>Email</a></div>{info}<div itemprop="articleBody">'
        f"{body(item)}{sign(item)}"
        '</div><ul class="pager pagenav"><li class="previous"><a>Trang trước</a></li><li class="next"><a>Trang '
        "sau</a></li>"
        f'</ul></div><div class="moduletable"><h3>Tin đọc nhiều</h3><ul>{links(5, 3)}</ul></div><footer>{footer()}'
        "<p>© 2024 Hội Cựu chiến binh huyện</p><p><a>Trở lên đầu trang</a></p></footer>",
        title=item.headline,
    )


def joomla_k2(item: Item) -> str:
    image = '<div class="itemImageBlock"><img src="/k2/{n}.jpg"><span class="itemImageCaption">{}</span></div>'
    tools = (
        "<ul><li><span>font size</span> <a>decrease font size</a> <a>increase font size</a></li><li><a>Print</a></li>"
        "<li><a>Email</a></li></ul><div class=itemRatingBlock><span>Rate this item</span><ul><li><a>1</a></li><li>"
        "<a>2</a>"
        "</li><li><a>3</a></li><li><a>4</a></li><li><a>5</a></li></ul><div>(0 votes)</div></div>"
    )
    return page(
        f'{menu()}<div id="k2Container" class="itemView"><div class="itemHeader"><span class="itemDateCreated">'
        f"{weekday(item)}, {item.when:%d} Tháng {item.when.month} {item.when:%Y %H:%M}</span><h2 class=itemTitle>"
        f"{e(item.headline)}</h2><span class=itemAuthor>Written by <a>Biên tập viên</a></span></div><div "
        f"class=itemToolbar>"
        f"{tools}</div><div class=itemBody><div class=itemIntroText><p>{e(item.lead)}</p></div><div class=itemFullText>"
        f"{body(item, lead=None, img=image)}{sign(item)}</div><div class=itemContentFooter><span>Read <b>512</b> "
        f"times</span>"
        f"<span>Last modified on Thứ Tư, 04 Tháng 12 2024 10:10</span></div></div><div class=itemLinks><span>"
        f"Published in</span>"
        f"<a>Tin hoạt động</a></div><div class=itemAuthorLatest><h3>Latest from Biên tập viên</h3><ul>"
        f"{links(4, 2)}</ul></div>"
        f"<div class=itemRelated><h3>Related items</h3><ul>{links(3, 6)}</ul></div><div><a>back to top</a></div></div>"
        f"<div>{footer()}</div>",
        title=item.headline,
    )


def joomla_vote(item: Item) -> str:
    vote = (
        '<form class="form-inline"><span class="content_vote"><label>Xin vui lòng bình chọn</label><select><option>'
        "Bình chọn 1"
        "</option><option>Bình chọn 2</option><option>Bình chọn 5</option></select><input type=submit value='Đánh "
        "giá'></span>"
        "</form><div><p>Bình chọn của người dùng: 5 / 5</p></div>"
    )
    return page(
        f"<div>{menu()}</div><div><h2>Tin hoạt động cơ sở</h2></div><div><h1><a href=#>{e(item.headline)}</a></h1>"
        f"<p>Ngày {item.when:%d/%m/%Y}, {item.when:%H} giờ {item.when:%M}</p>{vote}{body(item)}"
        f"{sign(item, '<div align=right><b><i>{}</i></b></div>')}<p>Add comment</p><div>JComments</div>"
        f"<h4>Các bài liên quan</h4><ul>{links(4, 4)}</ul></div><div>{footer('<span>{}</span><br>')}</div>",
        title="Tin hoạt động cơ sở",
    )
