"""Proposes a site by its home page, listings and two articles: the declaration, and pages for a golden test."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from urllib.parse import urlsplit

from crawler import clock
from crawler.cms import generic_site
from crawler.cms.generic import GENERIC
from crawler.config import Config
from crawler.errors import InputError
from crawler.extract import Page
from crawler.links import NextPage
from crawler.quality import judge
from crawler.site import Addresses, Section, Site
from crawler.tally import in_words
from crawler.text import clean, fold
from crawler.tree import Head, parse, titles_of
from crawler.urls import canonical_url, host_key
from monitor.adding.declaration import LONGEST_NAME, module
from monitor.adding.propose import Proposal, propose, read
from monitor.adding.recognise import Recognised, recognise
from monitor.adding.survey import (
    SHARE,
    Looked,
    article_pattern,
    candidates,
    holds,
    links_of,
    names_ids,
    paging_of,
    sections,
)
from monitor.fetch import Fetched
from monitor.visit import SiteVisit

#: Sections are proposed up to this number; a person adds the rest.
MOST_SECTIONS = 6
#: Links of the menu that are followed, pages that are tried as articles, and articles that are needed.
MOST_LOOKS, MOST_TRIES, ARTICLES = 14, 8, 2

#: What a golden says of an article besides its quality.
ARTICLE_FIELDS = (
    *("headline", "description", "author", "section", "date_published", "paragraphs", "captions", "images"),
    "attachments",
)
#: What ``luutin.toml`` takes for a slug, which also is the name of a Python module.
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}")
_HOME = re.compile(r"trang (?:chu|nhat)|home(?: ?page)?|chao mung.*|welcome.*")
_PUBLIC = re.compile(r"(?:\.(?:gov|org|com|edu|net|dcs))?\.vn$")


@dataclass(frozen=True, slots=True)
class NewSite:
    """A proposed site and what it was proposed by."""

    site: Site
    recognised: Recognised
    proposal: Proposal
    looked: int  # how many links of the menu were followed
    pattern: tuple[int, int]  # links to articles that the pattern holds for, of how many
    paged: bool  # whether the way from a listing to its next page was found
    pages: dict[str, Fetched]  # by the name that they are saved under


class _Asking:
    """Pages of one host, one at a time; what cannot be had is left out, and the last reason kept."""

    def __init__(self, host: str, config: Config, heard: Callable[[str], None]) -> None:
        self._visit, self._heard = SiteVisit(generic_site(host), config), heard
        self.trouble = ""

    def front(self, url: str) -> Fetched:
        """The home page. Raises InputError where it cannot be had."""
        self._heard(url)
        try:
            page = self._visit.get(NextPage(url))
        except InputError as error:
            other, elsewhere, _ = str(error).partition(f" is not asked: it is {in_words('other_host')}")
            if not elsewhere:
                raise
            raise InputError(f"{url} leads to another host: give {other} instead, if that is meant.") from None
        if page.status != 200:
            raise InputError(f"{page.url} answers {page.status}: give the address of the site's home page.")
        return page

    def page(self, url: str) -> Fetched | None:
        """A page that answers with 200."""
        self._heard(url)
        try:
            page = self._visit.get(NextPage(url))
        except InputError as error:
            self.trouble = f" ({error.args[0].rstrip('.')})"
            return None
        return page if page.status == 200 else None


def explore(
    url: str, config: Config, *, slug: str, name: str = "", heard: Callable[[str], None] = lambda _: None
) -> NewSite:
    """Visits a site and proposes its declaration; nothing is written. Raises InputError where that is impossible.

    ``heard`` is called with each address before it is asked.
    """
    home_url = canonical_url(url)
    host = urlsplit(home_url).netloc
    asking = _Asking(host, config, heard)
    front = asking.front(home_url)
    name = clean(name)[:LONGEST_NAME] or _title(front)
    blank = replace(
        generic_site(host),
        slug=slug,
        name=name,
        committee=name,
        home_url=front.url,
        declared_in="spiders",
    )
    site = replace(blank, family=recognise([front.payload], [link.url for link in links_of(front, blank)]).family)
    home = Looked("", front, links_of(front, site))
    looked = list(_look(asking, home, site))
    found = sections(home, looked, MOST_SECTIONS)
    if not found:
        raise InputError(
            f"{front.url}: of {len(looked)} pages that its menu leads to none lists articles{asking.trouble}; give the "
            "address of a page whose menu does, or declare the site by hand (docs/adding-a-site.md)."
        )
    return _proposed(asking, blank, home, looked, found)


def _proposed(
    asking: _Asking, blank: Site, home: Looked, looked: list[Looked], found: list[tuple[Looked, list[str]]]
) -> NewSite:
    """The proposal by the listings that were found, each with the addresses of its articles."""
    listings = [page for page, _ in found]
    urls = [url for _, own in found for url in own]
    links = [link.url for page in (home, *looked) for link in page.links]
    payloads = [page.page.payload for page in (home, *listings)]
    site = _declared(blank, recognise(payloads, links), listings, urls)
    articles = _articles(asking, site, [own for _, own in found])
    recognised = recognise([*payloads, *(page.payload for page in articles)], links)
    site = _declared(blank, recognised, listings, urls)
    proposal = propose(articles, site)
    return NewSite(
        site=replace(site, reading=proposal.reading),
        recognised=recognised,
        proposal=proposal,
        looked=len(looked),
        pattern=(holds(site.urls.article, urls), len(urls)),
        paged=any(paging_of(page.page, site) is not None for page in listings),
        pages={"home": home.page}
        | {f"listing-{n}": page.page for n, page in enumerate(listings, 1)}
        | {f"article-{n}": page for n, page in enumerate(articles, 1)},
    )


def _declared(blank: Site, recognised: Recognised, listings: list[Looked], urls: list[str]) -> Site:
    """The site with its family and sections, and its own addresses and paging where the family's do not hold."""
    family = recognised.family
    known = family is not GENERIC and holds(family.addresses.article, urls) >= SHARE * len(urls)
    pattern = None if known and names_ids(family.addresses, urls) else article_pattern(urls)
    if known and pattern and not names_ids(Addresses(article=pattern), urls):
        pattern = None
    site = replace(
        blank,
        family=family,
        sections=tuple(Section(name=page.name, path=_path(page.page.url)) for page in listings),
        addresses=Addresses(article=pattern) if pattern else None,
    )
    paging = next((found for page in listings if (found := paging_of(page.page, site)) is not None), site.pages)
    return replace(site, paging=None if paging == site.pages else paging)


def free(url: str, slug: str, root: Path, sites: Mapping[str, Site]) -> str:
    """The slug of a new site at ``url``. Raises InputError where there is such a site, host or file already."""
    if slug and not _SLUG.fullmatch(slug):
        raise InputError(f"--slug {slug}: use lower-case letters, digits and underscores only, a letter first.")
    try:
        host = host_key(url)
        slug = slug or slug_of(urlsplit(canonical_url(url)).netloc)
        owner = next((s for s in sites.values() if any(host_key(f"http://{h}/") == host for h in s.hosts)), None)
    except ValueError as error:
        raise InputError(str(error)) from None
    if owner is not None:
        raise InputError(f"{url} is on the host of {owner.slug} already: add a section to that site instead.")
    if slug in sites or keyword.iskeyword(slug):
        raise InputError(f"There is a site called {slug} already: choose another name with --slug.")
    places(slug, root)
    return slug


def slug_of(host: str) -> str:
    """``www.danvan.haiduong.gov.vn`` -> ``danvan_haiduong``."""
    name = _PUBLIC.sub("", re.sub(r"^www\d*\.", "", host.lower()))
    slug = re.sub(r"[^a-z0-9]+", "_", name).strip("_")
    return (slug if slug[:1].isalpha() else f"site_{slug}")[:64]


def _title(page: Fetched) -> str:
    """What the home page calls itself: the longest part of its title that does not just say that it is one."""
    titles = [t for t in titles_of(Head.of(parse(page.payload, page.charset))) if t]
    names = [t for t in titles[1:] or titles if not _HOME.fullmatch(fold(t))]
    return max(names, key=len, default="")[:LONGEST_NAME].strip() or urlsplit(page.url).netloc


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _look(asking: _Asking, home: Looked, site: Site) -> Iterator[Looked]:
    """The pages that the menu leads to, until enough of them list articles."""
    looked: list[Looked] = []
    for link in candidates(home.page, site)[:MOST_LOOKS]:
        if len(sections(home, looked, MOST_SECTIONS)) == MOST_SECTIONS:
            return
        page = asking.page(link.url)
        if page is None:
            continue
        verdict = judge(read(page, site), status=page.status, site=site, url=page.url)
        if verdict.quality not in ("not_found", "login", "challenge"):
            looked.append(Looked(clean(link.text)[:LONGEST_NAME], page, links_of(page, site)))
            yield looked[-1]


def _articles(asking: _Asking, site: Site, listed: list[list[str]]) -> list[Fetched]:
    """Two pages that read as articles, of different sections where there are several."""
    found: list[Fetched] = []
    urls = [url for url in chain.from_iterable(zip_longest(*listed)) if url and holds(site.urls.article, [url])]
    for url in urls[:MOST_TRIES]:
        page = asking.page(url)
        if page is not None and _is_article(read(page, site), page, site):
            found.append(page)
        if len(found) == ARTICLES:
            return found
    raise InputError(
        f"{site.home_url}: of the first {min(len(urls), MOST_TRIES)} pages that its listings lead to, {len(found)} "
        f'read as articles{asking.trouble}; "luutin extract URL" shows what one of them is taken for.'
    )


def _is_article(page: Page, fetched: Fetched, site: Site) -> bool:
    if not page.article.paragraphs:
        return False
    return judge(page, status=fetched.status, site=site, url=fetched.url).quality == "article"


# -- what is written ----------------------------------------------------------------------------------------------


def write(new: NewSite, root: Path) -> list[Path]:
    """Writes declaration, pages and golden below ``root``; the paths. Raises InputError where one of them exists."""
    spider, golden = places(new.site.slug, root)
    expected = []
    texts: dict[Path, bytes] = {spider: source(new).encode()}
    for name, page in new.pages.items():
        texts[golden.with_name(f"{name}.html")] = page.payload
        expected.append({"page": f"{name}.html", "url": page.url, "charset": page.charset} | _golden(page, new.site))
    held = {"checked": False, "pages": expected}
    texts[golden] = (json.dumps(held, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("xb") as file:
                file.write(text)
        except FileExistsError:
            raise InputError(_exists(path)) from None
    return list(texts)


def places(slug: str, root: Path) -> tuple[Path, Path]:
    """Where declaration and golden of a site belong. Raises InputError where one of them is there already."""
    if root.exists() and not root.is_dir():
        raise InputError(f"--dir {root} is not a directory: name one that holds spiders/ and tests/, or an empty one.")
    spider, golden = root / "spiders" / f"{slug}.py", root / "tests" / "sites" / slug / "golden.json"
    for path in (spider, golden.parent):
        if path.exists():
            raise InputError(_exists(path))
    return spider, golden


def _exists(path: Path) -> str:
    return f"{path} is there already and is not overwritten: choose another --slug, or move it away."


def _golden(page: Fetched, site: Site) -> dict[str, object]:
    """What the proposed declaration makes of a page, as a golden holds it: of what is no article, its quality alone."""
    found = read(page, site)
    quality = judge(found, status=page.status, site=site, url=page.url).quality
    if quality != "article":
        return {"status": page.status, "quality": quality}
    held = asdict(found.article)
    return {"status": page.status, "quality": quality} | {field: held[field] for field in ARTICLE_FIELDS}


def source(new: NewSite) -> str:
    """The proposed file in ``spiders/``."""
    held, of = new.pattern
    met = f"the form of addresses, which holds for {held} of {of} articles met"
    paging = "how listings lead to their next page"
    certain = ["the host", "sections, each a page that lists articles"]
    inferred = ["that these sections are all worth keeping", "committee and province, which stand on no page"]
    if new.recognised.evidence:
        certain.append(f"the CMS, {new.recognised.name} ({', '.join(new.recognised.evidence)})")
    else:
        inferred.append("the CMS, of which there was too little evidence")
    (certain if held == of else inferred).append(met)
    if new.site.addresses is not None and "?P<id>" in new.site.addresses.article:
        inferred.append("that the number in an address is the CMS's own for the article")
    (certain if new.paged else inferred).append(paging if new.paged else f"{paging}, which was not found")
    fields = f"how an article is read, from two of them ({told_by(new)})"
    visit = f"from a visit on {clock.now():%Y-%m-%d}"
    return module(new.site, source=visit, certain=certain, inferred=[*inferred, fields])


def told_by(new: NewSite) -> str:
    """How each field is found, in words."""
    words = {"family": "by the family", "selector": "by a selector", "structure": "by structure"}
    return ", ".join(f"{field} {words.get(how, 'not found')}" for field, how in new.proposal.how.items())
