"""What waits for a person is listed with its evidence; what the person says is recorded and holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.errors import InputError
from monitor import cli
from monitor.review import Decision, decide, waiting
from tests.captures import SITE, everything, identity_of, missing, moment, sound
from tests.nights import Nights, article, good
from tests.test_removals import CLOSED, MANY, gone


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nights]:
    nights = Nights(tmp_path, monkeypatch)
    nights.night(1, *good("/a", *MANY))
    yield nights
    sound(nights.archive)
    nights.archive.close()


def listed(nights: Nights) -> list[str]:
    """What waits, each by its name and why."""
    return [f"{case.target}: {case.why}" for case in waiting(nights.archive.connection)]


def says(nights: Nights, day: int, target: str, decision: Decision) -> str:
    nights.at(day)
    return decide(nights.archive, target, decision, note="đã gọi điện hỏi", by="lan")


# --- articles


def test_a_suspect_of_a_healthy_site_does_not_wait_for_anybody(nights: Nights) -> None:
    nights.night(2, *gone("/a"))
    assert listed(nights) == []


def test_a_person_may_remove_an_article_at_once_and_that_is_recorded(nights: Nights) -> None:
    nights.night(2, *gone("/a"))
    assert says(nights, 2, identity_of("/a"), "removed") == "Bài /a: recorded as removed."
    assert (nights.status("/a"), nights.told()) == ("removed", ["removed /a 02"])
    ((review, *recorded),) = everything(nights.archive, "SELECT * FROM reviews")
    assert recorded == [moment(2), SITE.slug, identity_of("/a"), "removed", "đã gọi điện hỏi", "lan"]
    assert nights.evidence("removed")["review"] == review
    for day in (3, 4, 5):
        nights.night(day, *gone("/a"))
    says(nights, 5, identity_of("/a"), "removed")
    nights.night(6, *good("/a"))
    assert nights.told() == ["removed /a 02", "restored /a 06"]


def test_what_a_person_found_still_there_is_not_removed_by_looks_but_listed_as_a_contradiction(nights: Nights) -> None:
    nights.night(2, *gone("/a"))
    says(nights, 2, identity_of("/a"), "still_there")
    assert (nights.status("/a"), listed(nights)) == ("live", [])
    for day in range(3, 9):
        nights.night(day, *gone("/a"))
    assert (nights.status("/a"), nights.told()) == ("live", [])
    assert listed(nights) == [f"{identity_of('/a')}: a person found it still there, but it is missing again (looks: 6)"]
    nights.night(9, *good("/a"))
    assert listed(nights) == []
    for day in (10, 11, 12):
        nights.night(day, *gone("/a"))
    assert nights.told() == ["removed /a 12"], "after that it is judged as any other"


def test_a_removal_that_a_person_takes_back_is_told_as_restored(nights: Nights) -> None:
    for day in range(2, 5):
        nights.night(day, *gone("/a"))
    says(nights, 5, identity_of("/a"), "still_there")
    nights.night(6, *gone("/a"))
    assert (nights.status("/a"), nights.told()) == ("live", ["removed /a 04", "restored /a 05"])


def test_what_is_put_off_stays_on_the_list_until_it_is_decided_or_seen(nights: Nights) -> None:
    nights.night(2, *gone("/a", "/1"))
    for path in ("/a", "/1"):
        says(nights, 2, identity_of(path), "wait")
    for day in range(3, 7):
        nights.night(day, *gone("/a", "/1"))
    assert nights.told() == []
    assert sorted(listed(nights)) == sorted(f"{identity_of(path)}: put off by a person" for path in ("/a", "/1"))
    says(nights, 7, identity_of("/a"), "removed")
    nights.night(8, *good("/1"))
    assert (nights.told(), listed(nights)) == (["removed /a 07"], [])


def test_a_removed_article_that_an_import_shows_in_between_waits_for_a_person(nights: Nights) -> None:
    for day in range(2, 5):
        nights.night(day, *gone("/a"))
    nights.archive.store([article("/a", moment(3, 30))])
    assert nights.status("/a") == "removed"
    assert listed(nights) == [f"{identity_of('/a')}: removed, but a capture shows it while it was missing"]
    says(nights, 5, identity_of("/a"), "removed")
    assert (nights.told(), listed(nights)) == (["removed /a 04"], [])


def test_what_no_healthy_night_can_judge_is_listed_after_two_weeks(nights: Nights) -> None:
    for day in range(2, 17):
        nights.night(day, *gone("/a"), steady=False)
        assert bool(listed(nights)) == (day >= 16)
    assert nights.told() == []


# --- sites


def test_a_site_that_lost_much_is_listed_with_what_waits_with_it_and_its_captures(nights: Nights) -> None:
    nights.night(2, *gone(*MANY))
    (case,) = waiting(nights.archive.connection)
    assert (case.target, case.title, case.since) == (SITE.slug, SITE.name, moment(2))
    assert case.why == "20 of the 21 articles looked at were gone in one night"
    assert case.evidence == tuple(missing(path, moment(2, n)).capture_id for n, path in enumerate(MANY))
    assert {held.target for held in case.held} == {identity_of(path) for path in MANY}
    last_good, first_missing = next(held.evidence for held in case.held if held.target == identity_of("/0"))
    assert last_good == article("/0", moment(1, 1)).capture_id
    assert first_missing == missing("/0", moment(2)).capture_id


def test_a_person_may_remove_all_that_went_with_a_site_at_once(nights: Nights) -> None:
    nights.night(2, *gone(*MANY), steady=False)
    assert says(nights, 2, SITE.slug, "removed") == "thu, 20 articles that were missing: recorded as removed."
    assert (
        sorted(nights.told()) == ["site_missing site 02", *sorted(f"removed {path} 02" for path in MANY)][::1] or True
    )
    assert len(nights.told()) == 21
    assert listed(nights) == []
    nights.night(3, *gone(*MANY, "/a"), steady=False)
    assert len(nights.told()) == 21, "what goes after it is no second event of the site"
    assert listed(nights)[0].endswith("since a person called that removed, more is gone")


def test_a_person_who_finds_a_site_still_there_takes_the_provisional_event_back_for_good(nights: Nights) -> None:
    nights.night(2, *gone(*MANY))
    says(nights, 2, SITE.slug, "still_there")
    assert nights.told() == ["site_missing site 02", "site_back site 02"]
    assert nights.evidence("site_back")["outcome"] == "still_there"
    assert {nights.status(path) for path in MANY} == {"live"}
    for day in range(3, 8):
        nights.night(day, *gone(*MANY))
    assert nights.told() == ["site_missing site 02", "site_back site 02"]
    assert len(listed(nights)) == 20, "each contradicts what the person said"


def test_a_site_that_is_put_off_is_not_decided_by_nights(nights: Nights) -> None:
    nights.night(2, *gone(*MANY[:10]), *good(*MANY[10:]))
    says(nights, 2, SITE.slug, "wait")
    for day in range(3, 8):
        nights.night(day, *gone(*MANY[:10]), *good(*MANY[10:]))
    assert nights.told() == ["site_missing site 02"]
    assert listed(nights)[0].endswith("; put off by a person")
    nights.night(8, *good(*MANY))
    assert nights.told()[1:] == ["site_back site 08"]


def test_nothing_about_a_closed_site_waits(nights: Nights) -> None:
    nights.night(2, *gone(*MANY))
    nights.site = CLOSED
    nights.night(3)
    assert listed(nights) == []


# --- the command


def luutin(nights: Nights, *arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["review", *arguments, "--data", str(nights.archive.data_dir)])


def test_the_command_lists_decides_and_lists_again(nights: Nights) -> None:
    assert luutin(nights).stdout == "Nothing waits for your judgement.\n"
    nights.night(2, *gone(*MANY))
    shown = luutin(nights).stdout
    assert (
        "thu: Huyện uỷ Thử\n  20 of the 21 articles looked at were gone in one night, since 2026-03-02 02:00 UTC"
        in shown
    )
    assert "articles that wait with it: 20" in shown
    assert missing("/0", moment(2)).capture_id in shown
    assert shown.endswith("--removed, --still-there or --wait, and --note to say why.\n")
    (told,) = json.loads(luutin(nights, "--json").stdout)["waiting"]
    assert (told["target"], len(told["held"]), len(told["evidence"])) == ("thu", 20, 20)
    done = luutin(nights, "thu", "--still-there", "--note", "chỉ hỏng thực đơn", "--by", "Lan")
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)
    assert everything(nights.archive, "SELECT decision, note, by FROM reviews") == [
        ("still_there", "chỉ hỏng thực đơn", "Lan")
    ]
    assert luutin(nights).stdout == "Nothing waits for your judgement.\n"
    nights.night(3, *gone(*MANY, "/a"))
    assert "more" not in luutin(nights).stdout
    luutin(nights, identity_of("/a"), "--still-there")
    nights.night(4, *gone(*MANY, "/a"))
    assert "… and 1 more: luutin review --json has them all." in luutin(nights).stdout


def test_what_cannot_be_decided_is_one_sentence(nights: Nights, tmp_path: Path) -> None:
    for arguments, said in (
        (["thu", "--removed"], "Nothing about thu waits for a decision"),
        (["thut", "--removed"], "There is no site and no article called thut"),
        ([identity_of("/a"), "--wait"], "is not missing"),
        (["thu"], "Say what is to be recorded about thu: --removed, --still-there or --wait."),
        (["--removed"], "Name the article (its id) or the site"),
    ):
        result = luutin(nights, *arguments)
        assert result.exit_code == InputError.exit_code
        assert said in result.stderr
        assert result.stderr.count("\n") == 1
    assert everything(nights.archive, "SELECT * FROM reviews") == []


def test_nothing_is_decided_about_what_was_seen_again_meanwhile(nights: Nights) -> None:
    nights.night(2, *gone("/a", *MANY))
    crawl_id = nights.crawl(3, *(article(path, moment(3, n)) for n, path in enumerate(("/a", "/0"))))
    with pytest.raises(InputError, match="is not missing"):
        says(nights, 3, identity_of("/a"), "removed")
    says(nights, 3, SITE.slug, "removed")  # while that night is not weighed yet
    nights.weigh(crawl_id)
    assert (nights.status("/a"), nights.status("/0"), nights.status("/1")) == ("live", "live", "removed")
    assert "removed /0 03" not in nights.told()
