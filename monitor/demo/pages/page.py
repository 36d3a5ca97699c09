"""A page as constant bytes and moving slots, so that serving it costs a join."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Slot = Callable[[int], bytes]  # request counter -> what stands there this time
Parts = tuple[bytes | Slot, ...]

_MARK = re.compile(r"\{\{(\w+)\}\}")


def compiled(html: str, slots: Mapping[str, Slot]) -> Parts:
    """``html`` with its ``{{name}}`` marks replaced by slots."""
    pieces = _MARK.split(html)
    return tuple(slots[p] if odd % 2 else p.encode() for odd, p in enumerate(pieces) if odd % 2 or p)


def rendered(parts: Parts, n: int) -> bytes:
    """The bytes of a page at the site's ``n``-th request."""
    return b"".join([part if isinstance(part, bytes) else part(n) for part in parts])


def rotating(items: list[bytes], count: int, step: int = 7) -> Slot:
    """``count`` of ``items``, other ones at each request; fewer where there are not as many."""
    size = len(items)
    if not size:
        return lambda _: b""
    twice = items + items
    count = min(count, size)

    def pick(n: int) -> bytes:
        start = n * step % size
        return b"".join(twice[start : start + count])

    return pick


class Request(NamedTuple):
    method: str
    target: str  # path and query as received
    path: str  # percent-decoded
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    n: int  # how many requests its site has had, this one included
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = field(default=())
