"""A returned entry workbook: what its reader typed, row by row, beside what was given out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qmsbook.book.cell import Cell
from qmsbook.book.error import QmsbookError
from qmsbook.book.parse import plain_text, squeezed
from qmsbook.book.table import Table, Value
from qmsbook.chase.entry import ACTIONS, ENTRY, READINGS
from qmsbook.chase.given import Given
from qmsbook.hosts.file.blocks import all_cells
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.package import Package
from qmsbook.hosts.file.reader import Loaded, open_sheet, read
from qmsbook.hosts.file.workbook import Workbook
from qmsbook.pages.memo import EntryMemo, Memo, memo_of
from qmsbook.pages.page import compare, hung_on, norm, text_of

#: What belongs together, by area: a figure is taken as a whole or not at all.
UNITS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    READINGS: (("Value", "Numerator", "Denominator"), ("Comment",)),
    ACTIONS: (("State", "Closed"), ("Effect",)),
}
#: The cells that say which row it is, besides its id.
_NAMED = {READINGS: ("KPI", "Period"), ACTIONS: ("What",)}


#: No entry workbook, and nothing in one, is larger; each file is somebody else's. Bytes, cells, rows.
LARGEST, _UNPACKED, _MEMO, _CELLS, _ROWS = 16 << 20, 16 << 20, 4 << 20, 1_000_000, 10_000


class NotReturned(QmsbookError):
    """That is not an entry workbook made by qmsbook remind, so nothing was taken from it."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Typed:
    """What one row of a returned workbook holds in cells that belong together, beside what was given out.

    ``row`` is the row's id (blank in a row that was added), ``named`` the cells that say which row it is.
    ``percent`` and ``times`` are the headers whose cells are formatted as a percent or a time. ``moved`` says
    what the id's own row said at first, where the named cells were changed. ``given`` is None for a row that
    was not given out. ``unsolved`` is a header whose cell holds a formula of which no result is kept.
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
    times: frozenset[str] = frozenset()
    unsolved: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A returned workbook: whom it was given to, what was typed, and words outside the yellow cells.

    ``doubt`` says why none of it may be taken, if so. ``vouched``: what was given out stands in the file
    alone, and whoever collects says that this person sent it.
    """

    file: str
    person: str
    typed: tuple[Typed, ...] = ()
    outside: tuple[str, ...] = field(default=())
    doubt: str = ""
    vouched: bool = False


#: Why nothing is taken of a file whose ticket is not known.
UNKNOWN = "What was given out in this file is not kept beside the workbook."


def returned(
    file: str, content: bytes, id: str, find: Callable[[str], Given | None], sender: str = ""
) -> Returned:
    """What came back in a file; ``id`` is the workbook's, blank if it has none. Raises NotReturned.

    ``find`` gives what is kept for a ticket; ``sender`` is who sent the file, says whoever collects it.
    Raises WorkbookUnreadable and its kinds for what is no workbook.
    """
    loaded = read(_within_bounds(content))
    snapshot = loaded.snapshot
    drawn = [each for each in snapshot.drawn if each.marker.startswith(ENTRY)]
    if len(drawn) != 1:
        raise NotReturned
    head, _, person = drawn[0].marker.removeprefix(ENTRY).partition(":")
    made_for, _, ticket = head.partition("#")
    given, memo = find(ticket) if ticket else None, memo_of(drawn[0], _MEMO)
    if id and id != (given.workbook if given else made_for):
        raise NotReturned("It was made from another workbook.")
    if given is None and memo is None:
        raise NotReturned("Its hidden first row was changed, so nobody can tell what was given out.")
    areas = given.areas if given else memo.entries if memo else {}
    tables = [table for table in snapshot.tables if table.sheet == drawn[0].sheet]
    held = {name: table for name in UNITS if (table := _called(name, tables)) is not None}
    lost = [name for name in areas if name in UNITS and name not in held]
    if lost:
        raise NotReturned(f"Its table {lost[0]} is gone, so rows cannot be told apart.")
    typed, outside = list[Typed](), list[str]()
    for name, table in held.items():
        area = areas.get(name) or EntryMemo(table.headers, {})
        typed += _typed(name, table, area, file)
        outside += _besides(name, table, area)
    notes = compare(drawn[0], memo or Memo({}, {}), held.values()).foreign if memo else ()
    outside += [f"{note.cell}: {note.text}" for note in notes]
    outside += [f"{note.cell}: {note.beside} {note.text}" for note in hung_on(drawn[0])]
    outside += [f"{Cell('', a.row, a.column).a1}: a {a.what}" for a in drawn[0].attached if not a.text]
    outside += _other_sheets(loaded, drawn[0].sheet)
    if given is not None:
        return Returned(file, given.person, tuple(typed), tuple(outside), _whose(given, person))
    vouched = bool(sender) and squeezed(sender) == squeezed(person)
    doubt = "" if vouched else f"It was not made for {sender}." if sender else UNKNOWN
    return Returned(file, person, tuple(typed), tuple(outside), doubt, vouched)


def _other_sheets(loaded: Loaded, entry: str) -> Iterator[str]:
    """The first words of each sheet that was not given out and holds any."""
    for sheet in loaded.workbook.worksheets():
        if sheet.name == entry:
            continue
        cells = all_cells(open_sheet(loaded.workbook, sheet), Decoder(loaded.workbook))
        words = ((row, column, text_of(value)) for row, column, value in cells)
        first = next(((row, column, text) for row, column, text in words if text.strip()), None)
        if first is not None:
            yield f"{Cell(sheet.name, *first[:2])}: {first[2]}"


def _within_bounds(content: bytes) -> Workbook:
    """A returned workbook. Raises NotReturned for what is none, before anything large is unpacked."""
    if len(content) > LARGEST:
        raise NotReturned(f"It is larger than {LARGEST >> 20} megabytes.")
    package = Package(content)
    size = sum(member.size for member in package.members)
    if size > _UNPACKED:
        raise NotReturned(f"It would unpack to {size >> 20} megabytes.")
    found = Workbook(package)
    boxes = [part.box for sheet in found.worksheets() for part in found.tables(sheet)]
    cells, rows = sum(map(_cells, boxes)), sum(bottom - top for top, _, bottom, _ in boxes)
    if cells > _CELLS:
        raise NotReturned(f"Its tables claim {cells:,} cells.")
    if rows > _ROWS:  # each would be shown as a conflict
        raise NotReturned(f"Its tables claim {rows:,} rows; nobody was given so many.")
    return found


def _cells(box: tuple[int, int, int, int]) -> int:
    top, left, bottom, right = box
    return (bottom - top + 1) * (right - left + 1)


def _whose(given: Given, person: str) -> str:
    if squeezed(given.person) == squeezed(person):
        return ""
    return f"The file was given to {given.person}, and says now that it is somebody else's."


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
    if not memo.headers or any(len(held) != len(memo.headers) for held in memo.rows.values()):
        raise NotReturned("What its hidden first row keeps is not what qmsbook wrote there.")

    def value(row: int, header: str) -> Value:
        place = places.get(header)
        return table.columns[place][row] if place is not None else None

    def solvable(row: int, header: str) -> str:
        place = places.get(header)
        return (table.formula(row, place) or "") if place is not None else ""

    for row in range(table.rows):
        text = plain_text(value(row, memo.headers[0]))
        key = keys.get(squeezed(text), "")
        before = dict(zip(memo.headers, memo.rows[key], strict=True)) if key else None
        named = tuple(value(row, header) for header in _NAMED[name])
        first = tuple(before[header] for header in _NAMED[name]) if before else None
        for headers in UNITS[name]:
            said = tuple(value(row, header) for header in headers)
            given = tuple(before.get(header) for header in headers) if before else None
            unsolved = next((h for h in headers if solvable(row, h) and value(row, h) is None), "")
            if unsolved:  # what was meant is in the formula alone
                said = tuple(f"={solvable(row, h)}" if h == unsolved else value(row, h) for h in headers)
            if all(norm(v) == "" for v in said) or (given and _same(said, given)):
                continue
            percent = {h for h in headers if (p := places.get(h)) is not None and table.is_percent(row, p)}
            yield Typed(
                name, key or text, named, headers, said, given, file,
                table.cell(row, places[headers[0]] or 0).a1, frozenset(percent),
                first if first is not None and not _same(named, first) else None,
                frozenset(h for h in headers if (p := places.get(h)) is not None and table.is_time(row, p)),
                unsolved,
            )  # fmt: skip


def _besides(name: str, table: Table, area: EntryMemo) -> Iterator[str]:
    """What people typed into columns that were not theirs to fill, or were not given out at all."""
    mine = {header for unit in UNITS[name] for header in unit} & set(area.headers)
    keys = {squeezed(key): key for key in area.rows}
    first = table.find(area.headers[0]) if area.headers else None
    for at, header in enumerate(table.headers):
        if header in mine or header in _NAMED[name] or at == first or not area.rows:
            continue
        for row in range(table.rows):
            key = keys.get(squeezed(plain_text(table.columns[first][row])), "") if first is not None else ""
            values = dict(zip(area.headers, area.rows.get(key, ()), strict=False))
            value = table.columns[at][row]
            if norm(value) not in ("", norm(values.get(header))):
                yield f"{table.cell(row, at).a1}: {header} {text_of(value)}"


def _same(one: Sequence[Value], other: Sequence[Value]) -> bool:
    return [norm(v) for v in one] == [norm(v) for v in other]
