"""Writes a Site as the Python file in ``spiders/`` that declares it, as ruff formats it, strangers' words quoted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import fields, is_dataclass

from crawler.site import Family, Site
from crawler.text import clean

#: What ruff accepts in a line.
_WIDTH = 120
#: Names of publishers and sections are cut here: longer ones are slogans.
LONGEST_NAME = 80

_FIELDS = ("slug", "name", "committee", "province", "home_url", "family", "sections", "paging", "addresses", "reading")


def module(site: Site, *, source: str, certain: Iterable[str], inferred: Iterable[str]) -> str:
    """The source of the module; ``source``, ``certain`` and ``inferred`` are clauses for its docstring.

    Executed, it declares an equal ``SITE``, where all that is not the default is in the fields written.
    """
    family, title = site.family.name, plain(site.name)
    lines = [
        f'"""{title}.',
        "",
        *_wrapped(f"Certain, {source}", certain),
        *_wrapped("Inferred, unverified", inferred),
        '"""',
        "",
        f"from crawler.cms.{family} import {family.upper()}",
        f"from crawler.site import {', '.join(sorted(_used(site)))}",
        "from crawler.spider import SiteSpider",
        "",
        "SITE = Site(",
        *(line for name, held in _written(site) for line in _argument(name, held, 1)),
        ")",
        "",
        "",
        f"class {site.slug.title().replace('_', '')}Spider(SiteSpider):",
        f'    """The spider of {title}."""',
        "",
        "    name = SITE.slug",
        "    site = SITE",
        "",
    ]
    return "\n".join(lines)


def _written(site: Site) -> list[tuple[str, object]]:
    return [(name, held) for name in _FIELDS if (held := getattr(site, name)) is not None]


def plain(text: str) -> str:
    """A stranger's words as they may stand in a docstring: in one line, and nothing that ends or escapes it."""
    return "".join(c for c in clean(text).replace("\\", "/").replace('"', "'") if c.isprintable())


def _wrapped(title: str, clauses: Iterable[str]) -> list[str]:
    text = plain(f"{title}: {'; '.join(clauses) or 'nothing'}.")
    return textwrap.wrap(text, _WIDTH, break_on_hyphens=False)


def _used(site: Site) -> set[str]:
    """The names of crawler.site that the declaration needs."""
    declared: list[object] = [held for held in (site.paging, site.addresses, site.reading) if held is not None]
    inner = [held for value in declared for _, held in _set(value) if is_dataclass(held)]
    return {"Section", "Site"} | {type(held).__name__ for held in (*declared, *inner)}


def _argument(name: str, value: object, depth: int) -> list[str]:
    """One argument of a call: in a line where it fits, otherwise opened as far as needed."""
    before = f"{'    ' * depth}{name}{'=' if name else ''}"
    flat = f"{before}{_flat(value)},"
    if isinstance(value, str) or (len(flat) <= _WIDTH and not _is_list(name, value)):
        # ruff does not mind a long line of one word
        return [flat if len(flat) <= _WIDTH or " " not in flat.strip() else f"{flat}  # noqa: E501"]
    if isinstance(value, tuple):
        inner = [line for item in value for line in _argument("", item, depth + 1)]
        return [f"{before}(", *inner, f"{'    ' * depth}),"]
    inner = [line for key, held in _set(value) for line in _argument(key, held, depth + 1)]
    return [f"{before}{type(value).__name__}(", *inner, f"{'    ' * depth}),"]


def _is_list(name: str, value: object) -> bool:
    """Whether an argument is opened even where it fits a line, as all sites do it."""
    return name == "sections" and isinstance(value, tuple) and len(value) > 1


def _flat(value: object) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Family):
        return value.name.upper()
    if isinstance(value, tuple):
        return f"({', '.join(map(_flat, value))}{',' if len(value) == 1 else ''})"
    if is_dataclass(value):
        return f"{type(value).__name__}({', '.join(f'{key}={_flat(held)}' for key, held in _set(value))})"
    return repr(value)


def _set(value: object) -> list[tuple[str, object]]:
    """The fields of a declaration that are not its defaults."""
    held = [(field, getattr(value, field.name)) for field in fields(value)]  # type: ignore[arg-type]
    return [(field.name, own) for field, own in held if own != field.default]


def quoted(text: str) -> str:
    """A string literal: raw where it is a pattern, in the quotes that need no escaping, as ruff formats it."""
    text = "".join(c for c in text if c.isprintable())
    quote = "'" if '"' in text and "'" not in text else '"'
    if "\\" in text and quote not in text and not text.endswith("\\"):
        return f"r{quote}{text}{quote}"
    return quote + text.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote
