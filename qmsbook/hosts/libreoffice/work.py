"""One change of an open document: every step is noted before it is taken, so that all can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qmsbook.book.table import Value
from qmsbook.hosts.libreoffice import extend
from qmsbook.hosts.libreoffice.blocks import Block, Box, boxes_of, used
from qmsbook.hosts.libreoffice.bridge import properties
from qmsbook.hosts.libreoffice.cells import Encoder, Raw, put, raw_of
from qmsbook.hosts.libreoffice.columns import bridged, side_by_side, writes_of
from qmsbook.hosts.libreoffice.donor import Opened
from qmsbook.hosts.libreoffice.extend import Extended
from qmsbook.hosts.libreoffice.fold import fold
from qmsbook.hosts.libreoffice.form import Form, form_of
from qmsbook.hosts.libreoffice.grow import grow_table
from qmsbook.hosts.libreoffice.load import Range
from qmsbook.hosts.libreoffice.patch import Patch, change, change_back, retype, typed
from qmsbook.hosts.libreoffice.pointers import Pointers, formulas_of
from qmsbook.hosts.libreoffice.proof import check_cells, check_sheet
from qmsbook.hosts.libreoffice.record import Record, Swapped, Written
from qmsbook.hosts.libreoffice.rows import calculated, drop_rules, stretch, strip
from qmsbook.hosts.libreoffice.sheets import (
    add_table,
    bring,
    dress,
    face_of,
    lock,
    remove,
    take_style,
    unlock,
)
from qmsbook.hosts.plan import TablePlan

#: Told what is done next; raising there stops the change, and everything is put back.
Tell = Callable[[str], None]


class Work:
    """Carries out a change of one document and notes it in a record."""

    def __init__(self, document: Any, loader: Any, tell: Tell) -> None:
        self.document, self.loader, self.tell = document, loader, tell
        self.record = Record()
        self.scratch: Any = None
        self.pointers: Pointers | None = None

    def table(self, target: TablePlan, found: Range, block: Block, encoder: Encoder) -> None:
        """Writes what is planned for a table."""
        sheet, table = self.document.Sheets.getByName(target.table.sheet), target.table
        block = block.upto(table.rows)
        kept = calculated(block, target.own) if target.own else frozenset()
        if target.grows:
            self.tell(f"More rows for {table.name}")
            grow_table(self.document, self.record, target, found, block, kept)
        for columns in side_by_side(target, block, kept):
            said = ", ".join(table.headers[column] for column in columns)
            self.tell(f"{said} of {table.name}")
            wanted = {column: writes_of(target, column, kept) for column in columns}
            self._columns(sheet, target, found, block, wanted, encoder)

    def extend(self, changes: Sequence[Extended]) -> None:
        """Extends references that end at the last row of tables which are to grow."""
        if changes:
            self.tell("References that end at a table's last row")
        for each in changes:
            self.record.extended.append(each)
            extend.put(self.document, each, each.after)

    def _columns(
        self, sheet: Any, target: TablePlan, found: Range, block: Block,
        wanted: Mapping[int, Mapping[int, Value]], encoder: Encoder,
    ) -> None:  # fmt: skip
        """Writes values by row into columns that stand side by side."""
        columns, table = list(wanted), target.table
        top, left = found.body[0], found.body[1] + columns[0]
        rows = bridged({row for each in wanted.values() for row in each}, block, columns, table.rows)
        cells: list[dict[int, Raw]] = []
        now: list[dict[int, int]] = []
        for column, values in wanted.items():
            keys = block.formats[column]
            now.append({top + row: keys[min(row, len(keys) - 1)] if keys else 0 for row in rows})
            raws = {
                row: encoder.raw(values[row], now[-1][top + row])
                if row in values
                else raw_of(block, row, column)
                for row in rows
            }
            cells.append({top + row: raw for row, raw in raws.items()})
            before = {top + row: raw_of(block, row, column) for row in values if row < table.rows}
            given = {row: cells[-1][row].key for row in before}
            self.record.written.append(Written(table.sheet, found.body[1] + column, before, given))
        put(sheet, left, cells, now)
        for place, given_cells in enumerate(cells):
            check_cells(sheet, left + place, given_cells)

    def come(self, source: Any, donor: str, swap: Swapped, tables: list[Range], form: Form) -> None:
        """Brings a drawn sheet of a form to its place, in place of the old one if there is one."""
        self.record.swapped.append(swap)
        self.tell(f"Bringing {swap.name}")
        drawn = source.Sheets.getByName(donor)
        face = face_of(source, drawn, tables)
        unlock(drawn)  # a sheet that arrives protected could not be dressed
        new = bring(self.document, source, donor, swap.place)
        swap.now = new.Name
        if swap.old is not None:
            if swap.old.cursor is not None and swap.old.cursor[0]:
                face = replace(face, cursor=swap.old.cursor)
            self._keep(swap)
            self._go(swap)
        if swap.now != swap.name:
            new.Name = swap.now = swap.name
        self.tell(f"Dressing {swap.name}")
        style = take_style(self.document, source, face.style, swap.name)
        taken = {name.casefold() for name in self.document.DatabaseRanges.ElementNames}
        named = tuple(replace(each, name=_free(each.name, taken)) for each in face.tables)
        dress(self.document, new, replace(face, style=style, tables=named))
        fold(new, form)
        check_sheet(source, donor, self.document, swap.name)
        lock(new, face)

    def patch(self, swap: Swapped) -> None:
        """Makes a sheet the next drawing of its form, where it stands."""
        self.record.swapped.append(swap)
        self.tell(f"Drawing what changed on {swap.name}")
        sheet = self.document.Sheets.getByName(swap.name)
        unlock(sheet)
        assert swap.patch is not None
        swap.typed = typed(sheet)
        change(self.document, self.loader, swap, swap.patch)
        if swap.locked:
            sheet.protect("")

    def go(self, swap: Swapped) -> None:
        """Takes a sheet out."""
        self.record.swapped.append(swap)
        self._keep(swap)
        self._go(swap)

    def _keep(self, swap: Swapped) -> None:
        self.tell(f"Keeping the old {swap.name}")
        old = self.document.Sheets.getByName(swap.name)
        unlock(old)
        swap.formulas, swap.formats = formulas_of(old), _formats(old)
        if swap.drawing:
            swap.typed = typed(old)
            return
        if self.scratch is None:
            hidden = properties(Hidden=True)
            self.scratch = self.loader.loadComponentFromURL("private:factory/scalc", "_blank", 0, hidden)
            self.scratch.NullDate = self.document.NullDate
        swap.saved = bring(self.scratch, self.document, swap.name, self.scratch.Sheets.Count).Name

    def _go(self, swap: Swapped) -> None:
        self.tell(f"Taking out the old {swap.name}")
        remove(self.document, swap.name)


def take_back(
    document: Any, loader: Any, record: Record, scratch: Any, pointers: Pointers | None
) -> None:  # fmt: skip
    """Takes back all of a record that was done, last things first; ``pointers`` as before the sheets went."""
    for swap in reversed(record.swapped):
        if swap.patch is not None:
            _patch_back(document, loader, swap, swap.patch)
        else:
            _swap_back(document, loader, swap, scratch)
    if pointers is not None:
        pointers.restore()
    for grown in reversed(record.grown):
        sheet = document.Sheets.getByName(grown.sheet)
        stretch(document, grown.before.name, grown.before.box)
        drop_rules(sheet, grown.ruled)
        if grown.below is not None:
            strip(sheet, grown.below)
    for written in reversed(record.written):
        if written.before:
            sheet = document.Sheets.getByName(written.sheet)
            put(sheet, written.column, [written.before], [written.keys])
    for each in reversed(record.extended):
        extend.put_back(document, each)


def _patch_back(document: Any, loader: Any, swap: Swapped, patch: Patch) -> None:
    if swap.now is not None and document.Sheets.hasByName(swap.now):
        remove(document, swap.now)
    sheet = document.Sheets.getByName(swap.name)
    if swap.typed is None:  # nothing was done yet
        return
    unlock(sheet)
    change_back(document, loader, swap, patch)
    retype(sheet, swap.typed)
    if swap.locked:
        sheet.protect("")


def _swap_back(document: Any, loader: Any, swap: Swapped, scratch: Any) -> None:
    sheets = document.Sheets
    there = sheets.hasByName(swap.name) and swap.now != swap.name
    if swap.old is None or there:
        if swap.now is not None and sheets.hasByName(swap.now):
            remove(document, swap.now)
        if swap.old is not None:
            _give_back_tables(document, swap)
            lock(sheets.getByName(swap.name), swap.old)
        return
    place = min(swap.place, sheets.Count)
    if swap.drawing:
        with Opened(loader, swap.drawing, ".xlsx") as source:
            back = bring(document, source, source.Sheets.getByIndex(source.Sheets.Count - 1).Name, place)
    else:
        back = bring(document, scratch, swap.saved, place)
    if swap.now is not None and sheets.hasByName(swap.now):
        remove(document, swap.now)
    back.Name = swap.name
    dress(document, back, swap.old)
    if swap.drawing:
        fold(back, form_of(swap.drawing))
    _reenter(back, swap)
    if swap.typed is not None:
        retype(back, swap.typed)
    lock(back, swap.old)


def _give_back_tables(document: Any, swap: Swapped) -> None:
    sheet = document.Sheets.getByName(swap.name)
    for table in swap.old.tables if swap.old else ():
        if not document.DatabaseRanges.hasByName(table.name):
            add_table(document, sheet, table)


def _reenter(sheet: Any, swap: Swapped) -> None:
    """Formulas, numbers and formats that suffered while the sheet was kept elsewhere are given again."""
    now = formulas_of(sheet)
    for (row, column), text in swap.formulas.items():
        if now.get((row, column)) != text and not text.startswith("{"):
            sheet.getCellByPosition(column, row).setFormula(text)
    top, left, bottom, right = used(sheet)
    held = sheet.getCellRangeByPosition(left, top, right, bottom).getDataArray()
    for (row, column), value in swap.cells.items():
        at = row - 1, column - 1
        if type(value) is float and at not in swap.formulas and held[at[0]][at[1]] != value:
            sheet.getCellByPosition(at[1], at[0]).setValue(value)
    for (top, left, bottom, right), key in swap.formats:
        sheet.getCellRangeByPosition(left, top, right, bottom).NumberFormat = key


def _formats(sheet: Any) -> list[tuple[Box, int]]:
    """The keys of a sheet's number formats by range; LibreOffice's file format spells some differently."""
    top, left, bottom, right = used(sheet)
    groups = sheet.getCellRangeByPosition(left, top, right, bottom).getUniqueCellFormatRanges()
    found = [groups.getByIndex(number) for number in range(groups.Count)]
    keys = [(group, key) for group in found if (key := group.NumberFormat)]
    return [(box, key) for group, key in keys for box in boxes_of(group)]


def stored(document: Any) -> bytes:
    """A document as the bytes of LibreOffice's own format."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="qmsbook-") as folder:
        path = Path(folder) / "sheets.ods"
        document.storeToURL(path.as_uri(), properties(FilterName="calc8"))
        return path.read_bytes()


def _free(wished: str, taken: set[str]) -> str:
    name, number = wished, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wished}_{number}"
    taken.add(name.casefold())
    return name
