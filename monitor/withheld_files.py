"""What the captures of a withheld article say, of which the archive has no word: read from their records."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from crawler.archive import Archive, Prepared
from crawler.ingest import PAGES, VAGUE
from crawler.rereading import stored
from crawler.sealing import WITHHELD, seal_files
from crawler.site import Site
from monitor.rebuilding_parts import whose
from monitor.reextracting import read_again

_PAGES = (
    "SELECT id FROM captures WHERE (article_id = ?1 AND reading_digest IS NOT NULL"
    " OR quality = ?2 AND quality_reason = ?1) AND record_type <> 'revisit' ORDER BY id"
)


def pages_of(db: sqlite3.Connection, article_id: str) -> list[str]:
    """The ids of an article's captures, under seal or not, with the files that are under seal with it."""
    return [i for (i,) in db.execute(_PAGES, (article_id, WITHHELD))]


def said_by(
    archive: Archive, sites: Mapping[str, Site], ids: Sequence[str], slug: str, *, warc_dir: Path | None = None
) -> list[Prepared]:
    """Those of an article's captures that are pages, as today's rules of the site ``slug`` read them, where they can.

    ``warc_dir``: where the records are, if not in the archive's own directory.
    """
    pages = [c for c in stored(archive.connection, ids) if (c.media_type or "") in PAGES | VAGUE]
    read = read_again(warc_dir or archive.warc_dir, [(page, whose(sites, slug, page.url)) for page in pages])
    return [p for p in read if not isinstance(p, str) and p.reading is not None]


def seal_listed(db: sqlite3.Connection, said: Sequence[Prepared], article_id: str) -> None:
    """Puts under seal the pictures and files that any capture of a withheld article lists, and no other article does.

    Of the newest capture the archive knew them; whose picture has another address since is no other version.
    Within the transaction that seals the article.
    """
    for p in said:
        seal_files(db, p, article_id)
