"""The front page: the newest articles, what changed, what disappeared, and each site with its state and its months."""

from __future__ import annotations

import json
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import Request, Response

from crawler.summaries import summary
from monitor.web import labels, months, notes, queries, render
from monitor.web.feed_links import Choice, Kind, alternates
from monitor.web.queries import RECENT, Row, rows, tomorrow

#: The feeds that the front page offers; the page of feeds has all of them.
FOLLOWED: tuple[Kind, ...] = ("new", "edits", "removals")

_NEWEST = f"""{RECENT}
select a.id, a.headline, a.description, a.section, a.date_published, a.status, a.site, s.name as site_name
from picked p join articles a on a.id = p.id join sites s on s.slug = a.site
where a.same_text_as is null
order by substr(p.moment, 1, 10) desc, a.date_published desc, p.moment desc, a.id
"""  # noqa: S608

_CHANGED = """
select r.article_id as id, r.observed_by as at, r.memento_datetime, r.words_added, r.words_removed, r.headline,
       s.name as site_name, (select evidence from events where revision_id = r.id and kind = 'edited') as changes
from revisions r join articles a on a.id = r.article_id join sites s on s.slug = a.site
where r.change = 'edited'
order by r.memento_datetime desc, r.id limit :limit
"""

# Two walks of an index that end early, and from each in turn: tonight's suspects must not hide what is known gone.
_MISSING = """
with missing as (
  select *, row_number() over (order by last_seen desc, id) as place
  from (select id, last_seen from articles where status = 'removed' order by last_seen desc, id limit :limit)
  union all
  select *, row_number() over (order by last_seen desc, id)
  from (select id, last_seen from articles where status = 'suspect' order by last_seen desc, id limit :limit)
)
select a.id, a.headline, a.status, a.last_seen as at, s.name as site_name
from missing m join articles a on a.id = m.id join sites s on s.slug = a.site
order by m.place, a.status limit :limit
"""

_SITES = """
select s.slug, s.name, s.status, s.home_url, c.started as last_crawl, c.outcome,
       (select count(*) from alerts where site = s.slug and closed is null) as alerts,
       (select cause from mass_removals where site = s.slug and closed is null limit 1) as mass
from sites s left join crawls c on c.id = (select max(id) from crawls where site = s.slug)
"""


async def front_page(datasette: Any, request: Request) -> Response:
    """``/``: the newest articles, what changed, what disappeared, the sites."""
    db = await queries.database(datasette)
    content = await front(db) if db else {}
    if content:
        language = labels.language_of(request.args.get("lang"))
        t = labels.TEXTS[language]
        followed = [Choice(kind=kind) for kind in FOLLOWED]
        content["feeds"] = alternates(datasette, followed, language=language)
        content["followed"] = [(t[f"feed_{c.kind}"], str(datasette.urls.path(c.path()))) for c in followed]
        content["chart"] = _chart(content["sites"], content.pop("counts"), t)
        content["may_write"] = notes.may_write(datasette, request)
        for edit in content["changed"]:  # those of a baseline have no event
            edit["changes"] = summary(json.loads(edit["changes"] or "{}"), "en" if language == "en" else "vi")
    content["canonical_url"] = render.absolute(datasette, request, "")
    return await render.page(datasette, request, "luutin_front.html", content)


async def front(db: Database) -> dict[str, Any]:
    """Everything on the front page. No question here walks a whole table but the counts, which are remembered."""
    counts = await months.counts(db)
    sites = [s | {"articles": counts.totals.get(s["slug"], 0)} for s in await rows(db, _SITES)]
    noted = await notes.of_sites(db)
    return {
        "newest": await rows(db, _NEWEST, limit=12, tomorrow=tomorrow()),
        "changed": await rows(db, _CHANGED, limit=5),
        "missing": await rows(db, _MISSING, limit=5),
        "sites": sorted(
            (s | {"notes": noted.get(s["slug"], [])} for s in sites),
            key=lambda s: (s["status"] == "closed", -s["articles"], s["name"]),
        ),
        "counts": counts,
        "totals": {"articles": sum(counts.totals.values()), "sites": sum(1 for n in counts.totals.values() if n)},
        "about": noted.get(None, []),
    }


def _chart(sites: list[Row], counts: months.Counts, t: dict[str, str]) -> dict[str, Any] | None:
    """The months of the sites, each drawn for itself against the same height, and the numbers as a table."""
    shown = [s for s in sites if s["slug"] in counts.by_month]
    if not shown:
        return None
    said = [_of_month(month) for month in counts.months]
    highest = max(max(numbers) for numbers in counts.by_month.values())
    pictures = {}
    for s in shown:
        numbers = counts.by_month[s["slug"]]
        most = max(numbers)
        when = said[numbers.index(most)]
        pictures[s["slug"]] = months.drawn(
            numbers,
            highest=highest,
            name=f"months-{s['slug']}",
            title=t["months_of"].format(name=s["name"]),
            description=t["months_said"].format(a=said[0], b=said[-1], n=sum(numbers), most=most, when=when),
        )
    table = [(month, said[i], [counts.by_month[s["slug"]][i] for s in shown]) for i, month in enumerate(counts.months)]
    return {
        "pictures": pictures, "sites": shown, "table": table[::-1], "first": said[0], "last": said[-1], "most": highest,
    }  # fmt: skip


def _of_month(month: str) -> str:
    """``05/2024``, which both languages understand."""
    return f"{month[5:]}/{month[:4]}"
