"""Which articles and captures an export is about: the one place where they are chosen."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from crawler.archive import Archive
from crawler.errors import InputError
from crawler.placing import NOT_MODIFIED
from crawler.sealing import IS_ITS_OWN, KEPT_BACK, WAS_ITS_OWN
from crawler.text import match_query

_DAY = re.compile(r"\d{4}(-\d\d){0,2}")

#: The day by which articles are chosen: the publisher's, or else that of the first capture, in Vietnam.
_PUBLISHED = "coalesce(substr(date_published, 1, 10), date(first_seen, '+7 hours'))"

_ARTICLES = """
CREATE TEMP TABLE chosen_articles (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, site TEXT NOT NULL);
CREATE TEMP TABLE chosen_captures (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE kept_back (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE chosen_sites (slug TEXT PRIMARY KEY) WITHOUT ROWID
"""
# What belongs to an article: what was captured of it, of its files, what led to it, what is evidence about it.
_OF_ARTICLES = (
    "SELECT captures.id FROM captures JOIN temp.chosen_articles AS chosen ON chosen.id = captures.article_id",
    "SELECT captures.id FROM temp.chosen_articles AS chosen JOIN attachments ON attachments.article_id = chosen.id"
    " JOIN captures ON captures.url_key = attachments.url_key"
    " WHERE captures.site = chosen.site AND captures.article_id IS NULL",
    "SELECT capture_id FROM attachments JOIN temp.chosen_articles AS chosen ON chosen.id = attachments.article_id"
    " WHERE capture_id IS NOT NULL",
    "SELECT capture_id FROM revisions JOIN temp.chosen_articles AS chosen ON chosen.id = revisions.article_id",
    "SELECT captures.id FROM temp.chosen_articles AS chosen JOIN article_urls ON article_urls.article_id = chosen.id"
    " JOIN captures ON captures.redirect_to = article_urls.url_key WHERE captures.article_id IS NULL",
    "SELECT last_good_capture_id FROM removals JOIN temp.chosen_articles AS chosen ON chosen.id = removals.article_id"
    " WHERE last_good_capture_id IS NOT NULL",
)
# So that pages look like themselves: style sheets and layout images, which no article lists.
_REQUISITES = """
SELECT id FROM captures WHERE site IN (SELECT slug FROM temp.chosen_sites) AND article_id IS NULL AND quality = 'file'
AND media_type <> 'text/plain' AND url_key NOT IN (SELECT url_key FROM attachments)
"""
# Of whole sites also what belongs to no article (listings, robots.txt), but no file of an article that is left out.
_OF_SITES = """
SELECT id FROM captures WHERE site IN (SELECT slug FROM temp.chosen_sites) AND article_id IS NULL
AND url_key NOT IN (SELECT url_key FROM attachments WHERE article_id NOT IN (SELECT id FROM temp.chosen_articles)
                    EXCEPT SELECT url_key FROM attachments WHERE article_id IN (SELECT id FROM temp.chosen_articles))
"""
# What a revisit stands for, wherever it was captured: without it, the revisit says nothing.
_REFERENTS = f"""
SELECT payload.id FROM temp.chosen_captures AS chosen JOIN captures ON captures.id = chosen.id
JOIN captures AS payload ON payload.payload_digest = captures.payload_digest
WHERE captures.record_type = 'revisit' AND captures.payload_digest <> '' AND payload.site = captures.site
AND payload.record_type IN ('response', 'resource') AND payload.quality <> '{NOT_MODIFIED}'
"""  # noqa: S608
# What is under seal is no article any more, and none of its records leaves the archive by another way.
_SEALED, _SEALED_BEFORE = (
    f"DELETE FROM temp.chosen_captures WHERE id IN (SELECT id FROM captures WHERE {its_own})"  # noqa: S608
    for its_own in (IS_ITS_OWN, WAS_ITS_OWN)
)
# Of other pages that name it, the records stay here; what was read of them goes out.
_KEPT_BACK = f"""
INSERT INTO temp.kept_back
SELECT id FROM captures WHERE id IN (SELECT id FROM temp.chosen_captures) AND {KEPT_BACK}
"""  # noqa: S608
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is asked for; all that is given holds together, nothing given means everything.

    ``since`` and ``until`` are days, months or years (``2024``, ``2024-05``, ``2024-05-31``), both included.
    """

    sites: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    search: str = ""
    articles: tuple[str, ...] = ()

    @property
    def of_whole_sites(self) -> bool:
        """Whether what belongs to no article (listings, crawls, events about a site) is asked for, too."""
        return not (self.since or self.until or self.search or self.articles)

    def in_words(self) -> str:
        """What was asked for, as the export says it of itself."""
        said = [f"sites {', '.join(self.sites)}"] if self.sites else []
        said += [f"from {self.since}"] if self.since else []
        said += [f"until {self.until}"] if self.until else []
        said += [f"found by {self.search!r}"] if self.search else []
        said += [f"articles {', '.join(self.articles[:20])}{' …' if len(self.articles) > 20 else ''}"] * bool(
            self.articles
        )
        return "; ".join(said) or "everything"


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, as temporary tables ``chosen_articles``, ``chosen_captures`` and ``chosen_sites`` of ``db``.

    ``kept_back`` has those captures whose records do not go out.
    """

    db: sqlite3.Connection
    choice: Choice
    articles: int
    captures: int
    kept_back: int


@contextmanager
def selected(archive: Archive, choice: Choice) -> Iterator[Selection]:
    """What is chosen of an archive that is open for reading, all of one moment, while the block runs.

    Whatever leaves the archive is chosen here and nowhere else, and what is withheld is not. The tables lie on disk, so
    that memory does not grow with them. Raises InputError for what cannot be meant.
    """
    db = archive.connection
    db.execute("PRAGMA temp_store = FILE")
    db.execute("BEGIN")
    try:
        for statement in _ARTICLES.split(";"):
            db.execute(statement)
        _choose(db, choice)
        captures, kept_back = _captures(db, choice)
        articles = db.execute("SELECT count(*) FROM temp.chosen_articles").fetchone()[0]
        if not articles and not captures:
            raise InputError(f"The archive has nothing of what is asked for ({choice.in_words()}).")
        yield Selection(db, choice, articles, captures, kept_back)
    finally:
        db.rollback()


def _choose(db: sqlite3.Connection, choice: Choice) -> None:
    """The articles, in the order of sites and days, and the sites."""
    _check_sites(db, choice)
    conditions, values = ["1"], list[str]()
    for column, wanted in (("site", choice.sites), ("id", choice.articles)):
        if wanted:
            conditions.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    if choice.since:
        conditions.append(f"{_PUBLISHED} >= ?")
        values.append(_day(choice.since, "--since"))
    if choice.until:
        conditions.append(f"substr({_PUBLISHED}, 1, {len(choice.until)}) <= ?")
        values.append(_day(choice.until, "--until"))
    if choice.search:
        match = match_query(choice.search)
        if not match:
            raise InputError(f"--search {choice.search!r} asks for no word: write at least one letter or digit.")
        conditions.append("docid IN (SELECT rowid FROM articles_fts(?))")
        values.append(match)
    db.execute(
        f"INSERT INTO temp.chosen_articles (id, site) SELECT id, site FROM articles WHERE {' AND '.join(conditions)}"  # noqa: S608
        f" ORDER BY site, {_PUBLISHED}, id",
        values,
    )
    db.execute("INSERT INTO temp.chosen_sites SELECT DISTINCT site FROM temp.chosen_articles")
    if choice.of_whole_sites:
        every = [slug for (slug,) in db.execute("SELECT slug FROM sites")]
        db.executemany("INSERT OR IGNORE INTO temp.chosen_sites VALUES (?)", [(s,) for s in choice.sites or every])


def _check_sites(db: sqlite3.Connection, choice: Choice) -> None:
    kept = [slug for (slug,) in db.execute("SELECT slug FROM sites ORDER BY slug")]
    if unknown := next((slug for slug in choice.sites if slug not in kept), None):
        raise InputError(f"The archive has nothing of a site called {unknown}; it has: {', '.join(kept)}.")
    for article in choice.articles:
        if db.execute("SELECT 1 FROM articles WHERE id = ?", (article,)).fetchone() is None:
            raise InputError(f"The archive has no article {article}: ids are the thirteen characters in /bai-viet/ID.")


def _captures(db: sqlite3.Connection, choice: Choice) -> tuple[int, int]:
    """What was captured of the articles, or with them all of their sites; returns how many, and how many kept back."""
    for query in (*_OF_ARTICLES, _REQUISITES, *([_OF_SITES] if choice.of_whole_sites else []), _REFERENTS):
        db.execute(f"INSERT OR IGNORE INTO temp.chosen_captures {query}")
    tables = {name for (name,) in db.execute(_TABLES)}  # an archive of an earlier version may not have all of them
    if "withheld" in tables:
        db.execute(_SEALED if "_withheld_files" in tables else _SEALED_BEFORE)
    if "_withheld_pages" in tables:
        db.execute(_KEPT_BACK)
    captures: int = db.execute("SELECT count(*) FROM temp.chosen_captures").fetchone()[0]
    kept_back: int = db.execute("SELECT count(*) FROM temp.kept_back").fetchone()[0]
    return captures, kept_back


def _day(text: str, option: str) -> str:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        date.fromisoformat(text + "-01" * (2 - text.count("-")))
    except ValueError:
        raise InputError(f"{option} {text} is no day: write it like 2024-05-31, 2024-05 or 2024.") from None
    return text
