"""What xlwings has no word for: Excel's own members, by their names on Windows and on a Mac.

They are spelled here alone, so that a test can look each of them up in descriptions of both object models.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Collection, Sequence
from typing import Any

#: What the protection of a sheet may leave to people: its attribute in a file, on Windows, and on a Mac.
_RIGHTS = {
    "formatCells": ("AllowFormattingCells", "allow_formatting_cells"),
    "formatColumns": ("AllowFormattingColumns", "allow_formatting_columns"),
    "formatRows": ("AllowFormattingRows", "allow_formatting_rows"),
    "insertColumns": ("AllowInsertingColumns", "allow_inserting_columns"),
    "insertRows": ("AllowInsertingRows", "allow_inserting_rows"),
    "insertHyperlinks": ("AllowInsertingHyperlinks", "allow_inserting_hyperlinks"),
    "deleteColumns": ("AllowDeletingColumns", "allow_deleting_columns"),
    "deleteRows": ("AllowDeletingRows", "allow_deleting_rows"),
    "sort": ("AllowSorting", "allow_sorting"),
    "autoFilter": ("AllowFiltering", "allow_filtering"),
    "pivotTables": ("AllowUsingPivotTables", "allow_using_pivot_table"),
}
RIGHTS = frozenset(_RIGHTS)


def on_mac() -> bool:
    """Whether Excel is reached through AppleScript, where members have other names."""
    return sys.platform == "darwin"


def is_read_only(book: Any) -> bool:
    """Whether a workbook is open for reading only."""
    return bool(book.api.read_only.get() if on_mac() else book.api.ReadOnly)


def full_name(book: Any) -> str:
    """A workbook's full name as VBA says it; AppleScript spells paths in another way, so blank on a Mac."""
    return "" if on_mac() else str(book.api.FullName)


def save_copy(book: Any, path: str) -> None:
    """Saves the workbook as it stands to another file; AppleScript has no word for it."""
    book.api.SaveCopyAs(path)


def delete(sheet: Any) -> None:
    """Takes a sheet out; alerts must be off, for `Sheet.delete` would see to them with five calls more."""
    sheet.api.delete() if on_mac() else sheet.api.Delete()


def unprotect(sheet: Any) -> None:
    """Takes off a protection without a password."""
    sheet.api.unprotect() if on_mac() else sheet.api.Unprotect()


def protect(sheet: Any, rights: Collection[str]) -> None:
    """Protects a sheet without a password; ``rights`` are what people may do all the same, of `RIGHTS`."""
    mac = on_mac()
    given = {_RIGHTS[right][mac]: True for right in sorted(rights)}
    sheet.api.protect_worksheet(**given) if mac else sheet.api.Protect(**given)


def evaluated(sheet: Any, reference: str) -> Any:
    """The cells that a reference means, as Excel's own object, or None where it gives none.

    Any sheet does: `Worksheet.Evaluate` takes references as formulas have them, and gives a number for what
    it cannot find. AppleScript finds sheets and cells without a call.
    """
    if on_mac():
        return None
    with contextlib.suppress(Exception):  # it may be a sheet of another kind
        found = sheet.api.Evaluate(reference)
        return None if isinstance(found, int) else found
    return None


def fill(cells: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Puts values into the cells that `evaluated` gave."""
    cells.Value = rows


def looked_at_protected(app: Any) -> str:
    """The name of the workbook that is looked at in Protected View, or blank; a Mac has no such thing.

    Excel names one while any such window is open, also one behind the workbook that people work in.
    """
    with contextlib.suppress(Exception):  # one that is busy says so again
        shown = None if on_mac() else app.api.ActiveProtectedViewWindow
        return str(shown.Workbook.Name) if shown is not None else ""
    return ""
