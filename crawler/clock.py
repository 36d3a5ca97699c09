"""The one clock of the project: injectable, so that tests and the demo decide what time it is."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

#: Where the committees are; every date line on their pages is in this zone.
HO_CHI_MINH = ZoneInfo("Asia/Ho_Chi_Minh")

#: When set (ISO 8601 with offset), the clock of this process and of its subprocesses stands still at that moment.
FROZEN = "LUUTIN_NOW"


def now() -> datetime:
    """The present moment, aware, in UTC; or the moment that the environment variable LUUTIN_NOW names."""
    frozen = os.environ.get(FROZEN)
    if not frozen:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(frozen)
    if moment.tzinfo is None:
        raise ValueError(f"{FROZEN}={frozen!r} has no UTC offset: write it like 2026-03-01T02:00:00+07:00.")
    return moment.astimezone(UTC)


def timestamp(moment: datetime) -> str:
    """An aware datetime as the archive stores its own times: UTC, ISO 8601, microseconds, ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
