"""Who wrote it: names in every form in which these sites sign, and nothing that only stands where authors do."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.cms import generic_site
from crawler.cms.mojoportal import MOJOPORTAL
from crawler.cms.nukeviet import NUKEVIET
from crawler.extract import Article, read
from crawler.lines import Line, is_account, is_credit, signed
from crawler.site import Family, Section, Site
from tests.test_extract import FIRST, LEAD, SECOND, SITE, portal

HEADLINE = "Bình An hiến đất mở đường giao thông nông thôn"
RELATED = "<ul><li><a href=/1>Một tin khác của huyện ủy được đăng</a></li></ul>"


def declared(end: str) -> Article:
    """A page of a declared site, whose container ends with ``end``."""
    payload = portal(f"<p>{FIRST}</p><p>{SECOND}</p>{end}")
    return read(payload, "https://thu.example/tin/-/view_content/77-x", SITE).article


def undeclared(end: str) -> Article:
    """The same article on a page that nobody declared."""
    top = f"<h1>{HEADLINE}</h1><p>21:15 19/11/2023</p><p>{LEAD}</p><p>{FIRST}</p><p>{SECOND}</p>"
    page = f"<html><body><div>{top}{end}<p>Tin cùng chuyên mục</p>{RELATED}</div></body></html>"
    return read(page.encode(), "", generic_site("la.example")).article


READINGS = pytest.mark.parametrize("page", [declared, undeclared], ids=["declared", "undeclared"])
MARKUPS = pytest.mark.parametrize(
    "markup",
    ["<p align=right>{}</p>", '<p style="text-align: right;"><strong>{}</strong></p>', "<p><b>{}</b></p>", "<p>{}</p>"],
    ids=["right", "right bold", "bold", "plain"],
)

#: A line as it is printed below the text; the author it names, where that is not the line itself.
SIGNED = (
    # one name, several, with an office
    *("Lê Minh", "LÊ MINH", "Nguyễn thị Hà", "Công Tôn Nữ Thị Hạnh", "H’Hen Niê", "K’Brêu", "T.H", "N.V.A"),
    *("T.Hà - Văn Bình", "Q.H - T.L", "MINH ĐỨC - NGỌC LAN", "Thanh Tâm | Hồng Quân", "Minh Đức st", "Sùng A Páo"),
    *("Nguyễn Quyết Tâm", "Trần Trọng Nghĩa", "Nguyễn Đoàn Kết", "Việt Nam Hùng"),
    *("Lê Minh - Thu Hà", "Lê Minh, Thu Hà", "Lê Minh và Thu Hà", "Lê Minh - Thu Hà - Văn Bình"),
    *("Nguyễn Thị Quyên - Ban Dân vận Tỉnh uỷ", "Trần Văn An, Phó Trưởng ban Dân vận Huyện ủy"),
    *("Trần Văn An (Ban Dân vận Huyện ủy)", "Hoàng Thị Nga - UBMTTQVN huyện", "Hoàng Thị Nga (BDV Huyện ủy)"),
    *("ThS. Nguyễn Văn Bình", "Th.S Nguyễn Văn Bình", "PGS, TS Nguyễn Văn Bình", "Đ/c Lê Minh", "CTV Lê Minh"),
    *("Đại tá Nguyễn Văn Bình", "Trung úy Lê Minh - Công an huyện", "Nhà báo Lê Minh"),
    *("Lê Minh (tổng hợp)", "Lê Minh (Tổng hợp)", "Lê Minh tổng hợp", "Hoàng Hà (Theo Báo Nhân Dân)", "Lê Minh (ST)"),
    "Lê Minh, Ảnh: Thu Hà",
    # lower case
    *("thu hà", "nguyễn thị thu hà", "lê minh - thu hà"),
    # bodies that sign
    *(
        "Ban Biên tập",
        "BBT",
        "PV",
        "Nhóm phóng viên",
        "Văn phòng Huyện ủy",
        "Ban Dân vận Huyện ủy",
        "Đoàn Thanh niên xã",
    ),
    *("Hội Nông dân huyện", "Mặt trận Tổ quốc huyện", "Ủy ban MTTQ huyện", "Khối Dân vận phường 12"),
    *("Ban Thường trực UBMTTQ huyện", "BDV Huyện ủy", "Huyện đoàn Lâm Bình"),
    # padded and wrapped
    ("&nbsp;&nbsp;&nbsp;&nbsp; Thu Hà &nbsp;", "Thu Hà"),
    ("&nbsp; <i>Thu&nbsp;Hà</i>", "Thu Hà"),
    ("Lê Minh./.", "Lê Minh"),
    ("- Lê Minh -", "Lê Minh"),
    ("(Lê Minh)", "Lê Minh"),
    ("<a href='/tac-gia/le-minh'>Lê Minh</a>", "Lê Minh"),
    # after a label
    *((f"{label}: Thu Hà", "Thu Hà") for label in ("Tác giả", "Tác giả bài viết", "TÁC GIẢ", "Tác giả ", "Người viết")),
    *((f"{label}: Thu Hà", "Thu Hà") for label in ("Tin, ảnh", "Tin và ảnh", "Tin ảnh", "Tin/ảnh", "Tin - ảnh", "Tin")),
    *((f"{label}: Thu Hà", "Thu Hà") for label in ("Tin, bài, ảnh", "Bài và ảnh", "Bài viết", "Tin bài", "Thực hiện")),
    *((f"{label}: Thu Hà", "Thu Hà") for label in ("Ảnh và bài", "Biên soạn", "Sưu tầm", "Tổng hợp", "T/g", "PV")),
    ("Tin, ảnh: Lê Minh - Thu Hà", "Lê Minh - Thu Hà"),
    ("Tin: Lê Minh; ảnh: Thu Hà", "Lê Minh; ảnh: Thu Hà"),
    # whom the text was borrowed from
    *((f"Theo {who}", who) for who in ("Báo Nhân Dân", "VOV.VN", "baochinhphu.vn", "Văn Thanh (Báo Hải Dương)")),
    ("(Theo TTXVN)", "TTXVN"),
    ("Theo: Báo Hải Dương", "Báo Hải Dương"),
    ("(Nguồn: Báo Nhân Dân)", "Báo Nhân Dân"),
)


@READINGS
@MARKUPS
@pytest.mark.parametrize("signed", SIGNED, ids=str)
def test_the_last_short_line_names_the_author(
    signed: str | tuple[str, str], markup: str, page: Callable[[str], Article]
) -> None:
    line, author = signed if isinstance(signed, tuple) else (signed, signed)
    found = page(markup.format(line))
    assert found.author == author
    assert found.paragraphs == (LEAD, FIRST, SECOND)


@READINGS
@pytest.mark.parametrize(
    ("end", "author"),
    [
        ("<p>Bài: Lê Minh</p><p>Ảnh: Thu Hà</p>", "Lê Minh; Ảnh: Thu Hà"),
        ("<p align=right>Lê Minh</p><p align=right>Thu Hà</p>", "Lê Minh; Thu Hà"),
        ("<p align=right>Lê Minh</p><p align=right>Ban Dân vận Huyện ủy</p>", "Lê Minh; Ban Dân vận Huyện ủy"),
        ("<p>Tác giả: Lê Minh</p><p>Nguồn: Báo tỉnh</p>", "Lê Minh"),
        ("<p>Lê Minh</p><p align=right>admin admin</p>", "Lê Minh"),
        ("<p><img src=/a.jpg></p><p align=right>Lê Minh</p>", "Lê Minh"),
        ("<p>Lê Minh</p><p><img src=/a.jpg></p>", "Lê Minh"),
        ("<table><tr><td></td><td align=right>Lê Minh</td></tr></table>", "Lê Minh"),
        ("<div align=right><span><em>Lê Minh</em></span></div>", "Lê Minh"),
    ],
)
def test_several_lines_sign_and_what_stands_about_them_does_not(
    end: str, author: str, page: Callable[[str], Article]
) -> None:
    found = page(end)
    assert found.author == author
    assert found.paragraphs == (LEAD, FIRST, SECOND)


@READINGS
def test_images_behind_the_author_keep_their_captions(page: Callable[[str], Article]) -> None:
    found = page("<p align=right>Lê Minh</p><p><img src=/a.jpg></p><p align=center><i>Quang cảnh hội nghị</i></p>")
    assert found.author == "Lê Minh"
    assert found.captions == ("Quang cảnh hội nghị",)
    assert found.paragraphs == (LEAD, FIRST, SECOND, "Quang cảnh hội nghị")


@READINGS
def test_a_name_in_bold_behind_the_last_sentence_signs_the_text(page: Callable[[str], Article]) -> None:
    last = "Sau buổi lễ, bà con cùng nhau đi hết con đường mới, dài hơn hai cây số."
    found = page(f"<p>{last} &nbsp;<strong>Lê Minh</strong></p>")
    assert found.author == "Lê Minh"
    assert found.paragraphs == (LEAD, FIRST, SECOND, last)
    for end in ("Chủ trì buổi lễ và trao quà cho các hộ dân hiến đất:", "Con đường mới mang tên người thầy thuốc"):
        named = page(f"<p>{end} <strong>Lê Minh</strong></p>")
        assert named.author is None
        assert named.paragraphs[-1] == f"{end} Lê Minh"


ACCOUNTS = (
    *("admin admin", "admin", "admin1", "Administrator", "Super User", "Pho Ban bien tap", "Bien tap vien", "host"),
    *("Quản trị viên", "Quản trị", "Ban quản trị", "Biên tập viên", "portal admin", "danvan_admin", "bientap2"),
    *("To Thu Ky", "Van phong Huyen uy", "Ban Tuyen giao Huyen uy"),
)


@READINGS
@pytest.mark.parametrize("markup", ["<p align=right>{}</p>", "<p>{}</p>", "<p>Tác giả: {}</p>", "<p>Đăng bởi: {}</p>"])
@pytest.mark.parametrize("account", ACCOUNTS)
def test_an_account_of_the_cms_is_nobody(account: str, markup: str, page: Callable[[str], Article]) -> None:
    assert page(markup.format(account)).author is None


@READINGS
@pytest.mark.parametrize("markup", ["<p align=right>{}</p>", "<p>{}</p>", "<div><b>{}</b></div>"])
@pytest.mark.parametrize("label", ["Người đăng:", "Đăng bởi", "Được đăng bởi:", "Người nhập tin:", "Posted by"])
def test_who_put_the_text_into_the_cms_is_nobody_whatever_the_name(
    label: str, markup: str, page: Callable[[str], Article]
) -> None:
    found = page(markup.format(f"{label} Phạm Văn Linh"))
    assert found.author is None
    assert found.paragraphs == (LEAD, FIRST, SECOND)
    assert page(f"<p align=right><b>Lê Minh</b></p>{markup.format(f'{label} Phạm Văn Linh')}").author == "Lê Minh"


@READINGS
@pytest.mark.parametrize(
    "caption",
    [
        "<p align=center>Đồng chí Lê Minh phát biểu</p>",
        "<p align=center><i>Lê Minh</i></p>",
        "<p align=center><i>Đồng chí Lê Minh - Trưởng Ban Dân vận</i></p>",
        "<p align=center>Đoàn công tác Ban Dân vận Tỉnh ủy</p>",
        "<p align=center>(Ảnh: Thu Hà)</p>",
        "<p align=right><em>Ảnh: Thu Hà</em></p>",
        "<p align=right><i>Ảnh: Internet</i></p>",
        "<p align=right>Nguồn ảnh: Internet</p>",
    ],
)
def test_a_caption_is_nobody(caption: str, page: Callable[[str], Article]) -> None:
    found = page(f"<p><img src=/a.jpg></p>{caption}")
    assert found.author is None
    assert len(found.paragraphs) == 4, "and none of its words is lost"


@READINGS
@pytest.mark.parametrize(
    "line",
    [
        "<p align=center><b>Dân vận khéo thì việc gì cũng thành công</b></p>",
        "<p align=right><i>Dân vận khéo thì việc gì cũng thành công</i></p>",
        "<p><b>DÂN VẬN KHÉO</b></p>",
        "<p align=center><b>Đoàn kết - Dân chủ - Kỷ cương - Sáng tạo</b></p>",
        "<p align=right><b>Học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh</b></p>",
        "<p align=center>Mừng Đảng - Mừng Xuân</p>",
        "<p align=center><b>VÌ NHÂN DÂN PHỤC VỤ</b></p>",
        "<p>Huyện Lâm Bình</p>",
        "<p><b>Ý Đảng - Lòng Dân</b></p>",
        "<p align=center><b>TRÂN TRỌNG THÔNG BÁO</b></p>",
        "<p align=right>Dễ trăm lần không dân cũng chịu</p>",
        "<p align=right>Hải Dương, ngày 16 tháng 9 năm 2023</p>",
        "<p>Ảnh: Thu Hà</p>",
        "<p>- như trên</p>",
        "<p>Theo đó, các xã báo cáo trước ngày 15</p>",
        "<p>Theo kế hoạch, hội nghị sẽ diễn ra vào tháng 10</p>",
        "<p>Hội nghị kết thúc tốt đẹp</p>",
        "<p>Đoàn Thanh niên xã tổ chức ra quân</p>",
    ],
)
def test_a_slogan_a_day_or_a_last_remark_is_nobody_and_is_kept(line: str, page: Callable[[str], Article]) -> None:
    found = page(line)
    assert found.author is None
    assert found.paragraphs[:3] == (LEAD, FIRST, SECOND)
    assert len(found.paragraphs) == 4


@pytest.mark.parametrize(
    ("shown", "author"),
    [
        ("Lê Minh", "Lê Minh"),
        ("Tác giả bài viết: Lê Minh", "Lê Minh"),
        ("&nbsp; Nguyễn Thị Quyên - Ban Dân vận &nbsp;", "Nguyễn Thị Quyên - Ban Dân vận"),
        ("lê minh", "lê minh"),
        ("admin", None),
        ("Tác giả: Quản trị viên", None),
        ("Tác giả bài viết:", None),
        ("Người đăng: admin", None),
        ("16/09/2023", None),
    ],
)
@pytest.mark.parametrize(("family", "named"), [(MOJOPORTAL, "article-author"), (NUKEVIET, "h5 text-right")])
def test_an_element_that_a_site_declares_names_the_author_or_nobody(
    family: Family, named: str, shown: str, author: str | None
) -> None:
    heading, body = (
        ('<h2 class="articletitle">{}</h2>', '<div id="article_text" class="articletext">{}</div>')
        if family is MOJOPORTAL
        else ('<h1 class="title">{}</h1>', '<div id="news-bodyhtml" class="bodytext">{}</div>')
    )
    text = body.format(f"<p>{LEAD}</p><p>{FIRST}</p><p>{SECOND}</p>")
    page = f'<html><body>{heading.format(HEADLINE)}{text}<p class="{named}">{shown}</p></body></html>'
    section = (Section(name="Tin", path="/tin"),)
    site = Site(
        slug="thu",
        name="Trang thử",
        committee="",
        province="",
        home_url="https://thu.example/",
        family=family,
        sections=section,
    )
    found = read(page.encode(), "https://thu.example/tin/bai-12.html", site).article
    assert found.author == author
    assert found.paragraphs == (LEAD, FIRST, SECOND)


@READINGS
def test_a_byline_above_the_text_is_nobodys_paragraph(page: Callable[[str], Article]) -> None:
    assert page("<p>Tác giả: Lê Minh</p>").author == "Lê Minh"
    above = (
        f"<html><body><h1>{HEADLINE}</h1><p>Tác giả: Lê Minh | 20/07/2016 20:05</p><p>{LEAD}</p><p>{FIRST}</p></body>"
    )
    found = read(above.encode(), "", generic_site("la.example")).article
    assert (found.author, found.section) == ("Lê Minh", None)
    assert found.date_published == "2016-07-20T20:05:00+07:00"


#: What names and bylines are made of, to be put together in every order.
PARTS = (
    *(
        "A ",
        "A.",
        "A’",
        "ABC ",
        "a ",
        "T.H ",
        "Đ/c ",
        "TS. ",
        "Nhà báo ",
        "Ban ",
        "Hội ",
        "thị ",
        "- ",
        "& ",
        "và ",
        "/",
    ),
    *("(", ") ", "tin ", "ảnh ", "bài, ", "Ảnh: ", ": ", "theo ", "ad min ", "admin", "a_", "abc1", " tổng hợp", "!"),
)


@given(st.lists(st.sampled_from(PARTS), max_size=60), st.integers(1, 60))
def test_no_line_is_taken_apart_in_every_way_there_is(parts: list[str], times: int) -> None:
    text = ("".join(parts) * times)[:120]
    started = time.process_time()
    signed(Line(text, align="right"), before="Xong.")
    is_account(text[:60])
    is_credit(text)
    assert time.process_time() - started < 0.1
