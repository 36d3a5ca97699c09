"""The Atom feed: what readers are promised about names, times and not being sent the same thing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from monitor import feeds

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def entry(**changes: Any) -> feeds.Entry:
    values: dict[str, Any] = {
        "article_id": "abcdefghij234",
        "headline": "Khai giảng lớp bồi dưỡng",
        "page_url": "http://kho.example/bai-viet/abcdefghij234",
        "original_url": "http://huyen.example/tin/lop-7.html",
        "site_name": "Huyện ủy Vùng Núi",
        "section": "Tin hoạt động",
        "author": None,
        "published": "2026-03-01T08:15:00+07:00",
        "updated": "2026-03-01T19:00:00.250000Z",
        "summary": "Sáng nay khai giảng.",
        "paragraphs": ("Sáng nay khai giảng.", 'Lớp có 40 người & 2 "thầy" <b>'),
    }
    return feeds.Entry(**(values | changes))


def atom(*entries: feeds.Entry) -> feeds.Feed:
    return feeds.atom(
        entries, name="new", title="Lưu Tin", subtitle="Kho", feed_url="http://kho.example/feeds/new.atom",
        home_url="http://kho.example/",
    )  # fmt: skip


def test_an_entry_has_the_same_name_whatever_server_and_rebuild() -> None:
    assert feeds.entry_id("abcdefghij234") == "urn:uuid:d89f840d-8527-5b25-91df-97bd68bb8940"
    assert UUID(feeds.entry_id("abcdefghij234")).version == 5
    here, there = atom(entry()), atom(entry(page_url="https://moved.example/bai-viet/abcdefghij234"))
    for feed in (here, there):
        assert etree.fromstring(feed.body).findtext("a:entry/a:id", None, ATOM) == feeds.entry_id("abcdefghij234")
    assert etree.fromstring(here.body).findtext("a:id", None, ATOM) == feeds.entry_id("feed:new")


def test_a_feed_reader_understands_it() -> None:
    parsed = feedparser.parse(atom(entry(), entry(article_id="b" * 13, headline=None, author="Mai Lan")).body)
    assert not parsed.bozo
    first, second = parsed.entries
    assert [first.title, second.title] == ["Khai giảng lớp bồi dưỡng", "Không tiêu đề"]
    assert first.link == "http://kho.example/bai-viet/abcdefghij234"
    assert first.content[0].value.endswith('<p><a href="http://huyen.example/tin/lop-7.html">Huyện ủy Vùng Núi</a></p>')
    assert [first.author, second.author] == ["Huyện ủy Vùng Núi", "Mai Lan"]
    assert first.content[0].value.startswith("<p>Sáng nay khai giảng.</p><p>Lớp có 40 người &amp; 2")
    assert [tag.term for tag in first.tags] == ["Huyện ủy Vùng Núi", "Tin hoạt động"]
    assert parsed.feed.language == "vi"


def test_published_is_the_publishers_time_and_never_an_invented_midnight() -> None:
    def published(value: str | None) -> Any:
        return etree.fromstring(atom(entry(published=value)).body).findtext("a:entry/a:published", None, ATOM)

    assert published("2026-03-01T08:15:00+07:00") == "2026-03-01T08:15:00+07:00"
    assert published("2026-03-01") is None
    assert published(None) is None


def test_updated_is_when_we_last_saw_a_change_and_the_feed_is_as_new_as_its_newest_entry() -> None:
    feed = atom(entry(), entry(article_id="b" * 13, updated="2026-03-04T19:00:00.750000Z"))
    tree = etree.fromstring(feed.body)
    assert [e.text for e in tree.iterfind("a:entry/a:updated", ATOM)] == [
        "2026-03-01T19:00:00.250000+00:00",
        "2026-03-04T19:00:00.750000+00:00",
    ]
    assert tree.findtext("a:updated", None, ATOM) == "2026-03-04T19:00:00.750000+00:00"
    assert feed.last_modified == datetime(2026, 3, 4, 19, tzinfo=UTC)


def test_what_was_sent_is_not_sent_again() -> None:
    feed = atom(entry())
    assert feed.last_modified is not None
    assert feed.headers["ETag"] == feed.etag
    assert feed.headers["Last-Modified"] == "Sun, 01 Mar 2026 19:00:00 GMT"
    assert atom(entry()).etag == feed.etag != atom(entry(headline="Khác")).etag
    assert feed.is_known_to({"if-none-match": feed.etag})
    assert feed.is_known_to({"if-none-match": f'"other", W/{feed.etag}'})
    assert feed.is_known_to({"if-none-match": "*"})
    assert feed.is_known_to({"if-modified-since": "Sun, 01 Mar 2026 19:00:00 GMT"})
    assert feed.is_known_to({"if-modified-since": format_datetime(feed.last_modified + timedelta(days=1), usegmt=True)})
    assert not feed.is_known_to({})
    assert not feed.is_known_to({"if-modified-since": "Sun, 01 Mar 2026 18:59:59 GMT"})
    # the tag is the stronger word: an edit within the same second must not be missed
    assert not feed.is_known_to({"if-none-match": '"old"', "if-modified-since": "Sun, 01 Mar 2026 19:00:00 GMT"})


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Sun, 99 Mar 2026 19:00:00 GMT", "0", "Sun, 01 Mar 2026 19:00 +9999"]
)
def test_a_senseless_date_is_no_validator(date: str) -> None:
    feed = atom(entry(updated=datetime(2027, 1, 1, tzinfo=timezone(timedelta(hours=7))).isoformat()))
    assert not feed.is_known_to({"if-modified-since": date})


def test_an_empty_archive_has_a_valid_feed_without_a_date_of_change() -> None:
    feed = atom()
    assert feed.last_modified is None
    assert "Last-Modified" not in feed.headers
    assert not feedparser.parse(feed.body).bozo
    assert not feed.is_known_to({"if-modified-since": "Sun, 01 Mar 2026 19:00:00 GMT"})
    assert feed.is_known_to({"if-none-match": atom().etag})


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_of_a_stranger_breaks_the_feed(headline: str, paragraph: str, author: str, url: str) -> None:
    feed = atom(entry(headline=headline, paragraphs=(paragraph,), summary=paragraph, author=author, original_url=url))
    assert len(etree.fromstring(feed.body).findall("a:entry", ATOM)) == 1
