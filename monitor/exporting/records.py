"""The WARC records of what was chosen, read verbatim from ``warc/`` and checked before they go out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from crawler.warc_compose import as_member
from crawler.warc_frames import GZIP, TOO_LARGE, gzip_pieces, plain_pieces, records
from crawler.warc_read import OPEN
from crawler.warc_record import MAX_RECORD, Capture, Record, read_capture, record_ids
from monitor.exporting.selection import Selection

# Between two answers in a file lies the later one's request, besides what is no capture: the file's warcinfo, notes.
_PLACES = """
WITH places AS (
    SELECT id, url, record_type, payload_digest, warc_file, warc_offset, warc_length,
           lag(warc_offset + warc_length, 1, 0) OVER (PARTITION BY warc_file ORDER BY warc_offset) AS gap
    FROM captures WHERE warc_file IN (SELECT DISTINCT warc_file FROM captures
                                      WHERE id IN (SELECT id FROM temp.chosen_captures)))
SELECT * FROM places WHERE id IN (SELECT id FROM temp.chosen_captures EXCEPT SELECT id FROM temp.kept_back)
ORDER BY warc_file, warc_offset
"""
_METHOD = re.compile(rb"[A-Z]{1,20}")


@dataclass(frozen=True, slots=True)
class Held:
    """One capture's record, and its request's where that is kept, each as a gzip member."""

    id: str
    url: str  # as the record has it
    date: str  # WARC-Date as the record has it
    status: int | None
    media_type: str
    payload_digest: str
    record_type: str
    method: str
    answer: bytes
    request: bytes  # b"" where there is none


class UnreadableError(Exception):
    """A record is not where the archive knows it, or not what it was. The message is a sentence for the archivist."""


class Records:
    """The chosen captures' records, but those kept back, in the order of their files.

    ``damaged`` says what could not be read, and why.
    """

    def __init__(self, selection: Selection, directory: Path) -> None:
        self._selection, self._directory = selection, directory
        self.damaged: list[str] = []
        self.lost = 0  # records; ``damaged`` names the first of each file

    def __iter__(self) -> Iterator[Held]:
        open_file, stream = "", None
        with ExitStack() as stack:
            for row in self._selection.db.execute(_PLACES):
                name = str(row["warc_file"])
                try:
                    if name != open_file:
                        stack.close()
                        stream, open_file = None, name
                        stream = stack.enter_context(self._open(name))
                    if stream is not None:
                        yield _held(stream, dict(row))
                    else:
                        self.lost += 1
                except (UnreadableError, OSError) as error:
                    self._lost(f"warc/{name}", error)

    def _open(self, name: str) -> BinaryIO:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise UnreadableError("is no name of a file in warc/")
        path = self._directory / name
        for look in (path, self._directory / (name + OPEN)):  # it may be sealed between two looks
            with suppress(FileNotFoundError):
                return look.open("rb")
        return path.open("rb")

    def _lost(self, place: str, error: Exception) -> None:
        self.lost += 1
        if not any(sentence.startswith(f"{place} ") for sentence in self.damaged):
            reason = error.strerror or error if isinstance(error, OSError) else error
            self.damaged.append(f"{place} {reason}")


def _held(stream: BinaryIO, row: dict[str, object]) -> Held:
    """The record at its place. Raises UnreadableError where something else is there."""
    offset, length = int(str(row["warc_offset"])), int(str(row["warc_length"]))
    stream.seek(offset)
    raw = stream.read(min(length, 2 * MAX_RECORD))
    record = _record(raw)
    said = record.fields.get("warc-record-id", "").strip("<> ") if record else ""
    if record is None or (said and said != row["id"]):
        raise UnreadableError(f"does not hold the record {row['id']} at byte {offset}")
    capture = read_capture(record, "")
    if not isinstance(capture, Capture):  # what is too large to be decoded is kept, and goes out, as bytes
        if capture is None or capture.reason != TOO_LARGE:
            raise UnreadableError(f"holds no capture at byte {offset} ({row['id']})")
    elif row["record_type"] != "revisit" and capture.payload_digest != row["payload_digest"]:
        raise UnreadableError(f"holds another page than it did at byte {offset} ({row['id']})")
    request = _request(stream, int(str(row["gap"])), offset, record, str(row["id"]))
    method = _METHOD.match(request.block) if request else None
    return Held(
        id=str(row["id"]),
        url=capture.url or str(row["url"]),
        date=record.fields.get("warc-date", ""),
        status=capture.status if isinstance(capture, Capture) else None,
        media_type=capture.media_type if isinstance(capture, Capture) else "",
        payload_digest=str(row["payload_digest"]),
        record_type=str(row["record_type"]),
        method=method[0].decode() if method else "GET",
        answer=as_member(raw),
        request=as_member(request.raw) if request else b"",
    )


def _request(stream: BinaryIO, start: int, end: int, answer: Record, capture_id: str) -> Record | None:
    """The request of an answer, from the bytes before it; None where none is kept."""
    if not 0 < end - start <= MAX_RECORD:
        return None
    stream.seek(start)
    own = record_ids(answer.fields.get("warc-concurrent-to", ""))
    found = None
    for record in records(gzip_pieces(BytesIO(stream.read(end - start))), seekable=False):
        if isinstance(record, Record) and record.fields.get("warc-type") == "request":
            ids = record_ids(record.fields.get("warc-concurrent-to", ""))
            if capture_id in ids or record.fields.get("warc-record-id", "").strip("<> ") in own:
                found = record
    return found


def _record(raw: bytes) -> Record | None:
    pieces = gzip_pieces if raw.startswith(GZIP) else plain_pieces
    found = next(records(pieces(BytesIO(raw)), seekable=False), None)
    return found if isinstance(found, Record) else None
