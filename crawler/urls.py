"""URLs: the one form in which a URL is fetched and compared, its key in the archive, and what a site says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Final, Protocol
from unicodedata import normalize
from urllib.parse import quote, urljoin, urlsplit


class Addresses(Protocol):
    """What this module needs of a site's declaration (`crawler.site.Addresses`, which lives a floor above)."""

    @property
    def article(self) -> str: ...
    @property
    def rewrite(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def drop_params(self) -> tuple[str, ...]: ...
    @property
    def deny(self) -> tuple[str, ...]: ...


# Apache and nginx refuse longer request lines by default; what is longer in a page is data, not an address.
MAX_URL: Final = 8192

# Parameters that say who asks or how to show it, never what is asked for: sessions, trackers, print views, and the
# cache-buster `t`; `_` and `ts` where they are Unix times; `sid` where it can be nothing but a session, for in PHP-Nuke
# and its children it is the article. Not `token`, `ticket` or `auth`: they may name a file, or be what opens it, so
# that a person decides (`luutin check-site` proposes them).
_MEANINGLESS_PARAM: Final = re.compile(
    r"(?:jsessionid|phpsessid|aspsessionid\w*|session_?id|cfid|cftoken|p_p_auth|p_auth|"
    r"utm_\w+|_ga|_gl|fbclid|gclid|gclsrc|dclid|msclkid|yclid|igshid|mc_cid|mc_eid|zarsrc|zalo_?id|"
    r"print|t)(?:=|$)|\w*viewmode=print$|sid=[0-9a-f]{32,}$|(?:_|ts)=[12]\d{9}(?:\d{3})?$",
    re.IGNORECASE,
)
#: What lets a reader at a file whose name the path has: another one at each look.
_OPENS: Final = re.compile(r"(?:(?:access_?)?token|ticket|auth|sid|ts|_|nonce|expires|sig(?:nature)?)=", re.IGNORECASE)
_NAMES_A_FILE: Final = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|od[ts]|rtf|zip|rar|7z)(?:/|\Z)", re.IGNORECASE)
_SESSION_IN_PATH: Final = re.compile(r";jsessionid=[^/;]*|/\((?:[A-Z]\([^()/]*\))+\)(?=/)", re.IGNORECASE)

# Paths and queries of these characters are in their normal form already (percent signs and all else need a look).
_NORMAL: Final = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*")
_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_KEPT_ESCAPE: Final = re.compile(r"(%[0-9A-F]{2})")
_SAFE: Final = "%!$&'()*+,;=:@/?"
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def _unescaped(escapes: re.Match[str]) -> str:
    """Percent-escapes as characters where those are unreserved or valid UTF-8; the rest in upper case."""
    chars = bytes.fromhex(escapes[0].replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join(
        c
        if ord(c) in _UNRESERVED or (ord(c) > 0x7F and not "\udc80" <= c <= "\udcff")
        else f"%{ord(c) & 0xFF:02X}"  # an ASCII character that means something, or (U+DC80 to U+DCFF) a stray byte
        for c in chars
    )


def _escaped(part: str) -> str:
    """A path or a query with percent-encoding and NFC normalised (RFC 3986, section 6.2.2)."""
    if _NORMAL.fullmatch(part):
        return part
    plain = _ESCAPES.sub(_unescaped, _LONE_PERCENT.sub("%25", part))
    # Piece by piece, or the last digit of an escape would compose with a combining mark that follows it.
    composed = "".join(normalize("NFC", piece) for piece in _KEPT_ESCAPE.split(plain))
    return quote(composed, safe=_SAFE, errors="surrogatepass")


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4."""
    if "/." not in path:
        return path
    out: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            del out[-1:]
        elif segment != ".":
            out.append(segment)
    if segments[-1] in (".", ".."):
        out.append("")
    return "/" + "/".join(out)


def _kept(query: str, drop: Iterable[str] = ()) -> str:
    """``query`` without the parameters that mean nothing anywhere and those named in ``drop``."""
    names = {name.lower() for name in drop}
    return "&".join(
        param
        for param in query.split("&")
        if param and not _MEANINGLESS_PARAM.match(param) and param.partition("=")[0].lower() not in names
    )


def _authority(scheme: str, host: str | None, port: int | None, url: str) -> str:
    host = (host or "").rstrip(".")
    if not host.isascii():
        try:
            host = normalize("NFC", host).encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
    if ":" in host:
        host = f"[{host}]"
    if not _HOST.fullmatch(host):
        raise ValueError(f"{url[:200]!r} names no host: write it like https://example.gov.vn/tin-tuc.")
    return host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"


@lru_cache(maxsize=2048)
def _parts(url: str) -> tuple[str, str, str, str]:
    """Scheme, authority, path and query of an absolute URL, normalised. Raises ValueError."""
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError as e:
        raise ValueError(f"{url[:200]!r} is not a URL: {str(e)[:200]}.") from None
    scheme = split.scheme
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(f"{url[:200]!r} is not an http or https URL.")
    authority = _authority(scheme, split.hostname, port, url)
    path = split.path.replace("\\", "/") if "\\" in split.path else split.path
    path = _without_dots(_escaped(path)) or "/"
    if ";" in path or "(" in path:
        path = _SESSION_IN_PATH.sub("", path)
    return scheme, authority, path, _kept(_escaped(split.query)) if split.query else ""


def _joined(base: str, url: str) -> str:
    """``url`` as seen from ``base``. The two commonest kinds of link go past `urljoin`, which takes 5 µs for each."""
    if url.startswith(("http://", "https://")):
        return url
    try:
        if url.startswith("/") and not url.startswith("//"):
            return _origin(base) + url
        return urljoin(base, url)
    except ValueError as e:
        raise ValueError(f"{url[:200]!r} is not a URL: {str(e)[:200]}.") from None


@lru_cache(maxsize=64)
def _origin(base: str) -> str:
    split = urlsplit(base)
    return f"{split.scheme}://{split.netloc}"


def canonical_url(url: str, *, base: str | None = None, addresses: Addresses | None = None) -> str:
    """The one absolute form of ``url`` (relative to ``base``), as it is fetched and compared.

    Host in lower case and IDNA, no default port, fragment or user name; percent-encoding and NFC normalised
    (RFC 3986, section 6.2.2), dot segments resolved; session, tracking, print and ``t`` parameters dropped, the others
    kept in order; then what the site's ``addresses`` rewrite and drop. Idempotent but for a site's own rewriting.
    Raises ValueError, with a sentence, for what is no http(s) URL.
    """
    url = url.strip()
    if len(url) > MAX_URL:
        raise ValueError(f"{url[:60]!r}… is longer than {MAX_URL} characters: that is no address.")
    scheme, authority, path, query = _parts(url if base is None else _joined(base, url))
    target = f"{path}?{query}" if query else path
    if addresses is not None:
        target = _of_the_site(target, addresses)
    return f"{scheme}://{authority}{target}"


@lru_cache(maxsize=1024)
def _pattern(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


def _of_the_site(target: str, addresses: Addresses) -> str:
    for regex, replacement in addresses.rewrite:
        target = _pattern(regex).sub(replacement, target)
    path, _, query = target.partition("?")
    query = _kept(query, addresses.drop_params) if query else ""
    path = path if path.startswith("/") else f"/{path}"
    return f"{path}?{query}" if query else path


def of_file(url: str) -> str:
    """A canonical URL without what only lets a reader at the file that its path names ("x.pdf?ticket=7a91")."""
    path, _, query = url.partition("?")
    if not query or not _NAMES_A_FILE.search(path):
        return url
    kept = "&".join(part for part in query.split("&") if not _OPENS.match(part))
    return f"{path}?{kept}" if kept else path


_WWW: Final = re.compile(r"www\d*\.(?=[^.]+\.)")


@lru_cache(maxsize=2048)
def _surt(url: str) -> str:
    _, authority, path, query = _parts(of_file(url))
    host, _, port = authority.partition(":") if not authority.startswith("[") else (authority, "", "")
    reversed_host = ",".join(reversed(_WWW.sub("", host, count=1).split(".")))
    key = f"{reversed_host}{':' + port if port else ''}){path.rstrip('/') or '/'}"
    return f"{key}?{'&'.join(sorted(query.split('&')))}" if query else key


def url_key(url: str, *, method: str = "GET", body: bytes = b"") -> str:
    """The key of a URL in the archive: a SURT, as CDX files have it, but with the case of the path kept.

    ``https://www.hanoi.gov.vn/Tin/?b=1&a=2`` -> ``vn,gov,hanoi)/Tin?a=2&b=1``. A request other than GET carries its
    method and the first 16 hex digits of its body's SHA-256, because postbacks answer many pages at one URL.
    Raises ValueError for what is no http(s) URL.
    """
    key = _surt(canonical_url(url))
    method = method.upper()
    if method in ("GET", "HEAD"):
        return key
    return f"{key}{'&' if '?' in key else '?'}__wb_method={method}&__wb_body={sha256(body).hexdigest()[:16]}"


def host_key(url: str) -> str:
    """The host of a URL as it is compared: without ``www.``, scheme and default port. Raises ValueError for no URL."""
    return url_key(url).partition(")")[0]


def host_free_key(url_key: str) -> str:
    """The part of a URL key behind its host: what stays when a site moves."""
    return url_key.partition(")")[2]


_BEFORE_PATH: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*", re.IGNORECASE)


def _target(url: str) -> str:
    match = _BEFORE_PATH.match(url)
    return url[match.end() :] if match else url


def _article(url: str, addresses: Addresses) -> re.Match[str] | None:
    return _pattern(addresses.article).search(_target(url)) if addresses.article else None


def cms_id(url: str, addresses: Addresses) -> str | None:
    """The CMS's own identifier of the article at a canonical URL; None where the site's pattern names none."""
    match = _article(url, addresses)
    return match.groupdict().get("id") if match else None


def is_article(url: str, addresses: Addresses) -> bool:
    """Whether a canonical URL has the shape of one of the site's articles."""
    return _article(url, addresses) is not None


def is_denied(url: str, addresses: Addresses) -> bool:
    """Whether the site's declaration says that a canonical URL is never fetched."""
    target = _target(url)
    return any(_pattern(regex).search(target) for regex in addresses.deny)
