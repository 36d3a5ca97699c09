"""Whether a page names an article: whatever form its links and its words have."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from crawler.naming import Marks, marks, named
from tests.test_reextract import RIGHT

HEADLINE = "Huyện uỷ “họp bàn” việc sửa đường"
WHERE = "http://thunghiem.example.vn/muc/tin.html"
SEVEN: Marks = marks("aaaaaaaaaaaaa", ["vn,example,thunghiem)/tin/7"], [HEADLINE, "Tin vắn"])


def is_named(page: str | bytes, at: str = WHERE) -> bool:
    payload = page if isinstance(page, bytes) else page.encode()
    return named(payload, [at], RIGHT, [SEVEN]) == {"aaaaaaaaaaaaa"}


@pytest.mark.parametrize(
    "page",
    [
        '<a href="http://thunghiem.example.vn/tin/7">Xem tiếp</a>',
        "<a href=/tin/7>Xem tiếp</a>",
        "<a href='../tin/7?print=1#binh-luan'>Xem tiếp</a>",
        '<base href="http://www.thunghiem.example.vn/x/"><a href="../tin/7">Xem tiếp</a>',
        '<a href="/go?a=1&amp;u=https%3A%2F%2Fthunghiem.example.vn%2Ftin%2F7">Chia sẻ</a>',
        "<div onclick=\"window.open('/tin/7')\">Xem tiếp</div>",
        '<div data-link="../tin/7">Xem tiếp</div>',
        "<rss><item><link>http://thunghiem.example.vn/tin/7</link></item></rss>",
        json.dumps({"items": [{"url": "http:\\/\\/thunghiem.example.vn\\/tin\\/7"}]}).replace("\\\\", "\\"),
        f"<li>{HEADLINE}</li>",
        "<li>HUYỆN ỦY họp bàn\n việc <em>sửa</em>&nbsp;đường.</li>",
        f'<img src="/1.jpg" alt="{HEADLINE}">',
        f"<script>var tin = {json.dumps([HEADLINE])}</script>",
        f"<item><title>{HEADLINE.encode('ascii', 'xmlcharrefreplace').decode()}</title></item>",
        f'<a href="mailto:?subject={quote(HEADLINE)}">Gửi</a>',
        f"<p>Huyện khác.</p><p>{HEADLINE}</p>".encode("utf-16"),
    ],
)
def test_a_page_names_an_article_by_a_link_or_by_its_headline(page: str | bytes) -> None:
    assert is_named(page)


@pytest.mark.parametrize(
    "page",
    [
        '<a href="/tin/77">Sửa đường</a><a href="/tin">Tin</a>',
        "<a href='tin/7'>Ở một mục khác</a>".replace("tin/7", "khac/7"),
        "<li>Tin vắn</li>",
        "<li>Huyện uỷ họp bàn việc sửa</li><li>cầu</li>",
        "",
        b"\x00\xff%%%\\u12<a href='http://[::1'>",
    ],
)
def test_what_only_looks_alike_does_not_name_it(page: str | bytes) -> None:
    assert not is_named(page)


def test_an_address_counts_that_only_the_archive_knows_of() -> None:
    other = marks("bbbbbbbbbbbbb", ["vn,example,thunghiem)/cu/x.aspx?id=3"], [])
    assert named(b'<a href="/cu/x.aspx?id=3&amp;utm_source=a">Cu</a>', [WHERE], RIGHT, [SEVEN, other]) == {
        "bbbbbbbbbbbbb"
    }
