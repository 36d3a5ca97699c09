"""Edits with their differences, removals with their evidence, operators' alerts: what feeds tell beyond articles."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database

from crawler.changes import compare
from crawler.reading import Reading
from monitor import feeds
from monitor.alerts import sentence
from monitor.feeds import content
from monitor.web import labels, queries, render
from monitor.web.queries import Row, rows

Absolute = Callable[[str], str]

#: The kinds of events that the feed of removals tells of.
REMOVALS = ("removed", "moved", "restored", "site_missing", "site_back", "site_closed")

_T = labels.TEXTS["vi"]

# The newest of some kinds, news or not: an import's edits and removals stand where their dates put them.
_OF_ALL = """
select * from (select * from events where kind = '{kind}' and baseline = {baseline} order by at desc, id limit :limit)
"""
_OF_A_SITE = (
    "select * from (select * from events where site = :site and kind = '{kind}' order by at desc, id limit :limit)"
)

_EDITS = """
select e.id as event_id, e.at, e.summary, e.revision_id, a.id, a.url, a.section,
       s.name as site_name, coalesce(r.headline, gone.headline, a.headline) as headline, r.author,
       r.memento_datetime, r.observed_after, r.observed_by, r.reading_digest as after_digest,
       p.reading_digest as before_digest, p.memento_datetime as before, gone.retracted_at
from (select * from ({events}) order by at desc, id limit :limit) e
join articles a on a.id = e.article_id join sites s on s.slug = a.site
left join revisions r on r.id = e.revision_id
left join revisions p on p.id = (
  select id from revisions older
  where older.article_id = r.article_id and older.memento_datetime < r.memento_datetime
  order by older.memento_datetime desc, older.id desc limit 1)
left join retracted_revisions gone on gone.article_id = e.article_id and gone.memento_datetime = e.at
where r.id is not null or gone.id is not null
order by e.at desc, e.id
"""

_READINGS = """
select g.*, t.body from readings g join texts t on t.text_digest = g.text_digest
where g.reading_digest in (select value from json_each(:digests))
"""

_REMOVALS = """
select e.id as event_id, e.kind, e.at, e.summary, e.evidence, a.id, a.headline, a.url, a.section, a.author,
       a.last_seen, s.name as site_name, s.home_url, t.body
from (select * from ({events}) order by at desc, id limit :limit) e
join sites s on s.slug = e.site
left join articles a on a.id = e.article_id
left join texts t on t.text_digest = a.text_digest
where a.id is not null or e.kind glob 'site_*'
order by e.at desc, e.id
"""

_CAPTURES = """
select id, memento_datetime, status_code, quality, quality_reason, warc_file, warc_offset from captures
where id in (select value from json_each(:ids))
"""

_ALERTS = """
select a.id as event_id, a.opened, a.closed, a.message, a.kind, a.evidence, s.name as site_name, s.home_url
from alerts a left join sites s on s.slug = a.site
where :site = '' or a.site = :site
order by a.opened desc, a.id limit :limit
"""


def _events(kinds: Iterable[str], site: str) -> str:
    """The newest events of some kinds as SQL; each part reads as many rows as the feed has, by an index."""
    if site:
        return " union all ".join(_OF_A_SITE.format(kind=kind) for kind in kinds)
    return " union all ".join(_OF_ALL.format(kind=kind, baseline=b) for kind in kinds for b in (0, 1))


async def edits(db: Database, site: str, absolute: Absolute, *, full: bool) -> list[feeds.Entry]:
    """The newest edits, each with what it changed word by word; one that proved to be ours says so."""
    if not await db.table_exists("retracted_revisions"):  # an archive of an earlier version
        return []
    sql = _EDITS.format(events=_events(("edited",), site))
    found = await rows(db, sql, site=site, limit=feeds.FEED_SIZE)
    digests = sorted({row[key] for row in found for key in ("before_digest", "after_digest") if full and row[key]})
    said = {row["reading_digest"]: row for row in await rows(db, _READINGS, digests=json.dumps(digests))}
    # comparing takes milliseconds an edit, in which a server of one thread would answer nobody
    return await asyncio.to_thread(lambda: [_edit(row, said, absolute) for row in found])


def _edit(row: Row, said: dict[str, Row], absolute: Absolute) -> feeds.Entry:
    retracted = row["after_digest"] is None
    summary = _T["retracted_edit"] if retracted else row["summary"]
    path = render.article_path(row)
    if row["before"] and not retracted:
        path = f"so-sanh/{row['id']}?{urlencode({'tu': row['before'], 'den': row['memento_datetime']})}"
    html = ""
    if retracted:
        html = content.said(summary)
    elif before_after := [said[row[key]] for key in ("before_digest", "after_digest") if row[key] in said]:
        between = f"{labels.moment(row['observed_after'])} – {labels.moment(row['observed_by'])}"
        html = content.facts([(_T["edit_observed"], between), (_T["edit_in_short"], row["summary"])])
        html += _difference(*before_after) if len(before_after) == 2 else ""
        html += content.source(row["url"], row["site_name"])
    return feeds.Entry(
        id=feeds.event_id(row["event_id"]),
        title=_T["told_retracted" if retracted else "told_edited"].format(headline=row["headline"] or feeds.NO_TITLE),
        page_url=absolute(path),
        original_url=row["url"],
        site_name=row["site_name"],
        section=row["section"],
        author=row["author"],
        published=row["at"],
        updated=row["retracted_at"] if retracted else row["at"],
        summary=summary,
        html=html,
    )


def _difference(before: Row, after: Row) -> str:
    return content.edit(compare(_reading(before), before["body"], _reading(after), after["body"]))


def _reading(row: Row) -> Reading:
    return Reading(**{f.name: row[f.name] for f in fields(Reading)})


async def removals(db: Database, site: str, absolute: Absolute, *, full: bool) -> list[feeds.Entry]:
    """The newest removals, moves and returns, and what befell whole sites, with the evidence."""
    sql = _REMOVALS.format(events=_events(REMOVALS, site))
    found = [row | {"evidence": _evidence(row)} for row in await rows(db, sql, site=site, limit=feeds.FEED_SIZE)]
    ids = sorted({i for row in found for i in _captures(row["evidence"])})
    captures = {row["id"]: row for row in await rows(db, _CAPTURES, ids=json.dumps(ids))}
    return [_removal(row, captures, absolute, full=full) for row in found]


def _removal(row: Row, captures: dict[str, Row], absolute: Absolute, *, full: bool) -> feeds.Entry:
    told = _told(row, captures)
    headline = (row["headline"] or feeds.NO_TITLE) if row["id"] else row["site_name"]
    return feeds.Entry(
        id=feeds.event_id(row["event_id"]),
        title=_T[f"told_{row['kind']}"].format(headline=headline),
        page_url=absolute(render.article_path(row)) if row["id"] else absolute(""),
        original_url=row["url"] or row["home_url"],
        site_name=row["site_name"],
        section=row["section"],
        author=row["author"],
        published=row["at"],
        updated=row["at"],
        summary="; ".join(f"{name}: {value}" for name, value in told),
        html=_removal_html(row, told, captures) if full else "",
    )


def _removal_html(row: Row, told: list[tuple[str, str]], captures: dict[str, Row]) -> str:
    html = content.facts(told)
    if row["evidence"].get("provisional"):
        html += content.said(_T["provisional"])
    if row["id"] is None:
        return html
    if looks := [_look(captures[i]) for i in _captures(row["evidence"])[1:] if i in captures]:
        html += content.said(_T["looks_heading"]) + content.looks(looks)
    last = content.article(queries.paragraphs(row["body"]), original_url=row["url"], site_name=row["site_name"])
    return html + content.said(_T["last_text"]) + last


def _told(row: Row, captures: dict[str, Row]) -> list[tuple[str, str]]:
    """What is known of a removal, by name."""
    about: dict[str, Any] = row["evidence"]
    kept = captures.get(str(about.get("capture") or ""))
    return [
        (name, value)
        for name, value in (
            (_T["last_good"], labels.moment(row["last_seen"])),
            (_T["first_missing"], labels.moment(about.get("first_missing") or about.get("since"))),
            (_T["was_removed"], labels.moment(about.get("removed") or (row["at"] if row["kind"] == "removed" else ""))),
            (_T["moved_to_url"], str(about.get("url") or "")),
            (_T["looked"], str(about.get("looked") or "")),
            (_T["missing_articles"], str(about["missing"]) if isinstance(about.get("missing"), int) else ""),
            (_T["successor"], str(about.get("successor") or "")),
            (_T["kept_record"], f"{kept['warc_file']}, {kept['warc_offset']}" if kept else ""),
        )
        if value
    ]


def _look(capture: Row) -> dict[str, str]:
    answer = " ".join(str(capture[key]) for key in ("status_code", "quality", "quality_reason") if capture[key])
    return {"when": labels.moment(capture["memento_datetime"]), "answer": answer, "capture": capture["id"]}


def _evidence(row: Row) -> dict[str, Any]:
    try:
        value = json.loads(row["evidence"])
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _captures(about: dict[str, Any]) -> list[str]:
    """The last good capture, then those of the looks that did not find it."""
    missing = about.get("missing")
    listed = missing if isinstance(missing, list) else []
    return [str(i) for i in (about.get("capture") or "", *listed)]


async def alerts(db: Database, site: str, absolute: Absolute, *, full: bool) -> list[feeds.Entry]:
    """The newest alerts; one that is over is the same entry, updated when it closed."""
    found = await rows(db, _ALERTS, site=site, limit=feeds.FEED_SIZE)
    return [_alert(row, absolute, full=full) for row in found]


def _alert(row: Row, absolute: Absolute, *, full: bool) -> feeds.Entry:
    told = sentence(row["kind"], _evidence(row), "vi", otherwise=row["message"])
    message = content.discreet(told)
    title = content.excerpt(None, [f"{row['site_name']}: {message}" if row["site_name"] else message])
    return feeds.Entry(
        id=feeds.event_id(row["event_id"]),
        title=_T["alert_over"].format(message=title) if row["closed"] else title,
        page_url=absolute(f"archive/alerts/{row['event_id']}"),
        original_url=row["home_url"] or "",
        site_name=row["site_name"] or "Lưu Tin",
        section=row["kind"],
        published=row["opened"],
        updated=row["closed"] or row["opened"],
        summary=message,
        html=content.said(message) if full else "",
        language="en" if told == row["message"] else "vi",
    )
