"""What editors and their word processors leave in the markup of a text without changing what it says."""

from __future__ import annotations

import unicodedata
from html import escape
from html.entities import codepoint2name
from random import Random

from monitor.demo.truth import FileLine

_TONES = "\u0300\u0301\u0303\u0309\u0323"


def apart(text: str) -> str:
    """The vowel with its own mark precomposed, the tone combining: what windows-1258 and old keyboards write."""
    parts = []
    for char in text:
        marks = unicodedata.normalize("NFD", char)
        tone = "".join(m for m in marks if m in _TONES)
        parts.append(unicodedata.normalize("NFC", marks.replace(tone, "", 1)) + tone if tone else char)
    return "".join(parts)


def windows_1258(html: str) -> bytes:
    """``html`` as bytes of the old Vietnamese code page; what it lacks becomes a character reference."""
    return apart(html).encode("cp1258", "xmlcharrefreplace")


_ENTITIES = {code: f"&{name};" for code, name in codepoint2name.items() if 0xC0 <= code <= 0xFF}

_WORD_COMMENT = """<!--[if gte mso 9]><xml>
 <w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom><w:PunctuationKerning/><w:ValidateAgainstSchemas/>
 <w:LidThemeOther>VI</w:LidThemeOther></w:WordDocument></xml><![endif]--><!--[if gte mso 10]><style>
 /* Style Definitions */ table.MsoNormalTable {mso-style-name:"Table Normal"; mso-para-margin:0cm;}</style><![endif]-->
"""


class Hand:
    """One editor's habits, chosen once per article: Word, non-breaking spaces, entities, decomposed tones, …"""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

        def habit(share: float) -> bool:
            return chance.random() < share

        # The shares follow what was counted in a real portal (about a tenth of the bodies not NFC, and so on).
        self.word, self.decomposed, self.entities = habit(0.2), habit(0.12), habit(0.25)
        self.padded, self.empties, self.stray, self.split = habit(0.35), habit(0.45), habit(0.15), habit(0.2)

    def _word(self, word: str) -> str:
        if self.decomposed:
            word = unicodedata.normalize("NFD", word) if len(word) % 2 else apart(word)
        html = escape(word, quote=False)
        if self.entities:
            html = html.translate(_ENTITIES)
        return html

    def text(self, text: str) -> str:
        """``text`` as HTML: the same once spaces are collapsed, invisible characters dropped and NFC restored."""
        pieces = []
        for word in text.split(" "):
            roll = self.chance.random()
            if self.split and roll < 0.01 and len(word) > 3 and word.isalpha():
                html = f"{self._word(word[:2])}<span>{self._word(word[2:])}</span>"
            else:
                html = self._word(word)
            pieces.append(html)
            if self.padded and roll > 0.985:
                pieces.append(self.chance.choice(("&nbsp;", "&nbsp; ", "  ", " \u200b")))
            else:
                pieces.append("\n" if roll > 0.96 else " ")
        return "".join(pieces[:-1])

    def file_line(self, line: FileLine) -> str:
        """A paragraph that ends in a link to an attachment."""
        return f'{self.text(line.before)} <a href="{line.file.path}">{escape(line.file.name)}</a>'

    def start(self) -> str:
        """What a paste from Word puts before the first paragraph."""
        return _WORD_COMMENT if self.word else ""

    def filler(self, tag: str = "p") -> str:
        """Nothing, or an empty paragraph."""
        if not self.empties or self.chance.random() < 0.6:
            return ""
        return self.chance.choice((f"<{tag}>&nbsp;</{tag}>\n", f"<{tag}></{tag}>\n", f"<{tag}><br /></{tag}>\n"))

    def paragraph(self, html: str) -> str:
        """``html`` as a paragraph, with the wrapping of this editor's tools."""
        if self.word:
            html = (
                '<p class="MsoNormal" style="margin: 6pt 0cm; text-align: justify; text-indent: 36pt;"><span lang="VI" '
                'style="font-size: 14pt; mso-bidi-font-size: 12.0pt; font-family: &quot;Times New Roman&quot;">'
                f"{html}<o:p></o:p></span></p>"
            )
        else:
            html = f'<p style="text-align: justify;">{html}</p>'
        return html + ("</p></p>" if self.stray and self.chance.random() < 0.4 else "") + "\n" + self.filler()

    def right(self, html: str) -> str:
        """``html`` pushed to the right with a run of spaces, as authors' lines are."""
        return "&nbsp; " * self.chance.randint(3, 30) + html + "&nbsp;" * self.chance.randint(0, 20)
