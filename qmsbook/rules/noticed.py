"""What reading noticed, as rules tell it: which cell, what it holds, how it was read, what was meant."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book, Noticed, Trouble
from qmsbook.book.cell import Cell
from qmsbook.book.dates import PeriodRead, from_number, read_period
from qmsbook.book.parse import plain_text
from qmsbook.book.table import Table, Value, columns_of
from qmsbook.book.tables import TABLES, Target
from qmsbook.book.units import is_percent
from qmsbook.rules.ask import inside, number, shown
from qmsbook.rules.rule import Problem


def troubles(book: Book, *kinds: Noticed, settings: bool = False) -> Iterator[Trouble]:
    """What reading noticed of some kinds; wrong settings have a rule of their own."""
    for trouble in book.troubles:
        if trouble.kind in kinds and (trouble.table != "Settings" or settings):
            yield trouble


def told(book: Book, *kinds: Noticed, says: str, fix: str = "", settings: bool = False) -> Iterator[Problem]:
    """A problem for each of what reading noticed of some kinds, in the words of a template.

    It may name ``cell`` (in words), ``shown`` (what stands there), ``kind`` (what belongs there), ``table``,
    ``header``, ``row``, ``value`` and ``detail``.
    """
    for trouble in troubles(book, *kinds, settings=settings):
        words = {
            "cell": cell_of(book, trouble), "shown": shown(trouble.value), "kind": kind_of(trouble),
            "table": trouble.table, "header": trouble.header, "row": trouble.row, "value": trouble.value,
            "detail": trouble.detail,
        }  # fmt: skip
        yield Problem(
            trouble.cell, says.format_map(words), fix=fix.format_map(words),
            column=trouble.header or None, table=trouble.table,
        )  # fmt: skip


def otherwise(book: Book, kind: Noticed, what: str) -> Iterator[Problem]:
    """A problem for each cell that was read as something else than ``what`` stands there."""
    for trouble in troubles(book, kind):
        yield Problem(trouble.cell, read_as(book, trouble, what))


def cell_of(book: Book, trouble: Trouble) -> str:
    """The cell in words: ``Target of KPI K03 (On-time delivery)``."""
    if trouble.table == "Measurements":
        return f"{trouble.header} of reading {trouble.row}"
    record = book.find(trouble.row, trouble.table) if trouble.row else None
    if record is not None and trouble.table == Target.TABLE:
        return f"{trouble.header} in Targets for {trouble.row}"
    if record is not None:
        return f"{trouble.header} of {inside(record)}"
    row = trouble.cell.row if trouble.cell else 0
    return f"{trouble.header} in row {row} of {trouble.table}"


def kind_of(trouble: Trouble) -> str:
    """What belongs in the cell: ``a number``, ``a date``."""
    for record in TABLES:
        if trouble.table == record.TABLE:
            for column in columns_of(record).values():
                if column.header == trouble.header:
                    return column.required_kind
    return "something else"


def read_as(book: Book, trouble: Trouble, what: str) -> str:
    """A sentence that says what stands in a cell and as what it was read."""
    meaning = trouble.detail.removeprefix("It was read as ").removesuffix(".")
    return f"{cell_of(book, trouble)} is {what} {shown(trouble.value)}; it was read as {meaning}."


def meant_period(book: Book, cell: Cell) -> str:
    """The nearest right text of a period that cannot be read, and how periods are written."""
    value = _raw(book, cell)
    write = "Write 2026-10 for a month, 2026-Q3 for a quarter, 2026-H1 for a half-year, 2026 or 2026-W05."
    if isinstance(value, float):
        found, why = from_number(value)[1], ""
    else:
        read: PeriodRead = read_period(plain_text(value))
        found, why = read.options, read.why
    if len(found) == 1:
        return f"Did you mean {found[0]}? {write}"
    if found:
        return f"It may mean {' or '.join(found)}. {write}"
    reason = {"impossible": "There is no such day or period. ", "yearless": "The year is missing. "}
    return reason.get(why, "") + write


def percent_typed(book: Book, cell: Cell, unit: str) -> str:
    """What to do with a figure above 100 % in a cell that multiplies what is typed; blank for any other."""
    table, row, place = _at(book, cell)
    value = table.columns[place][row] if table else None
    if table is None or not is_percent(unit) or not isinstance(value, float) or value <= 1:
        return ""
    if not table.is_percent(row, place):
        return ""
    typed = number(value)
    return f"In a percent cell {typed} is {number(value * 100)} %. Type {typed} % there."


def _raw(book: Book, cell: Cell) -> Value:
    table, row, place = _at(book, cell)
    return table.columns[place][row] if table else None


def _at(book: Book, cell: Cell) -> tuple[Table | None, int, int]:
    """The table of a cell, with its row and column there from 0."""
    for table in book.tables.values():
        row, place = cell.row - table.row - 1, cell.column - table.column
        if table.sheet == cell.sheet and 0 <= row < table.rows and 0 <= place < len(table.columns):
            return table, row, place
    return None, 0, 0
