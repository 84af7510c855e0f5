"""What the children of an objective, a goal and a process add up to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from judged import CASCADE, cascade, make, read, up

from qmsbook.methods import assess
from qmsbook.methods.rollup import Child


def kids(words: str, **more: Any) -> list[Child]:
    names = {"g": "On track", "y": "At risk", "r": "Off track", "?": "Overdue"}
    return [Child(f"K{i}", names[letter], **more) for i, letter in enumerate(words)]


@pytest.mark.parametrize(
    ("words", "want"),
    [
        ("ggggr", "On track"), ("gggr", "At risk"), ("gr", "At risk"), ("grr", "Off track"),
        ("yy", "At risk"), ("g?", "On track"), ("g??", "Not enough data"),
        ("?", "Not enough data"), ("r??", "Not enough data"),
    ],
)  # fmt: skip
def test_weighted_score(words: str, want: str) -> None:
    assert up(*kids(words)).status.word == want


def test_weights_count() -> None:
    heavy = Child("K1", "Off track", weight=9)
    assert up(heavy, *kids("ggg")).status.word == "Off track"
    assert up(replace(heavy, weight=0), *kids("ggg")).status.word == "On track"
    assert up(Child("K1", "On track", weight=0)).status.word == "Not enough data"


def test_worst_of_the_vital_decides() -> None:
    vital = kids("gy", vital=True)
    assert up(*vital, *kids("rrr")).status.word == "At risk"
    assert up(*kids("g", vital=True), *kids("rrr")).status.word == "On track"
    assert up(*kids("r", vital=True), *kids("gggggggg")).status.word == "Off track"


def test_a_vital_child_without_a_figure() -> None:
    assert up(*kids("?", vital=True), *kids("gggg")).status.word == "Not enough data"
    assert up(*kids("?r", vital=True), *kids("gggg")).status.word == "Off track"
    assert up(*kids("r", vital=True), *kids("????")).status.word == "Off track"
    assert up(*kids("g", vital=True), *kids("????")).status.word == "Not enough data"


@pytest.mark.parametrize("word", ["Overdue", "No data", "Bad value", "No target", "Setting baseline"])
def test_states_that_count_as_unread(word: str) -> None:
    found = up(Child("K1", word), *kids("g"))
    assert found.counts == "1 of 2 read: 1 on"
    assert up(Child("K1", word), Child("K2", word), *kids("g")).status.word == "Not enough data"


@pytest.mark.parametrize("word", ["Paused", "Not due"])
def test_states_that_are_left_out(word: str) -> None:
    assert up(Child("K1", word), *kids("g")).counts == "1 of 1 read: 1 on"
    assert up(Child("K1", word)).status.word == word


def test_coverage_and_rule_are_told() -> None:
    assert up(*kids("gggr??")).status.reason == (
        "At risk (4 of 6 read: 3 on, 1 off): together they score 75 of 100 "
        "(on track from 80, at risk from 50)."
    )
    assert up(*kids("y", vital=True)).status.reason == (
        "At risk (1 of 1 read: 1 at risk): the vital KPI K0 is at risk, and what is vital decides."
    )
    assert "(0 of 1 read)" in up(*kids("?")).status.reason


def test_progress_of_a_parent_is_clamped_child_by_child() -> None:
    found = up(Child("A", "On track", 1, progress=3.0), Child("B", "Off track", 3, progress=-1.0))
    assert found.progress == pytest.approx(0.25)


def test_cascade() -> None:
    found = assess(cascade())
    assert found.objectives["O1"].status.word == "At risk"
    assert found.objectives["O2"].counts == "1 of 1 read: 1 on"  # the shared KPI counts under both
    assert found.goals["G1"].status.word == "At risk"
    assert found.goal_results["G1"].word == "On track"  # beside it, never merged
    assert found.goal_results["G2"].word == ""
    assert found.objectives["O3"].status.word == ""
    assert found.goals["G2"].children == ("O2",)  # the retired one is left out
    assert found.processes["P1"].counts == "2 of 3 read: 1 on, 1 off"
    assert found.processes["P2"].status.word == "No data"
    assert found.word("O1") == "At risk"


def test_a_kpi_named_twice_under_one_objective_counts_once() -> None:
    found = assess(make({"Supports": "O1, O1"}, readings=read(99, first="2026-09"), **CASCADE))
    assert found.objectives["O1"].total == 1
