"""``archive.db`` made anew from the WARC files alone: captures through the one road, then the journal over them."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from crawler import __version__
from crawler.archive import Archive, Prepared
from crawler.clock import now, timestamp
from crawler.config import Config
from crawler.errors import InputError, LuutinError, StorageError
from crawler.ingest import extractor_version
from crawler.journaling import PREFIX, changes_in
from crawler.migrations import migrations
from crawler.replaying import Replay, begin, finish, note_lost, seal_again
from crawler.site import Site
from crawler.studying import STUDY_VERSION
from crawler.turns import alone
from crawler.warc import Skipped, repair
from crawler.warc_read import OPEN
from crawler.warc_walk import about
from monitor import replay, withheld_again
from monitor.child import unheard
from monitor.crawls import run_lock
from monitor.manifest import sealed
from monitor.rebuilding_parts import Part, Reader, ReadPart, prepare_reading, read_part, whose
from monitor.withheld_files import pages_of, said_by, seal_listed
from monitor.withheld_pages import look
from spiders import registry

#: Where the new archive is made, in the data directory; what a kill leaves there is gone on with.
SCRATCH = "archive.db.rebuild"

#: Files that are read at the same time for each reading process: it always has a part to read while one is stored.
AHEAD = 2

#: Behind why a record of the journal could not be read.
OF_JOURNAL = " of the journal"

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (bytes of WARC files, articles)."""


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild came to."""

    files: int = 0  # WARC files, the journal's not counted
    journal: int = 0  # files of the journal
    captures: int = 0
    kept: Counter[str] = field(default_factory=Counter)  # by Outcome.kind
    unreadable: Counter[str] = field(default_factory=Counter)  # records, by why
    left_out: dict[str, int] = field(default_factory=dict)  # rows of the journal whose captures are not there
    resumed: bool = False
    anew: str = ""  # why what an interrupted rebuild had done could not be used
    lost: str = ""  # why the old archive.db could not be asked for what it had not yet written to the journal
    forgotten: bool = False  # the journal is damaged, and no old archive.db knew what it had said


def rebuild(
    data: Path, config: Config, *, source: Path | None, jobs: int, progress: Progress = lambda _w, _d, _a: None
) -> Rebuilt:
    """Makes ``archive.db`` anew from the WARC files in ``data``; those of ``source`` are brought there first.

    Pages are read by today's rules, in ``jobs`` processes. The old file stays in its place until the new one is whole.
    Nobody else writes meanwhile, since it would be lost. Raises LockedError while a crawl or anybody else is at work,
    InputError where there is no WARC file, StorageError.
    """
    with run_lock(data, patience=0.0), alone(data):
        begun, warc = now(), data / "warc"
        if source is not None:
            _bring(source, warc)
        if warc.is_dir():
            repair(warc)
        result = Rebuilt()
        known = _take_what_waits(data, result)
        files = sealed(data)
        if not files:
            raise InputError(f"{warc} holds no WARC file: there is nothing that an archive could be made of.")
        work = _Rebuild(data, config, files, jobs, progress, result)
        work.run()
        result.forgotten = not known and any(why.endswith(OF_JOURNAL) for why in result.unreadable)
        _swap(data)
        with Archive(data, alone=True) as archive:
            withheld_again.seal_again(archive, config, begun)  # a revisit may bring a text that is under seal elsewhere
            look(archive, config, progress, jobs=jobs)
            replay.update(archive, anew=True)
        return result


class _Rebuild:
    """The making of the new archive in ``SCRATCH``."""

    def __init__(
        self, data: Path, config: Config, files: list[Path], jobs: int, progress: Progress, result: Rebuilt
    ) -> None:
        self._data, self._jobs, self._progress, self._result = data, jobs, progress, result
        self._sites = registry(config)
        self._config = config
        self._journal = [path for path in files if path.name.startswith(f"{PREFIX}-")]
        self._files = [path for path in files if path not in set(self._journal)]
        result.files, result.journal = len(self._files), len(self._journal)
        self._scratch = data / SCRATCH
        self._plan = _fingerprint(self._sites, files)

    def run(self) -> None:
        self._go_on_or_begin()
        journal = Replay(self._scratch / "journal.db")
        journal.load(self._journal)
        self._result.unreadable.update({f"{why}{OF_JOURNAL}": n for why, n in journal.unreadable.items()})
        with Archive(self._scratch) as archive:
            self._archive, self._replay = archive, journal
            archive.docid_of = self._docid_of
            self._begin()
            self._store_captures()
            archive.connection.execute("PRAGMA secure_delete = ON")  # nothing of what is withheld stays in free pages
            with archive.writing() as db:
                seal_again(db, journal)
                for article_id, slug in db.execute("SELECT article_id, site FROM withheld").fetchall():
                    pages = pages_of(db, article_id)
                    seal_listed(
                        db, said_by(archive, self._sites, pages, slug, warc_dir=self._data / "warc"), article_id
                    )
            with journal.attached(archive.connection), archive.writing() as db:
                self._result.left_out = finish(db, journal, timestamp(now()))
            look(archive, self._config, self._progress, warc_dir=self._data / "warc", jobs=self._jobs)
            archive.study(lambda done, of: self._progress("citations and similar texts", done, of))
            with archive.writing() as db:
                db.execute("DROP TABLE _rebuilding")
            if archive.connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise LuutinError("The new archive contradicts itself; the old one stays. Please report this.")
            archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        journal.close()

    def _go_on_or_begin(self) -> None:
        """Empties the scratch directory unless what is in it was made of the same files by the same rules."""
        file = self._scratch / "archive.db"
        if file.is_file():
            with suppress(LuutinError, sqlite3.Error), Archive(self._scratch) as archive:
                found = archive.connection.execute("SELECT upto FROM _rebuilding WHERE file = ''").fetchone()
                self._result.resumed = found is not None and found[0] == self._plan
            if not self._result.resumed:
                self._result.anew = "the files or the rules by which pages are read have changed since"
        if not self._result.resumed:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch.mkdir()

    def _begin(self) -> None:
        with self._replay.attached(self._archive.connection), self._archive.writing() as db:
            db.execute("CREATE TABLE IF NOT EXISTS _rebuilding (file TEXT PRIMARY KEY, upto NOT NULL)")
            db.execute("INSERT OR IGNORE INTO _rebuilding VALUES ('', ?)", (self._plan,))
            begin(db, self._replay)
        self._known_sites = {slug for (slug,) in self._archive.connection.execute("SELECT slug FROM sites")}
        self._known_crawls = dict(self._archive.connection.execute("SELECT id, site FROM crawls").fetchall())

    def _docid_of(self, article_id: str) -> int | None:
        """An article's old number in the search index, unless one that the journal does not know has it by now."""
        docid = self._replay.docid(article_id)
        taken = "SELECT 1 FROM articles WHERE docid = ? AND id <> ?"
        return None if self._archive.connection.execute(taken, (docid, article_id)).fetchone() else docid

    # --- captures

    def _store_captures(self) -> None:
        done = dict(self._archive.connection.execute("SELECT file, upto FROM _rebuilding WHERE file <> ''").fetchall())
        sizes = {path.name: path.stat().st_size for path in self._files}
        total = sum(sizes.values())
        read = sum(min(done.get(name, 0), size) for name, size in sizes.items())
        parts = (part for part in self._parts() if done.get(part.file, 0) < sizes[part.file])
        waiting = iter([replace(part, offset=done.get(part.file, 0)) for part in parts])
        for part, found in self._read(waiting):
            upto = sizes[part.file] if found.next is None else found.next
            self._store(part, found, upto)
            read += upto - part.offset
            self._progress("WARC files", read, total)

    def _parts(self) -> list[Part]:
        """The first part of each file: crawls in their order, as they stored; then what came from elsewhere."""
        found = []
        for path in self._files:
            crawl = about(path).get("isPartOf")
            found.append(Part(path.name, 0, crawl, self._known_crawls.get(crawl or "")))
        return sorted(found, key=lambda part: (part.crawl_id is None, part.crawl_id or "", part.file))

    def _read(self, files: Iterator[Part]) -> Iterator[tuple[Part, ReadPart]]:
        """What the parts of files hold, several files at a time, each file's parts in order."""
        setting = (self._data / "warc", self._scratch / "journal.db", self._config)
        if self._jobs == 1:
            reader = Reader(*setting)
            for first in files:
                part: Part | None = first
                while part is not None:
                    found = reader.read(part)
                    yield part, found
                    part = part.after(found)
            return
        context = get_context("spawn")  # a fresh interpreter: this one may have threads, and files open
        with ProcessPoolExecutor(self._jobs, context, initializer=prepare_reading, initargs=setting) as pool:
            try:
                yield from self._in_parallel(pool, files)
            except BrokenProcessPool as error:
                raise LuutinError(
                    "A process that read WARC files was killed, perhaps for want of memory: the rebuild goes on where"
                    " it was when you start it again, with fewer --jobs."
                ) from error
            finally:
                pool.shutdown(cancel_futures=True)

    def _in_parallel(self, pool: ProcessPoolExecutor, files: Iterator[Part]) -> Iterator[tuple[Part, ReadPart]]:
        reading: dict[Future[ReadPart], Part] = {}

        def submit(part: Part | None) -> None:
            if part is not None:
                with unheard():
                    reading[pool.submit(read_part, part)] = part

        for _ in range(self._jobs * AHEAD):
            submit(next(files, None))
        while reading:
            done, _ = wait(reading, return_when=FIRST_COMPLETED)
            for future in done:
                part, found = reading.pop(future), future.result()
                submit(part.after(found) or next(files, None))
                yield part, found

    def _store(self, part: Part, found: ReadPart, upto: int) -> None:
        self._result.unreadable.update(found.unreadable)
        self._result.captures += len(found.captures)
        with self._archive.writing() as db:
            for p in found.captures:
                self._meet(db, p)
            outcomes = self._archive.store(found.captures, baseline=True)
            self._result.kept.update(outcome.kind for outcome in outcomes)
            db.execute("INSERT OR REPLACE INTO _rebuilding VALUES (?, ?)", (part.file, upto))

    def _meet(self, db: sqlite3.Connection, p: Prepared) -> None:
        """Makes the rows that a capture refers to where the journal has lost them."""
        if p.site not in self._known_sites:
            self._known_sites.add(p.site)
            self._archive.upsert_sites([whose(self._sites, p.site, p.url)])
        if p.crawl_id is not None and p.crawl_id not in self._known_crawls:
            self._known_crawls[p.crawl_id] = p.site
            db.execute(
                "INSERT INTO crawls (id, site, reason, started, finished, outcome, outcome_reason, software_version)"
                " VALUES (?1, ?2, 'unknown', ?3, ?3, 'interrupted', 'the journal knows nothing of it', '')",
                (p.crawl_id, p.site, p.memento_datetime),
            )


# --- around it


def _fingerprint(sites: Mapping[str, Site], files: list[Path]) -> str:
    """By what, and of what, an archive is made: the same for a rebuild that can be gone on with."""
    rules = sorted((slug, extractor_version(site)) for slug, site in sites.items())
    steps = [step.name for step in migrations._migrations]
    held = [(path.name, path.stat().st_size) for path in files]
    return hashlib.sha256(repr((__version__, STUDY_VERSION, rules, steps, held)).encode()).hexdigest()


def _take_what_waits(data: Path, result: Rebuilt) -> bool:
    """Lets the old archive write into the journal what that does not have yet, or has lost by damage; False where there
    is none that could.
    """
    if not (data / "archive.db").is_file():
        return False
    try:
        with Archive(data, alone=True) as archive:
            # for a rebuild that goes on, only what is new: else the files would be others
            archive.write_journal(unfinished=not (data / SCRATCH).exists())
            _mend_journal(archive)
    except (StorageError, sqlite3.Error) as error:
        result.lost = str(error)
    return not result.lost


def _mend_journal(archive: Archive) -> None:
    files = sorted(archive.warc_dir.glob(f"{PREFIX}-*.warc.gz"))
    if not any(isinstance(found, Skipped) for path in files for found in changes_in(path)):
        return
    with (
        TemporaryDirectory(dir=archive.data_dir, prefix=f"{SCRATCH}.") as scratch,
        closing(Replay(Path(scratch) / "journal.db")) as journal,
    ):
        journal.load(files)
        with archive.writing() as db:
            note_lost(db, journal)
    archive.write_journal()


def _bring(source: Path, warc: Path) -> None:
    """Puts the WARC files of another directory into the archive's own: by a hard link where that is possible."""
    found = source / "warc" if (source / "warc").is_dir() else source
    files = [path for path in found.iterdir() if path.name.endswith((".warc.gz", f".warc.gz{OPEN}")) and path.is_file()]
    if not files:
        raise InputError(f"{source} holds no WARC file: name the directory of an archive, or its warc directory.")
    for path in files:
        there = warc / path.name
        if not path.name.isprintable():
            raise InputError(f"{str(path)!r} has a line break in its name, or the like: give it another one first.")
        if there.exists() and there.stat().st_size != path.stat().st_size:
            raise InputError(f"{there} and {path} have one name and are not the same: move one of them away first.")
    warc.mkdir(parents=True, exist_ok=True)
    for path, there in ((path, warc / path.name) for path in files):
        if there.exists():
            continue
        try:
            os.link(path, there)
        except OSError:
            half = there.with_name(f"{path.name}.copying")
            shutil.copy2(path, half)
            half.rename(there)


def _swap(data: Path) -> None:
    """Puts the new archive in the place of the old one, in one step."""
    scratch, old = data / SCRATCH, data / "archive.db"
    with FileLock(data / "archive.lock", timeout=60):
        with suppress(sqlite3.Error):
            connection = sqlite3.connect(old)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        with (scratch / "archive.db").open("rb") as file:
            os.fsync(file.fileno())
        for suffix in ("-wal", "-shm"):  # of the old one: they would be taken for the new one's
            old.with_name(f"archive.db{suffix}").unlink(missing_ok=True)
        (scratch / "archive.db").replace(old)
        directory = os.open(data, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
    shutil.rmtree(scratch, ignore_errors=True)
