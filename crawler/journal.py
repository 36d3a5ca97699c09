"""What was said and decided: events for readers, alerts for operators; only ever added to, the same one once."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.clock import now, timestamp
from crawler.frontier import dumps

#: Event ids are UUIDs, version 5, of what happened to whom and when, in this namespace; so that telling it again, also
#: after a rebuild, is telling the same.
EVENTS = uuid.UUID("6d1f0f9e-5d0b-5c0e-8f52-1a7e0f6f2c11")

#: Alerts, of site, kind and the moment that they were opened at.
_ALERTS = uuid.UUID("0b1d8c7e-7f5a-5a43-9a34-8b0a8b1c7f52")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that readers are told.

    ``kind``: new, edited, removed, restored, moved; of a site (``article_id`` None): site_missing, site_closed and
    such. ``at`` is when it happened, as far as captures tell (``clock.timestamp``). ``baseline``: it fills the archive
    and is no news. ``evidence`` is JSON: captures by id, and whatever a person needs to judge it.
    """

    kind: str
    site: str
    at: str
    summary: str | None
    article_id: str | None = None
    revision_id: str | None = None
    baseline: bool = False
    evidence: Mapping[str, object] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same for the same event, whenever it is told."""
        whom = self.article_id or f"site:{self.site}"
        # an article is new once, whenever captures from before turn up
        return str(uuid.uuid5(EVENTS, f"{whom}/{self.kind}" if self.kind == "new" else f"{whom}/{self.kind}/{self.at}"))


def announce(db: sqlite3.Connection, event: Event, *, recorded_at: str | None = None) -> bool:
    """Adds an event within a transaction; False if it is there already."""
    row = (event.id, event.site, event.article_id, event.revision_id, event.kind, event.at)
    added = db.execute(
        "INSERT OR IGNORE INTO events (id, site, article_id, revision_id, kind, at, recorded_at, baseline, summary,"
        " evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, recorded_at or timestamp(now()), event.baseline, event.summary, dumps(dict(event.evidence))),
    )
    return added.rowcount > 0


def open_alert(
    db: sqlite3.Connection, site: str | None, kind: str, message: str, evidence: Mapping[str, object]
) -> bool:
    """Opens an alert within a transaction; False if one of that kind is open for the site, which stays as it is.

    ``site``: None where the alert is about the archive itself.
    """
    is_open = "SELECT 1 FROM alerts WHERE site IS ? AND kind = ? AND closed IS NULL"
    if db.execute(is_open, (site, kind)).fetchone() is not None:
        return False
    opened = timestamp(now())
    identifier = str(uuid.uuid5(_ALERTS, f"{site}/{kind}/{opened}"))
    db.execute(
        "INSERT INTO alerts (id, site, kind, opened, message, evidence) VALUES (?, ?, ?, ?, ?, ?)",
        (identifier, site, kind, opened, message, dumps(dict(evidence))),
    )
    return True


def close_alert(db: sqlite3.Connection, site: str | None, kind: str) -> bool:
    """Closes the open alert of that kind within a transaction; False if there is none."""
    closed = "UPDATE alerts SET closed = ? WHERE site IS ? AND kind = ? AND closed IS NULL"
    return db.execute(closed, (timestamp(now()), site, kind)).rowcount > 0
