"""A backup takes in no other archive, and leaves nothing behind where the disk is full."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from monitor import backup
from tests.kept import make
from tests.test_backup import files, rows, run, told


def test_another_archive_is_never_put_into_a_backup(tmp_path: Path) -> None:
    one, other = make(tmp_path / "one"), make(tmp_path / "other")
    told("backup", tmp_path / "copy", "--data", one)
    before = (files(tmp_path / "copy"), rows(tmp_path / "copy" / "archive.db"))
    done = run("backup", tmp_path / "copy", "--data", other)
    assert (done.exit_code, "is the backup of another archive" in done.output) == (2, True), done.output
    assert (files(tmp_path / "copy"), rows(tmp_path / "copy" / "archive.db")) == before
    assert not (tmp_path / "copy" / ".new").exists()


def test_an_archive_that_lost_files_is_still_the_same(tmp_path: Path) -> None:
    data = make(tmp_path / "data")
    told("backup", tmp_path / "copy", "--data", data)
    lost, *_ = sorted((data / "warc").glob("*.warc.gz"))
    lost.unlink()
    assert "another archive" not in run("backup", tmp_path / "copy", "--data", data).output
    shutil.rmtree(data / "warc")
    assert "another archive" not in run("backup", tmp_path / "copy", "--data", data).output


@pytest.mark.parametrize("first", [True, False])
def test_a_backup_that_fails_takes_away_what_it_had_begun_and_the_next_one_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    data, copy = make(tmp_path / "data"), tmp_path / "copy"
    (data / "luutin.toml").write_text("")
    how = ("--data", data, "--config", data / "luutin.toml")
    if not first:
        told("backup", copy, *how)

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(backup, "missing", lambda *_: full(None))
        done = run("backup", copy, *how)
    assert (done.exit_code, "No space left" in done.output) == (5, True), done.output
    assert not (copy / ".new").exists()
    told("backup", copy, *how)
    assert rows(copy / "archive.db") == rows(data / "archive.db")
