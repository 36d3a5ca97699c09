"""Fetches one page for ``luutin extract``: once, bounded in size and time, and never from a private address."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urljoin, urlsplit

from crawler.config import Config
from crawler.content_coding import MAX_PAYLOAD, TooLargeError, decode
from crawler.errors import InputError
from crawler.urls import canonical_url

#: RFC 9110 leaves the number open; browsers take twenty, pages of this field need two.
MAX_REDIRECTS = 5

#: Bytes read at a time: between two reads the deadline is looked at.
_STEP = 1 << 16

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came, content-decoded; ``url`` is where the redirects ended."""

    url: str
    status: int
    charset: str | None
    payload: bytes


def fetch(url: str, config: Config) -> Fetched:
    """The page at ``url``, redirects followed. Raises InputError where there is none to be had."""
    deadline = time.monotonic() + config.politeness.timeout_seconds
    at = url
    for _ in range(MAX_REDIRECTS + 1):
        try:
            at = canonical_url(at)
        except ValueError as error:
            raise InputError(str(error)) from None
        status, headers, body = _get(at, config, deadline)
        target = headers.get("Location")
        if status in _REDIRECTS and target:
            at = urljoin(at, target)
            continue
        try:
            payload = decode(body, headers.get("Content-Encoding") or "")[0]
        except TooLargeError:
            raise InputError(f"{at} unpacks to more than {MAX_PAYLOAD} bytes: that is no article.") from None
        return Fetched(at, status, headers.get_content_charset(), payload)
    raise InputError(f"{url} redirects more than {MAX_REDIRECTS} times: give the address where it ends.")


def _get(url: str, config: Config, deadline: float) -> tuple[int, Message, bytes]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    asked = {"User-Agent": config.user_agent, "Accept-Encoding": "gzip", "Host": parts.netloc, "Connection": "close"}
    connection = http.client.HTTPConnection(host, port)
    try:
        # The address that was judged is the one that is connected to: a name cannot change it in between.
        connection.sock = _connect(host, port, config, deadline)
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
        connection.request("GET", path, headers=asked)
        response = connection.getresponse()
        return response.status, response.headers, _body(response, connection.sock, url, config, deadline)
    except ssl.SSLCertVerificationError as error:
        raise InputError(f"{url}: its certificate is not valid ({error.verify_message}).") from None
    except TimeoutError:
        raise InputError(f"{url} gave no answer within {config.politeness.timeout_seconds:.0f} seconds.") from None
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error or type(error).__name__
        raise InputError(f"{url} cannot be fetched ({reason}): check the address and your connection.") from None
    finally:
        connection.close()


def _connect(host: str, port: int, config: Config, deadline: float) -> socket.socket:
    # Imports Scrapy, which commands that fetch nothing need not wait for.
    from crawler.guard import is_public, private

    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [info for info in found if config.network.allow_private_addresses or is_public(str(info[4][0]))]
    if not allowed:
        raise InputError(f"{private(host, str(found[0][4][0]))}.")
    for last, info in enumerate(allowed, 1 - len(allowed)):
        try:
            return socket.create_connection((str(info[4][0]), port), max(0.01, deadline - time.monotonic()))
        except OSError:
            if last == 0:
                raise
    raise AssertionError("unreachable")


def _body(
    response: http.client.HTTPResponse, sock: socket.socket | None, url: str, config: Config, deadline: float
) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        if sock is not None:
            sock.settimeout(remaining)
        part = response.read1(_STEP)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
        if size > config.budget.page_bytes:
            raise InputError(f"{url} has more than {config.budget.page_bytes} bytes: that is no article.")
