"""How far down the cells reach that may belong to a table although it ends above them."""

from __future__ import annotations

from collections.abc import Sequence

from qmsbook.book.table import MAX_GAP
from qmsbook.hosts.file.foreign import Box
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
    for row, columns, cells in sheet.rows(start, sheet.end):
        if row >= edge or row > last + MAX_GAP + 1:
            break
        met = zip(columns, cells, strict=True)
        if any(left <= column <= right and (raw or content) for column, (_, _, _, raw, content) in met):
            last = row
    return last


def _side_by_side(one: Box, other: Box) -> bool:
    return one[1] <= other[3] and other[1] <= one[3]
