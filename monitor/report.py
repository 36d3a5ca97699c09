"""What commands tell while they work and when they are done: tables on a terminal, plain lines elsewhere, or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from crawler.tally import in_words
from monitor.crawls import CrawlResult
from monitor.live import Live

#: Records between two lines of progress where there is no terminal for a bar: half a minute's work.
LINE_EVERY = 5_000

#: The line of progress that is no site's.
STUDY = ""


def print_json(value: object) -> None:
    """``value`` on standard output, as people and programs can read it."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, below: Sequence[str] = ()) -> None:
    """A table on a terminal that is wide enough; elsewhere a line for each row, each value after its column's name.

    ``below`` are columns of sentences, which stand in lines below the table, after the row's first value. A Text has
    its style on a terminal.
    """
    console = Console(markup=False, highlight=False, emoji=False)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        if column not in below:
            table.add_column(column, no_wrap=True)
    notes = []
    for row in rows:
        named = dict(zip(columns, row, strict=True))
        shown = [value for column, value in named.items() if column not in below]
        table.add_row(*(value if isinstance(value, Text) else _cell(value) for value in shown))
        notes += [f"  {row[0]}, {column}: {_cell(named[column])}" for column in below if named[column]]
    if not console.is_terminal or table.__rich_measure__(console, console.options).maximum > console.width:
        notes = [_line(columns, row) for row in rows]
    else:
        console.print(table)
    click.echo("\n".join(notes))


def _line(columns: Sequence[str], row: Sequence[object]) -> str:
    first, *rest = zip(columns, row, strict=True)
    return f"{_cell(first[1])}: " + "; ".join(f"{name} {_cell(v)}" for name, v in rest if v not in (None, "", {}))


def counted(counts: Mapping[str, int]) -> str:
    """``{"robots": 2, "denied": 1}`` in words: ``robots 2, denied 1``, the most frequent first."""
    return ", ".join(f"{name} {_cell(n)}" for name, n in sorted(counts.items(), key=lambda i: (-i[1], i[0])) if n)


def size(count: float) -> str:
    """Bytes in words: ``1.4 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"


def _cell(value: object) -> str:
    if isinstance(value, Mapping):
        return counted(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)


class CrawlProgress(Live[Progress]):
    """Tells on standard error how crawls come along: a moving line per site on a terminal, else its begin and end."""

    def __init__(self) -> None:
        console = Console(stderr=True, highlight=False)
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self._live = Progress(*columns, console=console) if console.is_terminal else None
        self._tasks: dict[str, Any] = {}
        self._told = 0

    def started(self, site: str) -> None:
        """A crawl has begun."""
        if self._live:
            self._tasks[site] = self._live.add_task(f"{site}: starting", total=None)
        else:
            click.echo(f"{site}: crawl started", err=True)

    def moved(self, result: CrawlResult) -> None:
        """A crawl has come so far."""
        if self._live:
            self._live.update(self._tasks[result.site], description=f"{result.site}: {_so_far(result)}")

    def ended(self, result: CrawlResult) -> None:
        """A crawl is over."""
        said = f"{result.site}: {result.outcome}, {_so_far(result)}" + (f" ({result.why})" if result.why else "")
        if self._live:
            self._live.update(self._tasks[result.site], description=said, total=1, completed=1)
        else:
            click.echo(said, err=True)

    def studied(self, done: int, of: int) -> None:
        """So many changes of articles have been studied, after the crawls or an import."""
        said = f"citations and similar texts: {done:,} of {of:,} articles"
        if self._live:
            if STUDY not in self._tasks:
                self._tasks[STUDY] = self._live.add_task(said, total=of)
            self._live.update(self._tasks[STUDY], description=said, total=of, completed=done)
        elif done - self._told >= LINE_EVERY:
            self._told = done
            click.echo(said, err=True)


class FileProgress(Live[Progress]):
    """Tells on standard error how far files have been read: a bar on a terminal, else a line now and then."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._name = files[0].name if len(files) == 1 else f"{len(files):,} files"
        self._before, self._at = 0, 0  # bytes of the files that are done, and of the one that is read
        console = Console(stderr=True, highlight=False)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[records]} records"),
        )
        self._live = Progress(*columns, TimeElapsedColumn(), console=console) if console.is_terminal else None
        if self._live:
            size = sum(file.stat().st_size for file in files if file.is_file())
            self._task = self._live.add_task(self._name, total=size, records=0)

    def begins(self, file: Path) -> None:
        """The next file is read."""
        self._before, self._at = self._before + self._at, file.stat().st_size if file.is_file() else 0

    def moved(self, offset: int, records: int) -> None:
        """The record at ``offset`` (bytes) of a file has been read, the ``records``-th of all."""
        if self._live and records % 50 == 0:
            self._live.update(self._task, completed=self._before + offset, records=records)
        elif not self._live and records % LINE_EVERY == 0:
            click.echo(f"{self._name}: {records:,} records", err=True)


def _so_far(result: CrawlResult) -> str:
    return f"{result.captures:,} captures, {result.new:,} new, {result.changed:,} changed"


def print_crawls(results: Sequence[CrawlResult]) -> None:
    """The summary of crawls, one row for each site."""
    columns = ("site", "outcome", "listings", "new", "changed", "unchanged", "errors", "requests", "bytes", "seconds")
    rows = [
        (
            *(r.site, r.outcome, r.listings, r.new, r.changed, r.unchanged, r.errors, r.requests),
            *(size(r.bytes), f"{r.seconds:.1f}", {in_words(reason): n for reason, n in r.skipped.items()}, r.why),
        )
        for r in results
    ]
    print_table((*columns, "skipped", "because"), rows, below=("skipped", "because"))


def crawls_json(results: Sequence[CrawlResult]) -> list[dict[str, Any]]:
    """The summary of crawls as JSON takes it."""
    return [asdict(r) for r in results]
