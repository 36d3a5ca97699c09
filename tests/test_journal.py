"""The journal: what was said and decided is in WARC files when it is over, whatever is killed in between, and once."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler import journaling
from crawler.archive import Archive
from crawler.frontier import FrontierRow
from crawler.journal import close_alert, open_alert
from crawler.journaling import Change, changes_in
from crawler.replaying import Replay
from crawler.warc import Skipped, WarcWriter, repair
from tests.captures import SITE, Says, key_of, moment, page

#: What a test of one table needs no columns of.
Row = dict[str, Any]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as archive:
        archive.upsert_sites([SITE])
        yield archive


def journals(data: Path) -> list[Path]:
    return sorted((data / "warc").glob("journal-*.warc.gz"))


def replayed(data: Path) -> Replay:
    replay = Replay(Path(":memory:"))
    replay.load(journals(data))
    return replay


def held(archive: Archive, table: str) -> list[Row]:
    return [dict(row) for row in archive.connection.execute(f"SELECT * FROM {table} ORDER BY 1")]


def crawl(archive: Archive, *paths: str, day: int = 1) -> str:
    crawl_id = archive.start_crawl(SITE.slug, "night")
    archive.discover(
        SITE.slug, crawl_id, "Tin", [(n, f"http://thu.example.vn{p}", key_of(p)) for n, p in enumerate(paths)]
    )
    archive.store([page(p, moment(day), Says(body=f"Bài ở {p}."), crawl_id=crawl_id) for p in paths[1:]])
    archive.finish_crawl(crawl_id, "complete", {"Tin": "end"})
    return crawl_id


def test_a_crawl_is_in_the_journal_with_all_that_no_capture_tells(archive: Archive) -> None:
    crawl(archive, "/waits", "/a", "/b")
    archive.not_fetched(FrontierRow(key_of("/no"), SITE.slug, "http://thu.example.vn/no", "Tin", "listed", 0), "robots")
    assert archive.write_journal() > 0
    replay = replayed(archive.data_dir)
    for table in ("sites", "crawls", "events", "sightings", "frontier", "not_fetched"):
        assert sorted(map(str, replay.rows(table))) == sorted(map(str, held(archive, table))) != [], table
    numbers = {row["id"]: row["docid"] for row in held(archive, "articles")}
    assert {row["id"]: row["docid"] for row in replay.rows("articles")} == numbers
    replay.close()


def test_the_journal_is_written_once_and_only_of_what_changed(archive: Archive) -> None:
    crawl(archive, "/a", "/b")
    archive.write_journal()
    archive.upsert_sites([SITE])  # as it was
    assert archive.write_journal() == 0
    assert len(journals(archive.data_dir)) == 1


def test_the_journal_is_metadata_records_that_anybody_can_read(archive: Archive) -> None:
    with archive.writing() as db:
        open_alert(db, SITE.slug, "robots", "Cấm vào", {"was": "được"})
    archive.write_journal()
    (path,) = journals(archive.data_dir)
    with path.open("rb") as stream:
        said = {
            record.rec_headers.get_header("WARC-Target-URI"): json.loads(record.content_stream().read())
            for record in ArchiveIterator(stream, check_digests="raise")
            if record.rec_type == "metadata"
        }
    change = said["urn:luutin:journal:alerts"]["changes"][0]
    assert change["rows"][0]["message"] == "Cấm vào"
    assert change["name"] == change["rows"][0]["id"]


def test_a_row_that_is_gone_is_gone_in_the_journal_too(archive: Archive) -> None:
    crawl(archive, "/a", "/b")
    archive.write_journal()
    with archive.writing() as db:
        db.execute("DELETE FROM events")
    archive.write_journal()
    with closing(replayed(archive.data_dir)) as replay:
        assert list(replay.rows("events")) == []


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.sampled_from("abc")),
        st.tuples(st.just("close"), st.sampled_from("abc")),
        st.tuples(st.just("drop"), st.sampled_from("abc")),
        st.tuples(st.just("write"), st.booleans()),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_whatever_changes_and_whenever_it_is_written_the_journal_says_what_the_table_says(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str | bool]]
) -> None:
    data = tmp_path_factory.mktemp("journal")
    with Archive(data) as archive:
        for step, argument in steps:
            with archive.writing() as db:
                if step == "open":
                    open_alert(db, None, str(argument), "Có chuyện", {})
                elif step == "close":
                    close_alert(db, None, str(argument))
                elif step == "drop":
                    db.execute("DELETE FROM alerts WHERE kind = ?", (argument,))
            if step == "write":
                with broken_off(archive) if argument else whole():
                    archive.write_journal()
        archive.write_journal()
        with closing(replayed(data)) as replay:
            assert sorted(replay.rows("alerts"), key=lambda row: row["id"]) == held(archive, "alerts")


@contextmanager
def whole() -> Iterator[None]:
    yield


class KilledError(Exception):
    pass


@contextmanager
def broken_off(archive: Archive) -> Iterator[None]:
    """Ends the writing where the records are on the disk and the notes are not yet taken back."""

    with suppress(KilledError), patch.object(WarcWriter, "sync", side_effect=KilledError):
        yield


def test_many_rows_under_one_name_come_in_parts_and_half_of_them_count_as_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journaling, "_PART", 3)
    crawl_id = crawl(archive, *(f"/{n}" for n in range(8)))
    archive.write_journal()
    with closing(replayed(archive.data_dir)) as replay:
        assert [row["position"] for row in replay.rows("sightings")] == list(range(8))
    half = Change(10_000, "sightings", crawl_id, [{"crawl_id": crawl_id}], 2, 3)
    with WarcWriter(archive.warc_dir, prefix="journal", software="Lưu Tin") as writer:
        for about, block in journaling.written([half]):
            writer.write_metadata(about, block, journaling.CONTENT_TYPE)
    with closing(replayed(archive.data_dir)) as replay:
        assert len(list(replay.rows("sightings"))) == 8


@pytest.mark.parametrize(
    "block",
    [b"", b"[]", b"{", b'{"table": 1}', b'{"table": "events", "changes": [{"seq": "x"}]}', b"[" * 100_000, b"\xff"],
)
def test_what_only_calls_itself_a_journal_gives_nothing(archive: Archive, block: bytes) -> None:
    with WarcWriter(archive.warc_dir, prefix="journal", software="?") as writer:
        writer.write_metadata("urn:luutin:journal:events", block, "application/json")
    assert [change for path in journals(archive.data_dir) for change in changes_in(path)] == []


def test_damage_is_told_and_the_half_record_of_a_writer_that_was_killed_is_none(archive: Archive) -> None:
    crawl(archive, "/a")
    archive.write_journal()
    (path,) = journals(archive.data_dir)
    whole = path.read_bytes()
    every = len(list(changes_in(path)))
    path.write_bytes(whole[:-20])
    cut = list(changes_in(path))
    assert [found.reason for found in cut if isinstance(found, Skipped)] == ["record cut off"]
    with closing(replayed(archive.data_dir)) as replay:
        assert replay.unreadable == {"record cut off": 1}
    found = list(changes_in(path.rename(f"{path}.open")))
    assert 0 < len(found) == len(cut) - 1 < every


def test_an_archive_that_kept_no_journal_begins_with_all_it_has(archive: Archive) -> None:
    crawl(archive, "/a", "/b")
    before = held(archive, "events")
    with archive.writing() as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE name GLOB '_kept_*'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for table in ("_journal", "_verified"):
            db.execute(f"DROP TABLE {table}")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm010_journal'")
    with Archive(archive.data_dir) as today:
        today.write_journal()
        with closing(replayed(today.data_dir)) as replay:
            assert list(replay.rows("events")) == before


WRITES_ON = """
import sys
from pathlib import Path
from crawler.archive import Archive
from crawler.journal import open_alert
from tests.captures import SITE
with Archive(Path(sys.argv[1])) as archive:
    archive.upsert_sites([SITE])
    n = 0
    while True:
        with archive.writing() as db:
            for _ in range(50):
                n += 1
                open_alert(db, None, f"{sys.argv[2]}-{n}", "Có chuyện", {"n": n})
        archive.write_journal()
        print(n, flush=True)
"""


def test_a_kill_in_the_middle_of_writing_loses_nothing(tmp_path: Path) -> None:
    for turn in range(6):
        command = [sys.executable, "-c", WRITES_ON, str(tmp_path), str(turn)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent) as process:
            assert process.stdout is not None
            for _ in range(1 + turn):  # each time somewhere else in the work
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
    repair(tmp_path / "warc")
    with Archive(tmp_path) as archive:
        archive.write_journal()
        with closing(replayed(tmp_path)) as replay:
            assert sorted(replay.rows("alerts"), key=lambda row: row["id"]) == held(archive, "alerts")
        assert archive.connection.execute("SELECT count(*) FROM _journal").fetchone()[0] == 0


def test_every_journaled_table_is_there_and_named_by_what_names_it(archive: Archive) -> None:
    for table, kept in journaling.JOURNALED.items():
        try:
            archive.connection.execute(kept.rows, ("",)).fetchall()
            archive.connection.execute(f"SELECT {kept.key} FROM {table}")
        except sqlite3.Error as error:
            pytest.fail(f"{table}: {error}")
