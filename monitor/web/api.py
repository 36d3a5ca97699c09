"""The API for programs: articles, revisions and events as JSON, page by page; docs/api.md describes every field."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import partial
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database, QueryInterrupted
from datasette.utils.asgi import Request, Response

from crawler.text import clean
from monitor import feeds
from monitor.feeds.content import discreet
from monitor.web import queries, render
from monitor.web.queries import Row, rows

#: Items of a page where nobody says how many, and at most: with texts some hundred kilobytes.
PAGE, LARGEST = 100, 500

#: Longest argument that is taken from an address, in characters.
_LONGEST = 200

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}

#: What each list may be narrowed to: argument and column. Sites' revisions are found by way of events. (+: the list is
#: walked in its order; by an index on such a column half the archive would be sorted for one page.)
NARROWED_BY = {
    "articles": {name: f"+{name}" for name in ("site", "section", "author", "status")},
    "revisions": {"article": "r.article_id", "change": "r.change"},
    "events": {"site": "+e.site", "article": "e.article_id", "kind": "+e.kind"},
}

# A page goes on behind the last row of the one before. That is named by its id, so that a cursor means the same after a
# rebuild, and so are rows of one moment, whose order is that in which they are stored. Where that row is gone (an
# article may be withheld) the cursor's moment has to do.
_ARTICLES = """
select a.id, a.site, a.section, a.url, a.headline, a.description, a.author, a.date_published, a.word_count, a.status,
       a.first_seen, a.last_seen, a.last_checked, a.last_changed, a.revision_count, a.current_revision_id,
       a.text_digest, a.same_text_as, a.docid{text}
from (select docid from articles where {where} and {after} order by docid desc limit :limit) picked
cross join articles a on a.docid = picked.docid {texts}
order by a.docid desc
"""
_AFTER_ARTICLE = "docid < coalesce((select docid from articles where id = :id), cast(:moment as integer))"

_REVISIONS = """
select r.id, r.article_id, a.site, r.memento_datetime, r.observed_after, r.observed_by, r.change, r.headline,
       r.description, r.author, r.date_published, r.section, r.words_added, r.words_removed, r.text_digest,
       r.content_digest, r.reading_digest, r.extractor_version, r.capture_id, c.url, c.payload_digest, c.warc_file,
       c.warc_offset, c.warc_length{text}
from revisions r cross join articles a on a.id = r.article_id left join captures c on c.id = r.capture_id {texts}
where {where} and {after}
order by r.memento_datetime desc, r.rowid desc limit :limit
"""
_AFTER_REVISION = """(r.memento_datetime < :moment or (r.memento_datetime = :moment
                      and r.rowid < coalesce((select rowid from revisions where id = :id), 1 << 62)))"""

_EVENTS = """
select e.id, e.kind, e.site, e.article_id, e.revision_id, e.at, e.recorded_at, e.baseline, e.summary, e.evidence,
       a.headline, a.url
from events e left join articles a on a.id = e.article_id
where {where} and {after}
order by e.recorded_at, e.rowid limit :limit
"""
_SINCE_EVENT = """(e.recorded_at > :moment or (e.recorded_at = :moment
                   and e.rowid > coalesce((select rowid from events where id = :id), 0)))"""


class _MistakenError(Exception):
    """What was asked for makes no sense; the message says why."""


async def articles(datasette: Any, request: Request) -> Response:
    """``/api/articles.json``: articles, the newest by the publisher's date first, or when it was first seen."""
    return await _answer(datasette, request, "articles", _article_page)


async def revisions(datasette: Any, request: Request) -> Response:
    """``/api/revisions.json``: revisions, the newest first."""
    return await _answer(datasette, request, "revisions", _revision_page)


async def events(datasette: Any, request: Request) -> Response:
    """``/api/events.json``: the journal in the order in which it was written, from ``since`` on."""
    return await _answer(datasette, request, "events", _event_page)


async def _article_page(db: Database, request: Request, where: str, values: Row) -> list[Row]:
    cursor = _cursor(request, "after")
    sql = _ARTICLES.format(where=where, after=_AFTER_ARTICLE if cursor else "true", **_text(request, "a"))
    return await rows(db, sql, **values, **_point(cursor))


async def _revision_page(db: Database, request: Request, where: str, values: Row) -> list[Row]:
    cursor = _cursor(request, "after")
    sql = _REVISIONS.format(where=where, after=_AFTER_REVISION if cursor else "true", **_text(request, "r"))
    return await rows(db, sql, **values, **_point(cursor))


async def _event_page(db: Database, request: Request, where: str, values: Row) -> list[Row]:
    cursor = _cursor(request, "since")
    sql = _EVENTS.format(where=where, after=_SINCE_EVENT if cursor else "true")
    found = await rows(db, sql, **values, **_point(cursor))
    return [row | {"baseline": bool(row["baseline"]), "evidence": _evidence(row["evidence"])} for row in found]


#: By which column a cursor knows where a page ended, and under which argument its cursor is given back.
_ORDER = {
    "articles": ("docid", "after"),
    "revisions": ("memento_datetime", "after"),
    "events": ("recorded_at", "since"),
}


async def _answer(datasette: Any, request: Request, name: str, page: Any) -> Response:
    if request.method == "OPTIONS":
        return Response("", status=204, headers=HEADERS | _PREFLIGHT)
    db = await queries.database(datasette)
    try:
        limit = _limit(request)
        where, values = _narrowed(request, name)
        found = await page(db, request, where, values | {"limit": limit + 1}) if db else []
    except _MistakenError as mistake:
        return _json({"error": str(mistake)}, status=400)
    except QueryInterrupted:
        return _json({"error": "The archive took too long to answer: ask for less, or later."}, status=503)
    column, argument = _ORDER[name]
    absolute = partial(render.absolute, datasette, request)
    more = len(found) > limit
    found = found[:limit]
    last = _written(found[-1][column], found[-1]["id"]) if found else request.args.get(argument)
    kept = [(k, v) for k in request.args for v in request.args.getlist(k) if k != argument]
    following = absolute(f"api/{name}.json?{urlencode([*kept, (argument, last)])}") if more else None
    content: dict[str, Any] = {name: [_with_page(row, name, absolute) for row in found], "next": following}
    if name == "events":
        content["cursor"] = last  # also of the last page: with it one asks again tomorrow
    return _json(content, request=request, following=following)


def _with_page(row: Row, name: str, absolute: Any) -> Row:
    """A row with the address of its page here."""
    article_id = row["id"] if name == "articles" else row["article_id"]
    if article_id is None:
        return row | {"page": None}
    path = render.article_path({"id": article_id, "headline": row["headline"]})
    memento = f"?{urlencode({'memento': row['memento_datetime']})}" if name == "revisions" else ""
    shown = {key: value for key, value in row.items() if key != "docid"}  # which is ours to change
    return shown | {"page": absolute(path + memento)}


def _narrowed(request: Request, name: str) -> tuple[str, Row]:
    """The conditions of a list, and their values; raises _MistakenError for an argument that it does not know."""
    columns = NARROWED_BY[name]
    known = {*columns, "limit", _ORDER[name][1], *(("text",) if name != "events" else ())}
    if unknown := sorted(set(request.args) - known):
        raise _MistakenError(f"There is no argument {unknown[0]!r}: known are {', '.join(sorted(known))}.")
    values = {key: clean(request.args[key][:_LONGEST]) for key in columns if request.args.get(key)}
    return " and ".join(["true", *(f"{columns[key]} = :{key}" for key in values)]), values


def _limit(request: Request) -> int:
    asked = request.args.get("limit") or str(PAGE)
    if not (asked.isascii() and asked.isdigit() and len(asked) < 9 and int(asked) >= 1):
        raise _MistakenError("limit is a whole number from 1.")
    return min(int(asked), LARGEST)


def _text(request: Request, alias: str) -> dict[str, str]:
    if request.args.get("text") != "1":
        return {"text": "", "texts": ""}
    return {"text": ", t.body as text", "texts": f"left join texts t on t.text_digest = {alias}.text_digest"}


def _written(moment: str | int, identifier: str) -> str:
    """A cursor: where a page ended, in a form that nobody is tempted to make up."""
    return urlsafe_b64encode(json.dumps([str(moment), identifier]).encode()).decode().rstrip("=")


def _cursor(request: Request, argument: str) -> tuple[str, str] | None:
    """What ``_written`` gave out; raises _MistakenError for anything else."""
    given = request.args.get(argument)
    if not given:
        return None
    try:
        point = json.loads(urlsafe_b64decode(given.encode("ascii") + b"=" * (-len(given) % 4)))
        json.dumps(point, ensure_ascii=False).encode()  # half a surrogate pair: JSON can name it, SQLite not take it
    except (ValueError, binascii.Error, RecursionError):
        point = None
    if not (isinstance(point, list) and len(point) == 2 and all(isinstance(part, str) for part in point)):
        raise _MistakenError(f"{argument} is a cursor that an answer gave: leave it out to begin.")
    return point[0], point[1]


def _point(cursor: tuple[str, str] | None) -> Row:
    return {} if cursor is None else {"moment": cursor[0], "id": cursor[1]}


def _evidence(stored: str) -> Any:
    """An event's evidence, without places of this machine and e-mail addresses, which some failures name."""
    try:
        return json.loads(discreet(stored))
    except ValueError:
        return {}


def _json(content: Any, *, status: int = 200, request: Request | None = None, following: str | None = None) -> Response:
    body = json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
    headers = dict(HEADERS)
    if following:
        headers["Link"] = f'<{following}>; rel="next"'
    if request is not None:
        tag = headers["ETag"] = feeds.etag(body)
        if feeds.Feed(body, tag, None).is_known_to(request.headers):
            return Response("", status=304, headers=headers, content_type="application/json; charset=utf-8")
    return Response(body, status=status, headers=headers, content_type="application/json; charset=utf-8")
