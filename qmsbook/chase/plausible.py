"""Whether a figure that came back can be meant: held against what is possible and what was read so far.

It is a question to a person, never a judgement: the figure may be right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import TypeAlias

from qmsbook.book.book import Book
from qmsbook.book.period import Period
from qmsbook.book.tables import Kpi
from qmsbook.methods.method import Assessment
from qmsbook.methods.values import scale_of, value_of
from qmsbook.methods.xmr import natural_limits
from qmsbook.rules.ask import number, slipped

#: A reading: its value, and above and below for a ratio.
Figures: TypeAlias = tuple[float | None, float | None, float | None]
#: So many readings before it, and after it, are looked at.
_NEAR = 24
#: With fewer readings the KPI's own target and baseline are held against it as well.
_FEW = 3
#: So many times the largest, or less than one of so many parts of the smallest, is doubted.
_TIMES = 10.0


def doubt_of(
    book: Book, assessed: Assessment, kpi: Kpi, period: Period, figures: Figures
) -> str:  # fmt: skip
    """Why a reading may not be meant, as a sentence; blank if there is nothing to ask."""
    value, numerator, denominator = figures
    actual = value_of(scale_of(kpi), value, numerator, denominator)
    if actual is None:
        return ""
    low, high = kpi.lowest_possible, kpi.highest_possible
    if low is not None and actual < low:
        return f"{number(actual)} cannot be: {number(low)} is the lowest possible."
    if high is not None and actual > high:
        return f"{number(actual)} cannot be: {number(high)} is the highest possible."
    return _far(book, kpi, actual, _around(assessed, kpi, period)) or _parts(
        book, kpi, period, numerator, denominator
    )


def _around(assessed: Assessment, kpi: Kpi, period: Period) -> list[float]:
    """What was read before and after a period, in the order of time."""
    answers = assessed.kpis.get(kpi.id)
    if answers is None:
        return []
    series = answers.series
    held = [
        (other.last < period.last, actual)
        for other, actual in zip(series.periods, series.actual, strict=True)
        if actual is not None and other.text != period.text and other.text not in series.bad
    ]
    earlier = [actual for is_before, actual in held if is_before]
    return earlier[-_NEAR:] + [actual for is_before, actual in held if not is_before][:_NEAR]


def _far(book: Book, kpi: Kpi, actual: float, around: Sequence[float]) -> str:
    known = list(around)
    if len(known) < _FEW:
        known += [v for v in (kpi.baseline, kpi.target, kpi.low, kpi.high) if v is not None]
    if not known:
        return ""
    span = number(min(known)) if min(known) == max(known) else f"{number(min(known))} to {number(max(known))}"
    told = f"what is known of {kpi.id} so far ({span})"
    sizes = [abs(v) for v in known if v]
    if sizes and slipped(actual, median(sizes), book.settings.scale_slip_factor):
        return f"{number(actual)} looks like a slipped decimal point or percent sign beside {told}."
    beyond = max(min(known) - actual, actual - max(known), 0.0)
    way = natural_limits(around).way if len(around) >= book.settings.too_few_points else None
    if _another_size(actual, sizes, len(sizes) == len(known)) or (way and beyond > way):
        return f"{number(actual)} lies far from {told}."
    return ""


def _another_size(value: float, sizes: Sequence[float], never_zero: bool) -> bool:
    """Whether a figure is ten times as large as all that is known, or ten times as small."""
    most = max(sizes, default=1.0)
    small = never_zero and value != 0 and abs(value) * _TIMES < min(sizes)
    return abs(value) > _TIMES * most or small


def _parts(book: Book, kpi: Kpi, period: Period, numerator: float | None, denominator: float | None) -> str:
    """A ratio of the right size may be made of two numbers of a wrong one: it would outweigh all months."""
    if numerator is None or denominator is None:
        return ""
    held = book.measurements
    known = [
        abs(below) for at in book.readings_of.get(kpi.id, ())
        if (below := held.denominator[at]) and held.period[at] != period.text
    ]  # fmt: skip
    if len(known) < _FEW or not math.isfinite(denominator) or not _another_size(denominator, known, True):
        return ""
    span = f"{number(min(known))} to {number(max(known))}"
    return f"The denominator {number(denominator)} lies far from those of {kpi.id} so far ({span})."
