"""The cells of a range, column by column, and all cells of a sheet, read in one pass over its XML."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from qmsbook.book.cell import letters
from qmsbook.book.table import Value
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.foreign import Box
from qmsbook.hosts.file.formulas import shift
from qmsbook.hosts.file.patterns import attributes
from qmsbook.hosts.file.rows import Shape, Shapes
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.text import plain
from qmsbook.hosts.host import UnsafeWorkbook

#: Shorter tables are not worth learning the shapes of their rows.
_MANY = 500


@dataclass(slots=True)
class Block:
    """The cells of a range, column by column: values, formats' numbers, formulas by row from 0."""

    values: list[list[Value]]
    styles: list[array[int]]
    formulas: list[dict[int, str]]


def read_block(sheet: SheetXml, decoder: Decoder, box: Box) -> Block:
    """Reads a range of a sheet: rows of a shape that comes again and again together, others cell by cell."""
    top, left, bottom, right = box
    decoder.part = sheet.name
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
        for number, _, cells in sheet.rows(start, stop):
            index = number - top
            if not 0 <= index < height:
                continue
            for column, _, rest, raw, content in cells:
                place = self.places.get(column)
                if place is None:
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


def _blank(sheet: SheetXml, box: Box, height: int) -> Block:
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


def _mark_arrays(sheet: SheetXml, block: Block, box: Box) -> None:
    """The cells inside an array or a spill count as formulas: they cannot be written one by one."""
    left_over = sum(map(len, block.values))
    for top, left, bottom, right in sheet.arrays():
        rows = range(max(top, box[0]), min(bottom, box[2]) + 1)
        columns = range(max(left, box[1]), min(right, box[3]) + 1)
        left_over -= len(rows) * len(columns)
        if left_over < 0:
            raise UnsafeWorkbook(f"In {sheet.name} arrays lie over each other.")
        for column in columns:
            formulas = block.formulas[column - box[1]]
            master = formulas.get(top - box[0], "")
            for row in rows:
                formulas.setdefault(row - box[0], master)


def all_cells(sheet: SheetXml, decoder: Decoder) -> Iterator[tuple[int, int, Value]]:
    """Row, column and value of every cell of a sheet that holds something."""
    decoder.part = sheet.name
    for number, columns, cells in sheet.rows(sheet.start, sheet.end):
        for column, (_, _, rest, raw, content) in zip(columns, cells, strict=True):
            kind = decoder.kinds.get(rest) or decoder.kind(rest)
            value = decoder.content(sheet, kind, content) if content else kind.read(raw)
            if value is not None:
                yield number, column, value
