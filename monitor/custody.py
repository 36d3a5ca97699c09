"""What a night does for its evidence after its crawls: a share is verified, journal and manifest are written."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from crawler.archive import Archive
from crawler.clock import now, timestamp
from crawler.config import Config
from crawler.errors import LuutinError
from crawler.journal import close_alert, open_alert
from crawler.site import Site
from crawler.warc_walk import Fault
from monitor import manifest
from monitor.alerts import sentence
from monitor.verifying import DATABASE, Verification

logger = logging.getLogger(__name__)

#: The alert that something is not as it was stored.
DAMAGED = "damaged"

#: Articles of a night's share, and the part of its bytes that are texts: what is in archive.db is small beside WARC
#: files, and has been verified once in a month or two.
ARTICLES, TEXTS = 20_000, 0.1

#: Faults that an alert names; ``luutin verify`` names all.
SHOWN = 20

_TURN = "SELECT part, at, upto FROM _verified"
_DONE = "INSERT OR REPLACE INTO _verified (part, at, faults, upto) VALUES (?, ?, ?, ?)"


def conclude(archive: Archive, config: Config, sites: Mapping[str, Site], stop: Callable[[], bool]) -> list[Fault]:
    """Verifies tonight's share, writes the journal and then the manifest; what was found damaged.

    Where ``stop`` says so, only the journal is written, and the next manifest names what came. Raises StorageError,
    LockedError.
    """
    faults = share(archive, sites, config.night.verify_megabytes * 1_000_000, stop)
    archive.write_journal()
    if not stop() and (written := manifest.write(archive.data_dir, now())) is not None:
        logger.info("Manifest of tonight's WARC files: %s", written)
    return faults


def share(archive: Archive, sites: Mapping[str, Site], size: int, stop: Callable[[], bool]) -> list[Fault]:
    """Verifies the WARC files whose turn it is, up to ``size`` bytes of them or one, and texts and articles in turn.

    Each gets its turn before any has its second. A fault opens an alert for the operator, which closes when what was
    damaged is whole again. Raises StorageError, LockedError.
    """
    if not size:
        return []
    db = archive.connection
    turns = {row["part"]: (row["at"], row["upto"] or "") for row in db.execute(_TURN)}
    faults: list[Fault] = []
    for path in _due(archive, {part: at for part, (at, _) in turns.items()}, size):
        if not stop():
            work = Verification(archive, sites, stop=stop)
            faults += _look(archive, work, path.name, partial(work.files, [path]))
    for part, method, most in (("texts", "texts", int(size * TEXTS)), ("articles", "derived", ARTICLES)):
        if not stop():
            work, name = Verification(archive, sites, stop=stop), f"{DATABASE}: {part}"
            upto = turns.get(name, ("", ""))[1]
            faults += _look(archive, work, name, partial(getattr(work, method), upto, most), upto)
    tell(archive, faults)
    return faults


def _look(
    archive: Archive, work: Verification, part: str, verify: Callable[[], str | None], upto: str = ""
) -> list[Fault]:
    """Verifies a part and notes that; returns what was found, also where it broke off.

    A mistake of ours in verifying is logged and costs nobody the night. Raises StorageError, LockedError.
    """
    try:
        upto = verify() or ""
    except LuutinError:
        raise
    except Exception:
        logger.exception("%s could not be verified to its end; the next night tries again", part)
        if not work.result.faults:
            return []
    _note(archive, part, work.result.faults, upto)
    if orphans := len(work.result.orphans):
        logger.warning("%s: %d captures are not in %s: luutin verify --repair", part, orphans, DATABASE)
    return work.result.faults


def _due(archive: Archive, last: Mapping[str, str], size: int) -> list[Path]:
    """Damaged files, then those that were never verified, then those not verified for longest; at least one."""
    paths = sorted(archive.warc_dir.glob("*.warc.gz"), key=lambda path: (last.get(path.name, ""), path.name))
    damaged = {part for (part,) in archive.connection.execute("SELECT part FROM _verified WHERE faults > 0")}
    chosen: list[Path] = []
    for path in sorted(paths, key=lambda path: path.name not in damaged):
        size -= path.stat().st_size
        if chosen and size < 0:
            break
        chosen.append(path)
    return chosen


def _note(archive: Archive, part: str, faults: list[Fault], upto: str = "") -> None:
    with archive.writing() as db:
        before = db.execute("SELECT faults, upto FROM _verified WHERE part = ?", (part,)).fetchone()
        # of what goes in turns, damage of an earlier turn stands until the whole turn finds none
        kept = before["faults"] if before is not None and upto and not faults else 0
        db.execute(_DONE, (part, timestamp(now()), len(faults) or kept, upto))


def tell(archive: Archive, faults: list[Fault]) -> None:
    """Opens the alert where there are faults; closes it where nothing is known to be damaged any more."""
    with archive.writing() as db:
        if faults:
            shown = [str(fault) for fault in faults[:SHOWN]]
            evidence = {"count": len(faults), "first": shown[0], "faults": shown}
            message = sentence(DAMAGED, evidence)
            if open_alert(db, None, DAMAGED, message, evidence):
                logger.error("%s", message)
        elif db.execute("SELECT 1 FROM _verified WHERE faults > 0").fetchone() is None:
            close_alert(db, None, DAMAGED)


def verified(archive: Archive, work: Verification) -> None:
    """Notes what ``luutin verify`` found of everything, and opens or closes the alert by it."""
    faults = work.result.faults
    damaged = {fault.file.removeprefix("warc/") for fault in faults if fault.file != DATABASE}
    names = {path.name for path in archive.warc_dir.glob("*.warc.gz")} | damaged
    with archive.writing() as db:
        db.execute("DELETE FROM _verified")
        db.executemany(_DONE, [(name, timestamp(now()), int(name in damaged), None) for name in sorted(names)])
        held = int(any(fault.file == DATABASE for fault in faults))
        db.executemany(_DONE, [(f"{DATABASE}: {p}", timestamp(now()), held, "") for p in ("texts", "articles")])
    tell(archive, faults)
