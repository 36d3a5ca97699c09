"""Asking whether a known article changed: with what it called itself last, now and then in full, and who lies then.

A site that answers ``304 Not Modified`` although a page changed hides its edits for ever. So some looks ask for the
whole page, validators or not; and where such a page says something else than before, it is asked at once whether it
changed since then. A 304 to that is a lie, whatever headers the site sends. It is believed no more, until it has
answered the truth of so many changed pages in a row (monitor/symptoms).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from zlib import crc32

from crawler.archive import Archive
from crawler.frontier import FrontierRow
from crawler.placing import ARTICLE, NOT_MODIFIED, Prepared

#: The alert that is open as long as a site's 304s are not believed.
LYING = "validators_lie"

#: An article is asked in full at every so many looks at it, and so at the latest after a week of nightly ones. One full
#: answer in seven costs a site that answers honestly little of what its 304s save it.
EVERY = 7

#: Captures that are kept as evidence of one night, two for each lie.
SHOWN = 6

_HELD = (
    "SELECT etag, last_modified, reading_digest, extractor_version, read_as,"
    " (SELECT count(*) FROM captures WHERE url_key = ?1) FROM captures WHERE url_key = ?1 AND quality = ?2"
    " ORDER BY memento_datetime DESC, payload_digest DESC LIMIT 1"
)


def in_turn(url_key: str, looks: int) -> bool:
    """Whether the look after so many others at an address asks in full: each ``EVERY``-th, addresses by turns."""
    return (crc32(url_key.encode()) + looks) % EVERY == 0


def edited(held: Held, now: Prepared) -> bool:
    """Whether a page says something else than it said when it had these validators, and not only to other rules."""
    rules = (held.extractor_version, held.read_as) == (now.extractor_version, now.read_as)
    return rules and now.reading is not None and now.reading.reading_digest != held.reading_digest


@dataclass(frozen=True, slots=True)
class Held:
    """What an article's newest capture at an address called itself, and what it said; ``looks``: captures there."""

    etag: str | None
    last_modified: str | None
    reading_digest: str
    extractor_version: str
    read_as: str | None
    looks: int

    @property
    def headers(self) -> dict[str, str]:
        """By which a site is asked whether it is another one now."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


def held(archive: Archive, url_key: str) -> Held | None:
    """The newest article capture at an address, if it has an ETag or a Last-Modified.

    Only the newest, and only of an article: a 304 then means that the article is as it was seen last.
    """
    row = archive.connection.execute(_HELD, (url_key, ARTICLE)).fetchone()
    return Held(*row) if row is not None and any(row[:2]) else None


class Asking:
    """How one crawl asks for known articles, and what it learned about the site's 304s (``learned``)."""

    def __init__(self, archive: Archive, site: str) -> None:
        self._archive = archive
        query = "SELECT 1 FROM alerts WHERE site = ? AND kind = ? AND closed IS NULL"
        self._believed = archive.connection.execute(query, (site, LYING)).fetchone() is None
        self._counts: Counter[str] = Counter()
        self._captures: list[str] = []

    def ask(self, row: FrontierRow) -> tuple[dict[str, str], Held | None]:
        """The headers for a look at an address; and where it is asked in full, what would have been asked instead.

        The first of a crawl is asked in full, so that no night of a site goes by without.
        """
        known = held(self._archive, row.url_key) if row.reason == "revisit" else None
        if known is None:
            return {}, None
        if self._believed and self._counts["in_full"] and not in_turn(row.url_key, known.looks):
            return known.headers, None
        self._counts["in_full"] += 1
        return {}, known

    def judge(self, before: Prepared, answer: Prepared) -> None:
        """Takes the answer to the question whether the page, captured just ``before``, changed since it was known."""
        if answer.quality == NOT_MODIFIED:
            self._believed = False
            self._counts["lied"] += 1
            self._captures += [before.capture_id, answer.capture_id]
        elif answer.reading is not None or answer.payload_digest == before.payload_digest:
            self._counts["honest"] += 1

    @property
    def learned(self) -> dict[str, object]:
        """For the crawl's row: pages asked ``in_full``, answers about changed ones (``honest``, ``lied``), evidence."""
        counts = {name: count for name, count in self._counts.items() if count}
        return counts | ({"captures": self._captures[:SHOWN]} if self._captures else {})
