"""Two revisions of an article held against each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelf import DAYS, Reader, Shelf

from monitor import serve
from monitor.web.compare import Fold, Line, difference

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "archive.db")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with serve.closing(serve.build(tmp_path, base_url="https://tin.example")) as datasette:
        yield Reader(datasette)


def revision(body: str, **said: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("headline", "description", "author", "section", "date_published"))
    row |= {name: f"{name}:0" for name in ("reading_digest", "content_digest", "text_digest")}
    return row | {"word_count": 1, "captions": "[]", "images": "[]", "attachments": "[]", "body": body} | said


def marked(line: Line) -> str:
    signs = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    return " ".join(signs[piece.op].format(piece.text) for piece in line.inline)


def test_words_that_changed_are_marked_and_what_is_far_from_them_is_folded() -> None:
    far = [f"Đoạn thứ {n} nói về một việc khác hẳn." for n in ("hai", "ba", "tư", "năm")]
    before = revision("\n\n".join(["Dự có 59 đại biểu.", *far, "Xong việc hôm nay."]))
    after = revision("\n\n".join(["Dự có 62 đại biểu.", *far, "Xong việc hôm nay."]))
    said = difference(before, after, small=False)
    changed, near, fold = said["paragraphs"]
    assert marked(changed) == "Dự có -59- +62+ đại biểu."
    assert marked(near) == far[0]
    assert isinstance(fold, Fold)
    assert len(fold.lines) == 4
    assert (said["words_added"], said["words_removed"], said["is_same"]) == (1, 1, False)


def test_spelling_alone_is_marked_only_where_asked_for() -> None:
    before, after = revision("Uỷ ban hoà giải.", headline="Uỷ ban"), revision("Ủy ban hòa giải.", headline="Ủy ban")
    quiet, loud = (difference(before, after, small=small) for small in (False, True))
    assert (quiet["is_same"], quiet["hidden"], quiet["fields"]) == (True, 1, [])
    assert marked(loud["paragraphs"][0]) == "-Uỷ- +Ủy+ ban -hoà- +hòa+ giải."
    assert (loud["is_same"], loud["hidden"], [line.name for line in loud["fields"]]) == (False, 0, ["headline"])
    (fold,) = quiet["paragraphs"]
    assert marked(fold.lines[0]) == "Ủy ban hòa giải."


def test_author_date_section_and_files_are_compared_too() -> None:
    a, b, c = ({"url": f"/{name}", "name": f"{name.upper()}.doc"} for name in "abc")
    before = revision("Một.", author="Mai Lan", date_published="2016-07-20", section="Tin",
                      attachments=json.dumps([a, b]))  # fmt: skip
    after = revision("Một.", author="Mai Lân", date_published="2016-07-21T08:00:00+07:00", section="Tin",
                     attachments=json.dumps([b, c]),
                     images=json.dumps([{"url": "/x.png", "alt": "Ảnh"}]))  # fmt: skip
    said = difference(before, after, small=False)
    assert [(line.name, marked(line)) for line in said["fields"]] == [
        ("author", "Mai -Lan- +Lân+"), ("date", "-20/07/2016- +21/07/2016, 08:00+"),
    ]  # fmt: skip
    assert [(f["kind"], f["op"], f["name"]) for f in said["files"]] == [
        ("attachments", "removed", "A.doc"), ("attachments", "added", "C.doc"), ("images", "added", "Ảnh"),
    ]  # fmt: skip


paragraph = st.lists(st.sampled_from(["một", "hai", "ba", "uỷ", "ủy", "3", "5.", "Đảng"]), min_size=1, max_size=6)
body = st.lists(paragraph.map(" ".join), max_size=6).map("\n\n".join)


@given(body, body, st.booleans())
def test_each_side_holds_every_word_of_its_version_in_order(old: str, new: str, small: bool) -> None:
    said = difference(revision(old), revision(new), small=small)
    lines = [line for part in said["paragraphs"] for line in (part.lines if isinstance(part, Fold) else (part,))]
    assert [w for line in lines for piece in line.after for w in piece.text.split()] == new.split()
    shown = [w for line in lines for piece in line.before for w in piece.text.split()]
    assert sorted(shown) == sorted(old.split()), "but what moved stands where it is now"


def test_the_page_compares_the_newest_edit_or_any_two_versions(shelf: Shelf, reader: Reader) -> None:
    aid = shelf.article(f"Bài {EVIL}", f"Ba {EVIL}.", edits=("Mười hai.", "Hai ba."))
    shelf.done()
    page = reader.text(f"/so-sanh/{aid}")
    assert EVIL not in page
    assert "Hai" in page
    assert "Mười" not in page
    assert f'href="https://tin.example/so-sanh/{aid}?tu={DAYS[1]}&amp;den={DAYS[2]}"' in page
    assert f"tu={DAYS[0]}&amp;den={DAYS[1]}" in page, "the edit before is one click away"
    whole = reader.text(f"/so-sanh/{aid}?tu={DAYS[2]}&den={DAYS[0]}&lang=en")
    assert re.findall(r'<option value="([^"]+)" selected', whole) == [DAYS[0], DAYS[2]], "the earlier is the first"
    assert "Mười" in whole
    assert 'class="pair' not in reader.text(f"/so-sanh/{aid}?view=inline")
    assert re.findall(r'selected>.*?(\d\d/03/2026)', reader.text(f"/so-sanh/{aid}?den={DAYS[1]}")) == [
        "02/03/2026", "03/03/2026",
    ]  # fmt: skip


def test_an_article_that_was_never_edited_is_the_same_as_itself(shelf: Shelf, reader: Reader) -> None:
    aid = shelf.article("Bài", "Một.")
    shelf.done()
    assert "như nhau" in reader.text(f"/so-sanh/{aid}")


@pytest.mark.parametrize("asked", ["?tu=x&den=y", "?tu=2001-01-01", "?den=%00", "?tu=%F0%9F%99%82"])
def test_a_version_that_is_not_there_is_a_kind_404(shelf: Shelf, reader: Reader, asked: str) -> None:
    aid = shelf.article("Bài", "Một.", edits=("Hai.",))
    shelf.done()
    response = reader.get(f"/so-sanh/{aid}{asked}")
    assert response.status_code == 404
    assert "Không có phiên bản này" in response.text
    assert reader.get("/so-sanh/khong-co").status_code == 404
