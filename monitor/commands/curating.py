"""``luutin curator``: makes the lines of luutin.toml by which a person may write notes on the pages."""

from __future__ import annotations

import json

import click

#: A password that is guessed over the web, five times a second at most, should not be shorter.
_SHORTEST = 8


@click.command()
@click.argument("name")
@click.password_option(prompt="Password", help="The password; without this option it is asked for, unseen.")
def curator(name: str, password: str) -> None:
    """Let a person write notes on the pages.

    Prints what to put below [serve] in luutin.toml: the name, and a hash of the password from which nobody gets the
    password back. Whoever signs in on the page by that name and password may then write notes on articles, on sites
    and about the whole collection.
    """
    from monitor.web.curators import hashed

    if not name.strip() or len(name) > 100:
        raise click.BadParameter("A name has between 1 and 100 characters.", param_hint="NAME")
    if len(password) < _SHORTEST:
        raise click.BadParameter(f"A password has at least {_SHORTEST} characters.", param_hint="--password")
    written = json.dumps(name.strip(), ensure_ascii=False)
    click.echo(f'curators = [{{ name = {written}, password = "{hashed(password)}" }}]')
