"""What stands after a change: held against what was meant at once, and against what is there at an undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qmsbook.book.cell import Cell
from qmsbook.book.edit import PutSheet
from qmsbook.book.snapshot import Drawn, Snapshot
from qmsbook.book.table import Table, Value, alike
from qmsbook.hosts.excel.pointers import formulas_in
from qmsbook.hosts.file.attached import links_within
from qmsbook.hosts.file.reader import Loaded, sheet_xml
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.host import ChangedSinceRead, NotAsWritten
from qmsbook.hosts.plan import Plan, TablePlan


@dataclass(frozen=True, slots=True)
class Left:
    """What a change left behind: columns by table and place, and generated sheets by marker."""

    columns: dict[tuple[str, int], list[Value]]
    sheets: dict[str, Drawn | None]


def left_by(made: Plan, now: Snapshot) -> Left:
    """What a change left behind, as it stands now; of a table that grew, every column."""
    columns: dict[tuple[str, int], list[Value]] = {}
    for target in made.tables.values():
        if target.changed:
            places = range(len(target.table.columns)) if target.grows else target.columns
            columns.update({(target.table.name, place): [] for place in places})
    return left_in(now, Left(columns, {edit.marker: None for edit in made.sheets}))


def left_in(now: Snapshot, like: Left) -> Left:
    """The same columns and sheets as they stand now."""
    columns = {}
    for name, place in like.columns:
        table = now.table(name)
        columns[name, place] = table.columns[place] if table and place < len(table.columns) else []
    return Left(columns, {marker: now.sheet(marker) for marker in like.sheets})


def still_there(left: Left, now: Snapshot) -> bool:
    """Whether all of what a change left behind stands there as a person would see it.

    A workbook that was saved and opened again since may hold other last digits.
    """
    found = left_in(now, left)
    return all(_all_alike(column, found.columns[place]) for place, column in left.columns.items()) and all(
        _same_sheet(sheet, found.sheets[marker]) for marker, sheet in left.sheets.items()
    )


def _all_alike(one: Sequence[Value], other: Sequence[Value]) -> bool:
    return len(one) == len(other) and all(map(alike, one, other))


def _same_sheet(one: Drawn | None, other: Drawn | None) -> bool:
    if one is None or other is None:
        return one is other
    places = one.cells.keys() | other.cells.keys()
    return replace(one, cells={}) == replace(other, cells={}) and all(
        alike(one.cells.get(at), other.cells.get(at)) for at in places
    )


def check(made: Plan, meant: Loaded, after: Loaded) -> None:
    """Raises NotAsWritten unless Excel shows what was meant, or ChangedSinceRead if somebody else wrote."""
    now, wanted = after.snapshot, meant.snapshot
    if now.sheets != wanted.sheets:
        raise NotAsWritten(f"The sheets are {', '.join(now.sheets)}.")
    for table in wanted.tables:
        if now.table(table.name) is None:
            raise NotAsWritten(f"The table {table.name} is missing.")
    for target in made.tables.values():
        goal = wanted.table(target.table.name)
        # None, or on another sheet: it stood on a sheet that was drawn anew.
        if target.changed and goal is not None and goal.sheet == target.table.sheet:
            _check_table(target, goal, after)
    _check_drawn(made, meant, after)


def _check_table(target: TablePlan, meant: Table, after: Loaded) -> None:
    name, found = meant.name, after.snapshot.table(meant.name)
    if found is None or found.rows != meant.rows or found.headers != meant.headers:
        raise NotAsWritten(f"The table {name} has not the size that it should have.")
    for place, (values, cells) in enumerate(zip(meant.columns, found.columns, strict=True)):
        formulas = found.formulas[place]
        if formulas.keys() != meant.formulas[place].keys():
            raise NotAsWritten(f"{name}, {meant.headers[place]}: formulas came or went.")
        for row, (one, other) in enumerate(zip(values, cells, strict=True)):
            if row in formulas or alike(one, other):
                continue
            at = found.cell(row, place)
            if place not in target.columns:
                raise ChangedSinceRead(f"{at} was changed meanwhile.")
            raise NotAsWritten(f"{at} is the first. {_hint(after, name)}".strip())


def _hint(after: Loaded, name: str) -> str:
    part = next((part for _, part in after.parts if part.name == name), None)
    filtered = part is not None and b"filterColumn" in after.workbook.package.xml(part.part)
    return f"The table {name} is filtered: show all rows and try again." if filtered else ""


def _check_drawn(made: Plan, meant_in: Loaded, after: Loaded) -> None:
    wanted = meant_in.snapshot
    for edit in made.sheets:
        meant, found = wanted.sheet(edit.marker), after.snapshot.sheet(edit.marker)
        if meant is None or not isinstance(edit, PutSheet):
            if found is not None:
                raise NotAsWritten(f"The sheet {found.sheet} is still there.")
            continue
        if found is None or found.sheet != meant.sheet:
            raise NotAsWritten(f"The sheet {meant.sheet} did not come.")
        drawn = sheet_xml(after.workbook, found.sheet)
        formulas = {(row, column) for row, column, _, _ in formulas_in(drawn)}
        for at in meant.cells.keys() | found.cells.keys():
            if at not in formulas and not alike(meant.cells.get(at), found.cells.get(at)):
                raise NotAsWritten(f"{Cell(found.sheet, *at)} is the first.")
        _check_links(links_within(sheet_xml(meant_in.workbook, meant.sheet)), drawn, found.sheet)


def _check_links(meant: Mapping[str, str], drawn: SheetXml, sheet: str) -> None:
    """Each link leads where it was meant to, and none out of the workbook."""
    found = links_within(drawn)
    for at, place in meant.items():
        if _place(found.get(at, "")) != _place(place):
            raise NotAsWritten(f"The link in {sheet}!{at} does not lead to {place}.")


def _place(text: str) -> str:
    """A place as every program spells it: quotes and fixed references are a matter of taste."""
    return text.removeprefix("#").replace("'", "").replace("$", "").casefold()


def check_back(before: Loaded, after: Loaded, left: Left) -> None:
    """Raises NotAsWritten unless the sheets, and the columns that were written, are what they were before."""
    if before.snapshot.sheets != after.snapshot.sheets:
        raise NotAsWritten(f"The sheets are {', '.join(after.snapshot.sheets)}.")
    for name, place in left.columns:
        table, now = before.snapshot.table(name), after.snapshot.table(name)
        if table is None or now is None or now.rows != table.rows:
            raise NotAsWritten(f"The table {name} has not the size that it had.")
        for row, (one, other) in enumerate(zip(table.columns[place], now.columns[place], strict=True)):
            if table.formula(row, place) is None and not alike(one, other):
                raise NotAsWritten(f"{now.cell(row, place)} is the first.")
