"""Forecast: where a KPI will stand on *Target on* if it goes on as it did.

It rests on the last 12 readings since the last rebase (*Forecast points*), and is only given where there are
so many. Where they rise or fall by more than a line through them would by chance (the statistic of Mann and
Kendall above the square root of 2, where the line foretells better than the mean), it follows the straight
line (median of all slopes, Theil and Sen), no further ahead than the line is long; else it is their mean.
The method stands beside it, and how far it may be off: the natural limits, widened by what is not known of
the line or the mean. It is no plan and decides no status. There is none for running figures, rare events,
seasonal figures without 24 months, a date that has come, and nothing to reach. A total over years goes on
at the pace of its last 12 readings, from 3 on, and no further than its target. A seasonal figure has the
season of its month. What is counted stops at zero.

Sources: Mann, Econometrica 13 (1945); Sen, Journal of the American Statistical Association 63 (1968).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from statistics import median
from typing import NamedTuple

from qmsbook.book.aggregation import adds_up, is_money
from qmsbook.book.book import Book, by_calendar, frequency_of
from qmsbook.book.period import period_of
from qmsbook.book.tables import Kpi
from qmsbook.book.words import day_words, figure, plural, two
from qmsbook.methods.assurance import goal_of
from qmsbook.methods.method import Series, Status
from qmsbook.methods.natural import Readings, factor, possible, readings_of
from qmsbook.methods.plan import SINCE_START, plan_of
from qmsbook.methods.xmr import natural_limits
from qmsbook.methods.yardstick import Yardstick

#: From here on a line foretells better than a mean (Akaike's criterion for one more parameter).
_ENOUGH = math.sqrt(2)
#: A total has a pace from so many readings on.
_PACE = 3


class Guess(NamedTuple):
    """A figure on a day to come, the natural limits' way around it, and how it was found."""

    value: float
    way: float
    method: str


def forecast(book: Book, series: Series) -> Status:
    """Where a KPI will stand on the day of its target, blank where nothing can be said."""
    kpi, day = series.kpi, series.kpi.target_on
    if not kpi.judged or day is None or day <= book.on or goal_of(book, series) is None:
        return Status(kpi.id, "forecast", "", "none", "")
    if kpi.target_is == SINCE_START:
        return _total(book, series, day)
    found, wanted = readings_of(book, series), book.settings.forecast_points
    if found.why_not or len(found.last) < wanted:
        few = "" if found.why_not else f"A forecast needs {wanted} readings, and there are {len(found.last)}."
        return Status(kpi.id, "forecast", "", "none", few)
    days = [series.periods[at].last.toordinal() for at in found.at[-wanted:]]
    guess = _guess(days, found.last[-wanted:], day.toordinal())
    if guess is None:
        return Status(kpi.id, "forecast", "", "none", "Its date is too far ahead for a straight line.")
    season = factor(found, day)
    low, value, high = (_counted(kpi, found, guess.value + season + side * guess.way) for side in (-1, 0, 1))
    goal = _goal(book, kpi, day)
    figures: dict[str, float | str | None] = {
        "forecast": value, "low": low, "high": high, "method": guess.method, "target": goal
    }  # fmt: skip
    reason = f"If it goes on like this, {figure(value, kpi.unit)} on {day_words(day)} (between "
    reason += f"{two(low, high, kpi.unit)}){_against(book, kpi, value, goal)}: {_label(guess, found)}."
    return Status(kpi.id, "forecast", figure(value, kpi.unit), "none", reason, figures)


def _counted(kpi: Kpi, found: Readings, value: float) -> float:
    """A figure within what is possible; what is counted, and was never below zero, will not be."""
    counts = adds_up(kpi.unit) and not is_money(kpi.unit) and min(found.last) >= 0
    return possible(kpi, max(value, 0.0) if counts else value)


def _total(book: Book, series: Series, day: date) -> Status:
    """Where a total over years will stand at the pace of its last readings; it ends at its target."""
    kpi, held = series.kpi, [at for at, value in enumerate(series.held) if value is not None]
    places = [at for at in held if series.periods[at].last < book.on][-book.settings.forecast_points :]
    if len(places) < _PACE:
        are = "is" if len(places) == 1 else "are"
        few = f"A forecast needs {_PACE} readings, and there {are} {len(places)}."
        return Status(kpi.id, "forecast", "", "none", few)
    last, now = series.periods[places[-1]].last, series.held[places[-1]]
    before = [at for at in held if at < places[0]]
    since = series.periods[before[-1]].last if before else kpi.baseline_on
    start = series.held[before[-1]] if before else kpi.baseline
    goal = _goal(book, kpi, day)
    if series.ended is not None or now is None or start is None or since is None or since >= last:
        return Status(kpi.id, "forecast", "", "none", "")
    value = now + (now - start) / (last - since).days * max((day - last).days, 0)
    value = possible(kpi, min(value, goal) if goal is not None and kpi.direction == "higher" else value)
    method = f"the pace of the last {plural(len(places), 'reading')}"
    reason = f"At {method}, {figure(value, kpi.unit)} on {day_words(day)}{_against(book, kpi, value, goal)}."
    figures: dict[str, float | str | None] = {"forecast": value, "method": method, "target": goal}
    return Status(kpi.id, "forecast", figure(value, kpi.unit), "none", reason, figures)


def _guess(days: Sequence[int], values: Sequence[float], day: int) -> Guess | None:
    """The figure on a day; None where a line would reach further ahead than it is long."""
    way, count = natural_limits(values).way or 0.0, len(values)
    size = plural(count, "reading")
    if not _moves(values):
        return Guess(math.fsum(values) / count, way * math.sqrt(1 + 1 / count), f"mean of the last {size}")
    if day - days[-1] > days[-1] - days[0]:
        return None
    pairs = combinations(zip(days, values, strict=True), 2)
    slope = median((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs)
    start = median(value - slope * at for at, value in zip(days, values, strict=True))
    centre = math.fsum(days) / count
    unsure = 1 + 1 / count + (day - centre) ** 2 / math.fsum((at - centre) ** 2 for at in days)
    return Guess(start + slope * day, way * math.sqrt(unsure), f"straight line through the last {size}")


def _moves(values: Sequence[float]) -> bool:
    """Whether figures rise or fall enough to follow them, by the statistic of Mann and Kendall."""
    score = sum((b > a) - (b < a) for a, b in combinations(values, 2))
    ties = sum(n * (n - 1) * (2 * n + 5) for n in Counter(values).values() if n > 1)
    size = len(values)
    spread = math.sqrt((size * (size - 1) * (2 * size + 5) - ties) / 18)
    return spread > 0 and (abs(score) - 1) / spread > _ENOUGH


def _goal(book: Book, kpi: Kpi, day: date) -> float | None:
    """What is to be reached on the day: the target, or what a row of Targets plans for its period."""
    if not book.targets_of.get(kpi.id):
        return kpi.target
    often = frequency_of(kpi) if by_calendar(kpi) else "monthly"
    return plan_of(book, kpi).level(period_of(day, often, book.settings.fiscal_year_start_month))


def _against(book: Book, kpi: Kpi, value: float, goal: float | None) -> str:
    if kpi.direction == "within" or goal is None:
        return ""
    word, _ = Yardstick(kpi, book.settings).judge(value, goal)
    return f" against a target of {figure(goal, kpi.unit)}, {word.lower()}"


def _label(guess: Guess, found: Readings) -> str:
    return guess.method + (", with the season of the month" if found.factors else "")
