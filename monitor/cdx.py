"""CDX and CDXJ: the lines of an index of captures, written for replay and read from anybody's service."""

from __future__ import annotations

import json
import warnings
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from crawler.warc_record import parse_date

with warnings.catch_warnings():  # Python complains of its regular expressions when it compiles them
    warnings.simplefilter("ignore")
    import surt  # type: ignore[import-untyped]

#: The fields of a classic CDX line that stand in the same place in all its forms (7, 9, 10, 11 and 14 fields).
_CLASSIC = ("urlkey", "timestamp", "url", "mime", "status", "digest")

#: What the Internet Archive's server and older ones call the same fields.
_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}

#: What indexes call the type of a record that stands for an earlier one.
REVISIT = "warc/revisit"

#: Longer lines are none: an address has 8,192 characters at most.
_MAX_LINE = 65_536


@dataclass(frozen=True, slots=True)
class Row:
    """One capture as an index tells of it; empty or None: the index does not say."""

    url: str
    timestamp: str  # fourteen digits, UTC
    mime: str = ""
    status: int | None = None
    digest: str = ""  # SHA-1 in Base32, without its algorithm's name
    filename: str = ""
    offset: int | None = None
    length: int | None = None

    @property
    def moment(self) -> datetime:
        """The timestamp, aware."""
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


class NoIndexError(ValueError):
    """What was answered is not CDX in any of its forms."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a CDX service answered to one question."""

    rows: tuple[Row, ...]
    resume_key: str = ""  # what to ask with for the rows that follow; "" where none do, or the service has no such keys
    lines: int = field(default=0, compare=False)  # the rows, and what should be some and cannot be read


@lru_cache(maxsize=4096)
def url_key(url: str) -> str:
    """The key by which indexes are sorted and asked: the SURT of the Internet Archive, as pywb makes it.

    Not the archive's own ``url_key``, which keeps the case of the path.
    """
    key: str = surt.surt(url)
    return key


def line(row: Row) -> str:
    """A line of a CDXJ file, as pywb's indexer writes it."""
    fields = {"url": row.url, "mime": row.mime, "status": str(row.status or "-"), "digest": row.digest}
    fields |= {"length": str(row.length), "offset": str(row.offset), "filename": row.filename}
    return f"{url_key(row.url)} {row.timestamp} {json.dumps(fields)}\n"


def read(body: bytes) -> Answer:
    """The rows of an answer: classic CDX, CDXJ, a list in JSON, or JSON line by line; what is no row is left out.

    Raises NoIndexError where nothing in it is one although there is something.
    """
    text = body.decode("utf-8", "replace")
    if text.lstrip().startswith("["):
        with suppress(ValueError, RecursionError):
            return _table(json.loads(text))
        raise NoIndexError
    lines = [line for line in text.splitlines() if not line.startswith(" CDX ")]
    key = ""
    if len(lines) >= 2 and not lines[-2].strip() and lines[-1].strip():
        key = lines.pop().strip()
    lines = [line for line in lines if line.strip()]
    found = [row for line in lines if (row := _row(line))]
    if lines and not found and not key:
        raise NoIndexError
    return Answer(tuple(found), key, len(lines))


def _table(table: Any) -> Answer:
    """The list of lists that the Internet Archive gives: a head of names, the rows, and perhaps [] and [key]."""
    if not isinstance(table, list) or not all(isinstance(row, list) for row in table):
        raise ValueError
    key = ""
    if len(table) >= 2 and table[-2] == [] and len(table[-1]) == 1:
        key, table = str(table[-1][0]), table[:-2]
    head = [str(name) for name in table[0]] if table else []
    rows = (_from_fields(dict(zip(head, row, strict=False))) for row in table[1:])
    return Answer(tuple(row for row in rows if row), key, max(0, len(table) - 1))


def _row(text: str) -> Row | None:
    if len(text) > _MAX_LINE:
        return None
    if text.startswith("{"):
        return _from_json(text, {})
    parts = text.split(" ")
    if len(parts) >= 3 and parts[2].startswith("{"):
        return _from_json(text.split(" ", 2)[2], {"timestamp": parts[1]})
    if len(parts) < len(_CLASSIC):
        return None
    fields: dict[str, Any] = dict(zip(_CLASSIC, parts, strict=False))
    if len(parts) == 7:
        fields["length"] = parts[6]
    elif len(parts) >= 9:  # … offset and file name, before them in the longest form the length
        fields |= {"offset": parts[-2], "filename": parts[-1]} | ({"length": parts[-3]} if len(parts) == 11 else {})
    return _from_fields(fields)


def _from_json(text: str, known: Mapping[str, Any]) -> Row | None:
    with suppress(ValueError, RecursionError):
        fields = json.loads(text)
        if isinstance(fields, dict):
            return _from_fields({**known, **fields})
    return None


def _from_fields(said: Mapping[str, Any]) -> Row | None:
    fields = {_NAMES.get(name, name): value for name, value in said.items()}
    url, timestamp = str(fields.get("url") or ""), str(fields.get("timestamp") or "")
    if "://" not in url or len(timestamp) != 14 or not timestamp.isdecimal() or not timestamp.isascii():
        return None
    status, mime, digest = (str(fields.get(name) or "").strip("-") for name in ("status", "mime", "digest"))
    if parse_date(timestamp) is None:
        return None
    return Row(
        url=url,
        timestamp=timestamp,
        mime=mime.lower(),
        status=int(status) if status.isdecimal() and len(status) == 3 else None,
        digest=digest.rpartition(":")[2].upper(),
        filename=str(fields.get("filename") or ""),
        offset=_number(fields.get("offset")),
        length=_number(fields.get("length")),
    )


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 16 else None


def without_repeats(rows: Iterable[Row], missed: Container[Row] = ()) -> Iterator[Row]:
    """Of captures of one address that follow one another with the same digest, the first that is to be had.

    ``missed``: those that could not be had, as far as that is known when the next one is asked for.
    """
    last: dict[str, str] = {}
    for row in rows:
        key = url_key(row.url)
        if row.digest and last.get(key) == row.digest:
            continue
        yield row
        last = {} if row in missed else {key: row.digest}  # an index is sorted by key and time
