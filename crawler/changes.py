"""What an edit changed: which fields, which paragraphs, which words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from crawler.reading import Reading
from crawler.replacements import MATTERS, Kind, Replacement, Run, replaced
from crawler.text import gist, said

Op = Literal["same", "added", "removed", "changed", "moved"]

#: Fields other than the body, in the order in which a reader is told of them.
_FIELDS: tuple[tuple[Kind, str], ...] = (
    ("headline", "headline"),
    ("author", "author"),
    ("date", "date_published"),
    ("section", "section"),
    ("description", "description"),
)

#: Two paragraphs that share less than this of their words are two paragraphs, not one that was rewritten.
_ALIKE = 0.5
#: So many pairs of paragraphs are held against each other to find which became which; beyond that, in their order.
_PAIRS = 2_500
#: Paragraphs of more words than this are compared as a whole: two of them that share nothing would take seconds.
_LONGEST = 20_000

_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph before and after; ``cosmetic`` where only tone placement, spaces, punctuation and borders differ."""

    op: Op
    before: str | None
    after: str | None
    runs: tuple[Run, ...] = ()  # of a changed one
    cosmetic: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between two readings of one article.

    ``kinds``: the fields that say something else, none where it is ``cosmetic``. ``replacements``: what became what,
    names, offices, dates and figures first.
    """

    kinds: tuple[Kind, ...]
    fields: tuple[tuple[Kind, str | None, str | None], ...]
    paragraphs: tuple[Paragraph, ...]
    words_added: int
    words_removed: int
    replacements: tuple[Replacement, ...]

    @property
    def cosmetic(self) -> bool:
        """Whether a reader need not hear of it: nothing says anything else than before."""
        return not self.kinds


def compare(before: Reading, before_body: str, after: Reading, after_body: str) -> Changes:
    """What ``after`` says otherwise than ``before``; bodies are paragraphs joined by empty lines.

    Pure, and fast on whatever text: paragraphs are aligned first, then the words of those that changed, by the
    bit-parallel longest common subsequence of Hyyrö (2004) in rapidfuzz.
    """
    named = {kind: (getattr(before, name), getattr(after, name)) for kind, name in _FIELDS}
    named["captions"] = ("\n".join(json.loads(before.captions)), "\n".join(json.loads(after.captions)))
    fields = tuple((kind, old, new) for kind, (old, new) in named.items() if old != new)
    kinds: list[Kind] = [kind for kind, old, new in fields if _differs(kind, old, new)]
    paragraphs = tuple(_paragraphs(_split(before_body), _split(after_body)))
    if gist(before_body) == gist(after_body):  # wherever paragraphs begin
        paragraphs = tuple(replace(p, cosmetic=p.op != "same") for p in paragraphs)
    if any(p.op != "same" and not p.cosmetic for p in paragraphs):
        kinds.insert(kinds.index("headline") + 1 if "headline" in kinds else 0, "body")
    kinds += ["attachments"] if json.loads(before.attachments) != json.loads(after.attachments) else []
    kinds += ["images"] if _alts(before) != _alts(after) else []
    told = [r for p in paragraphs if not p.cosmetic for r in _replacements(p)]
    elsewhere = [r for kind, old, new in fields if kind in kinds for r in _of_field(kind, old or "", new or "")]
    both = {(r.before, r.after) for r in told}  # a lead is often the text's first paragraph as well
    elsewhere = [r for r in elsewhere if r.kind != "description" or (r.before, r.after) not in both]
    added, removed = _counted(paragraphs)
    return Changes(
        kinds=tuple(kinds),
        fields=fields,
        paragraphs=paragraphs,
        words_added=added,
        words_removed=removed,
        replacements=tuple(sorted([*elsewhere, *told], key=lambda r: MATTERS.index(r.matter))),
    )


#: What another template shows elsewhere, in other words or not at all, without anybody having edited the article.
_FURNITURE = ("section", "description", "captions", "images")


def theirs(changes: Changes, before: Reading, after: Reading) -> Changes:
    """What of ``changes`` is the publisher's where the two were read by different selectors, as after a redesign.

    That is what both readings found, and found with the article itself: a headline, a text, an author, a date, files.
    What only one of them found, or found less exactly, is how we read; a lead, which is part of the text as well, a
    section, captions and pictures are the template's.
    """
    lost = {
        "author": not (before.author and after.author),
        "date": _is_of_the_day(before.date_published or "", after.date_published or ""),
        "attachments": "[]" in (before.attachments, after.attachments),
    }
    kinds = tuple(k for k in changes.kinds if k not in _FURNITURE and not lost.get(k, False))
    return replace(changes, kinds=kinds, replacements=tuple(r for r in changes.replacements if r.kind in kinds))


def _is_of_the_day(one: str, other: str) -> bool:
    """Whether two dates differ in nothing but that one of them is less exact, or not there at all."""
    return one.startswith(other) or other.startswith(one)


def _differs(kind: Kind, old: str | None, new: str | None) -> bool:
    return old != new if kind == "date" else gist(old or "") != gist(new or "")


def _alts(reading: Reading) -> list[str]:
    return [gist(image.get("alt") or "") for image in json.loads(reading.images)]


def _split(body: str) -> list[str]:
    return body.split("\n\n") if body else []


# --- paragraphs


def _paragraphs(old: list[str], new: list[str]) -> Iterator[Paragraph]:
    """Every paragraph of both, in reading order; one that only changed its place is ``moved`` where it stands now."""
    old_keys, new_keys = [gist(p) for p in old], [gist(p) for p in new]
    opcodes = _opcodes(old_keys, new_keys)
    moved = _moved(old_keys, new_keys, opcodes)
    for tag, i1, i2, j1, j2 in _joined(opcodes):
        if tag == "equal":
            for was, now in zip(old[i1:i2], new[j1:j2], strict=True):
                yield Paragraph("same", was, now) if was == now else changed(was, now)
            continue
        left = [i for i in range(i1, i2) if i not in moved.values()]
        right = [j for j in range(j1, j2) if j not in moved]
        became = {right[b]: left[a] for a, b in _pairs([said(old[i]) for i in left], [said(new[j]) for j in right])}
        waiting = iter(left)
        for j in range(j1, j2):
            if j in moved:
                yield Paragraph("moved", old[moved[j]], new[j])
            elif j not in became:
                yield Paragraph("added", None, new[j])
            else:
                yield from (Paragraph("removed", old[i], None) for i in takewhile(became[j].__ne__, waiting))
                yield changed(old[became[j]], new[j])
        yield from (Paragraph("removed", old[i], None) for i in waiting)


def _moved(old: list[str], new: list[str], opcodes: Sequence[tuple[str, int, int, int, int]]) -> dict[int, int]:
    """Where each paragraph of ``new`` that only changed its place was in ``old``."""
    gone: dict[str, list[int]] = {}
    for tag, i1, i2, _, _ in opcodes:
        for i in range(i2 - 1, i1 - 1, -1) if tag != "equal" else ():
            gone.setdefault(old[i], []).append(i)
    moved: dict[int, int] = {}
    for tag, _, _, j1, j2 in opcodes:
        for j in range(j1, j2) if tag != "equal" else ():
            if new[j] and gone.get(new[j]):
                moved[j] = gone[new[j]].pop()
    return moved


def _joined(opcodes: list[tuple[str, int, int, int, int]]) -> Iterator[tuple[str, int, int, int, int]]:
    """Neighbouring insertions and deletions as one stretch."""
    open_: tuple[str, int, int, int, int] | None = None
    for tag, i1, i2, j1, j2 in opcodes:
        if tag == "equal":
            if open_ is not None:
                yield open_
            open_ = None
            yield tag, i1, i2, j1, j2
        else:
            open_ = ("replace", i1, i2, j1, j2) if open_ is None else ("replace", open_[1], i2, open_[3], j2)
    if open_ is not None:
        yield open_


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Which paragraph became which, in order: the alignment that keeps the most words."""
    if len(old) * len(new) > _PAIRS:
        return [(i, i) for i in range(min(len(old), len(new))) if _alike(old[i], new[i]) >= _ALIKE]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(a, b) for b in new] for a in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= _ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _alike(a: str, b: str) -> float:
    old, new = a.split()[:_LONGEST], b.split()[:_LONGEST]
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(old, new, score_cutoff=_ALIKE)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    from rapidfuzz.distance import Indel  # a tenth of a crawl's start-up, and most nights nothing is edited

    return [(o.tag, o.src_start, o.src_end, o.dest_start, o.dest_end) for o in Indel.opcodes(old, new)]


# --- words


def changed(was: str, now: str) -> Paragraph:
    """A paragraph, or a line such as a headline, that was ``was`` and is ``now``: word by word."""
    old, new = was.split(), now.split()
    whole = max(len(old), len(new)) > _LONGEST
    runs = (Run("removed", was), Run("added", now)) if whole else tuple(_runs(old, new))
    return Paragraph("changed", was, now, runs, cosmetic=gist(was) == gist(now))


def _runs(old: list[str], new: list[str]) -> Iterator[Run]:
    """What stayed is written as it is now."""
    opcodes = _opcodes([said(w) or w for w in old], [said(w) or w for w in new])
    for tag, i1, i2, j1, j2 in _joined(opcodes):
        if tag == "equal":
            yield Run("same", " ".join(new[j1:j2]))
            continue
        if i2 > i1:
            yield Run("removed", " ".join(old[i1:i2]))
        if j2 > j1:
            yield Run("added", " ".join(new[j1:j2]))


def _counted(paragraphs: Sequence[Paragraph]) -> tuple[int, int]:
    added = removed = 0
    for p in paragraphs:
        if p.cosmetic:
            continue
        if p.op == "added":
            added += len((p.after or "").split())
        elif p.op == "removed":
            removed += len((p.before or "").split())
        else:
            added += sum(len(run.text.split()) for run in p.runs if run.op == "added")
            removed += sum(len(run.text.split()) for run in p.runs if run.op == "removed")
    return added, removed


# --- what matters


def _replacements(p: Paragraph) -> list[Replacement]:
    if p.op == "changed":
        return replaced(p.runs)
    if p.op == "added":
        return [Replacement("words", "", p.after or "")]
    return [Replacement("words", p.before or "", "")] if p.op == "removed" else []


def _of_field(kind: Kind, was: str, now: str) -> list[Replacement]:
    """What became what in a field; of one that came or went whole there is no more to say than that."""
    found: list[Replacement] = []
    if kind == "headline" or (kind == "description" and was and now):
        found = replaced(tuple(_runs(was.split(), now.split())))
    elif kind == "author" and was and now:
        found = [Replacement("name", was, now)]
    elif kind == "date" and was and now:
        found = [Replacement("date", *_written(was, now))]
    return [replace(r, kind=kind) for r in found if r.before != r.after]


def _written(was: str, now: str) -> tuple[str, str]:
    """Two dates (ISO 8601) as one writes them in Viet Nam, with the time where they are of one day."""
    before, after = (_ISO_DAY.sub(lambda m: f"{int(m[3])}/{int(m[2])}/{m[1]}", moment[:10]) for moment in (was, now))
    return (before, after) if before != after else (f"{was[11:16]} {before}".strip(), f"{now[11:16]} {after}".strip())
