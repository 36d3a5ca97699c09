"""``python -m tests.unseen [-q] [reader…]``: the set read, ours by default, and (but for -q) each page's faults."""

from __future__ import annotations

import sys

from benchmarks.gold import Gold, Page, Reading, Score, score, total
from benchmarks.readers import READERS
from crawler.cms import generic_site

from . import Unseen, pages


def faults(page: Unseen, got: Reading, right: Score) -> list[str]:
    """What is wrong with a reading, a line for each field."""
    fields = (
        ("headline", right.headline, got.headline, page.headline),
        ("date", right.date, got.date_published, page.date_published),
        ("author", right.author is not False and bool(page.author or not got.author), got.author, page.author),
        ("body", right.exact, f"F1 {right.f1:.3f}", "every word"),
    )
    return [f"{page.name}: {name}: {found!r}, not {gold!r}" for name, is_right, found, gold in fields if not is_right]


def main(*names: str, quiet: bool) -> None:
    for name in names or ("generic",):
        read, scores = READERS[name].make(), []
        for unseen in pages():
            gold = Gold(unseen.headline, unseen.date_published, unseen.author, " ".join(unseen.paragraphs))
            page = Page(unseen.name, unseen.payload, unseen.url, generic_site("vinhloc.example"), gold)
            got = read(page, READERS[name].prepare(page))
            scores.append(score(got, gold))
            for line in () if quiet else faults(unseen, got, scores[-1]):
                print(line)
        print(name, {column: round(value, 4) for column, value in total(scores).items()})


if __name__ == "__main__":
    main(*(a for a in sys.argv[1:] if a != "-q"), quiet="-q" in sys.argv)
