"""What an article said at two times, held against each other: word by word, side by side or in one text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby, islice
from typing import Any, NamedTuple

from datasette.database import Database
from datasette.utils.asgi import Request, Response

from crawler.changes import Paragraph, changed, compare
from crawler.reading import Reading
from crawler.replacements import Run
from monitor.web import labels, queries, render
from monitor.web.evidence import record_path
from monitor.web.feed_links import Choice, alternates
from monitor.web.holding import absent, held, no_article
from monitor.web.queries import Row, rows

#: Fields that are held against each other word by word; the others are lists.
_WORDS = ("headline", "author", "section", "description")

#: Unchanged paragraphs that are shown around a change; the rest is folded away.
_AROUND = 1

#: Versions that can be chosen from.
_MOST = 500

_READING = ", ".join(f"g.{f.name}" for f in fields(Reading))

_REVISIONS = f"""
select r.memento_datetime, r.change, r.words_added, r.words_removed from revisions r
where r.article_id = :id order by r.memento_datetime limit {_MOST}
"""  # noqa: S608

_REVISION = f"""
select r.id, r.memento_datetime, r.observed_after, r.observed_by, r.change, r.capture_id, t.body, {_READING}
from revisions r join readings g on g.reading_digest = r.reading_digest
left join texts t on t.text_digest = g.text_digest
where r.article_id = :id and r.memento_datetime = :memento
"""  # noqa: S608


class Piece(NamedTuple):
    """Words that stayed (``same``), came (``added``), went (``removed``), or were only written otherwise."""

    op: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or a field: what stands on the left, on the right, and in one text. ``op``: as ``Paragraph.op``."""

    op: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    inline: tuple[Piece, ...]
    name: str = ""  # of a field

    @property
    def is_same(self) -> bool:
        """Whether nothing is marked in it."""
        return all(piece.op == "same" for piece in self.inline)


@dataclass(frozen=True, slots=True)
class Fold:
    """So many paragraphs in which nothing changed."""

    lines: tuple[Line, ...]


async def compare_page(datasette: Any, request: Request) -> Response:
    """``/so-sanh/{id}?tu=&den=``: two revisions by their memento datetimes; without them, the newest edit.

    ``view=inline`` shows one text instead of two columns, ``small=1`` also what only the spelling changed.
    """
    db = await queries.database(datasette)
    a = await held(db, request.url_vars["id"])
    if db is None or a is None:
        return await no_article(datasette, request, db, request.url_vars["id"])
    revisions = await rows(db, _REVISIONS, id=a["id"])
    one, other = _chosen(revisions, request.args.get("tu") or "", request.args.get("den") or "")
    before, after = [await _revision(db, a["id"], memento) for memento in (one, other)]
    if before is None or after is None:
        return await absent(datasette, request, "no_revision")
    small = request.args.get("small") == "1"
    inline = request.args.get("view") == "inline"
    language = labels.language_of(request.args.get("lang"))
    lines = await asyncio.to_thread(difference, before, after, small=small)
    here = render.linker(datasette, language)
    path = f"so-sanh/{a['id']}"
    times = {"tu": one, "den": other}
    content = {
        "a": a,
        "revisions": revisions,
        "before": before,
        "after": after,
        "difference": lines,
        "small": small,
        "inline": inline,
        "view_urls": {
            view: here(path, **times, **({"view": "inline"} if view == "inline" else {}), **_small(small))
            for view in ("side", "inline")
        },
        "small_url": here(path, **times, **({"view": "inline"} if inline else {}), **_small(not small)),
        "records": [record_path(r["capture_id"]) for r in (before, after)],
        "neighbours": _neighbours(revisions, one, other, here, path),
        "feeds": alternates(datasette, [_edits_of(a)], language=language),
        "canonical_url": f"{render.absolute(datasette, request, path)}?{render.encoded(times)}",
    }
    return await render.page(datasette, request, "luutin_compare.html", content)


def difference(before: Row, after: Row, *, small: bool) -> dict[str, Any]:
    """What two revisions (rows of ``_REVISION``) say differently. Pure.

    ``small``: also where only the spelling, the spaces or the place of tone marks differ.
    """
    was, now = _reading(before), _reading(after)
    changes = compare(was, before["body"] or "", now, after["body"] or "")
    told = [
        line
        for kind, old, new in changes.fields
        if kind in _WORDS and not (line := _line(changed(old or "", new or ""), small=small, name=kind)).is_same
    ]
    if was.date_published != now.date_published:
        old, new = labels.moment(was.date_published), labels.moment(now.date_published)
        told.append(_line(Paragraph("changed", old, new, _replaced(old, new)), small=True, name="date"))
    lines = [_line(p, small=small) for p in changes.paragraphs]
    return {
        "fields": told,
        "files": [
            *_files("attachments", was.attachments, now.attachments, "name"),
            *_files("images", was.images, now.images, "alt"),
        ],
        "paragraphs": list(_folded(lines)),
        "is_same": all(line.is_same for line in lines),
        "hidden": 0 if small else sum(p.cosmetic and p.op == "changed" for p in changes.paragraphs),
        "words_added": changes.words_added,
        "words_removed": changes.words_removed,
    }


def _chosen(revisions: Sequence[Row], one: str, other: str) -> tuple[str, str]:
    """The two times to compare, the earlier first; where one is not given, the last edit before or the next after."""
    times = [r["memento_datetime"] for r in revisions]
    edits = [r["memento_datetime"] for r in revisions[1:] if r["change"] != "cosmetic"]
    if not other:
        later = [time for time in edits if time > one]
        other = (later[0] if one else later[-1]) if later else (times[-1] if times else "")
    if not one:
        earlier = [time for time in times if time < other]
        one = earlier[-1] if earlier else other
    return (one, other) if one <= other else (other, one)


def _neighbours(revisions: Sequence[Row], one: str, other: str, here: Any, path: str) -> dict[str, str]:
    """The addresses of the comparison before and the one after, each of two revisions that follow on each other."""
    times = [r["memento_datetime"] for r in revisions]
    found = {}
    if one in times and (i := times.index(one)) > 0:
        found["older"] = here(path, tu=times[i - 1], den=one)
    if other in times and (i := times.index(other)) + 1 < len(times):
        found["newer"] = here(path, tu=other, den=times[i + 1])
    return found


def _edits_of(a: Row) -> Choice:
    return Choice(kind="edits", site=a["site"], site_name=a["site_name"] or "")


def _small(small: bool) -> dict[str, str]:
    return {"small": "1"} if small else {}


async def _revision(db: Database, article_id: str, memento: str) -> Row | None:
    found = await rows(db, _REVISION, id=article_id, memento=memento)
    return found[0] if found else None


def _reading(row: Row) -> Reading:
    return Reading(**{f.name: row[f.name] for f in fields(Reading)})


def _line(p: Paragraph, *, small: bool, name: str = "") -> Line:
    """How a paragraph is shown; where only the spelling differs, each side has its own, marked if asked for."""
    if p.op == "changed":
        words = list(_words(p, small=small))
        op = "same" if p.cosmetic and not small else "changed"
        return Line(
            op,
            tuple(Piece(op, was) for op, was, _ in words if was),
            tuple(Piece(op, now) for op, _, now in words if now),
            tuple(Piece(op, now or was) for op, was, now in words),
            name,
        )
    op = p.op if p.op in ("added", "removed") else "same"
    was, now = (((Piece(op, text),) if text else ()) for text in (p.before, p.after))
    return Line(p.op, was, now, now or was, name)


def _words(p: Paragraph, *, small: bool) -> Iterator[tuple[str, str, str]]:
    """The runs of a changed paragraph: what each is, as it was written, as it is. ``small``: spelling apart, too."""
    old = iter((p.before or "").split())
    for run in p.runs:
        words = run.text.split()
        if run.op == "added":
            yield "added", "", run.text
        elif run.op == "removed":
            yield "removed", " ".join(islice(old, len(words))), ""
        else:  # as many words as stood there before
            for same, pairs in groupby(zip(islice(old, len(words)), words, strict=True), key=lambda w: w[0] == w[1]):
                was, now = (" ".join(side) for side in zip(*pairs, strict=True))
                if same or not small:
                    yield "same", was, now
                else:
                    yield "removed", was, ""
                    yield "added", "", now


def _folded(lines: Sequence[Line]) -> Iterator[Line | Fold]:
    """The lines, with what is far from every change folded away."""
    near = {
        j for i, line in enumerate(lines) if line.op != "same" for j in range(i - _AROUND, i + _AROUND + 1)
    }  # fmt: skip
    waiting: list[Line] = []
    for i, line in enumerate(lines):
        if i not in near:
            waiting.append(line)
            continue
        if waiting:
            yield Fold(tuple(waiting))
        waiting = []
        yield line
    if waiting:
        yield Fold(tuple(waiting))


def _replaced(was: str, now: str) -> tuple[Run, ...]:
    runs: tuple[tuple[Any, str], ...] = (("removed", was), ("added", now))
    return tuple(Run(op, text) for op, text in runs if text)


def _files(kind: str, before: str, after: str, name: str) -> list[dict[str, str]]:
    """Files that came or went; one that is called otherwise is both."""
    was, now = ([f for f in json.loads(files) if isinstance(f, dict)] for files in (before, after))
    keys = [{(f.get("url") if kind == "attachments" else "", f.get(name) or "") for f in files} for files in (was, now)]
    return [
        {"kind": kind, "op": op, "name": str(f.get(name) or render.file_name(f.get("url")))}
        for op, files, others in (("removed", was, keys[1]), ("added", now, keys[0]))
        for f in files
        if (f.get("url") if kind == "attachments" else "", f.get(name) or "") not in others
    ]
