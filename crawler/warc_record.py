"""What one WARC record says: the fields of its head, the HTTP message in its block, the capture it amounts to."""

from __future__ import annotations

import hashlib
import re
import uuid
from base64 import b16decode, b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from crawler.content_coding import MAX_PAYLOAD, TooLargeError, dechunk, decode

#: A record (head and block) above this is never held in memory: the largest payload, and room for its headers.
MAX_RECORD = MAX_PAYLOAD + (1 << 20)

#: Head lines of a WARC record or an HTTP message end within this; longer ones are not heads but something else.
MAX_HEAD = 1 << 18

Headers = tuple[tuple[str, str], ...]

HEAD_END = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(rb"\r?\n(?![ \t])")
_STATUS_LINE = re.compile(rb"[A-Za-z]+(?:/[\d.]+)?[ \t]+(\d{3})(?!\d)")
_HEADER_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*:")
_DATE_14 = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d*\Z")
_LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
_SHA1_HEX = re.compile(r"[0-9A-Fa-f]{40}\Z")

#: Records of these schemes are pages and files; ``urn:``, ``dns:``, ``metadata:`` and such are a crawler's own notes.
_SCHEMES = ("http:", "https:", "ftp:")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as they went over the wire (the body without its transfer coding)."""

    url: str
    fetched: datetime  # aware
    status: int
    reason: str
    headers: Headers  # as received, repeated ones included
    body: bytes  # dechunked, still content-encoded
    method: str = "GET"
    request_headers: Headers = ()
    request_body: bytes = b""
    http_version: str = "HTTP/1.1"
    ip_address: str | None = None
    truncated: bool = False  # the download was cut before the body's end


@dataclass(frozen=True, slots=True)
class Location:
    """Where a record lies. ``length`` 0: it cannot be read by itself (somebody's file that is one gzip stream)."""

    file: str  # relative to the warc directory
    offset: int  # bytes
    length: int  # bytes, compressed


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a file that gave no capture. ``reason`` is one of a few fixed phrases, to be counted."""

    reason: str
    offset: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One whole WARC record of any type, as it lies in a file."""

    fields: dict[str, str]  # names in lower case
    block: bytes
    offset: int  # of the record, or of the gzip member that it lies in
    length: int  # 0: it cannot be read by itself
    raw: bytes  # its own gzip member, or the plain record


@dataclass(frozen=True, slots=True)
class Capture:
    """What was found at a URL at a moment: a ``response``, ``revisit`` or ``resource`` record, decoded."""

    record_id: str  # urn:uuid:…
    record_type: str  # response, revisit, resource
    url: str
    method: str
    request_body_digest: str | None  # sha256:<hex>, of a request that had a body
    memento_datetime: datetime  # aware, UTC
    status: int | None  # None: the record holds no HTTP status
    headers: Headers
    media_type: str  # lower case, without parameters; "" where nothing is said
    payload: bytes = field(repr=False)  # content-decoded; empty for a revisit
    payload_digest: str  # sha1:BASE32 of the body as transferred; of a revisit, that of the body it stands for, or ""
    location: Location
    refers_to: tuple[str, datetime] | None = None  # of a revisit
    truncated: bool = False  # the body was cut or its content coding breaks off: not to be read as a change
    request_body: bytes = field(default=b"", repr=False)
    raw: bytes = field(default=b"", repr=False, compare=False)  # the record as read, for WarcWriter.copy
    raw_request: bytes = field(default=b"", repr=False, compare=False)  # its request's, where that was not a GET

    def header(self, name: str) -> str | None:
        """The first HTTP header of that name, whatever its case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def etag(self) -> str | None:
        """The ETag, quotes and all, as If-None-Match wants it back."""
        return self.header("ETag")

    @property
    def last_modified(self) -> str | None:
        """The Last-Modified header as sent, as If-Modified-Since wants it back."""
        return self.header("Last-Modified")

    @property
    def redirect_target(self) -> str | None:
        """The absolute URL that a 3xx answer points to, or None."""
        target = self.header("Location")
        if target is None or self.status is None or not 300 <= self.status < 400:
            return None
        try:
            return urljoin(self.url, target.strip())
        except ValueError:  # [ in a host, and the like
            return None


def payload_digest(body: bytes) -> str:
    """The digest by which WARC files and CDX indexes name a body: ``sha1:`` and Base32."""
    return "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")


def request_body_digest(body: bytes) -> str | None:
    """The digest of what a request carried, or None where it carried nothing."""
    return "sha256:" + hashlib.sha256(body).hexdigest() if body else None


def parse_fields(head: bytes) -> dict[str, str]:
    """The named fields of a WARC record's head, names in lower case; a repeated field's values joined by a space."""
    found: dict[str, str] = {}
    for line in _LINE.split(head)[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            key, text = name.strip().lower().decode("latin-1"), _text(value)
            found[key] = f"{found[key]} {text}" if key in found else text
    return found


def record_ids(value: str) -> list[str]:
    """The record ids in a field such as WARC-Concurrent-To, without the angle brackets."""
    return [part.strip("<>") for part in value.split()]


def read_capture(record: Record, file: str, *, digest: str | None = None) -> Capture | Skipped | None:
    """The capture that a record is; None for records that are none (warcinfo, request, metadata, notes of crawlers).

    ``digest``: the payload's, where the caller has just computed it. The method is GET: only a request says otherwise.
    """
    fields = record.fields
    kind = fields.get("warc-type", "").lower()
    if kind not in ("response", "revisit", "resource"):
        return None
    url = _bare(fields.get("warc-target-uri", "")).replace(" ", "%20")
    if not url.lower().startswith(_SCHEMES):
        return None if url else Skipped("record without a target URI", record.offset)
    moment = parse_date(fields.get("warc-date", ""))
    if moment is None:
        return Skipped("record without a readable date", record.offset, url)
    status, headers, body = _message(kind, fields.get("content-type", ""), record.block)
    try:
        body, payload, whole = _payload(headers, body if kind != "revisit" else b"")
    except TooLargeError:
        return Skipped("too large", record.offset, url)
    if kind == "revisit":
        digest = normal_digest(fields.get("warc-payload-digest", ""))
    elif digest is None:
        digest = payload_digest(body)
    return Capture(
        record_id=fields.get("warc-record-id", "").strip("<> ") or _derived_id(url, moment, digest),
        record_type=kind,
        url=url,
        method="GET",
        request_body_digest=None,
        memento_datetime=moment,
        status=status,
        headers=headers,
        media_type=_media_type(headers),
        payload=payload,
        payload_digest=digest,
        location=Location(file, record.offset, record.length),
        refers_to=_refers_to(fields) if kind == "revisit" else None,
        truncated=kind != "revisit" and (not whole or "warc-truncated" in fields or "warc-segment-number" in fields),
        raw=record.raw,
    )


def _message(kind: str, content_type: str, block: bytes) -> tuple[int | None, Headers, bytes]:
    if kind != "resource" or content_type.lower().startswith("application/http"):
        return parse_http(block)
    return None, (("Content-Type", content_type),) if content_type else (), block


def parse_http(block: bytes) -> tuple[int | None, Headers, bytes]:
    """Status, headers and body of an HTTP answer; a block that begins with neither status nor header is all body."""
    status_line = _STATUS_LINE.match(block)
    if status_line is None and not _HEADER_LINE.match(block):
        return None, (), block
    end = HEAD_END.search(block, 0, MAX_HEAD)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block[:MAX_HEAD], b"")
    lines = _LINE.split(head)
    headers = []
    for line in lines[1:] if status_line else lines:
        name, colon, value = line.partition(b":")
        if colon:
            headers.append((name.strip().decode("latin-1"), _folded(value).decode("latin-1")))
    return int(status_line[1]) if status_line else None, tuple(headers), body


def parse_date(text: str) -> datetime | None:
    """A WARC-Date (1.0, 1.1 with a fraction or less than a second, or fourteen digits) in UTC, or None.

    None also where no time zone could tell the day: at the very end of what Python counts.
    """
    text = _DATE_14.sub(r"\1-\2-\3T\4:\5:\6Z", text.strip())
    if re.fullmatch(r"\d{4}(-\d\d)?", text):  # WARC/1.1 allows a date as coarse as a year
        text += "-01" * (2 - text.count("-"))
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment if moment < _LAST else None
    except (ValueError, OverflowError):
        return None


def normal_digest(text: str) -> str:
    """A payload digest as this archive writes it: SHA-1 in Base32, whatever case or base somebody else used."""
    algorithm, _, value = text.strip().partition(":")
    if algorithm.lower().replace("-", "") != "sha1":
        return text.strip()
    return "sha1:" + (b32encode(b16decode(value.upper())).decode("ascii") if _SHA1_HEX.match(value) else value.upper())


def _payload(headers: Headers, body: bytes) -> tuple[bytes, bytes, bool]:
    """The body without chunks, the same content-decoded, and whether both came to their ends."""
    whole = True
    if any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers):
        body, whole = dechunk(body)
    codings = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    payload, decoded = decode(body, codings)
    return body, payload, whole and decoded


def _media_type(headers: Headers) -> str:
    for name, value in headers:
        if name.lower() == "content-type":
            return value.partition(";")[0].strip().lower()
    return ""


def _refers_to(fields: Mapping[str, str]) -> tuple[str, datetime] | None:
    url = _bare(fields.get("warc-refers-to-target-uri", ""))
    moment = parse_date(fields.get("warc-refers-to-date", ""))
    return (url, moment) if url and moment else None


def _derived_id(url: str, moment: datetime, digest: str) -> str:
    """An id for a record that has none: the same one at every reading, so that importing twice adds nothing."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{url} {moment.isoformat()} {digest}").urn


def _folded(value: bytes) -> bytes:
    return b" ".join(value.split()) if b"\n" in value else value.strip()


def _text(value: bytes) -> str:
    value = _folded(value)
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _bare(address: str) -> str:
    """A target URI without the angle brackets that wget puts around it."""
    address = address.strip()
    return address[1:-1] if address.startswith("<") and address.endswith(">") else address
