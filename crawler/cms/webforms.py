"""ASP.NET WebForms news portals. Rendered pages were seen; ids hold the date of publication."""

from __future__ import annotations

from crawler.site import Addresses, Family, Landmarks, Paging, Reading, Selectors

WEBFORMS = Family(
    name="webforms",
    reading=Reading(
        selectors=Selectors(
            headline=("h1.detail-title",),
            date=(".date .txt",),
            lead=("h2.sapo",),
            body=(".contents",),
            author=(".author",),
            drop=("ul.list-concern", ".widget"),
            item=("h3.title a", ".list-news h3 a", ".item h3 a"),
        ),
        landmarks=Landmarks(closes=("Tin liên quan",)),
    ),
    paging=Paging(kind="postback"),
    addresses=Addresses(
        article=r"/[^/?]+-(?P<id>\d{10,})\.htm$",
        deny=(r"(?i)/(?:login|dang-nhap|print)\b", r"(?i)[?&](?:sort|print|ngay|date)="),
    ),
)
