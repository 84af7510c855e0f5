"""A KPI's readings as natural limits need them: what may be judged, seasons, segments, drawn limits."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from typing import overload

from qmsbook.book.book import Book
from qmsbook.book.period import Period
from qmsbook.book.tables import Kpi
from qmsbook.book.units import is_percent
from qmsbook.methods.method import Series
from qmsbook.methods.plan import SINCE_START
from qmsbook.methods.xmr import BETTER, TOO_FEW_POINTS, Ways, Xmr, drawn

#: Why there are no limits.
ROLLING_FIGURES, TOO_FEW_YEARS, RARE_EVENTS = "not for rolling figures", "too few years", "rare events"
#: A total over years only grows: there is nothing to ask of it but how far it is.
TOTALS = "not for totals over years"
#: All there is, in percent.
_ALL = 100.0


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of a KPI that limits rest on, in the order of time, without gaps.

    ``at`` are their places in the series, ``values`` their figures (with the season taken out, if there is
    one), ``starts`` the points at which segments begin. ``factors`` say by month of the year how far it lies
    above the year's mean. ``why_not`` is blank, or the word that says why there are no limits.
    """

    at: Sequence[int] = ()
    values: Sequence[float] = ()
    starts: Sequence[int] = (0,)
    factors: Mapping[int, float] = field(default_factory=dict)
    why_not: str = ""

    @property
    def last(self) -> Sequence[float]:
        """The values of the last segment."""
        return self.values[self.starts[-1] :] if self.starts[-1] else self.values


@dataclass(frozen=True, slots=True)
class Chart:
    """What a KPI's chart draws, one entry per period of its series (None where there is nothing).

    Limits are clipped to what is possible and follow the season; ``variation`` is as in ``Xmr``; ``begins``
    are the places at which a segment begins anew; ``why_not`` says why there are no limits. ``xmr`` holds
    the unclipped limits of the points at ``at``.
    """

    mean: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    variation: tuple[str | None, ...]
    begins: tuple[int, ...] = ()
    why_not: str = ""
    xmr: Xmr = field(default_factory=Xmr)
    at: tuple[int, ...] = ()


#: How often a figure is read that can show no seasons.
_NO_SEASONS = frozenset({"yearly", "when it happens", "once"})


def readings_of(book: Book, series: Series) -> Readings:
    """The readings of periods that are over and can be used, and whether limits may be drawn from them."""
    kpi, settings = series.kpi, book.settings
    if kpi.target_is == SINCE_START:
        return Readings(why_not=TOTALS)
    if kpi.target_is != "each period":
        return Readings(why_not=ROLLING_FIGURES)
    at, values = _usable(book, series)
    starts = _starts(kpi, [series.periods[place] for place in at]) if kpi.rebase_on else [0]
    held = values[starts[-1] :]
    if len(held) < settings.too_few_points:
        return Readings(at, values, starts, why_not=TOO_FEW_POINTS)
    if held.count(0.0) > len(held) * settings.rare_events_percent / 100:
        return Readings(at, values, starts, why_not=RARE_EVENTS)
    if not kpi.seasonal or kpi.frequency in _NO_SEASONS:
        return Readings(at, values, starts)
    months = [_month(series.periods[place]) for place in at]
    if months[-1] - months[0] + 1 < settings.seasonal_from_months:
        return Readings(at, values, starts, why_not=TOO_FEW_YEARS)
    factors = _factors(months, values)
    adjusted = [value - factors.get(month % 12, 0.0) for value, month in zip(values, months, strict=True)]
    return Readings(at, adjusted, starts, factors)


def chart(book: Book, series: Series) -> Chart:
    """Mean, limits and signals for each period of a series, as a chart draws them."""
    found, kpi, settings = readings_of(book, series), series.kpi, book.settings
    if found.why_not:
        blank = (None,) * len(series.periods)
        return Chart(blank, blank, blank, blank, why_not=found.why_not)
    direction = kpi.direction if kpi.direction in BETTER else "within"
    ways = Ways(
        settings.baseline_points, settings.screen_moving_ranges, settings.spc_rule_set,
        settings.too_few_points, quiet=True,
    )  # fmt: skip
    xmr = drawn(found.values, found.starts, direction, ways)
    size = len(series.periods)
    ends = bounded(kpi, found.values)
    mean: list[float | None] = [None] * size
    lower, upper, words = list(mean), list(mean), list(xmr.variation)
    variation: list[str | None] = [None] * size
    for segment in xmr.segments:
        for point in range(segment.start, segment.end + 1):
            place = found.at[point]
            more = found.factors.get(_month(series.periods[place]) % 12, 0.0)
            variation[place], mean[place] = words[point], _plus(segment.mean, more)
            lower[place] = possible(ends, _plus(segment.lower, more))
            upper[place] = possible(ends, _plus(segment.upper, more))
    begins = tuple(found.at[start] for start in found.starts[1:])
    return Chart(tuple(mean), tuple(lower), tuple(upper), tuple(variation), begins, "", xmr, tuple(found.at))


def factor(found: Readings, day: date) -> float:
    """How far a day's month lies above the year's mean; 0 without a season."""
    return found.factors.get((day.month - 1) % 12, 0.0)


def _usable(book: Book, series: Series) -> tuple[Sequence[int], Sequence[float]]:
    actual, periods, on = series.actual, series.periods, book.on
    size = len(periods)
    while size and periods[size - 1].last >= on:
        size -= 1
    if not series.bad and None not in actual:
        return range(size), actual[:size]  # type: ignore[return-value]  # no figure of it is None
    good = [v is not None and p.text not in series.bad for v, p in zip(actual[:size], periods, strict=False)]
    at = list(compress(range(size), good))
    return at, [value for place in at if (value := actual[place]) is not None]


def _starts(kpi: Kpi, periods: Sequence[Period]) -> list[int]:
    """The first point, and for each day of *Rebase on* the first that ends on it or later."""
    starts = {0}
    for day in rebase_days(kpi):
        found = next((at for at, period in enumerate(periods) if period.last >= day), 0)
        starts.add(found)
    return sorted(starts)


def rebase_days(kpi: Kpi) -> list[date]:
    """The days in *Rebase on*; what is no day is told by a rule."""
    days = []
    for part in re.split(r"[,;\s]+", kpi.rebase_on):
        try:
            days.append(date.fromisoformat(part))
        except ValueError:
            continue
    return days


def _month(period: Period) -> int:
    """Months since the year 0; its rest by 12 is the month of the year, January being 0."""
    return period.last.year * 12 + period.last.month - 1


def _factors(months: Sequence[int], values: Sequence[float]) -> dict[int, float]:
    """By month of the year, how far it lies above the line through the years, as a mean over all whole years.

    Years are counted back from the last reading; a first part of a year is left out. The line rises by the
    difference between the means of the last and the first year, so that growth is not taken for a season.
    """
    whole = (months[-1] - months[0] + 1) // 12
    years: dict[int, list[float]] = defaultdict(list)
    for month, value in zip(months, values, strict=True):
        years[(months[-1] - month) // 12].append(value)
    means = {year: math.fsum(held) / len(held) for year, held in years.items() if year < whole}
    first = max(means)
    slope = (means[0] - means[first]) / (12 * first) if first and 0 in means else 0.0
    away: dict[int, list[float]] = defaultdict(list)
    for month, value in zip(months, values, strict=True):
        year, before = divmod(months[-1] - month, 12)
        if year in means:
            away[month % 12].append(value - means[year] - slope * (5.5 - before))
    return {month: math.fsum(held) / len(held) for month, held in away.items()}


def _plus(value: float | None, more: float) -> float | None:
    return None if value is None else value + more


def bounded(kpi: Kpi, values: Sequence[float]) -> Kpi:
    """A KPI with the end that its figures show: percents that reach 100, and never pass it, end there.

    Nothing is judged by it: no limit is drawn or told where no figure can be.
    """
    full = kpi.highest_possible is None and is_percent(kpi.unit) and max(values, default=0.0) == _ALL
    return kpi.changed(highest_possible=_ALL) if full else kpi


@overload
def possible(kpi: Kpi, value: float) -> float: ...
@overload
def possible(kpi: Kpi, value: None) -> None: ...
@overload
def possible(kpi: Kpi, value: float | None) -> float | None: ...
def possible(kpi: Kpi, value: float | None) -> float | None:
    """A figure no further than *Lowest possible* and *Highest possible*."""
    if value is None:
        return None
    low, high = kpi.lowest_possible, kpi.highest_possible
    value = value if low is None else max(value, low)
    return value if high is None else min(value, high)
