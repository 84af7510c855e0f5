"""LibreOffice, with a workbook open: the extension's button started this program and does what it asks."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from qmsbook.book.cell import Cell
from qmsbook.hosts.host import CellOpen, Host, WorkbookGone

TITLE = "qmsbook"
#: Said on the status bar while the person types into a cell.
WAITING = "qmsbook waits: press Enter or Esc in the cell that you are typing into ..."
#: Who typed on while a button worked would type into a dialog that comes between two words. Seconds.
_CALM = 1.5
#: Numbers of UNO's for a message box: its buttons, and the answer Yes.
_OK, _YES_NO, _YES = 1, 3, 2


class LibreOfficeScreen:
    """One document and the window that it is shown in."""

    def __init__(self, desktop: Any, document: Any) -> None:
        from qmsbook.hosts.libreoffice.host import LibreOfficeHost

        self.desktop, self.document = desktop, document
        host = LibreOfficeHost(document)
        host.waits = self._waits
        self._typed_on = False
        self.host: Host | None = host
        self.folder = _folder(document.URL)
        self._frame = document.CurrentController.Frame
        self._line = self._frame.createStatusIndicator()

    def say(self, text: str) -> None:
        """Put a line on the status bar."""
        with contextlib.suppress(Exception):
            self._line.start(text, 0)

    def tell(self, text: str) -> None:
        """Show a dialog, when the person has finished the cell that they type into."""
        self._box("INFOBOX", _OK, text)

    def ask(self, question: str) -> bool:
        """Ask with the buttons Yes and No."""
        return bool(self._box("QUERYBOX", _YES_NO, question) == _YES)

    def show(self, cell: Cell) -> None:
        """Go to a cell, but not while the person types into another."""
        from qmsbook.hosts.libreoffice.held import show_cell

        show_cell(self.document, cell.sheet, cell.column - 1, cell.row - 1)

    def open(self, path: Path) -> None:
        """Open another workbook beside this one."""
        self.desktop.loadComponentFromURL(path.absolute().as_uri(), "_blank", 0, ())

    def gone(self) -> bool:
        """Whether the document, its window or LibreOffice was closed meanwhile."""
        try:
            return self.document.CurrentController is None or not self.document.Sheets.Count
        except Exception:
            return True

    def leave(self) -> None:
        """Nothing was held: the host lets go of the document after each change."""

    def rest(self) -> None:
        """Give the status bar back."""
        with contextlib.suppress(Exception):
            self._line.end()

    def _waits(self) -> None:
        self._typed_on = True
        self.say(WAITING)

    def _box(self, kind: str, buttons: int, text: str) -> int:
        from qmsbook.hosts.libreoffice.bridge import enum
        from qmsbook.hosts.libreoffice.entry import until_finished

        with contextlib.suppress(CellOpen):  # what is typed goes on being typed afterwards
            until_finished(self.document, self._waits, calm=_CALM if self._typed_on else 0.0)
        window = self._frame.ContainerWindow
        sort = enum("com.sun.star.awt.MessageBoxType", kind)
        box = window.Toolkit.createMessageBox(window, sort, buttons, TITLE, text)
        try:
            return int(box.execute())
        finally:
            box.dispose()


def _folder(url: str) -> Path | None:
    """Where a document lies, if it is a file; a new one has no address."""
    from qmsbook.hosts.libreoffice.bridge import bridge

    return Path(bridge().fileUrlToSystemPath(url)).parent if url.startswith("file:") else None


def attach(desktop: Any, document: str) -> LibreOfficeScreen:
    """The screen of an open document by its RuntimeUID. Raises WorkbookGone."""
    found = desktop.Components.createEnumeration()
    while found.hasMoreElements():
        each = found.nextElement()
        if getattr(each, "RuntimeUID", "") == document and hasattr(each, "Sheets"):
            return LibreOfficeScreen(desktop, each)
    raise WorkbookGone
