"""Which articles are withheld, and what a capture of one is stored as: its record kept, nothing of it read."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from crawler.placing import Prepared

#: The quality of a capture that shows an article which may not be shown; ``quality_reason`` is the article's id.
WITHHELD = "withheld"


def sealed(db: sqlite3.Connection) -> frozenset[str]:
    """The ids of the articles that are withheld now."""
    return frozenset(i for (i,) in db.execute("SELECT article_id FROM withheld WHERE lifted IS NULL"))


def seal(p: Prepared) -> Prepared:
    """A capture of a withheld article as the archive may hold it."""
    return replace(
        p,
        quality=WITHHELD,
        quality_reason=p.article_id,
        article_id=None,
        reading=None,
        body="",
        canonical_url=None,
        canonical_key=None,
        read_as=None,
        follow=(),
    )
