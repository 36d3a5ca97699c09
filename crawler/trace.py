"""Why a page was read as it was: which rule took each field and which cut each line, noted by the rules themselves.

Reading takes a Trace where somebody asks, and None otherwise; no rule decides differently for being watched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler import blocks
from crawler.cms import FAMILIES
from crawler.cms.generic import GENERIC
from crawler.lines import Line, Signed
from crawler.site import Site
from crawler.text import clean

#: The fields that are explained, in the order in which they are told.
FIELDS = ("headline", "description", "author", "section", "date_published", "body")

Fate = Literal["kept", "field", "cut"]

#: The attribute that marks an element whose text was taken, with the number of a note; no rule of reading looks at it.
_MARK = "data-luutin-note"
_HIDDEN = "hidden by its markup"


@dataclass(frozen=True, slots=True)
class Taken:
    """The rule that took a field, and the text on the page that it was read from."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class LineFate:
    """What became of one line of a page: for a line that is a field the rule is the field's name."""

    text: str
    fate: Fate
    rule: str = ""


@dataclass(slots=True)
class Judged:
    """What became of the lines among which an article's text was collected, by their number."""

    fates: dict[int, tuple[Fate, str]] = field(default_factory=dict)
    kept: list[int] = field(default_factory=list)
    author: Taken | None = None
    ended_by: str = ""

    def cut(self, index: int, rule: str) -> None:
        """A line is none of the article's; the first rule that says so counts."""
        self.fates.setdefault(index, ("cut", rule))

    def is_field(self, index: int, name: str) -> None:
        """A line is one of the article's fields."""
        self.fates[index] = ("field", name)

    def ended(self, index: int, end: int, landmark: str) -> None:
        """A landmark ends the text before the line ``index``."""
        self.ended_by = landmark
        self.cut(index, f"{landmark} ends the article")
        for below in range(index + 1, end):
            self.cut(below, f"below {landmark}")

    def passed(self, index: int, after: int, landmark: str, *, begun: bool) -> None:
        """A landmark that ends nothing: the text goes on, or begins, at the line ``after``."""
        self.cut(index, f"{landmark}, {'behind which the text goes on' if begun else 'above the text'}")
        for between in range(index + 1, after):
            self.cut(between, f"listed below {landmark}, behind which the text goes on")

    def left(self, kept: Sequence[tuple[int, str]], rule: str = "") -> None:
        """The lines that are still kept; those that were and are not any more were cut by ``rule``."""
        now = [index for index, _ in kept]
        for index in set(self.kept).difference(now):
            self.cut(index, rule)
        self.kept = now

    def signed(self, index: int, line: Line, signed: Signed, *, where: str) -> None:
        """A line names an author; several that follow one another name several."""
        self.is_field(index, "author")
        several = self.author is not None and self.author.rule.startswith(where)
        before = f" / {self.author.text}" if several and self.author is not None else ""
        self.author = Taken(f"{where}: {signed.rule}", line.text + before)


@dataclass(slots=True)
class Trace:
    """Which rule took each field of one page, and what became of each of its lines.

    ``lines`` are those that were judged one by one; ``removed`` went before there were lines; ``outside`` stand outside
    the element that a declaration names.
    """

    site: Site
    how: str = ""
    fields: dict[str, Taken] = field(default_factory=dict)
    lines: list[LineFate] = field(default_factory=list)
    removed: list[LineFate] = field(default_factory=list)
    outside: list[LineFate] = field(default_factory=list)
    _notes: list[tuple[Fate, str] | None] = field(default_factory=list)

    def all_lines(self) -> list[LineFate]:
        """Every line of the page, each once."""
        return [*self.lines, *self.removed, *self.outside]

    # -- fields ---------------------------------------------------------------------------------------------------

    def begin(self, how: str, tree: LexborHTMLParser, headline: Taken | None = None) -> None:
        """Reading begins anew, with other rules; ``headline`` is what stands from those before."""
        self.how = how
        self.fields = {"headline": headline} if headline is not None else {}
        for node in tree.css(f"[{_MARK}]"):
            del node.attrs[_MARK]

    def took(self, name: str, rule: str, text: str | None) -> None:
        """A rule took a field from a text; the first that did so counts."""
        self.fields.setdefault(name, Taken(rule, text or ""))

    def selected(
        self, name: str, selectors: Sequence[str], tree: LexborHTMLParser, node: LexborNode | None, text: str | None
    ) -> None:
        """A declared selector took a field from an element, if there is one; no ``name``: and it was no author's."""
        if node is None:
            return
        rule = self.declared(selectors, tree, node)
        if name:
            self.took(name, rule, text)
        node.attrs[_MARK] = str(len(self._notes))
        # body and lead are accounted for line by line
        by_line = name in ("body", "description")
        self._notes.append(None if by_line else ("field", name) if name else ("cut", f"no author's name: {rule}"))

    def declared(self, selectors: Sequence[str], tree: LexborHTMLParser, node: LexborNode) -> str:
        """Which of the selectors yields the element, and who declares it."""
        found = (s for s in selectors if any(n.mem_id == node.mem_id for n in tree.css(s)))
        selector = next(found, ", ".join(selectors))
        family = FAMILIES.get(self.how, GENERIC).reading.selectors
        shared = any(selector in getattr(family, f) for f in family.__dataclass_fields__)
        return f"{selector}, declared by {f'the family {self.how}' if shared else f'the site {self.site.slug}'}"

    # -- lines ----------------------------------------------------------------------------------------------------

    def gone(self, node: LexborNode, rule: str) -> None:
        """An element is about to be taken out of the tree."""
        self.removed += self._account(LexborHTMLParser(node.html or ""), rule)

    def rest(self, tree: LexborHTMLParser) -> None:
        """All that stands outside the elements whose lines were judged."""
        self.outside += self._account(tree.clone(), f"outside the article's element: {self.fields['body'].rule}")

    def _account(self, tree: LexborHTMLParser, rule: str) -> list[LineFate]:
        fates: list[LineFate] = []
        for node in reversed(tree.css(f"[{_MARK}]")):  # an element goes after those inside it
            note = self._notes[int(node.attributes[_MARK] or 0)]
            if note is not None:
                fates[:0] = _fates(node.html or "", *note)
            node.decompose()
        return fates + _fates(tree.body.html or "" if tree.body is not None else "", "cut", rule)

    def settle(self, lines: list[Line], judged: Judged, captions: Sequence[str], hidden: Sequence[str]) -> None:
        """The lines of the document from which the article was read, each with what became of it."""
        kept: dict[int, tuple[Fate, str]] = {
            i: ("kept", "caption" if lines[i].text in captions else "") for i in judged.kept
        }
        lost: tuple[Fate, str] = ("cut", "no text of an article was found on the page")
        for index, line in enumerate(lines):
            fate = judged.fates.get(index) or kept.get(index, lost)
            self.lines.append(LineFate(line.text, *fate))
        self.removed += [LineFate(clean(text), "cut", _HIDDEN) for text in hidden]
        if judged.author is not None:
            self.took("author", judged.author.rule, judged.author.text)

    def repeats(self, count: int, rule: str) -> None:
        """The first ``count`` kept lines were taken off again."""
        kept = [n for n, line in enumerate(self.lines) if line.fate == "kept"]
        for n in kept[:count]:
            self.lines[n] = replace(self.lines[n], fate="cut", rule=rule)

    def finish(self, found: Collection[str]) -> None:
        """Fields that were not found are none; a line that was cut before a field was read from it is the field's."""
        self.fields = {name: self.fields[name] for name in FIELDS if name in found and name in self.fields}
        for group in (self.outside, self.removed, self.lines):
            known = {line.rule for line in self.all_lines() if line.fate == "field"}
            missing = {taken.text: name for name, taken in self.fields.items() if name not in known}
            for n, line in enumerate(group):
                if line.fate == "cut" and line.text in missing:
                    group[n] = replace(line, fate="field", rule=missing.pop(line.text))


def _fates(html: str, fate: Fate, rule: str) -> list[LineFate]:
    hidden: list[str] = []
    document = blocks.read(html, hidden=hidden)
    seen = [LineFate(line.text, fate, rule) for line in document.lines]
    return seen + [LineFate(clean(text), "cut", _HIDDEN) for text in hidden]
