"""A channel for messages, as ``[[notify]]`` of luutin.toml declares it: where to, what, when, in which language."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from crawler.errors import ConfigError
from crawler.text import clean, match_query

Kind = Literal["new", "edited", "removed", "restored", "moved", "site_missing", "site_back", "site_closed", "alerts"]

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://\S+|\$\{\w+\}")
_NAME = re.compile(r"\w[\w .-]{0,63}")


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("is not an address of Apprise; write it like 'mailtos://…' or '${VARIABLE}'")
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value) or clean(value) != value:
        raise ValueError("is not a name; use letters, digits, spaces, '.' and '-', at most 64 characters")
    return value


def _search(value: str) -> str:
    if value and not match_query(value):
        raise ValueError("asks for nothing; write what somebody would type into the archive's search")
    return value


def unique(channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
    """The channels. Raises ValueError where two have one name, by which deliveries are remembered."""
    names = [channel.name for channel in channels]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"has two channels called {twice!r}; give each a name of its own")
    return channels


class Channel(BaseModel):
    """Where messages go and which: an address of Apprise, filters, a rhythm, a language."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, AfterValidator(_name)]
    url: Annotated[str, AfterValidator(_address)]
    kinds: Annotated[tuple[Kind, ...], Field(strict=False)] = ()
    sites: Annotated[tuple[str, ...], Field(strict=False)] = ()
    search: Annotated[str, AfterValidator(_search)] = ""
    when: Literal["digest", "at_once"] = "digest"
    language: Literal["vi", "en"] = "vi"

    def address(self) -> str:
        """The address with the environment variables that it names; a part of it is quoted as addresses want it.

        Raises ConfigError where one is not set.
        """
        whole = _VARIABLE.fullmatch(self.url)

        def value(match: re.Match[str]) -> str:
            found = os.environ.get(match[1], "")
            if not found:
                raise ConfigError(
                    f"notify.{self.name}.url names the environment variable {match[1]}, which is not set; set it where"
                    " luutin runs."
                )
            return found if whole else quote(found, safe="")

        return _VARIABLE.sub(value, self.url)

    def wants(self, kind: str, site: str | None) -> bool:
        """Whether a kind of event (``alerts`` for an alert), of a site or of none, is for this channel.

        Without ``kinds`` that is every event, and no alert.
        """
        of_kind = kind in self.kinds if self.kinds else kind != "alerts"
        return of_kind and (not self.sites or site in self.sites)


def unknown_sites(channels: Iterable[Channel], known: Iterable[str]) -> dict[str, str]:
    """The first slug that no site has, by the name of the channel that has it."""
    slugs = set(known)
    wrong = {c.name: next((s for s in c.sites if s not in slugs), "") for c in channels}
    return {name: slug for name, slug in wrong.items() if slug}
