"""CDX in all its forms: read from anybody's service, and written as pywb's indexer writes it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import cdx

URL = "http://danvan.example.vn/Tin/bai-1.html"
ROW = cdx.Row(URL, "20190501120000", "text/html", 200, "B3MCEUTAYUUWMHU7B6G34BAXOD7YYOXT")
PLAIN = f"vn,example,danvan)/tin/bai-1.html 20190501120000 {URL} text/html 200 B3MCEUTAYUUWMHU7B6G34BAXOD7YYOXT"


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (PLAIN, ("", None, None)),
        (f"{PLAIN} 4711", ("", None, 4711)),
        (f"{PLAIN} - - 4711 99 a.warc.gz", ("a.warc.gz", 99, 4711)),
        (f"{PLAIN} - - 99 a.warc.gz", ("a.warc.gz", 99, None)),
        (f"{PLAIN} - 99 a.warc.gz", ("a.warc.gz", 99, None)),
    ],
)
def test_classic_lines_of_every_length_say_the_same(line: str, where: tuple[str, int | None, int | None]) -> None:
    (row,) = cdx.read(f" CDX N b a m s k r M S V g\n{line}\n".encode()).rows
    assert (row.url, row.timestamp, row.mime, row.status, row.digest) == (
        *(ROW.url, ROW.timestamp, ROW.mime),
        *(ROW.status, ROW.digest),
    )
    assert (row.filename, row.offset, row.length) == where


def test_json_in_a_list_line_by_line_and_behind_a_key_say_the_same() -> None:
    named = {"url": URL, "mime": "text/html", "status": "200", "digest": f"sha1:{ROW.digest.lower()}"}
    lines = json.dumps({"timestamp": ROW.timestamp, **named})
    behind = f"vn,example,danvan)/tin/bai-1.html {ROW.timestamp} {json.dumps(named)}"
    head = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
    table = json.dumps([head, ["x", ROW.timestamp, URL, "text/html", "200", ROW.digest, "-"]])
    for body in (lines, behind, table):
        assert cdx.read(body.encode()).rows == (ROW,)


def test_the_key_for_the_next_portion_is_found_in_text_and_in_json() -> None:
    assert cdx.read(f"{PLAIN}\n\nvn%2Cexample+1\n".encode()) == cdx.Answer((ROW,), "vn%2Cexample+1")
    table = [["timestamp", "original"], [ROW.timestamp, URL], [], ["key-2"]]
    assert cdx.read(json.dumps(table).encode()).resume_key == "key-2"


def test_a_revisit_has_no_status() -> None:
    (row,) = cdx.read(f"k 20190501120000 {URL} warc/revisit - {ROW.digest} 5".encode()).rows
    assert (row.mime, row.status) == ("warc/revisit", None)


@pytest.mark.parametrize("body", [b"<html><p>Not found</p></html>", b"[1, 2", b'[{"a": 1}]', b"a b c", b"[[[["])
def test_what_is_no_index_is_told_from_an_index_without_rows(body: bytes) -> None:
    with pytest.raises(cdx.NoIndexError):
        cdx.read(body)
    assert cdx.read(b"") == cdx.read(b"[]") == cdx.Answer(())


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_garbage_is_no_row_and_no_crash(body: bytes) -> None:
    try:
        rows = cdx.read(body).rows
    except cdx.NoIndexError:
        return
    assert all(row.moment.tzinfo for row in rows)


@given(
    st.lists(st.sampled_from([PLAIN, "{", '{"url": 3}', "[]", "", "k 20199901120000 http://x/ a 200 b", "x" * 70_000]))
)
def test_a_bad_line_costs_no_other_line(lines: list[str]) -> None:
    try:
        found = cdx.read("\n".join(lines).encode())
    except cdx.NoIndexError:
        return
    assert set(found.rows) <= {ROW}


def test_a_line_for_pywb_has_its_key_its_names_and_is_read_again() -> None:
    row = cdx.Row(URL, "20190501120000", "text/html", 200, ROW.digest, "a.warc.gz", 99, 4711)
    line = cdx.line(row)
    assert line.startswith("vn,example,danvan)/tin/bai-1.html 20190501120000 {")
    assert cdx.read(line.encode()).rows == (row,)


def test_of_captures_with_the_same_digest_the_first_of_each_run_stays() -> None:
    def row(day: int, digest: str, url: str = URL) -> cdx.Row:
        return cdx.Row(url, f"201905{day:02}120000", digest=digest)

    rows = [row(1, "A"), row(2, "A"), row(3, "B"), row(4, "A"), row(4, "A", URL + "?x"), row(5, ""), row(6, "")]
    assert [r.timestamp[6:8] for r in cdx.without_repeats(rows)] == ["01", "03", "04", "04", "05", "06"]
