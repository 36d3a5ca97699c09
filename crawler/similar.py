"""Texts that share most of their shingles: a sketch of each text, whom it may be like, and the pairs that prove it.

A sketch is what Broder (1997, "On the resemblance and containment of documents") makes of a document: those of its
shingles that are 0 modulo a power of two, which grows with the text.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable, Iterable
from math import ceil

from crawler.text import overlap

#: From here on texts are called similar: the true overlap of their shingles.
SIMILAR = 0.8

#: Pairs whose sketches overlap less are not looked at. Of pairs of overlap 0.8 one in 400 is missed, of 0.9 none.
ESTIMATE = 0.5

#: A sketch has about 16 to 32 shingles whatever the length of the text; one of fewer than 32 is kept whole.
SKETCH = 16

#: A shingle leads to no more than this many of the texts that have it in their sketches, those kept last. That bounds
#: what a look-up costs, and how many rows a text adds. A pair is missed for it only where all that their sketches share
#: is more common: in a family of more than 200 near-copies, whose pairs grow with its square.
COMMON = 200

_COUNT = "SELECT count(*) FROM (SELECT 1 FROM _sketch_hashes WHERE hash = ? LIMIT ?)"
_LATEST = "SELECT sketch FROM _sketch_hashes WHERE hash = ? ORDER BY sketch DESC LIMIT ?"
_HELD_BY = (
    "SELECT text_digest, shingles, hashes FROM _sketches WHERE id IN (SELECT value FROM json_each(?))"
    " AND shingles BETWEEN ? AND ? AND text_digest <> ?"
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
        known = self._db.execute("SELECT 1 FROM _sketches WHERE text_digest = ?", (digest,)).fetchone()
        if known is None:
            row = (digest, len(mine), _packed(hashes))
            query = "INSERT INTO _sketches (text_digest, shingles, hashes) VALUES (?, ?, ?)"
            sketch_id = self._db.execute(query, row).lastrowid
            self._db.executemany("INSERT INTO _sketch_hashes VALUES (?, ?)", [(h, sketch_id) for h in hashes])
        counts = self._counts(hashes)
        alike = {other: overlap(mine, self._shingles(other)) for other in self._candidates(digest, len(mine), counts)}
        self._db.executemany(
            "INSERT OR IGNORE INTO similar_texts VALUES (?, ?, ?)",
            [
                (*pair, value)
                for other, value in alike.items()
                if value >= SIMILAR
                for pair in ((digest, other), (other, digest))
            ],
        )

    def drop(self, digest: str) -> None:
        """Takes a text away from those that are compared, and its pairs with it."""
        self._db.execute("DELETE FROM similar_texts WHERE text_digest = ? OR other_digest = ?", (digest, digest))
        row = self._db.execute("SELECT id, hashes FROM _sketches WHERE text_digest = ?", (digest,)).fetchone()
        if row is None:
            return
        hashes = _unpacked(row["hashes"])
        self._db.execute("DELETE FROM _sketches WHERE id = ?", (row["id"],))
        self._db.executemany(
            "DELETE FROM _sketch_hashes WHERE hash = ? AND sketch = ?", [(h, row["id"]) for h in hashes]
        )
        # these reach all of one another again
        found_again = [h for h, n in self._counts(hashes).items() if n == COMMON]
        if found_again:
            self._db.execute(_STUDY_AGAIN, (json.dumps(found_again),))

    def _counts(self, hashes: Iterable[int]) -> dict[int, int]:
        """In how many sketches each is; counted no further than is needed to see that it is common."""
        return {h: self._db.execute(_COUNT, (h, COMMON + 1)).fetchone()[0] for h in hashes}

    def _candidates(self, digest: str, size: int, counts: dict[int, int]) -> list[str]:
        """The texts whose sketches overlap enough with that of a text of ``size`` shingles.

        Among more than half of its sketch each of them has one at least, so the rarer half is all that is looked up.
        """
        probes: set[int] = set()
        for level in (level_of(size), level_of(size) + 1):  # the other's sketch may be that much coarser
            rarest = sorted((n, h) for h, n in counts.items() if h % (1 << level) == 0)
            probes.update(h for _, h in rarest[: int(len(rarest) * (1 - ESTIMATE)) + 1])
        reached = {row[0] for h in probes for row in self._db.execute(_LATEST, (h, COMMON))}
        bounds = (int(size * SIMILAR), ceil(size / SIMILAR))
        rows = self._db.execute(_HELD_BY, (json.dumps(list(reached)), *bounds, digest))
        mine = list(counts)
        return [other for other, n, held in rows if _estimate(mine, size, _unpacked(held), n) >= ESTIMATE]


def level_of(size: int) -> int:
    """How many zeros end the shingles that stand in the sketch of a text of ``size`` shingles."""
    return max(0, (size // SKETCH).bit_length() - 1)


def sketch(shingles: frozenset[int]) -> list[int]:
    """A fair sample of a text's shingles (numbers of ``crawler.text.shingles``), sorted."""
    modulus = 1 << level_of(len(shingles))
    return sorted(h for h in shingles if h % modulus == 0)


def _estimate(mine: Iterable[int], my_size: int, other: Iterable[int], other_size: int) -> float:
    """The overlap of two sketches, the finer one made as coarse as the other."""
    modulus = 1 << max(level_of(my_size), level_of(other_size))
    return overlap(*(frozenset(h for h in hashes if h % modulus == 0) for hashes in (mine, other)))


def _packed(hashes: list[int]) -> bytes:
    return struct.pack(f"<{len(hashes)}q", *hashes)


def _unpacked(hashes: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(hashes) // 8}q", hashes)
