"""Rows of one shape: the same cells, formats and types; a long table has few shapes and is read by them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from qmsbook.book.table import Value
from qmsbook.hosts.file.patterns import INLINE, INSIDE, prefixed
from qmsbook.hosts.file.scan import SheetXml

#: Makes a value of the bytes in a cell.
Read = Callable[[bytes], Value]
#: A table with more shapes than this is read cell by cell where none of them fits.
_MOST = 16


class Kind(NamedTuple):
    """What the attributes of a cell say: its format's number, and how its content is read.

    ``read`` takes what a ``v`` element holds; ``inline`` what an inline text's cell holds, else it is None.
    """

    style: int
    read: Read
    inline: Read | None


@dataclass(slots=True)
class Shape:
    """One shape: what matches a whole row of it, and what to make of each value that the match gives.

    ``styles`` are the formats by sheet column; ``columns`` say for each value its column and how it is read.
    """

    pattern: re.Pattern[bytes]
    styles: dict[int, int]
    columns: list[tuple[int, Read]]
    found: list[tuple[bytes, ...]] = field(default_factory=list)


class Shapes:
    """The shapes of a sheet's rows, learnt as they come; ``places`` says which columns are wanted."""

    def __init__(self, sheet: SheetXml, places: dict[bytes, int], kind_of: Callable[[bytes], Kind]) -> None:
        self.sheet, self.places, self.kind_of = sheet, places, kind_of
        self.known: list[Shape] = []

    def take(self, start: int, stop: int) -> int:
        """Gathers rows in their shapes; says where the first row starts that is of no known shape."""
        data, place, known = self.sheet.data, start, self.known
        while place < stop:
            for shape in known:
                match = shape.pattern.match(data, place)
                if match:
                    break
            else:
                match = self._learn(place, stop)
                if match is None:
                    return place
                shape = known[-1]
            if shape is not known[0]:
                # Neighbours are alike: the shape that was met last is tried first.
                known.remove(shape)
                known.insert(0, shape)
            shape.found.append(match.groups())
            place = match.end()
        return place

    def _learn(self, start: int, stop: int) -> re.Match[bytes] | None:
        shape = _shape(self, start, stop) if len(self.known) < _MOST else None
        match = shape.pattern.match(self.sheet.data, start) if shape else None
        if shape and match:
            self.known.append(shape)
        return match


def _shape(of: Shapes, start: int, stop: int) -> Shape | None:
    """The shape of the row at a place, or None if one of its cells has to be looked at by itself."""
    sheet, places, kind_of = of.sheet, of.places, of.kind_of
    data = sheet.data
    edge = data.find(b"</%srow>" % sheet.prefix, start, stop)
    pieces = [rb'\s*<@row r="([0-9]+)"[^<>/]*>']
    styles: dict[int, int] = {}
    columns: list[tuple[int, Read]] = []
    for match in sheet.patterns.cell.finditer(data, start, max(edge, start)):
        column, _, rest, raw, content = match.groups()
        kind, place = kind_of(rest), places.get(column)
        pieces.append(rb'<@c r="%s\1"%s' % (column, re.escape(rest).replace(b"@", rb"\x40")))
        read, group = kind.read, b"(?:%s)"
        if place is not None:
            styles[place] = kind.style
            group = b"(%s)"
        if raw:
            pieces.append(rb"><@v>%s</@v></@c>" % group % b"[^<]+")
        elif content and kind.inline is not None:
            read = kind.inline
            # Either the one or the other: had a cell two ways to match, a row of them would have thousands.
            plain = re.fullmatch(prefixed(INLINE, sheet.prefix), content)
            pieces.append(rb">%s</@c>" % group % (INLINE if plain else INSIDE))
        elif match[0].endswith(b"/>"):
            pieces.append(b"/>")
            continue
        else:
            return None
        if place is not None:
            columns.append((place, read))
    pieces.append(rb"</@row>")
    pattern = prefixed(b"".join(pieces), sheet.prefix)
    return Shape(re.compile(pattern, re.DOTALL), styles, columns) if edge >= 0 else None
