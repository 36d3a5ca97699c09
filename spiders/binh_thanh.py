"""Quận ủy Bình Thạnh, Thành phố Hồ Chí Minh.

Certain, from the seed article: a visit counter of eight one-digit lines, section and date in one line with SA/CH, the
headline below it, the author in lower case, then "Số lượt người xem", "TIN MỚI HƠN", "TIN ĐÃ ĐƯA", "Xem tiếp",
"Xem theo ngày", "Tìm kiếm".
Inferred, unverified: the host, the CMS (SharePoint-like with postback paging), sections and the form of addresses.
"""

from crawler.cms.sharepoint import SHAREPOINT
from crawler.site import Landmarks, Paging, Reading, Section, Site
from crawler.spider import SiteSpider

SITE = Site(
    slug="binh_thanh",
    name="Quận ủy Bình Thạnh",
    committee="Quận ủy Bình Thạnh",
    province="Thành phố Hồ Chí Minh",
    successor="Thành ủy Thành phố Hồ Chí Minh",
    home_url="http://quanuybinhthanh.hochiminhcity.gov.vn/",
    family=SHAREPOINT,
    description="Quận ủy Bình Thạnh; cấp huyện kết thúc hoạt động tháng 7/2025.",
    sections=(
        Section(name="Hoạt động Đảng", path="/Pages/hoat-dong-dang.aspx"),
        Section(name="Dân vận", path="/Pages/dan-van.aspx"),
    ),
    paging=Paging(kind="postback"),
    reading=Reading(
        landmarks=Landmarks(
            closes=("TIN MỚI HƠN", "TIN ĐÃ ĐƯA", "Xem tiếp", "Xem theo ngày"),
            never=("SỐ LƯỢT TRUY CẬP", "Không tiêu đề", "Tìm kiếm"),
        )
    ),
)


class BinhThanhSpider(SiteSpider):
    """The spider of Quận ủy Bình Thạnh."""

    name = SITE.slug
    site = SITE
