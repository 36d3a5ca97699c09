"""What an export says of itself (Dublin Core, schema.org) and of each article: the names that other software knows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid5

from crawler import __version__
from crawler.clock import now, timestamp
from crawler.config import Config
from crawler.errors import InputError
from monitor.exporting.selection import Selection
from monitor.feeds.entries import NAMESPACE, entry_id

#: What writes the exports, as they name it.
SOFTWARE = f"Lưu Tin {__version__}"

#: Our own details stand under ``archive``, no term of schema.org: processors of JSON-LD are told to pass it by.
CONTEXT = ["https://schema.org", {"archive": None}]

_ARTICLES = """
SELECT articles.*, sites.name AS site_name, sites.home_url, sites.province, texts.body,
       revisions.content_digest, revisions.reading_digest, revisions.observed_after,
       captures.id AS capture_id, captures.url AS captured_url, captures.memento_datetime, captures.record_type,
       captures.payload_digest, captures.warc_file, captures.warc_offset, captures.warc_length
FROM temp.chosen_articles AS chosen JOIN articles ON articles.id = chosen.id
JOIN sites ON sites.slug = articles.site LEFT JOIN texts ON texts.text_digest = articles.text_digest
LEFT JOIN revisions ON revisions.id = articles.current_revision_id
LEFT JOIN captures ON captures.id = revisions.capture_id
ORDER BY chosen.position
"""
_REVISIONS = """
SELECT revisions.id, revisions.memento_datetime, observed_after, observed_by, change, headline, description, author,
       date_published, section, revisions.text_digest, revisions.content_digest, revisions.reading_digest,
       words_added, words_removed, texts.body, capture_id, captures.url AS captured_url, record_type, payload_digest,
       warc_file, warc_offset, warc_length
FROM revisions JOIN captures ON captures.id = revisions.capture_id
LEFT JOIN texts ON texts.text_digest = revisions.text_digest
WHERE revisions.article_id = ? ORDER BY revisions.memento_datetime, revisions.id
"""
_REMOVALS = """
SELECT first_missing, confirmed, restored, checks, decision, moved_to, last_good_capture_id, evidence FROM removals
WHERE article_id = ? ORDER BY first_missing
"""
_FILES = """
SELECT kind, url, name, media_type, content_length, payload_digest, capture_id FROM attachments WHERE article_id = ?
ORDER BY id
"""
_CITED = "SELECT document FROM citations WHERE article_id = ? GROUP BY document ORDER BY min(position)"
_ADDRESSES = "SELECT url FROM article_urls WHERE article_id = ? AND url <> ? ORDER BY first_seen, url_key"
_SPAN = """
SELECT min(date_published) AS first, max(date_published) AS last FROM temp.chosen_articles AS chosen
JOIN articles ON articles.id = chosen.id
"""

#: Where the record lies that says so: its columns in ``captures``.
EVIDENCE = (
    *("capture_id", "memento_datetime", "record_type", "payload_digest"),
    *("warc_file", "warc_offset", "warc_length"),
)
_KEPT = ("site", "status", "first_seen", "last_seen", "last_checked", "last_changed", "revision_count", "same_text_as")
_DIGESTS = ("text_digest", "content_digest", "reading_digest")


@dataclass(frozen=True, slots=True)
class Collection:
    """What an export is, as a whole."""

    title: str
    description: str
    publishers: tuple[str, ...]  # the names of the sites
    keeper: str  # who runs the archive; may be ""
    email: str
    first: str  # the publishers' dates of its articles
    last: str
    created: str  # our time
    articles: int
    captures: int

    @property
    def span(self) -> str:
        """The time that it is about, as ISO 8601 writes it."""
        return f"{self.first[:10]}/{self.last[:10]}" if self.first else ""

    @property
    def identifier(self) -> str:
        """``urn:uuid:…`` of this very export."""
        return uuid5(NAMESPACE, f"export {self.title} {self.description} {self.created}").urn

    def dublin_core(self) -> list[tuple[str, str]]:
        """Elements of Dublin Core (DCMES 1.1, without prefix) and their values, repeated where there are several."""
        elements = [("title", self.title), ("description", self.description), ("identifier", self.identifier)]
        elements += [("creator", name) for name in self.publishers]
        elements += [("publisher", self.keeper)] if self.keeper else []
        elements += [("date", self.created), ("type", "Collection"), ("language", "vi")]
        return elements + ([("coverage", self.span)] if self.span else [])

    def schema_org(self) -> dict[str, Any]:
        """A schema.org Collection, as JSON-LD."""
        said = {
            "@context": "https://schema.org",
            "@type": "Collection",
            "@id": self.identifier,
            "name": self.title,
            "description": self.description,
            "creator": [{"@type": "Organization", "name": name} for name in self.publishers],
            "publisher": {"@type": "Organization", "name": self.keeper} if self.keeper else None,
            "dateCreated": self.created,
            "inLanguage": "vi",
            "temporalCoverage": self.span,
            "collectionSize": self.articles,
        }
        return _without_nothing(said)


def collection(selection: Selection, config: Config) -> Collection:
    """What the export of a selection says of itself."""
    names = "SELECT name FROM sites WHERE slug IN (SELECT slug FROM temp.chosen_sites) ORDER BY slug"
    publishers = tuple(name for (name,) in selection.db.execute(names))
    span = selection.db.execute(_SPAN).fetchone()
    keeper = config.contact.name
    return Collection(
        title=f"{', '.join(publishers[:3])}{' …' if len(publishers) > 3 else ''}: news, archived",
        description=f"Articles of Vietnamese party-committee sites, archived by {SOFTWARE}"
        f"{f' at {keeper}' if keeper else ''}. Chosen: {selection.choice.in_words()}.",
        publishers=publishers,
        keeper=keeper,
        email=config.contact.email,
        first=span["first"] or "",
        last=span["last"] or "",
        created=timestamp(now()),
        articles=selection.articles,
        captures=selection.captures,
    )


def articles(selection: Selection) -> Iterator[sqlite3.Row]:
    """The chosen articles, each with its site, its text now and the record that shows it, one at a time."""
    return iter(selection.db.execute(_ARTICLES))


def revisions(selection: Selection, article_id: str) -> Iterator[sqlite3.Row]:
    """An article's versions in the order of time, each with its text and its record."""
    return iter(selection.db.execute(_REVISIONS, (article_id,)))


def news_article(selection: Selection, row: Mapping[str, Any], *, versions: bool, text: bool = True) -> dict[str, Any]:
    """An article as JSON-LD: schema.org's NewsArticle, and under ``archive`` what only an archive knows."""
    db, article = selection.db, str(row["id"])
    files = [dict(file) for file in db.execute(_FILES, (article,))]
    kept: dict[str, Any] = {name: row[name] for name in (*_KEPT, *_DIGESTS)}
    kept |= {"evidence": _evidence(row), "attachments": files}
    kept["removals"] = [dict(r) | {"evidence": json.loads(r["evidence"])} for r in db.execute(_REMOVALS, (article,))]
    if versions:
        kept["revisions"] = [_revision(dict(r), text=text) for r in revisions(selection, article)]
    said = {
        "@context": CONTEXT,
        "@type": "NewsArticle",
        "@id": entry_id(article),
        "identifier": article,
        "url": row["url"],
        "sameAs": [url for (url,) in db.execute(_ADDRESSES, (article, row["url"]))],
        "headline": row["headline"],
        "description": row["description"],
        "author": {"name": row["author"]} if row["author"] else None,
        "datePublished": row["date_published"],
        "dateModified": row["last_changed"],
        "articleSection": row["section"],
        "articleBody": row["body"] if text else None,
        "wordCount": row["word_count"],
        "inLanguage": "vi",
        "publisher": {"@type": "Organization", "name": row["site_name"], "url": row["home_url"]},
        "image": [{"@type": "ImageObject", "contentUrl": f["url"]} for f in files if f["kind"] == "image"],
        "associatedMedia": [_media(f) for f in files if f["kind"] == "attachment"],
        "citation": [document for (document,) in db.execute(_CITED, (article,))],
        "archivedAt": {"@type": "WebPage", "@id": row["capture_id"], "url": row["captured_url"],
                       "dateCreated": row["memento_datetime"]},
    }  # fmt: skip
    return _without_nothing(said) | {"archive": _without_nothing(kept)}


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in EVIDENCE}


def _revision(row: dict[str, Any], *, text: bool) -> dict[str, Any]:
    own = {name: value for name, value in row.items() if name not in (*EVIDENCE, "captured_url", "body")}
    own |= {"articleBody": row["body"]} if text else {}
    return _without_nothing(own) | {"memento_datetime": row["memento_datetime"], "evidence": _evidence(row)}


def _media(file: Mapping[str, Any]) -> dict[str, Any]:
    said = {"@type": "MediaObject", "contentUrl": file["url"], "name": file["name"]}
    return _without_nothing(said | {"encodingFormat": file["media_type"], "contentSize": file["content_length"]})


def _without_nothing(said: Mapping[str, Any]) -> dict[str, Any]:
    """Without the keys that say nothing; 0 says something."""
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def as_line(value: object) -> bytes:
    """JSON on one line, UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def need_articles(selection: Selection) -> None:
    """Raises InputError where no article was chosen, for formats that hold nothing else."""
    if not selection.articles:
        raise InputError(f"The archive has no article of what is asked for ({selection.choice.in_words()}).")
