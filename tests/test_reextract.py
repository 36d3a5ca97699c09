"""``luutin reextract``: better reading is never mistaken for an edit, and ends where a fresh import would."""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import spiders
from crawler.archive import Archive, Prepared
from crawler.cms.generic import GENERIC
from crawler.ingest import extractor_version, prepare
from crawler.rereading import Changes, Stored, groups, stored
from crawler.site import Addresses, Reading, Section, Selectors, Site
from crawler.warc import Exchange, WarcWriter
from monitor import reextracting, serve
from monitor.cli import main
from tests.captures import (
    SITE,
    Says,
    dump,
    error,
    file,
    missing,
    moment,
    not_modified,
    page,
    redirect,
    revisit,
    soft_missing,
    sound,
)
from tests.shelf import Reader

# The same captures by two sets of rules: each says of each payload what it reads as, or (None) that it is a listing.

PATHS = ("/a", "/b", "/c")
PAYLOADS = tuple(Says(counter=n) for n in range(5))
READINGS = (
    Says(),
    Says(body="Đoạn một.\n\nĐoạn hai, đã sửa."),
    Says(headline="Uỷ ban", files=("/f1.doc",)),
    Says(headline="Ủy ban", files=("/f1.doc",)),
    Says(canonical="/a"),
    Says(author="A", canonical="/b"),
    Says(body="", pictures=("/p1.jpg", "/p2.jpg")),
    Says(body="", pictures=("/p3.jpg", "/p1.jpg")),
    Says(body="", pictures=("/p1.jpg", "/p1.jpg")),
    None,
)
RULES = st.tuples(*(st.sampled_from(READINGS) for _ in PAYLOADS))
Rules = tuple[Says | None, ...]

TIMES = st.builds(moment, st.integers(1, 5), st.sampled_from([0, 0, 0, 7]))
CAPTURES = st.one_of(
    st.builds(page, st.sampled_from(PATHS), TIMES, st.sampled_from(PAYLOADS)),
    st.builds(page, st.sampled_from(PATHS), TIMES, st.sampled_from(PAYLOADS)),
    st.builds(revisit, st.sampled_from(PATHS), TIMES, st.sampled_from(PAYLOADS)),
    st.builds(not_modified, st.sampled_from(PATHS), TIMES),
    st.builds(missing, st.sampled_from(PATHS), TIMES),
    st.builds(soft_missing, st.sampled_from(PATHS), TIMES),
    st.builds(error, st.sampled_from(PATHS), TIMES),
    st.builds(redirect, st.sampled_from(PATHS), TIMES, st.sampled_from((*PATHS, "/"))),
    st.builds(file, st.sampled_from(("/f1.doc", "/p1.jpg")), TIMES, st.sampled_from(["x", "yy"])),
)


def by(rules: Rules, version: str, capture: Prepared) -> Prepared:
    """A capture as these rules read it."""
    capture = replace(capture, extractor_version=version)
    if capture.reading is None:
        return capture
    says = dict(zip((p.payload_digest for p in PAYLOADS), rules, strict=True))[capture.payload_digest]
    path = capture.url.removeprefix("http://thu.example.vn")
    read = page(path, capture.memento_datetime, says or Says(), capture.source)
    read = replace(
        read,
        capture_id=capture.capture_id,
        payload_digest=capture.payload_digest,
        content_length=capture.content_length,
        extractor_version=version,
    )
    if says is not None:
        return read
    blank = {"article_id": None, "reading": None, "body": "", "canonical_url": None, "canonical_key": None}
    return replace(read, quality="listing", quality_reason="links", **blank)  # type: ignore[arg-type]


def archived(directory: str, captures: Sequence[Prepared]) -> Archive:
    archive = Archive(Path(directory))
    archive.upsert_sites([SITE])
    archive.store(captures)
    return archive


def read_again(archive: Archive, now: Sequence[Prepared], chance: random.Random, *, divided: bool) -> Changes:
    """All that was read by version 1 as ``now`` has it; ``divided``: each capture in a transaction of its own."""
    name = {(p.url_key, p.memento_datetime, p.payload_digest): p for p in now if p.record_type != "revisit"}
    name = {(p.url_key, p.memento_datetime, p.payload_digest): p for p in now if p.record_type == "revisit"} | name

    def again(capture: Stored) -> Prepared:
        return name[capture.url_key, capture.memento_datetime, capture.payload_digest]

    changes = Changes()
    chosen = groups(archive.connection, SITE.slug, lambda c: c.extractor_version != "2")
    chance.shuffle(chosen)
    for group in chosen:
        batch = [(s, again(s)) for s in stored(archive.connection, group)]
        for part in ([one] for one in batch) if divided else [batch]:
            archive.reread(SITE.slug, part, changes, read_again=again)
    return changes


@settings(max_examples=60, deadline=None)
@given(st.lists(CAPTURES, max_size=12), RULES, RULES, st.randoms(use_true_random=False), st.booleans())
def test_captures_read_again_come_to_what_an_import_of_them_today_comes_to(
    captures: list[Prepared], old: Rules, new: Rules, chance: random.Random, divided: bool
) -> None:
    before, now = ([by(rules, n, c) for c in captures] for n, rules in (("1", old), ("2", new)))
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        archived(one, before) as archive,
        archived(other, now) as fresh,
    ):
        events = archive.connection.execute("SELECT count(*) FROM events").fetchone()[0]
        read_again(archive, now, chance, divided=divided)
        sound(archive)
        assert derived(archive) == derived(fresh)
        assert archive.connection.execute("SELECT count(*) FROM events").fetchone()[0] == events


def derived(archive: Archive) -> dict[str, object]:
    """Everything derived but texts that nothing says any more, which stay."""
    tables = json.loads(dump(archive))
    said = {reading["text_digest"] for reading in tables["readings"]}
    tables["texts"] = [text for text in tables["texts"] if text["text_digest"] in said]
    return tables


# A declaration that was wrong, then put right, over real records.

WRONG = Site(
    slug="thu_nghiem",
    name="Huyện uỷ Thử Nghiệm",
    committee="Huyện uỷ",
    province="Thử",
    home_url="http://thunghiem.example.vn/",
    family=GENERIC,
    sections=(Section(name="Tin", path="/tin"),),
    status="verified",
    reading=Reading(selectors=Selectors(headline=("h1",), date=(".ngay",), body=(".than",))),
    addresses=Addresses(article=r"/tin/(?P<id>\d+)"),
)
RIGHT = replace(
    WRONG,
    reading=Reading(selectors=replace(WRONG.reading.selectors, drop=(".doc-nhanh",))) if WRONG.reading else None,
    addresses=Addresses(article=r"/(?:tin|bai)/(?P<id>\d+)"),
)
FIRST_NIGHT = datetime(2026, 3, 1, 19, tzinfo=UTC)
ROADS = "Sáng 2/3, Huyện uỷ họp bàn việc sửa ba con đường vào các bản vùng cao trước mùa mưa lũ."
MONEY = "Mỗi xã được hỗ trợ 40 triệu đồng, nhân dân góp ngày công và hiến đất để mở rộng mặt đường."
MORE_MONEY = MONEY.replace("40", "45")


def article_page(*paragraphs: str, hurried: str = "") -> bytes:
    """An article with a line in its body that moves each night and is none of its text."""
    body = "".join(f"<p>{p}</p>" for p in paragraphs) + (f'<p class="doc-nhanh">{hurried}</p>' if hurried else "")
    return (
        "<!doctype html><html><head><meta charset=utf-8><title>Sửa đường</title></head><body>"
        f'<h1>Sửa đường vào bản</h1><p class="ngay">08:15, 02/03/2026</p><div class="than">{body}</div></body></html>'
    ).encode()


#: Four nights: something moves every night, and on the third the text is edited.
NIGHTS = (
    article_page(ROADS, MONEY, hurried="Huyện bên cạnh vừa khai mạc hội làng, mời bạn đọc xem ảnh của phóng viên."),
    article_page(ROADS, MONEY, hurried="Chợ phiên đầu xuân đông vui, mời bạn đọc xem ảnh của phóng viên."),
    article_page(ROADS, MORE_MONEY, hurried="Lúa xuân bén rễ trên các cánh đồng, mời bạn đọc xem ảnh."),
    article_page(ROADS, MORE_MONEY, hurried="Thanh niên ra quân trồng cây, mời bạn đọc xem ảnh."),
)


@dataclass
class House:
    """An archive, and the declaration that holds when a command runs."""

    data: Path
    patch: pytest.MonkeyPatch

    def crawled(self, site: Site, pages: Sequence[tuple[str, bytes]]) -> None:
        """Stores pages, one a night, as a crawl of ``site`` does."""
        with Archive(self.data) as archive, WarcWriter(archive.warc_dir, prefix="night", software="test") as writer:
            archive.upsert_sites([site])
            for night, (path, body) in enumerate(pages):
                html = (("Content-Type", "text/html; charset=utf-8"),)
                url = f"http://thunghiem.example.vn{path}"
                capture = writer.write(Exchange(url, FIRST_NIGHT + timedelta(days=night), 200, "OK", html, body))
                archive.store([prepare(capture, site, source="live")])

    def run(self, site: Site, *arguments: object) -> Result:
        self.patch.setattr(spiders, "declared", lambda: (site,))
        result = CliRunner().invoke(main, [*map(str, arguments), "--data", str(self.data)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def reextract(self, site: Site, *arguments: object, code: int = 0) -> dict[str, Any]:
        """What ``luutin reextract`` says of the one site."""
        result = self.run(site, "reextract", *arguments, "--json")
        assert result.exit_code == code, result.output
        (told,) = json.loads(result.stdout)["sites"]
        return dict(told)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.data / "archive.db")) as connection:
            return connection.execute(query).fetchall()

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """All that is derived, but where records lie, and texts that nothing says any more."""
        with Archive(self.data, read_only=True) as archive:
            sound_tables = derived(archive)
        elsewhere = {"warc_file", "warc_offset", "warc_length"}
        assert isinstance(sound_tables.pop("capture_sources"), list)
        sound_tables.pop("index")
        return {
            name: [{k: v for k, v in row.items() if k not in elsewhere} for row in rows]
            for name, rows in sound_tables.items()
            if isinstance(rows, list)
        }


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    (tmp_path / "luutin.toml").write_text("")
    monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))
    return House(tmp_path / "data", monkeypatch)


def test_false_revisions_are_taken_back_with_a_tombstone_and_without_an_event(house: House) -> None:
    house.crawled(WRONG, [("/tin/7-sua-duong", body) for body in NIGHTS])
    events = house.rows("SELECT id, at, summary, baseline, recorded_at FROM events ORDER BY at")
    first, second, third, fourth = (i for (i,) in house.rows("SELECT id FROM revisions ORDER BY memento_datetime"))
    assert len(events) == 4
    told = house.reextract(RIGHT, "--jobs", 1)
    assert (told["read"], told["retracted"], told["revisions_found"], told["changed"]) == (4, 2, 0, 1)
    assert told["ids"]["retracted"] == [second, fourth]
    assert told["fields"] == {"body": 1}
    assert house.rows("SELECT id, change, words_added FROM revisions ORDER BY id") == [
        (first, "first", None),
        (third, "edited", 1),
    ]
    assert house.rows("SELECT id, headline, reason FROM retracted_revisions ORDER BY id") == [
        (second, "Sửa đường vào bản", "same"),
        (fourth, "Sửa đường vào bản", "same"),
    ]
    (said,) = house.rows("SELECT body FROM texts JOIN retracted_revisions USING (text_digest) ORDER BY id LIMIT 1")
    assert "Chợ phiên" in said[0]
    assert house.rows("SELECT id, at, summary, baseline, recorded_at FROM events ORDER BY at") == events
    assert house.rows("SELECT revision_id FROM events ORDER BY at") == [(first,), (first,), (third,), (third,)]


def test_what_was_read_again_equals_a_fresh_import(house: House, tmp_path: Path) -> None:
    house.crawled(WRONG, [("/tin/7-sua-duong", body) for body in NIGHTS])
    house.reextract(RIGHT, "--jobs", 2)
    fresh = House(tmp_path / "fresh", house.patch)
    assert fresh.run(RIGHT, "import", *sorted((house.data / "warc").glob("*.gz"))).exit_code == 0
    assert house.contents() == fresh.contents()


def test_a_page_that_was_taken_for_a_listing_becomes_an_article_that_nobody_hears_of(house: House) -> None:
    house.crawled(WRONG, [("/bai/7-sua-duong", NIGHTS[0]), ("/bai/7-sua-duong", NIGHTS[2])])
    assert house.rows("SELECT count(*) FROM articles") == [(0,)]
    told = house.reextract(RIGHT, "--jobs", 1)
    assert (told["now_articles"], told["articles_found"], told["revisions_found"]) == (2, 1, 2)
    assert house.rows("SELECT headline, revision_count FROM articles") == [("Sửa đường vào bản", 2)]
    assert house.rows("SELECT count(*) FROM events") == [(0,)]
    back = house.reextract(WRONG, "--jobs", 1)
    assert (back["no_articles"], back["articles_gone"], back["retracted"]) == (2, 1, 2)
    assert house.rows("SELECT count(*) FROM articles") == [(0,)]
    assert house.rows("SELECT DISTINCT reason FROM retracted_revisions") == [("no_article",)]


def test_a_revision_that_comes_back_has_no_tombstone_and_an_event_finds_its_article_again(house: House) -> None:
    house.crawled(RIGHT, [("/bai/7-sua-duong", NIGHTS[0]), ("/bai/7-sua-duong", NIGHTS[2])])
    events = house.rows("SELECT id, article_id, revision_id FROM events ORDER BY at")
    before = house.contents()
    house.reextract(WRONG, "--jobs", 1)
    assert house.rows("SELECT article_id, revision_id FROM events") == [(None, None)] * 2
    house.reextract(RIGHT, "--jobs", 1)
    assert house.contents() == before
    assert house.rows("SELECT count(*) FROM retracted_revisions") == [(0,)]
    assert house.rows("SELECT id, article_id, revision_id FROM events ORDER BY at") == events


def test_only_what_was_read_by_other_rules_is_read_again_unless_all_is_asked_for(house: House) -> None:
    house.crawled(WRONG, [("/tin/7-sua-duong", body) for body in NIGHTS])
    assert house.reextract(RIGHT, "--jobs", 1)["read"] == 4
    before = house.contents()
    assert house.reextract(RIGHT, "--jobs", 1)["read"] == 0
    again = house.reextract(RIGHT, "thu_nghiem", "--all", "--jobs", 1)
    assert (again["read"], again["changed"], again["retracted"]) == (4, 0, 0)
    assert house.contents() == before


def test_a_dry_run_says_the_same_and_changes_nothing(house: House) -> None:
    house.crawled(WRONG, [("/tin/7-sua-duong", body) for body in NIGHTS])
    before = house.contents()
    told = house.reextract(RIGHT, "--dry-run", "--jobs", 1)
    assert house.contents() == before
    assert house.rows("SELECT count(*) FROM retracted_revisions") == [(0,)]
    assert told == house.reextract(RIGHT, "--jobs", 1)


def test_what_cannot_be_read_stays_as_it_was_and_is_reported(house: House) -> None:
    house.crawled(WRONG, [("/tin/7-sua-duong", body) for body in NIGHTS])
    house.crawled(WRONG, [("/tin/8-sua-cau", body) for body in NIGHTS[:2]])
    gone, *_ = sorted((house.data / "warc").glob("*.gz"), key=lambda path: -path.stat().st_size)
    before = house.rows("SELECT * FROM revisions WHERE article_id = (SELECT min(article_id) FROM captures"
                        f" WHERE warc_file = '{gone.name}') ORDER BY id")  # fmt: skip
    aside = gone.rename(house.data / "aside")
    told = house.reextract(RIGHT, "--jobs", 1, code=7)
    assert (told["read"], told["unreadable"], told["retracted"]) == (2, 4, 1)
    assert before == house.rows("SELECT * FROM revisions WHERE capture_id IN (SELECT id FROM captures"
                                f" WHERE warc_file = '{gone.name}') ORDER BY id")  # fmt: skip
    plain = house.run(RIGHT, "reextract", "--jobs", 1)
    assert plain.exit_code == 7
    assert "4 captures stay as they were read" in plain.stderr
    assert f"{gone} is missing" in plain.stderr
    aside.rename(gone)
    assert house.reextract(RIGHT, "--jobs", 1)["retracted"] == 2


def test_a_run_that_was_stopped_halfway_is_finished_by_the_next(house: House, tmp_path: Path) -> None:
    for number in range(5):
        house.crawled(WRONG, [(f"/tin/{number}-sua-duong", body) for body in NIGHTS])
    house.patch.setattr(reextracting, "BATCH", 1)
    whole, calls = Archive.reread, 0

    def stopped(*arguments: Any, **options: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        whole(*arguments, **options)

    house.patch.setattr(Archive, "reread", stopped)
    assert house.run(RIGHT, "reextract", "--jobs", 1).exit_code == 130
    assert house.rows("SELECT count(*) FROM retracted_revisions") == [(4,)]
    assert house.reextract(RIGHT, "--jobs", 1)["read"] == 12
    fresh = House(tmp_path / "fresh", house.patch)
    fresh.run(RIGHT, "import", *sorted((house.data / "warc").glob("*.gz")))
    assert house.contents() == fresh.contents()


def test_a_difference_that_new_rules_make_overnight_is_not_announced_as_an_edit(house: House) -> None:
    house.crawled(WRONG, [("/tin/7-sua-duong", NIGHTS[0])])
    with Archive(house.data) as archive, WarcWriter(archive.warc_dir, prefix="night", software="test") as writer:
        for night, body in ((1, NIGHTS[1]), (2, NIGHTS[2])):
            html = (("Content-Type", "text/html"),)
            url = "http://thunghiem.example.vn/tin/7-sua-duong"
            capture = writer.write(Exchange(url, FIRST_NIGHT + timedelta(days=night), 200, "OK", html, body))
            archive.store([prepare(capture, RIGHT, source="live")])
    assert house.rows("SELECT change FROM revisions ORDER BY id") == [("first",), ("edited",), ("edited",)]
    third = house.rows("SELECT max(id) FROM revisions")
    assert house.rows("SELECT revision_id FROM events WHERE kind = 'edited'") == third
    assert house.reextract(RIGHT, "--jobs", 1)["retracted"] == 1
    assert house.rows("SELECT revision_id FROM events WHERE kind = 'edited'") == third


def test_pages_of_a_site_that_was_never_declared_are_read_again_by_the_generic_rules(house: House) -> None:
    house.crawled(WRONG, [("/tin/7-sua-duong", NIGHTS[0])])
    other = House(house.data.with_name("other"), house.patch)
    aside = replace(WRONG, slug="khac", home_url="http://khac.example.vn/")
    (warc,) = (house.data / "warc").glob("*.gz")
    assert other.run(aside, "import", "--any-host", warc).exit_code == 0
    assert other.reextract(aside, "--jobs", 1)["read"] == 0
    assert other.reextract(aside, "--all", "--jobs", 1)["read"] == 1


def test_what_nobody_declares_any_more_stays_and_says_so(house: House) -> None:
    house.crawled(WRONG, [("/tin/7-sua-duong", NIGHTS[0])])
    other = replace(WRONG, slug="khac", home_url="http://khac.example.vn/")
    assert (house.reextract(other, "--all", "--jobs", 1)["undeclared"]) is True
    assert "nobody declares any more" in house.run(other, "reextract").stdout


def test_an_unknown_site_and_an_archive_that_is_not_there_are_refused_in_a_sentence(house: House) -> None:
    assert house.run(RIGHT, "reextract").exit_code == 2
    house.crawled(RIGHT, [("/tin/7-sua-duong", NIGHTS[0])])
    refused = house.run(RIGHT, "reextract", "nowhere")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "it has: thu_nghiem" in refused.stderr


# Rules and their names


def test_the_version_changes_with_the_declaration_and_with_nothing_else() -> None:
    assert extractor_version(WRONG) == extractor_version(replace(WRONG, name="Khác", keep_images=False))
    older = Reading(valid_until=date(2024, 6, 30))
    versions = {extractor_version(s) for s in (WRONG, RIGHT, replace(WRONG, older_readings=(older,)))}
    assert len(versions) == 3


def test_pages_are_read_by_the_declaration_of_their_day_in_vietnam_wherever_they_come_from(house: House) -> None:
    old_page = NIGHTS[0].replace(b"<h1>", b"<h6>").replace(b'class="than"', b'class="noi-dung"')
    older = Reading(
        selectors=Selectors(headline=("h6",), date=(".ngay",), body=(".noi-dung",), drop=(".doc-nhanh",)),
        valid_until=date(2026, 3, 2),
    )
    turned = replace(RIGHT, older_readings=(older,))
    last, first = datetime(2026, 3, 2, 16, 59, tzinfo=UTC), datetime(2026, 3, 2, 17, 1, tzinfo=UTC)  # midnight is 17:00
    html = (("Content-Type", "text/html"),)
    theirs = house.data.with_name("theirs")
    with WarcWriter(theirs, prefix="old", software="test") as writer:
        for moment_, body in ((last, old_page), (first, NIGHTS[0])):
            writer.write(Exchange("http://thunghiem.example.vn/tin/7", moment_, 200, "OK", html, body))
            writer.write(Exchange("http://thunghiem.example.vn/tin/8", moment_, 200, "OK", html, body[:-1]))
    assert house.run(RIGHT, "import", *theirs.iterdir()).exit_code == 0
    assert house.run(turned, "reextract", "--jobs", 1).exit_code == 0
    assert house.rows("SELECT DISTINCT revision_count, headline FROM articles") == [(1, "Sửa đường vào bản")]
    fresh = House(house.data.with_name("fresh"), house.patch)
    fresh.run(turned, "import", *theirs.iterdir())
    assert house.rows("SELECT body FROM texts JOIN articles USING (text_digest)") == [(f"{ROADS}\n\n{MONEY}",)] * 2
    assert fresh.rows("SELECT id, text_digest FROM articles") == house.rows("SELECT id, text_digest FROM articles")


def test_an_archive_from_before_versions_were_kept_is_read_again(house: House) -> None:
    house.crawled(RIGHT, [("/tin/7-sua-duong", body) for body in NIGHTS])
    with closing(sqlite3.connect(house.data / "archive.db")) as connection, connection:
        connection.execute("UPDATE captures SET extractor_version = (SELECT dflt_value FROM"
                           " pragma_table_info('captures') WHERE name = 'extractor_version')")  # fmt: skip
    assert house.reextract(RIGHT, "--jobs", 1)["read"] == 4


@pytest.mark.shared
def test_reading_a_real_portal_again_changes_nothing(house: House, shared: Path) -> None:
    site = next(s for s in spiders.declared() if s.slug == "sotttt_hanoi")
    assert house.run(site, "import", shared / "corpus" / "sotttt-hanoi-party.warc.gz").exit_code == 0
    before = house.contents()
    told = house.reextract(site, "--all", "--jobs", 2)
    assert {k: v for k, v in told.items() if k not in ("ids", "because")} == {
        "site": "sotttt_hanoi", "read": 585, "changed": 0, "fields": {}, "now_articles": 0, "no_articles": 0,
        "articles_found": 0, "articles_gone": 0, "revisions_found": 0, "retracted": 0, "unreadable": 0,
        "undeclared": False,
    }  # fmt: skip
    assert house.contents() == before


def test_the_address_of_a_revision_that_was_taken_back_says_what_happened(house: House) -> None:
    house.crawled(WRONG, [("/tin/7-sua-duong", body) for body in NIGHTS])
    house.reextract(RIGHT, "--jobs", 1)
    ((article_id, memento, name),) = house.rows(
        "SELECT article_id, memento_datetime, id FROM retracted_revisions ORDER BY id LIMIT 1"
    )
    datasette = serve.build(house.data)
    with serve.closing(datasette):
        said = Reader(datasette).get(f"/bai-viet/{article_id}?memento={memento}")
        assert (said.status_code, name in said.text) == (410, True)
        assert "trang gốc không sửa gì" in said.text
        assert Reader(datasette).get(f"/bai-viet/{article_id}?memento=2020").status_code == 404
