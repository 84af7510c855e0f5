"""Whether a generated sheet stands in a workbook as it would be drawn, so that it need not be replaced."""

from __future__ import annotations

from collections.abc import Sequence

from qmsbook.book.edit import Edit, PutSheet, RemoveSheet
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table, alike
from qmsbook.hosts.file.reader import load
from qmsbook.hosts.plan import Plan, plan


def stands(edit: PutSheet | RemoveSheet, now: Snapshot) -> bool:
    """Whether an edit would change nothing: each cell and table of the sheet is as in the drawing.

    The hidden first row is among the cells, and in it the digest of the whole drawing, its look included.
    """
    standing = now.sheet(edit.marker)
    if standing is None or isinstance(edit, RemoveSheet):
        return standing is None and isinstance(edit, RemoveSheet)
    drawing = load(edit.content).snapshot
    drawn = drawing.sheet(edit.marker)
    if drawn is None or drawn.cells.keys() != standing.cells.keys() or drawn.protected != standing.protected:
        return False
    if not all(alike(value, standing.cells[place]) for place, value in drawn.cells.items()):
        return False
    there = [table for table in now.tables if table.sheet == standing.sheet]
    return [_form(table) for table in there] == [_form(table) for table in drawing.tables]


def _form(table: Table) -> tuple[object, ...]:
    return table.name, table.row, table.column, table.headers, table.rows, any(table.formulas or ())


def live_plan(edits: Sequence[Edit], now: Snapshot) -> Plan:
    """What the edits come to: of each sheet the last word, and nothing that would change nothing.

    Raises what `plan` raises.
    """
    made = plan(edits, now)
    last = {edit.marker: edit for edit in made.sheets}
    made.sheets = [edit for edit in last.values() if not stands(edit, now)]
    return made
