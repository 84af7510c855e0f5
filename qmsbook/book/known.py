"""Knows tables of ours by their headers: under another name, or where no table stands any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Record, Table, columns_of, header_key
from qmsbook.book.tables import TABLES

#: So many headers must be there to tell a table by them; one with fewer is known by its sheet's name too.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """Headers of a table of ours, and the name of the table that they head; blank where there is none."""

    record: type[Record]
    sheet: str
    row: int
    column: int
    headers: tuple[str, ...]
    table: str = ""


def same_shape(record: type[Record], headers: Sequence[str], sheet: str = "") -> bool:
    """Whether headers are all the essential ones of a table, and there are enough of them to tell."""
    wanted = {header_key(c.header) for c in columns_of(record).values() if c.essential}
    by_name = sheet.strip().casefold() in {record.TITLE.casefold(), record.TABLE.casefold()}
    return (len(wanted) >= _ENOUGH or by_name) and wanted <= {header_key(h) for h in headers}


def strays(snapshot: Snapshot) -> list[Standing]:
    """The headers of tables that the workbook lacks by name: first where a table stands, then the others."""
    own = [table for table in snapshot.tables if not table.marker]
    there = {table.name.casefold() for table in own}
    found = []
    for record in TABLES:
        if record.TABLE.casefold() not in there:
            found += [
                Standing(record, t.sheet, t.row, t.column, t.headers, t.name)
                for t in own
                if not _known(t) and same_shape(record, t.headers, t.sheet)
            ]
            found += [
                Standing(record, line.sheet, line.row, line.column, line.words)
                for line in snapshot.lines
                if same_shape(record, line.words, line.sheet)
            ]
    return found


def _known(table: Table) -> bool:
    return any(table.name.casefold() == record.TABLE.casefold() for record in TABLES)
