"""What alerts say: of the same evidence the same, in Vietnamese and in English."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.asking import LYING
from monitor.alerts import sentence
from monitor.symptoms import KINDS

FAILED = {"outcome": "failed", "reason": "Tin: the listing answers 503"}
#: Evidence as monitor/symptoms and monitor/outbox make it.
EVIDENCE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("crawl_failed", FAILED),
    ("crawl_failed", {"outcome": "refused", "reason": ""}),
    ("crawl_failed", {"outcome": "interrupted", "started": "2026-01-01T19:00:00Z", "crawls": 3}),
    ("certificate", {"outcome": "failed", "reason": "SSL: certificate has expired"}),
    ("robots", {"outcome": "refused", "reason": "robots.txt asks for 900 seconds between two requests"}),
    ("robots", {"forbidden": 12, "articles": 3, "usual": 1.0}),
    ("login_wall", FAILED | {"captures": ["urn:uuid:1"]}),
    ("login_wall", {"pages": 12, "articles": 3, "usual": 0, "captures": []}),
    ("led_away", {"led": 12, "articles": 3, "usual": 1.0}),
    ("storage", {"outcome": "failed", "reason": "the disk is full"}),
    ("storage", {"file": "a.warc.gz", "size": -1, "expected": 400}),
    ("storage", {"file": "a.warc.gz", "size": 12, "expected": 400}),
    ("listing_empty", FAILED | {"reason": "Tin: no articles on the page"}),
    ("listing_empty", {"listed": {"Tin": 0, "Đảng": 3}, "least": {"Tin": 1, "Đảng": 10.0}}),
    ("field_lost", {"usual": {"author": 0.92}, "articles": 20, "unread": 0, "captures": []}),
    ("field_lost", {"usual": {"author": 1.0, "date_published": 0.8, "text": 1.0}, "articles": 20, "unread": 14}),
    ("site_silent", {"days": 40, "newest": "2026-01-01", "usual_gap": 1.5, "longest_gap": 6}),
    ("errors", {"errors": 30, "requests": 100, "usual": 0.01}),
    ("slow", {"median": 7.2, "usual": 0.4}),
    (LYING, {"lied": 2, "captures": []}),
    ("channel_failing: ban", {"channel": "ban", "reason": "HTTP 500", "messages": 2, "attempts": 6, "given_up": 2}),
    ("channel_failing: ban", {"channel": "ban", "why": "notify.ban.url is not an address."}),
    ("channel_unsure: ban", {"channel": "ban", "reason": "cut off while it was sent", "messages": 3}),
)


@pytest.mark.parametrize(("kind", "evidence"), EVIDENCE)
def test_every_alert_is_a_sentence_in_either_language(kind: str, evidence: dict[str, Any]) -> None:
    vietnamese, english = (sentence(kind, {"crawl": "01", **evidence}, language) for language in ("vi", "en"))
    assert vietnamese != english
    for said in (vietnamese, english):
        assert len(said) > 20
        assert "{" not in said
    numbers = [str(value) for value in evidence.values() if isinstance(value, int) and value > 1]
    assert all(n in vietnamese for n in numbers if n in english)


def test_every_kind_has_words() -> None:
    assert set(KINDS) <= {kind for kind, _ in EVIDENCE}


def test_what_a_crawl_says_of_itself_is_said_in_vietnamese_and_what_a_library_says_is_not() -> None:
    reason = "Tin: the listing could not be fetched (DNS lookup failed); Đảng: no articles on the page"
    said = sentence("crawl_failed", {"outcome": "failed", "reason": reason}, "vi")
    assert "Tin: không tải được danh sách (DNS lookup failed); Đảng: trang không có bài nào" in said


def test_evidence_of_another_program_leaves_what_that_program_said() -> None:
    assert sentence("errors", {"share": 1}, "vi", "Too many.") == "Too many."
    assert sentence("of tomorrow", {}, "vi", "Something new.") == "Something new."
    assert sentence("of tomorrow", {}, "vi") == "of tomorrow"
