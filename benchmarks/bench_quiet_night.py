"""A night in which nothing happened: what it costs of a small archive and of a large one, at the same budget."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from common import arguments, progress, run

TITLE = "A quiet night"

#: What issue 4 asks for: the cost of a night grows with budget and listings, not with the archive.
PROMISED = 1.5

#: Articles of the first listing page, which is all of it.
LISTED = 20

#: Nights before the first that is measured: what is done once for each article (when is it looked at next?) is done.
WARM = 2

FIRST = datetime(2026, 3, 10, 2, tzinfo=UTC)
SITE = "tin_lang"
#: The crawl that filled the archive.
BEFORE = "0" * 16
SETTINGS = """
[network]
allow_private_addresses = true
[politeness]
delay_seconds = 0
[budget]
requests_per_site = {budget}
[sites.{site}]
name = "Tin làng"
cms = "generic"
home_url = "http://127.0.0.1:{port}/"
sections = [{{ name = "Tin", path = "/tin" }}]
[sites.sotttt_hanoi]
enabled = false
"""


def address(n: int) -> str:
    return f"/bai-viet-{n:07}"


class Quiet(BaseHTTPRequestHandler):
    """The site: a listing, and articles that are as they were. ``articles``: how many."""

    protocol_version = "HTTP/1.1"
    articles = 0

    def do_GET(self) -> None:
        listing = self.path == "/tin"
        status = 200 if listing else 304 if self.path.startswith("/bai-") else 404
        newest = range(self.articles, max(0, self.articles - LISTED), -1)
        links = "".join(f'<li><a href="{address(n)}">Tin số {n} của làng</a></li>' for n in newest)
        body = f"<html><body><h1>Tin</h1><ul>{links}</ul></body></html>".encode() if listing else b""
        self.send_response(status)
        if status != 304:
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def served(articles: int) -> Iterator[int]:
    """The site, in a process of its own; its port."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        Quiet.articles = articles
        server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
        os.write(writer, f"{server.server_address[1]}\n".encode())
        server.serve_forever()
    try:
        yield int(os.read(reader, 16))
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(writer)


def fill(data: Path, config_file: Path, articles: int) -> None:
    """Puts articles of eight years into an archive, as a first crawl and later looks would have left them."""
    from crawler.archive import Archive
    from crawler.clock import timestamp
    from crawler.config import load
    from crawler.ingest import article_id, extractor_version
    from crawler.urls import url_key
    from spiders import registry

    site = registry(load(config_file))[SITE]
    rules, chance = extractor_version(site), random.Random(articles)
    base = site.home_url.rstrip("/")
    tables: dict[str, list[tuple[object, ...]]] = {
        name: [] for name in ("texts", "readings", "captures", "revisions", "articles", "article_urls", "events")
    }
    for n in range(1, articles + 1):
        url = base + address(n)
        key = url_key(url)
        name = article_id(site, url, key)
        published = timestamp(FIRST - timedelta(days=8 * 365 * (1 - n / articles) + 1))
        seen = timestamp(FIRST - timedelta(days=100 * chance.random() + 1))
        capture, revision, text, reading = f"urn:uuid:{n}", f"{n}-0", f"t{n}", f"r1:{n}"
        head, place = f"Tin số {n} của làng", ("luutin-1.warc.gz", 400 * n, 400)
        tables["texts"].append((text, f"Làng có tin số {n}.", 5))
        tables["readings"].append(
            (reading, f"c1:{n}", text, head, None, "Mai Lan", "Tin", published, 5, "[]", "[]", "[]")
        )
        tables["captures"].append(
            (
                *(capture, SITE, BEFORE, name, url, key, seen, "response", 200, "text/html", 400, f'"{n}"', None),
                *(f"sha1:{n}", reading, f"c1:{n}", "article", None, None, None, None, name, *place, rules, "generic"),
            )
        )
        tables["revisions"].append(
            (
                *(revision, name, capture, seen, None, seen, head, None, "Mai Lan", published, "Tin", text),
                *(f"c1:{n}", reading, "first", None, None, rules),
            )
        )
        tables["articles"].append(
            (
                *(name, SITE, "Tin", url, key, head, None, "Mai Lan", published, 5, "live", published, seen, seen),
                *(None, 1, revision, text, None, n),
            )
        )
        tables["article_urls"].append((key, name, url, "url", published, seen))
        tables["events"].append((f"e{n}", SITE, name, revision, "new", published, published, 1, head, "{}"))
    with Archive(data) as archive:
        archive.upsert_sites([site])
        with archive.writing() as db:
            db.execute(
                "INSERT INTO crawls (id, site, reason, started, finished, outcome, software_version)"
                " VALUES (?, ?, 'night', ?, ?, 'complete', '1')",
                (BEFORE, SITE, *[timestamp(FIRST - timedelta(days=101))] * 2),
            )
            for table, rows in tables.items():
                db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def a_night(data: Path, config_file: Path, night: int) -> tuple[int, float]:
    """A night of ``luutin run --once``: requests, and seconds of CPU of all its processes."""
    command = [sys.executable, "-m", "monitor.cli", "run", "--once", "--json", "--data", data, "--config", config_file]
    cost = run(command, LUUTIN_NOW=(FIRST + timedelta(days=night)).isoformat())
    (crawl,) = json.loads(cost.output)["crawls"]
    if crawl["outcome"] != "complete" or crawl["new"] or crawl["changed"]:
        raise SystemExit(f"That was no quiet night: {crawl}")
    return crawl["requests"], cost.cpu


def parts(data: Path, config_file: Path, rounds: int) -> dict[str, float]:
    """What a night does besides crawling, on its own: milliseconds, medians."""
    from crawler.archive import Archive
    from crawler.config import load
    from monitor import health, removals, revisits
    from monitor.almanac import by_call
    from monitor.scheduler import missing
    from spiders import registry

    config = load(config_file)
    sites = registry(config)
    site, moment = sites[SITE], FIRST + timedelta(days=WARM + rounds)
    with Archive(data) as archive:
        last, before = (
            crawl for (crawl,) in archive.connection.execute("SELECT id FROM crawls ORDER BY id DESC LIMIT 2")
        )

        def again(work: Callable[[], object]) -> float:
            taken = []
            for _ in range(rounds):
                with archive.writing() as db:
                    db.execute("UPDATE _weighed SET crawl_id = ?", (before,))
                    db.execute("DELETE FROM frontier")
                began = time.perf_counter()
                work()
                taken.append(1000 * (time.perf_counter() - began))
            return round(median(taken), 1)

        return {
            "what is due": again(lambda: missing(data, config, sites, moment, by_call)),
            "revisits": again(lambda: revisits.schedule(archive, site, config, moment)),
            "removals": again(lambda: removals.weigh(archive, site, last, config)),
            "health": again(lambda: health.watch(archive, site, last, config)),
            "study": again(lambda: archive.study()),
        }


@contextmanager
def archived(articles: int, budget: int) -> Iterator[tuple[Path, Path]]:
    """An archive of so many articles, of a site that is there: its directory and its settings."""
    with TemporaryDirectory(prefix="luutin-bench-") as place, served(articles) as port:
        data, config_file = Path(place) / "data", Path(place) / "luutin.toml"
        config_file.write_text(SETTINGS.format(budget=budget, site=SITE, port=port), encoding="utf-8")
        progress(f"{articles:,} articles: filling the archive")
        fill(data, config_file, articles)
        yield data, config_file


def main() -> None:
    """Measures and prints."""
    options = arguments(
        __doc__,
        few=(1_000, "articles of the small archive"),
        many=(100_000, "articles of the large one"),
        budget=(100, "requests that a night may make of the site"),
        rounds=(5, "nights that are measured"),
    )
    sizes = (options.few, options.many)
    with ExitStack() as stack:
        places = [stack.enter_context(archived(articles, options.budget)) for articles in sizes]
        progress(f"{WARM + options.rounds} nights of each")
        costs = [[a_night(*place, night) for place in places] for night in range(WARM + options.rounds)][WARM:]
        few, many = (
            {
                "articles": articles,
                "requests": median(night[n][0] for night in costs),
                "cpu_seconds": round(median(night[n][1] for night in costs), 2),
                "parts_ms": parts(*place, options.rounds),
            }
            for n, (articles, place) in enumerate(zip(sizes, places, strict=True))
        )
    ratio = round(median(large[1] / small[1] for small, large in costs), 2)
    report = {
        "benchmark": TITLE,
        "budget": options.budget,
        "archives": [few, many],
        "ratio": {"name": "large / small", "value": ratio, "promised_at_most": PROMISED, "kept": ratio <= PROMISED},
    }
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
        return
    print(f"\n{TITLE}: at most {options.budget} requests, one listing; medians of {options.rounds} nights")
    for archive in (few, many):
        each = ", ".join(f"{name} {ms}" for name, ms in dict(archive["parts_ms"]).items())  # type: ignore[call-overload]
        print(
            f"  {archive['articles']:>9,} articles: {archive['requests']:g} requests, {archive['cpu_seconds']} s of CPU"
            f" (user + system, all processes); in ms: {each}"
        )
    print(f"  large / small: {ratio}x, promised at most {PROMISED}x: {'kept' if ratio <= PROMISED else 'NOT KEPT'}")


if __name__ == "__main__":
    main()
