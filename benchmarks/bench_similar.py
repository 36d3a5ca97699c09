"""Near-copies among many texts: how many of those that are there are found, and what a new text costs."""

from __future__ import annotations

import random
import sqlite3
import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from common import Report, Series, arguments, progress

from crawler.archive import Archive
from crawler.similar import SIMILAR, Similar
from crawler.text import overlap, shingles, text_digest

T = TypeVar("T")

#: What issue 3 promises.
RECALL = 0.99

#: Texts in a transaction, as when an archive is studied.
BATCH = 32

#: Texts before which the first figure is taken, and over which each figure is.
FEW = 1000

#: Pairs found that are counted again, at most.
CHECKED = 100_000

#: One text in so many is a near-copy of an earlier one, of an overlap between these.
ONE_IN, LEAST, MOST = 10, 0.7, 0.95

#: Families of near-copies of one form, as of notices that change their date every week: how many, of how many texts.
FAMILIES = ((1, 1000), (5, 400), (20, 100))
#: How much the texts of a family keep of their form.
KEPT, AT_MOST = 0.86, 0.97

#: New texts, and others each is compared with, of which brute force is reckoned for all.
SAMPLE, OTHERS = 20, 500

#: Of the invented syllables.
ONSETS = "b c ch d đ g gh gi h k kh l m n ng nh ph qu r s t th tr v x"
RIMES = "a ai am an ang anh ao âm ân âu e em ên êu i inh iên iêu o oan ông ơi ơn u ung uyên ư ương ươi y"


@dataclass(frozen=True, slots=True)
class Language:
    """Syllables, phrases of them, and sentences that everybody prints: each used the rarer the later it stands."""

    syllables: list[str]
    phrases: list[list[str]]
    formulas: list[list[str]]

    @classmethod
    def invented(cls, chance: random.Random) -> Language:
        """About as repetitive as the news of committees: a third of it set phrases, a twelfth whole sentences."""
        onsets = ONSETS.split()
        rimes = RIMES.split()
        marks = ("", "\u0300", "\u0301", "\u0309", "\u0323")
        syllables = [onset + rime + mark for onset in onsets for rime in rimes for mark in marks]
        chance.shuffle(syllables)
        some = cls(syllables, [], [])
        phrases = [some.row(chance.randint(3, 7), chance) for _ in range(4000)]
        return cls(syllables, phrases, [some.row(chance.randint(15, 30), chance) for _ in range(60)])

    def row(self, length: int, chance: random.Random) -> list[str]:
        """So many single syllables."""
        return [_early(self.syllables, chance) for _ in range(length)]

    def text(self, length: int, chance: random.Random) -> list[str]:
        """About so many syllables of prose."""
        words: list[str] = []
        while len(words) < length:
            kind = chance.random()
            words += (
                _early(self.formulas, chance) if kind < 0.01
                else _early(self.phrases, chance) if kind < 0.2
                else self.row(3, chance)
            )  # fmt: skip
        return words


def _early(of: list[T], chance: random.Random) -> T:
    return of[int(len(of) * chance.random() ** 3)]


def texts(count: int, chance: random.Random) -> tuple[list[str], list[tuple[int, int]], list[list[int]]]:
    """So many texts of 60 to 2,000 syllables (half of them below 400), the pairs that were made alike, and families."""
    language = Language.invented(chance)
    made: list[list[str]] = []
    pairs = []
    for number in range(count):
        if number and number % ONE_IN == 0:
            pairs.append((chance.randrange(number), number))
            made.append(edited(made[pairs[-1][0]], chance.uniform(LEAST, MOST), chance))
        else:
            made.append(language.text(min(2000, max(60, int(chance.lognormvariate(6, 0.6)))), chance))
    copied = {one for one, _ in pairs}
    free = [number for number in range(count) if number % ONE_IN and number not in copied]
    chance.shuffle(free)
    families = []
    for size in (size for several, size in FAMILIES for _ in range(several)):
        if 3 * size > len(free):
            continue
        form, members = language.text(400, chance), sorted(free.pop() for _ in range(size))
        families.append(members)
        for number in members:
            made[number] = edited(form, chance.uniform(KEPT, AT_MOST), chance)
    return [" ".join(words) for words in made], pairs, families


def edited(words: list[str], wanted: float, chance: random.Random) -> list[str]:
    """A copy with single syllables changed: each takes three shingles away and puts three others in their place."""
    edits = round(len(words) * (1 - wanted) / (3 * (1 + wanted)))
    copy = list(words)
    for at in chance.sample(range(len(copy)), edits):
        copy[at] = f"{copy[at]}h"
    return copy


class Shelf:
    """An archive into which texts are put one after the other, each compared with those before it."""

    def __init__(self, place: Path) -> None:
        self._archive = Archive(place)

    def put(self, made: list[str]) -> list[float]:
        """Seconds of CPU that each text cost, with its share of the transaction's end."""
        db = self._archive.connection
        find = Similar(db, lru_cache(256)(lambda digest: shingles(_body(db, digest)))).keep
        seconds = []
        for start in range(0, len(made), BATCH):
            batch = [(text_digest(text), text) for text in made[start : start + BATCH]]
            with self._archive.writing():
                db.executemany("INSERT OR IGNORE INTO texts VALUES (?, ?, 0)", batch)
            at = [time.process_time()]
            with self._archive.writing():
                for digest, _ in batch:
                    find(digest)
                    at.append(time.process_time())
            share = (time.process_time() - at[-1]) / len(batch)
            seconds += [after - before + share for before, after in pairwise(at)]
            if start % 10_000 < BATCH:
                progress(f"similar: {start:,} texts")
        return seconds

    def found(self) -> dict[tuple[str, str], float]:
        """The pairs, and what the archive says of each."""
        rows = self._archive.connection.execute("SELECT text_digest, other_digest, overlap FROM similar_texts")
        return {(one, other): value for one, other, value in rows}

    def bytes(self) -> int:
        """What sketches and pairs take on disk."""
        query = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%sketch%' OR name LIKE '%similar%'"
        size: int = self._archive.connection.execute(query).fetchone()[0]
        return size


def _body(db: sqlite3.Connection, digest: str) -> str:
    body: str = db.execute("SELECT body FROM texts WHERE text_digest = ?", (digest,)).fetchone()[0]
    return body


def truth(
    made: list[str], pairs: list[tuple[int, int]], families: list[list[int]], found: dict[tuple[str, str], float]
) -> dict[str, object]:
    """Recall over the pairs that were made alike and are, of two and in families; precision over whatever was found."""
    names = [text_digest(text) for text in made]
    of_two = {(names[a], names[b]) for a, b in pairs if overlap(shingles(made[a]), shingles(made[b])) >= SIMILAR}
    in_families = set()
    for family in families:
        held = [(names[n], shingles(made[n])) for n in family]
        in_families |= {(a, b) for (a, one), (b, other) in combinations(held, 2) if overlap(one, other) >= SIMILAR}
    facts: dict[str, object] = {}
    for what, alike in (("pairs", of_two), ("pairs in families", in_families)):
        recall = len(alike & found.keys()) / len(alike) if alike else 1.0
        facts |= {
            f"{what} of overlap 0.8 and more": len(alike),
            f"recall, {what}": round(recall, 4),
            f"recall kept, {what}": recall >= RECALL,
        }
    held_shingles = lru_cache(4096)(shingles)
    by_name = dict(zip(names, made, strict=True))
    checked = random.Random(1).sample(sorted(found), min(len(found), CHECKED))
    true = sum(
        overlap(held_shingles(by_name[a]), held_shingles(by_name[b])) == found[a, b] >= SIMILAR for a, b in checked
    )
    return facts | {"recall promised": RECALL, "precision": round(true / len(checked), 4) if checked else 1.0}


def brute(made: list[str]) -> list[float]:
    """Seconds of CPU by which some texts are compared with all: reckoned from a few, whose shingles are held."""
    held = [shingles(text) for text in made[:OTHERS]]
    seconds = []
    for text in made[-SAMPLE:]:
        begun = time.process_time()
        mine = shingles(text)
        sum(overlap(mine, other) >= SIMILAR for other in held)
        seconds.append((time.process_time() - begun) * len(made) / len(held))
    return seconds


def series(name: str, seconds: list[float]) -> Series:
    """What each of some texts cost, as the rounds of a report."""
    return Series(name, len(seconds), [sum(seconds)])


def main() -> None:
    options = arguments(
        __doc__, texts=(20_000, "texts; 100000 take three minutes of CPU"), seed=(1, "of the invented language")
    )
    report = Report("Near-copies", facts={"texts": options.texts, "seed": options.seed})
    made, pairs, families = texts(options.texts, random.Random(options.seed))
    with TemporaryDirectory(prefix="luutin-bench-") as place:
        shelf = Shelf(Path(place))
        seconds = shelf.put(made)
        report.facts |= truth(made, pairs, families, shelf.found()) | {
            "bytes a text on disk": shelf.bytes() // len(made)
        }
    few = series(f"a new text among {FEW:,}", seconds[FEW // 2 : FEW + FEW // 2] or seconds)
    many = series(f"a new text among {options.texts:,}", seconds[-FEW:])
    relatives = [
        series(f"one more in a family of {len(family)}", [seconds[n] for n in family[-len(family) // 10 :]])
        for family in {len(f): f for f in families}.values()
    ]
    everyone = series(f"brute force among {options.texts:,}", brute(made))
    report.series = [few, many, *relatives, everyone]
    report.ratio(everyone, many)
    report.ratio(many, few)
    report.show(as_json=options.json)


if __name__ == "__main__":
    main()
