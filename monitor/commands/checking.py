"""``luutin check-site``: how a site's declaration reads a few of its pages."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from crawler.errors import CrawlFailedError, InputError
from monitor.commands.options import Setting, common, named


@click.command("check-site")
@click.argument("slug", metavar="SITE")
@click.option(
    "--pages", metavar="N", type=click.IntRange(1, 50), default=3, help="Articles of each section. [default: 3]"
)
@click.option("--url", "urls", metavar="URL", multiple=True, help="Look at this article instead; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@common
def check_site(setting: Setting, slug: str, pages: int, urls: tuple[str, ...], as_json: bool) -> None:
    """Show how well a site's declaration reads its pages.

    Looks at the listings of a site and at the newest articles of each section, every article twice, and shows field by
    field what was found, what is missing and what is suspicious. Nothing is stored. The exit code is 0 if every
    article was read with headline, date and text and nothing is suspicious, else 4.
    """
    site = named([slug], setting.sites())[0]
    if reason := setting.config.skipped(site):
        raise InputError(reason)
    for url in urls:
        if urlsplit(url).scheme not in ("http", "https"):
            raise InputError(f"--url {url} is not a web address: write it like https://example.org/page.")
    from monitor.checking.report import CheckProgress, print_check
    from monitor.checking.site import check
    from monitor.report import print_json

    with CheckProgress() as progress:
        report = check(site, setting.config, pages=pages, urls=urls, heard=progress.heard)
    if as_json:
        print_json(report.as_json())
    else:
        print_check(report)
    if not report.good:
        raise CrawlFailedError(f"{site.slug} is not read as it should be: {report.in_short()}; see above.")
