"""What is still to be fetched, and what the listings listed: the part of the archive that survives a killed crawl.

When may a crawl leave a listing before its end? Let K be all addresses sighted in the section by any crawl up to and
including the last one that *completed* it. An item is known, for this purpose, only if it is in K: an address that was
merely met elsewhere, or sighted by a crawl that was cut short since, says nothing about what lies below it. A page
whose items are all known may be the last; the crawl is then complete for the section itself, because what lies below
the page was already complete. Without a completed crawl nothing is known, and the listing is read to its end.
"""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.clock import now as clock_now
from crawler.clock import timestamp

#: How long a leased URL is kept from other crawls. A killed crawl holds its leases no longer than this, and the next
#: one of the site releases them at once. Longer than the slowest politeness (30 s) times a full queue of 64.
LEASE = timedelta(minutes=45)

#: Why the address of a style sheet or a layout image stands here: behind all pages and all files of articles.
REQUISITE = "requisite"

#: Where a crawl that read a listing to its last page was complete down to.
END = "end"


@dataclass(frozen=True, slots=True)
class FrontierRow:
    """An address to fetch. ``reason``: listed, redirect, or whatever it was scheduled for."""

    url_key: str
    site: str
    url: str
    section: str | None
    reason: str
    attempts: int


class Frontier(ABC):
    """The tables ``frontier`` and ``sightings``; Archive is one."""

    connection: sqlite3.Connection

    @abstractmethod
    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction on the one writing connection."""

    def discover(self, site: str, crawl_id: str, section: str, items: Sequence[tuple[int, str, str]]) -> list[bool]:
        """Notes what one page of a listing lists and puts addresses never captured into the frontier.

        ``items`` are (position in the listing, canonical URL, url_key). Returns for each whether it was already known
        in the complete part of the section (see the top of this module): where all are, the listing may be left.
        """
        completed = self.last_completed(site, section)
        discovered = timestamp(clock_now())
        with self.writing() as db:
            known = [
                db.execute(
                    "SELECT 1 FROM sightings JOIN crawls ON crawls.id = sightings.crawl_id WHERE sightings.url_key = ?"
                    " AND sightings.section = ? AND crawl_id <= ? AND crawls.site = ? LIMIT 1",
                    (key, section, completed or "", site),
                ).fetchone()
                is not None
                for _, _, key in items
            ]
            db.executemany(
                "INSERT INTO sightings (crawl_id, section, position, url_key) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",  # a listing that moves while it is read shows an item twice
                [(crawl_id, section, position, key) for position, _, key in items],
            )
            for _, url, key in items:
                enter(db, FrontierRow(key, site, url, section, "listed", 0), discovered, unless_captured=True)
        return known

    def last_completed(self, site: str, section: str) -> str | None:
        """The id of the last crawl that completed the section, None if none ever did."""
        row = self.connection.execute(
            "SELECT max(id) FROM crawls WHERE site = ?"
            " AND EXISTS (SELECT 1 FROM json_each(complete_down_to) WHERE key = ?)",
            (site, section),
        ).fetchone()
        found: str | None = row[0]
        return found

    def section_complete(self, site: str, section: str, crawl_id: str, down_to: str = END) -> None:
        """Marks that everything ``section`` lists has been sighted by this crawl or by earlier ones.

        ``down_to``: ``END``, or the url_key of the first item of the known page at which the crawl left the listing.
        """
        with self.writing() as db:
            row = db.execute(
                "SELECT complete_down_to FROM crawls WHERE id = ? AND site = ?", (crawl_id, site)
            ).fetchone()
            marks = json.loads(row[0]) | {section: down_to}
            db.execute("UPDATE crawls SET complete_down_to = ? WHERE id = ?", (dumps(marks), crawl_id))

    def section_listed(self, crawl_id: str, section: str, first_page: int, total: int | None) -> None:
        """Notes how many articles a section's first page lists, and how many it says that it has in all."""
        with self.writing() as db:
            row = db.execute("SELECT listed FROM crawls WHERE id = ?", (crawl_id,)).fetchone()
            listed = json.loads(row[0]) | {section: {"first_page": first_page, "total": total}}
            db.execute("UPDATE crawls SET listed = ? WHERE id = ?", (dumps(listed), crawl_id))

    def not_fetched(self, row: FrontierRow, reason: str) -> None:
        """Notes why an address gave nothing, or may not be asked; the last reason counts."""
        with self.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO not_fetched (url_key, site, url, reason, at) VALUES (?, ?, ?, ?, ?)",
                (row.url_key, row.site, row.url, reason, timestamp(clock_now())),
            )

    def dropped(self, site: str, section: str, crawl_id: str) -> list[tuple[str, str]]:
        """(URL, url_key) of articles that the last crawl found in the section and this one does not.

        Only those that stood above something that still stands there: where this crawl left the listing, it says
        nothing about what is below.
        """
        before = self.connection.execute(
            "SELECT max(crawl_id) FROM sightings JOIN crawls ON crawls.id = crawl_id"
            " WHERE crawls.site = ? AND section = ? AND crawl_id < ?",
            (site, section, crawl_id),
        ).fetchone()[0]
        rows = self.connection.execute(
            "SELECT articles.url, articles.url_key FROM sightings AS was JOIN article_urls USING (url_key)"
            " JOIN articles ON articles.id = article_urls.article_id"
            " WHERE was.crawl_id = ?1 AND was.section = ?2 AND NOT EXISTS (SELECT 1 FROM sightings AS now"
            " WHERE now.url_key = was.url_key AND now.section = was.section AND now.crawl_id = ?3)"
            " AND was.position < (SELECT max(old.position) FROM sightings AS old JOIN sightings AS still"
            " ON still.url_key = old.url_key AND still.section = old.section AND still.crawl_id = ?3"
            " WHERE old.crawl_id = ?1 AND old.section = ?2) ORDER BY was.position",
            (before, section, crawl_id),
        )
        return [tuple(row) for row in rows]

    def schedule(self, site: str, rows: Iterable[tuple[str, str]], reason: str) -> None:
        """Puts (canonical URL, url_key) into the frontier, whether captured before or not: revisits."""
        discovered = timestamp(clock_now())
        with self.writing() as db:
            for url, key in rows:
                enter(db, FrontierRow(key, site, url, None, reason, 0), discovered, unless_captured=False)

    def lease(self, site: str, limit: int, now: datetime, *, requisites: int = 0) -> list[FrontierRow]:
        """Up to ``limit`` addresses that may be fetched at ``now``: listed ones first, each in the order it was met.

        Of requisites, which come last, up to ``requisites``.
        """
        moment, until = timestamp(now), timestamp(now + LEASE)
        with self.writing() as db:
            rows = db.execute(
                "SELECT url_key, site, url, section, reason, attempts FROM frontier WHERE site = ?1"
                " AND (not_before IS NULL OR not_before <= ?2) AND (leased_until IS NULL OR leased_until <= ?2)"
                " AND (?4 > 0 OR reason <> ?5)"
                " ORDER BY reason NOT IN ('listed', 'redirect'), reason = ?5, rowid LIMIT ?3",
                (site, moment, limit, requisites, REQUISITE),
            ).fetchall()
            pages = [row for row in rows if row["reason"] != REQUISITE]
            rows = rows[: len(pages) + requisites]  # which come last
            db.executemany(
                "UPDATE frontier SET leased_until = ? WHERE url_key = ?", [(until, row["url_key"]) for row in rows]
            )
        return [FrontierRow(*row) for row in rows]

    def release_leases(self, site: str) -> None:
        """Takes back what a crawl of the site had leased and never fetched; for its next start."""
        with self.writing() as db:
            db.execute("UPDATE frontier SET leased_until = NULL WHERE site = ? AND leased_until IS NOT NULL", (site,))

    def failed(self, url_key: str, *, not_before: datetime) -> None:
        """Notes that fetching did not succeed, and when to try again at the earliest."""
        with self.writing() as db:
            db.execute(
                "UPDATE frontier SET attempts = attempts + 1, not_before = ?, leased_until = NULL WHERE url_key = ?",
                (timestamp(not_before), url_key),
            )

    def discard(self, url_keys: Iterable[str]) -> None:
        """Takes addresses out that will never be fetched: robots.txt or the site's scope forbids them."""
        with self.writing() as db:
            db.executemany("DELETE FROM frontier WHERE url_key = ?", [(key,) for key in url_keys])

    def waiting(self, site: str) -> int:
        """How many addresses of the site are still to be fetched."""
        count: int = self.connection.execute("SELECT count(*) FROM frontier WHERE site = ?", (site,)).fetchone()[0]
        return count


def enter(db: sqlite3.Connection, row: FrontierRow, discovered: str, *, unless_captured: bool) -> None:
    """Puts an address into the frontier if it is not there; ``unless_captured``: nor ever answered for good."""
    db.execute(
        "INSERT INTO frontier (url_key, site, url, section, reason, discovered)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT ?7 OR NOT EXISTS"
        " (SELECT 1 FROM captures WHERE url_key = ?1 AND quality NOT IN ('error', 'challenge', 'login'))"  # PASSING
        " ON CONFLICT DO NOTHING",
        (row.url_key, row.site, row.url, row.section, row.reason, discovered, unless_captured),
    )


def dumps(value: object) -> str:
    """JSON as the archive stores it: readable, keys in order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


#: Reasons of rows that are no pages: files of articles, and what pages are made up with.
FILES = ("attachment", "image", REQUISITE)


def skipped_as(wanted_as: str, reason: str) -> str:
    """What an address of the frontier that came to nothing is counted as: files of articles by their kind."""
    return f"{wanted_as}: {reason}" if wanted_as in FILES else reason


#: Qualities after which an address is still to be fetched: the answer was about the moment, not about the page.
PASSING = ("error", "challenge", "login")
