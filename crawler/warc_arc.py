"""The records of ARC files, the format before WARC (Burner and Kahle 1996), in WARC's terms."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from crawler.warc_frames import CUT_OFF, DAMAGED, TOO_LARGE, Piece
from crawler.warc_record import MAX_RECORD, Record, Skipped, parse_fields

#: A record begins with one line of at most so many bytes: address, IP address, date, media type, length of the block.
#: Version 2 has five more fields between the last two.
MAX_LINE = 4096
_FIELDS = (4, 9)
_ADDRESS = re.compile(rb"[a-z][a-z0-9+.-]{1,20}:", re.I)
_NEXT_LINE = re.compile(rb"\n(?=[a-z][a-z0-9+.-]{1,20}:)", re.I)
_IP, _DATE, _LENGTH = (re.compile(p, re.I) for p in (rb"[0-9a-f.:]{1,45}", rb"\d{12,17}", rb"\d{1,12}"))
_SPACE = re.compile(rb"\s*")

#: What says what file this is: the first record.
FILE = b"filedesc:"


def arc_records(pieces: Iterable[Piece], *, seekable: bool) -> Iterator[Record | Skipped]:
    """Every whole record but those that speak of the file, and a Skipped for each stretch that holds none.

    ``seekable``: the pieces are the file's own bytes. A record cannot be read again by its offset either way.
    """
    cutter = _Cutter(seekable=seekable)
    for piece in pieces:
        yield from cutter.feed(piece)
    yield from cutter.finish(CUT_OFF)


class _Head(NamedTuple):
    """The line at which a record begins; ``end`` is where its block does."""

    url: str
    date: str
    length: int
    end: int


def begins(data: bytes | bytearray, at: int = 0) -> _Head | None:
    """The line there, if it is one at which a record begins."""
    if not _ADDRESS.match(data, at) or (line_end := data.find(b"\n", at, at + MAX_LINE)) < 0:
        return None
    line = bytes(data[at:line_end]).rstrip()
    for count in _FIELDS:
        url, *rest = line.rsplit(b" ", count)  # from the right, for addresses may have spaces
        if len(rest) == count and _IP.fullmatch(rest[0]) and _DATE.fullmatch(rest[1]) and _LENGTH.fullmatch(rest[-1]):
            return _Head(url.decode("utf-8", "replace"), rest[1].decode(), int(rest[-1]), line_end + 1)
    return None


class _Cutter:
    """Cuts decompressed bytes into records."""

    def __init__(self, *, seekable: bool) -> None:
        self._seekable = seekable
        self._held = bytearray()
        self._base = 0  # where what is held begins; of a gzip member, where that does
        self._wanting = 0  # bytes to hold until the record that is open can be all there
        self._to_drop = 0  # bytes of a record that is too large to hold
        self._lost = False  # between damage and the next record; told once

    def feed(self, piece: Piece) -> Iterator[Record | Skipped]:
        """The records that end in this piece."""
        if piece.begins and begins(piece.data):
            yield from self.finish(DAMAGED)  # a record that is still open ended before the length it gives
            self._lost = False
        dropped = min(self._to_drop, len(piece.data))
        self._to_drop -= dropped
        if not self._held:
            self._base = piece.offset + (dropped if self._seekable else 0)
        self._held += piece.data[dropped:]
        if len(self._held) >= self._wanting:
            yield from self._cut(final=False)
        if piece.damaged:
            yield from self.finish(piece.damaged)
            yield from self._lose(piece.damaged, piece.offset)

    def finish(self, reason: str) -> Iterator[Record | Skipped]:
        """What is left when no bytes follow."""
        yield from self._cut(final=True)
        if self._to_drop or self._held.strip():
            yield from self._lose(reason, self._base)
        self._held.clear()
        self._wanting = self._to_drop = 0

    def _cut(self, *, final: bool) -> Iterator[Record | Skipped]:
        held, at, self._wanting = self._held, 0, 0
        while (at := _SPACE.match(held, at).end()) < len(held):  # type: ignore[union-attr]
            if (head := begins(held, at)) is not None:
                end = head.end + head.length
                if head.length > MAX_RECORD:
                    yield Skipped(TOO_LARGE, self._position(at), head.url)
                    self._lost, self._to_drop = False, max(0, end - len(held))
                    at = min(end, len(held))
                    continue
                if len(held) <= end and not (final and len(held) == end):
                    self._wanting = end + 1
                    break
                if not _follows(held, end):
                    yield from self._lose(DAMAGED, self._position(at))
                    at = head.end
                    continue
                self._lost = False
                yield from self._record(head, at, end)
                at = end
            elif not final and held.find(b"\n", at, at + MAX_LINE) < 0 and len(held) - at < MAX_LINE:
                break
            else:
                yield from self._lose(DAMAGED, self._position(at))
                if (found := _NEXT_LINE.search(held, at)) is None:
                    at = len(held) if final else max(at, len(held) - MAX_LINE)
                    break
                at = found.end()
        self._base = self._position(at)
        del held[:at]
        self._wanting = max(0, self._wanting - at)

    def _record(self, head: _Head, at: int, end: int) -> Iterator[Record]:
        if not head.url.lower().startswith(FILE.decode()):
            yield _as_warc(head.url, head.date, bytes(self._held[head.end : end]), self._position(at))

    def _lose(self, reason: str, offset: int) -> Iterator[Skipped]:
        if not self._lost:
            yield Skipped(reason, offset)
        self._lost = True

    def _position(self, at: int) -> int:
        return self._base + at if self._seekable else self._base


def _follows(held: bytearray, end: int) -> bool:
    """Whether a record may end here: at the end of what is there, before a new line or before another record."""
    return end == len(held) or held[end] in b"\r\n" or begins(held, end) is not None


def _as_warc(url: str, digits: str, block: bytes, offset: int) -> Record:
    d = digits.ljust(14, "0")
    date = f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:14]}Z"
    named = (
        ("WARC-Type", "response"),
        ("WARC-Record-ID", f"<{uuid.uuid5(uuid.NAMESPACE_URL, f'{url} {date}').urn}>"),  # ARC knew no ids
        ("WARC-Target-URI", url),
        ("WARC-Date", date),
        ("Content-Type", "application/http; msgtype=response"),
        ("Content-Length", str(len(block))),
    )
    head = "WARC/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named)
    raw = head.encode() + b"\r\n" + block + b"\r\n\r\n"
    return Record(parse_fields(head.encode()), block, offset, 0, raw)
