"""What an edit changed, in a line: the data that its event keeps, and the words for it in Vietnamese or English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from crawler.changes import Changes
from crawler.replacements import Kind

Language = Literal["vi", "en"]

#: Replacements that are told; names, offices, dates and figures come first among them.
MOST = 3
#: Characters of one that are kept: enough to know what it is about.
_LONGEST = 60

_KINDS: dict[Kind, tuple[str, str]] = {
    "headline": ("tiêu đề", "headline"),
    "body": ("nội dung", "text"),
    "author": ("tác giả", "author"),
    "date": ("ngày đăng", "date"),
    "section": ("chuyên mục", "section"),
    "description": ("tóm tắt", "lead"),
    "captions": ("chú thích ảnh", "captions"),
    "attachments": ("tệp đính kèm", "attachments"),
    "images": ("ảnh", "pictures"),
}
#: Whose words need no name of the field with them.
_READ_AS_TEXT = ("headline", "body")
_PHRASES = {
    "became": ("{before} thành {after}", "{before} became {after}"),
    "added": ("thêm “{after}”", "added “{after}”"),
    "removed": ("bỏ “{before}”", "removed “{before}”"),
    "more": ("và {more} chỗ khác", "and {more} more"),
}


def kept(changes: Changes) -> dict[str, Any]:
    """What an event keeps of a change, for JSON: ``kinds``, the first ``replacements``, and how many ``more``.

    A replacement names its ``kind`` where that is not the body.
    """
    told = changes.replacements[:MOST]
    return {
        "kinds": list(changes.kinds),
        "replacements": [
            {"before": _short(r.before), "after": _short(r.after), "unit": r.unit}
            | ({"kind": r.kind} if r.kind != "body" else {})
            for r in told
        ],
        "more": len(changes.replacements) - len(told),
    }


def summary(evidence: Mapping[str, Any], language: Language = "vi") -> str:
    """A line for lists and feeds, of what ``kept`` kept: "3 thành 5 triệu đồng; ảnh"; "" of nothing.

    Fields of which nothing is told are named.
    """
    place = 1 if language == "en" else 0
    replacements = evidence.get("replacements", ())
    told = [_told(r, place) for r in replacements]
    covered = {r.get("kind", "body") for r in replacements}
    told += [_KINDS[kind][place] for kind in evidence.get("kinds", ()) if kind in _KINDS and kind not in covered]
    if more := evidence.get("more", 0):
        told.append(_PHRASES["more"][place].format(more=more))
    return "; ".join(told)


def _told(r: Mapping[str, Any], place: int) -> str:
    name = "became" if r["before"] and r["after"] else "added" if r["after"] else "removed"
    unit = f" {r['unit']}" if r["unit"] else ""
    where = f"{_KINDS[kind][place]}: " if (kind := r.get("kind", "body")) not in _READ_AS_TEXT else ""
    return where + _PHRASES[name][place].format(
        before=r["before"] + (unit if name == "removed" else ""), after=r["after"] + unit
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rpartition(" ")[0] + " …"
