"""A synthetic archive of any size, made by SQL through the real schema: a million articles in about half an hour.

Texts are put together from paragraphs of the demo's invented news, each followed by a sentence of its own, so that no
two are the same. The search index gets what ``crawler.search_index.forms`` makes of the whole text, here joined from
what ``search_forms`` makes of the paragraphs; ``tests/test_scale.py`` holds the two to be equal. It is filled in
the order in which crawls would have come by, one site's articles after another's, newest first; nothing is optimised
afterwards.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import sys
import time
from base64 import b32encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # not installed, so that the checkout counts

from sqlite_utils import Database

from crawler.migrations import migrations
from crawler.search_index import forms, free, place
from crawler.studying import STUDY_VERSION
from crawler.text import search_forms, text_digest
from monitor.demo import common, prose

SITES = 60
SECTIONS = ("Tin hoạt động", "Xây dựng Đảng", "Dân vận khéo", "Văn bản mới", "Kinh tế - Xã hội")
#: The newest article's day; whoever reads this archive does so with LUUTIN_NOW a day later.
LAST = datetime(2026, 11, 20, 17, 0)  # noqa: DTZ001 - a publisher's date, which is written without a zone
YEARS = 15
BATCH = 2000
#: Stories whose paragraphs the texts are put together from.
STORIES = 3000
#: Columns that are filled, in the order in which ``_article`` gives them.
COLUMNS = {
    "texts": "text_digest, body, word_count",
    "readings": "reading_digest, content_digest, text_digest, headline, description, author, section, date_published,"
    " word_count, captions, images, attachments",
    "captures": "id, site, crawl_id, article_id, url, url_key, memento_datetime, record_type, status_code, media_type,"
    " content_length, payload_digest, reading_digest, content_digest, quality, identity, warc_file, warc_offset,"
    " warc_length, extractor_version",
    "capture_sources": "capture_id, source, origin",
    "article_urls": "url_key, article_id, url, evidence, first_seen, last_seen",
    "revisions": "id, article_id, capture_id, memento_datetime, observed_by, headline, description, author,"
    " date_published, section, text_digest, content_digest, reading_digest, change, words_added, words_removed,"
    " extractor_version",
    "events": "id, site, article_id, revision_id, kind, at, recorded_at, baseline, summary, evidence",
    "removals": "id, article_id, first_missing, confirmed, checks, evidence, last_good_capture_id",
    "citations": "article_id, position, document, kind, number, text, site, cited_on",
    "attachments": "id, article_id, kind, url, url_key, name, media_type, content_length, payload_digest",
}
#: Made another way, an archive in the scratch directory is made again.
VERSION = 1


def archive(directory: Path, articles: int) -> Path:
    """The data directory of an archive of so many articles below ``directory``; made where it is not there yet."""
    data = directory / f"archive-{articles}-v{VERSION}"
    if (data / "archive.db").exists():
        return data
    data.mkdir(parents=True, exist_ok=True)
    part = data / "archive.part"
    part.unlink(missing_ok=True)
    make(part, articles)
    part.rename(data / "archive.db")
    return data


def make(path: Path, articles: int, stories: int = STORIES) -> None:
    """Writes an archive of so many articles to ``path``, whose texts come of so many stories."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -600000", "temp_store = memory"):
        connection.execute(f"PRAGMA {pragma}")
    migrations.apply(Database(connection, execute_plugins=False))
    indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    later = indexes.fetchall()
    for name, _ in later:
        connection.execute(f"DROP INDEX {name}")
    writer = _Writer(connection, random.Random(articles), stories)
    began, said = time.perf_counter(), 0
    for done in writer.fill(articles):
        if done >= said + 50_000 or done == articles:
            said = done
            print(f"{done:>9,} articles, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    for _, sql in later:
        connection.execute(sql)
    for table in ("_unstudied", "_journal"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute(f"PRAGMA user_version = {STUDY_VERSION}")
    connection.execute("PRAGMA journal_mode = wal")
    connection.close()


class Pool:
    """Paragraphs with their search forms, and the headlines and leads that go with them."""

    def __init__(self, chance: random.Random, stories: int) -> None:
        self.paragraphs: list[tuple[str, str, str]] = []
        self.heads: list[tuple[str, str]] = []
        for n in range(stories):
            when = LAST - timedelta(days=chance.randrange(365 * YEARS))
            story = prose.compose(chance, prose.COMMITTEES[n % len(prose.COMMITTEES)], when)
            self.heads.append((story.headline, story.lead))
            self.paragraphs += [(p, *search_forms(p)) for p in story.paragraphs]

    def text(self, chance: random.Random, n: int) -> tuple[str, str, str, str, str]:
        """Headline, lead, body, and what of them goes into the search index: ``exact`` and ``folded``."""
        headline, lead = chance.choice(self.heads)
        own = f"Tin số {n} do {_person(chance)} ghi tại điểm họp {chance.randrange(3000)}."
        parts = [(headline, *search_forms(headline)), (lead, *search_forms(lead))]
        parts += chance.choices(self.paragraphs, k=chance.randint(4, 8))
        parts.append((own, *search_forms(own)))
        exact, folded = (" ".join(p[i] for p in parts) for i in (1, 2))
        return headline, lead, "\n\n".join(p[0] for p in parts[1:]), exact, folded


class _Writer:
    def __init__(self, db: sqlite3.Connection, chance: random.Random, stories: int) -> None:
        self.db, self.chance = db, chance
        self.pool = Pool(chance, stories)
        self.documents = [f"Chỉ thị {n:02}-CT/TW" for n in range(1, 60)] + [
            f"Kế hoạch {n}-KH/TU" for n in range(100, 3000)
        ]
        self.authors = [[_person(chance) for _ in range(40)] for _ in range(SITES)]

    def fill(self, articles: int) -> Iterator[int]:
        self._sites()
        numbers = _shares(articles)
        n = 0
        for site, share in enumerate(numbers):
            moments = sorted((self._moment() for _ in range(share)), reverse=True)
            for start in range(0, share, BATCH):
                batch = moments[start : start + BATCH]
                self.db.execute("BEGIN")
                self._batch(site, n, batch)
                self.db.execute("COMMIT")
                n += len(batch)
                yield n

    def _sites(self) -> None:
        for i in range(SITES):
            home, night = f"https://{_slug(i)}.example/", _utc(LAST + timedelta(hours=9))
            name = f"{'Huyện ủy' if i % 3 else 'Tỉnh ủy'} Nơi Thứ {i}"
            values = (_slug(i), name, "huyện", f"Tỉnh {i % 20}", home, "liferay", "verified")
            self.db.execute(
                "INSERT INTO sites (slug, name, committee, province, home_url, cms, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            for k in range(20):
                crawl = f"{k:04}{i:04}CRAWL"
                self._row("crawls", id=crawl, site=_slug(i), reason="night", started=night, finished=night,
                          outcome="complete", software_version="0")  # fmt: skip

    def _moment(self) -> datetime:
        back = timedelta(minutes=int(365 * YEARS * 1440 * self.chance.random() ** 1.6))  # more of late
        return LAST - back

    def _batch(self, site: int, first: int, moments: list[datetime]) -> None:
        rows: dict[str, list[tuple[Any, ...]]] = {}
        index: list[tuple[int, str, str, str]] = []
        for n, moment in enumerate(moments, first):
            self._article(rows, index, site, n, moment)
        for table, values in rows.items():
            marks = ", ".join("?" * len(values[0]))
            self.db.executemany(f"INSERT INTO {table} ({COLUMNS[table]}) VALUES ({marks})", values)
        self.db.executemany("INSERT INTO articles_fts (rowid, exact, folded, about) VALUES (?, ?, ?, ?)", sorted(index))

    def _article(
        self, rows: dict[str, list[tuple[Any, ...]]], index: list[tuple[int, str, str, str]], site: int, n: int,
        day: datetime,
    ) -> None:  # fmt: skip
        chance, slug = self.chance, _slug(site)
        again = n > 100 and chance.random() < 0.02
        headline, lead, body, exact, folded = self._last if again else self.pool.text(chance, n)
        self._last = headline, lead, body, exact, folded
        digest = text_digest(body)
        published = f"{day:%Y-%m-%dT%H:%M:00}+07:00" if site % 3 else f"{day:%Y-%m-%d}"
        seen = _utc(max(day + timedelta(hours=9), LAST - timedelta(days=365)))
        aid, url = _id(n), f"https://{slug}.example/tin/bai-{n}.html"
        key, capture, reading = f"example,{slug})/tin/bai-{n}.html", f"urn:uuid:{n:032x}", f"r1:{n:064x}"
        author = self.authors[site][int(40 * chance.random() ** 2)] if chance.random() > 0.15 else None
        section, status = chance.choice(SECTIONS), "removed" if chance.random() < 0.004 else "live"
        edited = chance.random() < 0.03
        revision, words = f"{aid}-1", len(body.split())
        add = rows.setdefault
        if not again:
            add("texts", []).append((digest, body, words))
            self._first = aid
        add("readings", []).append(
            (reading, f"c1:{n:064x}", digest, headline, lead, author, section, published, words, "[]", "[]", "[]")
        )
        add("captures", []).append(
            (capture, slug, f"0000{site:04}CRAWL", aid, url, key, seen, "response", 200, "text/html", 40000,
             f"sha1:{n:032x}", reading, f"c1:{n:064x}", "article", aid, f"luutin-{site}.warc.gz", n * 9000, 9000, "2")
        )  # fmt: skip
        add("capture_sources", []).append((capture, "live", ""))
        add("article_urls", []).append((key, aid, url, "capture", seen, seen))
        for k in range(1 + edited):
            add("revisions", []).append(
                (f"{aid}-0" if edited and k == 0 else revision, aid, capture, seen, seen, headline, lead, author,
                 published, section, digest, f"c1:{n:064x}", reading, "edited" if k else "first", 5 if k else None,
                 3 if k else None, "2")
            )  # fmt: skip
        docid = free(self.db, place(published, seen))
        self.db.execute(
            "INSERT INTO articles (id, site, section, url, url_key, headline, description, author, date_published,"
            " word_count, status, first_seen, last_seen, last_checked, last_changed, revision_count,"
            " current_revision_id, text_digest, same_text_as, docid)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (aid, slug, section, url, key, headline, lead, author, published, words, status, seen, seen, seen,
             seen if edited else None, 1 + edited, revision, digest, self._first if again else None, docid),
        )  # fmt: skip
        index.append((docid, exact, folded, forms("", "", slug, section, author)[2]))
        baseline = int(day < LAST - timedelta(days=365))
        add("events", []).append((f"n{n}", slug, aid, revision, "new", seen, seen, baseline, headline, "{}"))
        if edited:
            add("events", []).append((f"e{n}", slug, aid, revision, "edited", seen, seen, 0, headline, "{}"))
        if status == "removed":
            add("events", []).append((f"r{n}", slug, aid, None, "removed", seen, seen, 0, headline, "{}"))
            add("removals", []).append((f"m{n}", aid, seen, seen, 3, "{}", capture))
        for position in range(1, 1 + int(3.3 * chance.random() ** 2)):
            document = self.documents[int(len(self.documents) * chance.random() ** 3)]
            kind, number = document.rsplit(" ", 1)
            add("citations", []).append((aid, position, document, kind, number, document, slug, published[:10]))
        if chance.random() < 0.15:
            add("attachments", []).append(
                (f"{aid}-f", aid, "attachment", f"{url}.doc", f"{key}.doc", "Kế hoạch.doc", "application/msword", 40000,
                 f"sha1:F{n:031x}")
            )  # fmt: skip

    def _row(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def _shares(articles: int) -> list[int]:
    """How many articles each site has: from five times the mean down to a fifth of it."""
    weights = [1 / (i + 6) for i in range(SITES)]
    shares = [int(articles * w / sum(weights)) for w in weights]
    shares[0] += articles - sum(shares)
    return shares


def _slug(site: int) -> str:
    return f"noi_{site:02}"


def _id(n: int) -> str:
    return b32encode(hashlib.blake2b(str(n).encode(), digest_size=8).digest()).decode().lower()[:13]


def _utc(local: datetime) -> str:
    return f"{(local - timedelta(hours=7)).replace(tzinfo=UTC):%Y-%m-%dT%H:%M:%S}.000000Z"


def _person(chance: random.Random) -> str:
    pick = chance.choice
    return f"{pick(common.FAMILY_NAMES)} {pick(common.MIDDLE_NAMES)} {pick(common.GIVEN_NAMES)}"


if __name__ == "__main__":
    archive(Path(sys.argv[1]), int(sys.argv[2]))
