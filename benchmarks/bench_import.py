"""``luutin import`` of other people's captures: against trafilatura on one core, itself on two, and its memory."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from common import CORPUS, HERE, Cost, Report, Series, arguments, progress, run

#: What issue 2 promises.
TRAFILATURA, MEMORY = 3.0, 300

#: What issue 6 promises: how much faster two cores are; how much more memory ten times the pages may take.
TWO_CORES, FLAT = 1.7, 1.25


class Imports:
    """Imports, each into a fresh directory below ``place``, and what they are compared with."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._count = 0

    def written(self, pages: int) -> Path:
        """A WARC file of so many replica pages."""
        path = self.place / f"{pages}.warc.gz"
        run([sys.executable, HERE / "replica.py", "write", path, str(pages)])
        return path

    def ours(self, file: Path, cores: int = 1) -> Cost:
        """``luutin import``: copied, read, stored and indexed."""
        self._count += 1
        data = self.place / f"archive-{self._count}"
        command = [sys.executable, "-m", "monitor.cli", "import", file, "--jobs", str(cores), "--json"]
        cost = run(command, cores=cores, LUUTIN_DATA=data)
        shutil.rmtree(data)
        return cost

    def theirs(self, file: Path) -> Cost:
        """trafilatura: read, nothing more."""
        return run([sys.executable, HERE / "extract_all.py", file], one_core=True)


def compare(report: Report, file: Path, rounds: int, imports: Imports) -> None:
    """Interleaved rounds of both over the same file."""
    nothing = imports.written(0)
    imports.ours(nothing), imports.theirs(nothing)  # whatever is done only once on a machine
    ours, theirs = report.series = [Series("luutin import", 0), Series("trafilatura", 0)]
    for number in range(1, rounds + 1):
        ours.rounds.append(imports.ours(file).cpu)
        ours.apart.append(imports.ours(nothing).cpu)
        cost = imports.theirs(file)
        said = json.loads(cost.output)
        ours.pages = theirs.pages = said["pages"]
        theirs.rounds.append(cost.cpu)
        # Strictly: of the baseline only what trafilatura's own calls take, neither imports nor reading the WARC file.
        theirs.apart.append(cost.cpu - said["reading"])
        progress(f"import: round {number}: luutin import {ours.rounds[-1]:.2f} s, trafilatura {cost.cpu:.2f} s")
    report.facts |= {"file": file.name, "pages": ours.pages, "rounds": rounds, "cores": 1}
    report.ratio(theirs, ours, TRAFILATURA)


def on_two_cores(report: Report, file: Path, pages: int, rounds: int, imports: Imports) -> Cost:
    """Interleaved rounds of one core and two, by the clock: whoever else uses the machine is measured too."""
    one, two = report.series = [Series(f"luutin import on {n}", pages) for n in ("one core", "two cores")]
    for number in range(1, rounds + 1):
        costs = {series.name: imports.ours(file, cores) for cores, series in ((2, two), (1, one))}
        one.rounds.append(costs[one.name].seconds)
        two.rounds.append(costs[two.name].seconds)
        said = ", ".join(f"{name} {cost.seconds:.1f} s ({cost.cpu:.1f} s of CPU)" for name, cost in costs.items())
        progress(f"import: round {number}: {said}")
    report.facts |= {"pages": pages, "rounds": rounds} | {
        f"pages a second on {n} core{'s' * (n > 1)}": round(pages / median(s.rounds)) for n, s in ((1, one), (2, two))
    }
    report.ratio(one, two, TWO_CORES)
    report.peak(two.name, pages, costs[two.name], MEMORY)
    return costs[two.name]


def main() -> None:
    options = arguments(
        __doc__,
        pages=(0, "replica pages to compare with instead of the corpus; 600 where there is none; 0: the corpus"),
        rounds=(3, "rounds"),
        few=(500, "pages of the smaller import whose memory is measured"),
        many=(2000, "pages of the larger one"),
        parallel=(10_000, "pages imported on one core and on two"),
        large=(0, "pages imported on two cores once more, for their memory, such as 100000; 0: none"),
    )
    report = Report("Import")
    with TemporaryDirectory(prefix="luutin-bench-") as place:
        imports = Imports(Path(place))
        real = CORPUS.is_file() and not options.pages
        compare(report, CORPUS if real else imports.written(options.pages or 600), options.rounds, imports)
        for pages in (options.few, options.many):
            progress(f"import: memory of {pages} pages")
            report.peak("luutin import", pages, imports.ours(imports.written(pages)), MEMORY)
        report.show(as_json=options.json)
        report = Report("Import on two cores", "ms a page by the clock, medians")
        file = imports.written(options.parallel)
        cost = on_two_cores(report, file, options.parallel, options.rounds, imports)
        if options.large:
            progress(f"import: memory of {options.large} pages")
            large = imports.ours(imports.written(options.large), 2)
            report.peak("luutin import on two cores", options.large, large, round(FLAT * cost.peak))
            report.facts["pages a second of the large one"] = round(options.large / large.seconds)
        report.show(as_json=options.json)


if __name__ == "__main__":
    main()
