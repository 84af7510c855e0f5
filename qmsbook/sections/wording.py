"""How the sections of the review say figures, people and actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from qmsbook.book import Book
from qmsbook.method import OFF_TRACK, OVERDUE
from qmsbook.section import Evidence, Standing
from qmsbook.tables import Action, Kpi
from qmsbook.words import decimals_for, figure, span_words

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short_day(day: date | None) -> str:
    """A day in a table: ``10 Nov 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


def actual_words(standing: Standing) -> str:
    """What a KPI came to over the review's period."""
    value = standing.span.actual
    return "" if value is None else figure(value, standing.kpi.unit, _decimals(standing))


def plan_words(standing: Standing) -> str:
    """What was planned for the same span; for a range, the range."""
    kpi = standing.kpi
    if kpi.direction == "within":
        return span_words(kpi.low, kpi.high, kpi.unit)
    value = standing.span.plan
    return "" if value is None else figure(value, kpi.unit, _decimals(standing))


def _decimals(standing: Standing) -> int:
    values = [v for v in (standing.span.actual, standing.span.plan) if v is not None]
    return decimals_for(*values)


def kpis_under(evidence: Evidence, objective: str) -> list[Kpi]:
    """The live KPIs of an objective."""
    return [kpi for kpi in evidence.book.kpis_of.get(objective, ()) if kpi.active is not False]


def is_off(standing: Standing) -> bool:
    """Whether a KPI belongs under what is off plan: over the period, or at its end."""
    return OFF_TRACK in (standing.span.word, standing.word) or standing.word == OVERDUE


def last_comment(evidence: Evidence, standing: Standing) -> str:
    """The last comment on a reading within the review's period, with the period it belongs to."""
    for period, place in zip(
        reversed(standing.series.periods), reversed(standing.series.places), strict=True
    ):
        if period.last < evidence.period.first:
            break
        if text := evidence.then_book.measurements.comment[place]:
            return f"{period.spoken}: {text}"
    return ""


def open_actions(book: Book, keys: Iterable[str]) -> list[Action]:
    """The open actions that serve any of these, the next due first."""
    found = {a.id: a for key in keys for a in book.actions_for.get(key, ()) if a.state == "open"}
    return sorted(found.values(), key=lambda a: (a.due or date.max, a.id))


def action_words(action: Action) -> str:
    """An action in one line: ``A07 Weekly past-due meeting (Luis Ortega, due 27 Nov 2026)``."""
    who = ", ".join(
        part for part in (action.owner, f"due {short_day(action.due)}" if action.due else "") if part
    )
    return f"{action.id} {action.what}" + (f" ({who})" if who else "")
