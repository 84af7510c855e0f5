"""Goals with their objectives, and the vital few with a chart each."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.section import Block, Columns, Evidence, Heading, Rows, Said, Standing, Text
from qmsbook.sections.kpi_chart import kpi_chart
from qmsbook.sections.wording import kpis_under, short_day
from qmsbook.tables import Objective


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
    """The few objectives that matter most, each with its KPIs' charts; then the other vital KPIs."""
    vital = [o for o in evidence.book.objectives if o.vital_few and o.stage != "retired"]
    yield Heading("The vital few", new_page=True)
    if not vital:
        yield Text("No objective is marked as one of the vital few.", muted=True)
    told: set[str] = set()
    for objective in vital:
        rollup = evidence.then.objectives.get(objective.id)
        yield Heading(f"{objective.id} {objective.statement}", minor=True)
        if rollup:
            yield Text(rollup.status.reason)
        found = [s for s in _standing_for(evidence, objective) if s.kpi.id not in told]
        told |= {standing.kpi.id for standing in found}
        charts = [block for standing in found for block in _charted(evidence, standing)]
        yield from charts or [Text("No KPI of this objective has been read yet.", muted=True)]
    rest = [s for s in evidence.standings.values() if _vital(s) and s.kpi.id not in told]
    if rest:
        yield Heading("Other vital KPIs", minor=True)
        for standing in rest:
            yield from _charted(evidence, standing)


def _standing_for(evidence: Evidence, objective: Objective) -> list[Standing]:
    """The KPIs that stand for an objective: the vital ones, else the heaviest, or first, that was read."""
    under = (k.id for k in kpis_under(evidence, objective.id))
    found = [evidence.standings[key] for key in under if key in evidence.standings]
    read = [s for s in found if any(value is not None for value in s.series.held)]
    vital = [s for s in read if _vital(s)]
    heaviest = max(read, key=lambda s: 1.0 if s.kpi.weight is None else s.kpi.weight, default=None)
    return vital or ([heaviest] if heaviest else [])


def _vital(standing: Standing) -> bool:
    return bool(standing.kpi.vital) and standing.kpi.active is not False


def _charted(evidence: Evidence, standing: Standing) -> Iterator[Block]:
    """A KPI's chart, and what it says about change and the target, in a sentence each."""
    found = kpi_chart(evidence.then_book, standing.series, standing.word)
    if found is None:
        yield Text(f"{standing.kpi.label} has not been read yet.", muted=True)
        return
    yield found
    answers = evidence.then.kpis[standing.kpi.id].answers
    said = [answers[name].reason for name in ("variation", "assurance", "forecast") if name in answers]
    yield Text(" ".join(text for text in said if text), muted=True)
