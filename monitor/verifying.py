"""Whether an archive is as it was stored: every WARC record, every text, every row that follows from captures."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from crawler.archive import Archive, Prepared
from crawler.clock import timestamp
from crawler.following import UNREAD, unfounded
from crawler.ingest import extractor_version
from crawler.placing import FILE, NOT_MODIFIED
from crawler.rereading import Stored
from crawler.site import Site
from crawler.studying import Study
from crawler.text import content_digest, reading_digest, text_digest, word_count
from crawler.urls import canonical_url, url_key
from crawler.warc import Capture, abandoned
from crawler.warc_read import OPEN, read_on
from crawler.warc_record import Record, read_capture
from crawler.warc_walk import Fault, about, walk
from crawler.warc_walk import sha256 as file_digest
from monitor import manifest, origins
from monitor.readers import Readers
from monitor.rebuilding_parts import whose
from monitor.reextracting import Work, read_again

DATABASE = "archive.db"

#: Rows, and pages, that are looked at at once.
BATCH = 500

#: Qualities that rest on another capture, or of which nothing is read: they say nothing of the rules.
_NOT_READ = (FILE, NOT_MODIFIED, "withheld")

#: Columns of a capture that reading its record gives.
_READ = ("reading_digest", "quality_reason", "identity", "redirect_to", "canonical_url", "canonical_key", "read_as")

_UNREAD = "what was read of it is missing or damaged"

# FTS5 keeps a row here for each that it has indexed.
_NOT_INDEXED = (
    "SELECT (SELECT count(*) FROM articles WHERE docid NOT IN (SELECT id FROM articles_fts_docsize))"
    " + (SELECT count(*) FROM articles_fts_docsize WHERE id NOT IN (SELECT docid FROM articles))"
)

_SAYS_OTHERWISE = "SELECT 1 FROM captures WHERE reading_digest = ? AND content_digest IS NOT ? LIMIT 1"

Progress = Callable[[str, int, int], None]
"""Called with what is looked at, how much of it is done, and how much there is (bytes of WARC files, rows)."""


@dataclass(slots=True)
class Verified:
    """What verifying came to."""

    files: int = 0
    records: int = 0
    texts: int = 0
    articles: int = 0
    pages: int = 0  # read again
    faults: list[Fault] = field(default_factory=list)
    orphans: list[tuple[str, int]] = field(default_factory=list)  # file and offset of captures without a row
    indexed: int = 0  # of these, by --repair


class Verification:
    """Looks at one archive; only reads. ``stop`` ends it between two records."""

    def __init__(
        self,
        archive: Archive,
        sites: Mapping[str, Site],
        progress: Progress = lambda _w, _d, _a: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._archive, self._db, self._data = archive, archive.connection, archive.data_dir
        self._sites, self._progress, self._stop = sites, progress, stop
        self.result = Verified()

    # --- WARC files

    def files(self, paths: Iterable[Path] | None = None) -> None:
        """Verifies WARC files: those given, or all that nobody writes, with what archive and manifests say of them."""
        chosen = sorted(self._archive.warc_dir.glob("*.warc.gz")) if paths is None else list(paths)
        left = abandoned(self._archive.warc_dir) if paths is None else []
        said = manifest.digests(self._data)
        if paths is None:
            self.result.faults += manifest.check(self._data)
            self.result.faults += self._missing({path.name for path in chosen}, said)
        total, done = sum(path.stat().st_size for path in chosen), 0
        self._hold([path.name.removesuffix(OPEN) for path in chosen + left])
        for path in chosen + left:
            if self._stop():
                return
            with suppress(FileNotFoundError) if path in left else nullcontext():  # a crawl may seal it meanwhile
                self.result.faults += self._file(path, said.get(f"warc/{path.name}"))
                self.result.files += 1
                done += path.stat().st_size
                self._progress("WARC files", done, max(done, total))
        self._db.execute("DROP TABLE temp.held")

    def _missing(self, there: set[str], said: Mapping[str, str]) -> Iterator[Fault]:
        open_still = {path.name.removesuffix(".open") for path in self._archive.warc_dir.glob("*.open")}
        held = self._db.execute("SELECT warc_file, count(*) FROM captures GROUP BY warc_file").fetchall()
        for name, captures in held:
            if name not in there | open_still:
                yield Fault(f"warc/{name}", f"the file is missing, and with it {captures:,} captures")
        known = {name for name, _ in held}
        for name in said:
            if name.startswith("warc/") and name[5:] not in there | known:
                yield Fault(name, "the file is missing")

    def _hold(self, names: list[str]) -> None:
        """Sorts out, in one look at all captures, those of these files."""
        self._db.execute("DROP TABLE IF EXISTS temp.held")
        self._db.execute(
            "CREATE TEMP TABLE held AS SELECT warc_file, warc_offset, warc_length, id, record_type, payload_digest,"
            " memento_datetime, status_code, etag, last_modified, crawl_id, media_type, content_length, site, url,"
            " extractor_version FROM main.captures"
            " WHERE warc_file IN (SELECT value FROM json_each(?))",
            (json.dumps(names),),
        )
        self._db.execute("CREATE INDEX temp.held_by_place ON held (warc_file, warc_offset)")

    def _file(self, path: Path, said: str | None) -> Iterator[Fault]:
        file = path.name.removesuffix(OPEN)
        name = f"warc/{file}"
        rows = {
            row["warc_offset"]: row for row in self._db.execute("SELECT * FROM temp.held WHERE warc_file = ?", (file,))
        }
        last = max(rows, default=0)
        without_row: set[int] = set()
        crawl = self._crawl(path)
        sound = True
        for found in walk(path, name):
            fault = found if isinstance(found, Fault) else self._record(found, name, crawl, rows, without_row)
            if isinstance(found, Record):
                self.result.records += 1
            if fault is not None:
                if path.name.endswith(OPEN) and (fault.offset or 0) > last:
                    continue  # torn off when its writer was killed: no row knew of it
                sound = False
                row = rows.pop(fault.offset, None)
                yield Fault(fault.file, fault.what, fault.offset, fault.name or (row["id"] if row else ""))
        for offset, row in sorted(rows.items()):
            sound = False
            yield Fault(name, "its record is not there", offset, row["id"])
        if said is not None and sound and file_digest(path) != said:
            yield Fault(name, "is not what its manifest says it was, though every record is whole")
        if without_row:
            self.result.orphans += self._orphans(path, without_row)

    def _crawl(self, path: Path) -> str | None:
        """Of which crawl, of those that the archive knows, the records of a file are; None: of none."""
        if path.name.startswith(("import-", "backfill-")):
            return None
        named = about(path).get("isPartOf", "")
        return named if self._db.execute("SELECT 1 FROM crawls WHERE id = ?", (named,)).fetchone() else ""

    def _record(
        self, record: Record, name: str, crawl: str | None, rows: dict[int, sqlite3.Row], without_row: set[int]
    ) -> Fault | None:
        """What is wrong between a record and the row of its capture."""
        capture = read_capture(record, name)
        if not isinstance(capture, Capture):
            return None
        row = rows.pop(record.offset, None)
        if row is None:
            without_row.add(record.offset)
            return None
        wrong = ""
        if row["warc_length"] != record.length or row["record_type"] != capture.record_type:
            wrong = "is another record than the one that was stored"
        elif capture.record_type != "revisit" and capture.payload_digest != row["payload_digest"]:
            wrong = "its payload has another digest than the one that was stored"
        elif (timestamp(capture.memento_datetime), capture.status) != (row["memento_datetime"], row["status_code"]):
            wrong = "its row has another time or status than the record"
        elif (capture.etag, capture.last_modified) != (row["etag"], row["last_modified"]):
            wrong = "its row has other validators than the record"
        elif crawl != "" and row["crawl_id"] != crawl:
            wrong = "its row names another crawl than its file"
        elif (capture.media_type or None) != row["media_type"] or not _is_as_long(capture, row["content_length"]):
            wrong = "its row has another type or length"
        elif self._is_todays(row) and self._address(capture, row) != row["url"]:
            wrong = "its row has another address than the record"
        return Fault(name, wrong, record.offset, row["id"]) if wrong else None

    def _address(self, capture: Capture, row: sqlite3.Row) -> str:
        """Where a capture was made, by today's rules of its site's addresses."""
        try:
            return canonical_url(capture.url, addresses=whose(self._sites, row["site"], capture.url).urls)
        except ValueError:  # it can never have a row
            return ""

    def _orphans(self, path: Path, offsets: set[int]) -> Iterator[tuple[str, int]]:
        """Of captures without a row, those that the archive does not have from another record either."""
        file = path.name.removesuffix(OPEN)
        for capture in read_on(path, file, 0):
            if isinstance(capture, Capture) and capture.location.offset in offsets and not self._has(capture):
                yield file, capture.location.offset

    def _has(self, capture: Capture) -> bool:
        try:
            url = canonical_url(capture.url)
            keys = {url_key(url, method=capture.method, body=capture.request_body)}
            for (slug,) in self._db.execute("SELECT slug FROM sites"):
                if (site := self._sites.get(slug)) is not None:
                    url = canonical_url(capture.url, addresses=site.urls)
                    keys.add(url_key(url, method=capture.method, body=capture.request_body))
        except ValueError:
            return True  # it can never have a row
        known = (capture.memento_datetime, capture.payload_digest, capture.record_type)
        return any(self._archive.has_capture(key, *known) for key in keys)

    # --- archive.db

    def database(self) -> None:
        """Verifies that the database file is whole, and that every row refers to rows that are there."""
        self._progress(f"{DATABASE}, the file", 0, 1)
        for (said,) in self._db.execute("PRAGMA integrity_check(20)").fetchall():
            if said != "ok":
                self.result.faults.append(Fault(DATABASE, said))
        for row in self._db.execute("PRAGMA foreign_key_check").fetchmany(20):
            self.result.faults.append(
                Fault(DATABASE, f"a row of {row['table']} refers to one of {row['parent']} that is not there")
            )
        for (lost,) in self._db.execute(_NOT_INDEXED):
            if lost:
                what = f"{lost:,} articles are in the search index or among the articles, and not in both"
                self.result.faults.append(Fault(DATABASE, what))
        self._progress(f"{DATABASE}, the file", 1, 1)

    def texts(self, after: str = "", at_most: int | None = None) -> str:
        """Verifies that texts and readings are what they are named after: ``at_most`` so many bytes, from a name on.

        Returns the name of the last one, "" where that was the last of all.
        """
        total = self._db.execute("SELECT count(*) FROM texts").fetchone()[0] if at_most is None else 0
        size = 0
        while not self._stop():
            query = "SELECT text_digest, body, word_count FROM texts WHERE text_digest > ? ORDER BY text_digest LIMIT ?"
            rows = self._db.execute(query, (after, BATCH)).fetchall()
            if not rows:
                return ""
            for digest, body, words in rows:
                if text_digest(body) != digest:
                    self.result.faults.append(Fault(DATABASE, "a text does not have its digest", name=digest))
                elif word_count(body) != words:
                    self.result.faults.append(Fault(DATABASE, "a text has another number of words", name=digest))
                self._readings(digest, body)
                size += len(body)
            self.result.texts += len(rows)
            after = rows[-1][0]
            self._progress("texts", self.result.texts, total)
            if at_most is not None and size >= at_most:
                break
        return after

    def _readings(self, digest: str, body: str) -> None:
        for row in self._db.execute("SELECT * FROM readings WHERE text_digest = ?", (digest,)).fetchall():
            content = content_digest(row["headline"], body.split("\n\n"))
            of_captures = self._db.execute(_SAYS_OTHERWISE, (row["reading_digest"], content)).fetchone()
            named = (_named(row, digest), content, word_count(body))
            if named != (row["reading_digest"], row["content_digest"], row["word_count"]) or of_captures:
                fault = Fault(DATABASE, "a reading does not have its digests", name=row["reading_digest"])
                self.result.faults.append(fault)

    def derived(self, after: str = "", at_most: int | None = None) -> str:
        """Verifies that articles, revisions and attachments follow from captures: as ``texts``, counted in articles."""
        total = self._db.execute("SELECT count(*) FROM articles").fetchone()[0] if at_most is None else 0
        done = 0
        while not self._stop():
            query = "SELECT id FROM articles WHERE id > ? ORDER BY id LIMIT ?"
            ids = [identifier for (identifier,) in self._db.execute(query, (after, BATCH))]
            if not ids:
                return ""
            for table, name in unfounded(self._db, ids):
                what = f"a row of {table} does not follow from the captures" if table != UNREAD else _UNREAD
                self.result.faults.append(Fault(DATABASE, what, name=name))
            self._cited(ids)
            done += len(ids)
            self.result.articles += len(ids)
            after = ids[-1]
            self._progress("articles", done, total)
            if at_most is not None and done >= at_most:
                break
        return after

    def _cited(self, ids: Sequence[str]) -> None:
        study = Study(self._db)
        if study.is_by_other_rules():
            return  # they are to be made again
        query = "SELECT id, docid FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        for identifier, docid in self._db.execute(query, (json.dumps(ids),)).fetchall():
            if not study.is_cited_rightly(docid):
                fault = Fault(DATABASE, "its citations are not those of its text", name=identifier)
                self.result.faults.append(fault)

    def origins(self) -> None:
        """Verifies that where captures came from is what the journal has of it."""
        for name in origins.wrong(self._db, self._archive.warc_dir, self._progress):
            what = f"its origin ({origins.TABLE}) is not what the journal has"
            self.result.faults.append(Fault(DATABASE, what, name=name))

    # --- pages

    def pages(self, jobs: int) -> None:
        """Reads every page again that was read by today's rules, and verifies that it says what is stored of it."""
        columns = ", ".join(Stored._fields)
        # what answers a form is a listing by any rules, and the question stands in another record
        query = (
            f"SELECT {columns}, site, {', '.join(_READ)} FROM captures WHERE record_type <> 'revisit'"  # noqa: S608
            " AND url_key NOT LIKE '%\\_\\_wb\\_method=%' ESCAPE '\\' AND id > ?"
        )
        total = self._db.execute("SELECT count(*) FROM captures").fetchone()[0]
        last, done = "", 0
        reading = Readers[Work, list[Prepared | str], list[sqlite3.Row]](
            partial(read_again, self._archive.warc_dir), jobs=jobs, doing="read pages again"
        )
        with reading as readers:
            while rows := self._db.execute(f"{query} ORDER BY id LIMIT {BATCH // 5}", (last,)).fetchall():
                if self._stop():
                    return
                last = rows[-1]["id"]
                done += len(rows)
                kept = [row for row in rows if row["quality"] not in _NOT_READ and self._is_todays(row)]
                work = [
                    (Stored(*tuple(row)[: len(Stored._fields)]), whose(self._sites, row["site"], row["url"]))
                    for row in kept
                ]
                for before, read in readers.put(work, kept):
                    self._compare(before, read)
                self._progress("pages", done, total)
            for before, read in readers.rest():
                self._compare(before, read)

    def _is_todays(self, row: sqlite3.Row) -> bool:
        return bool(extractor_version(whose(self._sites, row["site"], row["url"])) == row["extractor_version"])

    def _compare(self, rows: list[sqlite3.Row], read: list[Prepared | str]) -> None:
        for row, p in zip(rows, read, strict=True):
            self.result.pages += 1
            if isinstance(p, str):
                continue  # what cannot be read is told of its file
            digest = p.reading.reading_digest if p.reading else None
            same = all(getattr(p, name) == row[name] for name in _READ[1:])
            if (digest, p.quality) != (row["reading_digest"], row["quality"]) or not same:
                self.result.faults.append(Fault(DATABASE, "a capture is read otherwise than stored", name=row["id"]))


def _is_as_long(capture: Capture, said: int | None) -> bool:
    """Whether a row has the length of its record's payload; revisits and 304s have none, or that of another one."""
    return capture.record_type == "revisit" or capture.status == 304 or said == len(capture.payload)


def _named(reading: sqlite3.Row, text: str) -> str:
    """The digest of a reading as it stands; "" where a list in it cannot be read."""
    said = {name: reading[name] for name in ("headline", "description", "author", "section", "date_published")}
    try:
        said |= {name: json.loads(reading[name]) for name in ("captions", "attachments")}
        said["images"] = [image["alt"] for image in json.loads(reading["images"])]
        return reading_digest(said | {"text_digest": text})
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""
