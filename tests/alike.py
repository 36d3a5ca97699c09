"""What two archives are compared by, table by table: for tests of rebuilding, backup and the like."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from crawler.clock import FROZEN
from monitor import demonstration, manifest
from monitor.demo.world import World
from monitor.stopping import Stop

#: What is of the machine and the moment, and what a rebuild makes anew: when migrations ran, the search index's own
#: tables (its contents are compared), samples of shingles in the order of studying (and pairs by
#: their numbers), the plan of the next looks, what waits to be told or written, what was verified.
MACHINERY = (
    "_sqlite_migrations",
    "sqlite_",
    "articles_fts",
    "_sketch",
    "_similar",
    "_looks",
    "_outbox",
    "_journal",
    "_verified",
)


def rows(data: Path) -> dict[str, list[str]]:
    """Every row of every table, each as JSON, sorted; the search index by what it finds where."""
    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(f"file:{data / 'archive.db'}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if not table.startswith(MACHINERY):
                every = db.execute(f"SELECT * FROM {table}").fetchall()
                found[table] = sorted(json.dumps(dict(row), ensure_ascii=False, sort_keys=True) for row in every)
        pairs = db.execute("SELECT * FROM similar_texts ORDER BY 1, 2").fetchall()
        found["similar_texts"] = [json.dumps(tuple(pair)) for pair in pairs]
        db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'articles_fts', 'instance')")
        found["search index"] = [
            json.dumps(tuple(row)) for row in db.execute("SELECT * FROM terms ORDER BY 1, 2, 3, 4")
        ]
    return found


def digests(data: Path) -> dict[str, tuple[int, str]]:
    """For each table, how many rows it has and a digest of all of them."""
    return {t: (len(said), sha256("\n".join(said).encode()).hexdigest()) for t, said in rows(data).items()}


def differences(one: Path, other: Path) -> dict[str, tuple[list[str], list[str]]]:
    """For each table that differs, the rows that only the one archive has, and those that only the other has."""
    a, b = rows(one), rows(other)
    return {
        table: (
            sorted(set(a.get(table, [])) - set(b.get(table, []))),
            sorted(set(b.get(table, [])) - set(a.get(table, []))),
        )
        for table in a.keys() | b.keys()
        if a.get(table) != b.get(table)
    }


def demo(data: Path) -> Path:
    """A small demo of two nights in ``data``, with a manifest of its WARC files."""
    with patch.object(demonstration, "World", functools.partial(World, articles_per_site=30)):
        demonstration.demonstrate(data, nights=2, port=0, serve=False, stop=Stop())
    assert manifest.write(data, demonstration.UNTIL_CRAWL + World(articles_per_site=30).tonight) is not None
    return data


def copied(data: Path, to: Path) -> Path:
    """A copy of an archive that may be changed."""
    shutil.copytree(data, to, ignore=shutil.ignore_patterns("*.lock", "logs"))
    return to


def changed(data: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    """Changes a database behind our back."""
    with closing(sqlite3.connect(data / "archive.db")) as db, db:
        change(db)


def settings(data: Path) -> dict[str, str]:
    """The environment for commands about a demo's archive."""
    return {"LUUTIN_DATA": str(data), "LUUTIN_CONFIG": str(data / "luutin.toml"), "PATH": os.environ["PATH"]} | {
        name: value for name in (FROZEN,) if (value := os.environ.get(name))
    }
