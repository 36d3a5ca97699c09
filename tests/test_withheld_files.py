"""Files that withheld articles list: whose they are follows from who lists them, in whatever order it is learnt."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import Archive, Prepared
from crawler.clock import now
from crawler.config import Config
from monitor import withheld_files
from monitor.commands.archive import conclude
from monitor.reextracting import read_again
from monitor.serve import build
from monitor.serve import closing as stopping
from tests.alike import differences
from tests.kept import Keeper, html
from tests.shelf import Reader
from tests.test_withheld_later import PICTURE, indexed, qualities
from tests.test_withheld_pages import _own_settings, exported, luutin, withhold

__all__ = ["_own_settings"]

SHARED = "/anh/chung.jpg"


def listing(n: int, shared: str = SHARED) -> bytes:
    """An article's page with a picture that others have, too."""
    return html(n).replace(b"/anh/%d.jpg" % n, shared.encode())


def picture(keeper: Keeper, path: str = SHARED, body: bytes = PICTURE) -> None:
    keeper.got(path, body, media_type="image/jpeg")
    keeper.flush()


def rebuilt(data: Path) -> dict[str, tuple[list[str], list[str]]]:
    """What another archive, made of the same records, has otherwise."""
    with Archive(data) as archive:
        conclude(archive, Config(), now())
    anew = data.with_name("anew")
    shutil.rmtree(anew, ignore_errors=True)
    shutil.copytree(data, anew, ignore=shutil.ignore_patterns("archive.db*", "*.lock", "*.cdxj"))
    assert luutin(anew, "rebuild", "--jobs", "1").exit_code == 0
    return differences(data, anew)


def shown(data: Path, path: str) -> list[bool]:
    """Of those that list a file: whether they lead to a capture of it."""
    with closing(sqlite3.connect(data / "archive.db")) as db:
        query = "SELECT capture_id IS NOT NULL FROM attachments WHERE url LIKE ?"
        return [bool(row[0]) for row in db.execute(query, (f"%{path}",))]


@pytest.mark.parametrize("first", [2, 3])
def test_a_file_that_two_withheld_articles_list(tmp_path: Path, first: int) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        for n in (2, 3):
            keeper.got(f"/tin/{n}", listing(n))
        picture(keeper)
    one = withhold(data, f"/tin/{first}")
    assert qualities(data, SHARED) == {"file"}
    two = withhold(data, f"/tin/{5 - first}")
    assert qualities(data, SHARED) == {"withheld"}
    with Keeper(data, at=1) as keeper:
        picture(keeper, body=PICTURE + b"2")
    assert qualities(data, SHARED) == {"withheld"}
    assert rebuilt(data) == {}
    assert luutin(data, "release", one).exit_code == 0
    assert (qualities(data, SHARED), shown(data, SHARED)) == ({"file"}, [True])
    assert rebuilt(data) == {}
    assert luutin(data, "release", two).exit_code == 0
    assert (qualities(data, SHARED), shown(data, SHARED)) == ({"file"}, [True, True])
    assert rebuilt(data) == {}


def test_a_file_under_seal_is_another_articles_once_that_lists_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.got("/tin/2", listing(2))
        picture(keeper)
    two = withhold(data)
    assert qualities(data, SHARED) == {"withheld"}
    with Keeper(data, at=1) as keeper:
        keeper.got("/tin/3", listing(3))
    assert (qualities(data, SHARED), shown(data, SHARED)) == ({"file"}, [True])
    assert rebuilt(data) == {}
    withhold(data, "/tin/3")
    assert qualities(data, SHARED) == {"withheld"}
    assert rebuilt(data) == {}
    assert luutin(data, "release", two).exit_code == 0
    assert (qualities(data, SHARED), shown(data, SHARED)) == ({"file"}, [True])


def test_a_file_that_comes_in_as_a_revisit_is_sealed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.got("/tin/2", listing(2))
        keeper.article(3)
        picture(keeper, "/anh/3.jpg")
    withhold(data)
    with Keeper(data, at=1) as keeper:
        picture(keeper)
    assert (qualities(data, SHARED), qualities(data, "/anh/3.jpg")) == ({"withheld"}, {"file"})
    assert rebuilt(data) == {}


def of_before(data: Path) -> None:
    """Makes an archive one of the time when nobody noted which files are listed."""
    with closing(sqlite3.connect(data / "archive.db")) as db, db:
        triggers = "SELECT name FROM sqlite_master WHERE name LIKE 'file\\_%' ESCAPE '\\'"
        for (trigger,) in db.execute(triggers).fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("DROP TABLE _withheld_files")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm020_withheld_files'")


def test_an_archive_of_before_learns_at_its_renewal_whose_its_files_are(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.got("/tin/2", listing(2))
        keeper.article(4)
        for path in (SHARED, "/anh/4.jpg"):
            picture(keeper, path)
    two, four = withhold(data), withhold(data, "/tin/4")
    with Keeper(data, at=1) as keeper:
        keeper.got("/tin/3", listing(3))
    of_before(data)
    with closing(sqlite3.connect(data / "archive.db")) as db, db:  # as it was where another article came to list it
        sealed = "UPDATE captures SET quality = 'withheld', quality_reason = ? WHERE url LIKE ?"
        db.execute(sealed, (two, f"%{SHARED}"))
    with Archive(data) as archive:
        query = "SELECT url, quality, quality_reason FROM captures WHERE url LIKE '%/anh/%' ORDER BY url"
        found = [tuple(row) for row in archive.connection.execute(query)]
    home = "http://bac.example.vn"
    assert found == [(f"{home}/anh/4.jpg", "withheld", four), (f"{home}{SHARED}", "file", None)]


def test_a_picture_with_the_bytes_of_one_under_seal_is_shown(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.got("/tin/2", listing(2))
        keeper.article(3)
        picture(keeper)
    withhold(data)
    with Keeper(data, at=1) as keeper:
        picture(keeper, "/anh/3.jpg")
    assert (qualities(data, SHARED), qualities(data, "/anh/3.jpg")) == ({"withheld"}, {"file"})
    assert shown(data, "/anh/3.jpg") == [True]
    assert rebuilt(data) == {}


def test_a_page_with_the_bytes_of_one_under_seal_is_sealed_by_a_rebuild_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.article(2)
    withhold(data)
    with Keeper(tmp_path / "theirs", at=1) as keeper:
        keeper.article(2)
        keeper.got("/tin/77", html(2))
        keeper.article(9)
    assert luutin(data, "import", tmp_path / "theirs" / "warc").exit_code == 0
    rebuilt(data)
    for archive in (data, data.with_name("anew")):
        assert qualities(archive, "/tin/77") == {"withheld"}
        assert indexed(archive) == {"/tin/9"}
        with closing(sqlite3.connect(archive / "archive.db")) as db:
            assert db.execute("SELECT url FROM articles").fetchall() == [("http://bac.example.vn/tin/9",)]


def test_no_record_rests_on_one_under_seal(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.got("/tin/2", listing(2))
        keeper.article(3)
        picture(keeper)
    withhold(data)
    with Keeper(data, at=1) as keeper:
        picture(keeper, "/anh/3.jpg")
        keeper.got("/tin/77", listing(2))
    assert rebuilt(data) == {}
    assert qualities(data, "/tin/77") == {"withheld"}
    assert [said.count(PICTURE) for name, said in exported(data, tmp_path)[1].items() if name == "x.warc.gz"] == [1]


def test_an_article_with_many_captures_is_read_before_the_lock_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.got("/tin/2", listing(2))
    free = []

    def noted(*arguments: Any) -> list[Prepared | str]:
        with closing(sqlite3.connect(data / "archive.db", timeout=0)) as db, suppress(sqlite3.OperationalError):
            db.execute("BEGIN IMMEDIATE")
            free.append(True)
        return read_again(*arguments)

    monkeypatch.setattr(withheld_files, "read_again", noted)
    withhold(data)
    assert free == [True]


def test_an_archive_of_before_seals_what_nobody_had_captured_then(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.got("/tin/2", listing(2))
    withhold(data)
    with closing(sqlite3.connect(data / "archive.db")) as db, db:
        db.execute("DELETE FROM _withheld_files")
    with Keeper(tmp_path / "theirs", at=1) as keeper:
        picture(keeper)
    assert luutin(data, "import", tmp_path / "theirs" / "warc").exit_code == 0
    assert qualities(data, SHARED) == {"withheld"}
    assert rebuilt(data) == {}


def test_what_is_missing_at_a_files_address_goes_out_no_more_than_the_file(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.article(2)
        keeper.article(3)
        for n in (2, 3):
            keeper.got(f"/tep/{n}.pdf", b"<!doctype html><html><body>404</body></html>", status=404)
            keeper.got(f"/anh/{n}.jpg", status=301, headers=[("Location", f"http://bac.example.vn/kho/{n}.jpg")])
            picture(keeper, f"/kho/{n}.jpg", PICTURE + b"%d" % n)
    withhold(data)
    assert indexed(data) == {"/tin/3", "/tep/3.pdf", "/anh/3.jpg", "/kho/3.jpg"}
    said = [said for _, of in [exported(data, tmp_path)] for name, said in of.items() if ".warc" in name]
    assert said
    assert not [path for path in (b"/tep/2.pdf", b"/anh/2.jpg", b"/kho/2.jpg") for one in said if path in one]
    with Keeper(data, at=1) as keeper:
        keeper.got("/tin/5", listing(5, "/anh/2.jpg"))
    luutin(data, "index")
    assert indexed(data) == {"/tin/3", "/tep/3.pdf", "/anh/3.jpg", "/kho/3.jpg", "/tin/5", "/anh/2.jpg", "/kho/2.jpg"}


def test_an_archive_that_has_no_list_of_such_files_yet_is_read_and_exported(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.article(2)
        record = keeper.article(3).removeprefix("urn:uuid:")
    withhold(data)
    of_before(data)
    with stopping(build(data, base_url="http://kho.example/")) as datasette:
        assert Reader(datasette).get(f"/ban-chup/{record}.warc.gz").status_code == 200
    assert luutin(data, "export", tmp_path / "x.warc.gz").exit_code == 0
