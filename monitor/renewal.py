"""Before a crawl: what was stored under older rules is read again, so that edits are told when they are seen.

A crawl announces an edit only where both captures were read by the same rules. After an update of the program, or of a
site's declaration, the first edit of each article would otherwise be stored but not told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from threading import Event

from crawler.archive import Archive
from crawler.ingest import extractor_version
from crawler.site import Site
from monitor.reextracting import Reextraction

logger = logging.getLogger(__name__)

#: Seconds that reading again may take before a crawl; a million captures take some nights, or ``luutin reextract``.
LONGEST = 3600.0

_BY = "SELECT rules FROM _read_by WHERE site = ?"
_ALL_READ = "INSERT INTO _read_by (site, rules) VALUES (?, ?) ON CONFLICT DO UPDATE SET rules = excluded.rules"


class _EnoughError(Exception):
    """Ends reading before it is done; what was read is kept, and not read a second time."""


def renew(archive: Archive, sites: Iterable[Site], stop: Event) -> None:
    """Reads stored captures of ``sites`` again that were read by other rules than today's, for an hour at most.

    Costs one look where a site's were all read by today's. Raises StorageError, LockedError.
    """
    deadline = time.monotonic() + LONGEST

    def go_on(_site: str, _done: int, _wanted: int) -> None:
        if stop.is_set() or time.monotonic() >= deadline:
            raise _EnoughError

    for site in sites:
        rules = extractor_version(site)
        found = archive.connection.execute(_BY, (site.slug,)).fetchone()
        if found is not None and found["rules"] == rules:
            continue
        archive.upsert_sites([site])
        try:
            with Reextraction(archive, {site.slug: site}, jobs=1) as reextraction:
                read = reextraction.read(site.slug, go_on)
        except _EnoughError:
            logger.warning("%s: not all pages were read again by today's rules; the next night goes on", site.slug)
            return
        if read.wanted:
            logger.info("%s: %d pages read again by today's rules", site.slug, read.wanted)
        with archive.writing() as db:
            db.execute(_ALL_READ, (site.slug, rules))
