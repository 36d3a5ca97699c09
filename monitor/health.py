"""Is the site itself all right? What it is expected to show and what it usually does; alerts for the operator.

``watch`` reads what the crawl brought and a bounded stretch of what came before (``_Night``), judges by the pure
functions of monitor/symptoms, and opens and closes alerts in one transaction. An alert is open at most once for each
kind; only a crawl that got through can say that a trouble is over, and while an alert is open the habit that it was
opened by is what the site has to come back to: a loss that lasts never becomes the new habit.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from statistics import median

from crawler.archive import Archive
from crawler.asking import LYING
from crawler.clock import HO_CHI_MINH, now
from crawler.config import Config
from crawler.journal import close_alert, open_alert
from crawler.site import Expectations, Site
from crawler.tally import GOOD
from crawler.warc_read import OPEN
from monitor import symptoms
from monitor.alerts import sentence
from monitor.symptoms import FIELDS, Trouble

#: Crawls that teach a habit: about three weeks of nights.
CRAWLS = 20

#: Articles before tonight's that teach which fields are found.
ARTICLES = 100

#: Captures that are looked through for them; files and listings stand between.
CAPTURES = 4_000

#: Newest dated articles, and newest announcements, whose days teach how often a site publishes.
DAYS = 400

#: Crawls in a row that were stopped, or died, before they got through; one may be a person's doing.
UNFINISHED = 3

#: Captures that an alert names as its evidence.
NAMED = 5

_CRAWL = "SELECT * FROM crawls WHERE id = ? AND site = ?"
_BEFORE = "SELECT * FROM crawls WHERE site = ? AND id < ? ORDER BY id DESC LIMIT ?"
_QUALITIES = "SELECT quality, count(DISTINCT url_key) FROM captures WHERE crawl_id = ? GROUP BY quality"
# Addresses that lead to a sign-in form or a browser check, by crawl; the form itself is one capture for all of them.
_LED_TO_WALLS = """
SELECT crawl_id, count(DISTINCT url_key) FROM captures AS c
WHERE crawl_id IN (SELECT value FROM json_each(?)) AND quality = 'redirect' AND redirect_to IS NOT NULL
  AND (SELECT quality FROM captures WHERE url_key = c.redirect_to ORDER BY memento_datetime DESC LIMIT 1)
      IN ('login', 'challenge')
GROUP BY crawl_id
"""
_WALLS = "SELECT id FROM captures WHERE crawl_id = ? AND quality IN ('login', 'challenge') LIMIT ?"
_FILES = "SELECT warc_file, max(warc_offset + warc_length) FROM captures WHERE crawl_id = ? GROUP BY warc_file"
_FOUND = ", ".join(f"r.{name} IS NOT NULL AS {name}" for name in FIELDS)
# Newest first by an index, so that whoever stops reading stops the search.
_READ = f"""
SELECT c.article_id, c.id, c.crawl_id IS ? AS tonight, {_FOUND}
FROM captures AS c CROSS JOIN readings AS r ON r.reading_digest = c.reading_digest
WHERE c.site = ? AND c.quality = 'article' AND c.article_id IS NOT NULL AND c.memento_datetime >= ?
ORDER BY c.memento_datetime DESC
"""  # noqa: S608 - names of columns
_FAR_BACK = "SELECT memento_datetime FROM captures WHERE site = ? ORDER BY memento_datetime DESC LIMIT 1 OFFSET ?"
# Those that asked about pages that had changed; while an alert is open, back to the night that opened it.
_ASKED = "SELECT validators FROM crawls WHERE site = ? AND id <= ? AND id >= ? ORDER BY id DESC"
_PUBLISHED = """
SELECT substr(date_published, 1, 10) AS day FROM articles WHERE site = ?1 AND date_published IS NOT NULL
ORDER BY date_published DESC LIMIT ?2
"""
_ANNOUNCED = "SELECT at, kind, baseline FROM events WHERE site = ? ORDER BY at DESC LIMIT ?"


def watch(archive: Archive, site: Site, crawl_id: str, config: Config) -> None:
    """Opens alerts for what is wrong with a site after a crawl, closes those that are over.

    Does nothing for a crawl that a later one of the site has followed: that one's night says how the site is now.
    Raises StorageError, LockedError.
    """
    db = archive.connection
    crawl = db.execute(_CRAWL, (crawl_id, site.slug)).fetchone()
    newest = db.execute("SELECT max(id) FROM crawls WHERE site = ?", (site.slug,)).fetchone()[0]
    if crawl is None or crawl_id != newest:
        return
    verdicts = _Night(archive, crawl, config.apply(site)).verdicts()
    with archive.writing() as db:
        for kind, trouble in verdicts.items():
            if trouble is None:
                close_alert(db, site.slug, kind)
            else:
                said = sentence(kind, trouble.evidence)
                open_alert(db, site.slug, kind, said, {"crawl": crawl_id, **trouble.evidence})


class _Night:
    """What one crawl brought, and what came before it."""

    def __init__(self, archive: Archive, crawl: sqlite3.Row, site: Site) -> None:
        self._archive, self._db, self._crawl, self._site = archive, archive.connection, crawl, site
        self._expects: Expectations = site.expects
        self._before = self._db.execute(_BEFORE, (site.slug, crawl["id"], CRAWLS)).fetchall()
        self._open = {kind: json.loads(evidence) for kind, evidence in self._db.execute(
            "SELECT kind, evidence FROM alerts WHERE site = ? AND closed IS NULL", (site.slug,)
        )}  # fmt: skip
        self._qualities = dict(self._db.execute(_QUALITIES, (crawl["id"],)).fetchall())
        crawls = json.dumps([crawl["id"], *(before["id"] for before in self._before)])
        self._led_to_walls: dict[str, int] = dict(self._db.execute(_LED_TO_WALLS, (crawls,)).fetchall())
        self._skipped: dict[str, int] = json.loads(crawl["skipped"])

    def verdicts(self) -> dict[str, Trouble | None]:
        """For each kind of alert that this night can judge: what is wrong, or None where nothing is (any more)."""
        if self._site.status == "closed":
            return dict.fromkeys(symptoms.KINDS)
        storage, believed = self._storage(), self._believed()
        if self._crawl["outcome"] in GOOD:
            return self._got_through() | {"storage": storage} | believed
        found = storage or self._did_not()
        return ({found.kind: found} if found else {}) | believed

    def _storage(self) -> Trouble | None:
        """Whether the WARC files hold all that the crawl's rows point to."""
        for name, end in self._db.execute(_FILES, (self._crawl["id"],)).fetchall():
            size = -1
            for path in (self._archive.warc_dir / name, self._archive.warc_dir / (name + OPEN)):
                with suppress(OSError):
                    size = max(size, path.stat().st_size)
            if size < end:
                return symptoms.warc_short(name, size, end)
        return None

    def _believed(self) -> dict[str, Trouble | None]:
        """Whether the site's 304s are to be believed; nothing where this night does not tell."""
        since = self._open.get(LYING, {}).get("crawl", self._crawl["id"])
        asked = self._db.execute(_ASKED, (self._site.slug, self._crawl["id"], since))
        verdict = symptoms.lying([json.loads(said) for (said,) in asked], is_open=LYING in self._open)
        return {} if verdict is None else {LYING: None if verdict == "over" else verdict}

    def _did_not(self) -> Trouble | None:
        """Why a crawl that did not do its job did not; None where a person may have stopped it."""
        outcome, why = self._crawl["outcome"], self._crawl["outcome_reason"] or ""
        if outcome not in ("failed", "refused"):
            recent = [c["outcome"] for c in (self._crawl, *self._before[: UNFINISHED - 1])]
            cut = len(recent) == UNFINISHED and all(o not in (*GOOD, "failed", "refused") for o in recent)
            return symptoms.unfinished(UNFINISHED, self._crawl["started"]) if cut else None
        walls = self._walls() if self._logins > self._good else []
        empty = symptoms.listing_empty(self._leasts(), self._listed(self._crawl))
        return symptoms.failed(outcome, why, str(self._archive.data_dir.absolute()), walls=walls, empty=empty)

    def _got_through(self) -> dict[str, Trouble | None]:
        told: dict[str, Trouble | None] = dict.fromkeys(("crawl_failed", "certificate"))
        told["listing_empty"] = symptoms.listing_empty(self._leasts(), self._listed(self._crawl))
        told["errors"] = symptoms.errors(
            (self._crawl["errors"], self._crawl["requests"]), self._error_habit(), self._open.get("errors")
        )
        told["site_silent"] = symptoms.silent(*self._publishing())
        if (tonight := self._crawl["response_median"]) is not None:
            habit = [c["response_median"] for c in self._well() if c["response_median"] is not None]
            told["slow"] = symptoms.slow(tonight, habit, self._open.get("slow"))
        logins, always = self._logins, self._usually("login_wall", "login", "challenge")
        turned = symptoms.turned(logins - always, self._good, is_open="login_wall" in self._open)
        if turned is not None:
            told["login_wall"] = symptoms.login_wall(logins, self._good, always, self._walls()) if turned else None
        forbidden, always = self._skipped.get("robots", 0), self._usually("robots", "robots")
        turned = symptoms.turned(forbidden - always, self._good, is_open="robots" in self._open)
        if turned is not None:
            told["robots"] = symptoms.robots(forbidden, self._good, always) if turned else None
        led, always = self._skipped.get("redirect", 0), self._usually("led_away", "redirect")
        turned = symptoms.turned(led - always, self._good, is_open="led_away" in self._open)
        if turned is not None:
            told["led_away"] = symptoms.led_away(led, self._good, always) if turned else None
        return told | self._fields()

    def _usually(self, kind: str, *reasons: str) -> float:
        """How many addresses are usually skipped for these reasons: some are listed that never could be fetched."""
        if (opened := self._open.get(kind)) is not None:
            return float(opened.get("usual", 0))
        counts = [sum(json.loads(crawl["skipped"]).get(r, 0) for r in reasons) for crawl in self._well()]
        if kind == "login_wall":
            counts = [n + self._led_to_walls.get(crawl["id"], 0) for n, crawl in zip(counts, self._well(), strict=True)]
        return median(counts) if counts else 0.0

    # --- what came before

    @property
    def _good(self) -> int:
        return sum(self._qualities.get(quality, 0) for quality in ("article", "not_modified"))

    @property
    def _logins(self) -> int:
        shown: int = sum(self._qualities.get(quality, 0) for quality in ("login", "challenge"))
        return shown + self._led_to_walls.get(self._crawl["id"], 0)

    def _walls(self) -> list[str]:
        return [identifier for (identifier,) in self._db.execute(_WALLS, (self._crawl["id"], NAMED))]

    @staticmethod
    def _listed(crawl: sqlite3.Row) -> dict[str, int]:
        return {section: said["first_page"] for section, said in json.loads(crawl["listed"]).items()}

    def _well(self) -> Iterator[sqlite3.Row]:
        return (crawl for crawl in self._before if crawl["outcome"] in GOOD)

    def _leasts(self) -> dict[str, float]:
        """How many articles the first page of each section lists at least: declared, remembered, or by habit."""
        sections = self._listed(self._crawl)
        if self._expects.least_per_listing:
            return dict.fromkeys(sections, self._expects.least_per_listing)
        usual = symptoms.usual_listing([self._listed(crawl) for crawl in self._well()])
        remembered: dict[str, float] = self._open.get("listing_empty", {}).get("least", {})
        return usual | remembered

    def _error_habit(self) -> list[tuple[int, int]]:
        return [(crawl["errors"], crawl["requests"]) for crawl in self._well()]

    def _publishing(self) -> tuple[date, set[date], date | None]:
        """Today, the days on which the site published lately, and the last one on which we saw something new."""
        today = now().astimezone(HO_CHI_MINH).date()
        days = {date.fromisoformat(day) for (day,) in self._db.execute(_PUBLISHED, (self._site.slug, DAYS))}
        news = [
            datetime.fromisoformat(at).astimezone(HO_CHI_MINH).date()
            for at, kind, baseline in self._db.execute(_ANNOUNCED, (self._site.slug, DAYS))
            if kind == "new" and not baseline
        ]
        published = {day for day in days if day <= today}
        # not both: what is published on one day is seen on the next
        taught = published if len(published) >= symptoms.LEAST_DAYS else set(news)
        return today, taught, max(news, default=None)

    def _fields(self) -> dict[str, Trouble | None]:
        tonight: dict[str, sqlite3.Row] = {}
        before: dict[str, sqlite3.Row] = {}
        oldest = self._db.execute(_FAR_BACK, (self._site.slug, CAPTURES)).fetchone()
        asked = (self._crawl["id"], self._site.slug, oldest[0] if oldest else "")
        for row in self._db.execute(_READ, asked):
            article = row["article_id"]
            if row["tonight"]:
                tonight.setdefault(article, row)
            elif article not in tonight:
                before.setdefault(article, row)
            if len(before) >= ARTICLES + symptoms.LAST:
                break
        read = [{f: bool(row[f]) for f in FIELDS} for row in (*tonight.values(), *before.values())]
        unread = sum(self._skipped.get(reason, 0) for reason in ("empty", "unreadable", "listing"))
        return symptoms.field_lost(
            read, len(tonight), unread=unread, declared=self._expects.fields, opened=self._open.get("field_lost"),
            captures=[row["id"] for row in tonight.values()][:NAMED],
        )  # fmt: skip
