"""``luutin new-site``: a declaration and a golden test proposed for a site that nobody has declared yet."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.commands.options import PROJECT, Place, Setting, common


@click.command("new-site")
@click.argument("url", metavar="URL")
@click.option("--slug", metavar="SLUG", default="", help="The site's short name: letters, digits, underscores.")
@click.option("--name", metavar="NAME", default="", help="Who publishes it, as readers know it.")
@click.option(
    "--dir",
    "directory",
    metavar="DIR",
    type=Place(),
    help="Where spiders/ and tests/sites/ are. [default: the project]",
)
@common
def new_site(setting: Setting, url: str, slug: str, name: str, directory: Path | None) -> None:
    """Propose the declaration of a new site.

    Looks at the home page at URL, some listings and two articles, as politely as a crawl. Writes
    spiders/SLUG.py, and the pages under tests/sites/SLUG/ with a golden that fails until a person has checked it.
    Nothing that exists is overwritten.

    \b
    Example:  luutin new-site https://danvan.example.gov.vn/ --name "Ban Dân vận Tỉnh ủy"
    """
    from monitor.adding.newsite import explore, free, told_by, write

    root = (directory or PROJECT).absolute()
    slug = free(url, slug, root, setting.sites())
    new = explore(
        url, setting.config, slug=slug, name=name, heard=lambda asked: click.echo(f"Looking at {asked}", err=True)
    )
    paths = write(new, root)
    site, (held, of) = new.site, new.pattern
    evidence = "; ".join(new.recognised.evidence) or "no family has left enough traces"
    click.echo(f"CMS: {new.recognised.name} ({evidence})")
    click.echo(f"Sections: {len(site.sections)}, of {new.looked} pages that the menu leads to")
    for section in site.sections:
        click.echo(f"  {section.name}: {section.path}")
    own = "its own" if site.addresses else "the family's"
    click.echo(f"Articles: {site.urls.article} ({own}; holds for {held} of {of} met)")
    own = "its own" if site.paging else "the family's"
    way = f"{site.pages.kind} {site.pages.pattern}".strip()
    click.echo(f"Next page: {f'{way} ({own})' if new.paged else 'no way to it was found'}")
    click.echo(f"Fields: {told_by(new)}")
    closes = ", ".join(site.reading.landmarks.closes if site.reading else ())
    click.echo(f"Landmarks: {closes or 'those that the family and the vocabulary have'}")
    for path in paths:
        click.echo(f"Written: {path}")
    click.echo(
        f"Next: read {paths[0].name}, correct it; compare tests/sites/{site.slug}/golden.json with the pages beside it "
        'and set "checked" to true there; then the site\'s status to "verified".'
    )
