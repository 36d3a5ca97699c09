"""The whole road, from a listing to the search index, against the spider everybody writes first and bare Scrapy."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from common import CONCURRENCY, CORPUS, HERE, Cost, Report, Series, Served, arguments, progress, run

#: What issue 2 promises.
FIRST, BARE, MEMORY = 4.0, 0.4, 300

SCRAPY = (sys.executable, "-m", "scrapy")
CONFIG = """
[network]
allow_private_addresses = true
[politeness]
delay_seconds = 0
concurrent_requests_per_host = {concurrency}
[budget]
requests_per_site = 1000000
listing_pages_per_section = 1000000
[sites.{slug}]
home_url = "{url}/"
sections = [{sections}]
keep_images = false
keep_attachments = false
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """What is crawled: a site of ours, its sections' first pages, the first spider for it, what serves it."""

    title: str
    slug: str
    sections: tuple[str, ...]
    first: str
    serving: tuple[str | Path, ...]

    def serve(self) -> Served:
        """The site."""
        program, *options = self.serving
        return Served(str(program), *options)

    def config(self, url: str) -> str:
        """Our luutin.toml."""
        sections = ", ".join(f'{{ name = "{path}", path = "{path}" }}' for path in self.sections)
        return CONFIG.format(concurrency=CONCURRENCY, slug=self.slug, url=url, sections=sections)


def replica(articles: int) -> Ground:
    """A demo site, whose pages have little markup."""
    sections = ("/tin-hoat-dong", "/dan-van-kheo")
    serving = ("replica.py", "serve", str(articles))
    return Ground("replica pages", "hai_duong", sections, "first_spider.py", serving)


def portal(copies: int) -> Ground:
    """So many copies of a real portal's section."""
    if not 1 <= copies <= 9:
        raise SystemExit(f"--copies {copies}: the portal's pages can be crawled 1 to 9 times over; 0 leaves them out.")
    sections = tuple(f"/k{copy}/hoat-ong-ang-oan-the.html" for copy in range(1, copies + 1))
    serving = ("portal.py", CORPUS, str(copies))
    return Ground("a real portal's pages", "sotttt_hanoi", sections, "first_portal_spider.py", serving)


class Contenders:
    """Each crawls a site into a fresh directory below ``place``, in a process of its own."""

    def __init__(self, ground: Ground, place: Path) -> None:
        self.ground, self.place = ground, place
        self._count = 0

    def fresh(self) -> Path:
        """A new directory."""
        self._count += 1
        directory = self.place / f"{self.ground.slug}-{self._count}"
        directory.mkdir(parents=True)
        return directory

    def ours(self, url: str, articles: int) -> Cost:
        """``scrapy crawl``; what it stored is counted, lest speed be bought with pages."""
        data = self.fresh()
        config = data / "luutin.toml"
        config.write_text(self.ground.config(url), encoding="utf-8")
        cost = run([*SCRAPY, "crawl", self.ground.slug], LUUTIN_CONFIG=config, LUUTIN_DATA=data)
        _expect(data / "archive.db", articles)
        return cost

    def first(self, url: str, articles: int) -> Cost:
        """The spider that everybody writes first."""
        place = self.fresh()
        database = place / "news.db"
        start = " ".join(url + path for path in self.ground.sections)
        options = ["-a", f"start={start}", "-a", f"database={database}"]
        options += _scrapy(CONCURRENT_REQUESTS_PER_DOMAIN=CONCURRENCY)
        cost = run([*SCRAPY, "runspider", HERE / self.ground.first, *options], cwd=place)
        if articles:
            _expect(database, articles)
        return cost

    def bare(self, urls: list[str]) -> Cost:
        """Bare Scrapy, default settings."""
        place = self.fresh()
        (place / "urls").write_text("\n".join(urls))
        return run(
            [*SCRAPY, "runspider", HERE / "bare_spider.py", "-a", f"urls={place / 'urls'}", *_scrapy()], cwd=place
        )


def _scrapy(**settings: object) -> list[str]:
    """Options of a child's Scrapy. A line of log per page and per item is what nobody leaves on for long."""
    return [option for name, value in {"LOG_LEVEL": "INFO", **settings}.items() for option in ("-s", f"{name}={value}")]


def _expect(database: Path, articles: int) -> None:
    connection = sqlite3.connect(database)
    (found,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    connection.close()
    if found != articles:
        raise SystemExit(f"{database} holds {found} articles, not {articles}: nothing was measured.")


def compare(contenders: Contenders, rounds: int) -> Report:
    """Interleaved rounds of the three over the same pages."""
    report = Report(f"The whole road, {contenders.ground.title}")
    with contenders.ground.serve() as site:
        progress(f"crawl: {site.articles} articles, {contenders.ground.title}, {rounds} rounds")
        cost = contenders.ours(site.url, site.articles)
        pages, missing = site.taken()
        report.peak("a crawl", len(pages), cost, MEMORY)
        urls = [site.url + path for path in pages]
        report.facts |= {"pages": len(pages), "rounds": rounds, "connections": CONCURRENCY}
        contests: dict[str, tuple[Callable[[], Cost], Callable[[], Cost]]] = {
            "Lưu Tin": (
                lambda: contenders.ours(site.url, site.articles),
                lambda: contenders.ours(site.empty_url, 0),
            ),
            "first spider": (
                lambda: contenders.first(site.url, site.articles),
                lambda: contenders.first(site.empty_url, 0),
            ),
            "bare Scrapy": (lambda: contenders.bare(urls), lambda: contenders.bare([])),
        }
        report.series = [Series(name, len(pages)) for name in contests]
        for _, nothing in contests.values():
            nothing()  # whatever is done only once on a machine
        for number in range(1, rounds + 1):
            for series, (name, (crawl, nothing)) in zip(report.series, contests.items(), strict=True):
                series.rounds.append(crawl().cpu)
                asked, missing = site.taken()
                if asked != pages:
                    raise SystemExit(f"{name} asked for {len(asked)} pages, not for the same {len(pages)}.")
                if missing:  # links to what the mirror lacks; answered with 404, and no page of anybody's
                    report.facts[f"404s of {name}"] = missing
                series.apart.append(nothing().cpu)
            progress(f"crawl: round {number}: " + ", ".join(f"{s.name} {s.rounds[-1]:.2f} s" for s in report.series))
    ours, first, bare = report.series
    report.ratio(first, ours, FIRST)
    report.ratio(bare, ours, BARE)
    return report


def main() -> None:
    options = arguments(
        __doc__,
        copies=(3, "copies of the real portal's section that all crawl, where it is there; 0 leaves it out"),
        articles=(300, "articles of the replica site that all crawl"),
        rounds=(3, "rounds"),
        many=(2000, "articles of the replica site that only we crawl, for the memory that it takes"),
    )
    with TemporaryDirectory(prefix="luutin-bench-") as place:
        if CORPUS.is_file() and options.copies:
            compare(Contenders(portal(options.copies), Path(place)), options.rounds).show(as_json=options.json)
        contenders = Contenders(replica(options.articles), Path(place))
        report = compare(contenders, options.rounds)
        progress(f"crawl: memory of {options.many} articles")
        with replica(options.many).serve() as site:
            cost = contenders.ours(site.url, options.many)
            report.peak("a crawl", len(site.taken()[0]), cost, MEMORY)
        report.show(as_json=options.json)


if __name__ == "__main__":
    main()
