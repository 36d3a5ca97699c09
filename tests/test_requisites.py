"""Style sheets and layout images, for replay: once each, of the site's own host, after everything else, if wanted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from crawler.requisites import MOST, of_page, of_style_sheet
from tests.test_crawl import HTML, Crawler, Web, article, crawler, listing, web

__all__ = ["crawler", "web"]  # fixtures

PAGE = "http://danvan.example.vn/tin/bai-1.html"
CSS = {"Content-Type": "text/css"}
PNG = {"Content-Type": "image/png"}


def named(html: str, base: str = PAGE) -> list[str]:
    found = of_page(LexborHTMLParser(html), PAGE, base)
    return [url.removeprefix("http://danvan.example.vn") for url in found]


def test_what_a_page_is_made_up_with_is_found_on_its_own_host_and_once() -> None:
    html = """<html><head><link rel="stylesheet" href="/css/a.css?b=6201"><link rel="Shortcut Icon" href="/favicon.ico">
    <link rel="canonical" href="/tin/bai-1.html"><link rel=stylesheet href="https://fonts.example.org/x.css">
    <style>.top{background:url( '../img/top.gif' ) no-repeat} @import "/css/b.css";</style><script src="/a.js"></script>
    </head><body background="nen.jpg"><img src="/img/top.gif#x"><img src="data:image/gif;base64,R0lGOD">
    <img src=" /img/dot.gif "><img src="http://[x"><input type="image" src="/img/tim.png"><img src=""></body></html>"""
    assert named(html) == [
        *("/css/a.css?b=6201", "/favicon.ico", "/img/top.gif", "/css/b.css"),
        *("/tin/nen.jpg", "/img/dot.gif", "/img/tim.png"),
    ]
    assert named('<img src="a.gif">', "http://danvan.example.vn/goc/") == ["/goc/a.gif"]
    assert named('<img src="a.gif">', "http://elsewhere.example.vn/") == []
    assert named('<img src="a.gif">', "http://[x") == []


def test_a_style_sheet_names_its_images_fonts_and_imports() -> None:
    css = b'@import url("reset.css"); a{background:URL(img/a.png)} @font-face{src:url(/f/a.woff2) format("woff2")}'
    found = of_style_sheet(css, "http://x.vn/css/main.css")
    assert found == ("http://x.vn/css/reset.css", "http://x.vn/css/img/a.png", "http://x.vn/f/a.woff2")


@given(st.text(max_size=400))
def test_garbage_has_none(text: str) -> None:
    assert of_style_sheet(text.encode("utf-8", "replace"), PAGE) is not None
    assert len(named(f"<style>{text}</style><img src='{text}'>")) <= MOST


STYLED = '<link rel="stylesheet" href="/css/main.css"><img src="/img/banner.gif"><img src="/img/gone.gif">'


@pytest.fixture
def styled(web: Web) -> Web:
    web.articles = list(range(8, 0, -1))
    for number in web.articles:
        web.pages[f"/tin-hoat-dong/gap-mat-{number}"] = 200, HTML, article(number, extra="") + STYLED.encode()
    web.pages["/tin-hoat-dong"] = 200, HTML, listing(web.articles, None) + STYLED.encode()
    web.pages["/css/main.css"] = 200, CSS, b"body{background:url(nen.png)}"
    web.pages["/css/nen.png"] = 200, PNG, b"\x89PNG" + bytes(500)
    web.pages["/img/banner.gif"] = 200, {"Content-Type": "image/gif"}, b"GIF89a" + bytes(300)
    return web


REQUISITES = ["/css/main.css", "/img/banner.gif", "/img/gone.gif", "/css/nen.png"]


def test_unless_they_are_wanted_nothing_is_asked_for(crawler: Crawler, styled: Web) -> None:
    crawler.config["sites.hai_duong"] += "\nkeep_images = false"
    assert crawler.crawl()["outcome"] == "complete"
    assert not set(REQUISITES) & set(styled.asked)


def test_they_are_fetched_once_after_all_pages_and_never_again(crawler: Crawler, styled: Web) -> None:
    crawler.config["sites.hai_duong"] += "\nkeep_images = false\nkeep_requisites = true"
    night = crawler.crawl()
    assert (night["outcome"], night["articles_new"], night["errors"]) == ("complete", 8, 0)
    asked = styled.take()
    assert [len(asked) - 4, *(asked.count(path) for path in REQUISITES)] == [len(set(asked)) - 4, 1, 1, 1, 1]
    assert set(asked[-4:]) == set(REQUISITES), "after all pages"
    assert crawler.rows("SELECT count(*) FROM captures WHERE quality = 'file'")[0][0] == 3
    assert crawler.rows("SELECT count(*) FROM frontier")[0][0] == 0
    crawler.crawl()
    assert not set(REQUISITES) & set(styled.take())


@pytest.mark.parametrize(("budget", "first"), [("requisite_requests = 1", 1), ("requisite_bytes = 0", 0)])
def test_the_budget_of_a_night_holds_and_the_next_night_goes_on(
    crawler: Crawler, styled: Web, budget: str, first: int
) -> None:
    crawler.config["sites.hai_duong"] += "\nkeep_images = false\nkeep_requisites = true"
    crawler.config["budget"] = budget
    night = crawler.crawl()
    assert (night["outcome"], night["articles_new"]) == ("complete", 8), (
        "what is left for looks alone leaves nothing out"
    )
    assert len(set(REQUISITES) & set(styled.take())) == first
    crawler.config["budget"] = ""
    crawler.crawl()
    assert len(set(REQUISITES) & set(styled.take())) == 4 - first
