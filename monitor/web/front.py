"""The front page: the newest articles, what changed, what is missing, the sites."""

from __future__ import annotations

from typing import Any

from datasette.database import Database, QueryInterrupted
from datasette.utils.asgi import Request, Response

from monitor.web import queries, render
from monitor.web.queries import RECENT, rows, tomorrow

_NEWEST = f"""{RECENT}
select a.id, a.headline, a.description, a.section, a.date_published, a.status, a.site, s.name as site_name
from picked p join articles a on a.id = p.id join sites s on s.slug = a.site
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


async def front_page(datasette: Any, request: Request) -> Response:
    """``/``: the newest articles, what changed, what is missing, the sites."""
    db = await queries.database(datasette)
    content = await front(db) if db else {}
    return await render.page(datasette, request, "luutin_front.html", content)


async def front(db: Database) -> dict[str, Any]:
    """Everything on the front page."""
    try:
        totals = (await rows(db, _TOTALS))[0]
    except QueryInterrupted:  # millions of captures: the page is worth more than their number
        totals = None
    return {
        "newest": await rows(db, _NEWEST, limit=15, tomorrow=tomorrow()),
        "changed": await rows(db, _CHANGED, limit=6),
        "missing": await rows(db, _MISSING, limit=6),
        "sites": await rows(db, _SITES),
        "totals": totals,
    }
