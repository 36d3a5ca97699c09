"""What one article's page shows: every field as it was read, and what in it is wrong, suspicious or worth a note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from crawler import blocks, clock
from crawler.cms import FAMILIES
from crawler.cms.generic import OWN
from crawler.dates import find_dates
from crawler.extract import Article, Page, read
from crawler.landmarks import LONGEST, Vocabulary, key, vocabulary
from crawler.lines import FILE, Line, is_account, names_furniture, signature
from crawler.quality import judge
from crawler.site import Site
from crawler.text import clean, word_count
from crawler.tree import first_of, parse
from crawler.urls import canonical_url, is_article
from monitor.checking.moving import Moving, moving_params, moving_parts
from monitor.fetch import Fetched

Level = Literal["wrong", "missing", "suspicious", "note"]

#: The rows of the summary, in order. ``page``: is it an article at all? ``selectors``: did the site's own match?
#: ``end``: was a landmark seen behind the text? ``steady``: did two fetches give the same reading?
FIELDS = (
    *("page", "selectors", "headline", "date", "description", "author", "section", "body"),
    *("captions", "images", "attachments", "address", "end", "steady"),
)
#: Fields that can have selectors of their own: as a site declares them, and as they are called here.
SELECTED = {"headline": "headline", "date": "date", "lead": "description", "body": "body", "author": "author"}

#: Articles shorter than this (words) are cut, or no articles; notices come with a file.
FEWEST_WORDS = 40
#: Nobody is read this soon after being published: a time so near to now is the page's clock.
_JUST_NOW = timedelta(minutes=10)
#: So many lines behind the text a landmark is looked for, and behind that, text that it cut off.
_BEHIND = 15
#: A lead is a part of the text; one that is more than this is the text.
_LEAD_SHARE = 0.6
#: A date with fewer words around it than a sentence has is a date line.
_SENTENCE = 12
#: Longer lines than this do not state a date.
_DATE_LINE = 100
_EXAMPLE = 80
#: UTF-8 read as windows-1252, letters lost for question marks, bytes that were no text.
_BROKEN = re.compile(
    "\ufffd|á[º»][\u0080-\u00bf\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|Ä‘|Æ[°¡]|Ã[¡-ª¬-º¼-¿]"
    "|â€[\u0153\u009d\u02dc\u2122\u201c]|[^\\W\\d_]\\?[^\\W\\d_]+\\?[^\\W\\d_]"
)
#: What only the comparison of pages needs.
_WORKING = ("matching", "lines")
_LOGIN_NAME = re.compile(r"[a-z0-9._@-]{3,}|[^ ]*\d[^ ]*")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one field. All levels but ``note`` ask for a person."""

    field: str
    level: Level
    said: str


@dataclass(slots=True)
class ArticleLook:
    """An article's page as it was fetched twice. ``found`` says of each of ``FIELDS`` whether it is there."""

    url: str
    section: str  # whose listing lists it; empty for an address that was given
    article: Article | None = None
    title: str = ""
    how: str = ""
    words: int = 0
    quality: str = ""
    quality_reason: str = ""
    selectors: dict[str, str | None] = field(default_factory=dict)  # field -> the first that matched
    matching: dict[str, tuple[str, ...]] = field(default_factory=dict)  # field -> all that matched
    lines: frozenset[str] = frozenset()  # the beginnings of the page's lines, as landmarks are compared
    landmark: str | None = None
    moving: list[Moving] = field(default_factory=list)
    moving_params: list[str] = field(default_factory=list)  # in the addresses of files
    findings: list[Finding] = field(default_factory=list)
    found: dict[str, bool] = field(default_factory=dict)

    def add(self, name: str, level: Level, said: str) -> None:
        """Notes a finding, once."""
        if (finding := Finding(name, level, said)) not in self.findings:
            self.findings.append(finding)

    def mark(self, name: str) -> str:
        """One character for the summary: ``!`` asks for a person, ``✓`` found, ``–`` not there."""
        if any(f.field == name and f.level != "note" for f in self.findings):
            return "!"
        return "✓" if self.found.get(name) else "–"

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        marks = {name: self.mark(name) for name in FIELDS}
        return {name: value for name, value in asdict(self).items() if name not in _WORKING} | {"marks": marks}


def shown(text: str) -> str:
    """A text as an example in a sentence."""
    text = clean(text)
    return f"“{text if len(text) <= _EXAMPLE else text[: _EXAMPLE - 1] + '…'}”"


def look(site: Site, section: str, once: Fetched, again: Fetched) -> ArticleLook:
    """What the page says, judged by itself; ``once`` and ``again`` are two fetches of it."""
    page = read(once.payload, once.url, site, charset=once.charset)
    verdict = judge(page, status=once.status, site=site, url=once.url)
    article = page.article
    result = ArticleLook(
        url=once.url,
        section=section,
        article=article,
        title=page.title,
        how=page.how,
        words=sum(map(word_count, article.paragraphs)),
        quality=verdict.quality,
        quality_reason=verdict.reason,
    )
    if once.status != 200:
        result.add("page", "wrong", f"the page answers {once.status}")
    if verdict.quality != "article":
        result.add("page", "wrong", f"it reads as {verdict.quality}: {verdict.reason}")
    _found(result, article)
    _selectors(result, site, page, once)
    _fields(result, article)
    _date(result, article.date_published)
    _address(result, site)
    _lines(result, site, once)
    _twice(result, site, article, once, again)
    return result


def _found(result: ArticleLook, article: Article) -> None:
    result.found |= {
        "page": result.quality == "article",
        "headline": bool(article.headline),
        "date": bool(article.date_published),
        "body": bool(article.paragraphs),
        "address": article.cms_id is not None,
        **{
            name: bool(getattr(article, name))
            for name in ("description", "author", "section", "captions", "images", "attachments")
        },
    }


def _fields(result: ArticleLook, article: Article) -> None:
    if not article.headline:
        result.add("headline", "missing", "no headline was found")
    if not article.paragraphs:
        result.add("body", "missing", "no text was found")
    elif result.words < FEWEST_WORDS and not article.attachments:
        result.add("body", "suspicious", f"only {result.words} words, and no file that would explain it")
    if article.author:
        _author(result, article.author)
    if article.description:
        _lead(result, article, article.description)
    for name, text in _texts(article):
        if broken := _BROKEN.search(text):
            at = max(0, broken.start() - 20)
            result.add(name, "suspicious", f"broken letters: {shown(text[at : at + 60])}")


def _author(result: ArticleLook, author: str) -> None:
    names = [signature(Line(name, bold=True), before=".") for name in author.split("; ")]
    if is_account(author) or _LOGIN_NAME.fullmatch(author):
        result.add("author", "suspicious", f"{shown(author)} looks like an account of the CMS, not a person")
    elif result.selectors["author"] and (None in names or find_dates(author)):
        # what structure and language took for a signature had to look like one
        result.add("author", "suspicious", f"{shown(author)} does not look like a name")


def _lead(result: ArticleLook, article: Article, lead: str) -> None:
    if lead == article.headline or (len(lead) <= _DATE_LINE and find_dates(lead) and len(lead.split()) < _SENTENCE):
        result.add("description", "suspicious", f"{shown(lead)} is no lead")
    elif len(lead) > _LEAD_SHARE * sum(map(len, article.paragraphs)) and result.words >= 2 * FEWEST_WORDS:
        result.add("description", "suspicious", "the lead is most of the text: its container is too wide")


def _texts(article: Article) -> Iterator[tuple[str, str]]:
    for name in ("headline", "description", "author", "section"):
        yield name, getattr(article, name) or ""
    yield "body", "\n".join(article.paragraphs)


def _selectors(result: ArticleLook, site: Site, page: Page, once: Fetched) -> None:
    """Which selector found each field, and whether another family or the language had to step in."""
    declared = site.reading_at(None).selectors
    tree = parse(once.payload, once.charset)
    for name, called in SELECTED.items():
        matching = tuple(s for s in getattr(declared, name) if first_of(tree, (s,)) is not None)
        result.matching[called], result.selectors[called] = matching, next(iter(matching), None)
        if result.selectors[called] in _own(site, name) and not result.found[called]:
            said = f"the site's selector {result.selectors[called]} matches, but holds no {called}"
            result.add(called, "suspicious", said)
    own = page.how in (site.family.name, OWN) and page.how != "generic"
    result.found["selectors"] = own
    if declared.body and not own:
        instead = (
            f"those of {page.how} were used" if page.how in FAMILIES and page.how != "generic" else "it was guessed"
        )
        result.add("selectors", "suspicious", f"the declared selectors find no article on the page; {instead}")


def _own(site: Site, name: str) -> tuple[str, ...]:
    """The selectors of a field that the site itself declares, without its family's."""
    selectors: tuple[str, ...] = getattr(site.reading.selectors, name) if site.reading else ()
    return selectors


def _date(result: ArticleLook, published: str | None) -> None:
    if published is None:
        return  # told by ``_lines``, which know whether the page has one
    now = clock.now().astimezone(clock.HO_CHI_MINH)
    if "T" not in published:
        day = date.fromisoformat(published)
        if day > now.date():
            result.add("date", "suspicious", f"{published} is still to come")
        elif day == now.date():
            result.add("date", "suspicious", f"{published} is today, and no time stands with it: the page's clock?")
        return
    moment = datetime.fromisoformat(published)
    if moment > now:
        result.add("date", "suspicious", f"{published} is still to come")
    elif now - moment < _JUST_NOW:
        result.add("date", "suspicious", f"{published} is this very moment: the page's clock?")


def _address(result: ArticleLook, site: Site) -> None:
    if site.urls.article and not is_article(result.url, site.urls):
        result.add("address", "suspicious", f"the pattern of articles does not match {result.url}")
    elif not result.found["address"]:
        expected = "?P<id>" in site.family.addresses.article
        said = "the pattern of articles finds no identifier of the CMS in the address"
        result.add("address", "suspicious" if expected else "note", said)


# -- the lines around the text ------------------------------------------------------------------------------------


def _lines(result: ArticleLook, site: Site, once: Fetched) -> None:
    """What stands behind the text and beside it: landmarks, text that was cut off, dates that were not taken."""
    tree = parse(once.payload, once.charset)
    tree.strip_tags(blocks.DROPPED)
    lines = blocks.read(tree.body.html or "" if tree.body is not None else "").lines
    result.lines = frozenset(key(line.text[:LONGEST]) for line in lines)
    vocab = vocabulary(site.reading_at(None).landmarks)
    paragraphs = [_bare(p) for p in result.article.paragraphs] if result.article else []
    own = _places(lines, paragraphs)
    if not result.found["date"]:
        _undated(result, lines[: own[-1] + 1 if own else len(lines)])
    _left_out(result, lines, own, "".join(paragraphs))
    result.found["end"] = False
    if not own:
        return
    at = _landmark(lines, vocab, own[-1], result.article)
    if at is not None:
        result.landmark = lines[at].text
        result.found["end"] = True
        if following := _goes_on(lines, vocab, own, at):
            said = f"the text goes on behind {shown(lines[at].text)}: {shown(following)}"
            result.add("end", "suspicious", said)
    elif result.how == "generic":
        result.add("end", "suspicious", "no landmark was seen behind the text: nothing says that it ends there")


def _bare(text: str) -> str:
    return "".join(text.split())


def _places(lines: list[Line], paragraphs: list[str]) -> list[int]:
    """Which lines of the page are the article's; widgets may be glued to the first."""
    own = set(paragraphs)
    told = [(i, _bare(line.text)) for i, line in enumerate(lines) if line.text]
    return [i for i, text in told if text in own or (paragraphs and text.endswith(paragraphs[0]))]


def _undated(result: ArticleLook, lines: list[Line]) -> None:
    told = [ln.text for ln in lines if ln.text and len(ln.text) <= _DATE_LINE and not ln.is_link]
    dated = [text for text in told if find_dates(text)]
    said = f"; these lines have one: {', '.join(map(shown, dated[:2]))}" if dated else ", nor a line that states one"
    result.add("date", "missing", f"no date was found{said}")


def _landmark(lines: list[Line], vocab: Vocabulary, last: int, article: Article | None) -> int | None:
    """The first closing landmark behind the text with nothing but author, files and furniture before it."""
    author = _bare(article.author) if article and article.author else ""
    for at in range(last + 1, min(len(lines), last + 1 + _BEHIND)):
        line = lines[at]
        if not line.text or (line.key and vocab.is_never(line.key)):
            continue
        if line.key and vocab.closing(line.key):
            return at
        is_author = author and (author in _bare(line.text) or _bare(line.text) in author)
        if not is_author and not any(FILE.search(href) for href, _ in line.links):
            return None
    return None


def _goes_on(lines: list[Line], vocab: Vocabulary, own: list[int], landmark: int) -> str:
    """A paragraph behind the landmark, in the element that holds the article's text and not below a link."""
    paths = [lines[i].path for i in own if lines[i].is_prose]
    if not paths:
        return ""
    home = _common(paths) if len(set(paths)) > 1 else paths[0][:-1]
    for line in lines[landmark + 1 : landmark + 1 + _BEHIND]:
        if line.links or line.chrome or line.path[: len(home)] != home:
            return ""
        if line.is_prose and not (line.key and vocab.closing(line.key)):
            return line.text
    return ""


def _common(paths: list[tuple[int, ...]]) -> tuple[int, ...]:
    low, high = min(paths), max(paths)
    return next((low[:n] for n, step in enumerate(low) if n >= len(high) or step != high[n]), low)


def _left_out(result: ArticleLook, lines: list[Line], own: list[int], text: str) -> None:
    """More running text outside the article than in it: the container is too narrow, or the text was cut."""
    outside: list[str] = []
    linked = False
    for i, line in enumerate(lines):
        if line.is_prose and not linked and not line.chrome and not names_furniture(line.hint) and i not in own:
            outside.append(line.text)
        linked = line.is_link if line.text else linked
    size = sum(map(len, outside))
    if size > len(text):
        said = f"{size} characters of running text are not in it, {len(text)} are: {shown(max(outside, key=len))}"
        result.add("body", "suspicious", said)


# -- the second fetch ---------------------------------------------------------------------------------------------


def _twice(result: ArticleLook, site: Site, article: Article, once: Fetched, again: Fetched) -> None:
    """What moved between the two fetches, and whether it is inside the article."""
    second = _addressed(read(again.payload, once.url, site, charset=again.charset).article, site)
    article = _addressed(article, site)
    result.moving_params = moving_params(article.attachments, second.attachments)
    result.moving = moving_parts(once.payload, again.payload, once.charset, site.reading_at(None))
    names = {"paragraphs": "body", "date_published": "date"}
    changed = [
        name
        for name in (
            *("headline", "date_published", "description", "author"),
            *("section", "paragraphs", "attachments"),
        )
        if getattr(article, name) != getattr(second, name)
    ]
    result.found["steady"] = not changed
    if changed:
        fields = ", ".join(names.get(name, name) for name in changed)
        before, after = _moved(article, second, changed[0])
        where = [m.selector for m in result.moving if m.in_article] or [m.selector for m in result.moving]
        by = f"; these move: {', '.join(where[:3])}" if where else ""
        said = f"something that moves is inside the article ({fields}): {shown(before)}, then {shown(after)}{by}"
        result.add("steady", "wrong", said)


def _addressed(article: Article, site: Site) -> Article:
    """The article with its files at the addresses at which they are kept."""
    files = (replace(a, url=canonical_url(a.url, addresses=site.urls)) for a in article.attachments)
    return replace(article, attachments=tuple(files))


def _moved(article: Article, second: Article, name: str) -> tuple[str, str]:
    one, other = getattr(article, name), getattr(second, name)
    if not isinstance(one, tuple):
        return str(one), str(other)
    first = [str(x) for x in one if x not in other]
    then = [str(x) for x in other if x not in one]
    return (first or ["nothing"])[0], (then or ["nothing"])[0]
