"""Other people's web archives on loopback: one like the Internet Archive's, one like Common Crawl's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.warc import Exchange, compress, payload_digest
from monitor import cdx

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Held:
    """A capture that a web archive has."""

    url: str
    timestamp: str
    body: bytes
    status: int = 200
    mime: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        return payload_digest(self.body).removeprefix("sha1:")

    @property
    def moment(self) -> datetime:
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    def fields(self) -> list[str]:
        key, status = cdx.url_key(self.url), str(self.status) if self.mime != "warc/revisit" else "-"
        return [key, self.timestamp, self.url, self.mime, status, self.digest, str(len(self.body))]


@dataclass
class WebArchive:
    """A server for captures; ``before`` may answer in its place, ``asked`` are the paths that were asked for.

    An answer with an empty Content-Length ends with the connection.
    """

    held: list[Held]
    before: Callable[[str], Answer | None] = lambda _path: None
    asked: list[str] = field(default_factory=list)
    as_json: bool = False

    def __enter__(self) -> Self:
        archive = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                archive.asked.append(self.path)
                span = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range") or "")
                answer = archive.before(self.path) or archive.answer(self.path, span)
                status, headers, body = answer
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    if value:
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def fetched(self) -> list[str]:
        """The captures that were given out, by timestamp and address."""
        return [path.partition("/web/")[2] for path in self.asked if path.startswith("/web/")]

    def chosen(self, query: str) -> list[Held]:
        """What a question to the index is about, in its order."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        prefix = cdx.url_key(asked["url"])
        low, high = asked.get("from", "0"), asked.get("to", "9").ljust(14, "9")
        rows = [h for h in self.held if h.fields()[0].startswith(prefix) and low <= h.timestamp <= high]
        return sorted(rows, key=lambda h: h.fields()[:2])

    def answer(self, path: str, span: re.Match[str] | None) -> Answer:
        """As the Internet Archive's servers answer."""
        split = urlsplit(path)
        if split.path == "/cdx/search/cdx":
            return self._index(split.query)
        if match := re.fullmatch(r"/web/(\d{14})id_/(.+)", path):
            for held in self.held:
                if (held.timestamp, held.url) == (match[1], unquote(match[2])):
                    own = {f"X-Archive-Orig-{name}": value for name, value in held.headers}
                    memento = {"Memento-Datetime": format_datetime(held.moment, usegmt=True), "Content-Type": held.mime}
                    return held.status, own | memento | {"Link": "<http://x/>", "X-Archive-Src": "a.warc.gz"}, held.body
        return 404, {"Content-Type": "text/html"}, b"<p>Not in the archive.</p>"

    def _index(self, query: str) -> Answer:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        rows = self.chosen(query)
        start, limit = int(asked.get("resumeKey", "0")), int(asked.get("limit", "100000"))
        portion = [held.fields() for held in rows[start : start + limit]]
        key = str(start + limit) if asked.get("showResumeKey") and start + limit < len(rows) else ""
        if self.as_json:
            names = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
            table = [names, *portion, *([[], [key]] if key else [])] if portion else []
            return 200, {"Content-Type": "application/json"}, json.dumps(table).encode()
        text = "".join(" ".join(fields) + "\n" for fields in portion) + (f"\n{key}\n" if key else "")
        return 200, {"Content-Type": "text/plain"}, text.encode()


@dataclass
class CommonCrawl(WebArchive):
    """The same captures as Common Crawl offers them: pages of an index, records in WARC files."""

    def __post_init__(self) -> None:
        self.file = b""
        self.places: dict[Held, tuple[int, int]] = {}
        for held in self.held:
            headers = (("Content-Type", held.mime), ("Content-Length", str(len(held.body))))
            record = compress(Exchange(held.url, held.moment, held.status, "OK", headers, held.body)).answer
            self.places[held] = (len(self.file), len(record))
            self.file += record

    def answer(self, path: str, span: re.Match[str] | None) -> Answer:
        split = urlsplit(path)
        if split.path == "/collinfo.json":
            indexes = [{"id": f"CC-{n}", "cdx-api": f"https://index.commoncrawl.org/CC-{n}-index"} for n in (2, 1)]
            return 200, {}, json.dumps(indexes).encode()
        if split.path == "/CC-1-index":
            return 404, {}, b'{"message": "No Captures found for: x"}'
        if split.path == "/CC-2-index":
            rows = self.chosen(split.query)
            asked = parse_qs(split.query)
            if "showNumPages" in asked:
                return 200, {}, json.dumps({"pages": len(rows), "pageSize": 1, "blocks": len(rows)}).encode()
            return 200, {}, self._line(rows[int(asked["page"][0])]).encode()
        if split.path == "/crawl-data/a.warc.gz" and span:
            first, last = map(int, span.groups())
            return 206, {}, self.file[first : last + 1]
        return 404, {}, b""

    def _line(self, held: Held) -> str:
        offset, length = self.places[held]
        names = ("urlkey", "timestamp", "url", "mime", "status", "digest")
        fields = dict(zip(names, held.fields(), strict=False))
        where = {"filename": "crawl-data/a.warc.gz", "offset": str(offset), "length": str(length)}
        return json.dumps(fields | where) + "\n"
