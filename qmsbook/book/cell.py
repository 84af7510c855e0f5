"""Where something stands in a workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LOOKS_LIKE_CELL = re.compile(r"([A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*)\Z")
_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")

#: Excel holds no longer text in one cell, counted as ``length`` does.
MAX_TEXT = 32_767


def length(text: str) -> int:
    """How long Excel takes a text to be: signs beyond the first 65,536 count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One cell; rows and columns count from 1, as Excel does. Prints as ``KPIs!E7``."""

    sheet: str
    row: int
    column: int

    @property
    def a1(self) -> str:
        """The address without its sheet: ``E7``."""
        return f"{letters(self.column)}{self.row}"

    def __str__(self) -> str:
        return f"{quoted(self.sheet)}!{self.a1}"


def letters(column: int) -> str:
    """The letters of a column: 1 is ``A``, 27 is ``AA``."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(text: str) -> int:
    """The number of a column's letters: ``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def parse_a1(text: str) -> tuple[int, int]:
    """Row and column of an address such as ``E7`` or ``$E$7``. Raises ValueError for anything else."""
    match = _A1.match(text)
    if match is None:
        raise ValueError(f"not a cell address: {text!r}")
    return int(match[2]), column_number(match[1])


def parse_range(text: str) -> tuple[int, int, int, int]:
    """First row, first column, last row, last column of ``A1:C9`` or of a single cell."""
    first, _, last = text.partition(":")
    top, left = parse_a1(first)
    bottom, right = parse_a1(last) if last else (top, left)
    return top, left, bottom, right


def range_a1(top: int, left: int, bottom: int, right: int) -> str:
    """``A1:C9`` from its corners."""
    return f"{letters(left)}{top}:{letters(right)}{bottom}"


def quoted(sheet: str) -> str:
    """A sheet's name as formulas and links spell it: quoted where Excel wants quotes."""
    if _PLAIN.match(sheet) and not _LOOKS_LIKE_CELL.match(sheet):
        return sheet
    return "'" + sheet.replace("'", "''") + "'"
