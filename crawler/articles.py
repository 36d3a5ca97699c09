"""The derived rows: articles, revisions, attachments, the search index, and the events that they give rise to.

Everything here follows from captures (crawler/placing) by crawler/derive; only the difference is written. Events are
the exception: a journal, only ever added to.
"""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from crawler.derive import Fact, Revision, State, derive, fuller_images
from crawler.journal import Event, announce
from crawler.placing import FILE, MISSING, NOT_MODIFIED, PLACED, REDIRECT, Placed
from crawler.reading import Reading
from crawler.search_index import forms, free, place
from crawler.summaries import kept, summary
from crawler.text import text_digest

_READING = ", ".join(f.name for f in fields(Reading))
_COLUMNS_OF = attrgetter(*(f.name for f in fields(Reading)))
_LOAD = (
    "SELECT a.status, a.url, a.url_key, a.first_seen, a.last_seen, a.last_checked, a.last_changed, a.revision_count,"
    " a.current_revision_id, r.memento_datetime AS current_since, r.reading_digest AS current_reading,"
    " a.docid, a.headline, a.text_digest, a.date_published, a.site, a.section, a.author"
    " FROM articles AS a JOIN revisions AS r ON r.id = a.current_revision_id WHERE a.id = ?"
)
_ARTICLE = (
    *("status", "url", "url_key", "first_seen", "last_seen", "last_checked", "last_changed", "revision_count"),
    *("current_revision_id", "section", "headline", "description", "author", "date_published", "word_count"),
    "text_digest",
)
_INSERT_ARTICLE = (
    f"INSERT INTO articles ({', '.join(_ARTICLE)}, id, site, docid) VALUES ({', '.join('?' * (len(_ARTICLE) + 3))})"
)
_UPDATE_ARTICLE = f"UPDATE articles SET {', '.join(f'{c} = ?' for c in _ARTICLE)} WHERE id = ?"
_UPDATE_SEEN = "UPDATE articles SET status = ?, url = ?, url_key = ?, last_seen = ?, last_checked = ? WHERE id = ?"
_REVISION = (
    *("id", "article_id", "capture_id", "memento_datetime", "observed_after", "observed_by", "headline", "description"),
    *("author", "date_published", "section", "text_digest", "content_digest", "reading_digest", "change"),
    *("words_added", "words_removed", "extractor_version"),
)
_UPSERT_REVISION = (
    f"INSERT INTO revisions ({', '.join(_REVISION)}) VALUES ({', '.join('?' * len(_REVISION))})"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _REVISION[1:])}"
)
_FACTS = (
    f"SELECT {PLACED} FROM captures WHERE article_id = ?"
    f" AND (reading_digest IS NOT NULL OR quality IN {(*MISSING, REDIRECT)})"
)
_READ_BEFORE = (
    "SELECT read_as FROM captures WHERE article_id = ? AND memento_datetime < ? AND reading_digest IS NOT NULL"
    f" ORDER BY memento_datetime DESC, quality = '{NOT_MODIFIED}' DESC, payload_digest DESC, url_key DESC LIMIT 1"
)
_OPEN_REMOVAL = (
    "SELECT first_missing, confirmed, decision FROM removals WHERE article_id = ? AND restored IS NULL"
    " ORDER BY first_missing DESC LIMIT 1"
)
_LINK_FILES = (
    "UPDATE attachments SET (capture_id, media_type, content_length, payload_digest) ="
    " (SELECT id, media_type, content_length, payload_digest FROM captures"
    f" WHERE url_key = ?1 AND quality = '{FILE}' ORDER BY memento_datetime DESC, payload_digest DESC LIMIT 1)"
    " WHERE url_key = ?1"
)
_LIST_FILE = (
    "INSERT INTO attachments (id, article_id, kind, url, url_key, name) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, url = excluded.url, name = excluded.name"
)
_POINT_EVENTS = (
    "UPDATE events SET revision_id = (SELECT id FROM revisions WHERE revisions.article_id = events.article_id"
    " AND revisions.memento_datetime <= events.at ORDER BY memento_datetime DESC, id DESC LIMIT 1)"
    " WHERE article_id = ?"
)
#: What filled the archive was announced to nobody: it is as old as the oldest capture.
_BACKDATE = (
    "UPDATE events SET at = ?1, summary = ?2, evidence = json_object('capture', ?3)"
    " WHERE article_id = ?4 AND kind = 'new' AND baseline AND at > ?1"
)
#: Articles without any text are not the same as each other for that.
EMPTY_TEXT = text_digest("")
_FIRST_OF_GROUP = "SELECT id, same_text_as FROM articles WHERE text_digest = ? ORDER BY first_seen, id LIMIT 2"
# NULLIF: the first of those with one text stands for itself, every other one points to it.
_REGROUP = (
    "UPDATE articles SET same_text_as = NULLIF(?1, id) WHERE text_digest = ?2 AND same_text_as IS NOT NULLIF(?1, id)"
)


def _row(article_id: str, r: Revision) -> tuple[object, ...]:
    said = r.reading
    return (
        *(r.id, article_id, r.capture_id, r.memento_datetime, r.observed_after, r.memento_datetime),
        *(said.headline, said.description, said.author, said.date_published, said.section),
        *(said.text_digest, said.content_digest, said.reading_digest, r.change),
        *((r.changes.words_added, r.changes.words_removed) if r.changes else (None, None)),
        r.extractor_version,
    )


#: What the search index is made of: headline, text digest, site, section, author.
_Words = tuple[str, str, str, str | None, str | None]


def _held(row: sqlite3.Row) -> _Words:
    return row["headline"] or "", row["text_digest"], row["site"], row["section"], row["author"]


def _words(site: str, said: Reading) -> _Words:
    return said.headline or "", said.text_digest, site, said.section, said.author


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling an article did: whether it was there before, the revisions that were not, and how many more."""

    existed: bool
    begun: tuple[Revision, ...] = ()
    more: int = 0  # less than ``begun`` where a run of captures only turned out to have begun earlier


class Articles:
    """The derived rows within one transaction. ``close`` writes what is cheaper at its end: search index, groups.

    ``docid_of``: which number an article has in the search index, where that is known; else its date gives it one.
    """

    def __init__(
        self, connection: sqlite3.Connection, recorded_at: str, docid_of: Callable[[str], int | None] = lambda _: None
    ) -> None:
        self._db = connection
        self._recorded_at = recorded_at
        self._docid_of = docid_of
        self._readings: dict[str, Reading] = {}
        self._bodies: dict[str, str] = {}
        self._groups: set[str] = set()  # text digests whose articles may have another first one
        self._redated: set[tuple[str, int]] = set()  # text and docid of articles that are of another day
        self._indexed: dict[int, tuple[_Words | None, _Words | None]] = {}

    def keep(self, reading: Reading, body: str) -> list[str]:
        """Stores what a capture said, once, under its digest; returns the articles whose images it changes."""
        held = self.held(reading.reading_digest)
        if held is not None:
            if reading.images == held.images or (images := fuller_images(held.images, reading.images)) == held.images:
                return []
            return self.show(held, images)
        self._readings[reading.reading_digest] = reading
        self._bodies[reading.text_digest] = body
        self._db.execute(
            "INSERT INTO texts (text_digest, body, word_count) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (reading.text_digest, body, reading.word_count),
        )
        self._db.execute(f"INSERT INTO readings ({_READING}) VALUES ({', '.join('?' * 12)})", _COLUMNS_OF(reading))
        return []

    def show(self, reading: Reading, images: str) -> list[str]:
        """Gives a stored reading its pictures' addresses; returns the articles that say it."""
        digest = reading.reading_digest
        self._readings[digest] = replace(reading, images=images)
        self._db.execute("UPDATE readings SET images = ? WHERE reading_digest = ?", (images, digest))
        query = "SELECT DISTINCT article_id FROM revisions WHERE reading_digest = ?"
        return [article_id for (article_id,) in self._db.execute(query, (digest,))]

    def settle(self, article_id: str, site: str, fact: Fact | None) -> Settled:
        """Writes what the captures of an article now add up to: after ``fact``, or (None) from the start."""
        row = self._db.execute(_LOAD, (article_id,)).fetchone()
        known: dict[str, tuple[object, ...]] = {}
        if row is None and fact is not None:
            state = derive(article_id, [fact], self._reading, self._body)
        elif row is not None and fact is not None and (loaded := self._loaded(article_id, row)).accepts(fact):
            state = loaded
            state.extend(fact)
            if not state.revisions:
                status = state.status if state.status == "live" else self._standing(state)
                seen = (status, state.url, state.url_key, state.last_seen, state.last_checked, article_id)
                self._db.execute(_UPDATE_SEEN, seen)
                return Settled(existed=True)
        else:
            state = derive(article_id, self._facts(article_id), self._reading, self._body)
            revisions = f"SELECT {', '.join(_REVISION)} FROM revisions WHERE article_id = ?"
            known = {r["id"]: tuple(r) for r in self._db.execute(revisions, (article_id,))}
        if state.revisions:
            self._write(site, row, state)
            self._write_revisions(article_id, known, state.revisions)
        else:
            self._remove(article_id, row)
        begun = tuple(r for r in state.revisions if r.id not in known)
        return Settled(existed=row is not None, begun=begun, more=len(state.revisions) - len(known))

    def _facts(self, article_id: str) -> list[Fact]:
        rows = self._db.execute(_FACTS, (article_id,)).fetchall()
        return [fact for row in rows if (fact := Placed(*row).fact) is not None]

    def _loaded(self, article_id: str, row: sqlite3.Row) -> State:
        def read_before(moment: str) -> str | None:
            found = self._db.execute(_READ_BEFORE, (article_id, moment)).fetchone()
            return found[0] if found else None

        state = State(article_id, self._reading, self._body, *tuple(row)[:11])
        state.read_before = read_before
        return state

    def held(self, digest: str) -> Reading | None:
        """A stored reading."""
        if digest not in self._readings:
            row = self._db.execute(f"SELECT {_READING} FROM readings WHERE reading_digest = ?", (digest,)).fetchone()
            if row is None:
                return None
            self._readings[digest] = Reading(*row)
        return self._readings[digest]

    def _reading(self, digest: str) -> Reading:
        held = self.held(digest)
        if held is None:  # captures refer to stored readings only, but disks lose things
            raise LookupError(f"the reading {digest} is missing")
        return held

    def _body(self, digest: str) -> str:
        if digest not in self._bodies:
            row = self._db.execute("SELECT body FROM texts WHERE text_digest = ?", (digest,)).fetchone()
            self._bodies[digest] = row[0]
        return self._bodies[digest]

    def _standing(self, state: State) -> str:
        """The article's status: what monitor/removals has decided holds until the article was good again."""
        row = self._db.execute(_OPEN_REMOVAL, (state.id,)).fetchone()
        if row is None or state.last_seen > (row["confirmed"] or row["first_missing"]):
            return state.status
        if row["confirmed"]:
            return "removed"
        return "live" if row["decision"] == "still_there" else "suspect"

    def _write(self, site: str, row: sqlite3.Row | None, state: State) -> None:
        said = self._reading(state.current_reading)
        status = state.status if row is None else self._standing(state)
        columns = (
            *(status, state.url, state.url_key, state.first_seen, state.last_seen, state.last_checked),
            *(state.last_changed, state.revision_count, state.current_revision_id, said.section, said.headline),
            *(said.description, said.author, said.date_published, said.word_count, said.text_digest, state.id),
        )
        if row is None:
            docid = self._docid_of(state.id) or free(self._db, place(said.date_published, state.first_seen))
            self._db.execute(_INSERT_ARTICLE, (*columns, site, docid))
            self._index(docid, None, _words(site, said))
        else:
            self._db.execute(_UPDATE_ARTICLE, columns)
            docid = row["docid"]
            if (row["date_published"], row["first_seen"]) != (said.date_published, state.first_seen):
                docid = self._move(row, place(said.date_published, state.first_seen), state.id)
                self._redated.add((said.text_digest, docid))
            self._index(docid, _held(row) if docid == row["docid"] else None, _words(site, said))
        if row is None or (row["text_digest"], row["first_seen"]) != (said.text_digest, state.first_seen):
            self._groups |= {said.text_digest} if row is None else {said.text_digest, row["text_digest"]}

    def _write_revisions(
        self, article_id: str, known: dict[str, tuple[object, ...]], revisions: list[Revision]
    ) -> None:
        now = {r.id: _row(article_id, r) for r in revisions}
        gone = known.keys() - now.keys()
        if gone:
            self._db.executemany("DELETE FROM revisions WHERE id = ?", [(i,) for i in gone])
        self._db.executemany(_UPSERT_REVISION, [r for i, r in now.items() if known.get(i) != r])
        if revived := [(i,) for i in now if i not in known]:
            self._db.executemany("DELETE FROM retracted_revisions WHERE id = ?", revived)
        listed = self._list_files(article_id, revisions)
        if known:
            first = revisions[0]
            self._db.execute(_BACKDATE, (first.memento_datetime, first.reading.headline, first.capture_id, article_id))
            self._db.execute(_POINT_EVENTS, (article_id,))  # an announcement stays; it names what was in force then
            held = self._db.execute("SELECT id FROM attachments WHERE article_id = ?", (article_id,)).fetchall()
            self._db.executemany("DELETE FROM attachments WHERE id = ?", [tuple(r) for r in held if r[0] not in listed])

    def _remove(self, article_id: str, row: sqlite3.Row | None) -> None:
        """Takes back an article that no capture belongs to any more: they turned out to be another's."""
        if row is None:
            return
        self._db.execute("UPDATE events SET article_id = NULL, revision_id = NULL WHERE article_id = ?", (article_id,))
        for table in ("removals", "attachments", "article_urls", "revisions"):
            self._db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
        self._db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        self._index(row["docid"], _held(row), None)
        self._groups.add(row["text_digest"])

    def _list_files(self, article_id: str, revisions: Iterable[Revision]) -> set[str]:
        """Every file and picture that the article ever listed, as the latest of its revisions that do names it."""
        identifiers: set[str] = set()
        for r in revisions:
            for kind, url, key, name in r.reading.files(r.address):
                identifier = f"{article_id}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
                self._db.execute(_LIST_FILE, (identifier, article_id, kind, url, key, name))
                self.link_file(key)
                identifiers.add(identifier)
        return identifiers

    def link_file(self, key: str) -> None:
        """Joins the attachments at an address with the newest capture of it."""
        self._db.execute(_LINK_FILES, (key,))

    def _move(self, row: sqlite3.Row, at: int, article_id: str) -> int:
        """Gives an article whose date is another now its number in the search index, which counts in their order."""
        if at == place(row["date_published"], row["first_seen"]) or self._docid_of(article_id):
            return int(row["docid"])
        self._index(row["docid"], _held(row), None)
        docid = free(self._db, at)
        self._db.execute("UPDATE articles SET docid = ? WHERE id = ?", (docid, article_id))
        return docid

    def renumber(self, article_id: str, docid: int) -> None:
        """Gives an article a number in the search index that is free."""
        row = self._db.execute(_LOAD, (article_id,)).fetchone()
        self._index(row["docid"], _held(row), None)
        self._index(docid, None, _held(row))
        self._db.execute("UPDATE articles SET docid = ? WHERE id = ?", (docid, article_id))

    def _index(self, docid: int, held: _Words | None, should: _Words | None) -> None:
        """Notes what the search index holds of an article and what it should hold; ``close`` makes it so."""
        first_held = self._indexed.get(docid, (held, None))[0]
        self._indexed[docid] = (first_held, should)

    def close(self) -> None:
        """Writes the search index, what is to be studied of it later, and the groups of articles with the same text."""
        # sorted, since FTS5 writes out what it has whenever a number is not the next one up
        moved = [(docid, *texts) for docid, texts in sorted(self._indexed.items()) if texts[0] != texts[1]]
        restated = ((docid, both) for docid, *both in moved if (both[0] or ())[:2] != (both[1] or ())[:2])
        queued = self._redated | {(words[1], docid) for docid, both in restated for words in both if words}
        self._db.executemany("INSERT OR IGNORE INTO _unstudied (text_digest, docid) VALUES (?, ?)", queued)
        forget = [(docid, *self._forms(held)) for docid, held, _ in moved if held]
        hold = [(docid, *self._forms(should)) for docid, _, should in moved if should]
        self._db.executemany(
            "INSERT INTO articles_fts (articles_fts, rowid, exact, folded, about) VALUES ('delete', ?, ?, ?, ?)", forget
        )
        self._db.executemany("INSERT INTO articles_fts (rowid, exact, folded, about) VALUES (?, ?, ?, ?)", hold)
        for digest in self._groups:
            group = self._db.execute(_FIRST_OF_GROUP, (digest,)).fetchall()
            if len(group) > 1 or (group and group[0]["same_text_as"] is not None):
                first = group[0]["id"] if digest != EMPTY_TEXT else None
                self._db.execute(_REGROUP, (first, digest))

    def _forms(self, words: _Words) -> tuple[str, str, str]:
        headline, digest, site, section, author = words
        return forms(headline, self._body(digest), site, section, author)

    def announce(self, kind: str, site: str, article_id: str, revision: Revision, *, baseline: bool) -> None:
        """Adds an event to the journal; the same one twice is one."""
        changed = kept(revision.changes) if kind == "edited" and revision.changes else {}
        event = Event(
            kind=kind,
            site=site,
            at=revision.memento_datetime,
            summary=summary(changed) if changed else revision.reading.headline,
            article_id=article_id,
            revision_id=revision.id,
            baseline=baseline,
            evidence={"capture": revision.capture_id} | changed,
        )
        announce(self._db, event, recorded_at=self._recorded_at)

    def flips(self, article_id: str) -> bool:
        """Whether the article's newest revision turns a text into what it was turned into before: once is news."""
        query = "SELECT reading_digest, change FROM revisions WHERE article_id = ? ORDER BY memento_datetime, id"
        said: dict[str, str] = {}  # which of the texts that differ not only in their looks each reading is
        now, turns = "", []
        for digest, change in self._db.execute(query, (article_id,)):
            was, now = now, said.setdefault(digest, now if change == "cosmetic" else digest)
            if change != "cosmetic":
                turns.append((was, now))
        return turns[-1] in turns[:-1]
