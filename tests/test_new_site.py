"""``luutin new-site``: a declaration that works from the first crawl, and a golden that waits for a person."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from crawler.cms import FAMILIES, generic_site
from crawler.cms.generic import GENERIC
from crawler.site import Addresses, Landmarks, Paging, Reading, Section, Selectors, Site
from crawler.urls import cms_id, is_article
from monitor import cli
from monitor.adding.declaration import module
from monitor.adding.newsite import slug_of
from monitor.adding.recognise import EVIDENCE, recognise
from monitor.adding.survey import article_pattern
from monitor.demo.world import World
from tests.portals import PORTALS, SECTIONS, STORIES, served
from tests.test_road import portal
from tests.test_sites import cases, reading, unchecked

RUFF = Path(sys.executable).with_name("ruff")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Settings with which this machine's own addresses are asked, without waiting."""
    file = tmp_path / "luutin.toml"
    file.write_text("[network]\nallow_private_addresses = true\n[politeness]\ndelay_seconds = 0\n", encoding="utf-8")
    monkeypatch.setenv("LUUTIN_CONFIG", str(file))
    monkeypatch.setenv("LUUTIN_DATA", str(tmp_path / "data"))
    return file


def new_site(url: str, directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["new-site", url, "--dir", str(directory), *arguments])


def sentence(result: Result) -> str:
    """What went wrong, which must be one line and no traceback."""
    assert result.exit_code == 2, result.output
    told = [line for line in result.stderr.splitlines() if not line.startswith("Looking at ")]
    assert len(told) == 1, result.stderr
    return told[0]


def loaded(directory: Path, slug: str) -> Site:
    """The SITE that a proposed file declares."""
    spec = importlib.util.spec_from_file_location(slug, directory / "spiders" / f"{slug}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    site: Site = made.SITE
    return site


def is_tidy(path: Path) -> bool:
    """Whether ruff has nothing to say of a file, by the rules of this project."""
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", str(path)]
    runs = [[RUFF, "check", *settings], [RUFF, "format", "--check", *settings]]
    return all(subprocess.run(run, capture_output=True, check=False).returncode == 0 for run in runs)


# -- families -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PORTALS)
def test_a_portal_of_every_family_is_recognised_declared_and_read_exactly(tmp_path: Path, name: str) -> None:
    built = PORTALS[name]
    with served(built.pages()) as web:
        result = new_site(f"{web.url}/", tmp_path, "--slug", "moi", "--name", 'Ban Dân vận "Huyện ủy"')
        assert result.exit_code == 0, result.output
        urls = {f"{web.url}{built.link(story)}": story for story in STORIES}
    assert f"CMS: {built.recognised} (" in result.stdout
    site = loaded(tmp_path, "moi")
    assert is_tidy(tmp_path / "spiders" / "moi.py")
    assert len((tmp_path / "spiders" / "moi.py").read_text().splitlines()) <= 60
    assert (site.slug, site.name, site.status) == ("moi", 'Ban Dân vận "Huyện ủy"', "unverified")
    assert [s.name for s in site.sections] == [name for name, _ in SECTIONS]
    assert site.family is FAMILIES[built.recognised.split()[0]]
    assert site.pages.kind == built.paging
    assert all(is_article(url, site.urls) for url in urls)
    identifiers = {cms_id(url, site.urls) for url in urls}
    assert len(identifiers) == len(STORIES)
    assert not any(is_article(site.listing_url(section), site.urls) for section in site.sections)
    proposed = [page for page in golden(tmp_path, "moi")["pages"] if page["quality"] == "article"]
    assert len(proposed) == 2
    for page in proposed:
        story = urls[page["url"]]
        told = (page["headline"], page["paragraphs"], page["author"], page["date_published"])
        assert told == (story.headline, [story.lead, *story.paragraphs], story.author, story.iso)


def golden(directory: Path, slug: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((directory / "tests" / "sites" / slug / "golden.json").read_text("utf-8"))
    return held


def test_selectors_and_landmarks_are_proposed_where_a_family_has_none(tmp_path: Path) -> None:
    with served(PORTALS["nameless"].pages()) as web:
        assert new_site(f"{web.url}/", tmp_path, "--slug", "moi").exit_code == 0
    site = loaded(tmp_path, "moi")
    assert site.reading == Reading(
        selectors=Selectors(
            headline=("h1.ten-bai",), date=("div.gio-dang",), lead=("div.tom-tat",), body=("div.noi-dung-bai",)
        ),
        landmarks=Landmarks(closes=("BẠN CÓ BIẾT",)),
    )
    assert site.paging == Paging(kind="link", pattern=r"(?:^|/)to-(\d+)\.php(?:$|/)")


def test_a_page_without_any_evidence_is_of_no_family() -> None:
    assert set(EVIDENCE) | {"generic"} == set(FAMILIES)
    page = "<html><body><p>Xin chào</p></body></html>".encode()
    assert recognise([page], ["http://a.example/tin-tuc"]).family is GENERIC


def test_the_forms_of_one_framework_are_not_enough_to_name_a_family() -> None:
    page = b'<form><input name="__VIEWSTATE" value="x"></form>'
    assert recognise([page], ["http://a.example/tin/bai-viet-4100"]).family is GENERIC


def test_strangers_bytes_are_looked_at_in_no_time() -> None:
    links = [f"http://a.example/{'-' * 4000}{n}" for n in range(200)]
    assert recognise([b"class=" * 300_000, b"<meta " * 300_000, bytes(range(256)) * 1000], links).family is GENERIC
    assert article_pattern(links) is None


@pytest.mark.shared
def test_the_real_portal_is_recognised_and_read_as_its_gold_says(shared: Path, tmp_path: Path) -> None:
    lines = (shared / "corpus" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {(g := json.loads(line))["cms_id"]: g for line in lines}
    with portal(shared) as url:
        result = new_site(url, tmp_path, "--slug", "so_tttt")
        assert result.exit_code == 0, result.output
    site = loaded(tmp_path, "so_tttt")
    assert site.family is FAMILIES["liferay"]
    assert "the script object Liferay" in result.stdout
    assert [section.path for section in site.sections] == ["/hoat-ong-ang-oan-the.html"]
    assert site.pages is FAMILIES["liferay"].paging
    for page in golden(tmp_path, "so_tttt")["pages"]:
        if page["quality"] == "article":
            expected = gold[cms_id(page["url"], site.urls) or ""]
            assert (page["headline"], page["date_published"]) == (expected["headline"], expected["date_published"])


# -- from the proposal to an archive ------------------------------------------------------------------------------

#: A crawl of a site whose file stands elsewhere.
CRAWL = """
import sys
import spiders
spiders.__path__.append(sys.argv[1])
from scrapy.cmdline import execute
execute(["scrapy", "crawl", sys.argv[2]])
"""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(articles_per_site=30) as world:
        yield world


@pytest.mark.parametrize(
    ("slug", "family"),
    [
        *(("hai_duong", "mojoportal"), ("quang_binh", "liferay"), ("tuyen_quang", "district")),
        ("binh_thanh", "sharepoint"),
    ],
)
def test_a_crawl_with_the_proposed_file_gets_every_article_of_the_site(
    tmp_path: Path, config: Path, world: World, slug: str, family: str
) -> None:
    assert new_site(f"{world.base_url(slug)}/", tmp_path, "--slug", f"moi_{slug}").exit_code == 0
    assert is_tidy(tmp_path / "spiders" / f"moi_{slug}.py")
    assert loaded(tmp_path, f"moi_{slug}").family is FAMILIES[family]
    verified = f'[sites.moi_{slug}]\nhome_url = "{world.base_url(slug)}/"\nkeep_images = false\n'
    config.write_text(f"{config.read_text('utf-8')}{verified}", encoding="utf-8")
    arguments = [sys.executable, "-c", CRAWL, str(tmp_path / "spiders"), f"moi_{slug}"]
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    done = subprocess.run(
        arguments, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    archive = sqlite3.connect(tmp_path / "data" / "archive.db")
    try:
        assert archive.execute("SELECT outcome FROM crawls").fetchall() == [("complete",)], done.stderr
        found = dict(archive.execute("SELECT url, headline FROM articles").fetchall())
    finally:
        archive.close()
    articles = world.sites[slug].articles
    assert found == {world.sites[slug].article_url(n): article.headline for n, article in articles.items()}


# -- the golden ---------------------------------------------------------------------------------------------------


def test_the_golden_fails_until_a_person_has_checked_it(tmp_path: Path) -> None:
    with served(PORTALS["nukeviet"].pages()) as web:
        new_site(f"{web.url}/", tmp_path, "--slug", "moi")
    directory = tmp_path / "tests" / "sites" / "moi"
    todo = unchecked(directory)
    assert str(directory / "golden.json") in todo
    assert '"checked" to true' in todo
    assert todo.count(". ") == 0, "one sentence"
    assert [case.id for case in cases(directory.parent)] == ["moi-unchecked"]
    saved = golden(tmp_path, "moi")
    assert [page["page"] for page in saved["pages"]] == [
        *("home.html", "listing-1.html", "listing-2.html", "article-1.html", "article-2.html")
    ]
    assert {page["quality"] for page in saved["pages"]} == {"home", "listing", "article"}
    for page in saved["pages"]:
        read = reading(directory, page["page"], loaded(tmp_path, "moi"))
        assert {field: read[field] for field in page if field in read} == {k: v for k, v in page.items() if k in read}


# -- manners ------------------------------------------------------------------------------------------------------


def test_only_the_host_is_asked_once_each_and_what_its_robots_txt_allows(tmp_path: Path) -> None:
    pages: dict[str, Any] = {**PORTALS["mojoportal"].pages(), "/robots.txt": "User-agent: *\nDisallow: /dan-van-kheo\n"}
    with served(pages) as web:
        result = new_site(f"{web.url}/", tmp_path, "--slug", "moi")
        assert result.exit_code == 0, result.output
    assert [s.name for s in loaded(tmp_path, "moi").sections] == ["Tin hoạt động"]
    assert web.asked[:2] == ["/robots.txt", "/"]
    assert not any(target.startswith(("/dan-van-kheo", "/dang-nhap")) for target in web.asked)
    assert len(web.asked) == len(set(web.asked)) <= 8


def test_progress_goes_to_standard_error(tmp_path: Path) -> None:
    with served(PORTALS["nukeviet"].pages()) as web:
        result = new_site(f"{web.url}/", tmp_path, "--slug", "moi")
    assert f"Looking at {web.url}/tin-hoat-dong/" in result.stderr
    assert "Looking at" not in result.stdout


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    with served(PORTALS["nukeviet"].pages()) as web:
        (tmp_path / "spiders").mkdir()
        mine = tmp_path / "spiders" / "moi.py"
        mine.write_text("# mine\n")
        assert f"{mine} is there already" in sentence(new_site(f"{web.url}/", tmp_path, "--slug", "moi"))
        (tmp_path / "tests" / "sites" / "khac").mkdir(parents=True)
        assert "is there already" in sentence(new_site(f"{web.url}/", tmp_path, "--slug", "khac"))
        assert web.asked == []
    assert mine.read_text() == "# mine\n"


FRONT = PORTALS["nukeviet"].front()


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ({"/": (503, {}, "")}, "/ answers 503: give the address of the site's home page."),
        ({"/": FRONT, "/robots.txt": (503, {}, "")}, "robots.txt answers 503"),
        ({"/": FRONT, "/robots.txt": "User-agent: *\nDisallow: /"}, "/ is not asked: it is forbidden by robots.txt."),
        ({"/": FRONT, "/robots.txt": "User-agent: *\nCrawl-delay: 9000"}, "wants 9000 seconds"),
        (
            {"/": (302, {"Location": "http://khac.example/"}, "")},
            "/ leads to another host: give http://khac.example/ instead, if that is meant.",
        ),
        ({"/": "<p>Chào mừng</p>"}, "of 0 pages that its menu leads to none lists articles"),
        ({"/": FRONT}, "of 0 pages that its menu leads to none lists articles"),
        ({"/": "\x00<<<>&#x0;" * 999}, "of 0 pages that its menu leads to none lists articles"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(tmp_path: Path, pages: dict[str, Any], told: str) -> None:
    with served(pages) as web:
        assert told in sentence(new_site(f"{web.url}/", tmp_path, "--slug", "moi"))
    assert not (tmp_path / "spiders").exists()


@pytest.mark.parametrize(
    ("url", "arguments", "told"),
    [
        ("dan-van", (), "is not an http or https URL"),
        ("http://a b/", (), "names no host"),
        ("http://a.example/", ("--slug", "Tin Tức"), "--slug Tin Tức: use lower-case letters"),
        ("http://a.example/", ("--slug", "hai_duong"), "There is a site called hai_duong already"),
        ("http://danvan.haiduong.org.vn/tin", (), "is on the host of hai_duong already: add a section"),
    ],
)
def test_what_is_asked_for_wrongly_is_said_before_anything_is_asked(
    tmp_path: Path, url: str, arguments: tuple[str, ...], told: str
) -> None:
    assert told in sentence(new_site(url, tmp_path, *arguments))


def test_a_directory_is_needed_to_write_to(tmp_path: Path, config: Path) -> None:
    assert "is not a directory" in sentence(new_site("http://a.example/", config))


def test_articles_that_do_not_read_as_articles_are_no_ground_for_a_proposal(tmp_path: Path) -> None:
    pages = {target: text for target, text in PORTALS["nukeviet"].pages().items() if "-cau-thon-" not in target}
    with served(pages) as web:
        assert "0 read as articles" in sentence(new_site(f"{web.url}/", tmp_path, "--slug", "moi"))


@pytest.mark.parametrize("seed", range(6))
def test_broken_pages_end_in_a_proposal_or_in_a_sentence(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    pages: dict[str, Any] = dict(PORTALS["nameless"].pages())
    for target in chance.sample(sorted(pages), len(pages) // 2):
        text, cut = pages[target], chance.randrange(200, 1500)
        broken = (text[:cut], text[cut:], text * 3, "<div>" * 3000 + text, text.replace("<", "<<", cut))
        pages[target] = chance.choice(broken)
    with served(pages) as web:
        result = new_site(f"{web.url}/", tmp_path, "--slug", "moi")
    if result.exit_code:
        sentence(result)
    else:
        assert loaded(tmp_path, "moi").sections


# -- addresses and names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("urls", "pattern"),
    [
        (["/tin/hop-chi-bo-4101.html", "/tin/sua-cau-4102.html"], r"/[^/?]+-(?P<id>\d{3,})\.html$"),
        (["/tin/hop-chi-bo-post4101.html", "/xa/sua-cau-post992.html"], r"/[^/?]+-post(?P<id>\d{2,})\.html$"),
        (["/4101-hop-chi-bo", "/4102-sua-cau"], r"/(?P<id>\d{3,})[-_][^/?]+$"),
        (["/tin/4101.aspx", "/tin/4102.aspx"], r"/(?P<id>\d{3,})\.aspx$"),
        (["/tin/4101/hop", "/tin/4102/sua"], r"/(?P<id>\d{3,})/[^/?]+$"),
        (["/xem.php?l=vi&newsid=41", "/xem.php?newsid=42"], r"/xem\.php\?(?:[^#]*&)?newsid=(?P<id>\d{1,})"),
        (["/tin/hop-chi-bo.html", "/xa-hoi/sua-cau.html"], r"^(?:/tin|/xa-hoi)/[^/?]+\.html$"),
        (["/tin/hop-chi-bo-20231015.html", "/tin/sua-cau-20231016.html"], r"/[^/?]+-\d{7,}\.html$"),
        (["/tin/hop-chi-bo-4101.html", "/tin/hop-lai-4101.html"], r"/[^/?]+-\d{3,}\.html$"),
        (["/a.html", "/b.html"], None),
        ([], None),
    ],
)
def test_what_addresses_have_in_common_is_a_pattern_with_the_cms_s_id(urls: list[str], pattern: str | None) -> None:
    found = article_pattern([f"http://a.example{url}" for url in urls])
    assert found == pattern
    if found:
        assert all(is_article(f"http://a.example{url}", Addresses(article=found)) for url in urls)


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("www.danvan.haiduong.gov.vn", "danvan_haiduong"),
        ("quan-uy.example.org.vn:8080", "quan_uy_example_org_vn_8080"),
        ("127.0.0.1:80", "site_127_0_0_1_80"),
        ("baocaobang.vn", "baocaobang"),
    ],
)
def test_a_slug_is_made_of_the_host(host: str, slug: str) -> None:
    assert slug_of(host) == slug


NAMES = st.text(max_size=120)


PATTERNS = st.sampled_from([r"a\d+", "'", '"\\.', ""])


@given(name=NAMES, section=NAMES, closes=st.lists(NAMES, max_size=3), pattern=PATTERNS)
def test_whatever_a_site_calls_itself_its_file_declares_it(
    name: str, section: str, closes: list[str], pattern: str
) -> None:
    def shown(text: str) -> str:
        return "".join(c for c in text if c.isprintable())

    site = replace(
        generic_site("a.example"),
        name=shown(name),
        committee=shown(name),
        sections=(Section(name=shown(section), path="/"), Section(name="Tin", path="/tin")),
        addresses=Addresses(article=pattern),
        reading=Reading(landmarks=Landmarks(closes=tuple(map(shown, closes)))),
        declared_in="spiders",
    )
    made: dict[str, Any] = {}
    exec(compile(module(site, source=name, certain=[section], inferred=[]), "moi.py", "exec"), made)
    assert made["SITE"] == site


def test_a_stranger_s_words_leave_the_file_tidy(tmp_path: Path) -> None:
    evil = 'Ban """ + __import__("os").abort() # \\ Dân vận' + " rất dài" * 40
    site = replace(
        generic_site("a.example"),
        name=evil[:80],
        sections=(Section(name="Tin 'mới'", path="/" + "a" * 130),),
        addresses=Addresses(article=r"/[^/?]+-(?P<id>\d+)\.html$"),
    )
    path = tmp_path / "moi.py"
    path.write_text(module(site, source=evil, certain=[evil], inferred=[evil]), encoding="utf-8")
    assert is_tidy(path), path.read_text()
    assert re.search(r"^class \w+Spider\(SiteSpider\):$", path.read_text("utf-8"), re.MULTILINE)
