"""A value as a cell keeps it: what comes back of it, and whether two are the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import isfinite
from typing import TypeAlias

from qmsbook.book.cell import MAX_TEXT, Cell, length
from qmsbook.book.table import ErrorValue, Table, Value
from qmsbook.hosts.host import NotStorable

#: A table and a row and column of it from 0: a cell is made of them only when it has to be named.
Where: TypeAlias = tuple[Table, int, int]


def _cell(where: Where) -> Cell:
    return where[0].cell(where[1], where[2])


def stored(value: Value | int, where: Where) -> Value:
    """A value as a cell gives it back: whole numbers as floats, midnight as a date, empty text as blank.

    Raises NotStorable for what no cell can hold.
    """
    if type(value) is str and value.isascii() and 0 < len(value) <= MAX_TEXT:
        return value
    if type(value) is float and isfinite(value):
        return value
    if value is None or value == "":
        return None
    if isinstance(value, bool | ErrorValue):
        return value
    if isinstance(value, int | float):
        number = float(value)
        if not isfinite(number):
            raise NotStorable(f"{_cell(where)} would get {number}; a cell holds finite numbers only.")
        return number
    if isinstance(value, datetime):
        return _moment(value, where)
    if isinstance(value, str):
        return _text(value, where)
    return value


def _moment(value: datetime, where: Where) -> date:
    if value.tzinfo is not None:
        raise NotStorable(f"{_cell(where)} would get a time with a time zone, which a cell cannot hold.")
    midnight = datetime(value.year, value.month, value.day)
    ticks = round((value - midnight) / timedelta(milliseconds=1))
    return midnight + timedelta(milliseconds=ticks) if ticks else midnight.date()


def _text(value: str, where: Where) -> str:
    if length(value) > MAX_TEXT:
        raise NotStorable(
            f"{_cell(where)} would get {length(value):,} characters; a cell holds {MAX_TEXT:,}."
        )
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise NotStorable(
            f"{_cell(where)} would get half of a character, which a cell cannot hold."
        ) from None
    return str(value)  # a text that knows more than its letters, such as a unit, comes back as those


def same(one: Value, other: Value) -> bool:
    """Whether two cells hold the same: 1, TRUE and "1" are three different things."""
    return type(one) is type(other) and one == other
