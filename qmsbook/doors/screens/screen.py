"""What a button works on: an open workbook, and the person who looks at it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from qmsbook.book.cell import Cell
from qmsbook.hosts.host import Host


class Screen(Protocol):
    """The program that a button was pressed in. ``host`` is None if no workbook is open there.

    ``folder`` is where the workbook lies; None if it lies nowhere yet, or where this PC reads no files.
    """

    host: Host | None
    folder: Path | None

    def say(self, text: str) -> None:
        """Put a line on the status bar, in place of the last one."""
        ...

    def tell(self, text: str) -> None:
        """Show a dialog that the person closes."""
        ...

    def ask(self, question: str) -> bool:
        """Ask a question to be answered with yes or no."""
        ...

    def show(self, cell: Cell) -> None:
        """Go to a cell."""
        ...

    def open(self, path: Path) -> None:
        """Open another workbook."""
        ...

    def gone(self) -> bool:
        """Whether the workbook, or its program, was closed meanwhile: then nobody is there to be told."""
        ...

    def leave(self) -> None:
        """See to it that the program is neither frozen nor in another mode of calculation than before."""
        ...
