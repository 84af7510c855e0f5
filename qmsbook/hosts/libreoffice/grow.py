"""Makes a table of an open document longer: over rows that stand below it, and by blank ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from qmsbook.hosts.libreoffice.blocks import Block
from qmsbook.hosts.libreoffice.cells import raw_of
from qmsbook.hosts.libreoffice.load import Range
from qmsbook.hosts.libreoffice.record import Grown, Record, Written
from qmsbook.hosts.libreoffice.rows import bare, below, carry, grow, stretch, take_rules, to_carry
from qmsbook.hosts.plan import TablePlan


def grow_table(
    document: Any, record: Record, target: TablePlan, found: Range, block: Block, kept: Collection[int]
) -> None:
    """Makes a table as long as planned and notes it; ``kept`` are the columns with a formula throughout."""
    name, taken, more = target.table.sheet, target.taken, target.rows - target.table.rows
    sheet, (top, left) = document.Sheets.getByName(name), found.body[:2]
    longer = replace(found, box=(*found.box[:2], found.box[2] + taken, found.box[3]))
    grown = Grown(name, found, bare(sheet, below(longer, more)) if more else None)
    record.grown.append(grown)
    if taken and target.own:
        grown.ruled += take_rules(sheet, found, taken)
        cells = to_carry(block, kept, target.own, taken)
        for row, column in cells:
            before, keys = raw_of(block, row, column), {top + row: block.formats[column][row]}
            record.written.append(Written(name, left + column, {top + row: before}, keys))
        carry(sheet, found, cells)
    if not more:
        stretch(document, found.name, longer.box)
        return
    grow(document, sheet, longer, more)
    if taken and target.own:  # what was typed last may be no formula
        fresh = range(target.table.rows, target.rows)
        carry(sheet, found, [(row, column) for column in kept for row in fresh])
