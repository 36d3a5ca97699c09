"""What a search finds: the articles that hold the words, newest or closest first, and counted by whose they are.

The one place where a search selects articles. The search index counts in the order of dates (crawler/search_index), so
that the newest matches are read without sorting. Of very many matches only the newest are looked at (WINDOW): they are
what is counted, and what is ranked where that is asked for. Who reads the page is told so.
"""

from __future__ import annotations

import json
import sqlite3
from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from datasette.database import Database, QueryInterrupted
from datasette.utils import sqlite_timelimit

from crawler.search_index import OF_A_DAY, day_of, first_of, token
from crawler.text import match_query
from monitor.web.queries import Row
from monitor.web.snippets import holds_all, snippet

#: Results on one page.
PAGE_SIZE = 20

#: So many of the newest matches are looked at: reading and counting them takes some 20 ms at a million articles.
WINDOW = 5000

#: For each of several terms, bm25 first counts all articles that hold it: 50 ms a term at a million articles. A search
#: that may cost more than this (terms times articles) shows the newest first, unless it is asked to rank.
_RANKED_BY_ITSELF = 800_000

#: So many of the closest are looked at for whether their headline holds all the words, which no ranking knows.
_HEADLINES = 200

#: Longest query, in characters.
LONGEST_QUERY = 200

#: What a result can be narrowed to by a click, in the order of the page; and how many values of each are offered: the
#: commonest, but of years the newest, for a list of years with holes looks like an archive with holes.
FACETS = ("site", "section", "author", "year", "status")
_VALUES, _YEARS = 8, 40

_COLUMNS = "a.docid, a.site, a.section, a.author, a.status, a.same_text_as"

# All of them stand in this index, a twentieth of the table; unasked, SQLite looks each up in the table.
_COVERED = "indexed by articles_docid_same_text_as_site_section_author_status_date_published"

_SPAN = "between :low and :high"

_ALL = f"""
select {_COLUMNS} from articles a where a.docid {_SPAN} order by a.docid desc limit :limit
"""  # noqa: S608

_MATCHING = f"""
select {_COLUMNS} from articles_fts cross join articles a {_COVERED} on a.docid = articles_fts.rowid
where articles_fts match :match and articles_fts.rowid {_SPAN} order by articles_fts.rowid desc limit :limit
"""  # noqa: S608

# Few articles have another status than most. +: all matches are walked, which is quicker than asking of each article
# whether it is one.
_OF_STATUS = "select a.docid from articles a where a.status = :status"

_MATCHING_OF_STATUS = _MATCHING.replace("where", f"where +articles_fts.rowid in ({_OF_STATUS}) and", 1)
_ALL_OF_STATUS = _ALL.replace("where", "where a.status = :status and", 1)

_RANKED = f"""
select rowid, rank from articles_fts
where articles_fts match :match and rowid {_SPAN} and +rowid in (select value from json_each(:docids))
"""  # noqa: S608

_FIRSTS = "select id, docid from articles where id in (select value from json_each(:ids))"

_HEADS = "select docid, headline from articles where docid in (select value from json_each(:docids))"

_SHOWN = """
select a.docid, a.id, a.headline, a.description, a.section, a.date_published, a.status, a.site, s.name as site_name,
       t.body
from articles a join sites s on s.slug = a.site left join texts t on t.text_digest = a.text_digest
where a.docid in (select value from json_each(:docids))
"""


_Match = tuple[int, str, str | None, str | None, str, str | None]  # a row of _COLUMNS


@dataclass(frozen=True)
class Asked:
    """What somebody asks for; "" leaves a question open. ``since`` and ``until`` are days, months or years, inclusive.

    ``order``: ``newest``, ``closest``, or "" for whichever is better.
    """

    q: str = ""
    site: str = ""
    section: str = ""
    author: str = ""
    status: str = ""
    since: str = ""
    until: str = ""
    order: str = ""
    page: int = 1

    @property
    def anything(self) -> bool:
        """Whether anything is asked for at all."""
        return any((self.q, self.site, self.section, self.author, self.status, self.since, self.until))

    @cached_property
    def words(self) -> str:
        """The words as an FTS5 expression, "" where none is asked for."""
        return match_query(self.q)

    @cached_property
    def match(self) -> str:
        """The whole FTS5 expression: words, and whose the article is."""
        about = [f'about : "{token(n, v)}"' for n in ("site", "section", "author") if (v := str(getattr(self, n)))]
        return " AND ".join(([f"({self.words})"] if self.words else []) + about)

    @cached_property
    def span(self) -> tuple[int, int]:
        """The numbers of the days asked for: the first and the last."""
        since, until = days(self.since), days(self.until)
        return (first_of(since[0]) if since else 0), (first_of(until[1]) + OF_A_DAY - 1 if until else (1 << 62))


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results. ``count`` is exact, or that of the newest WINDOW where there are ``more``.

    ``facets``: by name, the commonest values (of years the newest) with their numbers. ``oldest``: the day down to
    which was looked.
    """

    rows: Sequence[Row] = ()
    count: int = 0
    more: bool = False
    order: str = "newest"
    facets: Mapping[str, list[tuple[str, int]]] = field(default_factory=dict)
    oldest: date | None = None


async def find(db: Database, asked: Asked, *, limit_ms: int) -> Found:
    """One page (from 1) of what is asked for. Raises QueryInterrupted where it takes longer than ``limit_ms``."""
    if (asked.q and not asked.words) or not asked.anything:
        return Found()

    def read(connection: sqlite3.Connection) -> Found:
        with sqlite_timelimit(connection, limit_ms):
            return _read(connection, asked)

    try:
        found: Found = await db.execute_fn(read)
    except sqlite3.OperationalError as error:
        if error.args == ("interrupted",):
            raise QueryInterrupted(error, asked.match, {}) from error
        raise
    return found


def _read(connection: sqlite3.Connection, asked: Asked) -> Found:
    low, high = asked.span
    values = {"match": asked.match, "low": low, "high": high, "status": asked.status, "limit": WINDOW + 1}
    of_status = asked.status not in ("", "live")
    choices = (_ALL, _ALL_OF_STATUS, _MATCHING, _MATCHING_OF_STATUS)
    window = connection.execute(choices[2 * bool(asked.match) + of_status], values).fetchall()
    more = len(window) > WINDOW
    window = window[:WINDOW]
    if asked.status == "live":
        window = [row for row in window if row[4] == "live"]
    texts = _texts(connection, window)
    shown: dict[object, int] = {}  # each text once: by what stands first for it, or else by its newest reprint
    for row, text in zip(window, texts, strict=True):
        shown[text] = row[0] if row[0] == text else shown.get(text, row[0])
    docids = sorted(shown.values(), reverse=True)
    order = _order(connection, asked, more=more)
    if order == "closest" and docids:
        docids = _closest(connection, asked, docids)
    start = (asked.page - 1) * PAGE_SIZE
    return Found(
        rows=_shown(connection, docids[start : start + PAGE_SIZE], asked.q),
        count=len(docids),
        more=more,
        order=order,
        facets=_facets(window, texts),
        oldest=day_of(window[-1][0]) if more and window else None,
    )


def _texts(connection: sqlite3.Connection, window: Sequence[_Match]) -> list[object]:
    """What names the text of each match: the number of the article that stands first for it, found or not."""
    ids = json.dumps(sorted({row[5] for row in window if row[5]}))
    firsts: dict[str, int] = dict(connection.execute(_FIRSTS, {"ids": ids}).fetchall())
    return [firsts.get(row[5], row[5]) if row[5] else row[0] for row in window]


def _order(connection: sqlite3.Connection, asked: Asked, *, more: bool) -> str:
    """In which order: without being asked, the closest first only where that is quick."""
    if not asked.words:
        return "newest"
    if asked.order or more:
        return asked.order or "newest"
    terms = asked.match.count(' : "')
    articles = connection.execute("select coalesce(max(rowid), 0) from articles").fetchone()[0]  # or a few more
    return "closest" if terms == 1 or terms * articles <= _RANKED_BY_ITSELF else "newest"


def _closest(connection: sqlite3.Connection, asked: Asked, docids: list[int]) -> list[int]:
    """The matches by bm25, but first of all those of the closest whose headline holds all the words."""
    values = {"match": asked.match, "low": docids[-1], "high": docids[0], "docids": json.dumps(docids)}
    rank: dict[int, float] = dict(connection.execute(_RANKED, values).fetchall())
    ranked = sorted(docids, key=lambda docid: rank.get(docid, 0.0))  # the same rank: newest first, as before
    top = connection.execute(_HEADS, {"docids": json.dumps(ranked[:_HEADLINES])}).fetchall()
    headed = {docid for docid, headline in top if holds_all(headline or "", asked.words)}
    return sorted(ranked, key=lambda docid: docid not in headed)


def _facets(window: Sequence[_Match], texts: Sequence[object]) -> dict[str, list[tuple[str, int]]]:
    """The values of what is found and how many texts have each: as many as a click finds."""
    columns = {"site": 1, "section": 2, "author": 3, "status": 4}
    facets: dict[str, list[tuple[str, int]]] = {}
    for name, column in columns.items():
        having = dict.fromkeys((str(row[column]), text) for row, text in zip(window, texts, strict=True) if row[column])
        facets[name] = Counter(value for value, _ in having).most_common(_VALUES)
    dated = {(f"{day_of(row[0]).year:04}", text) for row, text in zip(window, texts, strict=True)}
    years = Counter(year for year, _ in dated)  # as a search within a year counts them
    facets["year"] = sorted(years.items(), reverse=True)[:_YEARS]
    return facets


def _shown(connection: sqlite3.Connection, docids: list[int], query: str) -> list[Row]:
    cursor = connection.execute(_SHOWN, {"docids": json.dumps(docids)})
    names = [column[0] for column in cursor.description]
    by_docid = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
    rows = [by_docid[docid] for docid in docids if docid in by_docid]
    for row in rows:
        row["snippet"] = snippet(row.pop("body") or "", query) if query else None
    return rows


def days(text: str) -> tuple[date, date] | None:
    """The first and the last day of ``2019``, ``2019-05`` or ``2019-05-06``; None for anything else."""
    parts = text.split("-")
    try:
        if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
            return None
        year, *rest = map(int, parts)
        first = date(year, *[*rest, 1, 1][:2])
    except (ValueError, OverflowError):
        return None
    if len(rest) == 2:
        return first, first
    month = first.month if rest else 12
    return first, date(year, month, monthrange(year, month)[1])
