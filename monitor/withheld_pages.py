"""Looks into the pages of sites that withhold an article: the records of those that name it are kept back, the others
are given out again. What nobody has looked into yet is kept back, too, so that nothing is let out in between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from crawler.archive import Archive
from crawler.config import Config
from crawler.errors import InputError
from crawler.ingest import PAGES, VAGUE
from crawler.naming import Marks, marks, named
from crawler.rereading import stored
from crawler.sealing import IS_ITS_OWN, WITHHELD, keep_back, let_go
from crawler.site import Site
from crawler.warc import Location, load
from monitor.readers import Readers, cores
from monitor.rebuilding_parts import whose
from monitor.reextracting import read_again
from spiders import registry

#: Pages that are looked into, and told of in one transaction, at once.
BATCH = 100

#: So many pages are worth processes of their own, which take a second or two to begin.
WORTH_PROCESSES = 2_000

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it is done, and how much there is."""

Page = tuple[str, Location | None, tuple[str, ...]]
"""A payload's digest, where it lies (None: nowhere but under seal), and at which addresses it was met."""

_Pages = Sequence[Page]
_Found = list[set[str] | None]

_SITES = "SELECT DISTINCT site FROM withheld WHERE lifted IS NULL ORDER BY site"
_ARTICLES = (
    "SELECT withheld.article_id, known FROM withheld LEFT JOIN _withheld_known USING (article_id)"
    " WHERE site = ? AND lifted IS NULL ORDER BY withheld.article_id"
)
_HOME = "SELECT home_url FROM sites WHERE slug = ?"
_SEALED = "SELECT id FROM captures WHERE quality = ? AND quality_reason = ? AND record_type <> 'revisit'"
_ADDRESSES = "SELECT DISTINCT url_key FROM captures WHERE quality = ? AND quality_reason = ?"
_LED_TO = "SELECT url_key FROM captures WHERE redirect_to = ?"
_WAITING = "FROM _withheld_pages WHERE site = ? AND article_id = ''"
_HELD = (
    "SELECT url, warc_file, warc_offset, warc_length FROM captures WHERE payload_digest = ? AND +site = ?"
    " AND quality <> ? AND record_type <> 'revisit' ORDER BY memento_datetime, url_key"
)
_NAMING = (
    "SELECT count(*) FROM captures WHERE payload_digest IN"  # noqa: S608
    f" (SELECT payload_digest FROM _withheld_pages WHERE article_id = ?) AND NOT {IS_ITS_OWN}"
)


class _OthersError(Exception):
    """Other articles are withheld than those that pages were looked through for, or more is known of them."""


def look(
    archive: Archive,
    config: Config,
    moved: Progress = lambda _w, _d, _a: None,
    *,
    warc_dir: Path | None = None,
    jobs: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Looks into all pages that wait for it; returns how many. Each transaction is short; a kill loses nothing.

    For the end of everything that stores captures, before the index for replay is written. ``warc_dir``: where the
    records are, if not in the archive's own directory; ``jobs``: processes, where there is much to look into. What
    cannot be read goes on waiting, and so does what ``stop`` cuts off. Raises StorageError, LockedError.
    """
    slugs = [slug for (slug,) in archive.connection.execute(_SITES)]
    sites = registry(config) if slugs else {}
    looked = 0
    for slug in slugs:
        while True:
            work = _Looking(archive, warc_dir or archive.warc_dir, sites, slug)
            try:
                looked += work.run(moved, jobs or cores(), stop)
                break
            except _OthersError:
                continue
    return looked


def naming(archive: Archive, article_id: str) -> int:
    """How many captures of other pages name a withheld article, so that their records are kept back."""
    count: int = archive.connection.execute(_NAMING, (article_id,)).fetchone()[0]
    return count


def waiting(archive: Archive) -> int:
    """How many pages nobody could look into yet."""
    query = "SELECT count(DISTINCT payload_digest) FROM _withheld_pages WHERE article_id = ''"
    count: int = archive.connection.execute(query).fetchone()[0]
    return count


class _Looking:
    """One look into the pages of a site."""

    def __init__(self, archive: Archive, directory: Path, sites: Mapping[str, Site], slug: str) -> None:
        self._archive, self._db, self._directory = archive, archive.connection, directory
        self._slug, self._site = slug, whose(sites, slug, self._db.execute(_HOME, (slug,)).fetchone()[0])
        self._articles = [self._marks(article_id) for article_id in _withheld(self._db, slug)]

    def run(self, moved: Progress, jobs: int, stop: Callable[[], bool]) -> int:
        """Looks into what waits; returns how much. Raises _OthersError."""
        self._wait_again()
        total = self._db.execute(f"SELECT count(*) {_WAITING}", (self._slug,)).fetchone()[0]
        look = partial(named_in, self._directory, self._site, self._articles)
        jobs = jobs if total > WORTH_PROCESSES else 1
        looked = done = 0
        with Readers[_Pages, _Found, _Pages](look, jobs=jobs, doing="looked into pages") as readers:
            work = chain.from_iterable(readers.put(pages, pages) for pages in self._pages())
            for pages, found in chain(work, readers.rest()):
                if stop():
                    break
                looked, done = looked + self._tell(pages, found), done + len(pages)
                moved(f"pages of {self._slug}", done, total)
        return looked

    def _marks(self, article_id: str) -> Marks:
        """By what an article under seal is known: its addresses, those that led there, and its headlines."""
        sealed = [i for (i,) in self._db.execute(_SEALED, (WITHHELD, article_id))]
        pages = [c for c in stored(self._db, sealed) if (c.media_type or "") in PAGES | VAGUE]
        again = read_again(self._directory, [(capture, self._site) for capture in pages])
        read = [p for p in again if not isinstance(p, str)]
        keys = {key for (key,) in self._db.execute(_ADDRESSES, (WITHHELD, article_id))}
        waiting = list(keys := keys | {p.canonical_key for p in read if p.canonical_key})
        while waiting:
            led = {key for (key,) in self._db.execute(_LED_TO, (waiting.pop(),))} - keys
            waiting += led
            keys |= led
        return marks(article_id, keys, [p.reading.headline or "" for p in read if p.reading])

    def _wait_again(self) -> None:
        """Where articles are known by more than before, all pages of the site are looked through anew."""
        with self._archive.writing() as db:
            known = _withheld(db, self._slug)
            if known.keys() != {a.article_id for a in self._articles}:
                raise _OthersError
            if any(known[a.article_id] not in (None, a.digest) for a in self._articles):
                db.execute("DELETE FROM _withheld_pages WHERE site = ?", (self._slug,))
                keep_back(db, self._slug)
            let_go(db, self._slug)
            db.executemany(
                "INSERT OR REPLACE INTO _withheld_known (article_id, known) VALUES (?, ?)",
                [(a.article_id, a.digest) for a in self._articles],
            )

    def _pages(self) -> Iterator[list[Page]]:
        """What waits, some at a time."""
        last = ""
        query = f"SELECT payload_digest {_WAITING} AND payload_digest > ? ORDER BY payload_digest LIMIT {BATCH}"
        while waiting := [d for (d,) in self._db.execute(query, (self._slug, last))]:
            last = waiting[-1]
            pages: list[Page] = []
            for digest in waiting:
                held = self._db.execute(_HELD, (digest, self._slug, WITHHELD)).fetchall()
                place = Location(*tuple(held[0])[1:]) if held else None
                pages.append((digest, place, tuple(dict.fromkeys(row["url"] for row in held))))
            yield pages

    def _tell(self, pages: Sequence[Page], found: Sequence[set[str] | None]) -> int:
        """Writes down what was found; returns in how many it could be looked."""
        read = [(digest, of) for (digest, *_), of in zip(pages, found, strict=True) if of is not None]
        with self._archive.writing() as db:
            if _withheld(db, self._slug) != {a.article_id: a.digest for a in self._articles}:
                raise _OthersError
            db.executemany(f"DELETE {_WAITING} AND payload_digest = ?", [(self._slug, d) for d, _ in read])
            db.executemany(
                "INSERT OR IGNORE INTO _withheld_pages (payload_digest, site, article_id) VALUES (?, ?, ?)",
                [(digest, self._slug, article_id) for digest, of in read for article_id in of],
            )
        return len(read)


def _withheld(db: sqlite3.Connection, slug: str) -> dict[str, str | None]:
    """The articles that a site withholds, each with the digest of what the pages were looked through for."""
    return dict(db.execute(_ARTICLES, (slug,)).fetchall())


def named_in(directory: Path, site: Site, articles: Sequence[Marks], pages: _Pages) -> _Found:
    """Which of the articles each page names; None for one that cannot be read. Pure."""
    found: _Found = []
    for _, place, addresses in pages:
        try:
            found.append(named(load(directory, place).payload, addresses, site, articles) if place else set())
        except (InputError, OSError):
            found.append(None)
    return found
