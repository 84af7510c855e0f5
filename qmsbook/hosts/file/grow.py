"""Makes a table longer: its part, and the validations and conditional formats that covered its last row."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.cell import Cell, range_a1
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.foreign import MAX_ROW, Box
from qmsbook.hosts.file.foreign import box as box_of
from qmsbook.hosts.file.reader import Block, read_block
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.workbook import TablePart
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import TableCannotGrow

#: What holds the ranges of rules: validations and conditional formats, those of later versions of Excel too.
_COVERS = ("dataValidation", "conditionalFormatting", "sqref")
#: What says how far a table reaches: the table, its filter, its sorting.
_REACHES = ("table", "autoFilter", "sortState", "sortCondition")


def check_room(
    sheet: SheetXml, name: str, decoder: Decoder, part: TablePart, others: list[Box], rows: int
) -> Block:
    """The blank cells where a table's new rows go. Raises TableCannotGrow if anything stands there."""
    if part.totals_rows:
        raise TableCannotGrow(
            f"{part.name} on the sheet {name} has a totals row; switch it off and try again."
        )
    _, left, bottom, right = part.box
    box = bottom + 1, left, bottom + rows, right
    if box[2] > MAX_ROW:
        raise TableCannotGrow(f"{part.name} would reach below the last row of the sheet {name}.")
    for other in [*others, *sheet.merges, *sheet.arrays()]:
        if other[0] <= box[2] and box[0] <= other[2] and other[1] <= box[3] and box[1] <= other[3]:
            raise TableCannotGrow(
                f"Below {part.name}, {Cell(name, other[0], other[1])} is taken. Make room for it."
            )
    block = read_block(sheet, decoder, box)
    for column, (values, formulas) in enumerate(zip(block.values, block.formulas, strict=True)):
        for row, value in enumerate(values):
            if value is not None or row in formulas:
                where = Cell(name, box[0] + row, left + column)
                raise TableCannotGrow(f"Below {part.name}, {where} is taken. Make room for it.")
    return block


def longer_table(content: bytes, part: str, box: Box, rows: int) -> bytes:
    """A table's part with the range of the table, its filter and its sorting longer by rows."""
    root = parse(content, part)
    for item in root.walk():
        if item.name in _REACHES and "ref" in item.attributes:
            found = box_of(item.get("ref"), part)
            if found[2] == box[2]:
                item.set("ref", range_a1(*found[:2], box[2] + rows, found[3]))
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
    within = left <= found[1] and found[3] <= right
    if not within or not found[0] <= bottom <= found[2] or found[2] >= bottom + rows:
        return ref
    return range_a1(found[0], found[1], bottom + rows, found[3])
