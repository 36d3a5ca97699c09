"""Fetches one page for a command that stores nothing: once, bounded in size and time, never from a private address."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit

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
    cookies: tuple[str, ...] = ()  # name=value, as set by the last answer


def fetch(
    url: str,
    config: Config,
    *,
    headers: Mapping[str, str] | None = None,
    form: bytes = b"",
    before: Callable[[str], None] = lambda _: None,
) -> Fetched:
    """The page at ``url``, redirects followed. Raises InputError where there is none to be had.

    ``form``, URL-encoded, is posted where it is not empty. ``before`` is called with each address that is about to be
    asked, those of redirects included, and may wait or raise; its time does not count.
    """
    deadline = time.monotonic() + config.politeness.timeout_seconds
    at, link = None, url
    for _ in range(MAX_REDIRECTS + 1):
        try:
            at = canonical_url(link, base=at)
        except ValueError as error:
            raise InputError(str(error)) from None
        began = time.monotonic()
        before(at)
        deadline += time.monotonic() - began
        status, received, body = ask(at, config, deadline=deadline, headers=headers or {}, form=form)
        target = received.get("Location")
        if status in _REDIRECTS and target:
            link, form = target, form if status in (307, 308) else b""
            continue
        try:
            payload = decode(body, received.get("Content-Encoding") or "")[0]
        except TooLargeError:
            raise InputError(f"{at} unpacks to more than {MAX_PAYLOAD} bytes: that is no article.") from None
        cookies = [set_.partition(";")[0].strip() for set_ in received.get_all("Set-Cookie", [])]
        kept = tuple(cookie for cookie in cookies if "=" in cookie and cookie.isascii() and cookie.isprintable())
        return Fetched(at, status, received.get_content_charset(), payload, kept)
    raise InputError(f"{url} redirects more than {MAX_REDIRECTS} times: give the address where it ends.")


def ask(
    url: str,
    config: Config,
    *,
    deadline: float,
    headers: Mapping[str, str],
    form: bytes = b"",
    most: int | None = None,
) -> tuple[int, Message, bytes]:
    """One request and its answer as it came: status, headers, body of no more than ``most`` bytes (else page_bytes).

    ``deadline`` is on the monotonic clock. Raises InputError, with a sentence, where there is no answer, too large a
    one, or none before the deadline.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    asked = {"User-Agent": config.user_agent, "Accept-Encoding": "gzip", "Host": parts.netloc, "Connection": "close"}
    asked |= {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    connection = http.client.HTTPConnection(host, port)
    try:
        # The address that was judged is the one that is connected to: a name cannot change it in between.
        connection.sock = _connect(host, port, config, deadline)
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
        connection.request("POST" if form else "GET", path, form or None, asked | dict(headers))
        response = connection.getresponse()
        most = most or config.budget.page_bytes
        return response.status, response.headers, _body(response, connection.sock, url, most, deadline)
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
    response: http.client.HTTPResponse, sock: socket.socket | None, url: str, most: int, deadline: float
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
            if response.length:  # http.client's read1 takes an early end for the end
                raise InputError(f"{url} broke off before its end: try again later.")
            return b"".join(parts)
        parts.append(part)
        size += len(part)
        if size > most:
            raise InputError(f"{url} has more than {most} bytes: that is more than is taken.")
