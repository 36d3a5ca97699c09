"""The feeds' addresses: what is asked for, when it is not sent again, and the page and the file that list them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database, QueryInterrupted
from datasette.utils.asgi import Request, Response

from crawler.text import clean
from monitor import feeds
from monitor.web import labels, queries, render
from monitor.web.feed_entries import entries
from monitor.web.feed_links import KINDS, NARROWED_BY, Choice
from monitor.web.queries import rows

#: Longest argument that is taken from an address, in characters.
_LONGEST = 200

#: Feeds hold strangers' words: whatever a browser makes of them, nothing runs. They may be read from other web pages.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
}

_SITES = "select slug, name, home_url from sites order by name, slug"

# From section to section through the index, whatever the number of articles.
_SECTIONS = """
with recursive section(name) as (
  select (select min(section) from articles)
  union all
  select (select min(section) from articles where section > name) from section where name is not null
), pair(section, site) as (
  select name, (select min(site) from articles where section = name) from section where name is not null
  union all
  select section, (select min(a.site) from articles a where a.section = pair.section and a.site > pair.site)
  from pair where site is not null
)
select site, section from pair where site is not null order by site, section limit 1000
"""


async def feed(datasette: Any, request: Request) -> Response:
    """``/feeds/{kind}.{form}``: the newest of a kind, narrowed by arguments; 304 for a reader that has it already."""
    form = request.url_vars["form"]
    db = await queries.database(datasette)
    choice = await _named(db, _choice(request, request.url_vars["kind"]))
    full = request.args.get("full") != "0"
    absolute = partial(render.absolute, datasette, request)
    try:
        found = await entries(db, choice, absolute, full=full) if db else []
    except QueryInterrupted:
        busy = {"Retry-After": "3600"} | HEADERS
        return Response.text(labels.TEXTS["vi"]["too_slow"].format(q=choice.q), status=503, headers=busy)
    home = f"nguon-tin?{urlencode(choice.arguments)}" if choice.arguments else ""
    return respond(
        request,
        form,
        feeds.Head(
            name=choice.name,
            title=f"Lưu Tin – {choice.title()}",
            subtitle=labels.TEXTS["vi"]["tagline"],
            feed_url=absolute(choice.path(form, full=full)),
            home_url=absolute(home),
            rights=labels.TEXTS["vi"]["feed_rights"],
        ),
        found,
    )


def respond(request: Request, form: str, head: feeds.Head, found: Sequence[feeds.Entry]) -> Response:
    """A feed in one of ``feeds.FORMS``, or that the reader has it already."""
    written = feeds.render(form, head, found)
    headers = written.headers | HEADERS
    media_type = f"{feeds.FORMS[form].media_type}; charset=utf-8"
    if written.is_known_to(request.headers):
        return Response("", status=304, headers=headers, content_type=media_type)
    return Response(written.body, headers=headers, content_type=media_type)


async def feeds_page(datasette: Any, request: Request) -> Response:
    """``/nguon-tin``: every feed there is, and the address of whatever else somebody wants to follow."""
    db = await queries.database(datasette)
    choice = await _named(db, _choice(request, "new"))
    full = request.args.get("full") != "0"
    language = labels.language_of(request.args.get("lang"))

    def links(shown: Choice, *, full: bool = True) -> list[tuple[str, str]]:
        forms = feeds.FORMS.items()
        return [(form.name, str(datasette.urls.path(shown.path(key, full=full)))) for key, form in forms]

    content = {
        "q": "",
        "choice": choice,
        "full": full,
        "chosen": links(choice, full=full) if choice.arguments or not full else [],
        "chosen_title": choice.title(language),
        "whole": [(kind, Choice(kind=kind).title(language), links(Choice(kind=kind))) for kind in KINDS],
        "by_site": await _by_site(db) if db else [],
        "links": links,
        "opml_url": datasette.urls.path("feeds/all.opml"),
    }
    return await render.page(datasette, request, "luutin_feeds.html", content)


async def all_feeds(datasette: Any, request: Request) -> Response:
    """``/feeds/all.opml``: every feed of the archive, its sites and their sections, for a reader to import."""
    db = await queries.database(datasette)
    absolute = partial(render.absolute, datasette, request)

    def outline(choice: Choice) -> feeds.Outline:
        return feeds.Outline(choice.title(), absolute(choice.path()), absolute(""))

    t = labels.TEXTS["vi"]
    whole = feeds.Outline(t["feeds_whole"], outlines=[outline(Choice(kind=kind)) for kind in KINDS])
    sites = [
        feeds.Outline(name, outlines=[outline(choice) for choice in choices])
        for name, choices in (await _by_site(db) if db else [])
    ]
    body = feeds.opml("Lưu Tin", [whole, *sites])
    tag = feeds.etag(body)
    headers = {"ETag": tag, "Cache-Control": "no-cache"} | HEADERS
    known = feeds.Feed(body, tag, None).is_known_to(request.headers)
    status = 304 if known else 200
    return Response("" if known else body, status=status, headers=headers, content_type="text/x-opml; charset=utf-8")


async def _by_site(db: Database) -> list[tuple[str, list[Choice]]]:
    """Each site's name with its feeds: its articles, its sections, its edits and removals."""
    sections: dict[str, list[str]] = {}
    for row in await rows(db, _SECTIONS):
        sections.setdefault(row["site"], []).append(row["section"])
    found = []
    for site in await rows(db, _SITES):
        slug, name = site["slug"], site["name"]
        own = [Choice(kind=kind, site=slug, site_name=name) for kind in ("new", "edits", "removals")]
        parts = [Choice(site=slug, site_name=name, section=section) for section in sections.get(slug, [])]
        found.append((name, [*own, *parts]))
    return found


def _choice(request: Request, kind: Any) -> Choice:
    arguments = {name: clean((request.args.get(name) or "")[:_LONGEST]) for name in NARROWED_BY[kind]}
    return Choice(kind=kind, **arguments)


async def _named(db: Database | None, choice: Choice) -> Choice:
    """The choice with its site's name; one that the archive does not have is shown by what was asked for."""
    found = await rows(db, "select name from sites where slug = :slug", slug=choice.site) if db and choice.site else []
    return replace(choice, site_name=found[0]["name"]) if found else choice
