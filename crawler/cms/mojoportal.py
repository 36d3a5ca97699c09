"""mojoPortal, the fork used by Vietnamese provinces. The CMS's templates were read, no rendered page."""

from __future__ import annotations

from crawler.site import Addresses, Family, Landmarks, Paging, Reading, Selectors

MOJOPORTAL = Family(
    name="mojoportal",
    reading=Reading(
        selectors=Selectors(
            headline=("h2.articletitle", "h1.articletitle", ".articletitle"),
            date=(".left-article-more-container",),
            lead=(".sapo",),
            body=("#article_text.articletext", ".articletext"),
            author=(".article-author",),
            drop=(".texthit", ".fontsize", ".article-other"),
            item=(".article-item a.articletitle", ".article-item h3 a", ".article-item a"),
        ),
        landmarks=Landmarks(closes=("Các bài viết khác",), never=("Xem với cỡ chữ",)),
    ),
    paging=Paging(kind="link", pattern=r"[?&]page(?:number)?=(\d+)"),
    addresses=Addresses(
        article=r"^/[a-z0-9-]+/[a-z0-9-]+-(?P<id>\d+)(?:\.aspx|\.html)?$",
        deny=(r"(?i)/(?:secure/)?(?:login|dang-nhap)\b", r"(?i)[?&](?:print|sort|order|ngay|thang)="),
    ),
)
