"""Values: what one reading comes to, and what several come to together.

A ratio is *Scale* times *Numerator* over *Denominator*; if both are there they win over *Value*. Several
periods together (a quarter, a year, the scorecard's months of a weekly KPI) come to what *Aggregation*
says: sum, average, last, minimum, maximum. Ratios are never averaged: the numerators are added up and
divided by the sum of the denominators, so that a month with ten parts does not count like a month with a
thousand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from qmsbook.book.book import Book, Measurements, by_calendar, frequency_of
from qmsbook.book.goalposts import Range
from qmsbook.book.period import periods_between
from qmsbook.book.tables import Kpi
from qmsbook.methods.method import NO_DATA, PAUSED, SETTING_BASELINE, WATCHED, Aggregate, Series
from qmsbook.methods.plan import SINCE_START, Plan, plan_of
from qmsbook.methods.yardstick import Yardstick

_SCALES = {"%": 100.0, "ppm": 1_000_000.0}


def scale_of(kpi: Kpi) -> float:
    """What a ratio is multiplied by."""
    return kpi.scale if kpi.scale is not None else _SCALES.get(kpi.unit.strip().casefold(), 1.0)


def value_of(
    scale: float, value: float | None, numerator: float | None, denominator: float | None
) -> float | None:
    """One reading's figure: numerator and denominator win over Value, which counts if either is blank.

    None for a blank reading and for a denominator of zero.
    """
    if numerator is None or denominator is None:
        return value
    return scale * numerator / denominator if denominator else None


def fold(kpi: Kpi, readings: Measurements, places: Sequence[int], actual: Sequence[float]) -> float | None:
    """What several readings, in the order of time, come to as the KPI's *Aggregation* says.

    ``places`` are those of the readings, ``actual`` their figures. A ratio is the scaled sum of numerators
    over the sum of denominators; readings without both cannot join it, and one alone counts by its Value.
    """
    if not actual:
        return None
    match kpi.aggregation:
        case "sum":
            return math.fsum(actual)
        case "last":
            return actual[-1]
        case "minimum":
            return min(actual)
        case "maximum":
            return max(actual)
        case "ratio":
            return actual[0] if len(actual) == 1 else _ratio(scale_of(kpi), readings, places)
        case _:
            return math.fsum(actual) / len(actual)


def _ratio(scale: float, readings: Measurements, places: Iterable[int]) -> float | None:
    held = [(readings.numerator[place], readings.denominator[place]) for place in places]
    pairs = [(above, below) for above, below in held if above is not None and below is not None]
    total = math.fsum(below for _, below in pairs)
    return scale * math.fsum(above for above, _ in pairs) / total if total else None


def aggregate(book: Book, series: Series, first: date, last: date) -> Aggregate:
    """A KPI over all its periods whose last day lies between two days, both included.

    Actual and plan cover the same periods: those that were read, are over, and come after *Baseline on*. A
    ratio's plan is weighted by the denominators, so that readings that are each on plan are on plan together.
    """
    kpi = series.kpi
    end = min(last, date.fromordinal(book.on.toordinal() - 1)) if by_calendar(series.kpi) else last
    plan = plan_of(book, kpi)
    begins = plan.begins
    chosen = [
        at for at, period in enumerate(series.periods)
        if first <= period.last <= end and series.actual[at] is not None and period.text not in series.bad
        and not (begins and period.last <= begins)
    ]  # fmt: skip
    # What shows where a KPI starts has no plan, so it does not count beside what has one.
    judged = [at for at in chosen if series.words[at] != SETTING_BASELINE] or chosen
    setting, chosen = len(chosen) - len(judged), judged
    calendar = by_calendar(kpi)
    due = _due(series, first, end, book.settings.fiscal_year_start_month) if calendar else len(chosen)
    places = [series.places[at] for at in chosen]
    actual = fold(kpi, book.measurements, places, [series.actual[at] or 0.0 for at in chosen])
    if actual is None:
        word = PAUSED if kpi.active is False else WATCHED if kpi.watched else NO_DATA
        return Aggregate(first, last, word=word, read=0, due=due)
    singles = [plan.single(series.periods[at]) for at in chosen]
    goal = _plan_of_span(kpi, book.measurements, places, singles)
    times = _times(plan, series, chosen)
    if kpi.judged and (kpi.target_is == SINCE_START or chosen[-1] in series.small):
        return _standing_at(series, first, last, chosen, due)
    low, high = _range_of_span(series, book.measurements, places, chosen)
    alike = series.as_judged(chosen[-1])
    yard = Yardstick(alike.changed(low=low, high=high) if series.ranges else alike, book.settings)
    word, gap = yard.judge(actual, goal, 1.0 if series.ranges else times)
    if not kpi.judged:
        word = WATCHED if kpi.watched else PAUSED
    elif all(series.words[at] == SETTING_BASELINE for at in chosen):
        word = SETTING_BASELINE
    return Aggregate(first, last, actual, goal, gap, word, len(chosen), due, low, high, setting)


def _due(series: Series, first: date, last: date, fiscal_start: int) -> int:
    if series.first_due is None:
        return 0
    start = max(first, series.first_due.last)
    last = last if series.ended is None else min(last, series.ended.last)
    return len(periods_between(start, last, frequency_of(series.kpi), fiscal_start)) if start <= last else 0


def _plan_of_span(
    kpi: Kpi, readings: Measurements, places: Sequence[int], singles: Sequence[float | None]
) -> float | None:
    plans = [plan for plan in singles if plan is not None]
    if not plans or len(plans) != len(places):
        return None
    match kpi.aggregation:
        case "sum":
            return math.fsum(plans)
        case "last":
            return plans[-1]
        case "minimum":
            return min(plans)
        case "maximum":
            return max(plans)
        case _:
            weights = [1.0] * len(plans)
            if kpi.aggregation == "ratio" and len(plans) > 1:
                weights = [readings.denominator[place] or 0.0 for place in places]
            total = math.fsum(weights)
            return math.fsum(w * p for w, p in zip(weights, plans, strict=True)) / total if total else None


def _standing_at(series: Series, first: date, last: date, chosen: Sequence[int], due: int) -> Aggregate:
    """How a total stands at the last of some readings: over a span it is no other than at its end."""
    at = chosen[-1]
    return Aggregate(
        first, last, series.held[at], series.plan[at], series.gaps[at], series.words[at], len(chosen), due
    )


def _range_of_span(
    series: Series, readings: Measurements, places: Sequence[int], chosen: Sequence[int]
) -> Range:
    """The range over a span: the KPI's own, or what those of its periods come to together."""
    if not series.ranges:
        return series.kpi.low, series.kpi.high
    bounds = [series.ranges[at] for at in chosen]
    low, high = (_plan_of_span(series.kpi, readings, places, side) for side in zip(*bounds, strict=True))
    return low, high


def _times(plan: Plan, series: Series, chosen: Sequence[int]) -> float:
    if series.kpi.aggregation != "sum":
        return 1.0
    return math.fsum(plan.share(series.periods[at], 1) for at in chosen)
