"""Text typed for fonts that draw Vietnamese over Latin letters (TCVN3, VNI-Windows), put into Unicode by evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import name2codepoint
from itertools import product
from typing import Final
from unicodedata import normalize

#: Longer pages are left as they are: what is looked at here is looked at in Python.
MAX_LENGTH = 2 * 1024 * 1024
#: The same for pages with more tags: each costs some microseconds. Pages have some thousands.
_MAX_TAGS = 60_000

#: Words that are Vietnamese in one of these charsets only, before a page is believed to be written in it: foreign names
#: and units ("5 µm", "Tät") give one or two by chance.
_PROOFS = 4
#: Where the page names a font of the charset for them; the name alone says nothing, for it outlives conversions.
_PROOFS_WITH_FONT = 2
#: So many of them must hold a character that no word of another language holds.
_TELLING_PROOFS = 2
#: A run of text is in the charset when it has more such words than these times the words that speak against it.
_MAJORITY = 2

# --- what a Vietnamese syllable is -------------------------------------------------------------------------------

_TONES: Final = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_STOPPED: Final = re.compile("(?:c|ch|p|t)$")
_RIMES: Final = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong "
    "op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc ui um un ung uôc uôi uôm uôn uông uôt "
    "up ut uê uêch uên uênh uơ uy uya uych uyên uyêt uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng "
    "ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
)
_FRONT_RIMES: Final = (
    "e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu y "
)
_QU_RIMES: Final = (
    "a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê êch ên ênh êt i it ôc ơ "
    "y ych yên yêt ynh yt yu "
)


def _any_of(words: str) -> str:
    return "|".join(words.split())


#: Onset and rime, tone aside. Phonotactics after Đoàn Thiện Thuật, Ngữ âm tiếng Việt (1977), spelling as in use; before
#: front vowels the spelling of three onsets changes.
_SYLLABLE: Final = re.compile(
    rf"(?:b|ch?|d|đ|gi?|h|kh|l|m|n|nh|ng|p|ph|r|s|t|th|tr|v|x)?(?:{_any_of(_RIMES)})"
    rf"|(?:b|ch|d|đ|gh?|gi|h|kh?|l|m|n|nh|ngh|p|ph|r|s|t|th|tr|v|x)?(?:{_any_of(_FRONT_RIMES)})"
    rf"|qu(?:{_any_of(_QU_RIMES)})|y(?:êm|ên|êng|êt|êu)"
)


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Whether ``word`` can be a Vietnamese syllable by its onset, rime and tone; not whether there is such a word."""
    apart = normalize("NFD", word.lower())
    tones = [c for c in apart if c in _TONES]
    plain = normalize("NFC", "".join(c for c in apart if c not in _TONES))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(plain):
        return False
    return not _STOPPED.search(plain) or tones in (["\u0301"], ["\u0323"])


# --- the charsets ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Charset:
    """A charset of fonts. ``letters``: what stands in the text (one or two characters of Latin-1) -> a letter.

    ``telling``: characters that no word of another language holds, or none together with the others.
    """

    name: str
    font: re.Pattern[str]
    letters: dict[str, str]
    telling: frozenset[str]
    unit: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        longest_first = sorted(self.letters, key=len, reverse=True)
        object.__setattr__(self, "unit", re.compile("|".join(map(re.escape, longest_first))))

    def convert(self, s: str) -> str:
        return self.unit.sub(lambda m: self.letters[m[0]], s)

    def covers(self, s: str) -> bool:
        return self.unit.sub("", s).isascii()


#: TCVN 5712:1993, the part that the ABC fonts (".VnTime") draw: 0xA1 to 0xFE without what they leave empty.
#: Capitals with a tone exist only as small letters in the upper-case fonts (".VnTimeH").
_TCVN3: Final = dict(
    zip(
        (chr(c) for c in (*range(0xA1, 0xAF), *range(0xB5, 0xBA), *range(0xBB, 0xBF), *range(0xC6, 0xCD))),
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậè",
        strict=True,
    )
) | dict(
    zip(
        (chr(c) for c in (*range(0xCE, 0xD9), *range(0xDC, 0xE0), *range(0xE1, 0xF0), *range(0xF1, 0xFF))),
        "ẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)

TCVN3: Final = Charset("TCVN3", re.compile(r"\.vn", re.IGNORECASE), _TCVN3, frozenset(map(chr, range(0xA1, 0xC0))))


def _vni() -> dict[str, str]:
    """VNI-Windows: a letter, then one of Latin-1 that is drawn as its mark; the narrow letters in one."""
    tones = dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True))
    hat = {"â": "\u0302"} | dict(zip("áàåãä", ("\u0302" + t for t in tones.values()), strict=True))
    breve = {"ê": "\u0306"} | dict(zip("éèúüë", ("\u0306" + t for t in tones.values()), strict=True))
    horned = {"ô": "ơ", "ö": "ư"}
    marks = {"a": tones | hat | breve, "e": tones | hat, "o": tones | hat, "u": tones, "y": tones} | dict.fromkeys(
        horned, tones
    )
    letters = horned | dict(zip("ñíìæóòî", "đíìỉĩịỵ", strict=True))
    letters |= {v + m: normalize("NFC", horned.get(v, v) + marks[v][m]) for v in marks for m in marks[v]}
    del letters["yï"]  # is î
    cased = (("".join(chars), letter) for legacy, letter in letters.items() for chars in _cases(legacy))
    return {legacy: letter.upper() if legacy[0].isupper() else letter for legacy, letter in cased}


def _cases(s: str) -> Iterator[tuple[str, ...]]:
    return product(*((c, c.upper()) for c in s))


VNI: Final = Charset("VNI-Windows", re.compile("vni-", re.IGNORECASE), _vni(), frozenset("ñøûïåäëüæöÑØÛÏÅÄËÜÆÖ"))

# --- a page's runs of text ---------------------------------------------------------------------------------------

#: A word that holds anything but ASCII. Old fonts put letters where Latin-1 has signs, down to the soft hyphen.
_LETTERS: Final = "\u00a1-\u024f\u0300-\u036f\u1e00-\u1eff"
_WORD: Final = re.compile(f"[0-9A-Za-z]*[{_LETTERS}][A-Za-z{_LETTERS}]*")
_BEYOND: Final = re.compile("[^\x00-\u00ff]")
#: Signs that stand alone as themselves (a bullet of Word, a product), though fonts may draw a syllable there.
_SIGNS: Final = "·×÷"

_TOKEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea)\b.*?(?:</\1\s*>|\Z)"
    r"""|<[a-z/!?](?:[^"'<>]|"[^"<]*"|'[^'<]*')*+>|<[a-z/!?][^<>]*>|[^<]+|<""",
    re.IGNORECASE | re.DOTALL,
)
_TAG: Final = re.compile("<(/?)([a-z][a-z0-9:]*)", re.IGNORECASE)
#: Elements within a line of text.
_INLINE: Final = re.compile(
    "a|abbr|acronym|b|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|nobr|o:p|q|s|samp|small|span|strike|strong|sub|sup|"
    "tt|u|var|wbr"
)
#: Elements that are one token.
_WHOLE: Final = re.compile("script|style|textarea")
_VOID: Final = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
#: A new one of these ends an open one, up to the element that holds them.
_SIBLING: Final = re.compile("p|li|t[dhr]|d[td]|option")
_HOLDER: Final = re.compile("body|table|[uod]l|div|select")
#: An end tag closes an element no further out than this; beyond, it is a stray.
_REACH: Final = 40

_FONT: Final = re.compile(
    r"(?:\bface\s*=|\bfont(?:-family)?\s*:[^;}]{0,100}?)[\s\"']*(?:&quot;)?(\.vn\w*|vni-\w+|wingdings|webdings|symbol)\b"
    r"|\bface\s*=|\bfont-family\s*:",
    re.IGNORECASE,
)
#: The upper-case fonts of TCVN3: ".VnTimeH".
_UPPER_FONT: Final = re.compile(r"\.[vV][nN]\w*H")
#: § is a bullet in these.
_SIGN_FONTS: Final = ("wingdings", "webdings", "symbol")
_CLASS: Final = re.compile(r"""\bclass\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_SHOWN: Final = re.compile(r"""(\s(?:title|alt|content)\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:#(\d{3})|#x([0-9a-f]{2})|([a-z]+[1-4]{0,2}));", re.IGNORECASE)


#: A byte that Vietnamese in UTF-8 is nearly free of, its place in what is looked for; the sign ® stands at words' ends.
_TELLTALES: Final = (
    (b"\xb8", 1, (b"\xc2\xb8", b"\xc3\xb8")),
    (b"\xae", 1, tuple(b"\xc2\xae%c" % c for c in b"abcdefghijklmnopqrstuvwxyz\xc2\xc3")),
    (b"Y", 0, (b"Yacute;",)),
)
#: The same in a page that writes all its letters as entities.
_ENTITIES: Final = (b"&Yacute;", b"&cedil;", b"&oslash;", b"&#221;", b"&#184;", b"&#248;")


@dataclass(slots=True)
class _Run:
    """Text between two borders of blocks, in pieces: (index of the token, font, text)."""

    pieces: list[tuple[int, str, str]]
    proofs: set[str] = field(default_factory=set)  # words that are Vietnamese only in the charset
    state: int = 0  # 1: in the charset, -1: not, 0: could be both

    @property
    def text(self) -> str:
        return "".join(text for _, _, text in self.pieces)


def suspect(page: bytes) -> bool:
    """Whether a page in UTF-8 may hold such text: some microseconds, and no for nearly every page.

    What is looked for is á and đ of TCVN3, huyền of VNI, and í of TCVN3 where an editor wrote it as an entity: hardly
    two sentences are without them, and Python finds one rare byte ten times as fast as two in a row.
    """
    if len(page) > MAX_LENGTH:
        return False
    if page.isascii():
        return any(entity in page for entity in _ENTITIES)
    return any(_holds(page, *telltale) for telltale in _TELLTALES)


def _holds(page: bytes, rare: bytes, before: int, wholes: tuple[bytes, ...]) -> bool:
    at = page.find(rare)
    while at >= 0:
        if page.startswith(wholes, max(at - before, 0)):
            return True
        at = page.find(rare, at + 1)
    return False


def mend(page: str) -> str:
    """``page`` (HTML, or plain text) with its TCVN3 and VNI-Windows in Unicode; of tags only what they show.

    Runs that are not proven to be in the charset stay, character by character. A page without any comes back as it is.
    """
    if len(page) > MAX_LENGTH or page.count("<") > _MAX_TAGS:
        return page
    for charset in (TCVN3, VNI):
        page = _mend(page, charset)
    return page


def _mend(page: str, charset: Charset) -> str:
    tokens = [m[0] for m in _TOKEN.finditer(page)]
    runs = [part for run in _runs(tokens) for part in _judge(run, charset)]
    proofs: set[str] = set().union(*(run.proofs for run in runs if run.state > 0))
    telling = [word for word in proofs if not charset.telling.isdisjoint(word)]
    by_font = any(run.state > 0 and charset.font.match(font) for run in runs for _, font, _ in run.pieces)
    if len(proofs) < (_PROOFS_WITH_FONT if by_font else _PROOFS) or len(telling) < _TELLING_PROOFS:
        return page
    for run in _chosen(runs, charset):
        capitals = _is_upper(run.text, 4)
        for i, font, text in run.pieces:
            if font.lower() not in _SIGN_FONTS:
                text = _WORD.sub(lambda m: _unicode(m[0], charset), text)
                tokens[i] = _upper(text) if capitals or _UPPER_FONT.fullmatch(font) else text
    return "".join(_SHOWN.sub(lambda m: _shown(m, charset), t) if t.startswith("<") else t for t in tokens)


def _chosen(runs: list[_Run], charset: Charset) -> Iterator[_Run]:
    """The runs in the charset; of those that could be both, the ones among such runs or in a font of the charset."""
    before, after = [0] * len(runs), [0] * len(runs)
    for places, near in ((range(len(runs)), before), (range(len(runs) - 1, -1, -1), after)):
        last = 0
        for i in places:
            near[i], last = last, runs[i].state or last
    for run, *beside in zip(runs, before, after, strict=True):
        among = 1 in beside and (-1 not in beside or any(charset.font.match(font) for _, font, _ in run.pieces))
        if run.state > 0 or (run.state == 0 and among):
            yield run


def _runs(tokens: list[str]) -> Iterator[_Run]:
    """The page's runs of text that hold anything but ASCII; characters of Latin-1 may be written as entities."""
    classes = _fonts_of_classes(tokens)
    opened: list[tuple[str, str]] = []
    pieces: list[tuple[int, str, str]] = []
    for i, token in enumerate(tokens):
        if token[0] != "<" or len(token) == 1:
            pieces.append((i, opened[-1][1] if opened else "", _plain(token)))
            continue
        tag = _TAG.match(token)
        if tag is None:
            continue
        name = tag[2].lower()
        if not _INLINE.fullmatch(name):
            yield _Run(pieces)
            pieces = []
        if not _VOID.fullmatch(name) and not _WHOLE.fullmatch(name):
            _step(opened, name, token, closes=bool(tag[1]), classes=classes)
    yield _Run(pieces)


def _step(opened: list[tuple[str, str]], name: str, token: str, *, closes: bool, classes: dict[str, str]) -> None:
    """Keeps account of the open elements and the font within each."""
    for back in range(1, min(len(opened), _REACH) + 1) if closes or _SIBLING.fullmatch(name) else ():
        other = opened[-back][0]
        if other == name:
            del opened[-back:]
            break
        if not closes and _HOLDER.fullmatch(other):
            break
    if not closes:
        font, styled = _FONT.search(token), _CLASS.search(token)
        said = (font[1] or "-") if font else classes.get(styled[1], "") if styled else ""
        opened.append((name, said or (opened[-1][1] if opened else "")))


def _fonts_of_classes(tokens: Iterable[str]) -> dict[str, str]:
    rules = (rule.partition("{") for token in tokens if token[:6].lower() == "<style" for rule in token.split("}"))
    fonts = ((names, _FONT.search(rule)) for names, _, rule in rules)
    return {name: font[1] or "-" for names, font in fonts if font for name in re.findall(r"\.([\w-]+)", names)}


def _plain(text: str) -> str:
    """``text`` with its entities of Latin-1 as characters; markup's own and the no-break space stay entities."""

    def character(m: re.Match[str]) -> str:
        code = int(m[1]) if m[1] else int(m[2], 16) if m[2] else name2codepoint.get(m[3], 0)
        return chr(code) if 0xA0 < code < 0x100 else m[0]

    return _ENTITY.sub(character, text) if "&" in text else text


# --- evidence ----------------------------------------------------------------------------------------------------


def _judge(run: _Run, charset: Charset) -> list[_Run]:
    """The run with its state; where words speak for both, its pieces, each with its own; none where all is ASCII."""
    against = mentions = 0
    text = run.text
    if text.isascii():
        return []
    for word in _WORD.findall(text):
        vote = _vote(word, charset)
        mentions += vote > 0
        against += vote < 0
        if vote > 0:
            run.proofs.add(word.lower())
    run.state = 1 if mentions > _MAJORITY * against else -1 if against else 0
    if mentions and run.state < 0 and len(run.pieces) > 1:
        return [part for piece in run.pieces for part in _judge(_Run([piece]), charset)]
    return [run]


@lru_cache(maxsize=4096)
def _vote(word: str, charset: Charset) -> int:
    """1: a Vietnamese syllable in the charset only; -1: a word, but not in the charset; 0: says nothing."""
    if _BEYOND.search(word):
        return -1
    if word[0].isnumeric() or not re.search("[A-Za-z]", word):
        return 0
    before, after = is_syllable(word), charset.covers(word) and is_syllable(charset.convert(word))
    if before or after:
        return after - before
    # "Q§" and "§¾k": signs within a word are no evidence against fonts that put letters there
    return 0 if charset.covers(word) and not word.isalpha() else -1


def _unicode(word: str, charset: Charset) -> str:
    """A word of a run in the charset, in Unicode; unless it is there already, or a sign that stands alone."""
    new = charset.convert(word)
    alone = len(word) == 1
    if _BEYOND.search(word) or (alone and (word in _SIGNS or not (is_syllable(new) or new in "đĐ"))):
        return word
    if not alone and is_syllable(word) and not is_syllable(new):
        return word
    return new.upper() if _is_upper(word, 2) else new


def _is_upper(s: str, least: int) -> bool:
    """Whether at least so many letters of ASCII are in ``s``, all of them capitals: "KÕT LUËN"."""
    plain = "".join(c for c in s if c.isascii() and c.isalpha())
    return len(plain) >= least and plain.isupper()


def _upper(text: str) -> str:
    """``text`` in capitals, its entities as they are."""
    return "".join(part if part.startswith("&") else part.upper() for part in re.split("(&[#a-zA-Z0-9]+;)", text))


def _shown(m: re.Match[str], charset: Charset) -> str:
    """An attribute that is shown or says something of the page, in Unicode if it is text in the charset."""
    text = _plain(m[2])
    run = _Run([(0, "", text)])
    if "://" in text or not any(part.state > 0 for part in _judge(run, charset)):
        return m[0]
    return m[1] + _WORD.sub(lambda word: _unicode(word[0], charset), text)
