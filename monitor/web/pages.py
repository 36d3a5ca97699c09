"""Lưu Tin's own pages: the front page, an article, the search, the feed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request, Response

from crawler.text import clean, slugify
from monitor import feeds
from monitor.web import labels, queries
from monitor.web.snippets import snippet

#: These pages hold strangers' words: no script runs, nothing is loaded from elsewhere, nobody frames them.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

#: Longest query that is taken from an address, in characters.
_LONGEST_QUERY = 200

#: Pages of a search that can be asked for: behind them stand more results than anybody counts.
_LAST_PAGE = queries.COUNT_LIMIT // queries.PAGE_SIZE


async def front_page(datasette: Any, request: Request) -> Response:
    """``/``: the newest articles, what changed, what is missing, the sites."""
    db = await queries.database(datasette)
    content = await queries.front(db) if db else {}
    return await _page(datasette, request, "luutin_front.html", content)


async def article_page(datasette: Any, request: Request) -> Response:
    """``/bai-viet/{id}-{slug}``: an article as it is now, or with ``?memento=`` as it was captured then."""
    db = await queries.database(datasette)
    memento = request.args.get("memento") or ""
    content = await queries.article(db, request.url_vars["id"], memento) if db else None
    t = labels.TEXTS[labels.language_of(request.args.get("lang"))]
    gone = await queries.retracted(db, request.url_vars["id"], memento) if db and memento and content is None else None
    if gone is not None:
        notice = {"heading": t["retracted_title"], "message": t["retracted_text"].format(id=gone)}
        return await _page(datasette, request, "luutin_notice.html", notice, status=410)
    if content is None:
        notice = {"heading": t["not_found_title"], "message": t["not_found_text"]}
        return await _page(datasette, request, "luutin_notice.html", notice, status=404)
    content["images"] = [i | {"name": _file_name(i.get("url"))} for i in content["images"]]
    content["canonical_url"] = _absolute(datasette, request, _article_path(content["a"]))
    return await _page(datasette, request, "luutin_article.html", content)


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
        found, count = await queries.search(db, query, page) if db else ([], 0)
        phrase = t["found_none"] if not count else t["found_many"] if count > queries.COUNT_LIMIT else t["found"]
    except QueryInterrupted:
        found, count, phrase = [], 0, t["too_slow"]

    def url(to: int) -> str:
        return f"{request.path}?{urlencode({'q': query, 'page': to} | _language_argument(language))}"

    content = {
        "q": query,
        "outcome": phrase.format(n=labels.number(min(count, queries.COUNT_LIMIT), language), q=query),
        "found": [a | {"snippet": snippet(a["body"] or "", query)} for a in found],
        "newer_url": url(page - 1) if page > 1 else None,
        "older_url": url(page + 1) if page * queries.PAGE_SIZE < min(count, queries.COUNT_LIMIT) else None,
    }
    return await _page(datasette, request, "luutin_search.html", content)


async def new_articles_feed(datasette: Any, request: Request) -> Response:
    """``/feeds/new.atom``: the newest articles; 304 for a reader that has them already."""
    db = await queries.database(datasette)
    rows = await queries.feed(db, feeds.FEED_SIZE) if db else []
    t = labels.TEXTS["vi"]
    feed = feeds.atom(
        [_entry(datasette, request, row) for row in rows],
        name="new",
        title=f"Lưu Tin – {t['newest']}",
        subtitle=t["tagline"],
        feed_url=_absolute(datasette, request, "feeds/new.atom"),
        home_url=_absolute(datasette, request, ""),
    )
    if feed.is_known_to(request.headers):
        return Response("", status=304, headers=feed.headers, content_type=feeds.MEDIA_TYPE)
    headers = feed.headers | {"X-Content-Type-Options": "nosniff"}
    return Response(feed.body, headers=headers, content_type=feeds.MEDIA_TYPE)


def _entry(datasette: Any, request: Request, row: queries.Row) -> feeds.Entry:
    return feeds.Entry(
        article_id=row["id"],
        headline=row["headline"],
        page_url=_absolute(datasette, request, _article_path(row)),
        original_url=row["url"],
        site_name=row["site_name"],
        section=row["section"],
        author=row["author"],
        published=row["date_published"],
        updated=row["updated"],
        summary=row["description"],
        paragraphs=tuple(queries.paragraphs(row["body"])),
    )


async def _page(
    datasette: Any, request: Request, template: str, content: dict[str, Any], *, status: int = 200
) -> Response:
    language = labels.language_of(request.args.get("lang"))
    other = labels.LANGUAGES[1 - labels.LANGUAGES.index(language)]
    kept = [(k, v) for k in request.args for v in request.args.getlist(k) if k != "lang"]
    switch = urlencode(kept + list(_language_argument(other).items()))
    context: dict[str, Any] = {
        "lang": language,
        "t": labels.TEXTS[language],
        "has_archive": queries.ARCHIVE in datasette.databases,
        "other_language": other,
        "other_language_url": f"{request.path}?{switch}" if switch else request.path,
        "moment": labels.moment,
        "number": partial(labels.number, language=language),
        "size": partial(labels.size, language=language),
        "name_of": partial(labels.name_of, language=language),
        "href": _href,
        "here": _linker(datasette, language),
        "article_url": _article_linker(datasette, language),
    }
    html = await datasette.render_template(template, context | content, request=request)
    return Response.html(html, status=status, headers=dict(_HEADERS))


def _linker(datasette: Any, language: str) -> Callable[[str], str]:
    def link(path: str, **arguments: str) -> str:
        query = urlencode(arguments | _language_argument(language))
        return str(datasette.urls.path(path)) + (f"?{query}" if query else "")

    return link


def _article_linker(datasette: Any, language: str) -> Callable[..., str]:
    def link(row: queries.Row, memento: str = "") -> str:
        arguments = ({"memento": memento} if memento else {}) | _language_argument(language)
        query = urlencode(arguments)
        return str(datasette.urls.path(_article_path(row))) + (f"?{query}" if query else "")

    return link


def _language_argument(language: str) -> dict[str, str]:
    return {} if language == labels.LANGUAGES[0] else {"lang": language}


def _article_path(row: queries.Row) -> str:
    slug = slugify(row["headline"] or "", 60)
    return f"bai-viet/{row['id']}-{slug}" if slug else f"bai-viet/{row['id']}"


def _absolute(datasette: Any, request: Request, path: str) -> str:
    base = (datasette.plugin_config("luutin") or {}).get("base_url")
    if base:
        return f"{base}/{path}"
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


def _href(url: object) -> str:
    """``url`` if it may stand behind a link; a publisher's ``javascript:`` may not."""
    return url if isinstance(url, str) and url.lower().startswith(("http://", "https://")) else ""


def _file_name(url: object) -> str:
    try:
        path = urlsplit(url).path if isinstance(url, str) else ""
    except ValueError:
        return str(url)
    return clean(unquote(path.rpartition("/")[2])) or str(url)
