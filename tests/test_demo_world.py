"""The demo's world: what its pages show is what its gold says, and a night changes what it says it changed."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from demo_pages import SLUGS, listed, page, read
from lxml import html

from monitor.demo.world import World


@pytest.fixture(scope="module")
def world() -> World:
    """A world without servers, as it is before the first night."""
    return World(articles_per_site=40)


# --- the truth


@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_shows_its_gold_in_reading_order(world: World, slug: str) -> None:
    site = world.sites[slug]
    for article_id, article in site.articles.items():
        gold = world.gold(slug, article_id)
        text = read(page(site, article_id), "cp1258" if article.charset == "windows-1258" else "utf-8")
        start = text.index(gold["headline"], text.index("Sơ đồ cổng"))
        for piece in (*gold["paragraphs"], gold["author"]):
            start = text.index(piece, start) + len(piece)
        for attachment in gold["attachments"]:
            assert attachment["name"] in text


@pytest.mark.parametrize("slug", SLUGS)
def test_gold_is_clean_text_with_unique_addresses_and_headlines_that_differ(world: World, slug: str) -> None:
    golds = [world.gold(slug, article_id) for article_id in world.sites[slug].articles]
    assert len(golds) == 40
    for gold in golds:
        for text in (gold["headline"], gold["author"], *gold["paragraphs"]):
            assert text == " ".join(unicodedata.normalize("NFC", text).split())
        assert set(gold["captions"]) <= set(gold["paragraphs"])
        assert 4 <= len(gold["paragraphs"]) - len(gold["captions"]) <= 11
        assert gold["description"] in (None, gold["paragraphs"][0])
        assert not re.search(r"[{}\[\]|]", " ".join(gold["paragraphs"]))
    assert len({gold["url"] for gold in golds}) == len(golds)
    assert len({gold["headline"] for gold in golds}) >= len(golds) - 1  # the repost keeps its headline


def test_dates_and_sections_are_gold_only_where_the_page_shows_them(world: World) -> None:
    for slug in SLUGS:
        gold = world.gold(slug, world.sites[slug].newest()[0].id)
        if slug in ("lam_binh", "tuyen_quang"):
            assert gold["date_published"] is None
        else:
            assert gold["date_published"] is not None
            assert gold["date_published"].endswith("+07:00")
            assert 2016 <= datetime.fromisoformat(gold["date_published"]).year <= 2024
        assert (gold["section"] is not None) == (slug in ("quang_binh", "binh_thanh"))


def test_authors_are_signed_as_each_site_signs_them(world: World) -> None:
    for slug, form in {
        "hai_duong": r"\w+ \w+ \w+ - Ban Dân vận Tỉnh uỷ",
        "quang_binh": r"\w+ \w+",
        "lam_binh": r"\w+ \w+ - \w+ \w+",
        "tuyen_quang": r"\w+ \w+",
        "binh_thanh": r"[^A-ZĐ]+",
    }.items():
        assert all(re.fullmatch(form, a.author) for a in world.sites[slug].articles.values())


def test_some_texts_are_reprinted_word_for_word(world: World) -> None:
    copies = [a for site in world.sites.values() for a in site.articles.values() if a.reprint_of]
    assert len(copies) == 5
    for copy in copies:
        assert copy.reprint_of is not None
        slug, original = copy.reprint_of
        assert world.gold(slug, original)["paragraphs"] == world.gold(copy.site, copy.id)["paragraphs"]
        assert (slug, original) != (copy.site, copy.id)


def test_the_prose_is_as_untidy_as_real_pages(world: World) -> None:
    pages = {(s, i): page(world.sites[s], i).decode("utf-8", "replace") for s in SLUGS for i in world.sites[s].articles}
    for mark in ("MsoNormal", "<o:p>", "[if gte mso", "&nbsp;&nbsp;", "&agrave;", "</p></p></p>", "\u200b", "<p></p>"):
        assert any(mark in text for text in pages.values()), mark
    assert any(not unicodedata.is_normalized("NFC", text) for text in pages.values())
    texts = [" ".join(world.gold(s, i)["paragraphs"]) for s, i in pages]
    assert any("uỷ" in t and "ủy" in t for t in texts)


def test_one_page_is_windows_1258_and_one_lies_about_its_charset(world: World) -> None:
    odd = {a.charset: a for site in world.sites.values() for a in site.articles.values() if a.charset != "utf-8"}
    assert set(odd) == {"windows-1258", "iso-8859-1"}
    for charset, truly in (("windows-1258", "cp1258"), ("iso-8859-1", "utf-8")):
        article = odd[charset]
        answer = world.sites[article.site].get(world.sites[article.site].article_path(article))
        assert answer.content_type == "text/html"
        assert f"charset={charset}".encode() in answer.body
        assert article.headline in read(answer.body, truly)


def test_attachments_and_photographs_are_real_files(world: World) -> None:
    kinds = set()
    for slug in SLUGS:
        site = world.sites[slug]
        for article_id in site.articles:
            gold = world.gold(slug, article_id)
            for url in [f["url"] for f in gold["attachments"]] + [i["url"] for i in gold["images"]]:
                answer = site.get(urlsplit(url).path + "?t=1")
                kinds.add(answer.content_type)
                assert answer.status == 200
                assert answer.body.startswith((b"\x89PNG\r\n", b"%PDF-", b"{\\rtf1", b"PK"))
                if url.endswith(".docx"):
                    assert zipfile.ZipFile(io.BytesIO(answer.body)).testzip() is None
    assert len(kinds) == 4


# --- what moves


@pytest.mark.parametrize("slug", SLUGS)
def test_two_visits_never_give_the_same_bytes_and_always_the_same_article(world: World, slug: str) -> None:
    site = world.sites[slug]
    for article_id in list(site.articles)[:8]:
        first, second = page(site, article_id), page(site, article_id)
        assert first != second
        closing = {"hai_duong": "CÁC BÀI VIẾT", "quang_binh": "Tag:", "binh_thanh": "Số lượt"}.get(slug, "Tin cùng")
        charset = "cp1258" if site.articles[article_id].charset == "windows-1258" else "utf-8"
        articles = [
            text[text.index(site.articles[article_id].author) - 200 : text.index(closing)]
            for text in (read(first, charset), read(second, charset))
        ]
        assert articles[0] == articles[1]


def test_a_page_depends_on_seed_site_address_and_request_count_alone() -> None:
    one, two, other = World(articles_per_site=30), World(articles_per_site=30), World(seed=7, articles_per_site=30)
    for slug in SLUGS:
        targets = ["/", one.sites[slug].sections[0][1], one.sites[slug].article_path(one.sites[slug].newest()[0])]
        assert [one.sites[slug].get(t).body for t in targets] == [two.sites[slug].get(t).body for t in targets]
        assert one.sites[slug].newest()[0].headline != other.sites[slug].newest()[0].headline
    assert one.next_night() == two.next_night()
    assert all(one.gold(s, i) == two.gold(s, i) for s in SLUGS for i in one.sites[s].articles)


@pytest.mark.parametrize(
    ("slug", "landmarks"),
    [
        ("hai_duong", ("ngày", "Xem với cỡ chữ", "CÁC BÀI VIẾT KHÁC:")),
        ("quang_binh", ("Sign In", "Tag:", "File đính kèm")),
        ("lam_binh", ("Tin cùng chuyên mục",)),
        ("tuyen_quang", ("Tin cùng chuyên mục",)),
        (
            "binh_thanh",
            ("SỐ LƯỢT TRUY CẬP", "Số lượt người xem:", "TIN MỚI HƠN", "TIN ĐÃ ĐƯA", "Xem tiếp", "Xem theo ngày",
             "Không tiêu đề", "Tìm kiếm"),
        ),
    ],
)  # fmt: skip
def test_the_landmarks_of_the_seeds_stand_in_their_order(world: World, slug: str, landmarks: tuple[str, ...]) -> None:
    text, place = read(page(world.sites[slug], world.sites[slug].newest()[0].id)), 0
    for landmark in landmarks:
        place = text.index(landmark, place) + 1


def test_binh_thanh_counts_in_eight_lines_of_one_digit_and_dates_above_the_headline(world: World) -> None:
    site = world.sites["binh_thanh"]
    article = next(a for a in site.newest() if a.charset == "utf-8")
    tree = html.document_fromstring(page(site, article.id).decode())
    (counter,) = tree.xpath("//div[@class='thong-ke']")
    assert re.fullmatch(r"SỐ LƯỢT TRUY CẬP(\s+\d){8}\s*", counter.text_content().strip())
    text = read(page(site, article.id))
    assert re.search(
        r"(Hoạt động Đảng|Dân vận) \d+ Tháng [\w ]+ \d{4} \d\d:\d\d:\d\d (SA|CH) " + re.escape(article.headline), text
    )


# --- nights


@pytest.mark.parametrize("slug", SLUGS)
def test_a_night_changes_one_figure_removes_one_article_adds_a_few_and_nothing_else(slug: str) -> None:
    world = World(articles_per_site=30)
    site = world.sites[slug]
    ever = set(site.articles)
    for _ in range(4):
        before = {i: world.gold(slug, i) for i in site.articles}
        night = world.next_night()[slug]
        after = {i: world.gold(slug, i) for i in site.articles}
        assert before.keys() - after.keys() == {night.removed}
        assert after.keys() - before.keys() == set(night.new)
        assert not set(night.new) & ever  # no number is given twice
        ever |= set(night.new)
        assert {i for i in before.keys() & after.keys() if before[i] != after[i]} == {night.edited}
        old, new = before[night.edited], after[night.edited]
        assert {k for k in old if old[k] != new[k]} == {"paragraphs"}  # type: ignore[literal-required]
        changed = [(a, b) for a, b in zip(old["paragraphs"], new["paragraphs"], strict=True) if a != b]
        assert len(changed) == 1
        assert re.sub(r"\d+", "#", changed[0][0]) == re.sub(r"\d+", "#", changed[0][1])
        assert [a.id for a in site.newest()[:3]] == sorted(night.new, reverse=True)
        assert changed[0][1] in read(page(site, night.edited))
        for new_id in night.new:
            assert new_id in set().union(*(listed(site, site.get(path).body) for _, path in site.sections))
