"""A returned entry workbook: what its reader typed, row by row, beside what was given out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qmsbook.book.error import QmsbookError
from qmsbook.book.parse import plain_text, squeezed
from qmsbook.book.table import Table, Value
from qmsbook.chase.entry import ACTIONS, ENTRY, READINGS
from qmsbook.hosts.file.reader import load
from qmsbook.pages.memo import EntryMemo, memo_of
from qmsbook.pages.page import compare, norm

#: What belongs together, by area: a figure is taken as a whole or not at all.
UNITS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    READINGS: (("Value", "Numerator", "Denominator"), ("Comment",)),
    ACTIONS: (("State", "Closed"), ("Effect",)),
}
#: The cells that say which row it is, besides its id.
_NAMED = {READINGS: ("KPI", "Period"), ACTIONS: ("What",)}


class NotReturned(QmsbookError):
    """That is not an entry workbook made by qmsbook remind, so nothing was taken from it."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Typed:
    """What one row of a returned workbook holds in cells that belong together, beside what was given out.

    ``row`` is the row's id (blank in a row that was added), ``named`` the cells that say which row it is.
    ``percent`` are the headers whose cells are formatted as a percent. ``moved`` says what the id's own row
    said at first, where the named cells were changed. ``given`` is None for a row that was not given out.
    """

    area: str
    row: str
    named: tuple[Value, ...]
    headers: tuple[str, ...]
    said: tuple[Value, ...]
    given: tuple[Value, ...] | None
    file: str
    cell: str
    percent: frozenset[str] = frozenset()
    moved: tuple[Value, ...] | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A returned workbook: whom it was made for, what was typed, and words outside the yellow cells."""

    file: str
    person: str
    typed: tuple[Typed, ...] = ()
    outside: tuple[str, ...] = field(default=())


def returned(file: str, content: bytes, id: str) -> Returned:
    """What came back in a file; ``id`` is the workbook's, blank if it has none. Raises NotReturned.

    Raises WorkbookUnreadable and its kinds for what is no workbook.
    """
    snapshot = load(content).snapshot
    drawn = [each for each in snapshot.drawn if each.marker.startswith(ENTRY)]
    if len(drawn) != 1:
        raise NotReturned
    made_for, _, person = drawn[0].marker.removeprefix(ENTRY).partition(":")
    if id and made_for != id:
        raise NotReturned("It was made from another workbook.")
    memo = memo_of(drawn[0])
    if memo is None:
        raise NotReturned("Its hidden first row was changed, so nobody can tell what was given out.")
    tables = [table for table in snapshot.tables if table.sheet == drawn[0].sheet]
    areas = {name: _called(name, tables) for name in memo.entries if name in UNITS}
    lost = [name for name, table in areas.items() if table is None]
    if lost:
        raise NotReturned(f"Its table {lost[0]} is gone, so rows cannot be told apart.")
    found = [
        typed
        for name, table in areas.items()
        if table is not None
        for typed in _typed(name, table, memo.entries[name], file)
    ]
    known = [table for table in areas.values() if table is not None]
    outside = (f"{note.cell}: {note.text}" for note in compare(drawn[0], memo, known).foreign)
    return Returned(file, person, tuple(found), tuple(outside))


def _called(name: str, tables: Sequence[Table]) -> Table | None:
    """The table of a name, also one that a program had to number."""
    numbered = re.compile(re.escape(name) + r"(_?\d+)?", re.IGNORECASE)
    return next((t for t in tables if numbered.fullmatch(t.name)), None)


def _typed(name: str, table: Table, memo: EntryMemo, file: str) -> Iterator[Typed]:
    """Every group of cells in which something else stands than was given out."""
    places = {header: table.find(header) for header in memo.headers}
    missing = [header for header, place in places.items() if place is None]
    if missing:
        raise NotReturned(f"Its table {name} has no column {missing[0]} any more.")
    keys = {squeezed(key): key for key in memo.rows}

    def value(row: int, header: str) -> Value:
        place = places.get(header)
        return table.columns[place][row] if place is not None else None

    for row in range(table.rows):
        text = plain_text(value(row, memo.headers[0]))
        key = keys.get(squeezed(text), "")
        before = dict(zip(memo.headers, memo.rows[key], strict=True)) if key else None
        named = tuple(value(row, header) for header in _NAMED[name])
        first = tuple(before[header] for header in _NAMED[name]) if before else None
        for headers in UNITS[name]:
            said = tuple(value(row, header) for header in headers)
            given = tuple(before.get(header) for header in headers) if before else None
            if all(norm(v) == "" for v in said) or (given and _same(said, given)):
                continue
            percent = {h for h in headers if (p := places.get(h)) is not None and table.is_percent(row, p)}
            yield Typed(
                name, key or text, named, headers, said, given, file,
                table.cell(row, places[headers[0]] or 0).a1, frozenset(percent),
                first if first is not None and not _same(named, first) else None,
            )  # fmt: skip


def _same(one: Sequence[Value], other: Sequence[Value]) -> bool:
    return [norm(v) for v in one] == [norm(v) for v in other]
