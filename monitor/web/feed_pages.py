"""The feeds' addresses: what is in each, and when it is not sent again."""

from __future__ import annotations

from typing import Any

from datasette.database import Database
from datasette.utils.asgi import Request, Response

from monitor import feeds
from monitor.web import labels, queries, render
from monitor.web.queries import RECENT, Row, rows, tomorrow

_FEED = f"""{RECENT}
select a.id, a.url, a.headline, a.description, a.author, a.section, a.date_published, s.name as site_name,
       coalesce(a.last_changed, a.first_seen) as updated, t.body
from picked p join articles a on a.id = p.id join sites s on s.slug = a.site
left join texts t on t.text_digest = a.text_digest
where a.same_text_as is null
order by p.moment desc, a.id
"""  # noqa: S608


async def new_articles_feed(datasette: Any, request: Request) -> Response:
    """``/feeds/new.atom``: the newest articles; 304 for a reader that has them already."""
    db = await queries.database(datasette)
    rows = await newest(db, feeds.FEED_SIZE) if db else []
    t = labels.TEXTS["vi"]
    feed = feeds.atom(
        [_entry(datasette, request, row) for row in rows],
        name="new",
        title=f"Lưu Tin – {t['newest']}",
        subtitle=t["tagline"],
        feed_url=render.absolute(datasette, request, "feeds/new.atom"),
        home_url=render.absolute(datasette, request, ""),
    )
    if feed.is_known_to(request.headers):
        return Response("", status=304, headers=feed.headers, content_type=feeds.MEDIA_TYPE)
    headers = feed.headers | {"X-Content-Type-Options": "nosniff"}
    return Response(feed.body, headers=headers, content_type=feeds.MEDIA_TYPE)


def _entry(datasette: Any, request: Request, row: Row) -> feeds.Entry:
    return feeds.Entry(
        article_id=row["id"],
        headline=row["headline"],
        page_url=render.absolute(datasette, request, render.article_path(row)),
        original_url=row["url"],
        site_name=row["site_name"],
        section=row["section"],
        author=row["author"],
        published=row["date_published"],
        updated=row["updated"],
        summary=row["description"],
        paragraphs=tuple(queries.paragraphs(row["body"])),
    )


async def newest(db: Database, limit: int) -> list[Row]:
    """The articles of the feed of new ones, newest first, with their texts."""
    return await rows(db, _FEED, limit=limit, tomorrow=tomorrow())
