"""Bare Scrapy: downloads a list of URLs with its default settings and does nothing with what comes.

``scrapy runspider bare_spider.py -a urls=FILE``, one URL a line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import scrapy


class BareSpider(scrapy.Spider):
    """Asks for every URL of the list."""

    name = "bare"

    def __init__(self, urls: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start_urls = Path(urls).read_text().split()

    def parse(self, response: scrapy.http.Response) -> None:
        """Nothing."""
