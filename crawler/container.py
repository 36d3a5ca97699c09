"""Where among the lines of a nameless page its article stands: running text, verse, the element that holds them."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

from crawler.collect import furniture_by
from crawler.endings import TEASER
from crawler.landmarks import Vocabulary
from crawler.lines import Line, gives_address, is_caption, signature

#: Each step up from a paragraph to an element around it weighs its text by this (readability's idea, one factor).
_DECAY = 0.85
#: More text than this in one paragraph says nothing more about where the article is.
_ENOUGH = 600.0
#: So many abstracts side by side, each a title and one paragraph in an element of its own, are other articles'.
_ABSTRACTS = 3
#: A line of verse, in characters, and the fewest lines in one element that are a poem: two stanzas of couplets.
_VERSE = (12, 60)
_STANZA = 4
#: No page says in more lines than these who publishes it.
_COLOPHON = 4


def prose_of(lines: list[Line], vocab: Vocabulary) -> tuple[list[int], bool]:
    """The lines of running text that may be the article's; of verse (True) where there is no such text."""
    prose = [i for i, line in enumerate(lines) if line.is_prose and not furniture_by(line, known=False)]
    prose = [i for i in prose if not (lines[i].key and vocab.closing(lines[i].key))]
    abstracts = _abstracts(lines, prose)
    own = [i for i in prose if i not in abstracts]
    if own:
        return own, False
    verse = _verse(lines, vocab)
    return (verse, True) if verse else (prose, False)


def is_colophon(lines: list[Line], vocab: Vocabulary, prose: list[int], start: int) -> bool:
    """Whether all running text of a page says who publishes it and where; its article may be nothing but files.

    Such lines stand behind the landmark that closes the article, and give addresses.
    """
    if len(prose) > _COLOPHON or not all(gives_address(lines[i].text) for i in prose):
        return False
    return any(lines[i].key and vocab.ends(lines[i].key) for i in range(start, prose[0]))


def _abstracts(lines: list[Line], prose: list[int]) -> set[int]:
    """Paragraphs under other articles' titles: several elements side by side, each of a title and one paragraph."""
    beside: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for i in prose:
        if not i:
            continue
        title, home = lines[i - 1], lines[i].path[:-1]
        if (title.is_link and len(title.text) > TEASER) or (title.heading > 1 and not title.is_prose):
            after = lines[i + 1].path[: len(home)] if i + 1 < len(lines) else ()
            if len(home) > 1 and title.path[: len(home)] == home and after != home:
                beside[home[:-1]].append(i)
    return {i for found in beside.values() if len(found) >= _ABSTRACTS for i in found}


def _verse(lines: list[Line], vocab: Vocabulary) -> list[int]:
    """The lines of verse in the one element that holds most of them; none where no element holds a poem."""
    low, high = _VERSE
    held: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        if not (low <= len(line.text) <= high) or line.link_share or line.chrome or line.item or line.heading:
            continue
        short = line.key
        if any(c.isdigit() for c in short) or line.text.isupper() or is_caption(line):
            continue
        if not (furniture_by(line, known=False) or vocab.closing(short) or vocab.is_never(short)):
            held[line.path[:-1]].append(i)
            held[line.path].append(i)
    best = max(held.values(), key=len, default=[])
    together = sum(b - a == 1 for a, b in pairwise(best))
    return best if together + 1 >= _STANZA else []


def container(lines: list[Line], prose: list[int]) -> tuple[int, int]:
    """First and last line of the element that holds the article's text most tightly."""
    shared = Counter(lines[i].path for i in prose)
    weight: dict[tuple[int, ...], float] = defaultdict(float)
    for i in prose:
        size, path = min(_ENOUGH, len(lines[i].text)), lines[i].path
        # a paragraph's own element holds no more than itself
        for depth in range(len(path) - (shared[path] == 1 and len(path) > 1), 0, -1):
            weight[path[:depth]] += size
            size *= _DECAY
    best = max(weight, key=lambda path: (weight[path], len(path)))
    inside = [i for i in range(len(lines)) if lines[i].path[: len(best)] == best]
    return inside[0], inside[-1]


def end_of(lines: list[Line], vocab: Vocabulary, last: int) -> int:
    """The end of the text: behind its container, and behind an author's line that stands just outside it."""
    end = last + 1
    for at in range(end, min(len(lines), end + 3)):
        line = lines[at]
        if line.is_link or line.chrome or (line.key and vocab.closing(line.key)):
            break
        if signature(line, before=lines[last].text):
            return at + 1
    return end
