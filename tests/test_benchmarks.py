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
    "import": ["--pages=5", "--rounds=1", "--few=5", "--many=5", "--parallel=5", "--large=10"],
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
    report: dict[str, Any] = json.loads(run(name, *TINY[name], "--json").splitlines()[0])
    assert {(r["name"], r["promised_at_least"]) for r in report["ratios"]} == PROMISED[name]
    assert all(cost["ms_a_page"] > 0 for cost in report["costs"].values())
    assert [m["promised_below"] for m in report["memory"]] == [300, 300]
    assert all(m["mib"] > 1 for m in report["memory"])


def test_an_import_on_two_cores_is_held_against_one_by_the_clock_and_in_memory() -> None:
    report = json.loads(run("import", *TINY["import"], "--json").splitlines()[1])
    assert [(r["name"], r["promised_at_least"]) for r in report["ratios"]] == [
        ("luutin import on one core / luutin import on two cores", 1.7)
    ]
    assert [(m["pages"], m["mib"] > 1) for m in report["memory"]] == [(5, True), (10, True)]


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


def test_a_year_of_revisits_is_simulated_for_every_policy_at_one_budget() -> None:
    report = json.loads(run("revisits", "--articles=300", "--new=1", "--requests=60", "--rounds=2", "--json"))
    assert {policy["requests"] for policy in report["policies"].values()} == {60 * 365}
    assert [ratio["promised_at_most"] for ratio in report["ratios"]] == [0.6, 0.5, 1.4, 1.4]
    assert all(ratio["lowest"] <= ratio["value"] <= ratio["highest"] for ratio in report["ratios"])


@pytest.mark.parametrize("copies", ["-1", "10"])
@pytest.mark.shared
def test_a_portal_is_copied_nine_times_at_most(copies: str) -> None:
    command = [sys.executable, "benchmarks/bench_crawl.py", f"--copies={copies}"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"--copies {copies}:")


def test_near_copies_are_found_and_shown_beside_brute_force() -> None:
    report = json.loads(run("similar", "--texts=300", "--json"))
    assert report["texts"] == 300
    assert report["pairs of overlap 0.8 and more"] > 0
    assert (report["recall promised"], report["precision"]) == (0.99, 1.0)
    assert 0 <= report["recall, pairs"] <= 1
    assert [r["name"].partition(" / ")[0].partition(" (")[0] for r in report["ratios"]] == [
        "brute force among 300",
        "a new text among 300",
    ]


def test_extraction_is_shown_column_by_column_beside_four_other_tools() -> None:
    reports = [json.loads(line) for line in run("extraction", "--pages=2", "--rounds=1", "--json").splitlines()]
    qualities, speeds = reports[::2], reports[1::2]
    assert len(qualities) == len(speeds) > 0
    for quality, speed in zip(qualities, speeds, strict=True):
        tools = {name.split(",")[0] for name in quality["readers"]}
        assert tools == {"ours", "trafilatura", "newspaper4k", "readability-lxml", "jusText"}
        assert all(found["pages_per_second"] > 0 for found in quality["readers"].values())
        columns = {promise["column"] for promise in quality["promises"]}
        assert {"f1", "exact", "headline", "day", "date"} <= columns
        promised = {(r["name"].partition(" / ")[2], r["promised_at_least"]) for r in speed["ratios"]}
        assert {("ours, site declared", 5.0), ("ours, generic", 2.0)} <= promised


def test_a_quiet_night_of_a_large_archive_is_held_against_that_of_a_small_one() -> None:
    report = json.loads(run("quiet_night", "--few=30", "--many=60", "--budget=20", "--rounds=1", "--json"))
    small, large = report["archives"]
    assert (small["articles"], large["articles"]) == (30, 60)
    assert all(12 >= archive["requests"] > 2 < 1000 * archive["cpu_seconds"] for archive in (small, large))
    assert set(large["parts_ms"]) == {"what is due", "revisits", "removals", "health", "study"}
    assert (report["ratio"]["name"], report["ratio"]["promised_at_most"]) == ("large / small", 1.5)
