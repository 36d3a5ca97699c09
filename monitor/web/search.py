"""The search page: the articles that hold these words, with or without marks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from datasette.database import Database, QueryInterrupted
from datasette.utils.asgi import Request, Response

from crawler.text import clean, match_query
from monitor.web import labels, queries, render
from monitor.web.queries import Row, rows
from monitor.web.snippets import snippet

#: Results on one page of a search.
PAGE_SIZE = 20

#: A search is counted no further: nobody reads more, and an exact count walks every match.
COUNT_LIMIT = 1000

#: Longest query that is taken from an address, in characters.
_LONGEST_QUERY = 200

#: Pages of a search that can be asked for: behind them stand more results than anybody counts.
_LAST_PAGE = COUNT_LIMIT // PAGE_SIZE

_FOUND = "from articles where +same_text_as is null and docid in (select rowid from articles_fts(:match))"

_COUNT = f"select count(*) as n from (select 1 {_FOUND} limit :limit)"  # noqa: S608

_SEARCH = f"""
select a.id, a.headline, a.section, a.date_published, a.status, a.site, s.name as site_name, t.body
from (select * {_FOUND} order by date_published desc, id limit :limit offset :offset) a
join sites s on s.slug = a.site
left join texts t on t.text_digest = a.text_digest
order by a.date_published desc, a.id
"""  # noqa: S608


async def search_page(datasette: Any, request: Request) -> Response:
    """``/tim-kiem?q=``: the articles that hold these words, with or without marks, newest first."""
    db = await queries.database(datasette)
    language = labels.language_of(request.args.get("lang"))
    t = labels.TEXTS[language]
    query = clean((request.args.get("q") or "")[:_LONGEST_QUERY])
    asked = request.args.get("page") or ""
    page = min(int(asked), _LAST_PAGE) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 9 else 1
    page = max(page, 1)
    try:
        found, count = await search(db, query, page) if db else ([], 0)
        phrase = t["found_none"] if not count else t["found_many"] if count > COUNT_LIMIT else t["found"]
    except QueryInterrupted:
        found, count, phrase = [], 0, t["too_slow"]

    def url(to: int) -> str:
        return f"{request.path}?{urlencode({'q': query, 'page': to} | render.language_argument(language))}"

    content = {
        "q": query,
        "outcome": phrase.format(n=labels.number(min(count, COUNT_LIMIT), language), q=query),
        "found": [a | {"snippet": snippet(a["body"] or "", query)} for a in found],
        "newer_url": url(page - 1) if page > 1 else None,
        "older_url": url(page + 1) if page * PAGE_SIZE < min(count, COUNT_LIMIT) else None,
    }
    return await render.page(datasette, request, "luutin_search.html", content)


async def search(db: Database, text: str, page: int) -> tuple[list[Row], int]:
    """One page (from 1) of what a person's query finds, newest first, and how many it finds, up to COUNT_LIMIT + 1."""
    match = match_query(text)
    if not match:
        return [], 0
    counted = await rows(db, _COUNT, match=match, limit=COUNT_LIMIT + 1)
    found = await rows(db, _SEARCH, match=match, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return found, counted[0]["n"]
