"""Methods: a KPI's figures become a status, and a whole book is assessed.

Comes in: the book. ``method.py`` says what a method answers, ``METHODS`` here holds them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from qmsbook.book.book import Book
from qmsbook.methods.assurance import assurance
from qmsbook.methods.forecast import forecast
from qmsbook.methods.method import (
    BAD_VALUE,
    OFF_TRACK,
    Assessment,
    KpiAnswers,
    Method,
    ReadingAnswers,
    Series,
    Status,
)
from qmsbook.methods.natural import chart
from qmsbook.methods.plan import Plan, plan_of, planned
from qmsbook.methods.progress import progress, way_done
from qmsbook.methods.rollup import goal_rollup, objective_rollup, process_rollup
from qmsbook.methods.series import all_series, series_of
from qmsbook.methods.target import target
from qmsbook.methods.values import aggregate
from qmsbook.methods.variation import beside, variation
from qmsbook.methods.xmr import xmr
from qmsbook.methods.yardstick import status

#: Every method by the name under which its answer is found in ``KpiAnswers.answers``.
METHODS: Mapping[str, Method] = {
    "target": target, "progress": way_done, "variation": variation, "assurance": assurance,
    "forecast": forecast,
}  # fmt: skip

__all__ = [
    "METHODS", "Plan", "aggregate", "assess", "chart", "plan_of", "planned", "progress", "series_of",
    "status", "xmr",
]  # fmt: skip


def assess(book: Book, methods: Mapping[str, Method] = METHODS) -> Assessment:
    """The status of every KPI, objective, goal and process, and what stands beside every reading.

    The status is always worked out; ``methods`` may leave out the others.
    """
    series = all_series(book)
    kpis = {key: _answers(book, each, methods) for key, each in series.items()}
    objectives = {o.id: objective_rollup(book, o, kpis) for o in book.objectives if book.objective(o.id) is o}
    goals = [goal for goal in book.goals if book.goal(goal.id) is goal]
    return Assessment(
        kpis=kpis,
        objectives=objectives,
        goals={goal.id: goal_rollup(book, goal.id, objectives) for goal in goals},
        goal_results={goal.id: _result(goal.id, goal.result_kpi, kpis) for goal in goals},
        processes={p.id: process_rollup(book, p.id, kpis) for p in book.processes if p.id},
        readings=_readings(book, series),
    )


def _answers(book: Book, series: Series, methods: Mapping[str, Method]) -> KpiAnswers:
    answers = {name: method(book, series) for name, method in methods.items() if method is not target}
    status = answers.get("target") or target(book, series, answers.get("variation"))
    answers = {name: answers.get(name, status) for name in methods}
    if "variation" in answers:
        answers["variation"] = beside(answers["variation"], status.word == OFF_TRACK)
    done = answers.get("progress") or way_done(book, series)
    share, at = done.figures.get("progress"), series.latest
    return KpiAnswers(
        kpi=book.kpi(series.kpi.id) or series.kpi,
        series=series,
        status=status,
        period=series.judged,
        latest=None if at is None else series.held[at],
        latest_period=None if at is None else series.periods[at],
        plan=None if at is None else series.plan[at],
        progress=share if isinstance(share, float) else None,
        answers=answers,
    )


def _result(goal: str, kpi: str, kpis: Mapping[str, KpiAnswers]) -> Status:
    if kpi in kpis:
        return kpis[kpi].status
    return Status(goal, "target", "", "none", "No KPI tells the result of this goal.")


def _readings(book: Book, series: Mapping[str, Series]) -> ReadingAnswers:
    """What stands beside each row of Measurements; a figure outside its KPI's series is a bad value."""
    readings, total = book.measurements, len(book.measurements)
    actual: list[float | None] = [None] * total
    plan, previous = list(actual), list(actual)
    figures = zip(readings.value, readings.numerator, readings.denominator, strict=True)
    word = [
        BAD_VALUE if key in series and any(figure is not None for figure in row) else ""
        for key, row in zip(readings.kpi, figures, strict=True)
    ]
    for each in series.values():
        before: float | None = None
        ended: date | None = None
        for at, (place, period) in enumerate(zip(each.places, each.periods, strict=True)):
            actual[place], plan[place], word[place] = each.held[at], each.plan[at], each.words[at]
            if before is not None and ended == _day_before(period.first):
                previous[place] = before
            before, ended = each.held[at], period.last
    return ReadingAnswers(actual, plan, previous, word)


@lru_cache(maxsize=4096)
def _day_before(day: date) -> date:
    return day - timedelta(days=1)
