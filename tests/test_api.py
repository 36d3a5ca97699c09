"""The API: everything comes, once, in a stable order; what is asked wrongly is told; and all of it is documented."""

from __future__ import annotations

import json
import re
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import serve
from monitor.web import api, labels
from tests.shelf import NIGHT, Reader, Shelf

DOCS = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
LISTS = ("articles", "revisions", "events")
CURSORS = (("articles", "after"), ("revisions", "after"), ("events", "since"))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "archive.db")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with serve.closing(serve.build(tmp_path)) as datasette:
        yield Reader(datasette)


def ask(reader: Reader, path: str, status: int = 200, **headers: str) -> Any:
    response = reader.get(path, **headers)
    assert response.status_code == status, response.text[:500]
    return response.json()


def everything(reader: Reader, name: str, arguments: str = "limit=2") -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    found: list[dict[str, Any]] = []
    path: str | None = f"/api/{name}.json?{arguments}"
    while path:
        answer = ask(reader, path)
        assert answer["next"] is None or answer[name]
        found += answer[name]
        path = answer["next"] and answer["next"].removeprefix("http://localhost")
    return found


def filled(shelf: Shelf) -> list[str]:
    """Nine articles of two sites, some dated alike, one without a date, one edited."""
    ids = [shelf.article(f"Bài {n}", f"Nội dung {n}.", day=f"2026-03-0{n % 3 + 1}") for n in range(6)]
    ids += [shelf.article(f"Bài {n}", f"Nội dung {n}.", site="tinh_bien", section="Tin") for n in range(6, 8)]
    ids.append(shelf.article("Không ngày", "Có sửa.", day=None, edits=("Chưa sửa.",), status="removed"))
    shelf.done()
    return ids


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("limit", [2, 3])
def test_whoever_follows_next_gets_everything_once_in_one_order(
    shelf: Shelf, reader: Reader, name: str, limit: int
) -> None:
    ids = filled(shelf)
    found = everything(reader, name, f"limit={limit}")
    names = [item["id"] for item in found]
    assert len(names) == len(set(names)) == {"articles": len(ids), "revisions": len(ids) + 1, "events": len(ids)}[name]
    assert names == [item["id"] for item in everything(reader, name, "limit=500")]
    assert {item["id" if name == "articles" else "article_id"] for item in found} == set(ids)


def test_articles_come_newest_first_by_date_or_when_first_seen(shelf: Shelf, reader: Reader) -> None:
    filled(shelf)
    found = everything(reader, "articles")
    days = [labels.moment(a["date_published"] or a["first_seen"])[:10] for a in found]
    assert days == sorted(days, reverse=True)
    assert "Không ngày" in {a["headline"] for a in found[:4]}, "it was first seen on the second of March"


def test_a_list_is_narrowed(shelf: Shelf, reader: Reader) -> None:
    ids = filled(shelf)
    assert [a["id"] for a in everything(reader, "articles", "site=tinh_bien&limit=1")] == ids[7:5:-1]
    assert len(everything(reader, "articles", "section=Tin&author=Mai+Lan")) == 2
    assert [a["id"] for a in everything(reader, "articles", "status=removed")] == ids[8:]
    assert [r["change"] for r in everything(reader, "revisions", f"article={ids[8]}&limit=1")] == ["edited", "first"]
    assert len(everything(reader, "revisions", "change=edited")) == 1
    assert len(everything(reader, "events", "kind=new&site=tinh_bien&limit=1")) == 2
    assert len(everything(reader, "events", f"article={ids[0]}")) == 1
    assert everything(reader, "events", "kind=removed") == []


def test_texts_come_where_they_are_asked_for(shelf: Shelf, reader: Reader) -> None:
    ids = filled(shelf)
    assert "text" not in ask(reader, "/api/articles.json")["articles"][0]
    assert {a["id"]: a["text"] for a in everything(reader, "articles", "text=1")}[ids[8]] == "Có sửa."
    texts = [r["text"] for r in everything(reader, "revisions", f"article={ids[8]}&text=1")]
    assert texts == ["Có sửa.", "Chưa sửa."]


def test_pages_of_ours_are_named(shelf: Shelf, reader: Reader) -> None:
    filled(shelf)
    for name in LISTS:
        for item in everything(reader, name):
            assert reader.get(item["page"].removeprefix("http://localhost")).status_code == 200


def test_a_cursor_tells_tomorrow_what_was_written_since(shelf: Shelf, reader: Reader, tmp_path: Path) -> None:
    shelf.article("Bài 1", "Một.")
    shelf.db.conn.commit()
    first = ask(reader, "/api/events.json")
    again = ask(reader, f"/api/events.json?since={first['cursor']}")
    assert (again["events"], again["next"], again["cursor"]) == ([], None, first["cursor"])
    shelf.article("Bài 2", "Hai.")  # recorded within the same moment
    evidence = json.dumps({"missing": 3, "why": "cannot read /home/an/warc/x.gz; ask an@huyen.vn"})
    of_site = {"id": "e-site", "site": "huyen_nui", "kind": "site_missing", "at": NIGHT, "recorded_at": NIGHT}
    shelf.row("events", **of_site, baseline=0, evidence=evidence)
    shelf.done()
    later = ask(reader, f"/api/events.json?since={first['cursor']}")
    assert [event["headline"] for event in later["events"]] == ["Bài 2", None]
    assert later["events"][1]["page"] is None
    assert later["events"][1]["evidence"] == {"missing": 3, "why": "cannot read …; ask …@…"}
    assert later["events"][1]["baseline"] is False


def test_a_cursor_whose_row_is_withheld_since_goes_on_all_the_same(shelf: Shelf, reader: Reader) -> None:
    filled(shelf)
    whole = {name: [item["id"] for item in everything(reader, name, "limit=500")] for name in LISTS}
    pages = {name: ask(reader, f"/api/{name}.json?limit=4")["next"].partition("?")[2] for name in LISTS}
    for name in reversed(LISTS):
        with closing(sqlite3.connect(reader.datasette.get_database("archive").path)) as db:
            db.execute(f"delete from {name} where id = ?", [whole[name][3]])
            db.commit()
        found = [item["id"] for item in everything(reader, name, pages[name])]
        assert set(whole[name][4:]) <= set(found), name


@pytest.mark.parametrize("name", LISTS)
def test_what_is_known_is_not_sent_again_and_other_pages_may_ask(shelf: Shelf, reader: Reader, name: str) -> None:
    filled(shelf)
    first = reader.get(f"/api/{name}.json?limit=2")
    assert first.headers["content-type"] == "application/json; charset=utf-8"
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["link"] == f'<{first.json()["next"]}>; rel="next"'
    again = reader.get(f"/api/{name}.json?limit=2", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "link" not in reader.get(f"/api/{name}.json").headers


@pytest.mark.parametrize(
    "path",
    [
        *("articles.json?limit=0", "articles.json?limit=x", "articles.json?limit=-1", "events.json?limit=²"),
        *("articles.json?after=x", "events.json?since=%00", "revisions.json?after=%C4%91", "events.json?since=e30"),
        *("articles.json?since=x", "articles.json?q=x", "events.json?text=1"),
        *(f"{name}.json?{argument}=WyJcdWQ4MDAiLCAieCJd" for name, argument in CURSORS),  # ["\\ud800", "x"]
    ],
)
def test_what_makes_no_sense_is_told(shelf: Shelf, reader: Reader, path: str) -> None:
    shelf.done()
    answer = ask(reader, f"/api/{path}", 400)
    assert set(answer) == {"error"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = tmp_path_factory.mktemp("api")
    filled(Shelf(path / "archive.db"))
    with serve.closing(serve.build(path)) as datasette:
        yield Reader(datasette)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.sampled_from(LISTS))
def test_no_cursor_and_no_argument_is_an_error_of_ours(served: Reader, text: str, name: str) -> None:
    cursor = urlsafe_b64encode(json.dumps([text, text]).encode()).decode().rstrip("=")
    argument = "since" if name == "events" else "after"
    assert served.get(f"/api/{name}.json?{argument}={cursor}").status_code == 200
    path = str(httpx.URL(f"/api/{name}.json", params={"site" if name != "revisions" else "article": text}))
    assert served.get(path).status_code == 200


def test_without_an_archive_lists_are_empty(reader: Reader) -> None:
    for name in LISTS:
        assert ask(reader, f"/api/{name}.json")[name] == []


@pytest.mark.parametrize("name", LISTS)
def test_every_field_and_argument_is_documented(shelf: Shelf, reader: Reader, name: str) -> None:
    filled(shelf)
    section = re.search(rf"^### {name.capitalize()}\n(.*?)(?=^##)", DOCS, re.MULTILINE | re.DOTALL)
    assert section, f"docs/api.md has no part about {name}"
    rows = re.findall(r"^\| (`.*?) \|", section[1], re.MULTILINE)
    documented = {field for row in rows for field in re.findall(r"`(\w+)`", row)}
    item = ask(reader, f"/api/{name}.json?{'' if name == 'events' else 'text=1'}")[name][0]
    assert set(item) == documented
    table = DOCS.partition("| argument |")[2].partition("\n\n")[0]
    arguments = dict(re.findall(r"^\| (`.*?) \| ([\w, ]+) \|", table, re.MULTILINE))
    named = {a for row, of in arguments.items() if of == "all" or name in of for a in re.findall(r"`(\w+)`", row)}
    assert named >= {*api.NARROWED_BY[name], "limit"}
    for argument in named:
        path = f"/api/{name}.json?{argument}="
        assert reader.get(path + ("1" if argument in ("limit", "text") else "")).status_code == 200, argument


def test_every_address_that_the_documentation_names_answers(shelf: Shelf, reader: Reader) -> None:
    filled(shelf)
    assert {f"/api/{name}.json" for name in LISTS} == set(re.findall(r"^GET (\S+)$", DOCS, re.MULTILINE))
    for address in re.findall(r"^\| `(/\S+)` \|", DOCS, re.MULTILINE):
        path = address.replace("…", "1").replace("SLUG", "huyen_nui")
        assert reader.get(path).status_code == 200, path
