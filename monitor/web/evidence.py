"""What the archive holds byte for byte: records as files, and the pictures and attachments that are in them."""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import imagesize
from datasette.database import Database
from datasette.utils.asgi import Request, Response

from crawler import warc
from crawler.errors import InputError
from crawler.sealing import IS_ITS_OWN, KEPT_BACK, WAS_ITS_OWN, WITHHELD
from crawler.text import fold, slugify
from crawler.warc import Location
from monitor.web import queries, render
from monitor.web.holding import absent, held
from monitor.web.queries import Row, rows

#: How the pictures begin that a browser draws without running anything in them. SVG is not one of these.
_RASTERS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

#: What a download may be called by its own name; everything else is bytes, whatever its server said.
_DOCUMENTS = frozenset(
    (
        *("application/pdf", "application/msword", "application/rtf", "application/zip", "application/vnd.rar"),
        *("application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
        *(f"application/vnd.openxmlformats-officedocument.{kind}" for kind in (
            "wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation"
        )),
        *(f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")),
    )
)  # fmt: skip

#: Files are strangers': nothing in them runs, loads or is guessed to be something else.
_HEADERS = render.HEADERS | {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}

#: Pictures whose size is remembered; each takes 200 bytes.
_SIZES = 20_000

_CAPTURE, _CAPTURE_BEFORE = (
    f"""
select id, site, article_id, memento_datetime, record_type, payload_digest, warc_file, warc_offset, warc_length,
  {its_own} as withheld
from captures where id in (:id, 'urn:uuid:' || :id) limit 1
"""  # noqa: S608
    for its_own in (IS_ITS_OWN, WAS_ITS_OWN)
)

# The record that holds what a revisit only refers to: of the same site, as ingest looked for it. +: by the index on
# payloads, not that on sites.
_ORIGINAL = """
select id, warc_file, warc_offset, warc_length from captures
where payload_digest = :digest and record_type <> 'revisit' and +site = :site
  and quality <> :withheld order by memento_datetime, url_key limit 1
"""

_IS_KEPT_BACK = f"select 1 from captures where id = :id and {KEPT_BACK}"  # noqa: S608

_FILE = """
select f.article_id, f.kind, f.name, f.url, f.media_type, f.payload_digest, f.capture_id
from attachments f where f.id = :id
"""


def directory(db: Database) -> Path:
    """Where the archive lies whose database this is."""
    return Path(db.path).absolute().parent


async def record(datasette: Any, request: Request) -> Response:
    """``/ban-chup/{id}.warc.gz``: a capture's record as it lies in its file, gzip member and all.

    A ``revisit`` only refers to bytes that came before: the record that holds them comes first, so that what is
    downloaded can be read by itself.
    """
    db = await queries.database(datasette)
    capture = await _capture(db, unquote(request.url_vars["id"])) if db else None
    if capture and capture["withheld"]:
        return await absent(datasette, request, "withheld_record", status=451)
    if db and capture and await _is_kept_back(db, capture):
        return await absent(datasette, request, "kept_back", status=451)
    is_open = capture and (capture["article_id"] is None or await held(db, capture["article_id"]))
    if db is None or capture is None or not is_open:
        return await absent(datasette, request, "no_record")
    original = await _original(db, capture) if capture["record_type"] == "revisit" else None
    members = [row for row in (original, capture) if row]
    try:
        data = b"".join([await asyncio.to_thread(_member, directory(db) / "warc", row) for row in members])
    except OSError:
        return await absent(datasette, request, "no_warc", file=capture["warc_file"])
    day = capture["memento_datetime"][:19].replace("-", "").replace(":", "").replace("T", "-")
    name = f"{capture['site']}-{day}-{slugify(capture['id'].removeprefix('urn:uuid:'), 36)}.warc.gz"
    return Response(data, headers=_HEADERS | {"Content-Disposition": _download(name)}, content_type="application/warc")


async def file(datasette: Any, request: Request) -> Response:
    """``/tep/{id}/{name}``: a picture to be seen, or a file to be kept, as the archive has it.

    Only what begins like a PNG, JPEG, GIF or WebP is shown in the page; all else is a download.
    """
    db = await queries.database(datasette)
    found = await rows(db, _FILE, id=request.url_vars["id"]) if db else []
    capture = await _capture(db, found[0]["capture_id"]) if db and found and found[0]["capture_id"] else None
    is_open = capture and not capture["withheld"] and await held(db, found[0]["article_id"])
    if db is None or capture is None or not is_open or await _is_kept_back(db, capture):
        return await absent(datasette, request, "no_file")
    row, tag = found[0], f'"{capture["payload_digest"]}"'
    headers = _HEADERS | {"ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response("", status=304, headers=headers)
    payload = await _payload(db, capture)
    if payload is None:
        return await absent(datasette, request, "no_warc", file=capture["warc_file"])
    if media_type := raster(payload):
        return Response(payload, headers=headers, content_type=media_type)
    headers["Content-Disposition"] = _download(file_name(row))
    kind = row["media_type"] if row["media_type"] in _DOCUMENTS else "application/octet-stream"
    return Response(payload, headers=headers, content_type=kind)


def raster(payload: bytes) -> str | None:
    """The media type of a picture that is safe to show, by its first bytes; None for everything else."""
    if payload[:4] == b"RIFF" and payload[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _RASTERS if payload.startswith(magic)), None)


async def sized(db: Database, files: list[Row]) -> list[Row]:
    """The files of an article, pictures with ``width`` and ``height`` (pixels) where they can be shown.

    Each gets ``path``, its address here, where it was kept.
    """
    known = []
    for row in files:
        if not row.get("capture_id"):
            known.append(row)
            continue
        row = row | {"path": f"tep/{row['id']}/{quote(file_name(row), safe='')}"}
        capture = await _capture(db, row["capture_id"]) if row["kind"] == "image" else None
        place = await _place(db, capture) if capture else None
        size = await asyncio.to_thread(_size, directory(db) / "warc", place) if place else None
        known.append(row | ({"width": size[0], "height": size[1]} if size else {}))
    return known


def file_name(row: Row) -> str:
    """What to call a file: the end of its address, for what the article calls it may be a whole sentence."""
    return render.file_name(row["url"])[-120:].replace("/", "_") or "tep"


def record_path(capture_id: str) -> str:
    """The address of a capture's record, without the first slash."""
    return f"ban-chup/{quote(capture_id.removeprefix('urn:uuid:'), safe='')}.warc.gz"


async def _capture(db: Database, capture_id: str) -> Row | None:
    query = _CAPTURE if await db.table_exists("_withheld_files") else _CAPTURE_BEFORE
    found = await rows(db, query, id=capture_id)
    return found[0] if found else None


async def _is_kept_back(db: Database, capture: Row) -> bool:
    """Whether a capture's page names what is withheld, or may do so."""
    if not await db.table_exists("_withheld_pages"):  # an archive of an earlier version
        return False
    return bool(await rows(db, _IS_KEPT_BACK, id=capture["id"]))


async def _original(db: Database, capture: Row) -> Row | None:
    found = await rows(db, _ORIGINAL, digest=capture["payload_digest"], site=capture["site"], withheld=WITHHELD)
    return found[0] if found else None


async def _place(db: Database, capture: Row) -> Location | None:
    """Where the bytes of a capture lie."""
    row = await _original(db, capture) if capture["record_type"] == "revisit" else capture
    if capture["withheld"]:
        return None
    return Location(row["warc_file"], row["warc_offset"], row["warc_length"]) if row else None


async def _payload(db: Database, capture: Row) -> bytes | None:
    place = await _place(db, capture)
    try:
        return (await asyncio.to_thread(warc.load, directory(db) / "warc", place)).payload if place else None
    except (InputError, OSError):
        return None


@lru_cache(_SIZES)
def _size(warc_dir: Path, place: Location) -> tuple[int, int] | None:
    """Width and height in pixels of a picture that can be shown."""
    try:
        payload = warc.load(warc_dir, place).payload
    except (InputError, OSError):
        return None
    try:
        width, height = imagesize.get(BytesIO(payload)) if raster(payload) else (0, 0)
    except Exception:  # whatever a stranger's bytes do to a parser, they are then no picture
        return None
    return (int(width), int(height)) if width > 0 and height > 0 else None


def _member(warc_dir: Path, row: Row) -> bytes:
    """The bytes of a record. Raises OSError where its file is gone or ends before it."""
    name = Path(row["warc_file"])
    if name.is_absolute() or ".." in name.parts or not row["warc_length"]:
        raise OSError
    sealed = warc_dir / name
    with (sealed if sealed.exists() else sealed.with_name(f"{sealed.name}.open")).open("rb") as file:
        file.seek(row["warc_offset"])
        data = file.read(row["warc_length"])
    if len(data) < row["warc_length"]:
        raise OSError
    return data


def _download(name: str) -> str:
    """A Content-Disposition that names a download: RFC 6266, with plain letters for old browsers."""
    plain = re.sub("[^a-z0-9._-]+", "-", fold(name)).strip("-.") or "tep"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
