"""Two statuses in one row never contradict each other without the span that each is of."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from judged import answers, make, read
from review_said import said

from qmsbook.book.book import Book
from qmsbook.sections import compose, gather
from qmsbook.sections.chart_data import beside_plan

COMPLAINTS = {
    "Name": "Complaints", "Unit": "complaints", "Direction": "lower", "Baseline": 30, "Vital": "yes",
    "Aggregation": "sum", "Trajectory": "flat", "Supports": "O1",
}  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "year to date": {"Target": 24, "Target is": "year to date"},
    "a small count": {"Target": 6, "Target is": "year to date"},
    "each period": {"Target": 2},
    "rolling": {"Target": 24, "Target is": "rolling 12 months"},
}
YEARS = ((1, 1, 1, 1, 1, 1, 3, 3, 2), (0, 0, 0, 0, 0, 0, 3, 3, 2), (3, 3, 3, 3, 3, 3, 0, 0, 1), (1,) * 9)


def book(kind: str, figures: tuple[int, ...]) -> Book:
    goal = [{"Goal": "G1", "Statement": "Keep the customers we have", "Owner": "Ann", "Result KPI": "K1"}]
    aims = [{"Objective": "O1", "Statement": "Halve complaints", "Supports": "G1", "Owner": "Ann"}]
    readings = read(*figures)
    return make(
        {**COMPLAINTS, **KINDS[kind]}, readings=readings, on="2026-10-20", Goals=goal, Objectives=aims
    )


@pytest.mark.parametrize(("kind", "figures"), product(KINDS, YEARS))
def test_a_row_with_two_statuses_names_both_spans(kind: str, figures: tuple[int, ...]) -> None:
    """``On track`` stood beside 8 complaints, plan 6: that is the quarter, and the year is on track."""
    made = book(kind, figures)
    period = made.parse_period("2026-Q3")
    assert period is not None
    evidence = gather(made, period)
    standing = evidence.standings["K1"]
    rows = [line.strip() for line in said(compose(evidence))]
    rows = [line for line in rows if line.startswith(("K1 | [", "G1 | ["))]
    assert any(line.startswith("G1") for line in rows)
    for row in rows:
        assert row.split(" | ")[1] == f"[{standing.word}]"
        if standing.span.word != standing.word:
            assert f"{standing.span.word.lower()} over Jul-Sep 2026" in row
        else:
            assert "over Jul-Sep 2026" not in row


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("year to date", "14 complaints in Jan-Sep 2026, plan 18"),
        ("a small count", "14 complaints in Jan-Sep 2026, plan 6 for the year"),
        ("each period", "2 complaints, plan 2 complaints"),
        ("rolling", "14 complaints in 9 of the last 12 months, plan 18"),
    ],
)
def test_a_running_figure_names_its_span_beside_its_plan(kind: str, words: str) -> None:
    series = answers(book(kind, YEARS[0])).series
    assert series.latest is not None
    assert beside_plan(series, series.latest) == words


def test_a_rolling_figure_says_how_much_of_its_span_was_read() -> None:
    part = answers(book("rolling", YEARS[3])).status.reason
    assert part.startswith("9 complaints in 9 of the last 12 months against 18 planned for September 2026")
    whole = make({**COMPLAINTS, **KINDS["rolling"]}, readings=read(*(1,) * 12, first="2025-10"))
    assert answers(whole).status.reason.startswith("Over the last 12 months 12 complaints against 24")


COUNTED = (
    (["on"], "The only KPI is on track."),
    (["on", "on"], "All 2 KPIs are on track."),
    (["on", "off"], "Of 2 KPIs, 1 is on track and 1 off track."),
    (["off", "none"], "Of 2 KPIs, 1 is off track; 1 could not be judged."),
    (["on", "on", "off", "none"], "Of 4 KPIs, 2 are on track and 1 off track; 1 could not be judged."),
    (["none"], "The only KPI could not be judged."),
    (["none", "none"], "None of the 2 KPIs could be judged."),
)


@pytest.mark.parametrize(("stand", "words"), COUNTED)
def test_what_no_kpi_is_is_not_counted(stand: list[str], words: str) -> None:
    """``Of 1 KPI, 0 are on track, 0 at risk and 1 off track.``"""
    values = {"on": 96, "off": 50, "none": None}
    kpis = [{"KPI": f"K{at}", "Name": f"Share {at}", "Trajectory": "flat"} for at in range(len(stand))]
    readings = [
        row for at, each in enumerate(stand) for row in read(values[each], kpi=f"K{at}", first="2026-09")
    ]
    made = make(*kpis, readings=readings, on="2026-10-20")
    period = made.parse_period("2026-09")
    assert period is not None
    assert said(compose(gather(made, period)))[0] == words
