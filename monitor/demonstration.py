"""``luutin demo``: some nights over invented sites on this machine, into an archive of their own, served meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path

import click

from crawler.archive import Archive
from crawler.clock import FROZEN
from crawler.config import load
from crawler.errors import CrawlFailedError, InputError
from monitor.crawls import CrawlResult, Crawls, Order, RunLock, run_lock
from monitor.demo.world import World
from monitor.report import CrawlProgress, print_crawls
from monitor.serve import serving
from monitor.stopping import Stop
from spiders import registry

#: Where a demo goes unless somebody says otherwise.
DIRECTORY = Path("demo-archive")

#: The file by which a demo's directory is recognised: only such a one is ever emptied.
MARKER = ".luutin-demo"
_MARKED = "Made by luutin demo, which removes everything in this directory when it runs again.\n"

#: From the sites' evening, when the last of the day's news is out, to the crawl.
UNTIL_CRAWL = timedelta(hours=3)


def demonstrate(data: Path, *, nights: int, port: int, serve: bool, stop: Stop) -> None:
    """Runs the demo in ``data``; with ``serve`` the archive is served meanwhile and until ``stop`` is set.

    Raises InputError where the directory holds something else or the port is taken, LockedError where a demo is still
    running in it, CrawlFailedError where a crawl did not do its job.
    """
    _check(data)
    with run_lock(data, patience=0.0) as lock:
        _empty(data)
        Archive(data).close()  # made before it is served
        with serving(data, port=port) if serve else nullcontext("") as address, World() as world:
            if address:
                click.echo(f"The archive fills while you look at it: {address}")
            results = _nights(world, lock, nights, stop)
            if not all(result.good for result in results):
                raise CrawlFailedError(f"The demo's crawls did not do their job; their logs are in {data / 'logs'}.")
            click.echo(f"The demo's archive is {data}")
            if address:
                _invite(address)
                stop.wait()


def _check(data: Path) -> None:
    """Raises InputError where ``data`` holds anything that no demo has made."""
    if data.exists() and not data.is_dir():
        raise InputError(f"{data} is a file: name a directory for the demo's archive with --data.")
    if data.exists() and not (data / MARKER).exists() and any(path.name != "run.lock" for path in data.iterdir()):
        raise InputError(f"{data} holds something else than a demo: name another directory with --data.")


def _empty(data: Path) -> None:
    """Removes what an earlier demo left, but for the lock, which is held."""
    (data / MARKER).write_text(_MARKED, encoding="utf-8")
    for path in data.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in (MARKER, "run.lock"):
            path.unlink()


def _nights(world: World, lock: RunLock, nights: int, stop: Stop) -> list[CrawlResult]:
    """Crawls all sites night after night, while the sites go on publishing, correcting and removing."""
    file = lock.data / "luutin.toml"
    file.write_text(world.config_toml(), encoding="utf-8")
    config = load(file)
    sites = [site for slug, site in registry(config).items() if slug in world.sites]
    results: list[CrawlResult] = []
    for night in range(1, nights + 1):
        if night > 1:
            world.next_night()
        click.echo(f"Night {night} of {nights}" + (": new articles, a correction, a removal" if night > 1 else ""))
        with _clock_at(world.tonight + UNTIL_CRAWL), CrawlProgress() as progress:
            tonight = Crawls(lock, config, str(file), progress, stop).run(Order(sites=sites, reason="demo"))
        print_crawls(tonight)
        results += tonight
        stop.leave()
    return results


@contextmanager
def _clock_at(moment: datetime) -> Iterator[None]:
    """Lets the clock of this process and of the crawls it starts stand still at ``moment``."""
    before = os.environ.get(FROZEN)
    os.environ[FROZEN] = moment.isoformat()
    try:
        yield
    finally:
        os.environ.pop(FROZEN)
        if before is not None:
            os.environ[FROZEN] = before


def _invite(address: str) -> None:
    click.echo(
        f"""
  {address}                      the archive
  {address}archive/what_changed  what was edited
  {address}feeds/new.atom        the feed of new articles

Ctrl-C ends the demo; the archive stays, until the next demo in the same directory."""
    )
