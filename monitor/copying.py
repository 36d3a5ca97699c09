"""Files brought to another place: whole, on the disk, and read back."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

#: Bytes that are copied and digested at a time.
CHUNK = 1 << 20


def put(source: Path, target: Path, *, link: bool) -> tuple[str, bool]:
    """A copy of a file, or with ``link`` a second name on the same disk, verified; its SHA-256, and whether linked.

    The target appears when it is whole. Raises OSError, also where what was written does not read back the same.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    linked = link and _linked(source, part)
    digest = digest_of(source) if linked else _copy(source, part)
    target.unlink(missing_ok=True)  # two names of one file cannot take each other's place
    part.rename(target)
    sync(target.parent)
    return digest, linked


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no second names
        return False
    return True


def _copy(source: Path, target: Path) -> str:
    """Copies, with times and rights, onto the disk; the SHA-256 of what was read, which is that of what is there."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as write:
        while block := read.read(CHUNK):
            digest.update(block)
            write.write(block)
        write.flush()
        os.fsync(write.fileno())
    shutil.copystat(source, target)
    if digest_of(target) != digest.hexdigest():
        raise OSError(None, f"what was written to {target} reads back differently")
    return digest.hexdigest()


def same(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes."""
    return one.stat().st_size == other.stat().st_size and digest_of(one) == digest_of(other)


def digest_of(path: Path, size: int | None = None) -> str:
    """The SHA-256 of a file, or of its first ``size`` bytes. Raises OSError."""
    with path.open("rb") as file:
        if size is None:
            return hashlib.file_digest(file, "sha256").hexdigest()
        digest = hashlib.sha256()
        while size > 0 and (block := file.read(min(CHUNK, size))):
            digest.update(block)
            size -= len(block)
        return digest.hexdigest()


def is_unreadable(path: Path) -> bool:
    """Whether a file is there that its disk cannot give."""
    try:
        digest_of(path)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def sync(directory: Path) -> None:
    """Makes new and changed names durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
