"""How tests look at the replica sites' pages: as text, as links, as a listing, over a connection."""

from __future__ import annotations

import http.client
import re
import unicodedata
from html import unescape
from urllib.parse import urlsplit

from lxml import html

from monitor.demo.pages.replica import Replica
from monitor.demo.world import World

SLUGS = ("hai_duong", "quang_binh", "lam_binh", "tuyen_quang", "binh_thanh")
INVISIBLE = re.compile("[\u200b\ufeff\u00ad]")


def read(body: bytes, charset: str = "utf-8") -> str:
    """The text of a page: scripts and comments gone, NFC, one kind of space."""
    tree = html.document_fromstring(body.decode(charset))
    for element in tree.xpath("//script|//style|//comment()"):
        element.drop_tree()
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", tree.text_content())).split())


def page(site: Replica, article_id: int) -> bytes:
    return site.get(site.article_path(site.articles[article_id])).body


def links(body: bytes) -> list[str]:
    return [unescape(href) for href in re.findall(r'href="([^"]*)"', body.decode())]


def listed(site: Replica, body: bytes) -> set[int]:
    """The articles that a listing's main column links to."""
    text = body.decode()
    main = re.split(r"Tin đọc nhiều|Tin nổi bật|Xem tiếp", text)[0]
    pattern = {
        "hai_duong": r'article-title"><a href="[^"?]*-(\d+)"',
        "quang_binh": r'asset-title"> <a href="[^"]*/view_content/(\d+)-',
        "binh_thanh": r'class="title" href="chi-tiet.aspx\?ItemID=(\d+)"',
    }.get(site.slug, r'<a (?:class="tin" )?href="[^"]*-(\d{4,})\.html">')
    return set(map(int, re.findall(pattern, main)))


class Client:
    """One keep-alive connection to a replica."""

    def __init__(self, world: World, slug: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(world.base_url(slug)).netloc, timeout=10)

    def __call__(
        self, method: str, target: str, body: str = "", **headers: str
    ) -> tuple[int, bytes, http.client.HTTPResponse]:
        self.connection.request(method, target, body or None, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
