"""``luutin export``: what is asked for, whole or not at all, with the records that prove it."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.archive import Archive
from crawler.config import Config
from crawler.warc_frames import gzip_pieces, records
from crawler.warc_record import Record
from monitor.cli import main
from monitor.exporting import Choice, export
from monitor.exporting.selection import selected
from tests.kept import NORTH, Keeper, make

FORMATS = {"warc": "x.warc.gz", "wacz": "x.wacz", "bagit": "x", "jsonl": "x.jsonl", "csv": "x.csv", "sqlite": "x.db"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("kept"))


def run(data: Path, *args: object) -> Result:
    return CliRunner().invoke(main, ["export", *map(str, args), "--data", str(data)])


def asked(data: Path, **choice: object) -> tuple[set[str], set[str]]:
    """The articles (by their last digit and site) and the paths of the captures that are chosen."""
    with Archive(data, read_only=True) as archive, selected(archive, Choice(**choice)) as found:  # type: ignore[arg-type]
        articles = "SELECT url FROM articles WHERE id IN (SELECT id FROM temp.chosen_articles)"
        captures = "SELECT url || ' ' || record_type FROM captures WHERE id IN (SELECT id FROM temp.chosen_captures)"
        return {_short(u) for (u,) in found.db.execute(articles)}, {_short(u) for (u,) in found.db.execute(captures)}


def _short(url: str) -> str:
    return url.removeprefix("http://").replace(".example.vn", "")


# --- what is chosen


def test_nothing_asked_for_is_everything(data: Path) -> None:
    articles, captures = asked(data)
    assert len(articles) == 12
    assert {"bac/robots.txt response", "nam/tin response", "nam/tin/3 response"} <= captures


def test_a_site_is_all_that_was_captured_of_it(data: Path) -> None:
    articles, captures = asked(data, sites=("nam",))
    assert articles == {f"nam/tin/{n}" for n in range(1, 7)}
    assert "nam/robots.txt response" in captures
    assert all(c.startswith("nam/") for c in captures)


def test_an_article_comes_with_its_files_and_with_what_its_revisits_stand_for(data: Path) -> None:
    with sqlite3.connect(data / "archive.db") as db:
        (wanted,) = db.execute("SELECT id FROM articles WHERE url LIKE '%bac%/tin/4'").fetchone()
    db.close()
    articles, captures = asked(data, articles=(wanted,))
    assert articles == {"bac/tin/4"}
    assert captures == {
        *("bac/tin/4 response", "bac/tin/4 revisit", "bac/tep/4.pdf response"),
        *("bac/anh/4.jpg revisit", "bac/anh/1.jpg response"),  # the same picture, captured with article 1
        "bac/mau.css response",
    }


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"since": "2024-01-06"}, {5, 6}),
        ({"until": "2024-01-03"}, {1, 2}),
        ({"since": "2024-01-04", "until": "2024-01-04"}, {3}),
        ({"since": "2024-01", "until": "2024"}, {1, 2, 3, 4, 5, 6}),
        ({"search": '"ngay trong đêm"'}, {1}),
        ({"search": "so 5"}, {5}),
        ({"search": "số 5 OR", "since": "2024"}, None),
    ],
)
def test_days_and_words_choose_together_with_sites(
    data: Path, choice: dict[str, str], expected: set[int] | None
) -> None:
    arguments = [part for name, value in choice.items() for part in (f"--{name}", value)]
    done = run(data, data / "chosen.jsonl", "--site", "bac", "--force", *arguments)
    if expected is None:
        assert (done.exit_code, "nothing of what is asked for" in done.output) == (2, True)
        return
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in (data / "chosen.jsonl").read_text("utf-8").splitlines()]
    assert [line["url"] for line in lines] == [f"http://bac.example.vn/tin/{n}" for n in sorted(expected)]


def test_an_article_without_a_date_counts_by_the_day_it_was_first_seen_in_vietnam(tmp_path: Path) -> None:
    with Keeper(tmp_path) as keeper:
        paragraph = "Một đoạn văn không ghi ngày, nhưng đủ dài để là một bài viết của ban dân vận."
        keeper.got("/tin/1", f"<!doctype html><h1>Bản tin</h1><div class=noi-dung><p>{paragraph}</p></div>".encode())
    assert asked(tmp_path, since="2026-03-01", until="2026-03-01")[0] == {"bac/tin/1"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--site", "dong"], "nothing of a site called dong; it has: bac, nam"),
        (["khongco"], "no article khongco"),
        (["--since", "2024-13"], "--since 2024-13 is no day"),
        (["--until", "hôm nay"], "is no day"),
        (["--search", "…"], "asks for no word"),
        (["--search", ""], "--search '' is no word"),
        (["--since", ""], "--since '' is no day"),
        (["--until", ""], "--until '' is no day"),
        (["--since", "2030"], "nothing of what is asked for"),
    ],
)
def test_what_cannot_be_meant_is_said_and_leaves_nothing(
    data: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = run(data, tmp_path / "x.jsonl", *arguments)
    assert (done.exit_code, said in done.output) == (2, True), done.output
    assert list(tmp_path.iterdir()) == []


def test_what_is_withheld_never_leaves_the_archive(tmp_path: Path) -> None:
    with Archive(make(tmp_path)) as archive:
        (sealed,) = archive.connection.execute("SELECT id FROM articles WHERE url LIKE '%bac%/tin/2'").fetchone()
    done = CliRunner().invoke(main, ["withhold", sealed, "--reason", "Theo yêu cầu", "--data", str(tmp_path)])
    assert done.exit_code == 0, done.output
    for choice in ({}, {"sites": ("bac",)}, {"since": "2024-01"}):
        articles, captures = asked(tmp_path, **choice)
        assert "bac/tin/2" not in articles
        assert not {"bac/tin/2 response", "bac/tep/2.pdf response"} & captures
        assert "bac/tin/5 response" in captures
    assert f"no article {sealed}" in run(tmp_path, tmp_path / "x.jsonl", sealed).output
    for form, name in FORMATS.items():
        assert run(tmp_path, tmp_path / name, "--format", form).exit_code == 0
    for name in ("x.warc.gz", "x.jsonl", "x.csv", "x.db", "x/data/records.warc.gz", "x/data/articles.csv"):
        content = (tmp_path / name).read_bytes()
        assert sealed.encode() not in (gzip.decompress(content) if name.endswith(".gz") else content), name


@pytest.mark.parametrize("name", ["archive.db", "warc/x.warc.gz", "warc", "manifests/x.jsonl"])
def test_an_export_never_takes_the_place_of_the_archive(tmp_path: Path, name: str) -> None:
    data = make(tmp_path)
    before = {path: path.stat().st_size for path in data.rglob("*.gz")} | {data / "archive.db": None}
    done = run(data, data / name, "--format", "sqlite", "--force")
    assert (done.exit_code, "part of the archive itself" in done.output) == (2, True), done.output
    assert before.keys() == {*data.rglob("*.gz"), data / "archive.db"}
    with Archive(data, read_only=True) as archive:
        assert archive.connection.execute("SELECT count(*) FROM articles").fetchone()[0] == 12


@pytest.mark.parametrize("name", ["archive.lock", "run.lock", "luutin.toml", "luutin.toml.orig"])
def test_nor_of_anything_else_in_its_directory_that_no_export_made(tmp_path: Path, name: str) -> None:
    data = make(tmp_path)
    (data / name).write_text("of the archive")
    done = run(data, data / name, "--format", "jsonl", "--force")
    assert (done.exit_code, f"{name} is in the archive's directory and no export" in done.output) == (2, True)
    assert (data / name).read_text() == "of the archive"


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_in_its_directory_is_replaced_when_asked(tmp_path: Path, form: str) -> None:
    data = make(tmp_path)
    for _ in range(2):
        assert run(data, data / FORMATS[form], "--format", form, "--force").exit_code == 0


# --- whole or not at all


@pytest.mark.parametrize("form", FORMATS)
def test_a_name_that_is_no_text_is_a_name(data: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / os.fsdecode(b"b\xe1\xba\xa3n ch\xff")
    done = run(data, out, "--format", form)
    assert (done.exit_code, out.exists(), "bản ch\ufffd" in done.output) == (0, True, True), done.exception
    told = json.loads(run(data, out, "--format", form, "--force", "--json").stdout)
    assert told["out"].endswith("/bản ch\ufffd")


@pytest.mark.parametrize("form", FORMATS)
def test_a_long_name_is_a_name_and_one_that_is_too_long_is_told_in_a_sentence(
    data: Path, tmp_path: Path, form: str
) -> None:
    longest = 255 - len("-metadata.json" if form == "csv" else "")
    done = run(data, tmp_path / ("x" * longest), "--format", form)
    assert (done.exit_code, (tmp_path / ("x" * longest)).exists()) == (0, True), done.output
    done = run(data, tmp_path / ("y" * (longest + 1)), "--format", form)
    assert (done.exit_code, done.output.count("cannot be written (File name too long)")) == (5, 1), done.output
    assert [p for p in tmp_path.iterdir() if not p.name.startswith("x")] == []


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_there_is_replaced_only_when_asked(data: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / FORMATS[form]
    assert run(data, out, "--format", form).exit_code == 0
    again = run(data, out, "--format", form)
    assert (again.exit_code, "is there already" in again.output) == (2, True)
    assert run(data, out, "--format", form, "--force").exit_code == 0
    assert [p for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_directory_that_is_no_bag_is_never_replaced(data: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.odt").touch()
    done = run(data, home, "--format", "bagit", "--force")
    assert (done.exit_code, "no bag" in done.output) == (2, True)
    assert (home / "thesis.odt").exists()


@contextmanager
def _full_at(size: int) -> Iterator[None]:
    """A disk on which no file may grow beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive whose exports are all larger than what SQLite writes beside it to read it (32 kB)."""
    return make(tmp_path_factory.mktemp("kept"), articles=40)


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_leaves_nothing_and_is_told(larger: Path, tmp_path: Path, form: str) -> None:
    with _full_at(40_000):
        done = run(larger, tmp_path / FORMATS[form], "--format", form)
    assert (done.exit_code, "cannot be written" in done.output) == (5, True), done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", FORMATS)
def test_ctrl_c_leaves_nothing(data: Path, tmp_path: Path, form: str) -> None:
    def stop(_what: str, _done: int, _all: int) -> None:
        raise KeyboardInterrupt

    with Archive(data, read_only=True) as archive, pytest.raises(KeyboardInterrupt):
        export(archive, Config(), tmp_path / FORMATS[form], form, Choice(), moved=stop)
    assert list(tmp_path.iterdir()) == []


def test_the_format_follows_from_the_name_or_has_to_be_given(data: Path, tmp_path: Path) -> None:
    assert json.loads(run(data, tmp_path / "a.jsonl", "--json").stdout)["format"] == "jsonl"
    done = run(data, tmp_path / "a.zip")
    assert (done.exit_code, "--format, one of warc, wacz" in done.output) == (2, True)
    assert run(data, tmp_path / "no" / "where.csv").exit_code == 2


# --- records


@pytest.mark.parametrize("form", ["warc", "jsonl", "csv"])
def test_on_standard_output_is_what_the_file_would_hold_and_nothing_else(
    data: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUUTIN_NOW", "2026-03-09T00:00:00Z")
    done = run(data, "-", "--format", form, "--site", "nam", "--revisions")
    assert done.exit_code == 0, done.output
    assert "6 articles" in done.stderr
    assert list(tmp_path.iterdir()) == []
    run(data, "x", "--format", form, "--site", "nam", "--revisions")
    written = (tmp_path / "x").read_bytes()
    if form == "warc":
        found = [list(records(gzip_pieces(io.BytesIO(b)), seekable=False)) for b in (done.stdout_bytes, written)]
        types = [[r.fields["warc-type"] for r in some if isinstance(r, Record)] for some in found]
        assert types[0] == types[1]
        assert all(isinstance(r, Record) for r in found[0])
        assert "warc-filename" not in found[0][0].fields
    else:
        assert done.stdout_bytes == written
    told = run(data, "-", "--format", form, "--json")
    assert json.loads(told.stderr[told.stderr.index("{") :])["bytes"] == len(told.stdout_bytes)


def test_on_standard_output_goes_what_is_written_from_beginning_to_end(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for form in ("wacz", "bagit", "sqlite"):
        done = run(data, "-", "--format", form)
        assert done.exit_code == 2
        assert f"{form} cannot be written to standard output (only warc, jsonl or csv): name a file." in done.stderr
    done = run(data, "-")
    assert (done.exit_code, "give --format, one of warc, jsonl or csv." in done.stderr) == (2, True)
    done = run(data, "-", "no-such-article", "--format", "jsonl")
    assert (done.exit_code, done.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == []


def test_whoever_has_read_enough_of_an_export_may_close_the_pipe_and_a_full_disk_is_told(data: Path) -> None:
    command = [sys.executable, "-m", "monitor", "export", "-", "--format", "warc", "--data", str(data)]
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed, Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, check=False)
        assert (done.returncode, b"Traceback" in done.stderr) == (141, False)
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
        assert (done.returncode, b"cannot be written on (No space left on device)" in done.stderr) == (5, True)
        assert b"Traceback" not in done.stderr


def test_a_damaged_record_is_named_and_all_others_go_out(tmp_path: Path) -> None:
    with Archive(make(tmp_path)) as archive:
        file, offset = archive.connection.execute(
            "SELECT warc_file, warc_offset FROM captures WHERE url LIKE '%bac%/tep/5.pdf'"
        ).fetchone()
        (total,) = archive.connection.execute("SELECT count(*) FROM captures").fetchone()
    with (tmp_path / "warc" / file).open("r+b") as warc:
        warc.seek(offset + 40)
        byte = warc.read(1)
        warc.seek(offset + 40)
        warc.write(bytes([byte[0] ^ 1]))
    done = run(tmp_path, tmp_path / "x.warc.gz")
    assert done.exit_code == 7
    assert f"1 records could not be read and are not in it: warc/{file}" in done.output
    with (tmp_path / "x.warc.gz").open("rb") as stream:
        kinds = [r.fields["warc-type"] for r in records(gzip_pieces(stream), seekable=False) if isinstance(r, Record)]
    assert kinds.count("response") + kinds.count("revisit") == total - 1


def test_a_file_that_is_gone_is_named_once(tmp_path: Path) -> None:
    with Archive(make(tmp_path)) as archive:
        (file,) = archive.connection.execute("SELECT warc_file FROM captures WHERE site = 'nam' LIMIT 1").fetchone()
    (tmp_path / "warc" / file).unlink()
    done = run(tmp_path, tmp_path / "x.wacz")
    assert (done.exit_code, done.output.count(file)) == (7, 1)


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """An archive of a few articles and one of many, all of them different."""
    made = {}
    for pages in (40, 300):
        made[pages] = tmp_path_factory.mktemp(f"of-{pages}")
        with Keeper(made[pages], NORTH) as keeper:
            for n in range(1, pages + 1):
                keeper.article(n, files=False, said=" ".join(f"chữ{n * k}" for k in range(1, 101)))
    return made


@pytest.mark.parametrize("form", FORMATS)
def test_memory_does_not_grow_with_the_archive(growing: dict[int, Path], tmp_path: Path, form: str) -> None:
    sizes = {}
    for pages, data in [(40, growing[40]), *growing.items()]:  # the first time, what is imported and cached once
        with Archive(data, read_only=True) as archive:
            tracemalloc.start()
            export(archive, Config(), tmp_path / "out", form, Choice(), force=True)
            sizes[pages] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert sizes[300] < sizes[40] + 400_000, sizes  # 1.5 kB for each further article: less than its row
