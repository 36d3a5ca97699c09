"""Processes that read captures beside one writer: work goes out in order, and what it comes to comes back in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Generic, Self, TypeVar

from crawler.errors import LuutinError
from crawler.ingest import Source, prepare
from crawler.placing import Prepared
from crawler.site import Site
from crawler.warc import Capture
from monitor.child import begin_helping, unheard

#: Pieces of work that each reading process has in hand or waiting: enough that it never waits for the writer.
AHEAD = 3

#: By how much readers give way: a core is shared about one to ten.
_NICE = 10

W = TypeVar("W")
R = TypeVar("R")
K = TypeVar("K")


def cores() -> int:
    """How many processes can read at once on this machine, as far as this process may use it."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Readers(Generic[W, R, K]):
    """Does ``read`` of each piece of work in ``jobs`` processes, or here where that is one; while the context lasts.

    ``read`` and what it takes and gives pass between processes (pickle); ``kept`` stays here with the work. ``doing``
    ends the sentence "A process that … was killed", of the LuutinError that is raised where one was.
    """

    def __init__(self, read: Callable[[W], R], *, jobs: int, doing: str) -> None:
        self._read, self._jobs, self._doing = read, jobs, doing
        self._pool: ProcessPoolExecutor | None = None
        self._under_way: deque[tuple[K, Future[R]]] = deque()

    def __enter__(self) -> Self:
        if self._jobs > 1:  # a fresh interpreter each: this one may have threads, and files open
            self._pool = ProcessPoolExecutor(self._jobs, get_context("spawn"), initializer=_begin)
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def put(self, work: W, kept: K) -> Iterator[tuple[K, R]]:
        """Takes work in, and gives what is due of what was put before, in the order of putting."""
        if self._pool is None:
            yield kept, self._read(work)
            return
        with self._explained(), unheard():
            self._under_way.append((kept, self._pool.submit(self._read, work)))
        if len(self._under_way) > AHEAD * self._jobs:
            yield self._first()

    def rest(self) -> Iterator[tuple[K, R]]:
        """What is still under way, in the order of putting."""
        while self._under_way:
            yield self._first()

    def _first(self) -> tuple[K, R]:
        kept, future = self._under_way.popleft()
        with self._explained():
            return kept, future.result()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except BrokenProcessPool as error:
            self._under_way.clear()
            raise LuutinError(
                f"A process that {self._doing} was killed, perhaps for want of memory: what was stored is kept;"
                " go on with fewer --jobs."
            ) from error


def _begin() -> None:
    """In a reading process. It gives way to who stores and studies what was read, since these are one each: if they
    shared the cores evenly with all readers, they would be left with most of their work when the readers are done.
    """
    begin_helping()
    os.nice(_NICE)


def read_pages(work: Sequence[tuple[Capture, Site]], *, source: Source) -> list[Prepared]:
    """Captures as their sites declare them to be read. Pure, and light to import: a process begins with it."""
    return [prepare(capture, site, source=source) for capture, site in work]
