"""What waits to be told, to whom, and what became of it: ``_outbox``, ``_channels``, ``deliveries``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.archive import Archive
from crawler.channel import Channel
from crawler.clock import now, timestamp
from crawler.journal import close_alert, open_alert
from crawler.text import match_query, search_forms
from monitor.alerts import sentence
from monitor.messages import News
from monitor.sending import FAILED, SENT, UNSURE, Answer

#: A channel that is met for the first time hears of what was recorded in these last hours: of the night that it was set
#: up for, which may take twenty, and not of the one before.
FRESH = timedelta(hours=20)

#: Waits after an attempt that is known to have failed: a restart, a network that is down, a morning, a day. The last is
#: shorter than a day, so that who only sends once a night does not miss one.
WAITS = tuple(timedelta(minutes=m) for m in (5, 30, 2 * 60, 8 * 60, 20 * 60))
#: After so many attempts, over more than a day, it is the operator's turn.
ATTEMPTS = len(WAITS) + 1
#: How long a channel waits whose address in luutin.toml is wrong, which is no attempt, or that gave no clear answer, so
#: that not everything becomes doubtful.
UNTIL_MENDED = timedelta(hours=2)

#: How long an alert tells of messages that may or may not have arrived; ``deliveries`` tells of them for ever.
TOLD_FOR = timedelta(days=7)
#: What an alert names as its evidence; all of it stands in ``deliveries``.
SHOWN = 20

EVENT, OPENED, CLOSED, SENDING = "event", "opened", "closed", "sending"

_EVENT = """
SELECT events.id, events.kind, events.site, sites.name AS site_name, sites.home_url, events.article_id,
       events.revision_id, events.at, events.summary, events.evidence, articles.headline, articles.url
FROM events JOIN sites ON sites.slug = events.site LEFT JOIN articles ON articles.id = events.article_id
WHERE events.id = ?
"""
_ALERT = """
SELECT alerts.id, alerts.kind, alerts.site, sites.name AS site_name, sites.home_url AS url, alerts.opened AS at,
       alerts.message AS summary, alerts.evidence
FROM alerts LEFT JOIN sites ON sites.slug = alerts.site WHERE alerts.id = ?
"""
# The newest first: what the article says since the event, and before it.
_SAID = """
SELECT revisions.headline, texts.body FROM revisions JOIN texts ON texts.text_digest = revisions.text_digest
WHERE article_id = ?1 AND memento_datetime <= coalesce(
    (SELECT memento_datetime FROM revisions WHERE id = ?2),
    (SELECT max(memento_datetime) FROM revisions WHERE article_id = ?1)
) ORDER BY memento_datetime DESC LIMIT 2
"""
_UNDER_WAY = "SELECT coalesce(event_id, alert_id), told FROM deliveries WHERE channel = ?1 AND outcome = 'sending'"
_LAST_UNSURE = "SELECT max(attempted) FROM deliveries WHERE channel = ? AND outcome = 'unsure'"
_OPEN = "SELECT kind FROM alerts WHERE closed IS NULL AND site IS NULL AND kind GLOB 'channel_*'"

#: What is known of a message whose sending we ended ourselves, or somebody who killed us; the channel is not to blame.
CUT_OFF = Answer(UNSURE, "cut off while it was sent")


def failing(channel: str) -> str:
    """The kind of the alert that says that a channel needs its operator."""
    return f"channel_failing: {channel}"


def doubtful(channel: str) -> str:
    """The kind of the alert that says that messages may or may not have arrived."""
    return f"channel_unsure: {channel}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something that a channel is to be told: an event, or that an alert was opened or closed (``told``)."""

    item: str
    told: str
    attempts: int
    not_before: str
    news: News


class Outbox:
    """What waits in an archive. One process at a time delivers; each change is one short transaction.

    Raises StorageError, LockedError.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive, self._db = archive, archive.connection

    def recover(self) -> None:
        """Tells the operator of messages that a killed process was sending.

        Nobody knows whether they went out; sent again they might arrive twice. So they are sent no more.
        """
        for (channel,) in self._db.execute(
            "SELECT DISTINCT channel FROM deliveries WHERE outcome = ?", (SENDING,)
        ).fetchall():
            self.end(channel, CUT_OFF)

    def decide(self, channels: Sequence[Channel]) -> None:
        """Gives what was recorded since the last time to the channels that want it, each thing once."""
        moment = now()
        known = dict(self._db.execute("SELECT name, since FROM _channels").fetchall())
        # what a clock that was ahead wrote down as the first meeting is none
        met = {name: at for name, at in known.items() if at <= timestamp(moment)}
        since = {c.name: met.get(c.name) or timestamp(moment - FRESH) for c in channels}
        fresh = self._db.execute("SELECT item, told, recorded FROM _outbox WHERE channel = ''").fetchall()
        decided = []
        for item, told, recorded in fresh if channels else ():
            if (row := self._row(item, told)) is not None:
                taking = [c for c in channels if recorded >= since[c.name]]
                decided += [(c.name, item, told, recorded) for c in self._wanting(row, told, taking)]
        if not fresh and known == since:
            return
        with self._archive.writing() as db:
            db.execute("DELETE FROM _channels")
            db.executemany("INSERT INTO _channels VALUES (?, ?)", since.items())
            db.executemany(
                "INSERT OR IGNORE INTO _outbox (channel, item, told, recorded, not_before) VALUES (?1, ?2, ?3, ?4,"
                " (SELECT coalesce(max(not_before), '') FROM _outbox WHERE channel = ?1))",
                decided,
            )
            db.executemany("DELETE FROM _outbox WHERE channel = '' AND item = ? AND told = ?", [f[:2] for f in fresh])

    def _row(self, item: str, told: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(_EVENT if told == EVENT else _ALERT, (item,)).fetchone()
        return row

    def _wanting(self, row: sqlite3.Row, told: str, channels: Iterable[Channel]) -> list[Channel]:
        kind = row["kind"] if told == EVENT else "alerts"
        wanting = [
            channel
            for channel in channels
            # what is wrong with a channel is not told to itself
            if channel.wants(kind, row["site"]) and row["kind"] not in (failing(channel.name), doubtful(channel.name))
        ]
        phrases = {channel.search for channel in wanting if channel.search}
        found = {"", *_found(phrases, self._said(row, told))} if phrases else {""}
        return [channel for channel in wanting if channel.search in found]

    def _said(self, row: sqlite3.Row, told: str) -> list[str]:
        """All that an event is about: its summary, what its article says, and what it said before an edit."""
        texts = [row["summary"] or ""]
        if told == EVENT and row["article_id"]:
            held = self._db.execute(_SAID, (row["article_id"], row["revision_id"])).fetchall()
            texts += [f"{h or ''} {body}" for h, body in held[: 2 if row["kind"] == "edited" else 1]]
        return texts

    # --- what is sent

    def waiting(self, channel: str, *, again: bool = False) -> list[Waiting]:
        """What a channel is to be told now, the least tried first, then as it was recorded.

        With ``again`` also what waits for a later attempt, and what was given up.
        """
        rows = self._db.execute(
            "SELECT item, told, attempts, not_before FROM _outbox WHERE channel = ?1"
            " AND (?2 OR (attempts < ?3 AND (not_before <= ?4 OR not_before > ?5)))"
            " ORDER BY attempts, recorded, item",
            (channel, again, ATTEMPTS, *_waits_now()),
        ).fetchall()
        return [
            Waiting(**dict(row), news=_news(found, row["told"]))
            for row in rows
            if (found := self._row(row["item"], row["told"])) is not None
        ]

    def count(self, channel: str) -> tuple[int, int, str]:
        """How much waits for a channel, how much of that was given up, and when the rest is tried next ("": now)."""
        query = "SELECT count(*), coalesce(sum(attempts >= ?2), 0), min(not_before) FROM _outbox WHERE channel = ?1"
        waits, given_up, when = self._db.execute(query, (channel, ATTEMPTS)).fetchone()
        return waits, given_up, when or ""

    def next_attempt(self) -> datetime | None:
        """When something is to be tried that failed; None where nothing waits for that."""
        query = (
            "SELECT min(iif(not_before > ?3, ?2, not_before)) FROM _outbox"
            " WHERE channel <> '' AND attempts < ?1 AND not_before <> ''"
        )
        found = self._db.execute(query, (ATTEMPTS, *_waits_now())).fetchone()[0]
        return datetime.fromisoformat(found) if found else None

    def begin(self, channel: str, batch: Sequence[Waiting]) -> None:
        """Writes down that a message is about to be sent. Before ``end``, nobody knows whether it was."""
        attempted = timestamp(now())
        with self._archive.writing() as db:
            db.executemany(
                "INSERT INTO deliveries (event_id, alert_id, told, channel, attempted, outcome)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (*((w.item, None) if w.told == EVENT else (None, w.item)), w.told, channel, attempted, SENDING)
                    for w in batch
                ],
            )
            db.executemany(
                "UPDATE _outbox SET attempts = attempts + 1 WHERE channel = ? AND item = ? AND told = ?",
                [(channel, w.item, w.told) for w in batch],
            )

    def end(self, channel: str, answer: Answer) -> None:
        """Writes down what became of the message that a channel's ``begin`` announced, and tells the operator."""
        with self._archive.writing() as db:
            items = [item for item, _ in db.execute(_UNDER_WAY, (channel,))]
            under_way = f"channel = ?1 AND (item, told) IN ({_UNDER_WAY})"
            if answer.outcome == FAILED:
                tried = db.execute(f"SELECT max(attempts) FROM _outbox WHERE {under_way}", (channel,)).fetchone()[0]  # noqa: S608
                self._hold(channel, WAITS[min(tried, len(WAITS)) - 1])
            else:
                db.execute(f"DELETE FROM _outbox WHERE {under_way}", (channel,))  # noqa: S608
            if answer.outcome == UNSURE and answer != CUT_OFF:
                self._hold(channel, UNTIL_MENDED)
            db.execute(
                "UPDATE deliveries SET outcome = ?, reason = ? WHERE channel = ? AND outcome = ?",
                (answer.outcome, answer.reason or None, channel, SENDING),
            )
            self._tell(db, channel, answer, items)

    def refuse(self, channel: str, why: str) -> None:
        """Tells the operator of a channel that cannot be used as luutin.toml has it; what it is to hear waits."""
        with self._archive.writing() as db:
            self._hold(channel, UNTIL_MENDED)
            open_alert(db, None, failing(channel), why, {"channel": channel, "why": why})

    def _hold(self, channel: str, wait: timedelta) -> None:
        until = timestamp(now() + wait)
        self._db.execute("UPDATE _outbox SET not_before = ? WHERE channel = ?", (until, channel))

    def _tell(self, db: sqlite3.Connection, channel: str, answer: Answer, items: Sequence[str]) -> None:
        evidence = {"channel": channel, "reason": answer.reason, "messages": len(items), "first": items[:SHOWN]}
        _, given_up, _ = self.count(channel)
        kind = ""
        if answer.outcome == UNSURE:
            kind = doubtful(channel)
        elif given_up and answer.outcome == FAILED:
            kind = failing(channel)
            evidence |= {"attempts": ATTEMPTS, "given_up": given_up}
        if kind:
            open_alert(db, None, kind, sentence(kind, evidence), evidence)
        elif not given_up and answer.outcome == SENT:
            close_alert(db, None, failing(channel))

    def settle(self, channels: Sequence[Channel]) -> None:
        """Closes alerts of channels that are no more, and those that told for long enough of what is not known."""
        kinds = [kind for (kind,) in self._db.execute(_OPEN)]
        over = set(kinds) - {k for c in channels for k in (failing(c.name), doubtful(c.name))}
        for channel in channels:
            if doubtful(channel.name) in kinds:
                last = self._db.execute(_LAST_UNSURE, (channel.name,)).fetchone()[0]
                if (last or "") <= timestamp(now() - TOLD_FOR):
                    over.add(doubtful(channel.name))
        if over:
            with self._archive.writing() as db:
                for kind in over:
                    close_alert(db, None, kind)


def _waits_now() -> tuple[str, str]:
    """Between which moments lies the next attempt of what waits; what is further away a clock wrote that was ahead."""
    moment = now()
    return timestamp(moment), timestamp(moment + WAITS[-1])


def _found(phrases: Iterable[str], texts: Sequence[str]) -> list[str]:
    """Which of the phrases are found in the texts together, exactly as the archive's search finds them."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute('CREATE VIRTUAL TABLE said USING fts5(exact, folded, tokenize="unicode61 remove_diacritics 0")')
        db.execute("INSERT INTO said VALUES (?, ?)", search_forms(" ".join(texts).replace("\n\n", " ")))
        matches = "SELECT 1 FROM said WHERE said MATCH ?"
        return [phrase for phrase in phrases if db.execute(matches, (match_query(phrase),)).fetchone()]


def _news(row: sqlite3.Row, told: str) -> News:
    if told == EVENT:
        return News(
            kind=row["kind"],
            site=row["site_name"],
            headline=row["headline"] or "",
            summary=row["summary"] or "",
            article_id=row["article_id"],
            original=row["url"] or row["home_url"] or "",
            evidence=json.loads(row["evidence"]),
        )
    return News(
        kind=f"alert_{told}",
        site=row["site_name"] or "",
        summary=row["summary"],
        original=row["url"] or "",
        evidence=json.loads(row["evidence"]),
        alert=row["kind"],
    )
