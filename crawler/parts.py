"""Which line of a page is what: headline, date, body, author. Pure judgement over lines; landmarks decide."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from crawler.dates import DateFound, find_dates
from crawler.landmarks import Vocabulary
from crawler.lines import Line, ends_sentence, is_account, is_caption, is_source, labelled_author, signature
from crawler.site import Reading
from crawler.text import fold

#: A date line is a date and a little around it: a section's name, a counter.
_AROUND_DATE = 60
#: How many lines above the first paragraph a headline is looked for: chrome of some portals stands between.
_ABOVE = 40
#: Each step up from a paragraph to an element around it weighs its text by this (readability's idea, one factor).
_DECAY = 0.85
#: More text than this in one paragraph says nothing more about where the article is.
_ENOUGH = 600.0
#: A link of at least this many characters between paragraphs is another article's headline.
_TEASER = 25
#: Furniture by the names that templates give it.
_FURNITURE = re.compile(
    r"(?<![a-z])(?:nav|navbar|menu\w*|sidebar|breadcrumbs?|footer|topbar|banner|related\w*|other\w*|widget\w*|comments|comment-?(?:form|list|box|area)"
    r"|rating|share|social\w*|copyright|marquee|poll|weblinks?|lienket|tin-?(?:khac|lien-?quan|moi)|paging|pagination|hot-?news)(?![a-z])"
)
#: Words before the page's clock.
_TODAY = re.compile(r"hom nay|bay gio|hien tai|today|gio he thong")
_HEADLINE_HINT = re.compile(r"(?:title|headline|tieu-?de|ten-?bai|tentin|entry-name|news-?name)")
_DATE_HINT = re.compile(r"(?:date|time|ngay|publish|posted|meta|thoi-?gian)")


@dataclass(slots=True)
class Body:
    """The article's own lines."""

    paragraphs: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    author: str | None = None
    first: int = 0  # the lines that it was read from: [first, last)
    last: int = 0
    links: int = 0  # lines of links between the paragraphs: what makes a listing
    attached: int = 0  # where a list of attachments starts; equals ``last`` where there is none


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that says when: the date, and the text before it (often the section)."""

    found: DateFound
    before: str
    rest: str = ""  # the text behind, where the first paragraph is glued to the date


def date_line(text: str, reading: Reading) -> DateLine | None:
    """The date that a whole line states; None for prose that mentions one."""
    if len(text) < 6 or not any(c.isdigit() for c in text):
        return None
    glued = len(text) > 160
    head = text[:160]
    found = find_dates(head, order=reading.date_order, midnight_is_date_only=reading.midnight_is_date_only)
    if not found:
        return None
    first = next((f for f in found if f.labelled), next((f for f in found if f.has_time), found[0]))
    before = text[: first.start].strip(" |–-,:;•»(›>/[").strip()
    after = text[first.end :].strip(" |–-,:;•»)]").strip()
    if glued or len(after) > _AROUND_DATE:
        return DateLine(first, "", after) if not before and first.has_time and after[:1].isupper() else None
    if len(before) > _AROUND_DATE or len(before) + len(after) > 100 or _TODAY.search(fold(before)):
        return None
    bare = not before and (not after or not after[0].isalpha() or _is_counter(after))
    return DateLine(first, before) if bare or first.has_time or first.labelled else None


def _is_counter(text: str) -> bool:
    return re.match(r"(?:lượt|view|số|đã|hits?|\(?gmt)", text, re.IGNORECASE) is not None


def collect(lines: list[Line], vocab: Vocabulary, start: int, end: int, *, known: bool) -> Body:
    """The article's text among ``lines[start:end]``: cut at the closing landmark, freed of furniture, signed.

    ``known``: the lines come from the article's own container; only landmarks and link lists are furniture there.
    """
    kept: list[tuple[int, str]] = []
    body = Body(first=start, last=end, attached=end)
    index, prose = start, 0
    while index < end:
        line = lines[index]
        key = line.key
        if key and vocab.closing(key) and line.heading != 1:
            resumed = None if vocab.opens_attachments(key) else _resumes(lines, index, end)
            if prose and resumed is None:
                body.last = index
                body.attached = index if vocab.opens_attachments(key) else _attached(lines, vocab, index, end)
                break
            index = resumed if prose and resumed is not None else index + 1
            continue
        text = line.text if prose else _unglued(line.text, vocab)
        if not prose and key and (byline := labelled_author(text)):
            body.author = body.author or byline
        elif text and not (key and vocab.is_never(key)) and not _is_furniture(line, known=known):
            kept.append((index, text))
            prose += line.is_prose
        elif prose and line.is_link and len(text) > _TEASER:
            body.links += 1
        index += 1
    _sign(body, lines, kept)
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


def _is_furniture(line: Line, *, known: bool) -> bool:
    if line.chrome:
        return True
    if line.caption:
        return False
    if line.is_link:
        return not known or line.item or len(line.text) < 20
    return not known and bool(_FURNITURE.search(line.hint))


def _resumes(lines: list[Line], index: int, end: int) -> int | None:
    """Where the article goes on after a list of related links in its middle; None where it has ended.

    It goes on where nothing but links stands between and two paragraphs follow one another; teasers of other
    articles have a link before each.
    """
    at = index + 1
    while at < end and (lines[at].is_link or (lines[at].item and len(lines[at].text) < 200)):
        at += 1
    if at + 1 < end and at > index + 1 and lines[at].is_prose and (lines[at + 1].is_prose or is_caption(lines[at + 1])):
        return at
    return None


def _attached(lines: list[Line], vocab: Vocabulary, index: int, end: int) -> int:
    """Where, at or behind the end of the article, a list of attachments starts; ``end`` where there is none."""
    for at in range(index, min(end, index + 12)):
        key = lines[at].key
        if key and vocab.opens_attachments(key):
            return at
    return end


def _sign(body: Body, lines: list[Line], kept: list[tuple[int, str]]) -> None:
    """Takes the author's line off the end of the text; accounts of the CMS go with it, a source comes second."""
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
            source = name
        elif name is not None:
            names.insert(0, name)
            if ":" not in text:
                break
    body.author = "; ".join(names) or body.author or source


@dataclass(slots=True)
class Parts:
    """What a page without a declaration says, as far as its structure and language tell."""

    headline: str | None = None
    date_published: str | None = None
    section: str | None = None
    body: Body = field(default_factory=Body)


def find_parts(
    lines: list[Line], vocab: Vocabulary, reading: Reading, titles: list[str], headline: str | None
) -> Parts:
    """The parts of an article among all lines of a page; ``headline``, where it is known already, anchors the rest."""
    prose = [i for i, line in enumerate(lines) if line.is_prose and not _is_furniture(line, known=False)]
    prose = [i for i in prose if not (lines[i].key and vocab.closing(lines[i].key))]
    if not prose:
        return Parts(headline=headline)
    first, last = _container(lines, prose)
    dates = {i: d for i in range(len(lines)) if not lines[i].is_link and (d := date_line(lines[i].text, reading))}
    at = _headline(lines, vocab, dates, prose, first, titles, headline)
    parts = Parts(headline=headline or (lines[at].text if at is not None else None))
    when = _date(lines, vocab, dates, at, prose)
    start = first if at is None else at + 1
    if when is not None:
        parts.date_published = dates[when].found.iso
        parts.section = dates[when].before or None
        if at is not None and when > at and not any(at < p < when for p in prose):
            start = when + 1
    body_end = _end(lines, vocab, last)
    text_dates = {i for i in dates if start <= i < body_end and not dates[i].rest}
    body_lines = [_blank(line) if i in text_dates else line for i, line in enumerate(lines)]
    glued = when is not None and dates[when].rest
    parts.body = collect(body_lines, vocab, start, body_end, known=False)
    if glued and when is not None:
        parts.body.paragraphs.insert(0, dates[when].rest)
    return parts


def _blank(line: Line) -> Line:
    return Line("", picture=line.picture, path=line.path)


def _container(lines: list[Line], prose: list[int]) -> tuple[int, int]:
    """First and last line of the element that holds the article's text most tightly."""
    weight: dict[tuple[int, ...], float] = defaultdict(float)
    for i in prose:
        size, path = min(_ENOUGH, len(lines[i].text)), lines[i].path
        for depth in range(len(path), 0, -1):
            weight[path[:depth]] += size
            size *= _DECAY
    best = max(weight, key=lambda path: (weight[path], len(path)))
    inside = [i for i in range(len(lines)) if lines[i].path[: len(best)] == best]
    return inside[0], inside[-1]


def _end(lines: list[Line], vocab: Vocabulary, last: int) -> int:
    """The end of the text: behind its container, and behind an author's line that stands just outside it."""
    end = last + 1
    for at in range(end, min(len(lines), end + 3)):
        line = lines[at]
        if line.is_link or line.chrome or (line.key and vocab.closing(line.key)):
            break
        if signature(line, before=lines[last].text):
            return at + 1
    return end


def _headline(
    lines: list[Line],
    vocab: Vocabulary,
    dates: dict[int, DateLine],
    prose: list[int],
    first: int,
    titles: list[str],
    headline: str | None,
) -> int | None:
    """The index of the headline's line, or None where no line deserves it."""
    top = next((p for p in prose if p >= first), prose[0])
    folded = [fold(t) for t in titles]
    wanted = fold(headline) if headline else None
    enough = 0.4 * sum(len(lines[p].text) for p in prose if p >= first)
    scores: dict[int, float] = {}
    passed = 0
    for i in range(max(0, top - _ABOVE), len(lines)):
        if passed > enough:
            break
        line = lines[i]
        if wanted is not None:
            # met again in a side column as a link, or below: the one above the text is meant
            if fold(line.text) == wanted:
                scores[i] = 2.0 + (i <= top) - 2.0 * line.is_link + 0.01 * i
            continue
        passed += len(line.text) if i in prose and i >= first else 0
        score = _headline_score(lines, i, vocab, dates, folded)
        if score is not None:
            scores[i] = score - passed / 60 - 0.15 * max(0, top - i)
    best = max(scores, key=lambda i: scores[i], default=None)
    return best if best is not None and scores[best] > 0 else None


def _headline_score(
    lines: list[Line], i: int, vocab: Vocabulary, dates: dict[int, DateLine], titles: list[str]
) -> float | None:
    line = lines[i]
    text, key = line.text, line.key
    size = len(text)
    if size < 8 or size > 300 or line.chrome or i in dates or is_caption(line):
        return None
    if key and (vocab.closing(key) or vocab.is_never(key)):
        return None
    if signature(line, before="") and ":" in text:
        return None
    folded = fold(text)
    score = 1.0 if 25 <= size <= 220 else 0.0
    score += {1: 4.0, 2: 3.0, 3: 2.0, 4: 1.0}.get(line.heading, 0.0)
    score += 2.0 if _HEADLINE_HINT.search(line.hint.rsplit(" ", 3)[-1] if line.hint else "") else 0.0
    score += 1.0 if line.bold else 0.0
    if size >= 20 and any(folded == t or (len(t) > len(folded) and t.startswith(folded)) for t in titles):
        score += 4.0
    score += 2.5 if _beside_date(i, dates) else 0.0
    score -= 3.0 if line.is_link else 0.0
    score -= 3.0 if _FURNITURE.search(line.hint) else 0.0
    score -= 1.5 if ends_sentence(text) else 0.0
    score -= 1.0 if text.isupper() else 0.0
    score -= 2.0 if "»" in text or " / " in text or "›" in text else 0.0
    return score


def _beside_date(i: int, dates: dict[int, DateLine]) -> bool:
    """Whether the next line that is not empty furniture, or the one before, states a date."""
    return any(j in dates and not _is_today(dates[j]) for j in (i - 1, i + 1, i + 2))


def _is_today(dated: DateLine) -> bool:
    """Whether a date is the page's clock rather than the article's date: a weekday, no time, no label."""
    return dated.found.has_weekday and not dated.found.has_time and not dated.found.labelled


def _date(
    lines: list[Line], vocab: Vocabulary, dates: dict[int, DateLine], headline: int | None, prose: list[int]
) -> int | None:
    """The index of the line that dates the article, or None: better no date than today's."""
    if headline is None:
        return None
    best: tuple[float, int] | None = None
    following = next((p for p in prose if p > headline), headline)
    for i, dated in dates.items():
        line, found = lines[i], dated.found
        score = 2.0 * found.has_time + 3.0 * found.labelled
        score += 2.0 if _DATE_HINT.search(line.hint) else 0.0
        if headline < i <= following + 1:
            score += 4.0
        elif i < headline:
            gap = sum(1 for j in range(i + 1, headline) if not (lines[j].key and vocab.is_never(lines[j].key)))
            score += 3.0 if gap == 0 else -gap
            score -= 4.0 if found.has_weekday and not found.labelled else 0.0
        else:
            score -= 0.0 if found.labelled and i < following + 80 else 6.0
        score -= 4.0 if line.chrome or _FURNITURE.search(line.hint) else 0.0
        score -= 4.0 if line.item and line.links else 0.0
        if score > 2.0 and (best is None or score > best[0]):
            best = (score, i)
    return best[1] if best else None
