"""Who may write into an archive: any number of processes side by side, or one, alone, that makes it anew.

The data directory itself is locked, for as long as its holder lives: a kill leaves nothing behind.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import LockedError


@contextmanager
def side_by_side(data: Path) -> Iterator[None]:
    """The right to write beside others. Raises LockedError while somebody is alone there, OSError."""
    with _held(data, fcntl.LOCK_SH, f"{data / 'archive.db'} is being made anew: wait until that is over."):
        yield


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """The right to be the only one who writes. Raises LockedError while anybody else does, OSError."""
    with _held(data, fcntl.LOCK_EX, f"Somebody writes into {data} (an import, say): wait until that is over."):
        yield


@contextmanager
def _held(data: Path, how: int, refused: str) -> Iterator[None]:
    descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(refused) from None
        yield
    finally:
        os.close(descriptor)
