"""What moves on a terminal while work goes on; elsewhere plain lines take its place."""

from __future__ import annotations

from typing import Any, Generic, Protocol, Self, TypeVar

import click


class Moving(Protocol):
    """rich's Progress or Status."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


M = TypeVar("M", bound=Moving)


class Live(Generic[M]):
    """Moves while its ``with`` lasts; ``_live`` is None where standard error is no terminal."""

    _live: M | None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()


class Steps(Live[Any]):
    """Tells on standard error how far the steps of long work are: a bar for each on a terminal, else a line a tenth."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        console = Console(stderr=True, highlight=False)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
        self._live = Progress(*columns, TimeElapsedColumn(), console=console) if console.is_terminal else None
        self._tasks: dict[str, Any] = {}
        self._told: dict[str, int] = {}

    def moved(self, what: str, done: int, total: int) -> None:
        """Of ``total``, so much is done."""
        if not total:
            return
        tenth = 10 * done // total
        if self._live:
            if what not in self._tasks:
                self._tasks[what] = self._live.add_task(what)
            self._live.update(self._tasks[what], completed=done, total=total)
        elif tenth > self._told.get(what, 0):
            self._told[what] = tenth
            click.echo(f"{what}: {10 * tenth} %", err=True)
