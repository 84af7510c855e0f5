"""Books of a few KPIs with readings, to see what is judged of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qmsbook.book.book import Book
from qmsbook.book.period import parse_period
from qmsbook.book.tables import Settings
from qmsbook.methods import assess, plan_of
from qmsbook.methods.columns import computed
from qmsbook.methods.method import KpiAnswers
from qmsbook.methods.rollup import Child, rollup
from qmsbook.rules.examples import read_example

KPI: dict[str, Any] = {
    "KPI": "K1", "Name": "On-time delivery", "Supports": "O1", "Process": "P1", "Unit": "%",
    "Direction": "higher", "Target": 95, "Target on": "2026-12-31", "Baseline": 85,
    "Baseline on": "2025-12-31", "Tolerance": "", "Frequency": "monthly",
}  # fmt: skip


def table(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """A Markdown table that has only the columns of its rows."""
    headers = list(dict.fromkeys(header for row in rows for header in row))
    lines = [name, "| " + " | ".join([*headers, "..."]) + " |", "|---" * (len(headers) + 1) + "|"]
    lines += ["| " + " | ".join([str(row.get(h, "")) for h in headers]) + " | |" for row in rows]
    return "\n".join(lines)


def make(
    *kpis: Mapping[str, Any], readings: Sequence[Mapping[str, Any]] = (), on: str = "2026-10-15", **more: Any
) -> Book:
    """A book of KPIs (differences from `KPI`), readings and other tables' rows."""
    parts = [f"on {on}", table("KPIs", [{**KPI, **kpi} for kpi in kpis])]
    parts.append(table("Measurements", readings or [{"KPI": "", "Period": "", "Value": ""}]))
    parts += [table(name, rows) for name, rows in more.items()]
    return read_example("\n\n".join(parts)).book


def read(*values: Any, first: str = "2026-01", kpi: str = "K1") -> list[dict[str, Any]]:
    """Monthly readings in a row; None leaves a month out, a blank makes a row without a value."""
    period, rows = parse_period(first), []
    for value in values:
        assert period is not None
        if value is not None:
            rows.append({"KPI": kpi, "Period": period.text, "Value": value})
        period = period.next
    return rows


def answers(book: Book) -> KpiAnswers:
    return assess(book).kpis["K1"]


def word(book: Book) -> str:
    return answers(book).status.word


def plan_at(period: str, **kpi: Any) -> float | None:
    """What is planned for a period of a KPI."""
    more = kpi.pop("more", {})
    book = make(kpi, **more)
    found = book.parse_period(period)
    assert found is not None
    return plan_of(book, book.kpis[0]).single(found)


#: A small cascade, as rows of its tables.
CASCADE: dict[str, Any] = {
    "Goals": [{"Goal": "G1", "Statement": "g", "Result KPI": "K2"}, {"Goal": "G2", "Statement": "h"}],
    "Objectives": [
        {"Objective": "O1", "Statement": "a", "Supports": "G1", "Vital few": "yes"},
        {"Objective": "O2", "Statement": "b", "Supports": "G1, G2"},
        {"Objective": "O3", "Statement": "c", "Supports": "G2", "Stage": "retired"},
    ],
    "Processes": [{"Process": "P1", "Name": "p"}, {"Process": "P2", "Name": "q"}],
}


def cascade(**more: Any) -> Book:
    """Two goals, three objectives and three KPIs, of which two were read."""
    kpis = [{"KPI": "K1"}, {"KPI": "K2", "Supports": "O1, O2"}, {"KPI": "K3", "Supports": "O3"}]
    rows = [*read(70, first="2026-09"), *read(99, first="2026-09", kpi="K2")]
    return make(*kpis, readings=rows, **{**CASCADE, **more})


def up(*children: Child) -> Any:
    """What children add up to."""
    return rollup("O1", children, Settings(), "KPI")


def column(book: Book, name: str, header: str, checks: Mapping[tuple[str, int], str] | None = None) -> Any:
    """The values of a computed column."""
    edits = computed(book, assess(book), checks or {})
    return next(e.values for e in edits if (e.table, e.header) == (name, header))
