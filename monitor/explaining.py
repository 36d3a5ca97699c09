"""A page's reading explained to a person: what each field was taken from, and what became of each line."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from crawler.cms.generic import OWN
from crawler.text import clean
from crawler.trace import FIELDS, LineFate, Trace

#: Lines are told apart by their beginnings; more only hides the next one.
_WIDTH = 100
#: So many lines that one rule cut say what it cuts; the rest are counted.
_RUN = 12
#: A page of twenty thousand lines is not read line by line by anybody.
_LINES = 1_000
#: Characters of a line in JSON.
_JSON_WIDTH = 500

_STYLES = {"kept": "green", "field": "cyan", "cut": "red"}
_MARKS = {"kept": "+", "field": "=", "cut": "-"}


def as_json(trace: Trace) -> dict[str, Any]:
    """What a script may want of a trace: the fields' rules, and every line with what became of it."""
    return {
        "how": trace.how,
        "fields": {
            name: {"rule": taken.rule, "text": _short(taken.text, _JSON_WIDTH)} for name, taken in trace.fields.items()
        },
        "lines": [
            {"text": _short(line.text, _JSON_WIDTH), "fate": line.fate, "rule": line.rule} for line in trace.all_lines()
        ],
    }


def explain(trace: Trace, said: Mapping[str, Any]) -> None:
    """Prints a trace of the page of which ``said`` is what ``luutin extract`` says; in colour on a terminal."""
    console = Console(markup=False, highlight=False, emoji=False)
    lines = _told(trace, said)
    if console.is_terminal:
        for text, style in lines:
            console.print(Text(text, style=style), soft_wrap=True)
    else:
        sys.stdout.buffer.write("".join(f"{text}\n" for text, _ in lines).encode("utf-8", "replace"))
        sys.stdout.buffer.flush()


def _told(trace: Trace, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The explanation as lines, each with its style."""
    ways = {"generic": "by structure and language alone", OWN: f"by the selectors of the site {trace.site.slug}"}
    by = ways.get(trace.how, f"as a page of the family {trace.how}")
    yield f"Read {by}.", "bold"
    reason = f": {said['quality_reason']}" if said["quality_reason"] else ""
    yield f"Quality: {said['quality']}{reason}", "bold"
    for name in FIELDS:
        yield from _field(name, trace, said)
    counts = Counter(line.fate for line in trace.all_lines())
    yield "", ""
    yield f"Lines: {counts['kept']} kept, {counts['field']} taken for a field, {counts['cut']} cut", "bold"
    left = _LINES
    for (fate, rule), run in groupby(trace.all_lines(), key=lambda line: (line.fate, line.rule)):
        if left <= 0:
            yield "… and so on: --json tells every line.", "dim"
            return
        lines = list(run)
        shown = min(len(lines), _RUN if fate == "cut" else left)
        yield from _run(fate, rule, lines, shown)
        left -= shown


def _field(name: str, trace: Trace, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    taken = trace.fields.get(name)
    value = f"{len(said['paragraphs'])} paragraphs" if name == "body" else said[name]
    yield "", ""
    yield f"{name}: {_short(str(value)) if value else 'not found'}", _STYLES["field"] if value else "yellow"
    if taken is not None:
        yield f"    rule: {taken.rule}", ""
        if taken.text and clean(taken.text) != value:
            yield f"    text: {_short(taken.text)}", ""


def _run(fate: str, rule: str, lines: list[LineFate], shown: int) -> Iterator[tuple[str, str]]:
    """Lines that follow one another and met the same fate, ``shown`` of them in full."""
    yield f"{fate}: {rule}" if rule else fate, "bold " + _STYLES[fate]
    for line in lines[:shown]:
        yield f"  {_MARKS[fate]} {_short(line.text)}", _STYLES[fate]
    if len(lines) > shown:
        yield f"    … and {len(lines) - shown} more", "dim"


def _short(text: str, width: int = _WIDTH) -> str:
    text = clean(text)
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
