"""``luutin run --once`` over some of the demo's sites, and what an archive then holds: for tests of nights."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from monitor.demo.world import World


def rows(data: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(f"file:{data / 'archive.db'}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def settings(world: World, file: Path, sites: tuple[str, ...], more: str = "") -> Path:
    others = [slug for slug in world.sites if slug not in sites]
    known = world.config_toml()
    for slug in others:
        known = known.replace(f"[sites.{slug}]\n", f"[sites.{slug}]\nenabled = false\n")
    file.write_text(f"{known}{more}\n[sites.sotttt_hanoi]\nenabled = false\n", encoding="utf-8")
    return file


def start(data: Path, config: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "monitor.cli", "run", "--once", *options]
    return subprocess.Popen(
        [*command, "--data", str(data), "--config", str(config)],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
