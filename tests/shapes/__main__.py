"""Prints how the reader fares on every shape: ``python -m tests.shapes [NAME…] [-v] [--write DIR]``."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from . import SHAPES, Shape
from .check import FIELDS, READINGS, Result, check
from .seeds import Seed, load, shared_directory

Outcome = Result | Exception


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.shapes", description=__doc__)
    parser.add_argument("names", nargs="*", help="shapes, families, seeds or readings (known, generic) to look at")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the first difference of each wrong field")
    parser.add_argument("--write", type=Path, metavar="DIR", help="only write the pages (visits 1 and 2) as files")
    return parser.parse_args()


def _chosen(names: list[str], seeds: dict[str, Seed]) -> tuple[list[Shape], list[Seed], list[str]]:
    """What the names narrow the table to; a kind of which nothing is named is looked at in full."""
    families = {shape.family for shape in SHAPES.values()}
    unknown = set(names) - SHAPES.keys() - families - seeds.keys() - set(READINGS)
    if unknown:
        sys.exit(f"Unknown: {', '.join(sorted(unknown))}. Shapes: {', '.join(SHAPES)}. Seeds: {', '.join(seeds)}.")
    shapes = [s for s in SHAPES.values() if s.name in names or s.family in names] or list(SHAPES.values())
    return (
        shapes,
        [seed for slug, seed in seeds.items() if slug in names] or list(seeds.values()),
        [reading for reading in READINGS if reading in names] or list(READINGS),
    )


def _run(seed: Seed, shape: Shape, reading: str) -> Outcome:
    try:
        return check(seed, shape, reading)
    except Exception as error:  # the table goes on; the error is shown in it
        return error


def _tally(outcomes: Iterable[Outcome]) -> str:
    """Right pages per field, ``.`` where all are right; a crash counts as wrong everywhere."""
    results = list(outcomes)
    cells = []
    for field in FIELDS.values():
        shown = [r for r in results if isinstance(r, Exception) or field in r.asserted]
        right = sum(not isinstance(r, Exception) and all(d.field != field for d in r.differences) for r in shown)
        cells.append(f"{'-' if not shown else '.' if right == len(shown) else right:>3}")
    exact = sum(not isinstance(r, Exception) and not r.failures for r in results)
    return f"{''.join(cells)} {exact:>3}/{len(results):<4}"


def _table(outcomes: dict[tuple[str, str, str], Outcome], readings: list[str]) -> None:
    letters = "".join(f"{letter:>3}" for letter in FIELDS)
    print(f"{'shape':24}" + "".join(f"{reading:8}{letters}   exact  " for reading in readings))
    for shape in dict.fromkeys(key[1] for key in outcomes):
        rows = ([o for k, o in outcomes.items() if k[1:] == (shape, reading)] for reading in readings)
        print(f"{shape:24}" + "".join(f"{'':8}{_tally(row)}  " for row in rows))
    total = ([o for k, o in outcomes.items() if k[2] == reading] for reading in readings)
    print(f"{'all':24}" + "".join(f"{'':8}{_tally(row)}  " for row in total))
    seconds = [o.seconds for o in outcomes.values() if isinstance(o, Result)]
    if seconds:
        print(f"{1000 * sum(seconds) / len(seconds):.1f} ms a page")


def _failures(outcomes: dict[tuple[str, str, str], Outcome], verbose: bool) -> None:
    letter = {name: key for key, name in FIELDS.items()}
    for (seed, shape, reading), outcome in outcomes.items():
        where = f"{reading:8}{shape:24}{seed:12}"
        if isinstance(outcome, Exception):
            print(f"{where} {type(outcome).__name__}: {outcome}")
            if verbose:
                traceback.print_exception(outcome)
        elif outcome.failures:
            print(f"{where} {''.join(letter[d.field] for d in outcome.failures)}")
            if verbose:
                print("\n".join(f"  {difference}" for difference in outcome.failures))


def _write(directory: Path, shapes: list[Shape], seeds: list[Seed]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for shape in shapes:
        for seed in seeds:
            for visit in (1, 2):
                (directory / f"{shape.name}.{seed.slug}.{visit}.html").write_bytes(shape.render(seed, visit))
    print(f"{2 * len(shapes) * len(seeds)} pages in {directory}")


def main() -> int:
    arguments = _arguments()
    shapes, seeds, readings = _chosen(arguments.names, load(shared_directory()))
    if arguments.write:
        _write(arguments.write, shapes, seeds)
        return 0
    outcomes = {
        (seed.slug, shape.name, reading): _run(seed, shape, reading)
        for shape in shapes
        for seed in seeds
        for reading in readings
    }
    _failures(outcomes, arguments.verbose)
    print()
    _table(outcomes, readings)
    return int(any(isinstance(o, Exception) or o.failures for o in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
