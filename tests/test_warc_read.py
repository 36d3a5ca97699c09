"""What reading strangers' archives promises: every whole record, whoever wrote it, and no crash on any bytes."""

from __future__ import annotations

import contextlib
import gzip
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler import warc_frames, warc_read
from crawler.content_coding import MAX_PAYLOAD, TooLargeError, dechunk, decode
from crawler.errors import InputError
from crawler.warc import Capture, Skipped, WarcWriter, payload_digest, read_captures

PAGE = "<html><head><title>Bản tin</title></head><body><p>Thông báo số 7</p></body></html>\n".encode()
ID = "urn:uuid:00000000-0000-4000-8000-{:012}"


def packed(data: bytes, level: int = 6) -> bytes:
    return gzip.compress(data, level, mtime=0)


def record(kind: str, block: bytes, *, version: str = "1.0", length: int | None = None, **fields: str) -> bytes:
    named = {"WARC-Type": kind} | {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [f"WARC/{version}", *(f"{name}: {value}" for name, value in named.items())]
    lines.append(f"Content-Length: {len(block) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(body: bytes = PAGE, *headers: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join([status, "Content-Type: text/html; charset=UTF-8", *headers]).encode() + b"\r\n\r\n" + body


def response(n: int = 0, block: bytes | None = None, **other: str) -> bytes:
    fields = {
        "WARC_Target_URI": f"http://bantin.example/{n}",
        "WARC_Date": "2019-05-06T07:08:09Z",
        "WARC_Record_ID": f"<{ID.format(n)}>",
        "Content_Type": "application/http; msgtype=response",
    }
    return record("response", http() if block is None else block, length=None, **(fields | other))


def read(tmp_path: Path, data: bytes, name: str = "theirs.warc.gz") -> list[Capture | Skipped]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(read_captures(path))


def one(tmp_path: Path, data: bytes, name: str = "theirs.warc.gz") -> Capture:
    (capture,) = read(tmp_path, data, name)
    assert isinstance(capture, Capture)
    return capture


def told(found: list[Capture | Skipped]) -> list[str]:
    """The number of each capture's page, or the reason why there is none."""
    return [item.url.rpartition("/")[2] if isinstance(item, Capture) else item.reason for item in found]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


WGET = [
    record(
        "warcinfo",
        b"software: Wget/1.20 (linux-gnu)\r\nformat: WARC File Format 1.0\r\n",
        Content_Type="application/warc-fields",
        WARC_Date="2019-05-06T07:08:09Z",
    ),
    record(
        "request",
        b"GET /1 HTTP/1.1\r\nHost: bantin.example\r\n\r\n",
        WARC_Target_URI="<http://bantin.example/1>",
        WARC_Record_ID=f"<{ID.format(99)}>",
        WARC_Date="2019-05-06T07:08:09Z",
    ),
    record(
        "response",
        http(b"3\r\n<p>\r\n5;x=1\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        WARC_Target_URI="<http://bantin.example/1>",
        WARC_Record_ID=f"<{ID.format(1)}>",
        WARC_Concurrent_To=f"<{ID.format(99)}>",
        WARC_Date="2019-05-06T07:08:09Z",
    ),
    record("metadata", b"http://bantin.example/1 200\r\n", WARC_Target_URI="metadata://gnu.org/software/wget/warc"),
    record("resource", b"--2019-05-06 log\n", WARC_Target_URI="metadata://gnu.org/software/wget/warc/wget.log"),
]


def test_wget_writes_angle_brackets_chunks_and_its_own_log(tmp_path: Path) -> None:
    capture = one(tmp_path, b"".join(map(packed, WGET)))
    assert capture.url == "http://bantin.example/1"
    assert capture.payload == b"<p>hello"
    assert capture.payload_digest == payload_digest(b"<p>hello")
    assert capture.memento_datetime == datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert (capture.status, capture.method, capture.media_type) == (200, "GET", "text/html")


@pytest.mark.parametrize(
    ("name", "wrap"),
    [
        ("plain.warc", b"".join),
        ("records.warc.gz", lambda records: b"".join(map(packed, records))),
        ("one-stream.warc.gz", lambda records: packed(b"".join(records))),
        ("blocks.warc.gz", lambda r: b"".join(packed(b"".join(r)[n : n + 97]) for n in range(0, 2**13, 97))),
        ("records.warc.zst", lambda records: b"".join(map(zstandard.compress, records))),
        ("stored.wacz", lambda r: zipped({"archive/a.warc.gz": b"".join(map(packed, r)), "pages.jsonl": b"{}"})),
        ("packed.wacz", lambda records: zipped({"archive/a.warc": b"".join(records)}, zipfile.ZIP_DEFLATED)),
    ],
)
def test_every_wrapping_gives_the_same_captures(tmp_path: Path, name: str, wrap: object) -> None:
    records = [record("warcinfo", b"software: x\r\n"), *(response(n) for n in range(9))]
    found = read(tmp_path, wrap(records), name)  # type: ignore[operator]
    assert told(found) == [str(n) for n in range(9)]
    with WarcWriter(tmp_path / "ours", prefix="import", software="test") as writer:
        ours = [writer.copy(capture) for capture in found if isinstance(capture, Capture)]
    (file,) = (tmp_path / "ours").iterdir()
    assert list(read_captures(file)) == ours
    assert [capture.payload for capture in ours] == [PAGE] * 9


def test_a_zstd_dictionary_before_the_records_is_used(tmp_path: Path) -> None:
    records = [response(n) for n in range(4)]
    shared = zstandard.ZstdCompressionDict(b"".join(records), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    packed = zstandard.compress(shared.as_bytes())
    data = b"\x5d\x2a\x4d\x18" + len(packed).to_bytes(4, "little") + packed
    data += b"".join(zstandard.ZstdCompressor(dict_data=shared).compress(r) for r in records)
    assert told(read(tmp_path, data, "a.warc.zst")) == ["0", "1", "2", "3"]


def test_heritrix_and_browsertrix_write_the_request_behind_the_response(tmp_path: Path) -> None:
    asked = b"POST /1 HTTP/1.1\r\nHost: bantin.example\r\n\r\n__EVENTTARGET=page2"
    request = record("request", asked, WARC_Record_ID=f"<{ID.format(8)}>", WARC_Concurrent_To=f"<{ID.format(1)}>")
    for records in ([response(1), request, response(2)], [request, response(2), response(1)]):
        found = read(tmp_path, b"".join(map(packed, records)))
        methods = {c.url[-1]: (c.method, c.request_body) for c in found if isinstance(c, Capture)}
        assert methods == {"1": ("POST", b"__EVENTTARGET=page2"), "2": ("GET", b"")}


def test_an_imported_post_stays_a_post_in_our_file(tmp_path: Path) -> None:
    request = record("request", b"POST /1 HTTP/1.1\r\n\r\np=2", WARC_Concurrent_To=f"<{ID.format(1)}>")
    capture = one(tmp_path, packed(response(1)) + packed(request))
    with WarcWriter(tmp_path / "ours", prefix="import", software="test") as writer:
        ours = writer.copy(capture)
    (file,) = (tmp_path / "ours").iterdir()
    assert list(read_captures(file)) == [ours]
    assert ours.method == "POST"


def test_browsertrix_notes_are_no_captures_and_its_revisits_resolve(tmp_path: Path) -> None:
    foreign = "sha256:5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"
    records = [
        response(1, WARC_Payload_Digest=foreign),
        record("resource", b"{}", WARC_Target_URI="urn:pageinfo:http://bantin.example/1", Content_Type="text/json"),
        record(
            "revisit",
            http(b"", status="HTTP/2 200"),
            version="1.1",
            WARC_Target_URI="http://bantin.example/again",
            WARC_Date="2019-05-07T00:00:00.5Z",
            WARC_Payload_Digest=foreign,
            WARC_Refers_To_Target_URI="http://bantin.example/1",
            WARC_Refers_To_Date="2019-05-06T07:08:09Z",
        ),
    ]
    data = zipped({"datapackage.json": b"{}", "archive/rec.warc.gz": b"".join(map(packed, records))})
    first, revisit = read(tmp_path, data, "crawl.wacz")
    assert isinstance(first, Capture)
    assert isinstance(revisit, Capture)
    assert (revisit.record_type, revisit.payload, revisit.status) == ("revisit", b"", 200)
    assert revisit.payload_digest == first.payload_digest == payload_digest(PAGE)
    assert revisit.refers_to == ("http://bantin.example/1", datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC))
    assert first.location.file == "crawl.wacz!/archive/rec.warc.gz"


def test_a_revisit_may_lack_everything(tmp_path: Path) -> None:
    bare = record("revisit", b"", WARC_Target_URI="http://bantin.example/1", WARC_Date="20190506070809")
    capture = one(tmp_path, packed(bare))
    assert (capture.status, capture.headers, capture.payload_digest, capture.refers_to) == (None, (), "", None)
    assert capture.record_id.startswith("urn:uuid:")
    assert capture == one(tmp_path, packed(bare))  # the id it lacks is the same at every reading


def test_common_crawl_keeps_decoded_bodies_and_cuts_at_a_megabyte(tmp_path: Path) -> None:
    block = http(PAGE, "X-Crawl-Content-Encoding: gzip", "Content-Length: 84", "X-Crawl-Transfer-Encoding: chunked")
    digest = payload_digest(PAGE)
    capture = one(tmp_path, packed(response(1, block, WARC_Truncated="length", WARC_Payload_Digest=digest)))
    assert capture.payload == PAGE
    assert capture.truncated


def test_resource_records_take_their_type_from_the_record(tmp_path: Path) -> None:
    for url in ("ftp://bantin.example/a.pdf", "http://bantin.example/a.pdf"):
        data = record("resource", b"%PDF-", WARC_Target_URI=url, WARC_Date="2019", Content_Type="Application/PDF; v=1")
        capture = one(tmp_path, data, "a.warc")
        assert (capture.record_type, capture.media_type, capture.status) == ("resource", "application/pdf", None)
        assert capture.payload == b"%PDF-"
        assert capture.memento_datetime == datetime(2019, 1, 1, tzinfo=UTC)


def test_arc_the_format_before_warc(tmp_path: Path) -> None:
    block = http()
    version = b"1 0 test\nURL IP-address Archive-date Content-type Archive-length\n"
    head = b"filedesc://a.arc 0.0.0.0 20050101000000 text/plain %d\n" % len(version) + version + b"\n"
    entry = b"http://bantin.example/1 192.0.2.1 20050102030405 text/html %d\n" % len(block) + block + b"\n"
    for data in (head + entry, packed(head) + packed(entry)):
        capture = one(tmp_path, data, "old.arc")
        assert (capture.url, capture.payload, capture.status) == ("http://bantin.example/1", PAGE, 200)
        assert capture.memento_datetime == datetime(2005, 1, 2, 3, 4, 5, tzinfo=UTC)
    with WarcWriter(tmp_path / "ours", prefix="import", software="test") as writer:
        ours = writer.copy(capture)
    (file,) = (tmp_path / "ours").iterdir()
    assert list(read_captures(file)) == [ours]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", packed(PAGE)),
        ("x-gzip", packed(PAGE)),
        ("GZIP", packed(PAGE[:9]) + packed(PAGE[9:])),
        ("gzip", packed(PAGE) + b"\0\0\0"),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE, wbits=-15)),
        ("br", brotli.compress(PAGE)),
        ("zstd", zstandard.compress(PAGE)),
        ("deflate, gzip", packed(zlib.compress(PAGE))),
        ("gzip, br", brotli.compress(packed(PAGE))),
        *((coding, PAGE) for coding in ("gzip", "deflate", "br", "zstd", "UTF-8", "identity", "", "gzip, gzip")),
    ],
)
def test_content_codings_are_undone_also_where_the_header_lies(tmp_path: Path, coding: str, body: bytes) -> None:
    capture = one(tmp_path, response(1, http(body, f"Content-Encoding: {coding}")), "a.warc")
    assert capture.payload == PAGE
    assert capture.payload_digest == payload_digest(body)
    assert not capture.truncated


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_coding_that_breaks_off_is_told(coding: str) -> None:
    noise = random.Random(7).randbytes(6000)
    pack = {"gzip": packed, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress}[coding]
    whole = pack(noise)
    assert decode(whole, coding) == (noise, True)
    payload, ended = decode(whole[:-500], coding)
    assert not ended
    assert noise.startswith(payload)
    assert not decode(whole[:3000] + bytes(20) + whole[3020:], coding)[1] or coding in ("br", "zstd")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", ""])
def test_what_unpacks_to_too_much_is_skipped(tmp_path: Path, coding: str) -> None:
    zeros = bytes(MAX_PAYLOAD + 1)
    packs: dict[str, Callable[[bytes], bytes]] = {
        "gzip": packed,
        "deflate": zlib.compress,
        "br": lambda b: brotli.compress(b, quality=1),
        "zstd": zstandard.compress,
        "": bytes,
    }
    body = packs[coding](zeros)
    with pytest.raises(TooLargeError):
        decode(body, coding)
    bomb = packed(response(1, http(body, f"Content-Encoding: {coding}")), 1)
    assert told(read(tmp_path, bomb + packed(response(2)))) == ["too large", "2"]


@pytest.mark.parametrize("wrap", [b"".join, lambda r: b"".join(packed(x, 1) for x in r)])
def test_a_record_too_large_to_hold_is_passed_over(tmp_path: Path, wrap: object) -> None:
    data = wrap([response(1), response(2, bytes(40 << 20)), response(3)])  # type: ignore[operator]
    assert told(read(tmp_path, data)) == ["1", "too large", "3"]
    alone = wrap([response(2, bytes(40 << 20))])  # type: ignore[operator]
    assert told(read(tmp_path, alone)) == ["too large"], "a file of films is a WARC file nevertheless"


@pytest.mark.parametrize(
    ("block", "status", "payload"),
    [
        (http(status="HTTP/1.0 404 Not Found"), 404, PAGE),
        (http(status="HTTP/2 200"), 200, PAGE),
        (http(status="HTTP/2.0 301 "), 301, PAGE),
        (http(status="ICY 200 OK"), 200, PAGE),
        (http().replace(b"\r\n", b"\n"), 200, PAGE),
        (b"Content-Type: text/html\r\nX: 1\r\n\r\n" + PAGE, None, PAGE),
        (PAGE, None, PAGE),
        (b"", None, b""),
        (b"HTTP/1.1 200 OK\r\n", 200, b""),
        (http(PAGE, "Folded: a\r\n  b", "no colon", ": no name"), 200, PAGE),
        (http(PAGE, "Transfer-Encoding: chunked"), 200, PAGE),  # the header stayed, the chunks are gone
    ],
)
def test_status_lines_of_every_kind_and_none(tmp_path: Path, block: bytes, status: int | None, payload: bytes) -> None:
    capture = one(tmp_path, response(1, block), "a.warc")
    assert (capture.status, capture.payload) == (status, payload)
    assert capture.header("folded") in (None, "a b")


def test_chunks_that_end_early_are_told() -> None:
    assert dechunk(b"3\r\nabc\r\n0\r\n\r\n") == (b"abc", True)
    assert dechunk(b"3\r\nabc\r\n") == (b"abc", False)
    assert dechunk(b"9\r\nabc") == (b"abc", False)
    assert dechunk(b"3\r\nabcdef") == (b"3\r\nabcdef", True)  # no chunk, but a text that begins with a number
    assert dechunk(b"") == (b"", True)


def test_records_without_url_or_date_are_skipped_saying_so(tmp_path: Path) -> None:
    data = record("response", http(), WARC_Date="2019-05-06T07:08:09Z")
    for date in ("yesterday", "", "9999-12-31T23:59:59-05:00", "2019-13-01T00:00:00Z"):
        data += response(1, WARC_Date=date)
    found = read(tmp_path, data, "a.warc")
    assert told(found) == ["record without a target URI"] + ["record without a readable date"] * 4


@pytest.mark.parametrize("length", [0, 5, 10**9, 10**30])
@pytest.mark.parametrize("wrap", [b"".join, lambda r: b"".join(map(packed, r))])
def test_a_wrong_length_costs_one_record(tmp_path: Path, length: int, wrap: object) -> None:
    wrong = response(2).replace(b"Content-Length: %d" % len(http()), b"Content-Length: %d" % length)
    found = told(read(tmp_path, wrap([response(1), wrong, response(3)])))  # type: ignore[operator]
    assert found[:2] in (["1", "damaged record"], ["1", "too large"])
    # Behind a length of a gigabyte in a file without members there is nothing to be seen.
    assert found[2:] == (["3"] if length != 10**9 or wrap is not b"".join else []) or wrap == b"".join


@pytest.mark.parametrize("rubbish", [bytes(99), b"\x1f\x8b\x08" * 9, random.Random(1).randbytes(70_000), b"text\n"])
def test_rubbish_between_records_costs_none(tmp_path: Path, rubbish: bytes) -> None:
    for pack in (packed, bytes):
        first, second, third = (pack(response(n)) for n in range(3))
        found = read(tmp_path, first + rubbish + second + rubbish + third)
        pages = told(found)
        assert pages[::2] == ["0", "1", "2"]
        assert all(reason in ("damaged record", "record cut off") for reason in pages[1::2])


def test_a_file_cut_anywhere_gives_what_is_whole(tmp_path: Path) -> None:
    members = [packed(response(n)) for n in range(3)]
    data = b"".join(members)
    for length in range(len(members[0]), len(data)):
        found = told(read(tmp_path, data[:length]))
        whole = [str(n) for n in range(3) if sum(map(len, members[: n + 1])) <= length]
        assert found[: len(whole)] == whole
        assert found[len(whole) :] in ([], ["record cut off"], ["damaged record"], [str(len(whole)), "record cut off"])
        assert len(found) > len(whole) or length in (len(members[0]), len(members[0]) + len(members[1]))


def test_a_wacz_without_its_end_gives_what_was_stored(tmp_path: Path) -> None:
    data = zipped({"archive/a.warc.gz": b"".join(packed(response(n)) for n in range(3))})
    found = told(read(tmp_path, data[:-80], "cut.wacz"))
    assert [item for item in found if item.isdigit()] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("text.warc", b"This is a note, not an archive.\n" * 50),
        ("text.warc.gz", packed(b"WARC is a format.\n")),
        ("empty.warc.gz", b""),
        ("short.warc.gz", b"\x1f"),
        ("no.wacz", zipped({"readme.txt": b"WARC/1.0\r\n"})),
        ("nested.wacz", zipped({"a.warc": zipped({"b.warc": response()})})),
        ("broken.wacz", b"PK\x03\x04" + bytes(200)),
        ("cut.warc.gz", packed(response())[:40]),
        ("bad.warc.zst", b"\x28\xb5\x2f\xfd" + bytes(200)),
        ("bad.arc", b"filedesc:" + bytes(200)),
    ],
)
def test_a_file_that_is_no_archive_is_one_clear_sentence(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(InputError, match=f"{name} holds no whole WARC record"):
        read(tmp_path, data, name)


def test_a_missing_file_is_one_clear_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.warc.gz", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            list(read_captures(path))


def test_a_file_with_nothing_but_damage_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_read, "_MAX_DAMAGES", 5)
    pair = packed(response()) + b"rubbish"
    assert told(read(tmp_path, pair * 50)).count("damaged record") == 5


def test_locations_name_the_file_in_the_warc_directory(tmp_path: Path) -> None:
    path = tmp_path / "2019" / "a.warc"
    path.parent.mkdir()
    path.write_bytes(response(1) + response(2))
    _, second = read_captures(path, directory=tmp_path)
    assert isinstance(second, Capture)
    assert second.location.file == "2019/a.warc"
    assert path.read_bytes()[second.location.offset :].startswith(b"WARC/1.0")


CODED = [response(n, http(packed(PAGE), "Content-Encoding: gzip")) for n in range(3)]
FORMS = {
    "plain": b"".join(CODED),
    "records": b"".join(map(packed, CODED)),
    "stream": packed(b"".join(CODED)),
    "zstd": b"".join(map(zstandard.compress, CODED)),
    "zip": zipped({"archive/a.warc.gz": b"".join(map(packed, CODED))}, zipfile.ZIP_DEFLATED),
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), form=st.sampled_from(sorted(FORMS)))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, form: str) -> None:
    damaged = bytearray(FORMS[form])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    with contextlib.suppress(InputError):
        read(tmp_path_factory.mktemp("fuzz"), bytes(damaged))


def test_pieces_of_any_size_give_the_same_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(response(n) for n in range(5)) + b"rubbish\r\n" + response(5)
    for size in (1, 2, 7, 64, 1000):
        monkeypatch.setattr(warc_frames, "_SLICE", size)
        for wrapped in (data, packed(data)):
            assert told(read(tmp_path, wrapped)) == ["0", "1", "2", "3", "4", "damaged record", "5"]


def test_a_large_record_of_an_uncompressed_file_is_put_together_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with each of its thousand pieces: that took twenty times as long."""
    fed: list[int] = []
    records = warc_frames.Framer._records

    def counted(self: warc_frames.Framer, *, final: bool) -> object:
        fed.append(len(self.buffer))
        return records(self, final=final)

    monkeypatch.setattr(warc_frames.Framer, "_records", counted)
    data = response(1) + response(2, bytes(8 << 20)) + response(3)
    assert told(read(tmp_path, data, "x.warc")) == ["1", "2", "3"]
    assert sum(fed) < 3 * len(data)


# ARC, and what happens to it


def arc(n: int, block: bytes | None = None, *, more: bytes = b"") -> bytes:
    block = http(PAGE + b"<!-- %d -->" % n) if block is None else block
    return b"http://bantin.example/%d 192.0.2.1 20050102030405 text/html %s%d\n" % (n, more, len(block)) + block + b"\n"


VERSION = b"1 0 test\nURL IP-address Archive-date Content-type Archive-length\n"
ARC_FILE = b"filedesc://a.arc 0.0.0.0 20050101000000 text/plain %d\n" % len(VERSION) + VERSION + b"\n"


def wrecked(members: list[bytes], how: str) -> bytes:
    """The third of four members (the first is the file's own) in a bad state."""
    member = bytearray(members[2])
    if how == "a flipped byte":
        member[len(member) // 2] ^= 0xFF
    return b"".join((
        *members[:2],
        bytes(50) * (how == "zeros before it"),
        member[: -20 if how == "cut off" else None],
        *members[3:],
    ))  # fmt: skip


@pytest.mark.parametrize("how", ["a flipped byte", "cut off", "zeros before it"])
def test_behind_damage_a_gzipped_arc_goes_on(tmp_path: Path, how: str) -> None:
    members = [packed(ARC_FILE), *(packed(arc(n)) for n in (1, 2, 3))]
    found = told(read(tmp_path, wrecked(members, how), "old.arc.gz"))
    between = ["damaged record", "2"] if how == "zeros before it" else ["damaged record"]
    assert found == ["1", *between, "3"]


def test_an_arc_that_was_gzipped_as_a_whole_is_read(tmp_path: Path) -> None:
    data = ARC_FILE + b"".join(arc(n, http(PAGE + bytes(200_000))) for n in (1, 2, 3))
    assert told(read(tmp_path, packed(data), "old.arc.gz")) == ["1", "2", "3"]


def test_garbage_and_a_wrong_length_in_a_plain_arc_cost_no_other_record(tmp_path: Path) -> None:
    records = [arc(n) for n in (1, 2, 3)]
    assert told(read(tmp_path, ARC_FILE + records[0] + b"\0garbage\n" * 9 + records[1], "a.arc")) == [
        "1", "damaged record", "2"
    ]  # fmt: skip
    length = re.compile(rb"(\d+)\n")
    longer = length.sub(lambda m: b"%d\n" % (int(m[1]) + 40), records[1], count=1)
    assert told(read(tmp_path, ARC_FILE + records[0] + longer + records[2], "b.arc")) == ["1", "damaged record", "3"]
    assert told(read(tmp_path, ARC_FILE + records[0] + records[1][:-40], "c.arc")) == ["1", "record cut off"]


def test_arc_of_version_2_addresses_with_spaces_and_records_too_large(tmp_path: Path) -> None:
    second = arc(2, more=b"200 - - 132 a.arc ").replace(b"/2 ", b"/tin/b\xc3\xa0i 2 ", 1)
    data = ARC_FILE + arc(1) + arc(5, bytes(40 << 20)) + second + arc(3)
    found = read(tmp_path, data, "a.arc")
    assert [c.url if isinstance(c, Capture) else c.reason for c in found] == [
        "http://bantin.example/1", "too large", "http://bantin.example/tin/bài%202", "http://bantin.example/3"
    ]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_arc_never_gives_what_it_did_not_hold(tmp_path: Path, data: st.DataObject) -> None:
    parts = [ARC_FILE, *(arc(n) for n in range(1, 6))]
    whole = bytearray(b"".join(map(packed, parts)) if data.draw(st.booleans()) else b"".join(parts))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(200, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        found = [c for c in read(tmp_path, bytes(whole), "x.arc") if isinstance(c, Capture)]
        assert len(found) <= 5
