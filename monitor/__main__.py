"""What ``luutin`` begins with: Ctrl-C is one sentence also while Python still reads the rest of the program."""

from __future__ import annotations

import os
import signal
from types import FrameType

# what takes a while is imported in main(): here is nothing yet that Ctrl-C would end in a traceback


def _leave(number: int, _frame: FrameType | None) -> None:
    os.write(2, b"luutin: stopped before anything was begun.\n")
    os._exit(128 + number)  # an exception would end in the import that it interrupts


def main() -> None:
    """The ``luutin`` command."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # nohup and the like have it ignored
        signal.signal(signal.SIGINT, _leave)
    from monitor.cli import main as command

    signal.signal(signal.SIGINT, before)
    command()


if __name__ == "__main__":
    main()
