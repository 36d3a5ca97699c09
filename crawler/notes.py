"""Curators' notes on the collection, a site or an article: a journal, superseded and never rewritten."""

from __future__ import annotations

import sqlite3
import uuid

from crawler.clock import now, timestamp
from crawler.errors import InputError

#: Longest note, in characters: some pages. What is longer is a document of its own and is linked.
LONGEST = 10_000

#: Ids of notes are UUIDs, version 5, of what was said by whom, about what and when: replayed, a note is the same note.
_NOTES = uuid.UUID("7c0c8f5e-1f0d-5f7f-9d5b-2f6f0a9f9e31")

_NOTE = (
    "SELECT site, article_id, EXISTS (SELECT 1 FROM notes AS n WHERE n.supersedes = notes.id) FROM notes WHERE id = ?"
)


def add_note(
    db: sqlite3.Connection,
    *,
    by: str,
    text: str,
    site: str | None = None,
    article_id: str | None = None,
    supersedes: str | None = None,
) -> str:
    """Adds a note within a transaction and returns its id.

    About an article (with its ``site``), a site, or without either about the whole collection. ``text`` is plain,
    paragraphs divided by empty lines; an empty one takes back the note that it ``supersedes``. Raises InputError where
    nothing is said, too much, or what it supersedes is no note on the same or was superseded meanwhile.
    """
    if len(text) > LONGEST:
        raise InputError(f"A note has at most {LONGEST} characters, this one has {len(text)}: shorten it.")
    if supersedes is None and not text:
        raise InputError("The note is empty: write something, or leave it.")
    if supersedes is not None:
        row = db.execute(_NOTE, (supersedes,)).fetchone()
        if row is None or (row[0], row[1]) != (site, article_id):
            raise InputError("The note to be replaced is not there: reload the page.")
        if row[2]:
            raise InputError("Somebody has replaced this note meanwhile: reload the page and write again.")
    at = timestamp(now())
    about = f"{site or ''}/{article_id or ''}/{at}/{by}/{supersedes or ''}/{text}"
    identifier = str(uuid.uuid5(_NOTES, about))
    db.execute(
        "INSERT OR IGNORE INTO notes (id, at, site, article_id, by, text, supersedes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (identifier, at, site, article_id, by, text, supersedes),
    )
    return identifier
