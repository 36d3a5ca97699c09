"""Replica pages in any number: served on loopback, or in a WARC file such as another crawler would have written."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.demo.pages.replica import Replica
from monitor.demo.server import ReplicaServer
from monitor.demo.world import World

#: The site that is crawled: paging by links, so that a spider without our postbacks can follow it too.
SITE = "hai_duong"

#: Articles a site that are written anew; more are copies of them with another number, headline and first sentence.
WRITTEN = 800
FEWEST = 30  # articles that a World needs


def world(articles: int) -> World:
    """The five sites with so many articles each."""
    made = World(articles_per_site=max(FEWEST, min(articles, WRITTEN)))
    for site in made.sites.values():
        _multiply(site, articles)
    return made


def _multiply(site: Replica, articles: int) -> None:
    newest = site.newest()[:articles]
    step = 1 + max(site.articles) - min(site.articles)
    many = {
        a.id + step * copy: a
        if not copy
        else replace(
            a,
            id=a.id + step * copy,
            headline=f"{a.headline} (kỳ {copy + 1})",
            slug=f"{a.slug}-ky-{copy + 1}",
            blocks=(f"{a.first_text} Đây là kỳ thứ {copy + 1}.", *a.blocks[1:]),
        )
        for copy in range(-(-articles // len(newest)))
        for a in newest
    }
    site.put(dict(list(many.items())[:articles]))


def serve(full: Replica, empty: Replica, articles: int) -> None:
    """Serves two sites and says where; a line on standard input asks what the first was asked for.

    The answer is the addresses where it had a page, and how often it had none (robots.txt apart).
    """
    servers = []
    for site in (full, empty):
        servers.append(ReplicaServer(site))
        site.base_url = f"http://127.0.0.1:{servers[-1].port}"
    print(json.dumps([full.base_url, empty.base_url, articles]), flush=True)
    for _ in sys.stdin:
        asked, full.log = full.log, []
        pages = [(target, status) for _, target, status in asked if target != "/robots.txt"]
        found = sorted(target for target, status in pages if status == HTTPStatus.OK)
        print(json.dumps([found, len(pages) - len(found)]), flush=True)
    for server in servers:
        server.stop()


def write(path: Path, pages: int) -> None:
    """Writes articles of all five sites, in turn, into a WARC file, under the addresses that spiders/ declares."""
    from spiders import declared  # here, because it imports Scrapy, which takes a second

    homes = {site.slug: site.home_url.rstrip("/") for site in declared()}
    sites = world(-(-pages // 5)).sites if pages else {}
    for slug, site in sites.items():
        site.base_url = homes[slug]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "benchmarks/replica.py"}))
        turns = zip(*(site.newest() for site in sites.values()), strict=True)
        for article in [a for turn in turns for a in turn][:pages]:
            site = sites[article.site]
            response = site.get(site.article_path(article))
            headers = [("Content-Type", response.content_type), ("Content-Length", str(len(response.body)))]
            http = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            url = site.article_url(article.id)
            writer.write_record(writer.create_warc_record(url, "response", BytesIO(response.body), http_headers=http))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", number]:
            site = world(int(number)).sites[SITE]
            empty = type(site)(site.committee, site.seed)
            empty.put({})
            serve(site, empty, int(number))
        case ["write", target, number]:
            write(Path(target), int(number))
