"""``luutin review``: what waits for a person to judge, and the person's decision."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from crawler.errors import InputError
from monitor.commands.options import Setting, common

if TYPE_CHECKING:
    from monitor.review import Case, Decision

#: Cases that are shown at a time, and articles of a site that are named; --json has them all.
CASES, SHOWN = 20, 5
#: Captures (or crawls) that are named for each case; --json has them all.
EVIDENCE = 3


@click.command()
@click.argument("target", metavar="[ARTICLE|SITE]", default="")
@click.option("--removed", "decision", flag_value="removed", help="It was taken down.")
@click.option("--still-there", "decision", flag_value="still_there", help="It is there: what said otherwise was wrong.")
@click.option("--wait", "decision", flag_value="wait", help="Decide nothing by itself; I will come back to it.")
@click.option("--note", metavar="TEXT", default="", help="Why, for whoever reads this later.")
@click.option("--by", metavar="NAME", default="", help="Who decides. [default: the user's name]")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@common
def review(setting: Setting, target: str, decision: Decision | None, note: str, by: str, as_json: bool) -> None:
    """See what waits for your judgement, and decide it.

    Without an argument: sites that lost much at once, articles that wait with them, and articles whose evidence
    contradicts itself, each with its captures. With an article's id or a site and one of --removed, --still-there and
    --wait, that decision is taken and kept, with your name.

    \b
    Example:  luutin review hai_duong --still-there --note "only the menu was broken"
    """
    from crawler.archive import Archive
    from monitor.report import print_json
    from monitor.review import decide, waiting

    data = setting.to_read()
    if bool(target) != bool(decision):
        raise InputError(
            f"Say what is to be recorded about {target}: --removed, --still-there or --wait."
            if target
            else "Name the article (its id) or the site that this is about; luutin review lists what waits."
        )
    if not setting.has_archive():
        raise InputError(f"Nothing is archived yet in {data}: there is nothing to review.")
    with Archive(data) as archive:
        if decision:
            click.echo(decide(archive, target, decision, note=note, by=by or user()))
            archive.write_journal()
            return
        cases = waiting(archive.connection)
    if as_json:
        print_json({"waiting": [case.as_json() for case in cases]})
    elif not cases:
        click.echo("Nothing waits for your judgement.")
    else:
        for case in cases[:CASES]:
            _tell(case)
        if len(cases) > CASES:
            click.echo(f"… and {len(cases) - CASES:,} more: luutin review --json has them all.\n")
        click.echo("Decide with: luutin review NAME --removed, --still-there or --wait, and --note to say why.")


def user() -> str:
    """The name of who runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


def _tell(case: Case) -> None:
    lines = [f"{case.target}: {case.title}", f"  {case.why}, since {_minute(case.since)}", f"  {case.url}"]
    if case.held:
        lines.append(f"  articles that wait with it: {len(case.held):,}")
        lines += [f"    {one.target}: {one.title}" for one in case.held[:SHOWN]]
        lines += ["    …"] if len(case.held) > SHOWN else []
    if case.evidence:
        shown = ", ".join(case.evidence[:EVIDENCE])
        more = f" and {len(case.evidence) - EVIDENCE:,} more" if len(case.evidence) > EVIDENCE else ""
        lines.append(f"  evidence: {shown}{more}")
    click.echo("\n".join([*lines, ""]))


def _minute(moment: str) -> str:
    return f"{moment[:16].replace('T', ' ')} UTC"
