"""Is this page what it claims to be? A page that is not an article is kept, named and never read as a change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from crawler import urls
from crawler.extract import SHORTEST, Page
from crawler.site import Site
from crawler.text import fold

Quality = Literal["article", "listing", "home", "not_found", "login", "challenge", "empty", "unreadable"]

#: A page whose reading covers less than this share of its text, undated and unsigned, is a front page or a listing.
LEAST_SHARE = 0.12

#: So many links to other articles between paragraphs make a page a listing of teasers.
FEWEST_TEASERS = 2

#: So many characters of text, dated or signed, under a headline are an article wherever they stand.
WHOLE = 400

_NOT_FOUND = re.compile(
    r"khong tim thay|khong ton tai|(?:da|vua) bi (?:xoa|go)|not found|\b404\b|page cannot be found"
    r"|noi dung (?:nay )?khong co|lien ket (?:nay )?(?:bi )?(?:hong|sai)|status - |^trang thai\b"
)
# In the words of an article itself, only what is said of the page: "không tìm thấy sai phạm nào" is news.
_GONE = re.compile(
    r"\b(?:bai viet|bai|trang|noi dung|tin|duong dan|lien ket|dia chi|tai nguyen|du lieu|page|article)"
    r"(?: (?:nay|ma|ban|quy|vi|vua|dang|can|muon|tim|kiem|xem|yeu|cau|truy|cap|web|hien|you|requested|is|was|the|for"
    r"|are|looking)){0,6} (?:khong ton tai|khong con ton tai|khong (?:duoc )?tim thay|(?:da |vua )?bi (?:xoa|go)"
    r"|not found|(?:could|can) ?not be found|does not exist)"
    r"|\bkhong tim thay (?:bai viet|trang|noi dung|duong dan|dia chi|tai nguyen|du lieu)\b"
)
_LOGIN = re.compile(r"dang nhap|sign in|log ?in|xac thuc|authenticat")
_CHALLENGE = re.compile(
    r"just a moment|checking your browser|attention required|captcha|cloudflare|ddos|access denied|xac minh ban|"
    r"ban khong phai (?:la )?robot|enable javascript and cookies|security check|dang kiem tra trinh duyet"
)
_ELSEWHERE = "the address is not one of an article"
_REFRESH_URL = re.compile(r"url\s*=\s*['\"]?([^'\"\s>]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a page is, and for a page that is not an article, why it was not read as one."""

    quality: Quality
    reason: str = ""


def judge(page: Page, *, status: int | None, site: Site, url: str) -> Verdict:
    """What the page is. Pure: by its own contents, its status and its address, never by other pages.

    ``status`` is the HTTP status, or None where none is known (a file, a mirror that kept none).
    """
    if status in (404, 410):
        return Verdict("not_found", f"HTTP {status}")
    declared = page.how != "generic"
    has_text = sum(map(len, page.article.paragraphs)) >= SHORTEST
    if not (declared and has_text):
        stopped = _stopped(page, has_text=has_text)
        if stopped is not None:
            return stopped
    elif _says_gone(page):
        return Verdict("not_found", "what stands in the article's place says that it is gone, whatever its status")
    address = _by_address(page, site, url)
    if address is not None:
        return address
    return _by_reading(page, declared=declared, has_text=has_text)


def _stopped(page: Page, *, has_text: bool) -> Verdict | None:
    """Pages that stand in place of an article: a challenge, a sign-in form, a notice that nothing is here."""
    title, notice = fold(page.title), fold(f"{page.title} {page.notice}")
    short = page.text_length < 1500
    if _CHALLENGE.search(title) or (short and _CHALLENGE.search(notice)):
        return Verdict("challenge", "the site asks for a browser check instead of showing the page")
    if page.has_password and (_LOGIN.search(title) or (not has_text and _LOGIN.search(notice))):
        return Verdict("login", "the page is a sign-in form")
    if _NOT_FOUND.search(title) or ((short or not has_text) and _NOT_FOUND.search(notice)):
        return Verdict("not_found", "the page says that nothing was found, whatever its status")
    if page.refresh is not None and (short or not has_text):
        target = _REFRESH_URL.search(page.refresh)
        if target is not None and urlsplit(target.group(1)).path in ("", "/", "/index.html", "/index.php"):
            return Verdict("not_found", "the page forwards to the home page")
    return None


def _says_gone(page: Page) -> bool:
    """Whether a template was filled with a notice that its article is not there: few words and no files.

    Under a date or a name, which the template may still show, the text must begin with that.
    """
    article = page.article
    if article.attachments or article.images or sum(map(len, article.paragraphs)) >= WHOLE:
        return False
    if article.date_published is not None or article.author is not None:
        return _GONE.match(fold(article.paragraphs[0])) is not None
    return _GONE.search(fold(" ".join((article.headline or "", *article.paragraphs)))) is not None


def may_be_article(site: Site, url: str) -> bool:
    """Whether a page at this address can be an article, so that reading it is worth the while.

    Where a site's addresses are only inferred, any page but its listings may be one.
    """
    parts = urlsplit(url)
    if parts.path in ("", "/") and not parts.query:
        return False
    if site.declared_in == "generic" or not site.urls.article or urls.is_article(url, site.urls):
        return True
    return site.status != "verified" and not _is_listing(site, url)


def _by_address(page: Page, site: Site, url: str) -> Verdict | None:
    """Pages of a declared site that are not where its articles are."""
    if not url:
        return None
    if not may_be_article(site, url):
        at_home = urlsplit(url).path in ("", "/")
        return Verdict("home", "the site's home page") if at_home else Verdict("listing", _ELSEWHERE)
    if site.declared_in == "generic" or not site.urls.article or urls.is_article(url, site.urls):
        return None
    return None if _is_whole(page) else Verdict("listing", _ELSEWHERE)


def _is_listing(site: Site, url: str) -> bool:
    """Whether the address is a declared section, or a page of a listing."""
    path = urlsplit(url).path
    if any(urlsplit(site.listing_url(section)).path == path for section in site.sections):
        return True
    return bool(site.pages.pattern) and re.search(site.pages.pattern, url) is not None


def _is_whole(page: Page) -> bool:
    """Whether the reading found everything that an article has and no trace of a listing."""
    article = page.article
    size = sum(map(len, article.paragraphs))
    signed = article.date_published is not None or article.author is not None
    return bool(article.headline) and signed and size >= WHOLE and page.teasers < FEWEST_TEASERS


def _by_reading(page: Page, *, declared: bool, has_text: bool) -> Verdict:
    article = page.article
    if not has_text and not article.images and not article.attachments:
        return Verdict("empty", "the template is there, but no text is in it")
    if not article.headline:
        return Verdict("unreadable", "no headline was found")
    share = sum(map(len, article.paragraphs)) / max(1, page.text_length)
    if not declared and page.teasers >= FEWEST_TEASERS and page.teasers * 2 >= len(article.paragraphs):
        return Verdict("listing", "links to other articles stand between the paragraphs")
    undated = article.date_published is None and article.author is None
    if not declared and undated and (share < LEAST_SHARE or not has_text):
        return Verdict("listing", "the text read is a small part of the page, undated and unsigned")
    return Verdict("article")
