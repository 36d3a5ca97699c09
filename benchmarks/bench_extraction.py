"""What is read of a page, and how fast: ours beside trafilatura, newspaper4k, readability-lxml and jusText.

How a reading is scored is defined in ``gold.py``, by which settings each tool reads in ``readers.py``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common import CORPUS, Report, Series, arguments, progress, run

DECLARED = "ours, site declared"
#: As the tables call them -> as readers.py does.
OURS = {
    DECLARED: "declared",
    "ours, generic": "generic",
    "ours, generic, no names in markup": "nameless",
}
TRAFILATURA = "trafilatura"
OTHERS = {
    TRAFILATURA: "trafilatura",
    "trafilatura, favor_precision": "trafilatura-precision",
    "trafilatura, favor_recall": "trafilatura-recall",
    "newspaper4k": "newspaper4k",
    "readability-lxml": "readability",
    "jusText": "justext",
}
READERS = OURS | OTHERS

#: Column -> the number of pages that it is of.
COLUMNS = {"f1": "", "exact": "pages", "headline": "pages", "day": "pages", "date": "pages", "author": "authors"}
HEADS = {"f1": "body F1", "exact": "exact", "headline": "headline", "day": "day", "date": "+ time", "author": "author"}

#: What issue 3 promises: how many times ours trafilatura costs.
FASTER = {DECLARED: 5.0, "ours, generic": 2.0, "ours, generic, no names in markup": 2.0}
#: Whoever reads worse than this is no rival in speed.
RIVAL = 0.95
#: Of the generic reading of the corpus, the declaration withheld: shares of pages but for F1.
GOALS_OF, GOALS = "the corpus", {"f1": 0.985, "headline": 0.98, "day": 0.98, "date": 0.98}

Scores = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Promise:
    """In a column, ``figures`` of ours are not below ``bound``: the best of the others', or a goal."""

    column: str
    figures: Mapping[str, float]
    bound: float
    whose: str

    @property
    def missed(self) -> list[str]:
        """Who of ours did not keep it. Two that have every page right are both first."""
        return [name for name, figure in self.figures.items() if figure < self.bound]


def share(scores: Mapping[str, Any], column: str) -> float | None:
    """F1, or the share of pages that are right; None where the tool, or gold, has nothing of the kind."""
    value, of = scores[column], COLUMNS[column]
    if value is None or (of and not scores[of]):
        return None
    return float(value / scores[of] if of else value)


def promises(title: str, scores: Scores) -> list[Promise]:
    """Ours first in every column of quality, and the goals of the generic reading."""
    made = []
    for column in COLUMNS:
        figures = {name: found for name in READERS if (found := share(scores[name], column)) is not None}
        best, whose = max(((figures[name], name) for name in OTHERS if name in figures), default=(0.0, "nobody"))
        ours = {name: figures[name] for name in OURS if name in figures}
        if ours:
            made.append(Promise(column, ours, best, whose))
        if title == GOALS_OF and column in GOALS:
            undeclared = {name: figure for name, figure in ours.items() if name != DECLARED}
            made.append(Promise(column, undeclared, GOALS[column], "the goal"))
    return made


def show_quality(title: str, scores: Scores, speeds: Mapping[str, float], *, as_json: bool) -> None:
    """Prints the table of a set, and what was promised of it."""
    made = promises(title, scores)
    if as_json:
        rows = {name: {**found, "pages_per_second": round(speeds[name], 1)} for name, found in scores.items()}
        told = [
            {
                "column": p.column,
                "ours": p.figures,
                "promised_at_least": p.bound,
                "whose": p.whose,
                "kept": not p.missed,
            }
            for p in made
        ]
        print(json.dumps({"benchmark": f"Extraction, {title}: quality", "readers": rows, "promises": told}))
        return
    first = next(iter(scores.values()))
    print(f"\nExtraction, {title}: quality; right of {first['pages']} pages, authors of {first['authors']}")
    print(f"  {'':<36}" + "".join(f"{head:>10}" for head in HEADS.values()) + f"{'pages/s':>10}")
    for name, found in scores.items():
        cells = (_cell(found, column) for column in COLUMNS)
        print(f"  {name:<36}" + "".join(f"{cell:>10}" for cell in cells) + f"{speeds[name]:>10.0f}")
    for p in made:
        figures = ", ".join(f"{figure:.4f}" for figure in p.figures.values())
        kept = f"NOT KEPT by {' and '.join(p.missed)}" if p.missed else "kept"
        print(f"  {HEADS[p.column]:<9} of ours {figures}; promised ≥ {p.bound:.4f} ({p.whose}): {kept}")


def _cell(scores: Mapping[str, Any], column: str) -> str:
    if share(scores, column) is None:
        return "–"
    return f"{scores[column]:.4f}" if column == "f1" else str(scores[column])


def compare_speed(report: Report, scores: Scores) -> None:
    """Ours against trafilatura and against the quickest of those who read well."""
    series = {s.name: s for s in report.series}
    for name, promised in FASTER.items():
        report.ratio(series[TRAFILATURA], series[name], promised)
    rivals = [series[name] for name in OTHERS if scores[name]["f1"] >= RIVAL]
    quickest = min(rivals, key=lambda s: s.per_page(start_up=True), default=series[TRAFILATURA])
    if quickest.name != TRAFILATURA:
        for name in OURS:
            report.ratio(quickest, series[name], 1.0)


def measure(pages: int, rounds: int) -> tuple[dict[str, Scores], list[Report]]:
    """Interleaved rounds of all readers: by set, what they came to in the first, on every page, and what each cost."""
    scores: dict[str, dict[str, Any]] = {}
    reports: dict[str, Report] = {}
    for number in range(1, rounds + 1):
        for name, reader in READERS.items():
            which = "scored" if number == 1 else "timed"
            command = [sys.executable, "-W", "ignore", "-m", "benchmarks.readers", reader, str(pages), which]
            cost = run(command, one_core=True, LUUTIN_SHARED=CORPUS.parent.parent)
            for title, found in json.loads(cost.output).items():
                facts = {"pages": found["pages"], "rounds": rounds, "cores": 1}
                report = reports.setdefault(title, Report(f"Extraction, {title}: speed", facts=facts))
                if number == 1:
                    scores.setdefault(title, {})[name] = found["scores"]
                    report.series.append(Series(name, found["pages"]))
                next(s for s in report.series if s.name == name).rounds.append(found["seconds"])
        progress(f"extraction: round {number} of {rounds}")
    return scores, list(reports.values())


def main() -> None:
    options = arguments(__doc__, pages=(0, "pages of each set; 0: all"), rounds=(3, "rounds"))
    by_set, reports = measure(options.pages, options.rounds)
    for (title, scores), report in zip(by_set.items(), reports, strict=True):
        speeds = {s.name: 1000 / s.per_page(start_up=True) for s in report.series}
        show_quality(title, scores, speeds, as_json=options.json)
        compare_speed(report, scores)
        report.show(as_json=options.json)


if __name__ == "__main__":
    main()
