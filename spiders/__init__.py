"""One spider per site: this package is the list of sites that the project knows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from urllib.parse import urlsplit

from crawler.cms import FAMILIES, generic_site
from crawler.config import Config
from crawler.site import Site
from crawler.urls import canonical_url, host_key


@cache
def declared() -> tuple[Site, ...]:
    """The sites that the modules of this package declare as ``SITE``, by name of module, without luutin.toml."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return tuple(module.SITE for module in modules if hasattr(module, "SITE"))


def registry(config: Config) -> dict[str, Site]:
    """Every site by its slug, as luutin.toml changes and adds to them.

    Raises ConfigError where that is impossible; a host belongs to one site.
    """
    return config.registry(declared(), FAMILIES)


def by_host(config: Config) -> dict[str, Site]:
    """The site of each declared host, by ``host_key``: today's hosts before those that luutin.toml replaced."""
    sites = registry(config)
    found: dict[str, Site] = {}
    for site in (*sites.values(), *declared()):
        for host in site.hosts:
            found.setdefault(host_key(f"http://{host}/"), sites[site.slug])
    return found


def undeclared(url: str) -> Site:
    """A site for pages of a host that nobody declared, named after it and read by the generic rules."""
    site = generic_site(urlsplit(canonical_url(url)).netloc.removeprefix("www."))
    taken = site.slug in {known.slug for known in declared()}
    return replace(site, slug=f"host_{site.slug}") if taken else site
