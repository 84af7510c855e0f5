"""Entry areas: what people typed is read back from the sheet and drawn again, row by row, by the row's id."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qmsbook.page import EntryMemo, Memo, Note, norm, text_of
from qmsbook.parse import plain_text, squeezed
from qmsbook.section import Entry, EntryColumn
from qmsbook.table import Table, Value, header_key


@dataclass(frozen=True, slots=True)
class Filled:
    """An entry area with what people typed: ``own`` are the headers of columns that they added.

    ``rows`` are what to draw, ``suggested`` what the workbook suggests for the same cells; both by the
    row's key.
    """

    entry: Entry
    own: tuple[str, ...] = ()
    rows: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    suggested: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


class NotWhole(Exception):
    """An entry area cannot be read back safely; the text says why and what to do."""


def table_name(entry: Entry, period: str) -> str:
    """The name of an entry area's Excel table: ``Minutes_2026_Q3``."""
    return f"{entry.name}_{period.replace('-', '_')}"


def refill(entry: Entry, name: str, tables: Sequence[Table], memo: Memo | None) -> Filled:
    """An entry area with the words that stand in it now. Raises NotWhole.

    ``tables`` are those of the sheet as it stands; without a memo the sheet has not been drawn yet.
    """
    before = memo.entries.get(name) if memo else None
    table = _called(name, tables)
    if table is None:
        if before is not None:
            raise NotWhole(
                f"The area {entry.name} is no longer the table {name} that it was. Undo the change, or "
                f"move your "
                f"words to a sheet of your own and delete this one; the next refresh then draws it anew."
            )
        return _with_spare(entry, (), _suggested(entry), _suggested(entry), ())
    return _Reading(entry, table, before).filled()


def _called(name: str, tables: Sequence[Table]) -> Table | None:
    """The table of a name, also one that a program had to number because another table had the name."""
    exact = next((t for t in tables if t.name.casefold() == name.casefold()), None)
    numbered = re.compile(re.escape(name) + r"_?\d+", re.IGNORECASE)
    return exact or next((t for t in tables if numbered.fullmatch(t.name)), None)


def _suggested(entry: Entry) -> dict[str, tuple[Value, ...]]:
    return {plain_text(row[0]): row for row in entry.rows}


@dataclass
class _Reading:
    entry: Entry
    table: Table
    before: EntryMemo | None

    def __post_init__(self) -> None:
        self.places = [self._place(column) for column in self.entry.columns]
        known = {place for place in self.places if place is not None}
        own = [at for at in range(len(self.table.headers)) if at not in known]
        self.own = [at for at in own if any(text_of(v).strip() for v in self.table.columns[at])]
        self.old = {
            squeezed(key): values for key, values in (self.before.rows if self.before else {}).items()
        }

    def _place(self, column: EntryColumn) -> int | None:
        place = self.table.find(column.header)
        wanted = header_key(column.header)
        drawn = self.before is None or wanted in {header_key(h) for h in self.before.headers}
        if place is None and drawn:
            raise NotWhole(
                f"The area {self.entry.name} has no column {column.header} any more. Give the column its "
                f"header "
                f"back; the next refresh then goes on."
            )
        return place

    def filled(self) -> Filled:
        suggested = _suggested(self.entry)
        keys = {squeezed(key): key for key in suggested}
        rows: dict[str, tuple[Value, ...]] = {}
        fresh: list[tuple[Value, ...]] = []
        notes: list[Note] = []
        for at in self._rows():
            key = plain_text(self.table.columns[self.places[0] or 0][at])
            found = keys.get(squeezed(key), key)
            values = self._merged(at, key, suggested.get(found), notes)
            if not key:
                fresh.append(values)
            elif found in suggested or self._typed(at, key):
                rows[found] = values
        ordered = {key: rows.pop(key, row + (None,) * len(self.own)) for key, row in suggested.items()}
        rows = {**ordered, **rows}
        headers = tuple(self.table.headers[at] for at in self.own)
        return _with_spare(self.entry, headers, _numbered(rows, fresh, self.entry), suggested, notes)

    def _rows(self) -> list[int]:
        """The rows to read, of doubled ones those with words. Raises NotWhole if two such share an id."""
        chosen: dict[str, int] = {}
        fresh = []
        for at in range(self.table.rows):
            key = squeezed(plain_text(self.table.columns[self.places[0] or 0][at]))
            typed = self._typed(at, key)
            if not key:
                fresh += [at] if typed else []
            elif key not in chosen or not self._typed(chosen[key], key):
                chosen[key] = at
            elif typed and self._words(at) != self._words(chosen[key]):
                raise NotWhole(
                    f"Two rows of the area {self.entry.name} begin with {plain_text(self._key(at))}. Give "
                    f"one of "
                    f"them another name in its first column, or clear it; the next refresh then goes on."
                )
        return sorted([*chosen.values(), *fresh])

    def _now(self, at: int, place: int | None) -> Value:
        """What stands in a cell; a percent as people see it, for a drawn cell has no format of theirs."""
        value = self.table.columns[place][at] if place is not None else None
        if place is not None and isinstance(value, float) and self.table.is_percent(at, place):
            return f"{value * 100:.10g} %"
        return value

    def _key(self, at: int) -> Value:
        return self.table.columns[self.places[0] or 0][at]

    def _words(self, at: int) -> list[str | float]:
        places = [p for p in self.places[1:] if p is not None] + self.own
        return [norm(self.table.columns[place][at]) for place in places]

    def _old(self, key: str, header: str) -> Value:
        values = self.old.get(squeezed(key))
        if values is None or self.before is None:
            return None
        wanted = header_key(header)
        return next(
            (v for h, v in zip(self.before.headers, values, strict=False) if header_key(h) == wanted), None
        )

    def _typed(self, at: int, key: str) -> bool:
        """Whether a row holds anything that was not suggested to its reader."""
        for column, place in zip(self.entry.columns[1:], self.places[1:], strict=True):
            now = self._now(at, place)
            if not column.ours and norm(now) != norm(self._old(key, column.header)):
                return True
        return any(norm(self.table.columns[place][at]) != "" for place in self.own)

    def _merged(
        self, at: int, key: str, row: tuple[Value, ...] | None, notes: list[Note]
    ) -> tuple[Value, ...]:
        values: list[Value] = [row[0] if row else self._key(at)]
        for number, (column, place) in enumerate(zip(self.entry.columns, self.places, strict=True)):
            if number == 0:
                continue
            now = self._now(at, place)
            old, new = self._old(key, column.header), row[number] if row else None
            same = norm(now) == norm(old)
            if column.ours and not same and norm(now) not in {"", norm(new)} and row is not None:
                notes.append(self._note(at, place or 0, text_of(now)))
            if column.ours:
                values.append(new if row else now)
            else:
                values.append(new if same and row else now)
            self._formula(at, place, notes)
        for place in self.own:
            values.append(self._now(at, place))
            self._formula(at, place, notes)
        return tuple(values)

    def _formula(self, at: int, place: int | None, notes: list[Note]) -> None:
        """A formula stays as its value; its text is kept as a note."""
        formula = self.table.formula(at, place) if place is not None else None
        if formula:
            notes.append(self._note(at, place or 0, "=" + formula))

    def _note(self, at: int, place: int, text: str) -> Note:
        cell = self.table.cell(at, place)
        return Note(self.table.sheet, cell.a1, plain_text(self._key(at)), text)


def _numbered(
    rows: dict[str, tuple[Value, ...]], fresh: Sequence[tuple[Value, ...]], entry: Entry
) -> dict[str, tuple[Value, ...]]:
    """The rows with those that people added below: they get the next free number as their id."""
    number = 0
    for values in fresh:
        number += 1
        while str(number) in rows:
            number += 1
        rows[str(number)] = (float(number) if entry.spare else f"{number}", *values[1:])
    return rows


def _with_spare(
    entry: Entry,
    own: tuple[str, ...],
    rows: Mapping[str, tuple[Value, ...]],
    suggested: Mapping[str, tuple[Value, ...]],
    notes: Sequence[Note],
) -> Filled:
    """The area with its blank rows kept ready, numbered on."""
    rows, suggested = dict(rows), dict(suggested)
    width = len(entry.columns) + len(own)
    blank, number = 0, 0
    while blank < entry.spare:
        number += 1
        if str(number) not in rows:
            rows[str(number)] = (float(number), *[None] * (width - 1))
            blank += 1
    given = [key for key in rows if not (entry.spare and key.isdigit())]
    order = given + sorted((key for key in rows if entry.spare and key.isdigit()), key=int)
    return Filled(entry, own, {key: rows[key] for key in order}, suggested, tuple(notes))
