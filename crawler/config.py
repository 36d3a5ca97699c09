"""luutin.toml: what the operator of an archive decides, checked key by key."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from crawler import __version__
from crawler.channel import Channel, unique
from crawler.errors import ConfigError
from crawler.site import Addresses, Family, Section, Site
from crawler.urls import host_key

#: The environment variable that names the file; without it, luutin.toml beside scrapy.cfg, if there is one.
VARIABLE = "LUUTIN_CONFIG"
DEFAULT = Path(__file__).resolve().parent.parent / "luutin.toml"

#: No response larger than this is kept, whatever luutin.toml says: what a WARC record may hold for us.
MAX_BYTES = 16 * 1024 * 1024


def _port(address: str) -> None:
    try:
        _ = urlsplit(address).port
    except ValueError:
        raise ValueError("names a port that there is not; ports are numbers up to 65535") from None


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    _port(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or re.search(r"\s", value):
        raise ValueError("is not a web address; write it like https://example.org/")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[^\s/:@?#]+(:\d{1,5})?", value):
        raise ValueError("is not a host name; write it without https:// and without a path, like www.example.org")
    _port(f"//{value}")
    return value.lower()


def _email(value: str) -> str:
    if value and not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", value):
        raise ValueError("is not an e-mail address")
    return value


def _time_of_day(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("is not a time of day; write it like '02:00'")
    return value


def _cron(value: str) -> str:
    from crawler.cron import trigger  # with APScheduler, which nothing else here needs

    trigger(value)
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"is not a regular expression ({error})") from None
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
Host = Annotated[str, AfterValidator(_host)]
Bytes = Annotated[int, Field(ge=1, le=MAX_BYTES)]
Several = Field(strict=False)  # TOML has arrays, not tuples


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Contact(_Table):
    """Who runs this archive; sent to every site that is crawled."""

    email: Annotated[str, AfterValidator(_email)] = ""
    url: WebAddress | None = None
    name: str = ""


class Archive(_Table):
    """The archive as its readers see it."""

    public_base_url: WebAddress | None = None


class Network(_Table):
    """What may be reached."""

    allow_private_addresses: bool = False


class Politeness(_Table):
    """How one host is asked. Times in seconds."""

    delay_seconds: float = Field(default=1.0, ge=0, le=300)
    concurrent_requests_per_host: int = Field(default=2, ge=1, le=8)
    timeout_seconds: float = Field(default=60.0, gt=0, le=600)
    max_retries: int = Field(default=2, ge=0, le=10)


class Budget(_Table):
    """The most that one night may take of one site."""

    requests_per_site: int = Field(default=5000, ge=1)
    listing_pages_per_section: int = Field(default=1000, ge=1)
    page_bytes: Bytes = MAX_BYTES
    attachment_bytes: Bytes = MAX_BYTES
    image_bytes: Bytes = 4 * 1024 * 1024


class Night(_Table):
    """When ``luutin run`` crawls, in Asia/Ho_Chi_Minh."""

    at: Annotated[str, AfterValidator(_time_of_day)] = "02:00"
    cron: Annotated[str, AfterValidator(_cron)] | None = None
    jitter_minutes: int = Field(default=10, ge=0, le=360)
    longest_hours: float = Field(default=20.0, gt=0, le=168)
    sites_side_by_side: int = Field(default=4, ge=1, le=64)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.cron is not None and "at" in self.model_fields_set:
            raise ValueError("has both at and cron; keep one of the two")
        return self


class Serve(_Table):
    """Where the archive is served."""

    host: str = "127.0.0.1"
    port: int = Field(default=8001, ge=0, le=65535)


class SectionEntry(_Table):
    """One listing of a site: its name, and its address against ``home_url``."""

    name: str = Field(min_length=1)
    path: str = Field(min_length=1)


class SiteEntry(_Table):
    """What luutin.toml says of one site, declared in ``spiders/`` or only here."""

    enabled: bool = True
    every_nights: Annotated[int, Field(ge=1, le=60)] = 1
    home_url: WebAddress | None = None
    sections: Annotated[tuple[SectionEntry, ...], Several] | None = None
    allowed_hosts: Annotated[tuple[Host, ...], Several] = ()
    keep_images: bool | None = None
    keep_attachments: bool | None = None
    article: Annotated[str, AfterValidator(_pattern)] | None = None
    least_per_listing: Annotated[int, Field(ge=0)] | None = None
    expected_fields: Annotated[tuple[Literal["date_published", "author", "description"], ...], Several] | None = None
    name: str | None = None
    cms: str | None = None
    committee: str | None = None
    province: str | None = None


#: Keys that say who a site is: for sites that only luutin.toml declares.
IDENTITY = ("name", "cms", "committee", "province")
#: What a site that only luutin.toml declares cannot do without.
REQUIRED = ("name", "cms", "home_url", "sections")

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Config(_Table):
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
        if entry.home_url:
            changes["home_url"] = entry.home_url
        if entry.sections:
            changes["sections"] = tuple(Section(name=s.name, path=s.path) for s in entry.sections)
        if entry.article:
            changes["addresses"] = replace(site.addresses or Addresses(), article=entry.article)
        for key in ("keep_images", "keep_attachments"):
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
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{file} cannot be read ({error.strerror}); name another file by {VARIABLE}.") from None
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
    if location[0] == "notify" and (len(location) < 3 or location[2] == "url"):  # it may hold a password
        return f"{key} {said}."
    value = repr(problem["input"])
    return f"{key} = {value if len(value) <= 60 else value[:57] + '…'} {said}."


def _keys(location: Iterable[object]) -> list[str]:
    """The keys that may stand in the table at ``location``."""
    table: Any = Config
    for part in location:
        if table is Channel:
            pass  # the part is its place in the list
        elif isinstance(part, int) or table is SiteEntry:
            table = SectionEntry
        elif part == "sites":
            table = dict
        elif table is dict:
            table = SiteEntry
        else:
            annotation = table.model_fields[str(part)].annotation
            table = next((a for a in (annotation, *get_args(annotation)) if isinstance(a, type)), _Table)
    return list(table.model_fields) if table is not dict else []


def _meant(word: str, candidates: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else ""
