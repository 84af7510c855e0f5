"""Forecast: where a KPI will stand on *Target on* if it goes on as it did.

It rests on the last 12 readings since the last rebase (*Forecast points*), and is only given where there are
so many. Where they rise or fall by more than a line through them would by chance (the statistic of Mann and
Kendall above the square root of 2, where the line foretells better than the mean), it follows the straight
line (median of all slopes, Theil and Sen), no further ahead than the line is long; else it is their mean.
The method stands beside it, and how far it may be off: the natural limits, widened by what is not known of
the line or the mean. It is no plan and decides no status. There is none for running figures, rare events,
seasonal figures without 24 months, a date that has come, and nothing to reach. A seasonal figure has the
season of its month.

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

from qmsbook.book.book import Book, frequency_of
from qmsbook.book.period import period_of
from qmsbook.book.tables import Kpi
from qmsbook.book.words import day_words, figure, plural, two
from qmsbook.methods.assurance import goal_of
from qmsbook.methods.method import Series, Status
from qmsbook.methods.natural import Readings, factor, possible, readings_of
from qmsbook.methods.plan import plan_of
from qmsbook.methods.xmr import natural_limits
from qmsbook.methods.yardstick import Yardstick

#: From here on a line foretells better than a mean (Akaike's criterion for one more parameter).
_ENOUGH = math.sqrt(2)


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
    found, wanted = readings_of(book, series), book.settings.forecast_points
    if found.why_not or len(found.last) < wanted:
        few = "" if found.why_not else f"A forecast needs {wanted} readings; there are {len(found.last)}."
        return Status(kpi.id, "forecast", "", "none", few)
    days = [series.periods[at].last.toordinal() for at in found.at[-wanted:]]
    guess = _guess(days, found.last[-wanted:], day.toordinal())
    if guess is None:
        return Status(kpi.id, "forecast", "", "none", "Its date is too far ahead for a straight line.")
    value = possible(kpi, guess.value + factor(found, day))
    low, high = (possible(kpi, guess.value + factor(found, day) + side * guess.way) for side in (-1, 1))
    goal = _goal(book, kpi, day)
    figures: dict[str, float | str | None] = {
        "forecast": value, "low": low, "high": high, "method": guess.method, "target": goal
    }  # fmt: skip
    reason = f"If it goes on like this, {figure(value, kpi.unit)} on {day_words(day)} (between "
    reason += f"{two(low, high, kpi.unit)}){_against(book, kpi, value, goal)}: {_label(guess, found)}."
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
    return plan_of(book, kpi).level(period_of(day, frequency_of(kpi), book.settings.fiscal_year_start_month))


def _against(book: Book, kpi: Kpi, value: float, goal: float | None) -> str:
    if kpi.direction == "within" or goal is None:
        return ""
    word, _ = Yardstick(kpi, book.settings).judge(value, goal)
    return f" against a target of {figure(goal, kpi.unit)}, {word.lower()}"


def _label(guess: Guess, found: Readings) -> str:
    return guess.method + (", with the season of the month" if found.factors else "")
