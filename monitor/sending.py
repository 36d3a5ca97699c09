"""Apprise in a process of its own: it may block, hang or die there, and is watched for what left this machine."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Literal, TextIO

from monitor.child import die_with

SENT: Literal["sent"] = "sent"
FAILED: Literal["failed"] = "failed"
UNSURE: Literal["unsure"] = "unsure"

#: Seconds that a message may take, with what a service wants between two messages and a mail to many; and that Apprise
#: may take to load. Its own timeouts are for each read, so that a server which drips could hold it for ever.
LONGEST = 60

#: Answers that are longer (bytes) are pages, for people.
LONGEST_ANSWER = 1 << 16

#: A gateway that says so does not know itself whether the server behind it took the message.
_GATEWAY = (502, 504)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message. ``failed``: it surely did not arrive. ``unsure``: nobody knows, or only in part."""

    outcome: Literal["sent", "failed", "unsure"]
    reason: str = ""


class Sender:
    """A process that sends messages to one address of Apprise, for as long as it is not closed.

    ``longest``: the most characters that the service takes. ``wrong``: why the address cannot be used; "" if it can.
    """

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "monitor.sending"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=Path(__file__).resolve().parent.parent,
            env=os.environ | {"LUUTIN_PARENT": str(os.getpid())},
            start_new_session=True,  # Ctrl-C is for us; a message under way is finished
        )
        self._url = url
        self.longest, self.wrong = 0, ""

    def open(self) -> None:
        """Waits until the process is ready."""
        said = self._ask({"url": self._url}) or {"wrong": "could not be tried: Apprise did not start"}
        self.longest, self.wrong = said.get("longest", 0), said.get("wrong", "")

    def send(self, title: str, body: str) -> Answer:
        """Sends a message, which takes ``LONGEST`` seconds at most."""
        said = self._ask({"title": title, "body": body})
        return Answer(**said) if said else Answer(UNSURE, f"no answer within {LONGEST} seconds")

    def close(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _ask(self, question: dict[str, str]) -> dict[str, Any] | None:
        """What the process says to that; None where it died first."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except (OSError, ValueError):  # it is gone, or closed by us
            return None
        said: dict[str, Any] | None = json.loads(line) if line.endswith("\n") else None
        return said


# --- in that process


class Wire:
    """Notes what became of every request and every mail that leaves this process, whatever part of Apprise sends it."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forgets what was noted, before the next message."""
        self.mail = False  # whether a mail server was asked at all
        self.accepted: list[str] = []
        self.refused: list[str] = []
        self.politely: list[str] = []  # refused with a status that says the contrary
        self.unknown: list[str] = []

    def watch(self) -> None:
        """Begins to note. For a process that does nothing else."""
        import requests

        requests.Session.send = self._watched(requests.Session.send, self._request)  # type: ignore[method-assign]
        smtplib.SMTP.data = self._watched(smtplib.SMTP.data, self._data)  # type: ignore[method-assign]
        smtplib.SMTP.connect = self._watched(smtplib.SMTP.connect, self._connect)  # type: ignore[method-assign]

    def _watched(self, call: Callable[..., Any], note: Callable[[Any, Exception | None], None]) -> Callable[..., Any]:
        @wraps(call)
        def watched(*args: Any, **kwargs: Any) -> Any:
            try:
                result = call(*args, **kwargs)
            except Exception as error:
                note(None, error)
                raise
            note(result, None)
            return result

        return watched

    def _request(self, response: Any, error: Exception | None) -> None:
        if error is not None:
            (self.refused if _never_left(error) else self.unknown).append(_named(error))
        elif 200 <= response.status_code < 300:
            refusal = _refusal(response)
            into = self.politely if refusal else self.accepted
            into.append(f"HTTP {response.status_code}{refusal}")
        else:
            into = self.unknown if response.status_code in _GATEWAY else self.refused
            into.append(f"HTTP {response.status_code}")

    def _connect(self, _result: Any, error: Exception | None) -> None:
        self.mail = True
        if error is not None:
            self.refused.append(_named(error))

    def _data(self, result: Any, error: Exception | None) -> None:
        if isinstance(error, smtplib.SMTPDataError):  # the server answered DATA, or the mail itself, with a refusal
            self.refused.append(f"SMTP {error.smtp_code}")
        elif error is not None:
            self.unknown.append(_named(error))
        else:
            (self.accepted if result[0] == 250 else self.refused).append(f"SMTP {result[0]}")

    def judge(self, said: bool) -> Answer:
        """What became of a message: as Apprise says, and where it says no, as far as is known."""
        if said and not self.politely:
            return Answer(SENT)
        refused = self.refused + self.politely
        if self.unknown:
            return Answer(UNSURE, f"sent, but without a clear answer: {self.unknown[-1]}")
        if self.accepted:
            return Answer(UNSURE, f"perhaps only in part: {(refused or ['the rest was refused'])[-1]}")
        if refused or self.mail:
            return Answer(FAILED, (refused or ["the mail server refused to take it"])[-1])
        return Answer(UNSURE, "Apprise says that it could not be sent, and not how far it came")


def _refusal(response: Any) -> str:
    """What services say that answer 200 whatever they did (Zalo, DingTalk), without its words; else ""."""
    if not response._content_consumed or len(response.content) > LONGEST_ANSWER:
        return ""
    try:
        said = json.loads(response.content)
    except (ValueError, RecursionError):
        return ""
    for name, code in said.items() if isinstance(said, dict) else ():
        if (name in ("error", "errcode") and code and code != "0") or (name == "ok" and code is False):
            return f", and in it a refusal: {name} {code if isinstance(code, int) else ''}".rstrip()
    return ""


def _never_left(error: Exception) -> bool:
    """Whether a request failed before anything of it was sent: no name, no connection, no trust."""
    import ssl

    import requests
    import urllib3

    if isinstance(error, requests.ConnectTimeout | ValueError):  # ValueError: no such address
        return True
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(cause, urllib3.exceptions.SSLError):
        return bool(cause.args) and isinstance(cause.args[0], ssl.SSLCertVerificationError)
    return isinstance(cause, urllib3.exceptions.NewConnectionError)


def _named(error: Exception) -> str:
    """An error without its words, which may hold the address and a password."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return type(cause if isinstance(cause, Exception) else error).__name__


def _load(url: str) -> tuple[Any, dict[str, Any]]:
    """Apprise with the one address, and what is to be known of the service."""
    from apprise import Apprise, AppriseAsset

    # A redirected POST becomes a GET, which the server answers politely and nobody reads.
    asset = AppriseAsset(app_id="LuuTin", app_desc="Lưu Tin", async_mode=False, http_redirects=False)
    server = Apprise.instantiate(url, asset=asset)
    if server is None:
        return None, {"wrong": "is not an address that Apprise can send to; see https://appriseit.com/services/"}
    return Apprise([server], asset=asset), {"longest": server.body_maxlen}


def _send(apprise: Any, wire: Wire, title: str, body: str) -> Answer:
    wire.clear()
    try:
        return wire.judge(bool(apprise.notify(title=title, body=body, body_format="text")))
    except Exception as error:
        answer = wire.judge(False)
        return Answer(answer.outcome, answer.reason or _named(error))


def main() -> None:
    """Reads an address and then messages from standard input, a line of JSON each, and answers each with one."""
    die_with(int(os.environ["LUUTIN_PARENT"]))
    answers: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a service prints is no answer
    wire, apprise = Wire(), None
    for line in sys.stdin:
        signal.alarm(LONGEST)  # it ends this process, in whatever library it hangs
        asked = json.loads(line)
        if "url" in asked:
            wire.watch()
            apprise, said = _load(asked["url"])
        else:
            said = asdict(_send(apprise, wire, **asked))
        answers.write(json.dumps(said) + "\n")
        answers.flush()
        signal.alarm(0)


if __name__ == "__main__":
    main()
