"""Steps: what a plan still lacks before it can run at all, in the order in which it is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qmsbook.book.book import Book, by_calendar, frequency_of, unreadable_reading
from qmsbook.book.period import period_of
from qmsbook.book.table import Record
from qmsbook.book.tables import Goal, Kpi, Measurement, Objective, Person
from qmsbook.book.words import listed, plural
from qmsbook.methods.plan import says
from qmsbook.rules.ask import live_kpis, standing

#: The last day from which a period can still be counted.
_LAST_DAY = date(9990, 1, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a plan that runs: what to do, in which table, and what is missing for it.

    ``missing`` is a sentence, blank once the step is done; ``none_of`` names what there is nothing of.
    """

    what: str
    table: str
    missing: str = ""
    none_of: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing is missing for it."""
        return not self.missing


def steps(book: Book) -> tuple[Step, ...]:
    """All steps, done or not, in their order."""
    kpis, objectives = live_kpis(book), standing(book)
    owners = [goal.owner for goal in book.goals] + [each.owner for each in objectives]
    owners += [kpi.owner for kpi in kpis]
    lost = [trouble.table for trouble in book.astray]
    found = [Step("Bring back every table", "", f"There is no table {listed(lost)}." if lost else "")]
    if book.has(Person):
        found.append(_first(book, "Enter the people", Person, book.people, "people"))
    return (
        *found,
        _first(book, "Write the goals of the business", Goal, book.goals, "goals"),
        _first(book, "Say what the teams will do for each goal", Objective, objectives, "objectives"),
        _first(book, "Choose the figures that show it", Kpi, kpis, "KPIs"),
        Step("Set a target for each KPI", Kpi.TABLE, _without_target(book, kpis)),
        Step(
            "Name an owner for each goal, objective and KPI",
            Goal.TABLE,
            _share(owners.count(""), len(owners), "goals, objectives and KPIs", "owner"),
        ),
        _figures(book, kpis),
    )


def left(book: Book) -> tuple[Step, ...]:
    """The steps still to do; none for a plan that is complete."""
    return tuple(step for step in steps(book) if not step.done)


def still_missing(book: Book) -> str:
    """All that is missing, said in one go; blank for a plan that is complete."""
    found = left(book)
    none = [step.none_of for step in found if step.none_of]
    parts = [step.missing for step in found if not step.none_of]
    parts += [f"There are no {listed(none, 'or')} yet."] if none else []
    return " ".join(["The plan is not complete:", *parts]) if parts else ""


def _first(book: Book, what: str, record: type[Record], rows: Sequence[Record], noun: str) -> Step:
    """A step that is done with the first row; of a table that is missing it is not known."""
    if rows or not book.has(record):
        return Step(what, record.TABLE)
    return Step(what, record.TABLE, f"There are no {noun} yet.", noun)


def _share(count: int, total: int, what: str, lacks: str) -> str:
    """``2 of 12 KPIs have no target.``; blank where none lacks it."""
    return f"{count} of {total} {what} {'has' if count == 1 else 'have'} no {lacks}." if count else ""


def _without_target(book: Book, kpis: Sequence[Kpi]) -> str:
    rows = book.targets_of
    count = sum(not (_has_target(kpi) or any(says(kpi, row) for row in rows.get(kpi.id, ()))) for kpi in kpis)
    return _share(count, len(kpis), "KPIs" if len(kpis) > 1 else "KPI", "target")


def _has_target(kpi: Kpi) -> bool:
    if kpi.direction == "within":
        return kpi.low is not None or kpi.high is not None
    return kpi.target is not None


def _figures(book: Book, kpis: Sequence[Kpi]) -> Step:
    """Whether each KPI of which a period is over was read at least once."""
    what, held = "Type the figures", book.measurements
    figures = zip(held.kpi, held.value, held.numerator, held.denominator, strict=True)
    read = {key for key, value, n, d in figures if value is not None or (n is not None and d is not None)}
    # What was typed and cannot be read is told where it stands; its KPI was read all the same.
    unread = [
        kpi
        for kpi in kpis
        if kpi.id not in read
        and not any(unreadable_reading(book, at) for at in book.readings_of.get(kpi.id, ()))
    ]
    if not book.has(Measurement) or ((read or kpis) and not unread):
        return Step(what, Measurement.TABLE)
    if len(unread) == len(kpis):
        return Step(what, Measurement.TABLE, "There are no figures yet.", "figures")
    due = sum(_has_begun(book, kpi) for kpi in unread)
    said = f"{due} of {plural(len(kpis), 'KPI')} {'was' if due == 1 else 'were'} never read." if due else ""
    return Step(what, Measurement.TABLE, said)


def _has_begun(book: Book, kpi: Kpi) -> bool:
    """Whether the first period of a KPI is over; a KPI that does not say when it begins has begun."""
    if not by_calendar(kpi):
        return False
    if kpi.baseline_on is None:
        return True
    first = min(kpi.baseline_on, _LAST_DAY) + timedelta(days=1)
    return period_of(first, frequency_of(kpi), book.settings.fiscal_year_start_month).last < book.on
