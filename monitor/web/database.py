"""What keeps Datasette's own pages quick at millions of rows: counts that are estimated, or remembered for a while."""

from __future__ import annotations

import re
import sqlite3
from collections import OrderedDict
from collections.abc import Mapping
from time import monotonic
from typing import Any

from datasette.database import Database

#: Up to here the overview counts rows; it says "≈" of more. SQLite counts them in half a millisecond.
COUNTED = 10_000

#: Counting takes at most this share of the time: a count that took 0.1 s is good for 10 s.
SHARE = 0.01

#: Seconds; what is counted more quickly is counted each time.
QUICK = 0.03

#: Counts that are remembered: a table's own, and those of its facets, with the filters that readers have used lately.
_KEPT = 200

# How Datasette counts the rows of a table and the values of a facet.
_COUNT = re.compile(r"\s*select (?:count\(\*\) from |.{1,100}? as value, count\(\*\) as count from \()")


def spare(database: Database) -> None:
    """Has Datasette ask for estimates and remembered counts of a database.

    Counting all tables took it 40 s the first time at a million articles, a table with three facets 0.3 s each time.
    """

    async def table_counts(*_: object, **__: object) -> dict[str, int | None]:
        names: list[str] = await database.table_names()
        counts: dict[str, int | None] = await database.execute_fn(lambda c: {name: estimate(c, name) for name in names})
        return counts

    database.table_counts = table_counts
    database.execute = _Remembered(database).execute


class _Remembered:
    """``Database.execute`` that counts again only when what it counted is old for what it cost."""

    def __init__(self, database: Database) -> None:
        self._execute = database.execute
        self._kept: OrderedDict[tuple[object, ...], tuple[float, Any]] = OrderedDict()

    async def execute(self, sql: str, params: Any = None, *args: Any, **options: Any) -> Any:
        if not _COUNT.match(sql):
            return await self._execute(sql, params, *args, **options)
        key = (sql, tuple(sorted(params.items())) if isinstance(params, Mapping) else tuple(params or ()))
        good_until, result = self._kept.get(key, (0.0, None))
        begun = monotonic()
        if begun < good_until:
            return result
        result = await self._execute(sql, params, *args, **options)
        done = monotonic()
        if done - begun > QUICK:
            self._kept[key] = done + (done - begun) / SHARE, result
            self._kept.move_to_end(key)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return result


def estimate(connection: sqlite3.Connection, table: str) -> int | None:
    """The rows of a table: exact up to COUNTED, else by its row numbers; None where it has none of these."""
    quoted = '"' + table.replace('"', '""') + '"'
    try:
        counted = f"select count(*) from (select 1 from {quoted} limit {COUNTED + 1})"  # noqa: S608
        count: int = connection.execute(counted).fetchone()[0]
        if count <= COUNTED:
            return count
        last = f"select (select max(rowid) from {quoted}) - (select min(rowid) from {quoted}) + 1"  # noqa: S608
        count = connection.execute(last).fetchone()[0]
    except sqlite3.Error:
        return None
    return count
