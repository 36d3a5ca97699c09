"""SharePoint portals, Tân Dân's and those with own web parts (2010). Selectors of other scrapers; never rendered."""

from __future__ import annotations

from crawler.site import Addresses, Family, Landmarks, Paging, Reading, Selectors

SHAREPOINT = Family(
    name="sharepoint",
    reading=Reading(
        selectors=Selectors(
            headline=(".tandan-p-article-news-title",),
            date=(".tandan-span-date-publish",),
            lead=(".tandan-p-article-news-summary",),
            body=(".tandan-p-article-main", ".ms-rtestate-field"),
            drop=(".tandan-div-article-other",),
            item=(".tandan-p-article-news-title a", ".news-item a"),
        ),
        landmarks=Landmarks(closes=("Xem tin tiếp theo",)),
    ),
    paging=Paging(kind="link", pattern=r"[?&]Page(?:Index)?=(\d+)"),
    addresses=Addresses(
        article=r"(?i)/Pages/[^/?]+\.aspx\?(?:[^#]*&)?ItemID=(?P<id>\d+)|/Pages/[a-z0-9-]{20,}\.aspx$",
        deny=(
            r"(?i)/_layouts/|/_vti_",
            r"(?i)[?&](?:ngay|thang|nam|day|month|year|CalendarDate|CalendarPeriod|SortField|SortDir|View)=",
            r"(?i)/(?:login|dang-nhap|authenticate)\b",
        ),
    ),
)
