"""A plan carried out on a workbook file: what is written where, put together, proved before it is kept."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass

from qmsbook.book.table import Value
from qmsbook.hosts.file.cells import Encoder, Formula
from qmsbook.hosts.file.change import Change, refuse_fragile
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.extend import extend
from qmsbook.hosts.file.formulas import shift
from qmsbook.hosts.file.graft import Grafter
from qmsbook.hosts.file.grow import check_room, longer_cover, longer_table
from qmsbook.hosts.file.package import Package, pack
from qmsbook.hosts.file.reader import Loaded
from qmsbook.hosts.file.room import Room
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.splice import Grid, check_writable, spliced
from qmsbook.hosts.file.verify import Meant, Written, check_cells, check_graft, check_parts, rest
from qmsbook.hosts.file.workbook import Sheet, TablePart, Workbook
from qmsbook.hosts.plan import Plan, TablePlan
from qmsbook.hosts.references import At, Growth, extended


def changed_file(loaded: Loaded, made: Plan) -> tuple[bytes | None, dict[str, int]]:
    """The bytes of the workbook with a plan carried out and checked, or None if that changes nothing.

    Also how many references of the user's were extended, by kind.
    """
    change = Change(loaded.workbook)
    extended = extend(loaded, change, growths(loaded, made))
    written = _write_tables(loaded, made, change)
    grafter = Grafter(change, loaded.markers)
    grafter.carry_out(made.sheets)
    if not change.finished():
        return None, {}
    refuse_fragile(loaded.workbook)
    if not grafter.frame.recalculates and change.has_formulas():
        grafter.frame.recalculate()
    parts = change.finished()
    xml = {name for name in parts if change.is_xml(name)}
    loaded.workbook.package.forget()
    content = pack(loaded.workbook.package, parts)
    digests = {name: new if new is None else hashlib.sha256(new).digest() for name, new in parts.items()}
    # The parts' contents are large and no longer needed: they are read anew from what was packed.
    parts.clear()
    change.parts.clear()
    package = Package(content)
    check_parts(loaded.workbook.package, package, digests, xml)
    after = Workbook(package, loaded.workbook)
    for each in written:
        if each.sheet.part not in grafter.contents and each.sheet.part in package:
            check_cells(after, each)
    for part, donor in grafter.contents.items():
        check_graft(donor.workbook, donor.sheet.part, after, part)
    return content, extended


def growths(loaded: Loaded, made: Plan) -> list[Growth]:
    """The tables that a plan makes longer."""
    return [
        Growth(part.name, sheet.name, part.box, target.rows - target.own)
        for place, target in made.tables.items()
        if target.grows
        for sheet, part in (loaded.parts[place],)
    ]


def _write_tables(loaded: Loaded, made: Plan, change: Change) -> list[Written]:
    """Splices all writes into their sheets; says what was written where."""
    by_sheet: dict[str, list[Target]] = {}
    for place, target in made.tables.items():
        if target.changed:
            sheet, part = loaded.parts[place]
            styles = [column[: target.table.rows] for column in loaded.styles[place]]
            by_sheet.setdefault(sheet.part, []).append(Target(sheet, part, target, styles))
    encoder = Encoder(loaded.workbook.formats, change.styles)
    return [_write_sheet(loaded, change, encoder, targets) for targets in by_sheet.values()]


def _write_sheet(loaded: Loaded, change: Change, encoder: Encoder, targets: list[Target]) -> Written:
    sheet = targets[0].sheet
    xml = SheetXml(change.sound(sheet.part), sheet.part, checked=sheet.part in loaded.sound)
    tail = _grow(loaded, change, xml, targets)
    grid = _grid(xml, targets, encoder)
    check_writable(xml, sheet.name, grid)
    meant = [target.meant() for target in targets]
    written = Written(sheet, meant, grid.stretches, rest(xml, grid.stretches))
    change.parts[sheet.part] = spliced(xml, grid, tail)
    return written


@dataclass(slots=True)
class Target:
    """A table to write into: where it stands, what is planned, and the formats of its cells by column."""

    sheet: Sheet
    part: TablePart
    plan: TablePlan
    styles: list[array[int]]

    def carried(self, column: int) -> dict[int, str]:
        """The formulas that Excel puts into new rows: the one above, in a column that has one throughout."""
        table, last = self.plan.table, self.plan.own - 1
        text = table.formula(last, column) if column in self.part.calculated and last >= 0 else None
        if not text:
            return {}
        text = self.longer(text, last, column)
        held, new = table.formulas[column], range(self.plan.own, self.plan.rows)
        free = (row for row in new if row not in held and self.plan.now(row, column) is None)
        return {row: shift(text, row - last, 0) for row in free}

    def longer(self, text: str, row: int, column: int) -> str:
        """A formula of the table as it is once the table has grown."""
        at, more = self.plan.table.cell(row, column), self.plan.rows - self.plan.own
        growth = Growth(self.part.name, self.sheet.name, self.part.box, more)
        return extended(text, at.sheet, [growth], At(at.sheet, at.row, at.column))

    def meant(self) -> Meant:
        """What the table is to hold."""
        table, values = self.plan.table, []
        formulas: list[Mapping[int, str]] = []
        for place, column in enumerate(table.columns):
            new = self.plan.columns.get(place, column)
            values.append(new + [None] * (self.plan.rows - len(new)) if len(new) < self.plan.rows else new)
            formulas.append(self.carried(place))
        return Meant(self.part.part, values, formulas)

    def cells(self, column: int) -> tuple[list[int], list[Value | Formula]]:
        """What is to be written into a column: the rows, and what they get; new rows are written all."""
        new, old, carried = self.plan.columns.get(column, []), self.plan.table.rows, self.carried(column)
        rows = [row for row in self.plan.changes(column) if row < old and row not in carried]
        values: list[Value | Formula] = [new[row] for row in rows]
        for row in range(self.plan.own, old):
            if row in carried:
                rows.append(row)
                values.append(Formula(carried[row]))
        for row in range(old, self.plan.rows):
            rows.append(row)
            values.append(Formula(carried[row]) if row in carried else new[row] if row < len(new) else None)
        return rows, values


def _grid(xml: SheetXml, targets: list[Target], encoder: Encoder) -> Grid:
    """The cells to write, as XML. A blank cell in a new row is only written for its format."""
    first = min(target.plan.table.row + 1 for target in targets)
    height = max(target.plan.table.row + 1 + target.plan.rows for target in targets) - first
    columns: dict[int, list[bytes | None]] = {}
    tails, room, heights = encoder.tails(xml.prefix), Room(xml, encoder.formats), dict[int, float]()
    for target in targets:
        table = target.plan.table
        for place in range(len(table.columns)):
            rows, values = target.cells(place)
            if rows:
                into = columns.setdefault(table.column + place, [None] * height)
                styles = [target.styles[place][row] for row in rows]
                made = map(tails.__getitem__, zip(styles, map(type, values), values, strict=True))
                for row, tail in zip(rows, made, strict=True):
                    into[table.row + 1 + row - first] = tail if tail != b'"/>' or row < table.rows else None
                for row, needed in room.needed(table.column + place, rows, values, styles):
                    at = table.row + 1 + row
                    heights[at] = max(needed, heights.get(at, 0.0))
    return Grid(first, dict(sorted(columns.items())), heights)


def _grow(loaded: Loaded, change: Change, xml: SheetXml, targets: list[Target]) -> bytes:
    """Makes the tables as long as planned; gives what then stands behind the sheet's cells."""
    tail = xml.data[xml.end :]
    decoder = Decoder(loaded.workbook)
    for target in targets:
        sheet, part, plan = target.sheet, target.part, target.plan
        if plan.grows:
            others = [
                other.box for at, other in loaded.parts if at.part == sheet.part and other.part != part.part
            ]
            below = check_room(xml, decoder, part, others, plan)
            target.styles = _longer(xml, target, below.styles)
            growth = Growth(part.name, sheet.name, part.box, plan.rows - plan.own)
            change.parts[part.part] = longer_table(change.xml(part.part), part.part, growth)
            tail = longer_cover(xml, sheet.name, tail, part.box, growth.rows)
    return tail


def _longer(xml: SheetXml, target: Target, below: list[array[int]]) -> list[array[int]]:
    """Formats with those of new rows: a cell's own if it has one, else that of the row above."""
    table, by_row, by_column = target.plan.table, xml.row_styles(), xml.column_styles()
    longer = []
    for column, (styles, found) in enumerate(zip(target.styles, below, strict=True), table.column):
        plain = by_column.get(column, 0)
        rows = enumerate(found, table.row + 1 + table.rows)
        last = styles[-1] if styles else None
        own = (last if last is not None and style == by_row.get(row, plain) else style for row, style in rows)
        longer.append(styles + array("I", own))
    return longer
