"""``luutin notify``: what waits to be told, sent now; and tests of the channels."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.channel import unknown_sites
from crawler.errors import ConfigError, InputError, LockedError, UndeliveredError
from monitor.commands.options import Setting, common

if TYPE_CHECKING:
    from crawler.archive import Archive
    from monitor.notify import Delivered


@click.command()
@click.option("--test", "rehearsal", is_flag=True, help="Send a test to each channel; nothing else is sent.")
@click.option("--again", is_flag=True, help="Also try at once what waits for a later attempt or was given up.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def notify(setting: Setting, rehearsal: bool, again: bool, as_json: bool) -> None:
    """Send what waits to be told.

    Each channel that [[notify]] in luutin.toml declares hears what it wants to hear of what happened since the last
    time, each thing at most once. While a crawl is at work, digests wait for its end. The exit code is 0 if nothing
    failed, else 4.
    """
    if not setting.config.notify:
        raise ConfigError("No channel is declared: add [[notify]] with a name and an url to luutin.toml.")
    if rehearsal and again:
        raise InputError("--test and --again cannot be combined: first test, then send again.")
    if rehearsal:
        _check_sites(setting, [])
        _rehearse(setting, as_json=as_json)
        return
    from crawler.archive import Archive
    from monitor.notify import deliver
    from monitor.stopping import stopping

    with Archive(setting.to_read()) as archive, stopping() as stop:
        _check_sites(setting, _slugs(archive))
        try:
            told = deliver(archive, setting.config, digests=not _crawling(setting.data), again=again, stop=stop)
        except LockedError:
            stop.leave()
            raise
        archive.write_journal()
    stop.leave()
    _tell(told, as_json=as_json)


def _slugs(archive: Archive) -> list[str]:
    return [slug for (slug,) in archive.connection.execute("SELECT slug FROM sites")]


def _check_sites(setting: Setting, archived: list[str]) -> None:
    """Raises ConfigError for a channel that waits for news of a site that there is not."""
    channels = setting.config.notify
    if any(channel.sites for channel in channels):
        if not archived and setting.has_archive():
            from crawler.archive import Archive

            with Archive(setting.data, read_only=True) as archive:
                archived = _slugs(archive)
        for name, slug in unknown_sites(channels, [*setting.sites(), *archived]).items():
            raise ConfigError(f"notify.{name}.sites has {slug}, but there is no site called so; see luutin sites.")


def _crawling(data: Path) -> bool:
    """Whether a crawl is at work: the night is not over, and neither is its digest."""
    from monitor.crawls import run_lock

    try:
        with run_lock(data, patience=0):
            return False
    except LockedError:
        return True


def _rehearse(setting: Setting, *, as_json: bool) -> None:
    from monitor.notify import rehearse
    from monitor.report import print_json, print_table

    answers, wrong = rehearse(setting.config)
    if wrong.keys() == answers.keys():  # nothing was sent, and the sentences say why
        raise ConfigError("\n".join(wrong.values()))
    if as_json:
        print_json([{"channel": name, **asdict(answer)} for name, answer in answers.items()])
    else:
        rows = [(name, answer.outcome, answer.reason) for name, answer in answers.items()]
        print_table(("channel", "outcome", "because"), rows)
    if wrong:
        raise ConfigError("\n".join(wrong.values()))
    if bad := [name for name, answer in answers.items() if answer.outcome != "sent"]:
        raise UndeliveredError(f"The test did not reach {', '.join(bad)}; see above.")


def _tell(told: list[Delivered], *, as_json: bool) -> None:
    from monitor.report import print_json, print_table

    if as_json:
        print_json([asdict(result) for result in told])
    else:
        columns = ("channel", "messages", "told", "unsure", "waiting", "given up", "next attempt (UTC)", "because")
        rows = [
            (
                *(r.channel, r.messages, r.told, r.unsure, r.waiting, r.given_up),
                *(r.next_attempt[:16].replace("T", " "), r.problem),
            )
            for r in told
        ]
        print_table(columns, rows, below=("because",))
    if wrong := [r.problem for r in told if r.wrong]:
        raise ConfigError("\n".join(wrong))
    if bad := [r.channel for r in told if r.problem or r.given_up]:
        raise UndeliveredError(f"Not everything could be sent to {', '.join(bad)}; see above.")
