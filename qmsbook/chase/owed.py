"""What each person owes: readings that are due, open actions, findings to mend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qmsbook.book.book import Book, by_calendar, frequency_of
from qmsbook.book.period import Period, latest_ended, period_of
from qmsbook.book.tables import Action, Kpi, Review
from qmsbook.methods.method import Assessment, KpiAnswers
from qmsbook.methods.plan import SINCE_START, plan_of, year_of
from qmsbook.methods.target import grace_days
from qmsbook.rules.rule import Finding, Severity

#: Readings further back are no longer asked for: nobody can find them out any more.
_BACK = 13


@dataclass(frozen=True, slots=True)
class Due:
    """A reading that is due by a day; ``plan`` and ``last`` (the last figure read) are in the KPI's unit.

    ``over`` says what the plan is of where that is not the period alone: ``for the year``.
    """

    kpi: Kpi
    period: Period
    by: date
    plan: float | None = None
    last: float | None = None
    over: str = ""

    @property
    def key(self) -> str:
        """What names the reading: ``K07@2026-10``."""
        return f"{self.kpi.id}@{self.period.text}"


@dataclass(frozen=True, slots=True)
class Owed:
    """All that one person owes. ``coming`` are readings whose period still runs."""

    person: str
    readings: tuple[Due, ...] = ()
    actions: tuple[Action, ...] = ()
    findings: tuple[Finding, ...] = ()
    coming: tuple[Due, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there is anything to remind of."""
        return bool(self.readings or self.actions or self.findings)


def owed(book: Book, assessed: Assessment, findings: Sequence[Finding]) -> tuple[Owed, ...]:
    """What each person who still works here owes, by name; people who owe nothing are left out."""
    readings, coming = _readings(book, assessed)
    actions: dict[str, list[Action]] = defaultdict(list)
    for action in book.actions:
        if action.state == "open" and action.owner and action.id:
            actions[action.owner].append(action)
    mend: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.owner and not finding.waived and finding.severity is not Severity.ADVICE:
            mend[finding.owner].append(finding)
    names = sorted({*readings, *actions, *mend}, key=str.casefold)
    each = [
        Owed(
            name, tuple(readings[name]),
            tuple(sorted(actions[name], key=lambda a: (a.due or date.max, a.id))),
            tuple(mend[name]), tuple(coming[name]),
        )
        for name in names
        if not _left(book, name)
    ]  # fmt: skip
    return tuple(person for person in each if person.anything)


def _left(book: Book, name: str) -> bool:
    person = book.person(name)
    return person is not None and person.left_on is not None and person.left_on <= book.on


def _readings(book: Book, assessed: Assessment) -> tuple[dict[str, list[Due]], dict[str, list[Due]]]:
    """By owner: the readings whose period is over, and the next one of each KPI."""
    due: dict[str, list[Due]] = defaultdict(list)
    coming: dict[str, list[Due]] = defaultdict(list)
    read = _read(book)
    for key, answers in assessed.kpis.items():
        kpi = answers.kpi
        if not kpi.owner or kpi.active is False or not by_calendar(kpi):
            continue
        due[kpi.owner] += [
            _due(book, answers, p)
            for p in _over(book, answers)
            if (key, p.text) not in read and p.text not in answers.series.bad
        ]
        start = book.settings.fiscal_year_start_month
        if by_calendar(kpi) and answers.series.ended is None:
            coming[kpi.owner].append(_due(book, answers, period_of(book.on, frequency_of(kpi), start)))
    for found in due.values():
        found.sort(key=lambda each: (each.by, each.kpi.id))
    return due, coming


def _read(book: Book) -> set[tuple[str, str]]:
    """KPI and period of every row that holds a figure, or words that explain why there is none."""
    held = book.measurements
    columns = zip(
        held.kpi, held.period, held.value, held.numerator, held.denominator, held.comment, strict=True
    )
    return {(k, p) for k, p, v, n, d, c in columns if v is not None or n is not None or d is not None or c}


def _over(book: Book, answers: KpiAnswers) -> list[Period]:
    """The KPI's periods that count and are over, the oldest first.

    Nobody finds out what was before the year in which people began to read it.
    """
    first, ended = _begun(answers), answers.series.ended
    if not by_calendar(answers.kpi):
        return []
    period = latest_ended(book.on, frequency_of(answers.kpi), book.settings.fiscal_year_start_month)
    found: list[Period] = []
    while first is not None and period.last >= first.last and len(found) < _BACK:
        if ended is None or period.last <= ended.last:
            found.append(period)
        period = period.previous
    return found[::-1]


def _begun(answers: KpiAnswers) -> Period | None:
    """The first period that is asked for: the first due one, or the first of the year that was first read."""
    series = answers.series
    first = next((p for p, held in zip(series.periods, series.actual, strict=True) if held is not None), None)
    due = series.first_due
    if due is None or first is None:
        return due
    year = year_of(first.last, first.fiscal_start)
    return due if due.last >= year.first else period_of(year.first, due.frequency, due.fiscal_start)


def _due(book: Book, answers: KpiAnswers, period: Period) -> Due:
    kpi = answers.kpi
    by = period.last + timedelta(days=grace_days(kpi, book.settings))
    plan = plan_of(book, answers.series.kpi)
    over = "since the start" if kpi.target_is == SINCE_START else "for the year" if plan.small(period) else ""
    return Due(kpi, period, by, plan.single(period), answers.latest, over)


def next_review(book: Book) -> tuple[date, Review] | None:
    """The day of the next review, and the row that says so: one that is planned, or what the last one set."""
    days = [
        (r.held_on, r) for r in book.reviews if r.state != "closed" and r.held_on and r.held_on >= book.on
    ]
    days += [(r.next_review_on, r) for r in book.reviews if r.next_review_on and r.next_review_on >= book.on]
    found = [(day, row) for day, row in days if day is not None]
    return min(found, key=lambda each: each[0], default=None)
