"""What ``luutin export`` writes, opened by the tools that it is for."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from datasette.app import Datasette

from crawler.archive import Archive
from crawler.warc import read_captures
from crawler.warc_frames import gzip_pieces, records
from crawler.warc_record import Capture, Record
from monitor.cli import main
from monitor.exporting.small import COPIED, LEFT_OUT
from monitor.exporting.texts import COLUMNS, FORMULA, OF_REVISIONS
from monitor.exporting.warcs import surt
from tests.captures import sound
from tests.kept import NORTH, Keeper, make
from tests.shelf import Reader

#: The validator of the WACZ specification's authors; in an environment of its own, since it pins what we need newer.
WACZ = "wacz==0.6.0"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("kept"))


def exported(data: Path, out: Path, *args: str) -> Path:
    config = out.with_suffix(".toml")
    config.write_text('[contact]\nname = "Kho lưu trữ Thử"\nemail = "kho@example.org"\n', "utf-8")
    done = CliRunner().invoke(main, ["export", str(out), *args, "--data", str(data), "--config", str(config)])
    assert done.exit_code == 0, done.output
    return out


def tool(*command: str) -> str:
    """What a tool says that has to be content."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def all_records(path: Path) -> list[Record]:
    with path.open("rb") as stream:
        return [r for r in records(gzip_pieces(stream), seekable=False) if isinstance(r, Record)]


# --- WARC


def test_a_warc_holds_every_record_byte_for_byte_with_its_request(data: Path, tmp_path: Path) -> None:
    written = {r.fields["warc-record-id"].strip("<>"): r for r in all_records(exported(data, tmp_path / "x.warc.gz"))}
    with Archive(data, read_only=True) as archive:
        for row in archive.connection.execute("SELECT id, warc_file, warc_offset, warc_length FROM captures"):
            with (data / "warc" / row["warc_file"]).open("rb") as stream:
                stream.seek(row["warc_offset"])
                assert written[row["id"]].raw == stream.read(row["warc_length"])
    answers = {n for n, r in written.items() if r.fields["warc-type"] in ("response", "revisit")}
    requests = [r for r in written.values() if r.fields["warc-type"] == "request"]
    assert {r.fields["warc-concurrent-to"].strip("<>") for r in requests} == answers
    assert any(r.block.startswith(b"POST ") for r in requests)


def test_a_warc_is_accepted_by_warcio(data: Path, tmp_path: Path) -> None:
    out = exported(data, tmp_path / "x.warc.gz", "--site", "bac")
    tool(str(Path(sys.executable).with_name("warcio")), "check", str(out))


def test_a_warc_stands_alone_another_archive_reads_the_same_from_it(data: Path, tmp_path: Path) -> None:
    config = tmp_path / "luutin.toml"
    config.write_text("".join(f'[sites.{s}]\nname = "{s}"\ncms = "generic"\nhome_url = "http://{s}.example.vn/"\n'
                              'sections = [{ name = "Tin", path = "/tin" }]\narticle = "/tin/(?P<id>\\\\d+)$"\n'
                              for s in ("bac", "nam")))  # fmt: skip
    out = exported(data, tmp_path / "x.warc.gz", "--since", "2024-01-02", "--until", "2024-01-05")
    query = "SELECT id, text_digest, revision_count, first_seen, last_seen FROM articles WHERE url GLOB '*/tin/[1-4]'"
    said = []
    for name, files in (("whole", sorted((data / "warc").iterdir())), ("part", [out])):
        place = tmp_path / name
        done = CliRunner().invoke(main, ["import", *map(str, files), "--data", str(place), "--config", str(config)])
        assert done.exit_code == 0, done.output
        with Archive(place, read_only=True) as archive:
            said.append(sorted(map(tuple, archive.connection.execute(query))))
            missing = "SELECT count(*) FROM captures WHERE quality = 'revisit'"
            assert archive.connection.execute(missing).fetchone()[0] == 0
    assert len(said[0]) == 8
    assert said[0] == said[1]


def test_a_warc_says_what_it_is_and_what_each_article_is(data: Path, tmp_path: Path) -> None:
    info, collection, *rest = all_records(exported(data, tmp_path / "x.warc.gz", "--site", "bac"))
    assert info.fields["warc-type"] == "warcinfo"
    assert "title: Huyện uỷ Bắc" in info.block.decode()
    assert "publisher: Kho lưu trữ Thử" in info.block.decode()
    assert json.loads(collection.block)["@type"] == "Collection"
    told = [json.loads(r.block) for r in rest if r.fields["warc-type"] == "metadata"]
    assert len(told) == 6
    assert told[0]["archive"]["revisions"][1]["change"] == "edited"
    captures = [c for c in read_captures(tmp_path / "x.warc.gz") if isinstance(c, Capture)]
    assert len(captures) == 26


# --- WACZ


@pytest.fixture(scope="session")
def wacz_tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command ``wacz``; tests skip where PyPI cannot be reached, and never in CI."""
    place = tmp_path_factory.mktemp("wacz")
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, capture_output=True)
    pip = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", WACZ]
    if uv := shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"):
        pip = [uv, "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), WACZ]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = f"{WACZ} cannot be installed here: {done.stderr[-300:]}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return place / "bin" / "wacz"


@pytest.mark.parametrize("choice", [(), ("--search", "ngay trong đêm"), ("--site", "nam", "--since", "2024-01-05")])
def test_a_wacz_is_valid_for_the_tool_of_its_specification(
    data: Path, tmp_path: Path, wacz_tool: Path, choice: tuple[str, ...]
) -> None:
    out = exported(data, tmp_path / "x.wacz", *choice)
    assert "the passed WACZ is valid" in tool(str(wacz_tool), "validate", "-f", str(out))


def opened(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in package.infolist())
        return {entry.filename: package.read(entry) for entry in package.infolist()}


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_a_wacz_has_the_digests_that_replayweb_page_looks_at(data: Path, tmp_path: Path) -> None:
    files = opened(exported(data, tmp_path / "x.wacz"))
    package, digest = json.loads(files["datapackage.json"]), json.loads(files["datapackage-digest.json"])
    assert digest == {"path": "datapackage.json", "hash": sha256(files["datapackage.json"])}
    assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
    assert {r["path"]: (r["hash"], r["bytes"]) for r in package["resources"]} == {
        name: (sha256(content), len(content)) for name, content in files.items() if not name.startswith("datapackage")
    }
    assert package["dublinCore"]["creator"] == ["Huyện uỷ Bắc", "Huyện uỷ Nam"]
    assert package["schemaOrg"]["collectionSize"] == 12
    assert package["metadata"] == {"title": package["title"]}


def test_a_waczs_files_begin_where_replayweb_page_looks(data: Path, tmp_path: Path) -> None:
    out = exported(data, tmp_path / "x.wacz")
    whole, files = out.read_bytes(), opened(out)
    with zipfile.ZipFile(out) as package:
        for info in package.infolist():
            head = info.header_offset
            named, more = struct.unpack("<HH", whole[head + 26 : head + 30])
            start = head + 30 + named + (more if info.extra else 0)  # wabac.js, ZipRangeReader
            assert whole[start : start + info.file_size] == files[info.filename]


def test_each_line_of_a_waczs_index_leads_to_its_record(data: Path, tmp_path: Path) -> None:
    files = opened(exported(data, tmp_path / "x.wacz"))
    blocks = files["indexes/index.idx"].decode().splitlines()
    assert json.loads(blocks[0].removeprefix("!meta 0 "))["format"] == "cdxj-gzip-1.0"
    lines = []
    for block in blocks[1:]:
        key, _, place = block.partition(" {")
        at = json.loads("{" + place)
        packed = files["indexes/index.cdx.gz"][at["offset"] : at["offset"] + at["length"]]
        assert at["digest"] == sha256(packed)
        lines += gzip.decompress(packed).decode().splitlines()
        assert any(line.startswith(key) for line in lines)
    assert lines == sorted(lines)
    for line in lines:
        key, moment, entry = line.split(" ", 2)
        told = json.loads(entry)
        start = int(told["offset"])
        member = files["archive/data.warc.gz"][start : start + int(told["length"])]
        assert told["recordDigest"] == sha256(member)
        head = gzip.decompress(member).decode("utf-8", "replace")
        assert f"WARC-Target-URI: {told['url']}\r\n" in head
        assert key == surt(told["url"])
        assert moment == "".join(c for c in head.partition("WARC-Date: ")[2][:19] if c.isdigit())
        assert ("WARC-Type: revisit" in head) == (told["mime"] == "warc/revisit")
    assert len(lines) == 48  # 52 captures, of which two answer a form and two say "304 Not Modified"


def test_a_waczs_pages_are_the_articles_and_can_be_played(data: Path, tmp_path: Path) -> None:
    files = opened(exported(data, tmp_path / "x.wacz"))
    head, *pages = [json.loads(line) for line in files["pages/pages.jsonl"].splitlines()]
    assert (head["format"], head["hasText"]) == ("json-pages-1.0", True)
    assert len(pages) == 12
    index = gzip.decompress(files["indexes/index.cdx.gz"]).decode()
    for page in pages:
        moment = "".join(c for c in page["ts"][:19] if c.isdigit())
        assert f'{surt(page["url"])} {moment} {{"url": "{page["url"]}"' in index
        assert page["title"].startswith("Thăm bản vùng cao") and "đoàn công tác" in page["text"]  # noqa: PT018


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.a.vn/Tin?b=1&a=2", "vn,a)/tin?a=2&b=1"),
        ("http://a.vn:80", "vn,a)/"),
        ("http://www2.a.vn:8080/x y", "vn,a:8080)/x%20y"),
        ("http://wwwa.vn/", "vn,wwwa)/"),
        ("ftp://a.vn/", None),
        ("http://[x/", None),
    ],
)
def test_an_address_is_sorted_as_replayweb_page_looks_for_it(url: str, key: str | None) -> None:
    assert surt(url) == key


# --- BagIt


def test_a_bag_is_valid_for_bagit(data: Path, tmp_path: Path) -> None:
    bag = exported(data, tmp_path / "bag", "--format", "bagit", "--site", "bac", "--revisions")
    assert "is valid" in tool(sys.executable, "-m", "bagit", "--validate", str(bag))
    info = (bag / "bag-info.txt").read_text("utf-8").splitlines()
    assert {"Source-Organization: Kho lưu trữ Thử", "DC-Creator: Huyện uỷ Bắc", "DC-Language: vi"} <= set(info)
    root = ET.fromstring((bag / "metadata" / "dublin-core.xml").read_bytes())
    elements = [(e.tag.rpartition("}")[2], e.text) for e in root]
    assert [f"DC-{name.title()}: {value}" for name, value in elements] == [line for line in info if line[:3] == "DC-"]
    assert {p.name for p in (bag / "data").iterdir()} == {
        *("records.warc.gz", "articles.jsonl", "articles.csv", "articles.csv-metadata.json")
    }
    (bag / "data" / "articles.csv").write_text("anders")
    done = subprocess.run([sys.executable, "-m", "bagit", "--validate", str(bag)], capture_output=True, check=False)
    assert done.returncode == 1


# --- JSON Lines


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_is_a_news_article_with_its_evidence(data: Path, tmp_path: Path) -> None:
    first, _, third, *_ = lines(exported(data, tmp_path / "x.jsonl", "--site", "bac"))
    assert first["@context"][0] == "https://schema.org"
    assert {name: first[name] for name in ("@type", "headline", "author", "datePublished", "inLanguage")} == {
        "@type": "NewsArticle",
        "headline": "Thăm bản vùng cao số 1",
        "author": {"name": "Mai Lan"},
        "datePublished": "2024-01-02T09:47:00+07:00",
        "inLanguage": "vi",
    }
    assert "ba ngày" in first["articleBody"]
    assert first["publisher"] == {"@type": "Organization", "name": "Huyện uỷ Bắc", "url": "http://bac.example.vn/"}
    assert first["archivedAt"]["@id"] == first["archive"]["evidence"]["capture_id"]
    assert first["associatedMedia"][0]["contentUrl"] == "http://bac.example.vn/tep/1.pdf"
    assert (first["archive"]["status"], third["archive"]["status"]) == ("live", "suspect")
    assert "revisions" not in first["archive"]
    with Archive(data, read_only=True) as archive:
        row = archive.connection.execute(
            "SELECT * FROM captures WHERE id = ?", (first["archivedAt"]["@id"],)
        ).fetchone()
        evidence = first["archive"]["evidence"]
        assert {name: row[name] for name in evidence if name != "capture_id"} == {
            name: value for name, value in evidence.items() if name != "capture_id"
        }


def test_what_articles_said_before_is_told_when_asked(data: Path, tmp_path: Path) -> None:
    first = lines(exported(data, tmp_path / "x.jsonl", "--revisions", "--site", "bac"))[0]["archive"]["revisions"]
    assert [r["change"] for r in first] == ["first", "edited"]
    assert "hai ngày" in first[0]["articleBody"] and "ba ngày" in first[1]["articleBody"]  # noqa: PT018
    assert first[1]["observed_after"] == first[0]["memento_datetime"]


# --- CSV


def test_a_table_has_the_documented_columns_and_opens_in_a_spreadsheet(data: Path, tmp_path: Path) -> None:
    raw = exported(data, tmp_path / "x.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfid,site,")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(rows) == 12
    assert tuple(rows[0]) == tuple(COLUMNS)
    documented = Path(__file__).parent.parent.joinpath("docs/exchange.md").read_text("utf-8")
    assert [c for c in (*COLUMNS, *OF_REVISIONS) if f"`{c}`" not in documented] == []
    about = json.loads((tmp_path / "x.csv-metadata.json").read_text("utf-8"))
    assert [c["name"] for c in about["tableSchema"]["columns"]] == list(COLUMNS)
    assert about["url"] == "x.csv"


def test_a_table_of_versions_has_a_row_for_each(data: Path, tmp_path: Path) -> None:
    raw = exported(data, tmp_path / "x.csv", "--revisions", "--site", "bac").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw, newline="")))
    assert len(rows) == 7
    assert [(r["change"], "ba ngày" in r["body"]) for r in rows[:2]] == [("first", False), ("edited", True)]


@pytest.mark.parametrize("start", [s for s in FORMULA if s.strip()])
def test_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    with Keeper(tmp_path / "data") as keeper:
        keeper.article(1, headline=f"{start}HYPERLINK(0)", files=False)
    raw = exported(tmp_path / "data", tmp_path / "x.csv").read_text("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(raw, newline=""))
    assert row["headline"] == f"'{start}HYPERLINK(0)"


# --- SQLite


def test_a_small_archive_is_whole_and_opens_as_one(data: Path, tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    exported(data, tmp_path / "small" / "archive.db", "--until", "2024-01-03", "--site", "bac")
    with Archive(tmp_path / "small") as small:
        sound(small)
        db = small.connection
        assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == 2
        assert db.execute("SELECT count(*) FROM revisions").fetchone()[0] == 3
        assert db.execute("SELECT count(*) FROM _outbox").fetchone()[0] == 0
        assert db.execute("SELECT count(*) FROM articles_fts('exact : \"vùng cao\"')").fetchone()[0] == 2
        small.study()
        sound(small)
        assert dict(db.execute("SELECT term, value FROM about").fetchall())["dc:creator"] == "Huyện uỷ Bắc"
    status = CliRunner().invoke(main, ["status", "--data", str(tmp_path / "small")])
    assert status.exit_code == 0, status.output
    reader = Reader(Datasette([str(tmp_path / "small" / "archive.db")]))
    shown = json.loads(reader.text("/archive/articles.json?_shape=array"))
    assert {article["headline"] for article in shown} == {"Thăm bản vùng cao số 1", "Thăm bản vùng cao số 2"}
    assert reader.get("/archive/what_changed.json").status_code == 200


def test_all_of_an_archive_is_all_of_it(data: Path, tmp_path: Path) -> None:
    out = exported(data, tmp_path / "x.db")
    with Archive(data, read_only=True) as whole, closing(sqlite3.connect(out)) as copy:
        for table in COPIED:
            rows = whole.connection.execute(f"SELECT * FROM {table}").fetchall()
            assert sorted(map(repr, map(tuple, rows))) == sorted(map(repr, copy.execute(f"SELECT * FROM {table}"))), (
                table
            )


def test_every_table_of_the_archive_goes_out_or_stays_on_purpose(data: Path) -> None:
    with Archive(data, read_only=True) as archive:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
        names = {name for (name,) in archive.connection.execute(tables)}
    own = {n for n in names if not n.startswith(("_", "sqlite_", "articles_fts_"))}
    assert own == set(COPIED) | LEFT_OUT


def test_the_first_with_a_text_is_the_first_of_what_was_chosen(tmp_path: Path) -> None:
    page = {"files": False, "said": "Một thông báo giống hệt nhau được đăng ba lần.", "headline": "Thông báo"}
    with Keeper(tmp_path / "data", NORTH) as keeper:
        for n in (29, 57, 85):  # whose days are those of other months
            keeper.got(f"/tin/{n}", _same_text(keeper, n, page))
    out = exported(tmp_path / "data", tmp_path / "x.db", "--since", "2024-03")
    with closing(sqlite3.connect(out)) as db:
        rows = db.execute("SELECT url, same_text_as FROM articles ORDER BY first_seen").fetchall()
        first = db.execute("SELECT id FROM articles ORDER BY first_seen LIMIT 1").fetchone()[0]
    assert [(url[-2:], same) for url, same in rows] == [("57", None), ("85", first)]


def _same_text(_keeper: Keeper, n: int, page: dict[str, Any]) -> bytes:
    from tests.kept import html

    return html(n, **page).replace(f"số {n} của".encode(), b"ta").replace(f"đoàn {n}".encode(), b"nha")
