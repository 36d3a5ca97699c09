"""What a crawl left to be studied (it was killed, or run by ``scrapy crawl``), studied beside what else goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.archive import Archive
from crawler.errors import LuutinError

logger = logging.getLogger(__name__)


@contextmanager
def studying(data: Path, stop: threading.Event) -> Iterator[None]:
    """Studies in a thread while the block runs, until it is done or ``stop`` is set; where there is an archive."""
    over = threading.Event()
    thread = threading.Thread(target=_study, args=(data, stop, over), name="luutin-study")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _study(data: Path, stop: threading.Event, over: threading.Event) -> None:
    if not (data / "archive.db").is_file():
        return
    try:
        with Archive(data) as archive:
            archive.study(stop=lambda: stop.is_set() or over.is_set())
    except LuutinError as error:  # on a medium that is read-only, the archive is shown as it is
        logger.info("Nothing is studied: %s", error)
