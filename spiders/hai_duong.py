"""Ban Dân vận Tỉnh uỷ Hải Dương.

Certain, from the seed article: today's date in a header, the date line ("Thứ Bảy 16/09/2023 19:47") below the headline,
"Xem với cỡ chữ" glued to the lead, the author's line with office, "CÁC BÀI VIẾT KHÁC:" at the end.
Inferred, unverified: the host, the CMS (mojoPortal-like), sections, paging and the form of addresses.
"""

from crawler.cms.mojoportal import MOJOPORTAL
from crawler.site import Landmarks, Reading, Section, Site
from crawler.spider import SiteSpider

SITE = Site(
    slug="hai_duong",
    name="Ban Dân vận Tỉnh ủy Hải Dương",
    committee="Tỉnh ủy Hải Dương",
    province="Hải Dương",
    successor="Thành ủy Hải Phòng",
    home_url="http://danvan.haiduong.org.vn/",
    family=MOJOPORTAL,
    description="Công tác dân vận của tỉnh Hải Dương; hợp nhất vào Hải Phòng tháng 7/2025.",
    sections=(
        Section(name="Tin hoạt động", path="/tin-hoat-dong"),
        Section(name="Dân vận khéo", path="/dan-van-kheo"),
    ),
    reading=Reading(landmarks=Landmarks(closes=("CÁC BÀI VIẾT KHÁC",), never=("Xem với cỡ chữ",))),
)


class HaiDuongSpider(SiteSpider):
    """The spider of Ban Dân vận Tỉnh ủy Hải Dương."""

    name = SITE.slug
    site = SITE
