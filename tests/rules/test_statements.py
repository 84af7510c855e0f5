"""Activity and result are told apart by their words, also in statements the words were not fitted to."""

from __future__ import annotations

import pytest

from qmsbook.docs.make import measured, statements
from qmsbook.rules.statements import counts_activity, kind_of


def test_there_are_enough_statements_of_both_kinds() -> None:
    rows = statements()
    assert len(rows) >= 240
    assert len({row["statement"].casefold() for row in rows}) == len(rows)
    for half in ("own", "test"):
        labels = [row["label"] for row in rows if row["half"] == half]
        assert 0.45 < labels.count("output") / len(labels) < 0.55
        assert len(labels) >= 120


def test_precision_and_recall_on_the_half_kept_for_testing() -> None:
    found = measured("test")
    assert found.precision >= 0.90
    assert found.recall >= 0.85


@pytest.mark.parametrize(
    "text",
    [
        "Grow revenue of our audit firm by 12 %", "Reduce repeat audit findings by half",
        "Training that cuts rework on the weld line by 30 %", "", "Something else entirely",
    ],
)  # fmt: skip
def test_a_result_beside_an_activity_is_a_result(text: str) -> None:
    assert kind_of(text) == "outcome"


@pytest.mark.parametrize("text", ["Complete 12 internal audits", "CAPAS CLOSED ON TIME", "  training hours "])
def test_activity_is_told_whatever_its_case(text: str) -> None:
    assert counts_activity(text)
