"""The demo's world: five replica sites, their articles, and what happens to them from one night to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from types import TracebackType
from typing import Self

from crawler.clock import HO_CHI_MINH
from monitor.demo import prose
from monitor.demo.pages.district import LamBinh, TuyenQuang
from monitor.demo.pages.liferay import Liferay
from monitor.demo.pages.mojoportal import MojoPortal
from monitor.demo.pages.page import Response
from monitor.demo.pages.replica import Replica
from monitor.demo.pages.sharepoint import SharePoint
from monitor.demo.prose import Committee, Story, rng
from monitor.demo.server import ReplicaServer, Vacancy
from monitor.demo.truth import Article, Block, File, FileLine, Gold, Picture, corrected, figures

_FAMILIES: dict[str, Callable[[Committee, object], Replica]] = {
    "hai_duong": MojoPortal,
    "quang_binh": Liferay,
    "lam_binh": LamBinh,
    "tuyen_quang": TuyenQuang,
    "binh_thanh": SharePoint,
}
# Site -> where its editors put photographs and files: {id}, {n}, {name}.
_UPLOADS = {
    "hai_duong": ("/Data/Sites/1/media/{id}/{n}.png", "/Data/Sites/1/media/{id}/{name}"),
    "quang_binh": ("/documents/10180/{id}/anh-{n}.png", "/documents/10180/{id}/{name}"),
    "lam_binh": ("/uploads/tin/{id}-{n}.png", "/uploads/tep/{id}/{name}"),
    "tuyen_quang": ("/upload/images/{id}_{n}.png", "/upload/files/{id}/{name}"),
    "binh_thanh": ("/Lists/TinTuc/Attachments/{id}/{n}.png", "/Lists/TinTuc/Attachments/{id}/{name}"),
}
# (from, to): texts that the second site reprints word for word, of the article with this place among the oldest.
_REPRINTS = (
    ("hai_duong", 7, "tuyen_quang"),
    ("quang_binh", 11, "lam_binh"),
    ("lam_binh", 5, "tuyen_quang"),
    ("hai_duong", 16, "binh_thanh"),
    ("quang_binh", 19, "quang_binh"),  # a repost in the site's other section
)
_FIRST, _LAST = datetime(2016, 1, 6, 8, tzinfo=HO_CHI_MINH), datetime(2024, 12, 12, 16, tzinfo=HO_CHI_MINH)
# The evening before the first night; new articles carry the date of the day before the night that finds them.
_TONIGHT = datetime(2025, 1, 6, 23, tzinfo=HO_CHI_MINH)
_FEWEST = 30  # articles a site needs for reprints and for several nights of edits and removals
_YOUNG = 15  # edits and removals happen among this many newest articles, where a nightly look finds them
_NEW = 3  # new articles a site and night
_ODD = 9  # the place among the newest of the article whose page has a charset of its own


@dataclass(frozen=True, slots=True)
class Night:
    """What happened at one site since the night before."""

    edited: int
    removed: int
    new: tuple[int, ...]


class World:
    """Five sites with invented news, served on loopback between ``start`` and ``stop``.

    Everything depends on ``seed``, ``articles_per_site`` (30 or more) and the number of nights alone; a page's bytes
    also on how many requests its site has had. Use as a context manager, or without servers through ``sites[…].get``.

    Without ``reprints`` a site may be small (10 or more), and its nights are written by whoever calls ``pass_day``,
    ``publish``, ``put``, ``remove``, ``disconnect`` and ``reconnect``.
    """

    def __init__(self, seed: int = 2018, articles_per_site: int = 80, *, reprints: bool = True) -> None:
        fewest = _FEWEST if reprints else _ODD + 1
        if articles_per_site < fewest:
            raise ValueError(f"A replica site needs at least {fewest} articles, not {articles_per_site}.")
        self.seed, self.night = seed, 0
        self._servers: dict[str, ReplicaServer] = {}
        self._held: dict[str, Vacancy] = {}
        self._told: dict[str, set[str]] = {c.slug: set() for c in prose.COMMITTEES}
        self.sites = {c.slug: _FAMILIES[c.slug](c, seed) for c in prose.COMMITTEES}
        self._touched: dict[str, set[int]] = {slug: set() for slug in self.sites}
        for slug, site in self.sites.items():
            span = (_LAST - _FIRST) / articles_per_site
            articles = {}
            for index in range(articles_per_site):
                chance = rng(seed, slug, index)
                when = _FIRST + span * (index + chance.random() * 0.8)
                article = self._article(site, index, when.replace(hour=chance.randint(7, 21)))
                articles[article.id] = article
            site.clock = _TONIGHT
            site.put(articles)
        self._last = {slug: max(site.articles) for slug, site in self.sites.items()}
        if reprints:
            self._reprint()
        for slug, charset in (("hai_duong", "windows-1258"), ("binh_thanh", "iso-8859-1")):
            odd = self.sites[slug].newest()[_ODD]
            self.put(slug, replace(odd, charset=charset))
            self._touched[slug].add(odd.id)

    # --- serving

    def start(self, first_port: int = 0) -> Self:
        """Starts the five servers on consecutive ports from ``first_port`` (0: free ones). Raises OSError: taken."""
        for index, (slug, site) in enumerate(self.sites.items()):
            server = ReplicaServer(site, first_port + index if first_port else 0)
            self._servers[slug] = server
            site.base_url = f"http://127.0.0.1:{server.port}"
        return self

    def stop(self) -> None:
        """Stops the servers; the world stays as it is."""
        while self._servers:
            self._servers.popitem()[1].stop()
        while self._held:
            self._held.popitem()[1].end()

    def disconnect(self, slug: str) -> None:
        """Nobody answers at the site's address any more: connections are refused."""
        server = self._servers.pop(slug)
        server.stop()
        self._held[slug] = Vacancy(server.port)

    def reconnect(self, slug: str) -> None:
        """The site answers again, at the same address."""
        vacancy = self._held.pop(slug)
        vacancy.end()
        self._servers[slug] = ReplicaServer(self.sites[slug], vacancy.port)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def base_url(self, slug: str) -> str:
        """``http://127.0.0.1:PORT``, without a slash at the end."""
        return self.sites[slug].base_url

    def config_toml(self) -> str:
        """A luutin.toml with which these sites, and only a machine's own sites, can be crawled without waiting."""
        sites = "".join(f'\n[sites.{slug}]\nhome_url = "{self.base_url(slug)}/"\n' for slug in self.sites)
        return (
            "[network]\nallow_private_addresses = true\n\n"
            f"[politeness]\ndelay_seconds = 0\nconcurrent_requests_per_host = 2\n{sites}"
        )

    @property
    def tonight(self) -> datetime:
        """The world's time, aware: a day later after each ``next_night``."""
        return _TONIGHT + timedelta(days=self.night)

    # --- the truth

    def gold(self, slug: str, article_id: int) -> Gold:
        """What ``luutin extract`` must say of the article (addresses of photographs without ``?t=``)."""
        return self.sites[slug].gold(article_id)

    def log(self, slug: str) -> list[tuple[str, str, int]]:
        """Every request that the site has had: method, path with query, status."""
        return list(self.sites[slug].log)

    # --- what happens

    def pass_day(self) -> None:
        """A day goes by, and nothing happens."""
        self.night += 1
        for site in self.sites.values():
            site.clock = self.tonight

    def publish(self, slug: str, *, hours: int = 6, like: Article | None = None) -> Article:
        """A new article, so many hours old; ``like``: with the headline and the text of another one."""
        site = self.sites[slug]
        when, number = self.tonight - timedelta(hours=hours), self._last[slug]
        article = self._article(site, f"{self.night}.after {number}", when, after=number)
        if like is not None:
            article = replace(article, headline=like.headline, slug=like.slug, lead=like.lead, blocks=like.blocks)
        self._last[slug] = article.id
        self.put(slug, article)
        return article

    def put(self, slug: str, article: Article) -> None:
        """The site has this article, as it is now."""
        site = self.sites[slug]
        site.instead.pop(article.id, None)
        site.put(site.articles | {article.id: article})

    def remove(self, slug: str, article_id: int, instead: Response | None = None) -> None:
        """The site has this article no more: what its family says of such, or what is said ``instead``."""
        site = self.sites[slug]
        if instead is not None:
            site.instead[article_id] = instead
        site.put({i: a for i, a in site.articles.items() if i != article_id})

    def next_night(self) -> dict[str, Night]:
        """A day goes by: at each site one young article is corrected, one removed, three are new. Returns them."""
        self.pass_day()
        return {slug: self._night(slug) for slug in self.sites}

    def _night(self, slug: str) -> Night:
        site, chance = self.sites[slug], rng(self.seed, slug, "night", self.night)
        tonight = self.tonight
        young = [a for a in site.newest()[:_YOUNG] if a.id not in self._touched[slug]]
        edited = chance.choice([a for a in young if figures(a)])
        removed = chance.choice([a for a in young if a.id != edited.id])
        self._touched[slug] |= {edited.id, removed.id}
        articles = dict(site.articles)
        articles[edited.id] = corrected(edited, chance, tonight - timedelta(hours=chance.randint(2, 14)))
        new = []
        for index in range(_NEW):
            when = tonight - timedelta(hours=14 - 4 * index)
            article = self._article(site, f"{self.night}.{index}", when, after=max(articles))
            articles[article.id] = article
            new.append(article.id)
        self._last[slug] = max(articles)
        del articles[removed.id]  # only now: a number is never given twice
        site.put(articles)
        return Night(edited.id, removed.id, tuple(new))

    # --- making articles

    def _story(self, site: Replica, chance: Random, when: datetime) -> Story:
        """A story whose headline the site has not had yet."""
        story = prose.compose(chance, site.committee, when)
        for _ in range(20):
            if story.headline not in self._told[site.slug]:
                break
            story = prose.compose(chance, site.committee, when)
        else:
            story = replace(story, headline=f"{story.headline} ({len(self._told[site.slug])})")
        self._told[site.slug].add(story.headline)
        return story

    def _article(self, site: Replica, index: object, when: datetime, *, after: int = 0) -> Article:
        slug = site.slug
        chance = rng(self.seed, slug, index, "article")
        when = when.replace(minute=chance.randint(0, 59), second=0, microsecond=0)
        if slug == "binh_thanh":
            when = when.replace(second=chance.randint(0, 59))
        number = after + chance.randint(1, 3) if after else 1000 + 4 * int(str(index)) + chance.randint(0, 3)
        if slug == "quang_binh" and not after:
            number += 1_200_000
        story = self._story(site, chance, when)
        blocks: list[Block] = [story.lead, *story.paragraphs]
        picture, upload = _UPLOADS[slug]
        # The last paragraph stays last: a caption below it would stand where the author is looked for.
        places = sorted(chance.sample(range(1, len(blocks)), min(len(story.captions), len(blocks) - 1)), reverse=True)
        for n, (place, caption) in enumerate(zip(places, story.captions, strict=False)):
            shown = caption if chance.random() < 0.85 else ""
            blocks.insert(
                place, Picture(picture.format(id=number, n=n), alt="" if n else story.headline[:60], caption=shown)
            )
        files: tuple[File, ...] = ()
        if chance.random() < 0.2:
            name = f"{prose.slug(story.headline)[:24].strip('-')}.{chance.choice(('docx', 'pdf', 'doc'))}"
            file = File(upload.format(id=number, name=name), name)
            if slug == "quang_binh":
                files = (file,)
            else:
                blocks.insert(len(blocks) - 1, FileLine("Toàn văn báo cáo tại đây:", file))
        return Article(
            site=slug,
            id=number,
            section=chance.choice((0, 0, 1)),
            headline=story.headline,
            slug=prose.slug(story.headline),
            author=prose.author(chance, site.committee),
            published=when,
            modified=when,
            lead=slug == "hai_duong" or (slug == "quang_binh" and chance.random() < 0.8),
            blocks=tuple(blocks),
            files=files,
        )

    def _reprint(self) -> None:
        """Gives some articles the text of another, word for word, under their own number, date and author."""
        for source, place, target in _REPRINTS:
            original = self.sites[source].newest()[-place]
            own = self.sites[target].newest()[-place - 3]
            blocks = tuple(b for b in original.blocks if not isinstance(b, FileLine))
            if len(blocks) < len(original.blocks):
                original = replace(original, blocks=blocks)
                self.put(source, original)
            picture = _UPLOADS[target][0]
            copied = tuple(
                replace(b, path=picture.format(id=own.id, n=n)) if isinstance(b, Picture) else b
                for n, b in enumerate(blocks)
            )
            self._touched[source].add(original.id)
            self._touched[target].add(own.id)
            self.put(
                target,
                replace(
                    own,
                    section=1 - original.section if source == target else own.section,
                    headline=original.headline,
                    slug=original.slug,
                    blocks=copied,
                    reprint_of=(source, original.id),
                ),
            )
