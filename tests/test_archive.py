"""What the archive promises: the same answer in whatever order captures arrive, and nothing half-written."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.archive import Archive, Prepared
from crawler.asking import held
from tests.captures import (
    SITE,
    Says,
    dump,
    error,
    everything,
    file,
    identity_of,
    key_of,
    kinds,
    missing,
    moment,
    not_modified,
    one,
    page,
    redirect,
    revisit,
    soft_missing,
    sound,
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as opened:
        opened.upsert_sites([SITE])
        yield opened


FIRST, EDITED = Says(), Says(body="Đoạn một.\n\nĐoạn hai, đã sửa.")


# Order


PATHS = ("/a", "/b", "/c", "/d")
SAYS = (
    FIRST,
    EDITED,
    Says(body="Đoạn một.\n\nĐoạn hai.", counter=1),
    Says(canonical="/a"),
    Says(headline="Uỷ ban", files=("/f1.doc",)),
    Says(headline="Ủy ban", files=("/f1.doc",)),
    Says(author="A", files=("/f1.doc", "/f2.doc"), canonical="/b"),
    Says(author="A", read_as="generic"),
    Says(body="", pictures=("/p1.jpg", "/p2.jpg")),
    Says(body="", pictures=("/p3.jpg", "/p1.jpg")),
)
TIMES = st.builds(moment, st.integers(1, 6), st.sampled_from([0, 0, 0, 7]))
SOURCES = st.sampled_from(["live", "import"])
CAPTURES = st.one_of(
    st.builds(page, st.sampled_from(PATHS), TIMES, st.sampled_from(SAYS), SOURCES),
    st.builds(revisit, st.sampled_from(PATHS), TIMES, st.sampled_from(SAYS), SOURCES),
    st.builds(not_modified, st.sampled_from(PATHS), TIMES, SOURCES),
    st.builds(missing, st.sampled_from(PATHS), TIMES, SOURCES),
    st.builds(error, st.sampled_from(PATHS), TIMES, SOURCES),
    st.builds(redirect, st.sampled_from(PATHS), TIMES, st.sampled_from((*PATHS, "/")), SOURCES),
    st.builds(file, st.sampled_from(("/f1.doc", "/f2.doc")), TIMES, st.sampled_from(["x", "yy"]), SOURCES),
)


def stored(captures: list[Prepared], batch: int) -> str:
    with tempfile.TemporaryDirectory() as directory, Archive(Path(directory)) as archive:
        archive.upsert_sites([SITE])
        for start in range(0, len(captures), batch):
            archive.store(captures[start : start + batch])
        sound(archive)
        return dump(archive)


@settings(max_examples=60, deadline=None)
@given(st.lists(CAPTURES, max_size=14), st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_order_number_and_batches_of_captures_make_no_difference(
    captures: list[Prepared], chance: random.Random, batch: int
) -> None:
    again = captures + chance.choices(captures, k=len(captures) // 2) if captures else []
    chance.shuffle(again)
    assert stored(again, batch) == stored(captures, 48)


# What one capture after another comes to


def test_an_article_is_new_once_then_unchanged_then_edited(archive: Archive) -> None:
    outcomes = archive.store(
        [
            page("/a", moment(1)),
            page("/a", moment(2), replace(FIRST, counter=7)),
            revisit("/a", moment(3)),
            not_modified("/a", moment(4)),
            page("/a", moment(5), EDITED),
            page("/a", moment(5), EDITED),
        ]
    )
    assert kinds(outcomes) == ["new", "unchanged", "unchanged", "unchanged", "changed", "known"]
    assert one(archive, "SELECT revision_count, first_seen, last_seen, last_changed, status FROM articles") == (
        *(2, moment(1), moment(5), moment(5), "live"),
    )
    assert one(archive, "SELECT * FROM revisions WHERE change = 'edited'")[4:6] == (moment(4), moment(5))
    assert one(archive, "SELECT words_added, words_removed FROM revisions WHERE change = 'edited'") == (2, 0)
    assert everything(archive, "SELECT kind, baseline, at FROM events ORDER BY at") == [
        ("new", 0, moment(1)),
        ("edited", 0, moment(5)),
    ]
    sound(archive)


def test_punctuation_alone_is_a_cosmetic_revision_too(archive: Archive) -> None:
    before, after = Says(body="Ông An, bà Bình dự họp"), Says(body="Ông An , bà Bình dự họp.")
    assert kinds(archive.store([page("/a", moment(1), before), page("/a", moment(2), after)])) == ["new", "cosmetic"]
    assert everything(archive, "SELECT kind FROM events") == [("new",)]


def test_an_edit_is_announced_with_what_it_changed(archive: Archive) -> None:
    before, after = Says(body="Hỗ trợ 3 triệu đồng."), Says(body="Hỗ trợ 5 triệu đồng.", author="Lan")
    archive.store([page("/a", moment(1), before), page("/a", moment(2), after)])
    summary, evidence = one(archive, "SELECT summary, evidence FROM events WHERE kind = 'edited'")
    assert summary == "3 thành 5 triệu đồng; tác giả"
    assert json.loads(evidence)["kinds"] == ["body", "author"]


def test_a_text_that_comes_back_again_and_again_is_one_event_then_silence(archive: Archive) -> None:
    one_text, other = Says(body="Bản một."), Says(body="Bản hai.")
    archive.store([page("/a", moment(n), other if n % 2 else one_text) for n in range(8)])
    edits = everything(archive, "SELECT at FROM events WHERE kind = 'edited' ORDER BY at")
    assert edits == [(moment(1),), (moment(2),)], "the edit, and its being taken back"
    assert one(archive, "SELECT revision_count FROM articles") == (8,)
    archive.store([page("/a", moment(9), Says(body="Bản ba."))])
    assert one(archive, "SELECT max(at) FROM events") == (moment(9),), "what was never said is news"


def edits(archive: Archive) -> list[str]:
    return [at for (at,) in everything(archive, "SELECT at FROM events WHERE kind = 'edited' ORDER BY at")]


def test_a_text_that_comes_back_from_another_one_is_news_again(archive: Archive) -> None:
    first, *others = (Says(body=f"Bản {n}.") for n in ("một", "hai", "ba"))
    archive.store([page("/a", moment(n), says) for n, says in enumerate((first, others[0], first, others[1], first))])
    assert edits(archive) == [moment(1), moment(2), moment(3), moment(4)]


def test_a_cosmetic_return_leaves_the_next_reversal_news(archive: Archive) -> None:
    plain, dotted, other = Says(body="Bản một"), Says(body="Bản một."), Says(body="Bản hai.")
    said = (plain, dotted, plain, other, plain, other, dotted)
    archive.store([page("/a", moment(n), says) for n, says in enumerate(said)])
    assert edits(archive) == [moment(3), moment(4)], "then they flip, however they are written"


def listed_in(section: str, path: str, at: str, crawl_id: str, body: str = "Đoạn một.") -> Prepared:
    """A page of one CMS id that says its section by its address."""
    made = page(path, at, Says(body=body), crawl_id=crawl_id)
    assert made.reading is not None
    reading = replace(made.reading, section=section, reading_digest=f"{made.reading.reading_digest}-{section}")
    payload = f"{made.payload_digest}-{section}"
    return replace(
        made, identity=identity_of("7"), article_id=identity_of("7"), reading=reading, payload_digest=payload
    )


def test_an_article_that_stands_in_two_sections_is_new_and_nothing_else(archive: Archive) -> None:
    for day in (1, 2, 3):
        crawl_id = archive.start_crawl(SITE.slug, "night")
        both = [("Tin", "/tin/7"), ("Ảnh", "/anh/7")][:: 1 if day < 3 else -1]
        archive.store([listed_in(*one, moment(day, n), crawl_id) for n, one in enumerate(both)])
        archive.finish_crawl(crawl_id, "complete")
    assert everything(archive, "SELECT kind FROM events") == [("new",)]
    archive.store([listed_in("Ảnh", "/anh/7", moment(4), archive.start_crawl(SITE.slug, "night"), "Đoạn hai.")])
    assert edits(archive) == [moment(4)]


def test_a_record_without_its_payload_says_the_section_of_its_address_too(archive: Archive) -> None:
    first = archive.start_crawl(SITE.slug, "night")
    archive.store([listed_in("Tin", "/tin/7", moment(1), first), listed_in("Ảnh", "/anh/7", moment(1, 1), first)])
    archive.finish_crawl(first, "complete")
    again = listed_in("Tin", "/tin/7", moment(2), archive.start_crawl(SITE.slug, "night"))
    bare = replace(again, reading=None, body="", article_id=None, quality="revisit", record_type="revisit")
    archive.store([bare])
    assert everything(archive, "SELECT section, revision_count FROM articles") == [("Tin", 3)]
    assert everything(archive, "SELECT kind FROM events") == [("new",)]


@pytest.mark.parametrize("path", ["/tin/7", "/anh/7"])
def test_an_article_that_went_to_another_section_is_an_edit(archive: Archive, path: str) -> None:
    for day, (section, at) in enumerate([("Tin", "/tin/7"), ("Ảnh", path)], 1):
        crawl_id = archive.start_crawl(SITE.slug, "night")
        archive.store([listed_in(section, at, moment(day), crawl_id)])
        archive.finish_crawl(crawl_id, "complete")
    assert edits(archive) == [moment(2)]


def test_orthography_alone_is_a_cosmetic_revision_that_nobody_hears_of(archive: Archive) -> None:
    before, after = Says(headline="Huyện uỷ họp", author="Thuý Hoà"), Says(headline="Huyện ủy họp", author="Thúy Hòa")
    assert kinds(archive.store([page("/a", moment(1), before), page("/a", moment(2), after)])) == ["new", "cosmetic"]
    assert one(archive, "SELECT headline, revision_count, last_changed FROM articles") == ("Huyện ủy họp", 2, None)
    assert everything(archive, "SELECT kind FROM events") == [("new",)]


def test_another_author_is_an_edit_although_the_text_is_the_same(archive: Archive) -> None:
    archive.store([page("/a", moment(1)), page("/a", moment(2), Says(author="B"))])
    assert one(archive, "SELECT change, words_added FROM revisions ORDER BY id DESC") == ("edited", 0)
    assert one(archive, "SELECT count(*) FROM texts") == (1,)


def test_a_text_that_comes_back_is_a_revision_of_its_own(archive: Archive) -> None:
    archive.store(
        [page("/a", moment(1)), page("/a", moment(2), EDITED), page("/a", moment(3), replace(FIRST, counter=1))]
    )
    a = identity_of("/a")
    assert everything(archive, "SELECT id, observed_after FROM revisions ORDER BY id") == [
        (f"{a}-20260301020000", None),
        (f"{a}-20260302020000", moment(1)),
        (f"{a}-20260303020000", moment(2)),
    ]


def test_revisions_of_one_second_have_ids_of_their_own(archive: Archive) -> None:
    archive.store([page("/a", moment(1), Says(headline=h)) for h in ("X", "Y", "Z")])
    first = f"{identity_of('/a')}-20260301020000"
    assert everything(archive, "SELECT id FROM revisions ORDER BY id") == [
        (first,),
        (f"{first}000000",),
        (f"{first}000000-2",),
    ]


def test_a_missing_page_makes_an_article_suspect_and_an_error_does_not(archive: Archive) -> None:
    archive.store([page("/a", moment(1))])
    looks = [
        (error("/a", moment(2)), "live"),
        (missing("/a", moment(3)), "suspect"),
        (page("/a", moment(4)), "live"),
        (redirect("/a", moment(5), "/"), "suspect"),
        (not_modified("/a", moment(6)), "live"),
        (soft_missing("/a", moment(7)), "suspect"),
        (redirect("/a", moment(8), "/elsewhere"), "suspect"),
    ]
    for capture, status in looks:
        archive.store([capture])
        assert one(archive, "SELECT status FROM articles") == (status,), capture.quality
    assert one(archive, "SELECT last_seen, last_checked, revision_count FROM articles") == (moment(6), moment(7), 1)


def test_an_import_from_the_past_slots_in_and_announces_nothing(archive: Archive) -> None:
    archive.store([page("/a", moment(5), EDITED)])
    before = one(archive, "SELECT id, at, recorded_at FROM events")
    archive.store([page("/a", moment(2), source="import"), page("/a", moment(3), EDITED, source="import")])
    assert everything(archive, "SELECT change, memento_datetime FROM revisions ORDER BY id") == [
        ("first", moment(2)),
        ("edited", moment(3)),
    ]
    assert everything(archive, "SELECT id, at, recorded_at FROM events") == [before]
    assert one(archive, "SELECT revision_id FROM events") == (f"{identity_of('/a')}-20260303020000",)
    assert one(archive, "SELECT first_seen FROM articles") == (moment(2),)


def test_what_fills_the_archive_is_as_old_as_its_oldest_capture_in_whatever_order_it_comes(archive: Archive) -> None:
    archive.store([page("/a", moment(5), source="import")], baseline=True)
    (identifier,) = one(archive, "SELECT id FROM events")
    archive.store([page("/a", moment(2), EDITED, source="import")], baseline=True)
    assert one(archive, "SELECT id, at FROM events") == (identifier, moment(2))


def test_a_first_crawl_and_an_import_are_baseline(archive: Archive) -> None:
    archive.store([page("/a", moment(1))], baseline=True)
    archive.store([page("/b", moment(1), source="import")])
    archive.store([page("/c", moment(1))])
    assert everything(archive, "SELECT baseline FROM events ORDER BY rowid") == [(1,), (1,), (0,)]
    assert one(archive, "SELECT count(*) FROM new_articles") == (1,)


def test_a_revisit_waits_for_its_payload(archive: Archive) -> None:
    assert kinds(archive.store([revisit("/a", moment(3)), not_modified("/a", moment(4))])) == ["skipped", "skipped"]
    archive.store([page("/b", moment(1), source="import")])
    assert one(archive, "SELECT first_seen, last_seen FROM articles WHERE id = ?", identity_of("/a")) == (
        moment(3),
        moment(4),
    )


def test_a_record_with_the_payload_takes_the_place_of_its_revisit(archive: Archive) -> None:
    archive.store([revisit("/a", moment(1)), page("/a", moment(1))])
    assert one(archive, "SELECT record_type, count(*) FROM captures") == ("response", 1)
    sound(archive)


def test_a_record_id_that_a_stranger_gave_twice_loses_nothing(archive: Archive) -> None:
    first, second = page("/a", moment(1)), page("/b", moment(2), EDITED)
    archive.store([first, replace(second, capture_id=first.capture_id)])
    assert one(archive, "SELECT count(DISTINCT id) FROM captures") == (2,)


def test_the_same_capture_from_two_sources_is_one_with_two_sources(archive: Archive) -> None:
    archive.store([page("/a", moment(1)), replace(page("/a", moment(1), source="import"), origin="x.warc.gz")])
    assert one(archive, "SELECT count(*) FROM captures") == (1,)
    assert everything(archive, "SELECT source, origin FROM capture_sources") == [("import", "x.warc.gz"), ("live", "")]


# Addresses and texts


@pytest.mark.parametrize("target_first", [True, False])
def test_an_address_that_leads_to_an_article_is_its_address(archive: Archive, target_first: bool) -> None:
    captures = [page("/new", moment(1)), redirect("/old", moment(2), "/new"), redirect("/oldest", moment(3), "/old")]
    archive.store(captures if target_first else captures[::-1])
    assert everything(archive, "SELECT url_key, evidence, article_id FROM article_urls ORDER BY 1") == [
        (key_of("/new"), "capture", identity_of("/new")),
        (key_of("/old"), "redirect", identity_of("/new")),
        (key_of("/oldest"), "redirect", identity_of("/new")),
    ]
    assert one(archive, "SELECT count(*) FROM captures WHERE article_id IS NULL") == (0,)


def test_the_earliest_article_with_a_text_stands_for_it(archive: Archive) -> None:
    groups = "SELECT id, same_text_as FROM articles ORDER BY first_seen"
    a, b, c = (identity_of(p) for p in ("/a", "/b", "/c"))
    archive.store([page("/b", moment(2)), page("/c", moment(3))])
    assert everything(archive, groups) == [(b, None), (c, b)]
    archive.store([page("/a", moment(1), source="import")])
    assert everything(archive, groups) == [(a, None), (b, a), (c, a)]
    archive.store([page("/a", moment(4), EDITED)])
    assert everything(archive, groups) == [(a, None), (b, None), (c, b)]


def test_attachments_are_listed_with_what_was_fetched_of_them(archive: Archive) -> None:
    archive.store(
        [page("/a", moment(1), Says(files=("/f.pdf",), pictures=("/p.jpg",))), file("/f.pdf", moment(1), "four")]
    )
    assert everything(archive, "SELECT kind, url, name, media_type, content_length FROM attachments ORDER BY kind") == [
        ("attachment", "http://thu.example.vn/f.pdf", "/F.PDF", "application/pdf", 4),
        ("image", "http://thu.example.vn/p.jpg", None, None, None),
    ]


def test_search_finds_what_an_article_says_now(archive: Archive) -> None:
    def found(query: str) -> list[tuple[object, ...]]:
        return everything(archive, "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?", query)

    archive.store([page("/a", moment(1), Says(body="Đảng uỷ"))])
    assert [found(q) for q in ("exact: đảng", "folded: dang", "exact: dang", "exact: ủy")] == [
        [(1,)],
        [(1,)],
        [(0,)],
        [(1,)],
    ]
    archive.store([page("/a", moment(2), Says(body="Mặt trận"))])
    assert [found(q) for q in ("exact: đảng", "folded: dang", "folded: mat")] == [[(0,)], [(0,)], [(1,)]]


def test_work_for_an_unchanged_article_does_not_grow_with_its_captures(archive: Archive) -> None:
    def steps(capture: Prepared) -> int:
        count = 0

        def step() -> int:
            nonlocal count
            count += 1
            return 0

        archive.connection.set_progress_handler(step, 10)
        archive.store([capture])
        archive.connection.set_progress_handler(None, 10)
        return count

    archive.store([page("/a", moment(1))])
    first = [steps(not_modified("/a", moment(2))), steps(revisit("/a", moment(3)))]
    archive.store(
        [make("/a", moment(day, s)) for day in range(4, 28) for s in range(40) for make in (not_modified, revisit)]
    )
    later = [steps(not_modified("/a", moment(28))), steps(revisit("/a", moment(29)))]
    assert all(b <= a * 2 for a, b in zip(first, later, strict=True)), (first, later)


# For the crawler


def test_validators_are_those_of_the_newest_article_capture_only(archive: Archive) -> None:
    def headers() -> dict[str, str] | None:
        known = held(archive, key_of("/a"))
        return known.headers if known else None

    archive.store([replace(page("/a", moment(1)), etag='"1"', last_modified="Sun")])
    assert headers() == {"If-None-Match": '"1"', "If-Modified-Since": "Sun"}
    archive.store([replace(missing("/a", moment(2)), etag='"none"')])
    assert headers() == {"If-None-Match": '"1"', "If-Modified-Since": "Sun"}
    archive.store([page("/a", moment(3), EDITED)])
    assert headers() is None


def test_what_another_template_does_not_show_is_no_edit_and_what_it_says_otherwise_is(archive: Archive) -> None:
    """Whatever was the last capture before: its selectors count, not those that first found the reading."""
    signed = replace(FIRST, author="Mai Lan")
    looks = [
        (signed, "new"),
        (replace(FIRST, read_as="generic"), "cosmetic"),
        (replace(FIRST, author="Mai Liên", read_as="generic"), "changed"),
        (replace(FIRST, author="Mai Liên"), "unchanged"),
        (replace(FIRST, headline="Hội nghị lớn", read_as="generic"), "changed"),
        (replace(FIRST, headline="Hội nghị lớn", author="Mai Liên"), "cosmetic"),
        (replace(FIRST, headline="Hội nghị lớn"), "changed"),
    ]
    outcomes = archive.store([page("/a", moment(day), says) for day, (says, _) in enumerate(looks, start=1)])
    assert kinds(outcomes) == [kind for _, kind in looks]
    one_by_one = [archive.store([page("/b", moment(day), says)])[0] for day, (says, _) in enumerate(looks, start=1)]
    assert kinds(one_by_one) == kinds(outcomes)
    told = one(archive, "SELECT count(*) FROM events WHERE kind = 'edited' AND article_id = ?", identity_of("/a"))
    assert told == (3,)


def test_a_payload_is_known_once_a_record_of_the_same_site_holds_it(archive: Archive) -> None:
    archive.store([revisit("/a", moment(2))])
    assert archive.known_payload(FIRST.payload_digest, SITE.slug) is None
    archive.store([page("/b", moment(1)), page("/a", moment(3))])
    known = archive.known_payload(FIRST.payload_digest, SITE.slug)
    assert known is not None
    assert known.url.endswith("/b")
    assert known.memento_datetime.isoformat() == "2026-03-01T02:00:00+00:00"
    assert archive.known_payload(FIRST.payload_digest, "another") is None
