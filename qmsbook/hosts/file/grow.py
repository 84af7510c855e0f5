"""Makes a table longer: its part, and the validations and conditional formats that covered its last row."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.cell import Cell, range_a1
from qmsbook.book.table import ROOM
from qmsbook.hosts.file.blocks import Block, read_block
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.foreign import MAX_ROW, Box
from qmsbook.hosts.file.foreign import box as box_of
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.workbook import TablePart
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import TableCannotGrow
from qmsbook.hosts.plan import TablePlan
from qmsbook.hosts.references import At, Growth, extended

#: What holds the ranges of rules: validations and conditional formats, those of later versions of Excel too.
_COVERS = ("dataValidation", "conditionalFormatting", "sqref")
#: What says how far a table reaches: the table, its filter, its sorting.
_REACHES = ("table", "autoFilter", "sortState", "sortCondition")
_FORMULAS = ("calculatedColumnFormula", "totalsRowFormula")


def check_room(
    sheet: SheetXml, decoder: Decoder, part: TablePart, others: list[Box], plan: TablePlan
) -> Block:
    """The blank cells where a table's new rows go. Raises TableCannotGrow if anything stands there.

    Of those that are planned the first ``taken`` stand there already.
    """
    name, taken, rows = plan.table.sheet, plan.taken, plan.rows - plan.own
    if part.totals_rows:
        raise TableCannotGrow(
            f"{part.name} on the sheet {name} has a totals row; switch it off and try again."
        )
    _, left, bottom, right = part.box
    box = bottom + 1, left, bottom + rows, right
    if box[2] > MAX_ROW:
        raise TableCannotGrow(f"{part.name} would reach below the last row of the sheet {name}.")
    for other in [*others, *sheet.arrays()]:
        if _meet(other, box):
            raise TableCannotGrow(
                f"Below {part.name}, {Cell(name, other[0], other[1])} is taken. Make room for it."
            )
    for merge in sheet.merges:
        if _meet(merge, box):
            last = Cell(name, merge[2], merge[3]).a1
            raise TableCannotGrow(
                f"Below {part.name}, {Cell(name, *merge[:2])}:{last} is merged. Unmerge it and try again."
            )
    box = bottom + 1 + taken, left, bottom + rows, right
    block = read_block(sheet, decoder, box)
    for column, (values, formulas) in enumerate(zip(block.values, block.formulas, strict=True)):
        for row, value in enumerate(values):
            if value is not None or row in formulas:
                where = Cell(name, box[0] + row, left + column)
                raise TableCannotGrow(f"Below {part.name}, {where} is taken. Make room for it.")
    return block


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def longer_table(content: bytes, part: str, growth: Growth) -> bytes:
    """A table's part with the range of the table, its filter and its sorting longer by rows.

    A range of its own sheet in the formula of a column is longer too where it ends for good at the last row.
    """
    root, box = parse(content, part), growth.box
    at = At(growth.sheet, box[2], box[1])
    for item in root.walk():
        if item.name in _REACHES and "ref" in item.attributes:
            found = box_of(item.get("ref"), part)
            if found[2] == box[2]:
                item.set("ref", range_a1(*found[:2], box[2] + growth.rows, found[3]))
        elif item.name in _FORMULAS:
            text = extended(item.text, growth.sheet, [growth], at)
            if text != item.text:
                item.write(text)
    return root.document()


def longer_cover(sheet: SheetXml, name: str, tail: bytes, box: Box, rows: int) -> bytes:
    """What stands behind a sheet's cells, with rules that reached a table's last row reaching its new one."""
    root = parse(sheet.data[: sheet.start] + tail, f"of the sheet {name}")
    for item in _covering(root):
        alone = item.name == "sqref"
        old = (item.text if alone else item.get("sqref")).split()
        new = [_reach(ref, box, rows, sheet.name) for ref in old]
        if new != old:
            item.write(" ".join(new)) if alone else item.set("sqref", " ".join(new))
    return root.document()[sheet.start :]


def _covering(element: Element) -> Iterator[Element]:
    """What holds the ranges of rules; a sparkline's place is no rule."""
    for child in element.children:
        if child.name in _COVERS:
            yield child
        if child.name != "sparkline":
            yield from _covering(child)


def _reach(ref: str, box: Box, rows: int, part: str) -> str:
    _, left, bottom, right = box
    found = box_of(ref, part, "the range of a rule")
    within, last = left <= found[1] and found[3] <= right, bottom + rows
    if within and found[0] == box[0] + 1 and ROOM // 5 <= found[2] - bottom <= ROOM:
        last = min(last + ROOM, MAX_ROW)  # it was drawn with room beyond the table, so it keeps it
    if not within or not found[0] <= bottom <= found[2] or found[2] >= last:
        return ref
    return range_a1(found[0], found[1], last, found[3])
