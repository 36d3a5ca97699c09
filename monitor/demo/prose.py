"""Composes the demo's news: invented, credible Vietnamese stories, the same for the same seed."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.demo import common, phrases


@dataclass(frozen=True, slots=True)
class Committee:
    """Who publishes, and the words in which such a body speaks of itself, its level and its (invented) places."""

    slug: str
    name: str
    cap: str  # Tỉnh ủy, Huyện ủy, Quận ủy
    db: str  # tỉnh, huyện, quận
    duoi: str  # the level below: Huyện ủy, Đảng ủy
    sign: str  # what its documents are numbered under: TU, HU, QU
    places: tuple[str, ...]
    villages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """What an editor hands in: clean text (NFC, single spaces), before any CMS has touched it."""

    headline: str
    lead: str
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]


def rng(*key: object) -> random.Random:
    """A source of chance that depends on the key alone, on every machine and Python alike."""
    return random.Random("/".join(map(str, key)))  # noqa: S311 - news for a demo, no secrets


def slug(text: str) -> str:
    """ASCII with hyphens, as these portals make it. Its own, so that the truth owes nothing to the code under test."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:90].strip("-")


_OLD_TONES = {
    unicodedata.normalize("NFC", base + tone + vowel): unicodedata.normalize("NFC", base + vowel + tone)
    for base, vowels in (("o", "ae"), ("u", "y"))
    for vowel in vowels
    for tone in "\u0300\u0301\u0303\u0309\u0323"
}
_TONED = re.compile(rf"(?i)(?<!q)(?:{'|'.join(_OLD_TONES)})(?!\w)")


def old_tones(text: str, here: Callable[[], bool]) -> str:
    """``ủy`` as ``uỷ``, ``hòa`` as ``hoà``, at those places for which ``here`` says so."""

    def one(match: re.Match[str]) -> str:
        found = match.group()
        if not here():
            return found
        old = _OLD_TONES[found.lower()]
        return old.capitalize() if found[0].isupper() else old

    return _TONED.sub(one, text)


_ALTERNATIVES = re.compile(r"\[([^\]]*)\]")
_SLOT = re.compile(r"\{(\w+)(?:\.\.(\d+))?\}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Composer:
    """Fills the phrases of one story."""

    def __init__(self, chance: random.Random, committee: Committee, when: datetime) -> None:
        self.chance, self.committee, self.when = chance, committee, when
        c = committee
        place, other = chance.sample(c.places, 2)
        event = when - timedelta(days=chance.randint(0, 3))
        self.known = {
            "cap": c.cap,
            "ban": f"Ban Dân vận {c.cap}",
            "db": c.db,
            "noi": place,
            "noi2": other,
            "xa": chance.choice(c.villages),
            "duoi_noi": f"{c.duoi} {place.removeprefix('huyện ')}",
            "ngay": self._date(event),
            "ngay2": self._date(when + timedelta(days=chance.randint(20, 90))),
            "nam": str(when.year),
            "nam_truoc": str(when.year - chance.randint(1, 4)),
            "mh": chance.choice(common.MODELS),
        }
        first, second = chance.sample(common.OFFICES, 2)
        self.known["ai"] = f"{self.person()}, {self.fill(first)}"
        self.known["ai2"] = f"{self.person()}, {self.fill(second)}"

    def _date(self, day: datetime) -> str:
        form = self.chance.choice(("{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d:02}/{m}/{y}"))
        return form.format(d=day.day, m=day.month, y=day.year)

    def person(self) -> str:
        pick = self.chance.choice
        return f"{pick(common.FAMILY_NAMES)} {pick(common.MIDDLE_NAMES)} {pick(common.GIVEN_NAMES)}"

    def _document(self) -> str:
        if self.chance.random() < 0.35:
            day = self.when - timedelta(days=self.chance.randint(40, 700))
            kind, sign = self.chance.choice((("Kế hoạch", "KH"), ("Chỉ thị", "CT"), ("Quy chế", "QC"), ("Đề án", "ĐA")))
            number = self.chance.randint(2, 98)
            return (
                f"{kind} số {number:02}-{sign}/{self.committee.sign}, ngày {self._date(day)} "
                f"của Ban Thường vụ {self.committee.cap}"
            )
        return self.chance.choice([text for text, year in common.DOCUMENTS if year <= self.when.year])

    def _slot(self, match: re.Match[str]) -> str:
        name, upper = match.groups()
        if upper:
            figure = self.chance.randint(int(name), int(upper))
            if figure < 10 and self.chance.random() < 0.3:
                return f"0{figure}"
            return f"{figure:,}".replace(",", ".")
        if name == "vb":
            return self._document()
        if name == "ten":
            return self.person()
        return self.known[name] if name in self.known else _capital(self.known[name.lower()])

    def fill(self, phrase: str) -> str:
        chosen = _ALTERNATIVES.sub(lambda m: self.chance.choice(m.group(1).split("|")), phrase)
        return _SLOT.sub(self._slot, chosen.replace("{duoi} {noi}", "{duoi_noi}"))


def compose(chance: random.Random, committee: Committee, when: datetime) -> Story:
    """One story of ``committee``, as written at ``when``: four to nine paragraphs and up to three captions."""
    composer = _Composer(chance, committee, when)
    kind = phrases.KINDS[chance.choice(sorted(phrases.KINDS))]
    own = chance.sample(kind.sentences, len(kind.sentences))
    shared = chance.sample(common.SENTENCES, len(common.SENTENCES))
    paragraphs = []
    for _ in range(chance.randint(3, 8)):
        told = [own.pop() for _ in range(chance.randint(0, 2)) if own] + [
            shared.pop() for _ in range(chance.randint(1, 3)) if shared
        ]
        paragraphs.append(" ".join(composer.fill(s) for s in told))
    paragraphs.append(composer.fill(chance.choice(common.CLOSINGS)))
    habit = chance.choice((0.0, 0.0, 1.0, 0.4))  # all ủy, all uỷ, or both in one text

    def written(text: str) -> str:
        return _capital(old_tones(text, lambda: chance.random() < habit))

    captions = chance.sample(kind.captions, chance.choice((0, 1, 1, 2, 3)))
    return Story(
        headline=written(composer.fill(chance.choice(kind.headlines))),
        lead=written(composer.fill(chance.choice(kind.leads))),
        paragraphs=tuple(map(written, paragraphs)),
        captions=tuple(written(composer.fill(c)) for c in captions),
    )


def author(chance: random.Random, committee: Committee) -> str:
    """An author's line in the manner of the site: with the office, two names, lower case, or a plain name."""
    pick = chance.choice
    names = [f"{pick(common.MIDDLE_NAMES)} {pick(common.GIVEN_NAMES)}" for _ in range(2)]
    match committee.slug:
        case "hai_duong":
            return f"{pick(common.FAMILY_NAMES)} {names[0]} - Ban Dân vận Tỉnh uỷ"
        case "lam_binh":
            return " - ".join(names)
        case "binh_thanh":
            return names[0].lower()
        case _:
            return names[0]


COMMITTEES = (
    Committee(
        "hai_duong",
        "Ban Dân vận Tỉnh uỷ Hải Dương",
        "Tỉnh ủy",
        "tỉnh",
        "Huyện ủy",
        "TU",
        tuple(
            f"huyện {p}"
            for p in ["Hà Thanh", "Đông Lãng", "Vĩnh Trạch", "Tân Lương", "Kinh Bắc", "Thượng Hồng", "An Phú"]
        ),
        tuple(f"xã {p}" for p in ["Cẩm Lĩnh", "Đại Khê", "Hòa Trạch", "Lai Thượng", "Minh Thủy", "Phú Lộ", "Tứ Xuyên"]),
    ),
    Committee(
        "quang_binh",
        "Ban Dân vận Tỉnh ủy Quảng Bình",
        "Tỉnh ủy",
        "tỉnh",
        "Huyện ủy",
        "TU",
        tuple(f"huyện {p}" for p in ["Sơn Thủy", "Trường Hải", "Nam Lệ", "Phong Châu", "Hòa Giang", "Cảnh Long"]),
        tuple(f"xã {p}" for p in ["Ngư Hóa Đông", "Thanh Sen", "Trung Lộc", "Cát Hải", "Mai Lương", "Động Sơn"]),
    ),
    Committee(
        "lam_binh",
        "Huyện uỷ Lâm Bình",
        "Huyện ủy",
        "huyện",
        "Đảng ủy",
        "HU",
        tuple(f"xã {p}" for p in ["Thổ Khê", "Phúc Lâm", "Bản Lãng", "Khuôn Thượng", "Minh Lập", "Nà Cọn"]),
        tuple(f"thôn {p}" for p in ["Nà Luông", "Bản Pình", "Khau Tràng", "Nà Đon", "Tát Ngà", "Bó Chiềng"]),
    ),
    Committee(
        "tuyen_quang",
        "Huyện uỷ Phú Lâm",
        "Huyện ủy",
        "huyện",
        "Đảng ủy",
        "HU",
        tuple(f"xã {p}" for p in ["Kim Phượng", "Tân Hòa Thượng", "Yên Lãng", "Trung Khánh", "Đạo Thịnh", "Hợp Thủy"]),
        tuple(f"thôn {p}" for p in ["Đồng Trò", "Làng Mạ", "Cây Thị", "Suối Khoáng", "Gò Chè", "Bãi Soi"]),
    ),
    Committee(
        "binh_thanh",
        "Quận ủy Bình Thạnh",
        "Quận ủy",
        "quận",
        "Đảng ủy",
        "QU",
        tuple(f"Phường {n}" for n in (31, 32, 33, 34, 35, 36, 37)),
        tuple(f"khu phố {n}" for n in range(2, 9)),
    ),
)
