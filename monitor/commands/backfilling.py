"""``luutin backfill`` and ``luutin index``: captures from other web archives, and our own for them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from crawler.clock import now
from crawler.errors import CrawlFailedError, InputError, PartlyUnreadableError
from monitor.commands.archive import conclude
from monitor.commands.options import Setting, common, named
from monitor.live import Live, Steps

if TYPE_CHECKING:
    from monitor.backfill.run import Backfilled

#: Captures between two lines of progress where there is no terminal.
_LINE_EVERY = 100


@click.command()
@click.argument("slug", metavar="SITE")
@click.option(
    "--from",
    "url",
    required=True,
    metavar="URL",
    help="A Wayback machine, a collection of pywb, a CDX API, or an index of Common Crawl.",
)
@click.option("--captures", metavar="URL", help="Where its captures (or Common Crawl's files) are, if not beside it.")
@click.option("--since", metavar="TIME", help="Leave out what was captured before: 2019, 2019-05 or 2019-05-01 (UTC).")
@click.option("--until", metavar="TIME", help="Leave out what was captured after it.")
@click.option("--sections", is_flag=True, help="Also fetch the listings of the site's sections.")
@click.option("--everything", is_flag=True, help="Also fetch all other pages, pictures and documents of the site.")
@click.option("--every-capture", is_flag=True, help="Also fetch captures that are the same as the one before them.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Fetch at most N captures; go on another time.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def backfill(
    setting: Setting,
    slug: str,
    url: str,
    captures: str | None,
    since: str | None,
    until: str | None,
    sections: bool,
    everything: bool,
    every_capture: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """Fetch what another web archive holds of a site.

    Its articles, under all hosts that the site has or had, as they were captured then: an article that is known
    gains a past, one that is long gone comes back. What the archive has already is not fetched, so a backfill that
    was stopped goes on with the same command. Only the archive named is asked, with the delay that luutin.toml sets.

    \b
    Example:  luutin backfill hai_duong --from https://web.archive.org/
    """
    from crawler.archive import Archive
    from monitor.backfill.run import Backfill, Wanted, open_source
    from monitor.period import period

    (site,) = named([slug], setting.sites())
    wanted = Wanted(
        period=period(since, until),
        sections=sections,
        everything=everything,
        every_capture=every_capture,
        limit=limit,
    )
    service, source = open_source(url, captures, site, setting.config)
    stopped: InputError | CrawlFailedError | None = None
    begun = now()
    with Archive(setting.data) as archive:
        work = Backfill(archive, setting.config, site, wanted, origin=url)
        try:
            with _Progress(slug) as progress:
                work.run(service, source, progress.moved)
        except (InputError, CrawlFailedError) as error:
            stopped = error
        conclude(archive, setting.config, begun)
    _tell(work.result, as_json=as_json)
    if stopped is not None:
        raise stopped
    if work.result.failed:
        number = work.result.failed.total()
        raise PartlyUnreadableError(f"{number:,} captures could not be had; the same command tries those again.")


class _Progress(Live[Any]):
    """Tells on standard error how a backfill comes along: a moving line on a terminal, else a line now and then."""

    def __init__(self, slug: str) -> None:
        from rich.console import Console
        from rich.status import Status

        console = Console(stderr=True, highlight=False)
        self._slug, self._live = slug, Status(f"{slug}: asking", console=console) if console.is_terminal else None

    def moved(self, result: Backfilled) -> None:
        """One more capture was fetched."""
        said = f"{self._slug}: {result.fetched:,} fetched, {result.known:,} known, {result.listed:,} listed"
        if self._live:
            self._live.update(said)
        elif result.fetched % _LINE_EVERY == 0:
            click.echo(said, err=True)


def _tell(result: Backfilled, *, as_json: bool) -> None:
    from monitor.report import counted, print_json

    taken = result.imported
    if as_json:
        told = {name: getattr(result, name) for name in ("listed", "known", "fetched", "failed")}
        print_json(told | {"kept": taken.kept, "no_articles": taken.no_articles, "skipped": taken.skipped})
        return
    articles = Counter({kind: n for kind, n in taken.kept.items() if kind not in ("skipped", "known")})
    lines = [f"Listed: {result.listed:,} captures, of those wanted already known: {result.known:,}"]
    lines += [f"Fetched: {result.fetched:,}"]
    lines += [f"Kept: {articles.total():,} ({counted(articles)})"] if articles else []
    lines += [f"Kept, not as articles: {counted(taken.no_articles)}"] if taken.no_articles else []
    lines += [f"Left out: {taken.skipped.total():,} ({counted(taken.skipped)})"] if taken.skipped else []
    lines += [f"Not to be had: {result.failed.total():,} ({counted(result.failed)})"] if result.failed else []
    click.echo("\n".join(lines))


@click.command()
@click.option("--all", "anew", is_flag=True, help="Make it anew, instead of adding what is missing.")
@common
def index(setting: Setting, anew: bool) -> None:
    """Bring the index for replay up to date.

    Writes warc/index.cdxj, a CDXJ index of all captures, with which pywb replays the archive as it lies:
    "wayback -d" and the directory warc/. Crawls, imports and backfills do so by themselves.
    """
    from crawler.archive import Archive
    from monitor import replay
    from monitor.withheld_pages import look

    data = setting.to_read()
    if not setting.has_archive():
        raise InputError(f"Nothing is archived yet in {data}: there is nothing to index.")
    with Archive(data) as archive:
        with Steps() as steps:
            look(archive, setting.config, steps.moved)
        added = replay.update(archive, anew=anew)
        click.echo(f"{archive.warc_dir / replay.INDEX}: {added:,} captures {'in all' if anew else 'added'}")
