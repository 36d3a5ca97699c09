"""What stands in an entry, as HTML: a text, an edit word by word, a removal's evidence; all of it escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from crawler.changes import Changes, Paragraph, changed
from crawler.replacements import Run
from crawler.text import clean
from monitor.feeds.entries import address

# A path of two steps or more that is no part of a web address.
_LOCAL_PATH = re.compile(r"(?:(?<=[\s'\"(:])|^)(?:[A-Za-z]:\\|~?/)(?:[^\s/\\'\"<>]+[/\\])+[^\s'\"<>,;)]*")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

#: Characters of an article's text in a summary: three lines of a reader's list.
EXCERPT = 280

#: Characters of text in one entry; a reader that wants more of a law code opens the page. Fifty such entries stay
#: below what feed readers take (10 MB in newsboat).
LONGEST = 60_000

#: Paragraphs that stayed are shown on either side of a change, so that it is read in context.
_CONTEXT = 1

_FIELD_NAMES: dict[str, str] = {
    "headline": "Tiêu đề",
    "author": "Tác giả",
    "date": "Ngày đăng",
    "section": "Chuyên mục",
    "description": "Tóm tắt",
    "captions": "Chú thích ảnh",
}

#: What is named without being shown: the lists of files stand on the article's page.
_ONLY_NAMED: dict[str, str] = {"attachments": "Tệp đính kèm đã đổi.", "images": "Ảnh đã đổi."}


def excerpt(description: str | None, paragraphs: Sequence[str]) -> str:
    """The lead of an article, or the beginning of its text cut between words."""
    if description:
        return clean(description)
    text = clean(" ".join(paragraphs[:5]))[: EXCERPT + 1]
    return text if len(text) <= EXCERPT else (text[:EXCERPT].rpartition(" ")[0] or text[:EXCERPT]) + " …"


def article(paragraphs: Iterable[str], *, original_url: str, site_name: str, day: str = "") -> str:
    """A text, then where it was published, and on which ``day`` (as people write it)."""
    return "".join(_bounded(f"<p>{text(p)}</p>" for p in paragraphs)) + source(original_url, site_name, day)


def source(original_url: str, site_name: str, day: str = "") -> str:
    """The line that leads to the publisher's page, which may be gone."""
    name = text(site_name) or "Trang gốc"
    url = address(original_url)
    link = f'<a href="{escape(url)}">{name}</a>' if url else name
    return f"<p>Nguồn: {link}{f', {text(day)}' if day else ''}</p>"


def edit(changes: Changes) -> str:
    """What an edit changed: fields before and after, then paragraphs word by word; what stayed is left out."""
    fields = [
        f"<p>{_FIELD_NAMES[kind]}: {_words(changed(old or '', new or ''))}</p>"
        for kind, old, new in changes.fields
        if kind in changes.kinds and kind in _FIELD_NAMES
    ]
    named = [f"<p>{_ONLY_NAMED[kind]}</p>" for kind in changes.kinds if kind in _ONLY_NAMED]
    return "".join(_bounded([*fields, *_paragraphs(changes.paragraphs), *named]))


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """A list of what is known, name and value."""
    return "<dl>" + "".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in rows if value) + "</dl>"


def looks(found: Sequence[Mapping[str, Any]]) -> str:
    """The captures that did not find an article: when, what the server answered, and which record holds it."""
    items = [
        f"<li>{text(look['when'])}: {text(look['answer'])} <code>{text(look['capture'])}</code></li>" for look in found
    ]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def said(words: str) -> str:
    """A paragraph of plain words."""
    return f"<p>{text(words)}</p>"


def discreet(words: str) -> str:
    """A message for the operator without what is nobody else's business: places of this machine, e-mail addresses."""
    return _EMAIL.sub("…@…", _LOCAL_PATH.sub("…", words))


def text(words: object) -> str:
    """A stranger's words where HTML has text: no markup, nothing that XML forbids."""
    return escape(clean(str(words or "")), quote=False)


def _paragraphs(paragraphs: Sequence[Paragraph]) -> Iterable[str]:
    """Changed paragraphs in their context; an ellipsis for what was left out between them."""
    told = [p.op != "same" and not p.cosmetic for p in paragraphs]
    left_out = False
    for i, p in enumerate(paragraphs):
        if told[i]:
            yield _paragraph(p)
        elif any(told[max(0, i - _CONTEXT) : i + _CONTEXT + 1]):
            yield f"<p>{text(p.after)}</p>"
        else:
            if not left_out:
                yield "<p>…</p>"
            left_out = True
            continue
        left_out = False


def _paragraph(p: Paragraph) -> str:
    if p.op == "added":
        return f"<p>{_inserted(p.after)}</p>"
    if p.op == "removed":
        return f"<p>{_deleted(p.before)}</p>"
    if p.op == "moved":
        return f"<p>(đổi chỗ) {text(p.after)}</p>"
    return f"<p>{_words(p)}</p>"


def _words(p: Paragraph) -> str:
    return " ".join(map(_run, p.runs))


def _run(run: Run) -> str:
    if run.op == "same":
        return text(run.text)
    return _inserted(run.text) if run.op == "added" else _deleted(run.text)


def _inserted(words: str | None) -> str:
    return f"<ins>{text(words)}</ins>" if words else ""


def _deleted(words: str | None) -> str:
    return f"<del>{text(words)}</del>" if words else ""


def _bounded(parts: Iterable[str]) -> Iterable[str]:
    """The parts that fit into one entry, whole; where some do not, that there is more."""
    used = 0
    for part in parts:
        used += len(part)
        if used > LONGEST:
            yield "<p>… (còn nữa trên trang của bài)</p>"
            return
        yield part
