"""Is the clock right? Nothing is crawled while the archive has something of our own from a time that is still to come.

What is fetched now would lie before it, in its articles' past, where no edit and no removal is told.
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from crawler.archive import Archive
from crawler.clock import now, timestamp
from crawler.errors import CrawlFailedError
from crawler.journal import close_alert, open_alert
from monitor.alerts import sentence

#: A crawl dated further ahead than this says that the clock went back; less is what clocks are set by every day.
BACK = timedelta(hours=1)

ALERT = "clock"

# A crawl that began by a clock that was right may have gone on by one that was not.
_AHEAD = """
SELECT max(at) FROM (
    SELECT started AS at FROM crawls WHERE started > ?1
    UNION ALL SELECT memento_datetime FROM captures JOIN crawls ON crawls.id = crawl_id WHERE memento_datetime > ?1
)
"""


def ahead(db: sqlite3.Connection) -> str:
    """When our newest crawl or capture was, where that is still to come; else ""."""
    (newest,) = db.execute(_AHEAD, (timestamp(now() + BACK),)).fetchone()
    return newest or ""


def judge(archive: Archive) -> None:
    """Opens or closes the alert about the clock.

    Raises CrawlFailedError where it, or the one of an earlier crawl, is wrong; StorageError, LockedError.
    """
    newest = ahead(archive.connection)
    if not newest:
        with archive.writing() as db:
            close_alert(db, None, ALERT)
        return
    evidence = {"now": timestamp(now()), "newest": newest}
    said = sentence(ALERT, evidence)
    with archive.writing() as db:
        open_alert(db, None, ALERT, said, evidence)
    raise CrawlFailedError(said)
