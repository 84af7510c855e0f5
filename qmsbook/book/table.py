"""What a table is: as a host saw it, as it is declared, and a row that knows its cells."""

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, compress, count, repeat
from math import isclose
from operator import is_not
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from qmsbook.book.cell import Cell

if TYPE_CHECKING:  # only who asks for a schema pays for what describes one
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """An error that Excel shows in a cell, such as ``#N/A``."""

    code: str

    def __str__(self) -> str:
        return self.code


#: What stands further below a table than this many blank rows has nothing to do with it.
MAX_GAP = 20
#: So many rows beyond a table's last are ready to be typed into: drop-downs and colours reach down to them.
#: To the sheet's end they would make other programs crawl.
ROOM = 5_000

#: What a cell can hold. Numbers are floats; a date with a time of day is a ``datetime``, which is a date too.
Value: TypeAlias = None | bool | float | str | date | ErrorValue


#: Programs store a number with 15 to 17 digits; this far apart, as a share of the larger, it is the same one.
LAST_DIGIT = 1e-12


def alike(one: Value, other: Value) -> bool:
    """Whether two cells hold the same, whichever program stored it: 1, TRUE and "1" are three things.

    A number may differ in its last digits, a line end in its signs, and a cell with an empty text is blank.

    >>> alike(0.8656286950759999, 0.865628695076), alike(None, ""), alike(1.0, True), alike("1", 1.0)
    (True, True, False, False)
    >>> alike("a\\r\\nb", "a\\nb")
    True
    """
    if type(one) is type(other):
        if one == other:
            return True
        if type(one) is float:
            return isclose(one, cast(float, other), rel_tol=LAST_DIGIT)
        return (
            isinstance(one, str)
            and "\r" in one + cast(str, other)
            and _lines(one) == _lines(cast(str, other))
        )
    return one in _BLANK and other in _BLANK


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


_BLANK = (None, "")
#: So many rows are looked at together: pieces of long columns are blank.
_PIECE = 1 << 12


def there(column: Sequence[Value]) -> Iterator[int]:
    """The rows of a column, from 0, that are not blank: a column of a million costs next to nothing.

    >>> list(there([None, 1.0, None, "x"]))
    [1, 3]
    """
    return chain.from_iterable(
        compress(count(start), map(is_not, piece, repeat(None)))
        for start in range(0, len(column), _PIECE)
        if (piece := column[start : start + _PIECE]).count(None) < len(piece)
    )


def parting(ones: Sequence[object], others: Sequence[object]) -> Iterator[int]:
    """The rows in which two columns do not hold the very same object, as far as the shorter one goes.

    >>> list(parting([None, "x", "y"], [None, "x", "z", None]))
    [2]
    """
    return chain.from_iterable(
        compress(count(start), map(is_not, one, others[start : start + _PIECE]))
        for start in range(0, min(len(ones), len(others)), _PIECE)
        if (one := ones[start : start + _PIECE]).count(None) < len(one)
        or others[start : start + _PIECE].count(None) < len(one)
    )


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table as a host saw it, column by column.

    ``row`` and ``column`` are those of the first header. ``columns`` holds one list per header, all as long
    as the table has rows; ``formulas`` and ``percent`` say, per column, which rows (from 0) hold a formula
    (with its text, without ``=``) and which are formatted as a percent. ``marker`` is set for a table that
    stands on a generated sheet. ``merges`` are the merged ranges that meet its rows: first row, first column,
    last row, last column on the sheet. ``below`` is what stands in the table's columns under its last row, as
    far as no more than ``MAX_GAP`` blank rows come between: rows that people typed there, a note, a total.
    ``times`` says, as ``percent`` does, which rows are formatted as a time: 1:30 is kept as 0.0625 of a day.
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
    below: "Table | None" = None
    times: tuple[frozenset[int], ...] = ()

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

    def is_time(self, row: int, column: int) -> bool:
        """Whether a cell is formatted as a time."""
        return bool(self.times) and row in self.times[column]

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell holds anything a person can see or a formula."""
        value = self.columns[column][row]
        seen = value is not None and not (isinstance(value, str) and not value.strip())
        return seen or self.formula(row, column) is not None

    def holding(self) -> list[int]:
        """The rows in which anything stands."""
        places = range(len(self.columns))
        return [row for row in range(self.rows) if any(self.holds(row, place) for place in places)]

    def cut(self, first: int, stop: int) -> "Table":
        """Some of its rows as a table of their own, with nothing below it."""
        kept = range(first, min(stop, self.rows))
        return dataclasses.replace(
            self,
            row=self.row + first,
            columns=tuple(values[first:stop] for values in self.columns),
            formulas=tuple({row - first: t for row, t in f.items() if row in kept} for f in self.formulas),
            percent=tuple(frozenset(row - first for row in rows if row in kept) for rows in self.percent),
            times=tuple(frozenset(row - first for row in rows if row in kept) for rows in self.times),
            merges=tuple(
                box for box in self.merges if box[2] > self.row + first and box[0] <= self.row + stop
            ),
            below=None,
        )

    def split(self, rows: int) -> "Table":
        """The table of its first rows; what is left of it stands below, as far as that goes."""
        rest, last = self.cut(rows, self.rows), -1
        for row in rest.holding():
            if row > last + MAX_GAP + 1:
                break
            last = row
        return dataclasses.replace(self.cut(0, rows), below=rest.cut(0, last + 1) if last >= 0 else None)

    def with_below(self, rows: int) -> "Table":
        """The table with the first rows of what stands below as its own."""
        if self.below is None or rows <= 0:
            return self
        own, more = self.rows, self.below
        formulas = [
            {**one, **{own + row: text for row, text in other.items()}}
            for one, other in zip(self.formulas, more.formulas, strict=True)
        ]
        percent = [
            frozenset([*one, *(own + row for row in other)]) if other else one
            for one, other in zip(self.percent, more.percent, strict=True)
        ]
        times = [
            frozenset([*one, *(own + row for row in other)]) if other else one
            for one, other in zip(self.times, more.times, strict=True)
        ]
        columns = [one + other for one, other in zip(self.columns, more.columns, strict=True)]
        whole = dataclasses.replace(
            self,
            columns=tuple(columns),
            formulas=tuple(formulas),
            percent=tuple(percent),
            times=tuple(times),
            merges=tuple(sorted({*self.merges, *more.merges})),
            below=None,
        )
        return whole.split(own + rows)

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


@lru_cache(maxsize=4096)
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
    A flag's ``choices`` are what it may be besides yes and no. ``suggest``: the choices are only offered,
    own words are welcome. ``low`` and ``high`` bound a number.
    ``words`` are read as numbers, and offered beside them: high as 5.
    ``essential`` columns are shown, the rest come folded; ``computed`` ones are written by qmsbook.
    ``reads`` names the spellings that a cell takes beyond its kind: see ``book/meant.py``.
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
    words: tuple[tuple[str, float], ...] = ()
    reads: Literal["", "target", "bound", "figure", "direction", "frequency", "end", "active", "span"] = ""
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
                return " or ".join(", ".join(("yes", "no", *self.choices)).rsplit(", ", 1))
            case "choice":
                return "one of: " + ", ".join(self.choices)
            case "period":
                return "a period such as 2026-10, 2026-Q3, 2026-H1, 2026 or 2026-W05"
            case _:
                return "text"

    def fits(self, value: Any) -> bool:
        """Whether a value that was read, or its default, belongs here by choice and bounds."""
        if value == self.default or value is None:
            return True
        if isinstance(value, float | int) and self.kind == "number":
            whole = not self.whole or float(value).is_integer()
            low, high = self.low, self.high
            return whole and (low is None or value >= low) and (high is None or value <= high)
        return self.kind != "choice" or self.open or value in self.choices

    @property
    def open(self) -> bool:
        """Whether other values than its choices belong here: own words, or ``rolling 3``."""
        return self.suggest or self.reads == "span"

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import PydanticCustomError, core_schema

        def belonging(value: Any) -> Any:
            if not self.fits(value):
                raise PydanticCustomError(
                    "off the column", "{takes}", {"takes": f"{self.header} takes {self.required_kind}."}
                )
            return value

        return core_schema.no_info_after_validator_function(belonging, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        found = handler(schema) | {"title": self.header, "description": self.help}
        if self.example not in (None, ""):
            shown = self.example.isoformat() if isinstance(self.example, date) else self.example
            found["examples"] = [[shown] if self.kind == "refs" else shown]
        if self.kind == "choice":
            offered = list(dict.fromkeys([*self.choices, *([self.default] if self.default == "" else [])]))
            found |= {"examples": offered} if self.open else {"enum": offered}
        for each in found.get("anyOf", [found]):
            if each.get("type") == "number":
                bounds = {"minimum": self.low, "maximum": self.high, "multipleOf": 1 if self.whole else None}
                each |= {name: bound for name, bound in bounds.items() if bound is not None}
        return found


_BLANKS: dict[str, Any] = {"text": "", "choice": "", "id": "", "ref": "", "refs": (), "period": ""}


def column(header: str, help: str, example: Value, **more: Any) -> Any:
    """A field of a record that declares its column: ``unit: str = column("Unit", "What counts.", "%")``."""
    if more.get("default") is None:
        more["default"] = _BLANKS.get(more.get("kind", "text"))
    declared = Column(header=header, help=help, example=example, **more)
    found: FieldInfo = Field(default=declared.default)
    found.metadata.append(declared)
    return found


class Model(BaseModel):
    """What is read once and stays as it is; its schema is built only where somebody asks for it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    def changed(self, **changes: Any) -> Self:
        """The same with some fields replaced, as they are: nothing is read or validated again."""
        strange = changes.keys() - type(self).model_fields.keys()
        if strange:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(strange))}.")
        return self.model_copy(update=changes)


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


class Record(Model):
    """One row of a table; a subclass declares the table. ``row`` is the sheet row it was read from.

    ``TABLE`` is the Excel table's name, ``TITLE`` the sheet's name in a new workbook, ``KEY`` the field that
    names the row, ``NAME`` the field that tells people what it is. Two rows are equal if they say the same,
    wherever they stand.
    """

    TABLE: ClassVar[str]
    TITLE: ClassVar[str]
    KEY: ClassVar[str] = "id"
    NAME: ClassVar[str] = ""
    REQUIRED: ClassVar[bool] = False

    place: SkipJsonSchema[Place] = Field(repr=False, exclude=True)
    row: SkipJsonSchema[int] = Field(exclude=True)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def _said(self) -> tuple[Any, ...]:
        return tuple(value for name, value in self.__dict__.items() if name not in {"place", "row"})

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


def columns_of(record: "type[Record]") -> dict[str, Column]:
    """The declared columns of a table by field name, in the order of the sheet."""
    found = _DECLARED.get(record)
    if found is None:
        declared = ((name, each.metadata) for name, each in record.model_fields.items())
        found = _DECLARED[record] = {
            name: column for name, metadata in declared for column in metadata if isinstance(column, Column)
        }
    return found


_DECLARED: dict[type[Record], dict[str, Column]] = {}
