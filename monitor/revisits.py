"""Which known articles are looked at again tonight: those where an edit is most likely to be waiting, never *never*.

When a look is due is decided when the last one is over (monitor/looks), and kept in the archive; so a night asks for
what is due, and costs what its budget and its listings cost, however large the archive.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.archive import Archive
from crawler.clock import HO_CHI_MINH, timestamp
from crawler.config import Config
from crawler.frontier import dumps
from crawler.guard import Guard
from crawler.site import Site
from monitor.looks import Habit, due, factor

#: What a look has to save to be worth a request, in edits times days; more where a night's budget is too small for all
#: that is due. At the starting rates of edits an article of yesterday is looked at every night, one of a month every
#: six nights, an old one every month.
WORTH = 0.005
#: By how much it grows after a night with more to do than there was room for, and shrinks after one with room.
STRICTER, LAXER = 1.25, 0.9

#: The first articles of each listing are looked at every night, however old: they stand on the front page, and where
#: little is published they are what an editor corrects. Two pages of most listings.
HEAD = 20

#: Crawls back to which the head of a listing is put together: a night reads no further than what is new, and so often
#: less than that. Two months; what a section listed before is looked at when it is due.
RECENT = 60

#: The share of a night's requests that revisits may take; listings and new articles need the rest.
SHARE = 0.5

#: A night may begin earlier than the one before, by this much, and still count as the next.
EARLY = timedelta(hours=6)

#: An undated article that was there before the archive is of an age that nobody knows; it is taken for one of this.
OLD = timedelta(days=365)

#: Articles whose next look is decided in one transaction.
_BATCH = 500

_DAY = timedelta(days=1)

# An undated article is as old as our first sight of it, unless that was in a site's first crawl or an import.
_ARTICLE = """
SELECT articles.id, articles.first_seen, articles.last_checked, articles.date_published,
       EXISTS (SELECT 1 FROM events WHERE article_id = articles.id AND kind = 'new' AND baseline) AS baseline,
       (SELECT count(*) FROM revisions WHERE article_id = articles.id AND change = 'edited') AS edits
FROM articles
"""
_LOOKS = """
SELECT captures.article_id, captures.memento_datetime,
       (SELECT max(before.memento_datetime) FROM captures AS before WHERE before.article_id = captures.article_id
        AND before.memento_datetime < captures.memento_datetime) AS before,
       EXISTS (SELECT 1 FROM revisions WHERE capture_id = captures.id AND change = 'edited') AS edited
FROM captures WHERE crawl_id = ? AND article_id IS NOT NULL ORDER BY memento_datetime
"""
_RECENT = """
SELECT id FROM crawls WHERE site = ? AND EXISTS (SELECT 1 FROM sightings WHERE crawl_id = crawls.id)
ORDER BY id DESC LIMIT ?
"""
_SECTIONS = "SELECT DISTINCT section FROM sightings WHERE crawl_id = ?"
_LISTED = "SELECT url_key FROM sightings WHERE crawl_id = ? AND section = ? AND position <= ? ORDER BY position"
_RELISTED = """
SELECT id, url, url_key FROM articles WHERE site = ?1 AND status = 'removed' AND EXISTS
    (SELECT 1 FROM article_urls JOIN sightings USING (url_key) WHERE article_id = articles.id AND crawl_id =
        (SELECT max(id) FROM crawls WHERE site = ?1 AND EXISTS (SELECT 1 FROM sightings WHERE crawl_id = crawls.id)))
"""
_DUE = """
SELECT articles.id, articles.url, articles.url_key FROM _looks JOIN articles ON articles.id = _looks.article_id
WHERE _looks.site = ? AND _looks.due <= ? ORDER BY _looks.due LIMIT ?
"""
_WAITING = "SELECT url_key FROM frontier WHERE site = ?"


def schedule(archive: Archive, site: Site, config: Config, now: datetime) -> int:
    """Puts the articles of ``site`` that are due at ``now`` into the frontier; how many.

    Suspects, what was removed and is listed again, and the heads of listings always; then the most overdue, as many as
    the night's budget has room for beside what still waits from nights before. Raises StorageError, LockedError.
    """
    habits = _Habits.load(archive.connection, site.slug)
    _learn(archive, site.slug, habits)
    guard, waiting = Guard(site, config), {key for (key,) in archive.connection.execute(_WAITING, (site.slug,))}
    room = max(0, int(config.budget.requests_per_site * SHARE) - len(waiting))
    chosen: dict[str, tuple[str, str]] = {}
    left_over = False
    for identifier, url, key in _candidates(archive.connection, site.slug, now, room + len(waiting) + 1):
        # Known from an import, say, an article may have an address that is not one of the site's today.
        if identifier in chosen or key in waiting or guard.refusal(url) is not None:
            continue
        if len(chosen) == room:
            left_over = True
            break
        chosen[identifier] = (url, key)
    habits.worth = habits.worth * STRICTER if left_over else max(WORTH, habits.worth * LAXER)
    with archive.writing() as db:
        habits.save(db, site.slug)
        archive.schedule(site.slug, list(chosen.values()), "revisit")
    return len(chosen)


def _candidates(db: sqlite3.Connection, site: str, now: datetime, limit: int) -> Iterator[tuple[str, str, str]]:
    address = "SELECT id, url, url_key FROM articles WHERE"
    yield from db.execute(f"{address} site = ? AND status = 'suspect' ORDER BY last_checked", (site,))
    yield from db.execute(_RELISTED, (site,))
    today = timestamp(now - timedelta(days=1) + EARLY)
    for key in _heads(db, site):
        there = "id IN (SELECT article_id FROM article_urls WHERE article_urls.url_key = ?) AND status <> 'removed'"
        yield from db.execute(f"{address} {there} AND last_checked <= ?", (key, today))
    yield from db.execute(_DUE, (site, timestamp(now + EARLY), limit))
    # looked at by a clock that was ahead: when they are due is not known
    yield from db.execute(f"{address} +site = ? AND last_checked > ? LIMIT ?", (site, timestamp(now + _DAY), limit))


def _heads(db: sqlite3.Connection, site: str) -> Iterator[str]:
    """The URL keys of the first articles of each section that the site listed last."""
    crawls = [crawl for (crawl,) in db.execute(_RECENT, (site, RECENT)).fetchall()]
    for (section,) in db.execute(_SECTIONS, crawls[:1]).fetchall() if crawls else ():
        listings = ([key for (key,) in db.execute(_LISTED, (crawl, section, HEAD))] for crawl in crawls)
        yield from head(listings)


def head(listings: Iterable[Sequence[str]]) -> list[str]:
    """The first ``HEAD`` of a section, of what its crawls listed, newest crawl first; each read as far as it went.

    What an earlier crawl listed stands further down by as much as is new; where that is within what the last crawl read
    and is not there, it is not listed any more. Asks for no more listings than it needs.
    """
    newest: Sequence[str] = ()
    found: list[str] = []
    for listed in listings:
        newest = newest or listed
        seen = 0 if listed is newest else len(newest)
        pushed = len(set(newest) - set(listed))
        found += [key for place, key in enumerate(listed, 1) if place + pushed > seen and key not in found]
        if len(found) >= HEAD:
            break
    return found[:HEAD]


# --- learning


@dataclass(slots=True)
class _Habits:
    """What is remembered of a site: how often its articles are edited, and the last crawl that taught it."""

    habit: Habit
    worth: float = WORTH
    learned_to: str = ""  # a crawl's id

    @classmethod
    def load(cls, db: sqlite3.Connection, site: str) -> _Habits:
        row = db.execute("SELECT edits, days, worth, learned_to FROM _habits WHERE site = ?", (site,)).fetchone()
        if row is None:
            return cls(Habit())
        removals = db.execute("SELECT count(*) FROM events WHERE site = ? AND kind = 'removed'", (site,)).fetchone()[0]
        return cls(Habit(json.loads(row["edits"]), json.loads(row["days"]), removals), row["worth"], row["learned_to"])

    def save(self, db: sqlite3.Connection, site: str) -> None:
        db.execute(
            "INSERT INTO _habits (site, edits, days, worth, learned_to) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET edits = excluded.edits, days = excluded.days, worth = excluded.worth,"
            " learned_to = excluded.learned_to",
            (site, dumps(self.habit.edits), dumps(self.habit.days), self.worth, self.learned_to),
        )


def _learn(archive: Archive, site: str, habits: _Habits) -> None:
    """Takes in the looks of every crawl since the last time, and decides when their articles are looked at next."""
    db = archive.connection
    crawls = "SELECT id FROM crawls WHERE site = ? AND id > ? AND outcome IS NOT NULL ORDER BY id"
    looked: dict[str, None] = {}
    for (crawl_id,) in db.execute(crawls, (site, habits.learned_to)).fetchall():
        for look in db.execute(_LOOKS, (crawl_id,)).fetchall():
            looked[look["article_id"]] = None
            if look["before"] is not None:
                article = _article(db, look["article_id"])
                since, until = (_age(article, look[name]) for name in ("before", "memento_datetime"))
                habits.habit.saw(since, until, edits=look["edited"])
        habits.learned_to = crawl_id
    undecided = "SELECT article_id FROM _looks WHERE site = ? AND due = '' LIMIT ?"
    _decide(archive, site, habits, looked)
    while new := [identifier for (identifier,) in db.execute(undecided, (site, _BATCH))]:
        _decide(archive, site, habits, new)


def _decide(archive: Archive, site: str, habits: _Habits, articles: Iterable[str]) -> None:
    rates, removals = habits.habit.rates(), habits.habit.removal_rate()
    waiting = list(articles)
    for start in range(0, len(waiting), _BATCH):
        with archive.writing() as db:
            rows = [_article(db, identifier) for identifier in waiting[start : start + _BATCH]]
            db.executemany(
                "UPDATE _looks SET due = ? WHERE article_id = ?",
                [(timestamp(_next_look(row, rates, removals, habits.worth)), row["id"]) for row in rows],
            )
            habits.save(db, site)


def _next_look(article: sqlite3.Row, rates: tuple[float, ...], removals: float, worth: float) -> datetime:
    since, until = _age(article, article["first_seen"]), _age(article, article["last_checked"])
    scale = factor(rates, since, until, article["edits"])
    return _born(article) + _DAY * due(rates, scale, removals, until, worth)


def _article(db: sqlite3.Connection, identifier: str) -> sqlite3.Row:
    row: sqlite3.Row = db.execute(f"{_ARTICLE} WHERE id = ?", (identifier,)).fetchone()
    return row


def _age(article: sqlite3.Row, moment: str) -> float:
    """Days since publication."""
    return max(0.0, (datetime.fromisoformat(moment) - _born(article)) / _DAY)


def _born(article: sqlite3.Row) -> datetime:
    """When an article was published, as far as is known; never later than we saw it."""
    seen = datetime.fromisoformat(article["first_seen"])
    if article["date_published"] is None:
        return seen - OLD if article["baseline"] else seen
    published = datetime.fromisoformat(article["date_published"])
    # the publisher's day, where it is only a day, is one in Asia/Ho_Chi_Minh
    return min(seen, published if published.tzinfo else published.replace(tzinfo=HO_CHI_MINH))
