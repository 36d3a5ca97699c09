"""Wayback machines: the CDX API of the Internet Archive, pywb and others, and captures as they were (``id_``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote, urlencode, urlsplit

from crawler.content_coding import TooLargeError, decode
from crawler.errors import InputError
from crawler.warc import Capture, Exchange, compress, payload_digest
from monitor import cdx
from monitor.backfill.service import Answer, NoAnswerError, Service
from monitor.period import Period

#: Rows asked for at a time, where the service can go on behind them: some seconds of its work.
ROWS = 5000

#: Bytes of one answer of an index; a service that cannot be asked in portions gives all rows of a host at once.
MOST_INDEX = 256 * 1024 * 1024

#: What an archive says of its own answer, in lower case: no part of what the site had said.
_ARCHIVES_OWN = frozenset(
    {
        *("connection", "content-location", "date", "keep-alive", "link", "memento-datetime", "preference-applied"),
        *("server-timing", "transfer-encoding", "vary-by", "x-synthesised-headers", "x-archive-src"),
    }
)
_ORIGINAL = "x-archive-orig-"

#: What of an address in an index is asked for as it stands there; the rest is what no request may hold.
_SAFE = bytes(range(0x21, 0x7F)).decode()

#: Characters of a SHA-1 in Base32; some indexes have other digests, or none.
_DIGEST = 32

#: What each content coding begins with: some archives give bodies out decoded and leave the header as it was.
_BEGINS = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b"}


@dataclass(frozen=True, slots=True)
class Wayback:
    """Where a Wayback machine is asked: its index, and the captures themselves."""

    index: str  # the CDX API, with a query where one was given
    captures: str  # a capture is at {captures}{timestamp}id_/{url}

    def rows(self, service: Service, host: str, period: Period) -> Iterator[cdx.Row]:
        """What the index lists of a host, by address and time."""
        asked = {"url": f"{host}/", "matchType": "prefix", "showResumeKey": "true"}
        if period.since:
            asked["from"] = period.since.strftime("%Y%m%d%H%M%S")
        if period.until:
            asked["to"] = period.until.strftime("%Y%m%d%H%M%S")
        keys = [""]
        while True:
            found = self._portion(service, asked, keys[-1])
            yield from found.rows
            if not found.resume_key:
                break
            if found.resume_key in keys:
                raise InputError(f"{self.index} lists the same rows over and over: what else it has cannot be had.")
            keys.append(found.resume_key)
        if len(keys) == 1 and found.lines >= ROWS:  # a service without such keys: pywb
            whole = self._ask(service, asked)
            if whole.lines < found.lines:
                raise InputError(f"{self.index} lists less when it is asked for all of {host} than for a part.")
            yield from whole.rows[len(found.rows) :]
        elif len(keys) > 1 and not found.lines:
            # The Internet Archive's server gives a key behind each full portion, the last one too.
            more = self._portion(service, asked, keys[-2], ROWS + 1)
            if more.resume_key or more.lines > ROWS:
                raise InputError(f"{self.index} has more to list of {host} and does not: try again later.")

    def _portion(self, service: Service, asked: dict[str, str], key: str, rows: int | None = None) -> cdx.Answer:
        return self._ask(service, {**asked, "limit": str(rows or ROWS)} | ({"resumeKey": key} if key else {}))

    def _ask(self, service: Service, asked: dict[str, str]) -> cdx.Answer:
        url = _with(self.index, asked)
        answer = service.get(url, most=MOST_INDEX)
        try:
            if answer.status != HTTPStatus.OK:
                raise cdx.NoIndexError
            return listed(answer)
        except cdx.NoIndexError:
            raise InputError(
                f"{url} answered {answer.status} and no list of captures: give the address of a CDX API with --from."
            ) from None

    def capture(self, service: Service, row: cdx.Row) -> Capture | str:
        """The capture of a row as a record of its own time; or why there is none."""
        address = quote(row.url, safe=_SAFE)
        url = f"{self.captures}{row.timestamp}id_/{address}"
        answer = service.get(url, headers={"Accept-Encoding": "identity"})
        said = answer.headers.get("Memento-Datetime")
        if said is None:
            return f"the archive answered {answer.status}"
        try:
            moment = parsedate_to_datetime(said)
        except ValueError:
            return "the archive gave no readable time"
        if moment.tzinfo is None or abs((moment - row.moment).total_seconds()) > 1:
            return "the archive gave another capture"
        if not _has_come_whole(answer, row):
            return "broke off before its end"
        exchange = Exchange(
            url=address,
            fetched=row.moment,
            status=answer.status,
            reason=HTTPStatus(answer.status).phrase if answer.status in list(HTTPStatus) else "",
            headers=_original(answer, self.captures),
            body=answer.body,
            truncated=_is_cut(answer),
        )
        record = compress(exchange, source=url)
        return replace(record.capture, raw=record.answer)


def find(service: Service, url: str, host: str) -> Wayback:
    """The Wayback machine at an address: of its index, of a collection of it, or of all of it.

    Raises InputError where nothing there answers as a CDX API does.
    """
    tried = []
    for candidate in _candidates(url):
        asked = {"url": f"{host}/", "matchType": "prefix", "limit": "1"}
        answer = service.get(_with(candidate.index, asked), most=MOST_INDEX)
        tried.append(f"{candidate.index} answers {answer.status}")
        if answer.status == HTTPStatus.OK:
            try:
                listed(answer)
            except cdx.NoIndexError:
                tried[-1] += " and no list of captures"
                continue
            return candidate
    raise InputError(f"No CDX API was found at {url} ({'; '.join(tried)}): give its own address with --from.")


def _candidates(url: str) -> list[Wayback]:
    split = urlsplit(url)
    origin, path = f"{split.scheme}://{split.netloc}", split.path.rstrip("/")
    if path.endswith("/cdx/search/cdx"):
        return [Wayback(url, f"{origin}{path.removesuffix('/cdx/search/cdx')}/web/")]
    if path.endswith("/cdx"):
        return [Wayback(url, f"{origin}{path.removesuffix('cdx')}")]
    collection = Wayback(f"{origin}{path}/cdx", f"{origin}{path}/")
    whole = Wayback(f"{origin}/cdx/search/cdx", f"{origin}{path or '/web'}/")
    return [whole, collection] if path in ("", "/web") else [collection, whole]


def _with(url: str, asked: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}"


def listed(answer: Answer) -> cdx.Answer:
    """What an answer lists. Raises NoIndexError where it is no index, NoAnswerError where it ends within a line."""
    body = decoded(answer)
    found = cdx.read(body)
    if not answer.is_bounded and found.lines and not body.endswith((b"\n", b"]", b"}")):
        raise NoAnswerError(f"{answer.url} broke off before its end.")
    return found


def decoded(answer: Answer) -> bytes:
    """The body of an answer without its content coding.

    Raises InputError where it is too large, NoAnswerError where the coding breaks off.
    """
    coding = answer.headers.get("Content-Encoding") or ""
    try:
        body, whole = decode(answer.body, coding)
    except TooLargeError:
        raise InputError(f"{answer.url} unpacks to too much: ask for less with --since and --until.") from None
    if not whole:
        raise NoAnswerError(f"{answer.url} broke off before its end.")
    return body


def _has_come_whole(answer: Answer, row: cdx.Row) -> bool:
    """Whether the archive has given out all that it has: as HTTP says, or else as its index does."""
    if answer.is_bounded or payload_digest(answer.body) == f"sha1:{row.digest}":
        return True
    return len(row.digest) != _DIGEST and not _is_cut(answer)


def _is_cut(answer: Answer) -> bool:
    """Whether the site had announced a longer body than there is (one without a coding, which may be undone)."""
    said = {name.lower(): value.strip() for name, value in _kept(answer.headers)}
    length = said.get("content-length", "")
    coded = said.get("content-encoding") or answer.headers.get("Content-Encoding")
    if coded or answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        return False
    return length.isdecimal() and length.isascii() and int(length[:15]) > len(answer.body)


def _original(answer: Answer, captures: str) -> tuple[tuple[str, str], ...]:
    """The site's headers, out of those of the archive's answer."""
    kept = _kept(answer.headers)
    coding = next((value.strip().lower() for name, value in kept if name.lower() == "content-encoding"), "")
    if not answer.body.startswith(_BEGINS.get(coding, b"")):
        kept = [(name, value) for name, value in kept if name.lower() != "content-encoding"]
    return tuple((name, _unwrapped(value, captures) if name.lower() == "location" else value) for name, value in kept)


def _kept(headers: Message) -> list[tuple[str, str]]:
    said = [(name, value.replace("\n", " ").replace("\r", " ")) for name, value in headers.items()]
    original = [(name[len(_ORIGINAL) :], value) for name, value in said if name.lower().startswith(_ORIGINAL)]
    if not original:
        return [(name, value) for name, value in said if name.lower() not in _ARCHIVES_OWN]
    names = {name.lower() for name, _ in original}
    own = [(name, value) for name, value in said if name.lower() in {"content-type", "location"} - names]
    return [(n, v) for n, v in original if n.lower() not in ("transfer-encoding", "connection")] + own


def _unwrapped(location: str, captures: str) -> str:
    """Where the site had redirected to, where the archive has made that an address of its own."""
    archive = urlsplit(captures)
    try:
        split = urlsplit(location)
    except ValueError:
        return location
    path = split._replace(scheme="", netloc="").geturl()
    rest = path.removeprefix(archive.path)
    if split.hostname not in (None, archive.hostname) or rest == path or not rest[:14].isdecimal() or "/" not in rest:
        return location
    return rest.partition("/")[2]
