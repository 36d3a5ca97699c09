"""What the benchmarks share: children whose CPU time and memory are measured, a replica to crawl, and the report.

This process stays small: Linux counts the memory of the process that starts a child as the child's own until the child
has become another program. What needs Scrapy, trafilatura or the replica sites is therefore a child too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent

#: Real pages, where the shared material lies beside the checkout.
CORPUS = Path(os.environ.get("LUUTIN_SHARED") or PROJECT.parent / "shared") / "corpus" / "sotttt-hanoi-party.warc.gz"

#: Where children keep compiled modules, whatever the environment says: start-up without them is not what users have.
BYTECODE = Path(sys.prefix) / "benchmarks-bytecode"

#: What Scrapy asks one host at a time by default, and the most that luutin.toml allows: the same for everybody here.
CONCURRENCY = 8


@dataclass(frozen=True, slots=True)
class Cost:
    """What a child came to: seconds of CPU (user and system, all threads, and of the processes that it has waited for)
    and of time, peak memory in MiB (of the largest of these), standard output.
    """

    cpu: float
    seconds: float
    peak: float
    output: str


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path = PROJECT,
    one_core: bool = False,
    cores: int | None = None,
    **environment: str | Path,
) -> Cost:
    """Runs a child on so many cores and measures it. Raises SystemExit, with the last lines it said, where it fails."""
    cores = 1 if one_core else cores

    def pin() -> None:
        if cores and hasattr(os, "sched_setaffinity"):  # Linux
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])

    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=cwd,
            env=_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            preexec_fn=pin if cores else None,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode, seconds = os.waitstatus_to_exitcode(status), time.monotonic() - began
        output.seek(0)
        if process.returncode:
            errors.seek(0)
            tail = errors.read().decode("utf-8", "replace")[-2000:]
            raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{tail}")
        # ru_maxrss is in KiB, but on macOS in bytes
        peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
        return Cost(usage.ru_utime + usage.ru_stime, seconds, peak, output.read().decode())


def _environment(own: Mapping[str, str | Path]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LUUTIN_", "SCRAPY_"))}
    return kept | {"PYTHONPYCACHEPREFIX": str(BYTECODE)} | {name: str(value) for name, value in own.items()}


class Served:
    """A site that another program here serves from a process of its own; beside it one that has no articles."""

    def __init__(self, program: str, *options: str | Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, HERE / program, *map(str, options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env=_environment({}),
        )
        self.url, self.empty_url, self.articles = self._ask()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def taken(self) -> tuple[list[str], int]:
        """What was asked for since the last time, without robots.txt: the pages that it has (their paths with queries,
        sorted), and the number of requests for others."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        pages, missing = self._ask()
        return pages, missing

    def _ask(self) -> list[Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("The pages could not be served.")
        answer: list[Any] = json.loads(line)
        return answer


@dataclass(slots=True)
class Series:
    """One contender's seconds of CPU by round; ``apart``: those that are no work on pages, where there are any."""

    name: str
    pages: int
    rounds: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)

    @property
    def start_up(self) -> float:
        """Seconds of CPU, median."""
        return median(self.apart) if self.apart else 0.0

    def seconds(self, *, start_up: bool) -> list[float]:
        """The rounds, with start-up or without."""
        return [s if start_up else s - self.start_up for s in self.rounds]

    def per_page(self, *, start_up: bool) -> float:
        """Milliseconds of CPU a page, the median of the rounds."""
        return 1000 * median(self.seconds(start_up=start_up)) / self.pages


@dataclass(slots=True)
class Report:
    """What a benchmark prints: costs a page, ratios beside what is promised of them, peak memory."""

    title: str
    unit: str = "CPU ms a page (user + system), medians"  # of the series, which are in seconds of the same
    facts: dict[str, Any] = field(default_factory=dict)
    series: list[Series] = field(default_factory=list)
    ratios: list[dict[str, Any]] = field(default_factory=list)
    memory: list[dict[str, Any]] = field(default_factory=list)

    def ratio(self, baseline: Series, ours: Series, promised: float | None = None) -> None:
        """Adds how many times ours the baseline costs: the median over rounds of what one round gave."""
        for start_up in (True, False) if ours.apart else (False,):
            pairs = zip(baseline.seconds(start_up=start_up), ours.seconds(start_up=start_up), strict=True)
            each = sorted(b / baseline.pages / (o / ours.pages) for b, o in pairs)
            value = median(each)
            self.ratios.append(
                {
                    "name": f"{baseline.name} / {ours.name}",
                    "start_up": start_up,
                    "value": round(value, 2),
                    "lowest": round(each[0], 2),
                    "highest": round(each[-1], 2),
                    "promised_at_least": promised,
                    "kept": None if promised is None else value >= promised,
                }
            )

    def peak(self, name: str, pages: int, cost: Cost, promised: int) -> None:
        """Adds a peak of memory, in MiB, and the promised bound of it."""
        self.memory.append(
            {"name": name, "pages": pages, "mib": round(cost.peak), "promised_below": promised}
            | {"kept": cost.peak < promised}
        )

    def show(self, *, as_json: bool) -> None:
        """Prints it."""
        if as_json:
            costs = {
                s.name: {
                    "pages": s.pages,
                    "start_up_ms": round(1000 * s.start_up),
                    "ms_a_page": round(s.per_page(start_up=True), 2),
                    "ms_a_page_without_start_up": round(s.per_page(start_up=False), 2),
                }
                for s in self.series
            }
            measured = {"costs": costs, "ratios": self.ratios, "memory": self.memory}
            print(json.dumps({"benchmark": self.title} | self.facts | measured, ensure_ascii=False))
            return
        print(f"\n{self.title}: {', '.join(f'{name} {value}' for name, value in self.facts.items())}")
        print(f"  {self.unit:<48}{'all':>9}{'no start-up':>13}{'start-up ms':>13}")
        for s in self.series:
            whole, without = s.per_page(start_up=True), s.per_page(start_up=False)
            print(f"  {s.name:<48}{whole:>9.2f}{without:>13.2f}{1000 * s.start_up:>13.0f}")
        for r in self.ratios:
            name = f"{r['name']}, {'with' if r['start_up'] else 'without'} start-up"
            promised = "" if r["promised_at_least"] is None else f"  promised ≥ {r['promised_at_least']}: {_kept(r)}"
            print(f"  {name:<70}{r['value']:>6.2f}×  ({r['lowest']:.2f}–{r['highest']:.2f}){promised}")
        for m in self.memory:
            name = f"peak memory of {m['name']}, {m['pages']} pages"
            print(f"  {name:<70}{m['mib']:>6} MiB  promised < {m['promised_below']}: {_kept(m)}")


def _kept(figure: dict[str, Any]) -> str:
    return "kept" if figure["kept"] else "NOT KEPT"


def arguments(description: str, **numbers: tuple[int, str]) -> argparse.Namespace:
    """The command line of a benchmark: ``--json``, and a number per keyword: its default and what it is."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
    for name, (default, meaning) in numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default, help=f"{meaning} [{default}]")
    return parser.parse_args()


def progress(text: str) -> None:
    """Says on standard error what is going on, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr)
