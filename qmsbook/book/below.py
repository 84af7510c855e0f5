"""What people typed below a table: which rows count as the table's own, and what has to be told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qmsbook.book.edit import GrowTable
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Record, Table, columns_of
from qmsbook.book.tables import TABLES

#: All that a total says which people put below a list.
_TOTAL = re.compile(
    r"\s*((grand|sum) total|sub-?totals?|totals?|sums?|averages?|means?|summe|gesamt|somme|suma)\s*[:=]?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands below a table.

    ``rows`` follow it directly and count as its own; ``apart``, counted from 0 below the table, would count
    if nothing came between; ``words`` hold something else.
    """

    rows: int = 0
    apart: tuple[int, ...] = ()
    words: tuple[int, ...] = ()


def typed_below(record: type[Record], table: Table) -> Typed:
    """What stands below a table that a record declares."""
    more = table.below
    if more is None:
        return Typed()
    held = more.holding()
    counting = [row for row in held if _counts(record, more, row)]
    direct = next((place for place, row in enumerate(counting) if row != place), len(counting))
    words = tuple(row for row in held if row not in counting)
    return Typed(direct, tuple(counting[direct:]), words)


def _counts(record: type[Record], table: Table, row: int) -> bool:
    """Whether a row holds an id, or something in two essential cells; a total of people's own does not."""
    declared = columns_of(record)
    if _is_total(table, row):
        return False
    key = table.find(declared[record.KEY].header)
    if key is not None and table.holds(row, key):
        return True
    essential = (table.find(c.header) for c in declared.values() if c.essential and not c.computed)
    return sum(place is not None and table.holds(row, place) for place in essential) >= 2


def _is_total(table: Table, row: int) -> bool:
    """Whether a row says only what a total says; what else stands in it are figures and formulas.

    *Total care* may be a process, *Sum Lee* a person, and *Average days late* a KPI.
    """
    places = [place for place in range(len(table.columns)) if table.formula(row, place) is None]
    typed = [value for place in places if (value := table.columns[place][row]) not in (None, "")]
    texts = [value for value in typed if not isinstance(value, float)]
    return len(texts) == 1 and isinstance(texts[0], str) and _TOTAL.fullmatch(texts[0]) is not None


def longer(table: Table) -> Table:
    """The table with what was typed directly below it as its own, if it is one of ours."""
    if table.below is None:
        return table
    name = table.name.casefold()
    record = next((record for record in TABLES if record.TABLE.casefold() == name), None)
    return table.with_below(typed_below(record, table).rows) if record else table


def with_typed(snapshot: Snapshot) -> Snapshot:
    """The snapshot with every table as long as what was typed directly below it makes it."""
    tables = tuple(map(longer, snapshot.tables))
    same = all(one is other for one, other in zip(tables, snapshot.tables, strict=True))
    return snapshot if same else replace(snapshot, tables=tables, found=snapshot)


def growth(snapshot: Snapshot) -> list[GrowTable]:
    """The edits that make the tables of a workbook as long as ``with_typed`` made them in mind."""
    before: Sequence[Table] = snapshot.found.tables if snapshot.found else snapshot.tables
    pairs = zip(snapshot.tables, before, strict=True)
    return [GrowTable(now.name, now.rows) for now, was in pairs if now.rows != was.rows]
