"""What moves on a page between two fetches of it: nodes whose text differs, each with a selector that finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice, takewhile
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from crawler.attachments import Attachment
from crawler.dates import find_dates
from crawler.landmarks import key, vocabulary
from crawler.site import Reading
from crawler.text import clean
from crawler.tree import is_inside, longest_of, parse
from crawler.urls import of_file

Kind = Literal["counter", "date", "list", "text"]
KeptOut = Literal["", "drop", "landmark"]

#: Elements without text that anybody reads.
_SILENT = ("script", "style", "noscript", "template", "svg", "iframe")
#: So much of a page is compared (bytes): twenty times what pages of this field have.
_LARGEST = 1 << 20
#: Elements with more children than this are not aligned child by child: what moves in them is the whole.
_MOST_CHILDREN = 1000
#: Trees are followed so far down; ``parse`` cuts pages that nest deeper than anybody writes.
_DEEPEST = 200
#: More nodes than this are another page, not a page with moving parts.
MOST_MOVING = 100
#: An item of a list of links has no more text than this: a headline, a date, a teaser.
_ITEM = 300
_EXAMPLE = 100
_NAME = re.compile(r"-?[A-Za-z_][\w-]*")
_DIGITS = re.compile(r"[\d.,\s]+")


@dataclass(frozen=True, slots=True)
class Moving:
    """A node that was another at the second fetch, with its text then and now, each cut to a line.

    ``selector`` finds it. Where that would drop what does not move, ``landmark`` is the beginning of the moving line,
    for ``Landmarks.never``; empty where it begins with what moves.
    """

    selector: str
    landmark: str | None
    kind: Kind
    before: str
    after: str
    in_article: bool  # within the element that the site's selectors take for the article's body
    kept_out: KeptOut  # what keeps it out of every reading already


@dataclass(frozen=True, slots=True)
class _Difference:
    tree: LexborHTMLParser
    node: LexborNode
    before: str
    after: str
    whole: bool = True  # all of the node's text is given, not only what stands between its children


def moving_parts(first: bytes, second: bytes, charset: str | None, reading: Reading) -> list[Moving]:
    """The nodes of a page whose texts differ between two fetches, in reading order, ``MOST_MOVING`` at most.

    ``reading`` is the site's declaration. Scripts, comments and attributes do not count: no reading sees them. Where
    the items of a list move, the list is named.
    """
    one, other = (parse(payload[:_LARGEST], charset) for payload in (first, second))
    for tree in (one, other):
        tree.strip_tags(list(_SILENT))
    if one.body is None or other.body is None:
        return []
    differences = list(islice(_Comparison(one, other).differences(one.body, other.body, 0), MOST_MOVING))
    moved = {d.node.mem_id for d in differences}
    found: dict[str, Moving] = {}
    for d in differences:
        node: LexborNode | None = d.node
        selector = selector_of(d.tree, d.node, moved)
        whole = d.whole and bool(selector)
        while not selector and node is not None:
            node = node.parent
            selector = selector_of(d.tree, node, moved) if node is not None else "body"
        container = longest_of(d.tree, reading.selectors.body)
        part = Moving(
            selector=selector,
            landmark=None if whole else _beginning(d.before, d.after),
            kind=_kind(d),
            before=_cut(d.before),
            after=_cut(d.after),
            in_article=container is not None and is_inside(d.node, container),
            kept_out=_kept_out(d, reading),
        )
        found.setdefault(selector, part)
    return list(found.values())


def moving_params(first: Sequence[Attachment], second: Sequence[Attachment]) -> list[str]:
    """The parameters in addresses of files that had other values at the second fetch, though all else was the same."""
    found: dict[str, None] = {}
    for one, other in zip(first, second, strict=False):
        before, after = urlsplit(of_file(one.url)), urlsplit(of_file(other.url))
        had, has = dict(parse_qsl(before.query)), dict(parse_qsl(after.query))
        if (one.name, before.path, had.keys()) == (other.name, after.path, has.keys()):
            found |= dict.fromkeys(name for name in had if had[name] != has[name])
    return list(found)


def _kept_out(d: _Difference, reading: Reading) -> KeptOut:
    for selector in reading.selectors.drop:
        if any(is_inside(d.node, node) for node in d.tree.css(selector)[:_MOST_CHILDREN]):
            return "drop"
    vocab = vocabulary(reading.landmarks)
    said = [key(text) for text in (d.before, d.after) if text]
    return "landmark" if all(vocab.is_never(line) or vocab.closing(line) for line in said) else ""


class _Comparison:
    """Two trees of one page, walked side by side."""

    def __init__(self, one: LexborHTMLParser, other: LexborHTMLParser) -> None:
        self._one, self._other = one, other

    def differences(self, one: LexborNode, other: LexborNode, depth: int) -> Iterator[_Difference]:
        """The smallest nodes whose texts differ; items of a list whole, and a list whose items all move."""
        before, after = _text(one), _text(other)
        if before == after:
            return
        ours, theirs = _children(one), _children(other)
        if not (ours or theirs) or depth >= _DEEPEST or max(len(ours), len(theirs)) > _MOST_CHILDREN:
            yield _Difference(self._one, one, before, after)
            return
        own, others_own = _own(one), _own(other)
        pairs, alone = self._aligned(ours, theirs)
        moved = [(mine, yours) for mine, yours in pairs if _text(mine) != _text(yours)]
        if _are_items(moved):
            if len(moved) == len(pairs) and not alone and not own and not others_own:
                yield _Difference(self._one, one, before, after)
                return
            alone = [_Difference(self._one, mine, _text(mine), _text(yours)) for mine, yours in moved] + alone
            moved = []
        if own != others_own:
            still = any(_text(child) for child in ours)
            yield _Difference(self._one, one, own if still else before, others_own if still else after, not still)
        for mine, yours in moved:
            yield from self.differences(mine, yours, depth + 1)
        yield from alone

    def _aligned(
        self, ours: list[LexborNode], theirs: list[LexborNode]
    ) -> tuple[list[tuple[LexborNode, LexborNode]], list[_Difference]]:
        """Children of two elements that stand for one another, and those that only one has."""
        names, others = [_signature(n) for n in ours], [_signature(n) for n in theirs]
        if names == others:
            return list(zip(ours, theirs, strict=True)), []
        pairs: list[tuple[LexborNode, LexborNode]] = []
        alone: list[_Difference] = []
        for tag, i, j, k, m in SequenceMatcher(None, names, others, autojunk=False).get_opcodes():
            if tag == "equal":
                pairs += zip(ours[i:j], theirs[k:m], strict=True)
                continue
            alone += [_Difference(self._one, n, text, "") for n in ours[i:j] if (text := _text(n))]
            alone += [_Difference(self._other, n, "", text) for n in theirs[k:m] if (text := _text(n))]
        return pairs, alone


def _are_items(moved: list[tuple[LexborNode, LexborNode]]) -> bool:
    """Whether what moves among the children of one element are the short items of a list."""
    tags = {mine.tag for mine, _ in moved}
    return len(moved) > 1 and len(tags) == 1 and all(len(_text(mine)) <= _ITEM for mine, _ in moved)


def _signature(node: LexborNode) -> tuple[str | None, str, str]:
    attributes = node.attributes
    return node.tag, attributes.get("id") or "", attributes.get("class") or ""


def _children(node: LexborNode) -> list[LexborNode]:
    return list(node.iter())


def _text(node: LexborNode) -> str:
    """What the node says, spaces collapsed."""
    return " ".join(node.text(separator=" ").split())


def _own(node: LexborNode) -> str:
    """The text that stands in the node itself, between its children."""
    return " ".join(node.text(deep=False, separator=" ").split())


def _kind(d: _Difference) -> Kind:
    if _DIGITS.sub("", d.before) == _DIGITS.sub("", d.after):
        return "counter"
    if len(d.before) < 80 and find_dates(d.before) and find_dates(d.after):
        return "date"
    return "list" if d.node.tag == "a" or d.node.css_first("a") is not None else "text"


def _beginning(before: str, after: str) -> str:
    """The words that both texts begin with, up to the first figure."""
    same = "".join(
        a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(clean(before), clean(after), strict=False))
    )
    return re.split(r"[\d:]", same, maxsplit=1)[0].strip(" |–-")


def _cut(text: str) -> str:
    text = clean(text)
    return text if len(text) <= _EXAMPLE else f"{text[: _EXAMPLE - 1]}…"


# -- selectors ----------------------------------------------------------------------------------------------------


def selector_of(tree: LexborHTMLParser, node: LexborNode, moved: AbstractSet[int]) -> str:
    """A CSS selector that finds the node, and besides it at most siblings that move too or are figures as well.

    Empty where there is none: garbage and Word have tags (``o:p``) that cannot be named.

    Its id, else its classes, else those of an element around it with the way down: a way changes with every template.
    ``moved`` are the nodes that move, by ``mem_id``.
    """
    way = ""
    at: LexborNode | None = node
    while at is not None and at.tag not in ("html", "body"):
        for name in _names(at):
            if _finds(tree, f"{name}{way}", node, moved):
                return f"{name}{way}"
        way = f" > {at.tag}{_place(at, node, moved)}{way}" if _NAME.fullmatch(at.tag or "") else f" > *{way}"
        at = at.parent
    return f"body{way}" if _finds(tree, f"body{way}", node, moved) else ""


def _names(node: LexborNode) -> Iterator[str]:
    """Selectors by the node's own id and classes, from the plainest on."""
    attributes = node.attributes
    identifier, classes = attributes.get("id") or "", (attributes.get("class") or "").split()
    if _NAME.fullmatch(identifier):
        yield f"#{identifier}"
    named = [c for c in classes if _NAME.fullmatch(c)]
    yield from (f".{name}" for name in named)
    yield from (f"{node.tag}.{name}" for name in named if _NAME.fullmatch(node.tag or ""))
    if len(named) > 1:
        yield "." + ".".join(named)


def _finds(tree: LexborHTMLParser, selector: str, node: LexborNode, moved: AbstractSet[int]) -> bool:
    try:
        found = tree.css(selector)[: _MOST_CHILDREN + 1]
    except SelectolaxError:
        return False
    if not any(n.mem_id == node.mem_id for n in found):
        return False
    above = node.parent.mem_id if node.parent is not None else None
    alike = all(n.parent is not None and n.parent.mem_id == above for n in found)
    return len(found) == 1 or (alike and _may_go(found, moved))


def _may_go(nodes: list[LexborNode], moved: AbstractSet[int]) -> bool:
    """Whether siblings may be dropped together: most move, or all are figures (a counter, digit by digit)."""
    moving = sum(n.mem_id in moved for n in nodes)
    return moving * 2 > len(nodes) or all(not _DIGITS.sub("", _text(n)) for n in nodes)


def _place(at: LexborNode, node: LexborNode, moved: AbstractSet[int]) -> str:
    """``:nth-of-type`` where an element has siblings of its tag that must stay; none elsewhere."""
    if at.parent is None:
        return ""
    alike = [sibling for sibling in at.parent.iter() if sibling.tag == at.tag]
    if len(alike) == 1 or (at is node and _may_go(alike, moved)):
        return ""
    return f":nth-of-type({[n.mem_id for n in alike].index(at.mem_id) + 1})"
