"""Articles that disappeared: removed, perhaps removed, moved, put back; with each look that did not find them."""

from __future__ import annotations

import json
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import Request, Response

from monitor.web import labels, queries, render
from monitor.web.evidence import record_path
from monitor.web.feed_links import Choice, alternates
from monitor.web.queries import Row, rows

#: Removals on one page, each with its evidence and its last text.
PAGE_SIZE = 10

#: Pages that can be asked for: behind them stands the table, which can be sorted and filtered.
_LAST_PAGE = 200

#: Looks that are shown of one removal: three are enough to make it one.
_LOOKS = 12

#: Events of whole sites that are shown.
_MASS = 8

#: What the page can be narrowed to, and how it is known of a row of ``removals`` (r) and its article (a). The + keeps
#: SQLite from the indexes on these columns, which would leave everything to be sorted.
_STATES = {
    "removed": "r.confirmed is not null and r.restored is null and +r.moved_to is null",
    "suspect": "r.confirmed is null and r.restored is null and +r.moved_to is null and +a.status = 'suspect'",
    "moved": "+r.moved_to is not null and r.restored is null",
    "restored": "r.restored is not null and r.confirmed is not null",
}

_COLUMNS = """
r.id as removal_id, r.article_id, r.first_missing, r.confirmed, r.restored, r.checks, r.evidence, r.moved_to,
r.mass_id, r.decision, r.last_good_capture_id, g.memento_datetime as last_good_at, g.record_type as last_good_type
"""

# By the index on first_missing, newest first, until there are enough of the state and the site that were asked for.
_PAGE = f"""
select {_COLUMNS}, a.id, a.headline, a.section, a.date_published, a.status, a.site, a.url, a.last_seen,
       s.name as site_name, t.body, m.headline as moved_headline
from removals r join articles a on a.id = r.article_id join sites s on s.slug = a.site
left join captures g on g.id = r.last_good_capture_id
left join texts t on t.text_digest = a.text_digest
left join articles m on m.id = r.moved_to
where {{state}} and (:site = '' or +a.site = :site)
order by r.first_missing desc, r.id limit :limit offset :offset
"""  # noqa: S608

_OF_ARTICLE = f"""
select {_COLUMNS}, a.status from removals r join articles a on a.id = r.article_id
left join captures g on g.id = r.last_good_capture_id
where r.article_id = :id order by r.first_missing desc limit 20
"""  # noqa: S608

_MASS_EVENTS = f"""
select m.*, s.name as site_name from mass_removals m join sites s on s.slug = m.site
where :site = '' or m.site = :site order by m.closed is null desc, m.opened desc limit {_MASS}
"""  # noqa: S608

_CAPTURES = """
select id, memento_datetime, status_code, quality, quality_reason, redirect_to, url from captures
where id in ({marks})
"""

_SITES = "select slug, name from sites where exists (select 1 from articles where site = slug) order by name"


async def removed_page(datasette: Any, request: Request) -> Response:
    """``/da-go?state=&site=&page=``: what disappeared, newest first, with the evidence and the last good text."""
    db = await queries.database(datasette)
    state = request.args.get("state") or ""
    state = state if state in _STATES else "removed"
    site = request.args.get("site") or ""
    asked = request.args.get("page") or ""
    page = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 else 1
    page = min(max(page, 1), _LAST_PAGE)
    found = await removals(db, state, site, page) if db else []
    sites = await rows(db, _SITES) if db else []
    language = labels.language_of(request.args.get("lang"))
    here = render.linker(datasette, language)
    name = next((s["name"] for s in sites if s["slug"] == site), "")
    kept = {"state": state} | ({"site": site} if site else {})
    content = {
        "found": found[:PAGE_SIZE],
        "state": state,
        "states": list(_STATES),
        "site": site,
        "sites": sites,
        "mass": await mass_events(db, site) if db and page == 1 else [],
        "feeds": alternates(datasette, [Choice(kind="removals", site=site, site_name=name)], language=language),
        "newer_url": here("da-go", **kept, page=str(page - 1)) if page > 1 else None,
        "older_url": here("da-go", **kept, page=str(page + 1))
        if len(found) > PAGE_SIZE and page < _LAST_PAGE
        else None,
    }
    return await render.page(datasette, request, "luutin_removed.html", content)


async def removals(db: Database, state: str, site: str, page: int) -> list[Row]:
    """One page (from 1) of the removals in a state, and one more where there are more."""
    window = {"limit": PAGE_SIZE + 1, "offset": (page - 1) * PAGE_SIZE}
    found = await rows(db, _PAGE.format(state=_STATES[state]), site=site, **window)
    return [r | {"paragraphs": queries.paragraphs(r["body"])} for r in await _told(db, found)]


async def of_article(db: Database, article_id: str) -> list[Row]:
    """Each disappearance of an article, newest first, with its looks."""
    return await _told(db, await rows(db, _OF_ARTICLE, id=article_id))


async def mass_events(db: Database, site: str) -> list[Row]:
    """Each time that a site (all of them: "") lost much at once; those that are not over first."""
    return await rows(db, _MASS_EVENTS, site=site)


async def _told(db: Database, found: list[Row]) -> list[Row]:
    """Removals with their ``state`` and ``looks``: when, what the server said, and where the record is."""
    named = {r["removal_id"]: _named(r["evidence"]) for r in found}
    wanted = sorted({capture for captures in named.values() for capture in captures})
    captures: dict[str, Row] = {}
    if wanted:
        sql = _CAPTURES.format(marks=", ".join(f":c{i}" for i in range(len(wanted))))
        known = await rows(db, sql, **{f"c{i}": capture for i, capture in enumerate(wanted)})
        captures = {row["id"]: row for row in known}
    return [
        r
        | {
            "state": _state(r),
            "looks": [_look(captures[c]) for c in named[r["removal_id"]] if c in captures],
            "last_good_record": record_path(r["last_good_capture_id"]) if r["last_good_at"] else None,
        }
        for r in found
    ]


def _named(evidence: str) -> list[str]:
    """The captures that a removal names, in order, each once; none where somebody's JSON is no such thing."""
    try:
        told = json.loads(evidence)
    except ValueError:
        return []
    if not isinstance(told, dict):
        return []
    missing = told.get("missing")
    looks = [look.get("capture") for look in missing if isinstance(look, dict)] if isinstance(missing, list) else []
    return list(dict.fromkeys(c for c in (told.get("first"), *looks) if isinstance(c, str)))[:_LOOKS]


def _look(capture: Row) -> Row:
    told = {f: capture[f] for f in ("memento_datetime", "status_code", "quality", "quality_reason", "redirect_to")}
    return {"capture_id": capture["id"], "record": record_path(capture["id"])} | told


def _state(r: Row) -> str:
    if r["restored"]:
        return "restored"
    if r["moved_to"]:
        return "moved"
    return "removed" if r["confirmed"] else "suspect"
