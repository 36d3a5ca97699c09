"""The replica sites: as awkward as the sites they stand for, in listings, traps and missing pages, and well served."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from demo_pages import SLUGS, Client, links, listed, page, read
from lxml import html

from monitor.demo.world import World


@pytest.fixture(scope="module")
def world() -> World:
    """A world without servers, as it is before the first night."""
    return World(articles_per_site=40)


@pytest.fixture(scope="module")
def served() -> Iterator[World]:
    with World(articles_per_site=50) as running:
        yield running


# --- listings, paging, traps


@pytest.mark.parametrize(
    ("slug", "address"),
    [
        ("hai_duong", "{listing}?page={n}"),
        ("quang_binh", "{listing}?p_p_id=101&_101_cur={n}"),
        ("lam_binh", "{listing}/trang-{n}.html"),
        ("tuyen_quang", "{listing}/trang-{n}.html"),
    ],
)
def test_paging_by_address_reaches_every_article_newest_first(world: World, slug: str, address: str) -> None:
    site = world.sites[slug]
    for section, (_, path) in enumerate(site.sections):
        whole = [a.id for a in site.newest(section)]
        seen: set[int] = set()
        for n in range(1, -(-len(whole) // site.per_page) + 1):
            ids = listed(site, site.get(address.format(listing=path.removesuffix("/trang-1.html"), n=n)).body)
            assert ids == set(whole[(n - 1) * site.per_page : n * site.per_page])
            seen |= ids
        assert seen == set(whole)


def form(body: bytes) -> dict[str, str]:
    tree = html.document_fromstring(body.decode())
    return {i.get("name"): i.get("value") for i in tree.xpath("//form[@id='aspnetForm']//input[@type='hidden']")}


def test_postback_paging_needs_the_state_that_the_page_gave(served: World) -> None:
    site = served.sites["binh_thanh"]
    path = site.sections[0][1]
    whole = [a.id for a in site.newest(0)]
    with Client(served, "binh_thanh") as ask:
        first = ask("GET", path)[1]
        assert listed(site, first) == set(whole[:10])
        target, argument = re.findall(r"__doPostBack\('([^']*)','(Page\$Next)'\)", first.decode())[0]
        fields = form(first) | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
        kind = {"Content_Type": "application/x-www-form-urlencoded"}
        second = ask("POST", path, urlencode(fields), **kind)[1]
        assert listed(site, second) == set(whole[10:20])
        onward = form(second) | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
        assert listed(site, ask("POST", path, urlencode(onward), **kind)[1]) == set(whole[20:30])
        for broken in (fields | {"__VIEWSTATE": ""}, fields | {"__VIEWSTATE": "AAAA"}, {"__EVENTARGUMENT": "Page$2"}):
            assert listed(site, ask("POST", path, urlencode(broken), **kind)[1]) == set(whole[:10])
        assert listed(site, ask("GET", path + "?Page=2")[1]) == set(whole[:10])


def test_the_language_trap_nests_for_ever_and_grows(world: World) -> None:
    site = world.sites["quang_binh"]
    path, sizes = site.sections[0][1], []
    for step in ("/vi", "/en", "/vi", "/en", "/vi"):
        path += step
        answer = site.get(path)
        assert answer.status == 200
        assert f"{path}/en" in links(answer.body)
        sizes.append(len(re.sub(rb"(?s)<h1 class=.portlet-title.*", b"", answer.body)))
    assert listed(site, answer.body)
    assert site.get("/en" + site.article_path(site.newest()[0])).body.count(b"asset-full-content-title") == 1


def test_calendars_have_no_end(world: World) -> None:
    for slug, start, label in (
        ("binh_thanh", "/Pages/xem-theo-ngay.aspx?ngay=2024-03-01", "Ngày sau"),
        ("hai_duong", "/lich-cong-tac/2024/03", "Tháng sau"),
    ):
        seen, target = set(), start
        for _ in range(20):
            assert target not in seen
            seen.add(target)
            answer = world.sites[slug].get(target)
            assert answer.status == 200
            target = re.findall(rf'href="([^"]*)">{label}', answer.body.decode())[0]
            target = target if target.startswith("/") else f"/Pages/{target}"


def test_print_views_sort_orders_and_sessions_answer_like_pages(world: World) -> None:
    for slug, suffix in (("hai_duong", "{}?print=1"), ("quang_binh", "/pop_up{}?_101_viewMode=print")):
        site = world.sites[slug]
        article = site.newest()[0]
        text = read(site.get(suffix.format(site.article_path(article))).body)
        assert article.headline in text
        assert "Thông báo lịch tiếp công dân" not in text
    ordered = world.sites["hai_duong"].get("/tin-hoat-dong?sort=views&dir=desc").body
    assert listed(world.sites["hai_duong"], ordered) != {a.id for a in world.sites["hai_duong"].newest(0)[:12]}
    liferay = world.sites["quang_binh"]
    article = liferay.newest()[0]
    session = f"{liferay.article_path(article)};jsessionid=0A1B"
    assert article.headline in read(liferay.get(session).body)
    assert any(";jsessionid=" in href for href in links(page(liferay, article.id)))
    assert any("?t=" in href for href in links(page(world.sites["hai_duong"], world.sites["hai_duong"].newest()[0].id)))


@pytest.mark.parametrize(
    ("slug", "status", "says"),
    [
        ("hai_duong", 404, "Trang bạn yêu cầu không tồn tại"),
        ("quang_binh", 200, "Không tìm thấy"),
        ("lam_binh", 200, "tự chuyển về trang chủ sau 3 giây"),
        ("tuyen_quang", 200, "Hoạt động của Huyện uỷ"),
        ("binh_thanh", 200, "TIN MỚI HƠN"),
    ],
)
def test_a_missing_article_is_missing_in_the_way_of_its_family(world: World, slug: str, status: int, says: str) -> None:
    site = world.sites[slug]
    gone = site.article_path(site.newest()[0]).replace(str(site.newest()[0].id), "999999999")
    answer = site.get(gone)
    assert answer.status == status
    assert says in read(answer.body)
    assert all(paragraph not in read(answer.body) for paragraph in site.gold(site.newest()[0].id)["paragraphs"])
    if slug == "lam_binh":
        assert b'http-equiv="refresh" content="3;url=/"' in answer.body
    if slug == "tuyen_quang":
        assert len(answer.body) == len(site.get("/").body)


def test_every_site_has_a_login_page_and_one_has_robots(world: World) -> None:
    for slug, site in world.sites.items():
        assert b'type="password"' in site.get("/dang-nhap").body
        assert any("dang-nhap" in href or "login" in href for href in links(site.get("/").body))
        robots = site.get("/robots.txt")
        assert robots.status == (200 if slug == "hai_duong" else 404)
    assert b"Disallow: /lich-cong-tac" in world.sites["hai_duong"].get("/robots.txt").body


def test_pages_have_the_size_of_real_ones(world: World) -> None:
    for slug in SLUGS:
        site = world.sites[slug]
        for article in site.newest()[:10]:
            assert 20_000 < len(page(site, article.id)) < 70_000


# --- the servers


def test_the_servers_keep_connections_alive_answer_head_and_log_every_request(served: World) -> None:
    for slug in SLUGS:
        site, before = served.sites[slug], len(served.log(slug))
        target = quote(site.article_path(site.newest()[0]), safe="/?=")
        with Client(served, slug) as ask:
            status, body, answer = ask("GET", target)
            assert status == 200
            assert answer.version == 11
            assert answer.headers["Date"]
            assert site.newest()[0].headline in read(body)
            socket = ask.connection.sock
            assert ask("HEAD", target)[1] == b""
            assert ask("GET", "/robots.txt")[0] in (200, 404)
            assert ask.connection.sock is socket
        status_of_robots = 200 if slug == "hai_duong" else 404
        assert served.log(slug)[before:] == [
            ("GET", target, 200),
            ("HEAD", target, 200),
            ("GET", "/robots.txt", status_of_robots),
        ]
        assert served.gold(slug, site.newest()[0].id)["url"] == served.base_url(slug) + target


def test_only_lam_binh_has_validators_and_they_are_honest(served: World) -> None:
    for slug in SLUGS:
        site = served.sites[slug]
        with Client(served, slug) as ask:
            answer = ask("GET", site.article_path(site.newest()[0]))[2]
        assert (answer.headers["ETag"] is not None) == (slug == "lam_binh")
    site = served.sites["lam_binh"]
    target = site.article_path(site.newest()[0])
    with Client(served, "lam_binh") as ask:
        known = ask("GET", target)[2].headers
        status, body, answer = ask("GET", target, If_None_Match=known["ETag"])
        assert (status, body, answer.headers["ETag"]) == (304, b"", known["ETag"])
        assert ask("GET", target, If_Modified_Since=known["Last-Modified"])[0] == 304
        assert ask("GET", target, If_None_Match='W/"other"', If_Modified_Since=known["Last-Modified"])[0] == 200
    other = World(articles_per_site=30)
    lam_binh = other.sites["lam_binh"]
    before = {i: dict(lam_binh.validators(a)) for i, a in lam_binh.articles.items()}
    night = other.next_night()["lam_binh"]
    after = {i: dict(lam_binh.validators(a)) for i, a in lam_binh.articles.items() if i in before}
    assert {i for i, tags in after.items() if tags["ETag"] != before[i]["ETag"]} == {night.edited}
    assert {i for i, tags in after.items() if tags["Last-Modified"] != before[i]["Last-Modified"]} == {night.edited}


def test_the_configuration_names_every_site_where_it_is_served(served: World) -> None:
    config = tomllib.loads(served.config_toml())
    assert config["network"]["allow_private_addresses"] is True
    assert {slug: site["home_url"] for slug, site in config["sites"].items()} == {
        slug: served.base_url(slug) + "/" for slug in SLUGS
    }


@pytest.mark.parametrize(
    "garbage",
    [
        "/%ff%fe/..;jsessionid",
        "/" + "9" * 6000,
        "/tin-hoat-dong?page=" + "9" * 6000,
        "/tin-hoat-dong?page=-1&_101_cur=x",
        "/Pages/xem-theo-ngay.aspx?ngay=0001-01-01",
        "/Pages/chi-tiet.aspx?ItemID=٣",
        "/lich-cong-tac/0000/99",
        "//",
        "/vi/vi/",
    ],
)
def test_no_address_breaks_a_replica(world: World, garbage: str) -> None:
    for site in world.sites.values():
        assert site.get(garbage).status in (200, 404)
