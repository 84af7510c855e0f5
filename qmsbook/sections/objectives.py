"""Goals and the vital few with a chart each, and every objective with its status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qmsbook.book.book import Book
from qmsbook.book.tables import Goal, Objective
from qmsbook.book.words import clipped, listed, percent
from qmsbook.methods.method import AT_RISK, NOT_DUE, OFF_TRACK, ON_TRACK, Rollup
from qmsbook.methods.milestones import milestones_of
from qmsbook.methods.progress import HOLD, holds
from qmsbook.sections.chart_data import NAMED, kpi_chart
from qmsbook.sections.section import (
    Block,
    Chart,
    Charts,
    Columns,
    Evidence,
    Heading,
    Rows,
    Said,
    Standing,
    Text,
)
from qmsbook.sections.wording import all_named, brief, kpis_under, short_day, whose

_LEGEND = (
    "Blue: reached. Dashed: planned. Grey: the mean; dotted: its natural limits. Diamond or square: a real "
    "change. You choose for each before the minutes."
)


def ranked(book: Book) -> list[Goal]:
    """The goals, the most important first."""
    return sorted(book.goals, key=lambda g: (g.rank or 999, g.id))


def vital(book: Book) -> list[Objective]:
    """The vital few that are not retired."""
    return [o for o in book.objectives if o.vital_few and o.stage != "retired"]


def goals_and_vital_few(evidence: Evidence) -> Iterator[Block]:
    """Goals and the vital few, each with a chart of the KPI that tells its result: actual against plan."""
    book = evidence.book
    shown: dict[str, tuple[list[str], Standing]] = {}
    bare: list[str] = []
    for goal in ranked(book):
        standing = evidence.standings.get(goal.result_kpi)
        _take(shown, bare, goal.id, standing if standing is not None and _read(standing) else None)
    for objective in vital(book):
        _take(shown, bare, objective.id, _leading(evidence, objective))
    yield Heading("Goals and the vital few")
    if not vital(book):
        yield Text("No objective is marked as one of the vital few.", muted=True)
    if shown:
        charts = [_chart(evidence, standing, keys) for keys, standing in shown.values()]
        yield Text(_LEGEND, muted=True)
        yield Charts(tuple(chart for chart in charts if chart))
    if bare:
        told = f"No chart for {listed(bare)}: no KPI tells the result, or it has no figure yet."
        yield Text(told, muted=True)


def _take(
    shown: dict[str, tuple[list[str], Standing]], bare: list[str], key: str, standing: Standing | None
) -> None:
    """Note whose chart a KPI is; a goal and an objective that share one share its chart."""
    if standing is None:
        bare.append(key)
    else:
        shown.setdefault(standing.kpi.id, ([], standing))[0].append(key)


def _read(standing: Standing) -> bool:
    return any(value is not None for value in standing.series.held)


def objectives(evidence: Evidence) -> Iterator[Block]:
    """Every live objective under its goal, with its status at the period's end and what is behind."""
    book = evidence.book
    yield Heading("Objectives")
    columns: Columns = (
        ("id", "Id"), ("mark", f"On {short_day(evidence.as_of)}"),
        ("words", "Objective, and why it stands there"), ("who", "Owner"), ("left", "Due"),
        ("right", "Progress"),
    )  # fmt: skip
    told: set[str] = set()
    rows: list[tuple[str | Said, ...]] = []
    for goal in ranked(book):
        under = [o for o in book.objectives_of.get(goal.id, ()) if o.stage != "retired" and o.id not in told]
        told |= {o.id for o in under}
        rows.append((f"{goal.id} {goal.statement}" + ("" if under else ": no objective carries this goal"),))
        rows += [_row(evidence, o) for o in under]
    rest = [o for o in book.objectives if o.id not in told and o.stage != "retired"]
    if rest:
        rows.append(("Objectives that serve no goal",))
        rows += [_row(evidence, o) for o in rest]
    yield Rows(columns, tuple(rows), empty="No goals and no objectives are entered yet.")


def _row(evidence: Evidence, objective: Objective) -> tuple[str | Said, ...]:
    rollup = evidence.then.objectives.get(objective.id)
    word = rollup.status.word if rollup else ""
    reason = _why(evidence, objective, rollup) if rollup and word != ON_TRACK else ""
    more = [
        f" (with {listed(objective.with_)})" if objective.with_ else "",
        " (vital few)" if objective.vital_few else "",
        " (only watched)" if objective.stage == "monitor" else "",
    ]
    return (
        Said(objective.id, to=objective.cell("id")),
        Said(word=word),
        Said("".join(more) + (f": {reason}" if reason else ""), lead=objective.statement),
        whose(evidence.book, objective.owner),
        short_day(objective.due),
        _progress(evidence, rollup) if rollup else "",
    )


def _progress(evidence: Evidence, rollup: Rollup) -> str:
    """The share of the way that is done; ``hold`` where every KPI under it is only to be held."""
    if rollup.progress is not None:
        return percent(rollup.progress)
    under = [evidence.standings[key].series.kpi for key in rollup.children if key in evidence.standings]
    return HOLD if under and all(map(holds, under)) else ""


def _why(evidence: Evidence, objective: Objective, rollup: Rollup) -> str:
    """How many of its KPIs were read, how they stand, and which are behind."""
    late = [
        f"{clipped(each.action.what)} ({each.action.id}) {each.words}"
        for each in milestones_of(evidence.then_book, objective.id)
        if each.late and not each.reached
    ]
    if not rollup.total:
        return "nothing under it is due yet." if rollup.status.word == NOT_DUE else "no KPI under it counts."
    under = [evidence.standings[key] for key in rollup.children if key in evidence.standings]
    order = [s for s in under if s.word == OFF_TRACK] + [s for s in under if s.word == AT_RISK]
    behind = all_named([*(f"{'the vital ' if s.kpi.vital else ''}{brief(s.kpi)}" for s in order), *late], 3)
    return f"{rollup.counts}." + (f" Behind: {behind}." if behind else "")


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


def _chart(evidence: Evidence, standing: Standing, keys: list[str]) -> Chart | None:
    """The chart of a KPI, its title beginning with the ids whose result it tells; None without readings."""
    found = kpi_chart(evidence.then_book, standing.series, standing.word, NAMED, brief=True)
    name = standing.kpi.name
    said = found.title.removeprefix(f"{name}: ") if found else ""
    return replace(found, title=f"{', '.join(keys)}  {clipped(name)}: {said}") if found else None
