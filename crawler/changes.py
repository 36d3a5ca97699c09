"""What an edit changed: which fields, which paragraphs, which words, and what of that a reader should hear first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from crawler.dates import find_dates
from crawler.reading import Reading
from crawler.text import canonical, said

Op = Literal["same", "added", "removed", "changed", "moved"]
Kind = Literal["headline", "body", "author", "date", "section", "description", "captions", "attachments", "images"]
Matter = Literal["name", "office", "date", "figure", "words"]

_MATTERS: tuple[Matter, ...] = ("name", "office", "date", "figure", "words")

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

#: What counts things: a figure is told with it ("3 thành 5 triệu đồng").
_UNITS = frozenset(
    [
        *("triệu", "tỷ", "tỉ", "nghìn", "ngàn", "trăm", "đồng", "%", "phần", "ha", "hecta", "km", "m", "mét", "vuông"),
        *("km2", "m2", "tấn", "kg", "lít", "năm", "tháng", "ngày", "giờ", "người", "hộ", "đảng", "viên", "đại", "biểu"),
        *("lượt", "lần", "xã", "huyện", "tỉnh", "thôn", "lớp", "cuộc", "hội", "nghị", "mô", "hình", "công", "trình"),
    ]
)
#: Before an office these make it another one.
_LESSER = frozenset(("phó", "quyền", "nguyên", "cựu"))
_OFFICES = re.compile(
    r"\b(?:bí thư|chủ tịch|trưởng ban|phó ban|trưởng phòng|giám đốc|chánh|ủy viên|thường trực|chủ nhiệm|bộ trưởng|"
    r"thứ trưởng|tổng bí thư|thủ tướng|đại biểu quốc hội|trưởng đoàn|hiệu trưởng)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_ENDS = re.compile(r"[.!?…:][”\"')\]]*$")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stayed, came or went, as written."""

    op: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph before and after; ``cosmetic`` where only tone placement, spaces and punctuation differ."""

    op: Op
    before: str | None
    after: str | None
    runs: tuple[Run, ...] = ()  # of a changed one
    cosmetic: bool = False


@dataclass(frozen=True, slots=True)
class Replacement:
    """A few words that became others. ``before`` or ``after`` is empty where something was only added or taken out."""

    matter: Matter
    before: str
    after: str
    unit: str = ""  # what both are counted in


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
    if any(p.op != "same" and not p.cosmetic for p in paragraphs):
        kinds.insert(kinds.index("headline") + 1 if "headline" in kinds else 0, "body")
    kinds += ["attachments"] if json.loads(before.attachments) != json.loads(after.attachments) else []
    kinds += ["images"] if _alts(before) != _alts(after) else []
    told = [r for p in paragraphs if not p.cosmetic for r in _replacements(p)]
    headline = next((_replaced(old or "", new or "") for kind, old, new in fields if kind == "headline"), [])
    added, removed = _counted(paragraphs)
    return Changes(
        kinds=tuple(kinds),
        fields=fields,
        paragraphs=paragraphs,
        words_added=added,
        words_removed=removed,
        replacements=tuple(sorted([*headline, *told], key=lambda r: _MATTERS.index(r.matter))),
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
    return replace(changes, kinds=tuple(k for k in changes.kinds if k not in _FURNITURE and not lost.get(k, False)))


def _is_of_the_day(one: str, other: str) -> bool:
    """Whether two dates differ in nothing but that one of them is less exact, or not there at all."""
    return one.startswith(other) or other.startswith(one)


def _differs(kind: Kind, old: str | None, new: str | None) -> bool:
    return old != new if kind == "date" else _key(old or "") != _key(new or "")


def _key(text: str) -> str:
    """Equal for two texts that differ in tone placement, punctuation and spaces alone."""
    return said(text).replace(" ", "")


def _alts(reading: Reading) -> list[str]:
    return [_key(image.get("alt") or "") for image in json.loads(reading.images)]


def _split(body: str) -> list[str]:
    return body.split("\n\n") if body else []


# --- paragraphs


def _paragraphs(old: list[str], new: list[str]) -> Iterator[Paragraph]:
    """Every paragraph of both, in reading order; one that only changed its place is ``moved`` where it stands now."""
    old_keys, new_keys = [_key(p) for p in old], [_key(p) for p in new]
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
    return Paragraph("changed", was, now, runs, cosmetic=_key(was) == _key(now))


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
        if p.op == "added":
            added += len((p.after or "").split())
        elif p.op == "removed":
            removed += len((p.before or "").split())
        elif not p.cosmetic:
            added += sum(len(run.text.split()) for run in p.runs if run.op == "added")
            removed += sum(len(run.text.split()) for run in p.runs if run.op == "removed")
    return added, removed


# --- what matters


def _replacements(p: Paragraph) -> list[Replacement]:
    if p.op == "changed":
        return _from(p.runs)
    if p.op == "added":
        return [Replacement("words", "", p.after or "")]
    return [Replacement("words", p.before or "", "")] if p.op == "removed" else []


def _replaced(was: str, now: str) -> list[Replacement]:
    return [] if _key(was) == _key(now) else _from(tuple(_runs(was.split(), now.split())))


def _from(runs: Sequence[Run]) -> list[Replacement]:
    """Each stretch of words that came or went; a name that changed in several places is one stretch."""
    found: list[Replacement] = []
    at = 0
    while at < len(runs):
        if runs[at].op == "same":
            at += 1
            continue
        end = at + 1
        while end < len(runs) and (runs[end].op != "same" or _within_a_name(runs, end)):
            end += 1
        before = " ".join(run.text for run in runs[at:end] if run.op != "added")
        after = " ".join(run.text for run in runs[at:end] if run.op != "removed")
        ahead = runs[end].text if end < len(runs) else ""
        begins = at == 0 or _ENDS.search(runs[at - 1].text) is not None
        matter = _matter(before, after, ahead, begins=begins)
        unit = _unit(ahead, before or after) if matter == "figure" else ""
        found.append(Replacement(matter, before.strip(".,;:"), after.strip(".,;:"), unit))
        at = end
    return found


def _within_a_name(runs: Sequence[Run], at: int) -> bool:
    """Whether words that stayed stand between two changed parts of one name, as in Trần Văn An and Lê Văn Bình."""
    words = runs[at].text.split()
    return len(words) <= 2 and at + 1 < len(runs) and all(w[0].isupper() and w[-1].isalpha() for w in words)


def _matter(before: str, after: str, ahead: str, *, begins: bool) -> Matter:
    """What kind of thing was replaced, by what stands on either side."""
    both = (before, after)
    if any(find_dates(text) for text in both):
        return "date"
    lesser = any(text.split()[-1:] and text.split()[-1].lower() in _LESSER for text in both)
    following = " ".join(ahead.split()[:2]) if lesser else ""
    if any(_OFFICES.search(canonical(f"{text} {following}")) for text in both):
        return "office"
    if any(_DIGIT.search(text) for text in both):
        return "figure"
    words = [text.split() for text in both]
    if any(len(ws) <= 12 and any(w[:1].isupper() for w in ws[1 if begins else 0 :]) for ws in words):
        return "name"
    return "words"


def _unit(ahead: str, changed: str) -> str:
    """The words behind a figure that say what it counts."""
    if changed[-1:] in (".", ";", ","):
        return ""
    unit: list[str] = []
    for word in ahead.split()[:3]:
        bare = word.strip(".,;:")
        if bare.lower() not in _UNITS:
            break
        unit.append(bare)
        if bare != word:
            break
    return " ".join(unit)
