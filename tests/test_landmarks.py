"""The vocabulary: every landmark knows the line that it was made for, and leaves ordinary sentences alone."""

from __future__ import annotations

import pytest

from crawler.landmarks import LANDMARKS, Landmark, key, vocabulary
from crawler.site import Landmarks

GENERAL = vocabulary(Landmarks())


@pytest.mark.parametrize("landmark", LANDMARKS, ids=lambda m: m.example)
def test_a_landmark_means_what_it_says_on_its_own_example(landmark: Landmark) -> None:
    folded = key(landmark.example)
    match landmark.role:
        case "closes" | "begins_closing":
            assert GENERAL.closing(folded)
        case "opens_attachments":
            assert GENERAL.opens_attachments(folded)
        case "never":
            assert GENERAL.is_never(folded)
        case "glued":
            assert GENERAL.glued.match(folded)


@pytest.mark.parametrize(
    "sentence",
    [
        "Đánh giá kết quả sau một năm thực hiện",
        "Tin vui đến với bà con xã vùng cao",
        "Xem xét, cho ý kiến về công tác cán bộ",
        "Bình luận của đại biểu tại hội nghị rất sôi nổi",
        "Chia sẻ kinh nghiệm vận động nhân dân hiến đất",
        "Thẻ đảng viên được trao tại buổi lễ",
        "Liên hệ thực tiễn ở địa phương",
        "I. Kết quả đạt được",
        "Lượt bỏ phiếu thứ hai",
    ],
)
def test_an_ordinary_line_is_neither_an_end_nor_furniture(sentence: str) -> None:
    folded = key(sentence)
    assert not GENERAL.closing(folded)
    assert not GENERAL.is_never(folded)


def test_a_site_adds_landmarks_of_its_own_whatever_their_case_and_marks() -> None:
    own = vocabulary(Landmarks(closes=("Mục bạn đọc",), never=("Bản dành cho máy in",)))
    assert own.closing(key("MỤC BẠN ĐỌC:"))
    assert own.is_never(key("» bản dành cho máy in"))
    assert not GENERAL.closing(key("MỤC BẠN ĐỌC:"))


def test_bare_numbers_are_furniture() -> None:
    assert all(GENERAL.is_never(key(line)) for line in ("2", "00 012 345", "•", ""))
