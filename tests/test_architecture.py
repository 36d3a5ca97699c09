"""The house plan, held: imports point down, files stay small, one module owns bs4, one writes the archive."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("crawler", "spiders", "monitor")  # each may import those before it
#: The rooms of crawler/ from the ground up: each imports only rooms before it.
ROOMS = (
    *(
        "errors",
        "clock",
        "garbage",
        "text",
        "dates",
        "urls",
        "site",
        "cms",
        "channel",
        "cron",
        "config_tables",
        "config",
    ),
    *("document_numbers", "issuers", "citations"),
    *(
        "legacy",
        "decode",
        "landmarks",
        "lines",
        "datelines",
        "segments",
        "blocks",
        "trace",
        "endings",
        "collect",
        "container",
        "parts",
        "tree",
        "attachments",
        "requisites",
        "extract",
        "quality",
    ),
    *("content_coding", "warc_record", "warc_frames", "warc_arc", "warc_read", "warc_compose", "warc", "warc_walk"),
    *(
        "coverage_views",
        "schema",
        "search_index",
        "reading",
        "replacements",
        "changes",
        "summaries",
        "derive",
        "frontier",
        "journal",
        "notes",
        "placing",
        "articles",
        "sealing",
        "storing",
        "rereading",
        "similar",
        "studying",
        "withholding",
        "journaling",
        "migrations",
        "replaying",
        "following",
        "turns",
        "archive",
        "ingest",
        "naming",
    ),
    *("guard", "links", "tally", "asking", "pipelines", "middlewares", "settings", "spider", "loader"),
)
MAX_LINES = 400


def modules() -> list[Path]:
    return sorted(p for floor in FLOORS for p in (ROOT / floor).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    exempt = {id(node) for block in for_types for node in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in exempt:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute here"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_is_small_says_what_it_owns_and_imports_downwards(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MAX_LINES
    assert ast.get_docstring(ast.parse(source)), "a module opens with one sentence that says what it owns"
    floor = path.relative_to(ROOT).parts[0]
    above = FLOORS[FLOORS.index(floor) + 1 :]
    assert [name for name in imports(path) if name.split(".")[0] in above] == []


@pytest.mark.parametrize("room", [p.stem for p in (ROOT / "crawler").glob("*.py") if p.stem != "__init__"])
def test_a_room_of_the_crawler_imports_only_rooms_below_it(room: str) -> None:
    above = ROOMS[ROOMS.index(room) :]
    split = [name.split(".") for name in imports(ROOT / "crawler" / f"{room}.py")]
    names = {parts[1] for parts in split if parts[0] == "crawler" and len(parts) > 1}
    assert sorted(names & set(above)) == []


def test_only_one_module_reads_html_with_bs4() -> None:
    assert [p.name for p in modules() if any(n.split(".")[0] == "bs4" for n in imports(p))] == ["blocks.py"]
