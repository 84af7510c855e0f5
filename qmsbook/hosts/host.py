"""What a host does, and what can go wrong between qmsbook and a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from qmsbook.book.cell import Cell
from qmsbook.book.edit import Edit
from qmsbook.book.error import QmsbookError
from qmsbook.book.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` did: whether anything was written, which cells it left alone, where the old copy is.

    ``extended`` counts the user's own references that ended at the last row of a table which grew, by kind:
    they reach its new last row; ``short`` counts those that could not be extended.
    """

    changed: bool
    skipped: tuple[Cell, ...] = ()
    backup: str | None = None
    extended: Mapping[str, int] = field(default_factory=dict)
    short: Mapping[str, int] = field(default_factory=dict)


class Host(Protocol):
    """Reads a workbook and carries edits out; all or nothing."""

    def read(self) -> Snapshot:
        """All tables and generated sheets, one bulk read per table."""
        ...

    def apply(self, edits: Sequence[Edit], since: Snapshot) -> Applied:
        """Carry the edits out, or none. Raises ChangedSinceRead if the workbook is not as in `since`."""
        ...

    def undo(self) -> str:
        """Take back what the last `apply` wrote; says in a sentence what was restored."""
        ...


class ChangedSinceRead(QmsbookError):
    """The workbook was changed while qmsbook worked on it, so nothing was written. Try again."""


class WouldLoseContent(QmsbookError):
    """This change would lose something that is in the workbook, so nothing was written."""


class SheetProtected(QmsbookError):
    """A sheet that qmsbook must write to is protected, so nothing was written. Unprotect it and try again."""


class WorkbookLocked(QmsbookError):
    """The workbook is open in another program, so nothing was written. Close it and try again."""


class WorkbookReadOnly(QmsbookError):
    """The workbook or its folder cannot be written to, so nothing was written."""


class NotSaved(QmsbookError):
    """The new workbook could not be saved; the old one is as it was."""


class SavedBeside(QmsbookError):
    """The workbook was written while another program saved it: what that saved stands beside the workbook."""


class FileFailed(QmsbookError):
    """A file or folder could not be used."""


class UnusableName(QmsbookError):
    """No file can be written under that name, so nothing was written. Choose another."""

    exit_code = 2


class SeveralNames(QmsbookError):
    """The workbook is one file under several names (hard links) and would go on under one of them only, so
    nothing was written. Make a copy and work on that.
    """


class NothingToUndo(QmsbookError):
    """There is nothing to undo: qmsbook never wrote this workbook, or it was changed since."""


class WorkbookUnreadable(QmsbookError):
    """The file cannot be read as an Excel workbook; it was not changed."""

    exit_code = 2


class NotAQmsbook(QmsbookError):
    """The workbook has none of the tables Goals, Objectives, KPIs and Measurements; it was not changed."""

    exit_code = 2


class WorkbookMissing(WorkbookUnreadable):
    """There is no workbook of that name."""


class WorkbookEncrypted(WorkbookUnreadable):
    """The workbook is protected with a password, so it cannot be read. Take the password off first."""


class WorkbookOldFormat(WorkbookUnreadable):
    """The file is not an .xlsx or .xlsm workbook inside; open it in Excel and save it as .xlsx."""


class UnsafeWorkbook(WorkbookUnreadable):
    """The file is built as no spreadsheet program builds files, so it was not opened any further."""


class WorkbookSigned(WouldLoseContent):
    """The workbook is digitally signed and any change would break the signature, so nothing was written.

    Remove the signature and try again.
    """


class WorkbookTracksChanges(WouldLoseContent):
    """The workbook records every change (it is shared), so nothing was written. Stop sharing it first."""


class StructureProtected(SheetProtected):
    """The workbook's structure is protected, so no sheet can be added or removed; nothing was written.

    Unprotect the structure and try again.
    """


class TableCannotGrow(WouldLoseContent):
    """A table has no room for the new rows, so nothing was written."""


class NoSuchPlace(QmsbookError):
    """The workbook has no such table, column or row, so nothing was written."""


class NotStorable(QmsbookError):
    """A value cannot be stored in an Excel cell, so nothing was written."""


class NoLibreOffice(QmsbookError):
    """LibreOffice, or its bridge to Python, cannot be used here; nothing was written."""


class WorkbookGone(QmsbookError):
    """The workbook was closed while qmsbook worked on it, so nothing was written. Open it and try again."""


class CellOpen(QmsbookError):
    """LibreOffice waits for a cell to be finished, so nothing was written. Press Enter or Esc there, then
    the button again.
    """


class OfficeFailed(QmsbookError):
    """LibreOffice did not carry out what it was asked to; the workbook is as it was. Try again."""


class NoExcel(QmsbookError):
    """Excel, or xlwings that speaks with it, cannot be used here; nothing was written."""


class NotOpenInExcel(QmsbookError):
    """The workbook is not open in Excel, so nothing was written. Open it and press the button again."""


class SeveralExcels(QmsbookError):
    """The workbook is open in more than one Excel, so nothing was written. Close it in all but one."""


class InProtectedView(QmsbookError):
    """The workbook is open in Protected View, so nothing was written. Press Enable Editing and try again."""


class ExcelBusy(QmsbookError):
    """Excel waits for a cell or a dialog to be finished, so nothing was written. Press Enter or Esc there,
    then the button again.
    """


class OpenedReadOnly(WorkbookReadOnly):
    """The workbook is open for reading only, so nothing was written. Save it under another name first."""


class CopyEncrypted(QmsbookError):
    """Excel encrypts what it saves of this workbook (a password, or a sensitivity label of your company), so
    the buttons cannot read it and nothing was written. Take the password off, or choose a label without
    encryption, and try again.
    """


class CopyNotSaved(QmsbookError):
    """Excel could not save a copy of the workbook to read it from, so nothing was written. Save it first."""


class ExcelFailed(QmsbookError):
    """Excel did not carry out what it was asked to; the workbook is as it was. Try again."""


class NotAsWritten(ExcelFailed):
    """Excel did not take what was written as it is, so all was put back."""


class NotRestored(QmsbookError):
    """Something failed, and the workbook could not be put back as it was. Close it without saving."""
