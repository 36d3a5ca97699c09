"""``luutin import`` of other people's captures against trafilatura on the same pages, on one core; its memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from common import CORPUS, HERE, Cost, Report, Series, arguments, progress, run

#: What issue 2 promises.
TRAFILATURA, MEMORY = 3.0, 300


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

    def ours(self, file: Path) -> Cost:
        """``luutin import``: copied, read, stored and indexed."""
        self._count += 1
        data = self.place / f"archive-{self._count}"
        return run([sys.executable, "-m", "monitor.cli", "import", file, "--json"], one_core=True, LUUTIN_DATA=data)

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


def main() -> None:
    options = arguments(
        __doc__,
        pages=(0, "replica pages to compare with instead of the corpus; 600 where there is none; 0: the corpus"),
        rounds=(3, "rounds"),
        few=(500, "pages of the smaller import whose memory is measured"),
        many=(2000, "pages of the larger one"),
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


if __name__ == "__main__":
    main()
