"""Makes a table longer, and shorter again: database range, formats, drop-downs, calculated columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from qmsbook.book.cell import Cell
from qmsbook.hosts.file.formulas import shift
from qmsbook.hosts.host import TableCannotGrow
from qmsbook.hosts.libreoffice.blocks import MAX_ROW, Block, Box, Reader, boxes_of
from qmsbook.hosts.libreoffice.bridge import enum
from qmsbook.hosts.libreoffice.formulas import as_excel
from qmsbook.hosts.libreoffice.load import Range
from qmsbook.hosts.plan import TablePlan

_LOOKS = ("Cell", "Char", "Hori", "Vert", "Is", "NumberFormat", "Orientation", "Para", "Rotate", "Shrink")
#: com.sun.star.sheet.CellFlags: everything but drawings.
_ALL = 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128
_DIRECT = "DIRECT_VALUE"


def check_room(reader: Reader, sheet: Any, found: Range, others: Sequence[Range], plan: TablePlan) -> None:
    """Raises TableCannotGrow if anything stands where a table's new rows would go.

    Of those that are planned the first ``taken`` stand there already.
    """
    name, taken, rows = plan.table.sheet, plan.taken, plan.rows - plan.own
    if found.totals:
        raise TableCannotGrow(
            f"{found.name} on the sheet {name} has a totals row; switch it off and try again."
        )
    box = below(found, rows)
    if box[2] >= MAX_ROW:
        raise TableCannotGrow(f"{found.name} would reach below the last row of the sheet {name}.")
    inside = [other.box[:2] for other in others if other != found and _meet(other.box, box)]
    free = box[0] + taken, *box[1:]
    block = reader.block(sheet, free)
    for column, values in enumerate(block.values):
        held = {row for row, value in enumerate(values) if value is not None} | set(block.formulas[column])
        inside += [(free[0] + row, free[1] + column) for row in held]
    if inside:
        where = Cell(name, min(inside)[0] + 1, min(inside)[1] + 1)
        raise TableCannotGrow(f"Below {found.name}, {where} is taken. Make room for it.")
    if _merged(sheet, box):
        where = Cell(name, box[0] + 1, box[1] + 1)
        raise TableCannotGrow(f"Below {found.name}, from {where} on, cells are merged. Unmerge them.")


def _merged(sheet: Any, box: Box) -> bool:
    cells = _range(sheet, box)
    cursor = sheet.createCursorByRange(cells)
    cursor.collapseToMergedArea()
    at = cursor.RangeAddress
    if (at.StartRow, at.StartColumn, at.EndRow, at.EndColumn) != box:
        return True
    groups = cells.getUniqueCellFormatRanges()
    firsts = [groups.getByIndex(number).getByIndex(0) for number in range(groups.Count)]
    return any(first.getCellByPosition(0, 0).getIsMerged() for first in firsts)


def below(found: Range, rows: int) -> Box:
    """The range of the rows that would follow a table."""
    _, left, bottom, right = found.box
    return bottom + 1, left, bottom + rows, right


def calculated(block: Block, height: int) -> frozenset[int]:
    """The columns whose first ``height`` rows hold one formula, which a new row takes on as Excel does it."""
    own = ({row: text for row, text in texts.items() if row < height} for texts in block.formulas)
    return frozenset(column for column, texts in enumerate(own) if _throughout(height, texts))


def _throughout(height: int, texts: dict[int, str]) -> bool:
    if not texts or len(texts) != height:
        return False
    first = as_excel(texts[0])
    return all(as_excel(text) == shift(first, row, 0) for row, text in texts.items())


def grow(document: Any, sheet: Any, found: Range, rows: int) -> None:
    """Makes a table longer; its new rows are like its last one, contents included."""
    top, left, bottom, right = found.box
    if found.body[0] <= bottom:
        last = _range(sheet, (bottom, left, bottom + rows, right))
        last.fillSeries(
            enum("com.sun.star.sheet.FillDirection", "TO_BOTTOM"),
            enum("com.sun.star.sheet.FillMode", "SIMPLE"),
            enum("com.sun.star.sheet.FillDateMode", "FILL_DATE_DAY"), 0, 0,
        )  # fmt: skip
    stretch(document, found.name, (top, left, bottom + rows, right))


def to_carry(held: Block, columns: Collection[int], own: int, taken: int) -> list[tuple[int, int]]:
    """The blank cells, by row and column from 0, of rows that a table grows over in calculated columns."""
    return [
        (row, column)
        for column in sorted(columns)
        for row in range(own, own + taken)
        if held.values[column][row] is None and row not in held.formulas[column]
    ]


def carry(sheet: Any, found: Range, cells: Collection[tuple[int, int]]) -> None:
    """Puts the formulas of a table's last row into cells below it, as if they had been filled down."""
    first, left, last, _ = found.body
    for row, column in cells:
        tokens = sheet.getCellByPosition(left + column, last).getTokens()
        sheet.getCellByPosition(left + column, first + row).setTokens(tokens)


def take_rules(sheet: Any, found: Range, taken: int) -> list[Box]:
    """Gives rows that a table grows over the drop-downs of its last row, where they have none; says where."""
    _, left, bottom, right = found.box
    given = []
    for column in range(left, right + 1):
        rule = sheet.getCellByPosition(column, bottom).Validation
        box = bottom + 1, column, bottom + taken, column
        cells = _range(sheet, box)
        if rule.Type.value != "ANY" and cells.Validation.Type.value == "ANY":
            cells.Validation = rule
            given.append(box)
    return given


def drop_rules(sheet: Any, boxes: Sequence[Box]) -> None:
    """Takes the drop-downs of ranges away."""
    for box in boxes:
        cells = _range(sheet, box)
        rule = cells.Validation
        rule.Type = enum("com.sun.star.sheet.ValidationType", "ANY")
        cells.Validation = rule


def stretch(document: Any, name: str, box: Box) -> None:
    """Gives a database range its rows and columns."""
    held = document.DatabaseRanges.getByName(name)
    area = held.DataArea
    area.StartRow, area.StartColumn, area.EndRow, area.EndColumn = box
    held.DataArea = area


@dataclass(frozen=True, slots=True)
class Bare:
    """How blank cells below a table looked: properties that were set there, by range."""

    box: Box
    looks: tuple[tuple[Box, dict[str, Any]], ...]


def bare(sheet: Any, box: Box) -> Bare:
    """How the cells of a range look, to be put back by ``strip``."""
    looks = []
    groups = _range(sheet, box).getUniqueCellFormatRanges()
    for number in range(groups.Count):
        group = groups.getByIndex(number)
        names = tuple(sorted(n for each in group.PropertySetInfo.Properties if _is_look(n := each.Name)))
        states = group.getPropertyStates(names)
        plain = [n for n, state in zip(names, states, strict=True) if state.value == _DIRECT]
        look = {n: v for n, v in ((n, group.getPropertyValue(n)) for n in plain) if _is_plain(v)}
        if look:
            looks += [(box, look) for box in boxes_of(group)]
    return Bare(box, tuple(looks))


def _is_look(name: str) -> bool:
    """Whether a property of cells is about their look; the others name them or belong to charts."""
    return name.startswith(_LOOKS) and not name.startswith("Chart")


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | float | str)


def strip(sheet: Any, was: Bare) -> None:
    """Empties a range and gives it the look that it had."""
    _range(sheet, was.box).clearContents(_ALL)
    for box, look in was.looks:
        cells = _range(sheet, box)
        for name, value in look.items():
            cells.setPropertyValue(name, value)


def _range(sheet: Any, box: Box) -> Any:
    top, left, bottom, right = box
    return sheet.getCellRangeByPosition(left, top, right, bottom)


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
