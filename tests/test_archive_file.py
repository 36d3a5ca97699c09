"""archive.db as a file: readers and writers beside each other, and one clear sentence where it cannot be used."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.archive import Archive
from crawler.errors import LockedError, StorageError
from tests.captures import SITE, Says, dump, kinds, moment, one, page, sound


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as opened:
        opened.upsert_sites([SITE])
        yield opened


def test_a_reader_sees_whole_transactions_and_never_waits(archive: Archive, tmp_path: Path) -> None:
    archive.store([page("/a", moment(1))])
    with Archive(tmp_path, read_only=True) as reader, archive.writing() as db:
        db.execute("UPDATE articles SET headline = 'half'")
        assert one(reader, "SELECT headline FROM articles") == ("Hội nghị",)
        with pytest.raises(StorageError, match="reading only"), reader.writing():
            pass


def test_what_fails_midway_leaves_nothing_behind(archive: Archive) -> None:
    before = dump(archive)
    with pytest.raises(sqlite3.IntegrityError):
        archive.store([page("/a", moment(1)), replace(page("/b", moment(1)), site="nobody")])
    assert dump(archive) == before
    assert kinds(archive.store([page("/a", moment(1))])) == ["new"]


def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(archive: Archive) -> None:
    archive.store([page("/a", moment(1))])
    before = dump(archive)
    pages = archive.connection.execute("PRAGMA page_count").fetchone()[0]
    archive.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    long = [page(f"/l{n}", moment(2), Says(body="chữ " * 5000 + str(n))) for n in range(9)]
    with pytest.raises(StorageError, match="disk is full"):
        archive.store(long)
    assert dump(archive) == before
    archive.connection.execute("PRAGMA max_page_count = 1000000")
    assert kinds(archive.store(long)) == ["new"] * 9
    sound(archive)


@pytest.mark.parametrize(
    "content", [b"not a database, but a letter to the editor. " * 40, b"SQLite format 3\x00" + b"\xff" * 4000]
)
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "archive.db").write_bytes(content)
    with pytest.raises(StorageError, match=r"archive\.db is (not a database|damaged).*: .*luutin rebuild"):
        Archive(tmp_path)  # an import would forget what the journal knows, such as who is withheld
    assert (tmp_path / "archive.db").read_bytes() == content


@pytest.mark.parametrize("empty", [False, True])
def test_no_empty_archive_takes_the_place_of_one_that_is_gone(archive: Archive, tmp_path: Path, empty: bool) -> None:
    archive.store([page("/a", moment(1))])
    archive.write_journal()
    archive.close()
    for path in tmp_path.glob("archive.db*"):
        path.unlink()
    if empty:
        (tmp_path / "archive.db").touch()
    with pytest.raises(StorageError, match=r"archive\.db is gone, .* luutin rebuild"):
        Archive(tmp_path)
    assert not empty or (tmp_path / "archive.db").stat().st_size == 0


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "archive.db")
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with pytest.raises(StorageError, match="of something else"):
        Archive(tmp_path)


def test_an_archive_of_a_newer_version_is_refused(archive: Archive, tmp_path: Path) -> None:
    with archive.writing() as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('luutin', 'm999', 'later')"
        )
    for read_only in (False, True):
        with pytest.raises(StorageError, match="newer Lưu Tin"):
            Archive(tmp_path, read_only=read_only)


def test_opening_again_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    archive.store([page("/a", moment(1))])
    before = dump(archive)
    with Archive(tmp_path) as again:
        assert dump(again) == before


def test_no_archive_is_a_sentence_for_a_reader(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no archive here yet"):
        Archive(tmp_path, read_only=True)


def test_a_data_directory_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StorageError, match="choose another data directory"):
        Archive(tmp_path / "data")


@pytest.mark.skipif("os.geteuid() == 0", reason="root may write anywhere")
def test_a_read_only_directory_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(StorageError, match="permissions"):
            Archive(tmp_path)
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.parametrize("there", [True, False])
def test_nobody_writes_on_into_a_file_that_another_one_has_replaced(
    archive: Archive, tmp_path: Path, there: bool
) -> None:
    archive.store([page("/a", moment(1))])
    (tmp_path / "archive.db").rename(tmp_path / "old.db")
    if there:
        shutil.copy(tmp_path / "old.db", tmp_path / "archive.db")
    with pytest.raises(StorageError, match="is another file than when this began: begin again"):
        archive.store([page("/b", moment(1))])


def test_a_read_only_file_is_a_sentence(archive: Archive) -> None:
    archive.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="read-only"):
        archive.store([page("/a", moment(1))])


def test_a_writer_that_does_not_let_go_is_named(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.archive.PATIENCE", 0.01)
    with Archive(tmp_path) as other, archive.writing(), pytest.raises(LockedError, match="Another process"):
        other.store([page("/a", moment(1))])
