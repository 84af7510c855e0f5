"""The little that is done to formulas' text: moving one to another cell, and renaming a sheet in it."""

from __future__ import annotations

import re

from qmsbook.book.cell import column_number, letters, quoted

_PIECE = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!?|\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\])"""
    r"|(?<![A-Za-z0-9_.$])(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![A-Za-z0-9_.(!])"
)


def shift(formula: str, rows: int, columns: int) -> str:
    """A formula moved by rows and columns: relative references follow, absolute ones stay.

    >>> shift('A1+$B$2+SUM(C$3:$D4)&"A1"&T[A1]', 1, 1)
    'B2+$B$2+SUM(D$3:$D5)&"A1"&T[A1]'
    """

    def moved(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[0]
        column, row = column_number(match[3]), int(match[5])
        column += 0 if match[2] else columns
        row += 0 if match[4] else rows
        if column < 1 or row < 1:
            return "#REF!"
        return f"{match[2]}{letters(column)}{match[4]}{row}"

    return _PIECE.sub(moved, formula)


def names_sheet(sheet: str) -> re.Pattern[str]:
    """A pattern for the places in a text where a sheet is named before a reference."""
    plain, in_quotes = re.escape(sheet), re.escape("'" + sheet.replace("'", "''") + "'")
    return re.compile(rf"(?:{in_quotes}|(?<![\w'.\]]){plain})!", re.IGNORECASE)


def rename_sheet(text: str, old: str, new: str) -> str:
    """A text of formulas in which one sheet's name gives way to another's.

    >>> rename_sheet("SUM('Old one'!A1:B2)", "Old one", "New")
    'SUM(New!A1:B2)'
    """
    return names_sheet(old).sub(lambda _: quoted(new) + "!", text)
