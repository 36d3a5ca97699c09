"""Citations of an article: as a footnote, as BibTeX, as CSL-JSON."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import pytest
from shelf import NIGHT

from monitor.web import citing


def cited(**more: Any) -> citing.Cited:
    fields: dict[str, Any] = {
        "article_id": "aaaaaaaaaaaab", "headline": "Bài", "author": "Mai", "site": "s", "site_name": "Trang",
        "published": "2016-07-20", "captured": NIGHT, "original_url": "http://x/a", "archived_url": "https://t/b",
    }  # fmt: skip
    return citing.Cited(**fields | more)


def test_a_footnote_names_author_title_site_day_and_our_copy() -> None:
    assert citing.plain(cited()) == (
        "Mai, “Bài”, Trang, đăng ngày 20/07/2016, http://x/a. Bản lưu lúc 02/03/2026, 02:00: https://t/b"
    )
    assert citing.plain(cited(author=None, headline=None, published=None)).startswith(
        "“Không tiêu đề”, Trang, không ghi ngày đăng, http://x/a."
    )
    assert citing.plain(cited(headline=None), "en") == (
        "Mai, “No headline”, Trang, published 20/07/2016, http://x/a. Archived copy of 02/03/2026, 02:00: https://t/b"
    )
    assert "Trang, undated, http" in citing.plain(cited(published=None), "en")


@pytest.mark.parametrize("evil", ["}\n@misc{x,", "\\input{/etc/passwd}", "$x$ #1 ~ ^ _", "a\0b", '"%'])
def test_nothing_in_a_title_or_an_address_ends_a_field_of_bibtex(evil: str) -> None:
    entry = citing.bibtex(cited(headline=evil, author=evil, site_name=evil, original_url=f"http://x/{evil}"))
    depths = list(accumulate({"{": 1, "}": -1}.get(letter, 0) for letter in entry))
    assert min(depths) == depths[-1] == 0, "BibTeX counts braces, whatever stands before them"
    assert depths.index(0, depths.index(1)) == len(entry.rstrip()) - 1
    assert entry.count("@misc{") == 1
    assert r"\input" not in entry
    citing.csl(cited(headline=evil))
