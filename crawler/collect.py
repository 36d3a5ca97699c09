"""The text of an article among the lines of its page: where it ends, what is furniture in it, who signed it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.landmarks import Vocabulary
from crawler.lines import Line, ends_sentence, is_account, is_caption, is_labelled, is_source, signature
from crawler.text import fold

#: A link of at least this many characters between paragraphs is another article's headline.
TEASER = 25
#: A line shorter than this, no sentence, between a nameless page's date and its first paragraph is a bar of buttons;
#: behind the author's line it is the beginning of what is not the article any more.
_BAR = 40
#: How many such lines behind an author's line may hide it.
_BEHIND = 2
#: Furniture by the names that templates give it.
_FURNITURE = re.compile(
    r"(?<![a-z])(?:nav|navbar|menu\w*|sidebar|breadcrumbs?|footer|topbar|banner|related\w*|other\w*|widget\w*|comments"
    r"|comment-?(?:form|list|box|area)|rating|share|social\w*|copyright|marquee|poll|weblinks?|lienket"
    r"|tin-?(?:khac|lien-?quan|moi)|paging|pagination|hot-?news)(?![a-z])"
)
_BYLINE_HINT = re.compile(r"(?<![a-z])(?:author|tac-?gia|byline|nguoi-?viet)(?![a-z])")


def commonprefix(paths: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The elements that all paths begin with."""
    low, high = min(paths), max(paths)
    return next((low[:n] for n, step in enumerate(low) if n >= len(high) or step != high[n]), low)


@dataclass(slots=True)
class Body:
    """The article's own lines."""

    paragraphs: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    author: str | None = None
    first: int = 0  # the lines that it was read from: [first, last)
    last: int = 0
    links: int = 0  # how often a link to another article leads a paragraph: what makes a listing
    attached: int = 0  # where a list of attachments starts; equals ``last`` where there is none


def collect(lines: list[Line], vocab: Vocabulary, start: int, end: int, *, known: bool) -> Body:
    """The article's text among ``lines[start:end]``: cut at the closing landmark, freed of furniture, signed.

    ``known``: the lines come from the article's own container; only landmarks and link lists are furniture there.
    """
    kept: list[tuple[int, str]] = []
    body = Body(first=start, last=end, attached=end)
    leads: list[int] = []
    index, prose = start, 0
    while index < end:
        line = lines[index]
        key = line.key
        if key and vocab.closing(key) and line.heading != 1:
            resumed = _resumes(lines, vocab, index, end)
            if prose and resumed is None:
                body.last = index
                body.attached = _attached(lines, vocab, index, end)
                break
            index = resumed if prose and resumed is not None else index + 1
            continue
        text = line.text if prose else _unglued(line.text, vocab)
        if not prose and key and (is_labelled(text) or _BYLINE_HINT.search(line.hint.rpartition(" div ")[2])):
            body.author = body.author or _byline(line, text)
        elif text and not (key and vocab.is_never(key)) and not is_furniture(line, known=known):
            kept.append((index, text))
            prose += line.is_prose
        elif prose and _leads(lines, index, end):
            leads.append(index)
        index += 1
    if not known:
        _drop_bars(lines, kept)
    _sign(body, lines, kept, known=known)
    kept = [(i, text) for i, text in kept if not is_source(text)]
    body.links = sum(1 for i in leads if kept and i < kept[-1][0])
    body.paragraphs = [text for _, text in kept]
    body.captions = [text for i, text in kept if is_caption(lines[i])]
    return body


def _unglued(text: str, vocab: Vocabulary) -> str:
    """The text without a widget's words glued to its beginning."""
    head = text[:80].rstrip()
    folded = fold(head)
    match = vocab.glued.match(folded)
    if match is None or len(folded) != len(head):
        return text
    rest = text[match.end() :]
    return rest.lstrip(" :.-–|") if not rest or not rest[0].islower() else text


def _byline(line: Line, text: str) -> str | None:
    """The author that a line above the text names; None for a source, and for an account of the CMS."""
    name = None if is_source(text) else signature(line, before=".")
    return None if name is None or is_account(name) else name


def is_furniture(line: Line, *, known: bool) -> bool:
    """Whether the markup says that a line is none of the article's."""
    if line.chrome:
        return True
    if line.caption:
        return False
    if line.is_link:
        return not known or line.item or len(line.text) < 20
    return not known and _FURNITURE.search(line.hint) is not None


def names_furniture(hint: str) -> bool:
    """Whether a template's names for an element are those of furniture."""
    return _FURNITURE.search(hint) is not None


def _leads(lines: list[Line], index: int, end: int) -> bool:
    """Whether a line is another article's headline, with its teaser or its date below."""
    if not lines[index].is_link or len(lines[index].text) <= TEASER or index + 1 >= end:
        return False
    below = lines[index + 1]
    return not below.is_link and not below.item


def _resumes(lines: list[Line], vocab: Vocabulary, index: int, end: int) -> int | None:
    """Where the article goes on behind a landmark in its middle; None where it has ended.

    Behind a bar of buttons one paragraph is enough. Behind a list of related links two pieces must follow one another,
    a paragraph and a paragraph or a caption: teasers of other articles have a link before each.
    """
    final = vocab.ends(lines[index].key)
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


def _attached(lines: list[Line], vocab: Vocabulary, index: int, end: int) -> int:
    """Where, at or behind the end of the article, a list of attachments starts; ``end`` where there is none."""
    for at in range(index, min(end, index + 12)):
        key = lines[at].key
        if key and vocab.opens_attachments(key):
            return at
    return end


def _drop_bars(lines: list[Line], kept: list[tuple[int, str]]) -> None:
    """Takes out short lines that are no sentences before the first paragraph: bars that the vocabulary lacks."""
    first = next((n for n, (i, _) in enumerate(kept) if lines[i].is_prose), 0)
    kept[:first] = [
        (i, text) for i, text in kept[:first] if len(text) >= _BAR or ends_sentence(text) or is_caption(lines[i])
    ]


def _sign(body: Body, lines: list[Line], kept: list[tuple[int, str]], *, known: bool) -> None:
    """Takes the author's line off the end of the text; accounts of the CMS go with it, a source comes second."""
    if not known:
        _drop_foreign(lines, kept)
        _drop_behind(lines, kept)
    names: list[str] = []
    source: str | None = None
    while len(kept) > 1:
        index, text = kept[-1]
        line = lines[index]
        name = None if is_account(text) else signature(line, before=kept[-2][1])
        if name is None and not is_account(text):
            break
        if name is not None and is_caption(line) and line.align != "right" and not name.istitle():
            break
        kept.pop()
        if name is not None and is_source(text):
            source = source or name
        elif name is not None and not is_account(name):
            names.insert(0, name)
            if ":" not in text and not is_source(kept[-1][1]):
                break
    body.author = "; ".join(names) or body.author or source


def _drop_foreign(lines: list[Line], kept: list[tuple[int, str]]) -> None:
    """Takes out what stands behind an author's line in other elements than the paragraphs before it."""
    for n in range(len(kept) - 2, 1, -1):
        (index, _), (before_index, before) = kept[n], kept[n - 1]
        if not (lines[before_index].is_prose and ends_sentence(before) and signature(lines[index], before=before)):
            continue
        paths = [lines[i].path for i, _ in kept[max(0, n - 3) : n] if lines[i].is_prose]
        home = commonprefix(paths)
        if home and all(lines[i].path[: len(home)] != home for i, _ in kept[n + 1 :]):
            del kept[n + 1 :]
        return


def _drop_behind(lines: list[Line], kept: list[tuple[int, str]]) -> None:
    """Takes out short lines behind an author's line, where a paragraph stands before that."""
    for behind in range(1, _BEHIND + 1):
        if len(kept) < behind + 2:
            return
        index, _ = kept[-1 - behind]
        before_index, before = kept[-2 - behind]
        tail = [(lines[i], t) for i, t in kept[-behind:]]
        if any(len(t) >= _BAR or line.is_prose or is_caption(line) or signature(line, before=".") for line, t in tail):
            return
        if lines[before_index].is_prose and ends_sentence(before) and signature(lines[index], before=before):
            del kept[-behind:]
            return
