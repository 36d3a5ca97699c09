"""The text of an article among the lines of its page: where it ends, what is furniture in it, who signed it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.endings import TEASER, commonprefix, is_furniture, is_told, resumes
from crawler.landmarks import Vocabulary
from crawler.lines import (
    FILE,
    Line,
    Signed,
    ends_sentence,
    is_account,
    is_borrowed,
    is_caption,
    is_credit,
    is_labelled,
    is_office,
    is_source,
    names_furniture,
    signature,
    signed,
)
from crawler.text import fold
from crawler.trace import Judged, Taken

#: A line shorter than this, no sentence, between a nameless page's date and its first paragraph is a bar of buttons;
#: behind the author's line it is the beginning of what is not the article any more.
_BAR = 40
#: How many such lines behind an author's line may hide it.
_BEHIND = 2
#: Where an author's name leads.
_AUTHORS_PAGE = re.compile(r"/(?:tac-?gia|author)s?/", re.IGNORECASE)
_BYLINE_HINT = re.compile(r"(?<![a-z])(?:author|tac-?gia|byline|nguoi-?viet)(?![a-z])")


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


def collect(
    lines: list[Line],
    vocab: Vocabulary,
    start: int,
    end: int,
    *,
    known: bool,
    verse: bool = False,
    why: Judged | None = None,
) -> Body:
    """The article's text among ``lines[start:end]``: cut at the closing landmark, freed of furniture, signed.

    ``known``: the lines come from the article's own container; only landmarks and link lists are furniture there.
    ``verse``: the text is made of short lines. ``why`` is told what became of each line.
    """
    kept: list[tuple[int, str]] = []
    body = Body(first=start, last=end, attached=end)
    leads: list[int] = []
    index, prose = start, 0
    while index < end:
        line = lines[index]
        key, furniture = line.key, ""
        if key and vocab.closing(key) and line.heading != 1:
            after = _behind_landmark(body, lines, vocab, index, end, known=known, begun=prose > 0, why=why)
            if after is None:
                break
            if after > index:
                index = after
                continue
        text = line.text if prose else _unglued(line.text, vocab)
        if not prose and key and (is_labelled(text) or _BYLINE_HINT.search(line.hint.rpartition(" div ")[2])):
            if why is not None:
                why.cut(index, "a byline above the text")
            body.author = body.author or _byline(index, line, text, why)
        elif (
            text
            and not is_furniture(lines, vocab, index, end, known=known and prose > 0)
            and not (furniture := furniture_by(line, known=known))
        ):
            kept.append((index, text))
            prose += verse or line.is_prose
        else:
            if why is not None:
                why.cut(index, furniture or vocab.named(key))
            if prose and _leads(lines, index, end):
                leads.append(index)
        index += 1
    kept = _settled(body, lines, kept, known=known, verse=verse, why=why)
    body.links = sum(1 for i in leads if kept and i < kept[-1][0])
    body.paragraphs = [text for _, text in kept]
    body.captions = [text for i, text in kept if is_caption(lines[i])]
    return body


def _behind_landmark(
    body: Body,
    lines: list[Line],
    vocab: Vocabulary,
    index: int,
    end: int,
    *,
    known: bool,
    begun: bool,
    why: Judged | None,
) -> int | None:
    """Where the text goes on at a line like a landmark: there, if it is the text's own; None where it has ended."""
    if is_told(lines, vocab, index, end, known=known, begun=begun):
        return index
    key = lines[index].key
    resumed = resumes(lines, vocab, index, end)
    if begun and resumed is None:
        body.last = index
        body.attached = _attached(lines, vocab, index, end)
        if why is not None:
            why.ended(index, end, vocab.named(key))
        return None
    after = resumed if begun and resumed is not None else index + 1
    if why is not None:
        why.passed(index, after, vocab.named(key), begun=begun)
    return after


def _settled(
    body: Body, lines: list[Line], kept: list[tuple[int, str]], *, known: bool, verse: bool, why: Judged | None
) -> list[tuple[int, str]]:
    """The lines that are the text's, of those that no landmark and no markup took for anything else."""
    if why is not None:
        why.left(kept)
    if not known and not verse:
        _drop_bars(lines, kept)
        if why is not None:
            why.left(kept, "a short line, no sentence, above the first paragraph")
    _sign(body, lines, kept, known=known, why=why)
    alone = len(kept) == 1
    kept = [(i, text) for i, text in kept if not is_source(text) and not (alone and is_account(text))]
    if why is not None:
        why.left(kept, "says where the text was taken from")
    return kept


def _unglued(text: str, vocab: Vocabulary) -> str:
    """The text without a widget's words glued to its beginning."""
    head = text[:80].rstrip()
    folded = fold(head)
    match = vocab.glued.match(folded)
    if match is None or len(folded) != len(head):
        return text
    rest = text[match.end() :]
    return rest.lstrip(" :.-–|") if not rest or not rest[0].islower() else text


def _byline(index: int, line: Line, text: str, why: Judged | None) -> str | None:
    """The author that a line above the text names; None for a source, and for an account of the CMS."""
    found = None if is_source(text) else signed(line, before=".")
    if found is None or is_account(found.name):
        return None
    if why is not None:
        why.signed(index, line, found, where="a byline above the text")
    return found.name


def furniture_by(line: Line, *, known: bool) -> str:
    """What in its markup says that a line is none of the article's; "" where nothing does."""
    if line.chrome:
        return "inside a nav, header, footer or aside"
    if line.caption:
        return ""
    if line.is_link:
        if _AUTHORS_PAGE.search(line.links[0][0]):
            return ""
        if known and line.links and all(FILE.search(href) for href, _ in line.links):
            return "nothing but attached files"
        return "nothing but links" if not known or line.item or len(line.text) < 20 else ""
    return "" if known or not names_furniture(line.hint) else "inside an element that is named as furniture"


def _leads(lines: list[Line], index: int, end: int) -> bool:
    """Whether a line is another article's headline, with its teaser or its date below."""
    if not lines[index].is_link or len(lines[index].text) <= TEASER or index + 1 >= end:
        return False
    below = lines[index + 1]
    return not below.is_link and not below.item


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


def _sign(body: Body, lines: list[Line], kept: list[tuple[int, str]], *, known: bool, why: Judged | None) -> None:
    """Takes the author's line off the end of the text; accounts of the CMS go with it, a source comes second."""
    if not known:
        _drop_foreign(lines, kept)
        if why is not None:
            why.left(kept, "behind the author's line, in another element than the text")
        _drop_behind(lines, kept)
        if why is not None:
            why.left(kept, "a short line behind the author's")
    behind = _behind_author(lines, kept)
    names = _glued_name(lines, kept, why)
    source: tuple[int, Signed] | None = None
    if len(kept) > 2 and is_office(kept[-1][1]) and (above := signed(lines[kept[-2][0]], before=kept[-3][1])):
        office, (index, _) = kept.pop()[1], kept.pop()
        names = [f"{above.name} {office}"]
        if why is not None:
            why.signed(index, lines[index], above, where="the text's last line but its office")
    while len(kept) > 1:
        index, text = kept[-1]
        line = lines[index]
        account = is_account(text)
        found = None if account else signed(line, before=kept[-2][1])
        if is_credit(text) and len(kept) > 2 and signed(lines[kept[-2][0]], before=kept[-3][1]) is not None:
            found = Signed(text, "the photographer's credit below the author's name")
        if found is None and not account:
            break
        if found is not None and is_caption(line) and line.align != "right" and not _signs_below_image(line, found):
            break
        if names and not _several(line, text):
            break
        kept.pop()
        if found is not None and is_source(text):
            source = source or (index, found)
        elif found is not None and not is_account(found.name):
            names.insert(0, found.name)
            if why is not None:
                why.signed(index, line, found, where="the text's last line")
    kept += behind
    if why is not None:
        if source is not None and not names and body.author is None:
            why.signed(source[0], lines[source[0]], source[1], where="nobody signs, so the source does")
        why.left(kept, "an account of the CMS, or says where the text was taken from")
    body.author = "; ".join(names) or body.author or (source[1].name if source is not None else None)


def _glued_name(lines: list[Line], kept: list[tuple[int, str]], why: Judged | None) -> list[str]:
    """Takes a name in bold, right behind the text's last sentence, off its line; returns it, or nothing."""
    index, text = kept[-1] if kept else (0, "")
    tail = lines[index].tail if kept else ""
    rest = text.removesuffix(tail).rstrip()
    if not tail or rest == text or not ends_sentence(rest) or rest[-1] in ":;" or len(rest) < _BAR:
        return []
    found = signed(Line(tail, bold=True), before=rest)
    if found is None or is_account(found.name):
        return []
    kept[-1] = (index, rest)
    if why is not None:
        why.author = Taken(f"in bold behind the text's last sentence: {found.rule}", tail)
    return [found.name]


def _behind_author(lines: list[Line], kept: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Takes off the captions of images that stand behind the author's right-aligned line, and returns them."""
    at = len(kept)
    while at > 2 and is_caption(lines[kept[at - 1][0]]) and lines[kept[at - 1][0]].align != "right":
        at -= 1
    line = lines[kept[at - 1][0]] if at else None
    if line is None or line.align != "right" or at == len(kept) or signature(line, before=".") is None:
        return []
    behind = kept[at:]
    del kept[at:]
    return behind


def _several(line: Line, text: str) -> bool:
    """Whether a line above one that names an author is another that does: labelled, or right-aligned too."""
    if line.align == "right" and not text.isupper() and not is_borrowed(text):
        return True
    return ":" in text or is_source(text) or is_account(text)


def _signs_below_image(line: Line, found: Signed) -> bool:
    """Whether a name directly below the last image is the author's and no caption."""
    return found.name.istitle() and not line.caption and not line.italic and line.align != "center"


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
        if any(len(t) >= _BAR or ln.is_prose or is_caption(ln) or is_credit(t) for ln, t in tail):
            return
        if any(signature(line, before=".") for line, _ in tail):
            return
        if lines[before_index].is_prose and ends_sentence(before) and signature(lines[index], before=before):
            del kept[-behind:]
            return
