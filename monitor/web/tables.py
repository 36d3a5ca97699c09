"""The search box of Datasette's table of articles: ours instead of Datasette's, which walks all matches three times."""

from __future__ import annotations

from typing import Any

from datasette.filters import FilterArguments
from datasette.utils.asgi import Request

from crawler.text import match_query
from monitor.web import queries
from monitor.web.finding import WINDOW
from monitor.web.queries import rows

_NEWEST = """
select rowid from articles_fts where articles_fts match :search order by rowid desc limit {limit}
"""


async def search_articles(datasette: Any, request: Request) -> FilterArguments:
    """``?_search=`` as a condition: the newest matches, WINDOW at most; the page says so where there are more.

    Whatever is typed is a query (``crawler.text.match_query``); one that asks for nothing finds nothing.
    """
    typed = request.args.get("_search") or ""
    if not typed:
        return FilterArguments([], extra_context={"supports_search": True})
    match = match_query(typed) or '""'
    db = datasette.get_database(queries.ARCHIVE)
    counted = f"select count(*) as n from ({_NEWEST.format(limit=WINDOW + 1)})"  # noqa: S608
    count = (await rows(db, counted, search=match))[0]["n"]
    said = f'có “{typed}” · matches "{typed}"'
    if count > WINDOW:
        said += f" ({WINDOW:,} bài mới nhất · the newest {WINDOW:,})".replace(",", ".")
    return FilterArguments(
        [f"docid in ({_NEWEST.format(limit=WINDOW)})"],
        params={"search": match},
        human_descriptions=[said],
        extra_context={"supports_search": True, "search": typed},
    )
