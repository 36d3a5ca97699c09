"""The files that a page attaches to its article: links to documents in its text, and in lists headed so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.collect import Body
from crawler.landmarks import Vocabulary, key
from crawler.lines import FILE, Line
from crawler.text import clean
from crawler.tree import absolute

_NAMED = re.compile(rb"(?i)\.(?=[doprxz])(?:docx?|xlsx?|pptx?|pdf|rar|zip|od[ts]|rtf)")
#: How many elements above a link to a file may open with "File đính kèm", or stand right below it.
_LIST_DEPTH = 4
#: So many lines behind their heading may list files.
_LIST = 20


@dataclass(frozen=True, slots=True)
class Attachment:
    url: str
    name: str = ""


def names_files(payload: bytes) -> bool:
    """Whether a page has the name of a document in it at all; most have none. UTF-16 hides it: it may."""
    return b"\0" in payload[:64] or _NAMED.search(payload) is not None


def attachments_of(
    tree: LexborHTMLParser, lines: Sequence[Line], body: Body, base: str, vocab: Vocabulary, *, anywhere: bool
) -> tuple[Attachment, ...]:
    """Links to documents among the article's ``lines``, and (``anywhere``) in lists headed "File đính kèm"."""
    links = [pair for line in lines[body.first : body.last] for pair in line.links]
    opening = lines[body.attached].key if body.attached < len(lines) else ""
    if opening and vocab.opens_attachments(opening):
        for line in lines[body.attached : body.attached + _LIST]:
            ends = line.heading or (line.key and vocab.closing(line.key))
            if ends and not vocab.opens_attachments(line.key):
                break
            links += line.links
    for node in tree.css("a[href]") if anywhere else ():
        href = node.attributes.get("href") or ""
        if FILE.search(href) and _is_listed(node, vocab):
            links.append((href, node.text()))
    files: dict[str, Attachment] = {}
    for href, name in links:
        link = absolute(base, href) if FILE.search(href) else None
        if link:
            files.setdefault(link, Attachment(link, clean(name)))
    return tuple(files.values())


def _is_listed(node: LexborNode, vocab: Vocabulary) -> bool:
    """Whether a link stands in a list headed "File đính kèm", by its first words or by the element before it."""
    above = node.parent
    for _ in range(_LIST_DEPTH):
        if above is None or above.tag in ("body", "html"):
            return False
        opening = clean(above.text(separator="\n").strip().split("\n", 1)[0])[:80]
        if vocab.opens_attachments(key(opening)) or _is_headed(above, vocab):
            return True
        above = above.parent
    return False


def _is_headed(box: LexborNode, vocab: Vocabulary) -> bool:
    """Whether "File đính kèm" is all that the element right before a box says."""
    before = box.prev
    while before is not None and before.tag == "-text" and not before.text().strip():
        before = before.prev
    if before is None or before.css_first("a") is not None:
        return False
    heading = key(clean(before.text())[:80])
    return bool(heading) and vocab.opens_attachments(heading)
