"""Pieces of text between line breaks, and which of them are one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.lines import continues, ends_sentence
from crawler.text import clean


@dataclass(slots=True)
class Segment:
    """Text between two line breaks, with the number of its characters that are link, bold, italic."""

    parts: list[str] = field(default_factory=list)
    size: int = 0
    link: int = 0
    bold: int = 0
    italic: int = 0
    breaks: int = 0  # line breaks before it
    picture: bool = False
    captioned: bool = False  # by its markup: a caption's class, a picture's table
    links: list[tuple[str, str]] = field(default_factory=list)
    strong: str = ""  # its last piece, where that is bold

    def add(self, other: Segment) -> None:
        self.parts += [" ", *other.parts]
        self.size += other.size
        self.link += other.link
        self.bold += other.bold
        self.italic += other.italic
        self.links += other.links
        self.strong = other.strong
        self.picture = self.picture or other.picture
        self.captioned = self.captioned or other.captioned

    def tail(self) -> str:
        """The last of several pieces of its text, where brackets hold that or it is in bold."""
        if self.strong:
            return clean(self.strong) if self.bold < self.size / 2 else ""
        told = [part for part in self.parts if not part.isspace()]
        return clean(told[-1]) if len(told) > 1 and told[-1].lstrip().startswith("(") else ""


def beside(image: tuple[int, ...], text: tuple[int, ...]) -> bool:
    """Whether a text's element is the image's own, its neighbour, or one step further in or out."""
    common = sum(1 for a, b in zip(image, text, strict=False) if a == b)
    return common >= max(len(image), len(text)) - 2


def joined(segments: list[Segment], *, paragraph: bool) -> Iterator[Segment]:
    """Segments put together where the break between them is only a wrapped line.

    Inside a paragraph a single ``<br>`` is typography, unless every piece is a long finished text of its own or the
    last one is the author's name; in a bare ``<div>`` or cell it ends the line, unless the sentence plainly goes on.
    Two breaks always end a paragraph.
    """
    if len(segments) == 1:
        yield segments[0]
        return
    texts = [clean("".join(s.parts)) for s in segments]
    stacked = len(texts) > 2 and all(ends_sentence(t) and len(t) > 100 for t in texts[:-1] if len(t) > 40)
    held = segments[0]
    for index in range(1, len(segments)):
        following, before, after = segments[index], texts[index - 1], texts[index]
        single = following.breaks <= 1
        if paragraph:
            signed = (
                index == len(segments) - 1 and len(after) < 40 and ends_sentence(before) and not ends_sentence(after)
            )
            join = single and not stacked and not signed
        else:
            join = single and continues(before, after)
        if join:
            held.add(following)
        else:
            yield held
            held = following
    yield held
