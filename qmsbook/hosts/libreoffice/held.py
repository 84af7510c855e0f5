"""Keeps people from typing into a document while it is worked on, and gives every view back as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from qmsbook.hosts.libreoffice.blocks import used
from qmsbook.hosts.libreoffice.bridge import bridge
from qmsbook.hosts.libreoffice.entry import PATIENCE, Waits, being_typed, finish, until_finished, views
from qmsbook.hosts.libreoffice.relay import Relay

#: To go to a cell is not worth a longer wait for somebody who types. Seconds.
_A_MOMENT = 0.5


class KeysOff:
    """No window of a document takes keys for a while, which begins when no cell is open for typing.

    Keys that are pressed meanwhile are given to it afterwards, if a button's program works here. Who types is
    waited for; raises CellOpen if that takes longer than ``patience``, in seconds.
    """

    def __init__(self, document: Any, waits: Waits, patience: float = PATIENCE) -> None:
        self.document, self.waits, self.patience = document, waits, patience
        self.views: list[Any] = views(document)
        self._frames = [view.Frame for view in self.views]

    def __enter__(self) -> KeysOff:
        while True:
            try:
                self._keys("off")
                typing = being_typed(self.document)
                if typing is None:
                    finish(self.document)
                if not typing:
                    return self
            except BaseException:
                self.__exit__()
                raise
            self.__exit__()
            until_finished(self.document, self.waits, self.patience)

    def __exit__(self, *_: object) -> None:
        _surely(lambda: self._keys("on"))

    @property
    def pressed(self) -> bool:
        """Whether somebody has begun to type meanwhile."""
        return any(self._keys("count"))

    def _keys(self, what: str) -> list[int]:
        return [_keys(frame, what) for frame in self._frames]


def _keys(frame: Any, what: str) -> int:
    link = bridge()
    waiting = link.keys(frame, what) if isinstance(link, Relay) else None
    if waiting is None and what != "count":
        frame.ContainerWindow.setEnable(what == "on")
    return waiting or 0


class Held:
    """A document that is worked on: no keys, no undo of its own, and each view comes back as it was.

    Nothing is locked or postponed: deleting a sheet that holds a chart would then end LibreOffice 7.4.
    (A class, for an error of UNO's does not pass through a generator.)
    """

    def __init__(self, document: Any, waits: Waits) -> None:
        self.document, self.keys = document, KeysOff(document, waits)

    def __enter__(self) -> None:
        self.keys.__enter__()
        try:
            self.fronts = [_front(view) for view in self.keys.views]
            self.document.UndoManager.lock()
        except BaseException:
            self.keys.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        _surely(lambda: self.document.UndoManager.unlock())
        for view, front in zip(self.keys.views, self.fronts, strict=True):
            if front is not None:  # before the keys, which belong to the cell that was selected
                _surely(partial(front.give_back, self.document, view))
        self.keys.__exit__()


def put_cursor(document: Any, view: Any, cell: Any) -> None:
    """Have the cursor on a cell. Enter leaves no cell that is selected: the next word would go over it."""
    view.select(cell)
    view.select(document.createInstance("com.sun.star.sheet.SheetCellRanges"))


def show_cell(document: Any, sheet: str, column: int, row: int) -> None:
    """Select a cell, counted from 0, unless somebody types into another. Raises CellOpen."""
    view = document.CurrentController
    with KeysOff(document, lambda: None, _A_MOMENT) as keys:
        before, held = _front(view), document.Sheets.getByName(sheet)
        view.setActiveSheet(held)
        put_cursor(document, view, held.getCellByPosition(column, row))
        if before is not None and keys.pressed:
            before.give_back(document, view)


def _surely(action: Callable[[], object]) -> None:
    """Do something, and once more if it fails: nothing may stay locked. The document may be gone."""
    for _ in range(2):
        with contextlib.suppress(Exception):
            action()
            return


@dataclass(frozen=True, slots=True)
class _Front:
    """What a view shows: the sheet in front, the cells selected there, and what the first one's row says."""

    sheet: str
    box: tuple[int, int, int, int] | None
    row: tuple[Any, ...] = ()

    def give_back(self, document: Any, view: Any) -> None:
        """Bring the sheet to the front again, and select the same cells, whichever rows they are in now."""
        if not document.Sheets.hasByName(self.sheet):
            return
        now = _front(view)
        if now == self:
            return
        sheet = document.Sheets.getByName(self.sheet)
        if now is None or now.sheet != self.sheet:
            view.setActiveSheet(sheet)
        if self.box is None or _front(view) == self:
            return
        top, left, bottom, right = self.box
        moved = self._found(sheet) - top
        cells = sheet.getCellRangeByPosition(left, top + moved, right, bottom + moved)
        if (top, left) == (bottom, right):
            put_cursor(document, view, cells)
        else:
            view.select(cells)

    def _found(self, sheet: Any) -> int:
        """The row that says what the one selected said, the nearest; that very row if none does."""
        assert self.box is not None
        top, left = self.box[:2]
        bottom, right = used(sheet)[2:]
        lines = sheet.getCellRangeByPosition(0, 0, right, bottom).getDataArray()
        wanted = _besides(self.row, left)
        alike = [row for row, line in enumerate(lines) if wanted and _besides(line, left) == wanted]
        return min(alike, key=lambda row: abs(row - top), default=top)


def _front(view: Any) -> _Front | None:
    """What a view shows; None for one that shows no cells, as the print preview does not."""
    if not hasattr(view, "getActiveSheet"):
        return None
    sheet = view.getActiveSheet()
    selected = view.getSelection()
    at = selected.getRangeAddress() if hasattr(selected, "getRangeAddress") else None
    if at is None or at.Sheet != sheet.RangeAddress.Sheet:
        return _Front(sheet.Name, None)
    box = at.StartRow, at.StartColumn, at.EndRow, at.EndColumn
    right = used(sheet)[3]
    row = sheet.getCellRangeByPosition(0, box[0], right, box[0]).getDataArray()[0]
    return _Front(sheet.Name, box, row)


def _besides(row: tuple[Any, ...], column: int) -> tuple[Any, ...]:
    """What a row says beside one of its cells, its blank ends left out."""
    said = [*row[:column], "", *row[column + 1 :]]
    while said and said[-1] == "":
        said.pop()
    return tuple(said)
