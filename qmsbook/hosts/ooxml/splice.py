"""Writes cells into a sheet's XML as splices, so that every byte outside those cells stays as it was."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from qmsbook.cell import Cell, column_number, letters, parse_range, range_a1
from qmsbook.host import SheetProtected, WouldLoseContent
from qmsbook.hosts.ooxml.cells import Encoder, Formula
from qmsbook.hosts.ooxml.scan import SheetXml, attributes
from qmsbook.table import Value

Box = tuple[int, int, int, int]
#: What to write: by row, by column. ``Styles`` gives formats for cells that have none.
Writes = Mapping[int, Mapping[int, Value | Formula]]
Styles = Mapping[tuple[int, int], int]

_SLASH = ord("/")
_LAST = re.compile(rb"/?>\Z")
_SPANS = re.compile(rb'\sspans="([^"]*)"')
_STYLE = re.compile(rb'\ss="([0-9]+)"')


class Splicer:
    """Splices cells into one sheet."""

    def __init__(self, sheet: SheetXml, encoder: Encoder, fresh_style: Styles) -> None:
        self.sheet = sheet
        self.encoder = encoder
        self.fresh_style = fresh_style
        self.column_styles = sheet.column_styles()
        self.open_cell = b'<%sc r="' % sheet.prefix
        self._needles: dict[int, bytes] = {}
        self.close_row = b"</%srow>" % sheet.prefix
        self.any_cell = re.compile(rb'<%sc r="([A-Z]+)[0-9]+"' % sheet.prefix)

    def spliced(self, writes: Writes, tail: bytes) -> bytes:
        """The sheet's XML with the cells written, and with another ``tail`` behind them."""
        sheet, data = self.sheet, self.sheet.data
        pending = sorted((row for row in writes if writes[row]), reverse=True)
        out = io.BytesIO()
        out.write(self._head(writes))
        place = sheet.start
        for match in sheet.patterns.row.finditer(data, sheet.start, sheet.end):
            if not pending:
                break
            number = int(match[1])
            if pending[-1] > number:
                continue
            out.write(data[place : match.start()])
            place = match.start()
            while pending and pending[-1] < number:
                out.write(self._new_row(pending[-1], writes[pending.pop()]))
            if pending and pending[-1] == number:
                place = self._row(out, match, writes[pending.pop()])
        out.write(data[place : sheet.end])
        for row in reversed(pending):
            out.write(self._new_row(row, writes[row]))
        out.write(b"</%ssheetData>" % sheet.prefix + tail if sheet.empty else tail)
        return out.getvalue()

    def _head(self, writes: Writes) -> bytes:
        head = self.sheet.data[: self.sheet.start]
        return _dimension(_LAST.sub(b">", head) if self.sheet.empty else head, self.sheet.prefix, writes)

    def _new_row(self, row: int, cells: Mapping[int, Value | Formula]) -> bytes:
        inside = b"".join(self._new_cell(row, column, cells[column], b"") for column in sorted(cells))
        return b'<%srow r="%d">%s%s' % (self.sheet.prefix, row, inside, self.close_row) if inside else b""

    def _new_cell(self, row: int, column: int, value: Value | Formula, row_tag: bytes) -> bytes:
        style = self.fresh_style.get((row, column)) if self.fresh_style else None
        if style is None:
            found = _STYLE.search(row_tag) if b"customFormat=" in row_tag else None
            style = int(found[1]) if found else self.column_styles.get(column, 0)
        if value is None and not style:
            return b""
        return self.encoder.cell(self.sheet.prefix, row, column, style, value)

    def _row(self, out: io.BytesIO, match: re.Match[bytes], cells: Mapping[int, Value | Formula]) -> int:
        """Writes the cells of a row that is there; says where the row's unwritten rest begins."""
        sheet, place, row = self.sheet, match.end(), int(match[1])
        data = sheet.data
        if data[place - 2] == _SLASH:
            out.write(self._filled_row(match[0], row, cells))
            return place
        stop = data.index(self.close_row, place)
        pieces = [_wider(match[0], cells)]
        for column in sorted(cells):
            needle = b'%s%s"' % (self._needle(column), match[1])
            # Computed columns stand side by side: the next cell is mostly the one looked for.
            where = place if data.startswith(needle, place) else data.find(needle, place, stop)
            if where >= 0:
                end = sheet.end_of_cell(where)
                written = self._over(data[where:end], row, column, cells[column])
            else:
                where = end = self._gap(column, place, stop)
                written = self._new_cell(row, column, cells[column], match[0])
            pieces += (data[place:where], written)
            place = end
        out.write(b"".join(pieces))
        return place

    def _filled_row(self, tag: bytes, row: int, cells: Mapping[int, Value | Formula]) -> bytes:
        inside = b"".join(self._new_cell(row, column, cells[column], tag) for column in sorted(cells))
        return _LAST.sub(b">", _wider(tag, cells)) + inside + self.close_row if inside else tag

    def _needle(self, column: int) -> bytes:
        found = self._needles.get(column)
        if found is None:
            found = self._needles[column] = self.open_cell + letters(column).encode()
        return found

    def _gap(self, column: int, place: int, stop: int) -> int:
        """Where a new cell of a column belongs among the cells of its row."""
        if place == stop:
            return stop
        last = self.sheet.data.rfind(self.open_cell, place, stop)
        found = self.any_cell.match(self.sheet.data, last) if last >= 0 else None
        if found is None or column_number(found[1].decode()) < column:
            return stop
        for match in self.any_cell.finditer(self.sheet.data, place, stop):
            if column_number(match[1].decode()) > column:
                return match.start()
        return stop

    def _over(self, old: bytes, row: int, column: int, value: Value | Formula) -> bytes:
        found = _STYLE.search(old, 0, old.index(b">"))
        style = int(found[1]) if found else 0
        if not found:
            style = self.fresh_style.get((row, column), 0)
        return self.encoder.cell(self.sheet.prefix, row, column, style, value)


def _wider(tag: bytes, cells: Mapping[int, Value | Formula]) -> bytes:
    """A row's tag, without its ``spans`` if a written cell lies outside them: they are only a hint."""
    found = _SPANS.search(tag)
    if found is None:
        return tag
    first, last = _ends(found[1])
    if first <= min(cells) and max(cells) <= last:
        return tag
    return tag[: found.start()] + tag[found.end() :]


@lru_cache(maxsize=1024)
def _ends(spans: bytes) -> tuple[int, int]:
    first, _, last = spans.partition(b":")
    return (int(first), int(last)) if first.isdigit() and last.isdigit() else (1, 0)


def _dimension(head: bytes, prefix: bytes, writes: Writes) -> bytes:
    found = re.search(rb'<%sdimension\s[^>]*?ref="([^"]*)"' % prefix, head)
    rows = [row for row in writes if writes[row]]
    if found is None or not rows:
        return head
    try:
        top, left, bottom, right = parse_range(found[1].decode())
    except ValueError:
        return head
    columns = [column for row in rows for column in (min(writes[row]), max(writes[row]))]
    wider = min(top, *rows), min(left, *columns), max(bottom, *rows), max(right, *columns)
    if wider == (top, left, bottom, right):
        return head
    return head[: found.start(1)] + range_a1(*wider).encode() + head[found.end(1) :]


def check_writable(sheet: SheetXml, name: str, cells: Iterable[tuple[int, int]]) -> None:
    """Raises SheetProtected or WouldLoseContent if these cells (row, column) cannot be written exactly."""
    if sheet.obstacle:
        raise WouldLoseContent(f"The sheet {name} holds {sheet.obstacle}; open it in Excel and save it once.")
    check_unprotected(sheet, name)
    arrays, merges = sheet.arrays(), sheet.merges()
    if not arrays and not merges:
        return
    for row, column in cells:
        if _inside(arrays, row, column):
            raise WouldLoseContent(f"{Cell(name, row, column)} belongs to an array formula.")
        merged = _inside(merges, row, column)
        if merged and merged[:2] != (row, column):
            raise WouldLoseContent(f"{Cell(name, row, column)} lies inside the merge {range_a1(*merged)}.")


def check_unprotected(sheet: SheetXml, name: str) -> None:
    """Raises SheetProtected for a sheet whose protection is switched on."""
    for found in re.finditer(rb"<(?:\w+:)?sheetProtection\s([^>]*)>", sheet.data[sheet.end :]):
        if attributes(found[1]).get("sheet") in ("1", "true"):
            raise SheetProtected(f"It is the sheet {name}.")


def _inside(boxes: list[Box], row: int, column: int) -> Box | None:
    return next((box for box in boxes if box[0] <= row <= box[2] and box[1] <= column <= box[3]), None)
