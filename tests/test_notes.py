"""Curators' notes: who may write, what is kept, what others see; and signing in."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from shelf import Reader, Shelf

from crawler.archive import Archive
from crawler.config import Config, load
from crawler.errors import ConfigError, InputError
from crawler.notes import LONGEST, add_note
from monitor import cli, serve
from monitor.web import curators

PASSWORD = "một mật khẩu dài"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "archive.db")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curators, "_N", 2**4)


class Visitor:
    """Somebody with a browser: keeps cookies, fills in forms."""

    def __init__(self, datasette: Datasette) -> None:
        self.datasette, self.cookies = datasette, httpx.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            await self.datasette.invoke_startup()
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = {"cookie": cookie} if cookie else {}
            return await self.datasette.client.request(method, path, headers=headers, follow_redirects=False, **more)

        response = asyncio.run(ask())
        for name, value in response.cookies.items():
            self.cookies.set(name, value)
        return response

    def fill(self, path: str, **fields: str) -> httpx.Response:
        token = re.search(r'name="csrftoken" value="([^"]+)"', self.ask("GET", path).text)
        return self.ask("POST", path, data=fields | ({"csrftoken": token[1]} if token else {}))

    def sign_in(self, password: str = PASSWORD, name: str = "Mai", to: str = "") -> httpx.Response:
        return self.fill(f"/dang-nhap{to}", name=name, password=password)


@pytest.fixture
def visitor(tmp_path: Path, _cheap: None) -> Iterator[Visitor]:
    datasette = serve.build(tmp_path, curators={"Mai": curators.hashed(PASSWORD)})
    with serve.closing(datasette):
        yield Visitor(datasette)


def notes(directory: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(directory / "archive.db") as db:
        return db.execute("select site, article_id, by, text, supersedes from notes order by at, id").fetchall()


def test_a_curator_writes_on_an_article_a_site_and_the_collection_and_everybody_reads(
    shelf: Shelf, visitor: Visitor, tmp_path: Path
) -> None:
    aid = shelf.article("Bài", "Một.")
    shelf.done()
    assert visitor.sign_in().status_code == 303
    for path in ("/ghi-chu", "/ghi-chu?site=huyen_nui", f"/ghi-chu?article={aid}"):
        written = visitor.fill(path, text=f"Về <b>{path}</b>\r\n\r\n  http://x.example/  \0 javascript:1")
        assert (written.status_code, written.headers["location"]) == (303, path)
    assert [row[:3] for row in notes(tmp_path)] == [
        (None, None, "Mai"),
        ("huyen_nui", None, "Mai"),
        ("huyen_nui", aid, "Mai"),
    ]
    assert notes(tmp_path)[0][3] == "Về <b>/ghi-chu</b>\n\nhttp://x.example/ javascript:1"
    reader = Reader(visitor.datasette)
    front, article = reader.text("/"), reader.text(f"/bai-viet/{aid}")
    assert "Về &lt;b&gt;/ghi-chu&lt;/b&gt;" in front
    assert "Về &lt;b&gt;/ghi-chu?site=huyen_nui" in front
    assert f"?article={aid}&lt;/b&gt;" in article
    assert '<a href="http://x.example/" rel="' in article
    assert 'href="javascript' not in front + article
    assert "Người biên mục: Mai" in article
    assert "<textarea" not in reader.text("/ghi-chu"), "a form is for curators"
    assert reader.get(f"/bai-viet/{aid}.json").json()["notes"][0]["by"] == "Mai"


def test_a_note_is_replaced_or_taken_back_and_still_stands_for_all_to_read(
    shelf: Shelf, visitor: Visitor, tmp_path: Path
) -> None:
    shelf.done()
    visitor.sign_in()
    visitor.fill("/ghi-chu", text="Lời đầu.")
    (first,) = re.findall(r'name="supersedes" value="([^"]+)"', visitor.ask("GET", "/ghi-chu").text)
    visitor.fill("/ghi-chu", text="Lời sau.", supersedes=first)
    page = Reader(visitor.datasette).text("/ghi-chu")
    assert page.index("Lời sau.") < page.index("Đã được thay") < page.index("Lời đầu.")
    late = visitor.fill("/ghi-chu", text="Lời muộn.", supersedes=first)
    assert late.status_code == 409
    assert "Lời muộn." in late.text, "nothing that was typed is lost"
    (second,) = re.findall(r'name="supersedes" value="([^"]+)"', visitor.ask("GET", "/ghi-chu").text)
    visitor.fill("/ghi-chu", text="", supersedes=second)
    assert "Lời sau." not in Reader(visitor.datasette).text("/")
    assert [row[3] for row in notes(tmp_path)] == ["Lời đầu.", "Lời sau.", ""]


def test_nobody_else_writes(shelf: Shelf, visitor: Visitor, tmp_path: Path) -> None:
    shelf.done()
    assert visitor.ask("POST", "/ghi-chu", data={"text": "x"}).status_code == 403
    assert visitor.sign_in("sai mật khẩu").status_code == 403
    assert visitor.sign_in(name="Lan").status_code == 403
    assert visitor.fill("/ghi-chu", text="x").status_code == 403
    visitor.cookies.set("ds_actor", visitor.datasette.sign({"a": {"id": "Lan"}}, "actor"))
    assert visitor.fill("/ghi-chu", text="x").status_code == 403
    visitor.cookies.set("ds_actor", "made.up")
    assert visitor.fill("/ghi-chu", text="x").status_code == 403
    assert notes(tmp_path) == []


def test_another_site_cannot_write_in_a_curators_name(shelf: Shelf, visitor: Visitor, tmp_path: Path) -> None:
    shelf.done()
    visitor.sign_in()
    assert visitor.ask("POST", "/ghi-chu", data={"text": "x"}).status_code == 403
    assert visitor.ask("POST", "/ghi-chu", data={"text": "x", "csrftoken": "y"}).status_code == 403
    assert notes(tmp_path) == []


def test_what_is_too_long_or_about_nothing_is_refused(shelf: Shelf, visitor: Visitor, tmp_path: Path) -> None:
    shelf.done()
    visitor.sign_in()
    assert visitor.fill("/ghi-chu", text="a" * (LONGEST + 1)).status_code == 409
    assert visitor.fill("/ghi-chu", text="a" * 200_000).status_code == 403
    assert visitor.fill("/ghi-chu", text="   \r\n ").status_code == 409
    assert visitor.ask("GET", "/ghi-chu?site=khong_co").status_code == 404
    assert visitor.ask("GET", "/ghi-chu?article=%00").status_code == 404
    assert notes(tmp_path) == []


def test_after_signing_in_one_goes_back_on_this_host_only(shelf: Shelf, visitor: Visitor) -> None:
    shelf.done()
    for to, goes in (
        ("/ghi-chu?site=huyen_nui", "/ghi-chu?site=huyen_nui"), ("//evil.example/", "/ghi-chu"), ("", "/ghi-chu"),
        ("https://evil.example/", "/ghi-chu"), ("/\\evil.example", "/ghi-chu"), ("/a\r\nX: y", "/ghi-chu"),
    ):  # fmt: skip
        assert visitor.sign_in(to=f"?{httpx.QueryParams({'to': to})}").headers["location"] == goes
    assert "ds_actor" in visitor.cookies
    visitor.fill("/ghi-chu", text="Trước khi ra.")
    out = visitor.fill("/ghi-chu", text="x", out="1")
    assert out.status_code == 303
    left = visitor.fill("/dang-nhap", out="1")
    assert re.search(r'ds_actor="?"?;.*Max-Age=0', left.headers["set-cookie"])


def test_where_no_curator_is_named_there_is_no_door(shelf: Shelf, tmp_path: Path) -> None:
    shelf.done()
    with serve.closing(serve.build(tmp_path)) as datasette:
        visitor = Visitor(datasette)
        assert visitor.ask("GET", "/dang-nhap").status_code == 404
        assert "/dang-nhap" not in visitor.ask("GET", "/ghi-chu").text
        visitor.cookies.set("ds_actor", datasette.sign({"a": {"id": "Mai"}}, "actor"))
        assert visitor.fill("/ghi-chu", text="x").status_code == 403


def test_an_archive_of_before_there_were_notes_is_shown_and_takes_the_first(
    shelf: Shelf, visitor: Visitor, tmp_path: Path
) -> None:
    shelf.article("Bài cũ", "Một.")
    shelf.db.executescript("drop table notes; delete from _sqlite_migrations where name = 'm014_notes'")
    shelf.db.executescript(
        "drop index removals_first_missing; drop index articles_status_last_seen;"
        "drop index revisions_change_memento_datetime;"
        "create index articles_status on articles (status); create index revisions_change on revisions (change)"
    )
    shelf.done()
    assert "Bài cũ" in Reader(visitor.datasette).text("/")
    visitor.sign_in()
    assert visitor.fill("/ghi-chu", text="Lời đầu.").status_code == 303
    assert [row[3] for row in notes(tmp_path)] == ["Lời đầu."]


def test_a_note_replaces_only_a_note_on_the_same_thing(shelf: Shelf, tmp_path: Path) -> None:
    shelf.done()
    with Archive(tmp_path) as archive, archive.writing() as db:
        one = add_note(db, by="Mai", text="Về trang.", site="huyen_nui")
        for about in ({}, {"site": "tinh_bien"}, {"site": "huyen_nui", "article_id": "x"}):
            with pytest.raises(InputError, match="not there"):
                add_note(db, by="Mai", text="Khác.", supersedes=one, **about)
        assert add_note(db, by="Mai", text="", site="huyen_nui", supersedes=one) != one


def test_a_hash_holds_its_password_and_no_other() -> None:
    kept = curators.hashed(PASSWORD)
    assert curators.is_right(PASSWORD, kept)
    assert not curators.is_right(PASSWORD + "x", kept)
    assert kept != curators.hashed(PASSWORD), "salted"
    assert not any(curators.is_right("", broken) for broken in ("", "scrypt:a", "scrypt:!:!", "scrypt:é:é"))


def test_the_command_makes_a_line_that_luutin_toml_takes(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli.main, ["curator", ' Mai "Lan" '], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    line = next(line for line in done.output.splitlines() if line.startswith("curators"))
    (tmp_path / "luutin.toml").write_text(f"[serve]\n{line}\n", encoding="utf-8")
    (kept,) = load(tmp_path / "luutin.toml").serve.passwords.items()
    assert kept[0] == 'Mai "Lan"'
    assert curators.is_right(PASSWORD, kept[1])
    assert CliRunner().invoke(cli.main, ["curator", "Mai", "--password", "ngắn"]).exit_code == 2
    assert CliRunner().invoke(cli.main, ["curator", " ", "--password", PASSWORD]).exit_code == 2
    assert Config().serve.passwords == {}


def test_a_password_in_plain_words_is_refused_and_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "luutin.toml"
    file.write_text('[serve]\ncurators = [{ name = "Mai", password = "bí mật quá" }]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"serve\.curators\.0\.password is not the hash of a password") as refused:
        load(file)
    assert "bí mật" not in str(refused.value)
    file.write_text('[serve]\ncurators = [{ nam = "Mai" }]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"did you mean name\?"):
        load(file)
