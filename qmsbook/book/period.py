"""Periods: months, ISO weeks, and fiscal quarters, halves and years, written as text."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

Frequency = Literal["weekly", "monthly", "quarterly", "half-yearly", "yearly"]

_PATTERN = re.compile(r"(\d{4})(?:-(?:(\d{1,2})|Q([1-4])|H([12])|W(\d{1,2})))?\Z", re.IGNORECASE)
_MONTHS_IN: dict[str, int] = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FULL = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole days with the text that names it; ``first`` and ``last`` are both inside.

    ``fiscal_start`` is the month (1-12) in which the fiscal year begins: quarters, halves and years are
    fiscal and carry the calendar year in which the fiscal year ends; months and ISO weeks are calendar.
    """

    text: str
    frequency: Frequency
    first: date
    last: date
    fiscal_start: int = 1

    def __str__(self) -> str:
        return self.text

    @property
    def title(self) -> str:
        """The text with its months: ``2026-Q3 (Jul-Sep 2026)``, ``2026-10 (Oct 2026)``."""
        return f"{self.text} ({self.months})"

    @property
    def months(self) -> str:
        """The months, or the days of a week: ``Jul-Sep 2026``, ``Nov 2025-Oct 2026``, ``Feb 2-8, 2026``."""
        first, last = self.first, self.last
        if self.frequency == "weekly":
            end = f"{last.day}" if first.month == last.month else f"{_NAMES[last.month - 1]} {last.day}"
            return f"{_NAMES[first.month - 1]} {first.day}-{end}, {last.year}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{_NAMES[last.month - 1]} {last.year}"
        head = _NAMES[first.month - 1] + (f" {first.year}" if first.year != last.year else "")
        return f"{head}-{_NAMES[last.month - 1]} {last.year}"

    @property
    def spoken(self) -> str:
        """As a sentence would say it: ``September 2026``, ``Jul-Sep 2026``."""
        if self.frequency == "monthly":
            return f"{_FULL[self.last.month - 1]} {self.last.year}"
        return self.months

    @property
    def next(self) -> Period:
        """The period of the same kind that follows."""
        return period_of(self.last + timedelta(days=1), self.frequency, self.fiscal_start)

    @property
    def previous(self) -> Period:
        """The period of the same kind before it."""
        return period_of(self.first - timedelta(days=1), self.frequency, self.fiscal_start)

    def contains(self, other: Period) -> bool:
        """Whether the other period's last day lies in this one."""
        return self.first <= other.last <= self.last


@lru_cache(maxsize=8192)
def parse_period(text: str, fiscal_start: int = 1) -> Period | None:
    """The period that a text names (``2026-10``, ``2026-Q3``, ``2026``, ``2026-W05``), or None."""
    match = _PATTERN.match(text.strip())
    if match is None:
        return None
    year = int(match[1])
    if not 1901 <= year <= 9998:
        return None
    if match[2]:
        return _month(year, int(match[2]), fiscal_start)
    if match[3]:
        return _fiscal(year, "quarterly", int(match[3]), fiscal_start)
    if match[4]:
        return _fiscal(year, "half-yearly", int(match[4]), fiscal_start)
    if match[5]:
        return _week(year, int(match[5]), fiscal_start)
    return _fiscal(year, "yearly", 1, fiscal_start)


@lru_cache(maxsize=8192)
def period_of(day: date, frequency: Frequency, fiscal_start: int = 1) -> Period:
    """The period of a frequency in which a day falls."""
    if frequency == "weekly":
        year, week, _ = day.isocalendar()
        found = _week(year, week, fiscal_start)
    elif frequency == "monthly":
        found = _month(day.year, day.month, fiscal_start)
    else:
        year = fiscal_year(day, fiscal_start)
        place = (day.month - fiscal_start) % 12 // _MONTHS_IN[frequency] + 1
        found = _fiscal(year, frequency, place, fiscal_start)
    assert found is not None
    return found


def fiscal_year(day: date, fiscal_start: int = 1) -> int:
    """The calendar year in which the day's fiscal year ends."""
    return day.year + (1 if fiscal_start > 1 and day.month >= fiscal_start else 0)


def periods_between(first: date, last: date, frequency: Frequency, fiscal_start: int = 1) -> list[Period]:
    """The periods of a frequency whose last day lies between two days, both included, in order."""
    found: list[Period] = []
    period = period_of(first, frequency, fiscal_start)
    while period.last <= last:
        found.append(period)
        period = period.next
    return found


def latest_ended(on: date, frequency: Frequency, fiscal_start: int = 1) -> Period:
    """The last period that is over on a day: its last day is before that day."""
    return period_of(on, frequency, fiscal_start).previous


def _month(year: int, month: int, fiscal_start: int) -> Period | None:
    if not 1 <= month <= 12:
        return None
    last = date(year, month, monthrange(year, month)[1])
    return Period(f"{year}-{month:02d}", "monthly", date(year, month, 1), last, fiscal_start)


def _week(year: int, week: int, fiscal_start: int) -> Period | None:
    try:
        first = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return Period(f"{year}-W{week:02d}", "weekly", first, first + timedelta(days=6), fiscal_start)


def _fiscal(year: int, frequency: Frequency, place: int, fiscal_start: int) -> Period:
    size = _MONTHS_IN[frequency]
    begin = (year - (1 if fiscal_start > 1 else 0)) * 12 + fiscal_start - 1 + (place - 1) * size
    end = begin + size - 1
    first = date(begin // 12, begin % 12 + 1, 1)
    last = date(end // 12, end % 12 + 1, monthrange(end // 12, end % 12 + 1)[1])
    suffix = {"quarterly": f"-Q{place}", "half-yearly": f"-H{place}", "yearly": ""}[frequency]
    return Period(f"{year}{suffix}", frequency, first, last, fiscal_start)
