"""Nights that chance writes: several things at once at every site, and what must be heard of them, by a small model."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest

from monitor.demo.truth import Article
from tests.scripted.editing import COSMETIC, REAL, Edit
from tests.scripted.stage import GONE, HOME, Act, Stage, back, moves_to, off, on, publish, vanish

#: Looks that make a removal: one a night, over 48 hours.
LOOKS = 3
#: Among so many of the newest each is at the head of its section's listing, and looked at every night.
HEAD = 20


class SiteModel:
    """One site: what chance does there, and what is told of it in the next night that it answers."""

    def __init__(self, stage: Stage, slug: str, chance: Random) -> None:
        self.stage, self.slug, self.chance = stage, slug, chance
        self.told: set[tuple[int, str, str, str]] = set()
        #: Articles that are listed again: by tonight's look, or by that of the next night, which knows the listing.
        self.restored: list[set[tuple[int, str, str, str]]] = []
        self._outages: list[tuple[int, int]] = []
        self._saved: set[tuple[str, str]] = set()  # (article, edit): none is made twice, so that nothing flips
        self._edited: set[str] = set()
        self._new: list[str] = []
        self._missing: dict[str, tuple[int, str]] = {}  # looks so far, and as what it is told
        self._gone: set[str] = set()
        self._back: dict[str, set[tuple[int, str, str, str]]] = {}
        self._settled: set[str] = set()  # taken down once, or part of a move: left alone from then on
        self._down = 0  # the night of the outage
        self._names = 0

    def day(self, night: int) -> None:
        """What happens before a night."""
        if self._down:
            on(self.stage, self.slug)
        elif self.chance.random() < 0.04:
            off(self.stage, self.slug)
            self._down = night
            return
        for _ in range(self.chance.randint(0, 3)):
            self._save(REAL)
        for _ in range(self.chance.randint(0, 3)):
            self._save(COSMETIC)
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            publish(self.stage, self.slug, self._name())
        if self.chance.random() < 0.3:
            self._take_down()
        if self.chance.random() < 0.1:
            self._move()
        if self.chance.random() < 0.3:
            self._bring_back()

    def night(self, night: int) -> None:
        """What is told of it."""
        if self._down == night:
            return
        if self._down:
            self._outages.append((self._down, night))
            self._down = 0
        for name, nights in list(self._back.items()):
            nights.add((night, self.slug, name, "restored"))
            if len(nights) == 2:
                self.restored.append(self._back.pop(name))
        self.told |= {(night, self.slug, name, "new") for name in self._new}
        self.told |= {(night, self.slug, name, "edited") for name in self._edited}
        self._new, self._edited = [], set()
        for name, (looks, kind) in list(self._missing.items()):
            self._missing[name] = looks + 1, kind
            if looks + 1 == LOOKS:
                self.told.add((night, self.slug, name, kind))
                self._gone |= {name} if kind == "removed" else set()
                del self._missing[name]

    @property
    def alerts(self) -> set[tuple[str, str, int, int | None]]:
        """Outages, and one that is not over."""
        spans: list[tuple[int, int | None]] = [*self._outages, *([(self._down, None)] if self._down else [])]
        return {(self.slug, "crawl_failed", opened, closed) for opened, closed in spans}

    @property
    def waiting(self) -> list[set[tuple[int, str, str, str]]]:
        """What may have been told of articles that are listed again since the last night."""
        return list(self._back.values())

    # --- what chance does

    def _name(self) -> str:
        self._names += 1
        self._new.append(f"new {self._names}")
        return self._new[-1]

    def _head(self) -> dict[str, Article]:
        """Articles that may be touched, by name."""
        newest = {article.id for article in self.stage.world.sites[self.slug].newest()[:HEAD]}
        return {
            name: self.stage.article(slug, name)
            for (slug, name), article in self.stage.named.items()
            if slug == self.slug and article.id in newest and name not in {*self._new, *self._settled}
        }

    def _save(self, edits: dict[str, Edit]) -> None:
        name, article = self.chance.choice(sorted(self._head().items()))
        kind = self.chance.choice(sorted(edits))
        if (name, kind) in self._saved:
            return
        with suppress(AssertionError, StopIteration, IndexError, ValueError):
            self.stage.put(self.slug, name, edits[kind](article))
            self._saved.add((name, kind))
            self._edited |= {name} if edits is REAL else set()

    def _take_down(self) -> None:
        name = self.chance.choice(sorted(self._head().keys() - self._edited))
        act: Act = self.chance.choice((vanish, GONE, HOME))
        act(self.stage, self.slug, name)
        self._missing[name] = 0, "removed"
        self._settled.add(name)

    def _move(self) -> None:
        name = self.chance.choice(sorted(self._head().keys() - self._edited))
        there = self._name()
        moves_to(there, redirects=self.chance.random() < 0.5)(self.stage, self.slug, name)
        self._missing[name] = 0, "moved"
        self._settled |= {name, there}

    def _bring_back(self) -> None:
        """One that is missing, or was told as removed and would still be at the head of its list."""
        oldest = min(article.published for article in self.stage.world.sites[self.slug].newest()[: HEAD - 2])
        waiting = {name for name, (_, kind) in self._missing.items() if kind == "removed"}
        if names := sorted(n for n in waiting | self._gone if self.stage.article(self.slug, n).published >= oldest):
            name = self.chance.choice(names)
            back(self.stage, self.slug, name)
            if self._missing.pop(name, None) is None:
                self._gone.remove(name)
                self._back[name] = set()


def play(stage: Stage, nights: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> list[SiteModel]:
    """So many nights at all sites."""
    models = [SiteModel(stage, slug, Random(f"{seed}/{slug}")) for slug in stage.world.sites]
    for night in range(1, nights + 1):
        if night > 1:
            stage.world.pass_day()
            for model in models:
                model.day(night)
        stage.night(monkeypatch)
        for model in models:
            model.night(night)
    return models
