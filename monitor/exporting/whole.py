"""A file or directory that appears under its name when it is whole, or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import InputError, StorageError

#: What a directory must hold before --force takes it away: a bag, and nobody's home.
BAG = "bagit.txt"


@contextmanager
def whole(out: Path, *, force: bool) -> Iterator[Path]:
    """A place beside ``out`` to write a file or a directory, which takes the name of ``out`` when the block is done.

    Whatever ends the block otherwise (a full disk, Ctrl-C) takes it away. Raises InputError where ``out`` is there and
    ``force`` is not given, or where it is a directory that is no bag; StorageError where it cannot be written.
    """
    _check(out, force=force)
    part = out.with_name(f".{secrets.token_hex(8)}.part")  # no longer than any name, which ``out`` may be
    try:
        yield part
        _sync(part)
        _replace(part, out)
    except OSError as error:
        raise StorageError(
            f"{out} cannot be written ({error.strerror or error}): make room, or choose another place; nothing of it"
            " was left there."
        ) from error
    finally:
        _remove(part)


def _check(out: Path, *, force: bool) -> None:
    if not out.parent.is_dir():
        raise InputError(f"{out.parent} is no directory: make it first, or name another place.")
    if not os.path.lexists(out):
        return
    if not force:
        raise InputError(f"{out} is there already: name another one, or replace it with --force.")
    if out.is_dir() and not out.is_symlink() and not (out / BAG).is_file():
        raise InputError(f"{out} is a directory and no bag, which --force would not replace: name another place.")


def _sync(part: Path) -> None:
    """Returns when what was written is on the disk."""
    for path in [part, *part.rglob("*")] if part.is_dir() else [part]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _replace(part: Path, out: Path) -> None:
    if out.is_dir() and not out.is_symlink():
        old = part.with_suffix(".old")
        out.rename(old)
        part.rename(out)
        shutil.rmtree(old)
    else:
        part.replace(out)


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)
