"""Which known articles are looked at again tonight: the young often, the old ever more rarely, never *never*."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Container
from datetime import datetime, timedelta

from crawler.archive import Archive
from crawler.clock import HO_CHI_MINH
from crawler.config import Config
from crawler.guard import Guard
from crawler.site import Site

#: (younger than, nights between two looks). Corrections come within days of publication; after half a year pages change
#: when an editor tidies up or a portal is moved, and six looks a year tell that.
STEPS = ((timedelta(days=7), 1), (timedelta(days=30), 3), (timedelta(days=180), 14))
RARELY = 60

#: The first articles of each listing are looked at every night, however old: they stand on the front page, and where
#: little is published they are what an editor corrects. Two pages of most listings.
HEAD = 20

#: The share of a night's requests that revisits may take; listings and new articles need the rest.
SHARE = 0.5

#: A night may begin earlier than the one before, by this much, and still count as the next.
EARLY = timedelta(hours=6)

# An undated article is as old as our first sight of it, unless that was in a site's first crawl or an import: then
# nobody knows, and it is taken for an old one.
_KNOWN = """
SELECT id, url, url_key, status, last_checked, last_changed, coalesce(date_published, CASE WHEN NOT EXISTS
           (SELECT 1 FROM events WHERE article_id = articles.id AND kind = 'new' AND baseline) THEN first_seen END
       ) AS published,
       EXISTS (SELECT 1 FROM frontier WHERE frontier.url_key = articles.url_key) AS waiting
FROM articles WHERE site = ?
"""
_HEADS = """
SELECT article_urls.article_id FROM sightings JOIN article_urls USING (url_key)
WHERE position <= ? AND crawl_id =
    (SELECT max(id) FROM crawls WHERE site = ? AND EXISTS (SELECT 1 FROM sightings WHERE crawl_id = crawls.id))
"""


def schedule(archive: Archive, site: Site, config: Config, now: datetime) -> int:
    """Puts the articles of ``site`` that are due at ``now`` into the frontier; how many.

    The most overdue first, as many as the night's budget has room for beside those still waiting from nights before.
    Suspects always, and before all others. Raises StorageError, LockedError.
    """
    guard = Guard(site, config)
    heads = {article_id for (article_id,) in archive.connection.execute(_HEADS, (HEAD, site.slug))}
    due: list[tuple[float, str, str]] = []
    waiting = 0
    for row in archive.connection.execute(_KNOWN, (site.slug,)):
        waiting += row["waiting"]
        urgency = _urgency(row, now, heads)
        # Known from an import, say, an article may have an address that is not one of the site's today.
        if urgency >= 1 and not row["waiting"] and guard.refusal(row["url"]) is None:
            due.append((-urgency, row["url_key"], row["url"]))
    room = max(0, int(config.budget.requests_per_site * SHARE) - waiting)
    tonight = [(url, key) for _, key, url in sorted(due)[:room]]
    if tonight:
        archive.schedule(site.slug, tonight, "revisit")
    return len(tonight)


def _urgency(article: sqlite3.Row, now: datetime, heads: Container[str]) -> float:
    """How long ago the last look was, in the intervals of the article's age; 1 and more is due."""
    if article["status"] == "suspect":
        return math.inf
    news = [_moment(text) for text in (article["published"], article["last_changed"]) if text]
    # What was edited once is likely to be edited again: it is as young as its last edit.
    nights = 1 if article["id"] in heads else every(now - max(news)) if news else RARELY
    return (now - _moment(article["last_checked"]) + EARLY) / timedelta(days=nights)


def every(age: timedelta) -> int:
    """Every how many nights an article of that age is looked at."""
    return next((nights for younger, nights in STEPS if age < younger), RARELY)


def _moment(text: str) -> datetime:
    """One of the archive's times; the publisher's, where it is a day, is that day in Asia/Ho_Chi_Minh."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=HO_CHI_MINH)
