"""The Excels that run on this computer: how to reach them, how they say no, and which workbook is meant.

It is imported before the status bar answers, so it knows nothing of workbooks' contents.
"""

from __future__ import annotations

import atexit
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from qmsbook.hosts.excel.raw import full_name, looked_at_protected, on_mac
from qmsbook.hosts.host import ExcelBusy, ExcelFailed, InProtectedView, NoExcel, NotOpenInExcel, SeveralExcels
from qmsbook.hosts.words import in_words

#: What Excel answers while a cell is edited, a dialog is open or a macro runs: RPC_E_CALL_REJECTED,
#: RPC_E_SERVERCALL_RETRYLATER and VBA_E_IGNORE.
_BUSY = frozenset({-2147418111, -2147417846, -2146777998})
#: What errors of Excel's are called: by pywin32, by appscript (twice), and by xlwings when it gives up.
_OURS = frozenset({"com_error", "CommandError", "ApplicationNotFoundError", "ExcelBusyError"})
#: How often xlwings tries again while Excel says it is busy; its own way is for ever.
_TRIES = 40
#: While a person types or looks at a dialog Excel refuses every call; what must be put back waits. Seconds.
TO_THE_END = 600.0
#: The first pause between two tries and the longest, each twice the one before. Seconds.
_PAUSE, _LONGEST_PAUSE = 0.05, 1.0

T = TypeVar("T")


def running() -> list[Any]:
    """Every Excel that runs, as apps of xlwings. Raises NoExcel: there is none, or xlwings is of no use."""
    try:
        import xlwings

        engine = getattr(xlwings, "_xlwindows", None)
        if engine is not None:
            _tame(engine)
        apps = list(xlwings.apps)
    except Exception as problem:  # it looks for Excel's own parts on the way in
        if is_busy(problem):
            raise
        raise NoExcel(in_words(problem)) from None
    if not apps:
        raise NoExcel("No Excel is running.")
    return apps


def _tame(engine: Any) -> None:
    """Leaves xlwings' own way to wait for ever, and what it does on its way out.

    It would end every Excel in which it sees no workbook by force: also one that is just starting, or that
    another program works with.
    """
    if not getattr(engine, "N_COM_ATTEMPTS", _TRIES):
        engine.N_COM_ATTEMPTS = _TRIES
    if callable(cleanup := getattr(engine, "cleanup", None)):
        atexit.unregister(cleanup)


def is_busy(problem: BaseException) -> bool:
    """Whether Excel refused a call because it is busy with the person."""
    return type(problem).__name__ == "ExcelBusyError" or bool(_BUSY.intersection(_codes(problem)))


def said(problem: Exception) -> Exception:
    """What to raise for a problem: Excel's own errors in words for people."""
    if type(problem).__name__ not in _OURS:
        return problem
    return ExcelBusy() if is_busy(problem) else ExcelFailed(in_words(problem))


def once_ready(action: Callable[[], T], patience: float | None = None) -> T:
    """What an action gives; it is tried again while Excel is busy with the person, for so many seconds."""
    until, pause = time.monotonic() + (TO_THE_END if patience is None else patience), _PAUSE
    while True:
        try:
            return action()
        except Exception as problem:
            if not is_busy(problem) or time.monotonic() > until:
                raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _codes(problem: BaseException) -> list[int]:
    """The numbers that an error carries; COM puts the second in a tuple."""
    flat = [part for each in problem.args for part in (each if isinstance(each, tuple) else (each,))]
    return [part for part in flat if isinstance(part, int)]


def find(apps: Sequence[Any], name: str, window: int | None = None) -> tuple[Any, Any]:
    """The Excel and the open workbook of a full name; the workbook is None if there is no name.

    ``window`` is the number of the window in which the button was pressed: its Excel is asked first, and no
    other if the workbook is there. A full name is what Excel says it is, a path or, with OneDrive, an https
    address; it tells workbooks apart, which the id stored in them does not: last year's plan, copied, has the
    same. Raises NotOpenInExcel, SeveralExcels and InProtectedView.
    """
    asked = [app for app in apps if window and _has_window(app, window)]
    if not name:
        looked_at = looked_at_protected((asked or apps)[0])
        if looked_at:
            raise InProtectedView(f"It is {looked_at}.")
        return (asked or apps)[0], None
    for app in asked:
        book = named(app.books, name)  # one Excel never holds two books of one name
        if book is not None:
            return app, book
    others = [(app, named(app.books, name)) for app in apps if app not in asked]
    found = [(app, book) for app, book in others if book is not None and _is_called(book, name)]
    if len(found) > 1:
        raise SeveralExcels(f"It is {base_name(name)}.")
    if not found:
        looked_at = next(filter(None, map(looked_at_protected, asked or apps)), "")
        if _folded(looked_at) == _folded(base_name(name)):
            raise InProtectedView(f"It is {looked_at}.")
        raise NotOpenInExcel(f"It is {base_name(name)}.")
    return found[0]


def named(books: Iterable[Any], name: str) -> Any:
    """The open book with the last part of a full name, or None."""
    wanted = _folded(base_name(name))
    found = next((book for book in books if _folded(str(book.name)) == wanted), None)
    # On a Mac the books that one goes through are known by their places, which shift when another is opened.
    return found if found is None or not on_mac() else found.app.books[found.name]


def _folded(name: str) -> str:
    """A name as it is compared: a Mac takes letters and their accents apart in the names of files."""
    return unicodedata.normalize("NFC", name).casefold()


def base_name(name: str) -> str:
    """The last part of a path or an https address.

    >>> base_name("C:\\\\Plan\\\\acme.xlsx"), base_name("https://d.example/1/acme.xlsx"), base_name("Book1")
    ('acme.xlsx', 'acme.xlsx', 'Book1')
    """
    return re.split(r"[\\/:]", name)[-1]


def _is_called(book: Any, name: str) -> bool:
    """Whether a book has exactly that full name; AppleScript spells paths in another way than VBA does."""
    return on_mac() or _folded(full_name(book)) == _folded(name)


def _has_window(app: Any, window: int) -> bool:
    """Whether a window is one of an Excel's: xlwings knows one window of each, and there may be many."""
    return bool(app.hwnd == window or app.pid == _process_of(window))


def _process_of(window: int) -> int | None:
    if sys.platform == "win32":
        import ctypes

        number = ctypes.c_ulong()
        ctypes.windll.user32.GetWindowThreadProcessId(window, ctypes.byref(number))
        return number.value or None
    return None
