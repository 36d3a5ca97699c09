"""By which signs a site is in trouble: pure rules, each with its starting values and the least that it must know."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise, takewhile
from statistics import median
from typing import Any, Literal

from crawler.asking import LYING

#: Every kind of alert that monitor/health opens.
KINDS = (
    *("crawl_failed", "certificate", "robots", "login_wall", "led_away", "storage"),
    *("listing_empty", "field_lost", "site_silent", "errors", "slow", LYING),
)

#: Fields of an article that can be lost, as ``readings`` has them. A page without a headline is no article, and counts
#: as one whose text was not read.
FIELDS = ("date_published", "author", "description")
TEXT = "text"

#: Crawls that got through before a habit of crawls can alarm: a working week.
LEAST_CRAWLS = 5

#: A first page that lists less than this share of the median of nights before is short. Pages that differ by a few
#: teasers are usual; half of them gone is another template.
SHORT = 0.5

#: So many articles are the last ones, and so many must have been read before them. Most sites publish fewer a day, so
#: that one day's forgotten author is not a redesign; the head of a listing, looked at every night, is more.
LAST, LEAST_READ = 12, 20
#: A field is usual that this share of articles has, and lost where no more than that share of the last ones has it.
USUAL, LOST = 0.8, 0.1
#: Articles of one day are of one hand: so many times the longest run without the field that was seen before must be
#: without it now.
RUNS = 2
#: The share of pages asked for whose text must not be read, for the text to be lost: an article that was emptied is
#: one article, half of the pages are the template.
UNREAD = 0.5
#: What a site declares can alarm on fewer articles than a habit.
LEAST_DECLARED = 3

#: So many pages that are a sign-in form, forbidden or lead to where nothing is fetched, and more of them than articles,
#: are no accident.
TURNED = 5

#: A site is silent after so many days, this many times its usual gap between days with articles, and longer than the
#: longest of the gaps that taught it. Tết takes a week or more; bodies that publish monthly take a month.
SILENT_DAYS, SILENT_TIMES = 14, 4
#: Days with articles that teach the gap, at most and at least.
DAYS_TAUGHT, LEAST_DAYS = 31, 10

#: Requests that gave nothing: so many, this share of all, and so many times the habit, are too many.
ERRORS, ERROR_SHARE, ERROR_TIMES = 10, 0.1, 3
#: Requests that must have been made before their habit can alarm.
LEAST_REQUESTS = 100

#: Answers are slow whose median takes so many seconds, and so many times what it usually does. Below that a night takes
#: longer and nothing is lost.
SLOW, SLOW_TIMES = 3.0, 4

#: So many true answers in a row, about pages that had changed, and a site is believed again. Where a cache lies
#: sometimes, three are no accident; and as nothing is asked with validators meanwhile, waiting loses nothing.
TRUE = 3

_STORAGE = re.compile(
    r"disk is full|No space left|cannot grow|is read-only|Read-only file system|cannot be written|its disk answers|"
    r"is not a database|is damaged|taken into the archive"
)
_CERTIFICATE = re.compile(r"certificate|\bSSL\b|\bTLS\b|VerificationError|DNSMismatch", re.IGNORECASE)
_ROBOTS = re.compile(r"forbidden by robots\.txt|robots\.txt asks for", re.IGNORECASE)
_NO_LISTING = "no articles on the page"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an alert is about: its kind, and figures and captures, of which ``monitor.alerts`` makes a sentence."""

    kind: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def turned(bad: float, good: int, *, is_open: bool) -> bool | None:
    """Whether pages have turned into something else; None where there were too few to tell.

    ``bad``: such pages beyond those that are usual.
    """
    if bad > good and bad >= (1 if is_open else TURNED):
        return True
    return False if good > bad else None


# --- crawls that did not do their job: one trouble is one alert, by its most telling name


def failed(outcome: str, why: str, data_dir: str, *, walls: Sequence[str], empty: Trouble | None) -> Trouble:
    """Why a crawl failed or was refused. ``walls``: captures of sign-in forms; ``empty``: listings without articles."""
    evidence = {"outcome": outcome, "reason": why}
    if data_dir in why or _STORAGE.search(why):
        return Trouble("storage", evidence)
    if _CERTIFICATE.search(why):
        return Trouble("certificate", evidence)
    if _ROBOTS.search(why):
        return Trouble("robots", evidence)
    if walls:
        return Trouble("login_wall", evidence | {"captures": list(walls)})
    if _NO_LISTING in why:
        return Trouble("listing_empty", evidence | dict(empty.evidence if empty else {}))
    return Trouble("crawl_failed", evidence)


def unfinished(crawls: int, started: str) -> Trouble:
    """The last crawls were all stopped, or died."""
    return Trouble("crawl_failed", {"outcome": "interrupted", "started": started, "crawls": crawls})


def warc_short(name: str, size: int, end: int) -> Trouble:
    """A WARC file (its size in bytes, -1 where it is missing) ends before a record that the archive points to."""
    return Trouble("storage", {"file": name, "size": size, "expected": end})


# --- what pages turn into


def login_wall(logins: int, good: int, usual: float, captures: Sequence[str]) -> Trouble:
    """Pages turn into sign-in forms or browser checks."""
    return Trouble("login_wall", {"pages": logins, "articles": good, "usual": usual, "captures": list(captures)})


def robots(forbidden: int, good: int, usual: float) -> Trouble:
    """Articles that robots.txt forbids now."""
    return Trouble("robots", {"forbidden": forbidden, "articles": good, "usual": usual})


def led_away(led: int, good: int, usual: float) -> Trouble:
    """Articles whose addresses lead to where nothing is fetched: another site, or what its rules shut out."""
    return Trouble("led_away", {"led": led, "articles": good, "usual": usual})


# --- listings


def usual_listing(nights: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """How many articles a first page must list, by section, so as not to be short; of those with enough nights."""
    sections = {section for night in nights for section in night}
    counts = {section: [night[section] for night in nights if section in night] for section in sections}
    return {section: median(seen) * SHORT for section, seen in counts.items() if len(seen) >= LEAST_CRAWLS}


def listing_empty(leasts: Mapping[str, float], listed: Mapping[str, int]) -> Trouble | None:
    """Sections whose first page lists fewer articles than it must, or none."""
    short = {s: n for s, n in listed.items() if n == 0 or n < leasts.get(s, 0)}
    if not short:
        return None
    least = {section: leasts.get(section, 1) for section in short}
    return Trouble("listing_empty", {"listed": short, "least": least})


# --- fields


def field_lost(
    read: Sequence[Mapping[str, bool]],
    tonight: int,
    *,
    unread: int,
    declared: Collection[str] = (),
    opened: Mapping[str, Any] | None = None,
    captures: Sequence[str] = (),
) -> dict[str, Trouble | None]:
    """Fields that articles usually have and the last ones have not: a redesign. Empty where too few were read to tell.

    ``read``: which fields were found, newest article first, the first ``tonight`` of them in this crawl. ``unread``:
    pages asked for in this crawl in which no article was found. ``declared``: the fields that must be found, which
    take the place of the habit. ``opened``: the evidence of an alert that is open.
    """
    recent = max(tonight, LAST)
    remembered: Mapping[str, float] = (opened or {}).get("usual", {})
    lost: dict[str, float] = {}
    for name in FIELDS:
        before = read[max(recent, _run(read, name)) :]  # what is missing now teaches nothing
        usual = sum(article[name] for article in before) / max(1, len(before))
        least, count = LEAST_DECLARED, recent
        expected = name in declared or name in remembered
        if not declared and not expected and len(before) >= LEAST_READ:
            least = count = max(recent, RUNS * _longest_run(before, name))
            expected = usual >= USUAL
        last = read[:count]
        if expected and len(last) >= least and sum(article[name] for article in last) <= LOST * len(last):
            lost[name] = 1.0 if name in declared else remembered.get(name, usual)
    asked = unread + tonight
    known = asked >= LAST and len(read) - tonight >= LEAST_READ
    if asked and unread > UNREAD * asked and (TEXT in remembered or known):
        lost[TEXT] = 1.0
    if not lost:
        nothing_seen = opened is not None and not tonight
        return {} if nothing_seen else {"field_lost": None}
    evidence = {"usual": lost, "articles": min(recent, len(read)), "unread": unread, "captures": list(captures)}
    return {"field_lost": Trouble("field_lost", evidence)}


def _run(read: Sequence[Mapping[str, bool]], name: str) -> int:
    """How many articles, from the newest on, do not have the field."""
    return next((place for place, article in enumerate(read) if article[name]), len(read))


def _longest_run(read: Sequence[Mapping[str, bool]], name: str) -> int:
    return max((_run(read[place:], name) for place in range(len(read))), default=0)


# --- silence


def silent(today: date, days: Collection[date], newest: date | None) -> Trouble | None:
    """A site that has published nothing for far longer than is its habit.

    ``days`` on which it published teach the habit; ``newest``: when we saw something new last, None where we never
    did: then its silence began before us.
    """
    recent = sorted(days, reverse=True)[:DAYS_TAUGHT]
    if newest is None or len(recent) < LEAST_DAYS:
        return None
    newest = max(newest, recent[0])
    gaps = [(later - earlier).days for later, earlier in pairwise(recent)]
    quiet, usual = (today - newest).days, median(gaps)
    if quiet <= max(SILENT_DAYS, SILENT_TIMES * usual, *gaps):
        return None
    evidence = {"days": quiet, "newest": newest.isoformat(), "usual_gap": usual, "longest_gap": max(gaps)}
    return Trouble("site_silent", evidence)


# --- errors


def errors(
    tonight: tuple[int, int], nights: Sequence[tuple[int, int]], opened: Mapping[str, Any] | None
) -> Trouble | None:
    """More requests than usual gave nothing. Pairs are (errors, requests); ``opened``: an open alert's evidence."""
    failures, requests = tonight
    share = failures / max(1, requests)
    asked = sum(requests for _, requests in nights)
    if opened is not None:
        usual = opened["usual"]
    elif len(nights) < LEAST_CRAWLS or asked < LEAST_REQUESTS:
        return None
    else:
        usual = sum(failures for failures, _ in nights) / asked
    if failures < ERRORS or share < ERROR_SHARE or share < ERROR_TIMES * usual:
        return None
    return Trouble("errors", {"errors": failures, "requests": requests, "usual": usual})


# --- answers


def slow(tonight: float, nights: Sequence[float], opened: Mapping[str, Any] | None) -> Trouble | None:
    """Answers that take far longer than usual: medians of crawls, in seconds. ``opened``: an open alert's evidence."""
    if opened is not None:
        usual = float(opened["usual"])
    elif len(nights) < LEAST_CRAWLS:
        return None
    else:
        usual = median(nights)
    if tonight < SLOW or tonight < SLOW_TIMES * usual:
        return None
    return Trouble("slow", {"median": tonight, "usual": usual})


def lying(nights: Sequence[Mapping[str, Any]], *, is_open: bool) -> Trouble | Literal["over"] | None:
    """A site whose 304s are not to be believed, by what crawls, newest first, learned of them (``crawls.validators``).

    One lie is proof: a page that had changed was said not to have. "over" once the ``TRUE`` answers since the last lie
    about pages that had changed were true; None where nothing is known that was not before.
    """
    if nights and nights[0].get("lied"):
        return Trouble(LYING, {name: nights[0][name] for name in ("lied", "honest", "captures") if name in nights[0]})
    honest = 0
    for night in takewhile(lambda night: not night.get("lied"), nights):
        honest += night.get("honest", 0)
    return "over" if is_open and honest >= TRUE else None
