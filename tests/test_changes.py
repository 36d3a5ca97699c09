"""What an edit changed: named by kind, counted in words, what matters first, and nothing where nothing was said."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.changes import Changes, Paragraph, compare, theirs
from crawler.reading import Reading
from crawler.summaries import kept, summary
from crawler.text import clean

MONEY = "Huyện ủy hỗ trợ 3 triệu đồng cho mỗi hộ nghèo trong xã Bình An."
CHAIR = "Đồng chí Trần Văn An, Bí thư Huyện ủy chủ trì hội nghị ngày 12/3/2024."
ROAD = "Nhân dân thôn Đồng Tâm hiến đất mở rộng con đường vào trường học."
BODY = f"{MONEY}\n\n{CHAIR}\n\n{ROAD}"


def reading(**fields: Any) -> Reading:
    plain: dict[str, Any] = {
        "reading_digest": "r1:", "content_digest": "c1:", "text_digest": "sha256:", "headline": "Hỗ trợ hộ nghèo",
        "description": None, "author": None, "section": None, "date_published": "2024-03-12", "word_count": 0,
        "captions": "[]", "images": "[]", "attachments": "[]",
    }  # fmt: skip
    return Reading(**(plain | fields))


def edit(after: str, before: str = BODY, **fields: Any) -> Changes:
    return compare(reading(), before, reading(**fields), after)


def rebuilt(paragraphs: tuple[Paragraph, ...]) -> str:
    return "\n\n".join(p.after for p in paragraphs if p.after is not None)


def test_a_figure_is_told_with_what_it_counts() -> None:
    changes = edit(BODY.replace("3 triệu", "5 triệu"))
    assert (changes.kinds, changes.words_added, changes.words_removed) == (("body",), 1, 1)
    assert summary(kept(changes)) == "3 thành 5 triệu đồng"


@pytest.mark.parametrize(
    "after",
    [
        BODY.replace("Huyện ủy", "Huyện uỷ"),
        BODY.replace("An, Bí thư", "An , Bí thư"),
        BODY.replace("học.", "học"),
        BODY.replace("Đồng Tâm", "“Đồng Tâm”"),
        BODY.replace("hộ nghèo", "hộ  nghèo"),
        BODY.replace(". ", ".\n\n").replace("Huyện ủy chủ trì", "Huyện ủy\n\nchủ trì"),
        BODY.replace("\n\n", " "),
    ],
    ids=["tone", "space", "full stop", "quotes", "two spaces", "paragraphs split", "paragraphs joined"],
)
def test_what_only_looks_otherwise_is_cosmetic(after: str) -> None:
    changes = edit(after)
    assert (changes.cosmetic, changes.kinds, changes.words_added, summary(kept(changes))) == (True, (), 0, "")
    assert rebuilt(changes.paragraphs) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [("3,5 triệu", "35 triệu"), ("số 43-KL/TW", "số 43-KH/TW"), ("Đảng", "đảng"), ("mà", "má"), ("9.000", "9,000"),
     ("-5 độ", "5 độ"), ("−5 độ", "5 độ"), ("+7%", "-7%"), ("(+7%)", "(7%)"), ("5$", "5€"), ("5 °C", "5 C"),
     ("5%", "5‰"), ("±2", "2"), ("5 > 3", "5 < 3"), ("≥ 5", "≤ 5"), ("10 000", "100 00"), ("1 15", "11 5"),
     ("3+4", "3×4"), ("2020-2025", "2020 2025")],
)  # fmt: skip
def test_what_says_something_else_is_not(before: str, after: str) -> None:
    changes = edit(f"Có {after} ở đây.", f"Có {before} ở đây.")
    assert changes.kinds == ("body",)
    assert changes.replacements


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *(("2020-2025", f"2020{dash}2025") for dash in ("–", "−", "\u2011", " - ", " – ")),
        *(("số 43-KL/TW", f"số 43{dash}KL/TW") for dash in ("–", "\u2011")),
        *(("gồm: 5 đồng chí", f"gồm: {bullet}5 đồng chí") for bullet in ("- ", "– ", "+ ", "• ")),
        *(("10000 đồng", f"10{space}000 đồng") for space in (" ", "\u00a0")),
        *(
            ("-5 độ", "−5 độ"),
            ("5 > 3", "5>3"),
            ("5$", "5 $"),
            ("Tin > Ảnh", "Tin » Ảnh"),
            ("năm 2020, 15", "năm 2020 15"),
        ),
    ],
)
def test_another_dash_a_bullet_and_a_space_say_nothing_else(before: str, after: str) -> None:
    assert edit(f"Có {after} ở xã Bình An đây.", f"Có {before} ở xã Bình An đây.").cosmetic
    real = edit(f"Có {after} ở xã Bình An đó.", f"Có {before} ở xã Bình An đây.")
    assert "đây thành đó" in summary(kept(real))
    assert not any(r.matter == "figure" for r in real.replacements)


def test_names_offices_dates_and_figures_come_before_words() -> None:
    after = BODY.replace("mở rộng", "nới").replace("3 triệu", "5 triệu").replace("12/3", "13/3")
    after = after.replace("Bí thư", "Phó Bí thư").replace("trường học", "Trường Mầm non")
    assert [r.matter for r in edit(after).replacements] == ["name", "office", "date", "figure", "words"]
    assert summary(kept(edit(after))).endswith("; và 2 chỗ khác")


def test_paragraphs_may_begin_anywhere() -> None:
    text = "Từ năm 2019 – 2020 có 15 000 hộ, tăng -3% so với 5 > 3; 16 người - 7 nhà"
    words = text.split()
    bodies = [" ".join(words[:n]) + "\n\n" + " ".join(words[n:]) for n in range(1, len(words))]
    for before, after in zip([*bodies, bodies[0]], [" ".join(words), *bodies], strict=True):
        changes = edit(after, before)
        assert (changes.cosmetic, changes.words_added, changes.words_removed) == (True, 0, 0)
        assert changes.replacements == ()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("- 5 đồng chí dự", "- 6 đồng chí dự", "5 thành 6 đồng chí"),
        ("Lạnh tới -5 độ ở", "Lạnh tới 5 độ ở", "-5 thành 5 độ"),
        ("Có 5 > 3 ở", "Có 5 < 3 ở", "> thành <"),
    ],
)
def test_signs_and_what_is_counted_are_told(before: str, after: str, told: str) -> None:
    assert summary(kept(edit(f"{after} xã Bình An.", f"{before} xã Bình An."))) == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("ngày 15 tháng 3 năm 2024 tại", "ngày 16 tháng 3 năm 2024 tại", "15 thành 16"),
        ("Ngày 15 tháng 3, huyện", "Ngày 16 tháng 4, huyện", "15 thành 16; 3 thành 4"),
        ("tháng 3 năm 2024 có", "tháng 4 năm 2024 có", "3 thành 4"),
        ("Năm 2024 huyện có", "Năm 2025 huyện có", "2024 thành 2025"),
        ("Sáng 15/3, đại biểu", "Sáng 16/3, đại biểu", "15/3 thành 16/3"),
        ("Sáng 15-3 tại", "Sáng 16-3 tại", "15-3 thành 16-3"),
    ],
)
def test_a_day_a_month_and_a_year_are_dates_and_count_nothing(before: str, after: str, told: str) -> None:
    changes = edit(f"{after} xã.", f"{before} xã.")
    assert {(r.matter, r.unit) for r in changes.replacements} == {("date", "")}
    assert summary(kept(changes)) == told


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("sau 15 tháng thi công", "15 thành 16 tháng"),
        ("mỗi ngày 15 lượt người", "15 thành 16 lượt người"),
        ("có 3/15 đại biểu", "3/15 thành 3/16 đại biểu"),
    ],
)
def test_a_number_that_counts_months_or_people_is_a_figure(before: str, told: str) -> None:
    changes = edit(f"Đã {before.replace('15', '16')} ở xã.", f"Đã {before} ở xã.")
    assert ([r.matter for r in changes.replacements], summary(kept(changes))) == (["figure"], told)


def test_a_name_that_became_another_is_told_whole() -> None:
    assert summary(kept(edit(BODY.replace("Trần Văn An,", "Lê Văn Bình,")))) == "Trần Văn An thành Lê Văn Bình"


@pytest.mark.parametrize(
    ("fields", "kind", "told"),
    [
        ({"headline": "Hỗ trợ hộ cận nghèo"}, "headline", "thêm “cận”"),
        ({"author": "Nguyễn Thị Lan"}, "author", "tác giả"),
        ({"date_published": "2024-03-13"}, "date", "ngày đăng: 12/3/2024 thành 13/3/2024"),
        ({"date_published": "2024-03-12T08:30:00+07:00"}, "date", "ngày đăng: 12/3/2024 thành 08:30 12/3/2024"),
        ({"date_published": None}, "date", "ngày đăng"),
        ({"description": "Hỗ trợ 3 triệu đồng"}, "description", "tóm tắt"),
        ({"section": "Dân vận khéo"}, "section", "chuyên mục"),
        ({"captions": '["Quang cảnh hội nghị"]'}, "captions", "chú thích ảnh"),
        ({"attachments": '[{"url": "/a.pdf", "name": "Kế hoạch"}]'}, "attachments", "tệp đính kèm"),
        ({"images": '[{"url": "/a.jpg", "alt": "Ảnh"}]'}, "images", "ảnh"),
    ],
)
def test_every_field_has_its_kind(fields: dict[str, str], kind: str, told: str) -> None:
    changes = edit(BODY, **fields)
    assert (changes.kinds, summary(kept(changes))) == ((kind,), told)


def test_what_a_field_said_and_says_is_told_with_its_name_and_no_changed_field_goes_unmentioned() -> None:
    before = reading(author="Mai Lan", description="Hỗ trợ 3 triệu đồng", section="Tin", headline="Trao 3 phần quà")
    author = compare(before, BODY, replace(before, author="Mai Liên"), BODY)
    assert summary(kept(author)) == "tác giả: Mai Lan thành Mai Liên"
    assert summary(kept(author), "en") == "author: Mai Lan became Mai Liên"
    lead = compare(before, BODY, replace(before, description="Hỗ trợ 5 triệu đồng"), BODY)
    assert summary(kept(lead)) == "tóm tắt: 3 thành 5 triệu đồng"
    after = replace(before, author="Mai Liên", headline="Trao 5 phần quà", section="Ảnh", attachments='[{"url": "/a"}]')
    told = summary(kept(compare(before, BODY, after, BODY.replace("3 triệu", "7 triệu"))))
    assert told == ("tác giả: Mai Lan thành Mai Liên; 3 thành 5 phần; 3 thành 7 triệu đồng; chuyên mục; tệp đính kèm")


def test_a_lead_that_is_the_first_paragraph_too_is_told_once() -> None:
    after = BODY.replace("3 triệu", "5 triệu")
    changes = compare(reading(description=MONEY), BODY, reading(description=after.split("\n\n")[0]), after)
    assert summary(kept(changes)) == "3 thành 5 triệu đồng; tóm tắt"


def test_the_address_of_a_picture_is_no_change() -> None:
    before = reading(images='[{"url": "/a.jpg", "alt": "Ảnh"}]')
    assert compare(before, BODY, reading(images='[{"url": "/b.jpg", "alt": "Ảnh"}]'), BODY).cosmetic


def test_a_moved_paragraph_is_moved_and_counts_no_words() -> None:
    changes = edit(f"{ROAD}\n\n{MONEY}\n\n{CHAIR}")
    assert [p.op for p in changes.paragraphs] == ["moved", "same", "same"]
    assert (changes.kinds, changes.words_added, changes.words_removed) == (("body",), 0, 0)


def test_a_paragraph_that_was_rewritten_is_one_and_a_new_one_another() -> None:
    changes = edit(f"{MONEY}\n\n{CHAIR.replace('chủ trì', 'dự')}\n\nTin do Văn phòng cung cấp.\n\n{ROAD}")
    assert [p.op for p in changes.paragraphs] == ["same", "changed", "added", "same"]


paragraphs = st.lists(st.sampled_from([MONEY, CHAIR, ROAD, "Dân vận khéo", "a b c", "a b d"]), max_size=8)
anything = st.lists(st.text(max_size=60).map(clean).filter(bool), max_size=6)


@given(paragraphs | anything, paragraphs | anything)
def test_both_sides_can_be_read_off_and_nothing_to_say_means_the_same(old: list[str], new: list[str]) -> None:
    changes = edit("\n\n".join(new), "\n\n".join(old))
    assert [p.after for p in changes.paragraphs if p.after is not None] == new
    removed = [p.before for p in changes.paragraphs if p.before is not None]
    assert sorted(removed) == sorted(old)
    if old == new:
        assert changes.cosmetic
    for p in changes.paragraphs:
        if p.op == "changed":
            assert " ".join(r.text for r in p.runs if r.op != "removed").split() == (p.after or "").split()


@pytest.mark.parametrize("length", [1, 20, 20_000])
def test_a_hundred_kilobytes_of_repetition_take_no_time(length: int) -> None:
    draw = random.Random(7)
    words = ["dân", "vận", "khéo", "thì", "việc", "gì", "cũng", "thành", "công"]

    def body() -> str:
        return "\n\n".join(" ".join(draw.choices(words, k=length)) for _ in range(20_000 // length))

    started = time.process_time()
    edit(body(), body())
    assert time.process_time() - started < 20  # a tenth of a second; difflib took 67 s for a quarter of this


# --- read by other selectors


def test_what_another_template_shows_otherwise_or_not_at_all_is_nobodys_edit() -> None:
    before = reading(author="Mai Lan", section="Tin", description="Tóm tắt", attachments='[{"url": "/a.doc"}]')
    after = reading(section="Trang chủ Tin", captions='["Ảnh"]', date_published="2024-03-12T08:00:00+07:00")
    for one, other in ((before, after), (after, before)):
        changes = compare(one, BODY, other, BODY)
        assert {"author", "date", "section", "description", "captions", "attachments"} == set(changes.kinds)
        assert theirs(changes, one, other).cosmetic


def test_what_both_templates_show_and_one_says_otherwise_is_an_edit() -> None:
    before = reading(author="Mai Lan", attachments='[{"url": "/a.doc"}]')
    after = reading(
        headline="Hỗ trợ hộ cận nghèo",
        author="Mai Liên",
        date_published="2024-03-13",
        attachments='[{"url": "/b.doc"}]',
    )
    changes = compare(before, BODY, after, BODY.replace("3 triệu", "5 triệu"))
    assert theirs(changes, before, after).kinds == ("headline", "body", "author", "date", "attachments")


# --- in words


def test_an_event_keeps_what_its_line_says_in_either_language() -> None:
    told = kept(edit(BODY.replace("3 triệu", "5 triệu")))
    assert told == {"kinds": ["body"], "replacements": [{"before": "3", "after": "5", "unit": "triệu đồng"}], "more": 0}
    assert (summary(told), summary(told, "en")) == ("3 thành 5 triệu đồng", "3 became 5 triệu đồng")
    only_the_author = kept(edit(BODY, author="Mai Lan"))
    assert (summary(only_the_author), summary(only_the_author, "en")) == ("tác giả", "author")
    assert summary({"capture": "an event of before"}) == ""
