"""Page shapes: one function per shape puts a seed at a given visit into the HTML of a kind of site.

The shapes were written from ``shared/cms-facts.md``, without knowledge of how the reader works, and are its hold-out:
when a page is not read well, the reader is wrong or the page is impossible, but no page is bent to the reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import district, liferay, mojoportal, nukeviet, sharepoint, soups, webforms
from .seeds import Seed
from .view import View


@dataclass(frozen=True, slots=True)
class Shape:
    """``captions``, ``section``: whether the page marks captions up, and shows a section where the seed has one."""

    name: str
    family: str
    page: Callable[[View], str]
    captions: bool = True
    section: bool = True

    def render(self, seed: Seed, visit: int = 1) -> bytes:
        """The page as sent, UTF-8."""
        return self.page(View(seed, visit)).encode()


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("liferay", "liferay", liferay.asset_publisher),
        Shape("liferay_rating", "liferay", liferay.asset_publisher_rating),
        Shape("mojo", "mojoportal", mojoportal.news_detail),
        Shape("mojo_glued", "mojoportal", mojoportal.news_detail_glued, section=False),
        Shape("tandan", "sharepoint", sharepoint.tandan),
        Shape("tandan_american", "sharepoint", sharepoint.tandan_american, section=False),
        Shape("sharepoint2010", "sharepoint2010", sharepoint.web_parts_2010),
        Shape("sharepoint2010_nested", "sharepoint2010", sharepoint.web_parts_2010_nested),
        Shape("nukeviet", "nukeviet", nukeviet.egov),
        Shape("nukeviet_hits", "nukeviet", nukeviet.egov_hits, section=False),
        Shape("webforms", "webforms", webforms.detail),
        Shape("webforms_updated", "webforms", webforms.detail_updated),
        Shape("district", "district", district.tidy),
        Shape("district_tables", "district", district.tables, section=False),
        Shape("soup_div_br", "soup", soups.div_br, captions=False),
        Shape("soup_one_cell", "soup", soups.one_cell, captions=False),
        Shape("soup_nested_font", "soup", soups.nested_font),
        Shape("soup_plain_p", "soup", soups.plain_p),
        Shape("soup_div_lines", "soup", soups.div_lines, captions=False),
        Shape("soup_bare_body", "soup", soups.bare_body, captions=False),
        Shape("soup_text_as_is", "soup", soups.text_as_is, captions=False),
    )
}
