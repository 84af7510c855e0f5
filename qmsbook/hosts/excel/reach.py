"""Reaches the sheets and cells of an open workbook in few calls: each costs about 10 ms, whatever it does."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from typing import Any

from qmsbook.book.cell import quoted
from qmsbook.hosts.excel.cells import Given


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
        cells = None if name in self._known else self._evaluated(f"{quoted(name)}!{address}")
        if cells is not None:
            cells.Value = rows
        else:
            self.sheet(name).range(address).raw_value = rows

    def _evaluated(self, reference: str) -> Any:
        """The cells of another sheet as Excel's own object, in one call in place of two, or None.

        Any sheet does for `Worksheet.Evaluate`: it takes references as formulas have them, and gives a number
        for what it cannot find. AppleScript finds sheets and cells without a call.
        """
        if self._from is not None and sys.platform != "darwin":
            with contextlib.suppress(Exception):  # it may be a sheet of another kind
                found = self._from.api.Evaluate(reference)
                return None if isinstance(found, int) else found
        return None


def delete(sheet: Any) -> None:
    """Takes a sheet out; alerts must be off, for `Sheet.delete` would see to them with five calls more."""
    sheet.api.delete() if sys.platform == "darwin" else sheet.api.Delete()
