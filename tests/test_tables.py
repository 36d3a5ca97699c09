"""What Datasette shows of the tables: explained in words, indexed where it sorts, without an error anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from shelf import NIGHT, Reader, Shelf

from monitor import serve

PROJECT = Path(__file__).parent.parent


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "archive.db")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    datasette = serve.build(tmp_path)
    with serve.closing(datasette):
        yield Reader(datasette)


def test_every_table_and_view_has_a_title_a_description_and_every_column_an_explanation(shelf: Shelf) -> None:
    tables = yaml.safe_load((PROJECT / "metadata.yaml").read_text(encoding="utf-8"))["databases"]["archive"]["tables"]
    shown = {t for t in shelf.db.table_names() if not t.startswith(("articles_fts", "_", "sqlite_"))}
    for table in shown | set(shelf.db.view_names()):
        assert all(tables[table].get(key) for key in ("title", "description")), table
    for table in shown:
        assert list(tables[table]["columns"]) == [c.name for c in shelf.db[table].columns], table
    machinery = {t for t in shelf.db.table_names() if t.startswith("_")}
    assert set(tables) - shown - set(shelf.db.view_names()) == machinery
    assert all(tables[table] == {"hidden": True} for table in machinery)


def test_every_facet_and_sort_column_is_indexed(shelf: Shelf) -> None:
    tables = yaml.safe_load((PROJECT / "metadata.yaml").read_text(encoding="utf-8"))["databases"]["archive"]["tables"]
    for table, config in tables.items():
        wanted = {*config.get("facets", ()), *config.get("sortable_columns", ()), config.get("sort_desc")} - {None}
        if wanted:
            assert wanted <= {index.columns[0] for index in shelf.db[table].indexes}, table


def test_a_table_can_be_sorted_by_its_key_as_the_head_of_the_column_offers(shelf: Shelf, reader: Reader) -> None:
    tables = yaml.safe_load((PROJECT / "metadata.yaml").read_text(encoding="utf-8"))["databases"]["archive"]["tables"]
    keys = {table: shelf.db[table].pks for table, config in tables.items() if "sortable_columns" in config}
    shelf.done()
    for table, key in keys.items():
        if len(key) == 1:  # a key of several columns has a head without a link
            assert reader.get(f"/archive/{table}?_sort={key[0]}").status_code == 200, table


def test_datasette_yaml_says_to_datasette_1_what_metadata_yaml_and_settings_json_say_to_0_65() -> None:
    metadata = yaml.safe_load((PROJECT / "metadata.yaml").read_text(encoding="utf-8"))
    database = metadata["databases"]["archive"]
    words_only = {"title", "description", "columns", "units"}
    tables = {t: {k: v for k, v in c.items() if k not in words_only} for t, c in database["tables"].items()}
    expected = {
        "settings": json.loads((PROJECT / "settings.json").read_text(encoding="utf-8")),
        "databases": {
            "archive": {"queries": database["queries"], "tables": {t: c for t, c in tables.items() if c}},
        },
    }
    said = yaml.safe_load((PROJECT / "datasette.yaml").read_text(encoding="utf-8"))
    assert said == expected, yaml.safe_dump(expected, allow_unicode=True, sort_keys=False, width=110)


def test_every_table_view_and_query_opens_without_an_error(shelf: Shelf, reader: Reader) -> None:
    aid = shelf.article("Một bài", "Một đoạn.", edits=("Nửa đoạn.",), status="suspect", new_at=NIGHT)
    shelf.done()
    metadata = yaml.safe_load((PROJECT / "metadata.yaml").read_text(encoding="utf-8"))["databases"]["archive"]
    for name in (*metadata["tables"], *metadata["queries"]):
        page = reader.text(f"/archive/{name}")
        assert 'rel="alternate" type="application/atom+xml"' in page
        if name in ("articles", "what_changed", "removed_articles", "new_articles", "most_revised"):
            assert f'href="/bai-viet/{aid}"' in page, name
    overview = reader.text("/archive")
    assert "Bài viết · Articles" in overview
    assert "Tìm kiếm có trích đoạn" in overview
    assert "Huyện ủy Vùng Núi" in reader.text("/archive/articles")
    assert reader.get("/archive/articles.json").json()["suggested_facets"] == []
