"""The search page: what is asked by its address, and how the page says what was found, and in which order."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database, QueryInterrupted
from datasette.utils.asgi import Request, Response

from crawler.text import clean, fold
from monitor.web import labels, queries, render
from monitor.web.feed_links import Choice, alternates
from monitor.web.finding import FACETS, LONGEST_QUERY, PAGE_SIZE, WINDOW, Asked, Found, days, find
from monitor.web.queries import rows

#: Pages of a search that can be asked for: behind them stands what is not looked at.
_LAST_PAGE = WINDOW // PAGE_SIZE

_SITES = "select slug, name from sites"


async def search_page(datasette: Any, request: Request) -> Response:
    """``/tim-kiem?q=``: the articles that hold these words, with or without marks; narrowed, and in the order asked."""
    db = await queries.database(datasette)
    language = labels.language_of(request.args.get("lang"))
    t = labels.TEXTS[language]
    asked = asked_by(request)
    found, message = Found(), ""
    try:
        found = await find(db, asked, limit_ms=datasette.setting("sql_time_limit_ms")) if db else found
    except QueryInterrupted:
        message = t["too_slow"]
    names = await site_names(db) if db else {}
    link = _Linker(request.path, asked, language)
    choice = Choice(q=asked.q, site=asked.site, section=asked.section, author=asked.author,
                    site_name=names.get(asked.site, ""))  # fmt: skip
    content = {
        "q": asked.q,
        "first_day": since[0] if (since := days(asked.since)) else "",  # what a field of a day takes: no year alone
        "last_day": until[1] if (until := days(asked.until)) else "",
        "outcome": message or outcome(asked, found, language),
        "hint": t["cut"].format(n=LONGEST_QUERY) if len(request.args.get("q") or "") > LONGEST_QUERY else "",
        "without_marks_url": link(q=fold(asked.q), page=1) if not found.rows and not asked.q.isascii() else None,
        "found": found,
        "window": WINDOW,
        "facets": _facets(asked, found, names, link, t, language),
        "order_url": link(order="newest" if found.order == "closest" else "closest", page=1),
        "older_than_url": link(until=found.oldest.isoformat(), page=1) if found.oldest else None,
        "kept": [(name, value) for name, value in link.arguments() if name not in ("since", "until", "page")],
        "newer_url": link(page=asked.page - 1, order=found.order) if asked.page > 1 else None,
        "older_url": link(page=asked.page + 1, order=found.order) if asked.page * PAGE_SIZE < found.count else None,
        "feeds": alternates(datasette, [choice] if choice.arguments else [], language=language),
        "feed_url": datasette.urls.path(choice.path()) if choice.arguments else None,
    }
    return await render.page(datasette, request, "luutin_search.html", content)


def asked_by(request: Request) -> Asked:
    """What an address asks for, whatever stands in it."""
    given = {f.name: clean((request.args.get(f.name) or "")[:LONGEST_QUERY]) for f in fields(Asked) if f.name != "page"}
    if given["order"] not in ("newest", "closest"):
        given["order"] = ""
    given |= {name: "" for name in ("since", "until") if not days(given[name])}
    page = request.args.get("page") or ""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1
    return Asked(**given, page=max(1, min(number, _LAST_PAGE)))


def outcome(asked: Asked, found: Found, language: str) -> str:
    """How many were found, as a sentence; what is wrong with a query that asks for nothing."""
    t = labels.TEXTS[language]
    if asked.q and not asked.words:
        return t["asks_nothing"]
    said = t["found_none"] if not found.count else t["found_many"] if found.more else t["found"]
    sentence = said.format(n=labels.number(found.count, language))
    return f"{sentence}: {asked.q}" if asked.q else sentence


async def site_names(db: Database) -> dict[str, str]:
    """What each site is called, by its slug."""
    return {row["slug"]: row["name"] for row in await rows(db, _SITES)}


class _Linker:
    """Addresses of this search with something else asked."""

    def __init__(self, path: str, asked: Asked, language: str) -> None:
        self._path, self._asked, self._language = path, asked, language

    def arguments(self, **changed: Any) -> list[tuple[str, str]]:
        asked = replace(self._asked, **changed)
        given = [(f.name, str(getattr(asked, f.name))) for f in fields(asked)]
        kept = [(name, value) for name, value in given if value and (name, value) != ("page", "1")]
        return kept + list(render.language_argument(self._language).items())

    def __call__(self, **changed: Any) -> str:
        return f"{self._path}?{urlencode(self.arguments(**changed))}"


def _facets(
    asked: Asked, found: Found, names: dict[str, str], link: _Linker, t: dict[str, str], language: str
) -> list[dict[str, Any]]:
    """What the page offers to narrow the result by, and what it is narrowed by already, with a way back."""

    def said(name: str, value: str) -> str:
        if name == "site":
            return names.get(value, value)
        return labels.name_of(value, language) if name == "status" else value

    offered = []
    for name in FACETS:
        if name == "year":
            chosen = " – ".join(filter(None, (asked.since, asked.until))) if asked.since != asked.until else asked.since
            back = link(since="", until="", page=1)
        else:
            chosen, back = str(getattr(asked, name)), link(**{name: "", "page": 1})
        values = [
            {
                "said": said(name, value),
                "count": count,
                "url": link(**({"since": value, "until": value} if name == "year" else {name: value}), page=1),
            }
            for value, count in found.facets.get(name, [])
        ]
        if chosen or len(values) > 1:
            shown = said(name, chosen) if chosen else ""
            offered.append(
                {
                    "title": t[f"by_{name}"],
                    "chosen": shown,
                    "back": back,
                    "values": values if not chosen else [],
                    "lang": language if name == "status" else labels.LANGUAGES[0],  # all others are the publishers'
                }
            )
    return offered
