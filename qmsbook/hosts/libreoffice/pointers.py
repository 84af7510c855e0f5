"""What of the user's points at a sheet that is about to be replaced: kept, and entered again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from qmsbook.book.cell import Cell
from qmsbook.hosts.file.formulas import names_sheet
from qmsbook.hosts.host import WouldLoseContent
from qmsbook.hosts.libreoffice.blocks import FORMULAS, Box, boxes_of
from qmsbook.hosts.libreoffice.formulas import as_excel


class Pointers:
    """All formulas, names, rules, charts and pivots outside the sheets that are replaced, as they were."""

    def __init__(self, document: Any, replaced: Collection[str]) -> None:
        self.document = document
        self.sheets = [name for name in document.Sheets.ElementNames if name not in replaced]
        self.cells = self._cells()
        self.names = self._names()
        self.conditions = {name: _conditions(document.Sheets.getByName(name)) for name in self.sheets}
        self.charts = {name: _charts(document, name, replaced) for name in self.sheets}
        self.checks = {name: _checks(document.Sheets.getByName(name), replaced) for name in self.sheets}
        self.pivots = {name: _pivots(document, name) for name in self.sheets}

    def _names(self) -> dict[tuple[str, str], str]:
        """What names stand for, by their sheet (blank for those of the whole workbook) and name."""
        held = {where: self._names_of(where) for where in ("", *self.sheets)}
        return {
            (where, name): names.getByName(name).Content
            for where, names in held.items()
            for name in names.ElementNames
        }

    def _names_of(self, sheet: str) -> Any:
        return (self.document.Sheets.getByName(sheet) if sheet else self.document).NamedRanges

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
        for (_, name), text in self.names.items():
            if points(text):
                raise WouldLoseContent(f"The name {name} refers to the sheet {sheet}.")
        for name, conditions in self.conditions.items():
            if any(points(text) for rule in conditions.values() for pair in rule for text in pair):
                raise WouldLoseContent(f"A colour rule on the sheet {name} refers to the sheet {sheet}.")
        for name, checks in self.checks.items():
            if any(sheet.casefold() in first.casefold() for _, first, _ in checks):
                raise WouldLoseContent(f"A drop-down on the sheet {name} refers to the sheet {sheet}.")
        for name, charts in self.charts.items():
            if any(at[0] == sheet for ranges, _ in charts.values() for at in ranges):
                raise WouldLoseContent(f"A chart on the sheet {name} refers to the sheet {sheet}.")
        for name, pivots in self.pivots.items():
            if any(at[0] == sheet for at in pivots.values()):
                raise WouldLoseContent(f"A pivot table on the sheet {name} refers to the sheet {sheet}.")

    def restore(self) -> None:
        """Enters again what no longer says what it did. Raises WouldLoseContent for what cannot be."""
        for (where, name), text in self.names.items():
            held = self._names_of(where).getByName(name)
            if held.Content != text:
                held.Content = text
        self._restore_cells()
        for name, conditions in self.conditions.items():
            _restore_conditions(self.document.Sheets.getByName(name), conditions)
        for name, checks in self.checks.items():
            _restore_checks(self.document.Sheets.getByName(name), checks)
        for name, charts in self.charts.items():
            _restore_charts(self.document, name, charts)
        for name, pivots in self.pivots.items():
            _restore_pivots(self.document, name, pivots)
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
        now, names = self._cells(), self._names()
        for (name, row, column), text in self.cells.items():
            if now.get((name, row, column)) != text:
                raise WouldLoseContent(f"{Cell(name, row + 1, column + 1)} could not be kept as it is.")
        for (where, name), text in self.names.items():
            if names.get((where, name)) != text:
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


#: A range: sheet, first row and column, last row and column.
_Range = tuple[str, int, int, int, int]
#: The ranges that a chart takes its figures from, and those of each series' values and label.
_Shown = tuple[tuple[_Range, ...], list[tuple[str, str]]]


def _charts(document: Any, name: str, replaced: Collection[str]) -> dict[str, _Shown]:
    """The charts of a sheet that show something of a sheet that is replaced."""
    charts, names = document.Sheets.getByName(name).Charts, document.Sheets.ElementNames
    found = {}
    for each in charts.ElementNames:
        held = charts.getByName(each)
        ranges = tuple(_range(names, at) for at in held.Ranges if at.Sheet < len(names))
        if any(at[0] in replaced for at in ranges):
            pairs = [(_said(one.getValues()), _said(one.getLabel())) for one in _series(held)]
            found[each] = ranges, pairs
    return found


def _restore_charts(document: Any, name: str, wanted: dict[str, _Shown]) -> None:
    for each, (ranges, pairs) in wanted.items():
        chart = document.Sheets.getByName(name).Charts.getByName(each)
        if len(_series(chart)) != len(pairs):
            chart.Ranges = tuple(_address(document, at) for at in ranges)
        provider = chart.EmbeddedObject.getDataProvider()
        for series, (values, label) in zip(_series(chart), pairs, strict=False):
            if _said(series.getValues()) != values:
                series.setValues(_sequence(provider, values, series.getValues()))
            if _said(series.getLabel()) != label:
                series.setLabel(_sequence(provider, label, series.getLabel()))


def _series(chart: Any) -> Sequence[Any]:
    return tuple(chart.EmbeddedObject.getDataSequences())


def _said(sequence: Any) -> str:
    """The range of a sequence; blank for none. One cell is spelled in two ways."""
    first, _, last = (sequence.getSourceRangeRepresentation() if sequence else "").partition(":")
    return first if first.endswith("." + last) else f"{first}:{last}".rstrip(":")


def _sequence(provider: Any, said: str, was: Any) -> Any:
    """A range as a sequence that plays the part of another."""
    if not said:
        return None
    made = provider.createDataSequenceByRangeRepresentation(said)
    made.Role = was.Role if was is not None else "label"  # values are always there
    return made


def _pivots(document: Any, name: str) -> dict[str, _Range]:
    """Where each pivot table of a sheet takes its rows from."""
    tables, names = document.Sheets.getByName(name).DataPilotTables, document.Sheets.ElementNames
    sources = {each: tables.getByName(each).SourceRange for each in tables.ElementNames}
    return {each: _range(names, at) for each, at in sources.items() if at.Sheet < len(names)}


def _restore_pivots(document: Any, name: str, wanted: dict[str, _Range]) -> None:
    now = _pivots(document, name)
    for each, source in wanted.items():
        if now.get(each) != source:
            tables = document.Sheets.getByName(name).DataPilotTables
            tables.getByName(each).SourceRange = _address(document, source)


def _range(names: Sequence[str], at: Any) -> _Range:
    return names[at.Sheet], at.StartRow, at.StartColumn, at.EndRow, at.EndColumn


def _address(document: Any, at: _Range) -> Any:
    sheet, top, left, bottom, right = at
    return document.Sheets.getByName(sheet).getCellRangeByPosition(left, top, right, bottom).RangeAddress
