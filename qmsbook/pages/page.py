"""What a page is: a drawing of one sheet that remembers what was drawn on it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple, TypeAlias

from qmsbook.book.book import Book
from qmsbook.book.cell import Cell
from qmsbook.book.edit import PutSheet
from qmsbook.book.snapshot import MARKER, Drawn
from qmsbook.book.table import ErrorValue, Table, Value, alike
from qmsbook.book.words import clipped, plural
from qmsbook.pages.memo import DIGEST, Memo, Place, is_spare, memo_whole, own_signs


@dataclass(frozen=True, slots=True)
class Frame:
    """What every sheet of a workbook has in common: the company, the paper, the day judged.

    ``standalone`` drawings are mailed: they have no links.
    """

    company: str
    paper: str
    on: date
    standalone: bool = False

    @classmethod
    def of(cls, book: Book, standalone: bool = False) -> Frame:
        """The frame that a book's settings ask for."""
        return cls(book.settings.company, book.settings.paper, book.on, standalone)


@dataclass(frozen=True)
class Drawing:
    """A drawn sheet: a one-sheet workbook and all cells in it that hold something.

    ``digest`` is of the whole drawing, its look included; the same input gives the same bytes.
    """

    marker: str
    name: str
    pack: Callable[[], bytes] = field(repr=False, compare=False)
    cells: Mapping[Place, Value]
    digest: str

    @cached_property
    def content(self) -> bytes:
        """The one-sheet workbook as bytes."""
        return self.pack()

    @property
    def edit(self) -> PutSheet:
        """The edit that puts the sheet into a workbook."""
        return PutSheet(self.marker, self.name, self.content)


#: A page: whatever it needs goes in, a drawing comes out.
Page: TypeAlias = Callable[..., Drawing]


@dataclass(frozen=True, slots=True)
class NotReplaced:
    """A sheet that was left as it is, for replacing it could lose words; ``reason`` says what to do."""

    sheet: str
    reason: str

    def __str__(self) -> str:
        return f"{self.sheet} was left as it is. {self.reason}"


@dataclass(frozen=True, slots=True)
class Note:
    """Words that people typed on a generated sheet where they would be lost."""

    sheet: str
    cell: str
    beside: str
    text: str
    found_on: date | None = None


class Drawings(NamedTuple):
    """The sheets that a refresh puts, those it leaves as they are and why, and the words that it moved."""

    edits: tuple[PutSheet, ...]
    not_replaced: tuple[NotReplaced, ...] = ()
    kept: tuple[Note, ...] = ()

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should be told, as sentences."""
        told = [str(each) for each in self.not_replaced]
        if self.kept:
            cells = ", ".join(f"{note.sheet} {note.cell}" for note in self.kept[:5])
            more = ", ..." if len(self.kept) > 5 else ""
            count = plural(len(self.kept), "note")
            told.append(f"{count} moved to the sheet Kept notes (from {cells}{more}).")
        return tuple(told)


def digest_of(drawn: Drawn) -> str:
    """The digest that a sheet carries; blank if there is none."""
    found = drawn.cells.get(DIGEST)
    return found if isinstance(found, str) else ""


def cells_digest(cells: Mapping[Place, Value]) -> str:
    """The fingerprint of a sheet's cells but for what it remembers: what people see, never its XML.

    SHA-256 over the sorted lines ``address TAB type TAB value``: a re-save by another program is no change.
    """
    lines = [
        f"{Cell('', *place).a1}\t{_type(value)}\t{norm(value)}"
        for place, value in cells.items()
        if place[0] > 1 and norm(value) != "" and not is_spare(value)
    ]
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogatepass")).hexdigest()


def _type(value: Value) -> str:
    return (
        type(value).__name__
        if isinstance(value, bool | str | ErrorValue)
        else ("date" if isinstance(value, date) else "number")
    )


def changed_since(drawn: Drawn, memo: Memo) -> tuple[Cell, ...]:
    """The cells of a closed sheet that do not hold what they held when it was closed."""
    before = {**memo.cells, **memo.frozen}
    places = {p for p in (*before, *drawn.cells) if p[0] > 1 and not is_spare(drawn.cells.get(p))}
    return tuple(
        Cell(drawn.sheet, *place)
        for place in sorted(places)
        if norm(before.get(place)) != norm(drawn.cells.get(place))
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A sheet held against what was drawn: words that are not ours, and whether every cell is as it was.

    What the sheet remembers of itself counts too.
    """

    foreign: tuple[Note, ...]
    intact: bool


def compare(drawn: Drawn, memo: Memo, entries: Iterable[Table] = ()) -> Compared:
    """What people changed on a sheet outside its entry areas.

    A cell is theirs if it does not hold what was drawn there, nor anything else that was drawn and is no
    longer where it was: rows that were sorted or moved are not foreign. ``entries`` are the sheet's entry
    areas as they stand; they are looked at elsewhere.
    """
    inside, signs = _inside(entries), own_signs(drawn)
    standing = {place: v for place, v in drawn.cells.items() if place not in signs and not inside(place)}
    # Nearly every cell is just as it was drawn; only the others need a closer look.
    as_drawn = {
        place
        for place, v in standing.items()
        if (v == (old := memo.cells.get(place)) and type(v) is type(old)) or alike(v, old)
    }
    now = {place: v for place, v in standing.items() if place not in as_drawn and norm(v) != ""}
    before = {place: v for place, v in memo.cells.items() if place not in as_drawn and norm(v) != ""}
    moved = {p: v for p, v in now.items() if p not in before or norm(before[p]) != norm(v)}
    gone = Counter(norm(v) for p, v in before.items() if p not in now or p in moved)
    foreign = []
    for place in sorted(moved):
        value = norm(moved[place])
        if gone[value] > 0:
            gone[value] -= 1
        else:
            foreign.append(note_at(drawn, place))
    return Compared(tuple(foreign), not moved and not +gone and memo_whole(drawn))


def note_at(drawn: Drawn, place: Place) -> Note:
    """What stands in a cell, to be kept."""
    address = Cell(drawn.sheet, *place).a1
    return Note(drawn.sheet, address, beside(drawn, place), text_of(drawn.cells[place]))


def hung_on(drawn: Drawn) -> tuple[Note, ...]:
    """The words of what people hung on a sheet; a link that only repeats its cell's text says nothing new."""
    notes = []
    for each in drawn.attached:
        place = each.row, each.column
        held = text_of(drawn.cells.get(place))
        if each.text and not (each.what == "link" and each.text.removeprefix("mailto:") == held):
            about = f"({each.what}) {held or beside(drawn, place)}".strip()
            notes.append(Note(drawn.sheet, Cell(drawn.sheet, *place).a1, about, each.text))
    return tuple(notes)


def beside(drawn: Drawn, place: Place) -> str:
    """What stands to the left in the same row, or above, so that people know what a word was about."""
    row = sorted(c for r, c in drawn.cells if r == place[0] and c < place[1])
    words = [text_of(drawn.cells[place[0], column]) for column in row[:2]]
    if not words:
        above = [r for r, c in drawn.cells if c == place[1] and 1 < r < place[0]]
        words = [text_of(drawn.cells[max(above), place[1]])] if above else []
    return clipped(" ".join(words), 80)


def _inside(tables: Iterable[Table]) -> Callable[[Place], bool]:
    boxes = [(t.row, t.column, t.row + t.rows, t.column + len(t.headers) - 1) for t in tables]
    return lambda p: any(top <= p[0] <= low and left <= p[1] <= right for top, left, low, right in boxes)


def norm(value: Value) -> str | float:
    """A value as far as it counts when two are compared: programs change numbers and line ends a little."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return float(f"{value:.12g}")
    if isinstance(value, str):
        return "\n".join(line.rstrip() for line in value.replace("\r\n", "\n").strip().split("\n"))
    return text_of(value)


def text_of(value: Value) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return (
            value.isoformat(" ", "minutes")
            if value.time() != datetime.min.time()
            else value.date().isoformat()
        )
    return value.isoformat() if isinstance(value, date) else str(value)


__all__ = [
    "MARKER",
    "Compared",
    "Drawing",
    "Drawings",
    "Frame",
    "NotReplaced",
    "Note",
    "Page",
    "beside",
    "cells_digest",
    "changed_since",
    "compare",
    "digest_of",
    "hung_on",
    "norm",
    "text_of",
]  # fmt: skip
