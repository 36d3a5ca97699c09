"""One article's disappearance: live -> suspect -> removed -> restored, each step with the captures that show it."""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from crawler.articles import EMPTY_TEXT
from crawler.clock import timestamp
from crawler.frontier import dumps
from crawler.journal import EVENTS, Event, announce
from crawler.text import overlap, shingles
from monitor.nights import Look

#: An article is removed after so many looks that did not find it…
LOOKS = 3
#: …over at least so long: an editor who takes a page down to mend it, or a weekend's maintenance, is over by then.
LONG_ENOUGH = timedelta(hours=48)

#: Syllables from which on the same text is the same article at another address. Shorter notices ("Xem file đính kèm")
#: say the same under many headlines, which must then agree as well.
OWN_WORDS = 30
#: How much of what two articles say must be the same for a redirect between them to be a move.
ALIKE = 0.5
#: The other address must have been seen good at most so long before the article was first missing here.
LATELY = timedelta(days=1)

_COLUMNS = (
    *("id", "article_id", "first_missing", "confirmed", "restored", "checks", "evidence", "last_good_capture_id"),
    *("moved_to", "mass_id", "decision"),
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM removals WHERE restored IS NULL AND"
_SAVE = (
    f"INSERT INTO removals ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _COLUMNS[1:])}"
)
_ARTICLE = "SELECT id, site, url, headline, current_revision_id, text_digest, word_count FROM articles WHERE id = ?"
_SAYS = "SELECT headline, body FROM articles JOIN texts USING (text_digest) WHERE id = ?"
_ELSEWHERE = (
    "SELECT id FROM articles WHERE text_digest = ? AND site = ? AND id <> ? AND status = 'live' AND last_seen >= ?"
    f" AND text_digest <> '{EMPTY_TEXT}' AND (word_count >= {OWN_WORDS} OR headline IS ?)"
    " ORDER BY first_seen DESC, id LIMIT 1"
)
# A capture that is newer than what was decided has its own word on the status (crawler/articles).
_STATUS = "UPDATE articles SET status = ? WHERE id = ? AND last_seen <= ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One disappearance of an article, open until ``restored``: suspect, and from ``confirmed`` on removed.

    ``missing`` are the looks that count, (capture id, time) each, up to those that were enough. ``decision`` is a
    person's (monitor/review), and keeps weighing from deciding. Times are ``clock.timestamp``.
    """

    id: str
    article_id: str
    first_missing: str
    first_capture: str | None
    last_good: str | None
    missing: tuple[tuple[str, str], ...] = ()
    checks: int = 0  # all looks that did not find it
    confirmed: str | None = None
    restored: str | None = None
    moved_to: str | None = None
    mass_id: str | None = None
    decision: str | None = None  # removed, still_there, wait

    @classmethod
    def of(cls, article_id: str, first_missing: str, capture: str | None, last_good: str | None) -> Removal:
        """A new one; the same for the same article and moment."""
        identifier = str(uuid.uuid5(EVENTS, f"{article_id}/missing/{first_missing}"))
        return cls(
            id=identifier,
            article_id=article_id,
            first_missing=first_missing,
            first_capture=capture,
            last_good=last_good,
        )

    @property
    def since(self) -> str:
        """From when on a good capture says that it is over."""
        return self.confirmed or self.first_missing

    @property
    def enough(self) -> bool:
        """Whether the looks that count are evidence of a removal."""
        times = [datetime.fromisoformat(at) for _, at in self.missing]
        return len(times) >= LOOKS and max(times) - min(times) >= LONG_ENOUGH


def step(row: Removal | None, look: Look, *, counts: bool) -> list[Removal]:
    """What one more look makes of an article's open removal, or of an article without one; pure.

    The rows that it changes, in the order of time. ``counts``: the site was healthy that night.
    """
    if look.seen == "good":
        return [replace(row, restored=look.at)] if row is not None and look.at > row.since else []
    changed: list[Removal] = []
    if row is not None and look.last_good_at > row.since:  # somebody's capture shows it in between
        changed.append(replace(row, restored=look.last_good_at))
        row = None
    if row is None:
        row = Removal.of(look.article_id, look.at, look.capture_id, look.last_good)
    row = replace(row, checks=row.checks + 1)
    if row.confirmed is None and counts:
        if not row.enough:
            row = replace(row, missing=(*row.missing, (look.capture_id, look.at)))
        row = replace(row, moved_to=look.moved_to)
        if row.enough and row.decision is None:
            row = replace(row, confirmed=look.at)
    return [*changed, row]


def open_removals(db: sqlite3.Connection, condition: str, *parameters: object) -> list[Removal]:
    """The open rows of ``removals`` that a condition (SQL) holds for, longest missing first."""
    rows = db.execute(f"{_SELECT} {condition} ORDER BY first_missing, id", parameters).fetchall()
    return [_removal(row) for row in rows]


def _removal(row: sqlite3.Row) -> Removal:
    evidence = json.loads(row["evidence"])
    known = {f.name for f in fields(Removal)} & set(row.keys())
    return Removal(
        **{name: row[name] for name in known},
        first_capture=evidence["first"],
        last_good=row["last_good_capture_id"],
        missing=tuple((look["capture"], look["at"]) for look in evidence["missing"]),
    )


def save(db: sqlite3.Connection, r: Removal) -> None:
    """Writes a row and, while it is open, the status that its article has by it."""
    looks = [{"capture": capture, "at": at} for capture, at in r.missing]
    evidence = dumps({"first": r.first_capture, "missing": looks})
    values = (r.id, r.article_id, r.first_missing, r.confirmed, r.restored, r.checks, evidence, r.last_good)
    db.execute(_SAVE, (*values, r.moved_to, r.mass_id, r.decision))
    if r.restored is None:
        status = "removed" if r.confirmed else "live" if r.decision == "still_there" else "suspect"
        db.execute(_STATUS, (status, r.article_id, r.since))


def tell_removed(db: sqlite3.Connection, r: Removal, **evidence: object) -> Removal:
    """Announces a confirmed removal: ``removed``, or ``moved`` where the article is at another address of the site.

    A redirect to an article that says something else is evidence of no more than that it is gone from here.
    No news (baseline) where no crawl of ours ever had the article: it was gone before we came.
    """
    article = db.execute(_ARTICLE, (r.article_id,)).fetchone()
    at = r.confirmed
    assert at is not None
    if r.moved_to is not None and not _alike(db, r.article_id, r.moved_to):
        evidence |= {"redirect": r.moved_to}
        r = replace(r, moved_to=None)
    if r.moved_to is None:
        lately = timestamp(datetime.fromisoformat(r.first_missing) - LATELY)
        same = (article["text_digest"], article["site"], article["id"], lately, article["headline"])
        found = db.execute(_ELSEWHERE, same).fetchone()
        r = replace(r, moved_to=found[0] if found else None)
        evidence |= {"because": "the same text"} if found else {}
    else:
        evidence |= {"because": "a redirect"}
    if r.moved_to is not None:
        evidence |= {"moved_to": r.moved_to, "url": db.execute(_ARTICLE, (r.moved_to,)).fetchone()["url"]}
    ours = "SELECT 1 FROM captures WHERE article_id = ? AND reading_digest IS NOT NULL AND crawl_id IS NOT NULL LIMIT 1"
    looks = [capture for capture, _ in r.missing]
    _tell(
        db,
        article,
        "moved" if r.moved_to else "removed",
        at,
        {"capture": r.last_good, "first_missing": r.first_missing, "missing": looks} | evidence,
        baseline=db.execute(ours, (r.article_id,)).fetchone() is None,
    )
    return r


def _alike(db: sqlite3.Connection, one: str, other: str) -> bool:
    """Whether two articles say much the same, headlines and texts together."""
    said = [db.execute(_SAYS, (article_id,)).fetchone() or () for article_id in (one, other)]
    mine, theirs = (shingles("\n\n".join(filter(None, fields))) for fields in said)
    return overlap(mine, theirs) >= ALIKE


def tell_restored(db: sqlite3.Connection, r: Removal, capture: str | None, **evidence: object) -> None:
    """Announces that an article that was removed is there again; no news where the removal was none."""
    assert r.restored is not None
    article = db.execute(_ARTICLE, (r.article_id,)).fetchone()
    told = "SELECT baseline FROM events WHERE article_id = ? AND kind IN ('removed', 'moved') AND at = ?"
    row = db.execute(told, (r.article_id, r.confirmed)).fetchone()
    found = {"capture": capture or r.last_good, "first_missing": r.first_missing, "removed": r.confirmed}
    _tell(db, article, "restored", r.restored, found | evidence, baseline=bool(row and row[0]))


def _tell(
    db: sqlite3.Connection, article: sqlite3.Row, kind: str, at: str, evidence: Mapping[str, object], *, baseline: bool
) -> None:
    event = Event(
        kind=kind,
        site=article["site"],
        at=at,
        summary=article["headline"],
        article_id=article["id"],
        revision_id=article["current_revision_id"],
        baseline=baseline,
        evidence=evidence,
    )
    announce(db, event)
