"""``luutin verify``: whatever is not as it was stored is found and named, and what is whole is never accused."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.archive import Archive
from crawler.config import Config, load
from crawler.warc import Exchange, Location, WarcWriter
from crawler.warc import load as load_record
from crawler.warc_record import Record
from crawler.warc_walk import Fault, walk
from monitor import custody, manifest
from monitor.cli import main
from monitor.verifying import Verification
from spiders import registry
from tests.alike import changed, copied
from tests.kept import Keeper

#: Places of a byte in WARC files, and of a letter in texts, that are changed one after the other.
IN_FILES, IN_TEXTS = 170, 30


@pytest.fixture
def kept(demo_archive: Path, tmp_path: Path) -> Path:
    """The demo's archive, to do with as one likes."""
    return copied(demo_archive, tmp_path / "kept")


def luutin(data: Path, *arguments: object) -> tuple[int, str, str]:
    command = [*map(str, arguments), "--data", str(data), "--config", str(data / "luutin.toml")]
    result = CliRunner().invoke(main, command)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def verified(data: Path, *steps: str) -> Verification:
    with Archive(data, read_only=True) as archive:
        work = Verification(archive, registry(load(data / "luutin.toml")))
        for step in steps:
            getattr(work, step)()
    return work


def said(data: Path, *options: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(luutin(data, "verify", "--json", *options)[1])
    return answer


def test_an_archive_that_is_whole_is_whole_to_its_last_page(demo_archive: Path) -> None:
    work = verified(demo_archive, "files", "database", "texts", "derived", "origins")
    work_on_pages(demo_archive, work)
    result = work.result
    assert (result.faults, result.orphans) == ([], [])
    with closing(sqlite3.connect(demo_archive / "archive.db")) as db:
        for table, count in (("texts", result.texts), ("articles", result.articles)):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == count
    assert result.files == len(list((demo_archive / "warc").glob("*.warc.gz")))
    assert result.pages > 200


def work_on_pages(data: Path, work: Verification) -> None:
    with Archive(data, read_only=True) as archive:
        again = Verification(archive, registry(load(data / "luutin.toml")))
        again.result = work.result
        again.pages(1)


# --- a byte


def records(path: Path) -> list[tuple[int, int]]:
    """Where the records of a file begin and end."""
    return [(r.offset, r.offset + r.length) for r in walk(path, path.name) if isinstance(r, Record)]


def test_a_byte_flipped_anywhere_in_a_warc_file_is_found_and_its_record_named(kept: Path) -> None:
    chance = random.Random("a byte")
    files = sorted((kept / "warc").glob("*.warc.gz"))
    sizes = [path.stat().st_size for path in files]
    spans = {path: records(path) for path in files}
    with Archive(kept, read_only=True) as archive:
        work = Verification(archive, {})
        for path in chance.choices(files, sizes, k=IN_FILES):
            at, bit = chance.randrange(path.stat().st_size), 1 << chance.randrange(8)
            flip(path, at, bit)
            work.result.faults.clear()
            work.files([path])
            named = [f"{fault.file} {fault.offset}" for fault in work.result.faults]
            (begin,) = (start for start, end in spans[path] if start <= at < end)
            record, file = f"warc/{path.name} {begin}", f"warc/{path.name} None"
            assert named in ([record], [file]), (path, at, bit, work.result.faults)
            if named == [file]:  # the last bits of a deflate stream mean nothing: the record is what it was
                assert "every record is whole" in work.result.faults[0].what
            flip(path, at, bit)
        work.result.faults.clear()
        work.files()
        assert work.result.faults == []


def flip(path: Path, at: int, bits: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0] ^ bits
        file.seek(at)
        file.write(bytes([byte]))


def test_a_letter_changed_in_any_text_is_found_and_the_text_named(kept: Path) -> None:
    chance = random.Random("a letter")
    with closing(sqlite3.connect(kept / "archive.db")) as db:
        texts = dict(db.execute("SELECT text_digest, body FROM texts WHERE body <> '' ORDER BY 1"))
    others: list[tuple[str, str]] = []
    for digest in chance.sample(sorted(texts), IN_TEXTS):
        at = chance.randrange(len(texts[digest]))
        letter = "x" if texts[digest][at] != "x" else "y"
        others.append((f"{texts[digest][:at]}{letter}{texts[digest][at + 1 :]}", digest))
    changed(kept, lambda db: db.executemany("UPDATE texts SET body = ? WHERE text_digest = ?", others))
    faults = verified(kept, "texts").result.faults
    named = [fault.name for fault in faults if fault.what == "a text does not have its digest"]
    assert sorted(named) == sorted(digest for _, digest in others)
    assert {fault.file for fault in faults} == {"archive.db"}


FIRST = "WHERE id = (SELECT min(id) FROM articles)"
EDITED = "WHERE change = 'edited'"
LISTING = "WHERE quality = 'listing'"
FIRST_ROBOTS = "WHERE id = (SELECT min(id) FROM captures WHERE url LIKE '%/robots.txt')"
TAMPERED = {
    "a headline": ("derived", f"UPDATE articles SET headline = 'Khác' {FIRST}", "a row of articles"),
    "a status": ("derived", f"UPDATE articles SET status = 'removed' {FIRST}", "a row of articles"),
    "the same text": ("derived", "UPDATE articles SET same_text_as = NULL", "a row of articles"),
    "an edit denied": ("derived", f"UPDATE revisions SET change = 'cosmetic' {EDITED}", "a row of revisions"),
    "a date": ("derived", f"UPDATE revisions SET observed_by = '2020-01-01T00:00:00Z' {EDITED}", "a row of revisions"),
    "a file": ("derived", "UPDATE attachments SET name = 'khác' WHERE kind = 'attachment'", "a row of attachments"),
    "a reading": ("texts", "UPDATE readings SET author = 'Người khác'", "a reading does not"),
    "a list": ("texts", "UPDATE readings SET captions = '[', images = '[0]'", "a reading does not"),
    "a moment": ("files", f"UPDATE captures SET memento_datetime = '2020' {FIRST_ROBOTS}", "another time or status"),
    "an answer": ("files", f"UPDATE captures SET status_code = 201 {LISTING}", "another time or status"),
    "a place": ("files", f"UPDATE captures SET warc_offset = warc_offset + 1 {LISTING}", "its record is not there"),
    "a digest": ("files", f"UPDATE captures SET payload_digest = 'sha1:X' {LISTING}", "has another digest"),
    "a validator": ("files", f"UPDATE captures SET etag = 'khác' {LISTING}", "other validators"),
    "a crawl": ("files", f"UPDATE captures SET crawl_id = NULL {LISTING}", "names another crawl"),
    "a count of words": ("texts", "UPDATE texts SET word_count = 1", "another number of words"),
    "what captures say": (
        "texts",
        "UPDATE captures SET content_digest = 'c1:x' WHERE quality = 'article'",
        "a reading does",
    ),
    "an address": ("derived", "UPDATE article_urls SET first_seen = '2020'", "a row of article_urls"),
    "a lost address": ("derived", "DELETE FROM article_urls", "a row of article_urls"),
    "a citation": ("derived", "UPDATE citations SET number = '1'", "its citations are not"),
    "a row that refers": ("database", f"UPDATE captures SET site = 'nobody' {LISTING}", "refers to one of sites"),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a crawl of our own, and of captures of somebody else's."""
    own, theirs = (tmp_path_factory.mktemp(name) for name in ("own", "theirs"))
    for data, night in ((own, 1), (theirs, 2)):
        with Keeper(data, at=night) as keeper:
            keeper.article(night)
    (own / "luutin.toml").write_text("")
    assert luutin(own, "import", theirs / "warc", "--any-host", "--jobs", "1")[0] == 0
    return own


@pytest.fixture
def imported(both: Path, tmp_path: Path) -> Path:
    return copied(both, tmp_path / "imported")


def rot(db: sqlite3.Connection, sql: str) -> None:
    """What a disk does, which no trigger sees."""
    for what in ("insert", "update", "delete"):
        db.execute(f"DROP TRIGGER _kept_capture_sources_{what}")
    db.execute(sql)


ORIGINS = {
    "an origin": "UPDATE capture_sources SET origin = 'x.warc.gz' WHERE source = 'import'",
    "a source": "UPDATE capture_sources SET source = 'backfill' WHERE source = 'import'",
    "whose crawl": "UPDATE capture_sources SET source = 'import' WHERE source = 'live'",
    "one more": "INSERT INTO capture_sources SELECT capture_id, 'import', 'x' FROM capture_sources",
    "one lost": "DELETE FROM capture_sources",
}


@pytest.mark.parametrize("what", ORIGINS)
def test_whose_a_capture_is_is_what_the_journal_has(imported: Path, what: str) -> None:
    assert verified(imported, "origins").result.faults == []
    changed(imported, lambda db: rot(db, ORIGINS[what]))
    faults = verified(imported, "origins").result.faults
    assert faults
    assert {fault.what for fault in faults} == {"its origin (capture_sources) is not what the journal has"}
    with closing(sqlite3.connect(imported / "archive.db")) as db:
        ids = {identifier for (identifier,) in db.execute("SELECT id FROM captures")}
    assert {fault.name for fault in faults} <= ids
    assert luutin(imported, "verify")[0] == 7


def test_what_waits_to_be_written_into_the_journal_is_not_accused(imported: Path, tmp_path: Path) -> None:
    with Archive(imported) as archive, archive.writing() as db:
        db.execute("UPDATE capture_sources SET origin = 'x.warc.gz' WHERE source = 'import'")
    assert verified(imported, "origins").result.faults == []
    assert luutin(imported, "verify")[0] == 0
    assert verified(imported, "origins").result.faults == []


def test_an_archive_that_was_rebuilt_says_the_same_of_its_captures_also_without_a_journal(imported: Path) -> None:
    assert luutin(imported, "rebuild", "--jobs", "1")[0] == 0
    assert verified(imported, "origins").result.faults == []
    for journal in (imported / "warc").glob("journal-*"):
        journal.unlink()
    assert luutin(imported, "rebuild", "--jobs", "1")[0] == 0
    assert verified(imported, "origins").result.faults == []


@pytest.mark.parametrize("what", TAMPERED)
def test_a_row_that_does_not_follow_from_the_captures_is_found(kept: Path, what: str) -> None:
    step, sql, told = TAMPERED[what]
    changed(kept, lambda db: db.execute(sql))
    faults = verified(kept, step).result.faults
    assert faults
    assert all(told in str(fault) for fault in faults), [str(fault) for fault in faults]


def test_a_wrong_verdict_on_a_page_is_found_by_reading_it_again(kept: Path) -> None:
    changed(kept, lambda db: db.execute(f"UPDATE captures SET quality = 'empty' {LISTING}"))
    assert verified(kept, "files", "database", "texts", "derived").result.faults == []
    code, out, _ = luutin(kept, "verify", "--deep", "--jobs", "1")
    assert (code, "a capture is read otherwise than stored" in out) == (7, True)


def test_a_wrong_identity_of_a_page_is_found_by_reading_it_again(kept: Path) -> None:
    changed(kept, lambda db: db.execute(f"UPDATE captures SET identity = 'khac' {LISTING}"))
    code, out, _ = luutin(kept, "verify", "--deep", "--jobs", "1")
    assert (code, "a capture is read otherwise than stored" in out) == (7, True)


def test_a_file_that_is_gone_or_grew_is_named(kept: Path) -> None:
    gone, grown, *_ = sorted((kept / "warc").glob("h*.warc.gz"))
    gone.rename(kept / "elsewhere")
    with grown.open("ab") as file:
        file.write(b"more")
    faults = [str(fault) for fault in verified(kept, "files").result.faults]
    assert any(gone.name in fault and "the file is missing, and with it" in fault for fault in faults)
    assert any(grown.name in fault and "damaged" in fault for fault in faults)


# --- the command


def test_the_command_says_what_is_damaged_and_ends_with_seven(kept: Path) -> None:
    code, out, _ = luutin(kept, "verify")
    assert (code, out.startswith("Verified: ")) == (0, True)
    path = sorted((kept / "warc").glob("h*.warc.gz"))[0]
    flip(path, path.stat().st_size // 2, 0xFF)
    code, out, err = luutin(kept, "verify")
    assert code == 7
    assert err.endswith("luutin: One thing is not as it was stored; see above.\n")
    assert path.name in out
    with Archive(kept, read_only=True) as archive:
        kinds = [kind for (kind,) in archive.connection.execute("SELECT kind FROM alerts WHERE closed IS NULL")]
    assert kinds == ["damaged"]
    flip(path, path.stat().st_size // 2, 0xFF)
    assert luutin(kept, "verify")[0] == 0
    with Archive(kept, read_only=True) as archive:
        assert archive.connection.execute("SELECT 1 FROM alerts WHERE closed IS NULL").fetchone() is None


def test_captures_that_only_the_warc_files_have_are_told_and_taken(kept: Path) -> None:
    with Archive(kept, read_only=True) as archive:
        query = "SELECT url, article_id, warc_file, warc_offset, warc_length, crawl_id FROM captures JOIN crawls"
        query += " ON crawls.id = crawl_id WHERE quality = 'article' AND record_type = 'response'"
        query += " AND captures.site = 'hai_duong' ORDER BY captures.url"
        url, article, file, offset, length, crawl = archive.connection.execute(query).fetchone()
    page = load_record(kept / "warc", Location(file, offset, length))
    body = page.payload.replace(b"</p>", " Thêm một câu.</p>".encode())
    with WarcWriter(kept / "warc", prefix="killed", software="Lưu Tin") as writer:
        writer.part_of(crawl)  # a crawl that was killed before it could store its last batch
        kind = (("Content-Type", page.header("Content-Type") or ""),)
        writer.write(Exchange(url, datetime(2025, 2, 1, tzinfo=UTC), 200, "OK", kind, body))
    found = said(kept)
    assert (found["faults"], len(found["orphans"]), found["indexed"]) == ([], 1, 0)
    assert said(kept, "--repair")["indexed"] == 1
    assert said(kept)["orphans"] == []
    with Archive(kept, read_only=True) as archive:
        query = "SELECT source, crawl_id FROM captures JOIN capture_sources ON capture_id = id"
        query += " WHERE warc_file LIKE 'killed%'"
        assert [tuple(row) for row in archive.connection.execute(query)] == [("live", crawl)]
        newest = "SELECT last_changed FROM articles WHERE id = ?"
        assert archive.connection.execute(newest, (article,)).fetchone()[0] == "2025-02-01T00:00:00.000000Z"


# --- by night


def test_each_file_gets_its_turn_before_any_gets_its_second(kept: Path) -> None:
    config = Config()
    with Archive(kept) as archive:
        sites = registry(load(kept / "luutin.toml"))
        files = sorted(path.name for path in (kept / "warc").glob("*.warc.gz"))
        seen: list[str] = []
        for _ in files:
            before = parts(archive)
            assert custody.share(archive, sites, 1, lambda: False) == []
            after = parts(archive)
            (now,) = [name for name in files if after.get(name) != before.get(name)]
            seen.append(now)
        assert sorted(seen) == files
        assert custody.share(archive, sites, config.night.verify_megabytes * 1_000_000, lambda: False) == []


def parts(archive: Archive) -> dict[str, str]:
    return dict(archive.connection.execute("SELECT part, at FROM _verified").fetchall())


def test_damage_is_told_once_and_the_alert_closes_when_it_is_mended(kept: Path) -> None:
    def alerts() -> list[tuple[str, bool]]:
        rows = archive.connection.execute("SELECT kind, closed IS NULL FROM alerts").fetchall()
        return [(kind, bool(is_open)) for kind, is_open in rows]

    def night() -> list[Fault]:
        return custody.share(archive, {}, 10**9, lambda: False)

    with Archive(kept) as archive:
        path = sorted((kept / "warc").glob("h*.warc.gz"))[0]
        flip(path, 5000, 1)
        assert night()
        assert night(), "what is damaged is looked at again every night"
        assert alerts() == [("damaged", True)]
        flip(path, 5000, 1)
        assert night() == []
        assert alerts() == [("damaged", False)]


def test_a_night_ends_with_journal_and_manifest(kept: Path) -> None:
    with Archive(kept) as archive:
        sites = registry(load(kept / "luutin.toml"))
        assert custody.conclude(archive, Config(), sites, lambda: True) == []
        with archive.writing() as db:
            db.execute("INSERT INTO _channels VALUES ('a', '2025')")
        custody.conclude(archive, Config(), sites, lambda: False)
        assert archive.connection.execute("SELECT count(*) FROM _journal").fetchone()[0] == 0
    newest = manifest.read(manifest.manifests(kept)[-1])
    assert [name.split("-")[0] for name in newest if name.startswith("warc/")] == ["warc/journal"]
