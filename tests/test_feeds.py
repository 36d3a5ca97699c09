"""Feeds as they are written: what readers are promised about names, times and not being sent the same thing twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import feedparser
import pytest
from feed_rules import ATOM, CHECKS, RSS, html
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crawler.changes import compare
from crawler.reading import Reading
from monitor import feeds
from monitor.feeds import content, entries


def entry(**changes: Any) -> feeds.Entry:
    values: dict[str, Any] = {
        "id": feeds.entry_id("abcdefghij234"),
        "title": "Khai giảng lớp bồi dưỡng",
        "page_url": "http://kho.example/bai-viet/abcdefghij234",
        "original_url": "http://huyen.example/tin/lop-7.html",
        "site_name": "Huyện ủy Vùng Núi",
        "section": "Tin hoạt động",
        "author": None,
        "published": "2026-03-01T08:15:00+07:00",
        "updated": "2026-03-01T19:00:00.250000Z",
        "summary": "Sáng nay khai giảng.",
        "html": "<p>Sáng nay khai giảng.</p>",
    }
    return feeds.Entry(**(values | changes))


def head(**changes: Any) -> feeds.Head:
    values: dict[str, Any] = {
        "name": "new",
        "title": "Lưu Tin",
        "subtitle": "Kho",
        "feed_url": "http://kho.example/feeds/new.atom",
        "home_url": "http://kho.example/",
        "rights": "Của các trang",
    }
    return feeds.Head(**(values | changes))


def write(form: str, *written: feeds.Entry, **changes: Any) -> Any:
    """A feed, checked by the rules of its form."""
    return CHECKS[form](feeds.render(form, head(**changes), written).body)


def atom(*written: feeds.Entry) -> feeds.Feed:
    return feeds.render("atom", head(), written)


def test_an_entry_has_the_same_name_whatever_server_and_rebuild() -> None:
    assert feeds.entry_id("abcdefghij234") == "urn:uuid:d89f840d-8527-5b25-91df-97bd68bb8940"
    assert UUID(feeds.entry_id("abcdefghij234")).version == 5
    assert feeds.event_id("cb3a90e6-6823-5514-aa0b-4ecbc6321255") == "urn:uuid:cb3a90e6-6823-5514-aa0b-4ecbc6321255"
    here = write("atom", entry())
    there = write(
        "atom", entry(page_url="https://moved.example/bai-viet/abcdefghij234"), home_url="https://moved.example/"
    )
    for tree in (here, there):
        assert tree.findtext("a:entry/a:id", None, ATOM) == feeds.entry_id("abcdefghij234")
        assert tree.findtext("a:id", None, ATOM) == feeds.entry_id("feed:new")
    assert write("rss", entry()).findtext("channel/item/guid") == feeds.entry_id("abcdefghij234")
    assert write("json", entry())["items"][0]["id"] == feeds.entry_id("abcdefghij234")


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_feed_reader_understands_it(form: str) -> None:
    written = (entry(), entry(id=feeds.entry_id("b"), title=None, author="Mai Lan", summary=None))
    write(form, *written)
    parsed = feedparser.parse(feeds.render(form, head(), written).body)
    first, second = parsed.entries
    assert [first.title, second.title] == ["Khai giảng lớp bồi dưỡng", "Không tiêu đề"]
    assert first.link == "http://kho.example/bai-viet/abcdefghij234"
    assert [first.author, second.author] == ["Huyện ủy Vùng Núi", "Mai Lan"]
    assert first.summary == "Sáng nay khai giảng."
    assert first.content[0].value.startswith("<p>Sáng nay khai giảng.</p>")
    assert [tag.term for tag in first.tags] == ["Huyện ủy Vùng Núi", "Tin hoạt động"]
    assert first.published_parsed[:5] == (2026, 3, 1, 1, 15)
    assert first.updated_parsed[:5] == (2026, 3, 1, 19, 0)
    assert parsed.feed.language == "vi"
    assert parsed.feed.rights == "Của các trang"
    assert parsed.feed.links[1 if form == "rss" else 0].rel == "self"


def test_a_json_feed_says_the_same() -> None:
    (item,) = write("json", entry(language="en"))["items"]
    assert item == {
        "id": feeds.entry_id("abcdefghij234"),
        "url": "http://kho.example/bai-viet/abcdefghij234",
        "external_url": "http://huyen.example/tin/lop-7.html",
        "title": "Khai giảng lớp bồi dưỡng",
        "content_html": "<p>Sáng nay khai giảng.</p>",
        "summary": "Sáng nay khai giảng.",
        "date_published": "2026-03-01T08:15:00+07:00",
        "date_modified": "2026-03-01T19:00:00.250000+00:00",
        "authors": [{"name": "Huyện ủy Vùng Núi"}],
        "tags": ["Huyện ủy Vùng Núi", "Tin hoạt động"],
        "language": "en",
    }
    (bare,) = write("json", entry(html="", summary=None))["items"]
    assert bare["content_text"] == "Khai giảng lớp bồi dưỡng"


def test_an_entry_names_the_publishers_page_beside_ours_where_that_is_an_address() -> None:
    def via(url: str) -> str | None:
        link = write("atom", entry(original_url=url)).find("a:entry/a:link[@rel='via']", ATOM)
        return None if link is None else link.get("href")

    assert via("http://huyen.example/tin/lop-7.html") == "http://huyen.example/tin/lop-7.html"
    assert via("http://huyen.example/tin tức/ủy.aspx?a=%20&b=[1]#100%") == (
        "http://huyen.example/tin%20t%E1%BB%A9c/%E1%BB%A7y.aspx?a=%20&b=%5B1%5D#100%25"
    )
    for nothing in ("javascript:alert(1)", "/tin/7", "", "http://", "http://[", "data:text/html,x", "mailto:a@b.vn"):
        assert via(nothing) is None


def test_published_is_the_publishers_time_and_never_an_invented_midnight() -> None:
    def published(value: str | None) -> list[str | None]:
        atom_one, rss_one = write("atom", entry(published=value)), write("rss", entry(published=value))
        return [
            atom_one.findtext("a:entry/a:published", None, ATOM),
            rss_one.findtext("channel/item/pubDate"),
            rss_one.findtext("channel/item/dc:date", None, RSS),
            write("json", entry(published=value))["items"][0].get("date_published"),
        ]

    assert published("2026-03-01T08:15:00+07:00") == [
        "2026-03-01T08:15:00+07:00",
        "Sun, 01 Mar 2026 01:15:00 GMT",
        None,
        "2026-03-01T08:15:00+07:00",
    ]
    assert published("2026-03-01") == [None, None, "2026-03-01", None]
    assert published(None) == [None, None, None, None]
    assert published("ngày kia T") == [None, None, "ngày kia T", None]


def test_updated_is_when_we_last_saw_a_change_and_the_feed_is_as_new_as_its_newest_entry() -> None:
    later = entry(id=feeds.entry_id("b"), updated="2026-03-04T19:00:00.750000Z")
    tree = write("atom", entry(), later)
    assert [e.text for e in tree.iterfind("a:entry/a:updated", ATOM)] == [
        "2026-03-01T19:00:00.250000+00:00",
        "2026-03-04T19:00:00.750000+00:00",
    ]
    assert tree.findtext("a:updated", None, ATOM) == "2026-03-04T19:00:00.750000+00:00"
    assert write("rss", entry(), later).findtext("channel/lastBuildDate") == "Wed, 04 Mar 2026 19:00:00 GMT"
    assert atom(entry(), later).last_modified == datetime(2026, 3, 4, 19, tzinfo=UTC)


def test_an_entry_in_another_language_says_so() -> None:
    tree = write("atom", entry(), entry(id=feeds.entry_id("b"), language="en"))
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert tree.get(lang) == "vi"
    assert [e.get(lang) for e in tree.iterfind("a:entry", ATOM)] == [None, "en"]


def test_what_was_sent_is_not_sent_again() -> None:
    feed = atom(entry())
    assert feed.last_modified is not None
    assert feed.headers["ETag"] == feed.etag
    assert feed.headers["Last-Modified"] == "Sun, 01 Mar 2026 19:00:00 GMT"
    assert atom(entry()).etag == feed.etag != atom(entry(title="Khác")).etag
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


@pytest.mark.parametrize("form", feeds.FORMS)
def test_an_empty_archive_has_a_valid_feed_without_a_date_of_change(form: str) -> None:
    feed = feeds.render(form, head(), [])
    CHECKS[form](feed.body)
    assert feed.last_modified is None
    assert "Last-Modified" not in feed.headers
    assert not feed.is_known_to({"if-modified-since": "Sun, 01 Mar 2026 19:00:00 GMT"})
    assert feed.is_known_to({"if-none-match": feeds.render(form, head(), []).etag})


@pytest.mark.parametrize("form", feeds.FORMS)
@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Hội\x00 nghị\x0b\x1f tổng\x85kết", "Hội nghị tổng kết"),
        ("Phần 1 ]]> phần 2", "Phần 1 ]]> phần 2"),
        ("Chúc mừng 🎉👩🏽‍🌾", "Chúc mừng 🎉👩🏽🌾"),
        ("A & B <b>C</b> &amp; \"D\" 'E'", "A & B <b>C</b> &amp; \"D\" 'E'"),
        ("\ud83d lẻ \ufffe\uffff", "lẻ"),
        ("\u202eđảo ngược\u202c", "đảo ngược"),
    ],
)
def test_titles_survive_whatever_is_in_them(form: str, title: str, shown: str) -> None:
    written = entry(title=title, author=title, section=title, summary=title, html=content.said(title))
    feed = write(form, written)
    if form == "json":
        assert feed["items"][0]["title"] == shown
    else:
        assert feed.findtext("a:entry/a:title" if form == "atom" else "channel/item/title", None, ATOM) == shown


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.text(), st.text(), st.sampled_from(sorted(feeds.FORMS)))
def test_no_text_of_a_stranger_breaks_a_feed(headline: str, paragraph: str, author: str, url: str, form: str) -> None:
    html = content.article([paragraph], original_url=url, site_name=author, day=headline)
    summary = content.excerpt(paragraph, [headline])
    write(form, entry(title=headline, html=html, summary=summary, author=author, original_url=url, section=author))


# --- what stands in an entry


def reading(headline: str = "Tựa", **changes: str) -> Reading:
    values = {"author": "Mai Lan", "captions": "[]", "images": "[]", "attachments": "[]", "description": None}
    values |= {"section": "Tin", "date_published": "2026-03-01", "word_count": 1, "headline": headline}
    digests = dict.fromkeys(("reading_digest", "content_digest", "text_digest"), "")
    return Reading(**(digests | values | changes))  # type: ignore[arg-type]


def difference(before: str, after: str, was: Reading | None = None, now: Reading | None = None) -> str:
    said = content.edit(compare(was or reading(), before, now or reading(), after))
    html(said)
    return said


def test_an_edit_is_told_word_by_word_in_its_context() -> None:
    rest = [f"Đoạn thứ {n} không ai sửa." for n in range(6)]
    before = "\n\n".join([*rest[:3], "Xã đã thu 3 triệu đồng trong quý.", *rest[3:], "Câu cuối bị bỏ."])
    after = "\n\n".join([*rest[:3], "Xã đã thu 5 triệu đồng trong quý.", *rest[3:]])
    assert difference(before, after) == (
        "<p>…</p><p>Đoạn thứ 2 không ai sửa.</p>"
        "<p>Xã đã thu <del>3</del> <ins>5</ins> triệu đồng trong quý.</p>"
        "<p>Đoạn thứ 3 không ai sửa.</p><p>…</p><p>Đoạn thứ 5 không ai sửa.</p><p><del>Câu cuối bị bỏ.</del></p>"
    )


def test_an_edit_of_the_headline_the_author_or_the_files_is_told_and_a_cosmetic_one_is_not() -> None:
    files = json.dumps([{"url": "/f/1.doc", "name": "Kế hoạch"}])
    now = reading("Tựa mới", author="Mai Hoa", attachments=files)
    assert difference("Một <đoạn>.", "Một <đoạn>.", now=now) == (
        "<p>Tiêu đề: Tựa <ins>mới</ins></p><p>Tác giả: Mai <del>Lan</del> <ins>Hoa</ins></p><p>…</p>"
        "<p>Tệp đính kèm đã đổi.</p>"
    )
    assert difference("Uỷ ban.\n\nHai.", "Ủy ban.\n\nHai.") == "<p>…</p>"


def test_a_diff_of_a_law_code_is_bounded_and_says_that_there_is_more() -> None:
    said = difference("", "\n\n".join(f"Điều {n}. " + "chữ " * 200 for n in range(400)))
    assert len(said) < content.LONGEST + 100
    assert said.endswith("<p>… (còn nữa trên trang của bài)</p>")


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.text())
def test_a_difference_of_strangers_words_holds_no_markup_but_ours(before: str, after: str, headline: str) -> None:
    difference(before, after, now=reading(headline or "x"))
    html(content.facts([(before, after)]) + content.looks([{"when": before, "answer": after, "capture": headline}]))


def test_a_summary_is_the_lead_or_the_beginning_cut_between_words() -> None:
    assert content.excerpt("Lời dẫn.", ["Một."]) == "Lời dẫn."
    assert content.excerpt(None, ["Một.", "Hai."]) == "Một. Hai."
    cut = content.excerpt("", ["chữ " * 200])
    assert cut.endswith("chữ …")
    assert len(cut) <= content.EXCERPT + 2
    assert content.excerpt(None, []) == ""


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("No space left on device: /home/an/tin/warc/x.warc.gz.open, stop", "No space left on device: …, stop"),
        (r"cannot open C:\Users\an\archive.db", "cannot open …"),
        ("in '/var/lib/luutin' now", "in '…' now"),
        ("http://huyen.vn/tin/bai-1.html?a=/b/c answers 500", "http://huyen.vn/tin/bai-1.html?a=/b/c answers 500"),
        ("ask an.nguyen+x@huyen.gov.vn", "ask …@…"),
        ("05/02/2024 and 12/14 articles", "05/02/2024 and 12/14 articles"),
    ],
)
def test_a_message_for_operators_tells_nobody_of_places_and_mailboxes(message: str, shown: str) -> None:
    assert content.discreet(message) == shown


def test_all_feeds_are_one_file_that_readers_import() -> None:
    inner = feeds.Outline('Tin <"&"> ]]>', "http://kho.example/feeds/new.atom?site=a&section=b", "http://kho.example/")
    tree = etree.fromstring(feeds.opml("Lưu\x00 Tin", [feeds.Outline("Cả kho", outlines=[inner])]))
    assert tree.findtext("head/title") == "Lưu Tin"
    (outline,) = tree.findall("body/outline/outline")
    assert dict(outline.attrib) == {
        "text": 'Tin <"&"> ]]>',
        "title": 'Tin <"&"> ]]>',
        "type": "rss",
        "xmlUrl": inner.feed_url,
        "htmlUrl": inner.home_url,
    }


def test_only_a_time_is_a_time() -> None:
    assert entries.moment("2026-03-01T19:00:00") == datetime(2026, 3, 1, 19, tzinfo=UTC)
    assert entries.moment("x") is entries.moment(None) is None
    assert entry(updated="x").updated_at == entries.NEVER
