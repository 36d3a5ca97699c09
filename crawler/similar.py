"""Texts that share most of their shingles: a sketch of each text, whom it may be like, and the pairs that prove it.

A sketch is of min-hashes (Broder 1997, "On the resemblance and containment of documents"): of any two, as many are the
same, on average, as of the shingles that either text has are in both. They come of one permutation (Li, Owen and Zhang
2012, "One permutation hashing"; Shrivastava 2017, "Optimal densification of one permutation hashing"), are cut down to
a byte each (Li and König 2010, "b-bit minwise hashing"), and are looked up band by band (Indyk and Motwani 1998).
"""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable, Collection
from functools import cache
from hashlib import blake2b
from math import ceil
from operator import eq

#: From here on texts are called similar: the true overlap of their shingles.
SIMILAR = 0.8

#: Hashes in a sketch, and in a band of it. Texts are looked at whose sketches have one band in common. Of pairs of
#: overlap v that is a share of 1 - (1 - v**5)**16: all but one in 570 at 0.8, all at 0.9, one in twelve at 0.35.
HASHES, BAND = 80, 5

#: Pairs whose sketches have less in common are not looked at more closely.
ESTIMATE = 0.5

#: A band leads to no more than this many of the texts that have it, those kept last. That bounds what a look-up costs,
#: and how many rows a text adds (some 3,500 of 38 bytes). A pair is missed for it only where more texts have every
#: band that the two share: in a family of more than 1,000 near-copies, twenty years of a weekly notice, whose pairs
#: grow with its square.
COMMON = 1000

#: A text is kept as its difference from another one where that is no more than this share of its shingles.
APART = 0.5

_IS_COMMON = "SELECT count(*) = ? FROM (SELECT 1 FROM _sketch_hashes WHERE hash = ? LIMIT ?)"
#: As one text: a family's numbers take a fifth of the time that they take as rows.
_LATEST = (
    "SELECT group_concat(sketch) FROM (SELECT sketch FROM _sketch_hashes WHERE hash = ? ORDER BY sketch DESC LIMIT ?)"
)
_HELD_BY = (
    "SELECT id, hashes FROM _sketches"
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
        if not mine:
            return
        hashes = sketch(mine)
        near = self._candidates(digest, len(mine), hashes)
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
        bands = bands_of(hashes)
        others = [other for (other,) in self._db.execute("SELECT other FROM _similar WHERE one = ?", (me,))]
        self._db.executemany("DELETE FROM _similar WHERE one = ? AND other = ?", [(other, me) for other in others])
        self._db.execute("DELETE FROM _similar WHERE one = ?", (me,))
        self._hand_over(me)
        self._db.execute("DELETE FROM _sketches WHERE id = ?", (me,))
        self._db.executemany("DELETE FROM _sketch_hashes WHERE hash = ? AND sketch = ?", [(band, me) for band in bands])
        # these reach all of one another again
        found_again = [band for band in bands if self._db.execute(_IS_COMMON, (COMMON, band, COMMON + 1)).fetchone()[0]]
        if found_again:
            self._db.execute(_STUDY_AGAIN, (json.dumps(found_again),))

    def _sketched(self, digest: str, size: int, hashes: bytes, apart: dict[int, frozenset[int]]) -> int:
        """Writes what is kept of a text that differs so from some models; returns its number."""
        close = [(len(differs), model) for model, differs in apart.items() if len(differs) <= size * APART]
        model = min(close)[1] if close else None
        row = (digest, size, hashes, model, _packed(apart[model]) if model is not None else b"")
        query = "INSERT INTO _sketches (text_digest, shingles, hashes, model, differs) VALUES (?, ?, ?, ?, ?)"
        me = self._db.execute(query, row).lastrowid
        assert me is not None
        self._db.executemany("INSERT INTO _sketch_hashes VALUES (?, ?)", [(band, me) for band in bands_of(hashes)])
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

    def _candidates(self, digest: str, size: int, mine: bytes) -> list[sqlite3.Row]:
        """The texts whose sketches have a band and enough else in common with that of a text of ``size`` shingles."""
        reached: set[str] = set()
        for band in bands_of(mine):
            reached.update((self._db.execute(_LATEST, (band, COMMON)).fetchone()[0] or "").split(","))
        reached.discard("")
        if not reached:
            return []
        bounds = (int(size * SIMILAR), ceil(size / SIMILAR))
        rows = self._db.execute(_HELD_BY, (f"[{','.join(reached)}]", *bounds, digest))
        near = [other for other, hashes in rows if sum(map(eq, mine, hashes)) >= ESTIMATE * HASHES]
        return self._db.execute(_NEAR, (json.dumps(near),)).fetchall() if near else []


def sketch(shingles: frozenset[int]) -> bytes:
    """``HASHES`` min-hashes of a text's shingles (numbers of ``crawler.text.shingles``; one at least), a byte each.

    Each shingle belongs to one place of the sketch, whose hash is of the least of its shingles. A place that has none,
    as many of a short text, borrows from one that has, the first in an order that is its own.
    """
    least = {shingle % HASHES: shingle for shingle in sorted(shingles, reverse=True)}
    places = (place if place in least else next(p for p in _lenders(place) if p in least) for place in range(HASHES))
    # below what tells the place and above what makes it the least
    return bytes(least[place] // HASHES % 256 for place in places)


@cache
def _lenders(place: int) -> list[int]:
    """All places, in an order that chance might have made, on any machine the same."""
    return sorted(range(HASHES), key=lambda other: blake2b(bytes((place, other)), digest_size=8).digest())


def bands_of(hashes: bytes) -> list[int]:
    """The bands of a sketch, as the numbers by which they are looked up; a text of a few shingles has fewer of them."""
    return sorted({int.from_bytes(hashes[at : at + BAND], "big") for at in range(0, HASHES, BAND)})


def _overlap(my_size: int, mine: frozenset[int], other_size: int, other: tuple[int, ...]) -> float:
    """``text.overlap`` of two texts, from what distinguishes each of them from a third: A △ B = (A △ C) △ (B △ C)."""
    apart = len(mine) + len(other) - 2 * len(mine.intersection(other))
    common = (my_size + other_size - apart) // 2
    return common / (my_size + other_size - common)


def _packed(hashes: Collection[int]) -> bytes:
    return struct.pack(f"<{len(hashes)}q", *hashes)


def _unpacked(hashes: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(hashes) // 8}q", hashes)
