"""Which line of a nameless page is what: headline, date, section, body. Pure judgement over lines; landmarks decide."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from crawler.collect import TEASER, Body, collect, is_furniture, names_furniture
from crawler.dates import DateFound, find_dates
from crawler.landmarks import Vocabulary
from crawler.lines import Line, ends_sentence, is_caption, signature
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
#: How far behind the last paragraph a date may still be the article's (lines).
_TAIL = 4
#: Words before the page's clock, and names of its element.
_TODAY = re.compile(r"hom nay|bay gio|hien tai|today|gio he thong")
_CLOCK_HINT = re.compile(r"now|today|clock|header|top|current|hom-?nay")
_HEADLINE_HINT = re.compile(r"(?:title|headline|tieu-?de|ten-?bai|tentin|entry-name|news-?name)")
_DATE_HINT = re.compile(r"(?:date|time|ngay|publish|posted|meta|thoi-?gian)")


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that says when: the date, and the text before it (often the section)."""

    found: DateFound
    before: str
    rest: str = ""  # the text behind, where the first paragraph is glued to the date
    in_words: bool = False  # the month is written in words, as no clock does


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
    in_words = "tháng" in text[first.start : first.end].lower()
    return DateLine(first, before, in_words=in_words) if bare or first.has_time or first.labelled else None


def _is_counter(text: str) -> bool:
    return re.match(r"(?:lượt|view|số|đã|hits?|\(?gmt)", text, re.IGNORECASE) is not None


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
    prose = [i for i, line in enumerate(lines) if line.is_prose and not is_furniture(line, known=False)]
    prose = [i for i in prose if not (lines[i].key and vocab.closing(lines[i].key))]
    if not prose:
        return Parts(headline=headline)
    first, last = _container(lines, prose)
    # a date beside a long link is that of the article linked to; beside a short one, of the article in that section
    own = {i: ln.text for i, ln in enumerate(lines) if ln.link_share * len(ln.text) < TEASER}
    dates = {i: d for i, text in own.items() if (d := date_line(text, reading))}
    at = _headline(lines, vocab, dates, prose, first, titles, headline)
    parts = Parts(headline=headline or (lines[at].text.lstrip("»›>•- ") if at is not None else None))
    when = _date(lines, vocab, dates, at, prose)
    start = first if at is None else at + 1
    if when is not None:
        parts.date_published = dates[when].found.iso
        parts.section = dates[when].before or None
        if at is not None and when > at and not any(at < p < when for p in prose):
            start = when + 1
    elif headline is None:
        _take_date_off(parts, reading)
    body_end = _end(lines, vocab, last)
    text_dates = {i for i in dates if start <= i < body_end and not dates[i].rest}
    body_lines = [_blank(line) if i in text_dates else line for i, line in enumerate(lines)]
    glued = when is not None and dates[when].rest
    parts.body = collect(body_lines, vocab, start, body_end, known=False)
    if glued and when is not None:
        parts.body.paragraphs.insert(0, dates[when].rest)
    return parts


def _take_date_off(parts: Parts, reading: Reading) -> None:
    """Parts headline and date where the date stands behind the headline in brackets."""
    text = parts.headline or ""
    dates = find_dates(text, order=reading.date_order, midnight_is_date_only=reading.midnight_is_date_only)
    if dates and dates[-1].has_time and text[: dates[-1].start].endswith("(") and not text[dates[-1].end :].strip(" )"):
        parts.headline, parts.date_published = text[: dates[-1].start].rstrip("( "), dates[-1].iso


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
            named = line.heading == 1 or _is_title(fold(line.text), folded)
            scores[i] = score - min(passed / 60, 3.0 if named else 99.0) - 0.15 * max(0, top - i)
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
    score += {1: 4.0 if size >= 25 else 2.0, 2: 3.0, 3: 2.0, 4: 1.0}.get(line.heading, 0.0)
    score += 1.5 if _leads_text(lines, i, vocab, dates) else 0.0
    score += 2.0 if _HEADLINE_HINT.search(line.hint.rsplit(" ", 3)[-1] if line.hint else "") else 0.0
    score += 1.0 if line.bold else 0.0
    score += 4.0 if size >= 20 and _is_title(folded, titles) else 0.0
    score += 2.5 if _beside_date(i, dates) else 0.0
    score -= 3.0 if line.is_link else 0.0
    score -= 3.0 if names_furniture(line.hint) else 0.0
    score -= 3.0 if ends_sentence(text) else 0.0
    score -= 1.0 if text.isupper() else 0.0
    score -= 2.0 if "»" in text or " / " in text or "›" in text else 0.0
    return score


def _is_title(folded: str, titles: list[str]) -> bool:
    """Whether a line is what the page calls itself: all of it, or up to a separator, or cut short."""
    for title in titles:
        if title.startswith(folded) and title[len(folded) :].lstrip()[:1] in ("", *"-–—|•»:"):
            return True
        if len(title) >= 30 and folded.startswith(title.rstrip("….")):
            return True
    return False


def _leads_text(lines: list[Line], i: int, vocab: Vocabulary, dates: dict[int, DateLine]) -> bool:
    """Whether nothing but furniture and a date stands between a line and a paragraph."""
    for j in range(i + 1, min(i + 6, len(lines))):
        line = lines[j]
        if line.is_prose:
            return True
        if line.text and j not in dates and not (line.key and (vocab.is_never(line.key) or vocab.closing(line.key))):
            return False
    return False


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
    following = next((p for p in prose if p > headline), headline)
    scores: dict[int, float] = {}
    for i, dated in dates.items():
        line, found = lines[i], dated.found
        score = 2.0 * found.has_time + 3.0 * found.labelled
        score += 2.0 if _DATE_HINT.search(line.hint) else 0.0
        if headline < i <= following + 1:
            score += 4.0
        elif i < headline:
            gap = sum(1 for j in range(i + 1, headline) if not (lines[j].key and vocab.is_never(lines[j].key)))
            score += 3.0 if gap == 0 else -gap
            score -= 9.0 if _is_clock(dated, line) else 0.0
        else:
            score += _at_the_end(lines, vocab, i, max(prose), found)
        score -= 4.0 if line.chrome or names_furniture(line.hint) else 0.0
        score -= 4.0 if line.item and line.links else 0.0
        scores[i] = score
    best = max(scores, key=lambda i: scores[i], default=None)
    return best if best is not None and scores[best] > 2.0 else None


def _is_clock(dated: DateLine, line: Line) -> bool:
    """Whether a date above the headline is the page's own: nothing says that it is the article's."""
    found = dated.found
    if found.labelled or found.has_weekday:
        return not found.labelled
    if dated.before or (found.has_time and dated.in_words):
        return False
    named = found.has_time and _DATE_HINT.search(line.hint) and not _CLOCK_HINT.search(line.hint)
    return _has_seconds(found) or not named


def _has_seconds(found: DateFound) -> bool:
    """Whether the time goes down to a second: that of a clock, or of a machine."""
    return found.has_time and not found.iso.endswith(":00+07:00")


def _at_the_end(lines: list[Line], vocab: Vocabulary, i: int, last: int, found: DateFound) -> float:
    """What a date below the text's beginning is worth: little, but with the author's line at its end."""
    between = [line.key for line in lines[last + 1 : i] if line.key]
    if found.labelled:
        return -6.0 if _has_seconds(found) or any(vocab.ends(key) for key in between) else 0.0
    if not last < i <= last + _TAIL or any(vocab.closing(key) for key in between):
        return -6.0
    return 2.5 if lines[i].text.startswith("(") else 1.0
