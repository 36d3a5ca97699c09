"""``luutin import``, ``luutin sites``, ``luutin status``: what comes into the archive from elsewhere, what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.clock import now
from crawler.errors import InputError, PartlyUnreadableError
from monitor.commands.options import Place, Setting, common
from monitor.live import Steps

if TYPE_CHECKING:
    from crawler.archive import Archive
    from crawler.config import Config
    from monitor.importing import Imported
    from monitor.overview import SiteState

# What costs half a second and more to import is imported by the commands that need it, here and in the modules beside.


#: Bytes of input (compressed) below which other processes would take longer to begin than they save.
WORTH_PROCESSES = 4_000_000


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=Place())
@click.option("--since", metavar="TIME", help="Leave out what was captured before: 2019, 2019-05 or 2019-05-01 (UTC).")
@click.option("--until", metavar="TIME", help="Leave out what was captured after it.")
@click.option("--any-host", is_flag=True, help="Also take pages of sites that nobody declared, by the generic rules.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes that read pages. [default: one for each core]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def import_(
    setting: Setting,
    files: tuple[Path, ...],
    since: str | None,
    until: str | None,
    any_host: bool,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Take over captures from WARC and WACZ files.

    The files may be of any tool: .warc, .warc.gz, .warc.zst, .arc, .wacz; of a directory all that are below it. Each
    record goes to the site whose host it is of; records of other hosts are counted and left out, unless --any-host
    is given. What is in the archive already is not taken twice: an import that was stopped goes on when it is begun
    again. The files themselves are not changed.
    """
    from crawler.archive import Archive
    from monitor.beside import StudyBeside
    from monitor.importing import Importer, files_in
    from monitor.period import period
    from monitor.readers import cores
    from monitor.report import FileProgress

    if Path("-") in files:
        raise InputError("Captures cannot come on standard input, for their files are not read in one go: name a file.")
    unreadable: list[str] = []
    wanted, chosen, begun = period(since, until), files_in(files), now()
    if jobs is None:
        jobs = cores() if sum(file.stat().st_size for file in chosen if file.is_file()) > WORTH_PROCESSES else 1
    with Archive(setting.data) as archive:
        importer = Importer(archive, setting.config, any_host=any_host, period=wanted, jobs=jobs)
        beside = StudyBeside(setting.data) if jobs > 1 else nullcontext()
        with FileProgress(chosen) as progress, beside, importer:
            for file in chosen:
                progress.begins(file)
                try:
                    importer.add(file, progress.moved)
                except InputError as error:
                    unreadable.append(str(error))
        conclude(archive, setting.config, begun)
    if len(unreadable) < len(chosen) or as_json:
        _tell(importer.result, as_json=as_json)
    if unreadable:
        raise InputError("\n".join(unreadable))
    if importer.result.damaged:
        names = ", ".join(importer.result.damaged)
        raise PartlyUnreadableError(f"{names}: damaged or cut off in places; what could be read was kept.")


def conclude(archive: Archive, config: Config, begun: datetime) -> None:
    """What follows from captures that others have made and that came in since ``begun``; shows its progress."""
    from monitor import replay
    from monitor.report import CrawlProgress
    from monitor.withheld_again import seal_again
    from monitor.withheld_pages import look

    with CrawlProgress() as studying:
        archive.study(studying.studied)
    seal_again(archive, config, begun)
    with Steps() as steps:
        look(archive, config, steps.moved)
    replay.update(archive)
    archive.write_journal()


def _tell(result: Imported, *, as_json: bool) -> None:
    from monitor.report import counted, print_json

    if as_json:
        print_json({field.name: getattr(result, field.name) for field in fields(result)})
        return
    articles = Counter({kind: n for kind, n in result.kept.items() if kind not in ("skipped", "known")})
    lines = [f"Read: {result.records:,} captures"]
    lines += [f"Kept: {articles.total():,} ({counted(articles)})"] if articles else []
    lines += [f"Kept, not as articles: {counted(result.no_articles)}"] if result.no_articles else []
    lines += [f"Left out: {result.skipped.total():,} ({counted(result.skipped)})"] if result.skipped else []
    lines += [f"Other hosts: {counted(dict(result.hosts.most_common(10)))}"] if result.hosts else []
    click.echo("\n".join(lines))


@click.command()
@common
def sites(setting: Setting) -> None:
    """List the sites, and what the archive has of each.

    Also shows where each is declared, and whether the nightly run crawls it.
    """
    from monitor.overview import overview
    from monitor.report import print_table

    declared = setting.sites()
    rows = []
    for state in overview(setting.to_read(perhaps_empty=True), declared, setting.config):
        site = declared.get(state.site)
        rows.append(
            (
                *(state.site, state.name, site.family.name if site else "", state.status),
                *(Path(site.declared_in).name if site else "the archive", state.home_url, state.articles),
                "yes" if site and setting.config.crawlable(site) else "no",
            )
        )
    print_table(("site", "name", "cms", "status", "declared in", "address", "articles", "nightly"), rows)


#: Months of room below which it is told that the disk will be full: time enough to buy another one.
MONTHS_TOLD = 12

#: How an outcome looks on a terminal.
_COLOURS = {"complete": "green", "limited": "green", "interrupted": "yellow", "failed": "red", "refused": "red"}


@click.command()
@click.argument("slugs", metavar="[SITE]...", nargs=-1)
@click.option("--coverage", "covered", is_flag=True, help="What the sites list against what the archive holds.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@common
def status(setting: Setting, slugs: tuple[str, ...], covered: bool, as_json: bool) -> None:
    """Show how the last crawls went, and what is wrong.

    For each site: its last crawl, how many articles and texts the archive holds, the newest, what is missing on the
    site, how much of its listings is held, and problems with their age; then the room on the disk, and how much its
    nights take in a month. With --coverage: each section.
    """
    from monitor.overview import archive_alerts, overview
    from monitor.report import print_json

    states = overview(setting.to_read(), setting.sites(), setting.config)
    if unknown := set(slugs) - {state.site for state in states}:
        known = ", ".join(sorted(state.site for state in states))
        raise InputError(f"There is no site called {', '.join(sorted(unknown))}. Known sites: {known}.")
    states = [state for state in states if not slugs or state.site in slugs]
    if covered:
        _tell_coverage(setting, slugs, as_json=as_json)
    elif as_json:
        sites = [asdict(state) for state in states]
        told = {"alerts": archive_alerts(setting.data), "room": _room_json(setting, slugs), "sites": sites}
        print_json({"data": str(setting.data), **told})
    else:
        _tell_states(setting, states)
        for alert in archive_alerts(setting.data):
            click.secho(f"{alert['message']} (since {alert['opened'][:10]})", fg="red")
        _tell_room(setting, slugs)


def _room_json(setting: Setting, slugs: tuple[str, ...]) -> dict[str, object] | None:
    from monitor.room import room

    if not setting.has_archive():
        return None
    found = room(setting.data)
    sites = [asdict(site) for site in found.sites if not slugs or site.site in slugs]
    return asdict(found) | {"sites": sites, "a_month": found.a_month, "months_left": found.months_left}


def _tell_room(setting: Setting, slugs: tuple[str, ...]) -> None:
    from monitor.report import print_table, size
    from monitor.room import KINDS, room

    if not setting.has_archive():
        return
    found = room(setting.data)
    click.echo(f"\nRoom: warc/ {size(found.warc)}, archive.db {size(found.database)}; free {size(found.free)}.")
    rows = [
        (s.site, *(size(s.a_month[kind]) if s.a_month.get(kind) else None for kind in KINDS),
         size(s.sum) if s.a_month else "not known yet", s.judged_by)
        for s in found.sites if not slugs or s.site in slugs
    ]  # fmt: skip
    if rows:
        print_table(("a month", *KINDS, "together", "judged by"), rows, below=("judged by",))
    if found.months_left is not None and found.months_left < MONTHS_TOLD:
        click.secho(f"At this pace the disk is full in {found.months_left:.0f} months.", fg="red")


def _tell_states(setting: Setting, states: Sequence[SiteState]) -> None:
    from rich.text import Text

    from monitor.report import print_table

    rows = []
    for state in states:
        last = state.last_crawl or {}
        outcome = last.get("outcome") or ""
        held = None if state.coverage_percent is None else f"{state.coverage_percent:g} %"
        answers = last.get("response_median")
        rows.append(
            (
                *(state.site, (last.get("started") or "never")[:16].replace("T", " ")),
                *(Text(outcome, _COLOURS.get(outcome, "")) if outcome else "", state.articles, state.texts),
                *(
                    (state.newest_article or "")[:10],
                    state.suspects or None,
                    state.removed or None,
                    held,
                    state.waiting,
                    None if answers is None else f"{answers:.1f} s",
                ),
                " ".join([*(click.style(problem, fg="red") for problem in state.problems), state.not_nightly]).strip(),
            )
        )
    columns = ("site", "last crawl (UTC)", "outcome", "articles", "texts", "newest", "suspect", "removed", "held")
    begun = "The archive" if setting.has_archive() else "Nothing archived yet"
    click.echo(f"{begun} in {setting.data}:")
    print_table((*columns, "waiting", "answers in", "to know"), rows, below=("to know",))


def _tell_coverage(setting: Setting, slugs: tuple[str, ...], *, as_json: bool) -> None:
    from monitor.coverage import coverage, in_words
    from monitor.report import counted, print_json, print_table

    sections = coverage(setting.data, slugs)
    if as_json:
        print_json({"data": str(setting.data), "sections": [asdict(section) for section in sections]})
        return
    if not sections:
        click.echo("No listing was read yet: the next crawl reads them.")
        return
    rows = []
    for s in sections:
        missing = {str(month["month"]): month["missing"] for month in s.months if month["missing"]}
        rows.append(
            (
                *(f"{s.site}, {s.section}", s.listed, s.held, s.missing or None, s.listing_total),
                *(s.not_listed_yet or None, f"{s.percent:g} %"),
                counted({in_words(reason): n for reason, n in s.reasons.items()}),
                ", ".join(f"{month} {n:,}" for month, n in missing.items()),
            )
        )
    columns = ("section", "listed", "held", "missing", "it says", "not listed yet", "covered", "why", "months")
    print_table(columns, rows, below=("why", "months"))
