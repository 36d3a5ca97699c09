"""The spider that everybody writes first, with the settings of ``scrapy startproject``; nothing of Lưu Tin is in it.

``scrapy runspider first_spider.py -a start="URL URL…" -a database=…``. It follows links with LinkExtractor, gives
BeautifulSoup the whole page, with the parser that its tutorials use, and inserts item by item. What it may follow is
written so narrowly that it fetches the same pages as Lưu Tin, each once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup
from scrapy.http import TextResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule
from sqlite_utils import Database

SECTION = r"/(?:tin-hoat-dong|dan-van-kheo)"


class ArticlePipeline:
    """Inserts each item as it comes."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> ArticlePipeline:
        pipeline = cls()
        pipeline.spider = crawler.spider
        return pipeline

    spider: Any
    database: Any

    def open_spider(self) -> None:
        self.database = Database(self.spider.database)

    def close_spider(self) -> None:
        self.database.close()

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        self.database["articles"].insert(item, pk="url")
        return item


class FirstSpider(CrawlSpider):
    """Sections, their pages, their articles."""

    name = "first"
    rules = (
        Rule(LinkExtractor(allow=SECTION + r"\?page=(?!1$)\d+$"), follow=True),
        Rule(LinkExtractor(allow=SECTION + r"/[a-z0-9-]+-\d+$"), callback="parse_article", follow=True),
    )
    custom_settings = {  # noqa: RUF012 - as Scrapy has it
        "ROBOTSTXT_OBEY": True,
        "FEED_EXPORT_ENCODING": "utf-8",
        # the template's delay of a second, and its one connection, are what all contenders go without
        "DOWNLOAD_DELAY": 0,
        "ITEM_PIPELINES": {ArticlePipeline: 300},
    }

    def __init__(self, start: str, database: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start_urls = start.split()
        self.database = database

    def parse_article(self, response: TextResponse) -> Iterator[dict[str, Any]]:
        soup: Any = BeautifulSoup(response.text, "html.parser")
        body = soup.find("div", id="article_text")
        yield {
            "url": response.url,
            "title": soup.find("h2", class_="articletitle").get_text(strip=True),
            "date": soup.find("span", class_="date").get_text(strip=True),
            "summary": soup.find("div", class_="sapo").get_text(" ", strip=True),
            "author": soup.find("div", class_="article-author").get_text(strip=True),
            "content": "\n".join(p.get_text(" ", strip=True) for p in body.find_all("p")),
            "images": [response.urljoin(image["src"]) for image in body.find_all("img")],
        }
