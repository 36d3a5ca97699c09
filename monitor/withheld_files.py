"""What the captures of a withheld article say, of which the archive has no word: read from their records."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crawler.archive import Archive, Prepared
from crawler.ingest import PAGES, VAGUE
from crawler.rereading import stored
from crawler.sealing import WITHHELD, seal_files
from crawler.site import Site
from monitor.rebuilding_parts import whose
from monitor.reextracting import read_again

_SEALED = "SELECT id FROM captures WHERE quality = ? AND quality_reason = ? AND record_type <> 'revisit'"


def said_by(
    archive: Archive, sites: Mapping[str, Site], article_id: str, slug: str, *, warc_dir: Path | None = None
) -> list[Prepared]:
    """The pages of a withheld article of the site ``slug``, as today's rules read them; those that can be read.

    ``warc_dir``: where the records are, if not in the archive's own directory.
    """
    ids = [i for (i,) in archive.connection.execute(_SEALED, (WITHHELD, article_id))]
    pages = [c for c in stored(archive.connection, ids) if (c.media_type or "") in PAGES | VAGUE]
    read = read_again(warc_dir or archive.warc_dir, [(page, whose(sites, slug, page.url)) for page in pages])
    return [p for p in read if not isinstance(p, str) and p.reading is not None]


def seal_listed(
    archive: Archive, sites: Mapping[str, Site], article_id: str, slug: str, *, warc_dir: Path | None = None
) -> None:
    """Puts under seal the pictures and files that any capture of a withheld article lists, and no other article does.

    Of the newest capture the archive knew them; whose picture has another address since is no other version.
    Within the transaction that seals the article.
    """
    with archive.writing() as db:
        for p in said_by(archive, sites, article_id, slug, warc_dir=warc_dir):
            seal_files(db, p, article_id)
