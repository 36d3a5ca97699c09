"""The reading room in a browser: every page, with a keyboard, on a phone, without scripts, for a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.conftest import AXE, PHONE, SCREENSHOTS, Opened, wanted

Open = Callable[..., Opened]

#: Pages by the name of their screenshot; ``{article}`` and ``{edited}`` are ids.
PAGES = {
    "front": "/",
    "search": f"/tim-kiem?q={quote('dân vận')}",
    "search-without-marks": "/tim-kiem?q=dan+van",
    "search-narrowed": f"/tim-kiem?q={quote('dân vận')}&status=live&since=2020",
    "search-empty": "/tim-kiem?q=khongcotunay",
    "article": "/bai-viet/{article}",
    "article-edited": "/bai-viet/{edited}",
    "article-removed": "/bai-viet/{removed}",
    "compare": "/so-sanh/{edited}",
    "compare-inline": "/so-sanh/{edited}?view=inline",
    "removed": "/da-go",
    "feeds": "/nguon-tin?q=x",
    "notes": "/ghi-chu",
    "questions": "/hoi",
    "question": "/hoi/articles_per_month",
    "question-ranks": "/hoi/silent_sites",
    "not-found": "/bai-viet/khongcobainay",
}


@pytest.fixture(scope="package")
def ids(chromium: Any, peace: str) -> dict[str, str]:
    """Articles that something happened to."""
    context = chromium.new_context()
    found = {}
    for name, path in (
        ("article", "api/articles.json?limit=30"),
        ("edited", "api/revisions.json?change=edited"),
        ("removed", "api/articles.json?status=removed"),
    ):
        answer = context.request.get(f"{peace}{path}").json()
        item = answer.get("articles", answer.get("revisions"))[-1]
        found[name] = item.get("article_id", item["id"])
    context.close()
    return found


@pytest.fixture
def desk(open_page: Open, peace: str) -> Opened:
    return open_page(peace)


def picture(opened: Opened, name: str) -> None:
    """Keeps what is drawn as CI output."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    opened.page.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=True)


def overflow(opened: Opened) -> int:
    """Pixels by which the page is wider than the screen."""
    width: int = opened.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_on_a_desk_and_on_a_phone_and_loads_nothing_from_elsewhere(
    open_page: Open, peace: str, ids: dict[str, str], name: str
) -> None:
    path = PAGES[name].format(**ids)
    for where, how in (
        ("", {}),
        ("-phone", {"viewport": PHONE, "is_mobile": True, "has_touch": True}),
        *([("-dark", {"color_scheme": "dark"})] if name in ("front", "article") else []),
    ):
        opened = open_page(peace, **how)
        response = opened.go(path)
        assert response.status == (404 if name == "not-found" else 200)
        assert opened.page.locator("h1").count() == 1 or name == "front"
        assert opened.page.locator("main").count() == 1
        assert opened.page.locator("html").get_attribute("lang") == "vi"
        levels = opened.page.eval_on_selector_all("h1,h2,h3,h4,h5", "found => found.map(h => +h.tagName[1])")
        assert all(b <= a + 1 for a, b in zip([0, *levels], levels, strict=False)) or name == "front", levels
        assert overflow(opened) <= 0, f"{name}{where} scrolls sideways"
        picture(opened, name + where)
        assert [c for c in opened.heard.console if "404" not in c] == []
        assert opened.heard.dialogs == opened.heard.elsewhere == []


@pytest.mark.parametrize(
    "path", ["/archive", "/archive/articles", "/archive/articles/{article}", "/archive/search?q=dan"]
)
def test_datasettes_own_pages_are_no_wider_than_a_phone(
    open_page: Open, peace: str, ids: dict[str, str], path: str
) -> None:
    opened = open_page(peace, viewport=PHONE, is_mobile=True, has_touch=True)
    opened.go(path.format(**ids))
    assert overflow(opened) <= 0


@pytest.mark.parametrize("name", PAGES)
def test_a_screen_reader_finds_no_serious_fault_on_any_page(
    open_page: Open, peace: str, ids: dict[str, str], name: str
) -> None:
    if not AXE.exists():
        wanted(f"{AXE} is missing: run scripts/browser-tools, which fetches axe-core from npm.")
    for how in ({}, {"color_scheme": "dark", "viewport": PHONE}):
        opened = open_page(peace, bypass_csp=True, **how)
        opened.go(PAGES[name].format(**ids))
        opened.page.add_script_tag(path=str(AXE))
        result = opened.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            f"{v['id']}: {node['target']} {node['failureSummary']}"
            for v in result["violations"]
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"][:3]
        ]
        assert serious == []


def test_the_front_page_leads_to_what_is_new_edited_and_gone(desk: Opened) -> None:
    desk.go("/")
    links = set(desk.page.eval_on_selector_all("main a[href]", "found => found.map(a => a.getAttribute('href'))"))
    assert any(link.startswith("/bai-viet/") for link in links)
    assert any("/da-go" in link or "removed_articles" in link for link in links)
    desk.page.locator("main a[href^='/bai-viet/']").first.click()
    assert desk.page.locator("article h1").count() == 1


@pytest.mark.parametrize(
    ("typed", "found"), [("dân vận", True), ("dan van", True), ("DÂN VẬN", True), ("dần vặn", False)]
)
def test_a_search_is_typed_with_or_without_marks(desk: Opened, typed: str, found: bool) -> None:
    desk.go("/")
    box = desk.page.locator("form[role=search] input[name=q], header input[name=q]").first
    box.fill(typed)
    box.press("Enter")
    desk.page.wait_for_load_state("load")
    assert "/tim-kiem?" in desk.page.url
    assert (desk.page.locator("main mark").count() > 0) is found
    assert (
        typed in desk.page.locator("main").inner_text()
        or desk.page.locator("input[name=q]").first.input_value() == typed
    )


def test_an_edit_is_shown_word_by_word(desk: Opened, ids: dict[str, str]) -> None:
    desk.go(f"/so-sanh/{ids['edited']}")
    assert "30" in desk.page.locator("main del").all_inner_texts()
    assert "50" in desk.page.locator("main ins").all_inner_texts()


def test_a_removed_article_keeps_its_text_and_says_what_is_known(desk: Opened, ids: dict[str, str]) -> None:
    desk.go("/da-go")
    assert desk.page.locator(f"main a[href*='{ids['removed']}']").count() >= 1
    desk.go(f"/bai-viet/{ids['removed']}")
    assert "triệu đồng" in desk.page.locator("article").inner_text()
    assert "đã gỡ" in desk.page.locator("main").inner_text().lower()


@pytest.mark.parametrize("name", ["front", "search", "article", "compare", "removed", "feeds"])
def test_one_click_speaks_english_and_stays_on_the_page(desk: Opened, ids: dict[str, str], name: str) -> None:
    desk.go(PAGES[name].format(**ids))
    before = desk.page.url.partition("?")[0]
    desk.page.locator("a[hreflang=en]").first.click()
    desk.page.wait_for_load_state("load")
    assert desk.page.url.partition("?")[0] == before
    assert desk.page.locator("html").get_attribute("lang") == "en"
    assert "Lưu Tin" in desk.page.locator("header").first.inner_text()
    picture(desk, f"{name}-english")
    desk.page.locator("a[hreflang=vi]").first.click()
    desk.page.wait_for_load_state("load")
    assert desk.page.locator("html").get_attribute("lang") == "vi"


def test_everything_is_read_and_searched_without_scripts(open_page: Open, peace: str, ids: dict[str, str]) -> None:
    plain = open_page(peace, java_script_enabled=False)
    for name, path in PAGES.items():
        plain.go(path.format(**ids))
        assert plain.page.locator("main").inner_text().strip(), name
    plain.go("/")
    box = plain.page.locator("input[name=q]").first
    box.fill("dân vận")
    box.press("Enter")
    plain.page.wait_for_load_state("load")
    assert plain.page.locator("main mark").count() > 0
    picture(plain, "search-without-scripts")
    plain.go("/nguon-tin")
    plain.page.locator("main input[name=q]").fill("họp")
    plain.page.locator("main button").click()
    plain.page.wait_for_load_state("load")
    assert plain.page.locator("main a[href='/feeds/new.atom?q=h%E1%BB%8Dp']").count() == 1


def test_the_keyboard_comes_to_the_text_first(desk: Opened, ids: dict[str, str]) -> None:
    desk.go(PAGES["article"].format(**ids))
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    outline = desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    rectangle = desk.page.evaluate("document.activeElement.getBoundingClientRect().top")
    assert outline != "none" or rectangle >= 0, "one sees where one is"
    desk.page.keyboard.press("Enter")
    assert desk.page.url.endswith("#content")


def test_an_article_is_printed_without_the_furniture(desk: Opened, ids: dict[str, str]) -> None:
    desk.go(PAGES["article"].format(**ids))
    desk.page.emulate_media(media="print")
    assert not desk.page.locator("form[role=search]").first.is_visible()
    assert desk.page.locator("article h1").is_visible()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    desk.page.pdf(path=str(SCREENSHOTS / "article-printed.pdf"))


def test_a_page_names_its_feeds_and_its_own_address(desk: Opened, ids: dict[str, str]) -> None:
    for path in PAGES.values():
        desk.go(path.format(**ids))
        assert desk.page.locator("head link[rel=alternate][type='application/atom+xml']").count() >= 1, path
