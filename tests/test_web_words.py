"""The pages' words: snippets, phrases in two languages, dates and numbers."""

from __future__ import annotations

import re

from monitor.web import labels
from monitor.web.snippets import WIDTH, marked, snippet


def test_snippets_show_the_densest_place_and_mark_what_was_searched() -> None:
    text = "Mở đầu không liên quan. " * 30 + "Đảng viên giữ kỷ luật của Đảng. " + "Phần sau cũng vậy. " * 30
    assert "«Đảng» viên giữ «kỷ luật» của «Đảng»" in marked(text, "ky luat đảng")
    assert "«Đảng viên» giữ kỷ luật" in marked(text, '"dang vien" -họp')
    assert marked(text, "vắng mặt").startswith("Mở đầu")
    assert marked(None, None) == ""
    assert marked("x" * 999, "y").startswith("xxx")
    assert len(marked(text, "phan sau").replace("«", "").replace("»", "")) <= WIDTH + 4
    assert "".join(p for p, _ in snippet("İSTANBUL gặp Đảng", "dang")) == "İSTANBUL gặp Đảng"


def test_both_languages_say_everything_and_leave_the_same_blanks() -> None:
    vi, en = labels.TEXTS["vi"], labels.TEXTS["en"]
    for key in vi:
        assert all((vi[key], en[key])), key
        assert set(re.findall(r"{\w+}", vi[key])) == set(re.findall(r"{\w+}", en[key])), key


def test_dates_numbers_and_sizes_are_written_as_readers_write_them() -> None:
    assert labels.moment("2026-03-01T19:00:00.000000Z") == "02/03/2026, 02:00"
    assert labels.moment("2016-07-20") == "20/07/2016"
    assert labels.moment(None) == ""
    assert labels.moment("hôm qua") == "hôm qua"
    assert labels.number(12345, "vi") == "12.345"
    assert labels.number(12345, "en") == "12,345"
    assert [labels.size(n, "en") for n in (0, 999, 45_200, 3_100_000)] == ["0 B", "999 B", "45.2 kB", "3.1 MB"]
