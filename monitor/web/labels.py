"""What the pages say, in Vietnamese and in English, and how they write dates, numbers and sizes."""

from __future__ import annotations

from datetime import datetime

from crawler.clock import HO_CHI_MINH
from monitor.web import words

LANGUAGES = ("vi", "en")


#: The phrases of one language, by name.
TEXTS: dict[str, dict[str, str]] = {
    language: {key: pair[i] for key, pair in words.PHRASES.items()} for i, language in enumerate(LANGUAGES)
}


def language_of(requested: str | None) -> str:
    """``?lang=`` as given by anybody: one of LANGUAGES, Vietnamese if it is none of them."""
    return requested if requested in LANGUAGES else LANGUAGES[0]


def name_of(value: str | None, language: str) -> str:
    """What a status, an outcome or a kind of change is called; as stored where it has no name here."""
    pair = words.NAMES.get(value or "")
    return pair[LANGUAGES.index(language)] if pair else value or ""


def moment(stored: str | None) -> str:
    """A time or day of the archive as a reader in Vietnam writes it: ``16/09/2023, 19:47`` or ``20/07/2016``."""
    if not stored:
        return ""
    try:
        when = datetime.fromisoformat(stored)
    except ValueError:
        return stored
    if "T" not in stored:
        return f"{when:%d/%m/%Y}"
    return f"{when.astimezone(HO_CHI_MINH):%d/%m/%Y, %H:%M}"


def number(value: int | None, language: str) -> str:
    """``1.234`` in Vietnamese, ``1,234`` in English."""
    text = f"{value or 0:,}"
    return text.replace(",", ".") if language == "vi" else text


def size(octets: int | None, language: str) -> str:
    """Bytes for people: ``812 B``, ``45,2 kB``, ``3,1 MB`` (decimal units, the language's decimal sign)."""
    if octets is None:
        return ""
    value, unit = float(octets), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    text = f"{value:.0f}" if unit == "B" else f"{value:.1f}"
    return f"{text.replace('.', ',') if language == 'vi' else text} {unit}"
