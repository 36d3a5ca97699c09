"""What the pages ask of the archive, as plain SQL over Datasette's read-only connection."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from datasette.database import Database, QueryInterrupted

from crawler import clock
from crawler.text import match_query

#: Datasette's name of the database, and so the first step of every address of a table.
ARCHIVE = "archive"

#: Results on one page of a search.
PAGE_SIZE = 20

#: A search is counted no further: nobody reads more, and an exact count walks every match.
COUNT_LIMIT = 1000

Row = dict[str, Any]

# The newest by the publisher's date, and what a crawl announced as new: a site that shows no dates, or dates an article
# back, would otherwise never appear. Dates beyond tomorrow are typing errors and would stand on top for years.
_RECENT = """
with recent(id, moment) as (
  select id, date_published from (
    select id, date_published from articles
    where +same_text_as is null and date_published <= :tomorrow -- +: an index on it would sort half the archive
    order by date_published desc limit :limit)
  union all
  select article_id, moment from (
    select article_id, strftime('%Y-%m-%dT%H:%M:%S', at, '+7 hours') as moment from events
    where kind = 'new' and baseline = 0 order by at desc limit :limit)
), picked(id, moment) as (
  select id, max(moment) from recent group by id order by max(moment) desc, id limit :limit
)
"""

_NEWEST = f"""{_RECENT}
select a.id, a.headline, a.description, a.section, a.date_published, a.status, a.site, s.name as site_name
from picked p join articles a on a.id = p.id join sites s on s.slug = a.site
where a.same_text_as is null
order by p.moment desc, a.id
"""  # noqa: S608

_FEED = f"""{_RECENT}
select a.id, a.url, a.headline, a.description, a.author, a.section, a.date_published, s.name as site_name,
       coalesce(a.last_changed, a.first_seen) as updated, t.body
from picked p join articles a on a.id = p.id join sites s on s.slug = a.site
left join texts t on t.text_digest = a.text_digest
where a.same_text_as is null
order by p.moment desc, a.id
"""  # noqa: S608

_CHANGED = """
select r.article_id as id, r.observed_by as at, r.words_added, r.words_removed, r.headline, s.name as site_name,
       (select summary from events where revision_id = r.id and kind = 'edited') as changes
from revisions r join articles a on a.id = r.article_id join sites s on s.slug = a.site
where r.change = 'edited'
order by r.memento_datetime desc, r.id limit :limit
"""

_MISSING = """
select a.id, a.headline, a.status, a.last_seen as at, s.name as site_name
from articles a join sites s on s.slug = a.site
where a.status in ('suspect', 'removed')
order by a.last_seen desc, a.id limit :limit
"""

_SITES = """
select s.slug, s.name, (select count(*) from articles a where a.site = s.slug) as articles,
       c.started as last_crawl, c.outcome
from sites s
left join crawls c on c.id = (select id from crawls where site = s.slug order by started desc, id desc limit 1)
order by articles desc, s.name
"""

_TOTALS = """
select (select count(*) from articles) as articles, (select count(*) from texts) as texts,
       (select count(*) from captures) as captures
"""

_FOUND = "from articles where +same_text_as is null and docid in (select rowid from articles_fts(:match))"

_COUNT = f"select count(*) as n from (select 1 {_FOUND} limit :limit)"  # noqa: S608

_SEARCH = f"""
select a.id, a.headline, a.section, a.date_published, a.status, a.site, s.name as site_name, t.body
from (select * {_FOUND} order by date_published desc, id limit :limit offset :offset) a
join sites s on s.slug = a.site
left join texts t on t.text_digest = a.text_digest
order by a.date_published desc, a.id
"""  # noqa: S608

_ARTICLE = """
select a.*, s.name as site_name from articles a left join sites s on s.slug = a.site where a.id = :id
"""

_REVISION = """
select r.*, t.body, g.captions, g.images, g.attachments,
       c.memento_datetime as captured, c.payload_digest, c.warc_file, c.warc_offset
from revisions r
left join texts t on t.text_digest = r.text_digest
left join readings g on g.reading_digest = r.reading_digest
left join captures c on c.id = r.capture_id
where r.article_id = :id and (r.memento_datetime = :memento or (:memento = '' and r.id = :current))
limit 1
"""

_REVISIONS = """
select id, memento_datetime, observed_after, observed_by, change, words_added, words_removed
from revisions where article_id = :id order by memento_datetime, id limit 500
"""

_ADDRESSES = """
select url, first_seen, last_seen from article_urls where article_id = :id order by first_seen, url limit 100
"""

_ATTACHMENTS = """
select url, name, kind, media_type, content_length, payload_digest from attachments where article_id = :id order by id
"""

_ELSEWHERE = """
select a.id, a.headline, a.section, a.date_published, a.site, s.name as site_name
from articles a left join sites s on s.slug = a.site
where (a.id = :text or a.same_text_as = :text) and a.id <> :id
order by a.date_published, a.id limit 50
"""

_CITED = """
select document from citations where article_id = :id group by document
order by min(position) limit 200
"""

_SIMILAR = """
select a.id, a.headline, a.section, a.date_published, a.site, s.name as site_name, similar.overlap
from similar_texts similar join articles a on a.text_digest = similar.other_digest
left join sites s on s.slug = a.site
where similar.text_digest = :text and a.same_text_as is null
order by similar.overlap desc, a.id limit 20
"""


async def database(datasette: Any) -> Database | None:
    """The archive, or None while there is none: it may come into being after the server was started."""
    if ARCHIVE not in datasette.databases:
        path = datasette.config_dir / f"{ARCHIVE}.db" if datasette.config_dir is not None else None
        if path is None or not path.exists():
            return None
        datasette.add_database(Database(datasette, path=str(path), is_mutable=True), name=ARCHIVE)
    archive: Database = datasette.get_database(ARCHIVE)
    return archive if await archive.table_exists("articles") else None


async def front(db: Database) -> dict[str, Any]:
    """Everything on the front page."""
    try:
        totals = (await _rows(db, _TOTALS))[0]
    except QueryInterrupted:  # millions of captures: the page is worth more than their number
        totals = None
    return {
        "newest": await _rows(db, _NEWEST, limit=15, tomorrow=_tomorrow()),
        "changed": await _rows(db, _CHANGED, limit=6),
        "missing": await _rows(db, _MISSING, limit=6),
        "sites": await _rows(db, _SITES),
        "totals": totals,
    }


async def feed(db: Database, limit: int) -> list[Row]:
    """The articles of the feed of new ones, newest first, with their texts."""
    return await _rows(db, _FEED, limit=limit, tomorrow=_tomorrow())


async def search(db: Database, text: str, page: int) -> tuple[list[Row], int]:
    """One page (from 1) of what a person's query finds, newest first, and how many it finds, up to COUNT_LIMIT + 1."""
    match = match_query(text)
    if not match:
        return [], 0
    counted = await _rows(db, _COUNT, match=match, limit=COUNT_LIMIT + 1)
    found = await _rows(db, _SEARCH, match=match, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return found, counted[0]["n"]


async def article(db: Database, article_id: str, memento: str) -> dict[str, Any] | None:
    """An article, the revision cited by its memento datetime ("": the current one), and all that belongs to it."""
    rows = await _rows(db, _ARTICLE, id=article_id)
    if not rows:
        return None
    a = rows[0]
    revision = await _rows(db, _REVISION, id=article_id, memento=memento, current=a["current_revision_id"])
    if memento and not revision:
        return None
    shown = a | revision[0] if revision else a | {"id": None}
    kept = await _rows(db, _ATTACHMENTS, id=article_id)
    # of the text as it is now; an archive of an earlier version has no such tables until somebody writes to it
    is_studied = shown["id"] == a["current_revision_id"] and await db.table_exists("similar_texts")
    return {
        "a": a,
        "shown": shown,
        "is_older": bool(revision) and shown["id"] != a["current_revision_id"],
        "paragraphs": _paragraphs(shown),
        "images": _files(shown.get("images"), kept, "image"),
        "attachments": _files(shown.get("attachments"), kept, "attachment"),
        "revisions": await _rows(db, _REVISIONS, id=article_id),
        "addresses": await _rows(db, _ADDRESSES, id=article_id),
        "elsewhere": await _rows(db, _ELSEWHERE, id=article_id, text=a["same_text_as"] or article_id),
        "cited": await _rows(db, _CITED, id=article_id) if is_studied else [],
        "similar": await _rows(db, _SIMILAR, text=a["text_digest"]) if is_studied else [],
    }


async def retracted(db: Database, article_id: str, memento: str) -> str | None:
    """The id of the revision cited by its memento datetime that was only ours and was taken back."""
    if not await db.table_exists("retracted_revisions"):  # an archive of an earlier version
        return None
    query = "select id from retracted_revisions where article_id = :id and memento_datetime = :memento limit 1"
    rows = await _rows(db, query, id=article_id, memento=memento)
    return str(rows[0]["id"]) if rows else None


def paragraphs(body: str | None) -> list[str]:
    """The paragraphs of a text as the archive stores it."""
    return [p for p in (body or "").split("\n\n") if p]


def _paragraphs(shown: Row) -> list[tuple[str, str]]:
    """Each paragraph with what it is: ``lead``, ``caption`` or nothing in particular."""
    captions = {c for c in _list(shown.get("captions")) if isinstance(c, str)}
    kinds = []
    for i, paragraph in enumerate(paragraphs(shown.get("body"))):
        lead = i == 0 and paragraph == shown.get("description")
        kinds.append(("caption" if paragraph in captions else "lead" if lead else "", paragraph))
    return kinds


def _files(listed: str | None, kept: list[Row], kind: str) -> list[Row]:
    """What the shown revision lists, in its order, each with what was kept of it."""
    by_url = {row["url"]: row for row in kept if row["kind"] == kind}
    named = [f for f in _list(listed) if isinstance(f, dict)]
    return [by_url.get(f.get("url"), {}) | f for f in named]


def _list(text: str | None) -> list[Any]:
    try:
        value = json.loads(text or "[]")
    except ValueError:
        return []
    return value if isinstance(value, list) else []


def _tomorrow() -> str:
    return f"{clock.now().astimezone(clock.HO_CHI_MINH) + timedelta(days=1):%Y-%m-%d}"


async def _rows(db: Database, sql: str, **params: object) -> list[Row]:
    return [dict(row) for row in await db.execute(sql, params)]
