"""Ban Dân vận Tỉnh ủy Quảng Bình.

Certain, from the seed article: "Sign In" first, the date line ("21:15 19/11/2023") between headline and lead, the
author's name as the last line, then "Tag:" and "File đính kèm".
Inferred, unverified: the host, the CMS (Liferay-like), sections, paging and the form of addresses.
"""

from crawler.cms.liferay import LIFERAY
from crawler.site import Landmarks, Reading, Section, Site
from crawler.spider import SiteSpider

SITE = Site(
    slug="quang_binh",
    name="Ban Dân vận Tỉnh ủy Quảng Bình",
    committee="Tỉnh ủy Quảng Bình",
    province="Quảng Bình",
    successor="Tỉnh ủy Quảng Trị",
    home_url="http://danvan.quangbinh.gov.vn/",
    family=LIFERAY,
    description="Công tác dân vận của tỉnh Quảng Bình; hợp nhất với Quảng Trị tháng 7/2025.",
    sections=(
        Section(name="Tin hoạt động", path="/tin-hoat-dong"),
        Section(name="Công tác dân vận", path="/cong-tac-dan-van"),
    ),
    reading=Reading(landmarks=Landmarks(closes=("Tag", "File đính kèm"), never=("Sign In",))),
)


class QuangBinhSpider(SiteSpider):
    """The spider of Ban Dân vận Tỉnh ủy Quảng Bình."""

    name = SITE.slug
    site = SITE
