"""An example of a rule so many times over: as many companies side by side, each with ids of its own."""

from __future__ import annotations

import re
from dataclasses import replace

from qmsbook.book.table import Table, Value
from qmsbook.book.tables import TABLES
from qmsbook.rules.examples import Example

#: Tables that a workbook has once, and those whose first column is no id of their own.
_ONCE = frozenset({"Settings"})
_KEYLESS = frozenset({"Settings", "Targets", "Measurements", "Inputs", "Waivers"})
_KEYS = {record.TABLE: record.KEY for record in TABLES}


def times(example: Example, count: int) -> Example:
    """The example's rows so many times, the ids of each further time told apart by a number."""
    ids = sorted({key for table in example.tables for key in _ids(table)}, key=len, reverse=True)
    named = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, ids))})(?![\w.-])") if ids else None
    return replace(example, tables=tuple(_times(table, count, named) for table in example.tables))


def _ids(table: Table) -> list[str]:
    if table.name in _KEYLESS or table.name not in _KEYS or not table.columns:
        return []
    return [value for value in table.columns[0] if isinstance(value, str) and re.search(r"\w", value)]


def _times(table: Table, count: int, named: re.Pattern[str] | None) -> Table:
    if table.name in _ONCE:
        return table
    rows = table.rows
    again = range(count)
    return replace(
        table,
        columns=tuple(
            [_named(value, at, named) for at in again for value in column] for column in table.columns
        ),
        formulas=tuple(
            {r + at * rows: f for at in again for r, f in held.items()} for held in table.formulas
        ),
        percent=tuple(frozenset(r + at * rows for at in again for r in held) for held in table.percent),
        times=tuple(frozenset(r + at * rows for at in again for r in held) for held in table.times),
        merges=tuple((a + at * rows, b, c + at * rows, d) for at in again for a, b, c, d in table.merges),
    )


def _named(value: Value, at: int, named: re.Pattern[str] | None) -> Value:
    """A cell of the so-manieth time: what names an id names that time's."""
    if named is None or not at or not isinstance(value, str):
        return value
    return named.sub(lambda found: f"{found[0]}{chr(ord('a') + at)}", value)
