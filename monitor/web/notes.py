"""Curators' notes: what is said of the collection, of a site, of an article; read by all, written by whom may."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from datasette.database import Database
from datasette.utils.asgi import Request, Response

from crawler.archive import Archive
from crawler.errors import LuutinError
from crawler.notes import LONGEST, add_note
from crawler.text import clean
from monitor.web import curators, evidence, labels, queries, render
from monitor.web.holding import absent, held
from monitor.web.queries import Row, rows

#: Notes that a page shows of one thing; the table has all of them.
_SHOWN = 200

_STANDING = "not exists (select 1 from notes later where later.supersedes = notes.id) and text <> ''"
_NOTES = "select id, at, site, article_id, by, text, supersedes from notes"
_OF_SITES = f"{_NOTES} where article_id is null and {_STANDING} order by at, id limit {_SHOWN}"
_OF_ARTICLE = f"{_NOTES} where article_id = :article and {_STANDING} order by at, id limit {_SHOWN}"
_ALL = f"""{_NOTES} where article_id is :article and (:article is not null or site is :site)
order by at desc, id limit {_SHOWN}"""
_SITE = "select slug, name from sites where slug = :site"


def may_write(datasette: Any, request: Request) -> bool:
    """Whether the one who asks is a curator."""
    return curators.curator(datasette, request) is not None


async def of_sites(db: Database) -> dict[str | None, list[Row]]:
    """The standing notes on sites, by slug; those on the whole collection under None."""
    found: dict[str | None, list[Row]] = {}
    for row in await _rows(db, _OF_SITES):
        found.setdefault(row["site"], []).append(_shown(row))
    return found


async def of_article(db: Database, article_id: str) -> list[Row]:
    """The standing notes on an article, oldest first."""
    return [_shown(row) for row in await _rows(db, _OF_ARTICLE, article=article_id)]


async def notes_page(datasette: Any, request: Request) -> Response:
    """``/ghi-chu?article=`` or ``?site=`` or neither: all notes on it, superseded ones too, and a form for curators."""
    db = await queries.database(datasette)
    subject = await _subject(db, request) if db else None
    if db is None or subject is None:
        return await absent(datasette, request)
    by = curators.curator(datasette, request)
    if request.method != "POST":
        return await _page(datasette, request, db, subject)
    fields = await curators.form(request) if by else None
    if by is None or fields is None:
        t = labels.TEXTS[labels.language_of(request.args.get("lang"))]
        return await _page(datasette, request, db, subject, said=t["note_refused"], status=403)
    text, replaced = _plain(fields.get("text", "")), fields.get("supersedes") or None
    try:
        await asyncio.to_thread(_write, db, subject, by, text, replaced)
    except LuutinError as error:
        return await _page(datasette, request, db, subject, said=str(error), written=text, status=409)
    back = f"{request.path}?{request.query_string}".rstrip("?")
    return Response.redirect(back, status=303, headers=dict(render.HEADERS))


async def _page(
    datasette: Any, request: Request, db: Database, subject: Row, *, said: str = "", written: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    everything = [_shown(row) for row in await _rows(db, _ALL, site=subject["site"], article=subject["article_id"])]
    superseded = {row["supersedes"] for row in everything}
    back = f"{request.path}?{request.query_string}".rstrip("?")
    content = {
        "subject": subject,
        "standing": [n for n in everything[::-1] if n["id"] not in superseded and n["text"]],
        "superseded": [n for n in everything if n["id"] in superseded and n["text"]],
        "by": curators.curator(datasette, request),
        "open": bool(curators.known(datasette)),
        "action": back,
        "sign_in_url": f"{datasette.urls.path('dang-nhap')}?{urlencode({'to': back})}",
        "said": said,
        "written": written,
        "longest": LONGEST,
    }
    return await render.page(datasette, request, "luutin_notes.html", content, status=status)


async def _subject(db: Database, request: Request) -> Row | None:
    """What the notes are about; None where the archive has no such article or site."""
    if article_id := request.args.get("article"):
        a = await held(db, article_id)
        return a and {"site": a["site"], "article_id": a["id"], "name": a["headline"], "article": a}
    if slug := request.args.get("site"):
        found = await rows(db, _SITE, site=slug)
        return {"site": slug, "article_id": None, "name": found[0]["name"]} if found else None
    return {"site": None, "article_id": None, "name": None}


def _write(db: Database, subject: Row, by: str, text: str, supersedes: str | None) -> None:
    about = {"site": subject["site"], "article_id": subject["article_id"]}
    with Archive(evidence.directory(db)) as archive, archive.writing() as connection:
        add_note(connection, by=by, text=text, supersedes=supersedes, **about)


def _plain(text: str) -> str:
    """What somebody typed, as the archive keeps text: clean paragraphs divided by empty lines."""
    lines = [clean(line) for line in text.splitlines()]
    return "\n\n".join(line for line in lines if line)


def _shown(row: Row) -> Row:
    return row | {"paragraphs": queries.paragraphs(row["text"])}


async def _rows(db: Database, sql: str, **params: object) -> list[Row]:
    return await rows(db, sql, **params) if await db.table_exists("notes") else []  # not in an older archive
