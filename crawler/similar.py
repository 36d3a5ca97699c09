"""Texts that share most of their shingles: a sketch of each text, whom it may be like, and the pairs that prove it.

A sketch is what Broder (1997, "On the resemblance and containment of documents") makes of a document: those of its
shingles that are 0 modulo a power of two, which grows with the text.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable, Collection, Iterable
from math import ceil

#: From here on texts are called similar: the true overlap of their shingles.
SIMILAR = 0.8

#: Pairs whose sketches overlap less are not looked at. Of pairs of overlap 0.8 one in 400 is missed, of 0.9 none.
ESTIMATE = 0.5

#: A sketch has about 16 to 32 shingles whatever the length of the text; one of fewer than 32 is kept whole.
SKETCH = 16

#: A shingle leads to no more than this many of the texts that have it in their sketches, those kept last. That bounds
#: what a look-up costs, and how many rows a text adds (twice as many, of 38 bytes). A pair is missed for it only where
#: all that their sketches share is more common: in a family of more than 1,000 near-copies, twenty years of a weekly
#: notice, whose pairs grow with its square.
COMMON = 1000

#: A text is kept as its difference from another one where that is no more than this share of its shingles.
APART = 0.5

_COUNT = "SELECT count(*) FROM (SELECT 1 FROM _sketch_hashes WHERE hash = ? LIMIT ?)"
#: As one text: a family's numbers take a fifth of the time that they take as rows.
_LATEST = (
    "SELECT group_concat(sketch) FROM (SELECT sketch FROM _sketch_hashes WHERE hash = ? ORDER BY sketch DESC LIMIT ?)"
)
_HELD_BY = (
    "SELECT id, shingles, hashes FROM _sketches"
    " WHERE id IN (SELECT value FROM json_each(?)) AND shingles BETWEEN ? AND ? AND text_digest <> ?"
)
_NEAR = (
    "SELECT id, shingles, coalesce(model, id) AS model, differs FROM _sketches"
    " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
_STUDY_AGAIN = (
    "INSERT OR IGNORE INTO _unstudied SELECT text_digest, 0 FROM _sketches"
    " WHERE id IN (SELECT sketch FROM _sketch_hashes WHERE hash IN (SELECT value FROM json_each(?)))"
)


class Similar:
    """The sketches and the pairs of one archive, within whatever transaction is open.

    Two texts are a pair if they overlap enough, their sketches do, and one can be reached from the other. That is a
    function of the texts that are there, not of the order in which they came, but where more than COMMON of them share
    their shingles: each text of such a family is paired with those of the COMMON before it that it is like. A pair
    stays for as long as both texts are there.
    """

    def __init__(self, connection: sqlite3.Connection, shingles: Callable[[str], frozenset[int]]) -> None:
        """``shingles``: those of the text of a digest."""
        self._db, self._shingles = connection, shingles

    def keep(self, digest: str) -> None:
        """Makes a text one of those that are compared, and pairs it with those that it is like."""
        mine = self._shingles(digest)
        hashes = sketch(mine)
        if not hashes:
            return
        near = self._candidates(digest, len(mine), self._counts(hashes))
        apart = {model: mine ^ self._shingles(self._digest(model)) for model in {row["model"] for row in near}}
        known = self._db.execute("SELECT id FROM _sketches WHERE text_digest = ?", (digest,)).fetchone()
        me = known["id"] if known is not None else self._sketched(digest, len(mine), hashes, apart)
        alike = [
            (row["id"], value)
            for row in near
            if (value := _overlap(len(mine), apart[row["model"]], row["shingles"], _unpacked(row["differs"])))
            >= SIMILAR
        ]
        query = "INSERT OR IGNORE INTO _similar VALUES (?, ?, ?)"
        self._db.executemany(query, [(me, other, value) for other, value in alike])
        self._db.executemany(query, [(other, me, value) for other, value in alike])

    def drop(self, digest: str) -> None:
        """Takes a text away from those that are compared, and its pairs with it."""
        row = self._db.execute("SELECT id, hashes FROM _sketches WHERE text_digest = ?", (digest,)).fetchone()
        if row is None:
            return
        me, hashes = row
        others = [other for (other,) in self._db.execute("SELECT other FROM _similar WHERE one = ?", (me,))]
        self._db.executemany("DELETE FROM _similar WHERE one = ? AND other = ?", [(other, me) for other in others])
        self._db.execute("DELETE FROM _similar WHERE one = ?", (me,))
        self._hand_over(me)
        self._db.execute("DELETE FROM _sketches WHERE id = ?", (me,))
        self._db.executemany(
            "DELETE FROM _sketch_hashes WHERE hash = ? AND sketch = ?", [(h, me) for h in _unpacked(hashes)]
        )
        # these reach all of one another again
        found_again = [h for h, n in self._counts(_unpacked(hashes)).items() if n == COMMON]
        if found_again:
            self._db.execute(_STUDY_AGAIN, (json.dumps(found_again),))

    def _sketched(self, digest: str, size: int, hashes: list[int], apart: dict[int, frozenset[int]]) -> int:
        """Writes what is kept of a text that differs so from some models; returns its number."""
        close = [(len(differs), model) for model, differs in apart.items() if len(differs) <= size * APART]
        model = min(close)[1] if close else None
        row = (digest, size, _packed(hashes), model, _packed(apart[model]) if model is not None else b"")
        query = "INSERT INTO _sketches (text_digest, shingles, hashes, model, differs) VALUES (?, ?, ?, ?, ?)"
        me = self._db.execute(query, row).lastrowid
        assert me is not None
        self._db.executemany("INSERT INTO _sketch_hashes VALUES (?, ?)", [(h, me) for h in hashes])
        return me

    def _hand_over(self, model: int) -> None:
        """Makes the first of the texts that are kept as their differences from a model the model of the others."""
        rows = self._db.execute("SELECT id, differs FROM _sketches WHERE model = ? ORDER BY id", (model,)).fetchall()
        if not rows:
            return
        heir, *others = rows
        of_heir = frozenset(_unpacked(heir["differs"]))
        anew = [(heir["id"], _packed(of_heir ^ frozenset(_unpacked(row["differs"]))), row["id"]) for row in others]
        self._db.execute("UPDATE _sketches SET model = NULL, differs = x'' WHERE id = ?", (heir["id"],))
        self._db.executemany("UPDATE _sketches SET model = ?, differs = ? WHERE id = ?", anew)

    def _digest(self, sketch_id: int) -> str:
        digest: str = self._db.execute("SELECT text_digest FROM _sketches WHERE id = ?", (sketch_id,)).fetchone()[0]
        return digest

    def _counts(self, hashes: Iterable[int]) -> dict[int, int]:
        """In how many sketches each is; counted no further than is needed to see that it is common."""
        return {h: self._db.execute(_COUNT, (h, COMMON + 1)).fetchone()[0] for h in hashes}

    def _candidates(self, digest: str, size: int, counts: dict[int, int]) -> list[sqlite3.Row]:
        """The texts whose sketches overlap enough with that of a text of ``size`` shingles.

        Among more than half of its sketch each of them has one at least, so the rarer half is all that is looked up.
        """
        bounds = (int(size * SIMILAR), ceil(size / SIMILAR))
        # by the level of the coarser of two sketches: the other's may be coarser by one
        mine = {level: _at(level, counts) for level in {level_of(size), level_of(bounds[1])}}
        probes: set[int] = set()
        for hashes in mine.values():
            probes.update(sorted(hashes, key=lambda h: (counts[h], h))[: int(len(hashes) * (1 - ESTIMATE)) + 1])
        reached: set[str] = set()
        for h in probes:
            reached.update((self._db.execute(_LATEST, (h, COMMON)).fetchone()[0] or "").split(","))
        rows = self._db.execute(_HELD_BY, (f"[{','.join(filter(None, reached))}]", *bounds, digest))
        near = [other for other, its_size, hashes in rows if _is_near(mine, level_of(its_size), _unpacked(hashes))]
        return self._db.execute(_NEAR, (json.dumps(near),)).fetchall() if near else []


def level_of(size: int) -> int:
    """How many zeros end the shingles that stand in the sketch of a text of ``size`` shingles."""
    return max(0, (size // SKETCH).bit_length() - 1)


def sketch(shingles: frozenset[int]) -> list[int]:
    """A fair sample of a text's shingles (numbers of ``crawler.text.shingles``), sorted."""
    modulus = 1 << level_of(len(shingles))
    return sorted(h for h in shingles if h % modulus == 0)


def _at(level: int, hashes: Iterable[int]) -> frozenset[int]:
    """Those of the hashes of a finer sketch that stand in one of ``level``."""
    modulus = 1 << level
    return frozenset(h for h in hashes if h % modulus == 0)


def _is_near(mine: dict[int, frozenset[int]], other_level: int, other: tuple[int, ...]) -> bool:
    """Whether two sketches, the finer one made as coarse as the other, overlap enough."""
    level = max(min(mine), other_level)
    common = len(mine[level].intersection(other))
    if common < ESTIMATE * len(mine[level]) or not common:
        return False
    theirs = len(other) if level == other_level else len(_at(level, other))
    return common >= ESTIMATE * (len(mine[level]) + theirs - common)


def _overlap(my_size: int, mine: frozenset[int], other_size: int, other: tuple[int, ...]) -> float:
    """``text.overlap`` of two texts, from what distinguishes each of them from a third: A △ B = (A △ C) △ (B △ C)."""
    apart = len(mine) + len(other) - 2 * len(mine.intersection(other))
    common = (my_size + other_size - apart) // 2
    return common / (my_size + other_size - common)


def _packed(hashes: Collection[int]) -> bytes:
    return struct.pack(f"<{len(hashes)}q", *hashes)


def _unpacked(hashes: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(hashes) // 8}q", hashes)
