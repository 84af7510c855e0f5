"""The rows and cells of a sheet's XML, found by position in its bytes."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from operator import lt

from qmsbook.book.cell import column_number, letters
from qmsbook.hosts.file.foreign import MAX_COLUMN, MAX_ROW, Box, address, box, flag, number, refused, whole
from qmsbook.hosts.file.patterns import attributes, patterns
from qmsbook.hosts.file.text import is_plain
from qmsbook.hosts.file.xml import rewritten
from qmsbook.hosts.host import WorkbookUnreadable

_ROOT = re.compile(rb"<(?:(\w[\w.-]*):)?(\w+)[\s/>]")
_PIECE = 1 << 16


class ColumnNumbers(dict[bytes, int]):
    """The numbers of columns' letters, each worked out once."""

    def __missing__(self, column: bytes) -> int:
        self[column] = column_number(column.decode())
        return self[column]


_NUMBERS = ColumnNumbers()
#: Letters, row number, other attributes, the plain value, any other content.
RawCell = tuple[bytes, bytes, bytes, bytes, bytes]


class SheetXml:
    """A worksheet's XML: ``data[start:end]`` is what stands between the tags of ``sheetData``.

    It must have been seen by an XML parser. ``obstacle`` says why the bytes cannot be spliced, or is empty;
    the XML is then a rewritten equivalent, good for reading only. ``checked`` spares the look for one.
    ``empty`` says that ``sheetData`` is a single closed tag at ``start``.
    """

    def __init__(self, data: bytes, name: str = "", checked: bool = False) -> None:
        self.data, self.name, self.obstacle = data, name, ""
        if not (checked or is_plain(data)):
            self.obstacle = "comments or CDATA sections" if b"<!" in data else "tags in an unusual spelling"
            self.data = _regular(data, name)
        self._open()
        self._find()
        if not (checked or self.obstacle):
            self.obstacle = self._look_for_obstacle()
            if self.obstacle:
                self.data = _regular(self.data, name)
                self._open()
                self._find()

    def _open(self) -> None:
        root = _ROOT.search(self.data)
        if root is None or root[2] != b"worksheet":
            raise WorkbookUnreadable(f"The part {self.name} is not a worksheet.")
        self.prefix = root[1] + b":" if root[1] else b""
        self._root = root.start()
        self.patterns = patterns(self.prefix)

    @property
    def namespace(self) -> str:
        """The language that the sheet is written in."""
        tag = self.data[self._root : self.data.index(b">", self._root)]
        return attributes(tag).get(f"xmlns:{self.prefix.decode()}".rstrip(":"), "")

    def _find(self) -> None:
        opening = re.compile(rb"<%ssheetData(?:\s[^<>]*?)?(/)?>" % self.prefix).search(self.data)
        if opening is None:
            raise WorkbookUnreadable(f"The worksheet {self.name} has no cell area.")
        self.empty = opening[1] is not None
        self.tag = opening.start()
        self.start = self.end = opening.end()
        self.__dict__.pop("_rows", None)
        if not self.empty:
            self.end = self.data.find(b"</%ssheetData" % self.prefix, self.start)
            if self.end < 0:
                raise WorkbookUnreadable(f"The cell area of the worksheet {self.name} has no end.")

    def _look_for_obstacle(self) -> str:
        data, prefix, start, end = self.data, self.prefix, self.start, self.end
        addressed = data.count(b'<%sc r="' % prefix, start, end)
        # Rich text has elements that begin alike, so the exact count is the second question.
        if data.count(b"<%sc" % prefix, start, end) != addressed and addressed != sum(
            data.count(b"<%sc%s" % (prefix, after), start, end)
            for after in (b" ", b">", b"/", b"\n", b"\r", b"\t")
        ):
            return "cells whose address is missing or not in its usual place"
        if data.count(b"<%srow" % prefix, start, end) != len(self._rows[0]):
            return "rows without a number"
        return ""

    def pieces(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """What lies between two places in pieces of a handy size, whole rows each."""
        close_row = b"</%srow>" % self.prefix
        while start < stop:
            edge = self.data.find(close_row, start + _PIECE, stop)
            edge = stop if edge < 0 else edge + len(close_row)
            yield start, edge
            start = edge

    def place_of(self, row: int) -> int:
        """Where a row starts, or the first row after it, or the end of the cell area."""
        numbers, places = self._rows
        at = bisect_left(numbers, row)
        return places[at] if at < len(places) else self.end

    def rows(self, start: int, stop: int) -> Iterator[tuple[int, list[int], list[RawCell]]]:
        """The rows that begin between two places: number, the columns of their cells, the cells.

        Raises WorkbookUnreadable for a cell in a row or at a place that is not its own, or that is written
        in no way that is known: none is passed over.
        """
        numbers, places = self._rows
        first, last = bisect_left(places, start), bisect_left(places, stop)
        for at in range(first, last):
            edge = places[at + 1] if at + 1 < last else stop
            found = self.patterns.cell.findall(self.data, places[at], edge)
            columns = [_NUMBERS[cell[0]] for cell in found]
            row = b"%d" % numbers[at]
            if (
                len(found) != self.data.count(self._cell_tag, places[at], edge)
                or not all(map(lt, columns, columns[1:]))
                or any(cell[1] != row for cell in found)
                or (columns and columns[-1] > MAX_COLUMN)
            ):
                raise self._misplaced(places[at], edge, numbers[at])
            yield numbers[at], columns, found

    @cached_property
    def _cell_tag(self) -> bytes:
        return b'<%sc r="' % self.prefix

    def _misplaced(self, start: int, stop: int, row: int) -> WorkbookUnreadable:
        """What to raise for a row of cells of which one has an address that cannot be its own."""
        last = 0
        for found in re.compile(self._cell_tag + rb'([^"]*)"').finditer(self.data, start, stop):
            text = found[1].decode()
            there, column = address(text, self.name, "the address of a cell")
            if there != row or column <= last or text != f"{letters(column)}{row}":
                return refused(self.name, f"a cell of row {row}", text)
            last = column
        return refused(
            self.name, f"row {row}", self.data[start : min(stop, start + 99)].decode("utf-8", "replace")
        )

    @cached_property
    def _rows(self) -> tuple[array[int], array[int]]:
        """The numbers of all rows, and where they start. Raises WorkbookUnreadable unless they ascend."""
        numbers, places = array("L"), array("Q")
        for match in self.patterns.row.finditer(self.data, self.start, self.end):
            numbers.append(int(match[1]))
            places.append(match.start())
        if not all(map(lt, numbers, numbers[1:])) or (
            numbers and not 1 <= numbers[0] <= numbers[-1] <= MAX_ROW
        ):
            pairs = zip((0, *numbers), (*numbers, MAX_ROW + 1), strict=True)
            raise refused(
                self.name,
                "the number of a row",
                next(f"{number}" for before, number in pairs if not before < number <= MAX_ROW),
            )
        return numbers, places

    def column_styles(self) -> dict[int, int]:
        """The format of each whole column that has one."""
        return {
            column: whole(style, self.name, "the format of a column")
            for column, style in self._of_columns("style")
        }

    def column_widths(self) -> dict[int, float]:
        """The width, in characters, of each column that has one of its own."""
        return {
            column: number(width, self.name, "the width of a column")
            for column, width in self._of_columns("width")
        }

    def _of_columns(self, name: str) -> Iterator[tuple[int, str]]:
        last = 0
        for match in self.patterns.column.finditer(self.data, 0, self.tag):
            at = attributes(match[1] or b"")
            first = whole(at.get("min", ""), self.name, "the first of some columns", last + 1, MAX_COLUMN)
            last = whole(at.get("max", ""), self.name, "the last of some columns", first, MAX_COLUMN)
            if name in at:
                for column in range(first, last + 1):
                    yield column, at[name]

    def row_styles(self) -> dict[int, int]:
        """The format of each whole row that has one."""
        if self.data.find(b"customFormat=", self.start, self.end) < 0:
            return {}
        found: dict[int, int] = {}
        for match in self.patterns.row.finditer(self.data, self.start, self.end):
            if b"customFormat=" in match[0]:
                at = attributes(match[0])
                if flag(at.get("customFormat", "0"), self.name, "whether a row has a format"):
                    found[int(match[1])] = whole(at.get("s", "0"), self.name, "the format of a row")
        return found

    def protection(self) -> dict[str, str] | None:
        """How the sheet is protected, or None if it is not."""
        for found in re.finditer(rb"<(?:\w+:)?sheetProtection(\s[^<>]*)>", self.data[self.end :]):
            held = attributes(found[1])
            if held.get("sheet") in ("1", "true"):
                return held
        return None

    @cached_property
    def merges(self) -> list[Box]:
        """The merged ranges."""
        found = (attributes(match[1] or b"") for match in self.patterns.merge.finditer(self.data, self.end))
        return [box(at.get("ref", ""), self.name, "a merge") for at in found]

    def arrays(self) -> list[Box]:
        """The ranges of array formulas, spills and data tables."""
        if not any(self.data.find(word, self.start, self.end) >= 0 for word in (b"array", b"dataTable")):
            return []
        found = (
            attributes(m[1] or b"") for m in self.patterns.formula.finditer(self.data, self.start, self.end)
        )
        return [
            box(at["ref"], self.name, "the range of an array")
            for at in found
            if at.get("t") in ("array", "dataTable") and "ref" in at
        ]


def _regular(data: bytes, name: str) -> bytes:
    """The same sheet with every row and cell addressed and nothing but elements and text."""
    row, column, prefix = 0, 0, ""

    def addressed(tag: str, attributes: dict[str, str]) -> dict[str, str]:
        nonlocal row, column, prefix
        if not row and tag.endswith("worksheet"):
            prefix = tag.removesuffix("worksheet")
        if tag == prefix + "row":
            row = whole(attributes.get("r", f"{row + 1}"), name, "the number of a row", row + 1, MAX_ROW)
            column = 0
            return {"r": str(row)} | attributes
        if tag == prefix + "c":
            text = attributes.get("r")
            there, column = (
                (row, column + 1) if text is None else address(text, name, "the address of a cell")
            )
            if there != row:
                raise refused(name, f"a cell of row {row}", text or "")
            return {"r": ""} | attributes | {"r": f"{letters(column)}{row}"}
        return attributes

    return rewritten(data, name, addressed)
