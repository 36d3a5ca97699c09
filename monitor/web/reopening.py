"""The archive opened anew where a rebuild or a restore has put another file in the place of the one that is served."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any
from weakref import WeakKeyDictionary

from datasette.database import Database

from monitor.web.database import spare
from monitor.web.queries import ARCHIVE

#: Which file (its inode) each database was when it was first asked for.
_files: WeakKeyDictionary[Database, int] = WeakKeyDictionary()


def look(datasette: Any) -> None:
    """Before a request: a stat of the file, some microseconds. Requests under way finish with the old file."""
    served = datasette.databases.get(ARCHIVE)
    try:
        file = Path(served.path).stat().st_ino if served is not None else 0
    except OSError:  # taken away; what is open is still served
        return
    if not file or _files.setdefault(served, file) == file:
        return
    # Datasette's threads keep a connection by the database's name: new threads make new ones.
    old, datasette.executor = datasette.executor, ThreadPoolExecutor(datasette.setting("num_sql_threads"))
    renewed = Database(datasette, path=served.path, is_mutable=True)
    spare(renewed)
    _files[renewed] = file
    datasette.remove_database(ARCHIVE)
    datasette.add_database(renewed, name=ARCHIVE)
    Thread(target=_close, args=(old, served), name="luutin-reopen").start()


def _close(threads: ThreadPoolExecutor, database: Database) -> None:
    """Once what was under way has its answer."""
    threads.shutdown(wait=True)
    database.close()
