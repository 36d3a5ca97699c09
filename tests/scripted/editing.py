"""What editors do to an article of a replica: real edits, each of another kind, and re-saves that change nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from random import Random

from monitor.demo.truth import Article, Block, File, FileLine, Picture, corrected

Edit = Callable[[Article], Article]

#: Where a tone mark may stand on either of two letters.
_OLD_TONES = {"uỷ": "ủy", "hoà": "hòa", "hoá": "hóa", "toà": "tòa", "xoá": "xóa", "khoẻ": "khỏe", "thuỷ": "thủy"}
_TONES = _OLD_TONES | {new: old for old, new in _OLD_TONES.items()}
_TONE = re.compile(rf"(?<![qQ])(?:{'|'.join(_TONES)})\b")
_NAME = re.compile(r"\b((?:[A-ZĐÁÂÔỦÝ]\w+ ){2})([A-ZĐÁÂÔỦÝ]\w+)\b")


def _below(article: Article, change: Callable[[str], str]) -> Article:
    """The first paragraph below the lead that ``change`` makes another one."""
    for index, block in enumerate(article.blocks):
        if index and isinstance(block, str) and (changed := change(block)) != block:
            return replace(article, blocks=(*article.blocks[:index], changed, *article.blocks[index + 1 :]))
    raise AssertionError(f"nothing in {article.site} {article.id} can be edited so")


def _texts(article: Article, change: Callable[[str], str]) -> Article:
    """All paragraphs and the headline."""
    blocks = tuple(change(block) if isinstance(block, str) else block for block in article.blocks)
    return replace(article, headline=change(article.headline), blocks=blocks)


# --- real edits


def letter(article: Article) -> Article:
    """A word loses its last letter."""
    return _below(article, lambda text: re.sub(r"\b(\w{4,})\w\b", r"\1", text, count=1))


def number(article: Article) -> Article:
    return corrected(article, Random(1), article.modified)


def year(article: Article) -> Article:
    """A figure, dates and years among them."""
    return _below(article, lambda text: re.sub(r"(\d)(?!\d)", lambda m: str((int(m[1]) + 1) % 10), text, count=1))


def name(article: Article) -> Article:
    """One of three words with capitals is another one."""
    return _below(
        article, lambda text: _NAME.sub(lambda m: m[1] + ("Hùng" if m[2] != "Hùng" else "Hạnh"), text, count=1)
    )


def diacritic(article: Article) -> Article:
    """``mà`` is ``má``: another word."""
    return _below(article, lambda text: re.sub("à", "á", text, count=1))


def no_stroke(article: Article) -> Article:
    """``đ`` is ``d``."""
    return _below(article, lambda text: re.sub("đ", "d", text, count=1))


def upper(article: Article) -> Article:
    """``đảng`` is not ``Đảng``: case is kept."""
    return _below(article, lambda text: re.sub(r"(?<= )(\w)", lambda m: m[1].swapcase(), text, count=1))


def headline(article: Article) -> Article:
    return replace(article, headline=article.headline + " năm nay")


def flip(article: Article) -> Article:
    """One of two states, and the other one the next time."""
    mark = " (bản sửa)"
    plain = article.headline.removesuffix(mark)
    return replace(article, headline=plain + mark if plain == article.headline else plain)


def author(article: Article) -> Article:
    words = article.author.split(" ")
    other = "hùng" if words[0].islower() else "Hùng"
    return replace(article, author=" ".join([other if words[0] != other else "Hạnh", *words[1:]]))


def date(article: Article) -> Article:
    """The next minute."""
    return replace(article, published=article.published.replace(minute=(article.published.minute + 1) % 60))


def section(article: Article) -> Article:
    return replace(article, section=1 - article.section)


def paragraph_added(article: Article) -> Article:
    """Before the last, which stays where the author follows it."""
    added = "Buổi làm việc cũng ghi nhận đề nghị mở thêm một lớp học tiếng dân tộc cho cán bộ xã."
    return replace(article, blocks=(*article.blocks[:-1], added, article.blocks[-1]))


def paragraph_removed(article: Article) -> Article:
    place = next(n for n, block in enumerate(article.blocks) if n > 1 and isinstance(block, str))
    return replace(article, blocks=article.blocks[:place] + article.blocks[place + 1 :])


def paragraphs_swapped(article: Article) -> Article:
    first, second, *_ = (n for n, block in enumerate(article.blocks) if n and isinstance(block, str))
    blocks: list[Block] = list(article.blocks)
    blocks[first], blocks[second] = blocks[second], blocks[first]
    return replace(article, blocks=tuple(blocks))


def caption(article: Article) -> Article:
    place = next(n for n, block in enumerate(article.blocks) if isinstance(block, Picture) and block.caption)
    picture = article.blocks[place]
    assert isinstance(picture, Picture)
    other = replace(picture, caption="Đoàn công tác thăm nhà văn hóa thôn")
    return replace(article, blocks=(*article.blocks[:place], other, *article.blocks[place + 1 :]))


def attachment(article: Article) -> Article:
    """One more file, where the family puts it."""
    file = File(f"/upload/bo-sung-{article.id}.pdf", f"bo-sung-{article.id}.pdf")
    if article.site == "quang_binh":
        return replace(article, files=(*article.files, file))
    line = FileLine("Văn bản kèm theo:", file)
    return replace(article, blocks=(*article.blocks[:-1], line, article.blocks[-1]))


# --- re-saves


def tones(article: Article) -> Article:
    """``uỷ`` becomes ``ủy``, and the other way round."""
    saved = _texts(article, lambda text: _TONE.sub(lambda m: _TONES[m[0]], text))
    assert saved != article, f"{article.site} {article.id} has no tone that may stand elsewhere"
    return saved


def spaces(article: Article) -> Article:
    return _texts(article, lambda text: text.replace(" ", "  ").replace(",  ", ",\u00a0 "))


def punctuation(article: Article) -> Article:
    marks = {",": " ,", ";": ",", "“": '"', "”": '"', " - ": " – ", "…": "..."}
    return _texts(article, lambda text: re.sub("|".join(map(re.escape, marks)), lambda m: marks[m[0]], text))


def decomposed(article: Article) -> Article:
    return _texts(article, lambda text: unicodedata.normalize("NFD", text))


def other_hand(article: Article) -> Article:
    """Somebody else saves it: Word's markup, entities, empty paragraphs, or none of them any more."""
    return replace(article, hand=f"{article.hand} and another")


def emptied(article: Article) -> Article:
    """The template with its headline, and nothing in it."""
    return replace(article, blocks=("",), files=(), author="")


def _named(*edits: Edit) -> dict[str, Edit]:
    return {edit.__name__: edit for edit in edits}


#: Every site shows what these change.
REAL = _named(
    *(letter, number, year, name, diacritic, no_stroke, upper, headline, author, paragraph_added, paragraph_removed),
    *(paragraphs_swapped, attachment),
)
COSMETIC = _named(tones, spaces, punctuation, decomposed, other_hand)
