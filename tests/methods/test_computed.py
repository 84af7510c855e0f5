"""The computed columns of all tables, and the whole of an assessment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from judged import CASCADE, answers, cascade, column, make, read

from qmsbook.book.book import Book
from qmsbook.book.edit import KEEP
from qmsbook.methods import METHODS, assess
from qmsbook.methods.columns import computed, input_state
from qmsbook.rules.examples import read_example


def test_columns_keep_formulas_and_blank_rows() -> None:
    book = read_example("""
        on 2026-10-15
        KPIs
        | KPI | Name | Unit | Direction | Target | Status | Check | Latest | ... |
        |---|---|---|---|---|---|---|---|---|
        | K1 | Delivery | % | higher | 95 | | | =1+1 -> 2 | |
        | | | | | | old | | | |
        | K2 | Scrap | % | lower | | =A1 -> x | | | |
        | K1 | Twin | % | higher | 95 | | | | |

        Measurements
        | KPI | Period | Value | Name | Previous | Actual | Plan | Status | ... |
        |---|---|---|---|---|---|---|---|---|
        | K1 | 2026-08 | 90 | | | | | | |
        | | | | left | | | | | |
        | K1 | 2026-09 | 91 | | | | | | |
        | K9 | 2026-09 | 91 | | | | | | |
        """).book
    assert column(book, "KPIs", "Latest") == (KEEP, None, None, None)
    assert column(book, "KPIs", "Status") == ("Setting baseline", None, KEEP, None)
    assert column(book, "KPIs", "Check", {("KPIs", 4): "No target."}) == (None, None, "No target.", None)
    assert column(book, "Measurements", "Name") == ("Delivery", None, "Delivery", None)
    assert column(book, "Measurements", "Previous") == (None, None, 90, None)
    assert column(book, "Measurements", "Actual") == (90, None, 91, None)
    headers = {(e.table, e.header) for e in computed(book, assess(book), {})}
    assert ("KPIs", "Plan") not in headers  # the workbook has no such column


def test_columns_of_actions_decisions_risks_and_inputs() -> None:
    book = make(
        {},
        Actions=[
            {
                "Action": "A1",
                "Serves": "K1, D1",
                "State": "open",
                "Opened": "2026-01-15",
                "Due": "2026-03-31",
                "Age": "",
                "Carried": "",
            },
            {
                "Action": "A2",
                "Serves": "D1",
                "State": "done",
                "Opened": "2026-01-15",
                "Closed": "2026-04-30",
                "Due": "2026-04-10",
            },
            {"Action": "A3", "Serves": "K1", "State": "open"},
            {"Action": "A4", "Serves": "K1", "State": "open", "Opened": "2026-01-15", "Due": "2026-12-18"},
            {"Action": "A5", "Serves": "D2", "State": "open", "Opened": "2026-01-15", "Due": "2026-12-18"},
        ],
        Decisions=[
            {"Decision": "D1", "Review": "R1", "Action": ""},
            {"Decision": "D2", "Review": "R1", "Due": "2026-06-30"},
        ],
        Reviews=[
            {"Review": "R1", "Period": "2026-Q1", "Held on": "2026-04-20", "State": "closed"},
            {"Review": "R2", "Period": "2026-Q2", "Held on": "2026-07-20", "State": "closed"},
            {"Review": "R3", "Period": "2026-Q3", "Held on": "2026-10-22", "State": "planned"},
        ],
        Risks=[
            {
                "Risk": "X1",
                "Likelihood": 4,
                "Impact": 4,
                "Residual likelihood": 2,
                "Residual impact": 2,
                "Score": "",
                "Residual score": "",
                "Band": "",
            },
            {"Risk": "X2", "Likelihood": 4, "Impact": 4},
            {"Risk": "X3", "Likelihood": 4, "Impact": 3},
            {"Risk": "X4", "Likelihood": 4},
        ],
        Inputs=[
            {"Clause": "b", "Summary": "s", "As of": "2026-07-01", "State": ""},
            {"Clause": "d", "Summary": "s", "As of": "2026-06-30"},
            {"Clause": "e", "As of": "2026-07-01"},
        ],
    )
    assert column(book, "Actions", "Age") == (273, 105, None, 273, 273)
    # A4 is on time, and so carried by no review; A5's decision was due before the last one.
    assert column(book, "Actions", "Carried") == (2, 1, None, 0, 1)
    told = book.changed(promised={"A4": date(2026, 3, 31)})  # what a closed review printed for it
    assert column(told, "Actions", "Carried") == (2, 1, None, 2, 1)
    assert column(book, "Decisions", "Action") == ("A1, A2", "A5")
    assert column(book, "Risks", "Score") == (16, 16, 12, None)
    assert column(book, "Risks", "Residual score") == (4, None, None, None)
    assert column(book, "Risks", "Band") == ("low", "high", "medium", None)
    assert column(book, "Inputs", "State") == ("provided", "stale", "absent")
    assert [input_state(book, given) for given in book.inputs] == ["provided", "stale", "absent"]


def test_columns_of_goals_objectives_and_processes() -> None:
    goals = [{**row, "Status": "", "Objectives": "", "Result": ""} for row in CASCADE["Goals"]]
    objectives = [{**row, "Status": "", "KPIs": "", "Progress": ""} for row in CASCADE["Objectives"]]
    book = cascade(Goals=goals, Objectives=objectives)
    assert column(book, "Goals", "Result") == (99, None)
    assert column(book, "Goals", "Status") == ("On track", None)
    assert column(book, "Goals", "Objectives")[0] == "At risk (2 of 2 read: 1 on, 1 at risk)"
    assert column(book, "Objectives", "KPIs") == ("2 of 2 read: 1 on, 1 off", "1 of 1 read: 1 on", None)
    assert column(book, "Objectives", "Status") == ("At risk", "On track", None)


def test_further_methods_slot_in_by_name() -> None:
    def twice_the_name(book: Book, series: Any) -> Any:
        return replace(METHODS["target"](book, series), method="echo", word=series.kpi.id * 2)

    found = assess(make({}), {**METHODS, "echo": twice_the_name}).kpis["K1"]
    assert found.answers["echo"].word == "K1K1"
    assert assess(make({}), {}).kpis["K1"].status.word == "Overdue"


def test_an_empty_book_is_assessed() -> None:
    found = assess(read_example("on 2026-10-15").book)
    assert not found.kpis
    assert not found.readings


def test_assessing_is_pure() -> None:
    book = cascade()
    assert assess(book) == assess(book)


@pytest.mark.parametrize(("unit", "least"), [("orders", 0.0), ("$k", None)])
def test_the_forecast_of_a_count_stops_at_zero(unit: str, least: float | None) -> None:
    falling = [24.0 - 2 * at for at in range(12)]
    kpi = {"Unit": unit, "Direction": "lower", "Target": 1, "Baseline": 30, "Target on": "2027-06-30"}
    book = make(
        {**kpi, "Aggregation": "last", "Lowest possible": ""}, readings=read(*falling, first="2025-10")
    )
    figures = answers(book).answers["forecast"].figures
    found = figures["forecast"], figures["low"]
    assert all(
        isinstance(value, float) and (value == 0 if least is not None else value < 0) for value in found
    )
