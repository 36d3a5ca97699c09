"""What sites of one CMS family share, as declarations; the evidence for each stands in its file."""

from __future__ import annotations

import re

from crawler.cms.district import DISTRICT
from crawler.cms.generic import GENERIC
from crawler.cms.liferay import LIFERAY
from crawler.cms.mojoportal import MOJOPORTAL
from crawler.cms.nukeviet import NUKEVIET
from crawler.cms.sharepoint import SHAREPOINT
from crawler.cms.webforms import WEBFORMS
from crawler.site import Family, Site

#: By the name that ``luutin.toml`` uses. The order is the order in which an undeclared page is tried.
FAMILIES: dict[str, Family] = {
    family.name: family for family in (LIFERAY, MOJOPORTAL, SHAREPOINT, NUKEVIET, WEBFORMS, DISTRICT, GENERIC)
}


def generic_site(host: str) -> Site:
    """An undeclared site, read by structure and language alone, under a slug made of its host."""
    slug = re.sub(r"[^a-z0-9]+", "_", host.lower()).strip("_") or "unknown"
    return Site(
        slug=slug,
        name=host,
        committee="",
        province="",
        home_url=f"http://{host}/",
        family=GENERIC,
        sections=(),
        declared_in="generic",
    )
