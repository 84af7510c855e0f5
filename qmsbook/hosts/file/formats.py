"""What a cell's number format makes of its number: a date, a time, a percent, or just a number."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.foreign import check_main, number, only, whole
from qmsbook.hosts.file.text import shown
from qmsbook.hosts.file.xml import parse

Sort = Literal["number", "date", "time", "percent"]

_BUILTIN_DATES = frozenset([14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58])
_BUILTIN_TIMES = frozenset([18, 19, 20, 21, *range(32, 36), 45, 46, 47, 55, 56])
_BUILTIN_PERCENTS = frozenset([9, 10])
_NOT_TOKENS = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\[\]]*\]|AM/PM|A/P|General', re.IGNORECASE
)
_DAY = 86_400_000


@lru_cache(maxsize=1024)
def sort_of_code(code: str) -> Sort:
    """What a custom format code shows, judged by its first section.

    >>> [sort_of_code(code) for code in ("yyyy-mm-dd", '0.0" dry"', "0.0%;-0.0%", "[h]:mm")]
    ['date', 'number', 'percent', 'time']
    """
    tokens = _NOT_TOKENS.sub("", code).partition(";")[0].lower()
    if "y" in tokens or "d" in tokens:
        return "date"
    if "m" in tokens and "h" not in tokens and "s" not in tokens:
        return "date"
    if "h" in tokens or "s" in tokens or "m" in tokens:
        return "time"
    return "percent" if "%" in tokens else "number"


class Formats:
    """The cell formats of a workbook by their number in ``cellXfs``.

    A time of day alone is no date: its number is a part of a day. ``wraps`` has the type size, in points, of
    the formats that break long text into lines.
    """

    def __init__(self, styles: bytes | None, date1904: bool = False, part: str = "") -> None:
        self.date1904 = date1904
        self.sorts: list[Sort] = ["number"]
        self.wraps: dict[int, float] = {}
        if styles is not None:
            root = parse(styles, part)
            check_main(root, part)
            self.sorts = _sorts(root, part) or ["number"]
            self.wraps = _wraps(root, part)
        self.percents = frozenset(place for place, sort in enumerate(self.sorts) if sort == "percent")
        self.times = frozenset(place for place, sort in enumerate(self.sorts) if sort == "time")
        self.dates = frozenset(place for place, sort in enumerate(self.sorts) if sort == "date")

    def day(self, serial: float) -> date | float:
        """The date of a serial number, with its time of day if it has one; the number if no date has it."""
        if not -1e7 < serial < 1e7:
            return serial
        days, ticks = divmod(round(serial * _DAY), _DAY)
        first = date(1904, 1, 1) if self.date1904 else date(1899, 12, 30 if days >= 60 else 31)
        # Excel counts a 29 February 1900 that never was: serial 60 is no date.
        if days > 2_958_465 or days < (0 if self.date1904 else 1) or (days == 60 and not self.date1904):
            return serial
        try:
            day = first + timedelta(days=days)
        except OverflowError:
            return serial
        if not ticks:
            return day
        return datetime(day.year, day.month, day.day) + timedelta(milliseconds=ticks)

    def serial(self, value: date) -> float | None:
        """The serial number of a date, or None if this workbook can count none."""
        day = value.date() if isinstance(value, datetime) else value
        days = (day - date(1904, 1, 1)).days if self.date1904 else (day - date(1899, 12, 30)).days
        if not self.date1904 and days <= 60:
            days -= 1
        if days < (0 if self.date1904 else 1):
            return None
        if not isinstance(value, datetime):
            return float(days)
        midnight = datetime(value.year, value.month, value.day)
        return days + round((value - midnight) / timedelta(milliseconds=1)) / _DAY


def _sorts(root: Element, part: str) -> list[Sort]:
    def id_of(item: Element, default: str = "") -> int:
        return whole(item.get("numFmtId", default), part, "the id of a number format")

    codes = {id_of(found): shown(found.get("formatCode")) for found in only(root, part, "numFmts", "numFmt")}
    return [_sort(id_of(xf, "0"), codes) for xf in only(root, part, "cellXfs", "xf")]


def _wraps(root: Element, part: str) -> dict[int, float]:
    fonts = (font.first("sz") for font in only(root, part, "fonts", "font"))
    sizes = [11.0 if size is None else number(size.get("val", "11"), part, "a type size") for size in fonts]
    wraps = {}
    for place, xf in enumerate(root.all("cellXfs", "xf")):
        alignment = xf.first("alignment")
        if alignment is not None and alignment.get("wrapText") in ("1", "true"):
            font = whole(xf.get("fontId", "0"), part, "the number of a font")
            wraps[place] = sizes[font] if font < len(sizes) else 11.0
    return wraps


def _sort(id: int, codes: dict[int, str]) -> Sort:
    if id in codes:
        return sort_of_code(codes[id])
    if id in _BUILTIN_DATES:
        return "date"
    if id in _BUILTIN_TIMES:
        return "time"
    return "percent" if id in _BUILTIN_PERCENTS else "number"
