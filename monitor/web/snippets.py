"""The piece of a text that shows why a search found it, and where in it the searched words stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from crawler.text import clean, exact_form, folded_form, match_query

#: Characters of a snippet: about three lines on a desktop, five on a phone.
WIDTH = 240

#: A snippet begins so many characters before its first match, at a word's border, so that the match is read in context.
_BEFORE = 60

#: Longest text that is searched for a snippet, in characters: some twenty pages. The rest is not worth a reader's wait.
_LONGEST = 60_000

_TERM = re.compile(r'(exact|folded) : "([^"]*)"')
_WORD = re.compile(r"[^\W_]+")


def snippet(text: str, query: str) -> list[tuple[str, bool]]:
    """The densest WIDTH characters of ``text`` around what ``query`` (as a person typed it) asks for.

    Parts in order, each with whether it matches; the beginning of the text where nothing matches. Matches are found
    as the search index finds them: terms with marks exactly, terms without by their letters.
    """
    text = clean(text[:_LONGEST])
    hits = sorted(_hits(text, match_query(query)))
    start, end = _window(text, hits)
    parts: list[tuple[str, bool]] = [("… ", False)] if start else []
    at = start
    for left, right, _ in hits:
        if not (at <= left and right <= end):
            continue
        if parts and parts[-1][1] and text[at:left].isspace():
            parts[-1] = (parts[-1][0] + text[at:right], True)
        else:
            parts += [(text[at:left], False), (text[left:right], True)]
        at = right
    parts.append((text[at:end] + (" …" if end < len(text) else ""), False))
    return [part for part in parts if part[0]]


def marked(text: str | None, query: str | None) -> str:
    """A snippet as plain text, matches between « and »: what the SQL function ``vi_snippet`` gives."""
    return "".join(f"«{part}»" if hit else part for part, hit in snippet(text or "", query or ""))


def holds_all(text: str, expression: str) -> bool:
    """Whether a text holds all that an expression of ``match_query`` asks for, as the search index would find it."""
    terms = len(_TERM.findall(expression.partition(") NOT (")[0]))
    return terms > 0 and len({number for _, _, number in _hits(clean(text), expression)}) == terms


def _hits(text: str, expression: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and term number of each match of an expression of ``match_query``; what it excludes is left out."""
    wanted = expression.partition(") NOT (")[0]
    forms: dict[str, Callable[[str], str]] = {"exact": exact_form, "folded": folded_form}
    columns = {column: _aligned(forms[column], text) for column in {m[1] for m in _TERM.finditer(wanted)}}
    for number, term in enumerate(_TERM.finditer(wanted)):
        words = r"[\W_]+".join(map(re.escape, _WORD.findall(term[2])))
        if words:
            for match in re.finditer(rf"(?<![^\W_]){words}(?![^\W_])", columns[term[1]]):
                yield match.start(), match.end(), number


def _aligned(form: Callable[[str], str], text: str) -> str:
    """``form(text)``, letter for letter as long as ``text``: true of Vietnamese at once, of other scripts by force."""
    written = form(text)
    return written if len(written) == len(text) else "".join((form(letter) or " ")[0] for letter in text)


def _window(text: str, hits: list[tuple[int, int, int]]) -> tuple[int, int]:
    best, start = (0, 0), 0
    last = 0
    for first, (left, _, _) in enumerate(hits):
        while last < len(hits) and hits[last][1] <= left + WIDTH - _BEFORE:
            last += 1
        inside = hits[first:last][:50]  # a text that repeats one word a thousand times needs no exact count
        score = (len({number for _, _, number in inside}), len(inside))
        if score > best:
            best, start = score, max(0, left - _BEFORE)
    if start:
        start = text.find(" ", start) + 1
    end = len(text) if len(text) - start <= WIDTH else text.rfind(" ", start, start + WIDTH)
    return start, end if end > start else min(start + WIDTH, len(text))
