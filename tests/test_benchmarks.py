"""The benchmarks run and say what they found, beside what was promised. How fast we are is not for a test to say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parent.parent

TINY = {
    "crawl": ["--copies=0", "--articles=4", "--rounds=1", "--many=5"],
    "import": ["--pages=5", "--rounds=1", "--few=5", "--many=5"],
}
PROMISED = {
    "crawl": {("first spider / Lưu Tin", 4.0), ("bare Scrapy / Lưu Tin", 0.4)},
    "import": {("trafilatura / luutin import", 3.0)},
}


def run(name: str, *options: str) -> str:
    command = [sys.executable, f"benchmarks/bench_{name}.py", *options]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", TINY)
def test_a_benchmark_gives_its_ratios_with_what_is_promised_of_them(name: str) -> None:
    report: dict[str, Any] = json.loads(run(name, *TINY[name], "--json"))
    assert {(r["name"], r["promised_at_least"]) for r in report["ratios"]} == PROMISED[name]
    assert all(cost["ms_a_page"] > 0 for cost in report["costs"].values())
    assert [m["promised_below"] for m in report["memory"]] == [300, 300]
    assert all(m["mib"] > 1 for m in report["memory"])


@pytest.mark.shared
def test_a_crawl_is_held_against_the_pages_of_a_real_portal_and_shown_on_those_of_the_replica_too() -> None:
    lines = run("crawl", "--copies=1", "--articles=4", "--rounds=1", "--many=5", "--json").splitlines()
    real, replica = map(json.loads, lines)
    assert real["benchmark"] == "The whole road, a real portal's pages"
    assert replica["benchmark"] == "The whole road, replica pages"
    assert {cost["pages"] for cost in real["costs"].values()} == {257 + 27}
    assert real["404s of Lưu Tin"] == real["404s of first spider"] == 6
    for report in (real, replica):
        assert {(r["name"], r["promised_at_least"]) for r in report["ratios"]} == PROMISED["crawl"]


@pytest.mark.parametrize("copies", ["-1", "10"])
@pytest.mark.shared
def test_a_portal_is_copied_nine_times_at_most(copies: str) -> None:
    command = [sys.executable, "benchmarks/bench_crawl.py", f"--copies={copies}"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"--copies {copies}:")


def test_reading_alone_is_shown_beside_its_baseline() -> None:
    table = run("read", "--pages=5", "--rounds=1")
    assert "CPU ms a page" in table
    assert "trafilatura / read, site declared" in table
    assert "trafilatura / read, no names left in the markup" in table
