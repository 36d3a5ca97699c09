"""Articles withheld for a reason, and given back when that has ended: by a person, or by the day that was named."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.archive import Archive
from crawler.clock import now, timestamp
from crawler.errors import InputError, StorageError
from crawler.journaling import PREFIX, Change, changes_in
from crawler.rereading import Changes, stored
from crawler.sealing import WITHHELD
from crawler.site import Site
from crawler.withholding import TOLD, Withholding, forget_texts, give_back, unsaid
from crawler.withholding import withhold as put_under_seal
from monitor.reextracting import read_again
from spiders import undeclared

logger = logging.getLogger(__name__)

#: Times that the journal is written before an article is sealed; a crawl may note something new of it in between.
_ATTEMPTS = 10

#: Pages of the search index that are merged at once, some 16 MB: a crawl waits for the lock less than a second.
MERGED = 4_000

_DUE = "UPDATE withheld SET lifted = ?1, lifted_by = 'until' WHERE lifted IS NULL AND until <= ?1 RETURNING article_id"
_LIFT = "UPDATE withheld SET lifted = ?, lifted_by = ? WHERE article_id = ? AND lifted IS NULL RETURNING id"
# Lifted, but their captures are still under seal: this was cut short, or is to be done now.
_OWED = (
    "SELECT DISTINCT quality_reason FROM captures WHERE quality = ? AND quality_reason NOT IN"
    " (SELECT article_id FROM withheld WHERE lifted IS NULL)"
)
_SEALED = "SELECT id FROM captures WHERE quality = ? AND quality_reason = ?"
_LAST = "SELECT site, journal_seq FROM withheld WHERE article_id = ? ORDER BY since DESC LIMIT 1"


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


def withhold(archive: Archive, article_id: str, *, reason: str, by: str, until: datetime | None = None) -> Withholding:
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
        with archive.writing() as db:
            if put_under_seal(db, what):
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
    """Gives an article back. Raises InputError where it is not withheld or a record of it cannot be read."""
    with archive.writing() as db:
        if db.execute(_LIFT, (timestamp(now()), by, article_id)).fetchone() is None:
            raise InputError(f"The article {article_id} is not withheld: luutin withhold lists what is.")
    give_back_what_is_owed(archive, sites)


def end_embargoes(archive: Archive, sites: Mapping[str, Site]) -> None:
    """What a night does first: ``give_back_what_is_due``; what cannot be given back is logged and tried again.

    Raises StorageError, LockedError.
    """
    try:
        give_back_what_is_due(archive, sites)
    except InputError as error:
        logger.error("%s", error)


def give_back_what_is_due(archive: Archive, sites: Mapping[str, Site]) -> list[str]:
    """Gives back what was withheld until now, and what a kill kept from being given back; returns their ids."""
    with archive.writing() as db:
        db.execute(_DUE, (timestamp(now()),)).fetchall()
    return give_back_what_is_owed(archive, sites)


def give_back_what_is_owed(archive: Archive, sites: Mapping[str, Site]) -> list[str]:
    """Reads the captures of lifted articles again, and puts back what the journal says of them; returns their ids."""
    owed = [article_id for (article_id,) in archive.connection.execute(_OWED, (WITHHELD,)).fetchall()]
    for article_id in owed:
        site, upto = archive.connection.execute(_LAST, (article_id,)).fetchone()
        ids = [i for (i,) in archive.connection.execute(_SEALED, (WITHHELD, article_id)).fetchall()]
        work = [(capture, _declared(sites, site, capture.url)) for capture in stored(archive.connection, ids)]
        read = read_again(archive.warc_dir, work)
        if unreadable := next((why for why in read if isinstance(why, str)), None):
            raise InputError(f"The article {article_id} cannot be given back yet: {unreadable}")
        captures = [(one, p) for (one, _), p in zip(work, read, strict=True) if not isinstance(p, str)]
        said = list(_said(archive, article_id, upto))
        with archive.writing() as db:
            archive.reread(site, captures, Changes(), read_again=lambda _: None)
            give_back(db, article_id, site, said)
        logger.info("%s: the article %s is shown again", site, article_id)
    if owed:
        archive.study()
    archive.write_journal()
    return owed


def _declared(sites: Mapping[str, Site], slug: str, url: str) -> Site:
    """How a capture of a site is read. Raises InputError where nobody declares that any more."""
    site = sites.get(slug) or undeclared(f"http://{urlsplit(url).netloc}/")
    if site.slug != slug:
        raise InputError(
            f"The site {slug} is declared no more, so that its pages cannot be read: declare it again in spiders/ or"
            " luutin.toml; until then its articles stay withheld."
        )
    return site


def _said(archive: Archive, article_id: str, upto: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows that the journal has of an article, as they were when it was sealed, in an order to put back."""
    last: dict[tuple[str, str], Change] = {}
    for path in sorted(archive.warc_dir.glob(f"{PREFIX}-*.warc.gz*")):
        for change in changes_in(path):
            name = (change.table, str(change.name))
            if change.table in TOLD and change.seq <= upto and (name not in last or last[name].seq < change.seq):
                last[name] = change
    events: set[str] = set()
    for table in TOLD:
        for change in (c for (of, _), c in sorted(last.items()) if of == table):
            for row in change.rows:
                if row.get("article_id") == article_id or (table == "deliveries" and row["event_id"] in events):
                    events |= {row["id"]} if table == "events" else set()
                    yield table, dict(row)
