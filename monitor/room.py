"""How much room an archive takes, and how much it will: what the last weeks wrote, by site and kind."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from crawler.archive import Archive
from crawler.clock import now, timestamp

#: What the last weeks wrote: four, so that each has as many Mondays as Sundays.
WINDOW = timedelta(days=28)

#: Days of a month, on average.
MONTH = 30.44

#: Nights below which a forecast is called rough: a week has quiet days and busy ones.
ENOUGH = 7

#: Bytes in ``warc/`` for each capture besides its record: its request. Measured on a demo's archive (1,330 captures).
REQUEST = 490

#: Bytes in archive.db for each capture, with indexes. Measured there by dbstat; what the file has more is of texts.
ROW = 1_500

#: Kinds of what is kept; ``requisites`` are files that no article lists (style sheets, layout images).
KINDS = ("pages", "images", "attachments", "requisites", "database")

# Since when a site's nights are nights: what comes before the first complete crawl fills the archive, once.
_SETTLED = "SELECT min(finished) FROM crawls WHERE site = ? AND outcome = 'complete'"
_NIGHTS = "SELECT count(DISTINCT substr(started, 1, 10)) FROM crawls WHERE site = ? AND started > ? AND captures > 0"
_WRITTEN = """
SELECT CASE WHEN quality = 'file' THEN coalesce(
           (SELECT kind || 's' FROM attachments WHERE attachments.url_key = captures.url_key LIMIT 1),
           CASE WHEN media_type = 'text/plain' THEN 'pages' ELSE 'requisites' END) ELSE 'pages' END AS kind,
       sum(warc_length) AS bytes, count(*) AS captures
FROM captures WHERE site = ? AND memento_datetime > ? AND crawl_id IS NOT NULL GROUP BY 1
"""
_TEXTS = """
SELECT count(*) FROM revisions JOIN articles ON articles.id = revisions.article_id
WHERE revisions.memento_datetime > ? AND articles.site = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRoom:
    """What a site's nights write. ``a_month`` is in bytes, by kind; empty where there is nothing to judge by."""

    site: str
    nights: int  # that this is judged by
    days: float  # that they lie in
    a_month: dict[str, int] = field(default_factory=dict)

    @property
    def sum(self) -> int:
        """Bytes a month, of all kinds."""
        return sum(self.a_month.values())

    @property
    def judged_by(self) -> str:
        """How much the forecast is worth, in words."""
        if not self.a_month:
            return "no night since its first complete crawl, in the last four weeks"
        rough = ", so that it is rough" if self.nights < ENOUGH else ""
        return f"{self.nights} night{'s' if self.nights != 1 else ''} in {max(1, round(self.days))} days{rough}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What an archive takes on its disk, in bytes, and what it will take."""

    warc: int
    database: int
    attachments: int
    free: int
    sites: Sequence[SiteRoom]

    @property
    def a_month(self) -> int:
        """Bytes a month, of all sites that can be judged."""
        return sum(site.sum for site in self.sites)

    @property
    def months_left(self) -> float | None:
        """Until the disk is full at that pace; None where nothing is written, or nothing is known."""
        return self.free / self.a_month if self.a_month else None


def room(data: Path) -> Room:
    """The room of the archive in ``data``; its forecast for all sites that ever had a crawl."""
    with closing(Archive(data, read_only=True)) as archive:
        db = archive.connection
        database = sum(path.stat().st_size for path in (archive.path, *data.glob("archive.db-wal")))
        captures, texts = db.execute("SELECT (SELECT count(*) FROM captures), (SELECT count(*) FROM texts)").fetchone()
        text = max(0, database - ROW * captures) / texts if texts else 0.0
        crawled = [slug for (slug,) in db.execute("SELECT DISTINCT site FROM crawls ORDER BY site")]
        sites = [_forecast(db, slug, text) for slug in crawled]
    return Room(
        warc=_size(data / "warc"),
        database=database,
        attachments=_size(data / "attachments"),
        free=shutil.disk_usage(data).free,
        sites=sites,
    )


def _forecast(db: sqlite3.Connection, slug: str, text: float) -> SiteRoom:
    """What a site's nights come to in a month; ``text`` is what a text takes in the database, in bytes."""
    settled = db.execute(_SETTLED, (slug,)).fetchone()[0]
    begin = max(datetime.fromisoformat(settled), now() - WINDOW) if settled else now()
    since = timestamp(begin)
    nights = db.execute(_NIGHTS, (slug, since)).fetchone()[0]
    # The night that is just over stands for a day: a site with one night since has not had its month in an hour.
    days = max((now() - begin) / timedelta(days=1), float(nights))
    if not nights:
        return SiteRoom(site=slug, nights=0, days=days)
    rows = db.execute(_WRITTEN, (slug, since)).fetchall()
    written = dict.fromkeys(KINDS, 0.0) | {r["kind"]: r["bytes"] + REQUEST * r["captures"] for r in rows}
    texts = db.execute(_TEXTS, (since, slug)).fetchone()[0]
    written["database"] = ROW * sum(r["captures"] for r in rows) + text * texts
    a_month = {kind: round(count * MONTH / days) for kind, count in written.items()}
    return SiteRoom(site=slug, nights=nights, days=days, a_month=a_month)


def _size(directory: Path) -> int:
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # sealed, and so renamed, in this moment
            continue
    return total
