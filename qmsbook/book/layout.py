"""Where the fields of a table stand: its columns, the rows that hold something, and one cell of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from qmsbook.book.book import Trouble
from qmsbook.book.cell import Cell, range_a1
from qmsbook.book.meant import Said
from qmsbook.book.near import did_you_mean
from qmsbook.book.parse import plain_text
from qmsbook.book.table import Column, Place, Record, Table, Value, columns_of, header_key, there


class Layout(NamedTuple):
    """Which column of a table holds which field; ``fields`` maps field names to places in the table."""

    record: type[Record]
    table: Table
    fields: dict[str, int]

    @property
    def place(self) -> Place:
        """Where the table stands, for its records."""
        columns = {name: self.table.column + place for name, place in self.fields.items()}
        return Place(self.record.TABLE, self.table.sheet, self.table.row, columns)

    def value(self, row: int, name: str) -> Value:
        """A cell by its row, counted from 0, and its field; None where the table lacks the column."""
        place = self.fields.get(name)
        return None if place is None else self.table.columns[place][row]

    def text(self, row: int, name: str) -> str:
        """A cell as text; blank where the table lacks the column."""
        return plain_text(self.value(row, name))

    def row(self, number: int, key: str) -> Row:
        """A row, of which no cell has said anything yet."""
        return Row(self, number, key, {})

    def columns(self, computed: bool) -> list[tuple[int, str]]:
        """The places and names of the fields that qmsbook computes, or of those that people fill in."""
        declared = columns_of(self.record)
        return [(at, name) for name, at in self.fields.items() if declared[name].computed is computed]


class Row(NamedTuple):
    """A row of a table, counted from 0, and its key; ``said`` is what its cells said beyond their values."""

    layout: Layout
    number: int
    key: str
    said: dict[str, Said]

    def text(self, name: str) -> str:
        """One of its cells as text."""
        return self.layout.text(self.number, name)

    def at(self, name: str) -> At:
        """One of its cells."""
        place = self.layout.fields[name]
        column = columns_of(self.layout.record)[name]
        return At(self, name, column, place, self.layout.table.columns[place][self.number])

    def cells(self) -> Iterator[At]:
        """All of its cells that the table declares."""
        declared, columns = columns_of(self.layout.record), self.layout.table.columns
        for name, place in self.layout.fields.items():
            yield At(self, name, declared[name], place, columns[place][self.number])


class At(NamedTuple):
    """A cell of a table: its row, the field that it holds, the place of its column, and what it holds."""

    row: Row
    name: str
    column: Column
    place: int
    value: Value

    @property
    def record(self) -> type[Record]:
        """What its row becomes."""
        return self.row.layout.record

    @property
    def formula(self) -> str | None:
        """Its formula, if it has one."""
        return self.row.layout.table.formula(self.row.number, self.place)

    @property
    def cell(self) -> Cell:
        """Where it stands on the sheet."""
        return self.row.layout.table.cell(self.row.number, self.place)


def laid_out(record: type[Record], table: Table) -> tuple[Layout, list[Trouble]]:
    """The layout of a table, and what has to be told of its headers."""
    places: dict[str, list[int]] = {}
    for place, header in enumerate(table.headers):
        places.setdefault(header_key(header), []).append(place)
    found: dict[str, int] = {}
    troubles = []
    for name, column in columns_of(record).items():
        at = places.get(header_key(column.header), [])
        if at:
            found[name] = at[0]
        elif column.essential:
            hint, cell = _looks_like(record, table, column), table.cell(-1, 0)
            troubles.append(Trouble("missing column", record.TABLE, cell, header=column.header, detail=hint))
        troubles += [
            Trouble("header twice", record.TABLE, table.cell(-1, twin), header=column.header)
            for twin in at[1:]
        ]
    return Layout(record, table, found), troubles


def _looks_like(record: type[Record], table: Table, column: Column) -> str:
    known = {header_key(c.header) for c in columns_of(record).values()}
    hint = did_you_mean(column.header, [h for h in table.headers if header_key(h) not in known])
    return f"The column {hint[13:-1]} looks like it." if hint else ""


def merges(layout: Layout) -> Iterator[Trouble]:
    """The merges of a table; what one covers in a column of the user's counts as unreadable."""
    table, record = layout.table, layout.record
    computed = {place for place, _ in layout.columns(computed=True)}
    for top, left, bottom, right in table.merges:
        filled = max(left - table.column, 0) in computed
        detail = "Only the first cell is filled." if filled else "Only the first cell counts."
        cell = Cell(table.sheet, max(top, table.row + 1), max(left, table.column))
        where = range_a1(top, left, bottom, right)
        yield Trouble("merged", record.TABLE, cell, value=where, detail=detail)
    for place, _ in layout.columns(computed=False):
        for row in table.covered(place):
            yield Trouble("inside a merge", record.TABLE, table.cell(row, place))


def filled(layout: Layout) -> tuple[list[int], list[Trouble]]:
    """The rows that hold something of the user's in a declared column; blank ones between rows are told."""
    columns = layout.table.columns
    computed = {place for place, _ in layout.columns(computed=True)}
    used = _used([c for place, c in enumerate(columns) if place not in computed], layout.table.rows)
    gaps = [
        Trouble("blank row", layout.record.TABLE, layout.table.cell(before + 1, 0), value=float(gap))
        for before, row in zip([-1, *used], used, strict=False)
        if (gap := row - before - 1)
    ]
    declared = [columns[place] for place, _ in layout.columns(computed=False)]
    return [row for row in used if any(not blank(column[row]) for column in declared)], gaps


def _used(columns: Sequence[Sequence[Value]], rows: int) -> list[int]:
    """The rows in which any column holds something.

    Tables may be of whole columns: what holds next to nothing is gone through for what is there.
    """
    sparse = [column for column in columns if column.count(None) * 2 > rows]
    found = {row for column in sparse for row in there(column) if not blank(column[row])}
    if len(sparse) == len(columns):
        return sorted(found)
    # Column by column: where each row has an id the first one settles it, and most blank cells are None.
    left: Iterable[int] = range(rows)
    for column in columns:
        if column.count(None) * 2 <= rows:
            left = [row for row in left if column[row] is None or blank(column[row])]
    none = frozenset(left) - found
    return [row for row in range(rows) if row not in none]


def blank(value: Value) -> bool:
    """Whether a cell holds nothing that anybody sees."""
    return value is None or (isinstance(value, str) and not value.strip())
