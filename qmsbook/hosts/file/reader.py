"""Reads a workbook file: its tables column by column, its generated sheets, in one pass over the XML."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from qmsbook.book.cell import column_number, letters
from qmsbook.book.snapshot import (
    LINES,
    MARKER,
    WIDTH,
    Drawn,
    Line,
    Snapshot,
    lines_in,
    outside,
    told_apart,
    unmarked,
)  # fmt: skip
from qmsbook.book.table import Table, Value
from qmsbook.hosts.file.attached import attached
from qmsbook.hosts.file.below import last_below
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.formulas import shift
from qmsbook.hosts.file.package import Package
from qmsbook.hosts.file.rows import Shape, Shapes
from qmsbook.hosts.file.scan import SheetXml, attributes
from qmsbook.hosts.file.text import plain
from qmsbook.hosts.file.workbook import Sheet, TablePart, Workbook
from qmsbook.hosts.host import UnsafeWorkbook

#: A merge of more cells than this is no layout but a trap for programs that walk through merges.
MAX_MERGE = 4 << 20
#: Enough of a sheet to hold everything that stands before its first cell.
_SNIFF = 1 << 14
#: Enough of a sheet to hold its first rows.
_TOP = 1 << 17
#: A sheet's first cell with an address, whatever prefix and quotes it is written with.
_FIRST_CELL = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]*?r\s*=\s*["']([A-Z]+[0-9]+)["'][^<>]*"""
    rb"""(?:(?<=/)>|>[^<]*(?:<(?!/?(?:\w+:)?(?:c|row)[\s/>])[^<]*)*</(?:\w+:)?c>)"""
)

#: Shorter tables are not worth learning the shapes of their rows.
_MANY = 500


def sniff(package: Package, part: str) -> bytes | None:
    """The bytes of a sheet's cell A1, or None if it has none; reads no more of the sheet than it must."""
    most = _SNIFF
    while True:
        head = package.read(part, most)
        cell = _FIRST_CELL.search(head)
        if cell:
            return cell[0] if cell[1] == b"A1" else None
        if len(head) < most or most > 1 << 24:
            return None
        most *= 8


@dataclass(slots=True)
class Block:
    """The cells of a range, column by column: values, formats' numbers, formulas by row from 0."""

    values: list[list[Value]]
    styles: list[array[int]]
    formulas: list[dict[int, str]]


def read_block(sheet: SheetXml, decoder: Decoder, box: tuple[int, int, int, int]) -> Block:
    """Reads a range of a sheet: rows of a shape that comes again and again together, others cell by cell."""
    top, left, bottom, right = box
    block = _blank(sheet, box, max(bottom - top + 1, 0))
    places = {letters(c).encode(): c - left for c in range(left, right + 1)}
    one_by_one = _OneByOne(sheet, decoder, block, top, places)
    shapes = Shapes(sheet, places, lambda rest: decoder.kinds.get(rest) or decoder.kind(rest))
    for start, stop in sheet.pieces(sheet.place_of(top), sheet.place_of(bottom + 1)):
        taken = shapes.take(start, stop) if bottom - top >= _MANY else start
        for shape in shapes.known:
            _pour(shape, block, top)
        if taken < stop:
            one_by_one.read(taken, stop)
    _mark_arrays(sheet, block, box)
    return block


def _pour(shape: Shape, block: Block, top: int) -> None:
    """Moves what was gathered in a shape into its columns."""
    if not shape.found:
        return
    numbers, *columns = zip(*shape.found, strict=True)
    shape.found.clear()
    rows = [int(number) - top for number in numbers]
    first, stop = rows[0], rows[-1] + 1
    solid = stop - first == len(rows)
    for (place, read), raw in zip(shape.columns, columns, strict=True):
        values, into = list(map(read, raw)), block.values[place]
        if solid:
            into[first:stop] = values
        else:
            for row, value in zip(rows, values, strict=True):
                into[row] = value
    for place, style in shape.styles.items():
        styles = block.styles[place]
        for row in rows:
            styles[row] = style


class _OneByOne:
    """Reads cells one after another, formulas included."""

    def __init__(
        self, sheet: SheetXml, decoder: Decoder, block: Block, top: int, places: dict[bytes, int]
    ) -> None:
        self.sheet, self.decoder, self.block, self.top, self.places = sheet, decoder, block, top, places
        self.masters: dict[str, tuple[str, int, int]] = {}

    def read(self, start: int, stop: int) -> None:
        """Reads the cells of some rows."""
        sheet, decoder, block, top = self.sheet, self.decoder, self.block, self.top
        height, kinds = len(block.values[0]) if block.values else 0, decoder.kinds
        for column, row, rest, raw, content in sheet.patterns.cell.findall(sheet.data, start, stop):
            place, index = self.places.get(column), int(row) - top
            if place is None or not 0 <= index < height:
                continue
            kind = kinds.get(rest) or decoder.kind(rest)
            block.styles[place][index] = kind.style
            if raw:
                block.values[place][index] = kind.read(raw)
            elif content:
                block.values[place][index] = decoder.content(sheet, kind, content)
                if kind.inline is None:
                    text = _formula(sheet, content, self.masters, index, place)
                    if text is not None:
                        block.formulas[place][index] = text


def _blank(sheet: SheetXml, box: tuple[int, int, int, int], height: int) -> Block:
    top, left, _, right = box
    by_column = sheet.column_styles()
    width = range(left, right + 1)
    styles = [array("I", [by_column.get(column, 0)]) * height for column in width]
    for row, style in sheet.row_styles().items():
        if 0 <= row - top < height:
            for column_styles in styles:
                column_styles[row - top] = style
    return Block([[None] * height for _ in width], styles, [{} for _ in width])


def _formula(
    sheet: SheetXml, content: bytes, masters: dict[str, tuple[str, int, int]], row: int, column: int
) -> str | None:
    match = sheet.patterns.formula.search(content)
    if match is None:
        return None
    at, text = attributes(match[1] or b""), plain(match[2] or b"")
    if at.get("t") != "shared":
        return text
    group = at.get("si", "")
    if text:
        masters[group] = text, row, column
        return text
    master = masters.get(group)
    return shift(master[0], row - master[1], column - master[2]) if master else ""


def _mark_arrays(sheet: SheetXml, block: Block, box: tuple[int, int, int, int]) -> None:
    """The cells inside an array or a spill count as formulas: they cannot be written one by one."""
    for top, left, bottom, right in sheet.arrays():
        for column in range(max(left, box[1]), min(right, box[3]) + 1):
            formulas = block.formulas[column - box[1]]
            master = formulas.get(top - box[0], "")
            for row in range(max(top, box[0]), min(bottom, box[2]) + 1):
                formulas.setdefault(row - box[0], master)


class _Columns(dict[bytes, int]):
    def __missing__(self, column: bytes) -> int:
        self[column] = column_number(column.decode())
        return self[column]


def all_cells(sheet: SheetXml, decoder: Decoder) -> Iterator[tuple[int, int, Value]]:
    """Row, column and value of every cell of a sheet that holds something."""
    columns = _Columns()
    for start, stop in sheet.pieces(sheet.start, sheet.end):
        for column, row, rest, raw, content in sheet.patterns.cell.findall(sheet.data, start, stop):
            kind = decoder.kinds.get(rest) or decoder.kind(rest)
            value = decoder.content(sheet, kind, content) if content else kind.read(raw)
            if value is not None:
                yield int(row), columns[column], value


@dataclass(slots=True)
class Loaded:
    """A workbook file and what was read from it.

    ``parts`` and ``styles`` go by place in ``snapshot.tables``; ``markers`` maps markers to sheets' parts;
    ``sound`` are the sheets' parts whose bytes can be spliced.
    """

    workbook: Workbook
    snapshot: Snapshot
    parts: list[tuple[Sheet, TablePart]]
    styles: list[list[array[int]]]
    markers: dict[str, str]
    sound: set[str] = field(default_factory=set)


def load(data: bytes) -> Loaded:
    """Reads a workbook from the bytes of its file. Raises WorkbookUnreadable, or one of its kinds."""
    workbook = Workbook(Package(data))
    decoder = Decoder(workbook)
    loaded = Loaded(workbook, Snapshot(()), [], [], {})
    tables: list[Table] = []
    drawn: list[Drawn] = []
    lines: list[Line] = []
    for sheet in workbook.worksheets():
        marker, nonce = unmarked(workbook.marks.get(sheet.name, ""))
        marker = marker or _marker(workbook, decoder, sheet)
        parts = workbook.tables(sheet)
        if not marker and all(part.box[1] > 1 for part in parts):  # ours begin in column A
            free = outside(top_of(workbook, decoder, sheet), [part.box for part in parts])
            lines += lines_in(sheet.name, free)
        if not marker and not parts:
            continue
        xml = open_sheet(workbook, sheet)
        if not xml.obstacle:
            loaded.sound.add(sheet.part)
        merges = xml.merges() if parts else []
        if marker:
            cells = {(row, column): value for row, column, value in all_cells(xml, decoder)}
            locked = xml.protection() is not None
            drawn.append(Drawn(marker, sheet.name, cells, attached(workbook, sheet.part), locked, nonce))
        for part in parts:
            top, left, bottom, right = part.body
            last = bottom if marker else last_below(xml, part, parts)
            block = read_block(xml, decoder, (top, left, last, right))
            whole = _table(sheet, part, block, workbook, marker, merges)
            tables.append(whole.split(max(bottom - top + 1, 0)) if last > bottom else whole)
            loaded.parts.append((sheet, part))
            loaded.styles.append(block.styles)
    names = tuple(sheet.name for sheet in workbook.sheets)
    state = hashlib.sha256(data).hexdigest()
    ours, copies = told_apart(drawn, tables)
    known = workbook.properties
    loaded.snapshot = Snapshot(tuple(tables), ours, names, known, state, copies, tuple(lines))
    at = {sheet.name: sheet.part for sheet in workbook.worksheets()}
    loaded.markers = {each.marker: at[each.sheet] for each in reversed(ours)}
    return loaded


def open_sheet(workbook: Workbook, sheet: Sheet) -> SheetXml:
    """A sheet's XML, checked for merges that no layout needs."""
    xml = SheetXml(workbook.package.xml(sheet.part), sheet.part)
    for top, left, bottom, right in xml.merges():
        if (bottom - top + 1) * (right - left + 1) > MAX_MERGE:
            raise UnsafeWorkbook(f"On the sheet {sheet.name} a merge covers more than four million cells.")
    return xml


def top_of(workbook: Workbook, decoder: Decoder, sheet: Sheet) -> Iterator[tuple[int, int, Value]]:
    """Row, column and value of the cells of a sheet's first rows; reads little more of it than these."""
    head = workbook.package.read(sheet.part, _TOP)
    ends = list(re.finditer(rb"</(?:(\w[\w.-]*):)?row>", head))[:LINES]
    if not ends:
        return
    prefix = ends[-1][1] + b":" if ends[-1][1] else b""
    whole = head[: ends[-1].end()] + b"</%ssheetData></%sworksheet>" % (prefix, prefix)
    for row, column, value in all_cells(SheetXml(whole, sheet.part), decoder):
        if row <= LINES and column <= WIDTH:
            yield row, column, value


def _marker(workbook: Workbook, decoder: Decoder, sheet: Sheet) -> str:
    """The marker in a sheet's A1, or an empty text."""
    cell = sniff(workbook.package, sheet.part)
    if cell is None or not (b't="s"' in cell or b"t='s'" in cell or MARKER.encode() in cell):
        return ""
    bare = re.sub(rb"<(/?)\w+:", rb"<\1", cell)
    alone = b'<worksheet><sheetData><row r="1">%s</row></sheetData></worksheet>' % bare
    xml = SheetXml(alone, sheet.part)
    first = next((value for _, _, value in all_cells(xml, decoder)), None)
    return first if isinstance(first, str) and first.startswith(MARKER) else ""


def _table(
    sheet: Sheet, part: TablePart, block: Block, workbook: Workbook, marker: str,
    merges: Sequence[tuple[int, int, int, int]],
) -> Table:  # fmt: skip
    percents = workbook.formats.percents
    top, left, _, right = part.box
    headers = part.headers[: right - left + 1]
    formulas = cast("tuple[Mapping[int, str], ...]", tuple(block.formulas))
    percent = tuple(_percent(styles, percents) for styles in block.styles)
    row = top + part.header_rows - 1
    bottom = row + (len(block.values[0]) if block.values else 0)
    met = tuple(m for m in merges if m[0] <= bottom and m[2] > row and m[1] <= right and m[3] >= left)
    values = tuple(block.values)
    return Table(part.name, sheet.name, row, left, headers, values, formulas, percent, marker, met)


def _percent(styles: array[int], percents: frozenset[int]) -> frozenset[int]:
    used = set(styles)
    if used.isdisjoint(percents):
        return frozenset()
    if used <= percents:
        # A range answers the same questions as the set of all rows and weighs nothing.
        return cast("frozenset[int]", range(len(styles)))
    return frozenset(place for place, style in enumerate(styles) if style in percents)
