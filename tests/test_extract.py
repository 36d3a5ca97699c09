"""Reading a page: what is kept in order, what is cut, and what is never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.cms import generic_site
from crawler.cms.liferay import LIFERAY
from crawler.extract import Article, Page, read
from crawler.site import Section, Site

SITE = Site(
    slug="thu",
    name="Trang thử",
    committee="Huyện ủy",
    province="Tỉnh",
    home_url="https://thu.example/",
    family=LIFERAY,
    sections=(Section(name="Tin", path="/tin"),),
)
LEAD = "Sáng 12/3, Ban Dân vận Huyện ủy làm việc với xã Bình An về kết quả vận động nhân dân hiến đất mở đường."
FIRST = "Báo cáo của xã cho thấy trong quý I đã có 42 hộ dân tự nguyện hiến hơn 3.100 mét vuông đất vườn."
SECOND = "Kết luận buổi làm việc, Trưởng Ban Dân vận Huyện ủy biểu dương cách làm của các thôn và đề nghị nhân rộng."


def portal(body: str, *, lead: str = LEAD, date: str = "20/07/2016 | 9:21 AM | View count: 935") -> bytes:
    return f"""<html><head><title>Bình An hiến đất mở đường - Trang thử</title></head><body>
    <div class="nav"><a href="/tin">Tin</a> Thứ Sáu, ngày 1/3/2024</div>
    <div class="asset-full-content-title">Bình An hiến đất mở đường</div>
    <div class="assetPublishDate">Ngày đăng {date}</div>
    <p class="sapo"><strong>{lead}</strong></p>
    <div class="journal-content-article">{body}
    <p align="right" class="view-content-author">admin admin</p></div>
    <div class="related_asset"><div class="related_asset_title">Các tin khác</div>
    <ul><li><a href="/tin/-/view_content/1-a">Một tin khác của huyện ủy</a></li></ul></div>
    </body></html>""".encode()


def article(body: str, **changes: str) -> Article:
    return read(portal(body, **changes), "https://thu.example/vi/tin/-/view_content/77-binh-an", SITE).article


def paragraphs(body: str) -> list[str]:
    return list(article(body).paragraphs)


def test_a_declared_page_is_read_field_by_field() -> None:
    found = article(f"<p>{FIRST}</p><p>{SECOND}</p><p align=right>&nbsp;&nbsp; <b>Lê Minh - Thu Hà</b></p>")
    assert found.url == "https://thu.example/tin/-/view_content/77-binh-an"
    assert found.cms_id == "77"
    assert found.headline == "Bình An hiến đất mở đường"
    assert found.date_published == "2016-07-20T09:21:00+07:00"
    assert found.description == LEAD
    assert found.author == "Lê Minh - Thu Hà"
    assert found.paragraphs == (LEAD, FIRST, SECOND)
    assert found.captions == ()


def test_midnight_is_how_this_cms_shows_a_day_without_a_time() -> None:
    assert article(f"<p>{FIRST}</p>", date="20/07/2016 | 12:00 AM").date_published == "2016-07-20"


def test_a_single_break_joins_and_two_end_a_paragraph() -> None:
    wrapped = FIRST.replace(" đã có", "<br>\nđã có")
    assert paragraphs(f"<p>{wrapped}<br><br>{SECOND}</p>") == [LEAD, FIRST, SECOND]


def test_in_a_bare_div_a_break_ends_a_line_unless_the_sentence_goes_on() -> None:
    assert paragraphs(f"<div>{FIRST}<br>{SECOND}</div>") == [LEAD, FIRST, SECOND]
    assert paragraphs("<div>Đại biểu của Mặt trận Tổ quốc và<br>Ban Dân vận Huyện ủy dự hội nghị.</div>")[1:] == [
        "Đại biểu của Mặt trận Tổ quốc và Ban Dân vận Huyện ủy dự hội nghị."
    ]


def test_a_table_is_read_row_by_row_and_a_list_item_by_item() -> None:
    table = "<table><tr><td>Thôn</td><td>Số hộ</td></tr><tr><td>An Hòa</td><td>12</td></tr></table>"
    assert paragraphs(f"<p>{FIRST}</p>{table}<ul><li>Một là</li><li>Hai là</li></ul><p>{SECOND}</p>")[2:] == [
        "Thôn Số hộ",
        "An Hòa 12",
        "Một là",
        "Hai là",
        SECOND,
    ]


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="text-align:center"><img src="/a.jpg"></p><p style="text-align:center">{}</p>',
        '<p><img src="/a.jpg"><br><em>{}</em></p>',
        '<figure><img src="/a.jpg"><figcaption>{}</figcaption></figure>',
        '<table><tr><td><img src="/a.jpg"></td></tr><tr><td>{}</td></tr></table>',
        '<div><img src="/a.jpg"><div class="image-caption">{}</div></div>',
    ],
)
def test_a_caption_is_recognised_and_stays_in_its_place(markup: str) -> None:
    caption = "Quang cảnh buổi làm việc tại nhà văn hóa thôn."
    found = article(f"<p>{FIRST}</p>{markup.format(caption)}<p>{SECOND}</p>")
    assert found.paragraphs == (LEAD, FIRST, caption, SECOND)
    assert found.captions == (caption,)
    assert [image.url for image in found.images] == ["https://thu.example/a.jpg"]


def test_word_remains_and_embedded_images_are_gone() -> None:
    word = "<!--[if gte mso 9]><xml><w:x>7</w:x></xml><![endif]--><style>p{}</style><o:p>&nbsp;</o:p>"
    found = article(f'{word}<p class="MsoNormal">{FIRST}</p></p></p><p></p><img src="data:image/png;base64,AAAA">')
    assert found.paragraphs == (LEAD, FIRST)
    assert found.images == ()


def test_related_links_between_paragraphs_do_not_end_the_article() -> None:
    links = "".join(f'<li><a href="/{n}">Một tin liên quan khá dài của huyện ủy số {n}</a></li>' for n in range(3))
    assert paragraphs(f"<p>{FIRST}</p><ul>{links}</ul><p>{SECOND}</p>") == [LEAD, FIRST, SECOND]


def test_attachments_are_found_in_the_text_and_under_their_heading() -> None:
    body = f'<p>{FIRST}</p><p>Xem <a href="/documents/kh-12.pdf?t=99">Kế hoạch 12</a>.</p>'
    page = portal(body).replace(
        b'<div class="related_asset">',
        '<div>File đính kèm<p><a href="/f/bao-cao.docx">Báo cáo</a></p></div><div class="related_asset">'.encode(),
    )
    found = read(page, "https://thu.example/tin/-/view_content/77-x", SITE).article
    assert [(a.url, a.name) for a in found.attachments] == [
        ("https://thu.example/documents/kh-12.pdf", "Kế hoạch 12"),
        ("https://thu.example/f/bao-cao.docx", "Báo cáo"),
    ]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "cp1258"])
@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1", "no-such-charset"])
def test_the_charset_is_found_whatever_is_declared(charset: str, declared: str | None) -> None:
    import unicodedata

    text = portal(f"<p>{FIRST}</p><p>{SECOND}</p>").decode()
    if charset == "cp1258":  # has tone marks only as combining characters, behind the vowel
        marks = "\u0300\u0301\u0303\u0309\u0323"
        text = "".join(_with_tone_apart(c, marks) for c in unicodedata.normalize("NFC", text))
    page = read(text.encode(charset), "https://thu.example/tin/-/view_content/77-x", SITE, charset=declared)
    assert page.article.paragraphs == (LEAD, FIRST, SECOND)


def _with_tone_apart(char: str, marks: str) -> str:
    import unicodedata

    parts = unicodedata.normalize("NFD", char)
    tone = "".join(m for m in parts if m in marks)
    return unicodedata.normalize("NFC", "".join(m for m in parts if m not in marks)) + tone


def soup(*lines: str) -> Page:
    return read(f"<html><body><div>{'<br>'.join(lines)}</div></body></html>".encode(), "", generic_site("la.example"))


def test_a_page_that_nobody_declared_is_read_by_its_language() -> None:
    page = soup(
        "Thứ sáu, ngày 1/3/2024",
        '<a href="/">Trang chủ</a>',
        "Bình An hiến đất mở đường giao thông nông thôn",
        "Thứ Bảy 16/09/2023 19:47",
        f"Xem với cỡ chữ {LEAD}",
        FIRST,
        SECOND,
        "lê minh",
        "CÁC BÀI VIẾT KHÁC:",
        '<a href="/2">Một tin khác của huyện ủy được đăng hôm qua</a> (15/09/2023)',
        "Bản quyền thuộc về Huyện ủy",
    )
    found = page.article
    assert found.headline == "Bình An hiến đất mở đường giao thông nông thôn"
    assert found.date_published == "2023-09-16T19:47:00+07:00"
    assert found.author == "lê minh"
    assert found.paragraphs == (LEAD, FIRST, SECOND)


@pytest.mark.parametrize(
    "today", ["Thứ sáu, ngày 1/3/2024", "Hôm nay: 01/03/2024 08:15:22", "Thứ Sáu, 01/03/2024 08:15:22"]
)
def test_todays_date_is_never_the_articles(today: str) -> None:
    page = soup(
        today, "Bình An hiến đất mở đường giao thông nông thôn", LEAD, FIRST, SECOND, "Lê Minh", "Tin cùng chuyên mục"
    )
    assert page.article.headline == "Bình An hiến đất mở đường giao thông nông thôn"
    assert page.article.date_published is None
    assert page.article.author == "Lê Minh"


def test_a_byline_above_the_text_names_the_author() -> None:
    page = soup("Bình An hiến đất mở đường giao thông nông thôn", "Tác giả: Lê Minh", LEAD, FIRST, SECOND)
    assert page.article.author == "Lê Minh"
    assert page.article.paragraphs == (LEAD, FIRST, SECOND)


@pytest.mark.parametrize(
    "payload",
    [b"", b"<", b"\x00" * 999, b"<div>" * 5000, b"<table><tr><td>" * 2000, bytes(range(256)) * 40, b"<p>a" * 30000],
    ids=["nothing", "one byte", "zeros", "deep", "deep tables", "every byte", "many"],
)
def test_no_bytes_whatever_raise(payload: bytes) -> None:
    for site in (SITE, generic_site("la.example")):
        assert read(payload, "https://thu.example/tin/-/view_content/77-x", site).article.headline is None


def test_reading_is_the_one_place_where_a_page_is_interpreted(tmp_path: Path) -> None:
    twice = {read(portal(f"<p>{FIRST}</p>"), "https://thu.example/tin/-/view_content/77-x", SITE) for _ in range(2)}
    assert len(twice) == 1


def test_text_without_markup_is_a_page_of_lines() -> None:
    lines = [
        "Bình An hiến đất mở đường giao thông nông thôn",
        "",
        "21:15 19/11/2023",
        LEAD,
        "",
        FIRST,
        "",
        "Lê Minh",
        "",
        "Tag:",
    ]
    found = read("\n".join(lines).encode(), "", generic_site("la.example")).article
    assert found.headline == lines[0]
    assert found.date_published == "2023-11-19T21:15:00+07:00"
    assert found.paragraphs == (LEAD, FIRST)
    assert found.author == "Lê Minh"


@pytest.mark.parametrize(
    "bar",
    ["In bài viết", "Lượt xem: 102", "Chia sẻ:", "Tags: dân vận", "Bình luận: 0", "| Lượt xem: 102 | Bình luận: 1"],
)
def test_a_bar_between_lead_and_text_does_not_end_the_article(bar: str) -> None:
    page = soup(
        "Bình An hiến đất mở đường giao thông nông thôn", "21:15 19/11/2023", LEAD, bar, FIRST, SECOND, "Lê Minh", bar
    )
    assert page.article.paragraphs == (LEAD, FIRST, SECOND)
    assert page.article.author == "Lê Minh"


def test_what_follows_the_author_in_another_element_is_not_the_article() -> None:
    own = f"<div><p>{LEAD}</p><p>{FIRST}</p><p>{SECOND}</p><p>Lê Minh</p></div>"
    welcome = "<div><p>Chào mừng quý vị đến với trang thông tin điện tử của huyện ủy chúng tôi.</p></div>"
    page = f"<body><div><h1>Bình An hiến đất mở đường giao thông</h1>{own}{welcome}</div></body>"
    found = read(page.encode(), "", generic_site("la.example")).article
    assert found.paragraphs == (LEAD, FIRST, SECOND)
    assert found.author == "Lê Minh"


def test_a_page_that_tells_machines_when_it_was_published_is_believed_where_it_shows_no_time() -> None:
    meta = '<meta property="article:published_time" content="2023-11-19T14:15:00Z">'
    for shown, date in (("", "2023-11-19T21:15:00+07:00"), ("Đăng ngày 19/11/2023", "2023-11-19T21:15:00+07:00")):
        page = (
            f"<head>{meta}</head><h1>Bình An hiến đất mở đường giao thông</h1><p>{shown}</p><p>{LEAD}</p><p>{FIRST}</p>"
        )
        assert read(page.encode(), "", generic_site("la.example")).article.date_published == date


@pytest.mark.parametrize(
    "head",
    [
        "<head><title>Tin</title><base href='/goc/'><link rel='canonical' href='/tin/-/view_content/77-a'></head>",
        "<head><title>Tin</title>\ufeff chữ lạc <base href='/goc/'>"
        "<link rel='canonical' href='/tin/-/view_content/77-a'></head>",
        "<head></head><body><div><title>Tin</title><base href='/goc/'>"
        "<link rel='canonical' href='/tin/-/view_content/77-a'></div>",
    ],
    ids=["whole", "ended by stray text", "everything in the body"],
)
def test_what_a_page_says_of_itself_is_found_where_its_head_is_broken(head: str) -> None:
    page = portal(f"<p>{FIRST}</p><p><img src='anh.jpg'></p><p>{SECOND}</p>").decode()
    _, _, rest = page.partition("</head>")
    read_page = read(f"<html>{head}{rest}".encode(), "https://thu.example/vi/tin/-/view_content/77-binh-an", SITE)
    assert (read_page.title, read_page.canonical) == ("Tin", "https://thu.example/tin/-/view_content/77-a")
    assert [image.url for image in read_page.article.images] == ["https://thu.example/goc/anh.jpg"]
