"""Vietnamese text: what counts as the same text, its digests, and how it is searched with and without marks."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, is_dataclass
from functools import lru_cache
from hashlib import blake2b, sha256
from operator import xor
from typing import Final
from unicodedata import normalize

# Nearly every paragraph is made of these already: visible, precomposed, no space but the plain one. Testing for them
# costs 2 ns a character; the general road through `clean` costs thirty times as much.
_PLAIN: Final = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u017f\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u2010-\u2027\u2030-\u205e]*"
)

# Forbidden by XML 1.0 (section 2.2) or seen by no reader: controls, soft hyphen, zero-width, bidi, fillers, selectors.
# What Python counts as white space (tab, NEL, the line and paragraph separators) is left to `str.split`.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U0001bca0-\U0001bca3\U000e0000-\U000e0fff]+"
)


def clean(s: str) -> str:
    """``s`` in NFC, without characters that XML forbids or nobody sees, each run of white space one space, stripped."""
    if not s:
        return s
    if s[0] != " " and s[-1] != " " and "  " not in s and _PLAIN.fullmatch(s):
        return s
    return " ".join(normalize("NFC", _INVISIBLE.sub("", s)).split())


def named(file: str) -> str:
    """A file's name as text, whatever bytes it is of (``os.fsdecode``)."""
    return os.fsencode(file).decode("utf-8", "replace")


_VOWELS: Final = "aeouyAEOUY"
_TONES: Final = "\u0300\u0301\u0309\u0303\u0323"  # huyền, sắc, hỏi, ngã, nặng


def _toned(vowel: str, tone: str) -> str:
    return normalize("NFC", vowel + tone)


# oà -> òa and so on, in every mixture of cases. Only these three clusters differ between the two conventions.
_MOVED: Final[Mapping[str, str]] = {
    first + _toned(second, tone): _toned(first, tone) + second
    for first, seconds in (("o", "ae"), ("O", "ae"), ("u", "y"), ("U", "y"))
    for second in seconds + seconds.upper()
    for tone in _TONES
}

# Onsets of a Vietnamese syllable. `qu` is one of its own (quý), `c`, `k`, `gh`, `ngh` and `gi` stand before other
# vowels; before `oe` only those that are attested, or the French names Noé and Moé would become Vietnamese.
_ONSETS_OE: Final = ("", "[dđghlrstx]", "ch|kh|ng|nh|th|tr")
_ONSETS: Final = ("", "[bdđghlmnprstvx]", "ch|kh|ng|nh|ph|th|tr")


def _old_style(first: str, second: str, onsets: Iterable[str]) -> str:
    """The rest of a pattern for an open cluster whose tone stands on its second vowel, after one of ``onsets``."""
    toned = "".join(_toned(v, tone) for v in second + second.upper() for tone in _TONES)
    behind = "|".join(rf"(?<=\b(?i:{onset})..)" for onset in onsets)
    return f"(?<=[{first}{first.upper()}])[{toned}](?:{behind})"


# The vowels come first and the onset is looked back at: a search then jumps from vowel to vowel.
_OLD_STYLE: Final = re.compile(
    f"[oOuU](?:{_old_style('o', 'a', _ONSETS)}|{_old_style('o', 'e', _ONSETS_OE)}|{_old_style('u', 'y', _ONSETS)})"
    r"(?![\w\u0300-\u036f])"
)


def canonical(s: str) -> str:
    """``clean(s)`` with the tone mark of open oa, oe, uy on the first vowel (hoà -> hòa, UỶ -> ỦY); case is kept.

    Only syllables of Vietnamese shape change: an onset, the cluster, one tone mark, nothing after. The letter Eth,
    which old fonts drew for Đ, becomes Đ. Idempotent.
    """
    s = clean(s).replace("\u00d0", "Đ").replace("\u00f0", "đ")
    return _OLD_STYLE.sub(lambda m: _MOVED[m[0]], s)


# The marks of Vietnamese vowels, each removed at C speed; whatever other marks a text holds take the slow road.
_VIETNAMESE_MARKS: Final = "\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b"
_MARKS: Final = re.compile("[\u0300-\u036f]+")


def fold(s: str) -> str:
    """``clean(s)`` in lower case without diacritical marks, đ as d: what somebody types who has no Vietnamese keys."""
    s = clean(s).lower()
    if s.isascii():
        return s
    s = normalize("NFD", s)
    for mark in _VIETNAMESE_MARKS:
        s = s.replace(mark, "")
    s = s.replace("đ", "d").replace("\u00f0", "d")
    return clean(s if _PLAIN.fullmatch(s) else _MARKS.sub("", s))


# A dash that says something, however it is drawn: within a word ("43-KL/TW"), of a span ("2020 – 2025"), below zero.
_BEFORE_A_SIGN: Final = r"(?<![^\s(\[“\"'/:])"
_DASH: Final = re.compile(rf"(?<=\d) ?[-‐‑‒–−] ?(?=\d)|(?<=\w)[-‐‑‒–−](?=\w)|{_BEFORE_A_SIGN}[-‐‑‒–−](?=\d)")
#: A figure in groups of three, which is the same without its spaces; digits parted otherwise are other figures.
_THOUSANDS: Final = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)")
# Marks inside a number, a figure's sign and unit, hyphens and slashes inside a word say something; the group does not.
_PUNCTUATION: Final = re.compile(
    r"(?<=\d)[.,:+×](?=\d)|(?<=\w)[-/](?=\w)|[<>≤≥](?= ?\d)"
    rf"|{_BEFORE_A_SIGN}[-+](?=\d)|([^\w\s%‰°$€£¥₫±]|_)"
)


def said(s: str) -> str:
    """``canonical(s)`` without punctuation: two texts that differ here say something else, not only otherwise."""
    s = _THOUSANDS.sub(lambda m: m[0].replace(" ", ""), _DASH.sub("-", canonical(s)))
    return " ".join(_PUNCTUATION.sub(lambda m: " " if m[1] else m[0], s).split())


#: Spaces but those that part digits: 1 15 is not 11 5.
_SPACES: Final = re.compile(r"(?<!\d) | (?!\d)")


def gist(s: str) -> str:
    """Equal for two texts that say the same: that differ in tone placement, punctuation and spaces alone."""
    return _SPACES.sub("", said(s))


_NOT_SLUG: Final = re.compile("[^a-z0-9]+")


def slugify(s: str, limit: int = 80) -> str:
    """At most ``limit`` characters of ASCII letters, digits and hyphens, cut between words where there is a border."""
    slug = _NOT_SLUG.sub("-", fold(s)).strip("-")
    if len(slug) <= limit:
        return slug
    return (slug[: limit + 1].rpartition("-")[0] or slug[:limit]).strip("-")


def word_count(s: str) -> int:
    """How many words ``s`` has, as Vietnamese counts them: syllables between spaces.

    Punctuation that stands alone is no word, "44-KL/TW" is one.
    """
    words = s.split()
    return len(words) - sum(1 for w in words if not w[0].isalnum() and not any(map(str.isalnum, w)))


def _digest(s: str) -> str:
    return sha256(s.encode("utf-8", "surrogatepass")).hexdigest()


def text_digest(body: str) -> str:
    """The name of a text: ``sha256:<hex>`` of its UTF-8; ``body`` is its clean paragraphs joined by empty lines."""
    return "sha256:" + _digest(body)


def content_digest(headline: str | None, paragraphs: Iterable[str]) -> str:
    """``c1:<hex>``: equal for two readings that say the same, wherever they put tone marks, spaces and borders."""
    body = canonical(" ".join(paragraphs))
    return "c1:" + _digest((canonical(headline or "") + "\n" + body).replace(" ", ""))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no place in a reading digest.")


def reading_digest(fields: Mapping[str, object]) -> str:
    """``r1:<hex>`` of ``fields`` as canonical JSON: keys sorted, strings in NFC, tuples as lists, dataclasses as maps.

    Raises TypeError for a value that JSON has no form for.
    """
    written = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return "r1:" + _digest(normalize("NFC", written))


def exact_form(s: str) -> str:
    """What the search index holds in its column ``exact``: canonical, lower case, marks kept."""
    return canonical(s).lower()


def folded_form(s: str) -> str:
    """What the search index holds in its column ``folded``: lower case without marks."""
    return fold(s)


class _Kept(dict[str, str]):
    """What ``function`` gives for a word: texts consist of a few thousand syllables."""

    def __init__(self, function: Callable[[str], str]) -> None:
        self._function = function

    def __missing__(self, word: str) -> str:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        form = self[word] = self._function(word)
        return form


#: More are addresses and numbers, which must not fill the memory.
_WORDS_KEPT: Final = 30_000
_EXACT: Final = _Kept(exact_form)
_FOLDED: Final = _Kept(folded_form)


def search_forms(s: str) -> tuple[str, str]:
    """(``exact_form``, ``folded_form``) of ``s``, word by word, which is quicker for a long text."""
    words = clean(s).split(" ")
    # a word of marks alone leaves nothing between two spaces
    return " ".join(map(_EXACT.__getitem__, words)), clean(" ".join(map(_FOLDED.__getitem__, words)))


_SAID: Final = _Kept(lambda word: said(word).lower())


@lru_cache(_WORDS_KEPT)
def _numbers(syllable: str) -> tuple[int, int, int]:
    """A number of ``_SHINGLE_BITS`` bits for each place that a syllable can have in a shingle."""
    digest = blake2b(syllable.encode("utf-8", "surrogatepass"), digest_size=24).digest()
    first, second, third = (int.from_bytes(digest[i : i + 8], "big") >> 64 - _SHINGLE_BITS for i in (0, 8, 16))
    return first, second, third


#: SQLite stores such a number in six bytes, and two of the 30 million shingles of 100,000 texts rarely share one.
_SHINGLE_BITS: Final = 47


def shingles(s: str) -> frozenset[int]:
    """The shingles of ``s``, three syllables each, as numbers of 47 bits that any machine and any Python gives alike.

    Made of ``said(s)`` in lower case: case, punctuation and the place of tone marks are no difference, marks are one
    ("đảng" is not "đang"). A text of fewer than three syllables has none. The numbers are a simple tabulation hash
    (Zobrist 1970; Pătraşcu and Thorup 2012), so that those with n zeros at the end are a fair sample of one in 2**n.
    """
    words = " ".join(map(_SAID.__getitem__, clean(s.replace("\n\n", " ")).split(" "))).split()
    if len(words) < 3:
        return frozenset()
    first, second, third = zip(*map(_numbers, words), strict=True)
    return frozenset(map(xor, map(xor, first, second[1:]), third[2:]))


def overlap(one: frozenset[int], other: frozenset[int]) -> float:
    """What two sets of ``shingles`` have in common over what they have together (Jaccard), from 0 to 1."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


# A person's query is short. FTS5 refuses expressions nested deeper than 256, and each word costs a walk of its list.
_QUERY_CHARACTERS: Final = 1000
_QUERY_TERMS: Final = 32

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_TERM: Final = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_LETTER_OR_DIGIT: Final = re.compile(r"[^\W_]")
_LETTER_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f\W\d_]")


def match_query(user_text: str) -> str:
    """The FTS5 expression over the columns ``exact`` and ``folded`` for what somebody typed; "" if it asks for nothing.

    A term with marks (any letter beyond ASCII) is looked for as written, one without marks by its letters alone.
    "Double quotes" hold a phrase, -minus excludes. Everything is quoted, so that no input is a syntax error; a query
    that only excludes asks for nothing. Only the first 1000 characters and 32 terms count.
    """
    wanted: dict[str, None] = {}
    unwanted: dict[str, None] = {}
    for term in _TERM.finditer(clean(user_text[:_QUERY_CHARACTERS]).translate(_QUOTES)):
        words = term["phrase"] or term["word"] or ""
        if _LETTER_OR_DIGIT.search(words) and len(wanted) + len(unwanted) < _QUERY_TERMS:
            marked = _LETTER_BEYOND_ASCII.search(words)
            query = f'exact : "{exact_form(words)}"' if marked else f'folded : "{folded_form(words)}"'
            (unwanted if term["minus"] else wanted)[query] = None
    if not wanted:
        return ""
    query = " AND ".join(wanted)
    return f"({query}) NOT ({' OR '.join(unwanted)})" if unwanted else query
