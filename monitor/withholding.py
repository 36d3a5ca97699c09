"""Articles withheld for a reason, and given back when that has ended: by a person, or by the day that was named."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from crawler.archive import Archive, Prepared
from crawler.clock import now, timestamp
from crawler.errors import InputError, StorageError
from crawler.journaling import PREFIX, Change, changes_in
from crawler.rereading import Changes, Stored, stored
from crawler.sealing import WITHHELD, give_out
from crawler.site import Site
from crawler.warc import Skipped
from crawler.withholding import TOLD, Withholding, forget_texts, give_back, unsaid
from crawler.withholding import withhold as put_under_seal
from monitor.reextracting import declared, read_again
from monitor.withheld_files import pages_of, said_by, seal_listed

logger = logging.getLogger(__name__)

#: Times that the journal is written before an article is sealed; a crawl may note something new of it in between.
_ATTEMPTS = 10

#: Pages of the search index that are merged at once, some 16 MB: a crawl waits for the lock less than a second.
MERGED = 4_000

_WITHHELD = "SELECT site, journal_seq FROM withheld WHERE article_id = ? AND lifted IS NULL"
_LIFT = "UPDATE withheld SET lifted = ?, lifted_by = ? WHERE article_id = ? AND lifted IS NULL"
_SEALED = "SELECT id FROM captures WHERE quality = ? AND quality_reason = ? ORDER BY id"


def listed(archive: Archive) -> list[dict[str, Any]]:
    """What is withheld now, the newest first; times as stored."""
    query = (
        "SELECT article_id, site, since, until, reason, by FROM withheld WHERE lifted IS NULL ORDER BY since DESC, id"
    )
    return [dict(row) for row in archive.connection.execute(query)]


def copies_of(archive: Archive, article_id: str) -> list[tuple[str, str]]:
    """(id, URL) of the other articles that have an article's text, which a seal on it leaves as they are."""
    query = (
        "SELECT id, url FROM articles WHERE id <> ?1"
        " AND text_digest = (SELECT text_digest FROM articles WHERE id = ?1 AND word_count > 0) ORDER BY id"
    )
    return [tuple(row) for row in archive.connection.execute(query, (article_id,))]


def withhold(
    archive: Archive, article_id: str, sites: Mapping[str, Site], *, reason: str, by: str, until: datetime | None = None
) -> Withholding:
    """Puts an article under seal: gone from tables, pages, search, feeds and exports, kept in its WARC records.

    ``until`` (aware): when it is given back by itself. Raises InputError where there is no such article, it is withheld
    already, or ``until`` is past; StorageError where the journal cannot be written before.
    """
    if until is not None and until <= now():
        raise InputError(f"--until {until:%Y-%m-%d} has passed: name a later day, or leave it out for no end.")
    connection = archive.connection
    if connection.execute("SELECT 1 FROM withheld WHERE article_id = ? AND lifted IS NULL", (article_id,)).fetchone():
        raise InputError(f"The article {article_id} is withheld already: luutin withhold lists what is.")
    row = connection.execute("SELECT site FROM articles WHERE id = ?", (article_id,)).fetchone()
    if row is None:
        raise InputError(f"There is no article {article_id}: its id stands on its page, below its dates.")
    what = Withholding(
        article_id=article_id,
        site=row["site"],
        since=timestamp(now()),
        until=timestamp(until) if until else None,
        reason=reason,
        by=by,
    )
    connection.execute("PRAGMA secure_delete = ON")  # what was deleted is overwritten, not left in free pages
    for _ in range(_ATTEMPTS):
        archive.write_journal()  # what is deleted next comes back from there
        pages = pages_of(connection, article_id)
        said = said_by(archive, sites, pages, what.site)  # before the lock: there may be hundreds
        with archive.writing() as db:
            if pages_of(db, article_id) == pages and put_under_seal(db, what):
                seal_listed(db, said, article_id)
                break
    else:
        raise StorageError(f"{article_id} is written to all the time: withhold it when its site's crawl is over.")
    archive.study()
    texts = unsaid(connection)  # seconds in a large archive, without the lock
    with archive.writing() as db:
        forget_texts(db, texts)
    _forget_words(archive)
    archive.write_journal()
    return what


def _forget_words(archive: Archive) -> None:
    """Merges the search index into one part: its older parts still spell the words of what was taken out of it."""
    pages = -MERGED  # below 0 it begins a merge of all parts, above it goes on with it
    while True:
        with archive.writing() as db:
            before = db.total_changes
            db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('merge', ?)", (pages,))
            if db.total_changes - before < 2:  # how FTS5 says that nothing was left to do
                break
        pages = MERGED
    archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # or old pages stay there


def release(archive: Archive, article_id: str, sites: Mapping[str, Site], *, by: str) -> None:
    """Gives an article back: its captures are read again, and what the journal says of it comes back, all at once.

    Raises InputError where it is not withheld, its site is declared no more, or a record of it or of the journal cannot
    be read; it then stays withheld.
    """
    row = archive.connection.execute(_WITHHELD, (article_id,)).fetchone()
    if row is None:
        raise InputError(f"The article {article_id} is not withheld: luutin withhold lists what is.")
    said = list(_said(archive, article_id, row["journal_seq"]))
    for _ in range(_ATTEMPTS):
        sealed = _sealed(archive, article_id)
        captures = _read_again(archive, sites, row["site"], sealed)
        with archive.writing() as db:
            if _sealed(archive, article_id) != sealed:  # a crawl met it meanwhile
                continue
            db.execute(_LIFT, (timestamp(now()), by, article_id))
            give_out(db, article_id, row["site"])
            archive.reread(row["site"], captures, Changes(), read_again=lambda _: None)
            give_back(db, article_id, row["site"], said)
            break
    else:
        raise StorageError(f"{article_id} is met all the time: release it when its site's crawl is over.")
    archive.study()
    archive.write_journal()


def end_embargoes(archive: Archive, sites: Mapping[str, Site]) -> list[str]:
    """What a night does first: gives back what was withheld until now; returns the ids.

    What cannot be given back is logged, and tried again the next night. Raises StorageError, LockedError.
    """
    due = "SELECT article_id FROM withheld WHERE lifted IS NULL AND until <= ? ORDER BY until, article_id"
    ended = []
    for (article_id,) in archive.connection.execute(due, (timestamp(now()),)).fetchall():
        try:
            release(archive, article_id, sites, by="until")
        except InputError as error:
            logger.error("The embargo of %s is over, but it stays withheld: %s", article_id, error)
        else:
            logger.info("The embargo of %s is over; it is shown again", article_id)
            ended.append(article_id)
    return ended


def _sealed(archive: Archive, article_id: str) -> list[str]:
    """The ids of an article's captures under seal."""
    return [i for (i,) in archive.connection.execute(_SEALED, (WITHHELD, article_id))]


def _read_again(
    archive: Archive, sites: Mapping[str, Site], slug: str, ids: Sequence[str]
) -> list[tuple[Stored, Prepared]]:
    """Captures of a site as today's rules read them. Raises InputError for one that cannot be read."""
    work = []
    for capture in stored(archive.connection, ids):
        site = declared(sites, slug, capture.url)
        if site is None:
            raise InputError(
                f"The site {slug} is declared no more, so that its pages cannot be read: declare it again in spiders/"
                " or luutin.toml; until then its articles stay withheld."
            )
        work.append((capture, site))
    captures = []
    for (capture, _), read in zip(work, read_again(archive.warc_dir, work), strict=True):
        if isinstance(read, str):
            raise InputError(f"A capture under seal cannot be read, so that its article stays withheld: {read}")
        captures.append((capture, read))
    return captures


def _said(archive: Archive, article_id: str, upto: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows that the journal has of an article, as they were when it was sealed, in an order to put back.

    Raises InputError where damage may have taken some of them.
    """
    last: dict[tuple[str, str], Change] = {}
    for path in sorted(archive.warc_dir.glob(f"{PREFIX}-*.warc.gz*")):
        damaged, of_then = False, set()
        for found in changes_in(path):
            if isinstance(found, Skipped):
                damaged = True
                continue
            of_then.add(found.seq <= upto)
            name = (found.table, str(found.name))
            if found.table in TOLD and found.seq <= upto and (name not in last or last[name].seq < found.seq):
                last[name] = found
        if damaged and of_then != {False}:  # what was written when it was sealed already has nothing of it
            raise InputError(
                f"{path} is damaged and may hold what was said of {article_id}, which therefore stays withheld: bring"
                " the file back from a backup, or, to give up what it said, move it out of warc/."
            )
    events: set[str] = set()
    for table in TOLD:
        for change in (c for (of, _), c in sorted(last.items()) if of == table):
            for row in change.rows:
                if row.get("article_id") == article_id or (table == "deliveries" and row["event_id"] in events):
                    events |= {row["id"]} if table == "events" else set()
                    yield table, dict(row)
