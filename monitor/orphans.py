"""Captures that are in WARC files and not in ``archive.db``, of a process that was killed, put there after all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from crawler.archive import Archive
from crawler.config import Config
from crawler.warc import Capture
from crawler.warc_read import read_on
from crawler.warc_walk import about
from monitor.rebuilding_parts import Part, Reader, whose


def index(archive: Archive, config: Config, orphans: Iterable[tuple[str, int]]) -> int:
    """Stores the captures at these places (file, offset) as their crawl would have; returns how many there were.

    Those of no crawl that the archive knows go to the site of their host, as an import. Raises StorageError,
    LockedError, OSError.
    """
    reader = Reader(archive.warc_dir, Path(":memory:"), config)
    places: defaultdict[str, set[int]] = defaultdict(set)
    for file, offset in orphans:
        places[file].add(offset)
    stored = 0
    for file, offsets in places.items():
        crawl = about(archive.warc_dir / file).get("isPartOf", "")
        row = archive.connection.execute("SELECT site FROM crawls WHERE id = ?", (crawl,)).fetchone()
        part = Part(file, 0, crawl, row["site"]) if row else Part(file, 0, None, None)
        for capture in read_on(archive.warc_dir / file, file, 0):
            if isinstance(capture, Capture) and capture.location.offset in offsets:
                p = reader.prepared(capture, part)
                archive.upsert_sites([whose(reader.sites, p.site, p.url)])
                outcome = archive.store([replace(p, follow=())], baseline=archive.is_first_crawl(p.site))
                stored += outcome[0].kind != "known"
    return stored
