"""Writes cells in bulk: one call per run of rows, and what LibreOffice needs for a value to stay itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from qmsbook.book.table import ErrorValue, Value
from qmsbook.hosts.host import NotStorable
from qmsbook.hosts.libreoffice.blocks import Block, Reader
from qmsbook.hosts.libreoffice.bridge import struct

#: The key of the format of texts, in any locale that is the program's own.
_TEXT = 100
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


@dataclass(frozen=True, slots=True)
class Raw:
    """What LibreOffice is given for one cell: a number, a text or a formula, and the key of its format."""

    content: float | str
    formula: bool = False
    key: int = 0


def raw_of(block: Block, row: int, column: int) -> Raw:
    """What a cell of a block holds, to be put back later."""
    key = block.formats[column][row]
    formula = block.formulas[column].get(row) or block.constants[column].get(row)
    if formula is not None:
        return Raw(formula, True, key)
    return Raw(block.raw[column][row], False, key)


class Encoder:
    """Turns values into what one document's cells are given."""

    def __init__(self, document: Any, reader: Reader) -> None:
        self.document, self.reader = document, reader
        self._keys: dict[str, int] = {}

    def raw(self, value: Value, key: int) -> Raw:
        """A value for a cell with a number format."""
        if value is None:
            return Raw("", False, key)
        if isinstance(value, bool):
            return Raw("=TRUE()" if value else "=FALSE()", True, key)
        if isinstance(value, ErrorValue):
            return Raw("=" + value.code, True, key)
        if isinstance(value, float):
            return Raw(value, False, 0 if self.reader.kind(key) in ("date", "flag") else key)
        if isinstance(value, date):
            serial = self.reader.calendar.serial(value)
            if serial is None:
                raise NotStorable(f"{value} lies before the first day that this workbook can count.")
            return Raw(serial, False, key if self.reader.kind(key) == "date" else self._date(value))
        return Raw(value, False, key)

    def _date(self, value: date) -> int:
        code = _MOMENT if isinstance(value, datetime) else _DAY
        if code not in self._keys:
            locale = struct("com.sun.star.lang.Locale")
            locale.Language, locale.Country = "en", "US"
            formats = self.document.NumberFormats
            found = formats.queryKey(code, locale, False)
            self._keys[code] = found if found >= 0 else formats.addNew(code, locale)
        return self._keys[code]


def put(
    sheet: Any, left: int, columns: Sequence[Mapping[int, Raw]], now: Sequence[Mapping[int, int]]
) -> None:
    """Writes the same rows, from 0, of columns side by side; ``now`` holds the keys of their formats.

    LibreOffice measures the height of every row at each call, so that one call for all is far cheaper.
    """
    for rows in runs(sorted(columns[0])):
        if all(cells[row].formula for cells in columns for row in rows):
            continue
        box = sheet.getCellRangeByPosition(left, rows[0], left + len(columns) - 1, rows[-1])
        # None would become #N/A; a formula's place is left blank until the next lines.
        box.setDataArray(
            tuple(tuple("" if c[row].formula else c[row].content for c in columns) for row in rows)
        )
    for place, (cells, keys) in enumerate(zip(columns, now, strict=True)):
        _rest(sheet, left + place, cells, keys)


def _rest(sheet: Any, column: int, cells: Mapping[int, Raw], now: Mapping[int, int]) -> None:
    """What a bulk write leaves undone in a column: formulas, texts with odd line ends, formats."""
    for rows in runs(sorted(row for row in cells if cells[row].formula)):
        box = sheet.getCellRangeByPosition(column, rows[0], column, rows[-1])
        box.setFormulaArray(tuple((cells[row].content,) for row in rows))
    for row, cell in cells.items():
        if not cell.formula and isinstance(cell.content, str) and _is_edited(cell.content):
            _type(sheet.getCellByPosition(column, row), cell)
    # What a formula brings along shows only when it is calculated, so its cell's own format is set anyway.
    _formats(sheet, column, {r: c.key for r, c in cells.items() if c.formula}, ask=False)
    _formats(sheet, column, {r: c.key for r, c in cells.items() if _brings(c) or c.key != now.get(r, 0)})


def _brings(cell: Raw) -> bool:
    """Whether content may bring a format along, as a text does that looks like anything else."""
    return isinstance(cell.content, str) and cell.content != "" and not cell.formula


def _is_edited(text: str) -> bool:
    """Whether LibreOffice would change a text on its way in: its line ends, or tabs in several lines."""
    return "\r" in text or ("\n" in text and "\t" in text)


def _type(cell: Any, wanted: Raw) -> None:
    """Enters a text as if it were typed into a cell for texts: nothing of it is changed."""
    cell.NumberFormat = _TEXT
    cell.FormulaLocal = wanted.content
    cell.NumberFormat = wanted.key


def _formats(sheet: Any, column: int, keys: Mapping[int, int], ask: bool = True) -> None:
    for key in sorted(set(keys.values())):
        for rows in runs(sorted(row for row in keys if keys[row] == key)):
            box = sheet.getCellRangeByPosition(column, rows[0], column, rows[-1])
            if not ask or box.NumberFormat != key:  # to set a format costs far more than to ask
                box.NumberFormat = key


def runs(rows: Iterable[int]) -> Iterator[Sequence[int]]:
    """Sorted numbers in runs without gaps.

    >>> [list(run) for run in runs([1, 2, 3, 7, 8])]
    [[1, 2, 3], [7, 8]]
    """
    start = last = None
    for row in rows:
        if start is None or last is None:
            start = row
        elif row != last + 1:
            yield range(start, last + 1)
            start = row
        last = row
    if start is not None and last is not None:
        yield range(start, last + 1)
