"""How much room an archive takes and will take: by site and kind, from what the last weeks wrote, and honestly."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.archive import Archive
from crawler.clock import FROZEN, timestamp
from monitor.cli import main
from monitor.room import KINDS, MONTH, ROW, room
from tests.kept import NORTH, SOUTH, Keeper, night

#: Bytes of an attachment: what does not compress.
FILE = 40_000


def _night(data: Path, n: int, monkeypatch: pytest.MonkeyPatch, *, pages: int = 3) -> None:
    """The n-th night: new articles, each with a picture and an attachment."""
    import random

    monkeypatch.setenv(FROZEN, timestamp(night(n)))
    with Keeper(data, NORTH, at=n) as keeper:
        for k in range(n * 50, n * 50 + pages):
            keeper.article(k)
            keeper.flush()
            content = random.Random(k).randbytes
            keeper.got(f"/anh/{k}.jpg", b"\xff\xd8\xff" + content(FILE // 2), media_type="image/jpeg")
            keeper.got(f"/tep/{k}.pdf", b"%PDF" + content(FILE), media_type="application/pdf")
        monkeypatch.setenv(FROZEN, timestamp(night(n) + timedelta(hours=1)))


def test_a_month_is_what_the_last_weeks_wrote_by_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(11):
        _night(tmp_path, n, monkeypatch, pages=40 if n == 0 else 3)
    found = room(tmp_path)
    (site,) = found.sites
    assert (site.site, site.nights) == ("bac", 10)
    assert site.days == pytest.approx(10, abs=0.1)
    assert site.a_month["attachments"] == pytest.approx(3 * FILE * MONTH, rel=0.05)
    assert site.a_month["images"] == pytest.approx(3 * FILE / 2 * MONTH, rel=0.05)
    assert 0 < site.a_month["pages"] < site.a_month["images"]
    assert site.a_month["database"] > 9 * ROW * MONTH
    assert site.a_month["requisites"] == 0
    assert set(site.a_month) == set(KINDS)
    assert "rough" not in site.judged_by
    assert found.warc == sum(p.stat().st_size for p in (tmp_path / "warc").iterdir())
    assert found.months_left == pytest.approx(found.free / found.a_month)


def test_the_forecast_is_what_the_next_month_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(15):
        _night(tmp_path, n, monkeypatch, pages=2)
    before = room(tmp_path)
    for n in range(15, 45):
        _night(tmp_path, n, monkeypatch, pages=2)
    after = room(tmp_path)
    told = before.a_month - before.sites[0].a_month["database"]
    assert told == pytest.approx((after.warc - before.warc) * MONTH / 30, rel=0.05)


def test_the_first_crawl_is_no_habit_and_few_nights_are_called_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _night(tmp_path, 0, monkeypatch, pages=30)
    (site,) = room(tmp_path).sites
    assert (site.nights, site.a_month) == (0, {})
    assert "no night since its first complete crawl" in site.judged_by
    assert room(tmp_path).months_left is None
    _night(tmp_path, 1, monkeypatch)
    (site,) = room(tmp_path).sites
    assert site.a_month["attachments"] == pytest.approx(3 * FILE * MONTH, rel=0.1)
    assert site.judged_by == "1 night in 1 days, so that it is rough"


def test_nights_long_ago_are_no_habit_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        _night(tmp_path, n, monkeypatch)
    monkeypatch.setenv(FROZEN, timestamp(night(90)))
    (site,) = room(tmp_path).sites
    assert site.a_month == {}


def test_imports_and_what_articles_do_not_list_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _night(tmp_path, 0, monkeypatch, pages=1)
    monkeypatch.setenv(FROZEN, timestamp(night(1)))
    with Keeper(tmp_path, NORTH, at=1) as keeper:
        keeper.got("/mau.css", b"body{}" * 100, media_type="text/css")
        keeper.got("/robots.txt", b"User-agent: *\n", media_type="text/plain")
        keeper.flush()
        with keeper.archive.writing() as db:
            db.execute("UPDATE captures SET crawl_id = NULL WHERE url LIKE '%robots.txt'")
    (site,) = room(tmp_path).sites
    assert site.a_month["requisites"] > 0
    assert site.a_month["pages"] == 0


def test_status_tells_it_to_people_and_to_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        _night(tmp_path, n, monkeypatch)
    with Keeper(tmp_path, SOUTH, at=2) as keeper:
        keeper.article(1)
    told = json.loads(CliRunner().invoke(main, ["status", "--data", str(tmp_path), "--json"]).stdout)["room"]
    assert [site["site"] for site in told["sites"]] == ["bac", "nam"]
    assert told["a_month"] == sum(told["sites"][0]["a_month"].values())
    done = CliRunner().invoke(main, ["status", "bac", "--data", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "Room: warc/ " in done.output
    assert "judged by 2 nights in 2 days, so that it is rough" in done.output
    assert "nam" not in done.output.partition("Room:")[2]


def test_the_disk_is_full_of_all_sites_whichever_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        _night(tmp_path, n, monkeypatch)
    with Keeper(tmp_path, SOUTH, at=2) as keeper:
        keeper.article(1)
    done = CliRunner().invoke(main, ["status", "nam", "--data", str(tmp_path), "--json"])
    told = json.loads(done.stdout)["room"]
    assert [site["site"] for site in told["sites"]] == ["nam"]
    assert told["months_left"] == pytest.approx(told["free"] / told["a_month"])
    monkeypatch.setattr("monitor.commands.archive.MONTHS_TOLD", told["months_left"] + 1)
    done = CliRunner().invoke(main, ["status", "nam", "--data", str(tmp_path)])
    assert "At this pace the disk is full" in done.output


def test_an_archive_that_does_not_exist_takes_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.commands.options.PROJECT", tmp_path)
    monkeypatch.delenv("LUUTIN_DATA", raising=False)
    assert json.loads(CliRunner().invoke(main, ["status", "--json"]).stdout)["room"] is None
    with Archive(tmp_path):
        pass
    assert room(tmp_path).sites == []
