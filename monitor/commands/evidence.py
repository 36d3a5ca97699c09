"""``luutin verify``, ``luutin rebuild``: is everything as it was stored; the archive out of its WARC files."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.clock import now
from crawler.errors import DamagedError, InputError, LockedError, PartlyUnreadableError, StorageError
from monitor.commands.options import Place, Setting, common
from monitor.live import Steps

if TYPE_CHECKING:
    from monitor.verifying import Verification, Verified

#: Faults that are told in words; --json has all.
TOLD = 50


@click.command()
@click.option("--deep", is_flag=True, help="Also read every page again, and compare what it says.")
@click.option("--repair", is_flag=True, help="Seal what a killed process left, and index what only WARC files have.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes that read pages. [default: one for each core]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def verify(setting: Setting, deep: bool, repair: bool, jobs: int | None, as_json: bool) -> None:
    """Verify that everything is as it was stored.

    Every byte of the WARC files, against their check sums, their digests and the manifests; every text against its
    name; every row of articles, revisions and attachments against the captures that it follows from; where captures
    came from against the journal. Nothing is changed, but with --repair. The exit code is 0 if all is whole, else 7.
    """
    from crawler.archive import Archive
    from crawler.warc import repair as seal
    from monitor.readers import cores
    from monitor.report import print_json
    from monitor.verifying import Verification

    data = setting.to_read()
    if not setting.has_archive():
        raise InputError(f"Nothing is archived yet in {data}: there is nothing to verify.")
    if repair:
        seal(data / "warc")
    with Archive(data, read_only=True) as archive, Steps() as progress:
        work = Verification(archive, setting.sites(), progress.moved)
        work.files()
        work.database()
        work.texts()
        work.derived()
        work.origins()
        if deep:
            work.pages(jobs or cores())
    _note(setting, work, repair=repair)
    if as_json:
        print_json(asdict(work.result))
    else:
        _tell(work.result)
    if work.result.faults:
        count = len(work.result.faults)
        what = f"{count:,} things are not as they were stored" if count > 1 else "One thing is not as it was stored"
        raise DamagedError(f"{what}; see above.")


def _note(setting: Setting, work: Verification, *, repair: bool) -> None:
    """Notes what was found, and indexes orphans where that is wanted."""
    from crawler.archive import Archive
    from monitor.commands.archive import conclude
    from monitor.crawls import run_lock
    from monitor.custody import verified
    from monitor.orphans import index

    if repair and work.result.orphans:
        begun = now()
        with run_lock(setting.data, patience=0.0), Archive(setting.data) as archive:
            work.result.indexed = index(archive, setting.config, work.result.orphans)
            conclude(archive, setting.config, begun)
    # on a medium that is read-only, or beside a rebuild, nothing is noted
    with suppress(StorageError, LockedError), Archive(setting.data) as archive:
        verified(archive, work)
        archive.write_journal()


def _tell(result: Verified) -> None:
    pages = f", {result.pages:,} pages read again" if result.pages else ""
    click.echo(
        f"Verified: {result.records:,} records in {result.files:,} WARC files, {result.texts:,} texts,"
        f" {result.articles:,} articles{pages}"
    )
    for fault in result.faults[:TOLD]:
        click.echo(f"  {fault}")
    if len(result.faults) > TOLD:
        click.echo(f"  … and {len(result.faults) - TOLD:,} more: luutin verify --json has them all")
    if result.indexed:
        click.echo(f"Put into archive.db: {result.indexed:,} captures that only the WARC files had")
    elif result.orphans:
        click.echo(
            f"Captures that only the WARC files have: {len(result.orphans):,}; luutin verify --repair takes them"
        )


@click.command()
@click.option(
    "--from",
    "source",
    metavar="DIR",
    type=Place(exists=True, file_okay=False),
    help="Where the WARC files are, if not in the archive's warc/: a backup, another archive. They are brought there.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes that read pages. [default: one for each core]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def rebuild(setting: Setting, source: Path | None, jobs: int | None, as_json: bool) -> None:
    """Make archive.db anew from the WARC files alone.

    Every page is read again, by today's rules; what was said and decided comes back from the journal, with the same
    identifiers. The old archive.db stays until the new one is whole. A rebuild that was stopped goes on where it was.
    """
    from monitor.readers import cores
    from monitor.rebuilding import rebuild as make
    from monitor.report import counted, print_json

    with Steps() as progress:
        result = make(setting.data, setting.config, source=source, jobs=jobs or cores(), progress=progress.moved)
    if as_json:
        print_json({field.name: getattr(result, field.name) for field in fields(result)})
    else:
        begun = "Gone on with the rebuild that was stopped.\n" if result.resumed else ""
        begun += f"Begun anew: {result.anew}.\n" if result.anew else ""
        lost = f"What the old archive.db had not written to the journal is lost: {result.lost}\n" if result.lost else ""
        left = f"Left out, since their captures are not there: {counted(result.left_out)}\n" if result.left_out else ""
        click.echo(
            f"{begun}{lost}{left}{setting.data / 'archive.db'} was made anew: {result.captures:,} captures from"
            f" {result.files:,} WARC files ({counted(result.kept)}), the journal from {result.journal:,}."
        )
    if result.unreadable:
        lost = "\nWhat the journal said there is lost, perhaps also what is withheld: look at luutin withhold, and at a"
        lost += " backup, before anybody else looks at the archive."
        unreadable = f"Records that could not be read: {counted(result.unreadable)}."
        raise PartlyUnreadableError(unreadable + (lost if result.forgotten else ""))
