"""What a listing gives: its articles in order, once each, and the way to the next page, followed and never made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.cms import FAMILIES
from crawler.links import Listing, NextPage, listing_links
from crawler.site import Section, Site
from crawler.urls import cms_id
from crawler.warc import Capture, read_captures

SECTION = Section(name="News", path="/tin-hoat-dong")


def site(family: str) -> Site:
    return Site(
        slug="a_site",
        name="A site",
        committee="district",
        province="",
        home_url="https://a.example.gov.vn/",
        family=FAMILIES[family],
        sections=(SECTION,),
    )


def read(html: str, family: str = "mojoportal", page: int = 1, url: str = "https://a.example.gov.vn/x") -> Listing:
    return listing_links(html.encode(), url, site(family), SECTION, page)


def urls(listing: Listing) -> list[str]:
    return [url.removeprefix("https://a.example.gov.vn") for _, url, _ in listing.items]


def test_articles_come_in_order_and_once() -> None:
    listing = read(
        """<a href="/tin-hoat-dong">News</a><a href="/tin-hoat-dong/bai-hai-2?t=99#top">Hai</a>
        <a href="/tin-hoat-dong/bai-mot-1"><img src="x"></a><a href="/tin-hoat-dong/bai-hai-2">Hai</a>
        <a href="https://other.example/tin/bai-ba-3">x</a><a href="/gioi-thieu">About</a>
        <a href="javascript:void(0)">x</a><a href="mailto:a@b">x</a><a href="http://[bad">x</a>"""
    )
    assert [position for position, _, _ in listing.items] == [1, 2]
    assert urls(listing) == ["/tin-hoat-dong/bai-hai-2", "/tin-hoat-dong/bai-mot-1"]
    assert listing.items[0][2] == "vn,gov,example,a)/tin-hoat-dong/bai-hai-2"
    assert listing.next is None


def test_selectors_narrow_but_need_not_match() -> None:
    box = '<div class="article-item"><h3><a href="/tin/bai-mot-1">1</a></h3></div>'
    other = '<div class="most-read"><a href="/tin/bai-hai-2">2</a></div>'
    assert urls(read(other + box)) == ["/tin/bai-mot-1"]
    assert urls(read(other)) == ["/tin/bai-hai-2"]


def test_the_base_element_counts() -> None:
    assert urls(read('<base href="/a/"><a href="../tin/bai-mot-1">1</a>')) == ["/tin/bai-mot-1"]


@pytest.mark.parametrize(
    ("family", "page", "html", "wanted"),
    [
        ("mojoportal", 1, '<a href="?page=3">3</a><a href="?page=2">Sau</a>', "https://a.example.gov.vn/x?page=2"),
        ("mojoportal", 9, '<a href="?page=8">8</a><a href="?page=10">10</a>', "https://a.example.gov.vn/x?page=10"),
        ("mojoportal", 2, '<a href="?page=1">1</a><a href="?page=2">2</a>', None),
        ("mojoportal", 1, '<a href="https://other.example/?page=2">2</a>', None),
        (
            "district",
            1,
            '<a href="/tin-tuc-su-kien/tin/trang-2.html">2</a>',
            "https://a.example.gov.vn/tin-tuc-su-kien/tin/trang-2.html",
        ),
        (
            "liferay",
            1,
            '<a href="renamed9.html?p_p_id=101&amp;_101_cur=1">1</a><a href="renamed7.html?_101_cur=2">2</a>',
            "https://a.example.gov.vn/renamed7.html?_101_cur=2",
        ),
        (
            "sharepoint",
            1,
            '<a href="/Pages/x.aspx?PageIndex=2">2</a>',
            "https://a.example.gov.vn/Pages/x.aspx?PageIndex=2",
        ),
    ],
)
def test_paging_links_are_followed_as_they_are(family: str, page: int, html: str, wanted: str | None) -> None:
    site_ = site(family)
    listing = listing_links(html.encode(), "https://a.example.gov.vn/x", site_, SECTION, page)
    assert listing.next == (NextPage(wanted) if wanted else None)


POSTBACK = """
<form action="./dan-van.aspx?a=1" method="post">
<input type="hidden" name="__VIEWSTATE" value="/wEP+x=="><input type="hidden" name="__EVENTVALIDATION" value="ev">
<input type="hidden" name="__EVENTTARGET" value=""><input name="q" value="">
<input type="submit" name="go" value="Tìm kiếm"><input type="checkbox" name="c"><input name="off" disabled value="1">
<select name="day"><option value="1">1</option><option value="7" selected>7</option></select>
<table title="Calendar"><a href="javascript:__doPostBack('ctl00$cal','9802')">2</a>
<a href="javascript:__doPostBack('ctl00$cal','V9831')">&gt;</a></table>
<span>1</span><a href="javascript:__doPostBack('ctl00$pager$ctl02','')">2</a>
<a href="javascript:__doPostBack(&#39;ctl00$pager$next&#39;,&#39;&#39;)">Trang  sau</a></form>
"""


@pytest.mark.parametrize(("page", "target"), [(1, "ctl00$pager$ctl02"), (2, "ctl00$pager$next")])
def test_a_postback_sends_what_a_browser_sends_and_no_calendar(page: int, target: str) -> None:
    following = read(POSTBACK, "webforms", page, "https://a.example.gov.vn/Pages/dan-van.aspx").next
    assert following is not None
    assert (following.method, following.url) == ("POST", "https://a.example.gov.vn/Pages/dan-van.aspx?a=1")
    assert {name: value for name, [value] in parse_qs(following.body.decode(), keep_blank_values=True).items()} == {
        "__VIEWSTATE": "/wEP+x==",
        "__EVENTVALIDATION": "ev",
        "__EVENTTARGET": target,
        "__EVENTARGUMENT": "",
        "q": "",
        "day": "7",
    }


def test_the_long_form_of_a_postback_is_understood() -> None:
    html = """<form><a href='javascript:WebForm_DoPostBackWithOptions(new
    WebForm_PostBackOptions("a$b", "Page$2", true))'>2</a></form>"""
    following = read(html, "webforms").next
    assert following is not None
    assert parse_qs(following.body.decode()) == {"__EVENTTARGET": ["a$b"], "__EVENTARGUMENT": ["Page$2"]}


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("Hiển thị 1 - 20 of 2.952 kết quả.", 2952),
        ("Trang 1 trong tổng số 17 bài viết", 17),
        ("2016 kết quả tốt", None),
    ],
)
def test_the_total_is_what_the_listing_says(text: str, total: int | None) -> None:
    assert read(f"<p>{text}</p>").total == total


def test_an_empty_page_shows_whether_it_has_a_pager() -> None:
    assert read('<a href="?page=1">1</a>', page=2).paged
    assert not read("<p>Lỗi</p>", page=2).paged


def test_a_page_in_a_legacy_charset_is_read() -> None:
    listing = listing_links(
        '<meta charset="windows-1258"><a href="/tin/bai-mot-1">Đảng ủy</a>'.encode("cp1258", "replace"),
        "https://a.example.gov.vn/",
        site("mojoportal"),
        SECTION,
        1,
    )
    assert urls(listing) == ["/tin/bai-mot-1"]


@pytest.mark.shared
def test_a_real_portals_section_is_walked_to_its_end(shared: Path) -> None:
    pages = {
        unquote(urlsplit(capture.url).path): capture.payload
        for capture in read_captures(shared / "corpus" / "sotttt-hanoi-party.warc.gz")
        if isinstance(capture, Capture)
    }
    section = Section(name="Party", path="/hoat-ong-ang-oan-the.html")
    portal = replace(site("liferay"), home_url="https://sotttt.hanoi.gov.vn/", sections=(section,))
    following: NextPage | None = NextPage(portal.listing_url(section))
    found: set[str | None] = set()
    walked = 0
    while following is not None:
        walked += 1
        payload = pages[unquote(urlsplit(following.url).path)]
        listing = listing_links(payload, following.url, portal, section, walked)
        assert listing.total == 263
        found |= {cms_id(url, portal.urls) for _, url, _ in listing.items}
        following = listing.next
    assert (walked, len(found)) == (27, 263)


FRAGMENTS = st.sampled_from(
    ["<a href='", "'>2</a>", "?page=2", "javascript:__doPostBack('a','')", "<form>", "<base href='", "http://[", "\x00"]
)


@given(st.lists(FRAGMENTS | st.text()).map("".join) | st.binary())
def test_garbage_never_crashes(page: str | bytes) -> None:
    payload = page.encode("utf-8", "replace") if isinstance(page, str) else page
    for family in ("mojoportal", "webforms"):
        listing_links(payload, "https://a.example.gov.vn/x", site(family), SECTION, 1)
