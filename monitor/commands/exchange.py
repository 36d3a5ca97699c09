"""``luutin export``, ``luutin backup``, ``luutin restore``: what leaves the archive, and a second copy of all of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.errors import InputError, PartlyUnreadableError
from monitor.commands.options import Place, Setting, common
from monitor.live import Steps

if TYPE_CHECKING:
    from monitor.backup import Copied
    from monitor.exporting import Exported

#: The formats of an export.
FORMATS = ("warc", "wacz", "bagit", "jsonl", "csv", "sqlite")

#: How many troubles are told in words.
TOLD = 10


@click.command()
@click.argument("out", metavar="OUT", type=Place())
@click.argument("articles", metavar="[ARTICLE]...", nargs=-1)
@click.option(
    "--format", "form", metavar="FORMAT", type=click.Choice(FORMATS), help="warc, wacz, bagit, jsonl, csv or sqlite."
)
@click.option("--site", "sites", metavar="SITE", multiple=True, help="Of this site; several times for several.")
@click.option("--since", metavar="DAY", help="Published on this day or later: 2024-05-31, 2024-05 or 2024.")
@click.option("--until", metavar="DAY", help="Published on this day or earlier.")
@click.option("--search", metavar="WORDS", help="What a search for these words finds.")
@click.option("--revisions", "versions", is_flag=True, help="Also what the articles said before.")
@click.option("--force", is_flag=True, help="Replace OUT where it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def export(
    setting: Setting,
    out: Path,
    articles: tuple[str, ...],
    form: str | None,
    sites: tuple[str, ...],
    since: str | None,
    until: str | None,
    search: str | None,
    versions: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Hand articles and their records to other software.

    Writes the articles with these ids, or those that --site, --since, --until and --search choose together, or
    everything, to OUT. The format follows from OUT's ending (.warc.gz, .wacz, .jsonl, .csv, .db) or is given. OUT
    appears when it is whole. With - for OUT, standard output gets a WARC, JSON Lines or CSV as it is written, and
    standard error the summary.

    \b
    Example:  luutin export dan-van-kheo.wacz --site hai_duong --search '"dân vận khéo"' --since 2024
    """
    from crawler.archive import Archive
    from monitor.exporting import Choice, stream
    from monitor.exporting import export as write
    from monitor.stopping import stopping

    data = setting.to_read()
    if not setting.has_archive():
        raise InputError(f"Nothing is archived yet in {data}: there is nothing to export.")
    streamed = out == Path("-")
    form = _form(out, form, streamed=streamed)
    _refuse_blank({"--since": since, "--until": until, "--search": search})
    ids = tuple(dict.fromkeys(articles))
    choice = Choice(sites=sites, since=since or "", until=until or "", search=search or "", articles=ids)
    with Archive(data, read_only=True) as archive, stopping() as stop, Steps() as progress:

        def moved(what: str, done: int, total: int) -> None:
            if stop.is_set():
                stop.leave()
            progress.moved(what, done, total)

        if streamed:
            done = stream(archive, setting.config, sys.stdout.buffer, form, choice, versions=versions, moved=moved)
        else:
            done = write(archive, setting.config, out, form, choice, versions=versions, force=force, moved=moved)
    with redirect_stdout(sys.stderr) if streamed else nullcontext():
        _tell_exported(done, out, form, as_json=as_json)
    if done.lost:
        raise PartlyUnreadableError(
            f"{done.lost:,} records could not be read and are not in it: {'; '.join(done.damaged[:TOLD])}."
        )


def _form(out: Path, given: str | None, *, streamed: bool) -> str:
    """The format that is meant. Raises InputError where that cannot be told, or cannot be streamed."""
    from monitor.exporting import ENDINGS, STREAMED

    form = given or next((form for ending, form in ENDINGS.items() if out.name.endswith(ending)), None)
    if form is None:
        among = _listed(STREAMED if streamed else FORMATS)
        raise InputError(f"What {out} is to be does not follow from its name: give --format, one of {among}.")
    if streamed and form not in STREAMED:
        raise InputError(f"{form} cannot be written to standard output (only {_listed(STREAMED)}): name a file.")
    return form


def _refuse_blank(options: Mapping[str, str | None]) -> None:
    """A script's empty variable must not ask for everything. Raises InputError."""
    for option, given in options.items():
        if given == "":
            what = "word" if option == "--search" else "day"
            raise InputError(f"{option} '' is no {what}: give one, or leave it out.")


def _tell_exported(done: Exported, out: Path, form: str, *, as_json: bool) -> None:
    from crawler.text import named
    from monitor.report import print_json, size

    if as_json:
        told = {"articles": done.articles, "captures": done.captures, "bytes": done.bytes}
        told |= {"kept_back": done.kept_back, "lost": done.lost}
        print_json({"out": named(str(out)), "format": form, **told, "damaged": list(done.damaged)})
    else:
        click.echo(
            f"{named(str(out))}: {done.articles:,} articles, {done.captures:,} captures, {size(done.bytes)} ({form})"
        )
        if done.kept_back:
            click.echo(f"  {done.kept_back:,} records are not in it: their pages name what is withheld")


def _listed(formats: Sequence[str]) -> str:
    return f"{', '.join(formats[:-1])} or {formats[-1]}"


@click.command()
@click.argument("directory", metavar="DIR", type=Place())
@click.option("--verify", "everything", is_flag=True, help="Compare everything in DIR with its digest, not a share.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def backup(setting: Setting, directory: Path, everything: bool, as_json: bool) -> None:
    """Bring a second copy of the archive up to date.

    DIR gets a snapshot of archive.db, then the WARC files and luutin.toml, each verified; what it has already is not
    copied again, but a share of it is compared with its digest, and mended where the archive has it whole. Nothing
    needs to be stopped. "luutin restore" brings it back; "sha256sum -c SHA256SUMS" in DIR checks it at any time.
    """
    from crawler.config import DEFAULT
    from monitor.backup import backup as take

    data = setting.to_read()
    if not setting.has_archive():
        raise InputError(f"Nothing is archived yet in {data}: there is nothing to back up.")
    settings = [Path(setting.config_file)] if setting.config_file else [DEFAULT, data / DEFAULT.name]
    found = next((file for file in settings if file.is_file()), None)
    size = None if everything else setting.config.night.verify_megabytes * 1_000_000
    with Steps() as progress:
        done = take(data, directory.absolute(), found, progress.moved, verify=size)
    for sentence in done.mended:
        click.echo(sentence, err=True)
    again = f"; {done.verified:,} that were there verified again" if done.verified else ""
    _tell(done, f"{directory} is the archive of {data} as it was when this began", again, as_json=as_json)


@click.command()
@click.argument("directory", metavar="DIR", type=Place())
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def restore(setting: Setting, directory: Path, as_json: bool) -> None:
    """Bring a backup back into an empty directory.

    DIR is what "luutin backup" made; --data names where the archive is to be, and nothing is overwritten there. Every
    file is compared with its digest. What was damaged is told, and everything else is brought back.

    \b
    Example:  luutin restore /backup/luutin --data /var/lib/luutin-new
    """
    from monitor.backup import CONFIG
    from monitor.restoring import restore as bring_back

    if not setting.chosen:
        raise InputError("Name the empty directory that the archive is to be brought back into with --data.")
    with Steps() as progress:
        done = bring_back(directory.absolute(), setting.data, progress.moved)
    settings = f"; its settings are {setting.data / CONFIG}" if (setting.data / CONFIG).is_file() else ""
    _tell(done, f"The archive is in {setting.data}{settings}", as_json=as_json)


def _tell(done: Copied, what: str, more: str = "", *, as_json: bool) -> None:
    from dataclasses import asdict

    from monitor.report import print_json, size

    if as_json:
        print_json(asdict(done))
    else:
        linked = f", {done.linked:,} of them linked" if done.linked else ""
        click.echo(f"{what}: {done.files:,} files, {done.new:,} new ({size(done.bytes)}{linked}){more}")
    if done.troubles:
        rest = len(done.troubles) - TOLD
        lines = [*done.troubles[:TOLD], *([f"… and {rest:,} more like these"] if rest > 0 else [])]
        raise PartlyUnreadableError("\n".join(["Not everything is as it should be:", *lines]))
