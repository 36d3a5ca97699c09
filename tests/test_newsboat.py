"""newsboat, run headless on the served feeds, keeps what we said: entries, titles, dates; each once, by one name."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from monitor import serve
from tests.captures import missing
from tests.nights import Nights
from tests.shelf import NIGHT, Shelf
from tests.test_feeds_served import says


class Item(NamedTuple):
    """What newsboat keeps of an entry."""

    guid: str
    title: str
    author: str
    url: str
    pubDate: int  # noqa: N815 - newsboat's column
    content: str


@pytest.fixture(autouse=True)
def newsboat() -> None:
    if shutil.which("newsboat") is None:
        reason = "There is no newsboat: scripts/browser-tools installs it (apt install newsboat)."
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") else pytest.skip(reason)


class Newsboat:
    """A reader's newsboat with its own cache."""

    def __init__(self, home: Path, *urls: str) -> None:
        self.home = home
        home.mkdir()
        (home / "urls").write_text("".join(f'"{url}"\n' for url in urls), encoding="utf-8")
        (home / "config").write_text("download-timeout 30\nuse-proxy no\n", encoding="utf-8")

    def reload(self) -> None:
        """Fetches all feeds, as somebody does who presses R."""
        command = ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
        environment = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        done = subprocess.run(
            command, cwd=self.home, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def items(self) -> list[Item]:
        """All entries, as they are kept."""
        query = f"SELECT {', '.join(Item._fields)} FROM rss_item WHERE deleted = 0 ORDER BY guid"
        return [Item(*row) for row in self.ask(query)]

    def ask(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.home / "cache.db")) as db:
            return db.execute(query).fetchall()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """An archive with a dated article, one with a day only, one without a date, and odd titles."""
    (tmp_path / "archive").mkdir()
    shelf = Shelf(tmp_path / "archive" / "archive.db")
    shelf.article("Hội nghị ]]> tổng kết 🎉", "Đoạn một.\n\nĐoạn hai có <b>dấu</b> & ký hiệu.")
    shelf.article("Chỉ có ngày", "Hai.", day="2026-02-27")
    shelf.article("Không có ngày", "Ba.", day=None)
    shelf.article("\"A\" & 'B' <i>", "Bốn.", day="2026-02-26T10:00:00+07:00")
    shelf.done()
    with serve.serving(tmp_path / "archive", port=0) as address:
        yield address


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_newsboat_reads_entries_titles_authors_dates_and_texts(served: str, tmp_path: Path, form: str) -> None:
    reader = Newsboat(tmp_path / "reader", f"{served}feeds/new.{form}?site=huyen_nui")
    reader.reload()
    items = {item.title: item for item in reader.items()}
    # of RSS newsboat takes a title for HTML; what stands in pointed brackets is lost to it
    odd = "\"A\" & 'B' <i>" if "\"A\" & 'B' <i>" in items else "\"A\" & 'B'"
    assert set(items) == {"Hội nghị ]]> tổng kết 🎉", "Chỉ có ngày", "Không có ngày", odd}
    dated = items["Hội nghị ]]> tổng kết 🎉"]
    assert dated.pubDate == datetime.fromisoformat("2026-03-01T08:15:00+07:00").timestamp()
    assert dated.author == "Mai Lan"
    assert "Đoạn hai có &lt;b&gt;dấu&lt;/b&gt; &amp; ký hiệu." in dated.content
    assert dated.url.startswith(f"{served}bai-viet/")
    assert dated.guid.startswith("urn:uuid:")
    day = datetime.fromtimestamp(items["Chỉ có ngày"].pubDate).astimezone()
    if form == "rss":
        assert f"{day:%Y-%m-%d}" == "2026-02-27"
    else:  # Atom has no days; what it has is when we saw it
        assert items["Chỉ có ngày"].pubDate == datetime.fromisoformat(NIGHT).replace(microsecond=0).timestamp()
    assert reader.ask("SELECT title FROM rss_feed") == [("Lưu Tin – Bài mới: Huyện ủy Vùng Núi",)]


def test_newsboat_takes_an_entry_once_in_whichever_form_and_from_whichever_address(served: str, tmp_path: Path) -> None:
    by_name = served.replace("127.0.0.1", "localhost")
    guids = []
    for n, url in enumerate((f"{served}feeds/new.atom", f"{served}feeds/new.rss", f"{by_name}feeds/new.atom")):
        reader = Newsboat(tmp_path / f"reader{n}", url)
        reader.reload()
        once = reader.items()
        reader.reload()
        assert reader.items() == once
        assert reader.ask("SELECT count(*) FROM rss_feed WHERE lastmodified > 0 AND etag <> ''") == [(1,)]
        guids.append([item.guid for item in once])
    assert guids[0] == guids[1] == guids[2]


def test_newsboat_hears_of_an_edit_and_of_a_removal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "archive"
    data.mkdir()
    nights = Nights(data, monkeypatch)
    with closing(nights.archive), serve.serving(data, port=0) as address:
        reader = Newsboat(tmp_path / "reader", f"{address}feeds/edits.atom", f"{address}feeds/removals.rss")
        nights.night(1, (says(3), "/a"), (says(7), "/b"))
        reader.reload()
        assert reader.items() == []
        nights.night(2, (says(5), "/a"), (says(7), "/b"))
        for day in (3, 4, 5):
            nights.night(day, (says(5), "/a"), (missing, "/b"))
        reader.reload()
        edited, removed = sorted(reader.items(), key=lambda item: item.title, reverse=True)
        assert (edited.title, removed.title) == ("Được sửa: Tin /a", "Bị gỡ: Tin /b")
        assert "<del>3</del> <ins>5</ins>" in edited.content
        assert "404" in removed.content
        assert datetime.fromtimestamp(edited.pubDate).astimezone().day == 2
