"""Other pages that name a withheld article keep their records to themselves until it is released, and nothing else."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import spiders
from crawler.archive import Archive
from crawler.config import Config
from crawler.config import load as settings
from crawler.warc import Location, load
from monitor import replay, withheld_pages
from monitor.cli import main
from monitor.crawls import Crawls, Order, run_lock
from monitor.serve import build
from monitor.serve import closing as stopping
from monitor.web import evidence
from monitor.withheld_pages import look, naming, waiting
from monitor.withholding import withhold as seal
from tests.alike import differences, rows
from tests.kept import NORTH, SOUTH, Keeper, html
from tests.scripted.stage import Silent
from tests.shelf import Reader

HEADLINE = "Kỷ luật cán bộ địa chính xã Bản Mù"
LEAD = "Chín hộ dân làm đơn."
LISTING = f"<!doctype html><html><body><ul><li><a href=/tin/2>{HEADLINE}</a> {LEAD}</li></ul></body></html>".encode()
OTHER_LISTING = b"<!doctype html><html><body><ul><li><a href=/tin/3>Tin 3</a></li></ul></body></html>"
FEED = f"<rss><item><title>{HEADLINE}</title><link>http://bac.example.vn/tin/2</link></item></rss>".encode()
RELATED = f"<ul class=lien-quan><li><a href='../tin/2'>{HEADLINE}</a></li></ul></body>".encode()

#: What names the article, what is its own (a page and a 404, and what leads there), and what is neither, by path.
NAMING = {"/tin", "/tin?trang=2", "/rss.xml", "/tin/1"}
ITS_OWN = {"/tin/2", "/x"}
OTHERS = {"/robots.txt", "/tin/3", "/tin?trang=3"}

FORMATS = {"warc": "x.warc.gz", "wacz": "x.wacz", "bagit": "x", "jsonl": "x.jsonl", "csv": "x.csv", "sqlite": "x.db"}


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text("")
    monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))
    monkeypatch.setattr(spiders, "declared", lambda: (NORTH, SOUTH))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two nights: an article, a listing, a feed and another article's page that name it, pages that do not."""
    data = tmp_path / "data"
    with Keeper(data) as first:
        first.got("/robots.txt", b"User-agent: *\n", media_type="text/plain")
        first.got("/tin", LISTING)
        first.got("/tin?trang=3", OTHER_LISTING)
        first.got("/rss.xml", FEED, media_type="application/rss+xml")
        first.got("/tin/1", html(1).replace(b"</body>", RELATED))
        first.article(2, headline=HEADLINE)
        first.article(3)
    with Keeper(data, at=1) as second:
        second.got("/tin", LISTING)  # a revisit
        second.got("/tin?trang=2", LISTING.replace(b"<ul>", b"<ul><li>Trang 2</li>"))
        second.article(2, headline=HEADLINE, counter=5)
        second.got("/tin/2", b"<!doctype html><html><body>404</body></html>", status=404)
        second.got("/x", status=301, headers=[("Location", "http://bac.example.vn/tin/2")])
    assert luutin(data, "index").exit_code == 0
    return data


def luutin(data: Path, *arguments: object) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments), "--data", str(data)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def article(data: Path, path: str = "/tin/2") -> str:
    with closing(sqlite3.connect(data / "archive.db")) as db:
        found: str = db.execute("SELECT id FROM articles WHERE url = ?", (f"http://bac.example.vn{path}",)).fetchone()[
            0
        ]
    return found


def withhold(data: Path, path: str = "/tin/2") -> str:
    identifier = article(data, path)
    done = luutin(data, "withhold", identifier, "--reason", "Theo quyết định của toà")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"The article {identifier} is withheld.")
    return identifier


def plain(path: Path) -> Iterator[tuple[str, bytes]]:
    """All that an export says, whatever it is packed in."""
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as package:
                for name in package.namelist():
                    content = package.read(name)
                    yield f"{file.name}!{name}", gzip.decompress(content) if name.endswith(".gz") else content
        else:
            yield file.name, gzip.decompress(file.read_bytes()) if file.name.endswith(".gz") else file.read_bytes()


def paths(data: Path) -> set[str]:
    """Whose records the index for replay leads to; each is of an address that names the article, or does not."""
    _, *lines = (data / "warc" / replay.INDEX).read_text("utf-8").splitlines()
    found = set()
    for line in lines:
        said = json.loads(line.split(" ", 2)[2])
        found.add(path := said["url"].removeprefix("http://bac.example.vn"))
        capture = load(data / "warc", Location(said["filename"], int(said["offset"]), int(said["length"])))
        assert HEADLINE.encode() not in capture.payload or path in NAMING | ITS_OWN
    return found


def records(data: Path) -> dict[str, int]:
    """How the reading room answers who asks for a record: by path, the worst answer to any capture there."""
    with closing(sqlite3.connect(data / "archive.db")) as db:
        captures = db.execute("SELECT id, url FROM captures").fetchall()
    found: dict[str, int] = {}
    with stopping(build(data, base_url="http://kho.example/")) as datasette:
        reader = Reader(datasette)
        for identifier, url in captures:
            answer = reader.get(f"/{evidence.record_path(identifier)}")
            path = url.removeprefix("http://bac.example.vn")
            found[path] = max(found.get(path, 0), answer.status_code)
            assert answer.status_code == 451 or path in NAMING | ITS_OWN or HEADLINE.encode() not in answer.content
            if answer.status_code == 451:
                assert HEADLINE not in answer.text
    return found


def exported(data: Path, to: Path) -> tuple[dict[str, dict[str, object]], dict[str, bytes]]:
    """What each format's export says of itself, and all that is in them."""
    told, content = {}, {}
    for form, name in FORMATS.items():
        done = luutin(data, "export", to / name, "--format", form, "--force", "--json")
        assert done.exit_code == 0, done.output
        told[form] = json.loads(done.stdout)
        content |= dict(plain(to / name))
    return told, content


def test_its_headline_is_in_no_export_in_no_record_and_in_no_replay(data: Path, tmp_path: Path) -> None:
    _, before = exported(data, tmp_path)
    assert all(any(HEADLINE.encode() in said for of, said in before.items() if name in of) for name in FORMATS.values())
    index, answers = paths(data), records(data)
    assert index == NAMING | OTHERS | ITS_OWN
    assert set(answers.values()) == {200}
    identifier = withhold(data)
    told, content = exported(data, tmp_path)
    assert b"bac.example.vn/tin/2" not in content["x.db"]
    for name, said in content.items():
        assert HEADLINE.encode() not in said, name
        assert LEAD.encode() not in said, name
    assert {form: of["kept_back"] for form, of in told.items()} == {
        **dict.fromkeys(("warc", "wacz", "bagit"), 5),
        **dict.fromkeys(("jsonl", "csv", "sqlite"), 0),
    }
    said = luutin(data, "export", tmp_path / "y.warc.gz").output
    assert "  5 records are not in it: their pages name what is withheld\n" in said
    assert b"Th\xc4\x83m b\xe1\xba\xa3n v\xc3\xb9ng cao s\xe1\xbb\x91 1" in content["x.jsonl"], "its text is shown"
    assert paths(data) == OTHERS
    assert {path for path, status in records(data).items() if status == 451} == NAMING | ITS_OWN
    assert luutin(data, "release", identifier).exit_code == 0
    assert (paths(data), records(data)) == (index, answers)
    again = exported(data, tmp_path)[1]
    assert again.keys() == before.keys()
    assert again["x.csv"] == before["x.csv"]
    with closing(sqlite3.connect(data / "archive.db")) as db:
        assert db.execute("SELECT count(*) FROM _withheld_pages").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM _withheld_known").fetchone() == (0,)


def test_the_command_says_how_many_captures_name_it(data: Path) -> None:
    done = luutin(data, "withhold", article(data), "--reason", "Theo quyết định của toà")
    assert "  5 captures of other pages name it: their records are kept back, too\n" in done.output


def test_what_a_crawl_meets_while_it_is_withheld_is_kept_back_at_once(data: Path) -> None:
    withhold(data)
    with Keeper(data, at=2) as third:
        third.got("/tin", LISTING.replace(b"<ul>", b"<ul><li>Hai</li>"))
        third.got("/tin?trang=4", OTHER_LISTING.replace(b"Tin 3", b"Tin ba"))
        third.got("/tin?trang=5", LISTING)  # a revisit of what is known to name it
        third.got("/tin/2", b"", status=301, headers=[("Location", "/tin/2-ky-luat")])
        third.got("/anh.png", b"\x89PNG", media_type="image/png")
    new = {"/tin", "/tin?trang=4", "/tin?trang=5", "/anh.png"}
    assert {path for path, status in records(data).items() if status == 451 and path in new} == new - {"/anh.png"}
    assert luutin(data, "index").exit_code == 0
    assert paths(data) >= OTHERS | {"/tin?trang=4", "/anh.png"}
    assert not paths(data) & (NAMING | {"/tin?trang=5"})


def test_nothing_of_the_site_is_given_out_before_somebody_looked_into_it(data: Path) -> None:
    with Archive(data) as archive:
        seal(archive, identifier := article(data), {}, reason="Thử", by="lan")
        assert waiting(archive) > 0
    assert luutin(data, "export", data.parent / "x.warc.gz", "--json").exit_code == 0
    assert [name for name, said in plain(data.parent / "x.warc.gz") if HEADLINE.encode() in said] == []
    with Archive(data) as archive:
        replay.update(archive)
        assert paths(data) == set()
        assert look(archive, settings(None)) == 9
        assert (waiting(archive), naming(archive, identifier), look(archive, settings(None))) == (0, 5, 0)
        replay.update(archive)
    assert paths(data) == OTHERS


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_withheld_while_pages_are_looked_through_is_looked_for_in_all_of_them(
    data: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr(withheld_pages, "WORTH_PROCESSES", 0)
    monkeypatch.setattr(withheld_pages, "BATCH", 2)
    two, three = article(data), article(data, "/tin/3")
    told = list[int]()

    def moved(_what: str, done: int, _of: int) -> None:
        if not told:
            with Archive(data) as other:
                seal(other, three, {}, reason="Thử", by="lan")
        told.append(done)

    with Archive(data) as archive:
        seal(archive, two, {}, reason="Thử", by="lan")
        look(archive, settings(None), moved, jobs=jobs)
        assert told[:2] == [2, 2], "it began anew"
        assert (waiting(archive), naming(archive, two), naming(archive, three)) == (0, 5, 1)


def test_a_page_that_cannot_be_read_is_kept_back_until_it_can(data: Path) -> None:
    query = "SELECT warc_file, warc_offset FROM captures WHERE url LIKE '%trang=3'"
    with closing(sqlite3.connect(data / "archive.db")) as db:
        name, offset = db.execute(query).fetchone()
    path = data / "warc" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:offset] + b"\0" * 40 + whole[offset + 40 :])
    done = luutin(data, "withhold", article(data), "--reason", "Theo quyết định của toà")
    assert "  1 pages could not be looked into: their records are kept back, too\n" in done.output
    assert paths(data) == OTHERS - {"/tin?trang=3"}
    path.write_bytes(whole)
    assert luutin(data, "index").exit_code == 0
    assert paths(data) == OTHERS


def test_each_withheld_article_keeps_back_its_own(data: Path) -> None:
    two, three = withhold(data), withhold(data, "/tin/3")
    assert paths(data) == {"/robots.txt"}
    assert luutin(data, "release", two).exit_code == 0
    assert paths(data) == NAMING | ITS_OWN | {"/robots.txt"}
    assert luutin(data, "release", three).exit_code == 0
    assert paths(data) == NAMING | OTHERS | ITS_OWN


def test_a_page_that_is_shown_again_or_comes_in_after_its_revisit_is_looked_into(data: Path) -> None:
    four = html(4).replace(b"</body>", b"<a href=/tin/3>3</a></body>")
    with Keeper(data, at=2) as third:
        third.got("/tin/4", four)
    identifier = withhold(data, "/tin/4")
    withhold(data, "/tin/3")
    assert luutin(data, "release", identifier).exit_code == 0
    assert "/tin/1" in paths(data)
    assert "/tin/4" not in paths(data)
    with closing(sqlite3.connect(data / "archive.db")) as db, db:
        change = "UPDATE captures SET record_type = ? WHERE url LIKE '%/tin?trang=2'"
        for kind in ("revisit", "response"):
            assert db.execute("SELECT count(*) FROM _withheld_pages WHERE article_id = ''").fetchone() == (0,)
            db.execute(change, (kind,))
        assert db.execute("SELECT count(*) FROM _withheld_pages WHERE article_id = ''").fetchone() == (1,)


def test_a_look_that_is_stopped_is_gone_on_with_by_the_next_crawl(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withheld_pages, "BATCH", 2)
    with Archive(data) as archive:
        seal(archive, article(data), {}, reason="Thử", by="lan")
        assert look(archive, settings(None), stop=iter((False, True)).__next__) == 2
        assert waiting(archive) > 0
    with run_lock(data) as lock:
        Crawls(lock, Config(), "", Silent()).run(Order(sites=()))
    assert paths(data) == OTHERS


def test_an_address_that_proves_to_lead_to_it_is_looked_for_everywhere(data: Path) -> None:
    with Keeper(data, at=2) as third:
        third.got("/noi-bat", b"<!doctype html><html><body><a href=/chuyen/9>Xem</a></body></html>")
    withhold(data)
    assert "/noi-bat" in paths(data)
    with Keeper(data, at=3) as fourth:
        fourth.got("/chuyen/9", status=301, headers=[("Location", "http://bac.example.vn/tin/2")])
    assert luutin(data, "index").exit_code == 0
    assert "/noi-bat" not in paths(data)


def test_a_rebuild_and_an_import_keep_back_the_same(data: Path, tmp_path: Path) -> None:
    withhold(data)
    shutil.copytree(data, tmp_path / "anew", ignore=shutil.ignore_patterns("archive.db*", "*.lock", "*.cdxj"))
    done = luutin(tmp_path / "anew", "rebuild", "--jobs", "1")
    assert done.exit_code == 0, done.output
    assert len(rows(data)["_withheld_pages"]) == 4
    assert differences(data, tmp_path / "anew") == {}
    assert paths(tmp_path / "anew") == OTHERS
    with Keeper(tmp_path / "theirs", at=5) as theirs:
        theirs.got("/tin?trang=8", LISTING.replace(b"<ul>", b"<ul><li>Nam</li>"))
        theirs.got("/tin?trang=9", OTHER_LISTING.replace(b"Tin 3", b"Tin ba"))
    assert luutin(data, "import", tmp_path / "theirs" / "warc").exit_code == 0
    assert paths(data) == OTHERS | {"/tin?trang=9"}


def test_a_page_that_names_one_and_is_withheld_itself_is_kept_back_again_once_it_is_released(
    data: Path, tmp_path: Path
) -> None:
    withhold(data)
    one = withhold(data, "/tin/1")
    shutil.copytree(data, tmp_path / "anew", ignore=shutil.ignore_patterns("archive.db*", "*.lock", "*.cdxj"))
    assert luutin(tmp_path / "anew", "rebuild", "--jobs", "1").exit_code == 0
    assert differences(data, tmp_path / "anew") == {}
    for archive in (data, tmp_path / "anew"):
        assert luutin(archive, "release", one).exit_code == 0
        assert paths(archive) == OTHERS


def test_an_archive_of_before_learns_at_its_renewal_which_pages_name_what_it_withholds(data: Path) -> None:
    withhold(data)
    with closing(sqlite3.connect(data / "archive.db")) as db, db:
        for statement in ("TRIGGER new_pages_wait", "TRIGGER shown_pages_wait", "TABLE _withheld_pages",
                          "TABLE _withheld_known"):  # fmt: skip
            db.execute(f"DROP {statement}")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm019_withheld_pages'")
    with stopping(build(data, base_url="http://kho.example/")) as datasette:
        assert Reader(datasette).get("/ban-chup/khong-co.warc.gz").status_code == 404
    assert luutin(data, "export", data.parent / "x.jsonl").exit_code == 0
    assert luutin(data, "index").exit_code == 0
    assert paths(data) == OTHERS


def test_a_bag_of_chosen_articles_leaves_the_records_of_their_pages_behind_and_says_so(
    data: Path, tmp_path: Path
) -> None:
    withhold(data)
    done = luutin(data, "export", tmp_path / "x", article(data, "/tin/1"), "--format", "bagit", "--json")
    assert json.loads(done.stdout)["kept_back"] == 2, "its page, and the feed, which is a file of the site"
    assert [name for name, said in plain(tmp_path / "x") if HEADLINE.encode() in said] == []


def test_a_file_that_another_article_lists_meanwhile_goes_out_with_that_one(data: Path, tmp_path: Path) -> None:
    with Keeper(data, at=2) as third:
        third.got("/tin/5", html(5).replace(b"/tep/5.pdf", b"/tep/9.pdf"))
        third.got("/tep/9.pdf", b"%PDF-1.4 9", media_type="application/pdf")
    withhold(data, "/tin/5")
    exported(data, tmp_path)
    assert b"/tep/9.pdf" not in (tmp_path / "x.db").read_bytes()
    with Keeper(data, at=3) as fourth:
        fourth.got("/tin/6", html(6).replace(b"/tep/6.pdf", b"/tep/9.pdf"))
        fourth.got("/tep/9.pdf", b"%PDF-1.4 9, new", media_type="application/pdf")
    exported(data, tmp_path)
    assert b"/tep/9.pdf" in (tmp_path / "x.db").read_bytes()
