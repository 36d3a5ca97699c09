"""The one door to an article: whatever shows something of one asks here first."""

from __future__ import annotations

from typing import Any

from datasette.database import Database
from datasette.utils.asgi import Request, Response

from monitor.web import labels, render
from monitor.web.queries import Row, rows

_ARTICLE = """
select a.*, s.name as site_name, s.home_url as site_url
from articles a left join sites s on s.slug = a.site where a.id = :id
"""

_WITHHELD = "select since from withheld where article_id = :id and lifted is null"


async def held(db: Database | None, article_id: str) -> Row | None:
    """An article's row with the name and address of its site; None where it is not here."""
    found = await rows(db, _ARTICLE, id=article_id) if db is not None else []
    return found[0] if found else None


async def withheld_since(db: Database | None, article_id: str) -> str | None:
    """Since when an article is withheld from readers; None where it is not."""
    if db is None or not await db.table_exists("withheld"):  # an archive of an earlier version
        return None
    found = await rows(db, _WITHHELD, id=article_id)
    return str(found[0]["since"]) if found else None


async def no_article(datasette: Any, request: Request, db: Database | None, article_id: str) -> Response:
    """Instead of an article that is not here: that there is none (404), or that it is withheld (451, RFC 7725)."""
    if since := await withheld_since(db, article_id):
        return await absent(datasette, request, "withheld", status=451, since=labels.moment(since))
    return await absent(datasette, request)


async def absent(
    datasette: Any, request: Request, phrase: str = "not_found", *, status: int = 404, **blanks: str
) -> Response:
    """A page that says kindly why there is nothing: the phrases ``{phrase}_title`` and ``{phrase}_text``."""
    t = labels.TEXTS[labels.language_of(request.args.get("lang"))]
    notice = {"heading": t[f"{phrase}_title"], "message": t[f"{phrase}_text"].format(**blanks)}
    return await render.page(datasette, request, "luutin_notice.html", notice, status=status)
