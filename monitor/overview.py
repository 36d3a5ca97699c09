"""How each site stands: what is declared of it, what the archive holds, how its last crawl went, what is wrong."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.archive import Archive
from crawler.clock import now
from crawler.config import Config
from crawler.site import Site
from crawler.tally import GOOD
from monitor.coverage import percents

_STATE = """
SELECT (SELECT count(*) FROM articles WHERE site = :site) AS articles,
       (SELECT count(DISTINCT text_digest) FROM articles WHERE site = :site) AS texts,
       (SELECT count(*) FROM captures WHERE site = :site) AS captures,
       (SELECT max(date_published) FROM articles WHERE site = :site) AS newest_article,
       (SELECT count(*) FROM articles WHERE site = :site AND status = 'suspect') AS suspects,
       (SELECT count(*) FROM articles WHERE site = :site AND status = 'removed') AS removed,
       (SELECT count(*) FROM frontier WHERE site = :site) AS waiting
"""
_LAST_CRAWL = """
SELECT id, reason, started, finished, outcome, outcome_reason, listings, captures, articles_new AS new,
       revisions_new AS changed, unchanged, skipped, errors, requests, bytes, response_median, response_p95,
       validators
FROM crawls WHERE site = ? ORDER BY id DESC LIMIT 1
"""
_ALERTS = "SELECT kind, opened, message, evidence FROM alerts WHERE site IS ? AND closed IS NULL ORDER BY opened, kind"

#: Alerts that say why the last crawl did not do its job; what it said itself need not be repeated beside them.
_FAILURES = frozenset({"crawl_failed", "certificate", "robots", "login_wall", "storage", "listing_empty"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteState:
    """A site, as ``luutin status --json`` shows it. Times are UTC; ``newest_article`` is the publisher's."""

    site: str
    name: str
    status: str
    home_url: str
    articles: int = 0
    texts: int = 0
    captures: int = 0
    newest_article: str | None = None
    suspects: int = 0  # articles that were missing when they were looked for last
    removed: int = 0
    waiting: int = 0  # addresses still to be fetched
    coverage_percent: float | None = None  # of what its listings list; None where none was read
    last_crawl: dict[str, Any] | None = None
    alerts: list[dict[str, Any]] = field(default_factory=list)  # open ones: kind, opened, days, message, evidence
    not_nightly: str = ""  # why the nights leave it alone, as a sentence
    problems: list[str] = field(default_factory=list)


def overview(data: Path, sites: Mapping[str, Site], config: Config) -> list[SiteState]:
    """Every declared site, then those that only the archive knows (imports). Without an archive, all are empty."""
    if not (data / "archive.db").is_file():
        return [_state(_as_declared(site), None, config.skipped(site)) for site in sites.values()]
    with closing(Archive(data, read_only=True)) as archive:
        db, covered = archive.connection, percents(archive.connection)
        kept = {row["slug"]: dict(row) for row in db.execute("SELECT * FROM sites ORDER BY slug")}
        declared = [_state(_as_declared(s), db, config.skipped(s), covered) for s in sites.values()]
        others = [_state(row, db, "", covered) for slug, row in kept.items() if slug not in sites]
    return declared + others


def archive_alerts(data: Path) -> list[dict[str, Any]]:
    """The open alerts that are about no site: about channels for messages."""
    if not (data / "archive.db").is_file():
        return []
    with closing(Archive(data, read_only=True)) as archive:
        return [_alert(row) for row in archive.connection.execute(_ALERTS, (None,))]


def _as_declared(site: Site) -> dict[str, Any]:
    return {"slug": site.slug, "name": site.name, "status": site.status, "home_url": site.home_url}


def _state(
    site: Mapping[str, Any],
    connection: sqlite3.Connection | None,
    skipped: str,
    covered: Mapping[str, float] | None = None,
) -> SiteState:
    known: dict[str, Any] = {}
    last: dict[str, Any] | None = None
    alerts: list[dict[str, Any]] = []
    if connection is not None:
        known = dict(connection.execute(_STATE, {"site": site["slug"]}).fetchone())
        row = connection.execute(_LAST_CRAWL, (site["slug"],)).fetchone()
        last = dict(row) | {name: json.loads(row[name]) for name in ("skipped", "validators")} if row else None
        alerts = [_alert(row) for row in connection.execute(_ALERTS, (site["slug"],))]
    return SiteState(
        site=site["slug"],
        name=site["name"],
        status=site["status"],
        home_url=site["home_url"],
        coverage_percent=(covered or {}).get(site["slug"]),
        last_crawl=last,
        alerts=alerts,
        not_nightly=skipped,
        problems=_problems(last, known, alerts),
        **known,
    )


def _alert(row: sqlite3.Row) -> dict[str, Any]:
    days = max(0, (now() - datetime.fromisoformat(row["opened"])).days)
    return dict(row) | {"days": days, "evidence": json.loads(row["evidence"])}


def _problems(
    last: Mapping[str, Any] | None, known: Mapping[str, Any], alerts: Sequence[Mapping[str, Any]]
) -> list[str]:
    found = [f"{alert['message']} (since {alert['opened'][:10]}, {_age(alert['days'])})" for alert in alerts]
    told = {alert["kind"] for alert in alerts}
    if last is not None and last["outcome"] is None:
        found.append(f"The crawl that began {last['started'][:19]}Z is running, or was killed.")
    elif last is not None and last["outcome"] not in GOOD and not told & _FAILURES:
        why = f" ({last['outcome_reason']})" if last["outcome_reason"] else ""
        found.append(f"The last crawl did not do its job: {last['outcome']}{why}.")
    if last is not None and last["errors"] and "errors" not in told:
        found.append(f"Addresses that gave no answer in the last crawl: {last['errors']}.")
    if known.get("suspects"):
        found.append(f"Articles that were not where they should be: {known['suspects']}.")
    return found


def _age(days: int) -> str:
    return {0: "today", 1: "1 day"}.get(days, f"{days} days")
