"""The rows and cells of a sheet's XML, found by position in its bytes."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from qmsbook.book.cell import column_number, letters, parse_range
from qmsbook.hosts.file.xml import rewritten
from qmsbook.hosts.host import WorkbookUnreadable

# Early Python 3.11 goes wrong on possessive quantifiers and atomic groups. So none are used here: what may
# follow a repetition can never be taken by it, and no repetition runs past the tag or the cell that it is in.
#: Plain text between the tags of a cell; ``@`` stands for the prefix of the main namespace.
INLINE = rb"<@is><@t[^<>]*>[^<]*</@t></@is>"
#: Anything that may stand there: no other cell and no row.
INSIDE = rb"[^<]*(?:<(?!/?@(?:c|row)[\s/>])[^<]*)*"
#: What stands between the letters and the end of a cell: row number, other attributes, content.
_CELL = rb"""[0-9]+"[^<>]*>(?:(?<=/>)|(?:<@v>[^<]*</@v>|%s|%s)</@c>)""" % (INLINE, INSIDE)
_ROOT = re.compile(rb"<(?:(\w[\w.-]*):)?(\w+)[\s/>]")
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Patterns:
    """The regular expressions for one prefix of the main namespace.

    ``cell`` gives letters, row number, other attributes, the plain value, and any other content.
    """

    cell: re.Pattern[bytes]
    row: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    value: re.Pattern[bytes]
    merge: re.Pattern[bytes]
    column: re.Pattern[bytes]


@lru_cache(maxsize=16)
def patterns(prefix: bytes) -> Patterns:
    """The patterns for ``b""`` or a prefix such as ``b"x:"``."""

    def made(pattern: bytes) -> re.Pattern[bytes]:
        return re.compile(prefixed(pattern, prefix), re.DOTALL)

    return Patterns(
        made(
            rb'<@c r="([A-Z]+)([0-9]+)"([^<>/]*)(?:/>|>(?:<@v>([^<]*)</@v></@c>|(%s|%s)</@c>))'
            % (INLINE, INSIDE)
        ),
        made(rb'<@row\s(?:[^<>]*?\s)??r="([0-9]+)"[^<>]*>'),
        made(rb"<@f(\s[^<>]*?)?(?:/>|>([^<]*)</@f>)"),
        made(rb"<@v(?:\s[^<>]*)?>([^<]*)</@v>"),
        made(rb"""<@mergeCell\s[^<>]*?ref\s*=\s*["']([^"']*)["']"""),
        made(rb"<@col\s([^<>]*?)/?>"),
    )


def prefixed(pattern: bytes, prefix: bytes) -> bytes:
    """A pattern with the prefix of the main namespace in place of each ``@``."""
    return pattern.replace(b"@", re.escape(prefix))


def cells_in(prefix: bytes, columns: Iterable[int]) -> bytes:
    """A pattern for a cell in one of these columns."""
    endings: dict[bytes, bytes] = {}
    for name in (letters(column).encode() for column in columns):
        endings[name[:-1]] = endings.get(name[:-1], b"") + name[-1:]
    if not endings:
        return b"(?!)"
    names = b"|".join(first + b"[" + last + b"]" for first, last in endings.items())
    return prefixed(b'<@c r="(?:%s)' % names + _CELL, prefix)


class SheetXml:
    """A worksheet's XML: ``data[start:end]`` is what stands between the tags of ``sheetData``.

    ``obstacle`` says why the bytes cannot be spliced, or is empty; the XML is then a rewritten equivalent,
    good for reading only. ``checked`` spares the look for one. ``empty`` says that ``sheetData`` is a single
    closed tag at ``start``.
    """

    def __init__(self, data: bytes, name: str = "", checked: bool = False) -> None:
        root = _ROOT.search(data)
        if root is None or root[2] != b"worksheet":
            raise WorkbookUnreadable(f"The part {name} is not a worksheet.")
        self.data = data
        self.prefix = root[1] + b":" if root[1] else b""
        self.patterns = patterns(self.prefix)
        self.obstacle = ""
        self._find()
        self.obstacle = "" if checked else self._look_for_obstacle()
        if self.obstacle:
            self.data = _regular(self.data, name, self.prefix.decode())
            self._find()
            self.__dict__.pop("_rows", None)

    def _find(self) -> None:
        opening = re.compile(rb"<%ssheetData(?:\s[^<>]*?)?(/)?>" % self.prefix).search(self.data)
        if opening is None:
            raise WorkbookUnreadable("A worksheet has no cell area.")
        self.empty = opening[1] is not None
        self.tag = opening.start()
        self.start = self.end = opening.end()
        if not self.empty:
            self.end = self.data.find(b"</%ssheetData" % self.prefix, self.start)
            if self.end < 0:
                raise WorkbookUnreadable("A worksheet's cell area has no end.")

    def _look_for_obstacle(self) -> str:
        data, prefix, start, end = self.data, self.prefix, self.start, self.end
        if data.find(b"<!", 0) >= 0:
            return "comments or CDATA sections"
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

    @cached_property
    def _rows(self) -> tuple[array[int], array[int]]:
        """The numbers of all rows, and where they start."""
        numbers, places = array("L"), array("Q")
        for match in self.patterns.row.finditer(self.data, self.start, self.end):
            numbers.append(int(match[1]))
            places.append(match.start())
        return numbers, places

    def column_styles(self) -> dict[int, int]:
        """The format of each whole column that has one."""
        return {column: int(style) for column, style in self._of_columns("style")}

    def column_widths(self) -> dict[int, float]:
        """The width, in characters, of each column that has one of its own."""
        return {column: float(width) for column, width in self._of_columns("width")}

    def _of_columns(self, name: str) -> Iterator[tuple[int, str]]:
        for match in self.patterns.column.finditer(self.data, 0, self.tag):
            at = attributes(match[1])
            if name in at:
                for column in range(int(at["min"]), min(int(at["max"]), 16384) + 1):
                    yield column, at[name]

    def row_styles(self) -> dict[int, int]:
        """The format of each whole row that has one."""
        if self.data.find(b"customFormat=", self.start, self.end) < 0:
            return {}
        found: dict[int, int] = {}
        for match in self.patterns.row.finditer(self.data, self.start, self.end):
            if b"customFormat=" in match[0]:
                at = attributes(match[0])
                if at["customFormat"] in ("1", "true"):
                    found[int(match[1])] = int(at.get("s", "0"))
        return found

    def protection(self) -> dict[str, str] | None:
        """How the sheet is protected, or None if it is not."""
        for found in re.finditer(rb"<(?:\w+:)?sheetProtection\s([^<>]*)>", self.data[self.end :]):
            held = attributes(found[1])
            if held.get("sheet") in ("1", "true"):
                return held
        return None

    def merges(self) -> list[tuple[int, int, int, int]]:
        """The merged ranges."""
        return [parse_range(ref[1].decode()) for ref in self.patterns.merge.finditer(self.data, self.end)]

    def arrays(self) -> list[tuple[int, int, int, int]]:
        """The ranges of array formulas, spills and data tables."""
        if not any(self.data.find(word, self.start, self.end) >= 0 for word in (b'"array"', b'"dataTable"')):
            return []
        found = (
            attributes(m[1] or b"") for m in self.patterns.formula.finditer(self.data, self.start, self.end)
        )
        return [
            parse_range(at["ref"]) for at in found if at.get("t") in ("array", "dataTable") and "ref" in at
        ]


_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes in the bytes of a tag, without entities resolved."""
    return {name.decode(): (a or b).decode() for name, a, b in _ATTRIBUTE.findall(tag)}


def _regular(data: bytes, name: str, prefix: str) -> bytes:
    """The same sheet with every row and cell addressed and nothing but elements and text."""
    row_tag, cell_tag, row, column = prefix + "row", prefix + "c", 0, 0

    def addressed(tag: str, attributes: dict[str, str]) -> dict[str, str]:
        nonlocal row, column
        if tag == row_tag:
            row, column = int(attributes.get("r", row + 1)), 0
            return {"r": str(row)} | attributes
        if tag == cell_tag:
            address = attributes.get("r")
            column = column_number(address.rstrip("0123456789")) if address else column + 1
            return {"r": ""} | attributes | {"r": f"{letters(column)}{row}"}
        return attributes

    return rewritten(data, name, addressed)
