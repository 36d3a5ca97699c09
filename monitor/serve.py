"""Serves the archive: Datasette over ``archive.db``, read-only, in this process, stopped cleanly."""

from __future__ import annotations

import errno
import socket
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.utils import BadMetadataError, parse_metadata

from crawler.errors import ConfigError, InputError, StorageError

#: Where metadata.yaml and settings.json live, the same that ``datasette .`` reads in a checkout.
PROJECT = Path(__file__).resolve().parent.parent

#: Seconds that a request under way may still take when the server is told to stop.
GRACE = 5


def build(
    data_dir: Path, *, base_url: str = "", curators: Mapping[str, str] | None = None, custom_sql: bool = True
) -> Datasette:
    """A Datasette over ``data_dir/archive.db``, which may come into being later.

    The file is opened with ``mode=ro`` and never as immutable: a crawl may be writing it. ``base_url`` is the public
    address (``https://tin.example.vn``) that feeds and canonical links name; without it they name the host asked for.
    ``curators``: who may write notes, by name, each with the hash of a password; without it nobody.
    ``custom_sql``: whether readers may ask with SQL of their own; the saved questions answer in any case.

    Raises ConfigError where metadata.yaml or settings.json of the project are missing or broken, StorageError where
    archive.db is there but cannot be read.
    """
    archive = data_dir / "archive.db"
    metadata = _read("metadata.yaml")
    metadata["plugins"] = {"luutin": {"base_url": base_url.rstrip("/")}}
    files = [str(archive)] if _readable(archive) else []
    settings = _read("settings.json") | {"default_allow_sql": custom_sql}
    datasette = Datasette(files, metadata=metadata, settings=settings)
    # Where the pages look for an archive that comes later. Not in the metadata, which /-/metadata shows to everybody,
    # and not given to the constructor, which would read settings and plugins from there.
    datasette.config_dir = data_dir.absolute()
    datasette.luutin_curators = dict(curators or {})
    return datasette


@contextmanager
def serving(
    data_dir: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    base_url: str = "",
    curators: Mapping[str, str] | None = None,
    custom_sql: bool = True,
) -> Iterator[str]:
    """Serves in a thread while the block runs; gives the address, of a free port where ``port`` is 0.

    Raises InputError where the address cannot be listened on.
    """
    with (
        _listening(host, port) as listener,
        closing(build(data_dir, base_url=base_url, curators=curators, custom_sql=custom_sql)) as datasette,
    ):
        server = _server(datasette)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="luutin-serve", daemon=True)
        thread.start()
        try:
            # The socket listens already: whoever connects before the loop runs waits in the backlog.
            yield address(host, listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(GRACE + 2)


def address(host: str, port: int) -> str:
    """The URL to type for a server that listens on ``host`` and ``port``."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}/"


def _readable(archive: Path) -> bool:
    if not archive.exists():
        return False
    try:
        connection = sqlite3.connect(f"{archive.absolute().as_uri()}?mode=ro", uri=True)
        try:
            tables = {name for (name,) in connection.execute("select name from sqlite_master")}
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise StorageError(
            f"{archive} cannot be read ({error}): check the file, and that you may write in its directory, where "
            "SQLite keeps what readers share with a crawl."
        ) from error
    if tables and "captures" not in tables:  # readers may ask SQL of whatever is served
        raise StorageError(f"{archive} is a database of something else: choose another data directory.")
    return True


def _server(datasette: Datasette) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(datasette.app(), log_level="warning", lifespan="on", workers=1, timeout_graceful_shutdown=GRACE)
    )


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128
        )
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise InputError(
                f"Port {port} on {host} is taken by another program: stop that one, or choose another port with --port"
                " (0 takes a free one)."
            ) from error
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"Cannot serve on {host}:{port} ({reason}): choose another --host or --port.") from error
    with listener:
        yield listener


@contextmanager
def closing(datasette: Datasette) -> Iterator[Datasette]:
    """Closes the threads and connections that Datasette leaves to the end of the process."""
    try:
        yield datasette
    finally:
        if datasette.executor is not None:
            datasette.executor.shutdown(wait=True)
        for database in datasette.databases.values():
            database.close()


def _read(name: str) -> dict[str, Any]:
    path = PROJECT / name
    try:
        content = parse_metadata(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}): restore it from the repository.") from error
    except BadMetadataError as error:
        raise ConfigError(f"{path} is not valid YAML or JSON: restore it from the repository.") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path} does not hold a mapping: restore it from the repository.")
    return content
