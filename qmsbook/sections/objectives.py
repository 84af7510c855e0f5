"""Goals with their objectives, and the vital few with a chart each."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book import Book
from qmsbook.period import Period
from qmsbook.section import Block, Chart, Columns, Evidence, Heading, Rows, Said, Standing, Text
from qmsbook.sections.wording import kpis_under, short_day
from qmsbook.tables import Objective
from qmsbook.words import figure

#: How many periods a chart shows.
_SHOWN = 13


def goals_and_objectives(evidence: Evidence) -> Iterator[Block]:
    """Every live objective under its goal, with its status at the period's end and why."""
    book = evidence.book
    yield Heading("Goals and objectives")
    columns: Columns = (
        ("id", "Id"), ("mark", "Status"), ("words", "Objective and why it stands there"), ("who", "Owner"),
        ("left", "Due"), ("right", "Done"),
    )  # fmt: skip
    told: set[str] = set()
    for goal in sorted(book.goals, key=lambda g: (g.rank or 999, g.id)):
        objectives = [o for o in book.objectives_of.get(goal.id, ()) if o.stage != "retired"]
        yield Heading(f"{goal.id} {goal.statement}", minor=True)
        told |= {o.id for o in objectives}
        yield Rows(
            columns, tuple(_row(evidence, o) for o in objectives), empty="No objective carries this goal."
        )
    rest = [o for o in book.objectives if o.id not in told and o.stage != "retired"]
    if rest:
        yield Heading("Objectives that serve no goal", minor=True)
        yield Rows(columns, tuple(_row(evidence, o) for o in rest))


def _row(evidence: Evidence, objective: Objective) -> tuple[str | Said, ...]:
    rollup = evidence.then.objectives.get(objective.id)
    reason = rollup.status.reason if rollup else ""
    done = f"{rollup.progress:.0%}".replace("%", " %") if rollup and rollup.progress is not None else ""
    vital = " (vital few)" if objective.vital_few else ""
    return (
        Said(objective.id, to=objective.cell("id")),
        Said(word=rollup.status.word if rollup else ""),
        Said(f"{vital}\n{reason}", lead=objective.statement),
        objective.owner,
        short_day(objective.due),
        done,
    )


def vital_few(evidence: Evidence) -> Iterator[Block]:
    """The few objectives that matter most, each with a chart of its leading KPI."""
    vital = [o for o in evidence.book.objectives if o.vital_few and o.stage != "retired"]
    yield Heading("The vital few", new_page=True)
    if not vital:
        yield Text("No objective is marked as one of the vital few.", muted=True)
    for objective in vital:
        rollup = evidence.then.objectives.get(objective.id)
        yield Heading(f"{objective.id} {objective.statement}", minor=True)
        if rollup:
            yield Text(rollup.status.reason)
        leading = _leading(evidence, objective)
        if leading is None:
            yield Text("No KPI of this objective has been read yet.", muted=True)
        else:
            yield _chart(evidence.book, leading)


def _leading(evidence: Evidence, objective: Objective) -> Standing | None:
    """The KPI that stands for an objective: a vital one, then the heaviest, then the first that was read."""
    found = [
        evidence.standings[k.id] for k in kpis_under(evidence, objective.id) if k.id in evidence.standings
    ]
    read = [s for s in found if any(value is not None for value in s.series.held)]
    return max(
        read,
        key=lambda s: (bool(s.kpi.vital), s.kpi.weight if s.kpi.weight is not None else 1.0),
        default=None,
    )


def _label(period: Period) -> str:
    """A period on an axis: ``Sep 26``, ``2026-Q3``."""
    return f"{period.months[:3]} {period.last:%y}" if period.frequency == "monthly" else period.text


def _chart(book: Book, standing: Standing) -> Chart:
    series, kpi = standing.series, standing.kpi
    labels = tuple(_label(p) for p in series.periods[-_SHOWN:])
    actual, plan = series.held[-_SHOWN:], series.plan[-_SHOWN:]
    last = next((at for at in range(len(actual) - 1, -1, -1) if actual[at] is not None), 0)
    value, planned = actual[last], plan[last]
    now = figure(value, kpi.unit) if value is not None else "not read"
    against = f" against {figure(planned, kpi.unit)} planned" if planned is not None else ""
    period = series.periods[-_SHOWN:][last]
    title = f"{kpi.name}: {now}{against}, {standing.word.lower()}"
    first = next((at for at, v in enumerate(actual) if v is not None), last)
    begun = actual[first]
    start = (
        f"from {figure(begun, kpi.unit)} in {labels[first]} " if begun is not None and first != last else ""
    )
    alt = (
        f"Line chart of {kpi.name} ({kpi.id}), actual and plan: {start}to {now} in {_label(period)}{against}."
    )
    return Chart(title, alt, kpi.unit, labels, actual, plan)
