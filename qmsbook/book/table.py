"""What a table is: as a host saw it, as it is declared, and a row that knows its cells."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal, TypeAlias

from qmsbook.book.cell import Cell


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """An error that Excel shows in a cell, such as ``#N/A``."""

    code: str

    def __str__(self) -> str:
        return self.code


#: What a cell can hold. Numbers are floats; a date with a time of day is a ``datetime``, which is a date too.
Value: TypeAlias = None | bool | float | str | date | ErrorValue


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table as a host saw it, column by column.

    ``row`` and ``column`` are those of the first header. ``columns`` holds one list per header, all as long
    as the table has rows; ``formulas`` and ``percent`` say, per column, which rows (from 0) hold a formula
    (with its text, without ``=``) and which are formatted as a percent. ``marker`` is set for a table that
    stands on a generated sheet. ``merges`` are the merged ranges that meet its rows: first row, first column,
    last row, last column on the sheet.
    """

    name: str
    sheet: str
    row: int
    column: int
    headers: tuple[str, ...]
    columns: tuple[list[Value], ...]
    formulas: tuple[Mapping[int, str], ...] = ()
    percent: tuple[frozenset[int], ...] = ()
    marker: str = ""
    merges: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def rows(self) -> int:
        """How many rows stand below the header, blank ones included."""
        return len(self.columns[0]) if self.columns else 0

    def cell(self, row: int, column: int) -> Cell:
        """The cell of a row and a column, both counted from 0; row -1 is the header."""
        return Cell(self.sheet, self.row + 1 + row, self.column + column)

    def formula(self, row: int, column: int) -> str | None:
        """The formula in a cell, without ``=``, or None."""
        return self.formulas[column].get(row) if self.formulas else None

    def is_percent(self, row: int, column: int) -> bool:
        """Whether a cell is formatted as a percent."""
        return bool(self.percent) and row in self.percent[column]

    def covered(self, column: int) -> dict[int, tuple[int, int, int, int]]:
        """The rows of a column (from 0) whose cells lie inside a merge without being its first cell."""
        at, found = self.column + column, {}
        for box in self.merges:
            top, left, bottom, right = box
            if left <= at <= right:
                first = max(top + (left == at), self.row + 1)
                for row in range(first, min(bottom, self.row + self.rows) + 1):
                    found[row - self.row - 1] = box
        return found

    def find(self, header: str) -> int | None:
        """The place of a header, compared as people mean it (see ``header_key``), or None."""
        wanted = header_key(header)
        for place, text in enumerate(self.headers):
            if header_key(text) == wanted:
                return place
        return None


def header_key(text: str) -> str:
    """What of a header counts: the text before any bracket, without case and outer or doubled spaces.

    >>> header_key(" Target  (in %) ") == header_key("target")
    True
    """
    return re.sub(r"\s+", " ", re.split(r"[(\[]", text, maxsplit=1)[0]).strip().casefold()


Kind = Literal["text", "number", "date", "flag", "choice", "id", "ref", "refs", "period", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column's declaration, from which come its reader, drop-down, input message and docs.

    ``kind`` says how a cell is read: ``text`` str; ``number`` float or None; ``date`` date or None; ``flag``
    bool or None (yes, no, blank); ``choice`` one of ``choices``; ``id`` this row's id; ``ref`` one id of
    another row; ``refs`` several, as a tuple; ``period`` the period's text; ``any`` the cell as it is.
    ``refers`` names the tables that a ref may point into (``People`` for a person, ``*`` for any id).
    ``suggest``: the choices are only offered, own words are welcome. ``low`` and ``high`` bound a number.
    ``essential`` columns are shown, the rest come folded; ``computed`` ones are written by qmsbook.
    ``default`` is what a blank or unreadable cell counts as, ``example`` what a docs example shows.
    """

    header: str
    help: str
    example: Value
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    suggest: bool = False
    refers: tuple[str, ...] = ()
    essential: bool = False
    computed: bool = False
    default: Any = None
    low: float | None = None
    high: float | None = None
    whole: bool = False
    width: float = 14
    number_format: str = ""

    @property
    def required_kind(self) -> str:
        """What a person would call the kind of value that belongs here."""
        match self.kind:
            case "number":
                return "a whole number" if self.whole else "a number"
            case "date":
                return "a date"
            case "flag":
                return "yes or no"
            case "choice":
                return "one of: " + ", ".join(self.choices)
            case "period":
                return "a period such as 2026-10, 2026-Q3, 2026 or 2026-W05"
            case _:
                return "text"


_BLANKS: dict[str, Any] = {"text": "", "choice": "", "id": "", "ref": "", "refs": (), "period": ""}


def column(header: str, help: str, example: Value, **more: Any) -> Any:
    """A field of a record that declares its column: ``unit: str = column("Unit", "What counts.", "%")``."""
    declared = Column(header=header, help=help, example=example, **more)
    default = declared.default if declared.default is not None else _BLANKS.get(declared.kind)
    return field(default=default, metadata={"column": dataclasses.replace(declared, default=default)})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands: what its records need to know their cells.

    ``columns`` maps the record's field names to sheet columns; a column that the workbook lacks is absent.
    """

    table: str
    sheet: str
    row: int
    columns: Mapping[str, int]

    def cell(self, row: int, name: str) -> Cell:
        """The cell of a field in a sheet row; the row's first known cell if the column is absent."""
        found = self.columns.get(name)
        if found is None:
            found = min(self.columns.values(), default=1)
        return Cell(self.sheet, row, found)


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row of a table; a subclass declares the table. ``row`` is the sheet row it was read from.

    ``TABLE`` is the Excel table's name, ``TITLE`` the sheet's name in a new workbook, ``KEY`` the field that
    names the row, ``NAME`` the field that tells people what it is.
    """

    TABLE: ClassVar[str]
    TITLE: ClassVar[str]
    KEY: ClassVar[str] = "id"
    NAME: ClassVar[str] = ""
    REQUIRED: ClassVar[bool] = False

    place: Place = field(repr=False, compare=False)
    row: int = field(compare=False)

    def cell(self, name: str) -> Cell:
        """The cell of a field."""
        return self.place.cell(self.row, name)

    @property
    def key(self) -> str:
        """What names the row: its id, or the first column's text."""
        return str(getattr(self, self.KEY))

    @property
    def label(self) -> str:
        """Id and name, as messages say it: ``K03 (On-time delivery)``."""
        name = str(getattr(self, self.NAME)) if self.NAME else ""
        return f"{self.key} ({name})" if name and name != self.key else self.key


def columns_of(record: type[Record]) -> dict[str, Column]:
    """The declared columns of a table by field name, in the order of the sheet."""
    found = _DECLARED.get(record)
    if found is None:
        declared = (f for f in dataclasses.fields(record) if "column" in f.metadata)
        found = _DECLARED[record] = {f.name: f.metadata["column"] for f in declared}
    return found


_DECLARED: dict[type[Record], dict[str, Column]] = {}
