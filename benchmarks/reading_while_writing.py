"""Twenty readers browse and search for a minute while an import writes as fast as it can: errors, and what it costs it.

The import is the whole road of a crawl but the network (WARC records, reading, archive, search index), and so writes
faster than any crawl. Each reader asks for a page, reads it for about a second, and asks for the next.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

import reading_server
from bench_reading import SEARCHES, p95
from big_archive import archive
from common import HERE, progress, run

READERS = 20
#: Seconds that a reader looks at a page, on average.
LOOKS = 1.0
#: What issue 5 promises: the import's speed falls by less than this.
PROMISED = 0.25


class Readers:
    """Readers of one server, from ``with`` to its end."""

    def __init__(self, url: str) -> None:
        self.url, self.waited, self.faults = url, [], []
        self._paths = [
            "",
            "archive/articles",
            "feeds/new.atom",
            "hoi/edited",
            *(p for k in SEARCHES.values() for p in k),
        ]
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(seed,)) for seed in range(READERS)]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _read(self, seed: int) -> None:
        chance = random.Random(seed)
        while not self._ended.wait(chance.expovariate(1 / LOOKS)):
            path = chance.choice(self._paths)
            began = time.perf_counter()
            try:
                with urlopen(self.url + path, timeout=60) as response:
                    response.read()
                self.waited.append(1000 * (time.perf_counter() - began))
            except URLError as error:
                self.faults.append(f"/{path}: {error}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=20_000, help="how many the archive has before [20000]")
    parser.add_argument("--pages", type=int, default=12_000, help="how many are imported: about a minute [12000]")
    parser.add_argument("--rounds", type=int, default=1, help="rounds of both [1]")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()) / "luutin-benchmarks")
    options = parser.parse_args()
    whole = archive(options.scratch, options.articles)
    alone, beside, waited, faults = [], [], [], []
    with tempfile.TemporaryDirectory(dir=options.scratch) as place:
        file = Path(place) / "pages.warc.gz"
        run([sys.executable, HERE / "replica.py", "write", file, str(options.pages)])

        def imported(data: Path) -> float:
            began = time.perf_counter()
            command = [sys.executable, "-m", "monitor.cli", "import", file, "--json"]
            cost = run(command, one_core=True, LUUTIN_DATA=data)  # as a crawl, which has one
            json.loads(cost.output)
            return options.pages / (time.perf_counter() - began)

        for number in range(options.rounds):
            data = Path(place) / f"alone-{number}"
            shutil.copytree(whole, data)
            with reading_server.ours(data):
                alone.append(imported(data))
            shutil.rmtree(data)
            progress(f"alone: {alone[-1]:.0f} pages a second")
            data = Path(place) / f"beside-{number}"
            shutil.copytree(whole, data)
            with reading_server.ours(data) as server, Readers(server.url) as readers:
                beside.append(imported(data))
            shutil.rmtree(data)
            waited += readers.waited
            faults += readers.faults
            progress(f"with {READERS} readers: {beside[-1]:.0f} pages a second")
    fall = 1 - median(beside) / median(alone)
    print(f"import alone {median(alone):.0f} pages a second, with {READERS} readers {median(beside):.0f}")
    print(
        f"falls by {100 * fall:.0f} %, promised < {100 * PROMISED:.0f} %: {'kept' if fall < PROMISED else 'NOT KEPT'}"
    )
    print(f"{len(waited)} pages read, p50 {median(waited):.0f} ms, p95 {p95(waited):.0f} ms, {len(faults)} errors")
    for fault in faults[:10]:
        print(f"  {fault}")


if __name__ == "__main__":
    main()
