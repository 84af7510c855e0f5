"""One LibreOffice for all tests of a session, and documents in it that are closed behind each test."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qmsbook.hosts.host import NoLibreOffice
from qmsbook.hosts.libreoffice.bridge import Office, close


@cache
def _started() -> Office | str:
    try:
        office = Office()
    except NoLibreOffice as problem:
        return str(problem)
    atexit.register(office.close)
    return office


def live_office() -> Office:
    """The session's LibreOffice. Skips the test where there is none, unless it is required."""
    found = _started()
    if isinstance(found, Office):
        return found
    if "libreoffice" in os.environ.get("QMSBOOK_REQUIRE", ""):
        pytest.fail(f"QMSBOOK_REQUIRE asks for LibreOffice: {found}")
    pytest.skip(found)


class Desk:
    """Opens documents for one test."""

    def __init__(self, office: Office | None = None) -> None:
        self.office = office or live_office()
        self._open: list[Any] = []

    def open(self, path: Path, hidden: bool = True) -> Any:
        """The document of a workbook file."""
        self._open.append(self.office.open(path, hidden))
        return self._open[-1]

    def forget(self, document: Any) -> None:
        """A document that the test closed itself."""
        self._open.remove(document)

    def clear(self) -> None:
        """Closes all documents."""
        while self._open:
            close(self._open.pop())


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A LibreOffice to open workbooks in."""
    made = Desk()
    yield made
    made.clear()


def everything(document: Any) -> dict[str, object]:
    """All that a document holds, as far as people can see it: cells, looks, rules, names, tables, charts."""
    names = document.NamedRanges
    ranges = document.DatabaseRanges
    sheets = [document.Sheets.getByIndex(place) for place in range(document.Sheets.Count)]
    return {
        "names": {name: names.getByName(name).Content for name in names.ElementNames},
        "tables": {name: _box(ranges.getByName(name).DataArea) for name in ranges.ElementNames},
        "sheets": [_sheet(sheet, document.NumberFormats) for sheet in sheets],
        "in front": document.CurrentController.getActiveSheet().Name,
    }


def _sheet(sheet: Any, formats: Any) -> dict[str, object]:
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    at = cursor.RangeAddress
    cells = sheet.getCellRangeByPosition(0, 0, at.EndColumn + 2, at.EndRow + 12)
    shapes = [sheet.DrawPage.getByIndex(number) for number in range(sheet.DrawPage.Count)]
    charts = [sheet.Charts.getByIndex(number) for number in range(sheet.Charts.Count)]
    return {
        "name": sheet.Name,
        "style": sheet.PageStyle,
        "colour": sheet.TabColor,
        "values": cells.getDataArray(),
        "formulas": cells.getFormulaArray(),
        "looks": sorted(_looks(cells, formats)),
        "rules": sorted(_rules(sheet)),
        "prints": [_box(area) for area in sheet.getPrintAreas()],
        "titles": (sheet.getPrintTitleRows(), _box(sheet.getTitleRows())),
        "shapes": [
            (each.Name, each.Title, each.Description, each.Position.X, each.Position.Y, each.Size.Width)
            for each in shapes
        ],
        "charts": [[_box(area) for area in chart.Ranges] for chart in charts],
        "widths": [sheet.Columns.getByIndex(place).Width for place in range(at.EndColumn + 1)],
    }


def _looks(cells: Any, formats: Any) -> Iterator[tuple[object, ...]]:
    """Every cell's look; LibreOffice's own grouping also tells apart what looks the same."""
    groups = cells.getUniqueCellFormatRanges()
    for number in range(groups.Count):
        group = groups.getByIndex(number)
        rule = group.Validation
        code = formats.getByKey(group.NumberFormat).FormatString
        shown = (code, group.CellBackColor, group.CharWeight, group.CharColor)
        look = str((*shown, rule.Type.value, rule.getFormula1()))
        for at in group.RangeAddresses:
            for row in range(at.StartRow, at.EndRow + 1):
                yield from ((row, column, look) for column in range(at.StartColumn, at.EndColumn + 1))


def _rules(sheet: Any) -> Iterator[tuple[str, ...]]:
    for each in sheet.ConditionalFormats.getConditionalFormats():
        entries = [each.getByIndex(number) for number in range(each.Count)]
        said = [(entry.Formula1, entry.StyleName) for entry in entries if hasattr(entry, "Formula1")]
        yield each.Range.RangeAddressesAsString, str(said)


def _box(at: Any) -> tuple[int, ...]:
    return at.Sheet, at.StartRow, at.StartColumn, at.EndRow, at.EndColumn
