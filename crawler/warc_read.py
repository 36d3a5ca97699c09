"""Reads WARC and WACZ files from anybody, whatever tool wrote them, as captures."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from crawler.errors import InputError
from crawler.warc_arc import FILE, ArcFramer
from crawler.warc_frames import (
    DAMAGED,
    GZIP,
    TOO_LARGE,
    ZSTD,
    ZSTD_DICTIONARY,
    gzip_pieces,
    plain_pieces,
    records,
    zstd_pieces,
)
from crawler.warc_record import (
    HEAD_END,
    Capture,
    Record,
    Skipped,
    normal_digest,
    read_capture,
    record_ids,
    request_body_digest,
)

#: How the WARC file of a living process ends; without it, it is sealed and never written again.
OPEN = ".open"

#: Damages after which the rest of a file is given up: each costs a search, and such a file is not worth a thousand.
_MAX_DAMAGES = 1000

#: POST requests and foreign digests remembered within one file while their records are awaited.
_MAX_REMEMBERED = 10_000

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_WARC_NAME = re.compile(r"\.w?arc(\.gz|\.zst)?\Z", re.IGNORECASE)
_REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) ")


def read_captures(path: Path, *, directory: Path | None = None) -> Iterator[Capture | Skipped]:
    """The captures of a WARC, ARC (plain, .gz, WARC also .zst) or WACZ file, in its order.

    What is damaged, cut off or too large is told by a Skipped, and reading goes on behind it. Locations name the file
    relative to ``directory``, or by its own name. Raises InputError where the file cannot be read or holds no record.
    """
    name = path.relative_to(directory).as_posix() if directory and path.is_relative_to(directory) else path.name
    name = name.removesuffix(OPEN)
    found = False
    held: list[Skipped] = []  # until it is clear that this is a WARC file at all
    damages = 0
    try:
        with path.open("rb") as stream:
            assembler = _Assembler()
            for file, record in _records(stream, name):
                found = found or isinstance(record, Record) or record.reason == TOO_LARGE
                if isinstance(record, Skipped):
                    damages += record.reason != TOO_LARGE
                    held.append(record)
                if found:
                    yield from assembler.rest() if held else ()
                    yield from held
                    held.clear()
                    yield from assembler.add(record, file) if isinstance(record, Record) else ()
                if damages >= _MAX_DAMAGES:
                    break
            yield from assembler.rest()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}): check its name and its rights.") from None
    if not found:
        raise InputError(f"{path} holds no whole WARC record: give a WARC (.warc, .warc.gz) or WACZ file.")


def read_on(path: Path, name: str, offset: int) -> Iterator[Capture | Skipped]:
    """The captures of one of the archive's own files from a record's offset on; after the last one read before, say.

    ``name`` is that of the file in their locations. Raises OSError.
    """
    with path.open("rb") as stream:
        stream.seek(offset)
        assembler = _Assembler()
        for record in records(gzip_pieces(stream, offset), seekable=False):
            if isinstance(record, Record):
                yield from assembler.add(record, name)
            else:
                yield from assembler.rest()
                yield record
        yield from assembler.rest()


class _Assembler:
    """Puts together what several records say of one capture: its request's method, its digest under another name."""

    def __init__(self) -> None:
        self.waiting: Capture | None = None  # the last one: Heritrix and Browsertrix write its request behind it
        self.requests: dict[str, Record] = {}  # not GET, by their own ids and those of the records they belong to
        self.digests: dict[str, str] = {}  # the file's own payload digests -> ours, where they differ

    def add(self, record: Record, file: str) -> Iterator[Capture | Skipped]:
        """The captures that are complete with this record."""
        if record.fields.get("warc-type", "").lower() == "request":
            self._request(record)
            return
        capture = read_capture(record, file)
        if capture:
            yield from self.rest()
        if isinstance(capture, Capture):
            self.waiting = self._joined(capture, record)
        elif capture:
            yield capture

    def rest(self) -> Iterator[Capture]:
        """The capture that still waits for its request."""
        if self.waiting:
            yield self.waiting
        self.waiting = None

    def _request(self, record: Record) -> None:
        method = _REQUEST_LINE.match(record.block)
        if method is None or method[1] == b"GET":
            return
        ids = record_ids(record.fields.get("warc-concurrent-to", ""))
        if self.waiting and self.waiting.record_id in ids:
            self.waiting = _with_request(self.waiting, record)
        elif len(self.requests) < _MAX_REMEMBERED:
            self.requests.update(dict.fromkeys([*ids, *record_ids(record.fields.get("warc-record-id", ""))], record))

    def _joined(self, capture: Capture, record: Record) -> Capture:
        said = normal_digest(record.fields.get("warc-payload-digest", ""))
        if capture.record_type == "revisit":
            capture = replace(capture, payload_digest=self.digests.get(said, capture.payload_digest))
        elif said and said != capture.payload_digest and len(self.digests) < _MAX_REMEMBERED:
            self.digests[said] = capture.payload_digest
        if self.requests:
            for name in (capture.record_id, *record_ids(record.fields.get("warc-concurrent-to", ""))):
                if request := self.requests.pop(name, None):
                    return _with_request(capture, request)
        return capture


def _with_request(capture: Capture, request: Record) -> Capture:
    method = request.block.split(b" ", 1)[0].decode("ascii")
    end = HEAD_END.search(request.block)
    body = request.block[end.end() :] if end else b""
    return replace(
        capture,
        method=method,
        request_body=body,
        request_body_digest=request_body_digest(body),
        raw_request=request.raw,
    )


def _records(stream: BinaryIO, name: str) -> Iterator[tuple[str, Record | Skipped]]:
    """Every record of a file or of the files that it holds, with the name of the file."""
    head = stream.read(len(_ZIP[0]))
    stream.seek(0)
    if head in _ZIP:
        yield from _wacz(stream, name)
        return
    for record in _unwrapped(stream):
        yield name, record


def _unwrapped(stream: BinaryIO) -> Iterator[Record | Skipped]:
    """Every record of a WARC or ARC file, by what its first bytes say it is; none of any other file."""
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith(FILE):
        return records(plain_pieces(stream), seekable=True, framer=ArcFramer)
    if head.startswith(GZIP) and _begins_as_arc(head):
        return records(gzip_pieces(stream, framer=ArcFramer), seekable=False, framer=ArcFramer)
    if head.startswith(GZIP):
        return records(gzip_pieces(stream), seekable=False)
    if head.startswith((ZSTD, ZSTD_DICTIONARY)):
        return records(zstd_pieces(stream), seekable=False)
    if head.lstrip().startswith(b"WARC/"):
        return records(plain_pieces(stream), seekable=True)
    return iter(())


def _wacz(stream: BinaryIO, name: str) -> Iterator[tuple[str, Record | Skipped]]:
    """The WARC files inside a zip, each read from where it lies; nothing is unpacked."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        # The directory is at a zip's end: cut off, it still holds WARC files that were stored as they were.
        stream.seek(0)
        for record in records(gzip_pieces(stream), seekable=False):
            yield name, record
        return
    with archive:
        for entry in archive.infolist():
            if not _WARC_NAME.search(entry.filename):
                continue
            file = f"{name}!/{entry.filename}"
            try:
                with archive.open(entry) as inner:
                    for record in _unwrapped(cast(BinaryIO, inner)):
                        yield file, record
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError):
                # Encrypted, packed by a method that Python does not know, or damaged.
                yield file, Skipped(DAMAGED, entry.header_offset)


def _begins_as_arc(head: bytes) -> bool:
    with suppress(zlib.error):
        return zlib.decompressobj(31).decompress(head, len(FILE)) == FILE
    return False
