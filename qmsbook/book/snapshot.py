"""What a host hands over: the tables, the generated sheets as they stand, and how those are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from qmsbook.book.table import Table, Value

#: A generated sheet is known by the text in its A1: this, the page's name and, for a review, its period.
MARKER = "qmsbook:"

#: A chart on a generated sheet is qmsbook's if its name begins so.
OUR_CHART = "qmsbook "


@dataclass(frozen=True, slots=True)
class Attached:
    """Something of the user's that hangs on a generated sheet beside its cells.

    ``text`` is what it says: a comment, the words of a text box, the address of a link. It is blank for what
    is more than words, such as a picture; ``what`` names it.
    """

    what: str
    row: int
    column: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A generated sheet as it stands in the workbook: marker, name, every cell that holds something.

    ``attached`` is what people hung on it: none of that is drawn again. ``protected``: nobody can type on it.
    """

    marker: str
    sheet: str
    cells: Mapping[tuple[int, int], Value]
    attached: tuple[Attached, ...] = ()
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side near the top of a sheet that has no table: they may be the headers of one."""

    sheet: str
    row: int
    column: int
    words: tuple[str, ...]


#: So many rows and columns of a sheet without tables are looked at for headers.
LINES, WIDTH = 20, 120


def lines_in(sheet: str, cells: Iterable[tuple[int, int, Value]]) -> tuple[Line, ...]:
    """Words side by side, two or more, among cells given by row and column from 1."""
    found: list[list[tuple[int, int, str]]] = []
    for row, column, value in sorted((r, c, v) for r, c, v in cells if isinstance(v, str) and v.strip()):
        if found and found[-1][-1][:2] == (row, column - 1):
            found[-1].append((row, column, value))
        else:
            found.append([(row, column, value)])
    return tuple(
        Line(sheet, run[0][0], run[0][1], tuple(word for _, _, word in run)) for run in found if len(run) > 1
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a host read: tables, generated sheets, the names of all sheets in order, custom properties.

    ``state`` is the host's own mark of what it read (for a file: its hash); equal marks mean nothing changed.
    ``found`` is set where tables were made longer, in mind only, by the rows typed below them: it is the
    snapshot as the host handed it over, which `apply` wants to see again. ``lines`` are rows of words on
    sheets without tables.
    """

    tables: tuple[Table, ...]
    drawn: tuple[Drawn, ...] = ()
    sheets: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    state: str = ""
    lines: tuple[Line, ...] = field(default=(), repr=False, compare=False)
    found: Snapshot | None = field(default=None, repr=False, compare=False)

    def table(self, name: str) -> Table | None:
        """The first table with a name, whatever its case, or None."""
        wanted = name.casefold()
        return next((table for table in self.tables if table.name.casefold() == wanted), None)

    def sheet(self, marker: str) -> Drawn | None:
        """The generated sheet with a marker, or None."""
        return next((drawn for drawn in self.drawn if drawn.marker == marker), None)
