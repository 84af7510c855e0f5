"""What is planned for a period: straight lines, steps, years to date and rolling spans."""

from __future__ import annotations

import pytest
from judged import answers, make, plan_at, read


def test_plan_is_a_straight_line_in_days() -> None:
    assert plan_at("2026-06") == pytest.approx(85 + 10 * 181 / 365)
    assert plan_at("2026-12") == 95
    assert plan_at("2027-03") == 95
    assert plan_at("2026-12", Baseline=86.2, Target=95) == 95.0


def test_no_plan_before_the_baseline() -> None:
    assert plan_at("2025-12") is None
    assert plan_at("2026-01", **{"Baseline on": "2026-01-15"}) is not None
    assert plan_at("2025-12", Trajectory="flat") is None


def test_flat_plan_is_the_target_from_the_start() -> None:
    assert plan_at("2026-01", Trajectory="flat") == 95


def test_stepped_plan_moves_at_fiscal_quarter_ends() -> None:
    at_march = 85 + 10 * 90 / 365
    assert plan_at("2026-02", Trajectory="step") == 85
    assert [plan_at(p, Trajectory="step") for p in ("2026-03", "2026-04", "2026-05")] == pytest.approx(
        [at_march] * 3
    )
    assert plan_at("2026-12", Trajectory="step") == 95
    shifted = {"Settings": [{"Setting": "Fiscal year start month", "Value": 2}]}
    assert plan_at("2026-03", Trajectory="step", more=shifted) == pytest.approx(85 + 10 * 31 / 365)
    assert plan_at("2026-04", Trajectory="step", more=shifted) == pytest.approx(85 + 10 * 120 / 365)


def test_stepped_plan_of_a_quarterly_kpi_moves_at_fiscal_year_ends() -> None:
    slow = {"Trajectory": "step", "Frequency": "quarterly", "Target on": "2027-12-31"}
    assert plan_at("2026-Q3", **slow) == 85
    assert plan_at("2026-Q4", **slow) == pytest.approx(90)
    assert plan_at("2027-Q3", **slow) == pytest.approx(90)
    assert plan_at("2027-Q4", **slow) == 95


def test_stepped_plan_reaches_the_target_on_its_day() -> None:
    assert plan_at("2026-11", Trajectory="step", **{"Target on": "2026-11-30"}) == 95


def test_targets_replace_the_plan_for_their_periods_only() -> None:
    more = {"Targets": [{"KPI": "K1", "From": "2026-07", "Planned": 88, "Until": "2026-08"}]}
    assert plan_at("2026-06", more=more) == plan_at("2026-06")
    assert plan_at("2026-07", more=more) == plan_at("2026-08", more=more) == 88
    assert plan_at("2026-09", more=more) == plan_at("2026-09")


def test_of_two_rows_for_a_period_the_one_agreed_later_counts() -> None:
    rows = [
        {"KPI": "K1", "From": "2026-07", "Planned": 90, "Until": "2026-12", "Set on": "2026-06-01"},
        {"KPI": "K1", "From": "2026-01", "Planned": 88, "Until": "2026-12", "Set on": "2026-01-05"},
    ]
    for order in (rows, rows[::-1]):
        assert plan_at("2026-06", more={"Targets": order}) == 88
        assert plan_at("2026-07", more={"Targets": order}) == 90


def test_until_blank_means_one_period_and_a_quarter_covers_its_months() -> None:
    one = {"Targets": [{"KPI": "K1", "From": "2026-07", "Planned": 88}]}
    assert plan_at("2026-07", more=one) == 88
    assert plan_at("2026-08", more=one) != 88
    quarter = {"Targets": [{"KPI": "K1", "From": "2026-Q3", "Planned": 88}]}
    assert [plan_at(p, more=quarter) for p in ("2026-07", "2026-09")] == [88, 88]


@pytest.mark.parametrize("missing", ["Baseline", "Baseline on"])
def test_without_a_way_a_target_of_a_later_day_is_no_plan(missing: str) -> None:
    assert plan_at("2026-06", **{missing: ""}) is None
    assert plan_at("2026-12", **{missing: ""}) == 95
    assert plan_at("2026-06", **{missing: "", "Trajectory": "flat"}) == 95


def test_a_target_without_a_day_is_the_plan() -> None:
    assert plan_at("2026-06", **{"Target on": ""}) == 95


def test_target_on_the_day_of_the_baseline_or_before_it() -> None:
    assert plan_at("2026-06", **{"Target on": "2025-12-31"}) == 95
    assert plan_at("2026-06", **{"Target on": "2020-01-01"}) == 95


def test_without_target_there_is_no_plan() -> None:
    assert plan_at("2026-06", Target="") is None


TOTAL = {"Unit": "$k", "Aggregation": "sum", "Target is": "year to date", "Target": 1200, "Baseline": 1200}


def test_year_to_date_total_is_held_against_its_share_of_the_year() -> None:
    book = make(TOTAL, readings=read(100, 100, 100, 90, 100, 100, 100, 100, 100))
    found = answers(book)
    assert found.latest == 890
    assert found.plan == pytest.approx(900)
    assert found.status.word == "At risk"  # baseline and target are alike: 5 % of plan
    assert found.series.plan[0] == pytest.approx(100)
    assert (
        "Year to date $890k in 9 of 12 months (Jan-Sep 2026) against $900k planned for that"
        in found.status.reason
    )


def test_year_to_date_follows_the_fiscal_year() -> None:
    rows = read(*[100] * 9)
    book = make(TOTAL, readings=rows, Settings=[{"Setting": "Fiscal year start month", "Value": 7}])
    assert answers(book).latest == 300
    assert answers(book).plan == pytest.approx(300)


def test_a_gap_in_the_year_takes_its_share_out_of_the_plan() -> None:
    found = answers(make(TOTAL, readings=read(100, None, 100, 100, 100, 100, 100, 100, 100)))
    assert found.latest == 800
    assert found.plan == pytest.approx(800)


def test_progress_of_a_running_total_looks_at_the_whole_year() -> None:
    found = answers(make({**TOTAL, "Baseline": 1000}, readings=read(*[100] * 9)))
    assert found.progress == pytest.approx(1.0)


def test_rolling_total_needs_twelve_months_for_the_whole_target() -> None:
    kpi = {**TOTAL, "Target is": "rolling 12", "Baseline on": "2024-12-31"}
    found = answers(make(kpi, readings=read(*[100] * 5, first="2026-05")))
    assert found.latest == 500
    assert found.plan == pytest.approx(500)
    full = answers(make(kpi, readings=read(*[100] * 15, first="2025-07")))
    assert full.latest == 1200
    assert full.plan == pytest.approx(1200)
    assert full.status.reason.startswith("Over the last 12 months $1,200k against $1,200k planned")


def test_year_to_date_ratio_is_a_sum_over_a_sum_against_the_line() -> None:
    kpi = {"Aggregation": "ratio", "Target is": "year to date"}
    rows = [
        {"KPI": "K1", "Period": "2026-08", "Numerator": 90, "Denominator": 100},
        {"KPI": "K1", "Period": "2026-09", "Numerator": 10, "Denominator": 10},
    ]
    found = answers(make(kpi, readings=rows))
    assert found.latest == pytest.approx(100 * 100 / 110)
    assert found.plan == pytest.approx(85 + 10 * 273 / 365)
