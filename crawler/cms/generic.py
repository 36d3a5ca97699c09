"""No CMS known: nothing is declared, structure and the language of the page decide."""

from __future__ import annotations

from crawler.site import Addresses, Family, Paging, Reading

#: By whose selectors a page was read where a site without a CMS that we know declares its own.
OWN = "own"

GENERIC = Family(
    name="generic",
    reading=Reading(midnight_is_date_only=True),  # nobody publishes at 12:00 AM sharp; a CMS without a time says so
    paging=Paging(kind="link", pattern=r"(?:[?&/](?:page|trang|p|PageIndex)[=/-]?)(\d+)"),
    addresses=Addresses(
        # an identifier and words at the end of the path: the common shape of an article's address
        article=r"/[^/?]*[a-z]-[^/?]*\d{3,}[^/?]*$|[?&](?:ItemID|id|newsid)=\d+",
        deny=(r"(?i)/(?:login|dang-nhap|signin|logout|search|tim-kiem)\b", r"(?i)[?&](?:print|viewmode)="),
    ),
)
