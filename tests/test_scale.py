"""An archive that grows: the index counts in the order of dates, nothing is sorted whole, nobody waits for a writer."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from time import monotonic
from urllib.error import HTTPError
from urllib.request import urlopen

import captures
import pytest
from captures import Says, page
from shelf import Shelf
from sqlite_utils import Database

from crawler.archive import Archive, Prepared
from crawler.migrations import migrations
from crawler.search_index import day_of, forms
from monitor import serve
from monitor.web.finding import _ALL, _MATCHING, Asked

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

import big_archive

#: Seconds of readers and a writer at once; a minute in the long form.
WHILE = 60 if os.environ.get("LUUTIN_SOAK") else 4
#: Readers side by side.
READERS = 20 if os.environ.get("LUUTIN_SOAK") else 6


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    path = tmp_path_factory.mktemp("big") / "archive.db"
    big_archive.make(path, 400, stories=30)
    return sqlite3.connect(path)


def test_the_benchmarks_archive_is_what_the_archive_itself_would_have_made(big: sqlite3.Connection) -> None:
    """Its index is filled with forms joined from forms of paragraphs: the same, word for word."""
    big.execute("CREATE VIRTUAL TABLE temp.held USING fts5vocab('main', 'articles_fts', 'instance')")
    held = big.execute("SELECT term, doc, col, offset FROM held ORDER BY 1, 2, 3, 4").fetchall()
    big.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    said = "SELECT docid, headline, body, site, section, author FROM articles JOIN texts USING (text_digest) ORDER BY 1"
    rows = [(docid, *forms(*words)) for docid, *words in big.execute(said)]
    big.executemany("INSERT INTO articles_fts (rowid, exact, folded, about) VALUES (?, ?, ?, ?)", rows)
    assert big.execute("SELECT term, doc, col, offset FROM held ORDER BY 1, 2, 3, 4").fetchall() == held
    big.rollback()
    assert big.execute("PRAGMA foreign_key_check").fetchall() == []
    dates = big.execute("SELECT docid, date_published, first_seen FROM articles ORDER BY docid").fetchall()
    assert all(str(day_of(docid)) == published[:10] for docid, published, _ in dates)


def test_no_search_sorts_or_scans_what_it_does_not_show(big: sqlite3.Connection) -> None:
    for sql, asked in ((_MATCHING, Asked(q="dan")), (_ALL, Asked(status="live"))):
        low, high = asked.span
        values = {"match": asked.match, "low": low, "high": high, "limit": 50}
        plan = [row[3] for row in big.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
        assert not any("TEMP B-TREE" in step for step in plan), plan
        assert any("COVERING INDEX" in step for step in plan), plan
        assert not any(step.startswith("SCAN a") and "VIRTUAL" not in step for step in plan), plan


def test_an_archive_of_before_is_numbered_and_indexed_anew(tmp_path: Path) -> None:
    db = Database(tmp_path / "archive.db")
    m015 = next(m for m in migrations.pending(db) if m.name == "m015_search")
    migrations.apply(db, stop_before="m015_search")
    db.conn.execute(
        "INSERT INTO sites VALUES ('huyen_nui', 'N', 'huyện', 'T', NULL, 'http://x/', 'c', 'verified', NULL)"
    )
    db.conn.execute("INSERT INTO texts VALUES ('sha256:a', 'Đảng bộ họp.', 3)")
    for docid, published in ((1, "2026-01-01"), (2, "2019-05-06T08:00:00+07:00"), (3, None)):
        db.conn.execute(
            "INSERT INTO articles (id, site, url, url_key, headline, author, date_published, word_count, status,"
            " first_seen, last_seen, last_checked, revision_count, current_revision_id, text_digest, docid) VALUES"
            " (?, 'huyen_nui', 'u', ?, 'Tin', 'Lan', ?, 3, 'live', '2026-03-01T19:00:00.000000Z', 's', 'c', 1, 'r',"
            " 'sha256:a', ?)",
            (f"a{docid}", f"k{docid}", published, docid),
        )
    db.conn.execute("DELETE FROM _unstudied")
    db.conn.execute("INSERT INTO _unstudied VALUES ('sha256:a', 2), ('sha256:gone', 0)")
    db.conn.commit()
    m015.fn(db)
    assert [row[0] for row in db.conn.execute("SELECT id FROM articles ORDER BY docid")] == ["a2", "a1", "a3"]
    found = db.conn.execute("SELECT rowid FROM articles_fts(?) ORDER BY rowid", (Asked(q="Đảng", author="Lan").match,))
    assert [n for (n,) in found] == [n for (n,) in db.conn.execute("SELECT docid FROM articles ORDER BY docid")]
    waiting = db.conn.execute("SELECT text_digest, docid FROM _unstudied ORDER BY 1").fetchall()
    second = db.conn.execute("SELECT docid FROM articles WHERE id = 'a2'").fetchone()[0]
    assert [tuple(row) for row in waiting] == [("sha256:a", second), ("sha256:gone", 0)]
    db.close()


def test_an_article_whose_date_or_author_is_corrected_moves_in_the_index(tmp_path: Path) -> None:
    def dated(path: str, day: int, date: str | None, says: Says) -> Prepared:
        prepared = page(path, captures.moment(day), says)
        assert prepared.reading is not None
        reading = replace(prepared.reading, date_published=date, reading_digest=f"r1:{date}{says.author}")
        return replace(prepared, reading=reading, payload_digest=f"sha1:{date}{says.author}")

    with Archive(tmp_path) as archive:
        archive.upsert_sites([captures.SITE])
        for n, date in enumerate(("2026-01-05", "2026-01-07"), 1):
            archive.store([page(f"/{n}", captures.moment(1, n), Says(f"Bên {n}", f"Một hai {n}."))])
            archive.store([dated(f"/{n}", 2, date, Says(f"Bên {n}", f"Một hai {n}."))])
        archive.store([dated("/3", 1, None, Says("Giữa", "Một hai ba.", "An"))])
        archive.store([dated("/3", 2, "2026-01-06", Says("Giữa", "Một hai ba.", "Bình"))])
        order = [row[0] for row in captures.everything(archive, "SELECT headline FROM articles ORDER BY docid")]
        assert order == ["Bên 1", "Giữa", "Bên 2"]
        numbers = [row[0] for row in captures.everything(archive, "SELECT docid FROM articles ORDER BY docid")]
        for asked, expected in (
            (Asked(q="hai"), numbers),
            (Asked(author="Bình"), numbers[1:2]),
            (Asked(author="An"), []),
        ):
            found = captures.everything(archive, "SELECT rowid FROM articles_fts(?) ORDER BY rowid", asked.match)
            assert [row[0] for row in found] == expected
        archive.study()
        assert captures.everything(archive, "SELECT * FROM _unstudied") == []


def test_readers_and_a_writer_at_once_meet_no_error(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "archive.db")
    for n in range(60):
        shelf.article(f"Họp bàn số {n}", f"Đảng bộ họp bàn việc {n}.", day=f"2026-02-{n % 28 + 1:02}")
    shelf.done()
    ended, faults, pages = threading.Event(), [], []
    paths = (
        *("", "tim-kiem?q=h%E1%BB%8Dp", "tim-kiem?q=hop&order=closest&site=huyen_nui", "feeds/new.atom?q=hop"),
        *("archive", "archive/articles?_facet=site", "archive/articles?_search=hop", "hoi/articles_per_month"),
    )

    def read(seed: int) -> None:
        chance = Random(seed)
        while not ended.is_set():
            path = chance.choice(paths)
            try:
                with urlopen(f"{url}{path}", timeout=60) as response:
                    pages.append(len(response.read()))
            except HTTPError as error:
                faults.append((path, error.code, error.read()[:300]))

    with serve.serving(tmp_path, port=0) as url, ThreadPoolExecutor(READERS) as readers, Archive(tmp_path) as archive:
        archive.upsert_sites([captures.SITE])
        for seed in range(READERS):
            readers.submit(read, seed)
        until, stored = monotonic() + WHILE, 0
        try:
            while monotonic() < until:
                batch = [page(f"/tin-{stored + n}", captures.moment(1, n % 59), Says()) for n in range(8)]
                stored += len(archive.store(batch))
        finally:
            ended.set()
    assert faults == []
    assert stored > 0
    assert pages
