"""Bytes of a page to text, whatever it declares: these portals often declare the wrong charset, or none."""

from __future__ import annotations

import codecs
import re

from crawler.legacy import mend, suspect

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)

#: How far a charset may be declared into the page (HTML's own limit is 1,024 bytes; templates exceed it).
_HEAD = 4096

#: A page cut or pasted together may hold a few broken sequences and is UTF-8 all the same.
_BROKEN_SHARE = 0.002


#: Declared by pages in any charset of one byte; what the letters are then is seen in the text.
_ANY = ("utf-8", "ascii", "iso8859-1", "cp1252", "cp1258")


def decode(payload: bytes, charset: str | None = None) -> str:
    """The page's text. ``charset`` is what the HTTP header says, if it says anything.

    Bytes that are valid UTF-8 are UTF-8 whatever is declared: no text in a legacy charset with Vietnamese letters is
    valid UTF-8 by chance. Otherwise the declared charset is believed unless it is UTF-8; then windows-1258, the
    legacy charset of Vietnamese pages, whose combining tone marks are left for NFC to compose. Text that only a font
    makes Vietnamese (``crawler.legacy``) is put into Unicode, in whatever charset the page is.
    """
    for bom, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if payload.startswith(bom):
            return mend(payload.decode(name, "replace"))
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return _declared(payload, charset)
    return mend(text) if suspect(payload) else text


def _declared(payload: bytes, charset: str | None) -> str:
    """Bytes that are not UTF-8 throughout."""
    mostly = payload.decode("utf-8", "replace")
    high = sum(1 for c in mostly if c > "\x7f")
    if mostly.count("\ufffd") <= max(2, high * _BROKEN_SHARE):
        return mend(mostly)
    declared = _META.search(payload[:_HEAD])
    for label in (charset, declared.group(1).decode("ascii") if declared else None):
        codec = _codec(label)
        if codec and codec not in _ANY:
            return payload.decode(codec, "replace")
    latin = payload.decode("cp1252", "replace")
    mended = mend(latin)
    return mended if mended != latin else payload.decode("cp1258", "replace")


def utf8(payload: bytes, charset: str | None = None) -> bytes:
    """``decode`` in UTF-8, which most pages are in already."""
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return decode(payload, charset).encode()
    page = payload.removeprefix(codecs.BOM_UTF8)
    return mend(page.decode()).encode() if suspect(page) else page


def _codec(name: str | None) -> str | None:
    """The Python name of a text charset, or None where there is no such charset."""
    try:
        info = codecs.lookup(name) if name else None
    except LookupError:
        return None
    return info.name if info is not None and info._is_text_encoding else None
