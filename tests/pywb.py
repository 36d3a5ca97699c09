"""pywb in an environment of its own, made once below .venv, and run on loopback for the tests of exchange with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: Where it is kept from one run of the tests to the next. setuptools: pywb imports its pkg_resources.
HOME = ROOT / ".venv" / "pywb"
WANTED = ("pywb==2.10.0", "setuptools<81")


def installed() -> Path:
    """The directory of pywb's commands. Skips the test where it cannot be had; never where CI is set."""
    commands = HOME / "bin"
    if (HOME / "whole").exists():
        return commands
    try:
        shutil.rmtree(HOME, ignore_errors=True)
        venv.create(HOME, with_pip=True)
        pip = [commands / "python", "-m", "pip", "install", "--quiet", *WANTED]
        subprocess.run(pip, check=True, capture_output=True, text=True, timeout=600)
        (HOME / "whole").touch()
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        if os.environ.get("CI"):
            raise
        pytest.skip(f"pywb cannot be installed: {said[-300:]}")
    return commands


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(directory: Path, *options: str) -> Iterator[str]:
    """pywb started in a directory; its address."""
    port = free_port()
    command = [installed() / "wayback", "-b", "127.0.0.1", "-p", str(port), "-d", str(directory), *options]
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONWARNINGS")}
    log = directory / "pywb.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            if process.poll() is not None:
                break
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)  # until it listens
        assert process.poll() is None, log.read_text()
        yield address
    finally:
        process.terminate()
        process.wait(30)
        log.unlink()


def get(url: str) -> tuple[int, str]:
    """Status and text of an answer."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")
