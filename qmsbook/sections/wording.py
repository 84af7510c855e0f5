"""How the sections of the review say figures, people and actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from qmsbook.book import Book
from qmsbook.method import OFF_TRACK, OVERDUE
from qmsbook.section import Evidence, Said, Standing
from qmsbook.tables import Action, Kpi, Risk
from qmsbook.words import decimals_for, figure, listed, span_words

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short_day(day: date | None) -> str:
    """A day in a table: ``10 Nov 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


def actual_said(standing: Standing) -> Said:
    """What a KPI came to over the review's period, marked by how that stands against plan."""
    value = standing.span.actual
    if value is None:
        return Said("not read")
    return Said(figure(value, standing.kpi.unit, _decimals(standing)), word=standing.span.word)


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


def named(labels: Sequence[str], most: int = 5) -> str:
    """Some things by name, and how many more there are: ``K01 and K02``, ``K01, K02 and 9 more``."""
    if len(labels) <= most + 1:
        return listed(labels)
    return f"{', '.join(labels[:most])} and {len(labels) - most} more"


def open_on(book: Book) -> list[Action]:
    """Every open action, the first due first."""
    return sorted((a for a in book.actions if a.state == "open"), key=lambda a: (a.due or date.max, a.id))


def above_appetite(book: Book, risk: Risk) -> bool:
    """Whether a threat is larger than the company wants to live with, after its controls."""
    left = residual(risk)
    return (
        risk.kind == "threat"
        and risk.state == "open"
        and left is not None
        and left > book.settings.risk_appetite
    )


def residual(risk: Risk) -> float | None:
    """Likelihood times impact with the controls in place."""
    if risk.residual_likelihood is None or risk.residual_impact is None:
        return None
    return risk.residual_likelihood * risk.residual_impact


def action_words(action: Action) -> str:
    """An action in one line: ``A07 Weekly past-due meeting (Luis Ortega, due 27 Nov 2026)``."""
    who = ", ".join(
        part for part in (action.owner, f"due {short_day(action.due)}" if action.due else "") if part
    )
    return f"{action.id} {action.what}" + (f" ({who})" if who else "")
