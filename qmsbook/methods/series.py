"""Series: a KPI's readings in the order of time, each with its plan and its word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from qmsbook.book.book import Book, by_calendar, frequency_of, of_its_frequency, unreadable_reading
from qmsbook.book.goalposts import Range
from qmsbook.book.period import Period, latest_ended, parse_period, period_of
from qmsbook.book.spans import rolls
from qmsbook.book.tables import Kpi
from qmsbook.book.words import figure, span_words
from qmsbook.methods.method import (
    AT_RISK,
    BAD_VALUE,
    NO_DATA,
    NO_TARGET,
    NOT_DUE,
    OFF_TRACK,
    PAUSED,
    SETTING_BASELINE,
    WATCHED,
    Series,
)
from qmsbook.methods.plan import SINCE_START, Plan, plan_of, rolled, year_of
from qmsbook.methods.start import start_of
from qmsbook.methods.target import grace_days, has_target
from qmsbook.methods.totals import end_of, is_exceeded, small_count, so_far
from qmsbook.methods.values import fold, scale_of, value_of
from qmsbook.methods.yardstick import Yardstick

#: A *Baseline on* beyond this cannot be followed by a period.
_LAST_DAY = date(9990, 1, 1)
_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Readings:
    """What Measurements holds about one KPI: per period, in the order of time, the reading that counts."""

    periods: list[Period] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    actual: list[float | None] = field(default_factory=list)
    bad: dict[str, str] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)


def series_of(book: Book, kpi: Kpi) -> Series:
    """The series of one KPI. Rows whose period cannot be read or is not of its frequency are left out."""
    found = _readings(book, kpi)
    plan = plan_of(book, kpi)
    start = start_of(book, plan, found.periods, found.places, found.actual, found.bad)
    plan = replace(plan, kpi=start.kpi)
    held, read = _held(book, start.kpi, found)
    times = [plan.share(p, n) for p, n in zip(found.periods, read, strict=True)]
    setting = {at for at in start.setting if plan.override(found.periods[at]) is None}
    levels = [None if at in setting else plan.level(p) for at, p in enumerate(found.periods)]
    plans = [None if v is None else v * t for v, t in zip(levels, times, strict=True)]
    small = _small(plan, found)
    words, gaps = _words(book, plan, found, _Against(held, plans, times, setting, small))
    first_due = _first_due(book, kpi, found)
    judged = _judged(book, kpi, found, first_due)
    ended = end_of(start.kpi, found.periods, held)
    if ended is not None and judged is not None and not _is_read(found, judged):
        judged = next(
            (p for p, v in zip(reversed(found.periods), reversed(held), strict=True) if v is not None)
        )
    return Series(
        kpi=start.kpi, baseline=start.found, setting=start.setting, periods=tuple(found.periods),
        places=tuple(found.places), actual=tuple(found.actual),
        held=tuple(held), plan=tuple(plans), times=tuple(times), words=tuple(words), gaps=tuple(gaps),
        twice=frozenset(found.twice), bad=found.bad, first_due=first_due, judged=judged,
        at=_place(found, judged), latest=_latest(book, found, held, judged), ranges=_ranges(plan, found),
        small=small, ended=ended, strict=_strict(plan, found),
    )  # fmt: skip


def _readings(book: Book, kpi: Kpi) -> _Readings:
    """Readings by period; of several rows for one period the first that holds a figure stands for it."""
    readings, start = book.measurements, book.settings.fiscal_year_start_month
    rows: list[tuple[date, int, Period]] = []
    for place in book.readings_of.get(kpi.id, ()):
        period = parse_period(readings.period[place], start)
        if period is not None and of_its_frequency(kpi, period):
            rows.append((period.last, place, period))
    rows.sort()  # by day, then in the order of the sheet; places differ, so periods are never compared
    found = _Readings()
    scale, low, high = scale_of(kpi), kpi.lowest_possible, kpi.highest_possible
    value, numerator, denominator = readings.value, readings.numerator, readings.denominator
    before: date | None = None
    for last, place, period in rows:
        if last == before and period.text == found.periods[-1].text:
            _again(book, kpi, found, place, period, scale)
            continue
        before = last
        actual = value_of(scale, value[place], numerator[place], denominator[place])
        found.periods.append(period)
        found.places.append(place)
        found.actual.append(actual)
        if actual is None or (low is not None and actual < low) or (high is not None and actual > high):
            _doubt(book, kpi, found, place, period, actual)
    return found


def _again(book: Book, kpi: Kpi, found: _Readings, place: int, period: Period, scale: float) -> None:
    """A further row for the period that came last: a second reading, unless one of the two is blank."""
    if _blank(book, place):
        return
    if _blank(book, found.places[-1]):
        readings = book.measurements
        actual = value_of(
            scale, readings.value[place], readings.numerator[place], readings.denominator[place]
        )
        found.places[-1], found.actual[-1] = place, actual
        _doubt(book, kpi, found, place, period, actual)
        return
    found.twice.add(period.text)
    what = "keep the one that is right" if by_calendar(kpi) else "name each by its week"
    found.bad[period.text] = f"There are two readings of {period.spoken}: {what}."


def _blank(book: Book, place: int) -> bool:
    """Whether a row holds no figure, not even one that cannot be read."""
    readings = book.measurements
    held = (readings.value[place], readings.numerator[place], readings.denominator[place])
    return all(figure is None for figure in held) and not unreadable_reading(book, place)


def _doubt(book: Book, kpi: Kpi, found: _Readings, place: int, period: Period, actual: float | None) -> None:
    """Notes why a figure cannot be used, if it cannot."""
    readings = book.measurements
    if actual is None:
        if readings.denominator[place] == 0 and readings.numerator[place] is not None:
            found.bad[period.text] = f"The denominator of {period.spoken} is zero, so there is no ratio."
        elif unreadable_reading(book, place):
            found.bad[period.text] = f"What stands for {period.spoken} cannot be read as a number."
        return
    low, high = kpi.lowest_possible, kpi.highest_possible
    if (low is not None and actual < low) or (high is not None and actual > high):
        said = figure(actual, kpi.unit)
        found.bad[period.text] = (
            f"{said} for {period.spoken} cannot be: possible is {span_words(low, high, kpi.unit)}."
        )


def _held(book: Book, kpi: Kpi, found: _Readings) -> tuple[Sequence[float | None], list[int]]:
    """The figure that is held against the plan at each period, and how many readings it rests on."""
    good = [None if p.text in found.bad else v for p, v in zip(found.periods, found.actual, strict=True)]
    if kpi.target_is == "each period":
        return good, [1] * len(good)
    if kpi.target_is == SINCE_START:
        return so_far(kpi, found.periods, good), [1] * len(good)
    held: list[float | None] = []
    read: list[int] = []
    for at, period in enumerate(found.periods):
        if good[at] is None:
            held.append(None)
            read.append(0)
            continue
        first = _span_start(kpi, period, book.settings.fiscal_year_start_month)
        start = at
        while start > 0 and found.periods[start - 1].last >= first:
            start -= 1
        chosen = [i for i in range(start, at + 1) if good[i] is not None]
        figures = [good[i] or 0.0 for i in chosen]
        held.append(fold(kpi, book.measurements, [found.places[i] for i in chosen], figures))
        read.append(len(chosen))
    return held, read


def _span_start(kpi: Kpi, period: Period, fiscal_start: int) -> date:
    """The day from which periods count, by their last day, towards the running figure of a period."""
    if kpi.target_is == "year to date":
        return year_of(period.last, fiscal_start).first
    months = rolls(kpi.target_is) or 12
    if not by_calendar(kpi):
        return period.last - timedelta(days=months * 365 // 12 - 1)
    for _ in range(rolled(kpi.frequency, months) - 1):
        period = period.previous
    return period.last


class _Against(NamedTuple):
    """What each period is held against: its figure, the plan, the shares of it, and the odd places."""

    held: Sequence[float | None]
    plans: Sequence[float | None]
    times: Sequence[float]
    setting: AbstractSet[int]
    small: AbstractSet[int]


def _words(
    book: Book, plan: Plan, found: _Readings, against: _Against
) -> tuple[list[str], list[float | None]]:
    """The word of each period, and by how much it is better than plan."""
    kpi, (held, plans, times, setting, small) = plan.kpi, against
    yard, settled = Yardstick(kpi, book.settings), has_target(book, kpi)
    own = () if plan.judged_alike else found.periods
    yards = {
        p.text: Yardstick(judged, book.settings) for p in own if (judged := plan.judged_as(p)) is not kpi
    }
    on, start, state = book.on, plan.begins, PAUSED if kpi.active is False else WATCHED if kpi.watched else ""
    calendar, total = by_calendar(kpi), kpi.target_is == SINCE_START
    words: list[str] = []
    gaps: list[float | None] = []
    for at, period in enumerate(found.periods):
        value, gap, word = held[at], None, ""
        if state:
            word = state
        elif (period.last if calendar else period.first - _ONE_DAY) >= on:
            word = NOT_DUE
        elif start is not None and period.last <= start:
            word = ""
        elif period.text in found.bad:
            word = BAD_VALUE
        elif value is None:
            word = NO_DATA
        elif not settled:
            word = NO_TARGET
        elif at in setting:
            word = SETTING_BASELINE
        elif at in small:
            passed = "target" in plan.judged_as(period).strict
            word, gap = small_count(kpi.direction, value, plans[at] or 0.0, period, passed)
        else:
            word, gap = yards.get(period.text, yard).judge(value, plans[at], times[at])
            word = OFF_TRACK if total and word == AT_RISK and is_exceeded(kpi, value) else word
        words.append(word)
        gaps.append(gap)
    return words, gaps


def _small(plan: Plan, found: _Readings) -> frozenset[int]:
    """The places of small counts of their year."""
    if plan.kpi.target_is != "year to date":
        return frozenset()
    return frozenset(at for at, period in enumerate(found.periods) if plan.small(period))


def _strict(plan: Plan, found: _Readings) -> dict[int, tuple[str, ...]]:
    """What must be passed at each place where that is not as in the KPI's row."""
    if plan.judged_alike:
        return {}
    each = ((at, plan.judged_as(period).strict) for at, period in enumerate(found.periods))
    return {at: strict for at, strict in each if strict != plan.kpi.strict}


def _ranges(plan: Plan, found: _Readings) -> tuple[Range, ...]:
    """The bounds of each period, where they are not those of the KPI all along."""
    if plan.kpi.direction != "within" or plan.judged_alike:
        return ()
    judged = [plan.judged_as(period) for period in found.periods]
    return tuple((each.low, each.high) for each in judged)


def _first_due(book: Book, kpi: Kpi, found: _Readings) -> Period | None:
    """The first period that ends after *Baseline on*; without one, the first that was read, if any.

    Without either it is the first that ends after *Target set on*.
    """
    if not by_calendar(kpi):
        return None
    frequency, start = frequency_of(kpi), book.settings.fiscal_year_start_month
    if kpi.baseline_on is not None:
        return period_of(min(kpi.baseline_on, _LAST_DAY) + timedelta(days=1), frequency, start)
    for period, actual in zip(found.periods, found.actual, strict=True):
        if actual is not None or period.text in found.bad:
            return period
    if kpi.target_set_on is not None:
        return period_of(min(kpi.target_set_on, _LAST_DAY) + timedelta(days=1), frequency, start)
    return None


def _judged(book: Book, kpi: Kpi, found: _Readings, first_due: Period | None) -> Period | None:
    """The latest period that is over; while it is unread and in its grace, the one before.

    Where no calendar says when it is read, it is that of the last reading.
    """
    if not by_calendar(kpi):
        read = (p for p in reversed(found.periods) if p.first <= book.on and _is_read(found, p))
        return next(read, None)
    if first_due is None:
        return None
    period = latest_ended(book.on, frequency_of(kpi), book.settings.fiscal_year_start_month)
    days = timedelta(days=grace_days(kpi, book.settings))
    while period.last >= first_due.last:
        if _is_read(found, period) or book.on > period.last + days:
            return period
        period = period.previous
    return None


def _is_read(found: _Readings, period: Period) -> bool:
    at = _place(found, period)
    return at is not None and (found.actual[at] is not None or period.text in found.bad)


def _place(found: _Readings, period: Period | None) -> int | None:
    """Where a period stands; looked for from the end, where the judged one is."""
    if period is None:
        return None
    for at in range(len(found.periods) - 1, -1, -1):
        if found.periods[at].last <= period.last:
            return at if found.periods[at] == period else None
    return None


def _latest(book: Book, found: _Readings, held: Sequence[float | None], judged: Period | None) -> int | None:
    """The last reading that counts: up to the judged period, or of those that are over."""
    end = judged.last if judged is not None else book.on - timedelta(days=1)
    for at in range(len(found.periods) - 1, -1, -1):
        if found.periods[at].last <= end and held[at] is not None:
            return at
    return None


def all_series(book: Book) -> Mapping[str, Series]:
    """The series of every KPI, by id; of rows that share an id the first counts."""
    return {kpi.id: series_of(book, kpi) for kpi in book.kpis if kpi.id and book.kpi(kpi.id) is kpi}
