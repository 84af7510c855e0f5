"""Activity and result are told apart by their words, also in statements the words were not fitted to."""

from __future__ import annotations

import pytest

from qmsbook.docs.scored import HELD_BACK, OLD, PRECISION, RECALL, SEEN, measured, statements
from qmsbook.rules.statements import counts_activity, kind_of


def test_there_are_enough_statements_of_both_kinds() -> None:
    rows = statements()
    assert len(rows) >= 240
    assert len({row["statement"].casefold() for row in rows}) == len(rows)
    for half in ("own", "test"):
        labels = [row["label"] for row in rows if row["half"] == half]
        assert 0.45 < labels.count("output") / len(labels) < 0.55
        assert len(labels) >= 120


def test_the_new_statements_are_of_three_styles_and_two_halves() -> None:
    new = [row for row in statements() if row["half"] not in OLD]
    assert {row["style"] for row in new} == {"city", "firm", "dashboard"}
    assert [sum(row["half"] in halves for row in new) for halves in (SEEN, HELD_BACK)] == [75, 75]


def test_precision_and_recall_reach_the_goal_on_the_half_held_back() -> None:
    found = measured(HELD_BACK)
    assert found.precision >= PRECISION
    assert found.recall >= RECALL


@pytest.mark.parametrize("halves", [OLD, SEEN])
def test_precision_and_recall_on_what_was_in_view(halves: tuple[str, ...]) -> None:
    found = measured(halves)
    assert found.precision >= 0.98
    assert found.recall >= 0.98


@pytest.mark.parametrize(
    "text",
    [
        "Cut inspection queue to one day", "Google review rating of 4.6", "Mean time to repair",
        "Average days for a permit review down to 10", "Days from audit finding to closure below 20",
        "Percent of participants rating the workshop good or better", "Shorten audits to two days",
        "Plan reviews completed within 10 business days of application", "Document change lead time",
        "Percent of building permits issued within 15 business days", "Right-first-time batch records",
        "Achieve 4.5 out of 5 in the annual guest survey", "Patients who would recommend the clinic",
        "Hold scrap under 2 %", "Record fewer than five complaints a month", "Register 500 new users",
        "Water samples meeting standards", "Permits approved on first review",
    ],
)  # fmt: skip
def test_times_ratings_and_what_customers_live_through_are_results(text: str) -> None:
    assert kind_of(text) == "outcome"


@pytest.mark.parametrize(
    "text",
    [
        "Wellness seminars held", "Number of youth programs offered",
        "Neighborhood clean-up events organized",
        "Lessons learned recorded", "Key suppliers assessed", "Chemicals registered",
        "Hold 12 workshops on scrap", "Customer complaint trend reports issued",
        "Percentage of complaints with completed 8D", "Track scrap weekly",
        "Write a complaint handling procedure", "Review customer complaints in the weekly meeting",
        "Complaints investigated within 30 days", "Employees completing the annual ethics course",
        "Building inspections performed", "Fire hydrants inspected",
        "Introduce a new ERP system by Q3", "Raise the 5S score",
    ],
)  # fmt: skip
def test_what_is_held_recorded_or_looked_at_is_activity_whatever_it_is_about(text: str) -> None:
    assert counts_activity(text)


@pytest.mark.parametrize(
    ("deed", "effect"),
    [
        ("Train welders", "Train welders so that weld repairs fall to 2 %"),
        ("Hold workshops to reduce scrap", "Hold workshops to reduce scrap by 20 %"),
        ("Write work instructions", "Write work instructions that cut errors"),
    ],
)
def test_an_effect_named_with_its_figure_makes_a_deed_a_result(deed: str, effect: str) -> None:
    assert (kind_of(deed), kind_of(effect)) == ("output", "outcome")


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
