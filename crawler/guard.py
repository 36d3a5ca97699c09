"""Which requests may leave this machine: declared hosts, public addresses, no traps."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import SplitResult, urlsplit

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from crawler.config import VARIABLE, Config, load
from crawler.site import Site
from crawler.urls import is_denied

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

#: Longer addresses are traps or mistakes: what servers and proxies of this field accept ends at 2,048 to 4,096.
MAX_URL = 2048

Refusal = Literal["malformed", "scheme", "too_long", "other_host", "private_address", "denied"]

_PORTS = {"http": 80, "https": 443}


class PrivateAddressError(DNSLookupError):
    """A host's name resolves to an address that is not public."""


def private(host: str, address: str = "") -> str:
    """Says that a host is at a private address, and which setting allows to ask it; a clause without its full stop."""
    where = f"at {address}, " if address and address != host else ""
    return f"{host} is {where}a private address: set network.allow_private_addresses in luutin.toml if that is meant"


def is_public(address: str) -> bool:
    """Whether an IP address (text) is one of the public internet; False for what is no IP address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        # an IPv4 address in other clothes goes where that address goes
        ip = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)
    return ip.is_global and not ip.is_multicast


class Guard:
    """Decides over the URLs of one site.

    Judges addresses that are written as numbers itself; what a name resolves to is for ``PublicResolver``, which
    stands where the connection is made, so that a name cannot change its address in between.
    """

    def __init__(self, site: Site, config: Config) -> None:
        self._addresses = site.urls
        self._private = config.network.allow_private_addresses
        self._hosts = frozenset(_origin(urlsplit(f"http://{host}"), default="") for host in site.hosts)

    def refusal(self, url: str) -> Refusal | None:
        """Why ``url`` may not be fetched; None where it may."""
        if len(url) > MAX_URL:
            return "too_long"
        try:
            parts = urlsplit(url)
            host, port = _origin(parts)
        except ValueError:
            return "malformed"
        if parts.scheme not in _PORTS:
            return "scheme"
        # a declared host without a port is meant with the default port of either scheme
        if (host, port) not in self._hosts and not (port == _PORTS[parts.scheme] and (host, None) in self._hosts):
            return "other_host"
        if not self._private and _is_number(host) and not is_public(host):
            return "private_address"
        if is_denied(url, self._addresses):
            return "denied"
        return None


def _origin(parts: SplitResult, *, default: str | None = None) -> tuple[str, int | None]:
    """Host and port; the scheme's own port where none is written (or None with ``default=""``)."""
    if parts.username is not None or not parts.hostname:
        raise ValueError("no host, or a user's name in it")
    implied = _PORTS.get(parts.scheme) if default is None else None
    port = parts.port if parts.port is not None else implied
    return parts.hostname.rstrip(".").lower(), port


def _is_number(host: str) -> bool:
    """Whether a host is an address and no name, in any of the spellings that resolvers take (0x7f.1, 2130706433)."""
    return ":" in host or host.rpartition(".")[2][:1].isdigit()


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver, which refuses names that lead to private addresses. IPv4 only, as that is.

    The address that was judged is the one that is connected to.
    """

    allow_private = False
    #: What was said of each name that was refused, for this process: Twisted tells only that there were no results.
    refused: ClassVar[dict[str, str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> PublicResolver:
        """What Scrapy calls, with the process's settings."""
        resolver: PublicResolver = super().from_crawler(crawler, reactor)
        resolver.allow_private = load(crawler.settings.get(VARIABLE)).network.allow_private_addresses
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """The IPv4 address of ``name``; fails with PrivateAddressError where that is not public."""
        found: Deferred[str] = super().getHostByName(name, timeout)
        return found if self.allow_private else found.addCallback(self._public, name)

    @staticmethod
    def _public(address: str, name: str) -> str:
        if not is_public(address):
            said = PublicResolver.refused[name] = private(name, address)
            raise PrivateAddressError(said)
        return address
