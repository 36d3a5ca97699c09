"""Manifests: the digests of the WARC files that came with a night, chained, as ``sha256sum -c`` checks them.

``manifests/2026-03-01.sha256``, run from the data directory, names every WARC file that no manifest before it named,
and the manifest before it. So the newest one vouches for all: whoever keeps it elsewhere, printed or sent, can prove
later that no file was changed since.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

from crawler.clock import HO_CHI_MINH
from crawler.errors import StorageError
from crawler.warc_walk import Fault, sha256

DIRECTORY = "manifests"

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ESCAPES = {"\\": r"\\", "\n": r"\n", "\r": r"\r"}
_MEANT = {escape: character for character, escape in _ESCAPES.items()}


def write(data: Path, at: datetime) -> Path | None:
    """Writes the manifest of the night that ``at`` is in; None, and none, where there is no new WARC file.

    Raises StorageError.
    """
    directory = data / DIRECTORY
    named = digests(data)
    new = [path for path in sealed(data) if f"warc/{path.name}" not in named]
    if not new:
        return None
    before = manifests(data)
    try:
        directory.mkdir(exist_ok=True)
        lines = [line(sha256(path), path.relative_to(data).as_posix()) for path in [*before[-1:], *new]]
        path = _free(directory, at.astimezone(HO_CHI_MINH).date().isoformat(), before)
        half = path.with_suffix(".writing")
        with half.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
    except OSError as error:
        raise StorageError(
            f"{directory} cannot be written ({error.strerror or error}): mend its permissions."
        ) from error
    return path


def _free(directory: Path, day: str, before: list[Path]) -> Path:
    """A name for the day that sorts behind every manifest before it, however the clock was set."""
    day = max(day, before[-1].name[: len(day)]) if before else day
    names = [f"{day}.sha256", *(f"{day}_{n:04}.sha256" for n in range(2, 10_000))]
    taken = {path.name for path in before}
    return directory / next(name for name in names if name not in taken)


def sealed(data: Path) -> list[Path]:
    """The WARC files of an archive that are never written again."""
    return sorted(path for path in (data / "warc").glob("*.warc.gz") if path.is_file())


def manifests(data: Path) -> list[Path]:
    """All manifests, the oldest first."""
    return sorted((data / DIRECTORY).glob("*.sha256"), key=lambda path: path.stem)


def line(digest: str, name: str) -> str:
    """A digest and the name of its file as ``sha256sum`` writes them: begun with a backslash where it escapes."""
    escaped = re.sub(r"[\\\n\r]", lambda found: _ESCAPES[found[0]], name)
    return f"{'' if escaped == name else chr(92)}{digest}  {escaped}\n"


def read(path: Path) -> dict[str, str]:
    """SHA-256 (hexadecimal) by the name of the file, relative to the data directory. Raises OSError."""
    return {name: digest for digest, name in entries(path) if name and _DIGEST.fullmatch(digest)}


def entries(path: Path) -> list[tuple[str, str]]:
    """(digest, name) of each line of such a file, whatever stands there. Raises OSError."""
    found = []
    for text in path.read_bytes().decode("utf-8", "replace").removesuffix("\n").split("\n"):
        digest, _, name = text.partition("  ")
        if digest.startswith("\\"):
            digest, name = digest[1:], re.sub(r"\\[\\nr]", lambda found: _MEANT[found[0]], name)
        found.append((digest, name))
    return found


def digests(data: Path) -> dict[str, str]:
    """What all manifests together say of the files of an archive. Raises OSError."""
    said: dict[str, str] = {}
    for path in manifests(data):
        said = read(path) | said  # the first to name a file is the one that saw it new
    return said


def check(data: Path) -> list[Fault]:
    """What is wrong with the chain of manifests itself. Raises OSError."""
    faults = []
    before: Path | None = None
    for path in manifests(data):
        said, name = read(path), path.relative_to(data).as_posix()
        others = [other for other in said if other.startswith(f"{DIRECTORY}/")]
        expected = [before.relative_to(data).as_posix()] if before else []
        if others != expected:
            faults.append(Fault(name, f"names {' and '.join(others) or 'no manifest'} as the one before it"))
        elif before and said[others[0]] != sha256(before):
            faults.append(Fault(others[0], f"is not what {name} says it was"))
        if len(said) != len(entries(path)):
            faults.append(Fault(name, "has lines that are no digest and name"))
        before = path
    return faults
