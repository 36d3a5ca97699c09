"""What is in each feed: the rows of the archive that a choice finds, as entries."""

from __future__ import annotations

import json
from collections.abc import Callable

from datasette.database import Database

from crawler.search_index import token
from crawler.text import match_query
from monitor import feeds
from monitor.feeds import content
from monitor.web import labels, queries, render
from monitor.web.feed_links import Choice
from monitor.web.feed_news import alerts, edits, removals
from monitor.web.queries import Row, rows, tomorrow

#: Announcements that are looked through for articles that are new here and dated back: a busy night of six sites. To
#: ask the index about one article takes a millisecond.
_ANNOUNCED = 100

# Dates beyond tomorrow are typing errors and would stand on top for years.
_MOMENT = """
case when a.date_published <= :tomorrow then a.date_published
else strftime('%Y-%m-%dT%H:%M:%S', a.first_seen, '+7 hours') end
"""

# The search index knows whose an article is and counts in the order of dates (crawler/search_index): whatever a feed is
# narrowed to, its newest come first, and the walk stops when it is full.
_NARROWED = f"""
select a.id, a.docid, a.same_text_as, {_MOMENT} as moment
from articles_fts cross join articles a on a.docid = articles_fts.rowid
where articles_fts match :match and {{where}} order by articles_fts.rowid desc limit :limit
"""  # noqa: S608

# What was announced later than the last of these is dated, but is dated back behind it.
_DATED_BACK = """
select a.id, a.same_text_as, strftime('%Y-%m-%dT%H:%M:%S', e.at, '+7 hours') as moment
from (select article_id, at from events
      where kind = 'new' and baseline = 0 and at > strftime('%Y-%m-%dT%H:%M:%S', substr(:moment, 1, 19), '-7 hours')
      order by at desc, id limit :announced) e
cross join articles a on a.id = e.article_id
where a.docid < :docid and {where}
  and exists (select 1 from articles_fts where articles_fts match :match and rowid = a.docid)
"""

# The limit of the inner part keeps its order, so that articles are looked up for the newest alone.
_CITING = """
select a.id, a.same_text_as, c.cited_on as moment
from (select article_id, max(cited_on) as cited_on from citations where document = :document
      group by article_id order by 2 desc, 1 limit -1) c
cross join articles a on a.id = c.article_id
where {where} limit :limit
"""

_PICKED = """
with picked(id, moment) as (select value ->> 0, value ->> 1 from json_each(:picked))
"""

_ARTICLES = """
select a.id, a.url, a.headline, a.description, a.author, a.section, a.date_published, s.name as site_name,
       coalesce(a.last_changed, a.first_seen) as updated, t.body,
       (select group_concat(name, ', ') from (
          select distinct other.name from articles again join sites other on other.slug = again.site
          where again.same_text_as = a.id and again.site <> a.site order by other.name)) as also
from picked p join articles a on a.id = p.id join sites s on s.slug = a.site
left join texts t on t.text_digest = a.text_digest
where {once}
order by p.moment desc, a.id
"""

# +: an index on it would sort half the archive
_EACH_TEXT_ONCE = "+a.same_text_as is null"

# Of what a feed is narrowed to, a reprint is no repetition where what it reprints is not found.
_UNLESS_FIRST = """
(+a.same_text_as is null or not exists (
  select 1 from articles_fts where articles_fts match :match
  and rowid = (select first.docid from articles first where first.id = a.same_text_as)))
"""
_UNLESS_FIRST_IS = """
(+a.same_text_as is null or not exists (select 1 from articles first where first.id = a.same_text_as {about}))
"""

_CITES = "exists (select 1 from citations c where c.article_id = a.id and c.document = :document)"

#: What a choice is narrowed by that stands in a column.
_COLUMNS = ("site", "section", "author")


async def entries(db: Database, choice: Choice, absolute: Callable[[str], str], *, full: bool) -> list[feeds.Entry]:
    """The newest FEED_SIZE entries of a feed. ``absolute`` makes a whole address of one of ours.

    Without ``full`` they have summaries only. Raises QueryInterrupted beyond Datasette's time limit.
    """
    if choice.kind == "new":
        return [article_entry(row, absolute, full=full) for row in await articles(db, choice, feeds.FEED_SIZE)]
    make = {"edits": edits, "removals": removals, "alerts": alerts}[choice.kind]
    return await make(db, choice.site, absolute, full=full)


async def articles(db: Database, choice: Choice, limit: int) -> list[Row]:
    """The newest ``limit`` articles that a choice finds, with their texts; each text once."""
    if choice.document and not await db.table_exists("citations"):  # an archive of an earlier version
        return []
    if not choice.arguments:
        shown = queries.RECENT + _ARTICLES.format(once=_EACH_TEXT_ONCE)
        return await rows(db, shown, limit=limit, tomorrow=tomorrow())
    # of several reprints the oldest, which stays the same when there are more
    texts = {row["same_text_as"] or row["id"]: row for row in await _narrowed(db, choice, limit)}
    picked = [(row["id"], row["moment"]) for row in texts.values()]
    return await rows(db, _PICKED + _ARTICLES.format(once="true"), picked=json.dumps(picked))


async def _narrowed(db: Database, choice: Choice, limit: int) -> list[Row]:
    """The newest of what a choice is narrowed to: ``id``, ``same_text_as`` and ``moment``."""
    about = {name: value for name, value in choice.arguments.items() if name in _COLUMNS}
    values = choice.arguments | {"limit": limit, "tomorrow": tomorrow()}
    if choice.document and not choice.q:
        once = _UNLESS_FIRST_IS.format(about="".join(f" and first.{name} = :{name}" for name in about))
        where = " and ".join([once, *(f"a.{name} = :{name}" for name in about)])
        return await rows(db, _CITING.format(where=where), **values)
    words = match_query(choice.q)
    if choice.q and not words:  # only punctuation, or only words to leave out
        return []
    terms = [f'about : "{token(name, value)}"' for name, value in about.items()]
    values |= {"match": " AND ".join([*([f"({words})"] if words else []), *terms])}
    where = " and ".join([_UNLESS_FIRST, *([_CITES] if choice.document else [])])
    found = await rows(db, _NARROWED.format(where=where), **values)
    if len(found) == limit:
        last = {"docid": found[-1]["docid"], "moment": found[-1]["moment"], "announced": _ANNOUNCED}
        found += await rows(db, _DATED_BACK.format(where=where), **values, **last)
    found.sort(key=lambda row: str(row["id"]))
    return sorted(found, key=lambda row: str(row["moment"]), reverse=True)[:limit]


def article_entry(row: Row, absolute: Callable[[str], str], *, full: bool = True) -> feeds.Entry:
    """The entry of an article: named by the article, as new as its last edit."""
    paragraphs = queries.paragraphs(row["body"])
    html = ""
    if full:
        day = labels.moment(row["date_published"])
        html = content.article(paragraphs, original_url=row["url"], site_name=row["site_name"], day=day)
        html += content.said(labels.TEXTS["vi"]["also_at"].format(sites=row["also"])) if row.get("also") else ""
    return feeds.Entry(
        id=feeds.entry_id(row["id"]),
        title=row["headline"],
        page_url=absolute(render.article_path(row)),
        original_url=row["url"],
        site_name=row["site_name"],
        section=row["section"],
        author=row["author"],
        published=row["date_published"],
        updated=row["updated"],
        summary=content.excerpt(row["description"], paragraphs),
        html=html,
    )
