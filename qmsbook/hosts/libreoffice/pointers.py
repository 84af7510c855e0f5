"""Formulas of the user's that point at a sheet which is about to be replaced: kept, and entered again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from qmsbook.book.cell import Cell
from qmsbook.hosts.file.formulas import names_sheet
from qmsbook.hosts.host import WouldLoseContent
from qmsbook.hosts.libreoffice.blocks import FORMULAS, Box, boxes_of
from qmsbook.hosts.libreoffice.formulas import as_excel


class Pointers:
    """All formulas, names and conditions outside the sheets that are replaced, as they were."""

    def __init__(self, document: Any, replaced: Collection[str]) -> None:
        self.document = document
        self.sheets = [name for name in document.Sheets.ElementNames if name not in replaced]
        self.cells = self._cells()
        self.names = _names(document)
        self.conditions = {name: _conditions(document.Sheets.getByName(name)) for name in self.sheets}
        self.charts = {name: _charts(document, name) for name in self.sheets}
        self.checks = {name: _checks(document.Sheets.getByName(name), replaced) for name in self.sheets}

    def _cells(self) -> dict[tuple[str, int, int], str]:
        return {
            (name, row, column): text
            for name in self.sheets
            for (row, column), text in formulas_of(self.document.Sheets.getByName(name)).items()
        }

    def refuse(self, sheet: str, tables: Collection[str]) -> None:
        """Raises WouldLoseContent if anything points at a sheet that is to go, or at its tables."""
        pattern = names_sheet(sheet)
        starts = tuple(table.casefold() + "[" for table in tables)

        def points(text: str) -> bool:
            said = as_excel(text)
            return pattern.search(said) is not None or any(s in said.casefold() for s in starts)

        for (name, row, column), text in self.cells.items():
            if points(text):
                raise WouldLoseContent(f"{Cell(name, row + 1, column + 1)} refers to the sheet {sheet}.")
        for name, text in self.names.items():
            if points(text):
                raise WouldLoseContent(f"The name {name} refers to the sheet {sheet}.")
        for name, checks in self.checks.items():
            if any(sheet.casefold() in first.casefold() for _, first, _ in checks):
                raise WouldLoseContent(f"A drop-down on the sheet {name} refers to the sheet {sheet}.")
        for name, charts in self.charts.items():
            if any(at[0] == sheet for ranges in charts.values() for at in ranges):
                raise WouldLoseContent(f"A chart on the sheet {name} refers to the sheet {sheet}.")

    def restore(self) -> None:
        """Enters again what no longer says what it did. Raises WouldLoseContent for what cannot be."""
        for name, text in self.names.items():
            held = self.document.NamedRanges.getByName(name)
            if held.Content != text:
                held.Content = text
        self._restore_cells()
        for name, conditions in self.conditions.items():
            _restore_conditions(self.document.Sheets.getByName(name), conditions)
        for name, checks in self.checks.items():
            _restore_checks(self.document.Sheets.getByName(name), checks)
        for name, charts in self.charts.items():
            _restore_charts(self.document, name, charts)
        self._verify()

    def _restore_cells(self) -> None:
        now = self._cells()
        for (name, row, column), text in self.cells.items():
            if now.get((name, row, column)) == text:
                continue
            cell = self.document.Sheets.getByName(name).getCellByPosition(column, row)
            if not text.startswith("{"):
                cell.setFormula(text)
                continue
            cursor = cell.Spreadsheet.createCursorByRange(cell)
            cursor.collapseToCurrentArray()
            at = cursor.RangeAddress
            if (at.StartRow, at.StartColumn) == (row, column):
                cursor.setArrayFormula(text[1:-1])

    def _verify(self) -> None:
        now, names = self._cells(), _names(self.document)
        for (name, row, column), text in self.cells.items():
            if now.get((name, row, column)) != text:
                raise WouldLoseContent(f"{Cell(name, row + 1, column + 1)} could not be kept as it is.")
        for name, text in self.names.items():
            if names.get(name) != text:
                raise WouldLoseContent(f"The name {name} could not be kept as it is.")


def formulas_of(sheet: Any) -> dict[tuple[int, int], str]:
    """Every formula of a sheet as LibreOffice spells it, by row and column from 0."""
    found: dict[tuple[int, int], str] = {}
    for top, left, bottom, right in boxes_of(sheet.queryContentCells(FORMULAS)):
        cells = sheet.getCellRangeByPosition(left, top, right, bottom)
        for row, line in enumerate(cells.getFormulaArray(), top):
            for column, text in enumerate(line, left):
                found[row, column] = text
    return found


def _names(document: Any) -> dict[str, str]:
    held = document.NamedRanges
    return {name: held.getByName(name).Content for name in held.ElementNames}


def _conditions(sheet: Any) -> dict[int, list[tuple[str, str]]]:
    """The formulas of a sheet's conditional formats, by the format's number and in their order."""
    found = {}
    for each in sheet.ConditionalFormats.getConditionalFormats():
        entries = [each.getByIndex(number) for number in range(each.Count)]
        found[each.ID] = [(entry.Formula1, entry.Formula2) for entry in entries if hasattr(entry, "Formula1")]
    return found


def _restore_conditions(sheet: Any, wanted: dict[int, list[tuple[str, str]]]) -> None:
    now = _conditions(sheet)
    if now == wanted:
        return
    for each in sheet.ConditionalFormats.getConditionalFormats():
        entries = [each.getByIndex(number) for number in range(each.Count)]
        entries = [entry for entry in entries if hasattr(entry, "Formula1")]
        for entry, (first, second) in zip(entries, wanted.get(each.ID, []), strict=False):
            if (entry.Formula1, entry.Formula2) != (first, second):
                entry.Formula1, entry.Formula2 = first, second


#: A range that has a drop-down or another check of what is typed, and the check's two formulas.
_Check = tuple[Box, str, str]


def _checks(sheet: Any, replaced: Collection[str]) -> list[_Check]:
    """The checks of a sheet's cells whose formulas name a sheet that is replaced."""
    groups, found = sheet.getUniqueCellFormatRanges(), list[_Check]()
    for number in range(groups.Count):
        group = groups.getByIndex(number)
        rule = group.Validation
        first, second = rule.getFormula1(), rule.getFormula2()
        if any(name.casefold() in f"{first} {second}".casefold() for name in replaced):
            found += [(box, first, second) for box in boxes_of(group)]
    return found


def _restore_checks(sheet: Any, wanted: Collection[_Check]) -> None:
    for (top, left, bottom, right), first, second in wanted:
        cells = sheet.getCellRangeByPosition(left, top, right, bottom)
        rule = cells.Validation
        if (rule.getFormula1(), rule.getFormula2()) != (first, second):
            rule.setFormula1(first)
            rule.setFormula2(second)
            cells.Validation = rule


#: Where a chart takes its figures from: sheet, first row and column, last row and column.
_Ranges = tuple[tuple[str, int, int, int, int], ...]


def _charts(document: Any, name: str) -> dict[str, _Ranges]:
    charts = document.Sheets.getByName(name).Charts
    names = document.Sheets.ElementNames
    return {
        each: tuple(
            (names[at.Sheet], at.StartRow, at.StartColumn, at.EndRow, at.EndColumn)
            for at in charts.getByName(each).Ranges
            if at.Sheet < len(names)
        )
        for each in charts.ElementNames
    }


def _restore_charts(document: Any, name: str, wanted: dict[str, _Ranges]) -> None:
    now = _charts(document, name)
    for each, ranges in wanted.items():
        if now.get(each) != ranges:
            chart = document.Sheets.getByName(name).Charts.getByName(each)
            chart.Ranges = tuple(
                document.Sheets.getByName(sheet).getCellRangeByPosition(left, top, right, bottom).RangeAddress
                for sheet, top, left, bottom, right in ranges
            )
