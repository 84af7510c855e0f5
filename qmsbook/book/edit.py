"""Changes to a workbook, as data; only a host carries them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from qmsbook.book.table import Value


class Keep:
    """Stands for "leave this cell as it is" in a SetColumn."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "KEEP"


KEEP: Final = Keep()


@dataclass(frozen=True, slots=True)
class SetColumn:
    """Write a computed column: one value, or KEEP, per row of the table, in the table's order.

    A cell whose format is a percent gets a hundredth of the number: values are in the unit people read.
    """

    table: str
    header: str
    values: tuple[Value | Keep, ...]


@dataclass(frozen=True, slots=True)
class AppendRows:
    """Add rows below a table's last; each row maps headers to values, other cells stay blank.

    Wholly blank rows at the table's end are filled first.
    """

    table: str
    rows: tuple[Mapping[str, Value], ...]


@dataclass(frozen=True, slots=True)
class GrowTable:
    """Make a table ``rows`` rows long, over rows that people typed below it; no cell of them is touched.

    Comes before other edits of the table. Whenever a table grows, by this or by AppendRows, the user's own
    references that ended at its last row are extended with it.
    """

    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class PutSheet:
    """Put a generated sheet: in place of the sheet that carries the same marker, else as the last one.

    ``content`` is a one-sheet workbook drawn by XlsxWriter. ``name`` is wished for; if a sheet of the user's
    has it, the host uses ``name (qmsbook)``. A sheet that stands keeps the name that the user gave it. A
    sheet drawn with protection stands protected. One that is protected is replaced only with ``unlocks``,
    and only if it takes no password to take its protection off. A new sheet with ``before`` stands in front
    of the first generated sheet whose marker begins so, if there is one.
    """

    marker: str
    name: str
    content: bytes
    unlocks: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class RemoveSheet:
    """Take the generated sheet with this marker out of the workbook; nothing happens if there is none."""

    marker: str


@dataclass(frozen=True, slots=True)
class Fill:
    """One cell to fill: it must still hold ``expected`` (None: blank), or nothing is written at all."""

    row: int
    header: str
    expected: Value
    value: Value


@dataclass(frozen=True, slots=True)
class FillCells:
    """Fill cells that belong to the user, for a command that the person asked for by name.

    Rows count from 0 within the table.
    """

    table: str
    cells: tuple[Fill, ...]


Edit: TypeAlias = SetColumn | AppendRows | GrowTable | PutSheet | RemoveSheet | FillCells
