"""The page of an article: as it is now, or as it was captured at a time; and the same as data."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urljoin

from datasette.database import Database
from datasette.utils.asgi import Request, Response

from crawler.urls import url_key
from monitor.web import citing, evidence, labels, marking, notes, queries, removed, render, representations
from monitor.web.feed_links import Choice, alternates
from monitor.web.holding import absent, held, no_article, withheld_since
from monitor.web.queries import Row, paragraphs, rows

#: Pictures and files that a page shows of one article; the table has all of them.
_FILES = 60

_REVISION = """
select r.*, t.body, t.word_count, g.captions, g.images, g.attachments,
       c.memento_datetime as captured, c.url as captured_url, c.canonical_url, c.record_type,
       c.status_code, c.media_type, c.payload_digest, c.warc_file, c.warc_offset, c.warc_length
from revisions r
left join texts t on t.text_digest = r.text_digest
left join readings g on g.reading_digest = r.reading_digest
left join captures c on c.id = r.capture_id
where r.article_id = :id and (r.memento_datetime = :memento or (:memento = '' and r.id = :current))
limit 1
"""

_REVISIONS = """
select id, memento_datetime, observed_after, observed_by, change, words_added, words_removed, headline
from revisions where article_id = :id order by memento_datetime, id limit 500
"""

_ADDRESSES = """
select url, evidence, first_seen, last_seen from article_urls where article_id = :id order by first_seen, url limit 100
"""

_ATTACHMENTS = f"""
select id, article_id, url, url_key, name, kind, media_type, content_length, payload_digest, capture_id
from attachments where article_id = :id order by id limit {8 * _FILES}
"""  # noqa: S608

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
where similar.text_digest = :text and +a.same_text_as is null -- +: an index on it would walk the archive
order by similar.overlap desc, a.id limit 20
"""


async def article_page(datasette: Any, request: Request) -> Response:
    """``/bai-viet/{id}-{slug}``: an article as it is now, or with ``?memento=`` as it was captured then.

    With ``.json``, ``.txt``, ``.bib``, ``.csl.json`` or ``.link`` behind it, the same for machines.
    """
    db = await queries.database(datasette)
    memento = request.args.get("memento") or ""
    article_id, form = request.url_vars["id"], request.url_vars.get("form")
    content = await article(db, article_id, memento) if db else None
    if db is None or content is None:
        gone = await retracted(db, article_id, memento) if db and memento else None
        if form:
            return representations.absent(410 if gone else 451 if await withheld_since(db, article_id) else 404)
        if gone:
            return await absent(datasette, request, "retracted", status=410, id=gone)
        return await no_article(datasette, request, db, article_id)
    path = render.article_path(content["a"])
    page_url = render.absolute(datasette, request, path)
    cited = _cited(content, page_url)
    headers = _memento(content, page_url, memento)
    if form:
        response: Response = representations.FORMS[form](content, cited, page_url)
        response.headers |= headers
        return response
    content["text"], content["pictures"] = marking.shown(
        content["paragraphs"],
        description=content["shown"].get("description"),
        captions=content["captions"],
        pictures=[i for i in content["images"] if i.get("width")],
    )
    language = labels.language_of(request.args.get("lang"))
    content |= {
        "canonical_url": page_url,
        "feeds": alternates(datasette, [_of_site(content["a"])], language=language),
        "may_write": notes.may_write(datasette, request),
        "record": evidence.record_path(content["shown"]["capture_id"]) if content["shown"]["id"] else None,
        "cite": {"plain": citing.plain(cited, language), "bibtex": citing.bibtex(cited)},
        "json_ld": citing.for_a_page(citing.news_article(cited, content["shown"], content["cited"], _seen(content))),
        "forms": {form: _form(datasette, path, form, memento) for form in representations.FORMS},
    }
    return await render.page(datasette, request, "luutin_article.html", content, headers=headers)


async def article(db: Database, article_id: str, memento: str) -> dict[str, Any] | None:
    """An article, the revision cited by its memento datetime ("": the current one), and all that belongs to it."""
    a = await held(db, article_id)
    if a is None:
        return None
    revision = await rows(db, _REVISION, id=article_id, memento=memento, current=a["current_revision_id"])
    if memento and not revision:
        return None
    shown = a | revision[0] if revision else a | {"id": None}
    kept = await rows(db, _ATTACHMENTS, id=article_id)
    # of the text as it is now; an archive of an earlier version has no such tables until somebody writes to it
    is_studied = shown["id"] == a["current_revision_id"] and await db.table_exists("citations")
    return {
        "a": a,
        "shown": shown,
        "is_older": bool(revision) and shown["id"] != a["current_revision_id"],
        "paragraphs": paragraphs(shown.get("body")),
        "captions": [c for c in _list(shown.get("captions")) if isinstance(c, str)],
        "images": await evidence.sized(db, _files(shown, "images", kept, "image")),
        "attachments": await evidence.sized(db, _files(shown, "attachments", kept, "attachment")),
        "revisions": await rows(db, _REVISIONS, id=article_id),
        "removals": await removed.of_article(db, article_id),
        "addresses": await rows(db, _ADDRESSES, id=article_id),
        "elsewhere": await rows(db, _ELSEWHERE, id=article_id, text=a["same_text_as"] or article_id),
        "cited": [row["document"] for row in await rows(db, _CITED, id=article_id)] if is_studied else [],
        "similar": await rows(db, _SIMILAR, text=a["text_digest"]) if is_studied else [],
        "notes": await notes.of_article(db, article_id),
    }


async def retracted(db: Database, article_id: str, memento: str) -> str | None:
    """The id of the revision cited by its memento datetime that was only ours and was taken back."""
    if not await db.table_exists("retracted_revisions"):  # an archive of an earlier version
        return None
    query = "select id from retracted_revisions where article_id = :id and memento_datetime = :memento limit 1"
    found = await rows(db, query, id=article_id, memento=memento)
    return str(found[0]["id"]) if found else None


def _of_site(a: Row) -> Choice:
    return Choice(site=a["site"], site_name=a["site_name"] or "")


def _cited(content: dict[str, Any], page_url: str) -> citing.Cited:
    a, shown = content["a"], content["shown"]
    captured = shown.get("memento_datetime") or a["first_seen"]
    return citing.Cited(
        article_id=a["id"],
        headline=shown["headline"],
        author=shown["author"],
        site=a["site"],
        site_name=a["site_name"] or a["site"],
        published=shown["date_published"],
        captured=captured,
        original_url=render.href(shown.get("captured_url")) or a["url"],
        archived_url=f"{page_url}?{render.encoded({'memento': captured})}" if shown["id"] else page_url,
    )


def _memento(content: dict[str, Any], page_url: str, memento: str) -> dict[str, str]:
    """The headers of RFC 7089: of which page this is a copy, where all copies are listed, and of when this one is."""
    original = render.href(content["shown"].get("captured_url")) or render.href(content["a"]["url"])
    links = [f'<{page_url}.link>; rel="timemap"; type="application/link-format"']
    if original and original.isascii() and not set(original) & set('<>"\\ '):
        links.insert(0, f'<{original}>; rel="original"')
    headers = {"Link": ", ".join(links)}
    if memento:
        moment = datetime.fromisoformat(content["shown"]["memento_datetime"])
        headers["Memento-Datetime"] = format_datetime(moment, usegmt=True)
    return headers


def _form(datasette: Any, path: str, form: str, memento: str) -> str:
    query = f"?{render.encoded({'memento': memento})}" if memento and form != "link" else ""
    return f"{datasette.urls.path(path)}.{form}{query}"


def _seen(content: dict[str, Any]) -> list[str]:
    return [url for i in content["images"] if (url := render.href(i.get("full_url")))]


def _files(shown: Row, field: str, kept: list[Row], kind: str) -> list[Row]:
    """What the shown revision lists, in its order, each once, with what was kept of it and its ``full_url``.

    Readings name files without their site's host, which changes; attachments are known by the whole address.
    """
    known = {row[name]: row for name in ("url", "url_key") for row in kept if row["kind"] == kind}
    found: dict[str, Row] = {}
    for f in _list(shown.get(field)):
        if not isinstance(f, dict) or not isinstance(f.get("url"), str) or len(found) == _FILES:
            continue
        full, row = f["url"], known.get(f["url"], {})
        with suppress(ValueError):  # brackets in a host, and the like
            full = urljoin(shown.get("canonical_url") or shown.get("captured_url") or shown["url"], f["url"])
            row = known.get(url_key(full), row)
        said = {"name": f.get("name"), "alt": f.get("alt"), "full_url": full, "kind": kind}
        found.setdefault(full, row | said | {"url": full, "file_name": render.file_name(full)})
    return list(found.values())


def _list(text: str | None) -> list[Any]:
    try:
        value = json.loads(text or "[]")
    except ValueError:
        return []
    return value if isinstance(value, list) else []
