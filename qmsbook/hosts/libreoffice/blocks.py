"""Ranges of cells, read from an open document in a handful of calls whatever their size."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from qmsbook.book.cell import column_number
from qmsbook.book.table import ErrorValue, Value
from qmsbook.hosts.file.formats import Formats

#: First row, first column, last row, last column, from 0 as LibreOffice counts.
Box = tuple[int, int, int, int]
#: What a number format makes of a number.
Kind = Literal["number", "date", "time", "percent", "flag"]

#: com.sun.star.util.NumberFormat, .sheet.CellFlags and .sheet.FormulaResult
_DATE, _TIME, _PERCENT, _LOGICAL = 2, 4, 128, 1024
FORMULAS, _ERRORS = 16, 4
#: Numbers, dates, texts and formulas.
CONTENTS = 1 | 2 | 4 | FORMULAS
MAX_ROW = 1 << 20

#: A range as LibreOffice spells it, with or without its sheet's name; whole columns look otherwise.
_RANGE = re.compile(r"(?:(?:'(?:[^']|'')*'|[^'.;,]*)\.)?([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?(?:[;,]|$)")

#: LibreOffice's numbers of the errors that Excel knows; any other shows as the first.
_ERROR = {
    519: "#VALUE!", 32767: "#N/A", 532: "#DIV/0!", 524: "#REF!", 525: "#NAME?", 503: "#NUM!", 521: "#NULL!",
}  # fmt: skip
#: Formulas that are plain values: LibreOffice has no cells that hold a yes or an error.
_CONSTANTS: dict[str, Value] = {
    "=TRUE()": True,
    "=FALSE()": False,
    **{"=" + code: ErrorValue(code) for code in _ERROR.values()},
}


@dataclass(slots=True)
class Block:
    """The cells of a range by column and row from 0.

    ``raw`` is what LibreOffice holds, ``formats`` the keys of number formats, ``formulas`` LibreOffice's text
    of each formula, and ``constants`` those of them that are plain values.
    """

    box: Box
    raw: list[tuple[Any, ...]]
    values: list[list[Value]]
    formats: list[list[int]]
    formulas: list[dict[int, str]]
    constants: list[dict[int, str]] = field(default_factory=list)

    def upto(self, rows: int) -> Block:
        """The block of its first rows."""
        top, left, bottom, right = self.box
        if bottom - top + 1 <= rows:
            return self

        def cut(held: list[dict[int, str]]) -> list[dict[int, str]]:
            return [{row: text for row, text in each.items() if row < rows} for each in held]

        return Block(
            (top, left, top + rows - 1, right),
            [each[:rows] for each in self.raw],
            [each[:rows] for each in self.values],
            [each[:rows] for each in self.formats],
            cut(self.formulas),
            cut(self.constants),
        )


class Reader:
    """Reads the cells of one document."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self._formats = document.NumberFormats
        self._kinds: dict[int, Kind] = {0: "number"}
        self.calendar = Formats(None, date1904=document.NullDate.Year == 1904)

    def kind(self, key: int) -> Kind:
        """What a number format shows."""
        if key not in self._kinds:
            self._kinds[key] = _shown_as(self._formats.getByKey(key).Type)
        return self._kinds[key]

    def block(self, sheet: Any, box: Box) -> Block:
        """Reads a range; one that is upside down is empty."""
        top, left, bottom, right = box
        width = right - left + 1
        if bottom < top:
            empty: list[Any] = [[] for _ in range(width)]
            return Block(
                box, [()] * width, empty, empty, [{} for _ in range(width)], [{} for _ in range(width)]
            )
        cells = sheet.getCellRangeByPosition(left, top, right, bottom)
        raw = list(zip(*cells.getDataArray(), strict=True))
        values: list[list[Value]] = [[None if v == "" else v for v in column] for column in raw]
        block = Block(box, raw, values, self._number_formats(cells, box), [{} for _ in range(width)])
        block.constants = [{} for _ in range(width)]
        for place, keys in enumerate(block.formats):
            self._shown(values[place], keys)
        self._formulas(cells, block)
        return block

    def _number_formats(self, cells: Any, box: Box) -> list[list[int]]:
        top, left, bottom, right = box
        found = [[0] * (bottom - top + 1) for _ in range(left, right + 1)]
        groups = cells.getUniqueCellFormatRanges()
        for number in range(groups.Count):
            group = groups.getByIndex(number)
            key = group.NumberFormat
            if key:
                for first, start, last, end in boxes_of(group):
                    for column in range(start - left, end - left + 1):
                        found[column][first - top : last - top + 1] = [key] * (last - first + 1)
        return found

    def _shown(self, values: list[Value], keys: list[int]) -> None:
        """Turns numbers into the dates, or yes and no, that they are shown as."""
        dates = {key for key in set(keys) if self.kind(key) == "date"}
        flags = {key for key in set(keys) if self.kind(key) == "flag"}
        if dates or flags:
            for row, (key, value) in enumerate(zip(keys, values, strict=True)):
                if type(value) is float:
                    if key in dates:
                        values[row] = self.calendar.day(value)
                    elif key in flags and value in (0.0, 1.0):
                        values[row] = value == 1.0

    def _formulas(self, cells: Any, block: Block) -> None:
        found = boxes_of(cells.queryContentCells(FORMULAS))
        if not found:
            return
        texts = cells.getFormulaArray()
        top, left = block.box[:2]
        for row, column in _places(found, top, left):
            text = texts[row][column]
            if text in _CONSTANTS:
                block.constants[column][row] = text
                block.values[column][row] = _CONSTANTS[text]
            else:
                block.formulas[column][row] = text
        for row, column in _places(boxes_of(cells.queryFormulaCells(_ERRORS)), top, left):
            if row in block.formulas[column]:
                code = _ERROR.get(cells.getCellByPosition(column, row).getError(), _ERROR[519])
                block.values[column][row] = ErrorValue(code)
        self._answers(cells, block)

    def _answers(self, cells: Any, block: Block) -> None:
        """A formula that answers yes or no gives 1 or 0, and only its text shows that it was an answer."""
        for column, formulas in enumerate(block.formulas):
            for row in formulas:
                value = block.values[column][row]
                if type(value) is float and value in (0.0, 1.0) and not block.formats[column][row]:
                    shown = cells.getCellByPosition(column, row).getString()
                    if not shown.strip("01"):
                        continue
                    block.values[column][row] = value == 1.0


def _shown_as(sort: int) -> Kind:
    if sort & _LOGICAL:
        return "flag"
    if sort & _PERCENT:
        return "percent"
    if sort & _DATE:
        return "date"
    return "time" if sort & _TIME else "number"


def boxes_of(ranges: Any) -> list[Box]:
    """The ranges of a collection that all lie on one sheet.

    Asked for as one text: a struct for each would make LibreOffice's Python keep half a kilobyte of it for
    good, a megabyte each time a button is pressed.
    """
    text = ranges.RangeAddressesAsString
    found, end = [], 0
    while end < len(text):
        match = _RANGE.match(text, end)
        if match is None:
            return [(at.StartRow, at.StartColumn, at.EndRow, at.EndColumn) for at in ranges.RangeAddresses]
        end = match.end()
        top, left = int(match[2]) - 1, column_number(match[1]) - 1
        bottom, right = (int(match[4]) - 1, column_number(match[3]) - 1) if match[3] else (top, left)
        found.append((top, left, bottom, right))
    return found


def _places(boxes: Iterable[Box], above: int, before: int) -> list[tuple[int, int]]:
    return [
        (row - above, column - before)
        for top, left, bottom, right in boxes
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    ]


def merges_in(sheet: Any, box: Box) -> list[Box]:
    """The merged ranges that begin in a range, from 1; one call where there is none."""
    top, left, bottom, right = box
    if bottom < top:
        return []
    cells = sheet.getCellRangeByPosition(left, top, right, bottom)
    if not cells.getIsMerged():
        return []
    found = []
    groups = cells.getUniqueCellFormatRanges()
    for number in range(groups.Count):
        group = groups.getByIndex(number)
        if group.getByIndex(0).getCellByPosition(0, 0).getIsMerged():
            for row, column in _places(boxes_of(group), 0, 0):
                cursor = sheet.createCursorByRange(sheet.getCellByPosition(column, row))
                cursor.collapseToMergedArea()
                at = cursor.RangeAddress
                found.append((at.StartRow + 1, at.StartColumn + 1, at.EndRow + 1, at.EndColumn + 1))
    return sorted(found)


def used(sheet: Any) -> Box:
    """The range of a sheet in which anything stands."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    at = cursor.RangeAddress
    return 0, 0, at.EndRow, at.EndColumn
