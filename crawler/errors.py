"""What can go wrong in a way that its user can mend: one sentence each, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class LuutinError(Exception):
    """Something the user can mend. The message is one sentence: what, where, what to do."""

    exit_code = 1


class InputError(LuutinError):
    """An argument, a file or a URL is not what it should be."""

    exit_code = 2


class ConfigError(LuutinError):
    """luutin.toml says something that cannot be meant."""

    exit_code = 3


class CrawlFailedError(LuutinError):
    """At least one site's crawl did not do its job."""

    exit_code = 4


class UndeliveredError(LuutinError):
    """A message did not reach its channel."""

    exit_code = 4


class StorageError(LuutinError):
    """The data directory cannot be written: full, read-only, or not a directory."""

    exit_code = 5


class LockedError(LuutinError):
    """Another run is at work on the same archive."""

    exit_code = 6


class PartlyUnreadableError(LuutinError):
    """The input was damaged; what it still held was kept."""

    exit_code = 7


class DamagedError(LuutinError):
    """Something is not as it was stored."""

    exit_code = 7


def or_exit(work: Callable[[], T]) -> T:
    """What ``work`` gives; where its user can mend what is wrong, one sentence and the exit code instead."""
    try:
        return work()
    except LuutinError as error:
        print(error, file=sys.stderr)
        raise SystemExit(error.exit_code) from error
