"""Saved pages of every declared site, read as their golden says, field by field.

A golden is written by a person, from what stands on the page. ``luutin new-site`` fills one in from what it read itself
and leaves it unchecked: such a golden fails, because a reading that agrees with itself shows nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crawler.extract import read
from crawler.quality import judge
from crawler.site import Site
from monitor.adding.newsite import ARTICLE_FIELDS
from spiders import declared

SITES = Path(__file__).resolve().parent / "sites"

#: What is wrong with a reading of ours, until it is mended: (site, page, field) and why.
FAULTS: dict[tuple[str, str, str], str] = {}


@cache
def golden(directory: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((directory / "golden.json").read_text(encoding="utf-8"))
    return held


def unchecked(directory: Path) -> str:
    """What to do about a golden that nobody has checked; empty where somebody has."""
    if golden(directory)["checked"] is True:
        return ""
    return (
        f"{directory / 'golden.json'} was filled in by a machine: compare every field with the pages beside it, "
        'correct what is wrong there or in the declaration, then set "checked" to true.'
    )


@cache
def reading(directory: Path, name: str, site: Site) -> dict[str, Any]:
    """What the site's declaration makes of a page, as JSON would have it."""
    page = next(page for page in golden(directory)["pages"] if page["page"] == name)
    found = read((directory / name).read_bytes(), page["url"], site, charset=page["charset"])
    verdict = judge(found, status=page["status"], site=site, url=page["url"])
    held: dict[str, Any] = json.loads(json.dumps(asdict(found.article) | {"quality": verdict.quality}))
    return held


def cases(sites: Path) -> Iterator[Any]:
    """Every field of every page; of a golden that nobody has checked, that alone."""
    for directory in sorted(path.parent for path in sites.glob("*/golden.json")):
        if unchecked(directory):
            yield pytest.param(directory.name, "golden.json", "checked", id=f"{directory.name}-unchecked")
            continue
        for page in golden(directory)["pages"]:
            for field in ("quality", *(ARTICLE_FIELDS if page["quality"] == "article" else ())):
                where = (directory.name, page["page"], field)
                marks = [pytest.mark.xfail(strict=True, reason=FAULTS[where])] if where in FAULTS else []
                yield pytest.param(*where, marks=marks, id="-".join(where))


@pytest.mark.parametrize(("slug", "name", "field"), list(cases(SITES)))
def test_a_site_s_page_reads_as_a_person_reads_it(slug: str, name: str, field: str) -> None:
    directory = SITES / slug
    if todo := unchecked(directory):
        pytest.fail(todo, pytrace=False)
    site = next((site for site in declared() if site.slug == slug), None)
    assert site is not None, f"tests/sites/{slug} has no spiders/{slug}.py"
    page = next(page for page in golden(directory)["pages"] if page["page"] == name)
    assert reading(directory, name, site)[field] == page[field]


def test_every_declared_site_has_pages_among_them_one_that_is_no_article() -> None:
    for site in declared():
        assert (SITES / site.slug / "golden.json").is_file(), f"{site.slug} has no golden: docs/adding-a-site.md"
        kinds = [page["quality"] for page in golden(SITES / site.slug)["pages"]]
        assert "article" in kinds, site.slug
        assert set(kinds) - {"article"}, site.slug


def test_every_saved_page_is_in_a_golden_and_none_is_large() -> None:
    for directory in SITES.iterdir():
        saved = {path.name for path in directory.iterdir()} - {"golden.json"}
        assert saved == {page["page"] for page in golden(directory)["pages"]}
