"""Whether a backup still holds what was put into it: its files in turn, mended from the archive where that can."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.copying import digest_of, put

#: In a backup: the file that was compared last in its turn, and below it those that are known to be damaged.
TURN = ".verified"

MENDED = "{kept} was damaged, and was replaced by the archive's own, which is whole: look at that disk."

_LOST = "{kept} {state}, and the archive has no such file: bring it back from another copy."
_ONE = (
    "{kept} is not what was backed up, and is one file with {source} (a hard link): both are damaged. Bring it back"
    " from another copy; luutin verify says what is."
)
_NEITHER = "{kept} {state}, and {source} is not it either: bring it back from another copy."
_SOURCE = "{source} is {how}; its copy in the backup is whole and was kept: bring it back from there."


@dataclass(slots=True)
class Found:
    """What comparing came to."""

    files: int = 0
    mended: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def verify(
    backup: Path,
    data: Path,
    held: Mapping[str, str],
    *,
    first: Collection[str],
    size: int | None,
    moved: Callable[[str, int, int], None],
) -> Found:
    """Compares files of a backup, and the archive's of the same name, with the digests that the backup keeps.

    ``first`` and what was found damaged before come first, then each in its turn before any has its second, until
    ``size`` bytes were read, or all. A file takes the place of another only if it has the digest. Raises OSError.
    """
    found = Found()
    upto, known = _turn(backup)
    before = [name for name in sorted(held) if name in first or name in known]
    names = sorted(held.keys() - set(before), key=lambda name: (name <= upto, name))
    damaged, read = [], 0
    for n, name in enumerate([*before, *names], 1):
        if n > len(before) and size is not None and read >= size:
            break
        kept, source = backup / name, data / name
        trouble = _compared(kept, source, held[name], found)
        if trouble:
            found.troubles.append(trouble)
            damaged.append(name)
        read += sum(path.stat().st_size for path in (kept, source) if path.is_file())
        found.files += 1
        upto = name if n > len(before) else upto
        moved("verifying", n, len(held))
    if held:
        (backup / TURN).write_text("".join(f"{name}\n" for name in (upto, *damaged)), "utf-8")
    return found


def _turn(backup: Path) -> tuple[str, set[str]]:
    try:
        upto, *known = (backup / TURN).read_text("utf-8", "replace").splitlines()
    except (FileNotFoundError, ValueError):  # no backup before this one compared anything
        return "", set()
    return upto, set(known)


def _compared(kept: Path, source: Path, digest: str, found: Found) -> str:
    """What is wrong with a file of a backup, or with the archive's, in a sentence; mends it where it can."""
    there = source.is_file()
    one = there and kept.is_file() and source.samefile(kept)
    if _says(kept, digest):
        if not there or one or _says(source, digest):
            return ""
        shorter = source.stat().st_size < kept.stat().st_size
        how = "shorter than its copy in the backup" if shorter else "not what was backed up"
        return _SOURCE.format(source=source, how=how)
    state = "is not what was backed up" if kept.is_file() else "is missing"
    if one:
        return _ONE.format(kept=kept, source=source)
    if not there:
        return _LOST.format(kept=kept, state=state)
    if not _says(source, digest):
        return _NEITHER.format(kept=kept, source=source, state=state)
    put(source, kept, link=True)
    found.mended.append(MENDED.format(kept=kept))
    return ""


def _says(path: Path, digest: str) -> bool:
    """Whether a file has a digest; what the disk cannot read has none."""
    try:
        return digest_of(path) == digest
    except OSError:
        return False
