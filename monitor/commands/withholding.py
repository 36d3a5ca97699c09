"""``luutin withhold`` and ``luutin release``: articles that may not be shown, and their return."""

from __future__ import annotations

from datetime import date, datetime, time

import click

from crawler.clock import HO_CHI_MINH
from crawler.errors import InputError
from monitor.commands.options import Setting, common
from monitor.commands.reviewing import user
from monitor.live import Steps


class _Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day; write it like 2027-03-31.", param, ctx)


@click.command()
@click.argument("article", metavar="[ARTICLE]", default="")
@click.option("--reason", metavar="TEXT", default="", help="Why; shown in the article's place.")
@click.option("--until", type=_Day(), metavar="DAY", help="Show it again from this day on, like 2027-03-31.")
@click.option("--by", metavar="NAME", default="", help="Who decides. [default: the user's name]")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@common
def withhold(setting: Setting, article: str, reason: str, until: date | None, by: str, as_json: bool) -> None:
    """Withhold an article, or list what is withheld.

    For a court's order, a person's request, an embargo. The article goes from pages, tables, search, feeds and exports;
    its records stay under seal in the WARC files, and in its place stands since when and why it is withheld. The
    records of other pages of its site that name it (listings, say) are kept back. A crawl, an import or a rebuild
    does not bring it back; "luutin release" does, and --until by itself.

    \b
    Example:  luutin withhold k3v7q2m5x4abc --reason "Theo yêu cầu của công dân" --until 2027-03-31
    """
    from crawler.archive import Archive
    from monitor import replay, withheld_pages, withholding
    from monitor.report import print_json, print_table

    data = setting.to_read()
    reason = reason.strip()
    if bool(article) != bool(reason) or (until and not article):
        raise InputError(
            f"Say with --reason why {article} is withheld: it stands in the article's place."
            if article
            else "Name the article (its id) that is to be withheld; without --reason and --until, the list is shown."
        )
    if not setting.has_archive():
        raise InputError(f"Nothing is archived yet in {data}: there is nothing to withhold.")
    with Archive(data) as archive:
        if article:
            end = datetime.combine(until, time(), HO_CHI_MINH) if until else None
            copies = withholding.copies_of(archive, article)
            withholding.withhold(archive, article, setting.sites(), reason=reason, by=by or user(), until=end)
            replay.update(archive)  # at once, without any page of the site: looking into them may take minutes
            with Steps() as progress:
                withheld_pages.look(archive, setting.config, progress.moved)
            replay.update(archive)
            click.echo(f"The article {article} is withheld{f' until {until}' if until else ''}.")
            if naming := withheld_pages.naming(archive, article):
                click.echo(f"  {naming:,} captures of other pages name it: their records are kept back, too")
            if unread := withheld_pages.waiting(archive):
                click.echo(f"  {unread:,} pages could not be looked into: their records are kept back, too")
            for other, url in copies:
                click.echo(f"  The same text is still shown as {other} ({url})")
            return
        listed = withholding.listed(archive)
    if as_json:
        print_json({"withheld": listed})
    elif not listed:
        click.echo("Nothing is withheld.")
    else:
        shown = ("article_id", "site", "since", "until", "reason", "by")
        print_table(shown, [tuple(row[name] or "" for name in shown) for row in listed], below=("reason",))


@click.command()
@click.argument("article", metavar="ARTICLE")
@click.option("--by", metavar="NAME", default="", help="Who decides. [default: the user's name]")
@common
def release(setting: Setting, article: str, by: str) -> None:
    """Show a withheld article again.

    Its captures are read again and everything that was said of it comes back: versions, events, reviews, notes.
    """
    from crawler.archive import Archive
    from monitor import replay, withheld_pages, withholding

    data = setting.to_read()
    if not setting.has_archive():
        raise InputError(f"Nothing is archived yet in {data}: nothing is withheld.")
    with Archive(data) as archive:
        withholding.release(archive, article, setting.sites(), by=by or user())
        with Steps() as progress:
            withheld_pages.look(archive, setting.config, progress.moved)
        replay.update(archive)
    click.echo(f"The article {article} is shown again.")
