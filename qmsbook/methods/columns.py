"""The values of all computed columns, as edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias

from qmsbook.book.book import Book
from qmsbook.book.edit import KEEP, Keep, SetColumn
from qmsbook.book.table import Record, Table, Value, columns_of
from qmsbook.book.tables import (
    TABLES,
    Action,
    Decision,
    Goal,
    Input,
    Kpi,
    Measurement,
    Objective,
    Process,
    Review,
    Risk,
)  # fmt: skip
from qmsbook.methods.method import Assessment, KpiAnswers, Rollup
from qmsbook.methods.milestones import due_first

#: Field name -> value of one row.
Row: TypeAlias = Mapping[str, Value]
#: Field name -> values by row of the table, from 0.
Columns: TypeAlias = dict[str, list[Value]]
#: Columns that a command of its own writes, when a review is closed.
_OTHERS = frozenset({(Review, "closed_on"), (Review, "digest"), (Review, "history")})


def computed(
    book: Book,
    assessed: Assessment,
    checks: Mapping[tuple[str, int], str],
    advice: Mapping[str, str] = MappingProxyType({}),
) -> list[SetColumn]:
    """One edit per computed column that the workbook has, in the order of its tables.

    ``checks`` says by table and sheet row what to mend first there, ``advice`` by objective what its figures
    suggest. Blank rows get blanks, and a formula of
    the user is kept. *Closed on*, *Digest* and *History* of Reviews are left
    to the commands that close and reopen.
    """
    edits: list[SetColumn] = []
    for record in TABLES:
        table = book.tables.get(record.TABLE)
        if table is not None:
            values = _values(record, table, book, assessed)
            values["check"] = _checks(record, table, checks)
            if record is Objective:
                values["advice"] = _advice(table, book, advice)
            edits += _edits(record, table, values)
    return edits


def _edits(record: type[Record], table: Table, columns: Columns) -> Iterator[SetColumn]:
    for name, column in columns_of(record).items():
        place = table.find(column.header) if column.computed else None
        if place is None or (record, name) in _OTHERS:
            continue
        values: list[Value | Keep] = [*columns.get(name, [None] * table.rows)]
        for row in table.formulas[place] if table.formulas else ():
            values[row] = KEEP
        if name == "progress" and table.percent:
            # A share goes out as the percent that people read where the cell shows percent: hosts divide.
            for row in table.percent[place]:
                share = values[row]
                values[row] = share * 100 if isinstance(share, float) else share
        yield SetColumn(table.name, table.headers[place], tuple(values))


def _checks(record: type[Record], table: Table, checks: Mapping[tuple[str, int], str]) -> list[Value]:
    values: list[Value] = [None] * table.rows
    for (name, row), text in checks.items():
        if name == record.TABLE and 0 <= row - table.row - 1 < table.rows:
            values[row - table.row - 1] = text
    return values


def _advice(table: Table, book: Book, advice: Mapping[str, str]) -> list[Value]:
    values: list[Value] = [None] * table.rows
    for objective in book.objectives:
        if book.objective(objective.id) is objective:
            values[objective.row - table.row - 1] = advice.get(objective.id) or None
    return values


def _values(record: type[Record], table: Table, book: Book, assessed: Assessment) -> Columns:
    """The values of one table's computed columns; a second row of an id stays blank."""
    if record is Measurement:
        return _reading_columns(table, book, assessed)
    columns: Columns = {}
    fill = _FILLS.get(record)
    known = book.ids.get(record.TABLE, {})
    for each in book.of(record) if fill else ():
        if fill and (record.KEY != "id" or known.get(each.key) is each):
            for name, value in fill(book, assessed, each).items():
                if name not in columns:
                    columns[name] = [None] * table.rows
                columns[name][each.row - table.row - 1] = None if value == "" else value
    return columns


def _reading_columns(table: Table, book: Book, assessed: Assessment) -> Columns:
    """Column by column, for there are many rows."""
    readings = book.measurements
    names = ("name", "unit", "owner", "previous", "actual", "plan", "status")
    columns: Columns = {name: [None] * table.rows for name in names}
    name, unit, owner, previous, actual, plan, status = columns.values()
    first = table.row + 1
    kpis = book.ids.get(Kpi.TABLE, {})
    answers = assessed.readings
    for place, (sheet_row, key) in enumerate(zip(readings.rows, readings.kpi, strict=True)):
        kpi = kpis.get(key)
        if isinstance(kpi, Kpi):
            row = sheet_row - first
            name[row], unit[row], owner[row] = kpi.name or None, str(kpi.unit) or None, kpi.owner or None
            previous[row], actual[row] = tidy(answers.previous[place]), tidy(answers.actual[place])
            plan[row], status[row] = tidy(answers.plan[place]), answers.word[place] or None
    return columns


def tidy(value: float | None) -> float | None:
    """A figure without the dust of binary fractions: 95.10000000000001 is 95.1."""
    return None if value is None else float(f"{value:.12g}")


# -- one function per table


def _kpi(book: Book, assessed: Assessment, kpi: Kpi) -> Row:
    found: KpiAnswers = assessed.kpis[kpi.id]
    change, meets = found.answers.get("variation"), found.answers.get("assurance")
    return {
        "latest": tidy(found.latest),
        "period": found.latest_period.text if found.latest_period else None,
        "plan": tidy(found.plan),
        "status": found.status.word,
        "real_change": change.word if change else None,
        "can_it_meet_the_target": meets.word if meets else None,
        "progress": tidy(found.progress),
        "reason": found.status.reason,
    }


def _objective(book: Book, assessed: Assessment, objective: Objective) -> Row:
    found = assessed.objectives[objective.id]
    counts = found.counts if found.status.word else ""
    return {"status": found.status.word, "progress": tidy(found.progress), "kpis": counts}


def _goal(book: Book, assessed: Assessment, goal: Goal) -> Row:
    result = assessed.kpis.get(goal.result_kpi)
    return {
        "result": tidy(result.latest) if result else None,
        "status": assessed.goal_results[goal.id].word,
        "objectives": counted(assessed.goals[goal.id]),
    }


def _process(book: Book, assessed: Assessment, process: Process) -> Row:
    return {"status": assessed.processes[process.id].status.word}


def _risk(book: Book, assessed: Assessment, risk: Risk) -> Row:
    return {"score": score(risk), "residual_score": residual_score(risk), "band": band(book, risk)}


def _action(book: Book, assessed: Assessment, action: Action) -> Row:
    days, reviews = age(book, action), carried(book, action)
    return {
        "age": None if days is None else float(days),
        "carried": None if reviews is None else float(reviews),
    }


def _decision(book: Book, assessed: Assessment, decision: Decision) -> Row:
    return {"action": ", ".join(a.id for a in book.actions_for.get(decision.id, ()) if a.id)}


def _input(book: Book, assessed: Assessment, given: Input) -> Row:
    return {"state": input_state(book, given)}


_FILLS: Mapping[type[Record], Callable[[Book, Assessment, Any], Row]] = {
    Kpi: _kpi, Objective: _objective, Goal: _goal, Process: _process, Risk: _risk, Action: _action,
    Decision: _decision, Input: _input,
}  # fmt: skip


# -- what pages and sections ask too


def counted(rollup: Rollup) -> str:
    """A roll-up with its counts: ``On track (4 of 6 read: 3 on, 1 off)``."""
    return f"{rollup.status.word} ({rollup.counts})" if rollup.total else rollup.status.word


def score(risk: Risk) -> float | None:
    """Likelihood times impact, without controls."""
    return _product(risk.likelihood, risk.impact)


def residual_score(risk: Risk) -> float | None:
    """Likelihood times impact with the controls in place."""
    return _product(risk.residual_likelihood, risk.residual_impact)


def _product(likelihood: float | None, impact: float | None) -> float | None:
    return None if likelihood is None or impact is None else likelihood * impact


def band(book: Book, risk: Risk) -> str:
    """How large a risk is as it stands now: ``high`` above the risk appetite, ``low`` up to a third of it."""
    left = residual_score(risk)
    size = score(risk) if left is None else left
    if size is None:
        return ""
    appetite = book.settings.risk_appetite
    return "high" if size > appetite else "low" if size <= appetite / 3 else "medium"


def age(book: Book, action: Action) -> int | None:
    """Days since an action was opened, or until it was closed; None where a date is missing."""
    end = book.on if action.state == "open" else action.closed
    return None if end is None or action.opened is None else max((end - action.opened).days, 0)


def carried(book: Book, action: Action) -> int | None:
    """How many reviews were held after the day an action was due, and before it was closed.

    A long action that is on time is carried by none. None where it has no day, or was closed on none.
    """
    due = due_first(book, action)
    if due is None or (action.state != "open" and action.closed is None):
        return None
    end = date.max if action.state == "open" else action.closed or date.max
    begun = max(due, action.opened or due)
    return sum(1 for r in _held(book) if r.held_on is not None and begun < r.held_on < end)


def _held(book: Book) -> list[Review]:
    return [r for r in book.reviews if r.state != "planned" and r.held_on and r.held_on <= book.on]


def input_state(book: Book, given: Input) -> str:
    """``provided``, ``stale`` (as of a day before the next review's period begins) or ``absent``."""
    if not given.summary:
        return "absent"
    return "provided" if given.as_of is not None and given.as_of >= next_review_from(book) else "stale"


def next_review_from(book: Book) -> date:
    """The first day that the next review looks at: of the earliest review that is not closed.

    Without one, the day after the last closed one's period, else as far back as two reviews may lie apart.
    """
    periods = [(r.state == "closed", book.parse_period(r.period)) for r in book.reviews]
    coming = [period.first for closed, period in periods if period is not None and not closed]
    if coming:
        return min(coming)
    done = [period.last for closed, period in periods if period is not None and closed]
    if done:
        return max(done) + timedelta(days=1)
    return book.on - timedelta(days=round(book.settings.review_interval_months * 30.44))
