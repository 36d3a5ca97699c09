"""How one of our pages becomes a response: its language, its links, the headers that keep strangers' words harmless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from datasette.utils.asgi import Request, Response

from crawler.text import clean, slugify
from monitor.web import labels, queries
from monitor.web.feed_links import alternates

#: These pages hold strangers' words: no script runs, nothing is loaded from elsewhere, nobody frames them.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


async def page(
    datasette: Any,
    request: Request,
    template: str,
    content: dict[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One of our pages. ``content`` may name its own ``canonical_url`` (absolute) and ``feeds``."""
    language = labels.language_of(request.args.get("lang"))
    other = labels.LANGUAGES[1 - labels.LANGUAGES.index(language)]
    kept = [(k, v) for k in request.args for v in request.args.getlist(k) if k != "lang"]
    switch = urlencode(kept + list(language_argument(other).items()))
    context: dict[str, Any] = {
        "lang": language,
        "t": labels.TEXTS[language],
        "has_archive": queries.ARCHIVE in datasette.databases,
        "canonical_url": absolute(datasette, request, _path(datasette, request)),
        "other_language": other,
        "other_language_url": f"{request.path}?{switch}" if switch else request.path,
        "moment": labels.moment,
        "number": partial(labels.number, language=language),
        "size": partial(labels.size, language=language),
        "name_of": partial(labels.name_of, language=language),
        "href": href,
        "feeds": alternates(datasette, language=language),
        "here": linker(datasette, language),
        "article_url": _articlelinker(datasette, language),
    }
    html = await datasette.render_template(template, context | content, request=request)
    return Response.html(html, status=status, headers=HEADERS | dict(headers or {}))


def _path(datasette: Any, request: Request) -> str:
    """The address asked for, below the archive's own, without the first slash."""
    return str(request.path).removeprefix(str(datasette.urls.path("")).rstrip("/")).lstrip("/")


def linker(datasette: Any, language: str) -> Callable[..., str]:
    """What makes addresses of ours: of a path and its arguments, in the reader's language."""

    def link(path: str, **arguments: str) -> str:
        query = encoded(arguments | language_argument(language))
        return str(datasette.urls.path(path)) + (f"?{query}" if query else "")

    return link


def _articlelinker(datasette: Any, language: str) -> Callable[..., str]:
    def link(row: queries.Row, memento: str = "") -> str:
        arguments = ({"memento": memento} if memento else {}) | language_argument(language)
        query = encoded(arguments)
        return str(datasette.urls.path(article_path(row))) + (f"?{query}" if query else "")

    return link


def encoded(arguments: Mapping[str, str]) -> str:
    """The query of an address; the colons of a memento datetime stay, for it is read in footnotes."""
    return urlencode(arguments, safe=":")


def language_argument(language: str) -> dict[str, str]:
    return {} if language == labels.LANGUAGES[0] else {"lang": language}


def article_path(row: queries.Row) -> str:
    slug = slugify(row["headline"] or "", 60)
    return f"bai-viet/{row['id']}-{slug}" if slug else f"bai-viet/{row['id']}"


def absolute(datasette: Any, request: Request, path: str) -> str:
    base = (datasette.plugin_config("luutin") or {}).get("base_url")
    if base:
        return f"{base}/{path}"
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


def href(url: object) -> str:
    """``url`` if it may stand behind a link; a publisher's ``javascript:`` may not."""
    return url if isinstance(url, str) and url.lower().startswith(("http://", "https://")) else ""


def file_name(url: object) -> str:
    try:
        path = urlsplit(url).path if isinstance(url, str) else ""
    except ValueError:
        return str(url)
    return clean(unquote(path.rpartition("/")[2])) or str(url)
