"""One replica site: its articles, its addresses, and how it answers; what families differ in is left to them."""

from __future__ import annotations

import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from pathlib import PurePosixPath
from typing import ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor.demo import files
from monitor.demo.hand import Hand, windows_1258
from monitor.demo.pages.page import Parts, Request, Response, Slot, compiled, rendered, rotating
from monitor.demo.prose import Committee, rng
from monitor.demo.truth import Article, Gold

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
# "Today" moves by a day at every request: no two visits in a row see the same header.
_DAYS = [date(2024, 3, 1) + timedelta(days=n) for n in range(366)]
_TODAYS = [f"{WEEKDAYS[d.weekday()].capitalize()}, ngày {d.day}/{d.month}/{d.year}".encode() for d in _DAYS]


class Replica(ABC):
    """A site of the demo. ``respond`` may be called from several threads, also while ``put`` changes the articles."""

    sections: ClassVar[tuple[tuple[str, str], ...]]  # (name, path of the first listing page)
    per_page: ClassVar[int]
    dated: ClassVar[bool] = True
    shows_section: ClassVar[bool] = False
    server: ClassVar[str] = "Microsoft-IIS/8.5"
    chunked: ClassVar[bool] = False

    def __init__(self, committee: Committee, seed: object) -> None:
        self.slug, self.committee, self.seed = committee.slug, committee, seed
        self.articles: dict[int, Article] = {}
        self.base_url = f"http://{self.slug.replace('_', '-')}.invalid"  # until the servers are started
        self.clock = datetime(2025, 1, 1, tzinfo=UTC)  # the world's time tonight
        #: What stands at an article's address instead of it, or of what the family says of one that is not there.
        self.instead: dict[int, Response] = {}
        #: What answers every request meanwhile, where it gives an answer: an outage, a wall, a parked site.
        self.everywhere: Callable[[Request], Response | None] = lambda _: None
        self.redesigned = False  # the same words in other markup
        self.log: list[tuple[str, str, int]] = []
        self.count = 0
        self._lock = threading.Lock()
        self._pages: dict[object, Parts] = {}
        self._files: dict[str, str] = {}
        self._newest: list[list[Article]] = []
        self._top: Parts = ()
        self._bottom: Parts = ()
        self.slots: dict[str, Slot] = {}

    # --- what the world and the tests use

    def put(self, articles: dict[int, Article]) -> None:
        """From now on the site has these articles, and no others."""
        self.articles = articles
        newest = sorted(articles.values(), key=lambda a: (a.published, a.id), reverse=True)
        self._newest = [[a for a in newest if a.section == s] for s in range(len(self.sections))]
        self.slots = self.moving()
        self._top = compiled(self.style() + self.top(), self.slots)
        self._bottom = compiled(self.bottom(), self.slots)
        self._files = {
            f.path: name
            for a in newest
            for f, name in [(p, p.alt) for p in a.pictures] + [(f, f.name) for f in a.all_files]
        }
        self._pages = {}  # last, so that none of last night's pages is kept among them

    def article_url(self, article_id: int) -> str:
        """The absolute address under which the site's listings link to the article."""
        return self.base_url + self.article_path(self.articles[article_id])

    def listing_url(self, section: int = 0) -> str:
        """The absolute address of a section's first listing page."""
        return self.base_url + self.sections[section][1]

    def newest(self, section: int | None = None) -> list[Article]:
        """The articles of a section, or of the site, newest first."""
        if section is not None:
            return self._newest[section]
        return sorted(self.articles.values(), key=lambda a: (a.published, a.id), reverse=True)

    def gold(self, article_id: int) -> Gold:
        """What is true of the article, as far as this site's pages show it."""
        article = self.articles[article_id]
        section = self.sections[article.section][0] if self.shows_section else None
        return article.gold(self.article_url(article_id), dated=self.dated, section=section)

    def get(self, target: str) -> Response:
        """A GET without a network."""
        return self.respond("GET", target, {})

    def respond(self, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Response:
        """One request, counted and logged."""
        with self._lock:
            self.count += 1
            n = self.count
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = re.sub(r";jsessionid=[^/]*", "", unquote(parts.path)) or "/"
        request = Request(method, target, path, query, headers, n, body)
        response = self.everywhere(request) or self._answer(request)
        with self._lock:
            self.log.append((method, target, response.status))
        return response

    def http_date(self) -> str:
        """The world's time, as HTTP writes it."""
        return format_datetime(self.clock.astimezone(UTC), usegmt=True)

    # --- what a family must say

    @abstractmethod
    def article_path(self, article: Article) -> str:
        """Path and query of an article."""

    @abstractmethod
    def route(self, request: Request) -> Response | None:
        """The family's own addresses; None: no such page."""

    @abstractmethod
    def not_found(self, request: Request) -> Response:
        """In the family's way: a hard 404, or a soft one."""

    @abstractmethod
    def top(self) -> str:
        """Everything from ``<body>`` to the content."""

    @abstractmethod
    def bottom(self) -> str:
        """Everything from the content to ``</html>``."""

    @abstractmethod
    def article(self, article: Article, hand: Hand) -> str:
        """The content of an article's page."""

    @abstractmethod
    def listing(self, section: int, page: int, order: str) -> str:
        """The content of a listing's page."""

    @abstractmethod
    def front(self) -> str:
        """The content of the home page."""

    def article_head(self, _article: Article) -> str:
        """What an article's page adds to ``<head>``."""
        return ""

    def cookie(self, _n: int) -> tuple[tuple[str, str], ...]:
        """The session that a page sets."""
        return ()

    def head(self, title: str, extra: str = "", charset: str = "utf-8") -> str:
        """From the doctype to ``</head>``; the constant rest of it is in ``style``."""
        return (
            f'<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta http-equiv="Content-Type" content="text/html; '
            f'charset={charset}" />\n<title>{escape(title)}</title>\n{extra}\n'
        )

    def style(self) -> str:
        """Style sheets and scripts of every page, to ``</head>``."""
        return "</head>\n"

    def robots(self) -> str | None:
        """The site's robots.txt, where it has one."""
        return None

    def validators(self, _article: Article) -> tuple[tuple[str, str], ...]:
        """ETag and Last-Modified of an article's page, where the site sends them."""
        return ()

    # --- answering

    def _answer(self, request: Request) -> Response:
        path, n = request.path, request.n
        if path == "/robots.txt":
            text = self.robots()
            if text is None:
                return Response(b"404 - File or directory not found.", 404, "text/plain")
            return Response(text.encode(), content_type="text/plain")
        if path in self._files:
            data, media_type = files.make(path, self._files[path])
            return Response(data, content_type=media_type)
        if path in ("/", "/vi", "/en"):
            return self.page("home", n, lambda: self.whole(self.committee.name, self.front()))
        if path == "/dang-nhap":
            return self.login_page(request)
        found = self.route(request)
        if found is not None:
            return found
        suffix = PurePosixPath(path).suffix.lower()
        if suffix == ".gif":
            return Response(files.PIXEL, content_type="image/gif")
        if suffix[1:] in files.MEDIA_TYPES or suffix in (".css", ".js", ".ico", ".txt", ".xml"):
            return Response(b"404 - File or directory not found.", 404, "text/plain")
        return self.not_found(request)

    def login_page(self, request: Request) -> Response:
        """The form that guards the editors' room, as a page."""
        title = f"Đăng nhập - {self.committee.name}"
        return self.page("login", request.n, lambda: self.whole(title, self.login()))

    def login(self) -> str:
        """The form that guards the editors' room."""
        return """<div class="login-form"><h2>Đăng nhập hệ thống</h2><form action="/dang-nhap" method="post">
<label>Tên đăng nhập <input type="text" name="username" /></label>
<label>Mật khẩu <input type="password" name="password" />
</label><label><input type="checkbox" name="remember" /> Ghi nhớ</label><button type="submit">Đăng nhập</button></form>
<a href="/quen-mat-khau">Quên mật khẩu?</a></div>"""

    def whole(self, title: str, content: str, *, head: str = "", charset: str = "utf-8", views: int = 0) -> Parts:
        """A page with everything around ``content``; ``views`` is what its own counter starts from."""
        own = self.slots | {"views": lambda n: b"%d" % (views + n)}
        content = redesigned(content) if self.redesigned else content
        return compiled(self.head(title, head, charset), {}) + self._top + compiled(content, own) + self._bottom

    def passing(self, title: str, content: str, n: int) -> Response:
        """A page of an endless kind: made each time, never kept."""
        return Response(rendered(self.whole(title, content), n), headers=self.cookie(n))

    def page(self, key: object, n: int, make: Callable[[], Parts]) -> Response:
        """The page kept under ``key``, made at its first request."""
        pages = self._pages  # of the night in which the request came
        parts = pages.get(key)
        if parts is None:
            parts = pages[key] = make()
        return Response(rendered(parts, n), headers=self.cookie(n))

    def article_page(self, request: Request, article_id: int) -> Response:
        """An article, a 304 where the visitor has it already, or what the family says of one that is not there."""
        if article_id in self.instead:
            return self.instead[article_id]
        article = self.articles.get(article_id)
        if article is None:
            return self.not_found(request)
        validators = self.validators(article)
        if validators and unchanged(request, dict(validators)):
            return Response(b"", 304, headers=validators)
        response = self.page(article_id, request.n, lambda: self.article_parts(article))
        if article.charset == "utf-8":
            return replace(response, headers=response.headers + validators)
        body = windows_1258(response.body.decode()) if article.charset == "windows-1258" else response.body
        return replace(response, body=body, content_type="text/html")

    def hand(self, article: Article) -> Hand:
        """The editor who typed the article: the same one whenever its page is made."""
        return Hand(rng(self.seed, self.slug, article.id, article.hand))

    def article_parts(self, article: Article) -> Parts:
        """The page of an article."""
        return self.whole(
            f"{article.headline} - {self.committee.name}",
            self.article(article, self.hand(article)),
            head=self.article_head(article),
            charset=article.charset,
            views=article.id % 900 + 40,
        )

    def list_page(self, request: Request, section: int, page: int = 1, order: str = "") -> Response:
        """A page of a listing; ``order`` is empty for newest first."""
        page = min(page, self.listed(section, 1)[1] + 1)
        title = f"{self.sections[section][0]} - {self.committee.name}"
        return self.page(
            ("list", section, page, order), request.n, lambda: self.whole(title, self.listing(section, page, order))
        )

    def listed(self, section: int, page: int) -> tuple[list[Article], int]:
        """The articles of a listing's page, and how many pages there are."""
        all_of_it = self._newest[section]
        pages = max(1, -(-len(all_of_it) // self.per_page))
        return all_of_it[(page - 1) * self.per_page : page * self.per_page], pages

    def moving(self) -> dict[str, Slot]:
        """What is another at every request: today, counters, links to other articles."""
        first = 2_000_000 + int.from_bytes(self.slug.encode()[:2], "big") * 17
        links = [[self.other(a).encode() for a in some[:60]] for some in self._newest]
        return {
            "today": lambda n: _TODAYS[n % len(_TODAYS)],
            "visits": lambda n: b"%d" % (first + n),
            "hot": rotating([link for some in links for link in some[:20]], 6),
        } | {f"other{s}": rotating(some, 8, 5) for s, some in enumerate(links)}

    def other(self, article: Article) -> str:
        """A link to an article from another page's list."""
        return f'<li><a href="{escape(self.article_path(article))}">{escape(article.headline)}</a></li>\n'


def redesigned(content: str) -> str:
    """The same words in other markup: no class, id or division is called what it was."""
    content = re.sub(r"""(class|id)=(["'])(?!__|aspnetForm)([^"']*)\2""", r"\1=\2m-\3\2", content)
    return re.sub(r"<(/?)div\b", r"<\1section", re.sub(r"<(/?)h[23]\b", r"<\1h4", content))


def number(text: str) -> int:
    """A page's number as asked for; 1 where it is none."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1


def unchanged(request: Request, validators: Mapping[str, str]) -> bool:
    """Whether the visitor's copy is still good (RFC 9110, 13.2.2: If-None-Match goes before If-Modified-Since)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return validators["ETag"] in (tag.strip() for tag in tags.split(","))
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(validators["Last-Modified"]) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # no date, or one without a zone
        return False
