"""The outline of a drawn sheet's rows: what belongs together, and what of it is shown."""

from __future__ import annotations

from typing import Any

from qmsbook.hosts.libreoffice.blocks import boxes_of, used
from qmsbook.hosts.libreoffice.bridge import enum, struct
from qmsbook.hosts.libreoffice.form import Fold, Form
from qmsbook.hosts.libreoffice.shift import runs


def stands(sheet: Any, form: Form) -> bool:
    """Whether a sheet shows the rows that were drawn: nobody opened an outline or set a filter."""
    bottom = used(sheet)[2]
    seen = boxes_of(sheet.getCellRangeByPosition(0, 0, 0, bottom).queryVisibleCells())
    shown = {row + 1 for top, _, end, _ in seen for row in range(top, end + 1)}
    return shown == {row for row in range(1, bottom + 2) if not form.folds.get(row, Fold()).hidden}


def fold(sheet: Any, form: Form, shown: Form | None = None) -> None:
    """Give a sheet the outline of a drawing, instead of that of the one ``shown`` until now.

    LibreOffice's own, when it opens a drawing, shows some groups as open whose rows are hidden: it looks for
    the sign of a closed one below, where ours is above.
    """
    rows = {*form.folds, *(shown or form).folds}
    if any(each.level for each in (*form.folds.values(), *(shown or form).folds.values())):
        sheet.clearOutline()
        _group(sheet, form)
    first, last = form.filtered or (0, -1)
    for hidden in (False, True):
        alike = {row for row in rows if form.folds.get(row, Fold()).hidden == hidden}
        for top, bottom in runs(alike):
            sheet.getCellRangeByPosition(0, top - 1, 0, bottom - 1).Rows.IsVisible = not hidden
        for top, bottom in runs(alike & {*range(first, last + 1)}):
            # LibreOffice takes what is hidden under a filter for filtered.
            sheet.getCellRangeByPosition(0, top - 1, 0, bottom - 1).Rows.IsFiltered = hidden


def _group(sheet: Any, form: Form) -> None:
    opened: list[int] = []
    for row in range(1, max(form.folds, default=0) + 2):
        level = form.folds.get(row, Fold()).level
        opened += [row] * (level - len(opened))
        while len(opened) > level:
            first = opened.pop()
            rows = _rows(sheet, first, row - 1)
            sheet.group(rows, enum("com.sun.star.table.TableOrientation", "ROWS"))
            if all(form.folds[each].hidden for each in range(first, row)):
                sheet.hideDetail(rows)


def _rows(sheet: Any, first: int, last: int) -> Any:
    found = struct("com.sun.star.table.CellRangeAddress")
    found.Sheet, found.StartRow, found.EndRow = sheet.RangeAddress.Sheet, first - 1, last - 1
    found.StartColumn = found.EndColumn = 0
    return found
