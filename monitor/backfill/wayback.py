"""Wayback machines: the CDX API of the Internet Archive, pywb and others, and captures as they were (``id_``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from crawler.content_coding import TooLargeError, decode
from crawler.errors import InputError
from crawler.warc import Capture, Exchange, compress
from monitor import cdx
from monitor.backfill.service import Answer, Service
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
        key, seen = "", 0
        while True:
            more = {"resumeKey": key} if key else {}
            found = self._ask(service, {**asked, "limit": str(ROWS), **more})
            yield from found.rows
            seen += len(found.rows)
            if found.resume_key and found.resume_key != key and found.rows:
                key = found.resume_key
            elif not key and len(found.rows) >= ROWS:  # a service without such keys: pywb
                yield from self._ask(service, asked).rows[seen:]
                return
            else:
                return

    def _ask(self, service: Service, asked: dict[str, str]) -> cdx.Answer:
        url = _with(self.index, asked)
        answer = service.get(url, most=MOST_INDEX)
        try:
            if answer.status != HTTPStatus.OK:
                raise cdx.NoIndexError
            return cdx.read(decoded(answer))
        except cdx.NoIndexError:
            raise InputError(
                f"{url} answered {answer.status} and no list of captures: give the address of a CDX API with --from."
            ) from None

    def capture(self, service: Service, row: cdx.Row) -> Capture | str:
        """The capture of a row as a record of its own time; or why there is none."""
        url = f"{self.captures}{row.timestamp}id_/{row.url}"
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
        exchange = Exchange(
            url=row.url,
            fetched=row.moment,
            status=answer.status,
            reason=HTTPStatus(answer.status).phrase if answer.status in list(HTTPStatus) else "",
            headers=_original(answer, self.captures),
            body=answer.body,
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
                cdx.read(decoded(answer))
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


def decoded(answer: Answer) -> bytes:
    """The body of an answer without its content coding. Raises InputError where it is too large."""
    coding = answer.headers.get("Content-Encoding") or ""
    try:
        return decode(answer.body, coding)[0] if coding else answer.body
    except TooLargeError:
        raise InputError(f"{answer.url} unpacks to too much: ask for less with --since and --until.") from None


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
    path = urlsplit(captures).path
    for prefix in (captures, path):
        rest = location.removeprefix(prefix)
        if rest != location and rest[:14].isdecimal() and "/" in rest:
            return rest.partition("/")[2]
    return location
