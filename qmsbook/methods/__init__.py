"""All methods, and the assessment of a whole book with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from qmsbook.book import Book
from qmsbook.method import (
    BAD_VALUE,
    Assessment,
    KpiAnswers,
    Method,
    ReadingAnswer,
    Series,
    Status,
)
from qmsbook.methods.plan import Plan, plan_of, planned
from qmsbook.methods.progress import progress, way_done
from qmsbook.methods.rollup import goal_rollup, objective_rollup, process_rollup
from qmsbook.methods.series import all_series, series_of
from qmsbook.methods.target import target
from qmsbook.methods.values import aggregate

#: Every method by the name under which its answer is found in ``KpiAnswers.answers``.
METHODS: Mapping[str, Method] = {"target": target, "progress": way_done}

__all__ = ["METHODS", "Plan", "aggregate", "assess", "plan_of", "planned", "progress", "series_of"]


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
    answers = {name: method(book, series) for name, method in methods.items()}
    status = answers.get("target") or target(book, series)
    done = answers.get("progress") or way_done(book, series)
    share, at = done.figures.get("progress"), series.latest
    return KpiAnswers(
        kpi=series.kpi,
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


def _readings(book: Book, series: Mapping[str, Series]) -> tuple[ReadingAnswer, ...]:
    """One answer per row of Measurements; a row that has no place in its KPI's series is a bad value."""
    readings = book.measurements
    found = [
        ReadingAnswer(word=BAD_VALUE if key in series and _filled(book, place) else "")
        for place, key in enumerate(readings.kpi)
    ]
    twice: dict[tuple[str, str], ReadingAnswer] = {}
    for key, each in series.items():
        before: float | None = None
        ended: date | None = None
        for at, place in enumerate(each.places):
            period = each.periods[at]
            previous = before if ended is not None and (period.first - ended).days == 1 else None
            answer = ReadingAnswer(each.held[at], each.plan[at], previous, each.words[at])
            found[place] = answer
            before, ended = each.held[at], period.last
            if period.text in each.twice:
                twice[key, period.text] = answer
    if twice:
        for place, key in enumerate(readings.kpi):
            same = twice.get((key, readings.period[place]))
            if same is not None:
                found[place] = same
    return tuple(found)


def _filled(book: Book, place: int) -> bool:
    readings = book.measurements
    return any(v[place] is not None for v in (readings.value, readings.numerator, readings.denominator))
