"""A picture of which only a revisit record says that it was there is the article's, whichever record is read first."""

from __future__ import annotations

from pathlib import Path

from tests.kept import Keeper
from tests.test_withheld_files import picture, rebuilt, shown
from tests.test_withheld_pages import _own_settings, luutin

__all__ = ["_own_settings"]


def test_a_revisit_of_a_picture_that_came_with_an_import_is_the_articles_after_a_rebuild(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(tmp_path / "theirs") as theirs:
        picture(theirs, "/anh/cung-anh.jpg")
    assert luutin(data, "import", tmp_path / "theirs" / "warc").exit_code == 0
    with Keeper(data, at=1) as keeper:
        keeper.article(2)
        picture(keeper, "/anh/2.jpg")
    assert shown(data, "/anh/2.jpg") == [True]
    assert rebuilt(data) == {}
