"""Where an article ends: which of its lines only read like landmarks, and where its text goes on behind one."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.landmarks import Vocabulary, is_clause, is_contact
from crawler.lines import FILE, Line, ends_sentence, gives_address, is_caption, names_furniture, signature

#: A link of at least this many characters between paragraphs is another article's headline.
TEASER = 25
#: How many lines are looked at around one that reads like a landmark: no page may cost its lines' square.
_FAR = 50


def commonprefix(paths: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The elements that all paths begin with."""
    low, high = min(paths), max(paths)
    return next((low[:n] for n, step in enumerate(low) if n >= len(high) or step != high[n]), low)


def is_told(lines: list[Line], vocab: Vocabulary, index: int, end: int, *, known: bool, begun: bool) -> bool:
    """Whether a line that begins like a landmark is the text's own: a sentence, or followed by running text.

    Outside the article's own container all of it must stand in the element that holds the paragraphs.
    """
    line = lines[index]
    if known and _names_its_file(line, vocab):
        return True
    if not vocab.only_begins(line.key) or line.link_share >= 0.4 or line.chrome or not (begun or known):
        return False
    above = lines[max(0, index - _FAR) : index]
    before = next((ln.path[:-1] for ln in reversed(above) if ln.is_prose), ())
    if not known and line.path[:-1] != before:
        return False
    if is_clause(line.key) and ends_sentence(line.text):
        return True
    after = _text_behind(lines, vocab, index, end)
    if after is not None:
        box = commonprefix((line.path[:-1], lines[after].path[:-1]))
        return before[: len(box)] == box if known and begun else known or lines[after].path[:-1] == before
    return known and begun and _closes_notice(above, lines[index:end])


def _closes_notice(before: list[Line], behind: list[Line]) -> bool:
    """Whether nothing but how to reach somebody follows, and who signed; behind who signed it is the page's foot."""
    above = next((line for line in reversed(before) if line.text), None)
    if len(behind) > _FAR or (above is not None and signature(above, before=".")):
        return False
    behind = [line for line in behind if line.text]
    while len(behind) > 1 and signature(behind[-1], before="."):
        behind.pop()
    return all(is_contact(line.key) and not names_furniture(line.hint) for line in behind)


def _text_behind(lines: list[Line], vocab: Vocabulary, index: int, end: int) -> int | None:
    """Where running text follows with no furniture before it; None where none does."""
    for at in range(index + 1, min(end, index + _FAR)):
        line = lines[at]
        key = line.key
        if line.is_link or line.chrome or (key and vocab.closing(key) and not vocab.only_begins(key)):
            return None
        if line.is_prose and not gives_address(line.text) and not (key and vocab.ends(key)):
            return at
    return None


def is_furniture(lines: list[Line], vocab: Vocabulary, index: int, end: int, *, known: bool) -> bool:
    """Whether the vocabulary takes a line for furniture, and its place does not say otherwise.

    ``known``: paragraphs of a declared text stand before it.
    """
    key = lines[index].key
    if not key or not vocab.is_never(key):
        return False
    own = known and not lines[index].links and vocab.may_be_text(key)
    return not own or _text_behind(lines, vocab, index, end) is None


def _names_its_file(line: Line, vocab: Vocabulary) -> bool:
    """Whether a line says that a file is attached and which one: no heading of a list, but the text's own."""
    return (
        vocab.opens_attachments(line.key)
        and not line.item
        and ":" in line.text.rstrip(": ")
        and any(FILE.search(href) for href, _ in line.links)
    )


def resumes(lines: list[Line], vocab: Vocabulary, index: int, end: int) -> int | None:
    """Where the article goes on behind a landmark in its middle; None where it has ended.

    Behind a bar of buttons one paragraph is enough. Behind a list of related links two pieces must follow one another,
    a paragraph and a paragraph or a caption: teasers of other articles have a link before each.
    """
    final = vocab.ends(lines[index].key)
    if final and (behind := _behind_box(lines, vocab, index, end)) is not None:
        return behind
    at, linked = index + 1, False
    while at < end:
        line = lines[at]
        key = line.key
        if key and vocab.closing(key):
            if vocab.ends(key):
                return None
        elif line.is_link or (line.item and len(line.text) < 200):
            linked = linked or len(line.text) > TEASER
        elif line.text and not (key and vocab.is_never(key)) and not line.chrome:
            break
        at += 1
    following = [lines[i] for i in range(at, min(at + 3, end)) if lines[i].text]
    told = [line for line in following if line.is_prose or is_caption(line)]
    if not following or told[:1] != following[:1] or not any(line.is_prose for line in told):
        return None
    if linked or final:
        return at if linked and told[:2] == following[:2] and len(told) > 1 else None
    return at


def _behind_box(lines: list[Line], vocab: Vocabulary, index: int, end: int) -> int | None:
    """Where the article goes on behind a box of links that stands, in an element of its own, among its paragraphs.

    Behind the box the element that holds the paragraphs must go on with text, or with who signed it: what has a link
    to another article before it is a teaser.
    """
    before = next((lines[i] for i in range(index - 1, -1, -1) if lines[i].is_prose), None)
    home = before.path[:-1] if before is not None else ()
    box = lines[index].path[: len(home) + 1]
    if len(box) <= len(home) or box[:-1] != home or not home:
        return None
    at = index + 1
    while at < end and lines[at].path[: len(box)] == box:
        at += 1
    if not any(line.is_link and len(line.text) > TEASER for line in lines[index:at]):
        return None
    for i in range(at, end):
        line = lines[i]
        if line.path[: len(home)] != home or line.is_link or line.chrome or (line.key and vocab.closing(line.key)):
            return None
        if line.is_prose or signature(line, before=lines[i - 1].text if i > at else "."):
            return at
    return None
