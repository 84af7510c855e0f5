"""A workbook that lives in Python only: the test double, under the same contract as every host."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from qmsbook.book.edit import Edit, PutSheet, RemoveSheet
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table
from qmsbook.hosts.host import Applied, ChangedSinceRead, NothingToUndo, SheetProtected
from qmsbook.hosts.names import free_name
from qmsbook.hosts.plan import Plan, TablePlan, plan
from qmsbook.hosts.references import At, Growth, extended


class MemoryHost:
    """Holds tables and generated sheets; `apply` replaces them, `undo` puts them back."""

    def __init__(
        self,
        tables: Iterable[Table] = (),
        sheets: Sequence[str] = (),
        properties: Mapping[str, str] | None = None,
    ) -> None:
        found = tuple(tables)
        names = tuple(sheets) or tuple(dict.fromkeys(table.sheet for table in found))
        self._now = Snapshot(found, (), names, dict(properties or {}), _mark(0))
        self._changes = 0
        self._drawings: dict[str, bytes] = {}
        self._before: tuple[Snapshot, dict[str, bytes]] | None = None

    @classmethod
    def of(cls, snapshot: Snapshot) -> MemoryHost:
        """A host that holds what another one read; replaced sheets cannot be told from drawn ones."""
        made = cls()
        made._now = snapshot
        return made

    def read(self) -> Snapshot:
        """The tables and generated sheets as they stand."""
        return self._now

    def apply(self, edits: Sequence[Edit], since: Snapshot, *, dry_run: bool = False) -> Applied:
        """Carry the edits out, or none. Raises ChangedSinceRead if `since` is not what `read` last gave."""
        if since.state != self._now.state:
            raise ChangedSinceRead
        made = plan(edits, self._now)
        after, drawings = self._after(made)
        after, count = _extended(after, made)
        changed = any(target.changed for target in made.tables.values()) or drawings != self._drawings
        if changed and not dry_run:
            self._before = self._now, self._drawings
            self._changes += 1
            self._now, self._drawings = dataclasses.replace(after, state=_mark(self._changes)), drawings
        return Applied(changed, tuple(made.skipped), extended={"formula": count} if count else {})

    def undo(self) -> str:
        """Take back what the last `apply` changed."""
        if self._before is None:
            raise NothingToUndo
        (self._now, self._drawings), self._before = self._before, None
        return "The workbook is as it was before the last change."

    def _after(self, made: Plan) -> tuple[Snapshot, dict[str, bytes]]:
        tables = list(self._now.tables)
        for place, target in made.tables.items():
            if target.changed and target.table.marker:
                _check_unprotected(self._now, target.table.marker)
            tables[place] = _written(target)
        snapshot, drawings = dataclasses.replace(self._now, tables=tuple(tables)), dict(self._drawings)
        for edit in made.sheets:
            if not (isinstance(edit, PutSheet) and edit.unlocks):
                _check_unprotected(self._now, edit.marker)
            snapshot = (
                _without(snapshot, edit.marker) if isinstance(edit, RemoveSheet) else _put(snapshot, edit)
            )
            drawings.pop(edit.marker, None)
            if isinstance(edit, PutSheet):
                drawings[edit.marker] = edit.content
        return snapshot, drawings


def _check_unprotected(now: Snapshot, marker: str) -> None:
    found = now.sheet(marker)
    if found is not None and found.protected:
        raise SheetProtected(f"It is the sheet {found.sheet}.")


def _mark(changes: int) -> str:
    return f"in memory, after {changes} changes"


def _written(target: TablePlan) -> Table:
    table, more = target.table, target.rows - target.table.rows
    # A column that stays as it is is shared: nobody writes into a table that was handed over.
    columns = [target.columns.get(place, values) for place, values in enumerate(table.columns)]
    if more:
        columns = [values + [None] * (target.rows - len(values)) for values in columns]
    percent, times = table.percent, table.times
    if more:
        last, fresh = table.rows - 1, range(table.rows, target.rows)
        percent, times = (
            tuple(frozenset([*rows, *fresh]) if last in rows else rows for rows in held)
            for held in (percent, times)
        )
    below = table.below
    if below is not None and more:  # the new rows took the place of its first, which were blank
        below = below.cut(more, below.rows) if below.rows > more else None
    return dataclasses.replace(table, columns=tuple(columns), percent=percent, times=times, below=below)


def _extended(after: Snapshot, made: Plan) -> tuple[Snapshot, int]:
    """Formulas whose ranges ended at the last row of a table which grew reach its new one; how many do."""
    grown = [
        Growth(table.name, table.sheet, _box(table, target.own), target.rows - target.own)
        for target in made.tables.values()
        if target.grows
        for table in (target.table,)
    ]
    if not grown:
        return after, 0
    count, tables = 0, []
    for table in after.tables:
        formulas = []
        for place, texts in enumerate(table.formulas):
            cells = {row: table.cell(row, place) for row in texts}
            new = {
                row: extended(text, table.sheet, grown, At(table.sheet, cells[row].row, cells[row].column))
                for row, text in texts.items()
            }
            count += sum(new[row] != text for row, text in texts.items())
            formulas.append(new)
        tables.append(dataclasses.replace(table, formulas=tuple(formulas)))
    return dataclasses.replace(after, tables=tuple(tables)), count


def _box(table: Table, rows: int) -> tuple[int, int, int, int]:
    return table.row, table.column, table.row + rows, table.column + len(table.headers) - 1


def _without(snapshot: Snapshot, marker: str) -> Snapshot:
    found = snapshot.sheet(marker)
    if found is None:
        return snapshot
    return dataclasses.replace(
        snapshot,
        tables=tuple(table for table in snapshot.tables if table.sheet != found.sheet),
        drawn=tuple(drawn for drawn in snapshot.drawn if drawn.marker != marker),
        sheets=tuple(name for name in snapshot.sheets if name != found.sheet),
    )


def _put(snapshot: Snapshot, edit: PutSheet) -> Snapshot:
    # The drawing is an .xlsx, and reading one is what the file host's reader is for.
    from qmsbook.hosts.file.reader import load

    old = snapshot.sheet(edit.marker)
    name = old.sheet if old else free_name(edit.name, snapshot.sheets)
    drawing = load(edit.content).snapshot
    tables = tuple(dataclasses.replace(table, sheet=name) for table in drawing.tables)
    drawn = tuple(dataclasses.replace(found, sheet=name) for found in drawing.drawn)
    sheets = list(snapshot.sheets)
    if not old:
        behind = snapshot.first_of(edit.before)
        sheets.insert(sheets.index(behind) if behind else len(sheets), name)
    rest = _without(snapshot, edit.marker)
    order = {sheet: place for place, sheet in enumerate(sheets)}
    return dataclasses.replace(
        rest,
        tables=tuple(sorted((*rest.tables, *tables), key=lambda table: order[table.sheet])),
        drawn=tuple(sorted((*rest.drawn, *drawn), key=lambda each: order[each.sheet])),
        sheets=tuple(sheets),
    )
