"""Which of our tables a list is, told by its headers: it may have lost its name, or be no table any more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qmsbook.book.parse import plain_text, squeezed
from qmsbook.book.snapshot import Line, Snapshot
from qmsbook.book.table import Record, Table, Value, columns_of, header_key
from qmsbook.book.tables import SETTINGS, TABLES, Setting

#: So many declared headers tell a table; a list with two of them may be anybody's.
_ENOUGH = 3


def resembles(
    record: type[Record], headers: Sequence[str], name: str = "", first: Sequence[Value] = ()
) -> bool:
    """Whether headers are those of a declared table, or nearly; ``first`` is what the first column holds.

    One essential header in five may be missing; in a table that is still called like the original with a
    number behind it, as programs name copies, half of them.
    """
    here = {header_key(header) for header in headers}
    declared = columns_of(record)
    if header_key(declared[_key(record)].header) not in here:
        return False
    essential = {header_key(column.header) for column in declared.values() if column.essential}
    copied = is_copy(record, name)
    missing = len(essential - here)
    if missing > (len(essential) // 2 if copied else len(essential) // 5):
        return False
    if copied or len({header_key(c.header) for c in declared.values() if not c.computed} & here) >= _ENOUGH:
        return True
    return record is Setting and _names_settings(first)


def is_copy(record: type[Record], name: str) -> bool:
    """Whether a table is called like a copy of a declared one: ``Measurements5``, ``Goals_2``."""
    return bool(re.fullmatch(re.escape(record.TABLE) + r"[_ ]?\d+", name, re.IGNORECASE))


def twins(record: type[Record], tables: Sequence[Table]) -> list[Table]:
    """The tables that are a declared one by their headers."""
    return [t for t in tables if resembles(record, t.headers, t.name, t.columns[0] if t.columns else ())]


@dataclass(frozen=True, slots=True)
class Standing:
    """Headers of a table of ours, and the name of the table that they head; blank where there is none."""

    record: type[Record]
    sheet: str
    row: int
    column: int
    headers: tuple[str, ...]
    table: str = ""


def strays(snapshot: Snapshot) -> list[Standing]:
    """The headers of tables that the workbook lacks by name: first where a table stands, then the others."""
    own = [table for table in snapshot.tables if not table.marker]
    names = {record.TABLE.casefold() for record in TABLES}
    unknown = [table for table in own if table.name.casefold() not in names]
    found = []
    for record in TABLES:
        if all(table.name.casefold() != record.TABLE.casefold() for table in own):
            tables = twins(record, unknown)
            found += [Standing(record, t.sheet, t.row, t.column, t.headers, t.name) for t in tables]
            found += [
                Standing(record, line.sheet, line.row, line.column, line.words)
                for line in snapshot.lines
                if resembles(record, line.words) or _called_so(record, line.sheet, line.words)
            ]
    return found


def left_standing(record: type[Record], lines: Sequence[Line]) -> list[Line]:
    """The headers of a table of ours over which no table stands any more, as *Convert to range* leaves them.

    A table that a company can do without may have been deleted on purpose, and a list of its own may have
    some of the same headers. So such a table needs all its essential headers, and its name on the sheet or
    the headers that only qmsbook fills.
    """
    if record.REQUIRED:
        return [ln for ln in lines if resembles(record, ln.words) or _called_so(record, ln.sheet, ln.words)]
    declared = columns_of(record).values()
    essential = {header_key(column.header) for column in declared if column.essential}
    computed = {header_key(column.header) for column in declared if column.computed}
    found = []
    for line in lines:
        here = {header_key(word) for word in line.words}
        ours = bool(computed) and computed <= here
        if _called_so(record, line.sheet, line.words) or (ours and essential <= here):
            found.append(line)
    return found


def _called_so(record: type[Record], sheet: str, headers: Sequence[str]) -> bool:
    """Whether a sheet is called like a table and has all its essential headers."""
    wanted = {header_key(c.header) for c in columns_of(record).values() if c.essential}
    by_name = sheet.strip().casefold() in {record.TITLE.casefold(), record.TABLE.casefold()}
    return by_name and wanted <= {header_key(h) for h in headers}


def _key(record: type[Record]) -> str:
    """The field that a row is named by; the first column where a row has two names, as a reading has."""
    declared = columns_of(record)
    return record.KEY if record.KEY in declared else next(iter(declared))


def _names_settings(texts: Sequence[Value]) -> bool:
    known = {squeezed(spec.name) for spec in SETTINGS}
    return sum(squeezed(plain_text(text)) in known for text in texts) > 1
