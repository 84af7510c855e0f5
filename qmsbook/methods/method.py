"""What a method answers about a KPI, and what an assessment of the whole book holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple, TypeAlias, overload

from qmsbook.book.book import Book
from qmsbook.book.goalposts import Range
from qmsbook.book.period import Period
from qmsbook.book.tables import Kpi

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
WATCHED = "Watched"
BAD_VALUE = "Bad value"
NOT_ENOUGH = "Not enough data"
#: In the order in which a legend shows them.
WORDS = (
    ON_TRACK, AT_RISK, OFF_TRACK, OVERDUE, BAD_VALUE, NO_DATA, NO_TARGET, SETTING_BASELINE, NOT_DUE, WATCHED,
    PAUSED, NOT_ENOUGH,
)  # fmt: skip

#: What each word says, for legends and docs.
MEANINGS: Mapping[str, str] = {
    ON_TRACK: "as planned or better",
    AT_RISK: "a little behind the plan, within the tolerance",
    OFF_TRACK: "further behind the plan than the tolerance allows",
    OVERDUE: "the latest period is over, its grace has run out, and there is no reading",
    BAD_VALUE: "the reading cannot be used: entered twice, not a number, or outside what is possible",
    NO_DATA: "never read, and nothing is overdue yet",
    NO_TARGET: "there is nothing to hold the figure against",
    SETTING_BASELINE: "no baseline was given; the first readings are taken to find one",
    NOT_DUE: "the first period that counts is not over yet, or it has not happened yet",
    WATCHED: "Active says watch; it is read and shown, and not judged",
    PAUSED: "Active says no; it is left out of every count",
    NOT_ENOUGH: "too little below it was read to judge (objectives, goals, processes)",
}

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

    ``kpi`` is the KPI as its figures are judged: with the start that its readings gave where its row does
    not say where it started; ``baseline`` is that of its first readings, None where one is typed, ``setting``
    their places.
    ``places`` are the places in ``book.measurements`` (the first row, where a period was entered twice);
    ``actual`` is the value used (a ratio's numerator and denominator win over Value); ``held`` the figure
    that is held against the plan: the same, or the running one where the target is for the year to date or
    a rolling span; ``plan`` what was planned for ``held``; ``words`` the status word of each (blank before
    *Baseline on*).
    ``gaps`` is how much better than plan each is, in the KPI's unit; ``times`` the share of the target's span
    that is read, below 1 only for totals over a span. ``twice`` holds the texts of periods with
    several readings, ``bad`` says by period's text why a reading cannot be used.

    ``ranges`` are the bounds of each, blank unless a closed review or a row of Targets gives a range others
    than the KPI's own.

    ``small`` holds the places of what is a small count of its year: ``plan`` is the year's target there.
    ``strict`` says by place what must be passed, not only reached, where that is not as in the KPI's row.
    ``ended`` is the period in which a total over years reached its end: nothing is due after it.

    ``first_due`` is the first period that is due, None while nothing tells when the KPI began; ``judged`` the
    period that its status is about, None if none is due yet; ``at`` and ``latest`` are places in this series:
    of the judged period and of the last reading that counts.
    """

    kpi: Kpi
    baseline: float | None = None
    setting: frozenset[int] = frozenset()
    periods: tuple[Period, ...] = ()
    places: tuple[int, ...] = ()
    actual: tuple[float | None, ...] = ()
    plan: tuple[float | None, ...] = ()
    words: tuple[str, ...] = ()
    twice: frozenset[str] = frozenset()
    held: tuple[float | None, ...] = ()
    gaps: tuple[float | None, ...] = ()
    times: tuple[float, ...] = ()
    bad: Mapping[str, str] = field(default_factory=dict)
    first_due: Period | None = None
    judged: Period | None = None
    at: int | None = None
    latest: int | None = None
    ranges: tuple[Range, ...] = ()
    small: frozenset[int] = frozenset()
    ended: Period | None = None
    strict: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def bounds(self, at: int | None) -> Range:
        """The range that a figure is held within; that of the KPI where no figure is meant."""
        if self.ranges and at is not None:
            return self.ranges[at]
        return self.kpi.low, self.kpi.high

    @property
    def now(self) -> Kpi:
        """The KPI as its last reading that counts was judged."""
        return self.as_judged(self.latest)

    def as_judged(self, at: int | None) -> Kpi:
        """The KPI as a figure was judged."""
        low, high = self.bounds(at)
        kpi = self.kpi.changed(low=low, high=high) if self.ranges else self.kpi
        return kpi.changed(strict=self.strict[at]) if at is not None and at in self.strict else kpi


@dataclass(frozen=True, slots=True)
class KpiAnswers:
    """All that was found out about one KPI.

    ``period`` is the period judged, ``latest`` the last figure that counts and ``latest_period`` its period
    (the same as ``period`` unless the KPI is overdue), ``plan`` what was planned for that period.
    ``progress`` is None without a current judgement. ``answers`` holds all methods' statuses by name.
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

    @property
    def counts(self) -> str:
        """How many children were read and how they stand: ``4 of 6 read: 3 on, 1 off``."""
        stand = ((self.on, "on"), (self.at_risk, "at risk"), (self.off, "off"))
        words = ", ".join(f"{count} {word}" for count, word in stand if count)
        return f"{self.read} of {self.total} read" + (f": {words}" if words else "")


class ReadingAnswer(NamedTuple):
    """What is computed beside one row of Measurements; ``actual`` is the figure held against ``plan``."""

    actual: float | None = None
    plan: float | None = None
    previous: float | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class ReadingAnswers(Sequence[ReadingAnswer]):
    """The answers beside all rows of Measurements, kept as columns: there may be hundreds of thousands."""

    actual: list[float | None]
    plan: list[float | None]
    previous: list[float | None]
    word: list[str]

    def __len__(self) -> int:
        return len(self.word)

    @overload
    def __getitem__(self, place: int) -> ReadingAnswer: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[ReadingAnswer, ...]: ...
    def __getitem__(self, place: int | slice) -> ReadingAnswer | tuple[ReadingAnswer, ...]:
        if isinstance(place, slice):
            return tuple(self[at] for at in range(*place.indices(len(self))))
        return ReadingAnswer(self.actual[place], self.plan[place], self.previous[place], self.word[place])


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A KPI over a span of days: what its readings come to, against the plan of the same readings' periods.

    ``read``/``due`` count the periods of the span, ``setting`` those read that only show where a KPI starts;
    ``low`` and ``high`` are the range there. Without a figure or a plan ``word`` says why.
    """

    first: date
    last: date
    actual: float | None = None
    plan: float | None = None
    gap: float | None = None
    word: str = ""
    read: int = 0
    due: int = 0
    low: float | None = None
    high: float | None = None
    setting: int = 0

    @property
    def level(self) -> Level:
        """What the word means."""
        return LEVELS.get(self.word, "none")


@dataclass(frozen=True, slots=True)
class Assessment:
    """Statuses of everything in a book, by id; ``goal_results`` are those of the goals' Result KPIs.

    ``readings`` has one entry per row of Measurements, in its order. A goal without Result KPI has a blank
    word among ``goal_results``.
    """

    kpis: Mapping[str, KpiAnswers]
    objectives: Mapping[str, Rollup]
    goals: Mapping[str, Rollup]
    goal_results: Mapping[str, Status]
    processes: Mapping[str, Rollup]
    readings: ReadingAnswers

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


def only(given: Mapping[str, object], options: type) -> None:
    """Raises TypeError for a keyword that is none of some options, as a call does."""
    strange = sorted(given.keys() - options.__annotations__.keys())
    if strange:
        raise TypeError(f"There is no option {', '.join(strange)}: {', '.join(options.__annotations__)}.")
