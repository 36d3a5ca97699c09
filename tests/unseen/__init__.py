"""A second set of page shapes, written without knowledge of the reader's rules: what it makes of pages never seen.

First readings stand in docs/measurements.md; tests/test_unseen_pages.py pins what was reached after mending.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import blogs, ends, modern, portals, tables
from .articles import ITEMS, Item
from .chrome import OFFICE

SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Shape:
    """``stamp``: what the page says of the time; ``author``: SIGNED, or the same for all, or None.

    ``otherwise``: whom the page names where nobody signs; ``upper``: the headline is in capitals.
    """

    page: Callable[[Item], str]
    stamp: str | None = "minute"
    author: str | None = SIGNED
    otherwise: str | None = None
    upper: bool = False

    @property
    def name(self) -> str:
        return f"{self.page.__module__.rsplit('.', 1)[-1]}.{self.page.__name__}"


SHAPES = (
    Shape(blogs.wp_classic),
    Shape(blogs.wp_flatsome, "day"),
    Shape(blogs.wp_newspaper, "day"),
    Shape(blogs.wp_gutenberg),
    Shape(blogs.wp_elementor),
    Shape(blogs.wp_amp),
    Shape(blogs.joomla_15),
    Shape(blogs.joomla_3, "day"),
    Shape(blogs.joomla_k2),
    Shape(blogs.joomla_vote),
    Shape(portals.vnpt),
    Shape(portals.vnpt_speech),
    Shape(portals.egov_clock),
    Shape(portals.dnn_poster, "day"),
    Shape(portals.dnn_table),
    Shape(portals.dnn_american),
    Shape(portals.sharepoint_2013),
    Shape(portals.sharepoint_poster, "day", None),
    Shape(portals.liferay_7),
    Shape(portals.day_above, "day"),
    Shape(portals.nukeviet_4),
    Shape(portals.nukeviet_3),
    Shape(portals.source_line, "minute", "baotinh.example"),
    Shape(portals.borrowed, "minute", "Báo Tuyên Quang"),
    Shape(portals.author_above),
    Shape(tables.fonts_2005),
    Shape(tables.caption_rows),
    Shape(tables.capitals, "day", upper=True),
    Shape(tables.decomposed),
    Shape(tables.word_paste),
    Shape(tables.breaks),
    Shape(tables.spans),
    Shape(tables.frames, "day"),
    Shape(tables.print_view, otherwise=OFFICE.title()),
    Shape(tables.footer_inside),
    Shape(modern.mobile),
    Shape(modern.mobile_app),
    Shape(modern.hashed),
    Shape(modern.microdata),
    Shape(modern.meta_only),
    Shape(modern.json_ld),
    Shape(modern.afternoon),
    Shape(modern.date_below, "day"),
    Shape(modern.comments),
    Shape(modern.plain_list),
    Shape(modern.unlabelled, "day"),
    Shape(modern.files),
    Shape(modern.credits),
    Shape(modern.one_column),
    Shape(modern.table_of_all),
    Shape(ends.author_and_source, otherwise="baotinh.example"),
    Shape(ends.hashes),
    Shape(ends.newsletter),
    Shape(ends.poll),
    Shape(ends.neighbours),
    Shape(ends.pictured_heading),
    Shape(ends.hits),
    Shape(ends.same_paragraph),
    Shape(ends.glued),
    Shape(ends.counted_below, "day"),
    Shape(ends.shared_below),
    Shape(ends.posted_above, author=None),
    Shape(ends.sent_above, author=None),
    Shape(ends.two_days, "day"),
    Shape(ends.links_between),
)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A page and what should be read of it."""

    name: str
    url: str
    payload: bytes
    headline: str
    date_published: str | None
    author: str | None
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]


def pages() -> Iterator[Unseen]:
    """Every article in every shape."""
    for shape in SHAPES:
        for item in ITEMS:
            when = {"minute": item.when.isoformat(), "day": item.when.date().isoformat()}.get(shape.stamp or "")
            yield Unseen(
                name=f"{shape.name}-{item.slug}",
                url=f"http://vinhloc.example/tin/{item.slug}-1207.html",
                payload=shape.page(item).encode(),
                headline=item.headline.upper() if shape.upper else item.headline,
                date_published=when,
                author=(item.sign or shape.otherwise) if shape.author == SIGNED else shape.author,
                paragraphs=tuple(item.paragraphs),
                captions=tuple(item.captions),
            )
