"""What the sites list against what the archive holds, and why the rest is missing: the archive's views, in words."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from crawler.archive import Archive
from crawler.errors import InputError
from crawler.tally import REASONS

#: Why something that is listed is no article in the archive: as ``missing_articles`` has it, and as it is told.
MISSING = {
    "waiting": "not fetched yet",
    "failed": "gave no answer so far",
    "refused": "may not be fetched",
    "gone": "gone before it was fetched",
    "no_article": "no article",
    "unknown": "listed before reasons were noted",
}

_WHY = """
SELECT site, section, reason, detail, count(*) FROM missing_articles GROUP BY site, section, reason, detail
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionCoverage:
    """How much of what a section lists is in the archive, as ``luutin status --coverage --json`` shows it.

    ``listing_total`` is what the listing says of itself; ``not_listed_yet`` what of that no crawl has seen listed.
    ``months`` are the publisher's; ``reasons`` are codes, ``failed: no_answer``.
    """

    site: str
    section: str
    listed: int
    held: int
    missing: int
    listing_total: int | None
    not_listed_yet: int
    percent: float
    reasons: dict[str, int] = field(default_factory=dict)
    months: list[dict[str, object]] = field(default_factory=list)


def coverage(data: Path, sites: Collection[str] = ()) -> list[SectionCoverage]:
    """The sections of some sites, or of all. Raises InputError where the archive does not know yet."""
    if not (data / "archive.db").is_file():
        return []
    with closing(Archive(data, read_only=True)) as archive:
        db = archive.connection
        if not is_known(db):
            raise InputError(f"{archive.path} was made by an older Lưu Tin: the next crawl brings it up to date.")
        reasons: dict[tuple[str, str], Counter[str]] = {}
        for site, section, reason, detail, count in db.execute(_WHY):
            told = f"{reason}: {detail}" if detail else reason
            reasons.setdefault((site, section), Counter())[told] += count
        months: dict[tuple[str, str], list[dict[str, object]]] = {}
        for row in db.execute("SELECT * FROM coverage_by_month"):
            month = {key: row[key] for key in ("month", "listed", "held", "missing")}
            months.setdefault((row["site"], row["section"]), []).append(month)
        return [
            SectionCoverage(
                **dict(row),
                reasons=dict(reasons.get((row["site"], row["section"]), {})),
                months=months.get((row["site"], row["section"]), []),
            )
            for row in db.execute("SELECT * FROM coverage")
            if not sites or row["site"] in sites
        ]


def is_known(db: sqlite3.Connection) -> bool:
    """Whether the archive has the views: one that an older version made has them after its next crawl."""
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'coverage'").fetchone() is not None


def percents(db: sqlite3.Connection) -> dict[str, float]:
    """The share of what is listed that the archive holds, of each site whose listings were read, in percent."""
    if not is_known(db):
        return {}
    query = "SELECT site, round(100.0 * sum(held) / sum(max(listed, coalesce(listing_total, 0))), 1) FROM coverage"
    return dict(db.execute(f"{query} GROUP BY site").fetchall())


def in_words(reason: str) -> str:
    """``failed: no_answer`` as a person reads it: ``gave no answer so far (no answer)``."""
    code, _, detail = reason.partition(": ")
    return f"{MISSING.get(code, code)} ({REASONS.get(detail, detail)})" if detail else MISSING.get(code, code)
