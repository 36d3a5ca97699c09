"""A district committee of Tuyên Quang; the seed article does not name it.

Certain, from the seed article: headline, author's line, "Tin cùng chuyên mục"; the article showed no date.
Inferred, unverified: everything else: which district, the host, sections and the form of addresses (as lam_binh).
"""

from crawler.cms.district import DISTRICT
from crawler.site import Section, Site
from crawler.spider import SiteSpider

SITE = Site(
    slug="tuyen_quang",
    name="Huyện ủy (Tuyên Quang)",
    committee="Huyện ủy thuộc Tỉnh ủy Tuyên Quang",
    province="Tuyên Quang",
    successor="Tỉnh ủy Tuyên Quang",
    home_url="http://huyenuy.tuyenquang.gov.vn/",
    family=DISTRICT,
    description="Một huyện ủy của Tuyên Quang, bài mẫu không nêu tên; cấp huyện kết thúc hoạt động tháng 7/2025.",
    sections=(
        Section(name="Hoạt động của Huyện ủy", path="/tin-tuc-su-kien/hoat-dong-cua-huyen-uy/trang-1.html"),
        Section(name="Công tác dân vận", path="/tin-tuc-su-kien/cong-tac-dan-van/trang-1.html"),
    ),
)


class TuyenQuangSpider(SiteSpider):
    """The spider of Huyện ủy (Tuyên Quang)."""

    name = SITE.slug
    site = SITE
