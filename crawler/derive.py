"""What the captures of an article add up to: its revisions, its fields, its status; pure, whatever came in which order.

An article's history is a fold: ``State.extend`` over its facts, sorted by ``Fact.order``. The archive extends a stored
state by one fact when that fact is the newest, and folds from the start when one slots into the past; because both are
the same function, both give the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from crawler.changes import Changes, compare, theirs
from crawler.reading import Reading

Change = Literal["first", "edited", "cosmetic"]

#: ``quality_reason`` of a redirect to the site's home page: how many portals say "gone".
HOME = "to the home page"


@dataclass(frozen=True, slots=True)
class Fact:
    """What one capture tells of its article: this reading was seen, or (``reading_digest`` None) nothing was there."""

    capture_id: str
    memento_datetime: str  # clock.timestamp
    payload_digest: str
    url_key: str
    address: str  # the URL that the article is known by after this capture: the canonical one, else its own
    address_key: str
    reading_digest: str | None
    extractor_version: str  # by which rules that was read
    read_as: str | None = None  # by whose selectors it was found on the page; None: not known
    not_modified: bool = False  # a 304, which rests on what was there before it

    @property
    def order(self) -> tuple[str, bool, str, str]:
        """Captures in the order of time; a total order, since captures are unique in time, payload and address."""
        return self.memento_datetime, self.not_modified, self.payload_digest, self.url_key


@dataclass(frozen=True, slots=True)
class Revision:
    """A run of captures that say the same, begun by the first of them."""

    id: str
    capture_id: str
    memento_datetime: str
    observed_after: str | None  # the last capture that still had the reading before; None for the first
    address: str  # the article's URL then, against which the reading's links to its own host are resolved
    reading: Reading
    changes: Changes | None  # against the one before; None for the first
    extractor_version: str

    @property
    def change(self) -> Change:
        """``cosmetic``: nothing says anything else than before."""
        return "first" if self.changes is None else "cosmetic" if self.changes.cosmetic else "edited"


@dataclass(slots=True)
class State:
    """An article as far as its facts have been told."""

    id: str
    reading: Callable[[str], Reading]
    body: Callable[[str], str]
    status: str = "live"
    url: str = ""
    url_key: str = ""
    first_seen: str = ""
    last_seen: str = ""
    last_checked: str = ""
    last_changed: str | None = None
    revision_count: int = 0
    current_revision_id: str = ""
    current_since: str = ""
    current_reading: str = ""  # a reading_digest
    revisions: list[Revision] = field(default_factory=list)  # those begun since this state was loaded
    last: Fact | None = None  # the last one with a reading since then
    #: By whose selectors the reading before that was found, of a state that was loaded: at a moment, the one before it.
    read_before: Callable[[str], str | None] = lambda _: None

    def accepts(self, fact: Fact) -> bool:
        """True if extending this state by ``fact`` gives what a fold over all facts would give."""
        # A second revision within the same second needs to know all of that second: see _revision_id.
        return fact.memento_datetime > self.last_checked and fact.memento_datetime[:19] != self.current_since[:19]

    def extend(self, fact: Fact) -> None:
        """Tells the state the next fact."""
        self.last_checked = fact.memento_datetime
        if fact.reading_digest is None:
            self.status = "suspect"
            return
        if self.current_reading != fact.reading_digest:
            self._begin(fact, self.reading(fact.reading_digest))
        self.status, self.last = "live", fact
        self.url, self.url_key = fact.address, fact.address_key
        self.first_seen = self.first_seen or fact.memento_datetime
        self.last_seen = fact.memento_datetime

    def _begin(self, fact: Fact, reading: Reading) -> None:
        before = self.reading(self.current_reading) if self.current_reading else None
        changes = None if before is None else self._changes(before, reading, fact)
        revision = Revision(
            id=self._revision_id(fact.memento_datetime),
            capture_id=fact.capture_id,
            memento_datetime=fact.memento_datetime,
            observed_after=self.last_seen or None,
            address=fact.address,
            reading=reading,
            changes=changes,
            extractor_version=fact.extractor_version,
        )
        self.revisions.append(revision)
        self.revision_count += 1
        self.current_revision_id, self.current_since = revision.id, fact.memento_datetime
        self.current_reading = reading.reading_digest
        if revision.change == "edited":
            self.last_changed = fact.memento_datetime

    def _changes(self, before: Reading, after: Reading, fact: Fact) -> Changes:
        changes = compare(before, self.body(before.text_digest), after, self.body(after.text_digest))
        was = self.last.read_as if self.last else self.read_before(fact.memento_datetime)
        return changes if fact.read_as in (was, None) or was is None else theirs(changes, before, after)

    def _revision_id(self, memento: str) -> str:
        """Article and second, as Memento counts; with the microseconds, then a number, where a second holds several."""
        digits = "".join(c for c in memento if c.isdigit())
        taken = {r.id for r in self.revisions}
        second, exact = f"{self.id}-{digits[:14]}", f"{self.id}-{digits}"
        if second not in taken:
            return second
        number = 2
        identifier = exact
        while identifier in taken:
            identifier = f"{exact}-{number}"
            number += 1
        return identifier


def derive(
    article_id: str, facts: Iterable[Fact], reading: Callable[[str], Reading], body: Callable[[str], str]
) -> State:
    """The article that ``facts`` make, in whatever order they are given and however often each.

    ``reading`` and ``body`` look up a reading and a text by digest. A state without revisions is no article: nobody
    ever saw one.
    """
    state = State(article_id, reading, body)
    for fact in sorted(set(facts), key=lambda f: f.order):
        state.extend(fact)
    return state


def fuller_images(one: str, other: str) -> str:
    """Of two lists of images (JSON) that one reading was found with, the one to keep, whichever came first."""
    return max(one, other, key=lambda images: (len({image["url"] for image in json.loads(images)}), images))
