"""What several pages of one site show together: fields that never change, paragraphs that repeat, selectors in vain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from crawler import clock
from crawler.landmarks import key
from crawler.site import Site
from crawler.text import fold
from monitor.checking.page import SELECTED, ArticleLook, Finding, Level, shown

#: Two pages may agree by chance on a date or an author; a site whose every page does has one field for all of them.
_ENOUGH = 3
#: Shorter paragraphs (characters) repeat in honest texts: "Trân trọng kính mời!".
_PARAGRAPH = 40
#: Boilerplate is on most pages of a template; writers of these texts also close two of six with the same sentence.
_SHARE = 0.5
#: Two articles that share this part of their paragraphs are the same text, printed twice.
_SAME_TEXT = 0.5
#: This part of a headline's words must be in the page's title, which many templates cut short.
_IN_TITLE = 0.6


def compare(site: Site, looks: list[ArticleLook]) -> list[Finding]:
    """Adds to each page what only shows beside the others; what concerns the declaration itself is returned."""
    read = [look for look in looks if look.article is not None and look.quality == "article"]
    _constant(read)
    _titles(read)
    _boilerplate(read)
    _furniture(read)
    return [*_selectors_in_vain(site, read), *_landmarks_in_vain(site, read)]


def _constant(looks: list[ArticleLook]) -> None:
    """Fields that are the same on all pages."""
    for name, fewest in (("headline", 2), ("date_published", _ENOUGH), ("author", _ENOUGH)):
        values = {getattr(look.article, name) for look in looks}
        if len(looks) < fewest or len(values) != 1 or None in values:
            continue
        field = "date" if name == "date_published" else name
        for look in looks:
            look.add(field, "suspicious", f"{shown(str(*values))} on all {len(looks)} pages")
    leads = Counter(look.article.description for look in looks if look.article and look.article.description)
    for look in looks:
        lead = look.article.description if look.article else None
        if lead and leads[lead] > 1 and leads[lead] >= _SHARE * len(looks):
            look.add("description", "suspicious", f"{shown(lead)} on {leads[lead]} of {len(looks)} pages")
    today = clock.now().astimezone(clock.HO_CHI_MINH).date().isoformat()
    dates = [look.article.date_published or "" for look in looks if look.article]
    if len(dates) >= _ENOUGH and all(published.startswith(today) for published in dates):
        for look in looks:
            look.add("date", "suspicious", f"it is today on all {len(looks)} pages")


def _titles(looks: list[ArticleLook]) -> None:
    """Headlines that are not what the page calls itself, on sites whose pages have titles of their own."""
    titles = Counter(look.title for look in looks)
    for look in looks:
        headline = look.article.headline if look.article else None
        if not headline or not look.title or (len(looks) > 1 and titles[look.title] > 1):
            continue
        words, titled = fold(headline).split(), fold(look.title)
        there = sum(word in titled for word in words)
        cut_short = fold(headline).startswith(re.split(r"\s*(?:\.\.\.|…)", titled)[0]) and len(titled) > _PARAGRAPH
        if there < _IN_TITLE * len(words) and not cut_short:
            look.add("headline", "suspicious", f"the page's title says {shown(look.title)}")


def _boilerplate(looks: list[ArticleLook]) -> None:
    """Paragraphs that stand in several articles that are not the same text."""
    own = [frozenset(_own(look)) for look in looks]
    same = {(n, m) for n, m in combinations(range(len(looks)), 2) if _is_same_text(own[n], own[m])}
    for n, m in same:
        looks[n].add("body", "note", f"much the same text as {looks[m].url}")
        looks[m].add("body", "note", f"much the same text as {looks[n].url}")
    for paragraph in dict.fromkeys(p for look in looks for p in _own(look)):
        places = [n for n, texts in enumerate(own) if paragraph in texts]
        if all(pair in same for pair in combinations(places, 2)):
            continue
        level: Level = "suspicious" if len(places) > _SHARE * len(looks) else "note"
        for n in places:
            looks[n].add("body", level, f"{shown(paragraph)} stands in {len(places)} of {len(looks)} articles")


def _is_same_text(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= max(2, _SAME_TEXT * min(len(one), len(other)))


def _furniture(looks: list[ArticleLook]) -> None:
    """Headline or section among the paragraphs; on a few pages an editor has repeated them."""
    found = []
    for look in looks:
        article = look.article
        told = (article.headline, article.section, look.section) if article else ()
        found += [(look, p) for p in article.paragraphs if p in told][:1] if article else []
    if len(found) > _SHARE * len(looks):
        for look, paragraph in found:
            look.add("body", "suspicious", f"{shown(paragraph)} stands in the text: its container is too wide")


def _own(look: ArticleLook) -> list[str]:
    """The paragraphs that are the article's alone, if the reading is right: captions repeat honestly."""
    article = look.article
    if article is None:
        return []
    return [p for p in article.paragraphs if len(p) >= _PARAGRAPH and p not in article.captions]


def _selectors_in_vain(site: Site, looks: list[ArticleLook]) -> Iterable[Finding]:
    """Selectors of the site's own declaration that matched on no page."""
    own = site.reading.selectors if site.reading else None
    for name, called in SELECTED.items() if own and looks else ():
        for selector in getattr(own, name):
            if not any(selector in look.matching.get(called, ()) for look in looks):
                yield Finding(called, "suspicious", f"the site's selector {selector} matches on none of the pages")


def _landmarks_in_vain(site: Site, looks: list[ArticleLook]) -> Iterable[Finding]:
    """Landmarks of the site's own declaration that stand on no page: a note, for some stand on few."""
    own = site.reading.landmarks if site.reading else None
    for mark in (*own.closes, *own.never) if own and looks else ():
        if not any(line.startswith(key(mark)) for look in looks for line in look.lines):
            yield Finding("end", "note", f"the site's landmark {shown(mark)} stands on none of the pages")
