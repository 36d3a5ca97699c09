"""Which CMS family a site is built on, and by which evidence: generators, markup, addresses, each with its weight."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from crawler.cms import FAMILIES
from crawler.decode import decode
from crawler.site import Family
from crawler.tree import MAX_PAGE

#: So much weight is needed: a system's own name, or two traces that other systems rarely share.
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """A trace of a family. ``weight``: 3 names the system, 2 is its own markup, 1 is shared with others."""

    weight: int
    where: Literal["markup", "address"]
    pattern: str  # searched in the page's source, or in path and query of its links
    says: str
    variant: str = ""


def _class(names: str) -> str:
    """The names of containers, in the markup or in the style sheets of a page: nobody else calls anything so."""
    return rf"(?<![\w-])(?:{names})(?![\w-])"


def _generator(name: str) -> str:
    return rf"""(?i)<meta\s[^>]{{0,80}}generator["']?[^>]{{0,40}}content=["']?[^"'>]{{0,40}}{name}"""


#: After what is known of each family (its file in crawler/cms says how): Liferay and WebForms were seen rendered, the
#: templates of mojoPortal, NukeViet and SharePoint 2010 were read, of Tân Dân's SharePoint and of the district portals
#: only selectors and addresses are known.
EVIDENCE: dict[str, tuple[Evidence, ...]] = {
    "liferay": (
        Evidence(3, "markup", _generator("Liferay"), "the generator says Liferay"),
        Evidence(3, "markup", r"\bLiferay\.(?:ThemeDisplay|Portlet|Util|AUI)\b", "the script object Liferay"),
        Evidence(2, "markup", r"\bp_p_(?:id|lifecycle)=", "portlet parameters (p_p_id)"),
        Evidence(
            2,
            "markup",
            _class("asset-abstract|asset-full-content|journal-content-article|portlet-layout"),
            "containers of the asset publisher",
        ),
        Evidence(2, "address", r"/-/(?:view_content|asset_publisher)/", "addresses with /-/view_content/"),
    ),
    "mojoportal": (
        Evidence(3, "markup", _generator("mojoPortal"), "the generator says mojoPortal"),
        Evidence(3, "markup", r"\bmojoPortal\b", "the script object mojoPortal"),
        Evidence(2, "markup", r"/Data/(?:Sites/\d|skins?/|style/)", "files below /Data/Sites/"),
        Evidence(
            2,
            "markup",
            _class("articletitle|left-article-more-container|article-item"),
            "containers of its article module (articletitle, article-item)",
        ),
        Evidence(2, "markup", r"""id=["']?article_text\b""", "the container #article_text"),
    ),
    "sharepoint": (
        Evidence(3, "markup", _generator("Microsoft SharePoint"), "the generator says Microsoft SharePoint"),
        Evidence(3, "markup", _class(r"tandan-[\w-]+"), "containers of Tân Dân's web parts (tandan-…)", "modern"),
        Evidence(
            2,
            "markup",
            r"/_layouts/|_spPageContextInfo|_spBodyOnLoadWrapper|__REQUESTDIGEST",
            "SharePoint's scripts and forms (_layouts, __REQUESTDIGEST)",
        ),
        Evidence(2, "markup", _class("ms-rtestate-field|ms-WPBody|ms-bodyareaframe"), "web parts (ms-…)"),
        Evidence(2, "address", r"(?i)\.aspx\?(?:.*&)?ItemID=\d", "addresses with ItemID="),
        Evidence(1, "address", r"(?i)/Pages/[^/?]+\.aspx", "addresses below /Pages/"),
    ),
    "nukeviet": (
        Evidence(3, "markup", _generator("NukeViet"), "the generator says NukeViet"),
        Evidence(2, "markup", r"\bnv_(?:base_siteurl|lang_\w+|name_variable|fc_variable)\b", "its scripts (nv_…)"),
        Evidence(2, "markup", r"""id=["']?news-bodyhtml\b""", "the container #news-bodyhtml"),
        Evidence(2, "markup", _class("hometext|news_column"), "containers of its news module (hometext, news_column)"),
        Evidence(1, "address", r"^/[a-z0-9-]+/[^/?]+-\d+\.html$", "addresses /section/title-id.html"),
    ),
    "webforms": (
        Evidence(2, "markup", _class("detail-title|list-concern"), "its containers (detail-title, list-concern)"),
        Evidence(2, "address", r"/[^/?]+-\d{10,}\.htm$", "addresses that end in date and number (-2022….htm)"),
        Evidence(1, "markup", r"\b__(?:VIEWSTATE|doPostBack)\b", "ASP.NET forms (__VIEWSTATE)"),
    ),
    "district": (
        Evidence(
            3, "address", r"^/tin-tuc-su-kien/[^/?]+/trang-\d+\.html", "addresses /tin-tuc-su-kien/…/trang-N.html"
        ),
        Evidence(1, "address", r"^/tin-tuc-su-kien/[^/?]+/[^/?]+-\d+\.html", "addresses /tin-tuc-su-kien/…-id.html"),
    ),
}

#: What a family is called of which no other variant was recognised.
PLAIN = {"sharepoint": "classic"}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A family, its variant where there are several, and why; generic where the evidence is not enough."""

    family: Family
    variant: str
    evidence: tuple[str, ...]

    @property
    def name(self) -> str:
        """The family's name, with its variant."""
        return f"{self.family.name} ({self.variant})" if self.variant else self.family.name


def recognise(payloads: Iterable[bytes], links: Iterable[str]) -> Recognised:
    """The family of a site by some of its pages and the addresses that they link to. Pure."""
    searched = {
        "markup": [decode(payload[:MAX_PAGE]) for payload in payloads],
        "address": sorted({_target(url) for url in links}),
    }
    met = {name: [e for e in EVIDENCE[name] if _is_met(e, searched[e.where])] for name in FAMILIES if name in EVIDENCE}
    best = max(met, key=lambda name: sum(e.weight for e in met[name]))
    if sum(e.weight for e in met[best]) < ENOUGH:
        return Recognised(FAMILIES["generic"], "", ())
    variant = next((e.variant for e in met[best] if e.variant), PLAIN.get(best, ""))
    return Recognised(FAMILIES[best], variant, tuple(e.says for e in met[best]))


def _is_met(evidence: Evidence, texts: list[str]) -> bool:
    pattern = re.compile(evidence.pattern)
    return any(pattern.search(text) for text in texts)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
