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


@pytest.mark.parametrize(
    "text",
    [
        "Calibration certificates delivered within 5 days",
        "Test reports delivered to customers within 10 working days",
        "Audit reports delivered to clients within 2 weeks",
        "Customer audits delivered on schedule",
        "Inspection reports sent to the customer the same day",
        "Certificates reissued because of errors",
        "Training courses rated 4.5 by participants",
        "Reports accepted by the client without rework",
        "Consulting projects finished on budget",
        "Calibration jobs completed by the promised date",
        "Percent of lab results released on time",
        "Security assessments delivered by the agreed date",
        "Inspection turnaround under 48 hours",
        "Samples analyzed within 3 days of receipt",
        "Client documentation delivered complete and on time",
        "Certificates with errors found by customers",
        "Retests requested by customers",
        "Audit report delivery time to clients",
        "Training delivered to clients on schedule",
        "Deliver audit reports to clients within 2 weeks",
        "Lab reports on time",
        "Reports on the promised day",
        "Calibration on time for customers",
        "Certificates issued without error",
        "Test reports without correction",
    ],
)
def test_what_reaches_a_customer_on_time_or_right_is_a_result_whatever_it_is_called(text: str) -> None:
    """The product of a laboratory, an auditor or a consultant is what others count as compliance."""
    assert kind_of(text) == "outcome"


@pytest.mark.parametrize(
    "text",
    [
        "Internal audit reports issued on time",
        "Internal audits completed on schedule",
        "Calibration of all gauges done on time",
        "Calibration certificates filed within 5 days",
        "Management review minutes issued within 5 days",
        "Management review minutes delivered within 5 days",
        "Training records updated within 10 days",
        "Procedures reviewed by their due date",
        "Corrective action reports closed on time",
        "Safety inspections completed on time",
        "Supplier audit reports issued within 2 weeks",
        "Employees trained on time",
        "Safety training delivered within 30 days of hire",
        "Toolbox talks delivered on time",
        "Workshops delivered on schedule",
        "Audit reports delivered",
        "Monthly reports submitted to management on time",
        "Incident reports submitted within 24 hours",
        "Nonconformity reports closed on time",
        "Calibration certificates kept on file",
        "ISO certificates renewed on time",
        "Accident reports within 24 hours",
        "Training certificates issued on time",
    ],
)
def test_what_stays_in_the_house_is_activity_even_on_time(text: str) -> None:
    assert kind_of(text) == "output"


@pytest.mark.parametrize(
    "text",
    [
        "Reports within 24 hours", "Inspection reports sent in time",
        "Audit reports to clients within 10 days",
        "Certificates corrected after issue", "Certificates wrong", "Pathology reports within 3 days",
        "Survey reports accepted by the client without change", "X-ray reports by 4 pm", "Courses sold",
        "Seminars sold out", "Audit days invoiced", "Audits finished on the agreed day",
        "Calibrations on time",
        "Calibrations within 5 days", "Tax returns filed on time", "Blood tests within one hour",
    ],
)  # fmt: skip
def test_what_a_firm_sells_is_a_result_when_it_comes_in_time_or_right(text: str) -> None:
    assert not counts_activity(text)


@pytest.mark.parametrize(
    "text",
    [
        "Calibrations done", "Gauges calibrated by their due date", "Internal audits held on time",
        "Safety reports within 24 hours", "8D reports within 10 days", "Fire alarm tests on time",
        "Monthly reports on time", "Audit reports issued", "Procedures reviewed on time",
    ],
)  # fmt: skip
def test_what_the_house_does_for_itself_is_activity_whenever_it_comes(text: str) -> None:
    assert counts_activity(text)
