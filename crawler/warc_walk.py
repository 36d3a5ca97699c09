"""The archive's own WARC files from end to end: what each begins with, and whether every byte of it is as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crawler.warc_compose import as_member
from crawler.warc_frames import gzip_pieces, records
from crawler.warc_record import Record, Skipped, normal_digest, payload_digest

#: The first bytes of each gzip member that we write ourselves: no check sum covers them, but they are always these.
_HEADER = as_member(b"")[:10]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was stored: where, and what."""

    file: str  # relative to the data directory; for what is in archive.db, that
    what: str  # one phrase
    offset: int | None = None  # of the record, in bytes
    name: str = ""  # the record's or the row's

    def __str__(self) -> str:
        place = f" at byte {self.offset:,}" if self.offset is not None else ""
        return f"{self.file}{place}{f' ({self.name})' if self.name else ''}: {self.what}"


def about(path: Path) -> dict[str, str]:
    """What the ``warcinfo`` record says that a file begins with; nothing where it begins with none. Raises OSError."""
    with path.open("rb") as stream:
        first = next(records(gzip_pieces(stream), seekable=False), None)
    if not isinstance(first, Record) or first.fields.get("warc-type") != "warcinfo":
        return {}
    lines = (line.partition(":") for line in first.block.decode("utf-8", "replace").splitlines())
    return {name.strip(): value.strip() for name, colon, value in lines if colon}


def walk(path: Path, name: str) -> Iterator[Record | Fault]:
    """Every record of a sealed file that is whole, and a Fault for whatever is not. Raises OSError.

    Whole: a gzip member of its own, behind the one before, with the check sum and the block digest that it gives.
    Imported records are as somebody wrote them: their members may begin otherwise, their digests may never have been
    right, and are not asked.
    """
    ours = about(path).get("software", "").startswith("Lưu Tin") and not path.name.startswith(("import-", "backfill-"))
    end = 0
    with path.open("rb") as stream:
        for found in records(gzip_pieces(stream), seekable=False):
            if isinstance(found, Skipped):
                yield Fault(name, f"{found.reason}", max(found.offset, end))
                end = -1  # where the damage ends is not known before the next record
                continue
            if end not in (found.offset, -1):
                yield Fault(name, "bytes that belong to no record", end)
            end = found.offset + found.length
            wrong = _wrong(found, ours=ours)
            yield (
                Fault(name, wrong, found.offset, found.fields.get("warc-record-id", "").strip("<>")) if wrong else found
            )
        size = stream.seek(0, 2)
    if end not in (size, -1):
        yield Fault(name, "bytes that belong to no record", end)


def _wrong(record: Record, *, ours: bool) -> str:
    """What is not right with a record, as far as it tells itself."""
    if not record.length:
        return "a record without a gzip member of its own"
    if not ours:
        return ""
    if record.raw[: len(_HEADER)] != _HEADER:
        return "the head of its gzip member was changed"
    said = record.fields.get("warc-block-digest", "")
    return "" if normal_digest(said) == payload_digest(record.block) else "its block has another digest than it says"


def sha256(path: Path) -> str:
    """A file's SHA-256 in hexadecimal, as ``sha256sum`` writes it. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
