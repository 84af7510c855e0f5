"""What was planned for a KPI in a period: the way from baseline to target, unless Targets says otherwise.

A period is judged by its last day. With *Trajectory* linear, the plan moves from *Baseline* on *Baseline on*
to *Target* on *Target on* in equal steps per day; with step, it stays where it was at the last milestone (the
ends of fiscal quarters for weekly and monthly KPIs, of fiscal years for the others) and reaches the target on
*Target on*; with flat, the target counts from the start. After *Target on* the plan is the target.

A row in Targets replaces the plan of the periods from *From* to *Until* (one period, if *Until* is blank);
the other periods keep theirs. For a KPI that is to stay within a range, *Low* and *High* of the row replace
those of the KPI; one that is blank does not. Where rows overlap, the one with the later *Set on* counts, then
the shorter one.

Periods inside a closed review keep the plan that it printed, unless a row of Targets for them names somebody
from top management under *Agreed by*.

*Target is* year to date or rolling (12 months, or as many as it says) holds the running figure, not one
month's, against the plan. A running sum is held against the share of the target that belongs to the time that
was read.

*Target is* since the start holds a total over years against the plan: readings that are added up
(*Aggregation* sum) count from *Baseline*, or from zero, others are the running total already. No year begins
it anew. Where the target is reached it has reached its end, and nothing is due any more.

What is read once has one figure and no way to it: that figure is held against the target itself, whenever it
comes.

A small count is a total of the year whose target is under 12 (*Small count below*), and no money. It is held
against the year's target itself, never against a share of it: *at most* is off track once it is exceeded, *at
least* once what is missing can no longer be reached at one a month, or the year is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from qmsbook.book.aggregation import is_money
from qmsbook.book.book import Book, by_calendar, frequency_of
from qmsbook.book.goalposts import Posts, Range
from qmsbook.book.period import Frequency, Period, fiscal_year, period_of, periods_between
from qmsbook.book.spans import rolls
from qmsbook.book.table import Value, columns_of
from qmsbook.book.tables import Kpi, Target

#: The goalposts that a figure is judged by.
JUDGED_BY = (
    "target", "baseline", "target_on", "baseline_on", "low", "high", "direction", "trajectory", "target_is",
    "tolerance", "unit",
)  # fmt: skip
#: No column either: the fields whose figures must be passed, not only reached.
STRICT = "strict"
#: What *Target is* says of a total over years.
SINCE_START = "since the start"
#: How many periods a year holds.
_A_YEAR = {"weekly": 52, "monthly": 12, "quarterly": 4, "half-yearly": 2, "yearly": 1}


@dataclass(frozen=True, slots=True)
class Override:
    """A row of Targets: what is planned for the periods whose last day lies between two days.

    ``low`` and ``high`` are the bounds of a range, where the KPI is to stay within one; ``strict`` names
    what of the KPI (target, low, high) must be passed there. ``approved``: somebody from top management
    agreed, so that it counts inside closed reviews too.
    """

    first: date
    last: date
    planned: float | None
    approved: bool = False
    low: float | None = None
    high: float | None = None
    strict: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one KPI; ``overrides`` come with the one that wins first.

    There is none up to the day ``begins``, which the row names as *Baseline on*. ``printed`` is, by period,
    the plan that a closed review printed, and ``then`` the KPI as it was judged by that review, where it
    is judged otherwise now. ``ranges`` are, by period, the bounds that a closed review held a figure within.
    """

    kpi: Kpi
    fiscal_start: int = 1
    overrides: tuple[Override, ...] = ()
    begins: date | None = None
    printed: Mapping[str, float | None] = field(default_factory=dict)
    then: Mapping[str, Kpi] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    small_below: float = 12

    def level(self, period: Period) -> float | None:
        """What the target calls for in a period, in the target's own sense; None before *Baseline on*."""
        kpi = self.kpi
        if period.text in self.printed and not self._approved(period):
            return self.printed[period.text]
        if self.begins is not None and period.last <= self.begins:
            return None
        own = self.override(period)
        if own is not None:
            return own
        if kpi.baseline_on is not None and period.last <= kpi.baseline_on:
            return None
        whole_year = kpi.target_is == "year to date" and kpi.aggregation == "sum"
        day = year_of(period.last, self.fiscal_start).last if whole_year else period.last
        return planned(kpi, day, self.fiscal_start)

    def override(self, period: Period) -> float | None:
        """What a row of Targets plans for a period."""
        return next((each.planned for each in self._for(period)), None)

    def judged_as(self, period: Period) -> Kpi:
        """The KPI as a period is judged: by the range of then, inside a closed review by its goalposts."""
        if period.text in self.printed and not self._approved(period):
            then = self.then.get(period.text, self.kpi)
            low, high = self.ranges.get(period.text, (then.low, then.high))
            return then.changed(low=low, high=high) if period.text in self.ranges else then
        row = next(self._for(period), None)
        if row is None:
            return self.kpi
        kpi = self.kpi.changed(strict=(*self.kpi.strict, *row.strict)) if row.strict else self.kpi
        if kpi.direction != "within":
            return kpi
        low, high = (
            self.kpi.low if row.low is None else row.low,
            self.kpi.high if row.high is None else row.high,
        )
        return kpi.changed(low=low, high=high)

    @property
    def judged_alike(self) -> bool:
        """Whether the figures of all periods are judged by the KPI as it stands."""
        if self.then or any(each.strict for each in self.overrides):
            return False
        return not (self.kpi.direction == "within" and (self.overrides or self.ranges))

    def _approved(self, period: Period) -> bool:
        return next((each.approved for each in self._for(period)), False)

    def _for(self, period: Period) -> Iterator[Override]:
        return (each for each in self.overrides if each.first <= period.last <= each.last)

    def small(self, period: Period) -> bool:
        """Whether a year's target is so small a count that no month has a share of it."""
        return counts_by_year(self.kpi) and _is_small(self.level(period), self.small_below)

    @property
    def starts_small(self) -> bool:
        """The same of a target without a baseline: it holds from the start, as no month has a share."""
        kpi = self.kpi
        return kpi.baseline is None and counts_by_year(kpi) and _is_small(kpi.target, self.small_below)

    def single(self, period: Period) -> float | None:
        """What a period's own figure has to bring: of a total over a longer span, its share."""
        level = self.level(period)
        return None if level is None else level * self.share(period, 1)

    def share(self, period: Period, read: int) -> float:
        """The share of the target's span that some readings cover: below 1 only for totals over a span."""
        kpi = self.kpi
        if kpi.target_is in {"each period", SINCE_START} or kpi.aggregation != "sum" or self.small(period):
            return 1.0
        months = rolls(kpi.target_is)
        if not by_calendar(kpi):
            return 1.0 if months else _share_of_year(period.last, self.fiscal_start)
        if months:
            return read / rolled(kpi.frequency, months)
        return read / _periods_in_year(period.last, frequency_of(kpi), self.fiscal_start)


def rolled(frequency: str, months: int) -> int:
    """How many periods a rolling span of so many months holds.

    >>> rolled("monthly", 12), rolled("quarterly", 6), rolled("weekly", 3)
    (12, 2, 13)
    """
    return max(round(months * _A_YEAR.get(frequency, 1) / 12), 1)


def counts_by_year(kpi: Kpi) -> bool:
    """Whether a KPI counts something, no money, and its target is that of the year."""
    judged = kpi.direction in {"higher", "lower"} and kpi.frequency != "yearly" and not is_money(kpi.unit)
    return judged and kpi.target_is == "year to date" and kpi.aggregation == "sum"


def _is_small(level: float | None, below: float) -> bool:
    return level is not None and 0 <= level < below


def plan_of(book: Book, kpi: Kpi) -> Plan:
    """The plan of a KPI with its rows in Targets; ``kpi`` may have the start that its readings gave."""
    found = []
    for row in book.targets_of.get(kpi.id, ()):
        first, last = book.parse_period(row.from_), book.parse_period(row.until or row.from_)
        values = (row.planned, row.low, row.high)
        if says(kpi, row) and first is not None and last is not None:
            rank = (
                row.set_on or date.min,
                -(last.last - first.first).days,
                first.first,
                *(v or 0.0 for v in values),
            )
            person = book.person(row.agreed_by)
            approved = person is not None and bool(person.top_management)
            bounds = (row.low, row.high) if kpi.direction == "within" else (None, None)
            strict = tuple("target" if name == "planned" else name for name in row.strict)
            found.append((rank, Override(first.first, last.last, row.planned, approved, *bounds, strict)))
    # Of two rows for one period the one agreed later wins, then the one for the shorter span.
    found.sort(key=lambda pair: pair[0], reverse=True)
    overrides = tuple(override for _, override in found)
    typed = book.kpi(kpi.id) or kpi
    start, small = book.settings.fiscal_year_start_month, book.settings.small_count_below
    if not book.closed_plans:
        return Plan(kpi, start, overrides, typed.baseline_on, small_below=small)
    return Plan(kpi, start, overrides, typed.baseline_on, *_printed(book, kpi), small_below=small)


def says(kpi: Kpi, row: Target) -> bool:
    """Whether a row of Targets holds what replaces a KPI's plan: a planned value, or a bound of its range."""
    if kpi.direction == "within":
        return row.low is not None or row.high is not None
    return row.planned is not None


def _printed(book: Book, kpi: Kpi) -> tuple[dict[str, float | None], dict[str, Kpi], dict[str, Range]]:
    """What closed reviews printed of a KPI's plan, by period, the KPI of then where it is another, ranges."""
    levels: dict[str, float | None] = {}
    then: dict[str, Kpi] = {}
    ranges: dict[str, Range] = {}
    for closed in book.closed_plans:
        printed = closed.levels.get(kpi.id, {})
        levels |= printed
        ranges |= closed.ranges.get(kpi.id, {})
        posts = closed.posts.get((Kpi.TABLE, kpi.id), {})
        strict = posts.get(STRICT, ", ".join(kpi.strict)) != ", ".join(kpi.strict)
        if strict or any(posts.get(name, _now(kpi, name)) != _now(kpi, name) for name in JUDGED_BY):
            then |= dict.fromkeys(printed, as_kept(kpi, posts))
    return levels, then, ranges


def as_kept(kpi: Kpi, posts: Posts) -> Kpi:
    """A KPI with the goalposts by which a closed review judged its figures."""
    columns = columns_of(Kpi)
    held: dict[str, Any] = {
        name: date.fromisoformat(value) if columns[name].kind == "date" and isinstance(value, str) else value
        for name, value in posts.items()
        if name in JUDGED_BY
    }
    if STRICT in posts:
        held[STRICT] = tuple(name for name in str(posts[STRICT]).split(", ") if name)
    return kpi.changed(**held)


def _now(kpi: Kpi, name: str) -> Value:
    value: Value = getattr(kpi, name)
    return value.isoformat() if isinstance(value, date) else value


def moves(kpi: Kpi) -> bool:
    """Whether the plan runs from a baseline to a target: not where it is flat, a range, or read once."""
    return kpi.trajectory != "flat" and kpi.direction != "within" and kpi.frequency != "once"


def planned(kpi: Kpi, day: date, fiscal_start: int = 1) -> float | None:
    """What the trajectory calls for on a day; the target itself where it is flat, has come or has no day.

    None without a target, and while no way to one of a later day is known. The dates at both ends are worked
    out in whole days.
    """
    target, baseline, start, end = kpi.target, kpi.baseline, kpi.baseline_on, kpi.target_on
    if target is None or not moves(kpi) or end is None or day >= end:
        return target
    if baseline is None or start is None:
        return None
    if kpi.trajectory == "step":
        day = milestone(day, frequency_of(kpi), fiscal_start)
    if day <= start:
        return baseline
    return baseline + (target - baseline) * ((day - start).days / (end - start).days)


@lru_cache(maxsize=8192)
def milestone(day: date, frequency: Frequency, fiscal_start: int) -> date:
    """The last day, up to a given one, on which a stepped plan moves: the end of a fiscal quarter or year."""
    span: Frequency = "quarterly" if frequency in {"weekly", "monthly"} else "yearly"
    period = period_of(day, span, fiscal_start)
    return day if period.last == day else period.first - timedelta(days=1)


def year_of(day: date, fiscal_start: int) -> Period:
    """The fiscal year in which a day falls."""
    return period_of(day, "yearly", fiscal_start)


def _share_of_year(day: date, fiscal_start: int) -> float:
    """How much of its fiscal year is over with a day."""
    year = year_of(day, fiscal_start)
    return ((day - year.first).days + 1) / ((year.last - year.first).days + 1)


@lru_cache(maxsize=1024)
def _periods_in(year: int, frequency: Frequency, fiscal_start: int) -> int:
    first = date(year - (1 if fiscal_start > 1 else 0), fiscal_start, 1)
    return len(periods_between(first, year_of(first, fiscal_start).last, frequency, fiscal_start))


def _periods_in_year(day: date, frequency: Frequency, fiscal_start: int) -> int:
    return _periods_in(fiscal_year(day, fiscal_start), frequency, fiscal_start)
