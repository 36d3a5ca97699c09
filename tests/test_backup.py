"""``luutin backup`` and ``luutin restore``: taken while everything writes, verified, and the same when it is back."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from crawler.archive import Archive
from crawler.errors import StorageError
from crawler.warc import Location, load
from monitor import backup
from monitor.cli import main
from tests.captures import sound
from tests.kept import NORTH, Keeper, html, make


def run(command: str, *args: object) -> Result:
    return CliRunner().invoke(main, [command, *map(str, args)])


def told(command: str, *args: object) -> dict[str, Any]:
    done = run(command, *args, "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def rows(database: Path) -> dict[str, list[str]]:
    """Every row of every table."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as db:
        tables = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")]
        return {t: sorted(map(repr, db.execute(f'SELECT * FROM "{t}"'))) for t in tables if t != "articles_fts"}


def files(directory: Path) -> dict[str, str]:
    """Every file's digest, but for the database and locks."""
    return {
        p.relative_to(directory).as_posix(): sha256(p.read_bytes()).hexdigest()
        for p in directory.rglob("*")
        if p.is_file() and not p.name.startswith(("archive.", ".lock", "SHA256SUMS", "luutin.toml"))
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return make(tmp_path / "data")


def test_what_is_brought_back_is_the_same_in_every_table_and_file(data: Path, tmp_path: Path) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text('[contact]\nname = "Kho Thử"\n', "utf-8")
    told("backup", tmp_path / "copy", "--data", data, "--config", settings)
    done = run("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert done.exit_code == 0, done.output
    assert rows(tmp_path / "new" / "archive.db") == rows(data / "archive.db")
    assert files(tmp_path / "new") == files(data)
    assert (tmp_path / "new" / "luutin.toml").read_bytes() == settings.read_bytes()
    with Archive(tmp_path / "new") as archive:
        sound(archive)


def test_a_backup_is_what_sha256sum_checks(data: Path, tmp_path: Path) -> None:
    strange = "warc/a\nb\\c.warc.gz"
    (data / strange).write_bytes(b"")
    told("backup", tmp_path / "copy", "--data", data)
    subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=tmp_path / "copy", check=True)
    told("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert (tmp_path / "new" / strange).is_file()


def test_on_one_disk_sealed_files_get_a_second_name_elsewhere_they_are_copied(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told("backup", tmp_path / "copy", "--data", data)["linked"] == 4

    def another_disk(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", another_disk)
    assert told("backup", tmp_path / "far", "--data", data)["linked"] == 0
    assert files(tmp_path / "far") == files(tmp_path / "copy") == files(data)


def test_the_second_backup_brings_only_what_is_new(data: Path, tmp_path: Path) -> None:
    first = told("backup", tmp_path / "copy", "--data", data)
    again = told("backup", tmp_path / "copy", "--data", data)
    assert (first["new"], again["new"]) == (first["files"], 1)  # the database
    with Keeper(data, at=5) as keeper:
        keeper.article(9)
    later = told("backup", tmp_path / "copy", "--data", data)
    assert (later["files"], later["new"]) == (first["files"] + 1, 2)
    told("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert rows(tmp_path / "new" / "archive.db") == rows(data / "archive.db")


@contextmanager
def read_only(data: Path) -> Iterator[None]:
    """A directory that cannot be written, by root neither: then it is mounted so."""
    if os.geteuid():
        data.chmod(0o555)
    else:
        for how in (("--bind", data, data), ("-o", "remount,bind,ro", data)):
            if subprocess.run(["mount", *map(str, how)], check=False, capture_output=True).returncode:
                pytest.skip("root may not mount here")
    try:
        yield
    finally:
        if os.geteuid():
            data.chmod(0o755)
        else:
            subprocess.run(["umount", str(data)], check=True)


def test_an_archive_that_is_read_only_is_backed_up_too(data: Path, tmp_path: Path) -> None:
    with read_only(data):
        assert not any(data.glob("archive.db-*"))
        told("backup", tmp_path / "copy", "--data", data)
    told("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert rows(tmp_path / "new" / "archive.db") == rows(data / "archive.db")


def left_as_by_a_kill(data: Path) -> None:
    """What was written last is still beside the database."""
    with Archive(data) as archive, closing(sqlite3.connect(data / "archive.db")) as reader:
        with archive.writing() as db:
            db.execute("UPDATE sites SET description = 'viết sau cùng'")
        reader.execute("SELECT 1 FROM sites").fetchone()
        kept = {name: (data / name).read_bytes() for name in ("archive.db", "archive.db-wal")}
    for name, content in kept.items():
        (data / name).write_bytes(content)
    (data / "archive.db-shm").unlink(missing_ok=True)


def test_of_a_read_only_archive_what_waits_beside_the_database_is_not_left_out_silently(
    data: Path, tmp_path: Path
) -> None:
    left_as_by_a_kill(data)
    with read_only(data):
        done = run("backup", tmp_path / "copy", "--data", data)
    assert done.exit_code == 5
    assert "archive.db-wal" in done.output
    assert "copy the directory to a place that can be written" in done.output
    told("backup", tmp_path / "copy", "--data", data)
    told("restore", tmp_path / "copy", "--data", tmp_path / "new")
    with Archive(tmp_path / "new") as archive:
        assert archive.connection.execute("SELECT DISTINCT description FROM sites").fetchone()[0] == "viết sau cùng"


def test_what_only_we_may_not_write_is_refused_where_others_wrote_it_meanwhile(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)

    def written(*_: object) -> None:
        os.utime(data / "archive.db", ns=(1, 1))

    with pytest.raises(StorageError, match="was written while it was copied"):
        backup.backup(data, tmp_path / "copy", None, written)
    assert not backup.is_backup(tmp_path / "copy")


def test_a_file_that_is_being_written_is_copied_as_far_as_it_is_whole_and_later_whole(
    data: Path, tmp_path: Path
) -> None:
    with Keeper(data, at=5) as keeper:
        keeper.article(9)
        keeper.flush()
        keeper.writer.write_metadata("urn:x", b"noted, and no row points here", "text/plain")
        (being_written,) = (data / "warc").glob("*.open")
        with being_written.open("ab") as file:
            file.write(b"\x1f\x8b\x08 a record that is not whole yet")
        told("backup", tmp_path / "copy", "--data", data)
        kept = tmp_path / "copy" / "warc" / being_written.name.removesuffix(".open")
        whole = kept.read_bytes()
        assert being_written.read_bytes().startswith(whole)
        assert b"not whole yet" not in whole
        with Archive(data) as archive:
            (end,) = archive.connection.execute(
                "SELECT max(warc_offset + warc_length) FROM captures WHERE warc_file = ?", (kept.name,)
            ).fetchone()
        assert len(whole) > end  # the note behind it is there, too
        keeper.article(10)
    told("backup", tmp_path / "copy", "--data", data)
    assert kept.read_bytes() == (data / "warc" / kept.name).read_bytes() != whole
    told("restore", tmp_path / "copy", "--data", tmp_path / "new")
    _every_record_is_there(tmp_path / "new")


def _every_record_is_there(data: Path) -> None:
    with Archive(data, read_only=True) as archive:
        places = archive.connection.execute("SELECT id, warc_file, warc_offset, warc_length FROM captures").fetchall()
    assert places
    for row in places:
        capture = load(data / "warc", Location(row["warc_file"], row["warc_offset"], row["warc_length"]))
        assert capture.record_id == row["id"]


_WRITER = """
import sys
from pathlib import Path
from tests.kept import Keeper
n = 100
while True:
    with Keeper(Path(sys.argv[1]), at=n) as keeper:
        for _ in range(40):
            n += 1
            keeper.article(n, files=False)
            if n % 5 == 0:
                keeper.flush()
                print(n, flush=True)
"""


def test_a_backup_taken_while_everything_writes_as_fast_as_it_can_is_whole(data: Path, tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(data)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    try:
        writer.stdout.readline()
        drain = threading.Thread(target=writer.stdout.read)
        drain.start()
        for n in range(4):
            told("backup", tmp_path / "copy", "--data", data)
            told("restore", tmp_path / "copy", "--data", tmp_path / f"new{n}")
            _every_record_is_there(tmp_path / f"new{n}")
        assert writer.poll() is None, "the writer was never stopped by a backup"
    finally:
        writer.kill()
        writer.wait()
        drain.join()
        writer.stdout.close()
    counts = []
    for n in range(4):
        with Archive(tmp_path / f"new{n}") as archive:
            sound(archive)
            counts.append(archive.connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


class _KilledError(BaseException):
    pass


def _killed_after(calls: int) -> Iterator[None]:
    for _ in range(calls):
        yield
    raise _KilledError


@pytest.mark.parametrize("at", range(7))
def test_killed_at_any_moment_it_leaves_the_backup_before_and_the_next_one_is_whole(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Dies before the at-th time that anything gets its name."""
    open_writer = Keeper(data, at=5)
    open_writer.article(9)
    open_writer.flush()
    told("backup", tmp_path / "copy", "--data", data)
    before = rows(data / "archive.db")
    open_writer.article(10)
    open_writer.__exit__()
    with Keeper(data, at=6) as keeper:
        keeper.article(11)
    left, rename, replace = _killed_after(at), Path.rename, Path.replace
    monkeypatch.setattr(Path, "rename", lambda *args: (next(left), rename(*args))[1])
    monkeypatch.setattr(Path, "replace", lambda *args: (next(left), replace(*args))[1])
    killed = False
    try:
        backup.backup(data, tmp_path / "copy", None)
    except _KilledError:
        killed = True
    monkeypatch.undo()
    assert killed == (at < 6)  # the new file's, the list's, and those of what changed: a file, the database, the list
    told("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert rows(tmp_path / "new" / "archive.db") in (before, rows(data / "archive.db"))
    _every_record_is_there(tmp_path / "new")
    told("backup", tmp_path / "copy", "--data", data)
    told("restore", tmp_path / "copy", "--data", tmp_path / "newer")
    assert rows(tmp_path / "newer" / "archive.db") == rows(data / "archive.db")


def test_the_first_backup_is_begun_anew_where_it_was_killed_behind_its_settings(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "luutin.toml"
    settings.write_text("[contact]\nname = 'x'\n")
    monkeypatch.setattr(backup._Backup, "finish", lambda _: next(_killed_after(0)))
    with pytest.raises(_KilledError):
        backup.backup(data, tmp_path / "copy", settings)
    monkeypatch.undo()
    assert (tmp_path / "copy" / "luutin.toml").is_file()
    told("backup", tmp_path / "copy", "--data", data)
    told("restore", tmp_path / "copy", "--data", tmp_path / "new")


def test_a_byte_that_changed_in_the_backup_is_named_and_all_else_comes_back(data: Path, tmp_path: Path) -> None:
    told("backup", tmp_path / "copy", "--data", data)
    shutil.copytree(tmp_path / "copy", tmp_path / "far")  # no second names of the archive's own files
    chance = random.Random(6)
    for warc in sorted((tmp_path / "far" / "warc").iterdir()):
        content = bytearray(warc.read_bytes())
        place = chance.randrange(len(content))
        content[place] ^= 1 << chance.randrange(8)
        warc.write_bytes(content)
        done = run("restore", tmp_path / "far", "--data", tmp_path / warc.name)
        assert (done.exit_code, f"{warc} is not what was backed up" in done.output) == (7, True)
        assert done.output.count("not what was backed up") == 1
        content[place] = data.joinpath("warc", warc.name).read_bytes()[place]
        warc.write_bytes(content)
    warc.unlink()
    done = run("restore", tmp_path / "far", "--data", tmp_path / "gone")
    assert (done.exit_code, f"{warc} is missing" in done.output) == (7, True)
    assert rows(tmp_path / "gone" / "archive.db") == rows(data / "archive.db")


def flip(path: Path, at: int = 200) -> bytes:
    """Turns one bit of a file, which may have second names elsewhere; returns what it was."""
    before = path.read_bytes()
    content = bytearray(before)
    content[at] ^= 1
    path.unlink()
    path.write_bytes(content)
    return before


@pytest.fixture
def far(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup on another disk, and what it holds."""

    def another_disk(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", another_disk)
    (data / "manifests").mkdir()
    (data / "manifests" / "2026-03-01.sha256").write_text("0" * 64 + "  warc/x\n")
    settings = tmp_path / "luutin.toml"
    settings.write_text("[contact]\nname = 'x'\n")
    monkeypatch.setenv("LUUTIN_CONFIG", str(settings))
    told("backup", tmp_path / "far", "--data", data)
    return tmp_path / "far"


def test_a_copy_that_rots_in_the_backup_is_named_and_made_whole_again_by_the_next_one(data: Path, far: Path) -> None:
    warc = min((far / "warc").glob("*.warc.gz"))
    for path in (warc, far / "manifests" / "2026-03-01.sha256", far / "luutin.toml"):
        whole = flip(path, at=5)
        done = run("backup", far, "--data", data)
        assert done.exit_code == 0, done.output
        assert f"{path} was damaged, and was replaced by the archive's own" in done.stderr
        assert path.read_bytes() == whole
        assert told("backup", far, "--data", data)["mended"] == []
    warc.unlink()
    told("backup", far, "--data", data)
    assert files(far) == files(data) | {".verified": sha256((far / ".verified").read_bytes()).hexdigest()}
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=far, check=True)


def test_what_rots_in_the_archive_never_takes_the_place_of_a_whole_copy(data: Path, far: Path, tmp_path: Path) -> None:
    rotten = min((data / "warc").glob("*.warc.gz"))
    whole = flip(rotten)
    manifest = data / "manifests" / "2026-03-01.sha256"
    flip(manifest, at=5)
    longer = max((data / "warc").glob("*.warc.gz"))
    longer.write_bytes(b"\0" + longer.read_bytes())
    for _ in range(2):
        done = run("backup", far, "--data", data)
        assert done.exit_code == 7
        for path in (rotten, manifest, longer):
            assert f"{path} is not what was backed up; its copy in the backup is whole and was kept" in done.stderr
    assert (far / "warc" / rotten.name).read_bytes() == whole
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=far, check=True)
    shutil.copy(far / "warc" / rotten.name, rotten)
    assert str(rotten) not in run("backup", far, "--data", data).output


def test_what_is_damaged_in_both_is_said_so_and_again_until_it_is_mended(data: Path, far: Path) -> None:
    one, other, *_ = sorted((data / "warc").glob("*.warc.gz"))
    whole = flip(far / "warc" / one.name)
    flip(one, at=300)
    flip(far / "warc" / other.name)
    other.unlink()
    kept = (far / "warc" / one.name).read_bytes()
    for _ in range(3):  # every time, also where a share is none: what is damaged is not waited for
        done = run("backup", far, "--data", data)
        assert done.exit_code == 7
        assert f"{far / 'warc' / one.name} is not what was backed up, and {one} is not it either" in done.stderr
        assert f"{far / 'warc' / other.name} is not what was backed up, and the archive has no such" in done.stderr
        assert (far / "warc" / one.name).read_bytes() == kept
        (far.parent / "luutin.toml").write_text("[night]\nverify_megabytes = 0\n")
    one.write_bytes(whole)
    done = run("backup", far, "--data", data)
    assert f"{far / 'warc' / one.name} was damaged, and was replaced" in done.stderr
    assert (far / "warc" / one.name).read_bytes() == whole


def test_what_the_archives_disk_cannot_read_is_named_and_all_else_is_backed_up(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim, opened = min((data / "warc").glob("*.warc.gz")), Path.open

    def broken(path: Path, *how: Any, **more: Any) -> Any:
        if path == victim:
            raise OSError(errno.EIO, "Input/output error")
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", broken)
    for _ in range(2):
        done = run("backup", tmp_path / "copy", "--data", data)
        assert done.exit_code == 7
        assert f"{victim} cannot be read (Input/output error): look at that disk" in done.stderr
        assert f"warc/{victim.name} is missing" in done.stderr
    monkeypatch.undo()
    told("backup", tmp_path / "copy", "--data", data)
    assert files(tmp_path / "copy").items() >= files(data).items()


def test_a_second_name_of_a_damaged_file_is_no_copy_and_that_is_said(data: Path, tmp_path: Path) -> None:
    told("backup", tmp_path / "copy", "--data", data)
    linked = min((data / "warc").glob("*.warc.gz"))
    with linked.open("r+b") as file:
        file.seek(200)
        file.write(b"\0\0")
    done = run("backup", tmp_path / "copy", "--data", data)
    assert done.exit_code == 7
    assert f"is one file with {linked} (a hard link): both are damaged" in done.stderr


def test_what_is_still_being_written_is_made_whole_again_too(data: Path, far: Path) -> None:
    with Keeper(data, at=5) as keeper:
        keeper.article(9)
        keeper.flush()
        told("backup", far, "--data", data)
        (being_written,) = (data / "warc").glob("*.open")
        kept = far / "warc" / being_written.name.removesuffix(".open")
        whole = flip(kept)
        assert told("backup", far, "--data", data)["mended"] == [
            f"{kept} was damaged, and was replaced by the archive's own, which is whole: look at that disk."
        ]
        assert kept.read_bytes() == whole
        flip(kept)
        keeper.article(10)
    told("backup", far, "--data", data)
    assert kept.read_bytes() == (data / "warc" / kept.name).read_bytes()


def test_each_file_is_compared_in_its_turn_and_all_of_them_when_asked(data: Path, far: Path) -> None:
    names = sorted(p.relative_to(far).as_posix() for tree in ("warc", "manifests") for p in (far / tree).iterdir())
    names = [name for name in names if not name.endswith((".cdxj", ".yaml"))]
    seen = []
    for _ in names * 2:
        result = backup.backup(data, far, None, verify=1)
        assert result.verified == 1
        seen.append((far / ".verified").read_text().strip())
    names.append("luutin.toml")
    assert set(seen[: len(names)]) | {"luutin.toml"} == set(names)
    damaged = far / seen[-1]
    flip(damaged, at=3)
    assert backup.backup(data, far, None, verify=1).mended == []
    (far.parent / "luutin.toml").write_text("[night]\nverify_megabytes = 0\n")
    assert told("backup", far, "--data", data)["verified"] == 0
    assert told("backup", far, "--data", data, "--verify")["mended"] != []


def test_a_list_that_rots_is_no_traceback(data: Path, far: Path) -> None:
    sums = far / "SHA256SUMS"
    lines = sums.read_bytes().splitlines(keepends=True)
    n = next(i for i, line in enumerate(lines) if b".warc.gz" in line)
    lines[n] = lines[n].replace(b".warc", b"\xff.warc")
    sums.write_bytes(b"".join(lines))
    done = run("backup", far, "--data", data)
    assert (done.exit_code, "is missing, and the archive has no such file" in done.stderr) == (7, True)


def test_a_damaged_database_is_no_backup_and_the_one_before_stays(data: Path, tmp_path: Path) -> None:
    told("backup", tmp_path / "copy", "--data", data)
    good = (tmp_path / "copy" / "archive.db").read_bytes()
    with (data / "archive.db").open("r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xff" * 4096 * 30)
    done = run("backup", tmp_path / "copy", "--data", data)
    assert (done.exit_code, "is damaged" in done.output) == (5, True), done.output
    assert (tmp_path / "copy" / "archive.db").read_bytes() == good


def test_what_the_archive_itself_lost_is_told_and_kept_in_the_backup(data: Path, tmp_path: Path) -> None:
    told("backup", tmp_path / "copy", "--data", data)
    lost, short, *_ = sorted((data / "warc").iterdir())
    lost.unlink()
    content = short.read_bytes()
    short.unlink()
    short.write_bytes(content[:-100])
    done = run("backup", tmp_path / "copy", "--data", data)
    assert (done.exit_code, f"{short} is shorter than its copy" in done.output) == (7, True), done.output
    assert (tmp_path / "copy" / "warc" / short.name).read_bytes() == content
    assert (tmp_path / "copy" / "warc" / lost.name).exists()
    done = run("backup", tmp_path / "other", "--data", data)
    assert (done.exit_code, f"warc/{lost.name} is missing" in done.output) == (7, True)


def test_nothing_is_overwritten(data: Path, tmp_path: Path) -> None:
    told("backup", tmp_path / "copy", "--data", data)
    before = files(data)
    done = run("restore", tmp_path / "copy", "--data", data)
    assert (done.exit_code, "holds an archive already" in done.output) == (2, True)
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.odt").touch()
    for command, arguments in (("restore", (tmp_path / "copy", "--data", home)), ("backup", (home, "--data", data))):
        done = run(command, *arguments)
        assert (done.exit_code, "not empty" in done.output) == (2, True), done.output
    for inside in (data, data / "warc", data / "warc" / "deep"):
        done = run("backup", inside, "--data", data)
        assert (done.exit_code, "part of the archive itself" in done.output) == (2, True), done.output
    assert files(data) == before
    assert run("restore", home, "--data", tmp_path / "new").exit_code == 2


def test_what_is_decided_after_a_restore_holds_against_a_journal_that_went_further(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal's files are copied after the database: they may tell of changes that it does not know."""
    looked = backup.check_database

    def describe(at: Path, *words: str) -> None:
        with Archive(at) as archive:
            for word in words:
                with archive.writing() as db:
                    db.execute("UPDATE sites SET description = ?", (word,))
            archive.write_journal()

    def meanwhile(*args: Path) -> dict[str, int]:
        monkeypatch.undo()
        describe(data, "một", "hai", "ba")
        return looked(*args)

    describe(data, "không")
    monkeypatch.setattr(backup, "check_database", meanwhile)
    backup.backup(data, tmp_path / "copy", None)
    told("restore", tmp_path / "copy", "--data", tmp_path / "new")
    describe(tmp_path / "new", "mới")
    (tmp_path / "luutin.toml").write_text("")
    done = run("rebuild", "--data", tmp_path / "new", "--jobs", 1, "--config", tmp_path / "luutin.toml")
    assert done.exit_code == 0, done.output
    with Archive(tmp_path / "new") as archive:
        assert {d for (d,) in archive.connection.execute("SELECT description FROM sites")} == {"mới"}


def test_a_restore_that_was_cut_short_is_taken_up_again(data: Path, tmp_path: Path) -> None:
    told("backup", tmp_path / "copy", "--data", data)
    (tmp_path / "new" / "warc").mkdir(parents=True)
    first = min((data / "warc").iterdir())
    shutil.copy(first, tmp_path / "new" / "warc" / first.name)
    (tmp_path / "new" / "warc" / "torn.warc.gz.part").touch()
    again = told("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert again["new"] == again["files"] - 1


def test_two_backups_into_one_place_do_not_meet(data: Path, tmp_path: Path) -> None:
    told("backup", tmp_path / "copy", "--data", data)
    with FileLock(tmp_path / "copy" / ".lock"):
        done = run("backup", tmp_path / "copy", "--data", data)
    assert (done.exit_code, "under way" in done.output) == (6, True)


def test_names_in_a_forged_list_lead_nowhere(data: Path, tmp_path: Path) -> None:
    told("backup", tmp_path / "copy", "--data", data)
    with (tmp_path / "copy" / "SHA256SUMS").open("a", encoding="utf-8") as sums:
        sums.write(f"{'0' * 64}  ../../evil\n")
    done = run("restore", tmp_path / "copy", "--data", tmp_path / "new")
    assert (done.exit_code, "outside of the backup" in done.output) == (2, True)


def test_an_archive_that_does_not_exist_cannot_be_backed_up(tmp_path: Path) -> None:
    assert run("backup", tmp_path / "copy", "--data", tmp_path / "no").exit_code == 2
    assert not (tmp_path / "copy").exists()


def test_the_copy_of_an_article_says_what_it_said(data: Path, tmp_path: Path) -> None:
    told("backup", tmp_path / "copy", "--data", data)
    told("restore", tmp_path / "copy", "--data", tmp_path / "new")
    with Archive(tmp_path / "new", read_only=True) as archive:
        row = archive.connection.execute(
            "SELECT warc_file, warc_offset, warc_length FROM captures WHERE url = ?", (f"{NORTH.home_url}tin/6",)
        ).fetchone()
    assert load(tmp_path / "new" / "warc", Location(*row)).payload == html(6)
