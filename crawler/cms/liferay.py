"""Liferay 6.2 portals. Rendered pages were seen: sotttt.hanoi.gov.vn, 3,366 articles."""

from __future__ import annotations

from crawler.site import Addresses, Family, Landmarks, Paging, Reading, Selectors

LIFERAY = Family(
    name="liferay",
    reading=Reading(
        selectors=Selectors(
            headline=("div.asset-full-content-title", "h1.asset-title", ".asset-full-content h1"),
            date=("div.assetPublishDate",),
            lead=("p.sapo", ".sapo"),
            body=("div.journal-content-article", "div.asset-full-content .asset-content"),
            section=(".dd_chuyenmuc .tintuc",),
            # p.view-content-author is the CMS account ("admin admin"), never the author
            drop=("p.view-content-author", ".asset-control-detail", ".related_asset", ".lfr-meta-actions"),
            item=(".asset-abstract h3.asset-title a", ".asset-abstract .asset-title a"),
        ),
        landmarks=Landmarks(closes=("Các tin khác", "Other News")),
        midnight_is_date_only=True,
    ),
    paging=Paging(kind="link", pattern=r"[?&]_101(?:_INSTANCE_\w+)?_cur=(\d+)"),
    addresses=Addresses(
        article=r"/-/(?:view_content|asset_publisher/\w+/content)/(?:content/)?(?P<id>\d+)(?=[-./?]|$)",
        rewrite=(
            # every page is served under each language, and the languages nest: /vi/en/vi/…
            (r"^(?:/(?:vi|en))+(?=/|$)", ""),
            (r"^/pop_up(?=/)", ""),
        ),
        drop_params=("_101_viewMode", "redirect", "p_l_back_url"),
        deny=(
            r"\.html?/(?:vi|en)(?:/|$)",  # a language suffix behind a page: each answers with yet another listing
            r"/(?:vi|en)/(?:vi|en)/(?:vi|en)/",
            r"[?&]p_p_lifecycle=[12]",
            r"/c/portal/(?:login|logout)",
            r"[?&]_101_viewMode=print",
            r"[?&]_\d+_struts_action=%2F(?:login|calendar)",
        ),
    ),
)
