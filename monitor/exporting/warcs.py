"""Exports for web-archiving software: a WARC file that stands alone, and a WACZ package around one."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO
from urllib.parse import parse_qsl, urlencode, urlsplit

from isal import isal_zlib

from crawler.warc_compose import member, one_line, record_id
from crawler.warc_record import parse_date
from monitor.exporting.described import SOFTWARE, Collection, articles, as_line, news_article
from monitor.exporting.records import Held, Records
from monitor.exporting.selection import Selection
from monitor.exporting.texts import Moved

Wrote = Callable[[Held, int], None]
"""Called with a record that was written, and at which byte it begins."""

#: The version of the WACZ specification that is followed.
WACZ = "1.1.1"

#: Lines of an index that are compressed together, as many as pywb's own (ZipNum) has.
BLOCK = 300

#: The WARC file in a package.
_WARC = "data.warc.gz"


def warc(selection: Selection, file: IO[bytes], records: Records, said: Collection, *, name: str, moved: Moved,
         wrote: Wrote = lambda _held, _offset: None) -> None:  # fmt: skip
    """Writes the chosen records as they lie in the archive, after a description and before one of each article."""
    offset = 0

    def put(data: bytes) -> None:
        nonlocal offset
        file.write(data)
        offset += len(data)

    for head in _heads(said, name):
        put(head)
    for n, held in enumerate(records, 1):
        put(held.request)
        wrote(held, offset)
        put(held.answer)
        moved("records", n, selection.captures)
    for n, row in enumerate(articles(selection), 1):
        article = as_line(news_article(selection, dict(row), versions=True, text=False))
        put(_metadata(str(row["url"]), article, said, refers_to=row["capture_id"]))
        moved("articles", n, selection.articles)


def _heads(said: Collection, name: str) -> Iterator[bytes]:
    """The ``warcinfo`` record, with Dublin Core as the standard's example has it, and a schema.org Collection."""
    info = [("software", SOFTWARE), ("format", "WARC File Format 1.1")]
    info += [("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/")]
    info += [("operator", said.keeper)] if said.keeper else []
    fields = "".join(f"{key}: {one_line(value)}\r\n" for key, value in [*info, *said.dublin_core()]).encode()
    named = [("WARC-Type", "warcinfo"), ("WARC-Record-ID", f"<{record_id()}>"), ("WARC-Date", said.created)]
    named += [("WARC-Filename", name)] if name else []
    yield member([*named, ("Content-Type", "application/warc-fields")], fields)
    yield _metadata(said.identifier, as_line(said.schema_org()), said)


def _metadata(uri: str, json_ld: bytes, said: Collection, *, refers_to: str | None = None) -> bytes:
    named = [("WARC-Type", "metadata"), ("WARC-Record-ID", f"<{record_id()}>"), ("WARC-Date", said.created)]
    named += [("WARC-Target-URI", uri)]
    named += [("WARC-Refers-To", f"<{refers_to}>")] if refers_to else []
    return member([*named, ("Content-Type", "application/ld+json")], json_ld)


def wacz(selection: Selection, out: Path, records: Records, said: Collection, *, moved: Moved) -> None:
    """Writes a package that ReplayWeb.page opens: the WARC file, its index, the articles as pages, all with digests."""
    selection.db.execute("CREATE TEMP TABLE indexed (key TEXT NOT NULL, line TEXT NOT NULL)")
    selection.db.execute(
        "CREATE TEMP TABLE played (id TEXT PRIMARY KEY, url TEXT NOT NULL, ts TEXT NOT NULL) WITHOUT ROWID"
    )

    def index(held: Held, offset: int) -> None:
        if (line := _index_line(held, offset)) is not None:
            selection.db.execute("INSERT INTO temp.indexed VALUES (?, ?)", line)
            selection.db.execute("INSERT OR IGNORE INTO temp.played VALUES (?, ?, ?)", (held.id, held.url, held.date))

    with out.open("xb") as file, zipfile.ZipFile(file, "w") as archive:
        package = _Package(archive, said)
        with package.entry(f"archive/{_WARC}") as entry:
            warc(selection, entry, records, said, name=_WARC, moved=moved, wrote=index)
        blocks = io.BytesIO()
        with package.entry("indexes/index.cdx.gz") as entry:
            _index(selection, entry, blocks)
        with package.entry("indexes/index.idx") as entry:
            entry.write(blocks.getvalue())
        with package.entry("pages/pages.jsonl") as entry:
            _pages(selection, entry, moved)
        package.close()


class _Package:
    """A zip file that lists what was put into it, each with its digest (Frictionless Data Package)."""

    def __init__(self, archive: zipfile.ZipFile, said: Collection) -> None:
        self._zip, self._said, self._resources = archive, said, list[dict[str, Any]]()

    @contextmanager
    def entry(self, path: str) -> Iterator[IO[bytes]]:
        """A file in the package to write to. It is stored as it is, so that readers may seek in it."""
        with self._zip.open(self._info(path), "w", force_zip64=True) as inner:
            digesting = _Digesting(inner)
            yield digesting  # type: ignore[misc]  # all that is used of a file is its write
        self._resources.append(
            {"name": path.rpartition("/")[2], "path": path, "hash": digesting.hash, "bytes": digesting.size}
        )

    def close(self) -> None:
        """Writes the list, and the digest of the list."""
        said = self._said
        package = {
            "profile": "data-package",
            "wacz_version": WACZ,
            "software": SOFTWARE,
            "title": said.title,
            "description": said.description,
            "metadata": {"title": said.title},  # where ReplayWeb.page looks for it
            "created": f"{said.created[:19]}Z",
            "resources": self._resources,
            "dublinCore": _several(said.dublin_core()),
            "schemaOrg": said.schema_org(),
        }
        listed = json.dumps(package, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(listed).hexdigest()}"}
        self._zip.writestr(self._info("datapackage.json"), listed)
        self._zip.writestr(self._info("datapackage-digest.json"), json.dumps(digest, indent=2))

    def _info(self, path: str) -> zipfile.ZipInfo:
        created = self._said.created
        moment = parse_date(created)
        assert moment is not None
        info = zipfile.ZipInfo(path, moment.timetuple()[:6])
        # The moment in UTC (extended timestamp). With no field at all in the zip's directory, ReplayWeb.page takes it
        # that a file's own head has none, where entries of unknown length have one, and reads from a wrong place.
        info.extra = struct.pack("<HHBL", 0x5455, 5, 1, int(moment.timestamp()))
        return info


class _Digesting:
    """Counts and digests what goes through to a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sha256, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._sha256.update(data)
        self.size += len(data)
        return self._file.write(data)

    @property
    def hash(self) -> str:
        return f"sha256:{self._sha256.hexdigest()}"


def _index_line(held: Held, offset: int) -> tuple[str, str] | None:
    """Where the record is, for the index; None for what nobody can look at by its address.

    That is the answer to a form; and what has no body nor says where one is (a 304), in whose place readers would see
    an empty page instead of the one that it vouches for.
    """
    moment, key = parse_date(held.date), surt(held.url)
    if held.method != "GET" or held.status == 304 or not held.payload_digest or moment is None or key is None:
        return None
    entry = {
        "url": held.url,
        "mime": "warc/revisit" if held.record_type == "revisit" else held.media_type or "unk",
        "status": str(held.status) if held.status else "",
        "digest": held.payload_digest,
        "length": str(len(held.answer)),
        "offset": str(offset),
        "filename": _WARC,
        "recordDigest": f"sha256:{hashlib.sha256(held.answer).hexdigest()}",
    }
    line = {name: value for name, value in entry.items() if value}
    return f"{key} {moment:%Y%m%d%H%M%S}", json.dumps(line, ensure_ascii=False)


def surt(url: str) -> str | None:
    """An address as the index sorts it, made as ReplayWeb.page makes it of what it looks for; None for no web address.

    ``https://www.a.vn/Tin?b=1&a=2`` -> ``vn,a)/tin?a=2&b=1`` (wabac.js, ``getSurt``).
    """
    try:
        parts = urlsplit(url.lower())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    if host.startswith("www") and host[3:].lstrip("0123456789").startswith("."):
        host = host.partition(".")[2]
    named = ",".join(reversed(host.split(".")))
    standard = {"http": 80, "https": 443}[parts.scheme]
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True), key=lambda pair: pair[0]))
    at = f":{port}" if port and port != standard else ""
    return f"{named}{at}){parts.path or '/'}{f'?{query}' if query else ''}".replace(" ", "%20")


def _index(selection: Selection, file: IO[bytes], blocks: BinaryIO) -> None:
    """The index in compressed blocks, and in ``blocks`` where each of them begins (ZipNum, CDXJ)."""
    blocks.write(b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n')
    offset = 0
    rows = selection.db.execute("SELECT key, line FROM temp.indexed ORDER BY key, line")
    while block := list(islice(rows, BLOCK)):
        packed = isal_zlib.compress("".join(f"{key} {line}\n" for key, line in block).encode(), 3, wbits=31)
        place = {"offset": offset, "length": len(packed), "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}"}
        blocks.write(f"{block[0][0]} {json.dumps(place)}\n".encode())
        file.write(packed)
        offset += len(packed)


def _pages(selection: Selection, file: IO[bytes], moved: Moved) -> None:
    """The articles as the pages that a reader of the package can choose from, and search by their text."""
    file.write(as_line({"format": "json-pages-1.0", "id": "pages", "title": "Bài viết", "hasText": True}))
    played = "SELECT url, ts FROM temp.played WHERE id = ?"
    for n, row in enumerate(articles(selection), 1):
        moved("pages", n, selection.articles)
        if (at := selection.db.execute(played, (row["capture_id"],)).fetchone()) is not None:
            page = {"id": row["id"], "url": at["url"], "ts": at["ts"], "title": row["headline"] or ""}
            file.write(as_line(page | {"text": row["body"]}))


def _several(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Pairs as a map, with a list for a name that is there several times."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value] \
            if name in found else value  # fmt: skip
    return found
