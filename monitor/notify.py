"""Messages out: what was recorded since the last time, to each channel of luutin.toml that wants it, at most once.

A message cannot be sent at most once and never be lost: who is killed while sending does not know whether it went out.
So the intention is written down before and the outcome after. What surely failed is tried again, later and later, and
then handed to the operator; what nobody can be sure of is not sent again, and told to the operator as an alert.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Protocol

from filelock import FileLock, Timeout

from crawler.archive import Archive
from crawler.channel import Channel
from crawler.config import Config
from crawler.errors import ConfigError, LockedError
from monitor.messages import compose, rehearsal
from monitor.outbox import Outbox, Waiting
from monitor.sending import FAILED, LONGEST, SENT, UNSURE, Answer, Sender

logger = logging.getLogger(__name__)

#: Messages of one event each that a channel gets at a time; what is left over comes as one digest. More is a flood.
AT_ONCE = 20

#: Channels that are served at the same time; a process with Apprise in it takes some 80 MB.
SIDE_BY_SIDE = 8

#: Seconds that another process that delivers is waited for: as long as one message may take, and Apprise to load.
PATIENCE = 2.0 * LONGEST

#: Seconds between two looks at whether somebody wants us to stop, and that a message under way is given then.
TICK, GRACE = 0.5, 5.0


class Sending(Protocol):
    """What sends messages to one address. ``monitor.sending.Sender``, or a test's."""

    longest: int
    wrong: str

    def open(self) -> None:
        """Waits until it is ready, or knows what is ``wrong``."""

    def send(self, title: str, body: str) -> Answer:
        """Sends a message."""

    def close(self) -> None:
        """Ends what goes on."""


@dataclass(slots=True)
class Delivered:
    """What came of a channel: messages and what they told of."""

    channel: str
    messages: int = 0
    told: int = 0  # events and alerts in messages that were sent
    unsure: int = 0  # in messages that may or may not have arrived
    waiting: int = 0  # for a later attempt
    given_up: int = 0  # of those, until somebody mends the channel
    next_attempt: str = ""
    problem: str = ""
    wrong: bool = False  # the channel cannot be used as luutin.toml has it


def deliver(
    archive: Archive,
    config: Config,
    *,
    digests: bool = True,
    again: bool = False,
    stop: Event | None = None,
    connect: Callable[[str], Sending] = Sender,
) -> list[Delivered]:
    """Tells every channel what it is to hear, each thing at most once, and says what came of it.

    ``digests``: whether channels with ``when = "digest"`` get theirs; not in the middle of a night. ``again``: tries at
    once what waits for a later attempt or was given up. ``stop`` ends it within ``GRACE`` seconds. A channel that fails
    holds no other. Raises LockedError where another process keeps delivering, StorageError.
    """
    stop = stop or Event()
    with _alone(archive.data_dir, PATIENCE if digests else 0.0, stop):  # in a night there are crawls to look after
        outbox = Outbox(archive)
        outbox.recover()
        outbox.settle(config.notify)
        outbox.decide(config.notify)
        channels = [c for c in config.notify if digests or c.when == "at_once"]
        plan = {c: batches for c in channels if (batches := _batches(c, outbox.waiting(c.name, again=again)))}
        base_url = config.archive.public_base_url or ""
        sending = _Round(outbox, base_url, stop, connect)
        results: dict[Channel, Delivered] = {}
        for first in range(0, len(plan), SIDE_BY_SIDE):
            results |= sending.run(dict(list(plan.items())[first : first + SIDE_BY_SIDE]))
        told = [results.get(channel) or Delivered(channel.name) for channel in config.notify]
        for result in told:
            result.waiting, result.given_up, result.next_attempt = outbox.count(result.channel)
        return told


def next_attempt(archive: Archive) -> datetime | None:
    """When ``deliver`` is to be called again for what failed; None where nothing waits for that."""
    return Outbox(archive).next_attempt()


def rehearse(config: Config, *, connect: Callable[[str], Sending] = Sender) -> tuple[dict[str, Answer], dict[str, str]]:
    """Sends a test to each channel, all at the same time, and writes nothing down.

    Returns what became of each, by its name, and of which the address cannot be used, with the sentence that says why.
    """
    base_url = config.archive.public_base_url or ""
    answers: dict[str, Answer] = {}
    wrong: dict[str, str] = {}

    def one(channel: Channel) -> Answer:
        sender = connect(channel.address())
        try:
            sender.open()
            if sender.wrong:
                raise ConfigError(f"notify.{channel.name}.url {sender.wrong}.")
            message = rehearsal(channel.name, channel.language, base_url)
            return sender.send(message.title, message.body)
        finally:
            sender.close()

    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="luutin-notify") as pool:
        tests = {channel.name: pool.submit(one, channel) for channel in config.notify}
        for name, tested in tests.items():
            try:
                answers[name] = tested.result()
            except ConfigError as error:
                wrong[name] = str(error)
                answers[name] = Answer(FAILED, str(error))
    return answers, wrong


@contextmanager
def _alone(data: Path, patience: float, stop: Event) -> Iterator[None]:
    lock, deadline = FileLock(data / "notify.lock", timeout=0), time.monotonic() + patience
    while not lock.is_locked:
        try:
            lock.acquire()
        except Timeout:
            if time.monotonic() >= deadline or stop.wait(TICK):
                sentence = f"Another process is sending the messages of {data}: wait until it is done."
                raise LockedError(sentence) from None
    try:
        yield
    finally:
        lock.release()


def _batches(channel: Channel, waiting: Sequence[Waiting]) -> list[Sequence[Waiting]]:
    """What a channel is sent: one message, or one for each event, and one for what would be a flood."""
    if channel.when == "digest" or not waiting:
        return [waiting] if waiting else []
    single, rest = waiting[:AT_ONCE], waiting[AT_ONCE:]
    return [[w] for w in single] + ([rest] if rest else [])


@dataclass(slots=True)
class _Line:
    """A channel while it is served: its sender, and what is still to be sent."""

    channel: Channel
    sender: Sending
    batches: list[Sequence[Waiting]]
    result: Delivered
    under_way: Sequence[Waiting] = ()


class _Round:
    """One round of sending: channels side by side, each one message after the other; this thread alone writes."""

    def __init__(self, outbox: Outbox, base_url: str, stop: Event, connect: Callable[[str], Sending]) -> None:
        self._outbox, self._base_url, self._stop, self._connect = outbox, base_url, stop, connect

    def run(self, plan: Mapping[Channel, list[Sequence[Waiting]]]) -> dict[Channel, Delivered]:
        """Sends what is planned. What is not begun when somebody stops us waits for the next round."""
        results = {channel: Delivered(channel.name) for channel in plan}
        lines = []
        with ThreadPoolExecutor(len(plan), thread_name_prefix="luutin-notify") as pool:
            try:
                for channel, batches in plan.items():
                    try:
                        sender = self._connect(channel.address())
                    except ConfigError as error:
                        self._refuse(results[channel], str(error))
                    else:
                        lines.append(_Line(channel, sender, batches, results[channel]))
                self._serve(pool, {pool.submit(line.sender.open): line for line in lines})
            finally:
                for line in lines:
                    line.sender.close()  # its thread then hears that it is gone
        return results

    def _refuse(self, result: Delivered, why: str) -> None:
        result.problem, result.wrong = why, True
        logger.error("%s", why)
        self._outbox.refuse(result.channel, why)

    def _serve(self, pool: ThreadPoolExecutor, working: dict[Future[Answer | None], _Line]) -> None:
        deadline = 0.0
        while working:
            done, _ = wait(working, TICK, FIRST_COMPLETED)
            for future in done:
                line = working.pop(future)
                self._take(line, future.result())
                if line.batches and not self._stop.is_set():
                    working[self._begin(pool, line)] = line
            if self._stop.is_set():
                deadline = deadline or time.monotonic() + GRACE
                if time.monotonic() >= deadline:
                    return

    def _begin(self, pool: ThreadPoolExecutor, line: _Line) -> Future[Answer | None]:
        """Writes down what is about to be sent, and sends it."""
        line.under_way, *line.batches = line.batches
        news = [waiting.news for waiting in line.under_way]
        message = compose(news, line.channel.language, self._base_url, line.sender.longest)
        self._outbox.begin(line.channel.name, line.under_way)
        return pool.submit(line.sender.send, message.title, message.body)

    def _take(self, line: _Line, answer: Answer | None) -> None:
        """Writes down what became of what was under way; or that a channel is ready, if nothing was."""
        if answer is None:
            if line.sender.wrong:
                line.batches = []
                self._refuse(line.result, f"notify.{line.channel.name}.url {line.sender.wrong}.")
            return
        self._outbox.end(line.channel.name, answer)
        result, told = line.result, len(line.under_way)
        if answer.outcome == SENT:
            result.messages += 1
            result.told += told
        else:
            line.batches = []  # it is not asked again in this round
            result.problem = answer.reason
            result.unsure += told if answer.outcome == UNSURE else 0
        logger.log(
            logging.INFO if answer.outcome == SENT else logging.ERROR,
            "%s: a message of %d %s%s",
            *(line.channel.name, told, answer.outcome, f" ({answer.reason})" if answer.reason else ""),
        )
