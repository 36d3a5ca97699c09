"""Sở Thông tin và Truyền thông Hà Nội: the Party and mass-organisation section.

Certain, from 525 rendered pages of 27 August 2022: everything below: addresses, listing, paging,
containers, the date line, the account that is no author.
Inferred, unverified: nothing; whether the site still stands is not known (the department was merged away in 2025).
"""

from crawler.cms.liferay import LIFERAY
from crawler.site import Section, Site
from crawler.spider import SiteSpider

SITE = Site(
    slug="sotttt_hanoi",
    name="Sở Thông tin và Truyền thông Hà Nội",
    committee="Thành ủy Hà Nội",
    province="Hà Nội",
    successor="Sở Khoa học và Công nghệ Hà Nội",
    home_url="https://sotttt.hanoi.gov.vn/",
    family=LIFERAY,
    description="Chuyên mục Hoạt động Đảng, đoàn thể của cổng thông tin Sở.",
    sections=(Section(name="Hoạt động Đảng, đoàn thể", path="/hoat-ong-ang-oan-the"),),
    status="verified",
)


class SottttHanoiSpider(SiteSpider):
    """The spider of Sở Thông tin và Truyền thông Hà Nội."""

    name = SITE.slug
    site = SITE
