"""Which articles are removed, as nights show it, and which sites went as a whole: what follows a crawl.

``weigh`` takes every crawl once, in order, in a transaction each that also notes how far it came: so what a kill cuts
off is done by the next call, and what is done is not told again. Only what our own crawls saw is evidence; an import
of old captures changes what is known of the past, and removes nothing.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from crawler.archive import Archive
from crawler.clock import now, timestamp
from crawler.config import Config
from crawler.frontier import dumps
from crawler.journal import Event, announce
from crawler.site import Site
from monitor.missing import Removal, open_removals, save, step, tell_removed, tell_restored
from monitor.nights import Look, Night, saw

#: More newly missing in one night than this, and than this share of the articles looked at, is no longer an editor's
#: hand but something that happened to the site.
FEW, SHARE = 5, 0.03

#: Captures that a site's event names as its evidence; all others stand in ``removals`` and ``captures``.
SHOWN = 20

_PENDING = "SELECT id FROM crawls WHERE site = ? AND id > ? AND id <= ? ORDER BY id"
_WEIGHED = "SELECT coalesce(max(crawl_id), '') FROM _weighed WHERE site = ?"
_MARK = "INSERT INTO _weighed VALUES (?, ?) ON CONFLICT DO UPDATE SET crawl_id = excluded.crawl_id"
_MEMBERS = (
    "SELECT coalesce(sum(restored IS NULL AND confirmed IS NULL), 0) AS waiting,"
    " coalesce(sum(restored IS NOT NULL AND confirmed IS NULL), 0) AS back,"
    " coalesce(sum(confirmed IS NOT NULL), 0) AS removed FROM removals WHERE mass_id = :mass"
)
# What was led off the site leaves no row in removals: nothing says that it is gone.
_LED = (
    "SELECT coalesce(sum(last_seen < :opened), 0) AS waiting, coalesce(sum(last_seen >= :opened), 0) AS back,"
    " 0 AS removed FROM articles WHERE id IN (SELECT article_id FROM captures WHERE crawl_id ="
    " (SELECT evidence ->> '$.crawls[0]' FROM mass_removals WHERE id = :mass)"
    " AND quality = 'redirect' AND quality_reason IS NULL AND redirect_to IS NOT NULL)"
)
_MASS = "SELECT id, site, cause, opened, looked, missing, page, decision FROM mass_removals WHERE site = ?"


# --- a whole site


@dataclass(frozen=True, slots=True, kw_only=True)
class Mass:
    """A site that lost much at once: a row of ``mass_removals`` that stands. Its id is that of the event.

    ``cause``: ``many`` are missing; most articles are the ``same_page`` (``page``); their addresses are ``led_off``
    the site; ``no_answer`` for some nights.
    """

    id: str
    site: str
    cause: str
    opened: str
    looked: int
    missing: int
    page: str | None
    decision: str | None  # a person's: wait


def is_mass(missing: int, looked: int) -> bool:
    """Whether so many articles, missing of so many that were looked at, are no longer an editor's hand."""
    return missing > max(FEW, SHARE * looked)


def standing(db: sqlite3.Connection, site: str) -> Mass | None:
    """The site's mass event that is not over."""
    row = db.execute(f"{_MASS} AND closed IS NULL ORDER BY opened DESC LIMIT 1", (site,)).fetchone()
    return Mass(**dict(row)) if row is not None else None


def end_mass(db: sqlite3.Connection, mass: Mass, at: str, outcome: str, evidence: Mapping[str, object]) -> None:
    """Closes a mass event; ``back`` and ``still_there`` are told, as the provisional event was."""
    db.execute("UPDATE mass_removals SET closed = ?, outcome = ? WHERE id = ?", (at, outcome, mass.id))
    if outcome in ("back", "still_there"):
        counts = dict(db.execute(_MEMBERS, {"mass": mass.id}).fetchone())
        evidence = {"since": mass.opened, "event": mass.id, "outcome": outcome} | counts | dict(evidence)
        announce(db, Event(kind="site_back", site=mass.site, at=at, summary=_name(db, mass.site), evidence=evidence))


def _name(db: sqlite3.Connection, site: str) -> str:
    name: str = db.execute("SELECT name FROM sites WHERE slug = ?", (site,)).fetchone()[0]
    return name


def close(archive: Archive, site: Site) -> None:
    """Tells once that a site is declared closed; its articles stay as they are and are no longer judged.

    For every site that is declared, also those that no night crawls any more. No news where no crawl ever was.
    """
    if site.status != "closed":
        return
    db = archive.connection
    known = db.execute("SELECT 1 FROM sites WHERE slug = ?", (site.slug,)).fetchone()
    told = db.execute("SELECT 1 FROM events WHERE site = ? AND kind = 'site_closed'", (site.slug,)).fetchone()
    if known is None or told is not None:
        return
    archive.upsert_sites([site])
    with archive.writing() as db:
        at = timestamp(now())
        if (mass := standing(db, site.slug)) is not None:
            end_mass(db, mass, at, "closed", {})
        crawled = db.execute("SELECT 1 FROM crawls WHERE site = ? LIMIT 1", (site.slug,)).fetchone()
        articles = db.execute("SELECT count(*) FROM articles WHERE site = ?", (site.slug,)).fetchone()[0]
        evidence = {"successor": site.successor, "articles": articles}
        event = Event(kind="site_closed", site=site.slug, at=at, summary=site.name, evidence=evidence)
        announce(db, replace(event, baseline=crawled is None))


# --- a night


def weigh(archive: Archive, site: Site, crawl_id: str, config: Config) -> None:  # noqa: ARG001 - as all that follow a crawl
    """Weighs what was missing in the site's crawls up to this one, each once.

    Opens, confirms and closes rows of ``removals`` and ``mass_removals``, and announces what readers are told.
    Raises StorageError, LockedError.
    """
    if site.status == "closed":
        close(archive, site)
        return
    db, slug = archive.connection, site.slug
    weighed = db.execute(_WEIGHED, (slug,)).fetchone()[0]
    for (pending,) in db.execute(_PENDING, (slug, weighed, crawl_id)).fetchall():
        night = saw(db, site, pending)
        with archive.writing() as db:
            if db.execute(_WEIGHED, (slug,)).fetchone()[0] < pending:
                _Weighing(db, slug, night).weigh()
                db.execute(_MARK, (slug, pending))


class _Weighing:
    """The weighing of one night, within one transaction."""

    def __init__(self, db: sqlite3.Connection, site: str, night: Night) -> None:
        self._db, self._site, self._night = db, site, night
        looked = "article_id IN (SELECT article_id FROM captures WHERE crawl_id = ?)"
        self._rows = {r.article_id: r for r in open_removals(db, looked, night.crawl_id)}
        self._mass = standing(db, site)

    def weigh(self) -> None:
        cause, looks = self._cause()
        if cause and self._mass is None:
            self._open(cause, looks)
        night, mass = self._night, self._mass
        parked = mass.page if mass else None
        healthy = not cause and bool(night.themselves(parked))
        # what went with the mass is only judged when the rest of the site, as it was known, answers
        known = healthy and bool(night.themselves(parked, known=True))
        removed = 0
        for look in night.looks.values():
            row = self._rows.get(look.article_id)
            if look.seen == "elsewhere" or (look.seen == "good" and (row is None or look.page == (parked or None))):
                continue
            held = mass is not None and row is not None and row.mass_id == mass.id
            for after in step(row, look, counts=known if held else healthy):
                if mass and not healthy and (row is None or row.id != after.id):
                    after = replace(after, mass_id=mass.id)
                removed += self._take(row, after, look)
        if removed:
            added = "UPDATE crawls SET removals_new = removals_new + ? WHERE id = ?"
            self._db.execute(added, (removed, night.crawl_id))
        if mass and known:
            self._settle(mass, night.themselves(parked, known=True))

    def _take(self, before: Removal | None, after: Removal, look: Look) -> bool:
        """Writes a changed row and tells what came of it; whether that is a removal."""
        if after.restored and after.confirmed:
            tell_restored(self._db, after, look.capture_id if look.seen == "good" else look.last_good)
        removed = after.confirmed is not None and not (before and before.confirmed and before.id == after.id)
        if removed:
            after = tell_removed(self._db, after, crawl=self._night.crawl_id)
        save(self._db, after)
        return removed

    def _cause(self) -> tuple[str, list[Look]]:
        """Why this night is one of a mass event, with the looks that say so; "" where it is none."""
        looks = self._night.looks.values()
        led = [look for look in looks if look.led_off]
        if is_mass(len(led), len(looks)) or self._night.same_page in {look.page for look in led}:
            return "led_off", led
        crowded = Counter(look.moved_to for look in looks)  # one article is not where several moved to
        lost = (k for k in looks if k.seen == "missing" or (k.seen == "redirected" and crowded[k.moved_to] > 1))
        newly = [look for look in lost if look.ours and look.article_id not in self._rows]
        if is_mass(len(newly), len(looks)):
            return "many", newly
        if page := self._night.same_page:
            return "same_page", [look for look in looks if look.page == page]
        return ("no_answer", []) if self._night.dark else ("", [])

    def _open(self, cause: str, looks: list[Look]) -> None:
        """Tells at once, as something provisional, that a site lost much; unless these dark nights were told of."""
        night, db = self._night, self._db
        at = min((look.at for look in looks), default=night.started)
        counts: dict[str, object] = {"cause": cause, "looked": len(night.looks), "missing": len(looks)}
        evidence = counts | {"provisional": True, "crawls": list(night.dark or [night.crawl_id])}
        evidence["captures"] = [look.capture_id for look in looks[:SHOWN]]
        if night.dark:
            began = db.execute("SELECT started FROM crawls WHERE id = ?", (night.dark[0],)).fetchone()[0]
            evidence["since"] = began
            if db.execute(f"{_MASS} AND opened >= ?", (self._site, began)).fetchone() is not None:
                return
        event = Event(kind="site_missing", site=self._site, at=at, summary=_name(db, self._site), evidence=evidence)
        announce(db, event)
        db.execute(
            "INSERT INTO mass_removals (id, site, cause, opened, looked, missing, page, evidence)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (event.id, self._site, cause, at, len(night.looks), len(looks), night.same_page or None, dumps(evidence)),
        )
        self._mass = standing(db, self._site)

    def _settle(self, mass: Mass, good: Iterable[Look]) -> None:
        """Ends a mass event when most of what was missing is back, or when nothing of it waits any more."""
        parked = [look for look in self._night.looks.values() if look.seen != "missing" and look.page == mass.page]
        if len(parked) * 2 > len(self._night.looks):
            return
        led = mass.cause == "led_off"
        members = self._db.execute(_LED if led else _MEMBERS, {"mass": mass.id, "opened": mass.opened}).fetchone()
        waiting, back, removed = members["waiting"], members["back"], members["removed"]
        most = back * 2 > waiting + back + removed and not is_mass(waiting, mass.looked)
        if most or not waiting:
            looks = sorted(good, key=lambda look: look.at)
            evidence = {"crawl": self._night.crawl_id, "captures": [look.capture_id for look in looks[:SHOWN]]}
            outcome = "removed" if removed > back else "back"
            end_mass(self._db, mass, looks[-1].at, outcome, evidence | (dict(members) if led else {}))
