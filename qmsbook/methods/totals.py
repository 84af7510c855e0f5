"""Totals over years, and counts too small for a share of a month: what is held, and how it is judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from qmsbook.book.book import by_calendar
from qmsbook.book.period import Period, periods_between
from qmsbook.book.tables import Kpi
from qmsbook.book.words import decimals_apart, figure, number, plural
from qmsbook.methods.method import AT_RISK, NOUNS, OFF_TRACK, ON_TRACK, Series
from qmsbook.methods.plan import SINCE_START, rolled, year_of

#: Two totals closer than this, as a share of the target, are the same.
_GUARD = 1e-9


def so_far(kpi: Kpi, periods: Sequence[Period], figures: Sequence[float | None]) -> list[float | None]:
    """What a total over years comes to at each reading; None where nothing was read, and before its start.

    What is added up comes on top of the baseline; anything else is the running total as it was read.
    """
    begun = [kpi.baseline_on is None or period.last > kpi.baseline_on for period in periods]
    read = [value if since else None for value, since in zip(figures, begun, strict=True)]
    if kpi.aggregation != "sum":
        return read
    held: list[float | None] = []
    parts = [kpi.baseline or 0.0]
    for value in read:
        parts += [] if value is None else [value]
        held.append(None if value is None else math.fsum(parts))
    return held


def end_of(kpi: Kpi, periods: Sequence[Period], held: Sequence[float | None]) -> Period | None:
    """The period since which a total over years stands at its target or above; None while it does not.

    A target written with ``>`` must be passed.
    """
    if kpi.target_is != SINCE_START or kpi.direction != "higher" or kpi.target is None:
        return None
    guard = _GUARD * abs(kpi.target)
    least = kpi.target + guard if "target" in kpi.strict else kpi.target - guard
    found = None
    for period, value in zip(reversed(periods), reversed(held), strict=True):
        if value is not None and (value <= least if "target" in kpi.strict else value < least):
            break
        found = period if value is not None else found
    return found


def is_exceeded(kpi: Kpi, held: float) -> bool:
    """Whether a total over years that was to stay below its target has passed it: it never comes back.

    One written with ``<`` is passed as soon as it is reached. Where a tolerance is typed, that decides.
    """
    if kpi.target_is != SINCE_START or kpi.direction != "lower" or kpi.aggregation != "sum":
        return False
    if kpi.target is None or kpi.tolerance not in (None, ""):
        return False
    guard = _GUARD * abs(kpi.target)
    return held >= kpi.target - guard if "target" in kpi.strict else held > kpi.target + guard


def months_left(period: Period) -> int:
    """Whole months from the end of a period to the end of its fiscal year."""
    end = year_of(period.last, period.fiscal_start).last
    return (end.year - period.last.year) * 12 + end.month - period.last.month


def small_count(
    direction: str, held: float, target: float, period: Period, strict: bool = False
) -> tuple[str, float]:
    """The word of a small count of the year so far, and how much better than the year's target it is.

    *At most* is off track once it is exceeded. *At least* is off track when the year is over without it, or
    when more are missing than months are left; at risk when as many are. ``strict``: the target itself is
    not enough (*less than 4*, *more than 2*).
    """
    if direction == "lower":
        gap = target - held
        return (OFF_TRACK if gap < (_GUARD if strict else -_GUARD) else ON_TRACK), gap
    gap, left = held - target, months_left(period)
    missing = math.floor(-gap + _GUARD) + 1 if strict else math.ceil(-gap - _GUARD)
    if missing <= 0:
        return ON_TRACK, gap
    return (OFF_TRACK if missing > left else AT_RISK if missing == left else ON_TRACK), gap


def year_read(series: Series, at: int) -> str:
    """How much of a year a figure of the year so far covers: ``4 of 12 months (Jan-Apr 2026)``.

    The whole year is named by its months alone; so is the part where no calendar says how many are read.
    """
    period = series.periods[at]
    year = year_of(period.last, period.fiscal_start)
    since = months_so_far(period)
    count, whole = _read(series, at, year), _in(year, period)
    if not by_calendar(series.kpi) or (period.last == year.last and count == whole):
        return since
    return f"{count} of {plural(whole, NOUNS[series.kpi.frequency])} ({since})"


def part_read(series: Series, at: int, months: int) -> str:
    """How much of a rolling span was read, where that is not all of it: ``9 of the last 12 months``."""
    period = series.periods[at]
    whole = rolled(series.kpi.frequency, months)
    if not by_calendar(series.kpi):
        return ""
    first = period
    for _ in range(whole - 1):
        first = first.previous
    inside = zip(series.periods[: at + 1], series.actual[: at + 1], strict=True)
    count = sum(1 for each, value in inside if value is not None and each.last >= first.last)
    return f"{count} of the last {plural(whole, NOUNS[series.kpi.frequency])}" if count < whole else ""


def months_so_far(period: Period) -> str:
    """The months from the start of its fiscal year to a period's end: ``Jan-Apr 2026``."""
    return replace(period, frequency="monthly", first=year_of(period.last, period.fiscal_start).first).months


def _read(series: Series, at: int, year: Period) -> int:
    """How many periods of a year up to a place were read."""
    inside = zip(series.periods[: at + 1], series.held[: at + 1], strict=True)
    return sum(1 for period, value in inside if value is not None and period.last >= year.first)


def _in(year: Period, period: Period) -> int:
    """How many periods of a kind end in a year."""
    return len(periods_between(year.first, year.last, period.frequency, period.fiscal_start))


def small_words(series: Series, at: int) -> str:
    """A small count in a sentence: ``1 accident in 4 of 12 months (Jan-Apr 2026), at most 2 planned``."""
    kpi, period, held, plan = series.as_judged(at), series.periods[at], series.held[at], series.plan[at]
    assert held is not None
    assert plan is not None
    left = months_left(period)
    bounds = ("less than ", "more than ") if "target" in kpi.strict else ("at most ", "at least ")
    most = "" if kpi.direction == "lower" and not plan else bounds[kpi.direction != "lower"]
    text = f"{figure(held, kpi.unit)} in {year_read(series, at)}, {most}{number(plan)} planned for the year: "
    word, gap = series.words[at].lower(), series.gaps[at] or 0.0
    if kpi.direction == "lower" or not left:
        return f"{text}{word}" + (f" by {number(-gap)}" if gap < -_GUARD else "")
    missing = math.ceil(-gap - _GUARD)
    return f"{text}{word}" + (f", {number(missing)} to go in {plural(left, 'month')}" if missing > 0 else "")


def end_words(series: Series, held: float) -> str:
    """A total over years that is done: ``149.7 km of 149.7 km: the target is reached, in October 2010``."""
    kpi, ended = series.kpi, series.ended
    assert kpi.target is not None
    assert ended is not None
    places = decimals_apart(held, kpi.target, kpi.unit)
    done = f"{figure(held, kpi.unit, places)} of {figure(kpi.target, kpi.unit, places)}"
    return f"{done}: the target is reached, in {ended.spoken}"
