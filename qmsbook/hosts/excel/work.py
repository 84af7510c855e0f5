"""One change of an open workbook: every step is noted before it is taken, so that all can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qmsbook.book.cell import parse_range, range_a1
from qmsbook.book.edit import PutSheet, RemoveSheet
from qmsbook.book.snapshot import Drawn, Snapshot
from qmsbook.book.table import Table, Value
from qmsbook.hosts.excel.cells import format_for, given, runs, stretches
from qmsbook.hosts.excel.donor import Opened, Tell, bring, name_tables
from qmsbook.hosts.excel.locks import Unlocked, rights_of
from qmsbook.hosts.excel.raw import delete
from qmsbook.hosts.excel.reach import Reach
from qmsbook.hosts.excel.record import Formatted, Grown, Record, Swapped, Written
from qmsbook.hosts.file.blocks import read_block
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.reader import Loaded, open_sheet, sheet_xml
from qmsbook.hosts.libreoffice.donor import together
from qmsbook.hosts.plan import TablePlan


class Work:
    """Carries out a change of one open workbook and notes it in a record.

    ``app`` is the Excel, ``reach`` the workbook's sheets, ``copy`` and ``loaded`` what they hold, ``meant``
    what they must hold in the end.
    """

    def __init__(
        self, app: Any, reach: Reach, copy: bytes, loaded: Loaded, meant: Loaded, tell: Tell
    ) -> None:
        self.app, self.reach, self.loaded, self.meant, self.tell = app, reach, loaded, meant, tell
        self.wanted = meant.snapshot
        self.record = Record(copy)

    def table(self, place: int, target: TablePlan, filled: Collection[int]) -> None:
        """Writes what is planned for a table; ``filled`` are the columns that belong to the user."""
        table = target.table
        if target.grows:
            self.tell(f"More rows for {table.name}")
            self._grow(place, target)
        changed = {column: target.changes(column) for column in target.columns}
        after = self.wanted.table(table.name)
        formulas = after.formulas if after else table.formulas
        for block in _blocks(formulas, {c: rows for c, rows in changed.items() if rows}, filled):
            self.tell(f"{' and '.join(table.headers[c] for c in block.columns)} of {table.name}")
            self._write(place, target, block)

    def _grow(self, place: int, target: TablePlan) -> None:
        table, sheet = target.table, self.reach.sheet(target.table.sheet)
        part = self.loaded.parts[place][1]
        top, left, bottom, right = part.box
        last = bottom + target.rows - target.own
        grown = Grown(table.sheet, table.name, range_a1(*part.box))
        if target.rows > table.rows:
            fresh = bottom + 1 + target.taken, left, last, right
            grown.fresh = range_a1(*fresh)
            bare = self._bare(place, fresh)
            grown.dressed = [range_a1(fresh[0], start, last, end) for start, end in bare]
        self.record.steps.append(grown)
        sheet.tables[table.name].resize(sheet.range(range_a1(top, left, last, right)))
        for address in grown.dressed if table.rows else ():
            first, start, last, end = parse_range(address)
            above = sheet.range(range_a1(first - 1, start, first - 1, end))
            above.autofill(sheet.range(range_a1(first - 1, start, last, end)), "fill_formats")
        after = self.wanted.table(table.name)
        for column, formulas in enumerate(after.formulas if after else ()):
            blank = {
                row: text
                for row, text in formulas.items()
                if row >= table.rows or (row >= target.own and table.formula(row, column) is None)
            }
            self._carry(sheet, table, column, blank)

    def _carry(self, sheet: Any, table: Table, column: int, formulas: Mapping[int, str]) -> None:
        """Enters the formulas that a calculated column has in new rows; Excel has mostly done so already."""
        for rows in runs(sorted(formulas)):
            address = _address(table, rows, range(column, column + 1))
            taken = [row for row in rows if row < table.rows]
            if taken:  # blank before; new rows are blanked with the table
                there = _address(table, range(taken[0], taken[-1] + 1), range(column, column + 1))
                self.record.steps.append(Written(table.sheet, there, [[None] for _ in taken]))
            cells = sheet.range(address)
            cells.formula = [["=" + formulas[row]] for row in rows]

    def _bare(self, place: int, box: tuple[int, int, int, int]) -> list[tuple[int, int]]:
        """Runs of columns in which cells below a table have no format of their own."""
        found = self.loaded.parts[place][0]
        block = read_block(open_sheet(self.loaded.workbook, found), Decoder(self.loaded.workbook), box)
        bare = runs(column for column, styles in enumerate(block.styles, box[1]) if not any(styles))
        return [(each.start, each.stop - 1) for each in bare]

    def _write(self, place: int, target: TablePlan, block: Block) -> None:
        table, formats = target.table, self.loaded.workbook.formats
        for column in block.columns:
            self._formats(place, target, column, block.rows)
        address = _address(table, block.rows, block.columns)
        old = [
            [given(_held(table, row, c), formats) if row < table.rows else None for c in block.columns]
            for row in block.rows
        ]
        new = [[given(target.now(row, c), formats) for c in block.columns] for row in block.rows]
        self.record.steps.append(Written(table.sheet, address, old))
        self.reach.put(table.sheet, address, new)

    def _formats(self, place: int, target: TablePlan, column: int, rows: range) -> None:
        """Gives number formats where a date comes into a cell that shows none, or the other way round."""
        styles, dates = self.loaded.styles[place][column], self.loaded.workbook.formats.dates
        now, last = target.columns[column], len(styles) - 1
        codes: dict[str, list[int]] = {}
        for row in rows:
            is_date = last >= 0 and styles[min(row, last)] in dates
            code = format_for(now[row], is_date) if row < len(now) else None
            if code is not None:
                codes.setdefault(code, []).append(row)
        for code, found in codes.items():
            for each in runs(found):
                self._format(target.table, column, each, code)

    def _format(self, table: Table, column: int, rows: range, code: str) -> None:
        cells = self.reach.sheet(table.sheet).range(_address(table, rows, range(column, column + 1)))
        before = cells.number_format
        if before is None and len(rows) > 1:  # the cells differ
            half = (rows.start + rows.stop) // 2
            self._format(table, column, range(rows.start, half), code)
            self._format(table, column, range(half, rows.stop), code)
            return
        address = _address(table, rows, range(column, column + 1))
        self.record.steps.append(Formatted(table.sheet, address, before or "General"))
        cells.number_format = code

    def sheets(self, edits: Collection[PutSheet | RemoveSheet], since: Snapshot) -> None:
        """Brings, replaces and takes out generated sheets."""
        order = [sheet.name for sheet in self.loaded.workbook.worksheets()]
        # The new ones of one place all behind the same sheet, the last first: it is looked up only once.
        new = [edit for edit in edits if since.sheet(edit.marker) is None]
        puts = [edit for edit in edits if isinstance(edit, PutSheet)]
        names = {edit.marker: self._drawn(edit.marker).sheet for edit in puts}
        # All in one workbook, which is opened once; with the names that they keep: links inside a drawing
        # follow no renaming.
        late = self.loaded.workbook.date1904  # Excel keeps a day's number, so it counts as the workbook does
        content = together({names[edit.marker]: edit.content for edit in puts}, late) if puts else b""
        with Opened(self.app, content) as donor:
            for edit in [*reversed(new), *(edit for edit in edits if edit not in new)]:
                old = since.sheet(edit.marker)
                if isinstance(edit, PutSheet):
                    name = names[edit.marker]
                    self._bring(
                        donor, Swapped(name, name if old else _anchor(edit, since, order), old is not None)
                    )
                elif old is not None:
                    at = order.index(old.sheet)
                    self._remove(Swapped(old.sheet, order[at - 1] if at else "", True))
                    order.remove(old.sheet)

    def _drawn(self, marker: str) -> Drawn:
        found = self.wanted.sheet(marker)
        assert found is not None
        return found

    def _bring(self, donor: Any, swap: Swapped) -> None:
        self.tell(f"Bringing {swap.name}")
        self.record.steps.append(swap)
        bring(self.reach, donor, swap, self.tell)
        if swap.old:
            tables = [table for table in self.wanted.tables if table.sheet == swap.name]
            if tables:
                rights = rights_of(sheet_xml(self.meant.workbook, swap.name))
                with Unlocked(self.reach.sheet(swap.name), rights):
                    name_tables(self.reach.sheet(swap.name), tables)
            states = {sheet.name: sheet.state for sheet in self.loaded.workbook.sheets}
            if states.get(swap.name, "visible") != "visible":
                self.reach.sheet(swap.name).visible = False

    def _remove(self, swap: Swapped) -> None:
        self.tell(f"Taking out {swap.name}")
        self.record.steps.append(swap)
        delete(self.reach.sheet(swap.name))
        self.reach.forget(swap.name)
        swap.gone = True


@dataclass(frozen=True, slots=True)
class Block:
    """Rows and neighbouring columns of a table that are written in one call."""

    rows: range
    columns: range


def _blocks(
    held: Sequence[Mapping[int, str]], changed: Mapping[int, list[int]], filled: Collection[int]
) -> list[Block]:
    """What to write in one call each: neighbouring columns together where no formula stands between."""
    found: list[Block] = []
    for columns in runs(sorted(changed)):
        formulas = [held[c] if held else {} for c in columns]
        rows = range(min(changed[c][0] for c in columns), max(changed[c][-1] for c in columns) + 1)
        if not any(c in filled for c in columns) and not any(r in rows for each in formulas for r in each):
            found.append(Block(rows, columns))
            continue
        for column, never in zip(columns, formulas, strict=True):
            whole = column not in filled
            alone = range(column, column + 1)
            found += [Block(each, alone) for each in stretches(changed[column], never, whole)]
    return found


def _anchor(edit: PutSheet, since: Snapshot, sheets: Collection[str]) -> str:
    """The sheet behind which a new one comes; blank for the first place."""
    behind = since.first_of(edit.before)
    place = since.sheets.index(behind) if behind else len(since.sheets)
    return next((name for name in reversed(since.sheets[:place]) if name in sheets), "")


def _held(table: Table, row: int, column: int) -> Value:
    return table.columns[column][row]


def _address(table: Table, rows: range, columns: range) -> str:
    top, left = table.row + 1, table.column
    return range_a1(top + rows.start, left + columns.start, top + rows.stop - 1, left + columns.stop - 1)
