"""Site health: an alert opens once, with evidence, and closes by itself; silence where nothing is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from captures import SITE, Says, everything, key_of, page
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive import Archive
from crawler.config import Config
from crawler.config_tables import SiteEntry
from crawler.placing import Prepared
from crawler.site import Expectations
from monitor import health, symptoms

BEGUN = datetime(2026, 1, 1, 19, tzinfo=UTC)
GOOD_READING = {"author": "Mai Lan", "description": "Sapô.", "date_published": "2026-01-01"}


@dataclass
class House:
    """An archive of one site, night after night."""

    archive: Archive
    monkeypatch: pytest.MonkeyPatch
    night: int = 0
    articles: int = 0
    crawls: list[str] = field(default_factory=list)
    site: Any = SITE
    config: Config = field(default_factory=Config)

    def sleep(self, nights: int = 1) -> None:
        self.night += nights
        self.monkeypatch.setenv("LUUTIN_NOW", (BEGUN + timedelta(days=self.night)).isoformat())

    def crawl(
        self, outcome: str = "complete", why: str = "", *, new: int = 3, first_page: int = 20, errors: int = 0,
        requests: int = 50, skipped: dict[str, int] | None = None, captures: tuple[Prepared, ...] = (),
        watch: bool = True, answers: float | None = None, **reading: Any,
    ) -> str:  # fmt: skip
        """One night's crawl, with so many new articles, then what health makes of it."""
        self.sleep()
        archive = self.archive
        crawl_id = archive.start_crawl("thu", "night")
        archive.section_listed(crawl_id, "Tin", first_page, None)
        made = [self.article(crawl_id, second, **reading) for second in range(new)]
        archive.store([*made, *(replace(c, crawl_id=crawl_id) for c in captures)], baseline=self.night == 1)
        archive.progress_crawl(crawl_id, skipped=skipped or {}, errors=errors, requests=requests)
        learned = {"response_median": answers, "response_p95": answers}
        archive.finish_crawl(crawl_id, outcome, outcome_reason=why, learned=learned)  # type: ignore[arg-type]
        if watch:
            self.watch(crawl_id)
        return crawl_id

    def article(self, crawl_id: str, second: int, **reading: Any) -> Prepared:
        self.articles += 1
        day = (BEGUN + timedelta(days=self.night)).date().isoformat()
        made = page(f"/bai-{self.articles}", self.moment(second), Says(body=f"Bài {self.articles}."), crawl_id=crawl_id)
        assert made.reading is not None
        said = GOOD_READING | {"date_published": day} | reading
        digest = f"r1:{self.articles}-{sorted(said.items())}"
        return replace(made, reading=replace(made.reading, reading_digest=digest, **said))

    def moment(self, second: int = 0) -> str:
        return f"{BEGUN + timedelta(days=self.night, seconds=second):%Y-%m-%dT%H:%M:%S}.000000Z"

    def wall(self, count: int, quality: str = "login") -> tuple[Prepared, ...]:
        """Pages that are a sign-in form in the coming crawl."""
        self.night += 1
        at = [self.moment(40 + n) for n in range(count)]
        self.night -= 1
        made = [page(f"/khoa-{n}", at[n]) for n in range(count)]
        return tuple(replace(m, quality=quality, reading=None, article_id=None, canonical_key=None) for m in made)

    def watch(self, crawl_id: str) -> None:
        health.watch(self.archive, self.site, crawl_id, self.config)

    def alerts(self, *, open_only: bool = True) -> list[str]:
        where = "WHERE closed IS NULL" if open_only else ""
        return [str(k) for (k,) in everything(self.archive, f"SELECT kind FROM alerts {where} ORDER BY opened, kind")]

    def evidence(self) -> dict[str, Any]:
        ((said,),) = everything(self.archive, "SELECT evidence FROM alerts WHERE closed IS NULL")
        return dict(json.loads(str(said)))

    def message(self) -> str:
        ((said,),) = everything(self.archive, "SELECT message FROM alerts WHERE closed IS NULL")
        return str(said)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with Archive(tmp_path) as archive:
        archive.upsert_sites([SITE])
        (tmp_path / "warc" / "a.warc.gz").write_bytes(b"x" * 10)
        yield House(archive, monkeypatch)


@pytest.fixture
def settled(house: House) -> House:
    """A site whose habits are known."""
    for _ in range(12):
        house.crawl()
    assert house.alerts(open_only=False) == []
    return house


# --- silence


def test_a_site_that_is_well_has_no_alerts_however_its_nights_differ(house: House) -> None:
    for night in range(60):
        house.crawl(
            "limited" if night % 7 == 3 else "complete",
            new=(0, 1, 3, 9)[night % 4],
            first_page=20 - night % 3,
            errors=night % 4,
            author=None if night % 5 == 0 else "Mai Lan",
            captures=house.wall(night % 3),
        )
    assert house.alerts(open_only=False) == []


def test_a_first_crawl_of_old_pages_says_nothing_about_habits(house: House) -> None:
    house.crawl(new=40, date_published="2019-05-01", author=None, description=None, first_page=3, errors=20)
    house.crawl(new=0, first_page=3)
    assert house.alerts(open_only=False) == []


# --- crawls that did not do their job


@pytest.mark.parametrize(
    ("outcome", "why", "kind"),
    [
        ("failed", "Tin: the listing answers 503", "crawl_failed"),
        ("refused", "robots.txt answers 503", "crawl_failed"),
        ("refused", "robots.txt cannot be read (DNS lookup failed: no results for hostname lookup)", "crawl_failed"),
        ("failed", "", "crawl_failed"),
        (
            "refused",
            "robots.txt cannot be read ([<Failure OpenSSL.SSL.Error: certificate verify failed>])",
            "certificate",
        ),
        ("failed", "Tin: the listing could not be fetched (Forbidden by robots.txt)", "robots"),
        ("refused", "robots.txt asks for 900 seconds between two requests", "robots"),
        ("failed", "Tin: no articles on the page", "listing_empty"),
        ("failed", "/data/archive.db cannot grow: the disk is full; make room.", "storage"),
    ],
)
def test_a_crawl_that_did_not_do_its_job_is_one_alert_by_its_most_telling_name(
    settled: House, outcome: str, why: str, kind: str
) -> None:
    crawl_id = settled.crawl(outcome, why, new=0)
    assert settled.alerts() == [kind]
    assert settled.evidence()["crawl"] == crawl_id
    assert settled.evidence()["reason"] == why
    assert why in settled.message()
    settled.watch(crawl_id)
    settled.crawl(outcome, why, new=0)
    assert settled.alerts(open_only=False) == [kind], "open once, however long it lasts"
    settled.crawl()
    assert settled.alerts() == []
    settled.crawl(outcome, why, new=0)
    assert settled.alerts(open_only=False) == [kind, kind], "another time is another alert"


def test_a_data_directory_in_the_reason_is_trouble_with_the_disk(settled: House) -> None:
    settled.crawl("failed", f"{settled.archive.warc_dir} vanished", new=0)
    assert settled.alerts() == ["storage"]


def test_a_crawl_that_a_person_stopped_is_no_alert_three_that_never_end_are(settled: House) -> None:
    settled.crawl("interrupted", "stopped")
    settled.crawl()
    for _ in range(2):
        settled.crawl("interrupted", "stopped")
    assert settled.alerts(open_only=False) == []
    settled.crawl("interrupted", "stopped")
    assert settled.alerts() == ["crawl_failed"]


def test_what_an_outage_hides_is_not_over(settled: House) -> None:
    settled.crawl(first_page=2)
    settled.crawl("failed", "Tin: the listing answers 503", new=0, first_page=0)
    assert settled.alerts() == ["listing_empty", "crawl_failed"]
    settled.crawl()
    assert settled.alerts() == []


def test_a_warc_file_that_is_gone_or_short_is_told(settled: House) -> None:
    (settled.archive.warc_dir / "a.warc.gz").unlink()
    settled.crawl()
    assert settled.alerts() == ["storage"]
    assert "warc/a.warc.gz is missing" in settled.message()
    (settled.archive.warc_dir / "a.warc.gz.open").write_bytes(b"x")
    settled.crawl()
    assert settled.alerts() == []


# --- listings


def test_a_listing_far_below_its_habit_opens_and_only_the_habit_closes_it(settled: House) -> None:
    settled.crawl(first_page=9)
    assert settled.alerts() == ["listing_empty"]
    assert settled.evidence()["listed"] == {"Tin": 9}
    assert "Tin: 9, at least 10" in settled.message()
    for _ in range(40):
        settled.crawl(first_page=9)
    assert settled.alerts() == ["listing_empty"], "a loss that lasts never becomes the habit"
    settled.crawl(first_page=14)
    assert settled.alerts(open_only=False) == ["listing_empty"]
    assert settled.alerts() == []


def test_a_declared_least_takes_the_place_of_the_habit(house: House) -> None:
    house.config = Config(sites={"thu": SiteEntry(least_per_listing=4)})
    house.crawl(first_page=3)
    assert house.alerts() == ["listing_empty"], "without any habit"
    house.crawl(first_page=4)
    assert house.alerts() == []


# --- fields


def test_a_field_that_most_articles_had_and_the_last_ones_have_not_is_a_redesign(settled: House) -> None:
    for _ in range(3):
        settled.crawl(author=None, description=None)
    assert settled.alerts() == [], "nine articles are too few"
    settled.crawl(author=None, description=None)
    assert settled.alerts() == ["field_lost"]
    assert set(settled.evidence()["usual"]) == {"author", "description"}
    assert "no author (100% before)" in settled.message()
    for _ in range(50):
        settled.crawl(author=None, description=None)
    assert settled.alerts() == ["field_lost"]
    settled.crawl(new=0)
    assert settled.alerts() == ["field_lost"], "a night without articles says nothing"
    settled.crawl(new=2)
    assert settled.alerts() == []


def test_a_field_that_few_articles_ever_had_is_not_missed(house: House) -> None:
    for night in range(20):
        house.crawl(author="Mai Lan" if night % 2 else None)
    house.crawl(new=12, author=None)
    assert house.alerts(open_only=False) == []


def test_a_declared_field_is_missed_at_once_and_one_not_declared_never(house: House) -> None:
    house.site = replace(SITE, expects=Expectations(fields=("author",)))
    house.crawl(new=3, author=None)
    assert house.alerts() == ["field_lost"]
    house.crawl(new=3)
    house.crawl(new=9)
    for _ in range(4):
        house.crawl(new=9, description=None)
    assert house.alerts() == []


def test_one_night_without_an_author_is_no_redesign(settled: House) -> None:
    settled.crawl(new=11, author=None)
    settled.crawl(new=30)
    for _ in range(3):
        settled.crawl(new=6, author=None)
    assert settled.alerts() == [], "the longest run so far was eleven"
    settled.crawl(new=6, author=None)
    assert settled.alerts() == ["field_lost"]


def test_pages_whose_text_is_no_longer_read_are_a_redesign(settled: House) -> None:
    settled.crawl(new=2, skipped={"empty": 5, "unreadable": 4, "listing": 1, "image: empty": 50})
    assert settled.alerts() == ["field_lost"]
    assert settled.message().startswith("10 pages have no text that can be read")
    settled.crawl(new=3, skipped={"empty": 1})
    assert settled.alerts() == []


# --- pages that turn into something else


def test_pages_that_turn_into_sign_in_forms_are_told_with_captures(settled: House) -> None:
    settled.crawl(new=0, captures=settled.wall(8))
    assert settled.alerts() == ["login_wall"]
    assert len(settled.evidence()["captures"]) == health.NAMED
    settled.crawl(new=0)
    assert settled.alerts() == ["login_wall"], "nothing was looked at"
    settled.crawl(new=1)
    assert settled.alerts() == []


def led(house: House, count: int, target: str) -> tuple[Prepared, ...]:
    """Addresses that lead somewhere in the coming crawl."""
    walls = house.wall(count, "redirect")
    return tuple(replace(w, redirect_to=key_of(target), status_code=302) for w in walls)


def test_addresses_that_all_lead_to_one_sign_in_form_are_a_wall(settled: House) -> None:
    form = replace(settled.wall(1)[0], capture_id="urn:uuid:form", url_key=key_of("/dang-nhap"))
    settled.crawl(new=0, captures=(form, *led(settled, 8, "/dang-nhap")))
    assert settled.alerts() == ["login_wall"]
    assert settled.evidence()["pages"] == 9
    settled.crawl(new=0, captures=led(settled, 8, "/dang-nhap"))
    settled.crawl(new=10, captures=led(settled, 8, "/dang-nhap"))
    assert settled.alerts() == []


def test_addresses_that_always_led_to_a_sign_in_form_or_elsewhere_are_no_news_on_a_quiet_night(house: House) -> None:
    form = replace(house.wall(1)[0], capture_id="urn:uuid:form", url_key=key_of("/dang-nhap"))
    for night in range(20):
        new = 30 if night == 0 else night % 3
        house.crawl(new=new, skipped={"redirect": 7}, captures=(form, *led(house, 8, "/dang-nhap")))
    assert house.alerts(open_only=False) == []


def test_articles_led_to_where_nothing_is_fetched_are_told_until_more_are_articles(settled: House) -> None:
    settled.crawl(new=2, skipped={"redirect": 4})
    assert settled.alerts() == [], "few"
    settled.crawl(new=2, skipped={"redirect": 12})
    assert settled.alerts() == ["led_away"]
    assert settled.message().startswith("12 addresses of articles lead to where nothing is fetched")
    settled.crawl(new=0)
    assert settled.alerts() == ["led_away"], "nothing was looked at"
    settled.crawl(new=1)
    assert settled.alerts() == []


def test_a_listing_that_is_a_browser_check_is_a_wall_and_not_an_empty_section(settled: House) -> None:
    settled.crawl("failed", "Tin: no articles on the page", new=0, first_page=0, captures=settled.wall(1, "challenge"))
    assert settled.alerts() == ["login_wall"]


def test_robots_that_forbid_what_they_allowed_are_told(settled: House) -> None:
    settled.crawl(new=0, skipped={"robots": 12})
    assert settled.alerts() == ["robots"]
    settled.crawl(new=3)
    assert settled.alerts() == []


def test_addresses_that_were_always_forbidden_are_no_news_on_a_quiet_night(house: House) -> None:
    for night in range(20):
        house.crawl(new=30 if night == 0 else night % 3, skipped={"robots": 8, "login": 6}, captures=house.wall(6))
    assert house.alerts(open_only=False) == []


# --- silence of the site, errors


def test_a_site_that_falls_silent_far_beyond_its_habit_is_told_and_its_next_article_ends_it(settled: House) -> None:
    for _ in range(14):
        settled.crawl(new=0)
    assert settled.alerts() == []
    settled.crawl(new=0)
    assert settled.alerts() == ["site_silent"]
    assert settled.evidence()["days"] == 15
    settled.crawl(new=1)
    assert settled.alerts() == []


def test_a_site_that_publishes_once_a_month_is_not_silent_after_two(house: House) -> None:
    for _ in range(12):
        house.sleep(29)
        house.crawl(new=4)
    for _ in range(8):
        house.sleep(10)
        house.crawl(new=0)
    assert house.alerts(open_only=False) == []


def test_more_errors_than_usual_are_told_until_they_are_fewer(settled: House) -> None:
    settled.crawl(errors=9, requests=50)
    assert settled.alerts() == [], "few"
    settled.crawl(errors=20, requests=50)
    assert settled.alerts() == ["errors"]
    for _ in range(30):
        settled.crawl(errors=20, requests=50)
    assert settled.alerts() == ["errors"]
    settled.crawl(errors=2, requests=50)
    assert settled.alerts() == []


# --- what watch is


def test_answers_that_take_far_longer_than_usual_are_told_until_they_do_not(house: House) -> None:
    for _ in range(symptoms.LEAST_CRAWLS + 1):
        house.crawl(answers=0.9)
    for answers, is_open in ((2.9, False), (3.5, False), (3.7, True), (40.0, True), (3.7, True), (None, True)):
        house.crawl(answers=answers)
        assert house.alerts() == ["slow"] * is_open, answers
    assert (house.evidence()["median"], house.evidence()["usual"]) == (3.7, 0.9), "as it was when it opened"
    house.crawl(answers=1.2)
    assert house.alerts() == []


def test_a_site_that_was_always_slow_is_no_news_and_a_first_week_teaches(house: House) -> None:
    for _ in range(symptoms.LEAST_CRAWLS):
        house.crawl(answers=9.0)
    house.crawl(answers=20.0)
    assert house.alerts() == []


def test_an_older_crawl_has_nothing_to_say_any_more(settled: House) -> None:
    failed = settled.crawl("failed", "Tin: the listing answers 503", new=0, watch=False)
    settled.crawl()
    settled.watch(failed)
    settled.watch("01ABC")
    assert settled.alerts(open_only=False) == []


def test_a_closed_site_has_no_troubles(settled: House) -> None:
    crawl_id = settled.crawl("failed", "Tin: the listing answers 503", new=0)
    settled.site = replace(SITE, status="closed")
    settled.watch(crawl_id)
    assert settled.alerts() == []


def test_the_site_is_judged_by_indexes_whatever_the_size_of_the_archive(settled: House) -> None:
    for sql, parameters in (
        (health._CRAWL, ("c", "thu")), (health._BEFORE, ("thu", "c", 1)), (health._QUALITIES, ("c",)),
        (health._WALLS, ("c", 1)), (health._LED_TO_WALLS, ('["c"]',)), (health._FILES, ("c",)),
        (health._READ, ("c", "thu", "")), (health._PUBLISHED, ("thu", 1)), (health._ANNOUNCED, ("thu", 1)),
        (health._FAR_BACK, ("thu", 1)), (health._ASKED, ("thu", "c", "c")),
    ):  # fmt: skip
        plan = [str(row[3]) for row in settled.archive.connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        tables = ("captures", "readings", "articles", "events", "crawls", "r")
        assert not any(step == f"SCAN {table}" for step in plan for table in tables), plan
        assert any("USING" in step for step in plan), plan
        assert sql is health._QUALITIES or not any("TEMP B-TREE FOR ORDER" in step for step in plan), plan


@given(
    st.lists(st.fixed_dictionaries({name: st.booleans() for name in symptoms.FIELDS}), max_size=60),
    st.integers(0, 60),
    st.integers(0, 40),
)
def test_a_field_that_the_last_articles_have_is_never_lost(
    read: list[dict[str, bool]], tonight: int, unread: int
) -> None:
    tonight = min(tonight, len(read))
    told = symptoms.field_lost(read, tonight, unread=unread).get("field_lost")
    last = read[: max(tonight, symptoms.LAST)]
    for name in told.evidence["usual"] if told else ():
        if name != symptoms.TEXT:
            assert not all(article[name] for article in last)
