"""A crawl's own process: Scrapy's command line, which does not outlive the run that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

#: Linux's prctl: the signal that a process gets when the one that started it is gone.
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """``python -m monitor.child crawl SITE …`` is ``scrapy crawl SITE …``, killed when LUUTIN_PARENT dies.

    Without that, a run that was killed would leave crawls behind that write into the archive while the next run begins.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
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
