"""Who kills runs, crawls and those that send messages at random moments, and counts what arrives at a webhook."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from monitor import messages

#: What a message tells of: the word for its kind, and the article; "" for a site.
Told = tuple[str, str]

_LINE = re.compile(r"• ([^:\n]+): [^\n]*?(?:/bai-viet/(\w+)[^\n]*)?$", re.MULTILINE)
#: A message names the most important and counts the rest.
_REST = re.compile(r"^… và ([\d.]+) tin khác", re.MULTILINE)
_TOLD = "SELECT kind, coalesce(article_id, '') FROM events WHERE NOT baseline"
_OUTCOMES = (
    "SELECT channel, deliveries.outcome, kind, coalesce(article_id, '') FROM deliveries JOIN events ON id = event_id"
)


def children(run: int) -> dict[int, str]:
    """The processes that ``run`` has started, as what they are: a crawl, or a notifier."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            parent = stat.read_text().rpartition(")")[2].split()[1]
            if int(parent) == run:
                command = stat.with_name("cmdline").read_bytes()
                found[int(stat.parent.name)] = "notifier" if b"monitor.sending" in command else "crawl"
    return found


class Killer:
    """Kills the run that it watches, or what that has started, and counts whom."""

    def __init__(self, chance: random.Random, asked: Callable[[], int]) -> None:
        self.killed: Counter[str] = Counter()
        self._chance, self._asked, self._run, self._spares = chance, asked, 0, True

    @contextmanager
    def watching(self, run: subprocess.Popen[str], *, spares: bool) -> Iterator[None]:
        """While it lasts, a message that arrives may be the last one; ``spares``: of its sender, never of the run."""
        self._run, self._spares = run.pid, spares
        try:
            yield
        finally:
            self._run = 0

    def somebody(self, run: subprocess.Popen[str]) -> None:
        """Waits for some answers of sites and a little more, then kills the run or one of its processes.

        One time in five while the run is only beginning: how long that takes is for the machine to say.
        """
        begun = self._asked() + (self._chance.random() > 0.2)
        self._wait(run, 60, lambda: self._asked() >= begun)
        until = self._asked() + self._chance.randrange(60)
        self._wait(run, self._chance.uniform(0.5, 4), lambda: self._asked() >= until)
        time.sleep(self._chance.uniform(0, 0.3))
        if run.poll() is not None:
            return
        alive = children(run.pid) | {run.pid: "run"}
        least = min(self.killed[what] for what in alive.values())  # whoever was spared until now
        victim = self._chance.choice(sorted(pid for pid, what in alive.items() if self.killed[what] == least))
        self._kill(victim, alive[victim])

    @staticmethod
    def _wait(run: subprocess.Popen[str], longest: float, over: Callable[[], bool]) -> None:
        deadline = time.monotonic() + longest
        while run.poll() is None and not over() and time.monotonic() < deadline:
            time.sleep(0.002)

    def arriving(self) -> None:
        """A message is arriving, and not answered yet."""
        run = self._run
        if not run or self._chance.random() > 0.2:
            return
        senders = [pid for pid, what in children(run).items() if what == "notifier"]
        if self._spares or self._chance.random() < 0.5:
            for pid in senders:
                self._kill(pid, "notifier")
        else:
            self._kill(run, "run that sent")

    def _kill(self, pid: int, what: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed[what] += 1


class Webhook(ThreadingHTTPServer):
    """Two channels on loopback, a message for each event and a digest, and what arrived there."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrived: dict[str, Counter[Told]] = {"each": Counter(), "digest": Counter()}
        self.counted: Counter[str] = Counter()  # events that messages count without naming them
        self.arriving: Callable[[], None] = lambda: None
        self.mutex = threading.Lock()

    def settings(self) -> str:
        """For luutin.toml."""
        rhythms = {"each": "at_once", "digest": "digest"}
        channels = "".join(
            f'\n[[notify]]\nname = "{name}"\nurl = "json://127.0.0.1:{self.server_port}/{name}"\nwhen = "{when}"\n'
            for name, when in rhythms.items()
        )
        return f'\n[archive]\npublic_base_url = "https://luu.example.org/"\n{channels}'

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook: Any = self.server
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"]
        with hook.mutex:
            hook.arrived[self.path.strip("/")].update((kind, article or "") for kind, article in _LINE.findall(said))
            hook.counted[self.path.strip("/")] += sum(int(n.replace(".", "")) for n in _REST.findall(said))
            hook.arriving()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def delivered_once(data: Path, hook: Webhook) -> None:
    """Every event arrived once in each channel, but for those of which the archive says that it does not know."""
    connection = sqlite3.connect(data / "archive.db")
    words = {kind: names[0] for kind, names in messages._KINDS.items()}
    try:
        told = Counter((words[kind], article) for kind, article in connection.execute(_TOLD))
        outcomes = connection.execute(_OUTCOMES).fetchall()
        waiting = connection.execute("SELECT * FROM _outbox").fetchall()
    finally:
        connection.close()
    assert waiting == []
    assert told
    for channel, arrived in hook.arrived.items():
        ends = [(outcome, (words[kind], a)) for name, outcome, kind, a in outcomes if name == channel]
        assert Counter(what for _, what in ends) == told, f"{channel}: each was tried once"
        assert {outcome for outcome, _ in ends} <= {"sent", "unsure"}
        doubtful = Counter(what for outcome, what in ends if outcome == "unsure")
        assert not arrived - told, f"{channel}: nothing twice"
        unnamed = ((told - arrived) - doubtful).total()
        assert unnamed <= hook.counted[channel], f"{channel}: nothing lost unseen"
