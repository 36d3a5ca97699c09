"""Shapes of pages that the reader met at an independent tester's: each is a promise, on a small page of our own."""

from __future__ import annotations

import pytest

from crawler.cms import generic_site
from crawler.extract import Article, read

HEADLINE = "Xã Thượng Lâm ra mắt tổ hòa giải ở mười một thôn"
ONE = "Sáng 12/3, xã Thượng Lâm ra mắt tổ hòa giải ở mười một thôn, mỗi tổ năm người do dân bầu chọn tại nhà văn hóa."
TWO = "Ông Chẩu Văn Đạt, 63 tuổi, trưởng thôn Nà Tông, kể rằng năm ngoái thôn có bốn vụ tranh chấp bờ ruộng."
THREE = "Đến nay ba vụ đã được hòa giải xong, vụ còn lại hai gia đình hẹn nhau sau vụ gặt sẽ đo lại mốc giới."
TEXT = [ONE, TWO, THREE]
BODY = "".join(f"<p>{text}</p>" for text in TEXT)
OTHERS = (
    "Huyện đoàn trồng ba nghìn cây keo đầu xuân",
    "Chi bộ Bản Chợ kết nạp hai đảng viên trẻ",
    "Mặt trận xã tặng sổ tiết kiệm cho hộ nghèo",
)
ABSTRACT = "Buổi lễ có hơn hai trăm người dự, diễn ra trong không khí vui tươi và kết thúc trước giờ trưa cùng ngày."


def article(body: str, *, title: str = "Trang tin xã") -> Article:
    page = f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>"
    return read(page.encode(), "http://thuonglam.example/tin/12.html", generic_site("thuonglam.example")).article


def framed(inside: str, *, head: str = "<h1>{}</h1>") -> Article:
    """A page with a menu above its article and its address below."""
    top, foot = "<div><p>Trang chủ</p></div>", "<div><p>Bản quyền thuộc UBND xã</p></div>"
    return article(f"{top}<div>{head.format(HEADLINE)}<p>12/03/2024 08:15</p><div>{inside}</div></div>{foot}")


def test_a_date_right_above_the_headline_in_the_articles_own_element_dates_it() -> None:
    found = article(
        f"<table><tr><td><div>Thứ Ba 12/03/2024 08:15</div><h3>{HEADLINE}</h3>{BODY}</td></tr></table><p>Hết</p>"
    )
    assert found.date_published == "2024-03-12T08:15:00+07:00"
    assert found.headline == HEADLINE


def test_a_day_labelled_above_the_headline_dates_the_article() -> None:
    page = f"<div>Tin tức ngày: 12/03/2024</div><div>{HEADLINE}</div><div>{BODY}</div>"
    assert article(f"<div>Trang chủ</div><div>{page}</div>", title=HEADLINE).date_published == "2024-03-12"


@pytest.mark.parametrize(
    "head",
    [
        f"<p><b>{HEADLINE}</b> <span>(12-03-2024)</span></p>",
        f"<p align=center><b>{HEADLINE}</b><br><font size=2>(12/03/2024)</font></p>",
    ],
)
def test_a_date_in_brackets_behind_the_headline_is_no_part_of_it(head: str) -> None:
    found = article(f"<div>{head}{BODY}</div>")
    assert (found.headline, found.date_published) == (HEADLINE, "2024-03-12")


def test_a_date_in_the_headlines_own_words_stays_there() -> None:
    headline = "Kế hoạch tổ chức ngày hội đọc sách (21/04/2024)"
    found = article(f"<div><h1>{headline}</h1>{BODY}</div>")
    assert (found.headline, found.date_published) == (headline, None)


VERSE = ["Mùa xuân về đậu cành lê", "Trắng như bông của bạn bè năm xưa", "Nhà ai bếp đỏ sau mưa", "Khói lên vấn vít"]


@pytest.mark.parametrize("shape", ["<p><em>{}</em></p>", "{}"])
def test_a_body_of_verse_is_read(shape: str) -> None:
    lines = shape.format("<br>".join(VERSE)) if shape == "{}" else "".join(shape.format(line) for line in VERSE)
    page = f"<h1>{HEADLINE}</h1><p>12/03/2024 08:15</p><div>{lines}</div><p align=right><b>Chẩu Thị Mai</b></p>"
    found = article(f"<div>{page}<p>Tin khác</p><ul><li><a href=/1>{OTHERS[0]}</a></li></ul></div>")
    assert " ".join(found.paragraphs) == " ".join(VERSE)
    assert (found.headline, found.author) == (HEADLINE, "Chẩu Thị Mai")
    assert found.date_published == "2024-03-12T08:15:00+07:00"


def test_the_abstracts_below_a_poem_are_not_read_in_its_place() -> None:
    others = "".join(f"<div><a href=/{n}>{title}</a><p>{ABSTRACT}</p></div>" for n, title in enumerate(OTHERS))
    page = f"<h1>{HEADLINE}</h1><p>12/03/2024</p><div>{''.join(f'<div>{line}</div>' for line in VERSE)}</div>"
    assert article(f"<div>{page}<div><h3>Tin khác</h3>{others}</div></div>").paragraphs == tuple(VERSE)


@pytest.mark.parametrize(
    "items",
    [
        "<ul><li>Thôn Nà Tông: 5 người</li><li>Thôn Bản Chợ: 5 người</li></ul>",
        "<table><tr><td>Thôn Nà Tông:</td><td>5 người</td></tr><tr><td>Thôn Bản Chợ:</td><td>5 người</td></tr></table>",
    ],
)
def test_short_items_behind_the_only_paragraph_are_the_articles(items: str) -> None:
    assert framed(f"<p>{ONE}</p>{items}").paragraphs == (ONE, "Thôn Nà Tông: 5 người", "Thôn Bản Chợ: 5 người")


@pytest.mark.parametrize("title", ["<a href=/{}>{}</a>", "<h4>{1}</h4>"])
def test_abstracts_in_a_column_before_the_article_are_not_the_article(title: str) -> None:
    column = "".join(f"<div>{title.format(n, other)}<p>{ABSTRACT}</p></div>" for n, other in enumerate(OTHERS * 2))
    found = article(f"<div>{column}</div><div><div>{HEADLINE}</div><div>12/03/2024 08:15</div><div>{BODY}</div></div>")
    assert (found.headline, list(found.paragraphs)) == (HEADLINE, TEXT)
    assert found.date_published == "2024-03-12T08:15:00+07:00"


def test_an_account_between_title_and_date_is_no_headline() -> None:
    page = f"<div>{HEADLINE}</div><div><strong>Quan tri vien</strong></div><div>12/03/2024 08:15</div><div>{BODY}</div>"
    assert article(page, title=HEADLINE).headline == HEADLINE


def test_share_links_below_the_headline_are_no_headline() -> None:
    share = "<div><a>Chia sẻ trên Facebook</a><a>Tweet trên Twitter</a></div>"
    head = f"<div><header><h1>{HEADLINE}</h1><time>12/03/2024</time></header></div>"
    found = article(f"<article>{head}{share}<div>{BODY}</div></article>")
    assert (found.headline, found.date_published) == (HEADLINE, "2024-03-12")


def test_the_sites_name_in_the_banner_is_no_headline() -> None:
    upper = HEADLINE.upper()
    found = article(f"<div><h1>ĐẢNG ỦY XÃ THƯỢNG LÂM HUYỆN LÂM BÌNH</h1></div><div><p><b>{upper}</b></p>{BODY}</div>")
    assert (found.headline, list(found.paragraphs)) == (upper, TEXT)


def test_the_name_of_a_box_is_no_headline() -> None:
    box = '<td><div class="tieude">Ảnh hoạt động</div></td>'
    page = f"<td><div>{HEADLINE}</div><div>Cập nhật: 12/03/2024</div><div>{BODY}</div></td>"
    assert article(f"<table><tr>{box}{page}</tr></table>").headline == HEADLINE


def test_a_headline_may_ask() -> None:
    ask = "Vì sao tổ hòa giải được dân tin?"
    page = f"<tr><td>Diễn đàn của dân</td><td>12/03/2024 08:15</td></tr><tr><td>{ask}</td></tr><tr><td>{BODY}</td></tr>"
    assert article(f"<table>{page}</table>").headline == ask


def test_place_and_day_that_close_a_text_date_it_and_sign_nothing() -> None:
    close = "<p><b>Chẩu Thị Mai</b></p><p align=right><i>Lâm Bình, ngày 12 tháng 3, 2024</i></p>"
    found = article(f"<div><h1>{HEADLINE}</h1>{BODY}{close}</div><div><p>Tin khác</p></div>")
    assert (found.author, found.date_published, list(found.paragraphs)) == ("Chẩu Thị Mai", "2024-03-12", TEXT)


@pytest.mark.parametrize(
    "behind",
    [
        "<p>Bài này được gửi vào mục Dân vận. Bạn có thể theo dõi các phản hồi cho bài này qua RSS 2.0.</p>",
        "<ul><li>&lt; Lùi</li><li>Tiếp theo &gt;</li></ul>",
        "<div>Advertisement</div>",
        "<div><span>Lượt xem: 1.234</span><span>Bình luận: 0</span></div>",
        "<div><a>Bản để in</a> <a>Lưu dạng file</a> <a>Gửi tin qua email</a> <a>Thảo luận</a></div>",
        "<div>Số lượt người xem: 218 &nbsp; <a href=/>Quay lại</a> <a href=#>Về đầu trang</a></div>",
        "<div><p><b>Bình luận (2)</b></p><p><b>Hoàng Văn Tỵ</b>: Mong các thôn khác sớm có tổ hòa giải như Nà Tông,"
        " để bà con đỡ phải đi xa lên huyện hỏi việc.</p></div>",
    ],
)
@pytest.mark.parametrize("last", ["", "<p align=center><img src=/a.jpg></p><p align=center><i>Tổ hòa giải</i></p>"])
def test_what_templates_put_behind_the_author_is_cut(behind: str, last: str) -> None:
    found = framed(f"{BODY}{last}<p align=right><b>Chẩu Thị Mai</b></p>{behind}")
    assert found.author == "Chẩu Thị Mai"
    assert list(found.paragraphs) == [*TEXT, *(["Tổ hòa giải"] if last else [])]


def test_the_text_goes_on_behind_a_box_of_links_within_it() -> None:
    links = "".join(f"<li><a href=/{n}>{title}</a></li>" for n, title in enumerate(OTHERS))
    box = f"<div><div>TIN LIÊN QUAN</div><ul>{links}</ul></div>"
    found = framed(f"<p>{ONE}</p><p>{TWO}</p>{box}<p>{THREE}</p><p align=right><b>Chẩu Thị Mai</b></p>")
    assert (list(found.paragraphs), found.author) == (TEXT, "Chẩu Thị Mai")
    teasers = "".join(f"<p><a href=/9{n}>{title}</a></p><p>{ABSTRACT}</p>" for n, title in enumerate(OTHERS))
    assert list(framed(f"{BODY}{box}{teasers}").paragraphs) == TEXT


def test_a_lead_beside_its_thumbnail_is_no_caption() -> None:
    table = f"<table><tr><td><img src=/a.jpg></td><td><b>{ONE}</b></td></tr></table>"
    found = framed(f"{table}<p>{TWO}</p><p>{THREE}</p>")
    assert (list(found.paragraphs), found.captions) == (TEXT, ())


def test_a_paragraph_below_an_image_in_a_layout_table_is_no_caption() -> None:
    cell = f"<td><h1>{HEADLINE}</h1><p>12/03/2024 08:15</p><p>{ONE}</p><p><img src=/a.jpg></p><p>{TWO}</p></td>"
    found = article(f"<table><tr>{cell}</tr></table>")
    assert (list(found.paragraphs), found.captions) == ([ONE, TWO], ())


def test_a_label_without_a_colon_is_no_part_of_the_name() -> None:
    assert framed(f"{BODY}<p align=right>Tin và ảnh Chẩu Thị Mai</p>").author == "Chẩu Thị Mai"


def test_files_of_a_box_beside_the_article_are_not_attached_and_those_of_its_list_are() -> None:
    aside = "<div><h2>Văn bản mới</h2><ul><li><a href=/cv-102.pdf>Công văn số 102-CV/HU</a></li></ul></div>"
    listed = "<h3>File đính kèm</h3><div><div><a href=/to-hoa-giai.pdf>Danh sách tổ hòa giải</a></div></div>"
    page = f"<div><h1>{HEADLINE}</h1><p>12/03/2024 08:15</p><div>{BODY}</div>{listed}</div>"
    found = article(f"<div>{page}</div>{aside}")
    assert [file.url for file in found.attachments] == ["http://thuonglam.example/to-hoa-giai.pdf"]
    assert list(found.paragraphs) == TEXT


def test_a_page_of_nothing_but_files_does_not_read_the_sites_address() -> None:
    files = "<div><a href=/quy-che.pdf>Quy chế cuộc thi tìm hiểu</a></div>"
    address = (
        f"<div><p>Bộ phận một cửa: nhà A, trung tâm xã {'và thôn ' * 20}; Email: motcua@thuonglam.example.</p></div>"
    )
    page = f"<div><div>{HEADLINE}</div><div>12/03/2024 08:15</div>{files}<div>Tin khác</div></div>{address}"
    found = article(page, title=HEADLINE)
    assert (found.headline, found.paragraphs) == (HEADLINE, ())
    assert [file.url for file in found.attachments] == ["http://thuonglam.example/quy-che.pdf"]


def test_a_counter_glued_to_the_time_does_not_hide_it() -> None:
    page = f"<h1>{HEADLINE}</h1><div><span>Thứ Ba 12/03/2024 08:15</span><span>102 lượt xem</span></div>{BODY}"
    assert article(f"<div>{page}</div>").date_published == "2024-03-12T08:15:00+07:00"
