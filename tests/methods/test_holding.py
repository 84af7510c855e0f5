"""A target no better than where it started is held: no progress, pages say hold, status as always."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from judged import answers, make, read

from qmsbook.methods import assess
from qmsbook.methods.progress import HOLD, holds
from qmsbook.methods.values import aggregate

#: Direction, baseline, target, trajectory, the reading of September; status and progress.
STATEMENTS = [
    # staff who would work here again: more than 60 %, and 61.4 % were there already
    ("higher", 61.4, 60, "linear", 56.5, "Off track", HOLD),
    ("higher", 61.4, 60, "flat", 60.0, "On track", HOLD),
    ("higher", 61.4, 60, "flat", 59.5, "At risk", HOLD),
    # scrap at most 5 %, 1.2 % today: -650 % it never is
    ("lower", 1.2, 5, "flat", 3.7, "On track", HOLD),
    ("lower", 1.2, 5, "linear", 9.0, "Off track", HOLD),
    ("lower", 4.0, 4.6, "linear", 0.1, "On track", HOLD),
    # keep it where it is
    ("higher", 98, 98, "flat", 98.4, "On track", HOLD),
    ("lower", 0, 0, "flat", 2, "Off track", HOLD),
    ("higher", 0, 0, "linear", 0, "On track", HOLD),
    # what does have a way to go keeps its progress
    ("higher", 85, 95, "linear", 90, "At risk", "50 %"),
    ("lower", 10, 5, "linear", 4, "On track", "120 %"),
    ("higher", 85, 95, "flat", 80, "Off track", "-50 %"),
]


@pytest.mark.parametrize(("way", "start", "target", "path", "now", "status", "done"), STATEMENTS)
def test_what_is_only_to_be_held_has_no_progress(
    way: str, start: float, target: float, path: str, now: float, status: str, done: str
) -> None:
    row = {"Direction": way, "Baseline": start, "Target": target, "Trajectory": path}
    found = answers(make(row, readings=read(now, first="2026-09")))
    assert (found.status.word, found.answers["progress"].word) == (status, done)
    assert (found.progress is None) == holds(found.kpi) == (done == HOLD)
    assert "360" not in found.status.reason


def test_an_objective_of_what_is_held_has_no_progress_and_one_beside_it_keeps_its_own() -> None:
    held = {"Baseline": 61.4, "Target": 60}
    book = make(
        held, {"KPI": "K2", "Supports": "O1, O2", "Baseline": 80, "Target": 90},
        readings=[*read(56.5, first="2026-09"), *read(85, first="2026-09", kpi="K2")],
        Objectives=[{"Objective": "O1", "Statement": "One"}, {"Objective": "O2", "Statement": "Two"}],
    )  # fmt: skip
    found = assess(book).objectives
    assert (found["O1"].progress, found["O1"].total) == (0.5, 2)
    alone = make(held, readings=read(56.5, first="2026-09"), Objectives=[{"Objective": "O1"}])
    assert assess(alone).objectives["O1"].progress is None


def test_a_baseline_that_the_first_readings_gave_may_be_better_than_the_target_too() -> None:
    found = answers(make({"Baseline": "", "Baseline on": ""}, readings=read(97, 98, 96, 97)))
    assert (found.series.kpi.baseline, found.progress) == (97, None)


def test_a_range_has_no_way_to_go_whatever_stands_under_target() -> None:
    within = {"Direction": "within", "Low": -5.2, "High": 5.2, "Baseline": 0.2, "Target": 0}
    found = answers(make(within, readings=read(-1.3, first="2026-09")))
    assert (found.status.word, found.progress) == ("On track", None)


@pytest.mark.parametrize(
    ("kpi", "word"),
    [
        ({"Baseline": 3, "Target": "zero", "Target on": "ongoing"}, "Off track"),
        ({"Baseline": "", "Baseline on": "", "Target": "zero", "Target on": "ongoing"}, "Off track"),
        ({"Baseline": 3, "Target": 0, "Target on": "2026-01-31"}, "Off track"),
        ({"Baseline": 3, "Target": 0, "Target on": "ongoing", "Tolerance": "1 abs"}, "At risk"),
    ],
)
def test_no_tolerance_excuses_events_where_none_is_planned(kpi: dict[str, Any], word: str) -> None:
    base = {"Unit": "falls", "Direction": "lower", "Trajectory": "", "Baseline on": "2025-12-31"}
    book = make({**base, **kpi}, readings=read(0, 1, 1, 1, 1, 0, 1, 1, 0))
    series = assess(book).kpis["K1"].series
    span = aggregate(book, series, date(2026, 2, 1), date(2026, 12, 31))
    assert (span.actual, span.plan, span.word) == (6, 0, word)
