"""luutin.toml: what the operator of an archive decides, checked key by key."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError

from crawler import __version__
from crawler.channel import Channel, unique
from crawler.config_tables import (
    IDENTITY,
    REQUIRED,
    Archive,
    Budget,
    Contact,
    Curator,
    Network,
    Night,
    Politeness,
    SectionEntry,
    Serve,
    Several,
    SiteEntry,
    Slug,
    Table,
)
from crawler.errors import ConfigError
from crawler.site import Addresses, Family, Section, Site
from crawler.urls import host_key

#: The environment variable that names the file; without it, luutin.toml beside scrapy.cfg, if there is one.
VARIABLE = "LUUTIN_CONFIG"
DEFAULT = Path(__file__).resolve().parent.parent / "luutin.toml"


class Config(Table):
    """All of luutin.toml, defaults where it is silent."""

    contact: Contact = Contact()
    archive: Archive = Archive()
    network: Network = Network()
    politeness: Politeness = Politeness()
    budget: Budget = Budget()
    night: Night = Night()
    serve: Serve = Serve()
    notify: Annotated[tuple[Channel, ...], Several, AfterValidator(unique)] = ()
    sites: dict[Slug, SiteEntry] = Field(default_factory=dict)
    _file: str = PrivateAttr("luutin.toml")

    @property
    def user_agent(self) -> str:
        """What every request says of itself: product, version and where to complain (ASCII)."""
        contact = [f"+{self.contact.url}"] if self.contact.url else []
        contact += [self.contact.email] if self.contact.email else []
        return f"LuuTin/{__version__} ({'; '.join(['news archive', *contact])})"

    def apply(self, site: Site) -> Site:
        """``site`` with what luutin.toml says of it: address, sections, hosts, article pattern, what is kept."""
        entry = self.sites.get(site.slug)
        if entry is None:
            return site
        changes: dict[str, Any] = {"allowed_hosts": (*site.allowed_hosts, *entry.allowed_hosts)}
        if entry.closed:
            changes["status"] = "closed"
        if entry.home_url:
            changes["home_url"] = entry.home_url
        if entry.sections:
            changes["sections"] = tuple(Section(name=s.name, path=s.path) for s in entry.sections)
        if entry.article:
            changes["addresses"] = replace(site.addresses or Addresses(), article=entry.article)
        for key in ("keep_images", "keep_attachments", "keep_unchanged", "keep_requisites"):
            if (value := getattr(entry, key)) is not None:
                changes[key] = value
        if entry.least_per_listing is not None:
            changes["expects"] = replace(site.expects, least_per_listing=entry.least_per_listing)
        if entry.expected_fields is not None:
            changes["expects"] = replace(changes.get("expects", site.expects), fields=entry.expected_fields)
        return replace(site, **changes)

    def registry(self, sites: Iterable[Site], families: Mapping[str, Family]) -> dict[str, Site]:
        """Every site by its slug: ``sites`` with the overrides, then those that only luutin.toml declares.

        Raises ConfigError where an entry is neither an override nor a whole declaration, where two sites have the
        same host, and where a section is on a host that is not its site's.
        """
        known = {site.slug: self.apply(site) for site in sites}
        for slug, entry in self.sites.items():
            if slug not in known:
                known[slug] = self.apply(self._declared(slug, entry, families, known))
            elif key := next((k for k in IDENTITY if getattr(entry, k) is not None), None):
                raise ConfigError(
                    f"{self._file}: sites.{slug}.{key} cannot be set, because the site is declared in spiders/; "
                    "choose another slug for another site."
                )
        self._check_hosts(known.values())
        return known

    def _check_hosts(self, sites: Iterable[Site]) -> None:
        """A host belongs to one site: an import, and ``luutin extract``, know by the host alone whose a page is."""
        owners: dict[str, str] = {}
        for site in sites:
            name = f"sites.{site.slug}"
            for host in sorted(site.hosts):
                try:
                    key = host_key(f"http://{host}/")
                except ValueError:
                    raise ConfigError(f"{self._file}: {name} has the host {host}, which is not a host name.") from None
                if (owner := owners.setdefault(key, name)) != name:
                    raise ConfigError(
                        f"{self._file}: {owner} and {name} both have the host {host}, but a host belongs to one site; "
                        "make them sections of one site, or correct the host of one."
                    )
            for section in site.sections:
                if not _is_on_its_host(section, site):
                    raise ConfigError(
                        f"{self._file}: the section {section.name!r} of {name} has the path {section.path}, which does "
                        f"not lead to a host of that site; correct it, or add the host to {name}.allowed_hosts."
                    )

    def _declared(self, slug: str, entry: SiteEntry, families: Mapping[str, Family], known: Iterable[str]) -> Site:
        missing = [key for key in REQUIRED if not getattr(entry, key)]
        if missing:
            raise ConfigError(
                f"{self._file}: sites.{slug} is not a site that Lưu Tin knows{_meant(slug, known)}; "
                f"a new site also needs {', '.join(missing)}."
            )
        family = families.get(entry.cms or "")
        if family is None:
            raise ConfigError(
                f"{self._file}: sites.{slug}.cms is {entry.cms!r}, but the known systems are {', '.join(families)}."
            )
        return Site(
            slug=slug,
            name=entry.name or "",
            committee=entry.committee or "",
            province=entry.province or "",
            home_url=entry.home_url or "",
            family=family,
            sections=(),
            declared_in=self._file,
        )

    def skipped(self, site: Site) -> str:
        """Why ``--all`` and the nightly run leave this site alone, as a sentence; empty where they crawl it."""
        entry = self.sites.get(site.slug)
        if entry is not None and not entry.enabled:
            return f"{site.slug} is switched off in {self._file}."
        if entry is not None and entry.closed:
            return f"{site.slug} is closed, says {self._file}; backfills and imports still take it in."
        if site.status == "verified" or (entry is not None and entry.home_url):
            return ""
        state = "its address could not be verified" if site.status == "unverified" else "it is closed"
        return f"{site.slug} is skipped because {state}; give sites.{site.slug}.home_url in {self._file} to crawl it."

    def every_nights(self, site: Site) -> int:
        """Every how many nights the nightly run crawls this site."""
        entry = self.sites.get(site.slug)
        return entry.every_nights if entry else 1

    def crawlable(self, site: Site) -> bool:
        """Whether ``--all`` and the nightly run crawl this site."""
        return not self.skipped(site)


def _is_on_its_host(section: Section, site: Site) -> bool:
    """Whether a crawl may fetch a section's listing: a host without a port is meant with its scheme's own."""
    try:
        parts = urlsplit(site.listing_url(section))
        standard = {"http": 80, "https": 443}.get(parts.scheme)
        port = parts.port or standard
    except ValueError:
        return False
    hosts = {(host.hostname, host.port) for host in (urlsplit(f"//{host}") for host in site.hosts)}
    at = parts.hostname
    return standard is not None and ((at, port) in hosts or (port == standard and (at, None) in hosts))


def load(path: str | os.PathLike[str] | None = None) -> Config:
    """Reads ``path``, or what LUUTIN_CONFIG names, or luutin.toml in the project root if it exists.

    Raises ConfigError: one sentence per wrong key, with its dotted name and the file.
    """
    chosen = os.fspath(path) if path else os.environ.get(VARIABLE, "")
    file = Path(chosen) if chosen else DEFAULT
    if not chosen and not file.exists():
        return Config()
    try:
        text = file.read_text(encoding="utf-8-sig")  # editors of Windows begin a file with a mark
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be read ({error.strerror}); name another file with --config or {VARIABLE}."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not UTF-8 text; save it as UTF-8.") from None
    try:
        config = Config.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not valid TOML: {error}.") from None
    except ValidationError as error:
        raise ConfigError("\n".join(f"{file}: {_sentence(problem)}" for problem in error.errors())) from None
    config._file = str(file)
    return config


def _sentence(problem: Mapping[str, Any]) -> str:
    """One problem that pydantic found, said with the key's dotted name."""
    location = [part for part in problem["loc"] if part != "[key]"]
    key = ".".join(str(part) for part in location)
    if problem["type"] == "extra_forbidden":
        return f"{key} is not a setting of Lưu Tin{_meant(str(location[-1]), _keys(location[:-1]))}."
    if problem["type"] == "missing":
        return f"{key} is missing."
    if problem["type"] == "string_pattern_mismatch":
        return f"{key} is not a slug; use lower-case letters, digits and underscores, a letter first."
    said = problem.get("ctx", {}).get("error") or problem["msg"].replace("Input should be", "should be")
    if problem["type"] in ("model_type", "model_attributes_type", "dict_type"):
        said = "should be a table"
    if problem["type"] == "tuple_type":
        said = "should be a list" if key != "notify" else "should be a list; write [[notify]], with two brackets"
    # they may hold a password
    if location[-1] in ("password", "curators") or (
        location[0] == "notify" and (len(location) < 3 or location[2] == "url")
    ):
        return f"{key} {said}."
    value = repr(problem["input"])
    return f"{key} = {value if len(value) <= 60 else value[:57] + '…'} {said}."


def _keys(location: Iterable[object]) -> list[str]:
    """The keys that may stand in the table at ``location``."""
    table: Any = Config
    for part in location:
        if table in (Channel, Curator):
            pass  # the part is its place in the list
        elif isinstance(part, int) or table is SiteEntry:
            table = SectionEntry
        elif part == "sites":
            table = dict
        elif table is dict:
            table = SiteEntry
        else:
            annotation = table.model_fields[str(part)].annotation
            table = next((a for a in (annotation, *get_args(annotation)) if isinstance(a, type)), Table)
    return list(table.model_fields) if table is not dict else []


def _meant(word: str, candidates: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else ""
