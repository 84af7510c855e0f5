"""Numbers, addresses and indexes as other programs spell them: what Excel takes them for, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import count
from math import isfinite
from typing import TypeVar

from qmsbook.book.cell import column_number
from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.names import MAIN, STRICT_MAIN
from qmsbook.hosts.host import WorkbookUnreadable

#: First row, first column, last row, last column.
Box = tuple[int, int, int, int]

MAX_ROW, MAX_COLUMN = 1 << 20, 1 << 14
#: The largest number that ids and counts are stored in.
MAX_WHOLE = (1 << 32) - 1

_BLANKS = " \t\r\n"
_WHOLE = re.compile(r"(?:(?P<minus>-)|[+])?0{0,32}(?P<digits>[0-9]{1,10})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_CORNERS = re.compile(_ADDRESS.pattern + "(?::" + _ADDRESS.pattern + ")?")
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3})")
_ROWS = re.compile(r"\$?([0-9]{1,7})")
_FLAGS = {"1": True, "true": True, "0": False, "false": False}
_LONGEST = 40

_T = TypeVar("_T")
_column = lru_cache(maxsize=1 << 14)(column_number)


def refused(part: str, what: str, found: str) -> WorkbookUnreadable:
    """What to raise for a text that Excel would take for nothing: it names the part and what stands there."""
    seen = found if len(found) <= _LONGEST else found[: _LONGEST - 1] + "…"
    shown = "".join(letter if letter.isprintable() else "�" for letter in seen)
    return WorkbookUnreadable(f'In {part or "one of its parts"}, {what} is "{shown}".')


def whole(text: str, part: str, what: str, least: int = 0, most: int = MAX_WHOLE) -> int:
    """A whole number within bounds, both included. Raises WorkbookUnreadable for anything else.

    >>> whole(" 007 ", "a.xml", "the id"), whole("-1", "a.xml", "the place", -1)
    (7, -1)
    """
    if text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most:
        return int(text)
    found = _WHOLE.fullmatch(text.strip(_BLANKS))
    number = (-1 if found["minus"] else 1) * int(found["digits"]) if found else least - 1
    if not least <= number <= most:
        raise refused(part, what, text)
    return number


def free(taken: Collection[int], least: int = 1, most: int = MAX_WHOLE) -> int:
    """A number that none of these is: the next one, or the least that is free where that is too large.

    >>> free({1, 7}), free(set()), free({1, 2, 65_534}, most=65_534)
    (8, 1, 3)
    """
    following = max([least - 1, *taken]) + 1
    return following if following <= most else next(n for n in count(least) if n not in taken)


def number(text: str, part: str, what: str = "a number") -> float:
    """A number as cells hold it. Raises WorkbookUnreadable for anything else, too large ones among it.

    >>> number("-1.5E+3", "a.xml")
    -1500.0
    """
    spelled = text.strip(_BLANKS)
    value = float(spelled) if _NUMBER.fullmatch(spelled) else float("nan")
    if not isfinite(value):
        raise refused(part, what, text)
    return value


def flag(text: str, part: str, what: str) -> bool:
    """Yes or no. Raises WorkbookUnreadable for anything else."""
    found = _FLAGS.get(text.strip(_BLANKS))
    if found is None:
        raise refused(part, what, text)
    return found


def address(text: str, part: str, what: str = "an address") -> tuple[int, int]:
    """Row and column of an address such as ``E7``. Raises WorkbookUnreadable for anything else."""
    found = _ADDRESS.fullmatch(text)
    row, column = (int(found[2]), _column(found[1])) if found else (0, 0)
    if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
        raise refused(part, what, text)
    return row, column


def box(text: str, part: str, what: str = "a range") -> Box:
    """The corners of a range: ``A1:C9``, a single cell, whole columns or whole rows.

    Raises WorkbookUnreadable for anything else.

    >>> box("A1:C9", "a.xml"), box("B:C", "a.xml"), box("2:3", "a.xml")
    ((1, 1, 9, 3), (1, 2, 1048576, 3), (2, 1, 3, 16384))
    """
    corners = _CORNERS.fullmatch(text)
    if corners is not None:
        left, top, right, bottom = corners.groups()
        found = int(top), _column(left), int(bottom or top), _column(right or left)
    else:
        found = _lines(text)
    if not (1 <= found[0] <= found[2] <= MAX_ROW and 1 <= found[1] <= found[3] <= MAX_COLUMN):
        raise refused(part, what, text)
    return found


def _lines(text: str) -> Box:
    """Whole columns or whole rows; for anything else corners that no range has."""
    first, _, last = text.partition(":")
    if (columns := _pair(_COLUMNS, first, last)) is not None:
        return 1, _column(columns[0]), MAX_ROW, _column(columns[1])
    if (rows := _pair(_ROWS, first, last)) is not None:
        return int(rows[0]), 1, int(rows[1]), MAX_COLUMN
    return 0, 0, 0, 0


def _pair(pattern: re.Pattern[str], first: str, last: str) -> tuple[str, str] | None:
    one, other = pattern.fullmatch(first), pattern.fullmatch(last)
    return (one[1], other[1]) if one and other else None


def boxes(text: str, part: str, what: str = "a list of ranges") -> list[Box]:
    """The ranges of a list such as ``A1:A9 C1:C9``. Raises WorkbookUnreadable."""
    return [box(each, part, what) for each in text.split()]


def pick(items: Sequence[_T], text: str, part: str, what: str) -> _T:
    """What stands at a place, from 0, of a list. Raises WorkbookUnreadable for a place that it has not."""
    return items[whole(text, part, what, 0, len(items) - 1)]


def check_main(root: Element, part: str) -> None:
    """Raises WorkbookUnreadable for a part that is not written in the language of workbooks."""
    if root.namespace not in (MAIN, STRICT_MAIN):
        raise refused(part, "the namespace", root.namespace)


def only(root: Element, part: str, parent: str, name: str) -> list[Element]:
    """The elements of a list, in order; ``""`` stands for the list itself.

    Raises WorkbookUnreadable for a stranger among them, for what is counted would count wrong.
    """
    listed = root.first(parent) if parent else root
    found = listed.children if listed is not None else []
    if listed is not None and listed.text.strip():
        raise refused(part, f"what stands among its {name} elements", listed.text.strip())
    for each in found:
        if each.name != name:
            raise refused(part, f"one of its {name} elements", each.name)
    return found
