"""Composes WARC/1.1 records, as gzip members, out of what went over the wire."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from isal import isal_zlib

from crawler import clock
from crawler.content_coding import MAX_PAYLOAD
from crawler.warc_frames import GZIP
from crawler.warc_record import (
    Capture,
    Exchange,
    Headers,
    Record,
    payload_digest,
    read_capture,
    request_body_digest,
)

#: How hard records are compressed, by ISA-L, which writes what zlib writes. Over 150 pages of a real portal (45 kB
#: each), CPU ms a page and ratio: zlib's level 4 0.45 and 3.95, its level 1 0.42 and 3.55, ISA-L's level 3 0.11 and
#: 3.74.
_LEVEL = 3

#: For bodies that the server compressed already: nothing is left to gain but in the head.
_LEVEL_OF_CODED = 1

_SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

#: Ours: other bytes that say the same as the record referred to, whose payload this one names and stands for. The
#: digest of what was received, and not kept, is in RECEIVED.
_SAME_READING = "urn:luutin:revisit:same-reading"
RECEIVED = "LuuTin-Received-Digest"

#: Answers without a body, whose Content-Length, if any, is not about what follows.
_BODYLESS = frozenset({204, 304})

_BREAKS = str.maketrans({"\r": " ", "\n": " ", "\0": " "})

Fields = list[tuple[str, str]]


class Original(Protocol):
    """The capture that a ``revisit`` record stands for: a Capture, or what the archive knows of one."""

    @property
    def record_id(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def memento_datetime(self) -> datetime: ...
    @property
    def payload_digest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Compressed:
    """An exchange as bytes of a WARC file: the request's gzip member, then the answer's."""

    request: bytes
    answer: bytes
    capture: Capture  # its location is not known yet


def compress(
    exchange: Exchange,
    *,
    revisit_of: Original | None = None,
    digest: str = "",
    source: str = "",
    same_reading: bool = False,
) -> Compressed:
    """The records of an exchange, ready for WarcWriter.append. Pure, and safe to run in threads.

    ``digest``: the payload digest of the body, where the caller has it already. ``source``: the address in a web
    archive that gave the answer out; nobody asked the site itself then, so that there is no request, and the record
    says where and when it was made by the fields that pywb's recorder writes in the same case.

    The answer becomes a ``revisit`` where its status is 304, or where its body has the digest of ``revisit_of`` or, by
    ``same_reading``, says the same. A body over 16 MiB is cut and says so.
    """
    if len(exchange.body) > MAX_PAYLOAD:
        exchange, digest = replace(exchange, body=exchange.body[:MAX_PAYLOAD], truncated=True), ""
    body, digest = exchange.body, digest or payload_digest(exchange.body)
    answer_id, date = record_id(), ("WARC-Date", clock.timestamp(exchange.fetched))
    common = [date, ("WARC-Target-URI", exchange.url)]
    common += [("WARC-IP-Address", exchange.ip_address)] if exchange.ip_address else []

    kind, content = _kind(exchange, digest, revisit_of, same_reading=same_reading)
    block = _answer_head(exchange, kept=not same_reading) + (body if kind == "response" else b"")
    fields = [("WARC-Type", kind), ("WARC-Record-ID", f"<{answer_id}>"), *common, *content]
    fields += [("WARC-Truncated", "length")] if exchange.truncated else []
    fields += [("WARC-Source-URI", source), ("WARC-Creation-Date", clock.timestamp(clock.now()))] if source else []
    head = _head([*fields, ("Content-Type", "application/http; msgtype=response")], block)
    record = Record({name.lower(): one_line(value) for name, value in fields}, block, 0, 0, b"")
    capture = read_capture(record, "", digest=digest)
    if not isinstance(capture, Capture):
        # What a reader of the file would skip, too (a bomb), is kept as bytes and handed on as a cut capture.
        capture = _unreadable(record, digest)

    if exchange.method != "GET" or exchange.request_body:
        capture = replace(
            capture,
            method=exchange.method,
            request_body=exchange.request_body,
            request_body_digest=request_body_digest(exchange.request_body),
        )

    coded = any(name.lower() == "content-encoding" for name, _ in exchange.headers)
    answer = _member(head, block, _LEVEL_OF_CODED if coded else _LEVEL)
    if source:
        return Compressed(b"", answer, capture)
    asked = _request_block(exchange)
    request = [("WARC-Type", "request"), ("WARC-Record-ID", f"<{record_id()}>"), *common]
    request += [("WARC-Concurrent-To", f"<{answer_id}>")]
    if exchange.request_body:
        request += [("WARC-Payload-Digest", payload_digest(exchange.request_body))]
    head = _head([*request, ("Content-Type", "application/http; msgtype=request")], asked)
    return Compressed(_member(head, asked), answer, capture)


def member(fields: Fields, block: bytes) -> bytes:
    """One record of any type as a gzip member; its block's digest and length are added to the fields."""
    return _member(_head(fields, block), block)


def as_member(raw: bytes) -> bytes:
    """Somebody's record as a gzip member: their own, or theirs made one."""
    return raw if raw.startswith(GZIP) else isal_zlib.compress(raw, _LEVEL, wbits=31)


def _kind(exchange: Exchange, digest: str, original: Original | None, *, same_reading: bool) -> tuple[str, Fields]:
    """The record type, and the fields that say which payload it holds or stands for."""
    not_modified = exchange.status == 304 and not exchange.body
    same = original is not None and exchange.body and (same_reading or original.payload_digest == digest)
    if not not_modified and not same:
        return "response", [("WARC-Payload-Digest", digest)]
    fields = [("WARC-Profile", _NOT_MODIFIED if not_modified else _SAME_READING if same_reading else _SAME_PAYLOAD)]
    fields += [(RECEIVED, digest)] if same_reading else []
    if original is not None:
        fields += [
            ("WARC-Payload-Digest", original.payload_digest),
            ("WARC-Refers-To", f"<{original.record_id}>"),
            ("WARC-Refers-To-Target-URI", original.url),
            ("WARC-Refers-To-Date", clock.timestamp(original.memento_datetime)),
        ]
    return "revisit", fields


def _answer_head(exchange: Exchange, *, kept: bool) -> bytes:
    """Status line and headers, true of the body as it is kept; what was not true goes under X-Archive-Orig."""
    headers: Fields = []
    length = str(len(exchange.body))
    bodyless = exchange.status in _BODYLESS or exchange.method == "HEAD"
    wanted = kept and not bodyless
    for name, value in exchange.headers:
        plain = name.strip().lower()
        if plain == "content-length" and not bodyless:
            wanted, true = (False, True) if wanted and value.strip() == length else (wanted, False)
            headers.append((name if true else f"X-Archive-Orig-{name}", value))
        elif plain == "transfer-encoding":
            headers.append((f"X-Archive-Orig-{name}", value))
        else:
            headers.append((name, value))
    if wanted:
        headers.append(("Content-Length", length))
    return _http_head(f"{exchange.http_version} {exchange.status:03} {exchange.reason}", tuple(headers))


def _request_block(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = exchange.request_headers
    present = {name.lower() for name, _ in headers}
    if "host" not in present:
        headers = (("Host", parts.netloc.rpartition("@")[2]), *headers)
    if exchange.request_body and "content-length" not in present:
        headers = (*headers, ("Content-Length", str(len(exchange.request_body))))
    return _http_head(f"{exchange.method} {path.replace(' ', '%20')} HTTP/1.1", headers) + exchange.request_body


def _http_head(first: str, headers: Headers) -> bytes:
    lines = [one_line(first), *(f"{one_line(name).replace(':', '')}: {one_line(value)}" for name, value in headers)]
    return b"\r\n".join(_encoded(line) for line in lines) + b"\r\n\r\n"


def _head(fields: Fields, block: bytes) -> bytes:
    """The head of a WARC record, with its block's digest and length."""
    lines = [f"{name}: {one_line(value)}\r\n" for name, value in fields]
    lines += [f"WARC-Block-Digest: {payload_digest(block)}\r\n", f"Content-Length: {len(block)}\r\n\r\n"]
    return b"WARC/1.1\r\n" + "".join(lines).encode("utf-8", "replace")


def _member(head: bytes, block: bytes, level: int = _LEVEL) -> bytes:
    return isal_zlib.compress(b"".join((head, block, b"\r\n\r\n")), level, wbits=31)


def _unreadable(record: Record, digest: str) -> Capture:
    bare = read_capture(replace(record, block=b""), "", digest=digest)
    assert isinstance(bare, Capture)
    return replace(bare, truncated=True)


def one_line(text: str) -> str:
    """Strangers' text in one line: nothing in it can begin another header."""
    return (text if text.isprintable() else text.translate(_BREAKS)).strip()


def _encoded(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "replace")


def record_id() -> str:
    """A new WARC-Record-ID, without the angle brackets."""
    return uuid.uuid4().urn
