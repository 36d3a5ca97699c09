"""``luutin backfill`` from archives that lie, break off, or lack what they list: nothing false, nothing lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from email.utils import format_datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.warc import Exchange, WarcWriter
from monitor.backfill import wayback
from monitor.cli import main
from tests.test_backfill import HOST, bodies, fill, held, rows, settings
from tests.web_archives import Answer, CommonCrawl, Held, WebArchive

__all__ = ["bodies", "held", "settings"]


def stopped(data: Path, url: str, *arguments: object, code: int) -> str:
    """What a backfill says that comes to an early end."""
    command = ["backfill", "hai_duong", "--from", url, "--data", str(data), *map(str, arguments)]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.stderr.count("\n")) == (code, 1), done.output
    return done.stderr


def memento(held: Held, **headers: str) -> dict[str, str]:
    return {"Memento-Datetime": format_datetime(held.moment, usegmt=True), "Content-Type": "text/html"} | headers


def ordered(held: list[Held]) -> list[Held]:
    """As an index lists them."""
    return sorted(held, key=lambda h: h.fields()[:2])


def lines(held: list[Held]) -> str:
    return "".join(" ".join(h.fields()) + "\n" for h in ordered(held))


def missing(which: list[Held], status: int = 503) -> Callable[[str], Answer | None]:
    """An archive that lists these and gives none of them."""
    paths = {f"/web/{h.timestamp}id_/{h.url}" for h in which}
    return lambda path: (status, {}, b"busy") if path in paths else None


# --- what is torn


@pytest.mark.parametrize(("bounded", "said"), [(True, True), (False, True), (False, False)])
def test_a_torn_answer_is_no_version_of_the_article(
    tmp_path: Path, held: list[Held], bounded: bool, said: bool
) -> None:
    first = held[0]
    second = replace(first, timestamp="20200501120000", body=first.body + b"<!-- -->")
    part = second.body[: len(second.body) * 7 // 10]
    headers = {"X-Archive-Orig-Content-Length": str(len(second.body))} if said else {}

    def torn(path: str) -> Answer | None:
        if "/web/2020" not in path:
            return None
        return 200, memento(second, **headers) | ({} if bounded else {"Content-Length": ""}), part

    with WebArchive([first, second], before=torn) as archive:
        told = fill(tmp_path, archive.url, code=0 if bounded else 7)
        assert rows(tmp_path, "SELECT change FROM revisions") == [("first",)]
        assert told["failed"] == ({} if bounded else {"broke off before its end": 1})
        if bounded:  # the archive itself has no more: kept, and not read
            assert told["kept"] == {"new": 1, "skipped": 1}
        else:
            archive.before = lambda _: None
            assert fill(tmp_path, archive.url)["kept"] == {"unchanged": 1}, "a later run has it"


def test_what_ends_with_the_connection_is_whole_where_its_digest_is(tmp_path: Path, held: list[Held]) -> None:
    archive = WebArchive(held[:1])

    def unbounded(path: str) -> Answer:
        status, headers, body = archive.answer(path, None)
        return status, headers | {"Content-Length": ""}, body

    archive.before = unbounded
    with archive:
        assert fill(tmp_path, archive.url)["kept"] == {"new": 1}


def test_an_index_that_ends_within_a_line_is_not_believed(tmp_path: Path, held: list[Held]) -> None:
    whole = lines(held).encode()
    with WebArchive(held) as archive:

        def torn(path: str) -> Answer | None:
            return (200, {"Content-Length": ""}, whole[: len(whole) * 2 // 3]) if "showResumeKey" in path else None

        archive.before = torn
        assert "broke off before its end" in stopped(tmp_path, archive.url, code=4)


# --- indexes that are not to be believed


def test_one_unreadable_line_hides_nothing_behind_a_portion(
    tmp_path: Path, held: list[Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wayback, "ROWS", 3)
    listed = lines(held).replace(ordered(held)[1].timestamp, "2019", 1).splitlines(keepends=True)

    def without_keys(path: str) -> Answer | None:
        if "limit=3" in path:
            return 200, {}, "".join(listed[:3]).encode()
        return (200, {}, "".join(listed).encode()) if "/cdx" in path and "limit" not in path else None

    with WebArchive(held, before=without_keys) as archive:
        assert fill(tmp_path, archive.url)["kept"] == {"new": 5}


def keyed(held: list[Held], behind: str) -> Callable[[str], Answer | None]:
    """An index that gives a key with its rows, and ``behind`` that key something else."""

    def answer(path: str) -> Answer | None:
        if "resumeKey=" in path:
            return 200, {}, behind.encode()
        return (200, {}, f"{lines(held)}\nKEY\n".encode()) if "showResumeKey" in path else None

    return answer


def test_a_key_behind_which_nothing_comes_is_a_fault_unless_nothing_is_there(
    tmp_path: Path, held: list[Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    with WebArchive(held, before=keyed(held[:3], "")) as archive:
        assert "has more to list" in stopped(tmp_path / "a", archive.url, code=2)
    assert rows(tmp_path / "a", "SELECT count(*) FROM captures") == [(3,)], "what was listed is kept"
    monkeypatch.setattr(wayback, "ROWS", 6)
    with WebArchive(held) as archive:  # as the Internet Archive's server does where exactly one portion is there

        def full(path: str) -> Answer | None:
            return keyed(held, "")(path) if "limit=6" in path else None

        archive.before = full
        assert fill(tmp_path / "b", archive.url)["kept"] == {"new": 6}


def test_keys_that_lead_in_a_circle_end(tmp_path: Path, held: list[Held]) -> None:
    def circle(path: str) -> Answer | None:
        key = "B" if "resumeKey=A" in path else "A"
        return (200, {}, f"{lines(held[:2])}\n{key}\n".encode()) if "showResumeKey" in path else None

    with WebArchive(held, before=circle) as archive:
        assert "over and over" in stopped(tmp_path, archive.url, code=2)
        assert sum("showResumeKey" in path for path in archive.asked) == 3
    assert rows(tmp_path, "SELECT count(*) FROM captures") == [(2,)]


def test_one_host_of_which_the_index_gives_nothing_hides_no_other(
    tmp_path: Path, held: list[Held], settings: Path
) -> None:
    settings.write_text(settings.read_text() + '[sites.hai_duong]\nhome_url = "http://moved.example.vn/"\n')

    def busy(path: str) -> Answer | None:
        return (503, {}, b"") if "showResumeKey" in path and "url=moved" in path else None

    with WebArchive(held[:2], before=busy) as archive:
        assert "The index gives no more" in stopped(tmp_path, archive.url, code=4)
    assert rows(tmp_path, "SELECT count(*) FROM captures") == [(2,)]


def test_one_index_of_common_crawl_that_fails_hides_no_other(tmp_path: Path, held: list[Held]) -> None:
    with CommonCrawl(held, before=lambda path: (503, {}, b"") if path.startswith("/CC-1-index") else None) as archive:
        said = stopped(tmp_path, f"{archive.url}/collinfo.json", "--captures", archive.url, code=4)
    assert "The index gives no more" in said
    assert rows(tmp_path, "SELECT count(*) FROM captures") == [(6,)]


# --- what is listed and not to be had


@pytest.mark.parametrize("first", [0, 1])
def test_captures_that_an_archive_lacks_do_not_hide_the_others(
    tmp_path: Path, held: list[Held], monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    monkeypatch.setattr(random, "choice", lambda rows: rows[-1])  # which is tried where none is known to be had
    many = ordered([*held, *(replace(h, timestamp="20200101000000", body=h.body + b" ") for h in held)])
    lost = many[first : first + 10]
    with WebArchive(many, before=missing(lost)) as archive:
        told = fill(tmp_path, archive.url, code=7)
    assert (sum(told["kept"].values()), told["failed"]) == (2, {"answered 503": 10})


def test_a_failure_of_the_site_is_none_of_the_archive(tmp_path: Path, held: list[Held]) -> None:
    listed = ordered(held)
    was_busy = {h.url: replace(h, mime="warc/revisit") for h in listed[:5]}
    with WebArchive([was_busy.get(h.url, h) for h in listed]) as archive:

        def busy(path: str) -> Answer | None:
            h = next((h for h in was_busy.values() if path.startswith("/web/") and path.endswith(h.url)), None)
            return (503, memento(h), b"<html>busy") if h else None

        archive.before = busy
        told = fill(tmp_path, archive.url)
        assert (told["failed"], told["kept"]) == ({}, {"new": 1, "skipped": 5})
        assert fill(tmp_path, archive.url)["fetched"] == 0


def test_a_limit_counts_what_was_taken(tmp_path: Path, held: list[Held]) -> None:
    lost = ordered(held)[:3]
    with WebArchive(held, before=missing(lost, 404)) as archive:
        assert fill(tmp_path, archive.url, "--limit", 2, code=7)["kept"] == {"new": 2}
        assert fill(tmp_path, archive.url, "--limit", 2, code=7)["kept"] == {"new": 1}


def test_of_equal_captures_another_is_asked_for_where_one_cannot_be_had(tmp_path: Path, held: list[Held]) -> None:
    equal = [replace(held[0], timestamp=f"201{n}0101000000") for n in range(3)]
    with WebArchive(equal, before=missing(equal[:1], 404)) as archive:
        told = fill(tmp_path, archive.url, code=7)
        assert (told["fetched"], told["kept"]) == (2, {"new": 1})


def test_what_is_no_page_is_not_fetched_or_not_again(tmp_path: Path, held: list[Held]) -> None:
    listed = [replace(held[0], mime="application/json"), held[1]]
    with WebArchive(listed) as archive:

        def other(path: str) -> Answer | None:
            if not path.startswith("/web/"):
                return None
            return 200, memento(held[1]) | {"Content-Type": "application/json"}, b"{}"

        archive.before = other
        assert fill(tmp_path, archive.url)["fetched"] == 1
        told = fill(tmp_path, archive.url)
        assert (told["fetched"], told["known"]) == (0, 1)
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(0,)]


def test_rows_of_other_hosts_are_not_fetched(tmp_path: Path, held: list[Held]) -> None:
    other = replace(held[1], url=held[1].url.replace(HOST, "http://other.example.vn"))
    with WebArchive(held[:1]) as archive:
        archive.before = lambda path: (200, {}, lines([held[0], other]).encode()) if "/cdx" in path else None
        assert fill(tmp_path, archive.url)["fetched"] == 1


# --- addresses and times


@pytest.mark.parametrize("tail", ["bài-viết-1", "a b"])
def test_addresses_are_asked_for_as_a_request_can_hold_them(tmp_path: Path, held: list[Held], tail: str) -> None:
    page = replace(held[0], url=f"{HOST}/tin-hoat-dong/{tail}")
    with WebArchive([page], as_json=True) as archive:
        told = fill(tmp_path, archive.url, "--everything")
        assert (told["fetched"], told["failed"]) == (1, {})
        assert fill(tmp_path, archive.url, "--everything")["known"] == 1


@pytest.mark.parametrize("timestamp", ["99991231235959", "20990101000000"])
def test_a_row_of_the_future_is_none(tmp_path: Path, held: list[Held], timestamp: str) -> None:
    with WebArchive([replace(held[0], timestamp=timestamp), held[1]]) as archive:
        assert fill(tmp_path, archive.url)["fetched"] == 1


@pytest.mark.parametrize(
    "url", ["http://[::1", "https://x.example:99999/", "http://x.example:abc/", "http://u:p@x.example/", "http://x y/"]
)
def test_what_is_no_address_is_refused_in_a_sentence(tmp_path: Path, url: str) -> None:
    for arguments in ((url,), ("https://x.example/", "--captures", url)):
        said = fill(tmp_path, *arguments, code=2)
        assert (said.count("\n"), "is not a web address" in said) == (1, True)


@pytest.mark.parametrize("at", ["{own}", "http://127.0.0.1", "https://127.0.0.1:8443", "//127.0.0.1", ""])
def test_a_redirect_leads_to_where_the_site_led_however_the_archive_wraps_it(
    tmp_path: Path, held: list[Held], at: str
) -> None:
    moved, to = replace(held[0], status=301, body=b""), f"{held[1].url}?a=1&b=2"
    with WebArchive([moved]) as archive:
        wrapped = f"{at.format(own=archive.url)}/web/{moved.timestamp}id_/{to}"
        archive.before = lambda path: (301, memento(moved, Location=wrapped), b"") if "/web/" in path else None
        fill(tmp_path, archive.url)
    assert rows(tmp_path, "SELECT quality FROM captures") == [("redirect",)]
    ((key,),) = rows(tmp_path, "SELECT redirect_to FROM captures")
    assert key.startswith("vn,org,haiduong,danvan)")
    assert "127" not in key


@pytest.mark.parametrize("location", ["http://[::1/web/20190501120000id_/x", "http://other.example/web/2019/x", "/a"])
def test_other_redirects_stay_as_they_are(location: str) -> None:
    assert wayback._unwrapped(location, "http://127.0.0.1/web/") == location


def test_a_record_of_another_page_or_moment_is_not_taken_for_that_of_its_row(tmp_path: Path, held: list[Held]) -> None:
    class Lying(CommonCrawl):
        def _line(self, held: Held) -> str:
            self.places[held] = self.places[self.held[-1]]
            return super()._line(held)

    with Lying(held) as archive:
        told = fill(tmp_path, f"{archive.url}/collinfo.json", "--captures", archive.url, code=7)
    assert told["failed"] == {"the archive gave another capture": 5}
    assert rows(tmp_path, "SELECT url FROM captures") == [(held[-1].url,)]


# --- what is withheld


@pytest.mark.parametrize("road", ["backfill", "import"])
def test_what_is_withheld_stays_so_whatever_comes_of_its_past(tmp_path: Path, held: list[Held], road: str) -> None:
    now, data = held[0], tmp_path / "data"
    older = replace(now, timestamp="20180501120000", body=now.body.replace(b"</p>", " Thêm.</p>".encode(), 1))
    with WebArchive([now]) as archive:
        fill(data, archive.url)
    ((article,),) = rows(data, "SELECT id FROM articles")
    done = CliRunner().invoke(main, ["withhold", article, "--reason", "x", "--data", str(data)])
    assert done.exit_code == 0, done.output
    if road == "backfill":
        with WebArchive([now, older]) as archive:
            assert fill(data, archive.url)["fetched"] == 1
    else:
        with WarcWriter(tmp_path / "x", prefix="x", software="x") as writer:
            headers = (("Content-Type", "text/html"),)
            writer.write(Exchange(older.url, older.moment, 200, "OK", headers, older.body))
        assert CliRunner().invoke(main, ["import", str(tmp_path / "x"), "--data", str(data)]).exit_code == 0
    assert rows(data, "SELECT count(*) FROM captures") == [(2,)]
    for table in ("articles", "revisions", "texts"):
        assert rows(data, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert rows(data, "SELECT article_id FROM withheld WHERE lifted IS NULL") == [(article,)]
    assert "danvan" not in (data / "warc" / "index.cdxj").read_text(), "nor is it given out for replay"
