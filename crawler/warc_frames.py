"""Finds the records in a stream of WARC bytes, whatever wraps (gzip by record or by file, zstd) or damages them."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

import zstandard

from crawler.warc_record import HEAD_END, MAX_HEAD, MAX_RECORD, Record, Skipped, parse_fields

#: Compressed bytes per step: deflate makes at most 1032 bytes of one, so a step makes at most 16 MiB.
_SLICE = 1 << 14

#: Compressed bytes in which a member has shown what it begins with.
_ENOUGH = 1 << 10

#: Bytes of an uncompressed file, or of a decompressed stream without members of its own, per step.
_CHUNK = 1 << 18

GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
_RECORD = re.compile(rb"WARC/[01]\.\d+[ \t]*\r?\n")
_SPACE = re.compile(rb"\s*")
_RECORD_END = re.compile(rb"\r?\n\r?\n|\s*(?:WARC/[01]\.|\Z)")

#: The reasons that a Skipped may give here.
DAMAGED, CUT_OFF, TOO_LARGE = "damaged record", "record cut off", "too large"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of decompressed bytes, in order."""

    data: bytes
    offset: int  # in the file: of ``data``, or of the gzip member it comes from
    member: bytes = b""  # the member's own bytes, where ``data`` is all of it
    begins: bool = False  # a gzip member begins here
    damaged: str = ""  # the bytes break off behind ``data``: why


class _Inflow:
    """What was read from a stream and not yet used."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.buffer, self.offset, self.broken = stream, bytearray(), 0, False

    def more(self) -> bool:
        """Reads on; False at the end, or where the disk or the zip file around us fails (then ``broken``)."""
        try:
            read = self.stream.read(_SLICE)
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error):
            read, self.broken = b"", True
        self.buffer += read
        return bool(read)

    def fill(self, count: int) -> bool:
        """Reads on until that many bytes are there, or all that ever will be; False where that is none."""
        while len(self.buffer) < count and self.more():
            pass
        return bool(self.buffer)

    def drop(self, count: int) -> bytes:
        """Takes that many bytes from the front."""
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        self.offset += count
        return taken


def plain_pieces(stream: BinaryIO) -> Iterator[Piece]:
    inflow = _Inflow(stream)
    while inflow.more():
        offset = inflow.offset
        yield Piece(inflow.drop(len(inflow.buffer)), offset)
    if inflow.broken:
        yield Piece(b"", inflow.offset, damaged=DAMAGED)


def gzip_pieces(stream: BinaryIO, offset: int = 0, *, framer: type[Framer] | None = None) -> Iterator[Piece]:
    """Members one by one; after damage, on from the next member that begins with a record.

    ``offset``: at which byte of its file the stream stands. ``framer``: of what format the records are, if not WARC.
    """
    inflow = _Inflow(stream)
    inflow.offset = offset
    sound = True
    while inflow.fill(len(GZIP)):
        if (sound and inflow.buffer.startswith(GZIP)) or _member_begins(inflow, framer or Framer):
            sound = True
            for piece in _member(inflow):
                yield piece
                sound = not piece.damaged
        else:
            if sound:
                yield Piece(b"", inflow.offset, damaged=DAMAGED)
            sound = False
            found = inflow.buffer.find(GZIP, 1)
            # A magic number may lie across the border to what is not yet read.
            inflow.drop(found if found > 0 else max(1, len(inflow.buffer) - len(GZIP) + 1))
    if inflow.broken and sound:
        yield Piece(b"", inflow.offset, damaged=DAMAGED)


def _member_begins(inflow: _Inflow, framer: type[Framer]) -> bool:
    """Whether a gzip member that holds a record begins at the front."""
    if not inflow.buffer.startswith(GZIP):
        return False
    inflow.fill(_ENOUGH)
    try:
        head = zlib.decompressobj(31).decompress(bytes(inflow.buffer[:_ENOUGH]), _ENOUGH)
    except zlib.error:
        return False
    return framer.begins(head)


def _member(inflow: _Inflow) -> Iterator[Piece]:
    """One gzip member: one piece where it is of a record's size, many where it is a whole file's."""
    engine, offset = zlib.decompressobj(31), inflow.offset
    parts: list[bytes] = []
    size, used, begins = 0, 0, True
    while not engine.eof:
        if used == len(inflow.buffer) and not inflow.more():
            yield Piece(b"".join(parts), offset, begins=begins, damaged=DAMAGED if inflow.broken else CUT_OFF)
            inflow.drop(1 if begins else used)  # what only looked like a member may hide some
            return
        fed = bytes(inflow.buffer[used : used + _SLICE])
        try:
            parts.append(engine.decompress(fed))
        except zlib.error:
            # What came out of a damaged member cannot be told from what went in: none of it is used.
            yield Piece(b"", offset, begins=begins, damaged=DAMAGED)
            inflow.drop(1)
            return
        size, used = size + len(parts[-1]), used + len(fed) - len(engine.unused_data)
        if size > MAX_RECORD or used > MAX_RECORD:
            yield Piece(b"".join(parts), offset, begins=begins)
            inflow.drop(used)
            parts, size, used, begins = [], 0, 0, False
    member = inflow.drop(used)
    yield Piece(b"".join(parts), offset, member=member if begins else b"", begins=begins)


def zstd_pieces(stream: BinaryIO) -> Iterator[Piece]:
    """A .warc.zst: frames one after the other, before them perhaps the dictionary that they share."""
    head = stream.read(8)
    dictionary = None
    if head.startswith(ZSTD_DICTIONARY):
        content = stream.read(min(int.from_bytes(head[4:8], "little"), MAX_RECORD))
        with suppress(zstandard.ZstdError):
            if content.startswith(ZSTD):
                content = zstandard.ZstdDecompressor().decompress(content, max_output_size=MAX_RECORD)
            dictionary = zstandard.ZstdCompressionDict(content)
    else:
        stream.seek(0)
    engine = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=1 << 27)
    with engine.stream_reader(stream, read_across_frames=True, closefd=False) as reader:
        while True:
            try:
                data = reader.read(_CHUNK)
            except (zstandard.ZstdError, OSError, EOFError, zipfile.BadZipFile):
                yield Piece(b"", 0, damaged=DAMAGED)
                return
            if not data:
                return
            yield Piece(data, 0)


class Framer:
    """Cuts decompressed bytes into records; of another format than WARC where a subclass says how those look."""

    #: Bytes in which it shows whether a record begins.
    LONGEST_FIRST_LINE = 32

    def __init__(self, *, seekable: bool) -> None:
        self.seekable = seekable  # positions in the bytes are positions in the file
        self.buffer, self.at, self.base = b"", 0, 0
        self.lost = False  # between damage and the next record; told once
        self.to_drop = 0  # bytes of a record that is too large to hold
        self.member = b""
        self.wanting = 0  # bytes until the record that is open can be all there
        self.waiting: list[bytes] = []  # of them: a large record is put together once, not with each piece

    def feed(self, piece: Piece) -> Iterator[Record | Skipped]:
        """The records that end in this piece."""
        if len(piece.data) < self.wanting and not (piece.begins or piece.damaged):
            self.waiting.append(piece.data)
            self.wanting -= len(piece.data)
            return
        self._gather()
        rest = self.buffer[self.at :]
        if piece.begins and self.begins(piece.data):
            # A record that is still open here ended before the length it gives.
            if rest.strip():
                yield from self._lose(DAMAGED, piece.offset)
            rest, self.to_drop, self.lost = b"", 0, False
        dropped = min(self.to_drop, len(piece.data))
        self.to_drop -= dropped
        fresh = not dropped and not rest.strip()
        self.buffer = piece.data if fresh else rest + piece.data[dropped:]
        self.base = piece.offset + dropped - (0 if fresh else len(rest)) if self.seekable else piece.offset
        self.at = 0
        self.member = piece.member if fresh else b""
        yield from self._records(final=False)
        if piece.damaged:
            yield from self.finish(piece.damaged)
            if not self.lost:
                yield from self._lose(piece.damaged, piece.offset)

    def finish(self, reason: str = CUT_OFF) -> Iterator[Record | Skipped]:
        """What is left when no bytes follow."""
        self._gather()
        yield from self._records(final=True)
        if self.to_drop or self.buffer[self.at :].strip():
            yield from self._lose(reason, self._position(self.at))
        self.buffer, self.at, self.to_drop = b"", 0, 0

    def _gather(self) -> None:
        self.buffer = b"".join((self.buffer, *self.waiting)) if self.waiting else self.buffer
        self.wanting = 0
        self.waiting.clear()

    def _records(self, *, final: bool) -> Iterator[Record | Skipped]:
        before = -1
        while before < self.at < len(self.buffer):  # each turn gets on, or is the last
            before = self.at
            yield from self._step(final=final)

    def _step(self, *, final: bool) -> Iterator[Record | Skipped]:
        buffer = self.buffer
        start = _SPACE.match(buffer, self.at).end()  # type: ignore[union-attr]
        if start == len(buffer):
            self.at = start
            return
        if len(buffer) - start < self.LONGEST_FIRST_LINE and not final and not self.member:
            return
        if not self.begins(buffer, start):
            yield from self._resume(start)
            return
        if (head := self.head(start)) is not None:
            yield from self._record(*head, start, final=final)
        elif len(buffer) - start >= MAX_HEAD:
            yield from self._lose(DAMAGED, self._position(start))
            self.at = start + 1

    def _record(self, fields: dict[str, str], block: int, start: int, *, final: bool) -> Iterator[Record | Skipped]:
        said = fields.get("content-length", "")
        length = int(said) if said.isdecimal() and len(said) < 16 else -1
        end = block + length
        short = end + (0 if final or self.member else self.LONGEST_FIRST_LINE) - len(self.buffer)
        if length > MAX_RECORD:
            yield Skipped(TOO_LARGE, self._position(start), fields.get("warc-target-uri"))
            self.lost = False
            self.to_drop = max(0, end - len(self.buffer))
            self.at = min(end, len(self.buffer))
        elif length >= 0 and short > 0:
            self.wanting = short
        elif length < 0 or not self.ends(end):
            yield from self._lose(DAMAGED, self._position(start), fields.get("warc-target-uri"))
            self.at = block
        else:
            self.lost, self.at = False, end
            yield self.found(fields, start, block, end)

    def found(self, fields: dict[str, str], start: int, block: int, end: int) -> Record:
        """The record whose bytes these are."""
        content = self.buffer[block:end]
        if self.member and start == 0 and not self.buffer[end:].strip():
            return Record(fields, content, self.base, len(self.member), self.member)
        raw = self.buffer[start:end] + b"\r\n\r\n"
        return Record(fields, content, self._position(start), end - start if self.seekable else 0, raw)

    def _resume(self, start: int) -> Iterator[Skipped]:
        """From bytes that are no record to where the next one begins."""
        yield from self._lose(DAMAGED, self._position(start))
        found = self.next_record(start)
        self.at = found if found is not None else max(start + 1, len(self.buffer) - self.LONGEST_FIRST_LINE)

    # What a format is, besides ``found``

    @staticmethod
    def begins(data: bytes, at: int = 0) -> bool:
        """Whether a record begins there."""
        return _RECORD.match(data, at) is not None

    def next_record(self, start: int) -> int | None:
        """Where behind ``start`` a record begins; None where none does."""
        found = _RECORD.search(self.buffer, start)
        return found.start() if found else None

    def head(self, start: int) -> tuple[dict[str, str], int] | None:
        """The fields of the record that begins there, and where its block does; None where its head has no end."""
        end = HEAD_END.search(self.buffer, start, start + MAX_HEAD)
        return (parse_fields(self.buffer[start : end.start()]), end.end()) if end else None

    def ends(self, at: int) -> bool:
        """Whether a record may end there."""
        return _RECORD_END.match(self.buffer, at) is not None

    def _lose(self, reason: str, offset: int, url: str | None = None) -> Iterator[Skipped]:
        if not self.lost:
            yield Skipped(reason, offset, url)
        self.lost = True

    def _position(self, at: int) -> int:
        return self.base + at if self.seekable else self.base


def records(pieces: Iterable[Piece], *, seekable: bool, framer: type[Framer] = Framer) -> Iterator[Record | Skipped]:
    """Every whole record of any type, and a Skipped for each stretch that holds none.

    ``seekable``: the pieces are the file's own bytes, so that a record can be read again by its offset.
    """
    cutting = framer(seekable=seekable)
    for piece in pieces:
        yield from cutting.feed(piece)
    yield from cutting.finish()
