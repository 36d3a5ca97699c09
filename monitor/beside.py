"""A process that studies what an import stores, while that still goes on: it costs half as much as reading does."""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

from crawler.archive import Archive
from crawler.errors import LuutinError
from monitor.child import begin_helping, unheard

#: Seconds between two looks at whether there is something to study.
TICK = 0.25


class StudyBeside:
    """Studies the archive at ``data`` in a process of its own, for as long as the context lasts.

    It only helps: what it has not done when the context ends, whatever the reason, is left for ``Archive.study``.
    """

    def __init__(self, data: Path) -> None:
        context = get_context("spawn")  # a fresh interpreter: this one may have threads, and files open
        self._over = context.Event()
        self._process = context.Process(target=_study, args=(data, self._over), daemon=True)

    def __enter__(self) -> None:
        with unheard():
            self._process.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._process.join()


def _study(data: Path, over: Event) -> None:
    begin_helping()
    try:
        with Archive(data) as archive:
            while not over.wait(TICK):
                archive.study(stop=over.is_set)
    except LuutinError:  # a full disk, say: whoever imports meets it too, and says so
        return
