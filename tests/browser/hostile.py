"""An archive of a site that attacks its readers: the strings of tests/data/xss.txt, in whatever a page can say."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from urllib.parse import quote

from crawler.archive import Archive
from crawler.cms.generic import GENERIC
from crawler.ingest import prepare
from crawler.journal import open_alert
from crawler.notes import add_note
from crawler.site import Addresses, Reading, Section, Selectors, Site
from crawler.warc import Exchange, WarcWriter

ATTACKS = [
    line
    for line in (Path(__file__).parent.parent / "data" / "xss.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith(("# ", "["))
]

HOST = "http://xau.example.vn"
SITE = Site(
    slug="xau",
    name=f"Trang xấu {ATTACKS[0]}",
    committee=f"Huyện uỷ {ATTACKS[12]}",
    province=f"Tỉnh {ATTACKS[42]}",
    home_url=f"{HOST}/",
    family=GENERIC,
    sections=(Section(name="Tin", path="/tin"),),
    status="verified",
    description=" ".join(ATTACKS[:5]),
    reading=Reading(
        selectors=Selectors(
            headline=("h1",), lead=(".sapo",), body=(".than",), author=(".tac-gia",), section=(".chuyen-muc",),
            attachments=(".dinh-kem a",),
        )
    ),
    addresses=Addresses(article=r"/tin/(?P<id>\d+)"),
)  # fmt: skip
FIRST_NIGHT = datetime(2026, 3, 1, 19, tzinfo=UTC)


@dataclass(frozen=True)
class Attack:
    """An article that is one attack from top to bottom."""

    number: int
    text: str

    @property
    def url(self) -> str:
        return f"{HOST}/tin/{self.number}-tin?x={quote(self.text, safe=chr(34) + chr(39) + '<>=:/ ;()&')}".strip()

    def page(self, night: int) -> bytes:
        """Its text is written as text; around it the same string stands as markup, as a bad CMS would write it."""
        said, n = escape(self.text), self.number
        paragraphs = [
            f"Bài số {n} của trang xấu nói rằng {said} là một câu bình thường, và không ai cần sợ nó.",
            said,
            f"Đoạn thêm vào đêm thứ {night} kể về {said} trong hội nghị tổng kết năm của huyện.",
            f"Đêm thứ {night}, theo Nghị quyết số {n + 10}-NQ/TW, xã thu {night} triệu đồng {said} trong quý này.",
        ]
        files = "".join(f'<a href="{escape(u)}">{said}</a>' for u in (f"/f/{n}.doc?x={quote(self.text)}", self.text))
        return (
            f"<!doctype html><html><head><meta charset=utf-8><title>{said}</title>"
            f'<link rel=canonical href="{escape(self.text)}"><meta name=author content="{said}"></head><body>'
            f"<h1>{said} {n}</h1><p class=ngay>05/03/2026</p><p class=chuyen-muc>{said}</p>"
            f"<p class=sapo>{said}</p><div class=than>{''.join(f'<p>{p}</p>' for p in paragraphs)}"
            f'<p>Hàng rào {self.text} cuối bài.</p><img src="{escape(self.text)}" alt="{said}"></div>'
            f"<p class=tac-gia>{said}</p><div class=dinh-kem>{files}</div></body></html>"
        ).encode("utf-8", "surrogatepass")


def fill(data: Path) -> dict[str, int]:
    """Stores every attack by the road of every capture, edits each, removes some; how often each field got one."""
    attacks = [Attack(n, text) for n, text in enumerate(ATTACKS)]
    with Archive(data) as archive, WarcWriter(archive.warc_dir, prefix="xau", software="test") as writer:
        archive.upsert_sites([SITE])
        for night in (1, 2):
            crawl_id = archive.start_crawl(SITE.slug, "night")
            at = FIRST_NIGHT + timedelta(days=night)
            html = (("Content-Type", "text/html; charset=utf-8"),)
            captures = [writer.write(Exchange(a.url, at, 200, "OK", html, a.page(night))) for a in attacks]
            writer.sync()
            archive.store([prepare(c, SITE, source="live", crawl_id=crawl_id) for c in captures])
            archive.finish_crawl(crawl_id, "complete")
        archive.study()
        with archive.writing() as db:
            _say(db, attacks)
        return _arrived(archive)


def _say(db: sqlite3.Connection, attacks: list[Attack]) -> None:
    """Removals, alerts, notes: what is said of the articles."""
    rows = db.execute("SELECT id, headline, current_revision_id FROM articles ORDER BY id").fetchall()
    for n, row in enumerate(rows):
        text = ATTACKS[n % len(ATTACKS)]
        evidence = json.dumps({"capture": text, "missing": [text], "first_missing": text, "url": text})
        at = f"2026-03-05T02:00:00.{n:06}Z"
        kind = ("removed", "moved", "restored", "site_missing")[n % 4]
        db.execute(
            "INSERT INTO events (id, site, article_id, revision_id, kind, at, recorded_at, baseline, summary, evidence)"
            " VALUES (?, 'xau', ?, NULL, ?, ?, ?, 0, ?, ?)",
            (f"{text}{n}", row["id"] if n % 4 < 3 else None, kind, at, at, text, evidence),
        )
        if n % 4 == 0:
            db.execute("UPDATE articles SET status = 'removed' WHERE id = ?", (row["id"],))
            db.execute(
                "INSERT INTO removals (id, article_id, first_missing, confirmed, checks, evidence)"
                " VALUES (?, ?, ?, ?, 3, ?)",
                (f"r{n}", row["id"], at, at, json.dumps({"first": text, "missing": [{"at": at, "capture": text}]})),
            )
        add_note(db, by=text[:60], text=text, site="xau", article_id=row["id"])
        open_alert(db, "xau", f"kind{n} {text}", text, {"reason": text})
    add_note(db, by="ai đó", text="\n\n".join(ATTACKS)[:9000])


def _arrived(archive: Archive) -> dict[str, int]:
    columns = {"headline": "a.headline", "description": "a.description", "author": "a.author", "section": "a.section",
               "url": "a.url", "body": "t.body"}  # fmt: skip
    counts = {
        name: f"SELECT count(*) FROM articles a JOIN texts t USING (text_digest) WHERE {column} GLOB '*[<:=({{]*'"
        for name, column in columns.items()
    }
    counts["attachment"] = "SELECT count(*) FROM attachments WHERE name GLOB '*[<:=({]*'"
    counts["edited"] = "SELECT count(*) FROM revisions WHERE change = 'edited'"
    return {name: archive.connection.execute(sql).fetchone()[0] for name, sql in counts.items()}
