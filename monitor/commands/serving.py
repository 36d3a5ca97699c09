"""``luutin demo``, ``luutin run``, ``luutin serve``: what keeps running and shows the archive."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict

import click

from crawler.errors import LockedError
from monitor.commands.options import Setting, common


def _address(command: Callable[..., None]) -> Callable[..., None]:
    """Adds --host and --port."""
    command = click.option("--port", metavar="P", type=int, help="The port to listen on (0: a free one).")(command)
    return click.option("--host", metavar="HOST", help="The address to listen on; 0.0.0.0 lets others in.")(command)


@click.command()
@click.option("--no-serve", is_flag=True, help="End when the nights are over, without showing the archive.")
@click.option(
    "--nights", metavar="N", type=click.IntRange(1, 60), default=2, show_default=True, help="How many nights."
)
@click.option("--port", metavar="P", type=int, help="The port to show the archive on (0: a free one).")
@common
def demo(setting: Setting, no_serve: bool, nights: int, port: int | None) -> None:
    """See it all work, with five invented sites.

    They run on this machine and are crawled over some nights while the archive is shown in the browser. Between
    the nights articles appear, one is edited and one is removed on each site. The archive is made in --data, or in
    demo-archive where you are; a demo that was there before is replaced.
    """
    from pathlib import Path

    from monitor.demonstration import DIRECTORY, demonstrate
    from monitor.stopping import stopping

    data = setting.data if setting.chosen else Path.cwd() / DIRECTORY
    chosen = setting.config.serve.port if port is None else port
    with stopping() as stop:
        demonstrate(data, nights=nights, port=chosen, serve=not no_serve, stop=stop)


@click.command()
@_address
@click.option("--once", "only_tonight", is_flag=True, help="Do tonight's work and end: for cron and systemd timers.")
@click.option("--json", "as_json", is_flag=True, help="With --once: print the summary as JSON.")
@common
def run(setting: Setting, host: str | None, port: int | None, only_tonight: bool, as_json: bool) -> None:
    """Crawl every night and show the archive, until stopped.

    Crawls all sites that "luutin sites" calls nightly. Nights begin when night.at or night.cron in luutin.toml says, in
    Vietnam's time. Where last night's crawl did not take place, it is made up for at once. Ctrl-C or SIGTERM ends
    everything in order. With --once nothing is shown and nothing waited for: what the last twelve hours have not
    crawled is crawled, and the exit code is that of "luutin crawl".
    """
    if as_json and not only_tonight:
        raise click.UsageError("--json goes with --once alone: a run that goes on has no summary.")
    if only_tonight and (host is not None or port is not None):
        raise click.UsageError("--once shows nothing: leave out --host and --port.")
    # Warnings of APScheduler are that a look waits for a night to end, which it is to do.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if only_tonight:
        _once(setting, as_json=as_json)
        return
    from monitor.scheduler import run as run_nights
    from monitor.stopping import stopping

    serve_at = setting.config.serve
    with stopping() as stop:
        run_nights(
            setting.data,
            setting.config,
            setting.config_file,
            host=host or serve_at.host,
            port=serve_at.port if port is None else port,
            stop=stop,
        )


def _once(setting: Setting, *, as_json: bool) -> None:
    from monitor.commands.crawling import judge
    from monitor.report import CrawlProgress, crawls_json, print_crawls, print_json
    from monitor.scheduler import once
    from monitor.stopping import stopping

    on_terminal = sys.stderr.isatty()
    if on_terminal:  # there a line for each site moves
        logging.getLogger().setLevel(logging.WARNING)
    with stopping() as stop:
        try:
            with CrawlProgress() if on_terminal else nullcontext() as progress:
                night = once(setting.data, setting.config, setting.config_file, stop=stop, observer=progress)
        except LockedError:
            stop.leave()  # it was waiting for its turn
            raise
    if as_json:
        messages = [asdict(channel) for channel in night.delivered]
        print_json({"crawls": crawls_json(night.results), "rested": night.rested, "messages": messages})
    elif night.results:
        print_crawls(night.results)
    else:
        click.echo("Nothing to crawl: tonight's work is done, or no site is nightly (see luutin sites).")
    stop.leave()
    judge(setting, night.results)


@click.command()
@_address
@common
def serve(setting: Setting, host: str | None, port: int | None) -> None:
    """Show the archive in the browser, until stopped.

    Readers never disturb a crawl, nor a crawl them.
    """
    from monitor.leftover import studying
    from monitor.serve import serving
    from monitor.stopping import stopping

    at = setting.config.serve
    base_url = setting.config.archive.public_base_url or ""
    chosen = at.port if port is None else port
    data = setting.to_read()
    if not setting.has_archive():
        click.echo(
            f'Nothing archived yet in {data}: "luutin crawl" or "luutin import" begins an archive, which is then shown '
            'here; "luutin demo" makes one with invented sites.',
            err=True,
        )
    with (
        stopping() as stop,
        serving(
            data,
            host=host or at.host,
            port=chosen,
            base_url=base_url,
            curators=at.passwords,
            custom_sql=at.custom_sql,
        ) as address,
        studying(data, stop),
    ):
        click.echo(f"Showing {data} at {address} (Ctrl-C ends)")
        stop.wait()
