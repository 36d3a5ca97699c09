"""Serving: addresses, starting and stopping, and what is said when it cannot be."""

from __future__ import annotations

import sqlite3
import urllib.request
from pathlib import Path

import pytest
from shelf import Reader, Shelf

from crawler.errors import ConfigError, InputError, StorageError
from monitor import serve


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "archive.db")


def test_it_serves_on_a_free_port_and_stops_when_told(shelf: Shelf, tmp_path: Path) -> None:
    shelf.article("Qua mạng", "Một đoạn.")
    shelf.done()
    with serve.serving(tmp_path, port=0) as url:
        with urllib.request.urlopen(url, timeout=20) as response:
            assert "Qua mạng" in response.read().decode()
        port = int(url.rstrip("/").rpartition(":")[2])
        with pytest.raises(InputError, match=f"Port {port} on 127.0.0.1 is taken"), serve.serving(tmp_path, port=port):
            pass
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=2)


def test_a_public_address_stands_in_feeds_and_canonical_links(shelf: Shelf, tmp_path: Path) -> None:
    aid = shelf.article("Có địa chỉ", "Một đoạn.")
    shelf.done()
    with serve.closing(serve.build(tmp_path, base_url="https://tin.example/")) as datasette:
        asker = Reader(datasette)
        assert f'rel="canonical" href="https://tin.example/bai-viet/{aid}-co-dia-chi"' in asker.text(f"/bai-viet/{aid}")
        assert 'href="https://tin.example/feeds/new.atom"' in asker.text("/feeds/new.atom")


def test_a_rebuilt_archive_is_shown_without_a_restart(shelf: Shelf, tmp_path: Path) -> None:
    shelf.article("Bản cũ", "Một đoạn.")
    shelf.done()
    (tmp_path / "new").mkdir()
    rebuilt = Shelf(tmp_path / "new" / "archive.db")
    rebuilt.article("Bản mới", "Một đoạn.")
    rebuilt.done()
    with serve.closing(serve.build(tmp_path)) as datasette:
        asker = Reader(datasette)
        assert "Bản cũ" in asker.text("/")
        (tmp_path / "new" / "archive.db").replace(tmp_path / "archive.db")
        assert "Bản mới" in asker.text("/")
        assert "Bản mới" in asker.text("/archive/articles")


def test_a_broken_metadata_file_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "PROJECT", tmp_path)
    with pytest.raises(ConfigError, match=r"metadata\.yaml cannot be read"):
        serve.build(tmp_path)
    (tmp_path / "metadata.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="not valid"):
        serve.build(tmp_path)
    (tmp_path / "metadata.yaml").write_text("- a", encoding="utf-8")
    with pytest.raises(ConfigError, match="mapping"):
        serve.build(tmp_path)


def test_a_database_of_something_else_is_shown_to_nobody(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "archive.db")
    connection.execute("CREATE TABLE salaries (name TEXT)")
    connection.close()
    with pytest.raises(StorageError, match="of something else"):
        serve.build(tmp_path)


def test_a_file_that_is_no_database_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"Dear reader, " * 300)
    with pytest.raises(StorageError, match=r"archive\.db cannot be read \(file is not a database\)"):
        serve.build(tmp_path)
