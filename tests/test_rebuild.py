"""``luutin rebuild``: from the WARC files alone every row comes back, whatever happened to the archive before."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.archive import Archive
from crawler.config import load
from crawler.journal import open_alert
from crawler.warc import Capture, Exchange, WarcWriter, read_captures
from monitor import rebuilding
from monitor.cli import main
from monitor.crawls import run_lock
from monitor.review import decide
from monitor.serve import build, closing
from tests.alike import copied, differences, rows
from tests.kept import NORTH, html, make
from tests.shelf import Reader


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


def luutin(data: Path, *arguments: object) -> Run:
    settings = data / "luutin.toml"
    file = ["--config", str(settings)] if settings.exists() else []
    result = CliRunner().invoke(main, [*map(str, arguments), "--data", str(data), *file])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Run(result.exit_code, result.stdout, result.stderr)


def without_database(data: Path) -> Path:
    for path in data.glob("archive.db*"):
        path.unlink()
    return data


@pytest.fixture
def kept(demo_archive: Path, tmp_path: Path) -> Path:
    """The demo's archive, to do with as one likes."""
    return copied(demo_archive, tmp_path / "kept")


def test_every_row_of_every_table_and_every_feed_comes_back_from_the_files_alone(
    demo_archive: Path, tmp_path: Path
) -> None:
    anew = tmp_path / "anew"
    anew.mkdir()
    shutil.copy(demo_archive / "luutin.toml", anew)
    result = luutin(anew, "rebuild", "--from", demo_archive, "--jobs", "2", "--json")
    assert result.code == 0, result.err
    before = rows(demo_archive)
    assert all(before[table] for table in ("events", "sightings", "removals", "citations", "_habits"))
    assert differences(demo_archive, anew) == {}
    said = json.loads(result.out)
    assert (said["captures"], said["left_out"], said["unreadable"]) == (len(before["captures"]), {}, {})
    names = [f"/feeds/{name}.{form}" for name in ("new", "edits", "removals") for form in ("atom", "rss", "json")]
    assert feeds(anew, names) == feeds(demo_archive, names)


def feeds(data: Path, addresses: list[str]) -> dict[str, bytes]:
    with closing(build(data, base_url="http://kho.example/")) as datasette:
        reader = Reader(datasette)
        answers = {address: reader.get(address) for address in addresses}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {address: answer.content for address, answer in answers.items()}


def test_whatever_happened_to_an_archive_comes_back(kept: Path, tmp_path: Path) -> None:
    revisions = len(rows(kept)["revisions"])
    result = luutin(kept, "import", past(kept, tmp_path / "theirs"))
    assert result.code == 0, result.err
    assert len(rows(kept)["revisions"]) > revisions, "an import of the past, after the crawls"
    with Archive(kept) as archive:
        (missing,) = archive.connection.execute("SELECT article_id FROM removals WHERE restored IS NULL").fetchone()
        decide(archive, missing, "removed", note="đã gỡ", by="An")
        with archive.writing() as db:
            messages_and_alerts(db)
            a_tombstone(db)
    assert luutin(kept, "reextract", "--all", "--jobs", "1").code == 0
    with Archive(kept, read_only=True) as archive:
        query = "SELECT DISTINCT article_id FROM attachments JOIN events USING (article_id) ORDER BY 1 LIMIT 2"
        listing = [article for (article,) in archive.connection.execute(query)]
    for article in listing:
        assert luutin(kept, "withhold", article, "--reason", "theo yêu cầu").code == 0
    assert luutin(kept, "release", listing[0]).code == 0
    with Archive(kept) as archive, archive.writing() as db:
        open_alert(db, None, "storage", "Chưa ghi vào nhật ký", {})
    before = copied(kept, tmp_path / "before")
    assert luutin(kept, "rebuild", "--jobs", "1").code == 0, "what the old database had not written comes with it"
    assert differences(before, kept) == {}


def messages_and_alerts(db: sqlite3.Connection) -> None:
    open_alert(db, "hai_duong", "robots", "Cấm vào", {})
    (event,) = db.execute("SELECT id FROM events LIMIT 1").fetchone()
    for outcome in ("failed", "sent"):
        db.execute(
            "INSERT INTO deliveries (event_id, told, channel, attempted, outcome)"
            " VALUES (?, 'event', 'a', '2025-01-09', ?)",
            (event, outcome),
        )
    db.execute("INSERT INTO _channels VALUES ('a', '2025-01-01')")


def a_tombstone(db: sqlite3.Connection, article: str = "%") -> None:
    """As if older rules had read an edit where there was none."""
    row = db.execute("SELECT * FROM revisions WHERE article_id LIKE ? ORDER BY id LIMIT 1", (article,)).fetchone()
    db.execute("INSERT INTO texts VALUES ('sha256:old', 'Cách đọc cũ.', 3)")
    db.execute(
        "INSERT INTO retracted_revisions VALUES (?, ?, ?, ?, 'sha256:old', ?, 'same', '1', '2025-01-09T00:00:00Z')",
        (f"{row['id']}1", *(row[c] for c in ("article_id", "memento_datetime", "headline", "capture_id"))),
    )


def past(data: Path, directory: Path) -> Path:
    """A WARC file of pages of the archive, as somebody captured them years before, a little different."""
    directory.mkdir()
    with Archive(data, read_only=True) as archive:
        query = "SELECT url FROM captures WHERE quality = 'article' AND record_type = 'response' ORDER BY id LIMIT 12"
        urls = {url for (url,) in archive.connection.execute(query)}
        (first,) = archive.connection.execute("SELECT current_revision_id FROM articles ORDER BY id LIMIT 1").fetchone()
    assert first
    with WarcWriter(directory, prefix="theirs", software="somebody's tool") as writer:
        for file in sorted((data / "warc").glob("[!j]*.warc.gz")):
            for found in read_captures(file):
                if isinstance(found, Capture) and found.url in urls and found.status == 200 and found.payload:
                    urls.discard(found.url)
                    for year in (2021, 2022):
                        body = found.payload.replace(b"</title>", f" ({year})</title>".encode())
                        body = body.replace(b"</p>", f", năm {year}.</p>".encode(), 1)
                        at = datetime(year, 5, 1, tzinfo=UTC)
                        writer.write(Exchange(found.url, at, 200, "OK", (("Content-Type", "text/html"),), body))
    return next(directory.glob("*.warc.gz"))


def test_without_any_journal_and_with_damage_what_was_published_comes_back_all_the_same(
    kept: Path, tmp_path: Path
) -> None:
    anew = without_database(copied(kept, tmp_path / "anew"))
    for path in (anew / "warc").glob("journal-*"):
        path.unlink()
    damaged = next((anew / "warc").glob("h*.warc.gz"))
    with Archive(kept, read_only=True) as archive:
        query = "SELECT id, warc_offset FROM captures WHERE warc_file = ? AND quality = 'file' ORDER BY 2 DESC"
        lost, offset = archive.connection.execute(query, (damaged.name,)).fetchone()
    with damaged.open("r+b") as file:
        file.seek(offset + 60)
        file.write(b"\0\0\0\0")
    result = luutin(anew, "rebuild", "--jobs", "1")
    assert (result.code, "damaged record 1" in result.err) == (7, True), result.err
    before, after = rows(kept), rows(anew)
    for table in ("texts", "readings", "revisions", "citations", "article_urls"):
        assert after[table] == before[table], table
    assert after["captures"] == [row for row in before["captures"] if f'"id": "{lost}"' not in row]
    crawls = [json.loads(row) for row in after["crawls"]]
    assert {(c["id"], c["site"]) for c in crawls} == {(c["id"], c["site"]) for c in map(json.loads, before["crawls"])}
    assert {c["outcome"] for c in crawls} == {"interrupted"}
    assert not [row for row in after["events"] if not json.loads(row)["baseline"]]


def test_a_damaged_database_is_in_nobodys_way(kept: Path, tmp_path: Path) -> None:
    before = copied(kept, tmp_path / "before")
    for path in kept.glob("archive.db-*"):
        path.unlink()
    size = (kept / "archive.db").stat().st_size
    with (kept / "archive.db").open("r+b") as file:
        file.write(b"\0" * (size // 2))
    result = luutin(kept, "rebuild", "--json", "--jobs", "1")
    assert result.code == 0, result.err
    assert json.loads(result.out)["lost"]
    assert differences(before, kept) == {}


def damage(path: Path) -> None:
    """Makes nothing readable of what a file holds behind its first record."""
    with path.open("r+b") as file:
        for offset in range(300, path.stat().st_size, 60):
            file.seek(offset)
            file.write(b"\0" * 20)


@pytest.mark.parametrize("everything", [False, True])
def test_a_seal_stays_on_though_the_journal_is_damaged(kept: Path, tmp_path: Path, everything: bool) -> None:
    article = one_that_was_told_of(kept)
    with Archive(kept) as archive:
        with archive.writing() as db:
            a_tombstone(db, article)
        archive.write_journal()
    told = set(kept.glob("warc/journal-*"))
    assert luutin(kept, "withhold", article, "--reason", "toà án").code == 0
    before = copied(kept, tmp_path / "before")
    for path in kept.glob("warc/journal-*"):
        if everything or path not in told:
            damage(path)
    journals = []
    for _ in range(2):
        result = luutin(kept, "rebuild", "--jobs", "1", "--json")
        assert (result.code, "of the journal" in result.err) == (7, True), result.err
        assert differences(before, kept) == {}
        journals.append(set(kept.glob("warc/journal-*")))
    assert journals[0] == journals[1], "what was lost is written into the journal once"


def test_where_nobody_knows_any_more_what_a_damaged_journal_said_it_is_told(kept: Path) -> None:
    assert luutin(kept, "withhold", one_that_was_told_of(kept), "--reason", "toà án").code == 0
    for path in without_database(kept).glob("warc/journal-*"):
        damage(path)
    result = luutin(kept, "rebuild", "--jobs", "1")
    assert (result.code, "perhaps also what is withheld" in " ".join(result.err.split())) == (7, True), result.err


def one_that_was_told_of(data: Path) -> str:
    with Archive(data, read_only=True) as archive:
        query = "SELECT article_id FROM revisions JOIN events USING (article_id) ORDER BY kind = 'edit' DESC, 1 LIMIT 1"
        found: str = archive.connection.execute(query).fetchone()[0]
        return found


def test_a_file_of_the_same_name_that_is_another_one_is_never_replaced(kept: Path, tmp_path: Path) -> None:
    name = next((kept / "warc").glob("h*.warc.gz")).name
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / name).write_bytes(b"another")
    result = luutin(kept, "rebuild", "--from", tmp_path / "other")
    assert (result.code, "are not the same" in result.err) == (2, True)


def test_of_another_directory_only_files_are_brought_and_all_of_them_or_none(tmp_path: Path) -> None:
    other = make(tmp_path / "other")
    (other / "warc" / "a.warc.gz").mkdir()
    strange = other / "warc" / "a\nb.warc.gz"
    strange.write_bytes(b"")
    data = tmp_path / "data"
    result = luutin(data, "rebuild", "--from", other, "--jobs", "1")
    assert (result.code, "has a line break in its name" in result.err) == (2, True), result.err
    assert list(data.glob("warc/*")) == []
    strange.unlink()
    (data / "warc" / "z.warc.gz").mkdir(parents=True)
    result = luutin(data, "rebuild", "--from", other, "--jobs", "1")
    assert result.code == 0, result.err


def test_without_a_journal_the_files_tell_what_was_imported_and_what_was_backfilled(tmp_path: Path) -> None:
    data = without_database(make(tmp_path / "data"))
    for source in ("import", "backfill"):
        with WarcWriter(data / "warc", prefix=source, software="Lưu Tin") as writer:
            at = datetime(2021, 5, 1, tzinfo=UTC)
            writer.write(
                Exchange(f"{NORTH.home_url}{source}", at, 200, "OK", (("Content-Type", "text/html"),), html(9))
            )
    for path in data.glob("warc/journal-*"):
        path.unlink()
    assert luutin(data, "rebuild", "--jobs", "1").code == 0
    with Archive(data, read_only=True) as archive:
        query = "SELECT warc_file, source FROM captures JOIN capture_sources ON capture_id = captures.id"
        found = {(name.partition("-")[0], source) for name, source in archive.connection.execute(query)}
    of_files = {("import", "import"), ("backfill", "backfill"), ("bac", "live"), ("nam", "live")}
    assert found == of_files
    assert luutin(data, "verify").code == 0


def test_it_waits_for_no_crawl_and_makes_nothing_of_nothing(kept: Path, tmp_path: Path) -> None:
    with run_lock(kept):
        assert luutin(kept, "rebuild").code == 6
    empty = luutin(tmp_path / "empty", "rebuild")
    assert (empty.code, "holds no WARC file" in empty.err) == (2, True)


def test_nobody_writes_into_an_archive_that_is_made_anew_so_that_nothing_is_lost(kept: Path) -> None:
    before = rows(kept)
    with Archive(kept, read_only=True) as archive:
        (article,) = archive.connection.execute("SELECT id FROM articles ORDER BY id LIMIT 1").fetchone()
    answers: list[Run] = []

    def at_the_first_sign_of_life(*_: object) -> None:
        if not answers:
            answers.append(luutin(kept, "withhold", article, "--reason", "toà án"))

    config = load(kept / "luutin.toml")
    rebuilding.rebuild(kept, config, source=None, jobs=1, progress=at_the_first_sign_of_life)
    assert (answers[0].code, "is being made anew: wait until that is over" in answers[0].err) == (6, True)
    assert rows(kept) == before
    assert luutin(kept, "withhold", article, "--reason", "toà án").code == 0


def test_it_does_not_begin_while_somebody_writes(kept: Path) -> None:
    with Archive(kept):
        result = luutin(kept, "rebuild")
    assert (result.code, "Somebody writes into" in result.err) == (6, True)
    with Archive(kept, read_only=True):
        assert luutin(kept, "rebuild", "--jobs", "1").code == 0, "readers are in nobody's way"


# --- killed


REBUILDS = """
import sys
from pathlib import Path
from crawler.config import load
from monitor.rebuilding import rebuild
rebuild(Path(sys.argv[1]), load(sys.argv[2]), source=None, jobs=1, progress=lambda *a: print(a, flush=True))
"""


def killed_while_rebuilding(data: Path, after: int) -> None:
    """Starts a rebuild and kills it when so many parts of files are stored."""
    command = [sys.executable, "-c", REBUILDS, str(data), str(data / "luutin.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent) as process:
        assert process.stdout is not None
        for _ in range(after):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)


def test_a_rebuild_that_is_killed_goes_on_and_the_old_archive_stays_until_the_new_one_is_whole(kept: Path) -> None:
    with Archive(kept) as archive:
        archive.schedule("hai_duong", [("http://a.example/x", "example,a)/x")], "revisit")  # still to be fetched
    before = rows(kept)
    for after in (3, 4):
        killed_while_rebuilding(kept, after)
        assert rows(kept) == before, "the old one is untouched"
    result = luutin(kept, "rebuild", "--json", "--jobs", "1")
    assert result.code == 0, result.err
    said = json.loads(result.out)
    assert said["resumed"]
    assert 0 < said["captures"] < len(before["captures"])
    assert rows(kept) == before
    assert not (kept / rebuilding.SCRATCH).exists()


def test_a_rebuild_that_was_killed_begins_anew_when_the_files_are_others(kept: Path) -> None:
    killed_while_rebuilding(kept, 3)
    with Archive(kept) as archive:
        with archive.writing() as db:
            open_alert(db, None, "robots", "Có thêm", {})
        archive.write_journal()
    before = rows(kept)
    said = json.loads(luutin(kept, "rebuild", "--json", "--jobs", "1").out)
    assert (said["resumed"], bool(said["anew"])) == (False, True)
    assert rows(kept) == before


@pytest.mark.shared
def test_the_corpus_comes_back(shared: Path, tmp_path: Path) -> None:
    data = tmp_path / "corpus"
    assert luutin(data, "import", shared / "corpus" / "sotttt-hanoi-party.warc.gz").code == 0
    anew = without_database(copied(data, tmp_path / "anew"))
    assert luutin(anew, "rebuild", "--jobs", "2").code == 0
    assert differences(data, anew) == {}
