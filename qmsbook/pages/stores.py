"""The tables that a review's sheet shares cells with: what they hold, and what is to be filled in there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qmsbook.book.book import Book, Noticed, Trouble
from qmsbook.book.edit import AppendRows, Edit, Fill, FillCells
from qmsbook.book.parse import squeezed
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Record, Table, Value
from qmsbook.book.tables import Action, Decision
from qmsbook.book.tables import Review as ReviewRow
from qmsbook.book.words import clipped, listed
from qmsbook.pages.page import norm, text_of
from qmsbook.pages.standing import Standing
from qmsbook.sections.minutes import new_review_id

_NUMBERED = re.compile(r"([A-Za-z]+)0*([0-9]+)\Z")


class Ids:
    """Gives out ids that nothing in the workbook has or had."""

    def __init__(self, snapshot: Snapshot, book: Book) -> None:
        self.used = {squeezed(record.key) for record in book.records() if record.key}
        self.used |= {squeezed(key) for action in book.actions for key in action.serves}
        self.like = {Decision.TABLE: _widths(book.decisions, "D"), Action.TABLE: _widths(book.actions, "A")}

    def take(self, table: str) -> str:
        """The next id in the way of those that the table has: D05 after D04."""
        (letter, width, number) = self.like[table]
        while squeezed(made := f"{letter}{number + 1:0{width}}") in self.used:
            number += 1
        self.like[table] = letter, width, number + 1
        self.used.add(squeezed(made))
        return made

    def know(self, keys: Iterable[str]) -> None:
        """Ids that were given out before, whatever became of them."""
        self.used |= {squeezed(key) for key in keys}


def _widths(records: Sequence[Decision] | Sequence[Action], letter: str) -> tuple[str, int, int]:
    """Letter, width and highest number of the ids that are a letter and a number."""
    found = [match for each in records if (match := _NUMBERED.match(each.id)) and match[1].upper() == letter]
    width = max((len(match[0]) - len(match[1]) for match in found), default=2)
    return letter, width, max((int(match[2]) for match in found), default=0)


@dataclass
class Store:
    """A table of the workbook that shares cells with the sheet, and what is to be filled in there."""

    table: Table
    fills: list[Fill] = field(default_factory=list)
    new: list[dict[str, Value]] = field(default_factory=list)

    def value(self, record: Record, header: str) -> Value:
        """What a cell of a record holds."""
        return self.table.columns[self.table.find(header) or 0][self.row(record)]

    def row(self, record: Record) -> int:
        """The row of a record, from 0."""
        return record.row - self.table.row - 1

    def has(self, header: str) -> bool:
        """Whether there is such a column."""
        return self.table.find(header) is not None

    def formula(self, record: Record, header: str) -> bool:
        """Whether a cell of a record holds a formula."""
        return self.table.formula(self.row(record), self.table.find(header) or 0) is not None

    def fill(self, record: Record, header: str, value: Value) -> None:
        """Notes what goes into a cell of a record."""
        self.fills.append(Fill(self.row(record), header, self.value(record, header), value))

    def append(self, row: Mapping[str, Value]) -> None:
        """Notes a new row; headers that the table lacks are left out."""
        self.new.append({h: v for h, v in row.items() if self.has(h) and norm(v) != ""})

    def edits(self) -> Iterator[Edit]:
        """All that was noted."""
        if self.new:
            yield AppendRows(self.table.name, tuple(self.new))
        if self.fills:
            yield FillCells(self.table.name, tuple(self.fills))


@dataclass(frozen=True, slots=True)
class Said:
    """What one side says in a cell: the sheet (no store), or a record of a table."""

    value: Value
    store: Store | None = None
    record: Record | None = None
    header: str = ""

    @property
    def where(self) -> str:
        """How people call the side."""
        return f"the table {self.store.table.name}" if self.store else "this sheet"


def carry(about: str, old: Value, sides: Sequence[Said]) -> str:
    """Carries a change of one side to the others; gives a sentence if people have to decide."""
    new = {norm(side.value): side for side in sides if norm(side.value) != norm(old)}
    if not new:
        return ""
    if len(new) > 1:
        said = [f"{side.where} says {_quoted(side.value)}" for side in new.values()]
        return f"{about}: {listed(said)}. Make them the same; until then each keeps its own."
    (wanted,) = new.values()
    behind = [s for s in sides if s.store is not None and norm(s.value) != norm(wanted.value)]
    for side in behind:
        assert side.store is not None
        assert side.record is not None
        if side.store.formula(side.record, side.header):
            where = f"{side.where} has a formula there, which is left alone"
            return f"{about}: {wanted.where} says {_quoted(wanted.value)}, but {where}."
    for side in behind:
        assert side.store is not None
        assert side.record is not None
        side.store.fill(side.record, side.header, wanted.value)
    return ""


def _quoted(value: Value) -> str:
    text = text_of(value)
    return f"“{clipped(text, 60)}”" if text else "nothing"


class Shared:
    """One review's sheet, the tables that it shares cells with, and what people have to be told and asked."""

    def __init__(self, snapshot: Snapshot, book: Book, stands: Standing, period: str, ids: Ids) -> None:
        self.book, self.stands, self.period, self.ids = book, stands, period, ids
        self.stores = {
            name: Store(table)
            for name in (ReviewRow.TABLE, Decision.TABLE, Action.TABLE)
            if (table := snapshot.table(name)) is not None and name in book.tables
        }
        self.row = next((review for review in book.reviews if review.period == period), None)
        self.review = self.row.id if self.row else new_review_id(period)
        #: The day of the meeting, as far as it is known.
        self.held_on = self.row.held_on if self.row else None
        self.troubles: list[Trouble] = []
        self.told: list[str] = []

    def ask(self, kind: Noticed, table: str, row: str, header: str, question: str) -> None:
        """Notes a question for people, for rules to tell."""
        self.troubles.append(Trouble(kind, table, None, row, header, None, question))
