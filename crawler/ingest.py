"""The one road into the archive: a capture is read, judged and named, then stored with what follows from it."""

from __future__ import annotations

from base64 import b32encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Literal
from urllib.parse import urlsplit

from crawler import extract, quality, text, urls
from crawler.archive import Archive, Outcome
from crawler.clock import HO_CHI_MINH, timestamp
from crawler.cms import FAMILIES
from crawler.derive import HOME
from crawler.frontier import REQUISITE, dumps
from crawler.landmarks import LANDMARKS
from crawler.placing import ARTICLE, ERROR, FILE, NOT_FOUND, NOT_MODIFIED, REDIRECT, REVISIT, Prepared
from crawler.reading import Reading
from crawler.requisites import of_style_sheet
from crawler.site import Site
from crawler.warc import Capture, payload_digest

Source = Literal["live", "import", "backfill"]

#: Captures per transaction: a commit costs some milliseconds whatever is in it, and a killed crawl repeats a batch.
BATCH = 48

PAGES = frozenset({"text/html", "application/xhtml+xml"})
#: What servers call a page when they do not know; then the first bytes decide.
VAGUE = frozenset({"", "text/plain", "application/octet-stream", "text/xml", "application/xml", "unknown/unknown"})

#: Paths by which the five families call the home page when they send a reader there.
HOME_PATHS = frozenset({"/", "/index.html", "/index.htm", "/index.php", "/default.aspx", "/home", "/trang-chu", "/vi"})

#: Pictures, and files, of one article that are listed and fetched; the longest photo story seen has 60.
MAX_FILES = 200

_NOTHING = payload_digest(b"")

#: What decides how pages of every site are read, besides code: the vocabulary, and what families declare.
_SHARED = sha256(repr((LANDMARKS, FAMILIES)).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a capture was made, in the archive's terms."""

    url: str
    key: str
    identity: str

    @property
    def host(self) -> str:
        return self.key.partition(")")[0]


def prepare(capture: Capture, site: Site, *, source: Source, crawl_id: str | None = None, origin: str = "") -> Prepared:
    """Reads a capture as ``site`` declares; pure, so that any process or thread may do it.

    ``origin``: the file it came from, for an import. Raises ValueError, with a sentence, where its URL is no http(s)
    URL; never for what it contains.
    """
    url = urls.canonical_url(capture.url, addresses=site.urls)
    key = urls.url_key(url, method=capture.method, body=capture.request_body)
    at = _Address(url, key, article_id(site, url, key))
    found = _found(capture, site, at)
    return Prepared(
        capture_id=capture.record_id,
        site=site.slug,
        url=url,
        url_key=key,
        memento_datetime=timestamp(capture.memento_datetime),
        record_type=capture.record_type,
        payload_digest=capture.payload_digest,
        identity=at.identity,
        status_code=capture.status,
        media_type=capture.media_type or None,
        content_length=None if capture.record_type == "revisit" else len(capture.payload),
        etag=capture.etag,
        last_modified=capture.last_modified,
        warc_file=capture.location.file,
        warc_offset=capture.location.offset,
        warc_length=capture.location.length,
        source=source,
        origin=origin,
        crawl_id=crawl_id,
        quality=found.quality,
        quality_reason=found.reason or None,
        article_id=found.article_id,
        reading=found.reading,
        body=found.body,
        redirect_to=found.redirect_to,
        canonical_url=found.canonical_url,
        canonical_key=found.canonical_key,
        extractor_version=extractor_version(site),
        read_as=found.read_as,
        follow=found.follow if source == "live" else (),
    )


def extractor_version(site: Site) -> str:
    """By which rules pages of ``site`` are read today: of the code, of all sites, of this one's declaration.

    Another one says that the same page may be read differently; it is no part of any digest of what a page says.
    """
    return f"{extract.EXTRACTOR_VERSION}-{_SHARED}-{site.rules}"


def article_id(site: Site, url: str, key: str) -> str:
    """What an article is cited by for ever: 13 characters of the SHA-256 of its site and its CMS's id for it.

    Where the CMS has none, of its URL key without the host, since hosts change when provinces merge.
    """
    cms_id = urls.cms_id(url, site.urls)
    name = f"id:{cms_id}" if cms_id else urls.host_free_key(key)
    return b32encode(sha256(f"{site.slug}\n{name}".encode()).digest()).decode("ascii").lower()[:13]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    quality: str
    reason: str = ""
    article_id: str | None = None
    reading: Reading | None = None
    body: str = ""
    redirect_to: str | None = None
    canonical_url: str | None = None
    canonical_key: str | None = None
    read_as: str | None = None
    follow: tuple[tuple[str, str, str], ...] = ()


def _found(capture: Capture, site: Site, at: _Address) -> _Found:
    """What the capture is: by its status, by its type, and where it is a page, by reading it."""
    status = capture.status or 200
    if status == 304:
        return _Found(quality=NOT_MODIFIED)
    if 300 <= status < 400:
        return _redirect(capture.redirect_target, site, at)
    if status in (404, 410):
        return _Found(quality=NOT_FOUND, reason=f"HTTP {status}")
    if not 200 <= status < 300:
        return _Found(quality=ERROR, reason=f"HTTP {status}")
    if capture.payload_digest == _NOTHING or (capture.record_type != "revisit" and not capture.payload):
        return _Found(quality="unreadable", reason="the answer has no body")
    if capture.record_type == "revisit":
        return _Found(quality=REVISIT, reason="the payload it stands for is not in the archive")
    if capture.truncated:
        return _Found(quality="unreadable", reason="the answer was cut short")
    if not _is_page(capture):
        named = site.keep_requisites and capture.media_type == "text/css"
        requisites = of_style_sheet(capture.payload, capture.url) if named else ()
        return _Found(quality=FILE, follow=_requisites(requisites, site))
    if capture.method != "GET":
        return _Found(quality="listing", reason="the answer to a form")
    return _page(capture, site, at)


def _is_page(capture: Capture) -> bool:
    if capture.media_type in PAGES:
        return True
    start = capture.payload[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return capture.media_type in VAGUE and start.startswith((b"<!doctype html", b"<html"))


def _redirect(target: str | None, site: Site, at: _Address) -> _Found:
    if target is None:
        return _Found(quality=ERROR, reason="a redirect without a target")
    try:
        url = urls.canonical_url(target, addresses=site.urls)
        to = _Address(url, urls.url_key(url), "")
    except ValueError:
        return _Found(quality=ERROR, reason="a redirect to what is no address")
    path = urls.host_free_key(to.key).partition("?")[0].lower()
    if _is_own(to, site, at) and path in HOME_PATHS | {urlsplit(site.home_url).path.rstrip("/").lower()}:
        return _Found(quality=REDIRECT, reason=HOME, redirect_to=to.key)
    return _Found(
        quality=REDIRECT,
        redirect_to=to.key if to.key != at.key else None,
        follow=((to.url, to.key, REDIRECT),) if _is_own(to, site, at) and not urls.is_denied(url, site.urls) else (),
    )


def _is_own(address: _Address, site: Site, at: _Address) -> bool:
    """Whether an address is on a host of the site, or on the one that the capture was made at."""
    return address.host == at.host or address.host in _host_keys(site.hosts)


@lru_cache(maxsize=256)
def _host_keys(hosts: frozenset[str]) -> frozenset[str]:
    return frozenset(urls.url_key(f"http://{host}/").partition(")")[0] for host in hosts)


def _page(capture: Capture, site: Site, at: _Address) -> _Found:
    day = capture.memento_datetime.astimezone(HO_CHI_MINH).date()
    if quality.may_be_article(site, at.url):
        page = extract.read(capture.payload, at.url, site, charset=_charset(capture), captured=day)
    else:
        page = extract.glance(capture.payload, at.url, site, charset=_charset(capture))
    verdict = quality.judge(page, status=capture.status, site=site, url=at.url)
    made_up_with = _requisites(page.requisites, site)
    if verdict.quality != ARTICLE:
        return _Found(quality=verdict.quality, reason=verdict.reason, follow=made_up_with)
    canonical = _canonical(page.canonical, site, at)
    said, files = _reading(page.article, site, at)
    return _Found(
        quality=ARTICLE,
        reason=verdict.reason,
        article_id=canonical.identity if canonical else at.identity,
        reading=said,
        body="\n\n".join(page.article.paragraphs),
        canonical_url=canonical.url if canonical else None,
        canonical_key=canonical.key if canonical else None,
        read_as=page.how,
        follow=files + made_up_with,
    )


def _charset(capture: Capture) -> str | None:
    for parameter in (capture.header("Content-Type") or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip():
            return value.strip().strip("\"'")
    return None


def _canonical(link: str | None, site: Site, at: _Address) -> _Address | None:
    """The canonical link, where it is evidence of identity: an article's address of this site, and not another's.

    Templates name the home page, a section or the article before on every page; those say nothing.
    """
    if link is None:
        return None
    try:
        url = urls.canonical_url(link, addresses=site.urls)
        key = urls.url_key(url)
    except ValueError:
        return None
    if key == at.key:
        return _Address(url, key, at.identity) if urls.is_article(url, site.urls) else None
    address = _Address(url, key, article_id(site, url, key))
    if not urls.is_article(url, site.urls) or not _is_own(address, site, at):
        return None
    if urls.cms_id(at.url, site.urls) is not None and address.identity != at.identity:
        return None
    return address


def _reading(article: extract.Article, site: Site, at: _Address) -> tuple[Reading, tuple[tuple[str, str, str], ...]]:
    """What the page says, named by its digests, and the files that it lists, to be fetched."""
    listed, attached = article.images[:MAX_FILES], article.attachments[:MAX_FILES]
    images = [(link, {"alt": i.alt}) for i in listed if (link := _link(i.url, site))]
    attachments = [(link, {"name": a.name}) for a in attached if (link := _link(a.url, site))]
    fields = {
        "headline": article.headline,
        "description": article.description,
        "author": article.author,
        "section": article.section,
        "date_published": article.date_published,
        "captions": list(article.captions),
        "images": [{"url": _without_host(link, at)} | said for link, said in images],
        "attachments": [{"url": _without_host(urls.of_file(link), at)} | said for link, said in attachments],
    }
    body = "\n\n".join(article.paragraphs)
    text_digest = text.text_digest(body)
    # Of pictures the number and what they are said to show: their addresses move with mirrors, sizes and servers.
    named = fields | {"text_digest": text_digest, "images": [said["alt"] for _, said in images]}
    reading = Reading(
        reading_digest=text.reading_digest(named),
        content_digest=text.content_digest(article.headline, article.paragraphs),
        text_digest=text_digest,
        headline=article.headline,
        description=article.description,
        author=article.author,
        section=article.section,
        date_published=article.date_published,
        word_count=text.word_count(body),
        captions=dumps(fields["captions"]),
        images=dumps(fields["images"]),
        attachments=dumps(fields["attachments"]),
    )
    wanted = [(link, "attachment") for link, _ in attachments if site.keep_attachments]
    wanted += [(link, "image") for link, _ in images if site.keep_images]
    return reading, tuple((link, urls.url_key(link), kind) for link, kind in wanted)


def _requisites(named: tuple[str, ...], site: Site) -> tuple[tuple[str, str, str], ...]:
    links = (link for url in named if (link := _link(url, site)))
    return tuple((link, urls.url_key(link), REQUISITE) for link in links)


def _link(url: str, site: Site) -> str | None:
    try:
        return urls.canonical_url(url, addresses=site.urls)
    except ValueError:  # data:, file:, mailto: and what editors paste
        return None


def _without_host(link: str, at: _Address) -> str:
    """``link`` without its host where that is the page's own, whatever its scheme and ``www.``."""
    if urls.url_key(link).partition(")")[0] != at.host:
        return link
    split = urlsplit(link)
    if split.path.startswith("//"):  # which would name a host
        return link
    return f"{split.path}?{split.query}" if split.query else split.path


class Ingest:
    """Stores prepared captures in batches and counts what came of them.

    ``before_commit`` runs before each transaction (``WarcWriter.sync``): a row never points to bytes that a loss of
    power could take. ``counts`` are by ``Outcome.kind``; ``skipped`` by reason.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        baseline: bool,
        batch_size: int = BATCH,
        before_commit: Callable[[], None] | None = None,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self._archive, self._baseline, self._batch_size = archive, baseline, batch_size
        self._before_commit = before_commit
        self._waiting: list[Prepared] = []

    def add(self, prepared: Prepared) -> None:
        """Takes a capture in; every ``batch_size`` of them are stored. Raises StorageError, LockedError."""
        self._waiting.append(prepared)
        if len(self._waiting) >= self._batch_size:
            self.flush()

    def flush(self) -> list[Outcome]:
        """Stores what is waiting, in one transaction; what could not be stored goes on waiting."""
        if not self._waiting:
            return []
        if self._before_commit is not None:
            self._before_commit()
        outcomes = self._archive.store(self._waiting, baseline=self._baseline)
        self._waiting = []
        self.counts.update(o.kind for o in outcomes)
        self.skipped.update(o.reason for o in outcomes if o.kind == "skipped")
        return outcomes
