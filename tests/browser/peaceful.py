"""An archive as a reader finds it: two committees' invented news over five nights, an edit, a removal, citations."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.archive import Archive
from crawler.clock import FROZEN
from crawler.cms.generic import GENERIC
from crawler.config import Config
from crawler.ingest import prepare
from crawler.site import Addresses, Reading, Section, Selectors, Site
from crawler.warc import Exchange, WarcWriter
from monitor.demo import files, prose
from monitor.removals import weigh

FIRST_NIGHT = datetime(2026, 3, 1, 19, tzinfo=UTC)
#: When the archive is read.
TODAY = "2026-03-08T09:00:00+07:00"
ARTICLES = 24  # of each site: more than a page of search results


class Page(NamedTuple):
    """An article's page on its site."""

    path: str
    headline: str
    paragraphs: tuple[str, ...]
    day: datetime

    def html(self) -> bytes:
        body = "".join(f"<p>{escape(p)}</p>" for p in self.paragraphs)
        return (
            f"<!doctype html><html><head><meta charset=utf-8><title>{escape(self.headline)}</title></head><body>"
            f"<p class=chuyen-muc>Tin hoạt động</p><h1>{escape(self.headline)}</h1>"
            f"<p class=ngay>{self.day:%H:%M, %d/%m/%Y}</p><div class=than>{body}"
            f'<img src="/anh/1.png" alt="Quang cảnh hội nghị"></div><p class=tac-gia>Mai Lan</p>'
            f'<div class=dinh-kem><a href="/tep/ke-hoach.doc">Kế hoạch số 12.doc</a></div></body></html>'
        ).encode()


def sites() -> list[Site]:
    """Two sites, by the generic rules."""
    selectors = Selectors(
        headline=("h1",), date=(".ngay",), body=(".than",), author=(".tac-gia",), section=(".chuyen-muc",),
        attachments=(".dinh-kem a",),
    )  # fmt: skip
    return [
        Site(
            slug=committee.slug, name=committee.name, committee=committee.cap, province="Tỉnh Thử", family=GENERIC,
            home_url=f"http://{committee.slug.replace('_', '-')}.example.vn/", status="verified",
            sections=(Section(name="Tin hoạt động", path="/tin"),), reading=Reading(selectors=selectors),
            addresses=Addresses(article=r"/tin/(?P<id>\d+)"),
        )
        for committee in prose.COMMITTEES[:2]
    ]  # fmt: skip


def fill(data: Path, patch: pytest.MonkeyPatch) -> None:
    """Five nights: on the second an article is edited, from the third on another is missing."""
    chance = random.Random(5)
    with Archive(data) as archive, WarcWriter(archive.warc_dir, prefix="night", software="test") as writer:
        archive.upsert_sites(sites())
        for site, committee in zip(sites(), prose.COMMITTEES, strict=False):
            pages = _pages(committee, chance)
            for night in range(5):
                at = FIRST_NIGHT + timedelta(days=night)
                patch.setenv(FROZEN, at.isoformat())
                crawl_id = archive.start_crawl(site.slug, "night")
                captures = [writer.write(exchange) for exchange in _night(site, pages, night, at)]
                writer.sync()
                archive.store([prepare(c, site, source="live", crawl_id=crawl_id) for c in captures])
                archive.finish_crawl(crawl_id, "complete")
                weigh(archive, site, crawl_id, Config())
        archive.study()
    patch.setenv(FROZEN, TODAY)


def _pages(committee: prose.Committee, chance: random.Random) -> list[Page]:
    pages = []
    for n in range(ARTICLES):
        day = datetime(2026, 2, 28, 8) - timedelta(days=9 * n, minutes=7 * n)  # noqa: DTZ001
        story = prose.compose(chance, committee, day)
        first = f"Thực hiện Nghị quyết số 18-NQ/TW, {committee.cap} họp bàn công tác dân vận tháng {n + 1}."
        text = (first, story.lead, *story.paragraphs, "Đơn vị đã vận động được 30 triệu đồng trong quý.")
        pages.append(Page(f"/tin/{n + 100}-bai", f"{story.headline} ({n + 1})", text, day))
    return pages


def _night(site: Site, pages: list[Page], night: int, at: datetime) -> list[Exchange]:
    """What a night's crawl fetches: everything on the first, then the edited one, the missing one and some others."""
    home = site.home_url.rstrip("/")
    html = (("Content-Type", "text/html; charset=utf-8"),)
    exchanges = []
    for n, page in enumerate(pages if night == 0 else pages[:6]):
        edited = page.paragraphs[-1].replace("30", "50")
        shown = page._replace(paragraphs=(*page.paragraphs[:-1], edited)) if n == 1 and night else page
        gone = n == 2 and night >= 2
        answer = (404, "Not Found", html, b"<h1>404</h1>") if gone else (200, "OK", html, shown.html())
        exchanges.append(Exchange(home + page.path, at, *answer))
    if night == 0:
        for path in ("/anh/1.png", "/tep/ke-hoach.doc"):
            body, media_type = files.make(path, "Kế hoạch")
            exchanges.append(Exchange(home + path, at, 200, "OK", (("Content-Type", media_type),), body))
    return exchanges
