"""Entry areas: what people typed is read back from the sheet and drawn again, row by row, by the row's id."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qmsbook.book.parse import plain_text, squeezed
from qmsbook.book.table import Table, Value, header_key
from qmsbook.pages.memo import EntryMemo, Memo
from qmsbook.pages.page import Note, norm, text_of
from qmsbook.sections.section import Entry, EntryColumn


@dataclass(frozen=True, slots=True)
class Settled:
    """What was settled between an entry area and the tables before the area is drawn anew.

    ``table`` is the area with the ids that its new rows got. ``base`` holds, by key and header, what both
    sides began with where they now differ: it stays what the next comparison starts from. ``asked`` and
    ``links`` are kept with the drawing; ``remarks`` are drawn below the area.
    """

    table: Table | None = None
    base: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


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
    settled: Settled = Settled()


class NotWhole(Exception):
    """An entry area cannot be read back safely; the text says why and what to do."""


def table_name(entry: Entry, period: str) -> str:
    """The name of an entry area's Excel table: ``Minutes_2026_Q3``."""
    return area_name(entry.name, period)


def area_name(name: str, period: str) -> str:
    """The name of the Excel table of the area of a name: ``Minutes_2026_Q3``."""
    return f"{name}_{period.replace('-', '_')}"


def refill(
    entry: Entry, name: str, tables: Sequence[Table], memo: Memo | None, settled: Settled = Settled()
) -> Filled:
    """An entry area with the words that stand in it now. Raises NotWhole.

    ``tables`` are those of the sheet as it stands; without a memo the sheet has not been drawn yet.
    """
    before = memo.entries.get(name) if memo else None
    table = settled.table or called(name, tables)
    if table is None:
        if before is not None:
            raise NotWhole(
                f"The area {entry.name} is no longer the table {name} that it was. Undo the change, or "
                f"move your "
                f"words to a sheet of your own and delete this one; the next refresh then draws it anew."
            )
        return _with_spare(entry, (), _suggested(entry), _suggested(entry), ())
    return _settled(Reading(entry, table, before).filled(), settled)


def _settled(filled: Filled, settled: Settled) -> Filled:
    headers = [header_key(column.header) for column in filled.entry.columns]
    suggested = {key: list(row) for key, row in filled.suggested.items() if key not in settled.asked}
    for (key, header), value in settled.base.items():
        # What the workbook holds no more is remembered too: people may have changed it on the sheet.
        row = suggested.setdefault(key, [key, *[None] * (len(headers) - 1)])
        row[headers.index(header_key(header))] = value
    return replace(
        filled,
        rows={key: row for key, row in filled.rows.items() if key not in settled.asked},
        suggested={key: tuple(row) for key, row in suggested.items()},
        notes=(*filled.notes, *settled.notes),
        settled=settled,
    )


def called(name: str, tables: Sequence[Table]) -> Table | None:
    """The table of a name, also one that a program had to number because another table had the name."""
    exact = next((t for t in tables if t.name.casefold() == name.casefold()), None)
    numbered = re.compile(re.escape(name) + r"_?\d+", re.IGNORECASE)
    return exact or next((t for t in tables if numbered.fullmatch(t.name)), None)


def _suggested(entry: Entry) -> dict[str, tuple[Value, ...]]:
    return {plain_text(row[0]): row for row in entry.rows}


@dataclass
class Reading:
    """An entry area as it stands, held against what was drawn there; rows count from 0."""

    entry: Entry
    table: Table
    before: EntryMemo | None

    def __post_init__(self) -> None:
        self.places = [self._place(column) for column in self.entry.columns]
        known = {place for place in self.places if place is not None}
        own = [at for at in range(len(self.table.headers)) if at not in known]
        self.own = [at for at in own if any(text_of(v).strip() for v in self.table.columns[at])]
        self.renamed = {squeezed(was): now for was, now in self.entry.earlier.items()}
        drawn = self.before.rows if self.before else {}
        self.old = {squeezed(self._called(key)): values for key, values in drawn.items()}

    def _called(self, key: str) -> str:
        """What a row is called now, if an earlier release drew it under another name."""
        return self.renamed.get(squeezed(key), key)

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
        """The area to draw: rows by their keys, people's words in them."""
        suggested = _suggested(self.entry)
        keys = {squeezed(key): key for key in suggested}
        rows: dict[str, tuple[Value, ...]] = {}
        fresh: list[tuple[Value, ...]] = []
        notes: list[Note] = []
        for at in self.lines():
            key = self._called(plain_text(self.key(at)))
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

    def lines(self) -> list[int]:
        """The rows to read, of doubled ones those with words. Raises NotWhole if two such share an id."""
        chosen: dict[str, int] = {}
        fresh = []
        for at in range(self.table.rows):
            key = squeezed(self._called(plain_text(self.key(at))))
            typed = self._typed(at, key)
            if not key:
                fresh += [at] if typed else []
            elif key not in chosen or not self._typed(chosen[key], key):
                chosen[key] = at
            elif typed and self.words_of(at) != self.words_of(chosen[key]):
                raise NotWhole(
                    f"Two rows of the area {self.entry.name} begin with {plain_text(self.key(at))}. Give "
                    f"one of "
                    f"them another name in its first column, or clear it; the next refresh then goes on."
                )
        return sorted([*chosen.values(), *fresh])

    def now(self, at: int, place: int | None) -> Value:
        """What stands in a cell; a percent as people see it, for a drawn cell has no format of theirs."""
        value = self.table.columns[place][at] if place is not None else None
        if place is not None and isinstance(value, float) and self.table.is_percent(at, place):
            return f"{value * 100:.10g} %"
        return value

    def key(self, at: int) -> Value:
        """What names a row."""
        return self.table.columns[self.places[0] or 0][at]

    def words_of(self, at: int) -> list[str | float]:
        """All that a row holds besides its key, as far as it counts."""
        places = [p for p in self.places[1:] if p is not None] + self.own
        return [norm(self.table.columns[place][at]) for place in places]

    def old_of(self, key: str, header: str) -> Value:
        """What the workbook held for a cell when the area was drawn."""
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
            now = self.now(at, place)
            if not column.ours and norm(now) != norm(self.old_of(key, column.header)):
                return True
        return any(norm(self.table.columns[place][at]) != "" for place in self.own)

    def _merged(
        self, at: int, key: str, row: tuple[Value, ...] | None, notes: list[Note]
    ) -> tuple[Value, ...]:
        named = key if key in self.entry.earlier.values() else self.key(at)
        values: list[Value] = [row[0] if row else named]
        for number, (column, place) in enumerate(zip(self.entry.columns, self.places, strict=True)):
            if number == 0:
                continue
            now = self.now(at, place)
            old, new = self.old_of(key, column.header), row[number] if row else None
            same = norm(now) == norm(old)
            if column.ours and not same and norm(now) not in {"", norm(new)} and row is not None:
                notes.append(self._note(at, place or 0, text_of(now)))
            if column.ours:
                values.append(new if row else now)
            else:
                values.append(new if same and row else now)
            self._formula(at, place, notes)
        for place in self.own:
            values.append(self.now(at, place))
            self._formula(at, place, notes)
        return tuple(values)

    def _formula(self, at: int, place: int | None, notes: list[Note]) -> None:
        """A formula stays as its value; its text is kept as a note."""
        formula = self.table.formula(at, place) if place is not None else None
        if formula:
            notes.append(self._note(at, place or 0, "=" + formula))

    def _note(self, at: int, place: int, text: str) -> Note:
        cell = self.table.cell(at, place)
        return Note(self.table.sheet, cell.a1, plain_text(self.key(at)), text)


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
    given = [key for key in rows if not (entry.spare and key.isdecimal())]
    order = given + sorted((key for key in rows if entry.spare and key.isdecimal()), key=int)
    return Filled(entry, own, {key: rows[key] for key in order}, suggested, tuple(notes))
