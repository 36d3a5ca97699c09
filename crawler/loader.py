"""Which spiders Scrapy finds: those of spiders/, and one for each site that only luutin.toml declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.spiderloader import SpiderLoader
from scrapy.utils.misc import load_object

from crawler.config import load
from crawler.errors import or_exit
from crawler.spider import SiteSpider

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


class SiteLoader(SpiderLoader):
    """Scrapy's loader, which also knows the sites that only luutin.toml declares."""

    def __init__(self, settings: BaseSettings) -> None:
        self._settings = settings
        super().__init__(settings)

    def _load_all_spiders(self) -> None:
        super()._load_all_spiders()
        config = or_exit(lambda: load(self._settings.get("LUUTIN_CONFIG")))
        registry = load_object(self._settings["LUUTIN_REGISTRY"])
        for slug, site in or_exit(lambda: registry(config)).items():
            if slug not in self._spiders:
                self._spiders[slug] = type(f"Site_{slug}", (SiteSpider,), {"name": slug, "site": site})
