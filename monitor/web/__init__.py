"""The Datasette plugin: Lưu Tin's pages, its Vietnamese search, and links from the tables to the articles."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from datasette import handle_exception as datasettes
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup
from pluggy import HookimplMarker

from crawler.text import match_query
from monitor.web import (
    api,
    article,
    compare,
    curators,
    database,
    evidence,
    feed_pages,
    front,
    labels,
    notes,
    queries,
    questions,
    removed,
    render,
    reopening,
    search,
    snippets,
    tables,
)

hookimpl = HookimplMarker("datasette")  # what ``from datasette import hookimpl`` gives, but typed

# Where rich is installed, Datasette prints a page of traceback, with all local variables, for each address that is not
# there and each slip in somebody's SQL. Without it, only what ends as status 500 is printed: a mistake of the program.
datasettes.rich = None

#: The FTS5 expression that matches nothing; the empty string is a syntax error.
_NOTHING = '""'

#: What each of Datasette's few connections may remember of the file: the inner pages of the indexes of a big one.
_CACHE_KIB = 32 * 1024

#: What anybody may ask with; at a method that it does not know Datasette falls.
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")

#: What of a query string is Datasette's to read: our own pages say themselves what they cannot.
_DATASETTES = re.compile(rb"(?:^|&)_[^&]*")
_BLANK = re.compile(rb"(?:^|&)_(?:search|facet)=(?=&|$)")

_ARTICLE_ID = re.compile(r"[a-z2-7]{13}")


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """The pages' addresses. An article's is cited in footnotes: its id decides, the words behind it are for people."""
    return [
        (r"^/$", front.front_page),
        (r"^/bai-viet/(?P<id>[^/.-]*)(-[^/.]*)?(\.(?P<form>json|txt|bib|csl\.json|link))?$", article.article_page),
        (r"^/so-sanh/(?P<id>[^/]*)$", compare.compare_page),
        (r"^/da-go$", removed.removed_page),
        (r"^/ban-chup/(?P<id>[^/]+)\.warc\.gz$", evidence.record),
        (r"^/tep/(?P<id>[a-z0-9-]+)/[^/]*$", evidence.file),
        (r"^/ghi-chu$", notes.notes_page),
        (r"^/dang-nhap$", curators.sign_in),
        (r"^/tim-kiem$", search.search_page),
        (r"^/nguon-tin$", feed_pages.feeds_page),
        (r"^/feeds/(?P<kind>new|edits|removals|alerts)\.(?P<form>atom|rss|json)$", feed_pages.feed),
        (r"^/feeds/all\.opml$", feed_pages.all_feeds),
        (r"^/hoi$", questions.index_page),
        (r"^/hoi/(?P<name>[a-z0-9_]+)$", questions.question_page),
        (r"^/hoi/(?P<name>[a-z0-9_]+)\.(?P<form>atom|rss|json)$", questions.question_feed),
        (r"^/hoi/(?P<name>[a-z0-9_]+)\.(?P<form>csv|rows\.json)$", questions.question_file),
        (r"^/api/articles\.json$", api.articles),
        (r"^/api/revisions\.json$", api.revisions),
        (r"^/api/events\.json$", api.events),
    ]


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Response]] | None:
    """An address that is not there is answered with a page that leads on; programs get Datasette's JSON.

    Datasette calls it a mistake of the program when somebody sorts by a column that is not there.
    """
    if isinstance(exception, DatasetteError) and not isinstance(exception.__context__, sqlite3.Error):
        exception.status = 400 if exception.status == 500 else exception.status
    if not (isinstance(exception, Base400) and exception.status == 404) or request.path.endswith(".json"):
        return None
    t = labels.TEXTS[labels.language_of(request.args.get("lang"))]
    notice = {"heading": t["no_page"], "message": t["no_page_text"]}
    return partial(render.page, datasette, request, "luutin_notice.html", notice, status=404)


@hookimpl
def startup(datasette: Any) -> None:
    """No page counts a table of millions of rows."""
    if queries.ARCHIVE in datasette.databases:
        database.spare(datasette.get_database(queries.ARCHIVE))


@hookimpl(trylast=True)  # after Datasette's own, which registers another escape_fts
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """``vi_query``, also as ``escape_fts``, which Datasette calls for searches; ``vi_snippet``; ``vi_today``."""
    if database == queries.ARCHIVE:
        for name in ("escape_fts", "vi_query"):
            conn.create_function(name, 1, _query, deterministic=True)
        conn.create_function("vi_snippet", 2, _snippet, deterministic=True)
        conn.create_function("vi_today", 0, queries.today)
        conn.execute(f"PRAGMA cache_size = {-_CACHE_KIB}")


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Sees that the archive is today's file, and takes away what no question means.

    That is the blank ``_search=`` that a table's form sends when somebody only filters, with which nothing would be
    found; a facet without a name, and NULs, at which Datasette falls.
    """

    def wrap(app: Any) -> Any:
        async def prepared(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                if scope["method"] not in _METHODS:
                    allowed = {"Allow": ", ".join(_METHODS)}
                    await Response.text("Method not allowed", status=405, headers=allowed).asgi_send(send)
                    return
                reopening.look(datasette)
            asked = _DATASETTES.sub(lambda m: m[0].replace(b"%00", b""), scope.get("query_string") or b"")
            scope = {**scope, "query_string": _BLANK.sub(b"", asked).lstrip(b"&")}
            await app(scope, receive, send)

        return prepared

    return wrap


@hookimpl(trylast=True)  # after Datasette's own, which knows of no search index
def filters_from_request(request: Any, database: str, table: str, datasette: Any) -> Callable[[], Any] | None:
    """The search box of the table of articles."""
    if database != queries.ARCHIVE or table != "articles":
        return None
    return partial(tables.search_articles, datasette, request)


@hookimpl
def render_cell(row: Any, value: object, column: str, table: str | None, database: str, datasette: Any) -> str | None:
    """Headlines in tables, views and queries lead to the article's page, documents to all that cite them."""
    if database != queries.ARCHIVE or column not in ("headline", "similar_headline", "document") or not value:
        return None
    if column == "document":
        cited = f"{datasette.urls.table(database, 'citations')}?{urlencode({'document': value})}"
        return Markup('<a href="{}">{}</a>').format(cited, value)
    keys = row.keys()
    named = column.replace("headline", "article_id")
    key = named if named in keys else "id" if table == "articles" else None
    article_id = row[key] if key in keys else None
    article_id = article_id["value"] if isinstance(article_id, dict) else article_id  # a foreign key with its label
    if not isinstance(article_id, str) or not _ARTICLE_ID.fullmatch(article_id):
        return None
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"bai-viet/{article_id}"), value)


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """The menu of Datasette's own pages."""
    links = [("Trang đầu", ""), ("Tìm kiếm", "tim-kiem"), ("Nguồn tin", "nguon-tin")]
    return [{"href": datasette.urls.path(path), "label": label} for label, path in links]


@hookimpl
def table_actions(datasette: Any, database: str, table: str) -> list[dict[str, str]]:
    """Ways on from the table of articles."""
    if database != queries.ARCHIVE or table != "articles":
        return []
    return [
        {"href": datasette.urls.path("tim-kiem"), "label": "Tìm kiếm, có trích đoạn"},
        {"href": datasette.urls.path("feeds/new.atom"), "label": "Theo dõi bài mới (Atom)"},
    ]


def _query(text: object) -> str:
    return match_query("" if text is None else str(text)) or _NOTHING


def _snippet(text: object, query: object) -> str:
    return snippets.marked(*("" if part is None else str(part) for part in (text, query)))
