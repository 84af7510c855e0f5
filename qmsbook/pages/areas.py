"""Entry areas that are no tables any more, found again by what the sheet remembers of them.

LibreOffice takes the tables of a sheet away when the sheet behind it is deleted, and *Convert to range* does
the same; the words still stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from qmsbook.book.snapshot import Drawn
from qmsbook.book.table import Table, Value, header_key
from qmsbook.pages.entries import called
from qmsbook.pages.memo import EntryMemo, Memo, Place
from qmsbook.pages.page import norm


def put_back(drawn: Drawn, memo: Memo, tables: Sequence[Table]) -> tuple[Table, ...]:
    """The entry areas of a sheet that are no tables any more, as they stand there."""
    rows = _by_row(drawn.cells)
    heads = {
        name: head
        for name, area in memo.entries.items()
        if called(name, tables) is None and (head := _head(area, memo, rows)) is not None
    }
    taken = {table.row for table in tables} | {row for row, _, _ in heads.values()}
    return tuple(_table(drawn, name, memo, rows, head, taken) for name, head in heads.items())


def longer(drawn: Drawn, memo: Memo, table: Table) -> Table:
    """The area with what people typed directly below it as its rows: not every program grows a table."""
    area = next((area for name, area in memo.entries.items() if called(name, [table]) is table), None)
    if area is None or drawn.protected:
        return table
    moved = table.row - area.row if area.row else 0
    places = range(table.column, table.column + len(table.headers))
    below: list[list[Value]] = []
    for row in count(table.row + 1 + table.rows):
        cells = {column: drawn.cells.get((row, column)) for column in range(1, places.stop)}
        typed = [cells[column] for column in places]
        if all(norm(value) == "" for value in typed) or _drawn_here(
            memo, cells, row - moved, 1, places.stop - 1
        ):
            break
        below.append(typed)
    if not below:
        return table
    more = zip(*below, strict=True)
    return replace(table, columns=tuple([*held, *new] for held, new in zip(table.columns, more, strict=True)))


def over_names(
    drawn: Drawn, memo: Memo, tables: Sequence[Table], shown: Mapping[Place, Value]
) -> list[Place]:
    """The cells in which people typed over what names a row or a column of an area, and are not ``shown``."""
    found = []
    for table in tables:
        area = next((area for name, area in memo.entries.items() if called(name, [table]) is table), None)
        if area is None:
            continue
        rows = range(table.row + 1, table.row + 1 + table.rows)
        strange = _strange(drawn, [(row, table.column) for row in rows], (*area.rows, *area.asked))
        if strange:
            strange = _strange(
                drawn, strange, [v for (_, column), v in shown.items() if column == table.column]
            )
        found += strange
        columns = range(table.column, table.column + len(table.headers))
        strange = _strange(drawn, [(table.row, column) for column in columns], area.headers)
        found += _strange(drawn, strange, shown.values()) if strange else []
    return found


def _strange(drawn: Drawn, places: Sequence[Place], known: Iterable[Value]) -> list[Place]:
    """The places that hold a text that is none of those known."""
    names = {"", *map(norm, known)}
    cells = ((place, drawn.cells.get(place)) for place in places)
    return [place for place, value in cells if isinstance(value, str) and norm(value) not in names]


#: A row of headers: where it stands, its first and its last column.
_Head = tuple[int, int, int]


def _by_row(cells: Mapping[Place, Value]) -> dict[int, dict[int, Value]]:
    rows: dict[int, dict[int, Value]] = {}
    for (row, column), value in cells.items():
        rows.setdefault(row, {})[column] = value
    return rows


def _head(area: EntryMemo, memo: Memo, rows: Mapping[int, Mapping[int, Value]]) -> _Head | None:
    """Where an area's headers stand in their order, next to where they were drawn."""
    wanted = [header_key(header) for header in area.headers]
    found = [
        (row, places[0], places[-1])
        for row, cells in rows.items()
        if (places := _in_order(wanted, cells)) and not _as_drawn(memo, row, places[0], cells)
    ]
    return min(found, key=lambda head: (abs(head[0] - area.row), head), default=None)


def _as_drawn(memo: Memo, row: int, column: int, cells: Mapping[int, Value]) -> bool:
    """Whether a cell is one that was drawn outside the areas."""
    was = memo.cells.get((row, column))
    return was is not None and norm(was) == norm(cells.get(column))


def _in_order(wanted: Sequence[str], cells: Mapping[int, Value]) -> list[int]:
    """The columns of these headers, if all stand in a row one behind the other; others may stand between."""
    places: list[int] = []
    for column, value in sorted(cells.items()):
        if len(places) < len(wanted) and isinstance(value, str) and header_key(value) == wanted[len(places)]:
            places.append(column)
    return places if len(places) == len(wanted) else []


def _table(
    drawn: Drawn, name: str, memo: Memo, rows: Mapping[int, Mapping[int, Value]], head: _Head, taken: set[int]
) -> Table:
    row, left, right = head
    places = range(left, right + 1)
    last = _last(memo, memo.entries[name], rows, head, taken)
    cells = [[rows.get(at, {}).get(column) for at in range(row + 1, last + 1)] for column in places]
    headers = tuple(str(rows[row].get(column) or "") for column in places)
    nothing: tuple[Mapping[int, str], ...] = tuple({} for _ in places)
    percent: tuple[frozenset[int], ...] = tuple(frozenset() for _ in places)
    return Table(name, drawn.sheet, row, left, headers, tuple(cells), nothing, percent, drawn.marker)


def _last(
    memo: Memo, area: EntryMemo, rows: Mapping[int, Mapping[int, Value]], head: _Head, taken: set[int]
) -> int:
    """The last row of an area that holds something: it goes down to what was drawn below it."""
    row, left, right = head
    moved = row - area.row if area.row else 0
    keys = {norm(key) for key in (*area.rows, *area.asked)}
    outside = {
        norm(v) for (r, c), v in memo.cells.items() if c in (1, left) and isinstance(v, str) and r > area.row
    }
    last = row
    for at in range(row + 1, max(rows) + 1):
        cells = rows.get(at, {})
        first = {norm(v) for c in {1, left} if isinstance(v := cells.get(c), str)} - keys
        if at in taken or first & outside or _drawn_here(memo, cells, at - moved, left, right):
            break
        if any(norm(cells.get(column)) != "" for column in range(left, right + 1)):
            last = at
    return last


def _drawn_here(memo: Memo, cells: Mapping[int, Value], row: int, left: int, right: int) -> bool:
    """Whether a cell of a row is one that was drawn outside the areas."""
    return any(
        (was := memo.cells.get((row, column))) is not None and norm(was) == norm(cells.get(column)) != ""
        for column in range(left, right + 1)
    )
