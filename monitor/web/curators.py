"""Who may write notes: the curators of luutin.toml, their passwords, and the page where they sign in."""

from __future__ import annotations

import asyncio
import time
from base64 import b64decode, b64encode
from hashlib import scrypt
from hmac import compare_digest
from secrets import token_bytes
from typing import Any

from datasette.utils import baseconv
from datasette.utils.asgi import Request, Response

from monitor.web import labels, render

#: Cost of one guess: 64 MiB and about 0.2 s on one core (RFC 7914; OWASP's advice of 2023 for interactive sign-in).
_N, _R, _P = 2**16, 8, 1

#: What 128 * N * r needs, and some room.
_MEMORY = 128 * _N * _R + (1 << 20)

#: Seconds that a curator stays signed in: a month, as long as the server is not started anew without a fixed secret.
_STAYS = 30 * 24 * 3600

#: Longest password that is looked at, in characters: scrypt would take megabytes, too.
_LONGEST = 200

#: Longest form that is read, in bytes: a note of ten thousand Vietnamese letters, percent-encoded, takes 90,000.
FORM_BYTES = 150_000

_COOKIE = "ds_actor"  # Datasette's own: it reads it, and its own pages show who is signed in

#: One guess at a time, whoever guesses: it bounds the memory, and the guesses to about five a second.
_guessing = asyncio.Semaphore(1)


def hashed(password: str) -> str:
    """What stands in luutin.toml instead of a password: ``scrypt:<salt>:<key>``, Base64."""
    salt = token_bytes(16)
    return f"scrypt:{b64encode(salt).decode()}:{b64encode(_key(password, salt)).decode()}"


def is_right(password: str, kept: str) -> bool:
    """Whether this password was hashed so."""
    try:
        _, salt, key = kept.split(":")
        return compare_digest(_key(password, b64decode(salt)), b64decode(key))
    except ValueError:
        return False


def _key(password: str, salt: bytes) -> bytes:
    secret = password[:_LONGEST].encode("utf-8", "surrogatepass")
    return scrypt(secret, salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32)


def known(datasette: Any) -> dict[str, str]:
    """The curators by name, each with the hash of a password; nobody where luutin.toml names nobody."""
    curators: dict[str, str] = getattr(datasette, "luutin_curators", {})
    return curators


def curator(datasette: Any, request: Request) -> str | None:
    """The name of the curator who asks; None for everybody else."""
    actor = request.actor
    name = actor.get("id") if isinstance(actor, dict) else None
    return name if isinstance(name, str) and name in known(datasette) else None


async def form(request: Request) -> dict[str, str] | None:
    """The fields of a form that was sent; None where it is larger than any of ours. Of a field sent twice, the last."""
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit() or int(length[:9]) > FORM_BYTES:
        return None
    try:
        fields: dict[str, str] = await request.post_vars()
    except UnicodeDecodeError:
        return None
    return fields


async def sign_in(datasette: Any, request: Request) -> Response:
    """``/dang-nhap``: name and password; ``?to=`` is where to go afterwards, on this host only. Or signs out."""
    if not known(datasette):
        return await _page(datasette, request, "no_curators", status=404)
    if request.method != "POST":
        return await _page(datasette, request, "")
    fields = await form(request)
    if fields is None:
        return await _page(datasette, request, "wrong_password", status=400)
    back = Response.redirect(_within(datasette, request.args.get("to")), status=303, headers=dict(render.HEADERS))
    if "out" in fields:
        back.set_cookie(_COOKIE, "", max_age=0, httponly=True, samesite="strict", path="/")
        return back
    name, password = fields.get("name", "").strip(), fields.get("password", "")
    async with _guessing:
        # Somebody unknown costs as much time as somebody known.
        kept = known(datasette).get(name) or next(iter(known(datasette).values()))
        right = await asyncio.to_thread(is_right, password, kept) and name in known(datasette)
    if not right:
        return await _page(datasette, request, "wrong_password", status=403)
    ends = baseconv.base62.encode(int(time.time()) + _STAYS)
    signed = datasette.sign({"a": {"id": name}, "e": ends}, "actor")
    is_secure = render.absolute(datasette, request, "").startswith("https:")
    back.set_cookie(_COOKIE, signed, max_age=_STAYS, httponly=True, samesite="lax", secure=is_secure, path="/")
    return back


def _within(datasette: Any, to: str | None) -> str:
    """``to`` if it is an address of ours: a path, and no other host by two slashes or a backslash."""
    is_ours = to and to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if to and is_ours else str(datasette.urls.path("ghi-chu"))


async def _page(datasette: Any, request: Request, said: str, *, status: int = 200) -> Response:
    t = labels.TEXTS[labels.language_of(request.args.get("lang"))]
    content = {"said": t[said] if said else "", "who": curator(datasette, request), "open": bool(known(datasette))}
    return await render.page(datasette, request, "luutin_sign_in.html", content, status=status)
