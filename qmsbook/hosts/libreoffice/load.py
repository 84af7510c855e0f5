"""Reads an open document: its tables, its generated sheets, its custom properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from qmsbook.book.snapshot import (
    LINES,
    MARK_NAME,
    MARKER,
    WIDTH,
    Drawn,
    Line,
    Snapshot,
    area_of,
    lines_in,
    told_apart,
    unmarked,
    without_sign,
)
from qmsbook.book.table import MAX_GAP, Table, Value
from qmsbook.hosts.libreoffice.blocks import (
    CONTENTS,
    MAX_ROW,
    Block,
    Box,
    Kind,
    Reader,
    boxes_of,
    merges_in,
    used,
)
from qmsbook.hosts.libreoffice.formulas import as_excel


@dataclass(frozen=True, slots=True)
class Range:
    """A database range: what becomes of an Excel table in LibreOffice."""

    name: str
    box: Box
    header: bool = True
    totals: bool = False
    filter: bool = True

    @property
    def body(self) -> Box:
        """The range without header and totals."""
        top, left, bottom, right = self.box
        return top + self.header, left, bottom - self.totals, right


@dataclass(slots=True)
class Loaded:
    """A document as it was read; ``ranges`` and ``blocks`` go by place in ``snapshot.tables``."""

    snapshot: Snapshot
    reader: Reader
    ranges: list[Range]
    blocks: list[Block]


def load(document: Any) -> Loaded:
    """Reads a document; nothing in it changes."""
    reader = Reader(document)
    loaded = Loaded(Snapshot(()), reader, [], [])
    by_sheet = ranges_of(document)
    tables: list[Table] = []
    drawn: list[Drawn] = []
    lines: list[Line] = []
    names = tuple(document.Sheets.ElementNames)
    for place, name in enumerate(names):
        sheet = document.Sheets.getByIndex(place)
        marker, nonce = signs_of(sheet)
        names_here = [found.name for found in by_sheet.get(place, ())]
        if not marker and any(map(area_of, names_here)):
            marker = without_sign(names_here, sheet.getCellRangeByPosition(1, 0, 2, 0).getDataArray()[0])
        if marker:
            cells = cells_of(reader, sheet)
            drawn.append(Drawn(marker, name, cells, protected=sheet.isProtected(), nonce=nonce))
        elif all(found.box[1] > 0 for found in by_sheet.get(place, ())):  # ours begin in column A
            corners = [found.box for found in by_sheet.get(place, ())]
            boxes = [(top + 1, left + 1, bottom + 1, right + 1) for top, left, bottom, right in corners]
            lines += lines_in(name, _top_of(sheet), boxes)
        for found in by_sheet.get(place, ()):
            top, left, bottom, right = found.body
            last = bottom if marker else last_below(sheet, found, by_sheet[place])
            block = reader.block(sheet, (top, left, last, right))
            whole = _table(sheet, name, found, block, reader, marker)
            tables.append(whole.split(max(bottom - top + 1, 0)) if last > bottom else whole)
            loaded.ranges.append(found)
            loaded.blocks.append(block)
    ours, copies = told_apart(drawn, tables)
    known = custom_properties(document)
    loaded.snapshot = Snapshot(tuple(tables), ours, names, known, "live", copies, tuple(lines))
    return loaded


def loose(document: Any, name: str, row: int, column: int, headers: Sequence[str]) -> Table:
    """What stands below headers that no table heads: a table without rows, the rest below it."""
    sheet, reader = document.Sheets.getByName(name), Reader(document)
    found = Range("", (row - 1, column - 1, row - 1, column + len(headers) - 2))
    others = ranges_of(document).get(sheet.RangeAddress.Sheet, ())
    block = reader.block(sheet, (row, column - 1, last_below(sheet, found, others), found.box[3]))
    return _table(sheet, name, found, block, reader, "").split(0)


def last_below(sheet: Any, found: Range, others: Sequence[Range]) -> int:
    """The last row below a table in which something stands that may belong to it; else its own last row."""
    _, left, bottom, right = found.box
    meeting = (each.box for each in others if each.box[1] <= right and left <= each.box[3])
    edge = min((box[0] for box in meeting if box[0] > bottom), default=MAX_ROW) - 1
    if found.totals or edge <= bottom:
        return bottom
    cells = sheet.getCellRangeByPosition(left, bottom + 1, right, edge)
    last = bottom
    for top, _, end, _ in sorted(boxes_of(cells.queryContentCells(CONTENTS))):
        if top > last + MAX_GAP + 1:
            break
        last = max(last, end)
    return last


def _top_of(sheet: Any) -> Iterator[tuple[int, int, Value]]:
    """Row, column and value, from 1, of the cells of a sheet's first rows."""
    _, _, bottom, right = used(sheet)
    cells = sheet.getCellRangeByPosition(0, 0, min(right, WIDTH - 1), min(bottom, LINES - 1))
    for row, values in enumerate(cells.getDataArray(), 1):
        yield from ((row, column, value) for column, value in enumerate(values, 1))


def signs_of(sheet: Any) -> tuple[str, str]:
    """Marker and nonce of a sheet's mark, else the marker in its A1; blank where there is none."""
    names = sheet.NamedRanges
    if names.hasByName(MARK_NAME):
        marker, nonce = unmarked(names.getByName(MARK_NAME).getContent())
        if marker:
            return marker, nonce
    first: str = sheet.getCellByPosition(0, 0).getFormula()
    return (first if first.startswith(MARKER) else ""), ""


def cells_of(reader: Reader, sheet: Any) -> dict[tuple[int, int], Value]:
    """Every cell of a sheet that holds something, by row and column from 1."""
    values = reader.block(sheet, used(sheet)).values
    return {
        (row + 1, column + 1): value
        for row, line in enumerate(zip(*values, strict=True))
        for column, value in enumerate(line)
        if value is not None
    }


def ranges_of(document: Any) -> dict[int, list[Range]]:
    """The named database ranges by place of their sheet, each sheet's from the top."""
    found: dict[int, list[Range]] = {}
    for name in document.DatabaseRanges.ElementNames:
        if name.startswith("_"):  # what LibreOffice makes of a filter without a table
            continue
        each = document.DatabaseRanges.getByName(name)
        at = each.DataArea
        box = at.StartRow, at.StartColumn, at.EndRow, at.EndColumn
        found.setdefault(at.Sheet, []).append(
            Range(name, box, each.ContainsHeader, each.TotalsRow, each.AutoFilter)
        )
    for ranges in found.values():
        ranges.sort(key=lambda each: each.box)
    return found


def custom_properties(document: Any) -> dict[str, str]:
    """The custom document properties that are text."""
    held = document.DocumentProperties.UserDefinedProperties
    names = [each.Name for each in held.PropertySetInfo.Properties]
    values = {name: held.getPropertyValue(name) for name in names}
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _table(sheet: Any, name: str, found: Range, block: Block, reader: Reader, marker: str) -> Table:
    top, left = found.box[:2]
    row = top + found.header
    formulas = [{at: as_excel(text) for at, text in texts.items()} for texts in block.formulas]
    return Table(
        found.name,
        name,
        row,
        left + 1,
        _headers(sheet, found),
        tuple(block.values),
        cast("tuple[Mapping[int, str], ...]", tuple(formulas)),
        tuple(_formatted(keys, reader, "percent") for keys in block.formats),
        marker,
        tuple(merges_in(sheet, block.box)),
        times=tuple(_formatted(keys, reader, "time") for keys in block.formats),
    )


def _headers(sheet: Any, found: Range) -> tuple[str, ...]:
    top, left, _, right = found.box
    if not found.header:
        return tuple(f"Column{number}" for number in range(1, right - left + 2))
    (texts,) = sheet.getCellRangeByPosition(left, top, right, top).getDataArray()
    return tuple(f"{text:.15g}" if isinstance(text, float) else str(text) for text in texts)


def _formatted(keys: list[int], reader: Reader, kind: Kind) -> frozenset[int]:
    """The rows whose cells are shown as a kind."""
    wanted = {key for key in set(keys) if reader.kind(key) == kind}
    return frozenset(row for row, key in enumerate(keys) if key in wanted) if wanted else frozenset()
