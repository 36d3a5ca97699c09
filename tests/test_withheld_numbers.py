"""An article that has the search index's number of one under seal keeps it in a rebuild."""

from __future__ import annotations

from pathlib import Path

from tests.kept import Keeper, html
from tests.test_withheld_files import rebuilt
from tests.test_withheld_pages import _own_settings, withhold

__all__ = ["_own_settings"]


def test_what_came_in_for_one_that_was_withheld_has_its_number_after_a_rebuild_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Keeper(data) as keeper:
        keeper.article(2, day="03/02/2024")
        keeper.article(3, day="03/02/2024")
    withhold(data, "/tin/3")
    withhold(data, "/tin/2")
    with Keeper(data, at=1) as keeper:
        for n in (4, 5, 6):
            keeper.got(f"/tin/{n}", html(n, day="03/02/2024"))
            keeper.flush()
    assert rebuilt(data) == {}
