"""What the search index holds of an article: its words, whose it is, and a number in the order of its date.

The index can be walked in the order of its numbers only, and sorting or ranking a million matches takes seconds. With
numbers in the order of dates the newest matches come first, the walk stops when a page is full, and a span of dates is
a span of numbers, whatever order captures arrived in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from crawler.text import search_forms

#: Numbers of one day: enough for the busiest, and few enough that the index's lists stay short (two bytes a step).
OF_A_DAY = 1 << 16

#: Numbers of one minute; 1440 of them fit into a day.
_OF_A_MINUTE = 45

_VIETNAM = timedelta(hours=7)
_TOMORROW = timedelta(days=1)
_NEVER = datetime.min  # noqa: DTZ901 - the publisher's times and ours meet here without their zones


def first_of(day: date) -> int:
    """The first number of a day, and so the first number behind all days before it."""
    return day.toordinal() * OF_A_DAY


def day_of(docid: int) -> date:
    """The day whose number ``docid`` is."""
    return date.fromordinal(max(1, docid // OF_A_DAY))


def place(date_published: str | None, first_seen: str) -> int:
    """The number for an article's date: the publisher's (ISO 8601, perhaps a day alone), else when it was first seen.

    A date beyond the day after ``first_seen`` (UTC) is a typing error, which would stand before everything for years.
    """
    seen, published = _moment(first_seen), _moment(date_published)
    at = seen + _VIETNAM
    if published != _NEVER and published <= at + _TOMORROW:
        at = published
    return at.toordinal() * OF_A_DAY + (at.hour * 60 + at.minute) * _OF_A_MINUTE


def _moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text[:19]) if text else _NEVER
    except ValueError:
        return _NEVER
    return moment if moment.year < 9999 else _NEVER  # a later day must be left to count with


def free(db: sqlite3.Connection, docid: int) -> int:
    """A number that no article has: ``docid``, or one behind those of its minute, its day, or a later day."""
    end = docid + _OF_A_MINUTE
    while True:
        last = db.execute("SELECT max(docid) FROM articles WHERE docid >= ? AND docid < ?", (docid, end)).fetchone()[0]
        if last is None:
            return docid
        if last + 1 < end:
            return int(last) + 1
        behind = end if end % OF_A_DAY == 0 else docid
        docid, end = behind, (behind // OF_A_DAY + 1) * OF_A_DAY


#: The names and sections of some hundred sites, and their authors.
@lru_cache(20_000)
def token(field: str, value: str) -> str:
    """The word that stands in the index's column ``about`` for an article's ``site``, ``section`` or ``author``."""
    return field[1] + blake2b(value.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def forms(headline: str, body: str, site: str, section: str | None, author: str | None) -> tuple[str, str, str]:
    """The columns ``exact``, ``folded`` and ``about`` of an article."""
    # One line: the forms take no notice of borders, and are quicker to make of text without line breaks.
    exact, folded = search_forms(f"{headline} {body}".replace("\n\n", " "))
    named = (("site", site), ("section", section), ("author", author))
    return exact, folded, " ".join(token(field, value) for field, value in named if value)


#: Applied once, by migrations. In a ranking ``about`` weighs nothing: it is the same for all that is found. The indexes
#: of articles hold all that a search and a list of authors count by, so that these read no whole rows.
INDEX = """
DROP TABLE articles_fts;
CREATE VIRTUAL TABLE articles_fts
    USING fts5(exact, folded, about, content='', tokenize="unicode61 remove_diacritics 0");
INSERT INTO articles_fts (articles_fts, rank) VALUES ('rank', 'bm25(1.0, 1.0, 0.0)');
CREATE INDEX articles_docid_same_text_as_site_section_author_status_date_published
    ON articles (docid, same_text_as, site, section, author, status, date_published);
DROP INDEX articles_author;
CREATE INDEX articles_author_site_date_published ON articles (author, site, date_published)
"""

_WORDS = (
    "SELECT docid, coalesce(headline, ''), body, site, section, author FROM articles JOIN texts USING (text_digest)"
    " ORDER BY docid"
)


def fill(db: sqlite3.Connection) -> None:
    """Numbers all articles in the order of their dates, and puts them into an index that is empty."""
    dated = db.execute("SELECT date_published, first_seen, id FROM articles").fetchall()
    waiting = db.execute(
        "SELECT _unstudied.text_digest, articles.id FROM _unstudied LEFT JOIN articles USING (docid)"
    ).fetchall()
    places = sorted((place(published, seen), article_id) for published, seen, article_id in dated)
    db.execute("UPDATE articles SET docid = -docid - 1")  # out of the way: a number belongs to one
    numbers = in_order(at for at, _ in places)
    ids = (article_id for _, article_id in places)
    db.executemany("UPDATE articles SET docid = ? WHERE id = ?", zip(numbers, ids, strict=True))
    rows = ((docid, *forms(*words)) for docid, *words in db.execute(_WORDS))
    db.executemany("INSERT INTO articles_fts (rowid, exact, folded, about) VALUES (?, ?, ?, ?)", rows)
    db.execute("DELETE FROM _unstudied")
    renumbered = "INSERT OR IGNORE INTO _unstudied VALUES (?, coalesce((SELECT docid FROM articles WHERE id = ?), 0))"
    db.executemany(renumbered, waiting)


def in_order(places: Iterable[int]) -> Iterator[int]:
    """A number of its own for each of many sorted ``places``, in the same order."""
    last = -1
    for docid in places:
        last = max(docid, last + 1)
        yield last
