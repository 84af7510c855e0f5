"""How the sections of the review say figures, people and actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from qmsbook.book.book import Book, by_calendar
from qmsbook.book.table import Record
from qmsbook.book.tables import Action, Kpi, Risk
from qmsbook.book.words import day_words, decimals_apart, decimals_in, figure, listed, span_words
from qmsbook.methods.method import AT_RISK, BAD_VALUE, LEVELS, OFF_TRACK, ON_TRACK, OVERDUE
from qmsbook.methods.totals import months_so_far
from qmsbook.methods.xmr import CONCERN, IMPROVEMENT
from qmsbook.sections.section import Evidence, Said, Standing

#: A name in a list has room for so many letters.
_LONG = 60
#: So many questions of one kind are asked in a row each.
_FEW = 3
#: So many ids a sentence names at most.
_IDS = 40
#: The one text that stands for all inputs where a handful of people work.
LOOKED_AT = "What else we looked at"


def short_day(day: date | None) -> str:
    """A day in a table: ``Nov 10, 2026``; blank for none."""
    return day_words(day) if day else ""


def actual_said(standing: Standing) -> Said:
    """What a KPI came to over the review's period, marked by how that stands against plan."""
    value = standing.span.actual
    if value is None:
        seldom = "not due" if by_calendar(standing.kpi) else "no reading"
        return Said("not read" if standing.span.due else seldom)
    # One status a row: where the span's is another, its words stand beside it.
    word = standing.span.word if standing.span.word == standing.word else ""
    at = _small(standing)
    part = f" in {months_so_far(standing.series.periods[at])}" if at is not None else ""
    return Said(figure(value, standing.kpi.unit, _decimals(standing)) + part, word=word)


def _small(standing: Standing) -> int | None:
    """The place that the figure of the period is of, where that is a small count of its year."""
    return max(standing.series.small) if standing.series.small and standing.kpi.judged else None


def over_the_span(evidence: Evidence, standing: Standing) -> str:
    """How a KPI stands over the review's period where that is not how it stands at its end."""
    span = standing.span
    if span.word not in LEVELS or span.word == standing.word or span.actual is None:
        return ""
    return f"{span.word.lower()} over {evidence.period.months}"


def plan_words(standing: Standing) -> str:
    """What was planned for the same span; for a range, the range."""
    kpi = standing.kpi
    if kpi.direction == "within":
        if standing.span.actual is None:
            return span_words(*standing.series.bounds(standing.series.latest), kpi.unit)
        return span_words(standing.span.low, standing.span.high, kpi.unit)
    value = standing.span.plan
    if value is None:
        return ""
    year = " for the year" if _small(standing) is not None else ""
    return figure(value, kpi.unit, _decimals(standing)) + year


def _decimals(standing: Standing) -> int:
    """So many that a figure and its plan look as different as their status says."""
    values = [v for v in (standing.span.actual, standing.span.plan) if v is not None]
    unit = standing.kpi.unit
    return decimals_apart(values[0], values[1], unit) if len(values) == 2 else decimals_in(unit, *values)


def why_listed(evidence: Evidence, standing: Standing) -> str:
    """Why a KPI that is not off track stands under what is: over the period it is, or it really got worse."""
    told = over_the_span(evidence, standing)
    worse = standing.word in {ON_TRACK, AT_RISK} and worsens(evidence, standing) and not told
    return "really getting worse" if worse else told


def kpis_under(evidence: Evidence, objective: str) -> list[Kpi]:
    """The live KPIs of an objective."""
    return [kpi for kpi in evidence.book.kpis_of.get(objective, ()) if kpi.active is not False]


def is_off(standing: Standing) -> bool:
    """Whether a KPI belongs under what is off track: over the period, or at its end."""
    return OFF_TRACK in (standing.span.word, standing.word) or standing.word in {OVERDUE, BAD_VALUE}


def worsens(evidence: Evidence, standing: Standing) -> bool:
    """Whether the readings of the period really got worse, by more than noise."""
    return _answer(evidence, standing) == CONCERN


def improves(evidence: Evidence, standing: Standing) -> bool:
    """Whether the readings of the period really got better, by more than noise."""
    return _answer(evidence, standing) == IMPROVEMENT


def still_improves(evidence: Evidence, standing: Standing) -> bool:
    """The same, unless the new level is an old one by now and its last readings no longer get better."""
    change = evidence.then.kpis[standing.kpi.id].answers.get("variation")
    still = change.figures.get("still") if change is not None else None
    return improves(evidence, standing) and still in (None, IMPROVEMENT)


def _answer(evidence: Evidence, standing: Standing) -> object:
    """What natural limits say of the last reading; None where it is of a period before this one."""
    answers, series = evidence.then.kpis[standing.kpi.id], standing.series
    fresh = series.latest is not None and series.periods[series.latest].last >= evidence.period.first
    change = answers.answers.get("variation")
    return change.figures.get("answer") if change is not None and fresh else None


def off_standings(evidence: Evidence) -> list[Standing]:
    """The KPIs that the meeting has to look at: off track, late, or really getting worse; the worst first."""
    found = [s for s in evidence.standings.values() if is_off(s) or worsens(evidence, s)]
    return sorted(found, key=_how_bad)


def _how_bad(standing: Standing) -> tuple[int, bool, float]:
    """Off track over the period and at its end, then at its end, then over it; vital ones, then the gap."""
    span, end = standing.span.word == OFF_TRACK, standing.word == OFF_TRACK
    gap, plan = standing.span.gap, standing.span.plan
    share = gap / abs(plan) if gap is not None and plan else 0.0
    return 0 if span and end else 1 if end else 2 if span else 3, not standing.kpi.vital, share


def late_readings(evidence: Evidence) -> list[tuple[str, str]]:
    """Who owes readings, and which."""
    late: dict[str, list[str]] = {}
    for standing in evidence.standings.values():
        if standing.late:
            periods = listed([p.text for p in standing.late])
            late.setdefault(standing.kpi.owner or "nobody", []).append(f"{standing.kpi.id} for {periods}")
    return [(who, all_named(what, _IDS)) for who, what in sorted(late.items())]


def unusable_readings(evidence: Evidence) -> list[str]:
    """The readings of the review's period that were typed and cannot be used: ``K07 for 2026-04``.

    A denominator of zero is none of them: there was nothing to count.
    """
    found = []
    below = evidence.then_book.measurements.denominator
    for standing in evidence.standings.values():
        series = standing.series
        inside = [
            period.text
            for period, place in zip(series.periods, series.places, strict=True)
            if evidence.period.contains(period) and below[place] != 0
        ]
        if bad := [text for text in inside if text in series.bad]:
            found.append(f"{standing.kpi.id} for {listed(bad)}")
    return found


def last_comment(evidence: Evidence, standing: Standing) -> str:
    """The last comment on a reading of the review's period, or on the one judged, with its period."""
    series = standing.series
    judged = series.periods[series.latest] if series.latest is not None else None
    for period, place in zip(reversed(series.periods), reversed(series.places), strict=True):
        if period.last < evidence.period.first and period != judged:
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


def all_named(labels: Sequence[str], most: int = 5, where: str = "") -> str:
    """All of some things, the later ones by their ids alone: ``K01 (Scrap), K02 (Sales), K07 and K09``.

    Of more than a line or two of ids the rest is counted, and ``where`` says which part lists them.
    """
    ids = [label.partition(" (")[0] for label in labels[most:_IDS]]
    rest = [f"{len(labels) - _IDS} more" + (f" (all under *{where}*)" if where else "")]
    return listed([*labels[:most], *ids, *(rest if len(labels) > _IDS else [])])


def each_named(labels: Sequence[str], where: str, ask: Callable[[str], str]) -> list[str]:
    """A question for each of a few things, so that each can be decided by itself; of more than a few, one."""
    if len(labels) <= _FEW:
        return [ask(label) for label in labels]
    return [ask(all_named(labels, 4, where))]


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


def overdue(book: Book) -> list[Action]:
    """The open actions whose day has passed, the oldest first."""
    return [action for action in open_on(book) if action.due is not None and action.due < book.on]


def brief(record: Record) -> str:
    """Id and name, a long name cut: for lists, where a name that fills three lines hides the next."""
    label = record.label
    cut = f"{label[: _LONG - 1].rstrip()}\u2026"
    return label if len(label) <= _LONG else cut + (")" if "(" in cut else "")


def label_of(book: Book, key: str) -> str:
    """What an id names, with its name: ``K07 (On-time delivery)``; the id alone where it is unknown."""
    found = book.find(key)
    return brief(found) if found else key


def action_words(action: Action) -> str:
    """An action in one line: ``A07 Weekly past-due meeting (Luis Ortega, due Nov 27, 2026)``."""
    who = ", ".join(
        part for part in (action.owner, f"due {short_day(action.due)}" if action.due else "") if part
    )
    return f"{action.id} {action.what}" + (f" ({who})" if who else "")


def stopped(text: str) -> str:
    """A text with its full stop."""
    text = text.rstrip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def whose(book: Book, owner: str) -> str:
    """The owner of a row; blank where there is nobody else, so that one name does not fill a column."""
    person = book.person(owner) if book.one_person else None
    return "" if person is not None and person.left_on is None else owner or "nobody"
