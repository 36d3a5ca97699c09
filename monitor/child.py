"""Processes that do not outlive the one that started them; a crawl's own: Scrapy's command line."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process

from crawler.garbage import spare_collector

#: Linux's prctl: the signal that a process gets when the one that started it is gone.
_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ends this process, where the system can (Linux), with the one that started it, however that ends.

    ``parent``: its number. At once where it is gone already, since the system tells nobody of that.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def begin_helping() -> None:
    """What a process of ``multiprocessing`` does first: Ctrl-C is its parent's business, whose end is its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None
    assert parent.pid is not None
    die_with(parent.pid)
    spare_collector()


@contextmanager
def unheard() -> Iterator[None]:
    """Holds Ctrl-C back for the moment in which processes begin: they would die of it with tracebacks."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def main() -> None:
    """``python -m monitor.child crawl SITE …`` is ``scrapy crawl SITE …``, killed when LUUTIN_PARENT dies.

    Without that, a run that was killed would leave crawls behind that write into the archive while the next run begins.
    """
    die_with(int(os.environ["LUUTIN_PARENT"]))
    from scrapy.cmdline import execute

    try:
        execute(["scrapy", *sys.argv[1:]])
    finally:
        from crawler.spider import SiteSpider

        if SiteSpider.exit_code:
            raise SystemExit(SiteSpider.exit_code)


if __name__ == "__main__":
    main()
