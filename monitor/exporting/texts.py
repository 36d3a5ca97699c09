"""Exports that people and scripts read: JSON Lines and CSV, one article (or version) in each line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, TextIO

from monitor.exporting.described import (
    EVIDENCE,
    Collection,
    articles,
    as_line,
    need_articles,
    news_article,
    revisions,
)
from monitor.exporting.selection import Selection

Moved = Callable[[str, int, int], None]
"""Called with what is being written, how much of it is, and how much there is."""

#: The columns of a CSV file, each with the property of Dublin Core or schema.org that it is, where it is one.
COLUMNS = {
    "id": "dc:identifier",
    "site": "",
    "site_name": "dc:publisher",
    "section": "schema:articleSection",
    "url": "schema:url",
    "headline": "dc:title",
    "description": "dc:description",
    "author": "dc:creator",
    "date_published": "schema:datePublished",
    "word_count": "schema:wordCount",
    "status": "",
    "first_seen": "",
    "last_seen": "",
    "last_checked": "",
    "last_changed": "schema:dateModified",
    "revision_count": "",
    "same_text_as": "",
    "text_digest": "",
    "content_digest": "",
    "captured_url": "",
    "capture_id": "schema:archivedAt",
    "memento_datetime": "",
    "record_type": "",
    "payload_digest": "",
    "warc_file": "",
    "warc_offset": "",
    "warc_length": "",
    "body": "schema:articleBody",
}
#: Of versions, these say what they differ in, after ``id``; what is said of the article as a whole stays as it is.
OF_REVISIONS = ("revision_id", "change", "observed_after", "observed_by", "words_added", "words_removed")
_OF_REVISION = (
    *("headline", "description", "author", "date_published", "section", "text_digest", "content_digest"),
    *("body", "captured_url", *EVIDENCE, "change", "observed_after", "observed_by", "words_added", "words_removed"),
)

#: What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"); some take full width alike.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

#: A spreadsheet reads UTF-8 as such only behind this.
BOM = "\ufeff"


def json_lines(selection: Selection, file: IO[bytes], *, versions: bool, moved: Moved) -> None:
    """An article in each line, as JSON-LD."""
    need_articles(selection)
    for n, row in enumerate(articles(selection), 1):
        file.write(as_line(news_article(selection, dict(row), versions=versions)))
        moved("articles", n, selection.articles)


def sheet(selection: Selection, file: IO[bytes], *, versions: bool, moved: Moved) -> None:
    """A table of articles, or of their versions, for spreadsheets: no cell is a formula."""
    need_articles(selection)
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    text.write(BOM)
    _rows(selection, text, versions=versions, moved=moved)
    text.detach()  # it would be closed with this, and is not ours


def _rows(selection: Selection, file: TextIO, *, versions: bool, moved: Moved) -> None:
    columns = sheet_columns(versions=versions)
    writer = csv.writer(file)
    writer.writerow(columns)
    for n, article in enumerate(articles(selection), 1):
        for row in _versions(selection, dict(article)) if versions else [dict(article)]:
            writer.writerow([cell(row[name]) for name in columns])
        moved("articles", n, selection.articles)


def sheet_columns(*, versions: bool) -> tuple[str, ...]:
    """The columns of the table, in order."""
    first, *rest = COLUMNS
    return (first, *OF_REVISIONS, *rest) if versions else tuple(COLUMNS)


def _versions(selection: Selection, article: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in revisions(selection, article["id"]):
        yield article | {name: row[name] for name in _OF_REVISION} | {"revision_id": row["id"]}


def cell(value: object) -> object:
    """A value as a spreadsheet takes it for text: an apostrophe stands before what it would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def about_sheet(said: Collection, name: str, *, versions: bool) -> bytes:
    """What the table ``name`` holds, for programs: CSV on the Web (W3C, "Metadata Vocabulary for Tabular Data")."""
    columns = [
        {"name": column, "titles": column} | ({"propertyUrl": _url(COLUMNS[column])} if COLUMNS.get(column) else {})
        for column in sheet_columns(versions=versions)
    ]
    key = ["revision_id"] if versions else ["id"]
    metadata: Mapping[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "vi"}],
        "url": name,
        "dc:title": said.title,
        "dc:description": said.description,
        "dc:identifier": said.identifier,
        "dc:creator": list(said.publishers),
        "dc:date": said.created,
        "dc:language": "vi",
        "dc:coverage": said.span,
        "tableSchema": {"columns": columns, "primaryKey": key},
    }
    return json.dumps(metadata, ensure_ascii=False, indent=1).encode() + b"\n"


def _url(term: str) -> str:
    prefix, _, name = term.partition(":")
    return {"dc": "http://purl.org/dc/terms/", "schema": "https://schema.org/"}[prefix] + name
