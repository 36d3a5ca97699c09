"""``luutin check-site``: replica sites read without a suspicion, wrong declarations found out field by field."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from crawler.clock import FROZEN
from crawler.cms.generic import GENERIC
from crawler.config import Config
from crawler.config_tables import Network, Politeness
from crawler.errors import ConfigError, InputError
from crawler.links import NextPage
from crawler.site import Addresses, Landmarks, Reading, Section, Selectors, Site
from crawler.tree import parse
from crawler.warc import Capture, read_captures
from monitor import cli
from monitor.checking import page as one_page
from monitor.checking.across import compare
from monitor.checking.listing import ListingLook
from monitor.checking.moving import moving_parts
from monitor.checking.page import FIELDS
from monitor.checking.report import print_check
from monitor.checking.site import Report, check
from monitor.demo.world import World
from monitor.fetch import Fetched
from monitor.visit import SiteVisit
from spiders import registry

CONFIG = Config(network=Network(allow_private_addresses=True), politeness=Politeness(delay_seconds=0))
DATED = ("hai_duong", "quang_binh", "binh_thanh")
UNDATED = ("lam_binh", "tuyen_quang")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(articles_per_site=40) as world:
        yield world


@pytest.fixture
def settings(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A luutin.toml that knows the replica sites."""
    file = tmp_path / "luutin.toml"
    file.write_text(world.config_toml(), encoding="utf-8")
    monkeypatch.setenv("LUUTIN_CONFIG", str(file))
    monkeypatch.setenv("LUUTIN_DATA", str(tmp_path / "data"))
    return file


def luutin(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, ["check-site", *map(str, arguments)])


def declared(world: World, slug: str, **changes: Any) -> Site:
    """A site of the project where its replica is served, with a declaration of its own."""
    site = registry(Config())[slug]
    return replace(site, home_url=f"{world.base_url(slug)}/", **changes)


def said(report: Report, field: str, *levels: str) -> set[str]:
    """What was found about a field, on pages or about the declaration."""
    every = [f for page in report.articles for f in page.findings]
    every += [f for page in report.listings for f in page.findings] + report.findings
    return {f.said for f in every if f.field == field and f.level in (levels or ("wrong", "missing", "suspicious"))}


def with_selectors(**selectors: tuple[str, ...]) -> Reading:
    return Reading(selectors=Selectors(**selectors))


# -- what is as it should be --------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", DATED)
def test_a_dated_replica_is_read_without_a_suspicion(world: World, slug: str) -> None:
    report = check(declared(world, slug), CONFIG)
    assert report.troubles == []
    assert report.good
    assert len(report.articles) == 6
    assert all(article.mark(name) in "✓–" for article in report.articles for name in FIELDS)
    assert all(article.mark(name) == "✓" for article in report.articles for name in ("selectors", "end", "steady"))
    assert [listing.number for listing in report.listings] == [1, 2, 1, 2]


@pytest.mark.parametrize("slug", UNDATED)
def test_a_replica_that_shows_no_dates_lacks_them_and_nothing_else(world: World, slug: str) -> None:
    report = check(declared(world, slug), CONFIG)
    assert {(f.field, f.level) for f in report.troubles} == {("date", "missing")}
    assert said(report, "date") == {"no date was found, nor a line that states one"}
    assert not report.good


def test_a_site_of_no_cms_is_read_by_its_own_selectors_and_not_guessed(world: World) -> None:
    site = declared(world, "hai_duong")
    alone = replace(site, family=GENERIC, reading=site.reading_at(None), addresses=site.urls)
    report = check(alone, CONFIG)
    assert said(report, "selectors") == set()
    assert {article.how for article in report.articles} == {"own"}
    elsewhere = check(replace(alone, reading=with_selectors(body=("div.none",))), CONFIG)
    assert {article.mark("selectors") for article in elsewhere.articles} == {"!"}


def test_what_is_read_is_what_is_true(world: World) -> None:
    for slug in DATED:
        for look in check(declared(world, slug), CONFIG, pages=1).articles:
            gold = next(g for a in world.sites[slug].articles if (g := world.gold(slug, a))["url"] == look.url)
            assert look.article is not None
            assert (look.article.headline, list(look.article.paragraphs)) == (gold["headline"], gold["paragraphs"])


def test_a_report_names_every_field_of_every_page_and_its_table_fits_a_log(world: World, settings: Path) -> None:
    result = luutin("hai_duong", "--pages", 2)
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    for name in FIELDS:
        assert len(re.findall(rf"^  [✓–] {name}\b", result.stdout, flags=re.MULTILINE)) == 4
        assert re.search(rf"^  {name} +(?:[✓–] *){{4}}$", result.stdout, flags=re.MULTILINE), name
    assert f"GET {world.base_url('hai_duong')}/tin-hoat-dong\n" in result.stderr
    assert not (settings.parent / "data").exists(), "nothing is stored"


def test_json_holds_all_of_it(world: World, settings: Path) -> None:
    result = luutin("quang_binh", "--pages", 1, "--json")
    report = json.loads(result.stdout)
    assert report["good"] is True
    assert [listing["total"] for listing in report["listings"]] == [24, 24, 16, 16]
    assert all(set(article["marks"]) == set(FIELDS) for article in report["articles"])
    assert report["articles"][0]["article"]["headline"]
    assert {part["selector"] for part in report["moving"]} >= {"#footer > p"}


def test_given_addresses_are_looked_at_instead_of_listings(world: World, settings: Path) -> None:
    site = world.sites["hai_duong"]
    urls = [site.article_url(article.id) for article in site.newest()[:2]]
    report = json.loads(luutin("hai_duong", "--json", "--url", urls[0], "--url", urls[1]).stdout)
    assert [article["url"] for article in report["articles"]] == urls
    assert report["listings"] == []


# -- what is refused ----------------------------------------------------------------------------------------------


def test_a_site_that_may_not_be_asked_is_one_clear_sentence(settings: Path) -> None:
    for arguments, told in (
        (["hai_dong"], "Did you mean hai_duong?"),
        (["hai_duong", "--url", "ftp://example.vn/x"], "is not a web address"),
        (["hai_duong", "--url", "https://example.vn/x"], "on a host that is not the site's"),
    ):
        result = luutin(*arguments)
        assert result.exit_code == 2
        assert told in result.stderr
    settings.write_text("[sites.lam_binh]\nenabled = false\n")
    for slug, told in (("hai_duong", "give sites.hai_duong.home_url"), ("lam_binh", "is switched off")):
        result = luutin(slug)
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
        assert told in result.stderr


def test_a_selector_that_is_no_css_is_named_before_anything_is_asked(world: World) -> None:
    site = declared(world, "hai_duong", reading=with_selectors(headline=("div[",)))
    with pytest.raises(ConfigError, match=r"'div\[', a selector of headline, is no CSS"):
        check(site, CONFIG)


# -- wrong declarations, found out field by field -----------------------------------------------------------------


def test_a_headline_that_is_the_same_everywhere_is_none(world: World) -> None:
    site = declared(world, "hai_duong", reading=with_selectors(headline=(".toplink",)))
    found = said(check(site, CONFIG), "headline")
    assert "“Đăng nhập” on all 6 pages" in found
    assert any(text.startswith("the page's title says “") for text in found)


def test_a_date_that_is_the_page_s_clock_moves(world: World) -> None:
    report = check(declared(world, "hai_duong", reading=with_selectors(date=(".today",))), CONFIG)
    moved = said(report, "steady")
    assert len(moved) == 6
    assert all("something that moves is inside the article (date)" in text and ".today" in text for text in moved)
    assert all(page.mark("steady") == "!" for page in report.articles)


@pytest.mark.parametrize(
    ("ahead", "told"), [(timedelta(minutes=2), "is this very moment"), (-timedelta(hours=2), "is still to come")]
)
def test_a_date_of_this_moment_or_of_the_future_is_suspicious(
    world: World, monkeypatch: pytest.MonkeyPatch, ahead: timedelta, told: str
) -> None:
    article = world.sites["hai_duong"].newest()[0]
    monkeypatch.setenv(FROZEN, (article.published + ahead).isoformat())
    url = world.sites["hai_duong"].article_url(article.id)
    (found,) = said(check(declared(world, "hai_duong"), CONFIG, urls=(url,)), "date")
    assert told in found


def test_an_author_that_signs_every_page_is_suspicious(world: World) -> None:
    report = check(declared(world, "hai_duong", reading=with_selectors(author=(".toplink",))), CONFIG)
    assert said(report, "author") == {"“Đăng nhập” on all 6 pages", "“Đăng nhập” does not look like a name"}


def test_an_author_that_is_a_date_is_none(world: World) -> None:
    report = check(declared(world, "hai_duong", reading=with_selectors(author=(".date",))), CONFIG, pages=1)
    assert said(report, "author") == {"the site's selector .date matches, but holds no author"}
    assert [page.mark("author") for page in report.articles] == ["!", "!"]


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        (".mainmenu", "the site's selector .mainmenu matches, but holds no description"),
        (".date", "is no lead"),
        ("#article_text", "the lead is most of the text: its container is too wide"),
        (".fontsize-label", "the site's selector .fontsize-label matches, but holds no description"),
    ],
)
def test_a_lead_that_is_none_is_found_out(world: World, selector: str, told: str) -> None:
    report = check(declared(world, "hai_duong", reading=with_selectors(lead=(selector,))), CONFIG)
    assert len(said(report, "description")) >= 1
    assert all(told in text for text in said(report, "description"))


def test_a_container_that_is_too_narrow_leaves_text_out(world: World) -> None:
    report = check(declared(world, "hai_duong", reading=with_selectors(body=(".sapo",))), CONFIG)
    assert any("characters of running text are not in it" in text for text in said(report, "body"))


def test_a_container_that_is_too_wide_takes_furniture_in(world: World) -> None:
    report = check(declared(world, "quang_binh", reading=with_selectors(body=("#main",))), CONFIG)
    assert {text.partition("” ")[2] for text in said(report, "body")} == {
        "stands in the text: its container is too wide"
    }


def test_a_container_of_the_template_is_boilerplate_in_every_article(world: World) -> None:
    report = check(declared(world, "hai_duong", reading=with_selectors(body=("#wrapfooter",))), CONFIG)
    assert any(re.search(r"stands in 6 of 6 articles$", text) for text in said(report, "body"))


def test_a_selector_that_matches_nowhere_is_named(world: World) -> None:
    site = declared(world, "hai_duong", reading=with_selectors(headline=("h1.tieu-de",), lead=("p.sapo",)))
    report = check(site, CONFIG, pages=1)
    assert said(report, "headline") == {"the site's selector h1.tieu-de matches on none of the pages"}
    assert said(report, "description") == {"the site's selector p.sapo matches on none of the pages"}


def test_a_landmark_in_the_middle_of_an_article_cuts_it(world: World) -> None:
    replica = world.sites["hai_duong"]
    article = next(a for a in replica.newest() if any(p.caption for p in a.pictures))
    caption = next(p.caption for p in article.pictures if p.caption)
    site = declared(world, "hai_duong", reading=Reading(landmarks=Landmarks(closes=(caption,))))
    report = check(site, CONFIG, urls=(replica.article_url(article.id),))
    (found,) = said(report, "end")
    assert found.startswith("the text goes on behind “")


def test_a_landmark_that_stands_nowhere_is_a_note(world: World) -> None:
    site = declared(world, "hai_duong", reading=Reading(landmarks=Landmarks(closes=("Hết bài",))))
    report = check(site, CONFIG, pages=1)
    assert said(report, "end", "note") == {"the site's landmark “Hết bài” stands on none of the pages"}
    assert report.good


def test_a_pattern_of_articles_that_matches_nothing_or_listings_is_found_out(world: World, settings: Path) -> None:
    base = world.config_toml()
    for pattern, told in (
        ("^/khong-co/", "no link matches the pattern of articles, ^/khong-co/"),
        ("^/(?:tin|dan)-", "the pattern of articles also matches listings"),
        (r"-\\d+$", "the pattern of articles finds no identifier of the CMS in the address"),
    ):
        settings.write_text(base.replace("[sites.hai_duong]\n", f'[sites.hai_duong]\narticle = "{pattern}"\n'))
        result = luutin("hai_duong", "--pages", 1)
        assert result.exit_code == 4
        assert told in result.stdout
        assert "luutin: hai_duong is not read as it should be: " in result.stderr


def test_the_wrong_cms_is_found_out_by_the_family_that_steps_in(world: World, settings: Path) -> None:
    settings.write_text(
        "[network]\nallow_private_addresses = true\n[politeness]\ndelay_seconds = 0\n"
        f'[sites.moi]\nname = "Ban mới"\ncms = "liferay"\nhome_url = "{world.base_url("hai_duong")}/"\n'
        'sections = [{ name = "Tin", path = "/tin-hoat-dong" }]\narticle = "^/tin-hoat-dong/.*-(?P<id>\\\\d+)$"\n'
    )
    result = luutin("moi", "--pages", 1)
    assert result.exit_code == 4
    assert "the declared selectors find no article on the page; those of mojoportal were used" in result.stdout
    assert "the declared paging finds no way to page 2" in result.stdout


# -- what moves ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "selector", "kind"),
    [
        ("hai_duong", ".today", "date"),
        ("quang_binh", "#footer > p", "counter"),
        ("lam_binh", ".lien-quan > ul", "list"),
        ("binh_thanh", ".so", "counter"),
        ("binh_thanh", ".luot-xem", "counter"),
    ],
)
def test_what_moves_on_a_replica_is_proposed_with_its_selector(
    world: World, slug: str, selector: str, kind: str
) -> None:
    proposals = {p.part.selector: p for p in check(declared(world, slug), CONFIG).proposals}
    assert proposals[selector].part.kind == kind
    assert proposals[selector].pages >= 3
    assert not proposals[selector].part.in_article


def test_what_the_declaration_drops_already_is_not_proposed_again(world: World) -> None:
    report = check(declared(world, "hai_duong"), CONFIG, pages=1)
    moving = {part.selector: part.kept_out for part in report.articles[0].moving}
    assert moving[".texthit"] == "drop"
    assert ".texthit" not in {p.part.selector for p in report.proposals}


PAGE = (
    "<html><body><div id=top>{top}</div><div class='bai chi-tiet'>{inner}<p>Một.</p><p>Hai.</p></div>"
    "<script>var token = {top};</script><ul>{items}</ul></body></html>"
)


def page(top: object, inner: object = "", items: str = "<li>a</li>") -> bytes:
    return PAGE.format(top=top, inner=inner, items=items).encode()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (page(1), page(1), []),
        (page(1), page(2), [("#top", None, False)]),
        (page(1, "<b>1</b>"), page(1, "<b>2</b>"), [(".bai > b", None, True)]),
        (page(1, "Lượt xem: 7"), page(1, "Lượt xem: 8"), [(".bai", "Lượt xem", True)]),
        (page(1, "<p>x</p>"), page(1, "<p>y</p>"), [(".bai > p:nth-of-type(1)", None, True)]),
        (page(1), page(1, "<div class=qc>Quảng cáo</div>"), [(".qc", None, True)]),
        (page(1, "", "<li>a</li><li>b</li>"), page(1, "", "<li>c</li><li>d</li>"), [("body > ul", None, False)]),
        (b"", b"<p>x</p>", [("body > p", None, False)]),
        (page(1, "<o:p>1</o:p>"), page(1, "<o:p>2</o:p>"), [(".bai", "", True)]),
    ],
)
def test_a_moving_part_is_the_smallest_node_that_may_be_dropped(
    one: bytes, other: bytes, expected: list[tuple[str, str | None, bool]]
) -> None:
    found = moving_parts(one, other, None, Reading(selectors=Selectors(body=(".bai",))))
    assert [(part.selector, part.landmark, part.in_article) for part in found] == expected


PIECES = (
    "<div class='a b'>",
    "<div id=c>",
    "</div>",
    "<p>",
    "<o:p>",
    "<x'y class='1z'>",
    "<ul><li>",
    "7 ",
    "8 ",
    "từ ",
)


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.lists(st.sampled_from(PIECES), max_size=30))
def test_whatever_moves_each_selector_finds_something(one: list[str], other: list[str]) -> None:
    first, second = "".join(one).encode(), "".join(other).encode()
    for part in moving_parts(first, second, None, Reading()):
        assert any(parse(page, None).css(part.selector) for page in (first, second))


def test_pages_of_garbage_are_looked_at_without_a_crash(world: World) -> None:
    chance = Random(3)
    for slug in world.sites:
        site, replica = declared(world, slug), world.sites[slug]
        path = replica.article_path(replica.newest()[0])
        for _ in range(4):
            payload = bytearray(replica.get(path).body)
            for _ in range(3):
                at = chance.randrange(len(payload))
                payload[at : at + chance.randrange(3000)] = chance.randbytes(40) + b"<div><o:p>" * 9
            pages = (bytes(payload), replica.get(path).body)
            once, again = (Fetched(f"{world.base_url(slug)}{path}", 200, None, p) for p in pages)
            look = one_page.look(site, "", once, again)
            compare(site, [look, look])
            assert json.dumps(look.as_json())


# -- pages of our own ---------------------------------------------------------------------------------------------

TEXT = "".join(
    f"<p>Đoạn {n} kể rằng bà con trong bản đã cùng nhau góp công, góp của làm xong con đường vào nhà văn hóa.</p>"
    for n in range(4)
)
Answers = Callable[[str], tuple[int, str]]


@contextmanager
def served(answers: Answers) -> Iterator[tuple[str, list[str]]]:
    """A server whose pages ``answers`` gives, by path; its address, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, body = answers(self.path)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def simple(base: str) -> Site:
    return Site(
        slug="thu",
        name="Thử",
        committee="",
        province="",
        home_url=f"{base}/",
        family=GENERIC,
        sections=(Section(name="Tin", path="/tin"),),
        addresses=Addresses(article=r"^/bai-(?P<id>\d+)$"),
        reading=with_selectors(headline=("h1",), date=(".ngay",), body=(".bai",), author=(".tac-gia",)),
    )


def article(n: int, *, body: str = TEXT, author: str = "Hà Thị Lan") -> str:
    return (
        f"<title>Bài số {n} về con đường mới</title><h1>Bài số {n} về con đường mới</h1><div class=ngay>0{n}/03/2024 "
        f"08:1{n}</div><div class=bai>{body}</div><div class=tac-gia>{author}</div><div>Tin liên quan</div>"
    )


def listing(path: str, *numbers: int) -> tuple[int, str]:
    if path == "/robots.txt":
        return 404, ""
    if path == "/tin":
        return 200, "".join(f'<a href="/bai-{n}">Bài số {n} về con đường mới</a>' for n in numbers)
    return 200, article(int(path.rpartition("-")[2]))


def test_a_text_that_is_too_short_broken_or_signed_by_an_account_is_suspicious() -> None:
    pages = {
        "/bai-1": article(1, body="<p>Chiều nay, huyện họp bàn việc làm đường.</p>"),
        "/bai-2": article(2, body=TEXT + "<p>Há»™i nghá»‹ Ä‘Ã£ thÃ nh cÃ´ng tá»‘t Ä‘áº¹p, bÃ con phÃ¥n khá»Ÿi.</p>"),
        "/bai-3": article(3, author="bientap01"),
    }
    with served(lambda path: (200, pages[path]) if path in pages else listing(path, 1, 2, 3)) as (base, _):
        report = check(simple(base), CONFIG)
    assert said(report, "body") > {"only 8 words, and no file that would explain it"}
    assert any("broken letters" in text for text in said(report, "body"))
    assert [page.mark("author") for page in report.articles] == ["✓", "✓", "!"]


def test_the_same_text_under_two_addresses_is_a_note_and_no_boilerplate() -> None:
    with served(lambda path: listing(path, 1, 2, 3)) as (base, _):
        report = check(simple(base), CONFIG)
    assert not said(report, "body")
    assert all("much the same text as" in text for text in said(report, "body", "note"))


def test_a_parameter_that_moves_in_the_addresses_of_files_is_proposed_until_it_is_declared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tickets = iter(range(1000, 2000))

    def answers(path: str) -> tuple[int, str]:
        file = f'<p><a href="/tai-ve.ashx?ticket={next(tickets)}&amp;f=1.pdf">Công văn số 7</a></p>'
        return (200, article(1, body=TEXT + file)) if path == "/bai-1" else listing(path, 1)

    with served(answers) as (base, _):
        site = simple(base)
        report = check(site, CONFIG)
        assert report.as_json()["moving_params"] == {"ticket": 1}
        print_check(report)
        assert 'drop_params=("ticket",)' in capsys.readouterr().out
        report = check(replace(site, addresses=replace(site.urls, drop_params=("ticket",))), CONFIG)
    assert (report.moving_params, said(report, "steady")) == ({}, set())


def test_a_page_that_fails_is_told_and_the_others_are_looked_at() -> None:
    def answers(path: str) -> tuple[int, str]:
        return (500, "") if path == "/bai-2" else listing(path, 1, 2, 3)

    with served(answers) as (base, _):
        report = check(simple(base), CONFIG)
    assert [page.mark("page") for page in report.articles] == ["✓", "!", "✓"]
    assert "the page answers 500" in said(report, "page")


def test_where_no_article_is_listed_that_is_said_in_place_of_an_empty_table(capsys: pytest.CaptureFixture[str]) -> None:
    with served(lambda path: listing(path)) as (base, _):
        print_check(check(simple(base), CONFIG))
    shown = capsys.readouterr().out
    assert "no link matches the pattern of articles" in shown
    assert "No article was looked at" in shown
    assert "to be looked at" not in shown


def test_a_page_reached_by_a_postback_is_told_from_the_first_whose_address_it_has(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = Report("a", "http://a.example/", "webforms")
    report.listings = [ListingLook("Tin", n, "http://a.example/tin", method=m) for n, m in ((1, "GET"), (2, "POST"))]
    print_check(report)
    shown = capsys.readouterr().out
    assert "Tin, page 1: http://a.example/tin" in shown
    assert "Tin, page 2, by postback: http://a.example/tin" in shown


def test_a_server_that_has_enough_is_left_alone() -> None:
    def answers(path: str) -> tuple[int, str]:
        return (429, "") if path == "/bai-2" else listing(path, 1, 2, 3)

    with served(answers) as (base, asked):
        report = check(simple(base), CONFIG)
    assert asked == ["/robots.txt", "/tin", "/bai-1", "/bai-2"]
    assert any("answered 429, so nothing more was asked" in text for text in said(report, "page"))


@pytest.mark.parametrize(
    ("robots", "told"),
    [
        ((503, ""), "its robots.txt answers 503"),
        ((200, "User-agent: *\nDisallow: /tin"), "forbidden by robots.txt"),
        ((200, "User-agent: *\nCrawl-delay: 900"), "wants 900 seconds between two requests"),
        ((302, "https://example.vn/robots.txt"), "its robots.txt cannot be read"),
    ],
)
def test_robots_txt_is_obeyed(robots: tuple[int, str], told: str) -> None:
    with served(lambda path: robots if path == "/robots.txt" else listing(path, 1)) as (base, asked):
        report = check(simple(base), CONFIG)
    assert asked == ["/robots.txt"]
    (found,) = said(report, "listing")
    assert told in found
    assert not report.good


def test_redirects_pass_the_guard_and_requests_keep_the_pace() -> None:
    def answers(path: str) -> tuple[int, str]:
        if path == "/robots.txt":
            return 200, "User-agent: *\nCrawl-delay: 7"
        return (302, "https://example.vn/") if path == "/bai-1" else listing(path, 1)

    waited: list[float] = []
    with served(answers) as (base, asked):
        visit = SiteVisit(simple(base), CONFIG, waited.append)
        assert visit.get(NextPage(f"{base}/bai-2")).status == 200
        with pytest.raises(InputError, match="on a host that is not the site's"):
            visit.get(NextPage(f"{base}/bai-1"))
    assert asked == ["/robots.txt", "/bai-2", "/bai-1"]
    assert [round(seconds) for seconds in waited] == [7, 7]
    assert visit.requests == 3


# -- a real portal ------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_a_real_portal_is_read_without_a_suspicion(shared: Path) -> None:
    captures = read_captures(shared / "corpus" / "sotttt-hanoi-party.warc.gz")
    pages = {urlsplit(c.url).path: c.payload.decode() for c in captures if isinstance(c, Capture)}
    path = "/hoat-ong-ang-oan-the.html"

    def answers(target: str) -> tuple[int, str]:
        return (200, pages[found]) if (found := urlsplit(target).path) in pages else (404, "")

    with served(answers) as (base, _):
        portal = registry(Config())["sotttt_hanoi"]
        report = check(
            replace(portal, home_url=f"{base}/", sections=(Section(name="Đảng", path=path),)), CONFIG, pages=20
        )
    assert report.troubles == []
    assert [(listing.articles, listing.total) for listing in report.listings] == [(10, 263), (10, 263)]
    assert len(report.articles) == 10
    assert report.proposals == []
