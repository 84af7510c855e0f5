"""Reaches the sheets and cells of an open workbook in few calls: each costs about 10 ms, whatever it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qmsbook.book.cell import quoted
from qmsbook.hosts.excel.cells import Given
from qmsbook.hosts.excel.raw import evaluated, fill


class Reach:
    """The sheets of one open workbook, given as a book of xlwings; each is looked up once."""

    def __init__(self, book: Any) -> None:
        self.sheets = book.sheets  # to ask a book for them is a call by itself
        self._known: dict[str, Any] = {}
        self._from: Any = None

    def front(self) -> Any:
        """The sheet that people look at."""
        self._from = self.sheets.active
        return self._from

    def sheet(self, name: str) -> Any:
        """A sheet by name."""
        if name not in self._known:
            self._known[name] = self.sheets[name]
            self._from = self._from or self._known[name]
        return self._known[name]

    def know(self, name: str, sheet: Any) -> None:
        """A sheet that was found already."""
        self._known[name] = sheet

    def forget(self, name: str) -> None:
        """Another sheet bears that name by now, or none."""
        self._known.pop(name, None)

    def put(self, name: str, address: str, values: Sequence[Sequence[Given]]) -> None:
        """Puts values into the cells of a sheet, as a table of rows."""
        # xlwings itself gives "" for a blank cell: pywin32 makes of None not VT_EMPTY but VT_NULL.
        rows = [["" if value is None else value for value in row] for row in values]
        any_sheet = None if name in self._known else self._from
        # In one call in place of two.
        cells = evaluated(any_sheet, f"{quoted(name)}!{address}") if any_sheet is not None else None
        if cells is not None:
            fill(cells, rows)
        else:
            self.sheet(name).range(address).raw_value = rows
