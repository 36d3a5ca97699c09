"""A small archive with its records in ``warc/``, made without a network: for tests of what leaves an archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.archive import Archive
from crawler.ingest import Ingest, prepare
from crawler.site import Addresses, Family, Reading, Section, Selectors, Site
from crawler.warc import Exchange, WarcWriter, payload_digest

_READING = Reading(selectors=Selectors(headline=("h1",), date=(".ngay",), body=(".noi-dung",), author=(".tac-gia",)))


def site(slug: str, name: str) -> Site:
    return Site(
        slug=slug,
        name=name,
        committee="Huyện uỷ",
        province="Thử",
        home_url=f"http://{slug}.example.vn/",
        family=Family(name="liferay", addresses=Addresses(article=r"/tin/(?P<id>\d+)$", deny=()), reading=_READING),
        sections=(Section(name="Tin", path="/tin"),),
    )


NORTH, SOUTH = site("bac", "Huyện uỷ Bắc"), site("nam", "Huyện uỷ Nam")

FIRST = datetime(2026, 3, 1, 2, tzinfo=UTC)


def night(n: int) -> datetime:
    """The moment of the n-th night."""
    return FIRST + timedelta(days=n)


def html(n: int, *, said: str = "", headline: str = "", files: bool = True, counter: int = 0, day: str = "") -> bytes:
    """An article's page."""
    headline = headline or f"Thăm bản vùng cao số {n}"
    parts = [
        f"Sáng ấy, đoàn công tác số {n} của Ban Dân vận đến thăm các bản vùng cao trước mùa mưa lũ.",
        said or f"Các đồng chí trong đoàn {n} ở lại với dân hai ngày và hứa sẽ trở lại sau vụ gặt.",
    ]
    body = "".join(f"<p>{p}</p>" for p in parts)
    body += f'<p><img src="/anh/{n}.jpg" alt="Đoàn {n}"></p>' if files else ""
    body += f'<p>File đính kèm: <a href="/tep/{n}.pdf">Kế hoạch {n}</a></p>' if files else ""
    day = day or f"{1 + n % 28:02}/{1 + n // 28 % 12:02}/2024"
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{headline}</title></head><body><h1>{headline}</h1>"
        f"<p class=ngay>09:47, {day}</p><div class=noi-dung>{body}</div><p class=tac-gia>Mai Lan</p>"
        f"<p>Lượt xem: {counter}</p></body></html>"
    ).encode()


class Keeper:
    """Writes exchanges as a crawl does: the record first, then its rows."""

    def __init__(self, data: Path, of: Site = NORTH, *, at: int = 0) -> None:
        self.archive, self.site, self.at = Archive(data), of, night(at)
        self.archive.upsert_sites([NORTH, SOUTH])
        self.crawl = self.archive.start_crawl(of.slug, "night")
        self.writer = WarcWriter(self.archive.warc_dir, prefix=of.slug, software="thử")
        self.writer.part_of(self.crawl)
        self.ingest = Ingest(self.archive, baseline=False, before_commit=self.writer.sync)

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_: object) -> None:
        self.ingest.flush()
        self.archive.finish_crawl(self.crawl, "complete")
        self.writer.close()
        self.archive.close()

    def got(self, path: str, body: bytes = b"", *, status: int = 200, media_type: str = "text/html; charset=utf-8",
            headers: Sequence[tuple[str, str]] = (), method: str = "GET", asked: bytes = b"") -> str:  # fmt: skip
        """Stores an answer; returns its record's id."""
        self.at += timedelta(seconds=1)
        known = self.archive.known_payload(payload_digest(body), self.site.slug) if status == 200 else None
        exchange = Exchange(
            url=f"{self.site.home_url.rstrip('/')}{path}",
            fetched=self.at,
            status=status,
            reason="",
            headers=(("Content-Type", media_type), *headers),
            body=body,
            method=method,
            request_body=asked,
        )
        capture = self.writer.write(exchange, revisit_of=known)
        self.ingest.add(prepare(capture, self.site, source="live", crawl_id=self.crawl))
        return capture.record_id

    def article(self, n: int, **how: object) -> str:
        """Stores an article's page."""
        return self.got(f"/tin/{n}", html(n, **how))  # type: ignore[arg-type]

    def files(self, n: int) -> None:
        """Stores what an article leads to."""
        self.got(f"/anh/{n}.jpg", b"\xff\xd8\xff" + b"%d" % (n % 3) * 400, media_type="image/jpeg")
        self.got(f"/tep/{n}.pdf", b"%%PDF-1.4 %d" % n * 100, media_type="application/pdf")

    def flush(self) -> None:
        self.ingest.flush()


def make(data: Path, articles: int = 6) -> Path:
    """An archive of two sites and two nights: an edit, a revisit, a 304, a page that is gone, a form's answer."""
    for of in (NORTH, SOUTH):
        with Keeper(data, of) as first:
            first.got("/robots.txt", b"User-agent: *\n", media_type="text/plain")
            first.got("/mau.css", b"body { color: #333 }", media_type="text/css")
            first.got("/tin", b"<!doctype html><html><body><a href=/tin/1>1</a></body></html>")
            first.got("/tin", b"<!doctype html><html><body>trang 2</body></html>", method="POST", asked=b"trang=2")
            for n in range(1, articles + 1):
                first.article(n)
                first.flush()
                first.files(n)
                first.flush()
        with Keeper(data, of, at=1) as second:
            second.article(1, said="Đoàn ở lại với dân ba ngày, rồi về họp bàn với Huyện uỷ ngay trong đêm.")
            second.got("/tin/2", status=304)
            second.got("/tin/3", b"<!doctype html><html><body>404</body></html>", status=404)
            second.article(4)  # the same bytes: a revisit
    return data
