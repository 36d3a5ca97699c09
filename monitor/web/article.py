"""The page of an article: as it is now, or as it was captured at a time."""

from __future__ import annotations

import json
from typing import Any

from datasette.database import Database
from datasette.utils.asgi import Request, Response

from monitor.web import labels, queries, render
from monitor.web.queries import Row, paragraphs, rows

_ARTICLE = """
select a.*, s.name as site_name from articles a left join sites s on s.slug = a.site where a.id = :id
"""

_REVISION = """
select r.*, t.body, g.captions, g.images, g.attachments,
       c.memento_datetime as captured, c.payload_digest, c.warc_file, c.warc_offset
from revisions r
left join texts t on t.text_digest = r.text_digest
left join readings g on g.reading_digest = r.reading_digest
left join captures c on c.id = r.capture_id
where r.article_id = :id and (r.memento_datetime = :memento or (:memento = '' and r.id = :current))
limit 1
"""

_REVISIONS = """
select id, memento_datetime, observed_after, observed_by, change, words_added, words_removed
from revisions where article_id = :id order by memento_datetime, id limit 500
"""

_ADDRESSES = """
select url, first_seen, last_seen from article_urls where article_id = :id order by first_seen, url limit 100
"""

_ATTACHMENTS = """
select url, name, kind, media_type, content_length, payload_digest from attachments where article_id = :id order by id
"""

_ELSEWHERE = """
select a.id, a.headline, a.section, a.date_published, a.site, s.name as site_name
from articles a left join sites s on s.slug = a.site
where (a.id = :text or a.same_text_as = :text) and a.id <> :id
order by a.date_published, a.id limit 50
"""

_CITED = """
select document from citations where article_id = :id group by document
order by min(position) limit 200
"""

_SIMILAR = """
select a.id, a.headline, a.section, a.date_published, a.site, s.name as site_name, similar.overlap
from similar_texts similar join articles a on a.text_digest = similar.other_digest
left join sites s on s.slug = a.site
where similar.text_digest = :text and a.same_text_as is null
order by similar.overlap desc, a.id limit 20
"""


async def article_page(datasette: Any, request: Request) -> Response:
    """``/bai-viet/{id}-{slug}``: an article as it is now, or with ``?memento=`` as it was captured then."""
    db = await queries.database(datasette)
    memento = request.args.get("memento") or ""
    content = await article(db, request.url_vars["id"], memento) if db else None
    t = labels.TEXTS[labels.language_of(request.args.get("lang"))]
    gone = await retracted(db, request.url_vars["id"], memento) if db and memento and content is None else None
    if gone is not None:
        notice = {"heading": t["retracted_title"], "message": t["retracted_text"].format(id=gone)}
        return await render.page(datasette, request, "luutin_notice.html", notice, status=410)
    if content is None:
        notice = {"heading": t["not_found_title"], "message": t["not_found_text"]}
        return await render.page(datasette, request, "luutin_notice.html", notice, status=404)
    content["images"] = [i | {"name": render.file_name(i.get("url"))} for i in content["images"]]
    content["canonical_url"] = render.absolute(datasette, request, render.article_path(content["a"]))
    return await render.page(datasette, request, "luutin_article.html", content)


async def article(db: Database, article_id: str, memento: str) -> dict[str, Any] | None:
    """An article, the revision cited by its memento datetime ("": the current one), and all that belongs to it."""
    found = await rows(db, _ARTICLE, id=article_id)
    if not found:
        return None
    a = found[0]
    revision = await rows(db, _REVISION, id=article_id, memento=memento, current=a["current_revision_id"])
    if memento and not revision:
        return None
    shown = a | revision[0] if revision else a | {"id": None}
    kept = await rows(db, _ATTACHMENTS, id=article_id)
    # of the text as it is now; an archive of an earlier version has no such tables until somebody writes to it
    is_studied = shown["id"] == a["current_revision_id"] and await db.table_exists("similar_texts")
    return {
        "a": a,
        "shown": shown,
        "is_older": bool(revision) and shown["id"] != a["current_revision_id"],
        "paragraphs": _paragraphs(shown),
        "images": _files(shown.get("images"), kept, "image"),
        "attachments": _files(shown.get("attachments"), kept, "attachment"),
        "revisions": await rows(db, _REVISIONS, id=article_id),
        "addresses": await rows(db, _ADDRESSES, id=article_id),
        "elsewhere": await rows(db, _ELSEWHERE, id=article_id, text=a["same_text_as"] or article_id),
        "cited": await rows(db, _CITED, id=article_id) if is_studied else [],
        "similar": await rows(db, _SIMILAR, text=a["text_digest"]) if is_studied else [],
    }


async def retracted(db: Database, article_id: str, memento: str) -> str | None:
    """The id of the revision cited by its memento datetime that was only ours and was taken back."""
    if not await db.table_exists("retracted_revisions"):  # an archive of an earlier version
        return None
    query = "select id from retracted_revisions where article_id = :id and memento_datetime = :memento limit 1"
    found = await rows(db, query, id=article_id, memento=memento)
    return str(found[0]["id"]) if found else None


def _paragraphs(shown: Row) -> list[tuple[str, str]]:
    """Each paragraph with what it is: ``lead``, ``caption`` or nothing in particular."""
    captions = {c for c in _list(shown.get("captions")) if isinstance(c, str)}
    kinds = []
    for i, paragraph in enumerate(paragraphs(shown.get("body"))):
        lead = i == 0 and paragraph == shown.get("description")
        kinds.append(("caption" if paragraph in captions else "lead" if lead else "", paragraph))
    return kinds


def _files(listed: str | None, kept: list[Row], kind: str) -> list[Row]:
    """What the shown revision lists, in its order, each with what was kept of it."""
    by_url = {row["url"]: row for row in kept if row["kind"] == kind}
    named = [f for f in _list(listed) if isinstance(f, dict)]
    return [by_url.get(f.get("url"), {}) | f for f in named]


def _list(text: str | None) -> list[Any]:
    try:
        value = json.loads(text or "[]")
    except ValueError:
        return []
    return value if isinstance(value, list) else []
