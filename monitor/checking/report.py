"""How ``luutin check-site`` tells what it found: in colour on a terminal, the same lines without colour in a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from rich.console import Console
from rich.status import Status
from rich.text import Text

from crawler.text import clean
from monitor.checking.listing import ListingLook
from monitor.checking.page import FIELDS, ArticleLook, Finding
from monitor.checking.site import Proposal, Report
from monitor.live import Live

Say = Callable[..., None]

_STYLES = {"✓": "green", "–": "dim", "!": "bold red"}
_LEVELS = {"wrong": "bold red", "missing": "bold red", "suspicious": "yellow", "note": "dim"}
#: The longest value of a field that is shown; the rest is in ``--json``.
_VALUE = 90
#: How much is shown of what a moving part said.
_MOVED = 40
#: The widest name of a field.
_NAME = max(map(len, FIELDS))


class CheckProgress(Live[Status]):
    """Tells on standard error which page is being asked for: one moving line on a terminal, else a line each."""

    def __init__(self) -> None:
        console = Console(stderr=True, highlight=False, markup=False)
        self._live = Status("", console=console) if console.is_terminal else None

    def heard(self, request: str) -> None:
        """A page is about to be asked for."""
        if self._live:
            self._live.update(Text(request[: self._live.console.width - 4]))  # beside the spinner, on one line
        else:
            click.echo(request, err=True)


def print_check(report: Report) -> None:
    """All of it on standard output: listings, each page field by field, the table, moving parts."""
    console = Console(markup=False, highlight=False, emoji=False)

    def say(*parts: str | tuple[str, str]) -> None:
        console.print(Text.assemble(*parts), soft_wrap=True)

    say((report.site, "bold"), f": {report.home_url} ({report.family}), {report.requests} requests")
    for listing in report.listings:
        _listing(say, listing)
    for number, article in enumerate(report.articles, 1):
        _article(say, number, article)
    if report.articles:
        _table(say, report.articles)
    else:
        say("\n", ("No article was looked at", "bold"), ": what the listings say above is why.")
    if report.proposals or report.moving_params:
        say("\n", ("Moving parts", "bold"), " that are not declared; nothing is masked unless you declare it:")
    for proposal in report.proposals:
        _proposal(say, proposal, len(report.articles))
    for name, pages in report.moving_params.items():
        of = f"in addresses of files, on {pages} of {len(report.articles)} pages: do they open without it?"
        say(f'  drop_params=("{name}",)', (f"  # {of}", "dim"))
    if report.findings:
        say("\n", ("The declaration", "bold"))
        _findings(say, report.findings)


def _listing(say: Say, listing: ListingLook) -> None:
    by = f"by {listing.selector}" if listing.selector else "by the pattern of addresses alone"
    total = f"; it says that it has {listing.total}" if listing.total is not None else ""
    how = ", by postback" if listing.method == "POST" else ""
    following = "next page found" if listing.has_next else "no next page"
    say(("Listing", "bold"), f" {listing.section}, page {listing.number}{how}: ", (listing.url, "dim"))
    say(f"  {listing.articles} articles {by}; {following}{total}")
    _findings(say, listing.findings)


def _article(say: Say, number: int, look: ArticleLook) -> None:
    of = f" ({look.section})" if look.section else ""
    say("\n", (f"Page {number}", "bold"), f"{of}: {look.url}")
    values = _values(look) if look.article is not None else {}
    for name in FIELDS if values else ("page",):
        mark = look.mark(name)
        selector = look.selectors.get(name)
        by = (f"   {selector}", "dim") if selector else ""
        say("  ", (mark, _STYLES[mark]), f" {name:{_NAME}}  {_cut(values.get(name, ''))}".rstrip(), by)
        _findings(say, (finding for finding in look.findings if finding.field == name))


def _values(look: ArticleLook) -> dict[str, str]:
    article = look.article
    assert article is not None
    moving = [part.selector for part in look.moving]
    return {
        "page": look.quality + (f": {look.quality_reason}" if look.quality_reason else ""),
        "selectors": look.how,
        "headline": article.headline or "",
        "date": article.date_published or "",
        "description": article.description or "",
        "author": article.author or "",
        "section": article.section or "",
        "body": f"{look.words} words in {len(article.paragraphs)} paragraphs",
        "captions": _counted(article.captions),
        "images": _counted([image.alt or image.url for image in article.images]),
        "attachments": _counted([file.name or file.url for file in article.attachments]),
        "address": article.cms_id or "",
        "end": look.landmark or "",
        "steady": "nothing moves"
        if not moving
        else f"{len(moving)} parts of the page move"
        if moving[1:]
        else "1 part of the page moves",
    }


def _counted(values: Iterable[str]) -> str:
    kept = list(values)
    return f"{len(kept)}: {'; '.join(kept)}" if kept else ""


def _cut(text: str) -> str:
    text = clean(text)
    return text if len(text) <= _VALUE else f"{text[: _VALUE - 1]}…"


def _findings(say: Say, findings: Iterable[Finding]) -> None:
    for finding in findings:
        name = "" if finding.field in ("listing", *FIELDS) else f"{finding.field}: "
        say(f"    {'':{_NAME}}", (f"{finding.level}: {name}{clean(finding.said)}", _LEVELS[finding.level]))


def _table(say: Say, looks: list[ArticleLook]) -> None:
    """Fields by pages."""
    say("\n", (f"  {'':{_NAME}}" + "".join(f"{n:>4}" for n in range(1, len(looks) + 1)), "bold"))
    for name in FIELDS:
        marks = [look.mark(name) for look in looks]
        say(f"  {name:{_NAME}}", *((f"{mark:>4}", _STYLES[mark]) for mark in marks))
    say(("  ✓ found   – not there   ! to be looked at", "dim"))


def _proposal(say: Say, proposal: Proposal, pages: int) -> None:
    part = proposal.part
    declaration = f'drop=("{part.selector}",)' if part.landmark is None else f'never=("{part.landmark}",)'
    if part.landmark == "":
        declaration = f"within {part.selector}, which also holds what stays"
    where = ", in the article's element" if part.in_article else ""
    where += ", a landmark keeps it out already" if part.kept_out else ""
    moved = f"{part.before[:_MOVED] or '–'} → {part.after[:_MOVED] or '–'}"
    said = f"{part.kind}, on {proposal.pages} of {pages} pages{where}: {moved}"
    say(f"  {declaration}", (f"  # {said}", "dim"))
