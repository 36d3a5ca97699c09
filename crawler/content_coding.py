"""Undoes what HTTP did to a body on its way (chunks; gzip, deflate, br, zstd), with a bound on what may come out."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

#: Bytes. Pages have tens of kB and attachments a few MB; what unpacks to more is a mistake or an attack.
MAX_PAYLOAD = 16 << 20

#: Compressed bytes fed at a time. The worst bomb (zstd, blocks of 128 KiB in 4 bytes) makes 32 MiB of it, no more.
_SLICE = 1 << 10

#: One coding is usual, two are seen, more are nobody's intention.
_MAX_CODINGS = 4

#: RFC 9659 allows 8 MiB; some servers ignored it before it was written. Bytes.
_ZSTD_WINDOW = 1 << 27

_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\f\r\x1b")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1024})?\r?\n")


class TooLargeError(Exception):
    """A body unpacks to more than MAX_PAYLOAD."""


class _Engine(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def decode(body: bytes, codings: str) -> tuple[bytes, bool]:
    """The body without its content codings (a Content-Encoding header's value), and whether it came to its end.

    Unknown codings are left alone, and so is a plain text that claims to be coded. Raises TooLargeError.
    """
    names = [name.strip().lower().removeprefix("x-") for name in codings.split(",")]
    whole = True
    for name in reversed([n for n in names if n in _DECODERS][:_MAX_CODINGS]):
        if not body:
            break
        decoded, ended = _DECODERS[name](body)
        if not ended and _is_text(body):
            continue
        body, whole = decoded, whole and ended
    if len(body) > MAX_PAYLOAD:
        raise TooLargeError
    return body, whole


def dechunk(body: bytes) -> tuple[bytes, bool]:
    """A body that still holds its HTTP/1.1 chunks, without them, and whether the last one was there.

    Archives often keep the header of a body whose chunks are gone: what does not begin with a chunk is left alone.
    """
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(parts), True
        at = size.end() + length
        if at < len(body) and body[at : at + 1] not in (b"\r", b"\n"):
            break  # no line end behind the chunk: the number was text
        parts.append(body[size.end() : at])
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return (b"".join(parts), False) if parts else (body, True)


def _is_text(body: bytes) -> bool:
    """Compressed bytes hold a control character long before their 512th; texts hold none."""
    return len(body[:512].translate(None, _CONTROLS)) == len(body[:512])


def _drain(start: Callable[[], _Engine], body: bytes) -> tuple[bytes, bool]:
    """Everything that a decompressor gives for the body, member after member; rubbish behind the last is ignored."""
    parts: list[bytes] = []
    size, ended, engine = 0, False, start()
    for at in range(0, len(body), _SLICE):
        data = body[at : at + _SLICE]
        while data:
            engine = start() if engine.eof else engine
            try:
                part = engine.decompress(data)
            except (zlib.error, zstandard.ZstdError):
                return b"".join(parts), ended
            parts.append(part)
            size += len(part)
            if size > MAX_PAYLOAD:
                raise TooLargeError
            ended = ended or engine.eof
            data = engine.unused_data if engine.eof else b""
    return b"".join(parts), engine.eof


def _gunzip(body: bytes) -> tuple[bytes, bool]:
    return _drain(lambda: zlib.decompressobj(16 + zlib.MAX_WBITS), body)


def _inflate(body: bytes) -> tuple[bytes, bool]:
    """RFC 9110 means zlib's format; some servers send the bare stream."""
    as_zlib = _drain(zlib.decompressobj, body)
    if as_zlib[1]:
        return as_zlib
    bare = _drain(lambda: zlib.decompressobj(-zlib.MAX_WBITS), body)
    return bare if bare[1] else as_zlib


def _unzstd(body: bytes) -> tuple[bytes, bool]:
    return _drain(lambda: zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj(), body)


def _unbrotli(body: bytes) -> tuple[bytes, bool]:
    engine = brotli.Decompressor()
    parts: list[bytes] = []
    size, data = 0, body
    while not engine.is_finished():
        try:
            part = engine.process(data, output_buffer_limit=MAX_PAYLOAD + 1 - size)
        except brotli.error:
            return b"".join(parts), False
        if not part:
            break
        parts.append(part)
        size, data = size + len(part), b""
        if size > MAX_PAYLOAD:
            raise TooLargeError
    return b"".join(parts), engine.is_finished()


_DECODERS: dict[str, Callable[[bytes], tuple[bytes, bool]]] = {
    "gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
