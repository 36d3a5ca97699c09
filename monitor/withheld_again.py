"""What is withheld and comes in under another address: its text on its own site goes under seal as well, and what may
be the same article is named to whoever runs the archive.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from crawler.archive import Archive
from crawler.clock import now, timestamp
from crawler.config import Config
from crawler.naming import MIN_WORDS, words
from crawler.reading import Reading
from monitor.withheld_files import pages_of, said_by, seal_listed
from monitor.withholding import withhold
from spiders import registry

logger = logging.getLogger(__name__)

#: Shorter texts ("Xem file đính kèm") stand in many articles: without the headline they are nobody's own.
OWN_WORDS = 20

_WITHHELD = "SELECT * FROM withheld WHERE lifted IS NULL AND coalesce(until, '9') > ? ORDER BY since, id"
# Not what a person has released.
_CAME_IN = """
SELECT articles.id, articles.site, url, headline, text_digest, word_count, recorded_at
FROM articles JOIN events ON article_id = articles.id AND kind = 'new' AND recorded_at > :since
WHERE (text_digest IN (SELECT value FROM json_each(:texts))
    OR (articles.site = :site AND headline IN (SELECT value FROM json_each(:headlines))))
AND articles.id NOT IN (SELECT article_id FROM withheld) ORDER BY articles.id
"""


def seal_again(archive: Archive, config: Config, begun: datetime) -> list[str]:
    """Puts under seal what has the text of a withheld article and came to its site since; returns the ids.

    For the end of everything that brings articles, before they are told of. Of what came in since ``begun`` it is
    logged, too, what stays: the same text on another site, the same headline on this one. Raises StorageError,
    LockedError.
    """
    sealed = []
    withheld = archive.connection.execute(_WITHHELD, (timestamp(now()),)).fetchall()
    sites = registry(config) if withheld else {}
    for row in withheld:
        pages = pages_of(archive.connection, row["article_id"])
        captures = said_by(archive, sites, pages, row["site"])
        with archive.writing() as db:  # an archive of before knows only the files that were captured
            seal_listed(db, captures, row["article_id"])
        said = [p.reading for p in captures if p.reading is not None]
        known = {
            "texts": json.dumps([reading.text_digest for reading in said]),
            "headlines": json.dumps([reading.headline for reading in said if reading.headline]),
        }
        since = {"site": row["site"], "since": row["since"]}
        for found in archive.connection.execute(_CAME_IN, known | since).fetchall():
            what = _shared(found, row["site"], said)
            if what == "article":
                until = datetime.fromisoformat(row["until"]) if row["until"] else None
                by = f"same text as {row['article_id']}"
                withhold(archive, found["id"], sites, reason=row["reason"], by=by, until=until)
                sealed.append(str(found["id"]))
                told = "The text withheld as %s came in from %s: it is withheld as %s, too"
                logger.warning(told, row["article_id"], found["url"], found["id"])
            elif what and found["recorded_at"] >= timestamp(begun):
                told = "The %s withheld as %s came in from %s: if it is the same article, luutin withhold %s"
                logger.warning(told, what, row["article_id"], found["url"], found["id"])
    return sealed


def _shared(found: sqlite3.Row, site: str, said: Sequence[Reading]) -> Literal["article", "text", "headline", ""]:
    """What an article shares with a withheld one of ``site``."""
    own_text = found["word_count"] >= OWN_WORDS
    of_site = found["site"] == site
    same_text = any(found["text_digest"] == reading.text_digest for reading in said)
    same_headline = of_site and any(found["headline"] == reading.headline for reading in said)
    if same_text and of_site and (own_text or (same_headline and found["word_count"])):
        return "article"
    if same_text and own_text:
        return "text"
    return "headline" if same_headline and len(words(found["headline"] or "").split()) >= MIN_WORDS else ""
