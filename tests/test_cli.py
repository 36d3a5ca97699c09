"""The ``luutin`` command: help to follow, one sentence for what goes wrong, exit codes that mean something."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawler import errors
from crawler.archive import Archive
from monitor import cli
from monitor.crawls import run_lock
from monitor.demo.world import World

COMMANDS = ("demo", "crawl", "import", "extract", "new-site", "check-site", "sites", "status", "review", "run", "serve")
KEYS = (
    *("site", "url", "headline", "description", "author", "section", "date_published", "paragraphs", "captions"),
    *("images", "attachments", "content_digest", "quality", "quality_reason"),
)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text("")
    monkeypatch.setenv("LUUTIN_CONFIG", str(tmp_path / "luutin.toml"))
    monkeypatch.setenv("LUUTIN_DATA", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(articles_per_site=30) as world:
        yield world


def luutin(*arguments: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(cli.main, [str(a) for a in arguments], input=stdin)


def sentence(result: Result) -> str:
    """What went wrong, which must be one line and no traceback."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr.strip()


# -- help ---------------------------------------------------------------------------------------------------------


def test_help_names_every_command_and_every_exit_code() -> None:
    text = luutin("--help").stdout
    assert all(f"  {command} " in text for command in COMMANDS)
    codes = {e.exit_code for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.LuutinError)}
    assert all(f" {code}  " in text for code in {0, 130, *codes})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_takes_data_and_config(command: str) -> None:
    result = luutin(command, "--help")
    assert result.exit_code == 0
    assert "--data DIR" in result.stdout
    assert "--config FILE" in result.stdout
    summary = luutin("--help").stdout.split(f"  {command} ")[1].splitlines()[0]
    assert summary.strip().endswith("."), "cut short in the list of commands"


# -- wrong input --------------------------------------------------------------------------------------------------


def test_an_unknown_site_is_one_sentence_that_names_the_known_ones(tmp_path: Path) -> None:
    for arguments in (["crawl", "hai_dong"], ["extract", tmp_path / "luutin.toml", "--site", "hai_dong"]):
        result = luutin(*arguments)
        assert result.exit_code == 2
        assert "Did you mean hai_duong?" in sentence(result)
        assert "sotttt_hanoi" in sentence(result)


@pytest.mark.parametrize(
    "words",
    [
        *(("import", ""), ("backup", ""), ("restore", ""), ("export", "", "--format", "csv"), ("status", "--data", "")),
        *(("reextract", ""), ("crawl", ""), ("withhold", "x", "--reason", " ")),
    ],
)
def test_an_empty_word_is_a_variable_that_was_not_set_and_names_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    Archive(tmp_path / "data").close()
    monkeypatch.chdir(tmp_path / "data")
    result = CliRunner().invoke(cli.main, [*words])
    assert (result.exit_code, result.stdout) == (2, "")
    assert any(said in result.stderr for said in ("an empty word names no place", "called ", "--reason why x"))


def test_crawl_without_a_site_explains_what_to_name() -> None:
    for arguments in ([], ["--all", "hai_duong"]):
        result = luutin("crawl", *arguments)
        assert result.exit_code == 2
        assert "Name the sites to crawl, or give --all. Known sites: binh_thanh, " in result.stderr


def test_a_guessed_address_is_not_crawled_before_a_person_has_confirmed_it(tmp_path: Path) -> None:
    result = luutin("crawl", "hai_duong")
    assert result.exit_code == 2
    assert "give sites.hai_duong.home_url" in sentence(result)
    (tmp_path / "luutin.toml").write_text("[sites.sotttt_hanoi]\nenabled = false\n")
    result = luutin("crawl", "--all")
    assert result.exit_code == 2
    assert "hai_duong is skipped because its address could not be verified" in result.stderr
    assert "sotttt_hanoi is switched off" in result.stderr


def test_a_wrong_setting_is_one_sentence_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text("[budgett]\n")
    for command in ("sites", "status", "run", "serve"):
        result = luutin(command)
        assert result.exit_code == 3
        assert "budgett is not a setting of Lưu Tin (did you mean budget?)" in sentence(result)
    assert luutin("status", "--config", tmp_path / "none.toml").exit_code == 3


def test_a_data_directory_that_cannot_be_used_is_exit_code_5(tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text('[sites.hai_duong]\nhome_url = "http://tin.example.vn/"\n')
    (tmp_path / "data").write_text("a file")
    for arguments in (["import", tmp_path / "luutin.toml"], ["crawl", "hai_duong"], ["run", "--port", 0]):
        result = luutin(*arguments)
        assert result.exit_code == 5
        assert str(tmp_path / "data") in sentence(result)


def test_two_runs_never_crawl_into_the_same_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "luutin.toml").write_text('[sites.hai_duong]\nhome_url = "http://tin.example.vn/"\n')
    monkeypatch.setattr("monitor.crawls.run_lock.__kwdefaults__", {"patience": 0.0, "stop": None}, raising=False)
    with run_lock(tmp_path / "data"):
        result = luutin("crawl", "hai_duong")
    assert result.exit_code == 6
    assert "Another run is crawling into" in sentence(result)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/a/b"), 5, "/a/b: the disk is full"),
        (OSError(errno.EROFS, "Read-only file system", "/a/b"), 5, "/a/b: it is read-only"),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), 5, "/a/b: you may not write there"),
        (sqlite3.OperationalError("database is locked"), 5, "database is locked"),
        (KeyboardInterrupt(), 130, "everything stored so far is kept"),
    ],
)
def test_what_the_machine_refuses_is_one_sentence_too(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    Archive(tmp_path / "data").close()
    monkeypatch.setattr("monitor.overview.overview", refuse)
    result = luutin("status")
    assert result.exit_code == code
    assert said in sentence(result)


def test_whoever_has_read_enough_may_close_the_pipe(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as closed:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "monitor.cli", "sites"], stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 141
    assert done.stderr == b""


_STOPPED_WHILE_IMPORTING = """
import os, signal, sys

class Impatient:
    def find_spec(self, name, *_):
        if name == at:
            os.kill(os.getpid(), signal.SIGINT)

at = sys.argv.pop()
sys.meta_path.insert(0, Impatient())
from {} import {} as command
sys.argv.append("--version")
command()
"""


@pytest.mark.parametrize("at", ["click", "pydantic", "monitor.commands.withholding"])
def test_ctrl_c_while_it_begins_is_one_sentence_too(at: str) -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
    code = _STOPPED_WHILE_IMPORTING.format(*project["scripts"]["luutin"].split(":"))
    done = subprocess.run([sys.executable, "-c", code, at], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "luutin: stopped before anything was begun.\n"


def test_who_does_not_listen_to_ctrl_c_does_not_while_it_begins_either() -> None:
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN);" + _STOPPED_WHILE_IMPORTING.format(
        "monitor.__main__", "main"
    )
    done = subprocess.run([sys.executable, "-c", code, "click"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "luutin,", "")


# -- extract ------------------------------------------------------------------------------------------------------


def saved(world: World, slug: str, tmp_path: Path) -> tuple[int, Path]:
    site = world.sites[slug]
    article = next(a for a in site.newest() if a.pictures and a.all_files)
    file = tmp_path / "page.html"
    file.write_bytes(site.get(site.article_path(article)).body)
    return article.id, file


@pytest.mark.parametrize("slug", ["hai_duong", "quang_binh", "lam_binh", "tuyen_quang", "binh_thanh"])
def test_extract_gives_what_the_page_says_and_nothing_else(world: World, slug: str, tmp_path: Path) -> None:
    number, file = saved(world, slug, tmp_path)
    gold = world.gold(slug, number)
    result = luutin("extract", file, "--site", slug, "--url", gold["url"])
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert tuple(said) == KEYS
    assert (said["site"], said["quality"], said["quality_reason"]) == (slug, "article", "")
    for key in ("headline", "author", "date_published", "paragraphs", "captions"):
        assert said[key] == gold[key], key
    assert said["attachments"] == [{"url": a["url"], "name": a["name"]} for a in gold["attachments"]]
    assert [set(image) for image in said["images"]] == [{"url", "alt"}] * len(gold["images"])
    assert gold["headline"] in result.stdout, "Vietnamese, not escapes"


def test_a_page_from_standard_input_is_read_the_same(world: World, tmp_path: Path) -> None:
    _, file = saved(world, "hai_duong", tmp_path)
    assert luutin("extract", "-", stdin=file.read_bytes()).stdout == luutin("extract", file).stdout


def test_the_address_decides_whose_rules_read_a_page(world: World, tmp_path: Path) -> None:
    _, file = saved(world, "hai_duong", tmp_path)
    declared = luutin("extract", file, "--url", "http://www.danvan.haiduong.org.vn/tin-hoat-dong/bai-12")
    assert json.loads(declared.stdout)["site"] == "hai_duong"
    other = luutin("extract", file, "--url", "http://tin.example.vn/tin-hoat-dong/bai-1234")
    assert json.loads(other.stdout)["site"] == "tin_example_vn"
    assert json.loads(luutin("extract", file).stdout)["site"] is None


def test_garbage_is_no_article_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "garbage").write_bytes(bytes(range(256)) * 40)
    result = luutin("extract", tmp_path / "garbage")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["quality"] != "article"


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    for page, said in (("nothing.html", "No such file"), (tmp_path, "Is a directory"), ("\0", "cannot be read")):
        result = luutin("extract", page)
        assert result.exit_code == 2
        assert said in sentence(result)
    assert luutin("extract", tmp_path / "luutin.toml", "--url", "ftp://example.org/").exit_code == 2


def test_a_url_is_fetched_and_read_by_its_sites_rules(world: World, tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text(world.config_toml())
    number, _ = saved(world, "quang_binh", tmp_path)
    gold = world.gold("quang_binh", number)
    said = json.loads(luutin("extract", gold["url"]).stdout)
    assert (said["site"], said["headline"], said["paragraphs"]) == ("quang_binh", gold["headline"], gold["paragraphs"])


def test_private_addresses_are_not_fetched_from_unless_a_setting_allows_it(world: World) -> None:
    result = luutin("extract", world.base_url("hai_duong"))
    assert result.exit_code == 2
    assert "set network.allow_private_addresses in luutin.toml" in sentence(result)


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/"
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def test_redirects_without_end_and_pages_without_end_are_given_up(tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/large":
            handler.send_response(200)
            handler.end_headers()
            with pytest.raises(OSError):  # noqa: PT012 - until nobody listens any more
                while True:
                    handler.wfile.write(b"<p>" * 10_000)
        else:
            handler.send_response(302)
            handler.send_header("Location", handler.path + "x")
            handler.end_headers()

    (tmp_path / "luutin.toml").write_text("[network]\nallow_private_addresses = true\n[budget]\npage_bytes = 100000\n")
    with server(answer) as address:
        assert "redirects more than 5 times" in sentence(luutin("extract", address))
        assert "has more than 100000 bytes" in sentence(luutin("extract", address + "large"))


def test_a_crawl_of_a_private_address_names_the_setting(world: World, tmp_path: Path) -> None:
    settings = world.config_toml().replace("allow_private_addresses = true", "allow_private_addresses = false")
    (tmp_path / "luutin.toml").write_text(settings)
    result = luutin("crawl", "hai_duong")
    assert result.exit_code == 4
    host = world.base_url("hai_duong").split("/")[2]
    assert f"because {host} is a private address: set network.allow_private_addresses in luutin.toml" in result.stdout
    assert "private_address " not in result.output.replace("allow_private_addresses ", "")


# -- a directory that holds no archive --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "exists"), [("status", False), ("status", True), ("serve", True), ("sites", False)]
)
def test_a_directory_that_was_named_and_holds_no_archive_is_not_taken_for_an_empty_one(
    tmp_path: Path, command: str, exists: bool
) -> None:
    if exists:
        (tmp_path / "data").mkdir()
    result = luutin(command)
    assert result.exit_code == 2
    state = "holds no archive.db" if exists else "is not there"
    assert f"There is no archive in {tmp_path / 'data'} ({state})" in sentence(result)
    assert list(tmp_path.glob("data/*")) == []


def test_a_file_in_the_place_of_the_data_directory_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert f"There is no archive in {tmp_path / 'data'} (is a file)" in sentence(luutin("status"))


def test_before_the_first_crawl_sites_can_be_listed_and_status_says_that_nothing_is_archived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    assert "hai_duong" in luutin("sites").stdout
    monkeypatch.delenv("LUUTIN_DATA")
    monkeypatch.setattr("monitor.commands.options.PROJECT", tmp_path / "data")
    result = luutin("status")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Nothing archived yet in {tmp_path / 'data'}:")


def test_serve_without_an_archive_says_how_to_begin_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LUUTIN_DATA")
    monkeypatch.setattr("monitor.commands.options.PROJECT", tmp_path)
    monkeypatch.setattr("monitor.stopping.Stop.wait", lambda _: None)
    result = luutin("serve", "--port", 0)
    assert result.exit_code == 0
    assert f'Nothing archived yet in {tmp_path}: "luutin crawl" or "luutin import" begins an archive' in result.stderr


@pytest.mark.parametrize("command", ["serve", "run"])
def test_a_port_that_is_taken_is_one_sentence_that_names_it_and_the_option(tmp_path: Path, command: str) -> None:
    (tmp_path / "luutin.toml").write_text("[sites.sotttt_hanoi]\nenabled = false\n")
    Archive(tmp_path / "data").close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = luutin(command, "--port", port)
    assert result.exit_code == 2
    assert f"Port {port} on 127.0.0.1 is taken by another program" in sentence(result)
    assert "choose another port with --port" in sentence(result)


# -- crawl, sites, status -----------------------------------------------------------------------------------------


def crawls(result: Result) -> dict[str, Any]:
    return {crawl["site"]: crawl for crawl in json.loads(result.stdout)}


def test_a_crawl_tells_what_it_came_to_and_the_next_asks_only_for_what_is_due(world: World, tmp_path: Path) -> None:
    (tmp_path / "luutin.toml").write_text(world.config_toml())
    result = luutin("crawl", "lam_binh", "quang_binh", "--json")
    assert result.exit_code == 0, result.stderr
    told = crawls(result)
    assert list(told) == ["lam_binh", "quang_binh"]
    assert {(t["outcome"], t["new"], t["changed"]) for t in told.values()} == {("complete", 30, 0)}
    assert not any("listing" in t["skipped"] for t in told.values())
    assert all(t["listings"] >= 2 and t["requests"] > 30 and t["bytes"] > 0 for t in told.values())
    assert "lam_binh: complete" in result.stderr
    again = crawls(luutin("crawl", "lam_binh", "--json"))["lam_binh"]
    assert (again["outcome"], again["new"], again["changed"]) == ("complete", 0, 0)
    assert again["requests"] < 10, "nothing is due an hour after it was read"
    with Archive(tmp_path / "data", read_only=True) as archive:
        assert archive.connection.execute("SELECT count(*) FROM _sketches").fetchone()[0] > 50
        assert archive.connection.execute("SELECT count(*) FROM _unstudied").fetchone()[0] == 0

    states = {s["site"]: s for s in json.loads(luutin("status", "--json").stdout)["sites"]}
    assert (states["lam_binh"]["articles"], states["lam_binh"]["problems"]) == (30, [])
    assert states["lam_binh"]["last_crawl"]["outcome"] == "complete"
    assert states["binh_thanh"]["last_crawl"] is None
    assert "lam_binh: name Huyện ủy Lâm Bình; cms district" in luutin("sites").stdout


def test_a_crawl_that_does_not_do_its_job_is_exit_code_4_whatever_scrapy_says(tmp_path: Path) -> None:
    with server(lambda handler: handler.send_error(503)) as address:
        (tmp_path / "luutin.toml").write_text(
            "[network]\nallow_private_addresses = true\n[politeness]\nmax_retries = 0\n"
            f'[sites.quan_1]\nname = "Quận 1"\ncms = "liferay"\nhome_url = "{address}"\n'
            'sections = [{ name = "Tin", path = "/tin" }]\n'
        )
        result = luutin("crawl", "quan_1")
    assert result.exit_code == 4
    assert result.stderr.splitlines()[-1] == "luutin: 1 of 1 crawls did not do their job: quan_1 (refused)."
    assert "robots.txt answers 503" in result.stdout
    assert "quan_1" in luutin("sites").stdout, "a site that only luutin.toml declares"


def test_a_killed_run_takes_its_crawls_along_and_the_next_one_goes_on(world: World, tmp_path: Path) -> None:
    settings = world.config_toml().replace("delay_seconds = 0", "delay_seconds = 0.05")
    (tmp_path / "luutin.toml").write_text(settings)
    run = subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", "crawl", "tuyen_quang"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: captures(tmp_path / "data") > 0)
    run.send_signal(signal.SIGKILL)
    run.wait()
    (tmp_path / "luutin.toml").write_text(world.config_toml())
    result = luutin("crawl", "tuyen_quang", "--json")
    assert result.exit_code == 0, result.stderr
    with Archive(tmp_path / "data", read_only=True) as archive:
        outcomes = [row[0] for row in archive.connection.execute("SELECT outcome FROM crawls ORDER BY id")]
        assert outcomes == ["interrupted", "complete"]
        assert archive.connection.execute("SELECT count(*) FROM articles").fetchone()[0] == 30
        assert archive.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_told_to_stop_ends_its_crawls_in_order(
    world: World, tmp_path: Path, number: int, code: int
) -> None:
    (tmp_path / "luutin.toml").write_text(world.config_toml().replace("delay_seconds = 0", "delay_seconds = 0.1"))
    command = [sys.executable, "-m", "monitor.cli", "crawl", "binh_thanh"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        wait_for(lambda: bool(list(tmp_path.glob("data/warc/*.open"))))
        run.send_signal(number)
        out, err = run.communicate(timeout=30)
    assert run.returncode == code
    assert "binh_thanh: outcome interrupted" in out
    assert "Traceback" not in err
    assert list(tmp_path.glob("data/warc/binh_thanh-*.warc.gz"))
    assert not list(tmp_path.glob("data/warc/*.open")), "sealed"


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.05)


def captures(data: Path) -> int:
    if not (data / "archive.db").exists():
        return 0
    with Archive(data, read_only=True) as archive:
        try:
            return int(archive.connection.execute("SELECT count(*) FROM captures").fetchone()[0])
        except sqlite3.OperationalError:  # its tables are being made
            return 0
