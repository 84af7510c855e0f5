"""A workbook that is open in Excel: reads and changes it through xlwings while people look at it.

What it does was proved on a live LibreOffice through a test-only engine of xlwings, never yet in real Excel.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from qmsbook.book.edit import Edit, FillCells
from qmsbook.book.snapshot import Snapshot
from qmsbook.hosts.excel.back import take_back
from qmsbook.hosts.excel.donor import Tell
from qmsbook.hosts.excel.held import Held
from qmsbook.hosts.excel.patient import patient
from qmsbook.hosts.excel.pointers import changed, pointers
from qmsbook.hosts.excel.proof import Left, check, check_back, left_by, still_there
from qmsbook.hosts.excel.raw import is_read_only
from qmsbook.hosts.excel.reach import Reach
from qmsbook.hosts.excel.record import Record, Swapped
from qmsbook.hosts.excel.running import TO_THE_END, said
from qmsbook.hosts.excel.saved import loaded_copy
from qmsbook.hosts.excel.work import Work
from qmsbook.hosts.file.change import Change
from qmsbook.hosts.file.edited import changed_file, growths
from qmsbook.hosts.file.extend import extend
from qmsbook.hosts.file.reader import Loaded, load
from qmsbook.hosts.host import Applied, ChangedSinceRead, NothingToUndo, NotRestored, OpenedReadOnly
from qmsbook.hosts.plan import Plan
from qmsbook.hosts.standing import live_plan
from qmsbook.hosts.words import in_words


def quiet(_: str) -> None:
    """Nobody is told."""


class ExcelHost:
    """Works on a workbook open in Excel, given as a book of xlwings.

    ``tell`` is called with what is done next, before each step; if it raises, everything is put back as it
    was. ``kept`` is what `undo` needs: plain data, so that another process can undo if it is given that.
    """

    def __init__(self, book: Any, tell: Tell = quiet) -> None:
        self.book, self.tell = patient(book), tell
        self.kept: tuple[Record, Left] | None = None

    def read(self) -> Snapshot:
        """All tables and generated sheets, as they stand at this moment."""
        try:
            return _live(loaded_copy(self.book)[1])
        except Exception as problem:
            raise said(problem) from None

    def apply(self, edits: Sequence[Edit], since: Snapshot, *, dry_run: bool = False) -> Applied:
        """Carry the edits out, or none; with ``dry_run`` only say what would be done.

        Raises ChangedSinceRead if the workbook is no longer what `since` was read from; what the file host
        raises for what cannot be done without loss; NoSuchPlace and NotStorable for edits that do not fit;
        OpenedReadOnly and ExcelBusy; NotAsWritten and ExcelFailed if Excel does not do as it is told.
        """
        try:
            return self._apply(edits, since, dry_run)
        except Exception as problem:
            raise said(problem) from None

    def _apply(self, edits: Sequence[Edit], since: Snapshot, dry_run: bool) -> Applied:
        copy, loaded = loaded_copy(self.book)
        if _live(loaded) != since:
            raise ChangedSinceRead
        made = live_plan(edits, since)
        skipped = tuple(made.skipped)
        if made.idle:
            return Applied(False, skipped)
        # The file host carries the same edits out on the copy. It refuses what cannot be done without loss
        # while nothing is touched, and what it makes of the copy is what Excel must show in the end.
        content, counts = changed_file(loaded, made)
        if content is None:
            return Applied(False, skipped)
        if is_read_only(self.book):
            raise OpenedReadOnly
        if dry_run:
            return Applied(True, skipped, extended=counts)
        wanted = load(content)
        work = Work(self.book.app, Reach(self.book), copy, loaded, wanted, self.tell)
        if counts:
            work.record.before, work.record.after = changed(loaded, wanted, loaded.markers)
        short = self._carry_out(edits, made, since, work)
        extended = {kind: count - short.get(kind, 0) for kind, count in counts.items()}
        return Applied(True, skipped, None, {k: n for k, n in extended.items() if n}, short)

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

    def _undo(self, record: Record, left: Left) -> None:
        _, now = loaded_copy(self.book)
        if not still_there(left, now.snapshot):
            raise NothingToUndo("What qmsbook wrote was changed since.")
        swaps = [step for step in record.steps if isinstance(step, Swapped)]
        pointing = pointers(now, [swap.name for swap in swaps if swap.came])
        for swap in swaps:
            alone = [] if swap.old else pointers(now, [swap.name]).places
            if alone:
                raise NothingToUndo(f"{alone[0]} refers to the sheet {swap.name} by now.")
        app, reach = self.book.app, Reach(self.book)
        with Held(app, reach, [swap.name for swap in swaps] if swaps else None) as held:
            try:
                take_back(app, reach, record)
                pointing = pointing.with_others(record.before.where(record.after, now))
                pointing.enter(self.book, reach)
                held.let_calculate()
                _, after = loaded_copy(self.book)
                pointing.verify(after)
                check_back(load(record.copy), after, left)
            except Exception as problem:
                raise NotRestored(in_words(problem)) from None

    def _carry_out(self, edits: Sequence[Edit], made: Plan, since: Snapshot, work: Work) -> dict[str, int]:
        """Does it all; gives the references that still end where a table ended, by kind."""
        gone = [drawn.sheet for edit in made.sheets if (drawn := since.sheet(edit.marker)) is not None]
        pointing = pointers(work.loaded, gone)
        back = work.record.before.with_others(pointing)
        pointing = pointing.with_others(work.record.after)
        app, reach = work.app, work.reach
        with Held(app, reach, gone if made.sheets else None) as held:
            try:
                for place, target in made.tables.items():
                    if target.changed:
                        work.table(place, target, _filled(edits, target.table.name, target.table.find))
                if made.sheets:
                    work.sheets(made.sheets, since)
                self.tell("Formulas that point at the new sheets")
                pointing.enter(self.book, reach)
                held.let_calculate()
                self.tell("Reading back")
                _, after = loaded_copy(self.book)
                pointing.verify(after)
                check(made, work.meant, after)
                self.tell("Done")
            except BaseException as problem:
                try:
                    book = patient(self.book, TO_THE_END)
                    book.app.screen_updating = False
                    reach = Reach(book)  # what was known of sheets may be what failed
                    take_back(book.app, reach, work.record)
                    back.enter(book, reach)
                except Exception as second:
                    raise NotRestored(in_words(problem, second)) from None
                raise
        self.kept = work.record, left_by(made, after.snapshot)
        grown = growths(work.loaded, made)
        return extend(after, Change(after.workbook), grown) if grown else {}


def _live(loaded: Loaded) -> Snapshot:
    """What was read; no two copies that Excel saves have the same bytes, so their hash says nothing."""
    return dataclasses.replace(loaded.snapshot, state="live")


def _filled(edits: Sequence[Edit], name: str, find: Any) -> set[int]:
    fills = (e for e in edits if isinstance(e, FillCells) and e.table.casefold() == name.casefold())
    return {find(cell.header) for edit in fills for cell in edit.cells}
