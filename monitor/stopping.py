"""Ctrl-C and SIGTERM as something to wait for, so that what runs can end in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: What a shell reports for a command that a signal ended, less the signal's number.
SIGNALLED = 128


class Stop(threading.Event):
    """Set by the first signal that asks this process to end."""

    signal_number = 0

    def leave(self) -> None:
        """Ends the process as the signal would have, if there was one."""
        if self.signal_number:
            raise SystemExit(SIGNALLED + self.signal_number)


@contextmanager
def stopping() -> Iterator[Stop]:
    """Turns SIGINT and SIGTERM into a Stop while the block runs. For the main thread."""
    stop = Stop()

    def note(number: int, _frame: FrameType | None) -> None:
        stop.signal_number = stop.signal_number or number
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
