"""What the WARC files of a crawl promise: whole records, whatever happens, that everybody's tools can read."""

from __future__ import annotations

import errno
import gzip
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.content_coding import MAX_PAYLOAD
from crawler.errors import InputError, StorageError
from crawler.warc import (
    Capture,
    Exchange,
    Location,
    Skipped,
    WarcWriter,
    compress,
    load,
    payload_digest,
    read_captures,
    repair,
)

NOON = datetime(2026, 3, 1, 5, 0, 0, 123456, tzinfo=UTC)
PAGE = "<html><title>Bản tin</title><p>Hội nghị tổng kết năm</p></html>".encode()


def exchange(url: str = "http://bantin.example/a?ItemID=7", body: bytes = PAGE, **other: object) -> Exchange:
    fields: dict[str, object] = {
        "url": url,
        "fetched": NOON,
        "status": 200,
        "reason": "OK",
        "headers": (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"a1"')),
        "body": body,
        "request_headers": (("User-Agent", "LuuTin"),),
        "ip_address": "127.0.0.1",
    }
    return Exchange(**(fields | other))  # type: ignore[arg-type]


def writer(directory: Path, **other: object) -> WarcWriter:
    return WarcWriter(directory, prefix="test", software="luutin/test", **other)  # type: ignore[arg-type]


def only_file(directory: Path) -> Path:
    (path,) = directory.iterdir()
    return path


def raw(directory: Path, location: Location) -> bytes:
    data = (directory / location.file).read_bytes()[location.offset : location.offset + location.length]
    return gzip.decompress(data)


def captures(path: Path) -> list[Capture]:
    found = list(read_captures(path))
    assert all(isinstance(capture, Capture) for capture in found)
    return [capture for capture in found if isinstance(capture, Capture)]


def check(directory: Path) -> None:
    files = sorted(directory.glob("*.warc.gz"))
    warcio = Path(sys.executable).with_name("warcio")
    result = subprocess.run([warcio, "check", "-v", *files], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert files
    assert "digest pass" in result.stdout


def test_a_capture_is_returned_as_any_reader_will_find_it(tmp_path: Path) -> None:
    with writer(tmp_path) as warc:
        written = [
            warc.write(exchange()),
            warc.write(exchange(body=gzip.compress(PAGE), headers=(("Content-Encoding", "gzip"),))),
            warc.write(exchange(method="POST", request_body=b"__EVENTTARGET=p2")),
            warc.write(exchange(status=302, reason="Found", headers=(("Location", "../b"),), body=b"")),
        ]
    assert captures(only_file(tmp_path)) == written
    assert [load(tmp_path, capture.location).payload for capture in written] == [PAGE, PAGE, PAGE, b""]
    assert written[0].media_type == "text/html"
    assert written[0].etag == '"a1"'
    assert written[0].memento_datetime == NOON
    assert written[2].method == "POST"
    assert written[2].request_body == b"__EVENTTARGET=p2"
    assert written[2].request_body_digest is not None
    assert written[3].redirect_target == "http://bantin.example/b"


def test_warcio_accepts_every_record(tmp_path: Path) -> None:
    with writer(tmp_path, operator="Tòa soạn") as warc:
        first = warc.write(exchange())
        warc.write(exchange(), revisit_of=first)
        warc.write(exchange(status=304, reason="Not Modified", body=b""), revisit_of=first)
        warc.write(exchange(method="POST", request_body=b"a=1", truncated=True))
        warc.write(exchange(body=b""))
        warc.write_metadata("http://bantin.example/a", b"note: seen\r\n", "application/warc-fields", first.record_id)
    check(tmp_path)
    with only_file(tmp_path).open("rb") as stream:
        records = [(r.rec_type, r.rec_headers.get_header("WARC-Concurrent-To")) for r in ArchiveIterator(stream)]
    assert [kind for kind, _ in records] == [
        *("warcinfo", "request", "response", "request", "revisit", "request", "revisit"),
        *("request", "response", "request", "response", "metadata"),
    ]
    assert records[1][1] == records[-1][1] == f"<{first.record_id}>"


def test_a_record_says_when_where_and_what(tmp_path: Path) -> None:
    with writer(tmp_path) as warc:
        capture = warc.write(exchange(truncated=True))
    head = raw(tmp_path, capture.location).decode().split("\r\n")
    assert head[0] == "WARC/1.1"
    assert "WARC-Date: 2026-03-01T05:00:00.123456Z" in head
    assert "WARC-IP-Address: 127.0.0.1" in head
    assert "WARC-Truncated: length" in head
    assert f"WARC-Payload-Digest: {payload_digest(PAGE)}" in head
    assert capture.truncated


def test_a_known_payload_is_written_once(tmp_path: Path) -> None:
    with writer(tmp_path) as warc:
        first = warc.write(exchange())
        again = warc.write(exchange(fetched=NOON + timedelta(days=1)), revisit_of=first)
        other = warc.write(exchange(body=b"something else"), revisit_of=first)
    assert (again.record_type, again.payload, again.status) == ("revisit", b"", 200)
    assert again.payload_digest == first.payload_digest
    assert again.refers_to == (first.url, NOON)
    assert again.etag == '"a1"'
    assert b"revisit/identical-payload-digest\r\n" in raw(tmp_path, again.location)
    assert other.record_type == "response"  # not the same payload: nothing is thrown away


def test_not_modified_is_a_revisit_of_what_was_known(tmp_path: Path) -> None:
    with writer(tmp_path) as warc:
        first = warc.write(exchange())
        same = warc.write(exchange(status=304, body=b"", headers=(("Content-Length", "77"),)), revisit_of=first)
        alone = warc.write(exchange(status=304, body=b""))
    assert (same.record_type, same.status, same.payload_digest) == ("revisit", 304, first.payload_digest)
    assert same.header("Content-Length") == "77"
    assert b"revisit/server-not-modified\r\n" in raw(tmp_path, same.location)
    assert (alone.record_type, alone.payload_digest, alone.refers_to) == ("revisit", "", None)
    check(tmp_path)


def test_headers_are_true_of_the_body_that_is_kept(tmp_path: Path) -> None:
    sent = (("Transfer-Encoding", "chunked"), ("Content-Length", "999"), ("content-length", str(len(PAGE))))
    with writer(tmp_path) as warc:
        wrong = warc.write(exchange(headers=sent))
        right = warc.write(exchange(headers=(("content-length", str(len(PAGE))),)))
        head = warc.write(exchange(method="HEAD", body=b"", headers=(("Content-Length", "4711"),)))
    assert wrong.headers == (
        ("X-Archive-Orig-Transfer-Encoding", "chunked"),
        ("X-Archive-Orig-Content-Length", "999"),
        ("content-length", str(len(PAGE))),
    )
    assert right.headers == (("content-length", str(len(PAGE))),)
    assert head.header("Content-Length") == "4711"
    assert wrong.payload == PAGE


def test_strangers_cannot_write_headers_of_ours(tmp_path: Path) -> None:
    evil = "x\r\nWARC-Type: metadata\r\n\r\nHTTP/1.1 200 OK"
    with writer(tmp_path) as warc:
        capture = warc.write(
            exchange(
                url=f"http://bantin.example/{evil}",
                reason=evil,
                headers=((evil, evil), ("X-Odd", "caf\xe9 \u1ec7")),
                request_headers=((evil, evil),),
                ip_address=evil,
            )
        )
    assert captures(only_file(tmp_path)) == [capture]
    assert capture.record_type == "response"
    assert capture.payload == PAGE
    assert len(capture.headers) == 3  # the two, and Content-Length
    check(tmp_path)


def test_a_body_over_the_limit_is_cut_and_says_so(tmp_path: Path) -> None:
    with writer(tmp_path) as warc:
        capture = warc.write(exchange(body=bytes(MAX_PAYLOAD + 1)))
        bomb = warc.write(exchange(body=gzip.compress(bytes(MAX_PAYLOAD + 1)), headers=(("Content-Encoding", "gzip"),)))
    assert len(capture.payload) == MAX_PAYLOAD
    assert capture.truncated
    assert (bomb.payload, bomb.truncated) == (b"", True)
    assert [type(found) for found in read_captures(only_file(tmp_path))] == [Capture, Skipped]


def test_files_roll_by_size_and_each_begins_with_a_warcinfo(tmp_path: Path) -> None:
    with writer(tmp_path, max_bytes=1500) as warc:
        written = [warc.write(exchange(f"http://bantin.example/{n}")) for n in range(6)]
    files = sorted(tmp_path.iterdir())
    assert len(files) > 1
    assert [c for path in files for c in captures(path)] == written
    for path in files:
        assert b"WARC-Type: warcinfo" in gzip.decompress(path.read_bytes())[:40]
        assert path.name.encode() in gzip.decompress(path.read_bytes())
    check(tmp_path)


def test_a_writer_without_records_leaves_nothing(tmp_path: Path) -> None:
    with writer(tmp_path / "warc"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_after_closing(tmp_path: Path) -> None:
    warc = writer(tmp_path)
    warc.write(exchange())
    warc.close()
    warc.close()
    with pytest.raises(ValueError, match="closed"):
        warc.write(exchange())


def test_an_open_file_is_readable_and_left_alone_by_repair(tmp_path: Path) -> None:
    with writer(tmp_path) as warc:
        capture = warc.write(exchange())
        warc.sync()
        assert only_file(tmp_path).name == capture.location.file + ".open"
        assert load(tmp_path, capture.location) == capture
        assert repair(tmp_path) == []
    assert only_file(tmp_path).name == capture.location.file
    assert load(tmp_path, capture.location) == capture
    assert repair(tmp_path) == []


def test_two_writers_and_many_threads_share_a_directory(tmp_path: Path) -> None:
    written: list[Capture] = []

    def work(warc: WarcWriter, number: int) -> None:
        written.extend(warc.write(exchange(f"http://bantin.example/{number}/{n}")) for n in range(20))

    with writer(tmp_path, max_bytes=5000) as one, writer(tmp_path, max_bytes=5000) as two:
        threads = [threading.Thread(target=work, args=(warc, n)) for n, warc in enumerate([one, two] * 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = [c for path in tmp_path.iterdir() for c in captures(path)]
    assert len(found) == len(written) == 120
    assert all(load(tmp_path, capture.location) == capture for capture in written)
    check(tmp_path)


def test_a_writer_takes_the_kill_signal_and_its_records_survive(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from tests.test_warc import writer, exchange\n"
        "w = writer(Path(sys.argv[2])); w.write(exchange()); w.write(exchange())\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(__file__).parent.parent
    killed = subprocess.run([sys.executable, "-c", script, root, tmp_path], check=False)
    assert killed.returncode == -9
    (mended,) = repair(tmp_path)
    assert (mended.records, mended.cut) == (5, 0)
    assert repair(tmp_path) == []
    assert len(captures(only_file(tmp_path))) == 2
    check(tmp_path)


def test_cut_at_any_byte_no_whole_record_is_lost(tmp_path: Path) -> None:
    with writer(tmp_path / "whole") as warc:
        written = [warc.write(exchange(f"http://bantin.example/{n}")) for n in range(2)]
    path = only_file(tmp_path / "whole")
    data = path.read_bytes()
    ends = [capture.location.offset + capture.location.length for capture in written]
    for length in range(len(data) + 1):
        directory = tmp_path / "cut"
        directory.mkdir()
        (directory / (path.name + ".open")).write_bytes(data[:length])
        (mended,) = repair(directory)
        assert mended.kept + mended.cut == length
        kept = captures(directory / path.name) if mended.file and any(end <= length for end in ends) else []
        assert kept == [capture for capture, end in zip(written, ends, strict=True) if end <= length]
        assert repair(directory) == []
        shutil.rmtree(directory)


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"\x1f\x8b\x08garbage", os.urandom(3000), b"WARC/1.1\r\n\r\n"])
def test_rubbish_at_the_end_is_cut(tmp_path: Path, tail: bytes) -> None:
    with writer(tmp_path) as warc:
        capture = warc.write(exchange())
    path = only_file(tmp_path)
    data = path.read_bytes()
    path.unlink()
    path.with_name(path.name + ".open").write_bytes(data + tail)
    (mended,) = repair(tmp_path)
    assert (mended.file, mended.cut) == (path.name, len(tail))
    assert path.read_bytes() == data
    assert load(tmp_path, capture.location) == capture


def test_damage_in_the_middle_costs_no_later_record(tmp_path: Path) -> None:
    with writer(tmp_path) as warc:
        first, second, third = (warc.write(exchange(f"http://bantin.example/{n}")) for n in range(3))
    path = only_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[second.location.offset + 30 : second.location.offset + 60] = bytes(30)
    path.unlink()
    path.with_name(path.name + ".open").write_bytes(data)
    (mended,) = repair(tmp_path)
    assert mended.cut == 0
    assert load(tmp_path, third.location) == third
    assert [c.url if isinstance(c, Capture) else c.reason for c in read_captures(path)] == [
        first.url,
        "damaged record",
        third.url,
    ]


def test_a_full_disk_is_told_and_what_was_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warc = writer(tmp_path)
    first = warc.write(exchange())
    real = os.pwrite

    def full(descriptor: int, data: bytes, offset: int) -> int:
        if len(data) < 100:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data[: len(data) - 50], offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StorageError, match="No space left"):
        warc.write(exchange())
    monkeypatch.setattr(os, "pwrite", real)
    second = warc.write(exchange())
    warc.close()
    assert captures(only_file(tmp_path)) == [first, second]
    check(tmp_path)


def test_a_disk_full_from_the_beginning_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes, offset: int) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with writer(tmp_path) as warc, pytest.raises(StorageError):
        warc.write(exchange())
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_a_file_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "warc").write_text("")
    with writer(tmp_path / "warc") as warc, pytest.raises(StorageError, match="warc: the WARC file cannot be written"):
        warc.write(exchange())


def test_imported_records_are_copied_verbatim(tmp_path: Path) -> None:
    with writer(tmp_path / "theirs") as warc:
        warc.write(exchange())
        warc.write(exchange(method="POST", request_body=b"p=2"))
    theirs = captures(only_file(tmp_path / "theirs"))
    with writer(tmp_path / "ours") as warc:
        ours = [warc.copy(capture) for capture in theirs]
    assert [replace(c, location=t.location) for c, t in zip(ours, theirs, strict=True)] == theirs
    assert captures(only_file(tmp_path / "ours")) == ours
    for one, other in zip(ours, theirs, strict=True):
        assert raw(tmp_path / "ours", one.location) == raw(tmp_path / "theirs", other.location)
    check(tmp_path / "ours")


def test_a_missing_file_or_a_wrong_place_is_one_clear_sentence(tmp_path: Path) -> None:
    with writer(tmp_path) as warc:
        capture = warc.write(exchange())
    with pytest.raises(InputError, match=r"no\.warc\.gz is missing"):
        load(tmp_path, Location("no.warc.gz", 0, 10))
    with pytest.raises(InputError, match="holds no capture at byte 3"):
        load(tmp_path, replace(capture.location, offset=3))
    with pytest.raises(InputError, match="is not a file of"):
        load(tmp_path, Location("../secret", 0, 10))


def test_compressing_is_apart_from_writing(tmp_path: Path) -> None:
    ready = compress(exchange())
    with writer(tmp_path) as warc:
        assert warc.append(ready) == captures(tmp_path / (only_file(tmp_path).name))[0]


LATIN = st.text(st.characters(max_codepoint=255), max_size=20)
NAMES = st.from_regex(r"X-[A-Za-z0-9-]{1,12}", fullmatch=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300),
    status=st.integers(100, 599),
    headers=st.lists(st.tuples(NAMES, LATIN), max_size=5),
    reason=LATIN,
    method=st.sampled_from(["GET", "POST"]),
    request_body=st.binary(max_size=40),
    url=st.text(max_size=30).map(lambda tail: f"http://bantin.example/{tail}"),
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),  # noqa: DTZ001
)
def test_whatever_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    body: bytes,
    status: int,
    headers: list[tuple[str, str]],
    reason: str,
    method: str,
    request_body: bytes,
    url: str,
    moment: datetime,
) -> None:
    directory = tmp_path_factory.mktemp("warc")
    sent = exchange(
        url,
        body,
        status=status,
        headers=tuple(headers),
        reason=reason,
        method=method,
        request_body=request_body if method == "POST" else b"",
        fetched=moment,
    )
    with writer(directory) as warc:
        written = warc.write(sent)
    assert captures(only_file(directory)) == [written]
    assert written.payload == (b"" if written.record_type == "revisit" else body)
    assert (written.status, written.method, written.memento_datetime) == (status, method, moment)
    assert [name for name, _ in written.headers][: len(headers)] == [name for name, _ in headers]
    assert warcio_payloads(only_file(directory)) == [b"" if written.record_type == "revisit" else body]


def warcio_payloads(path: Path) -> list[bytes]:
    with path.open("rb") as stream:
        return [r.raw_stream.read() for r in ArchiveIterator(stream) if r.rec_type in ("response", "revisit")]
