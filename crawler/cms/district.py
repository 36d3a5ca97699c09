"""District portals of Tuyên Quang. Only their addresses are known: /tin-tuc-su-kien/{section}/trang-N.html."""

from __future__ import annotations

from crawler.site import Addresses, Family, Landmarks, Paging, Reading

DISTRICT = Family(
    name="district",
    reading=Reading(landmarks=Landmarks(closes=("Tin cùng chuyên mục",))),
    paging=Paging(kind="link", pattern=r"(?:^|/)trang-(\d+)\.html"),
    addresses=Addresses(
        article=r"^/tin-tuc-su-kien/[a-z0-9-]+/(?!trang-\d)[^/?]+-(?P<id>\d+)\.html$",
        deny=(r"/(?:dang-nhap|tim-kiem|lich)\b", r"[?&](?:print|sort|ngay)="),
    ),
)
