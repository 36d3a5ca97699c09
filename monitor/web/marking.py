"""A text for reading: its paragraphs, which of them are captions, and where they cite a document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crawler.citations import find_citations

#: A text of more characters is shown without links: looking for citations takes 1 ms for each 20,000.
_LONGEST = 400_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A paragraph: ``kind`` is ``lead``, ``caption`` or ""; each of its ``parts`` with the document it cites, or None.

    ``picture`` is the picture to which a caption belongs, where that is plain.
    """

    kind: str
    parts: tuple[tuple[str, str | None], ...]
    picture: dict[str, Any] | None = None


def shown(
    paragraphs: Sequence[str], *, description: str | None, captions: Sequence[str], pictures: Sequence[dict[str, Any]]
) -> tuple[list[Shown], list[dict[str, Any]]]:
    """The paragraphs as they are shown, and the pictures that stand with none of them.

    An archive keeps pictures and captions in the order of the page, not in pairs. Where there are as many of the one as
    of the other, the first caption is the first picture's, and so on; else pictures stand behind the text.
    """
    named = set(captions)
    standing = [p for p in paragraphs if p in named]
    paired = len(standing) == len(pictures)
    waiting = iter(pictures if paired else ())
    link = sum(map(len, paragraphs)) <= _LONGEST
    found = []
    for i, paragraph in enumerate(paragraphs):
        caption = paragraph in named
        kind = "caption" if caption else "lead" if i == 0 and paragraph == description else ""
        parts = linked(paragraph) if link else ((paragraph, None),)
        found.append(Shown(kind, parts, next(waiting, None) if caption else None))
    return found, [] if paired else list(pictures)


def linked(paragraph: str) -> tuple[tuple[str, str | None], ...]:
    """A paragraph cut where it cites: each part with the document that it cites, or None."""
    parts: list[tuple[str, str | None]] = []
    at = 0
    for citation in find_citations(paragraph):
        start = paragraph.find(citation.text, at)
        if start < 0 or not citation.text:  # of a citation that was cut at its greatest length, its place may differ
            continue
        if start > at:
            parts.append((paragraph[at:start], None))
        at = start + len(citation.text)
        parts.append((paragraph[start:at], citation.document))
    if at < len(paragraph) or not parts:
        parts.append((paragraph[at:], None))
    return tuple(parts)
