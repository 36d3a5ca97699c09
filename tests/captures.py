"""Captures made by hand, as ingest would prepare them, and what two archives are compared by."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256

from crawler import text
from crawler.archive import Archive, Outcome, Prepared
from crawler.derive import HOME
from crawler.placing import ARTICLE, ERROR, FILE, NOT_FOUND, NOT_MODIFIED, REDIRECT, REVISIT
from crawler.reading import Reading
from crawler.site import Family, Section, Site

SITE = Site(
    slug="thu",
    name="Huyện uỷ Thử",
    committee="Huyện uỷ",
    province="Thử",
    home_url="http://thu.example.vn/",
    family=Family(name="liferay"),
    sections=(Section(name="Tin", path="/tin"),),
)


def moment(day: int, second: int = 0) -> str:
    """A memento datetime of March 2026."""
    return f"2026-03-{day:02}T02:00:{second:02}.000000Z"


def key_of(path: str) -> str:
    return f"vn,example,thu){path}"


def identity_of(path: str) -> str:
    return sha256(path.encode()).hexdigest()[:13]


@dataclass(frozen=True)
class Says:
    """What a page says; its payload is named after it."""

    headline: str = "Hội nghị"
    body: str = "Đoạn một.\n\nĐoạn hai."
    author: str | None = None
    canonical: str | None = None  # a path
    files: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    counter: int = 0  # moves with each visit: other bytes, same reading
    read_as: str = "liferay"  # by whose selectors it was read

    @property
    def payload_digest(self) -> str:
        return "sha1:" + sha256(repr(self).encode()).hexdigest()[:32]

    def reading(self) -> Reading:
        attachments = json.dumps([{"url": f, "name": f.upper()} for f in self.files])
        fields = (self.headline, self.body, self.author, attachments, len(self.pictures))
        return Reading(
            reading_digest="r1:" + sha256(repr(fields).encode()).hexdigest(),
            content_digest=text.content_digest(self.headline, self.body.split("\n\n")),
            text_digest=text.text_digest(self.body),
            headline=self.headline,
            description=None,
            author=self.author,
            section="Tin",
            date_published="2026-03-01",
            word_count=text.word_count(self.body),
            captions="[]",
            images=json.dumps([{"url": p, "alt": ""} for p in self.pictures]),
            attachments=attachments,
        )


def page(path: str, at: str, says: Says = Says(), source: str = "live", crawl_id: str | None = None) -> Prepared:
    """An article that was read."""
    blank = _capture(path, at, says.payload_digest, ARTICLE, source, crawl_id=crawl_id, status_code=200)
    canonical = says.canonical
    return replace(
        blank,
        article_id=identity_of(canonical or path),
        reading=says.reading(),
        body=says.body,
        read_as=says.read_as,
        content_length=len(says.body),
        canonical_url=f"http://thu.example.vn{canonical}" if canonical else None,
        canonical_key=key_of(canonical) if canonical else None,
    )


def revisit(path: str, at: str, says: Says = Says(), source: str = "live") -> Prepared:
    """The same payload again, of which only the digest was kept."""
    return _capture(path, at, says.payload_digest, REVISIT, source, record_type="revisit", status_code=200)


def not_modified(path: str, at: str, source: str = "live") -> Prepared:
    """A 304."""
    return _capture(path, at, "", NOT_MODIFIED, source, record_type="revisit", status_code=304)


def missing(path: str, at: str, source: str = "live") -> Prepared:
    """A 404."""
    return _capture(path, at, "sha1:none", NOT_FOUND, source, status_code=404)


def soft_missing(path: str, at: str, source: str = "live") -> Prepared:
    """A not-found page that was answered with 200."""
    return _capture(path, at, "sha1:soft", NOT_FOUND, source, status_code=200)


def error(path: str, at: str, source: str = "live") -> Prepared:
    """A 503."""
    return _capture(path, at, "sha1:busy", ERROR, source, status_code=503)


def redirect(path: str, at: str, to: str, source: str = "live") -> Prepared:
    """A 302; to ``/`` it is one to the home page."""
    there = f"http://thu.example.vn{to}"
    return replace(
        _capture(path, at, f"sha1:to{to}", REDIRECT, source, status_code=302),
        redirect_to=key_of(to),
        quality_reason=HOME if to == "/" else None,
        follow=() if to == "/" else ((there, key_of(to), REDIRECT),),
    )


def file(path: str, at: str, content: str = "doc", source: str = "live") -> Prepared:
    """An attachment."""
    capture = _capture(path, at, f"sha1:file{content}", FILE, source, status_code=200, media_type="application/pdf")
    return replace(capture, content_length=len(content))


def _capture(path: str, at: str, payload_digest: str, quality: str, source: str, **rest: object) -> Prepared:
    name = sha256(f"{path} {at} {payload_digest} {rest.get('record_type')}".encode()).hexdigest()[:32]
    columns: dict[str, object] = {"record_type": "response", **rest}
    return Prepared(
        capture_id=f"urn:uuid:{name}",
        site=SITE.slug,
        url=f"http://thu.example.vn{path}",
        url_key=key_of(path),
        memento_datetime=at,
        payload_digest=payload_digest,
        quality=quality,
        identity=identity_of(path),
        warc_file="a.warc.gz",
        warc_offset=0,
        warc_length=1,
        source=source,
        extractor_version="1",
        **columns,  # type: ignore[arg-type]
    )


#: What is derived from captures, and captures with what was derived about them. Events are a journal.
DERIVED = {
    "articles": "SELECT * FROM articles ORDER BY id",
    "article_urls": "SELECT * FROM article_urls ORDER BY url_key, article_id",
    "revisions": "SELECT * FROM revisions ORDER BY article_id, memento_datetime, id",
    "attachments": "SELECT * FROM attachments ORDER BY id",
    "captures": "SELECT * FROM captures ORDER BY id",
    "capture_sources": "SELECT * FROM capture_sources ORDER BY capture_id, source, origin",
    "readings": "SELECT * FROM readings ORDER BY reading_digest",
    "texts": "SELECT * FROM texts ORDER BY text_digest",
}


def dump(archive: Archive) -> str:
    """Everything that must not depend on the order in which captures arrived, as text."""
    db = archive.connection
    tables = {
        name: [{k: row[k] for k in row.keys() if k != "docid"} for row in db.execute(sql)]  # noqa: SIM118
        for name, sql in DERIVED.items()
    }
    return json.dumps({**tables, "index": indexed(archive)}, ensure_ascii=False, indent=1)


def indexed(archive: Archive) -> list[list[object]]:
    """The terms of the search index with the articles that they stand in."""
    db = archive.connection
    db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'articles_fts', 'instance')")
    try:
        return [
            list(row)
            for row in db.execute(
                "SELECT term, id, col, offset FROM terms LEFT JOIN articles ON docid = doc ORDER BY 1, 2, 3, 4"
            )
        ]
    finally:
        db.execute("DROP TABLE temp.terms")


def sound(archive: Archive) -> None:
    """Asserts what is true of every archive at every time."""
    db = archive.connection
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


def kinds(outcomes: list[Outcome]) -> list[str]:
    """What storing each capture came to."""
    return [o.kind for o in outcomes]


def one(archive: Archive, sql: str, *parameters: object) -> tuple[object, ...]:
    """The first row."""
    return tuple(archive.connection.execute(sql, parameters).fetchone())


def everything(archive: Archive, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    """All rows."""
    return [tuple(row) for row in archive.connection.execute(sql, parameters)]
