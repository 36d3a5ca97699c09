"""archive.db: the only module that writes to it."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from sqlite_utils import Database

from crawler import __version__
from crawler.clock import now, timestamp
from crawler.errors import LockedError, StorageError
from crawler.frontier import Frontier, dumps
from crawler.journaling import Journaling, not_lost, watching_anew
from crawler.migrations import migrations
from crawler.placing import ARTICLE, PAYLOAD, Prepared
from crawler.rereading import Changes, ReadAgain, Rereading, Stored
from crawler.sealing import WITHHELD
from crawler.site import Site
from crawler.storing import Batch, Outcome, count
from crawler.studying import Study
from crawler.turns import side_by_side

__all__ = ["Archive", "Known", "Outcome", "Prepared"]

#: Seconds that a writer waits for another one. Transactions last milliseconds; whoever holds on longer hangs.
PATIENCE = 60.0

#: Seconds between two looks at whether the other one is done: less than it takes between two of its transactions.
TICK = 0.002

CrawlOutcome = Literal["complete", "limited", "failed", "refused", "interrupted"]

#: What ``progress_crawl`` may count; ``store`` itself counts captures, new articles, revisions and what was unchanged.
COUNTS = frozenset({"requests", "bytes", "listings", "errors"})

_SAID_LAST = """
SELECT quality, quality_reason, payload_digest, extractor_version, read_as, canonical_key,
       captures.reading_digest, images, attachments
FROM captures LEFT JOIN readings USING (reading_digest) WHERE url_key = ? AND quality <> 'not_modified'
ORDER BY memento_datetime DESC, payload_digest DESC LIMIT 1
"""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Known:
    """A record that holds a payload: what a ``revisit`` of it has to name."""

    record_id: str
    url: str
    memento_datetime: datetime
    payload_digest: str


class Archive(Frontier, Journaling):
    """The archive in a data directory: ``archive.db``, beside it ``warc/``, ``attachments/`` and ``archive.lock``.

    One writing connection at a time across processes; each transaction is short and holds ``archive.lock``. An Archive
    is used by one thread at a time. Opening makes or migrates the database; ``read_only`` does neither. ``alone``: by
    whoever keeps all other writers out (``turns.alone``).
    Raises StorageError (one sentence) where the directory or the file cannot be used, LockedError where another process
    does not let go of the lock, or makes the archive anew.
    """

    def __init__(self, data_dir: Path, *, read_only: bool = False, alone: bool = False) -> None:
        self.data_dir = Path(data_dir)
        self.path = self.data_dir / "archive.db"
        self.warc_dir = self.data_dir / "warc"
        self.attachments_dir = self.data_dir / "attachments"
        self._read_only = read_only
        self.docid_of: Callable[[str], int | None] = lambda _: None  # a rebuild knows what numbers articles had
        self._mutex = threading.RLock()
        self._lock = FileLock(self.data_dir / "archive.lock", timeout=PATIENCE)
        with self._storing(), ExitStack() as held:
            if not read_only:
                for directory in (self.data_dir, self.warc_dir, self.attachments_dir):
                    directory.mkdir(parents=True, exist_ok=True)
                held.enter_context(nullcontext() if alone else side_by_side(self.data_dir))
            if not (read_only or alone):
                not_lost(self.path)
            self.connection = self._connect()
            held.callback(self.connection.close)
            self._file = self.path.stat()
            self._check()
            if not read_only:
                self._migrate()
            self._held = held.pop_all()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; nothing is pending ever."""
        self._held.close()

    def _connect(self) -> sqlite3.Connection:
        if self._read_only:
            if not self.path.is_file():
                raise StorageError(f"{self.path} does not exist: there is no archive here yet; crawl or import first.")
            mode = "mode=ro"
            if not os.access(self.data_dir, os.W_OK) and not self.path.with_name("archive.db-wal").exists():
                mode += "&immutable=1"  # a finished archive on a medium where SQLite cannot put its lock file
            connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?{mode}", uri=True, check_same_thread=False)
        else:
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        # Readers never wait in WAL; writers wait for the lock. This is for a checkpoint by somebody else's connection.
        connection.execute("PRAGMA busy_timeout = 10000")
        connection.execute("PRAGMA foreign_keys = ON")
        # A loss of power may take the last transactions, never their order; their URLs are then fetched again.
        connection.execute("PRAGMA synchronous = NORMAL")
        # Pages (16 MB). A checkpoint waits for the disk; at the usual 4 MB the waiting was a quarter of an import.
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        return connection

    def _check(self) -> None:
        tables = {name for (name,) in self.connection.execute("SELECT name FROM sqlite_master")}
        applied = {m.name for m in migrations.applied(Database(self.connection, execute_plugins=False))}
        if tables and not applied:
            raise StorageError(f"{self.path} is a database of something else: choose another data directory.")
        if applied - {m.name for m in migrations.pending(_nowhere())}:
            raise StorageError(
                f"{self.path} was made by a newer Lưu Tin than this one ({__version__}): install that one."
            )

    def _migrate(self) -> None:
        database = Database(self.connection, execute_plugins=False)
        if not migrations.pending(database):
            return
        self.connection.execute("PRAGMA journal_mode = WAL")
        with self.writing() as db, watching_anew(db):
            migrations.apply(database)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One short transaction under the lock, committed at its end or rolled back; inside another, part of it."""
        if self._read_only:
            raise StorageError(f"{self.path} was opened for reading only.")
        with self._mutex:
            if self.connection.in_transaction:
                yield self.connection
                return
            with self._storing(), self._lock.acquire(poll_interval=TICK):
                self._stays()
                self.connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self.connection
                    self.connection.execute("COMMIT")
                except BaseException:
                    self.connection.rollback()  # does nothing where SQLite has rolled back by itself, as on a full disk
                    raise

    def _stays(self) -> None:
        """Raises StorageError where what is written would be lost: another file has taken the place of ours."""
        with suppress(FileNotFoundError):
            if os.path.samestat(self._file, self.path.stat()):
                return
        raise StorageError(f"{self.path} is another file than when this began: begin again; nothing more was written.")

    @contextmanager
    def _storing(self) -> Iterator[None]:
        try:
            yield
        except Timeout as error:
            raise LockedError(f"Another process has been writing to {self.path} for {PATIENCE:.0f} seconds.") from error
        except sqlite3.DatabaseError as error:
            sentence = _sentence(getattr(error, "sqlite_errorcode", 0) & 0xFF)
            if sentence is None:
                raise
            raise StorageError(f"{self.path} {sentence}") from error
        except OSError as error:
            raise StorageError(
                f"{self.data_dir} cannot be written ({error.strerror or error}): choose another data directory,"
                " or mend its permissions."
            ) from error

    # Sites and crawls

    def upsert_sites(self, sites: Iterable[Site]) -> None:
        """Writes what is declared about the sites; a site that is declared no more keeps its row."""
        columns = ("name", "committee", "province", "successor", "home_url", "cms", "status", "description")
        with self.writing() as db:
            db.executemany(
                f"INSERT INTO sites (slug, {', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
                f" ON CONFLICT (slug) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in columns)}",
                [
                    (
                        *(s.slug, s.name, s.committee, s.province, s.successor, s.home_url),
                        *(s.family.name, s.status, s.description),
                    )
                    for s in sites
                ],
            )

    def start_crawl(self, site_slug: str, reason: str) -> str:
        """Opens a crawl and returns its id, which sorts after every earlier one's.

        A crawl of the site that is still open was killed: it is closed as ``interrupted``, and its leases end.
        """
        started = now()
        with self.writing() as db:
            db.execute(
                "UPDATE crawls SET outcome = 'interrupted', finished = ? WHERE site = ? AND outcome IS NULL",
                (timestamp(started), site_slug),
            )
            self.release_leases(site_slug)
            crawl_id = _next_id(started, db.execute("SELECT max(id) FROM crawls").fetchone()[0])
            db.execute(
                "INSERT INTO crawls (id, site, reason, started, software_version) VALUES (?, ?, ?, ?, ?)",
                (crawl_id, site_slug, reason, timestamp(started), __version__),
            )
        return crawl_id

    def progress_crawl(self, crawl_id: str, *, skipped: Mapping[str, int] | None = None, **counts: int) -> None:
        """Adds to a crawl's counts (``COUNTS``), and to what it skipped, by reason. Raises TypeError for others."""
        if unknown := counts.keys() - COUNTS:
            raise TypeError(f"progress_crawl counts {', '.join(sorted(COUNTS))}, not {', '.join(sorted(unknown))}.")
        with self.writing() as db:
            count(db, crawl_id, Counter(counts), Counter(skipped or {}))

    def finish_crawl(
        self,
        crawl_id: str,
        outcome: CrawlOutcome,
        complete_down_to: Mapping[str, str] | None = None,
        outcome_reason: str = "",
        learned: Mapping[str, object] | None = None,
    ) -> None:
        """Closes a crawl, saying why where it did not do its job. Adds to what ``section_complete`` marked.

        ``learned``: columns of its row for what it tells of the site itself (``Tally.learned``).
        """
        with self.writing() as db:
            row = db.execute("SELECT complete_down_to FROM crawls WHERE id = ?", (crawl_id,)).fetchone()
            marks = dumps(json.loads(row[0]) | dict(complete_down_to or {}))
            db.execute(
                "UPDATE crawls SET finished = ?, outcome = ?, outcome_reason = ?, complete_down_to = ? WHERE id = ?",
                (timestamp(now()), outcome, outcome_reason or None, marks, crawl_id),
            )
            for column, value in (learned or {}).items():
                db.execute(f"UPDATE crawls SET {column} = ? WHERE id = ?", (value, crawl_id))  # noqa: S608

    def is_first_crawl(self, site_slug: str) -> bool:
        """True until a crawl of the site was complete: what is found until then is the baseline, not news."""
        query = "SELECT 1 FROM crawls WHERE site = ? AND outcome = 'complete' LIMIT 1"
        return self.connection.execute(query, (site_slug,)).fetchone() is None

    # Captures

    def known_payload(self, payload_digest: str, site_slug: str) -> Known | None:
        """The earliest record of the site that holds this payload, for a ``revisit`` record to name.

        Of the same site only: how a page reads depends on whose it is. None under seal: whoever is given the one record
        could not read it without the other.
        """
        row = self.connection.execute(
            f"SELECT id, url, memento_datetime, payload_digest FROM captures WHERE {PAYLOAD}"  # noqa: S608
            f" AND quality <> '{WITHHELD}' ORDER BY memento_datetime, url_key LIMIT 1",
            (payload_digest, site_slug),
        ).fetchone()
        return Known(row[0], row[1], datetime.fromisoformat(row[2]), row[3]) if row else None

    def said_already(self, p: Prepared) -> Known | None:
        """The record of a page that says, to the same rules, all that ``p`` says and leads to the same files.

        Of the newest capture at the address only: what came back after an edit is not what was there before.
        """
        row = self.connection.execute(_SAID_LAST, (p.url_key,)).fetchone() if p.reading is not None else None
        if row is None or p.reading is None or row["quality"] != ARTICLE or p.quality_reason != row["quality_reason"]:
            return None
        rules = (p.extractor_version, p.read_as, p.canonical_key)
        said = (p.reading.reading_digest, p.reading.images, p.reading.attachments)
        if rules + said != tuple(row)[3:]:
            return None
        return self.known_payload(row["payload_digest"], p.site)

    def has_capture(self, url_key: str, memento_datetime: datetime, payload_digest: str, record_type: str) -> bool:
        """True if storing such a capture would add nothing, so that an import need not copy its record."""
        row = self.connection.execute(
            "SELECT record_type FROM captures WHERE url_key = ? AND memento_datetime = ? AND payload_digest = ?",
            (url_key, timestamp(memento_datetime), payload_digest),
        ).fetchone()
        return row is not None and (row[0] != "revisit" or record_type == "revisit")

    def store(self, batch: Sequence[Prepared], *, baseline: bool = False) -> list[Outcome]:
        """Stores captures, and everything that follows from them, in one transaction; 32 to 64 are a good batch.

        ``baseline``: their events are not news. The result does not depend on how captures are batched, nor, but for
        events and for counts of crawls, on their order.
        """
        with self.writing() as db:
            work = Batch(db, baseline=baseline, recorded_at=timestamp(now()), docid_of=self.docid_of)
            outcomes = [work.store(p) for p in batch]
            work.close()
        return outcomes

    def reread(
        self,
        site_slug: str,
        captures: Iterable[tuple[Stored, Prepared]],
        changes: Changes,
        *,
        read_again: ReadAgain,
        dry_run: bool = False,
    ) -> None:
        """Gives stored captures of a site what they are read as by today's rules, and all that follows, in one go.

        Whole groups of ``rereading.groups`` are a good batch. No event comes of it. Adds to ``changes`` what changed;
        with ``dry_run`` that is all that is done.
        """
        try:
            with self.writing() as db:
                work = Rereading(db, site_slug, timestamp(now()), read_again, changes)
                for stored, prepared in captures:
                    work.take(stored, prepared)
                work.close()
                if dry_run:
                    raise _DryRunError
        except _DryRunError:
            pass

    def study(
        self, moved: Callable[[int, int], None] = lambda _done, _all: None, stop: Callable[[], bool] = lambda: False
    ) -> int:
        """Makes what follows from texts alone (crawler/studying) wherever it waits to be made, in short transactions.

        Returns how many changes of articles were studied; tells ``moved`` so now and then, with how many there are.
        What ``stop`` cuts short goes on with the next call.
        """
        work = Study(self.connection)
        if work.is_by_other_rules():
            with self.writing():
                work.begin_anew()
        done, total = 0, work.left()
        while (due := work.due()) and not stop():
            work.prepare(due)
            with self.writing():
                done += work.write(due)
            moved(done, max(done, total))
        return done


class _DryRunError(Exception):
    """Ends a transaction that was only tried."""


def _next_id(moment: datetime, last: str | None) -> str:
    """A sortable id: ten characters of milliseconds as in a ULID, six that count where the clock stands still."""
    millis = int(moment.timestamp() * 1000)
    candidate = f"{_base32(millis, 10)}{_base32(0, 6)}"
    if last is None or candidate > last:
        return candidate
    return last[:10] + _base32(int(last[10:].translate(_DECIMAL), 32) + 1, 6)


_DECIMAL = str.maketrans(_CROCKFORD, "0123456789abcdefghijklmnopqrstuv")


def _base32(number: int, width: int) -> str:
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(width)))


def _nowhere() -> Database:
    """A database to which nothing was applied: all that this code knows is pending there."""
    return Database(memory=True, execute_plugins=False)


def _sentence(code: int) -> str | None:
    """What an SQLite result code means to the archivist; None where it means a mistake of ours."""
    return {
        sqlite3.SQLITE_FULL: "cannot grow: the disk is full; make room, or choose another data directory.",
        sqlite3.SQLITE_READONLY: "is read-only: mend its permissions, or choose another data directory.",
        sqlite3.SQLITE_CANTOPEN: "cannot be opened: mend the permissions of its directory, or choose another one.",
        sqlite3.SQLITE_PERM: "cannot be opened: mend its permissions, or choose another data directory.",
        sqlite3.SQLITE_AUTH: "cannot be opened: mend its permissions, or choose another data directory.",
        sqlite3.SQLITE_IOERR: "cannot be read or written: its disk answers with errors.",
        sqlite3.SQLITE_BUSY: "is held by another program: close that and try again.",
        sqlite3.SQLITE_NOTADB: "is not a database: luutin rebuild makes it anew from warc/.",
        sqlite3.SQLITE_CORRUPT: "is damaged: look at the disk; luutin rebuild makes it anew from warc/.",
    }.get(code)
