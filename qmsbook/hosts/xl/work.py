"""One change of an open workbook: every step is noted before it is taken, so that all can be taken back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qmsbook.cell import parse_range, range_a1
from qmsbook.edit import PutSheet, RemoveSheet
from qmsbook.host import Drawn, Snapshot
from qmsbook.hosts.calc.donor import together
from qmsbook.hosts.names import free_name
from qmsbook.hosts.ooxml.decoder import Decoder
from qmsbook.hosts.ooxml.formulas import names_sheet
from qmsbook.hosts.ooxml.reader import Loaded, load, open_sheet, read_block
from qmsbook.hosts.ooxml.scan import SheetXml
from qmsbook.hosts.plan import TablePlan
from qmsbook.hosts.xl.cells import Given, format_for, given, runs, stretches
from qmsbook.hosts.xl.locks import Unlocked
from qmsbook.hosts.xl.pointers import formulas_in
from qmsbook.hosts.xl.reach import Reach, delete
from qmsbook.hosts.xl.running import is_busy, once_ready
from qmsbook.hosts.xl.saved import Folder
from qmsbook.table import Table, Value

#: Told what is done next; raising there stops the change, and everything is put back.
Tell = Callable[[str], None]


@dataclass(slots=True)
class Written:
    """A range that was written, and what its cells held."""

    sheet: str
    address: str
    before: list[list[Given]]


@dataclass(slots=True)
class Formatted:
    """A range that got another number format, and the one it had."""

    sheet: str
    address: str
    before: str


@dataclass(slots=True)
class Grown:
    """A table that was made longer, the range it had, the rows it got, and where these took over formats."""

    sheet: str
    table: str
    before: str
    fresh: str
    dressed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Swapped:
    """A sheet that came (``came``), went (``gone``), or took the place of the one set ``aside``."""

    name: str
    after: str
    old: bool
    aside: str = ""
    came: bool = False
    gone: bool = False


@dataclass(slots=True)
class Record:
    """All that a change did, in plain data: it can be kept and used by another process.

    ``copy`` is the workbook as it was before; the sheets that went are brought back from there.
    """

    copy: bytes
    steps: list[Written | Formatted | Grown | Swapped] = field(default_factory=list)


class Work:
    """Carries out a change of one open workbook and notes it in a record.

    ``app`` is the Excel, ``reach`` the workbook's sheets, ``copy`` and ``loaded`` what they hold, ``wanted``
    what they must hold in the end.
    """

    def __init__(
        self, app: Any, reach: Reach, copy: bytes, loaded: Loaded, wanted: Snapshot, tell: Tell
    ) -> None:
        self.app, self.reach, self.loaded, self.wanted, self.tell = app, reach, loaded, wanted, tell
        self.record = Record(copy)

    def table(self, place: int, target: TablePlan, filled: Collection[int]) -> None:
        """Writes what is planned for a table; ``filled`` are the columns that belong to the user."""
        table = target.table
        if target.rows > table.rows:
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
        more = target.rows - table.rows
        fresh = bottom + 1, left, bottom + more, right
        grown = Grown(table.sheet, table.name, range_a1(*part.box), range_a1(*fresh))
        grown.dressed = [
            range_a1(fresh[0], first, fresh[2], last) for first, last in self._bare(place, fresh)
        ]
        self.record.steps.append(grown)
        sheet.tables[table.name].resize(sheet.range(range_a1(top, left, bottom + more, right)))
        for address in grown.dressed if table.rows else ():
            first, start, last, end = parse_range(address)
            above = sheet.range(range_a1(first - 1, start, first - 1, end))
            above.autofill(sheet.range(range_a1(first - 1, start, last, end)), "fill_formats")
        after = self.wanted.table(table.name)
        for column, formulas in enumerate(after.formulas if after else ()):
            self._carry(sheet, table, column, {row: t for row, t in formulas.items() if row >= table.rows})

    def _carry(self, sheet: Any, table: Table, column: int, formulas: Mapping[int, str]) -> None:
        """Enters the formulas that a calculated column has in new rows; Excel has mostly done so already."""
        for rows in runs(sorted(formulas)):
            cells = sheet.range(_address(table, rows, range(column, column + 1)))
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
        # All new ones behind the sheet that was last, the last of them first: it is looked up only once.
        last, new = order[-1], [edit for edit in edits if since.sheet(edit.marker) is None]
        puts = [edit for edit in edits if isinstance(edit, PutSheet)]
        names = {edit.marker: self._drawn(edit.marker).sheet for edit in puts}
        # All in one workbook, which is opened once; with the names that they keep: links inside a drawing
        # follow no renaming.
        content = together({names[edit.marker]: edit.content for edit in puts}) if puts else b""
        with Opened(self.app, content) as donor:
            for edit in [*reversed(new), *(edit for edit in edits if edit not in new)]:
                old = since.sheet(edit.marker)
                if isinstance(edit, PutSheet):
                    name = names[edit.marker]
                    self._bring(donor, Swapped(name, name if old else last, old is not None))
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
            protected = any(each.protected for each in self.wanted.drawn if each.sheet == swap.name)
            if tables:
                with Unlocked(self.reach.sheet(swap.name), protected):
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


def _held(table: Table, row: int, column: int) -> Value:
    return table.columns[column][row]


def _address(table: Table, rows: range, columns: range) -> str:
    top, left = table.row + 1, table.column
    return range_a1(top + rows.start, left + columns.start, top + rows.stop - 1, left + columns.stop - 1)


class Opened:
    """A workbook from the bytes of its file, opened beside the others and closed when it is left.

    Gives its sheets, or None where there are no bytes.
    """

    def __init__(self, app: Any, content: bytes) -> None:
        self.app, self.content = app, content
        self.book: Any = None

    def __enter__(self) -> Reach | None:
        import xlwings  # it is there: the app is one of its own

        self.folder = Folder()
        path = self.folder.__enter__()
        if self.content:
            # Excel opens no two workbooks of one name, so each gets one of its own.
            file = path / f"{path.name}.xlsx"
            file.write_bytes(self.content)
            try:
                # `Books.open` itself would ask first whether a workbook of that name is open.
                books, name = self.app.books.impl, os.path.realpath(file)
                self.book = xlwings.Book(impl=books.open(name, update_links=False, add_to_mru=False))
                return Reach(self.book)
            except BaseException:
                self.__exit__()
                raise
        return None

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):
            if self.book is not None:
                once_ready(self.book.close)
        self.folder.__exit__()


def bring(reach: Reach, donor: Reach | None, swap: Swapped, tell: Tell) -> None:
    """Brings a sheet from another workbook, first beside the old one, which is set aside under another name.

    So the new one has its own name from the beginning: links inside it do not follow a renaming.
    """
    assert donor is not None
    anchor = reach.sheet(swap.after) if swap.after else reach.sheets[0]
    if swap.old and not swap.gone:
        swap.aside = free_name("qmsbook old", [swap.name])
        anchor.name = swap.aside
        reach.forget(swap.name)
    # Sheet.copy itself would ask for the name of every sheet, twice.
    source = donor.sheet(swap.name)
    # Before the old one: put after it, LibreOffice, Excel's understudy in our tests, loses tables.
    if swap.after and not swap.aside:
        source.impl.copy(before=None, after=anchor.impl)
    else:
        source.impl.copy(before=anchor.impl, after=None)
    swap.came = True
    if swap.aside:
        tell(f"Taking out the old {swap.name}")
        delete(anchor)
        swap.gone = True


def name_tables(sheet: Any, tables: Collection[Table]) -> None:
    """Gives tables their names back: Excel renamed them on their way in, for the old ones still stood."""
    by_place = {(table.row, table.column): table.name for table in tables}
    there = sheet.tables
    for number in range(1, len(tables) + 1):
        found = there(number)
        top, left, _, _ = parse_range(found.range.address)
        name = by_place.get((top, left))
        if name is not None and found.name != name:
            found.name = name


def take_back(app: Any, reach: Reach, record: Record) -> None:
    """Takes back all of a record that was done, last things first."""
    before = (
        load(record.copy) if any(isinstance(step, Swapped) and step.gone for step in record.steps) else None
    )
    with Opened(app, record.copy if before is not None else b"") as donor:
        for step in reversed(record.steps):
            match step:
                case Swapped():
                    _swap_back(reach, step, donor, before)
                case Grown():
                    sheet = reach.sheet(step.sheet)
                    sheet.range(step.fresh).clear_contents()
                    for address in step.dressed:
                        sheet.range(address).clear_formats()
                    sheet.tables[step.table].resize(sheet.range(step.before))
                case Written():
                    reach.put(step.sheet, step.address, step.before)
                case Formatted():
                    reach.sheet(step.sheet).range(step.address).number_format = step.before


def _swap_back(reach: Reach, swap: Swapped, donor: Reach | None, before: Loaded | None) -> None:
    if not swap.gone:
        if swap.came:
            delete(reach.sheet(swap.name))
        reach.forget(swap.name)
        if swap.aside:
            try:
                reach.sheet(swap.aside).name = swap.name
            except Exception as problem:
                if is_busy(problem):
                    raise
                # It was not even renamed.
            reach.forget(swap.aside)
        return
    assert before is not None
    back = Swapped(swap.name, swap.name if swap.came else swap.after, swap.came)
    bring(reach, donor, back, lambda _: None)
    sheet = reach.sheet(swap.name)
    found = next(each for each in before.workbook.worksheets() if each.name == swap.name)
    xml = SheetXml(before.workbook.package.xml(found.part), found.part)
    own = names_sheet(swap.name)
    with Unlocked(sheet, xml.protection() is not None):
        name_tables(sheet, [table for table in before.snapshot.tables if table.sheet == swap.name])
        # Formulas that look at other sheets came back looking into the copy.
        for row, column, text, sort in formulas_in(xml):
            others = own.sub("", text)
            if ("!" in others or "[" in others) and sort in ("", "shared"):
                sheet.range((row, column)).formula = "=" + text
