"""An article for machines, by the end of its address: JSON, plain text, BibTeX, CSL-JSON, a Memento TimeMap. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from datasette.utils.asgi import Response

from monitor.web import citing, evidence, render
from monitor.web.citing import Cited
from monitor.web.queries import Row

_JSON = "application/json; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"

#: What of a revision is told wherever revisions are listed.
_OF_REVISION = ("memento_datetime", "observed_after", "observed_by", "change", "words_added", "words_removed")


def _response(body: str, content_type: str) -> Response:
    # other origins may read what is public: a researcher's notebook, a newsroom's page
    headers = render.HEADERS | {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Link"}
    return Response(body, headers=headers, content_type=content_type)


def absent(status: int) -> Response:
    """Instead of what is not here (404), a revision that was taken back (410), what is withheld (451)."""
    error = {
        404: "No such article or revision.",
        410: "This revision was taken back: the publisher changed nothing.",
        451: "This article is withheld from readers.",
    }
    response = _response(json.dumps({"error": error[status], "status": status}), _JSON)
    response.status = status
    return response


def as_json(content: dict[str, Any], cited: Cited, page_url: str) -> Response:
    """``.json``: see docs/api.md."""
    root = page_url.rpartition("/bai-viet/")[0]
    a, shown = content["a"], content["shown"]
    said = {
        "id": a["id"],
        "url": page_url,
        "memento_url": cited.archived_url,
        "site": {"slug": a["site"], "name": a["site_name"], "url": a["site_url"]},
        "original_url": a["url"],
        "status": a["status"],
        **{field: shown[field] for field in ("headline", "description", "author", "section", "date_published")},
        "language": "vi",
        "word_count": shown["word_count"],
        **{field: a[field] for field in ("first_seen", "last_seen", "last_checked", "last_changed")},
        "text": shown.get("body") or "",
        "captions": content["captions"],
        "images": [_file(f, root) for f in content["images"]],
        "attachments": [_file(f, root) for f in content["attachments"]],
        "revision": _revision(content, root) if shown["id"] else None,
        "revisions": [_listed(r, page_url) for r in content["revisions"]],
        "removals": [
            {f: r[f] for f in ("state", "first_missing", "confirmed", "restored", "moved_to", "checks", "looks")}
            for r in content["removals"]
        ],
        "addresses": content["addresses"],
        "same_text": [_other(e, root) for e in content["elsewhere"]],
        "similar": [_other(e, root) | {"overlap": e["overlap"]} for e in content["similar"]],
        "citations": content["cited"],
        "notes": [{f: n[f] for f in ("at", "by", "text")} for n in content["notes"]],
    }
    return _response(json.dumps(said, ensure_ascii=False, indent=1), _JSON)


def as_text(content: dict[str, Any], cited: Cited, page_url: str) -> Response:  # noqa: ARG001 - as all of FORMS
    """``.txt``: headline, lines that say whose and when, the text, how to cite it."""
    shown = content["shown"]
    known = [cited.site_name, shown["section"], shown["author"], shown["date_published"]]
    head = [cited.headline or "Không tiêu đề", " · ".join(part for part in known if part)]
    body = [*head, *content["paragraphs"], "—", citing.plain(cited)]
    return _response("\n\n".join(body) + "\n", _TEXT)


def as_bibtex(content: dict[str, Any], cited: Cited, page_url: str) -> Response:  # noqa: ARG001 - as all of FORMS
    """``.bib``."""
    return _response(citing.bibtex(cited), "application/x-bibtex; charset=utf-8")


def as_csl(content: dict[str, Any], cited: Cited, page_url: str) -> Response:  # noqa: ARG001 - as all of FORMS
    """``.csl.json``: a list of one item, as citation managers import it."""
    body = json.dumps([citing.csl(cited)], ensure_ascii=False, indent=1)
    return _response(body, "application/vnd.citationstyles.csl+json; charset=utf-8")


def as_timemap(content: dict[str, Any], cited: Cited, page_url: str) -> Response:
    """``.link``: every revision as a memento, in the link format of RFC 6690 that RFC 7089 wants."""
    links = [f'<{page_url}.link>; rel="self"; type="application/link-format"']
    if render.href(cited.original_url) and not set(cited.original_url) & set('<>"\\ '):
        links.insert(0, f'<{cited.original_url}>; rel="original"')
    for r in content["revisions"]:
        moment = format_datetime(datetime.fromisoformat(r["memento_datetime"]), usegmt=True)
        links.append(f'<{_at(page_url, r)}>; rel="memento"; datetime="{moment}"')
    return _response(",\n".join(links) + "\n", "application/link-format; charset=utf-8")


#: By the end of the address.
FORMS: dict[str, Callable[[dict[str, Any], Cited, str], Response]] = {
    "json": as_json,
    "txt": as_text,
    "bib": as_bibtex,
    "csl.json": as_csl,
    "link": as_timemap,
}


def _at(page_url: str, revision: Row) -> str:
    return f"{page_url}?{render.encoded({'memento': revision['memento_datetime']})}"


def _listed(revision: Row, page_url: str) -> Row:
    return {"url": _at(page_url, revision)} | {field: revision[field] for field in _OF_REVISION}


def _revision(content: dict[str, Any], root: str) -> Row:
    shown = content["shown"]
    digests = ("text_digest", "content_digest", "reading_digest", "extractor_version")
    record = ("record_type", "status_code", "media_type", "payload_digest", "warc_file", "warc_offset", "warc_length")
    capture = {"id": shown["capture_id"], "url": shown["captured_url"], "memento_datetime": shown["captured"]}
    capture |= {field: shown[field] for field in record}
    capture["record_url"] = f"{root}/{evidence.record_path(shown['capture_id'])}"
    return (
        {field: shown[field] for field in _OF_REVISION + digests}
        | {"is_current": not content["is_older"]}
        | {"capture": capture}
    )


def _file(f: Row, root: str) -> Row:
    said = {"url": f["full_url"], "name": f.get("name"), "alt": f.get("alt")}
    kept = ("media_type", "content_length", "payload_digest", "capture_id", "width", "height")
    said |= {field: f[field] for field in kept if f.get(field) is not None}
    return said | ({"file_url": f"{root}/{f['path']}"} if f.get("path") else {})


def _other(e: Row, root: str) -> Row:
    told = {field: e[field] for field in ("id", "site", "headline", "section", "date_published")}
    return told | {"url": f"{root}/{render.article_path(e)}"}
