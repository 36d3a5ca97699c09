"""What is true of a replica's article, whatever its page looks like: the fields that ``luutin extract`` must give."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import TypedDict
from urllib.parse import urljoin


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph in an article; ``caption`` is empty where none is shown."""

    path: str
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: its path (with the extension that decides its bytes) and the name it is linked under."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """A paragraph of the body that links to an attachment."""

    before: str
    file: File

    @property
    def text(self) -> str:
        return f"{self.before} {self.file.name}"


Block = str | Picture | FileLine


class NamedAddress(TypedDict):
    url: str
    name: str


class Photograph(TypedDict):
    url: str
    alt: str


class Gold(TypedDict):
    """The fields of ``luutin extract``, with its meanings."""

    site: str
    url: str
    headline: str
    description: str | None
    author: str
    section: str | None
    date_published: str | None
    paragraphs: list[str]
    captions: list[str]
    images: list[Photograph]
    attachments: list[NamedAddress]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article of one replica, as its editor sees it."""

    site: str
    id: int
    section: int  # index into the replica's sections
    headline: str
    slug: str
    author: str
    published: datetime  # aware, Asia/Ho_Chi_Minh
    modified: datetime
    lead: bool  # the first block is marked as the lead by the page
    blocks: tuple[Block, ...]
    files: tuple[File, ...] = ()  # listed below the article
    reprint_of: tuple[str, int] | None = None  # (site, id) whose text this is, word for word
    hand: str = "hand"  # which of the editors saved it last: another one leaves other markup, and the same words
    charset: str = "utf-8"  # what its page declares: windows-1258 (truly) or iso-8859-1 (falsely) on a page each

    @property
    def first_text(self) -> str:
        return next(b for b in self.blocks if isinstance(b, str))

    @property
    def body(self) -> tuple[Block, ...]:
        """The blocks below the lead."""
        return self.blocks[1:] if self.lead else self.blocks

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Picture))

    @property
    def all_files(self) -> tuple[File, ...]:
        return tuple(b.file for b in self.blocks if isinstance(b, FileLine)) + self.files

    def gold(self, url: str, *, dated: bool, section: str | None) -> Gold:
        """The truth about this article's page at ``url``, on a site that shows dates and the section, or does not."""
        paragraphs = []
        for block in self.blocks:
            text = block.caption if isinstance(block, Picture) else block if isinstance(block, str) else block.text
            if text:
                paragraphs.append(text)
        return Gold(
            site=self.site,
            url=url,
            headline=self.headline,
            description=self.first_text if self.lead else None,
            author=self.author,
            section=section,
            date_published=self.published.isoformat() if dated else None,
            paragraphs=paragraphs,
            captions=[p.caption for p in self.pictures if p.caption],
            images=[Photograph(url=urljoin(url, p.path), alt=p.alt) for p in self.pictures],
            attachments=[NamedAddress(url=urljoin(url, f.path), name=f.name) for f in self.all_files],
        )


# Figures that count something: never part of a date, a document's number or a year.
_FIGURE = re.compile(
    r"(?<![\d/.\-])(\d{2,3})(?= (?:mô hình|tập thể|cá nhân|hộ|lượt|ý kiến|triệu|công trình|kiến nghị|cuộc|buổi|"
    r"người|ngày công|hội viên|căn nhà|nhóm|chương trình|đại biểu|văn bản|nghìn|mét)\b)"
)


def figures(article: Article) -> int:
    """How many figures of this article an editor could correct."""
    return sum(len(_FIGURE.findall(b)) for b in article.blocks[1:] if isinstance(b, str))


def corrected(article: Article, chance: Random, when: datetime) -> Article:
    """The same article after an editor, at ``when``, has changed one figure in one paragraph below the first."""
    places = [
        (index, match)
        for index, block in enumerate(article.blocks)
        if index and isinstance(block, str)
        for match in _FIGURE.finditer(block)
    ]
    index, match = chance.choice(places)
    block = match.string
    figure = str(int(match.group()) + chance.randint(1, 9))
    changed = block[: match.start()] + figure + block[match.end() :]
    return replace(article, blocks=(*article.blocks[:index], changed, *article.blocks[index + 1 :]), modified=when)
