"""Excel, with a workbook open: finds the one whose button was pressed, over xlwings (its BSD part only)."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

from qmsbook.book.cell import Cell
from qmsbook.hosts.excel.hushed import give_back
from qmsbook.hosts.excel.running import find, is_busy, once_ready, running, said
from qmsbook.hosts.host import Host

#: The title of dialogs.
TITLE = "qmsbook"
#: As many letters as a status bar takes.
_LONGEST = 255
#: The macro that started this program may run for a moment yet. Seconds.
_PATIENCE = 4.0


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
        line = text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."
        with contextlib.suppress(Exception):
            self.app.status_bar = line
            self._said = line  # only now: what stands there is what must go in the end

    def rest(self) -> None:
        """Give the status bar back to Excel, unless something else was put there since."""

        def give_back() -> None:
            if self.app.status_bar == self._said:
                self.app.status_bar = False

        with contextlib.suppress(Exception):
            once_ready(give_back)

    def tell(self, text: str) -> None:
        """Show a dialog."""
        self._dialog(text, "ok")

    def ask(self, question: str) -> bool:
        """Ask with the buttons Yes and No."""
        return self._dialog(question, "yes_no") == "yes"

    def _dialog(self, text: str, buttons: str) -> str:
        """Which button was pressed; on a Mac an Excel that is busy shows no dialog either."""
        pressed = once_ready(lambda: self.app.alert(text, title=TITLE, buttons=buttons, mode="info"))
        return str(pressed)

    def show(self, cell: Cell) -> None:
        """Go to a cell."""
        sheet = self.book.sheets[cell.sheet]
        sheet.activate()
        sheet.range((cell.row, cell.column)).select()

    def open(self, path: Path) -> None:
        """Open another workbook beside this one."""
        self.app.books.open(str(path))

    def gone(self) -> bool:
        """Whether the workbook, or Excel, was closed meanwhile; an Excel that is busy is there."""
        try:
            return self.book is not None and not self.book.name
        except Exception as problem:
            return not is_busy(problem)

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

    def reached() -> ExcelScreen:
        app, book = find(running(), name, window)
        give_back(app)
        return ExcelScreen(app, book)

    try:
        return once_ready(reached, _PATIENCE)
    except Exception as problem:
        raise said(problem) from None


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

    host: Host = import_module("qmsbook.hosts.excel.host").ExcelHost(book)
    return host
