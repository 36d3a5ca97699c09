"""Charts as SVG, drawn from numbers alone: stacked bars over time, and ranked bars with a name each.

Pure functions. What they return is markup for a page: every text in it is escaped, and nothing in it is styled inline
or run, so that it may stand under ``render.POLICY``; colours are those of the classes ``chart`` and ``s0`` to ``s7``
in luutin.css.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil, floor, log10

from markupsafe import Markup, escape

#: The drawing's own units; a page shows it as wide as it has room.
WIDTH, HEIGHT = 720, 260

#: Room for the numbers at the left, the labels below, and half a digit above the highest line.
_LEFT, _BOTTOM, _TOP, _RIGHT = 52, 26, 10, 8

#: One label takes about this much of the width; the others are left out.
_LABEL = 62

#: How many colours there are: a reader can tell no more apart.
COLOURS = 8

#: A row of ``ranks``: its name above its bar.
_ROW = 38

#: Of a longer name the rest is left out: about as much as fits into a row on a phone.
_NAME = 88


@dataclass(frozen=True, slots=True)
class Series:
    """Some numbers by one name, one for each label of the chart; None where nothing is known."""

    name: str
    values: tuple[float | None, ...]


def plain(value: float) -> str:
    """A number without a language: for charts whose caller has none."""
    return f"{value:g}"


def bars(
    labels: Sequence[str], series: Sequence[Series], *, title: str, number: Callable[[float], str] = plain
) -> Markup:
    """Bars side by side, one for each label, the series stacked in each; ``title`` is what it is said to show.

    Negative numbers and None are drawn as nothing. "" where there is nothing to draw.
    """
    stacks = [[max(0.0, s.values[i] or 0) for s in series] for i in range(len(labels))]
    top, ticks = _scale(max(map(sum, stacks), default=0))
    if not top:
        return Markup()
    step = (WIDTH - _LEFT - _RIGHT) / len(labels)
    drawn = []
    for i, stack in enumerate(stacks):
        left = _LEFT + i * step + step * 0.1
        for n, (below, above) in enumerate(pairwise((0.0, *accumulate(stack)))):
            if above > below:
                y, height = _y(above, top), _y(below, top) - _y(above, top)
                said = f"{labels[i]}: {series[n].name + ' ' if series[n].name else ''}{number(stack[n])}"
                drawn.append(
                    f'<rect class="s{n % COLOURS}" x="{left:.1f}" y="{y:.1f}" width="{step * 0.8:.1f}"'
                    f' height="{height:.1f}"><title>{escape(said)}</title></rect>'
                )
    return _frame(title, HEIGHT, [*_lines(ticks, top, number), *_labels(labels, step, step / 2), *drawn])


def ranks(rows: Sequence[tuple[str, float]], *, title: str, number: Callable[[float], str] = plain) -> Markup:
    """A bar for each named number, in the order given, from top to bottom. "" where there is nothing to draw."""
    top = max((value for _, value in rows), default=0)
    if top <= 0:
        return Markup()
    drawn = []
    for i, (name, value) in enumerate(rows):
        shown = name if len(name) <= _NAME else name[: _NAME - 1] + "…"
        width = max(1.0, (WIDTH - 90) * max(0.0, value) / top)
        drawn.append(
            f'<text class="name" x="0" y="{i * _ROW + 13}">{escape(shown)}</text>'
            f'<rect class="s0" x="0" y="{i * _ROW + 18}" width="{width:.1f}" height="12">'
            f"<title>{escape(f'{name}: {number(value)}')}</title></rect>"
            f'<text x="{width + 6:.1f}" y="{i * _ROW + 29}">{escape(number(value))}</text>'
        )
    return _frame(title, len(rows) * _ROW, drawn)


def legend(names: Sequence[str]) -> Markup:
    """Which colour is whose, as a list; "" for a single series, which the title names."""
    if len(names) < 2:
        return Markup()
    keys = (f'<li><span class="key s{n % COLOURS}"></span>{escape(name)}</li>' for n, name in enumerate(names))
    return Markup(f'<ul class="legend">{"".join(keys)}</ul>')  # noqa: S704 - its parts are escaped above


def _frame(title: str, height: float, drawn: Iterable[str]) -> Markup:
    return Markup(  # noqa: S704 - numbers, and texts that are escaped where they are put in
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}"'
        f' preserveAspectRatio="xMinYMin meet">{"".join(drawn)}</svg>'
    )


def _scale(highest: float) -> tuple[float, list[float]]:
    """The top of the scale and its ticks: at most six, each 1, 2 or 5 times a power of ten; 0 where all is nothing."""
    if highest <= 0:
        return 0, []
    power = 10 ** floor(log10(highest / 5)) if highest > 5 else 1.0
    step = next(m * power for m in (1, 2, 5, 10) if highest / (m * power) <= 5)
    count = ceil(highest / step)
    return count * step, [n * step for n in range(count + 1)]


def _y(value: float, top: float) -> float:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


def _lines(ticks: Iterable[float], top: float, number: Callable[[float], str]) -> list[str]:
    return [
        f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{_y(t, top):.1f}" y2="{_y(t, top):.1f}"/>'
        f'<text class="tick" x="{_LEFT - 6}" y="{_y(t, top) + 4:.1f}" text-anchor="end">{escape(number(t))}</text>'
        for t in ticks
    ]


def _labels(labels: Sequence[str], step: float, first: float) -> list[str]:
    every = max(1, ceil(_LABEL / step)) if step else 1
    return [
        f'<text class="tick" x="{_LEFT + first + i * step:.1f}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{escape(labels[i])}</text>"
        for i in range(0, len(labels), every)
    ]
