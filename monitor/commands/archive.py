"""``luutin import``, ``luutin sites``, ``luutin status``: what comes into the archive from elsewhere, what is in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.errors import InputError, PartlyUnreadableError
from monitor.commands.options import Setting, common

if TYPE_CHECKING:
    from monitor.importing import Imported

# What costs half a second and more to import is imported by the commands that need it, here and in the modules beside.


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--any-host", is_flag=True, help="Also take pages of sites that nobody declared, by the generic rules.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def import_(setting: Setting, files: tuple[Path, ...], any_host: bool, as_json: bool) -> None:
    """Take over captures from WARC and WACZ files.

    The files may be of any tool: .warc, .warc.gz, .wacz. Each record goes to the site whose host it is of;
    records of other hosts are counted and left out, unless --any-host is given. What is in the archive already is
    not taken twice. The files themselves are not changed.
    """
    from crawler.archive import Archive
    from monitor.importing import Importer
    from monitor.report import FileProgress

    unreadable: list[str] = []
    with Archive(setting.data) as archive, Importer(archive, setting.config, any_host=any_host) as importer:
        for file in files:
            try:
                with FileProgress(file) as progress:
                    importer.add(file, progress.moved)
            except InputError as error:
                unreadable.append(str(error))
    if importer.result.records or as_json:
        _tell(importer.result, as_json=as_json)
    if unreadable:
        raise InputError("\n".join(unreadable))
    if importer.result.damaged:
        names = ", ".join(str(file) for file in files)
        raise PartlyUnreadableError(f"{names}: damaged or cut off in places; what could be read was kept.")


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


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@common
def status(setting: Setting, as_json: bool) -> None:
    """Show how the last crawls went, and what is wrong.

    For each site: its last crawl, how many articles and texts the archive holds, the newest, and problems.
    """
    from monitor.overview import overview
    from monitor.report import print_json, print_table

    states = overview(setting.to_read(), setting.sites(), setting.config)
    if as_json:
        print_json({"data": str(setting.data), "sites": [asdict(state) for state in states]})
        return
    rows = []
    for state in states:
        last = state.last_crawl or {}
        rows.append(
            (
                *(state.site, (last.get("started") or "never")[:16].replace("T", " "), last.get("outcome") or ""),
                *(state.articles, state.texts, (state.newest_article or "")[:10], state.waiting),
                " ".join([*state.problems, state.not_nightly]).strip(),
            )
        )
    columns = ("site", "last crawl (UTC)", "outcome", "articles", "texts", "newest", "waiting", "to know")
    begun = "The archive" if setting.has_archive() else "Nothing archived yet"
    click.echo(f"{begun} in {setting.data}:")
    print_table(columns, rows, below=("to know",))
