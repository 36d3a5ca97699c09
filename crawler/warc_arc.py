"""The records of ARC files, the format before WARC (Burner and Kahle 1996), in WARC's terms."""

from __future__ import annotations

import re
import uuid
from typing import NamedTuple

from crawler.warc_frames import Framer
from crawler.warc_record import Record, parse_fields

#: What says what file this is: the first record.
FILE = b"filedesc:"

#: A record begins with one line: address, IP address, date, media type, length of the block. Version 2 has five more
#: fields between the last two.
_FIELDS = (4, 9)
_ADDRESS = re.compile(rb"[a-z][a-z0-9+.-]{1,20}:", re.I)
_NEXT_LINE = re.compile(rb"\n(?=[a-z][a-z0-9+.-]{1,20}:)", re.I)
_IP, _DATE, _LENGTH = (re.compile(p, re.I) for p in (rb"[0-9a-f.:]{1,45}", rb"\d{12,17}", rb"\d{1,12}"))


class _Line(NamedTuple):
    """The line at which a record begins; ``end`` is where its block does."""

    url: str
    date: str
    length: str
    end: int


class ArcFramer(Framer):
    """Cuts decompressed bytes into the records of an ARC file. None can be read again by its offset."""

    LONGEST_FIRST_LINE = 4096

    @staticmethod
    def begins(data: bytes, at: int = 0) -> bool:
        """Whether a record begins there."""
        return _line(data, at) is not None

    def next_record(self, start: int) -> int | None:
        """Where behind ``start`` a record may begin."""
        found = _NEXT_LINE.search(self.buffer, start)
        return found.end() if found else None

    def head(self, start: int) -> tuple[dict[str, str], int] | None:
        """What the line there says, under the names that WARC has for it."""
        if (line := _line(self.buffer, start)) is None:
            return None
        kind = "warcinfo" if line.url.lower().startswith(FILE.decode()) else "response"
        said = {"warc-type": kind, "warc-target-uri": line.url, "warc-date": line.date, "content-length": line.length}
        return said, line.end

    def ends(self, at: int) -> bool:
        """Whether a record may end there: at the end of what is there, before a new line or before another record."""
        return at == len(self.buffer) or self.buffer[at] in b"\r\n" or self.begins(self.buffer, at)

    def found(self, fields: dict[str, str], start: int, block: int, end: int) -> Record:
        """The record as a WARC file would have it."""
        url, date = fields["warc-target-uri"], fields["warc-date"]
        named = (
            ("WARC-Type", fields["warc-type"]),
            ("WARC-Record-ID", f"<{uuid.uuid5(uuid.NAMESPACE_URL, f'{url} {date}').urn}>"),  # ARC knew no ids
            ("WARC-Target-URI", url),
            ("WARC-Date", date),
            ("Content-Type", "application/http; msgtype=response"),
            ("Content-Length", str(end - block)),
        )
        head = ("WARC/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named)).encode()
        content = self.buffer[block:end]
        raw = head + b"\r\n" + content + b"\r\n\r\n"
        return Record(parse_fields(head), content, self._position(start), 0, raw)


def _line(data: bytes, at: int) -> _Line | None:
    """The line there, if it is one at which a record begins."""
    if not _ADDRESS.match(data, at) or (end := data.find(b"\n", at, at + ArcFramer.LONGEST_FIRST_LINE)) < 0:
        return None
    line = data[at:end].rstrip()
    for count in _FIELDS:
        url, *rest = line.rsplit(b" ", count)  # from the right, for addresses may have spaces
        if len(rest) == count and _IP.fullmatch(rest[0]) and _DATE.fullmatch(rest[1]) and _LENGTH.fullmatch(rest[-1]):
            d = rest[1].decode().ljust(14, "0")
            date = f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:14]}Z"
            return _Line(url.decode("utf-8", "replace"), date, rest[-1].decode(), end + 1)
    return None
