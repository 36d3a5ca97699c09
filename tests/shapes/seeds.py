"""Takes the shared seeds apart: what each publishes, as typed, and the lines that stand around it."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

Gold = Mapping[str, Any]

#: Names the directory that holds ``seeds/``; without it, ``../shared`` beside the checkout.
SHARED_VARIABLE = "LUUTIN_SHARED"
CLOCK = re.compile(r"\d{1,2}:\d{2}")


def shared_directory() -> Path:
    """Where the shared material lies (it need not exist)."""
    named = os.environ.get(SHARED_VARIABLE)
    return Path(named) if named else Path(__file__).resolve().parents[3] / "shared"


def squeezed(text: str) -> str:
    """NFC with every run of white space one space: how gold.json writes what the text files hold."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or caption as typed: double spaces and nbsp kept; more than one line where the page breaks it."""

    lines: tuple[str, ...]
    caption: bool


@dataclass(frozen=True, slots=True)
class Seed:
    slug: str
    gold: Gold
    text: str  # the whole file
    headline: str
    published: datetime | None
    author: str
    section: str | None
    blocks: tuple[Block, ...]
    before: tuple[str, ...]  # lines above the article, the date line not among them
    widgets: tuple[str, ...]  # lines between headline and lead, the date line not among them
    tail: tuple[str, ...]  # lines below the author


def _blocks(lines: list[str], gold: Gold) -> tuple[int, int, tuple[Block, ...]]:
    """Index of the first line of the body, index behind its last one, and the blocks between."""
    first = at = next(i for i, line in enumerate(lines) if squeezed(line) == gold["paragraphs"][0])
    blocks = []
    for paragraph in gold["paragraphs"]:
        end = next(e for e in range(at + 1, at + 4) if squeezed(" ".join(lines[at:e])) == paragraph)
        blocks.append(Block(tuple(lines[at:end]), paragraph in gold["captions"]))
        at = end
    return first, at, tuple(blocks)


def _seed(slug: str, gold: Gold, text: str) -> Seed:
    lines = [line.strip(" ") for line in text.split("\n") if squeezed(line)]
    first, end, blocks = _blocks(lines, gold)
    top = next(i for i, line in enumerate(lines) if squeezed(line) == gold["headline"])
    author = next(i for i in range(end, len(lines)) if squeezed(lines[i]) == gold["author"])
    published = gold["date_published"]
    return Seed(
        slug=slug,
        gold=gold,
        text=text,
        headline=lines[top],
        published=datetime.fromisoformat(published) if published else None,
        author=lines[author],
        section=gold["section"],
        blocks=blocks,
        before=tuple(line for line in lines[:top] if not CLOCK.search(line)),
        widgets=tuple(line for line in lines[top + 1 : first] if not CLOCK.search(line)),
        tail=tuple(lines[author + 1 :]),
    )


def load(shared: Path) -> dict[str, Seed]:
    """Every seed of ``shared/seeds`` by its site's slug; OSError where a file is missing."""
    directory = shared / "seeds"
    gold = json.loads((directory / "gold.json").read_text(encoding="utf-8"))
    return {
        slug: _seed(slug, g, (directory / g["seed"]).read_text(encoding="utf-8")) for slug, g in sorted(gold.items())
    }
