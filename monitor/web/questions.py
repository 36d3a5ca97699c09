"""The saved questions: each a page of its own, with the answer as table and chart, as CSV, JSON and feed.

The questions themselves are the canned queries of metadata.yaml, so that Datasette answers the same under
``/archive/{name}``; an operator's own are shown as well. Here stands only how an answer is shown.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import Any, Literal
from urllib.parse import urlencode

from datasette.database import QueryInterrupted
from datasette.utils import derive_named_parameters
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from crawler.text import clean
from monitor import feeds
from monitor.exporting.texts import BOM, cell
from monitor.feeds import content
from monitor.web import charts, feed_pages, labels, months, queries, render, words
from monitor.web.feed_links import Alternate
from monitor.web.queries import Row, rows
from monitor.web.search import site_names

#: Rows that a page shows; the files have all.
SHOWN = 200

#: Bars that are drawn of a ranking, and months of a history: more are too thin to be told apart.
_RANKS, _MONTHS = 15, 180

#: Longest argument that is taken from an address, in characters.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Chart:
    """How an answer is drawn: a bar for each name, or bars over months, stacked by another column.

    Without ``value`` rows are counted. ``joined``: what rows of one name come to.
    """

    kind: Literal["ranks", "months"]
    name: str
    value: str
    stacked_by: str = ""
    joined: Callable[[list[float]], float] = sum


CHARTS = {
    "articles_per_month": Chart("months", "month", "articles", "site"),
    "most_cited": Chart("ranks", "document", "articles"),
    "who_writes_most": Chart("ranks", "author", "articles"),
    "edited": Chart("months", "at", "", "site"),
    "removed_this_month": Chart("ranks", "site", ""),
    "silent_sites": Chart("ranks", "site", "days_silent"),
    "longest_gaps": Chart("ranks", "site", "days", joined=max),
    "same_text": Chart("ranks", "headline", "publications"),
    "most_revised": Chart("ranks", "headline", "revision_count"),
    "files": Chart("ranks", "media_type", "files"),
    "pages_not_read": Chart("ranks", "quality", "captures"),
}

#: Questions whose answer is a search or a lookup and has a page already, or makes none.
_NO_PAGE = ("search", "where_is_it")


async def index_page(datasette: Any, request: Request) -> Response:
    """``/hoi``: every saved question."""
    asked = await _saved(datasette, request)
    language = labels.language_of(request.args.get("lang"))
    listed = [
        {"name": name, "title": _title(query, language), "description": _half(query.get("description"), language)}
        for name, query in asked.items()
    ]
    return await render.page(datasette, request, "luutin_questions.html", {"questions": listed})


async def question_page(datasette: Any, request: Request) -> Response:
    """``/hoi/{name}``: one saved question and its answer."""
    name = request.url_vars["name"]
    language = labels.language_of(request.args.get("lang"))
    t = labels.TEXTS[language]
    db = await queries.database(datasette)
    query = (await _saved(datasette, request)).get(name)
    if query is None or db is None:
        notice = {"heading": t["no_question"], "message": t["no_question_text"]}
        return await render.page(datasette, request, "luutin_notice.html", notice, status=404)
    given = _given(query, request)
    message = ""
    try:
        found = await rows(db, query["sql"], **given)
    except QueryInterrupted:
        found, message = [], t["question_too_slow"]
    number = partial(labels.number, language=language)
    query_string = urlencode({k: v for k, v in given.items() if v})
    suffix = f"?{query_string}" if query_string else ""
    base = datasette.urls.path(f"hoi/{name}")
    title = _title(query, language)
    page = {
        "name": name,
        "title": title,
        "description": _half(query.get("description"), language),
        "message": message,
        "parameters": [(p, t.get(f"ask_{p}", p), given[p]) for p in given],
        "site_names": await site_names(db) if "site" in given else {},
        "chart": _drawn(CHARTS.get(name), found, title, lambda v: number(int(v)), t["others"]),
        "columns": [(column, *_heading(column, language)) for column in _columns(found)],
        "rows": found[:SHOWN],
        "cell": partial(_cell, datasette, language),
        "cut": t["cut_rows"].format(n=number(SHOWN), all=number(len(found))) if len(found) > SHOWN else "",
        "sql": query["sql"],
        "files": [
            ("CSV", f"{base}.csv{suffix}"),
            ("JSON", f"{base}.rows.json{suffix}"),
            *((form.name, f"{base}.{key}{suffix}") for key, form in feeds.FORMS.items()),
        ],
        "feeds": [
            Alternate(f"{title} ({form.name})", form.media_type, f"{base}.{key}{suffix}")
            for key, form in feeds.FORMS.items()
        ],
    }
    return await render.page(datasette, request, "luutin_question.html", page)


async def question_file(datasette: Any, request: Request) -> Response:
    """``/hoi/{name}.csv`` and ``.rows.json``: every row; Datasette's own files end at a thousand."""
    name, form = request.url_vars["name"], request.url_vars["form"]
    t = labels.TEXTS[labels.LANGUAGES[0]]
    db = await queries.database(datasette)
    query = (await _saved(datasette, request)).get(name)
    if query is None or db is None:
        return Response.text(t["no_question_text"], status=404, headers=feed_pages.HEADERS)
    try:
        found = await db.execute(query["sql"], _given(query, request))
    except QueryInterrupted:
        busy = {"Retry-After": "3600"} | feed_pages.HEADERS
        return Response.text(t["question_too_slow"], status=503, headers=busy)
    if form == "csv":
        headers = feed_pages.HEADERS | {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(_sheet(found.columns, found.rows), headers=headers, content_type="text/csv; charset=utf-8")
    body = json.dumps([dict(row) for row in found.rows], ensure_ascii=False, indent=1, default=str)
    return Response(body, headers=feed_pages.HEADERS, content_type="application/json; charset=utf-8")


async def question_feed(datasette: Any, request: Request) -> Response:
    """``/hoi/{name}.{form}``: an entry for each row that says when (``at``), else one for each new answer."""
    name, form = request.url_vars["name"], request.url_vars["form"]
    db = await queries.database(datasette)
    query = (await _saved(datasette, request)).get(name)
    t = labels.TEXTS[labels.LANGUAGES[0]]
    if query is None or db is None:
        return Response.text(t["no_question_text"], status=404, headers=feed_pages.HEADERS)
    given = _given(query, request)
    absolute = partial(render.absolute, datasette, request)
    arguments = urlencode({k: v for k, v in given.items() if v})
    suffix = f"?{arguments}" if arguments else ""
    try:
        found = await rows(db, query["sql"], **given)
        newest = await rows(db, "select max(started) as at from crawls")
    except QueryInterrupted:
        busy = {"Retry-After": "3600"} | feed_pages.HEADERS
        return Response.text(t["question_too_slow"], status=503, headers=busy)
    title = f"Lưu Tin – {_title(query, 'vi')}"
    page_url = absolute(f"hoi/{name}{suffix}")
    key = f"question:{name}{suffix}"
    if found and "at" in found[0]:
        entries = [_row_entry(row, key, absolute) for row in found[: feeds.FEED_SIZE]]
    else:
        entries = [_answer_entry(found, key, title, page_url, newest[0]["at"])] if found else []
    head = feeds.Head(
        name=key, title=title, subtitle=t["tagline"], feed_url=absolute(f"hoi/{name}.{form}{suffix}"),
        home_url=page_url, rights=t["feed_rights"],
    )  # fmt: skip
    return feed_pages.respond(request, form, head, entries)


async def _saved(datasette: Any, request: Request) -> dict[str, dict[str, Any]]:
    """The questions by name that whoever asks may see, in the order of metadata.yaml."""
    found = await datasette.get_canned_queries(queries.ARCHIVE, request.actor)
    shown = {name: query for name, query in found.items() if name not in _NO_PAGE and not query.get("write")}
    database = datasette.databases.get(queries.ARCHIVE)
    return {  # as Datasette, which reads from the SQL what an operator has not named
        name: query | {"params": query.get("params") or await derive_named_parameters(database, query["sql"])}
        for name, query in shown.items()
    }


def _given(query: Mapping[str, Any], request: Request) -> dict[str, str]:
    return {p: clean((request.args.get(p) or "")[:_LONGEST]) for p in query.get("params") or ()}


def _sheet(columns: Sequence[str], found: Iterable[Iterable[object]]) -> str:
    """An answer as a spreadsheet reads it."""
    text = StringIO(newline="")
    csv.writer(text).writerows([columns, *([cell(value) for value in row] for row in found)])
    return BOM + text.getvalue()


def _title(query: Mapping[str, Any], language: str) -> str:
    return _half(query.get("title") or query["name"], language)


def _half(text: object, language: str) -> str:
    """The half of a title or description ``Tiếng Việt · English`` that is in a language."""
    parts = str(text or "").split(" · ")
    return parts[min(labels.LANGUAGES.index(language), len(parts) - 1)]


def _columns(found: Sequence[Row]) -> list[str]:
    """What is shown as a column: an article's id stands behind its headline, and so is none."""
    names = list(found[0]) if found else []
    return [n for n in names if n != "article_id" or "headline" not in names]


def _heading(column: str, language: str) -> tuple[str]:
    pair = words.questions.COLUMNS.get(column)
    return (pair[labels.LANGUAGES.index(language)] if pair else column,)


def _cell(datasette: Any, language: str, row: Row, column: str) -> Markup:
    """One value as a reader of the page wants it: a link, a number, a time."""
    value = row[column]
    if value is None:
        return Markup()
    if column == "headline" and row.get("article_id"):
        path = render.article_path({"id": row["article_id"], "headline": value})
        href = datasette.urls.path(path) + _lang(language)
        return Markup('<a href="{}" lang="vi">{}</a>').format(href, value)
    if column == "document":
        cited = f"{datasette.urls.table(queries.ARCHIVE, 'citations')}?{urlencode({'document': value})}"
        return Markup('<a href="{}" lang="vi">{}</a>').format(cited, value)
    if isinstance(value, int):
        return Markup("{}").format(labels.number(value, language))
    if isinstance(value, float):
        return Markup("{}").format(f"{value:.1f}".replace(".", "," if language == "vi" else "."))
    text = str(value)
    if text[:4].isdigit() and text[4:5] == "-" and len(text) >= 10:
        return Markup('<time datetime="{}">{}</time>').format(text, labels.moment(text))
    return Markup("{}").format(labels.name_of(text, language) if column == "status" else text)


def _lang(language: str) -> str:
    argument = urlencode(render.language_argument(language))
    return f"?{argument}" if argument else ""


def _drawn(
    chart: Chart | None, found: Sequence[Row], title: str, number: Callable[[float], str], others: str
) -> Markup:
    """The chart of an answer and its legend, "" where nothing is to be drawn. ``others``: what the rest is called."""
    if chart is None or not found or not {chart.name, chart.value, chart.stacked_by} - {""} <= found[0].keys():
        return Markup()
    if chart.kind == "ranks":
        sums: dict[str, float] = {}
        for row in found:
            name = str(row[chart.name] or "–")
            sums[name] = chart.joined([sums.get(name, 0), (row[chart.value] or 0) if chart.value else 1])
        most = sorted(sums.items(), key=lambda pair: -pair[1])[:_RANKS]
        return charts.ranks(most, title=title, number=number)
    by_month: dict[str, dict[str, float]] = {}
    totals: dict[str, float] = {}
    for row in found:
        month, name = str(row[chart.name])[:7], str(row[chart.stacked_by])
        value = (row[chart.value] or 0) if chart.value else 1
        by_month.setdefault(month, {})[name] = by_month.get(month, {}).get(name, 0) + value
        totals[name] = totals.get(name, 0) + value
    shown_months = months.without_gaps(by_month, _MONTHS)
    named = sorted(totals, key=lambda name: -totals[name])
    shown, rest = named[: charts.COLOURS - 1], named[charts.COLOURS - 1 :]
    series = [charts.Series(n, tuple(by_month.get(m, {}).get(n, 0) for m in shown_months)) for n in shown]
    if rest:
        in_rest = tuple(sum(by_month.get(m, {}).get(n, 0) for n in rest) for m in shown_months)
        series.append(charts.Series(others, in_rest))
    return charts.bars(shown_months, series, title=title, number=number) + charts.legend([s.name for s in series])


def _row_entry(row: Row, key: str, absolute: Any) -> feeds.Entry:
    named = {"id": row.get("article_id"), "headline": row.get("headline")}
    identity = json.dumps([key.partition("?")[0], row.get("article_id"), row["at"]], ensure_ascii=False)
    return feeds.Entry(
        id=feeds.entry_id(identity),
        title=row.get("headline"),
        page_url=absolute(render.article_path(named) if named["id"] else ""),
        updated=str(row["at"]),
        published=row.get("date_published"),
        site_name=str(row.get("site") or ""),
        html="".join(content.said(f"{_heading(c, 'vi')[0]}: {row[c]}") for c in _columns([row]) if row[c] is not None),
    )


def _answer_entry(found: Sequence[Row], key: str, title: str, page_url: str, at: str | None) -> feeds.Entry:
    """The whole answer, named by what it says: another answer is another entry."""
    columns = _columns(found)
    lines = [" · ".join(str(row[c]) for c in columns if row[c] is not None) for row in found[: feeds.FEED_SIZE]]
    return feeds.Entry(
        id=feeds.entry_id(json.dumps([key, lines], ensure_ascii=False)),
        title=title,
        page_url=page_url,
        updated=at or "",
        html="".join(content.said(line) for line in lines),
    )
