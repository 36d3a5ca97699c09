"""Serves one replica on loopback: HTTP/1.1 with keep-alive, read by hand: a tenth of http.server's cost."""

from __future__ import annotations

import socket
import threading
from http import HTTPStatus
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import cast

from monitor.demo.pages.page import Response
from monitor.demo.pages.replica import Replica

# Bounds for strangers, although none should come: the longest line, the most header lines, the largest form.
_LINE, _LINES, _FORM = 65_536, 100, 1 << 20


class _Handler(StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True
    timeout = 60  # seconds a connection may idle
    wbufsize = -1

    def handle(self) -> None:
        try:
            while self._exchange():
                pass
        except (TimeoutError, ConnectionError):
            return

    def _exchange(self) -> bool:
        """Answers one request, an unknown method like a GET; False when the connection is over."""
        start = self.rfile.readline(_LINE)
        words = start.decode("latin-1").split()
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return False
        method, target, version = words
        headers: dict[str, str] = {}
        for _ in range(_LINES):
            line = self.rfile.readline(_LINE).decode("latin-1").strip()
            if not line:
                break
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > _FORM or "transfer-encoding" in headers:
            return False
        body = self.rfile.read(int(length))
        replica = cast("_Server", self.server).replica
        response = replica.respond(method, target, headers, body)
        keep = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        self._send(
            replica, response, bare=method == "HEAD", chunked=replica.chunked and version == "HTTP/1.1", keep=keep
        )
        return keep

    def _send(self, replica: Replica, response: Response, *, bare: bool, chunked: bool, keep: bool) -> None:
        status, body = response.status, response.body
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            f"Server: {replica.server}",
            f"Date: {replica.http_date()}",
            *(f"{name}: {value}" for name, value in response.headers),
        ]
        if status != HTTPStatus.NOT_MODIFIED:
            lines.append(f"Content-Type: {response.content_type}")
            lines.append("Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}")
            if chunked:
                body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        if not keep:
            lines.append("Connection: close")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self.wfile.write(head if bare or status == HTTPStatus.NOT_MODIFIED else head + body)
        self.wfile.flush()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, replica: Replica, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.replica = replica


class Vacancy:
    """A port that refuses every connection, kept so that nobody else takes it meanwhile."""

    def __init__(self, port: int) -> None:
        self.port, self._socket = port, socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))  # and never listens

    def end(self) -> None:
        """Gives the port away."""
        self._socket.close()


class ReplicaServer:
    """A running server for ``replica``; ``port`` 0 takes a free one. Raises OSError where the port is taken."""

    def __init__(self, replica: Replica, port: int = 0) -> None:
        self._server = _Server(replica, port)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name=f"demo-{replica.slug}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
