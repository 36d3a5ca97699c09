"""The tables and keys that luutin.toml may hold, each with what it may be."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

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


def _listening(value: str) -> str:
    if not re.fullmatch(r"[^\s/@?#]+", value):  # an empty one would let everybody in
        raise ValueError("is not an address to listen on; write it like '127.0.0.1', or '0.0.0.0' to let others in")
    return value


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


def _hash(value: str) -> str:
    if not re.fullmatch(r"scrypt:[A-Za-z0-9+/]{22}==:[A-Za-z0-9+/]{43}=", value):
        raise ValueError('is not the hash of a password; "luutin curator" makes one')
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


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Contact(Table):
    """Who runs this archive; sent to every site that is crawled."""

    email: Annotated[str, AfterValidator(_email)] = ""
    url: WebAddress | None = None
    name: str = ""


class Archive(Table):
    """The archive as its readers see it."""

    public_base_url: WebAddress | None = None


class Network(Table):
    """What may be reached."""

    allow_private_addresses: bool = False


class Politeness(Table):
    """How one host is asked. Times in seconds."""

    delay_seconds: float = Field(default=1.0, ge=0, le=300)
    concurrent_requests_per_host: int = Field(default=2, ge=1, le=8)
    timeout_seconds: float = Field(default=60.0, gt=0, le=600)
    max_retries: int = Field(default=2, ge=0, le=10)


class Budget(Table):
    """The most that one night may take of one site."""

    requests_per_site: int = Field(default=5000, ge=1)
    listing_pages_per_section: int = Field(default=1000, ge=1)
    page_bytes: Bytes = MAX_BYTES
    attachment_bytes: Bytes = MAX_BYTES
    image_bytes: Bytes = 4 * 1024 * 1024
    requisite_requests: int = Field(default=300, ge=0)
    requisite_bytes: int = Field(default=50 * 1024 * 1024, ge=0)


class Night(Table):
    """When ``luutin run`` crawls, in Asia/Ho_Chi_Minh."""

    at: Annotated[str, AfterValidator(_time_of_day)] = "02:00"
    cron: Annotated[str, AfterValidator(_cron)] | None = None
    jitter_minutes: int = Field(default=10, ge=0, le=360)
    longest_hours: float = Field(default=20.0, gt=0, le=168)
    sites_side_by_side: int = Field(default=4, ge=1, le=64)
    verify_megabytes: int = Field(default=2000, ge=0)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.cron is not None and "at" in self.model_fields_set:
            raise ValueError("has both at and cron; keep one of the two")
        return self


class Curator(Table):
    """Who may write notes on the pages: a name, and what ``luutin curator`` made of a password."""

    name: str = Field(min_length=1, max_length=100)
    password: Annotated[str, AfterValidator(_hash)]


class Serve(Table):
    """Where the archive is served, and who may write notes there."""

    host: Annotated[str, AfterValidator(_listening)] = "127.0.0.1"
    port: int = Field(default=8001, ge=0, le=65535)
    custom_sql: bool = True
    curators: Annotated[tuple[Curator, ...], Several] = ()

    @property
    def passwords(self) -> dict[str, str]:
        """The hash of each curator's password, by name."""
        return {curator.name: curator.password for curator in self.curators}


class SectionEntry(Table):
    """One listing of a site: its name, and its address against ``home_url``."""

    name: str = Field(min_length=1)
    path: str = Field(min_length=1)


class SiteEntry(Table):
    """What luutin.toml says of one site, declared in ``spiders/`` or only here."""

    enabled: bool = True
    closed: bool = False
    every_nights: Annotated[int, Field(ge=1, le=60)] = 1
    home_url: WebAddress | None = None
    sections: Annotated[tuple[SectionEntry, ...], Several] | None = None
    allowed_hosts: Annotated[tuple[Host, ...], Several] = ()
    keep_images: bool | None = None
    keep_attachments: bool | None = None
    keep_unchanged: bool | None = None
    keep_requisites: bool | None = None
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
