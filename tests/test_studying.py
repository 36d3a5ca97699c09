"""What is made of texts after a crawl: the same rows in whatever order, batches and interruptions, and true ones."""

from __future__ import annotations

import gc
import random
import re
import sqlite3
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import similar, studying
from crawler.archive import Archive, Prepared
from crawler.citations import Citation
from crawler.migrations import m002_studied, m016_similar, migrations
from crawler.similar import BAND, HASHES, SIMILAR, bands_of, sketch
from crawler.text import overlap, shingles, text_digest
from monitor import leftover
from monitor.withholding import withhold
from tests.captures import SITE, Says, everything, identity_of, missing, moment, one, page, redirect, sound

_NUMBER = re.compile(r"(Chỉ thị|Nghị quyết) (?:số )?(\d+-[A-Z]+/TW)")

STUDIED = {
    "citations": "SELECT * FROM citations ORDER BY article_id, position",
    "similar": "SELECT * FROM similar_texts ORDER BY text_digest, other_digest",
    "sketches": "SELECT text_digest, shingles, hashes FROM _sketches ORDER BY text_digest",
    "hashes": "SELECT hash, text_digest FROM _sketch_hashes JOIN _sketches ON id = sketch ORDER BY 1, 2",
    "views": "SELECT * FROM similar_articles",
    "documents": "SELECT * FROM documents_cited",
    "queue": "SELECT * FROM _unstudied",
}


def stand_in(text: str) -> list[Citation]:
    """Enough of a reader of citations for what is tested here."""
    return [Citation(f"{m[1]} {m[2]}", m[1], m[2], None, None, m[0]) for m in _NUMBER.finditer(text)]


@pytest.fixture(autouse=True)
def finder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studying, "find_citations", stand_in)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as opened:
        opened.upsert_sites([SITE])
        yield opened


def studied(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """Everything that studying writes, without the numbers that are only the machinery's."""
    return {name: everything(archive, sql) for name, sql in STUDIED.items()}


def prose(seed: int, syllables: int) -> list[str]:
    """So many syllables of a language with a few thousand of them."""
    chance = random.Random(seed)
    return [chance.choice("bcdghklmnprstvx") + chance.choice("aeiouyàáảãạ") + chance.choice("nmctpghi") * (i % 2)
            for i in range(syllables)]  # fmt: skip


def near(words: list[str], seed: int, at_least: float) -> list[str]:
    """A copy with single syllables changed, as far as a true overlap of ``at_least`` allows."""
    chance = random.Random(seed)
    truth, copy = shingles(" ".join(words)), list(words)
    while True:
        changed = list(copy)
        changed[chance.randrange(len(copy))] = f"khác{chance.randrange(10**6)}"
        if overlap(truth, shingles(" ".join(changed))) < at_least:
            return copy
        copy = changed


# Order


BODIES = [
    " ".join(words)
    for seed in range(3)
    for base in [prose(seed, 60)]
    for words in (base, near(base, 1, 0.9), near(base, 2, 0.8), near(base, 3, 0.7))
]
FAMILY = [f"{BODIES[0]} ngày {day}" for day in range(1, 6)]
SAYS = st.builds(
    Says,
    headline=st.sampled_from(["Hội nghị", "Học tập Chỉ thị số 05-CT/TW", "Nghị quyết 25-NQ/TW và Chỉ thị 21-CT/TW"]),
    body=st.one_of(
        st.sampled_from(FAMILY),
        st.sampled_from([*BODIES, "", "Theo Chỉ thị 21-CT/TW.", "Xem tệp đính kèm"]),
    ),
    canonical=st.sampled_from([None, None, None, "/a"]),
)
PATHS = st.sampled_from([f"/{letter}" for letter in "abcdefgh"])
TIMES = st.builds(moment, st.integers(1, 6), st.sampled_from([0, 7]))
CAPTURES = st.one_of(
    st.builds(page, PATHS, TIMES, SAYS),
    st.builds(page, PATHS, TIMES, SAYS),
    st.builds(redirect, PATHS, TIMES, PATHS),
    st.builds(missing, PATHS, TIMES),
)


def result(
    captures: list[Prepared], sizes: Iterator[int], patches: dict[str, int]
) -> dict[str, list[tuple[object, ...]]]:
    """What studying comes to when the captures come in pieces, each of them studied for a while."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as directory:
        patch.setattr(studying, "find_citations", stand_in)
        patch.setattr(studying, "BATCH", patches["batch"])
        patch.setattr(similar, "COMMON", patches["common"])
        patch.setattr(studying, "LONGEST", patches["longest"])
        with Archive(Path(directory)) as archive:
            archive.upsert_sites([SITE])
            at = 0
            while at < len(captures):
                size = next(sizes)
                archive.store(captures[at : at + size])
                at += size
                rounds = iter(range(next(sizes)))
                archive.study(stop=lambda rounds=rounds: next(rounds, None) is None)  # type: ignore[misc]
            archive.study()
            sound(archive)
            return studied(archive)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(CAPTURES, min_size=8, max_size=30),
    st.randoms(use_true_random=False),
    st.lists(st.integers(1, 5), min_size=64, max_size=64),
    st.sampled_from([1, 3, 32]),
    st.sampled_from([1, 2, 3, 4, 500]),
    st.sampled_from([0, 60]),
)
def test_neither_order_nor_batches_nor_interruptions_make_a_difference(
    captures: list[Prepared], chance: random.Random, sizes: list[int], batch: int, common: int, longest: int
) -> None:
    """Of a family that is too large, order decides which pairs are found: never one that is none."""
    again = captures + chance.choices(captures, k=len(captures) // 2)
    chance.shuffle(again)
    at_once = result(captures, iter([48] * 99), {"batch": 32, "common": 500, "longest": 60})
    pieces = result(again, iter(sizes * 2), {"batch": batch, "common": common, "longest": longest})
    if max(Counter(hash_ for hash_, _ in at_once["hashes"]).values(), default=0) > common:
        for name in ("similar", "views"):
            assert set(pieces.pop(name)) <= set(at_once.pop(name))
    assert pieces == at_once


def test_what_fails_midway_is_studied_again_and_comes_to_the_same(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.store([page(f"/{n}", moment(1), Says(body=body)) for n, body in enumerate(BODIES)])
    calls = 0

    def failing(self: similar.Similar, digest: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt
        keep(self, digest)

    keep = similar.Similar.keep
    with monkeypatch.context() as patch:
        patch.setattr(studying, "LONGEST", 0)
        patch.setattr(similar.Similar, "keep", failing)
        with pytest.raises(KeyboardInterrupt):
            archive.study()
    assert one(archive, "SELECT count(*) FROM _unstudied") == (len(BODIES) - 4,)
    archive.study()
    half = studied(archive)
    with archive.writing() as db:
        db.execute("INSERT INTO _unstudied SELECT text_digest, docid FROM articles")
    archive.study()
    assert studied(archive) == half
    assert half["similar"]


# The queue


def test_what_was_not_written_in_time_is_not_prepared_twice(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    read: Counter[str] = Counter()

    def counting(text: str) -> list[Citation]:
        read[text] += 1
        return stand_in(text)

    monkeypatch.setattr(studying, "find_citations", counting)
    monkeypatch.setattr(studying, "LONGEST", 0)
    archive.store([page(f"/{n}", moment(1), Says(body=f"Chỉ thị {n}-CT/TW.")) for n in range(12)])
    archive.study()
    assert (len(read), set(read.values())) == (12, {1})


def test_only_what_changed_is_studied(archive: Archive) -> None:
    archive.store([page("/a", moment(1)), page("/b", moment(1), Says(body="Một. Hai. Ba. Bốn."))])
    assert archive.study() == 2
    archive.store([page("/a", moment(2), Says(counter=1)), page("/a", moment(3), Says(author="Mai"))])
    assert archive.study() == 0
    archive.store([page("/a", moment(4), Says(headline="Khác"))])
    assert archive.study() == 1
    archive.store([page("/a", moment(5), Says(body="Khác."))])
    assert archive.study() == 2, "the text that it says no longer, and the one that it says now"


def test_an_archive_of_before_is_studied_whole(archive: Archive, tmp_path: Path) -> None:
    archive.store([page("/a", moment(1), Says(body=BODIES[0])), page("/b", moment(1), Says(body=BODIES[1]))])
    archive.study()
    expected = studied(archive)
    with archive.writing() as db:
        for name in ("documents_cited", "similar_articles", "similar_texts"):
            db.execute(f"DROP VIEW {name}")
        for name in ("citations", "_similar", "_unstudied", "_sketches", "_sketch_hashes"):
            db.execute(f"DROP TABLE {name}")
        for made in (m002_studied, m016_similar):
            db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (made.__name__,))
    assert m002_studied.__name__ in {m.name for m in migrations.pending(_database(archive))}
    with Archive(tmp_path) as again:
        assert again.study() == 2
        assert studied(again) == expected


def _database(archive: Archive):  # type: ignore[no-untyped-def]
    from sqlite_utils import Database

    return Database(archive.connection, execute_plugins=False)


def test_progress_is_told_and_a_stop_is_obeyed(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studying, "BATCH", 2)
    archive.store([page(f"/{n}", moment(1), Says(body=f"Bài số {n}.")) for n in range(5)])
    told: list[tuple[int, int]] = []
    assert archive.study(lambda *how: told.append(how), stop=lambda: len(told) == 2) == 4
    assert archive.study(lambda *how: told.append(how)) == 1
    assert told == [(2, 5), (4, 5), (1, 1)]


# Citations


def test_an_article_cites_what_its_headline_and_its_text_name_now(archive: Archive) -> None:
    a = identity_of("/a")
    archive.store([page("/a", moment(1), Says(headline="Về Chỉ thị 05-CT/TW", body="Theo Nghị quyết số 25-NQ/TW."))])
    archive.study()
    listed = "SELECT article_id, position, document, text FROM citations ORDER BY position"
    assert everything(archive, listed) == [
        (a, 1, "Chỉ thị 05-CT/TW", "Chỉ thị 05-CT/TW"),
        (a, 2, "Nghị quyết 25-NQ/TW", "Nghị quyết số 25-NQ/TW"),
    ]
    archive.store([page("/a", moment(2), Says(headline="Hội nghị", body="Theo Nghị quyết số 25-NQ/TW."))])
    archive.study()
    assert everything(archive, listed) == [(a, 1, "Nghị quyết 25-NQ/TW", "Nghị quyết số 25-NQ/TW")]


def test_who_cites_a_document_is_one_row(archive: Archive) -> None:
    says = Says(body="Chỉ thị 21-CT/TW, và lại Chỉ thị số 21-CT/TW.")
    archive.store([page("/a", moment(1), says), page("/b", moment(1), says), page("/c", moment(1))])
    archive.study()
    assert everything(archive, "SELECT * FROM documents_cited") == [
        ("Chỉ thị 21-CT/TW", "Chỉ thị", 2, SITE.slug, "2026-03-01", "2026-03-01")
    ]


def test_a_citation_is_of_the_day_that_its_article_has_now(archive: Archive) -> None:
    def undated(path: str, at: str) -> Prepared:
        dated = page(path, at, Says(body="Theo Chỉ thị 21-CT/TW."))
        assert dated.reading is not None
        return replace(dated, reading=replace(dated.reading, date_published=None, reading_digest="r1:undated"))

    def day() -> object:
        archive.study()
        return one(archive, "SELECT cited_on, first_cited FROM citations JOIN documents_cited USING (document)")

    archive.store([page("/a", moment(4), Says(body="Theo Chỉ thị 21-CT/TW."))])
    assert day() == ("2026-03-01", "2026-03-01")
    archive.store([undated("/a", moment(5))])
    assert day() == ("2026-03-04", "2026-03-04")
    archive.store([replace(undated("/a", moment(2)), payload_digest="sha1:of-before")])
    assert day() == ("2026-03-02", "2026-03-02")


def test_an_article_that_turns_out_to_be_anothers_leaves_nothing_behind(archive: Archive) -> None:
    archive.store([page("/a", moment(1)), page("/b", moment(1), Says(body=BODIES[0] + " Chỉ thị 21-CT/TW"))])
    archive.study()
    assert one(archive, "SELECT count(*) FROM citations") == (1,)
    archive.store([redirect("/b", moment(2), "/a")])
    archive.study()
    sound(archive)


# Similar texts


@pytest.mark.parametrize(
    ("length", "promised"), [(12, 0.8), (20, 0.8), (33, 0.8), (40, 0.9), (65, 0.8), (130, 0.8), (260, 0.8), (520, 0.9)]
)
def test_a_near_copy_is_found_whatever_its_length(length: int, promised: float) -> None:
    """Of a hundred pairs at about the threshold one may be missed, and none be invented."""
    words = {f"{n}{kind}": near(prose(n, length), n, promised) if kind else prose(n, length)
             for n in range(100) for kind in ("", "b")}  # fmt: skip
    bodies = {text_digest(" ".join(w)): " ".join(w) for w in words.values()}
    with tempfile.TemporaryDirectory() as directory, Archive(Path(directory)) as archive:
        archive.upsert_sites([SITE])
        archive.store([page(f"/{n}", moment(1), Says(body=body)) for n, body in enumerate(bodies.values())])
        archive.study()
        found = {(a, b): value for a, b, value in everything(archive, "SELECT * FROM similar_texts")}
    sets = {digest: shingles(body) for digest, body in bodies.items()}
    true = {
        pair: value
        for a, b in combinations(sets, 2)
        if (value := overlap(sets[a], sets[b])) >= SIMILAR
        for pair in ((a, b), (b, a))
    }
    assert found.items() <= true.items(), "each with its true overlap"
    assert len(found) >= 0.99 * len(true)


def test_sketches_have_one_size_whatever_the_length() -> None:
    for length in (3, 31, 32, 33, 500, 5000, 50_000):
        text = shingles(" ".join(f"{w}{i}" for i, w in enumerate(prose(1, length))))
        assert len(sketch(text)) == HASHES
        assert 1 <= len(bands_of(sketch(text))) <= HASHES // BAND


@pytest.mark.parametrize("size", [12, 40, 160, 900])
def test_sketches_have_in_common_what_texts_have_in_common(size: int) -> None:
    """On average: by how much a single one is out is a matter of chance, of the bytes cut off hardly any."""
    chance = random.Random(size)
    for shared in (0, size // 2, size * 9 // 10):
        estimates, true = [], shared / (2 * size - shared)
        for _ in range(400):
            both, one, other = (
                {chance.getrandbits(47) for _ in range(n)} for n in (shared, size - shared, size - shared)
            )
            mine, theirs = (sketch(frozenset(both | rest)) for rest in (one, other))
            estimates.append(sum(a == b for a, b in zip(mine, theirs, strict=True)) / HASHES)
        assert abs(sum(estimates) / len(estimates) - true) < 0.02


def test_a_sketch_is_the_same_on_any_machine_and_any_python() -> None:
    """They are kept for years and compared: a change of them is a change of STUDY_VERSION."""
    assert sketch(shingles("Hội nghị tổng kết công tác dân vận")).hex() == (
        "403f3e6f76763f40cd763ecd6f6f3e40763f6f6f3f763f3e6f40403ecdcd766f40763f3ecd6f3e3e"
        "4076cd40406fcd3e766f3f763e76403e3f763e3e403ecd3e3f6fcd3f763f3e3e6f3f403f3f3e3f3e"
    )
    assert sketch(shingles(" ".join(prose(1, 400)))).hex() == (
        "fb4cd558279bd2b560ed8a5e1592cbc706aea78acc1d827b10d5871d040cbb493a8e4cff97c78e5b"
        "b672c818bea6f1e792a2c3dc4cc868a89349e97f4d8ff34bba257a8e4a3af42e4cf73a7229e35776"
    )


def test_what_a_study_kept_goes_with_it(archive: Archive) -> None:
    """While an import goes on, there is one every moment, with megabytes of shingles each."""
    archive.store([page(f"/{n}", moment(1), Says(body=body)) for n, body in enumerate(BODIES)])
    kept = shingles(BODIES[0])
    gc.collect()
    gc.disable()
    try:
        archive.study()
        assert not [o for o in gc.get_objects() if isinstance(o, studying.Study | similar.Similar)]
        assert not [o for o in gc.get_objects() if isinstance(o, frozenset) and o is not kept and o == kept]
    finally:
        gc.enable()


def test_long_texts_do_not_fill_the_memory(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Statutes, and whole lists of names, thirty times as long as what is common."""
    archive.store([page(f"/{n}", moment(1), Says(body=" ".join(prose(n, 25_000)))) for n in range(20)])
    kept: list[weakref.ref[frozenset[int]]] = []
    at_once: list[int] = []
    made = studying._made

    def counted(db: sqlite3.Connection, digest: str) -> frozenset[int] | None:
        found = made(db, digest)
        assert found is not None
        kept.append(weakref.ref(found))
        at_once.append(sum(len(each() or ()) for each in kept))
        return found

    monkeypatch.setattr(studying, "_made", counted)
    assert archive.study() == 20
    assert len(kept) == 20, "each is made once: before the lock is taken"
    assert max(at_once) <= 300_000


def test_what_is_withheld_while_it_waits_is_not_studied(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another process, which waits for no import to end."""
    archive.store([page(f"/{n}", moment(1), Says(body=body)) for n, body in enumerate(BODIES)])
    one_of_them = identity_of("/1")
    prepare = studying.Study.prepare

    def late(study: studying.Study, due: list[studying.Queued]) -> None:
        monkeypatch.setattr(studying.Study, "prepare", prepare)
        with Archive(tmp_path) as other:
            withhold(other, one_of_them, {SITE.slug: SITE}, reason="Theo quyết định của toà", by="lan")
        prepare(study, due)

    monkeypatch.setattr(studying.Study, "prepare", late)
    archive.study()
    assert one(archive, "SELECT count(*), sum(text_digest = ?) FROM _sketches", text_digest(BODIES[1])) == (11, 0)


def test_exact_copies_are_one_text_and_listed_beside_what_is_similar_to_them(archive: Archive) -> None:
    archive.store([
        page("/a", moment(1), Says(headline="A", body=BODIES[0])),
        page("/b", moment(2), Says(headline="B", body=BODIES[0])),
        page("/c", moment(3), Says(headline="C", body=BODIES[1])),
    ])  # fmt: skip
    archive.study()
    pairs = everything(archive, "SELECT headline, similar_headline FROM similar_articles")
    assert sorted(pairs) == [("A", "C"), ("B", "C"), ("C", "A"), ("C", "B")]


def test_a_phrase_that_everybody_uses_makes_no_look_up_long(archive: Archive) -> None:
    """What a look-up reads is bounded by COMMON, however many texts begin with the same words."""
    common = " ".join(prose(1, 300))

    def steps(number: int) -> int:
        count = 0

        def step() -> int:
            nonlocal count
            count += 1
            return 0

        archive.store([page(f"/{number}", moment(1), Says(body=f"{common} {' '.join(prose(100 + number, 400))}"))])
        archive.connection.set_progress_handler(step, 100)
        archive.study()
        archive.connection.set_progress_handler(None, 100)
        return count

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similar, "COMMON", 20)
        took = [steps(n) for n in range(150)]
    assert max(took[120:]) <= 1.2 * max(took[25:60])


def test_in_a_family_of_any_size_each_text_is_linked_with_so_many_before_it_and_no_pair_is_lost(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "COMMON", 4)
    base = " ".join(prose(1, 200))
    pairs: set[tuple[object, ...]] = set()
    for n in range(12):
        archive.store([page(f"/{n}", moment(1), Says(body=f"{base} ngày {n}"))])
        archive.study()
        now = set(everything(archive, "SELECT text_digest, other_digest FROM similar_texts"))
        assert pairs <= now
        assert 2 * min(n, 4) <= len(now - pairs) <= 2 * 2 * 4
        pairs = now
    archive.store([page("/0", moment(2), Says(headline="Khác", body=f"{base} ngày 0"))])
    archive.study()
    assert pairs <= set(everything(archive, "SELECT text_digest, other_digest FROM similar_texts"))


def test_of_a_family_one_text_is_read_again_whatever_its_size_and_when_it_goes_another_takes_its_place(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = " ".join(prose(1, 200))
    family = [f"{base} ngày {n} tháng {n % 5}" for n in range(12)]
    sets = {text_digest(body): shingles(body) for body in family}
    archive.store([page(f"/{n}", moment(1), Says(body=body)) for n, body in enumerate(family[:10])])
    archive.study()
    read: list[str] = []
    made = studying._made
    monkeypatch.setattr(studying, "_made", lambda db, digest: read.append(digest) or made(db, digest))
    for n in (10, 11):
        archive.store([page(f"/{n}", moment(2), Says(body=family[n]))])
        archive.study()
        archive.store([page(f"/{n - 10}", moment(3), Says(body="Đã gỡ xuống."))])
        archive.study()
    assert len(read) == 2 * 4, "a new text and the one by which its family is kept, the text that goes and the notice"
    found = {(a, b): value for a, b, value in everything(archive, "SELECT * FROM similar_texts")}
    left = [text_digest(body) for body in family[2:]]
    assert found == {(a, b): overlap(sets[a], sets[b]) for a in left for b in left if a != b}
    assert one(archive, "SELECT count(*) FROM _sketches WHERE model IS NULL") == (2,)


def test_a_family_that_shrinks_to_what_is_common_is_linked_whole(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "COMMON", 4)
    base = " ".join(prose(1, 200))
    archive.store([page(f"/{n}", moment(1), Says(body=f"{base} ngày {n}")) for n in range(9)])
    archive.study()
    archive.store([page(f"/{n}", moment(2), Says(body="Đã gỡ xuống.")) for n in range(5)])
    archive.study()
    assert one(archive, "SELECT count(*) FROM similar_texts") == (12,)


def test_other_rules_make_everything_be_studied_again_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.store([page(f"/{n}", moment(1), Says(body=body)) for n, body in enumerate(BODIES)])
    archive.study()
    by_the_old = studied(archive)
    with monkeypatch.context() as patch:
        patch.setattr(studying, "STUDY_VERSION", studying.STUDY_VERSION + 1)
        patch.setattr(studying, "find_citations", lambda _: [Citation("Luật 01", "Luật", "01", None, None, "Luật 01")])
        patch.setattr(similar, "HASHES", 40)
        assert archive.study() == len(BODIES)
        assert one(archive, "SELECT count(*), min(document) FROM citations") == (len(BODIES), "Luật 01")
        by_the_new = studied(archive)
        assert len(by_the_new["hashes"]) < len(by_the_old["hashes"])
        assert archive.study() == 0
    assert archive.study() == len(BODIES)
    assert studied(archive) == by_the_old


def test_what_a_crawl_left_is_studied_beside_whatever_else_runs(archive: Archive, tmp_path: Path) -> None:
    archive.store([page("/a", moment(1), Says(body="Theo Chỉ thị 21-CT/TW."))])
    with leftover.studying(tmp_path, Event()):
        while one(archive, "SELECT count(*) FROM _unstudied") != (0,):
            pass
    assert one(archive, "SELECT document FROM citations") == ("Chỉ thị 21-CT/TW",)


def test_where_nothing_can_be_written_or_there_is_nothing_yet_the_archive_is_shown_as_it_is(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.store([page("/a", moment(1))])
    with leftover.studying(tmp_path / "nothing", Event()):
        pass
    assert not (tmp_path / "nothing").exists()
    monkeypatch.setattr("crawler.archive.PATIENCE", 0.01)
    with archive.writing(), leftover.studying(tmp_path, Event()):
        pass
    assert one(archive, "SELECT count(*) FROM _unstudied") == (1,)
