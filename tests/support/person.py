"""A person before the window of a workbook: has a mouse, a keyboard and eyes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop import Answers, Desktop
from live import live_office
from window import Display, button, dialogs_of, needs_a_window, within

from qmsbook.hosts.libreoffice.bridge import close, load
from qmsbook.hosts.libreoffice.held import put_cursor

_PATIENCE = 120


class Person:
    """Sits before the window of a workbook."""

    def __init__(self, display: Display, desktop: Desktop, running: Any, document: Any) -> None:
        self.display, self.desktop, self.running, self.document = display, desktop, running, document

    @property
    def window(self) -> Any:
        return self.document.CurrentController.Frame.ContainerWindow

    def press(self, label: str, command: str) -> str:
        """Click a button of the toolbar QMS; what is said then."""
        answers = Answers(self.desktop.here)
        self.click(label)
        return answers.wait(command)

    def click(self, label: str) -> None:
        """Click a button of the toolbar QMS."""
        self.display.click(button(self.window.AccessibleContext, label, "QMS"))

    def answer(self, label: str) -> list[str]:
        """Click a button of the dialog in front; the words that stood in it."""
        until = time.monotonic() + _PATIENCE
        while not (found := dialogs_of(self.window)):
            assert time.monotonic() < until, "there is no dialog"
            time.sleep(0.1)
        words = [each.getAccessibleName() for each in within(found[0])]
        self.display.click(button(found[0], label))
        return words

    def wave_away(self, label: str) -> bool:
        """Click a button of the dialog in front, or its OK, if there is one."""
        found = dialogs_of(self.window)
        for each in dict.fromkeys((label, "OK")) if found else ():
            with contextlib.suppress(AssertionError):  # it went by itself, or has no such button
                self.display.click(button(found[0], each, patience=1))
                break
        return bool(found)

    def press_through(self, label: str, command: str, answer: str = "OK") -> str:
        """Click a button of the toolbar QMS, and whatever is asked or told then; what is said in the end."""
        return self.press_and(lambda: None, label, command, answer)

    def press_and(self, do: Callable[[], object], label: str, command: str, answer: str = "OK") -> str:
        """Click a button and do something while it works; then as `press_through`."""
        answers = Answers(self.desktop.here)
        self.click(label)
        do()
        said = answers.wait(command, lambda: self.wave_away(answer))
        answers.until_over(lambda: self.wave_away(answer))
        return said

    def has(self, sheet: str) -> bool:
        """Whether there is a sheet of that name."""
        return bool(self.document.Sheets.hasByName(sheet))

    def go(self, sheet: str, cell: str) -> None:
        """Select a cell, and have the keyboard there."""
        held = self.document.Sheets.getByName(sheet)
        view = self.document.CurrentController
        view.setActiveSheet(held)
        put_cursor(self.document, view, held.getCellRangeByName(cell))
        view.Frame.ComponentWindow.setFocus()

    def type(self, text: str, *keys: str) -> None:
        """Type a text, then press keys."""
        self.display.type(text)
        if keys:
            self.display.keys(*keys)

    def at(self, sheet: str, cell: str) -> str:
        """What stands in a cell."""
        return str(self.document.Sheets.getByName(sheet).getCellRangeByName(cell).getFormula())

    def finds(self, word: str) -> list[str]:
        """The cells that hold a text, as ``sheet.cell``, but for hidden first rows."""
        found = []
        for name in self.document.Sheets.ElementNames:
            sheet = self.document.Sheets.getByName(name)
            wanted = sheet.createSearchDescriptor()
            wanted.SearchString = word
            cells = sheet.findAll(wanted)
            if cells is None:
                continue
            for at in cells.RangeAddresses:
                rows, columns = range(at.StartRow, at.EndRow + 1), range(at.StartColumn, at.EndColumn + 1)
                places = [(row, column) for row in rows for column in columns if row]
                found += [
                    sheet.getCellByPosition(column, row).AbsoluteName.replace("$", "")
                    for row, column in places
                ]
        return found

    @property
    def sees(self) -> str:
        """The sheet in front."""
        return str(self.document.CurrentController.getActiveSheet().Name)


class person_at:  # noqa: N801  # read as what it does
    """Somebody before a workbook, in a LibreOffice with the extension, or with a file of it built earlier.

    Skips the test where there can be no window. (A class, for an error of UNO's passes through no generator.)
    """

    def __init__(self, path: Path, extension: Path | None = None) -> None:
        self.path, self.extension = path, extension

    def __enter__(self) -> Person:
        live_office()  # skips where there is none, unless it is required
        needs_a_window()
        self.stack = contextlib.ExitStack()
        try:
            made, display = self.stack.enter_context(Desktop()), self.stack.enter_context(Display())
            made.install(self.extension)
            running = made.start(display.name)
            self.stack.callback(made.stop, running)
            self.person = Person(display, made, running, load(running, self.path, hidden=False))
        except BaseException:
            self.stack.close()
            raise
        return self.person

    def __exit__(self, *_: object) -> None:
        close(self.person.document)
        self.stack.close()
