"""What storing a capture sets going: its place, the article's rows, the event, the frontier, the crawl's counts."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from crawler.articles import Articles, Settled
from crawler.derive import HOME, Revision
from crawler.frontier import PASSING, FrontierRow, dumps, enter, skipped_as
from crawler.placing import ARTICLE, FILE, NOT_MODIFIED, REDIRECT, Placing, Prepared
from crawler.sealing import seal, seal_files, sealed

#: How many redirects from one spelling of an address to another are followed: http, https, www. and back is a loop.
MAX_SPELLINGS = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What storing one capture came to.

    ``known``: the archive had it. ``file``: an attachment or image. ``skipped``: no article; ``reason`` is its quality.
    """

    kind: Literal["new", "changed", "cosmetic", "unchanged", "known", "file", "skipped"]
    article_id: str | None = None
    reason: str = ""


class Batch:
    """One transaction of ``Archive.store``: ``store`` for each capture in turn, then ``close``."""

    def __init__(
        self,
        db: sqlite3.Connection,
        *,
        baseline: bool,
        recorded_at: str,
        docid_of: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        self._db, self._baseline, self._recorded_at = db, baseline, recorded_at
        self._articles = Articles(db, recorded_at, docid_of)
        self._sealed = sealed(db)
        self._counts: dict[str, Counter[str]] = {}
        self._skipped: dict[str, Counter[str]] = {}

    def store(self, p: Prepared) -> Outcome:
        if p.article_id in self._sealed:
            seal_files(self._db, p, p.article_id)
            p = seal(p, p.article_id)
        placing = Placing(self._db)
        listing_more = self._articles.keep(p.reading, p.body) if p.reading is not None else []
        placed = placing.put(p)
        wanted_as = self._fetched(p) if p.source == "live" else None
        if placed is None:
            self._db.execute(
                "INSERT OR IGNORE INTO capture_sources SELECT id, ?, ? FROM captures"
                " WHERE url_key = ? AND memento_datetime = ? AND payload_digest = ?",
                (p.source, p.origin, p.url_key, p.memento_datetime, p.payload_digest),
            )
            return Outcome("known")
        self._db.execute("INSERT OR IGNORE INTO capture_sources VALUES (?, ?, ?)", (placed.id, p.source, p.origin))
        placing.touched |= dict.fromkeys(listing_more)
        settled = {a: self._articles.settle(a, p.site, fact) for a, fact in placing.touched.items()}
        for article_id, result in settled.items():
            self._announce(p, article_id, result)
        for key in placing.files | ({placed.url_key} if placed.quality == FILE else set()):
            self._articles.link_file(key)
        outcome = _outcome(placed.quality, placed.article_id, settled)
        self._count(p, outcome, wanted_as)
        return outcome

    def _fetched(self, p: Prepared) -> str | None:
        """Takes a fetched address out of the frontier, and puts in what is to be fetched because of it.

        Gives the reason why it stood there; None where it did not (a listing, robots.txt), or still does.
        """
        if p.quality in PASSING:
            return None
        waited = self._db.execute(
            "SELECT section, attempts, reason FROM frontier WHERE url_key = ?", (p.url_key,)
        ).fetchone()
        if waited is not None and not self._fetch_again(p, waited["attempts"]):
            self._db.execute("DELETE FROM frontier WHERE url_key = ?", (p.url_key,))
        for url, key, reason in p.follow:
            if waited is not None or reason != REDIRECT:  # listings and robots.txt are followed on the spot
                row = FrontierRow(key, p.site, url, waited["section"] if waited else None, reason, 0)
                enter(self._db, row, self._recorded_at, unless_captured=True)
        return waited["reason"] if waited is not None else None

    def _fetch_again(self, p: Prepared, attempts: int) -> bool:
        """True for a redirect to the same address in another spelling (https, www.), which stays to be fetched so."""
        spelt = next((url for url, key, _ in p.follow if key == p.url_key and url != p.url), None)
        if spelt is None or attempts >= MAX_SPELLINGS:
            return False
        self._db.execute(
            "UPDATE frontier SET url = ?, attempts = attempts + 1, leased_until = NULL WHERE url_key = ?",
            (spelt, p.url_key),
        )
        return True

    def _announce(self, p: Prepared, article_id: str, settled: Settled) -> None:
        if not settled.begun:
            return
        baseline = self._baseline or p.source != "live"
        if not settled.existed:
            self._articles.announce("new", p.site, article_id, settled.begun[0], baseline=baseline)
            return
        newest = settled.begun[-1]
        row = self._db.execute("SELECT current_revision_id FROM articles WHERE id = ?", (article_id,)).fetchone()
        is_newest = newest.capture_id == p.capture_id and newest.id == row[0]
        if p.source != "live" or newest.change != "edited" or not is_newest:
            return
        if self._is_listed_twice(p, article_id, newest):
            return
        if self._is_theirs(article_id, newest) and not self._articles.flips(article_id):
            self._articles.announce("edited", p.site, article_id, newest, baseline=baseline)

    def _is_theirs(self, article_id: str, revision: Revision) -> bool:
        """Whether what came before was read by the same rules; a difference may otherwise be of our own making."""
        query = (
            "SELECT 1 FROM captures WHERE article_id = ? AND memento_datetime = ? AND reading_digest IS NOT NULL"
            " AND extractor_version IS ?"
        )
        parameters = (article_id, revision.observed_after, revision.extractor_version)
        return self._db.execute(query, parameters).fetchone() is not None

    def _is_listed_twice(self, p: Prepared, article_id: str, revision: Revision) -> bool:
        """Whether nothing but the section is another, since the article stands in two, with an address in each.

        This address said so before; or it is new, and the article was met at another in the same crawl.
        """
        if revision.changes is None or revision.changes.kinds != ("section",):
            return False
        query = (
            "SELECT url_key, crawl_id, section FROM captures JOIN readings USING (reading_digest)"
            " WHERE article_id = ? AND id <> ? AND (url_key = ? OR crawl_id = ?) ORDER BY memento_datetime DESC"
        )
        parameters = (article_id, p.capture_id, p.url_key, p.crawl_id)
        held = self._db.execute(query, parameters).fetchall()
        here = next((row for row in held if row["url_key"] == p.url_key), None)
        return bool(held) if here is None else here["section"] == revision.reading.section

    def _count(self, p: Prepared, outcome: Outcome, wanted_as: str | None) -> None:
        if p.crawl_id is None:
            return
        counts = self._counts.setdefault(p.crawl_id, Counter())
        counts["captures"] += 1
        if outcome.kind == "skipped" and wanted_as is not None and not (outcome.reason == REDIRECT and p.follow):
            reason = "home" if p.quality_reason == HOME else outcome.reason
            self._skipped.setdefault(p.crawl_id, Counter())[skipped_as(wanted_as, reason)] += 1
        column = {"new": "articles_new", "changed": "revisions_new", "unchanged": "unchanged"}.get(outcome.kind)
        if column is not None:
            counts[column] += 1

    def close(self) -> None:
        self._articles.close()
        for crawl_id, counts in self._counts.items():
            count(self._db, crawl_id, counts, self._skipped.get(crawl_id, Counter()))


def _outcome(quality: str, article_id: str | None, settled: Mapping[str, Settled]) -> Outcome:
    result = settled.get(article_id) if article_id is not None else None
    if quality == FILE:
        return Outcome("file")
    if result is None or quality not in (ARTICLE, NOT_MODIFIED):
        return Outcome("skipped", article_id, quality)
    if not result.existed:
        return Outcome("new", article_id)
    if result.more <= 0:
        return Outcome("unchanged", article_id)
    cosmetic = all(r.change == "cosmetic" for r in result.begun)
    return Outcome("cosmetic" if cosmetic else "changed", article_id)


def count(db: sqlite3.Connection, crawl_id: str, counts: Counter[str], skipped: Counter[str]) -> None:
    """Adds to the counts of a crawl (names of columns), and to what it skipped, by reason."""
    row = db.execute("SELECT skipped FROM crawls WHERE id = ?", (crawl_id,)).fetchone()
    total = Counter(json.loads(row[0])) + skipped
    columns = "".join(f", {name} = {name} + ?" for name in counts)
    db.execute(
        f"UPDATE crawls SET skipped = ?{columns} WHERE id = ?",  # noqa: S608
        (dumps(total), *counts.values(), crawl_id),
    )
