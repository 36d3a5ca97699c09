"""What a crawl has done so far, and whether it did its job."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["complete", "limited", "failed", "refused", "interrupted"]

#: Outcomes of crawls that did their job; ``limited`` did as much of it as was asked for or as a night allows.
GOOD = ("complete", "limited")
State = Literal["walking", "complete", "cut", "failed"]

#: Why something is not in the archive that could have been an article or a file of one: as it is counted, and as it is
#: told. Files are counted by their kind as well (``image: not_found``).
REASONS = {
    "malformed": "no web address",
    "scheme": "neither http nor https",
    "too_long": "too long an address",
    "other_host": "on a host that is not the site's",
    "private_address": "at a private address",
    "denied": "declared as never to be fetched",
    "robots": "forbidden by robots.txt",
    "robots_unreadable": "robots.txt of its host cannot be read",
    "other_type": "a kind of file that is not kept",
    "too_large": "too large",
    "no_answer": "no answer",
    "error": "answered with an error",
    "not_found": "not found",
    "redirect": "redirected elsewhere",
    "home": "the home page in its place",
    "listing": "a listing in its place",
    "login": "a sign-in form in its place",
    "challenge": "a browser check in its place",
    "empty": "an empty page",
    "unreadable": "unreadable",
    "revisit": "the contents it repeats are missing",
    "not_modified": "unchanged since something that was no article",
}

#: Answers of which their median tells something of a site.
LEAST_ANSWERS = 10

#: With more than this share of its articles failing, a crawl has not done its job, whatever its listings said.
FAILING_SHARE = 0.5


def in_words(reason: str) -> str:
    """``image: not_found`` as a person reads it: ``image: not found``."""
    kind, colon, code = reason.rpartition(": ")
    return f"{kind}{colon}{REASONS.get(code, code)}"


@dataclass(slots=True)
class Walk:
    """The way down one section's listing, newest first."""

    section: str
    state: State = "walking"
    why: str = ""
    pages: int = 0
    listed: int = 0  # items on the pages so far: the next page's positions begin behind them
    last: tuple[str, ...] = ()  # URL keys of the page before

    def judge(self, keys: tuple[str, ...], *, paged: bool) -> bool:
        """Takes note of a page's items; False where the walk ends with this page, for the reason that is set."""
        self.pages += 1
        if not keys:
            # A section that listed articles a page ago and shows its pager has come to its end. Anything else is not
            # the listing: a login page, an error with status 200, another template.
            self.end("complete" if self.pages > 1 and paged else "failed", "no articles on the page")
        elif keys == self.last:
            # Servers answer the last page for every number behind it. The first again for 2 is paging that is broken.
            self.end("complete" if self.pages > 2 else "failed", "the same page again")
        self.last = keys
        return self.state == "walking"

    def end(self, state: State, why: str = "") -> None:
        """The walk is over."""
        self.state, self.why = state, why


@dataclass(slots=True)
class Tally:
    """Counts of a running crawl, and what they amount to."""

    walks: dict[str, Walk] = field(default_factory=dict)
    requests: int = 0  # that left this machine, answered or not
    bytes: int = 0  # of bodies, as transferred
    listings: int = 0  # pages of listings that were read
    found: int = 0  # listed articles that were not known in the complete part of their section
    articles: int = 0  # requests for articles that came to an end
    errors: int = 0  # URLs that gave nothing that can be kept, retries included in one
    article_errors: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    refused: str = ""  # why the site is left alone tonight
    failed: str = ""  # what of our own went wrong
    limited: str = ""  # which bound was reached
    answered_in: array[float] = field(default_factory=lambda: array("f"))  # seconds from each request to its answer

    def response_times(self) -> dict[str, float]:
        """Columns of a crawl's row: the median of what answers took, and what 95 % of them did not exceed (seconds)."""
        taken = sorted(self.answered_in)
        if len(taken) < LEAST_ANSWERS:
            return {}
        shares = {"response_median": 50, "response_p95": 95}  # the nearest rank, from 1
        return {column: round(taken[-(-len(taken) * share // 100) - 1], 3) for column, share in shares.items()}

    def outcome(self, reason: str, *, left: bool) -> tuple[Outcome, str]:
        """How the crawl ended, and why if not well. ``left``: URLs that are due are still in the frontier."""
        failed = [f"{walk.section}: {walk.why}" for walk in self.walks.values() if walk.state == "failed"]
        if self.failed:
            return "failed", self.failed
        if self.refused:
            return "refused", self.refused
        if reason == "shutdown":
            return "interrupted", "stopped"
        if reason != "finished":
            return "failed", reason
        if failed:
            return "failed", "; ".join(failed)
        if any(walk.state == "walking" for walk in self.walks.values()) and not self.limited:
            return "failed", "not every listing was walked"
        if self.articles and self.article_errors > FAILING_SHARE * self.articles:
            return "failed", f"{self.article_errors} of {self.articles} articles gave no answer"
        if self.limited or left:
            return "limited", self.limited or "URLs are left for another night"
        return "complete", ""
