"""``luutin crawl``: sites that are crawled now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crawler.errors import CrawlFailedError, InputError, StorageError
from crawler.site import Site
from monitor.commands.options import Setting, common, named

if TYPE_CHECKING:
    from monitor.crawls import CrawlResult


@click.command()
@click.argument("slugs", metavar="[SITE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Crawl every site that the nightly run crawls.")
@click.option("--full", is_flag=True, help="Read listings to their ends, also where everything is known.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Fetch at most N articles of each site.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def crawl(
    setting: Setting, slugs: tuple[str, ...], everything: bool, full: bool, limit: int | None, as_json: bool
) -> None:
    """Fetch what is new on one or more sites.

    Known articles whose turn it is are looked at again. "luutin sites" lists the names. A crawl that is stopped
    goes on where it was at the next start. The exit code is 0 only if the crawl of every site did its job.
    """
    from monitor.crawls import Crawls, Order, run_lock
    from monitor.report import CrawlProgress, crawls_json, print_crawls, print_json
    from monitor.stopping import stopping

    sites = _chosen(setting, slugs, everything=everything)
    with stopping() as stop, run_lock(setting.data) as lock, CrawlProgress() as progress:
        order = Order(sites=sites, full=full, limit=limit)
        results = Crawls(lock, setting.config, setting.config_file, progress, stop).run(order)
    if as_json:
        print_json(crawls_json(results))
    else:
        print_crawls(results)
    stop.leave()
    judge(setting, results)


def judge(setting: Setting, results: Sequence[CrawlResult]) -> None:
    """Raises StorageError or CrawlFailedError where a crawl did not do its job."""
    failed = [f"{result.site} ({result.outcome})" for result in results if not result.good]
    if any(result.exit_code == StorageError.exit_code for result in results):
        raise StorageError(f"{setting.data} could not take in what was fetched: {', '.join(failed)}; see above.")
    if failed:
        raise CrawlFailedError(f"{len(failed)} of {len(results)} crawls did not do their job: {', '.join(failed)}.")


def _chosen(setting: Setting, slugs: tuple[str, ...], *, everything: bool) -> list[Site]:
    """The sites that are meant. Raises InputError or click's UsageError where that is unclear or impossible."""
    sites = setting.sites()
    if everything == bool(slugs):
        raise click.UsageError(f"Name the sites to crawl, or give --all. Known sites: {', '.join(sorted(sites))}.")
    if everything:
        for site in sites.values():
            if reason := setting.config.skipped(site):
                click.echo(reason, err=True)
        if not (chosen := [site for site in sites.values() if setting.config.crawlable(site)]):
            raise InputError("There is nothing to crawl: every site is skipped.")
        return chosen
    chosen = named(slugs, sites)
    # A guessed address is somebody's server all the same: it is not asked before a person has looked at it.
    if reasons := [reason for site in chosen if (reason := setting.config.skipped(site))]:
        raise InputError("\n".join(reasons))
    return chosen
