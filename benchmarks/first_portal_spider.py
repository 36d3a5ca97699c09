"""The spider that everybody writes first, for the real portal's pages; ``scrapy runspider`` as ``first_spider.py``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup
from first_spider import FirstSpider
from scrapy.http import TextResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import Rule


class FirstPortalSpider(FirstSpider):
    """Copies of a section, their pages, their articles."""

    rules = (
        Rule(LinkExtractor(allow=r"_101_cur=(?!1$)\d+$"), follow=True),
        Rule(
            LinkExtractor(allow=r"/hoat-ong-ang-oan-the/-/view_content/\d+", deny=("/en/", "/vi/")),
            callback="parse_article",
            follow=True,
        ),
    )

    def parse_article(self, response: TextResponse) -> Iterator[dict[str, Any]]:
        soup: Any = BeautifulSoup(response.text, "html.parser")
        body = soup.find("div", class_="journal-content-article")
        yield {
            "url": response.url,
            "title": soup.find("div", class_="asset-full-content-title").get_text(strip=True),
            "date": soup.find("div", class_="assetPublishDate").get_text(strip=True),
            "summary": soup.find("p", class_="sapo").get_text(" ", strip=True),
            "author": soup.find("p", class_="view-content-author").get_text(strip=True),
            "content": "\n".join(p.get_text(" ", strip=True) for p in body.find_all("p")),
            "images": [response.urljoin(image["src"]) for image in body.find_all("img", src=True)],
        }
