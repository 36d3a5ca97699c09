"""What a page is: sign-in forms, empty templates and polite not-founds are named, never read as articles."""

from __future__ import annotations

import pytest

from crawler.cms import generic_site
from crawler.extract import read
from crawler.quality import Verdict, judge
from crawler.site import Site
from tests.test_extract import FIRST, LEAD, SECOND, SITE, portal

ARTICLE = "https://thu.example/tin/-/view_content/77-x"
UNKNOWN = generic_site("la.example")


def verdict(page: bytes | str, *, url: str = ARTICLE, status: int | None = 200, site: Site = SITE) -> Verdict:
    payload = page.encode() if isinstance(page, str) else page
    return judge(read(payload, url, site), status=status, site=site, url=url)


def test_an_article_is_an_article() -> None:
    assert verdict(portal(f"<p>{FIRST}</p><p>{SECOND}</p>")) == Verdict("article")


@pytest.mark.parametrize("status", [404, 410])
def test_the_status_is_believed_where_it_says_that_nothing_is_here(status: int) -> None:
    assert verdict(portal(f"<p>{FIRST}</p>"), status=status).quality == "not_found"


@pytest.mark.parametrize("site", [SITE, UNKNOWN])
@pytest.mark.parametrize(
    ("expected", "page"),
    [
        ("not_found", "<title>Trạng thái - Cổng</title><h3 class='alert alert-error'>Không tìm thấy</h3>Tài nguyên"),
        ("not_found", "<title>Tin</title><p>Bài viết này không tồn tại hoặc đã bị xóa.</p>"),
        ("not_found", "<meta http-equiv=refresh content='3;url=/'><title>Thông báo</title><p>Đang chuyển trang</p>"),
        ("login", "<title>Đăng nhập</title><form>Tên <input name=u> Mật khẩu <input type=password></form>"),
        ("challenge", "<title>Just a moment...</title><p>Checking your browser before accessing</p>"),
        ("empty", "<title>Trang</title><div></div>"),
        (
            "not_found",
            "<meta http-equiv=refresh content='3;url=/'><h3>Thông báo</h3><p>Nội dung đã bị gỡ bỏ khỏi trang.</p>",
        ),
    ],
)
def test_what_stands_in_place_of_an_article_is_named(expected: str, page: str, site: Site) -> None:
    said = verdict(f"<html><body>{page}</body></html>", site=site)
    assert said.quality == expected
    assert said.reason


def test_an_emptied_template_is_empty() -> None:
    assert verdict(portal("", lead="")).quality == "empty"


def test_a_notice_with_a_file_or_a_scan_is_an_article_however_short() -> None:
    assert verdict(portal('<p><img src="/scan.jpg"></p>', lead="")).quality == "article"
    assert verdict(portal('<p><a href="/kh.pdf">Tải</a></p>', lead="")).quality == "article"


def test_a_sign_in_box_beside_an_article_does_not_make_it_a_sign_in_page() -> None:
    page = portal(f"<p>{FIRST}</p><p>{SECOND}</p>").replace(
        b"</body>", b"<form><input type=password>Sign In</form></body>"
    )
    assert verdict(page).quality == "article"


def test_an_article_about_something_not_found_is_an_article() -> None:
    page = portal(f"<p>{FIRST}</p><p>Đoàn kiểm tra không tìm thấy sai phạm nào tại các thôn đã nêu trong đơn.</p>")
    assert verdict(page).quality == "article"


GONE_TEXT = (
    "Bài viết này không tồn tại hoặc đã bị xóa khỏi hệ thống. Vui lòng quay lại trang chủ để tìm thông tin khác."
)


@pytest.mark.parametrize(
    "notice",
    [
        GONE_TEXT,
        "Nội dung mà bạn tìm kiếm không tồn tại trên hệ thống của chúng tôi, mời bạn xem các tin khác.",
        "Xin lỗi, không tìm thấy trang theo yêu cầu của bạn; mời bạn trở về trang chủ.",
        "The page you requested was not found on this server, please return to the home page.",
    ],
)
def test_a_notice_in_the_place_of_the_text_of_a_declared_page_is_no_article(notice: str) -> None:
    page = portal(f"<p>{notice}</p>", lead="", date="").replace(b"admin admin", b"")
    assert verdict(page).quality == "not_found"


def test_a_notice_that_the_text_begins_with_is_no_article_whatever_date_the_template_still_shows() -> None:
    assert verdict(portal(f"<p>{GONE_TEXT}</p>", lead="")).quality == "not_found"


@pytest.mark.parametrize(
    ("body", "date"),
    [
        (f"<p>{FIRST}</p><p>Đoàn kiểm tra không tìm thấy sai phạm nào tại các thôn đã nêu trong đơn.</p>", ""),
        (f"<p>{FIRST}</p><p>Tin đồn về dự án là không có thật, trang giả mạo trên mạng đã bị gỡ.</p>", ""),
        (f"<p>{FIRST}</p><p>{GONE_TEXT}</p>", "20/07/2016 | 9:21 AM"),
        (f"<p>{GONE_TEXT}</p><p><a href='/kh.pdf'>Kế hoạch</a></p>", ""),
        (f"<p>{FIRST}</p><p>{SECOND}</p><p>{FIRST}</p><p>{SECOND}</p><p>{GONE_TEXT}</p>", ""),
    ],
)
def test_news_in_which_something_is_gone_is_an_article(body: str, date: str) -> None:
    page = portal(body, lead="", date=date).replace(b"admin admin", b"")
    assert verdict(page).quality == "article"


def test_addresses_of_a_verified_site_decide_where_its_articles_are() -> None:
    from dataclasses import replace

    page = portal(f"<p>{LEAD}</p><p>{FIRST}</p><p>{SECOND}</p>")
    elsewhere = "https://thu.example/gioi-thieu"
    assert verdict(page, url=elsewhere, site=replace(SITE, status="verified")).quality == "listing"
    assert verdict(page, url=elsewhere).quality == "article"  # its addresses are inferred: a whole article is believed
    assert verdict(page, url="https://thu.example/tin").quality == "listing"
    assert verdict(page, url="https://thu.example/").quality == "home"


def test_a_page_of_teasers_is_a_listing() -> None:
    teasers = "".join(
        f'<div><a href="/{n}">Tin số {n} của huyện ủy về dân vận cơ sở</a><br>1{n}/03/2024<p>{FIRST}</p></div>'
        for n in range(5)
    )
    assert verdict(f"<title>Tin</title><h1>Tin hoạt động</h1>{teasers}", url="", site=UNKNOWN).quality == "listing"
