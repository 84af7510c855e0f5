"""Excel, with a workbook open: finds the one whose button was pressed, over xlwings (its BSD part only)."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import Any

from qmsbook.cell import Cell
from qmsbook.host import ExcelBusy, Host
from qmsbook.hosts.xl.running import find, is_busy, running, said

#: The title of dialogs.
TITLE = "qmsbook"
#: As many letters as a status bar takes.
_LONGEST = 255
#: The macro that started this program may run for a moment yet. Seconds.
_PATIENCE, _PAUSE = 4.0, 0.1


class ExcelScreen:
    """One running Excel and one of its workbooks."""

    def __init__(self, app: Any, book: Any) -> None:
        self.app = app
        self.host: Host | None = _host(book) if book is not None else None
        self.book = book
        self.folder = _folder(book) if book is not None else None
        self._said = ""
        self._calculation = app.calculation if book is not None else None

    def say(self, text: str) -> None:
        """Put a line on the status bar; Excel being busy is no reason to fail."""
        self._said = text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."
        with contextlib.suppress(Exception):
            self.app.status_bar = self._said

    def rest(self) -> None:
        """Give the status bar back to Excel, unless something else was put there since."""
        with contextlib.suppress(Exception):
            if self.app.status_bar == self._said:
                self.app.status_bar = False

    def tell(self, text: str) -> None:
        """Show a dialog."""
        self.app.alert(text, title=TITLE, buttons="ok", mode="info")

    def ask(self, question: str) -> bool:
        """Ask with the buttons Yes and No."""
        return bool(self.app.alert(question, title=TITLE, buttons="yes_no", mode="info") == "yes")

    def show(self, cell: Cell) -> None:
        """Go to a cell."""
        sheet = self.book.sheets[cell.sheet]
        sheet.activate()
        sheet.range((cell.row, cell.column)).select()

    def open(self, path: Path) -> None:
        """Open another workbook beside this one."""
        self.app.books.open(str(path))

    def leave(self) -> None:
        """Screen updating on, calculation as it was."""
        with contextlib.suppress(Exception):
            self.app.screen_updating = True
        with contextlib.suppress(Exception):
            if self._calculation is not None and self.app.calculation != self._calculation:
                self.app.calculation = self._calculation


def attach(name: str, window: int | None = None) -> ExcelScreen:
    """The screen of an open workbook, by its full name and the number of Excel's window.

    Without a name: that of a running Excel, with no workbook. Raises NoExcel, ExcelBusy and as `find` does.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return ExcelScreen(*find(running(), name, window))
        except Exception as problem:
            if not is_busy(problem):
                raise said(problem) from None
            if time.monotonic() > until:
                raise ExcelBusy from None
            time.sleep(_PAUSE)


def tell_without_excel(text: str) -> None:
    """A dialog for when Excel cannot be reached, on Windows; elsewhere the add-in's own comes later."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, TITLE, 0x40030)  # a warning, in front of all windows


def _folder(book: Any) -> Path | None:
    """Where a workbook lies; of one in OneDrive, whose name is an address, where its copy on this PC does."""
    with contextlib.suppress(Exception):
        name = book.fullname
        if name.startswith("https:"):
            from xlwings.utils import fullname_url_to_local_path

            name = fullname_url_to_local_path(name)
        path = Path(name)
        if path.is_absolute() and path.exists():
            return path.parent
    return None


def _host(book: Any) -> Host:
    from importlib import import_module

    host: Host = import_module("qmsbook.hosts.excel").ExcelHost(book)
    return host
