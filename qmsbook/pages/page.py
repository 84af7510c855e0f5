"""What a page is: a drawing of one sheet that remembers what was drawn on it."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import takewhile
from typing import Any, TypeAlias

from qmsbook.book.book import Book
from qmsbook.book.cell import Cell
from qmsbook.book.edit import PutSheet
from qmsbook.book.snapshot import MARKER, Drawn
from qmsbook.book.table import ErrorValue, Table, Value
from qmsbook.book.words import clipped

#: Where a cell of a sheet stands: row and column from 1.
Place: TypeAlias = tuple[int, int]
#: The hidden first row: marker in A1, digest in B1, the memo from C1 on, each text of it behind a tilde. On a
#: sheet that was closed follow the stamp of its copy for reading, without a tilde, and the bytes of the copy.
DIGEST: Place = (1, 2)
MEMO: Place = (1, 3)
#: Excel holds 32,767 characters in a cell.
CHUNK = 30_000
#: No sheet's memo or copy is longer once it is unpacked: a few bytes may stand for gigabytes.
_MOST = 256 << 20
#: A tilde in front keeps every program from reading a chunk as a number or a formula.
_CHUNK = "~"


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


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn sheet: a one-sheet workbook and all cells in it that hold something.

    ``digest`` is of the whole drawing, its look included; the same input gives the same bytes.
    """

    marker: str
    name: str
    content: bytes
    cells: Mapping[Place, Value]
    digest: str

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


@dataclass(frozen=True, slots=True)
class EntryMemo:
    """An entry area as it was drawn: headers (the first names the row), and each row's values by its key.

    ``asked`` are the keys of rows that people took off the sheet and that the workbook still holds; ``links``
    name, by a decision's key, the action that carries it out.
    """

    headers: tuple[str, ...]
    rows: Mapping[str, tuple[Value, ...]]
    asked: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Memo:
    """What was drawn on a sheet: cells outside the entry areas and, by table name, the entry areas.

    ``frozen`` are the cells of the entry areas on a sheet that was closed.
    """

    cells: Mapping[Place, Value]
    entries: Mapping[str, EntryMemo]
    frozen: Mapping[Place, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Copy:
    """A sheet as a workbook of its own, for reading: ``stamp`` is the line that is printed at its end."""

    stamp: str
    content: bytes


def pack(memo: Memo) -> list[str]:
    """A memo as texts that fit into cells."""
    data = {
        "cells": _listed(memo.cells),
        "frozen": _listed(memo.frozen),
        "entries": {
            name: {
                "headers": area.headers,
                "rows": {key: [_plain(v) for v in values] for key, values in area.rows.items()},
                "asked": area.asked,
                "links": dict(area.links),
            }
            for name, area in memo.entries.items()
        },
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _chunks(text.encode("utf-8", "surrogatepass"))


def pack_copy(copy: Copy) -> list[str]:
    """A copy as texts that fit into cells."""
    return [copy.stamp, *_chunks(copy.content)]


def _chunks(content: bytes) -> list[str]:
    packed = base64.b64encode(zlib.compress(content)).decode()
    return [_CHUNK + packed[at : at + CHUNK] for at in range(0, len(packed), CHUNK)]


def _joined(chunks: Sequence[str], most: int = _MOST) -> bytes:
    """What these chunks were made of. Raises ValueError or zlib.error if they are not what they were."""
    packed = "".join(chunk.removeprefix(_CHUNK) for chunk in chunks)
    worker = zlib.decompressobj()
    content = worker.decompress(base64.b64decode(packed, validate=True), most)
    if not worker.eof:
        raise ValueError("cut off, or longer than any")
    return content


def unpack(chunks: Sequence[str], most: int = _MOST) -> Memo | None:
    """The memo in these texts, or None if it cannot be read any more, or is longer than ``most`` bytes."""
    try:
        data = json.loads(_joined(chunks, most).decode("utf-8", "surrogatepass"))
        cells = {(row, column): _value(value) for row, column, value in data["cells"]}
        frozen = {(row, column): _value(value) for row, column, value in data.get("frozen", [])}
        entries = {
            name: EntryMemo(
                tuple(area["headers"]),
                {key: tuple(_value(v) for v in values) for key, values in area["rows"].items()},
                tuple(area.get("asked", [])),
                dict(area.get("links", {})),
            )
            for name, area in data["entries"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, zlib.error):
        return None
    return Memo(cells, entries, frozen)


def _listed(cells: Mapping[Place, Value]) -> list[list[Any]]:
    return [[row, column, _plain(value)] for (row, column), value in sorted(cells.items())]


def memo_of(drawn: Drawn, most: int = _MOST) -> Memo | None:
    """What was drawn on a sheet when it was last put, or None if its first row does not tell any more."""
    chunks = _chunks_in(_texts(drawn))[0]
    return unpack(chunks, most) if chunks else None


def copy_of(drawn: Drawn) -> Copy | None:
    """The copy for reading that was made of a sheet when it was closed; None if there is none (any more)."""
    stamp, *rest = _chunks_in(_texts(drawn))[1] or [""]
    chunks = _chunks_in(rest)[0]
    try:
        return Copy(stamp, _joined(chunks)) if chunks else None
    except (ValueError, zlib.error):
        return None


def _texts(drawn: Drawn) -> list[str]:
    """The texts of the hidden first row behind marker and digest, wherever inserted columns moved them."""
    found = sorted((c, v) for (r, c), v in drawn.cells.items() if r == 1 and isinstance(v, str))
    return [text for _, text in found[2:]]


def _chunks_in(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The texts that chunks are, up to the first other one, and what comes behind them."""
    chunks = list(takewhile(lambda text: text.startswith(_CHUNK), texts))
    return chunks, list(texts[len(chunks) :])


def digest_of(drawn: Drawn) -> str:
    """The digest that a sheet carries; blank if there is none."""
    found = drawn.cells.get(DIGEST)
    return found if isinstance(found, str) else ""


def cells_digest(cells: Mapping[Place, Value]) -> str:
    """The fingerprint of a sheet's cells below its hidden first row: what people see, never its XML.

    SHA-256 over the sorted lines ``address TAB type TAB value``: a re-save by another program is no change.
    """
    lines = [
        f"{Cell('', *place).a1}\t{_type(value)}\t{norm(value)}"
        for place, value in cells.items()
        if place[0] > 1 and norm(value) != ""
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
    places = {place for place in (*before, *drawn.cells) if place[0] > 1}
    return tuple(
        Cell(drawn.sheet, *place)
        for place in sorted(places)
        if norm(before.get(place)) != norm(drawn.cells.get(place))
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A sheet held against what was drawn: words that are not ours, and whether every cell is as it was."""

    foreign: tuple[Note, ...]
    intact: bool


def compare(drawn: Drawn, memo: Memo, entries: Iterable[Table] = ()) -> Compared:
    """What people changed on a sheet outside its entry areas.

    A cell is theirs if it does not hold what was drawn there, nor anything else that was drawn and is no
    longer where it was: rows that were sorted or moved are not foreign. ``entries`` are the sheet's entry
    areas as they stand; they are looked at elsewhere.
    """
    inside = _inside(entries)
    standing = {place: v for place, v in drawn.cells.items() if place[0] > 1 and not inside(place)}
    # Nearly every cell is just as it was drawn; only the others need a closer look.
    as_drawn = {
        place for place, v in standing.items() if v == (old := memo.cells.get(place)) and type(v) is type(old)
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
            foreign.append(_note(drawn, place))
    return Compared(tuple(foreign), not moved and not +gone)


def _note(drawn: Drawn, place: Place) -> Note:
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


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return str(value) if isinstance(value, ErrorValue) else value


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        moment = datetime.fromisoformat(value["day"])
        return moment.date() if moment.time() == datetime.min.time() else moment
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return float(value)


__all__ = [
    "CHUNK",
    "DIGEST",
    "MARKER",
    "MEMO",
    "Compared",
    "Copy",
    "Drawing",
    "EntryMemo",
    "Frame",
    "Memo",
    "NotReplaced",
    "Note",
    "Page",
    "Place",
    "beside",
    "cells_digest",
    "changed_since",
    "compare",
    "copy_of",
    "digest_of",
    "hung_on",
    "memo_of",
    "norm",
    "pack",
    "pack_copy",
    "text_of",
    "unpack",
]  # fmt: skip
