"""What edits come to, cell by cell, against the tables that were read: the part that all hosts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from operator import is_
from typing import cast

from qmsbook.book.cell import MAX_TEXT, Cell
from qmsbook.book.edit import AppendRows, Edit, FillCells, GrowTable, Keep, PutSheet, RemoveSheet, SetColumn
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table, Value, alike, parting
from qmsbook.hosts.host import ChangedSinceRead, NoSuchPlace, TableCannotGrow
from qmsbook.hosts.stored import same, stored

_PLAIN = frozenset({str, float, type(None)})


def differing(ones: Sequence[Value], others: Sequence[Value]) -> list[int]:
    """The rows in which two columns do not hold the same, as far as the shorter one goes."""
    return [row for row in parting(ones, others) if not same(ones[row], others[row])]


@dataclass(slots=True)
class TablePlan:
    """What a table is to hold: ``columns`` are those that edits touch, whole, by place.

    ``table`` ends with the ``taken`` rows that stood below it; ``rows`` counts new rows too; a column that
    was touched before they came is shorter.
    """

    table: Table
    rows: int
    columns: dict[int, list[Value]] = field(default_factory=dict)
    taken: int = 0
    _changes: dict[int, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def own(self) -> int:
        """How many rows the table has in the workbook, before anything is done."""
        return self.table.rows - self.taken

    @property
    def grows(self) -> bool:
        """Whether the table is to be longer than it is."""
        return self.rows != self.own

    def column(self, place: int) -> list[Value]:
        """A column to be written into, as long as the table will be."""
        self._changes.pop(place, None)
        found = self.columns.get(place)
        if found is None:
            found = self.columns[place] = self.table.columns[place].copy()
        found.extend([None] * (self.rows - len(found)))
        return found

    def now(self, row: int, column: int) -> Value:
        """What a cell holds, edits so far included."""
        found = self.columns.get(column, self.table.columns[column])
        return found[row] if row < len(found) else None

    def changes(self, place: int) -> list[int]:
        """The rows of a column in which something is to be written."""
        if place not in self.columns:
            return []
        found = self._changes.get(place)
        if found is None:
            old, new = self.table.columns[place], self.columns[place]
            more = [row for row in range(len(old), len(new)) if new[row] is not None]
            found = self._changes[place] = differing(new, old) + more
        return found

    @property
    def changed(self) -> bool:
        """Whether anything of the table changes."""
        return self.grows or any(self.changes(place) for place in self.columns)


@dataclass(slots=True)
class Plan:
    """All that is to be done; ``tables`` goes by place in the snapshot."""

    tables: dict[int, TablePlan] = field(default_factory=dict)
    sheets: list[PutSheet | RemoveSheet] = field(default_factory=list)
    skipped: list[Cell] = field(default_factory=list)

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done."""
        return not self.sheets and not any(target.changed for target in self.tables.values())


def plan(edits: Sequence[Edit], snapshot: Snapshot) -> Plan:
    """What the edits come to. Raises NoSuchPlace, NotStorable, or ChangedSinceRead for a fill."""
    made = Plan()
    for edit in edits:
        match edit:
            case SetColumn():
                _set_column(made, _table_plan(made, snapshot, edit.table), edit)
            case AppendRows():
                _append(_table_plan(made, snapshot, edit.table), edit)
            case GrowTable():
                _grow(_table_plan(made, snapshot, edit.table), edit)
            case FillCells():
                _fill(_table_plan(made, snapshot, edit.table), edit)
            case PutSheet() | RemoveSheet():
                made.sheets.append(edit)
    return made


def _table_plan(made: Plan, snapshot: Snapshot, name: str) -> TablePlan:
    for place, table in enumerate(snapshot.tables):
        if table.name.casefold() == name.casefold():
            return made.tables.setdefault(place, TablePlan(table, table.rows))
    raise NoSuchPlace(f"There is no table {name}.")


def _column(table: Table, header: str) -> int:
    place = table.find(header)
    if place is None:
        raise NoSuchPlace(f"The table {table.name} has no column {header}.")
    return place


def _set_column(made: Plan, target: TablePlan, edit: SetColumn) -> None:
    table, place = target.table, _column(target.table, edit.header)
    if len(edit.values) not in (table.rows, target.rows):
        raise NoSuchPlace(f"{len(edit.values)} values came for {table.rows} rows of the table {table.name}.")
    column = target.column(place)
    column[: len(edit.values)] = written(table, place, edit.values, column, made.skipped)


def written(
    table: Table, place: int, values: Sequence[Value | Keep], column: Sequence[Value], skipped: list[Cell]
) -> Sequence[Value]:
    """What a computed column comes to hold: the values as cells store them, or what ``column`` holds alike.

    What is the same but for its last digit, as another program stored it, stays. Cells that hold a formula
    of the user's or lie within a merge stay too and are added to ``skipped``.
    """
    formulas: Mapping[int, str] = table.formulas[place] if table.formulas else {}
    percent = table.percent[place] if table.percent else frozenset[int]()
    covered = table.covered(place) if table.merges else {}
    made = list(column[: len(values)])
    rows: Sequence[int] = range(len(values))
    if not formulas and not percent and not covered and len(made) == len(values):
        # Most of a column of a million is one object before and after, and needs no look.
        rows = list(parting(made, values))
        new, old = [values[row] for row in rows], [made[row] for row in rows]
        if _as_they_are(new):
            if new != old or not all(map(is_, map(type, new), map(type, old))):
                for row, plain in zip(rows, cast("list[Value]", new), strict=True):
                    if not alike(made[row], plain):
                        made[row] = plain
            return made
    for row in rows:
        value = values[row]
        if isinstance(value, Keep):
            continue
        if row in formulas or row in covered:
            skipped.append(table.cell(row, place))
            continue
        wanted = stored(value, (table, row, place))
        if type(wanted) is float and percent and min(row, table.rows - 1) in percent:
            wanted /= 100
        if not alike(made[row], wanted):
            made[row] = wanted
    return made


def changed_rows(table: Table, place: int, values: Sequence[Value | Keep]) -> int:
    """In how many of a table's rows a computed column would be written: what `plan` comes to."""
    rows = min(table.rows, len(values))
    old = table.columns[place]
    new = written(table, place, values[:rows], old, [])
    return len(differing(old, new))


def _as_they_are(values: Sequence[Value | Keep]) -> bool:
    """Whether values surely come back from cells as they are, so that none need be looked at by itself."""
    return _PLAIN.issuperset(map(type, values)) and all(map(_comes_back, set(values)))


def _comes_back(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() and 0 < len(value) <= MAX_TEXT
    return value is None or (isinstance(value, float) and isfinite(value))


def _grow(target: TablePlan, edit: GrowTable) -> None:
    """Takes rows in that stand below the table; a table that is as long already stays as it is."""
    more, below = edit.rows - target.table.rows, target.table.below
    if more <= 0:
        return
    if below is None or below.rows < more or target.columns or target.rows != target.table.rows:
        raise NoSuchPlace(f"There are no {more} rows below the table {target.table.name} to take in.")
    target.table = target.table.with_below(more)
    target.rows, target.taken = target.table.rows, target.taken + more


def _append(target: TablePlan, edit: AppendRows) -> None:
    table, row = target.table, target.rows
    while row > 0 and _is_blank(target, row - 1):
        row -= 1
    _check_below(table, row + len(edit.rows) - table.rows)
    for fields in edit.rows:
        target.rows = max(target.rows, row + 1)
        for header, value in fields.items():
            place = _column(table, header)
            target.column(place)[row] = stored(value, (table, row, place))
        row += 1


def _check_below(table: Table, rows: int) -> None:
    """Raises TableCannotGrow if anything stands where a table's new rows would go."""
    below = table.below.cut(0, max(rows, 0)) if table.below is not None else None
    held = below.holding() if below is not None else []
    if below is not None and held:
        column = next(place for place in range(len(below.columns)) if below.holds(held[0], place))
        where = below.cell(held[0], column)
        raise TableCannotGrow(f"Below {table.name}, {where} is taken. Make room for it.")


def _is_blank(target: TablePlan, row: int) -> bool:
    return all(
        target.now(row, column) is None and target.table.formula(row, column) is None
        for column in range(len(target.table.columns))
    )


def _fill(target: TablePlan, edit: FillCells) -> None:
    table = target.table
    for cell in edit.cells:
        column = _column(table, cell.header)
        if not 0 <= cell.row < target.rows:
            raise NoSuchPlace(f"The table {table.name} has no row {cell.row + 1}.")
        where, there = (table, cell.row, column), table.cell(cell.row, column)
        if table.formula(cell.row, column) is not None:
            raise ChangedSinceRead(f"{there} holds a formula.")
        found = target.now(cell.row, column)
        if not same(found, stored(cell.expected, where)):
            raise ChangedSinceRead(f"{there} holds {_said(found)} instead of {_said(cell.expected)}.")
        target.column(column)[cell.row] = stored(cell.value, where)


def _said(value: Value) -> str:
    return "nothing" if value is None or value == "" else str(value)
