"""NukeViet eGov. The CMS's templates were read, no rendered page."""

from __future__ import annotations

from crawler.site import Addresses, Family, Landmarks, Paging, Reading, Selectors

NUKEVIET = Family(
    name="nukeviet",
    reading=Reading(
        selectors=Selectors(
            headline=("h1.title",),
            date=("span.h5", ".news_column span.time"),
            lead=(".hometext",),
            body=("#news-bodyhtml", ".bodytext"),
            author=("p.h5.text-right",),
            section=(".breadcrumbs a:last-child", ".breadcrumb li:last-child"),
            drop=("ul.related", ".news_column .rating", ".socialicon", ".keywords"),
            item=(".news_column h3 a", ".news_column a.title", "h3 a"),
        ),
        landmarks=Landmarks(closes=("Những tin mới hơn", "Những tin cũ hơn")),
    ),
    paging=Paging(kind="link", pattern=r"(?:^|[/?&])page[-=](\d+)"),
    addresses=Addresses(
        article=r"/[a-z0-9-]+/[^/?]+-(?P<id>\d+)\.html$",
        deny=(r"/(?:users|seek|search|print|savefile|sendmail|rss)/", r"[?&](?:print|sort)="),
    ),
)
