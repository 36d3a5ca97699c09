"""A look that brings other bytes and nothing new (a visit counter) is kept as a look, not as another copy."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import Archive
from crawler.config import Config
from crawler.guard import Guard
from crawler.pipelines import Intake, Requisites
from crawler.site import Site
from crawler.warc import Exchange, Location, WarcWriter, load, payload_digest
from crawler.warc_compose import RECEIVED
from crawler.warc_frames import gzip_pieces, records
from crawler.warc_record import Record
from tests.captures import sound
from tests.kept import NORTH, html, night

Look = Callable[..., None]


class Crawl:
    """One night's intake, fed by hand."""

    def __init__(self, data: Path, site: Site = NORTH) -> None:
        self.data, self.site, self.night = data, site, 0

    def __call__(self, *bodies: bytes, look: bool = True, **how: Any) -> None:
        """A night with an answer for each body, at one article's address."""
        archive = Archive(self.data)
        archive.upsert_sites([self.site])
        writer = WarcWriter(archive.warc_dir, prefix="bac", software="thử")
        crawl_id = archive.start_crawl("bac", "night")
        intake = Intake(self.site, Guard(self.site, Config()), crawl_id, archive, writer, Requisites(0, 0))
        for n, body in enumerate(bodies):
            at = night(self.night).replace(second=n)
            headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))))
            exchange = Exchange(f"{NORTH.home_url}tin/1", at, how.get("status", 200), "OK", headers, body)
            intake.add(asyncio.run(intake.record(exchange, look=look)))
        intake.close()
        archive.finish_crawl(crawl_id, "complete")
        archive.close()
        self.night += 1

    def kept(self) -> list[tuple[str, str]]:
        """The type and quality of each capture, in the order of time."""
        with Archive(self.data, read_only=True) as archive:
            query = "SELECT record_type, quality FROM captures ORDER BY memento_datetime"
            return [tuple(row) for row in archive.connection.execute(query)]

    def records(self) -> list[Record]:
        found = []
        for path in sorted((self.data / "warc").glob("bac-*.warc.gz")):
            with path.open("rb") as stream:
                found += [r for r in records(gzip_pieces(stream), seekable=False) if isinstance(r, Record)]
        return [r for r in found if r.fields["warc-type"] in ("response", "revisit")]


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    return Crawl(tmp_path / "data")


SAME, WHOLE = ("revisit", "article"), ("response", "article")


def test_a_counters_turn_is_kept_without_its_bytes_and_says_which(crawl: Crawl) -> None:
    crawl(html(1, counter=7))
    crawl(html(1, counter=8))
    crawl(html(1, counter=9))
    assert crawl.kept() == [WHOLE, SAME, SAME]
    first, second, _ = crawl.records()
    assert second.fields["warc-profile"] == "urn:luutin:revisit:same-reading"
    assert second.fields["warc-refers-to"] == first.fields["warc-record-id"]
    assert second.fields["warc-payload-digest"] == payload_digest(html(1, counter=7))
    assert second.fields[RECEIVED.lower()] == payload_digest(html(1, counter=8))
    assert b"200 OK" in second.block
    assert b"<h1>" not in second.block
    with Archive(crawl.data) as archive:
        sound(archive)
        row = archive.connection.execute("SELECT * FROM articles").fetchone()
        assert (row["revision_count"], row["last_seen"][:10]) == (1, "2026-03-03")


def test_every_edit_is_kept_whole_and_so_is_what_comes_back(crawl: Crawl) -> None:
    edited = html(1, said="Đoàn ở lại với dân ba ngày, rồi về họp bàn ngay trong đêm.", counter=8)
    crawl(html(1, counter=7))
    crawl(edited)
    crawl(html(1, counter=9))
    assert crawl.kept() == [WHOLE, WHOLE, WHOLE]


@pytest.mark.parametrize(
    "other",
    [
        html(1, counter=8).replace(b"/anh/1.jpg", b"/anh/1-moi.jpg"),  # a picture that may be another one
        b"<!doctype html><html><body><form><input type=password></form></body></html>",
        b"<!doctype html><html><body><p>404</p></body></html>",
    ],
)
def test_what_is_not_the_same_in_all_that_it_says_is_kept_whole(crawl: Crawl, other: bytes) -> None:
    crawl(html(1, counter=7))
    crawl(other)
    assert [kind for kind, _ in crawl.kept()] == ["response", "response"]


def test_behind_what_was_no_article_the_page_is_kept_whole_again(crawl: Crawl) -> None:
    crawl(html(1, counter=7))
    crawl(b"<!doctype html><html><body>404</body></html>", status=404)
    crawl(html(1, counter=8))
    assert [kind for kind, _ in crawl.kept()] == ["response", "response", "response"]


def test_only_looks_at_known_articles_are_spared(crawl: Crawl) -> None:
    crawl(html(1, counter=7), look=False)
    crawl(html(1, counter=8), look=False)
    assert crawl.kept() == [WHOLE, WHOLE]


def test_a_site_can_keep_all_of_it(tmp_path: Path) -> None:
    assert Config.model_validate({"sites": {"bac": {"keep_unchanged": True}}}).apply(NORTH).keep_unchanged
    crawl = Crawl(tmp_path / "data", replace(NORTH, keep_unchanged=True))
    crawl(html(1, counter=7))
    crawl(html(1, counter=8))
    assert crawl.kept() == [WHOLE, WHOLE]


def test_other_rules_ask_for_the_bytes_again(crawl: Crawl) -> None:
    """What newer rules may find in it is in the bytes; one copy for each set of rules is kept."""
    crawl(html(1, counter=7))
    with Archive(crawl.data) as archive, archive.writing() as db:
        db.execute("UPDATE captures SET extractor_version = 'older'")
    crawl(html(1, counter=8))
    assert crawl.kept() == [WHOLE, WHOLE]


def test_the_files_are_sound_for_others_and_what_it_stands_for_can_be_read(crawl: Crawl) -> None:
    crawl(html(1, counter=7))
    crawl(html(1, counter=8))
    files = sorted((crawl.data / "warc").glob("bac-*.warc.gz"))
    warcio = str(Path(sys.executable).with_name("warcio"))
    assert subprocess.run([warcio, "check", *map(str, files)], check=False).returncode == 0
    with Archive(crawl.data, read_only=True) as archive:
        query = "SELECT warc_file, warc_offset, warc_length, payload_digest FROM captures WHERE record_type = 'revisit'"
        *place, digest = archive.connection.execute(query).fetchone()
        assert load(archive.warc_dir, Location(*place)).payload_digest == digest
        original = archive.known_payload(digest, "bac")
    assert original is not None
    assert original.record_id == crawl.records()[0].fields["warc-record-id"].strip("<>")
