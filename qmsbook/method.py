"""What a method answers about a KPI, and what an assessment of the whole book holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from qmsbook.book import Book
from qmsbook.period import Period
from qmsbook.tables import Kpi

#: Status words. Only the first three are a judgement and have a colour; the others say why there is none.
ON_TRACK = "On track"
AT_RISK = "At risk"
OFF_TRACK = "Off track"
OVERDUE = "Overdue"
NO_DATA = "No data"
NO_TARGET = "No target"
NOT_DUE = "Not due"
SETTING_BASELINE = "Setting baseline"
PAUSED = "Paused"
BAD_VALUE = "Bad value"
NOT_ENOUGH = "Not enough data"

#: What a word means for whoever counts or colours: met, nearly, not met, or no judgement.
Level: TypeAlias = Literal["good", "warn", "bad", "none"]
LEVELS: Mapping[str, Level] = {ON_TRACK: "good", AT_RISK: "warn", OFF_TRACK: "bad"}


@dataclass(frozen=True, slots=True)
class Status:
    """One method's answer about one thing: a word, what it means, and a sentence that says why.

    ``figures`` holds the numbers behind it under plain names (actual, plan, gap, tolerance, ...).
    """

    subject: str
    method: str
    word: str
    level: Level
    reason: str
    figures: Mapping[str, float | str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Series:
    """One KPI's readings in the order of time, one entry per period that has a row.

    ``places`` are the places in ``book.measurements`` (the first row, where a period was entered twice);
    ``actual`` is the value used (a ratio's numerator and denominator win over Value); ``plan`` what was
    planned for the period; ``words`` the status word of each. ``twice`` holds the texts of periods with several rows.
    """

    kpi: Kpi
    periods: tuple[Period, ...] = ()
    places: tuple[int, ...] = ()
    actual: tuple[float | None, ...] = ()
    plan: tuple[float | None, ...] = ()
    words: tuple[str, ...] = ()
    twice: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KpiAnswers:
    """All that was found out about one KPI.

    ``period`` is the period judged, ``latest`` the last reading that counts and ``latest_period`` its period
    (the same as ``period`` unless the KPI is overdue). ``answers`` holds the other methods' statuses by name.
    """

    kpi: Kpi
    series: Series
    status: Status
    period: Period | None
    latest: float | None
    latest_period: Period | None
    plan: float | None
    progress: float | None
    answers: Mapping[str, Status] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rollup:
    """What the children of an objective, a goal or a process add up to.

    ``read``/``total`` count the children that have a current status among those that count; ``progress`` is
    the weighted mean of the children's progress, each clamped to [0, 1]. ``children``: the ids that counted.
    """

    status: Status
    read: int = 0
    total: int = 0
    on: int = 0
    at_risk: int = 0
    off: int = 0
    progress: float | None = None
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingAnswer:
    """What is computed beside one row of Measurements."""

    actual: float | None = None
    plan: float | None = None
    previous: float | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Statuses of everything in a book, by id; ``goal_results`` are those of the goals' Result KPIs."""

    kpis: Mapping[str, KpiAnswers]
    objectives: Mapping[str, Rollup]
    goals: Mapping[str, Rollup]
    goal_results: Mapping[str, Status]
    processes: Mapping[str, Rollup]
    readings: tuple[ReadingAnswer, ...]

    def word(self, key: str) -> str:
        """The status word of a KPI, objective, goal (by its objectives) or process; blank if unknown."""
        if key in self.kpis:
            return self.kpis[key].status.word
        for rollups in (self.objectives, self.goals, self.processes):
            if key in rollups:
                return rollups[key].status.word
        return ""


#: A method: one KPI's readings, in a book that knows the day, and what it answers about them.
Method: TypeAlias = Callable[[Book, Series], Status]
