"""What stands after a change: held against what was meant at once, and against what is there at an undo."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qmsbook.book.cell import Cell
from qmsbook.book.table import alike
from qmsbook.hosts.host import OfficeFailed
from qmsbook.hosts.libreoffice.blocks import used
from qmsbook.hosts.libreoffice.cells import Raw
from qmsbook.hosts.libreoffice.load import ranges_of

#: Rows of cells as LibreOffice holds them: the first element numbers and texts, the second formulas.
Cells = tuple[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a change left behind: columns by table and place, whole sheets by name; None for what is gone."""

    columns: Mapping[tuple[str, int], object]
    sheets: Mapping[str, object]


def proof_of(document: Any, columns: Iterable[tuple[str, int]], sheets: Iterable[str]) -> Proof:
    """What stands at this moment in columns of tables and on sheets."""
    wanted: dict[str, list[int]] = {}
    for table, place in columns:
        wanted.setdefault(table, []).append(place)
    found: dict[tuple[str, int], object] = {}
    for table, places in wanted.items():
        found.update(_columns(document, table, places))
    return Proof(found, {name: standing(document, name) for name in sheets})


def _columns(document: Any, table: str, places: Collection[int]) -> dict[tuple[str, int], object]:
    gone: dict[tuple[str, int], object] = {(table, place): None for place in places}
    if not document.DatabaseRanges.hasByName(table):
        return gone
    at = document.DatabaseRanges.getByName(table).DataArea
    sheet = document.Sheets.getByIndex(at.Sheet)
    box = sheet.getCellRangeByPosition(at.StartColumn, at.StartRow, at.EndColumn, at.EndRow)
    values, formulas = (tuple(zip(*rows, strict=True)) for rows in _cells(box))
    where = sheet.Name, at.StartRow, at.StartColumn
    held = {
        (table, place): (where, values[place], formulas[place]) for place in places if place < len(values)
    }
    return {**gone, **held}


def _cells(cells: Any) -> Cells:
    return cells.getDataArray(), cells.getFormulaArray()


def standing(document: Any, name: str) -> object:
    """All cells and tables of a sheet, or None if there is no such sheet."""
    if not document.Sheets.hasByName(name):
        return None
    sheet = document.Sheets.getByName(name)
    top, left, bottom, right = used(sheet)
    tables = ranges_of(document).get(sheet.RangeAddress.Sheet, [])
    return _cells(sheet.getCellRangeByPosition(left, top, right, bottom)), tables


def check_cells(sheet: Any, column: int, given: Mapping[int, Raw]) -> None:
    """Raises OfficeFailed if cells of a column, by row from 0, do not hold what they were given."""
    first, last = min(given), max(given)
    values, formulas = _cells(sheet.getCellRangeByPosition(column, first, column, last))
    for row, cell in given.items():
        found = (formulas if cell.formula else values)[row - first][0]
        if type(found) is not type(cell.content) or found != cell.content:
            where = Cell(sheet.Name, row + 1, column + 1)
            raise OfficeFailed(f"{where} did not take what was written.")


def check_sheet(source: Any, drawn: str, document: Any, name: str) -> None:
    """Raises OfficeFailed if a sheet does not show what was drawn; what formulas give is left aside.

    Figures go by what people see: a workbook that was saved keeps fewer digits than a drawing has.
    """
    sheet = source.Sheets.getByName(drawn)
    top, left, bottom, right = used(sheet)
    arrived = document.Sheets.getByName(name).getCellRangeByPosition(left, top, right, bottom)
    wanted, found = _cells(sheet.getCellRangeByPosition(left, top, right, bottom)), _cells(arrived)
    for row, (line, said) in enumerate(zip(wanted[0], wanted[1], strict=True)):
        for column, value in enumerate(line):
            free = str(said[column]).startswith("=") and value != said[column]
            if not free and not alike(found[0][row][column], value):
                where = Cell(name, row + 1, column + 1)
                raise OfficeFailed(f"{where} did not arrive as it was drawn.")
