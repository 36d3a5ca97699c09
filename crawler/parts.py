"""Which line of a nameless page is what: headline, date, section, body. Pure judgement over lines; landmarks decide."""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass, field

from crawler.collect import Body, collect
from crawler.container import container, end_of, is_colophon, prose_of
from crawler.datelines import (
    DATE_HINT,
    DateLine,
    closing_day,
    date_line,
    has_clock_above,
    has_seconds,
    is_clock,
    is_today,
    names_clock,
)
from crawler.dates import DateFound, find_dates, is_time
from crawler.endings import TEASER, commonprefix
from crawler.landmarks import Vocabulary
from crawler.lines import Line, byline, ends_sentence, is_account, is_caption, names_furniture, signature
from crawler.site import Reading
from crawler.text import fold
from crawler.trace import Judged, Trace

#: How many lines above the first paragraph a headline is looked for: chrome of some portals stands between.
_ABOVE = 40
#: How far behind the last paragraph a date may still be the article's (lines).
_TAIL = 4
_HEADLINE_HINT = re.compile(r"(?:title|headline|tieu-?de|ten-?bai|tentin|entry-name|news-?name)")
#: What speaks for a line as the headline, and as the one that dates the article, in the order of their points.
_HEADLINE_POINTS = (
    *("of a headline's length", "a heading", "directly above the text", "named so by its element", "bold"),
    *("the page's title", "beside a date"),
)
_DATE_POINTS = ("with a time", "labelled", "named so by its element", "by its place")


@dataclass(slots=True)
class Parts:
    """What a page without a declaration says, as far as its structure and language tell."""

    headline: str | None = None
    date_published: str | None = None
    section: str | None = None
    body: Body = field(default_factory=Body)
    judged: Judged | None = None  # what became of each line, where somebody asks


def find_parts(
    lines: list[Line],
    vocab: Vocabulary,
    reading: Reading,
    titles: list[str],
    headline: str | None,
    trace: Trace | None = None,
) -> Parts:
    """The parts of an article among all lines of a page; ``headline``, where it is known already, anchors the rest."""
    prose, verse = prose_of(lines, vocab)
    if not prose:
        return Parts(headline=headline)
    first, last = container(lines, prose)
    # a date beside a long link is that of the article linked to; beside a short one, of the article in that section
    own = {i: ln.text for i, ln in enumerate(lines) if ln.link_share * len(ln.text) < TEASER}
    dates = {i: d for i, text in own.items() if (d := date_line(text, reading))}
    at = _headline(lines, vocab, dates, prose, first, titles, headline)
    parts = Parts(headline=headline or (lines[at].text.lstrip("»›>•- ") if at is not None else None))
    when = _date(lines, vocab, dates, at, prose)
    start = first if at is None else at + 1
    if when is not None:
        _with_time_beside(lines, dates, when, reading)
        parts.date_published, parts.section = dates[when].found.iso, dates[when].section
        if at is not None and when > at and not any(at < p < when for p in prose):
            start = when + 1
    elif headline is None:
        _take_date_off(parts, lines[at].tail if at is not None else "", reading)
    body_end = end_of(lines, vocab, last)
    if when is None and not parts.date_published and at is not None:
        closed = _closing_day(lines, vocab, reading, start, body_end)
        if closed is not None:
            dates[closed[0]] = DateLine(closed[1], "")
            when, parts.date_published = closed[0], closed[1].iso
    if is_colophon(lines, vocab, prose, start):
        body_end = next((i for i in range(start, body_end) if lines[i].key and vocab.ends(lines[i].key)), start)
        verse = True
    text_dates = {i for i in dates if start <= i < body_end and not dates[i].rest}
    body_lines = [_blank(line) if i in text_dates else line for i, line in enumerate(lines)]
    parts.judged = None if trace is None else Judged(dict.fromkeys(text_dates, ("cut", "says no more than a date")))
    parts.body = collect(body_lines, vocab, start, body_end, known=False, verse=verse, why=parts.judged)
    if trace is not None and parts.judged is not None:
        told = (
            _headline_points(lines, at, vocab, dates, [fold(t) for t in titles], _top(prose, first))
            if at is not None
            else None
        )
        dated = _date_points(lines, vocab, dates, when, at, prose) if at is not None and when is not None else None
        _explain(trace, parts, lines, (at, told), (when, dated))
        _explain_rest(trace, parts.judged, lines, dates, start, body_end)
    if when is not None:
        _by_the_date(parts, dates[when], lines[when].text, trace)
    return parts


def _with_time_beside(lines: list[Line], dates: dict[int, DateLine], when: int, reading: Reading) -> None:
    """Puts a day and the time of day that is the next line together."""
    day, beside = dates[when], when + 1
    if day.found.has_time or day.rest or beside == len(lines) or not is_time(lines[beside].text):
        return
    both = date_line(f"{lines[when].text} {lines[beside].text}", reading)
    if both is not None and both.found.has_time:
        dates[when] = dates[beside] = both


def _by_the_date(parts: Parts, dated: DateLine, text: str, trace: Trace | None) -> None:
    """What the line that dates the article says besides: who wrote it, or its first words."""
    if parts.body.author is None:
        parts.body.author = byline(dated.before)
        if trace is not None and parts.body.author is not None:
            trace.took("author", "the name after a label, before the date", text)
    if dated.rest:
        parts.body.paragraphs.insert(0, dated.rest)


def _closing_day(
    lines: list[Line], vocab: Vocabulary, reading: Reading, start: int, end: int
) -> tuple[int, DateFound] | None:
    """The text's last line and its day, where that is the place and the day of writing."""
    last = None
    for i in range(start, end):
        key = lines[i].key
        if key and vocab.ends(key):
            break
        if lines[i].text and not lines[i].is_link and not (key and (vocab.is_never(key) or vocab.closing(key))):
            last = i
    found = closing_day(lines[last], reading) if last is not None else None
    return None if last is None or found is None else (last, found)


def _told(names: tuple[str, ...], points: tuple[float, ...] | None) -> str:
    """What speaks for a line, in words."""
    return ", ".join(name for name, worth in zip(names, points or (), strict=False) if worth > 0) or "none"


def _explain(
    trace: Trace,
    parts: Parts,
    lines: list[Line],
    headline: tuple[int | None, tuple[float, ...] | None],
    date: tuple[int | None, tuple[float, ...] | None],
) -> None:
    """Which lines are headline and date, and what speaks for them."""
    for name, (index, points), names, rule in (
        ("headline", headline, _HEADLINE_POINTS, "the line with most marks of a headline"),
        ("date_published", date, _DATE_POINTS, "the date with most marks of the article's"),
    ):
        if index is not None and headline[0] is not None and parts.judged is not None:
            parts.judged.is_field(index, name)
            trace.took(name, f"{rule}: {_told(names, points)}", lines[index].text)
    if date[0] is not None and parts.section is not None:
        trace.took("section", "the words before the date", lines[date[0]].text)


def _explain_rest(
    trace: Trace, why: Judged, lines: list[Line], dates: dict[int, DateLine], start: int, end: int
) -> None:
    """What became of the lines that are not the text's: those above it and below."""
    for index in (*range(start), *range(end, len(lines))):
        place = "above the article" if index < start else "below the element that holds the article's text"
        why.cut(index, f"{place}; a date, but not the article's" if index in dates else place)
    until = why.ended_by or "the end of the element that holds most text"
    trace.took("body", f"the lines from below headline and date to {until}", None)


def _take_date_off(parts: Parts, tail: str, reading: Reading) -> None:
    """Parts headline and date where the date stands behind the headline in brackets: with its time, or set apart."""
    text = parts.headline or ""
    dates = find_dates(text, order=reading.date_order, midnight_is_date_only=reading.midnight_is_date_only)
    if not dates or not text[: dates[-1].start].endswith("(") or text[dates[-1].end :].strip(" )"):
        return
    if dates[-1].has_time or text[dates[-1].start - 1 :] == tail:
        parts.headline, parts.date_published = text[: dates[-1].start].rstrip("( "), dates[-1].iso


def _blank(line: Line) -> Line:
    return Line("", picture=line.picture, path=line.path)


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
    top = _top(prose, first)
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
        points = _headline_points(lines, i, vocab, dates, folded, top)
        if points is not None:
            named = line.heading == 1 or _is_title(fold(line.text), folded)
            scores[i] = sum(points) - min(passed / 60, 3.0 if named else 99.0) - 0.15 * max(0, top - i)
    best = next((i for i in sorted(scores, key=lambda i: -scores[i]) if not is_account(lines[i].text)), None)
    return best if best is not None and scores[best] > 0 else None


def _top(prose: list[int], first: int) -> int:
    """The first line of the article's text, by the element that holds it."""
    return next((p for p in prose if p >= first), prose[0])


def _headline_points(
    lines: list[Line], i: int, vocab: Vocabulary, dates: dict[int, DateLine], titles: list[str], top: int
) -> tuple[float, ...] | None:
    """What speaks for and against a line as the headline, see ``_HEADLINE_POINTS``; None for one that cannot be it."""
    line = lines[i]
    text, key = line.text, line.key
    size = len(text)
    if size < 8 or size > 300 or line.chrome or i in dates or is_caption(line):
        return None
    if key and (vocab.closing(key) or vocab.is_never(key)):
        return None
    if ":" in text and signature(line, before=""):
        return None
    titled, leads, dated = _titled(fold(text), titles), _leads_text(lines, i, vocab, dates, top), _beside_date(i, dates)
    heading = {1: 4.0 if size >= 25 else 2.0, 2: 3.0, 3: 2.0, 4: 1.0}.get(line.heading, 0.0)
    return (
        1.0 if 25 <= size <= 220 else 0.0,
        # a heading with nothing of the article beside it may be the site's name
        heading if titled or leads or dated else min(heading, 1.0),
        1.5 if leads else 0.0,
        2.0 if _HEADLINE_HINT.search(line.hint.rsplit(" ", 3)[-1] if line.hint else "") else 0.0,
        1.0 if line.bold else 0.0,
        titled,
        dated,
        # beside its date the headline of a page may lead to the page itself
        -3.0 if line.is_link and not (line.heading == 1 and dated) else 0.0,
        -3.0 if names_furniture(line.hint) else 0.0,
        -3.0 if ends_sentence(text) and not text.endswith("?") else 0.0,
        -1.0 if text.isupper() else 0.0,
        -2.0 if "»" in text or " / " in text or "›" in text else 0.0,
    )


def _titled(folded: str, titles: list[str]) -> float:
    """What it is worth that a line is the page's title; a short one must be all of it."""
    if len(folded) >= 20:
        return 4.0 if _is_title(folded, titles) else 0.0
    return 4.0 if len(folded) >= 12 and titles[:1] == [folded] else 0.0


def _is_title(folded: str, titles: list[str]) -> bool:
    """Whether a line is what the page calls itself: all of it, or up to a separator, or cut short."""
    for title in titles:
        if title.startswith(folded) and title[len(folded) :].lstrip()[:1] in ("", *"-–—|•»:"):
            return True
        if len(title) >= 30 and folded.startswith(title.rstrip("….")):
            return True
    return False


def _leads_text(lines: list[Line], i: int, vocab: Vocabulary, dates: dict[int, DateLine], top: int) -> bool:
    """Whether nothing but furniture and a date stands between a line and a paragraph."""
    for j in range(i + 1, min(i + 6, len(lines))):
        line = lines[j]
        if line.is_prose or j == top:
            return True
        if line.text and j not in dates and not (line.key and (vocab.is_never(line.key) or vocab.closing(line.key))):
            return False
    return False


def _beside_date(i: int, dates: dict[int, DateLine]) -> float:
    """What it is worth that the line before states a date, or the next, or the one behind that."""
    worth = ((i - 1, 2.5), (i + 1, 2.5), (i + 2, 2.0))
    return next((points for j, points in worth if j in dates and not is_today(dates[j])), 0.0)


def _date(
    lines: list[Line], vocab: Vocabulary, dates: dict[int, DateLine], headline: int | None, prose: list[int]
) -> int | None:
    """The index of the line that dates the article, or None: better no date than today's."""
    if headline is None:
        return None
    scores = {i: sum(_date_points(lines, vocab, dates, i, headline, prose)) for i in dates}
    best = max(scores, key=lambda i: scores[i], default=None)
    return best if best is not None and scores[best] > 2.0 else None


def _date_points(
    lines: list[Line], vocab: Vocabulary, dates: dict[int, DateLine], i: int, headline: int, prose: list[int]
) -> tuple[float, ...]:
    """What speaks for and against a line as the one that dates the article; see ``_DATE_POINTS``."""
    line, dated = lines[i], dates[i]
    found = dated.found
    at = bisect(prose, headline)
    following = prose[at] if at < len(prose) else headline
    clock = False
    if headline < i <= following + 1:
        place = 4.0
    elif i < headline:
        gap = sum(1 for j in range(i + 1, headline) if not (lines[j].key and vocab.is_never(lines[j].key)))
        place = 3.0 if gap == 0 else -gap
        close = gap == 0 and (found.has_time or not found.has_weekday)
        clock = is_clock(dated, line) and not (
            close and (has_clock_above(lines, dates, i) or _in_the_articles_element(lines, i, headline, following))
        )
    else:
        place = _at_the_end(lines, vocab, i, prose[-1], found)
    return (
        2.0 * found.has_time,
        3.0 * found.labelled - 0.5 * found.revised,  # the day it was published, where both are told
        2.0 if DATE_HINT.search(line.hint) else 0.0,
        place,
        -9.0 if clock else 0.0,
        -4.0 if line.chrome or names_furniture(line.hint) else 0.0,
        -4.0 if line.item and line.links else 0.0,
    )


def _in_the_articles_element(lines: list[Line], i: int, headline: int, following: int) -> bool:
    """Whether a date stands with headline and text in an element that is not all of the page."""
    banner = names_clock(lines[i].hint) and not names_clock(lines[headline].hint)
    if has_seconds(find_dates(lines[i].text)[0]) or banner or "GMT" in lines[i].text:
        return False
    own = commonprefix([lines[n].path for n in (i, headline, following)])
    return any(lines[n].path[: len(own)] != own for n in (0, -1))


def _at_the_end(lines: list[Line], vocab: Vocabulary, i: int, last: int, found: DateFound) -> float:
    """What a date below the text's beginning is worth: little, but with the author's line at its end."""
    between = [line.key for line in lines[last + 1 : i] if line.key]
    if found.labelled:
        return -6.0 if has_seconds(found) or any(vocab.ends(key) for key in between) else 0.0
    if not last < i <= last + _TAIL or any(vocab.closing(key) for key in between):
        return -6.0
    return 2.5 if lines[i].text.startswith("(") else 1.0
