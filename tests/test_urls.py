"""One address, one form; and a key that holds however a link was written."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import site
from crawler.urls import MAX_URL, canonical_url, cms_id, host_free_key, is_article, is_denied, of_file, url_key

PORTAL = site.Addresses(
    article=r"/-/view_content/(?P<id>\d+)-",
    rewrite=((r"^(?:/(?:vi|en))+(?=/)", ""), (r"(?:/(?:vi|en))+$", "")),
    drop_params=("redirect",),
    deny=(r"^/c/portal/", r"[?&]ngay="),
)


class TestCanonicalUrl:
    @pytest.mark.parametrize(
        ("written", "canonical"),
        [
            ("HTTP://WWW.Example.GOV.vn:80", "http://www.example.gov.vn/"),
            ("https://example.vn:443/Tin#dau-trang", "https://example.vn/Tin"),
            ("http://example.vn:8080/", "http://example.vn:8080/"),
            ("http://ai:matkhau@example.vn./", "http://example.vn/"),
            ("http://example.vn/a/../b/./c/..", "http://example.vn/b/"),
            ("http://example.vn/../../a", "http://example.vn/a"),
            ("http://example.vn/%7ea%2fb%c3%a1", "http://example.vn/~a%2Fb%C3%A1"),
            ("http://example.vn/tin tức", "http://example.vn/tin%20t%E1%BB%A9c"),
            ("http://example.vn/tin-tu\u031b\u0301c", "http://example.vn/tin-t%E1%BB%A9c"),
            ("http://example.vn/a%CC%81", "http://example.vn/%C3%A1"),
            ("http://example.vn/100%/%E0", "http://example.vn/100%25/%E0"),
            ("http://example.vn/a\\b", "http://example.vn/a/b"),
            ("http://example.vn/tin;jsessionid=A1.b?x=1", "http://example.vn/tin?x=1"),
            ("http://example.vn/(S(abc123))/tin.aspx", "http://example.vn/tin.aspx"),
            ("http://example.vn/?b=2&a=1&&a=0", "http://example.vn/?b=2&a=1&a=0"),
            ("http://example.vn/?utm_source=z&ItemID=7&t=99&fbclid=x&PHPSESSID=1", "http://example.vn/?ItemID=7"),
            ("http://example.vn/?tag=t&title=p&print", "http://example.vn/?tag=t&title=p"),
            ("http://example.vn/?p_p_id=101&_101_viewMode=print", "http://example.vn/?p_p_id=101"),
            ("http://example.vn/?_101_viewMode=view", "http://example.vn/?_101_viewMode=view"),
            ("http://example.vn/?sid=12", "http://example.vn/?sid=12"),
            ("http://example.vn/?id=7&sid=0123456789abcdef0123456789ABCDEF", "http://example.vn/?id=7"),
            ("http://example.vn/a.pdf?_=1766448000123&ts=1766448000&v=2", "http://example.vn/a.pdf?v=2"),
            ("http://example.vn/?_=12&ts=20251223", "http://example.vn/?_=12&ts=20251223"),
            ("http://example.vn/d.ashx?ticket=0123456789abcdef", "http://example.vn/d.ashx?ticket=0123456789abcdef"),
            ("http://example.vn/?q=a+b%20%26", "http://example.vn/?q=a+b%20%26"),
            ("http://[::1]:8000/x", "http://[::1]:8000/x"),
            ("http://bücher.example/", "http://xn--bcher-kva.example/"),
            ("  http://example.vn/a\n ", "http://example.vn/a"),
        ],
    )
    def test_is_one_form_for_all_ways_of_writing(self, written: str, canonical: str) -> None:
        assert canonical_url(written) == canonical
        assert canonical_url(canonical) == canonical

    @pytest.mark.parametrize(
        ("link", "absolute"),
        [
            ("bai-2.html", "https://example.vn/tin/bai-2.html"),
            ("../a", "https://example.vn/a"),
            ("/b?x", "https://example.vn/b?x"),
            ("?page=2", "https://example.vn/tin/trang-1.html?page=2"),
            ("//khac.vn/c", "https://khac.vn/c"),
            ("http://khac.vn/d", "http://khac.vn/d"),
            ("", "https://example.vn/tin/trang-1.html?page=1"),
            ("#cuoi", "https://example.vn/tin/trang-1.html?page=1"),
        ],
    )
    def test_resolves_a_link_where_it_stands(self, link: str, absolute: str) -> None:
        assert canonical_url(link, base="https://example.vn/tin/trang-1.html?page=1") == absolute

    @pytest.mark.parametrize(
        "junk",
        [
            "javascript:void(0)",
            "mailto:a@example.vn",
            "ftp://example.vn/",
            "file:///etc/passwd",
            "data:text/html,x",
            "http://",
            "http://a b/",
            "http://[",
            "http://[::1",
            "http://example.vn:99999/",
            "http://example.vn:x/",
            "http://exa\u2100mple.vn/",
            "http://" + "a" * MAX_URL,
        ],
    )
    def test_refuses_what_is_no_address_with_a_sentence(self, junk: str) -> None:
        for base in (None, "http://example.vn/"):
            if junk == "http://" and base:
                continue
            with pytest.raises(ValueError, match=r"\.$") as refusal:
                canonical_url(junk, base=base)
            assert len(str(refusal.value)) < 600

    def test_a_relative_link_without_a_base_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not an http or https URL"):
            canonical_url("/tin-tuc")

    def test_follows_what_the_site_declares(self) -> None:
        url = "http://example.vn/en/vi/tin/-/view_content/7-a?redirect=%2F&x=1"
        assert canonical_url(url, addresses=PORTAL) == "http://example.vn/tin/-/view_content/7-a?x=1"
        assert canonical_url("http://example.vn/tin/vi/en/vi/en", addresses=PORTAL) == "http://example.vn/tin"

    def test_a_rewriting_that_takes_everything_leaves_the_root(self) -> None:
        addresses = site.Addresses(rewrite=((r"^.*$", ""),))
        assert canonical_url("http://example.vn/a?b", addresses=addresses) == "http://example.vn/"

    @given(st.text(st.sampled_from("ab/.?&=%2eEc3A1;()@:[]\\#tướ\u0301\ud800 ")) | st.text())
    def test_any_tail_is_normalised_once_and_for_all(self, tail: str) -> None:
        try:
            once = canonical_url(f"http://example.vn/{tail}")
        except ValueError:
            return
        assert once.isascii()
        assert canonical_url(once) == once
        assert url_key(once) == url_key(f"http://example.vn/{tail}")

    @given(st.text())
    def test_garbage_is_refused_with_nothing_but_value_error(self, garbage: str) -> None:
        for base in (None, "http://example.vn/tin"):
            with suppress(ValueError):
                canonical_url(garbage, base=base)


class TestUrlKey:
    @pytest.mark.parametrize(
        ("url", "key"),
        [
            ("https://www.hanoi.gov.vn/Tin/?b=1&a=2", "vn,gov,hanoi)/Tin?a=2&b=1"),
            ("http://hanoi.gov.vn", "vn,gov,hanoi)/"),
            ("http://www2.hanoi.gov.vn/", "vn,gov,hanoi)/"),
            ("http://www.vn/", "vn,www)/"),
            ("http://example.vn:8080/a/", "vn,example:8080)/a"),
            ("http://[::1]:8000/a", "[::1]:8000)/a"),
        ],
    )
    def test_is_a_surt(self, url: str, key: str) -> None:
        assert url_key(url) == key

    def test_a_postback_is_known_by_its_body(self) -> None:
        url = "http://example.vn/Pages/tin.aspx"
        one = url_key(url, method="POST", body=b"__EVENTARGUMENT=2")
        digest = sha256(b"__EVENTARGUMENT=2").hexdigest()[:16]
        assert one == f"vn,example)/Pages/tin.aspx?__wb_method=POST&__wb_body={digest}"
        assert one != url_key(url, method="POST", body=b"__EVENTARGUMENT=3")
        assert url_key(url + "?a=1", method="post").startswith("vn,example)/Pages/tin.aspx?a=1&__wb_method=POST&")

    def test_looking_at_the_head_is_looking(self) -> None:
        assert url_key("http://example.vn/", method="HEAD") == url_key("http://example.vn/")

    def test_what_stays_when_a_site_moves(self) -> None:
        assert host_free_key(url_key("http://cu.vn:81/a?b=1")) == host_free_key(url_key("https://moi.gov.vn/a?b=1"))
        assert host_free_key("vn,example)/a(b)") == "/a(b)"


class TestTheSitesOwnWord:
    ARTICLE = "http://example.vn/tin/-/view_content/7-a"

    def test_an_article_is_known_by_its_address(self) -> None:
        assert is_article(self.ARTICLE, PORTAL)
        assert cms_id(self.ARTICLE, PORTAL) == "7"
        assert not is_article("http://example.vn/tin", PORTAL)
        assert cms_id("http://example.vn/tin", PORTAL) is None

    def test_a_pattern_may_name_no_id(self) -> None:
        addresses = site.Addresses(article=r"^/tin/[^/]+\.html$")
        assert is_article("http://example.vn/tin/a.html", addresses)
        assert cms_id("http://example.vn/tin/a.html", addresses) is None

    def test_without_a_pattern_nothing_is_an_article(self) -> None:
        assert not is_article(self.ARTICLE, site.Addresses())

    def test_patterns_never_see_the_host(self) -> None:
        addresses = site.Addresses(article="example", deny=("example",))
        assert not is_article("http://example.vn/tin", addresses)
        assert not is_denied("http://example.vn/tin", addresses)

    def test_what_is_denied_in_path_or_query(self) -> None:
        assert is_denied("http://example.vn/c/portal/login", PORTAL)
        assert is_denied("http://example.vn/tin?ngay=3", PORTAL)
        assert not is_denied(self.ARTICLE, PORTAL)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("http://a.vn/7.pdf?ticket=7a91", "vn,a)/7.pdf"),
        ("http://a.vn/7.PDF/x?v=2&Token=1&sig=a%2Bb&_=3", "vn,a)/7.PDF/x?v=2"),
        ("http://a.vn/7.docx?id=3&token", "vn,a)/7.docx?id=3&token"),
        ("http://a.vn/download?ticket=7a91", "vn,a)/download?ticket=7a91"),
        ("http://a.vn/tin.aspx?sid=7", "vn,a)/tin.aspx?sid=7"),
    ],
)
def test_what_only_lets_a_reader_at_a_file_is_no_part_of_its_key_but_of_its_address(written: str, key: str) -> None:
    assert url_key(written) == key
    assert url_key(canonical_url(written)) == url_key(of_file(canonical_url(written))) == key
    assert "ticket" in canonical_url("http://a.vn/7.pdf?ticket=7a91")
