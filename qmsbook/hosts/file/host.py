"""A closed workbook file: reads it, and edits it so that nothing but the edits changes."""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qmsbook.book.cell import Cell
from qmsbook.book.edit import Edit
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Value
from qmsbook.hosts.file import save
from qmsbook.hosts.file.cells import Encoder, Formula
from qmsbook.hosts.file.change import Change, refuse_fragile
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.formulas import shift
from qmsbook.hosts.file.graft import Grafter
from qmsbook.hosts.file.grow import check_room, longer_cover, longer_table
from qmsbook.hosts.file.package import Package, pack
from qmsbook.hosts.file.place import digest, read_workbook
from qmsbook.hosts.file.reader import Loaded, load
from qmsbook.hosts.file.room import Room
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.splice import Grid, check_writable, spliced
from qmsbook.hosts.file.verify import Meant, Written, check_cells, check_graft, check_parts, rest
from qmsbook.hosts.file.workbook import Sheet, TablePart, Workbook
from qmsbook.hosts.host import Applied, ChangedSinceRead
from qmsbook.hosts.plan import Plan, TablePlan, plan


class FileHost:
    """Works on an .xlsx or .xlsm file; with ``out`` the result goes there and the file stays as it is."""

    def __init__(self, path: str | Path, out: str | Path | None = None) -> None:
        self.path = Path(path)
        self.out = Path(out) if out is not None else self.path
        self._loaded: Loaded | None = None

    def read(self) -> Snapshot:
        """All tables and generated sheets. Raises WorkbookUnreadable, or one of its kinds."""
        self._loaded = load(self._bytes())
        return self._loaded.snapshot

    def apply(self, edits: Sequence[Edit], since: Snapshot, *, dry_run: bool = False) -> Applied:
        """Carry the edits out, or none; with ``dry_run`` only say what would be done.

        Raises ChangedSinceRead if the file is no longer what `since` was read from; SheetProtected,
        WouldLoseContent and their kinds for what cannot be done without loss; NoSuchPlace and NotStorable for
        edits that do not fit; WorkbookLocked, WorkbookReadOnly, SeveralNames, UnusableName and NotSaved if
        the file cannot be replaced.
        """
        data = self._bytes()
        loaded = self._current(data, since)
        made = plan(edits, loaded.snapshot)
        content, skipped = changed_file(loaded, made), tuple(made.skipped)
        if content is None:
            return self._unchanged(data, skipped, dry_run)
        if dry_run:
            return Applied(True, skipped)
        self._loaded = None
        return Applied(True, skipped, self._save(content, data))

    def undo(self) -> str:
        """Put the copy back that was made before the last `apply`. Raises NothingToUndo."""
        self._loaded = None
        return save.undo(self.out)

    def _bytes(self) -> bytes:
        return read_workbook(self.path)

    def _current(self, data: bytes, since: Snapshot) -> Loaded:
        if digest(data) != since.state:
            raise ChangedSinceRead
        if self._loaded is None or self._loaded.snapshot.state != since.state:
            self._loaded = load(data)
        return self._loaded

    def _same_file(self) -> bool:
        if self.out == self.path:
            return True
        try:
            return os.path.samefile(self.out, self.path)
        except OSError:  # one of them is not there
            return self.out.absolute() == self.path.absolute()

    def _unchanged(self, data: bytes, skipped: tuple[Cell, ...], dry_run: bool) -> Applied:
        if not dry_run and not self._same_file() and save.there(self.out) != data:
            return Applied(True, skipped, self._save(data, data))
        return Applied(False, skipped)

    def _save(self, content: bytes, data: bytes) -> str | None:
        before = data if self._same_file() else save.there(self.out)
        return save.save(self.out, content, before)


def changed_file(loaded: Loaded, made: Plan) -> bytes | None:
    """The bytes of the workbook with a plan carried out and checked, or None if that changes nothing."""
    change = Change(loaded.workbook)
    written = _write_tables(loaded, made, change)
    grafter = Grafter(change, loaded.markers)
    grafter.carry_out(made.sheets)
    if not change.finished():
        return None
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
    after = Workbook(package)
    for each in written:
        if each.sheet.part not in grafter.contents and each.sheet.part in package:
            check_cells(after, each)
    for part, donor in grafter.contents.items():
        check_graft(donor.workbook, donor.sheet.part, after, part)
    return content


def _write_tables(loaded: Loaded, made: Plan, change: Change) -> list[Written]:
    """Splices all writes into their sheets; says what was written where."""
    by_sheet: dict[str, list[Target]] = {}
    for place, target in made.tables.items():
        if target.changed:
            sheet, part = loaded.parts[place]
            by_sheet.setdefault(sheet.part, []).append(Target(sheet, part, target, loaded.styles[place]))
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
        table, last = self.plan.table, self.plan.table.rows - 1
        text = table.formula(last, column) if column in self.part.calculated and last >= 0 else None
        if not text:
            return {}
        new, given = range(table.rows, self.plan.rows), self.plan.columns.get(column, [])
        free = (row for row in new if row >= len(given) or given[row] is None)
        return {row: shift(text, row - last, 0) for row in free}

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
        rows = [row for row in self.plan.changes(column) if row < old]
        values: list[Value | Formula] = [new[row] for row in rows]
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
        sheet, part, more = target.sheet, target.part, target.plan.rows - target.plan.table.rows
        if more > 0:
            others = [
                other.box for at, other in loaded.parts if at.part == sheet.part and other.part != part.part
            ]
            below = check_room(xml, sheet.name, decoder, part, others, more)
            target.styles = _longer(xml, target, below.styles)
            change.parts[part.part] = longer_table(change.xml(part.part), part.part, part.box, more)
            tail = longer_cover(xml, sheet.name, tail, part.box, more)
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
