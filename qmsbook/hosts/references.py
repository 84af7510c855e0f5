"""References in formulas that end at a table's last row: said anew when the table has grown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qmsbook.book.cell import column_number

#: A text; a range, with its sheet where one is named (``[...]``: of another workbook); columns of a table.
#: Excel writes ``!`` behind a sheet's name, LibreOffice a point.
_PIECES = re.compile(
    r'"(?:[^"]|"")*"'
    r"|(?<![\w.$!:\]])(?:(?P<sheet>\$?'(?:[^']|'')*'|\$?(?:\[[^\[\]]*\])?[^\W\d][\w.]*?)(?P<mark>[!.]))?"
    r"(?P<left>\$?[A-Za-z]{1,3})(?P<top>\$?[0-9]{1,7}):(?P<right>\$?[A-Za-z]{1,3})(?P<bottom>\$?[0-9]{1,7})"
    r"(?![\w.(!])"
    r"|'(?:[^']|'')*'!?"
    r"|\[[^\[\]]*(?:\[[^\]]*\][^\[\]]*)*\]"
)


@dataclass(frozen=True, slots=True)
class Growth:
    """A table that is made longer by ``rows``; the box, counted from 1, is what it had, header included."""

    table: str
    sheet: str
    box: tuple[int, int, int, int]
    rows: int


@dataclass(frozen=True, slots=True)
class At:
    """The cell whose formula is looked at."""

    sheet: str
    row: int
    column: int


def extended(text: str, sheet: str, growths: Sequence[Growth], at: At | None = None) -> str:
    """A formula whose ranges that ended at a table's last row reach its new one.

    ``sheet`` is where a range stands that names no sheet. A single cell stays what it is; so does, in a
    table's own last row, a range down to that very row (a running total).

    >>> grown = [Growth("KPIs", "My KPIs", (1, 1, 33, 9), 2)]
    >>> extended("SUM('My KPIs'!C$2:C$33)/C33+COUNT([1]KPIs!C2:C33)", "Own", grown)
    "SUM('My KPIs'!C$2:C$35)/C33+COUNT([1]KPIs!C2:C33)"
    """

    def said(match: re.Match[str]) -> str:
        if match["bottom"] is None:
            return match[0]
        named = match["sheet"]
        where = sheet if named is None else _plain(named)
        for growth in growths:
            if where.casefold() == growth.sheet.casefold() and _ends_with(match, growth, at):
                mark = "$" if match["bottom"][0] == "$" else ""
                start = match.start("bottom") - match.start()
                return f"{match[0][:start]}{mark}{growth.box[2] + growth.rows}"
        return match[0]

    return _PIECES.sub(said, text)


def _plain(name: str) -> str:
    name = name.removeprefix("$")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _ends_with(match: re.Match[str], growth: Growth, at: At | None) -> bool:
    top, left, bottom, right = growth.box
    first, last = int(match["top"].lstrip("$")), int(match["bottom"].lstrip("$"))
    start, end = (column_number(match[side].lstrip("$")) for side in ("left", "right"))
    if last != bottom or first > last or (first == last and last != top + 1):
        return False
    if not (left <= start <= end <= right or (start <= left and right <= end)):
        return False
    within = (
        at is not None
        and at.sheet.casefold() == growth.sheet.casefold()
        and at.row == bottom
        and left <= at.column <= right
    )
    return not (within and match["bottom"][0] != "$")


def ends_at(growths: Sequence[Growth]) -> re.Pattern[bytes]:
    """What a text must hold to be worth a closer look."""
    rows = b"|".join(b"%d" % row for row in sorted({growth.box[2] for growth in growths}))
    return re.compile(rb":\$?[A-Za-z]{1,3}\$?(?:%s)(?![0-9])" % rows)
