"""What a night's crawl saw of a site's articles: who answered as themselves, who was missing, what all turned into."""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from crawler import urls
from crawler.clock import HO_CHI_MINH
from crawler.derive import HOME
from crawler.frontier import PASSING
from crawler.placing import MISSING, NOT_FOUND, NOT_MODIFIED, REDIRECT, REVISIT
from crawler.site import Site

#: From so many looks on "most of them" means something: of two or three pages, two alike are a coincidence.
FEWEST_SAME = 3

#: Nights in a row without name or connection before readers hear of it: one is maintenance, two are a weekend.
DARK_NIGHTS = 3

#: What a redirect may lead to instead of the article. An empty page there may be a form that a script draws.
_NOWHERE = (NOT_FOUND, "home")

_SIGN_IN = re.compile(r"log-?in|sign-?in|dang-?nhap|\bsso\b|oauth|openid|\bcas\b", re.IGNORECASE)

_NEVER = ", ".join(f"'{quality}'" for quality in (*PASSING, REVISIT))
_PAGE = "quality, quality_reason, reading_digest, content_digest, payload_digest, redirect_to"
# Looks at articles; never evidence, and so left out: a refusal, an overload, a sign-in form, a browser check.
_LOOKS = f"""
SELECT captures.id, captures.article_id, captures.url_key, captures.memento_datetime AS at, {_PAGE},
       crawls.started, articles.first_seen >= crawls.started AS new
FROM captures JOIN articles ON articles.id = captures.article_id JOIN crawls ON crawls.id = captures.crawl_id
WHERE captures.crawl_id = ? AND quality NOT IN ({_NEVER}) ORDER BY captures.memento_datetime, captures.id
"""
_PAGE_BEFORE = (
    f"SELECT {_PAGE} FROM captures WHERE article_id = ? AND memento_datetime < ? AND quality NOT IN ({_NEVER})"
    " AND crawl_id IS NOT NULL ORDER BY memento_datetime DESC LIMIT 1"
)
_LAST_GOOD = (
    "SELECT id, memento_datetime FROM captures WHERE article_id = ? AND reading_digest IS NOT NULL"
    " AND memento_datetime < ? ORDER BY memento_datetime DESC, payload_digest DESC LIMIT 1"
)
_OURS = (
    "SELECT 1 FROM captures WHERE article_id = ? AND reading_digest IS NOT NULL AND crawl_id IS NOT NULL"
    " AND memento_datetime < ? LIMIT 1"
)
_OWNER = (
    "SELECT articles.id, articles.status FROM article_urls JOIN articles ON articles.id = article_id"
    " WHERE article_urls.url_key = ? ORDER BY evidence = 'redirect', articles.id LIMIT 1"
)
_TARGET = "SELECT quality FROM captures WHERE url_key = ? ORDER BY memento_datetime DESC LIMIT 1"
_CRAWLS = "SELECT id, started, outcome, requests, captures FROM crawls WHERE site = ? AND id <= ? ORDER BY id DESC"
_OTHERS = "SELECT count(*), sum(captures > 0) FROM crawls WHERE site <> ? AND started >= ? AND requests > 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one crawl saw of one article. Times are ``clock.timestamp``.

    ``seen``: ``good``, it answered as an article; ``missing``; ``redirected``, its address leads to another article
    of the site that is there (``moved_to``); ``elsewhere``, something else stands there, or its address leads off the
    site, which says nothing of one article. ``led_off``: that it leads off the site, and did not at the look before.
    ``page`` is the same where two addresses answer the same, or lead to the same host off the site. ``last_good``,
    ``last_good_at`` and ``ours`` (whether a crawl of ours ever saw it good) are known of looks that did not find it.
    """

    article_id: str
    capture_id: str
    at: str
    seen: Literal["good", "missing", "redirected", "elsewhere"]
    page: str = ""
    new: bool = False  # first met in this crawl
    last_good: str | None = None
    last_good_at: str = ""
    ours: bool = True
    moved_to: str | None = None
    led_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What one crawl saw: one look for each article, what most of them turned into, and how long nobody answered."""

    crawl_id: str
    started: str
    looks: Mapping[str, Look]
    same_page: str = ""
    dark: tuple[str, ...] = ()  # the crawls without an answer of the site's own, oldest first, where they are enough

    def themselves(self, parked: str | None, *, known: bool = False) -> list[Look]:
        """The articles that answered as themselves, not with the page that the site is ``parked`` on.

        ``known``: of those that were known before this crawl.
        """
        return [
            look
            for look in self.looks.values()
            if look.seen == "good" and look.page != (parked or None) and not (known and look.new)
        ]


def saw(db: sqlite3.Connection, site: Site, crawl_id: str) -> Night:
    """What a crawl saw, as the archive has it; costs what the crawl looked at."""
    hosts = {_host(urls.url_key(f"http://{host}/")) for host in site.hosts}
    looks: dict[str, Look] = {}
    for row in db.execute(_LOOKS, (crawl_id,)).fetchall():
        before = looks.get(row["article_id"])
        # whoever was met that night was there, whatever another of its addresses said
        if (look := _look(db, row, hosts)) and (before is None or before.seen != "good" or look.seen == "good"):
            looks[look.article_id] = look
    started = db.execute("SELECT started FROM crawls WHERE id = ?", (crawl_id,)).fetchone()[0]
    return Night(
        crawl_id=crawl_id,
        started=started,
        looks=looks,
        same_page=_same_page(db, looks, started),
        dark=_dark(db, site.slug, crawl_id, hosts) if not looks else (),
    )


def _look(db: sqlite3.Connection, row: sqlite3.Row, hosts: Collection[str]) -> Look | None:
    """What a capture says of its article; None where it says nothing."""
    look = Look(
        article_id=row["article_id"],
        capture_id=row["id"],
        at=row["at"],
        seen="good" if row["reading_digest"] else "elsewhere",
        page=_page(row),
        new=bool(row["new"]),
    )
    if row["quality"] == REDIRECT and row["quality_reason"] != HOME:
        target = row["redirect_to"]
        if target and _host(target) not in (_host(row["url_key"]), *hosts):
            return _led_off(db, target, look, row["started"])
        return _redirected(db, target, look)
    if row["reading_digest"]:
        return look
    if row["quality"] not in (*MISSING, REDIRECT):
        return None if row["quality"] == NOT_MODIFIED else look
    return _absent(db, look, "missing", None)


def _redirected(db: sqlite3.Connection, target: str | None, look: Look) -> Look | None:
    """A redirect to an article, or to where nothing is; to a page that is about the visitor it says nothing.

    Nor does one to another address of its own. A target that is no article is known by the look that was taken when
    it was led to first.
    """
    owner = db.execute(_OWNER, (target,)).fetchone()
    if owner is not None:
        moved = owner["status"] == "live" and owner["id"] != look.article_id
        return _absent(db, look, "redirected", owner["id"]) if moved else None
    answer = db.execute(_TARGET, (target,)).fetchone()
    if answer is None or answer[0] in PASSING:
        return None
    return _absent(db, look, "missing", None) if answer[0] in _NOWHERE else look


def _led_off(db: sqlite3.Connection, target: str, look: Look, before: str) -> Look | None:
    """A redirect off the site: what is there nobody looks at. One to a sign-in form is about the visitor."""
    if _SIGN_IN.search(target):
        return None
    was = db.execute(_PAGE_BEFORE, (look.article_id, before)).fetchone()
    return replace(look, page=_host(target), led_off=was is not None and was["reading_digest"] is not None)


def _host(key: str) -> str:
    return key.partition(")")[0]


def _absent(
    db: sqlite3.Connection, look: Look, seen: Literal["missing", "redirected"], moved_to: str | None
) -> Look | None:
    """A look that did not find its article, with what is known of that from before; None where nothing is."""
    good = db.execute(_LAST_GOOD, (look.article_id, look.at)).fetchone()
    if good is None:  # it was published afterwards
        return None
    return Look(
        article_id=look.article_id,
        capture_id=look.capture_id,
        at=look.at,
        seen=seen,
        page=look.page,
        last_good=good["id"],
        last_good_at=good["memento_datetime"],
        ours=db.execute(_OURS, (look.article_id, look.at)).fetchone() is not None,
        moved_to=moved_to,
    )


def _page(row: sqlite3.Row) -> str:
    """The same for pages that say the same, counters aside: by where they lead, what they say, or their bytes."""
    page: str = row["redirect_to"] or row["content_digest"] or row["payload_digest"]
    return page


def _same_page(db: sqlite3.Connection, looks: Mapping[str, Look], before: str) -> str:
    """The page that most of the articles turned into since we looked at them last; "" if they did not."""
    pages = Counter(look.page for look in looks.values())
    page, count = next(iter(pages.most_common(1)), ("", 0))
    if not _most(count, looks):
        return ""
    turned = 0
    for look in looks.values():
        if look.page == page and not look.new:
            was = db.execute(_PAGE_BEFORE, (look.article_id, before)).fetchone()
            turned += was is not None and was["reading_digest"] is not None and _page(was) != page
    return page if _most(turned, looks) else ""


def _most(count: int, looks: Mapping[str, Look]) -> bool:
    return count >= FEWEST_SAME and count * 2 > len(looks)


def _only_leads_off(db: sqlite3.Connection, crawl_id: str, hosts: Collection[str]) -> bool:
    """Whether all that a crawl met are redirects to hosts that are not the site's."""
    met = db.execute("SELECT quality, redirect_to FROM captures WHERE crawl_id = ?", (crawl_id,))
    return all(q == REDIRECT and target and _host(target) not in hosts for q, target in met)


def _dark(db: sqlite3.Connection, site: str, crawl_id: str, hosts: Collection[str]) -> tuple[str, ...]:
    """The crawls up to this one that nobody answered, or only by leading off the site, its robots.txt too; where they
    are ``DARK_NIGHTS`` nights in a row.
    """
    dark: list[sqlite3.Row] = []
    nights: set[object] = set()
    for crawl in db.execute(_CRAWLS, (site, crawl_id)):
        failed = crawl["outcome"] in ("failed", "refused")
        if crawl["captures"] and not (failed and _only_leads_off(db, crawl["id"], hosts)):
            break
        if failed and crawl["requests"]:
            dark.append(crawl)
            nights.add(datetime.fromisoformat(crawl["started"]).astimezone(HO_CHI_MINH).date())
    if len(nights) < DARK_NIGHTS or not dark or dark[0]["id"] != crawl_id:
        return ()
    others, answered = db.execute(_OTHERS, (site, dark[-1]["started"])).fetchone()
    if others and not answered:  # then it is our own connection that is gone
        return ()
    return tuple(crawl["id"] for crawl in reversed(dark))
