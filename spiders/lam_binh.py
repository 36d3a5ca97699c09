"""Huyện uỷ Lâm Bình, Tuyên Quang.

Certain, from the seed article: headline, author's line ("Thuý Phượng - Xuân Cường"), "Tin cùng chuyên mục"; the
article showed no date.
Inferred, unverified: sections and the form of addresses, after other district portals of Tuyên Quang (/trang-N.html).
"""

from crawler.cms.district import DISTRICT
from crawler.site import Section, Site
from crawler.spider import SiteSpider

SITE = Site(
    slug="lam_binh",
    name="Huyện ủy Lâm Bình",
    committee="Huyện ủy Lâm Bình",
    province="Tuyên Quang",
    successor="Tỉnh ủy Tuyên Quang",
    home_url="http://lambinh.tuyenquang.gov.vn/",
    family=DISTRICT,
    description="Huyện ủy Lâm Bình; cấp huyện kết thúc hoạt động tháng 7/2025.",
    sections=(
        Section(name="Hoạt động của Huyện ủy", path="/tin-tuc-su-kien/hoat-dong-cua-huyen-uy/trang-1.html"),
        Section(name="Công tác dân vận", path="/tin-tuc-su-kien/cong-tac-dan-van/trang-1.html"),
    ),
)


class LamBinhSpider(SiteSpider):
    """The spider of Huyện ủy Lâm Bình."""

    name = SITE.slug
    site = SITE
