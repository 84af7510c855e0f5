"""Which cells of a table one call can write: columns side by side, rows with small gaps between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from qmsbook.book.table import Value
from qmsbook.hosts.libreoffice.blocks import Block
from qmsbook.hosts.plan import TablePlan

#: A call costs as much as writing this many rows again that need not be written.
_GAP = 16


def writes_of(target: TablePlan, column: int, kept: Collection[int]) -> dict[int, Value]:
    """What is to be written into a column, by row from 0; new rows are blank but for formulas carried on."""
    fresh = () if column in kept else range(target.table.rows, target.rows)
    values: dict[int, Value] = dict.fromkeys(fresh)
    if column in target.columns:
        values.update((row, target.columns[column][row]) for row in target.changes(column))
    return values


def side_by_side(target: TablePlan, block: Block, kept: Collection[int]) -> list[list[int]]:
    """The columns to write, in groups that one call can write: neighbours without formulas of the user's."""
    groups: list[list[int]] = []
    for column in range(len(target.table.columns)):
        if not writes_of(target, column, kept):
            continue
        last = groups[-1][-1] if groups else None
        if last == column - 1 and not block.formulas[column] and not block.formulas[last]:
            groups[-1].append(column)
        else:
            groups.append([column])
    return groups


def touched(target: TablePlan) -> list[tuple[str, int]]:
    """The columns that a plan writes into, by table and place: all of them if the table grows."""
    places = range(len(target.table.columns)) if target.grows else sorted(target.columns)
    return [(target.table.name, place) for place in places]


def bridged(rows: Iterable[int], block: Block, columns: Sequence[int], height: int) -> list[int]:
    """The rows with small gaps between them closed, where nothing but values stands in the gaps."""
    found: list[int] = []
    for row in sorted(rows):
        gap = range(found[-1] + 1, row) if found else range(0)
        free = all(at < height and at not in block.formulas[column] for at in gap for column in columns)
        if len(gap) <= _GAP and free:
            found += gap
        found.append(row)
    return found
