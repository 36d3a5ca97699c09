"""Asking why a page was read as it was: the reading stays the same, and every line is accounted for exactly once."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from crawler import blocks
from crawler.cms import generic_site
from crawler.cms.generic import GENERIC
from crawler.decode import utf8
from crawler.extract import Page, read
from crawler.landmarks import LANDMARKS, key, vocabulary
from crawler.site import Landmarks, Reading, Selectors, Site
from crawler.trace import FIELDS, Taken, Trace
from crawler.warc import Capture, read_captures
from monitor import cli
from tests.shapes import SHAPES
from tests.shapes.check import READINGS, site_for, url_of
from tests.shapes.seeds import Seed, load
from tests.shapes.view import PUBLISHERS
from tests.test_extract import FIRST, LEAD, SECOND, SITE, portal

ADDRESS = "https://thu.example/tin/-/view_content/77-x"
#: What pages are made of: good and bad, whole and torn.
PIECES = (
    *(f"<p>{LEAD}</p>", f"<p>{FIRST}</p>", f"<div>{SECOND}<br>lê minh</div>", "<h1>Bình An hiến đất mở đường mới</h1>"),
    *("<div class=journal-content-article>", "<div class=asset-full-content-title>Bình An hiến đất</div>", "</div>"),
    *("<div class=assetPublishDate>20/07/2016 | 9:21 AM</div>", "<p class=sapo>Lời dẫn của bài</p>", "<p>"),
    *("<p class=view-content-author>admin admin</p>", "<p>Tin cùng chuyên mục</p>", "<p>Lượt xem: 12</p>", "<table>"),
    *("<p>Tác giả: Lê Minh</p>", "<p>Nguồn: Báo tỉnh</p>", "<p>Xem với cỡ chữ Hôm nay", "<tr><td>a</td><td>b</td>"),
    *("<p>Thứ Bảy 16/09/2023 19:47</p>", "<p hidden>ẩn</p>", "<ul><li><a href=/1>Một tin khác dài hơn</a></li></ul>"),
    *("<div>" + "<a href=/x>Mục</a> " * 5 + "</div>", "<nav>", "</nav>", "<br>", "<script>x</script>", "chữ trần "),
)


@cache
def _seeds(directory: Path) -> dict[str, Seed]:
    return load(directory)


def traced(payload: bytes, url: str, site: Site) -> tuple[Page, Trace]:
    trace = Trace(site)
    return read(payload, url, site, trace=trace), trace


def letters(texts: list[str]) -> Counter[str]:
    """How often each character but white space stands in the texts."""
    return Counter("".join("".join(texts).split()))


def shown(payload: bytes) -> list[str]:
    """The lines of a whole page, and the texts that its markup hides."""
    tree = LexborHTMLParser(utf8(payload, None))
    hidden: list[str] = []
    lines = blocks.read(tree.body.html or "" if tree.body is not None else "", hidden=hidden).lines
    return [line.text for line in lines] + [" ".join(text.split()) for text in hidden]


def accounted(payload: bytes, url: str, site: Site) -> None:
    """Asserts what holds for every page."""
    page, trace = traced(payload, url, site)
    assert page == read(payload, url, site), "asking changes nothing"
    lines = trace.all_lines()
    assert letters([line.text for line in lines]) == letters(shown(payload))
    assert [line for line in lines if line.fate != "kept" and not line.rule] == []
    article = page.article
    told = {name for name in FIELDS if name != "body" and getattr(article, name)}
    assert set(trace.fields) - {"body"} == told


@pytest.mark.shared
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("slug", sorted(PUBLISHERS))
def test_every_line_of_a_seeds_page_is_accounted_for_and_asking_changes_nothing(
    slug: str, shape: str, reading: str, shared: Path
) -> None:
    seed = _seeds(shared)[slug]
    site = site_for(seed, reading)
    accounted(SHAPES[shape].render(seed), url_of(seed, site), site)


@pytest.mark.shared
def test_every_line_of_a_real_portals_page_is_accounted_for(shared: Path) -> None:
    captures = [c for c in read_captures(shared / "corpus" / "sotttt-hanoi-party.warc.gz") if isinstance(c, Capture)]
    for capture in captures[::23]:
        for site in (SITE, generic_site("sotttt.hanoi.gov.vn")):
            accounted(capture.payload, capture.url, site)


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_every_line_of_any_page_is_accounted_for(pieces: list[str]) -> None:
    payload = "".join(pieces).encode()
    for site in (SITE, generic_site("la.example")):
        accounted(payload, ADDRESS, site)


def fates(payload: bytes, site: Site = SITE) -> dict[str, tuple[str, str]]:
    """What became of each line, by its text."""
    _, trace = traced(payload, ADDRESS, site)
    return {line.text: (line.fate, line.rule) for line in trace.all_lines()}


def page(*lines: str) -> bytes:
    return f"<html><body><div>{''.join(f'<p>{line}</p>' for line in lines)}</div></body></html>".encode()


def test_a_declaration_names_the_selector_that_took_each_field() -> None:
    _, trace = traced(portal(f"<p>{FIRST}</p><p>{SECOND}</p><p align=right>Lê Minh</p>"), ADDRESS, SITE)
    assert trace.how == "liferay"
    rules = {name: taken.rule for name, taken in trace.fields.items()}
    assert rules == {
        "headline": "div.asset-full-content-title, declared by the family liferay",
        "description": "p.sapo, declared by the family liferay",
        "author": "the text's last line: names as they are signed",
        "date_published": "div.assetPublishDate, declared by the family liferay",
        "body": "div.journal-content-article, declared by the family liferay",
    }
    assert trace.fields["date_published"].text == "Ngày đăng 20/07/2016 | 9:21 AM | View count: 935"


def test_a_sites_own_selector_is_told_from_its_familys() -> None:
    own = replace(SITE, reading=Reading(selectors=Selectors(headline=("#ten-bai",))))
    payload = portal(f"<p>{FIRST}</p>").replace(b'class="asset-full-content-title"', b'id="ten-bai"')
    _, trace = traced(payload, ADDRESS, own)
    assert trace.fields["headline"].rule == "#ten-bai, declared by the site thu"


def test_a_site_of_no_family_that_declares_its_own_is_not_said_to_be_guessed() -> None:
    own = replace(SITE, family=GENERIC, reading=SITE.reading_at(None))
    page, trace = traced(portal(f"<p>{FIRST}</p><p>{SECOND}</p>"), ADDRESS, own)
    assert (page.how, trace.how) == ("own", "own")
    assert trace.fields["body"].rule == "div.journal-content-article, declared by the site thu"


def test_what_a_declaration_leaves_out_says_why() -> None:
    hidden = '<p style="display:none">Bản nháp cũ</p>'
    said = fates(portal(f"{hidden}<p>{FIRST}</p><p>Các tin khác</p><p>{SECOND}</p>"))
    assert said["admin admin"] == (
        "cut",
        "never part of the article: p.view-content-author, declared by the family liferay",
    )
    assert said["Bản nháp cũ"] == ("cut", "hidden by its markup")
    assert said["Các tin khác"][0] == "cut"
    assert said["Tin Thứ Sáu, ngày 1/3/2024"][1].startswith("outside the article's element: div.journal-content-art")
    assert said[FIRST] == ("kept", "")
    assert said["Bình An hiến đất mở đường"] == ("field", "headline")


def test_the_generic_reading_names_its_rules() -> None:
    headline = "Bình An hiến đất mở đường giao thông nông thôn"
    payload = page(
        "Thứ sáu, ngày 1/3/2024",
        headline,
        "Ngày đăng: 16/09/2023 19:47",
        "Xem với cỡ chữ",
        LEAD,
        FIRST,
        SECOND,
        "Tác giả: Lê Minh",
        "Nguồn: Báo tỉnh",
        "Tin cùng chuyên mục",
        "Một tin khác của huyện ủy",
    )
    _, trace = traced(payload, "", generic_site("la.example"))
    assert trace.how == "generic"
    assert "beside a date" in trace.fields["headline"].rule
    assert "labelled" in trace.fields["date_published"].rule
    assert trace.fields["date_published"].text == "Ngày đăng: 16/09/2023 19:47"
    assert trace.fields["author"].rule == "the text's last line: the name after a label"
    assert trace.fields["author"].text == "Tác giả: Lê Minh"
    said = fates(payload, generic_site("la.example"))
    assert said["Thứ sáu, ngày 1/3/2024"] == ("cut", "above the article; a date, but not the article's")
    assert said["Xem với cỡ chữ"] == ("cut", "the landmark “Xem với cỡ chữ”")
    assert said["Nguồn: Báo tỉnh"] == ("cut", "an account of the CMS, or says where the text was taken from")
    assert said["Tin cùng chuyên mục"] == ("cut", "the landmark “Tin cùng chuyên mục” ends the article")
    assert said["Một tin khác của huyện ủy"] == ("cut", "below the landmark “Tin cùng chuyên mục”")
    assert said["Tác giả: Lê Minh"] == ("field", "author")


def test_a_date_that_only_machines_are_told_is_named_as_such() -> None:
    meta = '<meta property="article:published_time" content="2023-11-19T14:15:00Z">'
    payload = f"<head>{meta}</head><h1>Bình An hiến đất mở đường giao thông</h1><p>{LEAD}</p><p>{FIRST}</p>".encode()
    _, trace = traced(payload, "", generic_site("la.example"))
    assert trace.fields["date_published"] == Taken(
        'what the page tells machines: meta[property="article:published_time"]', "2023-11-19T14:15:00Z"
    )


def test_every_landmark_has_a_name() -> None:
    for landmark in (m for m in LANDMARKS if m.role != "glued"):
        assert vocabulary(Landmarks()).named(key(landmark.example)).startswith("the landmark “")
    own = vocabulary(Landmarks(closes=("Mục bạn đọc",)))
    assert own.named(key("MỤC BẠN ĐỌC:")) == "the declared landmark “Mục bạn đọc”"


# -- the command --------------------------------------------------------------------------------------------------


def extract(*arguments: str, page: bytes) -> Result:
    return CliRunner().invoke(cli.main, ["extract", "-", *arguments], input=page)


def test_the_command_explains_itself_in_lines_that_a_person_reads() -> None:
    result = extract("--why", page=portal(f"<p>{FIRST}</p><p>{SECOND}</p><p align=right>Lê Minh</p>"))
    assert result.exit_code == 0
    said = result.stdout.splitlines()
    assert said[0] == "Read as a page of the family liferay."
    assert "    rule: div.assetPublishDate, declared by the family liferay" in said
    assert "  + " + FIRST in said
    assert "  = Lê Minh" in said
    assert "section: not found" in said
    assert max(map(len, said)) < 130


def test_an_explanation_stays_short_whatever_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    result = extract("--why", page=("<p>" + "rất dài " * 90 + "</p><p>1</p>").encode() * 700)
    assert len(result.stdout.splitlines()) < 2_050
    assert max(map(len, result.stdout.splitlines())) < 130


def test_a_script_gets_the_explanation_beside_what_it_got_before() -> None:
    payload = portal(f"<p>{FIRST}</p>")
    plain = json.loads(extract(page=payload).stdout)
    told = json.loads(extract("--why", "--json", page=payload).stdout)
    why = told.pop("why")
    assert told == plain
    assert why["how"] == "liferay"
    assert why["fields"]["headline"]["text"] == plain["headline"]
    assert {"text": FIRST, "fate": "kept", "rule": ""} in why["lines"]
