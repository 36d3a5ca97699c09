"""What every command of ``luutin`` takes: where the archive lies and which settings hold."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from crawler.config import VARIABLE, Config, load
from crawler.errors import InputError
from crawler.site import Site

#: The environment variable that names the data directory, for our commands and for ``scrapy crawl``.
DATA = "LUUTIN_DATA"

#: Where scrapy.cfg is.
PROJECT = Path(__file__).resolve().parent.parent.parent

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a command works with."""

    data: Path  # absolute
    config: Config
    config_file: str  # absolute; "" where none was named
    chosen: bool  # whether --data or LUUTIN_DATA was given

    def to_read(self, *, perhaps_empty: bool = False) -> Path:
        """The data directory, for a command that only reads the archive in it.

        Raises InputError where a directory was named and holds none, or with ``perhaps_empty`` is not there at all:
        what is mistyped must not pass for empty. In the project's own directory an archive may be still to come.
        """
        if self.chosen and not (self.data.is_dir() if perhaps_empty else self.has_archive()):
            state = "is a file" if self.data.is_file() else "is not there"
            state = "holds no archive.db" if self.data.is_dir() else state
            raise InputError(
                f"There is no archive in {self.data} ({state}): name another directory with --data or {DATA}, or begin"
                ' an archive there with "luutin crawl" or "luutin import".'
            )
        return self.data

    def has_archive(self) -> bool:
        """Whether anything was ever archived in the data directory."""
        return (self.data / "archive.db").is_file()

    def sites(self) -> dict[str, Site]:
        """Every site that is declared, by slug. Raises ConfigError."""
        from spiders import registry  # a second: it imports Scrapy

        return registry(self.config)


class Place(click.Path):
    """A path that somebody named. Raises UsageError for an empty word: a script's variable that is not set would else
    mean the directory where it happens to be."""

    def __init__(self, *, exists: bool = False, file_okay: bool = True) -> None:
        super().__init__(path_type=Path, exists=exists, file_okay=file_okay)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        if value == "":
            self.fail("an empty word names no place (is a variable not set?); . is the directory where you are.", param)
        return super().convert(value, param, ctx)


def common(command: Callable[Concatenate[Setting, P], R]) -> Callable[P, R]:
    """Adds --data and --config to a command, which gets them as its first argument, a Setting."""

    @click.option(
        "--data",
        envvar=DATA,
        type=Place(),
        metavar="DIR",
        help=f"The archive's directory: archive.db, warc/, attachments/."
        f" [default: the project, for the demo demo-archive; or {DATA}]",
    )
    @click.option(
        "--config",
        envvar=VARIABLE,
        default="",
        metavar="FILE",
        help=f"The settings. [default: luutin.toml in the project, or {VARIABLE}]",
    )
    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        options: dict[str, Any] = kwargs
        data: Path | None = options.pop("data")
        file: str = options.pop("config")
        absolute = str(Path(file).absolute()) if file else ""
        setting = Setting((data or PROJECT).absolute(), load(file or None), absolute, chosen=data is not None)
        return command(setting, *args, **kwargs)

    return wrapped


def named(slugs: Iterable[str], sites: dict[str, Site]) -> list[Site]:
    """The sites of these slugs, each once. Raises InputError, with the slugs there are, for one that is unknown."""
    found = []
    for slug in dict.fromkeys(slugs):
        if slug not in sites:
            close = difflib.get_close_matches(slug, sites, n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            raise InputError(f"There is no site called {slug}.{meant} Known sites: {', '.join(sorted(sites))}.")
        found.append(sites[slug])
    return found
