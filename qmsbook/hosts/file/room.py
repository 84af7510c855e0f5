"""How high a row must be for the texts that are written into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qmsbook.book.metrics import height
from qmsbook.book.table import Value
from qmsbook.hosts.file.cells import Formula
from qmsbook.hosts.file.formats import Formats
from qmsbook.hosts.file.scan import SheetXml

#: The width, in characters, of a column that has none of its own.
_PLAIN = 8.43
#: The height, in points, of a row of one line, whatever the type: it is left to Excel.
_ONE_LINE = 20.0


class Room:
    """What the columns and formats of a sheet mean for the height of its rows."""

    def __init__(self, sheet: SheetXml, formats: Formats) -> None:
        self.widths, self.sizes = sheet.column_widths(), formats.wraps

    def needed(
        self, column: int, rows: Sequence[int], values: Sequence[Value | Formula], styles: Sequence[int]
    ) -> Iterator[tuple[int, float]]:
        """The rows whose new text is broken into several lines, and the points that they take."""
        width = self.widths.get(column, _PLAIN)
        for row, value, style in zip(rows, values, styles, strict=True):
            # Narrow letters are half as wide as the figures that a column's width is counted in.
            if isinstance(value, str) and len(value) * 2 > width and style in self.sizes:
                points = height([(value, width, self.sizes[style], False)])
                if points > _ONE_LINE:
                    yield row, points
