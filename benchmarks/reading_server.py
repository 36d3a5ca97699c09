"""Serves an archive for the benchmarks: ours, or Datasette as installed, without Lưu Tin's plugin and settings."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
#: The day after the newest article of ``big_archive``.
NOW = "2026-11-21T03:00:00Z"
#: Seconds until a server must answer.
PATIENCE = 60


class Server(NamedTuple):
    """A server that answers: its address, and its process."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Milliseconds of CPU (user and system) that it has used so far; of its threads too."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def ours(data: Path) -> Iterator[Server]:
    """The archive as ``luutin serve`` shows it."""
    with _started([sys.executable, str(Path(__file__).resolve()), str(data)]) as server:
        yield server


@contextmanager
def datasette(data: Path) -> Iterator[Server]:
    """The same file in Datasette with its own defaults, but for a time limit that lets it answer."""
    command = [sys.executable, "-m", "datasette", "serve", str(data / "archive.db"), "--setting", "sql_time_limit_ms"]
    with _started([*command, "60000", "--port"], DATASETTE_LOAD_PLUGINS="") as server:
        yield server


@contextmanager
def _started(command: list[str], **environment: str) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = os.environ | {"LUUTIN_NOW": NOW, "PYTHONPATH": str(HERE.parent)} | environment
    server = subprocess.Popen([*command, str(port)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urlopen(f"{url}-/versions.json", timeout=PATIENCE):
                    break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{' '.join(command)} did not start.") from None
                time.sleep(0.1)
        yield Server(url, server.pid)
    finally:
        server.terminate()
        server.wait()


def main(data: str, port: str) -> None:
    from threading import Event

    from monitor import serve

    with serve.serving(Path(data), port=int(port)):
        Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
