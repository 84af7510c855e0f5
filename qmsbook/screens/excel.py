"""Excel, with a workbook open: finds the one whose button was pressed, over xlwings (its BSD part only)."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qmsbook.cell import Cell
from qmsbook.host import ExcelBusy, Host, NoExcel, NotOpenInExcel

#: The title of dialogs.
TITLE = "qmsbook"
#: As many letters as a status bar takes.
_LONGEST = 255
#: What Excel answers while a cell is edited, a dialog is open or a macro runs: RPC_E_CALL_REJECTED,
#: RPC_E_SERVERCALL_RETRYLATER and VBA_E_IGNORE.
_BUSY = frozenset({-2147418111, -2147417846, -2146777998})
#: The macro that started this program may run for a moment yet. Seconds.
_PATIENCE, _PAUSE = 4.0, 0.1
_TRIES = 40


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

    Without a name: a running Excel, with no workbook. Raises NotOpenInExcel, NoExcel and ExcelBusy.
    """
    try:
        import xlwings
    except ImportError as problem:
        raise NoExcel(f"({problem})") from None
    engine = getattr(xlwings, "_xlwindows", None)
    if engine is not None and not getattr(engine, "N_COM_ATTEMPTS", _TRIES):
        engine.N_COM_ATTEMPTS = _TRIES  # xlwings tries for ever while Excel is busy
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return _attached(list(xlwings.apps), name, window)
        except (NoExcel, NotOpenInExcel):
            raise
        except Exception as problem:
            if not is_busy(problem):
                raise
            if time.monotonic() > until:
                raise ExcelBusy from None
            time.sleep(_PAUSE)


def tell_without_excel(text: str) -> None:
    """A dialog for when Excel cannot be reached, on Windows; elsewhere the add-in's own comes later."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, TITLE, 0x40030)  # a warning, in front of all windows


def is_busy(problem: BaseException) -> bool:
    """Whether Excel refused a call because it is busy with the person."""
    parts = [part for each in problem.args for part in (each if isinstance(each, tuple) else (each,))]
    return bool(_BUSY & {part for part in parts if isinstance(part, int)})


def _attached(apps: list[Any], name: str, window: int | None) -> ExcelScreen:
    if not apps:
        raise NoExcel("No Excel is running.")
    asked = [app for app in apps if window and app.hwnd == window]
    if not name:
        return ExcelScreen((asked or apps)[0], None)
    for app in [*asked, *(app for app in apps if app not in asked)]:
        book = named(app.books, name)
        if book is not None:
            return ExcelScreen(app, book)
    raise NotOpenInExcel(f"It is {base_name(name)}.")


def named(books: Iterable[Any], name: str) -> Any:
    """The open book with a full name. One Excel never holds two books of one name, whatever their folders."""
    wanted = base_name(name).casefold()
    return next((book for book in books if str(book.name).casefold() == wanted), None)


def base_name(name: str) -> str:
    """The last part of a path or an https address.

    >>> base_name("C:\\\\Plan\\\\acme.xlsx"), base_name("https://d.example/1/acme.xlsx"), base_name("Book1")
    ('acme.xlsx', 'acme.xlsx', 'Book1')
    """
    return re.split(r"[\\/:]", name)[-1]


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
