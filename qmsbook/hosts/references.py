"""References in formulas that end at a table's last row: said anew when the table has grown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qmsbook.book.cell import column_number

_SHEET = r"(?:(?P<{0}>\$?'(?:[^']|'')*'|\$?(?:\[[^\[\]]*\])?[^\W\d][\w.]*?)[!.])?"
#: A text; a range of cells or of whole rows, with its sheet where one is named, once or twice (``[...]``: of
#: another workbook); columns of a table. Excel writes ``!`` behind a sheet's name, LibreOffice a point.
_PIECES = re.compile(
    r'"(?:[^"]|"")*"'
    rf"|(?<![\w.$!:\]]){_SHEET.format('sheet')}(?P<left>\$?[A-Za-z]{{1,3}})?(?P<top>\$?[0-9]{{1,7}})\s*:\s*"
    rf"{_SHEET.format('again')}(?P<right>\$?[A-Za-z]{{1,3}})?(?P<bottom>\$?[0-9]{{1,7}})(?![\w.(!])"
    r"|'(?:[^']|'')*'!?"
    r"|\[[^\[\]]*(?:\[[^\]]*\][^\[\]]*)*\]"
)
#: What a range of whole rows spans.
_LAST_COLUMN = 16_384


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

    Also where the last cell comes first, each end names the sheet, or whole rows are meant.

    >>> extended("SUM('My KPIs'!C33:'My KPIs'!C2)+SUM('My KPIs'!$2:$33)", "Own", grown)
    "SUM('My KPIs'!C35:'My KPIs'!C2)+SUM('My KPIs'!$2:$35)"
    """

    def said(match: re.Match[str]) -> str:
        if match["bottom"] is None or not _is_one_range(match):
            return match[0]
        named = match["sheet"]
        where = sheet if named is None else _plain(named)
        end = "bottom" if _row(match["top"]) <= _row(match["bottom"]) else "top"
        for growth in growths:
            if where.casefold() == growth.sheet.casefold() and _ends_with(match, growth, at, match[end]):
                mark = "$" if match[end][0] == "$" else ""
                start, stop = (place - match.start() for place in match.span(end))
                return f"{match[0][:start]}{mark}{growth.box[2] + growth.rows}{match[0][stop:]}"
        return match[0]

    return _PIECES.sub(said, text)


def _plain(name: str) -> str:
    name = name.removeprefix("$")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _is_one_range(match: re.Match[str]) -> bool:
    """Whether both ends are cells, or both rows, of one sheet."""
    again = match["again"]
    one_sheet = again is None or _plain(again).casefold() == _plain(match["sheet"] or "").casefold()
    return one_sheet and (match["left"] is None) == (match["right"] is None)


def _row(text: str) -> int:
    return int(text.lstrip("$"))


def _ends_with(match: re.Match[str], growth: Growth, at: At | None, end: str) -> bool:
    top, left, bottom, right = growth.box
    first, last = sorted((_row(match["top"]), _row(match["bottom"])))
    start, stop = 1, _LAST_COLUMN
    if match["left"] is not None:
        start, stop = sorted(column_number(match[side].lstrip("$")) for side in ("left", "right"))
    if last != bottom or (first == last and last != top + 1):
        return False
    if not (left <= start <= stop <= right or (start <= left and right <= stop)):
        return False
    within = (
        at is not None
        and at.sheet.casefold() == growth.sheet.casefold()
        and at.row == bottom
        and left <= at.column <= right
    )
    return not (within and end[0] != "$")


def ends_at(growths: Sequence[Growth]) -> re.Pattern[bytes]:
    """What a text must hold to be worth a closer look."""
    rows = b"|".join(b"%d" % row for row in sorted({growth.box[2] for growth in growths}))
    cell = rb"\$?(?:[A-Za-z]{1,3}\$?)?(?:%s)(?![0-9])" % rows
    return re.compile(rb"[:!.]\s*%s|(?<![0-9])(?:%s)\s*:" % (cell, rows))
