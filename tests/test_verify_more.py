"""What ``luutin verify`` finds also where a row is missing, where a process was killed, and in columns of records."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import spiders
from crawler.archive import Archive
from crawler.config import Config
from crawler.warc import WarcWriter
from crawler.warc_read import OPEN
from monitor import custody
from tests.alike import changed
from tests.kept import NORTH, SOUTH, Keeper, make
from tests.test_verify import flip, luutin, said

A_LETTER = "UPDATE readings SET {0} = replace({0}, '\"', '') WHERE {0} <> '[]'"
DAMAGED = {
    "gone": "DELETE FROM readings WHERE rowid = (SELECT min(rowid) FROM readings)",
    "renamed": "UPDATE readings SET reading_digest = 'r1:x' WHERE rowid = (SELECT min(rowid) FROM readings)",
    "pictures": A_LETTER.format("images"),
    "files": A_LETTER.format("attachments"),
    "no text": "DELETE FROM texts WHERE rowid = (SELECT min(rowid) FROM texts)",
}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(spiders, "declared", lambda: (NORTH, SOUTH))
    data = make(tmp_path / "data")
    (data / "luutin.toml").write_text("")
    with Archive(data) as archive:
        archive.study()
        archive.write_journal()
    assert luutin(data, "verify")[0] == 0
    return data


def damaged(data: Path, sql: str) -> None:
    def tamper(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(sql)

    changed(data, tamper)


@pytest.mark.parametrize("what", DAMAGED)
def test_a_reading_that_is_gone_or_damaged_is_told_with_its_article_and_all_else_is_verified(
    data: Path, what: str
) -> None:
    damaged(data, DAMAGED[what])
    damaged(data, "UPDATE articles SET headline = 'Khác' WHERE url LIKE '%nam.%/tin/6'")
    faults = said(data)["faults"]
    with closing(sqlite3.connect(data / "archive.db")) as db:
        ids = dict(db.execute("SELECT id, url FROM articles").fetchall())
    told = {ids[f["name"]] for f in faults if f["what"].startswith("what was read of it is missing or damaged")}
    assert told
    if what not in ("pictures", "files"):
        assert len(told) <= 2
        others = {ids[f["name"]] for f in faults if f["what"].startswith("a row of articles does not follow")}
        assert others == {"http://nam.example.vn/tin/6"}


def test_a_night_tells_what_it_found_though_verifying_broke_off(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged(data, "UPDATE texts SET body = body || 'x' WHERE rowid = 1")
    monkeypatch.setattr("monitor.verifying.unfounded", lambda *_: 1 / 0)
    with Archive(data) as archive:
        faults = custody.conclude(archive, Config(), {"bac": NORTH}, lambda: False)
        assert [fault.what for fault in faults][:1] == ["a text does not have its digest"]
        assert archive.connection.execute("SELECT kind FROM alerts WHERE closed IS NULL").fetchall()[0][0] == "damaged"


def killed(data: Path) -> Path:
    """What an import leaves that was killed: a file that nobody writes any more, with rows of it, its end torn."""
    with Keeper(data, at=9) as keeper:
        keeper.article(7)
        keeper.flush()
        keeper.article(8)
    path = sorted((data / "warc").glob("bac-*.warc.gz"))[-1]
    with path.open("ab") as file:
        file.write(path.read_bytes()[:50])
    left = path.rename(path.with_name(path.name + OPEN))
    with Archive(data) as archive:
        archive.study()
        archive.write_journal()
    return left


def test_what_a_killed_process_left_is_verified_too_and_repair_seals_it(data: Path) -> None:
    left = killed(data)
    assert luutin(data, "verify", "--deep", "--jobs", "1")[0] == 0, "what the kill tore off is nobody's"
    with closing(sqlite3.connect(data / "archive.db")) as db:
        query = "SELECT warc_offset, warc_length FROM captures WHERE url LIKE '%/tin/7'"
        ((offset, length),) = db.execute(query).fetchall()
    flip(left, offset + length // 2, 1)
    code, out, _ = luutin(data, "verify")
    assert (code, left.name.removesuffix(OPEN) in out) == (7, True)
    flip(left, offset + length // 2, 1)
    assert luutin(data, "verify", "--repair")[0] == 0
    assert (left.exists(), left.with_name(left.name.removesuffix(OPEN)).exists()) == (False, True)
    assert luutin(data, "verify")[0] == 0


def test_captures_that_were_never_stored_are_taken_from_what_a_killed_process_left(data: Path) -> None:
    left = killed(data)
    damaged(data, f"DELETE FROM captures WHERE warc_file = '{left.name.removesuffix(OPEN)}' AND url LIKE '%/8'")
    assert len(said(data)["orphans"]) == 1
    found = said(data, "--repair")
    assert (len(found["orphans"]), found["indexed"]) == (1, 1)


def test_a_file_that_is_being_written_is_left_alone(data: Path) -> None:
    with WarcWriter(data / "warc", prefix="bac", software="Lưu Tin") as writer:
        writer.write_metadata("http://bac.example.vn/", b"x", "text/plain")
        (path,) = (data / "warc").glob(f"*{OPEN}")
        flip(path, 40, 1)
        files = said(data)["files"]
        assert files == len(list((data / "warc").glob("*.warc.gz")))
        assert luutin(data, "verify", "--repair")[0] == 0
        assert path.exists()


ROBOTS = "WHERE url LIKE '%/robots.txt'"
PICTURE = "WHERE url LIKE '%/anh/1.jpg'"
OF_RECORDS: dict[str, str | Callable[[sqlite3.Connection], object]] = {
    "a media type": f"UPDATE captures SET media_type = 'text/html' {ROBOTS}",
    "a picture's": f"UPDATE captures SET media_type = 'image/gif' {PICTURE}",
    "a length": f"UPDATE captures SET content_length = content_length + 1 {PICTURE}",
    "an address": f"UPDATE captures SET url = url || 'x' {ROBOTS}",
}


@pytest.mark.parametrize("what", OF_RECORDS)
def test_what_the_record_of_a_capture_gives_is_compared_with_its_row(data: Path, what: str) -> None:
    damaged(data, str(OF_RECORDS[what]))
    faults = said(data)["faults"]
    assert faults
    assert {fault["what"] for fault in faults if fault["file"] != "archive.db"} == {
        "its row has another address than the record" if what == "an address" else "its row has another type or length"
    }


def test_an_imported_capture_is_of_no_crawl(data: Path, tmp_path: Path) -> None:
    with Keeper(tmp_path / "theirs", at=20) as theirs:
        theirs.article(30)
    assert luutin(data, "import", tmp_path / "theirs" / "warc")[0] == 0
    assert luutin(data, "verify")[0] == 0
    damaged(data, "UPDATE captures SET crawl_id = (SELECT min(id) FROM crawls) WHERE crawl_id IS NULL")
    assert "its row names another crawl than its file" in {fault["what"] for fault in said(data)["faults"]}


def test_a_search_index_that_lost_its_articles_is_found(data: Path) -> None:
    damaged(data, "INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    (fault,) = said(data)["faults"]
    assert fault["what"] == "12 articles are in the search index or among the articles, and not in both"
