"""From a capture to what the archive takes: pure, the same for every source, safe with strangers' bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive import Archive, Prepared
from crawler.derive import HOME
from crawler.errors import StorageError
from crawler.ingest import Ingest, prepare
from crawler.site import Addresses, Family, Section, Site
from crawler.warc import Capture, Location, payload_digest
from tests.captures import SITE as OTHER
from tests.captures import error, moment, page

SITE = Site(
    slug="thu",
    name="Huyện uỷ Thử",
    committee="Huyện uỷ",
    province="Thử",
    home_url="http://thu.example.vn/web/guest",
    family=Family(name="thử", addresses=Addresses(article=r"/tin/(?:(?P<id>\d+)-)?[\w-]+$", deny=(r"/lich",))),
    sections=(Section(name="Tin", path="/tin"),),
)

PARAGRAPHS = (
    "Sáng 5/3, Ban Dân vận Huyện uỷ họp bàn việc thăm hỏi các bản vùng cao trước mùa mưa lũ năm nay.",
    "Các đồng chí dự họp thống nhất cử ba đoàn công tác về bốn xã, mỗi đoàn ở lại với dân hai ngày.",
)


def html(
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    *,
    head: str = "",
    extra: str = "",
    headline: str = "Thăm các bản vùng cao",
) -> bytes:
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{headline}</title>{head}</head><body>"
        f"<h1>{headline}</h1><p>09:47, 05/03/2026</p><div>{body}{extra}</div></body></html>"
    ).encode()


def capture(
    url: str = "http://thu.example.vn/tin/12-tham-ban", payload: bytes | None = None, **rest: object
) -> Capture:
    content = html() if payload is None else payload
    fields: dict[str, object] = {
        "record_id": "urn:uuid:00000000-0000-0000-0000-000000000001",
        "record_type": "response",
        "url": url,
        "method": "GET",
        "request_body_digest": None,
        "memento_datetime": datetime(2026, 3, 5, 4, tzinfo=UTC),
        "status": 200,
        "headers": (("Content-Type", "text/html; charset=UTF-8"), ("ETag", '"e"')),
        "media_type": "text/html",
        "payload": content,
        "payload_digest": payload_digest(content),
        "location": Location("a.warc.gz", 7, 9),
        **rest,
    }
    return Capture(**fields)  # type: ignore[arg-type]


def live(c: Capture) -> Prepared:
    return prepare(c, SITE, source="live")


def test_a_page_is_read_judged_and_named() -> None:
    p = live(capture())
    assert (p.quality, p.site, p.url_key) == ("article", "thu", "vn,example,thu)/tin/12-tham-ban")
    assert p.reading is not None
    assert (p.reading.headline, p.reading.date_published) == ("Thăm các bản vùng cao", "2026-03-05T09:47:00+07:00")
    assert p.body == "\n\n".join(PARAGRAPHS)
    assert (p.memento_datetime, p.etag, p.warc_offset) == ("2026-03-05T04:00:00.000000Z", '"e"', 7)


def test_an_article_is_named_by_its_cms_id_whatever_slug_host_or_section_it_has() -> None:
    ids = {
        live(capture(url)).article_id
        for url in (
            "http://thu.example.vn/tin/12-tham-ban",
            "https://www.thu.example.vn/tin/12-ten-khac#x",
            "http://huyen.example.vn/tin/12-tham-ban",
        )
    }
    assert len(ids) == 1
    (identifier,) = ids
    assert identifier is not None
    assert len(identifier) == 13
    assert live(capture("http://thu.example.vn/tin/13-tham-ban")).article_id != identifier


def test_without_a_cms_id_a_canonical_link_to_an_article_of_the_site_names_it() -> None:
    plain = live(capture("http://thu.example.vn/tin/tham-ban"))
    linked = html(head='<link rel="canonical" href="/tin/tham-ban">')
    p = live(capture("http://thu.example.vn/tin/tham-ban-m", linked))
    assert (p.article_id, p.canonical_key) == (plain.article_id, plain.url_key)
    assert p.identity != p.article_id


@pytest.mark.parametrize(
    "href", ["/", "/tin", "http://other.example.com/tin/tham-ban", "/tin/99-bai-khac", "mailto:a@b"]
)
def test_a_canonical_link_that_cannot_be_the_article_says_nothing(href: str) -> None:
    linked = capture(payload=html(head=f'<link rel="canonical" href="{href}">'))
    assert live(linked).canonical_key is None
    assert live(linked).article_id == live(capture()).article_id


@pytest.mark.parametrize(
    ("status", "quality"),
    [(304, "not_modified"), (404, "not_found"), (410, "not_found"), (403, "error"), (429, "error"), (503, "error")],
)
def test_a_status_decides_before_the_page_is_read(status: int, quality: str) -> None:
    p = live(capture(status=status))
    assert (p.quality, p.reading, p.article_id) == (quality, None, None)


@pytest.mark.parametrize("target", ["/", "/web/guest", "https://www.thu.example.vn/index.html", "/?p=1"])
def test_a_redirect_home_says_so(target: str) -> None:
    p = live(capture(status=302, headers=(("Location", target),)))
    assert (p.quality, p.quality_reason, p.follow) == ("redirect", HOME, ())


def test_a_redirect_is_followed_within_the_site_and_where_it_may_be() -> None:
    def follow(target: str) -> tuple[tuple[str, str, str], ...]:
        return live(capture(status=301, headers=(("Location", target),))).follow

    assert follow("/tin/12-moi") == (("http://thu.example.vn/tin/12-moi", "vn,example,thu)/tin/12-moi", "redirect"),)
    assert follow("https://thu.example.vn/tin/12-tham-ban")[0][0].startswith("https:")
    assert follow("/lich?ngay=1") == ()
    assert follow("http://elsewhere.example.com/") == ()
    assert live(capture(status=301, headers=(("Location", "http://[bad"),))).quality == "error"


def test_a_revisit_waits_for_its_payload_unless_it_is_of_nothing() -> None:
    again = capture(payload=b"", record_type="revisit", payload_digest=payload_digest(html()))
    assert live(again).quality == "revisit"
    assert live(replace(again, payload_digest=payload_digest(b""))).quality == "unreadable"


def test_what_is_no_page_is_a_file_and_what_was_cut_is_not_read() -> None:
    assert live(capture("http://thu.example.vn/f.pdf", b"%PDF-1.4", media_type="application/pdf")).quality == "file"
    assert live(capture(media_type="application/octet-stream")).quality == "article"
    assert live(capture(truncated=True)).quality == "unreadable"
    assert live(capture(method="POST", request_body=b"x=1")).quality == "listing"


def test_moving_hosts_and_pictures_change_no_reading_but_attachments_do() -> None:
    def reading(host: str, picture: str, file: str) -> str:
        extra = f'<p><img src="{picture}"></p><p>File đính kèm: <a href="{file}">kế hoạch.doc</a></p>'
        p = live(capture(f"{host}/tin/12-tham-ban", html(extra=extra)))
        assert p.reading is not None
        return p.reading.reading_digest

    first = reading("http://thu.example.vn", "/a.jpg", "/k.doc")
    assert reading("https://huyen.example.vn", "/thumb/a.jpg", "/k.doc") == first
    assert reading("http://thu.example.vn", "/a.jpg", "/k2.doc") != first
    assert {reading("http://thu.example.vn", "/a.jpg", f"/k.doc?ticket={n}&v=1") for n in range(9)} != {first}
    assert len({reading("http://thu.example.vn", "/a.jpg", f"/k.doc?ticket={n}&v=1") for n in range(9)}) == 1


def test_a_file_is_fetched_with_what_opens_it_and_known_without() -> None:
    p = live(capture(payload=html(extra='<p><a href="/k.doc?token=7a91">kế hoạch.doc</a></p>')))
    assert p.follow == (("http://thu.example.vn/k.doc?token=7a91", "vn,example,thu)/k.doc", "attachment"),)


def test_files_are_to_be_fetched_by_a_live_crawl_where_the_site_keeps_them() -> None:
    page_with_files = capture(payload=html(extra='<p><img src="/a.jpg"></p><p><a href="/k.doc">kế hoạch.doc</a></p>'))
    wanted = [(url, reason) for url, _, reason in live(page_with_files).follow]
    assert wanted == [("http://thu.example.vn/k.doc", "attachment"), ("http://thu.example.vn/a.jpg", "image")]
    assert prepare(page_with_files, SITE, source="import").follow == ()
    frugal = replace(SITE, keep_images=False, keep_attachments=False)
    assert prepare(page_with_files, frugal, source="live").follow == ()


@given(
    st.binary(max_size=400), st.sampled_from(["text/html", "", "application/pdf"]), st.sampled_from([None, 200, 302])
)
def test_no_bytes_of_strangers_break_it(payload: bytes, media_type: str, status: int | None) -> None:
    headers = (("Content-Type", f"{media_type}; charset={payload[:9]!r}"), ("Location", payload.decode("latin-1")))
    live(capture(payload=b"<html>" + payload, media_type=media_type, status=status, headers=headers))


def test_an_address_that_is_none_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="ftp"):
        live(capture("ftp://thu.example.vn/a"))


def test_batches_are_stored_when_full_and_bytes_are_safe_before_rows(tmp_path: Path) -> None:
    synced: list[int] = []
    with Archive(tmp_path) as archive:
        archive.upsert_sites([OTHER])

        def rows() -> int:
            count: int = archive.connection.execute("SELECT count(*) FROM captures").fetchone()[0]
            return count

        ingest = Ingest(archive, baseline=True, batch_size=2, before_commit=lambda: synced.append(rows()))
        for capture_ in (page("/a", moment(1)), page("/a", moment(2)), error("/b", moment(1))):
            ingest.add(capture_)
        assert (synced, rows()) == ([0], 2)
        ingest.flush()
        ingest.flush()
        assert (synced, rows()) == ([0, 2], 3)
        assert (ingest.counts, ingest.skipped) == ({"new": 1, "unchanged": 1, "skipped": 1}, {"error": 1})


def test_what_could_not_be_stored_goes_on_waiting(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.upsert_sites([OTHER])
        ingest = Ingest(archive, baseline=True)
        ingest.add(page("/a", moment(1)))
        archive.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(StorageError):
            ingest.flush()
        archive.connection.execute("PRAGMA query_only = OFF")
        assert [o.kind for o in ingest.flush()] == ["new"]
