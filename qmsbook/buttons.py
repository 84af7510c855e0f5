"""The buttons, for people who use xlwings themselves: from their own ribbon, a workbook's VBA, a notebook.

    Sub Refresh()
        RunPython "from qmsbook import buttons; buttons.refresh()"
    End Sub

Without an argument each works on the workbook that called (`xlwings.Book.caller`, for which `set_mock_caller`
stands in); with one on that book of xlwings. Each says in Excel what its button says, and returns it.
None waits after its answer, for ``RunPython`` waits for it. Nothing here needs a license of xlwings'.

*Import Python UDFs* of this module makes macros in a workbook: ``qms_check``, ``qms_refresh`` and so on, one
for each function, without arguments. VBA keeps the name ``Close`` for itself, so theirs begin with ``qms``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlwings

__all__ = ["check", "close", "findings", "help", "mail", "period", "refresh", "review", "undo"]


def check(book: xlwings.Book | None = None) -> str:
    """List what is wrong or missing on the sheet Findings, and go there."""
    return _pressed("check", book)


def refresh(book: xlwings.Book | None = None) -> str:
    """Bring statuses, Findings, Scorecard, Cascade and open reviews up to date."""
    return _pressed("refresh", book)


def findings(book: xlwings.Book | None = None) -> str:
    """Go to the list of findings as it was last made."""
    return _pressed("findings", book)


def period(book: xlwings.Book | None = None) -> str:
    """Add the rows that are due in the next month."""
    return _pressed("period", book)


def review(book: xlwings.Book | None = None) -> str:
    """Put the management review that comes next into the workbook."""
    return _pressed("review", book)


def close(book: xlwings.Book | None = None) -> str:
    """Close the review that is being written up; the person is asked first."""
    return _pressed("close", book)


def mail(book: xlwings.Book | None = None) -> str:
    """Make a copy of the review for reading, and a draft to send it with. Sends nothing."""
    return _pressed("mail", book)


def undo(book: xlwings.Book | None = None) -> str:
    """Take back what the last button wrote."""
    return _pressed("undo", book)


def help(book: xlwings.Book | None = None) -> str:  # noqa: A001 - the button's own name
    """Say what the workbook needs next, and what the buttons are for."""
    return _pressed("help", book)


def _pressed(command: str, book: xlwings.Book | None) -> str:
    """What the person was told. Never raises for what qmsbook or the workbook is the reason of."""
    from xlwings import Book

    from qmsbook.doors.buttons import Asked, answered_in_turn, log_to, run
    from qmsbook.doors.screens.excel import ExcelScreen
    from qmsbook.hosts.excel.hushed import give_back
    from qmsbook.setup.places import places

    known = places()
    log_to(known.log)
    meant = Book.caller() if book is None else book
    give_back(meant.app)
    screen = ExcelScreen(meant.app, meant)
    wanted = Asked(command, str(meant.fullname))
    _, said = answered_in_turn(wanted, lambda asked: run(asked.command, screen), known)
    if book is not None:
        screen.rest()  # who gave a book reads the answer, and Excel gets its status bar back
    return said or ""


def _macro(name: str) -> Callable[[], str]:
    """The function of a button as a script of xlwings', for people who have loaded that.

    On xlwings Server it stays plain: there the decorator is of the paid part, and changes cannot be proved.
    """

    def macro() -> str:
        return _pressed(name, None)

    macro.__name__, macro.__doc__ = f"qms_{name}", globals()[name].__doc__
    if "xlwings" in sys.modules and os.environ.get("XLWINGS_ON_SERVER") != "true":
        from xlwings import script

        return script(macro)
    return macro


globals().update({f"qms_{name}": _macro(name) for name in __all__})
