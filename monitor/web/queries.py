"""What more than one page asks of the archive, over Datasette's read-only connection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from datasette.database import Database

from crawler import clock
from monitor.web.database import spare

#: Datasette's name of the database, and so the first step of every address of a table.
ARCHIVE = "archive"

Row = dict[str, Any]

# The newest by the publisher's date, and what a crawl announced as new: a site that shows no dates, or dates an article
# back, would otherwise never appear. Of both only what stands first for its text, or a night of reprints would fill it
# all. Dates beyond tomorrow are typing errors and would stand on top for years.
RECENT = """
with recent(id, moment) as (
  select id, date_published from (
    select id, date_published from articles
    where +same_text_as is null and date_published <= :tomorrow -- +: an index on it would sort half the archive
    order by date_published desc, id limit :limit)
  union all
  select article_id, moment from (
    select e.article_id, strftime('%Y-%m-%dT%H:%M:%S', e.at, '+7 hours') as moment
    from events e cross join articles a on a.id = e.article_id
    where e.kind = 'new' and e.baseline = 0 and +a.same_text_as is null order by e.at desc, e.id limit :limit)
), picked(id, moment) as (
  select id, max(moment) from recent group by id order by max(moment) desc, id limit :limit
)
"""


async def database(datasette: Any) -> Database | None:
    """The archive, or None while there is none: it may come into being after the server was started."""
    if ARCHIVE not in datasette.databases:
        path = datasette.config_dir / f"{ARCHIVE}.db" if datasette.config_dir is not None else None
        if path is None or not path.exists():
            return None
        database = Database(datasette, path=str(path), is_mutable=True)
        spare(database)
        datasette.add_database(database, name=ARCHIVE)
    archive: Database = datasette.get_database(ARCHIVE)
    return archive if await archive.table_exists("articles") else None


def paragraphs(body: str | None) -> list[str]:
    """The paragraphs of a text as the archive stores it."""
    return [p for p in (body or "").split("\n\n") if p]


def tomorrow() -> str:
    """The day after today in Vietnam, ``YYYY-MM-DD``: dates beyond it are typing errors."""
    return f"{clock.now().astimezone(clock.HO_CHI_MINH) + timedelta(days=1):%Y-%m-%d}"


def today() -> str:
    """Today in Vietnam, ``YYYY-MM-DD``: what the SQL function ``vi_today`` gives."""
    return f"{clock.now().astimezone(clock.HO_CHI_MINH):%Y-%m-%d}"


async def rows(db: Database, sql: str, **params: object) -> list[Row]:
    """What a query gives, a dictionary a row. Raises QueryInterrupted beyond Datasette's time limit."""
    return [dict(row) for row in await db.execute(sql, params)]
