"""How far down the cells reach that may belong to a table although it ends above them."""

from __future__ import annotations

from collections.abc import Sequence

from qmsbook.book.cell import letters
from qmsbook.book.table import MAX_GAP
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.workbook import TablePart


def last_below(sheet: SheetXml, part: TablePart, others: Sequence[TablePart]) -> int:
    """The last row below a table in which something stands that may belong to it; else its own last row."""
    _, left, bottom, right = part.box
    stops = [each.box[0] for each in others if each.box[0] > bottom and _side_by_side(each.box, part.box)]
    edge = min(stops, default=1 << 30)
    last, start = bottom, sheet.place_of(bottom + 1)
    if part.totals_rows or start >= sheet.end:
        return last
    places = {letters(column).encode() for column in range(left, right + 1)}
    for match in sheet.patterns.cell.finditer(sheet.data, start, sheet.end):
        column, number, _, raw, content = match.groups()
        row = int(number)
        if row >= edge or row > last + MAX_GAP + 1:
            break
        if column in places and (raw or content):
            last = row
    return last


def _side_by_side(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[1] <= other[3] and other[1] <= one[3]
