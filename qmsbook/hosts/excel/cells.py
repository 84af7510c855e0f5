"""What Excel is given so that a value stays what it is: text stays text, a date becomes its number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeAlias

from qmsbook.book.table import ErrorValue, Value
from qmsbook.hosts.file.formats import Formats
from qmsbook.hosts.host import NotStorable

#: One cell's content as Excel is given it.
Given: TypeAlias = None | bool | float | str

DAY, MOMENT, GENERAL = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "General"

#: Words without a digit and without a sign in front are never taken for anything else ...
_HARMLESS = re.compile(r"[^\W\d_][^\d:/\r\n]*[^\d:/\s]\Z")
#: ... but for the words that are TRUE and FALSE in some Excel.
_FLAGS = frozenset(
    [
        *("true", "false", "wahr", "falsch", "vrai", "faux", "verdadero", "falso", "vero", "waar", "onwaar"),
        *("verdadeiro", "sant", "falskt", "sand", "falsk", "usann", "tosi", "epätosi", "prawda", "fałsz"),
        *("pravda", "nepravda", "igaz", "hamis", "doğru", "yanlış"),
    ]
)


def given(value: Value, formats: Formats) -> Given:
    """What Excel is given for a value. Raises NotStorable for a day that the workbook cannot count.

    >>> [given(value, Formats(None)) for value in ("On track", "0012", "=1+1", "TRUE", True)]
    ['On track', "'0012", "'=1+1", "'TRUE", True]
    """
    if isinstance(value, str):
        return value if _HARMLESS.match(value) and value.casefold() not in _FLAGS else "'" + value
    if isinstance(value, ErrorValue):
        return value.code
    if isinstance(value, date):
        serial = formats.serial(value)
        if serial is None:
            raise NotStorable(f"{value} lies before the first day that this workbook can count.")
        return serial
    return value


def format_for(value: Value, is_date: bool) -> str | None:
    """The number format that a cell needs so that a value reads as what it is, or None if its own will do."""
    if isinstance(value, date) and not is_date:
        return MOMENT if isinstance(value, datetime) else DAY
    if type(value) is float and is_date:
        return GENERAL
    return None


def runs(rows: Iterable[int]) -> list[range]:
    """Sorted numbers in runs without gaps.

    >>> runs([1, 2, 3, 7, 8])
    [range(1, 4), range(7, 9)]
    """
    found: list[range] = []
    for row in rows:
        if found and found[-1].stop == row:
            found[-1] = range(found[-1].start, row + 1)
        else:
            found.append(range(row, row + 1))
    return found


def stretches(changed: Sequence[int], never: Iterable[int], whole: bool) -> list[range]:
    """The rows to write: the changed ones, and, if ``whole``, those between them that are not ``never``.

    >>> stretches([0, 4, 9], [2], whole=True), stretches([0, 1, 4], [], whole=False)
    ([range(0, 1), range(4, 10)], [range(0, 2), range(4, 5)])
    """
    if not whole or not changed:
        return runs(changed)
    barred, wanted = set(never), set(changed)
    found = runs(row for row in range(changed[0], changed[-1] + 1) if row not in barred)
    return [
        range(min(inside), max(inside) + 1)
        for each in found
        if (inside := [row for row in each if row in wanted])
    ]
