"""An article that is withheld is gone from everything that shows articles, stays under seal, and comes back whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from time_machine import travel

from crawler.archive import Archive
from crawler.errors import InputError
from monitor.review import decide
from monitor.withholding import end_embargoes, release
from monitor.withholding import withhold as seal
from tests.captures import everything as rows
from tests.captures import sound
from tests.kept import NORTH
from tests.kept import make as kept_with_files
from tests.test_reextract import FIRST_NIGHT, MONEY, NIGHTS, RIGHT, ROADS, WRONG, House, derived, house

__all__ = ["house"]

OTHER = "/tin/8"
TOLD = ("events", "reviews", "removals", "retracted_revisions")


@pytest.fixture
def kept(house: House) -> House:
    """An archive with an article that was edited, read again and judged by a person, and one beside it."""
    house.crawled(WRONG, [("/tin/7", page) for page in NIGHTS])
    house.crawled(WRONG, [(OTHER, NIGHTS[0].replace(ROADS.encode(), "Hội thao công an huyện.".encode()))])
    house.reextract(RIGHT)
    with Archive(house.data) as archive:
        archive.study()
        with archive.writing() as db:
            db.execute(
                "INSERT INTO removals (id, article_id, first_missing, checks, evidence)"
                " SELECT 'r', id, '2026-03-09', 1, '{\"first\": null, \"missing\": []}' FROM articles"
                " WHERE url LIKE '%/tin/7'"
            )
        decide(archive, article(house), "still_there", note="đã gọi điện hỏi", by="lan")
        archive.write_journal()
    return house


def article(house: House, path: str = "/tin/7") -> str:
    found: str = house.rows(f"SELECT id FROM articles WHERE url LIKE '%{path}'")[0][0]
    return found


def everything(house: House) -> dict[str, Any]:
    """All derived tables and all that the journal tells of articles."""
    with Archive(house.data) as archive:
        sound(archive)
        told = {t: [tuple(r) for r in archive.connection.execute(f"SELECT * FROM {t} ORDER BY id")] for t in TOLD}
        similar = [tuple(r) for r in archive.connection.execute("SELECT * FROM similar_texts ORDER BY 1, 2")]
        return {"derived": derived(archive), "told": told, "similar": similar}


def in_the_file(house: House, words: str) -> bool:
    """Whether archive.db holds these words, anywhere at all: in rows or in what was deleted."""
    with Archive(house.data) as archive:
        archive.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return any(words.encode() in path.read_bytes() for path in house.data.glob("archive.db*"))


def withhold(house: House, identifier: str, *options: str, code: int = 0) -> str:
    result = house.run(RIGHT, "withhold", identifier, "--reason", "Theo quyết định của toà", "--by", "lan", *options)
    assert result.exit_code == code, result.output
    return result.output


def test_a_withheld_article_leaves_no_word_in_the_archive_and_its_records_stay(kept: House) -> None:
    records = {p.name: p.read_bytes() for p in (kept.data / "warc").iterdir()}
    assert in_the_file(kept, MONEY)
    seven = article(kept)
    assert f"The article {seven} is withheld." in withhold(kept, seven)
    assert not in_the_file(kept, "ba con đường")
    assert kept.rows("SELECT count(DISTINCT segid) FROM articles_fts_idx") == [(1,)], "older parts spell its words"
    assert kept.rows("SELECT count(*) FROM articles") == [(1,)]
    sealed = kept.rows("SELECT DISTINCT quality, quality_reason FROM captures WHERE url LIKE '%/7'")
    assert sealed == [("withheld", seven)]
    for table in ("events", "reviews", "removals", "retracted_revisions", "citations", "attachments", "article_urls"):
        assert kept.rows(f"SELECT count(*) FROM {table} WHERE article_id = '{seven}'") == [(0,)], table
    assert kept.rows("SELECT article_id, reason, until, lifted FROM withheld") == [
        (seven, "Theo quyết định của toà", None, None)
    ]
    assert {p.name: p.read_bytes() for p in (kept.data / "warc").iterdir()}.items() >= records.items()
    assert "Nothing is withheld" not in kept.run(RIGHT, "withhold").output


def test_an_article_that_is_released_comes_back_with_everything_that_was_said_of_it(kept: House) -> None:
    before = everything(kept)
    seven = article(kept)
    withhold(kept, seven)
    assert everything(kept) != before
    assert kept.run(RIGHT, "release", seven, "--by", "lan").output == f"The article {seven} is shown again.\n"
    assert everything(kept) == before
    assert kept.rows("SELECT lifted_by FROM withheld") == [("lan",)]
    waiting = f"SELECT count(*) FROM _outbox WHERE item IN (SELECT id FROM events WHERE article_id = '{seven}')"
    assert kept.rows(waiting) == [(0,)], "nothing is sent twice"


def test_neither_a_crawl_nor_reading_again_brings_a_withheld_article_back(kept: House) -> None:
    seven = article(kept)
    withhold(kept, seven)
    kept.crawled(RIGHT, [("/tin/7", NIGHTS[1]), ("/tin/7", NIGHTS[2] + b"<!-- -->")])
    kept.reextract(RIGHT, "--all")
    assert kept.rows("SELECT count(*) FROM articles") == [(1,)]
    assert not in_the_file(kept, "ba con đường")
    kept.run(RIGHT, "release", seven)
    assert len(kept.rows("SELECT 1 FROM captures WHERE url LIKE '%/7' AND quality = 'article'")) == 6


def test_an_embargo_ends_by_itself(kept: House) -> None:
    seven = article(kept)
    before = everything(kept)
    with travel(FIRST_NIGHT, tick=False):
        withhold(kept, seven, "--until", "2026-03-31")
    with Archive(kept.data) as archive:
        with travel(datetime(2026, 3, 30, 16, tzinfo=UTC), tick=False):
            assert end_embargoes(archive, {RIGHT.slug: RIGHT}) == []
        with travel(datetime(2026, 3, 31, 17, tzinfo=UTC), tick=False):
            assert end_embargoes(archive, {RIGHT.slug: RIGHT}) == [seven]
            assert end_embargoes(archive, {RIGHT.slug: RIGHT}) == []
    assert everything(kept) == before


def test_an_embargo_that_cannot_be_ended_yet_keeps_no_other_from_ending(
    kept: House, caplog: pytest.LogCaptureFixture
) -> None:
    seven, eight = article(kept), article(kept, OTHER)
    with travel(FIRST_NIGHT, tick=False):
        withhold(kept, seven, "--until", "2026-03-30")
        withhold(kept, eight, "--until", "2026-03-31")
    (name, offset) = kept.rows("SELECT warc_file, warc_offset FROM captures WHERE url LIKE '%/tin/7' LIMIT 1")[0]
    path = kept.data / "warc" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:offset] + b"\0" * 40 + whole[offset + 40 :])
    with Archive(kept.data) as archive, travel(datetime(2026, 4, 2, tzinfo=UTC), tick=False):
        assert end_embargoes(archive, {RIGHT.slug: RIGHT}) == [eight]
        assert f"The embargo of {seven} is over, but it stays withheld: A capture under seal" in caplog.text
        path.write_bytes(whole)
        assert end_embargoes(archive, {RIGHT.slug: RIGHT}) == [seven]


def test_what_a_damaged_journal_said_of_an_article_is_never_lost_for_good_by_a_release(kept: House) -> None:
    before = everything(kept)
    seven = article(kept)
    told = set(kept.data.glob("warc/journal-*"))
    withhold(kept, seven)
    under_seal = everything(kept)
    for path in told:
        whole = path.read_bytes()
        path.write_bytes(whole[:-60] + b"\0" * 40 + whole[-20:])
        result = kept.run(RIGHT, "release", seven)
        assert (result.exit_code, f"{path} is damaged" in " ".join(result.output.split())) == (2, True), result.output
        assert everything(kept) == under_seal
        path.write_bytes(whole)
    for path in set(kept.data.glob("warc/journal-*")) - told:  # written when it was sealed: these say nothing of it
        whole = path.read_bytes()
        path.write_bytes(whole[:-60] + b"\0" * 40 + whole[-20:])
    assert kept.run(RIGHT, "release", seven).exit_code == 0
    assert everything(kept) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("withhold", "khongcobainao", "--reason", "x"), "There is no article khongcobainao"),
        (("withhold", "khongcobainao"), "Say with --reason why khongcobainao is withheld"),
        (("withhold", "--reason", "x"), "Name the article (its id)"),
        (("withhold", "a", "--reason", "x", "--until", "mai"), "is not a day; write it like 2027-03-31"),
        (("withhold", "a", "--reason", "x", "--until", "2001-03-31"), "--until 2001-03-31 has passed"),
        (("release", "khongcobainao"), "is not withheld"),
    ],
)
def test_what_cannot_be_withheld_is_refused_in_a_sentence(
    kept: House, arguments: tuple[str, ...], sentence: str
) -> None:
    result = kept.run(RIGHT, *arguments)
    assert (result.exit_code, sentence in " ".join(result.output.split())) == (2, True), result.output


def test_a_text_that_others_publish_too_stays_with_them_and_they_are_named(kept: House) -> None:
    kept.crawled(RIGHT, [("/tin/9", NIGHTS[3])])
    told = withhold(kept, article(kept))
    assert f"The same text is still shown as {article(kept, '/tin/9')}" in told
    assert in_the_file(kept, "ba con đường")


def test_an_article_with_files_and_looks_comes_back_once_its_site_is_declared(tmp_path: Path) -> None:
    captures, files = ("SELECT id, quality, article_id FROM captures", "SELECT * FROM attachments")
    with Archive(kept_with_files(tmp_path)) as archive:
        archive.study()
        (identifier,) = archive.connection.execute("SELECT id FROM articles WHERE url LIKE '%bac.%/tin/2'").fetchone()
        before = [rows(archive, f"{query} ORDER BY id") for query in (captures, files)]
        seal(archive, identifier, {}, reason="Thử", by="lan")
        assert len(rows(archive, f"{captures} WHERE quality = 'withheld'")) == 4
        with pytest.raises(InputError, match="The site bac is declared no more"):
            release(archive, identifier, {}, by="lan")
        assert len(rows(archive, f"{captures} WHERE quality = 'withheld'")) == 4
        assert rows(archive, "SELECT lifted FROM withheld") == [(None,)]
        release(archive, identifier, {"bac": NORTH}, by="lan")
        sound(archive)
        assert [rows(archive, f"{query} ORDER BY id") for query in (captures, files)] == before
