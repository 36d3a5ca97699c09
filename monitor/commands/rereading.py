"""``luutin reextract``: stored pages through today's rules, and what that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from crawler.errors import InputError, PartlyUnreadableError
from monitor.commands.options import Setting, common
from monitor.live import Steps

if TYPE_CHECKING:
    from monitor.reextracting import Reread

#: How many of the reasons why records cannot be read are told: a missing file is one for each.
_TOLD = 5


@click.command()
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Also what was read by today's rules already.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes that read pages. [default: one for each core]"
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common
def reextract(
    setting: Setting, sites: tuple[str, ...], everything: bool, jobs: int | None, dry_run: bool, as_json: bool
) -> None:
    """Read stored pages again, by today's rules.

    Takes the captures of these sites, or of all in the archive, that were read by other rules than today's. What
    reads better takes the place of what was there. That is our doing and not the publisher's: no event comes of it,
    and a version that only our older reading had made is taken back, leaving a tombstone.
    """
    from crawler.archive import Archive
    from monitor.readers import cores
    from monitor.reextracting import Reextraction
    from monitor.report import print_json

    data = setting.to_read()
    if not setting.has_archive():
        raise InputError(f"Nothing is archived yet in {data}: there is nothing to read again.")
    with Archive(data) as archive:
        kept = [slug for (slug,) in archive.connection.execute("SELECT slug FROM sites ORDER BY slug")]
        if (unknown := next((slug for slug in sites if slug not in kept), None)) is not None:
            raise InputError(f"The archive has nothing of a site called {unknown}; it has: {', '.join(kept)}.")
        wanted = list(dict.fromkeys(sites)) or kept
        work = Reextraction(archive, setting.sites(), jobs=jobs or cores(), everything=everything, dry_run=dry_run)
        with work, Steps() as progress:
            results = [work.read(slug, progress.moved) for slug in wanted]
            if not dry_run:
                archive.study(lambda done, total: progress.moved("texts studied", done, total))
                archive.write_journal()
    if as_json:
        print_json({"dry_run": dry_run, "sites": [_as_json(result) for result in results]})
    else:
        _tell(results, dry_run=dry_run)
    _complain(results)


def _summary(result: Reread) -> dict[str, Any]:
    """The figures of one site, as the table and the JSON have them."""
    c = result.changes
    return {
        "site": result.site,
        "read": c.captures,
        "changed": len(c.articles),
        "fields": {name: len(articles) for name, articles in sorted(c.fields.items()) if articles},
        "now articles": c.now_articles,
        "no articles": c.no_articles,
        "articles found": len(c.new),
        "articles gone": len(c.gone),
        "revisions found": len(c.found),
        "retracted": len(c.retracted),
        "unreadable": result.unreadable.total(),
    }


def _as_json(result: Reread) -> dict[str, Any]:
    told = {name.replace(" ", "_"): value for name, value in _summary(result).items()}
    ids = {"articles_found": result.changes.new, "articles_gone": result.changes.gone}
    ids |= {"revisions_found": result.changes.found, "retracted": result.changes.retracted}
    return told | {
        "ids": {name: sorted(found) for name, found in ids.items()},
        "because": dict(result.unreadable),
        "undeclared": result.undeclared,
    }


def _tell(results: Sequence[Reread], *, dry_run: bool) -> None:
    from monitor.report import print_table

    if dry_run:
        click.echo("Nothing was changed; this is what would be:")
    rows = []
    for result in results:
        unknown = "nobody declares any more how it is read, so that it stays as it was" if result.undeclared else ""
        rows.append((*_summary(result).values(), unknown))
    columns = (*_summary(results[0]), "to know") if results else ()
    print_table(columns, rows, below=("fields", "to know"))


def _complain(results: Sequence[Reread]) -> None:
    """Says which records cannot be read, where there are any. Raises PartlyUnreadableError."""
    reasons = Counter[str]()
    for result in results:
        reasons += result.unreadable
    if not reasons:
        return
    told = [reason for reason, _ in reasons.most_common(_TOLD)]
    more = [f"… and for {len(reasons) - _TOLD:,} more reasons like these"] if len(reasons) > _TOLD else []
    raise PartlyUnreadableError(
        "\n".join([f"{reasons.total():,} captures stay as they were read, because:", *told, *more])
    )
