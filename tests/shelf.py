"""A small archive made by plain SQL, and a reader of what is served of it: for the tests of the web."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import httpx
from datasette.app import Datasette
from sqlite_utils import Database

from crawler.migrations import migrations
from crawler.search_index import forms, free, place
from crawler.text import text_digest

NIGHT = "2026-03-01T19:00:00.000000Z"
DAYS = [f"2026-03-{d:02}T19:00:00.000000Z" for d in range(1, 9)]


def article_id(n: int) -> str:
    return "aaaaaaaaaaa" + "abcdefghijklmnopqrstuvwxyz"[n // 26] + "abcdefghijklmnopqrstuvwxyz"[n % 26]


class Shelf:
    """Fills an archive with as little as the pages need, by plain SQL."""

    def __init__(self, path: Path) -> None:
        self.db = Database(sqlite3.connect(path))
        migrations.apply(self.db)
        self.db.conn.execute("PRAGMA journal_mode = wal")
        self.articles = 0
        for slug, name in (("huyen_nui", "Huyện ủy Vùng Núi"), ("tinh_bien", "Ban Dân vận Tỉnh ủy Ven Biển")):
            self.row("sites", slug=slug, name=name, committee="huyện", province="Ven Biển", home_url=f"http://{slug}/",
                     cms="district", status="verified")  # fmt: skip
        self.row(
            "crawls", id="c1", site="huyen_nui", reason="demo", started=NIGHT, outcome="complete", software_version="1"
        )

    def row(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.db.conn.execute(f"insert into {table} ({names}) values ({marks})", list(values.values()))

    def similar(self, one: str, other: str, overlap: float) -> None:
        """That the texts of two digests are, listed from both sides."""
        for digest in (one, other):
            self.db.conn.execute(
                "insert or ignore into _sketches (text_digest, shingles, hashes, differs) values (?, 9, x'', x'')",
                [digest],
            )
        pair = "select a.id, b.id, ? from _sketches a, _sketches b where a.text_digest = ? and b.text_digest = ?"
        for digests in ((one, other), (other, one)):
            self.db.conn.execute(f"insert into _similar {pair}", [overlap, *digests])

    def article(
        self, headline: str | None, body: str, *, day: str | None = "2026-03-01T08:15:00+07:00",
        site: str = "huyen_nui", same_text_as: str | None = None, status: str = "live",
        description: str | None = None, new_at: str | None = None, edits: tuple[str, ...] = (),
        url: str | None = None, images: list[Any] | None = None,
        attachments: list[Any] | None = None, captions: list[str] | None = None,
        section: str | None = "Tin hoạt động", author: str | None = "Mai Lan",
    ) -> str:  # fmt: skip
        n = self.articles = self.articles + 1
        aid, url = article_id(n), url or f"http://{site}/tin/bai-{n}.html"
        for i, text in enumerate((*edits, body)):
            digest = text_digest(text)
            self.db.conn.execute("insert or ignore into texts values (?, ?, 1)", [digest, text])
            self.row("readings", reading_digest=f"r1:{n}-{i}", content_digest="c1:0", text_digest=digest, word_count=1,
                     captions=json.dumps(captions or []), images=json.dumps(images or []),
                     attachments=json.dumps(attachments or []))  # fmt: skip
            self.row("captures", id=f"urn:uuid:{n}-{i}", site=site, article_id=aid, url=url, url_key=f"k{n}",
                     memento_datetime=DAYS[i], record_type="response", status_code=200, media_type="text/html",
                     payload_digest=f"sha1:DIGEST{n}", quality="article", identity="url", warc_file="luutin-1.warc.gz",
                     warc_offset=4711 + n, warc_length=9, crawl_id="c1")  # fmt: skip
            self.row("revisions", id=f"{n}-{i}", article_id=aid, capture_id=f"urn:uuid:{n}-{i}",
                     memento_datetime=DAYS[i], observed_after=DAYS[i - 1] if i else None, observed_by=DAYS[i],
                     headline=headline, description=description, author=author, section=section,
                     date_published=day, text_digest=digest,
                     content_digest="c1:0", reading_digest=f"r1:{n}-{i}", change="edited" if i else "first",
                     words_added=12 if i else None, extractor_version="1")  # fmt: skip
        docid = free(self.db.conn, place(day, NIGHT))
        self.row("articles", id=aid, site=site, section=section, url=url, url_key=f"k{n}", headline=headline,
                 description=description, author=author, date_published=day, word_count=1, status=status,
                 first_seen=NIGHT, last_seen=NIGHT, last_checked=NIGHT, revision_count=len(edits) + 1,
                 current_revision_id=f"{n}-{len(edits)}", text_digest=digest,
                 same_text_as=same_text_as, docid=docid)  # fmt: skip
        self.row(
            "article_urls", url_key=f"k{n}", article_id=aid, url=url, evidence="url", first_seen=NIGHT, last_seen=NIGHT
        )
        exact, folded, about = forms(headline or "", body, site, section, author)
        self.row("articles_fts", rowid=docid, exact=exact, folded=folded, about=about)
        self.row("events", id=f"e{n}", site=site, article_id=aid, kind="new", at=new_at or NIGHT, recorded_at=NIGHT,
                 baseline=0 if new_at else 1, evidence="[]")  # fmt: skip
        return aid

    def done(self) -> None:
        self.db.conn.commit()
        self.db.conn.close()


class Reader:
    """Asks a Datasette built as ``luutin serve`` builds it."""

    def __init__(self, datasette: Datasette) -> None:
        self.datasette = datasette

    def get(self, path: str, **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            await self.datasette.invoke_startup()
            return await self.datasette.client.get(path, headers=headers)

        return asyncio.run(ask())

    def text(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, response.text[:2000]
        return response.text
