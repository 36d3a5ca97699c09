"""How long readers wait for a page, at 1,000, 100,000 and (with ``--million``) 1,000,000 synthetic articles.

The baseline is Datasette's own table page with three facets over the same file, in a Datasette without Lưu Tin's plugin
and settings. Archives are kept in ``--scratch`` for the next time: 1.2 GB at 100,000 articles, 12 GB at a million.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote, urlsplit

import reading_server
from big_archive import archive
from common import progress

#: Milliseconds that issue 5 promises: first pages of searches (p95), by number of articles.
SEARCH_P95 = {100_000: 100, 1_000_000: 300}
#: And of Datasette's table page and its three facets (p50), at whatever size.
TABLE_P50, FACETS_P50 = 50, 200

_FACETS = "archive/articles?_facet=site&_facet=status&_facet=section"
_COMMON = ("dan", "hội", "xã", "Đảng", "huyện", "công", "tổ", "nhân")
_SEVERAL = (
    "dân vận khéo",
    "huyen uy",
    "Huyện uỷ",
    "đảng bộ xã",
    "ky luat dang",
    "hội nghị tổng kết",
    "xây dựng nông thôn mới",
)
_PHRASES = (
    '"dân vận khéo"',
    '"hoi nghi"',
    '"Nguyễn Văn Minh"',
    '"nông thôn mới"',
    '"Tỉnh ủy họp"',
    '"thi đua yêu nước"',
)
_RARE = ('"tin số 777"', "zzzz", "Chẩu Quang Quế", "44-KL/TW", "hoi -dan", '"bám họp"')

SEARCHES: dict[str, list[str]] = {
    "search: a common syllable": [f"tim-kiem?q={quote(q)}" for q in _COMMON],
    "search: several words": [f"tim-kiem?q={quote(q)}" for q in _SEVERAL],
    "search: a phrase": [f"tim-kiem?q={quote(q)}" for q in _PHRASES],
    "search: rare, nothing, minus": [f"tim-kiem?q={quote(q)}" for q in _RARE],
    "search: one site": [f"tim-kiem?q={quote(q)}&site=noi_{n:02}" for n, q in enumerate((*_COMMON, *_SEVERAL), 3)],
    "search: one year": [f"tim-kiem?q={quote(q)}&since={y}&until={y}" for y, q in enumerate(_COMMON, 2015)],
    "search: closest first": [f"tim-kiem?q={quote(q)}&order=closest" for q in (*_COMMON[:3], *_PHRASES[:3])],
}


def pages(data: Path) -> dict[str, list[str]]:
    """What is asked for, by kind: addresses below the archive's."""
    connection = sqlite3.connect(f"file:{data / 'archive.db'}?mode=ro", uri=True)
    some = "SELECT id FROM articles WHERE docid >= (SELECT max(docid) FROM articles) * ? / 20 ORDER BY docid LIMIT 1"
    ids = [connection.execute(some, (n,)).fetchone()[0] for n in range(1, 20)]
    edited = [i for (i,) in connection.execute("SELECT id FROM articles WHERE revision_count > 1 LIMIT 5")]
    connection.close()
    return {
        "front page": [""],
        "article": [f"bai-viet/{i}" for i in (*ids, *edited)],
        **SEARCHES,
        "feed: everything new": ["feeds/new.atom"],
        "feed: a search": [f"feeds/new.atom?q={quote(q)}" for q in (*_COMMON[:3], *_SEVERAL[:3])],
        "feed: one site": [f"feeds/new.atom?site=noi_{n:02}" for n in (1, 20, 50)],
        "table of articles": [
            "archive/articles",
            "archive/articles?site=noi_07",
            "archive/revisions",
            "archive/events",
        ],
        "table, three facets": [_FACETS],
        "table, searched": [f"archive/articles?_search={quote(q)}" for q in _COMMON[:4]],
        "overview of tables": ["archive"],
        "saved questions": [f"hoi/{n}" for n in ("edited", "removed_this_month", "silent_sites", "longest_gaps")],
        "saved questions that count": [f"hoi/{n}" for n in ("articles_per_month", "most_cited", "who_writes_most")],
    }


def ask(server: reading_server.Server, paths: Sequence[str], rounds: int) -> tuple[list[float], float]:
    """Milliseconds of each request over one connection, after one of each that does not count; the mean CPU of one."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
    waited = []
    cpu = 0.0
    for number in range(rounds + 1):
        cpu = cpu if number > 1 else server.cpu()
        for path in paths:
            began = time.perf_counter()
            connection.request("GET", f"/{path}")
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise SystemExit(f"/{path} answered with status {response.status}.")
            if number:
                waited.append(1000 * (time.perf_counter() - began))
    connection.close()
    return waited, (server.cpu() - cpu) / len(waited)


def p95(waited: Sequence[float]) -> float:
    return quantiles(waited, n=20, method="inclusive")[-1] if len(waited) > 1 else waited[0]


def measure(scratch: Path, articles: int, rounds: int) -> dict[str, object]:
    """Every kind of page at one size, p50 and p95 in milliseconds, and over the baseline's p50."""
    data = archive(scratch, articles)
    with reading_server.datasette(data) as server:
        baseline, baseline_cpu = ask(server, [_FACETS], max(3, rounds // 4))
    figures: dict[str, dict[str, float]] = {}
    everything: list[float] = []
    cpu_of_all = 0.0
    with reading_server.ours(data) as server:
        for kind, paths in pages(data).items():
            waited, cpu = ask(server, paths, max(2, rounds // len(paths)))
            if kind in SEARCHES:
                everything += waited
                cpu_of_all += cpu * len(waited)
            ratio = median(baseline) / median(waited)
            figures[kind] = {"p50": median(waited), "p95": p95(waited), "cpu": cpu, "ratio": ratio}
            progress(f"{articles:,} articles: {kind}: {median(waited):.1f} ms")
    mean_cpu = cpu_of_all / len(everything)
    figures["all searches"] = {"p50": median(everything), "p95": p95(everything), "cpu": mean_cpu}
    theirs = {"p50": median(baseline), "p95": p95(baseline), "cpu": baseline_cpu}
    figures["baseline: Datasette's table, three facets"] = theirs
    return {"articles": articles, "figures": figures}


def promised(articles: int, kind: str, figures: dict[str, float]) -> str:
    limits = {
        "all searches": ("p95", SEARCH_P95.get(articles)),
        "table of articles": ("p50", TABLE_P50),
        "table, three facets": ("p50", FACETS_P50),
    }
    which, limit = limits.get(kind, ("", None))
    if limit is None:
        return ""
    return f"promised {which} < {limit}: {'kept' if figures[which] < limit else 'NOT KEPT'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, nargs="*", default=[1000, 100_000], help="how many [1000 100000]")
    parser.add_argument(
        "--million", action="store_true", help="at 1,000,000 too: half an hour and 12 GB the first time"
    )
    parser.add_argument("--rounds", type=int, default=24, help="requests of each kind, about [24]")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()) / "luutin-benchmarks")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each size instead of the tables")
    options = parser.parse_args()
    for articles in options.articles + ([1_000_000] if options.million else []):
        measured = measure(options.scratch, articles, options.rounds)
        if options.json:
            print(json.dumps({"benchmark": "reading"} | measured))
            continue
        print(f"\nreading: articles {articles:,}, milliseconds; CPU of the server; baseline's p50 over ours")
        print(f"  {'':<44}{'p50':>9}{'p95':>9}{'CPU':>9}{'ratio':>9}")
        for kind, f in measured["figures"].items():
            ratio = f"{f['ratio']:>8.1f}×" if "ratio" in f else " " * 9
            line = f"  {kind:<44}{f['p50']:>9.1f}{f['p95']:>9.1f}{f['cpu']:>9.1f}{ratio}"
            print(f"{line}  {promised(articles, kind, f)}".rstrip())


if __name__ == "__main__":
    main()
