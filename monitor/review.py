"""What waits for a person to judge, with its evidence, and the decisions that a person takes."""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from crawler.archive import Archive
from crawler.clock import now, timestamp
from crawler.errors import InputError
from crawler.frontier import PASSING
from crawler.journal import EVENTS
from crawler.placing import REDIRECT, REVISIT
from monitor.missing import LOOKS, Removal, open_removals, save, tell_removed, tell_restored
from monitor.removals import Mass, end_mass, standing

Decision = Literal["removed", "still_there", "wait"]

#: An article that has been missing for so long without enough healthy nights to judge it will not get them by itself.
STUCK = timedelta(days=14)

#: Alerts that say why articles of a site are not seen: then none of them waits by itself.
TELLING = ("crawl_failed", "certificate", "robots", "login_wall", "led_away")

#: What happened to a site, by ``mass_removals.cause``.
CAUSES = {
    "many": "{missing} of the {looked} articles looked at were gone in one night",
    "same_page": "{missing} of the {looked} articles looked at had turned into one and the same page",
    "led_off": "the addresses of {missing} of the {looked} articles looked at lead to another site now",
    "no_answer": "nobody has answered for several nights",
}

#: What a person has said of a site that is on the list all the same.
_MEANWHILE = {"wait": "; put off by a person", "removed": "; since a person called that removed, more is gone"}

_OPEN_SITES = "site IN (SELECT slug FROM sites WHERE status <> 'closed')"
_JUDGED = f"article_id IN (SELECT id FROM articles WHERE {_OPEN_SITES})"
# Confirmed, yet a capture shows it in between: an import knows better, or today's rules read a look as an article.
_SEEN_MEANWHILE = (
    "confirmed IS NOT NULL AND decision IS NOT 'removed' AND EXISTS (SELECT 1 FROM captures WHERE"
    " captures.article_id = removals.article_id AND reading_digest IS NOT NULL"
    " AND memento_datetime BETWEEN first_missing AND confirmed)"
)
_MISSED_AGAIN = "confirmed IS NULL AND decision = 'still_there' AND checks > 0"
_PUT_OFF = "confirmed IS NULL AND decision = 'wait'"
_UNDECIDED = "confirmed IS NULL AND decision IS NULL AND first_missing <= ?"
_HELD = (
    "confirmed IS NULL AND mass_id = ?"
    " AND first_missing >= (SELECT last_seen FROM articles WHERE articles.id = removals.article_id)"
)
_OF_STANDING = "coalesce(mass_id, '') IN (SELECT id FROM mass_removals WHERE closed IS NULL)"
# Looked at so long ago, and never good since: nothing that any look says is evidence, or it would have a row. What is
# over soon (an error, a form) counts from LOOKS days on. Where its site has a trouble that is told, that is why.
_UNSEEN = f"""
SELECT a.id AS article_id, min(c.memento_datetime) AS first_missing, c.id AS first_capture, c.quality AS quality,
       count(DISTINCT substr(c.memento_datetime, 1, 10)) AS days,
       (SELECT id FROM captures WHERE article_id = a.id AND reading_digest IS NOT NULL
        AND memento_datetime <= a.last_seen ORDER BY memento_datetime DESC, payload_digest DESC LIMIT 1) AS last_good
FROM articles AS a JOIN captures AS c ON c.article_id = a.id AND c.memento_datetime > a.last_seen
WHERE a.status = 'live' AND a.last_seen <= :before AND a.id = coalesce(:article, a.id) AND a.{_OPEN_SITES}
  AND c.url_key = a.url_key AND c.crawl_id IS NOT NULL AND c.reading_digest IS NULL AND c.quality <> '{REVISIT}'
  AND NOT (c.quality = '{REDIRECT}' AND (c.redirect_to IS NULL OR EXISTS
      (SELECT 1 FROM article_urls WHERE url_key = c.redirect_to AND article_id = a.id)))
  AND NOT EXISTS (SELECT 1 FROM removals WHERE article_id = a.id AND restored IS NULL)
  AND NOT EXISTS (SELECT 1 FROM mass_removals WHERE site = a.site AND closed IS NULL)
  AND NOT EXISTS (SELECT 1 FROM alerts WHERE site = a.site AND closed IS NULL AND kind IN {TELLING})
GROUP BY a.id HAVING first_missing <= :before AND (days >= {LOOKS} OR sum(c.quality NOT IN {PASSING}))
ORDER BY first_missing, a.id
"""
_ARTICLE = "SELECT site, headline, url, last_seen FROM articles WHERE id = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something that waits for a person. ``target`` is what ``luutin review`` is told: an article's id or a site.

    ``evidence`` are ids of captures, an article's last good one first, or of crawls that nobody answered; ``held`` are
    the cases of articles that wait with a site.
    """

    target: str
    site: str
    title: str
    url: str
    since: str
    why: str
    evidence: tuple[str, ...]
    held: tuple[Case, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        told = {name: getattr(self, name) for name in ("target", "site", "title", "url", "since", "why")}
        return told | {"evidence": list(self.evidence), "held": [case.as_json() for case in self.held]}


def waiting(db: sqlite3.Connection) -> list[Case]:
    """Everything that waits for a person: sites first, then articles that their looks cannot judge."""
    return [*_sites(db), *_articles(db)]


def _sites(db: sqlite3.Connection) -> Iterator[Case]:
    query = f"SELECT site FROM mass_removals WHERE closed IS NULL AND {_OPEN_SITES} ORDER BY opened, site"
    for (slug,) in db.execute(query).fetchall():
        mass, site = standing(db, slug), db.execute("SELECT * FROM sites WHERE slug = ?", (slug,)).fetchone()
        if mass is None:
            continue
        held = tuple(_case(db, r, "gone with its site") for r in open_removals(db, _HELD, mass.id))
        if mass.decision == "removed" and not held:
            continue
        why = CAUSES[mass.cause].format(missing=mass.missing, looked=mass.looked)
        evidence = json.loads(db.execute("SELECT evidence FROM mass_removals WHERE id = ?", (mass.id,)).fetchone()[0])
        yield Case(
            target=slug,
            site=slug,
            title=site["name"],
            url=site["home_url"],
            since=mass.opened,
            why=why + _MEANWHILE.get(mass.decision or "", ""),
            evidence=tuple(evidence["captures"] or evidence["crawls"]),
            held=held,
        )


def _articles(db: sqlite3.Connection) -> Iterator[Case]:
    before = timestamp(now() - STUCK)
    for condition, parameters, why in (
        (_SEEN_MEANWHILE, (), "removed, but a capture shows it while it was missing"),
        (_MISSED_AGAIN, (), "a person found it still there, but it is missing again (looks: {checks})"),
        (_PUT_OFF, (), "put off by a person"),
        (_UNDECIDED, (before,), "still missing (looks: {checks}), but its site was not healthy often enough to judge"),
    ):
        for r in open_removals(db, f"{condition} AND {_JUDGED} AND NOT {_OF_STANDING}", *parameters):
            yield _case(db, r, why.format(checks=r.checks))
    for r, quality in _unseen(db):
        yield _case(db, r, f"not seen since, though nothing says that it is gone (days: {r.checks}; first: {quality})")


def _unseen(db: sqlite3.Connection, article_id: str | None = None) -> list[tuple[Removal, str]]:
    """Articles that no look has found for so long, without any evidence of a removal, and what the first look saw."""
    found = []
    for row in db.execute(_UNSEEN, {"before": timestamp(now() - STUCK), "article": article_id}).fetchall():
        r = Removal.of(row["article_id"], row["first_missing"], row["first_capture"], row["last_good"])
        found.append((replace(r, checks=row["days"]), row["quality"]))
    return found


def _case(db: sqlite3.Connection, r: Removal, why: str) -> Case:
    article = db.execute(_ARTICLE, (r.article_id,)).fetchone()
    looks = [r.last_good, r.first_capture, *(capture for capture, _ in r.missing)]
    return Case(
        target=r.article_id,
        site=article["site"],
        title=article["headline"] or article["url"],
        url=article["url"],
        since=r.first_missing,
        why=why,
        evidence=tuple(dict.fromkeys(capture for capture in looks if capture)),
    )


# --- decisions


def decide(archive: Archive, target: str, decision: Decision, *, note: str, by: str) -> str:
    """Takes a person's decision about an article (its id) or a site (its slug), and says in a sentence what it did.

    Raises InputError where there is nothing of that name, or nothing about it to decide.
    """
    with archive.writing() as db:
        at = timestamp(now())
        if db.execute("SELECT 1 FROM sites WHERE slug = ?", (target,)).fetchone() is not None:
            if (mass := standing(db, target)) is None:
                raise InputError(f"Nothing about {target} waits for a decision: see luutin review.")
            review = _record(db, target, None, decision, note, by, at)
            return _decide_site(db, mass, decision, at, review)
        article = db.execute(_ARTICLE, (target,)).fetchone()
        if article is None:
            raise InputError(f"There is no site and no article called {target}: luutin review lists what waits.")
        found = open_removals(db, "article_id = ?", target) or [r for r, _ in _unseen(db, target)]
        if not found or article["last_seen"] > found[-1].since:
            raise InputError(f"{target} is not missing: nothing is to be decided about it ({article['url']}).")
        review = _record(db, article["site"], target, decision, note, by, at)
        _decide(db, found[-1], decision, at, review)
        return f"{article['headline'] or target}: {_DONE[decision]}"


_DONE = {
    "removed": "recorded as removed.",
    "still_there": "recorded as still there; only you can call it removed now, unless it is seen and goes again.",
    "wait": "put off; nothing is decided until you say so, or it is seen again.",
}


def _record(
    db: sqlite3.Connection, site: str, article_id: str | None, decision: Decision, note: str, by: str, at: str
) -> str:
    identifier = str(uuid.uuid5(EVENTS, f"{article_id or f'site:{site}'}/{decision}/{at}"))
    db.execute(
        "INSERT OR IGNORE INTO reviews (id, at, site, article_id, decision, note, by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (identifier, at, site, article_id, decision, note or None, by),
    )
    return identifier


def _decide(db: sqlite3.Connection, r: Removal, decision: Decision, at: str, review: str) -> None:
    """What a decision makes of an article's open removal."""
    if decision == "still_there" and r.confirmed:
        back = replace(r, restored=at)
        tell_restored(db, back, None, review=review)
        save(db, back)
        r = Removal.of(r.article_id, at, None, r.last_good)
    if decision == "removed" and not r.confirmed:
        r = tell_removed(db, replace(r, confirmed=at), review=review)
    # what was counted until now is judged; what comes after it may contradict the person
    save(db, replace(r, decision=decision, checks=0 if decision == "still_there" else r.checks))


def _decide_site(db: sqlite3.Connection, mass: Mass, decision: Decision, at: str, review: str) -> str:
    held = open_removals(db, _HELD, mass.id)
    for r in held:
        _decide(db, r, decision, at, review)
    db.execute("UPDATE mass_removals SET decision = ? WHERE id = ?", (decision, mass.id))
    if decision == "still_there":  # else it stands, or what goes tomorrow would be told as another one
        end_mass(db, mass, at, decision, {"review": review})
    return f"{mass.site}, {len(held):,} articles that were missing: {_DONE[decision]}"
