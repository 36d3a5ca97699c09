"""What comes in of a withheld article after its withholding, and what only leads to it, stays in the archive, too."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor import replay
from tests.alike import differences
from tests.kept import Keeper, html
from tests.test_withheld_pages import _own_settings, exported, luutin, withhold

__all__ = ["_own_settings"]

PICTURE = b"\xff\xd8\xff in better quality" * 9
SPELT = "/ky-luat-can-bo-dia-chinh/tin/2"


def indexed(data: Path) -> set[str]:
    """The paths that the index for replay leads to."""
    _, *lines = (data / "warc" / replay.INDEX).read_text("utf-8").splitlines()
    return {json.loads(line.split(" ", 2)[2])["url"].removeprefix("http://bac.example.vn") for line in lines}


def qualities(data: Path, path: str) -> set[str]:
    with closing(sqlite3.connect(data / "archive.db")) as db:
        found = db.execute("SELECT quality FROM captures WHERE url LIKE ?", (f"%{path}",)).fetchall()
    return {quality for (quality,) in found}


def test_a_file_that_it_alone_lists_is_sealed_whenever_it_comes_in(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as first:
        first.article(2)
        first.files(2)
        first.article(3)
        first.files(3)
    withhold(data)
    with Keeper(tmp_path / "theirs", at=5) as theirs:
        for n in (2, 3):
            theirs.got(f"/anh/{n}.jpg", PICTURE + b"%d" % n, media_type="image/jpeg")
    assert luutin(data, "import", tmp_path / "theirs" / "warc").exit_code == 0
    assert (qualities(data, "/anh/2.jpg"), qualities(data, "/anh/3.jpg")) == ({"withheld"}, {"file"})
    assert indexed(data) == {"/tin/3", "/anh/3.jpg", "/tep/3.pdf"}
    assert not [name for name, said in exported(data, tmp_path)[1].items() if b"/anh/2.jpg" in said]
    shutil.copytree(data, tmp_path / "anew", ignore=shutil.ignore_patterns("archive.db*", "*.lock", "*.cdxj"))
    assert luutin(tmp_path / "anew", "rebuild", "--jobs", "1").exit_code == 0
    assert differences(data, tmp_path / "anew") == {}


def test_a_file_that_it_lists_is_sealed_though_nobody_had_captured_it_before(tmp_path: Path) -> None:
    """Whether it lists it now or only in a version that comes in under seal, whichever of the two comes first."""
    data = tmp_path / "data"
    with Keeper(data) as first:
        first.article(2)
        first.article(3)
        first.got("/anh/9.jpg", PICTURE, media_type="image/jpeg")
    two = withhold(data)
    for at, listed in ((1, b"/anh/8.jpg"), (2, b"/anh/9.jpg")):
        with Keeper(tmp_path / "theirs", at=at) as later:
            later.got("/tin/2", html(2).replace(b"/anh/2.jpg", listed))
    with Keeper(tmp_path / "theirs", at=3) as last:
        for n in (2, 3, 8):
            last.got(f"/anh/{n}.jpg", PICTURE + b"%d" % n, media_type="image/jpeg")
    assert luutin(data, "import", tmp_path / "theirs" / "warc").exit_code == 0
    assert {n: qualities(data, f"/anh/{n}.jpg") for n in (2, 3, 8, 9)} == {
        2: {"withheld"}, 3: {"file"}, 8: {"withheld"}, 9: {"withheld"},
    }  # fmt: skip
    shutil.copytree(data, tmp_path / "anew", ignore=shutil.ignore_patterns("archive.db*", "*.lock", "*.cdxj"))
    assert luutin(tmp_path / "anew", "rebuild", "--jobs", "1").exit_code == 0
    assert differences(data, tmp_path / "anew") == {}
    assert luutin(data, "release", two).exit_code == 0
    assert {n: qualities(data, f"/anh/{n}.jpg") for n in (2, 8, 9)} == {n: {"file"} for n in (2, 8, 9)}
    with closing(sqlite3.connect(data / "archive.db")) as db:
        assert db.execute("SELECT count(*) FROM _withheld_files").fetchone() == (0,)


def test_a_file_that_another_article_lists_by_now_is_that_ones(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as first:
        first.article(2)
        first.files(2)
    withhold(data)
    with Keeper(data, at=1) as second:
        second.got("/tin/3", html(3).replace(b"/anh/3.jpg", b"/anh/2.jpg"))
        second.flush()
        second.got("/anh/2.jpg", PICTURE, media_type="image/jpeg")
    assert qualities(data, "/anh/2.jpg") == {"file"}, "of before, too: a rebuild, which knows no order, has it so"


@pytest.mark.parametrize("canonical", [False, True], ids=["its own address", "its canonical address"])
def test_of_an_article_that_was_removed_nothing_goes_out_either(tmp_path: Path, canonical: bool) -> None:
    data = tmp_path / "data"
    link = f'<link rel="canonical" href="http://bac.example.vn{SPELT}"></head>'.encode()
    page = html(2).replace(b"</head>", link)
    with Keeper(data) as first:
        first.got("/tin/2" if canonical else SPELT, page)
        first.article(3)
    for n in (1, 2):
        with Keeper(data, at=n) as later:
            later.got(SPELT, b"<!doctype html><html><body>%d</body></html>" % n, status=404)
            later.got(f"{SPELT}/in", status=301, headers=[("Location", f"http://bac.example.vn{SPELT}")])
            later.got("/x", status=301, headers=[("Location", f"http://bac.example.vn{SPELT}/in")])
    with closing(sqlite3.connect(data / "archive.db")) as db, db:
        assert db.execute("UPDATE articles SET status = 'removed' WHERE url LIKE '%/2'").rowcount == 1
    withhold(data, SPELT)
    _, content = exported(data, tmp_path)
    assert not [name for name, said in content.items() if SPELT.encode() in said]
    assert indexed(data) == {"/tin/3"}


def test_an_archive_of_before_there_were_withholdings_can_be_exported(tmp_path: Path) -> None:
    with Keeper(tmp_path / "data") as first:
        first.article(2)
    with closing(sqlite3.connect(tmp_path / "data" / "archive.db")) as db:
        for trigger in ("new_pages_wait", "shown_pages_wait"):
            db.execute(f"DROP TRIGGER {trigger}")
        for table in ("_withheld_pages", "_withheld_files", "withheld"):
            db.execute(f"DROP TABLE {table}")
        db.execute("DELETE FROM _sqlite_migrations WHERE name IN ('m017_withheld') OR name LIKE '%withheld_%'")
    assert luutin(tmp_path / "data", "export", tmp_path / "x.warc.gz").exit_code == 0
