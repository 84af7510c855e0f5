"""What natural limits say of a KPI, as several families of rules ask it: a change, or noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi
from qmsbook.methods import chart
from qmsbook.methods.assurance import CAPABLE
from qmsbook.methods.levels import held_for
from qmsbook.methods.method import OFF_TRACK, Assessment, KpiAnswers
from qmsbook.methods.natural import possible, readings_of
from qmsbook.methods.signals import RULE_SETS, Points, find, outside
from qmsbook.methods.variation import limits_of
from qmsbook.methods.xmr import (
    COMMON,
    CONCERN,
    HIGH,
    IMPROVEMENT,
    LOW,
    MEETS,
    NOT_AS_IT_RUNS,
    PATTERN,
    natural_limits,
    points_of,
)
from qmsbook.rules.ask import counted, has_readings, live_kpis, read_kpis, sound

_SIGNALS = frozenset({IMPROVEMENT, CONCERN, HIGH, LOW, PATTERN})


@dataclass(frozen=True, slots=True)
class Off:
    """A KPI that is off track for so many periods running, or by a real change.

    ``because`` is what was seen (``the last point lies below the natural limits``), blank where there are no
    natural limits, or too few readings for more than a first try at them.
    """

    answers: KpiAnswers
    periods: int
    because: str = ""

    @property
    def words(self) -> str:
        """What is said of it: ``has been off track for 3 periods``."""
        if self.because:
            return f"is off track by a real change ({self.because})"
        return f"has been off track for {counted(self.periods, 'period')}"


def all_answers(book: Book, assessed: Assessment, watched: bool = False) -> Iterator[KpiAnswers]:
    """What is known of each KPI that is judged, or also of those that are only watched.

    Nothing where a column of the readings is missing.
    """
    for kpi in (read_kpis if watched else live_kpis)(book) if has_readings(book) else ():
        answers = assessed.kpis.get(kpi.id)
        if answers is not None and answers.kpi is kpi:
            yield answers


def off_by_more_than_chance(book: Book, assessed: Assessment) -> Iterator[Off]:
    """The KPIs that are off track on a signal; without natural limits to tell one, several periods running.

    With limits a figure that is off track and moves as it always did is noise: comments and actions are not
    asked for, since they would chase chance. That its target is out of reach is told by EVO008.
    """
    for answers in all_answers(book, assessed):
        if answers.status.word != OFF_TRACK or not sound(answers.kpi):
            continue
        running = answers.status.figures.get("running")
        periods = int(running) if isinstance(running, float) else 0
        if has_limits(answers):
            if worsens(answers):
                yield Off(answers, periods, str(answers.answers["variation"].figures["because"]))
        elif periods >= book.settings.off_track_in_a_row:
            yield Off(answers, periods)


def off_as_it_runs(book: Book, assessed: Assessment) -> Iterator[Off]:
    """The KPIs that are off track for periods running while their figures move as they always did.

    Explaining one of these periods would chase chance; what keeps them off track is how the process runs.
    """
    for answers in all_answers(book, assessed):
        running = answers.status.figures.get("running")
        periods = int(running) if isinstance(running, float) else 0
        if periods < book.settings.off_track_as_it_runs or not sound(answers.kpi):
            continue
        if answers.status.word == OFF_TRACK and has_limits(answers) and not worsens(answers):
            yield Off(answers, periods)


def has_limits(answers: KpiAnswers) -> bool:
    """Whether a KPI has natural limits that are more than a first try."""
    return _figure(answers, "variation", "trial") == 0.0


def answer(answers: KpiAnswers, method: str = "variation") -> str:
    """What *variation* or *assurance* answers, in the words of ``xmr``; blank if it was not asked."""
    return str(_figure(answers, method, "answer") or "")


def worsens(answers: KpiAnswers) -> bool:
    """Whether the last figure belongs to a signal that goes the bad way.

    Within a range it is bad to move up above its middle, or down below it.
    """
    told, kpi = answer(answers), answers.kpi
    if told not in (HIGH, LOW) or kpi.direction != "within":
        return told == CONCERN
    if kpi.low is None or kpi.high is None:
        return told == (HIGH if kpi.low is None else LOW)
    return answers.latest is not None and (answers.latest > (kpi.low + kpi.high) / 2) == (told == HIGH)


def runs_as_before(answers: KpiAnswers) -> bool:
    """Whether the figures move within their natural limits, with nothing that sets the last one apart."""
    return has_limits(answers) and answer(answers) == COMMON


def cannot_miss(answers: KpiAnswers) -> bool:
    """Whether the target lies beyond the natural limits on the good side: it is met whatever happens."""
    return _firm(answers) and answer(answers, "assurance") in (MEETS, CAPABLE)


def out_of_reach(answers: KpiAnswers) -> bool:
    """Whether the target counts now and lies beyond the natural limits on the bad side."""
    return _firm(answers) and answer(answers, "assurance") == NOT_AS_IT_RUNS


def _firm(answers: KpiAnswers) -> bool:
    return _figure(answers, "assurance", "trial") == 0.0


def alert_limits(answers: KpiAnswers) -> tuple[float | None, float | None] | None:
    """The natural limits on the bad side (of a range: both); None if there are none that anything can cross.

    A limit at *Lowest possible* or *Highest possible* is never crossed.
    """
    kpi = answers.kpi
    lower, upper = (_figure(answers, "assurance", name) for name in ("lower", "upper"))
    if not _firm(answers) or not isinstance(lower, float) or not isinstance(upper, float):
        return None
    low = possible(kpi, lower) if kpi.direction != "lower" else None
    high = possible(kpi, upper) if kpi.direction != "higher" else None
    low = None if low == kpi.lowest_possible else low
    high = None if high == kpi.highest_possible else high
    return None if low is None and high is None else (low, high)


def signalled(book: Book, answers: KpiAnswers, since: date) -> bool:
    """Whether any reading since a day belongs to a signal; without natural limits, whether one was off track.

    The limits are asked for here rather than in the assessment: few rules want more than the last reading.
    """
    series = answers.series
    words = chart(book, series).variation if has_limits(answers) else series.words
    wanted = _SIGNALS if has_limits(answers) else frozenset({OFF_TRACK})
    return any(w in wanted and p.last >= since for w, p in zip(words, series.periods, strict=True))


def new_level(book: Book, answers: KpiAnswers) -> tuple[int, ...]:
    """The places in the series of the readings that stand, and stay, on a new level; empty if none do.

    They are the run on one side of the mean that goes on to the last reading, if it is long enough to be a
    signal of the rule set, and if none of them lies outside the natural limits that the run has by itself:
    figures that are still on their way have no new level yet.
    """
    if not has_limits(answers):
        return ()
    found = readings_of(book, answers.series)
    points = points_of(found.last, limits_of(book, found)[0])
    count = held_for(points, book.settings.baseline_points)
    held = Points(points.away[-count:], points.third, points.dust)
    if count - 1 not in find(held, {"shift": RULE_SETS[book.settings.spc_rule_set]["shift"]})["shift"]:
        return ()
    run = found.last[-count:]
    return () if outside(points_of(run, natural_limits(run))) else tuple(found.at[-count:])


def by_target(kpi: Kpi) -> str:
    """The field that holds what a KPI is to reach."""
    if kpi.direction != "within":
        return "target"
    return "high" if kpi.high is not None else "low"


def _figure(answers: KpiAnswers, method: str, name: str) -> float | str | None:
    status = answers.answers.get(method)
    return None if status is None else status.figures.get(name)
