"""A workbook that is open in LibreOffice: reads and changes it over UNO while people look at it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from typing import Any

from qmsbook.book.edit import Edit, PutSheet, RemoveSheet
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table
from qmsbook.hosts.file.repair import Lay
from qmsbook.hosts.host import (
    Applied,
    ChangedSinceRead,
    NothingToUndo,
    NotRestored,
    OfficeFailed,
    SheetProtected,
    StructureProtected,
    WorkbookReadOnly,
    WouldLoseContent,
)
from qmsbook.hosts.libreoffice.bridge import close, is_office_error
from qmsbook.hosts.libreoffice.cells import Encoder
from qmsbook.hosts.libreoffice.columns import touched
from qmsbook.hosts.libreoffice.donor import Opened, named
from qmsbook.hosts.libreoffice.entry import Waits, until_finished
from qmsbook.hosts.libreoffice.extend import Extended, counted, extensions
from qmsbook.hosts.libreoffice.form import form_of
from qmsbook.hosts.libreoffice.held import Held
from qmsbook.hosts.libreoffice.load import Loaded, Range, load, loose, ranges_of, signs_of
from qmsbook.hosts.libreoffice.patch import Key, Patch, Stood, frame_of, key_of, same_frame
from qmsbook.hosts.libreoffice.pointers import Pointers
from qmsbook.hosts.libreoffice.proof import Proof, proof_of
from qmsbook.hosts.libreoffice.record import Record, Swapped
from qmsbook.hosts.libreoffice.rows import check_room
from qmsbook.hosts.libreoffice.sheets import add_table, drop_unused_styles, face_of, opens, page_styles
from qmsbook.hosts.libreoffice.work import Tell, Work, stored, take_back
from qmsbook.hosts.names import free_name
from qmsbook.hosts.plan import Plan
from qmsbook.hosts.references import Growth
from qmsbook.hosts.standing import live_plan
from qmsbook.hosts.words import in_words

#: Besides the drawings that stand, so many are kept of one workbook, for an undo to bring back.
_DRAWINGS = 12


def quiet(*_: str) -> None:
    """Nobody is told."""


def said(problem: Exception) -> Exception:
    """What to raise for a problem: LibreOffice's own errors as OfficeFailed, for Python cannot carry them."""
    return OfficeFailed(in_words(problem)) if is_office_error(problem) else problem


class LibreOfficeHost:
    """Works on an open Calc document.

    ``tell`` is called with what is done next, before each step; if it raises, everything is put back as it
    was. ``waits`` is called when somebody types into a cell and is waited for. ``kept`` is what `undo` needs:
    plain data, so that another process can undo if it is given that.
    """

    def __init__(self, document: Any, tell: Tell = quiet) -> None:
        self.document, self.tell = document, tell
        self.waits: Waits = quiet
        self.kept: tuple[Record, Proof] | None = None
        #: The drawings that were brought last, and how their sheets stood then.
        self.stood: dict[Key, Stood] = {}

    def read(self) -> Snapshot:
        """All tables and generated sheets, as they stand when no cell is open for typing. Raises CellOpen."""
        try:
            until_finished(self.document, self.waits)
            return load(self.document).snapshot
        except Exception as problem:
            raise said(problem) from None

    def lacks(self, names: Sequence[str]) -> list[str]:
        """Those of the names that no table has, in a workbook that can be written; case does not count."""
        if self.document.isReadonly():
            return []
        there = {name.casefold() for name in self.document.DatabaseRanges.ElementNames}
        return [name for name in names if name.casefold() not in there]

    def loose(self, sheet: str, row: int, column: int, headers: Sequence[str]) -> Table:
        """What stands below headers, at row and column from 1, that no table heads."""
        return loose(self.document, sheet, row, column, headers)

    def lay(self, lays: Sequence[Lay]) -> None:
        """Make tables over headers that stand there; no cell is touched."""
        with Held(self.document, self.waits):
            for each in lays:
                left, rows = each.column - 1, max(each.rows, 1)
                box = each.row - 1, left, each.row - 1 + rows, left + len(each.headers) - 1
                add_table(self.document, self.document.Sheets.getByName(each.sheet), Range(each.name, box))

    def apply(self, edits: Sequence[Edit], since: Snapshot, *, dry_run: bool = False) -> Applied:
        """Carry the edits out, or none; with ``dry_run`` only say what would be done.

        Raises ChangedSinceRead if the document is no longer what `since` was read from; SheetProtected,
        StructureProtected, WorkbookReadOnly, TableCannotGrow and WouldLoseContent for what cannot be done;
        NoSuchPlace and NotStorable for edits that do not fit; OfficeFailed if LibreOffice fails.
        """
        try:
            return self._apply(edits, since, dry_run)
        except Exception as problem:
            raise said(problem) from None

    def _apply(self, edits: Sequence[Edit], since: Snapshot, dry_run: bool) -> Applied:
        with Held(self.document, self.waits):
            loaded = load(self.document)
            if loaded.snapshot != since:
                raise ChangedSinceRead
            made = live_plan(edits, since)
            skipped = tuple(made.skipped)
            if made.idle:
                return Applied(False, skipped)
            self._check(made, loaded)
            grown, ours = growths(made, loaded), {drawn.sheet for drawn in since.drawn}
            changes = extensions(self.document, grown, ours) if grown else []
            if not dry_run:
                self._carry_out(made, loaded, changes)
        return Applied(True, skipped, extended=counted(changes))

    def undo(self) -> str:
        """Take back what the last `apply` wrote. Raises NothingToUndo, also if that was changed since."""
        if self.kept is None:
            raise NothingToUndo
        try:
            self._undo(*self.kept)
        except Exception as problem:
            raise said(problem) from None
        self.kept = None
        return "The workbook is as it was before qmsbook last wrote to it."

    def _undo(self, record: Record, left: Proof) -> None:
        with Held(self.document, self.waits):
            if proof_of(self.document, left.columns, left.sheets) != left:
                raise NothingToUndo("What qmsbook wrote was changed since.")
            swapped = [swap for swap in record.swapped if swap.patch is None or swap.moves]
            pointers = Pointers(self.document, [swap.name for swap in swapped]) if swapped else None
            for swap in swapped:
                if swap.old is None and swap.patch is None and pointers is not None:
                    pointers.refuse(swap.name, _table_names(self.document, swap.name))
            kept = Opened(self._loader, record.sheets, ".ods") if record.sheets else contextlib.nullcontext()
            with kept as scratch:
                try:
                    take_back(self.document, self._loader, record, scratch, pointers)
                except Exception as problem:  # half of it is done
                    raise NotRestored(in_words(problem)) from None
            self._tidy()

    @property
    def _loader(self) -> Any:
        """What opens further documents beside this one."""
        frame = self.document.CurrentController.Frame
        return frame.getCreator() or frame

    def _check(self, made: Plan, loaded: Loaded) -> None:
        """Raises for what cannot be done, while nothing has been touched."""
        document, snapshot = self.document, loaded.snapshot
        if document.isReadonly():
            raise WorkbookReadOnly
        if made.sheets and document.isProtected():
            raise StructureProtected
        for place, target in made.tables.items():
            if target.changed:
                name = target.table.sheet
                self._check_unprotected(name)
                if target.grows:
                    sheet = document.Sheets.getByName(name)
                    others = ranges_of(document).get(sheet.RangeAddress.Sheet, [])
                    check_room(loaded.reader, sheet, loaded.ranges[place], others, target)
        gone = sum(isinstance(edit, RemoveSheet) for edit in made.sheets)
        if made.sheets and gone == len(made.sheets) == len(snapshot.sheets):
            raise WouldLoseContent("No sheet would be left.")
        for edit in made.sheets:
            drawn = snapshot.sheet(edit.marker)
            if drawn is not None:
                self._check_unprotected(drawn.sheet, isinstance(edit, PutSheet) and edit.unlocks)

    def _check_unprotected(self, name: str, unlocks: bool = False) -> None:
        sheet = self.document.Sheets.getByName(name)
        if sheet.isProtected() and not (unlocks and opens(sheet)):
            raise SheetProtected(f"It is the sheet {name}.")

    def _carry_out(self, made: Plan, loaded: Loaded, changes: Sequence[Extended]) -> None:
        work, styles = Work(self.document, self._loader, self.tell), page_styles(self.document)
        try:
            work.extend(changes)
            self._all_steps(work, made, loaded)
        except BaseException as problem:
            self._put_back(work, styles, problem)
            raise
        finally:
            if work.scratch is not None:
                close(work.scratch)
        self._tidy([swap.old.style for swap in work.record.swapped if swap.old])

    def _all_steps(self, work: Work, made: Plan, loaded: Loaded) -> None:
        encoder = Encoder(self.document, loaded.reader)
        for place, target in made.tables.items():
            if target.changed:
                work.table(target, loaded.ranges[place], loaded.blocks[place], encoder)
        patches = self._patches(made.sheets, loaded)
        drawn = [loaded.snapshot.sheet(edit.marker) for edit in made.sheets]
        stay = {marker for marker, swap in patches.items() if not swap.moves}
        replaced = [each.sheet for each in drawn if each is not None and each.marker not in stay]
        if replaced:  # nothing can point at a sheet that was not there
            work.pointers = Pointers(self.document, replaced)
        for edit in made.sheets:
            if edit.marker in patches:
                work.patch(patches[edit.marker])
            else:
                self._sheet(work, edit, loaded.snapshot)
        if work.pointers is not None:
            self.tell("Formulas that point at the new sheets")
            work.pointers.restore()
        if work.scratch is not None:
            self.tell("Keeping what is needed to undo this")
            work.record.sheets = stored(work.scratch)
        self.tell("Done")
        record, names = work.record, {swap.name for swap in work.record.swapped}
        columns = [key for target in made.tables.values() for key in touched(target)]
        left = proof_of(self.document, columns, names)
        self.kept = record, left
        self._remember(made.sheets)

    def _patches(self, edits: Sequence[PutSheet | RemoveSheet], loaded: Loaded) -> dict[str, Swapped]:
        """By marker, the sheets that need not be brought anew: they stand in the form of the new drawing."""
        found: dict[str, Swapped] = {}
        for edit in edits:
            drawn = loaded.snapshot.sheet(edit.marker)
            if drawn is None or isinstance(edit, RemoveSheet):
                continue
            sheet = self.document.Sheets.getByName(drawn.sheet)
            before = self._drawing_of(sheet)
            if before and (patch := Patch(before, edit.content)).stands(sheet):
                swap = Swapped(drawn.sheet, sheet.RangeAddress.Sheet, patch=patch)
                swap.locked, swap.moves = sheet.isProtected(), bool(patch.way())
                found[edit.marker] = swap
        return found

    def _drawing_of(self, sheet: Any) -> bytes:
        """The drawing that a sheet came of, if it is known and nobody moved anything since; else nothing."""
        stood = self.stood.get(key_of(sheet))
        tables = ranges_of(self.document).get(sheet.RangeAddress.Sheet, [])
        return stood.content if stood and same_frame(stood.frame, frame_of(sheet, tables)) else b""

    def _sheet(self, work: Work, edit: PutSheet | RemoveSheet, before: Snapshot) -> None:
        document, drawn = work.document, before.sheet(edit.marker)
        swap = _new(document, edit, before) if isinstance(edit, PutSheet) else None
        if drawn is not None:
            sheet = document.Sheets.getByName(drawn.sheet)
            place = sheet.RangeAddress.Sheet
            old = face_of(document, sheet, ranges_of(document).get(place, []))
            swap = Swapped(drawn.sheet, place, old=old, cells=drawn.cells)
            if old.shapes:  # a copy of charts takes LibreOffice long, and much of it stays in its memory
                swap.drawing = self._drawing_of(sheet)
            if isinstance(edit, RemoveSheet):
                assert work.pointers is not None
                work.pointers.refuse(drawn.sheet, [table.name for table in old.tables])
                work.go(swap)
        if isinstance(edit, PutSheet):
            assert swap is not None
            with Opened(work.loader, named(edit.content, swap.name), ".xlsx") as source:
                place = source.Sheets.Count - 1
                name = source.Sheets.getByIndex(place).Name
                tables = ranges_of(source).get(place, [])
                work.come(source, name, swap, tables, form_of(edit.content))

    def _remember(self, edits: Sequence[PutSheet | RemoveSheet]) -> None:
        """Keep what stands drawn, how it stands, and the latest that went; to fail here is no failure."""
        with contextlib.suppress(Exception):
            tables, standing = ranges_of(self.document), set()
            brought = {edit.marker: edit.content for edit in edits if isinstance(edit, PutSheet)}
            for place, name in enumerate(self.document.Sheets.ElementNames):
                sheet = self.document.Sheets.getByName(name)
                if not (marker := signs_of(sheet)[0]):
                    continue
                standing.add(key := key_of(sheet))
                if (content := brought.get(marker)) is not None:
                    self.stood.pop(key, None)
                    self.stood[key] = Stood(content, frame_of(sheet, tables.get(place, [])))
            gone = [key for key in self.stood if key not in standing]
            for key in gone[:-_DRAWINGS]:
                del self.stood[key]

    def _tidy(self, kept: Collection[str] = ()) -> None:
        """Takes away what nobody needs any more; the work is done, so that to fail here is no failure."""
        with contextlib.suppress(Exception):  # its undo would mix ours with the person's
            self.document.UndoManager.clear()
        with contextlib.suppress(Exception):
            drop_unused_styles(self.document, kept)

    def _put_back(self, work: Work, styles: Collection[str], problem: BaseException) -> None:
        try:
            take_back(self.document, self._loader, work.record, work.scratch, work.pointers)
        except Exception as second:
            raise NotRestored(in_words(problem, second)) from None
        with contextlib.suppress(Exception):
            drop_unused_styles(self.document, styles)  # an undo of what was done before may need these


def _new(document: Any, edit: PutSheet, before: Snapshot) -> Swapped:
    """A sheet that comes where none of its marker stands."""
    names, behind = document.Sheets.ElementNames, before.first_of(edit.before)
    place = document.Sheets.getByName(behind).RangeAddress.Sheet if behind else len(names)
    return Swapped(free_name(edit.name, names), place)


def growths(made: Plan, loaded: Loaded) -> list[Growth]:
    """The tables that a plan makes longer."""
    found = []
    for place, target in made.tables.items():
        if target.grows:
            top, left, bottom, right = loaded.ranges[place].box
            box = top + 1, left + 1, bottom + 1, right + 1
            found.append(Growth(target.table.name, target.table.sheet, box, target.rows - target.own))
    return found


def _table_names(document: Any, sheet: str) -> list[str]:
    place = document.Sheets.getByName(sheet).RangeAddress.Sheet
    return [found.name for found in ranges_of(document).get(place, [])]
