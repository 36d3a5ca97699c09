"""Processes that do not outlive the one that started them; a crawl's own: Scrapy's command line."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

#: Linux's prctl: the signal that a process gets when the one that started it is gone.
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ends this process, where the system can (Linux), with the one that started it, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """``python -m monitor.child crawl SITE …`` is ``scrapy crawl SITE …``, killed when LUUTIN_PARENT dies.

    Without that, a run that was killed would leave crawls behind that write into the archive while the next run begins.
    """
    die_with_parent()
    if os.getppid() != int(os.environ["LUUTIN_PARENT"]):
        raise SystemExit("The run that wanted this crawl is over.")
    from scrapy.cmdline import execute

    try:
        execute(["scrapy", *sys.argv[1:]])
    finally:
        from crawler.spider import SiteSpider

        if SiteSpider.exit_code:
            raise SystemExit(SiteSpider.exit_code)


if __name__ == "__main__":
    main()
